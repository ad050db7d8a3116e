(** What the fixed-point equation and the spectrum are made of, in square roots and arc tangents of [n] and [r]. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Kernel Model Tactics ReducedDerivative.
Open Scope R_scope.

Definition theta_form (r : R) : R := PI / 2 - atan (r / sqrt (1 - r * r)).
Definition cosine_form (n r : R) : R := sqrt ((1 + (n - 2) * r) / (n - 1)).
Definition sine_form (n r : R) : R := sqrt ((n - 2) * (1 - r) / (n - 1)).
Definition angle_form (n r : R) : R := atan (sine_form n r / cosine_form n r).

(** Half the variance lost between two samples of the cluster, [1/2 - kappa r]. *)
Definition loss_form (r : R) : R := ((1 - r) * PI - sqrt (1 - r * r) + r * theta_form r) / (2 * PI).
Definition dkappa_form (r : R) : R := (PI - theta_form r) / (2 * PI).
Definition growth_form (n r : R) : R :=
  (1 + (n - 1) * (1 + (n - 2) * r) + 2 * (n + 1) * (n - 2) * loss_form r
   - 2 * (n - 1) * cosine_form n r * (sine_form n r - cosine_form n r * angle_form n r) / PI) / (2 * (n * n)).
Definition dgrowth_form (n r : R) : R :=
  (n - 2) / (2 * (n * n))
  * (n - 1 - 2 * (n + 1) * dkappa_form r - (sine_form n r / cosine_form n r - 2 * angle_form n r) / PI).

Definition row_x_form (n r : R) : R :=
  (1 / 2 + (n - 3) * (sqrt (1 - r * r) / (4 * PI)) + (n - 1) * cosine_form n r * sine_form n r / (4 * PI)
   - angle_form n r / (2 * PI)) / n.
Definition row_y_form (n r : R) : R := (n - 3) * (dkappa_form r - angle_form n r / (2 * PI)) / n.

Lemma dkappa_closed (r : R) : -1 < r < 1 -> dkappa r = dkappa_form r.
Proof. intros Hr. unfold dkappa, dkappa_form, theta_form. now rewrite acos_by_atan. Qed.

Lemma loss_closed (r : R) : -1 < r < 1 -> 1 / 2 - kappa r = loss_form r.
Proof.
  intros Hr. unfold kappa, loss_form, theta_form. rewrite acos_by_atan by exact Hr.
  field. apply PI_neq0.
Qed.

Section Forms.

Variables n r : R.
Hypothesis Hn : 2 < n.
Hypothesis Hr : -1 < r < 1.
Hypothesis Hi : interior n r.

Lemma cosine_closed : cosine n r = cosine_form n r.
Proof. reflexivity. Qed.

Lemma sine_closed : sine n r = sine_form n r.
Proof. unfold sine, sine_form. now rewrite (sine_sqr_value n r Hn Hi). Qed.

Lemma angle_closed : angle n r = angle_form n r.
Proof.
  pose proof (cosine_range n r Hn Hr Hi). unfold angle, angle_form.
  rewrite acos_atan by lra. rewrite <- sine_closed, <- cosine_closed. reflexivity.
Qed.

Lemma growth_closed : growth n r = growth_form n r.
Proof.
  pose proof PI_RGT_0. rewrite (growth_collected n r Hn), (cross_moment_value n r Hn Hr Hi).
  rewrite sine_closed, cosine_closed, angle_closed, loss_closed by exact Hr.
  unfold growth_form, outlier, cross. field. lra.
Qed.

Lemma dgrowth_closed : dgrowth n r = dgrowth_form n r.
Proof.
  unfold dgrowth, dgrowth_form. now rewrite sine_closed, cosine_closed, angle_closed, dkappa_closed.
Qed.

Lemma row_x_closed : row_x n r = row_x_form n r.
Proof.
  unfold row_x, row_x_form, by_variance, cross_by_variance, cross_by_covariance.
  rewrite (dkappa_opp_cosine n r). fold (sine n r).
  now rewrite (sqrt_outlier n r Hn Hr Hi), sine_closed, cosine_closed, angle_closed.
Qed.

Lemma row_y_closed : row_y n r = row_y_form n r.
Proof.
  unfold row_y, row_y_form, cross_by_covariance.
  now rewrite (dkappa_opp_cosine n r), angle_closed, dkappa_closed.
Qed.

End Forms.
