//! Networks of finite width: sampled layers, literally or in law.
//!
//! Theory, sections 1 and 4. A layer of width `d` has iid `N(0, 1)` weights `W`, pre-activations `Z = W X/√d₋` (`d₋`
//! the width of its input `X`), then the components of a [`Layer`]. Given `G = XᵀX/d₋` the rows of `Z` are iid
//! `N(0, G)`, exactly, at every width. Hence two samplers, equal in law:
//!
//! * [`Sampler::Weights`] draws `W` and multiplies: O(d d₋ n) work, O(d n) memory;
//! * [`Sampler::Gram`] draws `d` rows from `N(0, G)`: O(d n²) work, O(n²) memory whatever the width.
//!
//! Without RS the layer is homogeneous and its scale drifts by a factor a layer, out of range after some thousand;
//! so after every layer the trace of `G` is set to `n`, and the factor is reported as [`Network::growth`].
//!
//! # Random streams
//! Rows are drawn in blocks of 128. Each block has a generator of its own, xoshiro256++, and the 256 bits of its state
//! are the first of a stream of ChaCha8: its key is (seed, replica, layer, sampler), 64 bits each, its stream number the
//! block. So any (seed, replica, layer, block) can be drawn alone, and no two share a state but by a chance of
//! 2⁻²⁵⁶ a pair. (ChaCha8 alone would take twice the time.) Blocks are shared out over a number of lanes that depends on
//! `n` and `d` alone, and the lanes' sums are added in order.
//!
//! # Cost
//! Each of the `d n` normals costs about `n` floating-point operations for its product with the factor, which is
//! triangular, and as many for the Gram matrix, of which half is summed. A block stays in the second-level cache from
//! its normals to its sums (but for the factor, and beyond some hundred samples). The normals are the library's.
//!
//! What this shows is a sample: no bound on anything.

use super::Gram;
use super::batch::{Batch, MAX_NUMBERS, MAX_SAMPLES, MIN_SAMPLES};
use super::components::{Activation, Layer};
use super::factor::Factor;
use super::strips::{self, GROUP, Group, STRIP, Strip, Tile, strips};
use crate::{Error, Result, bad_input};
use fearless_simd::{Level, dispatch};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The largest width accepted.
pub const MAX_WIDTH: u64 = 1_000_000_000_000;

/// Rows that are drawn at a time. Fixed, because the streams and the order of the sums depend on it.
const BLOCK: usize = 128;
/// Features that are multiplied at a time.
const DEPTH: usize = 256;
/// Entries of a matrix that are worth sharing out among threads, if each takes a few operations.
const SHARED_FROM: usize = 1 << 13;
/// The most lanes among which blocks are shared out, and the numbers that all their sums may take.
const MAX_LANES: u64 = 16;
const MAX_LANE_NUMBERS: u64 = 1 << 25;

/// How a layer is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampler {
    /// Rows of pre-activations from `N(0, G)`.
    Gram,
    /// Weights, multiplied with the activations.
    Weights,
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gram => "gram",
            Self::Weights => "weights",
        })
    }
}

impl FromStr for Sampler {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "gram" => Ok(Self::Gram),
            "weights" => Ok(Self::Weights),
            _ => Err(bad_input!("sampler '{text}': choose gram or weights")),
        }
    }
}

/// Everything that determines a network, but for its input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What follows the linear map in every layer.
    pub layer: Layer,
    /// How layers are sampled.
    pub sampler: Sampler,
    /// The width `d` of every layer.
    pub width: u64,
    /// The seed of an ensemble.
    pub seed: u64,
    /// The number of this network within its ensemble.
    pub replica: u64,
}

impl Plan {
    /// # Errors
    /// [`Error::Input`] for a width of zero, above [`MAX_WIDTH`], or too large for the activations to be held.
    pub(crate) fn check(&self, n: usize) -> Result<()> {
        let width = self.width;
        if width == 0 || width > MAX_WIDTH {
            return Err(bad_input!("width {width}: must be from 1 to {MAX_WIDTH}"));
        }
        let held = u128::from(width) * n as u128;
        if self.sampler == Sampler::Weights && held > MAX_NUMBERS as u128 {
            return Err(bad_input!(
                "width {width} with {n} samples: the sampler `weights` holds at most {MAX_NUMBERS} activations; use `gram`"
            ));
        }
        Ok(())
    }

