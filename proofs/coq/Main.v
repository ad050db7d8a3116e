From OddPoint Require Import Kernel GaussianKernel Model.
Check kappa_1.
Check is_derive_kappa.
Check kappa_is_expectation.
Check relu_moment_is_expectation.
Definition main_theorems := (kappa_1, is_derive_kappa, kappa_is_expectation, covariances, relu_moment_is_expectation).
Print Assumptions main_theorems.
