use super::*;
use crate::layer::batch;
use proptest::prelude::*;
use std::collections::HashSet;

fn plan(components: &str, sampler: Sampler, width: u64) -> Plan {
    Plan { layer: Layer::parse(components, None).unwrap(), sampler, width, seed: 11, replica: 3 }
}

fn input(n: usize) -> Batch {
    batch::random_gaussian(n, 2 * n, 5, 0).unwrap()
}

fn run(plan: Plan, input: &Batch, layers: usize) -> Network {
    let mut network = Network::from_batch(plan, input).unwrap();
    (0..layers).for_each(|_| network.step().unwrap());
    network
}

const SAMPLERS: [Sampler; 2] = [Sampler::Gram, Sampler::Weights];

#[test]
fn number_of_threads_does_not_matter() {
    // 1100 rows: nine blocks, the last one short. 70 samples: nine strips, the last one not full.
    for (sampler, components) in [(Sampler::Gram, "rc,rs,nl"), (Sampler::Weights, "rc,nl")] {
        let plan = plan(components, sampler, 1100);
        let batch = input(70);
        let grams: Vec<_> = (1..=3)
            .map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| run(plan, &batch, 2).gram().clone())
            })
            .collect();
        let mut alone = Network::from_batch(plan, &batch).unwrap().on_one_thread();
        (0..2).for_each(|_| alone.step().unwrap());
        assert!(grams.iter().all(|gram| gram == alone.gram()));
    }
}

#[test]
fn every_index_has_a_generator_of_its_own() {
    use rand::Rng;
    let mut seen = HashSet::new();
    let indices = (0..3_u64).flat_map(|a| (0..3).flat_map(move |b| (0..3).map(move |c| (a, b, c))));
    for (seed, replica, layer) in indices {
        for sampler in SAMPLERS {
            for block in 0..3 {
                let plan = Plan { seed, replica, ..plan("rc,nl", sampler, 1) };
                assert!(seen.insert(plan.generator(layer, block).next_u64()));
            }
        }
    }
    assert_eq!(seen.len(), 162);
}

#[test]
fn random_numbers_are_those_of_this_version() {
    // Results recorded with a seed must stay reproducible: a change here is a change of every result.
    use rand::Rng;
    let mut rng = plan("rc,nl", Sampler::Gram, 1).generator(2, 1);
    assert_eq!(rng.next_u64(), FIRST_WORD);
}

/// Seed 11, replica 3, layer 2, block 1: from the definitions of the two generators, by `tests/golden/first_word.py`.
const FIRST_WORD: u64 = 14743859789954234257;

#[test]
fn seeds_and_replicas_differ() {
    let batch = input(5);
    let base = plan("rc,nl", Sampler::Gram, 10);
    let gram = |plan| run(plan, &batch, 1).gram().clone();
    assert_ne!(gram(base), gram(Plan { seed: 12, ..base }));
    assert_ne!(gram(base), gram(Plan { replica: 4, ..base }));
    assert_eq!(gram(base), gram(base));
}

#[test]
fn lanes_cover_every_block_once() {
    for (n, width) in
        [(3, 1), (3, 256), (3, 257), (64, 4096), (64, 10_000_000), (5000, 3000), (8192, MAX_WIDTH)]
    {
        let plan = plan("rc,nl", Sampler::Gram, width);
        let lanes = plan.lanes(n);
        assert!((1..=MAX_LANES).contains(&lanes));
        assert!(lanes <= 2 || lanes * (n * n) as u64 <= MAX_LANE_NUMBERS);
        if n < 100 {
            let all: Vec<Lane> = (0..lanes).map(|lane| Lane::new(&plan, n, lane)).collect();
            assert_eq!((all[0].first_block, all.last().unwrap().end_block), (0, plan.blocks()));
            assert!(all.windows(2).all(|pair| pair[0].end_block == pair[1].first_block));
        }
    }
}

/// Samples 0 to n − 2 equal, and the last orthogonal to them.
fn exact_configuration(n: usize) -> Gram<f64> {
    Gram::from_entries(n, |i, j| match (i + 1 == n, j + 1 == n) {
        (true, true) => (n as f64 - 1.0).powi(2),
        (false, false) => 1.0,
        _ => 0.0,
    })
}

