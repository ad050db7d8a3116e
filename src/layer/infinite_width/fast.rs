//! [`FastLayer`]: layers of recentring and ReLU at infinite width, in `f64`, for speed.
//!
//! Of the matrix only the tiles on and above the diagonal are kept. They hold `2K` of the latest layer; its row
//! means and its scale are kept beside it, and the next layer centres each entry when it reads it. So a layer goes
//! through half a matrix once, in place.

use super::tile::{self, SIDE, Samples, Tile, centred};
use crate::layer::Gram;
use crate::{Result, bad_input};
use fearless_simd::Level;
use rayon::prelude::*;

/// Tiles, or groups of samples, that a task takes at the least. A layer of up to 160 samples, which are 15 tiles, is
/// not shared out: it takes little longer than it takes to wake a thread.
const TASK: usize = 8;

/// [`layer`](super::layer) in `f64` for speed: owns its memory and allocates none from one layer to the next.
///
/// # Guarantees
/// * The same to the last bit for any number of threads and with any vector instructions (tests compare those that
///   the processor has). A processor without fused multiply-add (x86 before 2013) takes some forty times as long.
/// * Against exact arithmetic on the same covariance, an entry of [`gram`](Self::gram) is off by at most
///   `1.1 ε √(cᵢᵢ cⱼⱼ)` with `ε = 2⁻⁵²`: to first order, all roundings added up (see the source of `tile`). A
///   variance below the smallest normal number counts as zero.
/// * An entry of [`covariance`](Self::covariance) is off by at most `2 ε √n · max cᵢᵢ`: seen in tests, not proved.
/// * Samples with equal rows keep equal rows, to the last bit. So the exact configuration stays, though it repels.
///
/// It does not have the relative accuracy of [`nonlinearity`](super::nonlinearity) at a correlation near `−1`.
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
    level: Level,
    /// Those on and above the diagonal, row after row of tiles. They hold `2K`, or the input before the first layer.
    tiles: Vec<Tile>,
    /// The row and the column of each tile.
    places: Vec<[usize; 2]>,
    /// The samples in groups of [`SIDE`].
    samples: Vec<Samples>,
    /// What the centred entries are multiplied by.
    scale: f64,
    has_stepped: bool,
}

impl FastLayer {
    /// Layers that start from a centred covariance, whose trace they keep.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) if an entry is not finite or the trace is not positive.
    pub fn new(covariance: &Gram<f64>) -> Result<Self> {
        Self::on(Level::new(), covariance)
    }

    /// [`new`](Self::new) with vector instructions of one's choice.
    pub(super) fn on(level: Level, covariance: &Gram<f64>) -> Result<Self> {
        let (n, trace) = (covariance.n(), covariance.trace());
        let finite = trace.is_finite() && covariance.entries().iter().all(|x| x.is_finite());
        if !finite || trace <= 0.0 {
            return Err(bad_input!("a layer needs a covariance of finite entries and positive trace"));
        }
        let groups = n.div_ceil(SIDE);
        let places: Vec<_> =
            (0..groups).flat_map(|row| (row..groups).map(move |column| [row, column])).collect();
        let tiles = places.iter().map(|place| cut(covariance, *place)).collect();
        let samples = vec![Samples::ZERO; groups];
        Ok(Self { n, trace, level, tiles, places, samples, scale: 1.0, has_stepped: false })
    }

    /// The number of samples.
    pub fn n(&self) -> usize {
        self.n
    }

    /// One layer further.
    ///
    /// # Guarantees
    /// Allocates nothing itself; uses the current rayon pool from 161 samples on.
    pub fn step(&mut self) {
        self.take_roots();
        self.activate();
        self.centre();
        self.has_stepped = true;
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
        let scale = self.scale;
        self.unfold(to, |entry, [i, j]| centred(entry, i, j, scale));
    }

    /// [`gram`](Self::gram) into memory that is there already.
    ///
    /// # Panics
    /// If `to` has another size.
    pub fn copy_gram(&self, to: &mut Gram<f64>) {
        let has_stepped = self.has_stepped;
        self.unfold(to, |entry, _| if has_stepped { 0.5 * entry } else { 0.0 });
    }

    /// The square roots of the variances and their reciprocals.
    fn take_roots(&mut self) {
        let Self { n, ref tiles, ref mut samples, scale, .. } = *self;
        let groups = samples.len();
        for (group, samples) in samples.iter_mut().enumerate() {
            let diagonal = &tiles[index(groups, [group, group])].entries;
            for (k, row) in diagonal[..size(n, group)].iter().enumerate() {
                let variance = centred(row[k], samples.offsets[k], samples.offsets[k], scale);
                // Rounding can leave a variance of zero below it. A NaN stays.
                let root = if variance < f64::MIN_POSITIVE { 0.0 } else { variance.sqrt() };
                samples.roots[k] = root;
                samples.reciprocals[k] = if root == 0.0 { 0.0 } else { 1.0 / root };
            }
        }
    }

