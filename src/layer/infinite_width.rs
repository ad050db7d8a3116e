//! One layer of recentring and ReLU at infinite width, as a map on centred covariances, and its differential.
//!
//! ```text
//! T(C) = (tr C / tr P K(C) P) · P K(C) P,        K(C)ᵢⱼ = √(cᵢᵢ cⱼⱼ) κ(cᵢⱼ/√(cᵢᵢ cⱼⱼ)),   K(C)ᵢᵢ = cᵢᵢ/2
//! ```
//!
//! Theory, section 2. It stands here generically, over any [`Real`], and once more in a form for speed
//! ([`FastLayer`], `f64` only), which is tested against the first. Nothing here shows that sampled networks
//! follow this map, nor anything of its fixed points; and an `f64` or MPFR result approximates.

use super::Gram;
use crate::arithmetic::Real;
use crate::kernel::{gram_entry, gram_entry_differential};
use crate::{Result, bad_input};
use rayon::prelude::*;

/// `K(C)`: the Gram matrix after ReLU of a batch whose pre-activations have covariance `covariance`.
///
/// # Shape
/// `n × n` to `n × n`, symmetric.
///
/// # Guarantees
/// Every entry within a few units in the last place (or enclosed); the same for any number of threads. Only
/// `cᵢᵢ ≥ 0` and `cᵢⱼ² ≤ cᵢᵢ cⱼⱼ` are used, and of the latter a violation by rounding is forgiven.
///
/// # Errors
/// A negative variance yields NaN (an interval: the whole line).
///
/// # Source
/// Theory, section 2; Cho & Saul, NeurIPS 2009.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity};
/// // Orthogonal samples of variance 1: κ(1) = 1/2 and κ(0) = 1/2π.
/// let image = nonlinearity(&Gram::from_entries(2, |i, j| f64::from(u8::from(i == j))));
/// assert!((image.get(0, 0) - 0.5).abs() < 1e-15);
/// assert!((image.get(0, 1) - 0.5 / std::f64::consts::PI).abs() < 1e-15);
/// ```
pub fn nonlinearity<R: Real>(covariance: &Gram<R>) -> Gram<R> {
    Gram::from_entries_parallel(covariance.n(), |i, j| {
        let c = covariance.get(i, j);
        if i == j { c.clone().over(2) } else { gram_entry(covariance.get(i, i), covariance.get(j, j), c) }
    })
}

/// `T(C)`: the centred covariance after one layer of recentring and ReLU, with the trace of `covariance`.
///
/// # Shape
/// `n × n` to `n × n`, symmetric, with rows that sum to zero up to rounding.
///
/// # Guarantees
/// As [`nonlinearity`]; the trace is kept up to rounding.
///
/// # Errors
/// A covariance of trace zero has no image: the result is NaN (of intervals, the whole line).
///
/// # Source
/// Theory, section 2.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::layer};
/// // Three equal points and one other, centred: up to rounding a fixed point of the layer.
/// let v = [-1.0, -1.0, -1.0, 3.0_f64];
/// let exact = Gram::from_entries(4, |i, j| v[i] * v[j]);
/// assert!(layer(&exact).sub(&exact).frobenius_norm() < 1e-14);
/// ```
pub fn layer<R: Real>(covariance: &Gram<R>) -> Gram<R> {
    let mut next = nonlinearity(covariance);
    next.recentre();
    next.scale_to_trace(&covariance.trace());
    next
}

