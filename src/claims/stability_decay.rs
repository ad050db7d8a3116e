//! Claim `stability.decay`: nonlinear orbits do what the spectrum says.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::Result;
use crate::arithmetic::Real;
use crate::odd_point::decay::{PerturbedOrbit, exact_configuration, within_cluster_direction};
use crate::odd_point::{Block, FixedPoint, Mode, Spectrum, SymmetricBatch};
use crate::rigor::enclose_fixed_point;
use rayon::prelude::*;
use rug::Float;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "stability.decay",
    kind: Kind::Numerical,
    summary: "perturbations of the odd point decay at the predicted rate, block by block; at the exact configuration they grow",
    statement: "In orbits of the full n x n map the trivial, standard and pair parts of a perturbation of the odd \
        point (amplitudes 1e-10, 1e-30, 1e-60; one block at a time, and random) decay by their leading eigenvalue \
        per layer. A within-cluster perturbation of the exact configuration grows by n^2/((n-1)^2+1) per layer.",
    hypotheses: "infinite width, RC + ReLU; up to three of the batch sizes asked between 7 and 20. Orbits are \
        observed, not enclosed.",
    source: "Abstract: \"we prove a stability result\" (project's formulation; theory 2.1 and 2.3).",
    method: "MPFR orbits with the precision that the last layer needs; the mean factor per layer over the last two \
        thirds against the eigenvalue. Relative tolerance, set in advance: (n^4 amplitude + (smaller/larger \
        standard eigenvalue)^first layer)/layers + 1e-13; n^-4 is the order of the radius within which linearising \
        makes sense (theory 2.5). At the exact configuration: n^2 times the root of the last distance, the kernel's \
        next order. A float64 orbit runs beside and shows its floor.",
    control: "the parts decay by the eigenvalues of batch size n+1",
    check,
};

const SMALLEST: u64 = 7;
const LARGEST: u64 = 20;
const AMPLITUDES: [u32; 3] = [10, 30, 60];
/// Slack for rounding of the logarithms.
const ROUNDING: f64 = 1e-13;

/// One orbit: batch size, kind of start, amplitude `10^−digits`, layers.
#[derive(Clone, Copy)]
struct Job {
    n: u64,
    mode: Mode,
    digits: u32,
    layers: u64,
}

/// A rate measured and the rate it should be.
struct Measured {
    job: Job,
    block: Block,
    rate: f64,
    predicted: f64,
    tolerance: f64,
}

