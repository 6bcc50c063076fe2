//! The books of one funder: what its money has come to over all grants that exist for a reader, added up by the database,
//! and which of these grants a period tells.

use super::{Conn, StoreError};
use crate::domain::{
    decisions::{ANNOUNCED, AT_ONCE},
    ids::{FunderId, FundingSourceId, GrantId, PersonId},
    journal::Stage,
    lifecycles::{disbursements::DisbursementState, grants::GrantState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Date, Text, Timestamp},
};

/// Whose money is asked for, over which days in Paris, both included, and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub funder: FunderId,
    /// Files may be hidden from them.
    pub reader: Option<PersonId>,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Wanted {
    fn reader(&self) -> String {
        self.reader.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// Whether the results of the call `c` are announced (`decisions::is_announced`).
fn is_announced() -> String {
    let states: Vec<String> = ANNOUNCED.iter().map(|state| format!("'{}'", state.code())).collect();
    format!("(c.state IN ({}) OR c.decision_pace = '{}')", states.join(", "), AT_ONCE.code())
}

/// Whether the grant `g` exists for the reader `$2`: the results of its call are announced, and nothing keeps the reader from
/// its file.
fn exists_for_reader() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM recusals x WHERE x.person_id = $2 AND x.application_id = g.application_id)
         AND EXISTS (SELECT 1 FROM calls c WHERE c.id = g.call_id AND {})",
        is_announced()
    )
}

#[derive(QueryableByName)]
struct Lying {
    #[diesel(sql_type = Text)]
    source: FundingSourceId,
    #[diesel(sql_type = Text)]
    stage: Stage,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// What of these grants lies at each stage of each agreement of the funder, whatever the days.
pub fn lying(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<(FundingSourceId, Stage, Euros)>, StoreError> {
    // An account knows its call: of hundreds of thousands of grants none is looked up.
    let sql = format!(
        "SELECT a.funding_source_id AS source, a.stage AS stage,
           CAST(SUM(k.into_cents - k.out_cents) AS BIGINT) AS cents
         FROM funding_sources s JOIN accounts a ON a.funding_source_id = s.id
         JOIN account_days k ON k.account_id = a.id
         WHERE s.funder_id = $1 AND a.grant_id IS NOT NULL
           AND a.grant_id NOT IN (SELECT g.id FROM recusals x JOIN grants g ON g.application_id = x.application_id
             WHERE x.person_id = $2)
           AND a.call_id IN (SELECT c.id FROM calls c WHERE {})
         GROUP BY a.funding_source_id, a.stage",
        is_announced()
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.funder.to_string()).bind::<Text, _>(wanted.reader());
    let found: Vec<Lying> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().map(|row| (row.source, row.stage, Euros::from_cents(row.cents))).collect())
}

#[derive(QueryableByName)]
struct Paid {
    #[diesel(sql_type = Text)]
    source: FundingSourceId,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// What of each agreement of the funder left the bank for these grants on these days.
pub fn paid(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<(FundingSourceId, Euros)>, StoreError> {
    // The state is not compared as it is, so that SQLite follows the days even before rows were counted.
    let sql = format!(
        "SELECT f.funding_source_id AS source, CAST(SUM(f.amount_cents) AS BIGINT) AS cents
         FROM disbursements d JOIN grants g ON g.id = d.grant_id
         JOIN disbursement_splits f ON f.disbursement_id = d.id JOIN funding_sources s ON s.id = f.funding_source_id
         WHERE s.funder_id = $1 AND {} AND d.state || '' = '{}' AND d.paid_on >= $3 AND d.paid_on <= $4
         GROUP BY f.funding_source_id",
        exists_for_reader(),
        DisbursementState::Paid.code()
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.funder.to_string()).bind::<Text, _>(wanted.reader());
    let query = query.bind::<Date, _>(wanted.from).bind::<Date, _>(wanted.until);
    let found: Vec<Paid> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().map(|row| (row.source, Euros::from_cents(row.cents))).collect())
}

/// A grant that a period tells.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ToldGrant {
    #[diesel(sql_type = Text)]
    pub id: GrantId,
    #[diesel(sql_type = Text)]
    pub reference: String,
}

/// The grants that belong into the period, by reference: paid in it by this funder, or decided by its end with something of
/// this funder's and not over before it. So many of those after a reference; `one` alone where it is given.
pub fn told(
    conn: &mut Conn,
    wanted: &Wanted,
    one: Option<GrantId>,
    (after, limit): (&str, i64),
) -> Result<Vec<ToldGrant>, StoreError> {
    let which = if one.is_some() { "g.id = $4" } else { "$4 = ''" };
    // Parameters are numbered in the order in which SQLite first meets them.
    let sql = format!(
        "SELECT g.id AS id, g.reference AS reference FROM grants g
         WHERE EXISTS (SELECT 1 FROM accounts a JOIN funding_sources s ON s.id = a.funding_source_id
             WHERE a.grant_id = g.id AND s.funder_id = $1)
           AND {} AND g.reference > $3 AND {which}
           AND (EXISTS (SELECT 1 FROM disbursements d JOIN disbursement_splits f ON f.disbursement_id = d.id
               JOIN funding_sources s ON s.id = f.funding_source_id
               WHERE d.grant_id = g.id AND s.funder_id = $1 AND d.state = '{}' AND f.amount_cents > 0
                 AND d.paid_on >= $5 AND d.paid_on <= $6)
             OR (g.decided_on <= $6 AND NOT (g.state IN ('{}', '{}', '{}') AND g.state_at < $7)
               AND EXISTS (SELECT 1 FROM accounts a JOIN funding_sources s ON s.id = a.funding_source_id
                 WHERE a.grant_id = g.id AND s.funder_id = $1
                   AND (SELECT SUM(k.into_cents - k.out_cents) FROM account_days k WHERE k.account_id = a.id) > 0)))
         ORDER BY g.reference LIMIT {limit}",
        exists_for_reader(),
        DisbursementState::Paid.code(),
        GrantState::Closed.code(),
        GrantState::Declined.code(),
        GrantState::Terminated.code(),
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.funder.to_string()).bind::<Text, _>(wanted.reader());
    let query = query.bind::<Text, _>(after).bind::<Text, _>(one.map(|id| id.to_string()).unwrap_or_default());
    let query = query.bind::<Date, _>(wanted.from).bind::<Date, _>(wanted.until);
    let query = query.bind::<Timestamp, _>(Moment::start_of_day(wanted.from));
    Ok(on!(conn, |conn| query.load(conn))?)
}
