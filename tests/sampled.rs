//! Networks of finite width against the infinite-width map, and the two samplers against each other.
//!
//! All sizes, levels and seeds below were fixed before the tests were first run. A test that fails by chance does so
//! with probability 1e-6 for a fresh seed; with the seed fixed it fails always or never.

use oddpoint::layer::components::{Component, Layer};
use oddpoint::layer::observables::{RANK_TOLERANCE, numerical_rank, orthogonality_gap};
use oddpoint::layer::sampled::{Network, Plan, Sampler};
use oddpoint::layer::{Gram, batch};
use rayon::prelude::*;

/// All subsets of {RC, RS, NL}.
fn layers() -> Vec<Layer> {
    let subset = |bits: usize| -> Vec<Component> {
        Component::ALL.into_iter().enumerate().filter(|(k, _)| bits >> k & 1 == 1).map(|(_, c)| c).collect()
    };
    (0..8).map(|bits| Layer::new(&subset(bits), None).unwrap()).collect()
}

fn input(n: usize) -> Gram<f64> {
    batch::random_gaussian(n, 2 * n, 17, 0).unwrap().gram().unwrap()
}

/// One number from each of `replicas` networks; infinite if the network died.
fn sample(plan: Plan, input: &Gram<f64>, layers: usize, replicas: u64, f: fn(&Network) -> f64) -> Vec<f64> {
    let one = |replica| {
        let mut network = Network::from_gram(Plan { replica, ..plan }, input).unwrap().on_one_thread();
        if (0..layers).all(|_| network.step().is_ok()) { f(&network) } else { f64::INFINITY }
    };
    (0..replicas).into_par_iter().map(one).collect()
}

fn entry(network: &Network, i: usize, j: usize) -> f64 {
    network.growth() * network.gram().get(i, j)
}

/// Theory, section 1: rows are iid at every width, so the mean of one layer's Gram matrix is the infinite-width one,
/// exactly. 4 layers without RS × 2 samplers × 15 entries = 120 comparisons of a mean of 400 replicas with its
/// expectation, in standard errors estimated from the replicas. Family level 1e-6 (Bonferroni): 8.3e-9 each, two-sided
/// 5.8 standard errors of the normal law; a mean over 400 · 250 = 1e5 neurons is that near to it. Power: a neuron's
/// products have deviations of 1 to 2 times their scale, so the standard error is about 0.5 %, and an error of 5 % in
/// an entry is found with near certainty; so the control, 10 % too much, must fail.
#[test]
fn mean_gram_matrix_is_that_of_infinite_width() {
    const REPLICAS: u64 = 400;
    let n = 5;
    let input = input(n);
    for layer in layers().into_iter().filter(|layer| !layer.rescale) {
        let expected = layer.infinite_width(&input).unwrap();
        for sampler in [Sampler::Gram, Sampler::Weights] {
            let plan = Plan { layer, sampler, width: 250, seed: 20, replica: 0 };
            let grams: Vec<Gram<f64>> = (0..REPLICAS)
                .into_par_iter()
                .map(|replica| {
                    let mut network = Network::from_gram(Plan { replica, ..plan }, &input).unwrap();
                    network.step().unwrap();
                    Gram::from_entries(n, |i, j| entry(&network, i, j))
                })
                .collect();
            let distance = |i: usize, j: usize, expected: f64| {
                let values: Vec<f64> = grams.iter().map(|gram| *gram.get(i, j)).collect();
                let mean = values.iter().sum::<f64>() / REPLICAS as f64;
                let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (REPLICAS - 1) as f64;
                (mean - expected).abs() / (variance / REPLICAS as f64).sqrt()
            };
            for i in 0..n {
                for j in i..n {
                    let distance = distance(i, j, *expected.get(i, j));
                    assert!(distance < 5.8, "{layer} {sampler} ({i}, {j}): {distance} standard errors");
                }
                assert!(distance(i, i, 1.1 * expected.get(i, i)) > 5.8, "{layer} {sampler}: no power");
            }
        }
    }
}

