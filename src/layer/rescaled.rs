//! Rescaling at infinite width: the Gram matrix after RS and a non-linearity `φ`, as a one-dimensional integral.
//!
//! Each neuron is divided by its root mean square over the batch, so with `z ~ N(0, C)`
//!
//! ```text
//! G = n E[φ(z)φ(z)ᵀ/|z|²] = n ∫₀^∞ det(I+2sC)^{−1/2} K(C (I+2sC)^{−1}) ds,     K(C) = E[φ(z)φ(z)ᵀ]
//! ```
//!
//! by `1/|z|² = ∫ e^{−s|z|²} ds`, for `φ` positively homogeneous (ReLU, leaky ReLU, the identity). Theory, section 3;
//! derivations in `proofs/theorems/rescaled.odd-point.md`. The rule is the trapezoid in `ln s` ([`Quadrature`]), with an error bound that
//! holds for every covariance, fixed before anything is evaluated. Nothing here shows that sampled networks
//! follow this map.
//!
//! The map is continuous, but not smooth where the rank falls to one: with eigenvalues `λ₁ ≫ λ₂` it holds a term
//! `√(λ₂/λ₁)`, so a rounding error `ε` of the covariance weighs `ε√(λ₁/λ₂)`, and eigenvalues within rounding of 0 are
//! taken for 0.

use super::Gram;
use crate::arithmetic::Real;
use crate::{Error, Result, bad_input};
use rayon::prelude::*;

/// Nodes `s` and weights for `∫₀^∞ f(s) ds`, `f(s) = E[F(z) e^{−s|z|²}]` with `z ~ N(0, C)`, `F ≥ 0` homogeneous of degree
/// 2: the trapezoid rule in `ln s` with step `h = ln(1 + 1/j)`.
///
/// # Guarantees
/// Each of three errors is below `2^{−bits−2}` of the integral (rounding apart), by bounds proved in `proofs/theorems/rescaled.odd-point.md`:
///
/// * discretisation: `f` is analytic in `Re s > 0` and `|f(s)| ≤ f(Re s)` there, so for every `0 < d < π/2` the relative
///   error is at most `2/(cos d (e^{2πd/h} − 1))`, whatever `C` and `F`;
/// * small `s`: the nodes left out form a geometric series in which `f(0)` stands for `f(s)`; relative error at
///   most `(m+2)² ‖C‖² s²/2` at the first node, `m` the rank;
/// * large `s`: `f(s) ≤ det(I+2sC)^{−1/2} m/(2s)`, summed by the rate at which the determinant grows.
#[derive(Clone, Debug)]
pub struct Quadrature<R> {
    /// The node 0, which stands for all those too small to matter one by one, and then the others, rising.
    nodes: Vec<(R, R)>,
}

impl<R: Real> Quadrature<R> {
    /// The rule for a covariance with these eigenvalues and their (real) multiplicities, and a goal of `bits` bits.
    ///
    /// `least` is the smallest `E[F(z)]` of the integrals wanted, where `F(z) ≤ |z|²`. Constants are made in the
    /// arithmetic of `like`.
    ///
    /// # Errors
    /// [`Error::Input`] without a positive eigenvalue or with a `least` that is not positive.
    ///
    /// # Source
    /// `proofs/theorems/rescaled.odd-point.md`, section 2.
    ///
    /// ```
    /// use oddpoint::layer::rescaled::Quadrature;
    /// // ∫ det(I+2sC)^{−1/2} c/(1+2sc) ds = E[z₁²/|z|²] = 1/5 for C = c I of size 5.
    /// let (c, rule) = (3.0_f64, Quadrature::new(&[(3.0, 5.0)], 3.0, 53, &1.0)?);
    /// let sum: f64 = rule.nodes().iter().map(|(s, w)| w * c / (1.0 + 2.0 * s * c).powf(3.5)).sum();
    /// assert!((sum - 0.2).abs() < 1e-15);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn new(eigenvalues: &[(f64, f64)], least: f64, bits: u32, like: &R) -> Result<Self> {
        let positive = || eigenvalues.iter().filter(|(value, times)| *value > 0.0 && *times > 0.0);
        let largest = positive().fold(0.0, |largest: f64, (value, _)| largest.max(*value));
        if !(largest > 0.0 && largest.is_finite() && least > 0.0) {
            return Err(bad_input!(
                "rescaling needs a covariance with a positive, finite variance: a batch of zeros has no root mean square"
            ));
        }
        let rank: f64 = positive().map(|(_, times)| times).sum();
        let spectrum: Vec<(f64, f64)> =
            positive().map(|(value, times)| ((2.0 * value).ln(), *times)).collect();
        let tolerance = -f64::from(bits + 2) * std::f64::consts::LN_2;
        let reach = ((rank + 2.0) * largest).ln();
        let divisor = step_divisor(tolerance);
        let step = (1.0 / divisor as f64).ln_1p();
        // (m+2)² ‖C‖² s²/2 ≤ tolerance.
        let first = ((tolerance + std::f64::consts::LN_2) / 2.0 - reach) / step;
        let goal = tolerance + least.ln() - reach - (rank * step / 2.0).ln();
        let first = first.floor() as i64;
        let last = last_node(first, step, &spectrum, goal);
        Ok(Self::between(first, last, divisor, like))
    }

    /// The nodes `(1 + 1/j)^k` for `k = first … last`, and 0 for those before.
    fn between(first: i64, last: i64, divisor: i64, like: &R) -> Self {
        let step = like.lift(1).over(divisor).ln_1p();
        let power = |k: i64| step.clone().times(k).exp();
        // Σ_{k<first} h e^{kh} = h e^{first·h}/(e^h − 1), and e^h − 1 = 1/j.
        let before = (like.lift(0), power(first).times(divisor) * &step);
        let others = (first..=last).map(power).map(|s| (s.clone(), s * &step));
        Self { nodes: std::iter::once(before).chain(others).collect() }
    }

    /// Pairs of node and weight.
    pub fn nodes(&self) -> &[(R, R)] {
        &self.nodes
    }
}

