//! The dense Jacobian of one RC + NL layer of the full n×n map at a fixed point, and its eigenvalues.
//!
//! An independent route to the spectrum: no use is made of the symmetry. The analytic differential of the full
//! map ([`crate::layer::infinite_width::differential`]) acts on an orthonormal basis of the symmetric matrices with zero row sums
//! and zero trace, of dimension `n(n−1)/2 − 1`, and nalgebra's QR iteration finds the eigenvalues.
//!
//! Approximates; the QR iteration is bounded, because repeated eigenvalues (there are many, by symmetry) can stall
//! it, and a stall is reported as such.

use super::model::SymmetricBatch;
use super::spectrum::{Block, Spectrum, StandardBlock};
use crate::layer::Gram;
use crate::layer::infinite_width::differential;
use crate::{Error, Result, bad_input};
use nalgebra::{Complex, DMatrix, Schur};

/// The largest batch for the dense route: a Jacobian of 1 127 rows, and QR takes its cube.
pub const LARGEST_DENSE_BATCH: u64 = 48;

/// QR sweeps allowed per row before the iteration is called stalled.
const SWEEPS_PER_ROW: usize = 60;

/// The Jacobian at `batch`, in an orthonormal basis.
///
/// # Shape
/// Square, of dimension `n(n−1)/2 − 1`.
///
/// # Errors
/// `n` above [`LARGEST_DENSE_BATCH`].
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, dense_eigenvalues, dense_jacobian};
/// let jacobian = dense_jacobian(&FixedPoint::OddPoint.locate(7)?, 7)?;
/// // n(n−1)/2 − 1 directions.
/// assert_eq!(jacobian.nrows(), 20);
/// let leading = dense_eigenvalues(jacobian)?[0];
/// assert!((leading.re - 0.944832278317031).abs() < 1e-12 && leading.im == 0.0);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn dense_jacobian(batch: &SymmetricBatch<f64>, n: u64) -> Result<DMatrix<f64>> {
    if n > LARGEST_DENSE_BATCH {
        return Err(bad_input!(
            "batch size {n}: the dense Jacobian has n(n-1)/2-1 rows and is offered up to n = {LARGEST_DENSE_BATCH}; the blocks hold at any n"
        ));
    }
    Ok(jacobian_at(&batch.covariance(n as usize)))
}

/// The Jacobian at any covariance, in an orthonormal basis, divided by the growth of the trace; its eigenvalues are those
/// modulo scale if the covariance is a fixed point.
///
/// ```
/// use oddpoint::layer::Gram;
/// use oddpoint::odd_point::jacobian_at;
/// // Any centred covariance; symmetric under all 4 permutations here.
/// let jacobian = jacobian_at(&Gram::from_entries(4, |i, j| if i == j { 0.75 } else { -0.25 }));
/// assert_eq!(jacobian.nrows(), 5);
/// ```
pub fn jacobian_at(covariance: &Gram<f64>) -> DMatrix<f64> {
    let n = covariance.n();
    let frame = centred_frame(n);
    let basis = tangent_basis(n - 1);
    let mut jacobian = DMatrix::zeros(basis.len(), basis.len());
    for (column, element) in basis.iter().enumerate() {
        let direction = &frame * element * frame.transpose();
        let image = differential(covariance, &Gram::from_entries(n, |i, j| direction[(i, j)]));
        let image = DMatrix::from_fn(n, n, |i, j| *image.get(i, j));
        let reduced = frame.transpose() * image * &frame;
        for (row, element) in basis.iter().enumerate() {
            jacobian[(row, column)] = element.dot(&reduced);
        }
    }
    jacobian
}

/// An orthonormal basis of the vectors with zero sum, as columns (Helmert).
fn centred_frame(n: usize) -> DMatrix<f64> {
    DMatrix::from_fn(n, n - 1, |i, k| {
        let size = (k + 1) as f64;
        let norm = (size * (size + 1.0)).sqrt();
        match i.cmp(&(k + 1)) {
            std::cmp::Ordering::Less => 1.0 / norm,
            std::cmp::Ordering::Equal => -size / norm,
            std::cmp::Ordering::Greater => 0.0,
        }
    })
}

