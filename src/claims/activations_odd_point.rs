//! Claim `activations.odd-point`: which activations have an odd point, and whether it is the exact configuration.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::Result;
use crate::layer::components::Activation;
use crate::layer::moments::{SecondMoments, Smooth};
use crate::odd_point::plugged::{PluggedBatch, PluggedLayer};
use rayon::prelude::*;
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "activations.odd-point",
    kind: Kind::Numerical,
    summary: "tanh and erf have no odd point; with GELU and SiLU the exact configuration itself attracts, at mean variance 1",
    statement: "RC, an activation, then one scalar that sets the mean variance to 1, at n = 4..12, 16, 20, 32, 50, 100, among batches \
        of one outlier of larger variance. tanh, erf: no fixed point but the symmetric one, stable, and the exact configuration, \
        unstable. GELU: the exact configuration (n-1 equal samples and one other) is linearly stable from n = 5 on, unstable at \
        4; the symmetric one is stable up to n = 7; SiLU: from 4 on and up to 5. While both are stable there is one edge between them, else no \
        fixed point. ReLU, leaky ReLU of slope 0.1: the exact configuration is unstable, edge and stable odd point from n = 7 on. \
        Identity: every such batch is fixed, trivial and pair eigenvalue 1.",
    hypotheses: "infinite width; v0 = 1 (not homogeneous activations depend on it: with v0 = 100 GELU and SiLU have ReLU's picture at n = 10, see the \
        evidence); batches symmetric under the permutations of n-1 samples, perturbations of any kind. Not shown: other fixed \
        points, other n.",
    source: "Project: the abstract speaks of non-linear activations at large; its theorem of ReLU.",
    method: "Second moments in closed form, or by the trapezoid rule in two variables with steps halved until the \
        change, the error estimate, is below 1e-10; the same for their derivatives (Price). Roots of the drift on 0 < ln p <= ln(10^4 n^2) by signs in 40 cells; \
        eigenvalues count as inside or outside the unit circle beyond 1e-6 from it, else inconclusive; for the identity within 1e-6 of 1, \
        drift below 1e-8. Quick: n = 4..10.",
    control: "with GELU the exact configuration is stable at n = 4 already",
    check,
};

const SIZES: [u64; 14] = [4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 20, 32, 50, 100];
/// How far from 1 the modulus of an eigenvalue must be to count.
const GAP: f64 = 1e-6;
const DRIFT: f64 = 1e-8;
/// The largest error estimate of a second moment.
const ERROR: f64 = 1e-10;

/// What is said of one activation.
struct Picture {
    activation: Box<dyn SecondMoments>,
    /// Batch sizes from which on there is a stable odd point short of the exact configuration.
    odd_point_from: u64,
    /// … the exact configuration is stable.
    exact_from: u64,
    /// … the symmetric batch is unstable.
    symmetric_until: u64,
}

const NEVER: u64 = u64::MAX;

impl Picture {
    fn words(&self) -> String {
        let name = self.activation.name();
        match (self.odd_point_from, self.exact_from) {
            (NEVER, NEVER) => format!("{name}: none"),
            (NEVER, from) => format!("{name}: exact configuration from n = {from}"),
            (from, _) => format!("{name}: odd point from n = {from}"),
        }
    }
}

fn pictures(statement: Statement) -> Vec<Picture> {
    let picture = |activation: Box<dyn SecondMoments>,
                   [odd_point_from, exact_from, symmetric_until]: [u64; 3]| {
        Picture { activation, odd_point_from, exact_from, symmetric_until }
    };
    let gelu = |from| picture(Box::new(Smooth::Gelu), [NEVER, from, 8]);
    match statement {
        Statement::Control => vec![gelu(4)],
        Statement::Claim => vec![
            gelu(5),
            picture(Box::new(Smooth::Silu), [NEVER, 4, 6]),
            picture(Box::new(Smooth::Tanh), [NEVER, NEVER, NEVER]),
            picture(Box::new(Smooth::Erf), [NEVER, NEVER, NEVER]),
            picture(Box::new(Activation::Relu), [7, NEVER, NEVER]),
            picture(Box::new(Activation::Leaky(0.1)), [7, NEVER, NEVER]),
        ],
    }
}

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let sizes = if settings.quick { &SIZES[..7] } else { &SIZES[..] };
    let sizes = statement.cases(sizes);
    let pictures = pictures(statement);
    let cases: Vec<_> =
        pictures.iter().flat_map(|picture| sizes.iter().map(move |&n| (picture, n))).collect();
    let judged: Vec<_> = cases.par_iter().map(|(picture, n)| judge(picture, *n)).collect();
    let neutral: Vec<_> = sizes.par_iter().map(|&n| (n, identity(n))).collect();
    let verdict = Verdict::all(judged.iter().map(|(one, _)| *one).chain(neutral.iter().map(|(_, one)| *one)));
    let other =
        cases.iter().zip(&judged).find(|(_, (one, _))| *one == verdict && verdict != Verdict::Verified);
    let reason = match other {
        Some(((picture, n), _)) => format!("{}: {} at n = {n}", picture.activation.name(), verdict.name()),
        None if verdict != Verdict::Verified => format!("identity: {}", verdict.name()),
        None => {
            let words: Vec<String> = pictures.iter().map(Picture::words).collect();
            format!("{}; {} sizes", words.join(", "), sizes.len())
        }
    };
    let rows: Vec<Value> = judged.into_iter().map(|(_, row)| row).collect();
    let large = if settings.quick || statement == Statement::Control { vec![] } else { at_large_variance() };
    Ok(Finding::new(
        verdict,
        reason,
        json!({ "mean_variance": "1", "table": rows, "at_mean_variance_100": large }),
    ))
}

