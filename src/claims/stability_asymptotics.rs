//! Claim `stability.asymptotics`: the odd point as the batch grows.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{FixedPoint, Spectrum};
use crate::rigor::enclose_fixed_point;
use rayon::prelude::*;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "stability.asymptotics",
    kind: Kind::Numerical,
    summary: "nθ → 3π, n(1−λ) → 1, cos(cluster, outlier)·n³ → 9√2π²/4, with rates, at n up to 10¹²",
    statement: "At the odd point, for the batch sizes n >= 100 tried: |n theta - 3 pi + 3 pi/n| <= 20/n^2; \
        |n(1 - lambda) - 1| <= 2/n for the trivial, the larger standard and the pair eigenvalue; \
        |n^3 cos(cluster, outlier) - 9 sqrt(2) pi^2/4| <= 150/n after ReLU.",
    hypotheses: "infinite width, RC + ReLU; n = 100, 1000, ..., 10^12 and the sizes asked from 100 on. Each of these \
        sizes is decided by intervals; that the bounds hold for every n >= 100 is not shown.",
    source: "Abstract: \"breaks far away from the cluster in an orthogonal direction\": the cosine tends to 0 like \
        n^-3 (project's formulation; theory 2.2 and 2.3).",
    method: "Enclosures of fixed point and spectrum at each n. The constants 20, 2 and 150 were set in advance \
        above the next coefficients of the expansions: 9 pi^3/20 = 13.95 (plus 254/n), 1 (minus 40/n), and \
        81 sqrt(2) pi^2/8 = 141.3 (minus about 550/n).",
    control: "|n theta - 3 pi - 3 pi/n| <= 20/n^2: the second term with the wrong sign",
    check,
};

const SMALLEST: u64 = 100;
const LARGEST_POWER_OF_TEN: u32 = 12;
/// The terms are differences of numbers that agree to n³ or so.
const GUARD_BITS_PER_BIT_OF_N: u32 = 4;

/// One inequality `|difference| ≤ bound`, at one n.
struct Inequality {
    name: &'static str,
    difference: Interval,
    bound: Interval,
}

impl Inequality {
    fn verdict(&self) -> Verdict {
        let slack = self.bound.clone().square() - self.difference.clone().square();
        if slack.certainly_positive() {
            Verdict::Verified
        } else if slack.certainly_negative() {
            Verdict::Refuted
        } else {
            Verdict::Inconclusive
        }
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let powers = (2..=LARGEST_POWER_OF_TEN).map(|exponent| 10_u64.pow(exponent));
    let asked = settings.batch_sizes.all().iter().copied().filter(|&n| n >= SMALLEST);
    let mut sizes: Vec<u64> = powers.chain(asked).collect();
    sizes.sort_unstable();
    sizes.dedup();

    let judged = sizes
        .par_iter()
        .map(|&n| Ok((n, inequalities(statement, n, settings.precision)?)))
        .collect::<Result<Vec<_>>>()?;
    let verdicts = judged.iter().flat_map(|(n, all)| all.iter().map(move |one| (n, one.name, one.verdict())));
    let verdict = Verdict::all(verdicts.clone().map(|(.., verdict)| verdict));
    let failure = verdicts.clone().find(|(.., one)| *one != Verdict::Verified);
    let reason = match failure {
        None => format!("{} batch sizes from {SMALLEST} to {}", sizes.len(), sizes[sizes.len() - 1]),
        Some((n, name, one)) => format!("{name} is {} at n = {n}", one.name()),
    };
    let rows = judged.iter().map(|(n, all)| {
        let scaled = all.iter().map(|one| (one.name.to_owned(), json!(one.difference.clone() / &one.bound)));
        json!({ "batch_size": n.to_string(),
            "difference_over_bound": serde_json::Map::from_iter(scaled) })
    });
    Ok(Finding::new(verdict, reason, json!({ "batch_sizes": rows.collect::<Vec<_>>() })))
}

fn inequalities(statement: Statement, size: u64, precision: u32) -> Result<Vec<Inequality>> {
    let precision = precision + GUARD_BITS_PER_BIT_OF_N * size.ilog2();
    let batch = enclose_fixed_point(FixedPoint::OddPoint, size, precision)?;
    let spectrum = Spectrum::at(&batch);
    let (n, pi) = (&batch.n, batch.n.pi());
    let over = |bound: i64, power: usize| (0..power).fold(n.lift(bound), |bound, _| bound / n);

    let sign = if statement == Statement::Control { -1 } else { 1 };
    let angle = n.clone() * &batch.theta - pi.clone().times(3) + pi.clone().times(3 * sign) / n;
    let gap = |eigenvalue: &Interval| n.clone() * (n.lift(1) - eigenvalue) - n.lift(1);
    // 9√2π²/4 = (9/4) √2 π²
    let limit = n.lift(2).sqrt() * pi.square().times(9).over(4);
    let cross = batch.order_parameters().cos_cross * n * n * n - limit;
    let inequality = |name, difference, bound| Inequality { name, difference, bound };
    Ok(vec![
        inequality("angle", angle, over(20, 2)),
        inequality("trivial gap", gap(&spectrum.trivial), over(2, 1)),
        inequality("standard gap", gap(&spectrum.standard[0]), over(2, 1)),
        inequality("pair gap", gap(&spectrum.pair), over(2, 1)),
        inequality("cosine", cross, over(150, 1)),
    ])
}
