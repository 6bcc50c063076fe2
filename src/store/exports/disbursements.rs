//! Disbursements of a call, in the order of their making.

use super::Days;
use crate::{
    domain::{
        disbursements::DisbursementKind,
        identity::SealedIban,
        ids::{BankAccountId, CallId, DisbursementId, FundingSourceId, GrantId, PaymentRunId},
        lifecycles::disbursements::DisbursementState,
        money::Euros,
    },
    store::{
        Conn, StoreError,
        days::Day,
        schema::{bank_accounts, disbursement_splits, disbursements, payment_runs},
    },
};
use diesel::prelude::*;

/// A disbursement without what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = disbursements)]
pub struct DisbursementLine {
    pub id: DisbursementId,
    pub grant_id: GrantId,
    pub number: i32,
    pub kind: DisbursementKind,
    pub amount_cents: Euros,
    pub due_on: Option<Day>,
    pub authorised_on: Option<Day>,
    pub bank_account_id: Option<BankAccountId>,
    pub payment_run_id: Option<PaymentRunId>,
    pub end_to_end_id: Option<String>,
    pub paid_on: Option<Day>,
    pub state: DisbursementState,
}

/// The account money goes to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = bank_accounts)]
pub struct AccountLine {
    pub id: BankAccountId,
    pub iban: SealedIban,
    pub holder: String,
}

/// The disbursements of a call after `after`. Their day is that of the bank's operation, or the due date before it.
pub fn disbursements(
    conn: &mut Conn,
    call: CallId,
    days: Days,
    after: Option<DisbursementId>,
    limit: i64,
) -> Result<Vec<DisbursementLine>, StoreError> {
    use disbursements::{due_on, paid_on};
    // Asked of each database in its own words: read through what is common to both, each cell would be copied first.
    Ok(on!(conn, |conn| {
        let query = disbursements::table.filter(disbursements::call_id.eq(call)).order(disbursements::id).limit(limit);
        let mut query = query.select(DisbursementLine::as_select()).into_boxed();
        if let Some(key) = after {
            query = query.filter(disbursements::id.gt(key));
        }
        if let Some(day) = days.from {
            query = query.filter(paid_on.ge(day).or(paid_on.is_null().and(due_on.ge(day))));
        }
        if let Some(day) = days.to {
            query = query.filter(paid_on.le(day).or(paid_on.is_null().and(due_on.le(day))));
        }
        query.load(conn)
    })?)
}

/// The splits of the disbursements of a call from one identifier to another, both included.
pub fn splits_between(
    conn: &mut Conn,
    call: CallId,
    (first, last): (DisbursementId, DisbursementId),
) -> Result<Vec<(DisbursementId, FundingSourceId, Euros)>, StoreError> {
    let rows = disbursement_splits::table.inner_join(disbursements::table).filter(disbursements::call_id.eq(call));
    let rows = rows.filter(disbursements::id.ge(first)).filter(disbursements::id.le(last));
    let columns = (disbursements::id, disbursement_splits::funding_source_id, disbursement_splits::amount_cents);
    Ok(on!(conn, |conn| rows
        .order((disbursements::id, disbursement_splits::funding_source_id))
        .select(columns)
        .load(conn))?)
}

/// These accounts, closed ones included.
pub fn accounts_of(conn: &mut Conn, ids: &[BankAccountId]) -> Result<Vec<AccountLine>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(AccountLine::as_select()).load(conn))?)
}

/// The references of these runs.
pub fn run_references(conn: &mut Conn, ids: &[PaymentRunId]) -> Result<Vec<(PaymentRunId, String)>, StoreError> {
    let rows = payment_runs::table.filter(payment_runs::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select((payment_runs::id, payment_runs::reference)).load(conn))?)
}