    /// `2K` of the covariance, and the sums in each tile.
    fn activate(&mut self) {
        let Self { n, level, ref mut tiles, ref places, ref samples, scale, .. } = *self;
        let tiles = tiles.par_iter_mut().zip(places).with_min_len(TASK);
        tiles.for_each(|(tile, &place)| {
            tile::layer(
                level,
                tile,
                place.map(|group| &samples[group]),
                place.map(|group| size(n, group)),
                scale,
            );
        });
    }

    /// The offsets that centre the entries, and the factor that then restores the trace.
    fn centre(&mut self) {
        let Self { n, trace, ref tiles, ref mut samples, .. } = *self;
        let groups = samples.len();
        let each = samples.par_iter_mut().enumerate().with_min_len(TASK);
        each.for_each(|(group, samples)| samples.offsets = row_means(n, groups, group, tiles));
        let of_sample = |i: usize| (i / SIDE, i % SIDE);
        let sum: f64 = (0..n).map(of_sample).map(|(group, k)| samples[group].offsets[k]).sum();
        let half = 0.5 * sum / n as f64;
        for (group, samples) in samples.iter_mut().enumerate() {
            samples.offsets.iter_mut().for_each(|mean| *mean -= half);
            // No entry is negative, so no offset is below −half. Beside this one the covariance of a column that
            // pads the last tile has no positive part, and its entry remains zero.
            samples.offsets[size(n, group)..].fill(half);
        }
        // At least half of tr K(C) survives, because recentring spares as much on average over ±z: no
        // cancellation to speak of.
        let diagonal = (0..n).map(of_sample).map(|(group, k)| {
            let offset = samples[group].offsets[k];
            centred(tiles[index(groups, [group, group])].entries[k][k], offset, offset, 1.0)
        });
        self.scale = trace / diagonal.sum::<f64>();
    }

    /// The whole matrix of `entry(x, offsets of row and column)` over the entries `x`.
    fn unfold(&self, to: &mut Gram<f64>, entry: impl Fn(f64, [f64; 2]) -> f64 + Sync) {
        let Self { n, ref tiles, ref samples, .. } = *self;
        assert_eq!(to.n(), n, "the matrix differs in size");
        let rows = to.entries_mut().par_chunks_mut(SIDE * n).enumerate().with_min_len(TASK);
        rows.for_each(|(above, rows)| {
            for left in 0..samples.len() {
                let upper = left >= above;
                let tile = &tiles[index(samples.len(), [above.min(left), above.max(left)])].entries;
                for (i, row) in rows.chunks_exact_mut(n).enumerate() {
                    let offset = samples[above].offsets[i];
                    let row = row[left * SIDE..].iter_mut().zip(&samples[left].offsets).enumerate();
                    row.for_each(|(j, (to, column_offset))| {
                        let x = if upper { tile[i][j] } else { tile[j][i] };
                        *to = entry(x, [offset, *column_offset]);
                    });
                }
            }
        });
    }
}

/// How many of the `n` samples are in group `group`.
fn size(n: usize, group: usize) -> usize {
    SIDE.min(n - group * SIDE)
}

/// The index of a tile on or above the diagonal, when there are `groups` rows of them.
fn index(groups: usize, [row, column]: [usize; 2]) -> usize {
    // Row r has groups − r tiles.
    row * groups - row * row.saturating_sub(1) / 2 - row + column
}

/// The tile at `place`, with zeros beyond the matrix.
fn cut(matrix: &Gram<f64>, place: [usize; 2]) -> Tile {
    let mut tile = Tile::ZERO;
    let [row, column] = place.map(|group| group * SIDE);
    let [rows, columns] = place.map(|group| size(matrix.n(), group));
    for (to, i) in tile.entries.iter_mut().zip(row..).take(rows) {
        to[..columns].copy_from_slice(&matrix.row(i)[column..][..columns]);
    }
    tile
}

/// The means of the rows of group `group`, added up tile after tile from the left.
fn row_means(n: usize, groups: usize, group: usize, tiles: &[Tile]) -> [f64; SIDE] {
    let mut means = [0.0; SIDE];
    for other in 0..groups {
        let sums = if other < group {
            &tiles[index(groups, [other, group])].column_sums
        } else {
            &tiles[index(groups, [group, other])].row_sums
        };
        means.iter_mut().zip(sums).for_each(|(mean, sum)| *mean += sum);
    }
    means.map(|sum| sum / n as f64)
}
