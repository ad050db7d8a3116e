//! What all commands share: help, closed and full pipes, and the usage errors.

use crate::support::{all_refused, oddpoint, oddpoint_with, text};
use predicates::str::contains;
use std::process::{Command, Stdio};

const COMMANDS: [&str; 18] = [
    "verify",
    "report",
    "plot",
    "claims",
    "explain",
    "fixed-points",
    "spectrum",
    "saddle-node",
    "phase-diagram",
    "decay",
    "basin",
    "simulate",
    "merge",
    "certify",
    "replay",
    "doctor",
    "completions",
    "man",
];

/// That the examples are understood is tested in `src/cli/mod.rs`.
#[test]
fn every_help_has_an_example() {
    for command in COMMANDS {
        let help = text(&format!("{command} --help"));
        let example = format!("  oddpoint {command}");
        assert!(help.lines().any(|line| line.starts_with(&example)), "{help}");
    }
    let help = text("--help");
    assert!(
        COMMANDS.iter().all(|command| help.contains(&format!("  {command} ")))
            && help.contains("Exit status")
    );
}

/// An unknown or missing option is shown with the usage; nothing goes to stdout.
#[test]
fn usage_errors() {
    for (line, reason) in [
        ("--bogus", "--bogus"),
        ("bogus", "bogus"),
        ("fixed-points", "--batch-size <N>"),
        ("fixed-points --batch-size 7 extra", "extra"),
        ("explain", "<ID>"),
        ("decay --batch-size 7", "--layers <L>"),
        ("simulate --batch-size 7 --layers 1", "--out <FILE>"),
    ] {
        oddpoint(line).assert().code(2).stdout("").stderr(contains(reason)).stderr(contains("Usage: "));
    }
    all_refused("fixed-points", &[(&["--batch-size", "7", "--batch-size", "8"], &["multiple times"])]);
    oddpoint_with(&[]).assert().code(2).stdout("").stderr(contains("Usage: "));
}

/// Escape codes neither in a pipe nor in a file.
#[test]
fn no_colour_and_no_progress_off_a_terminal() {
    for line in
        ["verify --quick --batch-sizes 7", "decay --batch-size 7 --layers 50", "fixed-points --batch-size 7"]
    {
        assert!(!text(line).contains('\u{1b}'), "{line}");
    }
}

/// Remarks are not told, errors are.
#[test]
fn quiet_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let line = format!("simulate --batch-size 5 --layers 3 --out {}", out.display());
    oddpoint(&line).assert().success().stderr("");
    oddpoint(&line).assert().success().stderr(contains("complete, nothing to do"));
    oddpoint(&format!("{line} --quiet")).assert().success().stderr("");
    oddpoint(&format!("-q {line}")).assert().success().stderr("");
    oddpoint("-q fixed-points --batch-size 2").assert().code(2).stderr(contains("oddpoint: "));
}

const OUTPUTS: [&str; 10] = [
    "doctor",
    "completions bash",
    "--help",
    "claims",
    "explain exact.invariant",
    "fixed-points --batch-size 7 --format json",
    "spectrum --batch-size 7",
    "saddle-node",
    "decay --batch-size 7 --layers 2000 --format csv",
    "verify --quick --batch-sizes 7 --claims exact.edge-growth",
];

fn run(line: &str, stdout: Stdio, stderr: Stdio) -> std::process::Child {
    let program = assert_cmd::cargo::cargo_bin!("oddpoint");
    Command::new(program).args(line.split_whitespace()).stdout(stdout).stderr(stderr).spawn().unwrap()
}

/// A reader who leaves, as `head` does, is no error.
#[test]
fn a_closed_pipe_is_silent() {
    for line in OUTPUTS.into_iter().chain(["simulate --batch-size 5 --layers 20000 --out -"]) {
        let mut child = run(line, Stdio::piped(), Stdio::piped());
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line_and_a_status() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for line in OUTPUTS.into_iter().chain(["simulate --batch-size 5 --layers 3 --out -"]) {
        let output = run(line, full().into(), Stdio::piped()).wait_with_output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), message.lines().count()), (Some(2), 1), "{line}: {message}");
        assert!(message.starts_with("oddpoint: standard output: "), "{line}: {message}");
    }
    // Nowhere to complain to: the status has to do.
    for line in ["fixed-points --batch-size 2", "spectrum --batch-size 6", "--bogus"] {
        let status = run(line, Stdio::null(), full().into()).wait().unwrap();
        assert_eq!(status.code(), Some(2), "{line}");
    }
}
