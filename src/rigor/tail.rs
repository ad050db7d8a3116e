//! Stability of the odd point and its asymptotics for every large n at once.
//!
//! With `u = 1/n` in an interval from 0 and `x = nθ`, everything below is an enclosure over all those n. Existence
//! and uniqueness of the odd point come from [`super::count_for_all`]; here its eigenvalues are shown to be inside
//! the unit disc, and the expansions in `u` get constants:
//!
//! * `|x − 3π + 3πu| ≤ C u²`: along the curves `x = 3π − 3πu ± C u²` the balance is `φ(u)` with
//!   `φ(0) = φ'(0) = 0`, so its sign is that of `φ''` on `[0, u]` (Taylor). The root, unique, lies between.
//! * For a quantity `G(u, x)` at the root, `x = 3π − 3πu + c u²` with some `|c| ≤ C`; so
//!   `|G − G(0)| ≤ u · sup |d/du G(u, 3π − 3πu + c u²)|` over all such `c` (mean value theorem, `c` fixed).
//!
//! The values at `u = 0` are by hand: `σ/γ = 2/3 + O(θ²)` gives `balance = (2x/3π)(1+2u) − 2 − 2u + O(u²)`, which
//! vanishes with its first derivative along `x = 3π − 3πu`; with `Λ = 1/2` the trivial gap is `2(1 − x/6π) = 1`, the
//! pair gap `x/3π = 1`, the cosine `(x/√2)³/3π = 9√2π²/4`. The enclosures there are only compared with them.
//!
//! Source: theory, sections 2.2 to 2.4. Derivatives by dual numbers over intervals.

use super::certificate::{Dyadic, Piece, Stretch};
use super::cover::cover;
use super::inequalities::{
    CurvatureAlong, FromInterval, Function, Property, StabilityMargins, approach, symmetric,
};
use crate::arithmetic::{Dual, Interval, Real};
use crate::odd_point::scaled::ScaledBatch;
use crate::{Error, Result};
use rug::Float;

/// Pieces into which the range of `u` is cut, so that each sees a narrow window of `x`.
const PIECES: u64 = 16;

/// The margins over the odd points of every `n ≥ from`, given the expansion of the angle with `angle_constant`.
///
/// # Errors
/// [`Error::NotReached`] if they do not prove stability on some piece.
///
/// ```
/// use oddpoint::rigor::tail::prove_stability_for_all;
/// use oddpoint::rigor::{ANGLE_CONSTANT, TAIL_FROM};
/// // n(1 − λ) of the trivial eigenvalue, for every n ≥ 128; it tends to 1.
/// let margins = prove_stability_for_all(TAIL_FROM, ANGLE_CONSTANT, 64)?;
/// assert!(*margins.trivial_gap.lower() > 0.9);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn prove_stability_for_all(from: u64, angle_constant: i64, precision: u32) -> Result<StabilityMargins> {
    let pieces = stability_by_pieces(from, angle_constant, precision)?;
    let all = pieces.into_iter().map(|(_, margins)| margins).reduce(|all, margins| all.hull(&margins));
    all.ok_or_else(|| Error::NotReached("no piece was checked".to_owned()))
}

/// The same piece by piece, for a certificate.
///
/// # Errors
/// As [`prove_stability_for_all`].
///
/// ```
/// use oddpoint::rigor::tail::certify_stability_for_all;
/// // The same as data, piece by piece, from u = 0 on.
/// let pieces = certify_stability_for_all(128, 20, 64)?;
/// assert!(pieces[0].u[0].0 <= 0);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn certify_stability_for_all(from: u64, angle_constant: i64, precision: u32) -> Result<Vec<Piece>> {
    let pieces = stability_by_pieces(from, angle_constant, precision)?;
    let pieces = pieces.into_iter().map(|(u, margins)| Piece {
        u: [u.lower(), u.upper()].map(|end| Dyadic(end.clone())),
        inequalities: margins.inequalities(&u).into_iter().map(Into::into).collect(),
    });
    Ok(pieces.collect())
}

fn stability_by_pieces(
    from: u64,
    angle_constant: i64,
    precision: u32,
) -> Result<Vec<(Interval, StabilityMargins)>> {
    let pieces = pieces(from, angle_constant, precision).into_iter().map(|[u, x]| {
        let margins = StabilityMargins::enclose(&u, &x);
        if !margins.prove_stability(&u) {
            return Err(Error::NotReached(format!("the margins for 1/n in {u} do not prove stability")));
        }
        Ok((u, margins))
    });
    pieces.collect()
}

/// Pieces of `u` from 0 to `1/from`, each with the window of `x` that holds its odd points.
fn pieces(from: u64, angle_constant: i64, precision: u32) -> Vec<[Interval; 2]> {
    let reach = symmetric(angle_constant, precision);
    let ends = (0..=PIECES).map(|k| Interval::from_integer(precision, k).over((from * PIECES) as i64));
    let ends: Vec<Interval> = ends.collect();
    let pieces = ends.windows(2).map(|piece| {
        let u = piece[0].hull(&piece[1]);
        let x = approach(&u, &reach);
        [u, x]
    });
    pieces.collect()
}

