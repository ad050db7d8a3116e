//! The fixed points of the indicative model over a real batch size: where edge and odd point are born.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, Mark, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::arithmetic::Real;
use crate::odd_point::phase_diagram::{State, StateKind, single_outlier_states};
use crate::rigor::enclose_saddle_node;
use rayon::prelude::*;

pub(super) static FIGURE: Figure = Figure {
    name: "bifurcation",
    title: "Bifurcation diagram: edge and odd point are born at n = 6.107…",
    caption: "Fixed points of RC + ReLU against the batch size, taken as a real number: solid attracting, dashed repelling. Left of the saddle-node there \
        is only the symmetric batch. Look at the whole numbers: 6 has no odd point, 7 has one. On the right, the same as the outlier's \
        length: the odd point's grows with n, the edge closes in on 1, so that ever less is needed to set off. \
        Infinite width; the curves are float64, the saddle-node is enclosed (claim model.saddle-node).",
    panels: &[
        "Correlation within the cluster against batch size from 3 to 20: the symmetric branch falls short of 0 from below; from n = 6.107 on two more branches, the edge going down towards the symmetric one and the odd point rising towards 1.",
        "Standard deviation of the outlier over that of a cluster sample: 1 for the symmetric batch, the edge sinking towards 1, the odd point's rising nearly like n - 1.",
    ],
    data,
    draw,
};

const COLUMNS: [&str; 6] = ["branch", "n", "r", "deviation_ratio", "stable", "leading_eigenvalue"];
const RANGE: [f64; 2] = [3.0, 20.0];
const SYMMETRIC: &str = "symmetric";
const EDGE: &str = "edge";
const ODD_POINT: &str = "odd-point";
const BIRTH: &str = "saddle-node";

fn data(settings: &Settings) -> Result<Table> {
    let found = enclose_saddle_node(128)?;
    let n = found.batch.n.approximate();
    let birth = [found.batch.r().approximate(), found.batch.deviation_ratio.approximate()];
    let steps = if settings.quick { 40 } else { 160 };
    let share = |k: u32| f64::from(k) / f64::from(steps);
    let before = (0..steps).map(|k| RANGE[0] + (n - RANGE[0]) * share(k));
    // The branches leave the saddle-node like the root of n, so steps grow from there.
    let after = (1..=steps).map(|k| n + (RANGE[1] - n) * share(k).powi(2));
    let sizes: Vec<f64> = before.chain(after).collect();
    let states = sizes.par_iter().map(|&n| single_outlier_states(n, false)).collect::<Result<Vec<_>>>()?;
    let mut table = Table::new(&COLUMNS);
    for branch in [EDGE, ODD_POINT] {
        table.push([branch.into(), n.into(), birth[0].into(), birth[1].into(), "false".into(), 1.0.into()]);
    }
    table.push([BIRTH.into(), n.into(), birth[0].into(), birth[1].into(), "false".into(), 1.0.into()]);
    states.iter().flatten().for_each(|state| table.push(row(state)));
    Ok(table)
}

fn row(state: &State) -> [super::Cell; 6] {
    let branch = match state.kind {
        StateKind::Symmetric => SYMMETRIC,
        StateKind::Edge => EDGE,
        StateKind::Outliers => ODD_POINT,
        // One outlier is stable from its birth on; there is no other onset.
        StateKind::SaddleNode | StateKind::Onset => BIRTH,
    };
    let stable = state.is_stable().to_string();
    [
        branch.into(),
        state.n.into(),
        state.r.into(),
        state.variance_ratio.sqrt().into(),
        stable.into(),
        state.leading.1.into(),
    ]
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let x = Axis::linear("batch size n (real)", RANGE[0], RANGE[1]);
    let (title, column, y) = match number {
        0 => ("correlation in the cluster", "r", Axis::linear("r", -0.55, 1.0)),
        _ => (
            "length of the outlier",
            "deviation_ratio",
            Axis::log("std. deviation, outlier / cluster", 0.8, 30.0),
        ),
    };
    let of = |branch: &str| data.points(&[("branch", branch)], "n", column);
    let birth = of(BIRTH);
    let mut chart = Chart::new(area, title, x, y.clone())?;
    for &(n, _) in &birth {
        let foot = if number == 0 { -0.55 } else { 0.8 };
        let head = if number == 0 { 1.0 } else { 30.0 };
        chart.line(&[(n, foot), (n, head)], GREY, Line::Dotted, "")?;
    }
    chart.line(&of(SYMMETRIC), GREEN, Line::Solid, "symmetric")?;
    chart.line(&of(EDGE), BLUE, Line::Dashed, "edge (repels)")?;
    chart.line(&of(ODD_POINT), VERMILION, Line::Solid, "odd point")?;
    chart.marks(&birth, GREY, Mark::Disc(5), "saddle-node, n = 6.107")?;
    chart.legend(if number == 0 { Corner::LowerRight } else { Corner::UpperLeft })
}
