//! What evidence packs lose when the file of a grant, or its beneficiary, is erased: which packs speak of it, and what was
//! taken out of each.

use super::{
    Conn, StoreError, Tx, doomed_files, erasures, one,
    schema::{documents, evidence_pack_erasures, evidence_pack_grants, evidence_packs, grants},
};
use crate::domain::{
    ids::{EvidencePackId, GrantId, OrganisationId},
    time::Moment,
};
use diesel::{QueryableByName, prelude::*, sql_query, sql_types::Text};

/// Something taken out of a pack. `is_nameless` when the beneficiary went too.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_pack_erasures)]
pub struct PackErasureRow {
    pub pack_id: EvidencePackId,
    pub grant_id: GrantId,
    pub is_nameless: bool,
    pub erased_at: Moment,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    pack_id: EvidencePackId,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    grant_id: GrantId,
}

/// A grant `pg` of a pack made before its file was erased, of which nothing was taken out yet.
const LEFT_OVER: &str = "FROM evidence_pack_grants pg JOIN evidence_packs p ON p.id = pg.pack_id
    JOIN grants g ON g.id = pg.grant_id JOIN erasures e ON e.application_id = g.application_id
    WHERE e.erased_at IS NOT NULL AND p.facts_at <= e.erased_at
      AND NOT EXISTS (SELECT 1 FROM evidence_pack_erasures x WHERE x.pack_id = pg.pack_id AND x.grant_id = pg.grant_id)";

/// Packs that still say what was erased, so many of them after this one, by identifier.
pub fn left_over(conn: &mut Conn, last: Option<EvidencePackId>, limit: i64) -> Result<Vec<EvidencePackId>, StoreError> {
    let last = last.map(|id| id.to_string()).unwrap_or_default();
    let sql =
        format!("SELECT DISTINCT pg.pack_id AS pack_id {LEFT_OVER} AND pg.pack_id > $1 ORDER BY pack_id LIMIT {limit}");
    let query = sql_query(sql).bind::<Text, _>(last);
    let found: Vec<Found> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().map(|found| found.pack_id).collect())
}

/// The grants of which one of them still says what was erased.
pub fn left_over_in(conn: &mut Conn, pack: EvidencePackId) -> Result<Vec<GrantId>, StoreError> {
    let sql = format!("SELECT pg.grant_id AS grant_id {LEFT_OVER} AND pg.pack_id = $1 ORDER BY grant_id");
    let query = sql_query(sql).bind::<Text, _>(pack.to_string());
    let found: Vec<Told> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().map(|found| found.grant_id).collect())
}

/// The packs in which a grant is counted.
pub fn of_grant(conn: &mut Conn, grant: GrantId) -> Result<Vec<EvidencePackId>, StoreError> {
    let rows = evidence_pack_grants::table.filter(evidence_pack_grants::grant_id.eq(grant));
    let rows = rows.order(evidence_pack_grants::pack_id).select(evidence_pack_grants::pack_id);
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// The grants of an organisation, whatever became of them.
pub fn grants_of(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<GrantId>, StoreError> {
    let rows = grants::table.filter(grants::organisation_id.eq(organisation)).order(grants::id);
    Ok(on!(conn, |conn| rows.select(grants::id).load(conn))?)
}

/// Which of these bytes are those of a letter that can still be read.
pub fn readable(conn: &mut Conn, hashes: &[String]) -> Result<Vec<String>, StoreError> {
    let rows = documents::table.filter(documents::sha256.assume_not_null().eq_any(hashes));
    let rows = rows.filter(documents::facts.ne("")).select(documents::sha256.assume_not_null());
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Whether this was taken out of the pack already.
pub fn is_known(conn: &mut Conn, pack: EvidencePackId, grant: GrantId, is_nameless: bool) -> Result<bool, StoreError> {
    let row = evidence_pack_erasures::table.find((pack, grant, is_nameless)).count();
    Ok(on!(conn, |conn| row.get_result::<i64>(conn))? > 0)
}

/// Notes what was taken out of a pack.
pub fn append(tx: &mut Tx, row: &PackErasureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(evidence_pack_erasures::table).values(row).execute(conn))?;
    Ok(())
}

/// Writes what is left of the facts of a pack, and dooms the archives that were made of the former ones: the worker makes
/// another.
pub fn rewrite(tx: &mut Tx, pack: EvidencePackId, facts: &str, now: Moment) -> Result<(), StoreError> {
    doom_archives(tx, pack, now)?;
    let values = (
        evidence_packs::facts.eq(facts),
        evidence_packs::sha256.eq(None::<String>),
        evidence_packs::size.eq(None::<i64>),
        evidence_packs::made_at.eq(None::<Moment>),
        evidence_packs::again_at.eq(None::<Moment>),
        evidence_packs::remade_at.eq(None::<Moment>),
        evidence_packs::remade_sha256.eq(None::<String>),
        evidence_packs::failure.eq(None::<String>),
    );
    let row = diesel::update(evidence_packs::table.find(pack));
    erasures::overwrite(tx, "ON")?;
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)?;
    erasures::overwrite(tx, "OFF")
}

fn doom_archives(tx: &mut Tx, pack: EvidencePackId, now: Moment) -> Result<(), StoreError> {
    doomed_files::doom(tx, "evidence_packs", "id = $1", pack.as_str(), now)?;
    let again = "(SELECT id, remade_sha256 AS sha256 FROM evidence_packs) remade";
    doomed_files::doom(tx, again, "id = $1", pack.as_str(), now)
}
