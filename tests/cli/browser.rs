//! The report in a real browser: headless Chromium opens a copy of the page from disk, with a script that looks around and
//! leaves what it found in the document. Where there is no Chromium the test says so on stderr, and checks nothing.

use crate::report::REPORT;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// First thing in the page: remembers what goes wrong.
const WATCH: &str = "<script>window.wrongs = [];
addEventListener('error', (event) => wrongs.push(String(event.message)));
addEventListener('securitypolicyviolation', (event) => wrongs.push(`${event.violatedDirective} ${event.blockedURI}`));
for (const level of ['error', 'warn']) { console[level] = (...words) => wrongs.push(words.join(' ')); }</script>";

/// Last thing: clicks, measures, and leaves the findings as JSON.
const LOOK: &str = include_str!("browser.js");

fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

fn look(browser: &PathBuf, width: u32) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(REPORT.path().join("index.html")).unwrap();
    let page = page.replacen("<head>", &format!("<head>{WATCH}"), 1).replacen(
        "</body>",
        &format!("<script>{LOOK}</script></body>"),
        1,
    );
    // In a frame, because a window is 500 pixels wide at least.
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    let frame = format!(
        "<!DOCTYPE html><iframe style=\"width:{width}px;height:900px;border:0\" srcdoc=\"{page}\"></iframe>"
    );
    let file = folder.path().join("frame.html");
    std::fs::write(&file, frame).unwrap();
    let mut command = assert_cmd::Command::new(browser);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--dump-dom",
        ])
        .arg("--window-size=1400,1000")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .timeout(Duration::from_secs(120));
    let document = String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap();
    let (_, rest) = document
        .rsplit_once("<script id=\"found\" type=\"application/json\">")
        .expect("the script ran to its end");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_in_chromium() {
    let Some(browser) = chromium() else {
        // Not eprintln, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no Chromium found, so the report was not opened in a browser"
        );
        return;
    };
    for width in [1280, 360] {
        let found = look(&browser, width);
        assert_eq!(found["width"], width, "the window");
        assert_eq!(found["wrongs"], serde_json::json!([]), "errors in the console, at {width} px");
        assert_eq!(found["overflow"], serde_json::json!([]), "elements wider than {width} px");
        assert_eq!(found["broken_links"], serde_json::json!([]));
        assert_eq!(found["double_ids"], serde_json::json!([]));
        assert_eq!(found["fetched"], 0, "nothing but the page itself");
        assert_eq!(
            found["unnamed"],
            serde_json::json!([]),
            "pictures and tables without a name for screen readers"
        );
        assert_eq!(found["figures"], 8);
        assert_eq!(found["empty_panels"], serde_json::json!([]));
        assert_eq!(found["unsorted"], serde_json::json!([]), "columns that do not sort both ways");
        assert_eq!(found["without_rigorous"], serde_json::json!(["stability.blocks"]));
        assert_eq!(found["tally"], "1 of 3 claims shown");
        assert_eq!(found["after_all"], 3);
        assert_eq!(found["target_shown"], true, "a link to a claim that is filtered away shows it");
    }
}