/// `n s²` of leaky ReLU ([`ScaledBatch::leaky_margin`]) at the odd points of every `n ≥ from`, given the expansion of the
/// angle with `angle_constant`; and that the smaller standard eigenvalue is the smallest of all.
///
/// # Errors
/// [`Error::NotReached`] if on some piece the order of the eigenvalues stays open.
///
/// ```
/// let margin = oddpoint::rigor::tail::leaky_margin_for_all(128, 20, 64)?;
/// assert!(*margin.lower() > 0.9 && *margin.upper() < 1.1);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn leaky_margin_for_all(from: u64, angle_constant: i64, precision: u32) -> Result<Interval> {
    let margin = |[u, x]: &[Interval; 2]| {
        let batch = ScaledBatch::at(u, x);
        let smaller = batch.standard_block().scaled_smaller(u) * u;
        let above = |gap: Interval| smaller.certainly_less(&(u.lift(1) - u.clone() * gap));
        if above(batch.trivial_gap()) && above(batch.pair_gap()) {
            Ok(batch.leaky_margin())
        } else {
            Err(Error::NotReached(format!("the order of the eigenvalues is open for 1/n in {u}")))
        }
    };
    let margins = pieces(from, angle_constant, precision).iter().map(margin).collect::<Result<Vec<_>>>()?;
    let all = margins.into_iter().reduce(|all, margin| all.hull(&margin));
    all.ok_or_else(|| Error::NotReached("no piece was checked".to_owned()))
}

/// What of the odd point is expanded in `u`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expanded {
    /// `n(1 − λ)` of the trivial eigenvalue; tends to 1.
    TrivialGap,
    /// `n(1 − λ)` of the larger standard eigenvalue; tends to 1.
    StandardGap,
    /// `n(1 − μ)` of the pair eigenvalue; tends to 1.
    PairGap,
    /// `n³ cos(cluster, outlier)` after ReLU; tends to `9√2π²/4`.
    Cosine,
}

impl Expanded {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::TrivialGap, Self::StandardGap, Self::PairGap, Self::Cosine];

    /// The quantity at `u` and `x`.
    pub fn at<R: Real>(self, u: &R, x: &R) -> R {
        let batch = ScaledBatch::at(u, x);
        match self {
            Self::TrivialGap => batch.trivial_gap(),
            Self::StandardGap => batch.standard_block().larger_gap(u),
            Self::PairGap => batch.pair_gap(),
            Self::Cosine => batch.scaled_cos_cross(),
        }
    }

    /// Its limit as `n → ∞`.
    pub fn limit<R: Real>(self, like: &R) -> R {
        match self {
            Self::Cosine => like.lift(2).sqrt() * like.pi().square().times(9).over(4),
            _ => like.lift(1),
        }
    }

    /// One word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::TrivialGap => "trivial gap",
            Self::StandardGap => "standard gap",
            Self::PairGap => "pair gap",
            Self::Cosine => "cosine",
        }
    }
}

/// Proves `|nθ − 3π + 3π/n| ≤ constant/n²` for the odd point of every `n ≥ from`; gives the covers of the upper and of
/// the lower bound.
///
/// # Errors
/// [`Error::NotReached`] if a cover stays undecided.
///
/// ```
/// use oddpoint::rigor::tail::prove_angle_expansion;
/// // |nθ − 3π + 3π/n| ≤ 20/n² for every n ≥ 128; with 10 it is false, as the next coefficient is 13.95.
/// assert!(prove_angle_expansion(20, 128, 64).is_ok());
/// assert!(prove_angle_expansion(10, 128, 64).is_err());
/// ```
pub fn prove_angle_expansion(constant: i64, from: u64, precision: u32) -> Result<[Stretch; 2]> {
    let along = |sign| {
        cover(&CurvatureAlong { sign, c: sign * constant }, Property::Positive, all_from(from, precision))
    };
    Ok([along(1)?, along(-1)?])
}

/// Proves `|quantity − limit| ≤ constant/n` at the odd point of every `n ≥ from`, given the expansion of the angle
/// with `angle_constant`.
///
/// # Errors
/// [`Error::NotReached`] if a cover stays undecided.
///
/// ```
/// use oddpoint::rigor::tail::{Expanded, prove_expansion};
/// // |n(1−λ) − 1| ≤ 10/n for the trivial eigenvalue, every n ≥ 128.
/// prove_expansion(Expanded::TrivialGap, 10, 20, 128, 64)?;
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn prove_expansion(
    quantity: Expanded,
    constant: i64,
    angle_constant: i64,
    from: u64,
    precision: u32,
) -> Result<()> {
    let partition = all_from(from, precision);
    let reach = symmetric(angle_constant, precision);
    // At u = 0 the quantity is its limit, whatever c.
    let zero = Interval::from_integer(precision, 0);
    let at_zero = quantity.at(&zero, &approach(&zero, &reach));
    if at_zero.intersect(&quantity.limit(&zero)).is_none() {
        return Err(Error::NotReached(format!("{} does not tend to its limit", quantity.name())));
    }
    for sign in [1, -1] {
        cover(&SlopeRoom { quantity, sign, constant, c: &reach }, Property::Positive, partition.clone())?;
    }
    Ok(())
}

