//! The basin of the odd point: an explicit set of batches, in the full space of covariances, that is proved to
//! converge to it.
//!
//! Three tools (theory, section 2.5; the derivations are in the files and, by hand, in `proofs/theorems/stability.basin.md`):
//!
//! * a **local ball** in an adapted norm `N`, in which the layer's differential has its spectral radius as norm
//!   and the remainder is bounded ([`LocalBall`]);
//! * an **orbit box**, bounds on the squared distances of a batch, pushed through the layers until it lies
//!   inside the ball ([`OrbitBox`]). A batch may start from its own box, which proves far more than its distance
//!   from the odd point does ([`prove_convergence`]);
//! * for small n an **orbit ellipsoid**, which begins as a Frobenius ball ([`EllipsoidOrbit`]).
//!
//! Beyond [`best_radius`] nothing can be proved: at that distance there is a batch with two identical samples,
//! which stay identical for ever. Searches are in double precision and need no rigour; whatever is returned has
//! been checked with intervals. Not shown: that a batch outside does not converge. Finite width:
//! a ball that sampled networks stay in ([`Stay`]).

mod ball;
mod ellipsoid;
mod frame;
mod input;
mod orbit_box;
mod uniform;
mod width;

pub use ball::{BallImage, LocalBall};
use ellipsoid::plain_frame;
pub use ellipsoid::{EllipsoidOrbit, OrbitEllipsoid};
pub use frame::{Frame, Weights};
pub use input::{enclose_gram, gram_from_rows};
pub use orbit_box::{Ends, OrbitBox};
pub use uniform::{UniformBasin, UniformStatement, UniformVerdict, judge_uniform, prove_uniform};
pub use width::{Stay, StayVerdict};

use crate::arithmetic::{Interval, Real};
use crate::layer::{Gram, infinite_width};
use crate::odd_point::{FixedPoint, SymmetricBatch};
use crate::{Error, Result};
use rug::Float;

/// By which tool a radius was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The local ball itself.
    Ball,
    /// The orbit box, which lies inside the ball after that many layers.
    OrbitBox {
        /// Layers until then.
        layers: usize,
    },
    /// The orbit ellipsoid, which lies inside the ball after that many layers.
    Ellipsoid {
        /// Layers until then.
        layers: usize,
    },
    /// An orbit box that holds distances down to 0, in which they all grow; then as before.
    LiftingBox {
        /// Layers until the box is kept; then as many as it takes for the distances to grow.
        before: usize,
        /// Layers from there to the ball.
        layers: usize,
    },
}

impl Method {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ball => "ball",
            Self::OrbitBox { .. } => "orbit-box",
            Self::Ellipsoid { .. } => "ellipsoid",
            Self::LiftingBox { .. } => "lifting-box",
        }
    }

    /// Layers that the box or the ellipsoid is followed to the ball.
    pub fn layers(self) -> usize {
        match self {
            Self::Ball => 0,
            Self::OrbitBox { layers } | Self::Ellipsoid { layers } | Self::LiftingBox { layers, .. } => {
                layers
            }
        }
    }
}

/// A proved basin: every batch with the odd point's trace within `radius` of it converges to it.
#[derive(Clone, Debug)]
pub struct Basin {
    /// Batch size.
    pub n: u64,
    /// By which tool.
    pub method: Method,
    /// Radius in Frobenius norm, cluster variance 1.
    pub radius: Interval,
    /// The radius over [`best_radius`].
    pub relative: Interval,
    /// Inside the local ball the distance `N` shrinks at least by this factor in each layer.
    pub rate: Interval,
    /// The factor that this tends to: the spectral radius.
    pub final_rate: Interval,
}

/// What can be said of a radius.
#[derive(Clone, Debug)]
pub enum RadiusVerdict {
    /// Every batch within it converges.
    Proved(Box<Basin>),
    /// A batch with two identical samples lies within it, at this distance: it does not converge.
    TooLarge(Interval),
    /// Neither was shown.
    Undecided,
}

