(** Expectations of functions of one standard normal, and of two independent ones, as improper integrals. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import GaussianIntegral.
Open Scope R_scope.

(** ** Antiderivatives *)

(** An improper integral is the difference of the limits of an antiderivative. *)
Lemma is_RInt_gen_antiderivative (Fa Fb : (R -> Prop) -> Prop) {FFa : Filter Fa} {FFb : Filter Fb}
    (G g : R -> R) (la lb : R) :
  (forall x : R, is_derive G x (g x)) -> (forall x : R, continuous g x) ->
  filterlim G Fa (locally la) -> filterlim G Fb (locally lb) -> is_RInt_gen g Fa Fb (lb - la).
Proof.
  intros HG Hg Ha Hb. assert (HD : forall x, Derive G x = g x) by (intros x; apply is_derive_unique, HG).
  apply is_RInt_gen_ext with (f := Derive G).
  - apply filter_forall. intros ab x _. apply HD.
  - apply is_RInt_gen_Derive; [| | exact Ha | exact Hb]; apply filter_forall; intros ab x _.
    + exists (g x). apply HG.
    + apply continuous_ext with g; [intros y; symmetry; apply HD | apply Hg].
Qed.

Lemma filterlim_at_point (G : R -> R) (a : R) : filterlim G (at_point a) (locally (G a)).
Proof. intros P HP. apply (locally_singleton _ _ HP). Qed.

(** Antiderivatives of the density times a quadratic are of this form. *)
Lemma is_lim_quadratic (a b c : R) :
  is_lim (fun x => a * half_mass x + b * gauss x + c * (x * gauss x)) p_infty (a / 2).
Proof.
  replace (a / 2) with (a * (1 / 2) + b * 0 + c * 0) by field.
  apply is_lim_plus'; [apply is_lim_plus' |].
  - apply (is_lim_scal_l _ a p_infty (1 / 2)), is_lim_half_mass.
  - apply (is_lim_scal_l _ b p_infty 0), is_lim_gauss.
  - apply (is_lim_scal_l _ c p_infty 0), is_lim_mult_gauss.
Qed.

Lemma is_derive_quadratic (a b c x : R) :
  is_derive (fun x => (a + c) * half_mass x - b * gauss x - c * (x * gauss x)) x (gauss x * (a + b * x + c * (x * x))).
Proof.
  pose proof (is_derive_half_mass x) as H1. pose proof (is_derive_gauss x) as H2.
  auto_derive; [repeat split; eexists; eassumption |].
  change (fun x => half_mass x) with half_mass. change (fun x => gauss x) with gauss.
  rewrite (is_derive_unique _ _ _ H1), (is_derive_unique _ _ _ H2). ring.
Qed.

Lemma continuous_gauss_mult (g : R -> R) (x : R) : ex_derive g x -> continuous (fun x => gauss x * g x) x.
Proof.
  intros H. apply continuous_of_derive.
  apply (ex_derive_mult gauss g); [eexists; apply is_derive_gauss | exact H].
Qed.

(** ** One normal *)

(** [g] of a standard normal has the expectation [l]. *)
Definition is_expectation (g : R -> R) (l : R) : Prop :=
  is_RInt_gen (fun x => gauss x * g x) (Rbar_locally m_infty) (Rbar_locally p_infty) l.

Lemma is_expectation_ext (f g : R -> R) (l : R) : (forall x, f x = g x) -> is_expectation f l -> is_expectation g l.
Proof.
  intros H. refine (is_RInt_gen_ext (V := R_NormedModule) _ _ _ _). apply filter_forall. intros ab x _.
  rewrite H. reflexivity.
Qed.

Lemma is_expectation_scal (k : R) (g : R -> R) (l : R) :
  is_expectation g l -> is_expectation (fun x => k * g x) (k * l).
Proof.
  intros H. refine (is_RInt_gen_ext (V := R_NormedModule) _ _ _ _ (is_RInt_gen_scal (V := R_NormedModule) _ k l H)).
  apply filter_forall. intros ab x _. change (k * (gauss x * g x) = gauss x * (k * g x)). ring.
Qed.

Lemma is_expectation_unique (g : R -> R) (l m : R) : is_expectation g l -> is_expectation g m -> l = m.
Proof. intros Hl Hm. rewrite <- (is_RInt_gen_unique _ _ Hl). exact (is_RInt_gen_unique _ _ Hm). Qed.

(** Total mass, mean and variance are 1, 0 and 1. *)
Lemma is_expectation_quadratic (a b c : R) : is_expectation (fun x => a + b * x + c * (x * x)) (a + c).
Proof.
  replace (a + c) with ((a + c) / 2 - - (a + c) / 2) by field.
  apply (is_RInt_gen_antiderivative _ _ _ _ _ _ (is_derive_quadratic a b c)).
  - intros x. apply continuous_gauss_mult. auto_derive. exact I.
  - apply is_lim_m_infty. refine (is_lim_ext _ _ _ _ _ (is_lim_quadratic (- (a + c)) (- b) c)).
    intros x. rewrite half_mass_opp, gauss_opp. ring.
  - refine (is_lim_ext _ _ _ _ _ (is_lim_quadratic (a + c) (- b) (- c))). intros x. ring.
