//! The format of certificates: what a proof rests on, one JSON object a line, each with its SHA-256.
//!
//! The first line is a [`Header`]; from its parameters follows the list of [`Task`]s, and one [`Line`] a task follows
//! in that order. A record may speak of several neighbouring batch sizes: its data hold over the interval of their
//! `1/n`. A number is an exact dyadic `m*2^e` with `m` odd, or `0`; so what is read is what was used. A margin is such a
//! number, below what the search enclosed by at least 1 part in 256. The hash is that of the line without its
//! `,"sha256":"…"` and without the line end.
//!
//! This says how a certificate is written, not that it is true: that is [`super::replay`].

use crate::arithmetic::Interval;
use crate::digest::sha256;
use crate::odd_point::{SMALLEST_ODD_POINT_BATCH, check_batch_size};
use crate::{Error, Result, bad_input};
use rug::float::Round;
use rug::{Float, Integer};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// Name and version of the format.
pub const SCHEMA: &str = "oddpoint.certificate/2";
/// The version of this software, written into every record.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A number without rounding: `m*2^e`, `m` odd, or `0`.
///
/// ```
/// use oddpoint::rigor::certificate::Dyadic;
/// use rug::Float;
/// // A margin is stored in few bits, rounded down: 1/3 is 0.333 and a little less.
/// let margin = Dyadic::margin(&(Float::with_val(64, 1) / 3_u32));
/// assert!(margin.0 <= 1.0 / 3.0 && margin.0 > 0.2);
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Dyadic(pub Float);

/// Bits of a margin.
const MARGIN_BITS: u32 = 8;
/// Longer numbers are not read.
const LONGEST_NUMBER: usize = 100_000;
/// Nor are larger or smaller ones.
const LARGEST_EXPONENT: i32 = 1_000_000;

impl Dyadic {
    /// A number of few bits below a positive one, by at least 1 part in 256: enclosed again, with other roundings, it
    /// still holds.
    pub fn margin(least: &Float) -> Self {
        let below = Float::with_val_round(least.prec(), least * (1.0 - 1.0 / 256.0), Round::Down).0;
        Self(Float::with_val_round(MARGIN_BITS, below, Round::Down).0)
    }
}

impl fmt::Display for Dyadic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_integer_exp() {
            Some((mantissa, exponent)) if mantissa != 0 => {
                let zeros = mantissa.find_one(0).unwrap_or(0);
                write!(f, "{}*2^{}", mantissa >> zeros, exponent + zeros as i32)
            }
            // A cover's numbers are finite; if one were not, this would be refused when read.
            Some(_) => f.write_str("0"),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Dyadic {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryFrom<String> for Dyadic {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let refused = || bad_input!("'{text:.60}' is not a number m*2^e with m odd");
        if text == "0" {
            return Ok(Self(Float::new(1)));
        }
        let (mantissa, exponent) = text.split_once("*2^").ok_or_else(refused)?;
        if text.len() > LONGEST_NUMBER {
            return Err(refused());
        }
        let mantissa: Integer = mantissa.parse().map_err(|_| refused())?;
        let exponent: i32 = exponent.parse().map_err(|_| refused())?;
        if exponent.abs() > LARGEST_EXPONENT {
            return Err(refused());
        }
        let value = Self(Float::with_val(mantissa.significant_bits().max(1), &mantissa) << exponent);
        // One spelling a number.
        if value.to_string() == text { Ok(value) } else { Err(refused()) }
    }
}

/// A whole number as a string, for it may exceed 2⁵³.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(pub u64);

impl From<Size> for String {
    fn from(Size(value): Size) -> Self {
        value.to_string()
    }
}

impl TryFrom<String> for Size {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        match text.parse::<u64>() {
            Ok(value) if value.to_string() == text => Ok(Self(value)),
            _ => Err(bad_input!("'{text:.60}' is not a whole number")),
        }
    }
}

/// Consecutive boxes on each of which a function has a property (negative, rising, positive) by `margin`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// The boxes' ends: each is the end of one and the beginning of the next.
    pub ends: Vec<Dyadic>,
    /// `−f`, `f'` or `f` is at least this on every box.
    pub margin: Dyadic,
}

/// What a function does from 0 to the cover's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Cover {
    /// It is negative.
    NoRoot {
        /// From 0 to the end.
        negative: Stretch,
    },
    /// It is negative at 0 and has one root.
    OneRoot {
        /// At these it is negative and positive; so the root is between.
        root: [Dyadic; 2],
        /// From 0 past the root.
        rising: Stretch,
        /// From there to the end.
        positive: Stretch,
    },
}

