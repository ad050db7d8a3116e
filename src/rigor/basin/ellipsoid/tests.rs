use super::super::tests::{
    BITS, Entry, SKEW, assert_close, coordinates, dual_square, form, frame, largest_ratio, norm, space,
};
use super::*;
use crate::layer::Gram;
use crate::layer::infinite_width::{layer, nonlinearity};
use crate::odd_point::FixedPoint;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::TAU;

/// A set, and the whole space in explicit coordinates.
struct Whole {
    frame: Frame<f64>,
    set: OrbitEllipsoid<f64>,
    centre: Gram<f64>,
    basis: Vec<Gram<f64>>,
    /// The ellipsoid's form, with `(x₀/TINY)²` added: where it is at most 1, next to nothing is trivial.
    gauge: DMatrix<f64>,
}

const TINY: f64 = 1e-5;

impl Whole {
    /// A set that is no ball, smaller than that of this share of the best radius.
    fn new(n: usize, share: f64) -> Self {
        Self::with_pair(n, share, 0.7)
    }

    /// The same with that part of the ball's `s`.
    fn with_pair(n: usize, share: f64, part: f64) -> Self {
        let frame = plain_frame(FixedPoint::OddPoint.locate(n as u64).unwrap());
        let around = OrbitEllipsoid::around(&frame, &share);
        let [a, b, c] = around.standard;
        let standard = [0.8 * a, 0.5 * b, 0.5 * c];
        let set =
            OrbitEllipsoid { trivial: 0.6 * around.trivial, standard, pair: part * around.pair, ..around };
        let (basis, centre) = (space(n), frame.batch.covariance(n));
        let gauge = form(&basis, |d| filled(&set, &frame, d) + (coordinates(&frame, d).0 / TINY).powi(2));
        Self { frame, set, centre, basis, gauge }
    }

    fn n(&self) -> usize {
        self.centre.n()
    }

    /// `E₀`, as the frame's head writes it.
    fn trivial(&self) -> Gram<f64> {
        let (n, m) = (self.n() as f64, self.n() as f64 - 1.0);
        let last = self.n() - 1;
        Gram::from_entries(self.n(), |i, j| match (i == last, j == last) {
            (true, true) => (m * (m - 1.0)).sqrt() / n,
            (false, false) if i != j => 2.0 / (n * (m * (m - 1.0)).sqrt()),
            _ => -((m - 1.0) / m).sqrt() / n,
        })
    }

    /// `max |f|` over the set.
    fn largest(&self, f: &dyn Fn(&Gram<f64>) -> f64) -> f64 {
        let trivial = f(&self.trivial());
        let others = dual_square(&self.basis, &self.gauge, f) - (trivial * TINY).powi(2);
        trivial.abs() * self.set.trivial + others.max(0.0).sqrt()
    }

    /// Where that is taken.
    fn farthest(&self, f: &dyn Fn(&Gram<f64>) -> f64) -> Gram<f64> {
        let values = DVector::from_iterator(self.basis.len(), self.basis.iter().map(f));
        let x = self.gauge.clone().cholesky().unwrap().solve(&values);
        self.at(&(&x / values.dot(&x).sqrt()), f(&self.trivial()))
    }

    /// Where a quadratic form is largest, but for its trivial part.
    fn largest_form(&self, f: &dyn Fn(&Gram<f64>) -> f64) -> Gram<f64> {
        let root = self.gauge.clone().cholesky().unwrap().l().try_inverse().unwrap();
        let eigen = (&root * form(&self.basis, f) * root.transpose()).symmetric_eigen();
        self.at(&(root.transpose() * eigen.eigenvectors.column(eigen.eigenvalues.imax())), 1.0)
    }

    /// The basis in these proportions, and `x₀` at its bound.
    fn at(&self, x: &DVector<f64>, sign: f64) -> Gram<f64> {
        let start = self.trivial().map(|x| x * self.set.trivial.copysign(sign));
        self.basis.iter().zip(x.iter()).fold(start, |d, (b, x)| d.add_scaled(x, b))
    }

    /// The entries within the cluster, or across.
    fn entries(&self, across: bool) -> Vec<Entry> {
        let last = self.n() - 1;
        let all = Entry::all(&self.centre);
        all.into_iter().filter(|e| (e.pair.0 == last || e.pair.1 == last) == across).collect()
    }

