//! Networks of finite width: a ball around the odd point that a sampled network does not leave.
//!
//! Given the centred covariance `C` the next one is, up to scale, `C' = (1/d) Σ yₖyₖᵀ` over `d` independent neurons
//! `y = P relu(z)`, `z ~ N(0, C)`. In the notation of `ball.rs`, with `V = π(yyᵀ)` and `Y = V − EV`,
//!
//! ```text
//! D' = (t/tr C') π(C') = (tr h/tr C') (T(C) − C* + (t/tr h) (1/d) Σ Yₖ),       E tr C' = tr h
//! ```
//!
//! so a layer contracts by `φ` and adds noise. Two inequalities for sums of independent terms, proved on the page
//! `proofs/theorems/width.stays-in-basin.md`:
//!
//! ```text
//! P(tr C' ≤ (1−b) tr h) ≤ exp(−d b²/2w),                 w ≥ E|y|⁴/(tr h)²
//! E cosh(ℓ N(x + ΣYₖ)) ≤ (1 + E(e^{ℓN(Y)} − 1 − ℓN(Y)))^d cosh(ℓ N(x))       (N is a Hilbert norm)
//! ```
//!
//! The second is applied backwards through the layers, `ℓ` shrinking by `φ_b = φ/(1−b)` in each, so that the noise of
//! all layers adds up in squares: with `σ² ≥ E N(Y)²` and `μ` (below), both in units of the next layer,
//!
//! ```text
//! P(N(D_k) > R, not before, all traces good) ≤ 2 exp(−d I)
//! I = ℓR − ℓ²σ²/2g − gR₀²/2σ² − (5/2)(ℓμ)³/((1−2ℓμ)^{7/2} (1−φ_b³)),     g = 1 − φ_b²,  N(D₀) ≤ R₀
//! ```
//!
//! for any `ℓ`. **One neuron.** Let `η` and `ζ` be `x = relu(z)` and `z` in the cluster less their means there, `ȳ` the
//! cluster's mean of `y`. Then exactly, by the parts of the frame,
//!
//! ```text
//! x₀ = c (|η|²/(m−1)(1−r) − ȳ²/s),     (w₁, w₂)ᵢ = a ȳηᵢ + b (ηᵢ² − |η|²/m),     ‖V_p‖² ≤ (1 − 1/(m−1)) |η|⁴
//! ```
//!
//! `s = v²/m²`, `a` and `b` the coordinates of `(α, β) = (2, 1)` and `(1, −1/(m−2))`. Differences shrink under ReLU,
//! and with `−z` beside `z` their squares add up to no more, so `E|η|⁴ ≤ E|ζ|⁴/2`; the other moments are likewise
//! reduced to Gaussian ones, which are bounded over the ball. Not used: that entries of `C'` are few, or their number.

use super::frame::{Frame, Reading, Weights, larger, magnitude};
use super::{BallImage, lower_end};
use crate::arithmetic::{Interval, Real};
use crate::odd_point::FixedPoint;
use crate::rigor::enclose_fixed_point;
use crate::{Error, Result};
use rug::Integer;
use rug::float::Round;

/// Bounds over the ball of what one neuron contributes.
#[derive(Clone, Debug)]
struct Neuron<R> {
    /// `E N(V)²`.
    square: R,
    /// The mean of a quadratic form in `z` that is at least `N(V)`.
    form: R,
    /// `E|y|⁴`.
    fourth: R,
}

/// Gaussian moments over a ball.
struct Moments<R> {
    /// Variance of the cluster's mean of `z`, at least and at most.
    mean: [R; 2],
    /// `E|ζ|²`, at most.
    trace: R,
    /// `E|ζ|⁴`, at most.
    fourth: R,
    /// `Var ζᵢ`, at least and at most.
    single: [R; 2],
    /// `cov(z̄, ζᵢ)²`: at most, and summed.
    mixed: [R; 2],
    /// `Σ_{i≠j} (dᵢⱼ)²`, squares of squared distances.
    distances: R,
}

