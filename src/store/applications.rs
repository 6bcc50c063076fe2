//! Applications (dossiers), and the one condition that says who sees which.

use super::{
    Conn, StoreError, Tx, kept, one,
    pairings::resting,
    schema::{applications, calls, committee_seats, funds, organisation_members, organisations, recusals, reviews},
};
use crate::domain::{
    decisions::{DECIDED, DecisionPace, LISTED_FOR_GUESTS},
    ids::{ApplicationId, CallId, FundId, OrganisationId, PersonId},
    lifecycles::{applications::ApplicationState, calls::CallState, reviews::ReviewState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{backend::Backend, expression::BoxableExpression, prelude::*, sql_types::Bool};

/// An application. `live_key` is unique among those that are live and for which only one is allowed; `content_hash`
/// is over what was filed; scores are hundredths of points.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
pub struct ApplicationRow {
    pub id: ApplicationId,
    pub call_id: CallId,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    pub reference: String,
    pub title: String,
    pub requested_cents: Euros,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub commune_code: Option<String>,
    pub country_code: Option<String>,
    pub revision: i32,
    pub live_key: Option<String>,
    pub pass_until: Option<Moment>,
    pub created_by: PersonId,
    pub submitted_by: Option<PersonId>,
    pub submitted_at: Option<Moment>,
    pub content_hash: Option<String>,
    pub appeal: Option<String>,
    pub decided_cents: Option<Euros>,
    pub motive: Option<String>,
    pub conditions: Option<String>,
    pub score_sum: i64,
    pub score_count: i32,
    pub score_mean: i64,
    pub sort_key: String,
    pub search_key: String,
    pub state: ApplicationState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl ApplicationRow {
    /// The organisations whose application it is: the one that applies, and the other half of a pair.
    pub fn parties(&self) -> Vec<OrganisationId> {
        [Some(self.organisation_id), self.partner_organisation_id].into_iter().flatten().collect()
    }
}

/// Through whose eyes applications are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Whose organisations and reviews count; `None` for the clock.
    pub person: Option<PersonId>,
    pub reach: Reach,
}

/// How far somebody sees beyond the applications of their own organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// No further.
    Own,
    /// Those they are to review, and those of a committee whose guest they are.
    Assigned,
    /// All that were filed; a draft is its applicants' own business.
    Filed,
    /// Everything: the clock and the consequences of transitions.
    Everything,
}

/// A condition on applications, fit for any query over them.
type Condition<DB> = Box<dyn BoxableExpression<applications::table, DB, SqlType = Bool>>;

/// A database on which the condition can be laid.
pub trait Sighted: Backend {
    /// See [`visible_to`].
    fn visible_to(sight: Sight) -> Condition<Self>;
}

/// The one condition that says which applications exist for somebody. Lists, counts, searches, pages and exports all
/// carry it; a person who declared a conflict of interest loses the file in every one of them.
pub fn visible_to<DB: Sighted>(sight: Sight) -> Condition<DB> {
    DB::visible_to(sight)
}

/// The same words for each database, which diesel wants told apart.
macro_rules! sighted {
    ($($backend:ty),+) => { $(
        impl Sighted for $backend {
            fn visible_to(sight: Sight) -> Condition<Self> {
                let Some(person) = sight.person else {
                    return match sight.reach {
                        Reach::Everything => Box::new(applications::id.is_not_null()),
                        Reach::Own | Reach::Assigned | Reach::Filed => Box::new(applications::id.is_null()),
                    };
                };
                let mine = || {
                    let seats = organisation_members::table.filter(organisation_members::person_id.eq(person));
                    seats.select(organisation_members::organisation_id)
                };
                let own = applications::organisation_id.eq_any(mine()).or(applications::partner_organisation_id
                    .is_not_null()
                    .and(applications::partner_organisation_id.assume_not_null().eq_any(mine())));
                let filed = applications::state.ne(ApplicationState::Draft);
                let recused = recusals::table.filter(recusals::person_id.eq(person)).select(recusals::application_id);
                let untouched = applications::id.ne_all(recused);
                match sight.reach {
                    Reach::Own => Box::new(own),
                    Reach::Filed => Box::new(own.or(filed.and(untouched))),
                    Reach::Everything => Box::new(applications::id.is_not_null()),
                    Reach::Assigned => {
                        let given_up = [ReviewState::Recused, ReviewState::Declined];
                        let assigned = reviews::table.filter(reviews::person_id.eq(person)).filter(reviews::state.ne_all(given_up));
                        let assigned = applications::id.eq_any(assigned.select(reviews::application_id));
                        let guest = committee_seats::table.filter(committee_seats::person_id.eq(person));
                        let guest = guest.filter(committee_seats::ended_at.is_null()).filter(committee_seats::is_guest.eq(true));
                        let read = applications::call_id.eq_any(guest.select(committee_seats::call_id));
                        let listed = applications::state.eq_any(LISTED_FOR_GUESTS);
                        let read = read.and(listed.or(applications::state.eq_any(DECIDED)));
                        Box::new(own.or(filed.and(assigned.or(read)).and(untouched)))
                    }
                }
            }
        }
    )+ };
}

sighted!(diesel::sqlite::Sqlite, diesel::pg::Pg, <Conn as diesel::Connection>::Backend);

/// An application as somebody sees it, told apart for each database.
macro_rules! seen {
    ($row:ident, $sight:ident) => {
        $row.filter(visible_to($sight)).select(ApplicationRow::as_select())
    };
}

/// One application, if it exists for this person.
pub fn find(conn: &mut Conn, sight: Sight, id: ApplicationId) -> Result<ApplicationRow, StoreError> {
    let row = applications::table.filter(applications::id.eq(id));
    // Each reach is a text of its own.
    Ok(match (sight.person, sight.reach) {
        (None, Reach::Everything) => {
            on!(conn, |conn| fixed!(row.select(ApplicationRow::as_select())).get_result(conn))?
        }
        (Some(_), Reach::Own) => on!(conn, |conn| fixed!(seen!(row, sight)).get_result(conn))?,
        (Some(_), Reach::Assigned) => on!(conn, |conn| fixed!(seen!(row, sight)).get_result(conn))?,
        (Some(_), Reach::Filed) => on!(conn, |conn| fixed!(seen!(row, sight)).get_result(conn))?,
        (_, _) => on!(conn, |conn| kept(seen!(row, sight)).get_result(conn))?,
    })
}

/// What a list of applications is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub call: Option<CallId>,
    pub fund: Option<FundId>,
    pub states: Vec<ApplicationState>,
    /// Folded text looked for in title, reference and organisation.
    pub search: String,
}

