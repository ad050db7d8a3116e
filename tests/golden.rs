//! The crate against numbers that other software computed along another route; see tests/golden/README.md.
//!
//! A golden number of `digits` digits is rounded to nearest, so that it stands for an interval: itself ± half a
//! unit of its last digit. An enclosure agrees with it if the two overlap, and says something if it is the
//! narrower one; both are asked for.

use oddpoint::arithmetic::{Interval, Real};
use oddpoint::kernel::{gram_entry, kappa, kappa_slope};
use oddpoint::layer::Gram;
use oddpoint::layer::infinite_width::nonlinearity;
use oddpoint::layer::rescaled::rescaled;
use oddpoint::odd_point::rescaled::{TwoLevelBatch, limit_variance_ratio, rescaled_saddle_node};
use oddpoint::odd_point::two_level::TwoLevelBlock;
use oddpoint::odd_point::{
    EdgeEquation, FixedPoint, OrderParameters, Spectrum, compare_with_blocks, reduced_slope,
};
use oddpoint::rigor::two_level::enclose_two_level;
use oddpoint::rigor::{enclose_fixed_point, enclose_saddle_node};
use rug::ops::Pow;
use rug::{Float, Integer, Rational};
use serde_json::Value;

/// Bits in which golden numbers are held: 60 digits and to spare.
const PRECISION: u32 = 400;

/// Roundings of doubles are at most this, relatively.
const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

