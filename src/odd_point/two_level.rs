//! Two-level batches: `N = n − k` cluster samples and `k` outliers, symmetric under the permutations of each; infinite width.
//!
//! A centred covariance with that symmetry has three eigenvalues: `δ` on differences within the cluster (`N − 1` times),
//! `ε` on differences between outliers (`k − 1` times), and `λ` on the split, the contrast of the two groups. Here are one
//! layer of RC and ReLU, the blocks of its differential, with the damping that rescaling adds ([`super::rescaled`]), and the
//! fixed points without rescaling ([`EqualCorrelations`]). Of batches without this symmetry nothing is said.

use super::spectrum::StandardBlock;
use crate::arithmetic::{Dual, Real};
use crate::kernel::{gram_entry, half_distance, kappa_slope};
use crate::layer::Gram;
use crate::{Error, Result};

/// A centred covariance of a cluster and `k` outliers, by its eigenvalues.
///
/// # Guarantees
/// Approximates; `n` real, `n − k ≥ 2`.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::odd_point::two_level::TwoLevelBatch;
/// // One outlier, λ/δ = n y/(N(1−r)): the odd point, which a layer leaves alone.
/// let odd_point = FixedPoint::OddPoint.locate(10)?;
/// let p = 10.0 * odd_point.variance_ratio() / (9.0 * odd_point.one_minus_r);
/// let batch = TwoLevelBatch::single(&10.0, &p);
/// let [cluster, _, split] = batch.relu_image();
/// assert!((split / cluster / p - 1.0).abs() < 1e-13);
/// assert!((TwoLevelBatch::new(&10.0, 2, &3.0, &1.5).ratios()[1] - 1.5).abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TwoLevelBatch<R> {
    /// Batch size.
    pub n: R,
    /// Number of outliers, `k ≥ 1`.
    pub outliers: i64,
    /// `δ`: variance minus covariance within the cluster.
    pub cluster: R,
    /// `ε`: the same among the outliers; without meaning if there is but one.
    pub among: R,
    /// `λ`: eigenvalue of the contrast between the groups.
    pub split: R,
}

/// The irreducible kinds of perturbation of a two-level batch. With one outlier only the first three exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwoLevelBlock {
    /// Symmetric like the batch: one eigenvalue, or two if `k ≥ 2`.
    Trivial,
    /// One weight per cluster sample.
    ClusterStandard,
    /// One weight per pair of cluster samples.
    ClusterPair,
    /// One weight per outlier.
    OutlierStandard,
    /// One weight per pair of outliers.
    OutlierPair,
    /// Products of a weight per cluster sample and a weight per outlier.
    Mixed,
}

impl TwoLevelBlock {
    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trivial => "trivial",
            Self::ClusterStandard => "cluster-standard",
            Self::ClusterPair => "cluster-pair",
            Self::OutlierStandard => "outlier-standard",
            Self::OutlierPair => "outlier-pair",
            Self::Mixed => "mixed",
        }
    }

    /// How often each eigenvalue of this block occurs, for a cluster of `N` and `k` outliers.
    pub fn multiplicity(self, cluster: u64, outliers: u64) -> u128 {
        let (cluster, outliers) = (u128::from(cluster), u128::from(outliers));
        match self {
            Self::Trivial => 1,
            Self::ClusterStandard => cluster - 1,
            Self::ClusterPair => cluster * cluster.saturating_sub(3) / 2,
            Self::OutlierStandard => outliers - 1,
            Self::OutlierPair => outliers * outliers.saturating_sub(3) / 2,
            Self::Mixed => (cluster - 1) * (outliers - 1),
        }
    }
}

/// Entries of the covariance: variances, covariances within each group, and the cross covariance.
pub(super) struct Entries<R> {
    pub(super) variances: [R; 2],
    pub(super) cross: R,
}

/// What a layer makes of `δ`, `ε`, `λ`.
pub type Triple<R> = [R; 3];

