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
pub fn reciprocals([first, last]: [u64; 2], precision: u32) -> Interval {
    let one = Interval::from_integer(precision, 1);
    one.clone().over(last as i64).hull(&one.over(first as i64))
}

/// The interval of all `1/n` with `n ≥ from`, and their limit 0.
pub fn reciprocals_from(from: u64, precision: u32) -> Interval {
    Interval::from_integer(precision, 0).hull(&Interval::from_integer(precision, 1).over(from as i64))
}

/// A point that both covers of one batch size have to reach, in `x` and in `ω`, at `r = 1/10`: reaching it from both
/// sides they leave no gap (`x` grows as `ω` shrinks). For n ≥ 7 it lies between edge and odd point.
pub fn separating_point(n: u64, precision: u32) -> [Interval; 2] {
    let size = Interval::from_integer(precision, n as i64);
    let cluster = size.clone().plus(-1);
    // v² = N(1 + (n−2)r).
    let v = (cluster * (size.clone().plus(-2) / size.lift(10)).plus(1)).sqrt();
    [size.clone() * size.lift(1).over(10).acos(), size * v.plus(-1)]
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
/// a = (1−b²)(1−u)/(1−2u) − 1,      1/ω = u/(uw)  or in [0, 1/LARGEST_EDGE]
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
pub fn symmetric(bound: i64, precision: u32) -> Interval {
    Interval::from_integer(precision, -bound).hull(&Interval::from_integer(precision, bound))
}

/// `x = 3π − 3πu + c u²`.
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
pub fn balance_at_ends(u: &Interval, x: &Interval) -> [(&'static str, Interval); 2] {
    let at = |end: &Float| Balance { u }.at(&Interval::point(end.clone()));
    [("- n balance at the beginning", -at(x.lower())), ("n balance at the end", at(x.upper()))]
}

/// `(E, ∂E/∂w)` and its Jacobian by `(n, w)`, from dual numbers of dual numbers.
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
pub fn transversality(window: &[Interval; 2]) -> [(&'static str, Interval); 2] {
    let (_, [[by_n, _], [_, by_w_twice]]) = saddle_node_system(window);
    [("dE/dn", by_n), ("- d2E/dw2", -by_w_twice)]
}
