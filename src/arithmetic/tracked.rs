//! Running error analysis: a double and a bound on its distance from the exact result.
//!
//! Source: N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.3. Every operation
//! adds its own rounding error, at most `u|value|` with `u = 2⁻⁵³`, to what its operands' errors turn into, by
//! the steepest slope within their reach. The bound is computed in doubles and then inflated, so that neither
//! its own roundings nor underflow can make it too small.
//!
//! Rests on IEEE 754 arithmetic rounded to nearest, and on the platform's libm being within [`LIBM_ULPS`]; the
//! second is an assumption, so nothing here is a proof: that is what [`Interval`](super::Interval) is for.

use super::{Real, bessel};
use std::f64::consts::PI;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Assumed of `exp`, `expm1`, `log1p`, `sin`, `cos`, `asin`, `acos`, `atan2` and `hypot`: an error of at most this many units in the
/// last place. The GNU C library documents at most 1 for each of them in double precision.
pub const LIBM_ULPS: f64 = 2.0;

/// `u`: a correctly rounded operation is off by at most this much of its result, unless that underflows.
const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// More than the `(1 + u)` of every rounding in any one bound below, of which there are at most 20.
const INFLATION: f64 = 1.0 + 32.0 * UNIT_ROUNDOFF;

/// More than `|π − PI|`, which is `1.2246…e-16`.
const PI_ERROR: f64 = 1.224_647e-16;

/// Rounding errors of the series for `h` below 1, in units of `u|h|`: 3 from the sum (its last step weighs 1/3
/// against a sum above 0.3, the steps before it at most 1/30 together), 1 from the square, 2 from the
/// products; the terms left out are below `10⁻⁴ u`.
const H_SERIES_ROUNDINGS: f64 = 8.0;

/// Kahan's difference of products is within `2u` of its exact result (C.-P. Jeannerod, N. Louvet, J.-M. Muller,
/// Math. Comp. 82, 2013), so within a little more than `2u` of the computed one.
const DETERMINANT_ROUNDINGS: f64 = 3.0;

/// `value`, and how far it may be from the exact result.
///
/// `value` is bit for bit what plain `f64` evaluation of the same formula gives. `error` bounds its distance
/// from the result of exact evaluation, for any exact inputs within the inputs' errors at which the formula is
/// defined. It is ∞ where nothing is known: a value that is NaN or infinite, or a divisor that may be 0.
///
/// ```
/// use oddpoint::arithmetic::{Real, Tracked};
/// let third = Tracked::exact(1.0).over(3);
/// assert_eq!(third.value, 1.0 / 3.0);
/// assert!(third.error > 0.0 && third.error < 1e-16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracked {
    /// The computed value.
    pub value: f64,
    /// A bound on its distance from the exact one.
    pub error: f64,
}

/// `bound`, computed with a few roundings from nonnegative terms, as a true upper bound.
fn inflated(bound: f64) -> f64 {
    if bound.is_nan() { f64::INFINITY } else { bound * INFLATION + f64::MIN_POSITIVE }
}

impl Tracked {
    /// A number known exactly.
    pub fn exact(value: f64) -> Self {
        Self::with_error(value, 0.0)
    }

    /// A number known to be within `|error|` of `value`; NaN means nothing is known.
    pub fn with_error(value: f64, error: f64) -> Self {
        let known = value.is_finite() && !error.is_nan();
        Self { value, error: if known { error.abs() } else { f64::INFINITY } }
    }

    /// `value` after `roundings` errors of `u|value|` each, with operand errors that amount to `inherited`.
    fn rounded(value: f64, inherited: f64, roundings: f64) -> Self {
        Self::with_error(value, inflated(inherited + roundings * UNIT_ROUNDOFF * value.abs()))
    }

    /// The same after an operation of libm, whose unit in the last place is at most `2u|value|`.
    fn from_libm(value: f64, inherited: f64) -> Self {
        Self::rounded(value, inherited, 2.0 * LIBM_ULPS)
    }

    /// The largest absolute value within reach.
    fn magnitude(&self) -> f64 {
        inflated(self.value.abs() + self.error)
    }