Qed.

Lemma is_expectation_const (a : R) : is_expectation (fun _ => a) a.
Proof.
  pose proof (is_expectation_quadratic a 0 0) as H. rewrite Rplus_0_r in H.
  refine (is_expectation_ext _ _ _ _ H). intros x. ring.
Qed.

(** Functions that vanish left of [b]: the expectation is an integral over a half-line. *)
Lemma is_expectation_half_line (f g G : R -> R) (b l : R) :
  (forall x, x < b -> f x = 0) -> (forall x, b < x -> f x = g x) ->
  (forall x : R, is_derive G x (gauss x * g x)) -> (forall x : R, ex_derive g x) -> is_lim G p_infty l ->
  is_expectation f (l - G b).
Proof.
  intros Hl Hr HG Hg Hlim. replace (l - G b) with (plus (0 - 0) (l - G b)) by (unfold plus; simpl; ring).
  apply (is_RInt_gen_Chasles (V := R_CompleteNormedModule) _ b).
  - apply is_RInt_gen_ext with (f := fun _ => 0).
    + apply Filter_prod with (fun x => x < b) (fun x => x = b); [exists b; auto | reflexivity |].
      intros x y Hx -> z Hz. simpl in Hz. rewrite Hl; [in_R; ring |]. rewrite Rmax_right in Hz; lra.
    + apply (is_RInt_gen_antiderivative _ _ (fun _ => 0) (fun _ => 0)).
      * intros x. apply (@is_derive_const R_AbsRing R_NormedModule).
      * intros x. apply continuous_const.
      * apply filterlim_const.
      * apply filterlim_const.
  - apply is_RInt_gen_ext with (f := fun x => gauss x * g x).
    + apply Filter_prod with (fun x => x = b) (fun x => b < x); [reflexivity | exists b; auto |].
      intros x y -> Hy z Hz. simpl in Hz. rewrite Hr; [reflexivity |]. rewrite Rmin_left in Hz; lra.
    + apply (is_RInt_gen_antiderivative _ _ _ _ _ _ HG).
      * intros x. apply continuous_gauss_mult, Hg.
      * apply filterlim_at_point.
      * exact Hlim.
Qed.

(** ** Two independent normals *)

(** [g] of two independent standard normals has the expectation [l], as an iterated integral. That it is the integral
    over the plane is Tonelli's theorem for continuous [g >= 0]; it is not proved here. *)
Definition is_expectation2 (g : R -> R -> R) (l : R) : Prop :=
  exists h : R -> R, (forall x, is_expectation (g x) (h x)) /\ is_expectation h l.

Lemma is_expectation2_ext (f g : R -> R -> R) (l : R) :
  (forall x y, f x y = g x y) -> is_expectation2 f l -> is_expectation2 g l.
Proof.
  intros H (h & Hf & Hh). exists h. split; [| exact Hh]. intros x. apply is_expectation_ext with (f x); auto.
Qed.

Lemma is_expectation2_scal (k : R) (g : R -> R -> R) (l : R) :
  is_expectation2 g l -> is_expectation2 (fun x y => k * g x y) (k * l).
Proof.
  intros (h & Hg & Hh). exists (fun x => k * h x). split; [intros x |]; apply is_expectation_scal; auto.
Qed.

Lemma is_expectation2_unique (g : R -> R -> R) (l m : R) : is_expectation2 g l -> is_expectation2 g m -> l = m.
Proof.
  intros (h & Hg & Hh) (h' & Hg' & Hh'). apply (is_expectation_unique h); [exact Hh |].
  apply is_expectation_ext with h'; [| exact Hh']. intros x. exact (is_expectation_unique _ _ _ (Hg' x) (Hg x)).
Qed.

(** Linear combinations have mean 0 and the covariance one expects. *)
Lemma is_expectation2_mean (p q : R) : is_expectation2 (fun x y => p * x + q * y) 0.
Proof.
  exists (fun x => p * x). split.
  - intros x. rewrite <- (Rplus_0_r (p * x)). refine (is_expectation_ext _ _ _ _ (is_expectation_quadratic _ q _)).
    intros y. ring.
  - rewrite <- (Rplus_0_r 0). refine (is_expectation_ext _ _ _ _ (is_expectation_quadratic _ p _)).
    intros x. ring.
Qed.

Lemma is_expectation2_covariance (p q r t l : R) : p * r + q * t = l ->
  is_expectation2 (fun x y => (p * x + q * y) * (r * x + t * y)) l.
Proof.
  intros <-. exists (fun x => p * r * (x * x) + q * t). split.
  - intros x. refine (is_expectation_ext _ _ _ _ (is_expectation_quadratic _ ((p * t + q * r) * x) _)).
    intros y. ring.
  - rewrite (Rplus_comm (p * r)). refine (is_expectation_ext _ _ _ _ (is_expectation_quadratic _ 0 _)).
    intros x. ring.
Qed.
