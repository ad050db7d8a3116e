//! `−`, `+`, `−`, `×`, `÷` on intervals: one directed rounding at each end.

use super::{Interval, down, larger, smaller, up};
use rug::Float;
use rug::float::Round;
use rug::ops::{AddAssignRound, MulAssignRound, SubAssignRound};
use std::ops::{Add, Div, Mul, Neg, Sub};

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { lower: -self.upper, upper: -self.lower }
    }
}

impl<'a> Add<&'a Self> for Interval {
    type Output = Self;
    fn add(mut self, other: &'a Self) -> Self {
        self.lower.add_assign_round(&other.lower, Round::Down);
        self.upper.add_assign_round(&other.upper, Round::Up);
        self
    }
}

impl<'a> Sub<&'a Self> for Interval {
    type Output = Self;
    fn sub(mut self, other: &'a Self) -> Self {
        self.lower.sub_assign_round(&other.upper, Round::Down);
        self.upper.sub_assign_round(&other.lower, Round::Up);
        self
    }
}

/// Where an interval lies relative to 0; a point at 0 counts as nonnegative.
enum Sign {
    Nonnegative,
    Nonpositive,
    Mixed,
}

impl Interval {
    fn sign(&self) -> Sign {
        if self.lower >= 0 {
            Sign::Nonnegative
        } else if self.upper <= 0 {
            Sign::Nonpositive
        } else {
            Sign::Mixed
        }
    }
}

/// `a b`, with `0 × ∞ = 0`: an infinite endpoint bounds finite numbers, and 0 times any of them is 0.
fn product(precision: u32, a: &Float, b: &Float, round: Round) -> Float {
    if a.is_zero() || b.is_zero() {
        return Float::new(precision);
    }
    Float::with_val_round(precision, a * b, round).0
}

impl<'a> Mul<&'a Self> for Interval {
    type Output = Self;
    fn mul(mut self, other: &'a Self) -> Self {
        use Sign::{Mixed, Nonnegative, Nonpositive};
        let precision = self.precision();
        let least = |a, b| product(precision, a, b, Round::Down);
        let greatest = |a, b| product(precision, a, b, Round::Up);
        let (a, b) = (&self.lower, &self.upper);
        let (c, d) = (&other.lower, &other.upper);
        let (lower, upper) = match (self.sign(), other.sign()) {
            (Nonnegative, Nonnegative) if self.is_finite() && other.is_finite() => {
                self.lower.mul_assign_round(c, Round::Down);
                self.upper.mul_assign_round(d, Round::Up);
                return self;
            }
            (Nonnegative, Nonnegative) => (least(a, c), greatest(b, d)),
            (Nonnegative, Nonpositive) => (least(b, c), greatest(a, d)),
            (Nonnegative, Mixed) => (least(b, c), greatest(b, d)),
            (Nonpositive, Nonnegative) => (least(a, d), greatest(b, c)),
            (Nonpositive, Nonpositive) => (least(b, d), greatest(a, c)),
            (Nonpositive, Mixed) => (least(a, d), greatest(a, c)),
            (Mixed, Nonnegative) => (least(a, d), greatest(b, d)),
            (Mixed, Nonpositive) => (least(b, c), greatest(a, c)),
            (Mixed, Mixed) => (smaller(least(a, d), least(b, c)), larger(greatest(a, c), greatest(b, d))),
        };
        Self { lower, upper }
    }
}

impl<'a> Div<&'a Self> for Interval {
    type Output = Self;
    /// The whole line if the divisor holds 0.
    fn div(self, other: &'a Self) -> Self {
        if other.contains_zero() {
            Self::whole(self.precision())
        } else if other.certainly_negative() {
            -self.over_positive(&other.upper, &other.lower)
        } else {
            self.over_positive(&other.lower, &other.upper)
        }
    }
}

impl Interval {
    /// `self / t` for `|t|` between `|nearest|` and `|farthest|`, numbers of the same sign other than 0, read
    /// as positive.
    fn over_positive(&self, nearest: &Float, farthest: &Float) -> Self {
        let precision = self.precision();
        let (nearest, farthest) = (nearest.as_abs(), farthest.as_abs());
        let below = if self.lower >= 0 { &farthest } else { &nearest };
        let above = if self.upper >= 0 { &nearest } else { &farthest };
        // No ∞/∞: an infinite dividend meets `nearest`, which is finite.
        Self { lower: down(precision, &self.lower / &**below), upper: up(precision, &self.upper / &**above) }
    }
}

macro_rules! by_value {
    ($($operator:ident :: $method:ident),*) => {$(
        impl $operator for Interval {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                $operator::$method(self, &other)
            }
        }
    )*};
}
by_value!(Add::add, Sub::sub, Mul::mul, Div::div);

#[cfg(test)]
mod tests {
    use super::super::super::Real;
    use super::*;
    use rug::Rational;
    use rug::float::Special;

