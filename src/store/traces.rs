//! What use leaves behind and nobody needs for long: links, codes, sign-ins, attempts, marks of forms and fields, notes of readers.

use super::{StoreError, Tx};
use crate::domain::time::Moment;
use diesel::{RunQueryDsl, sql_query, sql_types::Timestamp};

fn run(tx: &mut Tx, sql: &str, before: Moment) -> Result<usize, StoreError> {
    Ok(on!(tx.conn(), |conn| sql_query(sql).bind::<Timestamp, _>(before).execute(conn))?)
}

/// Forgets the links that were over before an instant, with the mails that carried them.
pub fn forget_links(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    // From the few links to their mails: joined so, SQLite does not go through every mail that ever left.
    let mails = "DELETE FROM messages WHERE id IN (SELECT m.id FROM login_links l CROSS JOIN messages m
        WHERE l.expires_at < $1 AND m.login_link_id = l.id AND m.state IN ('sent', 'cancelled'))";
    let links = "DELETE FROM login_links WHERE expires_at < $1
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.login_link_id = login_links.id)";
    run(tx, mails, before)?;
    run(tx, links, before)
}

/// Forgets the codes that were over before an instant, with the mails that carried them: only through its code is such a
/// mail known to be about a file.
pub fn forget_codes(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    let mails = "DELETE FROM messages WHERE id IN (SELECT m.id FROM one_time_codes c CROSS JOIN messages m
        WHERE c.expires_at < $1 AND m.about_id = c.id AND m.kind = 'one_time_code'
        AND m.state IN ('sent', 'cancelled'))";
    let codes = "DELETE FROM one_time_codes WHERE expires_at < $1
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.about_id = one_time_codes.id)";
    run(tx, mails, before)?;
    run(tx, codes, before)
}

/// Forgets the sign-ins that were over before an instant; the last one of each person stays, as the day of their last
/// visit.
pub fn forget_sign_ins(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    let sql = "DELETE FROM sign_ins WHERE expires_at < $1 AND EXISTS (
        SELECT 1 FROM sign_ins later WHERE later.person_id = sign_ins.person_id
        AND later.last_seen_at > sign_ins.last_seen_at)";
    run(tx, sql, before)
}

/// Forgets the attempts to sign in made before an instant.
pub fn forget_attempts(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    run(tx, "DELETE FROM login_attempts WHERE at < $1", before)
}

/// Forgets what pages saved of fields before an instant: none of them is waited for.
pub fn forget_field_saves(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    run(tx, "DELETE FROM field_saves WHERE saved_at < $1", before)
}

/// Takes away what readers wrote, and the marks they gave one by one, of files whose last session met before an instant.
/// Their totals, and the minutes, stay.
pub fn forget_notes(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    const OLD: &str = "application_id IN (SELECT i.application_id FROM session_items i
        JOIN sessions s ON s.id = i.session_id GROUP BY i.application_id HAVING MAX(s.meets_at) < $1)";
    let marks = format!("DELETE FROM review_scores WHERE review_id IN (SELECT id FROM reviews WHERE {OLD})");
    let words = format!("UPDATE reviews SET opinion = '' WHERE opinion <> '' AND {OLD}");
    Ok(run(tx, &marks, before)? + run(tx, &words, before)?)
}
