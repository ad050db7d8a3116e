//! `--outliers` of `oddpoint fixed-points` and `oddpoint spectrum`, from 2 on.

use super::fixed_points::{point_to_json, write_point};
use super::{Format, starting_precision};
use crate::arithmetic::{Interval, Real};
use crate::odd_point::FixedPoint;
use crate::odd_point::two_level::{EqualCorrelations, TwoLevelBlock};
use crate::report;
use crate::rigor::two_level::{TwoLevelCensus, TwoLevelRoots};
use crate::rigor::{refine, relative_width_below};
use crate::{Error, Result, bad_input};
use serde_json::{Value, json};
use std::io::Write;

/// What was asked for.
pub struct Question {
    pub batch_size: u64,
    pub outliers: u64,
    pub digits: u32,
    pub format: Format,
}

type State = EqualCorrelations<Interval>;
type Eigenvalues = Vec<(TwoLevelBlock, Interval)>;

/// The quantities, in the order of the JSON contract.
const NAMES: [&str; 8] = [
    "r",
    "one_minus_r",
    "theta",
    "variance_ratio",
    "largest_eigenvalue",
    "cos_within",
    "cos_cross",
    "norm_ratio",
];

/// Names by falling correlation, the symmetric one last: as with one outlier, but that `outliers` do not attract.
fn named(census: &TwoLevelCensus) -> Vec<(String, &State)> {
    let name = |i: usize| match i {
        0 => "outliers".to_owned(),
        1 => "edge".to_owned(),
        _ => format!("other-{i}"),
    };
    let others = census.others.iter().enumerate().map(|(i, state)| (name(i), state));
    others.chain([("symmetric".to_owned(), &census.symmetric)]).collect()
}

pub fn fixed_points(question: &Question) -> Result<()> {
    let (n, k, digits) = (question.batch_size, question.outliers, question.digits);
    let roots = TwoLevelRoots::find(n, k)?;
    let found: Vec<(String, [Interval; NAMES.len()])> = refine(
        starting_precision(digits, n),
        |precision| {
            let census = roots.enclose(precision);
            named(&census).into_iter().map(|(name, state)| Ok((name, quantities(state)?))).collect()
        },
        |found: &Vec<_>| {
            found.iter().all(|(_, values)| values.iter().all(|x| relative_width_below(x, digits)))
        },
    )?;
    let mut out = std::io::stdout().lock();
    match question.format {
        Format::Text => {
            for (name, values) in &found {
                write_point(&mut out, name, &NAMES, values, digits)?;
            }
            writeln!(
                out,
                "n = {n}, {k} outliers; each value is proved to within one unit of its last digit"
            )?;
            writeln!(
                out,
                "r is the correlation within both groups; states with two equal samples are left out"
            )?;
            writeln!(out, "these are all: the whole range of r is covered by enclosures")?;
        }
        Format::Json => {
            let points: Vec<Value> =
                found.iter().map(|(name, values)| point_to_json(name, &NAMES, values)).collect();
            let document = json!({
                "schema": "oddpoint.fixed-points/1",
                "batch_size": n.to_string(),
                "outliers": k.to_string(),
                "fixed_points": points,
            });
            report::write_json(&mut out, &document)?;
        }
    }
    Ok(())
}

fn quantities(state: &State) -> Result<[Interval; NAMES.len()]> {
    let one = state.theta.lift(1);
    Ok([
        state.r(),
        state.one_minus_r.clone(),
        state.theta.clone(),
        state.variance_ratio(),
        largest(&state.batch().relu_spectrum()?),
        one - state.growth().times(2) * &state.one_minus_r,
        state.cos_cross(),
        state.deviation_ratio.clone(),
    ])
}

/// The interval of the maximum.
fn largest(eigenvalues: &Eigenvalues) -> Interval {
    let first = eigenvalues[0].1.clone();
    eigenvalues.iter().fold(first, |most, (_, value)| {
        let lower = most.lower().clone().max(value.lower());
        let upper = most.upper().clone().max(value.upper());
        Interval::new(lower, upper).unwrap_or_else(|| Interval::whole(most.precision()))
    })
}

pub fn spectrum(question: &Question, at: FixedPoint) -> Result<()> {
    let (n, k, digits) = (question.batch_size, question.outliers, question.digits);
    let roots = TwoLevelRoots::find(n, k)?;
    let wanted = match at {
        FixedPoint::OddPoint => "outliers",
        FixedPoint::Edge => "edge",
        FixedPoint::Symmetric => "symmetric",
    };
    let eigenvalues: Eigenvalues = refine(
        starting_precision(digits, n),
        |precision| {
            let census = roots.enclose(precision);
            let states = named(&census);
            let (_, state) =
                states.iter().find(|(name, _)| name == wanted).ok_or_else(|| absent(question, at))?;
            state.batch().relu_spectrum()
        },
        |values: &Eigenvalues| values.iter().all(|(_, value)| relative_width_below(value, digits)),
    )?;
    let multiplicity = |block: TwoLevelBlock| block.multiplicity(n - k, k).to_string();
    let mut out = std::io::stdout().lock();
    match question.format {
        Format::Text => {
            let rows = eigenvalues.iter().map(|(block, value)| {
                let decimal = value.nearest_decimal(digits as usize);
                vec![block.name().to_owned(), multiplicity(*block), decimal]
            });
            writeln!(out, "{}", report::table(&["block", "multiplicity", "eigenvalue"], rows))?;
            let most = largest(&eigenvalues).nearest_decimal(digits as usize);
            writeln!(out, "n = {n}, {k} outliers, at {wanted}: largest eigenvalue {most}")?;
            writeln!(out, "each eigenvalue is proved to within one unit of its last digit")?;
        }
        Format::Json => {
            let row = |(block, value): &(TwoLevelBlock, Interval)| json!({ "block": block.name(), "multiplicity": multiplicity(*block), "value": value });
            let document = json!({
                "schema": "oddpoint.spectrum/1",
                "batch_size": n.to_string(),
                "outliers": k.to_string(),
                "at": wanted,
                "eigenvalues": eigenvalues.iter().map(row).collect::<Vec<_>>(),
                "largest_eigenvalue": largest(&eigenvalues),
            });
            report::write_json(&mut out, &document)?;
        }
    }
    Ok(())
}

fn absent(question: &Question, at: FixedPoint) -> Error {
    bad_input!(
        "no {} with {} outliers at batch size {}: the symmetric fixed point is the only one without equal samples (proved by a cover)",
        at.name(),
        question.outliers,
        question.batch_size
    )
}
