//! What is proved, what only observed, what not covered: in sight before any table.

use crate::claims::{ALL, Claim, Kind, Outcome, Verdict};
use crate::report::Report;
use crate::report::stability::{NOT_SHOWN, SENSES_OF_STABLE};
use maud::{Markup, html};

pub(super) fn render(report: &Report) -> Markup {
    let of = |wanted: fn(&Outcome) -> bool| {
        report.outcomes.iter().filter(|outcome| wanted(outcome)).collect::<Vec<_>>()
    };
    let proved = of(|outcome| outcome.verdict == Verdict::Verified && outcome.claim.kind == Kind::Rigorous);
    let observed = of(|outcome| outcome.verdict == Verdict::Verified && outcome.claim.kind != Kind::Rigorous);
    let open = of(|outcome| outcome.verdict != Verdict::Verified);
    let judged = |claim: &&&Claim| report.outcomes.iter().any(|outcome| outcome.claim.id == claim.id);
    let left_out: Vec<_> = ALL.iter().filter(|claim| !judged(claim)).map(|claim| claim.id).collect();
    html! {
        section aria-labelledby="scope" {
            h2 #scope { "What is shown, and what is not" }
            div.scope {
                section.proved {
                    h3 { "Proved" }
                    p.note { "By interval or exact arithmetic in this run, with the derivations by hand that each claim names." }
                    (claims(&proved))
                }
                section.observed {
                    h3 { "Observed" }
                    p.note { "Within an error bound (numerical) or by a test (statistical), both set in advance. No proof." }
                    (claims(&observed))
                }
                section.uncovered {
                    h3 { "Not covered" }
                    @if !open.is_empty() {
                        p.note { "Judged, but not verified:" }
                        (claims(&open))
                    }
                    @if !left_out.is_empty() {
                        p.note { "Not judged in this run: " (left_out.join(", ")) "." }
                    }
                    p.note { "By no claim:" }
                    ul { @for (what, why) in NOT_SHOWN { li { b { (what) } @if why.starts_with(char::is_uppercase) { ". " } @else { " " } (why) } } }
                }
            }
            details {
                summary { "\u{201c}Stable\u{201d} has several senses: the verdict on each" }
                div.scroll tabindex="0" role="region" aria-label="Senses of stable" {
                    table {
                        thead { tr { th scope="col" { "sense" } th scope="col" { "what this suite says" } } }
                        tbody { @for (sense, verdict) in SENSES_OF_STABLE { tr { td { (sense) } td { (verdict) } } } }
                    }
                }
            }
        }
    }
}

fn claims(outcomes: &[&Outcome]) -> Markup {
    html! {
        @if outcomes.is_empty() { p { "Nothing." } }
        ul { @for outcome in outcomes { li { (outcome.claim.summary) " (" a.id href=(format!("#{}", outcome.claim.id)) { (outcome.claim.id) } ")" } } }
    }
}
