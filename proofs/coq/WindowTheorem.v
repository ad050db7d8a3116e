(** One batch size: a window of correlations holds one fixed point, and the spectrum there is enclosed. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From OddPoint Require Import Kernel Model ReducedDerivative ClosedForms Balance Tactics.
Open Scope R_scope.

(** A closed interval by its ends, and what is claimed of a batch size. *)
Record window : Type := {
  r_range : R * R;
  derivative_range : R * R;
  mu_range : R * R;
  trace_range : R * R;
  det_range : R * R
}.

Definition encloses (b : R * R) (x : R) : Prop := fst b <= x <= snd b.

Definition enclosed (w : window) (n r : R) : Prop :=
  encloses (derivative_range w) (Derive (F n) r) /\ encloses (mu_range w) (mu n r) /\
  encloses (trace_range w) (standard_trace n r) /\ encloses (det_range w) (standard_det n r).

(** The window holds exactly one fixed point; the bounds hold there, and they bring the spectrum inside the disc. *)
Definition verified (n : R) (w : window) : Prop :=
  exists r, (encloses (r_range w) r /\ fixed_point n r /\ spectrum_inside n r /\ enclosed w n r) /\
    forall s, encloses (r_range w) s -> fixed_point n s -> s = r.

(** ** The same in closed forms *)

Definition balance_form (n r : R) : R := growth_form n r - loss_form r / (1 - r).
Definition slope_form (n r : R) : R :=
  dgrowth_form n r - (theta_form r - sqrt (1 - r * r)) / (2 * PI * ((1 - r) * (1 - r))).
Definition derivative_form (n r : R) : R := (dkappa_form r + (1 - r) * dgrowth_form n r) / growth_form n r.
Definition mu_form (n r : R) : R := dkappa_form r / growth_form n r.
Definition trace_form (n r : R) : R :=
  (1 / 2 - 2 * row_x_form n r) / growth_form n r + (dkappa_form r - row_y_form n r) / growth_form n r.
Definition det_form (n r : R) : R :=
  (1 / 2 - 2 * row_x_form n r) / growth_form n r * ((dkappa_form r - row_y_form n r) / growth_form n r)
  - - 2 * row_y_form n r / growth_form n r * ((sqrt (1 - r * r) / (4 * PI) - row_x_form n r) / growth_form n r).

(** What the bounds alone say. *)
Definition bounds_inside (w : window) : Prop :=
  (-1 < fst (derivative_range w) /\ snd (derivative_range w) < 1) /\ (0 < fst (mu_range w) /\ snd (mu_range w) < 1) /\
  snd (det_range w) < 1 /\
  0 < 1 - snd (trace_range w) + fst (det_range w) /\ 0 < 1 + fst (trace_range w) + fst (det_range w).

Definition window_inside (n : R) (w : window) : Prop :=
  -1 < fst (r_range w) /\ - / (n - 2) < fst (r_range w) /\
  fst (r_range w) < snd (r_range w) /\ snd (r_range w) < 1.

Theorem verify (n : R) (w : window) :
  2 < n -> window_inside n w -> bounds_inside w ->
  0 < balance_form n (fst (r_range w)) -> balance_form n (snd (r_range w)) < 0 ->
  (forall r, encloses (r_range w) r ->
    0 < loss_form r /\ slope_form n r < 0 /\
    encloses (derivative_range w) (derivative_form n r) /\ encloses (mu_range w) (mu_form n r) /\
    encloses (trace_range w) (trace_form n r) /\ encloses (det_range w) (det_form n r)) ->
  verified n w.
Proof.
  intros Hn (H1 & H2 & H3 & H4) (Bt & Bp & Bd1 & Bd2 & Bd3) Hlo Hhi Hall.
  set (lo := fst (r_range w)) in *. set (hi := snd (r_range w)) in *.
  assert (Hin : forall r, lo <= r <= hi -> -1 < r < 1 /\ interior n r).
  { intros r Hr. now apply (window_interior n lo hi). }
  assert (Hbal : forall r, lo <= r <= hi -> balance n r = balance_form n r).
  { intros r Hr. destruct (Hin r Hr) as [Hr' Hi]. unfold balance, balance_form.
    now rewrite growth_closed, loss_closed. }
  destruct (exists_fixed_point n lo hi) as (r & Hr & Hf); try assumption.
  - rewrite Hbal by lra. exact Hlo.
  - rewrite Hbal by lra. exact Hhi.
  - intros r Hr. destruct (Hin r Hr) as [Hr' Hi]. destruct (Hall r Hr) as [Hl _].
    rewrite <- loss_closed in Hl by exact Hr'. lra.
  - destruct (Hin r Hr) as [Hr' Hi]. destruct (Hall r Hr) as (_ & _ & Et & Ep & Etr & Ed).
    destruct Hf as (_ & Hg & HF).
    assert (HD : Derive (F n) r = derivative_form n r).
    { rewrite (is_derive_unique _ _ _ (is_derive_F n r Hn Hr' Hi Hg)), (dF_at_fixed_point n r Hg HF).
      unfold derivative_form. now rewrite dkappa_closed, dgrowth_closed, growth_closed. }
    assert (HP : mu n r = mu_form n r).
    { unfold mu, mu_form. now rewrite dkappa_closed, growth_closed. }
    assert (HT : standard_trace n r = trace_form n r).
    { unfold standard_trace, standard_xx, standard_yy, trace_form.
      now rewrite dkappa_closed, growth_closed, row_x_closed, row_y_closed. }
    assert (HE : standard_det n r = det_form n r).
    { unfold standard_det, standard_xx, standard_yy, standard_xy, standard_yx, det_form, by_variance.
      now rewrite dkappa_closed, growth_closed, row_x_closed, row_y_closed. }
    exists r. split.
    + split; [exact Hr |]. split; [exact (conj Hi (conj Hg HF)) |].
      unfold spectrum_inside, enclosed, jury. rewrite HD, HP, HT, HE.
      split; [| now repeat split; first [apply Et | apply Ep | apply Etr | apply Ed]].
      unfold encloses in *. split; [split | split].
      * exists (dF n r). now apply is_derive_F.
      * apply Rabs_def1; lra.
      * lra.
      * lra.
    + intros s Hs Hfs. apply (at_most_one_fixed_point n lo hi); try assumption.
      * intros x Hx. destruct (Hin x Hx) as [Hx' Hix]. destruct (Hall x Hx) as (_ & Hsl & _).
        unfold slope. rewrite dgrowth_closed by assumption. rewrite acos_by_atan by exact Hx'. exact Hsl.
      * exact (conj Hi (conj Hg HF)).
Qed.

Ltac unfold_forms :=
  unfold balance_form, slope_form, derivative_form, mu_form, trace_form, det_form, row_x_form, row_y_form,
    growth_form, dgrowth_form, loss_form, dkappa_form, angle_form, sine_form, cosine_form, theta_form.

(** Proves [verified n w] for a number [n] and a window of numbers. The window may be 1e-18 wide, and what is enclosed
    loses some 20 bits at n = 1000: hence the precision. *)
Ltac verify_window w :=
  apply verify; unfold window_inside, bounds_inside, encloses, w;
  cbn [r_range derivative_range mu_range trace_range det_range fst snd];
  [ lra | repeat split; lra | repeat split; lra
  | unfold_forms; interval with (i_prec 100) | unfold_forms; interval with (i_prec 100)
  | intros r Hr; unfold_forms;
    refine (conj _ (conj _ (conj _ (conj _ (conj _ _))))); interval with (i_prec 100) ].