/// An application on a list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ApplicationLine {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub call_id: CallId,
    pub call_reference: String,
    pub call_title: String,
    pub call_state: CallState,
    pub decision_pace: DecisionPace,
    pub fund_code: String,
    pub closes_at: Moment,
    pub requested: Euros,
    pub state: ApplicationState,
    pub state_at: Moment,
    pub submitted_at: Option<Moment>,
}

/// The applications that exist for this person, newest first, after the one shown last.
pub fn page(
    conn: &mut Conn,
    sight: Sight,
    filter: &Filter,
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<ApplicationLine>, StoreError> {
    let mut ids = narrowed(sight, filter).order(applications::id.desc()).limit(limit);
    if let Some(id) = after {
        ids = ids.filter(applications::id.lt(id));
    }
    let ids: Vec<ApplicationId> = ids.select(applications::id).load(conn)?;
    lines(conn, &ids)
}

/// These applications as lines, newest first. Whether they exist for the reader has been judged.
fn lines(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<ApplicationLine>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(calls::table.inner_join(funds::table))
        .filter(applications::id.eq_any(ids))
        .order(applications::id.desc());
    let columns = (
        applications::id,
        applications::reference,
        applications::title,
        organisations::name,
        calls::id,
        calls::reference,
        calls::title,
        calls::state,
        calls::decision_pace,
        funds::code,
        calls::closes_at,
        applications::requested_cents,
        applications::state,
        applications::state_at,
        applications::submitted_at,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// An earlier file that a new one may begin from.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SourceLine {
    pub id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub organisation: String,
    pub reference: String,
    pub title: String,
    pub call_title: String,
}

/// The files of these organisations, the latest first. Whether the reader acts for them has been judged.
pub fn of_organisations(conn: &mut Conn, mine: &[OrganisationId], limit: i64) -> Result<Vec<SourceLine>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(calls::table)
        .filter(applications::organisation_id.eq_any(mine))
        .order(applications::id.desc())
        .limit(limit);
    let columns = (
        applications::id,
        applications::organisation_id,
        organisations::name,
        applications::reference,
        applications::title,
        calls::title,
    );
    Ok(rows.select(columns).load(conn)?)
}

type Boxed<'a> = applications::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn narrowed(sight: Sight, filter: &Filter) -> Boxed<'_> {
    let rows = applications::table.filter(visible_to(sight)).into_boxed();
    let mut rows = rows.filter(applications::id.ne_all(resting()));
    if let Some(call) = filter.call {
        rows = rows.filter(applications::call_id.eq(call));
    }
    if let Some(fund) = filter.fund {
        let of_fund = calls::table.filter(calls::fund_id.eq(fund)).select(calls::id);
        rows = rows.filter(applications::call_id.eq_any(of_fund));
    }
    if !filter.states.is_empty() {
        rows = rows.filter(applications::state.eq_any(&filter.states));
    }
    if !filter.search.is_empty() {
        rows = rows.filter(applications::search_key.like(format!("%{}%", filter.search)));
    }
    rows
}

/// Whether there are fewer applications than this.
pub(super) fn are_fewer_than(conn: &mut Conn, number: i64) -> Result<bool, StoreError> {
    let rows = applications::table.select(applications::id).limit(number);
    let found: Vec<ApplicationId> = on!(conn, |conn| rows.load(conn))?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX) < number)
}

