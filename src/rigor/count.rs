//! Counting the fixed points of the indicative model: for one n, and for all large n at once.
//!
//! With `v` the outlier's standard deviation over the cluster's, `0 ≤ v < N`, the fixed points are `v = 1` (the
//! symmetric one) and the roots of the deflated equation. The range is covered without a gap:
//!
//! | stretch | shown | how |
//! |---|---|---|
//! | `0 ≤ v ≤ 1` | no root | for every n ≥ 3 by hand, see below |
//! | `v > 1` up to a point between edge and odd point | the edge, once, or no root | cover in `ω = n(v−1)` |
//! | from there to `v < N`, that is `0 < θ` | the odd point, once, or no root | cover in `x = nθ` from `x = 0` |
//!
//! By hand: for `0 ≤ v ≤ 1` both `a` and `b` are in `[0, 1]`, where `Q' = π/2 + asin ≥ π/2`; so the bracket
//! `(1+a) Q[a,b] − 1 − Q(a) ≥ (1+a)π/2 − 1 − q(a) − πa/2 = π/2 − 1 − q(a) ≥ 0`, because `q(a) ≤ q(1) = π/2 − 1`, and
//! the left side is `≤ 0` minus something `≥ 0`. Both vanish together for no `v`: the first only at `v = 1`, where
//! `a = 1/N < 1` makes the second positive. In particular `v = 1` is a simple fixed point.
//!
//! At `x = 0` (the exact configuration, which is no interior fixed point) the balance equation is `−2/(1−u) < 0`: an
//! ordinary point. For all large n the same covers run over boxes in `u = 1/n` from 0, and the stretch between edge
//! and odd point, unbounded in both variables, is covered in `b = cos φ` and then in `θ`.
//!
//! Source: theory, sections 2.2 and 2.4, with the deflation of [`crate::odd_point`].

use super::cover::{FromInterval, Function, rises_once, stays_negative, stays_positive};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::scaled::{ScaledBatch, arcsine_bracket, scaled_deflated_balance};
use crate::odd_point::{EdgeEquation, OddPointEquation, SMALLEST_ODD_POINT_BATCH, check_batch_size};
use rug::Float;

/// `n · balance` as a function of `x = nθ`.
struct Balance<'a> {
    u: &'a Interval,
}

impl Function for Balance<'_> {
    fn at<R: Real + FromInterval>(&self, x: &R) -> R {
        ScaledBatch::at(&R::constant(self.u), x).balance()
    }
}

/// `n · deflated` as a function of `ω`.
struct Deflated<'a> {
    u: &'a Interval,
}

impl Function for Deflated<'_> {
    fn at<R: Real + FromInterval>(&self, omega: &R) -> R {
        scaled_deflated_balance(&R::constant(self.u), omega)
    }
}

/// The fixed points found, each the only one in its stretch; enclosed as far as the cover needed.
#[derive(Clone, Debug)]
pub struct Census {
    /// `n(v−1)` of the edge and `nθ` of the odd point, where they exist. The symmetric one always does.
    pub edge_and_odd_point: Option<[Interval; 2]>,
}

impl Census {
    /// How many fixed points there are.
    pub fn count(&self) -> usize {
        if self.edge_and_odd_point.is_some() { 3 } else { 1 }
    }
}

/// Counts the fixed points in `−1/(n−2) ≤ r < 1` for one batch size.
///
/// # Guarantees
/// A proof: the census is complete.
///
/// # Errors
/// `n` outside `3 ..= 10¹⁸`; [`crate::Error::NotReached`] if a cover stays undecided at this precision.
pub fn count_fixed_points(n: u64, precision: u32) -> Result<Census> {
    check_batch_size(n)?;
    let u = Interval::from_integer(precision, 1).over(n as i64);
    let (separating_x, separating_omega) = separating_point(n, precision);
    let zero = Float::new(precision);
    if n < SMALLEST_ODD_POINT_BATCH {
        stays_negative(&Deflated { u: &u }, &[zero.clone(), separating_omega])?;
        stays_negative(&Balance { u: &u }, &[zero, separating_x])?;
        return Ok(Census { edge_and_odd_point: None });
    }
    let near = |root: f64| [0.9, 1.1].map(|factor| Float::with_val(precision, factor * root));
    let [before, after] = near(n as f64 * EdgeEquation { n }.solve());
    let edge = rises_once(&Deflated { u: &u }, &[zero.clone(), before, after, separating_omega])?;
    let [before, after] = near(n as f64 * OddPointEquation { n }.solve());
    let odd_point = rises_once(&Balance { u: &u }, &[zero, before, after, separating_x])?;
    Ok(Census { edge_and_odd_point: Some([edge, odd_point]) })
}