fn load(file: &str) -> Value {
    let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn rows<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("no list {name} in {value}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

fn number<T: std::str::FromStr>(value: &Value, name: &str) -> T {
    text(value, name).parse().unwrap_or_else(|_| panic!("{name} of {value} is not a number"))
}

/// The rational number that a decimal is, one unit of its last digit, and how many significant digits it has.
fn decimal(text: &str) -> (Rational, Rational, usize) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let exponent = exponent.parse::<i32>().expect("a decimal exponent") - fraction.len() as i32;
    let unit = Rational::from(10).pow(exponent);
    let significant = digits.trim_start_matches(['-', '0']).len();
    (digits.parse::<Integer>().expect("decimal digits") * unit.clone(), unit, significant)
}

/// An argument: exactly the decimal or the fraction that is written.
fn exact(text: &str) -> Rational {
    text.parse().unwrap_or_else(|_| decimal(text).0)
}

/// A result rounded to `digits` significant digits; one with fewer is an integer, and exact.
fn rounded(text: &str, digits: usize) -> Interval {
    let (value, unit, significant) = decimal(text);
    let half = if significant < digits { Rational::new() } else { unit / 2 };
    let (lower, upper) = (value.clone() - &half, value + half);
    Interval::from_rational(PRECISION, &lower).hull(&Interval::from_rational(PRECISION, &upper))
}

/// The enclosure agrees with the golden number of `digits` digits, and holds a digit more (of 0: after the point).
fn assert_encloses(place: &str, found: &Interval, golden: &str, digits: usize) {
    let golden = rounded(golden, digits);
    assert!(found.intersect(&golden).is_some(), "{place}: {found:.65} is off {golden:.65}");
    let width = if golden.magnitude().is_zero() {
        Float::with_val(53, found.upper() - found.lower()).to_f64()
    } else {
        found.relative_width()
    };
    assert!(width < 10_f64.powi(-(digits as i32) - 1), "{place}: a width of {width:e} says little");
}

/// The double agrees with the golden number within a relative error of `units` times `2⁻⁵³`.
fn assert_close(place: &str, found: f64, golden: &str, units: f64) {
    let golden: f64 = golden.parse().expect("a number");
    let allowed = units * UNIT_ROUNDOFF * golden.abs();
    assert!((found - golden).abs() <= allowed, "{place}: {found:e} is not {golden:e} within {units} u");
}

/// Digits of the numbers in every file but where it says otherwise.
const DIGITS: usize = 60;

#[test]
fn kappa_in_doubles() {
    let mut compared = 0;
    for row in rows(&load("kernel.json"), "kappa") {
        let rho = text(row, "rho");
        let nearest: f64 = rho.parse().expect("a number");
        // κ at the double nearest to ρ: κ(ρ) + κ'(ρ) δ, up to δ²/2 times the largest κ'' = 1/(2π√(1−ρ²)) between the
        // two. Where that is more than a rounding, ρ is no double's, and left to the other arithmetics.
        let shift = (Rational::from_f64(nearest).expect("finite") - exact(rho)).to_f64();
        let farthest = nearest.abs() + shift.abs();
        let curvature = 1.0 / (2.0 * std::f64::consts::PI * ((1.0 - farthest) * (1.0 + farthest)).sqrt());
        let golden: f64 = number(row, "kappa");
        if shift != 0.0 && (curvature.is_nan() || shift * shift * curvature / 2.0 > UNIT_ROUNDOFF * golden) {
            continue;
        }
        let expected = golden + number::<f64>(row, "kappa_derivative") * shift;
        let error = (kappa(nearest) - expected).abs();
        assert!(error <= 8.0 * UNIT_ROUNDOFF * expected, "kernel.json: κ({rho}) is off by {error:e}");
        compared += 1;
    }
    // 50 rows, less 10⁻ᵏ from −1 for k ≥ 10 and from 1 for k ≥ 16, where κ'' is infinite between the two.
    assert!(compared > 30, "only {compared} rows of kernel.json were compared");
}

#[test]
fn kappa_in_mpfr_and_intervals() {
    for row in rows(&load("kernel.json"), "kappa") {
        let rho = text(row, "rho");
        let golden = text(row, "kappa");
        let place = format!("kernel.json: κ({rho})");
        let at = Interval::from_rational(PRECISION, &exact(rho));
        assert_encloses(&place, &kappa(at.clone()), golden, DIGITS);

        // ρ = −1 + 10⁻⁴⁰ is off by 2⁻³⁰¹ at 300 bits, and κ ~ (1+ρ)^{3/2} by 3/2 · 2⁻³⁰¹ · 10⁴⁰ < 10⁻⁵⁰ of itself.
        let approximate = kappa(Float::with_val(300, &exact(rho)));
        let (value, ..) = decimal(golden);
        let error = (approximate.to_rational().expect("finite") - &value).abs();
        assert!(error <= value / Rational::from(10).pow(50), "{place} at 300 bits");

        // acos has a slope of 7·10¹⁹ at 1 − 10⁻⁴⁰, and κ'(ρ) at −1 + 10⁻⁴⁰ is minute: more bits, to keep 60 digits.
        let angle = Interval::from_rational(2 * PRECISION, &exact(rho)).acos();
        assert_encloses(&format!("{place}'"), &kappa_slope(&angle), text(row, "kappa_derivative"), DIGITS);
    }
}

#[test]
fn kappa_at_rational_numbers() {
    for row in rows(&load("kernel.json"), "kappa_rational") {
        let parts: (Integer, Integer) = (number(row, "rho_numerator"), number(row, "rho_denominator"));
        let rho = Rational::from(parts);
        let place = format!("kernel.json: κ({rho})");
        let golden = text(row, "kappa");
        assert_encloses(&place, &kappa(Interval::from_rational(PRECISION, &rho)), golden, DIGITS);
        // Rounding ρ = −99/101 by u|ρ| changes κ by |ρ|κ'/κ ≈ (3/2)/(1+ρ) ≈ 76 times as much.
        assert_close(&place, kappa(rho.to_f64()), golden, 100.0);
    }
}

#[test]
fn gaussian_expectations() {
    for row in rows(&load("kernel.json"), "gaussian_expectation") {
        let [a, b, c] = ["a", "b", "c"].map(|name| exact(text(row, name)));
        let place = format!("kernel.json: E[relu relu] at ({a}, {b}, {c})");
        let [x, y, z] = [&a, &b, &c].map(|x| Interval::from_rational(256, x));
        let enclosed = gram_entry(&x, &y, &z);
        // Digits that the quadratures print.
        assert_encloses(&place, &enclosed, text(row, "expectation"), 34);
        assert_encloses(&place, &enclosed, text(row, "double_integral"), 25);
        let found = gram_entry(&a.to_f64(), &b.to_f64(), &c.to_f64());
        assert_close(&place, found, text(row, "expectation"), 8.0);
    }
}

#[test]
fn h_in_all_arithmetics() {
    for row in rows(&load("kernel.json"), "h") {
        let t = text(row, "t");
        let golden = text(row, "h");
        let place = format!("kernel.json: h({t})");
        // Rounding t by u|t| changes h by t h'/h = t² sin t/h, at most 3, times as much.
        assert_close(&place, t.parse::<f64>().expect("a number").h(), golden, 8.0);
        assert_encloses(&place, &Interval::from_rational(PRECISION, &exact(t)).h(), golden, DIGITS);
        let (found, (value, ..)) = (Float::with_val(300, &exact(t)).h(), decimal(golden));
        let error = (found.to_rational().expect("finite") - &value).abs();
        assert!(error <= value.abs() / Rational::from(10).pow(58), "{place} at 300 bits");
    }
}

/// The function of intervals.json at interval arguments.
fn evaluate(function: &str, arguments: &[Interval]) -> Interval {
    let first = arguments[0].clone();
    match function {
        "sin" => first.sin(),
        "cos" => first.cos(),
        "asin" => first.asin(),
        "acos" => first.acos(),
        "sqrt" => first.sqrt(),
        "atan2" => first.atan2(&arguments[1]),
        "h" => first.h(),
        "kappa" => kappa(first),
        _ => panic!("intervals.json: no function {function}"),
    }
}

#[test]
fn interval_functions_overlap_arb() {
    for row in rows(&load("intervals.json"), "enclosures") {
        let function = text(row, "function");
        let arguments: Vec<Rational> =
            rows(row, "arguments").iter().map(|argument| exact(argument.as_str().expect("text"))).collect();
        let arb =
            Interval::from_decimal(PRECISION, text(row, "lo"), text(row, "hi")).expect("ordered endpoints");
        for precision in [53, 256] {
            let place = format!("intervals.json: {function}{arguments:?} at {precision} bits");
            let at: Vec<_> = arguments.iter().map(|x| Interval::from_rational(precision, x)).collect();
            let found = evaluate(function, &at);
            assert!(found.intersect(&arb).is_some(), "{place}: {found:.60} is off {arb:.60}");
            if function == "atan2" && at[0].certainly_negative() {
                assert!(found.is_whole(), "{place}: outside the domain y ≥ 0, but {found}");
                continue;
            }
            // An argument that had to be widened is not the function's to answer for.
            if at.iter().all(|x| x.lower() == x.upper()) {
                let width = found.relative_width();
                assert!(width <= 0.5_f64.powi(precision as i32 - 8), "{place}: relative width {width:e}");
            }
        }
    }
}

/// Every fixed point of a golden file: its batch size, the point, where it is (for messages), and its row.
fn fixed_points(mut check: impl FnMut(u64, FixedPoint, &str, &Value)) {
    for batch in rows(&load("fixed_points.json"), "batches") {
        let n = number(batch, "batch_size");
        for row in rows(batch, "fixed_points") {
            let name = text(row, "name");
            check(n, named(name, n), &format!("fixed_points.json: n = {n}, {name}"), row);
        }
    }
}

fn named(name: &str, n: u64) -> FixedPoint {
    let existing = FixedPoint::existing(n).expect("a batch size");
    *existing.iter().find(|point| point.name() == name).unwrap_or_else(|| panic!("no fixed point {name}"))
}

/// Bits for 60 digits at batch size n: `r = 1 − (1−r)` costs a factor n, the slope by way of `from_angle` a few of n²,
/// because that is what its `cos φ` loses near the symmetric point.
fn bits(n: u64) -> u32 {
    300 + 6 * n.ilog2()
}

/// Allowed of doubles, in units of `2⁻⁵³`: roots are sought to one unit; quantities with the powers θ², φ³ of a small
/// angle triple that, and add some ten roundings of their own. The largest seen is 15.
const UNITS: f64 = 32.0;

#[test]
fn fixed_points_in_doubles() {
    fixed_points(|n, point, place, row| {
        let batch = point.locate(n).expect("a fixed point");
        let OrderParameters { cos_within, cos_cross, norm_ratio } = batch.order_parameters();
        for (quantity, found) in [
            ("one_minus_r", batch.one_minus_r),
            ("theta", batch.theta),
            ("variance_ratio", batch.variance_ratio()),
            ("growth", batch.growth()),
            ("cos_within", cos_within),
            ("cos_cross", cos_cross),
            ("norm_ratio", norm_ratio),
            ("slope", Spectrum::at(&batch).trivial),
        ] {
            assert_close(&format!("{place}, {quantity}"), found, text(row, quantity), UNITS);
        }
        // r itself passes near 0, where its rounding is that of 1 − r.
        let error = (batch.r() - number::<f64>(row, "r")).abs();
        assert!(error <= UNITS * UNIT_ROUNDOFF, "{place}, r: off by {error:e}");
        match point {
            // Through the angle alone F' is well conditioned at the odd point only.
            FixedPoint::OddPoint => {
                let slope = reduced_slope(&batch.n, &batch.theta);
                assert_close(&format!("{place}, reduced slope"), slope, text(row, "slope"), UNITS);
            }
            // What tells the edge from the symmetric point is v − 1 ≈ (π−2)/n: the root that is solved for.
            FixedPoint::Edge => {
                let excess: Rational = exact(text(row, "norm_ratio")) - 1;
                let error = (EdgeEquation { n }.solve() / excess.to_f64() - 1.0).abs();
                assert!(error <= UNITS * UNIT_ROUNDOFF, "{place}, v - 1: off by {error:e}");
            }
            FixedPoint::Symmetric => {}
        }
    });
}

#[test]
fn fixed_points_enclosed() {
    fixed_points(|n, point, place, row| {
        let batch = enclose_fixed_point(point, n, bits(n)).expect("an enclosure");
        let OrderParameters { cos_within, cos_cross, norm_ratio } = batch.order_parameters();
        for (quantity, found) in [
            ("r", batch.r()),
            ("one_minus_r", batch.one_minus_r.clone()),
            ("theta", batch.theta.clone()),
            ("variance_ratio", batch.variance_ratio()),
            ("growth", batch.growth()),
            ("cos_within", cos_within),
            ("cos_cross", cos_cross),
            ("norm_ratio", norm_ratio),
            ("slope", Spectrum::at(&batch).trivial),
            ("slope", reduced_slope(&batch.n, &batch.theta)),
        ] {
            assert_encloses(&format!("{place}, {quantity}"), &found, text(row, quantity), DIGITS);
        }
    });
}

/// Every case of spectrum.json: batch size, fixed point, where it is (for messages), and its row.
fn spectra(mut check: impl FnMut(u64, FixedPoint, &str, &Value)) {
    for case in rows(&load("spectrum.json"), "cases") {
        let (n, name) = (number(case, "batch_size"), text(case, "at"));
        check(n, named(name, n), &format!("spectrum.json: n = {n}, {name}"), case);
    }
}

/// The eigenvalues of a spectrum beside their golden rows, block by block.
fn beside<'a, R: Real>(
    spectrum: &'a Spectrum<R>,
    n: u64,
    place: &str,
    case: &'a Value,
) -> Vec<(String, &'a R, &'a str)> {
    let (found, golden) = (spectrum.eigenvalues(n), rows(case, "eigenvalues"));
    assert_eq!(found.len(), golden.len(), "{place}: the number of eigenvalues");
    let pairs = found.into_iter().zip(golden).enumerate();
    pairs
        .map(|(index, ((block, value), row))| {
            let place = format!("{place}, eigenvalue {index} ({})", block.name());
            assert_eq!(block.name(), text(row, "block"), "{place}");
            assert_eq!(block.multiplicity(n), number::<u128>(row, "multiplicity"), "{place}");
            (place, value, text(row, "value"))
        })
        .collect()
}