    /// Bound on `|f(X) − f(value)|` within reach, for `f` either arc function. `1/√(1−x²)` is its slope, and grows
    /// with `|x|`, so no two numbers at distance `e` are mapped farther apart than 1 and `1 − e`:
    /// by `acos(1 − e) = 2 asin √(e/2)`.
    fn arc_spread(&self) -> f64 {
        let at_the_edge = 2.0 * (self.error / 2.0).sqrt().min(1.0).asin();
        let farthest = self.magnitude();
        if farthest >= 1.0 {
            return at_the_edge;
        }
        (self.error / ((1.0 - farthest) * (1.0 + farthest)).sqrt()).min(at_the_edge)
    }
}

/// `error × slope`, where an error of zero needs no slope.
fn spread(error: f64, slope: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error * slope }
}

impl Neg for Tracked {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, error: self.error }
    }
}

impl<'a> Add<&'a Self> for Tracked {
    type Output = Self;
    fn add(self, other: &'a Self) -> Self {
        Self::rounded(self.value + other.value, self.error + other.error, 1.0)
    }
}

impl<'a> Sub<&'a Self> for Tracked {
    type Output = Self;
    fn sub(self, other: &'a Self) -> Self {
        Self::rounded(self.value - other.value, self.error + other.error, 1.0)
    }
}

impl<'a> Mul<&'a Self> for Tracked {
    type Output = Self;
    /// `|XY − xy| ≤ |x| e_y + |y| e_x + e_x e_y`.
    fn mul(self, other: &'a Self) -> Self {
        let inherited = spread(other.error, self.value.abs())
            + spread(self.error, other.value.abs())
            + spread(self.error, other.error);
        Self::rounded(self.value * other.value, inherited, 1.0)
    }
}

impl<'a> Div<&'a Self> for Tracked {
    type Output = Self;
    /// `|X/Y − x/y| = |(X−x) − (x/y)(Y−y)|/|Y| ≤ (e_x + |x/y| e_y)/(|y| − e_y)`.
    fn div(self, other: &'a Self) -> Self {
        let value = self.value / other.value;
        let nearest = other.value.abs() - other.error;
        if nearest.is_nan() || nearest <= 0.0 {
            return Self::with_error(value, f64::INFINITY);
        }
        // Zero errors stay zero; the bound on others must survive division by a minute number.
        let numerator = if self.error == 0.0 && other.error == 0.0 {
            0.0
        } else {
            inflated(self.error + spread(other.error, inflated(value.abs())))
        };
        Self::rounded(value, numerator / nearest, 1.0)
    }
}

macro_rules! by_value {
    ($($operator:ident :: $method:ident),*) => {$(
        impl $operator for Tracked {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                $operator::$method(self, &other)
            }
        }
    )*};
}
by_value!(Add::add, Sub::sub, Mul::mul, Div::div);

impl Real for Tracked {
    fn lift(&self, integer: i64) -> Self {
        let value = integer as f64;
        // Exact: doubles of this size are integers, and the difference is below 2¹⁰.
        let error = (value as i128 - i128::from(integer)).unsigned_abs() as f64;
        Self { value, error }
    }
    fn pi(&self) -> Self {
        Self { value: PI, error: PI_ERROR }
    }
    fn approximate(&self) -> f64 {
        self.value
    }
    fn precision(&self) -> u32 {
        f64::MANTISSA_DIGITS
    }

