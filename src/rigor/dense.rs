//! The eigenvalues of the full n×n layer's differential, enclosed without use of the symmetry.
//!
//! ```text
//! J         the differential on symmetric matrices with zero row sums and zero trace, entry by entry in intervals
//! V, W      approximate eigenvectors and their approximate inverse, in f64: any V and W are allowed
//! E         I − W V,  ‖E‖ < 1 in the maximum norm: then V is invertible and V⁻¹ = (I − E)⁻¹ W
//! V⁻¹ J V = B + D,    B = W J V,   ‖D‖ ≤ ‖E‖/(1 − ‖E‖) · ‖B‖
//! ```
//!
//! Gershgorin's discs of `B + D` hold all the eigenvalues of `J`, and a connected union of k of them that meets no other
//! holds exactly k, multiplicities included. Repeated eigenvalues, of which there are many, make such unions; that is why
//! nothing is asked of a single one.
//!
//! The matrices are given by their entries off the diagonal, whose sum is zero: the last of them is left out, and the
//! rest are the coordinates. They are integers on the basis and are read off the image, so that no change of
//! coordinates needs a proof. The layer's differential keeps the space: it centres, and keeps the trace.
//!
//! What is not shown: which block an eigenvalue belongs to, that the eigenvalues of a union are equal or real, nor that
//! the covariance is a fixed point (it is what [`super::enclose_fixed_point`] encloses, found among symmetric batches).
//!
//! Source: theory, section 2.3; Gershgorin's theorem with its count in Horn & Johnson, *Matrix Analysis*, 6.1; the
//! rest is the Neumann series, `(I − E)⁻¹ = I + E (I − E)⁻¹`.

use crate::arithmetic::{Interval, Real};
use crate::layer::Gram;
use crate::layer::infinite_width::differential;
use crate::odd_point::dense_eigenvalues;
use crate::{Error, Result};
use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rug::Float;

/// A disc about a point of the real axis, and how many eigenvalues lie in it.
#[derive(Clone, Debug)]
pub struct EigenvalueDisc {
    /// The disc's diameter on the real axis.
    pub diameter: Interval,
    /// The number of eigenvalues in the disc, multiplicities included; at least one.
    pub count: usize,
}

/// All eigenvalues of the layer's differential at `covariance`, on centred covariances modulo scale.
///
/// # Shape
/// Disjoint discs from left to right, whose counts add up to `n(n−1)/2 − 1`.
///
/// # Guarantees
/// For every covariance enclosed: each disc holds as many eigenvalues as its count says, and there are no others.
///
/// # Errors
/// [`Error::NotReached`] if the approximate eigenvectors are not good enough for the proof.
///
/// # Source
/// The module's head.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::rigor::{dense_spectral_radius, enclose_dense_eigenvalues, enclose_fixed_point};
/// let covariance = enclose_fixed_point(FixedPoint::OddPoint, 7, 192)?.covariance(7);
/// let discs = enclose_dense_eigenvalues(&covariance)?;
/// // The whole Jacobian, without its symmetry: inside the unit disc, and 0.9448… is the leading eigenvalue.
/// let radius = dense_spectral_radius(&discs).unwrap();
/// assert!(*radius.upper() < 0.945 && *radius.lower() > 0.944);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn enclose_dense_eigenvalues(covariance: &Gram<Interval>) -> Result<Vec<EigenvalueDisc>> {
    let jacobian = jacobian(covariance);
    let eigenvectors = approximate_eigenvectors(&jacobian.map(|entry| entry.approximate()))?;
    Ok(unite(gershgorin(&jacobian, &eigenvectors)?))
}

/// The differential in the coordinates of the module's head.
fn jacobian(covariance: &Gram<Interval>) -> DMatrix<Interval> {
    let n = covariance.n();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let (last, free) = pairs.split_last().expect("a batch has at least two samples");
    let column = |pair: &(usize, usize)| {
        let image = differential(covariance, &basis_element(n, *pair, *last, covariance.get(0, 0)));
        free.iter().map(|&(i, j)| image.get(i, j).clone()).collect::<Vec<_>>()
    };
    let columns: Vec<_> = free.par_iter().map(column).collect();
    DMatrix::from_fn(free.len(), free.len(), |row, column| columns[column][row].clone())
}

/// `1` at `pair`, `−1` at `last`, zero elsewhere off the diagonal; the diagonal makes the rows sum to zero:
/// `zzᵀ − wwᵀ` with `w = e_i − e_j` over `pair` and `z` the same over `last`. Its trace is `2 − 2 = 0`.
fn basis_element<R: Real>(n: usize, pair: (usize, usize), last: (usize, usize), like: &R) -> Gram<R> {
    let sign = |i, (plus, minus)| i64::from(i == plus) - i64::from(i == minus);
    Gram::from_entries(n, |i, j| like.lift(sign(i, last) * sign(j, last) - sign(i, pair) * sign(j, pair)))
}

