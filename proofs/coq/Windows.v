(** Windows of the odd point and bounds of its spectrum there, rounded outward: numbers only, proved in SmallBatches.v.
    Made by examples/coq_windows.rs. *)

From Coq Require Import Reals.
From OddPoint Require Import WindowTheorem.
Open Scope R_scope.

Definition window_7 : window := {|
  r_range := (0.293896718962206840, 0.293896718962206841);
  derivative_range := (0.944832278, 0.944832279);
  mu_range := (0.806495031, 0.806495032);
  trace_range := (1.219566612, 1.219566613);
  det_range := (0.299625639, 0.299625640)
|}.

Definition window_8 : window := {|
  r_range := (0.453769245655787534, 0.453769245655787535);
  derivative_range := (0.930773612, 0.930773613);
  mu_range := (0.842378615, 0.842378616);
  trace_range := (1.150110622, 1.150110623);
  det_range := (0.230627542, 0.230627543)
|}.

Definition window_9 : window := {|
  r_range := (0.560812431071776913, 0.560812431071776914);
  derivative_range := (0.926736837, 0.926736838);
  mu_range := (0.865779464, 0.865779465);
  trace_range := (1.109325610, 1.109325611);
  det_range := (0.187335445, 0.187335446)
|}.

Definition window_10 : window := {|
  r_range := (0.638023605392677466, 0.638023605392677467);
  derivative_range := (0.926769839, 0.926769840);
  mu_range := (0.882691840, 0.882691841);
  trace_range := (1.082716563, 1.082716564);
  det_range := (0.157316790, 0.157316791)
|}.

Definition window_16 : window := {|
  r_range := (0.848107214123895002, 0.848107214123895003);
  derivative_range := (0.942846006, 0.942846007);
  mu_range := (0.932129867, 0.932129868);
  trace_range := (1.023950309, 1.023950310);
  det_range := (0.078947782, 0.078947783)
|}.

Definition window_64 : window := {|
  r_range := (0.989501860188596473, 0.989501860188596474);
  derivative_range := (0.984281826, 0.984281827);
  mu_range := (0.984112473, 0.984112474);
  trace_range := (1.000619439, 1.000619440);
  det_range := (0.016093581, 0.016093582)
|}.

Definition window_128 : window := {|
  r_range := (0.997332058191059808, 0.997332058191059809);
  derivative_range := (0.992145440, 0.992145441);
  mu_range := (0.992124255, 0.992124256);
  trace_range := (1.000109448, 1.000109449);
  det_range := (0.007902286, 0.007902287)
|}.

Definition window_1000 : window := {|
  r_range := (0.999955675755919301, 0.999955675755919302);
  derivative_range := (0.998999039, 0.998999040);
  mu_range := (0.998998995, 0.998998996);
  trace_range := (1.000001104, 1.000001105);
  det_range := (0.001001061, 0.001001062)
|}.
