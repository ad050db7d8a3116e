//! Claim `rank.growth`: what the non-linearity does to the rank of a batch, alone and after recentring.
//!
//! Pivots of Cholesky's elimination are enclosed by intervals, so a positive one is a proof; eigenvalues along the orbits are
//! float64, and approximate.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::arithmetic::Interval;
use crate::layer::batch::random_gaussian;
use crate::layer::components::Activation;
use crate::layer::eigenvalues::Eigenvalues;
use crate::layer::observables::effective_rank;
use crate::layer::{FastLayer, Gram};
use crate::odd_point::FixedPoint;
use crate::{Error, Result};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "rank.growth",
    kind: Kind::Numerical,
    summary: "NL raises the rank to n; RC+NL drives the Gram matrix to numerical rank 2 (participation ratio to 1)",
    statement: "At infinite width the Gram matrix after ReLU of 10 and of 20 random points in 2 and in 3 dimensions is positive \
        definite: one layer of NL raises the rank to n. Under RC + ReLU Gaussian batches of n = 20 and 50 samples that leave the \
        symmetric state tend to the odd point's Gram matrix, whose third eigenvalue is below 50/n^3 of the second \
        (n from 20 to 10^6): numerical rank 2 at that tolerance, while the participation ratio of the centred \
        covariance tends to 1, not 2.",
    hypotheses: "No two points positively collinear. Orbits: five batches a size, drawn anew for every seed, 3000 layers; \
        observed, not enclosed. Whether a batch leaves the symmetric state is the subject of emergence.from-random.",
    source: "Project (theory 4): non-linearity against rank collapse; the attractor is nearly of rank 2.",
    method: "Rank: the pivots of Cholesky's elimination over the trace, in intervals of 256 bits: all positive, which is a proof for the \
        points drawn; refuted by one that may be 0 and is below 1e-40. Orbits: last eigenvalue \
        ratio and participation ratio against the fixed point's closed forms, to 1e-6 relative; rounding of an eigenvalue is \
        n epsilon of the largest, 1e-9 of the third at n = 50.",
    control: "a linear activation raises the rank to n as well",
    check,
};

/// Bits: pivots of random points may be as small as 1e-9, and must be told from 0.
const PRECISION: u32 = 256;
/// A pivot that is not certainly positive, and no larger, is 0 as far as the precision tells.
const NEGLIGIBLE: f64 = 1e-40;
/// Points and dimensions.
const BATCHES: [(usize, usize); 4] = [(10, 2), (10, 3), (20, 2), (20, 3)];
const ORBITS: [usize; 2] = [20, 50];
const SEEDS: u64 = 5;
const LAYERS: usize = 3000;
/// Layers whose values are kept.
const SHOWN: [usize; 8] = [1, 3, 10, 30, 100, 300, 1000, LAYERS];
const AGREEMENT: f64 = 1e-6;
/// Where the odd point's eigenvalues are compared with `50/n³`.
const LARGE: [u64; 6] = [20, 50, 100, 1000, 10_000, 1_000_000];
const RATIO_TIMES_CUBE: f64 = 50.0;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let activation = match statement {
        Statement::Claim => Activation::Relu,
        Statement::Control => Activation::Linear,
    };
    let ranks = ranks(activation, statement.cases(&BATCHES), settings)?;
    // A refuted control needs no more, and the claim is refuted with it.
    if ranks.verdict != Verdict::Verified {
        return Ok(ranks);
    }
    let orbits = orbits(settings)?;
    let (largest, bounded) = third_eigenvalue()?;
    let verdict = Verdict::all([orbits.verdict, Verdict::decided(bounded)]);
    let reason = format!(
        "{}; {}; third eigenvalue at most {largest:.1}/n^3 of the second",
        ranks.reason, orbits.reason
    );
    let evidence = json!({ "ranks": ranks.evidence, "orbits": orbits.evidence });
    Ok(Finding::new(verdict, reason, evidence))
}

/// Whether the activation makes Gram matrices of low rank positive definite.
fn ranks(activation: Activation, batches: &[(usize, usize)], settings: &Settings) -> Result<Finding> {
    let mut verdicts = Vec::new();
    let mut words = Vec::new();
    let mut rows = Vec::new();
    for &(n, dimension) in batches {
        let input = points(n, dimension, settings)?;
        let pivot = smallest_pivot(activation.second_moments(&input));
        verdicts.push(match Verdict::positive(&pivot) {
            Verdict::Inconclusive if pivot.upper().to_f64() < NEGLIGIBLE => Verdict::Refuted,
            verdict => verdict,
        });
        words.push(format!("{n} points in {dimension} dimensions: {:.1e}", pivot.lower().to_f64()));
        rows.push(
            json!({ "points": n.to_string(), "dimension": dimension.to_string(), "smallest_pivot": pivot }),
        );
    }
    let reason = format!("smallest pivot over trace, {}", words.join(", "));
    Ok(Finding::new(Verdict::all(verdicts), reason, Value::Array(rows)))
}

/// The Gram matrix of random points, an enclosure of the exact one of the doubles drawn.
fn points(n: usize, dimension: usize, settings: &Settings) -> Result<Gram<Interval>> {
    let batch = random_gaussian(n, dimension, settings.seed, 0)?;
    let exact = |x: &f64| Interval::from_f64(PRECISION, *x);
    let samples: Vec<Vec<Interval>> =
        batch.samples().iter().map(|sample| sample.iter().map(exact).collect()).collect();
    let zero = Interval::from_integer(PRECISION, 0);
    Ok(Gram::from_entries(n, |i, j| {
        samples[i].iter().zip(&samples[j]).fold(zero.clone(), |sum, (x, y)| sum + x.clone() * y)
    }))
}

