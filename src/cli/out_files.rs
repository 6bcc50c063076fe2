//! Files that commands leave: whole or not at all.

use super::{Done, Failure};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

/// Writes a file in one step; nothing half-written is ever seen under its name.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> Done {
    write_with(file, |part| Ok(BufWriter::new(part).write_all(bytes)?))
}

/// The same, with the bytes coming as `write` makes them; when it fails, nothing is left.
pub(super) fn write_with<T>(file: &Path, write: impl FnOnce(&mut File) -> Result<T, Failure>) -> Result<T, Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let told = |error: std::io::Error| Failure::because(format!("{} cannot be written: {error}", file.display()));
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(told)?;
    let value = write(part.as_file_mut())?;
    part.as_file().sync_all().map_err(told)?;
    part.persist(file).map_err(|error| told(error.error))?;
    Ok(value)
}
