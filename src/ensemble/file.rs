//! Files of records: how they are written and read, and how much of an interrupted one is kept.

use super::course::Course;
use super::{Header, Record};
use crate::{Error, Result, bad_input};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// How records are written.
///
/// ```
/// use oddpoint::ensemble::Format;
/// assert_eq!(Format::of("orbit.csv".as_ref())?, Format::Csv);
/// assert!(Format::of("orbit.txt".as_ref()).is_err());
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated: a comment line `# {…}` with the [`Header`] as JSON, the names of the columns, the records. What
    /// is undefined is an empty field.
    Csv,
    /// One JSON object a line: the [`Header`], then the records. What is undefined is `null`.
    JsonLines,
}

/// The longest line that is read.
const LONGEST_LINE: u64 = 1 << 20;

impl Format {
    /// The format that a file's extension asks for.
    ///
    /// # Errors
    /// [`Error::Input`] for anything but `.csv` and `.jsonl`.
    pub fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::JsonLines),
            _ => Err(bad_input!("{}: not a name to write to; it must end in .csv or .jsonl", path.display())),
        }
    }

    /// What a file begins with.
    pub(super) fn head(self, header: &Header) -> Result<String> {
        let line = header.to_line()?;
        Ok(match self {
            Self::Csv => format!("# {line}\n{}", columns()?),
            Self::JsonLines => format!("{line}\n"),
        })
    }

    /// The header's JSON in a file's first line.
    fn header_of(self, line: &str) -> &str {
        match self {
            Self::Csv => line.strip_prefix("# ").unwrap_or(line),
            Self::JsonLines => line,
        }
    }

    /// Records, a line each, with as many digits as it takes to read the same `f64` back.
    pub(super) fn render(self, records: &[Record]) -> Result<Vec<u8>> {
        match self {
            Self::Csv => table(records, false),
            Self::JsonLines => {
                let mut text = Vec::new();
                for record in records {
                    serde_json::to_writer(&mut text, record).map_err(std::io::Error::from)?;
                    text.push(b'\n');
                }
                Ok(text)
            }
        }
    }

    fn parse(self, line: &[u8]) -> Result<Record> {
        let line = std::str::from_utf8(line).map_err(|error| bad_input!("not text: {error}"))?;
        match self {
            // No field of a record needs quotes.
            Self::Csv => csv::StringRecord::from_iter(line.split(','))
                .deserialize(None)
                .map_err(|_| bad_input!("not a record")),
            Self::JsonLines => serde_json::from_str(line).map_err(|_| bad_input!("not a record")),
        }
    }
}

/// Records as comma-separated lines, below the names of the columns if asked for.
fn table(records: &[Record], with_names: bool) -> Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().has_headers(with_names).from_writer(Vec::new());
    for record in records {
        table.serialize(record).map_err(std::io::Error::from)?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// The line with the names of the columns.
fn columns() -> Result<String> {
    let text = String::from_utf8_lossy(&table(&[Record::dead(0, 0)], true)?).into_owned();
    Ok(text.lines().next().map_or(String::new(), |names| format!("{names}\n")))
}

/// A file of records being read.
pub(super) struct Reader<'a> {
    path: &'a Path,
    format: Format,
    reader: BufReader<&'a File>,
    line: Vec<u8>,
    lines: u64,
}

/// What comes next in a file.
pub(super) enum Next {
    /// A record, and whether it is the last of its replica.
    Record { ends: bool },
    /// Part of a line.
    Cut,
    /// Nothing.
    End,
}

impl<'a> Reader<'a> {
    /// From the beginning of `file`, which is at `path`.
    pub fn new(mut file: &'a File, path: &'a Path, format: Format) -> Result<Self> {
        file.rewind().map_err(|source| failed(path, source))?;
        Ok(Self { path, format, reader: BufReader::new(file), line: Vec::new(), lines: 0 })
    }

    fn failed(&self) -> impl Fn(std::io::Error) -> Error {
        let path = self.path;
        move |source| failed(path, source)
    }

    /// As many of the first bytes as `head` has.
    fn first_bytes(&mut self, head: &str) -> Result<Vec<u8>> {
        let mut found = Vec::new();
        let first = (&mut self.reader).take(head.len() as u64).read_to_end(&mut found);
        first.map_err(self.failed())?;
        self.lines = head.lines().count() as u64;
        Ok(found)
    }