/// An orthonormal basis of the symmetric m×m matrices with zero trace.
fn tangent_basis(m: usize) -> Vec<DMatrix<f64>> {
    let mut basis = Vec::with_capacity(m * (m + 1) / 2 - 1);
    for i in 0..m {
        for j in 0..i {
            let mut element = DMatrix::zeros(m, m);
            element[(i, j)] = std::f64::consts::FRAC_1_SQRT_2;
            element[(j, i)] = std::f64::consts::FRAC_1_SQRT_2;
            basis.push(element);
        }
    }
    let diagonals = centred_frame(m);
    basis.extend(diagonals.column_iter().map(|column| DMatrix::from_diagonal(&column.into_owned())));
    basis
}

/// Eigenvalues of a square matrix, by decreasing real part.
///
/// # Errors
/// [`Error::NotReached`] if QR stalls.
///
/// ```
/// use nalgebra::DMatrix;
/// use oddpoint::odd_point::dense_eigenvalues;
/// let found = dense_eigenvalues(DMatrix::from_row_slice(2, 2, &[0.0, 1.0, -1.0, 0.0]))?;
/// assert!((found[0].im.abs() - 1.0).abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn dense_eigenvalues(matrix: DMatrix<f64>) -> Result<Vec<Complex<f64>>> {
    let sweeps = SWEEPS_PER_ROW * matrix.nrows();
    // Repeated eigenvalues leave subdiagonal noise of a few ulps: deflating below m ulps adds at most
    // 4 m u ‖J‖_F to the backward error, which `error_bound` allows for.
    let negligible = matrix.nrows() as f64 * f64::EPSILON;
    let schur = Schur::try_new(matrix, negligible, sweeps)
        .ok_or_else(|| Error::NotReached(format!("the QR iteration did not converge in {sweeps} sweeps")))?;
    let mut eigenvalues: Vec<_> = schur.complex_eigenvalues().iter().copied().collect();
    eigenvalues.sort_by(|a, b| b.re.total_cmp(&a.re));
    Ok(eigenvalues)
}

/// The block spectrum beside the dense one.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Eigenvalues of the dense Jacobian, by decreasing real part.
    pub dense: Vec<Complex<f64>>,
    /// The blocks' eigenvalues, each as often as its multiplicity, in the same order.
    pub blocks: Vec<(Block, f64)>,
    /// The largest distance between the two, entry by entry.
    pub largest_difference: f64,
    /// The a-priori bound on that distance; see [`error_bound`].
    pub bound: f64,
}

impl Comparison {
    /// Whether both spectra agree within the bound, in number and in place.
    pub fn agrees(&self) -> bool {
        self.largest_difference <= self.bound
    }
}

/// Computes both spectra and compares them, multiplicities included: the dense one at `batch`, the blocks at
/// `blocks_from` (the same batch, unless the comparison is meant to fail).
///
/// # Errors
/// As [`dense_jacobian`] and [`dense_eigenvalues`].
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, compare_with_blocks};
/// let batch = FixedPoint::OddPoint.locate(8)?;
/// assert!(compare_with_blocks(&batch, &batch, 8)?.agrees());
/// let another = FixedPoint::OddPoint.locate(9)?;
/// assert!(!compare_with_blocks(&batch, &another, 8)?.agrees());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn compare_with_blocks(
    batch: &SymmetricBatch<f64>,
    blocks_from: &SymmetricBatch<f64>,
    n: u64,
) -> Result<Comparison> {
    // First, because it refuses a batch whose eigenvalues would not even fit into memory.
    let jacobian = dense_jacobian(batch, n)?;
    let spectrum = Spectrum::at(blocks_from);
    let mut blocks: Vec<(Block, f64)> = spectrum
        .eigenvalues(n)
        .into_iter()
        .flat_map(|(block, &value)| (0..block.multiplicity(n)).map(move |_| (block, value)))
        .collect();
    blocks.sort_by(|a, b| b.1.total_cmp(&a.1));
    let bound = error_bound(batch, &jacobian);
    let dense = dense_eigenvalues(jacobian)?;
    let largest_difference = dense
        .iter()
        .zip(&blocks)
        .map(|(dense, (_, block))| (dense - Complex::new(*block, 0.0)).norm())
        .fold(if dense.len() == blocks.len() { 0.0 } else { f64::INFINITY }, f64::max);
    Ok(Comparison { dense, blocks, largest_difference, bound })
}