/// `DT(C)[D]`: the derivative of [`layer`] at `covariance` in the direction `direction`.
///
/// # Shape
/// Two `n × n` matrices to one, symmetric.
///
/// # Guarantees
/// The exact derivative of the whole step, the change of the trace included, evaluated in `R`.
///
/// # Errors
/// Needs positive variances (else NaN, or the whole line). At a correlation of `±1` it is the derivative
/// along the covariances, that is from one side.
///
/// # Panics
/// If the two matrices differ in size.
///
/// # Source
/// Theory, section 2: with `M = P K(C) P` and `T = (tr C/tr M) M`,
/// `dT = (tr C/tr M) [dM + (tr D/tr C − tr dM/tr M) M]`.
///
/// ```
/// use oddpoint::layer::infinite_width::{differential, layer};
/// use oddpoint::odd_point::{FixedPoint, Mode};
/// let odd_point = FixedPoint::OddPoint.locate(10)?.covariance(10);
/// let direction = Mode::Trivial.direction(10, &0.0, 0);
/// let (step, slope) = (1e-6, differential(&odd_point, &direction));
/// let difference = layer(&odd_point.add_scaled(&step, &direction)).sub(&layer(&odd_point));
/// let error = difference.add_scaled(&-step, &slope).frobenius_norm();
/// assert!(error < 1e-3 * step * slope.frobenius_norm());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn differential<R: Real>(covariance: &Gram<R>, direction: &Gram<R>) -> Gram<R> {
    assert_eq!(covariance.n(), direction.n(), "the two matrices differ in size");
    let mut image = nonlinearity(covariance);
    image.recentre();
    let mut slope = nonlinearity_differential(covariance, direction);
    slope.recentre();
    let factor = covariance.trace() / image.trace();
    let drift = direction.trace() / covariance.trace() - slope.trace() / image.trace();
    let mut slope = slope.add_scaled(&drift, &image);
    slope.scale(&factor);
    slope
}

/// `DK(C)[D]`: the derivative of [`nonlinearity`] at `c` in the direction `d`.
///
/// # Shape
/// Two `n × n` matrices to one, symmetric.
///
/// # Errors
/// As [`differential`].
///
/// # Source
/// Theory, section 2.
///
/// ```
/// use oddpoint::layer::{Gram, infinite_width::nonlinearity_differential};
/// let identity = Gram::from_entries(3, |i, j| f64::from(u8::from(i == j)));
/// // A diagonal entry is halved (ReLU halves variances).
/// assert_eq!(*nonlinearity_differential(&identity, &identity).get(0, 0), 0.5);
/// ```
pub fn nonlinearity_differential<R: Real>(c: &Gram<R>, d: &Gram<R>) -> Gram<R> {
    Gram::from_entries_parallel(c.n(), |i, j| {
        if i == j {
            return d.get(i, i).clone().over(2);
        }
        let point = [c.get(i, i), c.get(j, j), c.get(i, j)];
        gram_entry_differential(point, [d.get(i, i), d.get(j, j), d.get(i, j)])
    })
}

/// Rows that one task takes at a time. Fixed, because the order of the sums depends on it.
const BLOCK: usize = 16;

/// Batches smaller than this are cheaper on one thread than shared out.
const PARALLEL_FROM: usize = 96;

/// [`layer`] in `f64` for speed: owns its memory and allocates none from one layer to the next.
///
/// # Guarantees
/// * The same to the last bit for any number of threads.
/// * Against exact arithmetic on the same covariance, an entry of [`gram`](Self::gram) is off by at most
///   `1.5 ε √(cᵢᵢ cⱼⱼ)` with `ε = 2⁻⁵²`, and one of [`covariance`](Self::covariance) by at most
///   `2 ε √n · max cᵢᵢ`: bounds seen in tests, not proved.
///
/// The determinant `ab − c²` is computed as it stands. Its rounding error `δ` of order `ε ab` moves the entry
/// `(√Δ + ψ c)/2π`, with `ψ = atan2(√Δ, −c)`, by `√Δ δ/(4π ab)` only: the derivatives of the two terms cancel
/// where `Δ` is small, so a fused multiplication would gain nothing on this scale. (Relative accuracy at a
/// correlation near `−1` is what [`nonlinearity`] has in addition.)
///
/// ```
/// use oddpoint::layer::{FastLayer, batch};
/// let input = batch::random_gaussian(20, 40, 7, 0)?.covariance()?;
/// let mut layers = FastLayer::new(&input)?;
/// for _ in 0..100 {
///     layers.step();
/// }
/// assert!((layers.covariance().trace() - 20.0).abs() < 1e-12);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FastLayer {
    n: usize,
    trace: f64,
    /// Row-major; of this and of `gram` only the entries on and above the diagonal are kept up to date.
    covariance: Vec<f64>,
    gram: Vec<f64>,
    variances: Vec<f64>,
    /// Sums of each row of `gram` from the diagonal on.
    row_sums: Vec<f64>,
    /// One row a block: sums of each column of `gram` over the block's rows above the diagonal.
    column_sums: Vec<f64>,
    /// Mean of each row of `gram`, less half the mean of all entries.
    offsets: Vec<f64>,
}

