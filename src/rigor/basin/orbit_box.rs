use super::frame::{larger, magnitude};
use crate::arithmetic::{Interval, Real};
use crate::layer::Gram;
use crate::odd_point::SymmetricBatch;

/// A number whose enclosure can be replaced by either of its ends.
pub trait Ends: Real {
    /// A number that is certainly not larger.
    fn floor(&self) -> Self;
    /// A number that is certainly not smaller.
    fn ceiling(&self) -> Self;
    /// Whether it is certainly positive.
    fn surely_positive(&self) -> bool;
    /// Whether it is certainly not smaller than the other; not where either says nothing.
    fn surely_at_least(&self, other: &Self) -> bool;
}

impl Ends for f64 {
    fn floor(&self) -> Self {
        *self
    }
    fn ceiling(&self) -> Self {
        *self
    }
    fn surely_positive(&self) -> bool {
        *self > 0.0
    }
    fn surely_at_least(&self, other: &Self) -> bool {
        self >= other
    }
}

impl Ends for Interval {
    fn floor(&self) -> Self {
        Self::point(self.lower().clone())
    }
    fn ceiling(&self) -> Self {
        Self::point(self.upper().clone())
    }
    fn surely_positive(&self) -> bool {
        self.certainly_positive()
    }
    fn surely_at_least(&self, other: &Self) -> bool {
        self.lower() >= other.upper()
    }
}

/// Bounds on the squared distances of a batch, scaled so that the outlier's have the mean `n²`.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::rigor::basin::OrbitBox;
/// let batch = FixedPoint::OddPoint.locate(40)?;
/// // Half the best radius, followed through layers: the box shrinks towards the odd point.
/// let start = OrbitBox::around(&batch, &(0.5 * batch.one_minus_r)).unwrap();
/// let mut current = start.clone();
/// for _ in 0..200 {
///     current = current.step().unwrap();
/// }
/// assert!(current.half_difference(&batch) < 0.1 * start.half_difference(&batch));
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OrbitBox<R> {
    /// Batch size.
    pub n: R,
    /// Least and largest squared distance within the cluster.
    pub within: [R; 2],
    /// Least and largest mean of a cluster sample's squared distances to the others of the cluster.
    pub rows: [R; 2],
    /// Bounds of the mean squared distance within the cluster.
    pub mean: [R; 2],
    /// Least and largest deviation of the outlier's squared distances from `n²`.
    pub across: [R; 2],
}

/// A box is made wider than its batch by this part of its distances.
const SLACK: i64 = 1 << 30;

/// Variances that a box allows.
struct Variances<R> {
    /// Of a cluster sample.
    cluster: [R; 2],
    /// The same without the share of its distance to the outlier.
    central: [R; 2],
    /// Of the outlier.
    outlier: [R; 2],
}

/// What one layer does to the mean distance to the outlier.
struct Scale<R> {
    /// Least and largest factor by which the distances are multiplied afterwards.
    factors: [R; 2],
    /// Range of `p h(φ)` over the pairs with the outlier.
    bend: R,
}

impl<R: Ends> OrbitBox<R> {
    /// The box of all batches within `radius` of `batch` in operator norm, with the trace of `batch`.
    ///
    /// # Errors
    /// `None` if two samples of the cluster may be identical, or the numbers say too little.
    pub fn around(batch: &SymmetricBatch<R>, radius: &R) -> Option<Self> {
        let all = Self::reaching(batch, radius);
        all.within[0].surely_positive().then_some(all)
    }

    /// The same with 0 for the least distance, if that may be 0: for covariances only.
    pub fn reaching(batch: &SymmetricBatch<R>, radius: &R) -> Self {
        let n = batch.n.clone();
        let m = batch.cluster();
        let (within, across) = distances(batch);
        let square = n.clone().square();
        let factors =
            [(square.clone() / (across.clone() + radius)).floor(), (square / (across - radius)).ceiling()];
        let bounds = |reach: &R| {
            let [low, high] = [within.clone() - reach, within.clone() + reach];
            [(low.nonnegative() * &factors[0]).floor(), (high * &factors[1]).ceiling()]
        };
        let reach = radius.clone().times(2);
        let others = m.clone().plus(-1);
        let row_reach = m.clone() * m.plus(3) * radius / (n.clone() * &others);
        let deviation = radius.clone().times(3) * &factors[1];
        Self {
            within: bounds(&reach),
            rows: bounds(&row_reach),
            mean: bounds(&(reach / others)),
            across: [(-deviation.clone()).floor(), deviation.ceiling()],
            n,
        }
    }

    /// The smallest box of one batch, outlier last; every matrix enclosed by `gram` is in it.
    ///
    /// # Shape
    /// `n × n`; need not be centred nor normalised, since distances are invariant and scaled here.
    ///
    /// # Errors
    /// `None` if two samples may be identical, or the numbers say too little.
    pub fn of(gram: &Gram<R>) -> Option<Self> {
        let outlier = gram.n() - 1;
        let distance =
            |i: usize, j: usize| gram.get(i, i).clone() + gram.get(j, j) - gram.get(i, j).clone().times(2);
        let n = gram.get(0, 0).lift(gram.n() as i64);
        let m = n.clone().plus(-1);
        let others = m.clone().plus(-1);
        let zero = n.lift(0);
        let to_outlier: Vec<R> = (0..outlier).map(|i| distance(i, outlier)).collect();
        let total = to_outlier.iter().fold(zero.clone(), |sum, x| sum + x);
        let square = n.clone().square();
        if !total.surely_positive() {
            return None;
        }
        let factor = square.clone() * &m / total;
        let (mut within, mut rows, mut mean) = (None, None, zero.clone());
        for i in 0..outlier {
            let mut row = zero.clone();
            for j in (0..outlier).filter(|&j| j != i) {
                let scaled = distance(i, j) * &factor;
                if !scaled.surely_positive() {
                    return None;
                }
                row = row + &scaled;
                widen(&mut within, &scaled);
            }
            let row = row / &others;
            widen(&mut rows, &row);
            mean = mean + row;
        }
        let mean = mean / m;
        // A box of no width would leave the chord's slope undetermined.
        let within = within.map(|[low, high]: [R; 2]| {
            [(low.clone() - low.over(SLACK)).floor(), (high.clone() + high.over(SLACK)).ceiling()]
        });
        let mut across = Some([zero.clone(), zero]);
        to_outlier.into_iter().for_each(|x| widen(&mut across, &(x * &factor - &square)));
        Some(Self { n, within: within?, rows: rows?, mean: [mean.floor(), mean.ceiling()], across: across? })
    }

