//! The ranking of a call: means are stored, the totals of its reviews come from one index, and what a page shows of its
//! files is read for that page alone.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{applications, organisations, review_scores, reviews},
};
use crate::domain::{
    decisions::BEFORE_COMMITTEE,
    ids::{ApplicationId, CallId, PersonId, ReviewId},
    lifecycles::{applications::ApplicationState, reviews::ReviewState},
    money::Euros,
};
use diesel::{
    dsl::{self, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

diesel::allow_columns_to_appear_in_same_group_by_clause!(reviews::application_id, review_scores::criterion);

/// A file to be ranked. `score_mean` is in hundredths of a point out of 100, meaningless while `score_count` is 0.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CandidateRow {
    pub id: ApplicationId,
    pub reference: String,
    pub requested: Euros,
    pub score_mean: i64,
    pub score_count: i32,
}

/// What a ranking says of a file beside its figures.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RankedRow {
    pub application_id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub decided: Option<Euros>,
    pub state: ApplicationState,
}

/// The files of a call that its committee hears or has heard; files `reader` is recused from do not exist.
pub fn candidates(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<CandidateRow>, StoreError> {
    let rows = applications::table
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq_any(BEFORE_COMMITTEE))
        .filter(applications::id.ne_all(hidden_from(reader)));
    let columns = (
        applications::id,
        applications::reference,
        applications::requested_cents,
        applications::score_mean,
        applications::score_count,
    );
    Ok(on!(conn, |conn| kept(rows.select(columns)).load(conn))?)
}

/// The submitted totals of every file of a call, in hundredths of a point, with their readers.
pub fn totals(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, PersonId, Option<i64>)>, StoreError> {
    let rows = reviews::table.filter(reviews::call_id.eq(call)).filter(reviews::state.eq(ReviewState::Submitted));
    let columns = (reviews::application_id, reviews::person_id, reviews::total);
    Ok(on!(conn, |conn| kept(rows.select(columns)).load(conn))?)
}

/// What is shown of these files, in no order.
pub fn rows(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<RankedRow>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::id.eq_any(ids));
    let columns = (
        applications::id,
        applications::reference,
        applications::title,
        organisations::name,
        applications::decided_cents,
        applications::state,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// A mark of a submitted review.
pub type MarkRow = (ApplicationId, ReviewId, String, Option<i32>);

/// The marks that these criteria got in the submitted reviews of these files, in no order.
pub fn marks(conn: &mut Conn, ids: &[ApplicationId], criteria: &[&str]) -> Result<Vec<MarkRow>, StoreError> {
    let rows = review_scores::table
        .inner_join(reviews::table)
        .filter(reviews::application_id.eq_any(ids))
        .filter(reviews::state.eq(ReviewState::Submitted))
        .filter(review_scores::criterion.eq_any(criteria));
    let columns = (reviews::application_id, reviews::id, review_scores::criterion, review_scores::points);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Writes the sum of the submitted totals of an application, their number and their mean.
pub fn set_score(tx: &mut Tx, id: ApplicationId, sum: i64, count: i32, mean: i64) -> Result<(), StoreError> {
    let changes =
        (applications::score_sum.eq(sum), applications::score_count.eq(count), applications::score_mean.eq(mean));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(applications::table.find(id)).set(changes)).execute(conn))?)
}

/// Sum and number of the marks of one criterion that are handed in for a file.
pub type MarkSum = (ApplicationId, String, i64, i64);

/// The marks handed in for these files under these criteria, added up.
pub fn mark_sums(conn: &mut Conn, ids: &[ApplicationId], criteria: &[String]) -> Result<Vec<MarkSum>, StoreError> {
    let total = sql::<Nullable<BigInt>>("CAST(SUM(review_scores.points) AS BIGINT)");
    let rows = review_scores::table.inner_join(reviews::table).filter(reviews::application_id.eq_any(ids));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted)).filter(review_scores::points.is_not_null());
    let rows = rows.filter(review_scores::criterion.eq_any(criteria));
    let rows = rows.group_by((reviews::application_id, review_scores::criterion));
    let rows = rows.select((reviews::application_id, review_scores::criterion, total, dsl::count_star()));
    let found: Vec<(ApplicationId, String, Option<i64>, i64)> = on!(conn, |conn| rows.load(conn))?;
    Ok(found.into_iter().map(|(id, criterion, sum, count)| (id, criterion, sum.unwrap_or_default(), count)).collect())
}
