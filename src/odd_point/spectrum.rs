//! The spectrum, in blocks, of the differential of one RC + NL layer (modulo scale) at a fixed point of the
//! indicative model (theory, section 2.3).
//!
//! The differential acts on symmetric matrices with zero row sums, and commutes with the permutations of the
//! `N = n − 1` cluster samples; the space splits into three kinds of perturbation, with `Σw = 0` over the cluster:
//!
//! | block | diagonal | within the cluster | cluster–outlier | outlier | eigenvalues × multiplicity |
//! |---|---|---|---|---|---|
//! | trivial | α | β | −(α+(n−2)β) | (n−1)(α+(n−2)β) | 1 × 1 (the scale, with 0, is divided out) |
//! | standard | αwᵢ | β(wᵢ+wⱼ) | −(α+(n−3)β)wᵢ | 0 | 2 × (n−2) |
//! | pair | 0 | zero row sums | 0 | 0 | 1 × (n−1)(n−4)/2 |
//!
//! Entries follow from the Gram kernel's differential `dG = κ' dc + (√(1−ρ²)/4π)(√(b/a) da + √(a/b) db)` and
//! from centring; they are arranged so that no eigenvalue loses relative accuracy as n grows. What is not shown
//! here: that these blocks are all of the space (counted in the tests, compared with the dense Jacobian by the
//! claim `stability.blocks`).

use super::model::SymmetricBatch;
use crate::arithmetic::Real;
use crate::kernel::kappa_slope;

/// The irreducible kinds of perturbation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// Symmetric like the batch itself.
    Trivial,
    /// One weight per cluster sample.
    Standard,
    /// One weight per pair of cluster samples, zero row sums.
    Pair,
}

impl Block {
    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trivial => "trivial",
            Self::Standard => "standard",
            Self::Pair => "pair",
        }
    }

    /// How often each eigenvalue of this block occurs at batch size `n ≥ 3`.
    pub fn multiplicity(self, n: u64) -> u128 {
        let n = u128::from(n);
        match self {
            Self::Trivial => 1,
            Self::Standard => n - 2,
            Self::Pair => (n - 1) * n.saturating_sub(4) / 2,
        }
    }
}

/// Eigenvalues of the blocks; all the eigenvalues of the differential modulo scale.
#[derive(Clone, Debug)]
pub struct Spectrum<R> {
    /// `F'_n(r)`, multiplicity 1.
    pub trivial: R,
    /// The two of the standard block, multiplicity `n − 2` each; larger first. At n = 3 only the first exists.
    pub standard: [R; 2],
    /// Multiplicity `(n−1)(n−4)/2`; absent at n = 3 and 4.
    pub pair: R,
}

/// The 2×2 matrix of the standard block in the coordinates (α, β).
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, StandardBlock};
/// let block = StandardBlock::at(&FixedPoint::OddPoint.locate(10)?);
/// let [larger, smaller] = block.eigenvalues();
/// assert!((larger * smaller - block.determinant()).abs() < 1e-15);
/// assert!((larger - 0.909803662452930).abs() < 1e-14);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StandardBlock<R> {
    /// Rows `α'`, `β'`; columns `α`, `β`.
    pub entries: [[R; 2]; 2],
}

impl<R: Real> Spectrum<R> {
    /// The spectrum at a fixed point of the indicative model.
    ///
    /// # Guarantees
    /// Approximates or encloses, as `R` does, *provided* `batch` is (or encloses) a fixed point: elsewhere the
    /// numbers mean nothing.
    ///
    /// # Source
    /// Theory, section 2.3.
    ///
    /// ```
    /// use oddpoint::odd_point::{FixedPoint, Spectrum};
    /// let spectrum = Spectrum::at(&FixedPoint::OddPoint.locate(10)?);
    /// assert!((spectrum.pair - 0.882691840316663).abs() < 1e-14);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn at(batch: &SymmetricBatch<R>) -> Self {
        Self {
            trivial: trivial_eigenvalue(batch),
            standard: StandardBlock::at(batch).eigenvalues(),
            pair: kappa_slope(&batch.theta) / batch.growth(),
        }
    }

    /// The leading eigenvalue of a block.
    pub fn leading(&self, block: Block) -> &R {
        match block {
            Block::Trivial => &self.trivial,
            Block::Standard => &self.standard[0],
            Block::Pair => &self.pair,
        }
    }

    /// Every eigenvalue that exists at batch size `n`, with its block.
    pub fn eigenvalues(&self, n: u64) -> Vec<(Block, &R)> {
        let [first, second] = &self.standard;
        let mut all = vec![(Block::Trivial, &self.trivial), (Block::Standard, first)];
        if n > 3 {
            all.push((Block::Standard, second));
        }
        if n > 4 {
            all.push((Block::Pair, &self.pair));
        }
        all
    }
}

