(** The fixed points of the windows are the odd points of the theorem, so the windows' bounds hold of those. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import Model RealBatches WindowTheorem Windows SmallBatches Tactics.
Open Scope R_scope.

(** Every fixed point in the theorem's range is in the window, and its bounds hold there. *)
Definition bounds_hold (n : R) (w : window) : Prop :=
  forall t, 8.5 / n <= t <= 9.6 / n -> fixed_point n (cos t) -> encloses (r_range w) (cos t) /\ enclosed w n (cos t).

Lemma odd_point_in_window (n : R) (w : window) : 7 <= n -> verified n w ->
  cos (9.6 / n) <= fst (r_range w) /\ snd (r_range w) <= cos (8.5 / n) -> bounds_hold n w.
Proof.
  intros Hn (r & (Hr & Hf & _ & Hb) & _) Hw t Ht Hft. pose proof Hr as [Hr1 Hr2].
  destruct (angle_in_window n r Hn ltac:(lra)) as (s & Hs & ->).
  now rewrite (odd_point_unique n Hn t s Ht Hs Hft Hf).
Qed.

Ltac window_in_range w proof :=
  apply odd_point_in_window; [lra | exact proof |]; unfold w; cbn [r_range fst snd]; split; interval with (i_prec 60).

Theorem bounds_of_7 : bounds_hold 7 window_7.
Proof. window_in_range window_7 odd_point_of_7. Qed.

Theorem bounds_of_8 : bounds_hold 8 window_8.
Proof. window_in_range window_8 odd_point_of_8. Qed.

Theorem bounds_of_9 : bounds_hold 9 window_9.
Proof. window_in_range window_9 odd_point_of_9. Qed.

Theorem bounds_of_10 : bounds_hold 10 window_10.
Proof. window_in_range window_10 odd_point_of_10. Qed.

Theorem bounds_of_16 : bounds_hold 16 window_16.
Proof. window_in_range window_16 odd_point_of_16. Qed.

Theorem bounds_of_64 : bounds_hold 64 window_64.
Proof. window_in_range window_64 odd_point_of_64. Qed.

Theorem bounds_of_128 : bounds_hold 128 window_128.
Proof. window_in_range window_128 odd_point_of_128. Qed.

Theorem bounds_of_1000 : bounds_hold 1000 window_1000.
Proof. window_in_range window_1000 odd_point_of_1000. Qed.
