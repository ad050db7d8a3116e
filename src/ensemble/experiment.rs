//! What determines a run: the parameters of an experiment, and which part of its replicas is asked for.

use crate::digest::sha256;
use crate::layer::batch::{Batch, MAX_SAMPLES, MIN_SAMPLES};
use crate::layer::components::Layer;
use crate::layer::sampled::{MAX_WIDTH, Sampler};
use crate::{Error, Result, bad_input};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The most layers accepted.
pub const MAX_LAYERS: u64 = 10_000_000;
/// The most replicas accepted.
pub const MAX_REPLICAS: u64 = 1_000_000_000;
/// The most records of one replica, if there is more than one: they may have to wait in memory for their turn.
const MAX_WAITING: u64 = 1_000_000;

/// The width of a network's layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Width {
    /// That many neurons, sampled.
    Finite(u64),
    /// The deterministic map of Gram matrices that is the limit.
    Infinite,
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(width) => write!(f, "{width}"),
            Self::Infinite => f.write_str("infinite"),
        }
    }
}

impl FromStr for Width {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.parse() {
            _ if text == "infinite" => Ok(Self::Infinite),
            Ok(width) if (1..=MAX_WIDTH).contains(&width) => Ok(Self::Finite(width)),
            _ => Err(bad_input!(
                "'{text}' is not a width: a whole number from 1 to {MAX_WIDTH}, or `infinite`"
            )),
        }
    }
}

impl From<Width> for String {
    fn from(width: Width) -> Self {
        width.to_string()
    }
}

impl TryFrom<String> for Width {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// A file that a batch was read from: its name, and the SHA-256 of its numbers.
///
/// ```
/// use oddpoint::ensemble::InputFile;
/// use oddpoint::layer::batch::Batch;
/// let batch = Batch::new(vec![vec![1.0], vec![2.0], vec![4.0]])?;
/// let (one, other) = (InputFile::new("a.csv", &batch), InputFile::new("b.csv", &batch));
/// // The numbers, not the file's name, are what the hash is of.
/// assert_eq!(one.sha256, other.sha256);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    /// The name as it was given.
    pub path: String,
    /// Of the samples one after the other, every number in its eight bytes, little-endian; in hexadecimal digits.
    pub sha256: String,
}

impl InputFile {
    /// The identity of `batch`, which was read from `path`.
    ///
    /// # Guarantees
    /// The same for every file format and spelling of the same numbers.
    pub fn new(path: &str, batch: &Batch) -> Self {
        // Adding zero makes a positive zero of a negative one, which is the same number.
        let bytes = batch.samples().iter().flatten().flat_map(|x| (x + 0.0).to_le_bytes());
        Self { path: path.to_owned(), sha256: sha256(&bytes.collect::<Vec<u8>>()) }
    }
}

/// Every parameter of an experiment.
///
/// ```
/// use oddpoint::ensemble::{Ensemble, Experiment, Width};
/// use oddpoint::layer::components::Layer;
/// let mut experiment = Experiment::random(10, Layer::parse("rc,nl", None)?, 5);
/// experiment.width = Width::Finite(500);
/// experiment.replicas = 3;
/// let ensemble = Ensemble::new(experiment, None)?;
/// for number in 0..3 {
///     let records = ensemble.replica(number)?.collect::<oddpoint::Result<Vec<_>>>()?;
///     assert_eq!(records.len(), 6);
///     assert!(records.iter().all(|record| record.replica == number && record.norm_ratio >= Some(1.0)));
/// }
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Samples in the batch.
    pub batch_size: usize,
    /// Features of a sample.
    pub features: usize,
    /// Where the batch comes from; without it every replica has one of its own, with standard normal features.
    pub input: Option<InputFile>,
    /// What follows the linear map in every layer.
    #[serde(flatten)]
    pub layer: Layer,
    /// The width of every layer.
    pub width: Width,
    /// How a layer of finite width is sampled; of no effect at infinite width.
    pub sampler: Sampler,
    /// The number of layers.
    pub layers: u64,
    /// Layers 0 (the input), `every`, `2 every`, … and the last one are recorded.
    pub every: u64,
    /// Whether the numerical rank is recorded, which takes O(n³) a record.
    pub rank: bool,
    /// The number of replicas.
    pub replicas: u64,
    /// The seed of all of them.
    #[serde(with = "decimal")]
    pub seed: u64,
}

