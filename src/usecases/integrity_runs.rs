//! The promises asked on demand and each night: kept with their figures, and told to those who must act when what is
//! broken changes.

use super::{Actor, Outcome, access, history_heads, integrity::Invariant, messages, settings, terms};
use crate::{
    domain::{
        correspondence::promises as words,
        ids::{DocumentId, IntegrityRunId, PersonId},
        promises::in_french,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Tx,
        digests::sha256,
        document_checks::{self, DocumentCheckRow, Progress},
        integrity_runs::{self, FindingRow, IntegrityRunRow},
        people, recusals,
    },
};
use std::collections::BTreeMap;

/// Who reads what was found.
pub(super) const READERS: [Role; 3] = [Role::Auditor, Role::Admin, Role::Finance];
/// Who is told of a broken promise.
const TOLD: [Role; 2] = [Role::Admin, Role::Finance];
/// Runs that the page lists.
const SHOWN: i64 = 20;

/// A promise as the last run found it. Its examples may name a file: whoever is recused from any has none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub number: u8,
    pub name: String,
    pub checked: i64,
    pub broken: i64,
    pub examples: Vec<String>,
}

/// A time the promises were asked, with who asked; nobody when it was the worker, at night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub ran_at: Moment,
    pub ran_by: Option<String>,
    pub promises: i32,
    pub broken: i32,
}

/// The last run promise by promise, and the runs before it, newest first; nothing before the first.
pub fn last(conn: &mut Conn, actor: &Actor) -> Outcome<(Vec<Run>, Vec<Finding>)> {
    access::require(actor, &READERS)?;
    let rows = integrity_runs::last(conn, SHOWN)?;
    let Some(newest) = rows.first() else { return Ok((Vec::new(), Vec::new())) };
    let found = integrity_runs::findings(conn, newest.id)?;
    let authors: Vec<_> = rows.iter().filter_map(|row| row.ran_by).collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &authors)?.into_iter().map(|row| (row.id, row.name)).collect();
    let is_recused = match actor.person {
        Some(person) => recusals::has_any(conn, person)?,
        None => false,
    };
    let run = |row: &IntegrityRunRow| Run {
        ran_at: row.ran_at,
        ran_by: row.ran_by.map(|id| names.get(&id).cloned().unwrap_or_default()),
        promises: row.promises,
        broken: row.broken_promises,
    };
    let finding = |row: FindingRow| -> Outcome<Finding> {
        Ok(Finding {
            number: u8::try_from(row.number).unwrap_or_default(),
            name: row.promise,
            checked: row.checked,
            broken: row.broken,
            examples: if is_recused { Vec::new() } else { serde_json::from_str(&row.examples)? },
        })
    };
    Ok((rows.iter().map(run).collect(), found.into_iter().map(finding).collect::<Outcome<_>>()?))
}

/// Whether the worker has still to ask tonight.
pub fn is_owed(conn: &mut Conn, now: Moment) -> Outcome<bool> {
    Ok(!integrity_runs::has_nightly_since(conn, Moment::start_of_day(now.paris_date()))?)
}

/// Keeps what the worker found at night and which documents it read, once a day however many workers there are; whether it
/// was kept.
pub fn record_nightly(tx: &mut Tx, found: &[Invariant], read: &[(DocumentId, bool)], now: Moment) -> Outcome<bool> {
    let is_owed = is_owed(tx.conn(), now)?;
    if is_owed {
        record(tx, None, found, now)?;
        mark_read(tx, read, now)?;
    }
    Ok(is_owed)
}

/// Writes down which documents were read, and whether each was whole.
pub fn mark_read(tx: &mut Tx, read: &[(DocumentId, bool)], now: Moment) -> Outcome<()> {
    for (document_id, is_whole) in read {
        let row = DocumentCheckRow { document_id: *document_id, checked_at: now, is_whole: *is_whole };
        document_checks::mark(tx, &row)?;
    }
    Ok(())
}

/// How far the reading of the stored bytes of documents is.
pub fn documents(conn: &mut Conn, actor: &Actor) -> Outcome<Progress> {
    access::require(actor, &READERS)?;
    Ok(document_checks::progress(conn)?)
}

/// Keeps what was found, and tells of what is broken unless the run before found the very same.
pub fn record(tx: &mut Tx, by: Option<PersonId>, found: &[Invariant], now: Moment) -> Outcome<()> {
    let broken: Vec<_> = found.iter().filter(|promise| promise.tally.broken > 0).collect();
    let fingerprint = match broken.is_empty() {
        true => String::new(),
        false => {
            let told = broken.iter().map(|promise| format!("{}={}", promise.name, promise.tally.broken));
            sha256(told.collect::<Vec<_>>().join("\n"))
        }
    };
    let before = integrity_runs::last(tx.conn(), 1)?.pop();
    let id: IntegrityRunId = tx.mint(now)?;
    let row = IntegrityRunRow {
        id,
        ran_at: now,
        ran_by: by,
        promises: count(found.len()),
        broken_promises: count(broken.len()),
        fingerprint: fingerprint.clone(),
    };
    integrity_runs::insert(tx, &row)?;
    for (position, promise) in (0..).zip(found) {
        let row = FindingRow {
            run_id: id,
            position,
            number: promise.number.into(),
            promise: promise.name.to_owned(),
            checked: promise.tally.checked,
            broken: promise.tally.broken,
            examples: serde_json::to_string(&promise.tally.examples)?,
        };
        integrity_runs::insert_finding(tx, &row)?;
    }
    history_heads::publish(tx, id, by.is_none(), found, now)?;
    if broken.is_empty() || before.is_some_and(|before| before.fingerprint == fingerprint) {
        return Ok(());
    }
    tell(tx, id, &broken, now)
}

fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

/// One mail for each person, whatever their roles.
fn tell(tx: &mut Tx, id: IntegrityRunId, broken: &[&Invariant], now: Moment) -> Outcome<()> {
    let contact = settings::load(tx.conn())?.issuer_contact;
    let said = |promise: &&Invariant| (in_french(promise.number, promise.name).words, promise.tally.broken);
    let mail = words::promise_broken(&broken.iter().map(said).collect::<Vec<_>>(), &contact);
    let told = terms::staff_in(tx.conn(), &TOLD)?;
    told.iter().try_for_each(|to| messages::queue_reminder(tx, ("promises", id.as_str()), to, &mail, now))
}
