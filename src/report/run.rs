//! A run of `oddpoint verify`: its verdicts, and what else there is to say of it.

use super::{Report, baseline};
use crate::Result;
use crate::claims::Claim;
use crate::claims::baseline::Comparison;
use quick_junit::{TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

/// The verdicts, whole or up to an interruption, and what became of a baseline.
pub struct Run {
    /// The verdicts.
    pub report: Report,
    /// Claims that were to be judged when the run was interrupted.
    pub left: Vec<&'static Claim>,
    /// How the verdicts and numbers compare with an earlier run's.
    pub comparison: Option<Comparison>,
}

impl Run {
    /// What an interruption has left to do, `None` of a whole run.
    pub fn interruption(&self) -> Option<String> {
        let (done, ids) = (self.report.outcomes.len(), self.ids_left().join(","));
        let all = done + self.left.len();
        (!self.left.is_empty()).then(|| {
            format!("interrupted: {done} of {all} claims are judged; the same command with --claims {ids} judges the others")
        })
    }

    fn ids_left(&self) -> Vec<&'static str> {
        self.left.iter().map(|claim| claim.id).collect()
    }

    /// For people.
    pub fn to_text(&self, colour: bool) -> String {
        let mut parts = vec![self.report.to_text(colour)];
        parts.extend(self.comparison.as_ref().map(baseline::to_text));
        parts.extend(self.interruption());
        parts.join("\n\n")
    }

    /// The JSON document of the contract, with members `baseline` and `interrupted` where there is something to say.
    pub fn to_json(&self) -> Value {
        let mut document = self.report.to_json();
        if let Some(comparison) = &self.comparison {
            document["baseline"] = baseline::to_json(comparison);
        }
        if !self.left.is_empty() {
            document["interrupted"] = json!({ "not_judged": self.ids_left() });
        }
        document
    }

    /// The JUnit document: a suite of claims, those not judged being skipped, and one for the baseline.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if the document cannot be written.
    pub fn to_junit(&self) -> Result<String> {
        let mut document = self.report.junit();
        document.add_test_suites(self.comparison.as_ref().map(baseline::to_suite));
        if !self.left.is_empty() {
            let mut suite = TestSuite::new("interrupted");
            suite.add_test_cases(
                self.left.iter().map(|claim| TestCase::new(claim.id, TestCaseStatus::skipped())),
            );
            document.add_test_suite(suite);
        }
        document.to_string().map_err(|error| std::io::Error::other(error).into())
    }
}
