(** Fixed points as zeros of one function, nothing in it divided by the growth. *)

From Coq Require Import Reals Lra Ranalysis5.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model ReducedDerivative.
Open Scope R_scope.

(** [F n r = r] says that the growth of the scale is what two samples of the cluster see. *)
Definition balance (n r : R) : R := growth n r - (1 / 2 - kappa r) / (1 - r).

Definition slope (n r : R) : R :=
  dgrowth n r - (acos r - sqrt (1 - r * r)) / (2 * PI * ((1 - r) * (1 - r))).

Lemma fixed_iff_balance (n r : R) :
  r < 1 -> 0 < growth n r -> F n r = r <-> balance n r = 0.
Proof.
  intros Hr Hg. unfold F, balance. rewrite covariance_by_growth. split; intros H.
  - assert (Hc : growth n r - (1 / 2 - kappa r) = r * growth n r).
    { apply (f_equal (fun x => x * growth n r)) in H. rewrite <- H. field. lra. }
    replace (1 / 2 - kappa r) with ((1 - r) * growth n r) by lra. field. lra.
  - assert (Hg' : growth n r = (1 / 2 - kappa r) / (1 - r)) by lra.
    apply Rmult_eq_reg_r with (growth n r); [| lra].
    transitivity (growth n r - (1 / 2 - kappa r)); [field; lra |].
    rewrite Hg'. field. lra.
Qed.

Lemma is_derive_balance (n r : R) :
  2 < n -> -1 < r < 1 -> interior n r -> is_derive (balance n) r (slope n r).
Proof.
  intros Hn Hr Hi. pose proof (is_derive_growth n r Hn Hr Hi) as Hg. pose proof (is_derive_kappa r Hr) as Hk.
  assert (Hkv : kappa r = (sqrt (1 - r * r) + (PI - acos r) * r) / (2 * PI)) by reflexivity.
  pose proof PI_RGT_0. unfold balance, slope. unfold dkappa in Hk.
  revert Hg Hk Hkv. generalize (growth n) kappa. intros g k Hg Hk Hkv. auto_derive.
  - repeat split; [eexists; exact Hg | eexists; exact Hk | lra].
  - change (fun y => g y) with g. change (fun y => k y) with k.
    rewrite (is_derive_unique _ _ _ Hg), (is_derive_unique _ _ _ Hk), Hkv. field. lra.
Qed.

(** The multiplier of the reduced map at a fixed point. *)
Lemma dF_at_fixed_point (n r : R) :
  0 < growth n r -> F n r = r -> dF n r = (dkappa r + (1 - r) * dgrowth n r) / growth n r.
Proof. intros _ Hf. unfold dF. now rewrite Hf. Qed.

(** Falling balance means a multiplier below one. *)
Lemma dF_by_slope (n r : R) :
  r < 1 -> 0 < growth n r -> F n r = r -> 1 - dF n r = - ((1 - r) * slope n r) / growth n r.
Proof.
  intros Hr Hg Hf. rewrite (dF_at_fixed_point n r Hg Hf).
  apply (fixed_iff_balance n r Hr Hg) in Hf. unfold balance in Hf.
  assert (Hl : growth n r = (1 / 2 - kappa r) / (1 - r)) by lra.
  transitivity ((growth n r - (dkappa r + (1 - r) * dgrowth n r)) / growth n r); [field; lra |].
  apply (f_equal (fun x => x / growth n r)). rewrite Hl at 1.
  unfold slope, dkappa, kappa. pose proof PI_RGT_0. field. lra.
Qed.

(** The balance with what cancels cancelled. *)
Lemma balance_collected (n r : R) : 2 < n -> -1 < r < 1 -> interior n r ->
  balance n r = (n - 1) * (cosine n r * cosine n r) / (2 * (n * n))
    * ((sqrt (1 - r * r) - acos r * r) / (PI * (1 - r)) * (n + 1 + / ((n - 1) * (cosine n r * cosine n r)))
       - 2 - 2 / PI * (sine n r / cosine n r - angle n r)).
Proof.
  intros Hn Hr Hi. pose proof (cosine_range n r Hn Hr Hi) as Hc. pose proof PI_RGT_0.
  assert (Hcc := cosine_sqr n r Hn Hi). unfold cross in Hcc.
  assert (Hrc : r = ((n - 1) * (cosine n r * cosine n r) - 1) / (n - 2)) by (rewrite Hcc; field; lra).
  unfold balance. rewrite (growth_collected n r Hn), (cross_moment_value n r Hn Hr Hi).
  unfold outlier, cross, kappa. set (s := sqrt (1 - r * r)). set (a := acos r). clearbody s a.
  assert (H1 : 1 - ((n - 1) * (cosine n r * cosine n r) - 1) / (n - 2) <> 0) by (rewrite <- Hrc; lra).
  revert Hc H1 Hrc. generalize (cosine n r) (sine n r) (angle n r). intros c z p Hc H1 Hrc.
  subst r. assert (n - 2 - ((n - 1) * (c * c) - 1) <> 0).
  { intros H2. apply H1. replace 1 with ((n - 2) / (n - 2)) at 1 by (field; lra).
    unfold Rdiv. rewrite <- Rmult_minus_distr_r, H2. ring. }
  field. repeat split; lra.
Qed.

(** ** Existence and uniqueness in a window *)

Section Window.

Variables n lo hi : R.
Hypothesis Hn : 2 < n.
Hypothesis Hlo : -1 < lo.
Hypothesis Hlo' : - / (n - 2) < lo.
Hypothesis Hhi : hi < 1.

Lemma window_interior (r : R) : lo <= r <= hi -> -1 < r < 1 /\ interior n r.
Proof. intros Hr. unfold interior. lra. Qed.

Lemma exists_fixed_point :
  lo < hi -> 0 < balance n lo -> balance n hi < 0 ->
  (forall r, lo <= r <= hi -> kappa r < 1 / 2) ->
  exists r, lo <= r <= hi /\ fixed_point n r.
Proof.
  intros Hlt Hblo Hbhi Hk.
  assert (Hc : forall r, lo <= r <= hi -> continuity_pt (fun x => - balance n x) r).
  { intros r Hr. destruct (window_interior r Hr) as [Hr' Hi]. apply continuity_pt_opp.
    apply derivable_continuous_pt. exists (slope n r). apply is_derive_Reals.
    now apply is_derive_balance. }
  destruct (IVT_interv (fun x => - balance n x) lo hi Hc Hlt ltac:(lra) ltac:(lra)) as [r [Hr Hz]].
  destruct (window_interior r Hr) as [Hr' Hi]. exists r. split; [exact Hr |].
  assert (Hg : 0 < growth n r).
  { specialize (Hk r Hr). replace (growth n r) with ((1 / 2 - kappa r) / (1 - r)).
    - apply Rdiv_lt_0_compat; lra.
    - unfold balance in Hz. lra. }
  repeat split; try apply Hi; try exact Hg. apply fixed_iff_balance; lra.
Qed.

(** Where the balance falls there is at most one fixed point. *)
Lemma at_most_one_fixed_point :
  (forall r, lo <= r <= hi -> slope n r < 0) ->
  forall r s, lo <= r <= hi -> lo <= s <= hi -> fixed_point n r -> fixed_point n s -> r = s.
Proof.
  intros Hs.
  assert (Hone : forall r s, lo <= r <= hi -> lo <= s <= hi -> fixed_point n r -> fixed_point n s -> ~ r < s).
  { intros r s Hr Hs' (Hir & Hgr & Hfr) (His & Hgs & Hfs) Hlt.
    apply fixed_iff_balance in Hfr; [| lra | exact Hgr]. apply fixed_iff_balance in Hfs; [| lra | exact Hgs].
    destruct (MVT_gen (balance n) r s (slope n)) as [x [Hx He]].
    - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra.
      destruct (window_interior x ltac:(lra)). now apply is_derive_balance.
    - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra.
      destruct (window_interior x ltac:(lra)). apply derivable_continuous_pt. exists (slope n x).
      apply is_derive_Reals. now apply is_derive_balance.
    - rewrite Rmin_left, Rmax_right in Hx by lra. specialize (Hs x ltac:(lra)). nra. }
  intros r s Hr Hs' Hfr Hfs. destruct (Rtotal_order r s) as [H | [H | H]]; [| exact H |].
  - now apply Hone in H.
  - now apply Hone in H.
Qed.

End Window.