impl Cover {
    /// An interval that contains the root, if there is one.
    pub fn root(&self) -> Option<Interval> {
        match self {
            Self::NoRoot { .. } => None,
            Self::OneRoot { root: [low, high], .. } => Interval::new(low.0.clone(), high.0.clone()),
        }
    }
}

/// The fixed points at each of a few neighbouring batch sizes, besides the symmetric one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Census {
    /// The deflated equation in `ω = n(v−1)`.
    pub edge: Cover,
    /// The balance in `x = nθ`.
    pub odd_point: Cover,
}

impl Census {
    /// How many fixed points there are, with the symmetric one.
    pub fn count(&self) -> usize {
        let roots = |cover: &Cover| usize::from(cover.root().is_some());
        1 + roots(&self.edge) + roots(&self.odd_point)
    }
}

/// The same for every large batch size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailCensus {
    /// The deflated equation in `ω`, up to [`LARGEST_EDGE`](super::inequalities::LARGEST_EDGE).
    pub edge: Cover,
    /// The balance in `x`, up to [`LARGEST_ODD_POINT`](super::inequalities::LARGEST_ODD_POINT).
    pub odd_point: Cover,
    /// Positive beyond the edge, in `b`: with the bound on `ω`, and with `ω` from `b`.
    pub beyond_edge: [Stretch; 2],
    /// Positive before the odd point, in `θ`.
    pub before_odd_point: Stretch,
}

/// A quantity that is at least `margin`, which is positive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inequality {
    /// What is positive.
    pub quantity: String,
    /// By how much.
    pub margin: Dyadic,
}

impl From<(&'static str, Interval)> for Inequality {
    fn from((quantity, room): (&'static str, Interval)) -> Self {
        Self { quantity: quantity.to_owned(), margin: Dyadic::margin(room.lower()) }
    }
}

/// Stability for `1/n` in a piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// The ends of the piece.
    pub u: [Dyadic; 2],
    /// What is positive there.
    pub inequalities: Vec<Inequality>,
}

/// One statement's proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Record {
    /// The saddle-node in `(n, w)`.
    SaddleNode {
        /// The box.
        window: [[Dyadic; 2]; 2],
        /// Holds the Krawczyk operator's image of the box, and lies inside it.
        image: [[Dyadic; 2]; 2],
        /// Transversality, all over the box.
        inequalities: Vec<Inequality>,
    },
    /// The count of the fixed points at each n of a range.
    FixedPoints {
        /// The first n and the last.
        batch_sizes: [Size; 2],
        /// The covers, for all `1/n` between.
        covers: Census,
    },
    /// Stability at each n of a range.
    OddPointStability {
        /// The first n and the last.
        batch_sizes: [Size; 2],
        /// In `x`; the balance is negative at its beginning and positive at its end, for all `1/n` between.
        window: [Dyadic; 2],
        /// What is positive: the balance at the ends, with its sign, and the stability margins over the window.
        inequalities: Vec<Inequality>,
    },
    /// The count for every large n.
    TailFixedPoints {
        /// The smallest n.
        from: Size,
        /// The covers.
        covers: TailCensus,
    },
    /// `|nθ − 3π + 3π/n| ≤ constant/n²`.
    TailAngle {
        /// The smallest n.
        from: Size,
        /// The constant.
        constant: Size,
        /// The balance's second derivative along the upper curve, and minus that along the lower one, in `u = 1/n`.
        curvature: [Stretch; 2],
    },
    /// Stability for every large n, with the angle in the window that `TailAngle` proves.
    TailStability {
        /// The smallest n.
        from: Size,
        /// Touching pieces of `u = 1/n`, from 0.
        pieces: Vec<Piece>,
    },
}

/// What one record is to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// See [`Record::SaddleNode`].
    SaddleNode,
    /// See [`Record::FixedPoints`]; from the first n to the last.
    FixedPoints([u64; 2]),
    /// See [`Record::OddPointStability`]; from the first n to the last.
    OddPointStability([u64; 2]),
    /// See [`Record::TailFixedPoints`].
    TailFixedPoints,
    /// See [`Record::TailAngle`].
    TailAngle,
    /// See [`Record::TailStability`].
    TailStability,
}

