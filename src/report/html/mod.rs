//! The report as one page of HTML that needs nothing else: no network, no files, scripts only for sorting and filtering.
//!
//! It renders what was found and judges nothing. `maud` escapes every text.

mod activations;
mod claim;
mod environment;
mod evidence;
mod figure;
mod scope;
mod verdicts;

use super::Report;
use crate::Result;
use crate::claims::{Kind, Settings, Verdict};
use crate::figures::{Figure, PALETTE, Table};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write;
use std::time::Duration;

/// Everything that the page shows.
pub struct Page<'a> {
    /// The verdicts.
    pub report: &'a Report,
    /// How they were asked for.
    pub settings: &'a Settings,
    /// How long all of it took.
    pub duration: Duration,
    /// The figures and their data.
    pub figures: &'a [(&'static Figure, Table)],
}

/// Nothing may be fetched, from anywhere.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

impl Page<'_> {
    /// The whole document.
    ///
    /// # Errors
    /// [`Error::NotReached`](crate::Error::NotReached) if a figure cannot be drawn, which is a defect of this program.
    pub fn to_html(&self) -> Result<String> {
        let figures = self.figures.iter().map(|(figure, data)| figure::render(figure, data));
        let figures = figures.collect::<Result<Vec<_>>>()?;
        Ok(self.document(&figures).into_string())
    }

    fn document(&self, figures: &[Markup]) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { "oddpoint report: " (self.tally()) }
                    style { (PreEscaped(include_str!("style.css"))) (PreEscaped(dark_figures())) }
                }
                body {
                    a.skip href="#verdicts" { "To the verdicts" }
                    (self.head())
                    main {
                        (scope::render(self.report))
                        (verdicts::render(self.report))
                        section aria-labelledby="figures" {
                            h2 #figures { "Figures" }
                            p.note { "Figures illustrate the claims and prove nothing. Each is drawn from a CSV file beside this page." }
                            @for figure in figures { (figure) }
                        }
                        section aria-labelledby="claims" {
                            h2 #claims { "Claims" }
                            @for outcome in &self.report.outcomes { (claim::render(outcome, self.settings)) }
                        }
                        (environment::render(self))
                    }
                    script { (PreEscaped(include_str!("script.js"))) }
                }
            }
        }
    }

    fn tally(&self) -> String {
        let count =
            |verdict| self.report.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
        let counts = [Verdict::Verified, Verdict::Refuted, Verdict::Inconclusive].map(count);
        format!("{} verified, {} refuted, {} inconclusive", counts[0], counts[1], counts[2])
    }

    fn head(&self) -> Markup {
        html! {
            header {
                h1 { "Batch Normalization Decomposed: what oddpoint verified" }
                p.lead {
                    "The abstract of Nachum, Bondaschi, Gastpar and Khina (" a href="https://arxiv.org/abs/2412.02843" { "arXiv:2412.02843" } ") says that a batch "
                    "of n points, at initialisation of a network with recentering and ReLU, becomes a tight cluster and one odd point, orthogonal to it. This page "
                    "says what of that was proved, what was only observed, and what was not looked at. The claims are this project's formulation of the abstract's "
                    "sentences; the paper's own theorem statements were not available to it."
                }
                ul.tally aria-label="Verdicts" {
                    @for verdict in [Verdict::Verified, Verdict::Refuted, Verdict::Inconclusive] {
                        @let count = self.report.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
                        li { span class=(format!("tag {}", if count > 0 { verdict.name() } else { "plain" })) { (count) " " (verdict.name()) } }
                    }
                }
                @if self.settings.quick {
                    p.note { "A quick run: shorter orbits and smaller samples than by default." }
                }
                nav aria-label="Sections" {
                    ul {
                        @for (id, name) in [("scope", "What is shown"), ("verdicts", "Verdicts"), ("figures", "Figures"), ("claims", "Claims"), ("environment", "How it was run")] {
                            li { a href=(format!("#{id}")) { (name) } }
                        }
                    }
                }
            }
        }
    }
}

/// Colours of the figures for a dark page, in place of those that they are drawn in.
fn dark_figures() -> String {
    let mut rules = String::from("@media screen and (prefers-color-scheme: dark) {\n");
    for (light, dark) in PALETTE {
        for attribute in ["fill", "stroke"] {
            let _ = writeln!(rules, "  .panels svg [{attribute}=\"{light}\" i] {{ {attribute}: {dark}; }}");
        }
    }
    rules + "}\n"
}

/// A verdict as a word on its colour, with a sign for those who see no colours.
fn verdict_tag(verdict: Verdict) -> Markup {
    let sign = match verdict {
        Verdict::Verified => "✓",
        Verdict::Refuted => "✗",
        Verdict::Inconclusive => "?",
    };
    html! { span class=(format!("tag {}", verdict.name())) { span aria-hidden="true" { (sign) " " } (verdict.name()) } }
}

/// The verdict on a control, which is good news if it is `refuted`.
fn control_tag(control: Verdict) -> Markup {
    let class = if control == Verdict::Refuted { "tag plain" } else { "tag inconclusive" };
    html! { span class=(class) { (control.name()) } }
}

fn kind_tag(kind: Kind) -> Markup {
    html! { span.tag.kind { (kind.name()) } }
}

/// Text in which code stands between backticks.
fn with_code(text: &str) -> Markup {
    html! {
        @for (k, part) in text.split('`').enumerate() {
            @if k % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
