//! `oddpoint verify`. That a refuted claim makes the exit status 1 is tested in `src/claims` and `src/cli/verify.rs`:
//! no claim in the list is false.

use crate::support::{all_refused, json, keys, oddpoint, refused, text};
use predicates::str::contains;
use serde_json::Value;
use std::sync::LazyLock;

const QUICK: &str = "verify --quick --batch-sizes 7..=9";

/// All claims, judged once on two threads for the tests below: the table, the JSON document and the JUnit one.
static ALL: LazyLock<[String; 3]> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{QUICK} --seed 3 --out {}", folder.path().display());
    oddpoint(&line).env("RAYON_NUM_THREADS", "2").assert().success().stderr("");
    ["verify.txt", "verify.json", "verify.junit.xml"]
        .map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap())
});

fn document() -> Value {
    serde_json::from_str(&ALL[1]).unwrap()
}

fn ids(report: &Value) -> Vec<&str> {
    report["claims"].as_array().unwrap().iter().map(|claim| claim["id"].as_str().unwrap()).collect()
}

fn all_ids() -> Vec<String> {
    let listed = json("claims --format json");
    listed["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| claim["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_document() {
    let report = document();
    assert_eq!(keys(&report), ["schema", "version", "environment", "claims"]);
    assert_eq!(report["schema"], "oddpoint.verify/1");
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["environment"]["batch_sizes"], serde_json::json!(["7", "8", "9"]));
    assert_eq!(ids(&report), all_ids());
    for claim in report["claims"].as_array().unwrap() {
        for key in ["id", "kind", "verdict", "reason", "seconds", "negative_control", "evidence"] {
            assert!(keys(claim).contains(&key), "{key}: {claim}");
        }
        assert_eq!(claim["verdict"], "verified", "{claim}");
        assert_eq!(keys(&claim["negative_control"]), ["statement", "verdict"]);
        assert_eq!(claim["negative_control"]["verdict"], "refuted", "{claim}");
        assert!(claim["evidence"].is_object());
    }
    assert_numbers_are_strings(&report["claims"]);
}

/// Rigorous and approximate numbers are the contract's objects of strings, with nothing beside.
fn assert_numbers_are_strings(value: &Value) {
    match value {
        Value::Object(object) => {
            for (sort, expected) in [("lo", &["lo", "hi"][..]), ("approx", &["approx"])] {
                if object.contains_key(sort) {
                    assert_eq!(keys(value), expected);
                    assert!(
                        object.values().all(|end| end.as_str().unwrap().parse::<f64>().is_ok()),
                        "{value}"
                    );
                }
            }
            object.values().for_each(assert_numbers_are_strings);
        }
        Value::Array(array) => array.iter().for_each(assert_numbers_are_strings),
        Value::Number(number) => assert!(number.as_u64().is_some_and(|whole| whole < 1 << 53), "{number}"),
        _ => {}
    }
}

#[test]
fn the_table() {
    let table = &ALL[0];
    for id in all_ids() {
        assert!(table.contains(&id), "{table}");
    }
    assert!(table.contains(&format!("{} verified, 0 refuted, 0 inconclusive", all_ids().len())), "{table}");
}

/// One test case a claim, and no failures.
#[test]
fn junit() {
    let xml = &ALL[2];
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert_eq!(xml.matches("<testcase ").count(), all_ids().len());
    assert!(xml.contains("failures=\"0\"") && xml.contains("errors=\"0\""));
    for element in ["testsuites", "testsuite"] {
        let opened = xml.matches(&format!("<{element} ")).count();
        assert_eq!((opened, xml.matches(&format!("</{element}>")).count()), (1, 1), "{element}");
    }
}

#[test]
fn claims_and_kinds_select() {
    let report = json(&format!("{QUICK} --claims model.saddle-node,exact.invariant --format json"));
    assert_eq!(ids(&report), ["exact.invariant", "model.saddle-node"]);
    let report = json(&format!("{QUICK} --kinds rigorous --format json"));
    let listed = json("claims --format json");
    let rigorous = listed["claims"].as_array().unwrap().iter().filter(|claim| claim["kind"] == "rigorous");
    assert_eq!(report["claims"].as_array().unwrap().len(), rigorous.count());
    assert!(report["claims"].as_array().unwrap().iter().all(|claim| claim["kind"] == "rigorous"));
}

/// All but the time taken and the number of threads.
#[test]
fn threads_change_nothing() {
    let untimed = |mut report: Value, threads: u64| {
        assert_eq!(report["environment"]["threads"].take(), threads);
        report["claims"].as_array_mut().unwrap().iter_mut().for_each(|claim| drop(claim["seconds"].take()));
        report
    };
    let mut command = oddpoint(&format!("{QUICK} --seed 3 --format json"));
    let alone = command.env("RAYON_NUM_THREADS", "1").assert().success().get_output().stdout.clone();
    assert_eq!(untimed(serde_json::from_slice(&alone).unwrap(), 1), untimed(document(), 2));
}

/// Enclosures in 24 bits, 2⁻²⁴ = 6e-8 wide at best, are too wide for the Krawczyk test, for the gap 1/n of n = 10⁶
/// after some cancellation, and for the bounds of float64: that proves nothing, and refutes nothing.
#[test]
fn too_little_precision_is_inconclusive() {
    for claim in ["model.saddle-node", "stability.spectral-gap", "paths.agree"] {
        let line = format!("verify --quick --batch-sizes 1000000 --precision 24 --claims {claim}");
        oddpoint(&line).assert().code(3).stdout(contains("0 verified, 0 refuted, 1 inconclusive"));
        let output = oddpoint(&format!("{line} --format json")).assert().code(3).get_output().stdout.clone();
        let report: Value = serde_json::from_slice(&output).unwrap();
        assert_eq!(report["claims"][0]["verdict"], "inconclusive");
        assert!(report["claims"][0]["reason"].as_str().unwrap().contains("24 bits"), "{report}");
        oddpoint(&format!("{line} --format junit")).assert().code(3).stdout(contains("<error message="));
    }
}

#[test]
fn a_folder_of_reports() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/report");
    let shown = text(&format!("{QUICK} --claims exact.edge-growth --out {}", folder.display()));
    let read = |name| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("verify.txt"), shown);
    // But for the time taken, which comes last in the line of a test case.
    let untimed = |xml: &str| xml.split(" time=").next().map(str::to_owned);
    let printed = text(&format!("{QUICK} --claims exact.edge-growth --format junit"));
    assert_eq!(untimed(&read("verify.junit.xml")), untimed(&printed));
    assert_eq!(serde_json::from_str::<Value>(&read("verify.json")).unwrap()["schema"], "oddpoint.verify/1");
    assert!(read("verify.junit.xml").contains("<testcase "));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
}

