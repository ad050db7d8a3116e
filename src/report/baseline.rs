//! A comparison with a baseline, as text, JSON and JUnit.

use super::paragraph;
use crate::claims::baseline::{Comparison, Difference};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use std::fmt::Write;

/// Differences of one sort that the text shows; the JSON document has all.
const SHOWN: usize = 12;

/// For people: how much was compared, then each difference with what it means.
pub(super) fn to_text(comparison: &Comparison) -> String {
    let Comparison { file, version, settings, compared, .. } = comparison;
    let regressions: Vec<_> = comparison.regressions().collect();
    let remarks: Vec<_> = comparison.remarks().collect();
    let mut text = format!(
        "Compared with {file} (version {version}): {}, {}.\n",
        counted(regressions.len(), "regression"),
        counted(remarks.len(), "remark")
    );
    let _ = writeln!(
        text,
        "{}, {} and {} compared exactly, {} by their intervals, {} within a tolerance.",
        counted(compared.verdicts, "verdict"),
        counted(compared.enclosures, "enclosure"),
        counted(compared.exact, "exact value"),
        counted(compared.estimates, "estimate"),
        counted(compared.approximations, "approximation")
    );
    if !settings.is_empty() {
        let note = format!(
            "{}. So only verdicts, enclosures of rigorous claims and estimates could be compared",
            settings.join("; ")
        );
        let _ = writeln!(text, "{}", paragraph("Settings differ:", &note));
    }
    if compared.left_out > 0 {
        let _ =
            writeln!(text, "{} of the baseline not judged in this run.", counted(compared.left_out, "claim"));
    }
    for (name, differences) in [("REGRESSION", regressions), ("remark", remarks)] {
        for difference in differences.iter().take(SHOWN) {
            let _ = write!(text, "\n{name}  {}", in_words(difference));
        }
        if differences.len() > SHOWN {
            let _ = write!(text, "\n… and {} more; --format json lists all\n", differences.len() - SHOWN);
        }
    }
    text.trim_end().to_owned()
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Where and what, then both values.
fn in_words(difference: &Difference) -> String {
    let Difference { claim, place, sort, was, now } = difference;
    let place = if place.is_empty() { claim.clone() } else { format!("{claim}, {place}") };
    format!("{place}: {}\n    was  {was}\n    now  {now}\n", sort.meaning())
}

/// For programs: everything.
pub(super) fn to_json(comparison: &Comparison) -> Value {
    let Comparison { file, version, settings, compared, differences } = comparison;
    let differences: Vec<_> = differences
        .iter()
        .map(|Difference { claim, place, sort, was, now }| {
            json!({ "claim": claim, "place": place, "sort": sort.name(), "regression": sort.is_regression(),
                "was": was, "now": now, "meaning": sort.meaning() })
        })
        .collect();
    json!({
        "file": file,
        "version": version,
        "regressions": comparison.regressions().count(),
        "different_settings": settings,
        "compared": { "verdicts": compared.verdicts, "enclosures": compared.enclosures,
            "estimates": compared.estimates, "approximations": compared.approximations, "exact": compared.exact,
            "claims_left_out": compared.left_out },
        "differences": differences,
    })
}

/// For continuous integration: one test case for each claim with a regression, or one that passes.
pub(super) fn to_suite(comparison: &Comparison) -> TestSuite {
    let mut suite = TestSuite::new("baseline");
    let mut add = |name: &str, status| {
        let mut case = TestCase::new(name, status);
        case.set_classname("oddpoint.baseline");
        suite.add_test_case(case);
    };
    let regressions: Vec<_> = comparison.regressions().collect();
    for claim in regressions.chunk_by(|one, next| one.claim == next.claim) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let message = format!("{}: {}", counted(claim.len(), "regression"), claim[0].sort.meaning());
        let words: String = claim.iter().map(|difference| in_words(difference)).collect();
        status.set_message(message).set_description(words);
        add(&claim[0].claim, status);
    }
    if regressions.is_empty() {
        add("no regression", TestCaseStatus::success());
    }
    suite
}
