//! One network of an ensemble, layer after layer.

use super::{Experiment, Header, InputFile, Record, Shard, Width};
use crate::layer::batch::{self, Batch};
use crate::layer::components::{Activation, Layer};
use crate::layer::observables::{OddTracker, RANK_TOLERANCE, largest, numerical_rank, observe};
use crate::layer::sampled::{self, Plan, Sampler};
use crate::layer::{FastLayer, Gram};
use crate::{Error, Result, bad_input};

/// An experiment, with the batch it starts from if one is given.
///
/// ```
/// use oddpoint::ensemble::{Ensemble, Experiment};
/// use oddpoint::layer::components::Layer;
/// let ensemble = Ensemble::new(Experiment::random(20, Layer::parse("rc,nl", None)?, 400), None)?;
/// let last = ensemble.replica(0)?.last().unwrap()?;
/// assert_eq!(last.layer, 400);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ensemble {
    experiment: Experiment,
    given: Option<Start>,
}

/// A batch, and what the first layer sees of it.
#[derive(Clone, Debug)]
struct Start {
    batch: Batch,
    /// Recentred already if the layer does that, which is more accurate than to do it to the Gram matrix.
    gram: Gram<f64>,
    ties: Ties,
}

impl Start {
    fn new(batch: Batch, layer: &Layer) -> Result<Self> {
        let mut gram = if layer.recentre { batch.covariance() } else { batch.gram() }?;
        let ties = Ties::new(&batch);
        ties.restore(&mut gram);
        Ok(Self { batch, gram, ties })
    }
}

/// Which samples are equal, and therefore stay so in every layer.
///
/// Under RC the slightest difference between equal samples grows (theory, section 2.1), and one by rounding need not even
/// leave the matrix positive semidefinite; so none is let in.
#[derive(Clone, Debug)]
struct Ties {
    /// For each sample the first that equals it; `None` if no two are equal.
    firsts: Option<Vec<usize>>,
}

impl Ties {
    fn new(batch: &Batch) -> Self {
        let equal = batch.equal_samples();
        let firsts = (!equal.is_empty()).then(|| {
            let mut firsts: Vec<usize> = (0..batch.size()).collect();
            equal.into_iter().for_each(|(first, i)| firsts[i] = first);
            firsts
        });
        Self { firsts }
    }

    /// Gives equal samples equal entries.
    fn restore(&self, gram: &mut Gram<f64>) {
        if let Some(firsts) = &self.firsts {
            *gram = Gram::from_entries(gram.n(), |i, j| *gram.get(firsts[i], firsts[j]));
        }
    }
}

impl Ensemble {
    /// The ensemble of an experiment; `batch` is that of [`Experiment::input`], if there is one.
    ///
    /// # Errors
    /// [`Error::Input`] for parameters out of range, a width too large for the sampler, and a batch that is
    /// not the experiment's.
    pub fn new(experiment: Experiment, batch: Option<Batch>) -> Result<Self> {
        experiment.check()?;
        batch::check_size(experiment.batch_size, experiment.features)?;
        if let Width::Finite(width) = experiment.width {
            plan(&experiment, width, 0).check(experiment.batch_size)?;
        }
        check_input(&experiment, batch.as_ref())?;
        let given = batch.map(|batch| Start::new(batch, &experiment.layer)).transpose()?;
        Ok(Self { experiment, given })
    }

    /// The parameters.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    pub(super) fn header(&self, shard: Shard) -> Header {
        Header::new(self.experiment.clone(), shard)
    }

    /// Replica `number`, from its input on.
    ///
    /// # Guarantees
    /// Its records are a function of the experiment and `number` alone.
    ///
    /// # Errors
    /// [`Error::Input`] for a number that is not below [`Experiment::replicas`].
    pub fn replica(&self, number: u64) -> Result<Replica<'_>> {
        self.start(number, false)
    }

    /// [`replica`](Self::replica) with all its work on one thread, if that is asked for, which changes no bit.
    pub(super) fn start(&self, number: u64, one_thread: bool) -> Result<Replica<'_>> {
        let experiment = &self.experiment;
        if number >= experiment.replicas {
            return Err(bad_input!("replica {number} of {}: they are counted from 0", experiment.replicas));
        }
        let drawn;
        let start = match &self.given {
            Some(start) => start,
            None => {
                let (n, features) = (experiment.batch_size, experiment.features);
                let batch = batch::random_gaussian(n, features, experiment.seed, number)?;
                drawn = Start::new(batch, &experiment.layer)?;
                &drawn
            }
        };
        let network = match Network::new(experiment, number, start, one_thread) {
            Err(Error::NotReached(_)) => None,
            network => Some(network?),
        };
        let tracker = OddTracker::default();
        Ok(Replica { experiment, number, network, layer: 0, next: Some(0), tracker, since: 0 })
    }

    /// About as many numbers as one replica holds in memory.
    pub(super) fn numbers_held(&self) -> u64 {
        let experiment = &self.experiment;
        let (n, features) = (experiment.batch_size as u64, experiment.features as u64);
        let activations = match (experiment.width, experiment.sampler) {
            (Width::Finite(width), Sampler::Weights) => width.saturating_mul(2 * n),
            _ => 0,
        };
        // Matrices of the state and of up to sixteen lanes.
        activations.saturating_add(24 * n * n).saturating_add(2 * n * features)
    }
}

fn plan(experiment: &Experiment, width: u64, replica: u64) -> Plan {
    let Experiment { layer, sampler, seed, .. } = *experiment;
    Plan { layer, sampler, width, seed, replica }
}

