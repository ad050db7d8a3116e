//! `oddpoint fixed-points`.

use super::two_level::{self, Question};
use super::{Format, batch_size, digits, outliers, starting_precision};
use crate::Result;
use crate::arithmetic::Interval;
use crate::odd_point::{FixedPoint, Spectrum, SymmetricBatch};
use crate::report;
use crate::rigor::{enclose_fixed_point, refine, relative_width_below};
use serde_json::{Map, Value, json};
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint fixed-points --batch-size 10\n\
    \x20 oddpoint fixed-points --batch-size 50 --outliers 2\n\
    \x20 oddpoint fixed-points --batch-size 1000000000000 --digits 60 --format json\n\n\
    100 digits take milliseconds, 10000 some seconds, 100000 more than a minute.")]
pub struct FixedPointsArgs {
    /// Batch size n, 3 to 10^18
    #[arg(long, value_name = "N", value_parser = batch_size)]
    batch_size: u64,
    /// Outliers k: a group of k samples beside a cluster of n-k, each symmetric under its own permutations
    #[arg(long, value_name = "K", default_value = "1", value_parser = outliers)]
    outliers: u64,
    /// Significant digits: every value is enclosed at least that narrowly
    #[arg(long, value_name = "D", default_value = "15", value_parser = digits)]
    digits: u32,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub fn run(args: &FixedPointsArgs) -> Result<()> {
    let n = args.batch_size;
    if args.outliers > 1 {
        return two_level::fixed_points(&Question {
            batch_size: n,
            outliers: args.outliers,
            digits: args.digits,
            format: args.format,
        });
    }
    let found = FixedPoint::existing(n)?
        .iter()
        .map(|&point| Ok((point, enclose(point, n, args.digits)?)))
        .collect::<Result<Vec<_>>>()?;
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => {
            for (point, values) in &found {
                write_point(&mut out, point.name(), &NAMES, values, args.digits)?;
            }
            writeln!(out, "n = {n}; each value is proved to within one unit of its last digit")?;
            if found.len() == 1 {
                writeln!(out, "edge and odd point exist from n = 7 on (saddle-node at n = 6.107...)")?;
            }
        }
        Format::Json => {
            let points: Vec<Value> =
                found.iter().map(|(point, values)| point_to_json(point.name(), &NAMES, values)).collect();
            let document = json!({
                "schema": "oddpoint.fixed-points/1",
                "batch_size": n.to_string(),
                "fixed_points": points,
            });
            report::write_json(&mut out, &document)?;
        }
    }
    Ok(())
}

/// A table of one fixed point's quantities.
pub(super) fn write_point(
    out: &mut dyn Write,
    point: &str,
    names: &[&str],
    values: &[Interval],
    digits: u32,
) -> Result<()> {
    let row =
        |(name, value): (&&str, &Interval)| vec![(*name).to_owned(), value.nearest_decimal(digits as usize)];
    writeln!(out, "{}\n", report::table(&[point, ""], names.iter().zip(values).map(row)))?;
    Ok(())
}

/// The same as an object.
pub(super) fn point_to_json(point: &str, names: &[&str], values: &[Interval]) -> Value {
    let mut object = Map::from_iter([("name".to_owned(), json!(point))]);
    object.extend(names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), json!(value))));
    Value::Object(object)
}

/// The quantities, in the order of the JSON contract.
const NAMES: [&str; 8] =
    ["r", "one_minus_r", "theta", "variance_ratio", "slope", "cos_within", "cos_cross", "norm_ratio"];

fn enclose(point: FixedPoint, n: u64, digits: u32) -> Result<[Interval; NAMES.len()]> {
    refine(
        starting_precision(digits, n),
        |precision| Ok(quantities(&enclose_fixed_point(point, n, precision)?)),
        |values| values.iter().all(|value| relative_width_below(value, digits)),
    )
}

fn quantities(batch: &SymmetricBatch<Interval>) -> [Interval; NAMES.len()] {
    let order = batch.order_parameters();
    [
        batch.r(),
        batch.one_minus_r.clone(),
        batch.theta.clone(),
        batch.variance_ratio(),
        Spectrum::at(batch).trivial,
        order.cos_within,
        order.cos_cross,
        order.norm_ratio,
    ]
}