    fn kind(&self, across: bool) -> Kind<f64> {
        if across { self.frame.cross_pairs() } else { self.frame.cluster_pairs() }
    }

    /// Where entries, their variances, distances and traces change most.
    fn samples(&self) -> Vec<Gram<f64>> {
        let mut all = Vec::new();
        for across in [false, true] {
            let entries = self.entries(across);
            let e = &entries[0];
            for [u, s, v] in [
                [1.0, 0.0, 0.0],
                [0.0, 1.0, 0.0],
                [0.0, 0.0, 1.0],
                [1.0, 0.3, 0.0],
                [1.0, -0.3, 0.0],
                [1.0, -1.0, 0.5],
            ] {
                for sign in [1.0, -1.0] {
                    all.push(self.farthest(&|d| {
                        let [x, y, z] = e.read(d);
                        sign * (u * x + s * y + v * z)
                    }));
                }
            }
        }
        for across in [false, true] {
            let entries = self.entries(across);
            for k in [0, 2] {
                all.push(self.largest_form(&|d| entries.iter().map(|e| e.read(d)[k].powi(2)).sum()));
            }
        }
        let last = self.n() - 1;
        for sign in [1.0, -1.0] {
            all.push(self.farthest(&|d| sign * d.get(last, last)));
        }
        let halves: Vec<_> = all.iter().map(|d| d.map(|x| x / 2.0)).collect();
        let negatives: Vec<_> = all.iter().map(|d| d.map(|x| -x)).collect();
        all.into_iter().chain(halves).chain(negatives).collect()
    }
}

/// The left side of the set's inequality, without the trivial part.
fn filled(set: &OrbitEllipsoid<f64>, frame: &Frame<f64>, d: &Gram<f64>) -> f64 {
    let (_, w, pair) = coordinates(frame, d);
    let [a, b, c] = set.standard;
    let form = |w: &[f64; 2]| (c * w[0] * w[0] - 2.0 * b * w[0] * w[1] + a * w[1] * w[1]) / (a * c - b * b);
    w.iter().map(form).sum::<f64>() + pair / set.pair
}

fn distance(d: &Gram<f64>, i: usize, j: usize) -> f64 {
    d.get(i, i) + d.get(j, j) - 2.0 * d.get(i, j)
}

/// The first set holds the Frobenius ball, and touches it in every block and distance.
#[test]
fn around_is_the_frobenius_ball() {
    for n in [7, 10] {
        let (frame, share) = (plain_frame(FixedPoint::OddPoint.locate(n as u64).unwrap()), 0.4);
        let set = OrbitEllipsoid::around(&frame, &share);
        let radius = share * best_radius(&frame.batch);
        let basis = space(n);
        let ball = form(&basis, |d| (d.frobenius_norm() / radius).powi(2));
        let most = |f: &dyn Fn(&Gram<f64>) -> f64| largest_ratio(&form(&basis, f), &ball);
        assert_close(most(&|d| coordinates(&frame, d).0.powi(2)).sqrt(), set.trivial, 1e-9, "trivial");
        // Standard and pair part alone, then the two together.
        let [a, b, c] = set.standard;
        let standard = |pair: f64| OrbitEllipsoid { standard: [a, b, c], pair, ..set.clone() };
        for pair in [1e9, set.pair] {
            assert_close(most(&|d| filled(&standard(pair), &frame, d)), 1.0, 1e-9, "standard");
        }
        assert_close(most(&|d| coordinates(&frame, d).2), set.pair, 1e-9, "pair");
        let centre = frame.batch.covariance(n);
        let reach = dual_square(&basis, &ball, |d| distance(d, 0, 1)).sqrt();
        let expected = [distance(&centre, 0, 1) - reach, distance(&centre, 0, 1) + reach];
        (0..2).for_each(|k| assert_close(set.within[k], expected[k], 1e-9, "distances"));
    }
}

