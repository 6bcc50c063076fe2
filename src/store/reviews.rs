//! Reviews (notations): one member of the committee, one application, a score for each criterion.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{applications, organisations, people, review_confidences, review_scores, reviews},
};
use crate::domain::{
    ids::{ApplicationId, CallId, OrganisationId, PersonId, ReviewId},
    lifecycles::{applications::ApplicationState, reviews::ReviewState},
    reviews::Confidence,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{self, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// A review. `total` is in hundredths of the grid's points, known once it is submitted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, treat_none_as_default_value = false)]
pub struct ReviewRow {
    pub id: ReviewId,
    pub call_id: CallId,
    pub application_id: ApplicationId,
    pub person_id: PersonId,
    pub due_on: Option<NaiveDate>,
    pub total: Option<i64>,
    pub opinion: String,
    /// Why the member gave the file up.
    pub reason: Option<String>,
    pub submitted_at: Option<Moment>,
    pub state: ReviewState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
    /// When its sheet was opened, or first written in: the earliest of what is known.
    pub opened_at: Option<Moment>,
}

/// What a reader says of one criterion; without points as long as only the comment is written.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review_scores, treat_none_as_default_value = false)]
pub struct ScoreRow {
    pub review_id: ReviewId,
    pub criterion: String,
    pub points: Option<i32>,
    pub comment: String,
}

/// A line of a reviewer's own list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OwnReview {
    pub id: ReviewId,
    pub application_id: ApplicationId,
    pub call_id: CallId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub due_on: Option<NaiveDate>,
    pub total: Option<i64>,
    pub state: ReviewState,
}

/// A review with the name of its reviewer, as the officer and, once theirs is in, the other members see it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct NamedReview {
    pub id: ReviewId,
    pub person_id: PersonId,
    pub name: String,
    pub due_on: Option<NaiveDate>,
    pub total: Option<i64>,
    pub opinion: String,
    pub state: ReviewState,
    pub version: i32,
    /// How sure its reader says they are.
    pub confidence: Option<Confidence>,
}

impl NamedReview {
    /// Leaves nothing of what its reader thinks.
    pub fn hide(&mut self) {
        (self.total, self.opinion, self.confidence) = (None, String::new(), None);
    }
}

/// A file as it is entrusted: its name, its applicants, where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct FileRow {
    pub id: ApplicationId,
    pub call_id: CallId,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    pub reference: String,
    pub title: String,
    pub state: ApplicationState,
}

impl FileRow {
    /// The organisations that apply.
    pub fn parties(&self) -> Vec<OrganisationId> {
        std::iter::once(self.organisation_id).chain(self.partner_organisation_id).collect()
    }
}

/// One file, unless `reader` is recused from it.
pub fn file(conn: &mut Conn, reader: Option<PersonId>, id: ApplicationId) -> Result<FileRow, StoreError> {
    let row = applications::table.find(id).filter(applications::state.ne(ApplicationState::Draft));
    let Some(reader) = reader else { return Ok(on!(conn, |conn| row.select(FileRow::as_select()).first(conn))?) };
    let row = row.filter(applications::id.ne_all(hidden_from(reader)));
    Ok(on!(conn, |conn| row.select(FileRow::as_select()).first(conn))?)
}

/// A file as it was given to a reader: the review, by when it is due, the file.
pub type EntrustedFile = (ReviewId, Option<NaiveDate>, FileRow);

/// What these reviews give their reader to read, by reference: what they were kept away from since, or gave up, is not
/// among it.
pub fn entrusted(conn: &mut Conn, reader: PersonId, ids: &[ReviewId]) -> Result<Vec<EntrustedFile>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .filter(reviews::id.eq_any(ids))
        .filter(reviews::person_id.eq(reader))
        .filter(reviews::state.ne_all([ReviewState::Recused, ReviewState::Declined]))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order(applications::reference);
    Ok(on!(conn, |conn| rows.select((reviews::id, reviews::due_on, FileRow::as_select())).load(conn))?)
}

