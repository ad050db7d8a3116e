use super::*;
use crate::layer::batch;
use crate::layer::infinite_width::{nonlinearity, nonlinearity_differential};
use rug::Float;

/// Bits of the reference.
const REFERENCE: u32 = 120;

/// `XXᵀ` of small integers: exact in doubles, so exactly of rank `min(n, features)`.
fn generic(n: usize, features: usize, seed: u64) -> Gram<f64> {
    let x = batch::random_gaussian(n, features, seed, 0).unwrap();
    let x: Vec<Vec<f64>> =
        x.samples().iter().map(|row| row.iter().map(|x| (8.0 * x).round()).collect()).collect();
    let mut gram = Gram::from_samples(&x).unwrap();
    gram.scale(&(features as f64));
    gram.map(|x| x.round())
}

/// A covariance and what its condition hangs on (the ratio of its two largest eigenvalues, or of its variances), roughly: generic ones, low rank, nearly rank 2 and 1, and
/// one with a minute sample. All exact in doubles.
fn cases() -> Vec<(Gram<f64>, f64)> {
    let mut cases = vec![(generic(3, 6, 1), 1.0), (generic(5, 2, 2), 1.0), (generic(7, 14, 3), 1.0)];
    for spread in [14, 30].map(|shift| (-f64::from(shift)).exp2()) {
        cases.push((generic(5, 2, 5).add_scaled(&spread, &generic(5, 10, 6)), 1.0));
        cases.push((generic(4, 1, 7).add_scaled(&spread, &generic(4, 8, 8)), spread));
    }
    let minute = [1.0, 2.0_f64.powi(-10), 2.0, 0.5];
    let entry = |i: usize, j: usize| minute[i] * minute[j] * if i == j { 1.0 } else { 0.25 };
    cases.push((Gram::from_entries(4, entry), minute[1].powi(2)));
    cases
}

/// `max |xᵢⱼ − yᵢⱼ|/√(yᵢᵢ yⱼⱼ)`.
fn distance(x: &Gram<f64>, y: &Gram<Float>) -> f64 {
    let n = x.n();
    let one = |i: usize, j: usize| {
        let unit = Float::with_val(REFERENCE, y.get(i, i) * y.get(j, j)).sqrt();
        (Float::with_val(REFERENCE, y.get(i, j) - x.get(i, j)) / unit).to_f64().abs()
    };
    (0..n * n).map(|k| one(k / n, k % n)).fold(0.0, f64::max)
}

/// `Σ zᵢ²/|z|² = 1`.
#[test]
fn a_linear_layer_has_trace_n() {
    for (case, _) in cases() {
        let trace = rescaled(&case, Clone::clone).unwrap().trace();
        assert!((trace / case.n() as f64 - 1.0).abs() < 1e-14, "n = {}: {trace}", case.n());
        let trace = rescaled(&case.lift(REFERENCE), Clone::clone).unwrap().trace();
        assert!((trace / case.n() - 1_u32).abs() < 1e-34);
    }
}

/// Where `|z|²` does not depend on the direction of `z` it may be averaged apart: `E[F/|z|²] = E[F]/E[|z|²]`, that is
/// `n K(P)/(n−1)` for `C = P`; and in rank one, where the direction is constant, `n K(C)/tr C`.
#[test]
fn isotropic_and_one_dimensional_batches_are_closed_forms() {
    for n in [2_usize, 3, 10, 40] {
        let projector = Gram::from_entries(n, |i, j| f64::from(i == j) - 1.0 / n as f64);
        let mut expected = nonlinearity(&projector);
        expected.scale(&(n as f64 / (n as f64 - 1.0)));
        let error = rescaled(&projector, nonlinearity).unwrap().sub(&expected).frobenius_norm();
        assert!(error < 1e-14 * n as f64, "n = {n}: {error:e}");
    }
    let v = [1.0, -3.0, 2.0, 1e-3];
    let line = Gram::from_entries(4, |i, j| v[i] * v[j]);
    let mut expected = nonlinearity(&line);
    expected.scale(&(4.0 / line.trace()));
    let error = rescaled(&line, nonlinearity).unwrap().sub(&expected).frobenius_norm();
    assert!(error < 1e-13, "{error:e}");
}

