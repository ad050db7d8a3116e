//! The command line: arguments in, data to stdout or `--out`, progress and messages to stderr, exit status.
//!
//! Exit status: 0 all verified (or the question answered), 1 something refuted, 2 bad usage or input, 3 something
//! inconclusive.

mod basin;
mod claims;
mod decay;
mod fixed_points;
mod saddle_node;
pub mod simulate;
mod spectrum;
mod verify;

use crate::arithmetic::check_precision;
use crate::{Error, Result, bad_input};
use clap::{Parser, Subcommand, ValueEnum};
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
    after_help = "Exit status: 0 all verified, 1 something refuted, 2 bad usage or input, 3 something inconclusive.\n\
        \"Stable\" has several senses: the odd-point fixed point attracts, the exact configuration (n-1 equal samples) \
        is invariant but repels. `oddpoint explain stability.spectral-gap` lists them."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the claims and print a table of verdicts
    Verify(verify::VerifyArgs),
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
    /// Follow a small perturbation of the odd point, or of the exact configuration, through many layers
    Decay(decay::DecayArgs),
    /// Try to prove that a given batch converges to the odd point
    Basin(basin::BasinArgs),
    /// Follow a batch through the infinite-width network
    Simulate(simulate::SimulateArgs),
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
    match run(&Cli::parse().command) {
        Ok(status) => ExitCode::from(status),
        // Whoever reads us has seen enough, as `head` does.
        Err(Error::Output(source)) if source.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(ALL_VERIFIED)
        }
        Err(error) => {
            eprintln!("oddpoint: {error}");
            let undecided = matches!(error, Error::NotReached(_));
            ExitCode::from(if undecided { INCONCLUSIVE } else { BAD_INPUT })
        }
    }
}

fn run(command: &Command) -> Result<u8> {
    match command {
        Command::Verify(args) => return verify::run(args),
        Command::Basin(args) => return basin::run(args),
        Command::Claims(args) => claims::run(args)?,
        Command::Explain(args) => claims::explain(args)?,
        Command::FixedPoints(args) => fixed_points::run(args)?,
        Command::Spectrum(args) => spectrum::run(args)?,
        Command::SaddleNode(args) => saddle_node::run(args)?,
        Command::Decay(args) => decay::run(args)?,
        Command::Simulate(args) => simulate::run(args)?,
    }
    Ok(ALL_VERIFIED)
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

/// Parses `--precision`.
fn precision(text: &str) -> Result<u32> {
    let bits = text.parse().map_err(|_| bad_input!("'{text}' is not a whole number of bits"))?;
    check_precision(bits)?;
    Ok(bits)
}

/// Bits to start from so that `digits` digits come out at batch size `n`: spectral gaps cost a few factors of n.
fn starting_precision(digits: u32, n: u64) -> u32 {
    digits * 10 / 3 + 64 + 4 * n.ilog2()
}
