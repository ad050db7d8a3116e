//! Claim `paths.agree`: float64, MPFR and intervals tell the same story.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::Result;
use crate::arithmetic::{Dual, Interval, Real, Tracked};
use crate::odd_point::{EdgeEquation, Equation, FixedPoint, OddPointEquation, Spectrum, SymmetricBatch};
use crate::rigor::enclose_fixed_point;
use rayon::prelude::*;
use rug::Float;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "paths.agree",
    kind: Kind::Numerical,
    summary: "float64, MPFR and intervals agree within a rounding-error bound, n = 7 … 10¹²",
    statement: "At every fixed point the float64 angle, 1-r, growth, order parameters and eigenvalues differ from \
        the enclosed values by no more than the bound of a rounding-error analysis made without them, and the MPFR \
        values lie inside the enclosures.",
    hypotheses: "IEEE 754 doubles rounded to nearest; the platform's sin, cos, asin, acos, atan2 within 2 ulps; \
        the batch sizes asked and the powers of ten from 10 to 10^12.",
    source: "Project: cross-validation of the fast path and the high-precision path.",
    method: "Running error analysis (Higham, section 3.3): the same formulas in doubles that carry an error bound. \
        The root's error is bounded by (|residual| + its error)/(half the slope). A round-to-nearest MPFR \
        evaluation of the formulas must stay inside their interval evaluation at the same precision.",
    control: "the float64 values of batch size n+1 agree with the enclosures of batch size n",
    check,
};

const LARGEST_POWER_OF_TEN: u32 = 12;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let mut sizes: Vec<u64> = (1..=LARGEST_POWER_OF_TEN).map(|exponent| 10_u64.pow(exponent)).collect();
    sizes.extend(settings.batch_sizes.with_odd_point()?);
    sizes.sort_unstable();
    sizes.dedup();
    let jobs: Vec<_> = sizes
        .iter()
        .flat_map(|&n| {
            [FixedPoint::OddPoint, FixedPoint::Edge, FixedPoint::Symmetric].map(|point| (n, point))
        })
        .collect();
    let compared = jobs
        .par_iter()
        .map(|&(n, point)| compare(statement, point, n, settings.precision))
        .collect::<Result<Vec<_>>>()?;

    let verdict = Verdict::all(compared.iter().flatten().map(Comparison::verdict));
    let failure = jobs.iter().zip(&compared).find_map(|((n, point), rows)| {
        let decisive = |row: &&Comparison| verdict != Verdict::Verified && row.verdict() == verdict;
        rows.iter().find(decisive).map(|row| (n, point.name(), row))
    });
    let all = || compared.iter().flatten();
    let worst_bound = all().map(|row| row.bound / row.magnitude).fold(0.0, f64::max);
    let worst_error = all().map(|row| row.error / row.magnitude).fold(0.0, f64::max);
    let reason = match failure {
        None => format!(
            "{} values at {} batch sizes up to {}: relative error at most {worst_error:.1e}, bounds up to {worst_bound:.1e}",
            all().count(),
            sizes.len(),
            sizes[sizes.len() - 1]
        ),
        Some((n, point, row)) if verdict == Verdict::Inconclusive => format!(
            "{} of {point} at n = {n}: the enclosure at {} bits is too wide to judge a bound of {:.1e}: raise --precision",
            row.name, settings.precision, row.bound
        ),
        Some((n, point, row)) => format!(
            "{} of {point} at n = {n}: float64 off by {:.1e} with a bound of {:.1e}, MPFR {} its enclosure",
            row.name,
            row.error,
            row.bound,
            if row.mpfr_inside { "inside" } else { "outside" }
        ),
    };
    let rows = jobs.iter().zip(&compared).map(|((n, point), rows)| {
        let values = rows.iter().map(|row| {
            let value = json!({ "error": approximate(format_args!("{:.2e}", row.error)),
                "bound": approximate(format_args!("{:.2e}", row.bound)) });
            (row.name.to_owned(), value)
        });
        json!({ "batch_size": n.to_string(), "at": point.name(), "values": serde_json::Map::from_iter(values) })
    });
    let evidence = json!({ "comparisons": rows.collect::<Vec<_>>() });
    Ok(Finding::new(verdict, reason, evidence))
}

