//! Claim `emergence.from-random`: how often one odd point emerges, when, and which sample it is.

use super::statistics::{Estimate, Proportion};
use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::layer::batch::{Batch, parse_csv, random_gaussian};
use crate::layer::components::Layer;
use crate::layer::observables::{largest, norm_ratio};
use crate::layer::orbit::Orbit;
use crate::layer::sampled::{Network, Plan, Sampler};
use crate::odd_point::{FixedPoint, SMALLEST_ODD_POINT_BATCH};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

pub(super) static CLAIM: Claim = Claim {
    id: "emergence.from-random",
    kind: Kind::Statistical,
    summary: "from random and from real batches an odd point emerges: how often, when, which sample",
    statement: "RC + ReLU on batches of n Gaussian samples with 2n features. At infinite width an odd point emerges with \
        probability below 0.05 at n = 5, above 0.95 at n = 20, above 0.9 at n = 50; at n = 20 it is the sample of largest \
        initial variance with probability above 0.8. At width 1000 it emerges with probability above 0.7 at n = 20, and \
        at n = 10 more often than at infinite width, but it is the sample of largest initial variance less often. From \
        64 handwritten digits it emerges at infinite width, and at width 1000 with probability above 0.3.",
    hypotheses: "It has emerged when one sample's norm after the layer (width 1000: of the layer's output) is beyond half the norm ratio of the odd-point fixed \
        point for n (n = 5, which has none: half of n-1) for 20 layers in a row, within 1000 layers at infinite width and 300 at width 1000.",
    source: "Abstract: \"the representations … collapse to a single cluster, except for a single odd data point\" (project's \
        formulation; theory 4).",
    method: "Independent batches and networks, 300, 600, 600 and 120 runs at n = 5, 10, 20, 50 at infinite width; 60 and 40 \
        at n = 10, 20 at width 1000; 8 networks on the digits (quick: 40, 27 and none of finite width). \
        Clopper-Pearson bounds, each wrong with probability at most 1e-4; two proportions by disjoint intervals at half that. A part is \
        refuted only if its opposite is shown. Power: of the 600 runs at n = 20 up to 11 may fail, so with a true probability \
        of 0.995 it is verified with probability 0.9999; of 120 at n = 50 one may; of 40 finite ones at n = 20 one may.",
    control: "at n = 5 the odd point emerges with probability above 0.95",
    check,
};

/// What each bound errs with.
const LEVEL: f64 = 1e-4;
const WIDTH: u64 = 1000;
const INFINITE_LAYERS: usize = 1000;
const FINITE_LAYERS: usize = 300;
/// So many layers in a row: an input may be lopsided by chance, and falls back at once.
const HELD: u64 = 20;
const DIGITS: &str = include_str!("../../examples/digits/digits64.csv");
const DIGITS_NAME: &str = "examples/digits/digits64.csv";

/// One run: the layer of emergence, if there was one, and whether the odd one is the sample of largest initial variance.
#[derive(Clone, Copy)]
struct Run {
    emerged: Option<u64>,
    first: bool,
}

/// Independent runs of one kind.
struct Runs {
    kind: String,
    runs: Vec<Run>,
}

impl Runs {
    fn emerged(&self) -> Proportion {
        Proportion::of(self.runs.iter().map(|run| run.emerged.is_some()))
    }

    /// Of those that emerged, those where it is the sample of largest initial variance.
    fn first(&self) -> Proportion {
        Proportion::of(self.runs.iter().filter(|run| run.emerged.is_some()).map(|run| run.first))
    }

    /// Of those that emerged.
    fn median_layer(&self) -> Option<Estimate> {
        let layers = self.runs.iter().filter_map(|run| run.emerged).collect();
        Estimate::of_median(layers, [0, INFINITE_LAYERS as u64], LEVEL)
    }

    fn words(&self) -> String {
        let Proportion { successes, trials } = self.emerged();
        format!("{} {successes}/{trials}", self.kind)
    }

