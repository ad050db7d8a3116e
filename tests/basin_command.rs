//! `oddpoint basin`: what it says of a batch, and its exit status.

use assert_cmd::Command;
use predicates::prelude::*;
use std::fs;
use tempfile::TempDir;

/// 24 samples: a cluster on a simplex of that spread, and one sample far away, the third.
fn cluster_and_outlier(spread: f64, far: f64) -> String {
    let rows = (0..24).map(|i| {
        let row = (0..24).map(|j| match (i, j) {
            (2, 0) => far.to_string(),
            _ if i == j => spread.to_string(),
            _ => "0".to_owned(),
        });
        row.collect::<Vec<_>>().join(",")
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn run(text: &str, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("batch.csv");
    fs::write(&path, text).expect("a file can be written");
    let mut command = Command::cargo_bin("oddpoint").expect("the tool is built");
    command.arg("basin").arg("--input").arg(&path).args(arguments).assert()
}

/// 24 samples, squared distances 2 in the cluster and 8101 to the third: near the odd point of n = 24, where their
/// ratio is `2(1−r)/n² = 0.144/576`.
#[test]
fn a_cluster_with_an_outlier_is_proved() {
    run(&cluster_and_outlier(1.0, 90.0), &[]).code(0).stdout(
        predicate::str::contains("proved to converge").and(predicate::str::contains("odd sample: 2")),
    );
}

/// Orthonormal samples are the symmetric fixed point, which is another one: nothing may be proved.
#[test]
fn the_symmetric_batch_is_not_proved() {
    let identity: Vec<String> = (0..8)
        .map(|i| (0..8).map(|j| if i == j { "1" } else { "0" }).collect::<Vec<_>>().join(","))
        .collect();
    for arguments in [&[][..], &["--gram"], &["--after", "20"]] {
        run(&identity.join("\n"), arguments).code(3).stdout(predicate::str::contains("not proved"));
    }
}

#[test]
fn json_states_the_schema_and_the_proof() {
    let output =
        run(&cluster_and_outlier(1.0, 90.0), &["--format", "json"]).code(0).get_output().stdout.clone();
    let document: serde_json::Value = serde_json::from_slice(&output).expect("JSON");
    assert_eq!(document["schema"], "oddpoint.basin/1");
    assert_eq!((&document["proved"], &document["batch_size"]), (&true.into(), &"24".into()));
    assert!(document["proof"]["method"].is_string());
}

#[test]
fn a_matrix_that_is_no_gram_matrix_is_refused() {
    run("1,2,0\n2,1,0\n0,0,1", &["--gram"]).code(2).stderr(predicate::str::contains("positive definite"));
    run("1,0,0,0,0,0\n0,1,0,0,0,0\n0,0,1,0,0,0", &[])
        .code(2)
        .stderr(predicate::str::contains("batch size 3"));
}
