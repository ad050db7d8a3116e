//! Axes with round ticks, linear or logarithmic, as coordinates for `plotters` (whose logarithmic ones label odd places).

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// A range of values on a scale.
#[derive(Clone)]
pub(super) struct Axis {
    label: String,
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Axis {
    pub fn linear(label: &str, low: f64, high: f64) -> Self {
        Self { label: label.to_owned(), low, high, logarithmic: false }
    }

    pub fn log(label: &str, low: f64, high: f64) -> Self {
        Self { label: label.to_owned(), low, high, logarithmic: true }
    }

    /// What it measures.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether a value lies on it, up to rounding.
    pub fn holds(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.share(value))
    }

    /// The nearest value on it.
    pub fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }

    /// Where a value lies: 0 at the low end, 1 at the high end.
    fn share(&self, value: f64) -> f64 {
        let [low, high] = self.places();
        (self.place(value) - low) / (high - low)
    }

    fn place(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    fn places(&self) -> [f64; 2] {
        [self.low, self.high].map(|value| self.place(value))
    }

    /// Some three to ten round values.
    fn ticks(&self) -> Vec<f64> {
        let [low, high] = self.places();
        let decades = high - low;
        let marks: Vec<f64> = if !self.logarithmic {
            multiples(low, high, round_step(decades / 6.0))
        } else if decades < 2.5 {
            let digits = if decades < 1.2 { &[1.0, 2.0, 3.0, 5.0, 7.0][..] } else { &[1.0, 2.0, 5.0] };
            let powers = low.floor() as i32..=high.ceil() as i32;
            powers.flat_map(|k| digits.iter().map(move |digit| digit * 10_f64.powi(k))).collect()
        } else {
            multiples(low, high, round_step(decades / 6.0).max(1.0)).iter().map(|k| 10_f64.powf(*k)).collect()
        };
        marks.into_iter().filter(|mark| self.holds(*mark)).collect()
    }
}

/// The multiples of `step` about a range.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let [first, last] = [low, high].map(|end| (end / step).round() as i64);
    (first..=last).map(|k| k as f64 * step).collect()
}

/// 1, 2 or 5 times a power of ten, the least that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= 0.999 * rough);
    factor.unwrap_or(10.0) * power
}

/// What is written at a tick: a few digits, or a power of ten; with a proper minus sign.
fn words(value: f64, logarithmic: bool) -> String {
    let exponent = value.log10().round();
    if logarithmic && !(-2.0..=3.0).contains(&exponent) {
        return power_of_ten(exponent as i64);
    }
    let rounded = (value * 1e6).round() / 1e6;
    // Adding zero makes a positive zero of a negative one.
    (rounded + 0.0).to_string().replace('-', "−")
}

fn power_of_ten(exponent: i64) -> String {
    let superscript = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + u32::from(digit) - u32::from('0')).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(superscript).collect::<String>())
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        (f64::from(from) + self.share(*value) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Plotters asks for light points as well, which are none here.
        if hint.bold_points() > 0 { self.ticks() } else { vec![] }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        words(*value, self.logarithmic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<String> {
        axis.ticks().iter().map(|tick| axis.format_ext(tick)).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(&Axis::linear("", -0.2, 1.0)), ["−0.2", "0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(&Axis::linear("", 0.0, 1850.0)), ["0", "500", "1000", "1500"]);
        assert_eq!(labels(&Axis::log("", 3.0, 30.0)), ["3", "5", "7", "10", "20", "30"]);
        assert_eq!(
            labels(&Axis::log("", 1e-60, 1.0)),
            ["10⁻⁶⁰", "10⁻⁵⁰", "10⁻⁴⁰", "10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "1"]
        );
    }

    #[test]
    fn values_have_their_places() {
        let axis = Axis::log("", 1.0, 100.0);
        assert_eq!(
            (axis.map(&1.0, (0, 400)), axis.map(&10.0, (0, 400)), axis.map(&100.0, (400, 0))),
            (0, 200, 0)
        );
        assert!(axis.holds(100.0) && !axis.holds(101.0) && !axis.holds(f64::NAN));
    }
}