/// Moments of one neuron after ReLU, at most.
struct Squares<R> {
    /// `E ȳ²|η|²`.
    product: R,
    /// `E ȳ⁴`.
    level: R,
    /// `E|η|⁴`.
    spread: R,
    /// `E Σ ηᵢ⁴`.
    single: R,
}

impl<R: Real> Moments<R> {
    /// For `z̄ > 0`: `|ȳ| ≤ (|z̄| + |ζ|/2√m)/n` and `|η| ≤ |ζ|`. For `z̄ < 0`: `|ȳ|` is at most `m|z̄|/n` or
    /// `|ζ|/2n√m`, and `|η|² ≤ Σ relu(ζᵢ − |z̄|)²`, where `∫₀^ζ u²(ζ−u)² du = ζ⁵/30`.
    fn squares(&self, n: &R, positive: &mut Vec<R>) -> Squares<R> {
        let m = n.clone().plus(-1);
        let (n_square, m_square, two_roots) =
            (n.clone().square(), m.clone().square(), m.clone().sqrt().times(2));
        let [least_mean, mean] = self.mean.clone();
        let [least_single, most_single] = self.single.clone();
        let deviation = self.fourth.clone().sqrt();

        let above = (mean.clone() * &self.trace + self.mixed[1].clone().times(2)).sqrt()
            + deviation.clone() / &two_roots;
        let conditional = least_mean - self.mixed[0].clone() / &least_single;
        let boundary = (most_single.clone() / &conditional).sqrt() * most_single * &self.trace * &m_square;
        let boundary = boundary.times(2) / n.pi().times(15);
        let remote = self.fourth.clone() / m.clone().times(8);
        let product = (above.square().over(2) + boundary + remote) / &n_square;
        positive.extend([least_single, conditional]);

        let gaussian = mean.square().times(3);
        let near = gaussian.clone().sqrt().sqrt() + deviation.sqrt() / two_roots;
        let far = gaussian * m_square.clone().square() + self.fourth.clone() / m_square.times(16);
        let level = (near.square().square() + far).over(2) / n_square.square();
        let single = self.distances.clone().times(3).over(2) / m;
        Squares { product, level, spread: self.fourth.clone().over(2), single }
    }

    /// Means of quadratic forms in z that are at least `ȳ²` and `|ȳ||η|`:
    /// `(m²z̄² + |ζ|²/2m)/n²` and `((m/4 + 1/2√m)|ζ|² + (εz̄² + |ζ|²/ε)/2)/n`.
    fn forms(&self, n: &R) -> [R; 2] {
        let m = n.clone().plus(-1);
        let (mean, trace) = (&self.mean[1], &self.trace);
        let level = (m.clone().square() * mean + trace.clone() / m.clone().times(2)) / n.clone().square();
        let steady = (m.clone().over(4) + n.lift(1) / m.sqrt().times(2)) * trace;
        [level, (steady + (mean.clone() * trace).sqrt()) / n]
    }
}

impl<R: Real> Frame<R> {
    /// `δ E|ζ|²` over `x₀`: the trace is fixed, and `E|ζ|² = tr C − (1 + 1/m) c_oo`.
    fn total(&self) -> R {
        -(self.outlier().trivial * &self.batch.n / self.cluster())
    }

    /// `max ‖δ Cov ζ‖_F/N`, by parts: multiples of the centring `Π` of the cluster, `Π diag((α−2β)w) Π`, the pair part.
    fn spread(&self) -> R {
        let sides = self.eigenvectors.each_ref().map(|[a, b, _]| (a.clone() - b.clone().times(2)).square());
        let [first, second] = sides;
        let trivial = self.total().square() / self.cluster().plus(-1);
        larger(larger(trivial, &(first + second)), &self.batch.n.lift(1)).sqrt()
    }

