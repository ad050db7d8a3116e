use super::*;
use crate::kernel::gram_entry;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rug::Float;

/// The vector instructions that the processor has: those of every processor of its kind, and the best.
fn levels() -> Vec<Level> {
    let levels = [Level::baseline(), Level::new()];
    #[cfg(target_arch = "x86_64")]
    let levels = [&levels[..], &levels[1].as_avx2().map_or(vec![], |avx2| vec![Level::Avx2(avx2)])].concat();
    levels.to_vec()
}

/// Standard deviations from 1e-150 to 1e150, now and then 0; all alike in some tiles.
fn deviation(rng: &mut ChaCha8Rng, spread: f64) -> f64 {
    if rng.random_range(0..50) == 0 { 0.0 } else { 10.0_f64.powf(spread * rng.random_range(-1.0..1.0)) }
}

/// Correlations of every kind: ±1, 0, anywhere, tiny, within 2⁻¹ to 2⁻⁵³ of ±1.
fn correlation(rng: &mut ChaCha8Rng) -> f64 {
    let sign = if rng.random() { 1.0 } else { -1.0 };
    sign * match rng.random_range(0..8) {
        0 => 1.0,
        1 => 0.0,
        2 => 10.0_f64.powf(rng.random_range(-150.0..0.0)),
        3 | 4 => 1.0 - 2.0_f64.powf(rng.random_range(-54.0..-1.0)),
        _ => rng.random_range(0.0..1.0),
    }
}

fn samples(variances: &[f64; SIDE]) -> Samples {
    let roots = variances.map(f64::sqrt);
    Samples { offsets: [0.0; SIDE], roots, reciprocals: roots.map(|x| if x > 0.0 { 1.0 / x } else { 0.0 }) }
}

/// The largest error in a tile of random covariances, in units of `ε √(ab)`, if all levels agree to the last bit.
fn worst_error(seed: u64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let spread = [0.0, 1.0, 150.0][rng.random_range(0..3)];
    let sides = [0, 1].map(|_| [0.0; SIDE].map(|_: f64| deviation(&mut rng, spread).powi(2)));
    let mut before = Tile::ZERO;
    for (row, a) in before.entries.iter_mut().zip(sides[0]) {
        for (c, b) in row.iter_mut().zip(sides[1]) {
            let limit = a.sqrt() * b.sqrt();
            *c = correlation(&mut rng) * limit;
            if rng.random_range(0..8) == 0 {
                // As near to ±1 as the covariance can tell, and what rounding makes of it.
                *c = [limit.next_down(), limit, limit.next_up(), -limit.next_down()][rng.random_range(0..4)];
            }
        }
    }
    let samples = sides.each_ref().map(samples);
    let after = levels().into_iter().map(|level| {
        let mut tile = before.clone();
        layer(level, &mut tile, samples.each_ref(), [SIDE; 2], 1.0);
        tile
    });
    let after: Vec<Tile> = after.collect();
    let bits = |tile: &Tile| {
        let sums = tile.row_sums.iter().chain(&tile.column_sums);
        tile.entries.as_flattened().iter().chain(sums).map(|x| x.to_bits()).collect::<Vec<u64>>()
    };
    assert!(after.iter().all(|tile| bits(tile) == bits(&after[0])), "seed {seed}: instruction sets differ");

    let mut worst = 0.0_f64;
    // A covariance above √(ab), which exact variances and rounding leave, is within the rounding of √(ab).
    for (i, a) in sides[0].iter().enumerate() {
        for (j, b) in sides[1].iter().enumerate() {
            let [a, b, c] = [*a, *b, before.entries[i][j]].map(|x| Float::with_val(160, x));
            let unit = (a.clone() * &b).sqrt();
            let mut error = Float::with_val(160, after[0].entries[i][j]) / 2_u32 - gram_entry(&a, &b, &c);
            if unit.is_zero() {
                assert!(error.is_zero(), "seed {seed}: variance zero");
                continue;
            }
            error.abs_mut();
            let relative = (error / unit).to_f64() / f64::EPSILON;
            assert!(relative.is_finite(), "seed {seed}");
            worst = worst.max(relative);
        }
    }
    worst
}

/// The largest error over `tiles` tiles of 1024 entries.
fn worst_error_of(tiles: u64) -> f64 {
    (0..tiles).into_par_iter().map(worst_error).reduce(|| 0.0, f64::max)
}

#[test]
fn entries_keep_to_the_proved_bound() {
    let worst = worst_error_of(200);
    assert!(worst <= 1.1, "{worst}");
}

#[test]
#[ignore = "ten million entries, some minutes"]
fn ten_million_entries_keep_to_the_proved_bound() {
    let worst = worst_error_of(9766);
    println!("largest error {worst} ε √(ab)");
    assert!(worst <= 1.1, "{worst}");
}

#[test]
fn correlations_of_one_are_exact() {
    // 2κ(1) = 1 and 2κ(−1) = 0; 1/√a is not exact for these variances, and t is then a few ε instead of 0:
    // t^{3/2} q < (8 ε)^{3/2} < 1e-22, which the sum with c does not see.
    let variances = std::array::from_fn(|k| (k as f64 + 1.0) / 3.0);
    let samples = samples(&variances);
    let mut tile = Tile::ZERO;
    for (k, v) in variances.into_iter().enumerate() {
        (tile.entries[k][k], tile.entries[k][(k + 1) % SIDE]) = (v, -(v * variances[(k + 1) % SIDE]).sqrt());
    }
    layer(Level::new(), &mut tile, [&samples; 2], [SIDE; 2], 1.0);
    for (k, v) in variances.into_iter().enumerate() {
        assert_eq!(tile.entries[k][k], v);
        let opposite = tile.entries[k][(k + 1) % SIDE];
        assert!((0.0..1e-21).contains(&opposite), "{opposite}");
    }
}

#[test]
fn sums_over_rows_and_columns_associate_alike() {
    // A symmetric tile has the same sums either way; these entries make any other order visible in the last bits.
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut tile = Tile::ZERO;
    for i in 0..SIDE {
        for j in 0..=i {
            tile.entries[i][j] = rng.random_range(-1.0..1.0);
            tile.entries[j][i] = tile.entries[i][j];
        }
    }
    let samples = samples(&[1.0; SIDE]);
    for size in [1, 7, 8, 20, SIDE] {
        let mut tile = tile.clone();
        for row in &mut tile.entries {
            // Padding has roots of zero and no positive covariance: it must not count.
            row[size..].fill(-1.0);
        }
        let mut padded = samples.clone();
        padded.roots[size..].fill(0.0);
        padded.reciprocals[size..].fill(0.0);
        layer(Level::new(), &mut tile, [&padded; 2], [size; 2], 1.0);
        assert_eq!(tile.row_sums[..size], tile.column_sums[..size], "{size}");
        let plain: f64 = tile.entries[0][..size].iter().sum();
        assert!((tile.row_sums[0] - plain).abs() <= 32.0 * f64::EPSILON * plain);
    }
}

#[test]
fn what_is_not_a_number_is_not_hidden() {
    let samples = samples(&[1.0; SIDE]);
    for level in levels() {
        let mut tile = Tile::ZERO;
        tile.entries[2][3] = f64::NAN;
        layer(level, &mut tile, [&samples; 2], [SIDE; 2], 1.0);
        assert!(tile.entries[2][3].is_nan() && tile.row_sums[2].is_nan() && tile.column_sums[3].is_nan());
    }
}
