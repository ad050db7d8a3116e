(** From [n] and [r = cos (w / n)] to the scaled formulas, and what their bounds say of the spectrum. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model ReducedDerivative ClosedForms Balance Tactics Scaled SmallAngle.
Open Scope R_scope.

Section Transfer.

Variables n w e1 e2 : R.
Hypothesis Hn : 7 <= n.
Hypothesis Hw : 17 / 2 <= w <= 48 / 5.
Hypothesis He : remainders e1 e2.

Let u : R := / n.
Let r : R := cos (u * w).

Hypothesis Hsin : sin (u * w) - u * w * r = (u * w) ^ 3 * sigma u w e1.
Hypothesis Hcos : 1 - r = (u * w) ^ 2 * gamma u w e2.

Lemma u_range : 0 < u <= 1 / 7.
Proof.
  unfold u. split; [apply Rinv_0_lt_compat; lra |].
  replace (1 / 7) with (/ 7) by field. apply Rinv_le_contravar; lra.
Qed.

Lemma theta_range : 0 < u * w <= 48 / 35.
Proof.
  pose proof u_range. split; [apply Rmult_lt_0_compat; lra |].
  apply Rle_trans with (1 / 7 * (48 / 5)); [apply Rmult_le_compat |]; lra.
Qed.

Lemma gamma_bounds : 0.4 <= gamma u w e2 <= 0.51.
Proof. pose proof u_range. apply (gamma_range u w e1 e2); try assumption; split; lra. Qed.

Lemma correlation_range : 0 < r < 1.
Proof.
  pose proof theta_range. pose proof gamma_bounds.
  assert (Hx : 0 < (u * w) ^ 2 <= 48 / 35 * (48 / 35)).
  { rewrite <- Rsqr_pow2. split; [apply Rsqr_pos_lt; lra | apply Rmult_le_compat; lra]. }
  assert (Hp : 0 < (u * w) ^ 2 * gamma u w e2 <= 48 / 35 * (48 / 35) * 0.51).
  { split; [apply Rmult_lt_0_compat; lra | apply Rmult_le_compat; lra]. }
  lra.
Qed.

Lemma correlation_inside : -1 < r < 1.
Proof. pose proof correlation_range. lra. Qed.

Lemma correlation_interior : interior n r.
Proof.
  pose proof correlation_range. assert (0 < / (n - 2)) by (apply Rinv_0_lt_compat; lra). split; lra.
Qed.

Lemma angle_of_correlation : acos r = u * w.
Proof. pose proof theta_range. pose proof PI2_3_2. apply acos_cos. lra. Qed.

Lemma sine_of_correlation : sqrt (1 - r * r) = u * w * sinc u w e1 e2.
Proof.
  pose proof theta_range. pose proof PI2_3_2.
  transitivity (sin (u * w)).
  - replace (1 - r * r) with (Rsqr (sin (u * w))) by (rewrite sin2; reflexivity).
    apply sqrt_Rsqr. apply sin_ge_0; lra.
  - unfold sinc. replace (sin (u * w)) with ((u * w) ^ 3 * sigma u w e1 + u * w * r) by lra.
    replace r with (1 - (u * w) ^ 2 * gamma u w e2) by lra. ring.
Qed.

Lemma sine_scaled : sine n r = u * sine_u u w e2.
Proof.
  pose proof theta_range. pose proof u_range. pose proof gamma_bounds.
  rewrite (sine_closed n r ltac:(lra) correlation_interior). unfold sine_form, sine_u.
  rewrite Hcos. apply sqrt_lem_1.
  - apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply Rmult_le_pos; [nra | lra]] |].
    left. apply Rinv_0_lt_compat. lra.
  - apply Rmult_le_pos; [lra |]. apply Rmult_le_pos; [lra | apply sqrt_pos].
  - replace (u * (w * sqrt ((1 - 2 * u) / (1 - u) * gamma u w e2))
      * (u * (w * sqrt ((1 - 2 * u) / (1 - u) * gamma u w e2))))
      with ((u * w) ^ 2 * (sqrt ((1 - 2 * u) / (1 - u) * gamma u w e2) * sqrt ((1 - 2 * u) / (1 - u) * gamma u w e2)))
      by ring.
    rewrite sqrt_sqrt.
    + unfold u. field. lra.
    + apply Rmult_le_pos; [| lra]. apply Rmult_le_pos; [lra |]. left. apply Rinv_0_lt_compat. lra.
Qed.

Lemma cosine_scaled : cosine n r = cosine_u u w e2.
Proof.
  pose proof (cosine_range n r ltac:(lra) correlation_inside correlation_interior) as Hc.
  pose proof (sine_sqr_pos n r ltac:(lra) correlation_inside correlation_interior) as Hs.
  unfold cosine_u. rewrite <- sine_scaled. symmetry. apply sqrt_lem_1.
  - unfold sine. rewrite pow2_sqrt; nra.
  - lra.
  - unfold sine. rewrite pow2_sqrt; lra.
Qed.

Lemma tangent_scaled : sine n r / cosine n r = tangent_u u w e2.
Proof. unfold tangent_u. now rewrite sine_scaled, cosine_scaled. Qed.

