(** n - 1 equal samples and one other, at any width and for any weights: after recentring and ReLU the one is exactly
    orthogonal to the others, which remain equal. *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel.
Open Scope R_scope.

(** The layer of one neuron: samples 0 .. m of the batch, [z j] what the neuron sees of sample [j]. *)
Definition batch_mean (m : nat) (z : nat -> R) : R := sum_n z m / INR (S m).
Definition recentred (m : nat) (z : nat -> R) (j : nat) : R := z j - batch_mean m z.
Definition activation (m : nat) (z : nat -> R) (j : nat) : R := relu (recentred m z j).

(** Inner product of two samples over the neurons 0 .. d; [z i j] is what neuron [i] sees of sample [j]. *)
Definition inner (d m : nat) (z : nat -> nat -> R) (j k : nat) : R :=
  sum_n (fun i => activation m (z i) j * activation m (z i) k) d.

Lemma relu_opposite (x c : R) : 0 <= c -> relu x * relu (- c * x) = 0.
Proof.
  intros Hc. unfold relu. destruct (Rle_or_lt x 0) as [Hx | Hx].
  - rewrite (Rmax_left 0 x) by exact Hx. ring.
  - rewrite (Rmax_left 0 (- c * x)) by nra. ring.
Qed.

Lemma sum_of_equals (m : nat) (a : R) (z : nat -> R) : (forall j, (j <= m)%nat -> z j = a) -> sum_n z m = INR (S m) * a.
Proof.
  intros Hz. rewrite (sum_n_ext_loc z (fun _ => a)) by exact Hz. apply sum_n_const.
Qed.

Lemma sum_of_batch (m : nat) (a b : R) (z : nat -> R) :
  (forall j, (j < m)%nat -> z j = a) -> z m = b -> sum_n z m = INR m * a + b.
Proof.
  intros Hz Hb. destruct m as [| k].
  - rewrite sum_O, Hb. simpl. ring.
  - rewrite sum_Sn, Hb, (sum_of_equals k a z); [reflexivity |]. intros j Hj. apply Hz. lia.
Qed.

Section Neuron.

(** Samples 0 .. m-1 are equal, sample m is the outlier: [m = n - 1]. *)
Variable m : nat.
Variables a b : R.
Variable z : nat -> R.
Hypothesis Hcluster : forall j, (j < m)%nat -> z j = a.
Hypothesis Houtlier : z m = b.

Lemma mean_of_batch : batch_mean m z = (INR m * a + b) / INR (S m).
Proof. unfold batch_mean. now rewrite (sum_of_batch m a b z Hcluster Houtlier). Qed.

Lemma size_pos : 0 < INR (S m).
Proof. apply lt_0_INR. lia. Qed.

Lemma recentred_cluster (j : nat) : (j < m)%nat -> recentred m z j = (a - b) / INR (S m).
Proof.
  intros Hj. pose proof size_pos. unfold recentred. rewrite mean_of_batch, Hcluster by exact Hj.
  rewrite S_INR in *. field. lra.
Qed.

Lemma recentred_outlier : recentred m z m = - INR m * ((a - b) / INR (S m)).
Proof.
  pose proof size_pos. unfold recentred. rewrite mean_of_batch, Houtlier. rewrite S_INR in *. field. lra.
Qed.

Lemma activations_disjoint (j : nat) : (j < m)%nat -> activation m z j * activation m z m = 0.
Proof.
  intros Hj. unfold activation. rewrite recentred_cluster, recentred_outlier by exact Hj.
  apply relu_opposite, pos_INR.
Qed.

End Neuron.

(** A batch whose samples 0 .. m-1 look the same to every neuron. *)
Definition collapsed (m : nat) (z : nat -> nat -> R) : Prop := forall i j, (j < m)%nat -> z i j = z i 0%nat.

Theorem collapsed_orthogonal (d m : nat) (z : nat -> nat -> R) :
  collapsed m z -> forall j, (j < m)%nat -> inner d m z j m = 0.
Proof.
  intros Hz j Hj. unfold inner. transitivity (sum_n (fun _ => 0) d).
  - apply sum_n_ext. intros i.
    apply (activations_disjoint m (z i 0%nat) (z i m) (z i)); [apply Hz | reflexivity | exact Hj].
  - rewrite sum_n_const. ring.
Qed.

Theorem collapsed_stays_collapsed (m : nat) (z : nat -> nat -> R) :
  collapsed m z -> collapsed m (fun i => activation m (z i)).
Proof.
  intros Hz i j Hj. unfold activation. f_equal.
  rewrite !(recentred_cluster m (z i 0%nat) (z i m) (z i)); try reflexivity; try lia; apply Hz.
Qed.

(** The whole layer: weights [w], inputs [x k j] of feature [k] and sample [j], features 0 .. p. *)
Definition seen (p : nat) (w x : nat -> nat -> R) (i j : nat) : R := sum_n (fun k => w i k * x k j) p.

Theorem layer_keeps_collapse (p d m : nat) (w x : nat -> nat -> R) :
  collapsed m x ->
  collapsed m (fun i => activation m (seen p w x i)) /\
  forall j, (j < m)%nat -> inner d m (seen p w x) j m = 0.
Proof.
  intros Hx. assert (Hs : collapsed m (seen p w x)).
  { intros i j Hj. apply sum_n_ext. intros k. now rewrite (Hx k j Hj). }
  split; [now apply collapsed_stays_collapsed | now apply collapsed_orthogonal].
Qed.
