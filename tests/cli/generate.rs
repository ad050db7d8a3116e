//! `oddpoint completions` and `oddpoint man`.

use crate::support::{oddpoint, refused, text};
use predicates::str::contains;
use std::process::Command;

/// What bash offers after these words.
fn offered(script: &std::path::Path, words: &[&str]) -> String {
    let last = words.len() - 1;
    // As readline calls it: command, word, word before.
    let program = format!(
        "source {script}; COMP_WORDS=({words}); COMP_CWORD={last}; _oddpoint oddpoint '{word}' '{before}'; echo \"${{COMPREPLY[*]}}\"",
        script = script.display(),
        words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        word = words[last],
        before = words[last - 1],
    );
    let output = Command::new("bash").args(["--norc", "-c", &program]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn bash_completes() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: there is no bash here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("oddpoint.bash");
    std::fs::write(&script, text("completions bash")).unwrap();
    assert_eq!(offered(&script, &["oddpoint", "ver"]), "verify");
    assert_eq!(offered(&script, &["oddpoint", "verify", "--base"]), "--baseline");
    assert_eq!(offered(&script, &["oddpoint", "verify", "--format", "j"]), "json junit");
    assert_eq!(offered(&script, &["oddpoint", "explain", "model.s"]), "model.saddle-node");
    assert_eq!(offered(&script, &["oddpoint", "verify", "--claims", "leaky"]), "leaky.same-fixed-points");
}

#[test]
fn other_shells_have_scripts() {
    for (shell, words) in [
        ("zsh", "#compdef oddpoint"),
        ("fish", "complete -c oddpoint"),
        ("elvish", "oddpoint"),
        ("powershell", "oddpoint"),
    ] {
        let script = text(&format!("completions {shell}"));
        assert!(script.contains(words) && script.contains("baseline"), "{shell}");
    }
    let message = refused(&["completions", "csh"]);
    assert!(message.contains("'csh'") && message.contains("bash"), "{message}");
}

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/man1");
    // Twice: pages of an older version are replaced.
    for _ in 0..2 {
        oddpoint(&format!("man --out {}", out.display()))
            .assert()
            .success()
            .stdout(contains(" pages\n"))
            .stderr("");
    }
    let page = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let help = text("--help");
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Deeper lines go on with a description.
    let names =
        listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    let commands: Vec<_> = names.filter(|name| *name != "help").collect();
    assert!(commands.contains(&"verify") && commands.contains(&"man"));
    for command in &commands {
        let page = page(&format!("oddpoint-{command}.1"));
        let (options, examples) = page.split_once(".SH EXAMPLES\n.nf\n").unwrap();
        assert!(options.contains(".TH ") && options.contains(".SH OPTIONS"), "{page}");
        let example = format!("oddpoint {command}").replace('-', "\\-");
        assert!(examples.lines().any(|line| line.starts_with(&example)), "{page}");
    }
    assert!(page("oddpoint.1").contains("oddpoint\\-verify(1)"));
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), commands.len() + 1);
    std::fs::write(folder.path().join("file"), "").unwrap();
    for name in ["file", "file/below"] {
        let message = refused(&["man", "--out", folder.path().join(name).to_str().unwrap()]);
        assert!(message.contains(name), "{message}");
    }
}
