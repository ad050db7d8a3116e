//! The basin for all large batches at once: `u = 1/n` in an interval from 0.
//!
//! Squared distances in the gauge `mean d_io = n²` (as in [`super::OrbitBox`]) are written `d_ij = u² D_ij` within the
//! cluster and `d_io = n² + u² E_i`; `R_i`, `M` are the means of `D` over a row and over all pairs. With `a_i = 1 + u² A_i`,
//! `a_o = (1−u)² ã/u²`, `H_ij = p h(θ)`, `H_io = u² k_i`, one layer is
//!
//! ```text
//! A_i = (1−2u) R_i + u E_i − (1−u)(1−2u) M/2,      ã = 1 − u⁴ (1−2u) M/(2(1−u))
//! D'_ij = (D_ij − 2H_ij/(πu²))/q,                  q = (1−u)² + u² + u⁵(1−2u) M − (2u⁴/π) mean k
//! E'_i = (X_i − mean X)/q,  X_i = A_i − 2k_i/π,    k_i = (1−u) √(a_i ã) z³ J₁(uz),  z = φ/u
//! ```
//!
//! Nothing is divided by `u`, and each `D_ij` follows `D' = D (1 + 2u − (2/3π) u√D) + O(u³)`: a logistic map, to which the
//! rest of the batch is coupled by terms of a higher order. Two sets of batches, both with `D_ij ≤ U`, `R_i ≤ R₊`, `M ≤ M₊`,
//! `|E_i| ≤ E₀`:
//!
//! * covariances with all `D_ij > 0`: mapped into itself, and the least `D_ij` grows by the factor `1 + u·growth` at
//!   least while it is below `L`. So every one of them comes into the second set;
//! * all `D_ij ≥ L` (covariance or not): mapped into itself, and the distance `max(max |log D_ij − log D°_ij|,
//!   max |E_i − E°_i|/η)` of two of them shrinks by the factor `1 − u·rate` at least. It holds the odd point.
//!
//! Hence every covariance of the first set converges to the odd point. It holds every batch within `reach·(1−r)` of it in
//! operator norm, no two samples of whose cluster are identical. The derivation, line by line, is in `proofs/theorems/stability.basin.md`;
//! letters are those used there.

use super::frame::larger;
use crate::arithmetic::{Interval, Real};
use crate::odd_point::FixedPoint;
use crate::odd_point::scaled::ScaledBatch;
use crate::rigor::inequalities::{approach, symmetric};
use crate::rigor::tail::prove_angle_expansion;
use crate::rigor::{ANGLE_CONSTANT, TAIL_FROM, enclose_fixed_point};
use crate::{Error, Result};

/// Every batch of every size `n ≥ from` within `reach` times the best radius converges to the odd point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniformStatement {
    /// The least batch size.
    pub from: u64,
    /// The radius over [`super::best_radius`]; in operator norm, over `1 − r`.
    pub reach: f64,
    /// Whether batches with two identical samples in the cluster are excepted. Below the best radius there are none.
    pub but_identical: bool,
}

/// What can be said of it.
#[derive(Clone, Debug)]
pub enum UniformVerdict {
    /// It holds.
    Proved(UniformBasin),
    /// Batches with two identical samples lie within the radius, whatever n: they do not converge.
    TooLarge,
}

/// The constants of a proof; each is the least over all batch sizes.
#[derive(Clone, Debug)]
pub struct UniformBasin {
    /// The least `D_ij` grows by `1 + growth/n` a layer, until it is at least `least_share` of the odd point's.
    pub growth: Interval,
    /// From then on the distance shrinks by `1 − rate/n` a layer.
    pub rate: Interval,
}

/// Pieces into which the range of `u` is cut.
const PIECES: i64 = 32;
/// `L` over the odd point's `D`.
const LEAST_SHARE: f64 = 0.85;
/// `M₊` over what the mean can be at the start: above the odd point's, so that it shrinks.
const MEAN_ROOM: f64 = 1.2;
/// `E₀` and `η` over what was found to be needed.
const ROOM: f64 = 1.05;

/// Judges a statement.
///
/// # Errors
/// [`Error::NotReached`] if it is neither proved nor refuted.
///
/// ```
/// use oddpoint::rigor::basin::{UniformStatement, UniformVerdict, judge_uniform};
/// // Beyond the best radius there are batches with identical samples, which do not converge.
/// let statement = UniformStatement { from: 40, reach: 1.1, but_identical: false };
/// assert!(matches!(judge_uniform(&statement, 64)?, UniformVerdict::TooLarge));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn judge_uniform(statement: &UniformStatement, precision: u32) -> Result<UniformVerdict> {
    // At the best radius itself there is one (`best_radius`): the statement is of the open ball.
    if statement.reach > 1.0 && !statement.but_identical {
        return Ok(UniformVerdict::TooLarge);
    }
    prove_uniform(statement.from, statement.reach, precision).map(UniformVerdict::Proved)
}

/// Proves that for every `n ≥ from` all covariances within `reach · (1−r)` of the odd point in operator norm, at the
/// same trace, converge to it, but for those with two identical samples in the cluster.
///
/// # Errors
/// [`Error::NotReached`] if some batch size stays undecided.
///
/// ```
/// // From a batch size on that is too small nothing is proved.
/// assert!(oddpoint::rigor::basin::prove_uniform(7, 1.0, 64).is_err());
/// ```
pub fn prove_uniform(from: u64, reach: f64, precision: u32) -> Result<UniformBasin> {
    // The window of x = nθ used for n ≥ TAIL_FROM.
    prove_angle_expansion(ANGLE_CONSTANT, TAIL_FROM, precision)?;
    let places = places(from, precision)?;
    let reach = Interval::from_f64(precision, reach);
    let found = places.iter().map(|(u, x)| contract(u, x, &reach));
    let all = found.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().reduce(UniformBasin::worst));
    all.ok_or_else(|| Error::NotReached(format!("no region was proved to contract for all n >= {from}")))
}

