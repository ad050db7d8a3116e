//! Enclosures of the fixed points at integer n, and of the saddle-node at real n, as narrow as asked.
//!
//! Proves existence and uniqueness *in a window* around each root (interval Newton, Krawczyk). That there is no
//! root elsewhere is not shown here.

use super::inequalities::saddle_node_system;
use super::newton::{BoxTest, Pair, krawczyk_test, newton_test};
use crate::arithmetic::{Dual, Interval, MAX_PRECISION, Real};
use crate::odd_point::{EdgeEquation, Equation, FixedPoint, OddPointEquation, Spectrum, SymmetricBatch};
use crate::{Error, Result};
use rug::Float;

/// The fixed point at batch size `n`, enclosed at a working precision in bits.
///
/// # Guarantees
/// The fields enclose a fixed point of the reduced map, the only one in a window of relative size about
/// `2^(−precision/2)` around it; at `symmetric` it is the known one, `v = 1`.
///
/// # Errors
/// As [`FixedPoint::check`]; [`Error::NotReached`] if the precision is too small for the proof.
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, Spectrum};
/// use oddpoint::rigor::{enclose_fixed_point, spectral_radius};
/// let batch = enclose_fixed_point(FixedPoint::OddPoint, 1000, 128)?;
/// assert!(batch.theta.relative_width() < 1e-30);
/// // A proof that every perturbation decays: the spectral radius is certainly below 1.
/// let radius = spectral_radius(&Spectrum::at(&batch), 1000);
/// assert!(*radius.upper() < 1);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn enclose_fixed_point(point: FixedPoint, n: u64, precision: u32) -> Result<SymmetricBatch<Interval>> {
    point.check(n)?;
    let size = Interval::from_integer(precision, n as i64);
    Ok(match point {
        FixedPoint::Symmetric => SymmetricBatch::symmetric(&size),
        FixedPoint::Edge => {
            let equation = EdgeEquation { n };
            let w = enclose_root(&equation, equation.solve(), precision)?;
            SymmetricBatch::from_deviation_ratio(&size, &w.plus(1))
        }
        FixedPoint::OddPoint => {
            let equation = OddPointEquation { n };
            let theta = enclose_root(&equation, equation.solve(), precision)?;
            SymmetricBatch::from_angle(&size, &theta)
        }
    })
}

/// A root of `equation`, enclosed; the approximation only says where to look.
fn enclose_root(equation: &impl Equation, near: f64, precision: u32) -> Result<Interval> {
    let centre = sharpen(equation, near, precision);
    let radius = Float::with_val(precision, centre.abs_ref()) >> (precision / 2);
    let mut window = Interval::point(centre).inflate(&radius);
    let residual = |x: &Dual<Interval>| equation.residual(x);
    let BoxTest::Unique(mut root) = newton_test(residual, &window) else {
        return Err(Error::NotReached(format!(
            "no fixed point could be certified at {precision} bits: raise the precision"
        )));
    };
    // Each further step squares the relative width, until rounding stops it.
    while root.relative_width() < window.relative_width() / 2.0 {
        window = root;
        let BoxTest::Unique(narrower) = newton_test(residual, &window) else { return Ok(window) };
        root = narrower;
    }
    Ok(root)
}

/// Newton's iteration in MPFR from a double: the number of good bits doubles from about 40.
fn sharpen(equation: &impl Equation, near: f64, precision: u32) -> Float {
    let mut x = Float::with_val(precision, near);
    let mut good_bits = 40;
    while good_bits < 2 * precision {
        let Dual { value, derivative } = equation.residual(&Dual::variable(x.clone()));
        x -= value / derivative;
        good_bits *= 2;
    }
    x
}

/// A saddle-node of the reduced map with `n` as a real variable, with its non-degeneracy.
///
/// ```
/// use oddpoint::rigor::enclose_saddle_node;
/// let found = enclose_saddle_node(128)?;
/// assert_eq!(found.batch.n.to_decimal(9), ("6.10707512".into(), "6.10707513".into()));
/// assert!(found.transversality.iter().all(|number| !number.contains_zero()));
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SaddleNode {
    /// The batch at the saddle-node, `n` real.
    pub batch: SymmetricBatch<Interval>,
    /// `∂E/∂n` and `∂²E/∂w²` of the deflated equation `E(n, w) = 0`: both off zero, so two fixed points
    /// are born there and nothing more degenerate happens.
    pub transversality: Pair<Interval>,
}

/// Where to look for the saddle-node: `n` and `w = v − 1`, to three digits.
const SADDLE_NODE_NEAR: Pair<f64> = [6.107, 1.159];