#[test]
fn spectra_in_doubles() {
    spectra(|n, point, place, case| {
        let spectrum = Spectrum::at(&point.locate(n).expect("a fixed point"));
        for (place, found, golden) in beside(&spectrum, n, place, case) {
            assert_close(&place, *found, golden, UNITS);
        }
    });
}

#[test]
fn spectra_enclosed() {
    spectra(|n, point, place, case| {
        let spectrum = Spectrum::at(&enclose_fixed_point(point, n, bits(n)).expect("an enclosure"));
        for (place, found, golden) in beside(&spectrum, n, place, case) {
            assert_encloses(&place, found, golden, DIGITS);
        }
    });
}

/// The dense Jacobian of the full map, here in doubles by the analytic differential, there at 100 digits by
/// differences: the same eigenvalues with the same multiplicities.
#[test]
fn dense_spectra() {
    let mut sizes = Vec::new();
    spectra(|n, point, place, case| {
        if case.get("dense").is_none() {
            return;
        }
        let batch = point.locate(n).expect("a fixed point");
        let comparison = compare_with_blocks(&batch, &batch, n).expect("eigenvalues");
        assert!(comparison.agrees(), "{place}: blocks and dense Jacobian");
        let golden: Vec<f64> = rows(case, "dense")
            .iter()
            .flat_map(|group| {
                let value = number::<f64>(group, "value");
                (0..number::<u64>(group, "multiplicity")).map(move |_| value)
            })
            .collect();
        assert_eq!(comparison.dense.len(), golden.len(), "{place}: the number of dense eigenvalues");
        for (index, (found, golden)) in comparison.dense.iter().zip(&golden).enumerate() {
            // The a-priori bound, of Bauer and Fike, holds for the computed eigenvalues.
            let error = (found.re - golden).hypot(found.im);
            let bound = comparison.bound;
            assert!(error <= bound, "{place}: dense eigenvalue {index} is off by {error:e} > {bound:e}");
            let (block, value) = comparison.blocks[index];
            let name = block.name();
            let error = (value / golden - 1.0).abs();
            assert!(
                error <= UNITS * UNIT_ROUNDOFF,
                "{place}: eigenvalue {index} ({name}) is off by {error:e}"
            );
        }
        sizes.push(n);
    });
    sizes.dedup();
    assert_eq!(sizes, [7, 8, 10, 12], "batch sizes with a dense spectrum");
}

