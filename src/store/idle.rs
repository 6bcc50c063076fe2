//! What nobody has come for in long, people or organisations alike: told once that it will be erased, then erased unless
//! somebody comes back.

use super::{Conn, StoreError, Tx};
use crate::domain::time::Moment;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Text, Timestamp},
};
use std::str::FromStr;

/// A table whose rows may be idle; its SQL names a row `i`.
pub(super) struct Idle {
    pub table: &'static str,
    /// The table that notes when a row was told and erased, and its column that names the row.
    pub notes: (&'static str, &'static str),
    /// Holds for a row that has been idle since `$1`.
    pub condition: &'static str,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: String,
}

/// `$1` and `$2` are the instants, `$3` is an identifier or the end of the page before.
fn found<T: FromStr>(conn: &mut Conn, sql: String, binds: [Moment; 2], id: &str) -> Result<Vec<T>, StoreError> {
    let query = sql_query(sql).bind::<Timestamp, _>(binds[0]).bind::<Timestamp, _>(binds[1]).bind::<Text, _>(id);
    let found: Vec<Found> = on!(conn, |conn| query.load(conn))?;
    let read =
        |found: Found| found.id.parse().map_err(|_| StoreError::Database(format!("no identifier: {}", found.id)));
    found.into_iter().map(read).collect()
}

impl Idle {
    /// Rows idle since an instant that were not told since then, nor erased.
    pub fn unwarned<T: FromStr>(&self, tx: &mut Tx, idle_since: Moment, limit: i64) -> Result<Vec<T>, StoreError> {
        let Idle { table, notes: (notes, column), condition } = self;
        let sql = format!(
            "SELECT i.id FROM {table} i WHERE {condition} AND NOT EXISTS (SELECT 1 FROM {notes} x
               WHERE x.{column} = i.id AND (x.erased_at IS NOT NULL OR x.warned_at >= $2))
             AND i.id > $3 ORDER BY i.id LIMIT {limit}"
        );
        found(tx.conn(), sql, [idle_since, idle_since], "")
    }

    /// Rows idle since an instant that were told of it before another one and are not erased, after this one.
    pub fn warned<T: FromStr + ToString>(
        &self,
        conn: &mut Conn,
        terms: (Moment, Moment),
        last: Option<T>,
        limit: i64,
    ) -> Result<Vec<T>, StoreError> {
        let last = last.map(|id| id.to_string()).unwrap_or_default();
        self.told(conn, terms, &format!("i.id > $3 ORDER BY i.id LIMIT {limit}"), &last)
    }

    /// Whether a row is among them.
    pub fn is_warned(&self, conn: &mut Conn, terms: (Moment, Moment), id: &str) -> Result<bool, StoreError> {
        Ok(!self.told::<String>(conn, terms, "i.id = $3", id)?.is_empty())
    }

    fn told<T: FromStr>(
        &self,
        conn: &mut Conn,
        (idle_since, told_before): (Moment, Moment),
        which: &str,
        id: &str,
    ) -> Result<Vec<T>, StoreError> {
        let Idle { table, notes: (notes, column), condition } = self;
        let sql = format!(
            "SELECT i.id FROM {table} i JOIN {notes} x ON x.{column} = i.id
             WHERE {condition} AND x.erased_at IS NULL AND x.warned_at < $2 AND {which}"
        );
        found(conn, sql, [idle_since, told_before], id)
    }
}
