//! Figures: the phenomenon for the eye, each as data (named columns, to CSV) and as a drawing of those data.
//!
//! A [`Figure`] computes a [`Table`] from the library's own functions and draws from that table alone, so that the
//! CSV file beside a figure is all that the figure shows. Everything here approximates (`float64`, MPFR orbits, samples):
//! figures illustrate the claims, they prove nothing. Seeds are fixed, so the same figure comes out every time.

mod axis;
mod batch;
mod bifurcation;
mod chart;
mod cobweb;
mod decay;
mod eigenvalues;
mod emergence;
mod order;
mod phase_diagram;
mod picture;
mod table;

pub use chart::PALETTE;
pub use phase_diagram::{LARGEST_PHASE_BATCH, phase_diagram};
pub(crate) use picture::{panel, panel_box};
pub use picture::{png, svg};
pub use table::{Cell, Table};

use crate::{Result, bad_input};
use chart::{Area, Drawn};

/// How much work goes into a figure, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seed of everything random.
    pub seed: u64,
    /// Less work: fewer networks, fewer points.
    pub quick: bool,
}

/// A figure of one or several panels.
pub struct Figure {
    /// Name on the command line and of the file with its data.
    pub name: &'static str,
    /// What it shows, in a line.
    pub title: &'static str,
    /// What to look at, and what it does not show.
    pub caption: &'static str,
    /// What each panel shows, for readers who cannot see it.
    pub panels: &'static [&'static str],
    data: fn(&Settings) -> Result<Table>,
    draw: fn(&Table, usize, &Area<'_>) -> Drawn,
}

/// Every figure, in the order in which a reader meets them.
pub static ALL: &[&Figure] = &[
    &batch::FIGURE,
    &order::FIGURE,
    &cobweb::FIGURE,
    &bifurcation::FIGURE,
    &eigenvalues::FIGURE,
    &decay::FIGURE,
    &emergence::FIGURE,
    &phase_diagram::FIGURE,
];

impl Figure {
    /// The figure of that name.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) naming the figures there are.
    ///
    /// ```
    /// use oddpoint::figures::{Figure, Settings};
    /// let data = Figure::by_name("cobweb")?.data(&Settings { seed: 0, quick: true })?;
    /// assert_eq!(data.columns()[0], "series");
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn by_name(name: &str) -> Result<&'static Self> {
        ALL.iter().copied().find(|figure| figure.name == name).ok_or_else(|| {
            let known: Vec<_> = ALL.iter().map(|figure| figure.name).collect();
            bad_input!("unknown figure '{name}': the figures are {}", known.join(", "))
        })
    }

    /// The numbers that it shows.
    ///
    /// # Errors
    /// [`Error::NotReached`](crate::Error::NotReached) for a computation that does not reach its goal.
    pub fn data(&self, settings: &Settings) -> Result<Table> {
        (self.data)(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for figure in ALL {
            assert_eq!(Figure::by_name(figure.name).unwrap().title, figure.title);
            assert_eq!(ALL.iter().filter(|other| other.name == figure.name).count(), 1);
        }
        assert!(Figure::by_name("x").err().unwrap().to_string().contains("cobweb"));
    }
}
