//! Batches of one outlier under RC and any activation at infinite width, given by its second moments.
//!
//! A centred covariance symmetric under the permutations of the `N = n − 1` cluster samples has the eigenvalue `δ` on
//! differences within the cluster and `λ` on the contrast of cluster and outlier. Where the activation is not homogeneous
//! the scale matters: **every layer is normalised to mean variance `v0`** (RC, then one scalar), so that `p = λ/δ` is the
//! one variable. `p = 1` is the symmetric batch, `p = ∞` the exact configuration; both are always fixed points.
//!
//! ```text
//! δ' = K(a,a,a) − K(a,a,c)        λ' = [K(a,a,a) + (N−1)K(a,a,c) + N K(y,y,y) − 2N K(a,y,x)]/n
//! a = δ(N−1)/N + λ/(Nn),   c = a − δ,   y = λN/n,   x = −λ/n
//! ```
//!
//! The differential has the blocks of theory, section 2.3, with the derivatives of the second moments in place of
//! ReLU's. Everything here approximates; fixed points without this symmetry are not looked for.

use super::spectrum::{Spectrum, StandardBlock};
use crate::layer::moments::{Moment, SecondMoments};

/// A batch of mean variance `v0`, with an activation.
///
/// ```
/// use oddpoint::layer::components::Activation;
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::odd_point::plugged::PluggedBatch;
/// let batch = PluggedBatch { activation: &Activation::Relu, n: 10.0, mean_variance: 1.0 };
/// // Edge and odd point, as the indicative model has them.
/// let [edge, odd_point] = &batch.fixed_points()[..] else { panic!() };
/// assert!(edge.spectral_radius(10) > 1.0 && odd_point.spectral_radius(10) < 1.0);
/// assert!((odd_point.r - FixedPoint::OddPoint.locate(10)?.r()).abs() < 1e-9);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct PluggedBatch<'a> {
    /// The activation.
    pub activation: &'a dyn SecondMoments,
    /// Batch size.
    pub n: f64,
    /// Mean variance over the batch.
    pub mean_variance: f64,
}

/// One layer at a batch.
#[derive(Clone, Debug)]
pub struct PluggedLayer {
    /// `p = λ/δ`; infinite at the exact configuration.
    pub p: f64,
    /// `ln(p'/p)`; 0 at the exact configuration.
    pub drift: f64,
    /// Growth of `λ`.
    pub growth: f64,
    /// Correlation within the cluster.
    pub r: f64,
    /// Norm of the outlier over that of a cluster sample, after the activation.
    pub norm_ratio: f64,
    /// Cosines within the cluster and across, after the activation.
    pub cosines: [f64; 2],
    /// Eigenvalues of the differential modulo scale, of meaning at fixed points.
    pub spectrum: Spectrum<f64>,
    /// Largest error estimate of the moments.
    pub error: f64,
}

/// The four entries of a covariance, or their derivatives: cluster variance and covariance, outlier variance, across.
struct Entries {
    a: f64,
    c: f64,
    y: f64,
    x: f64,
}

/// The second moments at the four entries.
struct Moments {
    a: Moment,
    c: Moment,
    y: Moment,
    x: Moment,
}