impl FastLayer {
    /// Layers that start from a centred covariance, whose trace they keep.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) if an entry is not finite or the trace is not positive.
    pub fn new(covariance: &Gram<f64>) -> Result<Self> {
        let (n, trace) = (covariance.n(), covariance.trace());
        let finite = trace.is_finite() && covariance.entries().iter().all(|x| x.is_finite());
        if !finite || trace <= 0.0 {
            return Err(bad_input!("a layer needs a covariance of finite entries and positive trace"));
        }
        Ok(Self {
            n,
            trace,
            covariance: covariance.entries().to_vec(),
            gram: vec![0.0; n * n],
            variances: (0..n).map(|i| *covariance.get(i, i)).collect(),
            row_sums: vec![0.0; n],
            column_sums: vec![0.0; n.div_ceil(BLOCK) * n],
            offsets: vec![0.0; n],
        })
    }

    /// The number of samples.
    pub fn n(&self) -> usize {
        self.n
    }

    /// One layer further.
    ///
    /// # Guarantees
    /// Allocates nothing itself; uses the current rayon pool from 96 samples on.
    pub fn step(&mut self) {
        self.activate();
        let scale = self.centre();
        self.recentre(scale);
    }

    /// The current centred covariance.
    pub fn covariance(&self) -> Gram<f64> {
        let mut whole = Gram::from_entries(self.n, |_, _| 0.0);
        self.copy_covariance(&mut whole);
        whole
    }

    /// The Gram matrix after ReLU in the latest layer, that is `K` of the covariance before it; zero before
    /// the first.
    pub fn gram(&self) -> Gram<f64> {
        let mut whole = Gram::from_entries(self.n, |_, _| 0.0);
        self.copy_gram(&mut whole);
        whole
    }

    /// [`covariance`](Self::covariance) into memory that is there already.
    ///
    /// # Panics
    /// If `to` has another size.
    pub fn copy_covariance(&self, to: &mut Gram<f64>) {
        mirror(self.n, &self.covariance, to.entries_mut());
    }

    /// [`gram`](Self::gram) into memory that is there already.
    ///
    /// # Panics
    /// If `to` has another size.
    pub fn copy_gram(&self, to: &mut Gram<f64>) {
        mirror(self.n, &self.gram, to.entries_mut());
    }

    /// `gram ← K(covariance)`, and the sums over its rows and columns.
    fn activate(&mut self) {
        let (n, variances) = (self.n, &self.variances);
        let task = |(block, (inputs_and_gram, sums)): (usize, _)| {
            activate_block(block * BLOCK, variances, inputs_and_gram, sums);
        };
        if n < PARALLEL_FROM {
            self.covariance
                .chunks(BLOCK * n)
                .zip(self.gram.chunks_mut(BLOCK * n))
                .zip(self.row_sums.chunks_mut(BLOCK).zip(self.column_sums.chunks_mut(n)))
                .enumerate()
                .for_each(task);
        } else {
            self.covariance
                .par_chunks(BLOCK * n)
                .zip(self.gram.par_chunks_mut(BLOCK * n))
                .zip(self.row_sums.par_chunks_mut(BLOCK).zip(self.column_sums.par_chunks_mut(n)))
                .enumerate()
                .with_max_len(1)
                .for_each(task);
        }
    }

