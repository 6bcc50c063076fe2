//! What each page has last saved by itself of each field of a review, as [`super::field_saves`] keeps it of applications.

use super::{Conn, StoreError, Tx, kept, one, schema::review_saves};
use crate::domain::{ids::ReviewId, time::Moment};
use diesel::prelude::*;

/// The last save of one field by one page. `mark` stands for what was saved.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review_saves)]
pub struct ReviewSaveRow {
    pub review_id: ReviewId,
    pub field: String,
    pub page: String,
    pub number: i64,
    pub mark: String,
    pub saved_at: Moment,
}

/// The last save of a field by this page.
pub fn find(conn: &mut Conn, id: ReviewId, field: &str, page: &str) -> Result<Option<ReviewSaveRow>, StoreError> {
    let row = review_saves::table.find((id, field, page));
    Ok(on!(conn, |conn| row.select(ReviewSaveRow::as_select()).first(conn)).optional()?)
}

/// The last saves of every field of a review by this page.
pub fn of_page(conn: &mut Conn, id: ReviewId, page: &str) -> Result<Vec<ReviewSaveRow>, StoreError> {
    let rows = review_saves::table.filter(review_saves::review_id.eq(id)).filter(review_saves::page.eq(page));
    Ok(on!(conn, |conn| rows.select(ReviewSaveRow::as_select()).load(conn))?)
}

/// Forgets what pages saved of a field before `before`.
pub fn forget(tx: &mut Tx, id: ReviewId, field: &str, before: Moment) -> Result<usize, StoreError> {
    let rows = review_saves::table.filter(review_saves::review_id.eq(id)).filter(review_saves::field.eq(field));
    Ok(on!(tx.conn(), |conn| diesel::delete(rows.filter(review_saves::saved_at.lt(before))).execute(conn))?)
}

/// Forgets everything that was saved of a review.
pub fn clear(tx: &mut Tx, id: ReviewId) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(review_saves::table.filter(review_saves::review_id.eq(id))).execute(conn))?;
    Ok(())
}

/// Adds the first save of a field by a page.
pub fn insert(tx: &mut Tx, row: &ReviewSaveRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(review_saves::table).values(row).execute(conn))?;
    Ok(())
}

/// Writes a save in place of the last one of the same page.
pub fn change(tx: &mut Tx, row: &ReviewSaveRow) -> Result<(), StoreError> {
    let columns = (
        review_saves::number.eq(row.number),
        review_saves::mark.eq(&row.mark),
        review_saves::saved_at.eq(row.saved_at),
    );
    let known = review_saves::table.find((row.review_id, &row.field, &row.page));
    one(on!(tx.conn(), |conn| kept(diesel::update(known).set(columns)).execute(conn))?)
}
