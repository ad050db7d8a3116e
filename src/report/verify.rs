//! The verdicts of one run, as text, JSON and JUnit.

use super::{Provenance, table};
use crate::Result;
use crate::claims::{Outcome, Settings, Verdict};
use comfy_table::{Attribute, Cell, Color};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;
use serde_json::{Value, json};

/// What a reader needs to repeat the run.
///
/// ```
/// use oddpoint::{claims::Settings, report::Environment};
/// let environment = serde_json::to_value(Environment::new(&Settings::default())).unwrap();
/// assert_eq!(environment["precision_bits"], "192");
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Environment {
    /// Of the program and the machine.
    #[serde(flatten)]
    pub provenance: Provenance,
    os: &'static str,
    architecture: &'static str,
    threads: usize,
    precision_bits: String,
    seed: String,
    quick: bool,
    batch_sizes: Vec<String>,
}

impl Environment {
    /// The environment of a run with these settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            provenance: Provenance::now(),
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            threads: rayon::current_num_threads(),
            precision_bits: settings.precision.to_string(),
            seed: settings.seed.to_string(),
            quick: settings.quick,
            batch_sizes: settings.batch_sizes.all().iter().map(u64::to_string).collect(),
        }
    }
}

/// The outcomes of one run.
///
/// ```
/// use oddpoint::claims::{Claim, Settings, Verdict};
/// use oddpoint::report::{Environment, Report};
/// let settings = Settings { quick: true, ..Settings::default() };
/// let outcomes = vec![Claim::by_id("model.saddle-node")?.run(&settings)?];
/// let report = Report { environment: Environment::new(&settings), outcomes };
/// assert_eq!(report.verdict(), Verdict::Verified);
/// assert!(report.to_text(false).contains("model.saddle-node"));
/// assert_eq!(report.to_json()["claims"][0]["verdict"], "verified");
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub struct Report {
    /// How it was run.
    pub environment: Environment,
    /// One outcome a claim.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// The verdict of the run as a whole.
    pub fn verdict(&self) -> Verdict {
        Verdict::all(self.outcomes.iter().map(|outcome| outcome.verdict))
    }

    /// A table for people, and a closing line; coloured if asked.
    pub fn to_text(&self, colour: bool) -> String {
        let rows = self.outcomes.iter().map(|outcome| {
            vec![
                Cell::new(outcome.claim.id),
                Cell::new(outcome.claim.kind.name()),
                verdict_cell(outcome.verdict, colour),
                Cell::new(outcome.control.name()),
                Cell::new(format!("{:.1}", outcome.seconds)),
                Cell::new(&outcome.reason),
            ]
        });
        let heads = ["claim", "kind", "verdict", "control", "seconds", "shown"];
        let count = |verdict| self.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
        format!(
            "{}\n{} verified, {} refuted, {} inconclusive. A control is a false statement that the same check must refute.",
            table(&heads, rows),
            count(Verdict::Verified),
            count(Verdict::Refuted),
            count(Verdict::Inconclusive)
        )
    }

    /// The JSON document of the contract.
    pub fn to_json(&self) -> Value {
        let claims: Vec<Value> = self
            .outcomes
            .iter()
            .map(|outcome| {
                json!({
                    "id": outcome.claim.id,
                    "kind": outcome.claim.kind,
                    "statement": outcome.claim.statement,
                    "verdict": outcome.verdict,
                    "reason": outcome.reason,
                    "seconds": { "approx": format!("{:.3}", outcome.seconds) },
                    "negative_control": { "statement": outcome.claim.control, "verdict": outcome.control },
                    "evidence": outcome.evidence,
                })
            })
            .collect();
        json!({
            "schema": "oddpoint.verify/1",
            "version": env!("CARGO_PKG_VERSION"),
            "environment": self.environment,
            "claims": claims,
        })
    }

    /// A JUnit document: refuted is a failure, inconclusive an error.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if the document cannot be written.
    pub fn to_junit(&self) -> Result<String> {
        self.junit().to_string().map_err(|error| std::io::Error::other(error).into())
    }

    pub(super) fn junit(&self) -> quick_junit::Report {
        let mut suite = TestSuite::new("claims");
        for outcome in &self.outcomes {
            let mut status = match outcome.verdict {
                Verdict::Verified => TestCaseStatus::success(),
                Verdict::Refuted => TestCaseStatus::non_success(NonSuccessKind::Failure),
                Verdict::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            status.set_message(outcome.reason.clone());
            let mut case = TestCase::new(outcome.claim.id, status);
            case.set_classname("oddpoint").set_time(std::time::Duration::from_secs_f64(outcome.seconds));
            suite.add_test_case(case);
        }
        let mut report = quick_junit::Report::new("oddpoint verify");
        report.add_test_suite(suite);
        report
    }
}

fn verdict_cell(verdict: Verdict, colour: bool) -> Cell {
    let cell = Cell::new(verdict.name());
    if !colour {
        return cell;
    }
    let cell = cell.add_attribute(Attribute::Bold);
    match verdict {
        Verdict::Verified => cell.fg(Color::Green),
        Verdict::Refuted => cell.fg(Color::Red),
        Verdict::Inconclusive => cell.fg(Color::Yellow),
    }
}