    fn square(self) -> Self {
        self * self
    }
    /// The exact argument is taken to be `≥ 0`, even where the error reaches below.
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        let nearest = (self.value - self.error).max(0.0);
        // |√X − √x| = |X − x|/(√X + √x), worst at the lower end; from 0 it is √x downwards and √(x+e) − √x upwards.
        let upwards = self.error / ((self.value + self.error).sqrt() + value);
        let inherited = if self.error == 0.0 {
            0.0
        } else if nearest > 0.0 {
            self.error / (nearest.sqrt() + value)
        } else {
            value.max(upwards)
        };
        Self::rounded(value, inherited, 1.0)
    }
    /// `|e^X − e^x| ≤ e^x (e^{|X−x|} − 1)`.
    fn exp(self) -> Self {
        let value = self.value.exp();
        let factor = Self::from_libm(self.error.exp_m1(), 0.0).magnitude();
        let inherited =
            if self.error == 0.0 { 0.0 } else { Self::from_libm(value, 0.0).magnitude() * factor };
        Self::from_libm(value, inflated(inherited))
    }
    /// Nothing is known where the exact argument may be −1 or less.
    fn ln_1p(self) -> Self {
        let value = self.value.ln_1p();
        let nearest = (1.0 + self.value) * (1.0 - 4.0 * UNIT_ROUNDOFF) - self.error;
        if nearest.is_nan() || nearest <= 0.0 {
            return Self::with_error(value, f64::INFINITY);
        }
        // The slope 1/(1+X) is steepest at the lower end.
        Self::from_libm(value, spread(self.error, 1.0 / nearest))
    }
    fn sin(self) -> Self {
        let slope = Self::from_libm(self.value.cos(), self.error).magnitude().min(1.0);
        Self::from_libm(self.value.sin(), spread(self.error, slope))
    }
    fn cos(self) -> Self {
        let slope = Self::from_libm(self.value.sin(), self.error).magnitude().min(1.0);
        Self::from_libm(self.value.cos(), spread(self.error, slope))
    }
    fn asin(self) -> Self {
        Self::from_libm(self.value.asin(), self.arc_spread())
    }
    fn acos(self) -> Self {
        Self::from_libm(self.value.acos(), self.arc_spread())
    }
    /// Nothing is known where the computed `self` is negative (or −0, whose angle may be −π).
    fn atan2(self, x: &Self) -> Self {
        let value = self.value.atan2(x.value);
        if self.value.is_sign_negative() {
            return Self::with_error(value, f64::INFINITY);
        }
        Self::from_libm(value, angle_spread(&self, x))
    }
    /// Nothing is known of a computed argument below −1, where the series of the machine's `h` ends.
    fn h(self) -> Self {
        let (t, value) = (self.value, Real::h(self.value));
        if t <= -1.0 {
            return Self::with_error(value, f64::INFINITY);
        }
        // |h'(t)| = |t sin t|, with the sine bounded by 1, by |t|, and by what it is at `t`.
        let reach = self.magnitude();
        let sine = Self::from_libm(t.sin(), self.error).magnitude().min(reach).min(1.0);
        let inherited = spread(self.error, inflated(reach * sine));
        if t < super::machine::H_SERIES_BELOW {
            return Self::rounded(value, inherited, H_SERIES_ROUNDINGS);
        }
        let (sin, cos) = (Self::from_libm(t.sin(), 0.0), Self::from_libm(t.cos(), 0.0));
        let direct = sin - Self::exact(t) * cos;
        Self::with_error(value, inflated(inherited + direct.error))
    }
    fn bessel(self, order: u32) -> Self {
        let (t, value) = (self.value, self.value.bessel(order));
        if t.abs() > 4.0 || t.is_nan() {
            return Self::with_error(value, f64::INFINITY);
        }
        // |J_k'(t)| = t |J_{k+1}| ≤ t/(2k+3)!!.
        let slope = inflated(self.magnitude() / bessel::double_factorial(order + 1) as f64);
        let exactly = Self::exact(t);
        let own = if t.abs() < bessel::SERIES_BELOW {
            bessel::series(&exactly, order, super::machine::BESSEL_TERMS)
        } else {
            bessel::by_recurrence(&exactly, order)
        };
        // The terms left out of the series.
        let truncation = UNIT_ROUNDOFF / 8.0 * value.abs();
        Self::with_error(value, inflated(spread(self.error, slope) + own.error + truncation))
    }
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        let value = Real::gram_determinant(&a.value, &b.value, &c.value);
        let inherited = spread(b.error, a.value.abs())
            + spread(a.error, b.value.abs())
            + spread(a.error, b.error)
            + spread(c.error, 2.0 * c.value.abs() + c.error);
        Self::rounded(value, inherited, DETERMINANT_ROUNDINGS)
    }
    /// The exact value is `≥ 0`, the caller says; so moving the computed one there brings it no farther away.
    fn nonnegative(self) -> Self {
        Self { value: Real::nonnegative(self.value), error: self.error }
    }
}

