//! `oddpoint verify --baseline`: an unaltered document passes, and every kind of difference is found and explained.

use crate::support::{json, keys, oddpoint, oddpoint_with, refused};
use predicates::str::contains;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Claims with an enclosure, a proved bound, approximations, counts and estimates in their evidence.
const CLAIMS: &str =
    "model.saddle-node,width.stays-in-basin,rank.growth,model.fixed-points,baseline.rs-orthogonalizes";

/// A run to compare with.
static BASELINE: LazyLock<Value> = LazyLock::new(|| {
    json(&format!("verify --quick --batch-sizes 7..=9 --seed 3 --claims {CLAIMS} --format json"))
});

/// A baseline in a file, altered.
struct Altered {
    folder: TempDir,
}

impl Altered {
    fn new(edit: impl FnOnce(&mut Value)) -> Self {
        let mut document = BASELINE.clone();
        edit(&mut document);
        Self::of_text(&document.to_string())
    }

    fn of_text(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old.json"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> String {
        self.folder.path().join("old.json").to_str().unwrap().to_owned()
    }

    /// The comparison of a run with these options, which exits with that status.
    fn compare(&self, options: &str, status: i32) -> Value {
        let line = format!("verify --baseline {} --format json {options}", self.path());
        let output = oddpoint(&line).assert().code(status).stderr("").get_output().stdout.clone();
        serde_json::from_slice::<Value>(&output).unwrap()["baseline"].take()
    }
}

/// A claim's evidence.
fn evidence<'a>(document: &'a mut Value, id: &str) -> &'a mut Value {
    let claims = document["claims"].as_array_mut().unwrap();
    &mut claims.iter_mut().find(|claim| claim["id"] == id).unwrap()["evidence"]
}

/// Sort, place and whether it counts, of each difference.
fn differences(comparison: &Value) -> Vec<(&str, &str, bool)> {
    let all = comparison["differences"].as_array().unwrap();
    all.iter()
        .map(|one| {
            (
                one["sort"].as_str().unwrap(),
                one["place"].as_str().unwrap(),
                one["regression"].as_bool().unwrap(),
            )
        })
        .collect()
}

/// The settings are the baseline's, though none were given.
#[test]
fn an_unaltered_baseline_passes() {
    let baseline = Altered::new(|_| {});
    let comparison = baseline.compare(&format!("--claims {CLAIMS}"), 0);
    assert_eq!(comparison["regressions"], 0);
    assert_eq!((&comparison["differences"], &comparison["different_settings"]), (&json!([]), &json!([])));
    let compared = &comparison["compared"];
    assert_eq!((&compared["verdicts"], &compared["claims_left_out"]), (&json!(5), &json!(0)));
    for sort in ["enclosures", "estimates", "approximations", "exact"] {
        assert!(compared[sort].as_u64().unwrap() > 0, "{sort}: {compared}");
    }
}

/// The last digit of an end moved past the other: 1e-58 of it, which no double sees.
#[test]
fn an_enclosure_moved_by_a_digit_beyond_its_width() {
    let baseline = Altered::new(|document| {
        let enclosure = &mut evidence(document, "model.saddle-node")["batch_size"];
        let hi = enclosure["hi"].as_str().unwrap().to_owned();
        let moved = next_up(&hi);
        assert_eq!(moved.len(), hi.len());
        *enclosure = json!({ "lo": moved, "hi": next_up(&moved) });
    });
    let comparison = baseline.compare("--claims model.saddle-node", 1);
    assert_eq!(differences(&comparison), [("enclosures-disjoint", "batch_size", true)]);
    oddpoint(&format!("verify --baseline {} --claims model.saddle-node", baseline.path()))
        .assert()
        .code(1)
        .stdout(contains("1 regression, 0 remarks"))
        .stdout(contains(
            "REGRESSION  model.saddle-node, batch_size: the enclosures have no number in common",
        ))
        .stdout(contains("    was  [6.107"));
}

/// One more in the last place of a decimal that does not end in 9.
fn next_up(decimal: &str) -> String {
    let (rest, last) = decimal.split_at(decimal.len() - 1);
    match last.parse::<u32>().unwrap() {
        9 => format!("{}0", next_up(rest)),
        digit => format!("{rest}{}", digit + 1),
    }
}

#[test]
fn an_estimate_moved() {
    let estimate = |document: &mut Value, estimate: &str, lower: &str, upper: &str| {
        let off = &mut evidence(document, "baseline.rs-orthogonalizes")["floors"][0]["ratio"]["off"];
        assert_eq!(keys(off), ["estimate", "lower", "upper", "level"]);
        *off = json!({ "estimate": estimate, "lower": lower, "upper": upper, "level": "0.0001" });
    };
    // The claim is verified because this is within its tolerance, 9/32 / (1 - (10/12)^2) + 16 % = 1.08, of 0.
    let place = "floors[width 32].ratio.off";
    for (values, expected, status) in [
        (["5", "4.9", "5.1"], vec![("estimates-disjoint", place, true)], 1),
        (["5", "-2", "2"], vec![("estimate-outside-its-interval", place, true)], 1),
        (["1.9", "-2", "2"], vec![("estimate-moved", place, false)], 0),
    ] {
        let baseline = Altered::new(|document| estimate(document, values[0], values[1], values[2]));
        let comparison = baseline.compare("--claims baseline.rs-orthogonalizes", status);
        assert_eq!(differences(&comparison), expected);
    }
}