#[test]
fn bounds_are_the_extrema_over_the_set() {
    // At last with a pair part that is the largest.
    for (n, part) in [(7, 0.7), (9, 0.7), (8, 5.0)] {
        let mut whole = Whole::with_pair(n, 0.4, part);
        let (m, last) = (n as f64 - 1.0, n - 1);
        let [one, two] = [(m - 1.0) / m, 2.0 * (m - 2.0) / m];
        let Whole { frame: plain, set, .. } = &whole;
        for (reading, spread, i, j) in [
            (plain.variance(), one, 0, 0),
            (plain.within(), two, 0, 1),
            (plain.across(), one, 0, last),
            (plain.outlier(), one, last, last),
        ] {
            let expected = whole.largest(&|d| *d.get(i, j));
            assert_close(set.largest(plain, &reading, &spread), expected, 1e-6, "entry");
        }
        for across in [false, true] {
            let (kind, entries) = (whole.kind(across), whole.entries(across));
            for (reading, k, which) in [(&kind.change, 0, 0), (&kind.difference, 1, 2)] {
                let sum = |d: &Gram<f64>| entries.iter().map(|e| e.read(d)[which].powi(2)).sum::<f64>();
                let trivial = sum(&whole.trivial()) * set.trivial.powi(2);
                let expected = trivial + largest_ratio(&form(&whole.basis, sum), &whole.gauge);
                assert_close(set.largest_sum(&kind, reading, k), expected, 1e-6, "sum of squares");
            }
        }
        // N² in the part that is largest: standard, or pair.
        for weights in [SKEW, Weights { trivial: 1.5, standard: [0.1, 0.1] }] {
            let skew = frame(n as u64, weights.clone());
            let square = form(&whole.basis, |d| norm(&skew, d).powi(2));
            let trivial = (norm(&skew, &whole.trivial()) * set.trivial).powi(2);
            let expected = trivial + largest_ratio(&square, &whole.gauge);
            assert_close(set.norm_square(&weights), expected, 1e-6, "N²");
        }

        // Distances: by the functional where the bounds kept are wide, else by those.
        let kind = plain.cluster_pairs();
        let reach = whole.largest(&|d| distance(d, 0, 1));
        let middle = distance(&whole.centre, 0, 1);
        for (share, kept) in [(2.0, false), (0.5, true)] {
            whole.set.within = [middle - share * reach, middle + share * reach];
            let expected = if kept { whole.set.within } else { [middle - reach, middle + reach] };
            let found = whole.set.distances(&whole.frame, &kind);
            (0..2).for_each(|k| assert_close(found[k], expected[k], 1e-6, "distances"));
        }
    }
}

#[test]
fn sets_lie_in_larger_ones() {
    let set = Whole::new(8, 0.4).set;
    let [a, b, c] = set.standard;
    let larger = OrbitEllipsoid {
        trivial: 1.1 * set.trivial,
        standard: [1.1 * a, 1.1 * b, 1.1 * c],
        pair: 1.1 * set.pair,
        within: [0.9 * set.within[0], 1.1 * set.within[1]],
    };
    assert!(set.lies_in(&larger) && !larger.lies_in(&set) && !set.lies_in(&set));
    // Larger in all but one.
    let spoilt = |spoil: &dyn Fn(&mut OrbitEllipsoid<f64>)| {
        let mut other = larger.clone();
        spoil(&mut other);
        !set.lies_in(&other)
    };
    assert!(spoilt(&|x| x.trivial = 0.99 * set.trivial));
    assert!(spoilt(&|x| x.pair = 0.99 * set.pair));
    assert!(spoilt(&|x| x.within[0] = 1.01 * set.within[0]));
    assert!(spoilt(&|x| x.within[1] = 0.99 * set.within[1]));
    assert!(spoilt(&|x| x.standard[0] = 0.99 * a));
    assert!(spoilt(&|x| x.standard[2] = 0.99 * c));
    // The diagonal larger, the difference not definite.
    assert!(spoilt(&|x| x.standard[1] = b + 0.11 * (a * c).sqrt()));
    assert!(spoilt(&|x| x.standard[1] = b - 0.11 * (a * c).sqrt()));
}

