//! `accounting-file`: the entries that wait as a file for the accountant, or a file made earlier, the same.

use super::{Done, Failure, databases::Url, out_files, terminal};
use crate::{
    domain::ids::AccountingExportId,
    store::Db,
    usecases::{Actor, UseCaseError, accounting, clock::Clock},
};
use chrono::NaiveDate;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Writes accounting entries in the eighteen columns of the FEC (livre des procédures fiscales, article A47 A-1).
///
/// With --until, everything that waits to the end of that day in Paris becomes the next file and is recorded: no later
/// file holds it again. With a number, a file made earlier is written again, byte for byte. Accounts and journals are set
/// on the site (/finances/comptabilite/reglages).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tisserand accounting-file --until 2027-03-31 --out ecritures.txt\n  tisserand accounting-file 3 --out ecritures.txt"
)]
pub(super) struct AccountingFile {
    /// The number of a file made earlier, from 1.
    #[arg(required_unless_present = "until", conflicts_with = "until")]
    number: Option<i32>,
    /// The last day of a new file: YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl AccountingFile {
    pub(super) fn run(self, url: &Url) -> Done {
        let (db, system) = (url.open()?, Actor::system());
        if let Some(until) = self.until {
            let now = Clock::System.now();
            db.write(|tx| accounting::export(tx, &system, until, now).map(drop))?;
        }
        let made = db.read(|conn| accounting::made(conn, &system))?;
        let wanted = |number: i32| self.number.is_none_or(|asked| asked == number);
        // The newest stands first.
        let Some((export, _)) = made.into_iter().find(|(row, _)| wanted(row.number)) else {
            let number = self.number.unwrap_or_default();
            return Err(Failure::because(format!("there is no accounting file {number}")));
        };
        leave(&db, export.id, &self.out)?;
        let (out, name, entries) = (self.out.display(), &export.file_name, export.entry_count);
        terminal::say(format!("{out}: {name}, {entries} entries, SHA-256 {}", export.sha256))
    }
}

/// Writes a file that was made.
pub(super) fn leave(db: &Db, id: AccountingExportId, out: &Path) -> Done {
    let mut file = db.read(|conn| accounting::open(conn, &Actor::system(), id))?;
    out_files::write_with(out, |part| {
        loop {
            let bytes = piece(db, &mut file)?;
            if bytes.is_empty() {
                return Ok(());
            }
            part.write_all(&bytes)?;
        }
    })
}

fn piece(db: &Db, file: &mut accounting::AccountingFile) -> Result<Vec<u8>, UseCaseError> {
    db.read(|conn| file.next(conn))
}
