use super::super::tests::{frame, norm};
use super::*;
use crate::layer::Gram;
use crate::layer::components::Layer;
use crate::layer::sampled::{Network, Plan, Sampler};
use crate::odd_point::Mode;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

const BITS: u32 = 128;

fn chosen(n: u64) -> (Frame<f64>, Choice<f64>) {
    let [trivial, slow, fast, radius, loss, tilt] = search(n).unwrap().map(f64::exp);
    (frame(n, Weights { trivial, standard: [slow, fast] }), Choice { radius, loss, tilt })
}

fn failure() -> Interval {
    Interval::from_integer(BITS, 1).over(100)
}

/// A covariance on the ball's boundary, in a random direction.
fn on_boundary(frame: &Frame<f64>, n: usize, radius: f64, seed: u64) -> Gram<f64> {
    let direction = Mode::Random.direction(n, &1.0, seed);
    frame.batch.covariance(n).add_scaled(&(radius / norm(frame, &direction)), &direction)
}

/// `y = P relu(z)` and `z` of one neuron at a time.
struct Neurons {
    root: DMatrix<f64>,
    rng: ChaCha8Rng,
}

impl Neurons {
    fn of(covariance: &Gram<f64>) -> Self {
        let n = covariance.n();
        let matrix = DMatrix::from_fn(n, n, |i, j| *covariance.get(i, j));
        let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(matrix);
        let scales = DMatrix::from_diagonal(&eigenvalues.map(|x| x.max(0.0).sqrt()));
        Self { root: &eigenvectors * scales, rng: ChaCha8Rng::seed_from_u64(1) }
    }

    fn draw(&mut self) -> (DVector<f64>, DVector<f64>) {
        let normals = DVector::from_fn(self.root.ncols(), |_, _| StandardNormal.sample(&mut self.rng));
        let z = &self.root * normals;
        let x = z.map(|z: f64| z.max(0.0));
        (x.add_scalar(-x.mean()), z)
    }
}

/// `π(yyᵀ)`.
fn contribution(frame: &Frame<f64>, y: &DVector<f64>) -> Gram<f64> {
    let centre = frame.batch.covariance(y.len());
    let product = Gram::from_entries(y.len(), |i, j| y[i] * y[j]);
    let share = -product.trace() / centre.trace();
    product.add_scaled(&share, &centre)
}

#[test]
fn a_neuron_contributes_no_more_than_its_bounds() {
    for (n, draws) in [(7, 20_000), (10, 20_000), (20, 4000)] {
        let (frame, Choice { radius, .. }) = chosen(n);
        let mut positive = Vec::new();
        let bound = frame.neuron(&radius, &mut positive);
        assert!(positive.iter().all(|x| *x > 0.0));
        for seed in 0..3 {
            let size = n as usize;
            let covariance = match seed {
                0 => frame.batch.covariance(size),
                _ => on_boundary(&frame, size, radius, seed),
            };
            let mut neurons = Neurons::of(&covariance);
            let [mut square, mut first, mut fourth] = [0.0; 3];
            for _ in 0..draws {
                let (y, _) = neurons.draw();
                let length = norm(&frame, &contribution(&frame, &y));
                square += length.powi(2) / f64::from(draws);
                first += length / f64::from(draws);
                fourth += y.norm_squared().powi(2) / f64::from(draws);
            }
            println!(
                "n = {n}: E N(V)² {square:.4} of {:.4}, E N(V) {first:.4} of {:.4}, E|y|⁴ {fourth:.1} of {:.1}",
                bound.square, bound.form, bound.fourth
            );
            assert!(square < bound.square && first < bound.form && fourth < 1.1 * bound.fourth);
        }
    }
}

/// The three parts of the head, neuron by neuron.
#[test]
fn parts_of_a_neuron() {
    let n = 9;
    let (frame, _) = chosen(n);
    let batch = &frame.batch;
    let (m, size) = ((n - 1) as f64, n as usize);
    let mut neurons = Neurons::of(&batch.covariance(size));
    let (variance, level) = ((m - 1.0) * batch.one_minus_r, batch.variance_ratio() / (m * m));
    let trivial = variance * batch.variance_ratio() / (m + batch.variance_ratio()) / frame.outlier().trivial;
    let [along, across] = [[2.0, 1.0], [1.0, -1.0 / (m - 2.0)]].map(|x| frame.standard_coordinates(x));
    for _ in 0..100 {
        let (y, _) = neurons.draw();
        let mean = -y[size - 1] / m;
        let eta: Vec<f64> = (0..size - 1).map(|i| y[i] - mean).collect();
        let square: f64 = eta.iter().map(|x| x * x).sum();
        let x0 = trivial * (square / variance - mean * mean / level);
        let standard: f64 = eta
            .iter()
            .flat_map(|x| [0, 1].map(|k| along[k] * mean * x + across[k] * (x * x - square / m)))
            .map(|w| w * w)
            .sum();
        let fourths: f64 = eta.iter().map(|x| x.powi(4)).sum();
        let pair = square.powi(2) * (1.0 - 1.0 / (m - 1.0)) - m / (m - 2.0) * (fourths - square.powi(2) / m);
        let length = norm(&frame, &contribution(&frame, &y));
        let expected = (x0 * x0 + standard + pair).sqrt();
        assert!((length - expected).abs() < 1e-9 * expected, "{length} {expected}");
    }
}

#[test]
fn widths_are_judged_three_ways() {
    for n in [7, 8, 12, 40, 100, 1000] {
        let stay = Stay::prove(n, BITS).unwrap();
        let width = stay.width(300, &failure()).unwrap();
        let judge = |width: Integer| stay.judge(&width, 300, &failure());
        assert_eq!(judge(width.clone()), StayVerdict::Stays, "n = {n}");
        assert_eq!(judge(width - 1), StayVerdict::Undecided);
        assert_eq!(judge(Integer::from(n - 3)), StayVerdict::Leaves, "n = {n}");
        assert_eq!(judge(Integer::from(n - 2)), StayVerdict::Undecided);
    }
}

#[test]
fn small_batches_have_no_odd_point_to_stay_at() {
    assert!(Stay::prove(6, BITS).is_err());
}

/// How pessimistic `D` is: networks started at the odd point, at widths far below it.
#[test]
#[ignore = "an observation, of some minutes"]
fn widths_at_which_networks_begin_to_leave() {
    for (n, widths) in [
        (7, [64_000, 128_000, 256_000, 512_000]),
        (10, [32_000, 64_000, 128_000, 256_000]),
        (20, [32_000, 64_000, 128_000, 256_000]),
    ] {
        let (frame, Choice { radius, .. }) = chosen(n);
        let start = frame.batch.covariance(n as usize);
        let trace = start.trace();
        for width in widths {
            let leaves = |replica: u64| {
                let layer = Layer::parse("rc,nl", None).unwrap();
                let plan = Plan { layer, sampler: Sampler::Gram, width, seed: 1, replica };
                let mut network = Network::from_gram(plan, &start).unwrap().on_one_thread();
                (0..300).any(|_| {
                    network.step().unwrap();
                    let mut covariance = network.covariance().clone();
                    covariance.scale_to_trace(&trace);
                    norm(&frame, &covariance.sub(&start)) > radius
                })
            };
            let left = (0..8).into_par_iter().filter(|&replica| leaves(replica)).count();
            println!("n = {n}, d = {width}: {left} of 8 left within 300 layers");
        }
    }
}
