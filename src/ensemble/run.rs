//! Computing replicas in parallel and writing them in order.

use super::course::Course;
use super::file::{Kept, cut, failed, kept};
use super::{Ensemble, Format, Record, Shard};
use crate::whole_file::open_alone;
use crate::{Error, Result, interrupt};
use std::collections::VecDeque;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

/// Records that a replica hands over at a time.
const BLOCK: usize = 64;
/// Blocks that a replica on its own may be ahead of the writer.
const AHEAD: u64 = 16;
/// Bytes that are written at a time.
const CHUNK: usize = 1 << 16;
/// Numbers that all replicas at work together may hold: two gibibytes of them.
const MAX_HELD: u64 = 1 << 28;

/// What a run has to tell while it is at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something at the end of the file was dropped; what, in words.
    Dropped(String),
    /// So many replicas are in the file already.
    Kept(u64),
    /// So many more records are written, or about to be.
    Records(u64),
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Replicas that were there before.
    pub kept: u64,
    /// Replicas that were added.
    pub added: u64,
    /// Replicas among all of them whose network died.
    pub dead: u64,
}

/// Runs a part of an ensemble to the end, into a file that says what it is; goes on where an earlier run stopped.
///
/// # Guarantees
/// The file's bytes depend on the experiment and the shard alone: not on threads, nor on interruptions. Whatever stops
/// the run, the file holds all replicas written so far, and this function completes it. On success it is on the disk.
/// A few replicas for each thread are in memory at a time.
///
/// # Errors
/// [`Error::Input`] for a file of another run, one that another run is writing, or a place where none can be made;
/// [`Error::File`] if reading or writing fails.
///
/// ```
/// use oddpoint::ensemble::{Ensemble, Experiment, Shard, run_to_file};
/// use oddpoint::layer::components::Layer;
/// let mut experiment = Experiment::random(10, Layer::parse("rc,nl", None)?, 20);
/// experiment.replicas = 3;
/// let ensemble = Ensemble::new(experiment, None)?;
/// let file = std::env::temp_dir().join(format!("oddpoint-run-{}.csv", std::process::id()));
/// assert_eq!(run_to_file(&ensemble, Shard::ALL, &file, |_| {})?.added, 3);
/// // Again: the replicas are there.
/// assert_eq!(run_to_file(&ensemble, Shard::ALL, &file, |_| {})?.kept, 3);
/// # std::fs::remove_file(&file).unwrap();
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn run_to_file(
    ensemble: &Ensemble,
    shard: Shard,
    path: &Path,
    mut tell: impl FnMut(Event),
) -> Result<Outcome> {
    let format = Format::of(path)?;
    let experiment = ensemble.experiment();
    shard.check(experiment.replicas)?;
    let header = ensemble.header(shard);
    let mut file = open_alone(path)?;
    let Kept { bytes, replicas, dead, rest } = kept(&file, path, format, &header)?;
    if let Some(rest) = rest {
        tell(Event::Dropped(rest));
    }
    cut(&mut file, path, bytes)?;
    tell(Event::Kept(replicas));
    let left = shard.replicas(experiment.replicas);
    let left = left.start + replicas..left.end;
    let head = if bytes == 0 { format.head(&header)? } else { String::new() };
    let added = append(&mut file, &head, ensemble, left, format, &mut tell)
        // What it takes for the standard output is this file.
        .map_err(|error| if let Error::Output(source) = error { failed(path, source) } else { error })?;
    file.sync_all().map_err(|source| failed(path, source))?;
    Ok(Outcome { kept: replicas, added: added.finished(), dead: dead + added.dead() })
}

/// [`run_to_file`] to something that cannot be read back.
///
/// # Errors
/// [`Error::Output`] if writing fails.
///
/// ```
/// use oddpoint::ensemble::{Ensemble, Experiment, Format, Shard, run_to};
/// use oddpoint::layer::components::Layer;
/// let ensemble = Ensemble::new(Experiment::random(10, Layer::parse("rc,nl", None)?, 20), None)?;
/// let mut lines = Vec::new();
/// run_to(&mut lines, Format::JsonLines, &ensemble, Shard::ALL, |_| {})?;
/// // A header and layers 0 to 20.
/// assert_eq!(lines.iter().filter(|&&byte| byte == b'\n').count(), 22);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn run_to(
    mut out: impl Write,
    format: Format,
    ensemble: &Ensemble,
    shard: Shard,
    mut tell: impl FnMut(Event),
) -> Result<Outcome> {
    let replicas = ensemble.experiment().replicas;
    shard.check(replicas)?;
    let head = format.head(&ensemble.header(shard))?;
    let added = append(&mut out, &head, ensemble, shard.replicas(replicas), format, &mut tell)?;
    Ok(Outcome { kept: 0, added: added.finished(), dead: added.dead() })
}