#[test]
fn other_numbers_moved() {
    let baseline = Altered::new(|document| {
        let rank = evidence(document, "rank.growth");
        rank["orbits"][0]["odd_point"]["effective_rank"] = json!({ "approx": "1.02" });
        evidence(document, "model.fixed-points")["one_by_one"][0]["count"] = json!(2);
        let widths = &mut evidence(document, "width.stays-in-basin")["batch_sizes"];
        widths[0]["width"] = json!("2");
        widths[1]["width"] = json!("1000000000000000000000");
    });
    let claims = "--claims rank.growth,model.fixed-points,width.stays-in-basin";
    let comparison = baseline.compare(claims, 1);
    let found = differences(&comparison);
    let approximation = found.iter().find(|one| one.0 == "approximation-moved").unwrap();
    assert!(approximation.1.starts_with("orbits[") && approximation.1.ends_with(".odd_point.effective_rank"));
    assert!(found.contains(&("exact-changed", "one_by_one[batch_size 3].count", true)), "{found:?}");
    assert!(found.contains(&("bound-worse", "batch_sizes[batch_size 7].width", true)), "{found:?}");
    assert!(found.contains(&("bound-better", "batch_sizes[batch_size 8].width", false)), "{found:?}");
    assert_eq!(found.len(), 4);
    let mut junit = oddpoint(&format!("verify --baseline {} --format junit {claims}", baseline.path()));
    let output = junit.assert().code(1).get_output().stdout.clone();
    let xml = String::from_utf8(output).unwrap();
    assert!(
        xml.contains("<testsuite name=\"baseline\" tests=\"3\"") && xml.contains("failures=\"3\""),
        "{xml}"
    );
}

#[test]
fn verdicts_and_claims_come_and_go() {
    let baseline = Altered::new(|document| {
        let claims = document["claims"].as_array_mut().unwrap();
        claims.retain(|claim| claim["id"] != "model.fixed-points");
        for claim in claims {
            match claim["id"].as_str().unwrap() {
                "model.saddle-node" => claim["verdict"] = json!("inconclusive"),
                "rank.growth" => claim["id"] = json!("rank.shrinkage"),
                _ => {}
            }
        }
    });
    let comparison = baseline.compare("--claims model.saddle-node,model.fixed-points", 1);
    assert_eq!(
        differences(&comparison),
        [("claim-missing", "", true), ("verdict-gained", "verdict", false), ("claim-new", "", false)]
    );
    assert_eq!(comparison["compared"]["claims_left_out"], 2);
}

/// 24 bits are too few for the Krawczyk test: tests/cli/verify.rs.
#[test]
fn a_verdict_lost() {
    let baseline = Altered::new(|_| {});
    let comparison = baseline.compare("--claims model.saddle-node --precision 24", 1);
    assert_eq!(differences(&comparison), [("verdict-lost", "verdict", true)]);
    assert!(comparison["differences"][0]["now"].as_str().unwrap().contains("inconclusive: "));
    assert_eq!(comparison["different_settings"], json!(["precision 24 (baseline: 192)"]));
}

/// Estimates of other seeds agree within their intervals; other numbers need not.
#[test]
fn other_settings_are_named() {
    let baseline = Altered::new(|_| {});
    let options = "--claims baseline.rs-orthogonalizes,rank.growth,model.saddle-node --seed 4 --batch-sizes 7..=8 --precision 256";
    let comparison = baseline.compare(options, 0);
    assert_eq!(
        comparison["different_settings"],
        json!([
            "precision 256 (baseline: 192)",
            "seed 4 (baseline: 3)",
            "batch sizes 7, 8 (2 of them) (baseline: 7, 8, 9 (3 of them))"
        ])
    );
    assert_eq!(
        (&comparison["compared"]["enclosures"], &comparison["compared"]["exact"]),
        (&json!(4), &json!(0))
    );
}

#[test]
fn the_baseline_in_the_repository_is_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/proofs/baseline.json");
    let line = format!("verify --baseline {path} --claims exact.edge-growth,model.saddle-node --format json");
    let document = json(&line);
    assert_eq!(document["baseline"]["regressions"], 0, "{}", document["baseline"]);
    assert_eq!(document["baseline"]["different_settings"], json!([]));
}

#[test]
fn what_is_no_baseline_is_refused() {
    let whole = BASELINE.to_string();
    for (text, reason) in [
        (&whole[..whole.len() / 2], "not JSON, or cut short"),
        ("", "not JSON, or cut short"),
        ("{}", "names no schema"),
        ("{\"schema\": \"oddpoint.simulate/2\"}", "'oddpoint.simulate/2', not 'oddpoint.verify/1'"),
        ("{\"schema\": \"oddpoint.verify/1\"}", "does not follow it"),
    ] {
        let file = Altered::of_text(text);
        let message = refused(&["verify", "--baseline", &file.path()]);
        assert!(message.contains("old.json: ") && message.contains(reason), "{message}");
    }
    let folder = tempfile::tempdir().unwrap();
    for (path, reason) in [("missing.json", "No such file"), ("", "not a regular file")] {
        let path = folder.path().join(path);
        let message = refused(&["verify", "--baseline", path.to_str().unwrap()]);
        assert!(message.contains(reason), "{message}");
    }
    oddpoint_with(&["verify", "--quick=maybe"]).assert().code(2).stdout("");
}
