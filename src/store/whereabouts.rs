//! Whether the file of the embedded database is still the one that was opened. The system keeps a file that was taken away
//! alive for whoever holds it: what is written to it would be acknowledged, and lost.

use super::{StoreError, connection::Address};
use std::{fs, os::unix::fs::MetadataExt, path::Path, path::PathBuf};

/// The file that was opened, with the numbers of its device and of itself; nothing for a server.
pub(super) struct Whereabouts(Option<(PathBuf, Numbers)>);

type Numbers = (u64, u64);

fn numbers(path: &Path) -> Option<Numbers> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

impl Whereabouts {
    /// Of a database that was opened just now.
    pub(super) fn of(address: &Address) -> Self {
        match address {
            Address::Sqlite(path) => Whereabouts(numbers(path).map(|numbers| (path.clone(), numbers))),
            Address::Postgres(_) => Whereabouts(None),
        }
    }

    /// Refuses when the file is gone, or another one stands in its place.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match &self.0 {
            Some((path, known)) if numbers(path) != Some(*known) => {
                Err(StoreError::Away(format!("{} is no longer the file that was opened", path.display())))
            }
            _ => Ok(()),
        }
    }
}
