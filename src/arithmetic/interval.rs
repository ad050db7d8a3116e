//! Intervals with MPFR endpoints, rounded outward: the arithmetic that proves.
//!
//! An [`Interval`] stands for every real number between its endpoints. An operation returns an interval that
//! holds the exact result for **every** choice of reals from its operands, so an inequality that holds for an
//! interval result holds for the exact number. Both ends are rounded outward from exact operands, with one
//! directed rounding each where MPFR has the operation (R. Moore, *Interval Analysis*, 1966; MPFR rounds
//! `+ − × ÷ √` and its elementary functions correctly in every direction).
//!
//! | operation | domain | where any part of the argument lies outside |
//! |---|---|---|
//! | `+ − ×`, `square`, `sin`, `cos`, `h` | the whole line | — |
//! | `÷` | divisor without 0 | whole line |
//! | `sqrt` | `[0, ∞)` | whole line |
//! | `asin`, `acos` | `[−1, 1]` | whole line |
//! | `atan2(y, x)` | `y ≥ 0` | whole line |
//!
//! The whole line `[−∞, ∞]` means "no information", and so does NaN wherever one arrives; there is no empty
//! interval. Nothing is clipped to a domain silently: [`Real::nonnegative`](super::Real::nonnegative) and
//! [`Interval::intersect`] do that when the caller has a reason.
//!
//! Not shown: that a formula is the right one, and that MPFR rounds as documented. Results are enclosures,
//! not ranges: a variable that occurs twice widens them.

mod decimal;
mod functions;
mod operators;

use super::{MAX_PRECISION, MIN_PRECISION};
use rug::float::{Round, Special};
use rug::ops::AssignRound;
use rug::{Float, Integer, Rational};
use std::cmp::Ordering;

/// All reals between two MPFR numbers of the same precision; an infinite endpoint means unbounded.
///
/// Operators take the precision of their first operand, and round outward to it.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// let third = Interval::from_integer(53, 1).over(3);
/// let one = third.times(3);
/// assert!(one.contains(&rug::Float::with_val(53, 1)));
/// assert!(one.relative_width() < 1e-15);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    // Invariant: equal precisions, no NaN, lower ≤ upper, lower < ∞, upper > −∞. So a real is always inside.
    lower: Float,
    upper: Float,
}

/// `value` rounded towards −∞ at `precision`.
fn down<T>(precision: u32, value: T) -> Float
where
    Float: AssignRound<T, Round = Round, Ordering = Ordering>,
{
    Float::with_val_round(precision, value, Round::Down).0
}

/// `value` rounded towards +∞ at `precision`.
fn up<T>(precision: u32, value: T) -> Float
where
    Float: AssignRound<T, Round = Round, Ordering = Ordering>,
{
    Float::with_val_round(precision, value, Round::Up).0
}

/// The smaller of two numbers, neither of which is NaN.
fn smaller(a: Float, b: Float) -> Float {
    if b < a { b } else { a }
}

/// The larger of two numbers, neither of which is NaN.
fn larger(a: Float, b: Float) -> Float {
    if b > a { b } else { a }
}

/// A precision that MPFR accepts at a bearable cost.
fn admissible(precision: u32) -> u32 {
    precision.clamp(MIN_PRECISION, MAX_PRECISION)
}

/// Constructors that take a precision bring one outside [`MIN_PRECISION`], [`MAX_PRECISION`] to the nearer
/// of the two; [`check_precision`](super::check_precision) refuses it beforehand, with a message.
impl Interval {
    /// The interval from `lower` to `upper`, exactly, at the larger of their precisions.
    ///
    /// `None` if they are reversed. The whole line if either is NaN, or if no real lies between them (both
    /// ends `+∞`, or both `−∞`).
    pub fn new(lower: Float, upper: Float) -> Option<Self> {
        if lower > upper {
            return None;
        }
        let precision = lower.prec().max(upper.prec());
        Some(Self::sealed(down(precision, lower), up(precision, upper)))
    }

    /// The interval that holds just `value`; the whole line if it is not finite.
    pub fn point(value: Float) -> Self {
        Self::sealed(value.clone(), value)
    }

    /// All real numbers: "no information".
    pub fn whole(precision: u32) -> Self {
        let precision = admissible(precision);
        Self {
            lower: Float::with_val(precision, Special::NegInfinity),
            upper: Float::with_val(precision, Special::Infinity),
        }
    }

    /// Encloses an integer; exactly where it fits the precision.
    pub fn from_integer(precision: u32, value: impl Into<Integer>) -> Self {
        let value = value.into();
        Self::outward(precision, &value)
    }

