(** The arc-cosine kernel is the second moment of ReLU: [kappa rho] is the expectation of [relu u * relu v] for standard
    normals [u], [v] of correlation [rho] (Cho and Saul, 2009). As usual [u = x] and [v = rho x + sqrt (1 - rho^2) y],
    [x] and [y] independent standard normals. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel GaussianIntegral Expectation.
Open Scope R_scope.

Lemma relu_pos (t : R) : 0 <= t -> relu t = t.
Proof. apply Rmax_right. Qed.

Lemma relu_neg (t : R) : t <= 0 -> relu t = 0.
Proof. apply Rmax_left. Qed.

Lemma relu_mult (k t : R) : 0 <= k -> relu (k * t) = k * relu t.
Proof. intros Hk. unfold relu. rewrite <- RmaxRmult by exact Hk. rewrite Rmult_0_r. reflexivity. Qed.

(** ** The inner integral *)

Lemma is_expectation_relu_affine (a s : R) : 0 < s ->
  is_expectation (fun y => relu (a + s * y)) (a * (1 / 2 + half_mass (a / s)) + s * gauss (a / s)).
Proof.
  intros Hs. set (G := fun y => (a + 0) * half_mass y - s * gauss y - 0 * (y * gauss y)).
  replace (a * (1 / 2 + half_mass (a / s)) + s * gauss (a / s)) with (a / 2 - G (- (a / s))).
  - assert (Ha : forall y, a + s * y = s * (y - - (a / s))) by (intros y; field; lra).
    apply is_expectation_half_line with (g := fun y => a + s * y + 0 * (y * y)).
    + intros y Hy. apply relu_neg. rewrite Ha. nra.
    + intros y Hy. rewrite Rmult_0_l, Rplus_0_r. apply relu_pos. rewrite Ha. nra.
    + intros y. apply is_derive_quadratic.
    + intros y. auto_derive. exact I.
    + refine (is_lim_ext _ _ _ _ _ (is_lim_quadratic a (- s) 0)). intros y. unfold G. ring.
  - unfold G. rewrite half_mass_opp, gauss_opp. field. lra.
Qed.

(** ** The outer integral *)

(** In terms of [s] and [c], where [rho = s * c]. *)
Definition inner (s c x : R) : R := s * c * x * (1 / 2 + half_mass (c * x)) + s * gauss (c * x).

(** By parts, with Owen's function for what remains. *)
Definition outer_antiderivative (s c x : R) : R :=
  s * c * (half_mass x / 2 - owen c x - x * gauss x * (1 / 2 + half_mass (c * x))) - s * (gauss x * gauss (c * x)).

Lemma is_derive_outer_antiderivative (s c x : R) :
  is_derive (outer_antiderivative s c) x (gauss x * (x * inner s c x)).
Proof.
  pose proof (is_derive_half_mass x) as H1. pose proof (is_derive_half_mass (c * x)) as H2.
  pose proof (is_derive_gauss x) as H3. pose proof (is_derive_gauss (c * x)) as H4.
  pose proof (is_derive_owen c x) as H5. unfold outer_antiderivative, inner.
  auto_derive; [repeat split; eexists; eassumption |].
  change (fun x => half_mass x) with half_mass. change (fun x => gauss x) with gauss.
  change (fun x => owen c x) with (owen c). rewrite (is_derive_unique _ _ _ H1), (is_derive_unique _ _ _ H2),
    (is_derive_unique _ _ _ H3), (is_derive_unique _ _ _ H4), (is_derive_unique _ _ _ H5). field.
Qed.

Lemma is_lim_outer_antiderivative (s c : R) : is_lim (outer_antiderivative s c) p_infty (s * c / 4).
Proof.
  replace (s * c / 4) with (s * c * (1 / 2 * / 2 - 0 - 0) - s * 0) by field. unfold outer_antiderivative.
  apply is_lim_minus'; [apply (is_lim_scal_l _ (s * c) p_infty (Finite _)) | apply (is_lim_scal_l _ s p_infty 0)].
  - apply is_lim_minus'; [apply is_lim_minus' |].
    + apply (is_lim_scal_r _ (/ 2) p_infty (1 / 2)), is_lim_half_mass.
    + apply is_lim_owen.
    + apply is_lim_bound with (2 := is_lim_mult_gauss). intros x Hx.
      assert (Hg : 0 <= x * gauss x) by (pose proof (gauss_pos x); nra).
      pose proof (proj1 (Rabs_le_between _ _) (half_mass_bound (c * x))). rewrite Rabs_pos_eq; nra.
  - apply is_lim_bound with (2 := is_lim_gauss). intros x _.
    pose proof (gauss_pos x). pose proof (gauss_pos (c * x)). pose proof (gauss_le_1 (c * x)). rewrite Rabs_pos_eq; nra.
Qed.

Lemma outer_antiderivative_0 (s c : R) : outer_antiderivative s c 0 = - (s + s * c * atan c) / (2 * PI).
Proof.
  unfold outer_antiderivative. rewrite Rmult_0_r, half_mass_0, owen_at_0, gauss_mult.
  replace (- (0 * 0 + 0 * 0) / 2) with 0 by field. rewrite exp_0. pose proof PI_RGT_0. field. lra.
Qed.

Lemma is_expectation_outer (s c : R) :
  is_expectation (fun x => relu x * inner s c x) ((s + s * c * (PI / 2 + atan c)) / (2 * PI)).
Proof.
  replace ((s + s * c * (PI / 2 + atan c)) / (2 * PI)) with (s * c / 4 - outer_antiderivative s c 0).
  - apply is_expectation_half_line with (g := fun x => x * inner s c x).
    + intros x Hx. rewrite relu_neg by lra. ring.
    + intros x Hx. rewrite relu_pos by lra. reflexivity.
    + apply is_derive_outer_antiderivative.
    + intros x. pose proof (is_derive_half_mass (c * x)). pose proof (is_derive_gauss (c * x)). unfold inner.
      auto_derive. repeat split; eexists; eassumption.
    + apply is_lim_outer_antiderivative.
  - rewrite outer_antiderivative_0. pose proof PI_RGT_0. field. lra.
Qed.

(** ** The kernel *)

Lemma is_expectation_relu_square : is_expectation (fun x => relu x * relu x) (1 / 2).
Proof.
  set (G := fun x => (0 + 1) * half_mass x - 0 * gauss x - 1 * (x * gauss x)).
  replace (1 / 2) with (1 / 2 - G 0) by (unfold G; rewrite half_mass_0; ring).
  apply is_expectation_half_line with (g := fun x => 0 + 0 * x + 1 * (x * x)).
  - intros x Hx. rewrite relu_neg by lra. ring.
  - intros x Hx. rewrite relu_pos by lra. ring.
  - intros x. apply is_derive_quadratic.
  - intros x. auto_derive. exact I.
  - refine (is_lim_ext _ _ _ _ _ (is_lim_quadratic 1 0 (- 1))). intros x. unfold G. ring.
Qed.

Lemma kappa_is_expectation_inside (rho : R) : -1 < rho < 1 ->
  is_expectation2 (fun x y => relu x * relu (rho * x + sqrt (1 - rho * rho) * y)) (kappa rho).
Proof.
  intros H. set (s := sqrt (1 - rho * rho)). assert (Hs : 0 < s) by (apply sqrt_lt_R0; nra).
  exists (fun x => relu x * inner s (rho / s) x). split.
  - intros x. apply is_expectation_scal. unfold inner.
    replace (s * (rho / s)) with rho by (field; lra). replace (rho / s * x) with (rho * x / s) by (field; lra).
    exact (is_expectation_relu_affine (rho * x) s Hs).
  - replace (kappa rho) with ((s + s * (rho / s) * (PI / 2 + atan (rho / s))) / (2 * PI)).
    { apply is_expectation_outer. }
    unfold kappa. rewrite acos_asin, asin_atan by lra. unfold Rsqr. fold s. pose proof PI_RGT_0. field. lra.
Qed.

(** [kappa rho] is the expectation of [relu u * relu v]. *)
Theorem kappa_is_expectation (rho : R) : -1 <= rho <= 1 ->
  is_expectation2 (fun x y => relu x * relu (rho * x + sqrt (1 - rho * rho) * y)) (kappa rho).
Proof.
  intros H. destruct (Req_dec rho 1) as [-> | H1]; [| destruct (Req_dec rho (-1)) as [-> | H2]].
  - exists (fun x => relu x * relu x). rewrite kappa_1. split; [| apply is_expectation_relu_square].
    intros x. refine (is_expectation_ext _ _ _ _ (is_expectation_const _)).
    intros y. replace (1 - 1 * 1) with 0 by ring. rewrite sqrt_0. do 2 f_equal. ring.
  - exists (fun _ => 0). rewrite kappa_opp_1. split; [| apply is_expectation_const].
    intros x. refine (is_expectation_ext _ _ _ _ (is_expectation_const _)).
    intros y. replace (1 - -1 * -1) with 0 by ring. rewrite sqrt_0.
    destruct (Rle_dec 0 x); [rewrite (relu_neg (_ + _)) by lra | rewrite (relu_neg x) by lra]; ring.
  - apply kappa_is_expectation_inside. lra.
Qed.

(** ** Any variances *)

(** Linear combinations of independent standard normals, with variances [a], [b] and covariance [c] by [covariances].
    That these three numbers determine the law of a centred normal pair, so that any other such pair would do, is
    textbook knowledge and not proved here. *)
Definition first (a x y : R) : R := sqrt a * x + 0 * y.
Definition second (a b c x y : R) : R := c / sqrt a * x + sqrt (b - c * c / a) * y.

Lemma covariances (a b c : R) : 0 < a -> c * c <= a * b ->
  is_expectation2 (fun x y => first a x y * first a x y) a /\
  is_expectation2 (fun x y => first a x y * second a b c x y) c /\
  is_expectation2 (fun x y => second a b c x y * second a b c x y) b.
Proof.
  intros Ha Hc. assert (Hr := sqrt_lt_R0 _ Ha). assert (Hq := sqrt_sqrt a (Rlt_le _ _ Ha)).
  assert (Hb : 0 <= b - c * c / a).
  { apply (Rmult_le_reg_r a); [exact Ha |]. replace ((b - c * c / a) * a) with (a * b - c * c) by (field; lra). lra. }
  repeat split; apply is_expectation2_covariance.
  - lra.
  - field. lra.
  - rewrite sqrt_sqrt by exact Hb. replace (c / sqrt a * (c / sqrt a)) with (c * c / (sqrt a * sqrt a)) by (field; lra).
    rewrite Hq. ring.
Qed.

(** [relu_moment a b c] is the expectation of [relu u * relu v] for normals of variances [a], [b] and covariance [c]. *)
Theorem relu_moment_is_expectation (a b c : R) : 0 < a -> 0 < b -> c * c <= a * b ->
  is_expectation2 (fun x y => relu (first a x y) * relu (second a b c x y)) (relu_moment a b c).
Proof.
  intros Ha Hb Hc. assert (Hra := sqrt_lt_R0 _ Ha). assert (Hrb := sqrt_lt_R0 _ Hb).
  assert (Hqa := sqrt_sqrt a (Rlt_le _ _ Ha)). assert (Hqb := sqrt_sqrt b (Rlt_le _ _ Hb)).
  unfold relu_moment. rewrite sqrt_mult by lra. set (p := sqrt a) in *. set (q := sqrt b) in *.
  set (rho := c / (p * q)). assert (Hpq : 0 < p * q) by nra.
  assert (Hcr : c = rho * (p * q)) by (unfold rho; field; lra).
  assert (Hrho : -1 <= rho <= 1).
  { assert (rho * rho <= 1) by (apply (Rmult_le_reg_r ((p * q) * (p * q))); nra). split; nra. }
  refine (is_expectation2_ext _ _ _ _ (is_expectation2_scal (p * q) _ _ (kappa_is_expectation rho Hrho))).
  intros x y. unfold first, second. fold p. rewrite Rmult_0_l, Rplus_0_r.
  replace (b - c * c / a) with ((q * q) * (1 - rho * rho)) by (rewrite Hcr, <- Hqa, <- Hqb; field; lra).
  rewrite sqrt_mult, sqrt_square by nra.
  replace (c / p * x + q * sqrt (1 - rho * rho) * y) with (q * (rho * x + sqrt (1 - rho * rho) * y))
    by (rewrite Hcr; field; lra).
  rewrite !relu_mult by lra. ring.
Qed.
