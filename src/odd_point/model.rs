//! The indicative model: batches of `n` samples that are symmetric under the permutations of `N = n − 1` of
//! them (the cluster), the remaining one being the outlier (theory, section 2.2).
//!
//! With cluster variance 1 and cluster covariance `r = cos θ`, zero row sums fix the rest, so that modulo scale
//! one variable is left, `r ∈ [−1/(n−2), 1]`. It is held here as the angle `θ`, or as `v`, the outlier's
//! standard deviation over the cluster's: the correlation between cluster and outlier is `−cos φ` with
//!
//! ```text
//! cos φ = v/N,      1 − r = (N² − v²)/(N(N−1)),      s = v²/N  (minus the cross covariance)
//! ```
//!
//! `v = N` is the exact configuration (`r = 1`) and `v = 1` the fully symmetric one. One layer multiplies
//! `1 − r` by `Λ` and `s` by `s'/s`; a fixed point has both equal. Writing that out, everything that cancels
//! cancels by algebra, and what is left are sums of positive terms, in two forms:
//!
//! ```text
//! balance:   g(θ) (1/v² + (n+1)/(n−1)) = 2/N + 2h(φ)/(π v),     g(θ) = h(θ)/(π(1 − cos θ))
//! deflated:  w (1 + Q(a)) = (2v(n+w)/(N(N−1))) · [(1+a) Q[a,b] − 1 − Q(a)]
//!            w = v − 1,  a = −cos θ,  b = cos φ,  Q(x) = q(x) + πx/2,  q(x) = x asin x + √(1−x²) − 1,
//!            Q[a,b] = (Q(b) − Q(a))/(b − a),   b − a = w(n+w)/(N(N−1))
//! ```
//!
//! The first is well conditioned at the odd point, where `θ ≈ 3π/n` and `v ≈ N`. The second is the first times
//! `v²·πd` with the symmetric root `v = 1` divided out: its roots in `0 ≤ v < N` are the other fixed points,
//! and it stays well conditioned at the edge, which approaches `v = 1` like `(π−2)/n`.
//!
//! The model is exact for symmetric batches at infinite width; it says nothing about other batches. Those are
//! the full n×n map's ([`crate::layer`]).

use crate::arithmetic::{Dual, Real};
use crate::kernel::half_distance;

/// A symmetric batch with cluster variance 1. `n` may be any real number above 2.
///
/// # Guarantees
/// Fields approximate or enclose, as `R` does; they are consistent with one another to rounding.
///
/// ```
/// use oddpoint::odd_point::SymmetricBatch;
/// // The symmetric batch of 5 samples: all correlations −1/4, and a fixed point.
/// let batch = SymmetricBatch::symmetric(&5.0_f64);
/// assert!((batch.r() + 0.25).abs() < 1e-15);
/// assert!((batch.image_one_minus_r() - batch.one_minus_r).abs() < 1e-15);
/// // The same batch by its angle, or by the outlier's deviation.
/// let same = SymmetricBatch::from_deviation_ratio(&5.0, &1.0);
/// assert!((same.theta - (-0.25_f64).acos()).abs() < 1e-15);
/// assert!((SymmetricBatch::from_angle(&5.0, &same.theta).deviation_ratio - 1.0).abs() < 1e-14);
/// ```
#[derive(Clone, Debug)]
pub struct SymmetricBatch<R> {
    /// Batch size.
    pub n: R,
    /// Angle between two samples of the cluster; `cos θ = r`.
    pub theta: R,
    /// The correlation of cluster and outlier is `−cos φ`.
    pub phi: R,
    /// `1 − r`, with small relative error even where `r` is near 1.
    pub one_minus_r: R,
    /// `v`: standard deviation of the outlier over that of the cluster.
    pub deviation_ratio: R,
}

/// What one layer makes of a symmetric batch, before any rescaling.
#[derive(Clone, Debug)]
pub struct Image<R> {
    /// Variance minus covariance within the cluster.
    pub d: R,
    /// Minus the covariance of cluster and outlier.
    pub s: R,
}

/// The batch as a reader sees it after the non-linearity.
#[derive(Clone, Debug)]
pub struct OrderParameters<R> {
    /// Cosine between two samples of the cluster after ReLU: `2κ(r)`.
    pub cos_within: R,
    /// Cosine between cluster and outlier after ReLU: `2κ(−cos φ) = h(φ)/π`.
    pub cos_cross: R,
    /// Norm of the outlier over that of the cluster after ReLU.
    pub norm_ratio: R,
}

impl<R: Real> SymmetricBatch<R> {
    /// The batch whose cluster has pairwise angle `theta`, small or not. Meant for `v` well above 1: near the
    /// symmetric point `cos φ` loses a factor `n²` of its relative accuracy.
    pub fn from_angle(n: &R, theta: &R) -> Self {
        let cluster = n.clone().plus(-1);
        let half_chord = theta.clone().over(2).sin().square();
        let sin_square_phi = half_chord.clone() * cluster.clone().plus(-1).times(2) / &cluster;
        let cos_phi = (n.lift(1) - &sin_square_phi).sqrt();
        Self {
            n: n.clone(),
            theta: theta.clone(),
            phi: sin_square_phi.sqrt().atan2(&cos_phi),
            one_minus_r: half_chord.times(2),
            deviation_ratio: cluster * cos_phi,
        }
    }

