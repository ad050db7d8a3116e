//! The fixed points of the indicative model in double precision, for any batch size.
//!
//! | fixed point | where | stability (theory, section 2.2) |
//! |---|---|---|
//! | `symmetric` | `r = −1/(n−1)`, every n ≥ 3 | attracting |
//! | `edge` | every n ≥ 7 | repelling in one direction: the threshold an odd point must pass |
//! | `odd-point` | every n ≥ 7, at angle `θ ≈ 3π/n` | attracting |
//!
//! Approximates: the odd point's `θ` and the edge's `v − 1` to a few units in the last place, at every n up to
//! 10¹⁵ (checked against enclosures by the claim `paths.agree`). Enclosures are in [`crate::rigor`]. That there
//! are no other fixed points is not shown here.

use super::model::{SymmetricBatch, deflated_balance};
use crate::arithmetic::{Dual, Real};
use crate::{Result, bad_input};

/// The smallest batch for which a cluster and an outlier make sense.
pub const SMALLEST_BATCH: u64 = 3;
/// The smallest batch with an odd-point fixed point: the saddle-node is at n = 6.107….
pub const SMALLEST_ODD_POINT_BATCH: u64 = 7;
/// The largest batch size accepted: integers of the number types are 64-bit.
pub const LARGEST_BATCH: u64 = 1_000_000_000_000_000_000;

/// A fixed point of the indicative model, by name.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// assert_eq!(FixedPoint::existing(6)?, [FixedPoint::Symmetric]);
/// assert_eq!(FixedPoint::existing(7)?.len(), 3);
/// let odd_point = FixedPoint::OddPoint.locate(1_000_000)?;
/// // nθ → 3π.
/// assert!((odd_point.theta * 1e6 - 3.0 * std::f64::consts::PI).abs() < 1e-4);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum FixedPoint {
    /// The cluster with its odd point: attracting.
    OddPoint,
    /// The threshold between the other two.
    Edge,
    /// All samples alike: attracting.
    Symmetric,
}

impl FixedPoint {
    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::OddPoint => "odd-point",
            Self::Edge => "edge",
            Self::Symmetric => "symmetric",
        }
    }

    /// The fixed points that exist at batch size `n`.
    ///
    /// # Errors
    /// `n` outside `3 ..= 10¹⁸`.
    pub fn existing(n: u64) -> Result<&'static [Self]> {
        check_batch_size(n)?;
        Ok(if n < SMALLEST_ODD_POINT_BATCH {
            &[Self::Symmetric]
        } else {
            &[Self::OddPoint, Self::Edge, Self::Symmetric]
        })
    }

    /// The fixed point at batch size `n` in double precision.
    ///
    /// # Errors
    /// `n` outside `3 ..= 10¹⁸`, or `n < 7` for the odd point and the edge, which do not exist there.
    ///
    /// ```
    /// use oddpoint::odd_point::FixedPoint;
    /// let batch = FixedPoint::OddPoint.locate(100)?;
    /// assert!((batch.one_minus_r - 0.00435130314134011).abs() < 1e-16);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn locate(self, n: u64) -> Result<SymmetricBatch<f64>> {
        self.check(n)?;
        let size = n as f64;
        Ok(match self {
            Self::Symmetric => SymmetricBatch::symmetric(&size),
            Self::Edge => SymmetricBatch::from_deviation_ratio(&size, &(1.0 + EdgeEquation { n }.solve())),
            Self::OddPoint => SymmetricBatch::from_angle(&size, &OddPointEquation { n }.solve()),
        })
    }

    /// Refuses a batch size at which this fixed point does not exist.
    ///
    /// # Errors
    /// As [`locate`](Self::locate).
    pub fn check(self, n: u64) -> Result<()> {
        check_batch_size(n)?;
        if self != Self::Symmetric && n < SMALLEST_ODD_POINT_BATCH {
            return Err(crate::Error::NoOddPoint(n));
        }
        Ok(())
    }
}

/// Refuses a batch size without a cluster and an outlier, or beyond what 64-bit integers carry.
///
/// # Errors
/// `n` outside `3 ..= 10¹⁸`.
///
/// ```
/// use oddpoint::odd_point::check_batch_size;
/// assert!(check_batch_size(3).is_ok());
/// assert!(check_batch_size(2).unwrap_err().to_string().starts_with("batch size 2"));
/// ```
pub fn check_batch_size(n: u64) -> Result<()> {
    if n < SMALLEST_BATCH {
        return Err(bad_input!(
            "batch size {n}: at least {SMALLEST_BATCH} samples are needed for a cluster and an outlier"
        ));
    }
    if n > LARGEST_BATCH {
        return Err(bad_input!("batch size {n}: at most {LARGEST_BATCH} (10^18) is accepted"));
    }
    Ok(())
}

