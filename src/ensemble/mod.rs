//! Ensembles: many networks of one kind, each followed layer by layer, and the files that hold what was seen.
//!
//! Theory, sections 1 and 4. An [`Experiment`] is every parameter of a run; an [`Ensemble`] is it with the batch it
//! starts from; a [`Replica`] is one of its networks, a pure function of experiment and number; a [`Record`] is what is
//! seen of one layer of one replica. [`run_to_file`] computes replicas in parallel and appends their records in order, so
//! that a file is the same byte for byte whatever the number of threads and however often the run was interrupted.
//! A [`Shard`] is a part of the replicas, for several machines; [`merge`](merge()) puts shards together.
//!
//! Infinite width is the same thing with a deterministic layer: the replica then chooses the random batch alone.
//! Nothing here judges what is seen, and all of it is double precision.

mod course;
mod experiment;
mod file;
mod header;
mod merge;
mod record;
mod replica;
mod run;

pub use experiment::{Experiment, InputFile, MAX_LAYERS, MAX_REPLICAS, Shard, Width};
pub use file::Format;
pub use header::{Header, SCHEMA};
pub use merge::{Merged, merge};
pub use record::Record;
pub use replica::{Ensemble, Replica};
pub use run::{Event, Outcome, run_to, run_to_file};
