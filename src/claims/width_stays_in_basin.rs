//! Claim `width.stays-in-basin`: sampled networks of a stated width stay near the odd point for a stated number of layers.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::rigor::basin::{Stay, StayVerdict};
use rayon::prelude::*;
use rug::Integer;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "width.stays-in-basin",
    kind: Kind::Rigorous,
    summary: "finite width: from a stated width on a network that starts near the odd point stays near it for 300 layers with \
        probability 0.99",
    statement: "RC + ReLU networks with Gaussian weights, at each batch size n >= 7 asked up to 1000: there are stated radii R0 < R, \
        a rate I and a width D = ceil(ln(3 L/delta)/I) such that, for every batch whose centred covariance, brought to the odd point's \
        trace, is within R0 of it in a stated norm, every network of constant width d >= D stays within R for L layers with probability at \
        least 1 - delta. D is given for L = 300 and delta = 0.01; the formula holds for every L and delta, so the time spent near the odd \
        point grows exponentially with d.",
    hypotheses: "Weights are independent N(0, 1/d); the scale is divided out after each layer, by the trace; cluster variance 1 at the odd point. \
        R0 = R/2; every batch of stated Frobenius distance is within R0.",
    source: "Project (theory 2.5, 4): the basin of infinite width with the fluctuations of finite width.",
    method: "The local ball of stability.basin contracts by phi < 1 in a Hilbert norm. The neurons of a layer are independent: Bernstein's inequality \
        in Hilbert space, in the form of a supermartingale cosh(l N) followed backwards through the layers, with moments of one neuron bounded over \
        the ball by Gaussian ones; the random trace by the inequality for positive terms. Every inequality by intervals, D rounded up; radii, weights \
        and multipliers are searched in double precision.",
    control: "the same at width n - 3: so few neurons leave the cluster's n - 2 differences linearly dependent, and no batch within R is like that, \
        so the network leaves in the first layer with probability 1",
    check,
};

const LARGEST: u64 = 1000;
const LAYERS: u64 = 300;
/// One over `δ`.
const ONE_IN: i64 = 100;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let asked = settings.batch_sizes.with_odd_point()?;
    let mut sizes: Vec<u64> = asked.iter().copied().filter(|&n| n <= LARGEST).collect();
    if sizes.is_empty() {
        sizes.push(LARGEST);
    }
    let judged =
        sizes.par_iter().map(|&n| judge(statement, n, settings.precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(verdict, ..)| *verdict));
    let reason = match verdict {
        Verdict::Verified => {
            let words = |k: usize| format!("D = {} at n = {}", judged[k].1, sizes[k]);
            let [first, last] = [0, sizes.len() - 1].map(words);
            format!(
                "{} batch sizes: {first}, {last}; {LAYERS} layers, probability 1 - 1/{ONE_IN}",
                sizes.len()
            )
        }
        Verdict::Refuted => "the network leaves in the first layer, surely".to_owned(),
        Verdict::Inconclusive => format!("undecided with {} bits", settings.precision),
    };
    let rows: Vec<Value> = judged.into_iter().map(|(.., row)| row).collect();
    Ok(Finding::new(verdict, reason, json!({ "layers": LAYERS.to_string(), "batch_sizes": rows })))
}

/// The verdict at one batch size, the width judged, and the numbers for JSON.
fn judge(statement: Statement, n: u64, precision: u32) -> Result<(Verdict, Integer, Value)> {
    let failure = Interval::from_integer(precision, 1).over(ONE_IN);
    let stay = Stay::prove(n, precision)?;
    let width = match statement {
        Statement::Claim => stay.width(LAYERS, &failure)?,
        Statement::Control => Integer::from(n - 3),
    };
    let verdict = match stay.judge(&width, LAYERS, &failure) {
        StayVerdict::Stays => Verdict::Verified,
        StayVerdict::Leaves => Verdict::Refuted,
        StayVerdict::Undecided => Verdict::Inconclusive,
    };
    let row = json!({
        "batch_size": n.to_string(),
        "width": width.to_string(),
        "rate": stay.rate,
        "radius": stay.radius,
        "radius_over_one_minus_r": stay.radius.clone() / &stay.frame.batch.one_minus_r,
        "start": stay.start,
        "start_frobenius": stay.frobenius_start(),
        "contraction": stay.contraction,
    });
    Ok((verdict, width, row))
}