    /// No batch with `N(C − C*)` below this has cluster samples that are linearly dependent after recentring them: for a
    /// unit vector `u` on the cluster, `Σu = 0`, `uᵀCu = 0` needs `uᵀ(C − C*)u = −(1−r)`.
    fn distance_of_dependence(&self) -> R {
        self.batch.one_minus_r.clone() / self.spread()
    }

    /// See [`Moments`].
    fn moments(&self, radius: &R) -> Moments<R> {
        let (m, one) = (self.cluster(), self.batch.n.lift(1));
        let delta = &self.batch.one_minus_r;
        let others = m.clone().plus(-1);
        let share = others.clone() / &m;
        let bound = |f: &Reading<R>| self.dual_square(f, &share).sqrt() * radius;
        let around = |x: R, by: R| [x.clone() - &by, x + by];

        let outlier = self.outlier().times(&(one.clone() / m.clone().square()));
        let across = self.across().times(&(one.clone() / &m));
        let mean = around(self.batch.variance_ratio() / m.clone().square(), bound(&outlier));
        // ζᵢ = zᵢ + zₒ/m and z̄ = −zₒ/m, because the row sums vanish.
        let single = self.variance().plus(&one.lift(2), &across).plus(&one, &outlier);
        let mixed = across.plus(&one, &outlier);
        let trace = others.clone() * delta + magnitude(&self.total()) * radius;

        let frobenius = others.sqrt() * delta + self.spread() * radius;

        let kind = self.cluster_pairs();
        let distance = kind.mean.plus(&-one.clone(), &self.within()).times(&one.lift(2));
        let root = kind.count.clone().sqrt();
        let change =
            self.largest_sum(&[(distance, one.clone(), kind.count.clone(), kind.spread_sum[0].clone())]);
        Moments {
            mean,
            fourth: trace.clone().square() + frobenius.square().times(2),
            trace,
            single: around(delta.clone() * &share, bound(&single)),
            mixed: [
                bound(&mixed).square(),
                self.largest_sum(&[(mixed, one.clone(), m, one)]) * radius.clone().square(),
            ],
            distances: (root * delta.clone().times(2) + change.sqrt() * radius).square(),
        }
    }

    /// See [`Neuron`]; some quantities must be positive for it to hold.
    fn neuron(&self, radius: &R, positive: &mut Vec<R>) -> Neuron<R> {
        let moments = self.moments(radius);
        let (m, one) = (self.cluster(), radius.lift(1));
        let others = m.clone().plus(-1);
        // Coordinates of one neuron's parts: c over each of the two numbers, |a|, |b|.
        let variance = self.batch.one_minus_r.clone() * &others;
        let level = self.batch.variance_ratio() / m.clone().square();
        let trace = m.clone() + self.batch.variance_ratio();
        let trivial =
            magnitude(&(variance.clone() * self.batch.variance_ratio() / trace / self.outlier().trivial));
        let length = |alpha: R, beta: R| {
            let [x, y] = self.standard_coordinates([alpha, beta]);
            (x.square() + y.square()).sqrt()
        };
        let along = length(one.lift(2), one.clone());
        let across = length(one.clone(), -(one.clone() / m.clone().plus(-2)));

        let Squares { product, level: level_square, spread, single } =
            moments.squares(&self.batch.n, positive);
        let in_trivial = (spread.clone() / variance.clone().square()
            + level_square.clone() / level.clone().square())
            * trivial.clone().square();
        let in_standard = (along.clone() * product.sqrt() + across.clone() * single.sqrt()).square();
        let in_pairs = (one.clone() - one.clone() / others) * &spread;
        let [level_form, crossed_form] = moments.forms(&self.batch.n);
        let of_trivial = trivial * (moments.trace.clone() / variance + level_form / level);
        Neuron {
            square: in_trivial + in_standard + in_pairs,
            form: of_trivial + along * crossed_form + (across + one) * &moments.trace,
            fourth: (m * &self.batch.n * level_square.sqrt() + spread.sqrt()).square(),
        }
    }

