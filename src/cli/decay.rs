//! `oddpoint decay`: a perturbation through many layers, in MPFR and beside it in float64.

use super::terminal::progress;
use super::{batch_size, precision, seed, whole_number};
use crate::arithmetic::Interval;
use crate::claims::approximate;
use crate::odd_point::decay::{Distance, PerturbedOrbit, exact_configuration, within_cluster_direction};
use crate::odd_point::{Block, FixedPoint, Mode, Spectrum, SymmetricBatch, check_batch_size};
use crate::report;
use crate::rigor::enclose_fixed_point;
use crate::{Error, Result, bad_input, interrupt};
use clap::ValueEnum;
use rug::Float;
use serde_json::{Value, json};
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint decay --batch-size 10 --layers 2000 --mode standard\n\
    \x20 oddpoint decay --batch-size 10 --layers 5000 --precision 1024 --amplitude 1e-200 --format csv\n\
    \x20 oddpoint decay --batch-size 10 --layers 200 --at exact\n\n\
    Ctrl-C prints what there is so far (exit status 130); an orbit cannot be gone on with.")]
pub struct DecayArgs {
    /// Batch size n: 7 to 512 around the odd point, 3 to 512 around the exact configuration
    #[arg(long, value_name = "N", value_parser = batch_size)]
    batch_size: u64,
    /// Number of layers, up to a million
    #[arg(long, value_name = "L", value_parser = layers)]
    layers: u64,
    /// Precision of the MPFR orbit, in bits
    #[arg(long, value_name = "BITS", default_value = "256", value_parser = precision)]
    precision: u32,
    /// Block of the perturbation of the odd point [default: random]
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Frobenius norm of the perturbation, relative to the configuration's
    #[arg(long, value_name = "EPS", default_value = "1e-30")]
    amplitude: String,
    /// Configuration that is perturbed; `exact` always within the cluster
    #[arg(long, value_enum, default_value_t = Around::OddPoint)]
    at: Around,
    /// Seed of a random perturbation
    #[arg(long, value_name = "S", default_value = "0", value_parser = seed)]
    seed: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl DecayArgs {
    fn mode(&self) -> Mode {
        self.mode.unwrap_or(Mode::Random)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Around {
    /// The odd-point fixed point, which attracts
    OddPoint,
    /// n−1 equal samples and one other, which repels
    Exact,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Some twenty layers, and the measured rates
    Text,
    /// Every layer, and the measured rates
    Json,
    /// Every layer
    Csv,
}

/// The memory of a few n×n MPFR matrices, and n² kernel evaluations a layer.
const LARGEST_BATCH: u64 = 512;
const LARGEST_AMPLITUDE: f64 = 0.1;
/// Bits of a whole matrix: half a gibibyte of them.
const LARGEST_MATRIX: u64 = 1 << 32;
/// Bits of what is kept of a layer: more than are printed.
const KEPT_BITS: u32 = 96;
/// Lines of the text format.
const LINES: u64 = 20;

/// One layer in both arithmetics.
struct Row {
    mpfr: Distance<Float>,
    float64: f64,
}

fn layers(text: &str) -> Result<u64> {
    whole_number(text, 1..=1_000_000)
}

pub fn run(args: &DecayArgs) -> Result<()> {
    check(args)?;
    let amplitude = amplitude(args)?;
    let (mut mpfr, mut float64) = orbits(args, &amplitude)?;
    interrupt::listen()?;
    let bar = progress(args.layers as usize, "layers");
    let mut out = std::io::stdout().lock();
    if args.format == Format::Csv {
        writeln!(out, "layer,total,trivial,standard,pair,float64_total")?;
    }
    let mut rows = Vec::new();
    let mut last;
    loop {
        let row = Row { mpfr: shortened(mpfr.distance()), float64: float64.distance().total };
        let layer = row.mpfr.layer;
        if args.format == Format::Csv {
            writeln!(out, "{layer},{}", cells(&row).join(","))?;
        } else {
            rows.push(row);
        }
        last = layer;
        if layer == args.layers || interrupt::requested() {
            break;
        }
        mpfr.step();
        float64.step();
        bar.inc(1);
    }
    bar.finish_and_clear();
    match args.format {
        Format::Csv => {}
        Format::Text => print_text(&mut out, args, &rows)?,
        Format::Json => print_json(&mut out, args, &rows)?,
    }
    out.flush()?;
    if last == args.layers {
        return Ok(());
    }
    Err(Error::Interrupted(format!(
        "interrupted: layers 0 to {last} of {} are above; an orbit starts from its beginning again",
        args.layers
    )))
}

fn check(args: &DecayArgs) -> Result<()> {
    let n = args.batch_size;
    match args.at {
        Around::OddPoint => FixedPoint::OddPoint.check(n)?,
        Around::Exact => check_batch_size(n)?,
    }
    if n > LARGEST_BATCH {
        return Err(bad_input!(
            "batch size {n}: orbits of the full n×n map are offered up to n = {LARGEST_BATCH}; the spectrum has no such limit"
        ));
    }
    let most_bits = LARGEST_MATRIX / (n * n);
    if u64::from(args.precision) > most_bits {
        return Err(bad_input!(
            "--precision {}: at batch size {n} at most {most_bits} bits are offered, for the memory that n×n matrices take",
            args.precision
        ));
    }
    if args.at == Around::Exact && args.mode.is_some() {
        return Err(bad_input!(
            "--mode is of the odd point's perturbations; around the exact configuration leave it out"
        ));
    }
    Ok(())
}

fn amplitude(args: &DecayArgs) -> Result<Float> {
    let text = &args.amplitude;
    let accepted = format!("a number above 0 and at most {LARGEST_AMPLITUDE} is accepted, such as 1e-30");
    let parsed =
        Float::parse(text).map_err(|_| bad_input!("--amplitude '{text}' is not a number: {accepted}"))?;
    let amplitude = Float::with_val(args.precision, parsed);
    if !(amplitude > 0 && amplitude <= LARGEST_AMPLITUDE) {
        return Err(bad_input!("--amplitude {text}: {accepted}"));
    }
    if amplitude < resolution(args) {
        let bits = (-amplitude.clone().log2().to_f64() + 4.0 * (args.batch_size as f64).log2()).ceil() + 32.0;
        return Err(bad_input!(
            "--amplitude {text} is lost in rounding at {} bits: give --precision {bits} or more",
            args.precision
        ));
    }
    Ok(amplitude)
}

/// Relative distances below this are rounding: a few units in the last place of the largest entry, which is `n²`
/// times the smallest.
fn resolution(args: &DecayArgs) -> Float {
    let size = Float::with_val(64, args.batch_size);
    (size.square() * 16) >> args.precision
}

/// A distance in few bits: a long orbit keeps one a layer, and only their quotients matter.
fn shortened(mut distance: Distance<Float>) -> Distance<Float> {
    let Distance { total, blocks, .. } = &mut distance;
    for value in [total, &mut blocks.trivial, &mut blocks.standard, &mut blocks.pair] {
        value.set_prec(KEPT_BITS);
    }
    distance
}

/// The same perturbed configuration in MPFR and in float64.
fn orbits(args: &DecayArgs, amplitude: &Float) -> Result<(PerturbedOrbit<Float>, PerturbedOrbit<f64>)> {
    let (n, size) = (args.batch_size, args.batch_size as usize);
    let one = Float::with_val(args.precision, 1);
    let rough = amplitude.to_f64();
    let mode = args.mode();
    Ok(match args.at {
        Around::OddPoint => {
            let enclosed = enclose_fixed_point(FixedPoint::OddPoint, n, args.precision)?;
            let fine =
                SymmetricBatch::from_angle(&Float::with_val(args.precision, n), &enclosed.theta.midpoint());
            let coarse = FixedPoint::OddPoint.locate(n)?;
            (
                PerturbedOrbit::new(fine.covariance(size), &mode.direction(size, &one, args.seed), amplitude),
                PerturbedOrbit::new(coarse.covariance(size), &mode.direction(size, &1.0, args.seed), &rough),
            )
        }
        Around::Exact => (
            PerturbedOrbit::new(
                exact_configuration(size, &one),
                &within_cluster_direction(size, &one),
                amplitude,
            ),
            PerturbedOrbit::new(
                exact_configuration(size, &1.0),
                &within_cluster_direction(size, &1.0),
                &rough,
            ),
        ),
    })
}

fn scientific(value: &Float) -> String {
    Interval::point(value.clone()).nearest_decimal(10)
}

/// Total, trivial, standard, pair, float64 total.
fn cells(row: &Row) -> Vec<String> {
    let Distance { total, blocks, .. } = &row.mpfr;
    let mut cells: Vec<_> = [total, &blocks.trivial, &blocks.standard, &blocks.pair].map(scientific).to_vec();
    cells.push(format!("{:e}", row.float64));
    cells
}

/// A rate measured over the second half of the layers that stand clear of rounding.
struct Rate {
    part: &'static str,
    predicted: f64,
    measured: Option<(u64, u64, f64)>,
}

fn rates(args: &DecayArgs, rows: &[Row]) -> Result<Vec<Rate>> {
    let floor = resolution(args) * 1_000_000;
    let rate = |part: &'static str, block: Option<Block>, predicted: f64| {
        let clear = rows.iter().take_while(|row| *row.mpfr.part(block) > floor).count();
        // Growth ends where the distance stops being small: half of what an orbit can reach is already too far.
        let small = rows.iter().take_while(|row| *row.mpfr.part(block) < 1e-6).count();
        let usable = &rows[..if predicted > 1.0 { clear.min(small) } else { clear }];
        let measured = match (usable.get(usable.len() / 2), usable.last()) {
            (Some(first), Some(last)) if last.mpfr.layer > first.mpfr.layer => {
                Some((first.mpfr.layer, last.mpfr.layer, last.mpfr.rate_since(&first.mpfr, block)))
            }
            _ => None,
        };
        Rate { part, predicted, measured }
    };
    let n = args.batch_size;
    Ok(match args.at {
        Around::OddPoint => {
            let spectrum = Spectrum::at(&FixedPoint::OddPoint.locate(n)?);
            let blocks = args.mode().blocks().iter();
            blocks.map(|&block| rate(block.name(), Some(block), *spectrum.leading(block))).collect()
        }
        Around::Exact => {
            let square = (n as f64 - 1.0).powi(2) + 1.0;
            vec![rate("total", None, (n * n) as f64 / square)]
        }
    })
}

/// What the numbers are distances from, and what that configuration is.
fn meaning(args: &DecayArgs) -> &'static str {
    match args.at {
        Around::OddPoint => {
            "distances from the odd-point fixed point, which attracts; the exact configuration (n-1 equal samples) \
             repels: see --at exact"
        }
        Around::Exact => {
            "distances from the exact configuration (n-1 equal samples), which is invariant but NOT attracting: a \
             within-cluster perturbation grows by n^2/((n-1)^2+1) a layer, until the odd-point fixed point"
        }
    }
}

/// Whether the orbit was followed to its end.
fn is_whole(args: &DecayArgs, rows: &[Row]) -> bool {
    rows.last().is_some_and(|row| row.mpfr.layer == args.layers)
}

fn print_text(out: &mut dyn Write, args: &DecayArgs, rows: &[Row]) -> Result<()> {
    let step = (args.layers / LINES).max(1);
    let shown = rows.iter().filter(|row| row.mpfr.layer % step == 0 || row.mpfr.layer == args.layers);
    let lines = shown.map(|row| {
        let short = |value: &Float| Interval::point(value.clone()).nearest_decimal(4);
        let Distance { total, blocks, .. } = &row.mpfr;
        let mut cells = vec![row.mpfr.layer.to_string()];
        cells.extend([total, &blocks.trivial, &blocks.standard, &blocks.pair].map(short));
        cells.push(format!("{:.3e}", row.float64));
        cells
    });
    let heads = ["layer", "distance", "trivial", "standard", "pair", "distance in float64"];
    writeln!(out, "{}", report::table(&heads, lines))?;
    writeln!(out, "{}\n", report::paragraph("n =", &format!("{}; {}", args.batch_size, meaning(args))))?;
    let lines = rates(args, rows)?.into_iter().map(|rate| {
        let (layers, measured) = match rate.measured {
            Some((first, last, rate)) => (format!("{first} to {last}"), format!("{rate:.15}")),
            None => ("none".to_owned(), "too near to rounding: raise --precision".to_owned()),
        };
        vec![rate.part.to_owned(), layers, measured, format!("{:.15}", rate.predicted)]
    });
    writeln!(out, "{}", report::table(&["part", "layers", "measured factor a layer", "eigenvalue"], lines))?;
    if !is_whole(args, rows) {
        writeln!(out, "\ninterrupted after {} of {} layers", rows.len() - 1, args.layers)?;
    }
    Ok(())
}

fn print_json(out: &mut dyn Write, args: &DecayArgs, rows: &[Row]) -> Result<()> {
    let layers: Vec<Value> = rows
        .iter()
        .map(|row| {
            let names = ["total", "trivial", "standard", "pair", "float64_total"];
            let mut object = serde_json::Map::from_iter([("layer".to_owned(), json!(row.mpfr.layer))]);
            object.extend(
                names.iter().zip(cells(row)).map(|(name, cell)| ((*name).to_owned(), approximate(cell))),
            );
            Value::Object(object)
        })
        .collect();
    let rates: Vec<Value> = rates(args, rows)?
        .into_iter()
        .map(|rate| {
            json!({ "part": rate.part, "predicted": approximate(rate.predicted),
                "measured": rate.measured.map(|(first, last, value)| json!({
                    "first_layer": first, "last_layer": last, "rate": approximate(value) })) })
        })
        .collect();
    let mut document = json!({
        "schema": "oddpoint.decay/1",
        "version": env!("CARGO_PKG_VERSION"),
        "batch_size": args.batch_size.to_string(),
        "at": args.at.to_possible_value().map(|value| value.get_name().to_owned()),
        "mode": if args.at == Around::Exact { "within-cluster" } else { args.mode().name() },
        "amplitude": args.amplitude,
        "precision_bits": args.precision,
        "seed": args.seed.to_string(),
        "meaning": meaning(args),
        "rates": rates,
        "layers": layers,
    });
    if !is_whole(args, rows) {
        document["interrupted"] = json!({ "layers_asked": args.layers });
    }
    report::write_json(out, &document)
}