/// Approximate eigenvalues nearer than this are treated as one, with an invariant subspace instead of eigenvectors;
/// far above rounding, far below the distances between the blocks.
const SAME_EIGENVALUE: f64 = 1e-7;
/// Off an eigenvalue by this, so that inverse iteration never divides by zero.
const SHIFT: f64 = 1e-10;
/// Each step of inverse iteration gains the factor `SHIFT` over the distance to the next eigenvalue.
const INVERSE_ITERATIONS: usize = 3;

/// Columns that span, one eigenvalue after the other, the invariant subspaces. Nothing here needs to be rigorous.
fn approximate_eigenvectors(jacobian: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let eigenvalues: Vec<f64> = dense_eigenvalues(jacobian.clone())?.iter().map(|value| value.re).collect();
    let mut columns: Vec<DVector<f64>> = Vec::with_capacity(eigenvalues.len());
    for equal in eigenvalues.chunk_by(|a, b| a - b < SAME_EIGENVALUE) {
        let mean = equal.iter().sum::<f64>() / equal.len() as f64;
        let basis = invariant_subspace(jacobian, mean, equal.len())?;
        columns.extend(basis.column_iter().map(|column| column.into_owned()));
    }
    Ok(DMatrix::from_columns(&columns))
}

/// An orthonormal basis of the `dimension` eigenvectors nearest to `eigenvalue`, by inverse iteration.
fn invariant_subspace(jacobian: &DMatrix<f64>, eigenvalue: f64, dimension: usize) -> Result<DMatrix<f64>> {
    let rows = jacobian.nrows();
    let shifted = (jacobian - DMatrix::identity(rows, rows) * (eigenvalue + SHIFT)).lu();
    // Any start in general position does; a fixed seed keeps the result the same from run to run.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut basis = DMatrix::from_fn(rows, dimension, |_, _| rng.random_range(-1.0..=1.0));
    for _ in 0..INVERSE_ITERATIONS {
        basis = shifted.solve(&basis).ok_or_else(singular)?.qr().q();
    }
    Ok(basis)
}

fn singular() -> Error {
    Error::NotReached("the approximate eigenvectors of the dense Jacobian are linearly dependent".to_owned())
}

/// The diameters of discs, one a row, that hold the eigenvalues of `jacobian`.
fn gershgorin(jacobian: &DMatrix<Interval>, eigenvectors: &DMatrix<f64>) -> Result<Vec<Interval>> {
    let precision = jacobian[(0, 0)].precision();
    let inverse = eigenvectors.clone().try_inverse().ok_or_else(singular)?;
    let [w, v] = [&inverse, eigenvectors].map(|matrix| matrix.map(|x| Interval::from_f64(precision, x)));
    let product = multiply(&w, &v);
    let defect = DMatrix::from_fn(product.nrows(), product.ncols(), |i, j| {
        let entry = &product[(i, j)];
        entry.lift(i64::from(i == j)) - entry
    });
    let defect = maximum_norm(&defect);
    let margin = defect.lift(1) - &defect;
    if !margin.certainly_positive() {
        return Err(singular());
    }
    let similar = multiply(&w, &multiply(jacobian, &v));
    let remainder = defect / margin * maximum_norm(&similar);
    let disc = |row: usize| {
        let centre = &similar[(row, row)];
        let others = (0..similar.ncols()).filter(|&column| column != row);
        let radius = sum_of_magnitudes(others.map(|column| &similar[(row, column)]), &remainder);
        centre.inflate(radius.upper())
    };
    Ok((0..similar.nrows()).map(disc).collect())
}

/// Rows in parallel; each entry is summed from first to last.
fn multiply(a: &DMatrix<Interval>, b: &DMatrix<Interval>) -> DMatrix<Interval> {
    let entry = |i: usize, j: usize| {
        let zero = a[(i, 0)].lift(0);
        (0..a.ncols()).fold(zero, |sum, k| sum + a[(i, k)].clone() * &b[(k, j)])
    };
    let rows: Vec<Vec<Interval>> =
        (0..a.nrows()).into_par_iter().map(|i| (0..b.ncols()).map(|j| entry(i, j)).collect()).collect();
    DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| rows[i][j].clone())
}

/// A number whose upper end bounds the largest sum of moduli along a row.
fn maximum_norm(matrix: &DMatrix<Interval>) -> Interval {
    let zero = matrix[(0, 0)].lift(0);
    let rows = matrix.row_iter().map(|row| sum_of_magnitudes(row.iter(), &zero));
    rows.fold(zero.clone(), |norm, row| if row.upper() > norm.upper() { row } else { norm })
}

