//! A factor `F` of a covariance, `F Fᵀ = C`, that keeps what is small beside what is large.

use super::Gram;
use super::components::Layer;
use super::strips::{self, STRIP, Strip, Tile, strips};
use crate::{Error, Result, bad_input};
use fearless_simd::{Level, dispatch};
use rayon::prelude::*;
use std::ops::Range;

/// Rows of tiles that are brought up to date together.
const BAND: usize = 4;
/// Pivots after which what is left of the covariance is brought up to date, all of it at once.
const BLOCK: usize = 32;

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
    /// From the second block of pivots on: what the blocks before have left of the covariance.
    rest: Vec<Tile>,
    /// What is left of each variance; what of it counts as zero.
    residuals: Vec<f64>,
    floors: Vec<f64>,
    /// The first sample equal to each.
    first_equal: Vec<usize>,
    /// How many columns each sample has until the rest are zero.
    reach: Vec<usize>,
    /// The sample of largest variance: the first pivot.
    largest: usize,
}

impl Factor {
    /// Memory for factors of `n × n` matrices.
    pub fn new(n: usize) -> Self {
        Self {
            n,
            rank: 0,
            columns: Vec::with_capacity(n * n),
            rest: Vec::new(),
            residuals: vec![0.0; n],
            floors: vec![0.0; n],
            first_equal: vec![0; n],
            reach: vec![0; n],
            largest: 0,
        }
    }

    /// Number of columns: the rank as far as `f64` tells. Rounding may pass for rank (rarely, in batches
    /// of deficient rank); such a column's entries are of order `√ε` of the largest sample's scale.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of columns after which sample `i` has zeros only: but for the order of the samples (and, with RC, for
    /// the largest one) the factor of a matrix of full rank is triangular, as pivots have nothing left.
    pub fn reach(&self, i: usize) -> usize {
        self.reach[i]
    }

    /// The columns, one after the other.
    pub fn columns(&self) -> &[f64] {
        &self.columns
    }

    /// Factors `covariance`, which is `layer.covariance(gram)`.
    ///
    /// # Guarantees
    /// Samples with equal rows in `gram` have equal rows in the factor, to the last bit; with RC every column sums to
    /// zero up to rounding. The order of operations is fixed: the result does not depend on the number of threads.
    ///
    /// # Errors
    /// [`Error::Input`] if the matrix is far from positive semidefinite, [`Error::NotReached`] if it is zero up to
    /// rounding: all samples are then equal.
    pub fn compute(
        &mut self,
        layer: &Layer,
        gram: &Gram<f64>,
        covariance: &Gram<f64>,
        one_thread: bool,
    ) -> Result<()> {
        self.prepare(layer, gram, covariance);
        while self.pivot().is_some() {
            if self.rank > 0 {
                self.subtract_block(covariance, one_thread);
            }
            dispatch!(Level::new(), _ => self.eliminate_block(covariance));
        }
        self.check()?;
        for i in 0..self.n {
            // What is no pivot has all columns.
            self.reach[i] = self.reach[self.first_equal[i]].min(self.rank);
        }
        for column in self.columns.chunks_mut(self.n) {
            for (i, &first) in self.first_equal.iter().enumerate() {
                column[i] = column[first];
            }
        }
        if layer.recentre {
            self.recentre();
        }
        Ok(())
    }

    /// Makes every column sum to zero, which it does but for rounding. That is taken from the sample of largest variance,
    /// for which it is least, and from its equals: so the others keep their zeros, and their distances.
    fn recentre(&mut self) {
        let equals: Vec<usize> = (0..self.n).filter(|&i| self.first_equal[i] == self.largest).collect();
        for column in self.columns.chunks_mut(self.n) {
            let share = column.iter().sum::<f64>() / equals.len() as f64;
            equals.iter().for_each(|&i| column[i] -= share);
        }
        equals.iter().for_each(|&i| self.reach[i] = self.rank);
    }

