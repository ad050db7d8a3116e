(** The odd point's quantities in [u = 1/n] and [w = n theta]: regular functions of both, up to [u = 0].

    The two removable singularities [(sin t - t cos t) / t^3] and [(1 - cos t) / t^2] are Taylor polynomials with
    remainders [t^4 e1], [t^4 e2], of which only a constant range is used: see [small_angle]. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Tactics.
Open Scope R_scope.

Definition remainders (e1 e2 : R) : Prop := - / 5040 <= e1 <= / 720 /\ 0 <= e2 <= / 720.

Section Formulas.

Variables u w e1 e2 : R.

Definition sigma : R := 1 / 3 - (u * w) ^ 2 / 30 + (u * w) ^ 4 * e1.
Definition gamma : R := 1 / 2 - (u * w) ^ 2 / 24 + (u * w) ^ 4 * e2.

(** [sin theta / theta]. *)
Definition sinc : R := 1 - (u * w) ^ 2 * (gamma - sigma).

(** Outlier against the cluster: sine over [u], cosine, angle. *)
Definition sine_u : R := w * sqrt ((1 - 2 * u) / (1 - u) * gamma).
Definition cosine_u : R := sqrt (1 - (u * sine_u) ^ 2).
Definition tangent_u : R := u * sine_u / cosine_u.
Definition angle_u : R := atan tangent_u.

(** The growth at a fixed point, and the multiplier of pairs times it. *)
Definition growth_u : R := 1 / 2 - u * w * sigma / (2 * PI * gamma).
Definition dkappa_u : R := 1 / 2 - u * w / (2 * PI).

Definition balance_u : R :=
  w * sigma / (PI * gamma) * (1 + u + u ^ 2 / ((1 - u) * cosine_u ^ 2)) - 2 - 2 / PI * (tangent_u - angle_u).

(** The derivative of the growth by the correlation, over [u (1 - 2u) / 2]. *)
Definition dgrowth_u : R := -2 + (1 + u) * w / PI - (tangent_u - 2 * angle_u) / PI.

(** The derivative of the balance by the correlation, times [u]. *)
Definition slope_u : R := u ^ 2 * (1 - 2 * u) / 2 * dgrowth_u - (gamma - sigma) / (2 * PI * w * gamma ^ 2).

(** The standard block: [row_x] over [u] and [row_y]; times the growth, [1 - standard_xx] and [standard_yx] over [u]. *)
Definition row_x_u : R :=
  1 / 2 + (1 - 3 * u) * w * sinc / (4 * PI) + (1 - u) * cosine_u * sine_u / (4 * PI) - angle_u / (2 * PI).
Definition row_y_u : R := (1 - 3 * u) * (dkappa_u - angle_u / (2 * PI)).
Definition gap_xx_u : R := - (w * sigma / (2 * PI * gamma)) + 2 * row_x_u.
Definition yx_u : R := w * sinc / (4 * PI) - row_x_u.

(** [1 - trace + det] over [u] and [det], times the square of the growth. *)
Definition gap_u : R := gap_xx_u * (growth_u - dkappa_u + row_y_u) + 2 * row_y_u * yx_u.
Definition det_u : R := (1 / 2 - 2 * (u * row_x_u)) * (dkappa_u - row_y_u) + 2 * row_y_u * (u * yx_u).
Definition trace_u : R := 1 / 2 - 2 * (u * row_x_u) + dkappa_u - row_y_u.

End Formulas.

Ltac unfold_scaled :=
  unfold gap_u, det_u, trace_u, gap_xx_u, yx_u, row_x_u, row_y_u, slope_u, dgrowth_u, balance_u, growth_u, dkappa_u,
    angle_u, tangent_u, cosine_u, sine_u, sinc, gamma, sigma.

Section Bounds.

Variables u w e1 e2 : R.
Hypothesis Hu : 0 <= u <= 1 / 7.
Hypothesis He : remainders e1 e2.

(** The balance changes its sign between [w = 8.5] and [w = 9.6]. *)
Lemma balance_at_left : balance_u u (17 / 2) e1 e2 < 0.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Lemma balance_at_right : 0 < balance_u u (48 / 5) e1 e2.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Hypothesis Hw : 17 / 2 <= w <= 48 / 5.

Lemma sigma_range : 0.25 <= sigma u w e1 <= 0.34.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Lemma gamma_range : 0.4 <= gamma u w e2 <= 0.51.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Lemma growth_range : 0.3 <= growth_u u w e1 e2 <= 0.6.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Lemma dkappa_range : 0.25 <= dkappa_u u w <= 0.6.
Proof. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

Lemma slope_negative : slope_u u w e1 e2 < 0.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_bisect w, i_depth 20). Qed.

(** The multiplier of the reduced map is positive. *)
Lemma multiplier_numerator :
  0 < dkappa_u u w + u ^ 3 * w ^ 2 * gamma u w e2 * (1 - 2 * u) / 2 * dgrowth_u u w e2.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_depth 20). Qed.

(** The standard block: [1 - trace + det], then coarse bounds of [det] and [trace]. *)
Lemma gap_positive : 0 < gap_u u w e1 e2.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_bisect w, i_depth 30). Qed.

Lemma det_bounds : -0.05 <= det_u u w e1 e2 <= 0.05.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_bisect w, i_depth 30). Qed.

Lemma trace_positive : 0 < trace_u u w e1 e2.
Proof. destruct He. unfold_scaled. interval with (i_prec 40, i_bisect u, i_bisect w, i_depth 30). Qed.

End Bounds.
