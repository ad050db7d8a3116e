//! Claim `stability.basin`: an explicit set of batches that is proved to converge to the odd point.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::rigor::basin::{Basin, Method, RadiusVerdict, judge_share, prove_basin};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "stability.basin",
    kind: Kind::Rigorous,
    summary: "an explicit radius within which every batch converges to the odd point, for each n asked",
    statement: "For each batch size n >= 7 asked (up to 1000; larger ones are left out and counted), every batch whose \
        centred covariance lies within a stated Frobenius radius of the odd point's, at the same trace and modulo \
        scale, converges to the odd point under RC + ReLU layers, and from some layer on its distance in a stated norm \
        shrinks by a stated factor < 1 in every layer. From n = 21 on the radius is 0.9999 of the best possible \
        (1-r) sqrt((n-1)/(n-2)), the distance of the nearest batch with two identical samples; below that the ratio \
        is listed (0.16 at n = 7).",
    hypotheses: "infinite width, RC + ReLU; batches are positive semidefinite covariances with zero row sums; cluster \
        variance 1 at the odd point, whose trace sets the scale.",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's formulation; \
        theory 2.5, proofs/theorems).",
    method: "A local ball in a norm in which the differential has its spectral radius as norm, the remainder bounded \
        through the kernel's second derivative; an orbit box, bounds on the squared distances pushed through the \
        layers until it lies inside the ball. Intervals throughout; double precision only says what to try.",
    control: "the same with 1.001 times the best possible radius",
    check,
};

/// The largest batch size that is proved here: a box takes some 13 n layers.
const LARGEST_SIZE: u64 = 1000;

/// Sizes in a quick run.
const QUICK_SIZES: usize = 8;

/// From this size on the radius claimed is this share of the best possible one.
const SHARP_FROM: u64 = 21;
const SHARP_SHARE: f64 = 0.9999;

/// The control's share.
const EXCESSIVE_SHARE: f64 = 1.001;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let asked = settings.batch_sizes.with_odd_point()?;
    let mut sizes: Vec<u64> = asked.iter().copied().filter(|&n| n <= LARGEST_SIZE).collect();
    let left_out = asked.len() - sizes.len();
    if settings.quick {
        sizes.truncate(QUICK_SIZES);
    }
    if sizes.is_empty() {
        let reason = format!("no batch size up to {LARGEST_SIZE} was asked for");
        return Ok(Finding::new(Verdict::Inconclusive, reason, json!({})));
    }
    // Large sizes take longest: begun first.
    let judged = sizes
        .par_iter()
        .rev()
        .with_max_len(1)
        .map(|&n| judge(statement, n, settings.precision))
        .collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(_, verdict, _)| *verdict));
    let of_interest = judged.iter().rev().find(|(_, one, _)| *one == verdict && verdict != Verdict::Verified);
    let reason = match (verdict, of_interest) {
        (Verdict::Refuted, Some((n, ..))) => {
            format!(
                "at n = {n} a batch with two identical samples lies within the radius: it never converges"
            )
        }
        (_, Some((n, ..))) => {
            format!("undecided at n = {n} with {} bits: raise --precision", settings.precision)
        }
        (_, None) => {
            let left_out = if left_out > 0 {
                format!("; {left_out} sizes above {LARGEST_SIZE} left out")
            } else {
                String::new()
            };
            format!("{} batch sizes, n = {}..{}{left_out}", sizes.len(), sizes[0], sizes[sizes.len() - 1])
        }
    };
    let rows: Vec<Value> = judged.into_iter().rev().map(|(_, _, row)| row).collect();
    Ok(Finding::new(verdict, reason, json!({ "left_out": left_out, "batch_sizes": rows })))
}

/// The verdict at one batch size, and the numbers for JSON.
fn judge(statement: Statement, n: u64, precision: u32) -> Result<(u64, Verdict, Value)> {
    let found = match statement {
        Statement::Claim if n < SHARP_FROM => RadiusVerdict::Proved(Box::new(prove_basin(n, precision)?)),
        Statement::Claim => judge_share(n, SHARP_SHARE, precision)?,
        Statement::Control => judge_share(n, EXCESSIVE_SHARE, precision)?,
    };
    Ok(match found {
        RadiusVerdict::Proved(basin) => (n, Verdict::Verified, row(&basin)),
        RadiusVerdict::TooLarge(distance) => {
            let row = json!({ "batch_size": n.to_string(), "identical_samples_at": distance });
            (n, Verdict::Refuted, row)
        }
        RadiusVerdict::Undecided => (n, Verdict::Inconclusive, json!({ "batch_size": n.to_string() })),
    })
}

fn row(basin: &Basin) -> Value {
    let (method, layers) = match basin.method {
        Method::Ball => ("ball", 0),
        Method::OrbitBox { layers } => ("orbit-box", layers),
    };
    json!({
        "batch_size": basin.n.to_string(),
        "method": method,
        "layers_to_ball": layers.to_string(),
        "radius": basin.radius,
        "share_of_best": basin.relative,
        "rate_in_ball": basin.rate,
        "final_rate": basin.final_rate,
    })
}