/// Whether the batch is the one that the experiment names.
fn check_input(experiment: &Experiment, batch: Option<&Batch>) -> Result<()> {
    let (file, batch) = match (&experiment.input, batch) {
        (None, None) => return Ok(()),
        (Some(file), Some(batch)) => (file, batch),
        (Some(file), None) => return Err(bad_input!("{}: the experiment needs this batch", file.path)),
        (None, Some(_)) => return Err(bad_input!("a batch was given to an experiment that draws its own")),
    };
    let same = (batch.size(), batch.features()) == (experiment.batch_size, experiment.features)
        && InputFile::new(&file.path, batch) == *file;
    if same { Ok(()) } else { Err(bad_input!("{}: not the batch of the experiment", file.path)) }
}

/// A network of either kind.
enum Network {
    Sampled(Box<sampled::Network>),
    /// RC and ReLU at infinite width, of samples that differ.
    Fast {
        layers: FastLayer,
        gram: Gram<f64>,
        covariance: Gram<f64>,
    },
    /// Any layer at infinite width.
    Map {
        layer: Layer,
        ties: Ties,
        gram: Gram<f64>,
        covariance: Gram<f64>,
    },
}

impl Network {
    fn new(experiment: &Experiment, number: u64, start: &Start, one_thread: bool) -> Result<Self> {
        let layer = experiment.layer;
        let Width::Finite(width) = experiment.width else {
            let gram = start.gram.clone();
            let fast = Layer { recentre: true, rescale: false, activation: Activation::Relu };
            if layer == fast && start.ties.firsts.is_none() {
                return Ok(Self::Fast { layers: FastLayer::new(&gram)?, covariance: gram.clone(), gram });
            }
            // With RC the Gram matrix is recentred already; without it, it is the covariance.
            return Ok(Self::Map { layer, ties: start.ties.clone(), covariance: gram.clone(), gram });
        };
        let plan = plan(experiment, width, number);
        let network = match experiment.sampler {
            Sampler::Gram => sampled::Network::from_gram(plan, &start.gram),
            Sampler::Weights => sampled::Network::from_batch(plan, &start.batch),
        }?;
        Ok(Self::Sampled(Box::new(if one_thread { network.on_one_thread() } else { network })))
    }

    /// # Errors
    /// [`Error::NotReached`] if the network has died.
    fn step(&mut self) -> Result<()> {
        match self {
            Self::Sampled(network) => network.step()?,
            Self::Fast { layers, gram, covariance } => {
                layers.step();
                layers.copy_gram(gram);
                layers.copy_covariance(covariance);
            }
            Self::Map { layer, ties, gram, covariance } => {
                // Recentring what is recentred changes nothing.
                let mut next = layer.infinite_width(covariance)?;
                next.scale_to_trace(&(gram.n() as f64));
                ties.restore(&mut next);
                *covariance = layer.covariance(&next);
                ties.restore(covariance);
                *gram = next;
            }
        }
        if self.covariance().trace() > 0.0 {
            Ok(())
        } else {
            Err(Error::NotReached("all samples have become equal".to_owned()))
        }
    }

    fn gram(&self) -> &Gram<f64> {
        match self {
            Self::Sampled(network) => network.gram(),
            Self::Fast { gram, .. } | Self::Map { gram, .. } => gram,
        }
    }

    fn covariance(&self) -> &Gram<f64> {
        match self {
            Self::Sampled(network) => network.covariance(),
            Self::Fast { covariance, .. } | Self::Map { covariance, .. } => covariance,
        }
    }
}

/// The recorded layers of one network, from the input to the last, or to the layer in which it dies.
///
/// # Errors
/// An item is an error if the computation itself fails; the replica ends there.
pub struct Replica<'a> {
    experiment: &'a Experiment,
    number: u64,
    /// `None` if it could not even be made.
    network: Option<Network>,
    layer: u64,
    /// The next layer to be recorded.
    next: Option<u64>,
    tracker: OddTracker,
    since: u64,
}

impl Replica<'_> {
    /// The layers up to `target`, and what is seen there.
    fn go_to(&mut self, target: u64) -> Result<Record> {
        let Some(network) = &mut self.network else {
            return Err(Error::NotReached("no layer".to_owned()));
        };
        let mut before = None;
        while self.layer < target {
            if self.layer + 1 == target {
                before = Some(network.covariance().clone());
            }
            network.step()?;
            self.layer += 1;
            self.since = self.tracker.see(self.layer, largest(network.gram()));
        }
        let covariance = network.covariance();
        // The input has not been through a layer: what the first one sees of it.
        let gram = if target == 0 { covariance } else { network.gram() };
        let seen = observe(covariance, gram);
        if target == 0 {
            self.since = self.tracker.see(0, seen.odd_sample);
        }
        let change = before.map(|before| covariance.sub(&before).frobenius_norm() / before.frobenius_norm());
        let rank = if self.experiment.rank { numerical_rank(gram, RANK_TOLERANCE).ok() } else { None };
        Ok(Record::new(self.number, target, &seen, self.since, rank, change))
    }
}

impl Iterator for Replica<'_> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        let target = self.next.take()?;
        match self.go_to(target) {
            Ok(record) => {
                self.next = self.experiment.next_recorded(target);
                Some(Ok(record))
            }
            Err(Error::NotReached(_)) => {
                let layer = if self.network.is_some() { self.layer + 1 } else { 0 };
                Some(Ok(Record::dead(self.number, layer)))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
