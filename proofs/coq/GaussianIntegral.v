(** Integrals of the standard normal density [gauss], and of the density times the distribution function.

    Both rest on Owen's T function, [owen c t]: minus its derivative by [t] is [gauss t * half_mass (c t)], it vanishes
    at infinity, and at [t = 0] it is an arctangent. With [c = 1] that is the total mass of the density. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(** Density of the standard normal. *)
Definition gauss (x : R) : R := exp (- (x * x) / 2) / sqrt (2 * PI).

(** Mass between 0 and [t]; the distribution function is [1 / 2 + half_mass t]. *)
Definition half_mass (t : R) : R := RInt gauss 0 t.

Definition owen_integrand (t s : R) : R := exp (- (t * t * (1 + s * s)) / 2) / (1 + s * s).
Definition owen (c t : R) : R := RInt (owen_integrand t) 0 c / (2 * PI).

(** ** Calculus *)

(** Coquelicot's lemmas leave equations in its structures; [ring] and [field] want to see [R]. *)
Ltac in_R := match goal with |- @eq _ ?a ?b => change (@eq R a b) end.

Lemma continuous_of_derive (f : R -> R) (x : R) : ex_derive f x -> continuous f x.
Proof. apply (@ex_derive_continuous R_AbsRing R_NormedModule). Qed.

Lemma ex_RInt_of_continuous (f : R -> R) (a b : R) : (forall x : R, continuous f x) -> ex_RInt f a b.
Proof. intros H. apply (@ex_RInt_continuous R_CompleteNormedModule). intros x _. apply H. Qed.

Lemma constant_of_derive (f : R -> R) (x : R) : (forall y : R, is_derive f y 0) -> f x = f 0.
Proof.
  intros H. destruct (Rtotal_order x 0) as [Hx | [-> | Hx]].
  - apply (@eq_is_derive R_NormedModule); [intros; apply H | exact Hx].
  - reflexivity.
  - symmetry. apply (@eq_is_derive R_NormedModule); [intros; apply H | exact Hx].
Qed.

(** ** The density *)

Lemma sqrt_2_PI_pos : 0 < sqrt (2 * PI).
Proof. apply sqrt_lt_R0. pose proof PI_RGT_0. lra. Qed.

Lemma gauss_pos (x : R) : 0 < gauss x.
Proof. apply Rdiv_lt_0_compat; [apply exp_pos | apply sqrt_2_PI_pos]. Qed.

Lemma sqrt_2_PI_gt_1 : 1 < sqrt (2 * PI).
Proof. rewrite <- sqrt_1. apply sqrt_lt_1_alt. pose proof PI2_1. lra. Qed.

Lemma gauss_le_1 (x : R) : gauss x <= 1.
Proof.
  pose proof sqrt_2_PI_gt_1. apply Rle_div_l; [lra |].
  enough (exp (- (x * x) / 2) <= exp 0) by (rewrite exp_0 in *; lra).
  destruct (Req_dec x 0) as [-> | Hx]; [right; f_equal; field | left; apply exp_increasing; nra].
Qed.

Lemma gauss_opp (x : R) : gauss (- x) = gauss x.
Proof. unfold gauss. do 3 f_equal. ring. Qed.

Lemma is_derive_gauss (x : R) : is_derive gauss x (- x * gauss x).
Proof. pose proof sqrt_2_PI_pos. unfold gauss. auto_derive; [exact I |]. unfold Rdiv. field. lra. Qed.

Lemma continuous_gauss (x : R) : continuous gauss x.
Proof. apply continuous_of_derive. eexists. apply is_derive_gauss. Qed.

Lemma gauss_mult (x y : R) : gauss x * gauss y = exp (- (x * x + y * y) / 2) / (2 * PI).
Proof.
  unfold gauss. pose proof PI_RGT_0. pose proof sqrt_2_PI_pos.
  replace (- (x * x + y * y) / 2) with (- (x * x) / 2 + - (y * y) / 2) by field. rewrite exp_plus.
  rewrite <- (sqrt_sqrt (2 * PI)) at 3 by lra. field. lra.
Qed.

Lemma is_derive_half_mass (t : R) : is_derive half_mass t (gauss t).
Proof.
  apply (is_derive_RInt gauss half_mass 0 t); [| apply continuous_gauss].
  apply filter_forall. intros x. apply (@RInt_correct R_CompleteNormedModule), ex_RInt_of_continuous, continuous_gauss.
Qed.

Lemma half_mass_0 : half_mass 0 = 0.
Proof. apply (@RInt_point R_CompleteNormedModule). Qed.

Lemma half_mass_opp (t : R) : half_mass (- t) = - half_mass t.
Proof.
  enough (H : half_mass (- t) + half_mass t = half_mass (- 0) + half_mass 0).
  { rewrite Ropp_0, half_mass_0 in H. lra. }
  apply (constant_of_derive (fun t => half_mass (- t) + half_mass t)). intros y.
  replace 0 with (-1 * gauss (- y) + gauss y) by (rewrite gauss_opp; ring).
  apply (@is_derive_plus R_AbsRing R_NormedModule); [| apply is_derive_half_mass].
  apply (is_derive_comp half_mass (fun t => - t)); [apply is_derive_half_mass |].
  auto_derive; [exact I | reflexivity].
Qed.

(** ** Owen's function *)

Lemma continuous_owen_integrand (t s : R) : continuous (owen_integrand t) s.
Proof. apply continuous_of_derive. unfold owen_integrand. auto_derive. nra. Qed.

Lemma is_derive_owen_integrand (t s : R) :
  is_derive (fun u => owen_integrand u s) t (- t * exp (- (t * t * (1 + s * s)) / 2)).
Proof. unfold owen_integrand. auto_derive; [nra |]. unfold Rdiv. field. nra. Qed.

Lemma continuity_2d_derive_owen_integrand (t s : R) :
  continuity_2d_pt (fun u v => Derive (fun z => owen_integrand z v) u) t s.
Proof.
  apply continuity_2d_pt_ext with (f := fun u v => - u * exp (- (u * u * (1 + v * v)) / 2)).
  { intros u v. symmetry. apply is_derive_unique, is_derive_owen_integrand. }
  pose proof (continuity_2d_pt_id1 t s). pose proof (continuity_2d_pt_id2 t s).
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_opp; assumption |].
  apply continuity_1d_2d_pt_comp; [apply derivable_continuous_pt, derivable_pt_exp |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_opp | apply continuity_2d_pt_const].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_mult; assumption |].
  apply continuity_2d_pt_plus; [apply continuity_2d_pt_const | apply continuity_2d_pt_mult; assumption].
Qed.

(** The derivative under the integral sign is, up to a factor, the density at [t * s] times [t]. *)
Lemma RInt_derive_owen_integrand (c t : R) :
  RInt (fun s => Derive (fun u => owen_integrand u s) t) 0 c = - (2 * PI) * gauss t * half_mass (c * t).
Proof.
  rewrite (RInt_ext _ (fun s => scal (- (2 * PI) * gauss t) (scal t (gauss (t * s + 0))))).
  - rewrite (@RInt_scal R_CompleteNormedModule), (@RInt_comp_lin R_CompleteNormedModule).
    + rewrite Rmult_0_r, !Rplus_0_r, (Rmult_comm t c). reflexivity.
    + apply ex_RInt_of_continuous, continuous_gauss.
    + apply ex_RInt_of_continuous. intros s. apply continuous_of_derive.
      change (ex_derive (fun y => t * gauss (t * y + 0)) s). unfold gauss. auto_derive. exact I.
  - intros s _. transitivity (- t * exp (- (t * t * (1 + s * s)) / 2)).
    { apply is_derive_unique, is_derive_owen_integrand. }
    change (- t * exp (- (t * t * (1 + s * s)) / 2) = - (2 * PI) * gauss t * (t * gauss (t * s + 0))).
    rewrite (Rmult_comm t (gauss _)), <- Rmult_assoc, (Rmult_assoc _ (gauss t)), gauss_mult.
    replace (t * t + (t * s + 0) * (t * s + 0)) with (t * t * (1 + s * s)) by ring.
    pose proof PI_RGT_0. field. lra.
Qed.

Lemma is_derive_owen (c t : R) : is_derive (owen c) t (- (gauss t * half_mass (c * t))).
Proof.
  replace (- (gauss t * half_mass (c * t)))
    with (/ (2 * PI) * RInt (fun s => Derive (fun u => owen_integrand u s) t) 0 c).
  - apply (is_derive_ext (fun t => / (2 * PI) * RInt (owen_integrand t) 0 c)).
    { intros u. apply Rmult_comm. }
    apply (is_derive_scal (fun t => RInt (owen_integrand t) 0 c)), is_derive_RInt_param.
    + apply filter_forall. intros u s _. eexists. apply is_derive_owen_integrand.
    + intros s _. apply continuity_2d_derive_owen_integrand.
    + apply filter_forall. intros u. apply ex_RInt_of_continuous, continuous_owen_integrand.
  - rewrite RInt_derive_owen_integrand. pose proof PI_RGT_0. field. lra.
Qed.

Lemma owen_at_0 (c : R) : owen c 0 = atan c / (2 * PI).
Proof.
  unfold owen. f_equal. rewrite (RInt_ext _ (fun s => / (1 + s * s))).
  - apply is_RInt_unique. replace (atan c) with (minus (atan c) (atan 0)).
    + apply (@is_RInt_derive R_CompleteNormedModule).
      * intros x _. exact (is_derive_atan x).
      * intros x _. apply continuous_of_derive. auto_derive. nra.
    + rewrite atan_0. apply (@minus_zero_r R_AbelianGroup).
  - intros s _. unfold owen_integrand. replace (- (0 * 0 * (1 + s * s)) / 2) with 0 by field. rewrite exp_0.
    in_R. field. nra.
Qed.

Lemma owen_bound (c t : R) : Rabs (owen c t) <= Rabs c / sqrt (2 * PI) * gauss t.
Proof.
  pose proof PI_RGT_0 as HP. pose proof sqrt_2_PI_pos as HS.
  assert (H : Rabs (RInt (owen_integrand t) 0 c) <= Rabs (c - 0) * exp (- (t * t) / 2)).
  { apply (norm_RInt_le_const_abs (V := R_NormedModule) (owen_integrand t) 0 c).
    - intros s _. change (Rabs (owen_integrand t s) <= exp (- (t * t) / 2)). unfold owen_integrand.
      assert (H1 : exp (- (t * t * (1 + s * s)) / 2) <= exp (- (t * t) / 2)).
      { pose proof (Rle_0_sqr (t * s)) as Hts. unfold Rsqr in Hts.
        destruct (Req_dec (t * s * (t * s)) 0); [right; f_equal; lra | left; apply exp_increasing; lra]. }
      pose proof (exp_pos (- (t * t * (1 + s * s)) / 2)) as H2.
      rewrite Rabs_pos_eq by (apply Rlt_le, Rdiv_lt_0_compat; nra).
      apply Rle_div_l; [nra |]. pose proof (Rle_0_sqr s) as Hs. unfold Rsqr in Hs. nra.
    - apply (@RInt_correct R_CompleteNormedModule), ex_RInt_of_continuous, continuous_owen_integrand. }
  rewrite Rminus_0_r in H. unfold owen, gauss. rewrite Rabs_div, (Rabs_pos_eq (2 * PI)) by lra.
  apply Rle_div_l; [lra |]. rewrite <- (sqrt_sqrt (2 * PI)) at 3 by lra.
  replace (Rabs c / sqrt (2 * PI) * (exp (- (t * t) / 2) / sqrt (2 * PI)) * (sqrt (2 * PI) * sqrt (2 * PI)))
    with (Rabs c * exp (- (t * t) / 2)) by (field; lra).
  exact H.
Qed.

(** ** Limits *)

Lemma is_lim_m_infty (f : R -> R) (l : R) : is_lim (fun x => f (- x)) p_infty l -> is_lim f m_infty l.
Proof.
  intros H. apply (is_lim_ext (fun x => f (- - x))); [intros x; f_equal; ring |].
  apply (filterlim_comp _ _ _ Ropp (fun x => f (- x)) _ (Rbar_locally p_infty)); [| exact H].
  apply (filterlim_Rbar_opp m_infty).
Qed.

Lemma is_lim_bound (f g : R -> R) :
  (forall x, 1 < x -> Rabs (f x) <= g x) -> is_lim g p_infty 0 -> is_lim f p_infty 0.
Proof.
  intros H Hg. apply is_lim_le_le_loc with (f := fun x => - g x) (g := g); [| | exact Hg].
  - exists 1. intros x Hx. apply Rabs_le_between, H, Hx.
  - replace (Finite 0) with (Rbar_opp 0) by (simpl; f_equal; ring). apply is_lim_opp, Hg.
Qed.

Lemma is_lim_mult_gauss : is_lim (fun x => x * gauss x) p_infty 0.
Proof.
  apply is_lim_bound with (g := fun x => 2 * / x).
  - intros x Hx. pose proof (gauss_pos x) as Hg. rewrite Rabs_pos_eq by nra.
    pose proof sqrt_2_PI_gt_1 as HS.
    assert (H1 : x * x / 2 < exp (x * x / 2)) by (pose proof (exp_ineq1 (x * x / 2)); nra).
    assert (H2 : gauss x * exp (x * x / 2) * sqrt (2 * PI) = 1).
    { unfold gauss. replace (- (x * x) / 2) with (- (x * x / 2)) by field. rewrite exp_Ropp.
      pose proof (exp_pos (x * x / 2)). field. lra. }
    apply (Rmult_le_reg_r x); [lra |]. replace (2 * / x * x) with 2 by (field; lra).
    assert (gauss x * exp (x * x / 2) < 1) by (pose proof (exp_pos (x * x / 2)); nra). nra.
  - replace (Finite 0) with (Rbar_mult 2 (Rbar_inv p_infty)) by (simpl; f_equal; ring).
    apply is_lim_scal_l. apply is_lim_inv; [apply is_lim_id | discriminate].
Qed.

Lemma is_lim_gauss : is_lim gauss p_infty 0.
Proof.
  apply is_lim_bound with (2 := is_lim_mult_gauss). intros x Hx. pose proof (gauss_pos x). rewrite Rabs_pos_eq; nra.
Qed.

Lemma is_lim_owen (c : R) : is_lim (owen c) p_infty 0.
Proof.
  apply is_lim_bound with (g := fun t => Rabs c / sqrt (2 * PI) * gauss t); [intros; apply owen_bound |].
  replace (Finite 0) with (Rbar_mult (Rabs c / sqrt (2 * PI)) 0) by (simpl; f_equal; ring).
  apply is_lim_scal_l, is_lim_gauss.
Qed.

(** The density integrates to one, here as one half on either side. *)
Lemma half_mass_square (t : R) : half_mass t * half_mass t = 1 / 4 - 2 * owen 1 t.
Proof.
  enough (H : half_mass t * half_mass t + 2 * owen 1 t = half_mass 0 * half_mass 0 + 2 * owen 1 0).
  { rewrite half_mass_0, owen_at_0, atan_1 in H. pose proof PI_RGT_0.
    replace (2 * (PI / 4 / (2 * PI))) with (1 / 4) in H by (field; lra). lra. }
  apply (constant_of_derive (fun t => half_mass t * half_mass t + 2 * owen 1 t)). intros x.
  pose proof (is_derive_half_mass x) as H1. pose proof (is_derive_owen 1 x) as H2. rewrite Rmult_1_l in H2.
  auto_derive; [repeat split; eexists; eassumption |].
  change (fun x => half_mass x) with half_mass. change (fun x => owen 1 x) with (owen 1).
  rewrite (is_derive_unique _ _ _ H1), (is_derive_unique _ _ _ H2). ring.
Qed.

Lemma half_mass_nonneg (t : R) : 0 <= t -> 0 <= half_mass t.
Proof.
  intros Ht. apply RInt_ge_0; [exact Ht | |].
  - apply ex_RInt_of_continuous, continuous_gauss.
  - intros x _. apply Rlt_le, gauss_pos.
Qed.

Lemma half_mass_bound (t : R) : Rabs (half_mass t) <= 1 / 2.
Proof.
  assert (Ho : 0 <= owen 1 t).
  { apply Rdiv_le_0_compat; [| pose proof PI_RGT_0; lra]. apply RInt_ge_0; [lra | |].
    - apply ex_RInt_of_continuous, continuous_owen_integrand.
    - intros s _. apply Rlt_le, Rdiv_lt_0_compat; [apply exp_pos | nra]. }
  pose proof (half_mass_square t). apply Rabs_le. nra.
Qed.

Lemma is_lim_half_mass : is_lim half_mass p_infty (1 / 2).
Proof.
  apply (is_lim_ext_loc (fun t => sqrt (1 / 4 - 2 * owen 1 t))).
  - exists 0. intros t Ht. rewrite <- half_mass_square. apply sqrt_square, half_mass_nonneg. lra.
  - replace (1 / 2) with (sqrt (1 / 4 - 2 * 0)).
    + apply (is_lim_comp_continuous (owen 1) (fun z => sqrt (1 / 4 - 2 * z))); [apply is_lim_owen |].
      apply (continuous_comp (fun z => 1 / 4 - 2 * z) sqrt); [| apply continuous_sqrt].
      apply continuous_of_derive. auto_derive. exact I.
    + replace (1 / 4 - 2 * 0) with (1 / 2 * (1 / 2)) by field. apply sqrt_square. lra.
Qed.