/// `u` and the window of `x` of every `n ≥ from`: one by one below [`TAIL_FROM`], then in pieces from `u = 0` on.
fn places(from: u64, precision: u32) -> Result<Vec<(Interval, Interval)>> {
    let mut places = Vec::new();
    for n in from..TAIL_FROM {
        let batch = enclose_fixed_point(FixedPoint::OddPoint, n, precision)?;
        places.push((batch.n.lift(1) / &batch.n, batch.theta * &batch.n));
    }
    let window = symmetric(ANGLE_CONSTANT, precision);
    let step = Interval::from_integer(precision, 1).over(PIECES * from.max(TAIL_FROM) as i64);
    for k in 0..PIECES {
        let u = step.clone().times(k).hull(&step.clone().times(k + 1));
        let x = approach(&u, &window);
        places.push((u, x));
    }
    Ok(places)
}

impl UniformBasin {
    fn worst(self, other: Self) -> Self {
        let smaller = |a: Interval, b: &Interval| -larger(-a, &-b.clone());
        Self { growth: smaller(self.growth, &other.growth), rate: smaller(self.rate, &other.rate) }
    }
}

/// The proof for the batch sizes of one interval of `u`.
fn contract(u: &Interval, x: &Interval, reach: &Interval) -> Option<UniformBasin> {
    let start = Start::around(u, x, reach);
    let region = Region::search(u, &start);
    let Conditions { mut positive, growth, rate } = region.conditions();
    positive.extend(start.lies_in(&region));
    positive.extend([growth.clone(), rate.clone()]);
    positive.iter().all(Interval::certainly_positive).then_some(UniformBasin { growth, rate })
}

/// The odd point, and what is near it, in scaled distances.
#[derive(Clone, Debug)]
struct Start<R> {
    /// `D*`.
    centre: R,
    /// The largest `D_ij`, `R_i`, `M` and `|E_i|` of a batch within the reach.
    pairs: R,
    rows: R,
    mean: R,
    across: R,
    /// `u²` times the least mean distance to the outlier, before it is scaled to 1.
    scale: R,
}

impl<R: Real> Start<R> {
    /// As [`super::OrbitBox::around`], from `n²(1−r) = x²γ` and `d_io = n²(cos²φ + u² sin²φ)`.
    fn around(u: &R, x: &R, reach: &R) -> Self {
        let batch = ScaledBatch::at(u, x);
        let one = u.lift(1);
        let (m, others) = (one.clone() - u, one - u.clone().times(2));
        let half = batch.sin_phi_over_u.clone().square() * &m / &others;
        let square = u.clone().square();
        let across = batch.cos_phi.clone().square() + (square.clone() * &batch.sin_phi_over_u).square();
        let radius = half.clone() * reach;
        let scale = across.clone() - square.square() * &radius;
        let within = half.times(2);
        let row_reach = radius.clone() * m * u.clone().times(2).plus(1) / &others;
        let mean_reach = radius.clone().times(2) * u / others;
        Self {
            pairs: (within.clone() + radius.clone().times(2)) / &scale,
            rows: (within.clone() + row_reach) / &scale,
            mean: (within.clone() + mean_reach) / &scale,
            across: radius.times(3) / &scale,
            centre: within / across,
            scale,
        }
    }

    /// What must be positive for batches within the reach to lie in the region, and the odd point too.
    fn lies_in(&self, region: &Region<R>) -> Vec<R> {
        let [pairs, rows, mean] = region.most.clone();
        vec![
            self.scale.clone(),
            pairs - &self.pairs,
            rows - &self.rows,
            mean.clone() - &self.mean,
            mean - &self.centre,
            region.across.clone() - &self.across,
            self.centre.clone() - &region.least,
        ]
    }
}

/// The bounds of the two sets of the module's head.
#[derive(Clone, Debug)]
struct Region<R> {
    /// `1/n`.
    u: R,
    /// `L`.
    least: R,
    /// `U`, `R₊`, `M₊`.
    most: [R; 3],
    /// `E₀`.
    across: R,
    /// `η`.
    weight: R,
}

/// What is to be shown of a region.
struct Conditions<R> {
    positive: Vec<R>,
    growth: R,
    rate: R,
}

impl Region<Interval> {
    /// Bounds that may do for all batch sizes of an interval. Nothing here needs to be rigorous.
    fn search(u: &Interval, start: &Start<Interval>) -> Self {
        let precision = u.precision();
        let above = |x: &Interval| x.upper().to_f64() * (1.0 + 1e-9);
        let exactly = |x: f64| Interval::from_f64(precision, x);
        let found = Region {
            u: u.upper().to_f64(),
            least: LEAST_SHARE * start.centre.lower().to_f64(),
            most: [above(&start.pairs), above(&start.rows), MEAN_ROOM * above(&start.mean)],
            across: above(&start.across),
            weight: 1.0,
        }
        .settled();
        Self {
            u: u.clone(),
            least: exactly(found.least),
            most: found.most.map(exactly),
            across: exactly(found.across),
            weight: exactly(found.weight),
        }
    }
}

impl Region<f64> {
    /// `E₀` and `η` raised until they suffice, or for good.
    fn settled(mut self) -> Self {
        let start = self.across;
        for _ in 0..60 {
            let variances = self.variances();
            let outlier = self.outlier(&variances);
            self.across = start.max(ROOM * self.across_image(&outlier));
            self.weight = ROOM * self.weight_needed(&outlier, &self.scale_slope(&outlier));
        }
        self
    }
}

/// Bounds of the cluster's variances.
struct Variances<R> {
    /// `a₋`, `a₊`.
    ends: [R; 2],
    /// `A₊`.
    top: R,
    /// `α ≥ |A_i − A_j|`.
    spread: R,
    /// `g ≥ (√a_i − √a_j)²/u²`.
    gap: R,
}

/// Bounds of the pairs with the outlier, and of the scale.
struct Outlier<R> {
    /// `k₊ ≥ k_i ≥ 0`.
    shrinkage: R,
    /// Largest slopes of `k_i` in `A_i`, `E_i` and `M`.
    slopes: [R; 3],
    /// Largest `|1 − (2/π) ∂k_i/∂A_i|`.
    radial: R,
    /// `q₋`, `q₊`.
    scale: [R; 2],
    /// `𝒟`: `|δA_i|` per unit of the norm.
    variation: R,
}