/// The Frobenius distance `(1−r)√((n−1)/(n−2))` of the nearest batch with two identical samples.
///
/// # Guarantees
/// Encloses the norm of `D = −(1−r) zzᵀ + ((1−r)/(n−2)) (P − zzᵀ)`, `z = (e₁ − e₂)/√2`. `C* + D` is positive
/// semidefinite (`z` is an eigenvector of `C*` of eigenvalue `1−r`), centred, of the trace of `C*`, and maps `z`
/// to 0: its samples 1 and 2 are identical. No batch with identical samples in the cluster is nearer: with `D` of
/// trace 0, `−(1−r) = zᵀDz ≥ −√((n−2)/(n−1)) ‖D‖_F`.
///
/// ```
/// use oddpoint::odd_point::FixedPoint;
/// use oddpoint::rigor::basin::best_radius;
/// let batch = FixedPoint::OddPoint.locate(10)?;
/// assert!((best_radius(&batch) - batch.one_minus_r * (9.0_f64 / 8.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn best_radius<R: Real>(batch: &SymmetricBatch<R>) -> R {
    batch.one_minus_r.clone() * operator_to_frobenius(batch)
}

/// `√((n−1)/(n−2))`: a centred matrix of trace 0 has operator norm at most its Frobenius norm over this.
fn operator_to_frobenius<R: Real>(batch: &SymmetricBatch<R>) -> R {
    (batch.cluster() / batch.n.clone().plus(-2)).sqrt()
}

/// The largest shares of the best radius that are tried for the orbit box, then a bisection below.
const FIRST_SHARE: f64 = 0.9999;
const SHARE_BISECTIONS: usize = 10;

/// The largest basin that can be proved at batch size `n`.
///
/// # Errors
/// `n < 7` or too large; [`Error::NotReached`] if the precision is too small.
///
/// ```
/// let basin = oddpoint::rigor::basin::prove_basin(30, 128)?;
/// // Nearly all of the best possible ball.
/// assert!(*basin.relative.lower() > 0.99);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn prove_basin(n: u64, precision: u32) -> Result<Basin> {
    let ball = LocalBall::prove(n, precision)?;
    let share = search_share(n, &ball)?;
    let by_box = match share {
        Some(share) => basin_by_box(&ball, n, &Interval::from_f64(precision, share)),
        None => None,
    };
    let mut by_ellipsoid = None;
    if n <= LARGEST_BY_ELLIPSOID {
        let frame = plain_frame(FixedPoint::OddPoint.locate(n)?);
        by_ellipsoid = EllipsoidOrbit::search_largest(&frame, &ball)
            .and_then(|orbit| basin_by_ellipsoid(&ball, n, &orbit));
    }
    let larger = |best: Basin, other: Basin| {
        if best.radius.certainly_less(&other.radius) { other } else { best }
    };
    Ok(by_box.into_iter().chain(by_ellipsoid).fold(basin_by_ball(&ball, n), larger))
}

/// Judges the radius `share · best_radius`.
///
/// # Errors
/// As [`prove_basin`].
///
/// ```
/// use oddpoint::rigor::basin::{RadiusVerdict, judge_share};
/// assert!(matches!(judge_share(30, 0.5, 128)?, RadiusVerdict::Proved(_)));
/// assert!(matches!(judge_share(30, 1.1, 128)?, RadiusVerdict::TooLarge(_)));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn judge_share(n: u64, share: f64, precision: u32) -> Result<RadiusVerdict> {
    let ball = LocalBall::prove(n, precision)?;
    let best = best_radius(&ball.frame.batch);
    let share = Interval::from_f64(precision, share);
    let radius = share.clone() * &best;
    if best.certainly_less(&radius) {
        return Ok(RadiusVerdict::TooLarge(best));
    }
    let by_ball = basin_by_ball(&ball, n);
    if radius.certainly_less(&by_ball.radius) {
        return Ok(RadiusVerdict::Proved(Box::new(Basin { relative: share, radius, ..by_ball })));
    }
    let mut found = basin_by_box(&ball, n, &share);
    if found.is_none() && n <= LARGEST_BY_ELLIPSOID {
        let frame = plain_frame(FixedPoint::OddPoint.locate(n)?);
        found = EllipsoidOrbit::search(&frame, &ball, share.approximate())
            .and_then(|orbit| basin_by_ellipsoid(&ball, n, &orbit));
    }
    Ok(found.map(Box::new).map_or(RadiusVerdict::Undecided, RadiusVerdict::Proved))
}

fn basin_by_ball(ball: &LocalBall, n: u64) -> Basin {
    let radius = ball.frobenius_radius();
    Basin {
        n,
        method: Method::Ball,
        relative: radius.clone() / best_radius(&ball.frame.batch),
        radius,
        rate: ball.factor.clone(),
        final_rate: ball.frame.contraction(),
    }
}