/// Factors of `δ`, `ε`, `λ` that rescaling brings in, all 1 without it.
pub(super) type Damping<R> = [R; 3];

/// The standard block of one group before division by the growth, row by row, and its pair block.
pub(super) type GroupAction<R> = [R; 5];

impl<R: Real> TwoLevelBatch<R> {
    /// The batch with `δ = 1`, `λ = p`, `ε = q` and `k` outliers.
    pub fn new(n: &R, outliers: i64, p: &R, q: &R) -> Self {
        Self { n: n.clone(), outliers, cluster: n.lift(1), among: q.clone(), split: p.clone() }
    }

    /// One outlier, `λ = p δ`.
    pub fn single(n: &R, p: &R) -> Self {
        Self::new(n, 1, p, &n.lift(1))
    }

    /// `N = n − k`.
    pub(super) fn size(&self) -> R {
        self.n.clone().plus(-self.outliers)
    }

    /// From `C = δ (P_c) + ε (P_o) + λ uuᵀ` with `u = √(k/(Nn))` on the cluster, `−√(N/(kn))` on the outliers.
    pub(super) fn entries(&self) -> Entries<R> {
        let (size, k) = (self.size(), self.outliers);
        let split = self.split.clone() / &self.n;
        let cluster = self.cluster.clone() * size.clone().plus(-1) / &size + split.clone().times(k) / &size;
        let outlier = self.among.clone().times(k - 1).over(k) + split.clone() * &size.over(k);
        Entries { variances: [cluster, outlier], cross: -split }
    }

    /// One layer of ReLU and RC, without RS: `(δ', ε', λ')`.
    pub fn relu_image(&self) -> Triple<R> {
        let (size, k, n) = (self.size(), self.outliers, &self.n);
        let Entries { variances: [a, b], cross } = self.entries();
        let cluster = halved_distance_after(&a, &self.cluster);
        let among = if k > 1 { halved_distance_after(&b, &self.among) } else { n.lift(0) };
        let across = gram_entry(&a, &b, &cross);
        // uᵀKu, group by group, with K = variance/2 on the diagonal and less by δ', ε' off it.
        let from_cluster = (size.clone() * a.over(2) - size.clone().plus(-1) * &cluster).times(k);
        let from_outliers = (b.over(2).times(k) - among.clone().times(k - 1)) * &size;
        let split = (from_cluster + from_outliers - (size * across).times(2 * k)) / n;
        [cluster, among, split]
    }

    /// Variances of a cluster sample and of an outlier.
    pub fn variances(&self) -> [R; 2] {
        self.entries().variances
    }

    /// `(p', q')` after RC and ReLU.
    pub(super) fn relu_ratios(&self) -> [R; 2] {
        let [cluster, among, split] = self.relu_image();
        [split / &cluster, among / cluster]
    }

    /// `(p, q)`.
    pub fn ratios(&self) -> [R; 2] {
        [self.split.clone() / &self.cluster, self.among.clone() / &self.cluster]
    }

    /// Eigenvalues in blocks from the action of each before division by the growth; those of the trivial block are given.
    ///
    /// # Errors
    /// [`Error::NotReached`] if a 2×2 block has complex eigenvalues, or none that can be told from them.
    pub(super) fn eigenvalues(
        &self,
        growth: &R,
        trivial: Vec<R>,
        group: impl Fn(bool) -> Result<GroupAction<R>>,
        mixed: impl FnOnce() -> Result<R>,
    ) -> Result<Vec<(TwoLevelBlock, R)>> {
        use TwoLevelBlock::{ClusterPair, ClusterStandard, Mixed, OutlierPair, OutlierStandard, Trivial};
        let mut all = trivial.into_iter().map(|value| (Trivial, value)).collect::<Vec<_>>();
        let groups = [
            (false, ClusterStandard, ClusterPair, self.size().approximate()),
            (true, OutlierStandard, OutlierPair, self.outliers as f64),
        ];
        for (outliers, standard, pair, size) in groups.into_iter().filter(|group| group.3 > 1.0) {
            let [a, b, c, d, slope] = group(outliers)?.map(|x| x / growth);
            if size >= 3.0 {
                all.extend(real_pair([[a, b], [c, d]])?.map(|value| (standard, value)));
            } else {
                all.push((standard, d));
            }
            if size > 3.0 {
                all.push((pair, slope));
            }
        }
        if self.outliers > 1 {
            all.push((Mixed, mixed()? / growth));
        }
        Ok(all)
    }

