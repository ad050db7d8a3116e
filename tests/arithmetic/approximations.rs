//! Doubles and MPFR numbers keep the few functions of their own to a few units in the last place.

use crate::operands::{angle, check, h_reference, positive, real};
use oddpoint::arithmetic::Real;
use proptest::prelude::*;
use rug::Float;

/// `|value − exact| ≤ tolerance |exact|`.
fn close(value: &Float, exact: &Float, tolerance: f64) -> bool {
    let distance = Float::with_val(exact.prec(), value - exact).abs();
    distance <= Float::with_val(exact.prec(), exact * tolerance).abs()
}

#[test]
fn h_in_doubles() {
    check(angle(), |t| {
        let value = Real::h(t);
        // Cubes below 2⁻¹⁰²² have fewer digits.
        prop_assert!(
            close(&Float::with_val(53, value), &h_reference(&Float::with_val(53, t)), 4.0 * f64::EPSILON)
                || t < 1e-102
        );
        Ok(())
    });
}

#[test]
fn h_in_mpfr() {
    check((angle(), prop::sample::select(vec![24, 53, 113, 200])), |(t, precision)| {
        let t = Float::with_val(precision, t);
        let exact = h_reference(&t);
        prop_assert!(close(&t.h(), &exact, 2.0_f64.powi(-(precision as i32))));
        Ok(())
    });
}

#[test]
fn gram_determinant() {
    let moderate = || (1.0..2.0, -100..100).prop_map(|(m, e): (f64, i32)| m * 2.0_f64.powi(e)).boxed();
    let near = (moderate(), moderate(), -1.0..1.0_f64, -1.0..1.0_f64)
        // Often so near to singular that ab and c² agree in most bits.
        .prop_map(|(a, b, rho, sharpness)| {
            let rho = if sharpness > 0.0 { (1.0 - rho.powi(16) * 1e-12).copysign(rho) } else { rho };
            [a, b, rho * (a * b).sqrt()]
        });
    check(near, |[a, b, c]| {
        let exact = {
            let [a, b, c] = [a, b, c].map(|x| Float::with_val(1600, x));
            Float::with_val(1600, a.mul_sub_mul_ref(&b, &c, &c))
        };
        let machine = Real::gram_determinant(&a, &b, &c);
        prop_assert!(close(&Float::with_val(53, machine), &exact, f64::EPSILON));
        let [a, b, c] = [a, b, c].map(|x| Float::with_val(53, x));
        prop_assert!(close(&Real::gram_determinant(&a, &b, &c), &exact, f64::EPSILON / 2.0));
        Ok(())
    });
}

#[test]
fn nonnegative_parts_have_no_negative_zero() {
    check(real(), |x| {
        prop_assert!(Real::nonnegative(x).is_sign_positive());
        prop_assert!(Real::nonnegative(Float::with_val(53, x)).is_sign_positive());
        Ok(())
    });
    assert!(
        Real::nonnegative(f64::NAN).is_nan() && Real::nonnegative(Float::with_val(53, f64::NAN)).is_nan()
    );
}

#[test]
fn integers() {
    check((positive(), -9..9_i64), |(x, k)| {
        let float = Float::with_val(53, x);
        prop_assert_eq!(float.clone().plus(k).approximate(), x.plus(k));
        prop_assert_eq!(float.clone().times(k).approximate(), x.times(k));
        if k != 0 {
            prop_assert_eq!(float.over(k).approximate(), x.over(k));
        }
        Ok(())
    });
}
