(** A fixed point at which the powers of the differential tend to zero attracts a neighbourhood, at a geometric rate.

    [V] holds displacements from the fixed point, of which [S] are admissible (a subspace), [size] measures them and [gap]
    the difference of two. [move] is the map, in terms of displacements, and [A] its differential at the fixed point. *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Section LocalStability.

Variable V : Type.
Variable S : V -> Prop.
Variable size : V -> R.
Variable gap : V -> V -> R.
Variables move A : V -> V.

Hypothesis size_nonneg : forall h, 0 <= size h.
Hypothesis size_by_gap : forall g h, size g <= size h + gap g h.
Hypothesis gap_triangle : forall f g h, gap f h <= gap f g + gap g h.
Hypothesis gap_refl : forall h, gap h h <= 0.

(** [A] is bounded, and keeps to the subspace, as [move] does near the fixed point. *)
Variable L : R.
Hypothesis L_nonneg : 0 <= L.
Hypothesis A_bounded : forall g h, S g -> S h -> gap (A g) (A h) <= L * gap g h.
Hypothesis A_within : forall h, S h -> S (A h).

(** [A] is the differential of [move]. *)
Hypothesis differential : forall eps, 0 < eps ->
  exists delta, 0 < delta /\ forall h, S h -> size h <= delta -> S (move h) /\ gap (move h) (A h) <= eps * size h.

(** The powers of [A] tend to zero, uniformly. *)
Variable c : nat -> R.
Hypothesis powers : forall k h, S h -> size (Nat.iter k A h) <= c k * size h.
Hypothesis powers_vanish : is_lim_seq c 0.

Lemma iter_within k h : S h -> S (Nat.iter k A h).
Proof. intros H. induction k; simpl; auto. Qed.

(** The differential of the k-th power of [move] is the k-th power of [A]. *)
Lemma differential_of_power k : forall eps, 0 < eps ->
  exists delta, 0 < delta /\ forall h, S h -> size h <= delta ->
    S (Nat.iter k move h) /\ gap (Nat.iter k move h) (Nat.iter k A h) <= eps * size h.
Proof.
  induction k as [| k IH]; intros eps Heps.
  - exists 1. split; [lra |]. intros h Hs _. split; [exact Hs |]. simpl.
    pose proof (gap_refl h). pose proof (size_nonneg h). nra.
  - set (b := Rabs (c k) + 1). assert (Hb : 1 <= b) by (unfold b; pose proof (Rabs_pos (c k)); lra).
    assert (H1 : 0 < Rmin 1 (eps / (2 * (L + 1)))) by (apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra]).
    destruct (IH _ H1) as [d1 [Hd1 near1]].
    assert (H2 : 0 < eps / (2 * (b + 1))) by (apply Rdiv_lt_0_compat; lra).
    destruct (differential _ H2) as [d2 [Hd2 near2]].
    exists (Rmin d1 (d2 / (b + 1))). split; [apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra] |].
    intros h Hs Hh.
    destruct (near1 h Hs (Rle_trans _ _ _ Hh (Rmin_l _ _))) as [Hw Hg].
    set (g := Nat.iter k move h) in *. set (a := Nat.iter k A h) in *.
    pose proof (size_nonneg h) as H0.
    assert (Hsize : size g <= (b + 1) * size h).
    { pose proof (size_by_gap g a). pose proof (powers k h Hs) as Hp. fold a in Hp.
      pose proof (Rmin_l 1 (eps / (2 * (L + 1)))). pose proof (Rle_abs (c k)). unfold b in *. nra. }
    assert (Hsmall : size g <= d2).
    { apply Rle_trans with (1 := Hsize). replace d2 with ((b + 1) * (d2 / (b + 1))) by (field; lra).
      apply Rmult_le_compat_l; [lra |]. apply Rle_trans with (1 := Hh). apply Rmin_r. }
    destruct (near2 g Hw Hsmall) as [Hm Hgap].
    split; [exact Hm |]. simpl. fold g a.
    apply Rle_trans with (1 := gap_triangle _ (A g) _).
    pose proof (A_bounded g a Hw (iter_within k h Hs)) as HA.
    assert (Hg' : gap g a <= eps / (2 * (L + 1)) * size h).
    { apply Rle_trans with (1 := Hg). apply Rmult_le_compat_r; [lra | apply Rmin_r]. }
    assert (E1 : gap (move g) (A g) <= eps / 2 * size h).
    { apply Rle_trans with (1 := Hgap).
      replace (eps / 2 * size h) with (eps / (2 * (b + 1)) * ((b + 1) * size h)) by (field; lra).
      apply Rmult_le_compat_l; lra. }
    assert (E2 : L * (eps / (2 * (L + 1))) <= eps / 2).
    { replace (eps / 2) with ((L + 1) * (eps / (2 * (L + 1)))) by (field; lra).
      apply Rmult_le_compat_r; [apply Rlt_le, Rdiv_lt_0_compat; lra | lra]. }
    assert (E3 : gap (A g) (A a) <= eps / 2 * size h).
    { apply Rle_trans with (1 := HA). apply Rle_trans with (L * (eps / (2 * (L + 1)) * size h)); [nra |].
      rewrite <- Rmult_assoc. apply Rmult_le_compat_r; lra. }
    lra.
Qed.

(** Some power halves every small displacement. *)
Lemma some_power_halves :
  exists m delta, (0 < m)%nat /\ 0 < delta /\
    forall h, S h -> size h <= delta -> S (Nat.iter m move h) /\ size (Nat.iter m move h) <= / 2 * size h.
Proof.
  assert (Hq : 0 < / 4) by lra.
  destruct (proj2 (is_lim_seq_spec _ _) powers_vanish (mkposreal _ Hq)) as [m0 Hm]. simpl in Hm.
  set (m := Datatypes.S m0). destruct (differential_of_power m _ Hq) as [delta [Hd near]].
  exists m, delta. split; [unfold m; lia |]. split; [exact Hd |]. intros h Hs Hh.
  destruct (near h Hs Hh) as [Hw Hg]. split; [exact Hw |].
  pose proof (size_by_gap (Nat.iter m move h) (Nat.iter m A h)). pose proof (powers m h Hs). pose proof (size_nonneg h).
  assert (Hc : c m <= / 4). { specialize (Hm m ltac:(unfold m; lia)). rewrite Rminus_0_r in Hm.
    apply Rlt_le, Rle_lt_trans with (1 := Rle_abs _), Hm. }
  nra.
Qed.

(** No power makes a small displacement much larger. *)
Lemma powers_bounded m : exists delta b, 0 < delta /\ 1 <= b /\
  forall k h, (k < m)%nat -> S h -> size h <= delta -> S (Nat.iter k move h) /\ size (Nat.iter k move h) <= b * size h.
Proof.
  induction m as [| m [d [b [Hd [Hb bound]]]]].
  - exists 1, 1. split; [lra |]. split; [lra |]. intros k h H. lia.
  - destruct (differential_of_power m 1 Rlt_0_1) as [d' [Hd' near]].
    exists (Rmin d d'), (b + Rabs (c m) + 1). pose proof (Rabs_pos (c m)) as H0.
    split; [apply Rmin_pos; lra |]. split; [lra |]. intros k h Hk Hs Hh. pose proof (size_nonneg h).
    destruct (Nat.eq_dec k m) as [-> | Hne].
    + destruct (near h Hs (Rle_trans _ _ _ Hh (Rmin_r _ _))) as [Hw Hg]. split; [exact Hw |].
      pose proof (size_by_gap (Nat.iter m move h) (Nat.iter m A h)). pose proof (powers m h Hs).
      pose proof (Rle_abs (c m)). nra.
    + destruct (bound k h ltac:(lia) Hs (Rle_trans _ _ _ Hh (Rmin_l _ _))) as [Hw Hg]. split; [exact Hw |]. nra.
Qed.

Lemma iter_add i k (f : V -> V) h : Nat.iter (i + k) f h = Nat.iter i f (Nat.iter k f h).
Proof. induction i; simpl; [reflexivity | now f_equal]. Qed.

(** A number whose m-th power is one half. *)
Lemma root_of_half m : (0 < m)%nat -> exists q, 0 < q < 1 /\ q ^ m = / 2.
Proof.
  intros Hm. pose proof (lt_0_INR m Hm) as HM. exists (exp (- ln 2 / INR m)).
  assert (Hl : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  split; [split; [apply exp_pos |] |].
  - rewrite <- exp_0. apply exp_increasing. apply Rmult_lt_reg_r with (INR m); [exact HM |].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - rewrite <- Rpower_pow by apply exp_pos. unfold Rpower. rewrite ln_exp.
    replace (INR m * (- ln 2 / INR m)) with (- ln 2) by (field; lra). rewrite exp_Ropp, exp_ln; lra.
Qed.

(** Displacements of size at most [delta] shrink to nothing, geometrically. *)
Theorem attracts_neighbourhood :
  exists delta b q, 0 < delta /\ 0 < q < 1 /\
    forall h, S h -> size h <= delta -> forall k, size (Nat.iter k move h) <= b * q ^ k * size h.
Proof.
  destruct some_power_halves as [m [d [Hm [Hd halves]]]].
  destruct (powers_bounded m) as [d' [b [Hd' [Hb bound]]]].
  destruct (root_of_half m Hm) as [q [Hq Hqm]].
  exists (Rmin d d'), (2 * b), q. split; [apply Rmin_pos; lra |]. split; [exact Hq |].
  intros h Hs Hh.
  assert (blocks : forall j, S (Nat.iter (j * m) move h) /\ size (Nat.iter (j * m) move h) <= (/ 2) ^ j * size h).
  { induction j as [| j [Hw Hj]]; [simpl; split; [exact Hs | lra] |].
    pose proof (size_nonneg h). pose proof (pow_incr (/ 2) 1 j ltac:(lra)) as Hp. rewrite pow1 in Hp.
    pose proof (Rmin_l d d'). simpl (Datatypes.S j * m)%nat. rewrite iter_add.
    destruct (halves _ Hw ltac:(nra)) as [Hw' Hj']. split; [exact Hw' |]. simpl. nra. }
  intros k. assert (Hk := Nat.div_mod k m ltac:(lia)). assert (Hi : (k mod m < m)%nat) by (apply Nat.mod_upper_bound; lia).
  revert Hk Hi. generalize (k / m)%nat (k mod m)%nat. intros j i Hk Hi.
  replace k with (i + j * m)%nat by lia. clear k Hk. rewrite iter_add.
  destruct (blocks j) as [Hw Hj]. pose proof (size_nonneg h) as H0.
  assert (Hsmall : size (Nat.iter (j * m) move h) <= d').
  { pose proof (pow_incr (/ 2) 1 j ltac:(lra)) as Hp. rewrite pow1 in Hp. pose proof (Rmin_r d d'). nra. }
  destruct (bound i _ Hi Hw Hsmall) as [_ Hsize].
  apply Rle_trans with (1 := Hsize). apply Rle_trans with (b * ((/ 2) ^ j * size h)); [nra |].
  rewrite pow_add, (Nat.mul_comm j), pow_mult, Hqm.
  assert (Hqi : / 2 <= q ^ i).
  { rewrite <- Hqm. replace m with (i + (m - i))%nat by lia. rewrite pow_add.
    pose proof (pow_incr q 1 (m - i) ltac:(lra)) as Hp. rewrite pow1 in Hp. pose proof (pow_lt q i ltac:(lra)). nra. }
  assert (0 <= (/ 2) ^ j) by (apply pow_le; lra).
  apply Rle_trans with (2 * b * (/ 2 * (/ 2) ^ j) * size h); [lra |].
  apply Rmult_le_compat_r; [exact H0 |]. apply Rmult_le_compat_l; [lra |]. nra.
Qed.

End LocalStability.
