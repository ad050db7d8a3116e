//! `oddpoint spectrum`.

use super::two_level::{self, Question};
use super::{Format, batch_size, digits, outliers, starting_precision};
use crate::arithmetic::Interval;
use crate::claims::approximate;
use crate::odd_point::{Block, Comparison, FixedPoint, Spectrum, compare_with_blocks};
use crate::report;
use crate::rigor::{enclose_fixed_point, refine, relative_width_below, spectral_radius};
use crate::{Result, bad_input};
use serde_json::{Value, json};
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint spectrum --batch-size 10\n\
    \x20 oddpoint spectrum --batch-size 100 --at edge --digits 40 --format json\n\
    \x20 oddpoint spectrum --batch-size 10 --dense\n\
    \x20 oddpoint spectrum --batch-size 50 --outliers 2")]
pub struct SpectrumArgs {
    /// Batch size n, 3 to 10^18
    #[arg(long, value_name = "N", value_parser = batch_size)]
    batch_size: u64,
    /// Outliers k: a group of k samples beside a cluster of n-k, each symmetric under its own permutations
    #[arg(long, value_name = "K", default_value = "1", value_parser = outliers)]
    outliers: u64,
    /// Fixed point at which the layer is linearised; odd-point is the one with the tighter cluster
    #[arg(long, value_enum, default_value_t = FixedPoint::OddPoint)]
    at: FixedPoint,
    /// Also the eigenvalues of the dense Jacobian of the full n×n map (float64), compared with the blocks
    #[arg(long)]
    dense: bool,
    /// Significant digits: every eigenvalue is enclosed at least that narrowly
    #[arg(long, value_name = "D", default_value = "15", value_parser = digits)]
    digits: u32,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub fn run(args: &SpectrumArgs) -> Result<()> {
    let n = args.batch_size;
    if args.outliers > 1 {
        if args.dense {
            return Err(bad_input!("--dense with {} outliers: it is offered for one", args.outliers));
        }
        let question =
            Question { batch_size: n, outliers: args.outliers, digits: args.digits, format: args.format };
        return two_level::spectrum(&question, args.at);
    }
    args.at.check(n)?;
    let dense = if args.dense {
        let batch = args.at.locate(n)?;
        Some(compare_with_blocks(&batch, &batch, n)?)
    } else {
        None
    };
    let spectrum = refine(
        starting_precision(args.digits, n),
        |precision| Ok(Spectrum::at(&enclose_fixed_point(args.at, n, precision)?)),
        |spectrum| spectrum.eigenvalues(n).iter().all(|(_, value)| relative_width_below(value, args.digits)),
    )?;
    match args.format {
        Format::Text => print_text(args, &spectrum, dense.as_ref()),
        Format::Json => print_json(args, &spectrum, dense.as_ref()),
    }
}

fn print_text(args: &SpectrumArgs, spectrum: &Spectrum<Interval>, dense: Option<&Comparison>) -> Result<()> {
    let (n, digits) = (args.batch_size, args.digits as usize);
    let mut out = std::io::stdout().lock();
    let rows = spectrum.eigenvalues(n).into_iter().map(|(block, value)| {
        vec![block.name().to_owned(), block.multiplicity(n).to_string(), value.nearest_decimal(digits)]
    });
    writeln!(out, "{}", report::table(&["block", "multiplicity", "eigenvalue"], rows))?;
    let radius = spectral_radius(spectrum, n).nearest_decimal(digits);
    writeln!(out, "n = {n}, at {}: spectral radius {radius}", args.at.name())?;
    writeln!(out, "each eigenvalue is proved to within one unit of its last digit")?;
    if let Some(comparison) = dense {
        writeln!(
            out,
            "\ndense Jacobian of the full {n}×{n} map (float64): {} eigenvalues, in groups of equal ones",
            comparison.dense.len()
        )?;
        let rows = groups(comparison).into_iter().map(|group| {
            vec![
                group.blocks.join(" + "),
                group.count.to_string(),
                format!("{:.15}", group.lowest),
                format!("{:.15}", group.highest),
            ]
        });
        writeln!(out, "{}", report::table(&["block", "eigenvalues", "lowest", "highest"], rows))?;
        writeln!(
            out,
            "largest difference from the blocks {:.1e}, a-priori bound {:.1e}: {}",
            comparison.largest_difference,
            comparison.bound,
            if comparison.agrees() { "they agree" } else { "they DISAGREE" }
        )?;
    }
    Ok(())
}

/// Dense eigenvalues that belong to one block eigenvalue.
struct Group {
    blocks: Vec<&'static str>,
    count: usize,
    lowest: f64,
    highest: f64,
}

fn groups(comparison: &Comparison) -> Vec<Group> {
    let mut groups: Vec<(f64, Group)> = Vec::new();
    for (dense, &(block, value)) in comparison.dense.iter().zip(&comparison.blocks) {
        match groups.last_mut() {
            // Blocks whose eigenvalues the dense route cannot tell apart are one group.
            Some((last, group)) if (*last - value).abs() <= comparison.bound => {
                group.count += 1;
                group.lowest = group.lowest.min(dense.re);
                group.highest = group.highest.max(dense.re);
                if !group.blocks.contains(&block.name()) {
                    group.blocks.push(block.name());
                }
            }
            _ => groups.push((
                value,
                Group { blocks: vec![block.name()], count: 1, lowest: dense.re, highest: dense.re },
            )),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn print_json(args: &SpectrumArgs, spectrum: &Spectrum<Interval>, dense: Option<&Comparison>) -> Result<()> {
    let n = args.batch_size;
    let eigenvalue = |(block, value): (Block, &Interval)| json!({ "block": block, "multiplicity": block.multiplicity(n).to_string(), "value": value });
    let mut document = json!({
        "schema": "oddpoint.spectrum/1",
        "batch_size": n.to_string(),
        "at": args.at.name(),
        "eigenvalues": spectrum.eigenvalues(n).into_iter().map(eigenvalue).collect::<Vec<_>>(),
        "spectral_radius": spectral_radius(spectrum, n),
    });
    if let Some(comparison) = dense {
        let values: Vec<Value> = comparison
            .dense
            .iter()
            .map(|value| json!({ "re": approximate(value.re), "im": approximate(value.im) }))
            .collect();
        document["dense"] = json!({
            "eigenvalues": values,
            "largest_difference": approximate(comparison.largest_difference),
            "bound": approximate(comparison.bound),
            "agrees": comparison.agrees(),
        });
    }
    report::write_json(&mut std::io::stdout().lock(), &document)
}
