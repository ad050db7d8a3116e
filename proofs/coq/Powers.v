(** Powers of a real 2x2 matrix that meets the Jury conditions fall geometrically. *)

From Coq Require Import Reals Lra Psatz.
From OddPoint Require Import Kernel Model.
Open Scope R_scope.

(** The quadratic form that [u -> t u' - d u] does not increase (Schur, Cohn). *)
Definition schur_cohn (t d u v : R) : R := (1 - d * d) * (u * u + v * v) - 2 * t * (1 - d) * u * v.

Lemma schur_cohn_decreases (t d u v : R) : schur_cohn t d v (t * v - d * u) <= schur_cohn t d u v.
Proof.
  unfold schur_cohn.
  assert (H := pow2_ge_0 ((1 - d) * (t * v - d * u - u))). nra.
Qed.

Lemma schur_cohn_above (t d u v : R) : jury t d -> (1 - d) * (1 + d - Rabs t) * (u * u) <= schur_cohn t d u v.
Proof.
  intros (H1 & H2 & H3). unfold schur_cohn.
  assert (Ht : 0 < 1 + d - Rabs t) by (unfold Rabs; destruct Rcase_abs; lra).
  assert (Hm : 2 * t * u * v <= Rabs t * (u * u + v * v)).
  { pose proof (Rle_0_sqr (u - v)). pose proof (Rle_0_sqr (u + v)). unfold Rsqr in *.
    unfold Rabs. destruct Rcase_abs; nra. }
  assert (Hv := Rle_0_sqr v). unfold Rsqr in Hv.
  replace ((1 - d * d) * (u * u + v * v) - 2 * t * (1 - d) * u * v)
    with ((1 - d) * ((1 + d) * (u * u + v * v) - 2 * t * u * v)) by ring.
  rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra |]. nra.
Qed.

Lemma jury_bounds (t d : R) : jury t d -> -1 < d < 1 /\ Rabs t < 2.
Proof. intros (H1 & H2 & H3). split; [lra |]. unfold Rabs. destruct Rcase_abs; lra. Qed.

(** Room to spare: the conditions still hold for slightly larger roots. *)
Lemma jury_larger (t d : R) : jury t d -> exists s, 1 < s /\ jury (s * t) (s * s * d).
Proof.
  intros J. destruct (jury_bounds t d J) as [Hd Ht]. destruct J as (H1 & H2 & H3).
  set (m := Rmin (1 - d) (Rmin (1 - t + d) (1 + t + d))).
  assert (Hm : 0 < m) by (unfold m; repeat apply Rmin_glb_lt; lra).
  assert (M1 : m <= 1 - d) by apply Rmin_l.
  assert (M2 : m <= 1 - t + d) by (eapply Rle_trans; [apply Rmin_r | apply Rmin_l]).
  assert (M3 : m <= 1 + t + d) by (eapply Rle_trans; [apply Rmin_r | apply Rmin_r]).
  clearbody m. assert (T : -2 < t < 2) by (apply Rabs_def2 in Ht; lra).
  exists (1 + m / 6). split; [lra |].
  assert (E : (1 + m / 6) * (1 + m / 6) * d = d + (m / 3 + m * m / 36) * d) by field.
  assert (G : 0 < m / 3 + m * m / 36 < 2 * m / 5) by nra.
  set (g := m / 3 + m * m / 36) in *. clearbody g.
  assert (A : - g <= g * d <= g) by nra. assert (B : - (m / 3) <= m / 6 * t <= m / 3) by nra.
  unfold jury. rewrite E. lra.
Qed.

(** Sequences of the recursion [u'' = t u' - d u] fall geometrically, at a rate common to all of them. *)
Lemma jury_geometric (t d : R) :
  jury t d ->
  exists q, 0 <= q < 1 /\
    forall u : nat -> R, (forall k, u (S (S k)) = t * u (S k) - d * u k) ->
      exists K, 0 <= K /\ forall k, Rabs (u k) <= K * q ^ k.
Proof.
  intros J. destruct (jury_larger t d J) as (s & Hs & Js). assert (s <> 0) by lra.
  exists (/ s). split; [split; [left; apply Rinv_0_lt_compat; lra | rewrite <- Rinv_1; apply Rinv_lt_contravar; lra] |].
  intros u Hu. set (t' := s * t) in *. set (d' := s * s * d) in *.
  set (V k := schur_cohn t' d' (s ^ k * u k) (s ^ S k * u (S k))).
  assert (HV : forall k, V k <= V O).
  { induction k as [| k IH]; [lra |]. refine (Rle_trans _ _ _ _ IH). unfold V.
    replace (s ^ S (S k) * u (S (S k))) with (t' * (s ^ S k * u (S k)) - d' * (s ^ k * u k))
      by (rewrite Hu; unfold t', d'; cbn; ring).
    apply schur_cohn_decreases. }
  destruct (jury_bounds t' d' Js) as [Hd _].
  set (e := (1 - d') * (1 + d' - Rabs t')).
  assert (He : 0 < e).
  { unfold e. destruct Js as (J1 & J2 & J3). apply Rmult_lt_0_compat; [lra |]. unfold Rabs. destruct Rcase_abs; lra. }
  exists (sqrt (V O / e)). split; [apply sqrt_pos |]. intros k.
  assert (Hp : 0 < s ^ k) by (apply pow_lt; lra).
  assert (B : Rabs (s ^ k * u k) <= sqrt (V O / e)).
  { rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr.
    apply Rmult_le_reg_l with e; [exact He |].
    replace (e * (V O / e)) with (V O) by (field; lra).
    refine (Rle_trans _ _ _ _ (HV k)). apply schur_cohn_above. exact Js. }
  rewrite Rabs_mult, (Rabs_right (s ^ k)) in B by lra.
  rewrite pow_inv. apply Rmult_le_reg_l with (s ^ k); [exact Hp |].
  replace (s ^ k * (sqrt (V O / e) * / s ^ k)) with (sqrt (V O / e)) by (field; lra). exact B.
Qed.

(** Powers of a 2x2 matrix, by rows. *)
Definition step (xx xy yx yy : R) (p : R * R) : R * R :=
  (xx * fst p + xy * snd p, yx * fst p + yy * snd p).

Definition orbit (xx xy yx yy : R) (k : nat) (p : R * R) : R * R := Nat.iter k (step xx xy yx yy) p.

Lemma orbit_S (xx xy yx yy : R) (k : nat) (p : R * R) :
  orbit xx xy yx yy (S k) p = step xx xy yx yy (orbit xx xy yx yy k p).
Proof. reflexivity. Qed.

Lemma orbit_linear (xx xy yx yy : R) (k : nat) (x y : R) :
  let e := orbit xx xy yx yy k (1, 0) in
  let f := orbit xx xy yx yy k (0, 1) in
  orbit xx xy yx yy k (x, y) = (x * fst e + y * fst f, x * snd e + y * snd f).
Proof.
  cbv zeta. induction k as [| k IH].
  - cbn. f_equal; ring.
  - rewrite !orbit_S, IH. unfold step. cbn. f_equal; ring.
Qed.

(** The powers fall geometrically, uniformly in the vector. *)
Theorem jury_powers (xx xy yx yy : R) :
  jury (xx + yy) (xx * yy - xy * yx) ->
  exists K q, 0 <= K /\ 0 <= q < 1 /\
    forall k x y m, Rabs x <= m -> Rabs y <= m ->
      Rabs (fst (orbit xx xy yx yy k (x, y))) <= K * q ^ k * m /\
      Rabs (snd (orbit xx xy yx yy k (x, y))) <= K * q ^ k * m.
Proof.
  intros J. destruct (jury_geometric _ _ J) as (q & Hq & HG).
  assert (R1 : forall p, exists K, 0 <= K /\ forall k, Rabs (fst (orbit xx xy yx yy k p)) <= K * q ^ k)
    by (intros p; apply HG; intros k; rewrite !orbit_S; unfold step; cbn; ring).
  assert (R2 : forall p, exists K, 0 <= K /\ forall k, Rabs (snd (orbit xx xy yx yy k p)) <= K * q ^ k)
    by (intros p; apply HG; intros k; rewrite !orbit_S; unfold step; cbn; ring).
  destruct (R1 (1, 0)) as (A & HA0 & HA), (R1 (0, 1)) as (B & HB0 & HB), (R2 (1, 0)) as (C & HC0 & HC),
    (R2 (0, 1)) as (D & HD0 & HD).
  exists (A + B + C + D), q. split; [lra |]. split; [exact Hq |]. intros k x y m Hx Hy.
  assert (Hqk : 0 <= q ^ k) by (apply pow_le; lra). assert (Hm : 0 <= m) by (pose proof (Rabs_pos x); lra).
  assert (two : forall a b e f, Rabs e <= a * q ^ k -> Rabs f <= b * q ^ k ->
    Rabs (x * e + y * f) <= a * q ^ k * m + b * q ^ k * m).
  { intros a b e f He Hf. eapply Rle_trans; [apply Rabs_triang |]. rewrite !Rabs_mult.
    apply Rplus_le_compat; rewrite Rmult_comm; apply Rmult_le_compat; auto using Rabs_pos. }
  assert (PA : 0 <= A * q ^ k * m) by (repeat apply Rmult_le_pos; assumption).
  assert (PB : 0 <= B * q ^ k * m) by (repeat apply Rmult_le_pos; assumption).
  assert (PC : 0 <= C * q ^ k * m) by (repeat apply Rmult_le_pos; assumption).
  assert (PD : 0 <= D * q ^ k * m) by (repeat apply Rmult_le_pos; assumption).
  rewrite orbit_linear. cbn [fst snd].
  split; [pose proof (two _ _ _ _ (HA k) (HB k)) | pose proof (two _ _ _ _ (HC k) (HD k))]; lra.
Qed.
