//! The eigenvalues of a layer's differential against the batch size, with what they tend to.

use super::axis::Axis;
use super::chart::{AMBER, Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, PURPLE, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::odd_point::{FixedPoint, Spectrum};
use std::f64::consts::PI;

pub(super) static FIGURE: Figure = Figure {
    name: "eigenvalues",
    title: "Eigenvalues of one layer's differential against batch size",
    caption: "Left: the four eigenvalues at the odd point; all lie below 1, so perturbations of every kind decay. Middle: n times their distance from 1, over the expansions 1 + 1/n - 81π²/20n² and \
        1 + 1/n + 9π²/20n² (dashed); look at the limit 1: a perturbation needs some n layers to decay. Right: at the edge the leading eigenvalue lies above 1, at the symmetric batch \
        below it, both by (π-2)/(2(π-1)n) for large n. Closed forms in float64; that the odd point's lie inside the unit disc for every n ≥ 7, and their limits, are proved: claims \
        stability.every-batch-size, stability.asymptotics.",
    panels: &[
        "Eigenvalues at the odd point against n on a logarithmic scale: trivial, standard and pair rise from between 0.8 and 0.95 towards 1, the smaller standard one falls from 0.34 to 0.",
        "n times 1 minus eigenvalue against n: three curves that come together at 1, each beside its dashed expansion.",
        "n times the distance of the leading eigenvalue from 1, at the edge and at the symmetric batch: both tend to 0.2665.",
    ],
    data,
    draw,
};

const COLUMNS: [&str; 6] = ["at", "block", "n", "eigenvalue", "n_times_gap", "expansion"];
const LARGEST: f64 = 1e5;
const BLOCKS: [&str; 4] = ["trivial", "standard larger", "standard smaller", "pair"];

fn data(settings: &Settings) -> Result<Table> {
    let steps = if settings.quick { 30 } else { 120 };
    let size = |k: u32| (7.0 * (LARGEST / 7.0).powf(f64::from(k) / f64::from(steps))).round() as u64;
    let mut sizes: Vec<u64> = (7..30).chain((0..=steps).map(size)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut table = Table::new(&COLUMNS);
    for point in [FixedPoint::OddPoint, FixedPoint::Edge, FixedPoint::Symmetric] {
        for &n in &sizes {
            let Spectrum { trivial, standard, pair } = Spectrum::at(&point.locate(n)?);
            for (block, value) in BLOCKS.into_iter().zip([trivial, standard[0], standard[1], pair]) {
                let size = n as f64;
                let expansion = expansion(point, block, size);
                table.push([
                    point.name().into(),
                    block.into(),
                    n.into(),
                    value.into(),
                    (size * (1.0 - value)).into(),
                    expansion.into(),
                ]);
            }
        }
    }
    Ok(table)
}

/// The first terms of `n(1 − λ)` where the figure shows them (theory, section 2.3).
///
/// Edge and symmetric batch: with `x = v − 1` the map of a large n is `x + x (x − x_e)/(4(π−1))`, since for n = ∞ it is
/// `x + x²/(4(π−1))` to second order (section 2.2) and both points are fixed; at `x_e = (2π−4)/n` its slope exceeds 1 by
/// `(π−2)/(2(π−1)n)`, and at 0 it falls short by as much.
fn expansion(point: FixedPoint, block: &str, n: f64) -> f64 {
    let limit = (PI - 2.0) / (2.0 * (PI - 1.0));
    match (point, block) {
        (FixedPoint::OddPoint, "trivial" | "standard larger") => {
            1.0 + 1.0 / n - 81.0 * PI * PI / 20.0 / (n * n)
        }
        (FixedPoint::OddPoint, "pair") => 1.0 + 1.0 / n + 9.0 * PI * PI / 20.0 / (n * n),
        (FixedPoint::Edge, "trivial") => -limit,
        (FixedPoint::Symmetric, "trivial") => limit,
        _ => f64::NAN,
    }
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let size = || Axis::log("batch size n", 7.0, LARGEST);
    let of = |at: FixedPoint, block: &str, column: &str| {
        data.points(&[("at", at.name()), ("block", block)], "n", column)
    };
    let styles = [(VERMILION, Line::Solid), (BLUE, Line::Solid), (AMBER, Line::Solid), (GREEN, Line::Solid)];
    let blocks = || BLOCKS.into_iter().zip(styles);
    match number {
        0 => {
            let mut chart =
                Chart::new(area, "at the odd point", size(), Axis::linear("eigenvalue λ", 0.0, 1.05))?;
            chart.line(&[(7.0, 1.0), (LARGEST, 1.0)], GREY, Line::Dotted, "")?;
            for (block, (colour, line)) in blocks() {
                chart.line(&of(FixedPoint::OddPoint, block, "eigenvalue"), colour, line, block)?;
            }
            chart.legend(Corner::MiddleRight)
        }
        1 => {
            let mut chart =
                Chart::new(area, "gap at the odd point", size(), Axis::linear("n (1 − λ)", 0.2, 1.5))?;
            chart.line(&[(7.0, 1.0), (LARGEST, 1.0)], GREY, Line::Dotted, "limit 1")?;
            for (block, (colour, _)) in blocks().filter(|(block, _)| *block != "standard smaller") {
                chart.line(&of(FixedPoint::OddPoint, block, "expansion"), colour, Line::Dashed, "")?;
                chart.line(&of(FixedPoint::OddPoint, block, "n_times_gap"), colour, Line::Solid, block)?;
            }
            chart.legend(Corner::LowerRight)
        }
        _ => {
            let y = Axis::linear("n |1 − λ|", 0.15, 0.4);
            let mut chart = Chart::new(area, "at edge and symmetric batch", size(), y)?;
            let limit = expansion(FixedPoint::Symmetric, "trivial", 1.0);
            chart.line(&[(7.0, limit), (LARGEST, limit)], GREY, Line::Dotted, "limit 0.2665")?;
            for (point, colour, name) in [
                (FixedPoint::Edge, PURPLE, "edge, λ above 1"),
                (FixedPoint::Symmetric, GREEN, "symmetric, λ below 1"),
            ] {
                let gaps: Vec<_> =
                    of(point, "trivial", "n_times_gap").into_iter().map(|(n, gap)| (n, gap.abs())).collect();
                chart.line(&gaps, colour, Line::Solid, name)?;
            }
            chart.legend(Corner::UpperRight)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the dashed lines say holds to the next order: a few hundred over n³ at the odd point, a few over n at the other two.
    #[test]
    fn expansions_are_of_these_eigenvalues() {
        let n = 10_000;
        for (point, tolerance) in
            [(FixedPoint::OddPoint, 1e-8), (FixedPoint::Edge, 1e-3), (FixedPoint::Symmetric, 1e-3)]
        {
            let spectrum = Spectrum::at(&point.locate(n).unwrap());
            let gap = n as f64 * (1.0 - spectrum.trivial);
            assert!(
                (gap - expansion(point, "trivial", n as f64)).abs() < tolerance,
                "{}: {gap}",
                point.name()
            );
        }
    }
}
