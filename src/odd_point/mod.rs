//! The odd point: the indicative model, its fixed points, the exact configuration, and the spectrum of one
//! layer's differential, in blocks and dense.

pub mod exact;
mod fixed_points;
mod model;
mod spectrum;

pub use fixed_points::{
    FixedPoint, LARGEST_BATCH, SMALLEST_BATCH, SMALLEST_ODD_POINT_BATCH, check_batch_size, edge_excess,
    odd_point_angle,
};
pub use model::{Image, OrderParameters, SymmetricBatch, deflated_balance, reduced_slope};
pub use spectrum::{Block, Spectrum, StandardBlock};
