//! `oddpoint simulate`: the course of one batch through many layers.
//!
//! Infinite width, recentring and ReLU (theory, section 2). What it cannot honour it refuses. The numbers are
//! double precision: a picture of the dynamics, not a proof of anything about them.

use super::{seed, whole_number};
use crate::layer::batch::{self, Batch, MAX_NUMBERS, MAX_SAMPLES, MIN_SAMPLES};
use crate::layer::orbit::{self, Format, Orbit, Record};
use crate::{Result, bad_input};
use indicatif::{ProgressBar, ProgressIterator, ProgressStyle};
use serde_json::json;
use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};

/// Arguments of `oddpoint simulate`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint simulate --batch-size 20 --layers 2000 --seed 1 --out orbit.csv\n\
    \x20 oddpoint simulate --input examples/digits/digits64.csv --layers 3000 --out digits.jsonl\n\
    \x20 oddpoint simulate --batch-size 20 --layers 100 --out - | tail -1")]
pub struct SimulateArgs {
    /// Number of samples in the batch; with --input it may be left out.
    #[arg(long, value_name = "N", required_unless_present = "input", value_parser = batch_size)]
    pub batch_size: Option<usize>,
    /// Width of the layers: `infinite`.
    #[arg(long, value_name = "D", default_value = "infinite")]
    pub width: String,
    /// Number of layers; layer 0 is the input.
    #[arg(long, value_name = "L", value_parser = layers)]
    pub layers: u64,
    /// Components of a layer: `rc,nl` (recentring and non-linearity).
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "rc,nl")]
    pub components: Vec<String>,
    /// Non-linearity: `relu`.
    #[arg(long, value_name = "NAME", default_value = "relu")]
    pub activation: String,
    /// Batch to start from, one sample a row: .csv (a header line is allowed) or .npy.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Number of standard normal features of a random batch [default: twice the batch size].
    #[arg(long, value_name = "M", conflicts_with = "input", value_parser = features)]
    pub features: Option<usize>,
    /// Seed of a random batch [default: 0].
    #[arg(long, value_name = "S", conflicts_with = "input", value_parser = seed)]
    pub seed: Option<u64>,
    /// File to write, .csv or .jsonl; `-` writes JSON lines to the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

fn batch_size(text: &str) -> Result<usize> {
    Ok(whole_number(text, MIN_SAMPLES as u64..=MAX_SAMPLES as u64)? as usize)
}

fn features(text: &str) -> Result<usize> {
    Ok(whole_number(text, 1..=MAX_NUMBERS as u64)? as usize)
}

fn layers(text: &str) -> Result<u64> {
    whole_number(text, 1..=10_000_000)
}

/// Runs `oddpoint simulate`.
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for arguments or files that are not accepted,
/// [`Error::File`](crate::Error::File) and [`Error::Output`](crate::Error::Output) for what cannot be read or
/// written.
pub fn run(args: &SimulateArgs) -> Result<()> {
    check(args)?;
    let to_standard_output = args.out == Path::new("-");
    if !to_standard_output {
        // Before the work rather than after it.
        Format::of(&args.out)?;
        check_not_the_input(args)?;
    }
    let batch = input(args)?;
    let records = with_progress(Orbit::new(&batch.covariance()?)?, args.layers);
    let header = header(args, &batch);
    if to_standard_output {
        orbit::write(BufWriter::new(std::io::stdout().lock()), Format::JsonLines, &header, records)
    } else {
        orbit::write_file(&args.out, &header, records)
    }
}

