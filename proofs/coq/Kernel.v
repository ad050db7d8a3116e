(** The arc-cosine kernel of ReLU and its derivative (Cho and Saul, 2009).

    [kappa rho] is the second moment [E (relu u * relu v)] of standard normals [u], [v] of correlation [rho], which
    GaussianKernel.v proves. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Definition relu (x : R) : R := Rmax 0 x.

Definition kappa (rho : R) : R := (sqrt (1 - rho * rho) + (PI - acos rho) * rho) / (2 * PI).

(** Derivative of [kappa]: see [is_derive_kappa]. *)
Definition dkappa (rho : R) : R := (PI - acos rho) / (2 * PI).

(** Second moment after ReLU of two centred normals of variances [a], [b] and covariance [c]. *)
Definition relu_moment (a b c : R) : R := sqrt (a * b) * kappa (c / sqrt (a * b)).

Lemma kappa_1 : kappa 1 = 1 / 2.
Proof.
  unfold kappa. rewrite acos_1. replace (1 - 1 * 1) with 0 by ring. rewrite sqrt_0.
  field. apply PI_neq0.
Qed.

Lemma kappa_opp_1 : kappa (- 1) = 0.
Proof.
  unfold kappa. replace (acos (-1)) with (PI - acos 1) by (rewrite <- acos_opp; f_equal; ring).
  rewrite acos_1. replace (1 - -1 * -1) with 0 by ring. rewrite sqrt_0.
  field. apply PI_neq0.
Qed.

(** A normal with itself: half its variance survives. *)
Lemma relu_moment_same (a : R) : 0 <= a -> relu_moment a a a = a / 2.
Proof.
  intros Ha. unfold relu_moment. rewrite sqrt_square by exact Ha.
  destruct (Rle_lt_or_eq_dec 0 a Ha) as [Hp | <-]; [| lra].
  unfold Rdiv at 1. rewrite Rinv_r by lra. rewrite kappa_1. field.
Qed.

Lemma is_derive_acos (rho : R) : -1 < rho < 1 -> is_derive acos rho (- / sqrt (1 - rho * rho)).
Proof.
  intros H. apply is_derive_Reals.
  replace (- / sqrt (1 - rho * rho)) with (derive_pt acos rho (derivable_pt_acos rho H)).
  - apply derive_pt_eq_1 with (pr := derivable_pt_acos rho H). reflexivity.
  - rewrite derive_pt_acos. unfold Rsqr. field. apply Rgt_not_eq, sqrt_lt_R0. nra.
Qed.

(** [kappa] is differentiable inside, with derivative [dkappa]. *)
Lemma is_derive_kappa (rho : R) : -1 < rho < 1 -> is_derive kappa rho (dkappa rho).
Proof.
  intros H. assert (Hs : 0 < 1 - rho * rho) by nra. assert (Hr := sqrt_lt_R0 _ Hs).
  pose proof (is_derive_acos rho H) as Ha. pose proof PI_RGT_0 as HP.
  unfold kappa, dkappa. revert Ha. generalize acos. intros f Hf. auto_derive.
  - split; [exact Hs |]. split; [exists (- / sqrt (1 - rho * rho)); exact Hf | exact I].
  - change (fun x => f x) with f. rewrite (is_derive_unique _ _ _ Hf).
    replace (1 + - (rho * rho)) with (1 - rho * rho) by ring. field. split; lra.
Qed.