    /// Encloses a rational number; exactly where it fits the precision.
    pub fn from_rational(precision: u32, value: &Rational) -> Self {
        Self::outward(precision, value)
    }

    /// Encloses the number that `value` **is** (not the decimal that may have been meant by it); exactly from
    /// 53 bits on. The whole line if it is not finite.
    pub fn from_f64(precision: u32, value: f64) -> Self {
        Self::outward(precision, value)
    }

    /// Encloses `value`; exactly where it fits the precision. The whole line if it is not finite.
    pub fn from_float(precision: u32, value: &Float) -> Self {
        Self::outward(precision, value)
    }

    /// The smallest interval at the larger precision that holds both.
    pub fn hull(&self, other: &Self) -> Self {
        let precision = self.precision().max(other.precision());
        let lower = if other.lower < self.lower { &other.lower } else { &self.lower };
        let upper = if other.upper > self.upper { &other.upper } else { &self.upper };
        Self::sealed(down(precision, lower), up(precision, upper))
    }

    /// The reals in both, at the larger precision; `None` if there are none.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let lower = if other.lower > self.lower { &other.lower } else { &self.lower };
        let upper = if other.upper < self.upper { &other.upper } else { &self.upper };
        let precision = self.precision().max(other.precision());
        (lower <= upper).then(|| Self::sealed(down(precision, lower), up(precision, upper)))
    }

    /// The interval widened by `|by|` on both sides; by NaN, the whole line.
    pub fn inflate(&self, by: &Float) -> Self {
        let by = by.as_abs();
        let precision = self.precision();
        Self::sealed(down(precision, &self.lower - &*by), up(precision, &self.upper + &*by))
    }

    /// The same interval at another precision, rounded outward.
    pub fn with_precision(&self, precision: u32) -> Self {
        let precision = admissible(precision);
        Self::sealed(down(precision, &self.lower), up(precision, &self.upper))
    }

    /// Restores the invariant: endpoints between which no real lies, and NaN, become the whole line.
    fn sealed(lower: Float, upper: Float) -> Self {
        // Written so that NaN fails it.
        if lower <= upper && lower < f64::INFINITY && upper > f64::NEG_INFINITY {
            Self { lower, upper }
        } else {
            Self::whole(lower.prec())
        }
    }

    /// One exact value, rounded both ways.
    fn outward<T: Copy>(precision: u32, value: T) -> Self
    where
        Float: AssignRound<T, Round = Round, Ordering = Ordering>,
    {
        let precision = admissible(precision);
        Self::sealed(down(precision, value), up(precision, value))
    }
}

/// What an interval says.
impl Interval {
    /// The lower endpoint; `−∞` if unbounded below.
    pub fn lower(&self) -> &Float {
        &self.lower
    }
    /// The upper endpoint; `∞` if unbounded above.
    pub fn upper(&self) -> &Float {
        &self.upper
    }
    /// Bits of the endpoints.
    pub fn precision(&self) -> u32 {
        self.lower.prec()
    }

    /// A number inside, nearest to the middle at the interval's precision. Of a half line its finite end, of
    /// the whole line 0.
    pub fn midpoint(&self) -> Float {
        let precision = self.precision();
        match (self.lower.is_finite(), self.upper.is_finite()) {
            (true, true) => {
                let sum = Float::with_val(precision, &self.lower + &self.upper);
                // Only a sum can overflow; halves cannot.
                if sum.is_finite() { sum / 2 } else { self.lower.clone() / 2 + self.upper.clone() / 2 }
            }
            (true, false) => self.lower.clone(),
            (false, true) => self.upper.clone(),
            (false, false) => Float::new(precision),
        }
    }

    /// The largest distance from [`midpoint`](Self::midpoint), rounded up: every real of the interval lies
    /// within it.
    pub fn radius(&self) -> Float {
        let (middle, precision) = (self.midpoint(), self.precision());
        larger(up(precision, &self.upper - &middle), up(precision, &middle - &self.lower))
    }

