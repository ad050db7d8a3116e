//! `oddpoint claims` and `oddpoint explain`.

use crate::support::{all_refused, json, keys, text};

#[test]
fn every_claim_is_listed_and_explained() {
    let listed = json("claims --format json");
    assert_eq!(listed["schema"], "oddpoint.claims/1");
    let table = text("claims");
    for claim in listed["claims"].as_array().unwrap() {
        assert_eq!(
            keys(claim),
            ["id", "kind", "summary", "statement", "hypotheses", "source", "method", "negative_control"]
        );
        assert!(["rigorous", "numerical", "statistical"].contains(&claim["kind"].as_str().unwrap()));
        let id = claim["id"].as_str().unwrap();
        assert!(table.contains(id));
        let explained = text(&format!("explain {id}"));
        for part in
            ["statement", "hypotheses", "source", "method", "negative control", "oddpoint verify --claims"]
        {
            assert!(explained.contains(part), "{id}: {explained}");
        }
    }
}

#[test]
fn bad_input_is_named() {
    all_refused(
        "explain",
        &[
            (&["no.such"], &["'no.such'", "the claims are layer.components"]),
            (&[""], &["''", "the claims are layer.components"]),
        ],
    );
    all_refused("claims", &[(&["--format", "csv"], &["'csv'", "text, json"])]);
}
