use super::*;
use crate::claims::{Claim, Finding, Statement};
use serde_json::json;

fn never(_: Statement, _: &Settings) -> Result<Finding> {
    unreachable!("nothing is judged here")
}

/// A claim of a kind, with an id that [`ALL`] knows.
fn claim(kind: Kind, id: &'static str) -> &'static Claim {
    Box::leak(Box::new(Claim {
        id,
        kind,
        summary: "",
        statement: "it holds",
        hypotheses: "",
        source: "",
        method: "",
        control: "",
        check: never,
    }))
}

const ID: &str = "exact.invariant";

fn settings() -> Settings {
    Settings { batch_sizes: "7,9".parse().unwrap(), precision: 64, seed: 3, quick: true }
}

fn outcome(kind: Kind, id: &'static str, verdict: Verdict, evidence: Value) -> Outcome {
    let (claim, reason) = (claim(kind, id), "for some reason".to_owned());
    Outcome { claim, verdict, reason, seconds: 0.0, control: Verdict::Refuted, evidence }
}

fn document(kind: Kind, id: &str, verdict: Verdict, evidence: &Value) -> Value {
    json!({
        "schema": "oddpoint.verify/1",
        "version": "0.0.1",
        "environment": { "precision_bits": "64", "seed": "3", "quick": true, "batch_sizes": ["7", "9"] },
        "claims": [{ "id": id, "kind": kind, "statement": "it holds", "verdict": verdict,
            "negative_control": { "statement": "", "verdict": "refuted" }, "evidence": evidence }],
    })
}

fn baseline(document: &Value) -> std::result::Result<Baseline, String> {
    Baseline::parse(document.to_string().as_bytes(), "old.json")
}

/// The differences of two pieces of evidence, as `sort place`.
fn differences_with(
    settings: &Settings,
    kind: Kind,
    id: &'static str,
    was: &Value,
    now: Value,
) -> Vec<String> {
    let old = baseline(&document(kind, id, Verdict::Verified, was)).unwrap();
    let found = old.compare(settings, &[outcome(kind, id, Verdict::Verified, now)]).unwrap();
    found.differences.iter().map(|one| format!("{} {}", one.sort.name(), one.place)).collect()
}

fn differences(kind: Kind, was: &Value, now: Value) -> Vec<String> {
    differences_with(&settings(), kind, ID, was, now)
}

fn enclosure(lo: &str, hi: &str) -> Value {
    json!({ "x": { "lo": lo, "hi": hi } })
}

#[test]
fn enclosures_are_compared_exactly() {
    // Ends that one double would confuse: 1e-40 apart.
    let tenth = "0.1000000000000000000000000000000000000000";
    let above = "0.1000000000000000000000000000000000000001";
    let none: [&str; 0] = [];
    assert_eq!(differences(Kind::Rigorous, &enclosure("0", tenth), enclosure("0.1", "1")), none);
    let apart = differences(Kind::Rigorous, &enclosure("0", tenth), enclosure(above, "1"));
    assert_eq!(apart, ["enclosures-disjoint x"]);
    assert_eq!(differences(Kind::Rigorous, &enclosure("-inf", "-2e-1"), enclosure("-0.2", "inf")), none);
    let approximation = json!({ "x": { "approx": "0.5" } });
    assert_eq!(
        differences(Kind::Rigorous, &enclosure("0", "1"), approximation.clone()),
        ["enclosure-lost x"]
    );
    assert_eq!(differences(Kind::Rigorous, &approximation, enclosure("0", "1")), ["enclosure-gained x"]);
}

#[test]
fn estimates_are_compared_by_their_intervals() {
    let estimate = |estimate: &str, lower: &str, upper: &str| json!({ "p": { "estimate": estimate, "lower": lower, "upper": upper, "level": "0.0001" } });
    let was = estimate("0.5", "0.4", "0.6");
    for (now, expected) in [
        (estimate("0.55", "0.45", "0.65"), None),
        (estimate("0.65", "0.55", "0.75"), Some("estimate-moved p")),
        (estimate("0.8", "0.7", "0.9"), Some("estimates-disjoint p")),
        (estimate("0.8", "0.4", "0.6"), Some("estimate-outside-its-interval p")),
    ] {
        let found = differences(Kind::Statistical, &was, now.clone());
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{now}");
        // With other seeds as well.
        let other = Settings { seed: 4, ..settings() };
        assert_eq!(differences_with(&other, Kind::Statistical, ID, &was, now), found);
    }
}

#[test]
fn approximations_keep_within_what_is_stated() {
    let rate = |rate: &str| json!({ "rate": { "approx": rate }, "tolerance": { "approx": "1e-3" } });
    let none: [&str; 0] = [];
    // The two documents' tolerances together.
    assert_eq!(differences(Kind::Numerical, &rate("0.5"), rate("0.5019")), none);
    assert_eq!(differences(Kind::Numerical, &rate("0.5"), rate("0.5021")), ["approximation-moved rate"]);
    let bare = |x: &str| json!({ "x": { "approx": x } });
    assert_eq!(differences(Kind::Numerical, &bare("2"), bare("2.000000001")), none);
    assert_eq!(differences(Kind::Numerical, &bare("2"), bare("2.00000001")), ["approximation-moved x"]);
    assert_eq!(differences(Kind::Numerical, &bare("1e-17"), bare("5e-16")), none);
    assert_eq!(differences(Kind::Numerical, &bare("NaN"), bare("NaN")), none);
    assert_eq!(differences(Kind::Numerical, &bare("NaN"), bare("1")), ["approximation-moved x"]);
    assert_eq!(differences(Kind::Statistical, &bare("2"), bare("3")), ["samples-changed "]);
}

#[test]
fn entries_are_told_apart_by_name() {
    let row = |n: &str, count: &str| json!({ "batch_size": n, "count": count });
    let was = json!({ "rows": [row("7", "1"), row("8", "3"), row("9", "3")] });
    let now = json!({ "rows": [row("9", "3"), row("7", "2"), row("10", "3")] });
    let found = differences(Kind::Rigorous, &was, now.clone());
    assert_eq!(
        found,
        [
            "exact-changed rows[batch_size 7].count",
            "entry-missing rows[batch_size 8]",
            "entry-new rows[batch_size 10]"
        ]
    );
    // With other batch sizes that is to be expected.
    let none: [&str; 0] = [];
    let other = Settings { batch_sizes: "7,9,10".parse().unwrap(), ..settings() };
    assert_eq!(differences_with(&other, Kind::Rigorous, ID, &was, now), none);
    let words = differences(Kind::Rigorous, &json!({ "how": "box" }), json!({ "how": "ball" }));
    assert_eq!(words, ["words-changed how"]);
}

#[test]
fn bounds_have_a_better_side() {
    let bound = |lo: &str, hi: &str| json!({ "radius": { "lo": lo, "hi": hi } });
    let of = |was, now| differences_with(&settings(), Kind::Rigorous, "stability.basin", &was, now);
    assert_eq!(of(bound("0.1", "0.2"), bound("0.3", "0.4")), ["bound-better radius"]);
    assert_eq!(of(bound("0.3", "0.4"), bound("0.1", "0.2")), ["bound-worse radius"]);
    let width = |d: &str| json!({ "width": d });
    let of = |was, now| differences_with(&settings(), Kind::Rigorous, "width.stays-in-basin", &was, now);
    assert_eq!(of(width("1000"), width("999")), ["bound-better width"]);
    assert_eq!(of(width("999"), width("1000")), ["bound-worse width"]);
    let found =
        of(json!({ "start": { "lo": "1", "hi": "1" } }), json!({ "start": { "lo": "2", "hi": "2" } }));
    assert_eq!(found, ["proof-changed start"]);
}

#[test]
fn verdicts_and_claims() {
    use Verdict::{Inconclusive, Refuted, Verified};
    for (was, now, sort) in [
        (Verified, Inconclusive, "verdict-lost"),
        (Inconclusive, Refuted, "verdict-lost"),
        (Inconclusive, Verified, "verdict-gained"),
        (Refuted, Inconclusive, "verdict-gained"),
    ] {
        let old = baseline(&document(Kind::Rigorous, ID, was, &json!({ "count": "1" }))).unwrap();
        // Without evidence the verdict is all there is to tell.
        let found = old.compare(&settings(), &[outcome(Kind::Rigorous, ID, now, json!({}))]).unwrap();
        assert_eq!(found.differences.len(), 1);
        assert_eq!(
            (found.differences[0].sort.name(), found.regressions().count() == 1),
            (sort, sort == "verdict-lost")
        );
        assert!(found.differences[0].now.contains("for some reason"));
    }
    let old = baseline(&document(Kind::Rigorous, "no.such", Verified, &json!({}))).unwrap();
    let found = old.compare(&settings(), &[outcome(Kind::Rigorous, ID, Verified, json!({}))]).unwrap();
    let sorts: Vec<_> = found.differences.iter().map(|one| (one.claim.as_str(), one.sort.name())).collect();
    assert_eq!(sorts, [("no.such", "claim-missing"), (ID, "claim-new")]);
    // What was not asked for is not missing.
    let old = baseline(&document(Kind::Rigorous, ID, Verified, &json!({}))).unwrap();
    let found = old.compare(&settings(), &[]).unwrap();
    assert_eq!((found.differences.len(), found.compared.left_out), (0, 1));
    let old = baseline(&document(Kind::Rigorous, ID, Verified, &json!({}))).unwrap();
    let found = old.compare(&settings(), &[outcome(Kind::Numerical, ID, Verified, json!({}))]).unwrap();
    assert_eq!(found.differences[0].sort.name(), "kind-weaker");
}

#[test]
fn other_settings_are_named() {
    let old = baseline(&document(Kind::Numerical, ID, Verdict::Verified, &json!({ "x": { "approx": "1" } })))
        .unwrap();
    let other = Settings { batch_sizes: "7".parse().unwrap(), precision: 128, seed: 0, quick: false };
    let now = outcome(Kind::Numerical, ID, Verdict::Verified, json!({ "x": { "approx": "2" } }));
    let found = old.compare(&other, &[now]).unwrap();
    assert!(found.differences.is_empty());
    assert_eq!(
        found.settings,
        [
            "precision 128 (baseline: 64)",
            "seed 0 (baseline: 3)",
            "quick false (baseline: true)",
            "batch sizes 7 (1 of them) (baseline: 7, 9 (2 of them))"
        ]
    );
}

#[test]
fn documents_that_are_none() {
    let whole = document(Kind::Rigorous, ID, Verdict::Verified, &json!({}));
    let without = |key: &str| {
        let mut document = whole.clone();
        document.as_object_mut().unwrap().remove(key);
        document
    };
    let with = |pointer: &str, value: Value| {
        let mut document = whole.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let twice = [whole["claims"][0].clone(), whole["claims"][0].clone()];
    for (document, reason) in [
        (without("schema"), "names no schema"),
        (with("/schema", json!("oddpoint.verify/2")), "'oddpoint.verify/2', not 'oddpoint.verify/1'"),
        (without("claims"), "missing field `claims`"),
        (with("/claims/0/verdict", json!("true")), "unknown variant `true`"),
        (with("/claims", json!(twice)), "number 2 is a second 'exact.invariant'"),
        (with("/environment/seed", json!("-1")), "settings"),
        (json!([]), "names no schema"),
    ] {
        let message = baseline(&document).unwrap_err();
        assert!(message.contains(reason), "{message}");
    }
    let text = whole.to_string();
    let message = Baseline::parse(&text.as_bytes()[..text.len() / 2], "old.json").unwrap_err();
    assert!(message.contains("cut short (EOF"), "{message}");
    // Numbers that are none come to light where they are compared.
    let strange = document(Kind::Rigorous, ID, Verdict::Verified, &enclosure("zero", "1"));
    let old = baseline(&strange).unwrap();
    let now = outcome(Kind::Rigorous, ID, Verdict::Verified, enclosure("0", "1"));
    let message = old.compare(&settings(), &[now]).unwrap_err().to_string();
    assert!(message.contains("old.json: exact.invariant, x: \"zero\" is not a decimal number"), "{message}");
}

/// A name that the evidence does not have would be a number that nobody looks at.
#[test]
fn the_evidence_has_the_fields_of_the_aims() {
    fn names<'v>(value: &'v Value, all: &mut std::collections::BTreeSet<&'v str>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(name, value)| {
                all.insert(name);
                names(value, all);
            }),
            Value::Array(array) => array.iter().for_each(|value| names(value, all)),
            _ => {}
        }
    }
    let settings = Settings { batch_sizes: "7..=8".parse().unwrap(), precision: 128, seed: 0, quick: true };
    let mut ids: Vec<_> = evidence::aims().map(|(id, _)| id).collect();
    ids.dedup();
    for id in ids {
        let evidence = (Claim::by_id(id).unwrap().check)(Statement::Claim, &settings).unwrap().evidence;
        let mut all = std::collections::BTreeSet::new();
        names(&evidence, &mut all);
        for (_, field) in evidence::aims().filter(|(claim, _)| *claim == id) {
            assert!(all.contains(field), "{id}: no {field}");
        }
    }
}