    /// Whether the real `value` lies inside or at an end. NaN and ±∞ never do.
    pub fn contains(&self, value: &Float) -> bool {
        value.is_finite() && self.lower <= *value && *value <= self.upper
    }
    /// Whether 0 lies inside or at an end.
    pub fn contains_zero(&self) -> bool {
        self.lower <= 0 && self.upper >= 0
    }
    /// Whether every real of `self` is in `other`.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        other.lower <= self.lower && self.upper <= other.upper
    }
    /// Whether `self` is in `other` without touching its ends; never where the two share an infinite end.
    pub fn is_interior_of(&self, other: &Self) -> bool {
        other.lower < self.lower && self.upper < other.upper
    }
    /// Whether this is `[−∞, ∞]`: nothing is known.
    pub fn is_whole(&self) -> bool {
        self.lower.is_infinite() && self.upper.is_infinite()
    }
    /// Whether both ends are finite.
    pub fn is_finite(&self) -> bool {
        self.lower.is_finite() && self.upper.is_finite()
    }

    /// Whether every real of `self` is smaller than every real of `other`.
    pub fn certainly_less(&self, other: &Self) -> bool {
        self.upper < other.lower
    }
    /// Whether every real of the interval is `> 0`.
    pub fn certainly_positive(&self) -> bool {
        self.lower > 0
    }
    /// Whether every real of the interval is `< 0`.
    pub fn certainly_negative(&self) -> bool {
        self.upper < 0
    }

    /// The largest absolute value, exactly.
    pub fn magnitude(&self) -> Float {
        larger(self.lower.clone().abs(), self.upper.clone().abs())
    }
    /// The smallest absolute value, exactly.
    pub fn mignitude(&self) -> Float {
        if self.contains_zero() {
            Float::new(self.precision())
        } else {
            smaller(self.lower.clone().abs(), self.upper.clone().abs())
        }
    }
    /// An upper bound of width / smallest absolute value: 0 for a point, ∞ if a proper interval holds 0 or is
    /// unbounded.
    pub fn relative_width(&self) -> f64 {
        if self.lower == self.upper {
            return 0.0;
        }
        let width = up(53, &self.upper - &self.lower);
        // Rounded down, the divisor can reach 0 only at the bottom of MPFR's range; the quotient is ∞ then.
        let ratio = up(53, &width / &down(53, &self.mignitude()));
        if ratio.is_nan() { f64::INFINITY } else { ratio.to_f64_round(Round::Up) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(lower: f64, upper: f64) -> Interval {
        Interval::new(Float::with_val(53, lower), Float::with_val(53, upper)).expect("ordered endpoints")
    }

    fn float(value: f64) -> Float {
        Float::with_val(53, value)
    }

    #[test]
    fn endpoints_that_enclose_nothing_become_the_whole_line() {
        for (lower, upper) in [
            (f64::NAN, 1.0),
            (1.0, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NEG_INFINITY),
        ] {
            assert!(interval(lower, upper).is_whole());
        }
        // What only a mistake within this module could make.
        for (lower, upper) in
            [(2.0, 1.0), (f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY)]
        {
            let sealed = Interval::sealed(float(lower), float(upper));
            assert!(sealed.contains(&float(0.0)) && sealed.is_whole(), "{lower} {upper}");
        }
        assert!(Interval::point(float(f64::NAN)).is_whole());
        assert!(Interval::from_f64(53, f64::INFINITY).is_whole());
        assert!(interval(0.0, 1.0).inflate(&float(f64::NAN)).is_whole());
        assert_eq!(Interval::new(float(1.0), float(0.0)), None);
        assert!(!interval(f64::NEG_INFINITY, 1.0).is_whole());
        assert!(!interval(1.0, f64::INFINITY).is_whole());
    }

    #[test]
    fn conversions_round_both_ends_outward() {
        let third = Interval::from_rational(53, &Rational::from((1, 3)));
        // 1/3 lies strictly between two neighbours at 53 bits.
        assert!(
            third.lower.clone() * 3 <= 1
                && third.upper == {
                    let mut n = third.lower.clone();
                    n.next_up();
                    n
                }
        );
        assert!(*third.lower() < Rational::from((1, 3)) && *third.upper() > Rational::from((1, 3)));
        // 2²⁴ + 1 needs 25 bits.
        let odd = (1_i64 << 24) + 1;
        let rough = Interval::from_integer(24, odd);
        assert!(*rough.lower() == odd - 1 && *rough.upper() == odd + 1);
        let exact = Interval::from_integer(25, odd);
        assert!(*exact.lower() == odd && *exact.upper() == odd);
        let tenth = Interval::from_f64(24, 0.1);
        assert!(*tenth.lower() < 0.1 && *tenth.upper() > 0.1);
        let narrowed = interval(0.1, 0.1).with_precision(24);
        assert_eq!(narrowed, tenth);
        assert_eq!(Interval::from_float(24, &float(0.1)), tenth);
    }

    #[test]
    fn precisions_outside_the_range_are_brought_into_it() {
        assert_eq!(Interval::from_integer(0, 1).precision(), MIN_PRECISION);
        assert_eq!(Interval::whole(u32::MAX).precision(), MAX_PRECISION);
        let mixed = Interval::new(Float::with_val(30, 1), Float::with_val(90, 2)).expect("ordered");
        assert!(mixed.lower().prec() == 90 && mixed.upper().prec() == 90);
    }

    #[test]
    fn midpoint_and_radius_cover() {
        let huge = f64::MAX;
        for (lower, upper) in [(0.1, 0.3), (-huge, huge), (huge, huge), (-1e-300, 7.0), (0.0, 5e-324)] {
            let x = interval(lower, upper);
            let ball = Interval::point(x.midpoint()).inflate(&x.radius());
            assert!(x.contains(&x.midpoint()) && x.is_subset_of(&ball), "{lower} {upper}");
            assert!(x.radius() <= (Float::with_val(60, x.upper()) - x.lower()) * 0.500_001);
        }
        let mut top = Float::with_val(53, Special::Infinity);
        top.next_down();
        assert_eq!(Interval::point(top.clone()).midpoint(), top);
        assert_eq!(interval(1.0, f64::INFINITY).midpoint(), 1.0);
        assert_eq!(interval(f64::NEG_INFINITY, 1.0).midpoint(), 1.0);
        assert_eq!(Interval::whole(53).midpoint(), 0.0);
        assert!(Interval::whole(53).radius().is_infinite());
    }

    #[test]
    fn order_and_containment() {
        let (inner, outer) = (interval(1.0, 2.0), interval(0.5, 2.0));
        assert!(inner.is_subset_of(&outer) && !outer.is_subset_of(&inner));
        assert!(!inner.is_interior_of(&outer) && !interval(0.5, 1.0).is_interior_of(&outer));
        assert!(interval(1.0, 1.5).is_interior_of(&outer));
        assert!(inner.contains(&float(1.0)) && inner.contains(&float(2.0)));
        assert!(!inner.contains(&float(0.9)) && !inner.contains(&float(2.1)));
        assert!(!Interval::whole(53).contains(&float(f64::NAN)));
        assert!(!Interval::whole(53).contains(&float(f64::INFINITY)));
        assert!(interval(0.0, 0.9).certainly_less(&inner) && !interval(0.0, 1.0).certainly_less(&inner));
        assert!(inner.certainly_positive() && !interval(0.0, 1.0).certainly_positive());
        assert!(interval(-2.0, -1.0).certainly_negative() && !interval(-1.0, 0.0).certainly_negative());
        for (lower, upper, holds) in
            [(0.0, 1.0, true), (-1.0, 0.0, true), (1.0, 2.0, false), (-2.0, -1.0, false)]
        {
            assert_eq!(interval(lower, upper).contains_zero(), holds);
        }
        assert!(inner.is_finite() && !interval(0.0, f64::INFINITY).is_finite());
        assert!(!interval(f64::NEG_INFINITY, 0.0).is_finite());
    }

    #[test]
    fn hull_and_intersection() {
        let (a, b) = (interval(0.0, 2.0), interval(1.0, 3.0));
        assert_eq!((a.hull(&b), b.hull(&a)), (interval(0.0, 3.0), interval(0.0, 3.0)));
        assert_eq!((a.intersect(&b), b.intersect(&a)), (Some(interval(1.0, 2.0)), Some(interval(1.0, 2.0))));
        assert_eq!(a.intersect(&interval(2.0, 3.0)), Some(interval(2.0, 2.0)));
        assert_eq!(a.intersect(&interval(2.5, 3.0)), None);
        let fine = a.hull(&b.with_precision(90));
        assert_eq!(fine.precision(), 90);
    }

    #[test]
    fn magnitudes_and_widths() {
        let crossing = interval(-3.0, 2.0);
        assert!(crossing.magnitude() == 3 && crossing.mignitude() == 0);
        assert!(interval(-3.0, -2.0).mignitude() == 2 && interval(2.0, 3.0).mignitude() == 2);
        assert_eq!(interval(2.0, 3.0).relative_width(), 0.5);
        assert_eq!(interval(-3.0, -2.0).relative_width(), 0.5);
        assert_eq!(interval(0.0, 0.0).relative_width(), 0.0);
        assert_eq!(crossing.relative_width(), f64::INFINITY);
        assert_eq!(interval(1.0, f64::INFINITY).relative_width(), f64::INFINITY);
        assert_eq!(Interval::whole(53).relative_width(), f64::INFINITY);
        assert!(interval(3.0, 4.0).relative_width() > 1.0 / 3.0, "rounded up");
    }

    #[test]
    fn inflation_rounds_outward() {
        let tiny = Float::with_val(53, 1e-40);
        let wider = interval(1.0, 1.0).inflate(&tiny);
        assert!(*wider.lower() < 1 && *wider.upper() > 1);
        assert_eq!(wider, interval(1.0, 1.0).inflate(&-tiny));
    }
}