/// What is left of an entry beyond first order, `Q = pκ(c/p) − κ(ρ) − κ'(ρ)δc − (κ − ρκ')σ`, stays within the bounds
/// where the set reaches farthest, and comes near them.
#[test]
fn remainders_stay_within_their_bounds() {
    for n in [7, 12] {
        let whole = Whole::new(n, 0.2);
        let Whole { frame, set, .. } = &whole;
        for across in [false, true] {
            let entries = whole.entries(across);
            let e = &entries[0];
            let Entry { rho, sine, .. } = *e;
            let slant = sine / TAU;
            let slope = kappa_slope(&rho.acos());
            let bounds = set.remainder(frame, whole.kind(across), None).unwrap();
            let mut nearest = [0.0_f64; 7];
            for d in whole.samples() {
                let gap = |e: &Entry| {
                    let [_, s, v] = e.read(&d);
                    1.0 + s - ((1.0 + s).powi(2) - v * v).sqrt()
                };
                let q = |e: &Entry| {
                    let [u, s, _] = e.read(&d);
                    let (root, change) = (1.0 + s - gap(e), u + rho * s);
                    root * kappa((rho + change) / root) - kappa(rho) - slope * change - slant * s
                };
                let [u, s, v] = e.read(&d);
                let (rest, omega) = (q(e) - bounds.centre * u, gap(e));
                assert!(rest.abs() <= bounds.spread * u.abs() + bounds.skew * v.abs() + 1e-12);
                assert!(omega <= bounds.gap * (1.0 + 1e-6) && 1.0 + s <= bounds.most * (1.0 + 1e-6));
                // −ΣQ is at most the ω part.
                let [sum, below] = [&q as &dyn Fn(&Entry) -> f64, &|e| slant * gap(e)]
                    .map(|f| entries.iter().map(f).sum::<f64>());
                assert!(sum <= bounds.total[0] && below <= bounds.total[1] * (1.0 + 1e-6) && -sum <= below);
                // β = (Q + ωsinθ/2π)/(u₀ + ρω).
                let beta = (q(e) + slant * omega) / (u + rho * omega);
                let near = [
                    (beta - bounds.centre) / bounds.spread,
                    (bounds.centre - beta) / bounds.spread,
                    ((beta * rho - slant) * omega).abs() / (bounds.skew * v.abs()),
                    omega / bounds.gap,
                    s / (bounds.most - 1.0),
                    sum / bounds.total[0],
                    below / bounds.total[1],
                ];
                (0..7).for_each(|k| nearest[k] = nearest[k].max(near[k]));
            }
            // ΣQ ≤ (B(x)/x² at the worse end) Σ(px)²/p, px = u₀ + ρω, |ω| ≤ |ν| max|ν|/(1 + σ + p).
            let at_end = |beta: f64, to: f64| {
                let quotient = |x: f64| (kappa(rho + x) - kappa(rho) - slope * x) / x;
                let (mut inside, mut outside) = (1e-3 * to, to);
                for _ in 0..60 {
                    let middle = (inside + outside) / 2.0;
                    *(if (quotient(middle) - beta) * to < 0.0 { &mut inside } else { &mut outside }) = middle;
                }
                beta / inside
            };
            let worse = f64::max(
                at_end(bounds.centre - bounds.spread, -1.0 - rho),
                at_end(bounds.centre + bounds.spread, 1.0 - rho),
            );
            let [reach, skewness] = [1, 2].map(|k| whole.largest(&|d| e.read(d)[k]));
            let low = 1.0 - reach;
            let root = (low * low - skewness * skewness).sqrt();
            let [changes, differences] = [0, 2].map(|k| {
                let sum = |d: &Gram<f64>| entries.iter().map(|e| e.read(d)[k].powi(2)).sum::<f64>();
                let trivial = sum(&whole.trivial()) * set.trivial.powi(2);
                (trivial + largest_ratio(&form(&whole.basis, sum), &whole.gauge)).sqrt()
            });
            let tilt = skewness / (low + root);
            let slanted = [-bounds.spread, bounds.spread].map(|x| ((bounds.centre + x) * rho - slant).abs());
            assert_close(bounds.skew, slanted[0].max(slanted[1]) * tilt, 1e-6, "γ");
            let shifted = changes + rho.abs() * tilt * differences;
            assert_close(bounds.total[0], worse / root * shifted * shifted, 1e-5, "ΣQ");
            if !across {
                // Distances so near to the middle that they bound the cosine: 1 − e/2p, d − 2ω ≤ e ≤ d.
                let middle = distance(&whole.centre, 0, 1);
                let [near, far] = [0.98 * middle, 1.02 * middle];
                let found = set.remainder(frame, whole.kind(false), Some(&[near, far])).unwrap();
                let ends = [1.0 - far / (2.0 * root), 1.0 - (near - 2.0 * bounds.gap) / (2.0 * bounds.most)];
                let [least, most] = ends.map(|cosine| {
                    let x = cosine - rho;
                    (kappa(cosine) - kappa(rho) - slope * x) / x
                });
                assert_close(found.centre - found.spread, least, 1e-6, "least β");
                assert_close(found.centre + found.spread, most, 1e-6, "largest β");
            }
            // β at both ends, γ, ω, 1 + σ, and the sums, of which the first puts worst factors together that do not meet.
            let least = [0.95, 0.95, 0.9, 0.9, 0.999, 0.4, 0.9];
            (0..7).for_each(|k| assert!(nearest[k] > least[k], "n = {n}, {k}: {}", nearest[k]));
        }
    }
}

