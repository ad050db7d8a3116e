//! Batches given in double precision, as intervals: their Gram matrix, and whether a given matrix is one.

use crate::arithmetic::Interval;
use crate::layer::Gram;
use crate::layer::batch::Batch;
use crate::{Result, bad_input};

/// `XXᵀ` for the samples `X`, a row each.
///
/// # Guarantees
/// Encloses the exact sums of the exact products of the doubles given.
///
/// ```
/// use oddpoint::layer::batch::Batch;
/// use oddpoint::rigor::basin::enclose_gram;
/// let batch = Batch::new(vec![vec![0.1, 0.2], vec![0.3, 0.4], vec![-0.5, 0.6]])?;
/// assert!(enclose_gram(&batch, 53).get(0, 1).relative_width() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn enclose_gram(batch: &Batch, precision: u32) -> Gram<Interval> {
    let lift = |row: &Vec<f64>| row.iter().map(|&x| Interval::from_f64(precision, x)).collect();
    let samples: Vec<Vec<Interval>> = batch.samples().iter().map(lift).collect();
    let zero = Interval::from_integer(precision, 0);
    Gram::from_entries_parallel(batch.size(), |i, j| {
        samples[i].iter().zip(&samples[j]).fold(zero.clone(), |sum, (x, y)| x.clone() * y + sum)
    })
}

/// The matrix whose rows are those of `batch`, if it is the Gram matrix of some batch.
///
/// # Guarantees
/// Positive semidefinite after recentring: `gᵢⱼ − gᵢ₀ − g₀ⱼ + g₀₀`, `i, j ≥ 1`, is proved positive definite by an
/// interval Cholesky decomposition, and `P G P` has the same signature but for one 0.
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for a matrix that is not square, not symmetric, or not proved positive
/// definite (which a singular one never is: give its samples instead).
///
/// ```
/// use oddpoint::layer::batch::Batch;
/// use oddpoint::rigor::basin::gram_from_rows;
/// let identity = Batch::new(vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]])?;
/// assert_eq!(gram_from_rows(&identity, 64)?.n(), 3);
/// let not_symmetric = Batch::new(vec![vec![1.0, 0.5, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]])?;
/// assert!(gram_from_rows(&not_symmetric, 64).is_err());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn gram_from_rows(batch: &Batch, precision: u32) -> Result<Gram<Interval>> {
    let (n, rows) = (batch.size(), batch.samples());
    if batch.features() != n {
        return Err(bad_input!("{n} rows of {} numbers; a Gram matrix is square", batch.features()));
    }
    for (i, row) in rows.iter().enumerate() {
        if let Some(j) = (0..i).find(|&j| row[j] != rows[j][i]) {
            return Err(bad_input!(
                "entries ({i}, {j}) and ({j}, {i}), counted from 0, differ: not symmetric"
            ));
        }
    }
    let gram = Gram::from_entries(n, |i, j| Interval::from_f64(precision, rows[i][j]));
    if is_positive_definite(differences(&gram)) {
        Ok(gram)
    } else {
        Err(bad_input!(
            "not proved positive definite after recentring; if the matrix is singular, give the samples instead"
        ))
    }
}

/// Inner products of the differences from sample 0: the lower triangle, row by row.
fn differences(gram: &Gram<Interval>) -> Vec<Vec<Interval>> {
    let product =
        |i: usize, j: usize| gram.get(i, j).clone() - gram.get(i, 0) - gram.get(0, j) + gram.get(0, 0);
    (1..gram.n()).map(|i| (1..=i).map(|j| product(i, j)).collect()).collect()
}

/// Whether every matrix enclosed is positive definite: all pivots of its `LDLᵀ` decomposition are.
fn is_positive_definite(mut lower: Vec<Vec<Interval>>) -> bool {
    for k in 0..lower.len() {
        let pivot = lower[k][k].clone();
        if !pivot.certainly_positive() {
            return false;
        }
        let column: Vec<Interval> = lower[k + 1..].iter().map(|row| row[k].clone()).collect();
        for (i, row) in lower[k + 1..].iter_mut().enumerate() {
            let factor = column[i].clone() / &pivot;
            for j in 0..=i {
                row[k + 1 + j] = row[k + 1 + j].clone() - factor.clone() * &column[j];
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::Real;
    use nalgebra::DMatrix;

    fn rows(rows: [[f64; 3]; 3]) -> Batch {
        Batch::new(rows.map(Vec::from).to_vec()).unwrap()
    }

    /// The identity minus the mean: differences from sample 0 have the Gram matrix [[2, 1], [1, 2]].
    #[test]
    fn identity_is_a_gram_matrix() {
        assert!(gram_from_rows(&rows([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), 64).is_ok());
    }

    #[test]
    fn others_are_refused() {
        // Squared distances 1 + 1 − 2·2 < 0; not symmetric; sample 2 the mean of the others (singular).
        for (bad, word) in [
            ([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]], "positive definite"),
            ([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], "symmetric"),
            ([[4.0, 0.0, 2.0], [0.0, 4.0, 2.0], [2.0, 2.0, 2.0]], "positive definite"),
        ] {
            let message = gram_from_rows(&rows(bad), 64).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    /// Off the diagonal by little more or less than the least eigenvalue after recentring, which the constants added to rows
    /// and columns do not change.
    #[test]
    fn definite_up_to_the_least_eigenvalue() {
        let n = 6;
        let entry = |i: usize, j: usize| ((7 * i * i + 3 * i * j + 5 * j * j) % 11) as f64;
        let samples: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        let gram = enclose_gram(&Batch::new(samples.clone()).unwrap(), 64);
        let matrix = DMatrix::from_fn(n, n, |i, j| gram.get(i, j).approximate());
        let product = |i: usize, j: usize| (0..n).map(|k| samples[i][k] * samples[j][k]).sum::<f64>();
        assert_eq!(matrix, DMatrix::from_fn(n, n, product));
        let projector = DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - 1.0 / n as f64);
        // The constant vector's eigenvalue, 0, is moved out of the way.
        let centred = &projector * &matrix * &projector + DMatrix::from_element(n, n, 1e3);
        let least = centred.symmetric_eigenvalues().min();
        assert!(least > 0.1, "{least}");
        for (part, accepted) in [(0.99, true), (1.01, false), (-1.0, true), (20.0, false)] {
            let given = |i: usize, j: usize| {
                let diagonal = if i == j { part * least } else { 0.0 };
                matrix[(i, j)] - diagonal + 4.0 * (i * i + j * j) as f64
            };
            let rows = (0..n).map(|i| (0..n).map(|j| given(i, j)).collect()).collect();
            let found = gram_from_rows(&Batch::new(rows).unwrap(), 64);
            assert_eq!(found.is_ok(), accepted, "{part}");
        }
        let wide = Batch::new(vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 2.0]]).unwrap();
        assert!(gram_from_rows(&wide, 64).unwrap_err().to_string().contains("square"));
    }

    /// 0.1 + 0.2 is no double: the sum of products is enclosed, not rounded.
    #[test]
    fn sums_are_enclosed() {
        let batch = Batch::new(vec![vec![0.1, 0.2], vec![1.0, 1.0], vec![0.0, 3.0]]).unwrap();
        let entry = enclose_gram(&batch, 53).get(0, 1).clone();
        let exact = rug::Rational::from_f64(0.1).unwrap() + rug::Rational::from_f64(0.2).unwrap();
        assert!(*entry.lower() <= exact && *entry.upper() >= exact);
    }
}
