//! The functions whose signs prove the claims: formulas of [`crate::odd_point`] with a parameter held as an interval,
//! and nothing that searches.
//!
//! The search ([`super::cover`], [`super::tail`]) and the replay of certificates ([`super::replay`]) both evaluate
//! these; only this module and what it imports has to be trusted in a replay. That the formulas are the right ones
//! is theory, sections 2.2 to 2.4, and the tests of [`crate::odd_point`].

use crate::arithmetic::{Dual, Interval, Real};
use crate::odd_point::deflated_balance;
use crate::odd_point::scaled::{ScaledBatch, arcsine_bracket, scaled_deflated_balance};
use rug::Float;

/// A real function, written once for every arithmetic.
pub trait Function {
    /// The value at `x`.
    fn at<R: Real + FromInterval>(&self, x: &R) -> R;
}

/// Arithmetics into which a parameter held as an interval can be lifted: intervals and duals of them.
pub trait FromInterval: Real {
    /// The parameter as a constant.
    fn constant(value: &Interval) -> Self;
}

impl FromInterval for Interval {
    fn constant(value: &Interval) -> Self {
        value.clone()
    }
}

impl<R: FromInterval> FromInterval for Dual<R> {
    fn constant(value: &Interval) -> Self {
        Self::constant(R::constant(value))
    }
}

/// What is said of a function on a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `f < 0`.
    Negative,
    /// `f > 0`.
    Positive,
    /// `f' > 0`.
    Rising,
}

impl Property {
    /// What must be positive all over `x` for the property to hold there, enclosed.
    pub fn room(self, f: &impl Function, x: &Interval) -> Interval {
        match self {
            Self::Negative => -f.at(x),
            Self::Positive => f.at(x),
            Self::Rising => f.at(&Dual::variable(x.clone())).derivative,
        }
    }
}

/// `n · balance` as a function of `x = nθ`.
pub struct Balance<'a> {
    /// `1/n`.
    pub u: &'a Interval,
}

impl Function for Balance<'_> {
    fn at<R: Real + FromInterval>(&self, x: &R) -> R {
        ScaledBatch::at(&R::constant(self.u), x).balance()
    }
}

/// `n · deflated` as a function of `ω`.
pub struct Deflated<'a> {
    /// `1/n`.
    pub u: &'a Interval,
}

impl Function for Deflated<'_> {
    fn at<R: Real + FromInterval>(&self, omega: &R) -> R {
        scaled_deflated_balance(&R::constant(self.u), omega)
    }
}

/// The interval of all `1/n` with `n` from the first to the last.
///
/// ```
/// let u = oddpoint::rigor::inequalities::reciprocals([8, 16], 64);
/// assert!(*u.lower() == 0.0625 && *u.upper() == 0.125);
/// ```
pub fn reciprocals([first, last]: [u64; 2], precision: u32) -> Interval {
    let one = Interval::from_integer(precision, 1);
    one.clone().over(last as i64).hull(&one.over(first as i64))
}

/// The interval of all `1/n` with `n ≥ from`, and their limit 0.
///
/// ```
/// let u = oddpoint::rigor::reciprocals_from(128, 64);
/// assert!(*u.lower() == 0 && *u.upper() == 1.0 / 128.0);
/// ```
pub fn reciprocals_from(from: u64, precision: u32) -> Interval {
    Interval::from_integer(precision, 0).hull(&Interval::from_integer(precision, 1).over(from as i64))
}

/// A point that both covers of one batch size have to reach, in `x` and in `ω`, at `r = 1/5`: reaching it from both
/// sides they leave no gap (`x` grows as `ω` shrinks). For n ≥ 7 it lies between edge and odd point. Here enclosed for all
/// batch sizes from the first to the last.
///
/// ```
/// let [x, omega] = oddpoint::rigor::inequalities::separating_point([10, 10], 64);
/// // nθ = 10 arccos(1/5); v² = 9(1 + 8/5).
/// assert!((x.midpoint().to_f64() - 10.0 * 0.2_f64.acos()).abs() < 1e-12);
/// assert!((omega.midpoint().to_f64() - 10.0 * (23.4_f64.sqrt() - 1.0)).abs() < 1e-12);
/// ```
pub fn separating_point([first, last]: [u64; 2], precision: u32) -> [Interval; 2] {
    let size =
        Interval::from_integer(precision, first as i64).hull(&Interval::from_integer(precision, last as i64));
    let cluster = size.clone().plus(-1);
    // v² = N(1 + (n−2)r).
    let v = (cluster * size.clone().plus(-2).over(5).plus(1)).sqrt();
    [size.clone() * size.lift(1).over(5).acos(), size * v.plus(-1)]
}

