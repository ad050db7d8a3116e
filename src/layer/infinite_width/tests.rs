use super::*;
use crate::layer::batch;
use fearless_simd::Level;
use rug::Float;

/// Covariances that are hard in different ways: generic, nearly one-dimensional (correlations near ±1), the
/// same to the limit of double precision, and the exact configuration.
fn cases() -> Vec<Gram<f64>> {
    let generic =
        |n, features, seed| batch::random_gaussian(n, features, seed, 0).unwrap().covariance().unwrap();
    let mut cases = vec![generic(5, 3, 1), generic(17, 34, 2), generic(40, 7, 3), generic(128, 256, 4)];
    for spread in [1e-4, 1e-8, 1e-12] {
        let line = generic(33, 1, 5);
        cases.push(line.add_scaled(&spread, &generic(33, 66, 6)));
    }
    cases.push(exact_configuration(20));
    cases
}

/// `vvᵀ` with `v = (−1, …, −1, n−1)`, of trace `n`.
fn exact_configuration(n: usize) -> Gram<f64> {
    let v = |i: usize| if i + 1 == n { n as f64 - 1.0 } else { -1.0 };
    let mut gram = Gram::from_entries(n, |i, j| v(i) * v(j));
    gram.scale_to_trace(&(n as f64));
    gram
}

fn largest_variance(gram: &Gram<f64>) -> f64 {
    (0..gram.n()).map(|i| *gram.get(i, i)).fold(0.0, f64::max)
}

/// The largest difference of two matrices, in units of ε times `unit(i, j)`.
fn worst(x: &Gram<f64>, y: &Gram<Float>, unit: impl Fn(usize, usize) -> f64) -> f64 {
    let n = x.n();
    let distance = |i: usize, j: usize| Float::with_val(300, y.get(i, j) - x.get(i, j)).to_f64().abs();
    let all = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    all.map(|(i, j)| distance(i, j) / unit(i, j) / f64::EPSILON).fold(0.0, f64::max)
}

#[test]
fn fast_and_generic_entries_keep_to_the_stated_bound() {
    for case in cases() {
        let unit = |i: usize, j: usize| (case.get(i, i) * case.get(j, j)).sqrt();
        let reference = nonlinearity(&case.lift(300));
        let mut fast = FastLayer::new(&case).unwrap();
        fast.step();
        let (by_fast, by_generic) =
            (worst(&fast.gram(), &reference, unit), worst(&nonlinearity(&case), &reference, unit));
        assert!(by_fast <= 1.1 && by_generic <= 1.5, "n = {}: {by_fast}, {by_generic}", case.n());
    }
}

#[test]
fn fast_and_generic_layers_keep_to_the_stated_bound() {
    for case in cases() {
        let unit = |_, _| (case.n() as f64).sqrt() * largest_variance(&case);
        let reference = layer(&case.lift(300));
        let mut fast = FastLayer::new(&case).unwrap();
        fast.step();
        let (by_fast, by_generic) =
            (worst(&fast.covariance(), &reference, unit), worst(&layer(&case), &reference, unit));
        assert!(by_fast <= 2.0 && by_generic <= 2.0, "n = {}: {by_fast}, {by_generic}", case.n());
    }
}

#[test]
fn layers_stay_symmetric_centred_and_of_constant_trace() {
    for case in cases() {
        let mut fast = FastLayer::new(&case).unwrap();
        (0..20).for_each(|_| fast.step());
        let after = fast.covariance();
        let n = after.n();
        assert!((0..n).all(|i| (0..n).all(|j| after.get(i, j) == after.get(j, i))));
        let tolerance = 4.0 * n as f64 * f64::EPSILON * largest_variance(&after);
        assert!((0..n).all(|i| after.row(i).iter().sum::<f64>().abs() < tolerance));
        assert!((after.trace() / case.trace() - 1.0).abs() < n as f64 * f64::EPSILON);
    }
}

