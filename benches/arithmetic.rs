//! One value of the kernel `κ` in each arithmetic.

use criterion::{Criterion, criterion_group, criterion_main};
use oddpoint::arithmetic::Interval;
use oddpoint::kernel::kappa;
use rug::Float;
use std::hint::black_box;
use std::time::Duration;

/// Either branch of the kernel, below and above 0.
const CORRELATIONS: [f64; 2] = [-0.7, 0.7];

const PRECISION: u32 = 256;

fn kernel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kappa");
    group.sample_size(30);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for rho in CORRELATIONS {
        group.bench_function(format!("f64/{rho}"), |bencher| bencher.iter(|| kappa(black_box(rho))));
        let float = Float::with_val(PRECISION, rho);
        group.bench_function(format!("mpfr-256/{rho}"), |bencher| {
            bencher.iter(|| kappa(black_box(&float).clone()));
        });
        let interval = Interval::from_f64(PRECISION, rho);
        group.bench_function(format!("interval-256/{rho}"), |bencher| {
            bencher.iter(|| kappa(black_box(&interval).clone()));
        });
    }
    group.finish();
}

criterion_group!(benches, kernel);
criterion_main!(benches);
