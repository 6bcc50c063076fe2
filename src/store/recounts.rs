//! Totals worked out again: what the reviews of a call hold, and the trace of each time its grid came to count otherwise.

use super::{
    Conn, StoreError, Tx, one,
    schema::{applications, grid_recount_lines, grid_recounts, people, review_scores, reviews},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId, ReviewId},
    lifecycles::reviews::ReviewState,
    time::Moment,
};
use diesel::prelude::*;

/// One time. `revision` is that of the call which brought it about, `weights` says in French what counts otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = grid_recounts)]
pub struct RecountRow {
    pub call_id: CallId,
    pub revision: i32,
    pub weights: String,
    pub recounted_by: PersonId,
    pub recounted_at: Moment,
}

/// The mean of one file before and after, in hundredths of a point.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = grid_recount_lines, treat_none_as_default_value = false)]
pub struct RecountLine {
    pub application_id: ApplicationId,
    pub revision: i32,
    pub mean_before: i64,
    pub mean_after: i64,
}

/// The last time the totals of a call were worked out again, and by whom.
pub fn last(conn: &mut Conn, call: CallId) -> Result<Option<(RecountRow, String)>, StoreError> {
    let rows = grid_recounts::table.inner_join(people::table).filter(grid_recounts::call_id.eq(call));
    let rows = rows.order(grid_recounts::revision.desc());
    Ok(on!(conn, |conn| rows.select((RecountRow::as_select(), people::name)).first(conn)).optional()?)
}

/// What a revision changed of the means of these files.
pub fn lines(conn: &mut Conn, revision: i32, ids: &[ApplicationId]) -> Result<Vec<RecountLine>, StoreError> {
    let rows = grid_recount_lines::table.filter(grid_recount_lines::revision.eq(revision));
    let rows = rows.filter(grid_recount_lines::application_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(RecountLine::as_select()).load(conn))?)
}

/// Lines that share one statement, at most.
const TOGETHER: usize = 500;

/// Keeps the trace of one time.
pub fn append(tx: &mut Tx, row: &RecountRow, lines: &[RecountLine]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(grid_recounts::table).values(row).execute(conn))?;
    for some in lines.chunks(TOGETHER) {
        let some: Vec<&RecountLine> = some.iter().collect();
        on!(tx.conn(), |conn| diesel::insert_into(grid_recount_lines::table).values(some).execute(conn))?;
    }
    Ok(())
}

/// How many reviews of a call are handed in.
pub fn count_submitted(conn: &mut Conn, call: CallId) -> Result<i64, StoreError> {
    let rows = reviews::table.filter(reviews::call_id.eq(call)).filter(reviews::state.eq(ReviewState::Submitted));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// A review with its total in hundredths of a point, as far as it is known.
pub type Totalled = (ReviewId, ApplicationId, ReviewState, Option<i64>);

/// Every review of a call.
pub fn reviews_of(conn: &mut Conn, call: CallId) -> Result<Vec<Totalled>, StoreError> {
    let rows = reviews::table.filter(reviews::call_id.eq(call)).order(reviews::id);
    let columns = (reviews::id, reviews::application_id, reviews::state, reviews::total);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Every mark given in the reviews of a call, by criterion.
pub fn marks_of(conn: &mut Conn, call: CallId) -> Result<Vec<(ReviewId, String, i32)>, StoreError> {
    let rows = review_scores::table.inner_join(reviews::table).filter(reviews::call_id.eq(call));
    let columns = (review_scores::review_id, review_scores::criterion, review_scores::points);
    let found: Vec<(ReviewId, String, Option<i32>)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    Ok(found.into_iter().filter_map(|(review, criterion, points)| Some((review, criterion, points?))).collect())
}

/// The stored means of the files of a call that have one.
pub fn means_of(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, i64)>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(applications::score_count.gt(0));
    Ok(on!(conn, |conn| rows.select((applications::id, applications::score_mean)).load(conn))?)
}

/// Writes the total of a review, in hundredths of a point.
pub fn set_total(tx: &mut Tx, id: ReviewId, total: Option<i64>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::update(reviews::table.find(id)).set(reviews::total.eq(total)).execute(conn))?)
}
