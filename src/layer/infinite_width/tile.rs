//! One layer for one square tile of the matrix, in `f64` and in the processor's vector instructions.
//!
//! # Formula
//! With `t = 1 − |ρ|` the kernel splits into a part that is exact and one that needs no branch,
//!
//! ```text
//! 2κ(ρ) = max(ρ, 0) + t^{3/2} q(t),        q(t) = h(arccos(1 − t)) / (π t^{3/2}),        0 ≤ t ≤ 1,
//! ```
//!
//! because `κ(ρ) − κ(−ρ) = ρ/2` and `2κ(−|ρ|) = h(arccos |ρ|)/π`. The function `q` is analytic for `|t| < 2`, and
//! a polynomial stands in for it. With `d = √(ab) − |c| = √(ab) t` the entry is `max(c, 0) + d √t q(t)`: one square
//! root and, given `1/√cᵢᵢ`, no division.
//!
//! # Guarantees
//! * **Error.** The entry made of `(a, b, c)` is within `1.1 ε √(ab)` of the exact one, `ε = 2⁻⁵²`, if the variances
//!   are normal numbers and nothing underflows: the sum of all roundings, to first order, and of the polynomial's
//!   error, as listed and evaluated in `scripts/kappa_polynomial.py`. Near `ρ = 1` it is less, `ε/2 · √(ab)`, because
//!   only the last sum rounds there. A relative error near `ρ = −1` is not bounded: `t` has lost its digits.
//! * **Bits.** Every operation is one that IEEE 754 rounds correctly, fused multiplications included (a processor
//!   without them takes them apart into many exact steps), and sums have one order: the result is the same to the
//!   last bit whatever the vector instructions.
//! * **Symmetry.** Exchanging the two samples changes nothing, and the sums over a tile's rows and over its columns
//!   associate alike: samples whose rows are equal keep equal rows.

use fearless_simd::{Level, Simd, dispatch, f64x8, prelude::*};

/// Rows and columns of a tile.
pub(super) const SIDE: usize = 32;

/// Numbers that are worked on together, and classes into which a sum is split.
const LANES: usize = 8;

/// A square piece of a symmetric matrix, and its sums.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Tile {
    pub entries: [[f64; SIDE]; SIDE],
    pub row_sums: [f64; SIDE],
    pub column_sums: [f64; SIDE],
}

impl Tile {
    pub const ZERO: Self =
        Self { entries: [[0.0; SIDE]; SIDE], row_sums: [0.0; SIDE], column_sums: [0.0; SIDE] };
}

/// What a tile has to know of the samples along one of its sides.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Samples {
    /// What centring subtracts.
    pub offsets: [f64; SIDE],
    /// `√cᵢᵢ`.
    pub roots: [f64; SIDE],
    /// `1/√cᵢᵢ`, or 0 for a variance of zero.
    pub reciprocals: [f64; SIDE],
}

impl Samples {
    pub const ZERO: Self = Self { offsets: [0.0; SIDE], roots: [0.0; SIDE], reciprocals: [0.0; SIDE] };
}

/// The covariance that an entry stands for.
pub(super) fn centred(entry: f64, row_offset: f64, column_offset: f64, scale: f64) -> f64 {
    (entry - (row_offset + column_offset)) * scale
}

/// `entries ← 2 K(C)`, with `C` the matrix that [`centred`] makes of them, and the sums of the new entries.
///
/// `left` and `above` are the samples of the rows and of the columns, of which the first `rows` and `columns` are
/// in use. Columns beyond these are worked on up to a multiple of eight.
pub(super) fn layer(
    level: Level,
    tile: &mut Tile,
    [left, above]: [&Samples; 2],
    [rows, columns]: [usize; 2],
    scale: f64,
) {
    let groups = columns.div_ceil(LANES);
    dispatch!(level, simd => layer_in(simd, tile, [left, above], [rows, groups], scale));
}