    /// The rate of one choice; some quantities must be positive for it to hold.
    fn stay(&self, choice: &Choice<R>) -> Rate<R> {
        let Choice { radius, loss, tilt } = choice;
        let one = radius.lift(1);
        let BallImage { factor, rescaling, mut positive } = self.ball_image(radius);
        let neuron = self.neuron(radius, &mut positive);
        let kept = one.clone() - loss;
        let contraction = factor / &kept;
        // t/tr h, and the same in the worst case allowed.
        let per_trace = rescaling / self.batch.growth();
        let gain = per_trace.clone() / kept;
        let trace = self.cluster() + self.batch.variance_ratio();
        let weight = neuron.fourth * (per_trace / trace).square();
        let gap = one.clone() - contraction.clone().square();
        let noise = neuron.square * gain.clone().square();
        // The mean of V is at most φ_b R in these units.
        let form = neuron.form * gain + contraction.clone() * radius;

        let start = radius.clone().over(START);
        let slope = tilt.clone() * radius * &gap / &noise;
        let x = slope.clone() * form;
        let room = one.clone() - x.clone().times(2);
        let tail = x.clone().square() * x * one.lift(5)
            / (room.clone().square() * &room * room.clone().sqrt()).times(2);
        let summed = tail / (one - contraction.clone().square() * &contraction);
        let quadratic = slope.clone().square() * &noise / gap.clone().times(2);
        let began = start.square() * &gap / noise.times(2);
        let stray = slope * radius - quadratic - began - summed;
        let dim = loss.clone().square() / weight.times(2);
        positive.extend([gap, room, stray.clone(), dim.clone()]);
        Rate { contraction, rates: [stray, dim], positive }
    }
}

/// The start is this part of the radius.
const START: i64 = 2;

/// What a proof is made with.
#[derive(Clone, Debug)]
struct Choice<R> {
    /// `R`.
    radius: R,
    /// `b`.
    loss: R,
    /// `ℓ` over `Rg/σ²`, which is best to leading order.
    tilt: R,
}

/// What it proves.
struct Rate<R> {
    /// `φ_b`.
    contraction: R,
    /// Of straying, and of a trace that is too small.
    rates: [R; 2],
    positive: Vec<R>,
}

/// A ball that wide sampled networks stay in.
///
/// ```
/// use oddpoint::arithmetic::{Interval, Real};
/// use oddpoint::rigor::basin::Stay;
/// let stay = Stay::prove(10, 128)?;
/// // The width from which networks stay for 300 layers with probability 0.99.
/// let width = stay.width(300, &Interval::from_integer(128, 1).over(100))?;
/// assert!(width > 1_000_000 && width < 100_000_000);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stay {
    /// The odd point and its norm.
    pub frame: Frame<Interval>,
    /// Radius in that norm.
    pub radius: Interval,
    /// The radius within which it starts.
    pub start: Interval,
    /// At least the contraction of a layer without its noise, the loss of trace allowed for.
    pub contraction: Interval,
    /// `I > 0`.
    pub rate: Interval,
}

/// What can be said of networks of some width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StayVerdict {
    /// They stay in the ball with the probability asked for.
    Stays,
    /// They leave it in the first layer, surely.
    Leaves,
    /// Neither was shown.
    Undecided,
}

impl Stay {
    /// # Guarantees
    /// For every width d, number of layers L and covariance with `N(C − C*) ≤ start` at the odd point's trace, a
    /// sampled network keeps `N(C − C*) ≤ radius` for L layers with probability at least `1 − 3L exp(−d·rate)`.
    ///
    /// # Errors
    /// `n < 7` or too large; [`Error::NotReached`] if the precision is too small for the proof.
    pub fn prove(n: u64, precision: u32) -> Result<Self> {
        let found = search(n)?;
        let exactly = |k: usize| Interval::from_f64(precision, found[k].exp());
        let weights = Weights { trivial: exactly(0), standard: [exactly(1), exactly(2)] };
        let choice = Choice { radius: exactly(3), loss: exactly(4), tilt: exactly(5) };
        let frame = Frame::at(enclose_fixed_point(FixedPoint::OddPoint, n, precision)?, weights);
        let Rate { contraction, rates, positive } = frame.stay(&choice);
        if !positive.iter().all(Interval::certainly_positive) {
            return Err(Error::NotReached(format!(
                "no ball was proved to be kept at n = {n} with {precision} bits: raise --precision"
            )));
        }
        let [stray, dim] = rates.each_ref().map(lower_end);
        let rate = if stray.certainly_less(&dim) { stray } else { dim };
        let start = choice.radius.clone().over(START);
        Ok(Self { frame, radius: choice.radius, start, contraction, rate })
    }

