//! Certificates: what was certified replays; what was altered, with or without its hash mended, does not; what was
//! interrupted goes on to the same file.

use oddpoint::rigor::certificate::{Header, Task, open, seal};
use oddpoint::rigor::replay::replay;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn oddpoint(arguments: &str) -> assert_cmd::assert::Assert {
    assert_cmd::cargo::cargo_bin_cmd!("oddpoint").args(arguments.split_whitespace()).assert()
}

fn certify(folder: &Path, name: &str, arguments: &str) -> PathBuf {
    let path = folder.join(name);
    oddpoint(&format!("certify {arguments} --out {}", path.display())).success();
    path
}

fn replayed(path: &Path) -> i32 {
    oddpoint(&format!("replay {}", path.display())).get_output().status.code().expect("an exit status")
}

/// The header, and the other lines with what each is to prove.
fn parts(text: &str) -> (Header, Vec<(Task, String)>) {
    let mut lines = text.lines();
    let header: Header = open(lines.next().expect("a header")).expect("a header");
    let tasks: Vec<_> = header.tasks().expect("tasks").collect();
    (header, tasks.into_iter().zip(lines.map(str::to_owned)).collect())
}

#[test]
fn what_is_certified_replays_at_several_precisions() {
    let folder = tempfile::tempdir().unwrap();
    let path = certify(folder.path(), "all.jsonl", "--batch-sizes 3..=12,1000000000000000000 --tail");
    for precision in ["", "--precision 64", "--precision 300"] {
        oddpoint(&format!("replay {precision} {}", path.display())).success();
    }
    oddpoint(&format!("replay --precision 63 {}", path.display())).code(2);
    let output = oddpoint(&format!("replay --format json {}", path.display())).success();
    let document: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(document["files"][0]["verdict"], "verified");
    assert_eq!(document["files"][0]["records_that_hold"], "22");
}

#[test]
fn the_certificates_of_the_repository_replay() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/certificates");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            assert_eq!(replayed(&path), 0, "{}", path.display());
            found += 1;
        }
    }
    assert!(found > 0);
}

/// Every byte of some lines, and every digit of all.
#[test]
fn a_changed_character_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = certify(folder.path(), "all.jsonl", "--batch-sizes 6..=8,40..=41 --tail");
    let text = std::fs::read_to_string(&path).unwrap();
    let (header, lines) = parts(&text);
    for (task, line) in &lines {
        for (position, byte) in line.bytes().enumerate() {
            let other = if byte.is_ascii_digit() { b'0' + (byte - b'0' + 1) % 10 } else { byte ^ 1 };
            let mut bytes = line.clone().into_bytes();
            bytes[position] = other;
            let altered = String::from_utf8(bytes).unwrap();
            assert!(replay(&altered, *task, &header, 64).is_err(), "{altered}");
        }
    }
    // Through the tool: the file, the line and the statement are named.
    for position in [20, 100, text.len() / 3, text.len() / 2, text.len() - 3, text.len() - 1] {
        let mut bytes = text.clone().into_bytes();
        bytes[position] ^= 1;
        let altered = folder.path().join("altered.jsonl");
        std::fs::write(&altered, bytes).unwrap();
        assert_ne!(replayed(&altered), 0, "position {position}");
    }
    let altered = folder.path().join("altered.jsonl");
    std::fs::write(&altered, text.replacen("n = 7: there", "n = 9: there", 1)).unwrap();
    let output = oddpoint(&format!("replay {}", altered.display())).code(1);
    let words = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(words.contains("altered.jsonl, line 5") && words.contains("n = 7: there"), "{words}");
}

/// A record's JSON with one value replaced, under a right hash.
fn forged(line: &str, pointer: &str, value: &Value) -> String {
    let mut content: Value = open(line).unwrap();
    *content.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {line}")) = value.clone();
    seal(&content).unwrap()
}

