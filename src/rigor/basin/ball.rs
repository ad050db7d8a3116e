//! The local ball: how much the layer contracts the adapted norm, non-linear terms included.
//!
//! Write `h(C) = P K(C) P`, `h(C*) = λ C*`, `t = tr C*`, `T(C) = (t/tr h) h`, `D = C − C*` with `tr D = 0`, and
//! `Q = K(C) − K(C*) − DK*[D]`. With `π(X) = X − (tr X/t) C*`, which kills `C*`,
//!
//! ```text
//! T(C) − C* = (t/tr h) π(h(C)) = (λt/tr h) (DT*[D] + π(P Q P)/λ),        DT*[D] = π(P DK*[D] P)/λ
//! N(T(C) − C*) ≤ (λt/tr h) (q N(D) + κ ‖Q‖_F/λ),                          tr h = λt + tr P DK*[D] P + tr P Q P
//! ```
//!
//! `q` the spectral radius and `κ` the norm of `Q ↦ π(P Q P)` (the frame's `remainder_factor`). `tr P DK* P` is
//! invariant under the permutations of the cluster, so it reads the trivial part alone; `tr P Q P = −Σ Q/n`.
//!
//! **The remainder.** `Q_ii = 0`, because `K_ii = c_ii/2`. Off the diagonal `Q = ∫₀¹ (1−τ) δ²g dτ` along `C* + τD`
//! with `g = √(ab) κ(c/√(ab))`. Scaled so that `a = b = 1`, `c = ρ` at `C*`, and with `σ`, `ν` half the sum and
//! difference of `δa`, `δb`, `u₀ = δc − ρσ`, `s = 1 + τσ`:
//!
//! ```text
//! δ²g = (1/2π)(u²/Δ − Δ(x−y)²/4),   x = δa/a, y = δb/b, u = δc − c(x+y)/2, Δ = √(ab − c²)
//! ab = s² − τ²ν²,   u = (u₀ s + τρν²)/ab,   x − y = 2ν/ab,   Δ² = (s sin θ)² − 2ρτ s u₀ − τ²(u₀² + ν²)
//! ```
//!
//! (the last: `c = ρs + τu₀`). The two terms of `δ²g` have opposite signs. Over the ball `|σ|`, `|ν|`, `|u₀|` are at
//! most their dual norms times `R`, which bounds `Δ`, `ab` and `s` on each of a few pieces of `τ`, hence
//! `|Q_e| ≤ k u₀² + k' ν²`, a quadratic form `q_e(D)`; and `‖Q‖_F² ≤ max_e q_e · Σ_e q_e`. So `‖Q‖_F ≤ M N(D)²` and
//!
//! ```text
//! N(T(C) − C*) ≤ φ(R) N(D),      φ(R) = (λt/tr h)(q + κ M R/λ)        for N(D) ≤ R
//! ```
//!
//! If `φ(R) < 1` the ball is mapped into itself and every orbit in it converges to `C*`. Used of `C`: `c_ii > 0` and
//! `|ρ| < 1`, both checked over the ball; not that `C` is positive semidefinite. `M` grows like `√n` for want of
//! structure (a variance enters n entries, most of which centring would remove), so the ball shrinks relative to the
//! best radius as n grows: there the orbit box takes over.

use super::frame::{Frame, Reading, Weights, larger, magnitude};
use super::lower_end;
use crate::arithmetic::{Interval, Real};
use crate::kernel::kappa_slope;
use crate::layer::Gram;
use crate::odd_point::{FixedPoint, SymmetricBatch};
use crate::rigor::enclose_fixed_point;
use crate::{Error, Result};

/// A ball around the odd point that one layer maps into itself, contracting distances from the centre.
///
/// ```
/// use oddpoint::rigor::basin::LocalBall;
/// let ball = LocalBall::prove(10, 128)?;
/// // One layer maps the ball into itself and brings its batches nearer to the odd point.
/// assert!(*ball.factor.upper() < 1 && ball.frobenius_radius().certainly_positive());
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LocalBall {
    /// The odd point and its norm.
    pub frame: Frame<Interval>,
    /// Radius in the adapted norm.
    pub radius: Interval,
    /// `φ(R) < 1`.
    pub factor: Interval,
}

