//! Symmetric matrices of second moments: the Gram matrix of a batch, or its covariance after recentring.
//!
//! Theory, sections 1 and 2: `G = XᵀX/d` over a batch of `n` samples with `d` features, and `C = P G P` with
//! `P = I − 11ᵀ/n`. Every sum runs in a fixed order, so that a result never depends on the number of threads.
//! That a matrix held here is positive semidefinite is the caller's affair: it is not checked.

use crate::arithmetic::Real;
use crate::{Result, bad_input};
use rayon::prelude::*;
use rug::Float;

/// A symmetric `n × n` matrix, all of it stored, row by row.
///
/// ```
/// use oddpoint::layer::Gram;
/// let mut gram = Gram::from_samples(&[vec![1.0, 0.0], vec![0.0, 1.0], vec![3.0, 0.0]])?;
/// gram.recentre();
/// gram.scale_to_trace(&3.0);
/// assert!((gram.trace() - 3.0).abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Gram<R> {
    n: usize,
    entries: Vec<R>,
}

impl<R> Gram<R> {
    /// The number of samples, `n`.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Entry (`i`, `j`).
    ///
    /// # Panics
    /// If an index is not below `n`.
    pub fn get(&self, i: usize, j: usize) -> &R {
        &self.row(i)[j]
    }

    /// Row `i`, which is also column `i`.
    ///
    /// # Panics
    /// If `i` is not below `n`.
    pub fn row(&self, i: usize) -> &[R] {
        &self.entries[i * self.n..][..self.n]
    }

    /// The entries, row by row.
    pub fn entries(&self) -> &[R] {
        &self.entries
    }

    /// The same matrix with every entry converted by `f`.
    ///
    /// # Shape
    /// `n × n`, symmetric if `f` is a function of its argument alone.
    pub fn map<S>(&self, f: impl FnMut(&R) -> S) -> Gram<S> {
        Gram { n: self.n, entries: self.entries.iter().map(f).collect() }
    }

    /// The entries to be overwritten in place; the caller keeps them symmetric.
    pub(super) fn entries_mut(&mut self) -> &mut [R] {
        &mut self.entries
    }
}

/// Entries that are worth sharing out among threads, if each takes but one operation: that of an `f64` takes some
/// hundredth of the time of others.
const fn shared_from<R>() -> usize {
    if size_of::<R>() == size_of::<f64>() { 1 << 15 } else { 512 }
}

impl<R: Real> Gram<R> {
    /// The matrix with entry `f(i, j)` at (`i`, `j`) for `i ≤ j`; the lower half mirrors the upper one.
    ///
    /// ```
    /// use oddpoint::layer::Gram;
    /// let gram = Gram::from_entries(3, |i, j| (i + 10 * j) as f64);
    /// assert_eq!(gram.row(1), [10.0, 11.0, 21.0]);
    /// ```
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn from_entries(n: usize, mut f: impl FnMut(usize, usize) -> R) -> Self {
        let upper: Vec<Vec<R>> = (0..n).map(|i| (i..n).map(|j| f(i, j)).collect()).collect();
        Self::from_upper_rows(&upper)
    }

    /// [`from_entries`](Self::from_entries) with the rows shared among the threads of the current pool.
    ///
    /// # Guarantees
    /// Every entry is computed by one call of `f`: the result does not depend on the number of threads.
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn from_entries_parallel(n: usize, f: impl Fn(usize, usize) -> R + Sync) -> Self {
        let row = |i: usize| (i..n).map(|j| f(i, j)).collect();
        // Upper rows differ in length; single rows as units of work let idle threads even that out.
        let upper: Vec<Vec<R>> = (0..n).into_par_iter().with_max_len(1).map(row).collect();
        Self::from_upper_rows(&upper)
    }

    /// From the upper half: row `i` holds the entries (`i`, `i`) to (`i`, `n − 1`).
    fn from_upper_rows(upper: &[Vec<R>]) -> Self {
        let n = upper.len();
        assert!(n > 0, "a Gram matrix has at least one sample");
        let entry = |i: usize, j: usize| upper[i.min(j)][i.max(j) - i.min(j)].clone();
        let places = (0..n * n).into_par_iter().with_min_len(shared_from::<R>());
        Self { n, entries: places.map(|k| entry(k / n, k % n)).collect() }
    }

