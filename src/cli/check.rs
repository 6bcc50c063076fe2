//! `check`: what must always hold, asked of the whole database.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    domain::history_heads::HistoryHead,
    store::{Db, Files},
    usecases::{
        history_heads,
        integrity::{self, Invariant},
    },
};
use std::path::PathBuf;

/// Checks every promise on money, states, reviews, mails and documents; fails when one is broken.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tisserand check --database-url sqlite:var/tisserand.db\n  \
                  tisserand check --head 1234:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
pub(super) struct Check {
    /// Where attachments and documents are kept; with it, the stored bytes are compared with their hashes too.
    #[arg(long, env = "DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The bucket that keeps them instead: s3://BUCKET/PREFIX.
    #[arg(long, env = "FILES_URL", value_name = "URL")]
    files_url: Option<String>,
    /// A head of the history as a report of the night says it, number and hash: it must still be in the history, at its
    /// place. May be repeated.
    #[arg(long = "head", value_name = "SEQ:HASH")]
    heads: Vec<HistoryHead>,
}

impl Check {
    pub(super) fn run(&self, url: &Url) -> Done {
        let files = match (&self.files_url, &self.data_dir) {
            (Some(url), _) => Some(Files::bucket(url)?),
            (None, Some(folder)) => Some(Files::local(&folder.join("files"))?),
            (None, None) => None,
        };
        let db = url.open()?;
        let mut found = look(&db, files.as_ref())?;
        if !self.heads.is_empty() {
            found.push(db.read(|conn| history_heads::given(conn, &self.heads))?);
        }
        report(&found)
    }
}

/// Asks every promise of one frozen view of the database.
pub(super) fn look(db: &Db, files: Option<&Files>) -> Result<Vec<Invariant>, Failure> {
    let bar = terminal::progress(integrity::COUNT as u64, "checking")?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
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