impl Task {
    /// The statement, in words.
    pub fn statement(self) -> String {
        let (from, constant) = (super::TAIL_FROM, super::ANGLE_CONSTANT);
        match self {
            Self::SaddleNode => {
                "with n as a real variable the box in (n, w = v-1) holds exactly one saddle-node, and it is \
                 non-degenerate"
                    .to_owned()
            }
            Self::FixedPoints(sizes @ [first, _]) if first < SMALLEST_ODD_POINT_BATCH => format!(
                "{}: the only fixed point of the reduced map in -1/(n-2) <= r < 1 is the symmetric one",
                each(sizes)
            ),
            Self::FixedPoints(sizes) => format!(
                "{}: the fixed points of the reduced map in -1/(n-2) <= r < 1 are the symmetric one, one edge and one \
                 odd point",
                each(sizes)
            ),
            Self::OddPointStability(sizes) => format!(
                "{}: there is an odd point with n theta in the window, and at any one there every eigenvalue is \
                 strictly inside the unit disc",
                each(sizes)
            ),
            Self::TailFixedPoints => format!(
                "every n >= {from}: the fixed points of the reduced map in -1/(n-2) <= r < 1 are the symmetric one, one \
                 edge and one odd point"
            ),
            Self::TailAngle => {
                format!("every n >= {from}: at the odd point |n theta - 3 pi + 3 pi/n| <= {constant}/n^2")
            }
            Self::TailStability => {
                format!(
                    "every n >= {from}: at the odd point every eigenvalue is strictly inside the unit disc"
                )
            }
        }
    }
}

/// A range of batch sizes, in words.
fn each(sizes: [u64; 2]) -> String {
    let [first, last] = sizes;
    if first == last { format!("n = {first}") } else { format!("each n = {}", range(sizes)) }
}

/// A range of batch sizes as it is asked for.
fn range([first, last]: [u64; 2]) -> String {
    if first == last { first.to_string() } else { format!("{first}..={last}") }
}

impl Record {
    /// What it is to prove.
    pub fn task(&self) -> Task {
        match self {
            Self::SaddleNode { .. } => Task::SaddleNode,
            Self::FixedPoints { batch_sizes: [Size(first), Size(last)], .. } => {
                Task::FixedPoints([*first, *last])
            }
            Self::OddPointStability { batch_sizes: [Size(first), Size(last)], .. } => {
                Task::OddPointStability([*first, *last])
            }
            Self::TailFixedPoints { .. } => Task::TailFixedPoints,
            Self::TailAngle { .. } => Task::TailAngle,
            Self::TailStability { .. } => Task::TailStability,
        }
    }
}

/// A record with what it says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The statement, in words.
    pub statement: String,
    /// Bits that the search worked with.
    pub precision: u32,
    /// The software's version.
    pub version: String,
    /// The proof's data.
    pub record: Record,
}

/// The first line: the parameters from which the rest follows.
///
/// ```
/// use oddpoint::rigor::certificate::Header;
/// use oddpoint::rigor::{replay::replay, search::certify};
/// let header = Header::new(&[7, 8], false, 64);
/// for task in header.tasks()? {
///     // A line of data, found by a search; then checked without it.
///     let line = certify(task, &header)?;
///     replay(line.trim_end(), task, &header, 64)?;
///     assert!(replay(&line.trim_end().replacen('7', "8", 1), task, &header, 64).is_err());
/// }
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`SCHEMA`].
    pub schema: String,
    /// The software's version.
    pub version: String,
    /// Bits that the search worked with.
    pub precision: u32,
    /// Increasing inclusive ranges of batch sizes.
    pub batch_sizes: Vec<[Size; 2]>,
    /// Whether every `n ≥` [`TAIL_FROM`](super::TAIL_FROM) is included.
    pub tail: bool,
}

impl Header {
    /// The header of this version's certificates for increasing batch sizes.
    pub fn new(sizes: &[u64], tail: bool, precision: u32) -> Self {
        let batch_sizes =
            sizes.chunk_by(|a, b| a + 1 == *b).map(|run| [Size(run[0]), Size(run[run.len() - 1])]);
        Self {
            schema: SCHEMA.to_owned(),
            version: VERSION.to_owned(),
            precision,
            batch_sizes: batch_sizes.collect(),
            tail,
        }
    }