    /// The box after one layer; `None` where the bounds no longer hold. A least distance of 0 stays 0.
    pub fn step(&self) -> Option<Self> {
        let (n, pi) = (&self.n, self.n.pi());
        let m = n.clone().plus(-1);
        let variances = self.variances();
        let Variances { cluster: [least, most], .. } = &variances;
        let [low, high] = &self.within;
        // p ≥ e/4, below which p·h is not monotone.
        let sound = [least.clone().times(4) - high, high.clone() - low];
        if !sound.iter().all(Ends::surely_positive) || (-low.clone()).surely_positive() {
            return None;
        }
        let gap = self.norm_gap(least);
        let [row_gap, mean_gap] = self.mean_gaps(&variances, &gap);
        let upper = |p: &R, distance: &R, gap: &R| {
            let chord = distance.clone() - gap;
            let half = distance.clone().over(2);
            // Where the chord's bound is negative, p·h ≥ 0 is still true.
            if chord.surely_positive() { half - shrinkage(p, &chord) / &pi } else { half }
        };
        let average = self.mean_variance(&self.mean[1]).ceiling();
        let halfway = (average.clone() + most).over(2);
        // Never negative, as 2H/πe ≤ 2θ/3π.
        let lower = |distance: &R| least_image(least, distance).nonnegative();
        let (bottom, top) = (lower(low), lower(high));
        let slope = (top - &bottom) / (high.clone() - low);
        let chord = |mean: &R| slope.clone() * (mean.clone() - low) + &bottom;

        let Scale { factors, bend } = self.scale(&variances)?;
        let scaled = |low: R, high: R| [(low * &factors[0]).floor(), (high * &factors[1]).ceiling()];

        let others = m.clone().plus(-1);
        let spread = (self.rows[1].clone() - &self.rows[0]) * others.clone().square() / &m;
        let bend = bend * others / (pi.clone() * &m);
        let deviation = |extreme: &R| {
            let straight = (spread.clone() + magnitude(extreme)) / n.clone().times(2);
            ((straight + &bend) * &factors[1]).ceiling()
        };
        let [down, up] = &self.across;
        let across = [-deviation(down), deviation(up)];
        Some(Self {
            n: n.clone(),
            within: scaled(bottom.clone(), upper(most, high, &gap)),
            rows: scaled(chord(&self.rows[0]), upper(&halfway, &self.rows[1], &row_gap)),
            mean: scaled(chord(&self.mean[0]), upper(&average, &self.mean[1], &mean_gap)),
            across,
        })
    }

    /// How the layer brings the mean distance to the outlier back to `n²`.
    fn scale(&self, variances: &Variances<R>) -> Option<Scale<R>> {
        let (n, pi) = (&self.n, self.n.pi());
        let m = n.clone().plus(-1);
        let [weak, strong] = self.cross_shrinkage(variances)?;
        let square = n.clone().square();
        // mean of (aᵢ + a_o)/2 = (1 + m²)/2 + S/(2mn²), S the sum of the distances within the cluster.
        let base = (m.clone().square().plus(1)).over(2);
        let share = m.plus(-1) / square.clone().times(2);
        let least_mean = base.clone() + share.clone() * &self.mean[0] - strong.clone() / &pi;
        let most_mean = base + share * &self.mean[1] - weak.clone() / &pi;
        least_mean.surely_positive().then(|| Scale {
            factors: [(square.clone() / most_mean).floor(), (square / least_mean).ceiling()],
            bend: strong - weak,
        })
    }

    /// The box with that lower bound for the distances within the cluster and their means.
    pub fn with_least(self, least: &R) -> Self {
        let from_least = |[_, high]: [R; 2]| [least.clone(), high];
        Self {
            within: from_least(self.within),
            rows: from_least(self.rows),
            mean: from_least(self.mean),
            ..self
        }
    }

    /// Whether one layer brings every distance below this one nearer to it, and none from above it to below, in
    /// every batch of the box. `d'/d` decreases with `d` and `d'` increases.
    pub fn lifts(&self, distance: &R) -> bool {
        let variances = self.variances();
        let [least, _] = &variances.cluster;
        let image = least_image(least, distance);
        let grown = self.scale(&variances).map(|scale| image * &scale.factors[0] - distance);
        grown.is_some_and(|x| x.surely_positive())
    }

    /// Whether every batch of this box is in the other.
    pub fn lies_in(&self, other: &Self) -> bool {
        let inside = |[a, b]: &[R; 2], [c, d]: &[R; 2]| a.surely_at_least(c) && d.surely_at_least(b);
        let [mine, its] = [self, other].map(|x| [&x.within, &x.rows, &x.mean, &x.across]);
        mine.into_iter().zip(its).all(|(a, b)| inside(a, b))
    }

    fn variances(&self) -> Variances<R> {
        let n = &self.n;
        let m = n.clone().plus(-1);
        let square = n.clone().square();
        let [down, up] = &self.across;
        let others = m.clone().plus(-1);
        let pairs = others.clone() * &m / square.clone().times(2);
        let own = others.clone() / n;
        let rest = others.clone() * m.clone().plus(-2) / square.clone().times(2);
        let shared = others * &m / square;
        // aᵢ from its row and all pairs, and from its row and the pairs without it.
        let direct = |row: &R, mean: &R| (own.clone() * row - pairs.clone() * mean).plus(1);
        let apart = |row: &R, other: &R| (shared.clone() * row - rest.clone() * other).plus(1);
        let central = [
            larger(direct(&self.rows[0], &self.mean[1]), &apart(&self.rows[0], &self.within[1])).floor(),
            -larger(-direct(&self.rows[1], &self.mean[0]), &-apart(&self.rows[1], &self.within[0])).floor(),
        ];
        let cluster = [
            (central[0].clone() + down.clone() / n).floor(),
            (central[1].clone() + up.clone() / n).ceiling(),
        ];
        let top = m.square();
        let outlier =
            [(top.clone() - pairs.clone() * &self.mean[1]).floor(), (top - pairs * &self.mean[0]).ceiling()];
        Variances { cluster, central, outlier }
    }

