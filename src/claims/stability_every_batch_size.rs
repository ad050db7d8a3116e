//! Claim `stability.every-batch-size`: linear stability of the odd point for all n at once.

use super::stability_spectral_gap::judge;
use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::odd_point::{FixedPoint, SMALLEST_ODD_POINT_BATCH};
use crate::rigor::tail::{prove_angle_expansion, prove_stability_for_all};
use crate::rigor::{ANGLE_CONSTANT, TAIL_FROM, count_for_all, reciprocals_from};
use rayon::prelude::*;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "stability.every-batch-size",
    kind: Kind::Rigorous,
    summary: "the odd point exists and every eigenvalue is inside the unit disc, for every n ≥ 7",
    statement: "For every integer n >= 7 the odd-point fixed point exists, is the only fixed point with n theta <= 10.5 \
        once n >= 128, and every eigenvalue of the layer's differential there, on centred covariances modulo scale, \
        lies strictly inside the unit disc.",
    hypotheses: "infinite width, RC + ReLU; that the blocks are the whole spectrum is algebra (proofs/derivations.md), \
        checked numerically by stability.blocks. Linear stability: it speaks of small enough perturbations.",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's formulation; \
        proofs/theorems).",
    method: "n = 7..=127 one by one by enclosures. n >= 128 at once: u = 1/n in [0, 1/128], x = n theta within \
        20 u^2 of 3 pi - 3 pi u (proved), gaps n(1 - lambda) of trivial and pair and Jury's three conditions of the \
        standard block enclosed over 16 pieces of u; removable singularities by Bessel functions.",
    control: "the same at the edge instead of the odd point",
    check,
};

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let precision = settings.precision;
    let point = match statement {
        Statement::Claim => FixedPoint::OddPoint,
        Statement::Control => FixedPoint::Edge,
    };
    let judged = (SMALLEST_ODD_POINT_BATCH..TAIL_FROM)
        .into_par_iter()
        .map(|n| judge(point, n, precision))
        .collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(_, verdict, _)| *verdict));
    if verdict != Verdict::Verified {
        let n = judged.iter().find(|(_, one, _)| *one == verdict).map_or(0, |(n, ..)| *n);
        let reason = format!("{} at n = {n}", verdict.name());
        return Ok(Finding::new(verdict, reason, json!({})));
    }
    count_for_all(&reciprocals_from(TAIL_FROM, precision))?;
    prove_angle_expansion(ANGLE_CONSTANT, TAIL_FROM, precision)?;
    let margins = prove_stability_for_all(TAIL_FROM, ANGLE_CONSTANT, precision)?;
    let reason = format!(
        "n = 7..{} one by one, n >= {TAIL_FROM} at once with n(1 - λ) >= {:.3}",
        TAIL_FROM - 1,
        margins.least_gap().to_f64()
    );
    let evidence = json!({
        "one_by_one": judged.into_iter().map(|(.., row)| row).collect::<Vec<_>>(),
        "from": TAIL_FROM.to_string(),
        "trivial_gap": margins.trivial_gap,
        "pair_gap": margins.pair_gap,
        "jury": margins.jury,
    });
    Ok(Finding::new(Verdict::Verified, reason, evidence))
}