    /// The records that follow, in order. The ranges are cut where a block ends, so that `1/n` varies by at most a
    /// sixteenth in a record.
    ///
    /// # Errors
    /// [`Error::Input`] if the schema is another, or the sizes are not increasing and acceptable.
    pub fn tasks(&self) -> Result<impl Iterator<Item = Task> + use<>> {
        if self.schema != SCHEMA {
            return Err(bad_input!("the schema is '{}', and this version reads {SCHEMA}", self.schema));
        }
        let mut last = 0;
        for &[Size(first), Size(end)] in &self.batch_sizes {
            check_batch_size(first)?;
            check_batch_size(end)?;
            if first <= last || end < first {
                return Err(bad_input!("the batch sizes are not increasing"));
            }
            last = end;
        }
        let of_block = |sizes: [u64; 2]| {
            let stable = sizes[0] >= SMALLEST_ODD_POINT_BATCH;
            std::iter::once(Task::FixedPoints(sizes)).chain(stable.then_some(Task::OddPointStability(sizes)))
        };
        let tail: &[Task] =
            if self.tail { &[Task::TailFixedPoints, Task::TailAngle, Task::TailStability] } else { &[] };
        let ranges = self.batch_sizes.clone().into_iter();
        let by_blocks = ranges.flat_map(|[Size(first), Size(last)]| blocks(first, last)).flat_map(of_block);
        Ok(std::iter::once(Task::SaddleNode).chain(by_blocks).chain(tail.iter().copied()))
    }

    /// What the certificates speak of, for a reader.
    pub fn scope(&self) -> String {
        let ranges: Vec<_> = self.batch_sizes.iter().map(|&[first, last]| range([first.0, last.0])).collect();
        let tail = if self.tail { format!(" and every n >= {}", super::TAIL_FROM) } else { String::new() };
        format!("n = {}{tail}", ranges.join(","))
    }
}

/// A block begins at no less than this many times its length.
const BLOCKS: u64 = 16;

/// The batch sizes, `n` among them, of which one record speaks where all are asked for. Each is alone below 32.
pub(super) fn block(n: u64) -> [u64; 2] {
    let length = 1 << (n / BLOCKS).max(1).ilog2();
    let first = n - n % length;
    [first, first + length - 1]
}

/// A range cut into blocks.
fn blocks(first: u64, last: u64) -> impl Iterator<Item = [u64; 2]> {
    let from = move |n: u64| (n <= last).then(|| [n, block(n)[1].min(last)]);
    std::iter::successors(from(first), move |[_, end]| from(end + 1))
}

const HASH_KEY: &str = ",\"sha256\":\"";
const HASH_DIGITS: usize = 64;

/// One line of a certificate, without the line end.
///
/// # Errors
/// [`Error::Output`] if it cannot be written as JSON.
///
/// ```
/// use oddpoint::rigor::certificate::{Header, open, seal};
/// let header = Header::new(&[7], true, 64);
/// let line = seal(&header)?;
/// assert_eq!(open::<Header>(&line)?, header);
/// assert!(open::<Header>(&line.replace("true", "false")).is_err());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn seal(content: &impl Serialize) -> Result<String> {
    let mut line = serde_json::to_string(content).map_err(std::io::Error::from)?;
    let hash = sha256(line.as_bytes());
    line.truncate(line.len() - 1);
    Ok(format!("{line}{HASH_KEY}{hash}\"}}"))
}

