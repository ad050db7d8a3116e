//! Claim `rescaled.odd-point`: what becomes of the odd point under full batch normalisation.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::arithmetic::Dual;
use crate::odd_point::rescaled::{
    SMALLEST_RESCALED_ODD_POINT_BATCH, TwoLevelBatch, limit_variance_ratio, rescaled_drift,
    rescaled_saddle_node,
};
use crate::{Error, Result};
use rayon::prelude::*;
use rug::Float;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "rescaled.odd-point",
    kind: Kind::Numerical,
    summary: "full BN (RC+RS+NL): an odd point from n = 52 on, stable but not tight; several outliers can be stable",
    statement: "With RC, RS and ReLU the reduced map on one-outlier batches has, above the symmetric point, no fixed \
        point for n = 3..51 and exactly two (edge, odd point) at n = 52, 53, 56, 64, 100, 128, 256; n real, they are \
        born at 51.3717825. The odd point is linearly stable in the full space at these n and at 10^3, 10^4, 10^6. Its \
        cluster is not tight: cosine between 0.25 and 0.35 after ReLU, tending to 1/pi; the outlier's share of the \
        variance tends to 27.697 %. States with k = 2, 3, 4, 5 outliers are linearly stable at n = 100 and 1000. The \
        exact configuration repels with infinite slope: d' ~ sqrt(d).",
    hypotheses: "infinite width, RC + RS + ReLU; batches symmetric within cluster and within outliers (perturbations \
        of any kind). Not shown: other fixed points, other n.",
    source: "Project (theory 3): the abstract's picture belongs to RC + NL; this is what adding RS leaves of it.",
    method: "One integral over s by the trapezoid rule in ln s, whose error is below 2^-53 of each integral by an \
        a-priori bound (proofs/theorems/rescaled.odd-point.md, 2); rounding is gauged against MPFR at n = 100, and signs count only \
        beyond 1e-12. Roots are counted on 0 < ln p <= ln(10^4 n), cells halved until sign or monotony is clear, with twice \
        the observed change of slope as the bound on curvature. Stability: block eigenvalues, 1 - |value| > 1e-6. Limits: \
        distance below 2/sqrt(n), the order of the next term.",
    control: "the odd point exists at n = 51 already",
    check,
};

/// Batch sizes from the smallest on at which edge and odd point are counted.
const COUNTED: [u64; 7] = [SMALLEST_RESCALED_ODD_POINT_BATCH, 53, 56, 64, 100, 128, 256];
/// Where stability is judged besides.
const LARGE: [u64; 3] = [1000, 10_000, 1_000_000];
const OUTLIERS: std::ops::RangeInclusive<i64> = 2..=5;
const WITH_OUTLIERS: [u64; 2] = [100, 1000];
/// The saddle-node as stated, and half a unit of its last digit.
const SADDLE_NODE: (f64, f64) = (51.3717825, 5e-8);
/// A hundred times the rounding that is allowed in the comparison with MPFR.
const SIGN: f64 = 1e-12;
const ROUNDING: f64 = 1e-14;
/// What `1 − |eigenvalue|` must exceed.
const GAP: f64 = 1e-6;

/// One part of the statement: whether it holds, and in words what was found.
type Part = (bool, String);

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let first = match statement {
        Statement::Claim => SMALLEST_RESCALED_ODD_POINT_BATCH,
        Statement::Control => SMALLEST_RESCALED_ODD_POINT_BATCH - 1,
    };
    let small = if settings.quick { 45..=51 } else { 3..=51 };
    let counts = counts(first, &small.chain(COUNTED).collect::<Vec<_>>())?;
    // A refuted control needs no more, and the claim is refuted with it.
    if !counts.0 {
        return Ok(Finding::new(Verdict::Refuted, counts.1, json!({})));
    }
    let (stability, states) = stability()?;
    let parts = [counts, saddle_node()?, stability, limits()?, rounding()?, repulsion()?];
    let verdict = Verdict::decided(parts.iter().all(|(holds, _)| *holds));
    // For the table the first four will do, unless one of the others is what fails.
    let shown = |(i, part): &(usize, &Part)| if verdict == Verdict::Verified { *i < 4 } else { !part.0 };
    let words = parts.iter().enumerate().filter(shown).map(|(_, part)| part.1.as_str());
    let reason = words.collect::<Vec<_>>().join("; ");
    let all: Vec<_> = parts.iter().map(|part| &part.1).collect();
    Ok(Finding::new(verdict, reason, json!({ "shown": all, "states": states })))
}

