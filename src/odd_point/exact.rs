//! The exact configuration, `n − 1` equal samples and one other, in exact rational arithmetic (theory, 2.1).
//!
//! * **Invariance, every width, every weight matrix.** A neuron that sees `a` on the cluster and `b` on the
//!   outlier is recentred to `(a−b)/n` and `−(n−1)(a−b)/n`; the signs differ, so ReLU leaves disjoint supports.
//! * **Instability.** At infinite width the layer's differential there is rational (`κ'(1) = 1/2`,
//!   `κ'(−1) = 0`, `√(1−ρ²) = 0`), so its action on a perturbation is computed exactly on the literal n×n matrix:
//!   within-cluster covariance grows by `n²/((n−1)²+1) > 1` relative to the scale, the coherent mode (each cluster
//!   sample stretched by its own factor) shrinks by `n/((n−1)²+1)`.
//!
//! So the exact configuration is *not* attracting: the attractor is the odd-point fixed point close to it. The
//! differential is one-sided (a covariance matrix only admits `ρ ≤ 1`); its next order, `O(ε^{3/2})`, is not
//! treated here.

use rug::Rational;

/// What a neuron makes of its pre-activations over the batch.
pub type Neuron = fn(&[Rational]) -> Vec<Rational>;

/// Recentering, then ReLU.
///
/// ```
/// use oddpoint::odd_point::exact::{recentre, recentre_and_rectify, rectify_only};
/// use rug::Rational;
/// let values = [1, 1, 4].map(Rational::from);
/// assert_eq!(recentre(&values), [-1, -1, 2]);
/// assert_eq!(recentre_and_rectify(&values), [0, 0, 2]);
/// assert_eq!(rectify_only(&values), values);
/// ```
pub fn recentre_and_rectify(pre_activations: &[Rational]) -> Vec<Rational> {
    rectify_only(&recentre(pre_activations))
}

/// ReLU without recentering.
///
/// ```
/// let rectified = oddpoint::odd_point::exact::rectify_only(&[-1, 2].map(rug::Rational::from));
/// assert_eq!(rectified, [0, 2]);
/// ```
pub fn rectify_only(pre_activations: &[Rational]) -> Vec<Rational> {
    pre_activations.iter().map(|value| value.clone().max(Rational::new())).collect()
}

/// One neuron over the batch, minus its mean over the batch.
///
/// ```
/// let recentred = oddpoint::odd_point::exact::recentre(&[1, 1, 4].map(rug::Rational::from));
/// assert_eq!(recentred, [-1, -1, 2]);
/// ```
pub fn recentre(values: &[Rational]) -> Vec<Rational> {
    let mean = values.iter().sum::<Rational>() / values.len() as u64;
    values.iter().map(|value| Rational::from(value - &mean)).collect()
}

/// Activations of a batch: one row a neuron (or feature), one column a sample; the outlier is the last column.
///
/// ```
/// use oddpoint::odd_point::exact::{RationalBatch, recentre_and_rectify};
/// use rug::Rational;
/// let rational = |values: [i64; 3]| values.map(Rational::from).to_vec();
/// // Two features, three samples; the first two samples are equal.
/// let batch = RationalBatch::new(vec![rational([1, 1, 5]), rational([2, 2, -3])]);
/// let weights = [[1, -1], [-2, 7], [3, 3]].map(|row| row.map(Rational::from).to_vec());
/// assert!(batch.layer(&weights, recentre_and_rectify).is_cluster_with_orthogonal_outlier());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RationalBatch {
    rows: Vec<Vec<Rational>>,
}

impl RationalBatch {
    /// A batch from its rows (neurons), all of the same length.
    pub fn new(rows: Vec<Vec<Rational>>) -> Self {
        Self { rows }
    }

    /// One layer, `neuron(W X)` row by row, with one row of `weights` a neuron of the next layer.
    pub fn layer(&self, weights: &[Vec<Rational>], neuron: Neuron) -> Self {
        let samples = self.rows.first().map_or(0, Vec::len);
        let rows = weights.iter().map(|weights| {
            let pre_activation = |sample: usize| {
                weights.iter().zip(&self.rows).map(|(w, row)| Rational::from(w * &row[sample])).sum()
            };
            neuron(&(0..samples).map(pre_activation).collect::<Vec<_>>())
        });
        Self { rows: rows.collect() }
    }

