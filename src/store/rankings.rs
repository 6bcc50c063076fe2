//! The ranking of a call, read from the stored means: nothing is added up when the page is asked for.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{applications, organisations, review_scores, reviews},
};
use crate::domain::{
    decisions::BEFORE_COMMITTEE,
    ids::{ApplicationId, CallId, PersonId},
    lifecycles::{applications::ApplicationState, reviews::ReviewState},
    money::Euros,
};
use diesel::{
    dsl::{self, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

diesel::allow_columns_to_appear_in_same_group_by_clause!(reviews::application_id, review_scores::criterion);

/// A file in the ranking. `score_mean` is in hundredths of a point out of 100, meaningless while `score_count` is 0.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RankedRow {
    pub application_id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub requested: Euros,
    pub decided: Option<Euros>,
    pub score_mean: i64,
    pub score_count: i32,
    pub state: ApplicationState,
}

/// The last file shown: its mean and its reference.
pub type Key = (i64, String);

/// The files of a call after `after`, best mean first, then by reference; files `reader` is recused from do not exist.
pub fn page(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    after: Option<&Key>,
    limit: i64,
) -> Result<Vec<RankedRow>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq_any(BEFORE_COMMITTEE))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order((applications::score_mean.desc(), applications::reference))
        .limit(limit)
        .select((
            applications::id,
            applications::reference,
            applications::title,
            organisations::name,
            applications::requested_cents,
            applications::decided_cents,
            applications::score_mean,
            applications::score_count,
            applications::state,
        ))
        .into_boxed();
    let Some((mean, reference)) = after else { return Ok(rows.load(conn)?) };
    // The first bound is implied by the second; it lets the index begin at the right place.
    let rows = rows.filter(applications::score_mean.le(*mean));
    let follows = applications::score_mean.lt(*mean).or(applications::reference.gt(reference.clone()));
    Ok(rows.filter(follows).load(conn)?)
}

/// How many files of a call have a better mean than `mean`: one less than the rank of a file that has it.
pub fn count_better(conn: &mut Conn, call: CallId, reader: PersonId, mean: i64) -> Result<i64, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(applications::score_mean.gt(mean));
    let rows = rows.filter(applications::state.eq_any(BEFORE_COMMITTEE));
    Ok(on!(conn, |conn| kept(rows.filter(applications::id.ne_all(hidden_from(reader))).count()).get_result(conn))?)
}

/// Writes the sum of the submitted totals of an application, their number and their mean.
pub fn set_score(tx: &mut Tx, id: ApplicationId, sum: i64, count: i32, mean: i64) -> Result<(), StoreError> {
    let changes =
        (applications::score_sum.eq(sum), applications::score_count.eq(count), applications::score_mean.eq(mean));
    one(on!(tx.conn(), |conn| kept(diesel::update(applications::table.find(id)).set(changes)).execute(conn))?)
}

/// How many files with this mean come up to and including this reference.
pub fn count_same_up_to(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    mean: i64,
    reference: &str,
) -> Result<i64, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(applications::score_mean.eq(mean));
    let rows = rows.filter(applications::reference.le(reference)).filter(applications::state.eq_any(BEFORE_COMMITTEE));
    Ok(on!(conn, |conn| kept(rows.filter(applications::id.ne_all(hidden_from(reader))).count()).get_result(conn))?)
}

/// What the files of a call up to and including `key` ask for together, in the order of the ranking.
pub fn requested_up_to(conn: &mut Conn, call: CallId, reader: PersonId, key: &Key) -> Result<Euros, StoreError> {
    let (mean, reference) = key;
    let rows = applications::table.filter(applications::call_id.eq(call));
    let rows = rows.filter(applications::state.eq_any(BEFORE_COMMITTEE));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader)));
    let same = applications::score_mean.eq(*mean).and(applications::reference.le(reference.clone()));
    let rows = rows.filter(applications::score_mean.gt(*mean).or(same));
    let total = sql::<BigInt>("COALESCE(CAST(SUM(requested_cents) AS BIGINT), 0)");
    Ok(Euros::from_cents(on!(conn, |conn| kept(rows.select(total).limit(1)).get_result(conn))?))
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
