//! The cobweb of the indicative model: its map of one variable, the diagonal, and orbits on either side of the edge.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, Mark, VERMILION};
use super::{Cell, Figure, Settings, Table};
use crate::Result;
use crate::odd_point::{FixedPoint, SymmetricBatch};

pub(super) static FIGURE: Figure = Figure {
    name: "cobweb",
    title: "Cobweb of the indicative model at n = 8: three fixed points",
    caption: "Ten layers of RC + ReLU send the correlation r within the cluster to the curve's height (one layer moves it too little for the eye; the fixed points are the same). \
        Where the curve crosses the diagonal is a fixed point: symmetric (attracting), edge (repelling), odd point (attracting). Look at the staircases: a start just above the edge climbs to \
        the odd point, one just below it falls back to the symmetric batch. Right: how far a single layer moves r; up where the curve is above 0. At r = 1 the exact configuration is fixed too, and repels. \
        Infinite width, symmetric batches, float64; that there are no other fixed points, at any n, is the claim model.fixed-points.",
    panels: &[
        "The whole range of r: the curve meets the diagonal at r = -0.143 (symmetric), -0.125 (edge) and 0.454 (odd point); a staircase leads from above the edge up to the odd point.",
        "The same magnified about the edge: two staircases start beside it and lead away in opposite directions.",
        "F(r) - r against r: zero at the three fixed points, positive between edge and odd point, negative above the odd point.",
    ],
    data,
    draw,
};

const N: u64 = 8;
const COLUMNS: [&str; 6] = ["series", "step", "r", "after_1_layer", "moved_by", "after_10_layers"];
/// How far from the edge the two orbits start.
const OFFSET: f64 = 0.003;
/// Layers of a step of the staircases.
const LAYERS: usize = 10;

/// `F(r)`, one layer of a symmetric batch.
fn map(r: f64) -> f64 {
    let n = N as f64;
    // The outlier's standard deviation over the cluster's, from zero row sums (theory, section 2.2).
    let v = ((n - 1.0) * (1.0 + (n - 2.0) * r)).max(0.0).sqrt();
    1.0 - SymmetricBatch::from_deviation_ratio(&n, &v).image_one_minus_r()
}

fn after_ten_layers(r: f64) -> f64 {
    (0..LAYERS).fold(r, |r, _| map(r))
}

fn row(series: &str, step: u64, r: f64) -> [Cell; 6] {
    let image = map(r);
    [series.into(), step.into(), r.into(), image.into(), (image - r).into(), after_ten_layers(r).into()]
}

fn data(settings: &Settings) -> Result<Table> {
    let mut table = Table::new(&COLUMNS);
    let steps: u64 = if settings.quick { 200 } else { 600 };
    let least = -1.0 / (N as f64 - 2.0);
    for k in 0..steps {
        table.push(row("map", k, least + (1.0 - least) * (k as f64 + 0.5) / steps as f64));
    }
    for point in FixedPoint::existing(N)? {
        table.push(row(point.name(), 0, point.locate(N)?.r()));
    }
    let edge = FixedPoint::Edge.locate(N)?.r();
    for (series, mut r) in [(ABOVE, edge + OFFSET), (BELOW, edge - OFFSET)] {
        for step in 0..40 {
            table.push(row(series, step, r));
            r = after_ten_layers(r);
        }
    }
    Ok(table)
}

const ABOVE: &str = "start above the edge";
const BELOW: &str = "start below the edge";

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let of = |series: &str, column: &str| data.points(&[("series", series)], "r", column);
    let whole = (-0.18, 1.0);
    if number == 2 {
        let x = Axis::linear("r, correlation in the cluster", whole.0, whole.1);
        let mut chart =
            Chart::new(area, "one layer: how far r moves", x, Axis::linear("F(r) − r", -0.03, 0.03))?;
        chart.line(&[(whole.0, 0.0), (whole.1, 0.0)], GREY, Line::Thin, "")?;
        chart.line(&of("map", "moved_by"), BLUE, Line::Solid, "")?;
        points(&mut chart, &|series| of(series, "moved_by"), true)?;
        return chart.legend(Corner::LowerLeft);
    }
    let (title, range) = [("ten layers a step", whole), ("about the edge", (-0.155, -0.095))][number];
    let axis = |name: &str| Axis::linear(name, range.0, range.1);
    let mut chart =
        Chart::new(area, title, axis("r, correlation in the cluster"), axis("r ten layers later"))?;
    chart.line(&[(range.0, range.0), (range.1, range.1)], GREY, Line::Thin, "")?;
    chart.line(&of("map", "after_10_layers"), BLUE, Line::Solid, "")?;
    for (series, colour) in [(ABOVE, VERMILION), (BELOW, GREEN)] {
        let name = if number == 1 { series } else { "" };
        chart.line(&staircase(&of(series, "after_10_layers")), colour, Line::Thin, name)?;
    }
    points(&mut chart, &|series| of(series, "after_10_layers"), number == 0)?;
    chart.legend(if number == 0 { Corner::LowerRight } else { Corner::UpperLeft })
}

/// The three fixed points.
fn points(chart: &mut Chart<'_>, of: &dyn Fn(&str) -> Vec<(f64, f64)>, named: bool) -> Drawn {
    let name = |name: &'static str| if named { name } else { "" };
    chart.marks(&of("symmetric"), GREEN, Mark::Disc(5), name("symmetric, attracts"))?;
    chart.marks(&of("edge"), GREY, Mark::Ring(5), name("edge, repels"))?;
    chart.marks(&of("odd-point"), VERMILION, Mark::Diamond(6), name("odd point, attracts"))
}

/// Up or down to the curve, then across to the diagonal.
fn staircase(orbit: &[(f64, f64)]) -> Vec<(f64, f64)> {
    orbit.iter().flat_map(|&(r, image)| [(r, r), (r, image)]).collect()
}
