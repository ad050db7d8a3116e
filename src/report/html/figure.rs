//! A figure in the page: panels as inline pictures with their descriptions, and the caption.

use crate::Result;
use crate::figures::{Figure, Table, panel, panel_box};
use maud::{Markup, PreEscaped, html};

pub(super) fn render(figure: &Figure, data: &Table) -> Result<Markup> {
    let panels =
        (0..figure.panels.len()).map(|number| panel(figure, data, number)).collect::<Result<Vec<_>>>()?;
    let file = format!("figures/{}.csv", figure.name);
    let class = if panels.len() % 3 == 0 { "panels" } else { "panels pairs" };
    Ok(html! {
        figure id=(format!("figure-{}", figure.name)) aria-labelledby=(format!("figure-{}-title", figure.name)) {
            h3 id=(format!("figure-{}-title", figure.name)) { (figure.title) }
            div class=(class) {
                @for (number, (content, description)) in panels.iter().zip(figure.panels).enumerate() {
                    @let name = format!("{}-{number}", figure.name);
                    svg xmlns="http://www.w3.org/2000/svg" viewBox=(panel_box()) role="img" aria-labelledby=(format!("{name}-title {name}-description")) {
                        title id=(format!("{name}-title")) { (figure.title) ", panel " (number + 1) }
                        desc id=(format!("{name}-description")) { (description) }
                        // Drawn by this program, its texts escaped where they are drawn.
                        (PreEscaped(content))
                    }
                }
            }
            figcaption {
                (figure.caption)
                p.note {
                    "Data: " a href=(file) { (file) } " (" (data.rows().len()) " rows). The same figure: "
                    code { "oddpoint plot " (figure.name) " --out " (figure.name) ".svg" }
                }
            }
        }
    })
}
