//! Counting the fixed points of the indicative model: for one n, and for all large n at once.
//!
//! With `v` the outlier's standard deviation over the cluster's, `0 ≤ v < N`, the fixed points are `v = 1` (the
//! symmetric one) and the roots of the deflated equation. The range is covered without a gap:
//!
//! | stretch | shown | how |
//! |---|---|---|
//! | `0 ≤ v ≤ 1` | no root | for every n ≥ 3 by hand, see below |
//! | `v > 1` up to a point between edge and odd point | the edge, once, or no root | cover in `ω = n(v−1)` |
//! | from there to `v < N`, that is `0 < θ` | the odd point, once, or no root | cover in `x = nθ` from `x = 0` |
//!
//! By hand: for `0 ≤ v ≤ 1` both `a` and `b` are in `[0, 1]`, where `Q' = π/2 + asin ≥ π/2`; so the bracket
//! `(1+a) Q[a,b] − 1 − Q(a) ≥ (1+a)π/2 − 1 − q(a) − πa/2 = π/2 − 1 − q(a) ≥ 0`, because `q(a) ≤ q(1) = π/2 − 1`, and
//! the left side is `≤ 0` minus something `≥ 0`. Both vanish together for no `v`: the first only at `v = 1`, where
//! `a = 1/N < 1` makes the second positive. In particular `v = 1` is a simple fixed point.
//!
//! At `x = 0` (the exact configuration, which is no interior fixed point) the balance equation is `−2/(1−u) < 0`: an
//! ordinary point. For all large n the same covers run over boxes in `u = 1/n` from 0, and the stretch between edge
//! and odd point, unbounded in both variables, is covered in `b = cos φ` and then in `θ`.
//!
//! Source: theory, sections 2.2 and 2.4, with the deflation of [`crate::odd_point`].

use super::certificate::{Census, Cover, TailCensus, block};
use super::cover::{cover, rises_once};
use super::inequalities::{
    Balance, BeforeOddPoint, BeyondEdge, Deflated, Function, LARGEST_EDGE, LARGEST_ODD_POINT, MIDDLE_ANGLE,
    MIDDLE_COSINE, Omega, Property, middle_cosine, reciprocals, separating_point,
};
use crate::Result;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::scaled::scaled_deflated_balance;
use crate::odd_point::{EdgeEquation, OddPointEquation, SMALLEST_ODD_POINT_BATCH, check_batch_size};
use rayon::prelude::*;
use rug::Float;
use rug::float::Round;

/// The rising stretch ends at this multiple of the largest root.
const RISING_UP_TO: f64 = 1.3;
/// The same below [`SMALL_BATCH`], where the function turns soon after the root.
const RISING_UP_TO_IF_SMALL: f64 = 1.05;
const SMALL_BATCH: u64 = 20;
/// The sign changes between these multiples of the least and of the largest root.
const BRACKET: [f64; 2] = [0.98, 1.02];
/// Bits of the points that a cover begins and ends with: few, so that certificates are short.
const POINT_BITS: u32 = 12;

/// Counts the fixed points in `−1/(n−2) ≤ r < 1` for each batch size of an increasing list.
///
/// # Guarantees
/// A proof: the count is complete. Neighbouring sizes share one, over the interval of their `1/n`.
///
/// # Errors
/// `n` outside `3 ..= 10¹⁸`; [`crate::Error::NotReached`] if a cover stays undecided at this precision.
///
/// ```
/// assert_eq!(oddpoint::rigor::count_each(&[6, 7, 1000], 64)?, [(6, 1), (7, 3), (1000, 3)]);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn count_each(sizes: &[u64], precision: u32) -> Result<Vec<(u64, usize)>> {
    let groups: Vec<_> = sizes.chunk_by(|&a, &b| block(a) == block(b)).collect();
    let count = |group: &&[u64]| -> Result<Vec<(u64, usize)>> {
        let count = count_between([group[0], group[group.len() - 1]], precision)?.count();
        Ok(group.iter().map(|&n| (n, count)).collect())
    };
    Ok(groups.par_iter().map(count).collect::<Result<Vec<_>>>()?.concat())
}

