//! Double precision.
//!
//! Approximates: `+ − × ÷ √` are correctly rounded (IEEE 754); the elementary functions come from the
//! platform's libm, whose errors are a few units in the last place. Nothing here is a proof.

use super::{Real, bessel};

/// Below this angle `h` is summed as a series; above it the direct formula loses less than two bits.
pub(super) const H_SERIES_BELOW: f64 = 1.0;

/// Coefficients of `h(t)/t³ = Σ_{k≥1} (−1)^{k+1} 2k/(2k+1)! · t^{2k−2}`; the first one left out is below
/// `2⁻⁵³/3` for `t ≤ 1`.
pub(super) const H_SERIES: [f64; 10] = [
    1.0 / 3.0,
    -1.0 / 30.0,
    1.0 / 840.0,
    -1.0 / 45_360.0,
    1.0 / 3_991_680.0,
    -1.0 / 518_918_400.0,
    1.0 / 93_405_312_000.0,
    -1.0 / 22_230_464_256_000.0,
    1.0 / 6_758_061_133_824_000.0,
    -1.0 / 2_554_547_108_585_472_000.0,
];

/// Terms of the Bessel series that leave out less than `2⁻⁵⁶` of the first for `t ≤ 2`: `25!/4¹² > 2⁵⁶`.
pub(super) const BESSEL_TERMS: u32 = 12;

impl Real for f64 {
    fn lift(&self, value: i64) -> Self {
        value as f64
    }
    fn pi(&self) -> Self {
        std::f64::consts::PI
    }
    fn approximate(&self) -> f64 {
        *self
    }
    fn precision(&self) -> u32 {
        f64::MANTISSA_DIGITS
    }
    fn square(self) -> Self {
        self * self
    }
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn ln_1p(self) -> Self {
        f64::ln_1p(self)
    }
    fn sin(self) -> Self {
        f64::sin(self)
    }
    fn cos(self) -> Self {
        f64::cos(self)
    }
    fn asin(self) -> Self {
        f64::asin(self)
    }
    fn acos(self) -> Self {
        f64::acos(self)
    }
    fn atan2(self, x: &Self) -> Self {
        f64::atan2(self, *x)
    }
    fn h(self) -> Self {
        if self < H_SERIES_BELOW {
            let square = self * self;
            let sum = H_SERIES.iter().rev().fold(0.0, |sum, coefficient| sum * square + coefficient);
            square * self * sum
        } else {
            f64::sin(self) - self * f64::cos(self)
        }
    }
    fn bessel(self, order: u32) -> Self {
        if self.abs() < bessel::SERIES_BELOW {
            bessel::series(&self, order, BESSEL_TERMS)
        } else {
            bessel::by_recurrence(&self, order)
        }
    }
    /// Kahan's difference of products: within two units in the last place of the exact value.
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        let square = c * c;
        let rounding = (-c).mul_add(*c, square);
        a.mul_add(*b, -square) + rounding
    }
    fn nonnegative(self) -> Self {
        // Written so that NaN stays NaN, and −0, whose angle would be −π, becomes 0.
        if self <= 0.0 { 0.0 } else { self }
    }
}
