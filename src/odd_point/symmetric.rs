//! The spectrum at the symmetric point, in closed form (proofs/derivations.md, section 2.3, (h)).
//!
//! There all correlations are `−a`, `a = 1/(n−1)`, and the blocks of [`Spectrum`](super::Spectrum) merge under all n samples: with
//! `cos θ = −a`,
//!
//! ```text
//! g = (θ − sin θ)/(π + a(π−θ) − sin θ)
//! λ(n−1,1) = 1 − a g   (trivial and larger standard, n−1 times)     λ(n−2,2) = 1 − g   (the others, n(n−3)/2 times)
//! ```
//!
//! Linear stability only: how far from the symmetric point perturbations still decay is not said here.

use crate::arithmetic::Real;

/// `g = 1 − λ(n−2,2)` from `a = 1/(n−1)` in `[0, 1/2]`; `a = 0` is the limit of large batches, `(π−2)/(2π−2)`.
///
/// # Guarantees
/// Approximates to a few units in the last place, or encloses: nothing cancels (`θ ≥ π/2`).
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, Spectrum, symmetric_pair_gap};
/// let spectrum = Spectrum::at(&FixedPoint::Symmetric.locate(10)?);
/// let gap = symmetric_pair_gap(&(1.0_f64 / 9.0));
/// assert!((spectrum.pair - (1.0 - gap)).abs() < 1e-14);
/// assert!((spectrum.trivial - (1.0 - gap / 9.0)).abs() < 1e-14);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn symmetric_pair_gap<R: Real>(a: &R) -> R {
    let (one, pi) = (a.lift(1), a.pi());
    let theta = (-a.clone()).acos();
    let sine = ((one.clone() - a) * (one + a)).sqrt();
    (theta.clone() - &sine) / (pi.clone() + a.clone() * (pi - theta) - sine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// At n = 3 (`a = 1/2`, `θ = 2π/3`), by hand: (2π/3 − √3/2)/(7π/6 − √3/2). At a = 0, θ = π/2.
    #[test]
    fn values_by_hand() {
        let half_root = 3.0_f64.sqrt() / 2.0;
        let expected = (2.0 * PI / 3.0 - half_root) / (7.0 * PI / 6.0 - half_root);
        assert!((symmetric_pair_gap(&0.5_f64) - expected).abs() < 1e-15);
        assert!((symmetric_pair_gap(&0.0_f64) - (PI - 2.0) / (2.0 * PI - 2.0)).abs() < 1e-15);
    }

    /// The plain formulas: `λ(n−2,2) = κ'/Λ₀` and `λ(n−1,1)` as in the unit test of `spectrum`, `Λ₀ = d'/d`.
    #[test]
    fn the_plain_formulas() {
        for n in [3.0_f64, 4.0, 7.0, 100.0, 1e6] {
            let a = 1.0 / (n - 1.0);
            let theta = (-a).acos();
            let growth = crate::kernel::half_distance(&theta) / (1.0 + a);
            let pair = (PI - theta) / (2.0 * PI * growth);
            let leading =
                (n - 2.0) / n * (0.5 - theta.sin() / (2.0 * PI) + (PI - theta) / (PI * (n - 2.0))) / growth;
            let gap = symmetric_pair_gap(&a);
            assert!((pair - (1.0 - gap)).abs() < 1e-14, "n = {n}");
            assert!((leading - (1.0 - a * gap)).abs() < 1e-14, "n = {n}");
        }
    }
}
