//! Order parameters against depth: RC + ReLU, full batch normalisation, and linear layers with RS, networks over the limit.

use super::axis::Axis;
use super::chart::{Area, BLUE, Chart, Corner, Drawn, GREEN, GREY, Line, PURPLE, VERMILION};
use super::{Figure, Settings, Table};
use crate::Result;
use crate::layer::Gram;
use crate::layer::batch::random_gaussian;
use crate::layer::components::Layer;
use crate::layer::observables::{Observables, observe};
use crate::layer::sampled::{Network, Plan, Sampler};
use plotters::style::RGBColor;
use rayon::prelude::*;

pub(super) static FIGURE: Figure = Figure {
    name: "order-parameters",
    title: "Order parameters against depth, n = 20",
    caption: "One random batch through three kinds of layers. Lines: infinite width. Bands: 10 to 90 % of 32 sampled networks of width 1000 (4 with --quick), \
        dashed their median. Look at RC + ReLU: the longest sample grows to nearly n - 1 = 19 times the others (left), the others align and the \
        odd one turns orthogonal to them (cosines near 1 and 0); the networks set out earlier than infinite width, because noise helps them over the edge. Full batch normalisation does none of that at this n. Linear layers with RS \
        alone make all samples orthogonal, down to a floor c/√d that linear response predicts. \
        One batch and one width: what holds for them in general is judged by the claims emergence.from-random, \
        rescaled.odd-point, baseline.rs-orthogonalizes.",
    panels: &[
        "Norm ratio of the longest sample against depth on a logarithmic scale: rises to 18 with RC + ReLU, stays near 1 to 2 with full batch normalisation.",
        "RC + ReLU, cosines against depth: within the cluster rising to 0.9, to the odd one falling to nearly 0.",
        "Full batch normalisation, cosines against depth: both stay near 0.3.",
        "Linear layers with RS, orthogonality gap against depth on a logarithmic scale: falls exponentially, then the networks stay at a floor of 0.07 while infinite width goes on.",
    ],
    data,
    draw,
};

