//! The table of other activations: which states are stable at each batch size, from the evidence of the claim.

use maud::{Markup, html};
use serde_json::Value;

/// Activation, batch size, and its states: name and whether all eigenvalues lie inside the unit disc.
struct Row<'a> {
    activation: &'a str,
    batch_size: &'a str,
    states: Vec<(&'a str, bool)>,
}

/// The table, for evidence that holds one.
pub(super) fn render(evidence: &Value) -> Markup {
    let rows = |name: &str| {
        evidence[name]
            .as_array()
            .map(|rows| rows.iter().filter_map(row).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let (usual, large) = (rows("table"), rows("at_mean_variance_100"));
    html! {
        @if !usual.is_empty() { (matrix("States by activation and batch size, mean variance 1", &usual)) }
        @if !large.is_empty() { (matrix("The same at mean variance 100 (observed, not part of the claim)", &large)) }
    }
}

fn row(row: &Value) -> Option<Row<'_>> {
    let states = row["states"].as_array()?.iter().map(|state| {
        let radius: f64 = state["spectral_radius"]["approx"].as_str()?.parse().ok()?;
        Some((state["state"].as_str()?, radius < 1.0))
    });
    Some(Row {
        activation: row["activation"].as_str()?,
        batch_size: row["batch_size"].as_str()?,
        states: states.collect::<Option<_>>()?,
    })
}

fn matrix(caption: &str, rows: &[Row<'_>]) -> Markup {
    let distinct = |name: fn(&Row<'_>) -> String| {
        let mut names: Vec<String> = Vec::new();
        for name in rows.iter().map(name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let sizes = distinct(|row| row.batch_size.to_owned());
    let at = |activation: &str, size: &str| {
        let row = rows.iter().find(|row| row.activation == activation && row.batch_size == size);
        row.map(|row| row.states.as_slice()).unwrap_or_default()
    };
    html! {
        h5 { (caption) }
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.matrix {
                thead { tr { th scope="col" { "activation" } @for size in &sizes { th scope="col" { "n = " (size) } } } }
                tbody {
                    @for activation in distinct(|row| row.activation.to_owned()) {
                        tr {
                            th scope="row" { (activation) }
                            @for size in &sizes {
                                td { @for (state, stable) in at(&activation, size) { (cell(state, *stable)) } }
                            }
                        }
                    }
                }
            }
        }
        p.note { "● stable: every eigenvalue of one layer's differential inside the unit disc; ○ unstable. Exact: n-1 equal samples and one other; edge: the threshold between two states that attract." }
    }
}

fn cell(state: &str, stable: bool) -> Markup {
    let state = state.replace('-', " ");
    html! {
        @if stable { span.stable { "● " (state) } } @else { span.unstable { "○ " (state) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn stable_and_unstable_states_in_their_cells() {
        let state =
            |name: &str, radius: &str| json!({ "state": name, "spectral_radius": { "approx": radius } });
        let row = |n: &str, radius: &str| json!({ "activation": "gelu", "batch_size": n, "states": [state("exact", radius)] });
        let page = render(&json!({ "table": [row("4", "1.01"), row("5", "0.99")] })).into_string();
        assert!(page.contains("n = 4") && page.contains("○ exact") && page.contains("● exact"), "{page}");
        assert_eq!(render(&json!({ "rates": [] })).into_string(), "");
    }
}
