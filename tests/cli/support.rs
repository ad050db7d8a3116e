//! Running the tool, and reading what it prints.

use assert_cmd::Command;
use rug::Float;
use rug::ops::CompleteRound;
use serde_json::Value;
use std::path::PathBuf;

/// Bits for reading decimal strings: twice what 60 digits take.
const BITS: u32 = 400;

/// The tool with the words of a line as arguments.
pub fn oddpoint(line: &str) -> Command {
    oddpoint_with(&line.split_whitespace().collect::<Vec<_>>())
}

/// The tool with arguments that may be empty or hold spaces.
pub fn oddpoint_with(arguments: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("oddpoint");
    command.args(arguments);
    command
}

/// What the tool prints, on success.
pub fn text(line: &str) -> String {
    let output = oddpoint(line).assert().success().stderr("").get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

/// The JSON document that the tool prints, on success.
pub fn json(line: &str) -> Value {
    serde_json::from_str(&text(line)).unwrap()
}

/// The line on stderr with which the tool refuses: nothing on stdout, status 2.
pub fn refused(arguments: &[&str]) -> String {
    let assert = oddpoint_with(arguments).assert().code(2).stdout("");
    let message = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(message.starts_with("oddpoint: ") && message.ends_with('\n'), "{arguments:?}: {message:?}");
    assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
    message
}

/// Each line of arguments is refused in words that name the value and say what is accepted.
pub fn all_refused(command: &str, cases: &[(&[&str], &[&str])]) {
    for (arguments, named) in cases {
        let arguments = [&[command], *arguments].concat();
        let message = refused(&arguments);
        for words in *named {
            assert!(message.contains(words), "{arguments:?}: {message}");
        }
    }
}

/// A golden file.
pub fn golden(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The member of an array whose field has that value.
pub fn member<'a>(array: &'a Value, field: &str, value: &str) -> &'a Value {
    array.as_array().unwrap().iter().find(|member| member[field] == value).unwrap()
}

/// The keys of an object, in the document's order.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn number(text: &str) -> Float {
    Float::parse(text).unwrap().complete(BITS)
}

/// A rigorous number of the contract: `{"lo": "…", "hi": "…"}` and nothing else.
pub struct Enclosure {
    lo: Float,
    hi: Float,
}

impl Enclosure {
    pub fn read(value: &Value) -> Self {
        assert_eq!(keys(value), ["lo", "hi"]);
        let [lo, hi] = ["lo", "hi"].map(|end| number(value[end].as_str().unwrap()));
        assert!(lo <= hi, "{value}");
        Self { lo, hi }
    }

    /// Whether it is as narrow as `--digits` promises, relative to its smaller end.
    pub fn has_digits(&self, digits: u32) -> bool {
        let width = Float::with_val(BITS, &self.hi - &self.lo);
        let least = self.lo.clone().abs().min(&self.hi.clone().abs());
        width <= least * Float::u_pow_u(10, digits).complete(BITS).recip()
    }

    /// Whether it contains a golden value, which is rounded to nearest at 60 significant digits: off by up to half
    /// a unit of the last, so by less than 10⁻⁵⁹ of itself.
    pub fn contains_golden(&self, value: &Value) -> bool {
        let value = number(value.as_str().unwrap());
        let slack = value.clone().abs() * Float::u_pow_u(10, 59).complete(BITS).recip();
        self.lo <= Float::with_val(BITS, &value + &slack) && Float::with_val(BITS, &value - &slack) <= self.hi
    }
}

/// An approximate number of the contract: `{"approx": "…"}` and nothing else.
pub fn approximate(value: &Value) -> f64 {
    assert_eq!(keys(value), ["approx"]);
    value["approx"].as_str().unwrap().parse().unwrap()
}
