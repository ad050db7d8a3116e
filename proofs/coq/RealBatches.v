(** Every real n >= 7 has an odd point, one only between the angles 8.5/n and 9.6/n, and its spectrum is inside the
    unit disc. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Kernel Model Balance Scaled SmallAngle ScaledSpectrum.
Open Scope R_scope.

Lemma left_end : 8.5 = 17 / 2.
Proof. lra. Qed.

Lemma right_end : 9.6 = 48 / 5.
Proof. lra. Qed.

(** A point of the window as the scaled formulas want it. *)
Lemma window_point (n t : R) : 7 <= n -> 8.5 / n <= t <= 9.6 / n ->
  exists w e1 e2, t = / n * w /\ 17 / 2 <= w <= 48 / 5 /\ remainders e1 e2
    /\ sin (/ n * w) - / n * w * cos (/ n * w) = (/ n * w) ^ 3 * sigma (/ n) w e1
    /\ 1 - cos (/ n * w) = (/ n * w) ^ 2 * gamma (/ n) w e2.
Proof.
  intros Hn Ht. assert (Hw : 17 / 2 <= n * t <= 48 / 5).
  { destruct Ht as [H1 H2]. apply Rmult_le_compat_l with (r := n) in H1; [| lra].
    apply Rmult_le_compat_l with (r := n) in H2; [| lra].
    replace (n * (8.5 / n)) with (17 / 2) in H1 by (rewrite left_end; field; lra).
    replace (n * (9.6 / n)) with (48 / 5) in H2 by (rewrite right_end; field; lra). lra. }
  pose proof (theta_range n (n * t) Hn Hw) as Htheta.
  destruct (small_angle (/ n * (n * t))) as (e1 & e2 & He & Hs & Hc); [lra |].
  exists (n * t), e1, e2. split; [field; lra |]. now repeat split; try apply He; try apply Hw.
Qed.

Lemma window_order (n : R) : 7 <= n -> 0 < 8.5 / n < 9.6 / n /\ 9.6 / n < PI.
Proof.
  intros Hn. assert (Hi : 0 < / n <= / 7).
  { split; [apply Rinv_0_lt_compat; lra | apply Rinv_le_contravar; lra]. }
  pose proof PI2_3_2. unfold Rdiv in *. lra.
Qed.

Lemma ends_inside (n t : R) : 7 <= n -> 8.5 / n <= t <= 9.6 / n -> 0 < cos t < 1.
Proof.
  intros Hn Ht. destruct (window_point n t Hn Ht) as (w & e1 & e2 & -> & Hw & He & Hs & Hc).
  eapply correlation_range; eassumption.
Qed.

(** Correlations between the ends are cosines of angles in the window. *)
Lemma angle_in_window (n r : R) : 7 <= n -> cos (9.6 / n) <= r <= cos (8.5 / n) ->
  exists t, 8.5 / n <= t <= 9.6 / n /\ r = cos t.
Proof.
  intros Hn Hr. destruct (window_order n Hn) as [Ho Hpi].
  pose proof (ends_inside n (8.5 / n) Hn ltac:(lra)). pose proof (ends_inside n (9.6 / n) Hn ltac:(lra)).
  exists (acos r). rewrite cos_acos by lra. split; [| reflexivity].
  destruct (acos_bound r). split; apply Rnot_lt_le; intros H'; apply cos_decreasing_1 in H'; try lra;
    rewrite cos_acos in H'; lra.
Qed.

Theorem odd_point_of_real_size (n : R) : 7 <= n ->
  exists t, 8.5 / n <= t <= 9.6 / n /\ fixed_point n (cos t) /\ spectrum_inside n (cos t).
Proof.
  intros Hn. destruct (window_order n Hn) as [Ho Hpi].
  assert (Hl : 8.5 / n <= 8.5 / n <= 9.6 / n) by lra. assert (Hr : 8.5 / n <= 9.6 / n <= 9.6 / n) by lra.
  pose proof (ends_inside n _ Hn Hl) as Hcl. pose proof (ends_inside n _ Hn Hr) as Hcr.
  assert (0 < / (n - 2)) by (apply Rinv_0_lt_compat; lra).
  destruct (exists_fixed_point n (cos (9.6 / n)) (cos (8.5 / n))) as (r & Hrr & Hf); try lra.
  - apply cos_decreasing_1; lra.
  - destruct (window_point n _ Hn Hr) as (w & e1 & e2 & Hwt & Hw & He & Hs & Hc). rewrite Hwt.
    rewrite (balance_scaled n w e1 e2) by assumption.
    assert (w = 48 / 5).
    { apply Rmult_eq_reg_l with (/ n); [| apply Rinv_neq_0_compat; lra]. rewrite <- Hwt, right_end. field. lra. }
    subst w. pose proof (u_range n Hn). pose proof (balance_at_right (/ n) e1 e2 ltac:(lra) He).
    apply Rmult_lt_0_compat; [| assumption]. rewrite (cosine_scaled n (48 / 5) e1 e2) by assumption.
    pose proof (cosine_u_pos n (48 / 5) e1 e2 Hn Hw He Hc).
    apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; [lra | now apply pow_lt] | nra].
  - destruct (window_point n _ Hn Hl) as (w & e1 & e2 & Hwt & Hw & He & Hs & Hc). rewrite Hwt.
    rewrite (balance_scaled n w e1 e2) by assumption.
    assert (w = 17 / 2).
    { apply Rmult_eq_reg_l with (/ n); [| apply Rinv_neq_0_compat; lra]. rewrite <- Hwt, left_end. field. lra. }
    subst w. pose proof (u_range n Hn). pose proof (balance_at_left (/ n) e1 e2 ltac:(lra) He).
    rewrite (cosine_scaled n (17 / 2) e1 e2) by assumption.
    pose proof (cosine_u_pos n (17 / 2) e1 e2 Hn Hw He Hc).
    apply Ropp_lt_cancel. rewrite Ropp_0, Ropp_mult_distr_r. apply Rmult_lt_0_compat; [| lra].
    apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; [lra | now apply pow_lt] | nra].
  - intros r Hrr. destruct (angle_in_window n r Hn Hrr) as (t & Ht & ->).
    destruct (window_point n t Hn Ht) as (w & e1 & e2 & -> & Hw & He & Hs & Hc).
    pose proof (u_range n Hn). pose proof (correlation_range n w e1 e2 Hn Hw He Hc).
    assert (Hg := growth_range (/ n) w e1 e2 ltac:(lra) He Hw).
    assert (Hk := loss_scaled n w e1 e2 Hn Hw He Hs Hc). apply Rnot_le_lt. intros Hle.
    assert (Hq : (1 / 2 - kappa (cos (/ n * w))) / (1 - cos (/ n * w)) <= 0).
    { apply Rmult_le_reg_r with (1 - cos (/ n * w)); [lra |]. unfold Rdiv at 1.
      rewrite Rmult_assoc, Rinv_l by lra. lra. }
    lra.
  - destruct (angle_in_window n r Hn Hrr) as (t & Ht & ->). exists t. split; [exact Ht | split; [exact Hf |]].
    destruct (window_point n t Hn Ht) as (w & e1 & e2 & -> & Hw & He & Hs & Hc).
    now apply (all_inside n w e1 e2).
