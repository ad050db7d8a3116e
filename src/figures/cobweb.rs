//! The cobweb of the indicative model: its map of one variable, the diagonal, and orbits on either side of the edge.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, Mark, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::odd_point::{FixedPoint, SymmetricBatch};

pub(super) static FIGURE: Figure = Figure {
    name: "cobweb",
    title: "Cobweb of the indicative model at n = 8: three fixed points",
    caption: "One layer of RC + ReLU sends the correlation r within the cluster to F(r). Where the curve crosses the diagonal is a fixed point: \
        symmetric (attracting), edge (repelling) and odd point (attracting). Look at the staircases: a start just above the edge climbs to \
        the odd point, one just below it falls back to the symmetric batch. Infinite width, symmetric batches, float64; that \
        there are no other fixed points, at any n, is the claim model.fixed-points.",
    panels: &[
        "The whole range of r: the curve meets the diagonal at r = -0.143 (symmetric), -0.125 (edge) and 0.454 (odd point); a staircase leads from above the edge up to the odd point.",
        "The same magnified about the edge: two staircases start beside it and lead away in opposite directions.",
    ],
    data,
    draw,
};

const N: u64 = 8;
const COLUMNS: [&str; 5] = ["series", "step", "r", "image", "slope"];
/// How far from the edge the two orbits start.
const OFFSET: f64 = 0.003;

/// `F(r)` and `F'(r)` by the closed forms.
fn map(r: f64) -> [f64; 2] {
    let n = N as f64;
    // The outlier's variance over the cluster's, from zero row sums (theory, section 2.2).
    let v = ((n - 1.0) * (1.0 + (n - 2.0) * r)).max(0.0).sqrt();
    let batch = SymmetricBatch::from_deviation_ratio(&n, &v);
    [1.0 - batch.image_one_minus_r(), crate::odd_point::reduced_slope(&n, &batch.theta)]
}

fn data(settings: &Settings) -> Result<Table> {
    let mut table = Table::new(&COLUMNS);
    let steps: u64 = if settings.quick { 200 } else { 600 };
    let least = -1.0 / (N as f64 - 2.0);
    for k in 0..steps {
        let r = least + (1.0 - least) * (k as f64 + 0.5) / steps as f64;
        let [image, slope] = map(r);
        table.push(["map".into(), k.into(), r.into(), image.into(), slope.into()]);
    }
    for point in FixedPoint::existing(N)? {
        let batch = point.locate(N)?;
        table.push([
            point.name().into(),
            0_u64.into(),
            batch.r().into(),
            (1.0 - batch.image_one_minus_r()).into(),
            map(batch.r())[1].into(),
        ]);
    }
    let edge = FixedPoint::Edge.locate(N)?.r();
    for (name, start) in [("orbit above the edge", edge + OFFSET), ("orbit below the edge", edge - OFFSET)] {
        let mut r = start;
        for step in 0..200_u64 {
            let [image, slope] = map(r);
            table.push([name.into(), step.into(), r.into(), image.into(), slope.into()]);
            r = image;
        }
    }
    Ok(table)
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let of = |series: &str| data.points(&[("series", series)], "r", "image");
    let (title, range) = [("whole range", (-0.18, 1.0)), ("about the edge", (-0.155, -0.075))][number];
    let axis = |name: &str| Axis::linear(name, range.0, range.1);
    let mut chart =
        Chart::new(area, title, axis("r, correlation in the cluster"), axis("F(r), one layer later"))?;
    chart.line(&[(range.0, range.0), (range.1, range.1)], GREY, Line::Thin, "")?;
    chart.line(&of("map"), BLUE, Line::Solid, "F")?;
    for (series, colour) in [("orbit above the edge", VERMILION), ("orbit below the edge", GREEN)] {
        chart.line(&staircase(&of(series)), colour, Line::Thin, series)?;
    }
    chart.marks(&of("symmetric"), GREEN, Mark::Disc(5), "symmetric, attracts")?;
    chart.marks(&of("edge"), GREY, Mark::Ring(5), "edge, repels")?;
    chart.marks(
        &of("odd-point"),
        VERMILION,
        Mark::Diamond(6),
        if number == 0 { "odd point, attracts" } else { "" },
    )?;
    chart.legend(if number == 0 { Corner::LowerRight } else { Corner::UpperLeft })
}

/// Up or down to the curve, then across to the diagonal.
fn staircase(orbit: &[(f64, f64)]) -> Vec<(f64, f64)> {
    orbit.iter().flat_map(|&(r, image)| [(r, r), (r, image)]).collect()
}