impl<R: Real> Region<R> {
    /// `1 − ku`.
    fn less(&self, k: i64) -> R {
        self.u.lift(1) - self.u.clone().times(k)
    }

    fn variances(&self) -> Variances<R> {
        let (u, square) = (&self.u, self.u.clone().square());
        let [_, rows, mean] = &self.most;
        let own = self.less(2) * rows;
        let deviation = u.clone() * &self.across;
        let top = own.clone() + &deviation;
        let bottom = -(deviation.clone() + self.less(1) * self.less(2) * mean.clone().over(2));
        let [low, high] = [&bottom, &top].map(|end| (square.clone() * end).plus(1));
        let spread = own + deviation.times(2);
        let gap = (u.clone() * &spread).square() / low.clone().times(4);
        Variances { ends: [low, high], top, spread, gap }
    }

    fn outlier(&self, variances: &Variances<R>) -> Outlier<R> {
        let (u, share, pi) = (&self.u, self.less(1), self.u.pi());
        let [low, high] = &variances.ends;
        let mean = &self.most[2];
        let square = u.clone().square();
        let fourth = square.clone().square();
        let least = u.lift(1) - fourth.clone() * self.less(2) * mean / share.clone().times(2);
        let product = (low.clone() * &least).sqrt();
        // e ≤ uY and p ≥ (1−u) product/u.
        let y = share.clone().times(2) * &variances.top / product.clone().plus(1)
            + u.clone() * (variances.top.clone() + &self.across);
        let chord = (y / (share.clone() * product)).sqrt();
        let angle = chord.clone() * stretch(u.clone() * chord);
        let shrinkage = share.clone() * high.clone().sqrt() * &angle * angle.clone().square().over(3);

        let by_variance = u.clone() + share.clone() / low.clone().sqrt();
        let half = angle.clone().over(2);
        let on_across = half.clone() * u;
        let norms = share.clone() + u.clone() * (high.clone() / least).sqrt();
        let slopes = [half * &by_variance, on_across.clone(), on_across * self.less(2) * norms / u.lift(2)];
        let radial = larger(u.lift(1), &(angle.clone() * by_variance / &pi).plus(-1));

        let base = share.clone().square() + &square;
        let lost = fourth.clone().times(2) * &shrinkage / pi;
        let scale = [base.clone() - lost, base + fourth * u * self.less(2) * mean];
        let variation =
            self.less(2) * (share * mean.clone().over(2) + &self.most[1]) + u.clone() * &self.weight;
        Outlier { shrinkage, slopes, radial, scale, variation }
    }

    /// `|δk_i|` per unit of the norm, `A_i` held: through `E_i` and `M`.
    fn shrinkage_variation(&self, outlier: &Outlier<R>) -> R {
        let [_, by_across, by_mean] = &outlier.slopes;
        by_across.clone() * &self.weight + by_mean.clone() * &self.most[2]
    }

    /// `Q`: `|δ log q| ≤ u⁴ Q` per unit of the norm.
    fn scale_slope(&self, outlier: &Outlier<R>) -> R {
        let by_mean = self.u.clone() * self.less(2) * &self.most[2];
        let on_outlier = outlier.slopes[0].clone() * &outlier.variation + self.shrinkage_variation(outlier);
        (by_mean + on_outlier.times(2) / self.u.pi()) / &outlier.scale[0]
    }

    /// Largest `|E'_i|`.
    fn across_image(&self, outlier: &Outlier<R>) -> R {
        let straight = self.less(2) * &self.most[1] + self.u.clone() * &self.across;
        (straight + outlier.shrinkage.clone().times(2) / self.u.pi()) / &outlier.scale[0]
    }

    /// Largest `|δE'_i|` per unit of the norm, given `Q`.
    fn weight_needed(&self, outlier: &Outlier<R>, slope: &R) -> R {
        let fourth = self.u.clone().square().square();
        let bend = self.shrinkage_variation(outlier).times(2) / self.u.pi();
        let moved = outlier.radial.clone() * &outlier.variation + bend;
        fourth * slope * &self.across + moved.times(2) / &outlier.scale[0]
    }

    /// Everything that must be positive for the two statements of the module's head.
    fn conditions(&self) -> Conditions<R> {
        let variances = self.variances();
        let outlier = self.outlier(&variances);
        let slope = self.scale_slope(&outlier);
        let [low, high] = &variances.ends;
        let [pairs, rows, mean] = &self.most;
        let u = &self.u;
        let square = u.clone().square();
        // j and ν, from the largest angle within the cluster.
        let chord = (pairs.clone() / low).sqrt();
        let stretched = stretch(u.clone() * &chord);
        let widest = chord * &stretched;
        let kept = u.lift(1) - (widest * u).times(2) / u.pi().times(3);

        let [rate, linear] = self.rate(&variances, &outlier, &slope, [&stretched, &kept]);
        let growth = self.growth(low, &stretched);
        let mut positive = vec![
            low.clone(),
            outlier.scale[0].clone(),
            kept,
            linear,
            rows.clone() - mean,
            self.least.clone() - &variances.gap,
            self.across.clone() - self.across_image(&outlier),
            self.weight.clone() * (u.lift(1) - rate.clone() * u) - self.weight_needed(&outlier, &slope),
        ];
        // (1 − q₋)/u.
        let gain = u.lift(2) - u.clone().times(2) + square * u * &outlier.shrinkage.clone().times(2) / u.pi();
        positive.extend(self.most.iter().map(|x| self.loss(x, high, &variances.gap) - &gain));
        Conditions { positive, growth, rate }
    }

    /// `2H(a₊, u²(X−g))/(πu³X)`: by how much one layer lowers a bound `X` of pairs, rows or the mean, over `uX`.
    fn loss(&self, x: &R, high: &R, gap: &R) -> R {
        let chord = ((x.clone() - gap) / high).sqrt();
        let theta = (self.u.clone() * &chord).over(2).asin().times(2);
        // h(θ) = θ³J₁(θ) ≥ (2 sin(θ/2))³ J₁(θ).
        chord.clone() * chord.square() * theta.bessel(1).times(2) * high / (self.u.pi() * x)
    }

