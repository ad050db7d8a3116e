//! What is said beside the data: progress and remarks, on stderr; and colour.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static QUIET: AtomicBool = AtomicBool::new(false);

/// `--quiet`: neither progress nor remarks from now on; errors are still told.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

fn quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A bar with the time left, on a terminal only.
pub(super) fn progress(length: usize, what: &str) -> ProgressBar {
    bar(length, &format!("{{bar:40}} {{pos}}/{{len}} {what}, {{eta}} left"))
}

/// The same with a message that changes, for steps of unequal length.
pub(super) fn progress_with_message(length: usize, what: &str) -> ProgressBar {
    bar(
        length,
        &format!("{{spinner}} {{bar:20}} {{pos}}/{{len}} {what}, {{elapsed}} gone, {{eta}} left: {{msg}}"),
    )
}

fn bar(length: usize, template: &str) -> ProgressBar {
    if quiet() || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(length as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A line on stderr that is worth reading but no error; where it cannot be written that is none either.
pub(super) fn remark(text: &str) {
    if !quiet() {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// Colour only for a terminal, and not where `NO_COLOR` says no.
pub(super) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
