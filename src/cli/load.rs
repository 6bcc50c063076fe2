//! `load`: funds, funding agreements and calls from definition files.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    domain::definitions::{self, Definition},
    domain::lifecycles::calls::{Call, CallEvent},
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        calls::{self, Loaded},
        clock::Clock,
        reference_data,
    },
};
use std::{fs, path::PathBuf};

/// Takes in definition files: all of them, or none when one has a fault. Calls arrive as drafts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand load fixtures/recital.toml fixtures/tandems.toml")]
pub(super) struct Load {
    /// TOML files, each with a fund, its funders, its agreements and its calls.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Publish the new calls at once.
    #[arg(long)]
    publish: bool,
}

impl Load {
    pub(super) fn run(&self, url: &Url) -> Done {
        let mut read = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let told = |why: String| Failure::because(format!("{}, {why}", file.display()));
            let text = fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
            read.push(definitions::parse(&text).map_err(|error| told(error.to_string()))?);
        }
        let db = url.open()?;
        let now = Clock::System.now();
        let loaded = db.write(|tx| {
            reference_data::load(tx)?;
            let system = Actor::system();
            let mut all = Loaded::default();
            for definition in &read {
                let loaded = calls::load(tx, &system, definition, now)?;
                for reference in loaded.created.iter().filter(|_| self.publish) {
                    let call = calls::by_reference(tx.conn(), reference)?;
                    advance_now::<Call>(tx, &system, call.id, CallEvent::Publish, now)?;
                }
                all.created.extend(loaded.created);
                all.changed.extend(loaded.changed);
                all.unchanged.extend(loaded.unchanged);
            }
            Outcome::Ok(all)
        })?;
        report(&loaded)
    }
}

fn report(loaded: &Loaded) -> Done {
    let rows = [(&loaded.created, "new"), (&loaded.changed, "changed"), (&loaded.unchanged, "unchanged")];
    let rows = rows.into_iter().flat_map(|(calls, what)| calls.iter().map(move |call| vec![call.clone(), what.into()]));
    terminal::table(&["CALL", ""], &rows.collect::<Vec<_>>())
}

/// The definitions that ship with the product.
pub(super) fn shipped() -> Result<Vec<Definition>, Failure> {
    let texts = [
        include_str!("../../fixtures/recital.toml"),
        include_str!("../../fixtures/tandems.toml"),
        include_str!("../../fixtures/sublime.toml"),
    ];
    texts.iter().map(|text| definitions::parse(text).map_err(|error| Failure::because(error.to_string()))).collect()
}