    /// The mean variance of the cluster, `1 + S(1/(mn) − 1/(2n²))`, where that is the mean distance.
    fn mean_variance(&self, distance: &R) -> R {
        let n = &self.n;
        let m = n.clone().plus(-1);
        let share = m.clone().plus(-1) * n.clone().plus(1) / n.clone().square().times(2);
        (share * distance).plus(1)
    }

    /// Largest `(√aᵢ − √aⱼ)²`.
    fn norm_gap(&self, least: &R) -> R {
        let m = self.n.clone().plus(-1);
        let width = |[low, high]: &[R; 2]| high.clone() - low;
        let by_pairs = m.clone().plus(-2) * width(&self.within);
        let by_rows = m.plus(-1) * width(&self.rows);
        let smaller = -larger(-by_pairs, &-by_rows);
        let difference = (smaller + width(&self.across)) / &self.n;
        (difference.square() / least.clone().times(4)).ceiling()
    }

    /// Largest mean of `(bᵢ−bⱼ)²`, `b = √a`, over a row and over all pairs, given the largest of all, `w²`.
    ///
    /// With the mean `b̄` and the ends A, B of the cluster's b: over all pairs `2m/(m−1)` times their variance, which is
    /// at most `w²/4` (Popoviciu); over a row `m/(m−1)` times `(bᵢ−b̄)²` and the variance, at most `(B−b̄)(b̄−A)` (Bhatia
    /// and Davis), together at most `(B−A) max(B−b̄, b̄−A)`. And `mean a − w²/4 ≤ b̄² ≤ mean a`.
    fn mean_gaps(&self, variances: &Variances<R>, gap: &R) -> [R; 2] {
        let m = self.n.clone().plus(-1);
        let factor = m.clone() / m.plus(-1);
        let [bottom, top] = variances.cluster.clone().map(R::sqrt);
        let least = (self.mean_variance(&self.mean[0]) - gap.clone().over(4)).sqrt();
        let most = self.mean_variance(&self.mean[1]).sqrt();
        let aside = larger(top - least, &(most - bottom));
        let row = factor.clone() * gap.clone().sqrt() * aside;
        let smaller = -larger(-row, &-gap.clone());
        [smaller.ceiling(), (factor * gap).over(2).ceiling()]
    }

    /// Least and largest `p h(φ)` over the pairs with the outlier.
    fn cross_shrinkage(&self, variances: &Variances<R>) -> Option<[R; 2]> {
        let n = &self.n;
        let Variances { cluster: [a, b], central: [c, d], outlier: [x, y] } = variances;
        if !(a.surely_positive() && c.surely_positive() && x.surely_positive()) {
            return None;
        }
        let square = n.clone().square();
        let sum =
            |cluster: &R, outlier: &R| (cluster.clone().sqrt() + outlier.clone().sqrt()).square() - &square;
        // By how much a deviation ε of the distance moves e: ε((√a + √a_o)/(n√a) − 1), √a between its ends.
        let slope = |cluster: &R, outlier: &R| (outlier.clone() / cluster).sqrt().plus(1) / n - n.lift(1);
        let steepest = larger(magnitude(&slope(b, x)), &magnitude(&slope(a, y)));
        let [down, up] = &self.across;
        let shift = steepest * larger(magnitude(down), up);
        let least = sum(c, x) - &shift;
        let most = sum(d, y) + &shift;
        let (small, large) = ((a.clone() * x).sqrt(), (b.clone() * y).sqrt());
        if !(small.clone().times(4) - &most).surely_positive() {
            return None;
        }
        // e ≥ 0 for every covariance, by the triangle inequality; where the bound says less, 0 is the bound.
        let weak = if least.surely_positive() { shrinkage(&large, &least).floor() } else { n.lift(0) };
        Some([weak, shrinkage(&small, &most).ceiling()])
    }

    /// A bound over the box of half the Frobenius norm of the difference of the squared distances from those of
    /// `batch`, once `C` has the trace of `batch`.
    pub fn half_difference(&self, batch: &SymmetricBatch<R>) -> R {
        let n = &self.n;
        let m = n.clone().plus(-1);
        let pairs = m.clone() * m.clone().plus(-1);
        let twice_outlier = m.clone() * n.clone().square().times(2);
        let (within, across) = distances(batch);
        let total = pairs.clone() * &within + m.clone().times(2) * &across;
        let square = n.clone().square();
        let scale = |distance: &R| total.clone() / (pairs.clone() * distance + &twice_outlier);
        let [low, high] = &self.within;
        let [down, up] = &self.across;
        let factors = [scale(&self.mean[1]).floor(), scale(&self.mean[0]).ceiling()];
        let off = |low: R, high: R, centre: &R| {
            let below = magnitude(&(low * &factors[0] - centre));
            larger(below, &magnitude(&(high * &factors[1] - centre)))
        };
        let on_pairs = off(low.clone(), high.clone(), &within);
        let on_cross = off(square.clone() + down, square + up, &across);
        ((pairs * on_pairs.square() + m.times(2) * on_cross.square()).sqrt() / n.lift(2)).ceiling()
    }
}

/// Widens bounds so that they hold `x`.
fn widen<R: Ends>(bounds: &mut Option<[R; 2]>, x: &R) {
    let (low, high) = (x.floor(), x.ceiling());
    *bounds = Some(match bounds.take() {
        None => [low, high],
        Some([least, most]) => {
            let below = (least.clone() - &low).surely_positive();
            let above = (high.clone() - &most).surely_positive();
            [if below { low } else { least }, if above { high } else { most }]
        }
    });
}