    /// The batch whose outlier has `v` times the cluster's standard deviation, `0 ≤ v ≤ n − 1`. Meant for
    /// `v` well below `n − 1`: near it `θ` loses its relative accuracy.
    pub fn from_deviation_ratio(n: &R, v: &R) -> Self {
        let cluster = n.clone().plus(-1);
        let pairs = cluster.clone() * cluster.clone().plus(-1);
        let one_minus_r = (cluster.clone() - v) * (cluster.clone() + v) / pairs;
        Self {
            n: n.clone(),
            theta: (n.lift(1) - &one_minus_r).acos(),
            phi: (v.clone() / &cluster).acos(),
            one_minus_r,
            deviation_ratio: v.clone(),
        }
    }

    /// The fully symmetric batch: all covariances `−1/(n−1)`.
    pub fn symmetric(n: &R) -> Self {
        Self::from_deviation_ratio(n, &n.lift(1))
    }

    /// `N = n − 1`, the size of the cluster.
    pub fn cluster(&self) -> R {
        self.n.clone().plus(-1)
    }

    /// `r = cos θ`.
    pub fn r(&self) -> R {
        self.n.lift(1) - &self.one_minus_r
    }

    /// `y`: variance of the outlier over that of the cluster.
    pub fn variance_ratio(&self) -> R {
        self.deviation_ratio.clone().square()
    }

    /// `Λ = d'/d`: at a fixed point, the growth of the scale in one layer.
    pub fn growth(&self) -> R {
        half_distance(&self.theta) / &self.one_minus_r
    }

    /// One layer of RC + NL at infinite width: `d'` and `s'` of the theory page.
    pub fn image(&self) -> Image<R> {
        let cluster = self.cluster();
        let d = half_distance(&self.theta);
        let outlier =
            self.variance_ratio().over(2) - self.deviation_ratio.clone() * self.phi.clone().h() / self.n.pi();
        let within = cluster.clone().plus(-1) * &d;
        let s = (cluster.clone().over(2) - within + cluster * outlier) / self.n.clone().square();
        Image { d, s }
    }

    /// `1 − F_n(r)`, the reduced map of the theory page.
    pub fn image_one_minus_r(&self) -> R {
        let Image { d, s } = self.image();
        let cluster = self.cluster();
        cluster.clone() * &d / (s + cluster.plus(-1) * d)
    }

    /// Order parameters after ReLU.
    pub fn order_parameters(&self) -> OrderParameters<R> {
        OrderParameters {
            // 2κ(cos θ) = 1 − 2(1/2 − κ(cos θ)), which keeps what θ knows of a tight cluster.
            cos_within: self.n.lift(1) - half_distance(&self.theta).times(2),
            cos_cross: self.phi.clone().h() / self.n.pi(),
            norm_ratio: self.deviation_ratio.clone(),
        }
    }

    /// The `balance` equation of the module's head, left minus right: zero at the fixed points, positive where
    /// the layer tightens the cluster (`F_n(r) > r`).
    pub fn balance(&self) -> R {
        let (n, v, pi) = (&self.n, &self.deviation_ratio, self.n.pi());
        let cluster = self.cluster();
        let curvature = self.theta.clone().h() / (pi.clone() * &self.one_minus_r);
        let weight = n.lift(1) / v.clone().square() + n.clone().plus(1) / &cluster;
        curvature * weight - n.lift(2) / cluster - self.phi.clone().h().times(2) / (pi * v)
    }
}

/// `F'_n(r)` by automatic differentiation of the reduced map in `θ`; in doubles, for angles well below the
/// symmetric point's (see [`SymmetricBatch::from_angle`]).
///
/// # Source
/// Theory, section 2.2; an independent route to the trivial eigenvalue of [`crate::odd_point::Spectrum`].
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, Spectrum, reduced_slope};
/// let batch = FixedPoint::OddPoint.locate(10)?;
/// assert!((reduced_slope(&10.0, &batch.theta) - Spectrum::at(&batch).trivial).abs() < 1e-14);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn reduced_slope<R: Real>(n: &R, theta: &R) -> R {
    let batch = SymmetricBatch::from_angle(&Dual::constant(n.clone()), &Dual::variable(theta.clone()));
    batch.image_one_minus_r().derivative / theta.clone().sin()
}

/// The `deflated` equation of the module's head at `v = 1 + w`, left minus right: zero at the fixed points
/// other than the symmetric one, positive where the layer tightens the cluster (for `w > 0`).
///
/// ```
/// use oddpoint::odd_point::{FixedPoint, deflated_balance};
/// let w = FixedPoint::Edge.locate(20)?.deviation_ratio - 1.0;
/// assert!(deflated_balance(&20.0, &w).abs() < 1e-14);
/// assert!(deflated_balance(&20.0, &(1.1 * w)) > 0.0);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn deflated_balance<R: Real>(n: &R, w: &R) -> R {
    let cluster = n.clone().plus(-1);
    let pairs = cluster.clone() * cluster.clone().plus(-1);
    let v = w.clone().plus(1);
    let b = v.clone() / &cluster;
    let shift = n.clone() + w;
    let gap = w.clone() * &shift / &pairs;
    let a = b.clone() - &gap;
    let half_pi = n.pi().over(2);
    let (q_a, q_b) = (arcsine_primitive(&a), arcsine_primitive(&b));
    let divided_difference = half_pi.clone() + (q_b - &q_a) / gap;
    let one_plus_q = q_a.plus(1) + half_pi * &a;
    let bracket = a.plus(1) * divided_difference - &one_plus_q;
    w.clone() * one_plus_q - v.times(2) * shift / pairs * bracket
}

/// `q(x) = x asin x + √(1−x²) − 1 = ∫₀ˣ asin`, without the cancellation at small `x`.
pub(super) fn arcsine_primitive<R: Real>(x: &R) -> R {
    let square = x.clone().square();
    let root = ((x.lift(1) - x) * x.clone().plus(1)).sqrt();
    x.clone().asin() * x - square / root.plus(1)
}
