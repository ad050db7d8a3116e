//! Properties of the arithmetics over random operands: Arb's recipe of containment at higher precision,
//! inclusion monotonicity, aliasing, overlap between precisions, and functional equations.
//!
//! Every reference value is computed with MPFR's rounding to nearest, never with the arithmetic under test.

mod approximations;
mod interval;
mod operands;
mod relu_moment;
mod tracked;
