//! The state column of every object: read by machine, written with a `Decision` and with nothing else.

use super::{Conn, StoreError, Tx, one};
use crate::domain::{
    lifecycle::{Decision, Machine},
    time::Moment,
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Integer, Text, Timestamp},
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
    Ok(sql_query(sql).bind::<Text, _>(id).get_result(conn)?)
}

/// Moves the object along a decision, unless somebody moved it since `version` was read.
pub fn apply(tx: &mut Tx, decision: &Decision, id: &str, version: i32, now: Moment) -> Result<(), StoreError> {
    let table = table(decision.machine());
    let sql = format!(
        "UPDATE {table} SET state = $1, version = version + 1, state_at = $2 WHERE id = $3 AND version = $4 AND state = $5"
    );
    let query = sql_query(sql).bind::<Text, _>(decision.to()).bind::<Timestamp, _>(now);
    let query = query.bind::<Text, _>(id).bind::<Integer, _>(version).bind::<Text, _>(decision.from());
    one(query.execute(tx.conn())?)
}
