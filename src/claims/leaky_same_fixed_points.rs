//! Claim `leaky.same-fixed-points`: leaky ReLU keeps the fixed points of ReLU, and a negative slope their stability up to a
//! period doubling.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::arithmetic::{Interval, Real};
use crate::layer::components::{Activation, Layer};
use crate::layer::{Gram, infinite_width};
use crate::odd_point::{
    FixedPoint, Mode, SMALLEST_ODD_POINT_BATCH, Spectrum, SymmetricBatch, critical_slope, critical_square,
};
use crate::rigor::tail::{leaky_margin_for_all, prove_angle_expansion};
use crate::rigor::{ANGLE_CONSTANT, TAIL_FROM, count_for_all, enclose_fixed_point, reciprocals_from};
use crate::{Error, Result};
use rayon::prelude::*;
use rug::{Float, Rational};
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "leaky.same-fixed-points",
    kind: Kind::Rigorous,
    summary: "leaky ReLU max(z, αz): ReLU's fixed points for every α < 1; the odd point stable for α > α*(n), not below",
    statement: "For a law symmetric under z -> -z and every alpha: E phi(z_i) phi(z_j) = (1-alpha)^2 E relu(z_i) relu(z_j) + \
        alpha E z_i z_j. Hence with RC at infinite width max(z, alpha z) has the fixed points (modulo scale) of ReLU for \
        every alpha < 1 (but, at alpha = -1, those where all |z_i| are equal), with eigenvalues ((1-alpha)^2 Lambda mu + alpha)/((1-alpha)^2 Lambda + alpha). For every n >= 7 \
        there is alpha*(n) in (-1, -0.646) such that at the odd point all eigenvalues are strictly inside the unit disc \
        for alpha in (alpha*, 1) and for alpha < 1/alpha*, and the smaller standard one is below -1 in between, \
        alpha = -1 (the absolute value) included. alpha* is nearest to 0 at n = 13; alpha* = -(1-s)/(1+s) with n s^2 \
        between 0.9 and 1.1 for n >= 128. At n = 7..127 and the sizes asked the symmetric point is stable, and the edge \
        is not, for every alpha < 1.",
    hypotheses: "infinite width, RC + leaky ReLU; perturbations of any kind, small enough (linear stability).",
    source: "Project (theory 2.7): the abstract speaks of ReLU.",
    method: "Identity: exact rationals over the nine sign patterns of a pair and three alpha, enough by homogeneity \
        and degree 2 in alpha; intervals hold the program's leaky map against a sum over quadrants. n = 7..127 and \
        the sizes asked: fixed point, Lambda > 1/4, alpha* and the eigenvalues on both sides of it enclosed, monotone in alpha \
        by hand (proofs/theorems). n >= 128: n s^2 enclosed over 1/n in [0, 1/128].",
    control: "the odd point is stable halfway between alpha* and -1 too",
    check,
};

/// The batch size whose threshold is nearest to 0, and a bound on all of them.
const NEAREST: u64 = 13;
const THRESHOLD_BELOW: (i64, i64) = (-646, 1000);
/// What `n s²` lies between for `n ≥ TAIL_FROM`, in tenths.
const MARGIN_TENTHS: [i64; 2] = [9, 11];

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let precision = settings.precision;
    let asked = settings.batch_sizes.all().iter().copied().filter(|&n| n >= TAIL_FROM);
    let sizes: Vec<u64> = (SMALLEST_ODD_POINT_BATCH..TAIL_FROM).chain(asked).collect();
    let sizes = statement.cases(&sizes);
    let judged = sizes.par_iter().map(|&n| judge(statement, n, precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|one| one.verdict));
    if let Some(one) = judged.iter().find(|one| one.verdict == verdict && verdict != Verdict::Verified) {
        let reason = format!("{} at n = {}", verdict.name(), one.n);
        return Ok(Finding::new(verdict, reason, json!({ "at": one.row() })));
    }
    if let Some(wrong) = broken_identity().or_else(|| map_off_quadrants(precision)) {
        return Ok(Finding::new(Verdict::Refuted, wrong, json!({})));
    }
    let margin = tail(precision)?;
    let nearest = nearest(&judged, &margin)?;
    let reason = format!(
        "α* enclosed at {} sizes, all n >= {TAIL_FROM} at once; nearest to 0: α*({NEAREST}) = {:.6}",
        sizes.len(),
        nearest.approximate()
    );
    let evidence = json!({
        "batch_sizes": judged.iter().map(Judged::row).collect::<Vec<_>>(),
        "nearest_to_zero": { "batch_size": NEAREST.to_string(), "critical_slope": nearest },
        "from": TAIL_FROM.to_string(),
        "n_s_squared": margin,
        "observed_at_absolute_value": observed(settings.quick)?,
    });
    Ok(Finding::new(Verdict::Verified, reason, evidence))
}

