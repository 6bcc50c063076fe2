//! `check`: what must always hold, asked of the whole database.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    store::{Db, Files},
    usecases::integrity::{self, Invariant},
};
use std::path::PathBuf;

/// Checks every promise on money, states, reviews, mails and documents; fails when one is broken.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand check --database-url sqlite:var/tisserand.db")]
pub(super) struct Check {
    /// Where attachments and documents are kept; with it, the stored bytes are compared with their hashes too.
    #[arg(long, env = "DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The bucket that keeps them instead: s3://BUCKET/PREFIX.
    #[arg(long, env = "FILES_URL", value_name = "URL")]
    files_url: Option<String>,
}

impl Check {
    pub(super) fn run(&self, url: &Url) -> Done {
        let files = match (&self.files_url, &self.data_dir) {
            (Some(url), _) => Some(Files::bucket(url)?),
            (None, Some(folder)) => Some(Files::local(&folder.join("files"))?),
            (None, None) => None,
        };
        report(&look(&url.open()?, files.as_ref())?)
    }
}

/// Asks every promise of one frozen view of the database.
pub(super) fn look(db: &Db, files: Option<&Files>) -> Result<Vec<Invariant>, Failure> {
    let bar = terminal::progress(integrity::COUNT as u64, "checking")?;
    let rt = tokio::runtime::Builder::new_current_thread().build()?;
    let is_whole = |sha256: &str| match files {
        Some(files) => rt.block_on(files.get(sha256)).map(drop),
        None => Ok(()),
    };
    let stored = files.map(|_| &is_whole as integrity::Stored<'_>);
    let found = db.read_frozen(|conn| integrity::check(conn, stored, &mut |_| bar.inc(1)));
    bar.finish_and_clear();
    Ok(found?)
}

/// Prints the table, and fails when a promise is broken.
pub(super) fn report(found: &[Invariant]) -> Done {
    let rows: Vec<_> = found.iter().map(row).collect();
    terminal::table(&["", "INVARIANT", "CHECKED", "BROKEN"], &rows)?;
    for invariant in found {
        for example in &invariant.tally.examples {
            terminal::say(format!("  {}  {example}", invariant.number))?;
        }
    }
    match found.iter().filter(|invariant| invariant.tally.broken > 0).count() {
        0 => Ok(()),
        1 => Err(Failure::because("one invariant is broken")),
        n => Err(Failure::because(format!("{n} invariants are broken"))),
    }
}

fn row(invariant: &Invariant) -> Vec<String> {
    let tally = &invariant.tally;
    vec![invariant.number.to_string(), invariant.name.to_owned(), tally.checked.to_string(), tally.broken.to_string()]
}
