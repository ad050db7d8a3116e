//! `oddpoint simulate`.

use crate::support::{all_refused, oddpoint_with, refused};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).into_os_string().into_string().unwrap()
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn digits() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/digits/digits64.csv")
}

/// Sample 7 becomes the odd point, and at layer 200 the norm ratio has passed 99 % of its limit 62.6737127183, the
/// odd point's at n = 64: examples/digits/README.md.
#[test]
fn a_real_batch_has_its_odd_sample() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(&folder, "digits.jsonl");
    let digits = digits();
    let input = digits.to_str().unwrap();
    oddpoint_with(&["simulate", "--input", input, "--layers", "200", "--out", &out])
        .assert()
        .success()
        .stdout("")
        .stderr("");
    let text = std::fs::read_to_string(out).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 202);
    assert_eq!(lines[0]["schema"], "oddpoint.simulate/4");
    assert_eq!(lines[0]["batch_size"], 64);
    let last = &lines[201];
    assert_eq!((&last["layer"], &last["odd_sample"]), (&Value::from(200), &Value::from(7)));
    let ratio = last["norm_ratio"].as_f64().unwrap();
    assert!(ratio > 0.99 * 62.673_712_718_3 && ratio < 62.673_712_719, "{ratio}");
}

/// The same bytes for the same seed, on one thread as on two.
#[test]
fn a_seed_decides_everything() {
    let run = |seed: &str, threads: &str| {
        let arguments = ["simulate", "--batch-size", "40", "--layers", "20", "--seed", seed, "--out", "-"];
        let assert = oddpoint_with(&arguments).env("RAYON_NUM_THREADS", threads).assert().success();
        assert.get_output().stdout.clone()
    };
    let first = run("3", "1");
    assert!(first == run("3", "2") && first != run("4", "2"));
}

#[test]
fn files_that_hold_no_batch() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(&folder, "out.csv");
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for (name, content, reason) in [
        ("ragged.csv", &b"1,2\n3,4,5\n6,7\n"[..], "line 2: 3 fields where the first line has 2"),
        ("text.csv", b"1,2\nx,4\n5,6\n", "line 2, field 1: `x` is not a number"),
        ("nan.csv", b"1,nan\n2,3\n4,5\n", "`nan` is not finite"),
        ("inf.csv", b"1,-inf\n2,3\n4,5\n", "`-inf` is not finite"),
        ("huge.csv", b"1e400,1\n2,3\n4,5\n", "`1e400` is not finite"),
        ("empty.csv", b"", "empty"),
        ("empty.npy", b"", "not a whole .npy file"),
        ("binary.csv", b"\xff\xfe\x00\x01", "not UTF-8"),
        ("binary.npy", b"\xff\xfe\x00\x01", "not a whole .npy file"),
        ("two.csv", b"1,2\n3,4\n", "at least 3"),
        ("zeros.csv", b"0,0\n0,0\n0,0\n", "all 3 samples are equal"),
        ("constant.csv", b"5\n5\n5\n", "all 3 samples are equal"),
        ("name.txt", b"1\n2\n3\n", "accepted are .csv and .npy"),
    ] {
        let input = path(&folder, name);
        std::fs::write(&input, content).unwrap();
        let message = refused(&["simulate", "--input", &input, "--layers", "2", "--out", &out]);
        assert!(message.contains(name) && message.contains(reason), "{message}");
    }
    for (name, reason) in [("folder.csv", "a folder"), ("missing.csv", "No such file")] {
        let input = path(&folder, name);
        let message = refused(&["simulate", "--input", &input, "--layers", "2", "--out", &out]);
        assert!(message.contains(name) && message.contains(reason), "{message}");
    }
    assert!(!Path::new(&out).exists());
}