/// Everything below must be inlined into the function that `dispatch` compiles for each instruction set, closures
/// included: hence there are none.
#[inline(always)]
fn layer_in<S: Simd>(
    simd: S,
    tile: &mut Tile,
    [left, above]: [&Samples; 2],
    [rows, groups]: [usize; 2],
    scale: f64,
) {
    let groups = groups.min(SIDE / LANES);
    // Out of the compiler's sight: constants it would load number by number and copy to the lanes.
    let polynomial = std::hint::black_box(&POLYNOMIAL);
    // Row i is in class i mod 8, as column j is in lane j mod 8.
    let mut classes = Aligned([[0.0; SIDE]; LANES]);
    let classes = &mut classes.0;
    for (i, row) in tile.entries.iter_mut().enumerate().take(rows) {
        let offset = f64x8::splat(simd, left.offsets[i]);
        let root = f64x8::splat(simd, left.roots[i]);
        let reciprocal = f64x8::splat(simd, left.reciprocals[i]);
        let class = &mut classes[i % LANES];
        let mut sum = f64x8::splat(simd, 0.0);
        for k in 0..groups {
            // As in `centred`.
            let c = (load(simd, row, k) - (offset + load(simd, &above.offsets, k))) * scale;
            let roots = root * load(simd, &above.roots, k);
            let entry = activate(simd, polynomial, c, roots, reciprocal * load(simd, &above.reciprocals, k));
            store(entry, row, k);
            sum += entry;
            store(load(simd, class, k) + entry, class, k);
        }
        tile.row_sums[i] = fold(sum.to_array());
    }
    for k in 0..groups {
        let [a, b, c, d, e, f, g, h] = &*classes;
        let [a, b, c, d] = [load(simd, a, k), load(simd, b, k), load(simd, c, k), load(simd, d, k)];
        let [e, f, g, h] = [load(simd, e, k), load(simd, f, k), load(simd, g, k), load(simd, h, k)];
        store(fold([a, b, c, d, e, f, g, h]), &mut tile.column_sums, k);
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, from: &[f64; SIDE], k: usize) -> f64x8<S> {
    f64x8::from_slice(simd, &from[k * LANES..][..LANES])
}

#[inline(always)]
fn store<S: Simd>(x: f64x8<S>, to: &mut [f64; SIDE], k: usize) {
    x.store_slice(&mut to[k * LANES..][..LANES]);
}

/// The sum of eight numbers, or of eight vectors, in one order.
#[inline(always)]
fn fold<T: Copy + std::ops::Add<Output = T>>(x: [T; LANES]) -> T {
    ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}

/// Twice [`gram_entry`](crate::kernel::gram_entry), of `c`, `√a √b` and `1/√a · 1/√b`.
#[inline(always)]
fn activate<S: Simd>(
    simd: S,
    polynomial: &Polynomial,
    c: f64x8<S>,
    roots: f64x8<S>,
    reciprocals: f64x8<S>,
) -> f64x8<S> {
    // Below zero is rounding (Cauchy–Schwarz), as little as above.
    let d = (roots - c.abs()).abs();
    let t = d * reciprocals;
    let q = polynomial.at(simd, t);
    // The zero stands first because x86 then lets a NaN through.
    (d * t.sqrt()).mul_add_precise(q, f64x8::splat(simd, 0.0).max(c))
}

#[repr(align(64))]
struct Aligned<T>(T);

/// A polynomial's coefficients, each in every lane.
struct Polynomial(Aligned<[[f64; LANES]; COEFFICIENTS.len()]>);

static POLYNOMIAL: Polynomial = {
    let mut lanes = [[0.0; LANES]; COEFFICIENTS.len()];
    let mut k = 0;
    while k < lanes.len() {
        lanes[k] = [COEFFICIENTS[k]; LANES];
        k += 1;
    }
    Polynomial(Aligned(lanes))
};

impl Polynomial {
    /// `q(t)`: its even and its odd part by Horner's scheme, side by side.
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, t: f64x8<S>) -> f64x8<S> {
        let square = t * t;
        let mut even = self.coefficient(simd, COEFFICIENTS.len() - 2);
        let mut odd = self.coefficient(simd, COEFFICIENTS.len() - 1);
        for k in (0..COEFFICIENTS.len() - 2).step_by(2).rev() {
            even = even.mul_add_precise(square, self.coefficient(simd, k));
            odd = odd.mul_add_precise(square, self.coefficient(simd, k + 1));
        }
        odd.mul_add_precise(t, even)
    }

    #[inline(always)]
    fn coefficient<S: Simd>(&self, simd: S, k: usize) -> f64x8<S> {
        f64x8::from_slice(simd, &self.0.0[k])
    }
}

/// Minimax for `t^{3/2} q(t)`, off by at most 3.2e-17 as they stand; from `scripts/kappa_polynomial.py`.
const COEFFICIENTS: [f64; 16] = [
    0.3001054387189939,
    0.015005271939504038,
    0.0024115614451293618,
    0.0005582338583137694,
    0.0001553952899774231,
    4.857157348246404e-05,
    1.5510203297926713e-05,
    8.52649423481843e-06,
    -5.139318762910676e-06,
    1.5117261692597897e-05,
    -2.0517585279073467e-05,
    2.2398827394298655e-05,
    -1.6961877425329312e-05,
    8.863861730103227e-06,
    -2.8165131733101575e-06,
    4.320046805714147e-07,
];

#[cfg(test)]
mod tests;
