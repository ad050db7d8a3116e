//! Rendering: tables and a page for people, JSON and JUnit for programs. Nothing here judges.

mod baseline;
mod html;
mod provenance;
mod run;
mod stability;
mod verify;

pub use html::Page;
pub use provenance::Provenance;
pub use run::Run;
pub use stability::{KINDS, NOT_SHOWN, SENSES_OF_STABLE};
pub use verify::{Environment, Report};

use crate::Result;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use serde_json::Value;
use std::io::{IsTerminal, Write};

/// Columns of text where the output is not a terminal.
const PLAIN_WIDTH: u16 = 110;

/// A rule below the head, nothing else.
const STYLE: TableStyle = NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));

/// Columns below which a terminal is not taken at its word: a pseudo-terminal often reports none at all.
const NARROWEST_TERMINAL: u16 = 40;

/// A table with a head; as wide as the terminal, or as its contents where there is none.
///
/// ```
/// let text = oddpoint::report::table(&["n", "r"], [vec!["7", "0.29"]]);
/// assert!(text.starts_with("n  r") || text.contains("0.29"));
/// ```
pub fn table<S: Into<comfy_table::Cell>>(heads: &[&str], rows: impl IntoIterator<Item = Vec<S>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(heads.to_vec());
    if std::io::stdout().is_terminal() && table.width().is_some_and(|width| width >= NARROWEST_TERMINAL) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    table.trim_fmt()
}

/// A named paragraph, wrapped and indented.
///
/// ```
/// assert_eq!(oddpoint::report::paragraph("kind", "rigorous"), "kind rigorous");
/// ```
pub fn paragraph(name: &str, text: &str) -> String {
    let mut lines = vec![name.to_owned()];
    for word in text.split_whitespace() {
        let fits = lines
            .last()
            .is_some_and(|line| line.chars().count() + word.chars().count() < usize::from(PLAIN_WIDTH));
        match lines.last_mut() {
            Some(line) if fits => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("    {word}")),
        }
    }
    lines.join("\n")
}

/// Indented JSON and a line end.
///
/// # Errors
/// [`Error::Output`](crate::Error::Output) if `out` cannot be written.
///
/// ```
/// let mut text = Vec::new();
/// oddpoint::report::write_json(&mut text, &serde_json::json!({ "n": "7" }))?;
/// assert_eq!(text, b"{\n  \"n\": \"7\"\n}\n");
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn write_json(out: &mut dyn Write, document: &Value) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}
