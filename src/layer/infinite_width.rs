//! One layer of recentring and ReLU at infinite width, as a map on centred covariances, and its differential.
//!
//! ```text
//! T(C) = (tr C / tr P K(C) P) · P K(C) P,        K(C)ᵢⱼ = √(cᵢᵢ cⱼⱼ) κ(cᵢⱼ/√(cᵢᵢ cⱼⱼ)),   K(C)ᵢᵢ = cᵢᵢ/2
//! ```
//!
//! Theory, section 2. It stands here generically, over any [`Real`], and once more in a form for speed
//! ([`FastLayer`], `f64` only), which is tested against the first. Nothing here shows that sampled networks
//! follow this map, nor anything of its fixed points; and an `f64` or MPFR result approximates.

mod fast;
mod tile;

pub use fast::FastLayer;

use super::Gram;
use crate::arithmetic::Real;
use crate::kernel::{gram_entry, gram_entry_differential};

/// `K(C)`: the Gram matrix after ReLU of a batch whose pre-activations have covariance `covariance`.
///
/// # Shape
/// `n × n` to `n × n`, symmetric.
///
/// # Guarantees
/// Every entry within a few units in the last place (or enclosed); the same for any number of threads. Only
/// `cᵢᵢ ≥ 0` and `cᵢⱼ² ≤ cᵢᵢ cⱼⱼ` are used, and of the latter a violation by rounding is forgiven.
///
/// # Errors
/// A negative variance yields NaN (an interval: the whole line).
///
/// # Source
/// Theory, section 2; Cho & Saul, NeurIPS 2009.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity};
/// // Orthogonal samples of variance 1: κ(1) = 1/2 and κ(0) = 1/2π.
/// let image = nonlinearity(&Gram::from_entries(2, |i, j| f64::from(u8::from(i == j))));
/// assert!((image.get(0, 0) - 0.5).abs() < 1e-15);
/// assert!((image.get(0, 1) - 0.5 / std::f64::consts::PI).abs() < 1e-15);
/// ```
pub fn nonlinearity<R: Real>(covariance: &Gram<R>) -> Gram<R> {
    Gram::from_entries_parallel(covariance.n(), |i, j| {
        let c = covariance.get(i, j);
        if i == j { c.clone().over(2) } else { gram_entry(covariance.get(i, i), covariance.get(j, j), c) }
    })
}

/// `T(C)`: the centred covariance after one layer of recentring and ReLU, with the trace of `covariance`.
///
/// # Shape
/// `n × n` to `n × n`, symmetric, with rows that sum to zero up to rounding.
///
/// # Guarantees
/// As [`nonlinearity`]; the trace is kept up to rounding.
///
/// # Errors
/// A covariance of trace zero has no image: the result is NaN (of intervals, the whole line).
///
/// # Source
/// Theory, section 2.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::layer};
/// // Three equal points and one other, centred: up to rounding a fixed point of the layer.
/// let v = [-1.0, -1.0, -1.0, 3.0_f64];
/// let exact = Gram::from_entries(4, |i, j| v[i] * v[j]);
/// assert!(layer(&exact).sub(&exact).frobenius_norm() < 1e-14);
/// ```
pub fn layer<R: Real>(covariance: &Gram<R>) -> Gram<R> {
    let mut next = nonlinearity(covariance);
    next.recentre();
    next.scale_to_trace(&covariance.trace());
    next
}

/// `DT(C)[D]`: the derivative of [`layer`] at `covariance` in the direction `direction`.
///
/// # Shape
/// Two `n × n` matrices to one, symmetric.
///
/// # Guarantees
/// The exact derivative of the whole step, the change of the trace included, evaluated in `R`.
///
/// # Errors
/// Needs positive variances (else NaN, or the whole line). At a correlation of `±1` it is the derivative
/// along the covariances, that is from one side.
///
/// # Panics
/// If the two matrices differ in size.
///
/// # Source
/// Theory, section 2: with `M = P K(C) P` and `T = (tr C/tr M) M`,
/// `dT = (tr C/tr M) [dM + (tr D/tr C − tr dM/tr M) M]`.
///
/// ```
/// use oddpoint::layer::infinite_width::{differential, layer};
/// use oddpoint::odd_point::{FixedPoint, Mode};
/// let odd_point = FixedPoint::OddPoint.locate(10)?.covariance(10);
/// let direction = Mode::Trivial.direction(10, &0.0, 0);
/// let (step, slope) = (1e-6, differential(&odd_point, &direction));
/// let difference = layer(&odd_point.add_scaled(&step, &direction)).sub(&layer(&odd_point));
/// let error = difference.add_scaled(&-step, &slope).frobenius_norm();
/// assert!(error < 1e-3 * step * slope.frobenius_norm());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn differential<R: Real>(covariance: &Gram<R>, direction: &Gram<R>) -> Gram<R> {
    assert_eq!(covariance.n(), direction.n(), "the two matrices differ in size");
    let mut image = nonlinearity(covariance);
    image.recentre();
    let mut slope = nonlinearity_differential(covariance, direction);
    slope.recentre();
    let factor = covariance.trace() / image.trace();
    let drift = direction.trace() / covariance.trace() - slope.trace() / image.trace();
    let mut slope = slope.add_scaled(&drift, &image);
    slope.scale(&factor);
    slope
}

/// `DK(C)[D]`: the derivative of [`nonlinearity`] at `c` in the direction `d`.
///
/// # Shape
/// Two `n × n` matrices to one, symmetric.
///
/// # Errors
/// As [`differential`].
///
/// # Source
/// Theory, section 2.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity_differential};
/// let identity = Gram::from_entries(3, |i, j| f64::from(u8::from(i == j)));
/// // A diagonal entry is halved (ReLU halves variances).
/// assert_eq!(*nonlinearity_differential(&identity, &identity).get(0, 0), 0.5);
/// ```
pub fn nonlinearity_differential<R: Real>(c: &Gram<R>, d: &Gram<R>) -> Gram<R> {
    Gram::from_entries_parallel(c.n(), |i, j| {
        if i == j {
            return d.get(i, i).clone().over(2);
        }
        let point = [c.get(i, i), c.get(j, j), c.get(i, j)];
        gram_entry_differential(point, [d.get(i, i), d.get(j, j), d.get(i, j)])
    })
}

#[cfg(test)]
mod tests;