/// No roots below batch size `first`, two from there on.
fn counts(first: u64, sizes: &[u64]) -> Result<Part> {
    let found = sizes.par_iter().map(|&n| Ok((n, roots(n as f64)?))).collect::<Result<Vec<_>>>()?;
    let wrong = found.iter().find(|(n, roots)| *roots != if *n >= first { 2 } else { 0 });
    Ok(match wrong {
        Some((n, roots)) => (false, format!("n = {n}: {roots} fixed points above the symmetric one")),
        None => (
            true,
            format!(
                "no odd point below n = {first}, edge and odd point at {} sizes from it on",
                COUNTED.len()
            ),
        ),
    })
}

/// Drift and its slope in `x = ln p`.
#[derive(Clone, Copy)]
struct Sample {
    x: f64,
    drift: f64,
    slope: f64,
}

fn sample(n: f64, x: f64) -> Result<Sample> {
    let p = x.exp();
    let Dual { value: drift, derivative } =
        rescaled_drift(&Dual::constant(n), &Dual { value: p, derivative: p })?;
    Ok(Sample { x, drift, slope: derivative })
}

/// How many roots the drift has for `0 < x ≤ ln(10⁴ n)`; the symmetric point is `x = 0`.
fn roots(n: f64) -> Result<usize> {
    const CELL: f64 = 0.25;
    let mut left = beyond_the_symmetric_point(n)?;
    let end = (1e4 * n).ln();
    let mut count = 0;
    while left.x < end {
        let right = sample(n, (left.x + CELL).min(end))?;
        count += roots_between(n, left, right, 0)?;
        left = right;
    }
    Ok(count)
}

/// A point before which, from 0 on, the drift falls.
fn beyond_the_symmetric_point(n: f64) -> Result<Sample> {
    let start = sample(n, 0.0)?;
    let mut x = 0.1;
    while x > 1e-4 {
        let right = sample(n, x)?;
        if start.slope + 2.0 * (right.slope - start.slope).abs() < 0.0 && right.drift < -SIGN {
            return Ok(right);
        }
        x /= 2.0;
    }
    Err(Error::NotReached(format!("n = {n}: the drift near the symmetric point is not resolved")))
}

/// Roots between two samples, by sign or by monotony.
fn roots_between(n: f64, left: Sample, right: Sample, depth: u32) -> Result<usize> {
    const DEEPEST: u32 = 20;
    let width = right.x - left.x;
    let curvature = 2.0 * (right.slope - left.slope).abs() / width;
    let resolved = left.drift.abs() > SIGN && right.drift.abs() > SIGN;
    // Half the cell from either end: |drift| falls by |slope| width/2 + curvature width²/8 at most.
    let clear = |end: Sample| {
        end.drift.abs() > SIGN + end.slope.abs() * width / 2.0 + curvature * width * width / 8.0
    };
    let same_sign = left.drift * right.drift > 0.0;
    if same_sign && clear(left) && clear(right) {
        return Ok(0);
    }
    let monotone =
        left.slope * right.slope > 0.0 && left.slope.abs().min(right.slope.abs()) > curvature * width / 2.0;
    if resolved && monotone {
        return Ok(usize::from(!same_sign));
    }
    if depth == DEEPEST {
        return Err(Error::NotReached(format!("n = {n}: a root near ln p = {} is not resolved", left.x)));
    }
    let middle = sample(n, f64::midpoint(left.x, right.x))?;
    Ok(roots_between(n, left, middle, depth + 1)? + roots_between(n, middle, right, depth + 1)?)
}

