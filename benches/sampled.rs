//! One layer of a network of finite width, by both samplers, on all threads and on one; beside the first sampler, what it cannot do
//! without: the normals alone, and the floating-point operations alone.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::DMatrix;
use oddpoint::layer::batch;
use oddpoint::layer::components::Layer;
use oddpoint::layer::sampled::{Network, Plan, Sampler};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;

fn network(sampler: Sampler, components: &str, n: usize, width: u64) -> Network {
    let layer = Layer::parse(components, None).expect("valid components");
    let plan = Plan { layer, sampler, width, seed: 1, replica: 0 };
    let input = batch::random_gaussian(n, 2 * n, 1, 0).expect("a valid batch");
    let mut network = Network::from_batch(plan, &input).expect("a valid plan");
    // The first layer of the literal sampler is only 2n wide.
    network.step().expect("a live network");
    network
}

fn layers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sampled");
    group.sample_size(20);
    for (sampler, components, n, width) in [
        (Sampler::Gram, "rc,nl", 64, 4096),
        (Sampler::Gram, "rc,rs,nl", 64, 4096),
        (Sampler::Weights, "rc,nl", 64, 4096),
        (Sampler::Gram, "rc,nl", 32, 1000),
        (Sampler::Weights, "rc,nl", 32, 1000),
    ] {
        let name = format!("{sampler} {components} n={n} d={width}");
        let network = network(sampler, components, n, width);
        group.bench_function(format!("{name} all-threads"), |bencher| {
            let mut network = network.clone();
            bencher.iter(|| network.step());
        });
        group.bench_function(format!("{name} one-thread"), |bencher| {
            let mut network = network.clone().on_one_thread();
            bencher.iter(|| network.step());
        });
    }
    group.finish();
}

/// One thread. Normals: those of a layer, 128 rows at a time. Operations: `3 n` for each normal, what the product
/// with a full factor and half of the Gram matrix take, as one large product by nalgebra (matrixmultiply). The layer itself
/// leaves out the factor's zeros, and takes some `2 n`.
fn limits(criterion: &mut Criterion) {
    const WIDTH: usize = 4096;
    let mut group = criterion.benchmark_group("sampled-limits");
    group.sample_size(10);
    for n in [16, 64, 256, 1024] {
        group.throughput(Throughput::Elements((n * WIDTH) as u64));
        let mut network = network(Sampler::Gram, "rc,nl", n, WIDTH as u64).on_one_thread();
        group.bench_function(BenchmarkId::new("layer", n), |bencher| bencher.iter(|| network.step()));
        let mut normals = vec![0.0; 128 * n];
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        group.bench_function(BenchmarkId::new("normals", n), |bencher| {
            bencher.iter(|| {
                for _ in 0..WIDTH / 128 {
                    normals.iter_mut().for_each(|x| *x = StandardNormal.sample(&mut rng));
                    black_box(&mut normals);
                }
            });
        });
        let factor = DMatrix::from_element(n, n, 0.5);
        let columns = DMatrix::from_element(n, 3 * WIDTH / 2, 0.25);
        let mut product = columns.clone();
        group.bench_function(BenchmarkId::new("operations", n), |bencher| {
            bencher.iter(|| product.gemm(1.0, &factor, black_box(&columns), 0.0));
        });
    }
    group.finish();
}

criterion_group!(benches, layers, limits);
criterion_main!(benches);