    /// Derivatives of `(p', q')` with respect to `(p, q)` at `δ = 1`, of the layer `after`.
    pub(super) fn trivial_block(
        &self,
        after: impl Fn(&TwoLevelBatch<Dual<R>>) -> Result<[Dual<R>; 2]>,
    ) -> Result<[[R; 2]; 2]> {
        let [p, q] = self.ratios();
        let n = Dual::constant(self.n.clone());
        let fixed = |x: &R| Dual::constant(x.clone());
        let along = |p: Dual<R>, q: Dual<R>| after(&TwoLevelBatch::new(&n, self.outliers, &p, &q));
        let [a, c] = along(Dual::variable(p.clone()), fixed(&q))?.map(|x| x.derivative);
        if self.outliers == 1 {
            let zero = p.lift(0);
            return Ok([[a, zero.clone()], [zero.clone(), zero]]);
        }
        let [b, d] = along(fixed(&p), Dual::variable(q))?.map(|x| x.derivative);
        Ok([[a, b], [c, d]])
    }

    /// Eigenvalues of [`trivial_block`](Self::trivial_block).
    pub(super) fn trivial_eigenvalues(&self, [[a, b], [c, d]]: [[R; 2]; 2]) -> Result<Vec<R>> {
        if self.outliers == 1 { Ok(vec![a]) } else { Ok(real_pair([[a, b], [c, d]])?.to_vec()) }
    }

    /// How one group's standard and pair blocks act, in the coordinates (x, y) of `x S_w + y T_w`.
    ///
    /// `S_w` is `diag w` centred within the group, `T_w = w uᵀ + u wᵀ` with `u = 1` on the group, `−size/other` off it. As
    /// diagonal, off-diagonal and cross weights (α, β, γ): `S = (1 − 2/size, −1/size, 0)`, `T = (2, 1, −size/other)`. Damping
    /// multiplies `S` by `g²` and `T` by `g g_λ`; the kernel acts on the weights, and centring takes off `(2, 1, 1)`. A group of two
    /// has no `S_w`.
    pub(super) fn group_action(&self, outliers: bool, damping: &Damping<R>) -> GroupAction<R> {
        let n = &self.n;
        let k = n.lift(self.outliers);
        let (size, other) = if outliers { (k, self.size()) } else { (self.size(), k) };
        let one = n.lift(1);
        let weights = [
            [one.clone() - n.lift(2) / &size, -(one.clone() / &size), n.lift(0)],
            [n.lift(2), one, -(size.clone() / &other)],
        ];
        let own = &damping[usize::from(outliers)];
        let factors = [own.clone().square(), own.clone() * &damping[2]];
        let Reaction { from_variance, slope, cross_from_variance, cross_slope } = self.reaction(outliers);
        let [[a, c], [b, d]] = std::array::from_fn(|column| {
            let [alpha, beta, gamma] = weights[column].each_ref().map(|x| x.clone() * &factors[column]);
            let cross = cross_slope.clone() * gamma + cross_from_variance.clone() * &alpha;
            let off = from_variance.clone() * &alpha + slope.clone() * beta;
            let x = alpha.over(2) - off.clone().times(2);
            let y = (off + x.clone() / &size - cross) * &other / n;
            [x, y]
        });
        [a, b, c, d, slope * &factors[0]]
    }

