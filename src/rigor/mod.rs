//! From approximations to proofs: interval Newton and Krawczyk tests, and the enclosures of the fixed points
//! and of the saddle-node that they certify.
//!
//! Everything here returns enclosures; an approximate root only says where to look, and a test that does not
//! succeed is an error that says so, never a wider guess.

pub mod basin;
pub mod certificate;
mod count;
pub mod cover;
mod dense;
mod enclosures;
pub mod inequalities;
mod newton;
pub mod replay;
pub mod search;
pub mod tail;
pub mod threshold;
pub mod two_level;

pub use certificate::Census;
pub use count::{count_each, count_for_all};
pub use dense::{EigenvalueDisc, dense_spectral_radius, enclose_dense_eigenvalues};
pub use enclosures::{
    SaddleNode, enclose_fixed_point, enclose_saddle_node, refine, relative_width_below, saddle_node_in_box,
    spectral_radius,
};
pub use inequalities::reciprocals_from;
pub use newton::{BoxTest, newton_test};

/// From this batch size on everything is proved for all n at once; below it, one by one.
pub const TAIL_FROM: u64 = 128;
/// `|nθ − 3π + 3π/n| ≤ ANGLE_CONSTANT/n²` at the odd point of every `n ≥ TAIL_FROM`; the next coefficient is
/// `9π³/20 = 13.95`.
pub const ANGLE_CONSTANT: i64 = 20;
