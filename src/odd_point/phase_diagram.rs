//! Which states a layer has at a batch size, and which of them are stable: with and without rescaling, one outlier or several.
//!
//! Theory, sections 2.2, 2.6 and 3. `float64`; stability is that of all centred perturbations ([`TwoLevelBlock`]). Complete among batches
//! with one outlier as far as a scan sees, and without rescaling among those with several ([`EqualCorrelations`]); with rescaling the states of
//! several outliers are those that an orbit leads to. Everything here approximates; nothing is a proof.

use super::two_level::{EqualCorrelations, TwoLevelBatch, TwoLevelBlock};
use crate::{Error, Result};
use std::f64::consts::PI;

/// Points of a scan for changes of sign.
const SCAN: u32 = 600;

/// A fixed point of the layer, modulo scale.
///
/// ```
/// use oddpoint::odd_point::phase_diagram::single_outlier_states;
/// // Without rescaling: symmetric and odd point are stable, the edge between them is not.
/// let stable = single_outlier_states(10.0, false)?.iter().filter(|state| state.is_stable()).count();
/// assert_eq!(stable, 2);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct State {
    /// Whether the layer rescales (RC, RS, ReLU) or not (RC, ReLU).
    pub rescale: bool,
    /// Batch size.
    pub n: f64,
    /// Number of outliers.
    pub outliers: i64,
    /// What it is called.
    pub kind: StateKind,
    /// Correlation within the cluster.
    pub r: f64,
    /// Variance of an outlier over that of a cluster sample.
    pub variance_ratio: f64,
    /// The eigenvalue of the largest absolute value, and its block.
    pub leading: (TwoLevelBlock, f64),
}

/// What a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// All samples alike.
    Symmetric,
    /// Unstable against perturbations of its own symmetry: what separates two basins.
    Edge,
    /// A cluster and its outliers.
    Outliers,
    /// Where edge and odd point are born together; an eigenvalue is 1.
    SaddleNode,
    /// Where several outliers become stable: the leading eigenvalue passes 1.
    Onset,
}

impl StateKind {
    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Symmetric => "symmetric",
            Self::Edge => "edge",
            Self::Outliers => "outliers",
            Self::SaddleNode => "saddle-node",
            Self::Onset => "onset",
        }
    }
}

impl State {
    /// Whether all eigenvalues lie inside the unit disc.
    pub fn is_stable(&self) -> bool {
        matches!(self.kind, StateKind::Symmetric | StateKind::Outliers) && self.leading.1.abs() < 1.0
    }

    /// The state at a saddle-node: one outlier, `p = λ/δ` of [`TwoLevelBatch::single`].
    ///
    /// # Errors
    /// [`Error::NotReached`] if the spectrum cannot be had.
    pub fn saddle_node(rescale: bool, [n, p]: [f64; 2]) -> Result<Self> {
        Ok(Self { kind: StateKind::SaddleNode, ..Self::new(rescale, &TwoLevelBatch::single(&n, &p))? })
    }

    fn new(rescale: bool, batch: &TwoLevelBatch<f64>) -> Result<Self> {
        let spectrum = if rescale { batch.spectrum() } else { batch.relu_spectrum() }?;
        let leading = spectrum.iter().copied().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let [variance, outlier] = batch.variances();
        let [p, q] = batch.ratios();
        let own = spectrum.iter().filter(|(block, _)| *block == TwoLevelBlock::Trivial);
        let kind = if (p - 1.0).abs() < 1e-9 && (q - 1.0).abs() < 1e-9 {
            StateKind::Symmetric
        } else if own.map(|(_, value)| value.abs()).fold(0.0, f64::max) > 1.0 {
            StateKind::Edge
        } else {
            StateKind::Outliers
        };
        Ok(Self {
            rescale,
            n: batch.n,
            outliers: batch.outliers,
            kind,
            r: 1.0 - batch.cluster / variance,
            variance_ratio: outlier / variance,
            leading: leading.ok_or_else(|| Error::NotReached("a batch without perturbations".to_owned()))?,
        })
    }
}