    /// `((1−q₊)/u − 2θ/(3πu))` at `D = L`.
    fn growth(&self, low: &R, stretched: &R) -> R {
        let u = &self.u;
        let by_mean = u.clone().square().square() * self.less(2) * &self.most[2];
        let angle = (self.least.clone() / low).sqrt() * stretched;
        u.lift(2) - u.clone().times(2) - by_mean - angle.times(2) / u.pi().times(3)
    }

    /// `(λ₀ − u²K₁)√L − u²K₂/√L − u³Q`, and the bracket: if it is positive, this is least at `D = L`.
    fn rate(&self, variances: &Variances<R>, outlier: &Outlier<R>, slope: &R, [j, kept]: [&R; 2]) -> [R; 2] {
        let (u, pi) = (&self.u, self.u.pi());
        let square = u.clone().square();
        let [low, high] = &variances.ends;
        let root = low.clone().sqrt();
        let rows = self.less(2) * &self.most[1];
        // 𝒢 ≥ |A_i − A_j| |δA_i − δA_j| per unit of the norm.
        let deviations = u.clone() * &self.across;
        let weights = u.clone() * &self.weight;
        let product = rows.clone().square()
            + rows.clone() * &deviations.clone().times(4)
            + rows * &weights.clone().times(2)
            + deviations * weights.times(4);
        let second = square.clone() * variances.spread.clone().square() * &outlier.variation;
        let bent = product / low.clone().times(2) + second / low.clone().square().times(4);
        let by_gap = j.clone() * bent / (pi.clone() * kept * &root);
        let by_product =
            j.clone().square() * j * &outlier.variation / (pi.clone() * kept * low * root).times(3);

        let held = (u.lift(1) - variances.gap.clone() / &self.least) / high;
        let linear = held.sqrt() / pi.times(3) - square.clone() * by_product;
        let bound = self.least.clone().sqrt();
        let rate = linear.clone() * &bound - square.clone() * by_gap / bound - square * u * slope;
        [rate, linear]
    }
}

