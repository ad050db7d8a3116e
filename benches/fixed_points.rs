//! The odd point with its spectrum, for one batch size: in `f64`, and enclosed to 50 digits.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use oddpoint::Result;
use oddpoint::arithmetic::Interval;
use oddpoint::odd_point::{FixedPoint, Spectrum};
use oddpoint::rigor::{enclose_fixed_point, relative_width_below};
use std::hint::black_box;
use std::time::Duration;

const BATCH_SIZES: [u64; 3] = [10, 1000, 1_000_000_000_000];

/// Digits asked for.
const DIGITS: u32 = 50;

fn approximate(n: u64) -> Result<Spectrum<f64>> {
    Ok(Spectrum::at(&FixedPoint::OddPoint.locate(n)?))
}

fn enclose(n: u64, precision: u32) -> Result<Spectrum<Interval>> {
    Ok(Spectrum::at(&enclose_fixed_point(FixedPoint::OddPoint, n, precision)?))
}

/// Bits, in steps of 32, at which every eigenvalue has the digits.
fn sufficient_precision(n: u64) -> u32 {
    let narrow = |precision: u32| {
        enclose(n, precision).is_ok_and(|spectrum| {
            spectrum.eigenvalues(n).iter().all(|(_, value)| relative_width_below(value, DIGITS))
        })
    };
    (128..=1024).step_by(32).find(|&precision| narrow(precision)).expect("1024 bits suffice")
}

fn odd_points(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("odd-point-and-spectrum");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for n in BATCH_SIZES {
        group
            .bench_function(BenchmarkId::new("f64", n), |bencher| bencher.iter(|| approximate(black_box(n))));
        let precision = sufficient_precision(n);
        group.bench_function(BenchmarkId::new(format!("50-digits-at-{precision}-bits"), n), |bencher| {
            bencher.iter(|| enclose(black_box(n), precision));
        });
    }
    group.finish();
}

criterion_group!(benches, odd_points);
criterion_main!(benches);