/// Follows the box around the ball of operator norm `share · (1−r)`, which holds the Frobenius ball of
/// `share · best_radius`.
fn basin_by_box(ball: &LocalBall, n: u64, share: &Interval) -> Option<Basin> {
    let batch = &ball.frame.batch;
    let start = OrbitBox::around(batch, &(share.clone() * &batch.one_minus_r))?;
    let layers = layers_until(start, batch, &ball.box_radius())?;
    Some(Basin {
        n,
        method: Method::OrbitBox { layers },
        radius: share.clone() * best_radius(batch),
        relative: share.clone(),
        rate: ball.factor.clone(),
        final_rate: ball.frame.contraction(),
    })
}

/// Up to this size the ellipsoid is tried; beyond it the box proves more.
const LARGEST_BY_ELLIPSOID: u64 = 17;

/// What an orbit of ellipsoids proves, if it is proved.
fn basin_by_ellipsoid(ball: &LocalBall, n: u64, orbit: &EllipsoidOrbit) -> Option<Basin> {
    let share = Interval::from_f64(ball.radius.precision(), orbit.share);
    orbit.check(ball).then(|| Basin {
        method: Method::Ellipsoid { layers: orbit.layers() },
        radius: share.clone() * best_radius(&ball.frame.batch),
        relative: share,
        ..basin_by_ball(ball, n)
    })
}

/// Layers, over n, for which a box without lower bounds is followed: it tends to a limit.
const LAYERS_BEFORE: usize = 4;

/// Proves that every batch nearer than [`best_radius`] converges.
///
/// Every covariance within that radius lies in the box around it with 0 for the least distance, row and mean. Followed
/// until it is mapped into itself, that box is never left; and if it lifts every distance below `L`, the orbit comes to
/// have none of these, whatever the least was, unless it was 0. From there on the box with `L` is followed.
///
/// # Errors
/// As [`prove_basin`]; [`Error::NotReached`] if it was not proved.
///
/// ```
/// let basin = oddpoint::rigor::basin::prove_open_ball(40, 128)?;
/// assert!(basin.relative.contains(&rug::Float::with_val(64, 1)));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn prove_open_ball(n: u64, precision: u32) -> Result<Basin> {
    let ball = LocalBall::prove(n, precision)?;
    let method = lifting_box(&ball).ok_or_else(|| {
        Error::NotReached(format!("the whole ball of the best radius was not proved at n = {n}"))
    })?;
    let radius = best_radius(&ball.frame.batch);
    Ok(Basin { method, relative: radius.lift(1), radius, ..basin_by_ball(&ball, n) })
}

fn lifting_box(ball: &LocalBall) -> Option<Method> {
    let batch = &ball.frame.batch;
    let zero = batch.n.lift(0);
    let mut kept = OrbitBox::reaching(batch, &batch.one_minus_r).with_least(&zero);
    let before = LAYERS_BEFORE * batch.n.approximate() as usize;
    for _ in 0..before {
        kept = kept.step()?.with_least(&zero);
    }
    let least = kept.mean[1].clone().over(2).floor();
    if !(kept.step()?.lies_in(&kept) && kept.lifts(&least)) {
        return None;
    }
    let layers = layers_until(kept.with_least(&least), batch, &ball.box_radius())?;
    Some(Method::LiftingBox { before, layers })
}

/// Layers until the box is within `target` of `batch`; `None` if that does not happen.
fn layers_until<R: Ends>(start: OrbitBox<R>, batch: &SymmetricBatch<R>, target: &R) -> Option<usize> {
    let most = 40 * start.n.approximate() as usize;
    let mut current = start;
    for layers in 0..=most {
        if (target.clone() - current.half_difference(batch)).surely_positive() {
            return Some(layers);
        }
        current = current.step()?;
    }
    None
}

/// In double precision: the largest share at which the box comes home.
fn search_share(n: u64, ball: &LocalBall) -> Result<Option<f64>> {
    let batch = FixedPoint::OddPoint.locate(n)?;
    let target = ball.box_radius().approximate() * (1.0 - 1e-9);
    let comes_home = |share: f64| {
        OrbitBox::around(&batch, &(share * batch.one_minus_r))
            .and_then(|start| layers_until(start, &batch, &target))
            .is_some()
    };
    if comes_home(FIRST_SHARE) {
        return Ok(Some(FIRST_SHARE));
    }
    let (mut low, mut high) = (0.0, FIRST_SHARE);
    for _ in 0..SHARE_BISECTIONS {
        let middle = (low + high) / 2.0;
        *(if comes_home(middle) { &mut low } else { &mut high }) = middle;
    }
    // A little less, so that outward rounding does not decide.
    Ok((low > 0.0).then_some(low * (1.0 - 1e-6)))
}

