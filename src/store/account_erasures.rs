//! Accounts nobody has used for long: who is warned, who is erased.

use super::{Conn, StoreError, Tx, idle::Idle};
use crate::domain::{ids::PersonId, time::Moment};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{Text, Timestamp},
};

/// Somebody who has no role but that of applicant, has not come since `$1`, and for whose organisations nothing is under
/// way: neither a live application nor a grant that is not over.
const ACCOUNTS: Idle = Idle {
    table: "people",
    notes: ("account_erasures", "person_id"),
    condition: "i.created_at < $1
        AND NOT EXISTS (SELECT 1 FROM sign_ins s WHERE s.person_id = i.id AND s.last_seen_at >= $1)
        AND NOT EXISTS (SELECT 1 FROM person_roles r WHERE r.person_id = i.id AND r.role <> 'applicant')
        AND NOT EXISTS (SELECT 1 FROM organisation_members m
          JOIN applications a ON a.organisation_id = m.organisation_id OR a.partner_organisation_id = m.organisation_id
          LEFT JOIN erasures e ON e.application_id = a.id
          WHERE m.person_id = i.id AND e.erased_at IS NULL
            AND a.state IN ('draft', 'submitted', 'complement_requested', 'eligible', 'in_review', 'reserve_listed'))
        AND NOT EXISTS (SELECT 1 FROM organisation_members m JOIN grants g ON g.organisation_id = m.organisation_id
          WHERE m.person_id = i.id AND g.state NOT IN ('closed', 'declined', 'terminated'))",
};

/// People idle since an instant who were not told since then, nor erased.
pub fn unwarned(tx: &mut Tx, idle_since: Moment, limit: i64) -> Result<Vec<PersonId>, StoreError> {
    ACCOUNTS.unwarned(tx, idle_since, limit)
}

/// People idle since an instant who were told of it before another one, after this one.
pub fn warned(
    conn: &mut Conn,
    terms: (Moment, Moment),
    last: Option<PersonId>,
    limit: i64,
) -> Result<Vec<PersonId>, StoreError> {
    ACCOUNTS.warned(conn, terms, last, limit)
}

/// Whether somebody is among them.
pub fn is_warned(conn: &mut Conn, terms: (Moment, Moment), id: PersonId) -> Result<bool, StoreError> {
    ACCOUNTS.is_warned(conn, terms, id.as_str())
}

/// Notes that somebody was told.
pub fn set_warned(tx: &mut Tx, id: PersonId, now: Moment) -> Result<(), StoreError> {
    use super::schema::account_erasures::dsl;
    use diesel::{ExpressionMethods, QueryDsl};
    on!(tx.conn(), |conn| diesel::delete(dsl::account_erasures.find(id)).execute(conn))?;
    let row = (dsl::person_id.eq(id), dsl::warned_at.eq(now));
    on!(tx.conn(), |conn| diesel::insert_into(dsl::account_erasures).values(row).execute(conn))?;
    Ok(())
}

/// What goes of an account. The row stays without a name: the history and the files of others point at it.
const ACCOUNT: &[&str] = &[
    "DELETE FROM organisation_members WHERE person_id = $1",
    "DELETE FROM person_roles WHERE person_id = $1",
    "DELETE FROM form_tokens WHERE person_id = $1",
    "DELETE FROM sign_ins WHERE person_id = $1",
    "DELETE FROM messages WHERE login_link_id IN (SELECT id FROM login_links WHERE person_id = $1)",
    "DELETE FROM login_links WHERE person_id = $1",
    "UPDATE messages SET recipient_id = NULL, recipient_name = '', recipient_address = id || '@erased.invalid',
       dedupe_key = 'erased:' || id WHERE recipient_id = $1 AND state IN ('sent', 'cancelled')",
    "UPDATE people SET email = id || '@erased.invalid', phone = NULL, password_hash = NULL WHERE id = $1",
];

/// Takes away who somebody was, puts `name` in the place of the name and shuts the account.
pub fn clear(tx: &mut Tx, id: PersonId, name: &str, keys: (&str, &str), now: Moment) -> Result<(), StoreError> {
    for sql in ACCOUNT {
        on!(tx.conn(), |conn| sql_query(*sql).bind::<Text, _>(id.as_str()).execute(conn))?;
    }
    super::people::set_name(tx, id, name, None, keys)?;
    super::people::set_disabled(tx, id, Some(now))?;
    let sql = "UPDATE account_erasures SET erased_at = $1 WHERE person_id = $2";
    let mark = sql_query(sql).bind::<Timestamp, _>(now).bind::<Text, _>(id.as_str());
    super::one(on!(tx.conn(), |conn| mark.execute(conn))?)
}