/// The symmetric state, and those of one outlier; `n ≥ 3` may be any real number.
///
/// # Guarantees
/// Approximates. Two states nearer to each other than one part in `SCAN` of the logarithmic range are not told apart.
///
/// # Errors
/// [`Error::NotReached`] if a spectrum cannot be had.
///
/// ```
/// use oddpoint::odd_point::phase_diagram::single_outlier_states;
/// // Between n = 7 and n = 51 edge and odd point exist without rescaling alone.
/// assert_eq!(single_outlier_states(20.0, true)?.len(), 1);
/// assert_eq!(single_outlier_states(20.0, false)?.len(), 3);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn single_outlier_states(n: f64, rescale: bool) -> Result<Vec<State>> {
    // `ln(p'/p)` at `p = 1 + e^x`; at the odd point without rescaling p is about n⁴/44.
    let drift = |x: f64| -> Result<f64> {
        let batch = TwoLevelBatch::single(&n, &(1.0 + x.exp()));
        let [after, _] = if rescale { batch.ratios_after()? } else { batch.relu_ratios() };
        Ok((after / batch.split).ln())
    };
    let range = [1e-7_f64.ln(), n.powi(4).max(100.0).ln()];
    let mut states = vec![State::new(rescale, &TwoLevelBatch::single(&n, &1.0))?];
    for x in sign_changes(drift, range)? {
        states.push(State::new(rescale, &TwoLevelBatch::single(&n, &(1.0 + x.exp())))?);
    }
    Ok(states)
}

/// The states of `k ≥ 2` outliers, but for the symmetric one; `n ≥ 2k` may be any real number.
///
/// # Guarantees
/// Approximates; with rescaling at most one, which an orbit from a lopsided batch reaches.
///
/// # Errors
/// [`Error::NotReached`] if a spectrum cannot be had, or an orbit settles nowhere.
pub fn several_outlier_states(n: f64, outliers: i64, rescale: bool) -> Result<Vec<State>> {
    if rescale {
        let batch = TwoLevelBatch::attractor_if_any(n, outliers)?;
        return batch.iter().map(|batch| State::new(true, batch)).collect();
    }
    let cluster = n - outliers as f64;
    let at = |theta: f64| EqualCorrelations::at_angle_of_real_size(&cluster, outliers, &theta);
    let last = PI - (1.0 / (cluster - 1.0)).acos();
    let mut states = Vec::new();
    for theta in sign_changes(|theta| Ok(at(theta).balance()), [1e-6 * last, last * (1.0 - 1e-9)])? {
        let state = State::new(false, &at(theta).batch())?;
        if (state.variance_ratio - 1.0).abs() > 1e-6 {
            states.push(state);
        }
    }
    Ok(states)
}

/// Where `k ≥ 2` outliers become stable with rescaling: the real `n` above which the state is there with every eigenvalue inside the
/// unit disc, and below which it is not.
///
/// # Guarantees
/// Approximates `n` to one part in 10⁶, by bisection between an `n` without a stable state and one with it; that there is but one such `n`
/// between them is not shown.
///
/// # Errors
/// [`Error::NotReached`] if there is no stable state at any doubling of `n` up to 10 000, or a spectrum cannot be had.
pub fn onset_of_stability(outliers: i64) -> Result<State> {
    const LARGEST: f64 = 10_000.0;
    let stable = |n: f64| -> Result<Option<State>> {
        Ok(several_outlier_states(n, outliers, true)?.into_iter().find(State::is_stable))
    };
    let mut low = 2.0 * outliers as f64 + 1.0;
    let mut state = loop {
        if 2.0 * low > LARGEST {
            return Err(Error::NotReached(format!("{outliers} outliers are not stable up to n = {low}")));
        }
        match stable(2.0 * low)? {
            Some(state) => break state,
            None => low *= 2.0,
        }
    };
    while state.n - low > 1e-6 * low {
        let middle = f64::midpoint(low, state.n);
        match stable(middle)? {
            Some(nearer) => state = nearer,
            None => low = middle,
        }
    }
    Ok(State { kind: StateKind::Onset, ..state })
}

