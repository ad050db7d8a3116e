//! The claims: what is stated, how it is checked, and what the check must refute.
//!
//! One file a claim. To add one: write a file with a [`Claim`] constant whose `check` evaluates *both* the claim
//! and its negative control (the same code, a false statement), and list it in [`ALL`].
//!
//! A claim is `verified` only if its check says so **and** the same check refutes the control. A check that could
//! not decide is `inconclusive`, never `verified`, and never `refuted`.

mod activations_odd_point;
pub mod baseline;
mod baseline_rs_orthogonalizes;
mod batch_sizes;
mod emergence_from_random;
mod escape_noise_driven;
mod exact_edge_growth;
mod exact_invariant;
mod fluctuations_linear_response;
mod layer_components;
mod leaky_same_fixed_points;
mod model_fixed_points;
mod model_saddle_node;
mod model_threshold;
mod paths_agree;
mod rank_growth;
mod rescaled_odd_point;
mod stability_asymptotics;
mod stability_basin;
mod stability_blocks;
mod stability_decay;
mod stability_dense;
mod stability_every_batch_size;
mod stability_spectral_gap;
mod stability_symmetric_point;
mod statistics;
mod unique_single_outlier;
mod width_stays_in_basin;

pub use batch_sizes::BatchSizes;
#[cfg(feature = "cli")]
pub(crate) use emergence_from_random::emergence_of_gaussian;

use crate::arithmetic::Interval;
use crate::{Error, Result, bad_input};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Instant;

/// An approximate number in JSON; an enclosure has `lo` and `hi` instead.
pub(crate) fn approximate(x: impl std::fmt::Display) -> Value {
    json!({ "approx": x.to_string() })
}

/// Every claim, in the order in which a reader meets them.
pub static ALL: &[&Claim] = &[
    &layer_components::CLAIM,
    &baseline_rs_orthogonalizes::CLAIM,
    &rank_growth::CLAIM,
    &exact_invariant::CLAIM,
    &exact_edge_growth::CLAIM,
    &model_fixed_points::CLAIM,
    &model_saddle_node::CLAIM,
    &model_threshold::CLAIM,
    &unique_single_outlier::CLAIM,
    &stability_blocks::CLAIM,
    &stability_dense::CLAIM,
    &stability_spectral_gap::CLAIM,
    &stability_every_batch_size::CLAIM,
    &stability_asymptotics::CLAIM,
    &stability_decay::CLAIM,
    &stability_basin::CLAIM,
    &stability_symmetric_point::CLAIM,
    &leaky_same_fixed_points::CLAIM,
    &width_stays_in_basin::CLAIM,
    &paths_agree::CLAIM,
    &emergence_from_random::CLAIM,
    &escape_noise_driven::CLAIM,
    &fluctuations_linear_response::CLAIM,
    &rescaled_odd_point::CLAIM,
    &activations_odd_point::CLAIM,
];

/// By what a verdict is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Intervals or exact arithmetic: a proof.
    Rigorous,
    /// An a-priori error bound.
    Numerical,
    /// A test stated in advance.
    Statistical,
}

/// What a check found.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// use oddpoint::claims::Verdict;
/// let third = Interval::from_integer(53, 1).over(3);
/// assert_eq!(Verdict::positive(&third), Verdict::Verified);
/// // 3 · (1/3) − 1 is enclosed around 0: nothing can be said of its sign.
/// let open = third.times(3).plus(-1);
/// let all = Verdict::all([Verdict::Verified, Verdict::positive(&open)]);
/// assert_eq!(all, Verdict::Inconclusive);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The statement holds, in the sense of the claim's kind.
    Verified,
    /// The statement is false.
    Refuted,
    /// Neither could be shown; the reason says why.
    Inconclusive,
}

/// Which statement a check is to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// The claim itself.
    Claim,
    /// Its negative control: a nearby false statement.
    Control,
}

impl Statement {
    /// The cases to judge of a statement on all of them: a false one is refuted by the first; more would only cost time.
    fn cases<T>(self, all: &[T]) -> &[T] {
        match self {
            Self::Claim => all,
            Self::Control => &all[..all.len().min(1)],
        }
    }
}

