//! MPFR numbers at a chosen precision.
//!
//! Approximates: every single operation is correctly rounded to nearest at the precision of its first
//! operand, so a formula of `k` well-conditioned operations is good to about `log₂ k` bits less.

use super::Real;
use rug::Float;
use rug::float::Constant;

/// Bits lost by computing `sin t − t cos t` directly: the result is `≈ t³/3`, the terms `≈ t`.
pub(super) fn h_guard_bits(t: &Float) -> u32 {
    let bits_below_one = t.get_exp().map_or(0, |exponent| (-i64::from(exponent)).max(0));
    u32::try_from(2 * bits_below_one + 16).unwrap_or(u32::MAX / 4)
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
    fn square(self) -> Self {
        Float::square(self)
    }
    fn sqrt(self) -> Self {
        Float::sqrt(self)
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
        let wide = Float::with_val(precision.saturating_add(h_guard_bits(&self)), &self);
        let (sin, cos) = wide.clone().sin_cos(Float::new(wide.prec()));
        Float::with_val(precision, sin - wide * cos)
    }
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        Float::with_val(a.prec(), a.mul_sub_mul_ref(b, c, c))
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
