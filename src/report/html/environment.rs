//! How the run was made, and how to make it again.

use super::{Page, claim};
use maud::{Markup, html};

pub(super) fn render(page: &Page<'_>) -> Markup {
    let (settings, provenance) = (page.settings, &page.report.environment.provenance);
    let sizes = settings.batch_sizes.all();
    let unknown = "not known";
    let facts: [(&str, String); 10] = [
        ("Version", format!("oddpoint {}", provenance.version)),
        ("Commit", provenance.commit.unwrap_or("not known (built outside its repository)").to_owned()),
        ("Precision of intervals", format!("{} bits", settings.precision)),
        ("GMP, MPFR", format!("{}, {}", provenance.gmp, provenance.mpfr)),
        ("Processor", provenance.processor.clone().unwrap_or(unknown.to_owned())),
        ("System", format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH)),
        ("Threads", rayon::current_num_threads().to_string()),
        ("Seed", settings.seed.to_string()),
        ("Batch sizes", claim::specification(sizes)),
        ("Duration", format!("{:.0} s, figures included", page.duration.as_secs_f64())),
    ];
    html! {
        section aria-labelledby="environment" {
            h2 #environment { "How it was run" }
            dl.parts { @for (name, value) in &facts { dt { (name) } dd { (value) } } }
            p { "The same report again, whatever the number of threads (times apart):" }
            code.command { "oddpoint report" (claim::options(settings)) (claim::selection(page.report)) " --out DIR" }
            p.note {
                "Beside this page: " a href="report.json" { "report.json" } " (everything, numbers in full; "
                code { "oddpoint verify --baseline report.json" } " compares a later run with it), "
                a href="report.txt" { "report.txt" } ", " a href="report.junit.xml" { "report.junit.xml" } ", and the figures' data under figures/."
            }
        }
    }
}
