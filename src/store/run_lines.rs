//! The lines of payment runs as they were when their run was approved.

use super::{
    Conn, StoreError, Tx,
    schema::{payment_run_lines, payment_runs},
};
use crate::domain::{
    ids::{BankAccountId, DisbursementId, PayerAccountId, PaymentRunId},
    money::Euros,
    run_lines::RunLineOutcome,
    time::Moment,
};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// A line of an approved run. `amount_cents` is what leaves the bank, `kept_back_cents` what its grantee owed from
/// elsewhere; `carried_to` is the run that pays it again once the bank has sent it back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_run_lines, treat_none_as_default_value = false)]
pub struct RunLineRow {
    pub payment_run_id: PaymentRunId,
    pub disbursement_id: DisbursementId,
    pub bank_account_id: BankAccountId,
    pub end_to_end_id: String,
    pub amount_cents: Euros,
    pub kept_back_cents: Euros,
    pub outcome: RunLineOutcome,
    pub carried_to: Option<PaymentRunId>,
}

/// Records a line of a run that is being approved.
pub fn insert(tx: &mut Tx, row: &RunLineRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(payment_run_lines::table).values(row)).execute(conn))?;
    Ok(())
}

/// The lines of a run, by the identifiers of their payments; none before it is approved.
pub fn of_run(conn: &mut Conn, id: PaymentRunId) -> Result<Vec<RunLineRow>, StoreError> {
    let rows = payment_run_lines::table.filter(payment_run_lines::payment_run_id.eq(id));
    let rows = rows.order(payment_run_lines::disbursement_id);
    Ok(on!(conn, |conn| rows.select(RunLineRow::as_select()).load(conn))?)
}

/// How many lines each of these runs has, and what leaves the bank with them; a run that is not approved is left out.
pub fn totals(conn: &mut Conn, runs: &[PaymentRunId]) -> Result<Vec<(PaymentRunId, i64, Euros)>, StoreError> {
    let total = sql::<Nullable<BigInt>>("CAST(SUM(amount_cents) AS BIGINT)");
    let rows = payment_run_lines::table.filter(payment_run_lines::payment_run_id.eq_any(runs));
    let rows = rows.filter(payment_run_lines::outcome.ne(RunLineOutcome::Withdrawn));
    let rows = rows.group_by(payment_run_lines::payment_run_id);
    let rows = rows.select((payment_run_lines::payment_run_id, count_star(), total));
    let found: Vec<(PaymentRunId, i64, Option<i64>)> = on!(conn, |conn| rows.load(conn))?;
    let told = |(run, lines, cents): (PaymentRunId, i64, Option<i64>)| {
        (run, lines, Euros::from_cents(cents.unwrap_or_default()))
    };
    Ok(found.into_iter().map(told).collect())
}

/// The payments that left this account in one of these amounts, by a file made since, and have not come back.
pub fn left_in(
    conn: &mut Conn,
    (payer, since): (PayerAccountId, Moment),
    amounts: &[Euros],
) -> Result<Vec<DisbursementId>, StoreError> {
    let runs = payment_runs::table.filter(payment_runs::payer_account_id.eq(payer));
    let runs = runs.filter(payment_runs::exported_at.ge(since)).select(payment_runs::id);
    let rows = payment_run_lines::table.filter(payment_run_lines::payment_run_id.eq_any(runs));
    let rows = rows.filter(payment_run_lines::outcome.eq(RunLineOutcome::Paid));
    let rows = rows.filter(payment_run_lines::amount_cents.eq_any(amounts));
    let rows = rows.order(payment_run_lines::disbursement_id).select(payment_run_lines::disbursement_id);
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Writes how the line of a payment went, if one stands so; a payment has one line at a time that waits or is paid.
pub fn turn(tx: &mut Tx, id: DisbursementId, from: RunLineOutcome, to: RunLineOutcome) -> Result<(), StoreError> {
    let row = payment_run_lines::table.filter(payment_run_lines::disbursement_id.eq(id));
    let row = row.filter(payment_run_lines::outcome.eq(from));
    on!(tx.conn(), |conn| diesel::update(row).set(payment_run_lines::outcome.eq(to)).execute(conn))?;
    Ok(())
}

/// Writes that this run pays again what came back from another one.
pub fn carry(tx: &mut Tx, id: DisbursementId, to: PaymentRunId) -> Result<(), StoreError> {
    let row = payment_run_lines::table.filter(payment_run_lines::disbursement_id.eq(id));
    let row = row.filter(payment_run_lines::outcome.eq(RunLineOutcome::Returned));
    let changes = (payment_run_lines::outcome.eq(RunLineOutcome::Carried), payment_run_lines::carried_to.eq(to));
    on!(tx.conn(), |conn| diesel::update(row).set(changes).execute(conn))?;
    Ok(())
}
