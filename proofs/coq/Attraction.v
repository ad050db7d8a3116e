(** A linearly stable batch attracts a neighbourhood, at a geometric rate: the nonlinear statement. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model Matrices Layer Frechet Differential FullSpace.
Open Scope R_scope.

(** Remainders of finitely many entries are small together. *)
Lemma small_remainder_entries (n : nat) (f : matrix -> matrix) (C : matrix) (l : matrix -> matrix) :
  (forall i j, (i < n)%nat -> (j < n)%nat -> differential n (fun M => f M i j) C (fun D => l D i j)) ->
  forall eps, 0 < eps -> exists delta, 0 < delta /\
    forall D m, within n D m -> m < delta -> within n (fun i j => f (add C D) i j - f C i j - l D i j) (eps * m).
Proof.
  intros H eps He.
  assert (row : forall i, (i < n)%nat -> forall k, (k <= n)%nat -> exists delta, 0 < delta /\
    forall D m, within n D m -> m < delta -> forall j, (j < k)%nat -> Rabs (f (add C D) i j - f C i j - l D i j) <= eps * m).
  { intros i Hi. induction k as [| k IH]; intros Hk; [exists 1; split; [lra | intros; lia] |].
    destruct (IH ltac:(lia)) as (d & Hd & B). destruct (H i k Hi Hk) as (_ & _ & Hr). destruct (Hr eps He) as (d' & Hd' & B').
    exists (Rmin d d'). split; [apply Rmin_glb_lt; assumption |]. intros D m W Hm j Hj.
    pose proof (Rmin_l d d'). pose proof (Rmin_r d d'). destruct (Nat.eq_dec j k) as [-> | Hne].
    - apply B'; [exact W | lra].
    - apply (B D m); [exact W | lra | lia]. }
  assert (all : forall k, (k <= n)%nat -> exists delta, 0 < delta /\
    forall D m, within n D m -> m < delta -> forall i j, (i < k)%nat -> (j < n)%nat ->
      Rabs (f (add C D) i j - f C i j - l D i j) <= eps * m).
  { induction k as [| k IH]; intros Hk; [exists 1; split; [lra | intros; lia] |].
    destruct (IH ltac:(lia)) as (d & Hd & B). destruct (row k Hk n (le_n n)) as (d' & Hd' & B').
    exists (Rmin d d'). split; [apply Rmin_glb_lt; assumption |]. intros D m W Hm i j Hi Hj.
    pose proof (Rmin_l d d'). pose proof (Rmin_r d d'). destruct (Nat.eq_dec i k) as [-> | Hne].
    - apply (B' D m); [exact W | lra | exact Hj].
    - apply (B D m); [exact W | lra | lia | exact Hj]. }
  destruct (all n (le_n n)) as (d & Hd & B). exists d. split; [exact Hd |]. intros D m W Hm. split.
  - destruct W as [Hm0 _]. nra.
  - intros i j Hi Hj. apply (B D m); assumption.
Qed.

Lemma normalised_ext (n : nat) (C C' : matrix) : same n C C' -> same n (normalised n C) (normalised n C').
Proof.
  intros H i j Hi Hj. unfold normalised.
  rewrite (trace_ext _ _ _ H), (trace_ext _ _ _ (layer_ext _ _ _ H)), (layer_ext _ _ _ H i j Hi Hj). reflexivity.
Qed.

(** The normalised layer keeps centred matrices and their trace. *)
Lemma normalised_centred (n : nat) (M : matrix) :
  symmetric n M -> trace n (layer n M) <> 0 ->
  symmetric n (normalised n M) /\ zero_rows n (normalised n M) /\ trace n (normalised n M) = trace n M.
Proof.
  intros HM Ht.
  assert (HL : symmetric n (layer n M)).
  { apply center_symmetric. intros i j Hi Hj. unfold moments. rewrite relu_moment_sym, (HM i j) by assumption. reflexivity. }
  unfold normalised. split; [| split].
  - intros i j Hi Hj. rewrite (HL i j) by assumption. reflexivity.
  - intros i Hi. rewrite sum_scal. unfold layer.
    change (sum n (fun j => center n (moments M) i j)) with (sum n (center n (moments M) i)).
    rewrite center_zero_rows by exact Hi. ring.
  - unfold trace at 1. rewrite sum_scal. change (sum n (fun i => layer n M i i)) with (trace n (layer n M)). field. exact Ht.
Qed.

Definition difference (M C : matrix) : matrix := fun i j => M i j - C i j.

(** Iterates of a linear map, applied to a sum. *)
Lemma iterates_combine (n : nat) (C D E : matrix) (a b : R) (k : nat) :
  same n (Nat.iter k (dnormalised n C) (combine a D b E))
         (combine a (Nat.iter k (dnormalised n C) D) b (Nat.iter k (dnormalised n C) E)).
Proof.
  induction k as [| k IH]; [intros i j _ _; reflexivity |]. intros i j Hi Hj.
  change (Nat.iter (S k) (dnormalised n C) (combine a D b E) i j)
    with (dnormalised n C (Nat.iter k (dnormalised n C) (combine a D b E)) i j).
  rewrite (dnormalised_ext n C _ _ IH i j Hi Hj). apply dnormalised_combine; assumption.
Qed.

Lemma iterates_ext (n : nat) (C D E : matrix) (k : nat) :
  same n D E -> same n (Nat.iter k (dnormalised n C) D) (Nat.iter k (dnormalised n C) E).
Proof. intros H. induction k as [| k IH]; [exact H |]. cbn. apply dnormalised_ext. exact IH. Qed.

Lemma iterates_succ (n : nat) (C D : matrix) (k : nat) :
  Nat.iter k (dnormalised n C) (dnormalised n C D) = Nat.iter (S k) (dnormalised n C) D.
Proof.
  induction k as [| k IH]; [reflexivity |].
  change (dnormalised n C (Nat.iter k (dnormalised n C) (dnormalised n C D))
          = dnormalised n C (Nat.iter (S k) (dnormalised n C) D)).
  rewrite IH. reflexivity.
Qed.

(** With the trace fixed, all centred symmetric matrices near [C] tend to it under the layer, at a geometric rate. *)
Definition attracting (n : nat) (C : matrix) : Prop :=
  exists delta K p, 0 < delta /\ 0 <= K /\ 0 <= p < 1 /\
    forall M m, symmetric n M -> zero_rows n M -> trace n M = trace n C -> within n (difference M C) m -> m < delta ->
      forall k, within n (difference (Nat.iter k (normalised n) M) C) (K * p ^ k * m).

Theorem attraction (n : nat) (C : matrix) : linearly_stable n C -> 0 < trace n C -> attracting n C.
Proof.
  intros (HCs & HCz & HCn & (g & Hg & HT) & Hfix & Hdiff & K & q & HK & Hq & Hdecay) Htr.
  assert (Htl : 0 < trace n (layer n C)).
  { rewrite (trace_ext _ _ _ HT). unfold trace. rewrite sum_scal. change (sum n (fun i => C i i)) with (trace n C). nra. }
  (* near C the trace of the layer stays positive *)
  destruct (differential_change n (fun M => trace n (layer n M)) C (fun D => trace n (dlayer n C D))) as (L & d1 & HL & Hd1 & B1).
  { apply (differential_trace n (layer n) (dlayer n C)). intros. apply differential_layer; assumption. }
  set (eps := (1 - q) / (2 * (K + 1))). assert (Heps : 0 < eps) by (apply Rdiv_lt_0_compat; lra).
  destruct (small_remainder_entries n (normalised n) C (dnormalised n C) Hdiff eps Heps) as (d2 & Hd2 & B2).
  set (p := q + K * eps).
  assert (Hp : 0 <= p < 1).
  { unfold p. assert (K * eps < 1 - q); [| nra]. unfold eps.
    replace (K * ((1 - q) / (2 * (K + 1)))) with ((1 - q) * (K / (2 * (K + 1)))) by (field; lra).
    rewrite <- (Rmult_1_r (1 - q)) at 2. apply Rmult_lt_compat_l; [lra |].
    apply Rmult_lt_reg_r with (2 * (K + 1)); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (Hd3 : 0 < trace n (layer n C) / L) by (apply Rdiv_lt_0_compat; assumption).
  set (d := Rmin d1 (Rmin d2 (trace n (layer n C) / L))).
  assert (D1 : d <= d1) by apply Rmin_l.
  assert (D2 : d <= d2) by (eapply Rle_trans; [apply Rmin_r | apply Rmin_l]).
  assert (D3 : d <= trace n (layer n C) / L) by (eapply Rle_trans; [apply Rmin_r | apply Rmin_r]).
  assert (Hd : 0 < d) by (unfold d; repeat apply Rmin_glb_lt; assumption). clearbody d.
  exists (d / (K + 1)), K, p. split; [apply Rdiv_lt_0_compat; lra |]. split; [exact HK |]. split; [exact Hp |].
  intros M m HMs HMz HMt HW Hm k. pose proof HW as (Hm0 & _).
  assert (HKm : K * m < d).
  { apply Rle_lt_trans with (m * (K + 1)); [nra |]. replace d with (d / (K + 1) * (K + 1)) by (field; lra).
    apply Rmult_lt_compat_r; lra. }
  (* the iterates of the differential, from the k-th point on, are the norm that contracts *)
  cut (tangent n (difference (Nat.iter k (normalised n) M) C) /\
       symmetric n (Nat.iter k (normalised n) M) /\ trace n (Nat.iter k (normalised n) M) = trace n C /\
       forall l, within n (Nat.iter l (dnormalised n C) (difference (Nat.iter k (normalised n) M) C)) (q ^ l * (K * p ^ k * m))).
  { intros (_ & _ & _ & H). specialize (H 0%nat). rewrite pow_O, Rmult_1_l in H. exact H. }
  assert (tan : forall X, symmetric n X -> zero_rows n X -> trace n X = trace n C -> tangent n (difference X C)).
  { intros X X1 X2 X3. unfold difference. split; [| split].
    - intros i j Hi Hj. rewrite (X1 i j), (HCs i j) by assumption. reflexivity.
    - intros i Hi. rewrite sum_minus. change (sum n (fun j => X i j)) with (sum n (X i)).
      change (sum n (fun j => C i j)) with (sum n (C i)). rewrite X2, HCz by exact Hi. ring.
    - unfold trace in *. rewrite sum_minus, X3. ring. }
  induction k as [| k (IT & IS & Itr & IH)].
  - assert (HT0 := tan M HMs HMz HMt). split; [exact HT0 |]. split; [exact HMs |]. split; [exact HMt |].
    intros l. destruct (Hdecay _ m l HT0 HW) as [_ H]. rewrite pow_O. replace (q ^ l * (K * 1 * m)) with (K * q ^ l * m) by ring.
    exact H.
  - set (X := Nat.iter k (normalised n) M) in *. change (Nat.iter (S k) (normalised n) M) with (normalised n X).
    set (D := difference X C) in *.
    set (b := K * p ^ k * m) in *.
    assert (HD : within n D b) by (specialize (IH 0%nat); rewrite pow_O, Rmult_1_l in IH; exact IH).
    assert (Hb : 0 <= b) by apply HD.
    assert (Hpk : 0 <= p ^ k <= 1) by (split; [apply pow_le; lra | rewrite <- (pow1 k); apply pow_incr; lra]).
    assert (Hbd : b < d) by (apply Rle_lt_trans with (2 := HKm); unfold b; assert (0 <= K * m) by nra; nra).
    assert (EX : same n X (add C D)) by (intros i j _ _; unfold add, D, difference; ring).
    assert (HtX : trace n (layer n X) <> 0).
    { rewrite (trace_ext _ _ _ (layer_ext _ _ _ EX)). specialize (B1 D b HD ltac:(lra)).
      assert (L * b < trace n (layer n C)).
      { replace (trace n (layer n C)) with (L * (trace n (layer n C) / L)) by (field; lra). apply Rmult_lt_compat_l; lra. }
      apply Rabs_le_between in B1. lra. }
    destruct (normalised_centred n X IS HtX) as (NS & NZ & NT). rewrite Itr in NT.
    assert (HT1 := tan _ NS NZ NT). split; [exact HT1 |]. split; [exact NS |]. split; [exact NT |].
    (* one step: the differential and a remainder *)
    set (E := combine 1 (difference (normalised n X) C) (-1) (dnormalised n C D)).
    assert (HE : within n E (eps * b)).
    { destruct (B2 D b HD ltac:(lra)) as [E0 E1]. split; [exact E0 |]. intros i j Hi Hj. specialize (E1 i j Hi Hj).
      rewrite <- (normalised_ext n X _ EX i j Hi Hj), Hfix in E1 by assumption. unfold E, combine, difference.
      refine (Rle_trans _ _ _ _ E1). right. f_equal. ring. }
    assert (ET : tangent n E).
    { destruct (Hdecay D b 1%nat IT HD) as [(S1 & Z1 & T1) _].
      change (Nat.iter 1 (dnormalised n C) D) with (dnormalised n C D) in *.
      destruct HT1 as (S2 & Z2 & T2). unfold E. split; [| split].
      - intros i j Hi Hj. unfold combine. rewrite (S1 i j), (S2 i j) by assumption. reflexivity.
      - intros i Hi. unfold combine. rewrite sum_plus, !sum_scal.
        change (sum n (fun j => dnormalised n C D i j)) with (sum n (dnormalised n C D i)).
        change (sum n (fun j => difference (normalised n X) C i j)) with (sum n (difference (normalised n X) C i)).
        rewrite Z1, Z2 by exact Hi. ring.
      - rewrite trace_combine, T1, T2. ring. }
    intros l. pose proof (IH (S l)) as [_ H1]. destruct (Hdecay E (eps * b) l ET HE) as [_ [_ H2]].
    assert (Hql : 0 <= q ^ l) by (apply pow_le; lra).
    assert (goal : q ^ S l * b + K * q ^ l * (eps * b) = q ^ l * (K * p ^ S k * m)) by (unfold b, p; cbn; ring).
    rewrite <- goal. split.
    + apply Rplus_le_le_0_compat; [apply Rmult_le_pos; [apply pow_le; lra | exact Hb] |].
      apply Rmult_le_pos; apply Rmult_le_pos; lra.
    + intros i j Hi Hj.
      rewrite (iterates_ext n C _ (combine 1 (dnormalised n C D) 1 E) l) by
        (first [assumption | intros u v _ _; unfold E, combine; ring]).
      rewrite iterates_combine by assumption. unfold combine. rewrite !Rmult_1_l.
      eapply Rle_trans; [apply Rabs_triang |]. apply Rplus_le_compat; [| apply H2; assumption].
      rewrite iterates_succ. apply H1; assumption.
Qed.

(** For the configuration of one sample against a cluster. *)
Corollary configuration_attracts (n : nat) (r : R) :
  (4 <= n)%nat -> fixed_point (INR n) r -> spectrum_inside (INR n) r -> attracting n (config n r).
Proof.
  intros Hn HF HS. apply attraction; [apply full_space_stability; assumption |].
  destruct n as [| N]; [lia |]. destruct HF as (Hi & _). apply trace_config_pos; [lia | exact Hi].
Qed.
