//! The interval Newton test in one unknown and the Krawczyk test in two (Neumaier, *Interval Methods for
//! Systems of Equations*, 1990, sections 5.1 and 5.2).
//!
//! Proves, for a box, that it holds exactly one root or none. Derivatives come from [`Dual`] numbers over
//! intervals, so the equation is the very formula that the approximations use. Undecided means undecided.

use crate::arithmetic::{Dual, Interval, Real};

/// What a test says of the roots in a box.
#[derive(Clone, Debug, PartialEq)]
pub enum BoxTest<B> {
    /// Exactly one root in the box, and it lies in the box given here.
    Unique(B),
    /// No root in the box.
    Empty,
    /// Nothing is known.
    Undecided,
}

/// The interval Newton operator `N(X) = m − f(m)/f'(X)`: `N(X)` inside `X` proves a unique root, `N(X)` off `X`
/// none.
///
/// ```
/// use oddpoint::arithmetic::{Dual, Interval, Real};
/// use oddpoint::rigor::{BoxTest, newton_test};
/// let two = |x: &Dual<Interval>| x.clone().square().plus(-2);
/// let ends = |low: f64, high: f64| Interval::from_f64(64, low).hull(&Interval::from_f64(64, high));
/// // √2 is the only root of x² − 2 between 1.4 and 1.5; there is none between 1.5 and 1.6.
/// assert!(matches!(newton_test(two, &ends(1.4, 1.5)), BoxTest::Unique(_)));
/// assert_eq!(newton_test(two, &ends(1.5, 1.6)), BoxTest::Empty);
/// ```
pub fn newton_test(f: impl Fn(&Dual<Interval>) -> Dual<Interval>, x: &Interval) -> BoxTest<Interval> {
    let middle = Interval::point(x.midpoint());
    let at_middle = f(&Dual::constant(middle.clone())).value;
    let slope = f(&Dual::variable(x.clone())).derivative;
    let newton = middle - at_middle / slope;
    decide(&[newton], std::slice::from_ref(x), |mut boxes| boxes.remove(0))
}

/// A pair of unknowns.
pub type Pair<R> = [R; 2];

/// The test by the Krawczyk operator: its image inside `X` proves a unique root, its image off `X` none.
pub fn krawczyk_test(
    f: impl Fn(&Pair<Interval>) -> (Pair<Interval>, Pair<Pair<Interval>>),
    x: &Pair<Interval>,
) -> BoxTest<Pair<Interval>> {
    decide(&krawczyk_image(f, x), x, |boxes| boxes.try_into().expect("two unknowns give two intervals"))
}

/// The Krawczyk operator `K(X) = m − Y f(m) + (I − Y f'(X))(X − m)`, `Y` an approximate inverse of `f'(m)`.
///
/// `f` gives the two values and the Jacobian (rows: equations) at a pair of intervals.
pub fn krawczyk_image(
    f: impl Fn(&Pair<Interval>) -> (Pair<Interval>, Pair<Pair<Interval>>),
    x: &Pair<Interval>,
) -> Pair<Interval> {
    let middle = x.each_ref().map(|x| Interval::point(x.midpoint()));
    let (at_middle, slope_at_middle) = f(&middle);
    let (_, slope) = f(x);
    // Any Y is allowed; the midpoint of an interval inverse is a good one.
    let inverse = inverse(&slope_at_middle).map(|row| row.map(|entry| Interval::point(entry.midpoint())));
    [0, 1].map(|i| {
        let mut value = middle[i].clone();
        for j in 0..2 {
            value = value - inverse[i][j].clone() * &at_middle[j];
            let product = inverse[i][0].clone() * &slope[0][j] + inverse[i][1].clone() * &slope[1][j];
            let defect = middle[i].lift(i64::from(i == j)) - product;
            value = value + defect * (x[j].clone() - &middle[j]);
        }
        value
    })
}

fn inverse([[a, b], [c, d]]: &Pair<Pair<Interval>>) -> Pair<Pair<Interval>> {
    let determinant = a.clone() * d - b.clone() * c;
    [
        [d.clone() / &determinant, -b.clone() / &determinant],
        [-c.clone() / &determinant, a.clone() / determinant],
    ]
}

/// Image inside the box: a unique root, in the image. Image off the box in some coordinate: no root.
fn decide<B>(image: &[Interval], x: &[Interval], collect: impl FnOnce(Vec<Interval>) -> B) -> BoxTest<B> {
    let common: Option<Vec<_>> = image.iter().zip(x).map(|(image, x)| image.intersect(x)).collect();
    match common {
        None => BoxTest::Empty,
        Some(common) if image.iter().zip(x).all(|(image, x)| image.is_interior_of(x)) => {
            BoxTest::Unique(collect(common))
        }
        Some(_) => BoxTest::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval::from_f64(100, low).hull(&Interval::from_f64(100, high))
    }

    #[test]
    fn square_root_of_two() {
        let f = |x: &Dual<Interval>| x.clone().square().plus(-2);
        let BoxTest::Unique(root) = newton_test(f, &interval(1.25, 1.75)) else { panic!("not found") };
        assert!(root.clone().square().contains(&rug::Float::with_val(10, 2)));
        assert_eq!(newton_test(f, &interval(1.5, 2.0)), BoxTest::Empty);
        assert_eq!(newton_test(f, &interval(-2.0, 2.0)), BoxTest::Undecided);
    }

    /// x² + y² = 2, x = y meets in (1, 1).
    #[test]
    fn circle_and_line() {
        let f = |[x, y]: &Pair<Interval>| {
            let values = [x.clone().square() + y.clone().square().plus(-2), x.clone() - y];
            let slopes = [[x.clone().times(2), y.clone().times(2)], [x.lift(1), x.lift(-1)]];
            (values, slopes)
        };
        let BoxTest::Unique([x, y]) = krawczyk_test(f, &[interval(0.9, 1.05), interval(0.9, 1.15)]) else {
            panic!("not found")
        };
        let one = rug::Float::with_val(10, 1);
        assert!(x.contains(&one) && y.contains(&one));
        assert_eq!(krawczyk_test(f, &[interval(1.2, 1.3), interval(1.2, 1.3)]), BoxTest::Empty);
    }
}