impl Measured {
    fn agrees(&self) -> bool {
        (self.rate / self.predicted - 1.0).abs() <= self.tolerance
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let sizes = sizes(settings)?;
    let layers = if settings.quick { 90 } else { 240 };
    let amplitudes = if settings.quick { &AMPLITUDES[1..2] } else { &AMPLITUDES[..] };
    let (sizes, amplitudes) = (statement.cases(&sizes), statement.cases(amplitudes));
    let jobs: Vec<Job> = sizes
        .iter()
        .flat_map(|&n| amplitudes.iter().map(move |&digits| (n, digits)))
        .flat_map(|(n, digits)| Mode::ALL.map(|mode| Job { n, mode, digits, layers }))
        .collect();
    let measured: Vec<Measured> = jobs
        .par_iter()
        .map(|&job| measure(statement, job, settings))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    let growth = sizes.iter().map(|&n| growth_at_exact_configuration(n)).collect::<Vec<_>>();
    let floor = float64_floor(sizes[0], settings)?;

    let failure = measured.iter().find(|one| !one.agrees());
    let repels = growth.iter().all(Growth::agrees);
    let reason = match failure {
        Some(one) => format!(
            "the {} part at n = {} changes by {:.12} a layer, not {:.12}",
            one.block.name(),
            one.job.n,
            one.rate,
            one.predicted
        ),
        None if !repels => "the exact configuration does not repel as predicted".to_owned(),
        None => format!(
            "{} rates in {} orbits at n = {sizes:?}; float64 stops at {floor:.0e}; the exact configuration repels",
            measured.len(),
            jobs.len()
        ),
    };
    let rates = measured.iter().map(|one| {
        json!({ "batch_size": one.job.n.to_string(), "mode": one.job.mode.name(), "block": one.block.name(),
            "amplitude": format!("1e-{}", one.job.digits), "layers": one.job.layers,
            "rate": approximate(one.rate), "predicted": approximate(one.predicted),
            "tolerance": approximate(format_args!("{:e}", one.tolerance)) })
    });
    let evidence = json!({
        "rates": rates.collect::<Vec<_>>(),
        "growth_at_exact_configuration": growth.iter().map(Growth::to_json).collect::<Vec<_>>(),
        "float64_floor": approximate(format_args!("{floor:e}")),
    });
    Ok(Finding::new(Verdict::decided(failure.is_none() && repels), reason, evidence))
}

/// Up to three of the sizes asked between 7 and 20: the smallest, the middle and the largest.
fn sizes(settings: &Settings) -> Result<Vec<u64>> {
    settings.batch_sizes.with_odd_point()?;
    let mut asked = settings.batch_sizes.up_to(LARGEST, &[8, 16]);
    asked.retain(|&n| n >= SMALLEST);
    if asked.is_empty() {
        asked.push(SMALLEST);
    }
    let mut picked = vec![asked[0], asked[asked.len() / 2], asked[asked.len() - 1]];
    picked.dedup();
    if settings.quick {
        picked.truncate(1);
    }
    Ok(picked)
}

fn measure(statement: Statement, job: Job, settings: &Settings) -> Result<Vec<Measured>> {
    let predicted_from = if statement == Statement::Control { job.n + 1 } else { job.n };
    let predicted = Spectrum::at(&FixedPoint::OddPoint.locate(predicted_from)?);
    let actual = Spectrum::at(&FixedPoint::OddPoint.locate(job.n)?);

    // Digits of the amplitude, of the decay (never faster than the pair block's), and 20 to measure with.
    let decay = -(actual.pair.min(actual.standard[0]).log10()) * job.layers as f64;
    let precision = ((f64::from(job.digits) + decay + 20.0) * 10_f64.log2()) as u32;
    let batch = odd_point_in_mpfr(job.n, precision)?;
    let amplitude = Float::with_val(precision, Float::u_pow_u(10, job.digits)).recip();
    let direction = job.mode.direction(job.n as usize, &batch.n, settings.seed);
    let mut orbit = PerturbedOrbit::new(batch.covariance(job.n as usize), &direction, &amplitude);

    let first = job.layers / 3;
    (0..first).for_each(|_| orbit.step());
    let early = orbit.distance();
    (first..job.layers).for_each(|_| orbit.step());
    let late = orbit.distance();

    let nonlinear = (job.n as f64).powi(4) * 10_f64.powi(-(job.digits as i32));
    let transient = (actual.standard[1] / actual.standard[0]).powi(first as i32);
    let tolerance = (nonlinear + transient) / (job.layers - first) as f64 + ROUNDING;
    let blocks = job.mode.blocks().iter();
    Ok(blocks
        .map(|&block| Measured {
            job,
            block,
            rate: late.rate_since(&early, Some(block)),
            predicted: *predicted.leading(block),
            tolerance,
        })
        .collect())
}

/// The odd point in MPFR: the midpoint of its enclosure.
fn odd_point_in_mpfr(n: u64, precision: u32) -> Result<SymmetricBatch<Float>> {
    let enclosed = enclose_fixed_point(FixedPoint::OddPoint, n, precision)?;
    Ok(SymmetricBatch::from_angle(&Float::with_val(precision, n), &enclosed.theta.midpoint()))
}

/// Growth per layer at the exact configuration.
struct Growth {
    n: u64,
    rate: f64,
    predicted: f64,
    tolerance: f64,
}

impl Growth {
    fn agrees(&self) -> bool {
        self.rate > 1.0 && (self.rate / self.predicted - 1.0).abs() <= self.tolerance
    }

    fn to_json(&self) -> serde_json::Value {
        json!({ "batch_size": self.n.to_string(), "rate": approximate(self.rate),
            "predicted": approximate(self.predicted),
            "tolerance": approximate(format_args!("{:e}", self.tolerance)) })
    }
}

fn growth_at_exact_configuration(n: u64) -> Growth {
    const LAYERS: u64 = 50;
    const PRECISION: u32 = 320;
    let one = Float::with_val(PRECISION, 1);
    let amplitude = Float::with_val(PRECISION, Float::u_pow_u(10, 50)).recip();
    let size = n as usize;
    let direction = within_cluster_direction(size, &one);
    let mut orbit = PerturbedOrbit::new(exact_configuration(size, &one), &direction, &amplitude);
    let start = orbit.distance();
    (0..LAYERS).for_each(|_| orbit.step());
    let end = orbit.distance();
    let square = (n as f64 - 1.0).powi(2) + 1.0;
    Growth {
        n,
        rate: end.rate_since(&start, None),
        predicted: (n * n) as f64 / square,
        tolerance: (n * n) as f64 * end.total.approximate().sqrt() + ROUNDING,
    }
}

/// The relative distance at which a float64 orbit stops approaching the odd point.
fn float64_floor(n: u64, settings: &Settings) -> Result<f64> {
    let batch = FixedPoint::OddPoint.locate(n)?;
    let direction = Mode::Random.direction(n as usize, &1.0, settings.seed);
    let mut orbit = PerturbedOrbit::new(batch.covariance(n as usize), &direction, &1e-6);
    let layers = 40 * n;
    (0..layers).for_each(|_| orbit.step());
    Ok(orbit.distance().total)
}
