//! Disbursements (versements) of grants.

use super::{
    Conn, StoreError, Tx,
    grants::{CallPart, FundPart, HolderPart},
    journal::{KEPT_BACK, signed},
    one,
    recusals::hidden_from,
    run_lines,
    schema::{
        calls, disbursement_totals, disbursements, funds, grants, organisations, payment_runs, statement_lines,
        transfers,
    },
};
use crate::domain::{
    disbursements::DisbursementKind,
    ids::{
        ApplicationId, BankAccountId, CallId, DisbursementId, GrantId, OrganisationId, PayerAccountId, PaymentRunId,
        PersonId, StatementImportId,
    },
    journal::TransferKind,
    lifecycles::{disbursements::DisbursementState, grants::GrantState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_types::{BigInt, Date, Nullable},
};

/// A disbursement. `conditions` is JSON; `bank_account_id` is the account verified on the day it was last put on its
/// way; `end_to_end_id` follows the money to the bank and back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = disbursements, treat_none_as_default_value = false)]
pub struct DisbursementRow {
    pub id: DisbursementId,
    pub grant_id: GrantId,
    pub call_id: CallId,
    pub number: i32,
    pub kind: DisbursementKind,
    pub amount_cents: Euros,
    pub due_on: Option<NaiveDate>,
    pub conditions: String,
    pub authorised_by: Option<PersonId>,
    pub authorised_on: Option<NaiveDate>,
    pub bank_account_id: Option<BankAccountId>,
    pub payment_run_id: Option<PaymentRunId>,
    pub end_to_end_id: Option<String>,
    pub paid_on: Option<NaiveDate>,
    pub reason: Option<String>,
    pub state: DisbursementState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// The grant of a disbursement in a list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct GrantPart {
    #[diesel(column_name = reference)]
    pub grant_reference: String,
    pub application_id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub is_agreement_required: bool,
    #[diesel(column_name = state)]
    pub grant_state: GrantState,
}

/// A disbursement with what a list says around it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = disbursements)]
pub struct DisbursementFile {
    #[diesel(embed)]
    pub disbursement: DisbursementRow,
    #[diesel(embed)]
    pub grant: GrantPart,
    #[diesel(embed)]
    pub holder: HolderPart,
    #[diesel(embed)]
    pub call: CallPart,
    #[diesel(embed)]
    pub fund: FundPart,
}

macro_rules! files {
    () => {
        disbursements::table
            .inner_join(grants::table.inner_join(organisations::table))
            .inner_join(calls::table.inner_join(funds::table))
    };
}

/// Records a disbursement in its initial state.
pub fn insert(tx: &mut Tx, row: &DisbursementRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(disbursements::table).values(row)).execute(conn))?;
    Ok(())
}

/// One disbursement.
pub fn find(conn: &mut Conn, id: DisbursementId) -> Result<DisbursementRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(disbursements::table.find(id).select(DisbursementRow::as_select())).get_result(conn))?)
}

/// One disbursement with what surrounds it.
pub fn file(conn: &mut Conn, id: DisbursementId) -> Result<DisbursementFile, StoreError> {
    Ok(on!(conn, |conn| fixed!(files!().filter(disbursements::id.eq(id)).select(DisbursementFile::as_select()))
        .get_result(conn))?)
}

/// The disbursements of a grant, in their order.
pub fn of_grant(conn: &mut Conn, id: GrantId) -> Result<Vec<DisbursementRow>, StoreError> {
    let rows = disbursements::table.filter(disbursements::grant_id.eq(id)).order(disbursements::number);
    Ok(on!(conn, |conn| rows.select(DisbursementRow::as_select()).load(conn))?)
}

/// The disbursements of several grants, by grant and order.
pub fn of_grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<DisbursementRow>, StoreError> {
    let rows = disbursements::table.filter(disbursements::grant_id.eq_any(ids));
    let rows = rows.order((disbursements::grant_id, disbursements::number));
    Ok(on!(conn, |conn| rows.select(DisbursementRow::as_select()).load(conn))?)
}

/// The lines of a payment run, by their identifiers.
pub fn of_run(conn: &mut Conn, id: PaymentRunId) -> Result<Vec<DisbursementFile>, StoreError> {
    let rows = files!().filter(disbursements::payment_run_id.eq(id)).order(disbursements::id);
    Ok(on!(conn, |conn| rows.select(DisbursementFile::as_select()).load(conn))?)
}