Lemma angle_scaled : angle n r = angle_u u w e2.
Proof.
  rewrite (angle_closed n r ltac:(lra) correlation_inside correlation_interior).
  unfold angle_form, angle_u. rewrite <- (sine_closed n r ltac:(lra) correlation_interior), <- cosine_closed.
  now rewrite tangent_scaled.
Qed.

Lemma cosine_u_pos : 0 < cosine_u u w e2.
Proof.
  rewrite <- cosine_scaled. apply (cosine_range n r ltac:(lra) correlation_inside correlation_interior).
Qed.

Lemma dkappa_scaled : dkappa r = dkappa_u u w.
Proof.
  unfold dkappa, dkappa_u. rewrite angle_of_correlation. pose proof PI_RGT_0. field. lra.
Qed.

Lemma loss_scaled : (1 / 2 - kappa r) / (1 - r) = growth_u u w e1 e2.
Proof.
  pose proof theta_range. pose proof gamma_bounds as Hgamma. pose proof PI_RGT_0.
  unfold kappa, growth_u. rewrite angle_of_correlation, sine_of_correlation, Hcos.
  replace r with (1 - (u * w) ^ 2 * gamma u w e2) by lra. unfold sinc.
  revert Hgamma. generalize (gamma u w e2) (sigma u w e1). intros g s Hg. field. nra.
Qed.

Lemma balance_scaled : balance n r = (n - 1) * cosine n r ^ 2 / (2 * (n * n)) * balance_u u w e1 e2.
Proof.
  pose proof theta_range. pose proof gamma_bounds. pose proof PI_RGT_0. pose proof u_range.
  pose proof cosine_u_pos.
  rewrite (balance_collected n r ltac:(lra) correlation_inside correlation_interior).
  rewrite tangent_scaled, angle_scaled, cosine_scaled, angle_of_correlation, sine_of_correlation, Hcos.
  unfold balance_u. replace r with (1 - (u * w) ^ 2 * gamma u w e2) by lra. unfold sinc.
  generalize dependent (gamma u w e2). generalize (sigma u w e1) (tangent_u u w e2) (angle_u u w e2).
  generalize dependent (cosine_u u w e2). intros c Hc s t a g Hg0 Hg. unfold u. field. repeat split; lra.
Qed.

Lemma dgrowth_scaled : dgrowth n r = u * (1 - 2 * u) / 2 * dgrowth_u u w e2.
Proof.
  pose proof PI_RGT_0. unfold dgrowth. rewrite tangent_scaled, angle_scaled, dkappa_scaled.
  unfold dkappa_u, dgrowth_u. generalize (tangent_u u w e2) (angle_u u w e2). intros t a.
  unfold u. field. lra.
Qed.

Lemma slope_scaled : slope n r = n * slope_u u w e1 e2.
Proof.
  pose proof theta_range. pose proof gamma_bounds. pose proof PI_RGT_0. pose proof u_range.
  unfold slope. rewrite dgrowth_scaled, angle_of_correlation, sine_of_correlation, Hcos.
  unfold slope_u, sinc. generalize (dgrowth_u u w e2). generalize dependent (gamma u w e2).
  generalize (sigma u w e1). intros s g Hg0 Hg d. unfold u. field. lra.
Qed.

Lemma row_x_scaled : row_x n r = u * row_x_u u w e1 e2.
Proof.
  pose proof PI_RGT_0.
  unfold row_x, row_x_u, by_variance, cross_by_variance, cross_by_covariance.
  rewrite (dkappa_opp_cosine n r). fold (sine n r).
  rewrite (sqrt_outlier n r ltac:(lra) correlation_inside correlation_interior).
  rewrite angle_scaled, sine_scaled, cosine_scaled, sine_of_correlation.
  generalize (sinc u w e1 e2) (sine_u u w e2) (cosine_u u w e2) (angle_u u w e2). intros a b c d.
  unfold u. field. lra.
Qed.

Lemma row_y_scaled : row_y n r = row_y_u u w e2.
Proof.
  pose proof PI_RGT_0. unfold row_y, row_y_u, cross_by_covariance.
  rewrite (dkappa_opp_cosine n r), angle_scaled, dkappa_scaled.
  generalize (angle_u u w e2) (dkappa_u u w). intros a b. unfold u. field. lra.
Qed.

Lemma yx_scaled : by_variance r - row_x n r = u * yx_u u w e1 e2.
Proof.
  pose proof PI_RGT_0. rewrite row_x_scaled. unfold by_variance, yx_u. rewrite sine_of_correlation. field. lra.
Qed.

(** ** The spectrum at a fixed point *)

Hypothesis Hfix : fixed_point n r.

Lemma growth_scaled : growth n r = growth_u u w e1 e2.
Proof.
  destruct Hfix as (_ & Hg & Hf). pose proof correlation_range.
  apply fixed_iff_balance in Hf; [| lra | exact Hg]. unfold balance in Hf. rewrite <- loss_scaled. lra.
Qed.

