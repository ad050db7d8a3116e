//! Seconds for one entry `E[relu(u) relu(v)]` from `(a, b, c)`, one thread, as a JSON line for each precision:
//! of MPFR floats and of intervals (points, as Arb's in `benches/peers/kappa_arb.c`, which times the same entries).
//!
//! ```text
//! cargo run --release --example time_kappa -- 128 256 1024
//! ```

use oddpoint::arithmetic::Interval;
use oddpoint::kernel::gram_entry;
use rug::{Float, Integer};
use std::hint::black_box;
use std::time::Instant;

const ENTRIES: usize = 256;
const ROUNDS: usize = 30;

/// A number in `[0, 1)` with `bits` bits, by Knuth's MMIX generator.
fn uniform(bits: u32, state: &mut u64) -> Float {
    let mut digits = Integer::new();
    for _ in 0..bits.div_ceil(32) {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        digits = (digits << 32) + (*state >> 32);
    }
    Float::with_val(bits, &digits) >> (32 * bits.div_ceil(32))
}

/// Variances in `[1, 2)`, correlations in `(−1, 1)`.
fn entries(bits: u32) -> Vec<[Float; 3]> {
    let mut state = 1;
    let entry = |_| {
        let [a, b] = [uniform(bits, &mut state) + 1, uniform(bits, &mut state) + 1];
        let rho = (uniform(bits, &mut state) << 1) - 1;
        let c = rho * Float::with_val(bits, &a * &b).sqrt();
        [a, b, c]
    };
    (0..ENTRIES).map(entry).collect()
}

/// The least over the rounds of the mean time of one entry.
fn seconds(work: impl Fn(usize)) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..ENTRIES).for_each(&work);
        start.elapsed().as_secs_f64() / ENTRIES as f64
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

fn main() {
    for argument in std::env::args().skip(1) {
        let Ok(bits) = argument.parse() else {
            eprintln!("'{argument}' is not a precision: give numbers of bits, such as 128 256 1024");
            std::process::exit(2);
        };
        let floats = entries(bits);
        let points: Vec<_> = floats.iter().map(|entry| entry.clone().map(Interval::point)).collect();
        let float = seconds(|i| {
            let [a, b, c] = black_box(&floats[i]);
            black_box(gram_entry(a, b, c));
        });
        let interval = seconds(|i| {
            let [a, b, c] = black_box(&points[i]);
            black_box(gram_entry(a, b, c));
        });
        println!("{{\"bits\":{bits},\"float\":{float:.4e},\"interval\":{interval:.4e}}}");
    }
}
