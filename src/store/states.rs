//! The state column of every object: read by machine, written with a `Decision` and with nothing else.

use super::{Conn, StoreError, Tx, one};
use crate::domain::{
    lifecycle::{Decision, Machine},
    time::Moment,
};
use diesel::prelude::*;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: String,
    pub version: i32,
}

/// Runs the same statement on the table of whichever machine it is. Written out for each table, because a statement
/// put together as text is compiled again each time, and no statement runs more often than these.
macro_rules! on_table_of {
    ($machine:expr, $table:ident => $work:expr) => {
        match $machine {
            Machine::Call => on_table_of!(@ calls, $table, $work),
            Machine::Application => on_table_of!(@ applications, $table, $work),
            Machine::Review => on_table_of!(@ reviews, $table, $work),
            Machine::Session => on_table_of!(@ sessions, $table, $work),
            Machine::Grant => on_table_of!(@ grants, $table, $work),
            Machine::Amendment => on_table_of!(@ amendments, $table, $work),
            Machine::Disbursement => on_table_of!(@ disbursements, $table, $work),
            Machine::PaymentRun => on_table_of!(@ payment_runs, $table, $work),
            Machine::Report => on_table_of!(@ reports, $table, $work),
            Machine::Recovery => on_table_of!(@ recoveries, $table, $work),
            Machine::BankAccount => on_table_of!(@ bank_accounts, $table, $work),
            Machine::Message => on_table_of!(@ messages, $table, $work),
        }
    };
    (@ $name:ident, $table:ident, $work:expr) => {{
        use super::schema::$name as $table;
        $work
    }};
}

/// Where the object stands.
pub fn current(conn: &mut Conn, machine: Machine, id: &str) -> Result<Standing, StoreError> {
    let (state, version) = on_table_of!(machine, objects => {
        let object = objects::table.filter(objects::id.eq(id)).select((objects::state, objects::version));
        object.first::<(String, i32)>(conn)?
    });
    Ok(Standing { state, version })
}

/// Moves the object along a decision, unless somebody moved it since `version` was read.
pub fn apply(tx: &mut Tx, decision: &Decision, id: &str, version: i32, now: Moment) -> Result<(), StoreError> {
    let moved = on_table_of!(decision.machine(), objects => {
        let object = objects::table.filter(objects::id.eq(id)).filter(objects::version.eq(version));
        let values = (
            objects::state.eq(decision.to()),
            objects::version.eq(objects::version + 1),
            objects::state_at.eq(now),
        );
        diesel::update(object.filter(objects::state.eq(decision.from()))).set(values).execute(tx.conn())?
    });
    one(moved)
}
