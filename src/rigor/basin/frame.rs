//! The adapted norm: coordinates in which the layer's differential at the odd point is diagonal, and what
//! entries, quadratic forms and remainders weigh in them.
//!
//! With `m = n − 1` samples in the cluster, a perturbation `D` (symmetric, zero row sums, zero trace) is
//!
//! ```text
//! D = x₀ E₀ + S(v₁ ⊗ w₁) + S(v₂ ⊗ w₂) + D_p,        N(D)² = x₀² + |w₁|² + |w₂|² + ‖D_p‖_F²
//! ```
//!
//! * `E₀`, trivial, of Frobenius norm 1: diagonal and cross entries `−√((m−1)/m)/n`, cluster entries
//!   `2/(n√(m(m−1)))`, outlier `√(m(m−1))/n`.
//! * `S(v ⊗ w)`, standard, `Σw = 0`, `v = (α, β)`: diagonal `αwᵢ`, cluster `β(wᵢ+wⱼ)`, cross `γwᵢ` with
//!   `γ = −(α+(m−2)β)`. Its Frobenius norm squared is `(α² + 2(m−2)β² + 2γ²)|w|²`, because
//!   `Σ_{i≠j}(wᵢ+wⱼ)² = 2(m−2)|w|²`. `v₁`, `v₂` are the eigenvectors of the 2×2 block, scaled to Frobenius norm 1.
//! * `D_p`, pair: cluster entries only, zero diagonal, zero row sums.
//!
//! `DT(C*)` multiplies `x₀`, `w₁`, `w₂`, `D_p` by the trivial, the two standard and the pair eigenvalue, so its norm
//! is the spectral radius. Each part but the last has a weight `ω`: in the formulas `x₀` stands for `ω₀x₀`, `wₖ` for
//! `ωₖwₖ`, and `E₀`, `vₖ` for `E₀/ω₀`, `vₖ/ωₖ`; any weights will do. Only the parts 1 and 2 are oblique to one another,
//! with cosine `g`, so `max N/‖·‖_F` on them is a root of `det(diag(ω₁², ω₂²) − x² [[1, g], [g, 1]])`.
//!
//! Not shown here: that the blocks are the whole space (counted in the tests of the spectrum).

use crate::arithmetic::Real;
use crate::odd_point::{Spectrum, StandardBlock, SymmetricBatch};

/// The larger of two numbers; of intervals, an enclosure, wider by their widths only.
pub(super) fn larger<R: Real>(a: R, b: &R) -> R {
    let gap = magnitude(&(a.clone() - b));
    (a + b + gap).over(2)
}

/// `|a|`.
pub(super) fn magnitude<R: Real>(a: &R) -> R {
    a.clone().square().sqrt()
}

/// The larger eigenvalue of the symmetric matrix `[[a, b], [b, c]]`.
pub(super) fn top_eigenvalue<R: Real>([a, b, c]: [R; 3]) -> R {
    let discriminant = (a.clone() - &c).square() + b.square().times(4);
    (a + c + discriminant.sqrt()).over(2)
}

/// A linear functional that reads one entry, or a combination of entries of one pair of samples: its values on
/// `E₀`, on `v₁` and `v₂` (per unit of the `w` it reads), and on the pair block.
#[derive(Clone, Debug)]
pub(super) struct Reading<R> {
    pub trivial: R,
    pub standard: [R; 2],
    pub pair: R,
}

impl<R: Real> Reading<R> {
    /// `self + factor · other`.
    pub fn plus(&self, factor: &R, other: &Self) -> Self {
        let add = |a: &R, b: &R| b.clone() * factor + a;
        Self {
            trivial: add(&self.trivial, &other.trivial),
            standard: [0, 1].map(|k| add(&self.standard[k], &other.standard[k])),
            pair: add(&self.pair, &other.pair),
        }
    }

    /// `factor · self`.
    pub fn times(&self, factor: &R) -> Self {
        let zero = factor.lift(0);
        Self { trivial: zero.clone(), standard: [zero.clone(), zero.clone()], pair: zero }.plus(factor, self)
    }
}

/// The odd point with its adapted norm.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::rigor::basin::{Frame, Weights};
/// let frame = Frame::at(FixedPoint::OddPoint.locate(10)?, Weights { trivial: 1.0, standard: [1.0, 1.0] });
/// // In its own norm the differential shrinks by its largest eigenvalue.
/// assert!((frame.contraction() - 0.926769839377032).abs() < 1e-13);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Frame<R> {
    /// The odd point, cluster variance 1.
    pub batch: SymmetricBatch<R>,
    /// Its eigenvalues.
    pub spectrum: Spectrum<R>,
    /// `(α, β, γ)` of `v₁` and `v₂`.
    pub(super) eigenvectors: [[R; 3]; 2],
    /// Cosine of the angle between `S(v₁ ⊗ w)` and `S(v₂ ⊗ w)`.
    pub(super) obliqueness: R,
    /// The weights of the norm.
    pub(super) weights: Weights<R>,
}

