//! Recusals (déports): a person and an application that must not meet. CASF art. R313-2-5, CGCT art. L2131-11.
//!
//! A recusal is of a person, in all their roles: a member who is on the team too, an officer, who pays, who signs, who
//! audits. What came of the application is hidden with it, in every list, count and sum. It takes nothing away from a seat
//! in an organisation that applies, and nothing from what guards the accounts: the journal, the seal of the history and
//! the promises that `check` asks are whole.

use super::{
    Conn, StoreError, Tx, kept_if_few,
    schema::{
        amendments, applications, complement_requests, disbursements, grants, messages, one_time_codes,
        payment_run_lines, people, promotions, recoveries, recusals, reports, review_notices, reviews, signing_papers,
    },
};
use crate::domain::{
    ids::{ApplicationId, CallId, OrganisationId, PersonId, RecusalId},
    messages::MessageKind,
    time::Moment,
};
use diesel::{dsl, prelude::*};

/// A recusal, declared by the person or by an officer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = recusals)]
pub struct RecusalRow {
    pub id: RecusalId,
    pub person_id: PersonId,
    pub application_id: ApplicationId,
    pub reason: String,
    pub declared_by: PersonId,
    pub declared_at: Moment,
}

/// The applications that must not exist for a person: `applications::id.ne_all(recusals::hidden_from(person))`.
#[dsl::auto_type]
pub fn hidden_from(person: PersonId) -> _ {
    recusals::table.filter(recusals::person_id.eq(person)).select(recusals::application_id)
}

/// The same, read.
pub fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<ApplicationId>, StoreError> {
    Ok(on!(conn, |conn| hidden_from(person).load(conn))?)
}

/// Whether an application of this organisation must not exist for a person.
pub fn hides_file_of(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> Result<bool, StoreError> {
    let rows = applications::table.filter(applications::organisation_id.eq(organisation));
    let rows = rows.filter(applications::id.eq_any(hidden_from(person)));
    Ok(on!(conn, |conn| diesel::select(dsl::exists(rows)).get_result(conn))?)
}

/// Those of these applications that must not exist for a person.
pub fn among(conn: &mut Conn, person: PersonId, ids: &[ApplicationId]) -> Result<Vec<ApplicationId>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = recusals::table.filter(recusals::person_id.eq(person)).filter(recusals::application_id.eq_any(ids));
    let rows = rows.order(recusals::application_id).select(recusals::application_id);
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows).load(conn))?)
}

/// Whatever tells of the applications that must not exist for a person, by identifier: themselves, what was made of them,
/// and the mails about all that.
pub fn traces(conn: &mut Conn, person: PersonId) -> Result<Vec<String>, StoreError> {
    macro_rules! of {
        ($table:ident, $key:ident, $ids:expr) => {{
            let rows = $table::table.filter($table::$key.eq_any($ids));
            let found: Vec<String> = on!(conn, |conn| rows.select($table::id).load(conn))?;
            found
        }};
    }
    let mut traces: Vec<String> = on!(conn, |conn| hidden_from(person).load(conn))?;
    if traces.is_empty() {
        return Ok(traces);
    }
    let promised = of!(grants, application_id, &traces);
    let mut born = of!(reviews, application_id, &traces);
    let told_alone = telling_of(conn, &born)?;
    let lists_naming = naming(conn, &born)?;
    born.extend(of!(promotions, application_id, &traces));
    born.extend(of!(complement_requests, application_id, &traces));
    born.extend(of!(disbursements, grant_id, &promised));
    born.extend(of!(reports, grant_id, &promised));
    born.extend(of!(amendments, grant_id, &promised));
    born.extend(of!(recoveries, grant_id, &promised));
    let paid = disbursements::table.filter(disbursements::grant_id.eq_any(&promised));
    let paid = paid.select(disbursements::payment_run_id);
    let runs: Vec<Option<String>> = on!(conn, |conn| paid.load(conn))?;
    let left = payment_run_lines::table.filter(payment_run_lines::disbursement_id.eq_any(&born));
    let left: Vec<String> = on!(conn, |conn| left.select(payment_run_lines::payment_run_id).load(conn))?;
    let runs: Vec<String> = runs.into_iter().flatten().chain(left).collect();
    let papers = signing_papers::table.filter(signing_papers::grant_id.eq_any(&promised));
    let papers: Vec<String> = on!(conn, |conn| papers.select(signing_papers::document_id).load(conn))?;
    born.extend(of!(one_time_codes, subject_id, &runs));
    born.extend(of!(one_time_codes, subject_id, &papers));
    traces.extend(promised.into_iter().chain(born));
    let told = of!(messages, about_id, &traces);
    traces.extend(told);
    traces.extend(told_alone);
    traces.extend(lists_naming);
    Ok(traces)
}