/// The lines of a payment run after `key`, by their identifiers.
pub fn page_of_run(
    conn: &mut Conn,
    id: PaymentRunId,
    key: Option<DisbursementId>,
    limit: i64,
) -> Result<Vec<DisbursementFile>, StoreError> {
    let query = files!().filter(disbursements::payment_run_id.eq(id)).order(disbursements::id).limit(limit);
    let mut query = query.select(DisbursementFile::as_select()).into_boxed();
    if let Some(key) = key {
        query = query.filter(disbursements::id.gt(key));
    }
    Ok(query.load(conn)?)
}

/// Whether a line of a payment run is not paid yet.
pub fn awaits_bank(conn: &mut Conn, id: PaymentRunId) -> Result<bool, StoreError> {
    let rows = disbursements::table.filter(disbursements::payment_run_id.eq(id));
    let rows = rows.filter(disbursements::state.eq(DisbursementState::InRun)).select(disbursements::id).limit(1);
    Ok(on!(conn, |conn| fixed!(rows).get_result::<DisbursementId>(conn).optional())?.is_some())
}

/// Several disbursements with what surrounds them, in no order.
pub fn files_of(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<DisbursementFile>, StoreError> {
    let rows = files!().filter(disbursements::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(DisbursementFile::as_select()).load(conn))?)
}

/// The disbursements whose reference a line of these bank statements carries, whatever has become of them.
pub fn named_by_statements(
    conn: &mut Conn,
    imports: &[StatementImportId],
) -> Result<Vec<DisbursementFile>, StoreError> {
    let named = statement_lines::table.filter(statement_lines::import_id.eq_any(imports));
    let named = named.select(statement_lines::end_to_end_id);
    let rows = files!().filter(disbursements::end_to_end_id.eq_any(named)).order(disbursements::id);
    Ok(on!(conn, |conn| rows.select(DisbursementFile::as_select()).load(conn))?)
}

/// The disbursements that a bank has been asked for from this account and has not told of.
pub fn awaited_from(conn: &mut Conn, payer: PayerAccountId) -> Result<Vec<DisbursementFile>, StoreError> {
    let runs = payment_runs::table.filter(payment_runs::payer_account_id.eq(payer));
    let runs = runs.filter(payment_runs::exported_at.is_not_null()).select(payment_runs::id.nullable());
    let rows = files!().filter(disbursements::state.eq(DisbursementState::InRun));
    let rows = rows.filter(disbursements::payment_run_id.eq_any(runs)).order(disbursements::id);
    Ok(on!(conn, |conn| rows.select(DisbursementFile::as_select()).load(conn))?)
}

/// The disbursements of an organisation that are in a run and not paid.
pub fn in_run_of_organisation(conn: &mut Conn, id: OrganisationId) -> Result<Vec<DisbursementRow>, StoreError> {
    let rows = disbursements::table.inner_join(grants::table).filter(grants::organisation_id.eq(id));
    let rows = rows.filter(disbursements::state.eq(DisbursementState::InRun)).order(disbursements::id);
    Ok(on!(conn, |conn| rows.select(DisbursementRow::as_select()).load(conn))?)
}

/// Whether money for an organisation was ever authorised.
pub fn has_left(conn: &mut Conn, id: OrganisationId) -> Result<bool, StoreError> {
    use DisbursementState::{Authorised, InRun, Paid, Returned};
    let rows = disbursements::table.inner_join(grants::table).filter(grants::organisation_id.eq(id));
    let rows = rows.filter(disbursements::state.eq_any([Authorised, InRun, Paid, Returned]));
    Ok(on!(conn, |conn| diesel::select(diesel::dsl::exists(rows)).get_result(conn))?)
}

/// The disbursements of an organisation that are authorised and in no run, oldest first; none that is hidden from `reader`.
pub fn authorised_of_organisation(
    conn: &mut Conn,
    id: OrganisationId,
    reader: Option<PersonId>,
) -> Result<Vec<DisbursementRow>, StoreError> {
    let rows = disbursements::table.inner_join(grants::table).filter(grants::organisation_id.eq(id));
    let rows = rows.filter(disbursements::state.eq(DisbursementState::Authorised)).order(disbursements::id);
    let mut rows = rows.select(DisbursementRow::as_select()).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    Ok(rows.load(conn)?)
}

/// The day a disbursement is due; one without a day comes last. An index has the same words.
fn day() -> SqlLiteral<Date> {
    sql::<Date>("COALESCE(disbursements.due_on, '9999-12-31')")
}

