//! Order parameters of a batch: how far it is a cluster plus one odd point.
//!
//! They are read from the Gram matrix after ReLU, `G = K(C)`, where the cluster and the odd point of theory,
//! section 2.2, are seen: on a symmetric batch [`Observables::norm_ratio`] is the norm of the outlier over that
//! of the cluster, and the cosines are those within the cluster and across. On any other batch they are plain
//! statistics of the sample that is largest after ReLU against the others, and show nothing by themselves: in
//! the fully symmetric state, say, the "odd" sample is arbitrary and the norm ratio is 1.

use super::Gram;
use super::eigenvalues::Eigenvalues;
use crate::Result;

/// Order parameters of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observables {
    /// Index, from 0, of the sample with the largest norm after ReLU; the first of several.
    pub odd_sample: usize,
    /// That norm over the root mean square norm of the others.
    pub norm_ratio: f64,
    /// Smallest cosine after ReLU over the pairs of other samples.
    pub cos_within_min: f64,
    /// Mean cosine after ReLU over the pairs of other samples.
    pub cos_within_mean: f64,
    /// Mean cosine after ReLU of the odd sample and the others.
    pub cos_cross_mean: f64,
    /// Largest cosine after ReLU of the odd sample and another.
    pub cos_cross_max: f64,
    /// Participation ratio `(tr C)²/‖C‖_F²` of the centred covariance *before* ReLU: from 1 (one direction)
    /// to n − 1.
    pub effective_rank: f64,
    /// See [`orthogonality_gap`], of the Gram matrix after ReLU.
    pub orthogonality_gap: f64,
}

/// The order parameters of a batch with centred covariance `covariance` and Gram matrix `gram` after ReLU.
///
/// # Shape
/// Two `n × n` matrices, `n ≥ 3`.
///
/// # Guarantees
/// Approximates, in O(n²). A sample of norm zero has no direction: pairs with it are left out of the cosines,
/// which are NaN if no pair is left.
///
/// # Panics
/// If the two matrices differ in size.
///
/// # Source
/// Theory, section 2.2.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity, observables::observe};
/// // Three equal points and one other: orthogonal after ReLU, of norm ratio n − 1 = 3.
/// let v = [-1.0, -1.0, -1.0, 3.0_f64];
/// let covariance = Gram::from_entries(4, |i, j| v[i] * v[j]);
/// let seen = observe(&covariance, &nonlinearity(&covariance));
/// assert_eq!((seen.odd_sample, seen.norm_ratio), (3, 3.0));
/// assert_eq!((seen.cos_within_min, seen.cos_cross_max, seen.effective_rank), (1.0, 0.0, 1.0));
/// ```
pub fn observe(covariance: &Gram<f64>, gram: &Gram<f64>) -> Observables {
    assert_eq!(covariance.n(), gram.n(), "the two matrices differ in size");
    let odd_sample = largest(gram);
    let (mut within, mut across) = (Cosines::default(), Cosines::default());
    for i in 0..gram.n() {
        for j in i + 1..gram.n() {
            // One root of the product: equal samples then have cosine 1 exactly.
            let product = (gram.get(i, i) * gram.get(j, j)).sqrt();
            if product > 0.0 {
                let family = if i == odd_sample || j == odd_sample { &mut across } else { &mut within };
                family.add(gram.get(i, j) / product);
            }
        }
    }
    Observables {
        odd_sample,
        norm_ratio: norm_ratio(gram, odd_sample),
        cos_within_min: within.least,
        cos_within_mean: within.mean(),
        cos_cross_mean: across.mean(),
        cos_cross_max: across.greatest,
        effective_rank: effective_rank(covariance),
        orthogonality_gap: orthogonality_gap(gram),
    }
}

