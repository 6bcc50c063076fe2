//! Queries whose compiled statement is kept.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};
use std::marker::PhantomData;

/// A query whose statement is compiled once, with the guards it sets off, and kept with the connection. By itself diesel
/// compiles updates and queries over lists of values again each time, for fear of as many statements as there are sets
/// of columns and lengths of lists; the updates of a use case always write the same columns. For lists, only where their
/// length is written in the code, or short.
pub struct Kept<Q> {
    query: Q,
    is_kept: bool,
}

/// A query whose text never changes, known by the place where it is written: its statement is found again without writing
/// that text once more. Made by [`fixed!`].
pub struct Fixed<Place, Q> {
    query: Q,
    place: PhantomData<Place>,
}

/// See [`fixed!`].
pub fn fixed<Place, Q>(query: Q) -> Fixed<Place, Q> {
    Fixed { query, place: PhantomData }
}

/// Keeps the statement of a query under the place where it is written: `fixed!(diesel::insert_into(…).values(row))`. Only
/// where the text is the same each time whatever the values (no list of varying length, no optional column left out, no
/// boxed filter), and not in a generic function: one place is one statement for good.
macro_rules! fixed {
    ($query:expr) => {{
        struct Here;
        $crate::store::kept::fixed::<Here, _>($query)
    }};
}

/// Values in a list, at most, for which the statement over it is kept.
const FEW: usize = 4;

/// Keeps the statement of a query.
pub fn kept<Q>(query: Q) -> Kept<Q> {
    Kept { query, is_kept: true }
}

/// Keeps the statement of a query over one list of this length if it is short, as are the parties of a file or the
/// accounts of a grant: there are then a few statements, one for each length.
pub fn kept_if_few<Q>(length: usize, query: Q) -> Kept<Q> {
    Kept { query, is_kept: length <= FEW }
}

impl<Q, DB> QueryFragment<DB> for Kept<Q>
where
    Q: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(self.is_kept)
    }
}

// Found again by its text.
impl<Q> QueryId for Kept<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Kept<Q> {}

impl<Place, Q, DB> QueryFragment<DB> for Fixed<Place, Q>
where
    Q: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Place: 'static, Q> QueryId for Fixed<Place, Q> {
    type QueryId = Place;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Place, Q: Query> Query for Fixed<Place, Q> {
    type SqlType = Q::SqlType;
}

impl<Place, Q, C> RunQueryDsl<C> for Fixed<Place, Q> {}
