//! Decimal text of an interval, rounded outward: what is printed or stored still encloses.

use super::{Interval, admissible, down, up};
use rug::Float;
use rug::float::Round;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;

/// Numbers with a decimal exponent in this range are written without one.
const PLAIN: std::ops::RangeInclusive<i64> = -5..=20;

/// More digits than this are not shown unless asked for.
const READABLE: usize = 20;

impl Interval {
    /// The endpoints in `digits` significant decimal digits (at least one), the lower rounded down and the upper
    /// rounded up; like `0.125`, `1.5e-20`, `-inf`, which Python, JSON readers and
    /// [`from_decimal`](Self::from_decimal) parse. Zeros after the last digit are left out.
    ///
    /// ```
    /// use oddpoint::arithmetic::{Interval, Real};
    /// let third = Interval::from_integer(53, 1).over(3);
    /// assert_eq!(third.to_decimal(4), ("0.3333".into(), "0.3334".into()));
    /// ```
    pub fn to_decimal(&self, digits: usize) -> (String, String) {
        (decimal(&self.lower, digits, Round::Down), decimal(&self.upper, digits, Round::Up))
    }

    /// The midpoint in `digits` significant digits, rounded to nearest: for reading, not an enclosure. If the
    /// relative width is below `10^−digits`, every number inside is within one unit of the last digit.
    pub fn nearest_decimal(&self, digits: usize) -> String {
        decimal(&self.midpoint(), digits, Round::Nearest)
    }

    /// The interval from `lower` to `upper` in decimals, rounded outward. `None` if either is not a number, or
    /// if they are reversed by more than the precision resolves.
    ///
    /// ```
    /// use oddpoint::arithmetic::Interval;
    /// let x = Interval::from_decimal(53, "0.1", "0.1").unwrap();
    /// // One tenth is no binary number: it lies strictly between the ends.
    /// assert!(*x.lower() < *x.upper());
    /// assert!(Interval::from_decimal(53, "0.2", "0.1").is_none());
    /// ```
    pub fn from_decimal(precision: u32, lower: &str, upper: &str) -> Option<Self> {
        let precision = admissible(precision);
        let lower = down(precision, Float::parse(lower).ok()?);
        let upper = up(precision, Float::parse(upper).ok()?);
        if lower.is_nan() || upper.is_nan() { None } else { Self::new(lower, upper) }
    }

    /// Decimal digits that tell all numbers of this precision apart.
    fn digits(&self) -> usize {
        (f64::from(self.precision()) * std::f64::consts::LOG10_2) as usize + 2
    }

    /// Digits up to the first two in which the endpoints differ.
    fn readable_digits(&self) -> usize {
        let resolved = -self.relative_width().log10();
        let most = self.digits().min(READABLE);
        if resolved.is_finite() { (resolved.max(1.0) as usize + 2).min(most) } else { most }
    }
}

/// `value` in `digits` significant digits, rounded towards `round`.
fn decimal(value: &Float, digits: usize, round: Round) -> String {
    let (negative, text, exponent) = value.to_sign_string_exp_round(10, Some(digits.max(1)), round);
    let sign = if negative && !value.is_zero() { "-" } else { "" };
    let Some(exponent) = exponent else {
        // Zero or infinity.
        return format!("{sign}{text}");
    };
    let text = text.trim_end_matches('0');
    // The value is 0.ddd × 10^exponent = d.dd × 10^(exponent − 1).
    let scientific = i64::from(exponent) - 1;
    if PLAIN.contains(&scientific) {
        return format!("{sign}{}", plain(text, i64::from(exponent)));
    }
    let (first, rest) = text.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}e{scientific}")
}

/// `0.digits × 10^exponent` without an exponent.
fn plain(digits: &str, exponent: i64) -> String {
    let places = exponent.unsigned_abs() as usize;
    if exponent <= 0 {
        format!("0.{}{digits}", "0".repeat(places))
    } else if digits.len() <= places {
        format!("{digits}{}", "0".repeat(places - digits.len()))
    } else {
        let (whole, fraction) = digits.split_at(places);
        format!("{whole}.{fraction}")
    }
}

/// `[lower, upper]`, outward, with enough digits to tell the ends apart; `{:.30}` asks for 30 digits.
impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let digits = formatter.precision().unwrap_or_else(|| self.readable_digits());
        let (lower, upper) = self.to_decimal(digits);
        formatter.pad_integral(true, "", &format!("[{lower}, {upper}]"))
    }
}

