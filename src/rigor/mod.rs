//! From approximations to proofs: interval Newton and Krawczyk tests, and the enclosures of the fixed points
//! and of the saddle-node that they certify.
//!
//! Everything here returns enclosures; an approximate root only says where to look, and a test that does not
//! succeed is an error that says so, never a wider guess.

pub mod basin;
mod enclosures;
mod newton;

pub use enclosures::{
    SaddleNode, enclose_fixed_point, enclose_saddle_node, refine, relative_width_below, saddle_node_in_box,
    spectral_radius,
};
pub use newton::{BoxTest, newton_test};