/// Counts the fixed points for every batch size from the first to the last, by covers that serve all of them, for they
/// are of one [`block`].
///
/// # Errors
/// As [`count_each`].
pub(super) fn count_between([first, last]: [u64; 2], precision: u32) -> Result<Census> {
    check_batch_size(first)?;
    check_batch_size(last)?;
    let u = reciprocals([first, last], precision);
    let [separating_x, separating_omega] =
        separating_point([first, last], precision).map(|point| short(precision, point.upper()));
    let (deflated, balance) = (Deflated { u: &u }, Balance { u: &u });
    if first < SMALLEST_ODD_POINT_BATCH {
        return Ok(Census {
            edge: no_root(&deflated, separating_omega)?,
            odd_point: no_root(&balance, separating_x)?,
        });
    }
    let edges = [first, last].map(|n| n as f64 * EdgeEquation { n }.solve());
    let odd_points = [first, last].map(|n| n as f64 * OddPointEquation { n }.solve());
    Ok(Census {
        edge: one_root(&deflated, first, edges, separating_omega)?,
        odd_point: one_root(&balance, first, odd_points, separating_x)?,
    })
}

/// The number of few bits at or above `value`.
fn short(precision: u32, value: &Float) -> Float {
    Float::with_val(precision, Float::with_val_round(POINT_BITS, value, Round::Up).0)
}

fn no_root(f: &impl Function, end: Float) -> Result<Cover> {
    Ok(Cover::NoRoot { negative: cover(f, Property::Negative, [Float::new(end.prec()), end])? })
}

/// The rising stretch goes somewhat beyond the roots, to where few boxes decide the sign.
fn one_root(f: &impl Function, n: u64, roots: [f64; 2], end: Float) -> Result<Cover> {
    let turn = if n < SMALL_BATCH { RISING_UP_TO_IF_SMALL } else { RISING_UP_TO };
    let (least, most) = (roots[0].min(roots[1]), roots[0].max(roots[1]));
    let near = |value: f64| short(end.prec(), &Float::with_val(53, value));
    let bracket = [near(BRACKET[0] * least), near(BRACKET[1] * most)];
    rises_once(f, [Float::new(end.prec()), near(turn * most), end], bracket)
}

/// The balance of the deflated equation at one `ω`, enclosed: positive where the layer tightens the cluster.
pub(super) fn deflated_at(n: u64, omega: &Interval) -> Interval {
    scaled_deflated_balance(&omega.lift(1).over(n as i64), omega)
}

/// Counts the fixed points for every batch size with `1/n` in `u`, which may reach down to 0.
///
/// # Guarantees
/// For every real `n ≥ 20` with `1/n` in `u` there are exactly three; the census encloses them for all those n.
///
/// # Errors
/// [`crate::Error::NotReached`] if a cover stays undecided: `u` is too wide, or reaches beyond 1/20.
///
/// ```
/// use oddpoint::rigor::{count_for_all, reciprocals_from};
/// // For every n ≥ 128 at once: nθ at the odd point.
/// let census = count_for_all(&reciprocals_from(128, 64))?;
/// let angle = census.odd_point.root().unwrap();
/// assert!(angle.contains(&rug::Float::with_val(64, 3.0 * std::f64::consts::PI)));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn count_for_all(u: &Interval) -> Result<TailCensus> {
    let point = |value: f64| Float::with_val(u.precision(), value);
    let beyond_edge = |omega, low, high| cover(&BeyondEdge { u, omega }, Property::Positive, [low, high]);
    let end = short(u.precision(), &middle_cosine(u));
    Ok(TailCensus {
        edge: rises_once(&Deflated { u }, [0.0, 1.5, LARGEST_EDGE].map(point), [0.875, 1.5].map(point))?,
        odd_point: rises_once(
            &Balance { u },
            [0.0, 9.75, LARGEST_ODD_POINT].map(point),
            [8.5, 9.75].map(point),
        )?,
        beyond_edge: [
            beyond_edge(Omega::AtLeastLargestEdge, point(0.0), point(MIDDLE_COSINE))?,
            beyond_edge(Omega::FromCosine, point(MIDDLE_COSINE), end)?,
        ],
        before_odd_point: cover(
            &BeforeOddPoint { u },
            Property::Positive,
            [point(0.0), point(MIDDLE_ANGLE)],
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_below_seven_and_three_from_there() {
        let sizes = [3, 4, 5, 6, 7, 8, 9, 10, 15, 50, 300, 303, 1000, 10_000, 1_000_000_000];
        assert_eq!(count_each(&sizes, 64).unwrap(), sizes.map(|n| (n, if n < 7 { 1 } else { 3 })));
    }

    #[test]
    fn three_for_every_large_n() {
        let u = Interval::from_integer(64, 0).hull(&Interval::from_integer(64, 1).over(100));
        let census = count_for_all(&u).unwrap();
        let [edge, odd_point] = [census.edge, census.odd_point].map(|cover| cover.root().unwrap());
        assert!(edge.contains(&Float::with_val(64, std::f64::consts::PI - 2.0)));
        assert!(odd_point.contains(&Float::with_val(64, 3.0 * std::f64::consts::PI)));
    }
}