    /// How the mixed block acts.
    pub(super) fn mixed_action(&self, damping: &Damping<R>) -> R {
        self.reaction(false).cross_slope * &damping[0] * &damping[1]
    }

    /// The spectrum of one layer of RC and ReLU, without RS, at a fixed point, in blocks, modulo scale; each value occurs
    /// [`TwoLevelBlock::multiplicity`] times.
    ///
    /// # Guarantees
    /// Approximates or encloses, as `R` does, *provided* the batch is (or encloses) a fixed point.
    ///
    /// # Errors
    /// [`Error::NotReached`] if a 2×2 block has complex eigenvalues, or an enclosure too wide to tell.
    ///
    /// ```
    /// use oddpoint::odd_point::two_level::{TwoLevelBatch, TwoLevelBlock};
    /// // All samples alike, n = 6 and 2 outliers: stable.
    /// let spectrum = TwoLevelBatch::new(&6.0, 2, &1.0, &1.0).relu_spectrum()?;
    /// assert!(spectrum.iter().all(|(_, value)| value.abs() < 1.0));
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn relu_spectrum(&self) -> Result<Vec<(TwoLevelBlock, R)>> {
        let undamped = [self.n.lift(1), self.n.lift(1), self.n.lift(1)];
        let block = self.trivial_block(|batch| Ok(batch.relu_ratios()))?;
        let growth = self.relu_image()[0].clone() / &self.cluster;
        self.eigenvalues(
            &growth,
            self.trivial_eigenvalues(block)?,
            |outliers| Ok(self.group_action(outliers, &undamped)),
            || Ok(self.mixed_action(&undamped)),
        )
    }

    /// How the kernel's entries of one group react (theory, section 2): `dK = κ' dc + (√(1−ρ²)/4π)(√(b/a) da + √(a/b) db)`.
    fn reaction(&self, outliers: bool) -> Reaction<R> {
        let Entries { variances: [a, b], cross } = self.entries();
        let (variance, distance) = if outliers { (&b, &self.among) } else { (&a, &self.cluster) };
        let four_pi = self.n.pi().times(4);
        let theta = angle(variance, distance);
        let root = R::gram_determinant(&a, &b, &cross).nonnegative().sqrt();
        let cross_slope = root.clone().atan2(&-cross) / self.n.pi().times(2);
        Reaction {
            slope: kappa_slope(&theta),
            from_variance: theta.sin() / &four_pi,
            cross_from_variance: root / (four_pi * variance),
            cross_slope,
        }
    }
}

/// Off-diagonal entries within a group, `from_variance·(αᵢ + αⱼ) + slope·β`, and across, likewise.
struct Reaction<R> {
    from_variance: R,
    slope: R,
    cross_from_variance: R,
    cross_slope: R,
}

/// The angle whose cosine is `1 − distance/variance`, accurate when small.
fn angle<R: Real>(variance: &R, distance: &R) -> R {
    (distance.clone() / variance).over(2).sqrt().asin().times(2)
}

/// Variance minus covariance after ReLU, from the same before.
pub(super) fn halved_distance_after<R: Real>(variance: &R, distance: &R) -> R {
    half_distance(&angle(variance, distance)) * variance
}

/// Eigenvalues of a 2×2 block, which must be real.
pub(super) fn real_pair<R: Real>(entries: [[R; 2]; 2]) -> Result<[R; 2]> {
    let values = StandardBlock { entries }.eigenvalues();
    if values.iter().any(|value| value.approximate().is_nan()) {
        return Err(Error::NotReached("a 2×2 block has complex eigenvalues".to_owned()));
    }
    Ok(values)
}

