//! Enclosures: narrower where more is spent on them, consistent with one another, and never a proof of something
//! that is not there.

use oddpoint::Error;
use oddpoint::arithmetic::{Dual, Interval, Real};
use oddpoint::odd_point::{EdgeEquation, Equation, FixedPoint, OddPointEquation, SymmetricBatch};
use oddpoint::rigor::{
    BoxTest, enclose_fixed_point, enclose_saddle_node, newton_test, refine, relative_width_below,
    saddle_node_in_box,
};
use proptest::prelude::*;
use rug::Float;

const PRECISION: u32 = 256;

fn enclosed(point: FixedPoint, n: u64, precision: u32) -> SymmetricBatch<Interval> {
    enclose_fixed_point(point, n, precision)
        .unwrap_or_else(|error| panic!("{} at n = {n}: {error}", point.name()))
}

/// `[centre + (shift − size) scale, centre + (shift + size) scale]` about the middle of an enclosure.
fn window(centre: &Interval, scale: &Interval, shift: f64, size: f64) -> Interval {
    let lift = |x: f64| Interval::from_f64(PRECISION, x) * scale + Interval::point(centre.midpoint());
    lift(shift - size).hull(&lift(shift + size))
}

fn test_of(equation: &impl Equation, window: &Interval) -> BoxTest<Interval> {
    newton_test(|x: &Dual<Interval>| equation.residual(x), window)
}

/// A verdict on a window, given where the only root near is: what it says must be so.
fn is_true(verdict: &BoxTest<Interval>, window: &Interval, root: &Interval) -> bool {
    match verdict {
        BoxTest::Unique(found) => root.is_subset_of(window) && found.intersect(root).is_some(),
        BoxTest::Empty => !root.is_subset_of(window),
        BoxTest::Undecided => true,
    }
}

#[test]
fn more_bits_make_narrower_enclosures() {
    for n in [7, 10, 1000, 1_000_000_000, 1_000_000_000_000_000_000] {
        for &point in FixedPoint::existing(n).unwrap() {
            let widths = [128, 256, 512, 1024].map(|precision| {
                let batch = enclosed(point, n, precision);
                [batch.theta, batch.one_minus_r, batch.deviation_ratio].map(|x| x.relative_width())
            });
            for (index, pair) in widths.windows(2).enumerate() {
                // 128, 256, 512 bits more are 38, 77, 154 digits; exact numbers (v = 1) have no width.
                let factor = 10_f64.powi(-(30 << index));
                let narrower = |(wide, narrow): (&f64, &f64)| *narrow == 0.0 || *narrow < wide * factor;
                assert!(pair[0].iter().zip(&pair[1]).all(narrower), "{} at n = {n}: {pair:?}", point.name());
            }
        }
    }
}

#[test]
fn the_saddle_node_narrows_too() {
    let widths = [64, 128, 256, 512].map(|precision| {
        let found = enclose_saddle_node(precision).expect("an enclosure");
        found.batch.n.relative_width().max(found.batch.theta.relative_width())
    });
    assert!(widths.windows(2).all(|pair| pair[1] < pair[0] * 1e-15), "{widths:?}");
}

#[test]
fn refinement_reaches_the_digits_asked_for() {
    for digits in [10, 50, 300] {
        let narrow = |batch: &SymmetricBatch<Interval>| relative_width_below(&batch.one_minus_r, digits);
        let batch = refine(64, |bits| enclose_fixed_point(FixedPoint::OddPoint, 100, bits), narrow).unwrap();
        assert!(batch.one_minus_r.relative_width() <= 10_f64.powi(-(digits as i32)));
    }
    let never = refine(1 << 18, |bits| Ok(Interval::whole(bits)), Interval::is_finite);
    assert!(matches!(never, Err(Error::NotReached(_))), "{never:?}");
}

/// Windows beside a root, up to the next: proved empty, or undecided; never a root.
#[test]
fn shifted_windows_hold_no_root() {
    let mut empty = 0;
    for n in [7, 10, 100, 1_000_000] {
        let (odd, edge) =
            (enclosed(FixedPoint::OddPoint, n, PRECISION), enclosed(FixedPoint::Edge, n, PRECISION));
        let excess = edge.deviation_ratio.clone().plus(-1);
        for size in [1e-12, 1e-6, 1e-3] {
            for shift in [-2.0, -1.5, 1.5, 2.0] {
                for verdict in [
                    test_of(&OddPointEquation { n }, &window(&odd.theta, &odd.theta, shift * size, size)),
                    test_of(&EdgeEquation { n }, &window(&excess, &excess, shift * size, size)),
                ] {
                    assert!(
                        !matches!(verdict, BoxTest::Unique(_)),
                        "n = {n}, {size:e}, {shift}: {verdict:?}"
                    );
                    empty += usize::from(verdict == BoxTest::Empty);
                }
            }
        }
    }
    assert_eq!(empty, 4 * 3 * 4 * 2, "windows proved empty");
}

/// Both equations have two roots in these windows, so that uniqueness would be false and emptiness too.
#[test]
fn windows_with_two_roots_stay_undecided() {
    for n in [7, 10, 100, 1_000_000] {
        let (odd, edge) =
            (enclosed(FixedPoint::OddPoint, n, PRECISION), enclosed(FixedPoint::Edge, n, PRECISION));
        assert_eq!(test_of(&OddPointEquation { n }, &odd.theta.hull(&edge.theta)), BoxTest::Undecided);
        let excess = |batch: &SymmetricBatch<Interval>| batch.deviation_ratio.clone().plus(-1);
        assert_eq!(test_of(&EdgeEquation { n }, &excess(&odd).hull(&excess(&edge))), BoxTest::Undecided);
    }
}

