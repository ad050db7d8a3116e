//! Full batch normalisation (RC, RS, ReLU) at infinite width on two-level batches ([`super::two_level`]): `N = n − k` cluster
//! samples and `k` outliers (theory, section 3; derivations in `proofs/theorems/rescaled.odd-point.md`).
//!
//! Damping, `C ↦ C(I+2sC)^{−1}`, acts on each of the covariance's eigenvalues `δ`, `ε`, `λ` apart, so that one layer is
//!
//! ```text
//! (δ', ε', λ') = n ∫ (1+2sδ)^{−(N−1)/2} (1+2sε)^{−(k−1)/2} (1+2sλ)^{−1/2} · image of ReLU at (δ_s, ε_s, λ_s) ds
//! ```
//!
//! with [`Quadrature`]'s bound on the error. `n` may be any real number. The scale drops out: what is left are `p = λ/δ` and,
//! for `k ≥ 2`, `q = ε/δ`; the symmetric batch is `p = q = 1`. Everything here approximates; nothing is a proof, and
//! states without this symmetry are not looked for.

use super::two_level::{Damping, Entries, Triple, halved_distance_after};
pub use super::two_level::{TwoLevelBatch, TwoLevelBlock};
use crate::arithmetic::{Dual, Real};
use crate::kernel::gram_entry;
use crate::layer::rescaled::Quadrature;
use crate::{Error, Result, bad_input};

/// The smallest batch size at which full batch normalisation has an odd point: the saddle-node is at n = 51.371….
pub const SMALLEST_RESCALED_ODD_POINT_BATCH: u64 = 52;

/// What [`TwoLevelBatch::order`] says of a state.
#[derive(Clone, Debug)]
pub struct RescaledOrder<R> {
    /// Correlation within the cluster before the non-linearity.
    pub r: R,
    /// Variance of an outlier over that of a cluster sample, before the non-linearity.
    pub variance_ratio: R,
    /// The outliers' share of the variance, before the non-linearity.
    pub share: R,
    /// Cosine within the cluster after RS and ReLU.
    pub cos_within: R,
    /// Cosine between cluster and outlier after RS and ReLU.
    pub cos_cross: R,
}

impl<R: Real> TwoLevelBatch<R> {
    /// One layer of RC, RS and ReLU: `(δ', ε', λ')`.
    ///
    /// # Guarantees
    /// The rule's error is below `2^{−p}` of each, `p` the precision of `R`; rounding adds some tens of units.
    ///
    /// # Errors
    /// [`Error::Input`] if an eigenvalue is not positive and finite.
    ///
    /// # Source
    /// Theory, section 3.
    pub fn image(&self) -> Result<Triple<R>> {
        self.integrate(|batch, _| batch.relu_image())
    }

    /// `n ∫ det(I+2sC)^{−1/2} f(C_s, damping) ds`.
    fn integrate<const M: usize>(&self, f: impl Fn(&Self, &Damping<R>) -> [R; M]) -> Result<[R; M]> {
        let like = &self.n;
        let mut sums: [R; M] = std::array::from_fn(|_| like.lift(0));
        for (s, weight) in self.quadrature()?.nodes() {
            let (damping, density) = self.damping(s);
            let [cluster, among, split] = &damping;
            let damped = Self {
                n: self.n.clone(),
                outliers: self.outliers,
                cluster: self.cluster.clone() * cluster,
                among: self.among.clone() * among,
                split: self.split.clone() * split,
            };
            let factor = density * weight * &self.n;
            let terms = f(&damped, &damping);
            sums = std::array::from_fn(|i| sums[i].clone() + terms[i].clone() * &factor);
        }
        Ok(sums)
    }