/// The saddle-node, enclosed at a working precision in bits.
///
/// # Guarantees
/// Existence and uniqueness within a window around it, by the Krawczyk test on `E = 0`, `∂E/∂w = 0`.
///
/// # Errors
/// [`Error::NotReached`] if the precision is too small for the proof.
///
/// ```
/// let n = oddpoint::rigor::enclose_saddle_node(128)?.batch.n;
/// assert!(*n.lower() > 6.107 && *n.upper() < 6.108);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn enclose_saddle_node(precision: u32) -> Result<SaddleNode> {
    let centre = sharpen_saddle_node(precision);
    let radius = Float::with_val(precision, 1) >> (precision / 2);
    let window = centre.map(|x| Interval::point(x).inflate(&radius));
    match saddle_node_in_box(&window) {
        BoxTest::Unique(found) => Ok(found),
        _ => Err(Error::NotReached(format!(
            "the saddle-node could not be certified at {precision} bits: raise the precision"
        ))),
    }
}

/// Whether a box in `(n, w)` holds exactly one non-degenerate saddle-node, or none.
///
/// ```
/// use oddpoint::arithmetic::Interval;
/// use oddpoint::rigor::{BoxTest, saddle_node_in_box};
/// // No saddle-node with n between 7 and 7.01.
/// let ends = |low: f64, high: f64| Interval::from_f64(64, low).hull(&Interval::from_f64(64, high));
/// assert!(!matches!(saddle_node_in_box(&[ends(7.0, 7.01), ends(1.1, 1.11)]), BoxTest::Unique(_)));
/// ```
pub fn saddle_node_in_box(window: &Pair<Interval>) -> BoxTest<SaddleNode> {
    match krawczyk_test(saddle_node_system, window) {
        BoxTest::Empty => BoxTest::Empty,
        BoxTest::Undecided => BoxTest::Undecided,
        BoxTest::Unique(found) => {
            // Once more on the smaller box, for its width alone.
            let found = match krawczyk_test(saddle_node_system, &found) {
                BoxTest::Unique(narrower) => narrower,
                _ => found,
            };
            let (_, [[by_n, _], [_, by_w_twice]]) = saddle_node_system(&found);
            let [n, w] = found;
            if by_n.contains_zero() || by_w_twice.contains_zero() {
                return BoxTest::Undecided;
            }
            let batch = SymmetricBatch::from_deviation_ratio(&n, &w.plus(1));
            BoxTest::Unique(SaddleNode { batch, transversality: [by_n, by_w_twice] })
        }
    }
}

/// Newton's iteration in MPFR for the saddle-node.
pub(super) fn sharpen_saddle_node(precision: u32) -> Pair<Float> {
    let [mut n, mut w] = SADDLE_NODE_NEAR.map(|x| Float::with_val(precision, x));
    let mut good_bits = 5;
    while good_bits < 2 * precision {
        let ([e, e_w], [[a, b], [c, d]]) = saddle_node_system(&[n.clone(), w.clone()]);
        let determinant = a.clone() * &d - b.clone() * &c;
        n -= (d * &e - b * &e_w) / &determinant;
        w -= (a * e_w - c * e) / determinant;
        good_bits *= 2;
    }
    [n, w]
}

/// The largest modulus among the eigenvalues that exist at batch size `n`, enclosed.
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, Spectrum};
/// use oddpoint::rigor::{enclose_fixed_point, spectral_radius};
/// let edge = Spectrum::at(&enclose_fixed_point(FixedPoint::Edge, 10, 128)?);
/// assert!(*spectral_radius(&edge, 10).lower() > 1);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn spectral_radius(spectrum: &Spectrum<Interval>, n: u64) -> Interval {
    let zero = Float::new(spectrum.trivial.precision());
    let bounds =
        spectrum.eigenvalues(n).into_iter().fold((zero.clone(), zero), |(lower, upper), (_, value)| {
            (lower.max(&value.mignitude()), upper.max(&value.magnitude()))
        });
    Interval::new(bounds.0, bounds.1).unwrap_or_else(|| Interval::whole(spectrum.trivial.precision()))
}

