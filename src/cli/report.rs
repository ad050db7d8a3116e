//! `oddpoint report`.

use super::terminal::{colour, progress};
use super::verify::{RunArgs, judge, prepare_folder, status};
use crate::figures::{ALL, Figure, Settings, Table};
use crate::report::{Page, Run};
use crate::whole_file::write_whole;
use crate::{Error, Result, bad_input};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint report --out report\n\
    \x20 oddpoint report --quick --kinds rigorous --out report\n\n\
    Writes into DIR: index.html, a page that needs nothing else; report.json, the document of `oddpoint verify`; report.txt and \
    report.junit.xml; figures/*.csv, the data behind each figure. Nothing is written before all is judged. An earlier report in DIR is replaced.\n\n\
    Exit status: 0 all verified, 1 something refuted, 2 bad usage or input, 3 something inconclusive.")]
pub struct ReportArgs {
    #[command(flatten)]
    what: RunArgs,
    /// Folder to write into; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write into DIR even if it holds something other than an earlier report
    #[arg(long)]
    force: bool,
}

const PAGE: &str = "index.html";
const DOCUMENT: &str = "report.json";
const FIGURES: &str = "figures";

pub fn run(args: &ReportArgs) -> Result<u8> {
    let start = Instant::now();
    let (claims, settings) = (args.what.selected()?, args.what.settings(None));
    check_folder(&args.out, args.force)?;
    let run = judge(&claims, &settings)?;
    if let Some(interruption) = run.interruption() {
        return Err(Error::Interrupted(format!("{interruption}; no page was written")));
    }
    let figures = figures(&Settings { seed: settings.seed, quick: settings.quick })?;
    let page =
        Page { report: &run.report, settings: &settings, duration: start.elapsed(), figures: &figures };
    let html = page.to_html()?;
    write(&args.out, &html, &run, &figures)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n{}", run.to_text(colour()), args.out.join(PAGE).display())?;
    out.flush()?;
    Ok(status(run.report.verdict()))
}

/// Finds out before the work whether its results can be written, and whether that would destroy anything.
fn check_folder(folder: &Path, force: bool) -> Result<()> {
    prepare_folder(folder)?;
    if force || !folder.exists() || is_report(folder) {
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(folder).map_err(|source| Error::File { path: folder.to_owned(), source })?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(bad_input!(
            "--out {}: the folder holds something other than an earlier report; choose another one, or give --force to write into it",
            folder.display()
        )),
    }
}

/// Whether a folder holds the document of `report`, or of `verify --out`.
fn is_report(folder: &Path) -> bool {
    let is_document = |name: &str| {
        let text = std::fs::read(folder.join(name)).unwrap_or_default();
        let document: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
        document.is_some_and(|document| document["schema"] == "oddpoint.verify/1")
    };
    is_document(DOCUMENT) || is_document("verify.json")
}

fn figures(settings: &Settings) -> Result<Vec<(&'static Figure, Table)>> {
    let bar = progress(ALL.len(), "figures");
    let one = |figure: &&'static Figure| {
        let data = figure.data(settings)?;
        bar.inc(1);
        Ok((*figure, data))
    };
    let figures = ALL.iter().map(one).collect();
    bar.finish_and_clear();
    figures
}

/// The document first, by which an earlier report is known; the page last, so that one that is there is whole.
fn write(folder: &Path, page: &str, run: &Run, figures: &[(&Figure, Table)]) -> Result<()> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let old = folder.join(PAGE);
    if old.is_file() {
        std::fs::remove_file(&old).map_err(failed(&old))?;
    }
    write_whole(&folder.join(DOCUMENT), |out| run.write_json(out))?;
    write_whole(&folder.join("report.txt"), |out| Ok(writeln!(out, "{}", run.to_text(false))?))?;
    write_whole(&folder.join("report.junit.xml"), |out| Ok(write!(out, "{}", run.to_junit()?)?))?;
    let data = folder.join(FIGURES);
    std::fs::create_dir_all(&data).map_err(failed(&data))?;
    for (figure, table) in figures {
        write_whole(&data.join(format!("{}.csv", figure.name)), |out| table.write_csv(out))?;
    }
    write_whole(&folder.join(PAGE), |out| Ok(out.write_all(page.as_bytes())?))
}
