(** The layer on batches that are symmetric under the permutations of n-1 samples, as a map of one number.

    [n] is real here; theory, section 2.2. The batch consists of the cluster (samples 0 .. n-2, variance 1, pairwise
    covariance [r]) and the outlier (sample n-1), recentred, so that every row of its covariance sums to zero. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel.
Open Scope R_scope.

(** Minus the covariance of outlier and cluster. *)
Definition cross (n r : R) : R := 1 + (n - 2) * r.

(** Variance of the outlier. *)
Definition outlier (n r : R) : R := (n - 1) * cross n r.

(** After ReLU: second moment of outlier and cluster. *)
Definition cross_moment (n r : R) : R := relu_moment 1 (outlier n r) (- cross n r).

(** After ReLU: means of a cluster row, of the outlier's row, and of all entries. *)
Definition cluster_mean (n r : R) : R := (1 / 2 + (n - 2) * kappa r + cross_moment n r) / n.
Definition outlier_mean (n r : R) : R := ((n - 1) * cross_moment n r + outlier n r / 2) / n.
Definition total_mean (n r : R) : R := ((n - 1) * cluster_mean n r + outlier_mean n r) / n.

(** After recentring: variance in the cluster, which is the growth of the scale, and covariance within it. *)
Definition growth (n r : R) : R := 1 / 2 - 2 * cluster_mean n r + total_mean n r.
Definition covariance (n r : R) : R := kappa r - 2 * cluster_mean n r + total_mean n r.

(** The reduced map: the correlation within the cluster after one layer. *)
Definition F (n r : R) : R := covariance n r / growth n r.

(** ** The spectrum in blocks, theory, section 2.3 *)

(** Pair block. *)
Definition mu (n r : R) : R := dkappa r / growth n r.

(** Cosine of the angle between the outlier and minus a sample of the cluster. *)
Definition cosine (n r : R) : R := sqrt (cross n r / (n - 1)).

(** Derivatives of a second moment after ReLU by a variance, within the cluster and across (there by the cluster's). *)
Definition by_variance (r : R) : R := sqrt (1 - r * r) / (4 * PI).
Definition cross_by_variance (n r : R) : R :=
  sqrt (outlier n r) * sqrt (1 - cosine n r * cosine n r) / (4 * PI).

(** Derivative of the second moment across by the covariance. *)
Definition cross_by_covariance (n r : R) : R := dkappa (- cosine n r).

(** Standard block, on perturbations [x i] of the variances, [y i + y j] of the covariances within the cluster,
    [- x i - (n-3) y i] across: the row means are [row_x * x i + row_y * y i], and the image is again of this kind. *)
Definition row_x (n r : R) : R :=
  (1 / 2 + (n - 3) * by_variance r + cross_by_variance n r - cross_by_covariance n r) / n.
Definition row_y (n r : R) : R := (n - 3) * (dkappa r - cross_by_covariance n r) / n.

Definition standard_xx (n r : R) : R := (1 / 2 - 2 * row_x n r) / growth n r.
Definition standard_xy (n r : R) : R := - 2 * row_y n r / growth n r.
Definition standard_yx (n r : R) : R := (by_variance r - row_x n r) / growth n r.
Definition standard_yy (n r : R) : R := (dkappa r - row_y n r) / growth n r.

Definition standard_trace (n r : R) : R := standard_xx n r + standard_yy n r.
Definition standard_det (n r : R) : R := standard_xx n r * standard_yy n r - standard_xy n r * standard_yx n r.

(** Both roots of [x^2 - t x + d] lie inside the unit disc (Schur, Cohn, Jury). *)
Definition jury (t d : R) : Prop := d < 1 /\ 0 < 1 - t + d /\ 0 < 1 + t + d.

(** ** What is to be proved of every batch size *)

(** A batch that is neither collapsed nor at the other end of the range. *)
Definition interior (n r : R) : Prop := - / (n - 2) < r < 1.

Definition fixed_point (n r : R) : Prop := interior n r /\ 0 < growth n r /\ F n r = r.

(** All eigenvalues of the layer, modulo scale, are inside the unit disc. *)
Definition spectrum_inside (n r : R) : Prop :=
  (ex_derive (F n) r /\ Rabs (Derive (F n) r) < 1) /\
  (0 < mu n r < 1) /\
  jury (standard_trace n r) (standard_det n r).
