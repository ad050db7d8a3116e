(** Square matrices as functions of two indices below [n], recentring, and the matrices that single out one sample. *)

From Coq Require Import Reals Lra Lia Arith.
Open Scope R_scope.

(** ** Finite sums *)

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S k => sum k f + f k
  end.

Lemma sum_ext (n : nat) (f g : nat -> R) : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof.
  induction n as [| n IH]; intros H; cbn; [reflexivity |].
  rewrite IH, H by (intros; auto with arith). reflexivity.
Qed.

Lemma sum_plus (n : nat) (f g : nat -> R) : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. induction n as [| n IH]; cbn; [ring | rewrite IH; ring]. Qed.

Lemma sum_scal (n : nat) (a : R) (f : nat -> R) : sum n (fun i => a * f i) = a * sum n f.
Proof. induction n as [| n IH]; cbn; [ring | rewrite IH; ring]. Qed.

Lemma sum_const (n : nat) (a : R) : sum n (fun _ => a) = INR n * a.
Proof. induction n as [| n IH]; [cbn; ring | rewrite S_INR; cbn; rewrite IH; ring]. Qed.

Lemma sum_opp (n : nat) (f : nat -> R) : sum n (fun i => - f i) = - sum n f.
Proof. induction n as [| n IH]; cbn; [ring | rewrite IH; ring]. Qed.

Lemma sum_minus (n : nat) (f g : nat -> R) : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. induction n as [| n IH]; cbn; [ring | rewrite IH; ring]. Qed.

Lemma sum_div (n : nat) (a : R) (f : nat -> R) : sum n (fun i => f i / a) = sum n f / a.
Proof. induction n as [| n IH]; cbn; [unfold Rdiv; ring | rewrite IH; unfold Rdiv; ring]. Qed.

