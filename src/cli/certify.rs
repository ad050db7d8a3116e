//! `oddpoint certify`: proofs as data, written as they are found; an interrupted run goes on where it stopped.

use super::terminal::{progress, remark};
use super::{Format, precision};
use crate::claims::BatchSizes;
use crate::report;
use crate::rigor::certificate::{Header, Line, Task, open, seal};
use crate::rigor::search::certify;
use crate::whole_file::open_alone;
use crate::{Error, Result, bad_input, interrupt};
use rayon::prelude::*;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint certify --batch-sizes 3..=64 --tail --out small.jsonl\n\
    \x20 oddpoint certify --batch-sizes 7..=10000 --tail --out all.jsonl && oddpoint replay all.jsonl\n\n\
    One JSON line a statement, written as it is proved. Run again with the same arguments after an interruption (Ctrl-C \
    ends with exit status 130): what is in the file stays, a truncated last line is dropped, the rest is added. A file made with other arguments, or by \
    another version, is refused (exit status 2). The format is described in proofs/certificates/README.md.")]
pub struct CertifyArgs {
    /// Batch sizes: numbers and inclusive ranges such as 7..=64,100
    #[arg(long, value_name = "SPEC")]
    batch_sizes: BatchSizes,
    /// Also certify every n >= 128 at once
    #[arg(long)]
    tail: bool,
    /// Working precision of the intervals, in bits
    #[arg(long, value_name = "BITS", default_value = "64", value_parser = precision)]
    precision: u32,
    /// File to write, or to go on with
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Format of the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Records proved in parallel and then written in order.
const CHUNK: usize = 32;

pub fn run(args: &CertifyArgs) -> Result<()> {
    let header = Header::new(args.batch_sizes.all(), args.tail, args.precision);
    let tasks: Vec<Task> = header.tasks()?.collect();
    let mut file = open_alone(&args.out)?;
    let failed = |source| Error::File { path: args.out.clone(), source };
    let kept = kept_records(&file, &args.out, &header, &tasks)?;
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    if kept.is_none() {
        writeln!(file, "{}", seal(&header)?).map_err(failed)?;
    }
    let kept = kept.unwrap_or(0);
    interrupt::listen()?;
    let bar = progress(tasks.len(), "records");
    bar.inc(kept as u64);
    // What was there took no time, and says nothing of the time left.
    bar.reset_eta();
    let mut done = kept;
    for chunk in tasks[kept..].chunks(CHUNK) {
        let prove = |&task| (!interrupt::requested()).then(|| certify(task, &header));
        let lines: Vec<_> = chunk.par_iter().map(prove).collect();
        for line in lines.into_iter().map_while(|line| line) {
            // One write a record, without a buffer: whoever stops us loses at most what is in the making.
            file.write_all(line?.as_bytes()).map_err(failed)?;
            bar.inc(1);
            done += 1;
        }
        if interrupt::requested() {
            break;
        }
    }
    file.sync_all().map_err(failed)?;
    bar.finish_and_clear();
    if done < tasks.len() {
        return Err(Error::Interrupted(format!(
            "{}: interrupted: {done} of {} records are there; run the same command again to add the others",
            args.out.display(),
            tasks.len()
        )));
    }
    summary(args, &header, tasks.len(), kept)
}

/// How many finished records the file holds, `None` if not even the header; a truncated last line is cut off.
fn kept_records(file: &File, path: &Path, header: &Header, tasks: &[Task]) -> Result<Option<usize>> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let refused = |number: usize, reason: &dyn std::fmt::Display| {
        bad_input!("{}, line {number}: {reason}; choose another --out, or remove the file", path.display())
    };
    let mut reader = BufReader::new(file);
    let (mut text, mut whole, mut lines) = (Vec::new(), 0, 0);
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text).map_err(failed)?;
        if length == 0 {
            break;
        }
        if text.pop() != Some(b'\n') {
            // What was cut off must be ours: a stranger's file is not to be cut.
            if lines == 0 && !seal(header)?.as_bytes().starts_with(&text[..length - 1]) {
                return Err(refused(1, &"not the beginning of a certificate with these parameters"));
            }
            remark(&format!("{}: line {}, cut short, is dropped", path.display(), lines + 1));
            file.set_len(whole).map_err(failed)?;
            break;
        }
        lines += 1;
        let line = std::str::from_utf8(&text).map_err(|error| refused(lines, &error))?;
        if lines == 1 {
            check_header(line, header).map_err(|error| refused(1, &error))?;
        } else {
            let found = open::<Line>(line).map_err(|error| refused(lines, &error))?;
            if tasks.get(lines - 2) != Some(&found.record.task()) {
                return Err(refused(lines, &"not the record that belongs here"));
            }
        }
        whole += length as u64;
    }
    Ok(lines.checked_sub(1))
}

fn check_header(line: &str, header: &Header) -> Result<()> {
    let found: Header = open(line)?;
    if found == *header {
        return Ok(());
    }
    Err(bad_input!(
        "made with other parameters ({}, {} bits, schema {}, version {})",
        found.scope(),
        found.precision,
        found.schema,
        found.version
    ))
}

fn summary(args: &CertifyArgs, header: &Header, records: usize, kept: usize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let path = args.out.display();
    match args.format {
        Format::Text => {
            let already = if kept > 0 { format!(", {kept} of them already there") } else { String::new() };
            writeln!(
                out,
                "{path}: {records} records at {} bits{already}: {}",
                header.precision,
                header.scope()
            )?;
        }
        Format::Json => report::write_json(
            &mut out,
            &json!({
                "schema": "oddpoint.certify/1",
                "file": path.to_string(),
                "parameters": header,
                "records": records.to_string(),
                "already_there": kept.to_string(),
            }),
        )?,
    }
    Ok(())
}
