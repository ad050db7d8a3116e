//! Drawing: axes, lines, bands and marks in one style, on top of `plotters`.
//!
//! Colours are from Okabe and Ito's set, which colour-blind readers can tell apart; lines of one chart differ in dashes or
//! marks as well. A dark page replaces them by [`PALETTE`].

use super::axis::Axis;
use plotters::chart::ChartContext;
pub(super) use plotters::chart::SeriesLabelPosition as Corner;
use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters_backend::{BackendCoord, DrawingErrorKind};

/// A panel to draw on.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Whether drawing went well; it fails only by a defect of this program.
pub(super) type Drawn<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
type Points<'a> = &'a [(f64, f64)];

const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
const GRID: RGBColor = RGBColor(0xd8, 0xdd, 0xe3);
pub(super) const GREY: RGBColor = RGBColor(0x6e, 0x77, 0x81);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(super) const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9e, 0x73);
pub(super) const PURPLE: RGBColor = RGBColor(0xb0, 0x4a, 0x86);
pub(super) const AMBER: RGBColor = RGBColor(0xb8, 0x86, 0x0b);

/// Every colour of a figure, and what becomes of it on a dark page.
pub const PALETTE: [(&str, &str); 9] = [
    ("#FFFFFF", "#0D1117"),
    ("#1F2328", "#E6EDF3"),
    ("#D8DDE3", "#363D47"),
    ("#6E7781", "#9BA5B0"),
    ("#0072B2", "#58B0F0"),
    ("#D55E00", "#FF9457"),
    ("#009E73", "#45D3A4"),
    ("#B04A86", "#E79CC7"),
    ("#B8860B", "#E3B84B"),
];

/// Units of a drawing in one of a picture: `plotters` rounds to whole units, and lines would have steps.
pub(super) const FINE: u32 = 4;
/// Width and height of a panel, in units of a picture.
pub(super) const PANEL: [u32; 2] = [420, 330];

fn font(size: u32) -> TextStyle<'static> {
    ("sans-serif", size * FINE).into_font().color(&INK)
}

fn fine(size: u32) -> i32 {
    (size * FINE) as i32
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Line {
    Solid,
    Thin,
    Dashed,
    Dotted,
}

/// How a point is drawn; with its radius.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Disc(u32),
    Ring(u32),
    Diamond(u32),
}

/// A mark at its place.
struct Spot<C> {
    place: C,
    mark: Mark,
    colour: RGBColor,
}

impl<'a, C> PointCollection<'a, C> for &'a Spot<C> {
    type Point = &'a C;
    type IntoIter = std::iter::Once<&'a C>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.place)
    }
}

impl<C, B: DrawingBackend> Drawable<B> for Spot<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut place: I,
        backend: &mut B,
        _: (u32, u32),
    ) -> std::result::Result<(), DrawingErrorKind<B::ErrorType>> {
        let Some((x, y)) = place.next() else { return Ok(()) };
        match self.mark {
            Mark::Disc(size) => backend.draw_circle((x, y), size * FINE, &self.colour, true),
            Mark::Ring(size) => {
                backend.draw_circle((x, y), size * FINE, &self.colour.stroke_width(2 * FINE), false)
            }
            Mark::Diamond(size) => {
                let size = fine(size);
                backend
                    .fill_polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], &self.colour)
            }
        }
    }
}

/// A panel with axes.
pub(super) struct Chart<'a> {
    context: ChartContext<'a, SVGBackend<'a>, Cartesian2d<Axis, Axis>>,
    x: Axis,
    y: Axis,
    named: bool,
}

