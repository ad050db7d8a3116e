//! Files that appear whole or not at all, and files that one run at a time adds to.

use crate::{Error, Result, bad_input};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

/// Writes a file through `fill`: into a nameless one in the same folder, copied and renamed once it is whole.
///
/// # Guarantees
/// On success `path` holds all that `fill` wrote, on the disk; on error, or if the process is stopped while `fill`
/// is at work, whatever was at `path` is still there and nothing else is left behind. A symbolic link is followed.
///
/// # Errors
/// [`Error::Input`] if `path` is something other than a regular file (a folder, a device) or its folder does not
/// exist or takes no files; [`Error::File`] if writing fails; and whatever `fill` returns.
pub(crate) fn write_whole(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(&target, path)?;
    let nameless = tempfile::tempfile_in(folder).map_err(|error| unwritable(path, folder, &error))?;
    let mut buffer = BufWriter::new(nameless);
    fill(&mut buffer).map_err(|error| match error {
        // What `fill` takes for the standard output is this file.
        Error::Output(source) => failed(source),
        other => other,
    })?;
    let mut nameless = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
    nameless.rewind().map_err(failed)?;
    let mut file = temporary_file(folder).map_err(|error| unwritable(path, folder, &error))?;
    std::io::copy(&mut nameless, file.as_file_mut()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Opens a file for reading and writing, made if it is not there, and keeps other runs from it by a lock that ends with
/// the file, where the file system has locks.
///
/// # Errors
/// [`Error::Input`] if another run holds it, if it is something other than a regular file (a folder, a device), or its
/// folder does not exist or takes no files; [`Error::File`] if it cannot be opened.
pub(crate) fn open_alone(path: &Path) -> Result<File> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let folder = folder_of(path, path)?;
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file =
        file.map_err(|error| if path.exists() { failed(error) } else { unwritable(path, folder, &error) })?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(bad_input!("{}: another run is writing this file", path.display()))
        }
        // Some file systems of clusters have no locks; that is no reason not to write there.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// The folder of `target`, which can be written if it is a regular file or none yet; messages name `path`.
fn folder_of<'a>(target: &'a Path, path: &Path) -> Result<&'a Path> {
    if target.exists() && !target.is_file() {
        return Err(bad_input!("{}: not a regular file; give the name of a file to write", path.display()));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(bad_input!("{}: there is no folder {}", path.display(), folder.display()))
    }
}

/// Why nothing can be written in a folder, without the name of the temporary file, which would only puzzle the reader.
pub(crate) fn unwritable(path: &Path, folder: &Path, error: &std::io::Error) -> Error {
    let (path, folder) = (path.display(), folder.display());
    bad_input!("{path}: no file can be made in the folder {folder} ({})", error.kind())
}

/// A temporary file with the permissions that an ordinary new file has.
fn temporary_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".oddpoint-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_appears_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        for text in ["first", "second"] {
            write_whole(&path, |out| Ok(out.write_all(text.as_bytes())?)).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        std::fs::write(&path, "old").unwrap();
        let failure = write_whole(&path, |out| {
            out.write_all(b"new")?;
            Err(std::io::Error::other("disk on fire").into())
        });
        let message = failure.unwrap_err().to_string();
        assert!(message.contains("out.txt: disk on fire"), "{message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn one_run_at_a_time_has_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        let first = open_alone(&path).unwrap();
        assert!(open_alone(&path).unwrap_err().to_string().contains("another run is writing this file"));
        drop(first);
        assert!(open_alone(&path).is_ok());
        assert!(open_alone(folder.path()).unwrap_err().to_string().contains("not a regular file"));
        let missing = folder.path().join("nowhere/out.txt");
        assert!(open_alone(&missing).unwrap_err().to_string().contains("there is no folder"));
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn places_that_cannot_be_written_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere/out.txt");
        let message = write_whole(&missing, |_| Ok(())).unwrap_err().to_string();
        assert!(message.contains("nowhere/out.txt") && !message.contains(".oddpoint-"), "{message}");
        assert!(
            write_whole(folder.path(), |_| Ok(())).unwrap_err().to_string().contains("not a regular file")
        );
        let message = write_whole(Path::new("/proc/out.txt"), |_| Ok(())).unwrap_err().to_string();
        assert!(message.starts_with("/proc/out.txt: ") && !message.contains(".tmp"), "{message}");
        assert!(names(folder.path()).is_empty());
    }
}