/// The least `j` for which the step `h = ln(1 + 1/j)` brings `2/(cos d (e^{2πd/h} − 1))` below `e^tolerance`, with
/// `cos d = h/2π`, which is nearly the best `d`.
fn step_divisor(tolerance: f64) -> i64 {
    use std::f64::consts::TAU;
    let enough = |j: &i64| {
        let step = (1.0 / *j as f64).ln_1p();
        let exponent = TAU * (step / TAU).acos() / step;
        // −ln(1 − e^{−x}) < 1e-6 for every x that could do.
        (2.0 * TAU / step).ln() - exponent + 1e-6 <= tolerance
    };
    let guess = (-tolerance / (std::f64::consts::PI * std::f64::consts::PI)) as i64;
    (guess.max(1)..).find(enough).unwrap_or(i64::MAX)
}

/// The last node needed: beyond it `Σ det(I+2sC)^{−1/2} ≤ e^goal`. `spectrum` holds `ln 2λ` and the multiplicities.
fn last_node(first: i64, step: f64, spectrum: &[(f64, f64)], goal: f64) -> i64 {
    let enough = |k: &i64| {
        let at = *k as f64 * step;
        // With N = d ln det/d ln s, which grows with s, each further node is smaller by e^{−hN/2} at least.
        let (log_det, rate) = spectrum.iter().fold((0.0, 0.0), |(log_det, rate), (shift, times)| {
            let x = at + shift;
            (log_det + times * (x.max(0.0) + (-x.abs()).exp().ln_1p()), rate + times / (1.0 + (-x).exp()))
        });
        -log_det / 2.0 - rate * step / 2.0 - (-(-rate * step / 2.0).exp_m1()).ln() <= goal
    };
    (first..).find(enough).unwrap_or(first)
}

/// A covariance made ready for rescaling: its eigenvalues and -vectors, and the nodes.
///
/// # Guarantees
/// Approximates (an interval would not converge): meant for `f64` and `rug::Float`.
///
/// ```
/// use oddpoint::layer::rescaled::{Rescaling, rescaled};
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity};
/// let covariance = Gram::from_entries(4, |i, j| if i == j { 0.75 } else { -0.25 });
/// // One quadrature serves several kernels; `rescaled` does it for one.
/// let image = Rescaling::new(&covariance)?.image(nonlinearity);
/// assert_eq!(image.entries(), rescaled(&covariance, nonlinearity)?.entries());
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rescaling<R> {
    covariance: Gram<R>,
    eigenvalues: Vec<R>,
    /// Row `k` is the eigenvector of eigenvalue `k`.
    eigenvectors: Vec<Vec<R>>,
    quadrature: Quadrature<R>,
}

/// Nodes that one task sums up. Fixed, because the order of the sums depends on it.
const NODES_A_TASK: usize = 8;