/// The disbursements in one state after `key`, the first due first, of one call or of all; none that is hidden from
/// `reader`.
pub fn in_state(
    conn: &mut Conn,
    (state, call): (DisbursementState, Option<CallId>),
    reader: Option<PersonId>,
    key: Option<DisbursementId>,
    limit: i64,
) -> Result<Vec<DisbursementFile>, StoreError> {
    let place: Option<NaiveDate> = match key {
        Some(id) => {
            let row = disbursements::table.find(id).select(day());
            on!(conn, |conn| row.first(conn)).optional()?
        }
        None => None,
    };
    let query = files!().filter(disbursements::state.eq(state)).order((day(), disbursements::id)).limit(limit);
    let mut query = query.select(DisbursementFile::as_select()).into_boxed();
    if let Some(reader) = reader {
        query = query.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    if let Some(call) = call {
        query = query.filter(disbursements::call_id.eq(call));
    }
    if let Some((key, due)) = key.zip(place) {
        // The first bound says nothing more, but PostgreSQL begins reading the index there.
        query = query.filter(day().ge(due));
        query = query.filter(day().gt(due).or(day().eq(due).and(disbursements::id.gt(key))));
    }
    Ok(query.load(conn)?)
}

/// How many disbursements are in each state for `reader`, and what they add up to; of one call or of all. The database
/// keeps the figures as states change; what is hidden from the reader, which is little, is taken out of them.
pub fn counts(
    conn: &mut Conn,
    call: Option<CallId>,
    reader: Option<PersonId>,
) -> Result<Vec<(DisbursementState, i64, Euros)>, StoreError> {
    let mut rows = disbursement_totals::table.order(disbursement_totals::state).into_boxed();
    if let Some(call) = call {
        rows = rows.filter(disbursement_totals::call_id.eq(call));
    }
    let columns = (disbursement_totals::state, disbursement_totals::disbursements, disbursement_totals::amount_cents);
    let found: Vec<(DisbursementState, i64, Euros)> = rows.select(columns).load(conn)?;
    let mut counts: Vec<(DisbursementState, i64, Euros)> = Vec::new();
    for (state, lines, amount) in found.into_iter().filter(|(_, lines, _)| *lines > 0) {
        match counts.last_mut().filter(|(known, ..)| *known == state) {
            Some((_, sum, total)) => (*sum, *total) = (*sum + lines, *total + amount),
            None => counts.push((state, lines, amount)),
        }
    }
    for (_, state, amount) in hidden_lines(conn, call, reader)? {
        if let Some((_, lines, total)) = counts.iter_mut().find(|(known, ..)| *known == state) {
            (*lines, *total) = (*lines - 1, *total - amount);
        }
    }
    counts.retain(|(_, lines, _)| *lines > 0);
    Ok(counts)
}

/// The disbursements that are hidden from `reader`, of one call or of all.
pub(super) fn hidden_lines(
    conn: &mut Conn,
    call: Option<CallId>,
    reader: Option<PersonId>,
) -> Result<Vec<(DisbursementId, DisbursementState, Euros)>, StoreError> {
    let Some(reader) = reader else { return Ok(Vec::new()) };
    let rows = disbursements::table.inner_join(grants::table);
    let rows = rows.filter(grants::application_id.eq_any(hidden_from(reader)));
    let columns = (disbursements::id, disbursements::state, disbursements::amount_cents);
    let mut rows = rows.select(columns).into_boxed();
    if let Some(call) = call {
        rows = rows.filter(disbursements::call_id.eq(call));
    }
    Ok(rows.load(conn)?)
}

/// How many lines each of these runs has, and what leaves the bank with them: less what is kept back from lines because
/// their grantee owes it from elsewhere. A run that is approved stays what was approved.
pub fn totals_of_runs(conn: &mut Conn, runs: &[PaymentRunId]) -> Result<Vec<(PaymentRunId, i64, Euros)>, StoreError> {
    let approved = run_lines::totals(conn, runs)?;
    let is_open = |run: &&PaymentRunId| approved.iter().all(|(known, ..)| known != *run);
    let runs: Vec<PaymentRunId> = runs.iter().filter(is_open).copied().collect();
    let runs = runs.as_slice();
    let total = sql::<Nullable<BigInt>>("CAST(SUM(amount_cents) AS BIGINT)");
    let rows = disbursements::table.filter(disbursements::payment_run_id.eq_any(runs));
    let rows = rows.group_by(disbursements::payment_run_id);
    let rows = rows.select((disbursements::payment_run_id, diesel::dsl::count_star(), total));
    let found: Vec<(Option<PaymentRunId>, i64, Option<i64>)> = on!(conn, |conn| rows.load(conn))?;
    let back = transfers::table.inner_join(disbursements::table).filter(transfers::kind.eq_any(KEPT_BACK));
    let back = back.filter(disbursements::payment_run_id.eq_any(runs));
    let columns = (disbursements::payment_run_id, transfers::kind, transfers::amount_cents);
    let back: Vec<(Option<PaymentRunId>, TransferKind, Euros)> = on!(conn, |conn| back.select(columns).load(conn))?;
    let told = |(run, n, cents): (Option<PaymentRunId>, i64, Option<i64>)| {
        let kept_back = back.iter().filter(|(of, ..)| *of == run).map(|(_, kind, amount)| signed(*kind, *amount));
        let kept_back: Euros = kept_back.sum();
        Some((run?, n, Euros::from_cents(cents.unwrap_or_default()) - kept_back))
    };
    Ok(found.into_iter().filter_map(told).chain(approved).collect())
}

/// Records who authorised, when, and what follows the money.
pub fn set_authorised(
    tx: &mut Tx,
    id: DisbursementId,
    (by, on): (PersonId, NaiveDate),
    account: BankAccountId,
    end_to_end_id: &str,
) -> Result<(), StoreError> {
    let row = diesel::update(disbursements::table.find(id));
    let row = row.set((
        disbursements::authorised_by.eq(by),
        disbursements::authorised_on.eq(on),
        disbursements::bank_account_id.eq(account),
        disbursements::end_to_end_id.eq(end_to_end_id),
        disbursements::payment_run_id.eq(None::<PaymentRunId>),
        disbursements::paid_on.eq(None::<NaiveDate>),
        disbursements::reason.eq(None::<String>),
    ));
    one(on!(tx.conn(), |conn| row.execute(conn))?)
}

/// Takes back who authorised it and when, with the account, the run and the day that went with it. What follows the money
/// stays: a statement of the bank may still name it.
pub fn clear_authorised(tx: &mut Tx, id: DisbursementId) -> Result<(), StoreError> {
    let row = diesel::update(disbursements::table.find(id));
    let values = (
        disbursements::authorised_by.eq(None::<PersonId>),
        disbursements::authorised_on.eq(None::<NaiveDate>),
        disbursements::bank_account_id.eq(None::<BankAccountId>),
        disbursements::payment_run_id.eq(None::<PaymentRunId>),
        disbursements::paid_on.eq(None::<NaiveDate>),
        disbursements::reason.eq(None::<String>),
    );
    one(on!(tx.conn(), |conn| fixed!(row.set(values)).execute(conn))?)
}

/// Puts the disbursement into a run, to be paid to this account.
pub fn set_run(tx: &mut Tx, id: DisbursementId, run: PaymentRunId, account: BankAccountId) -> Result<(), StoreError> {
    let row = diesel::update(disbursements::table.find(id));
    let row = row.set((disbursements::payment_run_id.eq(run), disbursements::bank_account_id.eq(account)));
    one(on!(tx.conn(), |conn| row.execute(conn))?)
}

/// Takes the disbursement out of its run.
pub fn clear_run(tx: &mut Tx, id: DisbursementId) -> Result<(), StoreError> {
    let row = diesel::update(disbursements::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set(disbursements::payment_run_id.eq(None::<PaymentRunId>))).execute(conn))?)
}

/// Writes when a payment is expected and what it waits for.
pub fn set_due(tx: &mut Tx, id: DisbursementId, due_on: NaiveDate, conditions: &str) -> Result<(), StoreError> {
    let row = diesel::update(disbursements::table.find(id));
    let values = (disbursements::due_on.eq(due_on), disbursements::conditions.eq(conditions));
    one(on!(tx.conn(), |conn| fixed!(row.set(values)).execute(conn))?)
}

/// Records the day of the operation in the bank.
pub fn set_paid_on(tx: &mut Tx, id: DisbursementId, on: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(disbursements::table.find(id)).set(disbursements::paid_on.eq(on))
    )
    .execute(conn))?)
}

/// Writes why the next change happens, or clears it.
pub fn set_reason(tx: &mut Tx, id: DisbursementId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(disbursements::table.find(id)).set(disbursements::reason.eq(reason))
    )
    .execute(conn))?)
}
