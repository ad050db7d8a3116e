//! Second moments of an activation: `E φ(u)φ(v)` for a centred Gaussian pair, with its derivatives, as what any activation
//! plugs into [`crate::odd_point::plugged`].
//!
//! By Price's theorem and integration by parts, with `a = Var u`, `b = Var v`, `c = Cov(u, v)`:
//!
//! ```text
//! ∂/∂c = E φ'(u)φ'(v)        ∂/∂a = ½ E φ''(u)φ(v) = (E u φ'(u)φ(v) − c E φ'(u)φ'(v))/2a
//! ```
//!
//! Homogeneous activations ([`Activation`]) use closed forms. Smooth ones ([`Smooth`]) use the trapezoid rule in two
//! variables, whose error for analytic integrands falls exponentially in the reciprocal step (Trefethen & Weideman, SIAM
//! Review 56, 2014); steps are halved until the results agree, and the last change is the error estimate. `f64` only;
//! an estimate is no bound, and nothing here is a proof.

use super::components::Activation;
use crate::kernel::{gram_entry, gram_entry_differential};

/// `E φ(u)φ(v)` and its partial derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The moment.
    pub value: f64,
    /// By the variance of `u`.
    pub by_first: f64,
    /// By the variance of `v`.
    pub by_second: f64,
    /// By the covariance: `E φ'(u)φ'(v)`.
    pub by_covariance: f64,
    /// Estimate of the error of the value; 0 for closed forms.
    pub error: f64,
}

impl Moment {
    /// The derivative of the variance `E φ(u)²` by that of `u`, for a moment of equal `u` and `v`.
    pub fn by_variance(&self) -> f64 {
        self.by_first + self.by_second + self.by_covariance
    }
}

/// An activation by its second moments.
pub trait SecondMoments: Sync {
    /// For tables.
    fn name(&self) -> String;
    /// Whether `φ(tz) = tφ(z)` for `t > 0`, so that the scale does not matter.
    fn is_homogeneous(&self) -> bool;
    /// The moment of a pair with variances `a, b > 0` and covariance `c`, `c² ≤ ab`.
    fn moment(&self, a: f64, b: f64, c: f64) -> Moment;
}

impl SecondMoments for Activation {
    fn name(&self) -> String {
        self.to_string()
    }

    fn is_homogeneous(&self) -> bool {
        true
    }

    fn moment(&self, a: f64, b: f64, c: f64) -> Moment {
        // Leaky ReLU is (1−α)² ReLU + α identity (theory, section 2.7).
        let (relu, identity) = match self {
            Self::Relu => (1.0, 0.0),
            Self::Leaky(slope) => ((1.0 - slope).powi(2), *slope),
            Self::Linear => (0.0, 1.0),
        };
        let by = |direction: [f64; 3]| relu * gram_entry_differential([&a, &b, &c], direction.each_ref());
        Moment {
            value: relu * gram_entry(&a, &b, &c) + identity * c,
            by_first: by([1.0, 0.0, 0.0]),
            by_second: by([0.0, 1.0, 0.0]),
            by_covariance: by([0.0, 0.0, 1.0]) + identity,
            error: 0.0,
        }
    }
}

/// Smooth activations, by quadrature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smooth {
    /// `z`, for comparison with its closed form.
    Identity,
    /// `tanh z`.
    Tanh,
    /// `erf z`.
    Erf,
    /// `z Φ(z)`.
    Gelu,
    /// `z/(1 + e^{−z})`.
    Silu,
}

impl Smooth {
    /// `φ(z)` and `φ'(z)`.
    pub fn at(self, z: f64) -> [f64; 2] {
        use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
        match self {
            Self::Identity => [z, 1.0],
            Self::Tanh => {
                let tanh = z.tanh();
                [tanh, 1.0 - tanh * tanh]
            }
            Self::Erf => [libm::erf(z), FRAC_2_SQRT_PI * (-z * z).exp()],
            Self::Gelu => {
                let below = libm::erfc(-z * FRAC_1_SQRT_2) / 2.0;
                let density = FRAC_2_SQRT_PI * FRAC_1_SQRT_2 / 2.0 * (-z * z / 2.0).exp();
                [z * below, below + z * density]
            }
            Self::Silu => {
                let sigmoid = 1.0 / (1.0 + (-z).exp());
                [z * sigmoid, sigmoid * (1.0 + z * (1.0 - sigmoid))]
            }
        }
    }

    /// `[E φφ, E uφ'φ, E vφφ', E φ'φ']` by the trapezoid rule, for `a ≥ b`, with steps in the two independent normals.
    fn sums(self, [a, b, c]: [f64; 3], [step_x, step_y]: [f64; 2]) -> [f64; 4] {
        let (scale, along) = (a.sqrt(), c / a.sqrt());
        let across = (b - along * along).max(0.0).sqrt();
        let mut sums = [0.0; 4];
        for (x, weight_x) in nodes(step_x) {
            let u = scale * x;
            let [f, slope_f] = self.at(u);
            let mut inner = [0.0; 3];
            for (y, weight_y) in nodes(step_y) {
                let v = along * x + across * y;
                let [g, slope_g] = self.at(v);
                for (sum, term) in inner.iter_mut().zip([g, slope_g, v * slope_g]) {
                    *sum += weight_y * term;
                }
            }
            let [g, slope_g, v_slope_g] = inner;
            for (sum, term) in sums.iter_mut().zip([f * g, u * slope_f * g, f * v_slope_g, slope_f * slope_g])
            {
                *sum += weight_x * term;
            }
        }
        sums
    }
}