    fn blocks(&self) -> u64 {
        self.width.div_ceil(BLOCK as u64)
    }

    /// Rows in a block: the last one may have fewer.
    fn rows(&self, block: u64) -> usize {
        (self.width - block * BLOCK as u64).min(BLOCK as u64) as usize
    }

    fn lanes(&self, n: usize) -> u64 {
        let affordable = (MAX_LANE_NUMBERS / (n * n) as u64).max(2);
        self.blocks().min(MAX_LANES).min(affordable)
    }

    /// The generator of one block.
    fn generator(&self, layer: u64, block: u64) -> Xoshiro256PlusPlus {
        let sampler = match self.sampler {
            Sampler::Gram => *b"gram    ",
            Sampler::Weights => *b"weights ",
        };
        let words = [self.seed.to_le_bytes(), self.replica.to_le_bytes(), layer.to_le_bytes(), sampler];
        let mut key = [0; 32];
        key.chunks_mut(8).zip(words).for_each(|(part, word)| part.copy_from_slice(&word));
        let mut seeds = ChaCha8Rng::from_seed(key);
        seeds.set_stream(block);
        Xoshiro256PlusPlus::from_rng(&mut seeds)
    }
}

/// One network, layer after layer.
///
/// # Guarantees
/// The Gram matrices depend on the plan and the input only: the same to the last bit for any number of threads and any
/// vector instructions. (Between platforms they may differ, as far as the logarithms and exponentials behind one normal
/// in a hundred do.) Equal samples stay equal to the last bit. Memory is O(n²) for [`Sampler::Gram`]. Nothing is
/// allocated from one block of rows to the next.
///
/// ```
/// use oddpoint::layer::{batch, components::Layer, sampled::{Network, Plan, Sampler}};
/// let layer = Layer::parse("rc,nl", None)?;
/// let plan = Plan { layer, sampler: Sampler::Gram, width: 500, seed: 1, replica: 0 };
/// let mut network = Network::from_batch(plan, &batch::random_gaussian(10, 20, 1, 0)?)?;
/// for _ in 0..300 {
///     network.step()?;
/// }
/// // One sample has gone astray: its norm is several times that of the others.
/// let largest = (0..10).map(|i| *network.gram().get(i, i)).fold(0.0, f64::max);
/// assert!(largest > 5.0 && (network.gram().trace() - 10.0).abs() < 1e-12);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    plan: Plan,
    one_thread: bool,
    layers: u64,
    growth: f64,
    gram: Gram<f64>,
    covariance: Gram<f64>,
    factor: Factor,
    /// The factor in strips, and where each sample is among them.
    packed: Vec<Vec<Strip>>,
    places: Vec<usize>,
    lanes: Vec<Lane>,
    /// For [`Sampler::Weights`] alone.
    activations: Option<Activations>,
}

impl Network {
    /// A network whose input has the Gram matrix `input`; its scale does not matter.
    ///
    /// [`Sampler::Weights`] starts from a factor of it: as good as any input with that Gram matrix.
    ///
    /// # Errors
    /// [`Error::Input`] for a width that is not accepted, fewer than [`MIN_SAMPLES`] or more than [`MAX_SAMPLES`]
    /// samples, or a matrix that is not finite, of positive trace and positive semidefinite.
    pub fn from_gram(plan: Plan, input: &Gram<f64>) -> Result<Self> {
        let mut network = Self::new(plan, input.clone())?;
        let mut factor = Factor::new(input.n());
        let linear = Layer { recentre: false, rescale: false, activation: Activation::Linear };
        factor.compute(&linear, &network.gram, &network.gram, false)?;
        if plan.sampler == Sampler::Weights {
            network.activations = Some(Activations::from_factor(&factor, input.n()));
        }
        Ok(network)
    }

    /// A network whose input is `batch`, up to its scale.
    ///
    /// # Errors
    /// [`Error::Input`] for a width that is not accepted.
    pub fn from_batch(plan: Plan, batch: &Batch) -> Result<Self> {
        let mut network = Self::new(plan, batch.gram()?)?;
        if plan.sampler == Sampler::Weights {
            network.activations = Some(Activations::from_batch(batch));
        }
        Ok(network)
    }

