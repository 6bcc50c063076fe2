//! Changes of published calls that are being prepared: one revision at a time for each call.

use super::{
    Conn, SharedText, StoreError, Tx, one,
    organisations::OrganisationRow,
    schema::{answers, application_partners, applications, budget_lines, draft_revisions, kept_forms, organisations},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId},
    lifecycles::applications::ApplicationState,
    time::Moment,
};
use diesel::prelude::*;

/// Rows that share one statement, at most.
const TOGETHER: usize = 200;

/// What a published call is to say next. `number` counts the writings and never goes back; `settings` is the JSON of the
/// definition, empty while nothing is being prepared.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = draft_revisions)]
pub struct DraftRevisionRow {
    pub call_id: CallId,
    pub number: i32,
    pub settings: SharedText,
    pub changed_by: PersonId,
    pub changed_at: Moment,
}

/// The revision of a call that is being prepared, or the number of the last one.
pub fn find(conn: &mut Conn, call: CallId) -> Result<Option<DraftRevisionRow>, StoreError> {
    Ok(on!(conn, |conn| fixed!(draft_revisions::table.find(call).select(DraftRevisionRow::as_select()))
        .get_result(conn))
    .optional()?)
}

/// Begins the first revision of a call.
pub fn insert(tx: &mut Tx, row: &DraftRevisionRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(draft_revisions::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes it again, unless somebody else has since `known`.
pub fn change(tx: &mut Tx, row: &DraftRevisionRow, known: i32) -> Result<(), StoreError> {
    let values = (
        draft_revisions::number.eq(row.number),
        draft_revisions::settings.eq(&row.settings),
        draft_revisions::changed_by.eq(row.changed_by),
        draft_revisions::changed_at.eq(row.changed_at),
    );
    let it = draft_revisions::table.find(row.call_id).filter(draft_revisions::number.eq(known));
    one(on!(tx.conn(), |conn| diesel::update(it).set(values).execute(conn))?)
}

/// A draft of a call, as its officer may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub id: ApplicationId,
    pub reference: String,
    pub organisation: OrganisationRow,
}

/// The drafts of a call that follow it, by reference.
pub fn begun(conn: &mut Conn, call: CallId) -> Result<Vec<Begun>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::Draft))
        .filter(applications::id.ne_all(kept_forms::table.select(kept_forms::application_id)));
    let rows = rows.order(applications::reference);
    let found: Vec<(ApplicationId, String, OrganisationRow)> = on!(conn, |conn| {
        rows.select((applications::id, applications::reference, OrganisationRow::as_select())).load(conn)
    })?;
    Ok(found.into_iter().map(|(id, reference, organisation)| Begun { id, reference, organisation }).collect())
}

/// The revision of the form that a draft was let keep; without one it follows its call.
pub fn kept_form(conn: &mut Conn, id: ApplicationId) -> Result<Option<i32>, StoreError> {
    let row = kept_forms::table.find(id).select(kept_forms::revision);
    Ok(on!(conn, |conn| fixed!(row).get_result(conn)).optional()?)
}

/// How many drafts of a call keep an earlier form.
pub fn count_keeping(conn: &mut Conn, call: CallId) -> Result<i64, StoreError> {
    let rows = kept_forms::table.inner_join(applications::table).filter(applications::call_id.eq(call));
    let rows = rows.filter(applications::state.eq(ApplicationState::Draft));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Lets the drafts of a call that follow it keep this revision of its form.
pub fn keep_form(tx: &mut Tx, call: CallId, revision: i32) -> Result<(), StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call));
    let rows = rows.filter(applications::state.eq(ApplicationState::Draft));
    let rows = rows.filter(applications::id.ne_all(kept_forms::table.select(kept_forms::application_id)));
    let ids: Vec<ApplicationId> = on!(tx.conn(), |conn| rows.select(applications::id).load(conn))?;
    for some in ids.chunks(TOGETHER) {
        let row = |id: &ApplicationId| (kept_forms::application_id.eq(*id), kept_forms::revision.eq(revision));
        let rows: Vec<_> = some.iter().map(row).collect();
        on!(tx.conn(), |conn| diesel::insert_into(kept_forms::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Every answer in the drafts of a call: the file, the question, the answer.
pub fn answers_begun(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = answers::table
        .inner_join(applications::table.on(applications::id.eq(answers::application_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::Draft));
    Ok(on!(conn, |conn| rows.select((answers::application_id, answers::question, answers::value)).load(conn))?)
}

/// The drafts of a call that have written a line of their budget.
pub fn budgets_begun(conn: &mut Conn, call: CallId) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = budget_lines::table
        .inner_join(applications::table.on(applications::id.eq(budget_lines::application_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::Draft));
    Ok(on!(conn, |conn| rows.select(budget_lines::application_id).distinct().load(conn))?)
}

/// The drafts of a call that have named a partner.
pub fn partners_begun(conn: &mut Conn, call: CallId) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = application_partners::table
        .inner_join(applications::table.on(applications::id.eq(application_partners::application_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::Draft));
    Ok(on!(conn, |conn| rows.select(application_partners::application_id).distinct().load(conn))?)
}

/// The questions that some file of a call has answered.
pub fn answered(conn: &mut Conn, call: CallId) -> Result<Vec<String>, StoreError> {
    let rows = answers::table
        .inner_join(applications::table.on(applications::id.eq(answers::application_id)))
        .filter(applications::call_id.eq(call));
    Ok(on!(conn, |conn| rows.select(answers::question).distinct().load(conn))?)
}
