//! `oddpoint doctor`.

use crate::support::{json, text};

#[test]
fn it_says_what_a_bug_report_needs() {
    let document = json("doctor --format json");
    assert_eq!(document["schema"], "oddpoint.doctor/1");
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
    for fact in
        ["commit", "build", "system", "processor", "vector_instructions", "processors", "threads_used"]
    {
        assert!(document[fact].is_string(), "{fact}: {document}");
    }
    // Whole version numbers, of three parts.
    for library in ["gmp", "mpfr"] {
        let version = document[library].as_str().unwrap();
        assert!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count() == 3, "{version}");
    }
    let tests = document["self_tests"].as_array().unwrap();
    assert_eq!(tests.len(), 4);
    assert!(tests.iter().all(|test| test["passes"] == true), "{document}");
    let shown = text("doctor");
    assert_eq!(shown.lines().filter(|line| line.trim_end().ends_with("passes")).count(), 4, "{shown}");
    assert!(shown.contains(document["system"].as_str().unwrap()), "{shown}");
}