/// Bound on the angle between the points (`x`, `y`) and any other within their errors, in the upper half-plane.
fn angle_spread(y: &Tracked, x: &Tracked) -> f64 {
    // Both angles are in [0, π]; and the origin has any of them.
    let most = inflated(PI);
    if y.error == 0.0 && x.error == 0.0 {
        return if y.value == 0.0 && x.value == 0.0 { most } else { 0.0 };
    }
    let (radius, shift) = (x.value.hypot(y.value), x.error.hypot(y.error));
    let nearest = radius / INFLATION - inflated(shift);
    // Where the bounds below would over- or underflow, or the origin is within reach, the trivial one must do.
    if !nearest.is_finite() || nearest < 1e-290 {
        return most;
    }
    // The sine of the angle is |x Y − y X|/(|(x, y)| |(X, Y)|) ≤ (|x| e_y + |y| e_x)/(|(x, y)| nearest), and the
    // angle is below π/2 because the shift is shorter than the radius; it is at most the sine over the cosine.
    let numerator = spread(y.error, x.value.abs() / radius) + spread(x.error, y.value.abs() / radius);
    let sine = inflated(inflated(numerator) / nearest);
    if sine < 1.0 { (sine / ((1.0 - sine) * (1.0 + sine)).sqrt()).min(most) } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_inputs_have_no_error_and_operations_have_one_rounding() {
        let (x, y, unit) = (Tracked::exact(0.1), Tracked::exact(0.7), UNIT_ROUNDOFF);
        assert_eq!((x.error, unit), (0.0, 2.0_f64.powi(-53)));
        for result in [x + y, x - y, x * y, x / y, x.square(), y.sqrt()] {
            let bound = unit * result.value.abs();
            assert!(result.error >= bound && result.error <= 1.01 * bound, "{result:?}");
        }
        assert_eq!((-x).error, 0.0);
        assert_eq!(Tracked::with_error(1.0, -0.5), Tracked::with_error(1.0, 0.5));
    }

    #[test]
    fn errors_propagate_by_the_slope() {
        let x = Tracked::with_error(0.5, 1e-6);
        let y = Tracked::with_error(0.25, 1e-7);
        // Wide enough for its sine not to be the angle.
        let (wide, half) = (Tracked::with_error(0.5, 0.2), Tracked::exact(0.5));
        let sine = 0.5 * 0.2 / 0.5_f64.sqrt() / (0.5_f64.sqrt() - 0.2);
        for (result, expected) in [
            (x + y, 1.1e-6),
            (x - y, 1.1e-6),
            (x * y, 0.5e-7 + 0.25e-6),
            (x / y, (1e-6 + 2e-7) / 0.25),
            (x / -y, (1e-6 + 2e-7) / 0.25),
            (x.square(), 1e-6),
            (y.sqrt(), 1e-7),
            (x.sin(), 1e-6 * 0.5_f64.cos()),
            (x.cos(), 1e-6 * 0.5_f64.sin()),
            (x.asin(), 1e-6 / 0.75_f64.sqrt()),
            (x.acos(), 1e-6 / 0.75_f64.sqrt()),
            (x.atan2(&y), (0.25e-6 + 0.5e-7) / 0.3125),
            (wide.atan2(&half), sine / (1.0 - sine * sine).sqrt()),
            (x.exp(), 1e-6 * 0.5_f64.exp()),
            (x.ln_1p(), 1e-6 / 1.5),
            (x.h(), 0.5 * 0.5_f64.sin() * 1e-6),
            (Tracked::with_error(2.0, 1e-6).h(), 2.0 * 2.0_f64.sin() * 1e-6),
            (Tracked::gram_determinant(&x, &x, &y), 1e-6 + 0.5e-7),
        ] {
            assert!((result.error / expected - 1.0).abs() < 1e-4, "{result:?} {expected}");
        }
    }

    /// What a function adds of its own: sines and cosines are off by `4u` of themselves, `h` and the Bessel functions by
    /// what their formulas add up to.
    #[test]
    fn functions_add_their_own_roundings() {
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        };
        for t in [1.0_f64, 1.5, 2.5, 3.1] {
            let (sin, cos) = t.sin_cos();
            let units = 4.0 * sin + 5.0 * t * cos.abs() + (sin - t * cos);
            near(Tracked::exact(t).h().error, units * UNIT_ROUNDOFF);
        }
        near(Tracked::exact(0.5).h().error, 8.0 * UNIT_ROUNDOFF * (0.5_f64.sin() - 0.5 * 0.5_f64.cos()));
        near(Tracked::exact(1.0).atan2(&Tracked::exact(0.0)).error, 4.0 * UNIT_ROUNDOFF * PI / 2.0);
        near(Tracked::exact(0.0).atan2(&Tracked::exact(-1.0)).error, 4.0 * UNIT_ROUNDOFF * PI);

        for (order, t) in (0..4).flat_map(|order| [0.5, 1.9, 2.0, 3.05, 4.0].map(|t| (order, t))) {
            let exactly = Tracked::exact(t);
            let own = if t < 2.0 {
                bessel::series(&exactly, order, 12)
            } else {
                bessel::by_recurrence(&exactly, order)
            };
            let left_out = UNIT_ROUNDOFF / 8.0 * own.value.abs();
            near(exactly.bessel(order).error, own.error + left_out);
            // An operand's error that amounts to as much: the slope is at most t/(2k+3)!!.
            let slope = t / (0..=order + 1).map(|k| f64::from(2 * k + 1)).product::<f64>();
            let moved = Tracked::with_error(t, own.error / slope).bessel(order);
            near(moved.error, 2.0 * own.error + left_out);
        }
    }

    #[test]
    fn where_nothing_is_known_the_error_is_infinite() {
        let reaching_zero = Tracked::with_error(1e-3, 2e-3);
        let outside = Tracked::exact(-1e-3);
        for result in [
            Tracked::exact(f64::NAN),
            Tracked::exact(f64::INFINITY),
            Tracked::with_error(1.0, f64::NAN),
            Tracked::exact(1.0) / reaching_zero,
            Tracked::exact(1.0) / Tracked::exact(0.0),
            outside.sqrt(),
            Tracked::with_error(-0.5, 0.5).ln_1p(),
            Tracked::exact(4.5).bessel(1),
            Tracked::exact(-4.5).bessel(0),
            Tracked::exact(-3.0).bessel(1),
            Tracked::exact(f64::NAN).bessel(1),
            Tracked::exact(1.5).asin(),
            Tracked::exact(1.5).acos(),
            outside.atan2(&Tracked::exact(1.0)),
            Tracked::exact(-0.0).atan2(&Tracked::exact(-1.0)),
            Tracked::exact(-3.0).h(),
            Tracked::exact(f64::MAX) * Tracked::exact(2.0),
        ] {
            assert_eq!(result.error, f64::INFINITY, "{result:?}");
        }
    }

    #[test]
    fn edges_of_domains_keep_a_finite_bound() {
        // √ of something in [0, 3e-10], computed at 1e-10: it may be 0, or √3e-5.
        let root = Tracked::with_error(1e-10, 2e-10).sqrt();
        assert!(root.error >= 1e-5 && root.error < 1.001e-5);
        // acos of something in [1 − 2⁻³⁰, 1], computed at 1.
        let (error, farthest) = (2.0_f64.powi(-30), (1.0 - 2.0_f64.powi(-30)).acos());
        let angle = Tracked::with_error(1.0, error).acos();
        assert!(angle.error >= farthest && angle.error < 1.001 * farthest);
        // The origin is within reach: any angle from 0 to π.
        let any = Tracked::with_error(1e-3, 1e-2).atan2(&Tracked::exact(1e-3));
        assert!(any.error >= PI && any.error < 3.2);
        assert_eq!(Tracked::with_error(-1e-9, 2e-9).nonnegative(), Tracked::with_error(0.0, 2e-9));
    }

    #[test]
    fn constants_carry_their_rounding() {
        let any = Tracked::exact(0.0);
        assert_eq!(any.lift(1 << 53), Tracked::exact(9_007_199_254_740_992.0));
        assert_eq!(any.lift((1 << 53) + 1).error, 1.0);
        assert_eq!(any.lift(i64::MAX).error, 1.0);
        assert_eq!(any.precision(), 53);
        // sin PI = π − PI to first order.
        assert!(any.pi().error >= PI.sin() && any.pi().error < 1.001 * PI.sin());
    }
}