/// An endless device, and a file of 5 GiB that takes no space: refused before they are read.
#[cfg(target_os = "linux")]
#[test]
fn endless_and_oversized_files() {
    let folder = tempfile::tempdir().unwrap();
    let [endless, long, out] = ["endless.csv", "long.csv", "out.csv"].map(|name| path(&folder, name));
    std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
    std::fs::File::create(&long).unwrap().set_len(5 << 30).unwrap();
    for (input, reason) in [(&endless, "a pipe or a device"), (&long, "5368709120 bytes; at most")] {
        let message = refused(&["simulate", "--input", input, "--layers", "2", "--out", &out]);
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn places_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for (name, reason) in [
        ("missing/out.csv", "there is no folder"),
        ("file/out.csv", "there is no folder"),
        ("folder.csv", "not a regular file"),
        ("out.txt", "must end in .csv or .jsonl"),
    ] {
        let out = path(&folder, name);
        let message = refused(&["simulate", "--batch-size", "5", "--layers", "2", "--out", &out]);
        assert!(message.contains(&out) && message.contains(reason), "{message}");
    }
    let mut left = names(&folder);
    left.sort();
    assert_eq!(left, ["file", "folder.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn places_that_no_file_can_be_made_in() {
    for (out, reason) in [("/proc/out.csv", "folder /proc"), ("/dev/full", ".csv or .jsonl")] {
        let message = refused(&["simulate", "--batch-size", "5", "--layers", "2", "--out", out]);
        assert!(message.contains(out) && message.contains(reason), "{message}");
    }
}

#[test]
fn the_input_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let input = path(&folder, "batch.csv");
    std::fs::write(&input, "1\n2\n4\n").unwrap();
    let other_name = format!("{}/./batch.csv", folder.path().display());
    let message = refused(&["simulate", "--input", &input, "--layers", "2", "--out", &other_name]);
    assert!(message.contains("would be overwritten"), "{message}");
    assert_eq!(std::fs::read_to_string(input).unwrap(), "1\n2\n4\n");
}

/// Equal samples are taken, with a warning.
#[test]
fn equal_samples_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let input = path(&folder, "twins.csv");
    std::fs::write(&input, "1,2\n3,4\n1,2\n5,1\n3,4\n").unwrap();
    let assert =
        oddpoint_with(&["simulate", "--input", &input, "--layers", "3", "--out", "-"]).assert().success();
    let message = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(
        message.contains("twins.csv: warning: samples 0 and 2, 1 and 4 (counted from 0) are equal"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn a_file_of_something_else_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(&folder, "out.csv");
    for text in ["old", "1,2\n3,4\n", "# {\"a\": 1}\n", "\0"] {
        std::fs::write(&out, text).unwrap();
        let message = refused(&["simulate", "--batch-size", "5", "--layers", "2", "--out", &out]);
        assert!(message.contains("out.csv: its first line is not a header"), "{message}");
        assert_eq!(std::fs::read_to_string(&out).unwrap(), text);
    }
}

/// Finite width, each sampler, and every subset of the components, in both formats.
#[test]
fn every_network_has_its_records() {
    for components in ["", "rc", "rs", "nl", "rc,rs", "rc,nl", "rs,nl", "rc,rs,nl"] {
        for sampler in ["gram", "weights"] {
            let line = [
                "simulate",
                "--batch-size",
                "5",
                "--width",
                "64",
                "--layers",
                "6",
                "--every",
                "4",
                "--replicas",
                "3",
                "--components",
                components,
                "--sampler",
                sampler,
                "--out",
                "-",
            ];
            let assert = oddpoint_with(&line).assert().success().stderr("");
            let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), 10);
            let named: Vec<&str> = components.split(',').filter(|name| !name.is_empty()).collect();
            assert_eq!(lines[0]["components"], serde_json::json!(named));
            for (k, record) in lines[1..].iter().enumerate() {
                assert_eq!(
                    (&record["replica"], &record["layer"]),
                    (&Value::from(k / 3), &Value::from([0, 4, 6][k % 3]))
                );
                assert!(record["norm_ratio"].as_f64().unwrap() >= 1.0 && record["numerical_rank"].is_u64());
            }
        }
    }
}

/// Killed in the middle and run again: the same bytes as without the interruption.
#[cfg(unix)]
#[test]
fn a_killed_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, out] = ["whole.csv", "out.csv"].map(|name| path(&folder, name));
    let arguments = |out: &str| {
        let line =
            format!("simulate --batch-size 8 --width 100 --layers 50 --replicas 200 --seed 5 --out {out}");
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |out: &str| {
        let words = arguments(out);
        let assert = oddpoint_with(&words.iter().map(String::as_str).collect::<Vec<_>>())
            .assert()
            .success()
            .stdout("");
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    assert_eq!(run(&whole), "");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("oddpoint"))
        .args(arguments(&out))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    // A header and some replicas, of more than a hundred bytes a record.
    while std::fs::metadata(&out).map_or(0, |file| file.len()) < 50_000
        && start.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let message = run(&out);
    assert!(message.contains("of 200 replicas are there already"), "{message}");
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
    let message = run(&out);
    assert!(message.contains("200 of 200 replicas are there already; complete, nothing to do"), "{message}");
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
}

