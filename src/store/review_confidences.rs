//! How sure readers are of what they think of a file, where they say it.

use super::{
    Conn, StoreError, Tx,
    schema::{review_confidences, reviews},
};
use crate::domain::{
    ids::{ApplicationId, ReviewId},
    lifecycles::reviews::ReviewState,
    reviews::Confidence,
};
use diesel::prelude::*;

/// What the reader said.
pub fn find(conn: &mut Conn, review: ReviewId) -> Result<Option<Confidence>, StoreError> {
    let row = review_confidences::table.find(review).select(review_confidences::confidence);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// What was said in the reviews of these applications that are handed in.
pub fn submitted(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, Confidence)>, StoreError> {
    let rows = review_confidences::table.inner_join(reviews::table).filter(reviews::application_id.eq_any(ids));
    let rows = rows.filter(reviews::state.eq(ReviewState::Submitted)).order((reviews::application_id, reviews::id));
    Ok(on!(conn, |conn| rows.select((reviews::application_id, review_confidences::confidence)).load(conn))?)
}

/// Writes anew what the reader says; nothing takes it back.
pub fn set(tx: &mut Tx, review: ReviewId, said: Option<Confidence>) -> Result<(), StoreError> {
    let former = review_confidences::table.find(review);
    on!(tx.conn(), |conn| diesel::delete(former).execute(conn))?;
    if let Some(said) = said {
        let row = (review_confidences::review_id.eq(review), review_confidences::confidence.eq(said));
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(review_confidences::table).values(row)).execute(conn))?;
    }
    Ok(())
}