/// `{"lo": "…", "hi": "…"}`: outward decimals in as many digits as the precision holds.
impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (lower, upper) = self.to_decimal(self.digits());
        let mut fields = serializer.serialize_struct("Interval", 2)?;
        fields.serialize_field("lo", &lower)?;
        fields.serialize_field("hi", &upper)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Real;
    use super::*;

    fn interval(lower: f64, upper: f64) -> Interval {
        Interval::new(Float::with_val(53, lower), Float::with_val(53, upper)).expect("ordered endpoints")
    }

    fn text(lower: f64, upper: f64, digits: usize) -> (String, String) {
        interval(lower, upper).to_decimal(digits)
    }

    fn pair(lower: &str, upper: &str) -> (String, String) {
        (lower.into(), upper.into())
    }

    #[test]
    fn rounds_away_from_the_inside_for_every_sign() {
        assert_eq!(text(0.926_75, 0.926_75, 3), pair("0.926", "0.927"));
        assert_eq!(text(-0.926_75, -0.926_75, 3), pair("-0.927", "-0.926"));
        assert_eq!(text(-0.1, 0.1, 1), pair("-0.2", "0.2"), "the double 0.1 is above 1/10");
        assert_eq!(text(0.999, 0.999, 2), pair("0.99", "1"));
        assert_eq!(text(0.125, 0.125, 20), pair("0.125", "0.125"));
        assert_eq!(text(0.0, 0.0, 5), pair("0", "0"));
        assert_eq!(text(-0.0, 0.0, 5), pair("0", "0"));
        assert_eq!(text(f64::NEG_INFINITY, f64::INFINITY, 5), pair("-inf", "inf"));
        assert_eq!(text(3.0, 3.0, 0), pair("3", "3"));
    }

    #[test]
    fn exponents_appear_only_where_they_help() {
        assert_eq!(text(0.0625, 12_345.5, 6), pair("0.0625", "12345.5"));
        assert_eq!(text(1.5e-5, 1e20, 30).1, "100000000000000000000");
        assert_eq!(text(1e21, 1e21, 30).0, "1e21");
        assert_eq!(text(0.25_f64.powi(20), 1e300, 3), pair("9.09e-13", "1.01e300"));
        assert_eq!(text(0.25_f64.powi(7), 1200.0, 9), pair("0.0000610351562", "1200"));
        assert_eq!(text(-1.5e-20, -1.5e-20, 2), pair("-1.6e-20", "-1.5e-20"));
        assert_eq!(text(0.5_f64.powi(17), 0.5_f64.powi(17), 12).0, "7.62939453125e-6");
    }

    #[test]
    fn reading_back_encloses() {
        let third = Interval::from_integer(53, 1).over(3);
        let (lower, upper) = third.to_decimal(17);
        let read = Interval::from_decimal(53, &lower, &upper).expect("decimals");
        assert!(third.is_subset_of(&read) && read.relative_width() < 1e-15);
        // One tenth is not a binary fraction: both ends must move.
        let tenth = Interval::from_decimal(53, "0.1", "0.1").expect("decimals");
        assert!(
            *tenth.lower() < rug::Rational::from((1, 10)) && *tenth.upper() > rug::Rational::from((1, 10))
        );
        assert!(Interval::from_decimal(53, "-inf", "inf").expect("decimals").is_whole());
        for (lower, upper) in [("2", "1"), ("nan", "1"), ("0", "NaN"), ("", "1"), ("0", "1x")] {
            assert_eq!(Interval::from_decimal(53, lower, upper), None, "{lower} {upper}");
        }
    }

    #[test]
    fn display_and_json() {
        assert_eq!(interval(0.926_712, 0.926_789).to_string(), "[0.926711, 0.926789]");
        assert_eq!(format!("{:.2}", interval(0.926_712, 0.926_789)), "[0.92, 0.93]");
        assert_eq!(interval(0.5, 0.5).to_string(), "[0.5, 0.5]");
        assert_eq!(interval(-1.0, 1.0).to_string(), "[-1, 1]");
        let json = serde_json::to_string(&interval(0.25, 1.0)).expect("serializable");
        assert_eq!(json, r#"{"lo":"0.25","hi":"1"}"#);
        let third = serde_json::to_string(&Interval::from_integer(53, 1).over(3)).expect("serializable");
        assert_eq!(third, r#"{"lo":"0.33333333333333331","hi":"0.33333333333333338"}"#);
    }
}
