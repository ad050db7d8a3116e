//! `oddpoint phase-diagram`.

use super::whole_number;
use crate::figures::{Figure, LARGEST_PHASE_BATCH, phase_diagram, svg};
use crate::whole_file::write_whole;
use crate::{Error, Result, bad_input};
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint phase-diagram --out states.csv\n\
    \x20 oddpoint phase-diagram --batch-sizes 40..=120 --outliers 3 --out states.svg\n\
    \x20 oddpoint phase-diagram --batch-sizes 51..=52:0.125,100 --outliers 1 --out birth.csv\n\n\
    All numbers approximate (float64). Proved are the parts of the claims model.fixed-points, stability.every-batch-size and \
    unique.single-outlier.")]
pub struct PhaseDiagramArgs {
    /// Batch sizes, real numbers from 3 to 10000: 51.5, or FIRST..=LAST, or FIRST..=LAST:STEP; besides them those at which states are
    /// born or become stable
    #[arg(long, value_name = "SPEC", default_value = DEFAULT_SIZES)]
    batch_sizes: RealSizes,
    /// States of up to so many outliers, 1 to 20 (at most half the samples)
    #[arg(long, value_name = "K", default_value = "5", value_parser = outliers)]
    outliers: i64,
    /// File to write: .csv for the states as data, .svg for a figure
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const DEFAULT_SIZES: &str = "3..=64,70,80,90,100,120,140,170,200,250,300,400,500,700,1000";

/// Real batch sizes, increasing.
#[derive(Clone, Debug, PartialEq)]
struct RealSizes(Vec<f64>);

impl FromStr for RealSizes {
    type Err = Error;

    /// Parses numbers and inclusive ranges, separated by commas.
    fn from_str(text: &str) -> Result<Self> {
        const ACCEPTED: RangeInclusive<f64> = 3.0..=LARGEST_PHASE_BATCH;
        /// More are taken for a slip.
        const MOST: usize = 100_000;
        let number = |part: &str, accepted: RangeInclusive<f64>| -> Result<f64> {
            let (least, most) = (*accepted.start(), *accepted.end());
            part.trim().parse().ok().filter(|x| accepted.contains(x)).ok_or_else(|| {
                bad_input!("batch sizes '{text}': '{part}' is not a number from {least} to {most}")
            })
        };
        let mut sizes = Vec::new();
        for part in text.split(',') {
            let (range, step) = part.split_once(':').unwrap_or((part, "1"));
            let (first, last) = range.split_once("..=").unwrap_or((range, range));
            let (first, last) = (number(first, ACCEPTED)?, number(last, ACCEPTED)?);
            let step = number(step, 1e-3..=1e4)?;
            if first > last {
                return Err(bad_input!("batch sizes '{part}': the range is reversed"));
            }
            // A last step that rounding puts beyond the end still counts.
            let steps = ((last - first) / step * (1.0 + f64::EPSILON)).floor() as usize;
            sizes.extend((0..=steps).map(|k| (first + k as f64 * step).min(last)));
            if sizes.len() > MOST {
                return Err(bad_input!("batch sizes '{text}': at most {MOST} are taken in one run"));
            }
        }
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        Ok(Self(sizes))
    }
}

fn outliers(text: &str) -> Result<i64> {
    Ok(whole_number(text, 1..=20)? as i64)
}

pub fn run(args: &PhaseDiagramArgs) -> Result<()> {
    let extension = args.out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !["csv", "svg"].contains(&extension) {
        return Err(bad_input!("{}: give --out a name that ends in .csv or .svg", args.out.display()));
    }
    let states = phase_diagram(&args.batch_sizes.0, args.outliers)?;
    write_whole(&args.out, |out| match extension {
        "csv" => states.write_csv(out),
        _ => Ok(out.write_all(svg(Figure::by_name("phase-diagram")?, &states)?.as_bytes())?),
    })?;
    writeln!(std::io::stdout().lock(), "{}: {} states", args.out.display(), states.rows().len())?;
    Ok(())
}