#[test]
fn exact_configuration_is_invariant() {
    for n in [3, 4, 10, 50] {
        let exact = exact_configuration(n);
        let moved = layer(&exact).sub(&exact).frobenius_norm() / exact.frobenius_norm();
        assert!(moved < 16.0 * f64::EPSILON, "n = {n}: {moved}");
        let v = |i: usize| if i + 1 == n { n as i64 - 1 } else { -1 };
        let exact = Gram::from_entries(n, |i, j| Float::with_val(300, v(i) * v(j)));
        assert!(layer(&exact).sub(&exact).frobenius_norm() / exact.frobenius_norm() < 1e-88, "n = {n}");
    }
}

#[test]
fn differential_matches_central_differences() {
    let at = batch::random_gaussian(9, 18, 8, 0).unwrap().covariance().unwrap().lift(300);
    let along = batch::random_gaussian(9, 4, 9, 0).unwrap().covariance().unwrap().lift(300);
    let step = Float::with_val(300, 1) >> 90_u32;
    let back = Float::with_val(300, -&step);
    let mut secant = layer(&at.add_scaled(&step, &along)).sub(&layer(&at.add_scaled(&back, &along)));
    secant.scale(&(step.clone() * 2_u32).recip());
    let slope = differential(&at, &along);
    // The secant is off by O(step²) = 2⁻¹⁸⁰ ≈ 1e-54 and by rounding, 2⁻³⁰⁰/2⁻⁹⁰ ≈ 1e-63.
    assert!(slope.sub(&secant).frobenius_norm() / slope.frobenius_norm() < 1e-51);
}

#[test]
fn differential_keeps_the_trace_and_follows_the_scale() {
    // T(sC) = s T(C), so DT(C)[C] = T(C); and tr T(C) = tr C, so tr DT(C)[D] = tr D.
    let at = batch::random_gaussian(8, 16, 10, 0).unwrap().covariance().unwrap();
    let along = batch::random_gaussian(8, 16, 11, 0).unwrap().covariance().unwrap();
    assert!(differential(&at, &at).sub(&layer(&at)).frobenius_norm() < 1e-14);
    assert!((differential(&at, &along).trace() - along.trace()).abs() < 1e-13);
}

#[test]
fn within_cluster_variance_grows_as_the_theory_says() {
    // Theory, 2.1: at the exact configuration vvᵀ a within-cluster covariance uuᵀ, u on the cluster and Σu = 0,
    // grows by n²/((n−1)²+1) for n = 6: 36/26. The image is g uuᵀ plus a multiple of vvᵀ, and v ⊥ u.
    let (u, v) = ([1, -1, 2, -2, 0, 0], [-1, -1, -1, -1, -1, 5]);
    let outer = |w: [i32; 6]| Gram::from_entries(6, |i, j| Float::with_val(300, w[i] * w[j]));
    let image = differential(&outer(v), &outer(u));
    let along_u = |i: usize| (0..6).map(move |j| (i, j));
    let pairs = (0..6).flat_map(along_u);
    let projection = pairs.fold(Float::new(300), |sum, (i, j)| sum + image.get(i, j).clone() * (u[i] * u[j]));
    let growth = projection / 100_u32;
    assert!((growth - Float::with_val(300, 36) / 26_u32).abs() < 1e-85);
}

#[test]
fn number_of_threads_does_not_matter() {
    let case = |n| batch::random_gaussian(n, 300, 12, 0).unwrap().covariance().unwrap();
    // So many that each of its loops is shared out.
    let (small, large) = (case(150), case(600));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut fast = FastLayer::new(&large).unwrap();
            (0..10).for_each(|_| fast.step());
            (fast.covariance(), layer(&small), differential(&small, &small))
        })
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

#[test]
fn vector_instructions_do_not_matter() {
    for case in cases() {
        let run = |level| {
            let mut fast = FastLayer::on(level, &case).unwrap();
            (0..10).for_each(|_| fast.step());
            (fast.covariance(), fast.gram())
        };
        assert_eq!(run(Level::new()), run(Level::baseline()));
    }
}

