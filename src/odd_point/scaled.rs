//! The indicative model in variables that stay regular as the batch grows: `u = 1/n` and, near the odd point,
//! `x = nθ`; near the edge, `ω = n(v − 1)`.
//!
//! ```text
//! balance:   n · balance(θ) = (xσ/πγ) (u²/((1−u)²b²) + (1+u)/(1−u)) − 2/(1−u) − 2h(φ)/(π(1−u) b)
//!            σ = h(θ)/θ³,  γ = (1 − cos θ)/θ²,  θ = ux,  b = cos φ,  sin²φ = (1−2u)/(1−u) · θ²γ
//! deflated:  n · deflated(w) = ω(1+Q(a)) − 2v(1+u²ω)/((1−u)(1−2u)) · [(1+a) Q[a,b] − 1 − Q(a)]
//!            v = 1+uω,  b = uv/(1−u),  b − a = u²ω(1+u²ω)/((1−u)(1−2u))
//! ```
//!
//! `σ` and `γ` are Bessel functions over powers, and the divided difference is written without a quotient that
//! vanishes, so `u = 0` is an ordinary point: over intervals the same code speaks of one n (`u` narrow) and of all
//! large n at once (`u` from 0). The eigenvalues are given by their gaps `1 − λ`, divided by `u`.
//!
//! Equal, term by term, to the formulas of [`super::SymmetricBatch`] and [`super::Spectrum`] times a power of n; the tests
//! compare both at finite n. The source is theory, sections 2.2 to 2.4.

use super::model::arcsine_primitive;
use crate::arithmetic::Real;

/// A symmetric batch near the odd point's regime, `θ = ux`.
///
/// ```
/// use oddpoint::odd_point::scaled::ScaledBatch;
/// use oddpoint::odd_point::{FixedPoint, Spectrum};
/// let batch = FixedPoint::OddPoint.locate(200)?;
/// let scaled = ScaledBatch::at(&(1.0 / 200.0), &(200.0 * batch.theta));
/// // The gap n(1−λ), without subtracting λ from 1.
/// assert!((scaled.trivial_gap() - 200.0 * (1.0 - Spectrum::at(&batch).trivial)).abs() < 1e-11);
/// // u = 0 is an ordinary point; there nθ = 3π and the gap is 1.
/// let limit = ScaledBatch::at(&0.0, &(3.0 * std::f64::consts::PI));
/// assert!((limit.trivial_gap() - 1.0).abs() < 1e-14 && limit.balance().abs() < 1e-14);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ScaledBatch<R> {
    /// `1/n`.
    pub u: R,
    /// `nθ`.
    pub x: R,
    /// `θ`.
    pub theta: R,
    /// `σ/γ`, so that `h(θ)/(1 − cos θ) = θ σ/γ`.
    pub sigma_over_gamma: R,
    /// `sin φ / u`.
    pub sin_phi_over_u: R,
    /// `φ`.
    pub phi: R,
    /// `b = cos φ`.
    pub cos_phi: R,
}

/// The standard block's matrix with `u` taken out where it is small: rows `[1 − u·a, b]` and `[u·c, u·d]`.
#[derive(Clone, Debug)]
pub struct ScaledStandardBlock<R> {
    /// `[[a, b], [c, d]]`.
    pub entries: [[R; 2]; 2],
}

impl<R: Real> ScaledBatch<R> {
    /// The batch of size `1/u` at angle `θ = ux`; `u` may be 0, or an interval from 0.
    pub fn at(u: &R, x: &R) -> Self {
        let theta = u.clone() * x;
        let gamma = theta.clone().over(2).bessel(0).square().over(2);
        let sin_square_over_d = (u.lift(1) - u.clone().times(2)) / (u.lift(1) - u);
        let sin_phi_over_u = (sin_square_over_d * &gamma).sqrt() * x;
        let sin_phi = sin_phi_over_u.clone() * u;
        let cos_phi = (u.lift(1) - sin_phi.clone().square()).sqrt();
        Self {
            u: u.clone(),
            x: x.clone(),
            sigma_over_gamma: theta.clone().bessel(1) / gamma,
            theta,
            phi: sin_phi.atan2(&cos_phi),
            sin_phi_over_u,
            cos_phi,
        }
    }

    /// `1 − u`, which is `N/n`.
    fn cluster_share(&self) -> R {
        self.u.lift(1) - &self.u
    }