    fn quadrature(&self) -> Result<Quadrature<R>> {
        let size = self.size().approximate();
        if self.outliers < 1 || size.is_nan() || size < 2.0 {
            return Err(bad_input!(
                "{} outliers among {}: at least one outlier and a cluster of two are needed",
                self.outliers,
                self.n.approximate()
            ));
        }
        let spectrum = [
            (self.cluster.approximate(), size - 1.0),
            (self.among.approximate(), (self.outliers - 1) as f64),
            (self.split.approximate(), 1.0),
        ];
        let [cluster, among, split] = self.relu_image().map(|x| x.approximate());
        let least = if self.outliers > 1 { cluster.min(among).min(split) } else { cluster.min(split) };
        Quadrature::new(&spectrum, least, self.n.precision(), &self.n)
    }

    /// Damping at `s` and `det(I + 2sC)^{−1/2}`.
    fn damping(&self, s: &R) -> (Damping<R>, R) {
        let one = s.lift(1);
        let x = [&self.cluster, &self.among, &self.split].map(|value| (value.clone() * s).times(2));
        let [cluster, among, split] = x.clone().map(R::ln_1p);
        let log_det = cluster * self.size().plus(-1) + among.times(self.outliers - 1) + split;
        (x.map(|x| one.clone() / x.plus(1)), (-log_det.over(2)).exp())
    }

    /// `(p', q') = (λ'/δ', ε'/δ')`: the layer modulo scale.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn ratios_after(&self) -> Result<[R; 2]> {
        let [cluster, among, split] = self.image()?;
        Ok([split / &cluster, among / cluster])
    }

    /// Order parameters.
    ///
    /// # Errors
    /// As [`image`](Self::image).
    pub fn order(&self) -> Result<RescaledOrder<R>> {
        let Entries { variances: [a, b], .. } = self.entries();
        let [cluster, outlier, across, distance] = self.integrate(|batch, _| {
            let Entries { variances: [a, b], cross } = batch.entries();
            let across = gram_entry(&a, &b, &cross);
            let distance = halved_distance_after(&a, &batch.cluster);
            [a.over(2), b.over(2), across, distance]
        })?;
        let one = self.n.lift(1);
        let outliers = b.clone().times(self.outliers);
        Ok(RescaledOrder {
            r: one.clone() - self.cluster.clone() / &a,
            variance_ratio: b / &a,
            share: outliers.clone() / (outliers + a * self.size()),
            cos_within: one - distance / &cluster,
            cos_cross: across / (cluster * outlier).sqrt(),
        })
    }

    /// The spectrum of the layer's differential at a fixed point, in blocks, modulo scale; each value occurs
    /// [`TwoLevelBlock::multiplicity`] times.
    ///
    /// # Guarantees
    /// Approximates, *provided* the batch is a fixed point.
    ///
    /// # Errors
    /// As [`image`](Self::image); [`Error::NotReached`] if a 2×2 block has complex eigenvalues, which was never seen.
    ///
    /// # Source
    /// `proofs/theorems/rescaled.odd-point.md`, section 5.
    pub fn spectrum(&self) -> Result<Vec<(TwoLevelBlock, R)>> {
        let growth = self.image()?[0].clone() / &self.cluster;
        let trivial = self.trivial_eigenvalues(self.trivial_block(TwoLevelBatch::ratios_after)?)?;
        let group = |outliers| self.integrate(|batch, damping| batch.group_action(outliers, damping));
        let mixed = || {
            let [value] = self.integrate(|batch, damping| [batch.mixed_action(damping)])?;
            Ok(value)
        };
        self.eigenvalues(&growth, trivial, group, mixed)
    }
}

impl TwoLevelBatch<f64> {
    /// The fixed point with `k` outliers that the layer leads to from `λ = n/2`, `δ = ε = 1`: some layers, then Newton's
    /// iteration.
    ///
    /// # Errors
    /// [`Error::NotReached`] if the orbit ends at the symmetric batch, or nowhere.
    pub fn attractor(n: f64, outliers: i64) -> Result<Self> {
        Self::attractor_if_any(n, outliers)?.ok_or_else(|| {
            Error::NotReached(format!("n = {n}, {outliers} outliers: the orbit ends at the symmetric batch"))
        })
    }

