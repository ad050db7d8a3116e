//! Forward-mode derivatives: a value and its derivative with respect to one variable.
//!
//! Over intervals both parts are enclosures, which is what interval Newton needs. The derivative formulas are
//! the textbook ones (`h' = t sin t`); nothing is said where the function is not differentiable.

use super::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `value + derivative · ε` with `ε² = 0`.
///
/// ```
/// use oddpoint::arithmetic::{Dual, Real};
/// let x = Dual::variable(3.0);
/// assert_eq!(x.clone().square().derivative, 6.0);
/// ```
#[derive(Clone, Debug)]
pub struct Dual<R> {
    /// The function's value.
    pub value: R,
    /// Its derivative.
    pub derivative: R,
}

impl<R: Real> Dual<R> {
    /// The variable itself: derivative 1.
    pub fn variable(value: R) -> Self {
        Self { derivative: value.lift(1), value }
    }
    /// A constant: derivative 0.
    pub fn constant(value: R) -> Self {
        Self { derivative: value.lift(0), value }
    }
    /// `f(self)` by the chain rule, from `f` and `f'` at the value.
    fn chain(self, value: R, slope: R) -> Self {
        Self { value, derivative: self.derivative * slope }
    }
}

impl<R: Real> Neg for Dual<R> {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, derivative: -self.derivative }
    }
}

impl<'a, R: Real> Add<&'a Self> for Dual<R> {
    type Output = Self;
    fn add(self, other: &'a Self) -> Self {
        Self { value: self.value + &other.value, derivative: self.derivative + &other.derivative }
    }
}
impl<'a, R: Real> Sub<&'a Self> for Dual<R> {
    type Output = Self;
    fn sub(self, other: &'a Self) -> Self {
        Self { value: self.value - &other.value, derivative: self.derivative - &other.derivative }
    }
}
impl<'a, R: Real> Mul<&'a Self> for Dual<R> {
    type Output = Self;
    fn mul(self, other: &'a Self) -> Self {
        let derivative = self.derivative * &other.value + self.value.clone() * &other.derivative;
        Self { value: self.value * &other.value, derivative }
    }
}
impl<'a, R: Real> Div<&'a Self> for Dual<R> {
    type Output = Self;
    fn div(self, other: &'a Self) -> Self {
        let value = self.value / &other.value;
        let derivative = (self.derivative - value.clone() * &other.derivative) / &other.value;
        Self { value, derivative }
    }
}

macro_rules! by_value {
    ($($operator:ident :: $method:ident),*) => {$(
        impl<R: Real> $operator for Dual<R> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                $operator::$method(self, &other)
            }
        }
    )*};
}
by_value!(Add::add, Sub::sub, Mul::mul, Div::div);

impl<R: Real> Real for Dual<R> {
    fn lift(&self, value: i64) -> Self {
        Self::constant(self.value.lift(value))
    }
    fn pi(&self) -> Self {
        Self::constant(self.value.pi())
    }
    fn approximate(&self) -> f64 {
        self.value.approximate()
    }
    fn precision(&self) -> u32 {
        self.value.precision()
    }
    fn square(self) -> Self {
        let (value, slope) = (self.value.clone().square(), self.value.clone().times(2));
        self.chain(value, slope)
    }
    fn sqrt(self) -> Self {
        let value = self.value.clone().sqrt();
        let slope = value.lift(1) / value.clone().times(2);
        self.chain(value, slope)
    }
    fn exp(self) -> Self {
        let value = self.value.clone().exp();
        self.chain(value.clone(), value)
    }
    fn ln_1p(self) -> Self {
        let (value, slope) = (self.value.clone().ln_1p(), self.value.lift(1) / self.value.clone().plus(1));
        self.chain(value, slope)
    }
    fn sin(self) -> Self {
        let (value, slope) = (self.value.clone().sin(), self.value.clone().cos());
        self.chain(value, slope)
    }
    fn cos(self) -> Self {
        let (value, slope) = (self.value.clone().cos(), -self.value.clone().sin());
        self.chain(value, slope)
    }
    fn asin(self) -> Self {
        let slope = self.value.lift(1) / cofactor(&self.value);
        let value = self.value.clone().asin();
        self.chain(value, slope)
    }
    fn acos(self) -> Self {
        let slope = -(self.value.lift(1) / cofactor(&self.value));
        let value = self.value.clone().acos();
        self.chain(value, slope)
    }
    fn atan2(self, x: &Self) -> Self {
        // d atan2(y, x) = (x dy − y dx)/(x² + y²)
        let squared_radius = self.value.clone().square() + x.value.clone().square();
        let numerator = self.derivative * &x.value - self.value.clone() * &x.derivative;
        Self { value: self.value.atan2(&x.value), derivative: numerator / squared_radius }
    }
    fn h(self) -> Self {
        let slope = self.value.clone().sin() * &self.value;
        let value = self.value.clone().h();
        self.chain(value, slope)
    }
    fn bessel(self, order: u32) -> Self {
        let slope = -(self.value.clone().bessel(order + 1) * &self.value);
        let value = self.value.clone().bessel(order);
        self.chain(value, slope)
    }
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        let value = R::gram_determinant(&a.value, &b.value, &c.value);
        let derivative = a.derivative.clone() * &b.value + a.value.clone() * &b.derivative
            - c.value.clone().times(2) * &c.derivative;
        Self { value, derivative }
    }
    fn nonnegative(self) -> Self {
        Self { value: self.value.nonnegative(), derivative: self.derivative }
    }
}

