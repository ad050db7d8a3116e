//! What becomes of a perturbation through many layers: nonlinear orbits of the full n×n map, at any precision.
//!
//! Around the odd point each block's part of a small perturbation decays at the rate of the block's leading
//! eigenvalue. Around the *exact* configuration (`r = 1`) a within-cluster perturbation grows by
//! `n²/((n−1)²+1)` a layer: the exact configuration is invariant but not attracting (theory, section 2.1).
//!
//! Approximates: MPFR arithmetic, or f64, whose rounding stops the decay at its floor. Orbits prove nothing; the
//! proof of stability is the enclosure of the spectrum.

use super::model::SymmetricBatch;
use super::modes::BlockNorms;
use super::spectrum::Block;
use crate::arithmetic::Real;
use crate::layer::Gram;
use crate::layer::infinite_width::layer;

/// The distance of an orbit from its reference configuration after some layers.
#[derive(Clone, Debug)]
pub struct Distance<R> {
    /// Layers applied.
    pub layer: u64,
    /// Frobenius norm of the difference, relative to the configuration's.
    pub total: R,
    /// Its parts in the three blocks, relative likewise.
    pub blocks: BlockNorms<R>,
}

/// An orbit of the full map and the configuration it is compared with.
///
/// ```
/// use oddpoint::odd_point::decay::PerturbedOrbit;
/// use oddpoint::odd_point::{Block, FixedPoint, Mode, Spectrum};
/// let batch = FixedPoint::OddPoint.locate(10)?;
/// let direction = Mode::Pair.direction(10, &0.0, 0);
/// let mut orbit = PerturbedOrbit::new(batch.covariance(10), &direction, &1e-4);
/// let before = orbit.distance();
/// (0..10).for_each(|_| orbit.step());
/// let rate = orbit.distance().rate_since(&before, Some(Block::Pair));
/// assert!((rate - Spectrum::at(&batch).pair).abs() < 1e-3);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PerturbedOrbit<R> {
    reference: Gram<R>,
    norm: R,
    state: Gram<R>,
    layer: u64,
}

impl<R: Real> PerturbedOrbit<R> {
    /// Starts at `reference` plus `direction`, scaled to a relative Frobenius norm of `amplitude`, at the
    /// reference's trace.
    pub fn new(reference: Gram<R>, direction: &Gram<R>, amplitude: &R) -> Self {
        let norm = reference.frobenius_norm();
        let factor = amplitude.clone() * &norm / direction.frobenius_norm();
        let mut state = reference.add_scaled(&factor, direction);
        state.scale_to_trace(&reference.trace());
        Self { reference, norm, state, layer: 0 }
    }

    /// One layer further.
    pub fn step(&mut self) {
        self.state = layer(&self.state);
        self.layer += 1;
    }

    /// The distance now.
    pub fn distance(&self) -> Distance<R> {
        let difference = self.state.sub(&self.reference);
        let BlockNorms { trivial, standard, pair } = BlockNorms::of(&difference);
        let relative = |norm: R| norm / &self.norm;
        Distance {
            layer: self.layer,
            total: relative(difference.frobenius_norm()),
            blocks: BlockNorms {
                trivial: relative(trivial),
                standard: relative(standard),
                pair: relative(pair),
            },
        }
    }
}

impl<R: Real> Distance<R> {
    /// The part in one block, or the whole where none is named.
    pub fn part(&self, block: Option<Block>) -> &R {
        block.map_or(&self.total, |block| self.blocks.get(block))
    }

    /// The mean factor per layer between an earlier distance and this one.
    pub fn rate_since(&self, earlier: &Self, block: Option<Block>) -> f64 {
        let ratio = self.part(block).clone() / earlier.part(block);
        logarithm(&ratio).map_or(f64::NAN, |log| (log / (self.layer - earlier.layer) as f64).exp())
    }
}

