//! The first line of a file: what every record in it belongs to.

use super::{Experiment, Shard};
use crate::{Result, bad_input};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Name and version of the format.
pub const SCHEMA: &str = "oddpoint.simulate/4";

/// Every parameter of a run. Whoever has it (and the input file) can repeat the run.
///
/// ```
/// use oddpoint::ensemble::{Experiment, Header, SCHEMA, Shard};
/// use oddpoint::layer::components::Layer;
/// let header = Header::new(Experiment::random(10, Layer::parse("rc,nl", None)?, 20), Shard::ALL);
/// assert_eq!(serde_json::to_value(&header).unwrap()["schema"], SCHEMA);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    schema: String,
    version: String,
    /// What was run.
    #[serde(flatten)]
    pub experiment: Experiment,
    /// Which part of it.
    pub shard: Shard,
}

impl Header {
    /// The header of a part of an experiment, as this version writes it.
    pub fn new(experiment: Experiment, shard: Shard) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { schema: SCHEMA.to_owned(), version, experiment, shard }
    }

    /// One line of JSON, without its end.
    pub(super) fn to_line(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| bad_input!("the parameters cannot be written: {error}"))
    }

    /// Reads what [`to_line`](Self::to_line) wrote.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) for anything that this version would not have written.
    pub(super) fn parse(line: &str) -> Result<Self> {
        let found = fields(line)?;
        let own = |name: &str, value: &str| match found.get(name) {
            Some(Value::String(text)) if text == value => Ok(()),
            other => Err(bad_input!("{name} {} where this is {name} {value}", show(other))),
        };
        own("schema", SCHEMA)?;
        own("version", env!("CARGO_PKG_VERSION"))?;
        let header: Self =
            serde_json::from_str(line).map_err(|error| bad_input!("its header is damaged: {error}"))?;
        header.experiment.check()?;
        header.shard.check(header.experiment.replicas)?;
        if header.to_line()? == line {
            Ok(header)
        } else {
            Err(bad_input!("its header is not as this version writes it"))
        }
    }

    /// In what another header, given as its line, differs from this, which `here` refers to: with "this is" for instance
    /// `width 500 where this is width 1000`.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) if the line is no header at all.
    pub(super) fn differences(&self, line: &str, here: &str) -> Result<Vec<String>> {
        let (theirs, ours) = (fields(line)?, fields(&self.to_line()?)?);
        let only_theirs = theirs.keys().filter(|name| !ours.contains_key(*name));
        let differing = ours.keys().chain(only_theirs).filter(|name| ours.get(*name) != theirs.get(*name));
        Ok(differing
            .map(|name| {
                let (theirs, ours) = (show(theirs.get(name)), show(ours.get(name)));
                format!("{name} {theirs} where {here} {name} {ours}")
            })
            .collect())
    }
}

/// The fields of a header of any version.
fn fields(line: &str) -> Result<Map<String, Value>> {
    match serde_json::from_str(line) {
        Ok(Value::Object(fields)) if is_header(&fields) => Ok(fields),
        _ => Err(bad_input!("its first line is not a header of `oddpoint simulate`")),
    }
}

fn is_header(fields: &Map<String, Value>) -> bool {
    fields
        .get("schema")
        .and_then(Value::as_str)
        .is_some_and(|schema| schema.starts_with("oddpoint.simulate/"))
}

/// A value without the quotes around a string, and not too much of it.
fn show(value: Option<&Value>) -> String {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "missing".to_owned(),
    };
    if text.chars().count() > 120 { text.chars().take(120).chain(['…']).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::components::Layer;

    fn header() -> Header {
        Header::new(Experiment::random(5, Layer::parse("rc,nl", None).unwrap(), 10), Shard::ALL)
    }

    #[test]
    fn a_header_is_read_as_it_is_written() {
        let line = header().to_line().unwrap();
        assert_eq!(Header::parse(&line).unwrap(), header());
        assert!(header().differences(&line, "this is").unwrap().is_empty());
    }

    #[test]
    fn what_differs_is_named() {
        let line = header().to_line().unwrap();
        for (old, new, expected) in [
            (r#""seed":"0""#, r#""seed":"7""#, "seed 7 where this is seed 0"),
            (r#""width":"infinite""#, r#""width":"10""#, "width 10 where this is width infinite"),
            (r#""features":10,"#, "", "features missing where this is features 10"),
            (r#""version":"#, r#""extra":1,"version":"#, "extra 1 where this is extra missing"),
        ] {
            let other = line.replace(old, new);
            assert_eq!(header().differences(&other, "this is").unwrap(), [expected]);
        }
        let message = header().differences("1,2,3", "this is").unwrap_err().to_string();
        assert!(message.contains("not a header"), "{message}");
    }

    #[test]
    fn headers_that_this_version_did_not_write() {
        let line = header().to_line().unwrap();
        for (old, new, reason) in [
            (
                "simulate/4",
                "simulate/1",
                "schema oddpoint.simulate/1 where this is schema oddpoint.simulate/4",
            ),
            (env!("CARGO_PKG_VERSION"), "0.0.7", "version 0.0.7 where this is"),
            (r#""layers":10"#, r#""layers":0"#, "layers 0: must be from 1"),
            (r#""layers":10"#, r#""layers":10.0"#, "damaged"),
            (r#""shard":"1/1""#, r#""shard":"2/1""#, "damaged"),
            (r#""shard":"1/1""#, r#""shard":"1/2""#, "would be empty"),
            (r#","shard""#, r#", "shard""#, "not as this version writes it"),
        ] {
            let message = Header::parse(&line.replace(old, new)).unwrap_err().to_string();
            assert!(message.contains(reason), "{new}: {message}");
        }
    }
}