/// `½[φ(x)φ(y) + φ(−x)φ(−y)] = (1−α)² ½[relu(x)relu(y) + relu(−x)relu(−y)] + αxy`: both sides are `|x||y|` times a
/// polynomial of degree 2 in α that depends on the signs alone, so nine pairs and three α decide it.
fn broken_identity() -> Option<String> {
    let slopes = [(-2, 1), (-1, 1), (1, 2)].map(Rational::from);
    let signs = [-1, 0, 1].map(Rational::from);
    for slope in &slopes {
        let leaky = |z: &Rational| z.clone().max(Rational::from(slope * z));
        let relu = |z: &Rational| z.clone().max(Rational::new());
        let rest = Rational::from(1 - slope).square();
        for (x, y) in signs.iter().flat_map(|x| signs.iter().map(move |y| (x, y))) {
            let over_both = |f: &dyn Fn(&Rational) -> Rational| {
                f(x) * f(y) + f(&Rational::from(-x)) * f(&Rational::from(-y))
            };
            let right = rest.clone() * over_both(&relu) + Rational::from(slope * x) * y * 2;
            if over_both(&leaky) != right {
                return Some(format!("the identity fails for signs {x}, {y} at alpha = {slope}"));
            }
        }
    }
    None
}

/// The program's leaky map against `(1+α²) K(c) − 2α K(−c)`, the sum over the quadrants of the pair: on `z_i, z_j` of
/// one sign `φφ` has the weights 1 and α², on opposite signs −α, and each quadrant is a ReLU moment.
fn map_off_quadrants(precision: u32) -> Option<String> {
    for slope in [-3.0, -1.0, -0.65, 0.1, 0.9] {
        let alpha = Interval::from_f64(precision, slope);
        for step in -20..=20 {
            // Variances 1 and 4, correlation step/20.
            let pair = |sign: i64| {
                Gram::from_entries(2, |i, j| {
                    let value = if i == j { 10 * (1 + 3 * i as i64) } else { sign * step };
                    alpha.lift(value).over(10)
                })
            };
            let moment = |sign| infinite_width::nonlinearity(&pair(sign)).get(0, 1).clone();
            let quadrants = alpha.clone().square().plus(1) * moment(1) - alpha.clone().times(2) * moment(-1);
            let by_map = Activation::Leaky(slope).second_moments(&pair(1)).get(0, 1).clone();
            if quadrants.intersect(&by_map).is_none() {
                return Some(format!("the leaky map is off at slope {slope}, correlation {step}/20"));
            }
        }
    }
    None
}

/// What is known at one batch size.
struct Judged {
    n: u64,
    verdict: Verdict,
    critical: Interval,
    /// The smaller standard eigenvalue just above and just below the threshold.
    beside: [Interval; 2],
}

impl Judged {
    fn row(&self) -> Value {
        json!({ "batch_size": self.n.to_string(), "critical_slope": self.critical,
            "smallest_eigenvalue_above": self.beside[0], "smallest_eigenvalue_below": self.beside[1] })
    }
}

fn judge(statement: Statement, n: u64, precision: u32) -> Result<Judged> {
    let batch = enclose_fixed_point(FixedPoint::OddPoint, n, precision)?;
    let (spectrum, growth) = (Spectrum::at(&batch), batch.growth());
    let critical = critical_slope(&critical_square(&spectrum.standard[1], &growth));
    let [above, below] = beside(&critical)?;
    let stable_at = match statement {
        Statement::Claim => above,
        Statement::Control => critical.clone().plus(-1).over(2),
    };
    let at = |slope: &Interval| spectrum.with_leaky_slope(&growth, slope);
    let (stable, unstable) = (at(&stable_at), at(&below));
    let elsewhere = [FixedPoint::Edge, FixedPoint::Symmetric].map(|point| elsewhere(point, n, precision));
    let [edge, symmetric] = elsewhere;
    let verdicts = [
        positive_growth(&batch),
        smallest(&spectrum, n),
        Verdict::positive(&stable_at.plus(1)),
        Verdict::all(stable.eigenvalues(n).iter().map(|(_, value)| inside(value))),
        Verdict::positive(&(-unstable.standard[1].clone().plus(1))),
        edge?,
        symmetric?,
    ];
    Ok(Judged {
        n,
        verdict: Verdict::all(verdicts),
        critical,
        beside: [&stable, &unstable].map(|spectrum| spectrum.standard[1].clone()),
    })
}

