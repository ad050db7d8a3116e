//! Random operands, and the loop that runs a property over them. No case is ever rejected.

use oddpoint::arithmetic::Interval;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use rug::Float;
use std::f64::consts::PI;

/// Cases of each property.
pub const CASES: u32 = if cfg!(debug_assertions) { 2_000 } else { 100_000 };

/// Bits of a reference value.
pub const REFERENCE: u32 = 300;

/// Runs `property` on [`CASES`] values of `strategy`, the same ones each time.
pub fn check<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> TestCaseResult) {
    let config =
        Config { cases: CASES, failure_persistence: None, max_global_rejects: 0, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(failure) = runner.run(&strategy, property) {
        panic!("{failure}");
    }
}

/// `value` at the precision of references.
pub fn reference(value: f64) -> Float {
    Float::with_val(REFERENCE, value)
}

/// Any size from `2⁻³⁰⁰` to `2³⁰⁰`.
pub fn positive() -> BoxedStrategy<f64> {
    (1.0..2.0, -300..300).prop_map(|(mantissa, exponent)| mantissa * 2.0_f64.powi(exponent)).boxed()
}

/// Reals of every size and sign.
pub fn real() -> BoxedStrategy<f64> {
    let special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, PI, -PI, 2.0 * PI, 1e300, -1e300, 5e-324, -5e-324];
    prop_oneof![
        4 => -4.0..4.0,
        2 => (positive(), any::<bool>()).prop_map(|(x, negative)| if negative { -x } else { x }),
        1 => prop::sample::select(special.to_vec()),
        1 => (-1000..1000).prop_map(f64::from),
    ]
    .boxed()
}

/// Reals `≥ 0` of every size.
pub fn nonnegative() -> BoxedStrategy<f64> {
    real().prop_map(f64::abs).boxed()
}

/// `[−1, 1]`, often within a hair of its ends or of 0.
pub fn within_unit() -> BoxedStrategy<f64> {
    prop_oneof![
        3 => -1.0..=1.0,
        1 => (positive(), any::<bool>())
            .prop_map(|(x, negative)| (1.0 - x.min(1.0 / x) * 1e-3) * if negative { -1.0 } else { 1.0 }),
        1 => positive().prop_map(|x| x.min(1.0 / x)),
        1 => prop::sample::select(vec![-1.0, 1.0, 0.0, 0.5, -0.5]),
    ]
    .boxed()
}

/// `[0, π]` and the double above π, often near 0, 1 (where the machine changes its formula) and π.
pub fn angle() -> BoxedStrategy<f64> {
    prop_oneof![
        3 => 0.0..=PI,
        2 => positive().prop_map(|x| x.min(1.0 / x)),
        1 => (-1e-6..1e-6).prop_map(|x: f64| 1.0 + x),
        1 => positive().prop_map(|x| PI - x.min(1.0 / x)),
        1 => prop::sample::select(vec![0.0, 1.0, PI, PI.next_up()]),
    ]
    .boxed()
}

/// Where in `[0, 1]` a point sits; often at an end.
pub fn fraction() -> BoxedStrategy<f64> {
    prop_oneof![1 => Just(0.0), 1 => Just(1.0), 4 => 0.0..=1.0].boxed()
}

/// An interval, two points inside at reference precision, and the interval between (nearly) those.
#[derive(Clone, Debug)]
pub struct Sample {
    pub interval: Interval,
    pub points: [Float; 2],
    pub part: Interval,
}

impl Sample {
    fn new(ends: [f64; 2], precision: u32, fractions: [f64; 2]) -> Self {
        let [a, b] = ends.map(reference);
        let interval =
            Interval::new(a.clone().min(&b), a.max(&b)).expect("ordered").with_precision(precision);
        let points = fractions.map(|fraction| between(&interval, fraction));
        // Ends that have the interval's precision keep rounding to nearest inside.
        let [a, b] = points.each_ref().map(|point| Float::with_val(precision, point));
        let part = Interval::new(a.clone().min(&b), a.max(&b)).expect("ordered");
        Self { interval, points, part }
    }

    /// The intersection with the whole of `domain`, for samples that rounding took out of it.
    fn clipped(self, domain: [f64; 2]) -> Self {
        let [least, most] = domain.map(reference);
        let clip = |x: &Float| Float::with_val(x.prec(), x).clamp(&least, &most);
        let cut = |x: &Interval| Interval::new(clip(x.lower()), clip(x.upper())).expect("ordered");
        let points = self.points.each_ref().map(clip);
        Self { interval: cut(&self.interval), part: cut(&self.part), points }
    }
}

/// The point of a bounded interval at `fraction` of its width.
fn between(interval: &Interval, fraction: f64) -> Float {
    let (lower, upper) = (interval.lower(), interval.upper());
    let width = Float::with_val(REFERENCE, upper - lower);
    (width * fraction + lower).clamp(lower, upper)
}

/// Intervals with ends from `end`: points, a few units in the last place wide, narrow, and wide ones.
fn samples(end: &BoxedStrategy<f64>, domain: [f64; 2]) -> BoxedStrategy<Sample> {
    let shape = prop_oneof![
        1 => Just(None),
        1 => (1..6_u64).prop_map(|steps| Some(1.0 + steps as f64 * f64::EPSILON)),
        2 => (-50..-1).prop_map(|exponent| Some(1.0 + 2.0_f64.powi(exponent))),
    ];
    let narrow = (end.clone(), shape).prop_map(|(x, factor)| [x, x * factor.unwrap_or(1.0)]);
    let wide = (end.clone(), end.clone()).prop_map(|(x, y)| [x, y]);
    let ends = prop_oneof![2 => narrow, 1 => wide];
    let precision = prop::sample::select(vec![24, 53, 113]);
    (ends, precision, fraction(), fraction())
        .prop_map(move |(ends, precision, s, t)| {
            let ends = ends.map(|end| end.clamp(domain[0], domain[1]));
            Sample::new(ends, precision, [s, t]).clipped(domain)
        })
        .boxed()
}

const EVERYWHERE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// Intervals of every kind.
pub fn any_interval() -> BoxedStrategy<Sample> {
    samples(&real(), EVERYWHERE)
}

/// Intervals in `[0, ∞)`.
pub fn nonnegative_interval() -> BoxedStrategy<Sample> {
    samples(&nonnegative(), [0.0, f64::INFINITY])
}

/// Intervals in `[−1, 1]`.
pub fn unit_interval() -> BoxedStrategy<Sample> {
    samples(&within_unit(), [-1.0, 1.0])
}

/// Intervals in `[0, π]`, up to π rounded up to the interval's precision.
pub fn angle_interval() -> BoxedStrategy<Sample> {
    samples(&angle(), [0.0, 3.2])
}

/// The number of steps from one float to the next that lead from `from` to `to`; at most 9.
pub fn steps(from: &Float, to: &Float) -> u32 {
    let mut from = from.clone();
    let mut count = 0;
    while from < *to && count < 9 {
        from.next_up();
        count += 1;
    }
    count
}

/// `sin t − t cos t` with so many bits that its cancellation, of `O(t³)` out of `O(t)`, does not matter.
pub fn h_reference(t: &Float) -> Float {
    let lost = t.get_exp().map_or(0, |exponent| 2 * (-exponent).max(0).unsigned_abs());
    let wide = Float::with_val(REFERENCE + 32 + lost, t);
    let (sin, cos) = wide.clone().sin_cos(Float::new(wide.prec()));
    Float::with_val(REFERENCE, sin - wide * cos)
}
