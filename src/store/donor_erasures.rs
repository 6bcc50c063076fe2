//! Donors whose time is over: who gave goes, the gift and the numbers of its receipts stay in the books.

use super::{Conn, StoreError, Tx, schema::donations};
use crate::domain::{ids::DonationId, time::Moment};
use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Text, Timestamp},
};

/// Donations given before a day, whose donor is still known and which got no receipt in or after `year`: identifier and
/// number.
pub fn due(conn: &mut Conn, before: NaiveDate, year: i32, limit: i64) -> Result<Vec<(DonationId, String)>, StoreError> {
    use super::schema::tax_receipts;
    let recent = tax_receipts::table.filter(tax_receipts::year.ge(year)).select(tax_receipts::donation_id);
    let rows = donations::table.filter(donations::given_on.lt(before)).filter(donations::erased_at.is_null());
    let rows = rows.filter(donations::id.ne_all(recent)).order(donations::id).limit(limit);
    Ok(on!(conn, |conn| rows.select((donations::id, donations::reference)).load(conn))?)
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
    let doom = "INSERT INTO doomed_files (sha256, doomed_at) SELECT DISTINCT sha256, $2 FROM documents
        WHERE subject_id = $1 AND sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM doomed_files)";
    // SQLite numbers what is bound by first use: the instant, written first, would be the first one.
    let doom = if tx.conn().is_sqlite() { doom.replace("$2", "?2").replace("$1", "?1") } else { doom.to_owned() };
    let doom = sql_query(doom).bind::<Text, _>(id.as_str()).bind::<Timestamp, _>(now);
    on!(tx.conn(), |conn| doom.execute(conn))?;
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
