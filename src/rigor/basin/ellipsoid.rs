//! The orbit ellipsoid: a set around the odd point, pushed through the layers with multipliers instead of norms.
//!
//! In the coordinates of the frame (all weights 1) the set holds the covariances `C* + D` of trace `t` with
//!
//! ```text
//! |x₀| ≤ X,      Σ (S⁻¹)ₖₗ ⟨wₖ, wₗ⟩ + ‖D_p‖²/s ≤ 1,      d₋ ≤ dᵢⱼ ≤ d₊ within the cluster
//! ```
//!
//! and begins as a Frobenius ball, which is one of them. **The remainder** is exact. With `a = 1 + σ + ν`,
//! `b = 1 + σ − ν`, `c = ρ + δc`, `u₀ = δc − ρσ` as in the ball's head, `p = √(ab)`, `ω = 1 + σ − p` and
//! `B(x) = κ(ρ+x) − κ(ρ) − κ'(ρ)x`, because `κ − ρκ' = sin θ/2π`,
//!
//! ```text
//! Q = p B(x) − (sin θ/2π) ω,      p x = c − ρp = u₀ + ρω,      ω = (√a − √b)²/2 = ν²/(1 + σ + p)
//!   = β u₀ + (βρ − sin θ/2π) ω,   β = B(x)/x, which increases with x: κ is convex
//! ```
//!
//! So `Q = β̄u₀ + Q̃`, `|Q̃| ≤ β̂|u₀| + γ|ν|`, where `β̄ ± β̂` are the ends of β over the set, and for each kind of entry and
//! every ε, τ > 0
//!
//! ```text
//! 0 ≤ τ Σ ((1+ε) β̂² u₀² + (1+1/ε) γ² ν² − Q̃²)
//! ```
//!
//! The sums split into the blocks. Added to what defines the set, this leaves of each block a form in `D` and `Q̃`, and
//! these forms are together at most 1; if they are positive definite, the image of the block lies in the ellipsoid of
//! `L W⁻¹ Lᵀ`, `W` the form and `L` the linear map from `D` and `Q̃`. For any ε, τ: they are searched in double precision.
//!
//! `β̄` moves the eigenvalues, τ trades what the remainder does to one block against what feeds it in another. The ends
//! of x come from functionals of D, from the distances, and from `|c| ≤ p`.

use super::ball::{Kind, LocalBall};
use super::best_radius;
use super::frame::{Frame, Reading, Weights, larger, magnitude, top_eigenvalue};
use super::orbit_box::{Ends, least_image, shrinkage};
use crate::arithmetic::{Interval, Real};
use crate::kernel::{kappa, kappa_slope};
use crate::odd_point::SymmetricBatch;

/// A set around the odd point; see the module's head.
#[derive(Clone, Debug)]
pub struct OrbitEllipsoid<R> {
    /// Bound of `|x₀|`.
    pub trivial: R,
    /// `S₁₁, S₁₂, S₂₂`.
    pub standard: [R; 3],
    /// `s`.
    pub pair: R,
    /// Least and largest squared distance within the cluster.
    pub within: [R; 2],
}

/// `(τ, ε)` of the pairs within the cluster, and of those across.
pub type Multipliers<R> = [[R; 2]; 2];

/// The frame of the coordinates used here.
pub fn plain_frame<R: Real>(batch: SymmetricBatch<R>) -> Frame<R> {
    let one = batch.n.lift(1);
    Frame::at(batch, Weights { trivial: one.clone(), standard: [one.clone(), one] })
}

/// What the remainder of one kind of entry is like over a set, in units of the entry's scale.
struct Remainder<R> {
    kind: Kind<R>,
    /// `β̄` and `β̂`.
    centre: R,
    spread: R,
    /// `γ`.
    skew: R,
    /// Largest `ω`.
    gap: R,
    /// Largest `1 + σ`, which bounds `p`.
    most: R,
    /// Bounds of `ΣQ`, the lower one with its sign changed.
    total: [R; 2],
}

/// All that does not depend on the multipliers.
pub struct Passage<'a, R> {
    frame: &'a Frame<R>,
    start: &'a OrbitEllipsoid<R>,
    remainders: [Remainder<R>; 2],
    /// Images of the unit patterns of `Q` in the standard block, times the scale.
    images: [[R; 2]; 2],
    /// Largest `λt/tr h`.
    gain: R,
    trivial: R,
    within: [R; 2],
}

