//! The fixed points to a hundred digits, proved: precision is raised until every enclosure is that narrow.
//!
//!     cargo run --release --example hundred_digits -- 10

use oddpoint::arithmetic::Interval;
use oddpoint::bad_input;
use oddpoint::odd_point::FixedPoint;
use oddpoint::rigor::{enclose_fixed_point, refine, relative_width_below};

const DIGITS: u32 = 100;
/// Bits to begin with; [`refine`] doubles them as often as needed.
const START: u32 = 256;

/// `1 − r` at a fixed point: the cluster's spread before ReLU.
fn one_minus_r(point: FixedPoint, n: u64) -> oddpoint::Result<Interval> {
    let batch = refine(
        START,
        |bits| enclose_fixed_point(point, n, bits),
        |batch| relative_width_below(&batch.one_minus_r, DIGITS),
    )?;
    Ok(batch.one_minus_r)
}

fn main() -> oddpoint::Result<()> {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "10".to_owned());
    let n =
        argument.parse().map_err(|_| bad_input!("'{argument}' is not a batch size: give a whole number"))?;
    for &point in FixedPoint::existing(n)? {
        // The lower end rounded down, the upper end rounded up: what is printed still encloses.
        let (lower, upper) = one_minus_r(point, n)?.to_decimal(DIGITS as usize);
        println!("{}\n  {lower}\n  {upper}", point.name());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 15 digits: theory, section 2.3 (tests/golden has more, by another route). At the symmetric point of
    /// n = 10, `1 − r = 10/9`.
    #[test]
    fn known_digits() {
        let (lower, upper) = one_minus_r(FixedPoint::OddPoint, 10).unwrap().to_decimal(DIGITS as usize);
        let common = lower.bytes().zip(upper.bytes()).take_while(|(a, b)| a == b).count();
        assert!(lower.starts_with("0.36197639460732") && common >= DIGITS as usize, "{lower} {upper}");
        let symmetric = one_minus_r(FixedPoint::Symmetric, 10).unwrap();
        assert!(symmetric.to_decimal(20).0.starts_with("1.111111111111111111"));
    }
}
