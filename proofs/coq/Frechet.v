(** Differentials of real functions of a matrix, in the strong sense: the remainder is small against the largest entry of the
    increment, uniformly in its direction. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Matrices.
Open Scope R_scope.

Definition add (C D : matrix) : matrix := fun i j => C i j + D i j.

Definition small_remainder (n : nat) (f : matrix -> R) (C : matrix) (l : matrix -> R) : Prop :=
  forall eps, 0 < eps -> exists delta, 0 < delta /\
    forall D m, within n D m -> m < delta -> Rabs (f (add C D) - f C - l D) <= eps * m.

Definition bounded (n : nat) (l : matrix -> R) : Prop :=
  exists L, 0 <= L /\ forall D m, within n D m -> Rabs (l D) <= L * m.

Definition linear (l : matrix -> R) : Prop :=
  forall a D b D', l (combine a D b D') = a * l D + b * l D'.

(** [l] is the differential of [f] at [C]. *)
Definition differential (n : nat) (f : matrix -> R) (C : matrix) (l : matrix -> R) : Prop :=
  linear l /\ bounded n l /\ small_remainder n f C l.

Lemma within_exists (n : nat) (D : matrix) : exists m, within n D m.
Proof.
  assert (V : forall (k : nat) (f : nat -> R), exists m, 0 <= m /\ forall i, (i < k)%nat -> Rabs (f i) <= m).
  { induction k as [| k IH]; intros f; [exists 0; split; [lra | lia] |].
    destruct (IH f) as (m & Hm & H). exists (m + Rabs (f k)). pose proof (Rabs_pos (f k)). split; [lra |].
    intros i Hi. destruct (Nat.eq_dec i k) as [-> | Hne]; [lra |]. specialize (H i ltac:(lia)). lra. }
  assert (W : forall k, exists m, 0 <= m /\ forall i j, (i < k)%nat -> (j < n)%nat -> Rabs (D i j) <= m).
  { induction k as [| k IH]; [exists 0; split; [lra | lia] |].
    destruct IH as (m & Hm & H), (V n (D k)) as (m' & Hm' & H'). exists (m + m'). split; [lra |].
    intros i j Hi Hj. destruct (Nat.eq_dec i k) as [-> | Hne].
    - specialize (H' j Hj). lra.
    - specialize (H i j ltac:(lia) Hj). lra. }
  exact (W n).
Qed.

(** A differential gives the derivative along every line. *)
Lemma differential_direction (n : nat) (f : matrix -> R) (C : matrix) (l : matrix -> R) (D : matrix) :
  differential n f C l -> is_derive (fun t => f (fun i j => C i j + t * D i j)) 0 (l D).
Proof.
  intros (Hl & Hb & Hr). apply is_derive_Reals. destruct (within_exists n D) as (m & Hm0 & Hm).
  assert (sc : forall t, l (fun i j => t * D i j) = t * l D).
  { intros t. destruct Hb as (L & HL & HB).
    (* [l] does not see what is pointwise zero *)
    assert (E : l (combine 1 (fun i j => t * D i j) (- t) D) = 0).
    { assert (W : within n (combine 1 (fun i j => t * D i j) (- t) D) 0).
      { split; [lra |]. intros i j _ _. unfold combine. replace (1 * (t * D i j) + - t * D i j) with 0 by ring.
        rewrite Rabs_R0. lra. }
      specialize (HB _ _ W). rewrite Rmult_0_r in HB. pose proof (Rabs_pos (l (combine 1 (fun i j => t * D i j) (- t) D))).
      destruct (Req_dec (l (combine 1 (fun i j => t * D i j) (- t) D)) 0) as [E | E]; [exact E |].
      apply Rabs_pos_lt in E. lra. }
    rewrite Hl in E. lra. }
  assert (wt : forall t, within n (fun i j => t * D i j) (Rabs t * m)).
  { intros t. split; [apply Rmult_le_pos; [apply Rabs_pos | exact Hm0] |].
    intros i j Hi Hj. rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos | apply Hm; assumption]. }
  assert (at0 : f (fun i j => C i j + 0 * D i j) = f C).
  { destruct (Hr 1 Rlt_0_1) as (delta & Hd & H). specialize (H _ _ (wt 0)).
    rewrite Rabs_R0, Rmult_0_l, Rmult_0_r in H. specialize (H Hd). rewrite sc, Rmult_0_l in H.
    unfold add in H. apply Rabs_le_between in H. lra. }
  intros eps Heps. assert (He : 0 < eps / (2 * (m + 1))) by (apply Rdiv_lt_0_compat; lra).
  destruct (Hr _ He) as (delta & Hd & H).
  assert (Hd' : 0 < delta / (m + 1)) by (apply Rdiv_lt_0_compat; lra).
  exists (mkposreal _ Hd'). intros h Hh Hsmall. cbn in Hsmall. rewrite Rplus_0_l, at0.
  assert (Hh' : 0 < Rabs h) by (apply Rabs_pos_lt; exact Hh).
  assert (small : Rabs h * m < delta).
  { apply Rle_lt_trans with (Rabs h * (m + 1)); [apply Rmult_le_compat_l; lra |].
    replace delta with (delta / (m + 1) * (m + 1)) by (field; lra). apply Rmult_lt_compat_r; lra. }
  specialize (H _ _ (wt h) small). rewrite sc in H. unfold add in H.
  match goal with |- Rabs ?x < _ => assert (E : Rabs x * Rabs h <= eps / (2 * (m + 1)) * (Rabs h * m)) end.
  { rewrite <- Rabs_mult. refine (Rle_trans _ _ _ _ H). right. f_equal. field. exact Hh. }
  apply Rmult_lt_reg_r with (Rabs h); [exact Hh' |]. apply (Rle_lt_trans _ _ _ E).
  replace (eps / (2 * (m + 1)) * (Rabs h * m)) with (eps * Rabs h * (m / (2 * (m + 1)))) by (field; lra).
  rewrite <- (Rmult_1_r (eps * Rabs h)) at 2. apply Rmult_lt_compat_l; [nra |].
  apply Rmult_lt_reg_r with (2 * (m + 1)); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

(** ** Rules *)

Lemma differential_entry (n : nat) (C : matrix) (i j : nat) :
  (i < n)%nat -> (j < n)%nat -> differential n (fun M => M i j) C (fun D => D i j).
Proof.
  intros Hi Hj. split; [| split].
  - intros a D b D'. reflexivity.
  - exists 1. split; [lra |]. intros D m [Hm H]. rewrite Rmult_1_l. apply H; assumption.
  - intros eps He. exists 1. split; [lra |]. intros D m [Hm H] _. unfold add.
    replace (C i j + D i j - C i j - D i j) with 0 by ring. rewrite Rabs_R0. nra.
Qed.

(** Functions equal on the increments up to some size, differentials equal everywhere. *)
Lemma differential_ext (n : nat) (f g : matrix -> R) (C : matrix) (l k : matrix -> R) :
  (exists delta, 0 < delta /\ forall D m, within n D m -> m < delta -> f (add C D) = g (add C D)) ->
  f C = g C -> (forall D, l D = k D) -> differential n f C l -> differential n g C k.
Proof.
  intros (d & Hd & E) E0 El (Hl & Hb & Hr). split; [| split].
  - intros a D b D'. rewrite <- !El. apply Hl.
  - destruct Hb as (L & HL & HB). exists L. split; [exact HL |]. intros D m W. rewrite <- El. apply HB. exact W.
  - intros eps He. destruct (Hr eps He) as (delta & Hdelta & H). exists (Rmin d delta).
    split; [apply Rmin_glb_lt; assumption |]. intros D m W Hm.
    rewrite <- El, <- E0, <- (E D m W (Rlt_le_trans _ _ _ Hm (Rmin_l _ _))).
    apply H; [exact W | exact (Rlt_le_trans _ _ _ Hm (Rmin_r _ _))].
Qed.

Lemma differential_ext' (n : nat) (f g : matrix -> R) (C : matrix) (l k : matrix -> R) :
  (forall M, f M = g M) -> (forall D, l D = k D) -> differential n f C l -> differential n g C k.
Proof.
  intros E El. apply differential_ext; [| apply E | exact El]. exists 1. split; [lra |]. intros. apply E.
Qed.

Lemma differential_const (n : nat) (a : R) (C : matrix) : differential n (fun _ => a) C (fun _ => 0).
Proof.
  split; [| split].
  - intros x D y D'. ring.
  - exists 0. split; [lra |]. intros. rewrite Rabs_R0. lra.
  - intros eps He. exists 1. split; [lra |]. intros D m [Hm _] _. replace (a - a - 0) with 0 by ring.
    rewrite Rabs_R0. nra.
Qed.

Lemma differential_plus (n : nat) (f g : matrix -> R) (C : matrix) (l k : matrix -> R) :
  differential n f C l -> differential n g C k ->
  differential n (fun M => f M + g M) C (fun D => l D + k D).
Proof.
  intros (Hl & (L & HL & HB) & Hr) (Hk & (K & HK & HB') & Hr'). split; [| split].
  - intros a D b D'. rewrite Hl, Hk. ring.
  - exists (L + K). split; [lra |]. intros D m W. pose proof (HB D m W). pose proof (HB' D m W).
    pose proof (Rabs_triang (l D) (k D)). lra.
  - intros eps He. destruct (Hr (eps / 2) ltac:(lra)) as (d & Hd & H), (Hr' (eps / 2) ltac:(lra)) as (d' & Hd' & H').
    exists (Rmin d d'). split; [apply Rmin_glb_lt; assumption |]. intros D m W Hm.
    specialize (H D m W (Rlt_le_trans _ _ _ Hm (Rmin_l _ _))). specialize (H' D m W (Rlt_le_trans _ _ _ Hm (Rmin_r _ _))).
    replace (f (add C D) + g (add C D) - (f C + g C) - (l D + k D))
      with ((f (add C D) - f C - l D) + (g (add C D) - g C - k D)) by ring.
    eapply Rle_trans; [apply Rabs_triang |]. lra.
Qed.

(** Change of [f] itself. *)
Lemma differential_change (n : nat) (f : matrix -> R) (C : matrix) (l : matrix -> R) :
  differential n f C l -> exists L delta, 0 < L /\ 0 < delta /\
    forall D m, within n D m -> m < delta -> Rabs (f (add C D) - f C) <= L * m.
Proof.
  intros (Hl & (L & HL & HB) & Hr). destruct (Hr 1 Rlt_0_1) as (d & Hd & H). exists (L + 1), d.
  split; [lra |]. split; [exact Hd |]. intros D m W Hm. specialize (H D m W Hm). specialize (HB D m W).
  replace (f (add C D) - f C) with ((f (add C D) - f C - l D) + l D) by ring.
  eapply Rle_trans; [apply Rabs_triang |]. lra.
Qed.

(** Chain rule, the outer function real. *)
Lemma differential_comp (n : nat) (h : R -> R) (f : matrix -> R) (C : matrix) (l : matrix -> R) (h' : R) :
  is_derive h (f C) h' -> differential n f C l ->
  differential n (fun M => h (f M)) C (fun D => h' * l D).
Proof.
  intros Hh Hf. destruct (differential_change _ _ _ _ Hf) as (L & d & HL & Hd & Hch).
  destruct Hf as (Hl & (L' & HL' & HB) & Hr). split; [| split].
  - intros a D b D'. rewrite Hl. ring.
  - exists (Rabs h' * L'). split; [apply Rmult_le_pos; [apply Rabs_pos | exact HL'] |]. intros D m W.
    rewrite Rabs_mult, Rmult_assoc. apply Rmult_le_compat_l; [apply Rabs_pos | apply HB; exact W].
  - intros eps He. apply is_derive_Reals in Hh.
    assert (He1 : 0 < eps / (2 * L)) by (apply Rdiv_lt_0_compat; lra).
    destruct (Hh _ He1) as ([d1 Hd1] & H1). cbn in H1.
    assert (Hh'0 := Rabs_pos h').
    assert (He2 : 0 < eps / (2 * (Rabs h' + 1))) by (apply Rdiv_lt_0_compat; lra).
    destruct (Hr _ He2) as (d2 & Hd2 & H2).
    assert (Hd3 : 0 < d1 / L) by (apply Rdiv_lt_0_compat; lra).
    exists (Rmin d (Rmin d2 (d1 / L))). split; [repeat apply Rmin_glb_lt; assumption |].
    intros D m W Hm. assert (Hm0 : 0 <= m) by apply W.
    assert (m < d) by (apply (Rlt_le_trans _ _ _ Hm), Rmin_l).
    assert (m < d2) by (apply (Rlt_le_trans _ _ _ Hm); eapply Rle_trans; [apply Rmin_r | apply Rmin_l]).
    assert (m < d1 / L) by (apply (Rlt_le_trans _ _ _ Hm); eapply Rle_trans; [apply Rmin_r | apply Rmin_r]).
    assert (Hc := Hch D m W ltac:(assumption)). assert (Hrem := H2 D m W ltac:(assumption)).
    set (df := f (add C D) - f C) in *.
    assert (Hdf : Rabs df < d1).
    { apply (Rle_lt_trans _ _ _ Hc). replace d1 with (L * (d1 / L)) by (field; lra). apply Rmult_lt_compat_l; assumption. }
    assert (A : Rabs (h (f (add C D)) - h (f C) - h' * df) <= eps / (2 * L) * (L * m)).
    { replace (f (add C D)) with (f C + df) by (unfold df; ring). destruct (Req_dec df 0) as [-> | Hne].
      - rewrite Rplus_0_r, Rmult_0_r, !Rminus_0_r, Rminus_eq_0, Rabs_R0.
        apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra].
      - specialize (H1 df Hne Hdf).
        replace (h (f C + df) - h (f C) - h' * df) with (((h (f C + df) - h (f C)) / df - h') * df) by (field; exact Hne).
        rewrite Rabs_mult. apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | lra | exact Hc]. }
    replace (h (f (add C D)) - h (f C) - h' * l D)
      with ((h (f (add C D)) - h (f C) - h' * df) + h' * (df - l D)) by ring.
    eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_mult.
    replace (eps / (2 * L) * (L * m)) with (eps / 2 * m) in A by (field; lra).
    assert (B : Rabs h' * Rabs (df - l D) <= (Rabs h' + 1) * (eps / (2 * (Rabs h' + 1)) * m)).
    { apply Rmult_le_compat; try apply Rabs_pos; lra. }
    replace ((Rabs h' + 1) * (eps / (2 * (Rabs h' + 1)) * m)) with (eps / 2 * m) in B by (field; lra). lra.
Qed.

Lemma differential_scal (n : nat) (a : R) (f : matrix -> R) (C : matrix) (l : matrix -> R) :
  differential n f C l -> differential n (fun M => a * f M) C (fun D => a * l D).
Proof.
  intros H. apply (differential_comp n (fun x => a * x)); [| exact H].
  auto_derive; [exact I | ring].
Qed.

(** Product rule, from the chain rule for the square. *)
Lemma differential_mult (n : nat) (f g : matrix -> R) (C : matrix) (l k : matrix -> R) :
  differential n f C l -> differential n g C k ->
  differential n (fun M => f M * g M) C (fun D => l D * g C + f C * k D).
Proof.
  intros Hf Hg.
  assert (sq : forall u p, differential n u C p -> differential n (fun M => u M * u M) C (fun D => 2 * u C * p D)).
  { intros u p Hu. apply (differential_comp n (fun x => x * x) u C p (2 * u C)); [| exact Hu]. auto_derive; [exact I | ring]. }
  pose proof (differential_plus _ _ _ _ _ _ Hf (differential_scal _ (-1) _ _ _ Hg)) as Hm.
  pose proof (differential_plus _ _ _ _ _ _ Hf Hg) as Hp.
  pose proof (differential_plus _ _ _ _ _ _ (differential_scal _ (/ 4) _ _ _ (sq _ _ Hp))
    (differential_scal _ (- / 4) _ _ _ (sq _ _ Hm))) as H.
  revert H. apply differential_ext'.
  - intros M. field.
  - intros D. field.
Qed.

Lemma differential_sum (n k : nat) (f l : nat -> matrix -> R) (C : matrix) :
  (forall i, (i < k)%nat -> differential n (f i) C (l i)) ->
  differential n (fun M => sum k (fun i => f i M)) C (fun D => sum k (fun i => l i D)).
Proof.
  induction k as [| k IH]; intros H; cbn.
  - apply differential_const.
  - apply differential_plus; [apply IH; intros; apply H; lia | apply H; lia].
Qed.
