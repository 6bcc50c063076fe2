//! The payment runs that wait for an approval, as the management finds them: those for this person, and apart those in which
//! they had a hand, which somebody else must approve.

use super::{Actor, Outcome, access};
use crate::{
    domain::{ids::PaymentRunId, roles::Role},
    store::{
        Conn,
        payment_runs::{self, PaymentRunRow},
    },
};

/// The runs before `key` that wait for this person's approval, newest first.
pub fn to_approve(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<PaymentRunId>,
    limit: i64,
) -> Outcome<Vec<PaymentRunRow>> {
    access::require(actor, &[Role::Director])?;
    Ok(payment_runs::waiting(conn, access::person(actor)?, key, limit)?)
}

/// The runs before `key` that this person prepared, or in which they authorised a payment or verified an account, newest
/// first; and how many there are in all.
pub fn for_others(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<PaymentRunId>,
    limit: i64,
) -> Outcome<(Vec<PaymentRunRow>, i64)> {
    access::require(actor, &[Role::Director])?;
    let person = access::person(actor)?;
    let count = payment_runs::count_waiting_for_others(conn, person)?;
    Ok((payment_runs::waiting_for_others(conn, person, key, limit)?, count))
}
