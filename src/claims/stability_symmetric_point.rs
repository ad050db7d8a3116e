//! Claim `stability.symmetric-point`: the state in which no sample is odd attracts too, at every batch size.
//!
//! What it does not show: how large a neighbourhood of the symmetric point is attracted (`model.threshold` says so among
//! symmetric batches), nor that networks of finite width stay there (`escape.noise-driven`: they do not).

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{Block, FixedPoint, Spectrum, symmetric_pair_gap};
use crate::rigor::enclose_fixed_point;
use rayon::prelude::*;
use rug::Rational;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "stability.symmetric-point",
    kind: Kind::Rigorous,
    summary: "the symmetric point is linearly stable for every n ≥ 3, with a gap of about 0.27/n",
    statement: "For every n >= 3 all eigenvalues of the layer's differential at the symmetric point, on centred \
        covariances modulo scale, are in (1/2, 1): lambda(n-1,1), n-1 times, and lambda(n-2,2), n(n-3)/2 times, with \
        1/4 < 1 - lambda(n-2,2) < 1/2 and 1 - lambda(n-1,1) = (1 - lambda(n-2,2))/(n-1).",
    hypotheses: "infinite width, RC + ReLU; that the blocks are the whole spectrum is algebra (proofs/derivations.md). \
        Linear stability: it speaks of small enough perturbations, and as n grows the edge comes as near \
        as (2 pi - 4)/n in variance.",
    source: "Theory 2.3 (project's formulation): the other attracting state beside the abstract's configuration, in which \
        no sample is odd.",
    method: "With a = 1/(n-1) and cos(theta) = -a the gap 1 - lambda(n-2,2) is (theta - sin theta)/(pi + a(pi - theta) - \
        sin theta) (proofs/derivations.md, 2.3 (h)), enclosed over 64 pieces of 0 <= a <= 1/2, which hold every n >= 3. \
        At the sizes asked, and n = 3..=6, the closed forms of the blocks, another route, must agree and be inside.",
    control: "the same with 1 - lambda(n-2,2) > 3/10 instead of 1/4",
    check,
};

/// Pieces of `0 ≤ a ≤ 1/2`. The first holds `a = 1/(n−1)` of every n from 129 on.
const PIECES: i64 = 64;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let precision = settings.precision;
    let least_gap = match statement {
        Statement::Claim => Rational::from((1, 4)),
        Statement::Control => Rational::from((3, 10)),
    };
    let least_gap = Interval::from_rational(precision, &least_gap);
    let (gap, every_size) = judge_every_size(&least_gap);
    let mut sizes: Vec<u64> = (3..=6).chain(settings.batch_sizes.all().iter().copied()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let judged = sizes.par_iter().map(|&n| judge(n, &least_gap, precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|(_, one, _)| *one).chain([every_size]));
    let undecided = judged.iter().find(|(_, one, _)| *one == verdict).map(|(n, ..)| format!("n = {n}"));
    let place = undecided.unwrap_or_else(|| "all n at once".to_owned());
    let reason = match verdict {
        Verdict::Verified => format!(
            "every n >= 3: (n-1)(1 - λ) of the leading eigenvalue in [{:.3}, {:.3}]; {} sizes besides",
            gap.lower().to_f64(),
            gap.upper().to_f64(),
            sizes.len()
        ),
        Verdict::Refuted => format!("an eigenvalue is not where stated ({place})"),
        Verdict::Inconclusive => format!("undecided ({place}) with {precision} bits: raise --precision"),
    };
    let rows: Vec<Value> = judged.into_iter().map(|(.., row)| row).collect();
    Ok(Finding::new(verdict, reason, json!({ "pair_gap_of_every_size": gap, "batch_sizes": rows })))
}

/// The pair gap of every n ≥ 3, and whether it is above `least_gap` and below 1/2 (then every eigenvalue is in (1/2, 1)).
fn judge_every_size(least_gap: &Interval) -> (Interval, Verdict) {
    let end = |k: i64| least_gap.lift(k).over(2 * PIECES);
    let gaps = (0..PIECES).map(|k| symmetric_pair_gap(&end(k).hull(&end(k + 1))));
    let gaps: Vec<Interval> = gaps.collect();
    // Only the first piece is known to hold batch sizes: another may be off without refuting anything.
    let verdicts = gaps.iter().enumerate().map(|(k, gap)| match Verdict::all(within(gap, least_gap)) {
        Verdict::Refuted if k > 0 => Verdict::Inconclusive,
        verdict => verdict,
    });
    let verdict = Verdict::all(verdicts);
    let hull = gaps.into_iter().reduce(|all, gap| all.hull(&gap));
    (hull.unwrap_or_else(|| Interval::whole(least_gap.precision())), verdict)
}

/// The verdicts on `least_gap < gap < 1/2`.
fn within(gap: &Interval, least_gap: &Interval) -> [Verdict; 2] {
    let most = gap.lift(1).over(2);
    [Verdict::positive(&(gap.clone() - least_gap)), Verdict::positive(&(most - gap))]
}

/// The verdict at one batch size, by the closed form and by the blocks, and the eigenvalues for JSON.
fn judge(n: u64, least_gap: &Interval, precision: u32) -> Result<(u64, Verdict, Value)> {
    let a = Interval::from_rational(precision, &Rational::from((1, n - 1)));
    let gap = symmetric_pair_gap(&a);
    let one = a.lift(1);
    let expected = [one.clone() - a * &gap, one.clone() - &gap];
    let spectrum = Spectrum::at(&enclose_fixed_point(FixedPoint::Symmetric, n, precision)?);
    let mut verdicts = within(&gap, least_gap).to_vec();
    for (index, (block, value)) in spectrum.eigenvalues(n).into_iter().enumerate() {
        // Trivial and the larger standard one are λ(n−1,1); the others are λ(n−2,2).
        let merged = usize::from(index == 2 || block == Block::Pair);
        let agree = (value.clone() - &expected[merged]).contains_zero();
        verdicts.extend([
            Verdict::decided(agree),
            Verdict::positive(value),
            Verdict::positive(&(one.clone() - value)),
        ]);
    }
    let [leading, other] = expected;
    let row = json!({ "batch_size": n.to_string(), "leading": leading, "other": other });
    Ok((n, Verdict::all(verdicts), row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gap rises from (π−2)/(2π−2) = 0.266529 at a = 0 to (2π/3 − √3/2)/(7π/6 − √3/2) = 0.438834 at a = 1/2.
    #[test]
    fn every_size_at_once() {
        let quarter = Interval::from_f64(64, 0.25);
        let (gap, verdict) = judge_every_size(&quarter);
        assert_eq!(verdict, Verdict::Verified);
        assert!(gap.lower().to_f64() < 0.266529 && gap.upper().to_f64() > 0.438834);
        for (bound, expected) in
            [(0.26, Verdict::Verified), (0.2665, Verdict::Inconclusive), (0.28, Verdict::Refuted)]
        {
            assert_eq!(judge_every_size(&Interval::from_f64(64, bound)).1, expected, "{bound}");
        }
    }

    /// At n = 7 (`a = 1/6`) the gap is above 3/10, at n = 129 below: the control is false of all n, not of each.
    #[test]
    fn the_control_is_true_of_small_batches() {
        let bound = Interval::from_rational(128, &Rational::from((3, 10)));
        assert_eq!(judge(7, &bound, 128).unwrap().1, Verdict::Verified);
        assert_eq!(judge(129, &bound, 128).unwrap().1, Verdict::Refuted);
    }
}