/// The least image of a distance within the cluster, before it is scaled: `d/2 − H(a₋, d)/π`.
pub(super) fn least_image<R: Real>(least: &R, distance: &R) -> R {
    distance.clone().over(2) - shrinkage(least, distance) / distance.pi()
}

/// `p h(θ)` with `4p sin²(θ/2) = e`.
pub(super) fn shrinkage<R: Real>(p: &R, e: &R) -> R {
    let half_angle = (e.clone() / p.clone().times(4)).sqrt().asin();
    half_angle.times(2).h() * p
}

/// Squared distances within the cluster and to the outlier.
fn distances<R: Real>(batch: &SymmetricBatch<R>) -> (R, R) {
    let y = batch.variance_ratio();
    let across = y.clone().times(2) / batch.cluster();
    (batch.one_minus_r.clone().times(2), y.plus(1) + across)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::infinite_width::nonlinearity;
    use crate::odd_point::{FixedPoint, Mode};
    use nalgebra::DMatrix;
    use std::f64::consts::PI;

    /// A batch with its squared distances in the gauge of the box.
    struct Gauged {
        n: f64,
        gram: Gram<f64>,
        within: Vec<Vec<f64>>,
        across: Vec<f64>,
    }

    fn distance(gram: &Gram<f64>, i: usize, j: usize) -> f64 {
        gram.get(i, i) + gram.get(j, j) - 2.0 * gram.get(i, j)
    }

    fn average(x: impl IntoIterator<Item = f64>) -> f64 {
        let all: Vec<f64> = x.into_iter().collect();
        all.iter().sum::<f64>() / all.len() as f64
    }

    impl Gauged {
        /// Of a centred covariance.
        fn of(gram: &Gram<f64>) -> Self {
            let (n, m) = (gram.n() as f64, gram.n() - 1);
            let factor = n * n / average((0..m).map(|i| distance(gram, i, m)));
            let gram = gram.map(|x| x * factor);
            let within = (0..m).map(|i| (0..m).map(|j| distance(&gram, i, j)).collect()).collect();
            let across = (0..m).map(|i| distance(&gram, i, m) - n * n).collect();
            Self { n, gram, within, across }
        }

        fn row(&self, i: usize) -> f64 {
            self.within[i].iter().sum::<f64>() / (self.n - 2.0)
        }

        fn mean(&self) -> f64 {
            average((0..self.within.len()).map(|i| self.row(i)))
        }

        /// The image's distances, in the gauge again.
        fn image(&self) -> Self {
            let mut image = nonlinearity(&self.gram);
            image.recentre();
            Self::of(&image)
        }

        /// The odd point moved in a random direction.
        fn skewed(n: usize) -> Self {
            let batch = FixedPoint::OddPoint.locate(n as u64).unwrap();
            let d = Mode::Random.direction(n, &1.0, 1);
            Self::of(&batch.covariance(n).add_scaled(&(0.5 * batch.one_minus_r / d.frobenius_norm()), &d))
        }

        /// A symmetric batch, no fixed point, whose cluster has this angle.
        fn symmetric(n: usize, theta: f64) -> Self {
            Self::of(&SymmetricBatch::from_angle(&(n as f64), &theta).covariance(n))
        }

        /// All distances within the cluster alike, but for a little room.
        fn narrow(&self) -> OrbitBox<f64> {
            let d = self.mean();
            let within = [d * (1.0 - 1e-7), d * (1.0 + 1e-7)];
            OrbitBox { n: self.n, within, rows: [d; 2], mean: [d; 2], across: [0.0; 2] }
        }
    }

    fn assert_near(found: [f64; 2], expected: f64, tolerance: f64, what: &str) {
        assert!(found.iter().all(|x| (x - expected).abs() < tolerance), "{what}: {found:?} {expected}");
    }

    const BITS: u32 = 64;
    const WIDE: [f64; 2] = [-1e4, 1e4];

    /// From a sample's own row, the mean, and its distance to the outlier; or from the pairs without it for the mean.
    #[test]
    fn variances_are_those_of_the_batch() {
        for n in [8, 13] {
            let batch = Gauged::skewed(n);
            let (mean, m) = (batch.mean(), n - 1);
            for i in 0..m {
                let (variance, row, off) = (*batch.gram.get(i, i), batch.row(i), batch.across[i]);
                let others =
                    (0..m).flat_map(|j| (0..j).map(move |k| (j, k))).filter(|&(j, k)| i != j && i != k);
                let rest = average(others.map(|(j, k)| batch.within[j][k]));
                for (within, mean) in [(WIDE, [mean; 2]), ([rest; 2], WIDE)] {
                    let all = OrbitBox { n: batch.n, within, rows: [row; 2], mean, across: [off; 2] };
                    let Variances { cluster, central, outlier } = all.variances();
                    assert_near(cluster, variance, 1e-9, "cluster");
                    assert_near(central, variance - off / batch.n, 1e-9, "central");
                    if mean != WIDE {
                        assert_near(outlier, *batch.gram.get(m, m), 1e-9, "outlier");
                    }
                }
            }
            let expected = average((0..m).map(|i| *batch.gram.get(i, i)));
            assert_near([batch.narrow().mean_variance(&mean); 2], expected, 1e-9, "mean");
        }
    }

    /// Two samples at the ends of rows and deviations; or whose distances to the others are at the ends.
    #[test]
    fn gaps_of_norms() {
        let (n, least): (f64, f64) = (11.0, 0.7);
        let bounds = OrbitBox { n, within: WIDE, rows: [1.0, 1.3], mean: [1.1; 2], across: [-0.4, 0.5] };
        let gap = |all: &OrbitBox<f64>| {
            let [low, high] = all.variances().cluster;
            (high - low).powi(2) / (4.0 * least)
        };
        assert_near([bounds.norm_gap(&least); 2], gap(&bounds), 1e-12, "rows");
        let others = (n - 3.0) / (n - 2.0);
        let by_pairs = OrbitBox { within: [1.0, 1.3], rows: WIDE, ..bounds.clone() };
        let same = OrbitBox { rows: [1.0, 1.0 + 0.3 * others], ..bounds };
        assert_near([by_pairs.norm_gap(&least); 2], gap(&same), 1e-12, "pairs");
        // Half of the samples at either end: means of squared differences over a row and over all pairs.
        let m = 10.0;
        let all = OrbitBox { n, within: WIDE, rows: [1.0, 1.3], mean: [1.1; 2], across: [0.0; 2] };
        let middle = all.mean_variance(&1.1).sqrt();
        let half_width = 0.05;
        let cluster = [-half_width, half_width].map(|x| (middle + x).powi(2));
        let variances = Variances { cluster, central: cluster, outlier: cluster };
        let square = (2.0_f64 * half_width).powi(2);
        let [row, pairs] = all.mean_gaps(&variances, &square);
        assert_near([pairs; 2], square * (m / 2.0) / (m - 1.0), 1e-12, "pairs");
        // The mean of the norms may be below that of their squares.
        let shifted = half_width + middle - (middle.powi(2) - square / 4.0).sqrt();
        assert_near([row; 2], 2.0 * half_width * shifted * m / (m - 1.0), 1e-12, "row");
        let [row, _] =
            all.mean_gaps(&Variances { cluster: [0.9, 1.1], central: cluster, outlier: cluster }, &1e-4);
        assert_near([row; 2], 1e-4, 1e-12, "row, at most the gap");
        // The norms' mean is between its bounds; the end of the cluster's that is farther from it counts.
        let all = OrbitBox { mean: [1.05, 1.15], ..all };
        let means = [all.mean_variance(&1.05) - square / 4.0, all.mean_variance(&1.15)].map(f64::sqrt);
        for (cluster, aside) in [
            ([middle - 0.02, middle + 0.06], middle + 0.06 - means[0]),
            ([middle - 0.06, middle + 0.02], means[1] - middle + 0.06),
        ] {
            let cluster = cluster.map(|x| x * x);
            let [row, _] = all.mean_gaps(&Variances { cluster, central: cluster, outlier: cluster }, &square);
            assert_near([row; 2], 0.1 * aside * m / (m - 1.0), 1e-12, "row, means apart");
        }
    }

    /// A symmetric batch's box is mapped to its image's.
    #[test]
    fn symmetric_batches_are_followed() {
        for (n, theta) in [(9, 0.4), (9, 1.0), (30, 0.2), (30, 0.4)] {
            let batch = Gauged::symmetric(n, theta);
            let (all, image) = (batch.narrow(), batch.image().mean());
            let next = all.step().unwrap();
            for (what, found) in [("within", next.within), ("rows", next.rows), ("mean", next.mean)] {
                assert_near(found, image, 3e-6 * image, what);
            }
            assert_near(next.across, 0.0, 1e-3, "across");
            // Before the gauge: the factor is n² over the mean distance to the outlier.
            let unscaled = nonlinearity(&batch.gram);
            let factor = batch.n.powi(2) / distance(&unscaled, 0, n - 1);
            let Scale { factors, bend } = all.scale(&all.variances()).unwrap();
            assert_near(factors, factor, 1e-9 * factor, "factor");
            assert!(bend.abs() < 1e-6, "{bend}");
            assert_near([least_image(&1.0, &0.5); 2], 0.25 - shrinkage(&1.0, &0.5) / PI, 1e-15, "image");
        }
        // e = 4p sin²(θ/2), H = p h(θ).
        let (p, theta) = (1.7, 0.8_f64);
        let e = 4.0 * p * (theta / 2.0).sin().powi(2);
        assert_near([shrinkage(&p, &e); 2], p * (theta.sin() - theta * theta.cos()), 1e-12, "shrinkage");
        // At the odd point distances below its own are lifted, those above are not.
        let odd = Gauged::of(&FixedPoint::OddPoint.locate(40).unwrap().covariance(40));
        assert!(odd.narrow().lifts(&(0.98 * odd.mean())) && !odd.narrow().lifts(&(1.02 * odd.mean())));
    }

    /// Below the distance at which the least image, by the least factor, is the distance itself, all are lifted.
    #[test]
    fn lifted_up_to_a_distance() {
        let batch = FixedPoint::OddPoint.locate(40).unwrap();
        let all = OrbitBox::around(&batch, &(0.5 * batch.one_minus_r)).unwrap();
        let variances = all.variances();
        let factor = all.scale(&variances).unwrap().factors[0];
        let (mut low, mut high) = (0.0, all.within[1]);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            let grows = factor * least_image(&variances.cluster[0], &middle) > middle;
            *(if grows { &mut low } else { &mut high }) = middle;
        }
        assert!(low > 0.0 && high < all.within[1]);
        assert!(all.lifts(&(low * (1.0 - 1e-9))) && !all.lifts(&(high * (1.0 + 1e-9))));
    }

    /// Of a wide box the lower bounds of a row and of the mean are on the chord of the images of its ends, the upper ones
    /// are by the largest variances; a box of no width is refused, and one with a negative distance.
    #[test]
    fn means_are_above_the_chord() {
        let (low, high) = (2.0, 5.0);
        let all =
            OrbitBox { n: 9.0, within: [low, high], rows: [3.0, 3.4], mean: [3.1, 3.2], across: [0.0; 2] };
        let variances = all.variances();
        let [bottom, top] = [low, high].map(|d| least_image(&variances.cluster[0], &d));
        for (found, mean) in variances.outlier.into_iter().zip([3.2, 3.1]) {
            assert_near([found; 2], 64.0 - 7.0 * 8.0 / (2.0 * 81.0) * mean, 1e-12, "outlier");
        }
        let factor = all.scale(&variances).unwrap().factors[0];
        let next = all.step().unwrap();
        for (found, x) in [(next.rows[0], 3.0), (next.mean[0], 3.1)] {
            let chord = (bottom * (high - x) + top * (x - low)) / (high - low);
            assert_near([found; 2], factor * chord, 1e-12, "chord");
        }
        // Their upper bounds are by Jensen, with bounds of the means of p: of a row, that of the sample and of the mean.
        let [row_gap, mean_gap] = all.mean_gaps(&variances, &all.norm_gap(&variances.cluster[0]));
        let average = 1.0 + 7.0 * 10.0 / (2.0 * 81.0) * 3.2;
        let largest = variances.cluster[1];
        for (found, p, x, gap) in [
            (next.within[1], largest, high, all.norm_gap(&variances.cluster[0])),
            (next.rows[1], (average + largest) / 2.0, 3.4, row_gap),
            (next.mean[1], average, 3.2, mean_gap),
        ] {
            let image = x / 2.0 - shrinkage(&p, &(x - gap)) / PI;
            assert_near([found / all.scale(&variances).unwrap().factors[1]; 2], image, 1e-12, "upper");
        }
        let [weak, strong] = all.cross_shrinkage(&variances).unwrap();
        for (k, mean, shrinkage) in [(0, 3.2, weak), (1, 3.1, strong)] {
            let distance = (1.0 + 64.0) / 2.0 + 7.0 * mean / (2.0 * 81.0) - shrinkage / PI;
            assert_near([all.scale(&variances).unwrap().factors[k]; 2], 81.0 / distance, 1e-12, "factor");
        }
        assert!(OrbitBox { within: [-0.1, high], ..all.clone() }.step().is_none());
        assert!(OrbitBox { within: [3.2; 2], ..all }.step().is_none());
    }

    /// Larger at any one of its eight ends, it does not lie in the other; nor if its numbers say nothing.
    #[test]
    fn a_box_lies_in_another_with_all_its_ends() {
        let other =
            OrbitBox { n: 9.0, within: [2.0, 5.0], rows: [3.0, 3.4], mean: [3.1, 3.2], across: [-0.1, 0.2] };
        assert!(other.lies_in(&other));
        for end in 0..8 {
            for (step, inside) in [(1e-9, false), (-1e-9, true)] {
                let mut moved = other.clone();
                let OrbitBox { within, rows, mean, across, .. } = &mut moved;
                let bounds = [within, rows, mean, across];
                bounds[end / 2][end % 2] += if end % 2 == 0 { -step } else { step };
                assert_eq!(moved.lies_in(&other), inside, "end {end}, {step}");
                let OrbitBox { within, rows, mean, across, .. } = &mut moved;
                let bounds = [within, rows, mean, across];
                bounds[end / 2][end % 2] = f64::NAN;
                assert!(!moved.lies_in(&other) && !other.lies_in(&moved), "end {end}");
            }
        }
        let [one, two, whole] =
            [Interval::from_integer(53, 1), Interval::from_integer(53, 2), Interval::whole(53)];
        assert!(one.surely_at_least(&one) && two.surely_at_least(&one) && !one.surely_at_least(&two));
        assert!([&one, &whole].into_iter().all(|x| !x.surely_at_least(&whole) && !whole.surely_at_least(x)));
    }

    /// One sample off from the others, both ways: its deviation after a layer against the bound.
    #[test]
    fn deviations_across_are_bounded() {
        for (part, off) in [(1.2, 0.0), (1.0, 3.0), (1.0, -3.0), (1.2, 3.0), (0.8, -3.0)] {
            let n = 12;
            let odd = Gauged::of(&FixedPoint::OddPoint.locate(n as u64).unwrap().covariance(n));
            let (d, m) = (odd.mean(), n - 1);
            let of = |i: usize, j: usize| match (i.min(j), i.max(j)) {
                (i, j) if i == j => 0.0,
                (0, j) if j == m => odd.n.powi(2) + off,
                (_, j) if j == m => odd.n.powi(2) - off / (odd.n - 2.0),
                (0, _) => part * d,
                _ => d,
            };
            let mut gram = Gram::from_entries(n, |i, j| -of(i, j) / 2.0);
            gram.recentre();
            let (batch, bounds) = (Gauged::of(&gram), OrbitBox::of(&gram).unwrap());
            let (found, next) = (batch.image().across, bounds.step().unwrap().across);
            assert!(found.iter().all(|x| next[0] <= *x && *x <= next[1]));
            // The part by the variances is attained where row and distance are off the same way.
            let Scale { factors, bend } = bounds.scale(&bounds.variances()).unwrap();
            let variance = |i: usize| *batch.gram.get(i, i);
            let straight = (variance(0) - average((0..m).map(variance))) / 2.0;
            let bent = bend * (odd.n - 2.0) / (PI * (odd.n - 1.0));
            if (part - 1.0) * off > 0.0 {
                let upper = off > 0.0;
                let bound = next[usize::from(upper)].abs() / factors[1] - bent;
                assert_near([bound; 2], straight.abs(), 1e-6, "straight");
            }
            // And p h(φ) is between its bounds, which are little farther apart than need be.
            let [weak, strong] = bounds.cross_shrinkage(&bounds.variances()).unwrap();
            let bends = (0..m).map(|i| {
                let p = (variance(i) * variance(m)).sqrt();
                p * (-batch.gram.get(i, m) / p).acos().h()
            });
            let bends: Vec<f64> = bends.collect();
            assert!(bends.iter().all(|k| weak <= *k && *k <= strong));
            if part == 1.0 || off == 0.0 {
                assert!(strong - weak < 2.5 * (bends[0] - bends[1]).abs());
            }
        }
    }

    /// What an end encloses is taken from the side that makes a bound weaker: with one of the numbers an interval, the bounds
    /// hold those of either of its ends.
    #[test]
    fn bounds_are_rounded_outward() {
        let exactly = |x: f64| Interval::from_f64(BITS, x);
        let holds = |wide: &[Interval; 2], narrow: &[Interval; 2], what: &str| {
            let inside = wide[0].lower() <= narrow[0].lower() && wide[1].upper() >= narrow[1].upper();
            assert!(inside, "{what}: {wide:?} {narrow:?}");
        };
        let bounds = |x: &[Interval; 9]| {
            let [n, ends @ ..] = x.clone();
            let [a, b, c, d, e, f, g, h] = ends;
            OrbitBox { n, within: [a, b], rows: [c, d], mean: [e, f], across: [g, h] }
        };
        for n in [9.0_f64, 24.0] {
            let batch = FixedPoint::OddPoint.locate(n as u64).unwrap();
            let d = Gauged::of(&batch.covariance(n as usize)).mean();
            let numbers = [n, 0.7 * d, 1.4 * d, 0.9 * d, 1.15 * d, 0.97 * d, 1.05 * d, -0.3 * d, 0.4 * d];
            let centre = SymmetricBatch::from_angle(&exactly(n), &exactly(batch.theta));
            for k in 0..9 {
                let width = if k == 0 { 1e-6 } else { 1e-3 };
                let [low, high] = [-width, width].map(|part| exactly(numbers[k] * (1.0 + part)));
                let given = |number: Interval| {
                    let mut all = numbers.map(exactly);
                    all[k] = number;
                    bounds(&all)
                };
                let wide = given(low.hull(&high));
                for narrow in [given(low), given(high)] {
                    let [v, w] = [&wide, &narrow].map(OrbitBox::variances);
                    holds(&v.cluster, &w.cluster, "cluster");
                    holds(&v.central, &w.central, "central");
                    holds(&v.outlier, &w.outlier, "outlier");
                    let upper = |wide: Interval, narrow: Interval, what: &str| {
                        assert!(wide.upper() >= narrow.upper(), "{what}, number {k}: {wide} {narrow}");
                    };
                    let [gap, its] = [(&wide, &v), (&narrow, &w)].map(|(x, v)| x.norm_gap(&v.cluster[0]));
                    let [all, those] = [wide.mean_gaps(&v, &its), narrow.mean_gaps(&w, &its)];
                    upper(gap, its, "gap");
                    all.into_iter().zip(those).for_each(|(x, y)| upper(x, y, "mean gap"));
                    let [x, y] = [&wide, &narrow].map(|x| x.half_difference(&centre));
                    upper(x, y, "difference");
                    let [x, y] = [(&wide, &v), (&narrow, &w)].map(|(x, v)| x.cross_shrinkage(v).unwrap());
                    holds(&x, &y, "cross shrinkage");
                    let [x, y] = [(&wide, &v), (&narrow, &w)].map(|(x, v)| x.scale(v).unwrap());
                    holds(&x.factors, &y.factors, "factors");
                    upper(x.bend, y.bend, "bend");
                    let [x, y] = [&wide, &narrow].map(|x| x.step().unwrap());
                    for (x, y) in
                        [x.within, x.rows, x.mean, x.across].iter().zip([y.within, y.rows, y.mean, y.across])
                    {
                        holds(x, &y, "step");
                    }
                }
            }
            // Around a batch, its angle or the radius wide.
            let around = |theta: &Interval, radius: &Interval| {
                OrbitBox::reaching(&SymmetricBatch::from_angle(&exactly(n), theta), radius)
            };
            let [theta, radius] = [batch.theta, 0.5 * batch.one_minus_r];
            let ends = |x: f64| [exactly(x * (1.0 - 1e-3)), exactly(x * (1.0 + 1e-3))];
            let both = |x: f64| ends(x)[0].hull(&ends(x)[1]);
            for k in 0..2 {
                assert!(
                    around(&ends(theta)[k], &exactly(radius))
                        .lies_in(&around(&both(theta), &exactly(radius)))
                );
                assert!(
                    around(&exactly(theta), &ends(radius)[k])
                        .lies_in(&around(&exactly(theta), &both(radius)))
                );
            }
            // Of a batch, every entry wide; up to what a box is made wider by.
            let gram = Gauged::skewed(n as usize).gram;
            let wide = OrbitBox::of(&gram.map(|x| both(*x))).unwrap();
            for part in [1.0 - 1e-3, 1.0, 1.0 + 1e-3] {
                let turned = Gram::from_entries(gram.n(), |i, j| {
                    exactly(gram.get(i, j) * if i == j { part } else { 2.0 - part })
                });
                assert!(OrbitBox::of(&turned).unwrap().lies_in(&wide));
            }
        }
    }

    /// What may be negative, or too large for an angle, gives no bound.
    #[test]
    fn numbers_without_an_angle_are_refused() {
        let all = OrbitBox { n: 9.0, within: WIDE, rows: WIDE, mean: WIDE, across: [0.0; 2] };
        let given = |cluster: f64, central: [f64; 2], outlier: f64| {
            all.cross_shrinkage(&Variances { cluster: [cluster; 2], central, outlier: [outlier; 2] })
        };
        // With e perhaps negative the least is 0.
        assert!(given(1.0, [0.9, 1.1], 64.0).is_some_and(|[weak, strong]| weak == 0.0 && strong > 0.0));
        for (cluster, central, outlier) in [
            (-1.0, [1.0; 2], 64.0),
            (1.0, [-1.0, 1.0], 64.0),
            (1.0, [1.0; 2], -64.0),
            (1.0, [1.0, 7.1], 64.0),
            (1.0, [1.0, 40.0], 64.0),
        ] {
            let found = given(cluster, central, outlier);
            assert!(found.is_none(), "{cluster} {central:?} {outlier}: {found:?}");
        }
    }

    /// `e` moves with the deviation by the steepest slope between the ends of the variances, of either sign.
    #[test]
    fn deviations_move_by_the_steepest_slope() {
        let (n, central, outlier) = (9.0_f64, [1.2_f64, 1.3], [63.0_f64, 65.0]);
        for (cluster, at) in [([0.5_f64, 1.1], (0.5, 65.0)), ([0.95, 2.0], (2.0, 63.0))] {
            for across in [[-0.2, 0.1], [-0.1, 0.2]] {
                let all = OrbitBox { n, within: WIDE, rows: WIDE, mean: WIDE, across };
                let found = all.cross_shrinkage(&Variances { cluster, central, outlier }).unwrap();
                let (a, outer): (f64, f64) = at;
                let shift = 0.2 * (((outer / a).sqrt() + 1.0) / n - 1.0).abs();
                for k in 0..2 {
                    let sign = [-1.0, 1.0][k];
                    let e = (central[k].sqrt() + outlier[k].sqrt()).powi(2) - n * n + sign * shift;
                    let p = (cluster[1 - k] * outlier[1 - k]).sqrt();
                    assert_near([found[k]; 2], shrinkage(&p, &e), 1e-12, "cross shrinkage");
                }
            }
        }
    }

    /// The largest value of a functional `⟨F, D⟩` over centred `D` of trace 0 and operator norm 1: with the eigenvalues of
    /// `PFP` on that space, the sum of their distances from their median.
    fn largest(f: &DMatrix<f64>) -> f64 {
        let n = f.nrows();
        let projector = DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - 1.0 / n as f64);
        // The constant vector's eigenvalue is moved out of the way.
        let far = 1e3 / n as f64;
        let shifted = &projector * f * &projector + DMatrix::from_element(n, n, far);
        let mut values: Vec<f64> = shifted.symmetric_eigenvalues().iter().copied().collect();
        values.sort_by(f64::total_cmp);
        values.pop();
        let median = values[values.len() / 2];
        values.iter().map(|x| (x - median).abs()).sum()
    }

    #[test]
    fn reach_of_a_ball() {
        for n in [9, 12] {
            let (m, size) = (n - 1, n as f64);
            let pair = |i: usize, j: usize| {
                let e = |k: usize| f64::from(i8::from(k == i) - i8::from(k == j));
                DMatrix::from_fn(n, n, |k, l| e(k) * e(l))
            };
            let mean_of = |pairs: Vec<(usize, usize)>| {
                let count = pairs.len() as f64;
                pairs.into_iter().fold(DMatrix::zeros(n, n), |sum, (i, j)| sum + pair(i, j)) / count
            };
            let row = mean_of((1..m).map(|j| (0, j)).collect());
            let all = mean_of((0..m).flat_map(|i| (0..i).map(move |j| (i, j))).collect());
            let outlier = mean_of((0..m).map(|i| (i, m)).collect());
            let off = pair(0, m) - &outlier;
            let batch = FixedPoint::OddPoint.locate(n as u64).unwrap();
            let centre = batch.covariance(n);
            let (d, far) = (distance(&centre, 0, 1), distance(&centre, 0, m));
            let radius = 0.8 * batch.one_minus_r;
            let found = OrbitBox::reaching(&batch, &radius);
            let factors = [-1.0, 1.0].map(|sign| size * size / (far - sign * radius * largest(&outlier)));
            for (what, found, exactly, functional) in [
                ("within", found.within, true, pair(0, 1)),
                ("rows", found.rows, false, row),
                ("mean", found.mean, true, all),
            ] {
                let reach = radius * largest(&functional);
                let [low, high] = [found[0] / factors[0], found[1] / factors[1]];
                let room = if exactly { 1e-9 } else { 0.25 * reach };
                assert!(low <= d - reach + 1e-9 && low >= d - reach - room, "{what}: {low} {}", d - reach);
                assert!(high >= d + reach - 1e-9 && high <= d + reach + room, "{what}: {high} {}", d + reach);
            }
            let reach = radius * largest(&off) * factors[1];
            // Beyond the nearest batch with two identical samples: none below 0, and no box to start from.
            let far = 1.1 * batch.one_minus_r;
            assert!(OrbitBox::reaching(&batch, &far).within[0] == 0.0);
            assert!(OrbitBox::around(&batch, &far).is_none() && OrbitBox::around(&batch, &radius).is_some());
            for x in found.across.map(f64::abs) {
                assert!(x > reach && x < 1.45 * reach, "across: {x} {reach}");
            }
        }
    }

    /// Between two symmetric batches, from their covariances at the same trace.
    #[test]
    fn differences_of_distances() {
        let n = 10;
        let odd = FixedPoint::OddPoint.locate(n as u64).unwrap();
        let centre = odd.covariance(n);
        for theta in [0.5, 1.2] {
            let mut other = SymmetricBatch::from_angle(&(n as f64), &theta).covariance(n);
            let d = Gauged::of(&other).mean();
            other.scale_to_trace(&centre.trace());
            let pairs = (0..n * n).map(|k| distance(&other, k / n, k % n) - distance(&centre, k / n, k % n));
            let expected = pairs.map(|x| x * x).sum::<f64>().sqrt() / 2.0;
            let all = OrbitBox { n: n as f64, within: [d; 2], rows: [d; 2], mean: [d; 2], across: [0.0; 2] };
            assert_near([all.half_difference(&odd); 2], expected, 1e-9, "half the difference");
        }
        // Of wide boxes: the farther end counts, each with the factor that moves it farthest.
        let (m, size) = (n as f64 - 1.0, n as f64);
        let (d, far) = (distance(&centre, 0, 1), distance(&centre, 0, n - 1));
        let close = d * size * size / far;
        let (pairs, rows) = (m * (m - 1.0), [0.8 * close, 1.3 * close]);
        let total = pairs * d + 2.0 * m * far;
        for (within, mean, across) in [
            ([0.5, 1.1], [0.9, 1.2], [-0.1, 0.7]),
            ([0.9, 1.5], [0.9, 1.2], [-0.7, 0.1]),
            ([0.5, 1.1], [1.0, 1.05], [-0.7, 0.1]),
        ] {
            let [within, mean] = [within, mean].map(|x| x.map(|part: f64| part * close));
            let factors = [1, 0].map(|k| total / (pairs * mean[k] + 2.0 * m * size * size));
            let most = |x: [f64; 2], centre: f64| {
                let [low, high] = [0, 1].map(|k| (x[k] * factors[k] - centre).abs());
                assert!((low - high).abs() > 0.1 * low.max(high));
                low.max(high)
            };
            let (on_pairs, on_cross) = (most(within, d), most(across.map(|x| size * size + x), far));
            let square = pairs * on_pairs.powi(2) + 2.0 * m * on_cross.powi(2);
            let all = OrbitBox { n: size, within, rows, mean, across };
            assert_near([all.half_difference(&odd); 2], square.sqrt() / 2.0, 1e-9, "of a wide box");
        }
    }
}
