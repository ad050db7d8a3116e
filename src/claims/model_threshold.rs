//! Claim `model.threshold`: the edge is the threshold.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{FixedPoint, SMALLEST_ODD_POINT_BATCH};
use crate::rigor::threshold::{Drift, drift, low_variance_comes_back};
use crate::rigor::{TAIL_FROM, count_each, count_for_all, enclose_fixed_point, reciprocals_from};
use crate::{Error, Result};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "model.threshold",
    kind: Kind::Rigorous,
    summary: "a variance above the edge's runs away to the odd point, below it returns, every n ≥ 7",
    statement: "For every n >= 7, under the reduced map every symmetric batch with r above the edge's (and below 1) \
        converges to the odd point, and every one with r below the edge's to the symmetric batch.",
    hypotheses: "infinite width, RC + ReLU, batches symmetric under the permutations of n-1 samples; r = 1 excluded.",
    source: "Abstract: \"we analyze the geometrical evolution of a simplified indicative model\" (project's \
        formulation; proofs/theorems).",
    method: "The complete count of fixed points (model.fixed-points), and monotonicity of the map by hand wherever the \
        outlier's deviation is at least 1/pi of the cluster's; what is below that comes back below 1 in one layer, \
        which rests on 1/2 + 1/(2 pi^2) < 1 - 1/pi, checked by intervals. At each n asked the drift is also enclosed \
        on both sides of the threshold.",
    control: "the threshold is half way between the symmetric batch and the edge",
    check,
};

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let precision = settings.precision;
    let sizes = statement.cases(settings.batch_sizes.with_odd_point()?);
    let judged = sizes
        .par_iter()
        .map(|&n| judge(statement, n, precision))
        .collect::<Result<Vec<(Verdict, Value)>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(verdict, _)| *verdict));
    if verdict != Verdict::Verified {
        let reason = "a batch on one side of the threshold drifts to the other".to_owned();
        return Ok(Finding::new(verdict, reason, json!({})));
    }
    if !low_variance_comes_back(precision) {
        return Err(Error::NotReached(format!(
            "1/2 + 1/(2 pi^2) < 1 - 1/pi is undecided at {precision} bits"
        )));
    }
    // The count is all that depends on n.
    count_each(&Vec::from_iter(SMALLEST_ODD_POINT_BATCH..TAIL_FROM), precision)?;
    count_for_all(&reciprocals_from(TAIL_FROM, precision))?;
    let reason = format!("every n >= 7; drift enclosed on both sides at {} sizes", sizes.len());
    let evidence = json!({ "batch_sizes": judged.into_iter().map(|(_, row)| row).collect::<Vec<_>>() });
    Ok(Finding::new(Verdict::Verified, reason, evidence))
}

/// The drift a hundredth to either side of the threshold in `ω = n(v−1)`.
fn judge(statement: Statement, n: u64, precision: u32) -> Result<(Verdict, Value)> {
    // Exactly one edge, says the count below; this is it.
    let batch = enclose_fixed_point(FixedPoint::Edge, n, precision)?;
    let edge = batch.n * batch.deviation_ratio.plus(-1);
    let threshold = match statement {
        Statement::Claim => edge,
        Statement::Control => edge.over(2),
    };
    let at = |hundredths: i64, end: &rug::Float| {
        drift(n, &Interval::point(end.clone()).times(hundredths).over(100))
    };
    let verdict = match (at(99, threshold.lower()), at(101, threshold.upper())) {
        (Drift::Down, Drift::Up) => Verdict::Verified,
        (Drift::Up, _) | (_, Drift::Down) => Verdict::Refuted,
        _ => Verdict::Inconclusive,
    };
    Ok((verdict, json!({ "batch_size": n.to_string(), "edge_omega": threshold })))
}