    /// [`attractor`](Self::attractor), or `None` if the orbit ends at the symmetric batch.
    pub(super) fn attractor_if_any(n: f64, outliers: i64) -> Result<Option<Self>> {
        /// Layers before Newton's iteration is tried, and how often: near a saddle-node an orbit lingers where there is no fixed point.
        const LAYERS: usize = 400;
        const TRIALS: usize = 50;
        let mut batch = Self::new(&n, outliers, &(n / 2.0), &1.0);
        for _ in 0..TRIALS {
            for _ in 0..LAYERS {
                let [p, q] = batch.ratios_after()?;
                let settled = (p / batch.split - 1.0).abs() < 1e-4 && outliers == 1;
                batch = Self::new(&n, outliers, &p, &if outliers > 1 { q } else { 1.0 });
                if p < 1.5 {
                    return Ok(None);
                }
                if settled {
                    break;
                }
            }
            if let Ok(found) = batch.polished() {
                let [p, _] = found.ratios();
                if (p - 1.0).abs() >= 1e-6 {
                    return Ok(Some(found));
                }
            }
        }
        Err(Error::NotReached(format!("n = {n}, {outliers} outliers: the orbit does not settle")))
    }
}

impl<R: Real> TwoLevelBatch<R> {
    /// Newton's iteration for `(p', q') = (p, q)`, from here.
    ///
    /// # Guarantees
    /// Iterates until the step is lost in rounding; the residual is then some units in the last place.
    ///
    /// # Errors
    /// [`Error::NotReached`] if it does not settle.
    pub fn polished(&self) -> Result<Self> {
        const STEPS: usize = 40;
        let mut batch = Self::new(&self.n, self.outliers, &self.ratios()[0], &self.ratios()[1]);
        let settled = (6.0 - f64::from(self.n.precision()) / 2.0).exp2();
        for _ in 0..STEPS {
            let [p, q] = batch.ratios();
            let [[a, b], [c, d]] = batch.trivial_block(TwoLevelBatch::ratios_after)?;
            let [p_after, q_after] = batch.ratios_after()?;
            let (f, g) = (p_after - &p, q_after - &q);
            let (a, d) = (a.plus(-1), d.plus(-1));
            let (dp, dq) = if self.outliers == 1 {
                (f / a, p.lift(0))
            } else {
                let determinant = a.clone() * &d - b.clone() * &c;
                ((f.clone() * &d - g.clone() * &b) / &determinant, (g * &a - f * &c) / &determinant)
            };
            let step = (dp.clone() / &p).approximate().abs() + (dq.clone() / &q).approximate().abs();
            let next = Self::new(&self.n, self.outliers, &(p - dp), &(q - dq));
            let positive = next.split.approximate() > 0.0 && next.among.approximate() > 0.0;
            if !positive {
                break;
            }
            batch = next;
            // The error after this step is the square of the step, or rounding.
            if step < settled {
                return Ok(batch);
            }
        }
        Err(Error::NotReached("Newton's iteration for a fixed point did not settle".to_owned()))
    }
}

/// `p'/p − 1` with one outlier: zero at fixed points, positive where the outlier grows.
///
/// # Errors
/// As [`TwoLevelBatch::image`].
///
/// ```
/// use oddpoint::odd_point::rescaled::{TwoLevelBatch, rescaled_drift};
/// let [p, _] = TwoLevelBatch::attractor(100.0, 1)?.ratios();
/// assert!(rescaled_drift(&100.0, &p)?.abs() < 1e-12);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn rescaled_drift<R: Real>(n: &R, p: &R) -> Result<R> {
    let [after, _] = TwoLevelBatch::single(n, p).ratios_after()?;
    Ok((after / p).plus(-1))
}

