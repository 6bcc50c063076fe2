//! Donors whose time is over: who gave goes, the gift and the numbers of its receipts stay in the books.

use super::{
    Conn, StoreError, Tx, doomed_files,
    schema::{donations, tax_receipts},
};
use crate::domain::{ids::DonationId, time::Moment};
use chrono::NaiveDate;
use diesel::{dsl, prelude::*, sql_query, sql_types::Text};

#[dsl::auto_type]
fn receipted_since(year: i32) -> _ {
    tax_receipts::table.filter(tax_receipts::year.ge(year)).select(tax_receipts::donation_id)
}

/// Donations given before a day, whose donor is still known and which got no receipt in or after a year; after `last`, in
/// the order of their identifiers.
pub fn due(
    conn: &mut Conn,
    (before, year): (NaiveDate, i32),
    last: Option<DonationId>,
    limit: i64,
) -> Result<Vec<DonationId>, StoreError> {
    let after = last.map(|id| id.to_string()).unwrap_or_default();
    let rows = donations::table.filter(donations::given_on.lt(before)).filter(donations::erased_at.is_null());
    let rows = rows.filter(donations::id.ne_all(receipted_since(year))).filter(donations::id.gt(after));
    let rows = rows.order(donations::id).limit(limit);
    Ok(on!(conn, |conn| rows.select(donations::id).load(conn))?)
}

/// Whether this is one of them.
pub fn is_due(conn: &mut Conn, (before, year): (NaiveDate, i32), id: DonationId) -> Result<bool, StoreError> {
    let row = donations::table.filter(donations::id.eq(id)).filter(donations::given_on.lt(before));
    let row = row.filter(donations::erased_at.is_null()).filter(donations::id.ne_all(receipted_since(year)));
    let found: Option<DonationId> = on!(conn, |conn| row.select(donations::id).first(conn)).optional()?;
    Ok(found.is_some())
}

const WORDS: &[&str] = &[
    "UPDATE documents SET facts = '' WHERE subject_id = $1",
    "UPDATE messages SET recipient_id = NULL, recipient_name = '', recipient_address = id || '@erased.invalid',
       dedupe_key = 'erased:' || id, subject_line = '', last_error = NULL, document_id = NULL,
       facts = '{\"kind\":\"' || kind || '\",\"subject\":\"\",\"paragraphs\":[],\"facts\":[],\"action\":null,\"contact\":\"\"}'
       WHERE about_id = $1 AND state IN ('sent', 'cancelled')",
];

/// Takes the donor out of a donation, its receipts and its mails; `name` stands where the name stood.
pub fn clear(tx: &mut Tx, id: DonationId, name: &str, key: &str, now: Moment) -> Result<(), StoreError> {
    doomed_files::doom(tx, "documents", "subject_id = $1", id.as_str(), now)?;
    for sql in WORDS {
        on!(tx.conn(), |conn| sql_query(*sql).bind::<Text, _>(id.as_str()).execute(conn))?;
    }
    let changes = (
        donations::name.eq(name),
        donations::first_names.eq(""),
        donations::siren.eq(""),
        donations::street.eq(""),
        donations::postcode.eq(""),
        donations::city.eq(""),
        donations::email.eq(""),
        donations::search_key.eq(key),
        donations::erased_at.eq(now),
    );
    super::one(on!(tx.conn(), |conn| diesel::update(donations::table.find(id)).set(changes).execute(conn))?)
}