/// What is outside an equation's domain, and the whole line, are nothing to conclude from.
#[test]
fn nothing_known_is_undecided() {
    let n = 10;
    assert_eq!(test_of(&OddPointEquation { n }, &Interval::whole(PRECISION)), BoxTest::Undecided);
    // v = 1 + w beyond N = 9: asin of more than 1.
    let outside = Interval::from_integer(PRECISION, 5).hull(&Interval::from_integer(PRECISION, 20));
    assert_eq!(test_of(&EdgeEquation { n }, &outside), BoxTest::Undecided);
}

/// A box in (n, w) about the saddle-node.
fn saddle_node_box(shift: [f64; 2], size: [f64; 2]) -> [Interval; 2] {
    let batch = enclose_saddle_node(PRECISION).expect("an enclosure").batch;
    let one = Interval::from_integer(PRECISION, 1);
    let centres = [batch.n, batch.deviation_ratio.plus(-1)];
    [0, 1].map(|i| window(&centres[i], &one, shift[i], size[i]))
}

#[test]
fn saddle_node_boxes() {
    for size in [1e-20, 1e-9, 1e-4] {
        let around = saddle_node_box([0.0, 0.0], [size, size]);
        let BoxTest::Unique(found) = saddle_node_in_box(&around) else { panic!("not found within {size:e}") };
        assert!(found.batch.n.is_subset_of(&around[0]));
        let fine = enclose_saddle_node(PRECISION).expect("an enclosure").batch;
        assert!(
            found.batch.n.intersect(&fine.n).is_some() && found.batch.theta.intersect(&fine.theta).is_some()
        );
        for shift in [[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0], [0.0, -2.0], [3.0, 3.0]] {
            let beside = saddle_node_box(shift.map(|x| x * size), [size, size]);
            assert!(matches!(saddle_node_in_box(&beside), BoxTest::Empty), "beside by {shift:?} of {size:e}");
        }
    }
    // So wide that slopes change sign, and so wide that w leaves the domain.
    for size in [[0.5, 0.5], [1.0, 20.0]] {
        let wide = saddle_node_box([0.0, 0.0], size);
        assert!(matches!(saddle_node_in_box(&wide), BoxTest::Undecided), "a box of {size:?}");
    }
}

/// Fields of a batch by name.
fn fields(batch: &SymmetricBatch<Interval>) -> [(&'static str, &Interval); 5] {
    [
        ("n", &batch.n),
        ("theta", &batch.theta),
        ("phi", &batch.phi),
        ("one_minus_r", &batch.one_minus_r),
        ("deviation_ratio", &batch.deviation_ratio),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Enclosures of the same numbers must overlap. At 64 bits a proof may fail, and must say so.
    #[test]
    fn coarse_and_fine_enclosures_overlap(log in 7_f64.log10()..18.0) {
        let n = (10_f64.powf(log).round() as u64).clamp(7, 1_000_000_000_000_000_000);
        for &point in FixedPoint::existing(n).unwrap() {
            let fine = enclosed(point, n, 256);
            match enclose_fixed_point(point, n, 64) {
                Ok(coarse) => for ((name, coarse), (_, fine)) in fields(&coarse).into_iter().zip(fields(&fine)) {
                    let overlap = coarse.intersect(fine).is_some();
                    prop_assert!(overlap, "{} at n = {n}, {name}: {coarse} {fine}", point.name());
                },
                Err(error) => prop_assert!(matches!(error, Error::NotReached(_)), "{error}"),
            }
        }
    }

    /// Random windows near a root: whatever the test says is so.
    #[test]
    fn verdicts_are_true(
        n in 7_u64..10_000,
        shift in -3.0..3.0,
        log_size in -40.0..-0.5,
        precision in 53_u32..200,
    ) {
        let (odd, edge) = (enclosed(FixedPoint::OddPoint, n, PRECISION), enclosed(FixedPoint::Edge, n, PRECISION));
        let size = 10_f64.powf(log_size);
        let at = window(&odd.theta, &odd.theta, shift * size, size).with_precision(precision);
        let verdict = test_of(&OddPointEquation { n }, &at);
        // The other roots' angles are in reach of the widest windows.
        let other = at.intersect(&edge.theta).is_some();
        prop_assert!(other || is_true(&verdict, &at, &odd.theta), "odd point, n = {n}, {at}: {verdict:?}");

        let excess = edge.deviation_ratio.clone().plus(-1);
        let at = window(&excess, &excess, shift * size, size).with_precision(precision);
        let verdict = test_of(&EdgeEquation { n }, &at);
        let other = at.intersect(&odd.deviation_ratio.plus(-1)).is_some();
        prop_assert!(other || is_true(&verdict, &at, &excess), "edge, n = {n}, {at}: {verdict:?}");
    }
}

/// The width that is left is that of rounding: all but 16 bits are good (9 are lost, at the odd point), at any n.
#[test]
fn enclosures_are_tight() {
    for n in [7, 10, 1000, 1_000_000_000, 1_000_000_000_000_000_000] {
        for &point in FixedPoint::existing(n).unwrap() {
            let batch = enclosed(point, n, PRECISION);
            let width = batch.one_minus_r.relative_width();
            let allowed = Float::with_val(53, 1) >> (PRECISION - 16);
            assert!(width <= allowed, "{} at n = {n}: {width:e}", point.name());
        }
    }
}