    /// Every batch nearer to the odd point than this, in Frobenius norm at its trace, lies within `start`.
    pub fn frobenius_start(&self) -> Interval {
        lower_end(&(self.start.clone() / self.frame.frobenius_factor()))
    }

    /// `D`: from this width on a network stays for so many layers, but with probability `failure` at most.
    ///
    /// # Errors
    /// [`Error::NotReached`] if the rate's enclosure is useless.
    pub fn width(&self, layers: u64, failure: &Interval) -> Result<Integer> {
        let width = self.needed(layers, failure) / &self.rate;
        let rounded = width.upper().to_integer_round(Round::Up);
        rounded
            .map(|(width, _)| width)
            .ok_or_else(|| Error::NotReached("the width has no finite bound: raise --precision".to_owned()))
    }

    /// `ln(3L/δ)`.
    fn needed(&self, layers: u64, failure: &Interval) -> Interval {
        let ratio = Interval::from_integer(self.rate.precision(), layers).times(3) / failure;
        ratio.plus(-1).ln_1p()
    }

    /// Whether networks of that width stay. Up to `n − 3` neurons leave the `n − 2` differences of the cluster's samples
    /// dependent, and no batch in the ball is like that.
    pub fn judge(&self, width: &Integer, layers: u64, failure: &Interval) -> StayVerdict {
        let precision = self.rate.precision();
        let neurons = Interval::from_integer(precision, width.clone());
        let few = neurons.certainly_less(&self.frame.batch.n.clone().plus(-2));
        if self.needed(layers, failure).certainly_less(&(neurons.clone() * &self.rate)) {
            StayVerdict::Stays
        } else if few && self.radius.certainly_less(&self.frame.distance_of_dependence()) {
            StayVerdict::Leaves
        } else {
            StayVerdict::Undecided
        }
    }
}

/// Logarithms of the weights, `R`, `b` and the tilt.
type Logarithms = [f64; 6];

/// Steps of the search, and passes with each.
const STEPS: [f64; 8] = [0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const PASSES: usize = 20;

/// In double precision: the largest rate found, by descent along the coordinates.
fn search(n: u64) -> Result<Logarithms> {
    let centre = FixedPoint::OddPoint.locate(n)?;
    let value = |x: &Logarithms| {
        let [trivial, slow, fast, radius, loss, tilt] = x.map(f64::exp);
        let frame = Frame::at(centre.clone(), Weights { trivial, standard: [slow, fast] });
        let Rate { rates, positive, .. } = frame.stay(&Choice { radius, loss, tilt });
        if positive.iter().all(|x| *x > 0.0) { rates[0].min(rates[1]) } else { 0.0 }
    };
    let root = (n as f64).sqrt();
    let start = [1.0, 0.43 * root, 1.5 / root, 0.01 * centre.one_minus_r, 0.05 / n as f64, 0.8];
    let mut best = start.map(f64::ln);
    let mut most = value(&best);
    for step in STEPS {
        for _ in 0..PASSES {
            let before = most;
            for (k, change) in (0..best.len()).flat_map(|k| [(k, step), (k, -step)]) {
                let mut trial = best;
                trial[k] += change;
                let found = value(&trial);
                if found > most {
                    (best, most) = (trial, found);
                }
            }
            if most == before {
                break;
            }
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests;