#[test]
fn equal_samples_stay_equal() {
    // Samples 3, 40 and 99 are one and the same, in three different tiles.
    let other = batch::random_gaussian(100, 200, 13, 0).unwrap().covariance().unwrap();
    let which = |i: usize| if [40, 99].contains(&i) { 3 } else { i };
    // Not centred until the first layer is behind, which matters to nothing here. (`Gram::recentre` may round equal
    // rows differently.)
    let case = Gram::from_entries(100, |i, j| *other.get(which(i), which(j)));
    let mut fast = FastLayer::new(&case).unwrap();
    for _ in 0..300 {
        fast.step();
        let covariance = fast.covariance();
        assert_eq!(covariance.row(3), covariance.row(40));
        assert_eq!(covariance.row(3), covariance.row(99));
        assert_eq!(covariance.get(3, 40), covariance.get(3, 3));
    }
}

#[test]
fn exact_configuration_stays_though_it_repels() {
    // Theory, 2.1. What breaks the cluster grows by n²/((n−1)²+1) a layer, 1.1 at n = 20: rounding would show after
    // 400 layers. Here the cluster cannot break, and what is coherent shrinks by n/((n−1)²+1), so that the rest
    // remains as near as one layer's rounding leaves it.
    for n in [4, 20, 70] {
        let exact = exact_configuration(n);
        let mut fast = FastLayer::new(&exact).unwrap();
        (0..1000).for_each(|_| fast.step());
        let after = fast.covariance();
        assert!((0..n - 1).all(|i| (0..n - 1).all(|j| after.get(i, j) == after.get(0, 0))), "n = {n}");
        let moved = after.sub(&exact).frobenius_norm() / exact.frobenius_norm();
        assert!(moved < 16.0 * f64::EPSILON, "n = {n}: {moved}");
    }
}

#[test]
fn scale_changes_nothing_but_the_exponents() {
    // A layer is homogeneous, and √ of an even power of two is exact.
    let case = batch::random_gaussian(40, 80, 14, 0).unwrap().covariance().unwrap();
    let run = |exponent: i32| {
        let mut scaled = case.clone();
        scaled.scale(&2.0_f64.powi(exponent));
        let mut fast = FastLayer::new(&scaled).unwrap();
        (0..5).for_each(|_| fast.step());
        (fast.covariance(), fast.gram())
    };
    let (covariance, gram) = run(0);
    for exponent in [-900, 1000] {
        let back = |x: &f64| x * 2.0_f64.powi(-exponent);
        let scaled = run(exponent);
        assert_eq!((scaled.0.map(back), scaled.1.map(back)), (covariance.clone(), gram.clone()));
    }
}

#[test]
fn copies_follow_the_layers() {
    for n in [3, 32, 33, 130] {
        let case = batch::random_gaussian(n, 2 * n, 15, 0).unwrap().covariance().unwrap();
        let mut fast = FastLayer::new(&case).unwrap();
        assert_eq!(fast.covariance(), case);
        assert!(fast.gram().entries().iter().all(|x| *x == 0.0));
        fast.step();
        let by_generic = (nonlinearity(&case), layer(&case));
        let largest = |x: &Gram<f64>| x.entries().iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let bound = 4.0 * f64::EPSILON * (n as f64).sqrt() * largest_variance(&case);
        assert!(largest(&fast.gram().sub(&by_generic.0)) <= bound);
        assert!(largest(&fast.covariance().sub(&by_generic.1)) <= bound);
    }
}

#[test]
fn a_sample_at_the_mean_is_no_obstacle() {
    // Samples 0, 1, −1 on a line: the first has variance zero, and ReLU gives 0 for it.
    let case = Gram::from_entries(3, |i, j| [0.0, 1.0, -1.0][i] * [0.0, 1.0, -1.0][j]);
    let mut fast = FastLayer::new(&case).unwrap();
    fast.step();
    assert_eq!(fast.gram().entries(), [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5]);
}

#[test]
fn covariances_without_an_image_are_refused() {
    for x in [0.0, f64::NAN, f64::INFINITY] {
        assert!(FastLayer::new(&Gram::from_entries(3, |_, _| x)).is_err());
    }
}