/// The unnormalised trivial block in the coordinates (d, s) has the eigenvalues `Λ` (the scale: the map is
/// homogeneous) and `Λλ`, so `λ = (∂d'/∂d + ∂s'/∂s)/Λ − 1`.
fn trivial_eigenvalue<R: Real>(batch: &SymmetricBatch<R>) -> R {
    let (n, pi) = (&batch.n, batch.n.pi());
    let cluster = batch.cluster();
    let (sin_theta, supplement) = (batch.theta.clone().sin(), pi.clone() - &batch.theta);
    let two_pi = pi.clone().times(2);

    // δd = 1, δs = 0: variances grow by (N−1)/N, covariances within the cluster by −1/N.
    let radial = n.lift(1).over(2) - sin_theta.clone() / &two_pi;
    let d_from_d = (cluster.clone().plus(-1) * radial + supplement.clone() / &two_pi) / &cluster;

    // δd = 0, δs = 1: cluster entries grow by 1/N, the cross covariance by −1, the outlier's variance by N.
    let within_diagonal = n.lift(1) / cluster.clone().times(2);
    let within = (sin_theta + supplement) / (two_pi.clone() * &cluster);
    let cos_phi = batch.deviation_ratio.clone() / &cluster;
    let reciprocal = n.lift(1) / &cos_phi;
    let cross = batch.phi.clone().sin() * (cos_phi + reciprocal) / pi.times(4) - batch.phi.clone() / two_pi;
    let outlier = cluster.clone().over(2);
    // The row sum of the cluster's part, then s' as in SymmetricBatch::image.
    let row = within_diagonal + cluster.clone().plus(-1) * within;
    let s_from_s = (row + cluster.clone() * outlier - cluster.times(2) * cross) / n.clone().square();

    (d_from_d + s_from_s) / batch.growth() - n.lift(1)
}

impl<R: Real> StandardBlock<R> {
    /// The block at a fixed point.
    pub fn at(batch: &SymmetricBatch<R>) -> Self {
        let (n, pi, phi) = (&batch.n, batch.n.pi(), &batch.phi);
        let others = n.clone().plus(-3);
        let two_pi = pi.clone().times(2);
        let supplement = pi.clone() - &batch.theta;
        // How the entries react: B = bα α + bβ β within the cluster, Γ = gα α − (n−3)(φ/2π) β across.
        let b_alpha = batch.theta.clone().sin() / pi.clone().times(4);
        let g_alpha =
            batch.deviation_ratio.clone() * phi.clone().sin() / pi.clone().times(4) - phi.clone() / &two_pi;
        // The row mean ϱ = rα α + rβ β that centring takes off.
        let r_alpha = (n.lift(1).over(2) + others.clone() * &b_alpha + &g_alpha) / n;
        let r_beta = others.clone() * (supplement.clone() - phi) / (two_pi.clone() * n);
        // bα − rα and bβ − rβ, with the leading terms cancelled by algebra.
        let low_alpha = (b_alpha.clone().times(3) - n.lift(1).over(2) - g_alpha) / n;
        let low_beta = (supplement.clone().times(3) + others * phi) / (two_pi * n);

        let growth = batch.growth();
        Self {
            entries: [
                [(n.lift(1).over(2) - r_alpha.times(2)) / &growth, -(r_beta.times(2) / &growth)],
                [low_alpha / &growth, low_beta / growth],
            ],
        }
    }

