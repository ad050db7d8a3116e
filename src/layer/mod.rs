//! One layer.