/// A claim and its check.
///
/// ```
/// use oddpoint::claims::{Claim, Settings, Verdict};
/// let claim = Claim::by_id("model.saddle-node")?;
/// let outcome = claim.run(&Settings { quick: true, ..Settings::default() })?;
/// assert_eq!(outcome.verdict, Verdict::Verified, "{}", outcome.reason);
/// assert_eq!(outcome.control, Verdict::Refuted);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub struct Claim {
    /// Stable identifier.
    pub id: &'static str,
    /// By what its verdict is earned.
    pub kind: Kind,
    /// One sentence for tables.
    pub summary: &'static str,
    /// The statement, in full.
    pub statement: &'static str,
    /// What is assumed.
    pub hypotheses: &'static str,
    /// The sentence it formalises.
    pub source: &'static str,
    /// How it is checked.
    pub method: &'static str,
    /// The false statement that the same check must refute.
    pub control: &'static str,
    /// Judges the claim or its control, by the same code.
    pub check: fn(Statement, &Settings) -> Result<Finding>,
}

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Batch sizes.
    pub batch_sizes: BatchSizes,
    /// Working precision of intervals, in bits.
    pub precision: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// Less work: fewer sizes, shorter orbits.
    pub quick: bool,
}

impl Default for Settings {
    /// What `oddpoint verify` takes where nothing is said: the default batch sizes, 192 bits, seed 0.
    fn default() -> Self {
        Self { batch_sizes: BatchSizes::default(), precision: 192, seed: 0, quick: false }
    }
}

/// What a check found, and the numbers behind it.
///
/// ```
/// use oddpoint::claims::{Finding, Verdict};
/// let finding = Finding::new(Verdict::decided(1 + 1 == 2), "by hand", serde_json::json!({}));
/// assert_eq!(finding.verdict, Verdict::Verified);
/// ```
#[derive(Clone, Debug)]
pub struct Finding {
    /// The verdict on the statement judged.
    pub verdict: Verdict,
    /// One line: what was shown, or why not.
    pub reason: String,
    /// The numbers, for JSON.
    pub evidence: Value,
}

impl Finding {
    /// A finding.
    pub fn new(verdict: Verdict, reason: impl Into<String>, evidence: Value) -> Self {
        Self { verdict, reason: reason.into(), evidence }
    }
}

impl Verdict {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Refuted => "refuted",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Verified only if all are; refuted if any is.
    pub fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::Verified, |all, one| match (all, one) {
            (Self::Refuted, _) | (_, Self::Refuted) => Self::Refuted,
            (Self::Inconclusive, _) | (_, Self::Inconclusive) => Self::Inconclusive,
            _ => Self::Verified,
        })
    }

    /// Whether a quantity is positive.
    pub fn positive(quantity: &Interval) -> Self {
        if quantity.certainly_positive() {
            Self::Verified
        } else if quantity.certainly_negative() {
            Self::Refuted
        } else {
            Self::Inconclusive
        }
    }

    /// `Verified` for true, `Refuted` for false: for checks that decide either way.
    pub fn decided(holds: bool) -> Self {
        if holds { Self::Verified } else { Self::Refuted }
    }
}

impl Kind {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rigorous => "rigorous",
            Self::Numerical => "numerical",
            Self::Statistical => "statistical",
        }
    }
}

/// A claim's verdict, with its control's.
pub struct Outcome {
    /// The claim.
    pub claim: &'static Claim,
    /// The verdict on the claim, the control taken into account.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Seconds taken by claim and control.
    pub seconds: f64,
    /// The verdict on the control: `refuted`, if all is well.
    pub control: Verdict,
    /// The numbers.
    pub evidence: Value,
}