/// `√(1 − x²)` as `√((1 − x)(1 + x))`, accurate near `±1`.
fn cofactor<R: Real>(x: &R) -> R {
    ((x.lift(1) - x) * (x.lift(1) + x)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rug::Float;

    const BITS: u32 = 400;

    /// A formula's derivative against `(f(x + h) − f(x − h))/2h`, which for `h = 2⁻¹⁰⁰` is off by `h²f'''/6` and by what
    /// rounding makes of it, 2⁻³⁰⁰; and its value against the formula without derivatives, bit for bit.
    macro_rules! check {
        ($at:expr, |$x:ident| $formula:expr) => {{
            let (at, step) = (Float::with_val(BITS, $at), Float::with_val(BITS, 1) >> 100);
            let plain = |$x: Float| -> Float { $formula };
            let dual = |$x: Dual<Float>| -> Dual<Float> { $formula };
            let found = dual(Dual::variable(at.clone()));
            let slope = (plain(at.clone() + &step) - plain(at.clone() - &step)) / (step * 2);
            assert_eq!(found.value, plain(at));
            let error = Float::with_val(BITS, &found.derivative - &slope).abs();
            assert!(error < 1e-50, "{}: {} {slope}", stringify!($formula), found.derivative);
        }};
    }

    #[test]
    fn derivatives_are_slopes() {
        for at in [0.3, -0.7, 0.9] {
            check!(at, |x| -x.square());
            check!(at, |x| x.clone().sin() + &x.exp());
            check!(at, |x| x.clone().sin() - &x.exp());
            check!(at, |x| x.clone().sin() * &x.exp());
            check!(at, |x| x.clone().sin() / &x.exp());
            check!(at, |x| x.clone().cos() + x.exp());
            check!(at, |x| x.clone().cos() - x.exp());
            check!(at, |x| x.clone().cos() * x.exp());
            check!(at, |x| x.clone().cos() / x.exp());
            check!(at, |x| x.plus(2).sqrt());
            check!(at, |x| x.ln_1p());
            check!(at, |x| x.asin());
            check!(at, |x| x.acos());
            check!(at, |x| x.clone().exp().atan2(&x.sin()));
            check!(at, |x| x.plus(1).h());
            for order in 0..3 {
                check!(at, |x| x.bessel(order));
            }
            check!(at, |x| Real::gram_determinant(&x.clone().exp(), &x.clone().plus(2), &x.sin()));
            check!(at, |x| x.clone().exp().times(3) + x.over(7).plus(-2));
            check!(at, |x| x.plus(1).nonnegative());
        }
    }

    #[test]
    fn constants_have_no_slope() {
        let x = Dual::variable(Float::with_val(BITS, 0.3));
        for (constant, value) in [(x.lift(5), Float::with_val(BITS, 5)), (x.pi(), x.value.pi())] {
            assert_eq!((constant.value, constant.derivative), (value, Float::new(BITS)));
        }
        assert_eq!((x.precision(), x.approximate()), (BITS, 0.3));
    }
}