/// `n E[φ(zᵢ)φ(zⱼ)/|z|²]` for `z ~ N(0, covariance)`, where `kernel` is the map `C ↦ E[φ(z)φ(z)ᵀ]`: the next Gram matrix of
/// a layer with RS and `φ`. With RC before it, `covariance` is the centred one.
///
/// # Shape
/// `n × n` to `n × n`, symmetric; any rank from 1 to `n`.
///
/// # Guarantees
/// Approximates to the precision of `R`: where variances are comparable, entry (`i`, `j`) within some tens of units in the last
/// place of `√(gᵢᵢ gⱼⱼ)` ([`Quadrature`] bounds the error of the rule; rounding is observed, not bounded). Eigenvalues of
/// the covariance below rounding, relative to the largest, are not resolved. The same for any number of threads.
///
/// # Errors
/// [`Error::Input`] if an entry is not finite, if all variances are zero, or if an eigenvalue is below
/// `−10⁻⁹` of the largest (less is taken for rounding, and for 0).
///
/// # Source
/// Theory, section 3; `proofs/theorems/rescaled.odd-point.md`.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity, rescaled::rescaled};
/// // Linear and isotropic: G = I. With ReLU: half of it on the diagonal.
/// let identity = Gram::from_entries(4, |i, j| if i == j { 1.0 } else { 0.0 });
/// let linear = rescaled(&identity, Clone::clone)?;
/// assert!(linear.sub(&identity).frobenius_norm() < 1e-14);
/// assert!((rescaled(&identity, nonlinearity)?.get(0, 0) - 0.5).abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn rescaled<R: Real>(
    covariance: &Gram<R>,
    kernel: impl Fn(&Gram<R>) -> Gram<R> + Sync,
) -> Result<Gram<R>> {
    Ok(Rescaling::new(covariance)?.image(kernel))
}

impl<R: Real> Rescaling<R> {
    /// For the full precision of `R`.
    ///
    /// # Errors
    /// As [`rescaled`].
    pub fn new(covariance: &Gram<R>) -> Result<Self> {
        Self::to_bits(covariance, covariance.get(0, 0).precision())
    }

    /// With a rule good to `bits` bits: fewer take less time.
    ///
    /// # Errors
    /// As [`rescaled`].
    pub fn to_bits(covariance: &Gram<R>, bits: u32) -> Result<Self> {
        if let Some(entry) = covariance.entries().iter().position(|x| !x.approximate().is_finite()) {
            let n = covariance.n();
            return Err(bad_input!(
                "entry ({}, {}) of the covariance is not a finite number",
                entry / n,
                entry % n
            ));
        }
        let (eigenvalues, eigenvectors) = eigensystem(covariance)?;
        let spectrum: Vec<(f64, f64)> = eigenvalues.iter().map(|value| (value.approximate(), 1.0)).collect();
        let variances = (0..covariance.n()).map(|i| covariance.get(i, i).approximate());
        let least = variances.filter(|variance| *variance > 0.0).fold(f64::INFINITY, f64::min);
        let quadrature = Quadrature::new(&spectrum, least, bits, covariance.get(0, 0))?;
        Ok(Self { covariance: covariance.clone(), eigenvalues, eigenvectors, quadrature })
    }

    /// [`rescaled`] of this covariance.
    pub fn image(&self, kernel: impl Fn(&Gram<R>) -> Gram<R> + Sync) -> Gram<R> {
        self.sum(|s| {
            let (damping, density) = self.damping(s);
            (density, kernel(&self.damped(s, &damping)))
        })
    }

    /// The derivative of [`image`](Self::image) when the covariance moves in the direction `direction`, which must
    /// not leave its range (a centred covariance: zero row sums). `kernel_differential` is `(C, D) ↦ DK(C)[D]`.
    ///
    /// # Shape
    /// `n × n`, symmetric.
    ///
    /// # Guarantees
    /// The derivative under the integral, by the same nodes: converges at the same rate.
    ///
    /// # Source
    /// `proofs/theorems/rescaled.odd-point.md`, section 3: with `A = I + 2sC`, `d(CA⁻¹) = A⁻¹ D A⁻¹` and `d ln det A = 2s tr(A⁻¹ D)`.
    pub fn differential(
        &self,
        direction: &Gram<R>,
        kernel: impl Fn(&Gram<R>) -> Gram<R> + Sync,
        kernel_differential: impl Fn(&Gram<R>, &Gram<R>) -> Gram<R> + Sync,
    ) -> Gram<R> {
        let n = self.covariance.n();
        let rotated = self.rotated(direction);
        self.sum(|s| {
            let (damping, density) = self.damping(s);
            let covariance = self.damped(s, &damping);
            let inner = Gram::from_entries(n, |k, l| rotated.get(k, l).clone() * &damping[k] * &damping[l]);
            let slope = kernel_differential(&covariance, &self.rotated_back(&inner));
            let trace = (0..n).fold(s.lift(0), |sum, k| sum + rotated.get(k, k).clone() * &damping[k]);
            (density, slope.add_scaled(&-(trace * s), &kernel(&covariance)))
        })
    }