#[test]
fn saddle_node_enclosed() {
    let golden = load("saddle_node.json");
    let found = enclose_saddle_node(300).expect("an enclosure");
    let batch = &found.batch;
    for (quantity, enclosure) in [
        ("batch_size", batch.n.clone()),
        ("r", batch.r()),
        ("theta", batch.theta.clone()),
        ("variance_ratio", batch.variance_ratio()),
        ("growth", batch.growth()),
    ] {
        assert_encloses(
            &format!("saddle_node.json: {quantity}"),
            &enclosure,
            text(&golden, quantity),
            DIGITS,
        );
    }
}

/// What the scripts found of the theory page's statements.
#[test]
fn the_theory_page_holds() {
    let theory = load("theory_check.json");
    for row in rows(&theory, "checks") {
        assert_eq!(row["holds"], true, "theory_check.json: {row}");
    }
    // Coefficients about which the page says nothing have no `claimed`.
    let asymptotics = load("asymptotics.json");
    let claimed = || rows(&asymptotics, "coefficients").iter().filter(|row| row.get("claimed").is_some());
    for row in claimed() {
        assert_eq!(row["holds"], true, "asymptotics.json: {row}");
    }
    assert!(claimed().count() > 20 && rows(&theory, "checks").len() > 30, "rows are missing");
}