/// The mails that tell of these reviews, given up, and of no other.
fn telling_of(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let rows = review_notices::table.filter(review_notices::review_id.eq_any(ids));
    let mut found: Vec<String> = on!(conn, |conn| rows.select(review_notices::message_id).distinct().load(conn))?;
    let rows = review_notices::table.filter(review_notices::message_id.eq_any(&found));
    let rows = rows.filter(review_notices::review_id.ne_all(ids)).select(review_notices::message_id);
    let with_others: Vec<String> = on!(conn, |conn| rows.load(conn))?;
    found.retain(|message| !with_others.contains(message));
    Ok(found)
}

/// The mails whose own words list one of these reviews, which were given to their reader: each is about one of them. Later
/// ones are about the call, and name no file before they leave.
fn naming(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let calls = reviews::table.filter(reviews::id.eq_any(ids)).select(reviews::call_id).distinct();
    let calls: Vec<String> = on!(conn, |conn| calls.load(conn))?;
    let rows = review_notices::table.filter(review_notices::review_id.eq_any(ids));
    let told: Vec<String> = on!(conn, |conn| rows.select(review_notices::message_id).distinct().load(conn))?;
    let lists = messages::table.filter(messages::kind.eq(MessageKind::ReviewAssigned));
    let lists = lists.filter(messages::id.eq_any(told)).filter(messages::about_id.ne_all(calls));
    Ok(on!(conn, |conn| lists.select(messages::id).load(conn))?)
}

/// Whether the person is recused from the application.
pub fn is_recused(conn: &mut Conn, person: PersonId, application: ApplicationId) -> Result<bool, StoreError> {
    let rows = recusals::table.filter(recusals::person_id.eq(person)).filter(recusals::application_id.eq(application));
    Ok(on!(conn, |conn| diesel::select(dsl::exists(rows)).get_result(conn))?)
}

/// Whether any application must not exist for a person.
pub fn has_any(conn: &mut Conn, person: PersonId) -> Result<bool, StoreError> {
    let rows = recusals::table.filter(recusals::person_id.eq(person));
    Ok(on!(conn, |conn| diesel::select(dsl::exists(rows)).get_result(conn))?)
}

/// The recusals of an application as they were recorded.
pub fn recorded(conn: &mut Conn, id: ApplicationId) -> Result<Vec<RecusalRow>, StoreError> {
    let rows = recusals::table.filter(recusals::application_id.eq(id)).order(recusals::id);
    Ok(on!(conn, |conn| rows.select(RecusalRow::as_select()).load(conn))?)
}

/// Records a recusal.
pub fn insert(tx: &mut Tx, row: &RecusalRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(recusals::table).values(row)).execute(conn))?;
    Ok(())
}

/// Who is recused from an application: name and reason, for the officer and the minutes.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<(PersonId, String, String)>, StoreError> {
    let rows = recusals::table.inner_join(people::table.on(people::id.eq(recusals::person_id)));
    let rows = rows.filter(recusals::application_id.eq(id)).order((people::sort_key, people::id));
    Ok(on!(conn, |conn| rows.select((people::id, people::name, recusals::reason)).load(conn))?)
}

/// Every recusal of a call, with the name of the person.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, PersonId, String)>, StoreError> {
    let rows = recusals::table.inner_join(people::table.on(people::id.eq(recusals::person_id)));
    let rows = rows.inner_join(applications::table.on(applications::id.eq(recusals::application_id)));
    let rows = rows.filter(applications::call_id.eq(call)).order((people::sort_key, people::id));
    Ok(on!(conn, |conn| rows.select((recusals::application_id, people::id, people::name)).load(conn))?)
}