/// The ends of β are those at the first step of the grid where no covariance of the set has its correlation: from
/// `|c| ≤ κp` with the largest `u₀ − xσ`, and the largest ω where κ has the sign of the end.
#[test]
fn correlations_end_where_the_set_does() {
    for n in [7, 12] {
        let whole = Whole::new(n, 0.5);
        for across in [false, true] {
            let e = &whole.entries(across)[0];
            let bounds = whole.set.remainder(&whole.frame, whole.kind(across), None).unwrap();
            let [centre, spread] = [bounds.centre, bounds.spread];
            for (sign, beta) in [(-1.0, centre - spread), (1.0, centre + spread)] {
                let cosine = |k: i32| (sign - e.rho) * f64::from(k) / 1024.0 + e.rho;
                let outside = |k: &i32| {
                    let x = cosine(*k) - e.rho;
                    let reach = whole.largest(&|d| {
                        let [u, s, _] = e.read(d);
                        u - x * s
                    });
                    let outward = f64::max(cosine(*k) * sign, 0.0);
                    x * sign > reach + outward * bounds.gap
                };
                let at = cosine((1..1024).find(outside).unwrap_or(1024));
                let slope = kappa_slope(&e.rho.acos());
                let expected = (kappa(at) - kappa(e.rho) - slope * (at - e.rho)) / (at - e.rho);
                assert_close(beta, expected, 1e-9, "β at an end");
            }
        }
    }
}

/// Of a variance that may be 0 nothing is said, nor of distances between which the odd point's is not.
#[test]
fn sets_beyond_the_bounds_have_no_remainder() {
    let Whole { frame, set, centre, .. } = Whole::new(7, 0.2);
    let middle = distance(&centre, 0, 1);
    let pairs = |set: &OrbitEllipsoid<f64>, share: [f64; 2]| {
        set.remainder(&frame, frame.cluster_pairs(), Some(&share.map(|x| x * middle))).is_some()
    };
    assert!(pairs(&set, [0.9, 1.1]));
    assert!(!pairs(&set, [0.5, 0.9]) && !pairs(&set, [1.1, 1.5]));
    // 1 + σ reaches below 0, ν does not: the product of the least variances is positive.
    let wide = OrbitEllipsoid { trivial: 1e3, ..set };
    let kind = frame.cluster_pairs();
    let [mean, difference] =
        [(&kind.mean, 0), (&kind.difference, 1)].map(|(f, k)| wide.largest(&frame, f, &kind.spread[k]));
    assert!(mean > 1.0 + difference && wide.remainder(&frame, kind, None).is_none());
}

/// `d/4(1 + σ)` is the square of a sine: distances beyond it are those of no covariance.
#[test]
fn distances_are_those_of_an_angle() {
    let Whole { frame, set, centre, .. } = Whole::new(7, 0.2);
    let middle = distance(&centre, 0, 1);
    let standard = set.standard.map(|x| 1e-6 * x);
    // The pair part alone moves distances, and no variance.
    let with = |pair: f64, most: f64| {
        let within = [0.9 * middle, most];
        OrbitEllipsoid { trivial: 1e-6, standard, pair, within }
    };
    assert!(with(8.0, 3.9).passage(&frame).is_some() && with(8.0, 4.1).passage(&frame).is_none());
    // The trivial part alone moves variances, the distances are kept.
    let with = |ratio: f64| {
        let least = 0.99 * middle / ratio;
        let trivial = (1.0 - least) / frame.variance().trivial.abs();
        let within = [0.99 * middle, 1.01 * middle];
        OrbitEllipsoid { trivial, standard, pair: 1e-6, within }
    };
    assert!(with(3.9).passage(&frame).is_some() && with(4.1).passage(&frame).is_none());
}

