//! Seconds a layer of an orbit of the n × n map in MPFR, as one line of JSON, with the first entries of its end for comparison.
//! A measuring tool: `cargo run --release --example time_orbit -- N BITS LAYERS`. The fastest of 7 rounds, on as many threads
//! as `RAYON_NUM_THREADS` says.

use oddpoint::arithmetic::Real;
use oddpoint::layer::Gram;
use oddpoint::layer::infinite_width::layer;
use rug::Float;
use serde_json::json;
use std::process::ExitCode;
use std::time::Instant;

const ROUNDS: usize = 7;

fn main() -> ExitCode {
    let numbers: Option<Vec<u32>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[n @ 2..=1000, bits @ 24..=100_000, layers @ 1..=10_000]) = numbers.as_deref() else {
        eprintln!("usage: time_orbit N BITS LAYERS: 2 to 1000, 24 to 100000, 1 to 10000");
        return ExitCode::from(2);
    };
    let start = input(n as usize, bits);
    let orbit = || (0..layers).fold(start.clone(), |covariance, _| layer(&covariance));
    let end = orbit();
    let round = |_| {
        let start = Instant::now();
        std::hint::black_box(orbit());
        start.elapsed().as_secs_f64() / f64::from(layers)
    };
    let seconds = (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min);
    let check: Vec<f64> = end.row(0).iter().take(3).map(Real::approximate).collect();
    println!("{}", json!({ "n": n, "bits": bits, "seconds_per_layer": seconds, "check": check }));
    ExitCode::SUCCESS
}

/// The centred covariance of integers without symmetry, those of `benches/peers/precise_peers.py`, times 2n.
fn input(n: usize, bits: u32) -> Gram<Float> {
    let feature = |i: usize, j: usize| ((i * i + 3 * j + i * i * j * j) % 101) as u64;
    let product =
        |i: usize, j: usize| (1..=2 * n).map(|k| feature(i + 1, k) * feature(j + 1, k)).sum::<u64>();
    let mut gram = Gram::from_entries(n, |i, j| Float::with_val(bits, product(i, j)));
    gram.recentre();
    gram
}
