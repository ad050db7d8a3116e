(** Centred matrices are sums of three parts: trivial, standard and pair. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model Matrices Layer.
Open Scope R_scope.

(** [x] and [y] of sum 0 over the cluster. *)
Definition standard (n : nat) (x y : nat -> R) : matrix :=
  block (pred n) x (fun i j => y i + y j) (fun i => - (x i + (INR n - 3) * y i)) 0.

(** [m] as in [hollow]. *)
Definition pair_part (n : nat) (m : matrix) : matrix := block (pred n) (fun _ => 0) m (fun _ => 0) 0.

Definition hollow (N : nat) (m : matrix) : Prop :=
  symmetric N m /\ zero_rows N m /\ forall i, (i < N)%nat -> m i i = 0.

Lemma trace_standard (N : nat) (x y : nat -> R) : sum N x = 0 -> trace (S N) (standard (S N) x y) = 0.
Proof. intros H. unfold standard. cbn [pred]. rewrite block_trace, H. ring. Qed.

Lemma trace_pair (N : nat) (m : matrix) : trace (S N) (pair_part (S N) m) = 0.
Proof. unfold pair_part. cbn [pred]. rewrite block_trace, sum_const. ring. Qed.

Lemma standard_within (N : nat) (x y : nat -> R) (e : R) :
  (3 <= N)%nat -> 0 <= e -> (forall i, (i < N)%nat -> Rabs (x i) <= e /\ Rabs (y i) <= e) ->
  within (S N) (standard (S N) x y) (INR (S N) * e).
Proof.
  intros HN He H. assert (Hn : 4 <= INR (S N)) by exact (size_large N HN).
  split; [nra |]. unfold standard. cbn [pred]. set (B := block N _ _ _ _).
  assert (across : forall i, (i < N)%nat -> Rabs (- (x i + (INR (S N) - 3) * y i)) <= INR (S N) * e).
  { intros i Hi. destruct (H i Hi) as [Hx Hy]. rewrite Rabs_Ropp.
    eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_mult, (Rabs_right (INR (S N) - 3)) by lra. nra. }
  apply (block_cases N (fun i j => Rabs (B i j) <= INR (S N) * e)); unfold B.
  - intros i Hi. rewrite block_diagonal by exact Hi. destruct (H i Hi) as [Hx _]. nra.
  - intros i j Hi Hj Hij. rewrite block_within by assumption. destruct (H i Hi) as [_ Hy], (H j Hj) as [_ Hy'].
    eapply Rle_trans; [apply Rabs_triang |]. nra.
  - intros i Hi. rewrite block_across by exact Hi. apply across. exact Hi.
  - intros i Hi. rewrite block_across' by exact Hi. apply across. exact Hi.
  - rewrite block_last, Rabs_R0. nra.
Qed.

Lemma pair_within (N : nat) (m : matrix) (e : R) : within N m e -> within (S N) (pair_part (S N) m) e.
Proof.
  intros [He H]. split; [exact He |]. intros i j Hi Hj. unfold pair_part, block. cbn [pred].
  destruct (Nat.ltb_spec i N), (Nat.ltb_spec j N), (i =? j)%nat; try (rewrite Rabs_R0; exact He). apply H; assumption.
Qed.

(** The parts add up to every centred matrix, and are no larger than it up to a factor that depends on the size alone. *)
Theorem splitting (N : nat) (D : matrix) (e : R) :
  (3 <= N)%nat -> symmetric (S N) D -> zero_rows (S N) D -> within (S N) D e ->
  exists (a b : R) (x y : nat -> R) (m : matrix),
    sum N x = 0 /\ sum N y = 0 /\ hollow N m /\
    (forall i j, (i < S N)%nat -> (j < S N)%nat ->
       D i j = trivial (S N) a b i j + standard (S N) x y i j + pair_part (S N) m i j) /\
    let K := 6 * INR (S N) * e in
    Rabs a <= K /\ Rabs b <= K /\ (forall i, (i < N)%nat -> Rabs (x i) <= K /\ Rabs (y i) <= K) /\ within N m K.
Proof.
  intros HN Hs Hz [He Hw]. assert (Hn : 4 <= INR (S N)) by exact (size_large N HN).
  set (n := INR (S N)) in *. assert (HNn : INR N = n - 1) by (unfold n; rewrite S_INR; ring).
  set (s i := sum N (D i) - D i i).
  set (a := sum N (fun i => D i i) / (n - 1)). set (t := sum N s / (n - 1)).
  set (b := t / (n - 2)). set (x i := D i i - a). set (y i := (s i - t) / (n - 3)).
  assert (HA : sum N (fun i => D i i) = (n - 1) * a) by (unfold a; field; lra).
  assert (HT : sum N s = (n - 1) * t) by (unfold t; field; lra).
  assert (Hx : sum N x = 0) by (unfold x; rewrite sum_minus, sum_const, HA, HNn; ring).
  assert (Hy : sum N y = 0) by (unfold y; rewrite sum_div, sum_minus, sum_const, HT, HNn; field; lra).
  set (m := fun i j : nat => if (i =? j)%nat then 0 else D i j - b - y i - y j).
  assert (Hyi : forall i, (n - 3) * y i = s i - t) by (intros; unfold y; field; lra).
  assert (Hb : (n - 2) * b = t) by (unfold b; field; lra).
  assert (Hacross : forall i, (i < N)%nat -> D i N = - (D i i + s i)).
  { intros i Hi. specialize (Hz i ltac:(lia)). cbn in Hz. unfold s. lra. }
  assert (Hlast : D N N = (n - 1) * (a + t)).
  { specialize (Hz N ltac:(lia)). cbn in Hz. rewrite (sum_ext N (D N) (fun i => - (D i i + s i))) in Hz.
    - rewrite sum_opp, sum_plus, HA in Hz. change (fun i => s i) with s in Hz. rewrite HT in Hz. lra.
    - intros i Hi. rewrite Hs by lia. apply Hacross. exact Hi. }
  exists a, b, x, y, m. split; [exact Hx |]. split; [exact Hy |]. split; [| split].
  - split; [| split].
    + intros i j Hi Hj. unfold m. rewrite Nat.eqb_sym. destruct (j =? i)%nat; [reflexivity |].
      rewrite (Hs i j) by lia. ring.
    + intros i Hi. unfold m. rewrite sum_except by exact Hi. rewrite !sum_minus, !sum_const, HNn.
      change (sum N (fun j => D i j)) with (sum N (D i)). change (sum N (fun j => y j)) with (sum N y). rewrite Hy.
      assert (E := Hyi i). unfold s in E at 1. nra.
    + intros i _. unfold m. rewrite Nat.eqb_refl. reflexivity.
  - apply (block_cases N (fun i j => D i j = trivial (S N) a b i j + standard (S N) x y i j + pair_part (S N) m i j));
      unfold trivial, standard, pair_part; cbn [pred]; fold n.
    + intros i Hi. rewrite !block_diagonal by exact Hi. unfold x. ring.
    + intros i j Hi Hj Hij. rewrite !block_within by assumption. unfold m. apply Nat.eqb_neq in Hij. rewrite Hij. ring.
    + intros i Hi. rewrite !block_across by assumption. rewrite Hacross by exact Hi. rewrite Hyi, Hb. unfold x. ring.
    + intros i Hi. rewrite !block_across' by assumption. rewrite Hs by lia. rewrite Hacross by exact Hi.
      rewrite Hyi, Hb. unfold x. ring.
    + rewrite !block_last, Hlast, Hb. ring.
  - cbv zeta.
    (* a quotient by at least 1 is no larger *)
    assert (quotient : forall u k c, Rabs u <= c -> 1 <= k -> Rabs (u / k) <= c).
    { intros u k c Hu Hk. unfold Rdiv. rewrite Rabs_mult, Rabs_inv, (Rabs_right k) by lra.
      pose proof (Rabs_pos u). apply Rmult_le_reg_r with k; [lra |]. rewrite Rmult_assoc, Rinv_l by lra. nra. }
    assert (average : forall f c, (forall i, (i < N)%nat -> Rabs (f i) <= c) -> Rabs (sum N f / (n - 1)) <= c).
    { intros f c Hf. pose proof (sum_abs N f c Hf) as H. rewrite HNn in H. unfold Rdiv.
      rewrite Rabs_mult, Rabs_inv, (Rabs_right (n - 1)) by lra.
      apply Rmult_le_reg_r with (n - 1); [lra |]. rewrite Rmult_assoc, Rinv_l by lra. lra. }
    assert (Ba : Rabs a <= e) by (apply average; intros i Hi; apply Hw; lia).
    assert (Bs : forall i, (i < N)%nat -> Rabs (s i) <= n * e).
    { intros i Hi. unfold s, Rminus. eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp.
      pose proof (sum_abs N (D i) e ltac:(intros j Hj; apply Hw; lia)) as H1. rewrite HNn in H1.
      specialize (Hw i i ltac:(lia) ltac:(lia)). lra. }
    assert (Bt : Rabs t <= n * e) by (apply average; exact Bs).
    assert (Bb : Rabs b <= n * e) by (apply quotient; [exact Bt | lra]).
    assert (By : forall i, (i < N)%nat -> Rabs (y i) <= 2 * (n * e)).
    { intros i Hi. apply quotient; [| lra]. unfold Rminus. eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp.
      specialize (Bs i Hi). lra. }
    assert (Hne : 4 * e <= n * e) by nra.
    split; [lra |]. split; [lra |]. split.
    + intros i Hi. split; [| specialize (By i Hi); lra]. unfold x, Rminus.
      eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp. specialize (Hw i i ltac:(lia) ltac:(lia)). lra.
    + split; [lra |]. intros i j Hi Hj. unfold m. destruct (i =? j)%nat; [rewrite Rabs_R0; lra |].
      pose proof (By i Hi). pose proof (By j Hj). specialize (Hw i j ltac:(lia) ltac:(lia)). unfold Rminus.
      pose proof (Rabs_triang (D i j + - b + - y i) (- y j)). pose proof (Rabs_triang (D i j + - b) (- y i)).
      pose proof (Rabs_triang (D i j) (- b)). rewrite !Rabs_Ropp in *. lra.
Qed.