    /// Whether all samples but the last are equal and the last is orthogonal to them, exactly.
    pub fn is_cluster_with_orthogonal_outlier(&self) -> bool {
        let cluster_is_one_point =
            self.rows.iter().all(|row| row[..row.len() - 1].iter().all(|value| *value == row[0]));
        let inner_product: Rational =
            self.rows.iter().map(|row| Rational::from(&row[0] * &row[row.len() - 1])).sum();
        cluster_is_one_point && inner_product.is_zero()
    }
}

/// Whether every neuron, whatever its weights, sends the exact configuration at batch size `n` to disjoint
/// supports: at most one of cluster and outlier is active. Two finite checks prove it for a neuron that is
/// recentering followed by ReLU: recentering is linear, so it is enough to see `(a−b)/n` and `−(n−1)(a−b)/n` on the
/// generators `(a, b) = (1, 0), (0, 1)` and their negatives (which give both parts past the ReLU); ReLU is
/// positively homogeneous, so it is enough to try `a − b ∈ {−1, 0, 1}`.
///
/// ```
/// use oddpoint::odd_point::exact::{neuron_keeps_supports_disjoint, recentre_and_rectify, rectify_only};
/// assert!(neuron_keeps_supports_disjoint(5, recentre_and_rectify));
/// assert!(!neuron_keeps_supports_disjoint(5, rectify_only));
/// ```
pub fn neuron_keeps_supports_disjoint(n: u64, neuron: Neuron) -> bool {
    let on_batch = |a: i64, b: i64| {
        let mut values = vec![Rational::from(a); n as usize];
        values[n as usize - 1] = Rational::from(b);
        values
    };
    let predicted = |a: i64, b: i64| {
        let mut values = vec![Rational::from(((a - b).max(0), n)); n as usize];
        values[n as usize - 1] = Rational::from(((b - a).max(0), n)) * (n - 1);
        values
    };
    let generators = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, -1)];
    generators.iter().all(|&(a, b)| {
        let after = neuron(&on_batch(a, b));
        after == predicted(a, b) && Rational::from(&after[0] * &after[n as usize - 1]).is_zero()
    })
}

/// A symmetric matrix of rationals, row by row.
type Matrix = Vec<Vec<Rational>>;

