//! `oddpoint decay`.

use crate::support::{all_refused, approximate, json, text};

/// The trivial eigenvalue of n = 7 is 0.94483…, the pair one 0.80649… (tests/golden/spectrum.json). Each is
/// alone in its block, and a perturbation of 1e-30 is linear to 30 digits: the rates agree far within 1e-9.
#[test]
fn blocks_decay_at_their_eigenvalues() {
    for (mode, eigenvalue) in [("trivial", 0.944_832_278_317_031), ("pair", 0.806_495_031_189_708)] {
        let found = json(&format!("decay --batch-size 7 --layers 40 --mode {mode} --format json"));
        assert_eq!(found["schema"], "oddpoint.decay/1");
        assert_eq!(found["mode"], mode);
        let layers = found["layers"].as_array().unwrap();
        assert_eq!(layers.len(), 41);
        assert_eq!(layers[40]["layer"], 40);
        assert!((approximate(&layers[0]["total"]) / 1e-30 - 1.0).abs() < 1e-9);
        let rate = &found["rates"][0];
        assert_eq!(rate["part"], mode);
        let measured = approximate(&rate["measured"]["rate"]);
        assert!((measured - eigenvalue).abs() < 1e-9, "{mode}: {measured}");
        assert!((approximate(&rate["predicted"]) - eigenvalue).abs() < 1e-12);
    }
}

/// n²/((n−1)²+1) a layer (theory, section 2.1): 100/82 at n = 10.
#[test]
fn the_exact_configuration_repels() {
    let found = json("decay --batch-size 10 --layers 40 --at exact --format json");
    assert_eq!(found["mode"], "within-cluster");
    let measured = approximate(&found["rates"][0]["measured"]["rate"]);
    assert!((measured - 100.0 / 82.0).abs() < 1e-9, "{measured}");
}

#[test]
fn csv_has_a_line_a_layer() {
    let table = text("decay --batch-size 7 --layers 5 --mode pair --format csv");
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "layer,total,trivial,standard,pair,float64_total");
    assert_eq!(lines.len(), 7);
    assert!(lines[1..].iter().all(|line| line.split(',').all(|cell| cell.parse::<f64>().is_ok())));
}

#[test]
fn the_same_seed_gives_the_same_output() {
    let run = |seed: u64| text(&format!("decay --batch-size 7 --layers 3 --seed {seed} --format csv"));
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn bad_input_is_named() {
    let amplitude = "above 0 and at most 0.1";
    for text in ["0", "-1", "nan", "inf", "1", "1e400", "", "abc"] {
        all_refused(
            "decay",
            &[(
                &["--batch-size", "10", "--layers", "2", "--amplitude", text],
                &["--amplitude", text, amplitude],
            )],
        );
    }
    for text in ["0", "-1", "nan", "1.5", "", "1000001"] {
        all_refused(
            "decay",
            &[(&["--batch-size", "10", "--layers", text], &["--layers", text, "from 1 to 1000000"])],
        );
    }
    let ten = ["--batch-size", "10", "--layers", "2"];
    all_refused(
        "decay",
        &[
            (&["--batch-size", "2", "--layers", "2"], &["batch size 2", "at least 3"]),
            (&["--batch-size", "6", "--layers", "2"], &["batch size 6 has no odd-point", "from 7 on"]),
            (&["--batch-size", "513", "--layers", "2"], &["batch size 513", "up to n = 512"]),
            (&[&ten[..], &["--precision", "23"]].concat(), &["23 bits", "24 to 1000000"]),
            (&[&ten[..], &["--precision", "1000001"]].concat(), &["1000001 bits", "24 to 1000000"]),
            (&[&ten[..], &["--precision", "-1"]].concat(), &["'-1'", "24 to 1000000"]),
            (&[&ten[..], &["--precision", "64"]].concat(), &["lost in rounding at 64 bits", "or more"]),
            (&[&ten[..], &["--seed", "-1"]].concat(), &["'-1'", "from 0 to 18446744073709551615"]),
            (&[&ten[..], &["--mode", "foo"]].concat(), &["'foo'", "trivial, standard, pair, random"]),
            (&[&ten[..], &["--mode", "pair", "--at", "exact"]].concat(), &["--mode", "exact configuration"]),
            // A matrix of 512² numbers of 10⁶ bits would take 32 GB.
            (
                &["--batch-size", "512", "--layers", "1", "--precision", "1000000"],
                &["--precision 1000000", "at most 16384 bits"],
            ),
        ],
    );
}