/// Repeats a computation at rising precision until `narrow` is satisfied with its result.
///
/// # Errors
/// [`Error::NotReached`] beyond the largest precision; other errors of `compute` at once.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// use oddpoint::rigor::{refine, relative_width_below};
/// let pi = refine(64, |bits| Ok(Interval::from_integer(bits, 1).pi()), |x| relative_width_below(x, 50))?;
/// assert!(pi.to_decimal(11).0.starts_with("3.1415926535"));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn refine<T>(start: u32, compute: impl Fn(u32) -> Result<T>, narrow: impl Fn(&T) -> bool) -> Result<T> {
    let mut precision = start;
    loop {
        match compute(precision) {
            Ok(result) if narrow(&result) => return Ok(result),
            Ok(_) | Err(Error::NotReached(_)) if precision <= MAX_PRECISION / 2 => precision *= 2,
            Ok(_) => {
                return Err(Error::NotReached(format!(
                    "the enclosure stayed wider than asked at {precision} bits: ask for fewer digits"
                )));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether an enclosure is relatively narrower than `10^−digits`.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// let third = Interval::from_integer(53, 1).over(3);
/// assert!(oddpoint::rigor::relative_width_below(&third, 15));
/// assert!(!oddpoint::rigor::relative_width_below(&third, 17));
/// ```
pub fn relative_width_below(interval: &Interval, digits: u32) -> bool {
    let width = Float::with_val(64, interval.upper() - interval.lower());
    let allowed = Float::with_val(64, interval.mignitude()) / Float::with_val(64, Float::u_pow_u(10, digits));
    width <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_lie_near_their_enclosures() {
        for n in [7, 10, 64, 1000, 1_000_000, 1_000_000_000_000] {
            for &point in FixedPoint::existing(n).unwrap() {
                let enclosed = enclose_fixed_point(point, n, 256).unwrap();
                let located = point.locate(n).unwrap();
                assert!(relative_width_below(&enclosed.one_minus_r, 50), "{} at {n}", point.name());
                let error = located.one_minus_r / enclosed.one_minus_r.approximate() - 1.0;
                assert!(error.abs() < 1e-14, "{} at {n}: {error:e}", point.name());
            }
        }
    }

    /// Few bits give wide enclosures or none, never wrong ones.
    #[test]
    fn low_precision_stays_true() {
        for n in [7, 1000, 1_000_000_000_000] {
            for &point in FixedPoint::existing(n).unwrap() {
                let fine = enclose_fixed_point(point, n, 256).unwrap();
                match enclose_fixed_point(point, n, 24) {
                    Ok(coarse) => assert!(fine.theta.is_subset_of(&coarse.theta), "{} at {n}", point.name()),
                    Err(error) => assert!(matches!(error, Error::NotReached(_))),
                }
            }
        }
    }

    /// Doubled until narrow; not beyond the largest precision; only a proof not reached is tried again.
    #[test]
    fn refinement_goes_on_until_it_is_narrow() {
        let not_reached = || Error::NotReached("few bits".to_owned());
        let reached = |bits| if bits < 60 { Err(not_reached()) } else { Ok(bits) };
        assert_eq!(refine(30, reached, |bits| *bits >= 100).unwrap(), 120);
        let most = std::cell::Cell::new(0);
        let tried = |bits| {
            most.set(bits);
            Ok(bits)
        };
        assert!(matches!(refine(30, tried, |_| false), Err(Error::NotReached(_))));
        assert!(most.get() <= MAX_PRECISION && 2 * most.get() > MAX_PRECISION);
        assert!(matches!(
            refine(MAX_PRECISION, |_| Err::<(), _>(not_reached()), |()| true),
            Err(Error::NotReached(_))
        ));
        assert!(matches!(
            refine(30, |_| Err::<(), _>(crate::bad_input!("bad")), |()| true),
            Err(Error::Input(_))
        ));
    }

    /// [4, 4 + 4·10⁻⁵ ± 1 %] is narrower than 10⁻⁵ of itself or not.
    #[test]
    fn widths_are_relative() {
        for (factor, narrow) in [(0.99, true), (1.01, false)] {
            let end = Float::with_val(64, 4.0 + factor * 4e-5);
            let x = Interval::new(Float::with_val(64, 4), end).unwrap();
            assert_eq!(relative_width_below(&x, 5), narrow);
            assert_eq!(relative_width_below(&-x, 5), narrow);
        }
    }

    /// n_c = 6.1070751248791860…, r_c = −0.0213333006… (theory, section 2.2).
    #[test]
    fn saddle_node_is_where_the_theory_says() {
        let SaddleNode { batch, .. } = enclose_saddle_node(128).unwrap();
        assert!((batch.n.approximate() - 6.107075124879186).abs() < 1e-14);
        assert!((batch.r().approximate() + 0.0213333006).abs() < 1e-10);
        assert!(relative_width_below(&batch.n, 25));
    }
}
