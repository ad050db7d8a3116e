//! Perturbations of a symmetric batch in the full space of n×n covariances: the batch as a matrix, a direction
//! in each block, and the parts of a given perturbation (theory, section 2.3).
//!
//! The outlier is the last sample. The parts are orthogonal in the Frobenius inner product, because the blocks
//! are different representations of the permutations of the cluster.

use super::model::SymmetricBatch;
use super::spectrum::Block;
use crate::arithmetic::Real;
use crate::layer::Gram;
use crate::{Result, bad_input};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

impl<R: Real> SymmetricBatch<R> {
    /// The batch's covariance matrix: cluster variance 1, outlier last, zero row sums.
    ///
    /// # Shape
    /// `n × n`; `n` must be the batch's size, as an integer.
    pub fn covariance(&self, n: usize) -> Gram<R> {
        let outlier = n - 1;
        let (one, within, variance) = (self.n.lift(1), self.r(), self.variance_ratio());
        let across = -(variance.clone() / self.cluster());
        Gram::from_entries(n, |i, j| match (i == outlier, j == outlier) {
            (true, true) => variance.clone(),
            (false, false) if i == j => one.clone(),
            (false, false) => within.clone(),
            _ => across.clone(),
        })
    }
}

/// How an orbit's first perturbation is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Mode {
    /// In the trivial block: symmetric like the batch.
    Trivial,
    /// In the standard block.
    Standard,
    /// In the pair block.
    Pair,
    /// Random, with a part in every block.
    Random,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Trivial, Self::Standard, Self::Pair, Self::Random];

    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trivial => "trivial",
            Self::Standard => "standard",
            Self::Pair => "pair",
            Self::Random => "random",
        }
    }

    /// The blocks in which such a perturbation has a part.
    pub fn blocks(self) -> &'static [Block] {
        match self {
            Self::Trivial => &[Block::Trivial],
            Self::Standard => &[Block::Standard],
            Self::Pair => &[Block::Pair],
            Self::Random => &[Block::Trivial, Block::Standard, Block::Pair],
        }
    }

    /// Refuses a batch too small for such a perturbation.
    ///
    /// # Errors
    /// `n < 5` where the pair block is asked for, which does not exist there.
    pub fn check(self, n: u64) -> Result<()> {
        if n < 5 && self.blocks().contains(&Block::Pair) {
            return Err(bad_input!(
                "batch size {n} has no pair block: --mode {} needs at least 5",
                self.name()
            ));
        }
        Ok(())
    }

    /// A perturbation of this kind: symmetric, zero row sums, zero trace.
    ///
    /// # Shape
    /// `n × n`; constants in the arithmetic of `like`. The seed matters to `Random` only.
    pub fn direction<R: Real>(self, n: usize, like: &R, seed: u64) -> Gram<R> {
        match self {
            Self::Trivial => direction(Block::Trivial, n, like),
            Self::Standard => direction(Block::Standard, n, like),
            Self::Pair => direction(Block::Pair, n, like),
            Self::Random => random_direction(n, like, seed),
        }
    }
}

/// Uniform integer entries, centred, the trace taken off along the centring projector.
fn random_direction<R: Real>(n: usize, like: &R, seed: u64) -> Gram<R> {
    const RANGE: i64 = 1_000_000;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut direction = Gram::from_entries(n, |_, _| like.lift(rng.random_range(-RANGE..=RANGE)));
    direction.recentre();
    let size = n as i64;
    let projector = Gram::from_entries(n, |i, j| like.lift(if i == j { size - 1 } else { -1 }).over(size));
    let excess = -(direction.trace().over(size - 1));
    direction.add_scaled(&excess, &projector)
}

/// A perturbation inside one block: symmetric, zero row sums, zero trace; integer entries times 1/2.
///
/// # Shape
/// `n × n`, `n ≥ 3` (`n ≥ 5` for the pair block); constants in the arithmetic of `like`.
///
/// ```
/// use oddpoint::odd_point::{Block, modes::direction};
/// let pair = direction(Block::Pair, 8, &0.0);
/// // Zero row sums, zero trace, and nothing at the outlier, which is the last sample.
/// assert!((0..8).all(|i| pair.row(i).iter().sum::<f64>() == 0.0));
/// assert!(pair.row(7).iter().all(|&entry| entry == 0.0));
/// ```
pub fn direction<R: Real>(block: Block, n: usize, like: &R) -> Gram<R> {
    let half = |value: i64| like.lift(value).over(2);
    let (outlier, size) = (n - 1, n as i64);
    match block {
        // α = −(n−2)/2, β = 1: the trace Nα + N(α+(n−2)β) vanishes.
        Block::Trivial => Gram::from_entries(n, |i, j| match (i == outlier, j == outlier) {
            (true, true) => half((size - 1) * (size - 2)),
            (false, false) => half(if i == j { 2 - size } else { 2 }),
            _ => half(2 - size),
        }),
        // w = e₁ − e₂, α = β = 1, γ = −(α+(n−3)β).
        Block::Standard => {
            let w = |i: usize| [1, -1].get(i).copied().unwrap_or(0);
            Gram::from_entries(n, |i, j| match (i == outlier, j == outlier) {
                (true, true) => half(0),
                (false, false) => half(2 * if i == j { w(i) } else { w(i) + w(j) }),
                (true, false) => half(2 * (2 - size) * w(j)),
                (false, true) => half(2 * (2 - size) * w(i)),
            })
        }
        // The square 1–2–4–3: +1 on two opposite sides, −1 on the other two.
        Block::Pair => Gram::from_entries(n, |i, j| match (i.min(j), i.max(j)) {
            (0, 1) | (2, 3) => half(2),
            (0, 2) | (1, 3) => half(-2),
            _ => half(0),
        }),
    }
}

