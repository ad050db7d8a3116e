//! Which states exist, and which of them are stable, at each batch size, without and with rescaling.

use super::axis::Axis;
use super::chart::{AMBER, Area, BLUE, Chart, Corner, Drawn, GREEN, Mark, PURPLE, VERMILION};
use super::{Cell, Figure, Settings, Table};
use crate::arithmetic::Real;
use crate::odd_point::phase_diagram::{
    State, onset_of_stability, several_outlier_states, single_outlier_states,
};
use crate::odd_point::rescaled::rescaled_saddle_node;
use crate::rigor::enclose_saddle_node;
use crate::{Result, bad_input};
use rayon::prelude::*;

pub(super) static FIGURE: Figure = Figure {
    name: "phase-diagram",
    title: "Phase diagram: states of a cluster and up to five outliers",
    caption: "Every state by the variance of an outlier over that of a cluster sample: filled stable, open unstable. Look at the filled marks: without rescaling (left) there is from n = 7 on one state with one odd point, \
        and several outliers are never stable; with full batch normalisation (right) the odd point appears only from n = 52 on, and at large n several outliers are stable as well. \
        float64, found by scans and orbits; proved are the parts of the claims model.fixed-points, stability.every-batch-size and unique.single-outlier, none of the right panel.",
    panels: &[
        "RC + ReLU: filled marks at ratio 1 (symmetric) and on one rising line (odd point) from n = 7; open marks between them and for two to five outliers.",
        "RC, RS, ReLU: filled marks at ratio 1, and from n = 52 on rising lines for one outlier and more.",
    ],
    data,
    draw,
};

/// The largest batch size at which states are looked for.
pub const LARGEST_PHASE_BATCH: f64 = 10_000.0;
const OUTLIERS: i64 = 5;
const COLUMNS: [&str; 9] = [
    "components",
    "batch_size",
    "outliers",
    "state",
    "stable",
    "r",
    "variance_ratio",
    "leading_block",
    "leading_eigenvalue",
];

fn data(settings: &Settings) -> Result<Table> {
    let sizes: &[u64] = if settings.quick {
        &[3, 5, 6, 7, 10, 20, 50, 60, 100]
    } else {
        &[
            3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 25, 30, 35, 40, 45, 50, 52, 55, 60, 70, 80, 100, 120,
            150, 200, 300, 500, 700, 1000,
        ]
    };
    let sizes: Vec<f64> = sizes.iter().map(|&n| n as f64).collect();
    phase_diagram(&sizes, OUTLIERS)
}

/// The states at these batch sizes, real numbers, without rescaling, then those with it: the saddle-node, where several outliers become
/// stable (with rescaling alone), and by rising n and number of outliers, up to `outliers` of them. One row a state.
///
/// # Guarantees
/// Approximates, as [`single_outlier_states`] and [`several_outlier_states`] do.
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for a batch size below 3 or above [`LARGEST_PHASE_BATCH`];
/// [`Error::NotReached`](crate::Error::NotReached) if a spectrum cannot be had, or an orbit settles nowhere.
pub fn phase_diagram(sizes: &[f64], outliers: i64) -> Result<Table> {
    if let Some(n) = sizes.iter().find(|n| !(3.0..=LARGEST_PHASE_BATCH).contains(*n)) {
        return Err(bad_input!(
            "batch size {n}: states are looked for from n = 3 up to n = {LARGEST_PHASE_BATCH}"
        ));
    }
    let born = enclose_saddle_node(64)?.batch;
    let n = born.n.approximate();
    // λ = n y/(n−1) at cluster variance 1.
    let p = n * born.variance_ratio().approximate() / ((n - 1.0) * born.one_minus_r.approximate());
    let mut table = Table::new(&COLUMNS);
    for (rescale, birth) in [(false, [n, p]), (true, rescaled_saddle_node(&0.0_f64)?)] {
        table.push(row(&State::saddle_node(rescale, birth)?));
        if rescale {
            let several: Vec<i64> = (2..=outliers).collect();
            let onsets = several.into_par_iter().map(onset_of_stability).collect::<Result<Vec<_>>>()?;
            onsets.iter().for_each(|state| table.push(row(state)));
        }
        let at = |&n: &f64| -> Result<Vec<State>> {
            let mut states = single_outlier_states(n, rescale)?;
            for k in 2..=outliers.min((n / 2.0) as i64) {
                states.extend(several_outlier_states(n, k, rescale)?);
            }
            Ok(states)
        };
        let states = sizes.par_iter().map(at).collect::<Result<Vec<_>>>()?;
        states.iter().flatten().for_each(|state| table.push(row(state)));
    }
    Ok(table)
}

fn row(state: &State) -> [Cell; 9] {
    let (block, value) = state.leading;
    [
        if state.rescale { "rc,rs,nl" } else { "rc,nl" }.into(),
        state.n.into(),
        (state.outliers as u64).into(),
        state.kind.name().into(),
        state.is_stable().to_string().into(),
        state.r.into(),
        state.variance_ratio.into(),
        block.name().into(),
        value.into(),
    ]
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let (title, components) = [("RC, ReLU", "rc,nl"), ("RC, RS, ReLU", "rc,rs,nl")][number];
    let all = data.points(&[("components", components)], "batch_size", "variance_ratio");
    let largest = all.iter().fold([10.0, 10.0], |[n, ratio], point| [point.0.max(n), point.1.max(ratio)]);
    let x = Axis::log("batch size n", 2.8, largest[0] * 1.1);
    let y = Axis::log("variance, outlier / cluster sample", 0.6, largest[1] * 2.0);
    let mut chart = Chart::new(area, title, x, y)?;
    let colours = [VERMILION, BLUE, GREEN, PURPLE, AMBER];
    let mut counts: Vec<u64> = data
        .points(&[("components", components)], "outliers", "batch_size")
        .iter()
        .map(|(k, _)| *k as u64)
        .collect();
    counts.sort_unstable();
    counts.dedup();
    for outliers in counts {
        let colour = colours[(outliers as usize - 1) % colours.len()];
        let name =
            if outliers == 1 { "1 outlier or none".to_owned() } else { format!("{outliers} outliers") };
        for (stable, mark) in [("false", Mark::Ring(3)), ("true", Mark::Disc(4))] {
            let filter =
                [("components", components), ("outliers", &outliers.to_string()), ("stable", stable)];
            let points = data.points(&filter, "batch_size", "variance_ratio");
            chart.marks(&points, colour, mark, if stable == "true" { &name } else { "" })?;
        }
    }
    chart.legend(Corner::UpperLeft)
}