fn matrix(n: usize, entry: impl Fn(usize, usize) -> Rational) -> Matrix {
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// `P M P` with `P = I − 11ᵀ/n`.
fn centre(values: &Matrix) -> Matrix {
    let n = values.len();
    let means: Vec<Rational> =
        values.iter().map(|row| row.iter().sum::<Rational>() / Rational::from(n as u64)).collect();
    let grand_mean = means.iter().sum::<Rational>() / Rational::from(n as u64);
    matrix(n, |i, j| Rational::from(&values[i][j] - &means[i]) - &means[j] + &grand_mean)
}

/// `value`, if `left = value · right` entry by entry.
fn common_factor(left: &Matrix, right: &Matrix) -> Option<Rational> {
    let entries = || left.iter().flatten().zip(right.iter().flatten());
    let (numerator, denominator) = entries().find(|(_, right)| !right.is_zero())?;
    let factor = Rational::from(numerator / denominator);
    entries().all(|(left, right)| *left == Rational::from(right * &factor)).then_some(factor)
}

/// Whether index `i` is the outlier.
fn is_outlier(i: usize, n: usize) -> bool {
    i == n - 1
}

/// The centred covariance of the exact configuration: `tᵢtⱼ` with `t = (1, …, 1, −(n−1))`.
fn covariance(n: usize) -> Matrix {
    let t = |i| if is_outlier(i, n) { 1 - n as i64 } else { 1 };
    matrix(n, |i, j| Rational::from(t(i) * t(j)))
}

/// `K(C)` there: `κ(1) = 1/2` times the product of standard deviations on equal signs, `κ(−1) = 0` across.
fn kernel(covariance: &Matrix) -> Matrix {
    let n = covariance.len();
    matrix(n, |i, j| {
        if is_outlier(i, n) == is_outlier(j, n) {
            Rational::from(&covariance[i][j] / 2)
        } else {
            Rational::new()
        }
    })
}

/// `DK` there, applied to a perturbation: `κ'(1) = 1/2` on equal signs, `κ'(−1) = 0` across; the terms in the
/// variances carry `√(1−ρ²) = 0`. The same matrix entries as [`kernel`]: `K` is linear to first order there.
fn kernel_differential(perturbation: &Matrix) -> Matrix {
    kernel(perturbation)
}

/// The growth of the scale in one layer: `Λ` with `P K(C) P = Λ C`, exactly, or `None` if the exact
/// configuration were not a fixed point. It is `((n−1)²+1)/(2n²)`.
///
/// ```
/// // ((n−1)²+1)/2n² at n = 5.
/// assert_eq!(oddpoint::odd_point::exact::scale_growth(5), Some(rug::Rational::from((17, 50))));
/// ```
pub fn scale_growth(n: u64) -> Option<Rational> {
    let covariance = covariance(n as usize);
    common_factor(&centre(&kernel(&covariance)), &covariance)
}

/// By how much one layer multiplies a perturbation, relative to the scale, if it is an eigenvector.
fn multiplier(n: u64, perturbation: &Matrix) -> Option<Rational> {
    let image = centre(&kernel_differential(perturbation));
    Some(common_factor(&image, perturbation)? / scale_growth(n)?)
}

/// The multiplier of within-cluster covariance, from the difference of the first two cluster samples:
/// `n²/((n−1)²+1)`. Needs `n ≥ 3`.
///
/// ```
/// // n²/((n−1)²+1) at n = 5: above 1, so differences within the cluster grow.
/// let multiplier = oddpoint::odd_point::exact::within_cluster_multiplier(5);
/// assert_eq!(multiplier, Some(rug::Rational::from((25, 17))));
/// ```
pub fn within_cluster_multiplier(n: u64) -> Option<Rational> {
    let u = first_contrast;
    multiplier(n, &matrix(n as usize, |i, j| Rational::from(u(i) * u(j))))
}

/// The multiplier of the coherent mode, the first two cluster samples stretched by `1 ± ε`:
/// `n/((n−1)²+1)`. Needs `n ≥ 3`.
///
/// ```
/// // n/((n−1)²+1) at n = 5.
/// assert_eq!(oddpoint::odd_point::exact::coherent_multiplier(5), Some(rug::Rational::from((5, 17))));
/// ```
pub fn coherent_multiplier(n: u64) -> Option<Rational> {
    let size = n as usize;
    let t = covariance(size);
    let w = first_contrast;
    multiplier(n, &matrix(size, |i, j| Rational::from(&t[i][j] * (w(i) + w(j)))))
}

/// `w = e₁ − e₂`.
fn first_contrast(i: usize) -> i32 {
    match i {
        0 => 1,
        1 => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipliers_follow_the_formulas() {
        for n in [3_u64, 4, 7, 12] {
            let square = (n - 1) * (n - 1) + 1;
            assert_eq!(scale_growth(n), Some(Rational::from((square, 2 * n * n))));
            assert_eq!(within_cluster_multiplier(n), Some(Rational::from((n * n, square))));
            assert_eq!(coherent_multiplier(n), Some(Rational::from((n, square))));
        }
    }

    #[test]
    fn supports_are_disjoint() {
        assert!((3..20).all(|n| neuron_keeps_supports_disjoint(n, recentre_and_rectify)));
        assert!(!neuron_keeps_supports_disjoint(5, rectify_only));
    }

    /// Two features, three samples: X = [[1, 1, 0], [0, 0, 1]], W = [[2, −1], [−1, 3]]. By hand: neuron 1 sees
    /// (2, 2, −1), mean 1, recentred (1, 1, −2), ReLU (1, 1, 0); neuron 2 sees (−1, −1, 3), mean 1/3, recentred
    /// (−4/3, −4/3, 8/3), ReLU (0, 0, 8/3).
    #[test]
    fn one_layer_by_hand() {
        let rationals = |rows: [[i32; 3]; 2]| rows.map(|row| row.map(Rational::from).to_vec()).to_vec();
        let batch = RationalBatch::new(rationals([[1, 1, 0], [0, 0, 1]]));
        let weights = [[2, -1], [-1, 3]].map(|row| row.map(Rational::from).to_vec());
        let after = batch.layer(&weights, recentre_and_rectify);
        let expected = vec![
            vec![Rational::from(1), Rational::from(1), Rational::new()],
            vec![Rational::new(), Rational::new(), Rational::from((8, 3))],
        ];
        assert_eq!(after, RationalBatch::new(expected));
        assert!(after.is_cluster_with_orthogonal_outlier());
    }
}
