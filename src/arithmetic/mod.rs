//! Number types: one trait, [`Real`], and the arithmetics that implement it.
//!
//! | type | what a result means |
//! |---|---|
//! | [`f64`] | approximates the value; fast |
//! | [`Tracked`] | an `f64` and a bound on its rounding error (running error analysis) |
//! | [`rug::Float`] | approximates the value at a chosen precision |
//! | [`Interval`] | **encloses** the value: a proof |
//! | [`Dual`] | a value and its derivative, over any of the above |
//!
//! A formula of this crate stands once, generic over `R: Real`, and is evaluated in each of them. Only an
//! [`Interval`] is a proof; there is no silent conversion from an approximation to one.

mod bessel;
mod dual;
mod interval;
mod limbs;
mod machine;
mod mpfr;
mod relu_moment;
mod tracked;

pub use dual::Dual;
pub use interval::Interval;
pub use mpfr::{MAX_PRECISION, MIN_PRECISION, check_precision};
pub use tracked::{LIBM_ULPS, Tracked};

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number in some arithmetic.
///
/// # Guarantees
/// Every operation returns the arithmetic's best statement about the exact result: the nearest or nearly
/// nearest number (`f64`, `Float`), or an enclosure (`Interval`). Constants such as [`lift`](Real::lift) and
/// [`pi`](Real::pi) take their precision from `self`, whose value does not matter.
///
/// # Errors
/// Outside a function's domain an approximate arithmetic yields NaN, an interval the whole line.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// /// A formula stands once …
/// fn chord<R: Real>(theta: &R) -> R {
///     theta.clone().over(2).sin().times(2)
/// }
/// // … and is evaluated in doubles, or proved.
/// assert!((chord(&std::f64::consts::FRAC_PI_3) - 1.0).abs() < 1e-15);
/// let third = Interval::from_integer(64, 1).pi().over(3);
/// assert!(chord(&third).contains(&rug::Float::with_val(64, 1)));
/// ```
pub trait Real:
    Clone
    + Debug
    + Send
    + Sync
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + for<'a> Add<&'a Self, Output = Self>
    + for<'a> Sub<&'a Self, Output = Self>
    + for<'a> Mul<&'a Self, Output = Self>
    + for<'a> Div<&'a Self, Output = Self>
{
    /// The integer `value`, in the arithmetic and precision of `self`.
    fn lift(&self, value: i64) -> Self;
    /// π, in the arithmetic and precision of `self`.
    fn pi(&self) -> Self;
    /// An approximation in double precision, for choosing branches and for display; never for proofs.
    fn approximate(&self) -> f64;
    /// Bits of the significand that results carry: what an accuracy goal can be set by.
    fn precision(&self) -> u32;

    /// `self²`.
    fn square(self) -> Self;
    /// `√self`, for `self ≥ 0`.
    fn sqrt(self) -> Self;
    /// `e^self`.
    fn exp(self) -> Self;
    /// `ln(1 + self)` for `self > −1`, accurate near 0.
    fn ln_1p(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Arc sine in `[−π/2, π/2]`, for `|self| ≤ 1`.
    fn asin(self) -> Self;
    /// Arc cosine in `[0, π]`, for `|self| ≤ 1`.
    fn acos(self) -> Self;
    /// The angle of the point (`x`, `self`) with `self ≥ 0`: in `[0, π]`.
    fn atan2(self, x: &Self) -> Self;
    /// `h(t) = sin t − t cos t` for `0 ≤ t ≤ π`, without the cancellation of `O(t³)` out of `O(t)`.
    fn h(self) -> Self;
    /// `j_k(t)/t^k` for `|t| ≤ π`, an even function, `j_k` the spherical Bessel function of order `k ≤ 3`: `sin t/t` and
    /// `h(t)/t³` for `k = 0, 1`, at 0 too.
    fn bessel(self, order: u32) -> Self;
    /// `a b − c²` for `a, b ≥ 0`, with one rounding where the arithmetic can.
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self;
    /// `max(self, 0)`: for a quantity that is known to be `≥ 0` (the caller says why) but whose computed
    /// value may have strayed below. An interval is intersected with `[0, ∞)`.
    fn nonnegative(self) -> Self;

    /// [`gram_entry`](crate::kernel::gram_entry) by a faster route, where this arithmetic has one that keeps its
    /// guarantees and that reaches the operands; else `None`.
    fn relu_moment(_a: &Self, _b: &Self, _c: &Self) -> Option<Self> {
        None
    }

    /// `self + k`.
    fn plus(self, k: i64) -> Self {
        let k = self.lift(k);
        self + k
    }
    /// `k · self`.
    fn times(self, k: i64) -> Self {
        let k = self.lift(k);
        self * k
    }
    /// `self / k`.
    fn over(self, k: i64) -> Self {
        let k = self.lift(k);
        self / k
    }
}
