//! `oddpoint spectrum`.

use crate::support::{Enclosure, all_refused, approximate, golden, json, keys, text};
use serde_json::Value;

fn golden_case<'a>(golden: &'a Value, n: &str, at: &str) -> &'a Value {
    let cases = golden["cases"].as_array().unwrap();
    cases.iter().find(|case| case["batch_size"] == n && case["at"] == at).unwrap()
}

#[test]
fn enclosures_hold_the_golden_eigenvalues() {
    let golden = golden("spectrum.json");
    for (n, at, digits) in [
        ("7", "odd-point", 15),
        ("7", "edge", 30),
        ("10", "symmetric", 15),
        ("1000000000000", "odd-point", 60),
    ] {
        let found = json(&format!("spectrum --batch-size {n} --at {at} --digits {digits} --format json"));
        assert_eq!(keys(&found), ["schema", "batch_size", "at", "eigenvalues", "spectral_radius"]);
        assert_eq!(found["schema"], "oddpoint.spectrum/1");
        assert_eq!((&found["batch_size"], &found["at"]), (&Value::from(n), &Value::from(at)));
        let eigenvalues = found["eigenvalues"].as_array().unwrap();
        let expected = golden_case(&golden, n, at)["eigenvalues"].as_array().unwrap();
        assert_eq!(eigenvalues.len(), expected.len());
        for (eigenvalue, expected) in eigenvalues.iter().zip(expected) {
            assert_eq!(keys(eigenvalue), ["block", "multiplicity", "value"]);
            assert_eq!(eigenvalue["block"], expected["block"]);
            assert_eq!(eigenvalue["multiplicity"], expected["multiplicity"]);
            let enclosure = Enclosure::read(&eigenvalue["value"]);
            assert!(enclosure.has_digits(digits), "{n} {at}: {eigenvalue}");
            assert!(enclosure.contains_golden(&expected["value"]), "{n} {at}: {eigenvalue}");
        }
    }
}

/// Multiplicities 1, n−2, n−2, (n−1)(n−4)/2 fill the n(n−1)/2 − 1 dimensions: 1 + 8 + 8 + 27 = 44 at n = 10. The
/// trivial eigenvalue is the largest at the odd point (theory, section 2.3), so it is the radius.
#[test]
fn the_shape_at_ten() {
    let found = json("spectrum --batch-size 10 --format json");
    let shape: Vec<_> = found["eigenvalues"].as_array().unwrap().iter().collect();
    let blocks: Vec<_> =
        shape.iter().map(|e| (e["block"].as_str().unwrap(), e["multiplicity"].as_str().unwrap())).collect();
    assert_eq!(blocks, [("trivial", "1"), ("standard", "8"), ("standard", "8"), ("pair", "27")]);
    assert_eq!(found["spectral_radius"], shape[0]["value"]);
}

#[test]
fn the_dense_route_agrees() {
    let found = json("spectrum --batch-size 7 --dense --format json");
    let dense = &found["dense"];
    // 7·6/2 − 1 = 20 dimensions.
    assert_eq!(dense["eigenvalues"].as_array().unwrap().len(), 20);
    assert_eq!(dense["agrees"], true);
    assert!(approximate(&dense["largest_difference"]) <= approximate(&dense["bound"]));
    assert!(text("spectrum --batch-size 7 --dense").contains("they agree"));
}

#[test]
fn bad_input_is_named() {
    all_refused(
        "spectrum",
        &[
            (&["--batch-size", "2"], &["batch size 2", "at least 3"]),
            (&["--batch-size", "6"], &["batch size 6 has no odd-point", "from 7 on", "saddle-node"]),
            (&["--batch-size", "3", "--at", "edge"], &["batch size 3 has no", "only `symmetric`"]),
            (&["--batch-size", "nan"], &["'nan'", "whole number"]),
            (&["--batch-size", "7", "--at", "nowhere"], &["'nowhere'", "odd-point, edge, symmetric"]),
            (&["--batch-size", "7", "--at", ""], &["--at", "odd-point, edge, symmetric"]),
            (&["--batch-size", "49", "--dense"], &["batch size 49", "up to n = 48"]),
            // Before memory is asked for: n²/2 eigenvalues would take terabytes.
            (&["--batch-size", "1000000000000", "--dense"], &["batch size 1000000000000", "up to n = 48"]),
            (&["--batch-size", "7", "--digits", "0"], &["'0'", "1 to 100000"]),
        ],
    );
}

/// Growth of the mode that splits the outliers: theory, section 2.6.
#[test]
fn several_outliers() {
    for (n, k, growth) in [("20", "2", "1.076017"), ("50", "2", "1.037648"), ("100", "3", "1.028790")] {
        let found = json(&format!("spectrum --batch-size {n} --outliers {k} --format json"));
        assert_eq!(
            keys(&found),
            ["schema", "batch_size", "outliers", "at", "eigenvalues", "largest_eigenvalue"]
        );
        let enclosure = Enclosure::read(&found["largest_eigenvalue"]);
        assert!(enclosure.has_digits(15) && enclosure.contains_golden(&Value::from(growth)), "{n}, {k}");
        let rows = found["eigenvalues"].as_array().unwrap();
        let total: u64 =
            rows.iter().map(|row| row["multiplicity"].as_str().unwrap().parse::<u64>().unwrap()).sum();
        let size: u64 = n.parse().unwrap();
        assert_eq!(total, size * (size - 1) / 2 - 1);
    }
    let shown = text("spectrum --batch-size 50 --outliers 2");
    assert!(shown.contains("outlier-standard") && shown.contains("proved"), "{shown}");
    all_refused(
        "spectrum",
        &[
            (&["--batch-size", "8", "--outliers", "4"], &["no odd-point with 4 outliers", "batch size 8"]),
            (&["--batch-size", "20", "--outliers", "2", "--dense"], &["--dense", "2 outliers"]),
        ],
    );
}