/// Steps in which the range of a correlation is searched.
const GRID: i64 = 1 << 10;

impl<R: Ends> OrbitEllipsoid<R> {
    /// The Frobenius ball of that share of the best radius. `dᵢⱼ` moves by at most twice the operator norm.
    pub fn around(frame: &Frame<R>, share: &R) -> Self {
        let batch = &frame.batch;
        let square = (best_radius(batch) * share).square();
        let g = &frame.obliqueness;
        let oblique = square.clone() / (g.lift(1) - g.clone().square());
        let distance = batch.one_minus_r.clone().times(2);
        let reach = distance.clone() * share;
        Self {
            trivial: square.clone().sqrt(),
            standard: [oblique.clone(), -(oblique.clone() * g), oblique],
            pair: square,
            within: [distance.clone() - &reach, distance + reach],
        }
    }

    /// Whether this set certainly lies inside the other.
    pub fn lies_in(&self, other: &Self) -> bool {
        let [a, b, c] = [0, 1, 2].map(|k| other.standard[k].clone() - &self.standard[k]);
        let determinant = a.clone() * c - b.square();
        let rest = [
            other.trivial.clone() - &self.trivial,
            other.pair.clone() - &self.pair,
            self.within[0].clone() - &other.within[0],
            other.within[1].clone() - &self.within[1],
        ];
        [a, determinant].iter().chain(&rest).all(Ends::surely_positive)
    }

    /// The largest `N²` in the set, for the norm with these weights.
    pub fn norm_square(&self, weights: &Weights<R>) -> R {
        let [first, second] = &weights.standard;
        let [a, b, c] = self.standard.clone();
        let standard = [a * first.clone().square(), b * first * second, c * second.clone().square()];
        (self.trivial.clone() * &weights.trivial).square() + larger(top_eigenvalue(standard), &self.pair)
    }

    /// `fᵀSf` for what `f` reads of the standard block.
    fn standard_square(&self, f: &Reading<R>) -> R {
        let ([x, y], [a, b, c]) = (&f.standard, &self.standard);
        a.clone() * x.clone().square() + (b.clone() * x * y).times(2) + c.clone() * y.clone().square()
    }

    /// The largest `|f(D)|`; `spread` as in the frame's dual norm.
    fn largest(&self, frame: &Frame<R>, f: &Reading<R>, spread: &R) -> R {
        let m = frame.cluster();
        let pair = m.clone().plus(-3) / m.plus(-1).times(2);
        let square = self.standard_square(f) * spread + f.pair.clone().square() * pair * &self.pair;
        magnitude(&f.trivial) * &self.trivial + square.sqrt()
    }

    /// The largest `Σ f_e(D)²` over the entries of a kind, `k` = 0 for what `change` reads, 1 for `difference`.
    fn largest_sum(&self, kind: &Kind<R>, f: &Reading<R>, k: usize) -> R {
        let trivial = (f.trivial.clone() * &self.trivial).square() * &kind.count;
        let standard = self.standard_square(f) * &kind.spread_sum[k];
        trivial + larger(standard, &(f.pair.clone().square() * &self.pair))
    }

    /// The distances within the cluster, by the bounds kept and by the functional.
    fn distances(&self, frame: &Frame<R>, kind: &Kind<R>) -> [R; 2] {
        // δdᵢⱼ = 2σ − 2δc = 2(1−ρ)σ − 2u₀.
        let one = kind.rho.lift(1);
        let reading = kind.mean.times(&(one - &kind.rho)).plus(&-kind.rho.lift(1), &kind.change);
        let reach = self.largest(frame, &reading.times(&kind.rho.lift(2)), &kind.spread[0]);
        let distance = frame.batch.one_minus_r.clone().times(2);
        let [low, high] = &self.within;
        [larger(low.clone(), &(distance.clone() - &reach)), -larger(-high.clone(), &-(distance + reach))]
    }