/// What a line of a certificate says, once its hash is found right.
///
/// # Errors
/// [`Error::Input`] if the hash is missing or another's, or the content is not of the format.
///
/// ```
/// use oddpoint::rigor::certificate::{Header, open};
/// assert!(open::<Header>("{}").is_err());
/// ```
pub fn open<T: for<'a> Deserialize<'a>>(line: &str) -> Result<T> {
    let hashed =
        line.strip_suffix("\"}").and_then(|line| line.split_at_checked(line.len().checked_sub(HASH_DIGITS)?));
    let (content, hash) = hashed
        .and_then(|(content, hash)| Some((content.strip_suffix(HASH_KEY)?, hash)))
        .ok_or_else(|| bad_input!("the line does not end with its SHA-256"))?;
    let content = format!("{content}}}");
    if sha256(content.as_bytes()) != hash {
        return Err(bad_input!("the SHA-256 is not that of the line: it was altered"));
    }
    serde_json::from_str(&content).map_err(|error| bad_input!("not of the format: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odd_point::LARGEST_BATCH;

    #[test]
    fn numbers_are_exact_and_have_one_spelling() {
        for (value, text) in [(0.0, "0"), (0.8125, "13*2^-4"), (-48.0, "-3*2^4"), (1.0, "1*2^0")] {
            assert_eq!(Dyadic(Float::with_val(53, value)).to_string(), text);
            assert_eq!(Dyadic::try_from(text.to_owned()).unwrap().0, value);
        }
        for text in ["", "1", "2*2^0", "01*2^0", "+1*2^0", "1*2^+1", "1*2^9999999", "nan", "0*2^0", "1*2^-0"]
        {
            assert!(Dyadic::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert_eq!(Size::try_from("7".to_owned()).unwrap(), Size(7));
        assert!(["", "07", "+7", "-7", "7.0"].iter().all(|text| Size::try_from((*text).to_owned()).is_err()));
    }

    /// What a reader is told is what is shown: an edge and an odd point from 7 on.
    #[test]
    fn statements_say_what_is_counted() {
        for n in [3, 6, 7, 8] {
            let words = Task::FixedPoints([n, n]).statement();
            assert!(words.starts_with(&format!("n = {n}: ")), "{words}");
            assert!(words.contains("the only fixed point") == (n < 7), "{words}");
            assert!(words.contains("one edge and one odd point") == (n >= 7), "{words}");
        }
        assert!(Task::OddPointStability([9, 9]).statement().starts_with("n = 9: there is an odd point"));
        for task in [Task::TailFixedPoints, Task::TailAngle, Task::TailStability] {
            assert!(task.statement().starts_with("every n >= 128: "));
        }
    }

    /// Ranges that overlap, run backwards or are no batch sizes, and another schema.
    #[test]
    fn headers_of_other_sizes_are_refused() {
        let tasks = |ranges: &[[u64; 2]]| {
            let batch_sizes = ranges.iter().map(|range| range.map(Size)).collect();
            Header { batch_sizes, ..Header::new(&[], false, 64) }.tasks().map(Iterator::count)
        };
        // The saddle-node; one record below 7, two from there on.
        assert_eq!(tasks(&[[3, 3], [6, 8]]).unwrap(), 1 + 1 + 5);
        for bad in [&[[3, 5], [5, 7]][..], &[[9, 8]], &[[5, 5], [3, 3]], &[[2, 3]], &[[3, u64::MAX]]] {
            assert!(tasks(bad).is_err(), "{bad:?}");
        }
        let other = Header { schema: "other/1".to_owned(), ..Header::new(&[3], false, 64) };
        assert!(other.tasks().is_err());
    }

    #[test]
    fn margins_leave_room() {
        for value in [1.0, 0.3, 1e-30] {
            let margin = Dyadic::margin(&Float::with_val(64, value)).0;
            assert!(margin <= value * 255.0 / 256.0 && margin > value * 0.98);
        }
    }

    /// Else a proof would speak of other batch sizes than it says, or of none.
    #[test]
    fn blocks_hold_each_batch_size_once() {
        for (first, last) in
            [(3, 5000), (299, 305), (300, 300), (9_999, 20_003), (LARGEST_BATCH, LARGEST_BATCH)]
        {
            let blocks: Vec<_> = blocks(first, last).collect();
            let sizes = blocks.iter().flat_map(|&[first, last]| first..=last);
            assert!(sizes.eq(first..=last), "{first}..={last}");
            for [first, last] in blocks {
                assert!(last - first < 1.max(first / BLOCKS), "{first}..={last}");
                assert_eq!(block(first), block(last));
            }
        }
    }

    #[test]
    fn ranges_of_records_are_said_in_words() {
        let tasks: Vec<_> = Header::new(&[3, 300, 301, 302, 303, 304], false, 64).tasks().unwrap().collect();
        let [alone, block, next] = [[3, 3], [300, 303], [304, 304]];
        let expected = [
            Task::SaddleNode,
            Task::FixedPoints(alone),
            Task::FixedPoints(block),
            Task::OddPointStability(block),
            Task::FixedPoints(next),
            Task::OddPointStability(next),
        ];
        assert_eq!(tasks, expected);
        assert!(tasks[2].statement().starts_with("each n = 300..=303: the fixed points"));
        assert!(tasks[4].statement().starts_with("n = 304: the fixed points"));
    }

    #[test]
    fn a_sealed_line_opens_and_an_altered_one_does_not() {
        let header = Header::new(&[3, 4, 5, 9], true, 64);
        let line = seal(&header).unwrap();
        assert_eq!(open::<Header>(&line).unwrap(), header);
        assert_eq!(header.scope(), "n = 3..=5,9 and every n >= 128");
        // Saddle-node, three small sizes, two records at 9, three of the tail.
        assert_eq!(header.tasks().unwrap().count(), 1 + 3 + 2 + 3);
        for position in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[position] ^= 1;
            assert!(String::from_utf8(bytes).map_or(true, |line| open::<Header>(&line).is_err()));
        }
    }
}
