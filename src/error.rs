//! What can go wrong, in words that name the value and the remedy.

use std::path::PathBuf;

/// Anything that stops a computation. Every variant's message is one line for a person to read.
///
/// ```
/// use oddpoint::{Error, odd_point::FixedPoint};
/// let error = FixedPoint::OddPoint.locate(5).unwrap_err();
/// assert!(matches!(error, Error::NoOddPoint(5)));
/// assert!(error.to_string().starts_with("batch size 5 has no odd-point"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument or a datum outside what is accepted; the message names both.
    #[error("{0}")]
    Input(String),
    /// An odd-point configuration was asked for where none exists.
    #[error(
        "batch size {0} has no odd-point (nor edge) fixed point: the pair is born in a saddle-node at n = 6.107…, so it exists for batch sizes from 7 on; only `symmetric` exists here"
    )]
    NoOddPoint(u64),
    /// A computation that could not reach its goal; not a refutation of anything.
    #[error("{0}")]
    NotReached(String),
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// Stopped on request (Ctrl-C); the message says what is there and how to go on.
    #[error("{0}")]
    Interrupted(String),
    /// Standard output could not be written.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An [`Error::Input`] with a formatted message.
#[macro_export]
macro_rules! bad_input {
    ($($message:tt)*) => { $crate::Error::Input(format!($($message)*)) };
}
