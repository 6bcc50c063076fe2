//! The head of the history, published with each check of the promises and mailed out by night: a history that somebody
//! rewrites, its hashes too, no longer holds what was read outside.

use super::{
    Actor, Outcome, access, documents::Recipient, integrity::Invariant, integrity_runs::READERS, messages, settings,
    terms,
};
use crate::{
    domain::{
        correspondence::promises as words, history_heads::HistoryHead, ids::IntegrityRunId, roles::Role, time::Moment,
    },
    store::{
        Conn, Tx, history,
        history_heads::{self, HistoryHeadRow},
        integrity::Tally,
        integrity_runs,
    },
};

/// Who receives the report of a night, besides the witness outside whom the settings may name.
const TOLD: [Role; 2] = [Role::Admin, Role::Director];
/// Published heads that the page lists.
const SHOWN: i64 = 20;

/// What the promise about heads read somewhere is called.
const GIVEN: &str = "the heads given are in the history, each at its place";

/// A head that was published, and whether the history still has it at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub head: HistoryHead,
    pub at: Moment,
    pub is_mailed: bool,
    pub is_there: bool,
}

/// Publishes the head as it is when a check ends. By night it is mailed out, unless only mails have left since the last
/// report; the very first check of a database reports nothing.
pub(super) fn publish(
    tx: &mut Tx,
    run_id: IntegrityRunId,
    is_nightly: bool,
    found: &[Invariant],
    now: Moment,
) -> Outcome<()> {
    let (seq, hash) = history::head(tx.conn())?;
    if seq == 0 {
        return Ok(());
    }
    let is_mailed = is_nightly && is_report_owed(tx.conn())?;
    let row = HistoryHeadRow { run_id, seq, hash: hash.clone(), is_mailed, published_at: now };
    history_heads::insert(tx, &row)?;
    if is_mailed { report(tx, run_id, &HistoryHead { seq, hash }, found, now) } else { Ok(()) }
}

fn is_report_owed(conn: &mut Conn) -> Outcome<bool> {
    let since = match history_heads::last_mailed(conn)? {
        Some(seq) => seq,
        None if integrity_runs::last(conn, 2)?.len() < 2 => return Ok(false),
        None => 0,
    };
    Ok(history::has_moved_since(conn, since)?)
}

/// The report of a night: one mail for each person, whatever their roles, and one for the witness.
fn report(tx: &mut Tx, run: IntegrityRunId, head: &HistoryHead, found: &[Invariant], now: Moment) -> Outcome<()> {
    let settings = settings::load(tx.conn())?;
    let broken = found.iter().filter(|promise| promise.tally.broken > 0).count();
    let mail = words::nightly_report(head, (found.len(), broken), now, &settings.issuer_contact);
    let mut told = terms::staff_in(tx.conn(), &TOLD)?;
    let witness = settings.history_witness;
    if !witness.is_empty() && told.iter().all(|one| one.address != witness) {
        told.push(Recipient { person: None, address: witness, name: String::new() });
    }
    told.iter().try_for_each(|to| messages::queue_reminder(tx, ("head", run.as_str()), to, &mail, now))
}

/// Whether these lines of the history have this head at its place.
fn holds(lines: &[(i64, String)], head: &HistoryHead) -> bool {
    lines.iter().any(|(seq, hash)| *seq == head.seq && *hash == head.hash)
}

/// The head of the history now, and those published last, newest first.
pub fn published(conn: &mut Conn, actor: &Actor) -> Outcome<(Option<HistoryHead>, Vec<Published>)> {
    access::require(actor, &READERS)?;
    let (seq, hash) = history::head(conn)?;
    let rows = history_heads::last(conn, SHOWN)?;
    let there = history::hashes(conn, &rows.iter().map(|row| row.seq).collect::<Vec<_>>())?;
    let published = rows.into_iter().map(|row| {
        let head = HistoryHead { seq: row.seq, hash: row.hash };
        Published { is_there: holds(&there, &head), head, at: row.published_at, is_mailed: row.is_mailed }
    });
    Ok(((seq > 0).then_some(HistoryHead { seq, hash }), published.collect()))
}

/// Whether the history has this head, read in a mail or on paper, at its place.
pub fn is_there(conn: &mut Conn, actor: &Actor, head: &HistoryHead) -> Outcome<bool> {
    access::require(actor, &READERS)?;
    Ok(holds(&history::hashes(conn, &[head.seq])?, head))
}

/// Heads read somewhere, compared with the history: one line more for whoever checks it.
pub fn given(conn: &mut Conn, heads: &[HistoryHead]) -> Outcome<Invariant> {
    let there = history::hashes(conn, &heads.iter().map(|head| head.seq).collect::<Vec<_>>())?;
    let mut tally = Tally::default();
    for head in heads {
        tally.checked += 1;
        match there.iter().find(|(seq, _)| *seq == head.seq) {
            Some((_, hash)) if *hash == head.hash => {}
            Some(_) => tally.blame(head.seq, "has another hash in the history: it was rewritten"),
            None => tally.blame(head.seq, "is no line of the history: it was shortened"),
        }
    }
    Ok(Invariant { number: 10, name: GIVEN, tally })
}
