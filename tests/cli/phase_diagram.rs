//! `oddpoint phase-diagram`.

use crate::support::{all_refused, text};
use std::collections::HashMap;

/// Theory, sections 2.2 and 3: births at n = 6.107 and 51.37; at n = 100 with rescaling y/a = 17.4228358561848.
#[test]
fn states_as_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.csv");
    text(&format!("phase-diagram --batch-sizes 6,100 --outliers 2 --out {}", path.display()));
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let rows: Vec<HashMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    let births = rows.iter().filter(|row| row["state"] == "saddle-node");
    let births: Vec<&str> = births.map(|row| &row["batch_size"][..5]).collect();
    assert_eq!(births, ["6.107", "51.37"]);
    let stable = |components: &str, n: &str| -> Vec<String> {
        let these = rows.iter().filter(|row| row["components"] == components && row["batch_size"] == n);
        these
            .filter(|row| row["stable"] == "true")
            .map(|row| row["outliers"].clone() + &row["state"])
            .collect()
    };
    assert_eq!(stable("rc,nl", "6"), ["1symmetric"]);
    assert_eq!(stable("rc,nl", "100"), ["1symmetric", "1outliers"]);
    assert_eq!(stable("rc,rs,nl", "100"), ["1symmetric", "1outliers", "2outliers"]);
    assert!(rows.iter().any(|row| row["variance_ratio"].starts_with("17.42283585")));
    let onsets: Vec<&str> =
        rows.iter().filter(|row| row["state"] == "onset").map(|row| &*row["outliers"]).collect();
    assert_eq!(onsets, ["2"]);
}

/// The saddle-node with rescaling lies at n = 51.3717 (theory, section 3).
#[test]
fn real_batch_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("birth.csv");
    text(&format!("phase-diagram --batch-sizes 51.25..=51.5:0.125,60 --outliers 1 --out {}", path.display()));
    let states = std::fs::read_to_string(path).unwrap();
    let count = |n: &str| states.matches(&format!("rc,rs,nl\",{n},")).count();
    assert_eq!([count("51.25"), count("51.375"), count("51.5"), count("60")], [1, 3, 3, 3], "{states}");
}

#[test]
fn figure_is_an_svg_of_two_panels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.svg");
    text(&format!("phase-diagram --batch-sizes 7,60 --outliers 1 --out {}", path.display()));
    let figure = std::fs::read_to_string(path).unwrap();
    assert!(figure.starts_with("<svg") && figure.trim_end().ends_with("</svg>"));
    assert!(figure.contains("RC, RS, ReLU") && figure.matches("<circle").count() >= 10);
}

#[test]
fn bad_input_is_named() {
    let out = ["--out", "x.csv"];
    all_refused(
        "phase-diagram",
        &[
            (&[out[0], out[1], "--batch-sizes", "2"], &["2"]),
            (&[out[0], out[1], "--batch-sizes", "10001"], &["10001", "10000"]),
            (&[out[0], out[1], "--batch-sizes", "9..=7"], &["9..=7", "reversed"]),
            (&[out[0], out[1], "--batch-sizes", "7..=9:0"], &["'0'", "0.001"]),
            (&[out[0], out[1], "--batch-sizes", "NaN"], &["'NaN'", "3 to 10000"]),
            (&[out[0], out[1], "--batch-sizes", "3..=10000:0.001"], &["100000"]),
            (&[out[0], out[1], "--outliers", "0"], &["'0'", "1 to 20"]),
            (&["--out", "x.txt"], &["x.txt", ".csv or .svg"]),
        ],
    );
}
