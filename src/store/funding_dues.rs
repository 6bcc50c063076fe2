//! What stands between the house and a funder beside the agreement itself: instalments expected and received, reports owed,
//! what the agreement said before each change, and who at the funder looks at it here.

use super::{
    Conn, StoreError, Tx, one,
    schema::{funder_people, funders, funding_sources, people, source_changes, source_instalments, source_reports},
};
use crate::domain::{
    ids::{FunderId, FundingSourceId, InstalmentId, PersonId, SourceChangeId, SourceReportId},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// Money a funder is to pay, and what came of it. `received_on` is the day of the bank.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = source_instalments, treat_none_as_default_value = false)]
pub struct InstalmentRow {
    pub id: InstalmentId,
    pub funding_source_id: FundingSourceId,
    pub label: String,
    pub expected_on: NaiveDate,
    pub expected_cents: Euros,
    pub received_on: Option<NaiveDate>,
    pub received_cents: Option<Euros>,
    pub bank_reference: Option<String>,
    pub recorded_by: PersonId,
    pub recorded_at: Moment,
}

/// A report the house owes to a funder.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = source_reports, treat_none_as_default_value = false)]
pub struct SourceReportRow {
    pub id: SourceReportId,
    pub funding_source_id: FundingSourceId,
    pub title: String,
    pub due_on: NaiveDate,
    pub sent_on: Option<NaiveDate>,
    pub recorded_by: PersonId,
    pub recorded_at: Moment,
}

/// What an agreement said before somebody changed it on screen: the JSON of its definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = source_changes)]
pub struct SourceChangeRow {
    pub id: SourceChangeId,
    pub funding_source_id: FundingSourceId,
    pub settings: String,
    pub changed_by: PersonId,
    pub changed_at: Moment,
}

/// The instalments of these agreements, in the order in which they are expected.
pub fn instalments(conn: &mut Conn, sources: &[FundingSourceId]) -> Result<Vec<InstalmentRow>, StoreError> {
    let rows = source_instalments::table.filter(source_instalments::funding_source_id.eq_any(sources));
    let rows = rows.order((source_instalments::expected_on, source_instalments::id));
    Ok(on!(conn, |conn| rows.select(InstalmentRow::as_select()).load(conn))?)
}

/// An instalment that has not come, with the reference of its agreement and the name of its funder.
pub type AwaitedLine = (InstalmentRow, String, String);

/// The place of an instalment among those that are awaited: the day it is expected, then itself.
pub type AwaitedKey = (NaiveDate, InstalmentId);

/// What funders have still to pay after `key`, the first expected first.
pub fn awaited(conn: &mut Conn, key: Option<AwaitedKey>, limit: i64) -> Result<Vec<AwaitedLine>, StoreError> {
    let rows = source_instalments::table.inner_join(funding_sources::table.inner_join(funders::table));
    let rows = rows.filter(source_instalments::received_on.is_null());
    let rows = rows.order((source_instalments::expected_on, source_instalments::id)).limit(limit);
    let names = (funding_sources::reference, funders::name);
    Ok(match key {
        None => on!(conn, |conn| rows.select((InstalmentRow::as_select(), names.0, names.1)).load(conn))?,
        Some((day, id)) => {
            let same_day = source_instalments::expected_on.eq(day).and(source_instalments::id.gt(id));
            let rows = rows.filter(source_instalments::expected_on.gt(day).or(same_day));
            on!(conn, |conn| rows.select((InstalmentRow::as_select(), names.0, names.1)).load(conn))?
        }
    })
}

/// One instalment of an agreement.
pub fn instalment(conn: &mut Conn, source: FundingSourceId, id: InstalmentId) -> Result<InstalmentRow, StoreError> {
    let row = source_instalments::table.find(id).filter(source_instalments::funding_source_id.eq(source));
    Ok(on!(conn, |conn| row.select(InstalmentRow::as_select()).first(conn))?)
}

/// Records that an instalment is expected.
pub fn insert_instalment(tx: &mut Tx, row: &InstalmentRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(source_instalments::table).values(row)).execute(conn))?;
    Ok(())
}

/// Records what came of an instalment.
pub fn set_received(tx: &mut Tx, row: &InstalmentRow) -> Result<(), StoreError> {
    let values = (
        source_instalments::received_on.eq(row.received_on),
        source_instalments::received_cents.eq(row.received_cents),
        source_instalments::bank_reference.eq(row.bank_reference.as_deref()),
        source_instalments::recorded_by.eq(row.recorded_by),
        source_instalments::recorded_at.eq(row.recorded_at),
    );
    one(on!(tx.conn(), |conn| diesel::update(source_instalments::table.find(row.id)).set(values).execute(conn))?)
}

