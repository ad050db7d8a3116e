//! `oddpoint verify`.

use super::terminal::{colour, progress_with_message};
use super::{ALL_VERIFIED, ClaimId, INCONCLUSIVE, REFUTED, precision, seed};
use crate::claims::baseline::Baseline;
use crate::claims::{ALL, BatchSizes, Claim, Kind, Outcome, Settings, Verdict};
use crate::report::{Environment, Report, Run};
use crate::whole_file::{unwritable, write_whole};
use crate::{Error, Result, bad_input, interrupt};
use clap::ValueEnum;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint verify\n\
    \x20 oddpoint verify --quick --batch-sizes 7..=9\n\
    \x20 oddpoint verify --claims stability.spectral-gap --batch-sizes 7..=64,1000\n\
    \x20 oddpoint verify --kinds rigorous --format json\n\
    \x20 oddpoint verify --out report\n\
    \x20 oddpoint verify --baseline proofs/baseline.json\n\n\
    --baseline repeats an earlier run, with its settings where no others are given, and explains every difference. \
    Regressions, which make the exit status 1: a verdict lost, a claim or an entry gone, enclosures or intervals of \
    estimates that no longer overlap, approximations that differ by more than stated, exact values that have changed, \
    proved bounds that are worse. What is new or better is only remarked.\n\n\
    Ctrl-C prints (and with --out writes) what has been judged and says how to go on; once more stops at once.\n\n\
    Exit status: 0 all verified, 1 something refuted or a regression, 2 bad usage or input, 3 something inconclusive, \
    130 interrupted.")]
pub struct VerifyArgs {
    #[command(flatten)]
    pub what: RunArgs,
    /// Compare with the JSON document of an earlier run
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
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
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = ClaimId, hide_possible_values = true)]
    claims: Vec<&'static Claim>,
    /// Only claims of these kinds
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_enum, conflicts_with = "claims")]
    kinds: Vec<Kind>,
    /// Batch sizes: numbers and inclusive ranges such as 7..=64,100 [default: 7..=64,100,128,256,1000]
    #[arg(long, value_name = "SPEC")]
    batch_sizes: Option<BatchSizes>,
    /// Working precision of the intervals, in bits [default: 192]
    #[arg(long, value_name = "BITS", value_parser = precision)]
    precision: Option<u32>,
    /// Seed of everything random [default: 0]
    #[arg(long, value_name = "S", value_parser = seed)]
    seed: Option<u64>,
    /// Less work: shorter orbits, fewer sizes where orbits and dense matrices are involved
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true)]
    quick: Option<bool>,
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

const PRECISION: u32 = 192;

impl RunArgs {
    /// What was asked for; what was not is as in the baseline, if there is one.
    pub fn settings(&self, baseline: Option<&Baseline>) -> Settings {
        let then = baseline.map(|baseline| &baseline.settings);
        let sizes = self.batch_sizes.as_ref().or(then.map(|then| &then.batch_sizes));
        Settings {
            batch_sizes: sizes.cloned().unwrap_or_default(),
            precision: self.precision.or(then.map(|then| then.precision)).unwrap_or(PRECISION),
            seed: self.seed.or(then.map(|then| then.seed)).unwrap_or(0),
            quick: self.quick.or(then.map(|then| then.quick)).unwrap_or(false),
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

pub fn run(args: &VerifyArgs) -> Result<u8> {
    if let Some(folder) = &args.out {
        prepare_folder(folder)?;
    }
    let baseline = args.baseline.as_deref().map(Baseline::read).transpose()?;
    let settings = args.what.settings(baseline.as_ref());
    let mut run = judge(&args.what.selected()?, &settings)?;
    run.comparison =
        baseline.map(|baseline| baseline.compare(&settings, &run.report.outcomes)).transpose()?;
    if let Some(folder) = &args.out {
        write_folder(folder, &run)?;
    }
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => writeln!(out, "{}", run.to_text(colour()))?,
        Format::Json => run.write_json(&mut out)?,
        Format::Junit => write!(out, "{}", run.to_junit()?)?,
    }
    out.flush()?;
    match run.interruption() {
        Some(interruption) => Err(Error::Interrupted(interruption)),
        None if regressed(&run) => Ok(REFUTED),
        None => Ok(status(run.report.verdict())),
    }
}

fn regressed(run: &Run) -> bool {
    run.comparison.as_ref().is_some_and(|comparison| comparison.regressions().count() > 0)
}

pub(super) fn status(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Verified => ALL_VERIFIED,
        Verdict::Refuted => REFUTED,
        Verdict::Inconclusive => INCONCLUSIVE,
    }
}

/// Judges the claims one after the other (each uses all cores), with a progress bar on a terminal, until interrupted.
pub fn judge(claims: &[&'static Claim], settings: &Settings) -> Result<Run> {
    /// How often an interruption is looked for.
    const PATIENCE: Duration = Duration::from_millis(50);
    interrupt::listen()?;
    let bar = progress_with_message(claims.len(), "claims");
    let (sender, receiver) = channel();
    let (to_judge, set) = (claims.to_vec(), settings.clone());
    // On a thread of its own, which an interruption need not wait for.
    let judging = std::thread::spawn(move || {
        to_judge.iter().map(|claim| claim.run(&set)).try_for_each(|outcome| sender.send(outcome))
    });
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(claims.len());
    while let Some(claim) = claims.get(outcomes.len()) {
        bar.set_message(claim.id);
        match receiver.recv_timeout(PATIENCE) {
            Ok(outcome) => {
                outcomes.push(outcome?);
                bar.inc(1);
            }
            Err(RecvTimeoutError::Timeout) => bar.tick(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if interrupt::requested() {
            break;
        }
    }
    bar.finish_and_clear();
    if outcomes.len() < claims.len() && !interrupt::requested() {
        // It cannot have ended otherwise than by a panic, which is passed on.
        if let Err(panic) = judging.join() {
            std::panic::resume_unwind(panic);
        }
    }
    let left = claims[outcomes.len()..].to_vec();
    let report = Report { environment: Environment::new(settings), outcomes };
    Ok(Run { report, left, comparison: None })
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

fn write_folder(folder: &Path, run: &Run) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::File { path: folder.to_owned(), source })?;
    write_whole(&folder.join("verify.txt"), |out| Ok(writeln!(out, "{}", run.to_text(false))?))?;
    write_whole(&folder.join("verify.json"), |out| run.write_json(out))?;
    write_whole(&folder.join("verify.junit.xml"), |out| Ok(write!(out, "{}", run.to_junit()?)?))
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
