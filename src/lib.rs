//! oddpoint verifies numerically and formally what *Batch Normalization Decomposed* (Nachum, Bondaschi,
//! Gastpar, Khina, arXiv:2412.02843) says of a batch-normalised network at initialisation: under recentering
//! and ReLU a batch collapses to a cluster plus one odd point in an orthogonal direction.
//!
//! Data flow one way, from numbers to verdicts: [`arithmetic`] → [`kernel`] → [`layer`] → [`odd_point`],
//! [`ensemble`] → `claims` → `report`, `cli`.

pub mod arithmetic;
pub mod claims;
pub mod cli;
mod digest;
pub mod ensemble;
mod error;
pub mod figures;
pub mod kernel;
pub mod layer;
pub mod odd_point;
pub mod report;
pub mod rigor;
mod whole_file;

pub use error::{Error, Result};