Lemma reduced_multiplier : is_derive (F n) r (dF n r) /\ -1 < dF n r < 1.
Proof.
  destruct Hfix as (Hi & Hg & Hf). pose proof correlation_inside as Hr. pose proof u_range. pose proof PI_RGT_0.
  split; [apply is_derive_F; try assumption; lra |]. split.
  - apply Rlt_trans with 0; [lra |]. rewrite (dF_at_fixed_point n r Hg Hf).
    apply Rdiv_lt_0_compat; [| exact Hg]. rewrite dkappa_scaled, dgrowth_scaled, Hcos.
    pose proof (multiplier_numerator u w e1 e2 ltac:(lra) He Hw). lra.
  - enough (0 < 1 - dF n r) by lra. rewrite (dF_by_slope n r ltac:(lra) Hg Hf).
    apply Rdiv_lt_0_compat; [| exact Hg]. rewrite slope_scaled.
    pose proof (slope_negative u w e1 e2 ltac:(lra) He Hw).
    replace (- ((1 - r) * (n * slope_u u w e1 e2))) with ((1 - r) * (n * - slope_u u w e1 e2)) by ring.
    repeat apply Rmult_lt_0_compat; lra.
Qed.

Lemma pair_multiplier : 0 < mu n r < 1.
Proof.
  pose proof u_range. pose proof gamma_bounds. pose proof PI_RGT_0. pose proof theta_range.
  assert (Hg := growth_range u w e1 e2 ltac:(lra) He Hw). assert (Hd := dkappa_range u w ltac:(lra) Hw).
  assert (Hs := sigma_range u w e1 e2 ltac:(lra) He Hw).
  unfold mu. rewrite growth_scaled, dkappa_scaled. split; [apply Rdiv_lt_0_compat; lra |].
  apply Rmult_lt_reg_r with (growth_u u w e1 e2); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
  rewrite Rmult_1_r, Rmult_1_l. unfold growth_u, dkappa_u.
  enough (0 < u * w / (2 * PI) * ((gamma u w e2 - sigma u w e1) / gamma u w e2)).
  { replace (1 / 2 - u * w * sigma u w e1 / (2 * PI * gamma u w e2))
      with (1 / 2 - u * w / (2 * PI) + u * w / (2 * PI) * ((gamma u w e2 - sigma u w e1) / gamma u w e2)); [lra |].
    field. lra. }
  apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; lra.
Qed.

Lemma standard_block : jury (standard_trace n r) (standard_det n r).
Proof.
  pose proof u_range. assert (Hg := growth_range u w e1 e2 ltac:(lra) He Hw).
  assert (Hgap := gap_positive u w e1 e2 ltac:(lra) He Hw). assert (Hd := det_bounds u w e1 e2 ltac:(lra) He Hw).
  assert (Ht := trace_positive u w e1 e2 ltac:(lra) He Hw).
  assert (Htr : standard_trace n r = trace_u u w e1 e2 / growth_u u w e1 e2).
  { unfold standard_trace, standard_xx, standard_yy, trace_u.
    rewrite growth_scaled, row_x_scaled, row_y_scaled, dkappa_scaled. field. lra. }
  assert (Hde : standard_det n r = det_u u w e1 e2 / growth_u u w e1 e2 ^ 2).
  { unfold standard_det, standard_xx, standard_yy, standard_xy, standard_yx, det_u.
    rewrite yx_scaled, growth_scaled, row_x_scaled, row_y_scaled, dkappa_scaled. field. lra. }
  assert (Hsum : growth_u u w e1 e2 ^ 2 - trace_u u w e1 e2 * growth_u u w e1 e2 + det_u u w e1 e2
    = u * gap_u u w e1 e2).
  { unfold gap_u, gap_xx_u, det_u, trace_u.
    replace (w * sigma u w e1 / (2 * PI * gamma u w e2)) with ((1 / 2 - growth_u u w e1 e2) / u).
    - field. lra.
    - unfold growth_u. pose proof gamma_bounds. pose proof PI_RGT_0. field. lra. }
  rewrite Htr, Hde. revert Hg Ht Hd Hsum.
  generalize (growth_u u w e1 e2) (trace_u u w e1 e2) (det_u u w e1 e2). intros g t d Hg Ht Hd Hsum.
  assert (Hgg : 0.09 <= g ^ 2) by nra.
  split; [| split].
  - apply Rmult_lt_reg_r with (g ^ 2); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - replace (1 - t / g + d / g ^ 2) with ((g ^ 2 - t * g + d) / g ^ 2) by (field; lra).
    apply Rdiv_lt_0_compat; [| lra]. rewrite Hsum. apply Rmult_lt_0_compat; lra.
  - replace (1 + t / g + d / g ^ 2) with ((g ^ 2 + t * g + d) / g ^ 2) by (field; lra).
    apply Rdiv_lt_0_compat; [| lra]. nra.
Qed.

Lemma all_inside : spectrum_inside n r.
Proof.
  destruct reduced_multiplier as [Hd Hb]. split; [| split].
  - split; [now exists (dF n r) |]. rewrite (is_derive_unique _ _ _ Hd). apply Rabs_def1; lra.
  - exact pair_multiplier.
  - exact standard_block.
Qed.

End Transfer.
