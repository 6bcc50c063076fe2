//! The antivirus: which files wait for it, and what it said.

use super::{Outcome, refused_files, settings};
use crate::{
    domain::{attachments::ScanVerdict, ids::AttachmentId, lifecycle::Refusal, time::Moment},
    store::{
        Conn, Tx,
        attachments::{self, AttachmentRow},
        scans::{self, ScanRow},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Minutes before a file that could not be scanned is tried again.
const PAUSE_MINUTES: i64 = 10;

/// Says whether this installation has an antivirus. Files that came before it are scanned too; without one, nothing
/// waits, and what was refused stays refused.
pub fn switch(tx: &mut Tx, is_on: bool, now: Moment) -> Outcome<()> {
    let mut known = settings::load(tx.conn())?;
    if known.scans_files() != is_on {
        known.set_scans_files(is_on);
        settings::save(tx, known)?;
    }
    if !is_on {
        scans::forget_waiting(tx)?;
        return Ok(());
    }
    for (sha256, came_at) in scans::unknown(tx.conn())? {
        scans::insert(tx, &waiting(&sha256, came_at.unwrap_or(now)))?;
    }
    Ok(())
}

fn waiting(sha256: &str, due_at: Moment) -> ScanRow {
    ScanRow { sha256: sha256.to_owned(), verdict: ScanVerdict::Waiting, due_at, scanned_at: None, finding: None }
}

/// Has a file scanned that was just attached; the same bytes are scanned once.
pub(super) fn ask(tx: &mut Tx, sha256: &str, now: Moment) -> Outcome<()> {
    if settings::load(tx.conn())?.scans_files() && scans::find(tx.conn(), sha256)?.is_none() {
        scans::insert(tx, &waiting(sha256, now))?;
    }
    Ok(())
}

/// What is known of these files, by hash; nothing where there is no antivirus.
pub(super) fn verdicts(conn: &mut Conn, hashes: &[String]) -> Outcome<BTreeMap<String, ScanVerdict>> {
    if hashes.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(scans::of_files(conn, hashes)?.into_iter().collect())
}

/// Refuses to give a file back that the antivirus refused.
pub(super) fn check(conn: &mut Conn, sha256: &str) -> Outcome<()> {
    let refused = scans::find(conn, sha256)?.filter(|row| row.verdict == ScanVerdict::Refused);
    match refused {
        None => Ok(()),
        Some(_) => Err(Refusal::because("L’antivirus a refusé ce fichier\u{a0}: personne ne peut l’ouvrir.").into()),
    }
}

/// Files to scan now.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Outcome<Vec<String>> {
    Ok(scans::due(conn, now, limit)?)
}

/// Writes what the antivirus said: nothing found, or the name of what it found. Whoever gave a refused file gets a mail, and
/// what was owed is owed again.
pub fn record(tx: &mut Tx, sha256: &str, finding: Option<&str>, now: Moment) -> Outcome<()> {
    let verdict = if finding.is_some() { ScanVerdict::Refused } else { ScanVerdict::Clean };
    scans::judge(tx, sha256, verdict, finding, now)?;
    if verdict == ScanVerdict::Refused {
        for file in attachments::of_bytes(tx.conn(), sha256)? {
            refused_files::refuse(tx, &file, now)?;
        }
    }
    Ok(())
}

/// Whether the antivirus has refused these bytes before.
fn is_refused(conn: &mut Conn, sha256: &str) -> Outcome<bool> {
    Ok(scans::find(conn, sha256)?.is_some_and(|row| row.verdict == ScanVerdict::Refused))
}

/// The same for a file just attached whose bytes were refused before; whether they were.
pub(super) fn refuse_known(tx: &mut Tx, file: AttachmentId, now: Moment) -> Outcome<bool> {
    let file = attachments::find(tx.conn(), file)?;
    let is_refused = is_refused(tx.conn(), &file.sha256)?;
    if is_refused {
        refused_files::refuse(tx, &file, now)?;
    }
    Ok(is_refused)
}

/// Those of these files that the antivirus refused.
pub(super) fn refused(conn: &mut Conn, files: &[AttachmentRow]) -> Outcome<BTreeSet<AttachmentId>> {
    let hashes: Vec<_> = files.iter().map(|file| file.sha256.clone()).collect();
    let verdicts = verdicts(conn, &hashes)?;
    let is_refused = |file: &&AttachmentRow| verdicts.get(&file.sha256) == Some(&ScanVerdict::Refused);
    Ok(files.iter().filter(is_refused).map(|file| file.id).collect())
}

/// Puts a file off that could not be scanned.
pub fn postpone(tx: &mut Tx, sha256: &str, now: Moment) -> Outcome<()> {
    Ok(scans::postpone(tx, sha256, now.plus_minutes(PAUSE_MINUTES))?)
}