const N: usize = 20;
const WIDTH: u64 = 1000;
const LAYERS: u64 = 150;
const COLUMNS: [&str; 7] = ["components", "width", "layer", "quantity", "low", "median", "high"];
const NETWORKS: [&str; 3] = ["rc,nl", "rc,rs,nl", "rs"];
/// A name and what it is of the observables.
type Quantity = (&'static str, fn(&Observables) -> f64);
const QUANTITIES: [Quantity; 5] = [
    ("norm_ratio", |seen| seen.norm_ratio),
    ("cos_within_mean", |seen| seen.cos_within_mean),
    ("cos_cross_mean", |seen| seen.cos_cross_mean),
    ("effective_rank", |seen| seen.effective_rank),
    ("orthogonality_gap", |seen| seen.orthogonality_gap),
];

fn data(settings: &Settings) -> Result<Table> {
    let gaussian = random_gaussian(N, 2 * N, settings.seed, 1)?.gram()?;
    // A common part, which RC takes away at once, and which RS has to overcome.
    let input = gaussian.add_scaled(&2.0, &Gram::from_entries(N, |_, _| 1.0));
    let replicas = if settings.quick { 4 } else { 32 };
    let mut table = Table::new(&COLUMNS);
    for components in NETWORKS {
        let layer = Layer::parse(components, None)?;
        push(&mut table, components, "infinite", &[limit(&layer, &input)?]);
        let plan =
            |replica| Plan { layer, sampler: Sampler::Gram, width: WIDTH, seed: settings.seed, replica };
        let sampled: Vec<_> = (0..replicas)
            .into_par_iter()
            .map(|replica| network(plan(replica), &input))
            .collect::<Result<_>>()?;
        push(&mut table, components, &WIDTH.to_string(), &sampled);
    }
    Ok(table)
}

/// What is seen of the input and of every layer at infinite width.
fn limit(layer: &Layer, input: &Gram<f64>) -> Result<Vec<Observables>> {
    let mut gram = input.clone();
    let mut seen = vec![observe(&layer.covariance(&gram), &gram)];
    for _ in 0..LAYERS {
        gram = layer.infinite_width(&gram)?;
        gram.scale_to_trace(&(N as f64));
        seen.push(observe(&layer.covariance(&gram), &gram));
    }
    Ok(seen)
}

fn network(plan: Plan, input: &Gram<f64>) -> Result<Vec<Observables>> {
    let mut network = Network::from_gram(plan, input)?.on_one_thread();
    let mut seen = vec![observe(network.covariance(), network.gram())];
    for _ in 0..LAYERS {
        network.step()?;
        seen.push(observe(network.covariance(), network.gram()));
    }
    Ok(seen)
}

/// Quantiles over the replicas, layer by layer.
fn push(table: &mut Table, components: &str, width: &str, replicas: &[Vec<Observables>]) {
    for (layer, quantity) in (0..=LAYERS).flat_map(|layer| QUANTITIES.map(|quantity| (layer, quantity))) {
        let (name, value) = quantity;
        let mut values: Vec<f64> = replicas.iter().map(|seen| value(&seen[layer as usize])).collect();
        values.sort_by(f64::total_cmp);
        let [low, median, high] = [0.1, 0.5, 0.9].map(|share| quantile(&values, share));
        table.push([
            components.into(),
            width.into(),
            layer.into(),
            name.into(),
            low.into(),
            median.into(),
            high.into(),
        ]);
    }
}

/// Of sorted numbers, between neighbours in proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The networks' band and median, the limit over them.
fn curve(
    chart: &mut Chart<'_>,
    data: &Table,
    [components, quantity]: [&str; 2],
    colour: RGBColor,
    name: &str,
) -> Drawn {
    let of = |width: &str, column: &str| {
        data.points(&[("components", components), ("quantity", quantity), ("width", width)], "layer", column)
    };
    let width = WIDTH.to_string();
    chart.band(&of(&width, "low"), &of(&width, "high"), colour)?;
    chart.line(&of(&width, "median"), colour, Line::Dashed, "")?;
    chart.line(&of("infinite", "median"), colour, Line::Solid, name)
}

fn draw(data: &Table, number: usize, area: &Area<'_>) -> Drawn {
    let depth = || Axis::linear("layer", 0.0, LAYERS as f64);
    match number {
        0 => {
            let y = Axis::log("norm, longest sample / others", 0.9, 30.0);
            let mut chart = Chart::new(area, "longest sample", depth(), y)?;
            curve(&mut chart, data, ["rc,rs,nl", "norm_ratio"], GREEN, "RC, RS, ReLU")?;
            curve(&mut chart, data, ["rc,nl", "norm_ratio"], VERMILION, "RC, ReLU")?;
            chart.legend(Corner::MiddleRight)
        }
        1 | 2 => {
            let (title, components) = [("RC, ReLU", "rc,nl"), ("RC, RS, ReLU", "rc,rs,nl")][number - 1];
            let mut chart =
                Chart::new(area, title, depth(), Axis::linear("mean cosine after the layer", -0.05, 1.0))?;
            curve(&mut chart, data, [components, "cos_within_mean"], BLUE, "among the others")?;
            curve(&mut chart, data, [components, "cos_cross_mean"], VERMILION, "to the longest")?;
            chart.legend(if number == 1 { Corner::MiddleRight } else { Corner::UpperRight })
        }
        _ => {
            let y = Axis::log("orthogonality gap", 1e-4, 1.0);
            let mut chart = Chart::new(area, "linear, RS alone", depth(), y)?;
            curve(&mut chart, data, ["rs", "orthogonality_gap"], PURPLE, "RS")?;
            let floor = floor();
            chart.line(
                &[(0.0, floor), (LAYERS as f64, floor)],
                GREY,
                Line::Dotted,
                "predicted floor at d = 1000",
            )?;
            chart.legend(Corner::UpperRight)
        }
    }
}

/// `√[(1 − 1/n)/(1 − (n/(n+2))²)]/√d` (theory, section 1).
fn floor() -> f64 {
    let n = N as f64;
    ((1.0 - 1.0 / n) / (1.0 - (n / (n + 2.0)).powi(2)) / WIDTH as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[1.0], 0.9), 1.0);
        assert_eq!(
            [0.0, 0.5, 0.75, 1.0].map(|share| quantile(&[0.0, 1.0, 3.0], share)),
            [0.0, 1.0, 2.0, 3.0]
        );
    }
}
