//! Intervals enclose, shrink with their operands, and are no wider than they must be.

use crate::operands::{
    REFERENCE, Sample, angle_interval, any_interval, check, h_reference, nonnegative_interval, real, steps,
    unit_interval,
};
use oddpoint::arithmetic::{Interval, Real};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rug::float::{Constant, Round};
use rug::ops::Pow;
use rug::{Float, Integer, Rational};
use std::cmp::Ordering;

/// `value` is in `result`; where there is no value, nothing must be claimed.
fn encloses(result: &Interval, value: &Float) -> TestCaseResult {
    let holds = if value.is_finite() { result.contains(value) } else { result.is_whole() };
    prop_assert!(holds, "{value} is not in {result:?}");
    Ok(())
}

/// The properties of any operation, applied to whole samples, their parts, and other precisions.
fn obeys<const N: usize>(
    samples: &[Sample; N],
    operation: impl Fn([Interval; N]) -> Interval,
    exact: impl Fn([&Float; N]) -> Float,
) -> TestCaseResult {
    let intervals = samples.each_ref().map(|sample| sample.interval.clone());
    let result = operation(intervals.clone());
    prop_assert_eq!(result.precision(), intervals[0].precision());
    let part = operation(samples.each_ref().map(|sample| sample.part.clone()));
    prop_assert!(part.is_subset_of(&result), "{:?} of a part is not in {:?}", part, result);
    let fine = operation(intervals.clone().map(|x| x.with_precision(200)));
    prop_assert!(fine.intersect(&result).is_some(), "{:?} at 200 bits misses {:?}", fine, result);
    let coarse = operation(intervals.map(|x| x.with_precision(24)));
    for choice in 0..1 << N {
        let points: [&Float; N] = std::array::from_fn(|i| &samples[i].points[choice >> i & 1]);
        let value = exact(points);
        encloses(&result, &value)?;
        encloses(&fine, &value)?;
        encloses(&coarse, &value)?;
    }
    Ok(())
}

fn ends(x: &Interval) -> [&Float; 2] {
    [x.lower(), x.upper()]
}

/// The ends of the result are the least and the greatest correctly rounded corner.
fn attained_at_corners(
    result: &Interval,
    x: &Interval,
    y: &Interval,
    corner: impl Fn(&Float, &Float, Round) -> Float,
) -> TestCaseResult {
    let corners =
        |round| ends(x).into_iter().flat_map(|a| ends(y).map(|b| (a, b))).map(move |(a, b)| (a, b, round));
    let least = corners(Round::Down).map(|(a, b, r)| corner(a, b, r)).reduce(|a, b| a.min(&b));
    let most = corners(Round::Up).map(|(a, b, r)| corner(a, b, r)).reduce(|a, b| a.max(&b));
    prop_assert_eq!(Some(result.lower()), least.as_ref());
    prop_assert_eq!(Some(result.upper()), most.as_ref());
    Ok(())
}

fn binary(
    operation: impl Fn(Interval, &Interval) -> Interval,
    rounded: impl Fn(&Float, &Float, u32, Round) -> Float,
) {
    check((any_interval(), any_interval()), |(x, y)| {
        let samples = [x, y];
        obeys(&samples, |[x, y]| operation(x, &y), |[x, y]| rounded(x, y, REFERENCE, Round::Nearest))?;
        let [x, y] = samples.map(|sample| sample.interval);
        let result = operation(x.clone(), &y);
        if result.is_whole() {
            return Ok(());
        }
        attained_at_corners(&result, &x, &y, |a, b, round| rounded(a, b, x.precision(), round))
    });
}

fn rounded<T>(precision: u32, value: T, round: Round) -> Float
where
    Float: rug::ops::AssignRound<T, Round = Round, Ordering = Ordering>,
{
    Float::with_val_round(precision, value, round).0
}

#[test]
fn sums() {
    binary(|x, y| x + y, |a, b, precision, round| rounded(precision, a + b, round));
}

#[test]
fn differences() {
    binary(|x, y| x - y, |a, b, precision, round| rounded(precision, a - b, round));
}

#[test]
fn products() {
    binary(|x, y| x * y, |a, b, precision, round| rounded(precision, a * b, round));
}

#[test]
fn quotients() {
    binary(|x, y| x / y, |a, b, precision, round| rounded(precision, a / b, round));
}

#[test]
fn operators_by_value_are_those_by_reference() {
    check((any_interval(), any_interval()), |(x, y)| {
        let (x, y) = (x.interval, y.interval);
        prop_assert_eq!(x.clone() + y.clone(), x.clone() + &y);
        prop_assert_eq!(x.clone() - y.clone(), x.clone() - &y);
        prop_assert_eq!(x.clone() * y.clone(), x.clone() * &y);
        prop_assert_eq!(x.clone() / y.clone(), x / &y);
        Ok(())
    });
}