#[test]
fn a_refused_run_leaves_no_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let folder_name = folder.to_str().unwrap();
    let message =
        refused(&["verify", "--claims", "stability.decay", "--batch-sizes", "3..=6", "--out", folder_name]);
    assert!(message.contains("batch size 6 has no odd-point"), "{message}");
    assert!(!folder.exists());
    std::fs::write(&folder, "").unwrap();
    for out in [folder.clone(), folder.join("below")] {
        let message = refused(&["verify", "--quick", "--out", out.to_str().unwrap()]);
        assert!(message.contains("is not a folder"), "{message}");
    }
}

#[test]
fn bad_input_is_named() {
    let write = "write numbers and ranges such as 7..=64,100";
    for (spec, reason) in [
        ("", write),
        (",", write),
        ("7,", write),
        ("7..9", write),
        ("7..=", write),
        ("..=7", write),
        ("nan", write),
        ("-1", write),
        ("7.5", write),
        ("9..=7", "the range is reversed; write 7..=9"),
        ("1..=5", "at least 3"),
        ("1000000000000000001", "at most"),
        ("7..=2000000", "at most 1000000 sizes"),
        ("3..=6", "no odd-point"),
    ] {
        all_refused("verify", &[(&["--claims", "paths.agree", "--batch-sizes", spec], &[reason])]);
    }
    all_refused(
        "verify",
        &[
            (&["--claims", "no.such"], &["'no.such'", "the claims are layer.components"]),
            (&["--claims", "exact.invariant,"], &["''", "the claims are layer.components"]),
            (&["--kinds", "certain"], &["'certain'", "rigorous, numerical, statistical"]),
            (
                &["--claims", "exact.invariant", "--kinds", "rigorous"],
                &["--claims", "cannot be used with", "--kinds"],
            ),
            (&["--precision", "23"], &["23 bits", "24 to 1000000"]),
            (&["--precision", "1000001"], &["1000001 bits", "24 to 1000000"]),
            (&["--precision", "nan"], &["'nan'", "24 to 1000000"]),
            (&["--seed", "-1"], &["'-1'", "0 to 18446744073709551615"]),
            (&["--format", "xml"], &["'xml'", "text, json, junit"]),
            (&["--out", ""], &["--out"]),
        ],
    );
}