/// Double against MPFR, at n = 100 and three batches.
fn rounding() -> Result<Part> {
    const BITS: u32 = 80;
    let wide = |x: f64| Float::with_val(BITS, x);
    let mut worst = 0.0_f64;
    for p in [1.5, 17.0, 1000.0] {
        let double = TwoLevelBatch::single(&100.0, &p).ratios_after()?[0];
        let exact = TwoLevelBatch::single(&wide(100.0), &wide(p)).ratios_after()?[0].clone();
        worst = worst.max((wide(double) / exact - 1_u32).to_f64().abs());
    }
    Ok((worst <= ROUNDING, format!("float64 within {worst:.0e} of MPFR")))
}

fn saddle_node() -> Result<Part> {
    let [n, _] = rescaled_saddle_node(&0.0)?;
    Ok(((n - SADDLE_NODE.0).abs() <= SADDLE_NODE.1, format!("saddle-node at n = {n:.8}")))
}

/// Spectral radii, one outlier and several; and that no cluster is tight.
fn stability() -> Result<(Part, Vec<Value>)> {
    let single = COUNTED.into_iter().chain(LARGE).map(|n| (n, 1));
    let several = WITH_OUTLIERS.into_iter().flat_map(|n| OUTLIERS.map(move |k| (n, k)));
    let cases: Vec<(u64, i64)> = single.chain(several).collect();
    let rows = cases
        .par_iter()
        .map(|&(n, k)| {
            let batch = TwoLevelBatch::attractor(n as f64, k)?;
            let radius = batch.spectrum()?.into_iter().map(|(_, value)| value.abs());
            // In this order a NaN is the largest.
            let radius = radius.max_by(f64::total_cmp).unwrap_or(f64::NAN);
            Ok((n, k, radius, batch.order()?))
        })
        .collect::<Result<Vec<_>>>()?;
    let unstable = rows.iter().find(|(_, _, radius, _)| radius.is_nan() || 1.0 - radius <= GAP);
    let loose = |cosine: f64| (0.25..0.35).contains(&cosine);
    let tight = rows.iter().find(|(_, k, _, order)| *k == 1 && !loose(order.cos_within));
    let part = match (unstable, tight) {
        (Some((n, k, radius, _)), _) => (false, format!("n = {n}, {k} outliers: spectral radius {radius}")),
        (_, Some((n, _, _, order))) => {
            (false, format!("n = {n}: cosine {} within the cluster", order.cos_within))
        }
        _ => (true, format!("{} states stable, 1 to {} outliers", rows.len(), OUTLIERS.end())),
    };
    let states = rows.into_iter().map(|(n, k, radius, order)| {
        json!({ "batch_size": n.to_string(), "outliers": k.to_string(), "spectral_radius": approximate(radius),
            "r": approximate(order.r), "variance_ratio": approximate(order.variance_ratio), "share": approximate(order.share),
            "cos_within": approximate(order.cos_within), "cos_cross": approximate(order.cos_cross) })
    });
    Ok((part, states.collect()))
}

/// Share of the variance and cosine within the cluster, against their limits.
fn limits() -> Result<Part> {
    let eta: f64 = limit_variance_ratio(&0.0);
    let share = eta / (1.0 + eta);
    let mut holds = (share - 0.27697).abs() < 5e-6;
    for n in [1e4, 1e6, 1e8] {
        let order = TwoLevelBatch::attractor(n, 1)?.order()?;
        let tolerance = 2.0 / n.sqrt();
        holds &= (order.share - share).abs() < tolerance;
        holds &= (order.cos_within - std::f64::consts::FRAC_1_PI).abs() < tolerance;
    }
    Ok((holds, format!("share of the variance -> {:.3} %", 100.0 * share)))
}

/// `p/p' ~ √p` as `p → ∞`: the cluster's relative spread grows by `1/√d`.
fn repulsion() -> Result<Part> {
    let growth = |p: f64| Ok::<f64, Error>(-1.0 / (1.0 + rescaled_drift(&100.0, &p)?));
    let exponent = (growth(1e12)? / growth(1e10)?).log10() / 2.0;
    Ok(((exponent - 0.5).abs() < 1e-3, format!("exact configuration: d' ~ d^{:.3}", 1.0 - exponent)))
}
