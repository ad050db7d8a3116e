(** The [interval] tactic over integers, so that no axiom on machine numbers is used (always give it a precision), and
    the arc cosine by what it knows. *)

From Coq Require Import Reals Lra.
From Interval Require Export Tactic.
From Interval Require Import Float.Specific_ops Float.Specific_stdz.
From OddPoint Require Import Kernel.
Open Scope R_scope.

Module IntegerFloat := SpecificFloat StdZRadix2.
Module IntegerInterval := IntervalTactic IntegerFloat.
Export IntegerInterval.

Lemma acos_by_atan (x : R) : -1 < x < 1 -> acos x = PI / 2 - atan (x / sqrt (1 - x * x)).
Proof.
  intros Hx. rewrite acos_asin by lra. rewrite asin_atan by exact Hx. reflexivity.
Qed.