/// Refuses to overwrite the batch with its orbit, however the two names are spelt.
fn check_not_the_input(args: &SimulateArgs) -> Result<()> {
    let same =
        |input: &PathBuf| matches!((input.canonicalize(), args.out.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if args.input.as_ref().is_some_and(same) {
        return Err(bad_input!("--out {}: the input file would be overwritten", args.out.display()));
    }
    Ok(())
}

/// Refuses what this version cannot do.
fn check(args: &SimulateArgs) -> Result<()> {
    let width = args.width.as_str();
    if width.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err(bad_input!(
            "--width '{width}': finite widths are not available in this version; use `infinite`"
        ));
    }
    if width != "infinite" {
        return Err(bad_input!("--width '{width}': not a width; accepted is `infinite`"));
    }
    let mut components: Vec<&str> = args.components.iter().map(String::as_str).collect();
    components.sort_unstable();
    if components != ["nl", "rc"] {
        let given = args.components.join(",");
        return Err(bad_input!("--components '{given}': not available in this version; use `rc,nl`"));
    }
    if args.activation != "relu" {
        return Err(bad_input!(
            "--activation '{}': not available in this version; use `relu`",
            args.activation
        ));
    }
    Ok(())
}

/// The batch to start from.
fn input(args: &SimulateArgs) -> Result<Batch> {
    let Some(path) = &args.input else {
        let n = args.batch_size.ok_or_else(|| bad_input!("give --batch-size or --input"))?;
        let features = args.features.unwrap_or(n.saturating_mul(2));
        return batch::random_gaussian(n, features, args.seed.unwrap_or(0), 0);
    };
    let batch = batch::read(path)?;
    match args.batch_size {
        Some(n) if n != batch.size() => Err(bad_input!(
            "--batch-size {n} disagrees with {}, which has {} samples; leave --batch-size out",
            path.display(),
            batch.size()
        )),
        _ => Ok(batch),
    }
}

/// Every parameter of the run: whoever has the file (and the input) can repeat it.
fn header(args: &SimulateArgs, batch: &Batch) -> serde_json::Value {
    let random = args.input.is_none();
    json!({
        "schema": "oddpoint.simulate/1",
        "version": env!("CARGO_PKG_VERSION"),
        "batch_size": batch.size(),
        "features": batch.features(),
        "input": args.input.as_ref().map(|path| path.display().to_string()),
        "seed": random.then(|| args.seed.unwrap_or(0).to_string()),
        "width": "infinite",
        "layers": args.layers,
        "components": ["rc", "nl"],
        "activation": "relu",
    })
}

/// Layers 0 to `layers`, with a progress bar if a person is watching.
fn with_progress(orbit: Orbit, layers: u64) -> impl Iterator<Item = Record> {
    let bar =
        if std::io::stderr().is_terminal() { ProgressBar::new(layers + 1) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} layers, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    // One more than the number of layers: the input is layer 0.
    orbit.zip(0..=layers).map(|(record, _)| record).progress_with(bar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: SimulateArgs,
    }

    fn run_line(line: &str) -> std::result::Result<(), String> {
        let words = std::iter::once("simulate").chain(line.split_whitespace());
        let args = Line::try_parse_from(words).map_err(|error| error.to_string())?.args;
        run(&args).map_err(|error| error.to_string())
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        for (options, reason) in [
            ("--width 1000", "finite widths are not available"),
            ("--width wide", "not a width"),
            ("--components rc,rs,nl", "--components 'rc,rs,nl': not available"),
            ("--components rc,rc", "not available"),
            ("--activation leaky:0.1", "not available"),
            ("--features 0", "from 1 to"),
            ("--input x.csv --seed 3", "cannot be used with"),
            ("--input x.csv --features 3", "cannot be used with"),
            ("--input no-such-file.csv", "no-such-file.csv"),
        ] {
            let message =
                run_line(&format!("--batch-size 5 --layers 3 --out x.jsonl {options}")).unwrap_err();
            assert!(message.contains(reason), "{options}: {message}");
        }
        for (line, reason) in [
            ("--layers 3 --out x.csv", "--batch-size"),
            ("--batch-size 2 --layers 3 --out x.csv", "from 3 to 8192"),
            ("--batch-size 5 --layers 0 --out x.csv", "from 1 to 10000000"),
            ("--batch-size 5 --layers 3 --out x.txt", ".csv or .jsonl"),
            ("--batch-size 5 --layers 3 --out no-such-folder/x.csv", "no-such-folder/x.csv"),
            ("--batch-size 18446744073709551615 --layers 3 --out x.csv", "from 3 to 8192"),
            ("--batch-size 5 --layers 3 --input examples/digits/digits64.csv --out x.csv", "has 64 samples"),
        ] {
            let message = run_line(line).unwrap_err();
            assert!(message.contains(reason), "{line}: {message}");
        }
    }

    #[test]
    fn a_run_writes_its_parameters_and_every_layer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        run_line(&format!("--batch-size 5 --layers 7 --seed 18446744073709551615 --out {}", path.display()))
            .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 9);
        assert_eq!(lines[0]["schema"], "oddpoint.simulate/1");
        assert_eq!(lines[0]["seed"], u64::MAX.to_string());
        assert_eq!(lines[0]["features"], 10);
        assert_eq!(lines[8]["layer"], 7);
    }
}