/// `start` and the largest moduli of `entries`, added up.
fn sum_of_magnitudes<'a>(entries: impl Iterator<Item = &'a Interval>, start: &Interval) -> Interval {
    entries.fold(start.clone(), |sum, entry| sum + Interval::point(entry.magnitude()))
}

/// Connected unions of discs about points of the real axis: their diameters tell whether they meet.
fn unite(mut diameters: Vec<Interval>) -> Vec<EigenvalueDisc> {
    diameters.sort_by(|a, b| a.lower().total_cmp(b.lower()));
    let mut united: Vec<EigenvalueDisc> = Vec::new();
    for diameter in diameters {
        match united.last_mut() {
            Some(last) if !last.diameter.certainly_less(&diameter) => {
                *last = EigenvalueDisc { diameter: last.diameter.hull(&diameter), count: last.count + 1 };
            }
            _ => united.push(EigenvalueDisc { diameter, count: 1 }),
        }
    }
    united
}

/// The largest modulus among the eigenvalues in `discs`, enclosed.
///
/// ```
/// assert!(oddpoint::rigor::dense_spectral_radius(&[]).is_none());
/// ```
pub fn dense_spectral_radius(discs: &[EigenvalueDisc]) -> Option<Interval> {
    let ends = |disc: &EigenvalueDisc| (disc.diameter.mignitude(), disc.diameter.magnitude());
    let larger = |a: (Float, Float), b: (Float, Float)| (a.0.max(&b.0), a.1.max(&b.1));
    discs.iter().map(ends).reduce(larger).and_then(|(lower, upper)| Interval::new(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, Spectrum};
    use crate::rigor::enclose_fixed_point;
    use rug::Rational;

    fn discs_at(point: FixedPoint, n: u64, precision: u32) -> Vec<EigenvalueDisc> {
        let batch = enclose_fixed_point(point, n, precision).unwrap();
        enclose_dense_eigenvalues(&batch.covariance(n as usize)).unwrap()
    }

    fn matrix(entries: [[f64; 2]; 2]) -> DMatrix<Interval> {
        DMatrix::from_fn(2, 2, |i, j| Interval::from_f64(80, entries[i][j]))
    }

    /// (2 1; 1 2) has the eigenvalues 1 and 3, with eigenvectors (1, −1) and (1, 1).
    #[test]
    fn good_eigenvectors_give_narrow_discs() {
        let discs = unite(
            gershgorin(
                &matrix([[2.0, 1.0], [1.0, 2.0]]),
                &DMatrix::from_row_slice(2, 2, &[1.0, 1.0, -1.0, 1.0]),
            )
            .unwrap(),
        );
        assert_eq!(discs.iter().map(|disc| disc.count).collect::<Vec<_>>(), [1, 1]);
        for (disc, value) in discs.iter().zip([1, 3]) {
            assert!(disc.diameter.contains(&Float::with_val(53, value)));
            assert!(disc.diameter.relative_width() < 1e-14);
        }
    }

    /// With V = I the discs of (2 1; 1 2) are both [1, 3]: one union of two.
    #[test]
    fn discs_that_meet_are_counted_together() {
        let discs = unite(gershgorin(&matrix([[2.0, 1.0], [1.0, 2.0]]), &DMatrix::identity(2, 2)).unwrap());
        assert_eq!(discs.len(), 1);
        assert_eq!(discs[0].count, 2);
        assert!(*discs[0].diameter.lower() == 1 && *discs[0].diameter.upper() == 3);
    }

    /// Twice the same vector has no inverse.
    #[test]
    fn dependent_eigenvectors_prove_nothing() {
        let dependent = DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 1.0, 1.0]);
        assert!(matches!(
            gershgorin(&matrix([[2.0, 1.0], [1.0, 2.0]]), &dependent),
            Err(Error::NotReached(_))
        ));
    }

    /// The largest row sum of moduli: 3 + 1 in either row.
    #[test]
    fn maximum_norms() {
        for entries in [[[-3.0, 1.0], [1.0, 2.0]], [[1.0, 2.0], [1.0, -3.0]]] {
            assert!(*maximum_norm(&matrix(entries)).upper() == 4);
        }
    }

    /// Vectors so nearly dependent that their inverse in f64 is off by 1e-4: the radii are those of the head, here in
    /// rational numbers.
    #[test]
    fn a_bad_inverse_makes_wide_discs() {
        let vectors = DMatrix::from_row_slice(2, 2, &[0.3, 0.7, 0.6, 1.4 + 1e-12]);
        let rational =
            |m: &DMatrix<f64>| [0, 1].map(|i| [0, 1].map(|j| Rational::from_f64(m[(i, j)]).unwrap()));
        let product = |a: &[[Rational; 2]; 2], b: &[[Rational; 2]; 2]| {
            let entry = |i: usize, j: usize| {
                Rational::from(&a[i][0] * &b[0][j]) + Rational::from(&a[i][1] * &b[1][j])
            };
            [0, 1].map(|i| [0, 1].map(|j| entry(i, j)))
        };
        let norm = |a: &[[Rational; 2]; 2]| {
            let [one, two] = [0, 1].map(|i| a[i][0].clone().abs() + a[i][1].clone().abs());
            one.max(two)
        };
        let entries = DMatrix::from_row_slice(2, 2, &[2.0, 1.0, 1.0, 2.0]);
        let (v, w) = (rational(&vectors), rational(&vectors.clone().try_inverse().unwrap()));
        let mut defect = product(&w, &v);
        (0..2).for_each(|i| defect[i][i] -= 1);
        let (defect, similar) = (norm(&defect), product(&w, &product(&rational(&entries), &v)));
        assert!(defect > 1e-6);
        let remainder = norm(&similar) * &defect / (Rational::from(1) - &defect);
        let discs = gershgorin(&entries.map(|x| Interval::from_f64(200, x)), &vectors).unwrap();
        for (i, disc) in discs.iter().enumerate() {
            let radius = remainder.clone() + similar[i][1 - i].clone().abs();
            let (lower, upper) =
                (Rational::from(&similar[i][i] - &radius), Rational::from(&similar[i][i] + &radius));
            assert!(*disc.lower() <= lower && *disc.upper() >= upper);
            let excess = Float::with_val(200, disc.upper() - disc.lower()) / (radius * 2_u32) - 1_u32;
            assert!(excess < 1e-12, "{excess}");
        }
    }

    /// At the fully symmetric point of n = 4 the theory page has, with θ₀ = arccos(−1/3), two eigenvalues:
    /// λ(3,1), n − 1 = 3 times, and λ(2,2), n(n−3)/2 = 2 times; together n(n−1)/2 − 1 = 5.
    #[test]
    fn symmetric_point_of_four_samples() {
        let discs = discs_at(FixedPoint::Symmetric, 4, 100);
        let counts: Vec<_> = discs.iter().map(|disc| disc.count).collect();
        let spectrum = Spectrum::at(&FixedPoint::Symmetric.locate(4).unwrap());
        let [first, second] = spectrum.standard;
        assert_eq!(counts, if spectrum.trivial > f64::midpoint(first, second) { [2, 3] } else { [3, 2] });
        for (disc, value) in discs.iter().zip([second, first]) {
            assert!((disc.diameter.approximate() - value).abs() < 1e-13);
        }
    }

    /// The table of theory 2.3 at n = 7: standard₂ ×5, pair ×9, standard₁ ×5, trivial ×1; 20 = 7·6/2 − 1 in all.
    #[test]
    fn odd_point_of_seven_samples() {
        let discs = discs_at(FixedPoint::OddPoint, 7, 128);
        let expected =
            [(0.341064045264753, 5), (0.806495031189708, 9), (0.878502567559021, 5), (0.944832278317031, 1)];
        assert_eq!(discs.len(), expected.len());
        for (disc, (value, count)) in discs.iter().zip(expected) {
            assert_eq!(disc.count, count);
            assert!(
                (disc.diameter.approximate() - value).abs() < 2e-15 && disc.diameter.relative_width() < 1e-10
            );
        }
        let radius = dense_spectral_radius(&discs).unwrap();
        assert!(*radius.upper() < 1 && (radius.approximate() - expected[3].0).abs() < 2e-15);
    }

    /// Few bits make wide discs or none, never wrong ones.
    #[test]
    fn low_precision_stays_true() {
        let fine = discs_at(FixedPoint::OddPoint, 8, 128);
        for bits in [40, 53, 64] {
            let batch = enclose_fixed_point(FixedPoint::OddPoint, 8, bits).unwrap();
            match enclose_dense_eigenvalues(&batch.covariance(8)) {
                Err(error) => {
                    assert!(bits < 64 && matches!(error, Error::NotReached(_)), "{bits} bits: {error}");
                }
                Ok(discs) => discs.iter().for_each(|coarse| {
                    let inside = fine.iter().filter(|disc| disc.diameter.is_subset_of(&coarse.diameter));
                    assert_eq!(inside.map(|disc| disc.count).sum::<usize>(), coarse.count, "{bits} bits");
                }),
            }
        }
    }
}