    fn new(plan: Plan, mut gram: Gram<f64>) -> Result<Self> {
        let n = gram.n();
        plan.check(n)?;
        if !(MIN_SAMPLES..=MAX_SAMPLES).contains(&n) {
            return Err(bad_input!("{n} samples; a network needs {MIN_SAMPLES} to {MAX_SAMPLES}"));
        }
        gram.scale_to_trace(&(n as f64));
        let negative = (0..n).any(|i| *gram.get(i, i) < 0.0);
        if negative || !gram.entries().iter().all(|x| x.is_finite()) {
            return Err(bad_input!("the input needs a Gram matrix of finite entries and positive trace"));
        }
        let lanes = (0..plan.lanes(n)).map(|lane| Lane::new(&plan, n, lane)).collect();
        Ok(Self {
            plan,
            one_thread: false,
            layers: 0,
            growth: 1.0,
            covariance: plan.layer.covariance(&gram),
            gram,
            factor: Factor::new(n),
            packed: Vec::new(),
            places: (0..n).collect(),
            lanes,
            activations: None,
        })
    }

    /// The same network, with all its work on the thread that calls [`step`](Self::step): for ensembles, whose
    /// replicas keep all threads busy. It changes no bit of the result.
    #[must_use]
    pub fn on_one_thread(mut self) -> Self {
        self.one_thread = true;
        self
    }

    /// One layer further.
    ///
    /// # Errors
    /// [`Error::NotReached`] if the network cannot be continued, because no neuron is active for any sample (which
    /// happens at small widths without RC), or because all samples have become equal under RC. The state is then that
    /// before the step.
    pub fn step(&mut self) -> Result<()> {
        let layer = self.layers + 1;
        let lost = |error: Error| match error {
            Error::NotReached(reason) => Error::NotReached(format!("layer {layer}: {reason}")),
            other => other,
        };
        if self.activations.is_none() {
            let Self { plan, gram, covariance, one_thread, .. } = self;
            self.factor.compute(&plan.layer, gram, covariance, *one_thread).map_err(lost)?;
            self.pack();
        }
        let source = match &self.activations {
            Some(activations) => Source::Activations(activations),
            None => Source::Factor(&self.packed, self.factor.rank()),
        };
        let job = Job { plan: &self.plan, layer, n: self.gram.n(), source };
        if self.one_thread {
            self.lanes.iter_mut().for_each(|lane| lane.run(&job));
        } else {
            self.lanes.par_iter_mut().with_max_len(1).for_each(|lane| lane.run(&job));
        }
        self.collect().map_err(lost)
    }

    /// Brings the factor into strips, the samples with the fewest columns first: what those have not is left out.
    fn pack(&mut self) {
        let (n, factor) = (self.gram.n(), &self.factor);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| factor.reach(i));
        order.iter().enumerate().for_each(|(place, &i)| self.places[i] = place);
        self.packed.resize(strips(n), Vec::new());
        for (strip, samples) in self.packed.iter_mut().zip(order.chunks(STRIP)) {
            let reach = samples.iter().map(|&i| factor.reach(i)).fold(0, usize::max);
            strip.clear();
            strip.extend(factor.columns().chunks(n).take(reach).map(|column| {
                let mut numbers = [0.0; STRIP];
                numbers.iter_mut().zip(samples).for_each(|(number, &i)| *number = column[i]);
                numbers
            }));
        }
    }

    /// Adds up the lanes.
    fn collect(&mut self) -> Result<()> {
        let n = self.gram.n();
        let (total, others) = self.lanes.split_first_mut().expect("there is at least one block, so one lane");
        let add = |(k, tile): (usize, &mut Tile)| {
            others.iter().for_each(|lane| strips::add(tile, &lane.gram[k]));
        };
        if self.one_thread {
            total.gram.iter_mut().enumerate().for_each(add);
        } else {
            total.gram.par_iter_mut().enumerate().with_min_len(SHARED_FROM / (STRIP * STRIP)).for_each(add);
        }
        let sum = |i: usize, j: usize| {
            let (i, j) = (self.places[i], self.places[j]);
            strips::entry(&total.gram, i.max(j), i.min(j))
        };
        let trace: f64 = (0..n).map(|i| sum(i, i)).sum();
        let width = self.plan.width;
        if trace <= 0.0 {
            return Err(Error::NotReached(format!(
                "no neuron is active for any sample, the network is dead (width {width}); use a larger width or recentring"
            )));
        }
        let factor = n as f64 / trace;
        let set = |(i, row): (usize, &mut [f64])| {
            row.iter_mut().enumerate().for_each(|(j, entry)| *entry = sum(i, j) * factor);
        };
        let rows = self.gram.entries_mut();
        if self.one_thread {
            rows.chunks_mut(n).enumerate().for_each(set);
        } else {
            rows.par_chunks_mut(n).enumerate().with_min_len(SHARED_FROM.div_ceil(n)).for_each(set);
        }
        self.growth = 1.0 / factor / width as f64;
        self.covariance = self.plan.layer.covariance(&self.gram);
        if let Some(activations) = &mut self.activations {
            activations.take_outputs(&mut self.lanes, width, self.growth);
        }
        self.layers += 1;
        Ok(())
    }

    /// What the network was made from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The number of layers behind.
    pub fn layers(&self) -> u64 {
        self.layers
    }

    /// The Gram matrix `XᵀX/d` of the latest layer's output, the input at first, with its trace set to `n`.
    pub fn gram(&self) -> &Gram<f64> {
        &self.gram
    }

    /// The covariance over the batch of the next layer's neurons after RC: [`Layer::covariance`] of
    /// [`gram`](Self::gram).
    pub fn covariance(&self) -> &Gram<f64> {
        &self.covariance
    }

    /// The factor by which the latest layer multiplied the trace; 1 before the first. So `growth · gram` is the
    /// output's Gram matrix for an input of trace `n`.
    pub fn growth(&self) -> f64 {
        self.growth
    }
}

