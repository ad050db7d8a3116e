//! Claim `fluctuations.linear-response`: how far networks of finite width stray from the odd point.
//!
//! Norm ratio and mean cosines are symmetric in the cluster, so to first order they respond to symmetric perturbations
//! alone: a 3 × 3 Jacobian tells their future from their present.

use super::statistics::{Mean, approximate, critical};
use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::layer::Gram;
use crate::layer::components::Layer;
use crate::layer::observables::observe;
use crate::layer::sampled::{Network, Plan, Sampler};
use crate::odd_point::{FixedPoint, SymmetricBatch};
use nalgebra::{Matrix3, Matrix3x4, Matrix4, Vector3, Vector4};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "fluctuations.linear-response",
    kind: Kind::Statistical,
    summary: "at the odd point, finite width: order parameters fluctuate as the linearised map and one layer's noise say",
    statement: "RC + ReLU, n = 10, d = 3000, in the stationary state at the odd point: the variances of norm ratio, mean cosine \
        within the cluster and mean cosine to the outlier are those of S = J S J^T + Q/d within a factor 3/2 either way, J the Jacobian \
        of the infinite-width map, Q the covariance of one neuron's contribution.",
    hypotheses: "Started at the fixed point, the first 50 layers left out (slowest mode 0.927^50 = 0.02); no other n or d.",
    source: "Project (theory 4): linear response.",
    method: "J by central differences of the full n x n map; Q from 200000 sampled neurons by the delta method (about 1 %). \
        Variances about the replicas' common mean from 64 replicas of 200 layers (quick: 40 of 120, d = 1500, factor 2), their confidence \
        intervals at family level 1e-4 from the replicas; verified inside the factor, refuted outside it. The factor leaves \
        room for non-linearity, of order 1/d: 10 to 40 % at d = 1000 (theory 4), so up to 13 % here. Power: the standard error is \
        about 4 %, so a true ratio of 2 is refuted or undecided, never verified.",
    control: "the same without the Jacobian: S = Q/d",
    check,
};

const SAMPLES: usize = 10;
const LEVEL: f64 = 1e-4;
const NEURONS: usize = 200_000;
const NAMES: [&str; 3] = ["norm_ratio", "cos_within", "cos_cross"];
/// Layers until the start is forgotten.
const BURN_IN: usize = 50;

struct Sizes {
    width: u64,
    replicas: u64,
    layers: usize,
    factor: f64,
}

impl Sizes {
    fn new(quick: bool) -> Self {
        if quick {
            Self { width: 1500, replicas: 40, layers: 120, factor: 2.0 }
        } else {
            Self { width: 3000, replicas: 64, layers: 200, factor: 1.5 }
        }
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let sizes = Sizes::new(settings.quick);
    let batch = FixedPoint::OddPoint.locate(SAMPLES as u64)?;
    let noise = noise(&batch, settings.seed) / sizes.width as f64;
    let predicted = match statement {
        Statement::Claim => stationary(&jacobian(&batch)?, &noise),
        Statement::Control => noise,
    };
    let measured = variances(&batch, &sizes, settings.seed)?;
    let critical = critical(LEVEL, NAMES.len());
    let mut verdicts = Vec::new();
    let mut words = Vec::new();
    let mut rows = Vec::new();
    for (k, Mean { mean, error }) in measured.into_iter().enumerate() {
        let ratio = mean / predicted[(k, k)];
        let slack = critical * error / mean;
        let (off, allowed) = (ratio.ln().abs(), sizes.factor.ln());
        verdicts.push(super::statistics::positive(allowed - off - slack, allowed - off + slack));
        words.push(format!("{} {ratio:.2}", NAMES[k]));
        rows.push(json!({ "order_parameter": NAMES[k], "variance": approximate(mean),
            "predicted": approximate(predicted[(k, k)]), "ratio": approximate(ratio),
            "logarithm_known_to": approximate(slack) }));
    }
    let reason = format!("variance over prediction at d = {}: {}", sizes.width, words.join(", "));
    Ok(Finding::new(Verdict::all(verdicts), reason, json!({ "ratios": Value::Array(rows) })))
}

/// Order parameters of a symmetric batch: norm ratio, cosine within, cosine across.
type Order = Vector3<f64>;

fn order(batch: &SymmetricBatch<f64>) -> Order {
    let order = batch.order_parameters();
    Order::new(order.norm_ratio, order.cos_within, order.cos_cross)
}

/// The Gram matrix with these order parameters, the outlier last.
fn gram(order: &Order) -> Gram<f64> {
    let [ratio, within, across] = [order[0], order[1], order[2]];
    Gram::from_entries(SAMPLES, |i, j| match (i + 1 == SAMPLES, j + 1 == SAMPLES) {
        (true, true) => ratio * ratio,
        (false, false) if i == j => 1.0,
        (false, false) => within,
        _ => ratio * across,
    })
}

/// What is seen of a Gram matrix.
fn seen(gram: &Gram<f64>) -> Order {
    let seen = observe(gram, gram);
    Order::new(seen.norm_ratio, seen.cos_within_mean, seen.cos_cross_mean)
}

/// The derivative of one layer's order parameters with respect to the last one's.
fn jacobian(batch: &SymmetricBatch<f64>) -> Result<Matrix3<f64>> {
    const STEP: f64 = 1e-6;
    let layer = Layer::parse("rc,nl", None)?;
    let at = order(batch);
    let mut jacobian = Matrix3::zeros();
    for k in 0..NAMES.len() {
        let image = |step: f64| {
            let mut moved = at;
            moved[k] += step;
            Ok::<Order, crate::Error>(seen(&layer.infinite_width(&gram(&moved))?))
        };
        jacobian.set_column(k, &((image(STEP)? - image(-STEP)?) / (2.0 * STEP)));
    }
    Ok(jacobian)
}

/// The covariance of order parameters that one neuron contributes: `d` times that after one layer of large width `d`.
fn noise(batch: &SymmetricBatch<f64>, seed: u64) -> Matrix3<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let moments: Vec<Vector4<f64>> = (0..NEURONS).map(|_| moments(&neuron(batch, &mut rng))).collect();
    let mean = moments.iter().sum::<Vector4<f64>>() / NEURONS as f64;
    let squares: Matrix4<f64> = moments.iter().map(|x| (x - mean) * (x - mean).transpose()).sum();
    let gradient = gradient(&mean);
    gradient * (squares / NEURONS as f64) * gradient.transpose()
}

