//! `oddpoint simulate`: the course of batches through many layers, in one or many networks.
//!
//! Any of RC, RS and NL, finite or infinite width (theory, sections 1 to 4). The numbers are double precision: a picture
//! of the dynamics, not a proof of anything about them.

use super::terminal::remark;
use super::{seed, whole_number};
use crate::ensemble::{
    Ensemble, Event, Experiment, Format, InputFile, MAX_LAYERS, MAX_REPLICAS, Outcome, Shard, Width, run_to,
    run_to_file,
};
use crate::layer::batch::{self, Batch, MAX_NUMBERS, MAX_SAMPLES, MIN_SAMPLES};
use crate::layer::components::{Activation, Layer};
use crate::layer::sampled::Sampler;
use crate::{Error, Result, bad_input, interrupt};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};

/// Arguments of `oddpoint simulate`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint simulate --batch-size 20 --layers 2000 --seed 1 --out orbit.csv\n\
    \x20 oddpoint simulate --batch-size 50 --width 1000 --layers 300 --replicas 100 --components rc,nl --out rcnl.csv\n\
    \x20 oddpoint simulate --batch-size 50 --width 1000 --layers 300 --replicas 100 --shard 1/4 --out part-1.csv\n\
    \x20 oddpoint simulate --input examples/digits/digits64.csv --layers 3000 --out digits.jsonl\n\
    \x20 oddpoint simulate --batch-size 20 --layers 100 --out - | tail -1\n\n\
    Replicas are written in order, as they are finished. Run again with the same arguments after an interruption \
    (Ctrl-C ends with exit status 130): finished replicas stay, an unfinished one is dropped, the rest is added. A file of other parameters, or of \
    another version, is refused (exit status 2).")]
pub struct SimulateArgs {
    /// Number of samples in the batch; with --input it may be left out.
    #[arg(long, value_name = "N", required_unless_present = "input", value_parser = batch_size)]
    pub batch_size: Option<usize>,
    /// Width of the layers: a number of neurons, or `infinite`.
    #[arg(long, value_name = "D", default_value = "infinite")]
    pub width: Width,
    /// Number of layers; layer 0 is the input.
    #[arg(long, value_name = "L", value_parser = layers)]
    pub layers: u64,
    /// Number of networks; at infinite width a number of random batches.
    #[arg(long, value_name = "R", default_value = "1", value_parser = replicas)]
    pub replicas: u64,
    /// Components of a layer: any of rc (recentring), rs (rescaling), nl (non-linearity).
    #[arg(long, value_name = "LIST", default_value = "rc,nl")]
    pub components: String,
    /// Non-linearity: relu, leaky:A or linear [default: relu with nl].
    #[arg(long, value_name = "NAME")]
    pub activation: Option<Activation>,
    /// How layers of finite width are drawn: `gram` (in law) or `weights` (literally) [default: gram].
    #[arg(long, value_name = "NAME")]
    pub sampler: Option<Sampler>,
    /// Batch to start from, one sample a row: .csv (a header line is allowed) or .npy.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Number of standard normal features of a random batch [default: twice the batch size].
    #[arg(long, value_name = "M", conflicts_with = "input", value_parser = features)]
    pub features: Option<usize>,
    /// Seed of random batches and weights [default: 0].
    #[arg(long, value_name = "S", value_parser = seed)]
    pub seed: Option<u64>,
    /// Do part I of K of the replicas, counted from 1; `oddpoint merge` puts them together.
    #[arg(long, value_name = "I/K", default_value = "1/1")]
    pub shard: Shard,
    /// Record layers 0, K, 2K, … and the last.
    #[arg(long, value_name = "K", default_value = "1", value_parser = layers)]
    pub every: u64,
    /// Whether to record the numerical rank, in O(n³) a layer [default: on up to 128 samples].
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    pub rank: Option<bool>,
    /// File to write or to go on with, .csv or .jsonl; `-` writes JSON lines to the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// The most samples whose rank is recorded unless asked for.
const MAX_RANKED: usize = 128;

fn batch_size(text: &str) -> Result<usize> {
    Ok(whole_number(text, MIN_SAMPLES as u64..=MAX_SAMPLES as u64)? as usize)
}

fn features(text: &str) -> Result<usize> {
    Ok(whole_number(text, 1..=MAX_NUMBERS as u64)? as usize)
}

fn layers(text: &str) -> Result<u64> {
    whole_number(text, 1..=MAX_LAYERS)
}

fn replicas(text: &str) -> Result<u64> {
    whole_number(text, 1..=MAX_REPLICAS)
}

fn on_or_off(text: &str) -> Result<bool> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(bad_input!("'{text}' is neither `on` nor `off`")),
    }
}

