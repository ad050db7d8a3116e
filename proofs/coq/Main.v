(** What this development proves: the statements, then what they assume. *)

From Coq Require Import Reals.
From OddPoint Require Import Kernel GaussianKernel Model Orthogonality Collapse RealBatches EveryBatch SmallBatches
  WindowsInRange Matrices Layer FullSpace Attraction Stability.
Open Scope R_scope.

(** The odd point, for every batch size, in the full space. *)
Check odd_point_is_stable.
Print fixed_point.
Print spectrum_inside.
Print linearly_stable.
Print attracting.
Check full_space_stability.
Check perturbations_vanish.
Check attraction.

(** The reduced model: existence for every real batch size, uniqueness, enclosures at single ones. *)
Check odd_point_of_real_size.
Check odd_point_unique.
Check odd_point_of_every_size.
Check odd_point_of_7.
Check odd_point_of_1000.

(** The exact configuration: invariant at every width, not stable. *)
Check layer_keeps_collapse.
Check collapse_is_fixed.
Check collapse_is_unstable.

(** The kernel. *)
Check kappa_is_expectation.
Check relu_moment_is_expectation.
Check is_derive_kappa.

Definition main_theorems :=
  (odd_point_is_stable, full_space_stability, perturbations_vanish, directional_derivative, attraction,
   (odd_point_of_real_size, odd_point_unique, odd_point_of_every_size),
   (odd_point_of_7, odd_point_of_8, odd_point_of_9, odd_point_of_10),
   (odd_point_of_16, odd_point_of_64, odd_point_of_128, odd_point_of_1000),
   (bounds_of_7, bounds_of_1000),
   (layer_keeps_collapse, collapse_is_fixed, collapse_is_unstable),
   (kappa_is_expectation, relu_moment_is_expectation, covariances, is_derive_kappa)).
Print Assumptions main_theorems.
