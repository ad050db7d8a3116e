//! Ctrl-C in the middle of long work: what is there is whole, and the run says how to go on.
#![cfg(target_os = "linux")]

use crate::support::oddpoint_with;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The tool at work, its output held back.
fn start(line: &str) -> Child {
    let program = assert_cmd::cargo::cargo_bin!("oddpoint");
    let mut command = Command::new(program);
    command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until a signal would be caught: bit 1 of the mask that the kernel shows is SIGINT's.
fn wait_for_handler(child: &Child) {
    let listens = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(mask, 16).unwrap() & 0b10 != 0
    };
    wait_for(listens);
}

/// Sends a signal, waits for the end, and expects that exit status.
fn signalled(child: Child, signal: &str, status: i32) -> (Output, String) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{message}");
    (output, message)
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn run(line: &str) {
    oddpoint_with(&line.split_whitespace().collect::<Vec<_>>()).assert().success();
}

/// Gone on with, it is the file of a run that nobody interrupted.
#[test]
fn simulate() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, out] = ["whole.csv", "out.csv"].map(|name| folder.path().join(name));
    let line = |out: &Path| {
        format!(
            "simulate --batch-size 8 --width 100 --layers 50 --replicas 400 --seed 5 --out {}",
            out.display()
        )
    };
    let child = start(&line(&out));
    wait_for(|| length(&out) > 50_000);
    let (_, message) = signalled(child, "-INT", 130);
    assert!(
        message.contains("out.csv: interrupted: ") && message.contains("of the 400 replicas to do"),
        "{message}"
    );
    assert!(message.contains("run the same command again") && message.lines().count() == 1, "{message}");
    let part = std::fs::read(&out).unwrap();
    assert!(part.ends_with(b"\n"));
    run(&line(&whole));
    assert!(std::fs::read(&whole).unwrap().starts_with(&part));
    run(&line(&out));
    assert!(std::fs::read(&out).unwrap() == std::fs::read(&whole).unwrap());
}

/// What is there holds, and says that it is not all.
#[test]
fn certify_and_replay() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("all.jsonl");
    let child = start(&format!("certify --batch-sizes 3..=3000 --out {}", out.display()));
    wait_for(|| length(&out) > 50_000);
    let (_, message) = signalled(child, "-INT", 130);
    assert!(
        message.contains("all.jsonl: interrupted: ") && message.contains("run the same command again"),
        "{message}"
    );
    let out = out.to_str().unwrap();
    let replayed = oddpoint_with(&["replay", out]).assert().code(3).get_output().stdout.clone();
    assert!(String::from_utf8(replayed).unwrap().contains("INCOMPLETE: the first "));
}

/// Claims are judged in order; how many are by then depends on the machine.
#[test]
fn verify() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let claims = "exact.invariant,fluctuations.linear-response,activations.odd-point";
    let child = start(&format!("verify --claims {claims} --format json --out {}", report.display()));
    wait_for_handler(&child);
    let (output, message) = signalled(child, "-INT", 130);
    assert!(message.contains(" of 3 claims are judged; the same command with --claims "), "{message}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let judged = document["claims"].as_array().unwrap().iter().map(|claim| &claim["id"]);
    let left = document["interrupted"]["not_judged"].as_array().unwrap();
    let all: Vec<_> = judged.chain(left).map(|id| id.as_str().unwrap()).collect();
    assert_eq!(all.join(","), claims);
    let read = |name: &str| std::fs::read_to_string(report.join(name)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&read("verify.json")).unwrap(), document);
    assert!(read("verify.txt").contains("interrupted: ") && read("verify.junit.xml").contains("<skipped"));
}

/// The layers so far, in whole lines; SIGTERM is 143.
#[test]
fn decay() {
    let child = start("decay --batch-size 7 --layers 1000000 --format json");
    wait_for_handler(&child);
    let (output, message) = signalled(child, "-TERM", 143);
    assert!(message.contains("interrupted: layers 0 to ") && message.contains("of 1000000"), "{message}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!document["layers"].as_array().unwrap().is_empty());
    assert_eq!(document["interrupted"]["layers_asked"], 1_000_000);
}