/// Runs `oddpoint simulate`.
///
/// # Errors
/// [`Error::Input`] for arguments or files that are not accepted,
/// [`Error::File`] and [`Error::Output`] for what cannot be read or
/// written.
pub fn run(args: &SimulateArgs) -> Result<()> {
    let layer = check(args)?;
    let to_standard_output = args.out == Path::new("-");
    if !to_standard_output {
        // Before the work rather than after it.
        Format::of(&args.out)?;
        check_not_the_input(args)?;
    }
    let batch = args.input.as_ref().map(|path| read(args, path)).transpose()?;
    let ensemble = Ensemble::new(experiment(args, layer, batch.as_ref())?, batch)?;
    interrupt::listen()?;
    let bar = progress(&ensemble, args.shard);
    let told = |event| tell(args, &ensemble, &bar, event);
    let outcome = if to_standard_output {
        run_to(std::io::stdout().lock(), Format::JsonLines, &ensemble, args.shard, told)
    } else {
        run_to_file(&ensemble, args.shard, &args.out, told)
    };
    bar.finish_and_clear();
    let outcome = outcome.map_err(|error| how_to_go_on(error, args))?;
    summary(args, &outcome);
    Ok(())
}

/// What an interruption has left.
fn how_to_go_on(error: Error, args: &SimulateArgs) -> Error {
    let Error::Interrupted(what) = error else { return error };
    let how = if args.out == Path::new("-") {
        "the standard output cannot be gone on with: give --out FILE for that"
    } else {
        "run the same command again to add the others"
    };
    Error::Interrupted(format!("{}: interrupted: {what}; {how}", name(&args.out)))
}

