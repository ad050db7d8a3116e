//! Checks certificates from their data, without the search that made them.
//!
//! Of a record it believes nothing: the statement is compared with what the record's place in the file demands, the
//! boxes must touch and reach from end to end, and each box is evaluated once, in interval arithmetic at a precision of
//! the caller's choice, by the formulas of [`super::inequalities`]. What a replay trusts besides these: MPFR, the interval
//! arithmetic on it, and the algebra of `proofs/derivations.md` that leads from the statements to the inequalities.
//!
//! A record that fails is not a refutation of its statement; it is a proof that does not hold.

use super::certificate::{
    Census, Cover, Dyadic, Header, Inequality, Line, Piece, Record, Size, Stretch, TailCensus, Task, open,
};
use super::inequalities::{
    Balance, BeforeOddPoint, BeyondEdge, CurvatureAlong, Deflated, Function, LARGEST_EDGE, LARGEST_ODD_POINT,
    MIDDLE_ANGLE, MIDDLE_COSINE, Omega, Property, StabilityMargins, approach, balance_at_ends, middle_cosine,
    reciprocals, reciprocals_from, saddle_node_system, separating_point, symmetric, transversality,
};
use super::newton::krawczyk_image;
use super::{ANGLE_CONSTANT, TAIL_FROM};
use crate::arithmetic::Interval;
use crate::odd_point::SMALLEST_ODD_POINT_BATCH;
use crate::{Result, bad_input};
use rug::Float;

/// Checks the line that `header` demands for `task`.
///
/// # Errors
/// [`crate::Error::Input`] with the reason if the line was altered, proves something else, or does not hold at
/// `precision` bits.
///
/// ```
/// use oddpoint::rigor::certificate::{Header, Task};
/// use oddpoint::rigor::{replay::replay, search::certify};
/// let header = Header::new(&[7], false, 64);
/// let line = certify(Task::SaddleNode, &header)?;
/// // At another precision than the search's.
/// replay(line.trim_end(), Task::SaddleNode, &header, 192)?;
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn replay(text: &str, task: Task, header: &Header, precision: u32) -> Result<()> {
    let line: Line = open(text)?;
    require(line.record.task() == task && line.statement == task.statement(), || {
        format!("not the record that belongs here, which proves: {}", task.statement())
    })?;
    require(line.precision == header.precision && line.version == header.version, || {
        "precision or version differ from the header's".to_owned()
    })?;
    match &line.record {
        Record::SaddleNode { window, image, inequalities } => {
            saddle_node(window, image, inequalities, precision)
        }
        Record::FixedPoints { batch_sizes, covers } => fixed_points(batch_sizes, covers, precision),
        Record::OddPointStability { batch_sizes, window, inequalities } => {
            stability(batch_sizes, window, inequalities, precision)
        }
        Record::TailFixedPoints { from, covers } => {
            require(from.0 == TAIL_FROM, || "another range of n".to_owned())?;
            tail_fixed_points(covers, precision)
        }
        Record::TailAngle { from, constant, curvature } => {
            let expected = from.0 == TAIL_FROM && constant.0 == ANGLE_CONSTANT.unsigned_abs();
            require(expected, || "another range of n, or constant".to_owned())?;
            tail_angle(curvature, precision)
        }
        Record::TailStability { from, pieces } => {
            require(from.0 == TAIL_FROM, || "another range of n".to_owned())?;
            tail_stability(pieces, precision)
        }
    }
}

fn require(holds: bool, reason: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(bad_input!("{}", reason())) }
}

/// An interval with these ends, exactly or rounded outward.
fn interval([low, high]: [&Float; 2], precision: u32) -> Result<Interval> {
    let exactly = (low < high).then(|| Interval::new(low.clone(), high.clone())).flatten();
    let exactly = exactly.ok_or_else(|| bad_input!("the ends {low}, {high} are not increasing"))?;
    Ok(exactly.with_precision(precision))
}

fn pair([low, high]: &[Dyadic; 2], precision: u32) -> Result<Interval> {
    interval([&low.0, &high.0], precision)
}

fn point(value: &Float, precision: u32) -> Interval {
    Interval::from_float(precision, value)
}

/// A quantity must be at least a margin that is positive.
fn holds(what: &dyn std::fmt::Display, quantity: &Interval, margin: &Dyadic) -> Result<()> {
    require(margin.0 > 0 && *quantity.lower() >= margin.0, || {
        format!("{what}: {quantity} is not at least {:.6e}, above 0", margin.0.to_f64())
    })
}

fn all_hold<'a>(
    quantities: impl IntoIterator<Item = (&'a str, Interval)>,
    claimed: &[Inequality],
) -> Result<()> {
    let quantities: Vec<_> = quantities.into_iter().collect();
    let same = quantities.iter().map(|(name, _)| *name).eq(claimed.iter().map(|one| one.quantity.as_str()));
    require(same, || "the inequalities are not those that prove the statement".to_owned())?;
    quantities.iter().zip(claimed).try_for_each(|((name, value), one)| holds(name, value, &one.margin))
}

/// The boxes touch by construction; they must increase, begin at `start`, and have the property.
fn stretch(
    f: &impl Function,
    property: Property,
    claimed: &Stretch,
    start: &Float,
    precision: u32,
) -> Result<()> {
    require(claimed.ends.len() > 1 && claimed.ends[0].0 == *start, || {
        format!("the boxes do not begin at {start:.6}")
    })?;
    claimed.ends.windows(2).try_for_each(|ends| {
        let x = interval([&ends[0].0, &ends[1].0], precision)?;
        holds(&format_args!("{property:?} on {x}"), &property.room(f, &x), &claimed.margin)
    })
}

