//! `oddpoint phase-diagram`.

use super::whole_number;
use crate::arithmetic::Real;
use crate::claims::BatchSizes;
use crate::odd_point::phase_diagram::{State, several_outlier_states, single_outlier_states};
use crate::odd_point::rescaled::rescaled_saddle_node;
use crate::rigor::enclose_saddle_node;
use crate::whole_file::write_whole;
use crate::{Error, Result, bad_input};
use plotters::prelude::*;
use rayon::prelude::*;
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
const LARGEST: u64 = 10_000;

fn outliers(text: &str) -> Result<u64> {
    whole_number(text, 1..=20)
}

pub fn run(args: &PhaseDiagramArgs) -> Result<()> {
    if let Some(n) = args.batch_sizes.all().iter().find(|&&n| n > LARGEST) {
        return Err(bad_input!("batch size {n}: states are looked for up to n = {LARGEST}"));
    }
    let extension = args.out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let write: fn(&[State], &mut dyn Write) -> Result<()> = match extension {
        "csv" => write_csv,
        "svg" => write_svg,
        _ => return Err(bad_input!("{}: give --out a name that ends in .csv or .svg", args.out.display())),
    };
    let states = states(args)?;
    write_whole(&args.out, |out| write(&states, out))?;
    writeln!(std::io::stdout().lock(), "{}: {} states", args.out.display(), states.len())?;
    Ok(())
}

/// The states without rescaling, then those with it: the saddle-node, and by rising n and number of outliers.
fn states(args: &PhaseDiagramArgs) -> Result<Vec<State>> {
    let born = enclose_saddle_node(64)?.batch;
    let n = born.n.approximate();
    // λ = n y/(n−1) at cluster variance 1.
    let p = n * born.variance_ratio().approximate() / ((n - 1.0) * born.one_minus_r.approximate());
    let mut all = Vec::new();
    for (rescale, birth) in [(false, [n, p]), (true, rescaled_saddle_node(&0.0_f64)?)] {
        all.push(State::saddle_node(rescale, birth)?);
        let at = |&n: &u64| -> Result<Vec<State>> {
            let mut states = single_outlier_states(n as f64, rescale)?;
            for k in 2..=args.outliers.min(n / 2) {
                states.extend(several_outlier_states(n, k, rescale)?);
            }
            Ok(states)
        };
        all.extend(args.batch_sizes.all().par_iter().map(at).collect::<Result<Vec<_>>>()?.concat());
    }
    Ok(all)
}

/// One line a state, numbers as `float64` writes them.
fn write_csv(states: &[State], out: &mut dyn Write) -> Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Error::Output(error.into());
    csv.write_record(COLUMNS).map_err(failed)?;
    for state in states {
        let (block, value) = state.leading;
        let cells = [
            components(state).to_owned(),
            state.n.to_string(),
            state.outliers.to_string(),
            state.kind.name().to_owned(),
            state.is_stable().to_string(),
            state.r.to_string(),
            state.variance_ratio.to_string(),
            block.name().to_owned(),
            value.to_string(),
        ];
        csv.write_record(cells).map_err(failed)?;
    }
    csv.flush()?;
    Ok(())
}

const COLUMNS: [&str; 9] = [
    "components",
    "batch_size",
    "outliers",
    "state",
    "stable",
    "r",
    "variance_ratio",
    "leading_block",
    "leading_eigenvalue",
];

fn components(state: &State) -> &'static str {
    if state.rescale { "rc,rs,nl" } else { "rc,nl" }
}

/// Two panels, without and with rescaling: variance ratio against batch size, stable states filled.
fn write_svg(states: &[State], out: &mut dyn Write) -> Result<()> {
    let mut text = String::new();
    draw(states, &mut text)
        .map_err(|error| Error::NotReached(format!("the figure could not be drawn: {error}")))?;
    out.write_all(text.as_bytes())?;
    Ok(())
}

type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

fn draw(states: &[State], text: &mut String) -> Drawn {
    let root = SVGBackend::with_string(text, (1100, 520)).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, rescale) in root.split_evenly((1, 2)).iter().zip([false, true]) {
        let states: Vec<_> = states.iter().filter(|state| state.rescale == rescale).collect();
        panel_of(
            panel,
            &states,
            if rescale { "RC, RS, ReLU (filled: stable)" } else { "RC, ReLU (filled: stable)" },
        )?;
    }
    root.present()?;
    Ok(())
}

fn panel_of(
    panel: &DrawingArea<SVGBackend, plotters::coord::Shift>,
    states: &[&State],
    caption: &str,
) -> Drawn {
    let largest =
        |value: fn(&State) -> f64, least: f64| states.iter().map(|state| value(state)).fold(least, f64::max);
    let (n, ratio) = (largest(|state| state.n, 10.0), largest(|state| state.variance_ratio, 10.0));
    let mut chart = ChartBuilder::on(panel)
        .caption(caption, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d((2.8..n * 1.1).log_scale(), (0.7..ratio * 2.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("batch size n")
        .y_desc("variance of an outlier / of a cluster sample")
        .light_line_style(WHITE)
        .draw()?;
    for outliers in states.iter().map(|state| state.outliers).collect::<std::collections::BTreeSet<_>>() {
        let colour = Palette99::pick(outliers as usize).to_rgba();
        let these = states.iter().filter(|state| state.outliers == outliers);
        let dots = these.map(|state| {
            let style = if state.is_stable() { colour.filled() } else { colour.stroke_width(1) };
            Circle::new((state.n, state.variance_ratio), 3, style)
        });
        let name =
            if outliers == 1 { "1 outlier, or none".to_owned() } else { format!("{outliers} outliers") };
        chart.draw_series(dots)?.label(name).legend(move |at| Circle::new(at, 3, colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .label_font(("sans-serif", 13))
        .draw()?;
    Ok(())
}