/// Up to here, in `ω`, the edge is sought for all large n; it is near `π − 2`.
pub const LARGEST_EDGE: f64 = 2.0;
/// Up to here, in `x`, the odd point is sought for all large n; it is near `3π`.
pub const LARGEST_ODD_POINT: f64 = 10.5;
/// Up to here, in `b`, the bound `ω ≥ LARGEST_EDGE` is used; beyond it `ω` follows from `b`.
pub const MIDDLE_COSINE: f64 = 0.125;
/// Where the stretch between them changes its variable from `b` to `θ`.
pub const MIDDLE_ANGLE: f64 = 0.5;

/// A bound on `b = cos φ` for `θ ≥` [`MIDDLE_ANGLE`]: `b² = 1 − (1−2u)/(1−u) · d`.
///
/// ```
/// use oddpoint::rigor::{inequalities::middle_cosine, reciprocals_from};
/// // At u = 0 it is the cosine of the angle itself, where d = 1 − cos(1/2): b² = 1 − d.
/// let bound = middle_cosine(&reciprocals_from(1_000_000, 64)).to_f64();
/// assert!((bound - 0.5_f64.cos().sqrt()).abs() < 1e-5);
/// ```
pub fn middle_cosine(u: &Interval) -> Float {
    let one = u.lift(1);
    let d = Interval::from_f64(u.precision(), MIDDLE_ANGLE).over(2).sin().square().times(2);
    let ratio = (one.clone() - u.clone().times(2)) / (one.clone() - u);
    (one - ratio * d).sqrt().upper().clone()
}

/// `deflated/w` for `ω ≥` [`LARGEST_EDGE`] as a function of `b = cos φ`, a lower estimate:
///
/// ```text
/// (1+Q(a)) − 2(u + 1/ω)(1+uw)/((1−u)(1−2u)) · [(1+a) Q[a,b] − 1 − Q(a)],      uw = b(1−u) − u,
/// a = (1−b²)(1−u)/(1−2u) − 1,      1/ω = u²/(uw)  or in [0, 1/LARGEST_EDGE]
/// ```
pub struct BeyondEdge<'a> {
    /// `1/n`.
    pub u: &'a Interval,
    /// What is used of `ω`.
    pub omega: Omega,
}

/// What is used of `ω`.
pub enum Omega {
    /// `ω ≥` [`LARGEST_EDGE`].
    AtLeastLargestEdge,
    /// `ω = uw/u²`, from `b`.
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
            Omega::FromCosine => u.clone().square() / &uw,
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
pub struct BeforeOddPoint<'a> {
    /// `1/n`.
    pub u: &'a Interval,
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

/// Lower bounds on what must be positive for every eigenvalue to be inside the unit disc, for all n in question.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// use oddpoint::rigor::inequalities::StabilityMargins;
/// // The limit n = ∞, where nθ = 3π: both gaps are 1.
/// let u = Interval::from_integer(64, 0);
/// let margins = StabilityMargins::enclose(&u, &u.pi().times(3));
/// assert!(margins.prove_stability(&u));
/// assert!((margins.least_gap().to_f64() - 1.0).abs() < 1e-12);
/// ```
#[derive(Clone, Debug)]
pub struct StabilityMargins {
    /// `n(1 − λ)` for the trivial eigenvalue.
    pub trivial_gap: Interval,
    /// `n(1 − μ)` for the pair eigenvalue.
    pub pair_gap: Interval,
    /// `n(1 − tr + det)`, `1 + tr + det` and `1 − det` of the standard block: Jury's conditions.
    pub jury: [Interval; 3],
}

impl StabilityMargins {
    /// The margins at the odd points with `1/n` in `u` and `nθ` in `x`.
    pub fn enclose(u: &Interval, x: &Interval) -> Self {
        let batch = ScaledBatch::at(u, x);
        let block = batch.standard_block();
        let [trace, determinant] = block.trace_and_determinant(u);
        let one = u.lift(1);
        Self {
            trivial_gap: batch.trivial_gap(),
            pair_gap: batch.pair_gap(),
            jury: [block.at_one(u), one.clone() + trace + &determinant, one - determinant],
        }
    }

