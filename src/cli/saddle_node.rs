//! `oddpoint saddle-node`.

use super::{Format, digits, starting_precision};
use crate::Result;
use crate::report;
use crate::rigor::{enclose_saddle_node, refine, relative_width_below};
use serde_json::{Map, json};
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint saddle-node\n\
    \x20 oddpoint saddle-node --digits 100 --format json")]
pub struct SaddleNodeArgs {
    /// Significant digits: every value is enclosed at least that narrowly
    #[arg(long, value_name = "D", default_value = "15", value_parser = digits)]
    digits: u32,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub fn run(args: &SaddleNodeArgs) -> Result<()> {
    let values = refine(
        starting_precision(args.digits, 8),
        |precision| {
            let batch = enclose_saddle_node(precision)?.batch;
            Ok([
                ("batch_size", batch.n.clone()),
                ("r", batch.r()),
                ("theta", batch.theta.clone()),
                ("variance_ratio", batch.variance_ratio()),
            ])
        },
        |values| values.iter().all(|(_, value)| relative_width_below(value, args.digits)),
    )?;
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => {
            let rows = values
                .iter()
                .map(|(name, value)| vec![(*name).to_owned(), value.nearest_decimal(args.digits as usize)]);
            writeln!(out, "{}", report::table(&["quantity", "value"], rows))?;
            writeln!(
                out,
                "edge and odd point are born here, n as a real variable; existence, uniqueness nearby and\n\
                 non-degeneracy are proved; each value to within one unit of its last digit"
            )?;
        }
        Format::Json => {
            let mut document = Map::from_iter([("schema".to_owned(), json!("oddpoint.saddle-node/1"))]);
            document.extend(values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
            report::write_json(&mut out, &serde_json::Value::Object(document))?;
        }
    }
    Ok(())
}
