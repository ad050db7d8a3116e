//! Notes the commit that is built, where that is known; outside git nothing is noted, and nothing fails.

use std::path::Path;
use std::process::Command;

fn main() {
    for path in ["build.rs", "Cargo.toml", "Cargo.lock", "src"] {
        println!("cargo:rerun-if-changed={path}");
    }
    // The folder may be part of somebody else's repository.
    if !Path::new(".git").exists() {
        return;
    }
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo:rerun-if-changed={log}");
    }
    if let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) {
        let tracked = git(&["status", "--porcelain", "--untracked-files=no"]);
        let changes = if tracked.is_none_or(|changes| !changes.is_empty()) { " with changes" } else { "" };
        println!("cargo:rustc-env=ODDPOINT_COMMIT={commit}{changes}");
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