    fn prepare(&mut self, layer: &Layer, gram: &Gram<f64>, covariance: &Gram<f64>) {
        self.rank = 0;
        self.columns.clear();
        self.reach.fill(usize::MAX);
        // Entries of P G P carry rounding errors of order ε (√gᵢᵢ + √m)(√gⱼⱼ + √m), m the mean entry of G.
        let mean = gram.entries().iter().sum::<f64>().max(0.0) / (self.n * self.n) as f64;
        let offset = if layer.recentre { mean.sqrt() } else { 0.0 };
        let diagonal: Vec<f64> = (0..self.n).map(|i| *gram.get(i, i)).collect();
        for i in 0..self.n {
            self.residuals[i] = *covariance.get(i, i);
            let scale = (diagonal[i].max(0.0).sqrt() + offset).powi(2);
            self.floors[i] = 2.0 * self.n as f64 * f64::EPSILON * scale;
            // Equal rows are equal on the diagonal too, which is sooner seen.
            let alike = |&j: &usize| diagonal[j] == diagonal[i] && gram.row(j) == gram.row(i);
            self.first_equal[i] = (0..i).find(alike).unwrap_or(i);
        }
    }

    /// The sample with the most left of its variance, if that is more than rounding.
    fn pivot(&self) -> Option<usize> {
        let counts = |&i: &usize| self.first_equal[i] == i && self.residuals[i] > self.floors[i];
        (0..self.n)
            .filter(counts)
            .reduce(|best, i| if self.residuals[i] > self.residuals[best] { i } else { best })
    }

    /// Takes the latest block of columns from what is left of the covariance.
    fn subtract_block(&mut self, covariance: &Gram<f64>, one_thread: bool) {
        let n = self.n;
        let is_first = self.rank == BLOCK;
        self.rest.resize(strips::tiles(n), strips::ZERO);
        let mut positive: Vec<Strip> = vec![[0.0; STRIP]; strips(n) * BLOCK];
        for (k, column) in self.columns[(self.rank - BLOCK) * n..].chunks(n).enumerate() {
            for (strip, numbers) in positive[k..].iter_mut().step_by(BLOCK).zip(column.chunks(STRIP)) {
                strip[..numbers.len()].copy_from_slice(numbers);
            }
        }
        let negative: Vec<Strip> = positive.iter().map(|strip| strip.map(|x| -x)).collect();
        let mut rest = self.rest.as_mut_slice();
        let band = |first: usize| {
            let rows = first..strips(n).min(first + BAND);
            let count = strips::tiles_above(rows.end) - strips::tiles_above(rows.start);
            Some((rest.split_off_mut(..count)?, rows))
        };
        let bands: Vec<_> = (0..strips(n)).step_by(BAND).filter_map(band).collect();
        let update = |(tiles, rows): (&mut [Tile], Range<usize>)| {
            if is_first {
                strips::set(tiles, n, rows.clone(), |i, j| *covariance.get(i, j));
            }
            dispatch!(Level::new(), _ => strips::accumulate(&negative, &positive, BLOCK, rows, tiles));
        };
        if one_thread {
            bands.into_iter().for_each(update);
        } else {
            bands.into_par_iter().for_each(update);
        }
    }

    /// The next columns, at most [`BLOCK`]: to be inlined into a function compiled for the processor at hand.
    #[inline(always)]
    fn eliminate_block(&mut self, covariance: &Gram<f64>) {
        let first = self.rank;
        while let Some(pivot) = self.pivot().filter(|_| self.rank < first + BLOCK) {
            self.eliminate(pivot, first, covariance);
        }
    }

    /// Appends the column of one pivot, in a block that begins with column `first`.
    #[inline(always)]
    fn eliminate(&mut self, pivot: usize, first: usize, covariance: &Gram<f64>) {
        let (n, start) = (self.n, self.columns.len());
        if first == 0 {
            self.columns.extend_from_slice(covariance.row(pivot));
        } else {
            let rest = &self.rest;
            self.columns.extend((0..n).map(|i| strips::entry(rest, i.max(pivot), i.min(pivot))));
        }
        let (before, column) = self.columns.split_at_mut(start);
        // Four at a time, because memory is what limits this.
        let fours = before[first * n..].chunks_exact(4 * n);
        let rest = fours.remainder();
        for four in fours {
            let [a, b, c, d] = std::array::from_fn(|k| &four[k * n..][..n]);
            let [p, q, r, s] = [a[pivot], b[pivot], c[pivot], d[pivot]];
            for ((((x, a), b), c), d) in column.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *x = (-s).mul_add(*d, (-r).mul_add(*c, (-q).mul_add(*b, (-p).mul_add(*a, *x))));
            }
        }
        for earlier in rest.chunks_exact(n) {
            let p = earlier[pivot];
            column.iter_mut().zip(earlier).for_each(|(x, y)| *x = (-p).mul_add(*y, *x));
        }
        let root = self.residuals[pivot].sqrt();
        for (x, residual) in column.iter_mut().zip(&mut self.residuals) {
            // Earlier pivots have nothing left, by construction.
            *x = if *residual == f64::NEG_INFINITY { 0.0 } else { *x / root };
            *residual -= *x * *x;
        }
        column[pivot] = root;
        if self.rank == 0 {
            self.largest = pivot;
        }
        self.residuals[pivot] = f64::NEG_INFINITY;
        self.rank += 1;
        self.reach[pivot] = self.rank;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::batch;
    use proptest::prelude::*;
    use rug::Float;

