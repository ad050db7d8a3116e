//! The two matrix products of a sampled layer, `z = F g` and `Σ x xᵀ`, laid out for the cache and for vector instructions.
//! The [factor](super::factor) of a large covariance is made of the second one, too.
//!
//! A block of neurons lies in strips of eight samples: strip after strip, in it neuron after neuron, eight numbers each.
//! What multiplies the strips lies in groups of four neurons: group after group, in it feature after feature, four
//! numbers each. So both products read every operand in the order in which it lies in memory, and their inner loop
//! updates a tile of four by eight sums that stay in registers. Of `Σ x xᵀ` only the lower half is computed, in tiles.
//!
//! Every sum is one chain of fused multiply-adds in the order of its terms, whatever tile it is in. Hence equal samples
//! keep equal numbers to the last bit, and no result depends on the vector instructions there are. (Without an
//! instruction for it, a fused multiply-add is a slow call of the C library, with the same result.)
//!
//! All functions are to be inlined into a function compiled for the processor at hand: `fearless_simd::dispatch!`.

use std::ops::Range;

/// Samples in a strip.
pub const STRIP: usize = 8;
/// Neurons in a group.
pub const GROUP: usize = 4;
/// Strips that together stay in the second-level cache, at 128 neurons: 128 KiB.
const PANEL: usize = 16;

/// One neuron for eight samples.
pub type Strip = [f64; STRIP];
/// One feature's factors for four neurons.
pub type Group = [f64; GROUP];
/// Sums for two halves of a strip of samples against another strip.
pub type Tile = [[Strip; GROUP]; 2];
/// Sums of nothing.
pub const ZERO: Tile = [[[0.0; STRIP]; GROUP]; 2];

/// The number of strips for `n` samples.
pub fn strips(n: usize) -> usize {
    n.div_ceil(STRIP)
}

/// The number of tiles on and below the diagonal.
pub fn tiles(n: usize) -> usize {
    tiles_above(strips(n))
}

/// The number of those in the rows of strips before row `row`.
pub fn tiles_above(row: usize) -> usize {
    row * (row + 1) / 2
}

/// Sets the sums of some rows of tiles, `value(i, j)` for samples `i ≥ j`.
pub fn set(sums: &mut [Tile], n: usize, rows: Range<usize>, value: impl Fn(usize, usize) -> f64) {
    let mut sums = sums.iter_mut();
    for row in rows {
        for (column, tile) in (0..=row).zip(&mut sums) {
            for (i, numbers) in (row * STRIP..).zip(tile.as_flattened_mut()) {
                for (j, sum) in (column * STRIP..).zip(numbers) {
                    *sum = if i < n && j < n { value(i, j) } else { 0.0 };
                }
            }
        }
    }
}

/// `sums += others`.
pub fn add(sums: &mut Tile, others: &Tile) {
    let others = others.as_flattened().as_flattened();
    sums.as_flattened_mut().as_flattened_mut().iter_mut().zip(others).for_each(|(sum, x)| *sum += x);
}

/// The sum for samples `i ≥ j`.
pub fn entry(sums: &[Tile], i: usize, j: usize) -> f64 {
    let (row, column) = (i / STRIP, j / STRIP);
    let tile = &sums[tiles_above(row) + column];
    tile[i % STRIP / GROUP][i % GROUP][j % STRIP]
}

/// `sums += Σ a bᵀ`, where `group` takes each `a` from an element of `left`.
#[inline(always)]
fn multiply<A>(sums: &mut [Strip; GROUP], left: &[A], group: impl Fn(&A) -> &Group, right: &[Strip]) {
    let mut tile = *sums;
    let mut add = |a: &A, b: &Strip| {
        for (row, x) in tile.iter_mut().zip(group(a)) {
            for (sum, y) in row.iter_mut().zip(b) {
                *sum = x.mul_add(*y, *sum);
            }
        }
    };
    // Unrolled, which the compiler does not do by itself: a sixth faster.
    let ((lefts, left_rest), (rights, right_rest)) = (left.as_chunks::<4>(), right.as_chunks::<4>());
    for ([a, b, c, d], [p, q, r, s]) in lefts.iter().zip(rights) {
        add(a, p);
        add(b, q);
        add(c, r);
        add(d, s);
    }
    left_rest.iter().zip(right_rest).for_each(|(a, b)| add(a, b));
    *sums = tile;
}

/// Adds to one strip of neurons, `z += Σ g f` over features.
///
/// # Shape
/// `groups`: `depth` features of each group of neurons; `factor`: the first features' factors for the strip, up to `depth`
/// of them, the others being zero.
#[inline(always)]
pub fn product(groups: &[Group], depth: usize, factor: &[Strip], neurons: &mut [Strip]) {
    for (group, neurons) in groups.chunks_exact(depth).zip(neurons.as_chunks_mut().0) {
        multiply(neurons, &group[..factor.len()], |x| x, factor);
    }
}

/// Adds the products of every two samples, summed over the neurons, to some rows of tiles.
///
/// # Shape
/// `left`, `right`: all strips, `depth` neurons each; `sums`: the tiles on and below the diagonal of the rows `rows`.
#[inline(always)]
pub fn accumulate(left: &[Strip], right: &[Strip], depth: usize, rows: Range<usize>, sums: &mut [Tile]) {
    for panel in (0..rows.end).step_by(PANEL) {
        for row in rows.start.max(panel)..rows.end {
            let a = &left[row * depth..][..depth];
            let end = (row + 1).min(panel + PANEL);
            let sums = &mut sums[tiles_above(row) - tiles_above(rows.start)..][panel..end];
            for (b, [upper, lower]) in right[panel * depth..].chunks_exact(depth).zip(sums) {
                multiply(upper, a, |x| x.first_chunk().expect("8 > 4"), b);
                multiply(lower, a, |x| x.last_chunk().expect("8 > 4"), b);
            }
        }
    }
}

/// Replaces every number `x` by `f(x)`.
#[inline(always)]
pub fn map(neurons: &mut [Strip], f: impl Fn(f64) -> f64) {
    neurons.as_flattened_mut().iter_mut().for_each(|x| *x = f(*x));
}

/// RC of `rows` neurons of `n` samples. What fills up the last strip stays zero.
#[inline(always)]
pub fn recentre(neurons: &mut [Strip], rows: usize, n: usize) {
    for row in 0..rows {
        let mean = sum(neurons, rows, row, |x| x) / n as f64;
        for strip in neurons[row..].iter_mut().step_by(rows) {
            strip.iter_mut().for_each(|x| *x -= mean);
        }
    }
    let last = neurons.len() - rows;
    for strip in &mut neurons[last..] {
        strip[(n - 1) % STRIP + 1..].fill(0.0);
    }
}

/// RS of `rows` neurons of `n` samples; one that is zero for every sample stays so.
#[inline(always)]
pub fn rescale(neurons: &mut [Strip], rows: usize, n: usize) {
    for row in 0..rows {
        let squares = sum(neurons, rows, row, |x| x * x);
        let factor = if squares > 0.0 { (n as f64 / squares).sqrt() } else { 0.0 };
        for strip in neurons[row..].iter_mut().step_by(rows) {
            strip.iter_mut().for_each(|x| *x *= factor);
        }
    }
}

/// `Σ f(x)` over the samples of one neuron.
#[inline(always)]
fn sum(neurons: &[Strip], rows: usize, row: usize, f: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; STRIP];
    for strip in neurons[row..].iter().step_by(rows) {
        sums.iter_mut().zip(strip).for_each(|(sum, x)| *sum += f(*x));
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}
