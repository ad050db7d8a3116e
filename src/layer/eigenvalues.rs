//! Eigenvalues of symmetric matrices, without eigenvectors and without an iteration that might not converge.
//!
//! Householder's reflections make the matrix tridiagonal; how many eigenvalues lie above a number is then the number of positive
//! pivots of an elimination (Sturm, Sylvester), and bisection finds single ones. (nalgebra's `symmetric_eigenvalues` has no bound on
//! its iterations, so that it could hang, and its bounded `SymmetricEigen::try_new` computes all eigenvectors.)

use super::Gram;
use crate::{Error, Result};
use nalgebra::{DMatrix, linalg::SymmetricTridiagonal};

/// A tridiagonal matrix with the eigenvalues of a symmetric one, up to a factor.
///
/// # Guarantees
/// Approximates: each eigenvalue is off by about `n ε` times the largest in absolute value.
pub(crate) struct Eigenvalues {
    /// The largest entry of the matrix; in its units no eigenvalue exceeds `n`.
    scale: f64,
    diagonal: Vec<f64>,
    /// Squares of the entries beside the diagonal.
    squares: Vec<f64>,
}

impl Eigenvalues {
    /// Of a matrix of at least two samples.
    ///
    /// # Errors
    /// [`Error::NotReached`] for entries that are not finite.
    pub fn of(gram: &Gram<f64>) -> Result<Self> {
        let n = gram.n();
        if !gram.entries().iter().all(|x| x.is_finite()) {
            return Err(Error::NotReached(format!("eigenvalues of a {n} × {n} matrix that is not finite")));
        }
        let largest = gram.entries().iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let matrix = DMatrix::from_iterator(n, n, gram.entries().iter().map(|x| x / scale));
        let (diagonal, beside) = SymmetricTridiagonal::new(matrix).unpack_tridiagonal();
        let squares = beside.iter().map(|x| x * x).collect();
        Ok(Self { scale, diagonal: diagonal.as_slice().to_vec(), squares })
    }

    /// How many are above `x`.
    pub fn above(&self, x: f64) -> usize {
        let x = x / self.scale;
        let mut pivot = 1.0;
        let before = std::iter::once(0.0).chain(self.squares.iter().copied());
        let positive = |(entry, square): (&f64, f64)| {
            pivot = entry - x - square / pivot;
            // Far less than rounding, and enough to divide by.
            if pivot.abs() < f64::EPSILON.powi(3) {
                pivot = -f64::EPSILON.powi(3);
            }
            pivot > 0.0
        };
        self.diagonal.iter().zip(before).map(positive).filter(|&positive| positive).count()
    }

    /// The largest but `k`.
    pub fn nth(&self, k: usize) -> f64 {
        let bound = self.scale * self.diagonal.len() as f64;
        let (mut low, mut high) = (-bound, bound);
        // 2^−60 of the interval's length is less than rounding.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.above(middle) > k { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::SymmetricEigen;

    fn all(gram: &Gram<f64>) -> Vec<f64> {
        let eigenvalues = Eigenvalues::of(gram).unwrap();
        (0..gram.n()).map(|k| eigenvalues.nth(k)).collect()
    }

    #[test]
    fn eigenvalues_are_those_of_qr() {
        for n in [2, 3, 7, 20] {
            let gram = Gram::from_entries(n, |i, j| ((3 * i * i + 5 * j + 1) % 11) as f64 - 4.0);
            let matrix = DMatrix::from_row_slice(n, n, gram.entries());
            let eigen = SymmetricEigen::try_new(matrix, f64::EPSILON, 100 * n).unwrap();
            let mut expected: Vec<f64> = eigen.eigenvalues.iter().copied().collect();
            expected.sort_by(|x, y| y.total_cmp(x));
            let near = |(x, y): (f64, f64)| (x - y).abs() < 1e-13 * gram.frobenius_norm();
            assert!(all(&gram).into_iter().zip(expected).all(near), "n = {n}");
        }
    }

    #[test]
    fn repeated_and_vanishing_eigenvalues_are_found() {
        let near = |gram: &Gram<f64>, expected: &[f64]| {
            all(gram).iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-14 * gram.frobenius_norm())
        };
        assert!(near(&Gram::from_entries(4, |i, j| f64::from(u8::from(i == j))), &[1.0; 4]));
        let tiny = all(&Gram::from_entries(4, |_, _| 1e-200));
        assert!((tiny[0] / 4e-200 - 1.0).abs() < 1e-14 && tiny[1..].iter().all(|x| x.abs() < 1e-214));
        assert!(near(
            &Gram::from_entries(5, |i, j| if i == j { 2.0 } else { -0.5 }),
            &[2.5, 2.5, 2.5, 2.5, 0.0]
        ));
        assert!(all(&Gram::from_entries(3, |_, _| 0.0)).iter().all(|x| x.abs() < 1e-15));
    }

    #[test]
    fn what_is_not_finite_is_an_error() {
        for x in [f64::NAN, f64::INFINITY] {
            let gram = Gram::from_entries(3, |i, j| if i == 2 && j == 2 { x } else { 1.0 });
            assert!(matches!(Eigenvalues::of(&gram), Err(Error::NotReached(_))));
        }
    }
}
