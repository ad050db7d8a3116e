//! `oddpoint basin`.

use super::{ALL_VERIFIED, Format, INCONCLUSIVE, precision};
use crate::layer::batch;
use crate::report;
use crate::rigor::basin::{
    Basin, BatchVerdict, Convergence, Method, enclose_gram, gram_from_rows, prove_basin, prove_convergence,
};
use crate::{Result, bad_input};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint basin --input batch.csv\n\
    \x20 oddpoint basin --input gram.npy --gram --after 20 --format json\n\n\
    Exit status: 0 proved to converge, 2 bad input, 3 not proved, which does not show that it goes elsewhere.")]
pub struct BasinArgs {
    /// The batch: .csv or .npy, one sample a row (not centred, any scale)
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// FILE holds the batch's Gram matrix instead of its samples
    #[arg(long)]
    gram: bool,
    /// Compute up to L layers with intervals first, and try after each
    #[arg(long, value_name = "L", default_value = "0")]
    after: usize,
    /// Working precision of the intervals, in bits
    #[arg(long, value_name = "BITS", default_value = "192", value_parser = precision)]
    precision: u32,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub fn run(args: &BasinArgs) -> Result<u8> {
    let samples = batch::read(&args.input)?;
    let gram = if args.gram {
        let name = args.input.display();
        gram_from_rows(&samples, args.precision).map_err(|error| bad_input!("{name}: {error}"))?
    } else {
        enclose_gram(&samples, args.precision)
    };
    let verdict = prove_convergence(&gram, args.after)?;
    let basin = prove_basin(gram.n() as u64, args.precision)?;
    match args.format {
        Format::Text => print_text(args, &verdict, &basin)?,
        Format::Json => print_json(gram.n(), &verdict, &basin)?,
    }
    Ok(if verdict.convergence.is_some() { ALL_VERIFIED } else { INCONCLUSIVE })
}

fn print_text(args: &BasinArgs, verdict: &BatchVerdict, basin: &Basin) -> Result<()> {
    const DIGITS: usize = 6;
    let mut out = std::io::stdout().lock();
    let distance = verdict.distance.nearest_decimal(DIGITS);
    let radius = basin.radius.nearest_decimal(DIGITS);
    match &verdict.convergence {
        Some(convergence) => {
            writeln!(
                out,
                "proved to converge to the odd point (rate <= {} per layer in the end, n = {})",
                basin.final_rate.nearest_decimal(DIGITS),
                basin.n
            )?;
            writeln!(out, "how: {}", route(convergence))?;
            writeln!(out, "distance {distance}; every batch within {radius} converges")?;
        }
        None => {
            writeln!(out, "not proved: distance {distance}, radius {radius} (n = {})", basin.n)?;
            writeln!(
                out,
                "after up to {} layers neither the batch nor bounds on its distances were shown to reach the odd point; \
                 this does not show that the batch goes elsewhere. --after L tries more layers",
                args.after
            )?;
        }
    }
    writeln!(
        out,
        "odd sample: {} (counted from 0), the one of largest variance; distances are Frobenius norms at cluster variance 1",
        verdict.outlier
    )?;
    Ok(())
}

fn route(convergence: &Convergence) -> String {
    let computed = match convergence.layers_computed {
        0 => String::new(),
        layers => format!("{layers} layers computed with intervals, then "),
    };
    match convergence.method {
        Method::Ball => format!("{computed}inside the local ball"),
        Method::OrbitBox { layers } | Method::LiftingBox { layers, .. } | Method::Ellipsoid { layers } => {
            format!("{computed}bounds on its distances, inside the local ball after {layers} layers")
        }
    }
}

fn print_json(n: usize, verdict: &BatchVerdict, basin: &Basin) -> Result<()> {
    let proof = verdict.convergence.as_ref().map(|convergence| {
        let layers = convergence.method.layers();
        json!({
            "method": convergence.method.name(),
            "layers_computed": convergence.layers_computed.to_string(),
            "layers_to_ball": layers.to_string(),
            "rate_in_ball": verdict.ball.factor,
        })
    });
    let document = json!({
        "schema": "oddpoint.basin/1",
        "batch_size": n.to_string(),
        "proved": proof.is_some(),
        "proof": proof,
        "odd_sample": verdict.outlier.to_string(),
        "distance": verdict.distance,
        "radius": basin.radius,
        "share_of_best": basin.relative,
        "final_rate": basin.final_rate,
    });
    report::write_json(&mut std::io::stdout().lock(), &document)
}
