(** The derivative of the reduced map, for every real n > 2. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model.
Open Scope R_scope.

(** Sine and size of the angle between the outlier and minus a sample of the cluster. *)
Definition sine (n r : R) : R := sqrt (1 - cosine n r * cosine n r).
Definition angle (n r : R) : R := acos (cosine n r).

Definition dcross_moment (n r : R) : R := (n - 2) / (4 * PI) * (sine n r / cosine n r - 2 * angle n r).

Definition dgrowth (n r : R) : R :=
  (n - 2) / (2 * (n * n)) * (n - 1 - 2 * (n + 1) * dkappa r - (sine n r / cosine n r - 2 * angle n r) / PI).

Definition dF (n r : R) : R := (dkappa r + (1 - F n r) * dgrowth n r) / growth n r.

Section Reduced.

Variables n r : R.
Hypothesis Hn : 2 < n.
Hypothesis Hr : -1 < r < 1.
Hypothesis Hi : interior n r.

Lemma cross_pos : 0 < cross n r.
Proof.
  unfold cross. destruct Hi as [H _]. apply Rmult_lt_compat_l with (r := n - 2) in H; [| lra].
  rewrite Ropp_mult_distr_r_reverse, Rinv_r in H by lra. lra.
Qed.

Lemma outlier_pos : 0 < outlier n r.
Proof. pose proof cross_pos. unfold outlier. apply Rmult_lt_0_compat; lra. Qed.

Lemma cosine_sqr : cosine n r * cosine n r = cross n r / (n - 1).
Proof.
  pose proof cross_pos. apply sqrt_sqrt. left. apply Rdiv_lt_0_compat; lra.
Qed.

Lemma sine_sqr_value : 1 - cosine n r * cosine n r = (n - 2) * (1 - r) / (n - 1).
Proof. rewrite cosine_sqr. unfold cross. field. lra. Qed.

Lemma sine_sqr_pos : 0 < 1 - cosine n r * cosine n r.
Proof.
  rewrite sine_sqr_value. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra.
Qed.

Lemma sine_pos : 0 < sine n r.
Proof. apply sqrt_lt_R0, sine_sqr_pos. Qed.

Lemma cosine_range : 0 < cosine n r < 1.
Proof.
  pose proof cross_pos. pose proof sine_sqr_pos. assert (Hc : 0 < cosine n r).
  { apply sqrt_lt_R0, Rdiv_lt_0_compat; lra. }
  split; [exact Hc | nra].
Qed.

Lemma sqrt_outlier : sqrt (outlier n r) = (n - 1) * cosine n r.
Proof.
  pose proof cosine_range. apply sqrt_lem_1.
  - left. exact outlier_pos.
  - apply Rmult_le_pos; lra.
  - replace ((n - 1) * cosine n r * ((n - 1) * cosine n r))
      with ((n - 1) * (n - 1) * (cosine n r * cosine n r)) by ring.
    rewrite cosine_sqr. unfold outlier. field. lra.
Qed.

(** The correlation across is minus the cosine. *)
Lemma cross_correlation : - cross n r / sqrt (1 * outlier n r) = - cosine n r.
Proof.
  pose proof cosine_range. rewrite Rmult_1_l, sqrt_outlier.
  replace (cross n r) with ((n - 1) * (cosine n r * cosine n r)); [field; lra |].
  rewrite cosine_sqr. field. lra.
Qed.

Lemma dkappa_opp_cosine : dkappa (- cosine n r) = angle n r / (2 * PI).
Proof. unfold dkappa, angle. rewrite acos_opp. f_equal. ring. Qed.

Lemma kappa_opp_cosine : kappa (- cosine n r) = (sine n r - cosine n r * angle n r) / (2 * PI).
Proof.
  unfold kappa, sine, angle. rewrite acos_opp.
  replace (- cosine n r * - cosine n r) with (cosine n r * cosine n r) by ring.
  f_equal. ring.
Qed.

Lemma cross_moment_value :
  cross_moment n r = (n - 1) * cosine n r * (sine n r - cosine n r * angle n r) / (2 * PI).
Proof.
  unfold cross_moment, relu_moment.
  rewrite cross_correlation, kappa_opp_cosine, Rmult_1_l, sqrt_outlier.
  unfold Rdiv. ring.
Qed.

Lemma is_derive_outlier : is_derive (outlier n) r ((n - 1) * (n - 2)).
Proof. unfold outlier, cross. auto_derive; [exact I | ring]. Qed.

Lemma is_derive_sqrt_outlier :
  is_derive (fun x => sqrt (1 * outlier n x)) r ((n - 2) / (2 * cosine n r)).
Proof.
  pose proof outlier_pos. pose proof cosine_range. pose proof sqrt_outlier as Hs.
  pose proof is_derive_outlier as Ho. revert Ho.
  set (f := outlier n) in *. clearbody f. intros Ho. auto_derive.
  - split; [exists ((n - 1) * (n - 2)); exact Ho | split; [lra | exact I]].
  - change (fun x => f x) with f. rewrite (is_derive_unique _ _ _ Ho), !Rmult_1_l, Hs. field. lra.
Qed.

Lemma is_derive_cross_moment : is_derive (cross_moment n) r (dcross_moment n r).
Proof.
  pose proof outlier_pos. pose proof cosine_range as Hc. pose proof is_derive_sqrt_outlier as Hq.
  pose proof sqrt_outlier as Hs. pose proof cross_correlation as Hx. pose proof PI_RGT_0 as HP.
  assert (Hk := is_derive_kappa (- cosine n r) ltac:(lra)).
  rewrite dkappa_opp_cosine in Hk. pose proof kappa_opp_cosine as Hv.
  assert (Hcross : cross n r = (n - 1) * (cosine n r * cosine n r)) by (rewrite cosine_sqr; field; lra).
  unfold cross_moment, relu_moment, dcross_moment.
  assert (He : forall x, cross n x = 1 + (n - 2) * x) by reflexivity.
  rewrite <- Hx in Hk.
  set (q := fun x => sqrt (1 * outlier n x)) in *.
  change (is_derive q r ((n - 2) / (2 * cosine n r))) in Hq.
  change (is_derive (fun x => q x * kappa (- cross n x / q x)) r
    ((n - 2) / (4 * PI) * (sine n r / cosine n r - 2 * angle n r))).
  change (- cross n r / sqrt (1 * outlier n r)) with (- cross n r / q r) in *.
  assert (Hqr : q r = (n - 1) * cosine n r) by (unfold q; rewrite Rmult_1_l; exact Hs).
  rewrite <- Hx in Hv.
  clearbody q. revert Hk Hv. generalize kappa. intros k Hk Hv. unfold cross in Hk, Hv, Hx |- *. auto_derive.
  - assert (q r <> 0) by (rewrite Hqr; apply Rgt_not_eq, Rmult_lt_0_compat; lra).
    repeat split; try assumption; eexists; first [exact Hk | exact Hq].
  - change (fun x => q x) with q. change (fun x => k x) with k.
    change (- (1 + (n - 2) * r) * / q r) with (- (1 + (n - 2) * r) / q r).
    rewrite (is_derive_unique _ _ _ Hk), (is_derive_unique _ _ _ Hq), Hv, Hqr.
    rewrite <- He, Hcross. field. repeat split; lra.
Qed.

(** The scale's growth with everything collected. *)
Lemma growth_collected : growth n r =
  (1 + outlier n r + 2 * (n + 1) * (n - 2) * (1 / 2 - kappa r) - 4 * cross_moment n r) / (2 * (n * n)).
Proof.
  unfold growth, total_mean, outlier_mean, cluster_mean. unfold outlier, cross. field. lra.
Qed.

Lemma covariance_by_growth : covariance n r = growth n r - (1 / 2 - kappa r).
Proof. unfold covariance, growth. ring. Qed.

End Reduced.

Lemma is_derive_growth (n r : R) :
  2 < n -> -1 < r < 1 -> interior n r -> is_derive (growth n) r (dgrowth n r).
Proof.
  intros Hn Hr Hi. pose proof (cosine_range n r Hn Hr Hi). pose proof PI_RGT_0.
  apply is_derive_ext with (f := fun x => (1 + outlier n x + 2 * (n + 1) * (n - 2) * (1 / 2 - kappa x)
    - 4 * cross_moment n x) / (2 * (n * n))).
  { intros x. symmetry. apply growth_collected. exact Hn. }
  pose proof (is_derive_outlier n r) as Ho. pose proof (is_derive_kappa r Hr) as Hk.
  pose proof (is_derive_cross_moment n r Hn Hr Hi) as Hx.
  unfold dgrowth. unfold dcross_moment in Hx. revert Ho Hk Hx.
  generalize (outlier n) kappa (cross_moment n). intros o k x Ho Hk Hx. auto_derive.
  - repeat split; eexists; eassumption.
  - change (fun y => o y) with o. change (fun y => k y) with k. change (fun y => x y) with x.
    rewrite (is_derive_unique _ _ _ Ho), (is_derive_unique _ _ _ Hk), (is_derive_unique _ _ _ Hx).
    field. repeat split; lra.
Qed.

Lemma is_derive_covariance (n r : R) :
  2 < n -> -1 < r < 1 -> interior n r -> is_derive (covariance n) r (dgrowth n r + dkappa r).
Proof.
  intros Hn Hr Hi. pose proof (is_derive_growth n r Hn Hr Hi) as Hg. pose proof (is_derive_kappa r Hr) as Hk.
  apply is_derive_ext with (f := fun x => growth n x - (1 / 2 - kappa x)).
  { intros x. symmetry. apply covariance_by_growth. }
  revert Hg Hk. generalize (growth n) kappa. intros g k Hg Hk. auto_derive.
  - repeat split; eexists; eassumption.
  - change (fun y => g y) with g. change (fun y => k y) with k.
    rewrite (is_derive_unique _ _ _ Hg), (is_derive_unique _ _ _ Hk). ring.
Qed.

(** The reduced map is differentiable wherever the layer does not vanish. *)
Theorem is_derive_F (n r : R) :
  2 < n -> -1 < r < 1 -> interior n r -> 0 < growth n r -> is_derive (F n) r (dF n r).
Proof.
  intros Hn Hr Hi Hp. pose proof (is_derive_growth n r Hn Hr Hi) as Hg.
  pose proof (is_derive_covariance n r Hn Hr Hi) as Hc. unfold dF, F.
  revert Hp Hg Hc. generalize (growth n) (covariance n). intros g c Hp Hg Hc. auto_derive.
  - repeat split; [eexists; exact Hc | eexists; exact Hg | lra].
  - change (fun y => g y) with g. change (fun y => c y) with c.
    rewrite (is_derive_unique _ _ _ Hg), (is_derive_unique _ _ _ Hc). field. lra.
Qed.
