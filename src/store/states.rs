//! The state column of every object: read by machine, written with a `Decision` and with nothing else.

use super::{Conn, StoreError, Tx};
use crate::domain::{
    lifecycle::{Decision, Machine},
    time::Moment,
};
use diesel::{
    QueryResult, QueryableByName, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_query,
    sql_types::{HasSqlType, Integer, Text, Timestamp},
};

/// The table that holds the objects of a machine.
pub const fn table(machine: Machine) -> &'static str {
    match machine {
        Machine::Call => "calls",
        Machine::Application => "applications",
        Machine::Review => "reviews",
        Machine::Session => "sessions",
        Machine::Grant => "grants",
        Machine::Amendment => "amendments",
        Machine::Disbursement => "disbursements",
        Machine::PaymentRun => "payment_runs",
        Machine::Report => "reports",
        Machine::Recovery => "recoveries",
        Machine::BankAccount => "bank_accounts",
        Machine::Message => "messages",
        Machine::Donation => "donations",
    }
}

/// Where an object stands now.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Standing {
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Where the object stands.
pub fn current(conn: &mut Conn, machine: Machine, id: &str) -> Result<Standing, StoreError> {
    let sql = format!("SELECT state, version FROM {} WHERE id = $1", table(machine));
    Ok(on!(conn, |conn| sql_query(sql).bind::<Text, _>(id).get_result(conn))?)
}

/// Moves the object along a decision, unless somebody moved it since `version` was read.
pub fn apply(tx: &mut Tx, decision: &Decision, id: &str, version: i32, now: Moment) -> Result<(), StoreError> {
    apply_all(tx, decision, &[id.to_owned()], version, now)
}

/// Moves several objects that stand alike along one decision; none of them if one was moved since `version` was read.
pub fn apply_all(
    tx: &mut Tx,
    decision: &Decision,
    ids: &[String],
    version: i32,
    now: Moment,
) -> Result<(), StoreError> {
    let (table, from, to) = (table(decision.machine()), decision.from(), decision.to());
    let moved = on!(tx.conn(), |conn| Move { table, from, to, ids, version, now }.execute(conn))?;
    if moved == ids.len() { Ok(()) } else { Err(StoreError::Stale) }
}

/// The one update of a state. It is a statement of its own kind because no other runs as often: diesel's updates, and
/// statements put together as text, are compiled again each time, with the guards they set off.
struct Move<'a> {
    table: &'static str,
    from: &'a str,
    to: &'a str,
    ids: &'a [String],
    version: i32,
    now: Moment,
}

impl<DB> QueryFragment<DB> for Move<'_>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<Integer> + HasSqlType<Timestamp>,
    str: ToSql<Text, DB>,
    i32: ToSql<Integer, DB>,
    Moment: ToSql<Timestamp, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(self.table)?;
        out.push_sql(" SET version = version + 1, state = ");
        out.push_bind_param::<Text, str>(self.to)?;
        out.push_sql(", state_at = ");
        out.push_bind_param::<Timestamp, Moment>(&self.now)?;
        out.push_sql(" WHERE id IN (");
        for (place, id) in self.ids.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<Text, str>(id)?;
        }
        out.push_sql(") AND version = ");
        out.push_bind_param::<Integer, i32>(&self.version)?;
        out.push_sql(" AND state = ");
        out.push_bind_param::<Text, str>(self.from)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(self.ids.len() == 1)
    }
}

impl QueryId for Move<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Move<'_> {}
