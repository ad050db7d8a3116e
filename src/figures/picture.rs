//! From drawings to files: SVG, one panel or all side by side, and PNG.

use super::chart::{Area, FINE, PANEL};
use super::{Figure, Table};
use crate::{Error, Result};
use plotters::prelude::{IntoDrawingArea, SVGBackend, WHITE};
use resvg::{tiny_skia, usvg};

/// Panels beside each other in a picture of several.
const COLUMNS: usize = 3;
/// Pixels of a PNG for a unit of the picture.
const ZOOM: f32 = 2.0;
const FONT: &str = "DejaVu Sans";

/// The elements of a panel, without the root element, for a view box of [`panel_box`].
pub(crate) fn panel(figure: &Figure, data: &Table, number: usize) -> Result<String> {
    let mut text = String::new();
    let size = (PANEL[0] * FINE, PANEL[1] * FINE);
    draw(&SVGBackend::with_string(&mut text, size).into_drawing_area(), |area| {
        (figure.draw)(data, number, area)
    })?;
    Ok(inner(&text).to_owned())
}

/// The view box of a panel.
pub(crate) fn panel_box() -> String {
    format!("0 0 {} {}", PANEL[0] * FINE, PANEL[1] * FINE)
}

/// A whole picture: all panels on white, with title and description.
///
/// # Errors
/// [`Error::NotReached`] if it cannot be drawn, which is a defect of this program.
pub fn svg(figure: &Figure, data: &Table) -> Result<String> {
    let count = figure.panels.len();
    let columns = if count == 4 { 2 } else { count.min(COLUMNS) };
    let rows = count.div_ceil(columns);
    let [width, height] = [PANEL[0] * columns as u32, PANEL[1] * rows as u32];
    let mut text = String::new();
    draw(&SVGBackend::with_string(&mut text, (width * FINE, height * FINE)).into_drawing_area(), |root| {
        root.fill(&WHITE)?;
        let panels = root.split_evenly((rows, columns));
        panels.iter().take(count).enumerate().try_for_each(|(number, area)| (figure.draw)(data, number, area))
    })?;
    let [title, description] = [figure.title, figure.caption].map(quick_escape);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
        <title>{title}</title>\n<desc>{description}</desc>\n{}</svg>\n",
        width * FINE,
        height * FINE,
        inner(&text)
    ))
}

fn draw(root: &Area<'_>, drawing: impl FnOnce(&Area<'_>) -> super::Drawn) -> Result<()> {
    let drawn = drawing(root).and_then(|()| Ok(root.present()?));
    drawn.map_err(|error| Error::NotReached(format!("the figure could not be drawn: {error}")))
}

/// What stands between the root element's tags.
fn inner(document: &str) -> &str {
    let start = document.find('>').map_or(0, |at| at + 1);
    let end = document.rfind("</svg>").unwrap_or(document.len());
    document.get(start..end).unwrap_or_default()
}

fn quick_escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A picture of [`svg`] as PNG, twice as many pixels as units; text in a font that the program carries.
///
/// # Errors
/// [`Error::NotReached`] for text that is no SVG document.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let failed = |reason: String| Error::NotReached(format!("the figure could not be made a PNG: {reason}"));
    let mut options = usvg::Options { font_family: FONT.to_owned(), ..usvg::Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.set_sans_serif_family(FONT);
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size();
    let [width, height] = [size.width(), size.height()].map(|length| (length * ZOOM).ceil() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(|| failed("no size".to_owned()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(ZOOM, ZOOM), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(error.to_string()))
}