/// Refuses to take the batch's file for that of the records, however the two names are spelt.
fn check_not_the_input(args: &SimulateArgs) -> Result<()> {
    let same =
        |input: &PathBuf| matches!((input.canonicalize(), args.out.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if args.input.as_ref().is_some_and(same) {
        return Err(bad_input!("--out {}: the input file would be overwritten", args.out.display()));
    }
    Ok(())
}

/// What the parser of single arguments cannot see.
fn check(args: &SimulateArgs) -> Result<Layer> {
    if args.width == Width::Infinite {
        if args.sampler.is_some() {
            return Err(bad_input!(
                "--sampler cannot be used at infinite width, where nothing is sampled; give --width"
            ));
        }
        if args.input.is_some() && args.seed.is_some() {
            return Err(bad_input!(
                "--seed cannot be used with --input at infinite width, where nothing is random"
            ));
        }
    }
    Layer::parse(&args.components, args.activation)
}

/// The batch of a file.
fn read(args: &SimulateArgs, path: &Path) -> Result<Batch> {
    let batch = batch::read(path)?;
    warn_of_equal_samples(path, &batch);
    match args.batch_size {
        Some(n) if n != batch.size() => Err(bad_input!(
            "--batch-size {n} disagrees with {}, which has {} samples; leave --batch-size out",
            path.display(),
            batch.size()
        )),
        _ => Ok(batch),
    }
}

/// Legitimate, but hardly ever meant: on the way to the odd point they are a cluster that nothing separates.
fn warn_of_equal_samples(path: &Path, batch: &Batch) {
    const SHOWN: usize = 5;
    let equal = batch.equal_samples();
    if equal.is_empty() {
        return;
    }
    let pairs: Vec<String> = equal.iter().take(SHOWN).map(|(i, j)| format!("{i} and {j}")).collect();
    let more = if equal.len() > SHOWN { format!(" and {} more", equal.len() - SHOWN) } else { String::new() };
    remark(&format!(
        "{}: warning: samples {}{more} (counted from 0) are equal; no layer separates them",
        path.display(),
        pairs.join(", ")
    ));
}

fn experiment(args: &SimulateArgs, layer: Layer, batch: Option<&Batch>) -> Result<Experiment> {
    let given = batch.map(Batch::size).or(args.batch_size);
    let batch_size = given.ok_or_else(|| bad_input!("give --batch-size or --input"))?;
    let features = batch.map(Batch::features).or(args.features).unwrap_or(batch_size.saturating_mul(2));
    let input = args.input.as_ref().zip(batch);
    Ok(Experiment {
        batch_size,
        features,
        input: input.map(|(path, batch)| InputFile::new(&path.to_string_lossy(), batch)),
        layer,
        width: args.width,
        sampler: args.sampler.unwrap_or(Sampler::Gram),
        layers: args.layers,
        every: args.every,
        rank: args.rank.unwrap_or(batch_size <= MAX_RANKED),
        replicas: args.replicas,
        seed: args.seed.unwrap_or(0),
    })
}

/// A bar over all records, on a terminal only.
fn progress(ensemble: &Ensemble, shard: Shard) -> ProgressBar {
    let experiment = ensemble.experiment();
    let replicas = shard.replicas(experiment.replicas);
    let records = (replicas.end - replicas.start).saturating_mul(experiment.records());
    super::terminal::progress(records as usize, "records")
}

fn tell(args: &SimulateArgs, ensemble: &Ensemble, bar: &ProgressBar, event: Event) {
    let path = name(&args.out);
    let experiment = ensemble.experiment();
    match event {
        Event::Dropped(what) => remark(&format!("{path}: {what}")),
        Event::Kept(0) => {}
        Event::Kept(kept) => {
            let replicas = args.shard.replicas(experiment.replicas);
            let all = replicas.end - replicas.start;
            let rest = if kept == all { "complete, nothing to do" } else { "going on from there" };
            remark(&format!("{path}: {kept} of {all} replicas are there already; {rest}"));
            bar.inc(kept.saturating_mul(experiment.records()));
            // What was there took no time, and says nothing of the time left.
            bar.reset_eta();
        }
        Event::Records(count) => bar.inc(count),
    }
}

fn summary(args: &SimulateArgs, outcome: &Outcome) {
    if outcome.dead > 0 {
        let all = outcome.kept + outcome.added;
        remark(&format!(
            "{}: {} of {all} networks died (no neuron active, or all samples equal); their last record is empty",
            name(&args.out),
            outcome.dead
        ));
    }
}

fn name(out: &Path) -> std::borrow::Cow<'_, str> {
    if out == Path::new("-") { "standard output".into() } else { out.to_string_lossy() }
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
            ("--width 0", "not a width"),
            ("--width wide", "not a width"),
            ("--components rc,rc", "'rc' comes twice"),
            ("--components rc,bn", "'bn' is not a component"),
            ("--components rc --activation relu", "add nl"),
            ("--activation leaky:x", "choose among"),
            ("--sampler gram", "--sampler cannot be used at infinite width"),
            ("--width 9 --sampler rows", "choose gram or weights"),
            ("--width 100000000 --sampler weights", "use `gram`"),
            ("--features 0", "from 1 to"),
            ("--replicas 3 --shard 1/4", "some shards would be empty"),
            ("--rank maybe", "neither `on` nor `off`"),
            ("--input x.csv --features 3", "cannot be used with"),
            ("--input x.csv --seed 3", "cannot be used with"),
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
            (
                "--layers 3 --input examples/digits/digits64.csv --replicas 2 --out x.csv",
                "would all be the same",
            ),
            ("--batch-size 5 --layers 2000000 --replicas 2 --out x.csv", "record one layer in 3 or fewer"),
        ] {
            let message = run_line(line).unwrap_err();
            assert!(message.contains(reason), "{line}: {message}");
        }
        assert!(!Path::new("x.csv").exists() && !Path::new("x.jsonl").exists());
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
        assert_eq!(lines[0]["schema"], "oddpoint.simulate/4");
        assert_eq!(lines[0]["seed"], u64::MAX.to_string());
        assert_eq!(lines[0]["features"], 10);
        assert_eq!(lines[8]["layer"], 7);
    }
}
