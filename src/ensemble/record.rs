//! What is seen of one layer of one replica.

use crate::layer::observables::Observables;
use serde::{Deserialize, Serialize};

/// Order parameters of one layer's output; layer 0 is the input.
///
/// They are read from the Gram matrix of the layer's output, and for the input from the Gram matrix of what the first
/// layer sees of it, which with RC is the recentred batch; the effective rank and the change from the covariance of the next
/// layer's neurons after RC. What is undefined is `None`: an empty field, or `null`.
///
/// A network can die, because no neuron is active for any sample or all samples have become equal under RC. The
/// record of the layer that could not be made then holds nothing, and is the last of its replica.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The number of the replica, from 0.
    pub replica: u64,
    /// The number of layers behind.
    pub layer: u64,
    /// See [`Observables::odd_sample`]; `None` if the network has died.
    pub odd_sample: Option<usize>,
    /// The first layer since which the odd sample has been the same.
    pub odd_since: Option<u64>,
    /// See [`Observables::norm_ratio`].
    pub norm_ratio: Option<f64>,
    /// See [`Observables::cos_within_min`].
    pub cos_within_min: Option<f64>,
    /// See [`Observables::cos_within_mean`].
    pub cos_within_mean: Option<f64>,
    /// See [`Observables::cos_cross_mean`].
    pub cos_cross_mean: Option<f64>,
    /// See [`Observables::cos_cross_max`].
    pub cos_cross_max: Option<f64>,
    /// See [`Observables::effective_rank`].
    pub effective_rank: Option<f64>,
    /// See [`numerical_rank`](crate::layer::observables::numerical_rank), of the Gram matrix; `None` if it was not
    /// asked for.
    pub numerical_rank: Option<usize>,
    /// See [`orthogonality_gap`](crate::layer::observables::orthogonality_gap).
    pub orthogonality_gap: Option<f64>,
    /// `‖C − C₋‖_F/‖C₋‖_F` against the covariance one layer before; `None` for the input.
    pub change: Option<f64>,
}

impl Record {
    /// Of a layer that could not be made.
    pub(super) fn dead(replica: u64, layer: u64) -> Self {
        Self {
            replica,
            layer,
            odd_sample: None,
            odd_since: None,
            norm_ratio: None,
            cos_within_min: None,
            cos_within_mean: None,
            cos_cross_mean: None,
            cos_cross_max: None,
            effective_rank: None,
            numerical_rank: None,
            orthogonality_gap: None,
            change: None,
        }
    }

    pub(super) fn new(
        replica: u64,
        layer: u64,
        seen: &Observables,
        odd_since: u64,
        numerical_rank: Option<usize>,
        change: Option<f64>,
    ) -> Self {
        let defined = |x: f64| x.is_finite().then_some(x);
        Self {
            replica,
            layer,
            odd_sample: Some(seen.odd_sample),
            odd_since: Some(odd_since),
            norm_ratio: defined(seen.norm_ratio),
            cos_within_min: defined(seen.cos_within_min),
            cos_within_mean: defined(seen.cos_within_mean),
            cos_cross_mean: defined(seen.cos_cross_mean),
            cos_cross_max: defined(seen.cos_cross_max),
            effective_rank: defined(seen.effective_rank),
            numerical_rank,
            orthogonality_gap: defined(seen.orthogonality_gap),
            change: change.and_then(defined),
        }
    }

    /// Whether the network has died before this layer.
    pub fn is_dead(&self) -> bool {
        self.odd_sample.is_none()
    }
}