/// Nodes and weights of the trapezoid rule for a standard normal; beyond 9 deviations the weight is below 2⁻⁵⁸.
fn nodes(step: f64) -> impl Iterator<Item = (f64, f64)> {
    const REACH: f64 = 9.0;
    let last = (REACH / step).ceil() as i32;
    let factor = step / (2.0 * std::f64::consts::PI).sqrt();
    (-last..=last).map(move |k| {
        let x = f64::from(k) * step;
        (x, factor * (-x * x / 2.0).exp())
    })
}

impl SecondMoments for Smooth {
    fn name(&self) -> String {
        format!("{self:?}").to_lowercase()
    }

    fn is_homogeneous(&self) -> bool {
        *self == Self::Identity
    }

    fn moment(&self, a: f64, b: f64, c: f64) -> Moment {
        /// What halving the steps may change of a sum, relative to the moment or to what a linear φ would make of it.
        const GOAL: f64 = 1e-13;
        const HALVINGS: u32 = 6;
        if a < b {
            let swapped = self.moment(b, a, c);
            return Moment { by_first: swapped.by_second, by_second: swapped.by_first, ..swapped };
        }
        // A function of √a x changes over a distance 1/√a.
        let rest = b - c * c / a;
        let mut steps = [a, rest.max(0.0)].map(|variance| 0.6 / (1.0 + variance).sqrt());
        let mut sums = self.sums([a, b, c], steps);
        let mut error = f64::INFINITY;
        for _ in 0..HALVINGS {
            steps = steps.map(|step| step / 2.0);
            let finer = self.sums([a, b, c], steps);
            let change = sums.iter().zip(finer).map(|(old, new)| (old - new).abs()).fold(0.0, f64::max);
            // Once it converges the error squares; where it does not even halve, rounding is all that is left.
            let rounding = change > error / 2.0;
            (sums, error) = (finer, change);
            if rounding || error <= GOAL * (sums[0].abs() + (a * b).sqrt() * sums[3].abs()) {
                break;
            }
        }
        let [value, first, second, both] = sums;
        Moment {
            value,
            by_first: (first - c * both) / (2.0 * a),
            by_second: (second - c * both) / (2.0 * b),
            by_covariance: both,
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    const CASES: [[f64; 3]; 6] = [
        [1.0, 1.0, 0.5],
        [1.0, 1.0, 1.0],
        [0.2, 0.2, -0.2],
        [9.0, 0.3, -1.2],
        [0.01, 100.0, -0.9],
        [50.0, 50.0, 49.9],
    ];

    fn assert_close(found: f64, expected: f64, what: &str) {
        assert!(
            (found - expected).abs() < 1e-12 * (1.0 + expected.abs()),
            "{what}: {found} is not {expected}"
        );
    }

    /// `E erf(u)erf(v) = (2/π) asin(2c/√((1+2a)(1+2b)))` (Williams 1997), and its derivatives.
    #[test]
    fn erf_has_its_closed_form() {
        for [a, b, c] in CASES {
            let found = Smooth::Erf.moment(a, b, c);
            let (one, two) = (1.0 + 2.0 * a, 1.0 + 2.0 * b);
            let root = (one * two - 4.0 * c * c).sqrt();
            assert_close(found.value, 2.0 / PI * (2.0 * c / (one * two).sqrt()).asin(), "value");
            assert_close(found.by_covariance, 4.0 / (PI * root), "by c");
            assert_close(found.by_first, -4.0 * c / (PI * root * one), "by a");
            assert_close(found.by_second, -4.0 * c / (PI * root * two), "by b");
        }
    }

    #[test]
    fn the_identity_is_linear() {
        for [a, b, c] in CASES {
            let found = Smooth::Identity.moment(a, b, c);
            let expected = Activation::Linear.moment(a, b, c);
            for (found, expected) in [
                (found.value, expected.value),
                (found.by_first, 0.0),
                (found.by_second, 0.0),
                (found.by_covariance, 1.0),
            ] {
                assert!(
                    (found - expected).abs() < 1e-10 * (1.0 + expected.abs()),
                    "{found} {expected} at {a} {b} {c}"
                );
            }
        }
    }

    /// Central differences along each argument, away from |ρ| = 1.
    #[test]
    fn derivatives_are_those_of_the_value() {
        const STEP: f64 = 1e-5;
        let all: [&dyn SecondMoments; 6] = [
            &Activation::Relu,
            &Activation::Leaky(-0.5),
            &Smooth::Tanh,
            &Smooth::Gelu,
            &Smooth::Silu,
            &Smooth::Erf,
        ];
        for activation in all {
            for [a, b, c] in [[1.0, 2.0, 0.5], [3.0, 0.5, -0.9]] {
                let found = activation.moment(a, b, c);
                let difference = |[da, db, dc]: [f64; 3]| {
                    let at = |t: f64| activation.moment(a + t * da, b + t * db, c + t * dc).value;
                    (at(STEP) - at(-STEP)) / (2.0 * STEP)
                };
                for (slope, along) in [
                    (found.by_first, [1.0, 0.0, 0.0]),
                    (found.by_second, [0.0, 1.0, 0.0]),
                    (found.by_covariance, [0.0, 0.0, 1.0]),
                ] {
                    assert!((slope - difference(along)).abs() < 1e-8, "{} {along:?}", activation.name());
                }
            }
        }
    }

    #[test]
    fn slopes_are_those_of_the_activations() {
        for smooth in [Smooth::Identity, Smooth::Tanh, Smooth::Erf, Smooth::Gelu, Smooth::Silu] {
            for z in [-3.0, -0.4, 0.0, 1.7, 6.0] {
                let difference = (smooth.at(z + 1e-5)[0] - smooth.at(z - 1e-5)[0]) / 2e-5;
                assert!((smooth.at(z)[1] - difference).abs() < 1e-9, "{smooth:?} at {z}");
            }
        }
    }
}
