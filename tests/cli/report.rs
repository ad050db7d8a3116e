//! `oddpoint report` and `oddpoint plot`: the folder, the page as text, and what may not be overwritten. The page in a browser
//! is `browser`'s.

use crate::support::{all_refused, oddpoint, refused, text};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

const RUN: &str =
    "report --quick --batch-sizes 7..=9 --claims exact.edge-growth,model.saddle-node,stability.blocks";

/// One report for the tests below.
pub static REPORT: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    oddpoint(&format!("{RUN} --out {}", folder.path().display())).assert().success().stderr("");
    folder
});

fn read(name: &str) -> String {
    std::fs::read_to_string(REPORT.path().join(name)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const FIGURES: [&str; 8] = [
    "batch",
    "order-parameters",
    "cobweb",
    "bifurcation",
    "eigenvalues",
    "decay",
    "emergence",
    "phase-diagram",
];

#[test]
fn the_folder() {
    assert_eq!(
        names(REPORT.path()),
        ["figures", "index.html", "report.json", "report.junit.xml", "report.txt"]
    );
    let mut expected = FIGURES.map(|name| format!("{name}.csv"));
    expected.sort();
    assert_eq!(names(&REPORT.path().join("figures")), expected);
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!(report["schema"], "oddpoint.verify/1");
    assert_eq!(report["claims"].as_array().unwrap().len(), 3);
    assert!(report["environment"]["mpfr"].as_str().unwrap().starts_with("4."));
    assert!(read("report.txt").contains("3 verified, 0 refuted, 0 inconclusive"));
}

/// What a reader must find, scripts or not.
#[test]
fn the_page_says_everything() {
    let page = read("index.html");
    for words in [
        "3 verified",
        "Not judged in this run",
        "The paper's own theorems",
        "Hypotheses",
        "Negative control",
        "oddpoint verify --claims model.saddle-node --batch-sizes 7..=9 --precision 192 --seed 0 --quick",
        "[6.1070751248791860126, 6.1070751248791860127]",
        "proofs/theorems/exact.edge-growth.md",
        "n^2/((n-1)^2+1) &gt; 1",
        "GMP, MPFR",
        "Processor",
    ] {
        assert!(page.contains(words), "no {words}");
    }
    for figure in FIGURES {
        assert!(page.contains(&format!("id=\"figure-{figure}\"")), "no figure {figure}");
    }
}

/// Nothing is fetched: the only addresses are those of links to follow and of the SVG name space.
#[test]
fn the_page_needs_no_network() {
    let page = read("index.html");
    for part in page.split("http").skip(1) {
        let known = ["s://arxiv.org/abs/", "://www.w3.org/2000/svg\"", "-equiv=\"Content-Security-Policy\""];
        assert!(known.iter().any(|known| part.starts_with(known)), "http{part:.60}");
    }
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("));
    assert!(page.contains("content=\"default-src 'none'; "));
}

/// The same numbers from the same seed.
#[test]
fn figures_are_those_of_plot() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    text(&format!("plot emergence --quick --out {}", file.display()));
    assert_eq!(std::fs::read_to_string(file).unwrap(), read("figures/emergence.csv"));
}

fn folder_with(name: &str, content: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

#[test]
fn what_is_no_report_is_not_overwritten() {
    for (name, content) in [
        ("thesis.tex", "ten years"),
        ("index.html", "my home page"),
        ("report.json", "not JSON"),
        ("report.json", "{\"schema\":\"another/1\"}"),
    ] {
        let folder = folder_with(name, content);
        let out = folder.path().display().to_string();
        let message = refused(&["report", "--quick", "--claims", "exact.edge-growth", "--out", &out]);
        assert!(
            message.contains(&out) && message.contains("--force") && message.contains("something other"),
            "{message}"
        );
        assert_eq!(names(folder.path()), [name]);
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), content);
    }
}

/// An earlier report may go, a foreign folder only by force; what else is in it stays.
#[test]
fn an_earlier_report_is_replaced() {
    let old = folder_with("report.json", "{\"schema\":\"oddpoint.verify/1\"}");
    let foreign = folder_with("thesis.tex", "ten years");
    for (folder, force, others) in [(&old, "", 0), (&foreign, "--force", 1)] {
        let line =
            format!("report --quick --claims exact.edge-growth {force} --out {}", folder.path().display());
        oddpoint(&line).assert().success();
        assert_eq!(names(folder.path()).len(), 5 + others);
    }
    assert_eq!(std::fs::read_to_string(foreign.path().join("thesis.tex")).unwrap(), "ten years");
}

#[test]
fn places_that_cannot_be_written() {
    let file = folder_with("file", "");
    let inside: PathBuf = file.path().join("file/report");
    for place in [inside.to_str().unwrap(), "/proc/report"] {
        let message = refused(&["report", "--quick", "--claims", "exact.edge-growth", "--out", place]);
        assert!(message.contains(place), "{message}");
    }
}

#[test]
fn plots_in_three_formats() {
    let folder = tempfile::tempdir().unwrap();
    let plot = |extension: &str| {
        let file = folder.path().join(format!("x.{extension}"));
        text(&format!("plot eigenvalues --quick --out {}", file.display()));
        std::fs::read(file).unwrap()
    };
    let svg = String::from_utf8(plot("svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>") && svg.contains("<title>"));
    assert!(svg.matches("<polyline").count() >= 8 && svg.contains("batch size n"));
    assert!(plot("png").starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(plot("csv").starts_with(b"at,block,n,eigenvalue,n_times_gap,expansion\n"));
    let list = text("plot --list");
    assert!(FIGURES.iter().all(|name| list.contains(name)), "{list}");
}

#[test]
fn bad_input_of_plot_is_named() {
    all_refused(
        "plot",
        &[
            (&["nonsense", "--out", "x.svg"], &["nonsense", "cobweb"]),
            (&["cobweb", "--out", "x.pdf"], &["x.pdf", ".svg, .png or .csv"]),
            (&["cobweb", "--out", "nowhere/x.svg"], &["nowhere/x.svg", "there is no folder"]),
            (&["cobweb", "--seed", "-1", "--out", "x.svg"], &["-1"]),
        ],
    );
}
