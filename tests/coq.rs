//! What Coq proves of some batch sizes and what this crate computes are the same.

#[path = "../examples/coq_windows.rs"]
#[allow(dead_code)] // its `main`
mod coq_windows;

use coq_windows::{BATCH_SIZES, file};
use oddpoint::odd_point::{FixedPoint, Spectrum, StandardBlock};

/// Proved in `proofs/coq/SmallBatches.v`.
const WINDOWS: &str = include_str!("../proofs/coq/Windows.v");

#[test]
fn the_windows_are_up_to_date() {
    let hint = "cargo run --release --example coq_windows > proofs/coq/Windows.v";
    assert_eq!(file().unwrap(), WINDOWS, "make them anew: {hint}");
}

/// The windows as they stand in the file, apart from the code that wrote them.
fn window(n: u64, name: &str) -> [f64; 2] {
    let (_, after) = WINDOWS.split_once(&format!("window_{n} :")).expect("a window");
    let (_, after) = after.split_once(&format!("{name} := (")).expect("a quantity");
    let (bounds, _) = after.split_once(')').expect("a pair");
    let (lower, upper) = bounds.split_once(", ").expect("two numbers");
    [lower, upper].map(|bound| bound.parse().unwrap())
}

/// The float64 path against the proved windows, widened by the rounding of float64 and of the windows read into it.
#[test]
fn float64_lies_in_the_proved_windows() {
    for n in BATCH_SIZES {
        let batch = FixedPoint::OddPoint.locate(n).unwrap();
        let (spectrum, block) = (Spectrum::at(&batch), StandardBlock::at(&batch));
        let values = [
            ("r_range", batch.r()),
            ("derivative_range", spectrum.trivial),
            ("mu_range", spectrum.pair),
            ("trace_range", block.trace()),
            ("det_range", block.determinant()),
        ];
        for (name, value) in values {
            let [lower, upper] = window(n, name);
            let slack = 64.0 * f64::EPSILON;
            assert!(
                (lower - slack..=upper + slack).contains(&value),
                "n = {n}, {name}: {value} not in [{lower}, {upper}]"
            );
        }
    }
}

/// Every window that is computed is also proved.
#[test]
fn every_window_has_a_theorem() {
    let proofs = include_str!("../proofs/coq/SmallBatches.v");
    for n in BATCH_SIZES {
        assert!(proofs.contains(&format!("odd_point_of_{n} : verified {n} window_{n}.")), "n = {n}");
    }
}