/// The states of one activation at one batch size.
struct States {
    symmetric: PluggedLayer,
    between: Vec<PluggedLayer>,
    exact: PluggedLayer,
}

impl States {
    fn find(activation: &dyn SecondMoments, n: u64, mean_variance: f64) -> Self {
        let batch = PluggedBatch { activation, n: n as f64, mean_variance };
        Self { symmetric: batch.at(1.0), between: batch.fixed_points(), exact: batch.exact() }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &PluggedLayer)> {
        let between = self
            .between
            .iter()
            .map(|state| (if state.spectrum.trivial < 1.0 { "odd-point" } else { "edge" }, state));
        [("symmetric", &self.symmetric)].into_iter().chain(between).chain([("exact", &self.exact)])
    }

    fn row(&self, name: &str, n: u64) -> Value {
        let states = self.all().map(|(state, layer)| {
            json!({ "state": state, "r": approximate(layer.r), "spectral_radius": approximate(layer.spectral_radius(n)),
                "norm_ratio": approximate(layer.norm_ratio), "cos_within": approximate(layer.cosines[0]),
                "cos_cross": approximate(layer.cosines[1]), "error_estimate": approximate(layer.error) })
        });
        json!({ "activation": name, "batch_size": n.to_string(), "states": states.collect::<Vec<_>>() })
    }
}

/// Whether all eigenvalues are inside the unit circle; `None` if one is too near it.
fn stable(layer: &PluggedLayer, n: u64) -> Option<bool> {
    let radius = layer.spectral_radius(n);
    ((radius - 1.0).abs() > GAP && layer.error < ERROR).then_some(radius < 1.0)
}

fn judge(picture: &Picture, n: u64) -> (Verdict, Value) {
    let states = States::find(&*picture.activation, n, 1.0);
    let odd_point = n >= picture.odd_point_from;
    let exact = n >= picture.exact_from;
    let symmetric = n < picture.symmetric_until;
    // One edge between two states that attract, none beside one.
    let edge = symmetric && (odd_point || exact);
    let mut expected = vec![("symmetric", symmetric)];
    expected.extend(edge.then_some(("edge", false)));
    expected.extend(odd_point.then_some(("odd-point", true)));
    expected.push(("exact", exact));
    let found: Vec<_> = states.all().map(|(name, layer)| (name, stable(layer, n))).collect();
    let agrees = found.len() == expected.len()
        && found
            .iter()
            .zip(&expected)
            .all(|((name, stable), (other, expected))| name == other && *stable == Some(*expected));
    // What is too near the circle, or too rough, neither agrees nor disagrees.
    let verdict = if found.iter().any(|(_, stable)| stable.is_none()) {
        Verdict::Inconclusive
    } else {
        Verdict::decided(agrees)
    };
    (verdict, states.row(&picture.activation.name(), n))
}

/// The identity by the same quadrature: nothing moves. (The standard block has the double eigenvalue 1, which rounding
/// splits by the root of its error; it is left out.)
fn identity(n: u64) -> Verdict {
    let batch = PluggedBatch { activation: &Smooth::Identity, n: n as f64, mean_variance: 1.0 };
    let near_one = |value: f64| (value - 1.0).abs() < GAP;
    let still = [1.0, 2.0, n as f64].map(|p| batch.at(p)).iter().all(|layer| {
        near_one(layer.spectrum.trivial) && near_one(layer.spectrum.pair) && layer.drift.abs() < DRIFT
    });
    Verdict::decided(still)
}

/// An observation: at n = 10 and mean variance 100 the cluster's variance is large enough for the kink to show.
fn at_large_variance() -> Vec<Value> {
    [Smooth::Gelu, Smooth::Silu]
        .par_iter()
        .map(|smooth| States::find(smooth, 10, 100.0).row(&smooth.name(), 10))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_picture_is_refuted() {
        let judged = |odd_point_from, exact_from, symmetric_until| {
            let activation = Box::new(Activation::Relu);
            judge(&Picture { activation, odd_point_from, exact_from, symmetric_until }, 7).0
        };
        assert_eq!(judged(7, NEVER, NEVER), Verdict::Verified);
        for [odd_point, exact, symmetric] in [[8, NEVER, NEVER], [7, 7, NEVER], [7, NEVER, 7], [NEVER; 3]] {
            assert_eq!(judged(odd_point, exact, symmetric), Verdict::Refuted);
        }
    }

    /// The linear activation is neutral: too near the circle to say.
    #[test]
    fn an_eigenvalue_on_the_circle_is_undecided() {
        let batch = PluggedBatch { activation: &Activation::Linear, n: 9.0, mean_variance: 1.0 };
        let layer = batch.at(2.0);
        assert!((layer.spectrum.trivial - 1.0).abs() < 1e-12);
        assert_ne!(stable(&layer, 9), Some(true));
    }
}