/// Why one batch converges.
#[derive(Clone, Debug)]
pub struct Convergence {
    /// Layers computed with intervals before anything was proved.
    pub layers_computed: usize,
    /// By which tool, from there on.
    pub method: Method,
}

/// What was found about one batch.
#[derive(Clone, Debug)]
pub struct BatchVerdict {
    /// The odd sample: the one of largest variance.
    pub outlier: usize,
    /// Frobenius distance from the odd point at the same trace, cluster variance 1, before any layer.
    pub distance: Interval,
    /// The proof, if there is one.
    pub convergence: Option<Convergence>,
    /// The local ball used.
    pub ball: LocalBall,
}

/// Tries to prove that the batch with Gram matrix `gram` converges to the odd point, its sample of largest variance
/// being the odd one. Up to `after` layers are computed with intervals first.
///
/// # Shape
/// `n × n`, symmetric; need not be centred, nor normalised.
///
/// # Guarantees
/// A proof holds for every covariance matrix enclosed by `gram`.
///
/// # Errors
/// As [`prove_basin`]; [`Error::NotReached`] if the trace is not certainly positive.
///
/// ```
/// use oddpoint::arithmetic::Interval;
/// use oddpoint::odd_point::{FixedPoint, Mode};
/// use oddpoint::rigor::{basin::prove_convergence, enclose_fixed_point};
/// // The odd point, with all pairs of the cluster perturbed.
/// let odd_point = enclose_fixed_point(FixedPoint::OddPoint, 30, 128)?.covariance(30);
/// let size = Interval::from_f64(128, 1e-5);
/// let batch = odd_point.add_scaled(&size, &Mode::Pair.direction(30, &size, 0));
/// let verdict = prove_convergence(&batch, 0)?;
/// assert_eq!(verdict.outlier, 29);
/// assert!(verdict.convergence.is_some());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn prove_convergence(gram: &Gram<Interval>, after: usize) -> Result<BatchVerdict> {
    let precision = gram.get(0, 0).precision();
    let ball = LocalBall::prove(gram.n() as u64, precision)?;
    let mut covariance = gram.clone();
    covariance.recentre();
    if !covariance.trace().certainly_positive() {
        return Err(Error::NotReached(
            "the batch's variance is not certainly positive: raise --precision".to_owned(),
        ));
    }
    let outlier = largest_variance(&covariance);
    covariance = with_last(&covariance, outlier);
    let distance = ball.distance(&covariance);
    for layers_computed in 0..=after {
        if let Some(method) = converges(&ball, &covariance) {
            let convergence = Some(Convergence { layers_computed, method });
            return Ok(BatchVerdict { outlier, distance, convergence, ball });
        }
        if layers_computed < after {
            covariance = infinite_width::layer(&covariance);
        }
    }
    Ok(BatchVerdict { outlier, distance, convergence: None, ball })
}

fn converges(ball: &LocalBall, covariance: &Gram<Interval>) -> Option<Method> {
    if ball.distance(covariance).certainly_less(&ball.frobenius_radius()) {
        return Some(Method::Ball);
    }
    let start = OrbitBox::of(covariance)?;
    let layers = layers_until(start, &ball.frame.batch, &ball.box_radius())?;
    Some(Method::OrbitBox { layers })
}

fn largest_variance(covariance: &Gram<Interval>) -> usize {
    let variance = |i: usize| covariance.get(i, i).midpoint();
    (1..covariance.n()).fold(0, |best, i| if variance(i) > variance(best) { i } else { best })
}

/// The same batch with sample `k` moved to the end.
fn with_last(covariance: &Gram<Interval>, k: usize) -> Gram<Interval> {
    let n = covariance.n();
    let source = |i: usize| match i {
        i if i == n - 1 => k,
        i if i < k => i,
        i => i + 1,
    };
    Gram::from_entries(n, |i, j| covariance.get(source(i), source(j)).clone())
}

/// The number itself, as an interval of no width at the lower end.
fn lower_end(x: &Interval) -> Interval {
    Interval::point(Float::with_val(x.precision(), x.lower()))
}

#[cfg(test)]
mod tests;