/// `n E[relu relu/|z|²]` by integration over directions, without kernel or Laplace integral.
#[test]
fn gram_matrices_with_rescaling() {
    for case in rows(&load("rescaled.json"), "gram") {
        let digits: i32 = number(case, "digits");
        let covariance: Vec<Vec<f64>> = case["covariance"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| {
                row.as_array()
                    .expect("entries")
                    .iter()
                    .map(|x| x.as_str().unwrap().parse().unwrap())
                    .collect()
            })
            .collect();
        let n = covariance.len();
        let covariance = Gram::from_entries(n, |i, j| covariance[i][j]);
        let double = rescaled(&covariance, nonlinearity).unwrap();
        let wide = rescaled(&covariance.lift(100), nonlinearity).unwrap();
        let mut golden = case["upper"].as_array().expect("entries").iter().map(|x| x.as_str().unwrap());
        for i in 0..n {
            for j in i..n {
                let expected = Float::with_val(PRECISION, &decimal(golden.next().expect("an entry")).0);
                let unit = (double.get(i, i) * double.get(j, j)).sqrt();
                // Entries are below 10: half a unit of their last digit.
                let rounding = 5.0 * 10_f64.powi(-digits);
                let error = (Float::with_val(PRECISION, wide.get(i, j)) - &expected).to_f64().abs();
                assert!(error <= rounding + 1e-26, "n = {n}, ({i}, {j}): off by {error:e}");
                let error = (double.get(i, j) - expected.to_f64()).abs();
                assert!(error <= rounding + 1e-14 * unit, "n = {n}, ({i}, {j}): off by {error:e} in doubles");
            }
        }
        assert!(golden.next().is_none());
    }
}

