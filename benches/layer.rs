//! One layer of recentring and ReLU at infinite width: in `f64` (fast and generic) and in MPFR.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use oddpoint::layer::{FastLayer, Gram, batch, infinite_width};

fn input(n: usize) -> Gram<f64> {
    batch::random_gaussian(n, 2 * n, 1, 0).and_then(|batch| batch.covariance()).expect("a valid batch")
}

fn layers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layer");
    group.sample_size(20);
    for n in [10, 100, 1000] {
        group.bench_function(BenchmarkId::new("f64-fast", n), |bencher| {
            let mut layers = FastLayer::new(&input(n)).expect("a valid covariance");
            bencher.iter(|| layers.step());
        });
    }
    group.bench_function(BenchmarkId::new("f64-fast-with-mirrored-copy", 1000), |bencher| {
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