/// One quantity in three arithmetics.
struct Comparison {
    name: &'static str,
    /// Upper bound on the distance of the double from the enclosed value.
    error: f64,
    /// Lower bound on it: less than `error` by the width of the enclosure.
    least_error: f64,
    /// What the rounding-error analysis allows.
    bound: f64,
    /// Size of the value, for relative figures.
    magnitude: f64,
    mpfr_inside: bool,
}

impl Comparison {
    fn verdict(&self) -> Verdict {
        if !self.mpfr_inside || self.least_error > self.bound {
            Verdict::Refuted
        } else if self.error <= self.bound {
            Verdict::Verified
        } else {
            Verdict::Inconclusive
        }
    }
}

fn compare(statement: Statement, point: FixedPoint, n: u64, precision: u32) -> Result<Vec<Comparison>> {
    let enclosed = enclose_fixed_point(point, n, precision)?;
    let tracked = tracked_fixed_point(point, if statement == Statement::Control { n + 1 } else { n });
    let nearest = nearest_inside(point, &enclosed);
    let rows = quantities(&enclosed).into_iter().zip(quantities(&tracked)).zip(quantities(&nearest));
    Ok(rows
        .map(|(((name, enclosure), (_, tracked)), (_, nearest))| {
            let difference = Interval::from_f64(precision, tracked.value) - &enclosure;
            Comparison {
                name,
                error: difference.magnitude().to_f64(),
                least_error: difference.mignitude().to_f64(),
                bound: tracked.error,
                magnitude: enclosure.approximate().abs(),
                mpfr_inside: enclosure.contains(&nearest),
            }
        })
        .collect())
}

/// Everything that is compared, in any arithmetic.
fn quantities<R: Real>(batch: &SymmetricBatch<R>) -> Vec<(&'static str, R)> {
    let Spectrum { trivial, standard: [larger, smaller], pair } = Spectrum::at(batch);
    let order = batch.order_parameters();
    vec![
        ("theta", batch.theta.clone()),
        ("one_minus_r", batch.one_minus_r.clone()),
        ("variance_ratio", batch.variance_ratio()),
        ("growth", batch.growth()),
        ("cos_within", order.cos_within),
        ("cos_cross", order.cos_cross),
        ("norm_ratio", order.norm_ratio),
        ("trivial", trivial),
        ("standard larger", larger),
        ("standard smaller", smaller),
        ("pair", pair),
    ]
}

/// The float64 fixed point with a bound on its error.
fn tracked_fixed_point(point: FixedPoint, n: u64) -> SymmetricBatch<Tracked> {
    let size = Tracked::exact(0.0).lift(n as i64);
    match point {
        FixedPoint::Symmetric => SymmetricBatch::symmetric(&size),
        FixedPoint::Edge => {
            let equation = EdgeEquation { n };
            let w = tracked_root(&equation, equation.solve());
            SymmetricBatch::from_deviation_ratio(&size, &w.plus(1))
        }
        FixedPoint::OddPoint => {
            let equation = OddPointEquation { n };
            SymmetricBatch::from_angle(&size, &tracked_root(&equation, equation.solve()))
        }
    }
}

/// The computed root, off by at most (|residual| + its error)/(half the slope there): the slope varies by far less
/// than its half over so small a distance.
fn tracked_root(equation: &impl Equation, root: f64) -> Tracked {
    let Dual { value, derivative } = equation.residual(&Dual::variable(Tracked::exact(root)));
    let slope = (derivative.value.abs() - derivative.error) / 2.0;
    Tracked::with_error(root, (value.value.abs() + value.error) / slope)
}

/// The batch in MPFR, round to nearest, from the midpoint of the enclosed unknown.
fn nearest_inside(point: FixedPoint, enclosed: &SymmetricBatch<Interval>) -> SymmetricBatch<Float> {
    let n = enclosed.n.midpoint();
    match point {
        FixedPoint::OddPoint => SymmetricBatch::from_angle(&n, &enclosed.theta.midpoint()),
        _ => SymmetricBatch::from_deviation_ratio(&n, &enclosed.deviation_ratio.midpoint()),
    }
}
