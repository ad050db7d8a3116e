//! `oddpoint phase-diagram`.

use super::whole_number;
use crate::claims::BatchSizes;
use crate::figures::{Figure, LARGEST_PHASE_BATCH, phase_diagram, svg};
use crate::whole_file::write_whole;
use crate::{Result, bad_input};
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint phase-diagram --out states.csv\n\
    \x20 oddpoint phase-diagram --batch-sizes 40..=120 --outliers 3 --out states.svg\n\n\
    All numbers approximate (float64). Proved are the parts of the claims model.fixed-points, stability.every-batch-size and \
    unique.single-outlier.")]
pub struct PhaseDiagramArgs {
    /// Batch sizes, 3 to 10000; besides them the two real ones at which an odd point is born
    #[arg(long, value_name = "SPEC", default_value = DEFAULT_SIZES)]
    batch_sizes: BatchSizes,
    /// States of up to so many outliers, 1 to 20 (at most half the samples)
    #[arg(long, value_name = "K", default_value = "5", value_parser = outliers)]
    outliers: u64,
    /// File to write: .csv for the states as data, .svg for a figure
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const DEFAULT_SIZES: &str = "3..=64,70,80,90,100,120,140,170,200,250,300,400,500,700,1000";

fn outliers(text: &str) -> Result<u64> {
    whole_number(text, 1..=20)
}

pub fn run(args: &PhaseDiagramArgs) -> Result<()> {
    if let Some(n) = args.batch_sizes.all().iter().find(|&&n| n > LARGEST_PHASE_BATCH) {
        return Err(bad_input!("batch size {n}: states are looked for up to n = {LARGEST_PHASE_BATCH}"));
    }
    let extension = args.out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !["csv", "svg"].contains(&extension) {
        return Err(bad_input!("{}: give --out a name that ends in .csv or .svg", args.out.display()));
    }
    let states = phase_diagram(args.batch_sizes.all(), args.outliers)?;
    write_whole(&args.out, |out| match extension {
        "csv" => states.write_csv(out),
        _ => Ok(out.write_all(svg(Figure::by_name("phase-diagram")?, &states)?.as_bytes())?),
    })?;
    writeln!(std::io::stdout().lock(), "{}: {} states", args.out.display(), states.rows().len())?;
    Ok(())
}
