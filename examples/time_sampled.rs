//! How long one layer of finite width takes, and the normals it is made of alone.
//!
//! ```text
//! cargo run --release --example time_sampled -- N WIDTH LAYERS
//! ```
//!
//! prints one line of JSON: seconds of one layer (RC, ReLU, [`Sampler::Gram`]) and of drawing its `N · WIDTH` normals and
//! nothing else, each the least of `LAYERS` rounds, on as many threads as `RAYON_NUM_THREADS` says (default: all).

use oddpoint::Result;
use oddpoint::layer::batch;
use oddpoint::layer::components::Layer;
use oddpoint::layer::sampled::{Network, Plan, Sampler};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Rows of normals at a time: as in a layer, so that they stay in the cache.
const BLOCK: u64 = 128;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[n, width, layers]) if layers > 0 => match measure(n as usize, width, layers) {
            Ok(line) => println!("{line}"),
            Err(error) => return fail(&error.to_string()),
        },
        _ => return fail("usage: time_sampled N WIDTH LAYERS, three whole numbers, the last at least 1"),
    }
    ExitCode::SUCCESS
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(2)
}

fn measure(n: usize, width: u64, layers: u64) -> Result<serde_json::Value> {
    let plan =
        Plan { layer: Layer::parse("rc,nl", None)?, sampler: Sampler::Gram, width, seed: 1, replica: 0 };
    let mut network = Network::from_batch(plan, &batch::random_gaussian(n, 2 * n, 1, 0)?)?;
    let mut outcome = Ok(());
    let layer = least(layers, || outcome = network.step());
    outcome?;
    let normals = least(layers, || draw(n, width));
    Ok(serde_json::json!({
        "n": n,
        "width": width,
        "seconds_per_layer": layer,
        "seconds_for_normals": normals,
        "threads": rayon::current_num_threads(),
    }))
}

/// The least time of some rounds, in seconds.
fn least(rounds: u64, mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}

/// The normals of one layer, block after block in the same memory.
fn draw(n: usize, width: u64) {
    let blocks = width.div_ceil(BLOCK);
    let lanes = blocks.min(rayon::current_num_threads() as u64);
    (0..lanes as u32).into_par_iter().with_max_len(1).map(u64::from).for_each(|lane| {
        let mut normals = vec![0.0_f64; n * width.min(BLOCK) as usize];
        for block in lane * blocks / lanes..(lane + 1) * blocks / lanes {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(block);
            let count = n * (width - block * BLOCK).min(BLOCK) as usize;
            normals[..count].iter_mut().for_each(|x| *x = StandardNormal.sample(&mut rng));
            black_box(&mut normals);
        }
    });
}
