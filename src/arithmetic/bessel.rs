//! `j_k(t)/t^k`, the spherical Bessel functions without their zero at the origin: what is left of `sin t/t`,
//! `(sin t − t cos t)/t³`, … where `t` may be 0.
//!
//! ```text
//! J_k(t) = Σ_m (−t²/2)^m / (m! (2m+2k+1)!!),      J_0 = sin t/t,   J_1 = h(t)/t³
//! J_k' = −t J_{k+1},      J_{k+1} = ((2k+1) J_k − J_{k−1})/t²
//! ```
//!
//! On `[0, 4]` every `J_k` decreases, because `J_{k+1} > 0` there: the first zero of `j_1` is at 4.493…, those of
//! higher order lie beyond (DLMF, section 10.47 to 10.51). That is what the interval version rests on.
//! Used with `k ≤ 3`.

use super::Real;

/// Below this the series is summed: `t² < 6`, the first divisor, so its terms decrease and alternate. Above it the
/// recurrence loses less than a digit an order.
pub(super) const SERIES_BELOW: f64 = 2.0;

/// The series up to and including the power `t^(2·terms)`, for `|t| ≤ 2`, innermost term first.
pub(super) fn series<R: Real>(t: &R, order: u32, terms: u32) -> R {
    let square = t.clone().square();
    let one = t.lift(1);
    let nested = (1..=terms)
        .rev()
        .fold(one.clone(), |sum, m| one.clone() - (square.clone() * sum).over(series_divisor(order, m)));
    nested.over(double_factorial(order))
}

/// The ratio of consecutive terms is `−t²` over this.
fn series_divisor(order: u32, m: u32) -> i64 {
    2 * i64::from(m) * i64::from(2 * m + 2 * order + 1)
}

/// `(2k+1)!!`: the reciprocal of `J_k(0)`.
pub(super) fn double_factorial(order: u32) -> i64 {
    (0..=i64::from(order)).map(|k| 2 * k + 1).product()
}

/// How many terms bring the first one left out below `2^−bits` of the leading one, for `|t| ≤ magnitude ≤ 2`.
pub(super) fn terms(order: u32, bits: u32, magnitude: f64) -> u32 {
    // One bit more than asked covers the rounding of the logarithms.
    let mut remaining = f64::from(bits) + 1.0;
    let mut m = 0;
    while remaining > 0.0 {
        m += 1;
        remaining -= (series_divisor(order, m) as f64 / magnitude.powi(2)).log2();
    }
    m
}

/// By `sin`, `h` and the recurrence, for `t` well away from 0.
pub(super) fn by_recurrence<R: Real>(t: &R, order: u32) -> R {
    let mut previous = t.clone().sin() / t;
    if order == 0 {
        return previous;
    }
    let square = t.clone().square();
    let mut current = t.clone().h() / (square.clone() * t);
    for k in 1..i64::from(order) {
        let next = (current.clone().times(2 * k + 1) - previous) / &square;
        (previous, current) = (current, next);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::super::{Dual, Interval, Real, Tracked};
    use rug::Float;

    /// At 1/2 from the definitions: J_0 = 2 sin(1/2), J_1 = 8 (sin(1/2) − cos(1/2)/2), J_2 = 4 (3 J_1 − J_0).
    #[test]
    fn values_from_the_definition() {
        let (sin, cos) = (0.5_f64.sin(), 0.5_f64.cos());
        let first = 8.0 * (sin - cos / 2.0);
        for (order, expected) in [(0, 2.0 * sin), (1, first), (2, 4.0 * (3.0 * first - 2.0 * sin))] {
            assert!((0.5_f64.bessel(order) - expected).abs() < 1e-14);
        }
    }

    /// Where the recurrence is used, from the closed forms: j_2 = (3/t² − 1) sin t/t − 3 cos t/t²,
    /// j_3 = (15/t³ − 6/t) sin t/t − (15/t² − 1) cos t/t.
    #[test]
    fn recurrence_against_closed_forms() {
        for t in [2.0_f64, 2.5, 3.0] {
            let (sin, cos) = t.sin_cos();
            let second = (3.0 / (t * t) - 1.0) * sin / t - 3.0 * cos / (t * t);
            let third = (15.0 / t.powi(3) - 6.0 / t) * sin / t - (15.0 / (t * t) - 1.0) * cos / t;
            assert!((t.bessel(2) - second / (t * t)).abs() < 1e-14, "{t}");
            assert!((t.bessel(3) - third / t.powi(3)).abs() < 1e-14, "{t}");
        }
    }

    /// J_k(0) = 1/(2k+1)!!: 1, 1/3, 1/15, 1/105.
    #[test]
    fn values_at_zero() {
        for (order, reciprocal) in [(0, 1.0), (1, 3.0), (2, 15.0), (3, 105.0)] {
            assert_eq!(0.0_f64.bessel(order), 1.0 / reciprocal);
        }
    }

    /// Both sides of the switch, in every arithmetic, against 600 bits.
    #[test]
    fn arithmetics_agree() {
        for order in 0..4 {
            for t in [1e-300, 1e-20, 1e-3, 0.25, 1.0, 1.999, 2.0, 2.001, 3.0] {
                let reference = Float::with_val(600, t).bessel(order);
                let close = |value: f64, tolerance: f64| (value / reference.to_f64() - 1.0).abs() < tolerance;
                assert!(close(t.bessel(order), 1e-14), "f64, order {order} at {t}");
                for bits in [30, 53, 200] {
                    let enclosed = Interval::from_f64(bits, t).bessel(order);
                    assert!(enclosed.contains(&reference), "{bits} bits, order {order} at {t}");
                    let width = enclosed.relative_width();
                    assert!(
                        width < 2f64.powi(4 - bits as i32),
                        "{bits} bits, order {order} at {t}: {width:e}"
                    );
                }
                let tracked = Tracked::exact(t).bessel(order);
                assert_eq!(tracked.value, t.bessel(order));
                assert!((Float::with_val(600, tracked.value) - &reference).abs() <= tracked.error);
                // By sin 3 the sine has lost a digit, and each recurrence may lose another.
                assert!(tracked.error < 1e-12 * tracked.value);
            }
        }
    }

    #[test]
    fn an_interval_from_zero_is_enclosed_tightly() {
        let t = Interval::from_f64(100, 0.0).hull(&Interval::from_f64(100, 0.5));
        let enclosed = t.bessel(1);
        assert!((enclosed.upper().to_f64() - 1.0 / 3.0).abs() < 1e-15);
        assert!((enclosed.lower().to_f64() - 0.5_f64.bessel(1)).abs() < 1e-15);
    }

    /// J_k' = −t J_{k+1}.
    #[test]
    fn derivative_by_dual_number() {
        let step = 1e-6;
        for order in 0..3 {
            let difference = ((0.7 + step).bessel(order) - (0.7 - step).bessel(order)) / (2.0 * step);
            assert!((Dual::variable(0.7).bessel(order).derivative - difference).abs() < 1e-9);
        }
    }
}