Lemma sum_swap (n k : nat) (f : nat -> nat -> R) :
  sum n (fun i => sum k (fun j => f i j)) = sum k (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [| n IH]; cbn.
  - rewrite sum_const. ring.
  - rewrite IH, <- sum_plus. reflexivity.
Qed.

(** One term replaced. *)
Lemma sum_except (n i : nat) (a : R) (f : nat -> R) :
  (i < n)%nat -> sum n (fun j => if i =? j then a else f j) = sum n f - f i + a.
Proof.
  induction n as [| n IH]; intros H; [lia |]. cbn.
  destruct (Nat.eq_dec i n) as [-> | Hne].
  - rewrite Nat.eqb_refl. rewrite (sum_ext n _ f); [ring |].
    intros j Hj. destruct (Nat.eqb_spec n j); [lia | reflexivity].
  - rewrite IH by lia. destruct (Nat.eqb_spec i n); [lia | ring].
Qed.

Lemma sum_abs (n : nat) (f : nat -> R) (m : R) :
  (forall i, (i < n)%nat -> Rabs (f i) <= m) -> Rabs (sum n f) <= INR n * m.
Proof.
  induction n as [| n IH]; intros H; [cbn; rewrite Rabs_R0; lra |]. rewrite S_INR. cbn.
  assert (H1 : Rabs (sum n f) <= INR n * m) by (apply IH; intros; apply H; lia).
  assert (H2 : Rabs (f n) <= m) by (apply H; lia).
  pose proof (Rabs_triang (sum n f) (f n)). lra.
Qed.

(** ** Matrices *)

Definition matrix : Type := nat -> nat -> R.

Definition symmetric (n : nat) (M : matrix) : Prop :=
  forall i j, (i < n)%nat -> (j < n)%nat -> M i j = M j i.

Definition zero_rows (n : nat) (M : matrix) : Prop := forall i, (i < n)%nat -> sum n (M i) = 0.

Definition trace (n : nat) (M : matrix) : R := sum n (fun i => M i i).

(** All entries are at most [m] in absolute value. *)
Definition within (n : nat) (M : matrix) (m : R) : Prop :=
  0 <= m /\ forall i j, (i < n)%nat -> (j < n)%nat -> Rabs (M i j) <= m.

(** Equal entries below [n]. *)
Definition same (n : nat) (M M' : matrix) : Prop :=
  forall i j, (i < n)%nat -> (j < n)%nat -> M i j = M' i j.

Definition mean (n : nat) (f : nat -> R) : R := sum n f / INR n.

(** Recentring, [P M P] with [P = I - 11'/n], for symmetric [M]. *)
Definition center (n : nat) (M : matrix) : matrix :=
  fun i j => M i j - mean n (M i) - mean n (M j) + mean n (fun k => mean n (M k)).

Definition combine (a : R) (M : matrix) (b : R) (M' : matrix) : matrix := fun i j => a * M i j + b * M' i j.

Lemma mean_ext (n : nat) (f g : nat -> R) : (forall i, (i < n)%nat -> f i = g i) -> mean n f = mean n g.
Proof. intros H. unfold mean. rewrite (sum_ext n f g H). reflexivity. Qed.

Lemma mean_combine (n : nat) (a b : R) (f g : nat -> R) :
  mean n (fun i => a * f i + b * g i) = a * mean n f + b * mean n g.
Proof. unfold mean. rewrite sum_plus, !sum_scal. unfold Rdiv. ring. Qed.

Lemma trace_ext (n : nat) (M M' : matrix) : same n M M' -> trace n M = trace n M'.
Proof. intros H. apply sum_ext. intros i Hi. apply H; assumption. Qed.

Lemma trace_combine (n : nat) (a : R) (M : matrix) (b : R) (M' : matrix) :
  trace n (combine a M b M') = a * trace n M + b * trace n M'.
Proof. unfold trace, combine. rewrite sum_plus, !sum_scal. reflexivity. Qed.

Lemma center_ext (n : nat) (M M' : matrix) : same n M M' -> same n (center n M) (center n M').
Proof.
  intros H i j Hi Hj. unfold center.
  assert (E : forall k, (k < n)%nat -> mean n (M k) = mean n (M' k))
    by (intros k Hk; apply mean_ext; intros l Hl; apply H; assumption).
  rewrite (H i j), (E i), (E j), (mean_ext n _ _ E) by assumption. reflexivity.
Qed.

Lemma center_combine (n : nat) (a : R) (M : matrix) (b : R) (M' : matrix) (i j : nat) :
  center n (combine a M b M') i j = combine a (center n M) b (center n M') i j.
Proof.
  unfold center. change (mean n (combine a M b M' i)) with (mean n (fun k => a * M i k + b * M' i k)).
  change (mean n (combine a M b M' j)) with (mean n (fun k => a * M j k + b * M' j k)).
  rewrite (mean_ext n (fun k => mean n (combine a M b M' k)) (fun k => a * mean n (M k) + b * mean n (M' k)))
    by (intros; apply mean_combine).
  rewrite !mean_combine. unfold combine. ring.
Qed.

Lemma center_symmetric (n : nat) (M : matrix) : symmetric n M -> symmetric n (center n M).
Proof. intros H i j Hi Hj. unfold center. rewrite (H i j) by assumption. ring. Qed.

Lemma center_zero_rows (n : nat) (M : matrix) : zero_rows n (center n M).
Proof.
  intros i Hi. assert (Hn : INR n <> 0) by (apply not_0_INR; lia).
  unfold center. rewrite sum_plus, !sum_minus, !sum_const. unfold mean. rewrite sum_div. field. exact Hn.
Qed.

(** ** Matrices that single out the last sample

    Samples below [N] are the cluster: [d] on its diagonal, [c] off it; [z] is the covariance with sample [N], [o] that
    sample's variance. *)
Definition block (N : nat) (d : nat -> R) (c : nat -> nat -> R) (z : nat -> R) (o : R) : matrix :=
  fun i j =>
    if (i <? N)%nat
    then if (j <? N)%nat then if (i =? j)%nat then d i else c i j else z i
    else if (j <? N)%nat then z j else o.

(** To prove something of every entry of a block matrix. *)
Lemma block_cases (N : nat) (P : nat -> nat -> Prop) :
  (forall i, (i < N)%nat -> P i i) ->
  (forall i j, (i < N)%nat -> (j < N)%nat -> i <> j -> P i j) ->
  (forall i, (i < N)%nat -> P i N) -> (forall i, (i < N)%nat -> P N i) -> P N N ->
  forall i j, (i < S N)%nat -> (j < S N)%nat -> P i j.
Proof.
  intros Hd Hc Hz Hz' Ho i j Hi Hj.
  destruct (Nat.eq_dec i N) as [-> | Hi']; destruct (Nat.eq_dec j N) as [-> | Hj'].
  - exact Ho.
  - apply Hz'. lia.
  - apply Hz. lia.
  - destruct (Nat.eq_dec i j) as [-> | Hij]; [apply Hd | apply Hc]; lia.
Qed.

Section Block.
  Variables (N : nat) (d : nat -> R) (c : nat -> nat -> R) (z : nat -> R) (o : R).
  Let B := block N d c z o.

  Lemma block_diagonal (i : nat) : (i < N)%nat -> B i i = d i.
  Proof.
    intros H. unfold B, block. apply Nat.ltb_lt in H. rewrite H, Nat.eqb_refl. reflexivity.
  Qed.

  Lemma block_within (i j : nat) : (i < N)%nat -> (j < N)%nat -> i <> j -> B i j = c i j.
  Proof.
    intros Hi Hj H. unfold B, block. apply Nat.ltb_lt in Hi, Hj. rewrite Hi, Hj.
    apply Nat.eqb_neq in H. rewrite H. reflexivity.
  Qed.

  Lemma block_across (i : nat) : (i < N)%nat -> B i N = z i.
  Proof. intros H. unfold B, block. apply Nat.ltb_lt in H. rewrite H, Nat.ltb_irrefl. reflexivity. Qed.

  Lemma block_across' (i : nat) : (i < N)%nat -> B N i = z i.
  Proof. intros H. unfold B, block. apply Nat.ltb_lt in H. rewrite H, Nat.ltb_irrefl. reflexivity. Qed.

  Lemma block_last : B N N = o.
  Proof. unfold B, block. rewrite Nat.ltb_irrefl. reflexivity. Qed.

  Lemma block_row (i : nat) : (i < N)%nat -> sum (S N) (B i) = d i + (sum N (c i) - c i i) + z i.
  Proof.
    intros H. cbn. rewrite block_across by exact H.
    rewrite (sum_ext N _ (fun j => if (i =? j)%nat then d i else c i j)).
    - rewrite sum_except by exact H. ring.
    - intros j Hj. unfold B, block. apply Nat.ltb_lt in H, Hj. rewrite H, Hj. reflexivity.
  Qed.

  Lemma block_last_row : sum (S N) (B N) = sum N z + o.
  Proof. cbn. rewrite block_last. f_equal. apply sum_ext. intros i Hi. apply block_across'. exact Hi. Qed.

  Lemma block_trace : trace (S N) B = sum N d + o.
  Proof. unfold trace. cbn. rewrite block_last. f_equal. apply sum_ext. intros i Hi. apply block_diagonal. exact Hi. Qed.

  Lemma block_symmetric : (forall i j, (i < N)%nat -> (j < N)%nat -> c i j = c j i) -> symmetric (S N) B.
  Proof.
    intros H. red. apply (block_cases N (fun i j => B i j = B j i)).
    - reflexivity.
    - intros i j Hi Hj Hij. rewrite !block_within by auto. apply H; assumption.
    - intros i Hi. rewrite block_across, block_across' by assumption. reflexivity.
    - intros i Hi. rewrite block_across, block_across' by assumption. reflexivity.
    - reflexivity.
  Qed.

  (** Recentring, given the row means [e] of the cluster, [e'] of the last sample and [t] of all. *)
  Lemma center_block (e : nat -> R) (e' t : R) :
    (forall i, (i < N)%nat -> d i + (sum N (c i) - c i i) + z i = INR (S N) * e i) ->
    sum N z + o = INR (S N) * e' -> sum N e + e' = INR (S N) * t ->
    same (S N) (center (S N) B)
      (block N (fun i => d i - 2 * e i + t) (fun i j => c i j - e i - e j + t) (fun i => z i - e i - e' + t)
         (o - 2 * e' + t)).
  Proof.
    intros He He' Ht. assert (Hn : INR (S N) <> 0) by (apply not_0_INR; lia).
    assert (Me : forall i, (i < N)%nat -> mean (S N) (B i) = e i)
      by (intros i Hi; unfold mean; rewrite block_row, He by exact Hi; field; exact Hn).
    assert (Me' : mean (S N) (B N) = e') by (unfold mean; rewrite block_last_row, He'; field; exact Hn).
    assert (Mt : mean (S N) (fun k => mean (S N) (B k)) = t).
    { unfold mean at 1. cbn [sum]. rewrite Me', (sum_ext N _ e Me), Ht. field. exact Hn. }
    red. unfold center. rewrite Mt.
    match goal with |- forall i j, _ -> _ -> ?L = block _ ?d' ?c' ?z' ?o' i j =>
      apply (block_cases N (fun i j => B i j - mean (S N) (B i) - mean (S N) (B j) + t = block N d' c' z' o' i j))
    end.
    - intros i Hi. unfold block at 1. rewrite Me by exact Hi. rewrite block_diagonal by exact Hi.
      apply Nat.ltb_lt in Hi. rewrite Hi, Nat.eqb_refl. ring.
    - intros i j Hi Hj Hij. unfold block at 1. rewrite !Me, block_within by assumption.
      apply Nat.ltb_lt in Hi, Hj. rewrite Hi, Hj. apply Nat.eqb_neq in Hij. rewrite Hij. ring.
    - intros i Hi. unfold block at 1. rewrite Me', Me, block_across by exact Hi.
      apply Nat.ltb_lt in Hi. rewrite Hi, Nat.ltb_irrefl. ring.
    - intros i Hi. unfold block at 1. rewrite Me', Me, block_across' by exact Hi.
      apply Nat.ltb_lt in Hi. rewrite Hi, Nat.ltb_irrefl. ring.
    - unfold block at 1. rewrite Me', block_last, Nat.ltb_irrefl. ring.
  Qed.
End Block.