/// The balance of the deflated equation at one `ω`, enclosed: positive where the layer tightens the cluster.
pub(super) fn deflated_at(n: u64, omega: &Interval) -> Interval {
    scaled_deflated_balance(&omega.lift(1).over(n as i64), omega)
}

/// The interval of all `1/n` with `n ≥ from`, and their limit 0.
pub fn reciprocals_from(from: u64, precision: u32) -> Interval {
    Interval::from_integer(precision, 0).hull(&Interval::from_integer(precision, 1).over(from as i64))
}

/// A point that both covers reach: `x` and `ω` of one batch, the first rounded up and the second too, so that
/// together they leave no gap (`x` grows as `ω` shrinks). For n ≥ 7 it lies between edge and odd point.
fn separating_point(n: u64, precision: u32) -> (Float, Float) {
    let size = Interval::from_integer(precision, n as i64);
    let cluster = size.clone().plus(-1);
    // v² = N(1 + (n−2)r) at r = 1/10.
    let v = (cluster * (size.clone().plus(-2) / size.lift(10)).plus(1)).sqrt();
    let x = size.clone() * size.lift(1).over(10).acos();
    let omega = size * v.plus(-1);
    (x.upper().clone(), omega.upper().clone())
}

/// Up to here, in `ω`, the edge is sought for all large n; it is near `π − 2`.
const LARGEST_EDGE: f64 = 2.0;
/// Up to here, in `x`, the odd point is sought for all large n; it is near `3π`.
const LARGEST_ODD_POINT: f64 = 10.5;
/// Up to here, in `b`, the bound `ω ≥ LARGEST_EDGE` is used; beyond it `ω` follows from `b`.
const MIDDLE_COSINE: f64 = 0.1;
/// Where the stretch between them changes its variable from `b` to `θ`.
const MIDDLE_ANGLE: f64 = 0.5;

/// Counts the fixed points for every batch size with `1/n` in `u`, which may reach down to 0.
///
/// # Guarantees
/// For every real `n ≥ 20` with `1/n` in `u` there are exactly three; the census encloses them for all those n.
///
/// # Errors
/// [`crate::Error::NotReached`] if a cover stays undecided: `u` is too wide, or reaches beyond 1/20.
pub fn count_for_all(u: &Interval) -> Result<Census> {
    let point = |value: f64| Float::with_val(u.precision(), value);
    let edge = rises_once(&Deflated { u }, &[point(0.0), point(0.9), point(1.4), point(LARGEST_EDGE)])?;
    let odd_point =
        rises_once(&Balance { u }, &[point(0.0), point(8.5), point(9.6), point(LARGEST_ODD_POINT)])?;
    let beyond_edge = |omega| BeyondEdge { u, omega };
    stays_positive(&beyond_edge(Omega::AtLeastLargestEdge), &[point(0.0), point(MIDDLE_COSINE)])?;
    stays_positive(&beyond_edge(Omega::FromCosine), &[point(MIDDLE_COSINE), middle_cosine(u)])?;
    stays_positive(&BeforeOddPoint { u }, &[point(0.0), point(MIDDLE_ANGLE)])?;
    Ok(Census { edge_and_odd_point: Some([edge, odd_point]) })
}

/// A bound on `b = cos φ` for `θ ≥` [`MIDDLE_ANGLE`]: `b² = 1 − (1−2u)/(1−u) · d`.
fn middle_cosine(u: &Interval) -> Float {
    let one = u.lift(1);
    let d = Interval::from_f64(u.precision(), MIDDLE_ANGLE).over(2).sin().square().times(2);
    let ratio = (one.clone() - u.clone().times(2)) / (one.clone() - u);
    (one - ratio * d).sqrt().upper().clone()
}