    fn to_json(&self) -> Value {
        json!({ "runs": self.kind, "emerged": self.emerged().to_json(LEVEL),
            "largest_initial_variance": self.first().to_json(LEVEL),
            "median_layer": self.median_layer().map(Estimate::to_json) })
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let infinite = |n, runs| gaussian(n, None, runs, settings.seed);
    let five = infinite(5, 300)?;
    if statement == Statement::Control {
        return Ok(Finding::new(five.emerged().above(0.95, LEVEL), five.words(), five.to_json()));
    }
    let [ten, twenty, fifty] = [infinite(10, 600)?, infinite(20, 600)?, infinite(50, 120)?];
    let finite =
        |n, runs, quick| gaussian(n, Some(WIDTH), if settings.quick { quick } else { runs }, settings.seed);
    let [ten_finite, twenty_finite] = [finite(10, 60, 40)?, finite(20, 40, 27)?];
    let mut parts = vec![
        five.emerged().below(0.05, LEVEL),
        twenty.emerged().above(0.95, LEVEL),
        fifty.emerged().above(0.9, LEVEL),
        twenty.first().above(0.8, LEVEL),
        twenty_finite.emerged().above(0.7, LEVEL),
        ten_finite.emerged().exceeds(&ten.emerged(), LEVEL),
        ten.first().exceeds(&ten_finite.first(), LEVEL),
    ];
    let mut all = vec![five, ten, twenty, fifty, ten_finite, twenty_finite];
    let digits = digits(settings)?;
    parts.push(Verdict::decided(digits[0].emerged().successes == 1));
    if let Some(finite) = digits.get(1) {
        parts.push(finite.emerged().above(0.3, LEVEL));
    }
    all.extend(digits);
    let reason = all.iter().map(Runs::words).collect::<Vec<_>>().join(", ");
    let verdicts: Vec<_> = parts.iter().map(|verdict| verdict.name()).collect();
    let evidence = json!({ "parts": verdicts, "runs": all.iter().map(Runs::to_json).collect::<Vec<_>>() });
    Ok(Finding::new(Verdict::all(parts), reason, evidence))
}

/// How often an odd point has emerged in so many runs from Gaussian batches; no width is infinite width.
#[cfg(feature = "cli")]
pub(crate) fn emergence_of_gaussian(
    n: usize,
    width: Option<u64>,
    runs: u64,
    seed: u64,
) -> Result<Proportion> {
    Ok(gaussian(n, width, runs, seed)?.emerged())
}

/// Runs from Gaussian batches, one a run.
fn gaussian(n: usize, width: Option<u64>, runs: u64, seed: u64) -> Result<Runs> {
    // Batches of different experiments must not share their numbers.
    let streams = (n as u64) << 32 | width.unwrap_or(0) << 16;
    let one = |replica| {
        let batch = random_gaussian(n, 2 * n, seed, streams + replica)?;
        run(&batch, width, seed, replica)
    };
    let runs = (0..runs).into_par_iter().map(one).collect::<Result<_>>()?;
    Ok(Runs { kind: kind(&format!("n = {n}"), width), runs })
}

/// The real batch: once at infinite width, and finite networks.
fn digits(settings: &Settings) -> Result<Vec<Runs>> {
    let batch = Batch::new(parse_csv(DIGITS.as_bytes(), Path::new(DIGITS_NAME))?)?;
    let infinite = run(&batch, None, settings.seed, 0)?;
    let mut all = vec![Runs { kind: kind("digits", None), runs: vec![infinite] }];
    if !settings.quick {
        let one = |replica| run(&batch, Some(WIDTH), settings.seed, replica);
        let runs = (0..8).into_par_iter().map(one).collect::<Result<_>>()?;
        all.push(Runs { kind: kind("digits", Some(WIDTH)), runs });
    }
    Ok(all)
}

fn kind(batch: &str, width: Option<u64>) -> String {
    match width {
        Some(width) => format!("{batch} d = {width}"),
        None => batch.to_owned(),
    }
}

fn run(batch: &Batch, width: Option<u64>, seed: u64, replica: u64) -> Result<Run> {
    let covariance = batch.covariance()?;
    let threshold = threshold(batch.size() as u64)?;
    let found = match width {
        None => {
            let seen =
                Orbit::new(&covariance)?.map(|record| (record.seen.odd_sample, record.seen.norm_ratio));
            emergence(seen.take(INFINITE_LAYERS), threshold)
        }
        Some(width) => {
            let plan =
                Plan { layer: Layer::parse("rc,nl", None)?, sampler: Sampler::Gram, width, seed, replica };
            let mut network = Network::from_batch(plan, batch)?.on_one_thread();
            // A network that cannot go on, because all samples have become equal, has no odd point.
            let next = || {
                let odd = largest(network.gram());
                let seen = (odd, norm_ratio(network.gram(), odd));
                network.step().ok().map(|()| seen)
            };
            emergence(std::iter::from_fn(next).take(FINITE_LAYERS), threshold)
        }
    };
    let first = found.is_some_and(|(_, sample)| sample == largest(&covariance));
    Ok(Run { emerged: found.map(|(layer, _)| layer), first })
}

/// The first layer from which on the ratio stays beyond the threshold for [`HELD`] layers, and the odd sample then.
fn emergence(layers: impl Iterator<Item = (usize, f64)>, threshold: f64) -> Option<(u64, usize)> {
    let mut held = 0;
    for ((sample, ratio), layer) in layers.zip(1_u64..) {
        held = if ratio > threshold { held + 1 } else { 0 };
        if held == HELD {
            return Some((layer - HELD, sample));
        }
    }
    None
}

/// Half the norm ratio of the odd point, or of the exact configuration where there is none.
fn threshold(n: u64) -> Result<f64> {
    Ok(if n < SMALLEST_ODD_POINT_BATCH {
        (n - 1) as f64 / 2.0
    } else {
        FixedPoint::OddPoint.locate(n)?.order_parameters().norm_ratio / 2.0
    })
}
