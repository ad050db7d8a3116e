(** The fixed points of the windows are the odd points of the theorem, so the windows' bounds hold of those. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Model RealBatches WindowTheorem Windows SmallBatches Tactics.
Open Scope R_scope.

Lemma odd_point_in_window (n : R) (w : window) : 7 <= n -> verified n w ->
  cos (9.6 / n) <= fst (r_range w) /\ snd (r_range w) <= cos (8.5 / n) ->
  forall t, 8.5 / n <= t <= 9.6 / n -> fixed_point n (cos t) -> encloses (r_range w) (cos t) /\ enclosed w n (cos t).
Proof.
  intros Hn (r & (Hr & Hf & _ & Hb) & _) Hw t Ht Hft. pose proof Hr as [Hr1 Hr2].
  destruct (angle_in_window n r Hn ltac:(lra)) as (s & Hs & ->).
  now rewrite (odd_point_unique n Hn t s Ht Hs Hft Hf).
Qed.

Ltac window_in_range w proof :=
  apply odd_point_in_window; [lra | exact proof |]; unfold w; cbn [r_range fst snd]; split; interval with (i_prec 60).

Theorem bounds_of_7 : forall t, 8.5 / 7 <= t <= 9.6 / 7 -> fixed_point 7 (cos t) ->
  encloses (r_range window_7) (cos t) /\ enclosed window_7 7 (cos t).
Proof. window_in_range window_7 odd_point_of_7. Qed.

Theorem bounds_of_8 : forall t, 8.5 / 8 <= t <= 9.6 / 8 -> fixed_point 8 (cos t) ->
  encloses (r_range window_8) (cos t) /\ enclosed window_8 8 (cos t).
Proof. window_in_range window_8 odd_point_of_8. Qed.

Theorem bounds_of_9 : forall t, 8.5 / 9 <= t <= 9.6 / 9 -> fixed_point 9 (cos t) ->
  encloses (r_range window_9) (cos t) /\ enclosed window_9 9 (cos t).
Proof. window_in_range window_9 odd_point_of_9. Qed.

Theorem bounds_of_10 : forall t, 8.5 / 10 <= t <= 9.6 / 10 -> fixed_point 10 (cos t) ->
  encloses (r_range window_10) (cos t) /\ enclosed window_10 10 (cos t).
Proof. window_in_range window_10 odd_point_of_10. Qed.

Theorem bounds_of_16 : forall t, 8.5 / 16 <= t <= 9.6 / 16 -> fixed_point 16 (cos t) ->
  encloses (r_range window_16) (cos t) /\ enclosed window_16 16 (cos t).
Proof. window_in_range window_16 odd_point_of_16. Qed.

Theorem bounds_of_64 : forall t, 8.5 / 64 <= t <= 9.6 / 64 -> fixed_point 64 (cos t) ->
  encloses (r_range window_64) (cos t) /\ enclosed window_64 64 (cos t).
Proof. window_in_range window_64 odd_point_of_64. Qed.

Theorem bounds_of_128 : forall t, 8.5 / 128 <= t <= 9.6 / 128 -> fixed_point 128 (cos t) ->
  encloses (r_range window_128) (cos t) /\ enclosed window_128 128 (cos t).
Proof. window_in_range window_128 odd_point_of_128. Qed.

Theorem bounds_of_1000 : forall t, 8.5 / 1000 <= t <= 9.6 / 1000 -> fixed_point 1000 (cos t) ->
  encloses (r_range window_1000) (cos t) /\ enclosed window_1000 1000 (cos t).
Proof. window_in_range window_1000 odd_point_of_1000. Qed.