    /// Replaces every entry `x` at (`i`, `j`) by `f(i, j, x)`, which must be symmetric in `i` and `j`.
    fn update(&mut self, f: impl Fn(usize, usize, R) -> R + Sync) {
        let n = self.n;
        let old = std::mem::take(&mut self.entries);
        self.entries = if old.len() < shared_from::<R>() {
            let places = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
            old.into_iter().zip(places).map(|(x, (i, j))| f(i, j, x)).collect()
        } else {
            let old = old.into_par_iter().with_min_len(shared_from::<R>());
            old.enumerate().map(|(k, x)| f(k / n, k % n, x)).collect()
        };
    }

    /// The sum of the diagonal.
    ///
    /// # Guarantees
    /// Summed from first to last.
    pub fn trace(&self) -> R {
        sum((0..self.n).map(|i| self.get(i, i)))
    }

    /// `self ← P · self · P` with `P = I − 11ᵀ/n`: every row then sums to zero, up to rounding.
    ///
    /// # Guarantees
    /// Approximates (or encloses) `P · self · P`; symmetric to the last bit; sums run in a fixed order.
    ///
    /// # Source
    /// Theory, section 2: `(P G P)ᵢⱼ = gᵢⱼ − mᵢ − mⱼ + m` with the means `mᵢ` of the rows and `m` of them all.
    pub fn recentre(&mut self) {
        let size = i64::try_from(self.n).expect("a matrix in memory has fewer than 2⁶³ rows");
        let rows = (0..self.n).into_par_iter().with_min_len(shared_from::<R>().div_ceil(self.n));
        let means: Vec<R> = rows.map(|i| sum(self.row(i)).over(size)).collect();
        let half = sum(&means).over(size).over(2);
        let offsets: Vec<R> = means.into_iter().map(|mean| mean - &half).collect();
        // The same order of subtraction on both sides of the diagonal keeps the rounding symmetric.
        self.update(|i, j, x| x - &offsets[i.min(j)] - &offsets[i.max(j)]);
    }

    /// Multiplies by a number so that the trace becomes `trace`, up to rounding.
    ///
    /// # Errors
    /// A matrix of trace zero has no such multiple: its entries become NaN (of an interval, the whole line).
    pub fn scale_to_trace(&mut self, trace: &R) {
        let factor = trace.clone() / self.trace();
        self.scale(&factor);
    }

    /// Multiplies every entry by `factor`.
    pub fn scale(&mut self, factor: &R) {
        self.update(|_, _, x| x * factor);
    }

    /// `self − other`.
    ///
    /// # Panics
    /// If the two differ in size.
    pub fn sub(&self, other: &Self) -> Self {
        self.combine(other, |x, y| x.clone() - y)
    }

    /// `self + factor · other`.
    ///
    /// # Panics
    /// If the two differ in size.
    pub fn add_scaled(&self, factor: &R, other: &Self) -> Self {
        self.combine(other, |x, y| y.clone() * factor + x)
    }

    fn combine(&self, other: &Self, f: impl Fn(&R, &R) -> R) -> Self {
        assert_eq!(self.n, other.n, "the two matrices differ in size");
        let entries = self.entries.iter().zip(&other.entries).map(|(x, y)| f(x, y)).collect();
        Self { n: self.n, entries }
    }

    /// `(Σᵢⱼ gᵢⱼ²)^½`.
    ///
    /// # Guarantees
    /// Summed in the order of the entries. In `f64` it overflows for entries above about `1e154`.
    pub fn frobenius_norm(&self) -> R {
        let zero = self.entries[0].lift(0);
        self.entries.iter().fold(zero, |sum, x| sum + x.clone().square()).sqrt()
    }

    /// The nearest double-precision matrix: an approximation, for display and comparison.
    pub fn to_f64(&self) -> Gram<f64> {
        self.map(Real::approximate)
    }
}