    /// The offsets that centre `gram`, and the factor that then restores the trace.
    fn centre(&mut self) -> f64 {
        let n = self.n;
        self.offsets.copy_from_slice(&self.row_sums);
        for columns in self.column_sums.chunks(n) {
            self.offsets.iter_mut().zip(columns).for_each(|(sum, column)| *sum += column);
        }
        self.offsets.iter_mut().for_each(|sum| *sum /= n as f64);
        let half = self.offsets.iter().sum::<f64>() / n as f64 / 2.0;
        self.offsets.iter_mut().for_each(|mean| *mean -= half);
        let diagonal = self.variances.iter().map(|variance| variance / 2.0);
        // At least half of tr K(C) survives, because recentring spares as much on average over ±z: no
        // cancellation to speak of.
        let trace: f64 = diagonal.zip(&self.offsets).map(|(g, offset)| g - offset - offset).sum();
        self.trace / trace
    }

    /// `covariance ← scale · P gram P`.
    fn recentre(&mut self, scale: f64) {
        let (n, offsets) = (self.n, &self.offsets);
        let task = |(i, ((row, gram), variance)): (usize, ((&mut [f64], _), &mut f64))| {
            recentre_row(i, offsets, scale, gram, row);
            *variance = row[i];
        };
        if n < PARALLEL_FROM {
            let rows = self.covariance.chunks_mut(n).zip(self.gram.chunks(n));
            rows.zip(&mut self.variances).enumerate().for_each(task);
        } else {
            let rows = self.covariance.par_chunks_mut(n).zip(self.gram.par_chunks(n));
            rows.zip(&mut self.variances).enumerate().with_min_len(BLOCK).for_each(task);
        }
    }
}

/// Rows `first…` of `K`: `covariance`, `gram` and `row_sums` start at that row, `variances` and `column_sums`
/// hold all `n` columns.
fn activate_block(
    first: usize,
    variances: &[f64],
    (covariance, gram): (&[f64], &mut [f64]),
    (row_sums, column_sums): (&mut [f64], &mut [f64]),
) {
    let n = variances.len();
    column_sums[first..].fill(0.0);
    let rows = covariance.chunks(n).zip(gram.chunks_mut(n)).zip(row_sums).zip(first..);
    for (((covariance, gram), row_sum), i) in rows {
        let a = variances[i];
        gram[i] = a / 2.0;
        *row_sum = gram[i];
        let right = i + 1..n;
        let inputs = variances[right.clone()].iter().zip(&covariance[right.clone()]);
        let outputs = gram[right.clone()].iter_mut().zip(&mut column_sums[right]);
        for ((b, c), (entry, column_sum)) in inputs.zip(outputs) {
            *entry = fast_gram_entry(a, *b, *c);
            *row_sum += *entry;
            *column_sum += *entry;
        }
    }
}

/// Row `i` of `scale · P gram P`, from the diagonal on.
fn recentre_row(i: usize, offsets: &[f64], scale: f64, gram: &[f64], row: &mut [f64]) {
    let offset = offsets[i];
    let inputs = gram[i..].iter().zip(&offsets[i..]);
    for (entry, (g, column_offset)) in row[i..].iter_mut().zip(inputs) {
        *entry = (g - offset - column_offset) * scale;
    }
}

/// [`gram_entry`] to within a few units in the last place of `√(ab)`; see [`FastLayer`] for the reason why
/// the plain determinant does.
fn fast_gram_entry(a: f64, b: f64, c: f64) -> f64 {
    let root = (a * b - c * c).nonnegative().sqrt();
    (root + root.atan2(-c) * c) * (0.5 * std::f64::consts::FRAC_1_PI)
}

/// Copies the upper half of `from` to both halves of `to`, in square tiles that stay in the cache.
fn mirror(n: usize, from: &[f64], to: &mut [f64]) {
    const TILE: usize = 32;
    assert_eq!(to.len(), n * n, "the matrix differs in size");
    for top in (0..n).step_by(TILE) {
        for left in (top..n).step_by(TILE) {
            for i in top..n.min(top + TILE) {
                for j in left.max(i)..n.min(left + TILE) {
                    to[i * n + j] = from[i * n + j];
                    to[j * n + i] = from[i * n + j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