    fn interval(lower: f64, upper: f64) -> Interval {
        Interval::new(Float::with_val(53, lower), Float::with_val(53, upper)).expect("ordered endpoints")
    }

    const INFINITY: f64 = f64::INFINITY;

    #[test]
    fn every_sign_case_of_a_product() {
        for ((a, b), (c, d), (lower, upper)) in [
            ((1.0, 2.0), (3.0, 5.0), (3.0, 10.0)),
            ((1.0, 2.0), (-5.0, -3.0), (-10.0, -3.0)),
            ((1.0, 2.0), (-3.0, 5.0), (-6.0, 10.0)),
            ((-2.0, -1.0), (3.0, 5.0), (-10.0, -3.0)),
            ((-2.0, -1.0), (-5.0, -3.0), (3.0, 10.0)),
            ((-2.0, -1.0), (-3.0, 5.0), (-10.0, 6.0)),
            ((-1.0, 2.0), (3.0, 5.0), (-5.0, 10.0)),
            ((-1.0, 2.0), (-5.0, -3.0), (-10.0, 5.0)),
            ((-1.0, 2.0), (-3.0, 5.0), (-6.0, 10.0)),
            ((-2.0, 1.0), (-3.0, 5.0), (-10.0, 6.0)),
        ] {
            assert_eq!(interval(a, b) * interval(c, d), interval(lower, upper), "[{a},{b}]·[{c},{d}]");
        }
    }

    #[test]
    fn every_sign_case_of_a_quotient() {
        for ((a, b), (c, d), (lower, upper)) in [
            ((1.0, 8.0), (2.0, 4.0), (0.25, 4.0)),
            ((-1.0, 8.0), (2.0, 4.0), (-0.5, 4.0)),
            ((-8.0, -1.0), (2.0, 4.0), (-4.0, -0.25)),
            ((1.0, 8.0), (-4.0, -2.0), (-4.0, -0.25)),
            ((-1.0, 8.0), (-4.0, -2.0), (-4.0, 0.5)),
            ((-8.0, -1.0), (-4.0, -2.0), (0.25, 4.0)),
        ] {
            assert_eq!(interval(a, b) / interval(c, d), interval(lower, upper), "[{a},{b}]/[{c},{d}]");
        }
    }

    #[test]
    fn inexact_results_lie_strictly_inside() {
        // Odd 53-bit numbers: no sum, product or quotient of these, of any signs, is a float.
        let (tenth, seven) = (0.1_f64, 700.7_f64);
        let exact = |x: f64| Rational::from_f64(x).expect("finite");
        for (a, b) in [(tenth, seven), (-tenth, seven), (tenth, -seven), (-tenth, -seven)] {
            let (x, y) = (interval(a, a), interval(b, b));
            for (result, value) in [
                (x.clone() + &y, exact(a) + exact(b)),
                (x.clone() - &y, exact(a) - exact(b)),
                (x.clone() * &y, exact(a) * exact(b)),
                (x / &y, exact(a) / exact(b)),
            ] {
                assert!(*result.lower() < value && value < *result.upper(), "{a} {b}: {result:?}");
            }
        }
    }

    #[test]
    fn unbounded_operands() {
        let (whole, half) = (Interval::whole(53), interval(0.0, INFINITY));
        assert_eq!(interval(0.0, 0.0) * &whole, interval(0.0, 0.0));
        assert_eq!(whole.clone() * interval(0.0, 0.0), interval(0.0, 0.0));
        assert_eq!(interval(0.0, 1.0) * &whole, whole);
        assert_eq!(interval(0.0, 1.0) * &half, half);
        assert_eq!(interval(-1.0, 0.0) * &half, interval(-INFINITY, 0.0));
        assert_eq!(half.clone() - &half, whole);
        assert_eq!(half.clone() + &half, half);
        assert_eq!(interval(1.0, INFINITY) / interval(1.0, INFINITY), half);
        assert_eq!(interval(-INFINITY, 1.0) / interval(-INFINITY, -1.0), interval(-1.0, INFINITY));
        assert_eq!(whole.clone() / interval(1.0, 2.0), whole);
    }

    #[test]
    fn division_by_an_interval_with_zero_knows_nothing() {
        for (c, d) in [(0.0, 1.0), (-1.0, 0.0), (-1.0, 1.0), (0.0, 0.0), (-0.0, 1.0)] {
            assert!((interval(1.0, 1.0) / interval(c, d)).is_whole());
        }
    }

    #[test]
    fn overflow_keeps_a_real_inside() {
        let mut top = Float::with_val(53, Special::Infinity);
        top.next_down();
        let sum = Interval::point(top.clone()) + Interval::point(top.clone());
        assert!(*sum.lower() == top && sum.upper().is_infinite());
        let square = Interval::point(top.clone()).square();
        assert!(*square.lower() == top && square.upper().is_infinite());
        let least = (Interval::from_integer(53, 1) / Interval::point(top)).square();
        assert!(*least.lower() == 0 && *least.upper() > 0);
    }
}