/// The image of a covariance stays within what does not depend on multipliers.
#[test]
fn passages_hold_their_images() {
    for n in [7, 12] {
        let whole = Whole::new(n, 0.2);
        let Whole { frame, set, centre, .. } = &whole;
        let passage = set.passage(frame).unwrap();

        // In explicit coordinates, from the sums of Q: the trace, x₀ = ⟨E₀, π(PQP)⟩, and the distances.
        let growth = frame.batch.growth();
        let trace = growth * centre.trace();
        let traced = |step: f64| {
            let mut image = nonlinearity(&centre.add_scaled(&step, &whole.trivial()));
            image.recentre();
            image.trace()
        };
        let drift = ((traced(1e-5) - traced(-1e-5)) / 2e-5).abs() * set.trivial;
        let (mut sums, mut trivial) = ([0.0; 2], frame.spectrum.trivial.abs() * set.trivial);
        for (across, x) in [false, true].into_iter().zip(&passage.remainders) {
            let entries = whole.entries(across);
            let one = |i, j| f64::from(u8::from(entries.iter().any(|e| e.pair == (i, j))));
            let mut image = Gram::from_entries(n, one);
            image.recentre();
            let image = image.add_scaled(&(-image.trace() / centre.trace()), centre);
            let weight = coordinates(frame, &image).0.abs() / entries.len() as f64;
            let total = x.total.map(|x| x * entries[0].scale);
            (0..2).for_each(|k| sums[k] += total[k] / n as f64);
            trivial += weight * total[0].max(total[1]) / growth;
        }
        let [gain, loss] = [trace / (trace - drift - sums[0]), trace / (trace + drift + sums[1])];
        assert_close(passage.gain, gain, 1e-7, "gain");
        assert_close(passage.trivial, trivial * gain, 1e-7, "x₀");
        let [near, far] = set.distances(frame, &whole.kind(false));
        let e = &whole.entries(false)[0];
        let least = 1.0 - whole.largest(&|d| *d.get(0, 0));
        let most = 1.0 + whole.largest(&|d| e.read(d)[1]);
        let chord = far - 2.0 * passage.remainders[0].gap;
        let within = [
            least_image(&least, &near) * loss / growth,
            (far / 2.0 - shrinkage(&most, &chord) / std::f64::consts::PI) * gain / growth,
        ];
        (0..2).for_each(|k| assert_close(passage.within[k], within[k], 1e-7, "within"));

        let mut nearest = [0.0_f64; 4];
        for d in whole.samples() {
            let batch = centre.add_scaled(&1.0, &d);
            let mut image = nonlinearity(&batch);
            image.recentre();
            let gain = frame.batch.growth() * centre.trace() / image.trace();
            let change = layer(&batch).sub(centre);
            let (trivial, ..) = coordinates(frame, &change);
            assert!(gain <= passage.gain && trivial.abs() <= passage.trivial);
            let middle = distance(centre, 0, 1);
            let [low, high] = passage.within.map(|x| x - middle);
            let moved = distance(&change, 0, 1);
            assert!(low <= moved && moved <= high, "{low} {moved} {high}");
            let near = [
                (gain - 1.0) / (passage.gain - 1.0),
                trivial.abs() / passage.trivial,
                moved / low,
                moved / high,
            ];
            (0..4).for_each(|k| nearest[k] = nearest[k].max(near[k]));
        }
        // Of the rescaling, of x₀, and of the distances either way.
        let least = [0.94, 0.98, 0.93, 0.93];
        (0..4).for_each(|k| assert!(nearest[k] > least[k], "n = {n}, {k}: {}", nearest[k]));
    }
}