impl Experiment {
    /// One replica of infinite width from a random batch of `2 n` features, every layer recorded, with seed 0: to be
    /// changed field by field.
    pub fn random(batch_size: usize, layer: Layer, layers: u64) -> Self {
        Self {
            batch_size,
            features: batch_size.saturating_mul(2),
            input: None,
            layer,
            width: Width::Infinite,
            sampler: Sampler::Gram,
            layers,
            every: 1,
            rank: true,
            replicas: 1,
            seed: 0,
        }
    }

    /// # Errors
    /// [`Error::Input`] for a number out of range; the message names it.
    pub(super) fn check(&self) -> Result<()> {
        check_range("batch size", self.batch_size as u64, MIN_SAMPLES as u64, MAX_SAMPLES as u64)?;
        check_range("layers", self.layers, 1, MAX_LAYERS)?;
        check_range("replicas", self.replicas, 1, MAX_REPLICAS)?;
        check_range("every", self.every, 1, MAX_LAYERS)?;
        if self.width == Width::Infinite && self.input.is_some() && self.replicas > 1 {
            return Err(bad_input!(
                "{} replicas of a given batch at infinite width would all be the same; one is enough",
                self.replicas
            ));
        }
        if self.replicas > 1 && self.records() > MAX_WAITING {
            return Err(bad_input!(
                "{} records a replica; with several replicas at most {MAX_WAITING}: record one layer in {} or fewer",
                self.records(),
                self.layers.div_ceil(MAX_WAITING - 2)
            ));
        }
        Ok(())
    }

    /// Whether anything depends on the seed.
    pub fn is_random(&self) -> bool {
        self.width != Width::Infinite || self.input.is_none()
    }

    /// The number of records of a replica that does not end early.
    pub fn records(&self) -> u64 {
        self.layers.div_ceil(self.every) + 1
    }

    /// The recorded layer after `layer`, if there is one.
    pub(super) fn next_recorded(&self, layer: u64) -> Option<u64> {
        (layer < self.layers).then(|| (layer + self.every).min(self.layers))
    }
}

fn check_range(what: &str, value: u64, least: u64, most: u64) -> Result<()> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(bad_input!("{what} {value}: must be from {least} to {most}"))
    }
}

