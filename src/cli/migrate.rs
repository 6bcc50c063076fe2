//! `migrate`: the schema is brought up to date.

use super::{Done, databases::Url, terminal};
use crate::store::sealing;
use std::path::PathBuf;

/// Makes the database if there is none, and brings its schema up to date. Doing it twice changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand migrate --database-url sqlite:var/tisserand.db")]
pub(super) struct Migrate {
    /// Where the key that seals account numbers is, when there are any.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
}

impl Migrate {
    pub(super) fn run(&self, url: &Url) -> Done {
        let db = url.open_or_make()?;
        if db.read(sealing::has_numbers)? {
            url.unlock(&db, &self.data_dir)?;
        }
        terminal::say("The database is up to date.")
    }
}
