use super::*;
use crate::layer::infinite_width::layer;

const BITS: u32 = 128;

/// For the record, with `--nocapture`.
#[test]
fn table() {
    for n in (7..=30).chain([40, 64, 100]) {
        let start = std::time::Instant::now();
        let basin = prove_basin(n, BITS).unwrap();
        println!(
            "{n} {:?} {:.6e} {:.4} rate {:.6} final {:.6} {:?}",
            basin.method,
            basin.radius.approximate(),
            basin.relative.approximate(),
            basin.rate.approximate(),
            basin.final_rate.approximate(),
            start.elapsed()
        );
    }
}