impl Gram<f64> {
    /// `XᵀX/d` from one row of `d` features a sample, uncentred.
    ///
    /// # Shape
    /// `samples`: `n` rows of `d` numbers; the result is `n × n`.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) without samples, without features, or with rows of unequal length.
    ///
    /// # Source
    /// Theory, section 1.
    pub fn from_samples(samples: &[Vec<f64>]) -> Result<Self> {
        let features = samples.first().map_or(0, Vec::len);
        if features == 0 {
            return Err(bad_input!("a Gram matrix needs at least one sample with at least one feature"));
        }
        if let Some(i) = samples.iter().position(|sample| sample.len() != features) {
            return Err(bad_input!(
                "sample {i} has {} features where sample 0 has {features}; all must have the same number",
                samples[i].len()
            ));
        }
        let product = |i: usize, j: usize| -> f64 {
            let terms = samples[i].iter().zip(&samples[j]).map(|(x, y)| x * y);
            terms.sum::<f64>() / features as f64
        };
        Ok(Self::from_entries_parallel(samples.len(), product))
    }

    /// The same numbers as MPFR floats of `precision` bits; exact from 53 bits on.
    pub fn lift(&self, precision: u32) -> Gram<Float> {
        self.map(|x| Float::with_val(precision, *x))
    }
}

/// The sum of at least one term, from first to last.
fn sum<'a, R: Real + 'a>(terms: impl IntoIterator<Item = &'a R>) -> R {
    let mut terms = terms.into_iter();
    let first = terms.next().expect("a matrix has at least one row").clone();
    terms.fold(first, |sum, x| sum + x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recentring_a_two_by_two_matrix() {
        // P = ½(1 −1; −1 1): P G P = ¼(a − 2c + b) (1 −1; −1 1) with a = 5, b = 3, c = 1, so ¼·6 = 3/2.
        let mut gram = Gram::from_entries(2, |i, j| [[5.0, 1.0], [1.0, 3.0]][i][j]);
        gram.recentre();
        assert_eq!(gram.entries(), [1.5, -1.5, -1.5, 1.5]);
    }

    #[test]
    fn recentring_twice_changes_nothing() {
        let mut gram = Gram::from_entries(7, |i, j| ((3 * i + 5 * j + i * j) as f64).sin()).lift(200);
        gram.recentre();
        let once = gram.clone();
        gram.recentre();
        assert!(gram.sub(&once).frobenius_norm() < 1e-58);
        assert!((0..7).all(|i| sum(gram.row(i)).abs() < 1e-58));
    }

    #[test]
    fn gram_of_samples_divides_by_the_number_of_features() {
        let gram = Gram::from_samples(&[vec![1.0, 2.0], vec![3.0, -4.0]]).unwrap();
        assert_eq!(gram.entries(), [2.5, -2.5, -2.5, 12.5]);
    }

    #[test]
    fn samples_must_agree_in_length() {
        let message = Gram::from_samples(&[vec![1.0, 2.0], vec![3.0]]).unwrap_err().to_string();
        assert!(message.contains("sample 1 has 1 features where sample 0 has 2"), "{message}");
        assert!(Gram::from_samples(&[]).is_err());
    }

    #[test]
    fn scaling_and_norms() {
        let mut gram = Gram::from_entries(2, |i, j| [[3.0, 4.0], [4.0, 1.0]][i][j]);
        gram.scale_to_trace(&8.0);
        assert_eq!(gram.entries(), [6.0, 8.0, 8.0, 2.0]);
        assert_eq!(gram.add_scaled(&-0.5, &gram).entries(), [3.0, 4.0, 4.0, 1.0]);
        // 36 + 2·64 + 4 = 168
        assert_eq!(gram.frobenius_norm(), 168.0_f64.sqrt());
    }

    #[test]
    fn parallel_and_serial_construction_agree() {
        let f = |i: usize, j: usize| (i as f64 - 0.3 * j as f64).cos();
        assert_eq!(Gram::from_entries(23, f), Gram::from_entries_parallel(23, f));
    }
}
