//! Covers: statements about a function on a whole interval, proved box by box.
//!
//! Every box is decided by interval arithmetic or halved; a cover that runs out of boxes is an error that says
//! so. No part of the interval is left out.

use crate::arithmetic::{Dual, Interval, Real};
use crate::{Error, Result};
use rug::Float;

/// Boxes tried before a cover is given up.
const MOST_BOXES: usize = 20_000;

/// A real function, written once for every arithmetic.
pub trait Function {
    /// The value at `x`.
    fn at<R: Real + FromInterval>(&self, x: &R) -> R;
}

/// Arithmetics into which a parameter held as an interval can be lifted: intervals and duals of them.
pub trait FromInterval: Real {
    /// The parameter as a constant.
    fn constant(value: &Interval) -> Self;
}

impl FromInterval for Interval {
    fn constant(value: &Interval) -> Self {
        value.clone()
    }
}

impl<R: FromInterval> FromInterval for Dual<R> {
    fn constant(value: &Interval) -> Self {
        Self::constant(R::constant(value))
    }
}

/// What is known of a function on one box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Negative,
    Positive,
    Rising,
}

/// Consecutive points: the ends of the first boxes of a cover.
pub type Partition<'a> = &'a [Float];

/// Proves that `f` has exactly one root between the first and the last point of `partition`, and rises through it.
/// Returns an interval that contains it.
///
/// # Guarantees
/// `f < 0` before the returned interval, `f` rises on it, `f > 0` after it; all by enclosures.
///
/// # Errors
/// [`Error::NotReached`] if a box stays undecided, or if the signs do not make a single crossing.
pub fn rises_once(f: &impl Function, partition: Partition) -> Result<Interval> {
    let at_point = |point: Option<&Float>| point.map(|point| f.at(&Interval::point(point.clone())));
    if !at_point(partition.first()).is_some_and(|value| value.certainly_negative()) {
        return Err(Error::NotReached("the function is not negative at the cover's beginning".to_owned()));
    }
    let mut crossing: Option<Interval> = None;
    let mut last = Sign::Negative;
    // The stretch of rising boxes since the last box of known sign.
    let mut rising: Option<Interval> = None;
    for_each_box(f, partition, true, |x, sign| {
        match (last, sign) {
            (_, Sign::Rising) => {
                rising = Some(rising.as_ref().map_or_else(|| x.clone(), |before| before.hull(x)));
                return Ok(());
            }
            (Sign::Positive, Sign::Negative) => return Err(not_single()),
            // Touching boxes of opposite sign would contradict each other at their common end.
            (Sign::Negative, Sign::Positive) => crossing = Some(rising.take().ok_or_else(not_single)?),
            // A rising stretch between two boxes of the same sign holds no root.
            _ => rising = None,
        }
        last = sign;
        Ok(())
    })?;
    if last == Sign::Negative && at_point(partition.last()).is_some_and(|value| value.certainly_positive()) {
        return rising.ok_or_else(not_single);
    }
    crossing.ok_or_else(not_single)
}

/// Proves that `f` is negative everywhere between the first and the last point of `partition`.
///
/// # Errors
/// [`Error::NotReached`] if a box stays undecided or is positive.
pub fn stays_negative(f: &impl Function, partition: Partition) -> Result<()> {
    for_each_box(f, partition, false, |x, sign| match sign {
        Sign::Negative => Ok(()),
        _ => Err(Error::NotReached(format!("not negative on {x}"))),
    })
}

/// Proves that `f` is positive everywhere between the first and the last point of `partition`.
///
/// # Errors
/// [`Error::NotReached`] if a box stays undecided or is negative.
pub fn stays_positive(f: &impl Function, partition: Partition) -> Result<()> {
    for_each_box(f, partition, false, |x, sign| match sign {
        Sign::Positive => Ok(()),
        _ => Err(Error::NotReached(format!("not positive on {x}"))),
    })
}

fn not_single() -> Error {
    Error::NotReached("the signs do not make a single crossing".to_owned())
}

/// Visits decided boxes from left to right; without gaps, each box's end is the next one's beginning.
fn for_each_box(
    f: &impl Function,
    partition: Partition,
    derivatives: bool,
    mut visit: impl FnMut(&Interval, Sign) -> Result<()>,
) -> Result<()> {
    let mut stack: Vec<(Float, Float)> =
        partition.windows(2).rev().map(|ends| (ends[0].clone(), ends[1].clone())).collect();
    let mut boxes = 0;
    while let Some((low, high)) = stack.pop() {
        boxes += 1;
        let Some(x) = Interval::new(low.clone(), high.clone()) else {
            return Err(Error::NotReached(format!("the cover's points {low}, {high} are not increasing")));
        };
        if let Some(sign) = decide(f, &x, derivatives) {
            visit(&x, sign)?;
            continue;
        }
        let middle = split(&low, &high);
        if boxes >= MOST_BOXES || middle <= low || middle >= high {
            return Err(Error::NotReached(format!("undecided on {x} after {boxes} boxes")));
        }
        stack.push((middle.clone(), high));
        stack.push((low, middle));
    }
    Ok(())
}

fn decide(f: &impl Function, x: &Interval, derivatives: bool) -> Option<Sign> {
    let value = f.at(x);
    if value.certainly_negative() {
        return Some(Sign::Negative);
    }
    if value.certainly_positive() {
        return Some(Sign::Positive);
    }
    let rises = derivatives && f.at(&Dual::variable(x.clone())).derivative.certainly_positive();
    rises.then_some(Sign::Rising)
}

/// Halves a box; by the geometric mean where it spans more than a factor of four.
fn split(low: &Float, high: &Float) -> Float {
    let precision = low.prec();
    if *low > 0 && Float::with_val(precision, low * 4_u32) < *high {
        Float::with_val(precision, low * high).sqrt()
    } else {
        Float::with_val(precision, low + high) / 2_u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x² + shift.
    struct Parabola {
        shift: i64,
    }

    impl Function for Parabola {
        fn at<R: Real + FromInterval>(&self, x: &R) -> R {
            x.clone().square().plus(self.shift)
        }
    }

    fn points(values: &[f64]) -> Vec<Float> {
        values.iter().map(|&value| Float::with_val(64, value)).collect()
    }

    #[test]
    fn a_single_crossing_is_found() {
        let root = rises_once(&Parabola { shift: -2 }, &points(&[0.0, 10.0])).unwrap();
        assert!(root.contains(&Float::with_val(64, 2.0).sqrt()));
    }

    #[test]
    fn anything_else_is_not() {
        // Falls and rises; no root; a root at the end; a root outside.
        assert!(rises_once(&Parabola { shift: -2 }, &points(&[-3.0, 10.0])).is_err());
        assert!(rises_once(&Parabola { shift: 1 }, &points(&[0.0, 10.0])).is_err());
        assert!(rises_once(&Parabola { shift: -4 }, &points(&[0.0, 2.0])).is_err());
        assert!(rises_once(&Parabola { shift: -4 }, &points(&[0.0, 1.0])).is_err());
    }

    #[test]
    fn signs_hold_on_the_whole_interval() {
        assert!(stays_positive(&Parabola { shift: 1 }, &points(&[-3.0, 10.0])).is_ok());
        assert!(stays_positive(&Parabola { shift: 0 }, &points(&[-3.0, 10.0])).is_err());
        assert!(stays_negative(&Parabola { shift: -4 }, &points(&[-1.9, 1.9])).is_ok());
        assert!(stays_negative(&Parabola { shift: -4 }, &points(&[-1.9, 2.1])).is_err());
    }
}
