//! Evidence packs: what was asked, the facts as they were, and the archive that was made of them.

use super::{
    Conn, StoreError, Tx, one,
    recusals::hidden_from,
    schema::{evidence_pack_grants, evidence_packs, funders, grants, people},
};
use crate::domain::{
    ids::{EvidencePackId, FunderId, GrantId, PersonId},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// A pack. `facts` is the JSON of its evidence as it was at `facts_at`; `sha256` and `size` (bytes) are those of the archive
/// made first. It is owed to the worker while there is no archive or somebody asked for it again, unless it failed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_packs, treat_none_as_default_value = false)]
pub struct EvidencePackRow {
    pub id: EvidencePackId,
    pub funder_id: FunderId,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub asked_by: PersonId,
    pub asked_at: Moment,
    /// Whether nothing was hidden from whoever asked for it.
    pub is_whole: bool,
    pub facts_at: Option<Moment>,
    pub facts: Option<String>,
    pub sha256: Option<String>,
    pub size: Option<i64>,
    pub made_at: Option<Moment>,
    /// When somebody asked for it once more, and what was made then.
    pub again_at: Option<Moment>,
    pub remade_at: Option<Moment>,
    pub remade_sha256: Option<String>,
    /// Why it could not be made, in French.
    pub failure: Option<String>,
}

/// A pack as a list shows it: without its facts, with the names of its funder and of whoever asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PackLine {
    pub id: EvidencePackId,
    pub funder: String,
    pub asked_by: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub asked_at: Moment,
    pub made_at: Option<Moment>,
    pub failure: Option<String>,
    pub size: Option<i64>,
}

/// The packs with something that must not exist for a person.
pub fn hidden(conn: &mut Conn, reader: Option<PersonId>) -> Result<Vec<EvidencePackId>, StoreError> {
    let Some(reader) = reader else { return Ok(Vec::new()) };
    let rows = evidence_pack_grants::table.inner_join(grants::table);
    let rows = rows.filter(grants::application_id.eq_any(hidden_from(reader)));
    let rows = rows.select(evidence_pack_grants::pack_id).distinct();
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// One pack, as far as it exists for `reader`.
pub fn find(conn: &mut Conn, id: EvidencePackId, reader: Option<PersonId>) -> Result<EvidencePackRow, StoreError> {
    if hidden(conn, reader)?.contains(&id) {
        return Err(StoreError::NotFound);
    }
    Ok(on!(conn, |conn| evidence_packs::table.find(id).select(EvidencePackRow::as_select()).first(conn))?)
}

/// The packs before `key`, newest first; none that must not exist for `reader`.
pub fn page(
    conn: &mut Conn,
    (key, reader): (Option<EvidencePackId>, Option<PersonId>),
    limit: i64,
) -> Result<Vec<PackLine>, StoreError> {
    let hidden = hidden(conn, reader)?;
    let columns = (
        evidence_packs::id,
        funders::name,
        people::name,
        evidence_packs::from_on,
        evidence_packs::until_on,
        evidence_packs::asked_at,
        evidence_packs::made_at,
        evidence_packs::failure,
        evidence_packs::size,
    );
    let rows = evidence_packs::table.inner_join(funders::table).inner_join(people::table);
    let rows = rows.order(evidence_packs::id.desc()).limit(limit).select(columns);
    let mut rows = rows.filter(evidence_packs::id.ne_all(hidden)).into_boxed();
    if let Some(key) = key {
        rows = rows.filter(evidence_packs::id.lt(key));
    }
    Ok(rows.load(conn)?)
}

/// The archives of a funder that are whole and made, newest first.
pub fn made_of(conn: &mut Conn, funder: FunderId, limit: i64) -> Result<Vec<EvidencePackRow>, StoreError> {
    let rows = evidence_packs::table.filter(evidence_packs::funder_id.eq(funder));
    let rows = rows.filter(evidence_packs::is_whole.eq(true)).filter(evidence_packs::sha256.is_not_null());
    let rows = rows.order(evidence_packs::id.desc()).limit(limit);
    Ok(on!(conn, |conn| rows.select(EvidencePackRow::as_select()).load(conn))?)
}

/// The packs that wait to be made, oldest first.
pub fn owed(conn: &mut Conn, limit: i64) -> Result<Vec<EvidencePackId>, StoreError> {
    let is_owed = evidence_packs::sha256.is_null().or(evidence_packs::again_at.is_not_null());
    let rows = evidence_packs::table.filter(evidence_packs::failure.is_null()).filter(is_owed);
    Ok(on!(conn, |conn| rows.order(evidence_packs::id).limit(limit).select(evidence_packs::id).load(conn))?)
}

/// Records that a pack is asked for.
pub fn insert(tx: &mut Tx, row: &EvidencePackRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(evidence_packs::table).values(row).execute(conn))?;
    Ok(())
}

/// Freezes the facts of a pack: once, and with the grants they speak of.
pub fn freeze(
    tx: &mut Tx,
    id: EvidencePackId,
    (facts, is_whole): (&str, bool),
    told: &[GrantId],
    now: Moment,
) -> Result<(), StoreError> {
    let row = diesel::update(evidence_packs::table.find(id).filter(evidence_packs::facts.is_null()));
    let values =
        (evidence_packs::facts.eq(facts), evidence_packs::facts_at.eq(now), evidence_packs::is_whole.eq(is_whole));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)?;
    for grant in told {
        let values = (evidence_pack_grants::pack_id.eq(id), evidence_pack_grants::grant_id.eq(*grant));
        on!(tx.conn(), |conn| diesel::insert_into(evidence_pack_grants::table).values(values).execute(conn))?;
    }
    Ok(())
}

/// Records the archive made first.
pub fn set_made(tx: &mut Tx, id: EvidencePackId, sha256: &str, size: i64, now: Moment) -> Result<(), StoreError> {
    let row = diesel::update(evidence_packs::table.find(id).filter(evidence_packs::sha256.is_null()));
    let values = (
        evidence_packs::sha256.eq(sha256),
        evidence_packs::size.eq(size),
        evidence_packs::made_at.eq(now),
        evidence_packs::again_at.eq(None::<Moment>),
    );
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

/// Asks for the archive once more, or for the first time where it failed.
pub fn ask_again(tx: &mut Tx, id: EvidencePackId, now: Moment) -> Result<(), StoreError> {
    let row = diesel::update(evidence_packs::table.find(id));
    let values = (evidence_packs::again_at.eq(now), evidence_packs::failure.eq(None::<String>));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

/// Records what was made the second time.
pub fn set_remade(tx: &mut Tx, id: EvidencePackId, sha256: &str, now: Moment) -> Result<(), StoreError> {
    let row = diesel::update(evidence_packs::table.find(id));
    let values = (
        evidence_packs::again_at.eq(None::<Moment>),
        evidence_packs::remade_at.eq(now),
        evidence_packs::remade_sha256.eq(sha256),
    );
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

/// Records why a pack cannot be made; nobody tries until it is asked for again.
pub fn set_failed(tx: &mut Tx, id: EvidencePackId, why: &str) -> Result<(), StoreError> {
    let row = diesel::update(evidence_packs::table.find(id));
    let values = (evidence_packs::failure.eq(why), evidence_packs::again_at.eq(None::<Moment>));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}
