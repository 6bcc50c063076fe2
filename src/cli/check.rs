//! `check`: what must always hold, asked of the whole database.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    store::Db,
    usecases::integrity::{self, Invariant},
};

/// Checks every promise on money, states, reviews, mails and documents; fails when one is broken.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand check --database-url sqlite:var/tisserand.db")]
pub(super) struct Check {}

impl Check {
    pub(super) fn run(&self, url: &Url) -> Done {
        let found = look(&url.open()?)?;
        report(&found)
    }
}

/// Asks every promise of one frozen view of the database.
pub(super) fn look(db: &Db) -> Result<Vec<Invariant>, Failure> {
    let bar = terminal::progress(10, "checking")?;
    let found = db.read_frozen(|conn| integrity::check(conn, None, &mut |_| bar.inc(1)));
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