/// `deflated/w` for `ω ≥` [`LARGEST_EDGE`] as a function of `b = cos φ`, a lower estimate:
///
/// ```text
/// (1+Q(a)) − 2(u + 1/ω)(1+uw)/((1−u)(1−2u)) · [(1+a) Q[a,b] − 1 − Q(a)],      uw = b(1−u) − u,
/// a = (1−b²)(1−u)/(1−2u) − 1,      1/ω = u/(uw)  or in [0, 1/LARGEST_EDGE]
/// ```
struct BeyondEdge<'a> {
    u: &'a Interval,
    omega: Omega,
}

/// What is used of `ω`.
enum Omega {
    AtLeastLargestEdge,
    FromCosine,
}

impl Function for BeyondEdge<'_> {
    fn at<R: Real + FromInterval>(&self, b: &R) -> R {
        let u = R::constant(self.u);
        let one = u.lift(1);
        let (share, pairs) = (one.clone() - &u, one.clone() - u.clone().times(2));
        // ω ≥ LARGEST_EDGE > 0 here, so w > 0.
        let uw = (b.clone() * &share - &u).nonnegative();
        let reciprocal_omega = match self.omega {
            Omega::FromCosine => u.clone() / &uw,
            Omega::AtLeastLargestEdge => {
                let zero = self.u.lift(0);
                let most = self.u.lift(1) / Interval::from_f64(self.u.precision(), LARGEST_EDGE);
                R::constant(&zero.hull(&most))
            }
        };
        let a = (one.clone() - b.clone().square()) * &share / &pairs - &one;
        let (one_plus_q, bracket) = arcsine_bracket(&a, b);
        let factor = (u + reciprocal_omega) * uw.plus(1) / (share * pairs);
        one_plus_q - factor.times(2) * bracket
    }
}

/// `balance/x` for `x ≥` [`LARGEST_ODD_POINT`] as a function of `θ`, a lower estimate (a positive term is left out):
///
/// ```text
/// (σ/πγ)(1+u)/(1−u) − (2/LARGEST_ODD_POINT)/(1−u) − 2u (φ/θ) φ²σ(φ)/(π(1−u) b)
/// ```
struct BeforeOddPoint<'a> {
    u: &'a Interval,
}

impl Function for BeforeOddPoint<'_> {
    fn at<R: Real + FromInterval>(&self, theta: &R) -> R {
        let u = R::constant(self.u);
        let one = u.lift(1);
        let (pi, share) = (one.pi(), one.clone() - &u);
        let gamma = theta.clone().over(2).bessel(0).square().over(2);
        let ratio = (one.clone() - u.clone().times(2)) / &share;
        let sin_over_theta = (ratio * &gamma).sqrt();
        let sin_phi = sin_over_theta.clone() * theta;
        let cos_phi = (one.clone() - sin_phi.clone().square()).sqrt();
        let phi = sin_phi.atan2(&cos_phi);
        let phi_over_theta = sin_over_theta / phi.clone().bessel(0);
        let curvature = theta.clone().bessel(1) / gamma / &pi;
        let least_x = R::constant(&Interval::from_f64(self.u.precision(), LARGEST_ODD_POINT));
        let across = phi_over_theta * phi.clone().square() * phi.bessel(1) * &u / (pi * cos_phi);
        (curvature * (one.clone() + u) - one.times(2) / least_x - across.times(2)) / share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_below_seven_and_three_from_there() {
        for n in 3..7 {
            assert_eq!(count_fixed_points(n, 64).unwrap().count(), 1, "n = {n}");
        }
        for n in [7, 8, 9, 10, 15, 50, 1000, 10_000, 1_000_000_000] {
            assert_eq!(count_fixed_points(n, 64).unwrap().count(), 3, "n = {n}");
        }
    }

    #[test]
    fn three_for_every_large_n() {
        let u = Interval::from_integer(64, 0).hull(&Interval::from_integer(64, 1).over(100));
        let census = count_for_all(&u).unwrap();
        let [edge, odd_point] = census.edge_and_odd_point.unwrap();
        assert!(edge.contains(&Float::with_val(64, std::f64::consts::PI - 2.0)));
        assert!(odd_point.contains(&Float::with_val(64, 3.0 * std::f64::consts::PI)));
    }
}