/// The least pivot of Cholesky's elimination over the trace: all are positive just when the matrix is positive
/// definite. The elimination ends at a pivot that is not certainly positive.
fn smallest_pivot(gram: Gram<Interval>) -> Interval {
    let (n, trace) = (gram.n(), gram.trace());
    let mut rows: Vec<Vec<Interval>> = (0..n).map(|i| gram.row(i).to_vec()).collect();
    let mut least = trace.clone();
    for k in 0..n {
        let pivot = rows[k][k].clone();
        if pivot.lower() < least.lower() {
            least = pivot.clone();
        }
        if !pivot.certainly_positive() {
            break;
        }
        let (done, rest) = rows.split_at_mut(k + 1);
        for row in rest {
            let factor = row[k].clone() / &pivot;
            for (x, y) in row[k..].iter_mut().zip(&done[k][k..]) {
                *x = x.clone() - factor.clone() * y;
            }
        }
    }
    least / trace
}

/// What is seen of one layer.
#[derive(Clone, Copy)]
struct Seen {
    layer: usize,
    /// Third eigenvalue after ReLU over the second.
    ratio: f64,
    /// Participation ratio of the centred covariance before ReLU.
    effective_rank: f64,
}

impl Seen {
    fn to_json(self) -> Value {
        json!({ "layer": self.layer.to_string(), "third_over_second": approximate(self.ratio),
            "effective_rank": approximate(self.effective_rank) })
    }
}

/// The course of random batches.
fn orbits(settings: &Settings) -> Result<Finding> {
    let seeds = if settings.quick { 2 } else { SEEDS };
    let jobs: Vec<(usize, u64)> =
        ORBITS.iter().flat_map(|&n| (0..seeds).map(move |seed| (n, seed))).collect();
    let courses = jobs
        .par_iter()
        .map(|&(n, stream)| course(n, settings.seed, stream))
        .collect::<Result<Vec<Option<Vec<Seen>>>>>()?;
    let mut worst = 0.0_f64;
    let mut rows = Vec::new();
    for ((n, stream), course) in jobs.iter().zip(&courses) {
        let Some(course) = course else { continue };
        let last = course[course.len() - 1];
        let expected = at_odd_point(*n as u64)?;
        worst = worst.max((last.ratio / expected.ratio - 1.0).abs());
        worst = worst.max((last.effective_rank / expected.effective_rank - 1.0).abs());
        rows.push(json!({ "batch_size": n.to_string(), "stream": stream.to_string(),
            "odd_point": expected.to_json(), "layers": course.iter().map(|seen| seen.to_json()).collect::<Vec<_>>() }));
    }
    if rows.is_empty() {
        return Err(Error::NotReached("no batch left the symmetric state".to_owned()));
    }
    let reason = format!("{} of {} orbits reach the odd point's, within {worst:.0e}", rows.len(), jobs.len());
    Ok(Finding::new(Verdict::decided(worst <= AGREEMENT), reason, Value::Array(rows)))
}

/// One orbit, unless it ends in the symmetric state.
fn course(n: usize, seed: u64, stream: u64) -> Result<Option<Vec<Seen>>> {
    let mut layers = FastLayer::new(&random_gaussian(n, 2 * n, seed, stream)?.covariance()?)?;
    let mut seen = Vec::new();
    let mut layer = 0;
    for shown in SHOWN {
        // The Gram matrix after ReLU is that of the covariance one step before.
        (layer..shown - 1).for_each(|_| layers.step());
        let effective_rank = effective_rank(&layers.covariance());
        layers.step();
        layer = shown;
        seen.push(Seen { layer, ratio: third_over_second(&layers.gram())?, effective_rank });
    }
    // At the symmetric state all n − 1 directions carry the same.
    Ok((seen[seen.len() - 1].effective_rank < n as f64 / 2.0).then_some(seen))
}

fn third_over_second(gram: &Gram<f64>) -> Result<f64> {
    let eigenvalues = Eigenvalues::of(gram)?;
    Ok(eigenvalues.nth(2) / eigenvalues.nth(1))
}

/// The same at the odd point, in closed form: with cluster variance 1 and `N = n − 1` samples in it, the Gram matrix has the
/// eigenvalue `1 − cos` (`N − 1` times) and those of a 2 × 2 matrix.
fn at_odd_point(n: u64) -> Result<Seen> {
    let batch = FixedPoint::OddPoint.locate(n)?;
    let order = batch.order_parameters();
    let cluster = batch.cluster();
    // (1 − cos within) without cancellation: twice what one layer leaves of half the squared distance.
    let third = 2.0 * batch.image().d;
    let (a, b) = (cluster - (cluster - 1.0) * third, order.norm_ratio.powi(2));
    let c = cluster.sqrt() * order.cos_cross * order.norm_ratio;
    let largest = f64::midpoint(a, b) + ((a - b) / 2.0).hypot(c);
    let second = (a * b - c * c) / largest;
    // Before ReLU: 1 − r, N − 1 times, and the rest of the trace.
    let [small, trace] = [batch.one_minus_r, cluster + batch.variance_ratio()];
    let rest = trace - (cluster - 1.0) * small;
    let squares = rest.powi(2) + (cluster - 1.0) * small.powi(2);
    Ok(Seen { layer: 0, ratio: third / second, effective_rank: trace.powi(2) / squares })
}

/// The largest `n³` times third over second eigenvalue; whether it stays below the bound.
fn third_eigenvalue() -> Result<(f64, bool)> {
    let scaled = |n: u64| Ok(at_odd_point(n)?.ratio * (n as f64).powi(3));
    let all = LARGE.into_iter().map(scaled).collect::<Result<Vec<f64>>>()?;
    let largest = all.iter().copied().fold(0.0, f64::max);
    Ok((largest, largest < RATIO_TIMES_CUBE))
}