/// Where a function changes its sign, in rising order, by scan and bisection.
fn sign_changes(f: impl Fn(f64) -> Result<f64>, [start, end]: [f64; 2]) -> Result<Vec<f64>> {
    let at = |k: u32| start + (end - start) * f64::from(k) / f64::from(SCAN);
    let values = (0..=SCAN).map(|k| f(at(k))).collect::<Result<Vec<_>>>()?;
    let mut roots = Vec::new();
    for (pair, k) in values.windows(2).zip(0..) {
        if pair[0] * pair[1] < 0.0 {
            let (mut low, mut high) = (at(k), at(k + 1));
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                if f(middle)? * pair[0] > 0.0 { low = middle } else { high = middle }
            }
            roots.push(f64::midpoint(low, high));
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::{FixedPoint, Spectrum};

    /// Against the indicative model.
    #[test]
    fn one_outlier_without_rescaling_is_the_indicative_model() {
        assert_eq!(single_outlier_states(6.0, false).unwrap().len(), 1);
        for n in [7, 20, 1000] {
            let states = single_outlier_states(n as f64, false).unwrap();
            let points = [FixedPoint::Symmetric, FixedPoint::Edge, FixedPoint::OddPoint];
            assert_eq!(states.len(), 3, "n = {n}");
            for (state, point) in states.iter().zip(points) {
                let batch = point.locate(n).unwrap();
                let error = (state.variance_ratio / batch.variance_ratio() - 1.0).abs();
                assert!(error < 1e-8, "n = {n}, {}: {error:e}", point.name());
                let stable = state.is_stable();
                assert_eq!(stable, point != FixedPoint::Edge);
                if point == FixedPoint::OddPoint {
                    assert!((state.leading.1 - Spectrum::at(&batch).trivial).abs() < 1e-7, "n = {n}");
                }
            }
        }
    }

    /// Theory, section 3: from n = 52 on, and y/a = 17.4228358561848 at n = 100; section 2.6: the mode that splits two outliers grows
    /// by 1.076017 at n = 20.
    #[test]
    fn known_states_are_found() {
        assert_eq!(single_outlier_states(51.0, true).unwrap().len(), 1);
        assert_eq!(single_outlier_states(52.0, true).unwrap().len(), 3);
        let states = single_outlier_states(100.0, true).unwrap();
        assert!((states[2].variance_ratio - 17.4228358561848).abs() < 1e-6 && states[2].is_stable());
        let two = several_outlier_states(20.0, 2, false).unwrap();
        let split = two.iter().find(|state| state.kind == StateKind::Outliers).unwrap();
        assert_eq!(split.leading.0, TwoLevelBlock::OutlierStandard);
        assert!((split.leading.1 - 1.076017).abs() < 1e-6);
    }

    /// `rescaled.odd-point` has five outliers stable at n = 100, and three not at n = 60. At the onset an eigenvalue is 1.
    #[test]
    fn onsets_of_stability_rise_with_the_number_of_outliers() {
        let onsets: Vec<State> = (2..=5).map(|k| onset_of_stability(k).unwrap()).collect();
        assert!(
            onsets.windows(2).all(|pair| pair[0].n < pair[1].n) && onsets[3].n < 100.0 && onsets[1].n > 60.0
        );
        for state in onsets {
            assert!((state.leading.1 - 1.0).abs() < 1e-4, "k = {}: {:?}", state.outliers, state.leading);
        }
    }

    /// At whole n the continuation is the two-level batch; between two of them its states lie between theirs.
    #[test]
    fn states_at_real_sizes() {
        for outliers in [2, 3] {
            let ratio = |n: f64| {
                let states = several_outlier_states(n, outliers, false).unwrap();
                states.into_iter().map(|state| state.variance_ratio).fold(0.0, f64::max)
            };
            let [low, middle, high] = [40.0, 40.5, 41.0].map(ratio);
            assert!(1.0 < low && low < middle && middle < high, "{low} {middle} {high}");
        }
    }

    /// `rescaled.odd-point`: at n = 100 up to five outliers are stable, at n = 60 three are not.
    #[test]
    fn several_outliers_need_rescaling() {
        for outliers in 2..=5 {
            let states = several_outlier_states(100.0, outliers, true).unwrap();
            assert!(states.iter().all(State::is_stable) && states.len() == 1, "k = {outliers}");
            let without = several_outlier_states(100.0, outliers, false).unwrap();
            assert!(!without.is_empty() && without.iter().all(|state| !state.is_stable()), "k = {outliers}");
        }
        assert!(several_outlier_states(60.0, 3, true).unwrap().iter().all(|state| !state.is_stable()));
    }
}
