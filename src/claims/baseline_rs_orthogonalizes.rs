//! Claim `baseline.rs-orthogonalizes`: what rescaling alone does to a linear network.

use super::statistics::{Estimate, Mean, critical};
use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::layer::Gram;
use crate::layer::batch::random_gaussian;
use crate::layer::components::Layer;
use crate::layer::observables::orthogonality_gap;
use crate::layer::sampled::{Network, Plan, Sampler};
use crate::{Error, Result};
use nalgebra::{Cholesky, DMatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "baseline.rs-orthogonalizes",
    kind: Kind::Statistical,
    summary: "linear + RS: the orthogonality gap follows the infinite-width curve down to a floor ~ 1/sqrt(d)",
    statement: "Linear layers with RS by the root mean square, n = 10: the root mean square over replicas of the gap \
        |G/tr G - I/n|_F settles at c/sqrt(d), c^2 = (1-1/n)/(1-(n/(n+2))^2), for d = 32, 128, 512, 2048, 8192; and at the \
        largest d it is in every layer sqrt(g^2 + (1-(n/(n+2))^(2l)) c^2/d), with g the gap at infinite width in layer l.",
    hypotheses: "A Gaussian batch of n samples with 2n features, and a common shift that makes it nearly parallel; drawn \
        anew for every seed. Full rank: RS keeps the rank of a linear network at infinite width.",
    source: "Daneshmand, Joudaki, Bach, NeurIPS 2021 (project's formulation; theory 1): the constant is linear response at \
        the orthogonal state, where one layer adds (1-1/n)/d to the squared gap and multiplies it by (n/(n+2))^2.",
    method: "32 replicas (quick: 24, d up to 2048) of 100 layers; the floor from the last 50. Confidence intervals at \
        family level 1e-4 (Bonferroni, Student) from the replicas; verified if they lie within the tolerance, refuted if beyond it. \
        Tolerances, relative: floor, n c^2/d for non-linear response (the squared relative spread of the eigenvalues) and 8 % \
        (quick: 16 %); curve, 25 % (45 %). Power: half-widths are about 4 % and 9 % to 15 % (5 %, 12 % to 20 %), so an error beyond tolerance plus \
        twice that is refuted with near certainty.",
    control: "the same of a layer that divides by the deviation about the mean without recentring (d = 128): it collapses \
        to rank one",
    check,
};

const SAMPLES: usize = 10;
const WIDTHS: [u64; 5] = [32, 128, 512, 2048, 8192];
/// The control multiplies literal weights.
const CONTROL_WIDTH: u64 = 128;
const LAYERS: usize = 100;
/// The transient has fallen below `(n/(n+2))^50 ≈ 1e-4` of the start by then.
const SETTLED: usize = 50;
const LEVEL: f64 = 1e-4;

/// How many replicas, and the tolerances for sampling.
struct Sizes {
    widths: Vec<u64>,
    replicas: u64,
    floor: f64,
    curve: f64,
}

impl Sizes {
    fn new(statement: Statement, quick: bool) -> Self {
        let widths = match statement {
            Statement::Control => vec![CONTROL_WIDTH],
            Statement::Claim if quick => WIDTHS[..4].to_vec(),
            Statement::Claim => WIDTHS.to_vec(),
        };
        let (replicas, floor, curve) = if quick { (24, 0.16, 0.45) } else { (32, 0.08, 0.25) };
        Self { widths, replicas, floor, curve }
    }

    fn critical(&self) -> f64 {
        critical(LEVEL, self.widths.len() + SETTLED, self.replicas)
    }
}

/// A root mean square gap over its prediction, less 1.
struct Ratio {
    off: f64,
    half_width: f64,
    tolerance: f64,
}

impl Ratio {
    /// From squared gaps, one a replica.
    fn new(squares: &[f64], predicted_square: f64, critical: f64, tolerance: f64) -> Self {
        let predicted = predicted_square.sqrt();
        let Mean { mean, error } = Mean::of(squares).root();
        Self { off: mean / predicted - 1.0, half_width: critical * error / predicted, tolerance }
    }

    fn verdict(&self) -> Verdict {
        if self.off.abs() - self.half_width > self.tolerance {
            Verdict::Refuted
        } else if self.off.abs() + self.half_width <= self.tolerance {
            Verdict::Verified
        } else {
            Verdict::Inconclusive
        }
    }