/// One neuron of covariance `batch`, the outlier last: a common part and what is left of independent ones.
fn neuron(batch: &SymmetricBatch<f64>, rng: &mut ChaCha8Rng) -> [f64; SAMPLES] {
    let cluster = batch.cluster();
    let mut z = [0.0; SAMPLES];
    z.iter_mut().for_each(|x| *x = StandardNormal.sample(rng));
    let common = z[SAMPLES - 1] * (batch.r() + batch.one_minus_r / cluster).sqrt();
    let mean = z[..SAMPLES - 1].iter().sum::<f64>() / cluster;
    z[..SAMPLES - 1].iter_mut().for_each(|x| *x = batch.one_minus_r.sqrt() * (*x - mean) + common);
    z[SAMPLES - 1] = -cluster * common;
    z
}

/// After ReLU: mean square in the cluster, mean product of two of it, mean product across, square of the outlier.
fn moments(neuron: &[f64; SAMPLES]) -> Vector4<f64> {
    let x = neuron.map(|z| z.max(0.0));
    let (cluster, size) = (&x[..SAMPLES - 1], (SAMPLES - 1) as f64);
    let sum: f64 = cluster.iter().sum();
    let squares: f64 = cluster.iter().map(|x| x * x).sum();
    let outlier = x[SAMPLES - 1];
    let within = (sum * sum - squares) / (size * (size - 1.0));
    Vector4::new(squares / size, within, sum * outlier / size, outlier * outlier)
}

/// The derivative of `√(b/a)`, `w/a` and `c/√(ab)` with respect to `(a, w, c, b)`.
fn gradient(mean: &Vector4<f64>) -> Matrix3x4<f64> {
    let [a, w, c, b] = [mean[0], mean[1], mean[2], mean[3]];
    let (ratio, across) = ((b / a).sqrt(), c / (a * b).sqrt());
    Matrix3x4::new(
        -ratio / (2.0 * a),
        0.0,
        0.0,
        ratio / (2.0 * b),
        -w / (a * a),
        1.0 / a,
        0.0,
        0.0,
        -across / (2.0 * a),
        0.0,
        (a * b).sqrt().recip(),
        -across / (2.0 * b),
    )
}

/// `S = J S Jᵀ + Q`, by iteration.
fn stationary(jacobian: &Matrix3<f64>, noise: &Matrix3<f64>) -> Matrix3<f64> {
    // 0.927^(2·1000): nothing is left.
    (0..1000).fold(*noise, |sum, _| jacobian * sum * jacobian.transpose() + noise)
}

/// Variances over layers and replicas, with errors from the replicas.
fn variances(batch: &SymmetricBatch<f64>, sizes: &Sizes, seed: u64) -> Result<[Mean; 3]> {
    let start = gram(&order(batch));
    let layer = Layer::parse("rc,nl", None)?;
    let run = |replica| {
        let plan = Plan { layer, sampler: Sampler::Gram, width: sizes.width, seed, replica };
        let mut network = Network::from_gram(plan, &start)?.on_one_thread();
        (0..BURN_IN).try_for_each(|_| network.step())?;
        let next = |_| network.step().map(|()| seen(network.gram()));
        (0..sizes.layers).map(next).collect::<Result<Vec<Order>>>()
    };
    let runs = (0..sizes.replicas).into_par_iter().map(run).collect::<Result<Vec<_>>>()?;
    let count = (sizes.layers as u64 * sizes.replicas) as f64;
    let mean = runs.iter().flatten().sum::<Order>() / count;
    let variance = |k: usize| {
        let of_run = |run: &Vec<Order>| {
            run.iter().map(|order| (order[k] - mean[k]).powi(2)).sum::<f64>() / sizes.layers as f64
        };
        Mean::of(&runs.iter().map(of_run).collect::<Vec<_>>())
    };
    Ok([variance(0), variance(1), variance(2)])
}