/// The files of a call in these states that `reader` is not recused from, by reference.
pub fn files(
    conn: &mut Conn,
    reader: PersonId,
    call: CallId,
    states: &[ApplicationState],
) -> Result<Vec<FileRow>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(applications::state.eq_any(states));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader))).order(applications::reference);
    Ok(on!(conn, |conn| kept(rows.select(FileRow::as_select())).load(conn))?)
}

/// One review.
pub fn find(conn: &mut Conn, id: ReviewId) -> Result<ReviewRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(reviews::table.find(id).select(ReviewRow::as_select())).get_result(conn))?)
}

/// The review of an application by a person, if there is one.
pub fn of(conn: &mut Conn, application: ApplicationId, person: PersonId) -> Result<Option<ReviewRow>, StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq(application)).filter(reviews::person_id.eq(person));
    Ok(on!(conn, |conn| rows.select(ReviewRow::as_select()).first(conn)).optional()?)
}

/// The reviews of a person that are not given up, in the order of their references; files they are recused from do
/// not exist.
pub fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<OwnReview>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::state.ne_all([ReviewState::Recused, ReviewState::Declined]))
        .filter(reviews::application_id.ne_all(hidden_from(person)))
        .order((applications::reference, reviews::id));
    let columns = (
        reviews::id,
        reviews::application_id,
        reviews::call_id,
        applications::reference,
        applications::title,
        organisations::name,
        reviews::due_on,
        reviews::total,
        reviews::state,
    );
    Ok(on!(conn, |conn| kept(rows.select(columns)).load(conn))?)
}

/// The reviews of an application with their reviewers, by name.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<NamedReview>, StoreError> {
    let rows = reviews::table.inner_join(people::table.on(people::id.eq(reviews::person_id)));
    let rows = rows.left_join(review_confidences::table.on(review_confidences::review_id.eq(reviews::id)));
    let rows = rows.filter(reviews::application_id.eq(id)).order((people::sort_key, people::id));
    let columns = (
        reviews::id,
        people::id,
        people::name,
        reviews::due_on,
        reviews::total,
        reviews::opinion,
        reviews::state,
        reviews::version,
        review_confidences::confidence.nullable(),
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// How many reviews of an application are neither recused nor declined.
pub fn count_live(conn: &mut Conn, id: ApplicationId) -> Result<i64, StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq(id));
    Ok(on!(conn, |conn| kept(
        rows.filter(reviews::state.ne_all([ReviewState::Recused, ReviewState::Declined])).count()
    )
    .get_result(conn))?)
}

/// Live reviews of a call as pairs of application and person: what a balanced proposal starts from.
pub fn pairs_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, PersonId, ReviewState)>, StoreError> {
    let rows = reviews::table.filter(reviews::call_id.eq(call));
    Ok(on!(conn, |conn| rows
        .order(reviews::id)
        .select((reviews::application_id, reviews::person_id, reviews::state))
        .load(conn))?)
}

/// How many reviews of a call wait for a person.
pub fn count_waiting(conn: &mut Conn, call: CallId, person: PersonId) -> Result<i64, StoreError> {
    let waiting = [ReviewState::Assigned, ReviewState::InProgress, ReviewState::Reopened];
    let rows = reviews::table.filter(reviews::call_id.eq(call)).filter(reviews::person_id.eq(person));
    Ok(on!(conn, |conn| rows.filter(reviews::state.eq_any(waiting)).count().get_result(conn))?)
}

/// How many reviews of a call stand in each state.
pub fn count_by_state(conn: &mut Conn, call: CallId) -> Result<Vec<(ReviewState, i64)>, StoreError> {
    let rows = reviews::table.filter(reviews::call_id.eq(call)).group_by(reviews::state);
    Ok(on!(conn, |conn| rows.select((reviews::state, dsl::count_star())).load(conn))?)
}

/// How many reviews of an application stand in a state, with the least and the most of their totals.
pub type Count = (ApplicationId, ReviewState, i64, Option<i64>, Option<i64>);

