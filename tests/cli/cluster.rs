//! The scripts under `examples/cluster/`, run as they are.
#![cfg(unix)]

use crate::support::oddpoint_with;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const EXPERIMENT: &str = "--batch-size 5 --width 40 --layers 5 --replicas 7 --components rc,nl --seed 4";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/cluster").join(name)
}

/// What a run without shards writes.
fn whole(folder: &TempDir) -> Vec<u8> {
    let out = folder.path().join("without-shards.csv");
    let mut words = vec!["simulate"];
    words.extend(EXPERIMENT.split(' '));
    words.extend(["--out", out.to_str().unwrap()]);
    oddpoint_with(&words).assert().success();
    std::fs::read(out).unwrap()
}

/// A script in a folder, with the tool that is tested.
fn run(folder: &TempDir, script: &Path, arguments: &[&str], variables: &[(&str, &str)]) {
    let status = Command::new("sh")
        .arg(script)
        .args(arguments)
        .current_dir(folder.path())
        .env("ODDPOINT", assert_cmd::cargo::cargo_bin!("oddpoint"))
        .envs(variables.iter().copied())
        .status();
    assert!(status.unwrap().success(), "{}", script.display());
}

fn is_gnu_parallel_here() -> bool {
    let version = Command::new("parallel").arg("--version").output();
    version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("GNU parallel"))
}

/// Runs the script with whatever `parallel` the search path has first, and compares with a run without shards. The blank in
/// the name must not fall apart on its way through another shell.
fn check_gnu_parallel(folder: &TempDir, search: &str) {
    let arguments: Vec<&str> = ["3", "the whole.csv"].into_iter().chain(EXPERIMENT.split(' ')).collect();
    run(folder, &script("gnu-parallel.sh"), &arguments, &[("PATH", search)]);
    assert_eq!(std::fs::read(folder.path().join("the whole.csv")).unwrap(), whole(folder));
}

/// One command after the other, with `{}` replaced by what follows `:::`: what is needed of GNU parallel.
const STAND_IN: &str = r#"#!/bin/sh
set -eu
shift 3
count=0
for word in "$@"; do [ "$word" = ::: ] && break; count=$((count + 1)); done
i=0
for value in "$@"; do
    i=$((i + 1))
    [ "$i" -gt $((count + 1)) ] || continue
    (
        j=0
        for word in "$@"; do
            j=$((j + 1))
            [ "$j" -gt "$count" ] || set -- "$@" "$(printf %s "$word" | sed "s/{}/$value/g")"
        done
        shift "$j"
        "$@"
    )
done
"#;

#[test]
fn shards_by_gnu_parallel() {
    if is_gnu_parallel_here() {
        check_gnu_parallel(&tempfile::tempdir().unwrap(), &std::env::var("PATH").unwrap());
    } else {
        // Not by `eprintln!`, which the test harness keeps to itself.
        writeln!(std::io::stderr(), "shards_by_gnu_parallel is SKIPPED: GNU parallel is not installed")
            .unwrap();
    }
}

#[test]
fn shards_by_a_stand_in_for_gnu_parallel() {
    let folder = tempfile::tempdir().unwrap();
    let stand_in = folder.path().join("parallel");
    std::fs::write(&stand_in, STAND_IN).unwrap();
    std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755)).unwrap();
    let search = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    check_gnu_parallel(&folder, &search);
}

/// The variables are those that Slurm sets in a task of an array.
#[test]
fn shards_by_a_job_array() {
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<&str> = ["whole"].into_iter().chain(EXPERIMENT.split(' ')).collect();
    for task in ["3", "1", "2"] {
        let variables =
            [("SLURM_ARRAY_TASK_ID", task), ("SLURM_ARRAY_TASK_COUNT", "3"), ("SLURM_CPUS_PER_TASK", "2")];
        run(&folder, &script("array.slurm"), &arguments, &variables);
    }
    run(&folder, &script("merge.slurm"), &["whole", "3"], &[]);
    assert_eq!(std::fs::read(folder.path().join("whole.csv")).unwrap(), whole(&folder));
}
