//! `oddpoint saddle-node`.

use crate::support::{Enclosure, all_refused, golden, json, keys, text};

#[test]
fn enclosures_hold_the_golden_values() {
    let golden = golden("saddle_node.json");
    for digits in [1, 15, 60] {
        let found = json(&format!("saddle-node --digits {digits} --format json"));
        assert_eq!(keys(&found), ["schema", "batch_size", "r", "theta", "variance_ratio"]);
        assert_eq!(found["schema"], "oddpoint.saddle-node/1");
        for name in ["batch_size", "r", "theta", "variance_ratio"] {
            let enclosure = Enclosure::read(&found[name]);
            assert!(enclosure.has_digits(digits), "{name}: {}", found[name]);
            assert!(enclosure.contains_golden(&golden[name]), "{name}: {}", found[name]);
        }
    }
}

/// n_c = 6.10707512…: theory, section 2.3.
#[test]
fn for_reading() {
    assert!(text("saddle-node").contains("6.10707512"));
}

#[test]
fn bad_input_is_named() {
    all_refused(
        "saddle-node",
        &[
            (&["--digits", "0"], &["'0'", "1 to 100000"]),
            (&["--digits", "1e3"], &["'1e3'", "1 to 100000"]),
            (&["--format", "junit"], &["'junit'", "text, json"]),
        ],
    );
}