/// The reviews of several applications: how many stand in each state, with the least and the most of their totals.
pub fn standings(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<Count>, StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq_any(ids));
    let rows = rows.filter(reviews::state.ne_all([ReviewState::Recused, ReviewState::Declined]));
    let rows = rows.group_by((reviews::application_id, reviews::state));
    let columns = (
        reviews::application_id,
        reviews::state,
        dsl::count_star(),
        dsl::min(reviews::total),
        dsl::max(reviews::total),
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Sum and number of the submitted totals of an application.
pub fn sum_of_totals(conn: &mut Conn, id: ApplicationId) -> Result<(i64, i64), StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq(id)).filter(reviews::state.eq(ReviewState::Submitted));
    let total = sql::<Nullable<BigInt>>("CAST(SUM(total) AS BIGINT)");
    let (sum, count): (Option<i64>, i64) = on!(conn, |conn| rows.select((total, dsl::count_star())).first(conn))?;
    Ok((sum.unwrap_or_default(), count))
}

/// Records a new review in its initial state.
pub fn insert(tx: &mut Tx, row: &ReviewRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(reviews::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes the opinion of a review and its total in hundredths of a point, as far as it goes.
pub fn set_opinion(tx: &mut Tx, id: ReviewId, opinion: &str, total: Option<i64>) -> Result<(), StoreError> {
    let changes = (reviews::opinion.eq(opinion), reviews::total.eq(total));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(reviews::table.find(id)).set(changes)).execute(conn))?)
}

/// Writes when the sheet of a review was opened.
pub fn set_opened_at(tx: &mut Tx, id: ReviewId, at: Moment) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(reviews::table.find(id)).set(reviews::opened_at.eq(at)))
        .execute(conn))?)
}

/// Writes when a review was handed in.
pub fn set_submitted_at(tx: &mut Tx, id: ReviewId, at: Moment) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(reviews::table.find(id)).set(reviews::submitted_at.eq(at)))
        .execute(conn))?)
}

/// Writes why a review is given up or reopened.
pub fn set_reason(tx: &mut Tx, id: ReviewId, reason: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(reviews::table.find(id)).set(reviews::reason.eq(reason)))
        .execute(conn))?)
}

/// The scores of a review, in the order of their criteria's codes.
pub fn scores(conn: &mut Conn, id: ReviewId) -> Result<Vec<ScoreRow>, StoreError> {
    let rows = review_scores::table.filter(review_scores::review_id.eq(id)).order(review_scores::criterion);
    Ok(on!(conn, |conn| fixed!(rows.select(ScoreRow::as_select())).load(conn))?)
}

/// The scores of several reviews.
pub fn scores_of(conn: &mut Conn, ids: &[ReviewId]) -> Result<Vec<ScoreRow>, StoreError> {
    let rows = review_scores::table.filter(review_scores::review_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(ScoreRow::as_select()).load(conn))?)
}

/// The scores of the submitted reviews of an application, for whoever may compare them.
pub fn submitted_scores(conn: &mut Conn, id: ApplicationId) -> Result<Vec<ScoreRow>, StoreError> {
    let rows = review_scores::table.inner_join(reviews::table).filter(reviews::application_id.eq(id));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted));
    Ok(on!(conn, |conn| rows
        .order((review_scores::review_id, review_scores::criterion))
        .select(ScoreRow::as_select())
        .load(conn))?)
}

/// Takes away every score of a review.
pub fn clear_scores(tx: &mut Tx, id: ReviewId) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(review_scores::table.filter(review_scores::review_id.eq(id))).execute(conn))?;
    Ok(())
}

/// Puts these marks in place of those it is known to have, where they differ.
pub fn change_scores(tx: &mut Tx, id: ReviewId, known: &[ScoreRow], rows: &[ScoreRow]) -> Result<(), StoreError> {
    for gone in known.iter().filter(|score| !rows.contains(score)) {
        on!(tx.conn(), |conn| diesel::delete(review_scores::table.find((id, &gone.criterion))).execute(conn))?;
    }
    let new: Vec<&ScoreRow> = rows.iter().filter(|row| !known.contains(row)).collect();
    if !new.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(review_scores::table).values(new).execute(conn))?;
    }
    Ok(())
}
