(** The differential of the layer, proved: entry by entry, with a remainder small against the increment. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Matrices Layer Frechet.
Open Scope R_scope.

(** Differential of [relu_moment] at [a, b, c]. *)
Definition dmoment (a b c da db dc : R) : R :=
  let rho := c / sqrt (a * b) in
  dkappa rho * dc + sqrt (1 - rho * rho) / (4 * PI) * (sqrt (b / a) * da + sqrt (a / b) * db).

Definition dmoments (C D : matrix) : matrix :=
  fun i j => if (i =? j)%nat then D i i / 2 else dmoment (C i i) (C j j) (C i j) (D i i) (D j j) (D i j).

Definition dlayer (n : nat) (C D : matrix) : matrix := center n (dmoments C D).

Definition dnormalised (n : nat) (C D : matrix) : matrix :=
  fun i j =>
    trace n C / trace n (layer n C) * dlayer n C D i j +
    (trace n D / trace n (layer n C) - trace n C * trace n (dlayer n C D) / (trace n (layer n C) * trace n (layer n C)))
    * layer n C i j.

Lemma correlation_bounds (a b c : R) : 0 < a -> 0 < b -> c * c < a * b -> -1 < c / sqrt (a * b) < 1.
Proof.
  intros Ha Hb Hc. assert (Hab : 0 < a * b) by nra. assert (Hs := sqrt_lt_R0 _ Hab).
  assert (E := sqrt_sqrt (a * b) ltac:(lra)). set (s := sqrt (a * b)) in *.
  assert (-s < c < s) by (split; nra).
  split; apply Rmult_lt_reg_r with s; try lra; replace (c / s * s) with c by (field; lra); lra.
Qed.

(** The formula, from the chain rule's. *)
Lemma dmoment_chain (a b c da db dc : R) :
  0 < a -> 0 < b ->
  let s := sqrt (a * b) in
  let ds := / (2 * s) * (da * b + a * db) in
  ds * kappa (c / s) + s * (dkappa (c / s) * (dc * / s + c * (- / (s * s) * ds))) = dmoment a b c da db dc.
Proof.
  intros Ha Hb. cbv zeta. unfold dmoment.
  assert (Hp := sqrt_lt_R0 a Ha). assert (Hq := sqrt_lt_R0 b Hb).
  assert (Ep := sqrt_sqrt a ltac:(lra)). assert (Eq := sqrt_sqrt b ltac:(lra)).
  rewrite (sqrt_div_alt b a Ha), (sqrt_div_alt a b Hb), sqrt_mult_alt by lra.
  set (p := sqrt a) in *. set (q := sqrt b) in *. set (rho := c / (p * q)).
  replace (kappa rho) with (sqrt (1 - rho * rho) / (2 * PI) + dkappa rho * rho)
    by (unfold kappa, dkappa; field; apply PI_neq0).
  replace c with (rho * (p * q)) by (unfold rho; field; lra).
  generalize (dkappa rho) (sqrt (1 - rho * rho)). intros k w. clearbody p q. subst a b. pose proof PI_neq0.
  field. repeat split; lra.
Qed.

(** Differential of a second moment after ReLU, two distinct samples. *)
Lemma differential_relu_moment (n : nat) (f g h : matrix -> R) (C : matrix) (df dg dh : matrix -> R) :
  0 < f C -> 0 < g C -> h C * h C < f C * g C ->
  differential n f C df -> differential n g C dg -> differential n h C dh ->
  differential n (fun M => relu_moment (f M) (g M) (h M)) C
    (fun D => dmoment (f C) (g C) (h C) (df D) (dg D) (dh D)).
Proof.
  intros Hf Hg Hh Df Dg Dh. assert (Hab : 0 < f C * g C) by nra. assert (Hs := sqrt_lt_R0 _ Hab).
  assert (Hrho := correlation_bounds _ _ _ Hf Hg Hh).
  assert (Ds : differential n (fun M => sqrt (f M * g M)) C
                 (fun D => / (2 * sqrt (f C * g C)) * (df D * g C + f C * dg D))).
  { apply (differential_comp n sqrt (fun M => f M * g M)); [| apply differential_mult; assumption].
    apply is_derive_Reals. apply derivable_pt_lim_sqrt. exact Hab. }
  assert (Dinv : is_derive Rinv (sqrt (f C * g C)) (- / (sqrt (f C * g C) * sqrt (f C * g C)))).
  { auto_derive; [lra | field; lra]. }
  pose proof (differential_comp _ _ _ _ _ _ Dinv Ds) as Di.
  pose proof (differential_mult _ _ _ _ _ _ Dh Di) as Dr.
  pose proof (differential_comp _ _ _ _ _ _ (is_derive_kappa _ Hrho) Dr) as Dk.
  pose proof (differential_mult _ _ _ _ _ _ Ds Dk) as Dm.
  revert Dm. apply differential_ext'.
  - intros M. reflexivity.
  - intros D. apply (dmoment_chain (f C) (g C) (h C)); assumption.
Qed.

Lemma differential_moments (n : nat) (C : matrix) (i j : nat) :
  nondegenerate n C -> (i < n)%nat -> (j < n)%nat ->
  differential n (fun M => moments M i j) C (fun D => dmoments C D i j).
Proof.
  intros HC Hi Hj. unfold moments, dmoments. destruct (Nat.eqb_spec i j) as [<- | Hne].
  - destruct (HC i i Hi Hi) as [Hp _].
    apply (differential_ext n (fun M => / 2 * M i i) _ C (fun D => / 2 * D i i)).
    + exists (C i i). split; [exact Hp |]. intros D m [_ HW] Hm. specialize (HW i i Hi Hi).
      rewrite relu_moment_same; [unfold Rdiv; ring |]. unfold add. apply Rabs_le_between in HW. lra.
    + rewrite relu_moment_same by lra. unfold Rdiv. ring.
    + intros D. unfold Rdiv. ring.
    + apply differential_scal, differential_entry; assumption.
  - destruct (HC i j Hi Hj) as [Hp Hij], (HC j i Hj Hi) as [Hp' _].
    apply (differential_relu_moment n (fun M => M i i) (fun M => M j j) (fun M => M i j) C
             (fun D => D i i) (fun D => D j j) (fun D => D i j)); try apply differential_entry; auto.
Qed.

Lemma differential_mean (n : nat) (G G' : matrix -> nat -> R) (C : matrix) :
  (forall i, (i < n)%nat -> differential n (fun M => G M i) C (fun D => G' D i)) ->
  differential n (fun M => mean n (G M)) C (fun D => mean n (G' D)).
Proof.
  intros H.
  apply (differential_ext' n (fun M => / INR n * sum n (fun i => G M i)) _ C (fun D => / INR n * sum n (fun i => G' D i))).
  - intros M. unfold mean, Rdiv. apply Rmult_comm.
  - intros M. unfold mean, Rdiv. apply Rmult_comm.
  - apply differential_scal. apply (differential_sum n n (fun i M => G M i) (fun i D => G' D i)). exact H.
Qed.

Lemma differential_trace (n : nat) (G G' : matrix -> matrix) (C : matrix) :
  (forall i j, (i < n)%nat -> (j < n)%nat -> differential n (fun M => G M i j) C (fun D => G' D i j)) ->
  differential n (fun M => trace n (G M)) C (fun D => trace n (G' D)).
Proof.
  intros H. apply (differential_sum n n (fun i M => G M i i) (fun i D => G' D i i)). auto.
Qed.

Lemma differential_center (n : nat) (G G' : matrix -> matrix) (C : matrix) (i j : nat) :
  (forall i j, (i < n)%nat -> (j < n)%nat -> differential n (fun M => G M i j) C (fun D => G' D i j)) ->
  (i < n)%nat -> (j < n)%nat ->
  differential n (fun M => center n (G M) i j) C (fun D => center n (G' D) i j).
Proof.
  intros H Hi Hj. unfold center.
  assert (row : forall k, (k < n)%nat -> differential n (fun M => mean n (G M k)) C (fun D => mean n (G' D k)))
    by (intros k Hk; apply (differential_mean n (fun M => G M k) (fun D => G' D k)); auto).
  assert (minus : forall f g l k, differential n f C l -> differential n g C k ->
    differential n (fun M => f M - g M) C (fun D => l D - k D)).
  { intros f g l k Hf Hg.
    apply (differential_ext' n (fun M => f M + -1 * g M) _ C (fun D => l D + -1 * k D)); [intros; ring | intros; ring |].
    apply differential_plus; [exact Hf | apply differential_scal; exact Hg]. }
  apply differential_plus; [| apply (differential_mean n (fun M k => mean n (G M k)) (fun D k => mean n (G' D k))); exact row].
  apply minus; [apply minus; auto | auto].
Qed.

(** The layer has the differential [dlayer]. *)
Theorem differential_layer (n : nat) (C : matrix) (i j : nat) :
  nondegenerate n C -> (i < n)%nat -> (j < n)%nat ->
  differential n (fun M => layer n M i j) C (fun D => dlayer n C D i j).
Proof.
  intros HC Hi Hj. apply (differential_center n moments (dmoments C)); [| exact Hi | exact Hj].
  intros k l Hk Hl. apply differential_moments; assumption.
Qed.

(** The normalised layer has the differential [dnormalised]. *)
Theorem differential_normalised (n : nat) (C : matrix) (i j : nat) :
  nondegenerate n C -> trace n (layer n C) <> 0 -> (i < n)%nat -> (j < n)%nat ->
  differential n (fun M => normalised n M i j) C (fun D => dnormalised n C D i j).
Proof.
  intros HC Ht Hi Hj.
  pose proof (differential_trace n (layer n) (dlayer n C) C (fun k l Hk Hl => differential_layer n C k l HC Hk Hl)) as Dt.
  pose proof (differential_trace n (fun M => M) (fun D => D) C (fun k l Hk Hl => differential_entry n C k l Hk Hl)) as D1.
  assert (Dinv : is_derive Rinv (trace n (layer n C)) (- / (trace n (layer n C) * trace n (layer n C)))).
  { auto_derive; [exact Ht | field; exact Ht]. }
  pose proof (differential_comp n Rinv (fun M => trace n (layer n M)) C _ _ Dinv Dt) as Di.
  pose proof (differential_mult _ _ _ _ _ _ (differential_mult _ _ _ _ _ _ D1 Di) (differential_layer n C i j HC Hi Hj)) as H.
  revert H. apply differential_ext'.
  - intros M. reflexivity.
  - intros D. cbv beta. unfold dnormalised. field. exact Ht.
Qed.

(** ** The differential is linear and looks only at entries below [n] *)

Lemma dmoments_ext (n : nat) (C D D' : matrix) : same n D D' -> same n (dmoments C D) (dmoments C D').
Proof.
  intros H i j Hi Hj. unfold dmoments. rewrite (H i i), (H j j), (H i j) by assumption. reflexivity.
Qed.

Lemma dlayer_ext (n : nat) (C D D' : matrix) : same n D D' -> same n (dlayer n C D) (dlayer n C D').
Proof. intros H. apply center_ext, dmoments_ext, H. Qed.

Lemma dnormalised_ext (n : nat) (C D D' : matrix) :
  same n D D' -> same n (dnormalised n C D) (dnormalised n C D').
Proof.
  intros H i j Hi Hj. unfold dnormalised.
  rewrite (dlayer_ext n C D D' H i j Hi Hj), (trace_ext n _ _ H), (trace_ext n _ _ (dlayer_ext n C D D' H)).
  reflexivity.
Qed.

Lemma dmoments_combine (C : matrix) (a : R) (D : matrix) (b : R) (D' : matrix) (i j : nat) :
  dmoments C (combine a D b D') i j = combine a (dmoments C D) b (dmoments C D') i j.
Proof. unfold dmoments, combine, dmoment. destruct (i =? j)%nat; cbv zeta; field. apply PI_neq0. Qed.

Lemma dlayer_combine (n : nat) (C : matrix) (a : R) (D : matrix) (b : R) (D' : matrix) :
  same n (dlayer n C (combine a D b D')) (combine a (dlayer n C D) b (dlayer n C D')).
Proof.
  intros i j Hi Hj. unfold dlayer.
  rewrite (center_ext n _ (combine a (dmoments C D) b (dmoments C D'))); try assumption.
  - apply center_combine.
  - intros k l _ _. apply dmoments_combine.
Qed.

Lemma dnormalised_combine (n : nat) (C : matrix) (a : R) (D : matrix) (b : R) (D' : matrix) :
  same n (dnormalised n C (combine a D b D')) (combine a (dnormalised n C D) b (dnormalised n C D')).
Proof.
  intros i j Hi Hj. unfold dnormalised.
  rewrite (trace_ext n _ _ (dlayer_combine n C a D b D')), !trace_combine.
  rewrite (dlayer_combine n C a D b D' i j Hi Hj). unfold combine, Rdiv. ring.
Qed.

Lemma dmoment_sym (a b c da db dc : R) : dmoment a b c da db dc = dmoment b a c db da dc.
Proof. unfold dmoment. rewrite (Rmult_comm a b). cbv zeta. ring. Qed.

Lemma dmoments_symmetric (n : nat) (C D : matrix) : symmetric n C -> symmetric n D -> symmetric n (dmoments C D).
Proof.
  intros HC HD i j Hi Hj. unfold dmoments. rewrite Nat.eqb_sym. destruct (Nat.eqb_spec j i) as [-> | Hne]; [reflexivity |].
  rewrite dmoment_sym, (HC i j), (HD i j) by assumption. reflexivity.
Qed.

(** The differential of the normalised layer keeps the directions that are centred and have trace 0. *)
Definition tangent (n : nat) (D : matrix) : Prop := symmetric n D /\ zero_rows n D /\ trace n D = 0.

Lemma dnormalised_tangent (n : nat) (C D : matrix) :
  symmetric n C -> trace n (layer n C) <> 0 -> tangent n D -> tangent n (dnormalised n C D).
Proof.
  intros HC Ht (HD & _ & Htr).
  assert (HL : symmetric n (layer n C)).
  { apply center_symmetric. intros i j Hi Hj. unfold moments. rewrite relu_moment_sym, (HC i j) by assumption. reflexivity. }
  assert (HdL : symmetric n (dlayer n C D)) by (apply center_symmetric, dmoments_symmetric; assumption).
  split; [| split].
  - intros i j Hi Hj. unfold dnormalised. rewrite (HL i j), (HdL i j) by assumption. reflexivity.
  - intros i Hi. unfold dnormalised. rewrite sum_plus, !sum_scal. unfold dlayer, layer.
    change (sum n (fun j => center n (dmoments C D) i j)) with (sum n (center n (dmoments C D) i)).
    change (sum n (fun j => center n (moments C) i j)) with (sum n (center n (moments C) i)).
    rewrite !center_zero_rows by exact Hi. ring.
  - change (dnormalised n C D) with (combine (trace n C / trace n (layer n C)) (dlayer n C D)
      (trace n D / trace n (layer n C) - trace n C * trace n (dlayer n C D) / (trace n (layer n C) * trace n (layer n C)))
      (layer n C)).
    rewrite trace_combine, Htr. field. exact Ht.
Qed.

(** ** Euler: the layer is homogeneous, its differential maps [C] to the image of [C] *)

Lemma dmoment_euler (a b c : R) : 0 < a -> 0 < b -> dmoment a b c a b c = relu_moment a b c.
Proof.
  intros Ha Hb. rewrite <- dmoment_chain by assumption. cbv zeta. unfold relu_moment.
  assert (Hab : 0 < a * b) by nra. assert (Hs := sqrt_lt_R0 _ Hab). assert (E := sqrt_sqrt (a * b) ltac:(lra)).
  set (s := sqrt (a * b)) in *.
  replace (/ (2 * s) * (a * b + a * b)) with s by (rewrite <- E; field; lra). field. lra.
Qed.

Lemma dlayer_euler (n : nat) (C : matrix) : nondegenerate n C -> same n (dlayer n C C) (layer n C).
Proof.
  intros HC. apply center_ext. intros i j Hi Hj. unfold dmoments, moments.
  destruct (HC i j Hi Hj) as [Hp _], (HC j i Hj Hi) as [Hp' _]. destruct (Nat.eqb_spec i j) as [<- | Hne].
  - rewrite relu_moment_same by lra. reflexivity.
  - apply dmoment_euler; assumption.
Qed.