/// Part `index` of `of` parts of the replicas, counted from 1, written `2/4`.
///
/// Parts are contiguous: of `R` replicas part `I` of `K` has those from `⌊(I − 1) R/K⌋` to `⌊I R/K⌋ − 1`, counted from
/// 0. So their sizes differ by at most one, and one after the other they are all replicas in order.
///
/// ```
/// use oddpoint::ensemble::Shard;
/// let shard: Shard = "2/4".parse()?;
/// assert_eq!(shard.replicas(10), 2..5);
/// assert_eq!(Shard::ALL.replicas(10), 0..10);
/// assert!("0/4".parse::<Shard>().is_err() && "5/4".parse::<Shard>().is_err());
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// The one part of one.
    pub const ALL: Self = Self { index: 1, of: 1 };

    /// Part `index` of `of`.
    ///
    /// # Errors
    /// [`Error::Input`] unless `1 ≤ index ≤ of ≤` [`MAX_REPLICAS`].
    pub fn new(index: u64, of: u64) -> Result<Self> {
        if of == 0 || of > MAX_REPLICAS {
            Err(bad_input!("shard {index}/{of}: there can be 1 to {MAX_REPLICAS} shards"))
        } else if index == 0 || index > of {
            Err(bad_input!("shard {index}/{of}: shards are counted from 1 to {of}"))
        } else {
            Ok(Self { index, of })
        }
    }

    /// Which part it is, from 1.
    pub fn index(self) -> u64 {
        self.index
    }

    /// The number of parts.
    pub fn of(self) -> u64 {
        self.of
    }

    /// The numbers of its replicas, from 0, among `replicas` of them.
    pub fn replicas(self, replicas: u64) -> Range<u64> {
        let bound = |index: u64| (u128::from(index) * u128::from(replicas) / u128::from(self.of)) as u64;
        bound(self.index - 1)..bound(self.index)
    }

    /// # Errors
    /// [`Error::Input`] for more shards than replicas.
    pub(super) fn check(self, replicas: u64) -> Result<()> {
        if self.of > replicas {
            return Err(bad_input!("shard {self} of {replicas} replicas: some shards would be empty"));
        }
        Ok(())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        let (index, of) = parts
            .ok_or_else(|| bad_input!("'{text}' is not a shard I/K, such as 1/4 for the first of four"))?;
        Self::new(index, of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// A number that may exceed 2⁵³ as a string.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("'{text:.60}' is not a whole number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::batch;

    #[test]
    fn shards_are_all_replicas_in_order() {
        for replicas in [1, 2, 7, 100, MAX_REPLICAS] {
            for of in [1, 2, 3, 7] {
                let mut next = 0;
                for index in 1..=of {
                    let part = Shard::new(index, of).unwrap().replicas(replicas);
                    assert_eq!(part.start, next);
                    next = part.end;
                }
                assert_eq!(next, replicas);
            }
        }
    }

    #[test]
    fn shards_that_do_not_exist() {
        for (text, reason) in [
            ("0/4", "counted from 1 to 4"),
            ("5/4", "counted from 1 to 4"),
            ("1/0", "1 to 1000000000 shards"),
            ("1", "not a shard I/K"),
            ("-1/4", "not a shard I/K"),
            ("a/b", "not a shard I/K"),
            ("", "not a shard I/K"),
        ] {
            let message = text.parse::<Shard>().unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
        assert!(Shard::new(3, 4).unwrap().check(3).unwrap_err().to_string().contains("would be empty"));
    }

    #[test]
    fn recorded_layers_end_with_the_last() {
        let mut experiment = Experiment::random(5, Layer::parse("rc,nl", None).unwrap(), 10);
        for (every, expected) in
            [(1, (0..=10).collect()), (4, vec![0, 4, 8, 10]), (5, vec![0, 5, 10]), (99, vec![0, 10])]
        {
            experiment.every = every;
            let recorded: Vec<u64> =
                std::iter::successors(Some(0), |&layer| experiment.next_recorded(layer)).collect();
            assert_eq!(recorded, expected);
            assert_eq!(experiment.records(), recorded.len() as u64);
        }
    }

    #[test]
    fn numbers_identify_an_input_and_their_spelling_does_not() {
        let batch =
            |zero: f64| batch::Batch::new(vec![vec![1.0, zero], vec![2.0, 5.0], vec![3.0, 6.0]]).unwrap();
        let file = InputFile::new("x.csv", &batch(0.0));
        assert_eq!(file, InputFile::new("x.csv", &batch(-0.0)));
        assert_ne!(file, InputFile::new("x.csv", &batch(1e-300)));
        assert_eq!(file.sha256.len(), 64);
    }

    #[test]
    fn an_experiment_is_read_as_it_is_written() {
        let mut experiment = Experiment::random(5, Layer::parse("rs,nl", None).unwrap(), 10);
        experiment.seed = u64::MAX;
        experiment.width = Width::Finite(MAX_WIDTH);
        let text = serde_json::to_string(&experiment).unwrap();
        assert!(
            text.contains(r#""components":["rs","nl"],"activation":"relu","width":"1000000000000""#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Experiment>(&text).unwrap(), experiment);
    }
}
