//! Leaky ReLU `max(z, αz)`, `α < 1`, in place of ReLU (theory, section 2.7; `proofs/theorems/leaky.same-fixed-points.md`).
//!
//! For real `x`, `y`, averaged over `(x, y)` and `(−x, −y)`: `φ_α(x)φ_α(y) = (1−α)² relu(x)relu(y) + αxy`. So for any
//! law symmetric under `z ↦ −z`, and a centred covariance `C`,
//!
//! ```text
//! P K_α(C) P = (1−α)² P K(C) P + α C
//! ```
//!
//! Fixed points modulo scale are ReLU's. With `q = α/(1−α)²` the growth `Λ` becomes `(1−α)²(Λ+q)`, and an eigenvalue `μ`
//!
//! ```text
//! (Λμ + q)/(Λ + q) = 1 − Λ(1−μ)/(Λ+q)
//! ```
//!
//! `q` rises from −1/4 at `α = −1` to ∞ at 1, and `q(1/α) = q(α)`; the growth is positive for every `α` if `Λ > 1/4`. An
//! eigenvalue reaches −1 where `q = −Λ(1+μ)/2`, that is at `α* = −(1−s)/(1+s)` with `s² = 1 − 2Λ(1+μ)`, if that is ≥ 0.

use super::spectrum::Spectrum;
use crate::arithmetic::Real;

/// `q = α/(1−α)²`.
///
/// ```
/// // α = −1, the absolute value: −1/4, the least there is.
/// assert_eq!(oddpoint::odd_point::leaky_weight(&-1.0_f64), -0.25);
/// ```
pub fn leaky_weight<R: Real>(slope: &R) -> R {
    slope.clone() / (slope.lift(1) - slope).square()
}

/// What a leaky slope makes of the ReLU eigenvalue `eigenvalue` where ReLU's growth is `growth`.
///
/// # Guarantees
/// Approximates or encloses; an interval is the whole line where `Λ + q` may vanish.
///
/// ```
/// use oddpoint::odd_point::leaky_eigenvalue;
/// assert_eq!(leaky_eigenvalue(&0.5, &0.4, &0.0), 0.5);
/// // α = −1: (0.2 − 0.25)/(0.4 − 0.25)
/// assert!((leaky_eigenvalue(&0.5_f64, &0.4, &-1.0) + 1.0 / 3.0).abs() < 1e-15);
/// ```
pub fn leaky_eigenvalue<R: Real>(eigenvalue: &R, growth: &R, slope: &R) -> R {
    let one = growth.lift(1);
    let loss = growth.clone() * (one.clone() - eigenvalue);
    one - loss / (growth.clone() + leaky_weight(slope))
}

/// `s² = 1 − 2Λ(1+μ)`: positive if some slope in `(−1, 0)` takes the eigenvalue `μ` to −1.
///
/// ```
/// use oddpoint::odd_point::critical_square;
/// // 1 − 2Λ(1+μ) at Λ = 1/2, μ = 0.5: negative, no slope takes this eigenvalue to −1.
/// assert_eq!(critical_square(&0.5_f64, &0.5), -0.5);
/// ```
pub fn critical_square<R: Real>(eigenvalue: &R, growth: &R) -> R {
    growth.lift(1) - growth.clone().times(2) * eigenvalue.clone().plus(1)
}

/// `α* = −(1−s)/(1+s)`, the slope in `(−1, 0)` at which the eigenvalue is −1, from [`critical_square`].
///
/// ```
/// use oddpoint::odd_point::{critical_slope, critical_square, leaky_eigenvalue};
/// let (eigenvalue, growth) = (0.1_f64, 0.45);
/// let slope = critical_slope(&critical_square(&eigenvalue, &growth));
/// assert!((leaky_eigenvalue(&eigenvalue, &growth, &slope) + 1.0).abs() < 1e-14);
/// ```
pub fn critical_slope<R: Real>(critical_square: &R) -> R {
    let s = critical_square.clone().sqrt();
    (s.clone().plus(-1)) / s.plus(1)
}

impl<R: Real> Spectrum<R> {
    /// The spectrum at the same fixed point, where ReLU's growth is `growth`, with leaky ReLU of this slope. The map of
    /// eigenvalues rises, so that their order stays.
    pub fn with_leaky_slope(&self, growth: &R, slope: &R) -> Self {
        let map = |eigenvalue: &R| leaky_eigenvalue(eigenvalue, growth, slope);
        Self {
            trivial: map(&self.trivial),
            standard: self.standard.each_ref().map(map),
            pair: map(&self.pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::Dual;
    use crate::layer::Gram;
    use crate::layer::components::{Activation, Layer};
    use crate::odd_point::modes::direction;
    use crate::odd_point::{Block, FixedPoint};

    /// The derivative of one leaky layer of RC + NL, the trace kept, by dual numbers.
    fn derivative(point: &Gram<f64>, along: &Gram<f64>, slope: f64) -> Gram<f64> {
        let layer = Layer { recentre: true, rescale: false, activation: Activation::leaky(slope).unwrap() };
        let input = Gram::from_entries(point.n(), |i, j| Dual {
            value: *point.get(i, j),
            derivative: *along.get(i, j),
        });
        let mut output = layer.covariance(&layer.infinite_width(&input).unwrap());
        output.scale_to_trace(&Dual::constant(point.trace()));
        output.map(|entry| entry.derivative)
    }

    /// `Π (J − λ)` over the eigenvalues of its block takes a direction to 0, in the full n×n map.
    #[test]
    fn eigenvalues_are_those_of_the_full_map() {
        let n = 9;
        for point in [FixedPoint::OddPoint, FixedPoint::Edge, FixedPoint::Symmetric] {
            let batch = point.locate(n).unwrap();
            let covariance = batch.covariance(n as usize);
            for slope in [-3.0, -1.0, -0.7, 0.3, 0.99] {
                let spectrum = Spectrum::at(&batch).with_leaky_slope(&batch.growth(), &slope);
                for block in [Block::Trivial, Block::Standard, Block::Pair] {
                    let start: Gram<f64> = direction(block, n as usize, &0.0);
                    let all = spectrum.eigenvalues(n);
                    let left =
                        all.iter().filter(|(of, _)| *of == block).fold(start.clone(), |left, (_, value)| {
                            derivative(&covariance, &left, slope).add_scaled(&-**value, &left)
                        });
                    let size = left.frobenius_norm() / start.frobenius_norm();
                    assert!(size < 1e-12, "{} {} at slope {slope}: {size:e}", point.name(), block.name());
                }
            }
        }
    }

    #[test]
    fn the_critical_slope_takes_the_eigenvalue_to_minus_one() {
        for n in [7, 13, 100, 1_000_000] {
            let batch = FixedPoint::OddPoint.locate(n).unwrap();
            let (growth, smaller) = (batch.growth(), Spectrum::at(&batch).standard[1]);
            let critical = critical_slope(&critical_square(&smaller, &growth));
            for slope in [critical, 1.0 / critical] {
                let eigenvalue = leaky_eigenvalue(&smaller, &growth, &slope);
                assert!((eigenvalue + 1.0).abs() < 1e-12, "n = {n}: {eigenvalue}");
            }
        }
    }
}