#[test]
fn an_operand_met_with_itself() {
    check(any_interval(), |sample| {
        let x = sample.interval;
        prop_assert!((x.clone() - &x).contains_zero());
        prop_assert!(x.clone().square().is_subset_of(&(x.clone() * &x)));
        prop_assert!((x.clone() / &x).contains(&Float::with_val(53, 1)));
        prop_assert_eq!(-(-x.clone()), x);
        Ok(())
    });
}

#[test]
fn integers() {
    let integer = prop_oneof![-9..9_i64, any::<i64>()];
    check((any_interval(), integer), |(x, k)| {
        let sample = [x];
        obeys(&sample, |[x]| x.plus(k), |[x]| Float::with_val(REFERENCE, x + k))?;
        obeys(&sample, |[x]| x.times(k), |[x]| Float::with_val(REFERENCE, x * k))?;
        // A quotient by 0 is whole, whatever the limit of the dividend's.
        let over = |x: &Float| Float::with_val(REFERENCE, x / k);
        obeys(&sample, |[x]| x.over(k), |[x]| over(x))?;
        let [Sample { interval: x, .. }] = sample;
        let exactly = Interval::from_integer(64, k);
        prop_assert_eq!(x.clone().plus(k), x.clone() + &exactly);
        prop_assert_eq!(x.clone().times(k), x.clone() * &exactly);
        prop_assert_eq!(x.clone().over(k), x.clone() / &exactly);
        let lifted = x.lift(k);
        prop_assert!(*lifted.lower() <= k && *lifted.upper() >= k);
        prop_assert!(steps(lifted.lower(), lifted.upper()) <= 1);
        Ok(())
    });
}

/// A function whose ends are those of correctly rounded ends: `obeys`, and is tight.
fn monotone(
    samples: BoxedStrategy<Sample>,
    function: impl Fn(Interval) -> Interval,
    rounded: impl Fn(&mut Float, Round) -> Ordering,
) {
    let at = |x: &Float, precision, round| {
        // Exact: the precision is at least that of `x`.
        let mut value = Float::with_val(precision, x);
        rounded(&mut value, round);
        value
    };
    check(samples, |sample| {
        let samples = [sample];
        obeys(&samples, |[x]| function(x), |[x]| at(x, REFERENCE, Round::Nearest))?;
        let [Sample { interval: x, .. }] = samples;
        attained_at_corners(&function(x.clone()), &x, &x, |a, _, round| at(a, x.precision(), round))
    });
}

#[test]
fn negatives() {
    let negate = |x: &mut Float, _| {
        *x *= -1;
        Ordering::Equal
    };
    monotone(any_interval(), |x| -x, negate);
}

#[test]
fn roots() {
    monotone(nonnegative_interval(), Interval::sqrt, Float::sqrt_round);
}

#[test]
fn exponentials() {
    monotone(unit_interval(), Interval::exp, Float::exp_round);
}

#[test]
fn logarithms() {
    monotone(nonnegative_interval(), Interval::ln_1p, Float::ln_1p_round);
    let reaching_minus_one = Interval::from_f64(100, -1.0).hull(&Interval::from_f64(100, 1.0));
    assert!(!reaching_minus_one.ln_1p().lower().is_finite());
}

#[test]
fn arc_sines() {
    monotone(unit_interval(), Interval::asin, Float::asin_round);
}

#[test]
fn arc_cosines() {
    monotone(unit_interval(), Interval::acos, Float::acos_round);
}

#[test]
fn squares() {
    check(any_interval(), |sample| {
        let samples = [sample];
        obeys(&samples, |[x]| x.square(), |[x]| Float::with_val(REFERENCE, x.square_ref()))?;
        let [Sample { interval: x, .. }] = samples;
        let square = x.clone().square();
        if x.contains_zero() {
            prop_assert!(square.lower().is_zero());
            let most = ends(&x).map(|end| rounded(x.precision(), end.square_ref(), Round::Up));
            prop_assert!(most.iter().any(|most| square.upper() == most));
            return Ok(());
        }
        attained_at_corners(&square, &x, &x, |a, _, round| rounded(x.precision(), a.square_ref(), round))
    });
}

/// Whether a `(2k + phase) π` lies in the interval, at 2000 bits: beyond doubt for ends that are doubles.
fn holds_turn(x: &Interval, phase: f64) -> bool {
    let pi = Float::with_val(2000, Constant::Pi);
    let turns: Float = (Float::with_val(2000, x.lower()) / &pi - phase) / 2;
    let first = turns.ceil();
    (first * 2 + phase) * pi <= *x.upper()
}

