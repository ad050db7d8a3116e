//! Writes the numbers that the Coq development starts from: for some batch sizes the odd point's correlation, the trivial and
//! pair eigenvalues, and trace and determinant of the standard block, each between two decimals that enclose it.
//! Coq does not trust them; it proves them.
//!
//!     cargo run --release --example coq_windows > proofs/coq/Windows.v

use oddpoint::arithmetic::Interval;
use oddpoint::odd_point::{FixedPoint, Spectrum, StandardBlock};
use oddpoint::rigor::enclose_fixed_point;
use rug::float::Round;
use rug::{Float, Integer};

const HEAD: &str =
    "(** Windows of the odd point and bounds of its spectrum there, rounded outward: numbers only, proved in SmallBatches.v.
    Made by examples/coq_windows.rs. *)

From Coq Require Import Reals.
From OddPoint Require Import WindowTheorem.
Open Scope R_scope.
";

/// The batch sizes of SmallBatches.v: those below the general theorem's, and a list on which it is checked.
pub const BATCH_SIZES: [u64; 8] = [7, 8, 9, 10, 16, 64, 128, 1000];

/// Bits enough that each enclosure is far narrower than a window.
const PRECISION: u32 = 192;

fn main() -> oddpoint::Result<()> {
    print!("{}", file()?);
    Ok(())
}

/// The file as it should be.
pub fn file() -> oddpoint::Result<String> {
    let windows = BATCH_SIZES
        .into_iter()
        .map(|n| Ok(window(n, &quantities(n)?)))
        .collect::<oddpoint::Result<Vec<_>>>()?;
    Ok(format!("{HEAD}{}", windows.concat()))
}

/// Name, digits behind the point, value.
type Quantity = (&'static str, u32, Interval);

/// What a window holds, enclosed.
pub fn quantities(n: u64) -> oddpoint::Result<[Quantity; 5]> {
    let batch = enclose_fixed_point(FixedPoint::OddPoint, n, PRECISION)?;
    let Spectrum { trivial, pair, .. } = Spectrum::at(&batch);
    let block = StandardBlock::at(&batch);
    Ok([
        // Narrow, for the bounds of the eigenvalues come out of it.
        ("r_range", 18, batch.r()),
        ("derivative_range", 9, trivial),
        ("mu_range", 9, pair),
        ("trace_range", 9, block.trace()),
        ("det_range", 9, block.determinant()),
    ])
}

fn window(n: u64, quantities: &[Quantity]) -> String {
    let fields: Vec<_> = quantities
        .iter()
        .map(|(name, digits, value)| {
            let [lower, upper] = [(value.lower(), Round::Down), (value.upper(), Round::Up)]
                .map(|(end, round)| decimal(end, *digits, round));
            format!("  {name} := ({lower}, {upper})")
        })
        .collect();
    format!("\nDefinition window_{n} : window := {{|\n{}\n|}}.\n", fields.join(";\n"))
}

/// A positive number, rounded to so many digits behind the point.
fn decimal(x: &Float, digits: u32, round: Round) -> String {
    let power = Integer::from(Integer::u_pow_u(10, digits));
    // Exact: 10^18 takes 60 bits.
    let scaled = Float::with_val(x.prec() + 64, x * &power);
    let (scaled, _) = scaled.to_integer_round(round).expect("an enclosure is finite");
    let (whole, rest) = scaled.div_rem(power);
    format!("{whole}.{:0>width$}", rest.to_string(), width = digits as usize)
}
