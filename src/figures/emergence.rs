//! How often an odd point emerges, against batch size and width, with confidence intervals.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, Line, Mark, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::claims::emergence_of_gaussian;

pub(super) static FIGURE: Figure = Figure {
    name: "emergence",
    title: "How often an odd point emerges from Gaussian batches",
    caption: "Share of runs of RC + ReLU in which an odd point has emerged, as the claim emergence.from-random defines it: one sample's norm beyond half the odd point's (of n - 1 below n = 7, where there is none) for 20 layers in a row, \
        within 1000 layers at infinite width and 300 at finite width. Bars and bands: Clopper-Pearson, 95 % each. Look at n = 10: at infinite width two batches in five fall back to the symmetric state, while noise \
        of narrower networks drives nearly all of them over the edge; at large widths that takes longer than 300 layers. \
        Batches with 2n standard normal features; other inputs have other shares.",
    panels: &[
        "Share against batch size from 4 to 24: near 0 below n = 7, rising to 1 by n = 16 or so at infinite width; earlier at width 100 and 1000.",
        "Share at n = 10 against width from 30 to 3000, with the value of infinite width as a band.",
    ],
    data,
    draw,
};

const COLUMNS: [&str; 8] = ["against", "batch_size", "width", "emerged", "runs", "share", "low", "high"];
const SIZES: [usize; 12] = [4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24];
const WIDTHS: [Option<u64>; 3] = [None, Some(1000), Some(100)];
/// Of the right panel.
const N: usize = 10;
const FINITE: [u64; 6] = [30, 100, 300, 1000, 3000, 10_000];
/// What each end of an interval errs with.
const LEVEL: f64 = 0.025;

fn data(settings: &Settings) -> Result<Table> {
    let runs = |width: Option<u64>| match (width, settings.quick) {
        (None, false) => 300,
        (None, true) => 40,
        (Some(_), false) => 60,
        (Some(_), true) => 12,
    };
    let mut table = Table::new(&COLUMNS);
    let mut push = |against: &str, n: usize, width: Option<u64>, runs: u64| -> Result<()> {
        let emerged = emergence_of_gaussian(n, width, runs, settings.seed)?;
        let [low, high] = emerged.interval(LEVEL);
        let share = emerged.successes as f64 / emerged.trials as f64;
        let width = width.map_or("infinite".to_owned(), |width| width.to_string());
        table.push([
            against.into(),
            (n as u64).into(),
            width.into(),
            emerged.successes.into(),
            emerged.trials.into(),
            share.into(),
            low.into(),
            high.into(),
        ]);
        Ok(())
    };
    let (sizes, finite) =
        if settings.quick { (&SIZES[1..7], &FINITE[..3]) } else { (&SIZES[..], &FINITE[..]) };
    for (width, n) in WIDTHS.into_iter().flat_map(|width| sizes.iter().map(move |&n| (width, n))) {
        push("batch size", n, width, runs(width))?;
    }
    for width in std::iter::once(None).chain(finite.iter().copied().map(Some)) {
        push("width", N, width, runs(width))?;
    }
    Ok(table)
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let y = Axis::linear("share of runs", -0.02, 1.02);
    if number == 0 {
        let mut chart = Chart::new(area, "against batch size", Axis::linear("batch size n", 3.0, 25.0), y)?;
        let styles = [
            ("infinite", "infinite width", VERMILION, Mark::Diamond(5)),
            ("1000", "d = 1000", BLUE, Mark::Disc(4)),
            ("100", "d = 100", GREEN, Mark::Ring(4)),
        ];
        for ((width, name, colour, mark), shift) in styles.into_iter().zip([0.0, -0.12, 0.12]) {
            let of = |column: &str| -> Vec<(f64, f64)> {
                let points =
                    data.points(&[("against", "batch size"), ("width", width)], "batch_size", column);
                points.into_iter().map(|(n, share)| (n + shift, share)).collect()
            };
            intervals(&mut chart, [&of("low"), &of("share"), &of("high")], colour, mark, name)?;
        }
        return chart.legend(Corner::LowerRight);
    }
    let finite: Vec<String> = FINITE.iter().map(u64::to_string).collect();
    let mut chart = Chart::new(area, "n = 10, against width", Axis::log("width d", 20.0, 15_000.0), y)?;
    let infinite = |column: &str| {
        let share = data.points(&[("against", "width"), ("width", "infinite")], "batch_size", column);
        let share = share.first().map_or(f64::NAN, |(_, share)| *share);
        [(20.0, share), (15_000.0, share)]
    };
    chart.band(&infinite("low"), &infinite("high"), VERMILION)?;
    chart.line(&infinite("share"), VERMILION, Line::Dashed, "infinite width, 1000 layers")?;
    let of = |column: &str| -> Vec<(f64, f64)> {
        let at = |(width, text): (&u64, &String)| {
            let points = data.points(&[("against", "width"), ("width", text)], "batch_size", column);
            points.first().map(|(_, share)| (*width as f64, *share))
        };
        FINITE.iter().zip(&finite).filter_map(at).collect()
    };
    intervals(
        &mut chart,
        [&of("low"), &of("share"), &of("high")],
        BLUE,
        Mark::Disc(4),
        "width d, 300 layers",
    )?;
    chart.legend(Corner::LowerLeft)
}

/// Shares with their intervals.
fn intervals(
    chart: &mut Chart<'_>,
    [low, share, high]: [&[(f64, f64)]; 3],
    colour: plotters::style::RGBColor,
    mark: Mark,
    name: &str,
) -> Drawn {
    for (low, high) in low.iter().zip(high) {
        chart.bar(low.0, [low.1, high.1], colour)?;
    }
    chart.line(share, colour, Line::Thin, "")?;
    chart.marks(share, colour, mark, name)
}
