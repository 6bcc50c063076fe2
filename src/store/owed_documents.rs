//! Documents that follow a filed application: promised or simply not there yet, each owed by a day.

use super::{
    Conn, SharedText, StoreError, Tx,
    applications::{Sight, visible_to},
    one,
    schema::{applications, calls, organisations, owed_documents},
};
use crate::domain::{
    decisions::{ANNOUNCED, AT_ONCE},
    ids::{ApplicationId, PersonId},
    lifecycles::applications::ApplicationState,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::Integer};

/// A document that is owed. `reminders` counts the mails sent about it; `settled_at` when it came.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = owed_documents, treat_none_as_default_value = false)]
pub struct OwedRow {
    pub application_id: ApplicationId,
    pub document_code: String,
    pub due_on: NaiveDate,
    pub promised_by: PersonId,
    pub promised_at: Moment,
    pub reminders: i32,
    pub settled_at: Option<Moment>,
}

/// A document that has not come by its day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OverdueLine {
    pub id: ApplicationId,
    pub document_code: String,
    pub due_on: NaiveDate,
    pub reminders: i32,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    /// The JSON of the definition.
    pub settings: SharedText,
}

/// What an application still owes.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<OwedRow>, StoreError> {
    let rows = owed_documents::table.filter(owed_documents::application_id.eq(id));
    let rows = rows.filter(owed_documents::settled_at.is_null()).order(owed_documents::document_code);
    Ok(on!(conn, |conn| fixed!(rows.select(OwedRow::as_select())).load(conn))?)
}

/// Notes that a document is owed.
pub fn insert(tx: &mut Tx, row: &OwedRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(owed_documents::table).values(row)).execute(conn))?;
    Ok(())
}

/// Forgets a promise about a document, if there was one.
pub fn forget(tx: &mut Tx, id: ApplicationId, document_code: &str) -> Result<usize, StoreError> {
    Ok(on!(tx.conn(), |conn| diesel::delete(owed_documents::table.find((id, document_code))).execute(conn))?)
}

/// Notes that a document came.
pub fn settle(tx: &mut Tx, id: ApplicationId, document_code: &str, now: Moment) -> Result<(), StoreError> {
    let row = owed_documents::table.find((id, document_code)).filter(owed_documents::settled_at.is_null());
    one(on!(tx.conn(), |conn| diesel::update(row).set(owed_documents::settled_at.eq(now)).execute(conn))?)
}

/// Notes that what came was no good: the document is owed again. Whether it had come.
pub fn unsettle(tx: &mut Tx, id: ApplicationId, document_code: &str) -> Result<bool, StoreError> {
    let row = owed_documents::table.find((id, document_code)).filter(owed_documents::settled_at.is_not_null());
    let open = owed_documents::settled_at.eq(None::<Moment>);
    Ok(on!(tx.conn(), |conn| diesel::update(row).set(open).execute(conn))? > 0)
}

/// Notes how many mails reminded of a document.
pub fn set_reminders(tx: &mut Tx, id: ApplicationId, document_code: &str, reminders: i32) -> Result<(), StoreError> {
    let row = owed_documents::table.find((id, document_code));
    one(on!(tx.conn(), |conn| diesel::update(row).set(owed_documents::reminders.eq(reminders)).execute(conn))?)
}

/// Files from which nothing is awaited any more. A refusal under embargo is not among them: nothing may tell it.
const OVER: [ApplicationState; 3] =
    [ApplicationState::Draft, ApplicationState::Withdrawn, ApplicationState::Ineligible];

/// Documents due before `day` of which fewer than `reminders` mails spoke, the earliest first.
pub fn to_remind(conn: &mut Conn, day: NaiveDate, reminders: i32, limit: i64) -> Result<Vec<OwedRow>, StoreError> {
    let told = calls::state.eq_any(ANNOUNCED);
    let told = told.or(calls::decision_pace.eq(AT_ONCE));
    let rows = owed_documents::table.inner_join(applications::table.inner_join(calls::table));
    let rows = rows
        .filter(owed_documents::settled_at.is_null())
        .filter(owed_documents::due_on.lt(day))
        .filter(owed_documents::reminders.lt(reminders))
        .filter(applications::state.ne_all(OVER))
        .filter(applications::state.ne(ApplicationState::Rejected).or(diesel::dsl::not(told)));
    let rows = rows.order((owed_documents::due_on, owed_documents::application_id, owed_documents::document_code));
    Ok(on!(conn, |conn| rows.limit(limit).select(OwedRow::as_select()).load(conn))?)
}

type Boxed<'a> = applications::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// The files that exist for this person and owe a document due before `day`.
fn late_files(sight: Sight, day: NaiveDate) -> Boxed<'static> {
    let rows = applications::table.filter(visible_to(sight)).into_boxed();
    // Found from the documents that are late, few at any time, and not by asking every file.
    let owed = owed_documents::table.filter(owed_documents::settled_at.is_null());
    let owed = owed.filter(owed_documents::due_on.lt(day)).select(owed_documents::application_id);
    rows.filter(applications::id.eq_any(owed))
        .filter(applications::state.ne_all(OVER))
        .filter(applications::state.ne(ApplicationState::Rejected))
}

/// Documents due before `day` of so many files that exist for this person, the oldest file first, after the one shown
/// last.
pub fn overdue(
    conn: &mut Conn,
    sight: Sight,
    day: NaiveDate,
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<OverdueLine>, StoreError> {
    let mut files = late_files(sight, day).order(applications::id).limit(limit);
    if let Some(id) = after {
        files = files.filter(applications::id.gt(id));
    }
    let files: Vec<ApplicationId> = files.select(applications::id).load(conn)?;
    let rows = owed_documents::table
        .inner_join(applications::table.inner_join(calls::table))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(owed_documents::application_id.eq_any(files))
        .filter(owed_documents::settled_at.is_null())
        .filter(owed_documents::due_on.lt(day))
        .order((owed_documents::application_id, owed_documents::due_on, owed_documents::document_code));
    let columns = (
        applications::id,
        owed_documents::document_code,
        owed_documents::due_on,
        owed_documents::reminders,
        applications::reference,
        applications::title,
        organisations::name,
        calls::settings,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// How many files owe a document due before `day`, for this person, counted up to `most`.
pub fn count_overdue(conn: &mut Conn, sight: Sight, day: NaiveDate, most: i64) -> Result<usize, StoreError> {
    let rows = late_files(sight, day).select(sql::<Integer>("1")).limit(most);
    Ok(rows.load::<i32>(conn)?.len())
}
