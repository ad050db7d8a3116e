//! Claim `stability.spectral-gap`: linear stability of the odd point, proved for each n asked.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{FixedPoint, Spectrum};
use crate::rigor::{enclose_fixed_point, spectral_radius};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "stability.spectral-gap",
    kind: Kind::Rigorous,
    summary: "at the odd point every eigenvalue lies strictly inside the unit disc, for each n asked",
    statement: "For each batch size n >= 7 asked, the indicative model has a fixed point near theta = 3 pi/n (the \
        odd point) at which every eigenvalue of the layer's differential, on centred covariances modulo scale, is \
        strictly inside the unit disc: small enough perturbations of the batch decay.",
    hypotheses: "infinite width, RC + ReLU; that the blocks are the whole spectrum is algebra (theory 2.3), checked \
        numerically by stability.blocks.",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's \
        formulation; theory 2.3).",
    method: "Interval Newton encloses the fixed point, intervals enclose the four eigenvalues; a real eigenvalue \
        enclosed in (-1, 1) is inside, one enclosed outside [-1, 1] refutes.",
    control: "the same at the edge instead of the odd point",
    check,
};

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let point = match statement {
        Statement::Claim => FixedPoint::OddPoint,
        Statement::Control => FixedPoint::Edge,
    };
    let sizes = statement.cases(settings.batch_sizes.with_odd_point()?);
    let judged =
        sizes.par_iter().map(|&n| judge(point, n, settings.precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(_, verdict, _)| *verdict));
    let of_interest = judged.iter().find(|(_, one, _)| *one == verdict && verdict != Verdict::Verified);
    let reason = match (verdict, of_interest) {
        (Verdict::Refuted, Some((n, ..))) => format!("an eigenvalue outside the unit disc at n = {n}"),
        (_, Some((n, ..))) => {
            format!("undecided at n = {n} with {} bits: raise --precision", settings.precision)
        }
        (_, None) => format!("{} batch sizes, n = {}..{}", sizes.len(), sizes[0], sizes[sizes.len() - 1]),
    };
    let rows: Vec<Value> = judged.into_iter().map(|(_, _, row)| row).collect();
    Ok(Finding::new(verdict, reason, json!({ "at": point.name(), "batch_sizes": rows })))
}

/// The verdict at one batch size, and the spectral radius and gap for JSON.
pub(super) fn judge(point: FixedPoint, n: u64, precision: u32) -> Result<(u64, Verdict, Value)> {
    let batch = enclose_fixed_point(point, n, precision)?;
    let spectrum = Spectrum::at(&batch);
    let eigenvalues = spectrum.eigenvalues(n);
    let one = batch.n.lift(1);
    let inside = |value: &Interval| Verdict::positive(&(one.clone() - value.clone().square()));
    let verdict = Verdict::all(eigenvalues.iter().map(|(_, value)| inside(value)));
    let radius = spectral_radius(&spectrum, n);
    let row = json!({ "batch_size": n.to_string(), "spectral_radius": radius, "gap": one - &radius });
    Ok((n, verdict, row))
}