impl Claim {
    /// The claim of that id.
    ///
    /// # Errors
    /// [`Error::Input`] naming the ids there are.
    pub fn by_id(id: &str) -> Result<&'static Self> {
        ALL.iter().copied().find(|claim| claim.id == id).ok_or_else(|| {
            let known: Vec<_> = ALL.iter().map(|claim| claim.id).collect();
            bad_input!("unknown claim id '{id}': the claims are {}", known.join(", "))
        })
    }

    /// Judges the claim and its control.
    ///
    /// # Errors
    /// [`Error::Input`] if the settings exclude the claim's subject; a computation that does not reach its goal is
    /// not an error but `inconclusive`.
    pub fn run(&'static self, settings: &Settings) -> Result<Outcome> {
        let start = Instant::now();
        let finding = self.judge(Statement::Claim, settings)?;
        let control = self.judge(Statement::Control, settings)?;
        let (verdict, reason) = match (finding.verdict, control.verdict) {
            (Verdict::Verified, Verdict::Refuted) => (Verdict::Verified, finding.reason),
            (Verdict::Verified, _) => (
                Verdict::Inconclusive,
                format!(
                    "the negative control was not refuted ({}): the check proves nothing",
                    control.reason
                ),
            ),
            (verdict, _) => (verdict, finding.reason),
        };
        let seconds = start.elapsed().as_secs_f64();
        Ok(Outcome {
            claim: self,
            verdict,
            reason,
            seconds,
            control: control.verdict,
            evidence: finding.evidence,
        })
    }

    fn judge(&self, statement: Statement, settings: &Settings) -> Result<Finding> {
        match (self.check)(statement, settings) {
            Err(Error::NotReached(reason)) => Ok(Finding::new(Verdict::Inconclusive, reason, json!({}))),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_combine_towards_doubt() {
        use Verdict::{Inconclusive, Refuted, Verified};
        assert_eq!(Verdict::all([Verified, Verified]), Verified);
        assert_eq!(Verdict::all([Verified, Inconclusive]), Inconclusive);
        assert_eq!(Verdict::all([Inconclusive, Refuted, Verified]), Refuted);
    }

    fn dummy(claim: Verdict, control: Verdict) -> Outcome {
        /// The check reads its two verdicts from the seed: 3·claim + control.
        fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
            let digit = match statement {
                Statement::Claim => settings.seed / 3,
                Statement::Control => settings.seed % 3,
            };
            let verdict = [Verdict::Verified, Verdict::Refuted, Verdict::Inconclusive][digit as usize];
            Ok(Finding::new(verdict, "", json!({})))
        }
        static DUMMY: Claim = Claim {
            id: "dummy",
            kind: Kind::Rigorous,
            summary: "",
            statement: "",
            hypotheses: "",
            source: "",
            method: "",
            control: "",
            check,
        };
        let seed = 3 * claim as u64 + control as u64;
        let settings = Settings { batch_sizes: BatchSizes::default(), precision: 64, seed, quick: true };
        DUMMY.run(&settings).unwrap()
    }

    #[test]
    fn nothing_is_verified_without_a_refuted_control() {
        use Verdict::{Inconclusive, Refuted, Verified};
        assert_eq!(dummy(Verified, Refuted).verdict, Verified);
        assert_eq!(dummy(Verified, Verified).verdict, Inconclusive);
        assert_eq!(dummy(Verified, Inconclusive).verdict, Inconclusive);
        assert_eq!(dummy(Refuted, Refuted).verdict, Refuted);
        assert_eq!(dummy(Inconclusive, Refuted).verdict, Inconclusive);
    }

    #[test]
    fn every_rigorous_claim_has_its_page() {
        let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/theorems");
        for claim in ALL.iter().filter(|claim| claim.kind == Kind::Rigorous) {
            let page = std::fs::read_to_string(pages.join(format!("{}.md", claim.id))).unwrap_or_default();
            for part in ["**Proves.**", "**Uses.**", "Formulation", "Approximation", "Bounds", "Conclusion"] {
                assert!(page.contains(part), "{}: no {part}", claim.id);
            }
        }
    }

    #[test]
    fn ids_are_unique_and_found() {
        for claim in ALL {
            assert_eq!(Claim::by_id(claim.id).unwrap().id, claim.id);
            assert_eq!(ALL.iter().filter(|other| other.id == claim.id).count(), 1);
        }
        assert!(Claim::by_id("no.such").err().unwrap().to_string().contains("exact.invariant"));
    }
}