    /// The remainder of one kind of entry; `distances` for pairs within the cluster.
    fn remainder(&self, frame: &Frame<R>, kind: Kind<R>, distances: Option<&[R; 2]>) -> Option<Remainder<R>> {
        let one = kind.rho.lift(1);
        let mean = self.largest(frame, &kind.mean, &kind.spread[0]);
        let difference = self.largest(frame, &kind.difference, &kind.spread[1]);
        let [low, high] = [one.clone() - &mean, one.clone() + mean];
        let product = low.clone().square() - difference.clone().square();
        if !(low.surely_positive() && product.surely_positive()) {
            return None;
        }
        let root = product.sqrt();
        let slope = (low.clone() + &root).floor();
        let gap = (difference.clone().square() / &slope).ceiling();

        let rho = &kind.rho;
        // c ≤ κp holds if −x + (u₀ − xσ) + κω ≤ 0 for κ = ρ + x, and likewise from below.
        let end = |sign: i64| {
            let last = one.lift(sign);
            let at = |k: i64| (last.clone() - rho).times(k).over(GRID) + rho;
            let bounded = |cosine: &R| {
                let x = cosine.clone() - rho;
                let reach = self.largest(frame, &kind.change.plus(&-x.clone(), &kind.mean), &kind.spread[0]);
                let outward = larger(cosine.clone().times(sign), &one.lift(0));
                (x.times(sign) - reach - outward * &gap).surely_positive()
            };
            let (mut inside, mut outside) = (0, GRID);
            while outside - inside > 1 {
                let middle = (inside + outside) / 2;
                *(if bounded(&at(middle)) { &mut outside } else { &mut inside }) = middle;
            }
            // At the last, |c| ≤ p.
            if outside == GRID { last } else { at(outside) }
        };
        let (mut least, mut most) = (end(-1), end(1));
        if let Some([near, far]) = distances {
            // cos = 1 − e/2p with dᵢⱼ − 2ω = e ≤ dᵢⱼ.
            let chord = larger(near.clone() - gap.clone().times(2), &one.lift(0));
            most = -larger(-most, &-(one.clone() - chord / high.clone().times(2)));
            least = larger(least, &(one.clone() - far.clone() / root.clone().times(2)));
        }
        if !((rho.clone() - &least).surely_positive() && (most.clone() - rho).surely_positive()) {
            return None;
        }

        let two_pi = rho.pi().times(2);
        let slant = kind.sine.clone() / &two_pi;
        let tangent = kappa_slope(&rho.clone().acos());
        // B(x)/x and B(x)/x² at both ends: the latter is a mean of κ'', which is convex.
        let [[from, first], [to, second]] = [least, most].map(|cosine| {
            let x = cosine.clone() - rho;
            let bregman = kappa(cosine) - kappa(rho.clone()) - tangent.clone() * &x;
            let secant = bregman / &x;
            [secant.clone(), secant / x]
        });
        let skewed = |beta: &R| magnitude(&(beta.clone() * rho - &slant));
        let tilt = difference / &slope;
        let skew = larger(skewed(&from), &skewed(&to)) * &tilt;

        let [changes, differences] =
            [(&kind.change, 0), (&kind.difference, 1)].map(|(f, k)| self.largest_sum(&kind, f, k));
        let shifted = changes.sqrt() + magnitude(rho) * tilt * differences.clone().sqrt();
        let total = [larger(first, &second) / &root * shifted.square(), slant * differences / slope];
        let (centre, spread) = ((from.clone() + &to).over(2), (to - from).over(2));
        Some(Remainder { kind, centre, spread, skew, gap, most: high, total })
    }

