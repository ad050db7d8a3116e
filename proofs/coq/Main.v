From OddPoint Require Import Kernel Model.
Check kappa_1.
Check is_derive_kappa.
Definition main_theorems := (kappa_1, is_derive_kappa).
Print Assumptions main_theorems.
