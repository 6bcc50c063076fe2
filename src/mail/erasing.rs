//! What is done once a night: what is over is told and taken away, and its bytes leave after the rows that named them.

use super::{quarantine, worker::Office};
use crate::{
    domain::time::Moment,
    store::{Conn, Tx},
    usecases::{Outcome, clock::Clock, organisation_erasures, pack_erasures, retention},
};
use futures_util::StreamExt;
use std::fmt::Display;
use tokio::sync::watch;

/// A part of the night's work, done in bounded transactions until nothing is left; how much one of them did.
type Part = fn(&mut Tx, Moment) -> Outcome<usize>;

/// What is told. Whoever is told tonight keeps what they have for the whole notice.
const TOLD: [Part; 4] =
    [retention::warn_drafts, retention::remind_drafts, retention::warn_accounts, organisation_erasures::warn];

/// Does the work of a night, until `stop` says so.
pub(super) async fn erase(office: &Office, stop: &watch::Receiver<bool>) -> Outcome<()> {
    let now = office.now();
    for part in TOLD {
        while !*stop.borrow() {
            match office.write(move |tx| part(tx, now)).await {
                Ok(0) => break,
                Ok(_) => {}
                // What is over goes all the same; who was not told keeps what they have.
                Err(error) => {
                    tracing::error!(%error, "people could not be told of what will be erased");
                    break;
                }
            }
        }
    }
    let applications = one_by_one(office, stop, retention::due_applications, retention::erase_application).await?;
    let accounts = one_by_one(office, stop, retention::due_accounts, retention::erase_account).await?;
    let organisations = one_by_one(office, stop, organisation_erasures::due, organisation_erasures::erase).await?;
    let donors = one_by_one(office, stop, retention::due_donors, retention::erase_donor).await?;
    // Made before packs lost what is erased.
    let packs = one_by_one(office, stop, pack_erasures::left_over, pack_erasures::catch_up).await?;
    if applications + accounts + organisations + donors + packs > 0 {
        tracing::error!(
            applications,
            accounts,
            organisations,
            donors,
            packs,
            "some could not be erased; they are tried again the next night"
        );
    }
    if !*stop.borrow() {
        office.write(move |tx| retention::forget_failures(tx, now)).await?;
    }
    office.write(move |tx| retention::forget_traces(tx, now)).await?;
    if let Err(error) = doom_unnamed(office, stop).await {
        tracing::warn!(%error, "bytes that no row names could not be looked for; they are the next night");
    }
    remove_files(office, stop).await
}

/// Files looked at in one transaction.
const PAGE: usize = 500;

/// Dooms the bytes that no row has named for a day: an upload that was broken off leaves some. The store of files dates
/// them, by the machine's clock. A copy of the data may share that store: it dooms nothing.
async fn doom_unnamed(office: &Office, stop: &watch::Receiver<bool>) -> Outcome<()> {
    if quarantine::holds(office).await? {
        return Ok(());
    }
    let now = office.now();
    let mut old = office.files.kept_before(Clock::System.now().plus_days(-1));
    while !*stop.borrow() {
        let mut page = Vec::with_capacity(PAGE);
        while page.len() < PAGE {
            let Some(found) = old.next().await else { break };
            page.push(found?);
        }
        if page.is_empty() {
            break;
        }
        office.write(move |tx| retention::doom_unnamed(tx, &page, now)).await?;
    }
    Ok(())
}

/// Erases everything that is due, each in a transaction of its own: what fails is noted and holds up nothing else. Gives
/// how many failed.
async fn one_by_one<T: Copy + Display + Send + 'static>(
    office: &Office,
    stop: &watch::Receiver<bool>,
    due: fn(&mut Conn, Option<T>, Moment) -> Outcome<Vec<T>>,
    erase: fn(&mut Tx, T, Moment) -> Outcome<()>,
) -> Outcome<usize> {
    let now = office.now();
    let (mut last, mut failed) = (None, 0);
    while !*stop.borrow() {
        let found = office.read(move |conn| due(conn, last, now)).await?;
        let Some(end) = found.last().copied() else { break };
        last = Some(end);
        for id in found {
            let Err(error) = office.write(move |tx| erase(tx, id, now)).await else { continue };
            failed += 1;
            let (subject, said) = (id.to_string(), error.to_string());
            tracing::error!(subject, %error, "something could not be erased");
            let noted = office.write(move |tx| retention::note_failure(tx, &subject, &said, now)).await;
            if let Err(error) = noted {
                tracing::error!(%error, "a failed erasure could not be noted");
            }
        }
    }
    Ok(failed)
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