    fn layer(recentre: bool) -> Layer {
        Layer::parse(if recentre { "rc" } else { "" }, None).unwrap()
    }

    fn factor(layer: &Layer, gram: &Gram<f64>) -> Result<Factor> {
        let mut factor = Factor::new(gram.n());
        factor.compute(layer, gram, &layer.covariance(gram), false)?;
        Ok(factor)
    }

    #[test]
    fn blocks_change_no_bit() {
        // Three blocks, the last one short, and strips that are not full: each entry is one chain of fused multiply-adds.
        let gram = batch::random_gaussian(150, 300, 8, 0).unwrap().gram().unwrap();
        let result = factor(&layer(false), &gram).unwrap();
        assert_eq!(result.rank, 150);
        let columns: Vec<&[f64]> = result.columns.chunks(150).collect();
        for (k, column) in columns.iter().enumerate() {
            let pivot = (0..150).find(|&i| result.reach(i) == k + 1).unwrap();
            for i in (0..150).filter(|&i| result.reach(i) > k + 1) {
                let start = *gram.get(pivot, i);
                let left =
                    columns[..k].iter().fold(start, |x, earlier| (-earlier[pivot]).mul_add(earlier[i], x));
                assert_eq!(column[i], left / column[pivot], "column {k}, sample {i}");
            }
        }
        let mut alone = Factor::new(150);
        alone.compute(&layer(false), &gram, &gram, true).unwrap();
        assert_eq!(alone.columns, result.columns);
    }

    /// Entry (`i`, `j`) of `F Fᵀ`, in 300 bits.
    fn product(factor: &Factor, i: usize, j: usize) -> Float {
        let terms = factor.columns.chunks(factor.n).map(|column| Float::with_val(300, column[i]) * column[j]);
        terms.fold(Float::new(300), |sum, x| sum + x)
    }

    /// `|x_i − x_j|²` from second moments.
    fn distance(entry: impl Fn(usize, usize) -> Float, i: usize, j: usize) -> Float {
        entry(i, i) + entry(j, j) - entry(i, j) * 2_u32
    }

    /// A cluster of unit variance with squared distances of about `spread`, and an outlier of variance `(n−1)²`
    /// orthogonal to it but for a part of relative size `√spread`: what ReLU leaves near the odd point.
    fn near_cluster(n: usize, spread: f64) -> Gram<f64> {
        let noise = batch::random_gaussian(n, 2 * n, 4, 0).unwrap();
        let mut samples = noise.samples().to_vec();
        for (i, sample) in samples.iter_mut().enumerate() {
            sample.iter_mut().for_each(|x| *x *= (spread / (4 * n) as f64).sqrt());
            if i + 1 < n { sample[0] += 1.0 } else { sample[1] += n as f64 - 1.0 }
        }
        let features = 2.0 * n as f64;
        let mut gram = Gram::from_samples(&samples).unwrap();
        gram.scale(&features);
        gram
    }

    #[test]
    fn small_distances_within_the_cluster_survive() {
        for (n, recentre) in [(20, true), (20, false), (100, true), (100, false)] {
            for spread in [1e-2, 1e-6, 1e-10] {
                let gram = near_cluster(n, spread);
                let factor = factor(&layer(recentre), &gram).unwrap();
                let exact = |i: usize, j: usize| Float::with_val(300, gram.get(i, j));
                for (i, j) in [(0, 1), (2, 7), (5, n - 2)] {
                    let wanted = distance(exact, i, j);
                    let error = distance(|i, j| product(&factor, i, j), i, j) / &wanted - 1_u32;
                    // Entries of order 1 are off by a few ε each, and ε is spread·(ε/spread). An error of ε‖C‖ would
                    // be n² times that: 400 or 10 000.
                    let unit = f64::EPSILON / wanted.to_f64();
                    assert!(error.to_f64().abs() < 40.0 * unit, "{n} {recentre} {spread}: {error} {unit}");
                }
            }
        }
    }

