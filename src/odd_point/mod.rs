//! The odd point: the indicative model, its fixed points, the exact configuration, and the spectrum of one
//! layer's differential, in blocks and dense.

pub mod decay;
mod dense;
pub mod exact;
mod fixed_points;
mod leaky;
mod model;
pub mod modes;
pub mod phase_diagram;
pub mod plugged;
pub mod rescaled;
pub mod scaled;
mod spectrum;
mod symmetric;
pub mod two_level;

pub use dense::{
    Comparison, LARGEST_DENSE_BATCH, compare_with_blocks, dense_eigenvalues, dense_jacobian, error_bound,
    jacobian_at,
};
pub use fixed_points::{
    EdgeEquation, Equation, FixedPoint, LARGEST_BATCH, OddPointEquation, SMALLEST_BATCH,
    SMALLEST_ODD_POINT_BATCH, check_batch_size,
};
pub use leaky::{critical_slope, critical_square, leaky_eigenvalue, leaky_weight};
pub use model::{Image, OrderParameters, SymmetricBatch, deflated_balance, reduced_slope};
pub use modes::Mode;
pub use spectrum::{Block, Spectrum, StandardBlock};
pub use symmetric::symmetric_pair_gap;