/// A bound on the distance between computed and exact eigenvalues: Bauer–Fike, `cond(V) · ‖E‖`.
///
/// `E` is the backward error of entries and QR iteration, taken as `(10 m + 100) u ‖J‖_F` for `m` rows. `V` are the
/// eigenvectors in an orthonormal basis: the blocks are orthogonal to one another, so `cond(V)` is that of the two
/// eigenvectors of the standard block, `√((1+c)/(1−c))` with `c` the cosine between them.
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, dense_jacobian, error_bound};
/// let batch = FixedPoint::OddPoint.locate(8)?;
/// let bound = error_bound(&batch, &dense_jacobian(&batch, 8)?);
/// assert!(bound > 0.0 && bound < 1e-11);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn error_bound(batch: &SymmetricBatch<f64>, jacobian: &DMatrix<f64>) -> f64 {
    let unit_roundoff = f64::EPSILON / 2.0;
    let backward = (10.0 * jacobian.nrows() as f64 + 100.0) * unit_roundoff * jacobian.norm();
    let cosine = standard_eigenvector_cosine(batch).min(1.0);
    let condition = ((1.0 + cosine) / (1.0 - cosine)).sqrt();
    condition * backward
}

/// `|cos|` between the standard block's eigenvectors in the Frobenius inner product, in which (α, β) has the norm
/// `α² + 2(n−3)β² + 2γ²`, `γ = −(α+(n−3)β)`, for `‖w‖ = 1`.
fn standard_eigenvector_cosine(batch: &SymmetricBatch<f64>) -> f64 {
    let block = StandardBlock::at(batch);
    let [[a, b], [c, d]] = block.entries;
    let others = batch.n - 3.0;
    if others == 0.0 {
        return 0.0; // n = 3: one eigenvalue only
    }
    let inner = |x: [f64; 2], y: [f64; 2]| {
        let gamma = |v: [f64; 2]| v[0] + others * v[1];
        x[0] * y[0] + 2.0 * others * x[1] * y[1] + 2.0 * gamma(x) * gamma(y)
    };
    // Either row of the block minus λ gives the eigenvector; at the symmetric point one of them can vanish.
    let eigenvector = |value: f64| {
        let candidates = [[b, value - a], [value - d, c]];
        candidates.into_iter().max_by(|x, y| inner(*x, *x).total_cmp(&inner(*y, *y))).unwrap_or([1.0, 0.0])
    };
    let [first, second] = block.eigenvalues().map(eigenvector);
    (inner(first, second) / (inner(first, first) * inner(second, second)).sqrt()).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::FixedPoint;

    #[test]
    fn blocks_and_dense_jacobian_agree_at_every_fixed_point() {
        for n in [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16] {
            for point in FixedPoint::existing(n).unwrap() {
                let batch = point.locate(n).unwrap();
                let comparison = compare_with_blocks(&batch, &batch, n).unwrap();
                assert_eq!(comparison.dense.len(), comparison.blocks.len());
                assert!(
                    comparison.agrees(),
                    "{} at n = {n}: {:e} > {:e}",
                    point.name(),
                    comparison.largest_difference,
                    comparison.bound
                );
                assert!(comparison.bound < 1e-9, "a bound that says nothing: {:e}", comparison.bound);
            }
        }
    }

    #[test]
    fn large_batches_are_refused() {
        let batch = FixedPoint::OddPoint.locate(1000).unwrap();
        assert!(dense_jacobian(&batch, 1000).unwrap_err().to_string().contains("1000"));
    }
}