/// Points above and below an enclosure, near it as the precision goes.
fn beside(critical: &Interval) -> Result<[Interval; 2]> {
    if !critical.is_finite() {
        return Err(Error::NotReached("the threshold is not enclosed: raise the precision".to_owned()));
    }
    let wider = critical.inflate(&(Float::with_val(critical.precision(), 1) >> (critical.precision() / 4)));
    Ok([wider.upper(), wider.lower()].map(|end| Interval::point(end.clone())))
}

/// `Λ > 1/4`: then `Λ + q > 0` for every slope.
fn positive_growth(batch: &SymmetricBatch<Interval>) -> Verdict {
    Verdict::positive(&batch.growth().times(4).plus(-1))
}

/// `1 − λ² > 0`.
fn inside(eigenvalue: &Interval) -> Verdict {
    Verdict::positive(&(eigenvalue.lift(1) - eigenvalue.clone().square()))
}

/// That the smaller standard eigenvalue is the smallest of all.
fn smallest(spectrum: &Spectrum<Interval>, n: u64) -> Verdict {
    let smaller = &spectrum.standard[1];
    let others =
        spectrum.eigenvalues(n).into_iter().map(|(_, value)| value).filter(|value| *value != smaller);
    Verdict::all(others.map(|value| Verdict::positive(&(value.clone() - smaller))))
}

/// For every α < 1, `q ≥ −1/4`: at the symmetric point all eigenvalues stay inside, as `μ < 1` and `2Λ(1+μ) > 1`; at the
/// edge one is above 1 for ReLU and so for every α.
fn elsewhere(point: FixedPoint, n: u64, precision: u32) -> Result<Verdict> {
    let batch = enclose_fixed_point(point, n, precision)?;
    let (spectrum, growth) = (Spectrum::at(&batch), batch.growth());
    let behaviour = if point == FixedPoint::Edge {
        Verdict::positive(&spectrum.trivial.clone().plus(-1))
    } else {
        let never = |value: &Interval| [inside(value), Verdict::positive(&-critical_square(value, &growth))];
        Verdict::all(spectrum.eigenvalues(n).into_iter().flat_map(|(_, value)| never(value)))
    };
    Ok(Verdict::all([positive_growth(&batch), behaviour]))
}

/// `n s²` for every `n ≥ TAIL_FROM`.
fn tail(precision: u32) -> Result<Interval> {
    count_for_all(&reciprocals_from(TAIL_FROM, precision))?;
    prove_angle_expansion(ANGLE_CONSTANT, TAIL_FROM, precision)?;
    let margin = leaky_margin_for_all(TAIL_FROM, ANGLE_CONSTANT, precision)?;
    let [least, most] = MARGIN_TENTHS.map(|tenths| Interval::from_integer(precision, tenths).over(10));
    if least.certainly_less(&margin) && margin.certainly_less(&most) {
        Ok(margin)
    } else {
        Err(Error::NotReached(format!("n s² is only known to lie in {margin}")))
    }
}

/// The threshold nearest to 0, above those of all other sizes and below its stated bound.
fn nearest(judged: &[Judged], margin: &Interval) -> Result<Interval> {
    let index = (NEAREST - SMALLEST_ODD_POINT_BATCH) as usize;
    let nearest = judged[index].critical.clone();
    // α* falls as s does.
    let largest_square = Interval::point(margin.upper().clone()).over(TAIL_FROM as i64);
    let others = judged.iter().filter(|one| one.n != NEAREST).map(|one| one.critical.clone());
    let below = others.chain([critical_slope(&largest_square)]).all(|other| other.certainly_less(&nearest));
    let bound = nearest.lift(THRESHOLD_BELOW.0).over(THRESHOLD_BELOW.1);
    if below && nearest.certainly_less(&bound) {
        Ok(nearest)
    } else {
        Err(Error::NotReached(format!("whether α*({NEAREST}) is nearest to 0 stays open")))
    }
}

/// Float64 orbits of the absolute value from beside the odd point: where they are after many layers. An observation.
fn observed(quick: bool) -> Result<Vec<Value>> {
    let sizes: &[u64] = if quick { &[10] } else { &[7, 10, 13, 20, 50] };
    sizes.par_iter().map(|&n| observe(n)).collect()
}

