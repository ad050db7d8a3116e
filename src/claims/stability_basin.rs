//! Claim `stability.basin`: an explicit set of batches that is proved to converge to the odd point.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::rigor::basin::{
    Basin, RadiusVerdict, UniformStatement, UniformVerdict, judge_share, judge_uniform, prove_basin,
    prove_open_ball,
};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "stability.basin",
    kind: Kind::Rigorous,
    summary: "every batch nearer to the odd point than the best possible radius converges to it, for every n ≥ 40; for \
        smaller n an explicit radius",
    statement: "For every n >= 40, every batch whose centred covariance is nearer to the odd point's, in Frobenius norm at \
        the same trace and modulo scale, than the best possible radius (1-r) sqrt((n-1)/(n-2)), the distance of the \
        nearest batch with two identical samples, converges to the odd point under RC + ReLU layers. For every n >= 128 \
        (1024) every covariance within 10 (100) times that radius converges to it, but for those with two identical \
        samples in the cluster, which never do. For each batch size n >= 7 asked up to 1000 every batch within a stated \
        Frobenius radius converges to it, and from some layer on its distance in a stated norm shrinks by a stated \
        factor < 1 in every layer. That radius is the best possible one for n = 22..39 (open ball), 0.9999 of it for \
        n = 20, 21 and from n = 40 on (where the first sentence says more); below n = 20 the ratio is listed (0.52 at \
        n = 7, 0.75 at n = 10, 0.97 at n = 16).",
    hypotheses: "infinite width, RC + ReLU; batches are positive semidefinite covariances with zero row sums; cluster \
        variance 1 at the odd point, whose trace sets the scale.",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's formulation; \
        theory 2.5, proofs/theorems).",
    method: "A local ball in a norm in which the differential has its spectral radius as norm, the remainder bounded \
        through the kernel's second derivative; an orbit box, bounds on the squared distances pushed through the \
        layers until it lies inside the ball; for n <= 17 the Frobenius ball itself, followed as an ellipsoid in the \
        blocks of the symmetry, the remainder bounded through multipliers. For all n >= 128 at once, u = 1/n in \
        [0, 1/128], a fixed box in scaled distances that the layer maps into itself and where it contracts a \
        weighted maximum norm; n = 40..127 likewise, one by one. Intervals throughout; double precision only says what to try.",
    control: "the same with 1.001 times the best possible radius, n by n and for all n >= 40",
    check,
};

/// The largest batch size that is proved here: a box takes some 13 n layers.
const LARGEST_SIZE: u64 = 1000;

/// Sizes in a quick run.
const QUICK_SIZES: usize = 8;

/// From this size on the radius claimed is this share of the best possible one.
const SHARP_FROM: u64 = 20;
const SHARP_SHARE: f64 = 0.9999;

/// From this size on it is the best possible one: n by n until all are proved at once.
const OPEN_FROM: u64 = 22;

/// The control's share.
const EXCESSIVE_SHARE: f64 = 1.001;

/// What is claimed of all large batches.
const FOR_ALL: [UniformStatement; 3] = [
    UniformStatement { from: 40, reach: 1.0, but_identical: false },
    UniformStatement { from: 128, reach: 10.0, but_identical: true },
    UniformStatement { from: 1024, reach: 100.0, but_identical: true },
];

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let asked = settings.batch_sizes.with_odd_point()?;
    let mut sizes: Vec<u64> = asked.iter().copied().filter(|&n| n <= LARGEST_SIZE).collect();
    let left_out = asked.len() - sizes.len();
    if settings.quick {
        sizes.truncate(QUICK_SIZES);
    }
    // Large sizes take longest: begun first.
    let judged = sizes
        .par_iter()
        .rev()
        .with_max_len(1)
        .map(|&n| judge(statement, n, settings.precision))
        .collect::<Result<Vec<_>>>()?;
    let (for_all, uniform) = judge_for_all(statement, settings.precision)?;
    let by_size = Verdict::all(judged.iter().map(|(_, verdict, _)| *verdict));
    let both = Verdict::all([by_size, for_all]);
    // Of the control each part is to be refuted; with no size asked there is one part.
    let half_refuted = both == Verdict::Refuted && by_size != for_all && !sizes.is_empty();
    let verdict = if half_refuted { Verdict::Inconclusive } else { both };
    let undecided = judged.iter().rev().find(|(_, one, _)| *one == Verdict::Inconclusive);
    let reason = match (verdict, undecided) {
        (Verdict::Verified, _) => summary_of(&sizes, left_out),
        (Verdict::Refuted, _) => {
            "a batch with two identical samples lies within the radius: it never converges".to_owned()
        }
        (_, Some((n, ..))) => {
            format!("undecided at n = {n} with {} bits: raise --precision", settings.precision)
        }
        (_, None) => "only one part was refuted".to_owned(),
    };
    let rows: Vec<Value> = judged.into_iter().rev().map(|(_, _, row)| row).collect();
    let evidence = json!({ "every_batch_size": uniform, "left_out": left_out, "batch_sizes": rows });
    Ok(Finding::new(verdict, reason, evidence))
}

fn summary_of(sizes: &[u64], left_out: usize) -> String {
    let by_size = match (sizes.first(), sizes.last()) {
        (Some(first), Some(last)) => format!("; {} batch sizes, n = {first}..{last}", sizes.len()),
        _ => String::new(),
    };
    let left_out =
        if left_out > 0 { format!("; {left_out} above {LARGEST_SIZE} left to it") } else { String::new() };
    format!("every n >= {}: the best possible radius{by_size}{left_out}", FOR_ALL[0].from)
}

/// The verdict on all large batch sizes at once, and the numbers for JSON.
fn judge_for_all(statement: Statement, precision: u32) -> Result<(Verdict, Value)> {
    let judged = match statement {
        Statement::Claim => FOR_ALL.to_vec(),
        Statement::Control => vec![UniformStatement { reach: EXCESSIVE_SHARE, ..FOR_ALL[0] }],
    };
    let mut verdicts = Vec::new();
    let mut rows = Vec::new();
    for one in judged {
        let mut row = json!({
            "from": one.from.to_string(),
            "share_of_best": one.reach.to_string(),
            "but_identical_samples": one.but_identical,
        });
        verdicts.push(match judge_uniform(&one, precision)? {
            UniformVerdict::Proved(basin) => {
                row["growth_times_n"] = json!(basin.growth);
                row["rate_times_n"] = json!(basin.rate);
                Verdict::Verified
            }
            UniformVerdict::TooLarge => Verdict::Refuted,
        });
        rows.push(row);
    }
    Ok((Verdict::all(verdicts), json!(rows)))
}

/// The verdict at one batch size, and the numbers for JSON.
fn judge(statement: Statement, n: u64, precision: u32) -> Result<(u64, Verdict, Value)> {
    let found = match statement {
        Statement::Claim if n < SHARP_FROM => RadiusVerdict::Proved(Box::new(prove_basin(n, precision)?)),
        Statement::Claim if (OPEN_FROM..FOR_ALL[0].from).contains(&n) => {
            RadiusVerdict::Proved(Box::new(prove_open_ball(n, precision)?))
        }
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
    json!({
        "batch_size": basin.n.to_string(),
        "method": basin.method.name(),
        "layers_to_ball": basin.method.layers().to_string(),
        "radius": basin.radius,
        "share_of_best": basin.relative,
        "rate_in_ball": basin.rate,
        "final_rate": basin.final_rate,
    })
}
