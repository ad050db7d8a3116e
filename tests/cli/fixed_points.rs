//! `oddpoint fixed-points`.

use crate::support::{Enclosure, all_refused, golden, json, keys, member, text};

const QUANTITIES: [&str; 8] =
    ["r", "one_minus_r", "theta", "variance_ratio", "slope", "cos_within", "cos_cross", "norm_ratio"];

/// Three fixed points from n = 7 on, as narrow as asked, around the golden values; 10¹² is ordinary input.
#[test]
fn enclosures_hold_the_golden_values() {
    let golden = golden("fixed_points.json");
    for (n, digits) in [("7", 15), ("10", 1), ("64", 40), ("1000000000000", 60)] {
        let found = json(&format!("fixed-points --batch-size {n} --digits {digits} --format json"));
        assert_eq!(keys(&found), ["schema", "batch_size", "fixed_points"]);
        assert_eq!(found["schema"], "oddpoint.fixed-points/1");
        assert_eq!(found["batch_size"], n);
        let names: Vec<_> = found["fixed_points"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
        assert_eq!(names, ["odd-point", "edge", "symmetric"]);
        let expected = member(&golden["batches"], "batch_size", n);
        for point in found["fixed_points"].as_array().unwrap() {
            assert_eq!(keys(point), [&["name"][..], &QUANTITIES].concat());
            let expected = member(&expected["fixed_points"], "name", point["name"].as_str().unwrap());
            for name in QUANTITIES {
                let enclosure = Enclosure::read(&point[name]);
                assert!(enclosure.has_digits(digits), "{n} {name}: {}", point[name]);
                assert!(enclosure.contains_golden(&expected[name]), "{n} {name}: {}", point[name]);
            }
        }
    }
}

/// Below the saddle-node at n = 6.107… the symmetric one is alone. All samples alike and rows that sum to zero make
/// every correlation −1/(n−1): −1/5 at n = 6.
#[test]
fn small_batches_have_one_and_the_reason_is_given() {
    let found = json("fixed-points --batch-size 6 --format json");
    let points = found["fixed_points"].as_array().unwrap();
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["name"], "symmetric");
    let fifth = serde_json::json!("-0.2");
    assert!(Enclosure::read(&points[0]["r"]).contains_golden(&fifth));
    assert!(text("fixed-points --batch-size 6").contains("exist from n = 7 on (saddle-node at n = 6.107"));
}

#[test]
fn more_digits_than_anyone_needs() {
    let found = json("fixed-points --batch-size 10 --digits 1000 --format json");
    // 1 − r at the odd point of n = 10 begins 0.36197…: theory, section 2.3.
    let digits = found["fixed_points"][0]["one_minus_r"]["lo"].as_str().unwrap();
    assert!(digits.starts_with("0.36197") && digits.len() > 1000, "{digits}");
}

#[test]
fn bad_input_is_named() {
    let whole = "is not a whole number from 3 to 10^18";
    all_refused(
        "fixed-points",
        &[
            (&["--batch-size", "0"], &["batch size 0", "at least 3"]),
            (&["--batch-size", "2"], &["batch size 2", "at least 3"]),
            (&["--batch-size", "-7"], &["'-7'", whole]),
            (&["--batch-size", "7.5"], &["'7.5'", whole]),
            (&["--batch-size", "nan"], &["'nan'", whole]),
            (&["--batch-size", "inf"], &["'inf'", whole]),
            (&["--batch-size", "1e12"], &["'1e12'", whole]),
            (&["--batch-size", ""], &["''", whole]),
            (&["--batch-size", "1000000000000000001"], &["1000000000000000001", "10^18"]),
            (&["--batch-size", "18446744073709551616"], &["18446744073709551616", whole]),
            (&["--batch-size", "7", "--digits", "0"], &["'0'", "1 to 100000"]),
            (&["--batch-size", "7", "--digits", "-1"], &["'-1'", "1 to 100000"]),
            (&["--batch-size", "7", "--digits", "nan"], &["'nan'", "1 to 100000"]),
            (&["--batch-size", "7", "--digits", "100001"], &["'100001'", "1 to 100000"]),
            (&["--batch-size", "7", "--digits", "4294967312"], &["'4294967312'", "1 to 100000"]),
            (&["--batch-size", "7", "--format", "xml"], &["'xml'", "text, json"]),
        ],
    );
}

/// Golden values at two outliers; with one, the document is what it was.
#[test]
fn several_outliers() {
    let golden = golden("two_level.json");
    let expected = member(&golden["values"], "batch_size", "50");
    let found = json("fixed-points --batch-size 50 --outliers 2 --digits 25 --format json");
    assert_eq!(keys(&found), ["schema", "batch_size", "outliers", "fixed_points"]);
    assert_eq!(found["outliers"], "2");
    let points = found["fixed_points"].as_array().unwrap();
    assert_eq!(
        points.iter().map(|point| &point["name"]).collect::<Vec<_>>(),
        ["outliers", "edge", "symmetric"]
    );
    let pairs =
        [("r", "r"), ("variance_ratio", "variance_ratio"), ("largest_eigenvalue", "outlier_standard")];
    for (name, golden_name) in pairs {
        let enclosure = Enclosure::read(&points[0][name]);
        assert!(enclosure.has_digits(25) && enclosure.contains_golden(&expected[golden_name]), "{name}");
    }
    assert!(text("fixed-points --batch-size 50 --outliers 2").contains("1.03764810283363"));
    let one = "fixed-points --batch-size 10 --outliers 1";
    assert_eq!(text(one), text("fixed-points --batch-size 10"));
    let accepted = "1 to n/2";
    all_refused(
        "fixed-points",
        &[
            (&["--batch-size", "10", "--outliers", "0"], &["'0'", accepted]),
            (&["--batch-size", "10", "--outliers", "6"], &["6 outliers among 10", "1 to n/2 = 5"]),
            (&["--batch-size", "10", "--outliers", "two"], &["'two'", accepted]),
            (&["--batch-size", "10", "--outliers", "-2"], &["'-2'", accepted]),
            (&["--batch-size", "10000000000", "--outliers", "2"], &["batch size 10000000000", "1000000000"]),
        ],
    );
}