impl TwoLevelBatch<f64> {
    /// The covariance as a matrix, outliers last.
    ///
    /// # Shape
    /// `n × n`; `n` must be the batch's size, as an integer.
    pub fn covariance(&self, n: usize) -> Gram<f64> {
        let cluster = n - self.outliers as usize;
        let Entries { variances: [a, b], cross } = self.entries();
        Gram::from_entries(n, |i, j| match (i < cluster, j < cluster) {
            (true, true) => a - if i == j { 0.0 } else { self.cluster },
            (false, false) => b - if i == j { 0.0 } else { self.among },
            _ => cross,
        })
    }
}

/// A batch with both groups of the same correlation `r = cos θ < 1`, as all fixed points without equal samples have them, at
/// cluster variance 1. With `d = 1 − r`, `s = 1 + (N−1)r`, `t = 1 + (k−1)r`, zero row sums give
///
/// ```text
/// v² = Ns/(kt)  (v: an outlier's standard deviation),    cross covariance −s/k,    cos φ = tv/N  (minus the cross correlation)
/// ```
///
/// Both groups' differences grow by `(1−g)/2`, `g = h(θ)/(πd)`, and the batch is a fixed point exactly if the split does:
///
/// ```text
/// g [(v + 1/v)/2 + cos φ] = 2κ(cos φ)
/// ```
///
/// Derived in `proofs/theorems/unique.single-outlier.md`; with one outlier it is the balance equation of [`super::SymmetricBatch`].
#[derive(Clone, Debug)]
pub struct EqualCorrelations<R> {
    /// Batch size.
    pub n: R,
    /// Number of outliers, `k`.
    pub outliers: i64,
    /// Angle between two samples of one group.
    pub theta: R,
    /// `1 − r`.
    pub one_minus_r: R,
    /// `v`: standard deviation of an outlier over that of a cluster sample.
    pub deviation_ratio: R,
    /// The correlation across is `−cos φ`.
    pub cos_phi: R,
    phi: R,
    split: R,
}

impl<R: Real> EqualCorrelations<R> {
    /// The batch at an angle `0 ≤ θ ≤ arccos(−1/(N−1))`, `N ≥ k`.
    pub fn at_angle([cluster, outliers]: [i64; 2], theta: &R) -> Self {
        if cluster == outliers {
            // s = t: v is 1 without a quotient.
            return Self::new(&theta.lift(cluster), outliers, theta, |_, _| theta.lift(1));
        }
        Self::at_angle_of_real_size(&theta.lift(cluster), outliers, theta)
    }

    /// The same for a cluster of `N > k` samples, `N` any real number: the formulas' continuation.
    pub fn at_angle_of_real_size(cluster: &R, outliers: i64, theta: &R) -> Self {
        Self::new(cluster, outliers, theta, |s, t| (s * cluster / t.times(outliers)).sqrt())
    }

    /// `v` from `s` and `t`.
    fn new(cluster: &R, outliers: i64, theta: &R, deviation_ratio: impl FnOnce(R, R) -> R) -> Self {
        let one = theta.lift(1);
        let shrink = theta.clone().over(2).bessel(0);
        // d/2 = sin²(θ/2), by a form whose root is regular at 0.
        let half_sine = theta.clone() * shrink / one.lift(2);
        let d = half_sine.clone().square().times(2);
        let others = cluster.clone().plus(-1);
        // s ≥ 0 in the range of θ.
        let s = (cluster.clone() - d.clone() * &others).nonnegative();
        let t = one.lift(outliers) - d.clone().times(outliers - 1);
        let deviation_ratio = deviation_ratio(s.clone(), t.clone());
        let cos_phi = t * &deviation_ratio / cluster;
        // sin²φ = d [(N−1)/N + (k−1)/k − (N−1)(k−1)d/(Nk)], from cos²φ = st/(Nk).
        let [a, b] = [others / cluster, one.lift(outliers - 1).over(outliers)];
        let inner = a.clone() + &b - a * b * &d;
        let sin_phi = half_sine * inner.times(2).sqrt();
        let phi = sin_phi.atan2(&cos_phi);
        let n = cluster.clone().plus(outliers);
        let split = s * &n / one.lift(outliers);
        Self { n, outliers, theta: theta.clone(), one_minus_r: d, deviation_ratio, cos_phi, phi, split }
    }

