//! `oddpoint plot`.

use super::seed;
use crate::figures::{ALL, Figure, Settings, png, svg};
use crate::report::table;
use crate::whole_file::write_whole;
use crate::{Result, bad_input};
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint plot --list\n\
    \x20 oddpoint plot cobweb --out cobweb.svg\n\
    \x20 oddpoint plot decay --out decay.png\n\
    \x20 oddpoint plot emergence --quick --seed 1 --out emergence.csv\n\n\
    Figures illustrate and prove nothing; `oddpoint verify` judges.")]
pub struct PlotArgs {
    /// Figure, as --list names it
    #[arg(value_parser = Figure::by_name, required_unless_present = "list")]
    name: Option<&'static Figure>,
    /// List the figures
    #[arg(long, conflicts_with_all = ["name", "out"])]
    list: bool,
    /// File to write: .svg or .png for the figure, .csv for the data behind it
    #[arg(long, value_name = "FILE", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Seed of everything random
    #[arg(long, value_name = "S", default_value = "0", value_parser = seed)]
    seed: u64,
    /// Less work: fewer networks, fewer points
    #[arg(long)]
    quick: bool,
}

pub fn run(args: &PlotArgs) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let (Some(figure), Some(out)) = (args.name, &args.out) else {
        let rows = ALL.iter().map(|figure| vec![figure.name, figure.title]);
        return Ok(writeln!(stdout, "{}", table(&["figure", "what it shows"], rows))?);
    };
    let extension = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !["svg", "png", "csv"].contains(&extension) {
        return Err(bad_input!("{}: give --out a name that ends in .svg, .png or .csv", out.display()));
    }
    let data = figure.data(&Settings { seed: args.seed, quick: args.quick })?;
    write_whole(out, |file| match extension {
        "csv" => data.write_csv(file),
        "svg" => Ok(file.write_all(svg(figure, &data)?.as_bytes())?),
        _ => Ok(file.write_all(&png(&svg(figure, &data)?)?)?),
    })?;
    writeln!(stdout, "{}: {}", out.display(), figure.title)?;
    Ok(())
}