/// `E[z₁²/(z₁²+z₂²)] = √a/(√a+√b)` for independent ones of variances a and b: `tan` of the angle is Cauchy with scale `√(b/a)`.
#[test]
fn two_independent_samples() {
    for ratio in [1.0, 0.3, 1e-6, 1e-14] {
        let c = Gram::from_entries(2, |i, j| [[1.0, 0.0], [0.0, ratio]][i][j]);
        let gram = rescaled(&c, Clone::clone).unwrap();
        let root = f64::sqrt(ratio);
        for (found, expected) in
            [(gram.get(0, 0), 2.0 / (1.0 + root)), (gram.get(1, 1), 2.0 * root / (1.0 + root))]
        {
            assert!((found / expected - 1.0).abs() < 2e-14, "{found} is not {expected} at ratio {ratio}");
        }
    }
}

/// The rule's own error, at fewer bits than the arithmetic's, keeps to its bound, and is no idle one.
#[test]
fn the_quadratures_error_keeps_to_its_bound() {
    for (case, _) in cases() {
        let case = case.lift(REFERENCE);
        let exact = rescaled(&case, nonlinearity).unwrap();
        for bits in [8, 20, 53, 90] {
            let found = Rescaling::to_bits(&case, bits).unwrap().image(nonlinearity);
            let n = case.n();
            let error = (0..n * n).map(|k| {
                let unit = (exact.get(k / n, k / n).clone() * exact.get(k % n, k % n)).sqrt();
                ((found.entries()[k].clone() - &exact.entries()[k]) / unit).to_f64().abs()
            });
            let error = error.fold(0.0, f64::max);
            let bound = (-f64::from(bits)).exp2();
            assert!(error <= bound, "n = {n}, {bits} bits: {error:e}");
        }
    }
}

/// Near rank one the map has an infinite slope: `√λ₂/√λ₁` enters (see `two_independent_samples`), so that a rounding ε
/// of the covariance weighs `ε √(λ₁/λ₂)`.
#[test]
fn doubles_agree_with_high_precision() {
    for (case, ratio) in cases() {
        let exact = rescaled(&case.lift(REFERENCE), nonlinearity).unwrap();
        let error = distance(&rescaled(&case, nonlinearity).unwrap(), &exact);
        assert!(error < 2e-14 / ratio.sqrt(), "n = {}: {error:e}", case.n());
    }
}

/// Against a central difference of step 2⁻³⁰ (error 2⁻⁶⁰ times the third derivative, entries being some hundreds); and along `C`
/// itself nothing moves, because the scale drops out.
#[test]
fn differential_is_the_derivative() {
    let covariance = generic(5, 10, 9).lift(REFERENCE);
    let direction = Gram::from_entries(5, |i, j| ((i * j + 2 * (i + j)) as f64).sin()).lift(REFERENCE);
    let rescaling = Rescaling::new(&covariance).unwrap();
    let slope = |direction| rescaling.differential(direction, nonlinearity, nonlinearity_differential);
    let step = Float::with_val(REFERENCE, 1) >> 30;
    let moved = |step: &Float| rescaled(&covariance.add_scaled(step, &direction), nonlinearity).unwrap();
    let mut difference = moved(&step).sub(&moved(&-step.clone()));
    difference.scale(&(Float::with_val(REFERENCE, 1) << 29));
    let error = slope(&direction).sub(&difference).frobenius_norm();
    assert!(error < 1e-19 * slope(&direction).frobenius_norm(), "{error:e}");
    assert!(slope(&covariance).frobenius_norm() < 1e-32);
}

#[test]
fn what_is_no_covariance_is_refused() {
    let of = |a: f64, b: f64, c: f64| {
        rescaled(&Gram::from_entries(2, |i, j| [[a, c], [c, b]][i][j]), nonlinearity)
    };
    for (result, word) in
        [(of(0.0, 0.0, 0.0), "zeros"), (of(1.0, f64::NAN, 0.0), "(1, 1)"), (of(1.0, 1.0, 2.0), "negative")]
    {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
}
