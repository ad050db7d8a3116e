//! Putting shards together.

use super::course::Course;
use super::file::{Next, Reader, failed};
use super::{Experiment, Format, Header, Shard};
use crate::whole_file::write_whole;
use crate::{Error, Result, bad_input};
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was put together.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The experiment.
    pub experiment: Experiment,
    /// Replicas whose network died.
    pub dead: u64,
}

/// Puts the shards of an experiment together, in whatever order they are given.
///
/// # Guarantees
/// `out` holds, bit for bit, what the run without shards would have written; it appears whole or not at all. A
/// few kibibytes are in memory at a time.
///
/// # Errors
/// [`Error::Input`], naming the files, for those that are no complete files of this version, files of different
/// experiments, a shard that is missing or comes twice, records that are missing or repeated, formats that differ,
/// and an `out` that exists. [`Error::File`] if reading or writing fails.
///
/// ```
/// use oddpoint::ensemble::{Ensemble, Experiment, Shard, merge, run_to_file};
/// use oddpoint::layer::components::Layer;
/// let mut experiment = Experiment::random(10, Layer::parse("rc,nl", None)?, 5);
/// experiment.replicas = 4;
/// let ensemble = Ensemble::new(experiment, None)?;
/// let place = |name| std::env::temp_dir().join(format!("oddpoint-{name}-{}.csv", std::process::id()));
/// let parts = [place("part-1"), place("part-2")];
/// for (index, part) in parts.iter().enumerate() {
///     run_to_file(&ensemble, Shard::new(index as u64 + 1, 2)?, part, |_| {})?;
/// }
/// assert_eq!(merge(&parts, &place("whole"))?.experiment.replicas, 4);
/// # parts.iter().chain([&place("whole")]).for_each(|file| std::fs::remove_file(file).unwrap());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn merge(files: &[PathBuf], out: &Path) -> Result<Merged> {
    let format = Format::of(out)?;
    if out.exists() {
        return Err(bad_input!("{}: exists already; choose another file, or remove this one", out.display()));
    }
    let mut parts = files.iter().map(|path| Part::open(path, format)).collect::<Result<Vec<_>>>()?;
    let experiment = check_together(&mut parts)?;
    let head = format.head(&Header::new(experiment.clone(), Shard::ALL))?;
    let mut dead = 0;
    write_whole(out, |out| {
        out.write_all(head.as_bytes())?;
        for part in &parts {
            dead += part.copy(out)?;
        }
        Ok(())
    })?;
    Ok(Merged { experiment, dead })
}

/// One of the files.
struct Part<'a> {
    path: &'a Path,
    format: Format,
    header: Header,
    /// Its first line, to be compared with others.
    line: String,
}

impl<'a> Part<'a> {
    fn open(path: &'a Path, format: Format) -> Result<Self> {
        if Format::of(path)? != format {
            return Err(bad_input!("{}: not in the format of the file to be written", path.display()));
        }
        let file = open(path)?;
        let line = Reader::new(&file, path, format)?.header_line()?;
        let header = Header::parse(&line).map_err(|error| bad_input!("{}: {error}", path.display()))?;
        Ok(Self { path, format, header, line })
    }

    fn shard(&self) -> Shard {
        self.header.shard
    }

    /// Copies the records, which are all there; returns how many networks died.
    fn copy(&self, out: &mut dyn Write) -> Result<u64> {
        let (path, experiment) = (self.path, &self.header.experiment);
        let file = open(path)?;
        let mut reader = Reader::new(&file, path, self.format)?;
        reader.skip_head(&self.format.head(&self.header)?)?;
        let replicas = self.shard().replicas(experiment.replicas);
        let mut course = Course::new(experiment, replicas.clone());
        while let Next::Record { .. } = reader.next(&mut course)? {
            out.write_all(reader.line())?;
        }
        if course.is_complete() && reader.line().is_empty() {
            Ok(course.dead())
        } else {
            Err(bad_input!(
                "{}: shard {} is not complete ({} of {} replicas); run it again to complete it",
                path.display(),
                self.shard(),
                course.finished(),
                replicas.end - replicas.start
            ))
        }
    }
}

/// Opens a shard that nobody is writing.
fn open(path: &Path) -> Result<File> {
    if path.exists() && !path.is_file() {
        return Err(bad_input!("{}: not a regular file", path.display()));
    }
    let file = File::open(path).map_err(|source| failed(path, source))?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            Err(bad_input!("{}: a run is still writing this file", path.display()))
        }
        // Where there are no locks the records have to tell whether it is whole.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Sorts the shards; their experiment, if they are all shards of one.
fn check_together(parts: &mut [Part]) -> Result<Experiment> {
    let Some(first) = parts.first() else { return Err(bad_input!("no files to merge")) };
    let of = first.shard().of();
    for other in &parts[1..] {
        // Which shard it is may differ, but not of how many.
        let alike = Header::new(first.header.experiment.clone(), other.shard());
        let mut differences = alike.differences(&other.line, "the latter has")?;
        if other.shard().of() != of {
            differences.push(format!("shard {} where the latter is shard {}", other.shard(), first.shard()));
        }
        if !differences.is_empty() {
            return Err(bad_input!(
                "{} does not belong with {}: {}",
                other.path.display(),
                first.path.display(),
                differences.join("; ")
            ));
        }
    }
    let experiment = first.header.experiment.clone();
    parts.sort_by_key(|part| part.shard().index());
    if let Some([one, other]) = parts.windows(2).find(|pair| pair[0].shard() == pair[1].shard()) {
        let (one, other, shard) = (one.path.display(), other.path.display(), one.shard());
        return Err(bad_input!("{one} and {other} are both shard {shard}; give each once"));
    }
    // Sorted and all different, they are at their places but for gaps.
    let here =
        parts.iter().zip(1..).take_while(|(part, index)| part.shard().index() == *index).count() as u64;
    if here < of { Err(missing(here + 1, of, &experiment)) } else { Ok(experiment) }
}

fn missing(index: u64, of: u64, experiment: &Experiment) -> Error {
    match Shard::new(index, of) {
        Ok(shard) => {
            let replicas = shard.replicas(experiment.replicas);
            let (first, last) = (replicas.start, replicas.end - 1);
            bad_input!("shard {shard} is missing (replicas {first} to {last})")
        }
        Err(error) => error,
    }
}