    /// The layer, but for the choice of multipliers; `None` where the bounds do not hold.
    pub fn passage<'a>(&'a self, frame: &'a Frame<R>) -> Option<Passage<'a, R>> {
        let (growth, n, pi) = (frame.batch.growth(), &frame.batch.n, frame.batch.n.pi());
        let pairs = frame.cluster_pairs();
        let [near, far] = self.distances(frame, &pairs);
        let pairs = self.remainder(frame, pairs, Some(&[near.clone(), far.clone()]))?;
        let across = self.remainder(frame, frame.cross_pairs(), None)?;

        let trace = growth.clone() * (frame.cluster() + frame.batch.variance_ratio());
        let drift = magnitude(&frame.trace_slope()) * &self.trivial;
        let [up, down] = [0, 1].map(|k| {
            let all = [&pairs, &across].map(|x| x.total[k].clone() * &x.kind.scale);
            let [first, second] = all;
            (first + second) / n
        });
        let least_trace = trace.clone() - &drift - up;
        let most_trace = trace.clone() + drift + down;
        let one = n.lift(1);
        let m = frame.cluster();
        let least = &(one - self.largest(frame, &frame.variance(), &(m.clone().plus(-1) / m)));
        let most = &pairs.most;
        let chord = far.clone() - pairs.gap.clone().times(2);
        let sound = [
            least_trace.clone(),
            least.clone().times(4) - &near,
            most.clone().times(4) - &far,
            chord.clone(),
        ];
        if !sound.iter().all(Ends::surely_positive) {
            return None;
        }
        let (loss, gain) = ((trace.clone() / most_trace).floor(), (trace / least_trace).ceiling());
        let within = [
            (least_image(least, &near).nonnegative() * &loss / &growth).floor(),
            ((far.over(2) - shrinkage(most, &chord) / pi) * &gain / &growth).ceiling(),
        ];

        let (on_pairs, on_cross) = frame.trivial_projection();
        let from = |weight: R, x: &Remainder<R>| {
            magnitude(&weight) * larger(x.total[0].clone(), &x.total[1]) * &x.kind.scale / &growth
        };
        let kept = magnitude(&frame.spectrum.trivial) * &self.trivial;
        let trivial = ((kept + from(on_pairs, &pairs) + from(on_cross, &across)) * &gain).ceiling();
        let [first, second] = frame.standard_images();
        let per_scale = |image: [R; 2], x: &Remainder<R>| image.map(|y| y * &x.kind.scale / &growth);
        let images = [per_scale(first, &pairs), per_scale(second, &across)];
        Some(Passage { frame, start: self, remainders: [pairs, across], images, gain, trivial, within })
    }
}

impl<R: Ends> Passage<'_, R> {
    /// A set that holds the image of every covariance of the start.
    pub fn image(&self, multipliers: &Multipliers<R>) -> Option<OrbitEllipsoid<R>> {
        let (start, spectrum) = (self.start, &self.frame.spectrum);
        let zero = self.gain.lift(0);
        // What is left for the standard and the pair part.
        let mut left = self.gain.lift(1);
        let mut forms = [zero.clone(), zero.clone(), zero.clone()];
        let mut pair_form = zero.clone();
        let [first, second] = &spectrum.standard;
        let mut map = [[first.clone(), zero.clone()], [zero, second.clone()]];
        for ((x, [tau, epsilon]), image) in self.remainders.iter().zip(multipliers).zip(&self.images) {
            let wider = epsilon.clone().plus(1);
            let by_change = x.spread.clone().square() * &wider * tau;
            let by_difference = x.skew.clone().square() * wider / epsilon * tau;
            let kind = &x.kind;
            for (f, weight, k) in [(&kind.change, by_change, 0), (&kind.difference, by_difference, 1)] {
                left = left - (f.trivial.clone() * &start.trivial).square() * &kind.count * &weight;
                pair_form = f.pair.clone().square() * &weight + pair_form;
                let [a, b] = &f.standard;
                let products = [a.clone().square(), a.clone() * b, b.clone().square()];
                let weight = weight * &kind.spread_sum[k];
                forms = [0, 1, 2].map(|k| products[k].clone() * &weight + &forms[k]);
            }
            // The part β̄u₀: its pattern is √(spread_sum)·f(w) times the unit one.
            let norm = kind.spread_sum[0].clone().sqrt();
            for (row, out) in map.iter_mut().zip(image) {
                for (entry, f) in row.iter_mut().zip(&kind.change.standard) {
                    *entry = out.clone() * &x.centre * &norm * f + &*entry;
                }
            }
        }
        let [a, b, c] = &start.standard;
        let determinant = a.clone() * c - b.clone().square();
        let inverse = [c.clone(), -b.clone(), a.clone()].map(|x| x * &left / &determinant);
        let [a, b, c] = [0, 1, 2].map(|k| inverse[k].clone() - &forms[k]);
        let minor = a.clone() * &c - b.clone().square();
        let pair_left = left.clone() / &start.pair - pair_form;
        if ![&left, &a, &minor, &pair_left].into_iter().all(Ends::surely_positive) {
            return None;
        }
        let solved = [c, -b, a].map(|x| x / &minor);
        let [p, q, r] = &solved;
        let [row, other] = &map;
        let product = |x: &[R; 2], y: &[R; 2]| {
            let mixed = x[0].clone() * &y[1] + x[1].clone() * &y[0];
            x[0].clone() * &y[0] * p + mixed * q + x[1].clone() * &y[1] * r
        };
        let gain = self.gain.clone().square();
        let entry = |x: &[R; 2], y: &[R; 2], i: usize, j: usize| {
            let sources = self.images.iter().zip(multipliers);
            let total = sources
                .fold(product(x, y), |sum, (image, [tau, _])| image[i].clone() * &image[j] / tau + sum);
            total * &gain
        };
        let growth = self.frame.batch.growth();
        let kept = self.remainders[0].centre.clone() / &growth + &spectrum.pair;
        let pair = kept.square() / pair_left + gain.lift(1) / (growth.square() * &multipliers[0][0]);
        Some(OrbitEllipsoid {
            trivial: self.trivial.clone(),
            standard: [entry(row, row, 0, 0), entry(row, other, 0, 1), entry(other, other, 1, 1)],
            pair: pair * gain,
            within: self.within.clone(),
        })
    }
}

