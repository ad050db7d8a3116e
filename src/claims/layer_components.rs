//! Claim `layer.components`: sampled networks follow the infinite-width map.

use super::statistics::{Estimate, Mean, critical};
use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::Result;
use crate::layer::Gram;
use crate::layer::batch::{Batch, random_gaussian};
use crate::layer::components::{Component, Layer};
use crate::layer::sampled::{Network, Plan, Sampler};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "layer.components",
    kind: Kind::Statistical,
    summary: "each subset of {RC, RS, NL}: sampled networks agree with the infinite-width map, error ~ 1/sqrt(d)",
    statement: "For each of the 8 subsets of {RC, RS, NL}, the mean Gram matrix of one sampled layer is the infinite-width \
        one, by literal weights at d = 64 and by rows from N(0, G) at d = 64 and 1024; and over five layers the root mean \
        square distance from the infinite-width Gram matrix falls by a factor 4 from d = 256 to 4096.",
    hypotheses: "ReLU; a Gaussian batch of 8 samples with 16 features, drawn anew for every seed. Five layers: Gram \
        matrices of trace n.",
    source: "Project (theory 1): neurons are iid given the input, so one layer's mean is exact at every width.",
    method: "864 entries in standard errors, estimated from 1600 replicas (quick: 400); refuted if one is off by more than \
        the critical value at family level 1e-6 (Bonferroni, Student). Power: verified only if that value and the observed \
        deviation together are below 10 % (quick: 20 %) of sqrt(g_ii g_jj), so any larger error would be seen. Rates: \
        100 replicas (quick: 40) a width; the logarithm of the ratio is within 0.1, for non-linear bias, of ln 4 up to the critical \
        value, which must itself be below 1.2, so that ratios 1 and 16 are excluded. With RS entries are at most n: \
        no heavy tails.",
    control: "the infinite-width map recentres where the layer does not, and conversely",
    check,
};

const SAMPLES: usize = 8;
/// False alarms in all comparisons of one kind together.
const LEVEL: f64 = 1e-6;
/// What one layer's mean is compared for.
const CASES: [(Sampler, u64); 3] = [(Sampler::Weights, 64), (Sampler::Gram, 64), (Sampler::Gram, 1024)];
const LAYERS: usize = 5;
/// Two widths, and by what the error falls from one to the other.
const WIDTHS: [u64; 2] = [256, 4096];
const FALL: f64 = 4.0;
/// Allowed to the logarithm of that for terms of higher order.
const BIAS: f64 = 0.1;
/// What the critical value of that logarithm must stay below.
const RESOLUTION: f64 = 1.2;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let batch = random_gaussian(SAMPLES, 2 * SAMPLES, settings.seed, 0)?;
    let means = means(statement, &batch, settings)?;
    // A refuted control needs no more, and the claim is refuted with it.
    if means.verdict == Verdict::Refuted {
        return Ok(means);
    }
    let rates = rates(&batch, settings)?;
    let reason = format!("{}; {}", means.reason, rates.reason);
    let evidence = json!({ "means": means.evidence, "rates": rates.evidence });
    Ok(Finding::new(Verdict::all([means.verdict, rates.verdict]), reason, evidence))
}

/// All subsets of the components.
fn layers() -> Result<Vec<Layer>> {
    let subset = |bits: usize| -> Vec<Component> {
        Component::ALL.into_iter().enumerate().filter(|(k, _)| bits >> k & 1 == 1).map(|(_, c)| c).collect()
    };
    (0..8).map(|bits| Layer::new(&subset(bits), None)).collect()
}

/// One entry's mean against its expectation, both over `√(gᵢᵢ gⱼⱼ)`.
struct Entry {
    deviation: f64,
    error: f64,
}

/// The entries of one layer in one case.
struct Comparison {
    plan: Plan,
    entries: Vec<Entry>,
}

fn means(statement: Statement, batch: &Batch, settings: &Settings) -> Result<Finding> {
    let (replicas, tolerance) = if settings.quick { (400, 0.2) } else { (1600, 0.1) };
    let mut comparisons = Vec::new();
    for layer in layers()? {
        for (sampler, width) in CASES {
            let plan = Plan { layer, sampler, width, seed: settings.seed, replica: 0 };
            comparisons.push(compare(statement, plan, batch, replicas)?);
        }
    }
    let entries = || comparisons.iter().flat_map(|comparison| &comparison.entries);
    let critical = critical(LEVEL, entries().count(), replicas);
    let farthest = entries().map(|entry| entry.deviation / entry.error).fold(0.0, f64::max);
    let detected = entries().map(|entry| entry.deviation + critical * entry.error).fold(0.0, f64::max);
    let verdict = if farthest > critical {
        Verdict::Refuted
    } else if detected <= tolerance {
        Verdict::Verified
    } else {
        Verdict::Inconclusive
    };
    let reason = format!(
        "{} mean entries within {farthest:.1} of {critical:.1} standard errors, that is {:.1} %",
        entries().count(),
        100.0 * detected
    );
    Ok(Finding::new(
        verdict,
        reason,
        Value::Array(comparisons.iter().map(|comparison| comparison.to_json(critical)).collect()),
    ))
}