/// The saddle-node at which edge and odd point are born, `n` real, and the `p` there: Newton's iteration for drift and
/// its slope in `p`.
///
/// # Guarantees
/// Approximates to the precision of `like`, but for a few digits.
///
/// # Errors
/// [`Error::NotReached`] if the iteration does not settle.
///
/// # Source
/// Theory, section 3.
///
/// ```
/// use oddpoint::odd_point::rescaled::rescaled_saddle_node;
/// let [n, _] = rescaled_saddle_node(&0.0_f64)?;
/// assert!((n - 51.3717825).abs() < 1e-6);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn rescaled_saddle_node<R: Real>(like: &R) -> Result<[R; 2]> {
    const STEPS: usize = 40;
    let mut at = [like.lift(51), like.lift(16).over(5)];
    let settled = (8.0 - f64::from(like.precision()) / 2.0).exp2();
    for _ in 0..STEPS {
        let [n, p] = &at;
        // Outer derivative along n or p, inner one along p.
        let inner_n = Dual::constant(n.clone());
        let inner_p = Dual::variable(p.clone());
        let by = |n_moves: bool| {
            let derivative = |x: &Dual<R>, moves: bool| Dual {
                value: x.clone(),
                derivative: Dual::constant(like.lift(i64::from(moves))),
            };
            rescaled_drift(&derivative(&inner_n, n_moves), &derivative(&inner_p, !n_moves))
        };
        let (along_n, along_p) = (by(true)?, by(false)?);
        let (f, f_p) = (along_p.value.value, along_p.value.derivative);
        let (f_n, f_pn) = (along_n.derivative.value, along_n.derivative.derivative);
        let f_pp = along_p.derivative.derivative;
        let determinant = f_n.clone() * &f_pp - f_p.clone() * &f_pn;
        let dn = (f.clone() * &f_pp - f_p.clone() * &f_p) / &determinant;
        let dp = (f_p * &f_n - f * &f_pn) / &determinant;
        let step = (dn.clone() / n).approximate().abs() + (dp.clone() / p).approximate().abs();
        at = [n.clone() - dn, p.clone() - dp];
        if step < settled {
            return Ok(at);
        }
        if step.is_nan() {
            break;
        }
    }
    Err(Error::NotReached("Newton's iteration for the saddle-node did not settle".to_owned()))
}

/// `lim y/(na)` as `n → ∞`, the outlier's variance over that of the whole cluster: `1/x²` with `x` the root of
/// `m(x)(x² + 1 − 1/π) = x`, `m` the Mills ratio of the normal law. Its share of the variance is `1/(1 + x²)`.
///
/// # Guarantees
/// Approximates to the precision of `like`, but for a few units in the last place.
///
/// # Source
/// `proofs/theorems/rescaled.odd-point.md`, section 6.
///
/// ```
/// use oddpoint::odd_point::rescaled::limit_variance_ratio;
/// assert!((limit_variance_ratio(&0.0_f64) - 0.383072627).abs() < 1e-9);
/// ```
pub fn limit_variance_ratio<R: Real>(like: &R) -> R {
    let complement = like.lift(1) - like.lift(1) / like.pi();
    let mut x = like.lift(8).over(5);
    // From 1.6 the digits double from about 2 on; one step more for rounding.
    let steps = f64::from(like.precision()).log2().ceil() as usize + 1;
    for _ in 0..steps {
        let mills = mills_ratio(&x);
        let weight = x.clone().square() + &complement;
        let value = mills.clone() * &weight - &x;
        // m' = x m − 1.
        let slope = (mills.clone() * &x).plus(-1) * &weight + mills * x.clone().times(2) - like.lift(1);
        x = x - value / slope;
    }
    x.lift(1) / x.square()
}