/// Writes `head`, then the replicas, each to its end before the next.
fn append<'a>(
    out: &mut dyn Write,
    head: &str,
    ensemble: &'a Ensemble,
    replicas: Range<u64>,
    format: Format,
    tell: &mut dyn FnMut(Event),
) -> Result<Course<'a>> {
    let count = replicas.end.saturating_sub(replicas.start);
    let mut course = Course::new(ensemble.experiment(), replicas.clone());
    out.write_all(head.as_bytes())?;
    out.flush()?;
    let mut text = Vec::new();
    let computed = in_order(ensemble, replicas, |records| {
        let mut ends = false;
        for record in &records {
            ends = course.see(record)?;
        }
        text.append(&mut format.render(&records)?);
        if ends || text.len() >= CHUNK {
            out.write_all(&text)?;
            text.clear();
        }
        tell(Event::Records(records.len() as u64));
        Ok(())
    });
    computed?;
    // Whole records, even of a replica that is not finished: it is dropped when the run goes on.
    out.write_all(&text)?;
    out.flush()?;
    if course.is_complete() {
        return Ok(course);
    }
    Err(if interrupt::requested() {
        Error::Interrupted(format!("{} of the {} replicas to do are finished", course.finished(), count))
    } else {
        Error::NotReached("a replica ended before its last layer".to_owned())
    })
}

/// Computes replicas in parallel and hands on their records in order.
fn in_order(
    ensemble: &Ensemble,
    mut replicas: Range<u64>,
    mut write: impl FnMut(Vec<Record>) -> Result<()>,
) -> Result<()> {
    let threads = rayon::current_num_threads();
    let count = replicas.end.saturating_sub(replicas.start);
    let affordable = (MAX_HELD / ensemble.numbers_held()).max(1);
    let at_once = affordable.min(2 * threads as u64).min(count) as usize;
    let one_thread = at_once >= threads;
    // With several at work none may have to wait for the writer, or it would hold up what runs on the same thread.
    let blocks = ensemble.experiment().records() / BLOCK as u64 + 1;
    let alone = at_once == 1 && rayon::current_thread_index().is_none();
    let capacity = if alone { blocks.min(AHEAD) } else { blocks } as usize;
    let stopped = AtomicBool::new(false);
    rayon::in_place_scope(|scope| {
        let mut at_work = VecDeque::new();
        let result = loop {
            while at_work.len() < at_once
                && !interrupt::requested()
                && let Some(number) = replicas.next()
            {
                let (sender, receiver) = sync_channel(capacity);
                let stopped = &stopped;
                scope.spawn(move |_| follow(ensemble, number, one_thread, &sender, stopped));
                at_work.push_back(receiver);
            }
            let Some(first) = at_work.pop_front() else { break Ok(()) };
            let written = std::iter::from_fn(|| receive(&first)).try_for_each(|records| write(records?));
            if written.is_err() || interrupt::requested() {
                break written;
            }
        };
        stopped.store(true, Ordering::Relaxed);
        result
    })
}

/// Sends the records of one replica.
fn follow(
    ensemble: &Ensemble,
    number: u64,
    one_thread: bool,
    sender: &SyncSender<Result<Vec<Record>>>,
    stopped: &AtomicBool,
) {
    let send_all = || -> Result<()> {
        let mut block = Vec::with_capacity(BLOCK);
        // Whoever does not listen any more needs no answer.
        for record in ensemble.start(number, one_thread)? {
            block.push(record?);
            if stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            if interrupt::requested() {
                break;
            }
            if block.len() == BLOCK {
                let full = std::mem::replace(&mut block, Vec::with_capacity(BLOCK));
                if sender.send(Ok(full)).is_err() {
                    return Ok(());
                }
            }
        }
        let _ = sender.send(Ok(block));
        Ok(())
    };
    if let Err(error) = send_all() {
        let _ = sender.send(Err(error));
    }
}

/// The next message, `None` after the last. A thread of the pool works while it waits: the sender may need it.
fn receive<T>(receiver: &Receiver<T>) -> Option<T> {
    if rayon::current_thread_index().is_none() {
        return receiver.recv().ok();
    }
    loop {
        match receiver.try_recv() {
            Ok(message) => return Some(message),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                if rayon::yield_now() == Some(rayon::Yield::Idle) {
                    std::thread::yield_now();
                }
            }
        }
    }
}
