//! All fixed points with `k` outliers at one batch size: a cover of the whole range of angles, and what the spectrum says
//! there; and the numbers that the proof for every batch size needs.
//!
//! Proves completeness among the batches of [`EqualCorrelations`]; that these are all fixed points of that symmetry
//! without equal samples is on the page `proofs/theorems/unique.single-outlier.md`.

use super::newton::{BoxTest, newton_test};
use crate::arithmetic::{Dual, Interval, Real};
use crate::kernel::kappa;
use crate::odd_point::two_level::{EqualCorrelations, TwoLevelBlock};
use crate::{Error, Result, bad_input};
use rug::Float;

/// Boxes tried before a cover is given up.
const MOST_BOXES: usize = 20_000;

/// Bits of the search, and four more for each doubling of n.
const SEARCH_BITS: u32 = 64;

/// Largest batch for which a cover with more than one outlier is attempted.
pub const LARGEST_TWO_LEVEL_BATCH: u64 = 1_000_000_000;

/// All fixed points with `k` outliers whose two groups are not collapsed, enclosed.
#[derive(Clone, Debug)]
pub struct TwoLevelCensus {
    /// The symmetric one.
    pub symmetric: EqualCorrelations<Interval>,
    /// All others, by falling correlation.
    pub others: Vec<EqualCorrelations<Interval>>,
}

/// Whether `k` outliers among `n` samples leave two groups with differences, the outliers the smaller one.
///
/// # Errors
/// [`Error::Input`] naming the numbers, unless `1 ≤ k ≤ n/2`, `n ≥ 3`.
///
/// ```
/// use oddpoint::rigor::two_level::check_outliers;
/// assert!(check_outliers(10, 5).is_ok());
/// assert!(check_outliers(10, 6).is_err());
/// ```
pub fn check_outliers(n: u64, outliers: u64) -> Result<()> {
    if outliers < 1 || n < 3 || outliers > n / 2 {
        return Err(bad_input!(
            "{outliers} outliers among {n} samples: 1 to n/2 = {} are accepted (the larger group is the cluster)",
            n / 2
        ));
    }
    if n > LARGEST_TWO_LEVEL_BATCH {
        return Err(bad_input!(
            "batch size {n}: with more than one outlier at most {LARGEST_TWO_LEVEL_BATCH} is accepted"
        ));
    }
    Ok(())
}

/// Encloses every fixed point with `k` outliers and no collapsed group.
///
/// # Guarantees
/// The list is complete: every box of the range of θ holds no root of the balance, or exactly one, and then the enclosure
/// has it.
///
/// # Errors
/// As [`check_outliers`]; [`Error::NotReached`] if a box stays undecided.
///
/// ```
/// use oddpoint::rigor::two_level::{Stability, TwoLevelRoots, enclose_two_level, stability};
/// let census = enclose_two_level(10, 2, 128)?;
/// for state in &census.others {
///     assert!(matches!(stability(state)?, Stability::Unstable(..)));
/// }
/// assert!(matches!(stability(&census.symmetric)?, Stability::Stable));
/// // Found once, enclosed at any precision.
/// assert_eq!(TwoLevelRoots::find(10, 2)?.enclose(256).others.len(), census.others.len());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn enclose_two_level(n: u64, outliers: u64, precision: u32) -> Result<TwoLevelCensus> {
    Ok(TwoLevelRoots::find(n, outliers)?.enclose(precision))
}

/// Angles of all fixed points with `k` outliers and no collapsed group, told apart.
///
/// ```
/// use oddpoint::rigor::two_level::TwoLevelRoots;
/// // One outlier at n = 7: edge and odd point beside the symmetric one.
/// assert_eq!(TwoLevelRoots::find(7, 1)?.enclose(128).others.len(), 2);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TwoLevelRoots {
    sizes: [i64; 2],
    symmetric: Interval,
    others: Vec<Interval>,
}

impl TwoLevelRoots {
    /// A cover of the whole range.
    ///
    /// # Errors
    /// As [`enclose_two_level`].
    pub fn find(n: u64, outliers: u64) -> Result<Self> {
        check_outliers(n, outliers)?;
        search(n, outliers, SEARCH_BITS + 4 * n.ilog2())
    }