/// `e^{x²/2} ∫_x^∞ e^{−u²/2} du` for `x ≥ 1`, by Laplace's continued fraction `1/(x + 1/(x + 2/(x + …)))`, whose truncation
/// error falls like `e^{−2x√terms}`.
fn mills_ratio<R: Real>(x: &R) -> R {
    let bits = f64::from(x.precision() + 8) * std::f64::consts::LN_2;
    let terms = (bits / x.approximate()).powi(2) / 4.0;
    let terms = terms.ceil() as i64 + 8;
    let tail = (1..=terms).rev().fold(x.clone(), |tail, k| x.lift(k) / tail + x);
    x.lift(1) / tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Gram;
    use crate::layer::infinite_width::{nonlinearity, nonlinearity_differential};
    use crate::layer::rescaled::Rescaling;
    use crate::odd_point::{FixedPoint, Spectrum, dense_eigenvalues};
    use nalgebra::DMatrix;

    fn covariance_after(batch: &TwoLevelBatch<f64>, n: usize) -> Gram<f64> {
        let mut gram = Rescaling::new(&batch.covariance(n)).unwrap().image(nonlinearity);
        gram.recentre();
        gram
    }

    /// The reduced integrals against the n×n ones.
    #[test]
    fn reduced_and_full_maps_agree() {
        for (n, k, p, q) in [(5, 1, 3.0, 1.0), (9, 2, 20.0, 1.5), (8, 3, 0.4, 2.0), (12, 1, 1e4, 1.0)] {
            let batch = TwoLevelBatch::new(&(n as f64), k, &p, &q);
            let [cluster, among, split] = batch.image().unwrap();
            let image = TwoLevelBatch { n: n as f64, outliers: k, cluster, among, split };
            let error = image.covariance(n).sub(&covariance_after(&batch, n)).frobenius_norm();
            assert!(error < 1e-12, "n = {n}, k = {k}: {error:e}");
        }
    }

    /// Theory, section 3: at the symmetric point the eigenvalues are those of RC + NL times (n−1)/(n+1), because `|z|²` is
    /// independent of the direction of `z` there.
    #[test]
    fn symmetric_point_scales_the_spectrum_without_rescaling() {
        for n in [4_u64, 5, 10, 60] {
            let size = n as f64;
            let plain = Spectrum::at(&FixedPoint::Symmetric.locate(n).unwrap());
            let found = TwoLevelBatch::single(&size, &1.0).spectrum().unwrap();
            for ((_, expected), (block, value)) in plain.eigenvalues(n).into_iter().zip(&found) {
                let expected = expected * (size - 1.0) / (size + 1.0);
                assert!((value - expected).abs() < 1e-13, "{block:?} at n = {n}: {value} is not {expected}");
            }
        }
    }

    /// At n = 60 the literal n×n differential, in one direction of each block.
    #[test]
    fn blocks_of_the_odd_point_act_in_the_full_space() {
        use crate::odd_point::{Block, modes::direction};
        let n = 60;
        let batch = TwoLevelBatch::attractor(n as f64, 1).unwrap();
        let spectrum = batch.spectrum().unwrap();
        let growth = batch.image().unwrap()[0] / batch.cluster;
        let rescaling = Rescaling::new(&batch.covariance(n)).unwrap();
        let image = |direction: &Gram<f64>| {
            let mut image = rescaling.differential(direction, nonlinearity, nonlinearity_differential);
            image.recentre();
            image.scale(&(1.0 / growth));
            image
        };
        // Trivial and standard: (J − first)(J − second) annihilates the direction; the trivial ones are 0 (scale) and F'.
        let pairs = [
            (Block::Trivial, [spectrum[0].1, 0.0]),
            (Block::Standard, [spectrum[1].1, spectrum[2].1]),
            (Block::Pair, [spectrum[3].1, 0.0]),
        ];
        for (block, [first, second]) in pairs {
            let start = direction(block, n, &1.0);
            let once = image(&start).add_scaled(&-first, &start);
            let twice = image(&once).add_scaled(&-second, &once);
            let error = twice.frobenius_norm() / start.frobenius_norm();
            assert!(error < 1e-12, "{block:?}: {error:e}");
        }
    }

    /// `δ'/δ ~ 1/√δ` near the exact configuration (`p = λ/δ → ∞`): infinitely repelling.
    #[test]
    fn exact_configuration_repels_infinitely() {
        let growth = |p: f64| p / TwoLevelBatch::single(&100.0, &p).ratios_after().unwrap()[0];
        let exponent = (growth(1e12) / growth(1e10)).log10() / 2.0;
        assert!((exponent - 0.5).abs() < 1e-3, "{exponent}");
    }

    /// `|F − limit| = O(1/√n)`: `proofs/theorems/rescaled.odd-point.md`, section 6.
    #[test]
    fn share_of_the_variance_tends_to_its_limit() {
        let eta = limit_variance_ratio(&0.0_f64);
        assert!((eta / (1.0 + eta) - 0.27697).abs() < 5e-6);
        for n in [1e6, 1e8, 1e10] {
            let share = TwoLevelBatch::attractor(n, 1).unwrap().order().unwrap().share;
            let scaled = (eta / (1.0 + eta) - share) * n.sqrt();
            assert!(scaled > 0.9 && scaled < 1.2, "n = {n}: {scaled}");
        }
    }

    /// Theory, section 3.
    #[test]
    fn odd_point_of_a_hundred() {
        let batch = TwoLevelBatch::attractor(100.0, 1).unwrap();
        let order = batch.order().unwrap();
        assert!((order.r + 0.00840828325539).abs() < 1e-13, "{}", order.r);
        assert!((order.variance_ratio - 17.4228358561848).abs() < 1e-11, "{}", order.variance_ratio);
        let message = TwoLevelBatch::attractor(40.0, 1).unwrap_err().to_string();
        assert!(message.contains("n = 40") || message.contains("settle"), "{message}");
    }

    /// At any symmetric covariance, fixed or not, the differential of the n×n map keeps the blocks: its dense eigenvalues
    /// over the growth of each are the block ones, with their multiplicities. (At a batch that is not fixed the scale
    /// direction is not divided out of the trivial block, so that block is left out.)
    #[test]
    fn blocks_are_the_dense_spectrum() {
        for (n, k, p, q) in [(7_usize, 1, 5.0, 1.0), (8, 3, 6.0, 1.7), (9, 4, 3.0, 0.6)] {
            let batch = TwoLevelBatch::new(&(n as f64), k, &p, &q);
            let dense = dense_spectrum(&batch, n);
            let growth = batch.image().unwrap()[0] / batch.cluster;
            let mut blocks = Vec::new();
            for (block, value) in batch.spectrum().unwrap() {
                if block != TwoLevelBlock::Trivial {
                    let times = block.multiplicity(n as u64 - k as u64, k as u64);
                    blocks.extend((0..times).map(|_| value * growth));
                }
            }
            // Trivial: scale (0) and one or two others.
            assert_eq!(blocks.len() + if k == 1 { 2 } else { 3 }, dense.len());
            let mut rest = dense;
            for block in blocks {
                let nearest = (0..rest.len())
                    .min_by(|&i, &j| (rest[i] - block).abs().total_cmp(&(rest[j] - block).abs()));
                let found = rest.swap_remove(nearest.unwrap());
                assert!((found - block).abs() < 1e-9, "n = {n}, k = {k}: {block} is not there, {found} is");
            }
            assert!(rest.iter().any(|value| value.abs() < 1e-9), "the scale direction: {rest:?}");
        }
    }

    /// Eigenvalues of the full differential on the centred covariances, unnormalised, in the basis of entries off the
    /// diagonal.
    fn dense_spectrum(batch: &TwoLevelBatch<f64>, n: usize) -> Vec<f64> {
        let rescaling = Rescaling::new(&batch.covariance(n)).unwrap();
        let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        let mut jacobian = DMatrix::zeros(pairs.len(), pairs.len());
        for (column, &(i, j)) in pairs.iter().enumerate() {
            // −(e_i − e_j)(e_i − e_j)ᵀ has the entry 1 at (i, j) and no other off the diagonal.
            let w = |k: usize| f64::from(k == i) - f64::from(k == j);
            let direction = Gram::from_entries(n, |k, l| -w(k) * w(l));
            let mut image = rescaling.differential(&direction, nonlinearity, nonlinearity_differential);
            image.recentre();
            for (row, &(k, l)) in pairs.iter().enumerate() {
                jacobian[(row, column)] = *image.get(k, l);
            }
        }
        dense_eigenvalues(jacobian).unwrap().iter().map(|value| value.re).collect()
    }
}
