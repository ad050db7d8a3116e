//! One claim: what is stated, how it was checked, what came out, how to repeat it.

use super::{activations, control_tag, evidence, kind_tag, verdict_tag};
use crate::claims::{ALL, BatchSizes, Kind, Outcome, Settings, Verdict};
use crate::report::Report;
use maud::{Markup, html};

pub(super) fn render(outcome: &Outcome, settings: &Settings) -> Markup {
    let claim = outcome.claim;
    html! {
        article id=(claim.id) data-kind=(claim.kind.name()) data-verdict=(outcome.verdict.name()) aria-labelledby=(format!("{}-name", claim.id)) {
            header {
                h3.id id=(format!("{}-name", claim.id)) { (claim.id) }
                (kind_tag(claim.kind))
                (verdict_tag(outcome.verdict))
            }
            p { (claim.summary) }
            dl.parts {
                dt { "Statement" } dd { (claim.statement) }
                dt { "Hypotheses" } dd { (claim.hypotheses) }
                dt { "Source" } dd { (claim.source) }
                dt { "Method" } dd {
                    (claim.method)
                    @if claim.kind == Kind::Rigorous { " The proof, in four steps: " code { "proofs/theorems/" (claim.id) ".md" } "." }
                }
                dt { "Result" } dd { b { (outcome.reason) } }
                dt { "Negative control" } dd {
                    "The same check judges: \u{201c}" (claim.control) "\u{201d}. Verdict: " (control_tag(outcome.control))
                    @if outcome.control == Verdict::Refuted { " (as it must be)" } @else { " (not refuted: the check proves nothing)" }
                }
                dt { "Repeat it" } dd { code.command { (command(claim.id, settings)) } }
            }
            h4 { "Evidence" }
            (activations::render(&outcome.evidence))
            (evidence::render(&outcome.evidence))
            p.note.back { a href="#verdicts" { "Back to the verdicts" } }
        }
    }
}

/// The line that judges this claim alone in the same way.
pub(super) fn command(id: &str, settings: &Settings) -> String {
    format!("oddpoint verify --claims {id}{}", options(settings))
}

/// The options of a run, as far as they are not the defaults.
pub(super) fn options(settings: &Settings) -> String {
    let mut options = String::new();
    if settings.batch_sizes.all() != BatchSizes::default().all() {
        options += &format!(" --batch-sizes {}", specification(settings.batch_sizes.all()));
    }
    options += &format!(" --precision {} --seed {}", settings.precision, settings.seed);
    if settings.quick {
        options += " --quick";
    }
    options
}

/// Which claims are judged, if not all.
pub(super) fn selection(report: &Report) -> String {
    if report.outcomes.len() == ALL.len() {
        return String::new();
    }
    let ids: Vec<_> = report.outcomes.iter().map(|outcome| outcome.claim.id).collect();
    format!(" --claims {}", ids.join(","))
}

/// Sizes as they are given on the command line, runs of at least three as ranges.
pub(super) fn specification(sizes: &[u64]) -> String {
    let runs = sizes.chunk_by(|a, b| a + 1 == *b);
    let words = runs.map(|run| match run {
        [first, .., last] if run.len() > 2 => format!("{first}..={last}"),
        run => run.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
    });
    words.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_they_are_read() {
        for text in ["7", "7,8", "7..=9", "7..=64,100,128,256,1000", "3,5..=9,12,13"] {
            let sizes: BatchSizes = text.parse().unwrap();
            assert_eq!(specification(sizes.all()), text);
        }
    }

    #[test]
    fn the_command_repeats_the_settings() {
        let mut settings =
            Settings { batch_sizes: BatchSizes::default(), precision: 192, seed: 3, quick: false };
        assert_eq!(command("a.b", &settings), "oddpoint verify --claims a.b --precision 192 --seed 3");
        settings = Settings { batch_sizes: "7..=9".parse().unwrap(), quick: true, ..settings };
        assert_eq!(options(&settings), " --batch-sizes 7..=9 --precision 192 --seed 3 --quick");
    }
}