/// Weights of the parts in the norm, that of the pair part being 1.
#[derive(Clone, Debug)]
pub struct Weights<R> {
    /// Of `x₀`.
    pub trivial: R,
    /// Of `w₁` and `w₂`.
    pub standard: [R; 2],
}

impl<R: Real> Frame<R> {
    /// The frame at a fixed point of the indicative model.
    ///
    /// # Guarantees
    /// Approximates or encloses, as `R` does, provided `batch` is (or encloses) the odd point.
    pub fn at(batch: SymmetricBatch<R>, weights: Weights<R>) -> Self {
        let spectrum = Spectrum::at(&batch);
        let [[a, b], [c, d]] = StandardBlock::at(&batch).entries;
        let [first, second] = &spectrum.standard;
        // (M − λ)v = 0, from the row in which less cancels.
        let rays = [[first.clone() - d, c], [b, second.clone() - a]];
        let units = rays.map(|[alpha, beta]| {
            let gamma = -(beta.clone() * batch.n.clone().plus(-3) + &alpha);
            let ray = [alpha, beta, gamma];
            let norm = frobenius_product(&batch.n, &ray, &ray).sqrt();
            ray.map(|x| x / &norm)
        });
        let obliqueness = frobenius_product(&batch.n, &units[0], &units[1]);
        let eigenvectors = [0, 1].map(|k| units[k].clone().map(|x| x / &weights.standard[k]));
        Self { batch, spectrum, eigenvectors, obliqueness, weights }
    }

    /// `m`, the size of the cluster.
    pub(super) fn cluster(&self) -> R {
        self.batch.cluster()
    }

    /// The spectral radius, which is the norm of the differential.
    pub fn contraction(&self) -> R {
        let standard = larger(magnitude(&self.spectrum.standard[0]), &magnitude(&self.spectrum.standard[1]));
        let others = larger(magnitude(&self.spectrum.trivial), &magnitude(&self.spectrum.pair));
        larger(standard, &others)
    }

    /// `max N(D)/‖D‖_F`.
    pub fn frobenius_factor(&self) -> R {
        let one = self.batch.n.lift(1);
        let [first, second] = self.weights.standard.clone().map(R::square);
        // The larger root of det(diag(ω₁², ω₂²) − x [[1, g], [g, 1]]) = 0.
        let sine_square = one.clone() - self.obliqueness.clone().square();
        let half_sum = (first.clone() + &second).over(2);
        let root = (half_sum.clone().square() - first * second * &sine_square).sqrt();
        let standard = ((half_sum + root) / sine_square).sqrt();
        larger(larger(standard, &self.weights.trivial), &one)
    }

    /// Entries of `E₀`: diagonal and cross, cluster, outlier.
    pub(super) fn trivial_entries(&self) -> [R; 3] {
        let (n, m) = (&self.batch.n, self.cluster());
        let pairs = m.clone() * m.clone().plus(-1);
        let root = pairs.sqrt();
        let entries = [-(root.clone() / (m * n)), n.lift(2) / (root.clone() * n), root / n];
        entries.map(|x| x / &self.weights.trivial)
    }

    /// `δcᵢᵢ`, reading `wᵢ`.
    pub(super) fn variance(&self) -> Reading<R> {
        let [diagonal, ..] = self.trivial_entries();
        self.reading(diagonal, 0)
    }

    /// `δcᵢⱼ` within the cluster, reading `wᵢ + wⱼ` and the pair block.
    pub(super) fn within(&self) -> Reading<R> {
        let [_, within, _] = self.trivial_entries();
        Reading { pair: self.batch.n.lift(1), ..self.reading(within, 1) }
    }

    /// `δcᵢₒ`, reading `wᵢ`.
    pub(super) fn across(&self) -> Reading<R> {
        let [cross, ..] = self.trivial_entries();
        self.reading(cross, 2)
    }

    /// `δcₒₒ`.
    pub(super) fn outlier(&self) -> Reading<R> {
        let [.., outlier] = self.trivial_entries();
        let zero = outlier.lift(0);
        Reading { trivial: outlier, standard: [zero.clone(), zero.clone()], pair: zero }
    }

    fn reading(&self, trivial: R, which: usize) -> Reading<R> {
        let standard = [0, 1].map(|k| self.eigenvectors[k][which].clone());
        Reading { pair: trivial.lift(0), trivial, standard }
    }

    /// The dual norm squared of a functional: `max f(D)²` over `N(D) ≤ 1`. `spread` is the largest value squared
    /// of what it reads of a unit `w` with `Σw = 0`: `wᵢ` has `(m−1)/m`, `wᵢ + wⱼ` has `2(m−2)/m`, `wᵢ − wⱼ` has 2;
    /// an entry of a unit `D_p` is at most `√((m−3)/(2(m−1)))`.
    pub(super) fn dual_square(&self, f: &Reading<R>, spread: &R) -> R {
        let m = self.cluster();
        let pair = m.clone().plus(-3) / m.plus(-1).times(2);
        let standard = f.standard[0].clone().square() + f.standard[1].clone().square();
        f.trivial.clone().square() + standard * spread + f.pair.clone().square() * pair
    }

