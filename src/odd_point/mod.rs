//! The odd point.