fn compare(statement: Statement, plan: Plan, batch: &Batch, replicas: u64) -> Result<Comparison> {
    let claimed = match statement {
        Statement::Claim => plan.layer,
        Statement::Control => Layer { recentre: !plan.layer.recentre, ..plan.layer },
    };
    let expected = claimed.infinite_width(&batch.gram()?)?;
    let one = |replica| {
        let mut network = Network::from_batch(Plan { replica, ..plan }, batch)?.on_one_thread();
        network.step()?;
        Ok((network.growth(), network.gram().clone()))
    };
    let sampled = (0..replicas).into_par_iter().map(one).collect::<Result<Vec<(f64, Gram<f64>)>>>()?;
    let pairs = (0..SAMPLES).flat_map(|i| (i..SAMPLES).map(move |j| (i, j)));
    let entry = |(i, j): (usize, usize)| {
        let values: Vec<f64> = sampled.iter().map(|(growth, gram)| growth * gram.get(i, j)).collect();
        let Mean { mean, error } = Mean::of(&values);
        let scale = (expected.get(i, i) * expected.get(j, j)).sqrt();
        Entry { deviation: (mean - expected.get(i, j)).abs() / scale, error: error / scale }
    };
    Ok(Comparison { plan, entries: pairs.map(entry).collect() })
}

impl Comparison {
    /// All entries are within so many standard errors at once, and so is the largest of their deviations.
    fn to_json(&self, critical: f64) -> Value {
        let most = |f: &dyn Fn(&Entry) -> f64| self.entries.iter().map(f).fold(0.0, f64::max);
        let largest = Estimate {
            estimate: most(&|entry| entry.deviation),
            lower: most(&|entry| entry.deviation - critical * entry.error),
            upper: most(&|entry| entry.deviation + critical * entry.error),
            level: LEVEL,
        };
        json!({ "layer": self.plan.layer.to_string(), "sampler": self.plan.sampler.to_string(),
            "width": self.plan.width.to_string(), "largest_deviation": largest.to_json(),
            "largest_standard_error": approximate(most(&|entry| entry.error)),
            "largest_in_standard_errors": approximate(most(&|entry| entry.deviation / entry.error)) })
    }
}

/// By what the error over several layers falls with the width.
fn rates(batch: &Batch, settings: &Settings) -> Result<Finding> {
    let replicas = if settings.quick { 40 } else { 100 };
    let layers = layers()?;
    let critical = critical(LEVEL, layers.len(), replicas);
    let mut verdicts = Vec::new();
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    let mut rows = Vec::new();
    for layer in layers {
        let [near, far] = WIDTHS.map(|width| {
            let plan = Plan { layer, sampler: Sampler::Gram, width, seed: settings.seed, replica: 0 };
            deviation(plan, batch, replicas)
        });
        let (near, far) = (near?, far?);
        let ratio = near.mean / far.mean;
        let slack = critical * (near.error / near.mean).hypot(far.error / far.mean);
        verdicts.push(match (ratio / FALL).ln().abs() {
            off if off > BIAS + slack => Verdict::Refuted,
            _ if slack <= RESOLUTION => Verdict::Verified,
            _ => Verdict::Inconclusive,
        });
        (least, most) = (least.min(ratio), most.max(ratio));
        let [lower, upper] = [-slack, slack].map(|slack| ratio * slack.exp());
        let estimate = Estimate { estimate: ratio, lower, upper, level: LEVEL };
        rows.push(json!({ "layer": layer.to_string(), "ratio": estimate.to_json(),
            "logarithm_resolved_to": approximate(slack) }));
    }
    let reason =
        format!("error over {LAYERS} layers falls by {least:.2} to {most:.2} for 16 times the width");
    Ok(Finding::new(Verdict::all(verdicts), reason, Value::Array(rows)))
}

/// Root mean square distance of the Gram matrix from that of infinite width.
fn deviation(plan: Plan, batch: &Batch, replicas: u64) -> Result<Mean> {
    let mut limit = batch.gram()?;
    for _ in 0..LAYERS {
        limit = plan.layer.infinite_width(&limit)?;
        limit.scale_to_trace(&(SAMPLES as f64));
    }
    let one = |replica| {
        let mut network = Network::from_batch(Plan { replica, ..plan }, batch)?.on_one_thread();
        (0..LAYERS).try_for_each(|_| network.step())?;
        Ok(network.gram().sub(&limit).frobenius_norm().powi(2))
    };
    let squares = (0..replicas).into_par_iter().map(one).collect::<Result<Vec<f64>>>()?;
    Ok(Mean::of(&squares).root())
}
