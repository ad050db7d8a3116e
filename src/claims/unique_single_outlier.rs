//! Claim `unique.single-outlier`: among two-level batches a stable odd point has one outlier, not several.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::odd_point::SMALLEST_ODD_POINT_BATCH;
use crate::rigor::two_level::{
    LARGEST_TWO_LEVEL_BATCH, Stability, enclose_two_level, numbers_of_the_proof, stability,
};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "unique.single-outlier",
    kind: Kind::Rigorous,
    summary: "two or more outliers are unstable: every fixed point of groups n−k and k, 2 ≤ k ≤ n−2, but the symmetric one",
    statement: "For every n >= 4 and 2 <= k <= n-2, every fixed point (up to scale) that is symmetric under the \
        permutations of n-k samples and of the k others, except the symmetric one (all correlations -1/(n-1)), is \
        unstable: if no two samples are equal, a standard mode of the group of larger variance has an eigenvalue above 1; \
        if two are equal, their distance grows by (1/2)/Lambda > 1 to first order. The latter holds of every fixed point \
        with two equal samples, symmetric or not.",
    hypotheses: "infinite width, RC + ReLU. Covered: batches of two groups, each symmetric under its own permutations, and \
        any fixed point with two equal samples. Not covered: fixed points with distinct samples and less symmetry. k = 1 is \
        the subject of model.fixed-points.",
    source: "Abstract: \"a cluster plus one odd point\" (project's formulation; theory 2.6): one odd point, not two.",
    method: "Every n and k by hand (proofs/theorems/unique.single-outlier.md), with two inequalities between numbers by \
        enclosures. Again, without those estimates, at each n asked from 4 to 24 for every 2 <= k <= n/2, above for k = 2, 3, 4: a cover \
        of the whole range of the angle encloses every fixed point, and the blocks' eigenvalues there are enclosed.",
    control: "the same with k = 1: every fixed point of one outlier but the symmetric one is unstable, at n = 7",
    check,
};

/// Covers for every k stop here; the proof by hand does not.
const LARGEST_FOR_EVERY_K: u64 = 24;
/// The same with `--quick`.
const LARGEST_IF_QUICK: u64 = 16;
/// Above, covers up to this k.
const MOST_OUTLIERS_IF_LARGE: u64 = 4;

/// What was found with `k` outliers among `n`.
struct Case {
    n: u64,
    outliers: u64,
    /// Verdict on "unstable" and row for JSON, for each fixed point but the symmetric one.
    states: Vec<(Verdict, Value)>,
}

impl Case {
    fn judge((n, outliers): (u64, u64), precision: u32) -> Result<Self> {
        let census = enclose_two_level(n, outliers, precision)?;
        let judge = |state| {
            Ok(match stability(state)? {
                Stability::Unstable(block, value) => {
                    (Verdict::Verified, json!({ "r": state.r(), "block": block.name(), "eigenvalue": value }))
                }
                Stability::Stable => (Verdict::Refuted, json!({ "r": state.r(), "eigenvalue": null })),
                Stability::Unknown => (Verdict::Inconclusive, json!({ "r": state.r() })),
            })
        };
        Ok(Self { n, outliers, states: census.others.iter().map(judge).collect::<Result<_>>()? })
    }

    fn verdict(&self) -> Verdict {
        Verdict::all(self.states.iter().map(|(verdict, _)| *verdict))
    }

    fn row(&self) -> Value {
        let states: Vec<_> = self.states.iter().map(|(_, row)| row).collect();
        json!({ "batch_size": self.n.to_string(), "outliers": self.outliers.to_string(), "fixed_points": states })
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let every_k_up_to = if settings.quick { LARGEST_IF_QUICK } else { LARGEST_FOR_EVERY_K };
    let most = |n: u64| if n <= every_k_up_to { n / 2 } else { MOST_OUTLIERS_IF_LARGE.min(n / 2) };
    let cases: Vec<(u64, u64)> = match statement {
        Statement::Claim => {
            let sizes = settings.batch_sizes.up_to(LARGEST_TWO_LEVEL_BATCH, &[SMALLEST_ODD_POINT_BATCH]);
            sizes.into_iter().flat_map(|n| (2..=most(n)).map(move |k| (n, k))).collect()
        }
        Statement::Control => vec![(SMALLEST_ODD_POINT_BATCH, 1)],
    };
    let numbers = numbers_of_the_proof(settings.precision);
    let by_hand = Verdict::all(numbers.iter().map(Verdict::positive));
    let found =
        cases.par_iter().map(|&case| Case::judge(case, settings.precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(found.iter().map(Case::verdict).chain([by_hand]));
    let others: usize = found.iter().map(|case| case.states.len()).sum();
    let reason = match found.iter().find(|case| case.verdict() == verdict && verdict != Verdict::Verified) {
        Some(Case { n, outliers, .. }) if verdict == Verdict::Refuted => {
            format!("a stable fixed point with {outliers} outliers at n = {n}")
        }
        Some(Case { n, outliers, .. }) => format!("undecided at n = {n} with {outliers} outliers"),
        None if by_hand != Verdict::Verified => {
            "the numbers of the proof are not what they should be".to_owned()
        }
        None => format!(
            "every n and k by hand; {others} fixed points enclosed at {} pairs (n, k), each with an eigenvalue above 1",
            found.len()
        ),
    };
    let evidence = json!({
        "numbers_of_the_proof": numbers,
        "covered": found.iter().map(Case::row).collect::<Vec<_>>(),
    });
    Ok(Finding::new(verdict, reason, evidence))
}
