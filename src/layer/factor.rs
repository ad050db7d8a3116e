//! A factor `F` of a covariance, `F Fᵀ = C`, that keeps what is small beside what is large.

use super::Gram;
use super::components::Layer;
use crate::{Error, Result, bad_input};

/// `F` with `F Fᵀ = C`: row `i` holds the coordinates of sample `i`.
///
/// Cholesky with diagonal pivoting. Its error at (`i`, `j`) is of order `n ε √(cᵢᵢ cⱼⱼ)`, relative to the two samples
/// concerned, while that of an eigendecomposition is `ε ‖C‖` everywhere, about `n²` times the cluster's variance
/// next to an odd point. So squared distances within the cluster are as good as the entries of `C` have them.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    n: usize,
    rank: usize,
    /// Column after column, `n` numbers each.
    columns: Vec<f64>,
    /// What is left of each variance; what of it counts as zero.
    residuals: Vec<f64>,
    floors: Vec<f64>,
    /// The first sample equal to each.
    first_equal: Vec<usize>,
}

impl Factor {
    /// Memory for factors of `n × n` matrices.
    pub fn new(n: usize) -> Self {
        Self {
            n,
            rank: 0,
            columns: Vec::with_capacity(n * n),
            residuals: vec![0.0; n],
            floors: vec![0.0; n],
            first_equal: vec![0; n],
        }
    }

    /// Number of columns: the rank as far as `f64` tells.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The columns, one after the other.
    pub fn columns(&self) -> &[f64] {
        &self.columns
    }

    /// Factors `covariance`, which is `layer.covariance(gram)`.
    ///
    /// # Guarantees
    /// Samples with equal rows in `gram` have equal rows in the factor, to the last bit; with RC every column sums to
    /// zero up to rounding. The order of operations is fixed.
    ///
    /// # Errors
    /// [`Error::Input`] if the matrix is far from positive semidefinite, [`Error::NotReached`] if it is zero up to
    /// rounding: all samples are then equal.
    pub fn compute(&mut self, layer: &Layer, gram: &Gram<f64>, covariance: &Gram<f64>) -> Result<()> {
        self.prepare(layer, gram, covariance);
        while let Some(pivot) = self.pivot() {
            self.eliminate(pivot, covariance);
        }
        self.check()?;
        for column in self.columns.chunks_mut(self.n) {
            for (i, &first) in self.first_equal.iter().enumerate() {
                column[i] = column[first];
            }
            if layer.recentre {
                let mean = column.iter().sum::<f64>() / self.n as f64;
                column.iter_mut().for_each(|x| *x -= mean);
            }
        }
        Ok(())
    }

    fn prepare(&mut self, layer: &Layer, gram: &Gram<f64>, covariance: &Gram<f64>) {
        self.rank = 0;
        self.columns.clear();
        // Entries of P G P carry rounding errors of order ε (√gᵢᵢ + √m)(√gⱼⱼ + √m), m the mean entry of G.
        let mean = gram.entries().iter().sum::<f64>().max(0.0) / (self.n * self.n) as f64;
        let offset = if layer.recentre { mean.sqrt() } else { 0.0 };
        for i in 0..self.n {
            self.residuals[i] = *covariance.get(i, i);
            let scale = (gram.get(i, i).max(0.0).sqrt() + offset).powi(2);
            self.floors[i] = 2.0 * self.n as f64 * f64::EPSILON * scale;
            self.first_equal[i] = (0..i).find(|&j| gram.row(j) == gram.row(i)).unwrap_or(i);
        }
    }

    /// The sample with the most left of its variance, if that is more than rounding.
    fn pivot(&self) -> Option<usize> {
        let counts = |&i: &usize| self.first_equal[i] == i && self.residuals[i] > self.floors[i];
        (0..self.n)
            .filter(counts)
            .reduce(|best, i| if self.residuals[i] > self.residuals[best] { i } else { best })
    }

    /// Appends the column of one pivot.
    fn eliminate(&mut self, pivot: usize, covariance: &Gram<f64>) {
        let (n, start) = (self.n, self.columns.len());
        self.columns.extend_from_slice(covariance.row(pivot));
        let (before, column) = self.columns.split_at_mut(start);
        for earlier in before.chunks(n) {
            let factor = earlier[pivot];
            column.iter_mut().zip(earlier).for_each(|(x, y)| *x -= factor * y);
        }
        let root = self.residuals[pivot].sqrt();
        for (x, residual) in column.iter_mut().zip(&mut self.residuals) {
            // Earlier pivots have nothing left, by construction.
            *x = if *residual == f64::NEG_INFINITY { 0.0 } else { *x / root };
            *residual -= *x * *x;
        }
        column[pivot] = root;
        self.residuals[pivot] = f64::NEG_INFINITY;
        self.rank += 1;
    }

    fn check(&self) -> Result<()> {
        /// Far more than rounding, and a negative variance all the same.
        const TOLERANCE: f64 = 1e-6 / f64::EPSILON;
        let samples = self.residuals.iter().zip(&self.floors).enumerate();
        for (i, (residual, floor)) in samples.filter(|(_, (residual, _))| residual.is_finite()) {
            if *residual < -TOLERANCE * floor {
                return Err(bad_input!(
                    "sample {i}: the matrix is not positive semidefinite, so not a Gram matrix"
                ));
            }
        }
        if self.rank == 0 {
            return Err(Error::NotReached(
                "all samples have become equal: nothing is left to sample from".into(),
            ));
        }
        Ok(())
    }
}
