(** The stability theorem: for every batch size from 7 on a cluster and one odd point are a stable configuration of the layer
    (recentring and ReLU, infinite width, modulo scale). *)

From Coq Require Import Reals.
From OddPoint Require Import Kernel Model Matrices Layer FullSpace Attraction EveryBatch.
Open Scope R_scope.

(** In the configuration any two samples of the cluster enclose the angle [t], about 3 pi / n; it is reproduced by the layer,
    linearly stable among all centred covariances, and attracts a neighbourhood of them. *)
Theorem odd_point_is_stable (n : nat) : (7 <= n)%nat ->
  exists t, 8.5 / INR n <= t <= 9.6 / INR n /\ fixed_point (INR n) (cos t) /\ spectrum_inside (INR n) (cos t) /\
    linearly_stable n (config n (cos t)) /\ attracting n (config n (cos t)).
Proof.
  intros Hn. destruct (odd_point_of_every_size n Hn) as (t & (Ht & Hf & Hs) & _). exists t.
  assert (H4 : (4 <= n)%nat) by (apply (Nat.le_trans _ 7); [repeat constructor | exact Hn]).
  split; [exact Ht |]. split; [exact Hf |]. split; [exact Hs |].
  split; [now apply full_space_stability | now apply configuration_attracts].
Qed.