/// A wave with maxima at `(2k + phase) π`: `obeys`, and reaches ±1 only where it must.
fn wave(function: impl Fn(Interval) -> Interval, rounded: impl Fn(&Float, u32, Round) -> Float, phase: f64) {
    check(any_interval(), |sample| {
        let samples = [sample];
        obeys(&samples, |[x]| function(x), |[x]| rounded(x, REFERENCE, Round::Nearest))?;
        let [Sample { interval: x, .. }] = samples;
        let result = function(x.clone());
        let at_ends = |round| ends(&x).map(|end| rounded(end, x.precision(), round));
        let [a, b] = at_ends(Round::Down);
        let least = if holds_turn(&x, phase + 1.0) { Float::with_val(2, -1) } else { a.min(&b) };
        let [a, b] = at_ends(Round::Up);
        let most = if holds_turn(&x, phase) { Float::with_val(2, 1) } else { a.max(&b) };
        prop_assert!(*result.lower() == least && *result.upper() == most, "{x} {result:?} {least} {most}");
        Ok(())
    });
}

#[test]
fn sines() {
    wave(Interval::sin, |x, precision, round| rounded(precision, x.sin_ref(), round), 0.5);
}

#[test]
fn cosines() {
    wave(Interval::cos, |x, precision, round| rounded(precision, x.cos_ref(), round), 0.0);
}

#[test]
fn angles() {
    check((nonnegative_interval(), any_interval()), |(y, x)| {
        let at =
            |y: &Float, x: &Float, precision, round| rounded(precision, y.clone().abs().atan2_ref(x), round);
        let samples = [y, x];
        obeys(&samples, |[y, x]| y.atan2(&x), |[y, x]| at(y, x, REFERENCE, Round::Nearest))?;
        let [y, x] = samples.map(|sample| sample.interval);
        let angle = y.clone().atan2(&x);
        prop_assert!(*angle.lower() >= 0 && angle.upper() <= y.pi().upper());
        if y.contains_zero() && x.contains_zero() {
            prop_assert!(angle.lower().is_zero() && angle.upper() == y.pi().upper());
            return Ok(());
        }
        attained_at_corners(&angle, &y, &x, |b, a, round| at(b, a, y.precision(), round))
    });
}

#[test]
fn h() {
    check(angle_interval(), |sample| {
        let samples = [sample];
        obeys(&samples, |[t]| t.h(), |[t]| h_reference(t))?;
        let [Sample { interval: t, .. }] = samples;
        let result = t.clone().h();
        // Up to its top h increases, so the ends are its values at the ends, nearly.
        if t.upper() <= t.pi().lower() {
            let [low, high] = ends(&t).map(h_reference);
            let low = Float::with_val_round(t.precision(), low, Round::Down).0;
            let high = Float::with_val_round(t.precision(), high, Round::Up).0;
            prop_assert!(steps(result.lower(), &low) <= 1 && steps(&high, result.upper()) <= 1, "{t:?}");
        }
        Ok(())
    });
}

#[test]
fn h_outside_its_range() {
    check(any_interval(), |sample| obeys(&[sample], |[t]| t.h(), |[t]| h_reference(t)));
}

#[test]
fn gram_determinants() {
    let operands = (nonnegative_interval(), nonnegative_interval(), any_interval());
    check(operands, |(a, b, c)| {
        let determinant =
            |[a, b, c]: [&Float; 3], precision, round| rounded(precision, a.mul_sub_mul_ref(b, c, c), round);
        let samples = [a, b, c];
        obeys(
            &samples,
            |[a, b, c]| Interval::gram_determinant(&a, &b, &c),
            |operands| determinant(operands, REFERENCE, Round::Nearest),
        )?;
        let [a, b, c] = samples.map(|sample| sample.interval);
        let result = Interval::gram_determinant(&a, &b, &c);
        let (least, most) = (c.mignitude(), c.magnitude());
        let lower = determinant([a.lower(), b.lower(), &most], a.precision(), Round::Down);
        let upper = determinant([a.upper(), b.upper(), &least], a.precision(), Round::Up);
        prop_assert!(*result.lower() == lower && *result.upper() == upper);
        Ok(())
    });
}

#[test]
fn gram_determinants_of_any_sign() {
    check((any_interval(), any_interval(), any_interval()), |(a, b, c)| {
        obeys(
            &[a, b, c],
            |[a, b, c]| Interval::gram_determinant(&a, &b, &c),
            |[a, b, c]| Float::with_val(REFERENCE, a.mul_sub_mul_ref(b, c, c)),
        )
    });
}

#[test]
fn nonnegative_parts() {
    check(any_interval(), |sample| {
        let nonnegative = sample.interval.clone().nonnegative();
        for point in &sample.points {
            prop_assert!(*point < 0 || nonnegative.contains(point));
        }
        let empty = sample.interval.certainly_negative();
        prop_assert_eq!(empty, nonnegative.is_whole());
        prop_assert!(empty || *nonnegative.lower() >= 0);
        Ok(())
    });
}

