//! Seconds for the three fixed points at batch size N and the spectrum at the odd point, enclosed to DIGITS digits, as one line
//! of JSON, with some of the values for comparison. A measuring tool: `cargo run --release --example time_spectrum -- N DIGITS`.
//! The fastest of 20 rounds, one thread; and what float64 takes for the same.

use oddpoint::arithmetic::{Interval, MAX_PRECISION, Real};
use oddpoint::odd_point::{FixedPoint, Spectrum, SymmetricBatch};
use oddpoint::rigor::{enclose_fixed_point, relative_width_below};
use oddpoint::{Error, Result};
use serde_json::json;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

const ROUNDS: usize = 20;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[n, digits @ 1..=10_000]) = numbers.as_deref() else {
        eprintln!("usage: time_spectrum N DIGITS, whole numbers, DIGITS from 1 to 10000");
        return ExitCode::from(2);
    };
    match measure(n, digits as u32) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn measure(n: u64, digits: u32) -> Result<serde_json::Value> {
    let precision = sufficient_precision(n, digits)?;
    let (points, spectrum) = enclose(n, precision)?;
    let check = [&points[0].one_minus_r, &points[1].deviation_ratio.clone().plus(-1)]
        .into_iter()
        .chain(spectrum.eigenvalues(n).into_iter().map(|(_, value)| value))
        .map(Real::approximate)
        .collect::<Vec<_>>();
    Ok(json!({
        "n": n,
        "digits": digits,
        "bits": precision,
        "seconds": fastest(|| enclose(n, precision)),
        "seconds_float64": fastest(|| approximate(n)),
        "check": check,
    }))
}

type Found<R> = (Vec<SymmetricBatch<R>>, Spectrum<R>);

fn enclose(n: u64, precision: u32) -> Result<Found<Interval>> {
    let points: Result<Vec<_>> =
        FixedPoint::existing(n)?.iter().map(|&point| enclose_fixed_point(point, n, precision)).collect();
    let points = points?;
    let spectrum = Spectrum::at(&points[0]);
    Ok((points, spectrum))
}

fn approximate(n: u64) -> Result<Found<f64>> {
    let points: Result<Vec<_>> = FixedPoint::existing(n)?.iter().map(|point| point.locate(n)).collect();
    let points = points?;
    let spectrum = Spectrum::at(&points[0]);
    Ok((points, spectrum))
}

/// Bits, in steps of 32, at which every number has the digits.
fn sufficient_precision(n: u64, digits: u32) -> Result<u32> {
    FixedPoint::OddPoint.check(n)?;
    let narrow = |precision: u32| {
        enclose(n, precision).is_ok_and(|(points, spectrum)| {
            let of_points = points.iter().flat_map(|point| [&point.one_minus_r, &point.deviation_ratio]);
            let of_spectrum = spectrum.eigenvalues(n).into_iter().map(|(_, value)| value);
            of_points.chain(of_spectrum).all(|value| relative_width_below(value, digits))
        })
    };
    let enough = (64..=MAX_PRECISION).step_by(32).find(|&precision| narrow(precision));
    enough.ok_or_else(|| Error::NotReached(format!("{digits} digits at n = {n}")))
}

fn fastest<T>(mut work: impl FnMut() -> T) -> f64 {
    let round = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}
