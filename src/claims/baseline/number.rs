//! The numbers of a JSON document: enclosures, estimates, approximations.

use rug::{Complete, Integer, Rational};
use serde_json::Value;
use std::fmt;

/// Largest decimal exponent that is read: beyond it a slip is likelier than a number.
const MOST_EXPONENT: u32 = 1_000_000;

/// A number, or infinite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Below,
    Finite(Rational),
    Above,
}

/// A closed interval.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    pub lower: End,
    pub upper: End,
}

/// One of the three.
#[derive(Clone, Debug)]
pub(super) enum Number {
    /// `{"lo", "hi"}`: a proof.
    Enclosure(Ends),
    /// `{"estimate", "lower", "upper", "level"}`.
    Estimate { estimate: End, interval: Ends },
    /// `{"approx"}`.
    Approximation(f64),
}

impl Ends {
    /// Of an enclosure, or of an exact decimal.
    pub fn read(value: &Value) -> Option<Self> {
        match (Number::read(value), value.as_str().and_then(end), value.as_u64()) {
            (Ok(Some(Number::Enclosure(ends))), ..) => Some(ends),
            (_, Some(point), _) => Some(Self { lower: point.clone(), upper: point }),
            (.., Some(whole)) => {
                let point = End::Finite(Rational::from(whole));
                Some(Self { lower: point.clone(), upper: point })
            }
            _ => None,
        }
    }

    pub fn meet(&self, other: &Self) -> bool {
        self.lower <= other.upper && other.lower <= self.upper
    }

    pub fn contain(&self, number: &End) -> bool {
        self.lower <= *number && *number <= self.upper
    }
}

impl Number {
    /// `None` if a value has none of the three shapes; the text that is not a number, if it has but holds none.
    pub fn read(value: &Value) -> Result<Option<Self>, String> {
        let Some(object) = value.as_object() else { return Ok(None) };
        let keys: Vec<&str> = object.keys().map(String::as_str).collect();
        let end = |key: &str| {
            let text = &object[key];
            text.as_str().and_then(end).ok_or_else(|| format!("{text} is not a decimal number"))
        };
        let ends = |lower: &str, upper: &str| {
            let ends = Ends { lower: end(lower)?, upper: end(upper)? };
            if ends.lower <= ends.upper { Ok(ends) } else { Err(format!("the ends of {value} are reversed")) }
        };
        Ok(Some(match keys[..] {
            ["lo", "hi"] | ["hi", "lo"] => Self::Enclosure(ends("lo", "hi")?),
            ["approx"] => {
                let text = &object["approx"];
                let read = text.as_str().and_then(|text| text.parse().ok());
                Self::Approximation(read.ok_or_else(|| format!("{text} is not a number"))?)
            }
            _ if keys.len() == 4
                && ["estimate", "lower", "upper", "level"].iter().all(|key| keys.contains(key)) =>
            {
                Self::Estimate { estimate: end("estimate")?, interval: ends("lower", "upper")? }
            }
            _ => return Ok(None),
        }))
    }
}

/// As it stands in the document.
pub(super) struct Shown<'a>(pub &'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let part = |key: &str| self.0.get(key).and_then(Value::as_str);
        match (part("lo"), part("hi"), part("approx"), part("estimate"), part("lower"), part("upper")) {
            (Some(lo), Some(hi), ..) => write!(formatter, "[{lo}, {hi}]"),
            (_, _, Some(approximation), ..) => write!(formatter, "about {approximation}"),
            (.., Some(estimate), Some(lower), Some(upper)) => {
                write!(formatter, "estimated {estimate}, between {lower} and {upper}")
            }
            _ => match self.0 {
                Value::String(words) => formatter.write_str(words),
                other => {
                    const SHOWN: usize = 80;
                    let text = other.to_string();
                    let short: String = text.chars().take(SHOWN).collect();
                    formatter.write_str(&short)?;
                    if short.len() < text.len() { formatter.write_str("…") } else { Ok(()) }
                }
            },
        }
    }
}

fn end(text: &str) -> Option<End> {
    match text {
        "-inf" => Some(End::Below),
        "inf" => Some(End::Above),
        _ => decimal(text).map(End::Finite),
    }
}

/// The rational number that a decimal such as `-0.125` or `1.5e-20` is.
fn decimal(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = Integer::parse(digits).ok()?.complete();
    let shift = i64::from(exponent.parse::<i32>().ok()?) - fraction.len() as i64;
    let places = u32::try_from(shift.unsigned_abs()).ok().filter(|&places| places <= MOST_EXPONENT)?;
    let power = Integer::u_pow_u(10, places).complete();
    let size = if shift < 0 { Rational::from((digits, power)) } else { Rational::from(digits * power) };
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_rationals() {
        for (text, numerator, denominator) in [
            ("0.125", 1, 8),
            ("-1.5e-2", -3, 200),
            ("12e3", 12000, 1),
            ("-0", 0, 1),
            ("7", 7, 1),
            (".5E1", 5, 1),
        ] {
            assert_eq!(decimal(text), Some(Rational::from((numerator, denominator))), "{text}");
        }
        for text in
            ["", "-", ".", "1.2.3", "0x1", "1e", "1e+-2", "nan", "1 ", "+1", "1e2000000", "1e99999999999"]
        {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        /// Rust's decimals of a double are read back to a rational that rounds to it: by way of so many bits that the first
        /// rounding cannot make a tie of the second.
        #[test]
        fn doubles_are_read(x in any::<f64>().prop_filter("finite", |x| x.is_finite())) {
            for text in [format!("{x}"), format!("{x:e}")] {
                prop_assert_eq!(decimal(&text).map(|x| rug::Float::with_val(4000, x).to_f64()), Some(x));
            }
        }
    }
}
