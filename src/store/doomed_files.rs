//! Bytes that nothing may refer to any more, from the erasure that doomed them until they have left the store of files.

use super::{
    Conn, StoreError, Tx,
    schema::{attachments, documents, doomed_files, evidence_packs},
};
use crate::domain::time::Moment;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Text, Timestamp},
};
use std::collections::BTreeSet;

/// What still needs bytes: anything attached, any document that can still be read, and the archive of any evidence pack.
const NEEDED: &str = "EXISTS (SELECT 1 FROM attachments a WHERE a.sha256 = doomed_files.sha256)
    OR EXISTS (SELECT 1 FROM documents d WHERE d.sha256 = doomed_files.sha256 AND d.facts <> '')
    OR EXISTS (SELECT 1 FROM evidence_packs p WHERE p.sha256 = doomed_files.sha256
      OR p.remade_sha256 = doomed_files.sha256)";

/// Dooms the bytes of the rows of a table that belong to something; `which` is SQL that knows it as `$1`.
pub fn doom(tx: &mut Tx, table: &str, which: &str, subject: &str, now: Moment) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO doomed_files (sha256, doomed_at) SELECT DISTINCT sha256, $2 FROM {table}
         WHERE ({which}) AND sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM doomed_files)"
    );
    // SQLite numbers what is bound by first use: the instant, written first, would be the first one.
    let sql = if tx.conn().is_sqlite() { sql.replace("$2", "?2").replace("$1", "?1") } else { sql };
    let doom = sql_query(sql).bind::<Text, _>(subject).bind::<Timestamp, _>(now);
    on!(tx.conn(), |conn| doom.execute(conn))?;
    Ok(())
}

/// Dooms bytes that were made and that nobody may have.
pub fn doom_bytes(tx: &mut Tx, sha256: &str, now: Moment) -> Result<(), StoreError> {
    let known = doomed_files::table.find(sha256).count();
    if on!(tx.conn(), |conn| known.get_result::<i64>(conn))? > 0 {
        return Ok(());
    }
    let row = (doomed_files::sha256.eq(sha256), doomed_files::doomed_at.eq(now));
    on!(tx.conn(), |conn| diesel::insert_into(doomed_files::table).values(row).execute(conn))?;
    Ok(())
}

/// Dooms those of these bytes that no row names.
pub fn doom_unnamed(tx: &mut Tx, hashes: &[String], now: Moment) -> Result<(), StoreError> {
    let attached = attachments::table.filter(attachments::sha256.eq_any(hashes)).select(attachments::sha256);
    let attached: Vec<String> = on!(tx.conn(), |conn| attached.load(conn))?;
    let issued = documents::table.filter(documents::sha256.eq_any(hashes)).select(documents::sha256);
    let mut issued: Vec<Option<String>> = on!(tx.conn(), |conn| issued.load(conn))?;
    let packs = evidence_packs::table.filter(evidence_packs::sha256.eq_any(hashes)).select(evidence_packs::sha256);
    issued.extend(on!(tx.conn(), |conn| packs.load::<Option<String>>(conn))?);
    let again = evidence_packs::table.filter(evidence_packs::remade_sha256.eq_any(hashes));
    let again = again.select(evidence_packs::remade_sha256);
    issued.extend(on!(tx.conn(), |conn| again.load::<Option<String>>(conn))?);
    let named: BTreeSet<String> = attached.into_iter().chain(issued.into_iter().flatten()).collect();
    for sha256 in hashes.iter().filter(|sha256| !named.contains(*sha256)) {
        doom_bytes(tx, sha256, now)?;
    }
    Ok(())
}

/// Claims what nothing needs and gives its hashes; what something needs again is doomed no more. What was claimed
/// before and not removed is judged anew.
pub fn claim(tx: &mut Tx, now: Moment, limit: i64) -> Result<Vec<String>, StoreError> {
    let saved = format!("DELETE FROM doomed_files WHERE removed_at IS NULL AND ({NEEDED})");
    on!(tx.conn(), |conn| sql_query(saved).execute(conn))?;
    let rows = doomed_files::table.filter(doomed_files::removed_at.is_null()).order(doomed_files::sha256).limit(limit);
    let hashes: Vec<String> = on!(tx.conn(), |conn| rows.select(doomed_files::sha256).load(conn))?;
    let claimed = doomed_files::table.filter(doomed_files::sha256.eq_any(hashes.clone()));
    on!(tx.conn(), |conn| diesel::update(claimed).set(doomed_files::claimed_at.eq(now)).execute(conn))?;
    Ok(hashes)
}

/// Notes that the bytes have left, and that nobody scans them any more.
pub fn set_removed(tx: &mut Tx, hashes: &[String], now: Moment) -> Result<(), StoreError> {
    let rows = doomed_files::table.filter(doomed_files::sha256.eq_any(hashes));
    on!(tx.conn(), |conn| diesel::update(rows).set(doomed_files::removed_at.eq(now)).execute(conn))?;
    let scans = super::schema::file_scans::table.filter(super::schema::file_scans::sha256.eq_any(hashes));
    on!(tx.conn(), |conn| diesel::delete(scans).execute(conn))?;
    Ok(())
}

/// Whether these bytes are being removed since an instant: nobody may count on them before that is done.
pub fn is_leaving(conn: &mut Conn, sha256: &str, since: Moment) -> Result<bool, StoreError> {
    let row = doomed_files::table.find(sha256).filter(doomed_files::claimed_at.ge(since));
    let found: Option<String> = on!(conn, |conn| row.select(doomed_files::sha256).first(conn)).optional()?;
    Ok(found.is_some())
}

/// Forgets the bytes that have left before an instant.
pub fn forget(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    let sql = "DELETE FROM doomed_files WHERE removed_at IS NOT NULL AND removed_at < $1";
    Ok(on!(tx.conn(), |conn| sql_query(sql).bind::<Timestamp, _>(before).execute(conn))?)
}