    #[test]
    fn exact_configuration_has_rank_one_and_opposite_signs() {
        for n in [3, 10, 64] {
            let gram = Gram::from_entries(n, |i, j| match (i + 1 == n, j + 1 == n) {
                (true, true) => 0.7,
                (false, false) => 1.3,
                _ => 0.0,
            });
            let centred = factor(&layer(true), &gram).unwrap();
            assert_eq!(centred.rank(), 1);
            let column = centred.columns();
            assert!(column[..n - 1].iter().all(|x| *x == column[0]));
            assert!(column[0] * column[n - 1] < 0.0);
            assert_eq!(factor(&layer(false), &gram).unwrap().rank(), 2);
        }
    }

    #[test]
    fn equal_samples_have_equal_rows() {
        let samples = batch::random_gaussian(9, 30, 2, 0).unwrap();
        let gram = Gram::from_samples(samples.samples()).unwrap();
        let origin = [0, 1, 2, 3, 0, 5, 3, 0, 8];
        let gram = Gram::from_entries(9, |i, j| *gram.get(origin[i], origin[j]));
        for recentre in [true, false] {
            let factor = factor(&layer(recentre), &gram).unwrap();
            assert_eq!(factor.rank(), if recentre { 5 } else { 6 });
            for column in factor.columns().chunks(9) {
                assert!((0..9).all(|i| column[i] == column[origin[i]]));
            }
        }
    }

    #[test]
    fn columns_beyond_reach_are_zero() {
        let gram = batch::random_gaussian(12, 30, 3, 0).unwrap().gram().unwrap();
        for recentre in [true, false] {
            let factor = factor(&layer(recentre), &gram).unwrap();
            for (k, column) in factor.columns().chunks(12).enumerate() {
                assert!((0..12).all(|i| factor.reach(i) > k || column[i] == 0.0));
            }
            // Pivots have 1 to `rank` columns; with RC the rank is 11, and the first pivot and the one left have them all.
            let mut reaches: Vec<usize> = (0..12).map(|i| factor.reach(i)).collect();
            reaches.sort_unstable();
            let expected =
                if recentre { (2..=11).chain([11, 11]).collect() } else { (1..=12).collect::<Vec<_>>() };
            assert_eq!(reaches, expected);
        }
    }

    #[test]
    fn what_has_no_factor_is_refused() {
        let equal = Gram::from_entries(4, |_, _| 1.0);
        assert!(matches!(factor(&layer(true), &equal), Err(Error::NotReached(_))));
        let indefinite = Gram::from_entries(3, |i, j| if i == j { 1.0 } else { -0.9 });
        assert!(matches!(factor(&layer(false), &indefinite), Err(Error::Input(_))));
    }

    proptest! {
        #[test]
        fn product_is_the_covariance(n in 3_usize..12, features in 1_usize..20, seed: u64, recentre: bool) {
            let gram = batch::random_gaussian(n, features, seed, 0).unwrap().gram().unwrap();
            let layer = layer(recentre);
            let covariance = layer.covariance(&gram);
            let factor = factor(&layer, &gram).unwrap();
            // Rounding errors in `P G P` go with √gᵢᵢ + √m; the mean entry m of G is at most its largest.
            let scale = 4.0 * (0..n).map(|i| *gram.get(i, i)).fold(0.0, f64::max);
            for i in 0..n {
                for j in 0..n {
                    let error = (product(&factor, i, j) - covariance.get(i, j)).to_f64().abs();
                    // What is left out is at most 2nε times the scale; rounding adds of order nε.
                    prop_assert!(error <= 4.0 * n as f64 * f64::EPSILON * scale);
                }
            }
            // Rounding can pass for rank where a pivot is small beside its sample, but then it has rounding's size.
            for column in factor.columns().chunks(n).skip(features) {
                prop_assert!(column.iter().all(|x| x * x <= 4.0 * n as f64 * f64::EPSILON * scale));
            }
            if recentre {
                // A mean of n numbers up to √scale is off by at most nε/2 times that, and so is the sum n of which are left.
                let bound = (n * n) as f64 * f64::EPSILON * scale.sqrt();
                for column in factor.columns().chunks(n) {
                    prop_assert!(column.iter().sum::<f64>().abs() <= bound);
                }
            }
        }
    }
}
