//! The threshold: which symmetric batches end at the odd point and which at the symmetric one.
//!
//! Given a complete census of the fixed points ([`super::count_each`]), monotonicity does the rest, by hand
//! for every n ≥ 3, in the variable `v` (outlier's standard deviation over the cluster's, rising with `r`):
//!
//! 1. `F_n` increases where `v ≥ h(φ)/π`, in particular for `v ≥ 1/π`. With `p = d'/s'`, `1 − F_n = Np/(1+(N−1)p)` rises
//!    with `p`; `d'` rises with `θ`, and `n² s'_θ/((N−1) sin θ) = −(π−θ)/2π − N²/2 − Nφ/2π + N² h(φ)/(2πv)` is negative
//!    for such `v`.
//! 2. A batch with `v ≤ 1/π` goes to `v' < 1`: that is `n s' < d'`, or `1/2 + v²/2 − v h(φ)/π < 2d'`; the left side is at
//!    most `1/2 + 1/(2π²)`, and `2d' ≥ 1 − 1/π` because `1 − r ≥ 1` there and `d'` rises with `θ`. The comparison of
//!    the two numbers is [`low_variance_comes_back`].
//! 3. Below `v = 1` there is no fixed point and `F_n(r) > r` (the deflated equation is negative there, see the
//!    count), so an orbit that starts with `v ≤ 1/π` leaves that stretch, into `[1/π, 1)`, and from there increases to the
//!    symmetric point. Between consecutive fixed points on `v ≥ 1/π` orbits are monotone and tend to the end to which
//!    the sign of `F_n(r) − r` points.
//!
//! So every start above the edge tends to the odd point and every start below it to the symmetric one.

use super::count::deflated_at;
use crate::arithmetic::{Interval, Real};

/// Step 2's numbers: `1/2 + 1/(2π²) < 1 − 1/π`, by enclosures.
///
/// ```
/// assert!(oddpoint::rigor::threshold::low_variance_comes_back(64));
/// ```
pub fn low_variance_comes_back(precision: u32) -> bool {
    let one = Interval::from_integer(precision, 1);
    let reciprocal = one.clone() / one.pi();
    let left = (one.clone() + reciprocal.clone().square()).over(2);
    left.certainly_less(&(one - reciprocal))
}

/// What a layer does to a batch with the given `ω = n(v−1) > 0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Towards the exact configuration: the cluster tightens.
    Up,
    /// Towards the symmetric batch.
    Down,
    /// Undecided by the enclosure.
    Unknown,
}

/// The drift at `ω`, for batch size `n`, by enclosure.
///
/// ```
/// use oddpoint::arithmetic::Interval;
/// use oddpoint::rigor::threshold::{Drift, drift};
/// // The edge of a large batch is at ω = π − 2: below it back, above it away.
/// let at = |omega: f64| drift(1_000_000, &Interval::from_f64(64, omega));
/// assert_eq!((at(1.0), at(1.3)), (Drift::Down, Drift::Up));
/// ```
pub fn drift(n: u64, omega: &Interval) -> Drift {
    let balance = deflated_at(n, omega);
    if balance.certainly_positive() {
        Drift::Up
    } else if balance.certainly_negative() {
        Drift::Down
    } else {
        Drift::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, SymmetricBatch};

    #[test]
    fn the_numbers_of_step_two() {
        assert!(low_variance_comes_back(64));
        // Too few bits to tell 0.5507 from 0.6817 do not exist among those accepted.
        assert!(low_variance_comes_back(24));
    }

    /// Steps 1 and 2 on a grid, with the map itself.
    #[test]
    fn the_map_does_what_the_lemmas_say() {
        for n in [3.0, 4.0, 7.0, 30.0, 1000.0] {
            let image = |v: f64| SymmetricBatch::from_deviation_ratio(&n, &v).image_one_minus_r();
            let pi = std::f64::consts::PI;
            let symmetric = n / (n - 1.0);
            for k in 0..=100 {
                let v = f64::from(k) / 100.0 / pi;
                assert!(image(v) > symmetric * (1.0 - 1e-15), "n = {n}, v = {v}");
            }
            let steps = 400;
            let at = |k: i32| 1.0 / pi + (n - 1.0 - 1.0 / pi) * 0.999 * f64::from(k) / f64::from(steps);
            for k in 0..steps {
                assert!(image(at(k + 1)) < image(at(k)), "n = {n}, v = {}", at(k));
            }
        }
    }

    /// Orbits started one per cent to either side of the edge end where the theorem says.
    #[test]
    fn orbits_part_at_the_edge() {
        for n in [7_u64, 10, 50] {
            let size = n as f64;
            let excess = FixedPoint::Edge.locate(n).unwrap().deviation_ratio - 1.0;
            for (factor, end) in [(1.01, FixedPoint::OddPoint), (0.99, FixedPoint::Symmetric)] {
                let start = SymmetricBatch::from_deviation_ratio(&size, &(1.0 + factor * excess));
                let mut one_minus_r = start.one_minus_r;
                for _ in 0..200 * n {
                    // v² = N(1 + (n−2)r)
                    let v = ((size - 1.0) * (size - 1.0 - (size - 2.0) * one_minus_r)).sqrt();
                    one_minus_r = SymmetricBatch::from_deviation_ratio(&size, &v).image_one_minus_r();
                }
                let expected = end.locate(n).unwrap().one_minus_r;
                assert!((one_minus_r / expected - 1.0).abs() < 1e-6, "n = {n}, {factor}");
            }
        }
    }
}
