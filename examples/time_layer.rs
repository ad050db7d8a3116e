//! Seconds for one infinite-width layer, and for one copy of the n × n matrix, as one line of JSON. A measuring tool:
//! `cargo run --release --example time_layer -- N LAYERS`. The fastest of 7 rounds of LAYERS layers (and copies) each.

use oddpoint::layer::{FastLayer, batch};
use rayon::prelude::*;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<usize> = std::env::args().skip(1).map(|x| x.parse()).collect::<Result<_, _>>()?;
    let [n, layers] = arguments[..] else { return Err("usage: time_layer N LAYERS".into()) };
    if layers == 0 {
        return Err("LAYERS is 0; it must be at least 1".into());
    }
    let input = batch::random_gaussian(n, 16, 1, 0)?.covariance()?;
    let mut layer = FastLayer::new(&input)?;
    let mut copy = input.entries().to_vec();
    // The copy, too, is shared by the threads of the pool, as the layer is.
    let part = copy.len().div_ceil(rayon::current_num_threads());
    let copy_once = || {
        let parts = copy.par_chunks_mut(part).zip(input.entries().par_chunks(part));
        parts.for_each(|(to, from)| to.copy_from_slice(from));
        black_box(&mut copy);
    };
    let seconds_per_layer = fastest(layers, || layer.step());
    let seconds_per_copy = fastest(layers, copy_once);
    println!(
        r#"{{"n":{n},"seconds_per_layer":{seconds_per_layer:e},"seconds_per_copy":{seconds_per_copy:e}}}"#
    );
    Ok(())
}

/// Seconds a call, in the fastest of [`ROUNDS`] rounds of `calls` each.
fn fastest(calls: usize, mut call: impl FnMut()) -> f64 {
    let mut round = || {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / calls as f64
    };
    // One round more, to warm up.
    round();
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}