/// Takes away an instalment of which nothing has come.
pub fn remove_instalment(tx: &mut Tx, id: InstalmentId) -> Result<(), StoreError> {
    let row = source_instalments::table.find(id).filter(source_instalments::received_on.is_null());
    one(on!(tx.conn(), |conn| diesel::delete(row).execute(conn))?)
}

/// The reports owed for these agreements, in the order in which they are due.
pub fn reports(conn: &mut Conn, sources: &[FundingSourceId]) -> Result<Vec<SourceReportRow>, StoreError> {
    let rows = source_reports::table.filter(source_reports::funding_source_id.eq_any(sources));
    let rows = rows.order((source_reports::due_on, source_reports::id));
    Ok(on!(conn, |conn| rows.select(SourceReportRow::as_select()).load(conn))?)
}

/// One report owed for an agreement.
pub fn report(conn: &mut Conn, source: FundingSourceId, id: SourceReportId) -> Result<SourceReportRow, StoreError> {
    let row = source_reports::table.find(id).filter(source_reports::funding_source_id.eq(source));
    Ok(on!(conn, |conn| row.select(SourceReportRow::as_select()).first(conn))?)
}

/// A report with its agreement and the name of its funder.
pub type DueLine = (SourceReportRow, FundingSourceId, String, Euros, String);

/// The reports that have not been sent and are due by a day, the first due first: with the identifier, the reference and
/// the amount of their agreement and the name of their funder.
pub fn reports_due(conn: &mut Conn, by: NaiveDate, limit: i64) -> Result<Vec<DueLine>, StoreError> {
    let rows = source_reports::table.inner_join(funding_sources::table.inner_join(funders::table));
    let rows = rows.filter(source_reports::sent_on.is_null()).filter(source_reports::due_on.le(by));
    let rows = rows.order((source_reports::due_on, source_reports::id)).limit(limit);
    Ok(on!(conn, |conn| rows
        .select((
            SourceReportRow::as_select(),
            funding_sources::id,
            funding_sources::reference,
            funding_sources::amount_cents,
            funders::name,
        ))
        .load(conn))?)
}

/// Records that a report is owed.
pub fn insert_report(tx: &mut Tx, row: &SourceReportRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(source_reports::table).values(row)).execute(conn))?;
    Ok(())
}

/// Records when a report was sent, or that it was not.
pub fn set_sent(tx: &mut Tx, row: &SourceReportRow) -> Result<(), StoreError> {
    let values = (
        source_reports::sent_on.eq(row.sent_on),
        source_reports::recorded_by.eq(row.recorded_by),
        source_reports::recorded_at.eq(row.recorded_at),
    );
    one(on!(tx.conn(), |conn| diesel::update(source_reports::table.find(row.id)).set(values).execute(conn))?)
}

/// Takes away a report that was not sent.
pub fn remove_report(tx: &mut Tx, id: SourceReportId) -> Result<(), StoreError> {
    let row = source_reports::table.find(id).filter(source_reports::sent_on.is_null());
    one(on!(tx.conn(), |conn| diesel::delete(row).execute(conn))?)
}

/// Keeps what an agreement said.
pub fn insert_change(tx: &mut Tx, row: &SourceChangeRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(source_changes::table).values(row)).execute(conn))?;
    Ok(())
}

/// When an agreement was changed on screen and by whom, the last change first.
pub fn changes(conn: &mut Conn, source: FundingSourceId) -> Result<Vec<(SourceChangeRow, String)>, StoreError> {
    let rows = source_changes::table.inner_join(people::table);
    let rows = rows.filter(source_changes::funding_source_id.eq(source)).order(source_changes::id.desc());
    Ok(on!(conn, |conn| rows.select((SourceChangeRow::as_select(), people::name)).load(conn))?)
}

/// The funder somebody belongs to.
pub fn funder_of(conn: &mut Conn, person: PersonId) -> Result<Option<FunderId>, StoreError> {
    let row = funder_people::table.find(person).select(funder_people::funder_id);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// Says to which funder somebody belongs, or to none.
pub fn seat(tx: &mut Tx, person: PersonId, funder: Option<FunderId>, now: Moment) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(funder_people::table.find(person)).execute(conn))?;
    let Some(funder) = funder else { return Ok(()) };
    let values =
        (funder_people::person_id.eq(person), funder_people::funder_id.eq(funder), funder_people::seated_at.eq(now));
    on!(tx.conn(), |conn| diesel::insert_into(funder_people::table).values(values).execute(conn))?;
    Ok(())
}