impl PluggedBatch<'_> {
    fn cluster(&self) -> f64 {
        self.n - 1.0
    }

    /// Linear in `(δ, λ)`.
    fn entries(&self, delta: f64, lambda: f64) -> Entries {
        let (n, cluster) = (self.n, self.cluster());
        let a = delta * (cluster - 1.0) / cluster + lambda / (cluster * n);
        Entries { a, c: a - delta, y: lambda * cluster / n, x: -lambda / n }
    }

    fn moments(&self, Entries { a, c, y, x }: &Entries) -> Moments {
        let moment = |a, b, c| self.activation.moment(a, b, c);
        Moments { a: moment(*a, *a, *a), c: moment(*a, *a, *c), y: moment(*y, *y, *y), x: moment(*a, *y, *x) }
    }

    /// `λ'` as a linear function of the moments' values, or of their derivatives.
    fn split(&self, [a, c, y, x]: [f64; 4]) -> f64 {
        let cluster = self.cluster();
        (a + (cluster - 1.0) * c + cluster * y - 2.0 * cluster * x) / self.n
    }

    /// One layer at `p = λ/δ`, finite and positive.
    pub fn at(&self, p: f64) -> PluggedLayer {
        // Trace (N−1)δ + λ = n v0.
        let weight = self.cluster() - 1.0 + p;
        let delta = self.n * self.mean_variance / weight;
        let entries = self.entries(delta, p * delta);
        let moments = self.moments(&entries);
        let images = [moments.a.value - moments.c.value, self.split(moments.values())];
        // Derivatives by ln p.
        let delta_slope = -delta * p / weight;
        let slopes = moments.along(&self.entries(delta_slope, p * delta + p * delta_slope));
        let image_slopes = [slopes[0] - slopes[1], self.split(slopes)];
        let trivial = image_slopes[1] / images[1] - image_slopes[0] / images[0];
        let growths = [images[0] / delta, images[1] / (p * delta)];
        self.layer(p, (growths[1] / growths[0]).ln(), growths[1], trivial, &entries, &moments)
    }

    /// One layer at the exact configuration, for an activation with a derivative: within-cluster differences grow by
    /// `E φ'²/Λ`.
    pub fn exact(&self) -> PluggedLayer {
        let lambda = self.n * self.mean_variance;
        let entries = self.entries(0.0, lambda);
        let moments = self.moments(&entries);
        let growth = self.split(moments.values()) / lambda;
        self.layer(f64::INFINITY, 0.0, growth, moments.c.by_covariance / growth, &entries, &moments)
    }

    fn layer(
        &self,
        p: f64,
        drift: f64,
        growth: f64,
        trivial: f64,
        entries: &Entries,
        moments: &Moments,
    ) -> PluggedLayer {
        let standard = self.standard_block(growth, moments).eigenvalues();
        let norms = [moments.a.value, moments.y.value].map(f64::sqrt);
        PluggedLayer {
            p,
            drift,
            growth,
            r: entries.c / entries.a,
            norm_ratio: norms[1] / norms[0],
            cosines: [moments.c.value / moments.a.value, moments.x.value / (norms[0] * norms[1])],
            spectrum: Spectrum { trivial, standard, pair: moments.c.by_covariance / growth },
            error: moments.all().iter().map(|moment| moment.error).fold(0.0, f64::max),
        }
    }

    /// As [`StandardBlock::at`], with the derivatives of the moments: diagonal `αwᵢ`, `β(wᵢ+wⱼ)` off it, `γwᵢ` across,
    /// `γ = −(α+(n−3)β)`; row means `ϱwᵢ`.
    fn standard_block(&self, growth: f64, moments: &Moments) -> StandardBlock<f64> {
        let others = self.n - 3.0;
        let column = |alpha: f64, beta: f64| {
            let diagonal = moments.a.by_variance() * alpha;
            let within = moments.c.by_first * alpha + moments.c.by_covariance * beta;
            let across = moments.x.by_first * alpha - moments.x.by_covariance * (alpha + others * beta);
            let mean = (diagonal + others * within + across) / self.n;
            [(diagonal - 2.0 * mean) / growth, (within - mean) / growth]
        };
        let [[a, c], [b, d]] = [column(1.0, 0.0), column(0.0, 1.0)];
        StandardBlock { entries: [[a, b], [c, d]] }
    }

    /// Fixed points with `1 < p ≤ 10⁴ n²`, from below, where the drift changes sign beyond `SIGN`: edges (rising) and odd
    /// points (falling) in turn. Two roots closer than a fortieth of the range of `ln p` can be missed.
    pub fn fixed_points(&self) -> Vec<PluggedLayer> {
        const CELLS: u32 = 40;
        let end = (LARGEST_CONTRAST * self.n * self.n).ln();
        // Beside the symmetric point the drift has the sign of its slope there.
        let slope = self.at(1.0).spectrum.trivial - 1.0;
        let mut left = Some((BESIDE, slope)).filter(|_| slope.abs() > SIGN);
        let mut found = Vec::new();
        for k in 1..=CELLS {
            let x = end * f64::from(k) / f64::from(CELLS);
            let drift = self.at(x.exp()).drift;
            if drift.abs() <= SIGN {
                continue;
            }
            if let Some(left) = left.filter(|(_, before)| before * drift < 0.0) {
                found.push(self.root(left, x));
            }
            left = Some((x, drift));
        }
        found
    }

    /// The fixed point between two `ln p` of opposite drift, by bisection.
    fn root(&self, (mut low, sign): (f64, f64), mut high: f64) -> PluggedLayer {
        const STEPS: u32 = 45;
        for _ in 0..STEPS {
            let middle = f64::midpoint(low, high);
            *(if self.at(middle.exp()).drift * sign > 0.0 { &mut low } else { &mut high }) = middle;
        }
        self.at(f64::midpoint(low, high).exp())
    }
}

