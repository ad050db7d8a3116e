//! The command line: arguments in, data to stdout or `--out`, progress and messages to stderr, exit status.
//!
//! Exit status: 0 all verified (or the question answered), 1 something refuted or a regression, 2 bad usage or input, 3
//! something inconclusive, 130 interrupted by Ctrl-C (143 by SIGTERM).

mod basin;
mod certify;
mod claims;
mod decay;
mod doctor;
#[cfg(test)]
mod documented;
mod fixed_points;
mod generate;
mod merge;
mod phase_diagram;
mod plot;
mod replay;
mod report;
mod saddle_node;
pub mod simulate;
mod spectrum;
mod terminal;
mod two_level;
mod verify;

use crate::arithmetic::{MAX_PRECISION, MIN_PRECISION, check_precision};
use crate::claims::{ALL, Claim};
use crate::odd_point::check_batch_size;
use crate::rigor::two_level::LARGEST_TWO_LEVEL_BATCH;
use crate::{Error, Result, bad_input, interrupt};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsStr;
use std::io::Write;
use std::ops::RangeInclusive;
use std::process::ExitCode;

/// Everything asked for was answered, every claim verified.
const ALL_VERIFIED: u8 = 0;
/// A claim was refuted.
const REFUTED: u8 = 1;
/// Bad usage or input.
const BAD_INPUT: u8 = 2;
/// Something could not be decided.
const INCONCLUSIVE: u8 = 3;

#[derive(Parser)]
#[command(
    name = "oddpoint",
    version,
    about = "Verifies what \"Batch Normalization Decomposed\" says of a batch at initialisation: a cluster and one odd point",
    after_help = "Examples:\n\
        \x20 oddpoint verify --quick\n\
        \x20 oddpoint fixed-points --batch-size 10\n\
        \x20 oddpoint explain stability.spectral-gap\n\n\
        Exit status: 0 all verified, 1 something refuted, 2 bad usage or input, 3 something inconclusive, 130 interrupted.\n\
        \"Stable\" has several senses: the odd-point fixed point attracts, the exact configuration (n-1 equal samples) \
        is invariant but repels. `oddpoint explain stability.spectral-gap` lists them."
)]
struct Cli {
    /// Neither progress nor remarks on stderr; errors are still told
    #[arg(long, short, global = true, display_order = 1000)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the claims and print a table of verdicts
    Verify(verify::VerifyArgs),
    /// Check the claims and write a page with verdicts, evidence and figures
    Report(report::ReportArgs),
    /// List the claims
    Claims(claims::ClaimsArgs),
    /// Explain one claim: statement, hypotheses, method, negative control
    Explain(claims::ExplainArgs),
    /// Enclose the fixed points of the indicative model at one batch size
    FixedPoints(fixed_points::FixedPointsArgs),
    /// Enclose the eigenvalues of one layer's differential at a fixed point
    Spectrum(spectrum::SpectrumArgs),
    /// Enclose the saddle-node at which edge and odd point are born (real batch size)
    SaddleNode(saddle_node::SaddleNodeArgs),
    /// Which states exist and are stable at each batch size, without and with rescaling
    PhaseDiagram(phase_diagram::PhaseDiagramArgs),
    /// Draw one of the report's figures, or write the data behind it
    Plot(plot::PlotArgs),
    /// Follow a small perturbation of the odd point, or of the exact configuration, through many layers
    Decay(decay::DecayArgs),
    /// Try to prove that a given batch converges to the odd point
    Basin(basin::BasinArgs),
    /// Follow batches through networks of any width; an interrupted run resumes
    Simulate(simulate::SimulateArgs),
    /// Put the shards of an ensemble together
    Merge(merge::MergeArgs),
    /// Write proofs as data, one JSON line a statement; an interrupted run resumes
    Certify(certify::CertifyArgs),
    /// Check certificates from their data, without the search that made them
    Replay(replay::ReplayArgs),
    /// Print what a bug report needs, and test the arithmetic
    Doctor(doctor::DoctorArgs),
    /// Print a script that completes commands and options in a shell
    Completions(generate::CompletionsArgs),
    /// Write manual pages
    Man(generate::ManArgs),
}

/// Output for people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs; numbers are decimal strings
    Json,
}

/// Runs the tool on the process's arguments.
pub fn main() -> ExitCode {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let status = match parsed {
        Ok(cli) => {
            if cli.quiet {
                terminal::be_quiet();
            }
            run(&cli.command)
        }
        Err(error) => usage(&error),
    };
    ExitCode::from(status.unwrap_or_else(|error| failure(&error)))
}

fn command() -> clap::Command {
    // A negative number is a value, to be refused as such, and not an unknown option. Flags take none.
    let value_or_flag = |argument: clap::Arg| {
        let takes_values = argument.get_action().takes_values();
        if takes_values { argument.allow_negative_numbers(true) } else { argument }
    };
    Cli::command().mut_subcommands(|command| command.mut_args(value_or_flag))
}