    /// The least of the three quantities of size `n(1 − λ)`: trivial, pair, and the standard polynomial at 1.
    pub fn least_gap(&self) -> Float {
        let [at_one, ..] = &self.jury;
        let least = |a: Float, b: &Interval| a.min(b.lower());
        [&self.pair_gap, at_one].into_iter().fold(self.trivial_gap.lower().clone(), least)
    }

    /// Both, entry by entry.
    pub fn hull(&self, other: &Self) -> Self {
        Self {
            trivial_gap: self.trivial_gap.hull(&other.trivial_gap),
            pair_gap: self.pair_gap.hull(&other.pair_gap),
            jury: [0, 1, 2].map(|i| self.jury[i].hull(&other.jury[i])),
        }
    }

    /// What must be positive for every eigenvalue to be strictly inside the unit disc, by name. The trivial and the
    /// pair eigenvalue are real, so besides being below 1 they must be above −1: `u · gap < 2`.
    pub fn inequalities(&self, u: &Interval) -> [(&'static str, Interval); 7] {
        let above_minus_one = |gap: &Interval| u.lift(2) - u.clone() * gap;
        let [at_one, at_minus_one, determinant] = self.jury.clone();
        [
            ("n(1 - trivial)", self.trivial_gap.clone()),
            ("n(1 - pair)", self.pair_gap.clone()),
            ("1 + trivial", above_minus_one(&self.trivial_gap)),
            ("1 + pair", above_minus_one(&self.pair_gap)),
            ("n(1 - tr + det) of standard", at_one),
            ("1 + tr + det of standard", at_minus_one),
            ("1 - det of standard", determinant),
        ]
    }

    /// Whether they prove that every eigenvalue is strictly inside the unit disc.
    pub fn prove_stability(&self, u: &Interval) -> bool {
        self.inequalities(u).iter().all(|(_, room)| room.certainly_positive())
    }
}

/// The interval from `−bound` to `bound`.
///
/// ```
/// let interval = oddpoint::rigor::inequalities::symmetric(20, 64);
/// assert!(*interval.lower() == -20 && *interval.upper() == 20);
/// ```
pub fn symmetric(bound: i64, precision: u32) -> Interval {
    Interval::from_integer(precision, -bound).hull(&Interval::from_integer(precision, bound))
}

/// `x = 3π − 3πu + c u²`.
///
/// ```
/// use std::f64::consts::PI;
/// let x = oddpoint::rigor::inequalities::approach(&0.01, &14.0);
/// assert!((x - (3.0 * PI - 0.03 * PI + 0.0014)).abs() < 1e-14);
/// ```
pub fn approach<R: Real>(u: &R, c: &R) -> R {
    let three_pi = u.pi().times(3);
    three_pi.clone() - three_pi * u + u.clone().square() * c
}

/// `sign · φ''(u)` for the balance along `x = 3π − 3πu + c u²`.
pub struct CurvatureAlong {
    /// `1` or `−1`.
    pub sign: i64,
    /// `c`.
    pub c: i64,
}

impl Function for CurvatureAlong {
    fn at<R: Real + FromInterval>(&self, u: &R) -> R {
        let once = |value: R, derivative: i64| Dual { derivative: value.lift(derivative), value };
        let twice = Dual { value: once(u.clone(), 1), derivative: once(u.lift(1), 0) };
        let x = approach(&twice, &twice.lift(self.c));
        ScaledBatch::at(&twice, &x).balance().derivative.derivative.times(self.sign)
    }
}

/// The balance at the ends of a window in `x`, with the signs it has there if the odd point is between.
///
/// ```
/// use oddpoint::arithmetic::Interval;
/// use oddpoint::rigor::inequalities::balance_at_ends;
/// // The odd point of n = 10 (θ = 0.878…) is between nθ = 8 and 9.
/// let u = Interval::from_rational(64, &rug::Rational::from((1, 10)));
/// let window = Interval::from_integer(64, 8).hull(&Interval::from_integer(64, 9));
/// assert!(balance_at_ends(&u, &window).iter().all(|(_, value)| value.certainly_positive()));
/// ```
pub fn balance_at_ends(u: &Interval, x: &Interval) -> [(&'static str, Interval); 2] {
    let at = |end: &Float| Balance { u }.at(&Interval::point(end.clone()));
    [("- n balance at the beginning", -at(x.lower())), ("n balance at the end", at(x.upper()))]
}

/// `(E, ∂E/∂w)` and its Jacobian by `(n, w)`, from dual numbers of dual numbers.
///
/// ```
/// use oddpoint::rigor::inequalities::saddle_node_system;
/// // To four digits of the saddle-node both equations nearly hold.
/// let (values, _) = saddle_node_system(&[6.1071, 1.159]);
/// assert!(values.iter().all(|value| value.abs() < 1e-2));
/// ```
pub fn saddle_node_system<R: Real>([n, w]: &[R; 2]) -> ([R; 2], [[R; 2]; 2]) {
    let once = |value: &R, derivative: i64| Dual { value: value.clone(), derivative: value.lift(derivative) };
    // Inner derivative by w; outer derivative by n or by w.
    let evaluate = |by_n: i64, by_w: i64| {
        let n = Dual { value: once(n, 0), derivative: once(&n.lift(by_n), 0) };
        let w = Dual { value: once(w, 1), derivative: once(&w.lift(by_w), 0) };
        deflated_balance(&n, &w)
    };
    let (along_n, along_w) = (evaluate(1, 0), evaluate(0, 1));
    let values = [along_n.value.value, along_n.value.derivative];
    let slopes = [
        [along_n.derivative.value, along_w.derivative.value],
        [along_n.derivative.derivative, along_w.derivative.derivative],
    ];
    (values, slopes)
}

/// What shows that nothing more degenerate than a saddle-node happens in a box of `(n, w)`, with the signs there.
///
/// ```
/// use oddpoint::arithmetic::Interval;
/// use oddpoint::rigor::inequalities::transversality;
/// let at = [6.1071, 1.159].map(|x| Interval::from_f64(64, x));
/// assert!(transversality(&at).iter().all(|(_, value)| value.certainly_positive()));
/// ```
pub fn transversality(window: &[Interval; 2]) -> [(&'static str, Interval); 2] {
    let (_, [[by_n, _], [_, by_w_twice]]) = saddle_node_system(window);
    [("dE/dn", by_n), ("- d2E/dw2", -by_w_twice)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, Spectrum, SymmetricBatch};
    use crate::rigor::enclose_fixed_point;

    const BITS: u32 = 128;
    const SIZES: [i64; 4] = [7, 20, 300, 100_000];

    fn real(value: f64) -> Interval {
        Interval::from_f64(BITS, value)
    }

    fn reciprocal(n: i64) -> Interval {
        real(1.0).over(n)
    }

    /// An end of an interval, as an enclosure of a number that is that end but for rounding.
    fn near(end: &Float) -> Interval {
        Interval::point(end.clone()).inflate(&(Float::with_val(BITS, 1) >> 100_u32))
    }

    /// Two enclosures of one number, each far narrower than the number.
    fn assert_same(a: &Interval, b: &Interval, what: &str) {
        let difference = (a.clone() - b).magnitude();
        let size = Float::with_val(BITS, a.magnitude() >> 60_u32);
        assert!(a.intersect(b).is_some() && difference <= size, "{what}: {a} {b}");
    }

    #[test]
    fn the_separating_point_is_the_batch_of_correlation_a_fifth() {
        for n in SIZES {
            let size = real(n as f64);
            let [x, omega] = separating_point([n as u64; 2], BITS);
            let batch = SymmetricBatch::from_angle(&size, &(x / &size));
            assert_same(&batch.one_minus_r, &real(4.0).over(5), "1 - r");
            assert_same(&omega, &(size * batch.deviation_ratio.plus(-1)), "omega");
        }
    }

    /// Else a cover for several batch sizes might not reach that of one of them.
    #[test]
    fn separating_points_of_a_range_hold_those_of_its_batch_sizes() {
        let range = separating_point([300, 303], BITS);
        for n in 300..=303 {
            for (one, all) in separating_point([n; 2], BITS).iter().zip(&range) {
                assert!(one.is_subset_of(all), "{n}: {one} {all}");
            }
        }
    }

    #[test]
    fn the_middle_cosine_is_that_of_the_middle_angle() {
        for n in SIZES {
            let size = real(n as f64);
            let batch = SymmetricBatch::from_angle(&size, &real(MIDDLE_ANGLE));
            let expected = batch.deviation_ratio / size.plus(-1);
            assert_same(&near(&middle_cosine(&reciprocal(n))), &expected, "cos phi");
        }
    }

    /// In `b` with `ω` from it, `deflated/w`; with the bound on `ω`, the same at the bound and less beyond it.
    #[test]
    fn beyond_the_edge_the_deflated_equation_is_estimated() {
        for n in SIZES {
            let u = &reciprocal(n);
            for omega in [2.0, 3.5, 0.5 * n as f64] {
                let omega = real(omega);
                let v = (u.clone() * &omega).plus(1);
                let b = v * u / (u.lift(1) - u);
                let exact = scaled_deflated_balance(u, &omega) / &omega;
                assert_same(&BeyondEdge { u, omega: Omega::FromCosine }.at(&b), &exact, "from b");
                let estimate = BeyondEdge { u, omega: Omega::AtLeastLargestEdge }.at(&b);
                assert!(exact.is_subset_of(&estimate), "n = {n}: {exact} {estimate}");
                if *omega.lower() == LARGEST_EDGE {
                    assert_same(&near(estimate.lower()), &exact, "at the bound");
                }
            }
        }
    }

    /// `balance/x` at the bound on `x`, less the positive term left out; and less than `balance/x` beyond it.
    #[test]
    fn before_the_odd_point_the_balance_is_estimated() {
        for n in [20, 300, 100_000] {
            let u = &reciprocal(n);
            for x in [LARGEST_ODD_POINT, 20.0] {
                let (x, theta) = (real(x), real(x) * u);
                let batch = SymmetricBatch::from_angle(&real(n as f64), &theta);
                let left_out = theta.clone().h()
                    / (theta.clone() * &batch.one_minus_r * theta.pi())
                    / batch.deviation_ratio.square();
                let exact = Balance { u }.at(&x) / &x - left_out;
                let estimate = BeforeOddPoint { u }.at(&theta);
                if *x.lower() == LARGEST_ODD_POINT {
                    assert_same(&estimate, &exact, "at the bound");
                } else {
                    assert!(estimate.certainly_less(&exact), "n = {n}: {estimate} {exact}");
                }
            }
        }
    }

    /// By the closed eigenvalues of the blocks.
    #[test]
    fn margins_are_those_of_the_eigenvalues() {
        for n in SIZES {
            let (u, size) = (&reciprocal(n), &real(n as f64));
            let batch = enclose_fixed_point(FixedPoint::OddPoint, n as u64, 400).unwrap();
            let spectrum = Spectrum::at(&batch);
            let margins = StabilityMargins::enclose(u, &(batch.theta * size).with_precision(BITS));
            let [one, two] = &spectrum.standard;
            let gap = |value: &Interval| value.lift(1) - value;
            let sum = |value: &Interval| value.clone().plus(1);
            let expected = [
                gap(&spectrum.trivial) * size,
                gap(&spectrum.pair) * size,
                sum(&spectrum.trivial),
                sum(&spectrum.pair),
                gap(one) * gap(two) * size,
                sum(one) * sum(two),
                one.lift(1) - one.clone() * two,
            ];
            for ((name, found), expected) in margins.inequalities(u).iter().zip(&expected) {
                assert!(found.intersect(expected).is_some(), "n = {n}, {name}: {found} {expected}");
                assert!(found.clone().radius() < 1e-9, "n = {n}, {name}: {found}");
            }
            let least =
                expected[..2].iter().chain([&expected[4]]).map(|x| x.approximate()).fold(9.0, f64::min);
            assert!((margins.least_gap().to_f64() - least).abs() < 1e-9);
            assert!(margins.prove_stability(u));
            let edge = enclose_fixed_point(FixedPoint::Edge, n as u64, 400).unwrap();
            let margins = StabilityMargins::enclose(u, &(edge.theta * size).with_precision(BITS));
            assert!(margins.trivial_gap.certainly_negative() && !margins.prove_stability(u));
        }
    }

    #[test]
    fn signs_at_the_ends_are_those_of_the_balance() {
        let u = &reciprocal(50);
        let ends = balance_at_ends(u, &real(8.0).hull(&real(10.0)));
        assert_same(&-ends[0].1.clone(), &Balance { u }.at(&real(8.0)), ends[0].0);
        assert_same(&ends[1].1, &Balance { u }.at(&real(10.0)), ends[1].0);
        assert!(ends.iter().all(|(_, room)| room.certainly_positive()));
    }

    /// Against second differences of the balance along the curve.
    #[test]
    fn curvature_along_the_curve() {
        for (sign, c) in [(1, 20), (-1, -20)] {
            let along = |u: f64| {
                let u = real(u);
                let x = approach(&u, &real(c as f64));
                let by_hand =
                    3.0 * std::f64::consts::PI * (1.0 - u.approximate()) + c as f64 * u.approximate().powi(2);
                assert!((x.approximate() - by_hand).abs() < 1e-14);
                Balance { u: &u }.at(&x)
            };
            let (at, step) = (0.004, 1.0 / 1024.0 / 1024.0);
            let second = along(at + step) + along(at - step) - along(at).times(2);
            let second = (second / real(step).square()).times(sign).approximate();
            let found = CurvatureAlong { sign, c }.at(&real(at)).approximate();
            assert!(found > 0.0 && (found / second - 1.0).abs() < 1e-6, "{found} {second}");
        }
        assert_eq!(symmetric(20, BITS).to_string(), real(-20.0).hull(&real(20.0)).to_string());
    }

    /// Against differences of the deflated equation.
    #[test]
    fn saddle_node_derivatives() {
        let e = |n: f64, w: f64| deflated_balance(&real(n), &real(w));
        let (n, w, step) = (6.0, 1.25, 1.0 / 1024.0 / 1024.0);
        let ([value, by_w], [[by_n, again], [by_n_and_w, by_w_twice]]) =
            saddle_node_system(&[real(n), real(w)]);
        let slope = |difference: Interval| (difference / real(2.0 * step)).approximate();
        let by_w_at = |n: f64, w: f64| slope(e(n, w + step) - e(n, w - step));
        let agrees = |found: &Interval, expected: f64, what: &str| {
            assert!((found.approximate() - expected).abs() < 1e-4, "{what}: {found} {expected}");
        };
        assert_same(&value, &e(n, w), "E");
        agrees(&by_w, by_w_at(n, w), "by w");
        agrees(&again, by_w_at(n, w), "by w again");
        agrees(&by_n, slope(e(n + step, w) - e(n - step, w)), "by n");
        let far = 1.0 / 1024.0;
        agrees(&by_n_and_w, (by_w_at(n + far, w) - by_w_at(n - far, w)) / (2.0 * far), "by n and w");
        agrees(&by_w_twice, (by_w_at(n, w + far) - by_w_at(n, w - far)) / (2.0 * far), "by w twice");
        let signs = transversality(&[real(n), real(w)]);
        assert_same(&signs[0].1, &by_n, signs[0].0);
        assert_same(&signs[1].1, &-by_w_twice, signs[1].0);
    }
}