/// A Frobenius ball, and sets of which each holds the image of the one before; the last lies in a local ball.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::rigor::basin::{EllipsoidOrbit, Frame, LocalBall, Weights};
/// let ball = LocalBall::prove(20, 128)?;
/// let weights = Weights { trivial: 1.0, standard: [1.0, 1.0] };
/// let frame = Frame::at(FixedPoint::OddPoint.locate(20)?, weights);
/// // Found in double precision, proved with intervals: batches within half the best radius come into the ball.
/// let orbit = EllipsoidOrbit::search(&frame, &ball, 0.5).unwrap();
/// assert!(orbit.check(&ball));
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EllipsoidOrbit {
    /// Share of the best radius.
    pub share: f64,
    /// The sets, and the multipliers that lead from each to the next.
    pub(super) sets: Vec<OrbitEllipsoid<f64>>,
    multipliers: Vec<Multipliers<f64>>,
}

/// By how much a set is taken larger than was computed.
const MARGIN: f64 = 1e-9;

/// Most layers, over n.
const LAYERS: usize = 40;

/// What the search makes small in each layer: `s` and these multiples of `S₁₁` and `S₂₂`. The slow standard modes feed
/// the others, the fast ones die by themselves.
type Cost = [f64; 2];

/// Those that are tried.
const COSTS: [Cost; 4] = [[50.0, 0.3], [300.0, 3.0], [50.0, 0.1], [50.0, 0.03]];

/// Share of the best radius to which the search is exact.
const SHARE_STEP: f64 = 1.0 / 1024.0;

impl EllipsoidOrbit {
    /// In double precision, nothing proved: sets from that share of the best radius to the ball.
    pub fn search(frame: &Frame<f64>, ball: &LocalBall, share: f64) -> Option<Self> {
        COSTS.iter().find_map(|cost| Self::with_cost(frame, ball, share, cost))
    }

    /// The same from the largest share found.
    pub fn search_largest(frame: &Frame<f64>, ball: &LocalBall) -> Option<Self> {
        let mut best: Option<Self> = None;
        for cost in &COSTS {
            let (mut low, mut high) = (best.as_ref().map_or(0.0, |orbit| orbit.share), 1.0);
            let mut next = low + SHARE_STEP;
            while high - low > SHARE_STEP {
                match Self::with_cost(frame, ball, next, cost) {
                    Some(orbit) => (low, best) = (next, Some(orbit)),
                    // No better than another cost: not worth a bisection.
                    None if next == low + SHARE_STEP => break,
                    None => high = next,
                }
                next = f64::midpoint(low, high);
            }
        }
        best
    }

    fn with_cost(frame: &Frame<f64>, ball: &LocalBall, share: f64, cost: &Cost) -> Option<Self> {
        let Weights { trivial, standard } = &ball.frame.weights;
        let weights =
            Weights { trivial: trivial.approximate(), standard: [0, 1].map(|k| standard[k].approximate()) };
        let target = ball.radius.approximate().powi(2) * (1.0 - MARGIN);
        let mut current = OrbitEllipsoid::around(frame, &share).relaxed();
        let largest = 1e3 * current.pair;
        let mut chosen = first_guess(&current.passage(frame)?, cost)?;
        let mut orbit = Self { share, sets: Vec::new(), multipliers: Vec::new() };
        for _ in 0..LAYERS * frame.batch.n as usize {
            if current.norm_square(&weights) < target {
                orbit.sets.push(current);
                return Some(orbit);
            }
            let passage = current.passage(frame)?;
            chosen = descend(&passage, cost, chosen)?;
            let next = passage.image(&chosen.map(|x| x.map(f64::exp)))?.relaxed();
            orbit.sets.push(current);
            orbit.multipliers.push(chosen.map(|x| x.map(f64::exp)));
            current = next;
            if current.pair > largest {
                return None;
            }
        }
        None
    }