/// `L W⁻¹ Lᵀ` of the head, block by block with the matrices written out; none where `W` is not positive definite.
#[test]
fn images_are_those_of_the_matrices() {
    let whole = Whole::new(9, 0.2);
    let (frame, set) = (&whole.frame, &whole.set);
    let passage = set.passage(frame).unwrap();
    let [first, second] = frame.spectrum.standard;
    let growth = frame.batch.growth();
    let [a, b, c] = set.standard;
    let inverse = DMatrix::from_row_slice(2, 2, &[a, b, b, c]).try_inverse().unwrap();
    // What π(PQP) has of v₁ and v₂ for the unit patterns of Q: b(wᵢ + wⱼ) in the cluster, g wᵢ across.
    let (n, m) = (whole.n(), whole.n() as f64 - 1.0);
    let w = |i: usize| [1.0, -1.0].get(i).map_or(0.0, |x: &f64| x / 2.0_f64.sqrt());
    for (k, across) in [false, true].into_iter().enumerate() {
        let mut q = Gram::from_entries(n, |i, j| match (across, (i == n - 1) != (j == n - 1)) {
            (true, true) => w(i.min(j)) / 2.0_f64.sqrt(),
            (false, false) if i != j => (w(i) + w(j)) / (2.0 * (m - 2.0)).sqrt(),
            _ => 0.0,
        });
        q.recentre();
        let scale = whole.entries(across)[0].scale / growth;
        let (_, parts, _) =
            coordinates(frame, &q.add_scaled(&(-q.trace() / whole.centre.trace()), &whole.centre));
        for (image, part) in passage.images[k].iter().zip(parts[0]) {
            assert_close(*image, part / w(0) * scale, 1e-9, "image");
        }
    }
    let (mut some, mut none) = (0, 0);
    for exponents in (0..256).map(|k| [k % 4, k / 4 % 4, k / 16 % 4, k / 64]) {
        let [s, t, x, y] = exponents.map(|k| 8.0_f64.powi(2 * k - 1));
        // τ about 1/s of the pair block.
        let multipliers = [[s / set.pair, x], [t * frame.batch.deviation_ratio / set.pair, y]];
        let (mut form, mut pair_form, mut room) = (DMatrix::zeros(2, 2), 0.0, 1.0);
        let mut map = DMatrix::zeros(2, 4);
        (map[(0, 0)], map[(1, 1)]) = (first, second);
        for (k, (x, [tau, epsilon])) in passage.remainders.iter().zip(multipliers).enumerate() {
            let Kind { change, difference, count, spread_sum, .. } = &x.kind;
            let on_change = tau * (1.0 + epsilon) * x.spread * x.spread;
            let on_difference = tau * (1.0 + 1.0 / epsilon) * x.skew * x.skew;
            for (f, weight, spread) in
                [(change, on_change, spread_sum[0]), (difference, on_difference, spread_sum[1])]
            {
                let vector = DVector::from_row_slice(&f.standard);
                form += &vector * vector.transpose() * (weight * spread);
                pair_form += f.pair * f.pair * weight;
                room -= (f.trivial * set.trivial).powi(2) * count * weight;
            }
            for i in 0..2 {
                map[(i, 2 + k)] = passage.images[k][i];
                for j in 0..2 {
                    map[(i, j)] +=
                        passage.images[k][i] * x.centre * spread_sum[0].sqrt() * change.standard[j];
                }
            }
        }
        let mut w = DMatrix::zeros(4, 4);
        w.view_mut((0, 0), (2, 2)).copy_from(&(&inverse * room - form));
        (w[(2, 2)], w[(3, 3)]) = (multipliers[0][0], multipliers[1][0]);
        let pair = room / set.pair - pair_form;
        let definite = room > 0.0 && pair > 0.0 && w.clone().cholesky().is_some();
        let Some(image) = passage.image(&multipliers) else {
            assert!(!definite);
            none += 1;
            continue;
        };
        assert!(definite);
        some += 1;
        let gain = passage.gain * passage.gain;
        let standard = &map * w.try_inverse().unwrap() * map.transpose() * gain;
        for (found, expected) in
            image.standard.iter().zip([standard[(0, 0)], standard[(0, 1)], standard[(1, 1)]])
        {
            assert_close(*found, expected, 1e-9, "standard");
        }
        let slope = frame.spectrum.pair + passage.remainders[0].centre / growth;
        let expected = gain * (slope * slope / pair + 1.0 / (growth * growth * multipliers[0][0]));
        assert_close(image.pair, expected, 1e-9, "pair");
        assert_eq!((image.trivial, image.within), (passage.trivial, passage.within));
    }
    assert!(some > 20 && none > 20, "{some} {none}");
}

/// Nothing is proved that begins inside a ball of that share, or ends before the local ball.
#[test]
fn orbits_are_checked_at_both_ends() {
    let ball = LocalBall::prove(9, BITS).unwrap();
    let frame = plain_frame(FixedPoint::OddPoint.locate(9).unwrap());
    let orbit = EllipsoidOrbit::search(&frame, &ball, 0.3).unwrap();
    assert!(orbit.check(&ball) && orbit.layers() + 1 == orbit.sets.len());
    let mut wider = orbit.clone();
    wider.share *= 1.001;
    assert!(!wider.check(&ball));
    let mut shorter = orbit;
    shorter.sets.pop();
    shorter.multipliers.pop();
    assert!(!shorter.check(&ball));
}
