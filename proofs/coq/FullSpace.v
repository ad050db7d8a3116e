(** Linear stability of the configuration in the space of all centred covariances.

    A perturbation need not share the configuration's symmetry. The layer is homogeneous, so stability is meant modulo scale:
    the layer is divided by the one scalar that keeps the trace, which makes the configuration a fixed point and not only a
    fixed ray, and the directions are the centred symmetric matrices of trace 0. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model Matrices Layer Frechet Differential Splitting Blocks Powers.
Open Scope R_scope.

Section FullSpace.
  Variable N : nat.
  Variable r : R.
  Let n := INR (S N).
  Hypothesis large : (3 <= N)%nat.
  Hypothesis inside : interior n r.
  Hypothesis growing : 0 < growth n r.
  Hypothesis fixed : F n r = r.
  Let C := config (S N) r.
  Let DT := dnormalised (S N) C.

  Let state (k : nat) (p : R * R) : R * R :=
    orbit (standard_xx n r) (standard_xy n r) (standard_yx n r) (standard_yy n r) k p.

  Lemma sum_state (k : nat) (x y : nat -> R) :
    sum N x = 0 -> sum N y = 0 ->
    sum N (fun i => fst (state k (x i, y i))) = 0 /\ sum N (fun i => snd (state k (x i, y i))) = 0.
  Proof.
    intros Hx Hy.
    assert (E : forall a b, sum N (fun i => x i * a + y i * b) = 0).
    { intros a b. rewrite sum_plus, (sum_ext N (fun i => x i * a) (fun i => a * x i)) by (intros; ring).
      rewrite (sum_ext N (fun i => y i * b) (fun i => b * y i)) by (intros; ring). rewrite !sum_scal.
      change (sum N (fun i => x i)) with (sum N x). change (sum N (fun i => y i)) with (sum N y). rewrite Hx, Hy. ring. }
    split; (erewrite sum_ext; [apply E | intros i _; unfold state; rewrite orbit_linear; reflexivity]).
  Qed.

  Lemma hollow_scal (a : R) (m : matrix) : hollow N m -> hollow N (fun i j => a * m i j).
  Proof.
    intros (Hs & Hz & Hd). split; [| split].
    - intros i j Hi Hj. rewrite (Hs i j) by assumption. reflexivity.
    - intros i Hi. rewrite sum_scal. change (sum N (fun j => m i j)) with (sum N (m i)). rewrite Hz by exact Hi. ring.
    - intros i Hi. rewrite Hd by exact Hi. ring.
  Qed.

  (** All iterates of the differential, in the parts of the splitting. *)
  Lemma iterates (D : matrix) (a b : R) (x y : nat -> R) (m : matrix) (k : nat) :
    sum N x = 0 -> sum N y = 0 -> hollow N m -> trace (S N) D = 0 ->
    same (S N) D (fun i j => trivial (S N) a b i j + standard (S N) x y i j + pair_part (S N) m i j) ->
    same (S N) (Nat.iter k DT D)
      (combine 1 (combine (Derive (F n) r ^ k * (b - a * r)) (axis N r) 1
                    (standard (S N) (fun i => fst (state k (x i, y i))) (fun i => snd (state k (x i, y i)))))
               1 (pair_part (S N) (fun i j => mu n r ^ k * m i j))).
  Proof.
    intros Hx Hy Hm HD E. induction k as [| k IH].
    - intros i j Hi Hj. cbn [Nat.iter nat_rect]. rewrite (E i j Hi Hj).
      assert (Ht : trace (S N) (trivial (S N) a b) = 0).
      { pose proof (trace_standard N x y Hx) as T1. pose proof (trace_pair N m) as T2.
        rewrite (trace_ext _ _ _ E) in HD. unfold trace in HD at 1. rewrite !sum_plus in HD. unfold trace in *. lra. }
      rewrite (trivial_axis N r large inside a b Ht). unfold combine, standard, pair_part, block, state, orbit.
      cbn [pred Nat.iter nat_rect fst snd pow]. fold n.
      destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat; ring.
    - destruct (sum_state k x y Hx Hy) as [Sx Sy].
      intros i j Hi Hj. change (Nat.iter (S k) DT D) with (DT (Nat.iter k DT D)). unfold DT at 1.
      rewrite (dnormalised_ext _ C _ _ IH i j Hi Hj). rewrite dnormalised_combine by assumption. unfold combine at 1.
      rewrite dnormalised_combine by assumption. unfold combine at 1.
      unfold C. rewrite (dnormalised_axis N r large inside growing fixed i j Hi Hj).
      rewrite (dnormalised_standard N r large inside growing fixed _ _ Sx Sy i j Hi Hj).
      rewrite (dnormalised_pair N r large inside growing fixed _ (hollow_scal (mu n r ^ k) m Hm) i j Hi Hj).
      unfold combine, pair_part, standard, block, state. cbn [pred]. fold n. fold n.
      rewrite !orbit_S. unfold step. cbn [fst snd pow].
      destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat; ring.
  Qed.

  Lemma tangent_iterates (D : matrix) (k : nat) : tangent (S N) D -> tangent (S N) (Nat.iter k DT D).
  Proof.
    intros H. induction k as [| k IH]; [exact H |].
    change (Nat.iter (S k) DT D) with (DT (Nat.iter k DT D)). apply dnormalised_tangent; [apply config_symmetric | | exact IH].
    unfold C. rewrite trace_layer by assumption. pose proof (trace_config_pos N r large inside). fold n. nra.
  Qed.

  Lemma geometric_decay :
    spectrum_inside n r ->
    exists K q, 0 <= K /\ 0 <= q < 1 /\
      forall D m k, tangent (S N) D -> within (S N) D m -> within (S N) (Nat.iter k DT D) (K * q ^ k * m).
  Proof.
    intros ((_ & HF) & Hmu & HJ). destruct (jury_powers _ _ _ _ HJ) as (K & q & HK & Hq & HP).
    destruct (within_exists (S N) (axis N r)) as (A & HA0 & HA).
    set (f := Rabs (Derive (F n) r)) in *. assert (Hf0 : 0 <= f) by apply Rabs_pos.
    set (p := Rmax q (Rmax f (mu n r))).
    assert (P1 : q <= p) by apply Rmax_l.
    assert (P2 : f <= p) by (eapply Rle_trans; [apply Rmax_l | apply Rmax_r]).
    assert (P3 : mu n r <= p) by (eapply Rle_trans; [apply Rmax_r | apply Rmax_r]).
    assert (P4 : p < 1) by (unfold p; repeat apply Rmax_lub_lt; lra). clearbody p.
    assert (Hn : 4 <= n) by exact (size_large N large).
    assert (Hr : -1 < r < 1) by exact (r_bounds N r large inside).
    exists (12 * n * A + n * K * (6 * n) + 6 * n), p.
    assert (HAn : 0 <= 12 * n * A) by nra.
    assert (HKn : 0 <= n * K * (6 * n)) by (repeat apply Rmult_le_pos; lra).
    split; [lra |]. split; [lra |]. intros D m k HD HW. pose proof HW as (Hm & _). destruct HD as (Hs & Hz & Ht).
    destruct (splitting N D m large Hs Hz HW) as (a & b & x & y & M & Hx & Hy & HM & E & Ha & Hb & Hxy & HMw).
    fold n in Ha, Hb, Hxy, HMw. set (e := 6 * n * m) in *.
    assert (He : 0 <= e) by (unfold e; repeat apply Rmult_le_pos; lra).
    assert (Hqk : 0 <= q ^ k) by (apply pow_le; lra).
    assert (Q1 : q ^ k <= p ^ k) by (apply pow_incr; lra).
    assert (Q2 : f ^ k <= p ^ k) by (apply pow_incr; lra).
    assert (Q3 : mu n r ^ k <= p ^ k) by (apply pow_incr; lra).
    assert (Hfk : 0 <= f ^ k) by (apply pow_le; lra).
    assert (Hmk : 0 <= mu n r ^ k) by (apply pow_le; lra).
    set (pk := p ^ k) in *.
    split; [apply Rmult_le_pos; [apply Rmult_le_pos; lra | exact Hm] |].
    intros i j Hi Hj. rewrite (iterates D a b x y M k Hx Hy HM Ht E i j Hi Hj). unfold combine. rewrite !Rmult_1_l.
    assert (B1 : Rabs (Derive (F n) r ^ k * (b - a * r) * axis N r i j) <= pk * (2 * e) * A).
    { rewrite !Rabs_mult, <- RPow_abs. fold f.
      apply Rmult_le_compat; [apply Rmult_le_pos; [exact Hfk | apply Rabs_pos] | apply Rabs_pos | | apply HA; assumption].
      apply Rmult_le_compat; [exact Hfk | apply Rabs_pos | exact Q2 |].
      unfold Rminus. eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp, Rabs_mult.
      assert (Rabs r <= 1) by (apply Rabs_le; lra). pose proof (Rabs_pos a). pose proof (Rabs_pos r). nra. }
    assert (B2 : within (S N) (standard (S N) (fun i => fst (state k (x i, y i))) (fun i => snd (state k (x i, y i))))
                   (n * (K * pk * e))).
    { apply standard_within; [exact large | repeat apply Rmult_le_pos; lra |]. intros l Hl. destruct (Hxy l Hl) as [Hxl Hyl].
      destruct (HP k (x l) (y l) e Hxl Hyl) as [H1 H2]. fold (state k (x l, y l)) in H1, H2.
      assert (K * q ^ k * e <= K * pk * e)
        by (apply Rmult_le_compat_r; [exact He | apply Rmult_le_compat_l; assumption]).
      split; lra. }
    assert (B3 : within (S N) (pair_part (S N) (fun i j => mu n r ^ k * M i j)) (pk * e)).
    { apply pair_within. split; [apply Rmult_le_pos; lra |]. intros u v Hu Hv.
      rewrite Rabs_mult, (Rabs_right (mu n r ^ k)) by lra.
      apply Rmult_le_compat; [lra | apply Rabs_pos | exact Q3 | apply HMw; assumption]. }
    destruct B2 as [_ B2]. specialize (B2 i j Hi Hj). destruct B3 as [_ B3]. specialize (B3 i j Hi Hj).
    eapply Rle_trans; [apply Rabs_triang |].
    eapply Rle_trans; [apply Rplus_le_compat_r, Rabs_triang |].
    eapply Rle_trans; [apply Rplus_le_compat; [apply Rplus_le_compat; [exact B1 | exact B2] | exact B3] |].
    right. unfold e. ring.
  Qed.
End FullSpace.

(** ** The theorem *)

(** [C] is a batch that the layer reproduces up to a scale [g > 0], and the iterates of the layer's differential there,
    modulo scale, fall geometrically on every centred direction, uniformly. *)
Definition linearly_stable (n : nat) (C : matrix) : Prop :=
  symmetric n C /\ zero_rows n C /\ nondegenerate n C /\
  (exists g, 0 < g /\ same n (layer n C) (fun i j => g * C i j)) /\
  same n (normalised n C) C /\
  (forall i j, (i < n)%nat -> (j < n)%nat ->
     differential n (fun M => normalised n M i j) C (fun D => dnormalised n C D i j)) /\
  exists K q, 0 <= K /\ 0 <= q < 1 /\
    forall D m k, tangent n D -> within n D m ->
      tangent n (Nat.iter k (dnormalised n C) D) /\ within n (Nat.iter k (dnormalised n C) D) (K * q ^ k * m).

Theorem full_space_stability (n : nat) (r : R) :
  (4 <= n)%nat -> fixed_point (INR n) r -> spectrum_inside (INR n) r -> linearly_stable n (config n r).
Proof.
  intros Hn (Hi & Hg & HF) HS. destruct n as [| N]; [lia |]. assert (HN : (3 <= N)%nat) by lia.
  assert (HC := config_nondegenerate N r HN Hi).
  split; [apply config_symmetric |]. split; [apply config_zero_rows; assumption |]. split; [exact HC |].
  split; [exists (growth (INR (S N)) r); split; [exact Hg | apply layer_fixed; assumption] |].
  split; [apply normalised_fixed; assumption |]. split.
  - intros i j Hin Hj. apply differential_normalised; try assumption.
    rewrite trace_layer by assumption. pose proof (trace_config_pos N r HN Hi). nra.
  - destruct (geometric_decay N r HN Hi Hg HF HS) as (K & q & HK & Hq & H). exists K, q.
    split; [exact HK |]. split; [exact Hq |]. intros D m k HD HW. split; [| apply H; assumption].
    apply tangent_iterates; assumption.
Qed.

(** Every entry of every centred perturbation tends to 0. *)
Corollary perturbations_vanish (n : nat) (C D : matrix) (i j : nat) :
  linearly_stable n C -> tangent n D -> (i < n)%nat -> (j < n)%nat ->
  is_lim_seq (fun k => Nat.iter k (dnormalised n C) D i j) 0.
Proof.
  intros (_ & _ & _ & _ & _ & _ & K & q & HK & Hq & H) HD Hi Hj. destruct (within_exists n D) as (m & HW).
  apply is_lim_seq_abs_0.
  apply (is_lim_seq_le_le (fun _ => 0) _ (fun k => (K * m) * q ^ k)).
  - intros k. split; [apply Rabs_pos |]. destruct (H D m k HD HW) as [_ [_ B]]. specialize (B i j Hi Hj). lra.
  - apply is_lim_seq_const.
  - replace (Finite 0) with (Rbar_mult (K * m) 0) by (cbn; f_equal; ring). apply is_lim_seq_scal_l.
    apply is_lim_seq_geom. rewrite Rabs_right; lra.
Qed.

(** Along every direction the normalised layer has the derivative that the differential gives. *)
Corollary directional_derivative (n : nat) (C D : matrix) (i j : nat) :
  linearly_stable n C -> (i < n)%nat -> (j < n)%nat ->
  is_derive (fun t => normalised n (fun k l => C k l + t * D k l) i j) 0 (dnormalised n C D i j).
Proof.
  intros (_ & _ & _ & _ & _ & H & _) Hi Hj.
  apply (differential_direction n (fun M => normalised n M i j) C (fun D => dnormalised n C D i j)). apply H; assumption.
Qed.