#[test]
fn a_forged_record_fails_by_its_mathematics() {
    let folder = tempfile::tempdir().unwrap();
    let path = certify(folder.path(), "all.jsonl", "--batch-sizes 6..=7,50 --tail");
    let (header, lines) = parts(&std::fs::read_to_string(&path).unwrap());
    let line = |wanted: Task| lines.iter().find(|(task, _)| *task == wanted).expect("a record").1.as_str();
    let covers = "/record/fixed-points/covers";
    let tail = "/record/tail-fixed-points/covers";
    let stability = "/record/odd-point-stability";
    let forgeries = [
        // A cover that ends too soon, begins too late, has a gap turned round, or too large a margin.
        (
            Task::FixedPoints([50, 50]),
            format!("{covers}/edge/one_root/positive/ends"),
            serde_json::json!(["0", "1*2^0"]),
        ),
        (Task::FixedPoints([50, 50]), format!("{covers}/odd_point/one_root/rising/ends/0"), "1*2^-9".into()),
        (Task::FixedPoints([50, 50]), format!("{covers}/odd_point/one_root/positive/ends/1"), "1*2^0".into()),
        (Task::FixedPoints([50, 50]), format!("{covers}/odd_point/one_root/positive/margin"), "1*2^3".into()),
        (Task::FixedPoints([50, 50]), format!("{covers}/odd_point/one_root/positive/margin"), "0".into()),
        (Task::FixedPoints([50, 50]), format!("{covers}/odd_point/one_root/root/0"), "19*2^-1".into()),
        (Task::FixedPoints([6, 6]), format!("{covers}/edge/no_root/negative/margin"), "1*2^2".into()),
        (Task::FixedPoints([6, 6]), format!("{covers}/edge/no_root/negative/ends/1"), "1*2^3".into()),
        // A window without the root, or so wide that nothing follows; margins too large, or of something else.
        (Task::OddPointStability([50, 50]), format!("{stability}/window/0"), "19*2^-1".into()),
        (Task::OddPointStability([50, 50]), format!("{stability}/window/1"), "1*2^6".into()),
        (Task::OddPointStability([50, 50]), format!("{stability}/inequalities/2/margin"), "5*2^-2".into()),
        (Task::OddPointStability([50, 50]), format!("{stability}/inequalities/2/margin"), "-1*2^0".into()),
        (
            Task::OddPointStability([50, 50]),
            format!("{stability}/inequalities/2/quantity"),
            "1 + trivial".into(),
        ),
        (Task::OddPointStability([50, 50]), format!("{stability}/batch_sizes/0"), "49".into()),
        (Task::OddPointStability([50, 50]), format!("{stability}/batch_sizes/1"), "51".into()),
        (Task::SaddleNode, "/record/saddle-node/window/0/1".to_owned(), "7*2^0".into()),
        (Task::SaddleNode, "/record/saddle-node/image/0/0".to_owned(), "3*2^1".into()),
        (Task::SaddleNode, "/record/saddle-node/inequalities/0/margin".to_owned(), "1*2^0".into()),
        (Task::TailFixedPoints, format!("{tail}/beyond_edge/0/margin"), "1*2^3".into()),
        (Task::TailFixedPoints, format!("{tail}/before_odd_point/ends"), serde_json::json!(["0", "1*2^-2"])),
        (Task::TailFixedPoints, "/record/tail-fixed-points/from".to_owned(), "127".into()),
        (Task::TailAngle, "/record/tail-angle/constant".to_owned(), "19".into()),
        (Task::TailAngle, "/record/tail-angle/curvature/1/margin".to_owned(), "1*2^9".into()),
        (Task::TailStability, "/record/tail-stability/pieces/3/u/0".to_owned(), "7*2^-11".into()),
        (Task::TailStability, "/record/tail-stability/pieces/15/u/1".to_owned(), "31*2^-12".into()),
        (Task::TailStability, "/statement".to_owned(), "every n: all is well".into()),
        (Task::TailStability, "/version".to_owned(), "9.9.9".into()),
        (Task::TailStability, "/precision".to_owned(), 65.into()),
    ];
    for (task, pointer, value) in &forgeries {
        assert!(replay(line(*task), *task, &header, 128).is_ok(), "{task:?}");
        let forged = forged(line(*task), pointer, value);
        assert!(replay(&forged, *task, &header, 128).is_err(), "{task:?} {pointer} {value}");
    }
    // One record in the place of another.
    assert!(replay(line(Task::FixedPoints([7, 7])), Task::FixedPoints([6, 6]), &header, 128).is_err());
}

