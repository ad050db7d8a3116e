//! The reduced model and the spectrum in blocks against the full n×n map, and facts that hold at every n.

use nalgebra::DMatrix;
use oddpoint::arithmetic::Real;
use oddpoint::layer::Gram;
use oddpoint::layer::infinite_width::{FastLayer, differential, layer};
use oddpoint::odd_point::modes::{BlockNorms, direction};
use oddpoint::odd_point::two_level::EqualCorrelations;
use oddpoint::odd_point::{
    Block, EdgeEquation, FixedPoint, Image, Spectrum, StandardBlock, SymmetricBatch, deflated_balance,
};
use oddpoint::rigor::enclose_fixed_point;
use oddpoint::rigor::two_level::enclose_two_level;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rug::Float;

/// Bits of the comparisons in MPFR.
const PRECISION: u32 = 256;

/// Allowed there: of 256 bits, 56 for roundings and for what cancels (`1 − r ≥ 10⁻⁷` costs 23).
const TOLERANCE_BITS: u32 = 200;

fn negligible(error: &Float) -> bool {
    error.is_zero() || error.get_exp().is_some_and(|exponent| exponent <= -(TOLERANCE_BITS as i32))
}

/// `‖a − b‖ / ‖b‖`, in the Frobenius norm.
fn relative_difference(a: &Gram<Float>, b: &Gram<Float>) -> Float {
    a.sub(b).frobenius_norm() / b.frobenius_norm()
}

/// A batch size from 7 to 10¹², log-uniformly.
fn batch_size() -> impl Strategy<Value = u64> {
    (7_f64.log2()..1e12_f64.log2()).prop_map(|log| log.exp2().round() as u64)
}

proptest! {
    /// θ to an ulp or two, squared in 1 − r; some twenty roundings in its image: 45 units of 2⁻⁵³.
    #[test]
    fn located_points_are_fixed(n in batch_size()) {
        for &point in FixedPoint::existing(n).unwrap() {
            let batch = point.locate(n).unwrap();
            let moved = batch.image_one_minus_r() / batch.one_minus_r - 1.0;
            prop_assert!(moved.abs() < 5e-15, "{} at n = {n} moves by {moved:e}", point.name());
        }
    }

    /// Attracting, repelling in one direction, attracting (theory, 2.2); at n = 10¹² by 10⁻¹² or so.
    #[test]
    fn spectral_radii(n in batch_size()) {
        for (point, unstable) in
            [(FixedPoint::OddPoint, 0), (FixedPoint::Edge, 1), (FixedPoint::Symmetric, 0)]
        {
            let spectrum = Spectrum::at(&point.locate(n).unwrap());
            let eigenvalues = spectrum.eigenvalues(n);
            prop_assert!(eigenvalues.iter().all(|(_, value)| **value > 0.0), "{} at n = {n}", point.name());
            let outside = eigenvalues.iter().filter(|(_, value)| **value > 1.0).count();
            prop_assert_eq!(outside, unstable, "{} at n = {}: {:?}", point.name(), n, spectrum);
            // The direction in which the edge repels is the model's own.
            prop_assert_eq!(spectrum.trivial > 1.0, unstable == 1);
        }
    }

    /// On either side of the edge and of the odd point the layer pulls the cluster as their stability says: towards
    /// the odd point, away from the edge. By the equations, whose signs stay clear at every n.
    #[test]
    fn equations_change_sign_at_the_fixed_points(n in batch_size(), share in 0.05..0.95) {
        let [odd, edge, symmetric] = fixed_points(n);
        prop_assert!(odd.theta < edge.theta && edge.theta <= symmetric.theta);
        prop_assert!(1.0 < edge.deviation_ratio && edge.deviation_ratio < odd.deviation_ratio);
        let size = n as f64;
        let excess = EdgeEquation { n }.solve();
        prop_assert!(deflated_balance(&size, &(excess * share)) < 0.0);
        prop_assert!(deflated_balance(&size, &(excess * (1.0 + share))) > 0.0);
        // The edge's angle is 4/3 of the odd point's at n = 7, and more beyond.
        let balance = |factor: f64| SymmetricBatch::from_angle(&size, &(odd.theta * factor)).balance();
        prop_assert!(balance(1.0 + 0.3 * share) > 0.0);
        prop_assert!(balance(share) < 0.0);
    }

    /// The same by the reduced map itself, where doubles resolve what it does.
    #[test]
    fn the_map_moves_towards_attracting_points(n in 7_u64..=100, share in 0.05..0.95) {
        let [odd, edge, symmetric] = fixed_points(n);
        let tightens = |theta: f64| {
            let batch = SymmetricBatch::from_angle(&(n as f64), &theta);
            batch.image_one_minus_r() < batch.one_minus_r
        };
        let between = |a: &SymmetricBatch<f64>, b: &SymmetricBatch<f64>| a.theta + (b.theta - a.theta) * share;
        prop_assert!(!tightens(odd.theta * share), "inside the odd point's angle");
        prop_assert!(tightens(between(&odd, &edge)), "between odd point and edge");
        prop_assert!(!tightens(between(&edge, &symmetric)), "between edge and symmetric point");
    }
}