    /// `n` times the balance equation, left minus right: zero at the fixed points.
    pub fn balance(&self) -> R {
        let (u, pi, share) = (&self.u, self.u.pi(), self.cluster_share());
        let curvature = self.x.clone() * &self.sigma_over_gamma / &pi;
        let reciprocal_v = u.clone() / (share.clone() * &self.cos_phi);
        let weight = reciprocal_v.square() + u.clone().plus(1) / &share;
        let across = self.phi.clone().h().times(2) / (pi * &share * &self.cos_phi);
        curvature * weight - u.lift(2) / share - across
    }

    /// `Λ`, the growth of the scale.
    pub fn growth(&self) -> R {
        let two_pi = self.u.pi().times(2);
        self.u.lift(1).over(2) - self.theta.clone() * &self.sigma_over_gamma / two_pi
    }

    /// `φ/u`.
    fn phi_over_u(&self) -> R {
        self.sin_phi_over_u.clone() / self.phi.clone().bessel(0)
    }

    /// `n³` times the cosine between cluster and outlier after ReLU, `h(φ)/(πu³)`.
    pub fn scaled_cos_cross(&self) -> R {
        let phi_over_u = self.phi_over_u();
        phi_over_u.clone().square() * phi_over_u * self.phi.clone().bessel(1) / self.u.pi()
    }

    /// `n(1 − μ)` for the pair eigenvalue: `x(1 − σ/γ)/(2πΛ)`, positive because `sin θ < θ`.
    pub fn pair_gap(&self) -> R {
        let two_pi = self.u.pi().times(2);
        self.x.clone() * (self.u.lift(1) - &self.sigma_over_gamma) / (two_pi * self.growth())
    }

    /// `n(1 − λ)` for the trivial eigenvalue at a fixed point: `(2Λ − ∂d'/∂d − ∂s'/∂s)/(uΛ)`, with what cancels at
    /// `u = 0` cancelled.
    pub fn trivial_gap(&self) -> R {
        let (u, pi, share) = (&self.u, self.u.pi(), self.cluster_share());
        let two_pi = pi.clone().times(2);
        let sinc = self.theta.clone().bessel(0);
        // Γ and the row sum of the perturbation δs = 1, as in the plain spectrum.
        let sin_phi = self.sin_phi_over_u.clone() * u;
        let reciprocal = u.lift(1) / &self.cos_phi;
        let cross =
            sin_phi * (self.cos_phi.clone() + reciprocal) / pi.clone().times(4) - self.phi.clone() / &two_pi;
        let supplement = pi.clone() - &self.theta + self.theta.clone().sin();
        let row_diagonal = u.clone() / share.clone().times(2);
        let row = row_diagonal + (u.lift(1) - u.clone().times(2)) / &share * supplement / &two_pi;

        let radial = -(self.x.clone() * &self.sigma_over_gamma / &pi) + self.x.clone() * &sinc / &two_pi;
        let spread = self.theta.clone() * (u.lift(1) - sinc) / (two_pi * &share);
        let outlier = u.lift(1) - u.clone().over(2) + cross.times(2) * share;
        (radial + spread + outlier - u.clone() * row) / self.growth()
    }

    /// `n s²` with `s² = 1 − 2Λ(1+μ)` of [`critical_square`](super::critical_square), `μ` the smaller standard eigenvalue:
    /// `n(1 − 2Λ) = xσ/(πγ)` and `μ = u · det/(u · larger)`.
    pub fn leaky_margin(&self) -> R {
        let curvature = self.x.clone() * &self.sigma_over_gamma / self.u.pi();
        curvature - self.growth().times(2) * self.standard_block().scaled_smaller(&self.u)
    }

