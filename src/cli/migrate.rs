//! `migrate`: the schema is brought up to date.

use super::{Done, databases::Url, terminal};

/// Makes the database if there is none, and brings its schema up to date. Doing it twice changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand migrate --database-url sqlite:var/tisserand.db")]
pub(super) struct Migrate {}

impl Migrate {
    pub(super) fn run(&self, url: &Url) -> Done {
        url.open_or_make()?;
        terminal::say("The database is up to date.")
    }
}