/// `constant + sign · d/du G(u, 3π − 3πu + c u²)`.
struct SlopeRoom<'a> {
    quantity: Expanded,
    sign: i64,
    constant: i64,
    c: &'a Interval,
}

impl Function for SlopeRoom<'_> {
    fn at<R: Real + FromInterval>(&self, u: &R) -> R {
        let variable = Dual::variable(u.clone());
        let x = approach(&variable, &Dual::constant(R::constant(self.c)));
        let slope = self.quantity.at(&variable, &x).derivative;
        slope.times(self.sign).plus(self.constant)
    }
}

/// The points 0 and `1/from`.
fn all_from(from: u64, precision: u32) -> [Float; 2] {
    let largest = Interval::from_integer(precision, 1).over(from as i64);
    [Float::new(precision), largest.upper().clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At u = 0 the gaps are 1, and so is n times the standard polynomial at 1 (the other factor is 1).
    #[test]
    fn every_large_batch_is_stable() {
        let margins = prove_stability_for_all(100, 20, 64).unwrap();
        for gap in [&margins.trivial_gap, &margins.pair_gap, &margins.jury[0]] {
            assert!(gap.contains(&Float::with_val(64, 1)) && *gap.lower() > 0.9, "{gap}");
        }
    }

    /// n s² tends to 1 (proofs/theorems/leaky.same-fixed-points.md).
    #[test]
    fn leaky_margins_hold_their_limit() {
        let all = leaky_margin_for_all(128, 20, 64).unwrap();
        assert!(all.contains(&Float::with_val(64, 1)) && *all.lower() > 0.5 && *all.upper() < 1.5, "{all}");
        let far = leaky_margin_for_all(1_000_000, 20, 64).unwrap();
        assert!(far.is_subset_of(&all) && *far.lower() > 0.9999 && *far.upper() < 1.0001, "{far}");
    }

    /// With so wide a window the eigenvalues are told apart still, and with one wider than that they are not.
    #[test]
    fn order_of_the_eigenvalues() {
        assert!(leaky_margin_for_all(14, 200, 64).is_ok());
        assert!(leaky_margin_for_all(14, 500, 64).is_err());
    }

    /// Else some batch size would be spoken of without being looked at.
    #[test]
    fn pieces_reach_from_zero_to_the_smallest_batch() {
        let pieces = certify_stability_for_all(128, 20, 64).unwrap();
        assert_eq!(pieces.len() as u64, PIECES);
        assert!(pieces[0].u[0].0 <= 0 && pieces[pieces.len() - 1].u[1].0 >= 1.0 / 128.0);
        assert!(pieces.windows(2).all(|two| two[0].u[1].0 >= two[1].u[0].0));
        assert!(pieces.iter().all(|piece| piece.inequalities.iter().all(|one| one.margin.0 > 0)));
    }

    /// The next coefficient is 9π³/20 = 13.95.
    #[test]
    fn constants_below_the_next_coefficient_are_not_proved() {
        assert!(prove_angle_expansion(20, 128, 64).is_ok());
        assert!(prove_angle_expansion(13, 128, 64).is_err());
    }

    /// Along `x = 3π − 3πu + cu²` the balance's second derivative at 0 is `(4/3π)(c − 9π³/20)`: 2.57 for c = 20, and 14.41
    /// with its sign changed for c = −20. So the least over the boxes tells the two curves apart.
    #[test]
    fn both_curves_are_looked_at() {
        let [above, below] = prove_angle_expansion(20, 128, 64).unwrap().map(|curve| curve.margin.0.to_f64());
        assert!(0.0 < above && above < 2.57, "{above}");
        assert!(2.57 < below && below < 14.41, "{below}");
    }

    /// The next coefficients are 1 and −81√2π²/8 = −141.3.
    #[test]
    fn gaps_and_cosine_have_constants() {
        for quantity in Expanded::ALL {
            let constant = if quantity == Expanded::Cosine { 150 } else { 2 };
            prove_expansion(quantity, constant, 20, 128, 64)
                .unwrap_or_else(|error| panic!("{}: {error}", quantity.name()));
            let too_small = if quantity == Expanded::Cosine { 141 } else { 0 };
            assert!(prove_expansion(quantity, too_small, 20, 128, 64).is_err(), "{}", quantity.name());
        }
    }
}
