//! Running error bounds hold, and the values they bound are those of plain doubles.

use crate::operands::{
    REFERENCE, angle, check, fraction, h_reference, nonnegative, real, reference, within_unit,
};
use oddpoint::arithmetic::{Real, Tracked};
use oddpoint::kernel;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rug::Float;

/// A tracked number, and an exact one within its error.
#[derive(Clone, Debug)]
struct Known {
    tracked: Tracked,
    exact: Float,
}

/// Numbers with errors from none at all to their own size.
fn known(value: BoxedStrategy<f64>) -> BoxedStrategy<Known> {
    let relative = prop_oneof![1 => Just(0.0), 2 => (-60..1).prop_map(|exponent| 2.0_f64.powi(exponent))];
    (value, relative, fraction())
        .prop_map(|(value, relative, position)| {
            let tracked = Tracked::with_error(value, value.abs() * relative);
            let exact = reference(value) + reference(tracked.error) * (2.0 * position - 1.0);
            Known { tracked, exact }
        })
        .boxed()
}

/// The same with the exact number brought into a domain, which never takes it farther from the computed one.
fn known_within(value: BoxedStrategy<f64>, domain: [f64; 2]) -> BoxedStrategy<Known> {
    let [least, most] = domain.map(reference);
    known(value).prop_map(move |x| Known { exact: x.exact.clamp(&least, &most), ..x }).boxed()
}

/// The value is `plain` to the bit, and its error bounds its distance from `exact`.
fn bounds(result: Tracked, plain: f64, exact: &Float) -> TestCaseResult {
    prop_assert!(result.value.to_bits() == plain.to_bits() || (result.value.is_nan() && plain.is_nan()));
    prop_assert!(result.error >= 0.0);
    let distance = (reference(result.value) - exact).abs();
    prop_assert!(distance <= result.error || result.error == f64::INFINITY, "{result:?}: off by {distance}");
    Ok(())
}

fn unary(
    operands: BoxedStrategy<Known>,
    tracked: impl Fn(Tracked) -> Tracked,
    plain: impl Fn(f64) -> f64,
    exact: impl Fn(Float) -> Float,
) {
    check(operands, |x| bounds(tracked(x.tracked), plain(x.tracked.value), &exact(x.exact)));
}

fn binary(
    tracked: impl Fn(Tracked, Tracked) -> Tracked,
    plain: impl Fn(f64, f64) -> f64,
    exact: impl Fn(Float, Float) -> Float,
) {
    check((known(real()), known(real())), |(x, y)| {
        let value = exact(x.exact, y.exact);
        bounds(tracked(x.tracked, y.tracked), plain(x.tracked.value, y.tracked.value), &value)
    });
}

const NONNEGATIVE: [f64; 2] = [0.0, f64::INFINITY];
const UNIT: [f64; 2] = [-1.0, 1.0];

#[test]
fn field_operations() {
    binary(|x, y| x + y, |x, y| x + y, |x, y| x + y);
    binary(|x, y| x - y, |x, y| x - y, |x, y| x - y);
    binary(|x, y| x * y, |x, y| x * y, |x, y| x * y);
    binary(|x, y| x / y, |x, y| x / y, |x, y| x / y);
    unary(known(real()), |x| -x, |x| -x, |x| -x);
    unary(known(real()), Real::square, Real::square, Real::square);
}

#[test]
fn integers() {
    check((known(real()), prop_oneof![-9..9_i64, any::<i64>()]), |(x, k)| {
        let (tracked, value) = (x.tracked, x.tracked.value);
        bounds(tracked.lift(k), value.lift(k), &x.exact.lift(k))?;
        bounds(tracked.plus(k), value.plus(k), &x.exact.clone().plus(k))?;
        bounds(tracked.times(k), value.times(k), &x.exact.clone().times(k))?;
        bounds(tracked.over(k), value.over(k), &x.exact.over(k))?;
        bounds(tracked.pi(), value.pi(), &Real::pi(&Float::new(REFERENCE)))
    });
}

#[test]
fn roots_and_nonnegative_parts() {
    unary(known_within(nonnegative(), NONNEGATIVE), Real::sqrt, Real::sqrt, Real::sqrt);
    unary(known_within(real(), NONNEGATIVE), Real::nonnegative, Real::nonnegative, |x| x);
}