/// No more room: the file is named, what is there stays, and the run can be completed.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, out] = ["whole.jsonl", "out.jsonl"].map(|name| path(&folder, name));
    let line = "simulate --batch-size 5 --width 50 --layers 20 --replicas 30 --out";
    let run = |out: &str| {
        oddpoint_with(&[&line.split(' ').collect::<Vec<_>>()[..], &[out]].concat()).assert().success()
    };
    run(&whole);
    // A limit of 40 blocks on the size of files stands in for a disk: writing beyond fails, if the signal is ignored.
    let script = format!("trap '' XFSZ; ulimit -f 40; exec \"$0\" {line} \"$1\"");
    let program = assert_cmd::cargo::cargo_bin!("oddpoint");
    let output =
        std::process::Command::new("sh").args(["-c", &script]).arg(program).arg(&out).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("out.jsonl: ") && message.lines().count() == 1, "{message}");
    let (part, all) = (std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
    assert!(part.len() > 10_000 && part.len() < all.len() && all.starts_with(&part));
    run(&out);
    assert_eq!(std::fs::read(&out).unwrap(), all);
}

#[test]
fn bad_input_is_named() {
    for text in ["0", "2", "-1", "nan", "", "8193", "18446744073709551616"] {
        all_refused(
            "simulate",
            &[(
                &["--batch-size", text, "--layers", "2", "--out", "x.csv"],
                &["--batch-size", text, "3 to 8192"],
            )],
        );
    }
    for text in ["0", "-1", "nan", "", "10000001"] {
        all_refused(
            "simulate",
            &[(
                &["--batch-size", "5", "--layers", text, "--out", "x.csv"],
                &["--layers", text, "1 to 10000000"],
            )],
        );
    }
    let five = ["--batch-size", "5", "--layers", "2", "--out", "x.csv"];
    for (option, value, reason) in [
        ("--features", "0", "1 to 268435456"),
        ("--features", "-1", "1 to 268435456"),
        ("--features", "268435456", "at most 268435456 numbers"),
        ("--seed", "-1", "0 to 18446744073709551615"),
        ("--seed", "nan", "0 to 18446744073709551615"),
        ("--width", "0", "from 1 to 1000000000000, or `infinite`"),
        ("--width", "-1", "from 1 to 1000000000000, or `infinite`"),
        ("--width", "1000000000001", "from 1 to 1000000000000, or `infinite`"),
        ("--width", "nan", "from 1 to 1000000000000, or `infinite`"),
        ("--width", "", "from 1 to 1000000000000, or `infinite`"),
        ("--replicas", "0", "1 to 1000000000"),
        ("--replicas", "1000000001", "1 to 1000000000"),
        ("--every", "0", "1 to 10000000"),
        ("--components", "rc,bn", "'bn' is not a component"),
        ("--components", "nl,nl", "'nl' comes twice"),
        ("--activation", "tanh", "choose among relu"),
        ("--activation", "leaky:2", "the slope must be below 1"),
        ("--sampler", "rows", "choose gram or weights"),
        ("--shard", "0/4", "counted from 1 to 4"),
        ("--shard", "5/4", "counted from 1 to 4"),
        ("--shard", "1/0", "1 to 1000000000 shards"),
        ("--shard", "2", "not a shard I/K"),
        ("--shard", "1/2", "some shards would be empty"),
    ] {
        all_refused("simulate", &[(&[&five[..], &[option, value]].concat(), &[value, reason])]);
    }
    let digits = digits();
    let input = ["--input", digits.to_str().unwrap()];
    for (options, reason) in [
        (["--seed", "1"], "cannot be used with"),
        (["--features", "5"], "cannot be used with"),
        (["--replicas", "5"], "would all be the same"),
        (["--batch-size", "5"], "has 64 samples"),
    ] {
        let arguments = [&input[..], &["--layers", "2", "--out", "x.csv"], &options].concat();
        all_refused("simulate", &[(&arguments, &[reason])]);
    }
    assert!(!Path::new("x.csv").exists());
}