/// Up to this size the ball is made large by the Frobenius ball it holds, beyond it as the orbit box's target.
const LARGEST_BY_BALL: u64 = 13;

/// The contraction factor aimed at leaves this share of the spectral gap.
const GAP_LEFT: f64 = 0.02;

impl LocalBall {
    /// The largest ball found at batch size `n`, proved.
    ///
    /// # Guarantees
    /// For every `C` with zero row sums, the trace of the odd point and `N(C − C*) ≤ radius`:
    /// `N(T(C) − C*) ≤ factor · N(C − C*)`, and `factor < 1`.
    ///
    /// # Errors
    /// `n < 7` or too large; [`Error::NotReached`] if the precision is too small for the proof.
    pub fn prove(n: u64, precision: u32) -> Result<Self> {
        let centre = FixedPoint::OddPoint.locate(n)?;
        let weights = search_weights(&centre, n);
        let radius = search_radius(&Frame::at(centre, weights.clone())) * (1.0 - 1e-9);
        let exactly = |x: f64| Interval::from_f64(precision, x);
        let weights = Weights { trivial: exactly(weights.trivial), standard: weights.standard.map(exactly) };
        let batch = enclose_fixed_point(FixedPoint::OddPoint, n, precision)?;
        Self::check(Frame::at(batch, weights), exactly(radius)).ok_or_else(|| {
            Error::NotReached(format!(
                "no local ball was proved at n = {n} with {precision} bits: raise --precision"
            ))
        })
    }

    /// The ball of that radius, if it is proved to be contracted.
    pub fn check(frame: Frame<Interval>, radius: Interval) -> Option<Self> {
        let BallImage { factor, positive, .. } = frame.ball_image(&radius);
        let contracts = factor.certainly_less(&radius.lift(1));
        (radius.certainly_positive() && contracts && positive.iter().all(Interval::certainly_positive))
            .then_some(Self { frame, radius, factor })
    }

    /// A Frobenius ball of this radius lies inside.
    pub fn frobenius_radius(&self) -> Interval {
        lower_end(&(self.radius.clone() / self.frame.frobenius_factor()))
    }

    /// Batches whose matrix of squared distances differs from the odd point's by less than twice this, in
    /// Frobenius norm, lie inside: `D = π(P(−δ/2)P)` for the difference `δ`, which has zero diagonal.
    pub fn box_radius(&self) -> Interval {
        lower_end(&(self.radius.clone() / self.frame.remainder_factor()))
    }

    /// `‖C − C*‖_F` for a centred covariance, outlier last, once it has the trace of `C*`.
    pub fn distance(&self, covariance: &Gram<Interval>) -> Interval {
        let centre = self.frame.batch.covariance(covariance.n());
        let mut scaled = covariance.clone();
        scaled.scale_to_trace(&centre.trace());
        scaled.sub(&centre).frobenius_norm()
    }
}

/// In double precision: the largest radius with the contraction aimed at.
fn search_radius(frame: &Frame<f64>) -> f64 {
    let aim = 1.0 - GAP_LEFT * (1.0 - frame.contraction());
    let good = |radius: f64| {
        let BallImage { factor, positive, .. } = frame.ball_image(&radius);
        factor < aim && positive.iter().all(|x| *x > 0.0)
    };
    let (mut low, mut high) = (0.0, 2.0 * frame.batch.one_minus_r * frame.batch.n.sqrt());
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        *(if good(middle) { &mut low } else { &mut high }) = middle;
    }
    low
}

