//! Covers: statements about a function on a whole interval, proved box by box.
//!
//! Every box is decided by interval arithmetic or halved; a cover that runs out of boxes is an error that says
//! so. No part of the interval is left out. The boxes come back as [`Stretch`]es, which [`super::replay`] checks
//! without this search.

use super::certificate::{Cover, Dyadic, Stretch};
use super::inequalities::{Function, Property};
use crate::arithmetic::Interval;
use crate::{Error, Result};
use rug::Float;

/// Boxes tried before a cover is given up.
const MOST_BOXES: usize = 20_000;

/// Proves that `f` has exactly one root between the first and the last point, and that it lies in `root`.
///
/// # Guarantees
/// `f < 0` at the first point, `f` rises up to the second, `f > 0` from there to the third; `f` changes its sign from
/// one end of `root` to the other; all by enclosures.
///
/// # Errors
/// [`Error::NotReached`] if a box stays undecided, or if that is not so.
///
/// ```
/// use oddpoint::rigor::certificate::Cover;
/// use oddpoint::rigor::{cover::rises_once, inequalities::Deflated, reciprocals_from};
/// use rug::Float;
/// // The edge in ω = n(v−1), for every n ≥ 128: one root in [0, 2], between 0.875 and 1.5.
/// let point = |value: f64| Float::with_val(64, value);
/// let u = reciprocals_from(128, 64);
/// let cover = rises_once(&Deflated { u: &u }, [0.0, 1.5, 2.0].map(point), [0.875, 1.5].map(point))?;
/// assert!(matches!(cover, Cover::OneRoot { .. }));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn rises_once(f: &impl Function, [start, turn, end]: [Float; 3], root: [Float; 2]) -> Result<Cover> {
    let at = |point: &Float| f.at(&Interval::point(point.clone()));
    let changes_sign = at(&root[0]).certainly_negative() && at(&root[1]).certainly_positive();
    if !changes_sign || !at(&start).certainly_negative() || root[0] < start || root[1] > end {
        return Err(Error::NotReached("the function does not change its sign where it should".to_owned()));
    }
    let rising = cover(f, Property::Rising, [start, turn.clone()])?;
    let positive = cover(f, Property::Positive, [turn, end])?;
    Ok(Cover::OneRoot { root: root.map(Dyadic), rising, positive })
}

/// Proves a property of `f` everywhere between two points.
///
/// # Errors
/// [`Error::NotReached`] if a box stays undecided, or has not the property.
///
/// ```
/// use oddpoint::rigor::cover::cover;
/// use oddpoint::rigor::inequalities::{Balance, Property};
/// use oddpoint::rigor::reciprocals_from;
/// use rug::Float;
/// // The balance is below 0 for every n ≥ 128 up to nθ = 8.5, so that no odd point is there.
/// let u = reciprocals_from(128, 64);
/// let stretch = cover(&Balance { u: &u }, Property::Negative, [0.0, 8.5].map(|x| Float::with_val(64, x)))?;
/// assert!(stretch.margin.0 > 0);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn cover(f: &impl Function, property: Property, [start, end]: [Float; 2]) -> Result<Stretch> {
    let mut ends = vec![Dyadic(start.clone())];
    let mut least: Option<Float> = None;
    let mut stack = vec![(start, end)];
    let mut boxes = 0;
    while let Some((low, high)) = stack.pop() {
        boxes += 1;
        let x = ordered(&low, &high)?;
        let room = property.room(f, &x);
        if room.certainly_positive() {
            least = Some(least.map_or(room.lower().clone(), |least| least.min(room.lower())));
            ends.push(Dyadic(high));
            continue;
        }
        let middle = split(&low, &high);
        if room.certainly_negative() || boxes >= MOST_BOXES || middle <= low || middle >= high {
            return Err(Error::NotReached(format!("not {property:?} on {x}, after {boxes} boxes")));
        }
        stack.push((middle.clone(), high));
        stack.push((low, middle));
    }
    let least = least.ok_or_else(|| Error::NotReached("an empty cover".to_owned()))?;
    Ok(Stretch { ends, margin: Dyadic::margin(&least) })
}

