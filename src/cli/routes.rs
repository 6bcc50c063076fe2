//! `routes`: the site map.

use super::{Done, terminal};
use crate::web::routes::SITE_MAP;

/// Prints every address of the site: method, path and who may open it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand routes")]
pub(super) struct Routes {}

impl Routes {
    pub(super) fn run(&self) -> Done {
        let rows = SITE_MAP
            .iter()
            .map(|address| vec![address.method.to_uppercase(), address.path.to_owned(), format!("{:?}", address.who)]);
        terminal::table(&["METHOD", "PATH", "WHO"], &rows.collect::<Vec<_>>())
    }
}
