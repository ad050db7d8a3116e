//! `oddpoint verify`.

use super::{ALL_VERIFIED, INCONCLUSIVE, REFUTED, precision, seed};
use crate::claims::{ALL, BatchSizes, Claim, Kind, Settings, Verdict};
use crate::report::{self, Environment, Report};
use crate::whole_file::{unwritable, write_whole};
use crate::{Error, Result, bad_input};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint verify\n\
    \x20 oddpoint verify --quick --batch-sizes 7..=9\n\
    \x20 oddpoint verify --claims stability.spectral-gap --batch-sizes 7..=64,1000\n\
    \x20 oddpoint verify --kinds rigorous --format json\n\
    \x20 oddpoint verify --out report\n\n\
    Exit status: 0 all verified, 1 something refuted, 2 bad usage or input, 3 something inconclusive.")]
pub struct VerifyArgs {
    #[command(flatten)]
    what: RunArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also write verify.txt, verify.json and verify.junit.xml into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Which claims are judged, and how.
#[derive(clap::Args)]
pub struct RunArgs {
    /// Claims to check, separated by commas [default: all]
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = Claim::by_id)]
    claims: Vec<&'static Claim>,
    /// Only claims of these kinds
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_enum, conflicts_with = "claims")]
    kinds: Vec<Kind>,
    /// Batch sizes: numbers and inclusive ranges such as 7..=64,100 [default: 7..=64,100,128,256,1000]
    #[arg(long, value_name = "SPEC")]
    batch_sizes: Option<BatchSizes>,
    /// Working precision of the intervals, in bits
    #[arg(long, value_name = "BITS", default_value = "192", value_parser = precision)]
    precision: u32,
    /// Seed of everything random
    #[arg(long, value_name = "S", default_value = "0", value_parser = seed)]
    seed: u64,
    /// Less work: shorter orbits, fewer sizes where orbits and dense matrices are involved
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// The document with all evidence
    Json,
    /// For continuous integration
    Junit,
}

pub fn run(args: &VerifyArgs) -> Result<u8> {
    if let Some(folder) = &args.out {
        prepare_folder(folder)?;
    }
    let report = judge(&args.what.selected()?, &args.what.settings())?;
    if let Some(folder) = &args.out {
        write_folder(folder, &report)?;
    }
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => writeln!(out, "{}", report.to_text(colour()))?,
        Format::Json => report::write_json(&mut out, &report.to_json())?,
        Format::Junit => write!(out, "{}", report.to_junit()?)?,
    }
    out.flush()?;
    Ok(status(report.verdict()))
}

pub(super) fn status(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Verified => ALL_VERIFIED,
        Verdict::Refuted => REFUTED,
        Verdict::Inconclusive => INCONCLUSIVE,
    }
}

impl RunArgs {
    /// What was asked for.
    pub fn settings(&self) -> Settings {
        Settings {
            batch_sizes: self.batch_sizes.clone().unwrap_or_default(),
            precision: self.precision,
            seed: self.seed,
            quick: self.quick,
        }
    }

    /// The claims asked for, in the order of [`ALL`].
    pub fn selected(&self) -> Result<Vec<&'static Claim>> {
        let wanted = |claim: &&Claim| {
            let by_id = self.claims.is_empty() || self.claims.iter().any(|wanted| wanted.id == claim.id);
            by_id && (self.kinds.is_empty() || self.kinds.contains(&claim.kind))
        };
        let claims: Vec<_> = ALL.iter().copied().filter(wanted).collect();
        if claims.is_empty() {
            return Err(bad_input!(
                "--kinds: none of the claims in this version is of the kind asked for; see `oddpoint claims`"
            ));
        }
        Ok(claims)
    }
}

/// Judges the claims one after the other (each uses all cores), with a progress bar on a terminal.
pub(super) fn judge(claims: &[&'static Claim], settings: &Settings) -> Result<Report> {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(claims.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed_precise} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut outcomes = Vec::with_capacity(claims.len());
    for claim in claims {
        bar.set_message(claim.id);
        outcomes.push(claim.run(settings)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Report { environment: Environment::new(settings), outcomes })
}

/// Colour only for a terminal, and not where `NO_COLOR` says no.
pub(super) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Finds out before the work whether its results can be written.
pub(super) fn prepare_folder(folder: &Path) -> Result<()> {
    // The folder itself is made at the end: a run that fails leaves nothing behind.
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if !existing.is_dir() {
        return Err(bad_input!("--out {}: {} is not a folder", folder.display(), existing.display()));
    }
    tempfile::tempfile_in(existing).map(drop).map_err(|error| unwritable(folder, existing, &error))
}

fn write_folder(folder: &Path, report: &Report) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::File { path: folder.to_owned(), source })?;
    write_whole(&folder.join("verify.txt"), |out| Ok(writeln!(out, "{}", report.to_text(false))?))?;
    write_whole(&folder.join("verify.json"), |out| report::write_json(out, &report.to_json()))?;
    write_whole(&folder.join("verify.junit.xml"), |out| Ok(write!(out, "{}", report.to_junit()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's numbers.
    #[test]
    fn a_verdict_decides_the_status() {
        let statuses = [Verdict::Verified, Verdict::Refuted, Verdict::Inconclusive].map(status);
        assert_eq!(statuses, [0, 1, 3]);
    }
}
