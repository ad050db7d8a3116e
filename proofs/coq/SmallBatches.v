(** The odd point of single batch sizes. *)

From Coq Require Import Reals Lra.
From OddPoint Require Import WindowTheorem Windows ClosedForms Tactics.
Open Scope R_scope.

Theorem odd_point_of_7 : verified 7 window_7.
Proof. verify_window window_7. Qed.

Theorem odd_point_of_8 : verified 8 window_8.
Proof. verify_window window_8. Qed.

Theorem odd_point_of_9 : verified 9 window_9.
Proof. verify_window window_9. Qed.

Theorem odd_point_of_10 : verified 10 window_10.
Proof. verify_window window_10. Qed.

Theorem odd_point_of_16 : verified 16 window_16.
Proof. verify_window window_16. Qed.

Theorem odd_point_of_64 : verified 64 window_64.
Proof. verify_window window_64. Qed.

Theorem odd_point_of_128 : verified 128 window_128.
Proof. verify_window window_128. Qed.

Theorem odd_point_of_1000 : verified 1000 window_1000.
Proof. verify_window window_1000. Qed.
