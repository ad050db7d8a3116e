//! Claim `stability.asymptotics`: the odd point as the batch grows.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{FixedPoint, Spectrum};
use crate::rigor::tail::{Expanded, prove_angle_expansion, prove_expansion};
use crate::rigor::{ANGLE_CONSTANT, TAIL_FROM, enclose_fixed_point};
use rayon::prelude::*;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "stability.asymptotics",
    kind: Kind::Rigorous,
    summary: "nθ → 3π, n(1−λ) → 1, cos(cluster, outlier)·n³ → 9√2π²/4, with error bounds for every n ≥ 128",
    statement: "At the odd point of every n >= 128: |n theta - 3 pi + 3 pi/n| <= 20/n^2; |n(1 - lambda) - 1| <= 2/n for \
        the trivial, the larger standard and the pair eigenvalue; |n^3 cos(cluster, outlier) - 9 sqrt(2) pi^2/4| <= \
        150/n after ReLU.",
    hypotheses: "infinite width, RC + ReLU.",
    source: "Abstract: \"breaks far away from the cluster in an orthogonal direction\": the cosine tends to 0 like \
        n^-3 (project's formulation; proofs/theorems).",
    method: "Taylor's theorem in u = 1/n with derivatives enclosed by dual numbers over intervals, u from 0 to 1/128 \
        covered; besides, enclosures at n = 1000, ..., 10^12 and at the sizes asked from 128 on. The constants were \
        set above the next coefficients 9 pi^3/20 = 13.95, 1 and 81 sqrt(2) pi^2/8 = 141.3.",
    control: "|n theta - 3 pi - 3 pi/n| <= 20/n^2: the second term with the wrong sign",
    check,
};

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
        Verdict::positive(&(self.bound.clone().square() - self.difference.clone().square()))
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let powers = (3..=LARGEST_POWER_OF_TEN).map(|exponent| 10_u64.pow(exponent));
    let asked = settings.batch_sizes.all().iter().copied().filter(|&n| n >= TAIL_FROM);
    let mut sizes: Vec<u64> = powers.chain(asked).collect();
    sizes.sort_unstable();
    sizes.dedup();

    let sizes = statement.cases(&sizes);

    let judged = sizes
        .par_iter()
        .map(|&n| Ok((n, inequalities(statement, n, settings.precision)?)))
        .collect::<Result<Vec<_>>>()?;
    let verdicts = judged.iter().flat_map(|(n, all)| all.iter().map(move |one| (n, one.name, one.verdict())));
    let verdict = Verdict::all(verdicts.clone().map(|(.., verdict)| verdict));
    let failure = verdicts.clone().find(|(.., one)| *one != Verdict::Verified);
    if failure.is_none() {
        prove_for_all(settings.precision)?;
    }
    let reason = match failure {
        None => format!(
            "every n >= {TAIL_FROM}; {} sizes enclosed, up to {}",
            sizes.len(),
            sizes[sizes.len() - 1]
        ),
        Some((n, name, one)) => format!("{name} is {} at n = {n}", one.name()),
    };
    let rows = judged.iter().map(|(n, all)| {
        let scaled = all.iter().map(|one| (one.name.to_owned(), json!(one.difference.clone() / &one.bound)));
        json!({ "batch_size": n.to_string(),
            "difference_over_bound": serde_json::Map::from_iter(scaled) })
    });
    Ok(Finding::new(verdict, reason, json!({ "batch_sizes": rows.collect::<Vec<_>>() })))
}

/// The constants for the gaps and for the cosine.
const GAP_CONSTANT: i64 = 2;
const COSINE_CONSTANT: i64 = 150;

fn prove_for_all(precision: u32) -> Result<()> {
    prove_angle_expansion(ANGLE_CONSTANT, TAIL_FROM, precision)?;
    Expanded::ALL.par_iter().try_for_each(|&quantity| {
        let constant = if quantity == Expanded::Cosine { COSINE_CONSTANT } else { GAP_CONSTANT };
        prove_expansion(quantity, constant, ANGLE_CONSTANT, TAIL_FROM, precision)
    })
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
        inequality("angle", angle, over(ANGLE_CONSTANT, 2)),
        inequality("trivial gap", gap(&spectrum.trivial), over(GAP_CONSTANT, 1)),
        inequality("standard gap", gap(&spectrum.standard[0]), over(GAP_CONSTANT, 1)),
        inequality("pair gap", gap(&spectrum.pair), over(GAP_CONSTANT, 1)),
        inequality("cosine", cross, over(COSINE_CONSTANT, 1)),
    ])
}