    /// The fixed points, as narrow as the precision allows.
    pub fn enclose(&self, precision: u32) -> TwoLevelCensus {
        let balance = |theta: &Dual<Interval>| EqualCorrelations::at_angle(self.sizes, theta).balance();
        let at = |root: &Interval| {
            EqualCorrelations::at_angle(self.sizes, &narrowed(&balance, root.with_precision(precision)))
        };
        TwoLevelCensus { symmetric: at(&self.symmetric), others: self.others.iter().map(at).collect() }
    }
}

fn search(n: u64, outliers: u64, precision: u32) -> Result<TwoLevelRoots> {
    let sizes = [(n - outliers) as i64, outliers as i64];
    let one = Interval::from_integer(precision, 1);
    let at_end = (-one.clone() / one.lift(sizes[0] - 1)).acos();
    let known = (-one.clone() / one.lift(n as i64 - 1)).acos();
    let balance = |theta: &Dual<Interval>| EqualCorrelations::at_angle(sizes, theta).balance();

    let mut found: Vec<(bool, Interval)> = Vec::new();
    let mut stack = vec![(Float::new(precision), at_end.upper().clone())];
    let mut boxes = 0;
    while let Some((low, high)) = stack.pop() {
        boxes += 1;
        let x = Interval::new(low.clone(), high.clone()).ok_or_else(|| undecided(n, outliers, "a box"))?;
        if !EqualCorrelations::at_angle(sizes, &x).balance().contains_zero() {
            continue;
        }
        match newton_test(balance, &x) {
            BoxTest::Empty => {}
            BoxTest::Unique(root) => {
                // The symmetric root is known by algebra; in a box with one root it is that one.
                let symmetric = known.is_interior_of(&x);
                if !symmetric && known.intersect(&x).is_some() {
                    return Err(undecided(n, outliers, "the symmetric fixed point"));
                }
                found.push((symmetric, root));
            }
            BoxTest::Undecided => {
                let middle = Float::with_val(precision, &low + &high) / 2_u32;
                if boxes >= MOST_BOXES || middle <= low || middle >= high {
                    return Err(undecided(n, outliers, &format!("θ in {x}, after {boxes} boxes")));
                }
                // The left half on top, so that roots come by rising θ.
                stack.push((middle.clone(), high));
                stack.push((low, middle));
            }
        }
    }
    let (symmetric, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(symmetric, _)| *symmetric);
    let symmetric = symmetric.into_iter().map(|(_, root)| root).next();
    Ok(TwoLevelRoots {
        sizes,
        symmetric: symmetric.ok_or_else(|| undecided(n, outliers, "the symmetric fixed point"))?,
        others: others.into_iter().map(|(_, root)| root).collect(),
    })
}

fn undecided(n: u64, outliers: u64, what: &str) -> Error {
    Error::NotReached(format!("n = {n}, {outliers} outliers: the cover leaves {what} undecided"))
}

/// Interval Newton steps until they stop narrowing: every root in a box is in its image, so the intersection keeps it.
fn narrowed(balance: &impl Fn(&Dual<Interval>) -> Dual<Interval>, mut root: Interval) -> Interval {
    const GAIN: f64 = 0.9;
    loop {
        let middle = Interval::point(root.midpoint());
        let at_middle = balance(&Dual::constant(middle.clone())).value;
        let slope = balance(&Dual::variable(root.clone())).derivative;
        match (middle - at_middle / slope).intersect(&root) {
            Some(narrower) if narrower.relative_width() < GAIN * root.relative_width() => root = narrower,
            _ => return root,
        }
    }
}

/// What the spectrum says of a fixed point.
#[derive(Clone, Debug)]
pub enum Stability {
    /// An eigenvalue certainly above 1, with its block.
    Unstable(TwoLevelBlock, Interval),
    /// All certainly in (−1, 1).
    Stable,
    /// Neither could be told.
    Unknown,
}

/// Judges the spectrum of RC and ReLU at an enclosed fixed point: the largest eigenvalue certainly above 1, if there is one.
///
/// # Errors
/// As [`crate::odd_point::two_level::TwoLevelBatch::relu_spectrum`].
///
/// ```
/// use oddpoint::rigor::two_level::{Stability, enclose_two_level, stability};
/// let census = enclose_two_level(7, 1, 128)?;
/// assert!(matches!(stability(&census.others[0])?, Stability::Stable));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn stability(state: &EqualCorrelations<Interval>) -> Result<Stability> {
    let spectrum = state.batch().relu_spectrum()?;
    let one = state.theta.lift(1);
    let above = spectrum.iter().filter(|(_, value)| one.certainly_less(value));
    let largest = above.max_by(|a, b| a.1.lower().total_cmp(b.1.lower()));
    let inside = |value: &Interval| (one.clone() - value.clone().square()).certainly_positive();
    Ok(match largest {
        Some((block, value)) => Stability::Unstable(*block, value.clone()),
        None if spectrum.iter().all(|(_, value)| inside(value)) => Stability::Stable,
        None => Stability::Unknown,
    })
}