fn fixed_points(n: u64) -> [SymmetricBatch<f64>; 3] {
    [FixedPoint::OddPoint, FixedPoint::Edge, FixedPoint::Symmetric].map(|point| point.locate(n).unwrap())
}

/// The largest angle of a symmetric batch: `r = −1/(n−2)`, where the outlier's variance vanishes.
fn largest_angle(n: usize) -> Float {
    (-(Float::with_val(PRECISION, 1) / (n as u32 - 2))).acos()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The n×n map on the written-out covariance against the reduced map's `d'` and `s'`: its image is symmetric, with
    /// `d'` and `s'` in the same ratio, wherever the angle.
    #[test]
    fn the_full_map_reduces(n in 3_usize..=30, share in 0.001..0.999) {
        let size = Float::with_val(PRECISION, n);
        let theta = largest_angle(n) * share;
        let batch = SymmetricBatch::from_angle(&size, &theta);
        let covariance = batch.covariance(n);
        let image = layer(&covariance);

        let Image { d, s } = batch.image();
        // Zero row sums: 1' = r' + d', (n−2) r' + 1' = s' within the cluster; so variance (s' + (n−2) d')/(n−1), and
        // the outlier's (n−1) s'.
        let cluster = n as i64 - 1;
        let variance = (s.clone() + d.clone().times(cluster - 1)).over(cluster);
        let mut expected = Gram::from_entries(n, |i, j| match (i + 1 == n, j + 1 == n) {
            (true, true) => s.clone().times(cluster),
            (false, false) if i == j => variance.clone(),
            (false, false) => variance.clone() - &d,
            _ => -s.clone(),
        });
        expected.scale_to_trace(&covariance.trace());
        let error = relative_difference(&image, &expected);
        prop_assert!(negligible(&error), "n = {n}, θ = {theta:.20}: {error:.3}");

        let ratio = (image.get(0, 0).clone() - image.get(0, 1)) / -image.get(0, n - 1).clone();
        let error = (ratio / (d / s) - 1_u32).abs();
        prop_assert!(negligible(&error), "n = {n}, θ = {theta:.20}: d'/s' off by {error:.3}");
    }

    /// The blocks are invariant under the full map's differential, with the eigenvalues of the block formulas.
    #[test]
    fn blocks_are_invariant(n in 7_usize..=24, which in 0_usize..3) {
        let point = FixedPoint::existing(n as u64).unwrap()[which];
        let enclosed = enclose_fixed_point(point, n as u64, PRECISION + 64).unwrap();
        let theta = Float::with_val(PRECISION, enclosed.theta.midpoint());
        let batch = SymmetricBatch::from_angle(&Float::with_val(PRECISION, n), &theta);
        let covariance = batch.covariance(n);
        let spectrum = Spectrum::at(&batch);
        let place = format!("{} at n = {n}", point.name());
        let applied = |direction: &Gram<Float>| differential(&covariance, direction);
        let along = |block| direction(block, n, &theta);

        for (block, eigenvalue) in [(Block::Trivial, &spectrum.trivial), (Block::Pair, &spectrum.pair)] {
            let direction = along(block);
            let mut expected = direction.clone();
            expected.scale(eigenvalue);
            let error = relative_difference(&applied(&direction), &expected);
            prop_assert!(negligible(&error), "{place}, {}: {error:.3}", block.name());
        }

        let first = along(Block::Standard);
        let second = applied(&first);
        let third = applied(&second);
        let BlockNorms { trivial, standard, pair } = BlockNorms::of(&second);
        for (other, part) in [("trivial", trivial), ("pair", pair)] {
            let part = part / &standard;
            prop_assert!(negligible(&part), "{place}: the standard direction moves into {other}, {part:.3}");
        }
        // Cayley–Hamilton for the 2×2 block: J²D = tr · JD − det · D.
        let block = StandardBlock::at(&batch);
        let mut expected = second;
        expected.scale(&block.trace());
        let expected = expected.add_scaled(&-block.determinant(), &first);
        let error = relative_difference(&third, &expected);
        prop_assert!(negligible(&error), "{place}, standard: {error:.3}");
        let [larger, smaller] = &spectrum.standard;
        let error = (larger.clone() + smaller - block.trace()).abs();
        prop_assert!(negligible(&error), "{place}, sum of the standard eigenvalues: {error:.3}");
    }
}

/// A fixed point of the model is one of the full map.
#[test]
fn fixed_points_are_fixed_under_the_full_map() {
    for n in [7_usize, 10, 24] {
        for &point in FixedPoint::existing(n as u64).unwrap() {
            let enclosed = enclose_fixed_point(point, n as u64, PRECISION + 64).unwrap();
            let theta = Float::with_val(PRECISION, enclosed.theta.midpoint());
            let covariance = SymmetricBatch::from_angle(&Float::with_val(PRECISION, n), &theta).covariance(n);
            let error = relative_difference(&layer(&covariance), &covariance);
            assert!(negligible(&error), "{} at n = {n} moves by {error:.3}", point.name());
        }
    }
}

