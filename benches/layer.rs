//! One layer of recentring and ReLU at infinite width: in `f64` (fast, beside a copy of the matrix, and generic) and in
//! MPFR.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use oddpoint::layer::{FastLayer, Gram, batch, infinite_width};
use rayon::prelude::*;

fn input(n: usize) -> Gram<f64> {
    batch::random_gaussian(n, 16, 1, 0).and_then(|batch| batch.covariance()).expect("a valid batch")
}

fn layers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layer");
    group.sample_size(20);
    for n in [10, 100, 1000, 4000] {
        let input = input(n);
        group.bench_function(BenchmarkId::new("f64-fast", n), |bencher| {
            let mut layers = FastLayer::new(&input).expect("a valid covariance");
            bencher.iter(|| layers.step());
        });
        // The physical limit: the whole matrix, read and written once by the same threads.
        group.bench_function(BenchmarkId::new("copy", n), |bencher| {
            let mut copy = input.entries().to_vec();
            let part = copy.len().div_ceil(rayon::current_num_threads());
            bencher.iter(|| {
                let parts = copy.par_chunks_mut(part).zip(input.entries().par_chunks(part));
                parts.for_each(|(to, from)| to.copy_from_slice(from));
            });
        });
    }
    group.bench_function(BenchmarkId::new("f64-fast-with-whole-copy", 1000), |bencher| {
        let mut whole = input(1000);
        let mut layers = FastLayer::new(&whole).expect("a valid covariance");
        bencher.iter(|| {
            layers.step();
            layers.copy_covariance(&mut whole);
        });
    });
    group.bench_function(BenchmarkId::new("f64-generic", 1000), |bencher| {
        let input = input(1000);
        bencher.iter(|| infinite_width::layer(&input));
    });
    for n in [20, 50] {
        let input = input(n).lift(256);
        group.bench_function(BenchmarkId::new("mpfr-256", n), |bencher| {
            bencher.iter(|| infinite_width::layer(&input));
        });
    }
    group.finish();
}

criterion_group!(benches, layers);
criterion_main!(benches);