fn ordered(low: &Float, high: &Float) -> Result<Interval> {
    Interval::new(low.clone(), high.clone())
        .ok_or_else(|| Error::NotReached(format!("the cover's points {low}, {high} are not increasing")))
}

/// A number of few bits in the middle half of a box; about the geometric mean where it spans more than a factor of four.
fn split(low: &Float, high: &Float) -> Float {
    let precision = low.prec();
    let middle = if *low > 0 && Float::with_val(precision, low * 4_u32) < *high {
        Float::with_val(precision, low * high).sqrt()
    } else {
        Float::with_val(precision, low + high) / 2_u32
    };
    let room = Float::with_val(precision, &middle - low) / 2_u32;
    let near = |short: &Float| Float::with_val(precision, short - &middle).abs() <= room;
    let short = (2..precision).map(|bits| Float::with_val(bits, &middle)).find(near).unwrap_or(middle);
    Float::with_val(precision, short)
}

#[cfg(test)]
mod tests {
    use super::super::inequalities::FromInterval;
    use super::*;
    use crate::arithmetic::Real;

    /// x² + shift.
    struct Parabola {
        shift: i64,
    }

    impl Function for Parabola {
        fn at<R: Real + FromInterval>(&self, x: &R) -> R {
            x.clone().square().plus(self.shift)
        }
    }

    fn points<const N: usize>(values: [f64; N]) -> [Float; N] {
        values.map(|value| Float::with_val(64, value))
    }

    #[test]
    fn a_single_crossing_is_found() {
        let (parabola, ends) = (Parabola { shift: -2 }, points([0.125, 1.5, 10.0]));
        let Cover::OneRoot { rising, positive, .. } =
            rises_once(&parabola, ends, points([1.25, 2.0])).unwrap()
        else {
            panic!("no root")
        };
        // Touching boxes, from end to end.
        assert_eq!(rising.ends.first().map(|end| end.0.to_f64()), Some(0.125));
        assert_eq!(rising.ends.last(), positive.ends.first());
        assert_eq!(positive.ends.last().map(|end| end.0.to_f64()), Some(10.0));
        assert!(positive.margin.0 > 0 && positive.margin.0 <= 0.25);
    }

    #[test]
    fn anything_else_is_not() {
        let refused =
            |shift, ends, root| rises_once(&Parabola { shift }, points(ends), points(root)).is_err();
        assert!(!refused(-2, [0.125, 1.5, 10.0], [1.0, 2.0]));
        // A bracket may end where the range does, but not beyond.
        assert!(!refused(-2, [0.125, 1.5, 10.0], [0.125, 10.0]));
        assert!(refused(-2, [0.125, 1.5, 10.0], [0.0625, 2.0]));
        assert!(refused(-2, [0.125, 1.5, 10.0], [1.0, 12.0]));
        // Falls and rises; no root; a root at the end; a root outside, of the range or of the bracket.
        assert!(refused(-2, [-1.0, 1.5, 10.0], [1.0, 2.0]));
        assert!(refused(1, [0.125, 1.5, 10.0], [1.0, 2.0]));
        assert!(refused(-4, [0.125, 1.5, 2.0], [1.0, 2.0]));
        assert!(refused(-4, [0.125, 0.75, 1.0], [0.5, 3.0]));
        assert!(refused(-4, [0.125, 2.5, 3.0], [2.25, 2.75]));
    }

    #[test]
    fn signs_hold_on_the_whole_interval() {
        let holds = |shift, property, values| cover(&Parabola { shift }, property, points(values)).is_ok();
        assert!(holds(1, Property::Positive, [-3.0, 10.0]));
        assert!(!holds(0, Property::Positive, [-3.0, 10.0]));
        assert!(holds(-4, Property::Negative, [-1.9, 1.9]));
        assert!(!holds(-4, Property::Negative, [-1.9, 2.1]));
        assert!(!holds(-4, Property::Negative, [1.9, -1.9]));
    }
}