#[test]
fn functional_equations() {
    check((any_interval(), nonnegative_interval(), unit_interval()), |(x, y, z)| {
        let (x, y, z) = (x.interval, y.interval, z.interval);
        let circle = x.clone().sin().square() + x.cos().square();
        prop_assert!(circle.contains(&Float::with_val(53, 1)));
        prop_assert!(y.is_subset_of(&y.clone().sqrt().square()));
        prop_assert!(y.is_subset_of(&y.clone().square().sqrt()));
        prop_assert!(z.is_subset_of(&z.clone().asin().sin()));
        prop_assert!(z.is_subset_of(&z.clone().acos().cos()));
        let half_pi = z.pi().over(2);
        prop_assert!((z.clone().asin() + z.acos()).intersect(&half_pi).is_some());
        Ok(())
    });
}

#[test]
fn conversions() {
    let parts = (any::<i128>(), any::<i128>(), real(), prop::sample::select(vec![24, 53, 113, 300]));
    check(parts, |(numerator, denominator, float, precision)| {
        let integer = Integer::from(numerator);
        let fraction = Rational::from((numerator, denominator.saturating_abs().max(1)));
        let exact = Rational::from_f64(float).expect("finite");
        let wide = Float::with_val(300, float) / 3;
        for (converted, value) in [
            (Interval::from_integer(precision, numerator), Rational::from(integer)),
            (Interval::from_rational(precision, &fraction), fraction),
            (Interval::from_f64(precision, float), exact),
            (Interval::from_float(precision, &wide), wide.to_rational().expect("finite")),
            (Interval::point(wide.clone()).with_precision(precision), wide.to_rational().expect("finite")),
        ] {
            prop_assert_eq!(converted.precision(), precision);
            prop_assert!(*converted.lower() <= value && value <= *converted.upper());
            prop_assert!(steps(converted.lower(), converted.upper()) <= 1);
        }
        Ok(())
    });
}

/// What a decimal like `-1.25e-7` means, exactly.
fn parsed(decimal: &str) -> Rational {
    let (mantissa, exponent) = decimal.split_once('e').unwrap_or((decimal, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Integer = format!("{whole}{fraction}").parse().expect("digits");
    let exponent = exponent.parse::<i32>().expect("exponent") - i32::try_from(fraction.len()).expect("short");
    Rational::from(digits) * Rational::from(10).pow(exponent)
}

#[test]
fn decimals() {
    check((any_interval(), 1..40_usize), |(sample, digits)| {
        let x = sample.interval;
        let (lower, upper) = x.to_decimal(digits);
        let [low, high] = [parsed(&lower), parsed(&upper)];
        let [exactly_low, exactly_high] = ends(&x).map(|end| end.to_rational().expect("finite"));
        prop_assert!(low <= exactly_low && exactly_high <= high, "{x:?} printed as [{lower}, {upper}]");
        let resolution = Rational::from(10).pow(1 - i32::try_from(digits).expect("few"));
        prop_assert!(Rational::from(&exactly_low - &low) <= exactly_low.abs() * &resolution);
        prop_assert!(Rational::from(&high - &exactly_high) <= exactly_high.abs() * resolution);
        let read = Interval::from_decimal(x.precision(), &lower, &upper).expect("decimals");
        prop_assert!(x.is_subset_of(&read));
        let machine: [Result<f64, _>; 2] = [lower.parse(), upper.parse()];
        prop_assert!(machine.iter().all(Result::is_ok));
        let json = serde_json::to_value(&x).expect("serializable");
        let text = |key: &str| json[key].as_str().expect("a string").to_owned();
        let stored = Interval::from_decimal(x.precision(), &text("lo"), &text("hi")).expect("decimals");
        prop_assert!(x.is_subset_of(&stored));
        prop_assert!(steps(stored.lower(), x.lower()) <= 1 && steps(x.upper(), stored.upper()) <= 1);
        Ok(())
    });
}

#[test]
fn middles_and_widths() {
    check(any_interval(), |sample| {
        let x = sample.interval;
        prop_assert!(x.contains(&x.midpoint()));
        prop_assert!(x.is_subset_of(&Interval::point(x.midpoint()).inflate(&x.radius())));
        for point in &sample.points {
            let size = point.clone().abs();
            prop_assert!(x.mignitude() <= size && size <= x.magnitude());
        }
        let width = Float::with_val(600, x.upper() - x.lower());
        prop_assert!(width <= Float::with_val(600, x.relative_width()) * x.mignitude() || x.contains_zero());
        Ok(())
    });
}
