//! One layer of a batch-normalised network at initialisation, and orbits of layers.
//!
//! Theory, sections 1 and 2. [`Gram`] holds second moments, [`infinite_width`] maps them through a layer of
//! recentring and ReLU, [`observables`] says how far the odd point has emerged, [`batch`] reads and makes
//! inputs, [`orbit`] iterates and writes the course of an iteration to a file. Everything here approximates:
//! nothing in this module is a proof.

pub mod batch;
mod gram;
pub mod infinite_width;
pub mod observables;
pub mod orbit;
pub mod rescaled;
pub mod whole_file;

pub use gram::Gram;
pub use infinite_width::FastLayer;