/// Participation ratio `(tr C)²/‖C‖_F²`: the number of directions that carry the variance, if they carry it
/// equally.
///
/// ```
/// use oddpoint::layer::{Gram, observables::effective_rank};
/// let identity = Gram::from_entries(4, |i, j| f64::from(u8::from(i == j)));
/// assert!((effective_rank(&identity) - 4.0).abs() < 1e-14);
/// ```
pub fn effective_rank(covariance: &Gram<f64>) -> f64 {
    (covariance.trace() / covariance.frobenius_norm()).powi(2)
}

/// Orthogonality gap `‖G/tr G − I/n‖_F`: 0 for orthogonal samples of equal norm, `√(1 − 1/n)` for parallel ones.
///
/// # Guarantees
/// Approximates, to about `ε` absolutely.
///
/// # Source
/// Theory, section 1; Daneshmand, Joudaki, Bach, NeurIPS 2021.
///
/// ```
/// use oddpoint::layer::{Gram, observables::orthogonality_gap};
/// let parallel = Gram::from_entries(4, |_, _| 3.0);
/// assert_eq!(orthogonality_gap(&parallel), 0.75_f64.sqrt());
/// ```
pub fn orthogonality_gap(gram: &Gram<f64>) -> f64 {
    let (n, trace) = (gram.n(), gram.trace());
    let square = |(k, x): (usize, &f64)| {
        let unit = if k % (n + 1) == 0 { 1.0 / n as f64 } else { 0.0 };
        (x / trace - unit).powi(2)
    };
    gram.entries().iter().enumerate().map(square).sum::<f64>().sqrt()
}

/// Relative tolerance for [`numerical_rank`] that is well above the rounding of a Gram matrix summed in `f64`.
pub const RANK_TOLERANCE: f64 = 1e-10;

/// Number of eigenvalues above `tolerance` times the largest.
///
/// # Guarantees
/// Approximates: an eigenvalue within about `n ε` times the largest of the threshold may fall on either side. Takes
/// O(n³), more than a layer does; not part of [`observe`] for that reason.
///
/// # Errors
/// [`Error::NotReached`](crate::Error::NotReached) for entries that are not finite.
///
/// ```
/// use oddpoint::layer::{Gram, observables::{RANK_TOLERANCE, numerical_rank}};
/// let gram = Gram::from_entries(4, |i, j| 1.0 + if i == 3 && j == 3 { 2.0 } else { 0.0 });
/// assert_eq!(numerical_rank(&gram, RANK_TOLERANCE)?, 2);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn numerical_rank(gram: &Gram<f64>, tolerance: f64) -> Result<usize> {
    let eigenvalues = Eigenvalues::of(gram)?;
    Ok(eigenvalues.above(tolerance * eigenvalues.nth(0)))
}

/// Which sample is the odd one, and since when: over the layers of one network.
///
/// ```
/// use oddpoint::layer::observables::OddTracker;
/// let mut tracker = OddTracker::default();
/// let since: Vec<u64> = [4, 2, 2, 4].into_iter().zip(0..).map(|(odd, layer)| tracker.see(layer, odd)).collect();
/// assert_eq!(since, [0, 1, 1, 3]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OddTracker {
    /// The odd sample and the first layer of its uninterrupted reign.
    current: Option<(usize, u64)>,
}

impl OddTracker {
    /// Takes note of [`Observables::odd_sample`] in a layer; layers come in order. Returns the first layer from which
    /// on it has been this sample without interruption.
    pub fn see(&mut self, layer: u64, odd_sample: usize) -> u64 {
        let since = match self.current {
            Some((sample, since)) if sample == odd_sample => since,
            _ => layer,
        };
        self.current = Some((odd_sample, since));
        since
    }
}

/// Index of the first largest diagonal entry.
pub(crate) fn largest(gram: &Gram<f64>) -> usize {
    (1..gram.n()).fold(0, |best, i| if gram.get(i, i) > gram.get(best, best) { i } else { best })
}