    /// The JSON of the header, which is all there is of it in a whole first line.
    pub fn header_line(&mut self) -> Result<String> {
        self.next_line()?;
        let line = String::from_utf8_lossy(&self.line).into_owned();
        Ok(self.format.header_of(line.trim_end_matches('\n')).to_owned())
    }

    /// Goes past the beginning, which must be `head`.
    pub fn skip_head(&mut self, head: &str) -> Result<()> {
        if self.first_bytes(head)? == head.as_bytes() {
            Ok(())
        } else {
            Err(bad_input!("{}: not the names of columns that this version writes", self.path.display()))
        }
    }

    fn next_line(&mut self) -> Result<()> {
        self.line.clear();
        let read = (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut self.line);
        read.map_err(self.failed())?;
        self.lines += 1;
        Ok(())
    }

    /// The next record, if it is the one that belongs here.
    ///
    /// # Errors
    /// [`Error::Input`] for anything else, with file and line.
    pub fn next(&mut self, course: &mut Course) -> Result<Next> {
        self.next_line()?;
        match self.line.split_last() {
            None => Ok(Next::End),
            Some((b'\n', text)) => {
                let seen = self.format.parse(text).and_then(|record| course.see(&record));
                seen.map(|ends| Next::Record { ends })
                    .map_err(|error| bad_input!("{}, line {}: {error}", self.path.display(), self.lines))
            }
            Some(_) => Ok(Next::Cut),
        }
    }

    /// The line of the latest record, with its end.
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// The number of that line, from 1.
    pub fn line_number(&self) -> u64 {
        self.lines
    }
}

pub(super) fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.to_owned(), source }
}

/// What an interrupted run has left.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The length of what is whole.
    pub bytes: u64,
    /// The replicas that are finished, and those of them that died.
    pub replicas: u64,
    pub dead: u64,
    /// What comes after that, and is to be dropped.
    pub rest: Option<String>,
}

/// How much of a file of this run is whole.
///
/// # Errors
/// [`Error::Input`] if it is a file of another run, or none that a run left.
pub(super) fn kept(file: &File, path: &Path, format: Format, header: &Header) -> Result<Kept> {
    let head = format.head(header)?;
    let mut reader = Reader::new(file, path, format)?;
    let found = reader.first_bytes(&head)?;
    if found != head.as_bytes() {
        // What was cut off must be ours: a stranger's file is not to be cut.
        if head.as_bytes().starts_with(&found) {
            let rest = (!found.is_empty()).then(|| "its header, cut short, is dropped".to_owned());
            return Ok(Kept { rest, ..Kept::default() });
        }
        let reason = difference(&mut Reader::new(file, path, format)?, header)?;
        return Err(bad_input!("{}: {reason}; choose another file, or remove this one", path.display()));
    }
    let experiment = &header.experiment;
    let mut course = Course::new(experiment, header.shard.replicas(experiment.replicas));
    let mut kept = Kept { bytes: head.len() as u64, ..Kept::default() };
    let mut position = kept.bytes;
    loop {
        let next = reader.next(&mut course)?;
        position += reader.line().len() as u64;
        match next {
            Next::Record { ends: true } => kept.bytes = position,
            Next::Record { ends: false } => {}
            Next::Cut => {
                kept.rest = Some(format!("line {}, cut short, is dropped", reader.line_number()));
                break;
            }
            Next::End => break,
        }
    }
    if let Some(replica) = course.unfinished() {
        kept.rest = Some(format!("replica {replica}, unfinished, is dropped"));
    }
    (kept.replicas, kept.dead) = (course.finished(), course.dead());
    Ok(kept)
}

/// Why a file does not begin as it should.
fn difference(reader: &mut Reader, header: &Header) -> Result<String> {
    let found = reader.header_line()?;
    Ok(match header.differences(&found, "this is") {
        Ok(differences) if differences.is_empty() => "not in the format that its name tells".to_owned(),
        Ok(differences) => format!("a file of another run: {}", differences.join("; ")),
        Err(error) => error.to_string(),
    })
}

/// Cuts a file to `length`, unless it is no longer than that, and goes to its end.
pub(super) fn cut(file: &mut File, path: &Path, length: u64) -> Result<()> {
    let end = file.seek(SeekFrom::End(0)).map_err(|source| failed(path, source))?;
    if end > length {
        file.set_len(length).map_err(|source| failed(path, source))?;
        file.seek(SeekFrom::Start(length)).map_err(|source| failed(path, source))?;
    }
    Ok(())
}