    /// The standard block at a fixed point.
    pub fn standard_block(&self) -> ScaledStandardBlock<R> {
        let (u, pi, share) = (&self.u, self.u.pi(), self.cluster_share());
        let two_pi = pi.clone().times(2);
        let growth = self.growth();
        let half = u.lift(1).over(2);
        let supplement = pi.clone() - &self.theta;
        let x_sinc = self.x.clone() * self.theta.clone().bessel(0);
        // bα = sin θ/4π over u, and gα.
        let b_alpha = x_sinc / pi.clone().times(4);
        let g_alpha = share * &self.cos_phi * &self.sin_phi_over_u / pi.times(4) - self.phi.clone() / &two_pi;
        // 1 − α' entry over u: (Λ − 1/2 + 2rα)/(uΛ), with rα = u(1/2 + gα − 3bα) + bα.
        let curvature = self.x.clone() * &self.sigma_over_gamma / &two_pi;
        let mean = half.clone() + &g_alpha - b_alpha.clone().times(3) * u;
        let a = (mean.times(2) + b_alpha.clone().times(2) - curvature) / &growth;
        // −2rβ = −2(1−3u)(π−θ−φ)/2π.
        let others = u.lift(1) - u.clone().times(3);
        let b = -(others.clone() * (supplement.clone() - &self.phi) / (two_pi.clone().over(2) * &growth));
        let c = (b_alpha.times(3) * u - half - g_alpha) / &growth;
        let d = (supplement.times(3) + others * self.phi_over_u()) / (two_pi * growth);
        ScaledStandardBlock { entries: [[a, b], [c, d]] }
    }
}

impl<R: Real> ScaledStandardBlock<R> {
    /// `n` times the characteristic polynomial at 1, `n(1 − tr + det)`: Jury's first condition asks for `> 0`.
    pub fn at_one(&self, u: &R) -> R {
        let [[a, b], [c, d]] = &self.entries;
        a.clone() * (u.lift(1) - u.clone() * d) - b.clone() * c
    }

    /// Trace, and determinant over `u`.
    fn trace_and_scaled_determinant(&self, u: &R) -> [R; 2] {
        let [[a, b], [c, d]] = &self.entries;
        let first = u.lift(1) - u.clone() * a;
        [first.clone() + u.clone() * d, first * d - b.clone() * c]
    }

    /// Trace and determinant.
    pub fn trace_and_determinant(&self, u: &R) -> [R; 2] {
        let [trace, scaled] = self.trace_and_scaled_determinant(u);
        [trace, u.clone() * scaled]
    }

    /// The smaller eigenvalue over `u`.
    pub fn scaled_smaller(&self, u: &R) -> R {
        let [trace, scaled] = self.trace_and_scaled_determinant(u);
        let discriminant = trace.clone().square() - (u.clone() * &scaled).times(4);
        scaled / (trace + discriminant.sqrt()).over(2)
    }

    /// `n(1 − λ)` for the larger eigenvalue: the polynomial at 1 over `1 − λ₂`, with `λ₂` the smaller root.
    pub fn larger_gap(&self, u: &R) -> R {
        self.at_one(u) / (u.lift(1) - u.clone() * self.scaled_smaller(u))
    }
}

/// `n` times the deflated equation at `v = 1 + uω`, left minus right; `u` may be 0, or an interval from 0.
///
/// ```
/// use oddpoint::odd_point::scaled::scaled_deflated_balance;
/// // At u = 0 it is ω − (π − 2).
/// let root = std::f64::consts::PI - 2.0;
/// assert!(scaled_deflated_balance(&0.0, &root).abs() < 1e-15);
/// ```
pub fn scaled_deflated_balance<R: Real>(u: &R, omega: &R) -> R {
    let one = u.lift(1);
    let share = one.clone() - u;
    let w = u.clone() * omega;
    let v = w.clone().plus(1);
    // (n+w)/(N(N−1)) over u.
    let shift = (u.clone() * &w).plus(1) / (share.clone() * (one - u.clone().times(2)));
    let b = u.clone() * &v / share;
    let a = b.clone() - u.clone() * &w * &shift;
    let (one_plus_q, bracket) = arcsine_bracket(&a, &b);
    omega.clone() * one_plus_q - v.times(2) * shift * bracket
}

