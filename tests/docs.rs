//! The documents say what is so: links lead somewhere, `make` targets exist, the minimal version of Rust is one everywhere. That
//! the command lines are ones the program takes is tested beside its parser, in `src/cli/documented.rs`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every Markdown file of the project.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.iter().any(|path| path.ends_with("docs/TUTORIAL.md")));
    found
}

/// The text without code, in which brackets are no links.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced && !line.starts_with("    ")
    });
    // Between backquotes: every other piece.
    lines.collect::<Vec<_>>().join("\n").split('`').step_by(2).collect::<Vec<_>>().join("")
}

/// The targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    text.match_indices("](")
        .map(|(at, _)| text[at + 2..].split(')').next().unwrap_or_default().to_owned())
        .collect()
}

/// The anchors that GitHub makes of the headings: lower case, punctuation dropped, spaces to hyphens.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let headings =
        text.lines().filter(|line| line.starts_with('#') && line.trim_start_matches('#').starts_with(' '));
    headings
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let count = seen.entry(anchor.clone()).or_default();
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let mut followed = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            if link.starts_with("https://") {
                continue;
            }
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target =
                if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let there = target.exists()
                && (anchor.is_empty()
                    || anchors(&std::fs::read_to_string(&target).unwrap()).contains(anchor));
            if !there {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(followed > 50, "only {followed} links were found");
}

/// A document that mentions `make something` means a target of the Makefile.
#[test]
fn every_make_target_exists() {
    let makefile = read("Makefile");
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        // Where a command begins: after a backquote, or at the start of an indented line.
        let quoted = text.split('`').skip(1).step_by(2).map(str::to_owned);
        let indented =
            text.lines().filter(|line| line.starts_with("    ")).map(|line| line.trim().to_owned());
        for command in quoted.chain(indented).filter(|command| command.starts_with("make ")) {
            let target = command.split_whitespace().nth(1).unwrap();
            assert!(
                makefile.lines().any(|line| line.starts_with(&format!("{target}:"))),
                "{}: `{command}`",
                document.display()
            );
        }
    }
}

/// Cargo.toml's `rust-version` is the one that the documents and the set-up name; clippy's `incompatible_msrv`, which reads
/// it, keeps the code from using anything newer.
#[test]
fn the_minimal_rust_is_named_alike() {
    let wanted = format!("Rust {}", env!("CARGO_PKG_RUST_VERSION"));
    for file in ["README.md", "docs/LIBRARY.md", "scripts/setup.sh"] {
        assert!(read(file).contains(&wanted), "{file} does not name {wanted}");
    }
    assert!(read("Cargo.toml").contains("incompatible_msrv = \"warn\""));
}

/// No dependency, as locked, asks for a newer Rust than this crate. Skipped, aloud, where cargo cannot look without a network.
#[test]
fn no_dependency_needs_a_newer_rust() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let host = Command::new(&cargo).arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .output()
        .unwrap();
    if !metadata.status.success() {
        eprintln!("skipped: {}", String::from_utf8_lossy(&metadata.stderr));
        return;
    }
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let needed = metadata["resolve"]["nodes"].as_array().unwrap();
    let is_needed = |id: &serde_json::Value| needed.iter().any(|node| node["id"] == *id);
    // 1.89 is 1.89.0.
    let version = |text: &str| -> Vec<u32> {
        let given = text.split('.').map(|part| part.parse().unwrap());
        given.chain([0, 0]).take(3).collect()
    };
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let mut looked_at = 0;
    for package in packages.iter().filter(|package| is_needed(&package["id"])) {
        if let Some(theirs) = package["rust_version"].as_str() {
            looked_at += 1;
            assert!(version(theirs) <= ours, "{} needs Rust {theirs}", package["name"]);
        }
    }
    assert!(looked_at > 20);
}

/// The tables of claims are complete.
#[test]
fn every_claim_has_its_rows() {
    for claim in oddpoint::claims::ALL {
        let row = format!("| `{}` | {} |", claim.id, claim.kind.name());
        for file in ["README.md", "docs/CLAIMS.md"] {
            assert!(read(file).contains(&row), "{file}: no row {row}");
        }
        if claim.kind == oddpoint::claims::Kind::Rigorous {
            let row = format!("| [`{0}`](theorems/{0}.md) |", claim.id);
            assert!(read("proofs/README.md").contains(&row), "proofs/README.md: no row {row}");
        }
    }
}