/// The norm of one sample over the root mean square norm of the others.
pub(crate) fn norm_ratio(gram: &Gram<f64>, odd_sample: usize) -> f64 {
    let others: f64 = (0..gram.n()).filter(|&i| i != odd_sample).map(|i| gram.get(i, i)).sum();
    (gram.get(odd_sample, odd_sample) * (gram.n() - 1) as f64 / others).sqrt()
}

/// Running statistics of a family of cosines; NaN while there are none.
struct Cosines {
    count: usize,
    sum: f64,
    least: f64,
    greatest: f64,
}

impl Default for Cosines {
    fn default() -> Self {
        Self { count: 0, sum: 0.0, least: f64::NAN, greatest: f64::NAN }
    }
}

impl Cosines {
    fn add(&mut self, cosine: f64) {
        self.count += 1;
        self.sum += cosine;
        // `min` and `max` of a number and NaN are the number.
        self.least = self.least.min(cosine);
        self.greatest = self.greatest.max(cosine);
    }

    fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_batch_with_one_large_sample() {
        // Norms 1, 2, 5; cosines 1/2 (0,1), 1/5 (0,2), 3/10 (1,2). Odd: 2. Ratio 5/√((1+4)/2) = √10.
        let gram = Gram::from_entries(3, |i, j| [[1.0, 1.0, 1.0], [0.0, 4.0, 3.0], [0.0, 0.0, 25.0]][i][j]);
        let covariance = Gram::from_entries(3, |i, j| f64::from(u8::from(i == j)));
        let seen = observe(&covariance, &gram);
        let near = |x: f64, y: f64| (x - y).abs() < 1e-15;
        assert_eq!(seen.odd_sample, 2);
        assert!(near(seen.norm_ratio, 10.0_f64.sqrt()));
        assert!(near(seen.cos_within_min, 0.5) && near(seen.cos_within_mean, 0.5));
        assert!(near(seen.cos_cross_mean, 0.25) && near(seen.cos_cross_max, 0.3));
        assert!(near(seen.effective_rank, 3.0));
        // G/30 − I/3: diagonal −9/30, −6/30, 15/30, off it 1/30, 1/30, 3/30, twice each.
        assert!(near(seen.orthogonality_gap, (342.0_f64 + 22.0).sqrt() / 30.0));
    }

    #[test]
    fn rank_counts_what_exceeds_the_tolerance() {
        // I + 1e-6 of a rank-one perturbation of the zero block: eigenvalues 1, 1, 1e-6, 0.
        let gram = Gram::from_entries(4, |i, j| match (i, j) {
            (0, 0) | (1, 1) => 1.0,
            (2 | 3, 2 | 3) => 5e-7,
            _ => 0.0,
        });
        assert_eq!(numerical_rank(&gram, RANK_TOLERANCE).unwrap(), 3);
        assert_eq!(numerical_rank(&gram, 1e-5).unwrap(), 2);
        let broken = Gram::from_entries(3, |_, _| f64::NAN);
        assert!(matches!(numerical_rank(&broken, RANK_TOLERANCE), Err(Error::NotReached(_))));
    }

    #[test]
    fn identity_has_no_orthogonality_gap() {
        assert_eq!(orthogonality_gap(&Gram::from_entries(4, |i, j| if i == j { 7.0 } else { 0.0 })), 0.0);
    }

    #[test]
    fn a_sample_of_norm_zero_is_left_out() {
        let gram = Gram::from_entries(3, |i, j| [[0.0, 0.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 4.0]][i][j]);
        let seen = observe(&gram, &gram);
        assert!(seen.cos_within_min.is_nan() && seen.cos_within_mean.is_nan());
        assert_eq!((seen.cos_cross_mean, seen.cos_cross_max), (0.25, 0.25));
    }

    #[test]
    fn the_first_of_equal_samples_is_named() {
        let gram = Gram::from_entries(4, |i, j| f64::from(u8::from(i == j)));
        assert_eq!(observe(&gram, &gram).odd_sample, 0);
    }
}
