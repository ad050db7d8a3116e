//! A run of `oddpoint verify`: its verdicts, and what else there is to say of it.

use super::{Report, baseline};
use crate::Result;
use crate::claims::Claim;
use crate::claims::baseline::Comparison;
use quick_junit::{TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use std::io::Write;

/// The verdicts, whole or up to an interruption, and what became of a baseline.
pub struct Run {
    /// The verdicts.
    pub report: Report,
    /// Claims that were to be judged when the run was interrupted.
    pub left: Vec<&'static Claim>,
    /// How the verdicts and numbers compare with an earlier run's.
    pub comparison: Option<Comparison>,
}

impl Run {
    /// What an interruption has left to do, `None` of a whole run.
    pub fn interruption(&self) -> Option<String> {
        let (done, ids) = (self.report.outcomes.len(), self.ids_left().join(","));
        let all = done + self.left.len();
        (!self.left.is_empty()).then(|| {
            format!("interrupted: {done} of {all} claims are judged; the same command with --claims {ids} judges the others")
        })
    }

    fn ids_left(&self) -> Vec<&'static str> {
        self.left.iter().map(|claim| claim.id).collect()
    }

    /// For people.
    pub fn to_text(&self, colour: bool) -> String {
        let mut parts = vec![self.report.to_text(colour)];
        parts.extend(self.comparison.as_ref().map(baseline::to_text));
        parts.extend(self.interruption());
        parts.join("\n\n")
    }

    /// The JSON document of the contract, with members `baseline` and `interrupted` where there is something to say.
    pub fn to_json(&self) -> Value {
        let mut document = self.report.to_json();
        if let Some(comparison) = &self.comparison {
            document["baseline"] = baseline::to_json(comparison);
        }
        if !self.left.is_empty() {
            document["interrupted"] = json!({ "not_judged": self.ids_left() });
        }
        document
    }

    /// [`to_json`](Self::to_json) as text: numbers, and rows of them, in one line, so that it is half as long as it would be
    /// and a difference between two documents shows whole rows.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if `out` cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        write_rows(out, &self.to_json(), 0)?;
        Ok(writeln!(out)?)
    }

    /// The JUnit document: a suite of claims, those not judged being skipped, and one for the baseline.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if the document cannot be written.
    pub fn to_junit(&self) -> Result<String> {
        let mut document = self.report.junit();
        document.add_test_suites(self.comparison.as_ref().map(baseline::to_suite));
        if !self.left.is_empty() {
            let mut suite = TestSuite::new("interrupted");
            suite.add_test_cases(
                self.left.iter().map(|claim| TestCase::new(claim.id, TestCaseStatus::skipped())),
            );
            document.add_test_suite(suite);
        }
        document.to_string().map_err(|error| std::io::Error::other(error).into())
    }
}

/// Rows in one line, what holds rows in lines of its own.
fn write_rows(out: &mut dyn Write, value: &Value, depth: usize) -> std::io::Result<()> {
    let members: Vec<(Option<&String>, &Value)> = match value {
        _ if is_row(value) => return write!(out, "{value}"),
        Value::Object(object) => object.iter().map(|(key, member)| (Some(key), member)).collect(),
        Value::Array(array) => array.iter().map(|member| (None, member)).collect(),
        _ => return write!(out, "{value}"),
    };
    let [open, close] = if value.is_object() { ["{", "}"] } else { ["[", "]"] };
    let indent = |depth| " ".repeat(2 * depth);
    for (k, (key, member)) in members.into_iter().enumerate() {
        write!(out, "{}\n{}", if k == 0 { open } else { "," }, indent(depth + 1))?;
        if let Some(key) = key {
            write!(out, "{}: ", json!(key))?;
        }
        write_rows(out, member, depth + 1)?;
    }
    write!(out, "\n{}{close}", indent(depth))
}

/// Whether a value is plain, or an object of plain values and numbers.
fn is_row(value: &Value) -> bool {
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    let number = |value: &Value| {
        value.as_object().is_some_and(|object| {
            let is_number = ["lo", "approx", "estimate"].iter().any(|key| object.contains_key(*key));
            is_number && object.values().all(plain)
        })
    };
    match value {
        Value::Object(object) => object.values().all(|member| plain(member) || number(member)),
        Value::Array(array) => array.iter().all(plain),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_take_a_line() {
        let value = json!({ "a": [], "b": { "c": [{ "n": "7", "x": { "lo": "1", "hi": "2" } }, 3] }, "d": {}, "e": [1, "2"] });
        let mut text = Vec::new();
        write_rows(&mut text, &value, 0).unwrap();
        let text = String::from_utf8(text).unwrap();
        let expected = r#"{
  "a": [],
  "b": {
    "c": [
      {"n":"7","x":{"lo":"1","hi":"2"}},
      3
    ]
  },
  "d": {},
  "e": [1,"2"]
}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