/// In double precision: good weights, by descent along the coordinates from what was seen to be best.
fn search_weights(centre: &SymmetricBatch<f64>, n: u64) -> Weights<f64> {
    let weights = |w: [f64; 3]| Weights { trivial: w[0], standard: [w[1], w[2]] };
    let quality = |w: [f64; 3]| {
        let frame = Frame::at(centre.clone(), weights(w));
        let loss = if n <= LARGEST_BY_BALL { frame.frobenius_factor() } else { frame.remainder_factor() };
        search_radius(&frame) / loss
    };
    let root = (n as f64).sqrt();
    let mut best = [1.03, 0.43 * root, 1.5 / root];
    let mut value = quality(best);
    for step in [1.3, 1.1, 1.03_f64] {
        for k in 0..3 {
            for factor in [step, 1.0 / step] {
                let mut trial = best;
                trial[k] *= factor;
                let found = quality(trial);
                if found > value {
                    (best, value) = (trial, found);
                }
            }
        }
    }
    weights(best)
}

/// What the layer does at worst to a ball around the odd point.
#[derive(Clone, Debug)]
pub struct BallImage<R> {
    /// `φ(R)`: `N(T(C) − C*) ≤ φ(R) N(C − C*)` for every `C` of the ball.
    pub factor: R,
    /// At least `λt/tr h`.
    pub rescaling: R,
    /// Quantities that must be positive for `factor` to hold: variances, `1 − ρ²`, the trace.
    pub positive: Vec<R>,
}

/// One kind of off-diagonal entry: cluster pairs, or cluster–outlier.
pub(super) struct Kind<R> {
    /// Correlation at the odd point, and its complement `√(1−ρ²)`.
    pub rho: R,
    pub sine: R,
    /// `√(ab)` at the odd point.
    pub scale: R,
    /// `u₀ = δc − ρσ`, `σ = (δa + δb)/2`, `ν = (δa − δb)/2`, all relative to `√(ab)`, `a`, `b`.
    pub change: Reading<R>,
    pub mean: Reading<R>,
    pub difference: Reading<R>,
    /// Largest value squared of what `change` and `mean`, and what `difference` reads of a unit `w`.
    pub spread: [R; 2],
    /// The same squares summed over the entries.
    pub spread_sum: [R; 2],
    /// Number of entries.
    pub count: R,
}

/// `−k_ν ν² ≤ Q ≤ k_u u₀² + k_ν ν²`.
struct Curvature<R> {
    of_change: R,
    of_difference: R,
}

/// Pieces into which the segment from `C*` to `C` is cut.
const PIECES: i64 = 16;

impl<R: Real> Frame<R> {
    /// Bounds over the ball of that radius; see the module's head.
    ///
    /// # Guarantees
    /// With intervals, `factor` is an upper bound of `N(T(C) − C*)/N(C − C*)` if all of `positive` are certainly
    /// positive.
    pub fn ball_image(&self, radius: &R) -> BallImage<R> {
        let mut positive = Vec::new();
        let (mut forms, mut largest) = (Vec::new(), radius.lift(0));
        for kind in [self.cluster_pairs(), self.cross_pairs()] {
            let curvature = self.curvature(&kind, radius, &mut positive);
            let [change, difference] =
                [(0, &kind.change), (1, &kind.difference)].map(|(k, f)| self.dual_square(f, &kind.spread[k]));
            let most = curvature.of_change.clone() * change + curvature.of_difference.clone() * difference;
            largest = larger(largest, &most);
            let [over_change, over_difference] = kind.spread_sum;
            forms.push((kind.change, curvature.of_change, kind.count.clone(), over_change));
            forms.push((kind.difference, curvature.of_difference, kind.count, over_difference));
        }
        let total = self.largest_sum(&forms);
        let remainder = self.remainder_factor() * (largest * &total).sqrt();

        let growth = self.batch.growth();
        let trace = growth.clone() * (self.cluster() + self.batch.variance_ratio());
        let lost = magnitude(&self.trace_slope()) * radius + total * radius.clone().square() / &self.batch.n;
        let least_trace = trace.clone() - lost;
        positive.push(least_trace.clone());
        let rescaling = trace / least_trace;
        let factor = rescaling.clone() * (self.contraction() + remainder * radius / growth);
        BallImage { factor, rescaling, positive }
    }