    /// `n Σ weight · density · matrix` over the nodes, in fixed order.
    fn sum(&self, term: impl Fn(&R) -> (R, Gram<R>) + Sync) -> Gram<R> {
        let n = self.covariance.n();
        let size = i64::try_from(n).expect("a matrix in memory has fewer than 2⁶³ rows");
        let like = self.covariance.get(0, 0);
        let (one, zero) = (like.lift(1), Gram::from_entries(n, |_, _| like.lift(0)));
        let task = |nodes: &[(R, R)]| {
            nodes.iter().fold(zero.clone(), |sum: Gram<R>, (s, weight)| {
                let (density, matrix) = term(s);
                sum.add_scaled(&(density * weight).times(size), &matrix)
            })
        };
        let parts: Vec<Gram<R>> = self.quadrature.nodes.par_chunks(NODES_A_TASK).map(task).collect();
        parts.iter().fold(zero, |sum, part| sum.add_scaled(&one, part))
    }

    /// `1/(1 + 2sλ)` for each eigenvalue, and `det(I + 2sC)^{−1/2}`.
    fn damping(&self, s: &R) -> (Vec<R>, R) {
        let one = s.lift(1);
        let denominators = self.eigenvalues.iter().map(|value| (value.clone() * s).times(2).plus(1));
        let damping: Vec<R> = denominators.map(|x| one.clone() / x).collect();
        // In a double the product may underflow, where it no longer matters.
        let density = damping.iter().fold(one, |product, x| product * x).sqrt();
        (damping, density)
    }

    /// `C (I + 2sC)^{−1}`; `C` itself, unrounded, at `s = 0`.
    fn damped(&self, s: &R, damping: &[R]) -> Gram<R> {
        if s.approximate() == 0.0 {
            return self.covariance.clone();
        }
        let n = self.covariance.n();
        let values: Vec<R> = self.eigenvalues.iter().zip(damping).map(|(x, y)| x.clone() * y).collect();
        let mut entries = vec![s.lift(0); n * n];
        for (value, vector) in values.iter().zip(&self.eigenvectors) {
            for i in 0..n {
                let factor = vector[i].clone() * value;
                for j in i..n {
                    entries[i * n + j] = std::mem::replace(&mut entries[i * n + j], factor.lift(0))
                        + vector[j].clone() * &factor;
                }
            }
        }
        Gram::from_entries(n, |i, j| entries[i * n + j].clone())
    }

    /// `Vᵀ D V` with the eigenvectors as columns of `V`.
    fn rotated(&self, matrix: &Gram<R>) -> Gram<R> {
        let image = |vector: &Vec<R>| (0..matrix.n()).map(|i| dot(matrix.row(i), vector)).collect::<Vec<R>>();
        let images: Vec<Vec<R>> = self.eigenvectors.iter().map(image).collect();
        Gram::from_entries(matrix.n(), |k, l| dot(&self.eigenvectors[k], &images[l]))
    }

    /// `V E Vᵀ`.
    fn rotated_back(&self, matrix: &Gram<R>) -> Gram<R> {
        let n = matrix.n();
        let columns: Vec<Vec<R>> =
            (0..n).map(|i| self.eigenvectors.iter().map(|vector| vector[i].clone()).collect()).collect();
        let images: Vec<Vec<R>> =
            columns.iter().map(|x| (0..n).map(|k| dot(matrix.row(k), x)).collect()).collect();
        Gram::from_entries(n, |i, j| dot(&columns[i], &images[j]))
    }
}

fn dot<R: Real>(x: &[R], y: &[R]) -> R {
    x.iter().zip(y).fold(x[0].lift(0), |sum, (x, y)| sum + x.clone() * y)
}