#[test]
fn exact_configuration_stays_exactly_orthogonal() {
    // Theory, 2.1: for every W, the cluster and the outlier have opposite signs in every neuron.
    for n in [3, 10, 66] {
        for (components, width) in [("rc,nl", 2), ("rc,nl", 300), ("rc,rs,nl", 20)] {
            let plan = plan(components, Sampler::Gram, width);
            let mut network = Network::from_gram(plan, &exact_configuration(n)).unwrap();
            for _ in 0..20 {
                network.step().unwrap();
                let gram = network.gram();
                assert!((0..n - 1).all(|i| *gram.get(i, n - 1) == 0.0));
                assert!((0..n - 1).all(|i| gram.row(i)[..n - 1].iter().all(|x| x == gram.get(0, 0))));
            }
        }
    }
}

#[test]
fn literal_weights_keep_the_exact_configuration_orthogonal_up_to_rounding() {
    // A neuron whose weights nearly cancel may be positive on both by rounding: ε times its weight.
    for n in [3, 10, 66] {
        let mut network =
            Network::from_gram(plan("rc,nl", Sampler::Weights, 300), &exact_configuration(n)).unwrap();
        for _ in 0..20 {
            network.step().unwrap();
            let gram = network.gram();
            assert!((0..n - 1).all(|i| gram.get(i, n - 1).abs() < 1e-20));
            assert!((0..n - 1).all(|i| gram.row(i)[..n - 1].iter().all(|x| x == gram.get(0, 0))));
        }
    }
}

#[test]
fn equal_samples_stay_equal_to_the_last_bit() {
    // 66 samples in nine strips.
    let gram = input(66).gram().unwrap();
    let origin = |i: usize| if i >= 60 { i - 60 } else { i };
    let gram = Gram::from_entries(66, |i, j| *gram.get(origin(i), origin(j)));
    for components in ["rc,nl", "rs", "rc,rs,nl"] {
        let mut network = Network::from_gram(plan(components, Sampler::Gram, 515), &gram).unwrap();
        (0..5).for_each(|_| network.step().unwrap());
        let after = network.gram();
        assert!((60..66).all(|i| after.row(i) == after.row(i - 60)));
    }
}

#[test]
fn scales_do_not_run_out_over_five_thousand_layers() {
    // Without normalisation ReLU alone would halve the trace 5000 times: 2⁻⁵⁰⁰⁰.
    for components in ["nl", "rc,nl", "rc,rs,nl", "rs", "rc"] {
        let mut network = Network::from_batch(plan(components, Sampler::Gram, 50), &input(4)).unwrap();
        for _ in 0..5000 {
            // A linear layer loses its rank in time, which is no matter of scale: to one, and not to zero.
            network.step().unwrap();
            assert!(network.growth() > 0.0 && (network.gram().trace() - 4.0).abs() < 1e-12);
        }
        assert_eq!(network.layers(), 5000);
    }
    let mut network = Network::from_batch(plan("rc,nl", Sampler::Weights, 20), &input(4)).unwrap();
    for _ in 0..5000 {
        network.step().unwrap();
        assert!(network.growth() > 0.0 && (network.gram().trace() - 4.0).abs() < 1e-12);
    }
}

#[test]
fn one_neuron_is_a_network_too() {
    for sampler in SAMPLERS {
        let network = run(plan("rc,nl", sampler, 1), &input(3), 50);
        let gram = network.gram();
        // Of rank one.
        let determinant = gram.get(0, 0) * gram.get(1, 1) - gram.get(0, 1) * gram.get(0, 1);
        assert!(determinant.abs() < 1e-12, "{determinant}");
    }
}

