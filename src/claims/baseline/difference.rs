//! What a comparison found.

use std::fmt::Display;

/// A run held against its baseline.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The baseline's file.
    pub file: String,
    /// The version that wrote it.
    pub version: String,
    /// Settings in which the runs differ. If there are any, only verdicts, enclosures of rigorous claims and estimates are
    /// compared: nothing else has to be the same.
    pub settings: Vec<String>,
    /// How much was compared.
    pub compared: Compared,
    /// What differs, in the baseline's order.
    pub differences: Vec<Difference>,
}

/// So many of each were compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Verdicts.
    pub verdicts: usize,
    /// Enclosures, exactly.
    pub enclosures: usize,
    /// Estimates, by their intervals.
    pub estimates: usize,
    /// Approximations, within a tolerance.
    pub approximations: usize,
    /// Exact values and words.
    pub exact: usize,
    /// Claims of the baseline that the run did not judge.
    pub left_out: usize,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The claim's id.
    pub claim: String,
    /// Where in it.
    pub place: String,
    /// What sort of difference.
    pub sort: Sort,
    /// The baseline's value.
    pub was: String,
    /// This run's.
    pub now: String,
}

impl Comparison {
    pub(super) fn tell(
        &mut self,
        claim: &str,
        place: &str,
        sort: Sort,
        was: impl Display,
        now: impl Display,
    ) {
        let (claim, place) = (claim.to_owned(), place.to_owned());
        self.differences.push(Difference { claim, place, sort, was: was.to_string(), now: now.to_string() });
    }

    /// The differences that are regressions.
    pub fn regressions(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.sort.is_regression())
    }

    /// The others.
    pub fn remarks(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| !difference.sort.is_regression())
    }
}

/// Every sort of difference: its name in JSON, whether it is a regression, and what it means.
macro_rules! sorts {
    ($($sort:ident $name:literal $regression:literal $meaning:literal)*) => {
        /// A sort of difference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Sort {
            $(#[doc = $meaning] $sort,)*
        }

        impl Sort {
            /// Its name, for programs.
            pub fn name(self) -> &'static str {
                match self { $(Self::$sort => $name,)* }
            }

            /// Whether it makes the comparison fail.
            pub fn is_regression(self) -> bool {
                match self { $(Self::$sort => $regression,)* }
            }

            /// What it means, for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$sort => $meaning,)* }
            }
        }
    };
}

sorts! {
    VerdictLost "verdict-lost" true "the verdict is worse than it was"
    VerdictGained "verdict-gained" false "the verdict is better than it was"
    ClaimMissing "claim-missing" true "this version has no such claim"
    ClaimNew "claim-new" false "the baseline has no such claim"
    KindWeaker "kind-weaker" true "the verdict is earned by weaker means"
    KindStronger "kind-stronger" false "the verdict is earned by stronger means"
    EnclosuresDisjoint "enclosures-disjoint" true "the enclosures have no number in common: at least one of them is wrong, or they are not of the same number"
    EnclosureLost "enclosure-lost" true "what was enclosed is only approximated now"
    EnclosureGained "enclosure-gained" false "what was approximated is enclosed now"
    EstimatesDisjoint "estimates-disjoint" true "the intervals of the estimates are disjoint: chance does that with at most the two levels' probability"
    EstimateOutside "estimate-outside-its-interval" true "an estimate lies outside its own interval: one of the documents was altered, or is wrong"
    EstimateMoved "estimate-moved" false "an estimate lies outside the other's interval; the intervals overlap, so chance may do that"
    ApproximationMoved "approximation-moved" true "the approximations differ by more than stated for them (or, where nothing is stated, by a billionth)"
    ExactChanged "exact-changed" true "an exact value has changed"
    BoundWorse "bound-worse" true "a proved bound is worse than it was"
    BoundBetter "bound-better" false "a proved bound is better than it was"
    ProofChanged "proof-changed" false "the proof has chosen other numbers; they are not judged"
    EntryMissing "entry-missing" true "an entry of the evidence is gone"
    EntryNew "entry-new" false "an entry of the evidence is new"
    Words "words-changed" false "the words differ"
    Sampled "samples-changed" false "sampled values differ; their estimates are compared instead"
}
