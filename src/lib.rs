//! oddpoint verifies numerically and formally what *Batch Normalization Decomposed* (Nachum, Bondaschi,
//! Gastpar, Khina, arXiv:2412.02843) says of a batch-normalised network at initialisation: under recentering
//! and ReLU a batch collapses to a cluster plus one odd point in an orthogonal direction.
//!
//! | question | where |
//! |---|---|
//! | does a claim hold, here and now? | [`claims`] |
//! | where are the fixed points, what are their eigenvalues, proved and to any number of digits? | [`rigor`] |
//! | the same in doubles | [`odd_point`] |
//! | what does one layer do, at finite or infinite width, with which activation? | [`layer`] |
//! | what do many networks do, in a file? | [`ensemble`] |
//! | how is an interval computed? | [`arithmetic`], [`kernel`] |
//!
//! ```
//! use oddpoint::claims::{Claim, Settings, Verdict};
//! use oddpoint::odd_point::{FixedPoint, Spectrum};
//!
//! // In doubles: at a batch of 100 every perturbation of the odd point shrinks …
//! let spectrum = Spectrum::at(&FixedPoint::OddPoint.locate(100)?);
//! assert!(spectrum.eigenvalues(100).iter().all(|(_, value)| value.abs() < 1.0));
//!
//! // … and proved, with a false statement refuted by the same check.
//! let settings = Settings { batch_sizes: "100".parse()?, ..Settings::default() };
//! let outcome = Claim::by_id("stability.spectral-gap")?.run(&settings)?;
//! assert_eq!((outcome.verdict, outcome.control), (Verdict::Verified, Verdict::Refuted));
//! # Ok::<(), oddpoint::Error>(())
//! ```
//!
//! Data flow one way, from numbers to verdicts: [`arithmetic`] → [`kernel`] → [`layer`] → [`odd_point`],
//! [`ensemble`] → `claims` → `report`, `cli`. The last two are the feature `cli`, on by default: without it the library is left,
//! without their dependencies. What is not shown: see "What it does not show" in the README.

pub mod arithmetic;
pub mod claims;
#[cfg(feature = "cli")]
pub mod cli;
mod digest;
pub mod ensemble;
mod error;
#[cfg(feature = "cli")]
pub mod figures;
pub mod interrupt;
pub mod kernel;
pub mod layer;
pub mod odd_point;
#[cfg(feature = "cli")]
pub mod report;
pub mod rigor;
mod whole_file;

pub use error::{Error, Result};