    /// `2v` times the difference of both sides of the fixed-point equation, right minus left: regular over the whole range,
    /// positive at `θ = 0`, negative at `v = 0`.
    pub fn balance(&self) -> R {
        let (v, z, pi) = (&self.deviation_ratio, &self.cos_phi, self.theta.pi());
        let twice_kappa = z.clone() + self.phi.clone().h() / &pi;
        let left = v.clone().square().plus(1) + (z.clone() * v).times(2);
        (v.clone() * twice_kappa).times(2) - self.g() * left
    }

    /// `g = h(θ)/(π(1 − cos θ))`.
    fn g(&self) -> R {
        let theta = &self.theta;
        let shrink = theta.clone().over(2).bessel(0);
        theta.clone().times(2) * theta.clone().bessel(1) / (theta.pi() * shrink.square())
    }

    /// Growth of the scale, at a fixed point.
    pub fn growth(&self) -> R {
        (self.theta.lift(1) - self.g()).over(2)
    }

    /// Correlation within both groups.
    pub fn r(&self) -> R {
        self.theta.clone().cos()
    }

    /// Variance of an outlier over that of a cluster sample.
    pub fn variance_ratio(&self) -> R {
        self.deviation_ratio.clone().square()
    }

    /// Cosine between a cluster sample and an outlier after ReLU.
    pub fn cos_cross(&self) -> R {
        self.phi.clone().h() / self.theta.pi()
    }