    /// The largest of `Σ f_e(D)²·weight` over `N(D) ≤ 1`, block by block: forms given as (reading, weight, number
    /// of entries, Σ over entries of what is read squared for a unit `w`). Trivial and pair parts are scalars,
    /// the standard part a 2×2 form; they do not mix, being different representations.
    pub(super) fn largest_sum(&self, forms: &[(Reading<R>, R, R, R)]) -> R {
        let zero = self.batch.n.lift(0);
        let (mut trivial, mut pair) = (zero.clone(), zero.clone());
        let mut standard = [zero.clone(), zero.clone(), zero];
        for (f, weight, count, spread) in forms {
            trivial = f.trivial.clone().square() * weight * count + trivial;
            pair = f.pair.clone().square() * weight + pair;
            let [x, y] = &f.standard;
            let products = [x.clone().square(), x.clone() * y, y.clone().square()];
            standard = [0, 1, 2].map(|k| products[k].clone() * weight * spread + &standard[k]);
        }
        larger(larger(trivial, &pair), &top_eigenvalue(standard))
    }

    /// `max N(π(P Q P))/‖Q‖_F` over symmetric `Q` with zero diagonal, `π(X) = X − (tr X/tr C*) C*`.
    ///
    /// Block by block. Trivial, `Q` = cluster entries b, cross entries g: `x₀ = ⟨E₀ − ζP, Q⟩` with
    /// `ζ = ⟨E₀, C*⟩/tr C*`. Standard, `Q` = cluster `b(wᵢ+wⱼ)`, cross `g wᵢ`, of norm² `(2(m−2)b² + 2g²)|w|²`: the
    /// row means are `ϱwᵢ` with `ϱ = ((m−2)b + g)/n`, and centring leaves `(α, β) = (−2ϱ, b − ϱ)`. Pair: 1.
    pub(super) fn remainder_factor(&self) -> R {
        let m = self.cluster();
        let one = m.lift(1);
        let (on_pairs, on_cross) = self.trivial_projection();
        let pairs = m.clone() * m.clone().plus(-1);
        let trivial = on_pairs.square() * pairs + on_cross.square() * m.clone().times(2);
        // E₀ is divided by its weight, the coordinate is multiplied by it.
        let trivial = trivial * self.weights.trivial.clone().square().square();

        let [[p, q], [s, t]] = self.standard_images();
        let standard = top_eigenvalue([
            p.clone().square() + q.clone().square(),
            p * &s + q * &t,
            s.square() + t.square(),
        ]);
        larger(larger(trivial, &standard), &one).sqrt()
    }

    /// Images in the standard block, in the basis `v₁, v₂`, of the unit vectors of the two kinds of `Q`: cluster, cross.
    pub(super) fn standard_images(&self) -> [[R; 2]; 2] {
        let (n, others) = (&self.batch.n, self.cluster().plus(-2));
        let image = |b: &R, g: &R| {
            let mean = (others.clone() * b + g) / n;
            self.standard_coordinates([-mean.clone().times(2), b.clone() - &mean])
        };
        let (zero, one) = (n.lift(0), n.lift(1));
        [
            image(&(one.clone() / others.clone().times(2).sqrt()), &zero),
            image(&zero, &(one / n.lift(2).sqrt())),
        ]
    }

    /// Entries of `E₀ − ζP` on the cluster's pairs and across.
    pub(super) fn trivial_projection(&self) -> (R, R) {
        let [diagonal, within, outlier] = self.trivial_entries();
        let (n, m) = (&self.batch.n, self.cluster());
        let (r, y) = (self.batch.r(), self.batch.variance_ratio());
        let trace = m.clone() + &y;
        // ⟨E₀, C*⟩ over diagonal, pairs, cross (covariance −y/m, 2m entries) and outlier.
        let product = m.clone() * &diagonal + m.clone() * m.plus(-1) * &r * &within
            - y.clone().times(2) * &diagonal
            + y * outlier;
        let share = product / trace / n;
        (within + &share, diagonal + share)
    }

    /// `(α, β)` in the basis `v₁, v₂`.
    pub(super) fn standard_coordinates(&self, [alpha, beta]: [R; 2]) -> [R; 2] {
        let [[a, c, _], [b, d, _]] = &self.eigenvectors;
        let determinant = a.clone() * d - b.clone() * c;
        [
            (d.clone() * &alpha - b.clone() * &beta) / &determinant,
            (a.clone() * beta - c.clone() * alpha) / determinant,
        ]
    }
}

/// `⟨S(v ⊗ w), S(v' ⊗ w)⟩_F` for a unit `w`.
fn frobenius_product<R: Real>(n: &R, [a, b, c]: &[R; 3], [x, y, z]: &[R; 3]) -> R {
    a.clone() * x + n.clone().plus(-3).times(2) * b * y + c.clone().times(2) * z
}