#[test]
fn exponentials_and_logarithms() {
    unary(known(real()), Real::exp, Real::exp, Real::exp);
    unary(known_within(nonnegative(), NONNEGATIVE), Real::ln_1p, Real::ln_1p, Real::ln_1p);
    unary(known_within(within_unit(), UNIT), Real::ln_1p, Real::ln_1p, Real::ln_1p);
}

#[test]
fn waves() {
    unary(known(real()), Real::sin, Real::sin, Real::sin);
    unary(known(real()), Real::cos, Real::cos, Real::cos);
}

#[test]
fn arc_functions() {
    unary(known_within(within_unit(), UNIT), Real::asin, Real::asin, Real::asin);
    unary(known_within(within_unit(), UNIT), Real::acos, Real::acos, Real::acos);
}

#[test]
fn angles() {
    check((known_within(nonnegative(), NONNEGATIVE), known(real())), |(y, x)| {
        let plain = y.tracked.value.atan2(x.tracked.value);
        bounds(y.tracked.atan2(&x.tracked), plain, &y.exact.atan2(&x.exact))
    });
}

#[test]
fn h() {
    unary(known_within(angle(), NONNEGATIVE), Real::h, Real::h, |t| h_reference(&t));
}

#[test]
fn bessel() {
    for order in 0..4 {
        let exact = |t: Float| t.bessel(order);
        unary(known_within(angle(), [-4.0, 4.0]), |t| t.bessel(order), |t| t.bessel(order), exact);
    }
}

#[test]
fn gram_determinants() {
    check((known(nonnegative()), known(nonnegative()), known(real())), |(a, b, c)| {
        let result = Tracked::gram_determinant(&a.tracked, &b.tracked, &c.tracked);
        let plain = Real::gram_determinant(&a.tracked.value, &b.tracked.value, &c.tracked.value);
        bounds(result, plain, &Real::gram_determinant(&a.exact, &b.exact, &c.exact))
    });
}

#[test]
fn formulas_of_the_kernel() {
    // Variances within a factor of e¹⁰, and a covariance that Cauchy–Schwarz allows (up to its rounding).
    let variance = || (-5.0..5.0).prop_map(f64::exp).boxed();
    let inputs = (known(variance()), known(variance()), within_unit(), prop_oneof![Just(0.0), Just(1e-9)]);
    check(inputs, |(a, b, rho, relative)| {
        let value = rho * (a.tracked.value * b.tracked.value).sqrt();
        let c =
            Known { tracked: Tracked::with_error(value, value.abs() * relative), exact: reference(value) };
        let positive = |x: Float| x.max(&reference(1e-9));
        let exact = [positive(a.exact), positive(b.exact), c.exact];
        let plain = [a.tracked, b.tracked, c.tracked].map(|x| x.value);
        bounds(
            kernel::gram_entry(&a.tracked, &b.tracked, &c.tracked),
            kernel::gram_entry(&plain[0], &plain[1], &plain[2]),
            &kernel::gram_entry(&exact[0], &exact[1], &exact[2]),
        )
    });
}

#[test]
fn formulas_of_an_angle() {
    check(known_within(angle(), NONNEGATIVE), |theta| {
        let (tracked, plain) = (theta.tracked, theta.tracked.value);
        let distance = kernel::half_distance(&theta.exact);
        bounds(kernel::half_distance(&tracked), kernel::half_distance(&plain), &distance)?;
        bounds(kernel::kappa_slope(&tracked), kernel::kappa_slope(&plain), &kernel::kappa_slope(&theta.exact))
    });
}

#[test]
fn bounds_are_not_much_larger_than_they_must_be() {
    // Of a well-conditioned formula with exact inputs: a few dozen roundings.
    check((0.1..3.0, 0.1..3.0, -0.9..0.9), |(a, b, rho): (f64, f64, f64)| {
        let [a, b, c] = [a, b, rho * (a * b).sqrt()].map(Tracked::exact);
        let entry = kernel::gram_entry(&a, &b, &c);
        prop_assert!(entry.error <= 200.0 * f64::EPSILON * (a.value * b.value).sqrt());
        Ok(())
    });
}