/// A real equation in one unknown, written once for every arithmetic.
pub trait Equation {
    /// Left minus right side: zero at the root.
    fn residual<R: Real>(&self, x: &R) -> R;
}

/// The balance equation of [`SymmetricBatch`] in the unknown `θ`: the odd point's.
#[derive(Clone, Copy, Debug)]
pub struct OddPointEquation {
    /// Batch size.
    pub n: u64,
}

/// The deflated equation of [`deflated_balance`] in the unknown `w = v − 1`: the edge's.
#[derive(Clone, Copy, Debug)]
pub struct EdgeEquation {
    /// Batch size.
    pub n: u64,
}

impl Equation for OddPointEquation {
    fn residual<R: Real>(&self, theta: &R) -> R {
        SymmetricBatch::from_angle(&theta.lift(self.n as i64), theta).balance()
    }
}

impl Equation for EdgeEquation {
    fn residual<R: Real>(&self, w: &R) -> R {
        deflated_balance(&w.lift(self.n as i64), w)
    }
}

/// A cluster correlation between the edge's and the odd point's for every real n ≥ 7: `F_n(0.1) > 0.1`.
const SEPARATING_R: f64 = 0.1;

impl OddPointEquation {
    /// Approximates the root, which lies between `1/n` and the angle of `r = 1/10`.
    pub fn solve(&self) -> f64 {
        root(self, 1.0 / self.n as f64, SEPARATING_R.acos())
    }
}

impl EdgeEquation {
    /// Approximates the root, which lies between `1/(2n)` and the `w` of `r = 1/10`.
    pub fn solve(&self) -> f64 {
        let n = self.n as f64;
        root(self, 0.5 / n, ((n - 1.0) * (1.0 + (n - 2.0) * SEPARATING_R)).sqrt() - 1.0)
    }
}

/// The root of an equation in `[low, high]`, `0 < low`, whose residual rises from negative to positive: Newton,
/// safeguarded by bisection (geometric while the bracket spans powers of two), until the step is an ulp.
fn root(equation: &impl Equation, mut low: f64, mut high: f64) -> f64 {
    /// Geometric bisection halves the exponent range, arithmetic bisection the mantissa: 11 + 53 steps suffice.
    const STEPS: usize = 128;
    let mut x = (low * high).sqrt();
    for _ in 0..STEPS {
        let Dual { value, derivative } = equation.residual(&Dual::variable(x));
        *(if value < 0.0 { &mut low } else { &mut high }) = x;
        let newton = x - value / derivative;
        let next = if newton > low && newton < high {
            newton
        } else if high > 4.0 * low {
            (low * high).sqrt()
        } else {
            f64::midpoint(low, high)
        };
        if (next - x).abs() <= f64::EPSILON / 2.0 * x {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fixed point of the reduced map, whatever equation found it.
    #[test]
    fn located_points_are_fixed() {
        for n in [7, 8, 10, 50, 1000, 1_000_000] {
            for point in FixedPoint::existing(n).unwrap() {
                let batch = point.locate(n).unwrap();
                let moved = batch.image_one_minus_r() / batch.one_minus_r - 1.0;
                assert!(moved.abs() < 1e-14, "{} at n = {n} moves by {moved:e}", point.name());
            }
        }
    }

    /// Theory page, table of section 2.3 (15 digits, independently computed).
    #[test]
    fn odd_point_matches_the_table() {
        for (n, one_minus_r) in [(7, 0.706103281037793), (10, 0.361976394607323), (1000, 4.43242440806981e-5)]
        {
            let batch = FixedPoint::OddPoint.locate(n).unwrap();
            assert!((batch.one_minus_r / one_minus_r - 1.0).abs() < 1e-14);
        }
    }

    /// `y = 1 + (2π−4)/n + (2π²−4π+4)/n² + …` (theory, section 2.2).
    #[test]
    fn edge_approaches_the_symmetric_point_as_predicted() {
        use std::f64::consts::PI;
        let n = 1e6;
        let w = EdgeEquation { n: 1_000_000 }.solve();
        let excess = w * (2.0 + w);
        let predicted = (2.0 * PI - 4.0) / n + (2.0 * PI * PI - 4.0 * PI + 4.0) / (n * n);
        assert!((excess / predicted - 1.0).abs() < 1e-10);
    }

    #[test]
    fn small_batches_are_refused_with_the_reason() {
        assert!(FixedPoint::Symmetric.locate(2).unwrap_err().to_string().contains("at least 3"));
        assert!(FixedPoint::OddPoint.locate(6).unwrap_err().to_string().contains("saddle-node"));
    }
}
