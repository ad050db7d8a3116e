//! MPFR numbers at a chosen precision.
//!
//! Approximates: every single operation is correctly rounded to nearest at the precision of its first
//! operand, so a formula of `k` well-conditioned operations is good to about `log₂ k` bits less.

use super::{Real, bessel, relu_moment};
use crate::{Result, bad_input};
use rug::Float;
use rug::float::{Constant, Round};

/// The fewest bits a precision may have: single precision's.
pub const MIN_PRECISION: u32 = 24;

/// The most bits a precision may have; MPFR itself could do more, at hours an operation.
pub const MAX_PRECISION: u32 = 1_000_000;

/// Accepts a precision from [`MIN_PRECISION`] to [`MAX_PRECISION`].
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) with the value and the accepted range.
///
/// ```
/// use oddpoint::arithmetic::check_precision;
/// assert!(check_precision(192).is_ok());
/// assert!(check_precision(1).is_err());
/// ```
pub fn check_precision(bits: u32) -> Result<()> {
    if (MIN_PRECISION..=MAX_PRECISION).contains(&bits) {
        return Ok(());
    }
    Err(bad_input!(
        "a precision of {bits} bits is not accepted: choose {MIN_PRECISION} to {MAX_PRECISION} bits"
    ))
}

/// Bits lost by computing `sin t − t cos t` directly: the result is `≈ t³/3`, the terms `≈ t`.
pub(super) fn h_guard_bits(t: &Float) -> u32 {
    let bits_below_one = t.get_exp().map_or(0, |exponent| (-i64::from(exponent)).max(0));
    u32::try_from(2 * bits_below_one + 16).unwrap_or(u32::MAX)
}

impl Real for Float {
    fn lift(&self, value: i64) -> Self {
        Float::with_val(self.prec(), value)
    }
    fn pi(&self) -> Self {
        Float::with_val(self.prec(), Constant::Pi)
    }
    fn approximate(&self) -> f64 {
        self.to_f64()
    }
    fn precision(&self) -> u32 {
        self.prec()
    }
    fn square(self) -> Self {
        Float::square(self)
    }
    fn sqrt(self) -> Self {
        Float::sqrt(self)
    }
    fn exp(self) -> Self {
        Float::exp(self)
    }
    fn ln_1p(self) -> Self {
        Float::ln_1p(self)
    }
    fn sin(self) -> Self {
        Float::sin(self)
    }
    fn cos(self) -> Self {
        Float::cos(self)
    }
    fn asin(self) -> Self {
        Float::asin(self)
    }
    fn acos(self) -> Self {
        Float::acos(self)
    }
    fn atan2(self, x: &Self) -> Self {
        Float::atan2(self, x)
    }
    fn h(self) -> Self {
        if self.is_zero() {
            return self;
        }
        let precision = self.prec();
        let guard = h_guard_bits(&self);
        if guard > precision + 16 {
            // t²/10, the next term relative to this one, is below half a unit in the last place.
            let cube = Float::with_val(precision + 16, self.square_ref()) * &self;
            return Float::with_val(precision, cube / 3);
        }
        let wide = Float::with_val(precision + guard, &self);
        let (sin, cos) = wide.clone().sin_cos(Float::new(wide.prec()));
        Float::with_val(precision, sin - wide * cos)
    }
    fn bessel(self, order: u32) -> Self {
        /// Lost by the recurrence at arguments from 2 on, and by rounding of the series.
        const GUARD_BITS: u32 = 32;
        let precision = self.prec();
        let wide = Float::with_val(precision.saturating_add(GUARD_BITS), &self);
        let value = if wide.as_abs().lt(&bessel::SERIES_BELOW) {
            let magnitude = wide.to_f64_round(Round::AwayZero).abs();
            bessel::series(&wide, order, bessel::terms(order, wide.prec(), magnitude))
        } else {
            bessel::by_recurrence(&wide, order)
        };
        Float::with_val(precision, value)
    }
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        Float::with_val(a.prec(), a.mul_sub_mul_ref(b, c, c))
    }
    fn relu_moment(a: &Self, b: &Self, c: &Self) -> Option<Self> {
        let bits = a.prec();
        relu_moment::approximation([a, b, c], bits, |integer, exponent| {
            Float::with_val(bits, &*integer) << exponent
        })
    }
    fn nonnegative(self) -> Self {
        if self.is_sign_negative() && !self.is_nan() { Float::new(self.prec()) } else { self }
    }
    fn times(self, k: i64) -> Self {
        self * k
    }
    fn over(self, k: i64) -> Self {
        self / k
    }
    fn plus(self, k: i64) -> Self {
        self + k
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precisions_are_checked_with_a_message() {
        assert!(check_precision(MIN_PRECISION).is_ok() && check_precision(MAX_PRECISION).is_ok());
        for bits in [0, MIN_PRECISION - 1, MAX_PRECISION + 1] {
            let message = check_precision(bits).expect_err("out of range").to_string();
            assert!(message.contains(&format!("{bits} bits")) && message.contains("24 to 1000000"));
        }
    }

    #[test]
    fn h_of_minute_angles_is_their_cube_over_three() {
        for shift in [30_i32, 60, 1000, 300_000_000] {
            let t = Float::with_val(53, 1.5) >> shift;
            let expected = Float::with_val(53, 1.125) >> (3 * shift);
            assert!(((t.h() - &expected) / expected).abs() < 4e-16, "{shift}");
        }
    }
}
