//! One layer of a network of finite width, by both samplers, on all threads and on one.

use criterion::{Criterion, criterion_group, criterion_main};
use oddpoint::layer::batch;
use oddpoint::layer::components::Layer;
use oddpoint::layer::sampled::{Network, Plan, Sampler};

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

criterion_group!(benches, layers);
criterion_main!(benches);