/// `1 + Q(a)` and `(1+a) Q[a,b] − 1 − Q(a)`, regular at `a = b`.
///
/// ```
/// use oddpoint::odd_point::scaled::arcsine_bracket;
/// // At a = b = 0: 1 + Q(0) = 1, and Q' − 1 − Q = π/2 − 1.
/// let (one_plus_q, bracket) = arcsine_bracket(&0.0_f64, &0.0);
/// assert!((one_plus_q - 1.0).abs() < 1e-15);
/// assert!((bracket - (std::f64::consts::FRAC_PI_2 - 1.0)).abs() < 1e-15);
/// ```
pub fn arcsine_bracket<R: Real>(a: &R, b: &R) -> (R, R) {
    let (angle_a, angle_b) = (a.clone().asin(), b.clone().asin());
    // Q[a,b] − π/2 is the mean of asin over [a, b]: with m and δ half the sum and half the difference of the
    // angles, m − tan m · δ² J_1(δ)/J_0(δ).
    let middle = (angle_a.clone() + &angle_b).over(2);
    let half_difference = (angle_b - angle_a).over(2);
    let correction =
        half_difference.clone().square() * half_difference.clone().bessel(1) / half_difference.bessel(0);
    let mean = middle.clone() - middle.clone().sin() / middle.cos() * correction;
    let half_pi = a.pi().over(2);
    let one_plus_q = arcsine_primitive(a).plus(1) + half_pi.clone() * a;
    let bracket = a.clone().plus(1) * (half_pi + mean) - &one_plus_q;
    (one_plus_q, bracket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, Spectrum, SymmetricBatch, critical_square, deflated_balance};
    use std::f64::consts::PI;

    #[test]
    fn equals_the_plain_formulas_at_finite_n() {
        for n in [7.0, 12.0, 300.0] {
            for x in [2.0, 8.0, 9.5] {
                let scaled = ScaledBatch::at(&(1.0 / n), &x);
                let plain = SymmetricBatch::from_angle(&n, &(x / n));
                assert!((scaled.balance() - n * plain.balance()).abs() < 1e-13);
                assert!((scaled.growth() - plain.growth()).abs() < 1e-14);
                let cross = plain.order_parameters().cos_cross * n.powi(3);
                assert!((scaled.scaled_cos_cross() / cross - 1.0).abs() < 1e-12);
            }
            for omega in [0.3, 1.5, 2.0 * n] {
                let scaled = scaled_deflated_balance(&(1.0 / n), &omega);
                let plain = n * deflated_balance(&n, &(omega / n));
                assert!((scaled - plain).abs() < 1e-13 * (1.0 + n), "n = {n}, ω = {omega}");
            }
        }
    }

    #[test]
    fn gaps_equal_the_plain_spectrum_at_the_odd_point() {
        for n in [7_u64, 12, 300, 10_000] {
            let batch = FixedPoint::OddPoint.locate(n).unwrap();
            let spectrum = Spectrum::at(&batch);
            let (u, size) = (1.0 / n as f64, n as f64);
            let scaled = ScaledBatch::at(&u, &(size * batch.theta));
            let close = |gap: f64, eigenvalue: f64| (gap * u - (1.0 - eigenvalue)).abs() < 1e-14;
            assert!(close(scaled.pair_gap(), spectrum.pair), "pair at {n}");
            assert!(close(scaled.trivial_gap(), spectrum.trivial), "trivial at {n}");
            let block = scaled.standard_block();
            assert!(close(block.larger_gap(&u), spectrum.standard[0]), "standard at {n}");
            let [trace, determinant] = block.trace_and_determinant(&u);
            assert!((trace - spectrum.standard[0] - spectrum.standard[1]).abs() < 1e-13);
            assert!((determinant - spectrum.standard[0] * spectrum.standard[1]).abs() < 1e-13);
            assert!((block.scaled_smaller(&u) * u / spectrum.standard[1] - 1.0).abs() < 1e-13);
            let square = critical_square(&spectrum.standard[1], &batch.growth());
            assert!((scaled.leaky_margin() * u - square).abs() < 1e-14, "leaky at {n}");
        }
    }

    /// Theory 2.2 and 2.3 at u = 0, x = 3π: balance 2x/3π − 2 = 0, Λ = 1/2, all three gaps 1, cosine 9√2π²/4,
    /// n s² = 2 − 1 of leaky ReLU; and the deflated equation ω − 2(π/2 − 1) = 0 at ω = π − 2.
    #[test]
    fn limits_at_infinite_batch_size() {
        let limit = ScaledBatch::at(&0.0, &(3.0 * PI));
        assert!(limit.balance().abs() < 1e-15);
        assert_eq!(limit.growth(), 0.5);
        let larger_gap = limit.standard_block().larger_gap(&0.0);
        for gap in [limit.pair_gap(), limit.trivial_gap(), larger_gap, limit.leaky_margin()] {
            assert!((gap - 1.0).abs() < 1e-14, "{gap}");
        }
        assert!((limit.scaled_cos_cross() / (9.0 * 2.0_f64.sqrt() * PI * PI / 4.0) - 1.0).abs() < 1e-14);
        assert!(scaled_deflated_balance(&0.0, &(PI - 2.0)).abs() < 1e-15);
    }
}