/// Beyond `p = 10⁴ n²`, where `1 − r` is about 10⁻⁴, differences of moments lose too many digits.
const LARGEST_CONTRAST: f64 = 1e4;
/// How near to the symmetric point, in `ln p`, fixed points are looked for.
const BESIDE: f64 = 1e-4;
/// Drifts below this count as zero.
const SIGN: f64 = 1e-8;

impl Moments {
    fn all(&self) -> [&Moment; 4] {
        [&self.a, &self.c, &self.y, &self.x]
    }

    fn values(&self) -> [f64; 4] {
        self.all().map(|moment| moment.value)
    }

    /// Derivatives of the values when the entries move along `d`.
    fn along(&self, d: &Entries) -> [f64; 4] {
        let Self { a, c, y, x } = self;
        [
            a.by_variance() * d.a,
            (c.by_first + c.by_second) * d.a + c.by_covariance * d.c,
            y.by_variance() * d.y,
            x.by_first * d.a + x.by_second * d.y + x.by_covariance * d.x,
        ]
    }
}

impl PluggedLayer {
    /// The largest modulus among the eigenvalues that exist at batch size `n`; NaN if one of them is, as for a complex pair.
    pub fn spectral_radius(&self, n: u64) -> f64 {
        let moduli = self.spectrum.eigenvalues(n).into_iter().map(|(_, value)| value.abs());
        moduli.fold(0.0, |most, one| if one.is_nan() || one > most { one } else { most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::components::Activation;
    use crate::layer::moments::Smooth;
    use crate::odd_point::FixedPoint;

    fn batch(activation: &dyn SecondMoments, n: u64) -> PluggedBatch<'_> {
        PluggedBatch { activation, n: n as f64, mean_variance: 1.0 }
    }

    /// ReLU, plugged in: the fixed points and spectra of the model.
    #[test]
    fn relu_has_its_own_fixed_points() {
        for n in [7_u64, 10, 100] {
            let found = batch(&Activation::Relu, n).fixed_points();
            assert_eq!(found.len(), 2);
            for (found, point) in found.iter().zip([FixedPoint::Edge, FixedPoint::OddPoint]) {
                let expected = point.locate(n).unwrap();
                let spectrum = Spectrum::at(&expected);
                assert!((found.r - expected.r()).abs() < 1e-10, "{} at {n}", point.name());
                assert!((found.norm_ratio / expected.deviation_ratio - 1.0).abs() < 1e-10);
                for ((block, found), (_, expected)) in
                    found.spectrum.eigenvalues(n).into_iter().zip(spectrum.eigenvalues(n))
                {
                    assert!((found - expected).abs() < 1e-9, "{} {} at {n}", point.name(), block.name());
                }
            }
        }
        assert!(batch(&Activation::Relu, 6).fixed_points().is_empty());
    }

    /// `n²/((n−1)²+1)` and `n/((n−1)²+1)` (theory, section 2.1).
    #[test]
    fn the_exact_configuration_has_its_multipliers() {
        let exact = batch(&Activation::Relu, 10).exact();
        for (found, expected) in
            [(exact.spectrum.pair, 100.0 / 82.0), (exact.spectrum.standard[1], 10.0 / 82.0)]
        {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    /// The layer tends to the exact configuration's as `p → ∞`, and the drift's slope is the trivial eigenvalue.
    #[test]
    fn slopes_and_limits_of_smooth_activations() {
        for smooth in [Smooth::Gelu, Smooth::Tanh] {
            let batch = batch(&smooth, 8);
            let (far, exact) = (batch.at(1e6), batch.exact());
            assert!((far.growth / exact.growth - 1.0).abs() < 1e-4, "{smooth:?}");
            // p'/p → Λ/E φ'².
            assert!((far.drift + exact.spectrum.trivial.ln()).abs() < 1e-4, "{smooth:?}");
            let step = 1e-4_f64;
            let slope =
                (batch.at((2.0 + step).exp()).drift - batch.at((2.0 - step).exp()).drift) / (2.0 * step);
            assert!((batch.at(2.0_f64.exp()).spectrum.trivial - 1.0 - slope).abs() < 1e-6, "{smooth:?}");
        }
    }

    /// All samples alike: the blocks merge under all permutations, two eigenvalues are left.
    #[test]
    fn the_symmetric_batch_has_two_eigenvalues() {
        for smooth in [Smooth::Gelu, Smooth::Tanh, Smooth::Silu] {
            let Spectrum { trivial, standard, pair } = batch(&smooth, 9).at(1.0).spectrum;
            let equal = |a: f64, b: f64| (a - b).abs() < 1e-9;
            let [larger, smaller] = standard;
            assert!(equal(trivial.max(pair), larger) && equal(trivial.min(pair), smaller), "{smooth:?}");
        }
    }
}
