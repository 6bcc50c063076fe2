//! `backup`: a whole copy of the embedded database, while people work on it.

use super::{Done, Failure, databases::Url, terminal};
use crate::store::{backups, connection::Address};
use std::{fs, path::PathBuf};

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
        if matches!(db.address(), Address::Postgres(_)) {
            let sentence = "a PostgreSQL database is backed up by `pg_dump --format=custom --file=FILE URL`";
            return Err(Failure::because(sentence));
        }
        let mut part = self.out.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        fs::remove_file(&part).ok();
        let bar = terminal::waiting("copying the database")?;
        let copied = db.read(|conn| backups::copy_to(conn, &part)).map_err(Failure::from);
        let copied = copied.and_then(|()| {
            fs::File::open(&part)?.sync_all()?;
            Ok(fs::rename(&part, &self.out)?)
        });
        bar.finish_and_clear();
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