    fn to_json(&self) -> Value {
        let [lower, upper] = [self.off - self.half_width, self.off + self.half_width];
        let off = Estimate { estimate: self.off, lower, upper, level: LEVEL };
        json!({ "off": off.to_json(), "tolerance": approximate(self.tolerance) })
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let sizes = Sizes::new(statement, settings.quick);
    let input = input(settings.seed)?;
    let mut floors = Vec::new();
    let mut curve = Vec::new();
    for &width in &sizes.widths {
        let one = |replica| match statement {
            Statement::Claim => gaps(&input, width, settings.seed, replica),
            Statement::Control => gaps_of_wrong_layer(&input, width, settings.seed, replica),
        };
        let gaps = (0..sizes.replicas).into_par_iter().map(one).collect::<Result<Vec<_>>>()?;
        floors.push(floor(&gaps, width, &sizes));
        if Some(&width) == sizes.widths.last() {
            curve = follow(&gaps, &input, width, &sizes)?;
        }
    }
    let verdict = Verdict::all(floors.iter().chain(&curve).map(Ratio::verdict));
    let percent = |ratios: &[Ratio]| 100.0 * ratios.iter().map(|ratio| ratio.off.abs()).fold(0.0, f64::max);
    let last = &floors[floors.len() - 1..];
    let reason = format!(
        "floor at d = {:?} off by {:.1} % at most, at the largest by {:.1} %; curve of {SETTLED} layers by {:.1} %",
        sizes.widths,
        percent(&floors),
        percent(last),
        percent(&curve)
    );
    let floors = floors.iter().zip(&sizes.widths);
    let curve = curve.iter().zip(1_u64..);
    let evidence = json!({
        "floors": floors.map(|(ratio, width)| json!({ "width": width.to_string(), "ratio": ratio.to_json() }))
            .collect::<Vec<_>>(),
        "curve_width": sizes.widths.last().map(u64::to_string),
        "curve": curve.map(|(ratio, layer)| json!({ "layer": layer.to_string(), "ratio": ratio.to_json() }))
            .collect::<Vec<_>>(),
    });
    Ok(Finding::new(verdict, reason, evidence))
}

/// A Gram matrix of full rank with a large common part.
fn input(seed: u64) -> Result<Gram<f64>> {
    let gram = random_gaussian(SAMPLES, 2 * SAMPLES, seed, 0)?.gram()?;
    Ok(gram.add_scaled(&2.0, &Gram::from_entries(SAMPLES, |_, _| 1.0)))
}

fn layer() -> Result<Layer> {
    Layer::parse("rs", None)
}

/// The gap of the input and after each layer.
fn gaps(input: &Gram<f64>, width: u64, seed: u64, replica: u64) -> Result<Vec<f64>> {
    let plan = Plan { layer: layer()?, sampler: Sampler::Gram, width, seed, replica };
    let mut network = Network::from_gram(plan, input)?.on_one_thread();
    let mut gaps = vec![orthogonality_gap(network.gram())];
    for _ in 0..LAYERS {
        network.step()?;
        gaps.push(orthogonality_gap(network.gram()));
    }
    Ok(gaps)
}

/// The control's network: every neuron over its deviation about the mean, but not recentred.
fn gaps_of_wrong_layer(input: &Gram<f64>, width: u64, seed: u64, replica: u64) -> Result<Vec<f64>> {
    let n = input.n();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(replica);
    let factor = Cholesky::new(DMatrix::from_row_slice(n, n, input.entries()))
        .ok_or_else(|| Error::NotReached("the input's Gram matrix is singular".to_owned()))?;
    let mut neurons = factor.l();
    let mut gaps = vec![orthogonality_gap(input)];
    for _ in 0..LAYERS {
        let normal = |_, _| StandardNormal.sample(&mut rng);
        let weights: DMatrix<f64> = DMatrix::from_fn(neurons.ncols(), width as usize, normal);
        neurons = &neurons * weights;
        for mut neuron in neurons.column_iter_mut() {
            let deviation = neuron.variance().sqrt();
            // Equal samples, up to rounding, have none.
            if deviation > 0.0 {
                neuron /= deviation;
            }
        }
        let gram = &neurons * neurons.transpose();
        gaps.push(orthogonality_gap(&Gram::from_entries(n, |i, j| gram[(i, j)])));
    }
    Ok(gaps)
}

/// `n/(n+2)`: what one layer at infinite width leaves of a small gap.
fn factor() -> f64 {
    SAMPLES as f64 / (SAMPLES as f64 + 2.0)
}

/// `c²`.
fn squared_constant() -> f64 {
    (1.0 - 1.0 / SAMPLES as f64) / (1.0 - factor().powi(2))
}

/// The settled gap against `c/√d`.
fn floor(gaps: &[Vec<f64>], width: u64, sizes: &Sizes) -> Ratio {
    let settled = |gaps: &Vec<f64>| {
        gaps[SETTLED + 1..].iter().map(|gap| gap * gap).sum::<f64>() / (LAYERS - SETTLED) as f64
    };
    let squares: Vec<f64> = gaps.iter().map(settled).collect();
    let predicted = squared_constant() / width as f64;
    Ratio::new(&squares, predicted, sizes.critical(), sizes.floor + SAMPLES as f64 * predicted)
}

/// The gap of every layer on the way down against infinite width and noise.
fn follow(gaps: &[Vec<f64>], input: &Gram<f64>, width: u64, sizes: &Sizes) -> Result<Vec<Ratio>> {
    let layer = layer()?;
    let mut limit = input.clone();
    let mut ratios = Vec::new();
    for depth in 1..=SETTLED {
        limit = layer.infinite_width(&limit)?;
        let noise = (1.0 - factor().powi(2 * depth as i32)) * squared_constant() / width as f64;
        let squares: Vec<f64> = gaps.iter().map(|gaps| gaps[depth].powi(2)).collect();
        let predicted = orthogonality_gap(&limit).powi(2) + noise;
        ratios.push(Ratio::new(&squares, predicted, sizes.critical(), sizes.curve));
    }
    Ok(ratios)
}