/// Where a stretch ends; [`stretch`] has seen that it has boxes.
fn end(claimed: &Stretch) -> &Float {
    &claimed.ends[claimed.ends.len() - 1].0
}

/// Checks a cover from 0, which must have a root or none, and returns where it ends.
fn cover<'a>(f: &impl Function, claimed: &'a Cover, has_root: bool, precision: u32) -> Result<&'a Float> {
    let zero = Float::new(precision);
    require(has_root == matches!(claimed, Cover::OneRoot { .. }), || {
        "the number of roots is not the statement's".to_owned()
    })?;
    match claimed {
        Cover::NoRoot { negative } => {
            stretch(f, Property::Negative, negative, &zero, precision)?;
            Ok(end(negative))
        }
        Cover::OneRoot { root, rising, positive } => {
            // Negative at 0, rising from there, positive from there on: exactly one root.
            require(f.at(&point(&zero, precision)).certainly_negative(), || "not negative at 0".to_owned())?;
            stretch(f, Property::Rising, rising, &zero, precision)?;
            stretch(f, Property::Positive, positive, end(rising), precision)?;
            let [low, high] = root.each_ref().map(|end| f.at(&point(&end.0, precision)));
            let inside = zero <= root[0].0 && root[1].0 <= *end(positive);
            require(inside && low.certainly_negative() && high.certainly_positive(), || {
                "no change of sign where the root is said to be".to_owned()
            })?;
            Ok(end(positive))
        }
    }
}

fn reaches(end: &Float, goal: &Interval) -> Result<()> {
    require(end >= goal.upper(), || format!("the boxes end at {end:.6} and leave a gap up to {goal}"))
}

/// What holds over the interval of their `1/n` holds for each of the batch sizes.
fn fixed_points(&[Size(first), Size(last)]: &[Size; 2], covers: &Census, precision: u32) -> Result<()> {
    let u = reciprocals([first, last], precision);
    let has_root = first >= SMALLEST_ODD_POINT_BATCH;
    let [x, omega] = separating_point([first, last], precision);
    reaches(cover(&Deflated { u: &u }, &covers.edge, has_root, precision)?, &omega)?;
    reaches(cover(&Balance { u: &u }, &covers.odd_point, has_root, precision)?, &x)
}

fn stability(
    &[Size(first), Size(last)]: &[Size; 2],
    window: &[Dyadic; 2],
    claimed: &[Inequality],
    precision: u32,
) -> Result<()> {
    let u = reciprocals([first, last], precision);
    let x = pair(window, precision)?;
    let margins = StabilityMargins::enclose(&u, &x);
    all_hold(balance_at_ends(&u, &x).into_iter().chain(margins.inequalities(&u)), claimed)
}

fn tail_fixed_points(covers: &TailCensus, precision: u32) -> Result<()> {
    let u = &reciprocals_from(TAIL_FROM, precision);
    let at = |value: f64| Interval::from_f64(precision, value);
    reaches(cover(&Deflated { u }, &covers.edge, true, precision)?, &at(LARGEST_EDGE))?;
    reaches(cover(&Balance { u }, &covers.odd_point, true, precision)?, &at(LARGEST_ODD_POINT))?;
    let positive = Property::Positive;
    let [low, high] = &covers.beyond_edge;
    let beyond_edge = |omega| BeyondEdge { u, omega };
    stretch(&beyond_edge(Omega::AtLeastLargestEdge), positive, low, &Float::new(precision), precision)?;
    reaches(end(low), &at(MIDDLE_COSINE))?;
    stretch(&beyond_edge(Omega::FromCosine), positive, high, end(low), precision)?;
    reaches(end(high), &point(&middle_cosine(u), precision))?;
    stretch(&BeforeOddPoint { u }, positive, &covers.before_odd_point, &Float::new(precision), precision)?;
    reaches(end(&covers.before_odd_point), &at(MIDDLE_ANGLE))
}

fn tail_angle([above, below]: &[Stretch; 2], precision: u32) -> Result<()> {
    let u = reciprocals_from(TAIL_FROM, precision);
    for (sign, claimed) in [(1, above), (-1, below)] {
        let along = CurvatureAlong { sign, c: sign * ANGLE_CONSTANT };
        stretch(&along, Property::Positive, claimed, &Float::new(precision), precision)?;
        reaches(end(claimed), &point(u.upper(), precision))?;
    }
    Ok(())
}

fn tail_stability(pieces: &[Piece], precision: u32) -> Result<()> {
    let reach = symmetric(ANGLE_CONSTANT, precision);
    let mut covered = Float::new(precision);
    for piece in pieces {
        let u = pair(&piece.u, precision)?;
        require(piece.u[0].0 <= covered, || format!("no piece of u after {covered:.6}"))?;
        let margins = StabilityMargins::enclose(&u, &approach(&u, &reach));
        all_hold(margins.inequalities(&u), &piece.inequalities)?;
        covered.clone_from(&piece.u[1].0);
    }
    reaches(&covered, &point(reciprocals_from(TAIL_FROM, precision).upper(), precision))
}

fn saddle_node(
    window: &[[Dyadic; 2]; 2],
    image: &[[Dyadic; 2]; 2],
    claimed: &[Inequality],
    precision: u32,
) -> Result<()> {
    let [n, w] = window.each_ref().map(|ends| pair(ends, precision));
    let window = [n?, w?];
    let found = krawczyk_image(saddle_node_system, &window);
    for ((found, image), window) in found.iter().zip(image).zip(&window) {
        let image = pair(image, precision)?;
        require(found.is_subset_of(&image) && image.is_interior_of(window), || {
            format!("the Krawczyk image {found} is not in {image}, or that not inside {window}")
        })?;
    }
    all_hold(transversality(&window), claimed)
}