#[test]
fn a_dead_network_is_reported() {
    // Without RC one neuron over positively correlated samples is inactive for all of them half of the time.
    let positive = Gram::from_entries(3, |i, j| if i == j { 1.0 } else { 0.999_999 });
    let mut network = Network::from_gram(plan("nl", Sampler::Gram, 1), &positive).unwrap();
    let failure = (0..200).find_map(|_| network.step().err()).unwrap();
    let before = network.gram().clone();
    assert!(matches!(failure, Error::NotReached(_)));
    assert!(failure.to_string().contains("the network is dead (width 1)"), "{failure}");
    assert!(network.step().is_err() && *network.gram() == before);
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let gram = input(3).gram().unwrap();
    for width in [0, MAX_WIDTH + 1, u64::MAX] {
        assert!(Network::from_gram(plan("rc,nl", Sampler::Gram, width), &gram).is_err());
    }
    let message =
        Network::from_gram(plan("rc,nl", Sampler::Weights, 1 << 30), &gram).unwrap_err().to_string();
    assert!(message.contains("use `gram`"), "{message}");
    for bad in [f64::NAN, f64::INFINITY, 0.0] {
        let gram = Gram::from_entries(3, |_, _| bad);
        assert!(Network::from_gram(plan("rc,nl", Sampler::Gram, 5), &gram).is_err(), "{bad}");
    }
    let two = Gram::from_entries(2, |i, j| f64::from(u8::from(i == j)));
    assert!(Network::from_gram(plan("rc,nl", Sampler::Gram, 5), &two).is_err());
    assert!("row".parse::<Sampler>().is_err() && "gram".parse::<Sampler>().unwrap() == Sampler::Gram);
}

/// The normals of one block as the streams are defined: 256 features at a time (128, if they are activations), for four
/// neurons after another, for each feature, those of the four.
fn definition(plan: &Plan, layer: u64, block: u64, features: usize) -> Vec<Vec<f64>> {
    let part = if plan.sampler == Sampler::Gram { 256 } else { 128 };
    let (mut rng, rows) = (plan.generator(layer, block), plan.rows(block));
    let mut weights = vec![vec![0.0; features]; rows.next_multiple_of(4)];
    for first in (0..features).step_by(part) {
        for four in weights.chunks_mut(4) {
            for k in first..features.min(first + part) {
                four.iter_mut().for_each(|neuron| neuron[k] = StandardNormal.sample(&mut rng));
            }
        }
    }
    weights.truncate(rows);
    weights
}

/// The components of one neuron, by their definition.
fn components(layer: &Layer, recentre: bool, neuron: &mut [f64]) {
    let n = neuron.len() as f64;
    if recentre {
        let mean = neuron.iter().sum::<f64>() / n;
        neuron.iter_mut().for_each(|z| *z -= mean);
    }
    if layer.rescale {
        let squares = neuron.iter().map(|z| z * z).sum::<f64>();
        neuron.iter_mut().for_each(|z| *z *= (n / squares).sqrt());
    }
    neuron.iter_mut().for_each(|z| *z = layer.activation.apply(*z));
}

#[test]
fn weights_are_those_of_the_definition() {
    // One layer computed as the definition says, from the stream's numbers one by one: 302 rows of 280 weights.
    let (n, features, width) = (11, 280, 302_u64);
    let batch = batch::random_gaussian(n, features, 9, 0).unwrap();
    let plan = plan("rc,rs,nl", Sampler::Weights, width);
    let network = run(plan, &batch, 1);
    let mut expected = vec![0.0; n * n];
    for weights in (0..3).flat_map(|block| definition(&plan, 1, block, features)) {
        let product = |sample: &Vec<f64>| weights.iter().zip(sample).map(|(w, x)| w * x).sum();
        let mut neuron: Vec<f64> = batch.samples().iter().map(product).collect();
        components(&plan.layer, true, &mut neuron);
        expected.iter_mut().enumerate().for_each(|(k, sum)| *sum += neuron[k / n] * neuron[k % n]);
    }
    for (k, sum) in expected.iter().enumerate() {
        let entry = network.growth() * network.gram().get(k / n, k % n);
        assert!((entry - sum / width as f64).abs() < 1e-12, "{k}");
    }
}

