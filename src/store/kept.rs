//! Queries whose compiled statement is kept.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A query whose statement is compiled once, with the guards it sets off, and kept with the connection. By itself diesel
/// compiles updates and queries over lists of values again each time, for fear of as many statements as there are sets
/// of columns and lengths of lists; the updates of a use case always write the same columns. For lists, only where their
/// length is written in the code.
pub struct Kept<Q>(Q);

/// Keeps the statement of a query.
pub fn kept<Q>(query: Q) -> Kept<Q> {
    Kept(query)
}

impl<Q, DB> QueryFragment<DB> for Kept<Q>
where
    Q: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
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
