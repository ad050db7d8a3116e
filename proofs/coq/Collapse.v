(** The collapsed batch, n - 1 equal samples and one other: a fixed point, and unstable, for every real n > 2. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Kernel Model ReducedDerivative.
Open Scope R_scope.

Lemma dkappa_1 : dkappa 1 = 1 / 2.
Proof. unfold dkappa. rewrite acos_1. field. apply PI_neq0. Qed.

(** At the collapse outlier and cluster are opposite, and orthogonal after ReLU. *)
Lemma cross_moment_collapsed (n : R) : 2 < n -> cross_moment n 1 = 0.
Proof.
  intros Hn. unfold cross_moment, relu_moment, outlier, cross. replace (1 + (n - 2) * 1) with (n - 1) by ring.
  rewrite Rmult_1_l, sqrt_square by lra. replace (- (n - 1) / (n - 1)) with (- 1) by (field; lra).
  rewrite kappa_opp_1. ring.
Qed.

Theorem growth_collapsed (n : R) : 2 < n -> growth n 1 = ((n - 1) ^ 2 + 1) / (2 * n ^ 2).
Proof.
  intros Hn. rewrite growth_collected, cross_moment_collapsed, kappa_1 by exact Hn.
  unfold outlier, cross. field. lra.
Qed.

Lemma growth_collapsed_pos (n : R) : 2 < n -> 0 < growth n 1.
Proof.
  intros Hn. rewrite growth_collapsed by exact Hn. apply Rdiv_lt_0_compat.
  - pose proof (pow2_ge_0 (n - 1)). lra.
  - apply Rmult_lt_0_compat; [lra | apply pow_lt; lra].
Qed.

Theorem collapse_is_fixed (n : R) : 2 < n -> F n 1 = 1.
Proof.
  intros Hn. pose proof (growth_collapsed_pos n Hn). unfold F.
  rewrite covariance_by_growth, kappa_1. field. lra.
Qed.

(** A perturbation of the covariances within the cluster grows. *)
Theorem collapse_is_unstable (n : R) : 2 < n ->
  mu n 1 = n ^ 2 / ((n - 1) ^ 2 + 1) /\ 1 < mu n 1.
Proof.
  intros Hn. assert (Hd : 0 < (n - 1) ^ 2 + 1) by (pose proof (pow2_ge_0 (n - 1)); lra).
  assert (Hm : mu n 1 = n ^ 2 / ((n - 1) ^ 2 + 1)).
  { unfold mu. rewrite dkappa_1, growth_collapsed by exact Hn. field. split; [| lra]. apply Rgt_not_eq. lra. }
  split; [exact Hm |]. rewrite Hm. apply Rmult_lt_reg_r with ((n - 1) ^ 2 + 1); [exact Hd |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
