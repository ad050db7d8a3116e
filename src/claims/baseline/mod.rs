//! An earlier run as a baseline: what has become of its verdicts, enclosures, estimates and other numbers.
//!
//! A **regression** is what can only come of a mistake, then or now, or is a loss: a verdict lost, a claim or an entry of
//! its evidence gone, two enclosures of one number without a common number, two estimates whose intervals are disjoint, an
//! approximation or an exact value that has changed, a proved bound that has become worse. Everything else is a
//! **remark**: a claim that is new, a verdict gained, a bound improved, an estimate that has moved within its interval.
//!
//! Enclosures and estimates are compared exactly, as rational numbers. Disjoint intervals of estimates, each of which misses
//! its number with probability at most its level, are a false alarm with probability at most the sum of the two levels,
//! whatever the seeds.
//!
//! It does not show that either run is right: two wrong enclosures may overlap.

mod difference;
mod evidence;
mod number;

pub use difference::{Compared, Comparison, Difference, Sort};

use super::{ALL, BatchSizes, Kind, Outcome, Settings, Verdict};
use crate::{Error, Result, bad_input};
use evidence::Walk;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// What `oddpoint verify` writes, and this reads.
const SCHEMA: &str = "oddpoint.verify/1";
/// A thousand times what a run writes; more is not read.
const MOST_BYTES: u64 = 1 << 30;

/// An earlier run, as its JSON document tells.
#[derive(Debug)]
pub struct Baseline {
    file: String,
    version: String,
    /// How it was run.
    pub settings: Settings,
    claims: Vec<Record>,
}

#[derive(Deserialize)]
struct Document {
    version: String,
    environment: Environment,
    claims: Vec<Record>,
}