/// By its mathematics, for it says of itself what is asked.
#[test]
fn a_proof_for_one_batch_size_is_refused_for_several() {
    let folder = tempfile::tempdir().unwrap();
    let path = certify(folder.path(), "one.jsonl", "--batch-sizes 224");
    let (header, lines) = parts(&std::fs::read_to_string(&path).unwrap());
    let sizes = [224, 231];
    let several =
        [("fixed-points", Task::FixedPoints(sizes)), ("odd-point-stability", Task::OddPointStability(sizes))];
    for ((task, line), (kind, several)) in lines[1..].iter().zip(several) {
        assert!(replay(line, *task, &header, 128).is_ok(), "{kind}");
        let relabelled = forged(line, &format!("/record/{kind}/batch_sizes/1"), &"231".into());
        let relabelled = forged(&relabelled, "/statement", &several.statement().into());
        let reason = replay(&relabelled, several, &header, 128).unwrap_err().to_string();
        assert!(!reason.contains("belongs"), "{reason}");
    }
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    // 300 to 303 share a record.
    let arguments = "--batch-sizes 5..=9,300..=305 --tail";
    let whole = certify(folder.path(), "whole.jsonl", arguments);
    let bytes = std::fs::read(&whole).unwrap();
    let line_end = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    for kept in [0, 10, line_end, line_end + 1, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
        let path = folder.path().join("interrupted.jsonl");
        std::fs::write(&path, &bytes[..kept]).unwrap();
        if kept > line_end && kept < bytes.len() {
            assert_eq!(replayed(&path), if bytes[kept - 1] == b'\n' { 3 } else { 1 }, "{kept}");
        }
        let output = oddpoint(&format!("certify {arguments} --out {}", path.display())).success();
        let said = !output.get_output().stderr.is_empty();
        assert_eq!(said, kept > 0 && bytes[kept - 1] != b'\n', "{kept}");
        assert!(std::fs::read(&path).unwrap() == bytes, "{kept}");
    }
    // Whole records alone: nothing fails, but the file is incomplete.
    std::fs::write(&whole, &bytes[..line_end]).unwrap();
    assert_eq!(replayed(&whole), 3);
}

#[test]
fn what_is_not_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = certify(folder.path(), "one.jsonl", "--batch-sizes 7");
    let bytes = std::fs::read(&path).unwrap();
    for arguments in ["--batch-sizes 8", "--batch-sizes 7 --tail", "--batch-sizes 7 --precision 80"] {
        oddpoint(&format!("certify {arguments} --out {}", path.display())).code(2);
        assert!(std::fs::read(&path).unwrap() == bytes, "{arguments}");
    }
    let stranger = folder.path().join("stranger.txt");
    std::fs::write(&stranger, "something else").unwrap();
    oddpoint(&format!("certify --batch-sizes 7 --out {}", stranger.display())).code(2);
    assert_eq!(std::fs::read(&stranger).unwrap(), b"something else");
    oddpoint(&format!("replay {}", stranger.display())).code(2);
    oddpoint(&format!("replay {}", folder.path().join("nowhere").display())).code(2);
    oddpoint(&format!("certify --batch-sizes 7 --out {}", folder.path().display())).code(2);
}
