//! `oddpoint merge`.

use crate::support::{oddpoint_with, refused};
use tempfile::TempDir;

const EXPERIMENT: &str = "simulate --batch-size 5 --width 40 --layers 6 --replicas 10 --seed 3";

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).into_os_string().into_string().unwrap()
}

/// Runs an experiment into a file of that name; the file's path.
fn simulate(folder: &TempDir, options: &str, name: &str) -> String {
    let out = path(folder, name);
    let mut words: Vec<&str> = EXPERIMENT.split(' ').chain(options.split_whitespace()).collect();
    words.extend(["--out", &out]);
    oddpoint_with(&words).assert().success().stdout("").stderr("");
    out
}

fn merge<'a>(files: &[&'a str], out: &'a str) -> Vec<&'a str> {
    [&["merge"], files, &["--out", out]].concat()
}

#[test]
fn shards_put_together_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["csv", "jsonl"] {
        let whole = simulate(&folder, "", &format!("whole.{extension}"));
        for of in [1, 3, 10] {
            let mut parts: Vec<String> = (1..=of)
                .map(|i| {
                    simulate(&folder, &format!("--shard {i}/{of}"), &format!("part-{i}-{of}.{extension}"))
                })
                .collect();
            parts.rotate_left(1);
            let out = path(&folder, &format!("merged-{of}.{extension}"));
            let files: Vec<&str> = parts.iter().map(String::as_str).collect();
            let summary = format!("{out}: 10 replicas from {of} shards\n");
            oddpoint_with(&merge(&files, &out)).assert().success().stdout(summary).stderr("");
            assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
            // The result is the file of that experiment, to which nothing is to be added.
            let words: Vec<&str> = EXPERIMENT.split(' ').chain(["--out", &out]).collect();
            oddpoint_with(&words).assert().success().stderr(predicates::str::contains("nothing to do"));
        }
    }
}

/// Every refusal names the files and the reason, and leaves no file.
#[test]
fn what_does_not_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let shard = |i: u64| simulate(&folder, &format!("--shard {i}/3"), &format!("{i}.csv"));
    let [first, second, third] = [1, 2, 3].map(shard);
    let other = simulate(&folder, "--shard 3/3 --every 2", "other.csv");
    let halves = simulate(&folder, "--shard 2/2", "half.csv");
    let json = simulate(&folder, "--shard 3/3", "3.jsonl");
    let changed = |name: &str, change: &dyn Fn(&str) -> String| {
        let file = path(&folder, name);
        std::fs::write(&file, change(&std::fs::read_to_string(&second).unwrap())).unwrap();
        file
    };
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let lines = |text: &str, keep: &dyn Fn(usize) -> usize| -> String {
        text.split_inclusive('\n').enumerate().map(|(i, line)| line.repeat(keep(i))).collect()
    };
    // Two lines of head, then replicas 3, 4, 5 of seven records each.
    let old = changed("old.csv", &|text| text.replace(&version, "\"version\":\"0.0.9\""));
    let cut = changed("cut.csv", &|text| text[..text.len() - 20].to_owned());
    let short = changed("short.csv", &|text| lines(text, &|i| usize::from(i < 16)));
    let gap = changed("gap.csv", &|text| lines(text, &|i| usize::from(!(9..16).contains(&i))));
    let hole = changed("hole.csv", &|text| lines(text, &|i| usize::from(i != 12)));
    let twice = changed("twice.csv", &|text| lines(text, &|i| 1 + usize::from(i == 8)));
    let again = changed("again.csv", &|text| format!("{text}{}", lines(text, &|i| usize::from(i == 2))));
    let columns = changed("columns.csv", &|text| text.replacen("replica,", "replicate,", 1));
    let junk = changed("junk.csv", &|text| lines(text, &|i| usize::from(i != 12)) + "x\n");
    let empty = changed("empty.csv", &|_| String::new());
    let out = path(&folder, "out.csv");
    let missing = path(&folder, "missing.csv");
    for (files, named) in [
        (vec![&first, &second], vec!["shard 3/3 is missing (replicas 6 to 9)"]),
        (vec![&third, &second], vec!["shard 1/3 is missing (replicas 0 to 2)"]),
        (vec![&first, &third], vec!["shard 2/3 is missing"]),
        (vec![&first, &second, &third, &second], vec!["2.csv and ", "are both shard 2/3"]),
        (vec![&first, &second, &other], vec!["other.csv does not belong with ", "1.csv", "every 2 where"]),
        (vec![&first, &halves], vec!["half.csv does not belong", "shard 2/2 where the latter is shard 1/3"]),
        (vec![&first, &second, &json], vec!["3.jsonl: not in the format"]),
        (vec![&first, &old, &third], vec!["old.csv: version 0.0.9"]),
        (vec![&first, &cut, &third], vec!["cut.csv: shard 2/3 is not complete (2 of 3 replicas)"]),
        (vec![&first, &short, &third], vec!["short.csv: shard 2/3 is not complete (2 of 3 replicas)"]),
        (vec![&first, &gap, &third], vec!["gap.csv, line 10: replica 4 is missing"]),
        (
            vec![&first, &hole, &third],
            vec!["hole.csv, line 13: layer 4 of replica 4 where layer 3 should be"],
        ),
        (vec![&first, &twice, &third], vec!["twice.csv, line 10: replica 3 comes twice"]),
        (vec![&first, &again, &third], vec!["again.csv, line 24: replica 3 comes twice"]),
        (vec![&first, &columns, &third], vec!["columns.csv: not the names of columns"]),
        (vec![&first, &junk, &third], vec!["junk.csv, line"]),
        (vec![&first, &empty, &third], vec!["empty.csv: its first line is not a header"]),
        (vec![&first, &missing], vec!["missing.csv: "]),
    ] {
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        let message = refused(&merge(&files, &out));
        assert!(named.iter().all(|words| message.contains(words)), "{named:?}: {message}");
        assert!(!std::path::Path::new(&out).exists());
    }
    let message = refused(&merge(&[&first, &second, &third], &first));
    assert!(message.contains("1.csv: exists already"), "{message}");
    let message = refused(&merge(&[&first, &second, &third], &path(&folder, "out.txt")));
    assert!(message.contains(".csv or .jsonl"), "{message}");
}
