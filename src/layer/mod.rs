//! One layer of a batch-normalised network at initialisation, and orbits of layers.
//!
//! Theory, sections 1, 2 and 4. [`Gram`] holds second moments; [`components`] describes a layer and maps them through
//! it at infinite width, [`infinite_width`] does so for recentring and ReLU alone, fast and with a derivative;
//! [`sampled`] is the network of finite width. [`observables`] says how far the odd point has emerged, [`batch`] reads and makes
//! inputs, [`orbit`] iterates; the files of iterations are those of [`ensemble`](crate::ensemble). Everything here approximates:
//! nothing in this module is a proof.

pub mod batch;
pub mod components;
pub(crate) mod eigenvalues;
mod factor;
mod gram;
pub mod infinite_width;
pub mod moments;
pub mod observables;
pub mod orbit;
pub mod rescaled;
pub mod sampled;
mod strips;

pub use gram::Gram;
pub use infinite_width::FastLayer;
