//! `payment-file`: the bank file of a payment run, as it was generated once.

use super::{Done, Failure, databases::Url, instances, out_files, terminal};
use crate::{
    store::{StoreError, payment_runs},
    usecases::{Actor, clock::Clock, payment_runs::bank_file},
};
use std::path::PathBuf;

/// Writes the bank file (pain.001) of a run. It is generated once, when finance exports the run on the site.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand payment-file LOT-2027-001 --out LOT-2027-001.xml")]
pub(super) struct PaymentFile {
    /// The reference of the run.
    run: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where the key that seals account numbers is.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
}

impl PaymentFile {
    pub(super) fn run(&self, url: &Url) -> Done {
        let db = url.open()?;
        let found = db.read(|conn| {
            let run = payment_runs::by_reference(conn, &self.run)?;
            Ok::<_, StoreError>(payment_runs::file(conn, run.id)?.map(|_| run.id))
        });
        let run = match found {
            Ok(Some(run)) => run,
            Ok(None) => return Err(Failure::because(format!("the bank file of {} is not generated yet", self.run))),
            Err(StoreError::NotFound) => return Err(Failure::because(format!("there is no run {}", self.run))),
            Err(error) => return Err(error.into()),
        };
        url.unlock(&db, &self.data_dir)?;
        instances::recognise(&db, url.instance(), &self.data_dir)?;
        // A file that is not the one that was generated does not come back.
        let (_, file) = db.write(|tx| bank_file(tx, &Actor::system(), run, Clock::System.now()))?;
        out_files::write_whole(&self.out, file.content.as_bytes())?;
        terminal::say(format!("{}: SHA-256 {}", self.out.display(), file.sha256))
    }
}