/// Activations of a layer: blocks of features, each in strips.
#[derive(Clone, Debug)]
struct Activations {
    width: u64,
    /// What the numbers are to be multiplied with for a Gram matrix of trace `n`.
    scale: f64,
    /// One of these from each lane.
    parts: Vec<Vec<Strip>>,
}

impl Activations {
    fn new(features: usize, n: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let number = |k: usize, i: usize| if i < n { value(k, i) } else { 0.0 };
        let mut part: Vec<Strip> = Vec::with_capacity(features * strips(n));
        for first in (0..features).step_by(BLOCK) {
            for strip in 0..strips(n) {
                let block = first..features.min(first + BLOCK);
                part.extend(block.map(|k| std::array::from_fn(|c| number(k, strip * STRIP + c))));
            }
        }
        let squares: f64 = part.as_flattened().iter().map(|x| x * x).sum();
        let scale = (features as f64 * n as f64 / squares).sqrt();
        Self { width: features as u64, scale, parts: vec![part] }
    }

    fn from_batch(batch: &Batch) -> Self {
        let samples = batch.samples();
        let largest = samples.iter().flatten().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        Self::new(batch.features(), batch.size(), |k, i| samples[i][k] / largest)
    }

    fn from_factor(factor: &Factor, n: usize) -> Self {
        Self::new(factor.rank(), n, |k, i| factor.columns()[k * n + i])
    }

    /// Blocks of at most [`BLOCK`] features. (The last one may have up to three more, which are zero.)
    fn blocks(&self, n: usize) -> impl Iterator<Item = &[Strip]> {
        self.parts.iter().flat_map(move |part| part.chunks(BLOCK * strips(n)))
    }

    fn take_outputs(&mut self, lanes: &mut [Lane], width: u64, growth: f64) {
        self.parts.resize(lanes.len(), Vec::new());
        self.parts.iter_mut().zip(lanes).for_each(|(part, lane)| std::mem::swap(part, &mut lane.outputs));
        (self.width, self.scale) = (width, growth.sqrt().recip());
    }
}

/// What all lanes of one layer share.
struct Job<'a> {
    plan: &'a Plan,
    layer: u64,
    n: usize,
    source: Source<'a>,
}

