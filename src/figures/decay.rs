//! Perturbations through many layers: decay of each block over sixty decades in MPFR beside float64, growth at the exact configuration.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::arithmetic::Real;
use crate::layer::Gram;
use crate::layer::batch::random_gaussian;
use crate::odd_point::decay::{PerturbedOrbit, exact_configuration};
use crate::odd_point::{Block, FixedPoint, Mode, Spectrum, SymmetricBatch};
use crate::rigor::enclose_fixed_point;
use rayon::prelude::*;
use rug::Float;

pub(super) static FIGURE: Figure = Figure {
    name: "decay",
    title: "Perturbations through the layers, n = 10",
    caption: "Left: distance from the odd point, that part of it which lies in the block perturbed, after a perturbation of 1e-10. Solid: orbits of the full n×n map in MPFR, straight lines over 60 decades \
        (20 with --quick); dotted, beneath them: the block's leading eigenvalue to the power of the layer (the standard block has a second one, so its line starts with a step). Dashed: the same orbits in float64; look at the floor near 1e-16 where they stop. Right: the exact configuration \
        (n-1 equal samples) repels: a random within-cluster perturbation grows by n²/((n-1)²+1) = 1.22 a layer, until the orbit settles at the odd point, which lies at the dotted \
        distance. Orbits are observed, not enclosed; the rates are judged by the claim stability.decay, stability is proved by stability.every-batch-size and stability.basin.",
    panels: &[
        "Relative distance from the odd point against layers on a logarithmic scale: straight lines from 1e-10 down to 1e-70, the pair block fastest, then standard, then trivial; the float64 lines level off near 1e-16.",
        "Relative distance from the exact configuration against layers on a logarithmic scale: a straight line up from 1e-60 to about 0.5, where it stays.",
    ],
    data,
    draw,
};

const N: u64 = 10;
const COLUMNS: [&str; 6] = ["around", "part", "arithmetic", "layer", "distance", "predicted"];
const AMPLITUDE: i32 = -10;
/// Bits: 1e-96, well below the last distance shown, n² included.
const PRECISION: u32 = 320;
const EVERY: u64 = 5;
const BLOCKS: [(Block, Mode); 3] =
    [(Block::Trivial, Mode::Trivial), (Block::Standard, Mode::Standard), (Block::Pair, Mode::Pair)];
/// Layers of the longest orbits shown: 60 decades at the slowest rate, 0.9268, take 1817.
const LAYERS: u64 = 2000;
const GROWTH_LAYERS: u64 = 900;

fn power_of_ten(exponent: i32) -> Float {
    use rug::ops::Pow;
    Float::with_val(PRECISION, 10).pow(exponent)
}

fn data(settings: &Settings) -> Result<Table> {
    let decades = if settings.quick { 20 } else { 60 };
    let size = N as usize;
    let enclosed = enclose_fixed_point(FixedPoint::OddPoint, N, PRECISION)?;
    let fine = SymmetricBatch::from_angle(&Float::with_val(PRECISION, N), &enclosed.theta.midpoint())
        .covariance(size);
    let coarse = FixedPoint::OddPoint.locate(N)?;
    let spectrum = Spectrum::at(&coarse);
    let coarse = coarse.covariance(size);
    let decays = BLOCKS.par_iter().map(|&(block, mode)| {
        let rate = *spectrum.leading(block);
        let layers = (-10_f64.ln() * f64::from(decades) / rate.ln()).ceil() as u64;
        let course = Course {
            around: "odd-point",
            part: block.name(),
            block: Some(block),
            start: 10_f64.powi(AMPLITUDE),
            rate,
            layers: layers.min(LAYERS),
        };
        let orbit = PerturbedOrbit::new(
            fine.clone(),
            &mode.direction(size, &Float::with_val(PRECISION, 1), 0),
            &power_of_ten(AMPLITUDE),
        );
        let mut table = course.follow("mpfr", orbit);
        let orbit = PerturbedOrbit::new(coarse.clone(), &mode.direction(size, &1.0, 0), &course.start);
        table.append(course.follow("float64", orbit));
        table
    });
    let mut tables: Vec<Table> = decays.collect();
    tables.push(growth(settings.seed, -decades)?);
    let mut all = Table::new(&COLUMNS);
    tables.into_iter().for_each(|table| all.append(table));
    Ok(all)
}