/// Natural logarithm of a positive number that may lie outside the range of doubles, to double precision.
///
/// ```
/// use oddpoint::odd_point::decay::logarithm;
/// use rug::{Float, ops::Pow};
/// let tiny = Float::with_val(64, 10).pow(-1000);
/// assert!((logarithm(&tiny).unwrap() + 1000.0 * 10.0_f64.ln()).abs() < 1e-9);
/// assert_eq!(logarithm(&-1.0), None);
/// ```
pub fn logarithm<R: Real>(x: &R) -> Option<f64> {
    let (mut scaled, mut halvings) = (x.clone(), 0.0);
    // Steps of 2^±60 bring any magnitude into range; the loop is bounded by MPFR's exponent range in practice.
    let step = 1_i64 << 60;
    for _ in 0..100_000 {
        let value = scaled.approximate();
        if value.is_nan() || value < 0.0 {
            return None;
        }
        if value > 1e-300 && value < 1e300 {
            return Some(value.ln() + halvings * std::f64::consts::LN_2);
        }
        if value < 1.0 {
            (scaled, halvings) = (scaled.times(step), halvings - 60.0);
        } else {
            (scaled, halvings) = (scaled.over(step), halvings + 60.0);
        }
    }
    None
}

/// The exact configuration: `n − 1` equal samples and the outlier, cluster variance 1.
///
/// ```
/// use oddpoint::layer::infinite_width::layer;
/// use oddpoint::odd_point::decay::exact_configuration;
/// // A fixed point, once the trace is kept (that it repels is another matter).
/// let exact = exact_configuration(5, &0.0_f64);
/// assert!(layer(&exact).sub(&exact).frobenius_norm() < 1e-14 * exact.frobenius_norm());
/// ```
pub fn exact_configuration<R: Real>(n: usize, like: &R) -> Gram<R> {
    let size = like.lift(n as i64);
    SymmetricBatch::from_angle(&size, &like.lift(0)).covariance(n)
}

/// A within-cluster perturbation of the exact configuration that keeps the covariance positive semidefinite:
/// the first two cluster samples pulled apart.
///
/// ```
/// use oddpoint::odd_point::decay::within_cluster_direction;
/// let direction = within_cluster_direction(5, &0.0_f64);
/// assert_eq!((direction.row(0), direction.row(2)), (&[1.0, -1.0, 0.0, 0.0, 0.0][..], &[0.0; 5][..]));
/// ```
pub fn within_cluster_direction<R: Real>(n: usize, like: &R) -> Gram<R> {
    Gram::from_entries(n, |i, j| match (i, j) {
        (0, 0) | (1, 1) => like.lift(1),
        (0, 1) | (1, 0) => like.lift(-1),
        _ => like.lift(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::modes::direction;
    use crate::odd_point::{FixedPoint, Spectrum};

    #[test]
    fn each_block_decays_at_its_eigenvalue() {
        let n = 10;
        let batch = FixedPoint::OddPoint.locate(n).unwrap();
        let spectrum = Spectrum::at(&batch);
        for (block, eigenvalue) in [
            (Block::Trivial, spectrum.trivial),
            (Block::Standard, spectrum.standard[0]),
            (Block::Pair, spectrum.pair),
        ] {
            let direction = direction(block, n as usize, &1.0);
            let mut orbit = PerturbedOrbit::new(batch.covariance(n as usize), &direction, &1e-8);
            (0..20).for_each(|_| orbit.step());
            let early = orbit.distance();
            (0..20).for_each(|_| orbit.step());
            let rate = orbit.distance().rate_since(&early, Some(block));
            assert!((rate - eigenvalue).abs() < 1e-5, "{block:?}: {rate} is not {eigenvalue}");
        }
    }

    /// n²/((n−1)²+1) at n = 10: 100/82.
    #[test]
    fn the_exact_configuration_repels() {
        let reference = exact_configuration(10, &1.0);
        let mut orbit = PerturbedOrbit::new(reference, &within_cluster_direction(10, &1.0), &1e-12);
        let start = orbit.distance();
        (0..10).for_each(|_| orbit.step());
        let rate = orbit.distance().rate_since(&start, None);
        assert!((rate - 100.0 / 82.0).abs() < 1e-4, "{rate}");
    }

    #[test]
    fn logarithms_beyond_doubles() {
        let tiny = rug::Float::with_val(100, 1) >> 5000_u32;
        assert!((logarithm(&tiny).unwrap() + 5000.0 * std::f64::consts::LN_2).abs() < 1e-9);
        assert_eq!(logarithm(&-1.0), None);
    }
}
