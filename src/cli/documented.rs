//! Every `oddpoint …` command line in the documents is one that the program takes.
//!
//! Parsed only, not run: that what the documents show is what comes out is not tested here.

use super::command;
use crate::bad_input;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// Where documents are looked for, below the top.
const FOLDERS: [&str; 4] = ["docs", "proofs", "examples", "benches"];

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// What stands for a value in the documents, and a value.
const PLACEHOLDERS: [(&str, &str); 10] = [
    ("FILE.csv", "file.csv"),
    ("FILES", "file.csv"),
    ("FILE", "file.csv"),
    ("SPEC", "7..=9"),
    ("FIRST..=LAST", "7..=9"),
    ("DIR", "folder"),
    ("IDS", "exact.invariant"),
    ("ID", "exact.invariant"),
    ("N", "10"),
    ("topic.name", "exact.invariant"),
];

/// The words of a command up to a pipe, a redirection or a comment.
fn words(line: &str) -> Vec<String> {
    let ends = |word: &&str| !["|", ">", "2>", "&&", ";", "#", "&"].contains(word);
    let value = |word: &str| {
        let known = PLACEHOLDERS.iter().find(|(name, _)| *name == word);
        known.map_or(word, |(_, value)| value).trim_matches(['"', '\'']).to_owned()
    };
    line.split_whitespace().take_while(ends).map(value).collect()
}

/// Whether a line is a command; `oddpoint = …` is a dependency in a Cargo.toml, and what is left out cannot be judged.
fn is_command(line: &str) -> bool {
    line.starts_with("oddpoint ") && !line.starts_with("oddpoint = ") && !line.contains('…')
}

/// Command lines between backquotes (with `false`: perhaps only a mention), or on lines of their own (`true`).
fn command_lines(text: &str) -> Vec<(String, bool)> {
    let joined = text.replace("\\\n", " ");
    let mut found = Vec::new();
    let mut fenced = false;
    for line in joined.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if line.starts_with("    ") || fenced {
            let line = line.trim().trim_start_matches("$ ").trim_start_matches("target/release/");
            let line = line.replace("cargo run --release -- ", "oddpoint ");
            found.extend(is_command(&line).then_some((line, true)));
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            found.extend(spans.filter(|span| is_command(span)).map(|span| (span.to_owned(), false)));
        }
        // `make verify ARGS="…"` hands its arguments on; benches have other ones.
        if line.contains("make bench") {
            continue;
        }
        if let Some(arguments) = line.split("ARGS=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            found.extend((!arguments.contains('…')).then(|| (format!("oddpoint verify {arguments}"), true)));
        }
    }
    found
}

#[test]
fn the_program_takes_every_documented_command_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = FOLDERS.iter().fold(Vec::new(), |mut files, folder| {
        documents(&root.join(folder), &mut files);
        files
    });
    files.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    let mut count = 0;
    let mut refused = Vec::new();
    for file in files {
        for (line, whole) in command_lines(&std::fs::read_to_string(&file).unwrap()) {
            count += 1;
            if let Err(error) = command().try_get_matches_from(words(&line)) {
                let mentioned = !whole && error.kind() == ErrorKind::MissingRequiredArgument;
                let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
                if !mentioned && !help {
                    refused.push(format!("{}: `{line}`: {error}", file.display()));
                }
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(count > 50, "only {count} command lines were found");
}

/// The test above would see a slip.
#[test]
fn a_slip_is_seen() {
    let text = "    oddpoint verify --quik\n    oddpoint spectrum \\\n  --batch-size N # a comment\nand `oddpoint explain ID`\n";
    let [slip, continued, mention] =
        command_lines(text).try_into().map_err(|lines| bad_input!("{lines:?}")).unwrap();
    assert!(command().try_get_matches_from(words(&slip.0)).is_err());
    assert_eq!(words(&continued.0), ["oddpoint", "spectrum", "--batch-size", "10"]);
    assert!(command().try_get_matches_from(words(&continued.0)).is_ok());
    assert_eq!(words(&mention.0), ["oddpoint", "explain", "exact.invariant"]);
}
