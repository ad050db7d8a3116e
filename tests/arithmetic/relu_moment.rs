//! The kernel's entry by fixed point against its formula in MPFR, which it falls back to at precisions beyond 1200 bits.

use crate::operands::positive;
use oddpoint::arithmetic::Interval;
use oddpoint::kernel::gram_entry;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use rug::Float;

/// Beyond the reach of fixed point, and some 200 bits finer than any operand here.
const REFERENCE: u32 = 1450;

/// Runs `property` on so many operands, the same ones each time.
fn check<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value) -> TestCaseResult) {
    let config = Config { cases, failure_persistence: None, max_global_rejects: 0, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(failure) = runner.run(&strategy, property) {
        panic!("{failure}");
    }
}

/// Each limb count, its ends, and all between; the usual ones more often.
fn precision() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => prop::sample::select(vec![24, 53, 64, 112, 113, 128, 176, 192, 256, 512, 1024, 1200, 1201]),
        3 => 24..300_u32,
        1 => 24..=1250_u32,
    ]
}

/// `m` and how many bits from `±1` or 0, so as to be as near as some precisions can tell, and nearer.
fn correlation() -> impl Strategy<Value = (f64, i32, u8)> {
    (0.0..1.0, prop_oneof![0..4, 0..80, 0..1300], 0..4_u8)
}

/// Variances and a covariance with every bit of the precision in use, `c` rounded from `ρ √(ab)`.
fn operands() -> impl Strategy<Value = [Float; 3]> {
    (precision(), positive(), positive(), correlation(), any::<bool>()).prop_map(
        |(bits, a, b, (m, shift, near), huge)| {
            let full = |x: f64| Float::with_val(bits, x).sqrt();
            // To exponents far below those of doubles.
            let stretch = if huge { 100_000 } else { 1 };
            let scaled = |x: Float| {
                let exponent = x.get_exp().expect("positive");
                (x >> exponent) << (exponent * stretch)
            };
            let (a, b) = (scaled(full(a)), scaled(full(b)));
            let part = full(m) >> shift;
            let rho = match near {
                0 => Float::with_val(bits, 1 - part),
                1 => Float::with_val(bits, part - 1),
                2 => part,
                _ => -part,
            };
            let c = rho * Float::with_val(bits, &a * &b).sqrt();
            [a, b, c]
        },
    )
}

/// The entry by the formula, at [`REFERENCE`] bits.
fn by_formula(operands: &[Float; 3]) -> Float {
    let [a, b, c] = operands.each_ref().map(|x| Float::with_val(REFERENCE, x));
    gram_entry(&a, &b, &c)
}

/// `|value − exact|` in units of `2^−bits` of the exact value.
fn distance(value: &Float, exact: &Float) -> f64 {
    let difference = Float::with_val(REFERENCE, value - exact).abs();
    let relative = if difference.is_zero() { difference } else { difference / exact.clone().abs() };
    (relative << value.prec()).to_f64()
}

/// Rounding to nearest is within `2^−bits`; fixed point adds `2⁻⁵` of that, the formula a few of its own roundings: seven,
/// of which `ψ` and `h` near `ψ = 0` count up to thrice.
fn floats_are_near(operands: [Float; 3]) -> TestCaseResult {
    let [a, b, c] = operands.each_ref();
    let off = distance(&gram_entry(a, b, c), &by_formula(&operands));
    prop_assert!(off <= 12.0, "{off} units at {operands:?}");
    Ok(())
}

/// The result holds the value; away from `ρ = −1` and from 1200 bits, where the formula takes over, it is at most two
/// floats wide.
fn points_are_enclosed(operands: [Float; 3]) -> TestCaseResult {
    let [a, b, c] = operands.each_ref().map(|x| Interval::point(x.clone()));
    let value = gram_entry(&a, &b, &c);
    let [a, b, c] = operands.each_ref();
    let inside = Float::with_val(4000, a.mul_sub_mul_ref(b, c, c)) >= 0;
    prop_assert!(!inside || value.contains(&by_formula(&operands)), "{value:?} at {operands:?}");
    let correlation = Float::with_val(53, c.square_ref()) / Float::with_val(53, a * b);
    if correlation < 0.9999 && a.prec() <= 1150 {
        let mut end = value.lower().clone();
        end.next_up();
        end.next_up();
        prop_assert!(end >= *value.upper(), "{value:?} at {operands:?}");
    }
    Ok(())
}

#[test]
fn floats() {
    check(3_000, operands(), floats_are_near);
}

#[test]
fn points() {
    check(3_000, operands(), points_are_enclosed);
}

#[test]
#[ignore = "a million entries, some minutes"]
fn a_million_floats_and_points() {
    check(1_000_000, operands(), |operands| {
        floats_are_near(operands.clone())?;
        points_are_enclosed(operands)
    });
}

#[test]
fn boxes() {
    // Two points of the domain span a box; it holds their values, and that at each of its corners that is in the domain.
    let point = || (1.0..4.0, 1.0..4.0, -1.0..=1.0);
    let strategy = (precision(), point(), point(), 0..200_i32);
    check(2_000, strategy, |(bits, first, second, shift)| {
        let [first, second] = [first, second].map(|(a, b, rho): (f64, f64, f64)| {
            let [a, b] = [a, b].map(|x| Float::with_val(bits, x).sqrt());
            let c = Float::with_val(bits, &a * &b).sqrt() * rho;
            [a, b, c]
        });
        // From boxes of any width to those of a few units in the last place.
        let second: [Float; 3] = std::array::from_fn(|i| {
            let step = Float::with_val(bits, &second[i] - &first[i]) >> shift;
            Float::with_val(bits, &first[i] + step)
        });
        let sides: [Interval; 3] = std::array::from_fn(|i| {
            let ordered = Interval::point(first[i].clone()).hull(&Interval::point(second[i].clone()));
            ordered.with_precision(bits)
        });
        let value = gram_entry(&sides[0], &sides[1], &sides[2]);
        for corner in 0..8 {
            let at: [Float; 3] =
                std::array::from_fn(
                    |i| if corner >> i & 1 == 0 { first[i].clone() } else { second[i].clone() },
                );
            let [a, b, c] = at.each_ref();
            if Float::with_val(4000, a.mul_sub_mul_ref(b, c, c)) >= 0 {
                prop_assert!(value.contains(&by_formula(&at)), "{value:?} misses {at:?} in {sides:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_beyond_its_reach_goes_by_the_formula() {
    let float = |x: f64| Float::with_val(128, x);
    let entry = |a: f64, b: f64, c: f64| gram_entry(&float(a), &float(b), &float(c));
    // ρ = ±1: half the variance, and 0.
    assert_eq!(entry(2.0, 2.0, 2.0), 1.0);
    assert_eq!(entry(2.0, 2.0, -2.0), 0.0);
    assert_eq!(entry(0.0, 2.0, 0.0), 0.0);
    assert!(entry(f64::NAN, 1.0, 0.0).is_nan() && entry(-1.0, 1.0, -0.5).is_nan());
    // ρ = 0: √(ab)/2π = 1/π at a = b = 2.
    let quarter = entry(2.0, 2.0, 0.0) * Float::with_val(128, rug::float::Constant::Pi);
    assert!((quarter - 1_u32).abs() < 1e-37);
    let whole = |a: f64, b: f64, c: f64| {
        let [a, b, c] = [a, b, c].map(|x| Interval::from_f64(128, x));
        gram_entry(&a, &b, &c).is_whole()
    };
    // No batch has these, so nothing is claimed.
    assert!(whole(1.0, 1.0, 2.0) && whole(-1.0, 1.0, 0.0));
}
