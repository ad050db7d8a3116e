//! Makes the records of a certificate: for each statement the search, and what it found as data.
//!
//! Of neighbouring batch sizes one record speaks, over the interval of their `1/n`: what holds there holds for each.
//!
//! The records are meant to be checked by [`super::replay`], which uses nothing of this.

use super::certificate::{Dyadic, Header, Inequality, Line, Record, Size, Task, seal};
use super::count::{count_between, count_for_all};
use super::enclosures::sharpen_saddle_node;
use super::inequalities::{
    StabilityMargins, balance_at_ends, reciprocals, reciprocals_from, saddle_node_system, transversality,
};
use super::newton::krawczyk_image;
use super::tail::{certify_stability_for_all, prove_angle_expansion};
use super::{ANGLE_CONSTANT, TAIL_FROM};
use crate::arithmetic::Interval;
use crate::odd_point::OddPointEquation;
use crate::{Error, Result};
use rug::Float;
use rug::float::Round;

/// The line, with line end, that proves what the task says.
///
/// # Errors
/// [`Error::NotReached`] if the search does not succeed at the header's precision.
///
/// ```
/// use oddpoint::rigor::certificate::{Header, Task};
/// use oddpoint::rigor::search::certify;
/// let line = certify(Task::OddPointStability([7, 7]), &Header::new(&[7], false, 64))?;
/// assert!(line.starts_with('{') && line.ends_with("}\n"));
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn certify(task: Task, header: &Header) -> Result<String> {
    let line = Line {
        statement: task.statement(),
        precision: header.precision,
        version: header.version.clone(),
        record: record(task, header.precision)?,
    };
    Ok(seal(&line)? + "\n")
}

fn record(task: Task, precision: u32) -> Result<Record> {
    let from = Size(TAIL_FROM);
    Ok(match task {
        Task::SaddleNode => saddle_node(precision)?,
        Task::FixedPoints(sizes) => {
            Record::FixedPoints { batch_sizes: sizes.map(Size), covers: count_between(sizes, precision)? }
        }
        Task::OddPointStability(sizes) => stability(sizes, precision)?,
        Task::TailFixedPoints => {
            Record::TailFixedPoints { from, covers: count_for_all(&reciprocals_from(TAIL_FROM, precision))? }
        }
        Task::TailAngle => Record::TailAngle {
            from,
            constant: Size(ANGLE_CONSTANT.unsigned_abs()),
            curvature: prove_angle_expansion(ANGLE_CONSTANT, TAIL_FROM, precision)?,
        },
        Task::TailStability => {
            let pieces = certify_stability_for_all(TAIL_FROM, ANGLE_CONSTANT, precision)?;
            Record::TailStability { from, pieces }
        }
    })
}

/// How far the window in which odd points are enclosed reaches beyond them: `2^−8` of them, and the bits of its ends.
const WINDOW: (u32, u32) = (8, 16);

fn stability([first, last]: [u64; 2], precision: u32) -> Result<Record> {
    let root = |n: u64| Interval::from_f64(precision, n as f64 * OddPointEquation { n }.solve());
    let roots = root(first).hull(&root(last));
    let window = rounded(&roots.inflate(&Float::with_val(precision, roots.upper() >> WINDOW.0)), WINDOW.1);
    let u = reciprocals([first, last], precision);
    let margins = StabilityMargins::enclose(&u, &window);
    let inequalities = balance_at_ends(&u, &window).into_iter().chain(margins.inequalities(&u));
    Ok(Record::OddPointStability {
        batch_sizes: [first, last].map(Size),
        window: ends(&window),
        inequalities: proved(inequalities)?,
    })
}

fn proved(quantities: impl Iterator<Item = (&'static str, Interval)>) -> Result<Vec<Inequality>> {
    let positive = |(name, room): (&'static str, Interval)| {
        if room.certainly_positive() {
            return Ok(Inequality::from((name, room)));
        }
        Err(Error::NotReached(format!("{name} is not shown to be positive: {room}")))
    };
    quantities.map(positive).collect()
}

/// The same interval with ends of few bits, rounded outward, at the same precision.
fn rounded(x: &Interval, bits: u32) -> Interval {
    let to = |end: &Float, round| Float::with_val(x.precision(), Float::with_val_round(bits, end, round).0);
    Interval::new(to(x.lower(), Round::Down), to(x.upper(), Round::Up)).unwrap_or_else(|| x.clone())
}

fn ends(x: &Interval) -> [Dyadic; 2] {
    [x.lower(), x.upper()].map(|end| Dyadic(end.clone()))
}

/// Half the width of the saddle-node's box: `2^−20`; bits of its ends, and of its image's.
const SADDLE_NODE_BOX: (u32, u32, u32) = (20, 32, 48);

fn saddle_node(precision: u32) -> Result<Record> {
    let (radius_bits, box_bits, image_bits) = SADDLE_NODE_BOX;
    let radius = Float::with_val(precision, 1) >> radius_bits;
    let window =
        sharpen_saddle_node(precision).map(|x| rounded(&Interval::point(x).inflate(&radius), box_bits));
    // Widened, so that other roundings stay inside.
    let image = krawczyk_image(saddle_node_system, &window)
        .map(|image| rounded(&image.inflate(&(image.radius() / 8_u32)), image_bits));
    if !image.iter().zip(&window).all(|(image, window)| image.is_interior_of(window)) {
        return Err(Error::NotReached("the saddle-node's box is not mapped into itself".to_owned()));
    }
    Ok(Record::SaddleNode {
        inequalities: proved(transversality(&window).into_iter())?,
        window: window.each_ref().map(ends),
        image: image.each_ref().map(ends),
    })
}
