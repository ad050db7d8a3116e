//! The table of verdicts, with its filters.

use super::{control_tag, kind_tag, verdict_tag, with_code};
use crate::claims::{Kind, Verdict};
use crate::report::{KINDS, Report};
use maud::{Markup, html};

pub(super) fn render(report: &Report) -> Markup {
    html! {
        section aria-labelledby="verdicts" {
            h2 #verdicts { "Verdicts" }
            p.note { (with_code(KINDS)) " A control is a nearby false statement." }
            form.filters #filters hidden {
                fieldset {
                    legend { "Kind" }
                    @for kind in [Kind::Rigorous, Kind::Numerical, Kind::Statistical] { (checkbox("kind", kind.name())) }
                }
                fieldset {
                    legend { "Verdict" }
                    @for verdict in [Verdict::Verified, Verdict::Refuted, Verdict::Inconclusive] { (checkbox("verdict", verdict.name())) }
                }
                output #shown aria-live="polite" {}
            }
            div.scroll tabindex="0" role="region" aria-label="Table of verdicts" {
                table #verdict-table {
                    thead {
                        tr { @for head in ["claim", "verdict", "kind", "control", "seconds", "shown"] { th scope="col" { (head) } } }
                    }
                    tbody {
                        @for outcome in &report.outcomes {
                            tr data-kind=(outcome.claim.kind.name()) data-verdict=(outcome.verdict.name()) {
                                th scope="row" { a.id href=(format!("#{}", outcome.claim.id)) { (outcome.claim.id) } }
                                td data-sort=(outcome.verdict.name()) { (verdict_tag(outcome.verdict)) }
                                td { (kind_tag(outcome.claim.kind)) }
                                td { (control_tag(outcome.control)) }
                                td.number { (format!("{:.1}", outcome.seconds)) }
                                td { (outcome.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn checkbox(name: &str, value: &str) -> Markup {
    html! { label { input type="checkbox" name=(name) value=(value) checked; " " (value) } }
}