fn observe(n: u64) -> Result<Value> {
    const LAYERS: usize = 6000;
    const SETTLED: f64 = 1e-9;
    let size = n as usize;
    let layer = Layer { recentre: true, rescale: false, activation: Activation::leaky(-1.0)? };
    let next = |gram: &Gram<f64>| -> Result<Gram<f64>> {
        let mut next = layer.covariance(&layer.infinite_width(gram)?);
        next.scale_to_trace(&(n as f64));
        Ok(next)
    };
    let (odd_point, start) = beside_the_odd_point(n)?;
    let last = (0..LAYERS).try_fold(start, |gram, _| next(&gram))?;
    let distance = |a: &Gram<f64>, b: &Gram<f64>| a.sub(b).frobenius_norm();
    let mut later = last.clone();
    let mut changes = Vec::new();
    for _ in 0..LONGEST_PERIOD {
        later = next(&later)?;
        changes.push(distance(&later, &last));
    }
    let period = changes.iter().position(|&change| change < SETTLED).map(|index| index + 1);
    let mut variances: Vec<f64> = (0..size).map(|i| *last.get(i, i)).collect();
    variances.sort_unstable_by(f64::total_cmp);
    Ok(json!({ "batch_size": n.to_string(), "layers": LAYERS.to_string(),
        "period": period.map_or_else(|| format!("none up to {LONGEST_PERIOD}"), |period| period.to_string()),
        "distance_from_odd_point": approximate(distance(&last, &odd_point)),
        "odd_point_norm": approximate(odd_point.frobenius_norm()),
        "change_in_one_layer": approximate(changes[0]), "change_in_two_layers": approximate(changes[1]),
        "smallest_variance": approximate(variances[0]), "median_variance": approximate(variances[size / 2]),
        "largest_variance": approximate(variances[size - 1]) }))
}

/// Longer periods are not looked for.
const LONGEST_PERIOD: usize = 64;

/// The odd point with trace `n`, and a start beside it in general position.
fn beside_the_odd_point(n: u64) -> Result<(Gram<f64>, Gram<f64>)> {
    const KICK: f64 = 1e-6;
    let mut odd_point = FixedPoint::OddPoint.locate(n)?.covariance(n as usize);
    odd_point.scale_to_trace(&(n as f64));
    let mut kick = Mode::Random.direction(n as usize, &0.0, 0);
    let scale = KICK * odd_point.frobenius_norm() / kick.frobenius_norm();
    kick.scale(&scale);
    let start = odd_point.add_scaled(&1.0, &kick);
    Ok((odd_point, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eigenvalue_on_the_circle_is_not_inside() {
        let value = |x: f64| Interval::from_f64(64, x);
        assert_eq!(inside(&value(-0.5)), Verdict::Verified);
        assert_eq!(inside(&value(-1.25)), Verdict::Refuted);
        assert_eq!(inside(&value(-1.0)), Verdict::Inconclusive);
    }

    /// The control is refuted by the eigenvalue below −1, not by a growth or an order of eigenvalues.
    #[test]
    fn only_the_slope_tells_the_control_from_the_claim() {
        for n in [7, 13, 1000, 1_000_000_000_000] {
            let claim = judge(Statement::Claim, n, 192).unwrap();
            assert_eq!(claim.verdict, Verdict::Verified, "n = {n}");
            let control = judge(Statement::Control, n, 192).unwrap();
            assert_eq!(control.verdict, Verdict::Refuted, "n = {n}");
            assert!(*control.beside[0].upper() < -1);
        }
    }

    /// At few bits nothing false is said.
    #[test]
    fn few_bits_do_not_refute() {
        for n in [7, 1000] {
            let verdict = judge(Statement::Claim, n, 24).map(|one| one.verdict);
            assert!(!matches!(verdict, Ok(Verdict::Refuted)), "{verdict:?}");
        }
    }

    #[test]
    fn the_nearest_threshold_must_be_the_one_named() {
        let judged: Vec<Judged> = (7..20).map(|n| judge(Statement::Claim, n, 192).unwrap()).collect();
        let small = Interval::from_integer(192, 1);
        assert!(nearest(&judged, &small).is_ok());
        // n s² = 8 at n = 128 would be s = 1/4, α* = −0.6.
        assert!(nearest(&judged, &Interval::from_integer(192, 8)).is_err());
    }
}