/// From the exact configuration, with all samples of the cluster apart: equal ones would stay equal for ever.
fn growth(seed: u64, exponent: i32) -> Result<Table> {
    let size = N as usize;
    let cluster = random_gaussian(size - 1, 2 * size, seed, 2)?.covariance()?;
    let entry = |i: usize, j: usize| if i < size - 1 && j < size - 1 { *cluster.get(i, j) } else { 0.0 };
    let direction = Gram::from_entries(size, entry).lift(PRECISION);
    let exact = exact_configuration(size, &Float::with_val(PRECISION, 1));
    let n = N as f64;
    let rate = n * n / ((n - 1.0).powi(2) + 1.0);
    let start = 10_f64.powi(exponent);
    let layers = (-start.ln() / rate.ln()) as u64 + 150;
    let course = Course {
        around: "exact",
        part: "within-cluster",
        block: None,
        start,
        rate,
        layers: layers.min(GROWTH_LAYERS),
    };
    let mut table =
        course.follow("mpfr", PerturbedOrbit::new(exact.clone(), &direction, &power_of_ten(exponent)));
    let mut target = FixedPoint::OddPoint.locate(N)?.covariance(size);
    let exact = exact.to_f64();
    target.scale_to_trace(&exact.trace());
    let distance = target.sub(&exact).frobenius_norm() / exact.frobenius_norm();
    table.push([
        "exact".into(),
        "odd point".into(),
        "float64".into(),
        0_u64.into(),
        distance.into(),
        distance.into(),
    ]);
    Ok(table)
}

/// What is followed.
struct Course {
    around: &'static str,
    part: &'static str,
    /// The block whose part of the distance is followed, or the whole.
    block: Option<Block>,
    start: f64,
    rate: f64,
    layers: u64,
}

impl Course {
    fn follow<R: Real>(&self, arithmetic: &str, mut orbit: PerturbedOrbit<R>) -> Table {
        let mut table = Table::new(&COLUMNS);
        for layer in 0..=self.layers {
            if layer % EVERY == 0 {
                let distance = orbit.distance().part(self.block).approximate();
                let predicted = (self.start.ln() + layer as f64 * self.rate.ln()).exp();
                table.push([
                    self.around.into(),
                    self.part.into(),
                    arithmetic.into(),
                    layer.into(),
                    distance.into(),
                    predicted.into(),
                ]);
            }
            orbit.step();
        }
        table
    }
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let around = ["odd-point", "exact"][number];
    let of = |part: &str, arithmetic: &str, column: &str| {
        data.points(&[("around", around), ("part", part), ("arithmetic", arithmetic)], "layer", column)
    };
    let all = data.points(&[("around", around), ("arithmetic", "mpfr")], "layer", "distance");
    let last = all.iter().map(|(layer, _)| *layer).fold(1.0, f64::max);
    let least = all.iter().map(|(_, distance)| *distance).fold(1.0, f64::min);
    let x = Axis::linear("layer", 0.0, last);
    let y = Axis::log("relative distance", least / 10.0, 100.0);
    if number == 0 {
        let mut chart = Chart::new(area, "from the odd point: decay", x, y)?;
        for ((block, _), colour) in BLOCKS.into_iter().zip([VERMILION, BLUE, GREEN]) {
            let part = block.name();
            chart.line(&of(part, "float64", "distance"), colour, Line::Dashed, "")?;
            chart.line(&of(part, "mpfr", "distance"), colour, Line::Solid, part)?;
            chart.line(&of(part, "mpfr", "predicted"), GREY, Line::Dotted, "")?;
        }
        return chart.legend(Corner::UpperRight);
    }
    let mut chart = Chart::new(area, "from the exact configuration: growth", x, y)?;
    if let Some(&(_, distance)) = of("odd point", "float64", "distance").first() {
        chart.line(&[(0.0, distance), (last, distance)], GREY, Line::Dotted, "distance of the odd point")?;
    }
    chart.line(&of("within-cluster", "mpfr", "distance"), VERMILION, Line::Solid, "orbit, MPFR")?;
    chart.line(
        &of("within-cluster", "mpfr", "predicted"),
        BLUE,
        Line::Dashed,
        "1.22 to the power of the layer",
    )?;
    chart.legend(Corner::LowerRight)
}
