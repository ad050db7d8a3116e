//! The course of a batch through many layers of recentring and ReLU at infinite width.
//!
//! Theory, section 2: [`Orbit`] iterates `C ↦ T(C)` of [`infinite_width`](super::infinite_width) in `f64` and
//! sees the [`Observables`] of every layer. An orbit that settles suggests a fixed point; it proves none. Near the
//! odd point `f64` resolves what is left to about `1e-16` relative and no further.

use super::observables::{Observables, OddTracker, observe};
use super::{FastLayer, Gram};
use crate::{Result, bad_input};

/// What is seen of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// The number of layers behind: 0 is the input.
    pub layer: u64,
    /// Its order parameters.
    pub seen: Observables,
    /// The first layer since which the odd sample has been the same; see [`OddTracker`].
    pub odd_since: u64,
    /// `‖C − C₋‖_F/‖C₋‖_F` against the layer before; none for the input.
    pub change: Option<f64>,
}

/// An endless sequence of layers, from layer 0, the input.
///
/// # Guarantees
/// The same for any number of threads; no memory is allocated from one layer to the next but O(n) for the
/// observables.
///
/// ```
/// use oddpoint::layer::{batch, orbit::Orbit};
/// let input = batch::random_gaussian(20, 40, 1, 0)?.covariance()?;
/// let last = Orbit::new(&input)?.nth(2000).expect("orbits are endless");
/// assert!(last.seen.norm_ratio > 18.0 && last.seen.cos_within_min > 0.9 && last.seen.cos_cross_max < 0.01);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Orbit {
    layers: FastLayer,
    next: u64,
    covariance: Gram<f64>,
    previous: Gram<f64>,
    gram: Gram<f64>,
    tracker: OddTracker,
}

impl Orbit {
    /// The orbit of a centred covariance.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) as for [`FastLayer::new`], or for fewer than three samples.
    pub fn new(input: &Gram<f64>) -> Result<Self> {
        if input.n() < super::batch::MIN_SAMPLES {
            return Err(bad_input!("{} samples; an orbit needs at least 3", input.n()));
        }
        let layers = FastLayer::new(input)?;
        let [covariance, previous, gram] = [input; 3].map(Gram::clone);
        Ok(Self { layers, next: 0, covariance, previous, gram, tracker: OddTracker::default() })
    }
}

impl Iterator for Orbit {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let layer = self.next;
        self.next += 1;
        let change = (layer > 0).then(|| {
            std::mem::swap(&mut self.covariance, &mut self.previous);
            self.layers.copy_covariance(&mut self.covariance);
            relative_change(&self.covariance, &self.previous)
        });
        // The step computes K of the current covariance on its way to the next.
        self.layers.step();
        self.layers.copy_gram(&mut self.gram);
        let seen = observe(&self.covariance, &self.gram);
        Some(Record { layer, seen, odd_since: self.tracker.see(layer, seen.odd_sample), change })
    }
}

/// `‖C − C₋‖_F/‖C₋‖_F`, without the memory for the difference.
fn relative_change(now: &Gram<f64>, before: &Gram<f64>) -> f64 {
    let squares = now.entries().iter().zip(before.entries()).map(|(x, y)| (x - y) * (x - y));
    squares.sum::<f64>().sqrt() / before.frobenius_norm()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{batch, infinite_width};

    fn input() -> Gram<f64> {
        batch::random_gaussian(10, 20, 3, 0).unwrap().covariance().unwrap()
    }

    #[test]
    fn records_follow_the_generic_map() {
        let mut covariance = input();
        for record in Orbit::new(&input()).unwrap().take(30) {
            let seen = observe(&covariance, &infinite_width::nonlinearity(&covariance));
            assert_eq!(record.seen.odd_sample, seen.odd_sample);
            assert!((record.seen.norm_ratio - seen.norm_ratio).abs() < 1e-12);
            assert!((record.seen.cos_within_min - seen.cos_within_min).abs() < 1e-12);
            assert!((record.seen.cos_cross_max - seen.cos_cross_max).abs() < 1e-12);
            assert!((record.seen.effective_rank - seen.effective_rank).abs() < 1e-12);
            let next = infinite_width::layer(&covariance);
            assert_eq!(record.change.is_none(), record.layer == 0);
            covariance = next;
        }
    }

    #[test]
    fn change_is_measured_against_the_layer_before() {
        let next = infinite_width::layer(&input());
        let expected = next.sub(&input()).frobenius_norm() / input().frobenius_norm();
        let change = Orbit::new(&input()).unwrap().nth(1).unwrap().change.unwrap();
        assert!((change / expected - 1.0).abs() < 1e-13);
    }
}