    /// Whether it is proved that every covariance in the Frobenius ball comes into the local ball.
    pub fn check(&self, ball: &LocalBall) -> bool {
        let precision = ball.radius.precision();
        let exactly = |x: f64| Interval::from_f64(precision, x);
        let frame = plain_frame(ball.frame.batch.clone());
        let sets: Vec<_> = self.sets.iter().map(|set| set.map(exactly)).collect();
        let begins = OrbitEllipsoid::around(&frame, &exactly(self.share)).lies_in(&sets[0]);
        let led = sets.windows(2).zip(&self.multipliers).all(|(pair, multipliers)| {
            let multipliers = multipliers.map(|x| x.map(exactly));
            let image = pair[0].passage(&frame).and_then(|passage| passage.image(&multipliers));
            image.is_some_and(|image| image.lies_in(&pair[1]))
        });
        let last = sets.last().map(|set| set.norm_square(&ball.frame.weights));
        begins && led && last.is_some_and(|x| x.certainly_less(&ball.radius.clone().square()))
    }

    /// Layers until the last set.
    pub fn layers(&self) -> usize {
        self.multipliers.len()
    }
}

impl OrbitEllipsoid<f64> {
    fn relaxed(self) -> Self {
        let wider = |x: f64| x * (1.0 + MARGIN);
        let [low, high] = self.within;
        let [a, b, c] = self.standard;
        Self {
            trivial: wider(self.trivial),
            standard: [wider(a), b, wider(c)],
            pair: wider(self.pair),
            within: [low * (1.0 - MARGIN), wider(high)],
        }
    }

    fn map<S>(&self, f: impl Fn(f64) -> S) -> OrbitEllipsoid<S> {
        OrbitEllipsoid {
            trivial: f(self.trivial),
            standard: self.standard.map(&f),
            pair: f(self.pair),
            within: self.within.map(&f),
        }
    }
}

/// What multipliers of these logarithms are worth.
fn value(passage: &Passage<'_, f64>, [slow, fast]: &Cost, logarithms: &Multipliers<f64>) -> f64 {
    passage
        .image(&logarithms.map(|x| x.map(f64::exp)))
        .map_or(f64::INFINITY, |image| image.pair + slow * image.standard[0] + fast * image.standard[2])
}

/// The best of a grid.
fn first_guess(passage: &Passage<'_, f64>, cost: &Cost) -> Option<Multipliers<f64>> {
    let unit = -passage.start.pair.ln();
    let scale = passage.frame.batch.deviation_ratio.ln();
    let grid = (-4..8).flat_map(|i| (-4..8).map(move |j| (f64::from(i), f64::from(j))));
    grid.map(|(i, j)| [[unit + i, 0.0], [unit + scale + j, 0.0]])
        .map(|guess| (value(passage, cost, &guess), guess))
        .filter(|(found, _)| found.is_finite())
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, guess)| guess)
}

/// Descent along the coordinates.
fn descend(passage: &Passage<'_, f64>, cost: &Cost, start: Multipliers<f64>) -> Option<Multipliers<f64>> {
    // The last multipliers may be too large for this set.
    let smaller = |k: i32| start.map(|[tau, epsilon]| [tau - 0.2 * f64::from(k), epsilon]);
    let mut best = (0..20).map(smaller).find(|trial| value(passage, cost, trial).is_finite())?;
    let mut least = value(passage, cost, &best);
    for step in [0.5, 0.5, 0.2, 0.2, 0.1, 0.1, 0.05] {
        for k in 0..4 {
            for change in [step, -step] {
                let mut trial = best;
                trial[k / 2][k % 2] += change;
                let found = value(passage, cost, &trial);
                if found < least {
                    (best, least) = (trial, found);
                }
            }
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests;