/// Full batch normalisation: fixed points, saddle-node and limit, by mpmath's quadrature.
#[test]
fn full_batch_normalisation() {
    let file = load("rescaled.json");
    let near = |found: &Float, golden: &str, tolerance: f64| {
        let expected = Float::with_val(PRECISION, &decimal(golden).0);
        let error = (Float::with_val(PRECISION, found) / expected - 1_u32).to_f64().abs();
        assert!(error <= tolerance, "{found} is not {golden}: off by {error:e}");
    };
    for row in rows(&file["fixed_point"], "values") {
        let n: f64 = number(row, "batch_size");
        let start = match text(row, "name") {
            "odd-point" => TwoLevelBatch::attractor(n, 1).unwrap(),
            // p = λ/δ from the golden y/a itself, to three digits: Newton must find the rest.
            _ => {
                let r: f64 = number(row, "r");
                let p = n * (1.0 + (n - 2.0) * r) / (1.0 - r);
                TwoLevelBatch::single(&n, &((1e3 * p).round() / 1e3)).polished().unwrap()
            }
        };
        let wide = |x: f64| Float::with_val(80, x);
        let precise = TwoLevelBatch::single(&wide(n), &wide(start.split)).polished().unwrap();
        let (double, precise) = (start.order().unwrap(), precise.order().unwrap());
        for (name, double, precise) in [
            ("r", double.r, precise.r),
            ("variance_ratio", double.variance_ratio, precise.variance_ratio),
            ("share", double.share, precise.share),
        ] {
            // 18 digits, the first of which may be a 1; and a double through an equation of condition about 100.
            near(&precise, text(row, name), 1e-17);
            near(&Float::with_val(53, double), text(row, name), 1e-12);
        }
    }
    let [n, _] = rescaled_saddle_node(&0.0).unwrap();
    near(&Float::with_val(53, n), text(&file["saddle_node"], "batch_size"), 1e-11);
    let eta = limit_variance_ratio(&Float::new(150));
    near(&eta, text(&file["limit"], "variance_ratio_over_n"), 1e-39);
    near(&(eta.clone() / (eta + 1_u32)), text(&file["limit"], "share"), 1e-39);
}

/// k outliers without RS: found there with two unknown correlations, and from the literal n×n map.
#[test]
fn several_outliers() {
    let file = load("two_level.json");
    let digits = number(&file, "digits");
    for row in rows(&file, "values") {
        let (n, k) = (number(row, "batch_size"), number(row, "outliers"));
        let census = enclose_two_level(n, k, PRECISION).unwrap();
        assert_eq!(census.others.len(), 2, "n = {n}, {k} outliers");
        let state = &census.others[usize::from(text(row, "name") == "edge")];
        let spectrum = state.batch().relu_spectrum().unwrap();
        let (_, largest) =
            spectrum.iter().find(|(block, _)| *block == TwoLevelBlock::OutlierStandard).unwrap();
        let found =
            [("r", &state.r()), ("variance_ratio", &state.variance_ratio()), ("outlier_standard", largest)];
        for (name, value) in found {
            assert_encloses(&format!("{name} at n = {n}, {k} outliers"), value, text(row, name), digits);
        }
    }
}