Qed.

(** It is the only fixed point there. *)
Theorem odd_point_unique (n : R) : 7 <= n ->
  forall s t, 8.5 / n <= s <= 9.6 / n -> 8.5 / n <= t <= 9.6 / n ->
  fixed_point n (cos s) -> fixed_point n (cos t) -> s = t.
Proof.
  intros Hn s t Hs Ht Hfs Hft. destruct (window_order n Hn) as [Ho Hpi].
  assert (Hl : 8.5 / n <= 8.5 / n <= 9.6 / n) by lra. assert (Hr : 8.5 / n <= 9.6 / n <= 9.6 / n) by lra.
  pose proof (ends_inside n _ Hn Hl) as Hcl. pose proof (ends_inside n _ Hn Hr) as Hcr.
  assert (0 < / (n - 2)) by (apply Rinv_0_lt_compat; lra).
  assert (Hm : forall x, 8.5 / n <= x <= 9.6 / n -> cos (9.6 / n) <= cos x <= cos (8.5 / n)).
  { intros x Hx. split; apply cos_decr_1; lra. }
  apply cos_inj; try lra.
  apply (at_most_one_fixed_point n (cos (9.6 / n)) (cos (8.5 / n))); try assumption; try lra; try now apply Hm.
  intros r Hrr.
  destruct (angle_in_window n r Hn Hrr) as (x & Hx & ->).
  destruct (window_point n _ Hn Hx) as (w & e1 & e2 & -> & Hw & He & Hsn & Hc).
  rewrite (slope_scaled n w e1 e2) by assumption. pose proof (u_range n Hn).
  pose proof (slope_negative (/ n) w e1 e2 ltac:(lra) He Hw). nra.
Qed.
