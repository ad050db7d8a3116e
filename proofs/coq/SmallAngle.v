(** Taylor polynomials of [sin t - t cos t] and [1 - cos t], the remainders as variables in a constant range. *)

From Coq Require Import Reals Lra ZArith.
From OddPoint Require Import Tactics Scaled.
Open Scope R_scope.

Lemma taylor_bounds (t : R) : 0 <= t <= PI / 2 ->
  (t - t ^ 3 / 6 + t ^ 5 / 120 - t ^ 7 / 5040 <= sin t <= t - t ^ 3 / 6 + t ^ 5 / 120) /\
  (1 - t ^ 2 / 2 + t ^ 4 / 24 - t ^ 6 / 720 <= cos t <= 1 - t ^ 2 / 2 + t ^ 4 / 24).
Proof.
  intros Ht. pose proof PI_RGT_0.
  assert (Hs0 := sin_bound t 0 ltac:(lra) ltac:(lra)). assert (Hs1 := sin_bound t 1 ltac:(lra) ltac:(lra)).
  assert (Hc0 := cos_bound t 0 ltac:(lra) ltac:(lra)). assert (Hc1 := cos_bound t 1 ltac:(lra) ltac:(lra)).
  apply proj2 in Hs0, Hc0. apply proj1 in Hs1, Hc1.
  unfold sin_approx, cos_approx, sin_term, cos_term in *. cbn [sum_f_R0 Nat.mul Nat.add] in *.
  rewrite !INR_IZR_INZ in *.
  repeat match goal with
  | H : context [Z.of_nat (fact ?k)] |- _ =>
      let v := eval vm_compute in (Z.of_nat (fact k)) in change (Z.of_nat (fact k)) with v in H
  end.
  split; split.
  - clear - Hs1. lra.
  - clear - Hs0. lra.
  - clear - Hc1. lra.
  - clear - Hc0. lra.
Qed.

Lemma small_angle (t : R) : 0 < t <= 1.5 -> exists e1 e2, remainders e1 e2
  /\ sin t - t * cos t = t ^ 3 * (1 / 3 - t ^ 2 / 30 + t ^ 4 * e1)
  /\ 1 - cos t = t ^ 2 * (1 / 2 - t ^ 2 / 24 + t ^ 4 * e2).
Proof.
  intros Ht. destruct (taylor_bounds t) as [Hs Hc].
  { split; [lra |]. interval with (i_prec 40). }
  assert (H6 : 0 < t ^ 6) by (apply pow_lt; lra). assert (H7 : 0 < t ^ 7) by (apply pow_lt; lra).
  exists ((sin t - t * cos t - t ^ 3 / 3 + t ^ 5 / 30) / t ^ 7), ((1 - cos t - t ^ 2 / 2 + t ^ 4 / 24) / t ^ 6).
  assert (Hd : forall a b x p, 0 < p -> a * p <= x <= b * p -> a <= x / p <= b).
  { intros a b x p Hp Hx. split; apply Rmult_le_reg_r with p; try exact Hp; unfold Rdiv;
      rewrite Rmult_assoc, Rinv_l; lra. }
  assert (Htc : t * (1 - t ^ 2 / 2 + t ^ 4 / 24 - t ^ 6 / 720) <= t * cos t <= t * (1 - t ^ 2 / 2 + t ^ 4 / 24)).
  { split; apply Rmult_le_compat_l; lra. }
  split; [split; apply Hd; lra |]. split; field; lra.
Qed.
