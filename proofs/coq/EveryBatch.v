(** The statement for the batch sizes that exist: every n from 7 on. *)

From Coq Require Import Reals Lra Lia.
From OddPoint Require Import Model RealBatches.
Open Scope R_scope.

Lemma size_from_seven (n : nat) : (7 <= n)%nat -> 7 <= INR n.
Proof. intros Hn. apply le_INR in Hn. rewrite (INR_IZR_INZ 7) in Hn. exact Hn. Qed.

(** The angle between two samples of the cluster is between 8.5/n and 9.6/n, and no other fixed point is there. *)
Theorem odd_point_of_every_size (n : nat) : (7 <= n)%nat ->
  exists t, (8.5 / INR n <= t <= 9.6 / INR n /\ fixed_point (INR n) (cos t) /\ spectrum_inside (INR n) (cos t)) /\
    forall s, 8.5 / INR n <= s <= 9.6 / INR n -> fixed_point (INR n) (cos s) -> s = t.
Proof.
  intros Hn. apply size_from_seven in Hn.
  destruct (odd_point_of_real_size (INR n) Hn) as (t & Ht & Hf & Hs). exists t.
  split; [auto |]. intros s Hr Hfs. now apply (odd_point_unique (INR n) Hn).
Qed.

Corollary odd_point_of_every_batch (n : nat) : (7 <= n)%nat ->
  exists r, fixed_point (INR n) r /\ spectrum_inside (INR n) r.
Proof.
  intros Hn. destruct (odd_point_of_every_size n Hn) as (t & (_ & Hf & Hs) & _). now exists (cos t).
Qed.