enum Source<'a> {
    /// The factor of the covariance after RC, in strips, and its rank.
    Factor(&'a [Vec<Strip>], usize),
    Activations(&'a Activations),
}

/// A sequence of blocks of rows, the sum of their products, and memory to work in.
#[derive(Clone, Debug)]
struct Lane {
    first_block: u64,
    end_block: u64,
    /// Of a block of rows and at most [`DEPTH`] features, in groups.
    normals: Vec<Group>,
    /// A block of neurons, in strips.
    neurons: Vec<Strip>,
    /// `Σ xᵢ xⱼ`.
    gram: Vec<Tile>,
    /// Blocks of activations, if the next layer needs them.
    outputs: Vec<Strip>,
}

impl Lane {
    fn new(plan: &Plan, n: usize, lane: u64) -> Self {
        let bound =
            |lane: u64| (u128::from(lane) * u128::from(plan.blocks()) / u128::from(plan.lanes(n))) as u64;
        let groups = plan.rows(0).div_ceil(GROUP);
        let across = if plan.sampler == Sampler::Gram { n.min(DEPTH) } else { BLOCK };
        Self {
            first_block: bound(lane),
            end_block: bound(lane + 1),
            normals: vec![[0.0; GROUP]; groups * across],
            neurons: vec![[0.0; STRIP]; groups * GROUP * strips(n)],
            gram: vec![strips::ZERO; strips::tiles(n)],
            outputs: Vec::new(),
        }
    }

    fn run(&mut self, job: &Job) {
        dispatch!(Level::new(), _ => self.run_here(job));
    }

    /// All blocks: to be inlined into a function compiled for the processor at hand, as is all that it calls but for the
    /// normals.
    #[inline(always)]
    fn run_here(&mut self, job: &Job) {
        let Self { first_block, end_block, normals, neurons, gram, outputs } = self;
        gram.fill(strips::ZERO);
        outputs.clear();
        for block in *first_block..*end_block {
            let rows = job.plan.rows(block);
            // What fills up the last group is zero, and adds nothing to the sums.
            let filled = rows.next_multiple_of(GROUP);
            let neurons = &mut neurons[..filled * strips(job.n)];
            job.draw(block, rows, normals, neurons);
            job.activate(filled, neurons);
            strips::accumulate(neurons, neurons, filled, 0..strips(job.n), gram);
            if let Source::Activations(_) = job.source {
                outputs.extend_from_slice(neurons);
            }
        }
    }
}

impl Job<'_> {
    /// Pre-activations after RC.
    #[inline(always)]
    fn draw(&self, block: u64, rows: usize, memory: &mut [Group], neurons: &mut [Strip]) {
        let filled = rows.next_multiple_of(GROUP);
        let mut rng = self.plan.generator(self.layer, block);
        neurons.fill([0.0; STRIP]);
        match self.source {
            Source::Factor(factor, rank) => {
                for first in (0..rank).step_by(DEPTH) {
                    let depth = DEPTH.min(rank - first);
                    let groups = fill(memory, rows, depth, &mut rng);
                    for (strip, neurons) in factor.iter().zip(neurons.chunks_exact_mut(filled)) {
                        let strip = &strip[first.min(strip.len())..(first + depth).min(strip.len())];
                        strips::product(groups, depth, strip, neurons);
                    }
                }
            }
            Source::Activations(inputs) => {
                for input in inputs.blocks(self.n) {
                    let depth = input.len() / strips(self.n);
                    let groups = fill(memory, rows, depth, &mut rng);
                    for (strip, neurons) in input.chunks_exact(depth).zip(neurons.chunks_exact_mut(filled)) {
                        strips::product(groups, depth, strip, neurons);
                    }
                }
                let scale = inputs.scale / (inputs.width as f64).sqrt();
                strips::map(neurons, |z| z * scale);
                if self.plan.layer.recentre {
                    strips::recentre(neurons, filled, self.n);
                }
            }
        }
    }

    /// RS and NL.
    #[inline(always)]
    fn activate(&self, rows: usize, neurons: &mut [Strip]) {
        if self.plan.layer.rescale {
            strips::rescale(neurons, rows, self.n);
        }
        match self.plan.layer.activation {
            Activation::Linear => {}
            // The same as `apply`, without a branch.
            Activation::Relu => strips::map(neurons, |z| z.max(0.0)),
            activation => strips::map(neurons, |z| activation.apply(z)),
        }
    }
}

/// Normals for `rows` neurons of `depth` features, in groups; zero in the last group beyond `rows`.
fn fill<'a>(memory: &'a mut [Group], rows: usize, depth: usize, rng: &mut Xoshiro256PlusPlus) -> &'a [Group] {
    let groups = &mut memory[..rows.div_ceil(GROUP) * depth];
    // A copy, whose state stays in registers.
    let mut local = rng.clone();
    groups.as_flattened_mut().iter_mut().for_each(|x| *x = StandardNormal.sample(&mut local));
    *rng = local;
    if !rows.is_multiple_of(GROUP) {
        let last = groups.len() - depth;
        groups[last..].iter_mut().for_each(|group| group[rows % GROUP..].fill(0.0));
    }
    groups
}

#[cfg(test)]
mod tests;
