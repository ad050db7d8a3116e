//! One's own activation: say what its second moments are, and ask for its fixed points and their stability.
//!
//! Here the sine, `φ(z) = sin z`, as in sinusoidal networks. For a centred Gaussian pair with variances `a`, `b` and
//! covariance `c`, from `E cos(u ± v) = e^{−(a+b±2c)/2}`:
//!
//! ```text
//! E sin u sin v = e^{−(a+b)/2} sinh c        E cos u cos v = e^{−(a+b)/2} cosh c  (the derivative by c)
//! ```
//!
//! Doubles only: what is printed approximates, and fixed points without the symmetry of one outlier are not looked for.
//!
//!     cargo run --release --example custom_activation

use oddpoint::layer::components::Activation;
use oddpoint::layer::moments::{Moment, SecondMoments};
use oddpoint::odd_point::plugged::PluggedBatch;

struct Sine;

impl SecondMoments for Sine {
    fn name(&self) -> String {
        "sine".to_owned()
    }

    /// `sin(tz)` is not `t sin z`: the scale matters.
    fn is_homogeneous(&self) -> bool {
        false
    }

    fn moment(&self, a: f64, b: f64, c: f64) -> Moment {
        let damping = (-(a + b) / 2.0).exp();
        let value = damping * c.sinh();
        Moment {
            value,
            by_first: -value / 2.0,
            by_second: -value / 2.0,
            by_covariance: damping * c.cosh(),
            error: 0.0,
        }
    }
}

fn describe(activation: &dyn SecondMoments, n: u64, mean_variance: f64) {
    let batch = PluggedBatch { activation, n: n as f64, mean_variance };
    println!("{}, n = {n}, mean variance {mean_variance}:", activation.name());
    println!("  cluster and outlier exactly: leading eigenvalue {:.6}", batch.exact().spectral_radius(n));
    println!("  symmetric:                   leading eigenvalue {:.6}", batch.at(1.0).spectral_radius(n));
    for found in batch.fixed_points() {
        println!(
            "  norm ratio {:.4}, r = {:.4}: leading eigenvalue {:.6}",
            found.norm_ratio,
            found.r,
            found.spectral_radius(n)
        );
    }
}

fn main() {
    describe(&Activation::Relu, 20, 1.0);
    describe(&Sine, 20, 1.0);
    describe(&Sine, 20, 0.01);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences.
    #[test]
    fn derivatives_are_those_of_the_value() {
        const STEP: f64 = 1e-5;
        let [a, b, c] = [1.0, 2.0, -0.4];
        let at = |da: f64, db: f64, dc: f64| Sine.moment(a + da, b + db, c + dc).value;
        let moment = Sine.moment(a, b, c);
        let by = |plus: f64, minus: f64| (plus - minus) / (2.0 * STEP);
        assert!((moment.by_first - by(at(STEP, 0.0, 0.0), at(-STEP, 0.0, 0.0))).abs() < 1e-9);
        assert!((moment.by_second - by(at(0.0, STEP, 0.0), at(0.0, -STEP, 0.0))).abs() < 1e-9);
        assert!((moment.by_covariance - by(at(0.0, 0.0, STEP), at(0.0, 0.0, -STEP))).abs() < 1e-9);
    }

    /// A scaled-down sine is the identity, which moves nothing: every eigenvalue tends to 1.
    #[test]
    fn small_signals_hardly_move() {
        let batch = PluggedBatch { activation: &Sine, n: 10.0, mean_variance: 1e-4 };
        assert!((batch.at(1.0).spectral_radius(10) - 1.0).abs() < 1e-3);
    }
}