/// The two-sample Kolmogorov–Smirnov statistic.
fn kolmogorov_smirnov(mut x: Vec<f64>, mut y: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    y.sort_by(f64::total_cmp);
    let share = |sorted: &[f64], at: f64| sorted.partition_point(|&x| x <= at) as f64 / sorted.len() as f64;
    let all = x.iter().chain(&y);
    all.map(|&at| (share(&x, at) - share(&y, at)).abs()).fold(0.0, f64::max)
}

/// After two layers of width 10 the law is far from any limit, and with RS its tails are heavy: hence a test that
/// assumes nothing of it. 8 layers × 3 statistics = 24 Kolmogorov–Smirnov tests of 2000 against 2000 replicas. Family
/// level 1e-6: α = 4.2e-8 each, critical distance √(ln(2/α)/2) √(2/2000) = 0.094. (Rounding apart: with RS and no NL
/// the trace grows by exactly 1, which is why growth is no statistic here.) Power: the control, width 20 in place of 10,
/// must be told apart in the orthogonality gap for every layer.
#[test]
fn both_samplers_have_the_same_law() {
    const REPLICAS: u64 = 2000;
    const CRITICAL: f64 = 0.094;
    let input = input(4);
    let statistics: [fn(&Network) -> f64; 3] = [
        |network| *network.gram().get(0, 0),
        |network| *network.gram().get(1, 2),
        |network| orthogonality_gap(network.gram()),
    ];
    for layer in layers() {
        let plan = |sampler, width| Plan { layer, sampler, width, seed: 30, replica: 0 };
        let draw = |sampler, width, f| sample(plan(sampler, width), &input, 2, REPLICAS, f);
        for (k, &f) in statistics.iter().enumerate() {
            let distance = kolmogorov_smirnov(draw(Sampler::Gram, 10, f), draw(Sampler::Weights, 10, f));
            assert!(distance < CRITICAL, "{layer}, statistic {k}: {distance}");
        }
        let gap = statistics[2];
        let control = kolmogorov_smirnov(draw(Sampler::Gram, 20, gap), draw(Sampler::Weights, 10, gap));
        assert!(control > CRITICAL, "{layer}: no power, {control}");
    }
}

/// One layer of 2²⁰ neurons: entries within 6 standard errors of the infinite-width ones. A product `xᵢ xⱼ` of
/// Gaussians (ReLU only lessens it) has a variance of at most `2 cᵢᵢ cⱼⱼ`. 6 comparisons at 6 deviations: 1.2e-8.
#[test]
fn a_wide_layer_is_close_to_infinite_width() {
    let input = input(3);
    let width = 1 << 20;
    let layer = Layer::parse("rc,nl", None).unwrap();
    let plan = Plan { layer, sampler: Sampler::Gram, width, seed: 40, replica: 0 };
    let mut network = Network::from_gram(plan, &input).unwrap();
    let covariance = network.covariance().clone();
    network.step().unwrap();
    let expected = layer.infinite_width(&input).unwrap();
    for i in 0..3 {
        for j in i..3 {
            let deviation = (2.0 * covariance.get(i, i) * covariance.get(j, j) / width as f64).sqrt();
            let error = (entry(&network, i, j) - expected.get(i, j)).abs();
            assert!(error < 6.0 * deviation, "({i}, {j}): {error} against {deviation}");
        }
    }
}

/// Theory, section 4: NL raises the rank to the number of different rays at once; a linear layer keeps it.
#[test]
fn nonlinearity_raises_the_rank() {
    let general = batch::random_gaussian(8, 3, 50, 0).unwrap().gram().unwrap();
    // Samples 2 and 3 lie on one ray, 4 to 7 on the opposite one, 0 and 1 each on their own.
    let on_rays = Gram::from_entries(8, |i, j| {
        (i as f64 - 3.2) * (j as f64 - 3.2) + f64::from(u8::from(i == j && i < 2))
    });
    for (components, input, rank) in
        [("", &general, 3), ("nl", &general, 8), ("", &on_rays, 3), ("nl", &on_rays, 4)]
    {
        let layer = Layer::parse(components, None).unwrap();
        let plan = Plan { layer, sampler: Sampler::Gram, width: 1000, seed: 50, replica: 0 };
        let mut network = Network::from_gram(plan, input).unwrap();
        network.step().unwrap();
        assert_eq!(numerical_rank(network.gram(), RANK_TOLERANCE).unwrap(), rank, "{layer}");
    }
}