/// The fast path against the literal sums, in the order of the samples and with all the factor's zeros. With `r` columns
/// and unit roundoff `u = ε/2`, either way of computing a pre-activation is off by at most `r u Σ|g||f|` (to first order),
/// so the two differ by at most `r ε Σ|g||f| =: e`; ReLU and the identity do not enlarge that. A sum over `d`
/// neurons adds `d ε Σ|xᵢ||xⱼ|` to the `Σ eᵢ|xⱼ| + |xᵢ|eⱼ` of its terms.
fn differs_by_rounding(n: usize, features: usize, width: u64, seed: u64, components_named: &str) {
    let plan = Plan { seed, ..plan(components_named, Sampler::Gram, width) };
    let batch = batch::random_gaussian(n, features, seed, 1).unwrap();
    let mut network = Network::from_batch(plan, &batch).unwrap();
    let mut factor = Factor::new(n);
    factor.compute(&plan.layer, network.gram(), network.covariance(), false).unwrap();
    if network.step().is_err() {
        return; // All neurons inactive, without RC.
    }
    let columns = || factor.columns().chunks(n);
    let (mut expected, mut bounds) = (vec![0.0; n * n], vec![0.0; n * n]);
    for weights in (0..plan.blocks()).flat_map(|block| definition(&plan, 1, block, factor.rank())) {
        let sum =
            |i: usize, f: fn(f64) -> f64| columns().zip(&weights).map(|(c, w)| f(c[i] * w)).sum::<f64>();
        let mut x: Vec<f64> = (0..n).map(|i| sum(i, |term| term)).collect();
        let e: Vec<f64> = (0..n).map(|i| factor.rank() as f64 * f64::EPSILON * sum(i, f64::abs)).collect();
        components(&plan.layer, false, &mut x);
        for k in 0..n * n {
            let (i, j) = (k / n, k % n);
            expected[k] += x[i] * x[j];
            bounds[k] +=
                (width as f64 * f64::EPSILON * x[i] * x[j]).abs() + e[i] * x[j].abs() + x[i].abs() * e[j];
        }
    }
    for k in 0..n * n {
        let found = network.growth() * network.gram().get(k / n, k % n) * width as f64;
        // Scaling to the trace and back takes a few roundings more.
        let bound = 1.01 * bounds[k] + 8.0 * f64::EPSILON * expected[k].abs();
        assert!((found - expected[k]).abs() <= bound, "({}, {}): {found} {}", k / n, k % n, expected[k]);
    }
}

#[test]
fn fast_path_is_the_slow_one() {
    // One strip and many, the last one full or not; more columns than are multiplied at a time, and more strips than make
    // a panel; full rank and less; full blocks, and a last one with one to four neurons.
    for (n, features, width) in
        [(3, 9, 1), (8, 20, 130), (9, 4, 131), (24, 60, 256), (65, 200, 132), (300, 400, 140)]
    {
        for components in ["rc,nl", "nl", "rc", ""] {
            differs_by_rounding(n, features, width, 7, components);
        }
    }
}

#[test]
fn growth_restores_the_scale() {
    // RS makes every neuron of mean square one over the batch: linear, the trace is n whatever the sample.
    for components in ["rs", "rc,rs"] {
        for sampler in SAMPLERS {
            let network = run(plan(components, sampler, 40), &input(6), 2);
            assert!((network.growth() - 1.0).abs() < 1e-13);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn fast_path_is_the_slow_one_for_any_size(
        n in 3_usize..40, features in 1_usize..50, width in 1_u64..300, seed: u64, subset in 0_usize..4,
    ) {
        differs_by_rounding(n, features, width, seed, ["rc,nl", "nl", "rc", ""][subset]);
    }

    #[test]
    fn gram_matrices_are_symmetric_and_normalised(
        n in 3_usize..9, width in 1_u64..600, seed: u64, subset in 0_usize..8, literal: bool,
    ) {
        let components: Vec<&str> =
            ["rc", "rs", "nl"].into_iter().enumerate().filter(|(k, _)| subset >> k & 1 == 1).map(|(_, name)| name).collect();
        let sampler = SAMPLERS[usize::from(literal)];
        let plan = Plan { seed, ..plan(&components.join(","), sampler, width) };
        let mut network = Network::from_batch(plan, &input(n)).unwrap();
        for _ in 0..3 {
            match network.step() {
                Ok(()) => {}
                // Few neurons without RC may all be inactive.
                Err(Error::NotReached(_)) => break,
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
            let gram = network.gram();
            prop_assert!((gram.trace() - n as f64).abs() < 1e-12);
            for i in 0..n {
                for j in 0..n {
                    prop_assert!(gram.get(i, j) == gram.get(j, i));
                    let bound = (gram.get(i, i) * gram.get(j, j)).sqrt();
                    prop_assert!(gram.get(i, j).abs() <= bound * (1.0 + 1e-12));
                }
            }
        }
    }
}