impl<'a> Chart<'a> {
    pub fn new(area: &Area<'a>, title: &str, x: Axis, y: Axis) -> Drawn<Self> {
        let mut context = ChartBuilder::on(area)
            .caption(title, font(15))
            .margin(fine(8))
            .margin_right(fine(16))
            .x_label_area_size(fine(42))
            .y_label_area_size(fine(62))
            .build_cartesian_2d(x.clone(), y.clone())?;
        context
            .configure_mesh()
            .x_desc(x.label())
            .y_desc(y.label())
            .label_style(font(13))
            .axis_desc_style(font(13))
            .axis_style(GREY.stroke_width(FINE))
            .bold_line_style(GRID.stroke_width(FINE))
            .light_line_style(TRANSPARENT)
            .set_all_tick_mark_size(fine(4))
            .draw()?;
        Ok(Self { context, x, y, named: false })
    }

    fn inside(&self, points: Points) -> Vec<(f64, f64)> {
        points.iter().copied().filter(|&(x, y)| self.x.holds(x) && self.y.holds(y)).collect()
    }

    /// A line through those points that lie in the panel; in the legend unless `name` is empty.
    pub fn line(&mut self, points: Points, colour: RGBColor, line: Line, name: &str) -> Drawn {
        let points = self.inside(points);
        let style = colour.stroke_width(if line == Line::Thin { FINE } else { 2 * FINE });
        let series = match line {
            Line::Solid | Line::Thin => self.context.draw_series(LineSeries::new(points, style))?,
            Line::Dashed => {
                self.context.draw_series(DashedLineSeries::new(points, 7 * FINE, 4 * FINE, style))?
            }
            Line::Dotted => {
                self.context.draw_series(DashedLineSeries::new(points, 2 * FINE, 4 * FINE, style))?
            }
        };
        if !name.is_empty() {
            self.named = true;
            let strokes = match line {
                Line::Solid | Line::Thin => [(0, 9), (9, 18)],
                Line::Dashed => [(0, 7), (11, 18)],
                Line::Dotted => [(5, 7), (11, 13)],
            };
            let [first, second] = strokes.map(|(from, to)| [(fine(from), 0), (fine(to), 0)]);
            series.label(name).legend(move |at| {
                EmptyElement::at(at) + PathElement::new(first, style) + PathElement::new(second, style)
            });
        }
        Ok(())
    }

    /// Marks at those points that lie in the panel; in the legend unless `name` is empty.
    pub fn marks(&mut self, points: Points, colour: RGBColor, mark: Mark, name: &str) -> Drawn {
        let points = self.inside(points);
        let series =
            self.context.draw_series(points.into_iter().map(|place| Spot { place, mark, colour }))?;
        if !name.is_empty() {
            self.named = true;
            series.label(name).legend(move |(x, y)| Spot { place: (x + fine(9), y), mark, colour });
        }
        Ok(())
    }

    /// The area between two curves over the same abscissas, as far as it lies in the panel.
    pub fn band(&mut self, low: Points, high: Points, colour: RGBColor) -> Drawn {
        let outline = low.iter().chain(high.iter().rev()).filter(|(x, _)| self.x.holds(*x));
        let outline: Vec<_> = outline.map(|&(x, y)| (x, self.y.clamp(y))).collect();
        self.context.draw_series(std::iter::once(Polygon::new(outline, colour.mix(0.2).filled())))?;
        Ok(())
    }

    /// A vertical bar from one value to another at `x`.
    pub fn bar(&mut self, x: f64, [low, high]: [f64; 2], colour: RGBColor) -> Drawn {
        let ends = vec![(x, self.y.clamp(low)), (x, self.y.clamp(high))];
        self.context.draw_series(std::iter::once(PathElement::new(ends, colour.stroke_width(FINE))))?;
        Ok(())
    }

    /// The legend, in the corner that the lines leave empty.
    pub fn legend(mut self, corner: Corner) -> Drawn {
        if self.named {
            self.context
                .configure_series_labels()
                .position(corner)
                .margin(fine(6))
                .legend_area_size(fine(24))
                .background_style(WHITE.mix(0.85))
                .label_font(font(13))
                .draw()?;
        }
        Ok(())
    }
}