/// What the comparisons of this file would not notice if they could not fail: a wrong eigenvalue and a point off the
/// fixed point do show.
#[test]
fn a_false_eigenvalue_is_noticed() {
    let n = 10;
    let size = Float::with_val(PRECISION, n);
    let covariance = SymmetricBatch::from_angle(&size, &Float::with_val(PRECISION, 0.9)).covariance(n);
    assert!(!negligible(&relative_difference(&layer(&covariance), &covariance)));
    let pair = direction(Block::Pair, n, &size);
    assert!(!negligible(&relative_difference(&differential(&covariance, &pair), &pair)));
}

/// Where an orbit has come to, if it has settled: all samples alike, or one apart from all others alike.
fn settled(covariance: &Gram<f64>) -> Option<FixedPoint> {
    let n = covariance.n();
    let odd = (0..n).max_by(|&i, &j| covariance.get(i, i).total_cmp(covariance.get(j, j))).unwrap();
    let correlation =
        |i: usize, j: usize| covariance.get(i, j) / (covariance.get(i, i) * covariance.get(j, j)).sqrt();
    let others: Vec<usize> = (0..n).filter(|&i| i != odd).collect();
    let alike = |samples: &[usize], r: f64| {
        samples.iter().all(|&i| samples.iter().all(|&j| i == j || (correlation(i, j) - r).abs() < 1e-6))
    };
    let everyone: Vec<usize> = (0..n).collect();
    if alike(&everyone, -1.0 / (n as f64 - 1.0)) {
        return Some(FixedPoint::Symmetric);
    }
    let r = FixedPoint::OddPoint.locate(n as u64).unwrap().r();
    alike(&others, r).then_some(FixedPoint::OddPoint)
}

/// Starts of five kinds end symmetric or with a single outlier (numerical; theory, 2.6): Gaussian, heavy-tailed scales,
/// noisy clusters, several outliers of nearly equal variance, the unstable fixed points with k outliers themselves.
#[test]
fn no_start_ends_with_two_outliers() {
    let mut ends = [0_usize; 2];
    for (seed, n) in [8_usize, 12, 20].into_iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed as u64);
        // With k outliers, k = 2, …, n/4; at n = 8, which has no such point, the symmetric one.
        let with_outliers = |k: usize| {
            let census = enclose_two_level(n as u64, k as u64, 64).unwrap();
            let state = census.others.first().unwrap_or(&census.symmetric);
            EqualCorrelations::at_angle([(n - k) as i64, k as i64], &state.theta.midpoint().to_f64()).batch()
        };
        let unstable: Vec<_> = (2..=n / 4).map(with_outliers).collect();
        for start in 0..1200 {
            let kind = start % 5;
            let features = 2 + start % (2 * n);
            let outliers = 2 + start % (n / 2 - 1);
            let mut points = DMatrix::from_fn(n, features, |_, _| {
                let x: f64 = rng.sample(StandardNormal);
                x
            });
            for i in 0..n {
                let noise: f64 = rng.sample(StandardNormal);
                let scale = match kind {
                    1 => (1.5 * noise).exp(),
                    3 if i < outliers => 3.0 * (1.0 + 0.01 * noise),
                    _ => 1.0,
                };
                points.row_mut(i).scale_mut(scale);
            }
            if kind == 2 {
                let centres = points.rows(0, outliers).clone_owned();
                for i in 0..n {
                    let moved = centres.row(i % outliers) + 0.05 * points.row(i);
                    points.row_mut(i).copy_from(&moved);
                }
            }
            let mut gram = &points * points.transpose();
            if kind == 4 {
                let batch = &unstable[outliers.min(n / 4) - 2];
                let covariance = batch.covariance(n);
                let small = 1e-4 / gram.trace();
                gram = DMatrix::from_fn(n, n, |i, j| covariance.get(i, j) + small * gram[(i, j)]);
            }
            let mut covariance = Gram::from_entries(n, |i, j| gram[(i, j)]);
            covariance.recentre();
            let mut layers = FastLayer::new(&covariance).unwrap();
            let end = (0..400).find_map(|_| {
                (0..50).for_each(|_| layers.step());
                settled(&layers.covariance())
            });
            match end {
                Some(FixedPoint::Symmetric) => ends[0] += 1,
                Some(FixedPoint::OddPoint) => ends[1] += 1,
                _ => panic!("n = {n}, start {start}: elsewhere"),
            }
        }
    }
    println!("symmetric {}, single outlier {}", ends[0], ends[1]);
    assert_eq!(ends[0] + ends[1], 3600);
    assert!(ends.iter().all(|&count| count > 100), "{ends:?}");
}