/// Prints what the argument parser has to say: help, which is data, or what is wrong.
fn usage(error: &clap::Error) -> Result<u8> {
    if !error.use_stderr() {
        error.print()?;
        std::io::stdout().flush()?;
        return Ok(ALL_VERIFIED);
    }
    // A wrong value or pair of options takes one line; an unknown or missing one is shown with the usage.
    if matches!(
        error.kind(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::ArgumentConflict
    ) {
        let text = error.render().to_string();
        let first_paragraph = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        return Err(bad_input!("{}", first_paragraph.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    let _ = error.print();
    Ok(BAD_INPUT)
}

/// The exit status of an error, and a line on stderr; where that cannot be written the status has to do.
fn failure(error: &Error) -> u8 {
    match error {
        // Whoever reads us has seen enough, as `head` does.
        Error::Output(source) if source.kind() == std::io::ErrorKind::BrokenPipe => return ALL_VERIFIED,
        _ => {}
    }
    let _ = writeln!(std::io::stderr(), "oddpoint: {error}");
    match error {
        Error::NotReached(_) => INCONCLUSIVE,
        Error::Interrupted(_) => interrupt::status(),
        _ => BAD_INPUT,
    }
}

fn run(command: &Command) -> Result<u8> {
    match command {
        Command::Verify(args) => return verify::run(args),
        Command::Report(args) => return report::run(args),
        Command::Basin(args) => return basin::run(args),
        Command::Claims(args) => claims::run(args)?,
        Command::Explain(args) => claims::explain(args)?,
        Command::FixedPoints(args) => fixed_points::run(args)?,
        Command::Spectrum(args) => spectrum::run(args)?,
        Command::SaddleNode(args) => saddle_node::run(args)?,
        Command::PhaseDiagram(args) => phase_diagram::run(args)?,
        Command::Plot(args) => plot::run(args)?,
        Command::Decay(args) => decay::run(args)?,
        Command::Simulate(args) => simulate::run(args)?,
        Command::Merge(args) => merge::run(args)?,
        Command::Certify(args) => certify::run(args)?,
        Command::Replay(args) => return replay::run(args),
        Command::Doctor(args) => return doctor::run(args),
        Command::Completions(args) => generate::completions(args)?,
        Command::Man(args) => generate::man(args)?,
    }
    Ok(ALL_VERIFIED)
}

/// Parses a claim's id, and lets shells complete it.
#[derive(Clone)]
struct ClaimId;

impl TypedValueParser for ClaimId {
    type Value = &'static Claim;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> std::result::Result<Self::Value, clap::Error> {
        TypedValueParser::parse_ref(&Claim::by_id, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(ALL.iter().map(|claim| PossibleValue::new(claim.id).help(claim.summary))))
    }
}

/// Most digits that may be asked for.
const MOST_DIGITS: u32 = 100_000;

/// Parses `--digits`.
fn digits(text: &str) -> Result<u32> {
    match text.parse() {
        Ok(digits) if (1..=MOST_DIGITS).contains(&digits) => Ok(digits),
        _ => Err(bad_input!("'{text}' is not a number of digits: 1 to {MOST_DIGITS} are accepted")),
    }
}

/// A whole number in a range.
fn whole_number(text: &str, accepted: RangeInclusive<u64>) -> Result<u64> {
    text.parse().ok().filter(|number| accepted.contains(number)).ok_or_else(|| {
        bad_input!("'{text}' is not a whole number from {} to {}", accepted.start(), accepted.end())
    })
}

/// Parses `--batch-size` where no matrix is involved.
fn batch_size(text: &str) -> Result<u64> {
    let n = text.parse().map_err(|_| bad_input!("'{text}' is not a whole number from 3 to 10^18"))?;
    check_batch_size(n)?;
    Ok(n)
}

/// Parses `--outliers`; how many there may be depends on the batch size.
fn outliers(text: &str) -> Result<u64> {
    let most = LARGEST_TWO_LEVEL_BATCH / 2;
    text.parse().ok().filter(|k| (1..=most).contains(k)).ok_or_else(|| {
        bad_input!(
            "'{text}' is not a number of outliers: 1 to n/2 are accepted (the larger group is the cluster)"
        )
    })
}

/// Parses `--seed`.
fn seed(text: &str) -> Result<u64> {
    whole_number(text, 0..=u64::MAX)
}

/// Parses `--precision`.
fn precision(text: &str) -> Result<u32> {
    let bits = text.parse().map_err(|_| {
        bad_input!("'{text}' is not a whole number of bits: choose {MIN_PRECISION} to {MAX_PRECISION}")
    })?;
    check_precision(bits)?;
    Ok(bits)
}

/// Bits to start from so that `digits` digits come out at batch size `n`: spectral gaps cost a few factors of n.
fn starting_precision(digits: u32, n: u64) -> u32 {
    digits * 10 / 3 + 64 + 4 * n.ilog2()
}

#[cfg(test)]
mod tests {
    /// What the argument parser itself checks, in debug builds alone.
    #[test]
    fn the_arguments_are_well_formed() {
        super::command().debug_assert();
    }

    /// What follows `oddpoint` in the examples of every command's help.
    fn examples(command: &clap::Command) -> Vec<String> {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = help.lines().filter(|line| line.starts_with("  oddpoint "));
        let commands = lines.flat_map(|line| line.split(" && ")).map(|line| {
            let end = line.find(['|', '>']).unwrap_or(line.len());
            line[..end].trim().to_owned()
        });
        commands.filter(|line| line.starts_with("oddpoint ")).collect()
    }

    #[test]
    fn every_help_has_examples_that_are_understood() {
        let command = super::command();
        for sub in std::iter::once(&command).chain(command.get_subcommands()) {
            let examples = examples(sub);
            assert!(!examples.is_empty(), "{}", sub.get_name());
            for example in examples {
                let parsed = super::command().try_get_matches_from(example.split_whitespace());
                assert!(parsed.is_ok(), "{example}: {}", parsed.err().unwrap());
            }
        }
    }
}
