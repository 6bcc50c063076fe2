//! `letter`: an issued letter as PDF, from its recorded facts.

use super::{Done, Failure, databases::Url, out_files, terminal};
use crate::{
    documents as press,
    domain::letters::Letter as IssuedLetter,
    store::{StoreError, StoredFile, documents},
    usecases::{clock::Clock, documents as letters},
};
use std::path::PathBuf;

/// Writes an issued letter as PDF. The same facts give the same bytes, which are compared with the recorded hash.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand letter REC-2027-0001 --out letter.pdf")]
pub(super) struct Letter {
    /// The reference printed on the letter.
    reference: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where the key that seals account numbers is.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
}

impl Letter {
    pub(super) fn run(&self, url: &Url) -> Done {
        let db = url.open()?;
        let row = match db.read(|conn| documents::by_reference(conn, &self.reference)) {
            Ok(row) => row,
            Err(StoreError::NotFound) => {
                return Err(Failure::because(format!("no letter has the reference {}", self.reference)));
            }
            Err(error) => return Err(error.into()),
        };
        let row = match letters::has_number(&row) {
            true => {
                url.unlock(&db, &self.data_dir)?;
                db.write(|tx| letters::whole(tx, &row, None, Clock::System.now()))?
            }
            false => row,
        };
        let unreadable = |_| Failure::because(format!("the facts of {} cannot be read", self.reference));
        let letter: IssuedLetter = serde_json::from_str(&row.facts).map_err(unreadable)?;
        let bytes = press::render(&letter).map_err(|error| Failure::because(error.to_string()))?;
        let made = StoredFile::of(&bytes);
        if row.sha256.is_some_and(|sha256| sha256 != made.sha256) {
            let sentence = "this version renders other bytes than those issued; take the issued file from the data";
            return Err(Failure::because(sentence));
        }
        out_files::write_whole(&self.out, &bytes)?;
        terminal::say(format!("{}: {}, {} bytes, SHA-256 {}", self.out.display(), row.title, made.size, made.sha256))
    }
}
