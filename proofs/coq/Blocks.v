(** The differential of the layer at the configuration, on each part of the splitting. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model Matrices Layer Frechet Differential Splitting.
Open Scope R_scope.

Lemma is_derive_shift (f : R -> R) (r l : R) : is_derive (fun t => f (r + t)) 0 l -> is_derive f r l.
Proof.
  intros H. apply is_derive_Reals in H. apply is_derive_Reals. intros eps He. destruct (H eps He) as (d & Hd).
  exists d. intros h Hh Hs. specialize (Hd h Hh Hs). rewrite Rplus_0_l, Rplus_0_r in Hd. exact Hd.
Qed.

Section Blocks.
  Variable N : nat.
  Variable r : R.
  Let n := INR (S N).
  Hypothesis large : (3 <= N)%nat.
  Hypothesis inside : interior n r.
  Let C := config (S N) r.

  Let n_large : 4 <= n := size_large N large.

  (** ** Entries of the differential before recentring *)

  Lemma dmoment_cluster (da db dc : R) : dmoment 1 1 r da db dc = dkappa r * dc + by_variance r * (da + db).
  Proof.
    unfold dmoment, by_variance. rewrite Rmult_1_r. replace (1 / 1) with 1 by field. rewrite sqrt_1.
    cbv zeta. replace (r / 1) with r by field. ring.
  Qed.

  Lemma dmoment_across (da dc : R) :
    dmoment 1 (outlier n r) (- cross n r) da 0 dc = cross_by_covariance n r * dc + cross_by_variance n r * da.
  Proof.
    pose proof (cross_pos N r large inside) as Hs. fold n in Hs.
    assert (E : - cross n r / sqrt (1 * outlier n r) = - cosine n r).
    { unfold cosine, outlier. rewrite Rmult_1_l, sqrt_mult_alt, sqrt_div_alt by lra.
      assert (Hp := sqrt_lt_R0 (cross n r) ltac:(lra)). assert (Hq := sqrt_lt_R0 (n - 1) ltac:(lra)).
      assert (Ep := sqrt_sqrt (cross n r) ltac:(lra)). rewrite <- Ep at 1. field. lra. }
    unfold dmoment, cross_by_covariance, cross_by_variance. rewrite E. cbv zeta.
    replace (outlier n r / 1) with (outlier n r) by field.
    replace (- cosine n r * - cosine n r) with (cosine n r * cosine n r) by ring. field. apply PI_neq0.
  Qed.

  (** A perturbation that leaves the outlier's variance. *)
  Lemma dmoments_block (d z : nat -> R) (c : nat -> nat -> R) :
    same (S N) (dmoments C (block N d c z 0))
      (block N (fun i => d i / 2) (fun i j => dkappa r * c i j + by_variance r * (d i + d j))
         (fun i => cross_by_covariance n r * z i + cross_by_variance n r * d i) 0).
  Proof.
    unfold same, dmoments, C, config. cbn [pred]. fold n.
    set (B := block N (fun _ => 1) _ _ _). set (D := block N d c z 0). set (B' := block N _ _ _ 0).
    apply (block_cases N (fun i j => (if (i =? j)%nat then D i i / 2
      else dmoment (B i i) (B j j) (B i j) (D i i) (D j j) (D i j)) = B' i j)); unfold B, B', D.
    - intros i Hi. rewrite Nat.eqb_refl, !block_diagonal by exact Hi. reflexivity.
    - intros i j Hi Hj Hij. apply Nat.eqb_neq in Hij as Hij'. rewrite Hij'.
      rewrite !block_diagonal, !block_within by assumption. apply dmoment_cluster.
    - intros i Hi. replace (i =? N)%nat with false by (symmetry; apply Nat.eqb_neq; lia).
      rewrite !block_last, !block_across, !block_diagonal by exact Hi. apply dmoment_across.
    - intros i Hi. replace (N =? i)%nat with false by (symmetry; apply Nat.eqb_neq; lia).
      rewrite !block_last, !block_across', !block_diagonal by exact Hi. rewrite dmoment_sym. apply dmoment_across.
    - rewrite Nat.eqb_refl, !block_last. field.
  Qed.

  (** ** Pair part *)

  Lemma dlayer_pair (m : matrix) :
    hollow N m -> same (S N) (dlayer (S N) C (pair_part (S N) m)) (pair_part (S N) (fun i j => dkappa r * m i j)).
  Proof.
    intros (Hs & Hz & Hd) i j Hi Hj. unfold dlayer.
    rewrite (center_ext (S N) (dmoments C (pair_part (S N) m)) _ (dmoments_block _ _ _) i j Hi Hj).
    rewrite (center_block N _ _ _ _ (fun _ => 0) 0 0); try assumption.
    - unfold pair_part, block. cbn [pred]. destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat; field.
    - intros k Hk. rewrite sum_plus, sum_scal, sum_const.
      change (sum N (fun j => m k j)) with (sum N (m k)). rewrite Hz, Hd by exact Hk. field.
    - rewrite sum_const. field.
    - rewrite sum_const. field.
  Qed.

  (** ** Standard part *)

  Lemma dlayer_standard (x y : nat -> R) :
    0 < growth n r -> sum N x = 0 -> sum N y = 0 ->
    same (S N) (dlayer (S N) C (standard (S N) x y))
      (standard (S N) (fun i => growth n r * (standard_xx n r * x i + standard_xy n r * y i))
                      (fun i => growth n r * (standard_yx n r * x i + standard_yy n r * y i))).
  Proof.
    intros Hg Hx Hy i j Hi Hj. unfold dlayer.
    rewrite (center_ext (S N) (dmoments C (standard (S N) x y)) _ (dmoments_block _ _ _) i j Hi Hj).
    rewrite (center_block N _ _ _ _ (fun i => row_x n r * x i + row_y n r * y i) 0 0); try assumption.
    - unfold standard, block. cbn [pred]. fold n.
      destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat;
        unfold standard_xx, standard_xy, standard_yx, standard_yy; try (field; lra);
        unfold row_x, row_y; field; lra.
    - intros k Hk. rewrite sum_plus, !sum_scal, !sum_plus, !sum_const.
      change (sum N (fun j => x j)) with (sum N x). change (sum N (fun j => y j)) with (sum N y).
      rewrite Hx, Hy, (size N). fold n. unfold row_x, row_y. field. lra.
    - rewrite sum_plus, !sum_scal, sum_opp, sum_plus, sum_scal.
      change (sum N (fun j => x j)) with (sum N x). change (sum N (fun j => y j)) with (sum N y).
      rewrite Hx, Hy. ring.
    - rewrite sum_plus, !sum_scal.
      change (sum N (fun j => x j)) with (sum N x). change (sum N (fun j => y j)) with (sum N y).
      rewrite Hx, Hy. ring.
  Qed.

  (** ** Trivial part: [config] is affine in [r], so the reduced map's derivative is the differential along it *)

  Let V := trivial (S N) 0 1.

  Lemma layer_along (i j : nat) : (i < S N)%nat -> (j < S N)%nat ->
    is_derive (fun t => trivial (S N) (growth n (r + t)) (covariance n (r + t)) i j) 0 (dlayer (S N) C V i j).
  Proof.
    intros Hi Hj.
    assert (HC := config_nondegenerate N r large inside).
    apply (is_derive_ext_loc (fun t => layer (S N) (fun k l => C k l + t * V k l) i j)).
    - destruct inside as [H1 H2].
      assert (Hd : exists d, 0 < d /\ d <= r + / (n - 2) /\ d <= 1 - r).
      { exists (Rmin (r + / (n - 2)) (1 - r)). repeat split; [apply Rmin_glb_lt; lra | apply Rmin_l | apply Rmin_r]. }
      destruct Hd as (d & Hd & Hd1 & Hd2). exists (mkposreal d Hd). intros t Ht.
      apply Rabs_lt_between' in Ht. cbn in Ht. change R in t.
      assert (Hin : interior n (r + t)) by (split; lra).
      transitivity (layer (S N) (config (S N) (r + t)) i j); [| exact (layer_trivial N (r + t) large Hin i j Hi Hj)].
      apply layer_ext; [| exact Hi | exact Hj].
      intros k l _ _. unfold C, V. rewrite !config_trivial.
      rewrite <- (Rmult_1_l (trivial (S N) 1 r k l)), <- trivial_linear. f_equal; ring.
    - apply (differential_direction (S N) (fun M => layer (S N) M i j) C (fun D => dlayer (S N) C D i j)).
      apply differential_layer; assumption.
  Qed.

  Lemma is_derive_growth : is_derive (growth n) r (dlayer (S N) C V 0 0)%nat.
  Proof.
    apply is_derive_shift.
    apply (is_derive_ext (fun t => trivial (S N) (growth n (r + t)) (covariance n (r + t)) 0%nat 0%nat)).
    - intros t. unfold trivial. cbn [pred]. apply block_diagonal. lia.
    - apply layer_along; lia.
  Qed.

  Lemma is_derive_covariance : is_derive (covariance n) r (dlayer (S N) C V 0 1)%nat.
  Proof.
    apply is_derive_shift.
    apply (is_derive_ext (fun t => trivial (S N) (growth n (r + t)) (covariance n (r + t)) 0%nat 1%nat)).
    - intros t. unfold trivial. cbn [pred]. apply block_within; lia.
    - apply layer_along; lia.
  Qed.

  Lemma dlayer_along :
    same (S N) (dlayer (S N) C V) (trivial (S N) (Derive (growth n) r) (Derive (covariance n) r)).
  Proof.
    intros i j Hi Hj. rewrite <- (is_derive_unique _ _ _ (layer_along i j Hi Hj)). apply is_derive_unique.
    assert (split : forall a b, trivial (S N) a b i j = a * trivial (S N) 1 0 i j + b * trivial (S N) 0 1 i j).
    { intros a b. rewrite <- trivial_linear. f_equal; ring. }
    rewrite split.
    apply (is_derive_ext (fun t => growth n (r + t) * trivial (S N) 1 0 i j + covariance n (r + t) * trivial (S N) 0 1 i j));
      [intros t; symmetry; apply split |].
    assert (G : ex_derive (growth n) (r + 0)) by (rewrite Rplus_0_r; eexists; apply is_derive_growth).
    assert (K : ex_derive (covariance n) (r + 0)) by (rewrite Rplus_0_r; eexists; apply is_derive_covariance).
    revert G K. generalize (growth n) (covariance n). intros g k G K.
    auto_derive; [auto |]. rewrite Rplus_0_r. change (fun x => g x) with g. change (fun x => k x) with k. ring.
  Qed.

  (** The differential of the reduced map exists, whatever is assumed of it. *)
  Lemma derive_reduced :
    growth n r <> 0 -> F n r = r ->
    is_derive (F n) r ((Derive (covariance n) r - r * Derive (growth n) r) / growth n r).
  Proof.
    intros Hg HF. pose proof is_derive_growth as G. pose proof is_derive_covariance as K.
    rewrite (is_derive_unique _ _ _ G), (is_derive_unique _ _ _ K).
    assert (E : covariance n r = r * growth n r) by (rewrite <- HF at 2; unfold F; field; exact Hg).
    pose proof (is_derive_div _ _ _ _ _ K G Hg) as H. rewrite E in H.
    replace ((dlayer (S N) C V 0%nat 1%nat - r * dlayer (S N) C V 0%nat 0%nat) / growth n r)
      with ((dlayer (S N) C V 0%nat 1%nat * growth n r - r * growth n r * dlayer (S N) C V 0%nat 0%nat) / growth n r ^ 2)
      by (field; exact Hg).
    exact H.
  Qed.

  (** ** The normalised differential *)

  Hypothesis growing : 0 < growth n r.
  Hypothesis fixed : F n r = r.

  Lemma layer_fixed : same (S N) (layer (S N) C) (fun i j => growth n r * C i j).
  Proof.
    intros i j Hi Hj. unfold C. rewrite layer_config by (assumption || (fold n; lra)). fold n. rewrite fixed. reflexivity.
  Qed.

  Lemma trace_layer : trace (S N) (layer (S N) C) = growth n r * trace (S N) C.
  Proof. rewrite (trace_ext _ _ _ layer_fixed). unfold trace. rewrite sum_scal. reflexivity. Qed.

  Lemma trace_pos : 0 < trace (S N) C.
  Proof. apply trace_config_pos; assumption. Qed.

  Lemma normalised_fixed : same (S N) (normalised (S N) C) C.
  Proof.
    intros i j Hi Hj. unfold normalised. rewrite layer_fixed, trace_layer by assumption.
    pose proof trace_pos. field. split; lra.
  Qed.

  (** What remains of [dlayer] after the multiple of the configuration is taken off. *)
  Lemma dnormalised_part (D Z : matrix) (c : R) :
    trace (S N) D = 0 -> trace (S N) Z = 0 -> same (S N) (dlayer (S N) C D) (combine (growth n r) Z c C) ->
    same (S N) (dnormalised (S N) C D) Z.
  Proof.
    intros HD HZ H i j Hi Hj. unfold dnormalised.
    rewrite (trace_ext _ _ _ H), trace_combine, H, layer_fixed, trace_layer, HD, HZ by assumption.
    unfold combine. pose proof trace_pos. field. split; lra.
  Qed.

  Theorem dnormalised_pair (m : matrix) :
    hollow N m ->
    same (S N) (dnormalised (S N) C (pair_part (S N) m)) (pair_part (S N) (fun i j => mu n r * m i j)).
  Proof.
    intros Hm. apply dnormalised_part with 0; [apply trace_pair | apply trace_pair |].
    intros i j Hi Hj. rewrite dlayer_pair by assumption. unfold combine, pair_part, block, mu. cbn [pred].
    destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat; field; lra.
  Qed.

  Theorem dnormalised_standard (x y : nat -> R) :
    sum N x = 0 -> sum N y = 0 ->
    same (S N) (dnormalised (S N) C (standard (S N) x y))
      (standard (S N) (fun i => standard_xx n r * x i + standard_xy n r * y i)
                      (fun i => standard_yx n r * x i + standard_yy n r * y i)).
  Proof.
    intros Hx Hy. apply dnormalised_part with 0.
    - apply trace_standard. exact Hx.
    - apply trace_standard. rewrite sum_plus, !sum_scal.
      change (sum N (fun j => x j)) with (sum N x). change (sum N (fun j => y j)) with (sum N y). rewrite Hx, Hy. ring.
    - intros i j Hi Hj. rewrite dlayer_standard by assumption. unfold combine, standard, block. cbn [pred].
      destruct (i <? N)%nat, (j <? N)%nat, (i =? j)%nat; ring.
  Qed.

  (** The trivial direction of trace 0. *)
  Definition axis : matrix := combine 1 V (- (trace (S N) V / trace (S N) C)) C.

  Lemma trace_axis : trace (S N) axis = 0.
  Proof. unfold axis. rewrite trace_combine. pose proof trace_pos. field. lra. Qed.

  (** Trivial matrices of trace 0 are its multiples. *)
  Lemma trivial_axis (a b : R) :
    trace (S N) (trivial (S N) a b) = 0 ->
    forall i j, trivial (S N) a b i j = (b - a * r) * axis i j.
  Proof.
    intros H. pose proof trace_pos as HC.
    assert (E : forall i j, trivial (S N) a b i j = combine a C (b - a * r) V i j).
    { intros i j. unfold combine, C, V. rewrite config_trivial, <- trivial_linear. f_equal; ring. }
    rewrite (trace_ext _ _ (combine a C (b - a * r) V)), trace_combine in H by (intros i j _ _; apply E).
    intros i j. rewrite E. unfold axis, combine.
    replace a with (- (b - a * r) * trace (S N) V / trace (S N) C) at 1; [field; lra |].
    apply Rmult_eq_reg_r with (trace (S N) C); [| lra].
    replace (- (b - a * r) * trace (S N) V / trace (S N) C * trace (S N) C) with (- (b - a * r) * trace (S N) V)
      by (field; lra). lra.
  Qed.

  Theorem dnormalised_axis :
    same (S N) (dnormalised (S N) C axis) (fun i j => Derive (F n) r * axis i j).
  Proof.
    set (k := trace (S N) V / trace (S N) C).
    apply dnormalised_part with (Derive (growth n) r - k * growth n r + growth n r * Derive (F n) r * k).
    - apply trace_axis.
    - unfold trace. rewrite sum_scal. change (sum (S N) (fun i => axis i i)) with (trace (S N) axis).
      rewrite trace_axis. ring.
    - intros i j Hi Hj. unfold axis at 1. rewrite dlayer_combine by assumption. fold k. unfold combine at 1.
      rewrite dlayer_along, (dlayer_euler (S N) C (config_nondegenerate N r large inside)), layer_fixed by assumption.
      rewrite (is_derive_unique _ _ _ (derive_reduced ltac:(lra) fixed)).
      unfold combine, axis. fold k. unfold combine.
      set (g := growth n r) in *. set (g' := Derive (growth n) r). set (c' := Derive (covariance n) r).
      replace (trivial (S N) g' c' i j) with (g' * C i j + (c' - r * g') * V i j); [field; lra |].
      unfold C, V. rewrite config_trivial, <- trivial_linear. f_equal; ring.
  Qed.
End Blocks.
