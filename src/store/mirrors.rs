//! The marks of a reader and of the others on the same files.

use super::{
    Conn, StoreError, kept,
    recusals::hidden_from,
    schema::{applications, review_scores, reviews},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId, ReviewId},
    lifecycles::reviews::ReviewState,
};
use diesel::prelude::*;

/// The files of a call whose review a person has handed in; those they are recused from are not among them.
pub fn reviewed(conn: &mut Conn, person: PersonId, call: CallId) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = reviews::table
        .filter(reviews::person_id.eq(person))
        .filter(reviews::call_id.eq(call))
        .filter(reviews::state.eq(ReviewState::Submitted))
        .filter(reviews::application_id.ne_all(hidden_from(person)));
    Ok(on!(conn, |conn| kept(rows.select(reviews::application_id)).load(conn))?)
}

/// The submitted totals of these files, in hundredths of a point, in no order.
pub fn totals(
    conn: &mut Conn,
    files: &[ApplicationId],
) -> Result<Vec<(ApplicationId, PersonId, Option<i64>)>, StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq_any(files));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted));
    let columns = (reviews::application_id, reviews::person_id, reviews::total);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// A file with the review that a person gave of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OwnFile {
    pub file: ApplicationId,
    pub review: ReviewId,
    pub reference: String,
    pub title: String,
}

/// Those of these files of which a person handed in a review, in no order.
pub fn own(conn: &mut Conn, person: PersonId, files: &[ApplicationId]) -> Result<Vec<OwnFile>, StoreError> {
    let rows = reviews::table.inner_join(applications::table.on(applications::id.eq(reviews::application_id)));
    let rows = rows.filter(reviews::application_id.eq_any(files)).filter(reviews::person_id.eq(person));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted));
    let columns = (applications::id, reviews::id, applications::reference, applications::title);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// A mark of a submitted review, in points of its criterion.
pub type MarkRow = (ApplicationId, PersonId, String, Option<i32>);

/// Every mark of the submitted reviews of these files, in no order.
pub fn marks(conn: &mut Conn, files: &[ApplicationId]) -> Result<Vec<MarkRow>, StoreError> {
    let rows = review_scores::table.inner_join(reviews::table).filter(reviews::application_id.eq_any(files));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted));
    let columns = (reviews::application_id, reviews::person_id, review_scores::criterion, review_scores::points);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}