/// How many applications exist for this person, by state.
pub fn count_by_state(
    conn: &mut Conn,
    sight: Sight,
    call: Option<CallId>,
) -> Result<Vec<(ApplicationState, i64)>, StoreError> {
    let columns = (applications::state, diesel::dsl::count_star());
    let rows = applications::table.filter(visible_to(sight)).group_by(applications::state).select(columns);
    match call {
        Some(call) => Ok(rows.filter(applications::call_id.eq(call)).load(conn)?),
        None => Ok(rows.load(conn)?),
    }
}

/// The application with this live key.
pub fn by_live_key(conn: &mut Conn, key: &str) -> Result<Option<ApplicationId>, StoreError> {
    let row = applications::table.filter(applications::live_key.eq(key));
    Ok(on!(conn, |conn| row.select(applications::id).first(conn)).optional()?)
}

/// Adds an application.
pub fn insert(tx: &mut Tx, row: &ApplicationRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(applications::table).values(row)).execute(conn))?;
    Ok(())
}

/// What of the project is kept beside its answers, so that lists and rules need not read these.
#[derive(Debug, Clone, PartialEq, Eq, Default, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_null = true)]
pub struct ProjectColumns {
    pub title: String,
    pub requested_cents: Euros,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub commune_code: Option<String>,
    pub country_code: Option<String>,
    pub sort_key: String,
    pub search_key: String,
}

/// Writes the project's columns, and that they were saved `now`.
pub fn save_project(tx: &mut Tx, id: ApplicationId, columns: &ProjectColumns, now: Moment) -> Result<(), StoreError> {
    let row = diesel::update(applications::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set((columns, applications::updated_at.eq(now)))).execute(conn))?)
}

/// Notes that something of it was saved `now`.
pub fn touch(tx: &mut Tx, id: ApplicationId, now: Moment) -> Result<(), StoreError> {
    let row = diesel::update(applications::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set(applications::updated_at.eq(now))).execute(conn))?)
}

/// Notes who filed what, and when.
pub fn set_submission(
    tx: &mut Tx,
    id: ApplicationId,
    (by, at): (PersonId, Moment),
    revision: i32,
    content_hash: &str,
) -> Result<(), StoreError> {
    let values = (
        applications::submitted_by.eq(by),
        applications::submitted_at.eq(at),
        applications::revision.eq(revision),
        applications::content_hash.eq(content_hash),
    );
    one(on!(tx.conn(), |conn| fixed!(diesel::update(applications::table.find(id)).set(values)).execute(conn))?)
}

/// Writes or frees the key that keeps a second application away.
pub fn set_live_key(tx: &mut Tx, id: ApplicationId, key: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(applications::table.find(id)).set(applications::live_key.eq(key))
    )
    .execute(conn))?)
}

/// Seats the other half of a pair.
pub fn set_partner(tx: &mut Tx, id: ApplicationId, partner: Option<OrganisationId>) -> Result<(), StoreError> {
    let row = diesel::update(applications::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set(applications::partner_organisation_id.eq(partner))).execute(conn))?)
}

/// Makes another organisation the one that applies and is paid, and seats this one beside it.
pub fn set_parties(
    tx: &mut Tx,
    id: ApplicationId,
    lead: OrganisationId,
    partner: OrganisationId,
    live_key: Option<&str>,
) -> Result<(), StoreError> {
    let values = (
        applications::organisation_id.eq(lead),
        applications::partner_organisation_id.eq(partner),
        applications::live_key.eq(live_key),
    );
    one(on!(tx.conn(), |conn| fixed!(diesel::update(applications::table.find(id)).set(values)).execute(conn))?)
}

/// Writes why a decision was taken.
pub fn set_motive(tx: &mut Tx, id: ApplicationId, motive: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(applications::table.find(id)).set(applications::motive.eq(motive))
    )
    .execute(conn))?)
}

/// Writes why the applicant asks for a second look.
pub fn set_appeal(tx: &mut Tx, id: ApplicationId, appeal: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(applications::table.find(id)).set(applications::appeal.eq(appeal))
    )
    .execute(conn))?)
}

/// The application of this number in a call.
pub fn by_reference(conn: &mut Conn, call: CallId, reference: &str) -> Result<Option<ApplicationId>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call));
    let rows = rows.filter(applications::reference.eq(reference)).select(applications::id);
    Ok(on!(conn, |conn| rows.first(conn)).optional()?)
}

/// Lets one application be filed after the deadline, until `until`.
pub fn set_pass(tx: &mut Tx, id: ApplicationId, until: Option<Moment>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(applications::table.find(id)).set(applications::pass_until.eq(until))
    )
    .execute(conn))?)
}