    /// Sum of the eigenvalues.
    pub fn trace(&self) -> R {
        self.entries[0][0].clone() + &self.entries[1][1]
    }

    /// Product of the eigenvalues.
    pub fn determinant(&self) -> R {
        let [[a, b], [c, d]] = &self.entries;
        a.clone() * d - b.clone() * c
    }

    /// Both eigenvalues, larger first; real at every fixed point seen (were they not, the root would be NaN or
    /// the whole line). The smaller is the determinant over the larger, which keeps its relative accuracy.
    pub fn eigenvalues(&self) -> [R; 2] {
        let [[a, b], [c, d]] = &self.entries;
        let discriminant = (a.clone() - d).square() + b.clone() * &c.clone().times(4);
        let larger = (self.trace() + discriminant.sqrt()).over(2);
        let smaller = self.determinant() / &larger;
        [larger, smaller]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, reduced_slope};

    /// Theory page, table of section 2.3 (independently computed, 15 digits).
    #[test]
    fn odd_point_matches_the_table() {
        let table = [
            (7, [0.944832278317031, 0.878502567559021, 0.341064045264753, 0.806495031189708]),
            (10, [0.926769839377032, 0.909803662452930, 0.172912900631067, 0.882691840316663]),
            (100, [0.989939736588127, 0.989937482220490, 0.0102631550744316, 0.989895314454977]),
            (1000, [0.998999039951886, 0.998999039719782, 0.00100206464019903, 0.998998995533779]),
        ];
        for (n, expected) in table {
            let spectrum = Spectrum::at(&FixedPoint::OddPoint.locate(n).unwrap());
            for ((block, value), expected) in spectrum.eigenvalues(n).into_iter().zip(expected) {
                let error = (value / expected - 1.0).abs();
                assert!(error < 5e-15, "{} at n = {n}: off by {error:e}", block.name());
            }
        }
    }

    #[test]
    fn trivial_eigenvalue_is_the_reduced_maps_slope() {
        for n in [7, 12, 100, 100_000] {
            let batch = FixedPoint::OddPoint.locate(n).unwrap();
            let slope = reduced_slope(&batch.n, &batch.theta);
            assert!((Spectrum::at(&batch).trivial - slope).abs() < 1e-14);
        }
    }

    /// `λ(n−1,1)` and `λ(n−2,2)` of theory 2.3: at the symmetric point the blocks merge under all n samples.
    #[test]
    fn symmetric_point_has_two_eigenvalues() {
        use std::f64::consts::PI;
        for n in [3_u64, 4, 5, 6, 20, 1000] {
            let batch = FixedPoint::Symmetric.locate(n).unwrap();
            let (size, theta, growth) = (n as f64, batch.theta, batch.growth());
            let standard = (size - 2.0) / size
                * (0.5 - theta.sin() / (2.0 * PI) + (PI - theta) / (PI * (size - 2.0)))
                / growth;
            let pair = (PI - theta) / (2.0 * PI * growth);
            let spectrum = Spectrum::at(&batch);
            let mut found = vec![spectrum.trivial, spectrum.standard[0]];
            let mut expected = vec![standard, standard.max(pair)];
            if n > 3 {
                found.push(spectrum.standard[1]);
                expected.push(standard.min(pair));
            }
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-13, "n = {n}: {found} is not {expected}");
            }
        }
    }

    /// Dimension of the centred covariances modulo scale: n(n−1)/2 − 1.
    #[test]
    fn multiplicities_fill_the_space() {
        for n in 3..100 {
            let spectrum = Spectrum::at(&FixedPoint::Symmetric.locate(n).unwrap());
            let dimension: u128 =
                spectrum.eigenvalues(n).iter().map(|(block, _)| block.multiplicity(n)).sum();
            assert_eq!(dimension, u128::from(n) * (u128::from(n) - 1) / 2 - 1);
        }
    }
}
