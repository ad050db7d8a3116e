//! A batch as points in the plane through the layers: the cluster forms, the odd point leaves at a right angle.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREY, Line, Mark, VERMILION};
use super::{Figure, Settings, Table};
use crate::layer::batch::random_gaussian;
use crate::layer::observables::largest;
use crate::layer::{FastLayer, Gram};
use crate::{Error, Result};
use nalgebra::{DMatrix, SymmetricEigen};

pub(super) static FIGURE: Figure = Figure {
    name: "batch",
    title: "A batch of 20 random points through the layers",
    caption: "Each panel shows the batch after so many layers of RC + ReLU at infinite width, projected on the two directions that carry most of its Gram matrix; \
        turned so that the sample that ends as the odd one points up, and scaled so that the longest sample has length 1. \
        Look at the right angle: the others gather to a cluster on the horizontal axis, the odd point stands on the vertical one, in the end some \
        18 times as long. The number above a panel is the share of the batch that the plane holds. One random batch of standard normal features, float64.",
    panels: &[
        "The input, recentred: twenty points scattered about the origin.",
        "After 5 layers: all points within a wedge.",
        "After 20 layers.",
        "After 40 layers: one point has left the others.",
        "After 60 layers.",
        "After 200 layers: nineteen points in a tight cluster near the origin on the horizontal axis, one far up on the vertical axis.",
    ],
    data,
    draw,
};

const N: usize = 20;
const FEATURES: usize = 40;
const LAYERS: [u64; 6] = [0, 5, 20, 40, 60, 200];
const COLUMNS: [&str; 7] = ["layer", "sample", "role", "x", "y", "norm", "share_in_plane"];

fn data(settings: &Settings) -> Result<Table> {
    let input = random_gaussian(N, FEATURES, settings.seed, 0)?.covariance()?;
    let mut layers = FastLayer::new(&input)?;
    let mut shown = vec![input];
    for layers_between in LAYERS.windows(2).map(|pair| pair[1] - pair[0]) {
        (0..layers_between).for_each(|_| layers.step());
        shown.push(layers.gram());
    }
    let odd = largest(&shown[LAYERS.len() - 1]);
    let mut table = Table::new(&COLUMNS);
    for (layer, gram) in LAYERS.into_iter().zip(&shown) {
        let (points, share) = projected(gram, odd)?;
        let longest = (0..N).map(|i| gram.get(i, i).sqrt()).fold(0.0, f64::max);
        for (i, (x, y)) in points.into_iter().enumerate() {
            let role = if i == odd { "odd" } else { "cluster" };
            let norm = gram.get(i, i).sqrt() / longest;
            table.push([
                layer.into(),
                (i as u64).into(),
                role.into(),
                (x / longest).into(),
                (y / longest).into(),
                norm.into(),
                share.into(),
            ]);
        }
    }
    Ok(table)
}

/// Coordinates along the two leading eigenvectors of the Gram matrix, turned so that sample `odd` lies on the positive second
/// axis and the others' mean on the side of the positive first; and the share of the trace that they carry.
fn projected(gram: &Gram<f64>, odd: usize) -> Result<(Vec<(f64, f64)>, f64)> {
    /// Of the QR iteration; some two an eigenvalue are usual.
    const ITERATIONS: usize = 100 * N;
    let matrix = DMatrix::from_row_slice(N, N, gram.entries());
    let eigen = SymmetricEigen::try_new(matrix, f64::EPSILON, ITERATIONS)
        .ok_or_else(|| Error::NotReached("the eigenvectors of a Gram matrix did not converge".to_owned()))?;
    let mut order: Vec<usize> = (0..N).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let along =
        |k: usize, i: usize| eigen.eigenvalues[order[k]].max(0.0).sqrt() * eigen.eigenvectors[(i, order[k])];
    let points: Vec<(f64, f64)> = (0..N).map(|i| (along(0, i), along(1, i))).collect();
    let (x, y) = points[odd];
    let length = x.hypot(y);
    let (cos, sin) = if length > 0.0 { (y / length, x / length) } else { (1.0, 0.0) };
    let turned: Vec<(f64, f64)> =
        points.iter().map(|(x, y)| (cos * x - sin * y, sin * x + cos * y)).collect();
    let side = if turned.iter().map(|(x, _)| x).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    let share = (eigen.eigenvalues[order[0]] + eigen.eigenvalues[order[1]]) / gram.trace();
    Ok((turned.into_iter().map(|(x, y)| (side * x, y)).collect(), share))
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let (layer, last) = (LAYERS[number].to_string(), LAYERS.len() - 1);
    let of = |role: &str, y: &str| data.points(&[("layer", &layer), ("role", role)], "x", y);
    let share = of("odd", "share_in_plane").first().map_or(f64::NAN, |(_, share)| 100.0 * share);
    let place = if number == 0 { "input".to_owned() } else { format!("layer {layer}") };
    let mut chart = Chart::new(
        area,
        &format!("{place}, {share:.0} % in the plane"),
        Axis::linear("across", -1.2, 1.2),
        Axis::linear("along the odd one", -0.75, 1.05),
    )?;
    chart.line(&[(-1.2, 0.0), (1.2, 0.0)], GREY, Line::Thin, "")?;
    chart.line(&[(0.0, -0.75), (0.0, 1.05)], GREY, Line::Thin, "")?;
    for (role, colour) in [("cluster", BLUE), ("odd", VERMILION)] {
        for point in of(role, "y") {
            chart.line(&[(0.0, 0.0), point], colour, Line::Thin, "")?;
        }
    }
    chart.marks(&of("cluster", "y"), BLUE, Mark::Disc(4), if number == last { "sample" } else { "" })?;
    chart.marks(
        &of("odd", "y"),
        VERMILION,
        Mark::Diamond(6),
        if number == last { "the odd one" } else { "" },
    )?;
    chart.legend(Corner::LowerLeft)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cluster of N − 1 equal samples and one orthogonal one, N − 1 times as long: the plane holds all of it.
    #[test]
    fn the_plane_of_the_exact_configuration() {
        let odd = 3;
        let gram = Gram::from_entries(N, |i, j| match (i == odd, j == odd) {
            (true, true) => ((N - 1) * (N - 1)) as f64,
            (false, false) => 1.0,
            _ => 0.0,
        });
        let (points, share) = projected(&gram, odd).unwrap();
        assert!((share - 1.0).abs() < 1e-12);
        let near = |(x, y): (f64, f64), (a, b): (f64, f64)| (x - a).abs() + (y - b).abs() < 1e-7;
        assert!(near(points[odd], (0.0, (N - 1) as f64)) && near(points[0], (1.0, 0.0)), "{points:?}");
    }
}