/// Frobenius norms of a perturbation's parts in the three blocks.
///
/// ```
/// use oddpoint::odd_point::{Block, modes::{BlockNorms, direction}};
/// let standard = direction(Block::Standard, 8, &0.0);
/// let norms = BlockNorms::of(&standard);
/// assert!((norms.get(Block::Standard) - standard.frobenius_norm()).abs() < 1e-12);
/// assert!(*norms.get(Block::Pair) < 1e-12 && *norms.get(Block::Trivial) < 1e-12);
/// ```
#[derive(Clone, Debug)]
pub struct BlockNorms<R> {
    /// Trivial part.
    pub trivial: R,
    /// Standard part.
    pub standard: R,
    /// Pair part.
    pub pair: R,
}

impl<R: Real> BlockNorms<R> {
    /// The parts of a symmetric matrix with zero row sums; `n ≥ 4`.
    pub fn of(perturbation: &Gram<R>) -> Self {
        let n = perturbation.n();
        let (outlier, cluster) = (n - 1, (n - 1) as i64);
        let zero = perturbation.get(0, 0).lift(0);
        let entry = |i: usize, j: usize| perturbation.get(i, j).clone();
        let sum = |f: &dyn Fn(usize) -> R| (0..outlier).fold(zero.clone(), |sum, i| sum + f(i));

        let diagonal = sum(&|i| entry(i, i)).over(cluster);
        let row_sum = |i: usize| sum(&|j| if i == j { zero.clone() } else { entry(i, j) });
        let rows: Vec<R> = (0..outlier).map(row_sum).collect();
        let mean_row = sum(&|i| rows[i].clone()).over(cluster);
        let within = mean_row.clone().over(cluster - 1);
        let across = sum(&|i| entry(i, outlier)).over(cluster);
        // Off the diagonal the standard part is uᵢ + uⱼ with Σu = 0, whose row sums are (N−2)uᵢ.
        let u: Vec<R> = rows.iter().map(|row| (row.clone() - &mean_row).over((cluster - 2).max(1))).collect();

        let trivial = diagonal.clone().square().times(cluster)
            + within.clone().square().times(cluster * (cluster - 1))
            + across.clone().square().times(2 * cluster)
            + entry(outlier, outlier).square();
        let standard = sum(&|i| {
            (entry(i, i) - &diagonal).square()
                + (entry(i, outlier) - &across).square().times(2)
                + sum(&|j| if i == j { zero.clone() } else { (u[i].clone() + &u[j]).square() })
        });
        let pair = sum(&|i| {
            sum(&|j| {
                if i == j { zero.clone() } else { (entry(i, j) - &within - &u[i] - &u[j]).square() }
            })
        });
        Self { trivial: trivial.sqrt(), standard: standard.sqrt(), pair: pair.sqrt() }
    }

    /// The part in one block.
    pub fn get(&self, block: Block) -> &R {
        match block {
            Block::Trivial => &self.trivial,
            Block::Standard => &self.standard,
            Block::Pair => &self.pair,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_tangent_and_pure() {
        for n in [5, 9] {
            for block in [Block::Trivial, Block::Standard, Block::Pair] {
                let direction = direction(block, n, &1.0);
                for i in 0..n {
                    assert_eq!(direction.row(i).iter().sum::<f64>(), 0.0, "{block:?}, row {i}");
                }
                assert_eq!(direction.trace(), 0.0);
                let norms = BlockNorms::of(&direction);
                for part in [Block::Trivial, Block::Standard, Block::Pair] {
                    let expected = if part == block { direction.frobenius_norm() } else { 0.0 };
                    assert!((norms.get(part) - expected).abs() < 1e-12, "{block:?} has a part in {part:?}");
                }
            }
        }
    }

    #[test]
    fn random_directions_are_tangent_and_reproducible() {
        let direction = Mode::Random.direction(8, &1.0, 1);
        assert!(direction.trace().abs() < 1e-8 * direction.frobenius_norm());
        assert!(direction.row(3).iter().sum::<f64>().abs() < 1e-8 * direction.frobenius_norm());
        assert_eq!(direction, Mode::Random.direction(8, &1.0, 1));
        assert_ne!(direction, Mode::Random.direction(8, &1.0, 2));
    }

    /// Orthogonal parts: squares add up.
    #[test]
    fn parts_add_up() {
        let mut mixed = Gram::from_entries(7, |i, j| ((i * j + 3 * (i + j)) as f64).sin());
        mixed.recentre();
        let BlockNorms { trivial, standard, pair } = BlockNorms::of(&mixed);
        let total = trivial.powi(2) + standard.powi(2) + pair.powi(2);
        assert!((total.sqrt() / mixed.frobenius_norm() - 1.0).abs() < 1e-14);
    }
}
