//! A claim as a test of one's own project: what you build on the odd point is then checked wherever your tests run.
//!
//! In your project put the test below into `tests/odd_point.rs`, and into Cargo.toml (no command line is needed):
//!
//!     [dev-dependencies]
//!     oddpoint = { version = "0.1", default-features = false }
//!
//! Here: `cargo run --release --example verify_in_a_test`, or `cargo test --release --example verify_in_a_test`.

use oddpoint::claims::{Claim, Settings, Verdict};

/// Judges one claim, with its negative control, at the batch sizes of one's own network.
fn verdict(id: &str, batch_sizes: &str) -> oddpoint::Result<(Verdict, String)> {
    let settings = Settings { batch_sizes: batch_sizes.parse()?, ..Settings::default() };
    let outcome = Claim::by_id(id)?.run(&settings)?;
    Ok((outcome.verdict, outcome.reason))
}

fn main() -> oddpoint::Result<()> {
    let (verdict, reason) = verdict("stability.spectral-gap", "32,64,256")?;
    println!("{}: {reason}", verdict.name());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odd_point_is_stable_at_our_batch_sizes() {
        let (verdict, reason) = verdict("stability.spectral-gap", "32,64,256").unwrap();
        assert_eq!(verdict, Verdict::Verified, "{reason}");
    }

    /// No odd point exists below n = 7: that is bad input, not a verdict.
    #[test]
    fn a_batch_size_without_an_odd_point_is_an_error() {
        let error = verdict("stability.spectral-gap", "5").unwrap_err();
        assert!(error.to_string().contains("batch size 5"), "{error}");
    }
}
