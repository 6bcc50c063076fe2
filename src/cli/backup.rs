//! `backup`: a whole copy of the embedded database, while people work on it.

use super::{Done, Failure, databases::Url, terminal};
use crate::store::{StoreError, backups, connection::Address};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Copies the SQLite database into one file while people go on working; PostgreSQL has pg_dump.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand backup --out backups/2026-11-24.db")]
pub(super) struct Backup {
    /// The file to write; what is there already is kept and the command refuses.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Backup {
    pub(super) fn run(&self, url: &Url) -> Done {
        if self.out.exists() {
            return Err(Failure::because(format!("{} exists already", self.out.display())));
        }
        let db = url.open()?;
        let Address::Sqlite(whole) = db.address() else {
            let sentence = "a PostgreSQL database is backed up by `pg_dump --format=custom --file=FILE URL`";
            return Err(Failure::because(sentence));
        };
        let mut part = self.out.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        fs::remove_file(&part).ok();
        let copied = watched(size(whole), &part, || db.read(|conn| backups::copy_to(conn, &part)));
        let copied = copied.and_then(|()| {
            fs::File::open(&part)?.sync_all()?;
            Ok(fs::rename(&part, &self.out)?)
        });
        if copied.is_err() {
            fs::remove_file(&part).ok();
        }
        copied?;
        terminal::say(format!(
            "{} holds the database, its account numbers sealed; the key that opens them is not in it and is kept apart.",
            self.out.display()
        ))
    }
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |file| file.len())
}

/// Copies, while a bar on a terminal shows how far the file has grown towards what it is copied from.
fn watched(whole: u64, part: &Path, copy: impl FnOnce() -> Result<(), StoreError>) -> Done {
    let (bar, is_over) = (terminal::bytes(whole, "copying")?, AtomicBool::new(false));
    let copied = thread::scope(|scope| {
        if !bar.is_hidden() {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    bar.set_position(size(part));
                    thread::sleep(Duration::from_millis(100));
                }
            });
        }
        let copied = copy();
        is_over.store(true, Ordering::Relaxed);
        copied
    });
    bar.finish_and_clear();
    Ok(copied?)
}
