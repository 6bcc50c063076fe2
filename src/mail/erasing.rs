//! What is done once a night: what is over is told and taken away, and its bytes leave after the rows that named them.

use super::worker::Office;
use crate::{
    domain::time::Moment,
    store::Tx,
    usecases::{Outcome, retention},
};
use tokio::sync::watch;

/// A part of the night's work, done in bounded transactions until nothing is left; how much one of them did.
type Part = fn(&mut Tx, Moment) -> Outcome<usize>;

/// In this order: whoever is told tonight keeps what they have for the whole notice.
const PARTS: [Part; 6] = [
    retention::warn_drafts,
    retention::remind_drafts,
    retention::warn_accounts,
    retention::erase_applications,
    retention::erase_accounts,
    retention::erase_donors,
];

/// Does the work of a night, until `stop` says so.
pub(super) async fn erase(office: &Office, stop: &watch::Receiver<bool>) -> Outcome<()> {
    let now = office.now();
    for part in PARTS {
        while !*stop.borrow() {
            if office.write(move |tx| part(tx, now)).await? == 0 {
                break;
            }
        }
    }
    office.write(move |tx| retention::forget_traces(tx, now)).await?;
    remove_files(office, stop).await
}

/// Removes the bytes that nothing needs any more. What cannot be removed is claimed again another night.
async fn remove_files(office: &Office, stop: &watch::Receiver<bool>) -> Outcome<()> {
    let now = office.now();
    while !*stop.borrow() {
        let claimed = office.write(move |tx| retention::claim_files(tx, now)).await?;
        let mut removed = Vec::with_capacity(claimed.len());
        for sha256 in &claimed {
            match office.forget(sha256).await {
                Ok(()) => removed.push(sha256.clone()),
                Err(error) => tracing::error!(sha256, %error, "the bytes of an erased file cannot be removed"),
            }
        }
        if removed.is_empty() {
            return Ok(());
        }
        office.write(move |tx| retention::files_removed(tx, &removed, now)).await?;
    }
    Ok(())
}