/// The two inequalities between numbers on which the proof for every n and k rests, as positive differences.
///
/// With `m(z, r) = κ(z)(1+r')/κ(r') − z`, `r' = −r`, which is `(v + 1/v)/2` at a fixed point of `cos φ = z`:
///
/// * at `z = cos 1`, `r = 2z − 1`: `m − (w + 1/w)/2` with `1/w = 3z − 2/(3z)`, so that `v > w`;
/// * at `z = 10/23`, `r = 5/23`: `5/3 − m`, so that `v < 3`.
///
/// ```
/// let numbers = oddpoint::rigor::two_level::numbers_of_the_proof(64);
/// assert!(numbers.iter().all(|number| number.certainly_positive()));
/// ```
pub fn numbers_of_the_proof(precision: u32) -> [Interval; 2] {
    let one = Interval::from_integer(precision, 1);
    let m = |z: &Interval, r: &Interval| kappa(z.clone()) * (one.clone() - r) / kappa(-r.clone()) - z;
    let z = one.clone().cos();
    let reciprocal = z.clone().times(3) - one.lift(2) / z.clone().times(3);
    let bound = (reciprocal.clone() + one.clone() / reciprocal).over(2);
    let first = m(&z, &z.clone().times(2).plus(-1)) - bound;
    let second = one.lift(5).over(3) - m(&one.lift(10).over(23), &one.lift(5).over(23));
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proofs_numbers_are_positive() {
        for precision in [24, 192] {
            assert!(numbers_of_the_proof(precision).iter().all(Interval::certainly_positive));
        }
        // The same in Python's doubles, with κ(ρ) = (√(1−ρ²) + (π − arccos ρ)ρ)/2π.
        let expected = [0.070_352_854_691_592_8, 0.060_686_241_812_359_9];
        for (number, expected) in numbers_of_the_proof(64).iter().zip(expected) {
            assert!((number.approximate() - expected).abs() < 1e-15, "{number:?}");
        }
    }

    /// With one outlier: symmetric, edge and odd point, as the indicative model has them; n < 7: one.
    #[test]
    fn one_outlier_is_the_indicative_model() {
        use crate::odd_point::FixedPoint;
        use crate::rigor::enclose_fixed_point;
        for n in [3, 6, 7, 10, 100] {
            let census = enclose_two_level(n, 1, 128).unwrap();
            assert_eq!(census.others.len(), if n < 7 { 0 } else { 2 }, "n = {n}");
            for (state, point) in census.others.iter().zip([FixedPoint::OddPoint, FixedPoint::Edge]) {
                let expected = enclose_fixed_point(point, n, 128).unwrap();
                assert!(state.theta.intersect(&expected.theta).is_some(), "{} at n = {n}", point.name());
                assert!(state.theta.relative_width() < 1e-25);
            }
        }
    }

    /// The odd point is stable, the edge is not: of an enclosure of both nothing can be said.
    #[test]
    fn an_eigenvalue_on_either_side_of_one_is_unknown() {
        let census = enclose_two_level(7, 1, 128).unwrap();
        let [odd, edge] = [&census.others[0], &census.others[1]];
        assert!(matches!(stability(odd).unwrap(), Stability::Stable));
        assert!(matches!(stability(edge).unwrap(), Stability::Unstable(..)));
        let both = EqualCorrelations::at_angle([6, 1], &odd.theta.hull(&edge.theta));
        assert!(matches!(stability(&both).unwrap(), Stability::Unknown));
    }

    #[test]
    fn bad_groups_are_refused() {
        for (n, k) in [(10, 0), (10, 6), (2, 1), (2_000_000_000, 2)] {
            let message = check_outliers(n, k).unwrap_err().to_string();
            assert!(message.contains(&n.to_string()), "{message}");
        }
    }
}