#[derive(Deserialize)]
struct Environment {
    precision_bits: String,
    seed: String,
    quick: bool,
    batch_sizes: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Record {
    id: String,
    kind: Kind,
    statement: String,
    verdict: Verdict,
    negative_control: Control,
    evidence: Value,
}

#[derive(Debug, Deserialize)]
struct Control {
    statement: String,
    verdict: Verdict,
}

impl Baseline {
    /// Reads the JSON document of an earlier run.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read, [`Error::Input`] if it is not such a document, or not a whole one.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        let file = path.display();
        if path.exists() && !path.is_file() {
            return Err(bad_input!("{file}: not a regular file; {REMEDY}"));
        }
        let mut text = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut text))
            .map_err(failed)?;
        Self::parse(&text, &file.to_string()).map_err(|reason| bad_input!("{file}: {reason}; {REMEDY}"))
    }

    fn parse(text: &[u8], file: &str) -> std::result::Result<Self, String> {
        let value: Value =
            serde_json::from_slice(text).map_err(|error| format!("not JSON, or cut short ({error})"))?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => return Err(format!("its schema is '{other}', not '{SCHEMA}'")),
            None => return Err(format!("it names no schema; expected is '{SCHEMA}'")),
        }
        let Document { version, environment, claims } = serde_json::from_value(value)
            .map_err(|error| format!("its schema is {SCHEMA}, but it does not follow it ({error})"))?;
        if let Some((k, twice)) = claims
            .iter()
            .enumerate()
            .find(|(k, claim)| claims[..*k].iter().any(|earlier| earlier.id == claim.id))
        {
            return Err(format!("its claim number {} is a second '{}'", k + 1, twice.id));
        }
        let settings = environment.settings().ok_or("its settings (environment) cannot be read")?;
        Ok(Self { file: file.to_owned(), version, settings, claims })
    }

    /// What has become of it in a run with these settings. Claims that this version has but the run did not judge are
    /// left out.
    ///
    /// # Errors
    /// [`Error::Input`] if a number of the baseline cannot be read.
    pub fn compare(&self, settings: &Settings, outcomes: &[Outcome]) -> Result<Comparison> {
        let mut comparison = Comparison {
            file: self.file.clone(),
            version: self.version.clone(),
            settings: self.other_settings(settings),
            compared: Compared::default(),
            differences: Vec::new(),
        };
        for record in &self.claims {
            match outcomes.iter().find(|outcome| outcome.claim.id == record.id) {
                Some(outcome) => self.compare_claim(record, outcome, &mut comparison)?,
                None if ALL.iter().any(|claim| claim.id == record.id) => comparison.compared.left_out += 1,
                None => comparison.tell(
                    &record.id,
                    "",
                    Sort::ClaimMissing,
                    record.verdict.name(),
                    "no such claim",
                ),
            }
        }
        for outcome in outcomes.iter().filter(|outcome| !self.has(outcome.claim.id)) {
            comparison.tell(outcome.claim.id, "", Sort::ClaimNew, "no such claim", outcome.verdict.name());
        }
        Ok(comparison)
    }

    fn has(&self, id: &str) -> bool {
        self.claims.iter().any(|record| record.id == id)
    }

    fn compare_claim(&self, record: &Record, outcome: &Outcome, comparison: &mut Comparison) -> Result<()> {
        let claim = outcome.claim;
        comparison.compared.verdicts += 1;
        if record.verdict != outcome.verdict {
            let sort = if rank(outcome.verdict) < rank(record.verdict) {
                Sort::VerdictLost
            } else {
                Sort::VerdictGained
            };
            let now = format!("{}: {}", outcome.verdict.name(), outcome.reason);
            comparison.tell(claim.id, "verdict", sort, record.verdict.name(), &now);
        }
        if record.kind != claim.kind {
            let sort =
                if claim.kind as u8 > record.kind as u8 { Sort::KindWeaker } else { Sort::KindStronger };
            comparison.tell(claim.id, "kind", sort, record.kind.name(), claim.kind.name());
        }
        let control = &record.negative_control;
        for (place, was, now) in [
            ("statement", record.statement.as_str(), claim.statement),
            ("negative_control.statement", &control.statement, claim.control),
            ("negative_control.verdict", control.verdict.name(), outcome.control.name()),
        ] {
            if was != now {
                comparison.tell(claim.id, place, Sort::Words, was, now);
            }
        }
        // A check that did not reach its goal leaves no evidence; the verdict tells.
        let is_empty = |evidence: &Value| evidence.as_object().is_some_and(serde_json::Map::is_empty);
        if is_empty(&record.evidence) || is_empty(&outcome.evidence) {
            return Ok(());
        }
        Walk::new(claim, comparison)
            .compare(&record.evidence, &outcome.evidence)
            .map_err(|reason| bad_input!("{}: {}, {reason}; {REMEDY}", self.file, claim.id))
    }

    /// The settings in which a run differs.
    fn other_settings(&self, settings: &Settings) -> Vec<String> {
        let Settings { batch_sizes, precision, seed, quick } = settings;
        let then = &self.settings;
        let mut all = Vec::new();
        let mut differs = |name: &str, was: &dyn ToString, now: &dyn ToString| {
            let (was, now) = (was.to_string(), now.to_string());
            if was != now {
                all.push(format!("{name} {now} (baseline: {was})"));
            }
        };
        differs("precision", &then.precision, precision);
        differs("seed", &then.seed, seed);
        differs("quick", &then.quick, quick);
        if then.batch_sizes != *batch_sizes {
            differs("batch sizes", &in_short(&then.batch_sizes), &in_short(batch_sizes));
        }
        all
    }
}

const REMEDY: &str =
    "give a verify.json or report.json that `oddpoint verify --out DIR` or `--format json` has written";

/// Better verdicts are larger.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Refuted => 0,
        Verdict::Inconclusive => 1,
        Verdict::Verified => 2,
    }
}

fn in_short(sizes: &BatchSizes) -> String {
    let all = sizes.all();
    let shown: Vec<_> = all.iter().take(4).map(u64::to_string).collect();
    let more = if all.len() > shown.len() { format!(", … {}", all[all.len() - 1]) } else { String::new() };
    format!("{}{more} ({} of them)", shown.join(", "), all.len())
}

impl Environment {
    fn settings(&self) -> Option<Settings> {
        Some(Settings {
            batch_sizes: self.batch_sizes.join(",").parse().ok()?,
            precision: self
                .precision_bits
                .parse()
                .ok()
                .filter(|&bits| crate::arithmetic::check_precision(bits).is_ok())?,
            seed: self.seed.parse().ok()?,
            quick: self.quick,
        })
    }
}

#[cfg(test)]
mod tests;
