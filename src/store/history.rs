//! The history: one chain of hashes over every change of state. Rows are appended, never changed.

use super::{Conn, StoreError, Tx, schema::transitions};
use crate::domain::{
    ids::PersonId,
    lifecycle::{Decision, Machine},
    roles::Role,
    text::hexadecimal,
    time::Moment,
};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

/// One change of state. `at` is UTC; `previous_hash` is the hash of the row before, empty for the first.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = transitions, treat_none_as_default_value = false)]
pub struct TransitionRow {
    pub seq: i64,
    pub machine: Machine,
    pub subject_id: String,
    pub edge_id: String,
    pub from_state: String,
    pub event: String,
    pub to_state: String,
    pub actor_id: Option<PersonId>,
    pub role: Role,
    pub reason: String,
    pub at: Moment,
    pub previous_hash: String,
    pub hash: String,
}

impl TransitionRow {
    /// The hash this row must carry: over everything it says and the hash before it.
    pub fn expected_hash(&self) -> String {
        let actor = self.actor_id.map(|id| id.to_string()).unwrap_or_default();
        let (seq, at) = (self.seq.to_string(), self.at.machine());
        let fields = [
            &seq,
            self.machine.code(),
            &self.subject_id,
            &self.edge_id,
            &self.to_state,
            &actor,
            self.role.code(),
            &at,
            &self.reason,
            &self.previous_hash,
        ];
        let mut digest = Sha256::new();
        for field in fields {
            // The length first, so that no two different rows spell the same bytes.
            digest.update((field.len() as u64).to_be_bytes());
            digest.update(field.as_bytes());
        }
        hexadecimal(&digest.finalize())
    }
}

/// Who did something, when and why, as the history keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'a> {
    pub actor: Option<PersonId>,
    pub reason: &'a str,
    pub at: Moment,
}

/// Appends one change of state and gives its number in the chain.
pub fn append(tx: &mut Tx, decision: &Decision, subject_id: &str, trace: Trace<'_>) -> Result<i64, StoreError> {
    let head = last(tx)?;
    let row = next(&head, decision, subject_id, trace);
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(transitions::table).values(&row)).execute(conn))?;
    tx.set_head(row.seq, row.hash);
    Ok(row.seq)
}

/// Appends the same change of state of several objects, in their order, and gives the number of each in the chain.
pub fn append_all(
    tx: &mut Tx,
    decision: &Decision,
    subjects: &[String],
    trace: Trace<'_>,
) -> Result<Vec<i64>, StoreError> {
    let mut head = last(tx)?;
    let mut rows = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let row = next(&head, decision, subject, trace);
        head = (row.seq, row.hash.clone());
        rows.push(row);
    }
    on!(tx.conn(), |conn| diesel::insert_into(transitions::table).values(&rows).execute(conn))?;
    tx.set_head(head.0, head.1);
    Ok(rows.iter().map(|row| row.seq).collect())
}

fn last(tx: &mut Tx) -> Result<(i64, String), StoreError> {
    match tx.take_head() {
        Some(head) => Ok(head),
        None => head(tx.conn()),
    }
}

/// The row that follows the head of the chain.
fn next(
    (last_seq, previous_hash): &(i64, String),
    decision: &Decision,
    subject_id: &str,
    trace: Trace<'_>,
) -> TransitionRow {
    let mut row = TransitionRow {
        seq: last_seq + 1,
        machine: decision.machine(),
        subject_id: subject_id.to_owned(),
        edge_id: decision.edge_id(),
        from_state: decision.from().to_owned(),
        event: decision.event().to_owned(),
        to_state: decision.to().to_owned(),
        actor_id: trace.actor,
        role: decision.role(),
        reason: trace.reason.to_owned(),
        at: trace.at,
        previous_hash: previous_hash.clone(),
        hash: String::new(),
    };
    row.hash = row.expected_hash();
    row
}

/// The number and the hash of the last row; zero and nothing when there is none.
pub fn head(conn: &mut Conn) -> Result<(i64, String), StoreError> {
    let last = transitions::table.order(transitions::seq.desc()).select((transitions::seq, transitions::hash));
    Ok(on!(conn, |conn| last.first(conn)).optional()?.unwrap_or_default())
}

/// The hashes of these lines, those that are there.
pub fn hashes(conn: &mut Conn, seqs: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = transitions::table.filter(transitions::seq.eq_any(seqs)).order(transitions::seq);
    Ok(on!(conn, |conn| rows.select((transitions::seq, transitions::hash)).load(conn))?)
}

/// Whether anything but a mail has changed since the line `seq`.
pub fn has_moved_since(conn: &mut Conn, seq: i64) -> Result<bool, StoreError> {
    let rows = transitions::table.filter(transitions::seq.gt(seq)).filter(transitions::machine.ne(Machine::Message));
    Ok(on!(conn, |conn| diesel::select(diesel::dsl::exists(rows)).get_result(conn))?)
}

/// What happened to one object, oldest first.
pub fn of_subject(conn: &mut Conn, subject_id: &str) -> Result<Vec<TransitionRow>, StoreError> {
    let rows = transitions::table.filter(transitions::subject_id.eq(subject_id)).order(transitions::seq);
    Ok(on!(conn, |conn| rows.select(TransitionRow::as_select()).load(conn))?)
}

/// What happened to several objects, newest first.
pub fn of_subjects(conn: &mut Conn, subject_ids: &[String]) -> Result<Vec<TransitionRow>, StoreError> {
    let rows = transitions::table.filter(transitions::subject_id.eq_any(subject_ids)).order(transitions::seq.desc());
    Ok(on!(conn, |conn| rows.select(TransitionRow::as_select()).load(conn))?)
}

/// The rows after `seq`, oldest first.
pub fn after(conn: &mut Conn, seq: i64, limit: i64) -> Result<Vec<TransitionRow>, StoreError> {
    let rows = transitions::table.filter(transitions::seq.gt(seq)).order(transitions::seq).limit(limit);
    Ok(on!(conn, |conn| rows.select(TransitionRow::as_select()).load(conn))?)
}

/// The rows before `seq` (all of them when `None`), newest first; of one machine when it is given, and without those of
/// `hidden` objects.
pub fn before(
    conn: &mut Conn,
    seq: Option<i64>,
    machine: Option<Machine>,
    hidden: &[String],
    limit: i64,
) -> Result<Vec<TransitionRow>, StoreError> {
    let bound = seq.unwrap_or(i64::MAX);
    let rows = transitions::table.filter(transitions::seq.lt(bound)).order(transitions::seq.desc()).limit(limit);
    let rows = rows.filter(transitions::subject_id.ne_all(hidden));
    let mut rows = rows.select(TransitionRow::as_select()).into_boxed();
    if let Some(machine) = machine {
        rows = rows.filter(transitions::machine.eq(machine));
    }
    Ok(rows.load(conn)?)
}
