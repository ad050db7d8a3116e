//! `oddpoint replay`: checks certificates from their data, without the search that made them.

use super::terminal::progress;
use super::{ALL_VERIFIED, Format, INCONCLUSIVE, REFUTED, precision};
use crate::report;
use crate::rigor::certificate::{Header, SCHEMA, Task, open};
use crate::rigor::replay::replay;
use crate::{Error, Result, bad_input, interrupt};
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint replay proofs/certificates/small.jsonl\n\
    \x20 oddpoint replay small.jsonl --precision 256 --format json\n\n\
    Exit status: 0 every record holds, 1 a record was altered or does not hold (file, line and statement are named), \
    2 a file cannot be read or is no certificate, 3 a file holds so far but is incomplete, 130 interrupted.")]
pub struct ReplayArgs {
    /// Certificates to check
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// Precision of the check, in bits [default: the certificate's and 64 more]
    #[arg(long, value_name = "BITS", value_parser = precision)]
    precision: Option<u32>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Bits by which the check is finer than the search, unless asked otherwise.
const MORE_BITS: u32 = 64;
/// Lines checked in parallel.
const CHUNK: usize = 128;

/// What became of one file.
struct Outcome {
    header: Option<Header>,
    precision: u32,
    records: usize,
    end: End,
}

enum End {
    AllHold,
    Fails { line: usize, statement: String, reason: String },
    Incomplete { of: usize },
}

pub fn run(args: &ReplayArgs) -> Result<u8> {
    let mut status = ALL_VERIFIED;
    let mut documents = Vec::new();
    let mut out = std::io::stdout().lock();
    interrupt::listen()?;
    for path in &args.files {
        let outcome = check_file(path, args.precision)?;
        if let End::Incomplete { of } = outcome.end
            && interrupt::requested()
        {
            return Err(Error::Interrupted(format!(
                "{}: interrupted: the first {} of {of} records hold; the others were not checked",
                path.display(),
                outcome.records
            )));
        }
        status = match (&outcome.end, status) {
            (End::Fails { .. }, _) => REFUTED,
            (End::Incomplete { .. }, ALL_VERIFIED) => INCONCLUSIVE,
            (_, status) => status,
        };
        match args.format {
            Format::Text => writeln!(out, "{}", in_words(path, &outcome))?,
            Format::Json => documents.push(document(path, &outcome)),
        }
    }
    if args.format == Format::Json {
        report::write_json(&mut out, &json!({ "schema": "oddpoint.replay/1", "files": documents }))?;
    }
    out.flush()?;
    Ok(status)
}

fn check_file(path: &Path, asked: Option<u32>) -> Result<Outcome> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first).map_err(failed)?;
    let first = String::from_utf8_lossy(&first);
    if !first.starts_with("{\"schema\":\"oddpoint.certificate/") {
        return Err(bad_input!(
            "{}: not a certificate (its first line names no schema {SCHEMA})",
            path.display()
        ));
    }
    let fails = |reason: String| Outcome {
        header: None,
        precision: 0,
        records: 0,
        end: End::Fails { line: 1, statement: "the header".to_owned(), reason },
    };
    let Some(first) = first.strip_suffix('\n') else {
        return Ok(fails("cut short".to_owned()));
    };
    let (header, tasks) = match open::<Header>(first).and_then(|header| Ok((header.tasks()?, header))) {
        Ok((tasks, header)) => (header, tasks),
        Err(error) => return Ok(fails(error.to_string())),
    };
    let precision = asked.unwrap_or_else(|| header.precision.saturating_add(MORE_BITS));
    if precision < header.precision {
        return Err(bad_input!(
            "--precision {precision}: {} was made at {} bits; check it with at least as many",
            path.display(),
            header.precision
        ));
    }
    crate::arithmetic::check_precision(precision)?;
    let bar = progress(header.tasks()?.count(), "records");
    let (records, end) = check_records(&mut reader, &header, tasks, precision, &bar).map_err(failed)?;
    bar.finish_and_clear();
    Ok(Outcome { header: Some(header), precision, records, end })
}

/// How many records hold before the first that does not, and how the file ends.
fn check_records(
    reader: &mut impl BufRead,
    header: &Header,
    mut tasks: impl Iterator<Item = Task>,
    precision: u32,
    bar: &ProgressBar,
) -> std::io::Result<(usize, End)> {
    let mut records = 0;
    loop {
        if interrupt::requested() {
            return Ok((records, End::Incomplete { of: records + tasks.count() }));
        }
        let chunk: Vec<Task> = tasks.by_ref().take(CHUNK).collect();
        let texts = lines(reader, chunk.len())?;
        let checked: Vec<_> =
            texts.par_iter().zip(&chunk).map(|(text, &task)| check(text, task, header, precision)).collect();
        for (result, task) in checked.into_iter().zip(&chunk) {
            if let Err(error) = result {
                let (line, statement, reason) = (records + 2, task.statement(), error.to_string());
                return Ok((records, End::Fails { line, statement, reason }));
            }
            records += 1;
            bar.inc(1);
        }
        if texts.len() < chunk.len() {
            return Ok((
                records,
                End::Incomplete { of: records + chunk.len() - texts.len() + tasks.count() },
            ));
        }
        if chunk.len() < CHUNK {
            break;
        }
    }
    if lines(reader, 1)?.is_empty() {
        return Ok((records, End::AllHold));
    }
    let (line, statement) = (records + 2, "none: the file should have ended".to_owned());
    Ok((records, End::Fails { line, statement, reason: "more lines than the header announces".to_owned() }))
}

/// Up to `count` lines, with their line ends.
fn lines(reader: &mut impl BufRead, count: usize) -> std::io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::with_capacity(count);
    while lines.len() < count {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        lines.push(line);
    }
    Ok(lines)
}

fn check(text: &[u8], task: Task, header: &Header, precision: u32) -> Result<()> {
    let text = std::str::from_utf8(text).map_err(|error| bad_input!("not text: {error}"))?;
    let text = text.strip_suffix('\n').ok_or_else(|| bad_input!("cut short"))?;
    replay(text, task, header, precision)
}

fn in_words(path: &Path, outcome: &Outcome) -> String {
    let (path, records) = (path.display(), outcome.records);
    match &outcome.end {
        End::AllHold => {
            let scope = outcome.header.as_ref().map(Header::scope).unwrap_or_default();
            format!("{path}: all {records} records hold at {} bits: {scope}", outcome.precision)
        }
        End::Fails { line, statement, reason } => {
            format!("{path}, line {line}: FAILS: {reason}\n    statement: {statement}")
        }
        End::Incomplete { of } => format!(
            "{path}: INCOMPLETE: the first {records} of {of} records hold at {} bits; `oddpoint certify` adds the others",
            outcome.precision
        ),
    }
}

fn document(path: &Path, outcome: &Outcome) -> Value {
    let (verdict, failure) = match &outcome.end {
        End::AllHold => ("verified", Value::Null),
        End::Fails { line, statement, reason } => {
            ("refuted", json!({ "line": line.to_string(), "statement": statement, "reason": reason }))
        }
        End::Incomplete { .. } => ("incomplete", Value::Null),
    };
    json!({
        "file": path.display().to_string(),
        "verdict": verdict,
        "parameters": outcome.header,
        "precision": outcome.precision,
        "records_that_hold": outcome.records.to_string(),
        "failure": failure,
    })
}