/// The largest ratio of `2t` to `2 sin t` for `0 ≤ 2 sin t ≤ chord`.
fn stretch<R: Real>(chord: R) -> R {
    chord.lift(1) / chord.over(2).asin().bessel(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Gram;
    use crate::layer::infinite_width::layer;
    use crate::odd_point::SymmetricBatch;
    use crate::rigor::basin::OrbitBox;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::f64::consts::PI;

    const BITS: u32 = 128;

    /// A batch as the module's head writes it.
    struct Scaled {
        u: f64,
        /// `D`.
        pairs: Vec<Vec<f64>>,
        /// `E`.
        across: Vec<f64>,
    }

    impl Scaled {
        fn of(gram: &Gram<f64>) -> Self {
            let m = gram.n() - 1;
            let n = gram.n() as f64;
            let distance = |i: usize, j: usize| gram.get(i, i) + gram.get(j, j) - 2.0 * gram.get(i, j);
            let factor = n * n * m as f64 / (0..m).map(|i| distance(i, m)).sum::<f64>();
            let square = n * n;
            let row = |i| (0..m).map(|j| square * factor * distance(i, j)).collect();
            let across = (0..m).map(|i| square * (factor * distance(i, m) - square)).collect();
            Self { u: 1.0 / n, pairs: (0..m).map(row).collect(), across }
        }

        fn rows(&self) -> Vec<f64> {
            let others = (self.across.len() - 1) as f64;
            self.pairs.iter().map(|row| row.iter().sum::<f64>() / others).collect()
        }

        fn mean(&self) -> f64 {
            self.rows().iter().sum::<f64>() / self.across.len() as f64
        }

        /// Off the diagonal.
        fn distances(&self) -> Vec<f64> {
            let m = self.across.len();
            (0..m * m).filter(|k| k / m != k % m).map(|k| self.pairs[k / m][k % m]).collect()
        }

        fn least(&self) -> f64 {
            self.distances().into_iter().fold(f64::INFINITY, f64::min)
        }

        /// One layer by the formulas of the module's head.
        fn step(&self) -> Self {
            let (u, mean, m) = (self.u, self.mean(), self.across.len());
            let a: Vec<f64> = (self.rows().iter().zip(&self.across))
                .map(|(r, e)| (1.0 - 2.0 * u) * r + u * e - (1.0 - u) * (1.0 - 2.0 * u) * mean / 2.0)
                .collect();
            let tilde = 1.0 - u.powi(4) * (1.0 - 2.0 * u) * mean / (2.0 * (1.0 - u));
            let outlier = (1.0 - u).powi(2) * tilde / (u * u);
            let angle = |e: f64, p: f64| 2.0 * (e / (4.0 * p)).max(0.0).sqrt().asin();
            let k: Vec<f64> = (a.iter().zip(&self.across))
                .map(|(a, e)| {
                    let own = 1.0 + u * u * a;
                    let sum = (own.sqrt() + outlier.sqrt()).powi(2);
                    let phi = angle(sum - 1.0 / (u * u) - u * u * e, (own * outlier).sqrt());
                    (1.0 - u) * (own * tilde).sqrt() * (phi / u).powi(3) * phi.bessel(1)
                })
                .collect();
            let average = |x: &[f64]| x.iter().sum::<f64>() / m as f64;
            let q = (1.0 - u).powi(2) + u * u + u.powi(5) * (1.0 - 2.0 * u) * mean
                - 2.0 * u.powi(4) / PI * average(&k);
            let pair = |i: usize, j: usize| {
                let (x, y) = (1.0 + u * u * a[i], 1.0 + u * u * a[j]);
                let (p, d) = ((x * y).sqrt(), u * u * self.pairs[i][j]);
                let theta = angle(d - (x.sqrt() - y.sqrt()).powi(2), p);
                (self.pairs[i][j] - 2.0 * p * theta.h() / (PI * u * u)) / q
            };
            let pairs = (0..m).map(|i| (0..m).map(|j| if i == j { 0.0 } else { pair(i, j) }).collect());
            let bent: Vec<f64> = a.iter().zip(&k).map(|(a, k)| a - 2.0 * k / PI).collect();
            let across = bent.iter().map(|x| (x - average(&bent)) / q).collect();
            Self { u, pairs: pairs.collect(), across }
        }

        /// `max(max |log D − log D°|, max |E − E°|/η)`.
        fn distance(&self, other: &Self, weight: f64) -> f64 {
            let (one, two) = (self.distances(), other.distances());
            let logs = one.iter().zip(&two).map(|(a, b)| (a / b).ln().abs());
            let across = self.across.iter().zip(&other.across).map(|(a, b)| (a - b).abs() / weight);
            logs.chain(across).fold(0.0, f64::max)
        }

        fn lies_in(&self, region: &Region<f64>, least: f64) -> bool {
            let [pairs, rows, mean] = region.most;
            let slack = 1.0 + 1e-6;
            self.distances().iter().all(|d| *d * slack >= least && *d <= pairs * slack)
                && self.rows().iter().all(|r| *r <= rows * slack)
                && self.mean() <= mean * slack
                && self.across.iter().all(|e| e.abs() <= region.across * slack)
        }
    }

    fn centre(n: usize) -> (SymmetricBatch<f64>, Gram<f64>) {
        let batch = FixedPoint::OddPoint.locate(n as u64).unwrap();
        let covariance = batch.covariance(n);
        (batch, covariance)
    }

    /// A batch at that Frobenius distance from the odd point, at its trace, in a random direction.
    fn nearby(n: usize, distance: f64, rng: &mut ChaCha8Rng) -> Gram<f64> {
        let mut d = Gram::from_entries(n, |_, _| 0.0);
        let mut entries = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                // Two kinds of direction: all pairs alike, or a few much more than the others.
                let x: f64 = rng.random_range(-1.0..1.0);
                (entries[i * n + j], entries[j * n + i]) = (x.powi(9), x.powi(9));
            }
        }
        d = d.add_scaled(&1.0, &Gram::from_entries(n, |i, j| entries[i * n + j]));
        d.recentre();
        let share = d.trace() / (n as f64 - 1.0);
        let projector = |i, j| f64::from(u8::from(i == j)) - 1.0 / n as f64;
        let d = Gram::from_entries(n, |i, j| d.get(i, j) - share * projector(i, j));
        centre(n).1.add_scaled(&(distance / d.frobenius_norm()), &d)
    }

    /// The cluster in `clumps` clumps, at the trace of the odd point, less a small part of it.
    fn clumped(n: usize, clumps: usize, part: f64) -> Gram<f64> {
        let (batch, covariance) = centre(n);
        let m = n - 1;
        let sizes: Vec<usize> = (0..clumps).map(|c| (c..m).step_by(clumps).count()).collect();
        let factor = batch.one_minus_r * (m as f64 - 1.0) / (clumps as f64 - 1.0);
        let mean = 1.0 / m as f64;
        let change = |i: usize, j: usize| {
            if i == m || j == m {
                return 0.0;
            }
            let same = if i % clumps == j % clumps { 1.0 / sizes[i % clumps] as f64 } else { 0.0 };
            let own = f64::from(u8::from(i == j)) - mean;
            factor * (same - mean) - batch.one_minus_r * own
        };
        covariance.add_scaled(&(1.0 - part), &Gram::from_entries(n, change))
    }

    fn region(n: usize, reach: f64) -> (Region<f64>, UniformBasin) {
        let batch = enclose_fixed_point(FixedPoint::OddPoint, n as u64, BITS).unwrap();
        let (u, x) = (batch.n.lift(1) / &batch.n, batch.theta * &batch.n);
        let reach = Interval::from_f64(BITS, reach);
        let found = Region::search(&u, &Start::around(&u, &x, &reach));
        let region = Region {
            u: u.approximate(),
            least: found.least.approximate(),
            most: found.most.map(|x| x.approximate()),
            across: found.across.approximate(),
            weight: found.weight.approximate(),
        };
        (region, contract(&u, &x, &reach).unwrap())
    }

    #[test]
    fn scaled_formulas_are_the_layer() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for n in [12, 40] {
            let (batch, _) = centre(n);
            let start = nearby(n, 0.9 * batch.one_minus_r, &mut rng);
            let (formula, map) = (Scaled::of(&start).step(), Scaled::of(&layer(&start)));
            assert!(formula.distance(&map, 1.0) < 1e-6, "n = {n}: {}", formula.distance(&map, 1.0));
        }
    }

    /// `D*` of the start is the odd point's, batches within the reach lie within the start's bounds, and those are
    /// not far larger than needed.
    #[test]
    fn start_holds_the_ball() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let n = 40;
        let (batch, covariance) = centre(n);
        let (u, x) = (1.0 / n as f64, n as f64 * batch.theta);
        let start = Start::around(&u, &x, &1.0);
        let odd = Scaled::of(&covariance);
        assert!(odd.distances().iter().all(|d| (d / start.centre - 1.0).abs() < 1e-9));
        let best = batch.one_minus_r * ((n as f64 - 1.0) / (n as f64 - 2.0)).sqrt();
        for _ in 0..20 {
            let scaled = Scaled::of(&nearby(n, best, &mut rng));
            assert!(scaled.distances().iter().all(|d| *d > 0.0 && *d < start.pairs));
            assert!(scaled.rows().iter().all(|r| *r < start.rows) && scaled.mean() < start.mean);
            assert!(scaled.across.iter().all(|e| e.abs() < start.across));
        }
        assert!(start.pairs < 2.1 * start.centre && start.mean < 1.1 * start.centre);
    }

    /// The start is the orbit box of the same ball, `n²` times its upper bounds.
    #[test]
    fn start_is_the_orbit_box_of_the_ball() {
        for (n, reach) in [(20, 1.0), (300, 5.0)] {
            let (batch, covariance) = centre(n);
            let size = n as f64;
            let start = Start::around(&(1.0 / size), &(size * batch.theta), &reach);
            let ball = OrbitBox::reaching(&batch, &(reach * batch.one_minus_r));
            let bounds =
                [ball.within[1], ball.rows[1], ball.mean[1], ball.across[1]].map(|x| x * size * size);
            let found = [start.pairs, start.rows, start.mean, start.across];
            for (found, expected) in found.iter().zip(bounds) {
                assert!((found / expected - 1.0).abs() < 1e-9, "n = {n}: {found} {expected}");
            }
            assert!((start.centre / Scaled::of(&covariance).mean() - 1.0).abs() < 1e-9);
            let far = batch.covariance(n).get(n - 1, n - 1) + 1.0 - 2.0 * batch.covariance(n).get(0, n - 1);
            let least = (far - reach * batch.one_minus_r) / (size * size);
            assert!((start.scale / least - 1.0).abs() < 1e-9, "n = {n}: {} {least}", start.scale);
        }
    }

    /// Else some batch size would be spoken of without being looked at.
    #[test]
    fn places_are_those_of_every_batch() {
        for from in [120, TAIL_FROM, 300] {
            let places = places(from, BITS).unwrap();
            let (single, pieces) = places.split_at(places.len() - PIECES as usize);
            assert_eq!(single.len() as u64, TAIL_FROM.saturating_sub(from));
            let largest = Interval::from_integer(BITS, 1).over(from.max(TAIL_FROM) as i64);
            assert!(*pieces[0].0.lower() <= 0 && pieces[pieces.len() - 1].0.upper() >= largest.upper());
            assert!(pieces.windows(2).all(|two| two[0].0.upper() >= two[1].0.lower()));
            for n in [from, from + 1, from + 8, 2 * from + 1, 1 << 20] {
                let batch = enclose_fixed_point(FixedPoint::OddPoint, n, BITS).unwrap();
                let (u, x) = (batch.n.lift(1) / &batch.n, batch.theta * &batch.n);
                let holds =
                    |place: &(Interval, Interval)| u.is_subset_of(&place.0) && x.is_subset_of(&place.1);
                assert!(places.iter().any(holds), "n = {n}");
            }
        }
    }

    /// Of two proofs the lesser constants.
    #[test]
    fn constants_are_the_least() {
        let basin = |growth, rate| {
            let [growth, rate] = [growth, rate].map(|x| Interval::from_integer(BITS, x));
            UniformBasin { growth, rate }
        };
        for (one, other) in [(basin(2, 7), basin(3, 5)), (basin(3, 5), basin(2, 7))] {
            let worst = one.worst(other);
            assert_eq!([worst.growth, worst.rate].map(|x| x.approximate()), [2.0, 5.0]);
        }
    }

    /// What of a batch within the reach, or of the odd point, is outside a region is seen, one by one.
    #[test]
    fn regions_hold_their_start() {
        let (batch, _) = centre(40);
        let start = Start::around(&(1.0 / 40.0), &(40.0 * batch.theta), &1.0);
        let within = |start: &Start<f64>, change: &dyn Fn(&mut Region<f64>)| {
            let most = [1.1 * start.pairs, 1.1 * start.rows, 1.1 * start.mean];
            let (least, across) = (0.9 * start.centre, 1.1 * start.across);
            let mut region = Region { u: 1.0 / 40.0, least, most, across, weight: 1.0 };
            change(&mut region);
            start.lies_in(&region).into_iter().all(|x| x > 0.0)
        };
        assert!(within(&start, &|_| ()));
        for k in 0..3 {
            assert!(!within(&start, &|region| region.most[k] *= 0.9));
        }
        assert!(!within(&start, &|region| region.across *= 0.9));
        assert!(!within(&start, &|region| region.least *= 1.2));
        assert!(!within(&Start { mean: 0.9 * start.centre, ..start.clone() }, &|_| ()));
        assert!(!within(&Start { scale: -start.scale, ..start.clone() }, &|_| ()));
    }

    /// `A` and `k` of the module's head, `k` as a function of `A`, `E` and `M`.
    fn variance(u: f64, [row, across, mean]: [f64; 3]) -> f64 {
        (1.0 - 2.0 * u) * row + u * across - (1.0 - u) * (1.0 - 2.0 * u) * mean / 2.0
    }

    fn shrinkage(u: f64, [a, across, mean]: [f64; 3]) -> f64 {
        let (own, tilde) = (1.0 + u * u * a, 1.0 - u.powi(4) * (1.0 - 2.0 * u) * mean / (2.0 * (1.0 - u)));
        let outlier = (1.0 - u).powi(2) * tilde / (u * u);
        let square = (own.sqrt() + outlier.sqrt()).powi(2) - 1.0 / (u * u) - u * u * across;
        let p = (own * outlier).sqrt();
        let phi = 2.0 * (square / (4.0 * p)).max(0.0).sqrt().asin();
        p * phi.h() / (u * u)
    }

    /// Every bound of a region is what the module's head says of it at the worst numbers that the region allows: exactly,
    /// but for `k` and its slopes, which are bounded by a little more.
    #[test]
    fn bounds_are_those_of_the_worst_numbers() {
        bounds_at(0.1, 1.0, 4.0);
        bounds_at(0.01, 1.0, 1.15);
        // So near to 0 that k hardly grows with A.
        bounds_at(0.01, 0.1, 1.15);
    }

    fn bounds_at(u: f64, scale: f64, slack: f64) {
        let [least, pairs, rows, mean, across, weight] =
            [60.0, 120.0, 90.0, 80.0, 30.0, 15.0].map(|x| scale * x);
        let region = Region { u, least, most: [pairs, rows, mean], across, weight };
        let near = |found: f64, expected: f64, what: &str| {
            assert!((found / expected - 1.0).abs() < 1e-9, "{what}: {found} {expected}");
        };
        let variances = region.variances();
        let [top, bottom] = [variance(u, [rows, across, 0.0]), variance(u, [0.0, -across, mean])];
        let spread = variance(u, [rows, 2.0 * across, 0.0]);
        let [low, high] = [1.0 + u * u * bottom, 1.0 + u * u * top];
        near(variances.top, top, "A+");
        near(variances.ends[0], low, "a-");
        near(variances.ends[1], high, "a+");
        near(variances.spread, spread, "spread");
        // (√a − √b)² = (a − b)²/(√a + √b)².
        let gap = (u * spread).powi(2) / (4.0 * low);
        near(variances.gap, gap, "gap");

        let outlier = region.outlier(&variances);
        let (mut most, mut slopes, mut radial) = (0.0_f64, [0.0_f64; 3], 0.0_f64);
        for k in 0..60 {
            let at = [
                bottom + (top - bottom) * f64::from(k % 15) / 14.0,
                if k / 15 % 2 == 0 { across } else { -across },
                if k / 30 == 0 { 0.0 } else { mean },
            ];
            most = most.max(shrinkage(u, at));
            for (j, slope) in slopes.iter_mut().enumerate() {
                let mut next = at;
                next[j] += 1e-4;
                let found = (shrinkage(u, next) - shrinkage(u, at)) / 1e-4;
                *slope = slope.max(found.abs());
                if j == 0 {
                    radial = radial.max((1.0 - 2.0 / PI * found).abs());
                }
            }
        }
        let [a, e, m] = outlier.slopes;
        for (bound, value) in [(outlier.shrinkage, most), (outlier.radial, radial)] {
            assert!(bound >= value && bound < slack * value, "{bound} {value}");
        }
        for (bound, value) in [a, e, m].into_iter().zip(slopes) {
            assert!(bound >= value && bound < slack * value, "{bound} {value}");
        }
        // k ≤ (1−u)√a₊ z³/3 with z = φ/u from e ≤ uY, p ≥ (1−u)√(a₋ã₋)/u, and the slopes with the same z.
        let tilde = 1.0 - u.powi(4) * (1.0 - 2.0 * u) * mean / (2.0 * (1.0 - u));
        let product = (low * tilde).sqrt();
        let y = 2.0 * (1.0 - u) * top / (product + 1.0) + u * (top + across);
        let z = 2.0 * (u * (y / ((1.0 - u) * product)).sqrt() / 2.0).asin() / u;
        near(outlier.shrinkage, (1.0 - u) * high.sqrt() * z.powi(3) / 3.0, "k+");
        let by_variance = u + (1.0 - u) / low.sqrt();
        near(a, z * by_variance / 2.0, "by A");
        near(e, z * u / 2.0, "by E");
        near(m, z * u * (1.0 - 2.0 * u) * (1.0 - u + u * (high / tilde).sqrt()) / 4.0, "by M");
        near(outlier.radial, f64::max(1.0, z * by_variance / PI - 1.0), "radial");
        let q = |mean: f64, k: f64| {
            (1.0 - u).powi(2) + u * u + u.powi(5) * (1.0 - 2.0 * u) * mean - 2.0 * u.powi(4) / PI * k
        };
        let [less, more] = [q(0.0, outlier.shrinkage), q(mean, 0.0)];
        near(outlier.scale[0], less, "q-");
        near(outlier.scale[1], more, "q+");
        // A change of a unit moves D by D at most, E by η; rows and mean may move to either side.
        let moved = variance(u, [rows, weight, -mean]);
        near(outlier.variation, moved, "variation");
        let bent = e * weight + m * mean;
        near(region.shrinkage_variation(&outlier), bent, "variation of k");
        let slope = (q(mean, -(a * moved + bent)) - q(0.0, 0.0)) / u.powi(4) / less;
        near(region.scale_slope(&outlier), slope, "Q");
        let image = (top + 2.0 / PI * outlier.shrinkage) / less;
        near(region.across_image(&outlier), image, "E'");
        let needed = u.powi(4) * slope * across + 2.0 * (outlier.radial * moved + 2.0 / PI * bent) / less;
        near(region.weight_needed(&outlier, &slope), needed, "weight");

        // Within the cluster: θ of a distance D at the variance a, and what is lost of D over uD.
        let theta = |d: f64, a: f64| 2.0 * (u * (d / a).sqrt() / 2.0).asin();
        for x in [pairs, rows, mean] {
            let angle = theta(x - gap, high);
            let exact = 2.0 * high * angle.h() / (PI * u.powi(3) * x);
            let found = region.loss(&x, &high, &gap);
            assert!(found <= exact, "loss: {found} {exact}");
            near(found, exact * (2.0 * (angle / 2.0).sin() / angle).powi(3), "loss");
        }
        let angle = theta(least, low);
        let growth = (1.0 - more) / u - 2.0 * angle / (3.0 * PI * u);
        near(region.growth(&low, &stretch(u * (least / low).sqrt())), growth, "growth");

        let (chord, widest) = ((pairs / low).sqrt(), theta(pairs, low) / u);
        let (j, kept) = (widest / chord, 1.0 - 2.0 * u * widest / (3.0 * PI));
        let product = {
            let (rows, across, weight) = ((1.0 - 2.0 * u) * rows, 2.0 * u * across, 2.0 * u * weight);
            // |A_i − A_j| |δA_i − δA_j|: the product of the rows' parts is (1−2u)²R₊² at most.
            rows * rows + across * 2.0 * rows + weight * (rows + across)
        };
        let by_gap = j / (PI * kept * low.sqrt())
            * (product / (2.0 * low) + (u * spread / (2.0 * low)).powi(2) * moved);
        let by_product = j.powi(3) * moved / (3.0 * PI * kept * low.powf(1.5));
        let linear = ((1.0 - gap / least) / high).sqrt() / (3.0 * PI) - u * u * by_product;
        let rate = linear * least.sqrt() - u * u * by_gap / least.sqrt() - u.powi(3) * slope;
        let found = region.rate(&variances, &outlier, &slope, [&j, &kept]);
        near(found[0], rate, "rate");
        near(found[1], linear, "bracket");

        let Conditions { positive, growth, rate: found } = region.conditions();
        near(found, rate, "rate");
        near(growth, region.growth(&low, &j), "growth");
        let lost = [pairs, rows, mean].map(|x| region.loss(&x, &high, &gap) - (1.0 - less) / u);
        let expected = [
            low,
            less,
            kept,
            linear,
            rows - mean,
            least - gap,
            across - image,
            weight * (1.0 - u * rate) - needed,
        ];
        assert_eq!(positive.len(), 11);
        for (found, expected) in positive.iter().zip(expected.into_iter().chain(lost)) {
            near(*found, expected, "positive");
        }
    }

    /// Both statements of the module's head, on batches in float64.
    #[test]
    fn regions_are_mapped_as_proved() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for (n, reach, starts) in [
            (40, 1.0, vec![nearby(40, 0.05, &mut rng), nearby(40, 0.01, &mut rng), clumped(40, 25, 0.01)]),
            (64, 3.0, vec![nearby(64, 0.01, &mut rng), clumped(64, 20, 1e-3), clumped(64, 30, 1e-4)]),
        ] {
            let (region, proved) = region(n, reach);
            let [growth, rate] = [&proved.growth, &proved.rate].map(|x| x.lower().to_f64() * region.u);
            let odd = Scaled::of(&centre(n).1);
            for mut batch in starts {
                let mut inside = false;
                for _ in 0..16 * n {
                    let (before, image) = (Scaled::of(&batch), layer(&batch));
                    let after = Scaled::of(&image);
                    assert!(before.lies_in(&region, 0.0) && after.lies_in(&region, 0.0), "n = {n}");
                    if before.least() < region.least {
                        let grown = after.least().min(region.least) / before.least();
                        assert!(grown >= (1.0 + growth).min(region.least / before.least()) - 1e-6);
                    } else {
                        inside = true;
                        let [far, near] = [&before, &after].map(|x| x.distance(&odd, region.weight));
                        assert!(near <= (1.0 - rate) * far + 1e-6, "n = {n}: {near} {far}");
                    }
                    batch = image;
                }
                assert!(inside, "n = {n}: {} {}", Scaled::of(&batch).least(), region.least);
            }
        }
    }

    /// The whole orbit: random directions at 0.999 of the best radius, and clumps within three times it.
    #[test]
    fn batches_within_the_reach_converge() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        prove_uniform(64, 3.0, BITS).unwrap();
        let mut starts = vec![clumped(64, 20, 1e-4)];
        for n in [40, 50, 64] {
            let batch = centre(n).0;
            let best = batch.one_minus_r * ((n as f64 - 1.0) / (n as f64 - 2.0)).sqrt();
            starts.push(nearby(n, 0.999 * best, &mut rng));
        }
        for mut batch in starts {
            let n = batch.n();
            let odd = Scaled::of(&centre(n).1);
            for _ in 0..30 * n {
                batch = layer(&batch);
            }
            let distance = Scaled::of(&batch).distance(&odd, 1.0);
            assert!(distance < 1e-3, "n = {n}: {distance}");
        }
    }

    /// At u = 0 by hand, with `y = √L/π`: growth 2 − 2y/3, rate y/3.
    #[test]
    fn constants_in_the_limit() {
        let zero = Interval::from_integer(BITS, 0);
        let x = approach(&zero, &zero);
        let found = contract(&zero, &x, &Interval::from_integer(BITS, 1)).unwrap();
        let y = 3.0 * LEAST_SHARE.sqrt();
        assert!((found.growth.approximate() - (2.0 - 2.0 * y / 3.0)).abs() < 1e-12);
        assert!((found.rate.approximate() - y / 3.0).abs() < 1e-12);
    }

    /// `(n, reach)` as claimed, and that each is near what this proof can do.
    #[test]
    fn every_large_batch() {
        for (from, reach) in [(40, 1.0), (128, 10.0), (1024, 100.0)] {
            let found = prove_uniform(from, reach, BITS).unwrap();
            println!("n >= {from}, reach {reach}: rate {}, growth {}", found.rate, found.growth);
        }
        for (from, reach) in [(30, 1.0), (128, 20.0), (1024, 200.0)] {
            assert!(prove_uniform(from, reach, BITS).is_err(), "n >= {from}, reach {reach}");
        }
    }

    /// A mean below the odd point's grows out of its bound, an `L` above it is not kept, too small a weight or a
    /// bound of `E` does not do: each fails.
    #[test]
    fn false_regions_are_not_proved() {
        let u = Interval::from_integer(BITS, 1).over(200);
        let x = approach(&u, &Interval::from_integer(BITS, 14));
        let start = Start::around(&u, &x, &u.lift(1));
        let good = Region::search(&u, &start);
        let proves = |region: &Region<Interval>| {
            let Conditions { positive, growth, rate } = region.conditions();
            let all = positive.iter().chain([&growth, &rate]);
            let proved = all.clone().all(Interval::certainly_positive);
            (proved, all.clone().any(Interval::certainly_negative))
        };
        assert_eq!(proves(&good), (true, false));
        let part = |x: &Interval, percent: i64| x.clone().times(percent).over(100);
        let [pairs, rows, _] = good.most.clone();
        let mean = part(&start.centre, 95);
        let bad = [
            Region { most: [pairs, rows, mean], ..good.clone() },
            Region { least: part(&start.centre, 105), ..good.clone() },
            Region { weight: part(&good.weight, 90), ..good.clone() },
            Region { across: part(&good.across, 90), ..good.clone() },
        ];
        assert!(bad.iter().all(|region| proves(region) == (false, true)));
    }

    #[test]
    fn statements_are_judged() {
        let good = UniformStatement { from: 128, reach: 1.0, but_identical: false };
        assert!(matches!(judge_uniform(&good, BITS).unwrap(), UniformVerdict::Proved(_)));
        let wider = UniformStatement { reach: 1.001, ..good };
        assert!(matches!(judge_uniform(&wider, BITS).unwrap(), UniformVerdict::TooLarge));
        let excepted = UniformStatement { but_identical: true, ..wider };
        assert!(matches!(judge_uniform(&excepted, BITS).unwrap(), UniformVerdict::Proved(_)));
        assert!(judge_uniform(&UniformStatement { from: 9, ..good }, BITS).is_err());
    }
}