/// Sweeps after which Jacobi's iteration is called stalled; it takes some 5 to 10.
const SWEEPS: usize = 60;

/// An eigenvalue below `−10⁻⁹` of the largest is not rounding: the matrix is no covariance.
const INDEFINITE: f64 = 1e-9;

/// Eigenvalues, those within rounding of 0 set to 0, and eigenvectors, by Jacobi's cyclic iteration: accurate, blind to repeated
/// eigenvalues, and needs only field operations and roots.
fn eigensystem<R: Real>(covariance: &Gram<R>) -> Result<(Vec<R>, Vec<Vec<R>>)> {
    let n = covariance.n();
    let mut matrix: Vec<Vec<R>> = (0..n).map(|i| covariance.row(i).to_vec()).collect();
    let like = covariance.get(0, 0);
    let mut vectors: Vec<Vec<R>> =
        (0..n).map(|i| (0..n).map(|j| like.lift(i64::from(i == j))).collect()).collect();
    let bits = f64::from(like.precision());
    let scale = covariance.trace().approximate().abs();
    // Convergence is quadratic: what a sweep finds at half the digits it leaves at all of them.
    let (half, whole) = ((-bits / 2.0).exp2(), (-bits).exp2() * scale);
    for _ in 0..SWEEPS {
        let mut converged = true;
        for p in 0..n {
            for q in p + 1..n {
                let [a, b, c] = [&matrix[p][p], &matrix[q][q], &matrix[p][q]].map(|x| x.approximate().abs());
                converged &= c <= half * (a + b) || c <= whole;
                if c > 0.0 {
                    rotate(&mut matrix, &mut vectors, p, q);
                }
            }
        }
        if converged {
            let values: Vec<R> = (0..n).map(|i| matrix[i][i].clone()).collect();
            let largest = values.iter().map(Real::approximate).fold(0.0, f64::max);
            let smallest = values.iter().map(Real::approximate).fold(0.0, f64::min);
            if smallest < -INDEFINITE * largest {
                return Err(bad_input!(
                    "not a covariance: eigenvalues from {smallest:e} to {largest:e}, and none may be negative"
                ));
            }
            // At most rounding, and a batch of rank one must stay one: see the head.
            let noise = n as f64 * (-bits).exp2() * largest;
            let value = |x: R| if x.approximate() <= noise { x.lift(0) } else { x };
            return Ok((values.into_iter().map(value).collect(), vectors));
        }
    }
    Err(Error::NotReached(format!(
        "the eigenvalues of a {n}×{n} covariance did not converge in {SWEEPS} sweeps"
    )))
}

/// Rotates coordinates `p < q` so that the entry between them vanishes. Only the upper half of `matrix` is kept.
fn rotate<R: Real>(matrix: &mut [Vec<R>], vectors: &mut [Vec<R>], p: usize, q: usize) {
    let one = matrix[p][q].lift(1);
    let off = matrix[p][q].clone();
    // t = tan of the smaller angle: t² + 2ϑt − 1 = 0 with ϑ = (b − a)/2c.
    let cot = (matrix[q][q].clone() - &matrix[p][p]) / off.clone().times(2);
    let root = (cot.clone().square() + &one).sqrt();
    let tan = if cot.approximate() >= 0.0 { one.clone() / (cot + root) } else { one.clone() / (cot - root) };
    let cos = one.clone() / (tan.clone().square() + &one).sqrt();
    let sin = tan.clone() * &cos;
    let shift = tan * off;
    matrix[p][p] = matrix[p][p].clone() - &shift;
    matrix[q][q] = matrix[q][q].clone() + shift;
    matrix[p][q] = one.lift(0);
    let turn = |x: &R, y: &R| (x.clone() * &cos - y.clone() * &sin, x.clone() * &sin + y.clone() * &cos);
    for k in (0..matrix.len()).filter(|k| *k != p && *k != q) {
        let (i, j) = ((k.min(p), k.max(p)), (k.min(q), k.max(q)));
        (matrix[i.0][i.1], matrix[j.0][j.1]) = turn(&matrix[i.0][i.1], &matrix[j.0][j.1]);
    }
    // Rows of `vectors` turn like the coordinates.
    let (before, from) = vectors.split_at_mut(q);
    for (x, y) in before[p].iter_mut().zip(&mut from[0]) {
        (*x, *y) = turn(x, y);
    }
}

#[cfg(test)]
mod tests;
