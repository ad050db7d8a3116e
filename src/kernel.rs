//! The ReLU kernel: the arc-cosine kernel of order 1 (Cho & Saul, NeurIPS 2009), its derivative, and the
//! Gram entry `E[relu(u) relu(v)]` of a centred Gaussian pair with its differential.
//!
//! With `θ = arccos ρ`, `ψ = π − θ` and `h(t) = sin t − t cos t`:
//!
//! ```text
//! κ(ρ)  = (√(1−ρ²) + (π − arccos ρ) ρ) / 2π = h(ψ)/2π        κ'(ρ) = ψ/2π
//! E[relu(u) relu(v)] = √(ab) κ(c/√(ab)),   a = Var u, b = Var v, c = Cov(u, v)
//! ```
//!
//! Every form below is free of cancellation, at `ρ = 1` and at `ρ = −1`. That `κ` is the Gaussian expectation
//! is a cited fact here, checked only against quadrature in the tests.

use crate::arithmetic::Real;

/// `κ(ρ)` for `|ρ| ≤ 1`.
///
/// ```
/// use oddpoint::kernel::kappa;
/// assert_eq!(kappa(1.0_f64), 0.5);
/// assert_eq!(kappa(-1.0_f64), 0.0);
/// ```
#[expect(clippy::needless_pass_by_value, reason = "like every other function of one number")]
pub fn kappa<R: Real>(rho: R) -> R {
    let one = rho.lift(1);
    gram_entry(&one, &one, &rho)
}

/// `κ'(ρ) = (π − θ)/2π`, from the angle `θ = arccos ρ`.
///
/// ```
/// // At a right angle: (π − π/2)/2π.
/// assert_eq!(oddpoint::kernel::kappa_slope(&std::f64::consts::FRAC_PI_2), 0.25);
/// ```
pub fn kappa_slope<R: Real>(theta: &R) -> R {
    let pi = theta.pi();
    (pi.clone() - theta) / pi.times(2)
}

/// `1/2 − κ(cos θ) = (1 − cos θ)/2 − h(θ)/2π`: what one layer leaves of half the squared distance of two
/// unit-variance samples at angle `θ` (theory, section 2.2).
///
/// ```
/// use oddpoint::kernel::{half_distance, kappa};
/// assert!((half_distance(&1.0_f64) - (0.5 - kappa(1.0_f64.cos()))).abs() < 1e-15);
/// // For small angles θ²/4: no digit is lost.
/// assert!((half_distance(&1e-9_f64) / 0.25e-18 - 1.0).abs() < 1e-9);
/// ```
pub fn half_distance<R: Real>(theta: &R) -> R {
    let pi = theta.pi();
    theta.clone().over(2).sin().square() - theta.clone().h() / pi.times(2)
}

/// `E[relu(u) relu(v)]` for a centred Gaussian pair with variances `a`, `b` and covariance `c`.
///
/// # Guarantees
/// Approximates within a few units in the last place of the exact value at `(a, b, c)`, or encloses it. Only
/// `ab ≥ c²` (Cauchy–Schwarz) is used: a computed determinant below zero counts as zero.
///
/// ```
/// use oddpoint::kernel::gram_entry;
/// // Equal variables: E relu(u)² = Var u/2. Opposite ones are never both active.
/// assert!((gram_entry(&3.0_f64, &3.0, &3.0) - 1.5).abs() < 1e-15);
/// assert_eq!(gram_entry(&3.0_f64, &3.0, &-3.0), 0.0);
/// ```
pub fn gram_entry<R: Real>(a: &R, b: &R, c: &R) -> R {
    R::relu_moment(a, b, c).unwrap_or_else(|| gram_entry_directly(a, b, c))
}

/// [`gram_entry`] by its formula, in the arithmetic's own operations.
fn gram_entry_directly<R: Real>(a: &R, b: &R, c: &R) -> R {
    let (root, psi) = root_and_supplement(a, b, c);
    let two_pi = a.pi().times(2);
    // By its sign, which a number too small for a double keeps: the first form cancels near ρ = −1.
    if c.approximate().is_sign_positive() {
        (root + psi * c) / two_pi
    } else {
        (a.clone() * b).sqrt() * psi.h() / two_pi
    }
}

/// The differential of [`gram_entry`] in the direction `(da, db, dc)`:
/// `κ' dc + (√(1−ρ²)/4π)(√(b/a) da + √(a/b) db)` (theory, section 2), for `a, b > 0`.
///
/// ```
/// use oddpoint::kernel::{gram_entry, gram_entry_differential};
/// let slope = gram_entry_differential([&1.0_f64, &2.0, &0.5], [&0.0, &0.0, &1.0]);
/// let difference = (gram_entry(&1.0_f64, &2.0, &0.50001) - gram_entry(&1.0, &2.0, &0.49999)) / 2e-5;
/// assert!((slope - difference).abs() < 1e-9);
/// ```
pub fn gram_entry_differential<R: Real>([a, b, c]: [&R; 3], [da, db, dc]: [&R; 3]) -> R {
    let (root, psi) = root_and_supplement(a, b, c);
    let four_pi = a.pi().times(4);
    // √(1−ρ²) √(b/a) = √(ab−c²)/a, and the same with a and b exchanged.
    let radial = root * (da.clone() / a + db.clone() / b);
    (psi.times(2) * dc + radial) / four_pi
}

/// `√(ab − c²)` and `ψ = π − arccos(c/√(ab))`.
fn root_and_supplement<R: Real>(a: &R, b: &R, c: &R) -> (R, R) {
    let root = R::gram_determinant(a, b, c).nonnegative().sqrt();
    let psi = root.clone().atan2(&-c.clone());
    (root, psi)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn values_at_rational_angles() {
        // κ(0) = 1/2π; κ(1/2): θ = π/3, (√3/2 + (2π/3)/2)/2π; κ(−1/2): θ = 2π/3, (√3/2 − (π/3)/2)/2π.
        let root = 3.0_f64.sqrt() / 2.0;
        for (rho, expected) in [
            (0.0, 1.0 / (2.0 * PI)),
            (0.5, (root + PI / 3.0) / (2.0 * PI)),
            (-0.5, (root - PI / 6.0) / (2.0 * PI)),
        ] {
            assert!((kappa(rho) - expected).abs() < 4.0 * f64::EPSILON * expected);
        }
    }

    #[test]
    fn near_minus_one_follows_the_leading_term() {
        // ψ = √(2ε) (1 + O(ε)) and κ = h(ψ)/2π = ψ³/6π (1 + O(ψ²)).
        let distance = f64::EPSILON;
        let psi = (2.0 * distance).sqrt();
        let expected = psi.powi(3) / (6.0 * PI);
        assert!((kappa(-1.0 + distance) / expected - 1.0).abs() < 1e-14);
    }

    #[test]
    fn differential_matches_a_dual_number() {
        use crate::arithmetic::Dual;
        let point = [1.3, 0.7, -0.4];
        let direction = [0.2, -0.5, 0.9];
        let [a, b, c] = [0, 1, 2].map(|i| Dual { value: point[i], derivative: direction[i] });
        let by_formula = gram_entry_differential(point.each_ref(), direction.each_ref());
        assert!((gram_entry(&a, &b, &c).derivative - by_formula).abs() < 1e-15);
    }
}
