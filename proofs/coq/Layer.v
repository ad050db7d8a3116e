(** The layer at infinite width, as a map of covariance matrices, and the configuration of one sample against a cluster.

    [relu_moment] is a Gaussian expectation: GaussianKernel.v. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model Matrices.
Open Scope R_scope.

(** Second moments after ReLU of centred normals with covariance [C]. *)
Definition moments (C : matrix) : matrix := fun i j => relu_moment (C i i) (C j j) (C i j).

(** ReLU, then recentring. *)
Definition layer (n : nat) (C : matrix) : matrix := center n (moments C).

(** The layer divided by the one scalar that keeps the trace. *)
Definition normalised (n : nat) (C : matrix) : matrix :=
  fun i j => trace n C / trace n (layer n C) * layer n C i j.

(** Sample [n-1] is the outlier, the others are the cluster. *)
Definition config (n : nat) (r : R) : matrix :=
  block (pred n) (fun _ => 1) (fun _ _ => r) (fun _ => - cross (INR n) r) (outlier (INR n) r).

(** Every matrix with zero row sums that is symmetric under the permutations of the cluster. *)
Definition trivial (n : nat) (a b : R) : matrix :=
  block (pred n) (fun _ => a) (fun _ _ => b) (fun _ => - (a + (INR n - 2) * b)) ((INR n - 1) * (a + (INR n - 2) * b)).

Lemma config_trivial (n : nat) (r : R) : config n r = trivial n 1 r.
Proof. reflexivity. Qed.

Lemma trivial_linear (n : nat) (a b a' b' c d : R) (i j : nat) :
  trivial n (c * a + d * a') (c * b + d * b') i j = c * trivial n a b i j + d * trivial n a' b' i j.
Proof. unfold trivial, block. destruct (i <? _)%nat, (j <? _)%nat, (i =? j)%nat; ring. Qed.

Lemma layer_ext (n : nat) (C C' : matrix) : same n C C' -> same n (layer n C) (layer n C').
Proof.
  intros H. apply center_ext. intros i j Hi Hj. unfold moments.
  rewrite (H i i), (H j j), (H i j) by assumption. reflexivity.
Qed.

(** No variance is zero, no two samples are proportional. *)
Definition nondegenerate (n : nat) (C : matrix) : Prop :=
  forall i j, (i < n)%nat -> (j < n)%nat -> 0 < C i i /\ (i <> j -> C i j * C i j < C i i * C j j).

Lemma relu_moment_sym (a b c : R) : relu_moment a b c = relu_moment b a c.
Proof. unfold relu_moment. rewrite (Rmult_comm a b). reflexivity. Qed.

Lemma relu_moment_unit (c : R) : relu_moment 1 1 c = kappa c.
Proof. unfold relu_moment. rewrite Rmult_1_r, sqrt_1, Rmult_1_l. f_equal. field. Qed.

(** What makes a symmetric matrix a covariance. *)
Definition positive (n : nat) (M : matrix) : Prop :=
  forall v : nat -> R, 0 <= sum n (fun i => v i * sum n (fun j => M i j * v j)).

Lemma cauchy_schwarz (n : nat) (v : nat -> R) : sum n v * sum n v <= INR n * sum n (fun i => v i * v i).
Proof.
  destruct (Nat.eq_dec n 0) as [-> | H0]; [cbn; lra |]. assert (Hn : 0 < INR n) by (apply lt_0_INR; lia).
  assert (nonneg : forall k f, (forall i, 0 <= f i) -> 0 <= sum k f).
  { induction k as [| k IH]; intros f H; cbn; [lra |]. specialize (IH f H). specialize (H k). lra. }
  pose proof (nonneg n (fun i => (INR n * v i - sum n v) * (INR n * v i - sum n v)) ltac:(intros i; apply Rle_0_sqr)) as H.
  rewrite (sum_ext n _ (fun i => INR n * INR n * (v i * v i) + (-2 * INR n * sum n v) * v i + sum n v * sum n v)) in H
    by (intros; ring).
  rewrite !sum_plus, !sum_scal, sum_const in H. change (sum n (fun i => v i)) with (sum n v) in H.
  apply Rmult_le_reg_l with (INR n); [exact Hn |]. nra.
Qed.

Section Config.
  Variable N : nat.
  Variable r : R.
  Let n := INR (S N).
  Hypothesis large : (3 <= N)%nat.
  Hypothesis inside : interior n r.

  Lemma size : INR N = n - 1.
  Proof. unfold n. rewrite S_INR. ring. Qed.

  Lemma size_large : 4 <= n.
  Proof. unfold n. replace 4 with (INR 4) by (cbn; ring). apply le_INR. lia. Qed.

  Lemma r_bounds : -1 < r < 1.
  Proof.
    destruct inside as [H1 H2]. split; [| exact H2]. pose proof size_large.
    apply Rle_lt_trans with (2 := H1).
    assert (/ (n - 2) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). lra.
  Qed.

  Lemma cross_pos : 0 < cross n r < n - 1.
  Proof.
    destruct inside as [H1 H2]. pose proof size_large. unfold cross. split; [| nra].
    assert (- 1 < (n - 2) * r); [| lra].
    replace (-1) with ((n - 2) * - / (n - 2)) by (field; lra). apply Rmult_lt_compat_l; lra.
  Qed.

  Lemma outlier_pos : 0 < outlier n r.
  Proof. pose proof size_large. pose proof cross_pos. unfold outlier. apply Rmult_lt_0_compat; lra. Qed.

  Lemma config_symmetric : symmetric (S N) (config (S N) r).
  Proof. apply block_symmetric. reflexivity. Qed.

  Lemma config_zero_rows : zero_rows (S N) (config (S N) r).
  Proof.
    intros i Hi. unfold config. change (pred (S N)) with N. fold n.
    destruct (Nat.eq_dec i N) as [-> | Hne].
    - rewrite block_last_row, sum_const, size. unfold outlier. ring.
    - rewrite block_row by lia. rewrite sum_const, size. unfold cross. ring.
  Qed.

  Lemma config_nondegenerate : nondegenerate (S N) (config (S N) r).
  Proof.
    pose proof size_large. pose proof r_bounds. pose proof cross_pos. pose proof outlier_pos.
    unfold nondegenerate, config. change (pred (S N)) with N. fold n.
    apply (block_cases N (fun i j => 0 < block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r) i i /\
      (i <> j -> block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r) i j
                 * block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r) i j <
                 block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r) i i
                 * block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r) j j))).
    - intros i Hi. rewrite block_diagonal by exact Hi. split; [lra | congruence].
    - intros i j Hi Hj Hij. rewrite !block_diagonal, block_within by assumption. split; [lra | intros _; nra].
    - intros i Hi. rewrite !block_last, block_diagonal, block_across by assumption. split; [lra | intros _].
      unfold outlier in *. nra.
    - intros i Hi. rewrite !block_last, block_diagonal, block_across' by assumption. split; [lra | intros _].
      unfold outlier in *. nra.
    - rewrite block_last. split; [lra | congruence].
  Qed.

  Lemma config_positive : positive (S N) (config (S N) r).
  Proof.
    intros v. pose proof size_large. pose proof r_bounds. pose proof cross_pos.
    set (T := sum N v). set (Q := sum N (fun i => v i * v i)). set (w := v N).
    pose proof (cauchy_schwarz N v) as HC. rewrite size in HC. fold T Q in HC.
    assert (row : forall i, (i < N)%nat ->
      sum (S N) (fun j => config (S N) r i j * v j) = (1 - r) * v i + r * T - cross n r * w).
    { intros i Hi. unfold config. cbn [pred sum]. rewrite block_across by exact Hi. fold n w.
      rewrite (sum_ext N _ (fun j => if (i =? j)%nat then v i else r * v j)).
      - rewrite sum_except, sum_scal by exact Hi. unfold T. ring.
      - intros j Hj. unfold block. apply Nat.ltb_lt in Hi, Hj. rewrite Hi, Hj.
        destruct (Nat.eqb_spec i j) as [<- |]; ring. }
    assert (last : sum (S N) (fun j => config (S N) r N j * v j) = - cross n r * T + outlier n r * w).
    { unfold config. cbn [pred sum]. rewrite block_last. fold n w. f_equal.
      rewrite (sum_ext N _ (fun j => - cross n r * v j)), sum_scal; [reflexivity |].
      intros j Hj. rewrite block_across' by exact Hj. reflexivity. }
    cbn [sum] in *. rewrite last. fold w.
    rewrite (sum_ext N _ (fun i => (1 - r) * (v i * v i) + (r * T - cross n r * w) * v i))
      by (intros i Hi; rewrite row by exact Hi; ring).
    rewrite sum_plus, !sum_scal. fold Q. change (sum N (fun i => v i)) with (sum N v). fold T.
    apply Rmult_le_reg_l with (n - 1); [lra |]. rewrite Rmult_0_r.
    (* what is left after Cauchy and Schwarz is a square *)
    assert (Hsq : 0 <= cross n r * ((T - (n - 1) * w) * (T - (n - 1) * w)))
      by (apply Rmult_le_pos; [lra | apply Rle_0_sqr]).
    assert (HQ : (1 - r) * (T * T) <= (1 - r) * ((n - 1) * Q)) by (apply Rmult_le_compat_l; lra).
    unfold outlier, cross in *. nra.
  Qed.

  Lemma moments_config :
    same (S N) (moments (config (S N) r))
      (block N (fun _ => 1 / 2) (fun _ _ => kappa r) (fun _ => cross_moment n r) (outlier n r / 2)).
  Proof.
    pose proof outlier_pos. unfold same, moments, config. change (pred (S N)) with N. fold n.
    set (B := block N (fun _ => 1) (fun _ _ => r) (fun _ => - cross n r) (outlier n r)).
    set (B' := block N _ _ _ _).
    apply (block_cases N (fun i j => relu_moment (B i i) (B j j) (B i j) = B' i j)); unfold B, B'.
    - intros i Hi. rewrite !block_diagonal by exact Hi. apply relu_moment_same. lra.
    - intros i j Hi Hj Hij. rewrite !block_diagonal, !block_within by assumption. apply relu_moment_unit.
    - intros i Hi. rewrite !block_last, block_diagonal, !block_across by assumption. reflexivity.
    - intros i Hi. rewrite !block_last, block_diagonal, !block_across' by assumption. rewrite relu_moment_sym. reflexivity.
    - rewrite !block_last. apply relu_moment_same. lra.
  Qed.

  (** The layer keeps the symmetry. *)
  Lemma layer_trivial : same (S N) (layer (S N) (config (S N) r)) (trivial (S N) (growth n r) (covariance n r)).
  Proof.
    intros i j Hi Hj. pose proof size_large. unfold layer.
    rewrite (center_ext _ _ _ moments_config i j Hi Hj).
    rewrite (center_block N _ _ _ _ (fun _ => cluster_mean n r) (outlier_mean n r) (total_mean n r)); try assumption.
    - unfold trivial, block. change (pred (S N)) with N. fold n. clear Hi Hj.
      destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat;
        unfold growth, covariance, total_mean, outlier_mean, cluster_mean; field; lra.
    - intros k Hk. rewrite sum_const, size. fold n. unfold cluster_mean. field. lra.
    - rewrite sum_const, size. fold n. unfold outlier_mean. field. lra.
    - rewrite sum_const, size. fold n. unfold total_mean. field. lra.
  Qed.

  (** The layer maps configuration to configuration: the reduced map [F], with the scale [growth]. *)
  Theorem layer_config (i j : nat) :
    growth n r <> 0 -> (i < S N)%nat -> (j < S N)%nat ->
    layer (S N) (config (S N) r) i j = growth n r * config (S N) (F n r) i j.
  Proof.
    intros Hg Hi Hj. rewrite layer_trivial by assumption. rewrite config_trivial.
    replace (covariance n r) with (growth n r * F n r + 0 * 0) by (unfold F; field; exact Hg).
    replace (growth n r) with (growth n r * 1 + 0 * 0) at 1 by ring. rewrite trivial_linear. ring.
  Qed.

  Lemma trace_config : trace (S N) (config (S N) r) = 2 * (n - 1) + (n - 1) * (n - 2) * r.
  Proof.
    unfold config. change (pred (S N)) with N. fold n. rewrite block_trace, sum_const, size.
    unfold outlier, cross. ring.
  Qed.

  Lemma trace_config_pos : 0 < trace (S N) (config (S N) r).
  Proof.
    rewrite trace_config. pose proof size_large. pose proof cross_pos. unfold cross in *. nra.
  Qed.
End Config.