    /// Pairs within the cluster.
    pub(super) fn cluster_pairs(&self) -> Kind<R> {
        let (m, r) = (self.cluster(), self.batch.r());
        let half = r.lift(1).over(2);
        // What `variance` reads of wᵢ becomes, halved, what the mean reads of wᵢ + wⱼ.
        let variance = self.variance();
        let halved = variance.times(&half);
        let mean = Reading { trivial: variance.trivial, ..halved.clone() };
        let difference = Reading { trivial: r.lift(0), ..halved };
        let others = m.clone().plus(-2).times(2);
        Kind {
            change: self.within().plus(&-r.clone(), &mean),
            mean,
            difference,
            sine: self.batch.theta.clone().sin(),
            scale: r.lift(1),
            spread: [others.clone() / &m, r.lift(2)],
            spread_sum: [others, m.clone().times(2)],
            count: m.clone() * m.plus(-1),
            rho: r,
        }
    }

    /// Pairs of a cluster sample and the outlier.
    pub(super) fn cross_pairs(&self) -> Kind<R> {
        let (m, v) = (self.cluster(), &self.batch.deviation_ratio);
        let one = v.lift(1);
        let half = one.clone().over(2);
        let rho = -(v.clone() / &m);
        let variance = self.variance().times(&half);
        let outlier = self.outlier().times(&(half / self.batch.variance_ratio()));
        let mean = variance.plus(&one, &outlier);
        let spread = m.clone().plus(-1) / &m;
        Kind {
            change: self.across().times(&(one.clone() / v)).plus(&-rho.clone(), &mean),
            difference: variance.plus(&-one, &outlier),
            mean,
            sine: self.batch.phi.clone().sin(),
            scale: v.clone(),
            spread: [spread.clone(), spread],
            spread_sum: [v.lift(2), v.lift(2)],
            count: m.times(2),
            rho,
        }
    }

    /// The bound of `Q` for one kind of entry: on each piece of `τ` with `τ` at its end, `s` and `u₀` at their
    /// worst. `Δ²` increases in `s` where its bound is positive, the others decrease.
    fn curvature(&self, kind: &Kind<R>, radius: &R, positive: &mut Vec<R>) -> Curvature<R> {
        let bound = |f: &Reading<R>, spread: &R| self.dual_square(f, spread).sqrt() * radius;
        let [change, mean] = [&kind.change, &kind.mean].map(|f| bound(f, &kind.spread[0]));
        let difference = bound(&kind.difference, &kind.spread[1]);
        let rho = magnitude(&kind.rho);
        let two_pi = radius.pi().times(2);
        let one = radius.lift(1);
        let zero = radius.lift(0);
        let mut sum = Curvature { of_change: zero.clone(), of_difference: zero };
        for k in 0..PIECES {
            let until = one.lift(k + 1).over(PIECES);
            // ∫ (1−τ) dτ over the piece, times √(ab)/2π.
            let weight = kind.scale.clone().times(2 * (PIECES - k) - 1).over(2 * PIECES * PIECES) / &two_pi;
            let s = one.clone() - until.clone() * &mean;
            let product = s.clone().square() - (until.clone() * &difference).square();
            let tilt = (rho.clone() * &s * &until * &change).times(2);
            let upright = (s.clone() * &kind.sine).square();
            let quadratic = (change.clone().square() + difference.clone().square()) * until.clone().square();
            let determinant = upright.clone() - &tilt - quadratic;
            positive.extend([s.clone(), product.clone(), determinant.clone()]);
            let (first, second) = (s / &product, until * &rho / &product);
            let per_change = weight.clone() / determinant.sqrt();
            let mixed = (first.clone() * &second * &change).times(2) + (second * &difference).square();
            let radial = weight * (upright + tilt).sqrt() / product.square();
            sum.of_change = first.square() * &per_change + sum.of_change;
            sum.of_difference = larger(mixed * per_change, &radial) + sum.of_difference;
        }
        sum
    }