    /// The batch by its eigenvalues.
    pub fn batch(&self) -> TwoLevelBatch<R> {
        TwoLevelBatch {
            n: self.n.clone(),
            outliers: self.outliers,
            cluster: self.one_minus_r.clone(),
            among: self.variance_ratio() * &self.one_minus_r,
            split: self.split.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::infinite_width::layer;
    use crate::odd_point::{FixedPoint, Spectrum, dense_eigenvalues, jacobian_at};
    use proptest::prelude::*;

    fn fixed_points(sizes: [i64; 2]) -> Vec<EqualCorrelations<f64>> {
        let balance = |theta: f64| EqualCorrelations::at_angle(sizes, &theta).balance();
        let end = (-1.0 / (sizes[0] - 1) as f64).acos();
        // Finer towards the end, where the symmetric point is.
        let grid: Vec<f64> = (1..20_000).map(|i| end * (1.0 - (1.0 - f64::from(i) / 2e4).powi(3))).collect();
        let crossings = grid.windows(2).filter(|pair| balance(pair[0]) * balance(pair[1]) < 0.0);
        let root = |pair: &[f64]| {
            let (mut low, mut high) = (pair[0], pair[1]);
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                if balance(low) * balance(middle) <= 0.0 { high = middle } else { low = middle }
            }
            EqualCorrelations::at_angle(sizes, &low)
        };
        crossings.map(root).collect()
    }

    proptest! {
        /// The reduced layer against the n×n one, at any two-level batch.
        #[test]
        fn reduced_layer_is_the_full_one(
            n in 4_usize..14, share in 0.0..1.0_f64, p in 0.01..50.0_f64, q in 0.05..20.0_f64,
        ) {
            let k = 1 + (share * (n - 3) as f64) as i64;
            let batch = TwoLevelBatch::new(&(n as f64), k, &p, &if k > 1 { q } else { 1.0 });
            let [cluster, among, split] = batch.relu_image();
            let image = TwoLevelBatch { cluster, among, split, ..batch.clone() };
            let full = layer(&batch.covariance(n));
            let scale = image.covariance(n).trace() / full.trace();
            let expected = Gram::from_entries(n, |i, j| scale * full.get(i, j));
            let error = image.covariance(n).sub(&expected).frobenius_norm() / expected.frobenius_norm();
            prop_assert!(error < 1e-13, "n = {n}, k = {k}: {error:e}");
        }

        /// The balance compares the split's growth with the differences', which grow alike.
        #[test]
        fn balance_compares_growths(cluster in 2_i64..200, share in 0.0..1.0_f64, at in 0.01..0.99_f64) {
            let outliers = 1 + (share * (cluster - 1) as f64) as i64;
            let theta = at * (-1.0 / (cluster - 1) as f64).acos();
            let state = EqualCorrelations::at_angle([cluster, outliers], &theta);
            let batch = state.batch();
            let [own, among, split] = batch.relu_image();
            prop_assert!((own / batch.cluster - state.growth()).abs() < 1e-11);
            if outliers > 1 {
                prop_assert!((among / batch.among - state.growth()).abs() < 1e-11);
            }
            // λ' − Λλ = −(Nk/2n) balance: the page of unique.single-outlier, (2).
            let n = (cluster + outliers) as f64;
            let drift = split - state.growth() * batch.split;
            let expected = -((cluster * outliers) as f64) / (2.0 * n) * state.balance();
            prop_assert!((drift - expected).abs() < 1e-10 * batch.split.abs().max(n), "{drift} {expected}");
        }
    }

    /// All of the n×n map's eigenvalues, with multiplicities, at fixed points that are and that are not stable.
    #[test]
    fn blocks_are_the_dense_spectrum() {
        for sizes in [[6, 1], [9, 1], [7, 2], [8, 2], [9, 3], [8, 4], [10, 3], [3, 3]] {
            let n = (sizes[0] + sizes[1]) as usize;
            let states = fixed_points(sizes);
            assert!(!states.is_empty());
            for state in states {
                let batch = state.batch();
                let mut blocks: Vec<f64> = Vec::new();
                for (block, value) in batch.relu_spectrum().unwrap() {
                    let times = block.multiplicity(sizes[0] as u64, sizes[1] as u64);
                    blocks.extend((0..times).map(|_| value));
                }
                blocks.sort_by(|a, b| b.total_cmp(a));
                let dense = dense_eigenvalues(jacobian_at(&batch.covariance(n))).unwrap();
                assert_eq!((dense.len(), blocks.len()), (n * (n - 1) / 2 - 1, n * (n - 1) / 2 - 1));
                for (dense, block) in dense.iter().zip(&blocks) {
                    assert!((dense - block).norm() < 1e-8, "{sizes:?}: {dense} is not {block}");
                }
            }
        }
    }

    /// With one outlier: the indicative model's spectrum.
    #[test]
    fn one_outlier_is_the_indicative_model() {
        for n in [7_u64, 10, 30] {
            let states = fixed_points([n as i64 - 1, 1]);
            let points = [FixedPoint::OddPoint, FixedPoint::Edge, FixedPoint::Symmetric];
            assert_eq!(states.len(), 3);
            for (state, point) in states.iter().zip(points) {
                let known = point.locate(n).unwrap();
                assert!((state.theta / known.theta - 1.0).abs() < 1e-10);
                let found = state.batch().relu_spectrum().unwrap();
                let expected = Spectrum::at(&known);
                for ((_, value), (_, expected)) in found.iter().zip(expected.eigenvalues(n)) {
                    assert!((value - expected).abs() < 1e-8, "n = {n}: {value} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn multiplicities_fill_the_space() {
        for (cluster, outliers) in [(3_u64, 3), (4, 3), (5, 2), (20, 1), (17, 8)] {
            let n = cluster + outliers;
            let batch = TwoLevelBatch::new(&(n as f64), outliers as i64, &1.0, &1.0);
            let spectrum = batch.relu_spectrum().unwrap();
            let total: u128 = spectrum.iter().map(|(block, _)| block.multiplicity(cluster, outliers)).sum();
            assert_eq!(total, u128::from(n * (n - 1) / 2 - 1), "{cluster} and {outliers}");
        }
    }
}
