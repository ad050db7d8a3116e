//! The infinite-width layer against the reduced model of theory, section 2.2, and on real and random batches.

use oddpoint::layer::infinite_width::{differential, layer, nonlinearity};
use oddpoint::layer::observables::observe;
use oddpoint::layer::orbit::{Orbit, Record};
use oddpoint::layer::{Gram, batch};
use rug::Float;
use std::path::Path;

const PRECISION: u32 = 300;

/// The symmetric covariance of theory, 2.2, with `N = n − 1` equal variances 1 and covariance `r`; the last
/// sample is the outlier.
fn symmetric(n: usize, r: &Float) -> Gram<Float> {
    let s = Float::with_val(PRECISION, r * (n as u32 - 2)) + 1_u32;
    Gram::from_entries(n, |i, j| match (i + 1 == n, j + 1 == n) {
        (true, true) => s.clone() * (n as u32 - 1),
        (false, false) if i == j => Float::with_val(PRECISION, 1),
        (false, false) => r.clone(),
        _ => -s.clone(),
    })
}

/// Odd-point values of theory, 2.3: n, 1 − r, and the eigenvalues of the trivial and the pair block.
const ODD_POINTS: [(usize, f64, f64, f64); 3] = [
    (7, 0.706103281037793, 0.944832278317031, 0.806495031189708),
    (10, 0.361976394607323, 0.926769839377032, 0.882691840316663),
    (100, 0.00435130314134011, 0.989939736588127, 0.989895314454977),
];

#[test]
fn published_odd_points_are_fixed() {
    for (n, one_minus_r, ..) in ODD_POINTS {
        let r = Float::with_val(PRECISION, 1.0 - one_minus_r);
        let point = symmetric(n, &r);
        let moved = layer(&point).sub(&point).frobenius_norm() / point.frobenius_norm();
        // 1 − r is known to 15 digits.
        assert!(moved < 1e-14, "n = {n}: {moved}");
    }
}

#[test]
fn differential_has_the_published_eigenvalues() {
    for (n, one_minus_r, trivial, pair) in ODD_POINTS {
        let r = Float::with_val(PRECISION, 1) - Float::with_val(PRECISION, one_minus_r);
        let point = symmetric(n, &r);
        // Pair block: +1 on (0,1) and (2,3), −1 on (0,2) and (1,3): no change of any variance or row sum.
        let sign = |i, j| match (i, j) {
            (0, 1) | (2, 3) => 1,
            (0, 2) | (1, 3) => -1,
            _ => 0,
        };
        let direction = Gram::from_entries(n, |i, j| Float::with_val(PRECISION, sign(i, j)));
        let ratio = differential(&point, &direction).get(0, 1).to_f64();
        assert!((ratio - pair).abs() < 1e-13, "n = {n}: {ratio}");
        // Trivial block: along the family of symmetric covariances, which is affine in r; modulo the scale,
        // seen in the correlation (r of a matrix is c₀₁/c₀₀).
        let one = Float::with_val(PRECISION, 1);
        let zero = Float::new(PRECISION);
        let along = symmetric(n, &one).sub(&symmetric(n, &zero));
        let image = differential(&point, &along);
        let slope = (image.get(0, 1).clone() - image.get(0, 0).clone() * &r).to_f64();
        assert!((slope - trivial).abs() < 1e-12, "n = {n}: {slope}");
    }
}

#[test]
fn observables_reduce_to_the_model_on_symmetric_batches() {
    // Theory, 2.2: norm ratio √(y/1) = N cos φ and sin φ = √(2(N−1)/N) sin(θ/2).
    let r = 0.6;
    let point = symmetric(10, &Float::with_val(PRECISION, r)).to_f64();
    let seen = observe(&point, &nonlinearity(&point));
    let theta = f64::acos(r);
    let cos_phi = (1.0 - 16.0 / 9.0 * (theta / 2.0).sin().powi(2)).sqrt();
    assert_eq!(seen.odd_sample, 9);
    assert!((seen.norm_ratio - 9.0 * cos_phi).abs() < 1e-13);
    let kappa = oddpoint::kernel::kappa;
    assert!((seen.cos_within_min - 2.0 * kappa(r)).abs() < 1e-14);
    assert!((seen.cos_within_mean - 2.0 * kappa(r)).abs() < 1e-14);
    assert!((seen.cos_cross_max - 2.0 * kappa(-cos_phi)).abs() < 1e-14);
    assert!((seen.cos_cross_mean - 2.0 * kappa(-cos_phi)).abs() < 1e-14);
}

#[test]
fn digits_end_at_the_odd_point() {
    // The figures of examples/digits/README.md.
    let batch = batch::read(Path::new("examples/digits/digits64.csv")).unwrap();
    assert_eq!((batch.size(), batch.features()), (64, 64));
    let records: Vec<Record> = Orbit::new(&batch.covariance().unwrap()).unwrap().take(3001).collect();
    let last = records[3000];
    assert!(records.iter().all(|record| record.seen.odd_sample == 7));
    assert_eq!(
        records.iter().position(|record| record.seen.norm_ratio > last.seen.norm_ratio / 2.0),
        Some(63)
    );
    assert!((last.seen.norm_ratio - 62.6737127183).abs() < 1e-9 && last.change.unwrap() < 1e-14, "{last:?}");
    // Theory, 2.2, large n: (n−1)(1 − (9π²/4)/n²) = 62.66, 1 − (9π²/2)/n² + 18π²/n³ = 0.98983.
    assert!(
        (last.seen.cos_within_min - 0.98983).abs() < 1e-5
            && last.seen.cos_within_mean - last.seen.cos_within_min < 1e-12
    );
    assert!(
        (last.seen.cos_cross_mean - 1.1189e-4).abs() < 1e-8
            && last.seen.cos_cross_max - last.seen.cos_cross_mean < 1e-12
    );
}

#[test]
fn random_batches_of_twenty_reach_the_odd_point() {
    // Theory, section 4: 200 of 200 at n = 20 with 2n features.
    for stream in 0..20 {
        let input = batch::random_gaussian(20, 40, 0, stream).unwrap().covariance().unwrap();
        let last = Orbit::new(&input).unwrap().nth(3000).unwrap();
        // Norm ratio (n−1)(1 − (9π²/4)/n² + …) ≈ 17.9; cosine across (9√2π²/4)/n³ ≈ 0.004.
        assert!((17.5..18.5).contains(&last.seen.norm_ratio), "{stream}: {last:?}");
        assert!(last.seen.cos_within_min > 0.85 && last.seen.cos_cross_max < 0.01, "{stream}: {last:?}");
    }
}