    /// `tr P DK*[E₀] P`.
    pub(super) fn trace_slope(&self) -> R {
        let [diagonal, within, outlier] = self.trivial_entries();
        let (n, m, v, pi) = (&self.batch.n, self.cluster(), &self.batch.deviation_ratio, self.batch.n.pi());
        let (theta, phi) = (&self.batch.theta, &self.batch.phi);
        let on_pairs = kappa_slope(theta) * within + theta.clone().sin() * &diagonal / pi.clone().times(2);
        let radial = v.clone() * &diagonal + outlier.clone() / v;
        let on_cross = (phi.clone().times(2) * &diagonal + phi.clone().sin() * radial) / pi.times(4);
        let trace = (m.clone() * diagonal + outlier).over(2);
        let others = m.clone() * m.clone().plus(-1) * on_pairs + m.clone().times(2) * on_cross;
        (m * trace - others) / n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the integral of the head's formula where `σ` and `u₀` are at their worst, for the bound of `u₀²` and for
    /// each of the two terms that the bound of `ν²` is the larger of; the sum over pieces may exceed it by a little, and
    /// is to rounding what it says it is.
    #[test]
    fn curvature_is_that_of_the_worst_corner() {
        let weights = Weights { trivial: 1.0, standard: [1.0, 1.0] };
        let frame = Frame::at(FixedPoint::OddPoint.locate(9).unwrap(), weights);
        let mut mixed_wins = 0;
        for (rho, change, mean, difference) in [
            (0.9_f64, 0.05, 0.1, 0.1),
            (0.9, 0.02, 0.2, 0.0),
            (0.9, 0.09, 0.01, 0.01),
            (-0.5, 0.3, 0.05, 0.2),
            (-0.5, 0.0, 0.1, 0.4),
            (0.1, 0.0, 0.3, 0.1),
            (0.99, 0.006, 0.01, 0.01),
        ] {
            let (sine, scale) = ((1.0 - rho * rho).sqrt(), 3.0);
            // Read of the trivial part alone, a functional has its value there as its norm.
            let reading = |value: f64| Reading { trivial: 2.0 * value, standard: [0.0; 2], pair: 0.0 };
            let kind = Kind {
                rho,
                sine,
                scale,
                change: reading(change),
                mean: reading(mean),
                difference: reading(difference),
                spread: [1.0; 2],
                spread_sum: [1.0; 2],
                count: 1.0,
            };
            let found = frame.curvature(&kind, &0.5, &mut Vec::new());
            // With `τ` in the middle of each step, and, as the bound has it, at the end of each piece.
            let mut sums = |steps: i64, place: f64| {
                let (mut of_change, mut of_difference) = (0.0, 0.0);
                for k in 0..steps {
                    let [t, middle] = [place, 0.5].map(|x| (k as f64 + x) / steps as f64);
                    let s = 1.0 - t * mean;
                    let ab = s * s - (t * difference).powi(2);
                    let tilt = 2.0 * rho.abs() * t * s * change;
                    let delta =
                        ((s * sine).powi(2) - tilt - t * t * (change.powi(2) + difference.powi(2))).sqrt();
                    let weight = scale * (1.0 - middle) / steps as f64 / std::f64::consts::TAU;
                    // u² = (u₀ s + τρν²)²/(ab)², its first square and the rest; and Δ²ν²/(ab)² at most.
                    let rest = (2.0 * change * s * t * rho.abs() + (t * rho * difference).powi(2))
                        / (ab * ab * delta);
                    let radial = ((s * sine).powi(2) + tilt).sqrt() / (ab * ab);
                    mixed_wins += i32::from(rest > radial);
                    of_change += weight * s * s / (ab * ab * delta);
                    of_difference += weight * rest.max(radial);
                }
                [of_change, of_difference]
            };
            let integrals = sums(4000, 0.5);
            let found = [found.of_change, found.of_difference];
            for (found, (least, bound)) in found.into_iter().zip(integrals.into_iter().zip(sums(PIECES, 1.0)))
            {
                assert!(found >= least && found < 1.12 * least, "rho = {rho}: {found} {least}");
                assert!((found / bound - 1.0).abs() < 1e-12, "rho = {rho}: {found} {bound}");
            }
        }
        assert!(mixed_wins > 500);
    }
}
