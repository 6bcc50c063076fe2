//! Payment runs (lots de virements), their bank files, and the accounts the house pays from.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{
        bank_accounts, disbursements, grants, payer_accounts, payer_proposals, payment_files, payment_run_lines,
        payment_runs,
    },
};
use crate::domain::{
    identity::{Bic, IbanMark, SealedIban},
    ids::{PayerAccountId, PaymentRunId, PersonId},
    lifecycles::{disbursements::DisbursementState, payment_runs::PaymentRunState},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};

/// An account the house pays from.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payer_accounts, treat_none_as_default_value = false)]
pub struct PayerAccountRow {
    pub id: PayerAccountId,
    pub holder: String,
    pub iban: SealedIban,
    pub bic: Option<Bic>,
    pub created_at: Moment,
    /// By what the same number is found again.
    pub iban_mark: IbanMark,
}

/// A payment run.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_runs, treat_none_as_default_value = false)]
pub struct PaymentRunRow {
    pub id: PaymentRunId,
    pub reference: String,
    pub payer_account_id: PayerAccountId,
    pub execution_on: NaiveDate,
    pub prepared_by: PersonId,
    pub approved_by: Option<PersonId>,
    pub approved_at: Option<Moment>,
    pub exported_at: Option<Moment>,
    pub reason: Option<String>,
    pub state: PaymentRunState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// The file given to the bank; made once. `content` is kept with the account it belongs to in place of each number, and
/// `kept_sha256` is its digest; `sha256` is that of the file as the bank had it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_files)]
pub struct PaymentFileRow {
    pub payment_run_id: PaymentRunId,
    pub sha256: String,
    pub content: String,
    pub made_at: Moment,
    pub kept_sha256: String,
}

/// Records an account the house pays from.
pub fn insert_payer(tx: &mut Tx, row: &PayerAccountRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(payer_accounts::table).values(row)).execute(conn))?;
    Ok(())
}

/// Who proposed an account to pay from, and who confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payer_proposals, treat_none_as_default_value = false)]
pub struct PayerProposalRow {
    pub payer_account_id: PayerAccountId,
    pub proposed_by: PersonId,
    pub proposed_at: Moment,
    pub confirmed_by: Option<PersonId>,
    pub confirmed_at: Option<Moment>,
}

/// Records who proposes an account.
pub fn insert_payer_proposal(tx: &mut Tx, row: &PayerProposalRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(payer_proposals::table).values(row)).execute(conn))?;
    Ok(())
}

/// Every proposal, confirmed or not.
pub fn payer_proposals(conn: &mut Conn) -> Result<Vec<PayerProposalRow>, StoreError> {
    let rows = payer_proposals::table.order(payer_proposals::payer_account_id);
    Ok(on!(conn, |conn| rows.select(PayerProposalRow::as_select()).load(conn))?)
}

/// Writes who confirmed an account, once.
pub fn confirm_payer(tx: &mut Tx, id: PayerAccountId, by: PersonId, now: Moment) -> Result<(), StoreError> {
    let row = payer_proposals::table.find(id).filter(payer_proposals::confirmed_by.is_null());
    let changes = (payer_proposals::confirmed_by.eq(by), payer_proposals::confirmed_at.eq(now));
    one(on!(tx.conn(), |conn| kept(diesel::update(row).set(changes)).execute(conn))?)
}

/// The accounts the house pays from, those to be confirmed included, in the order of their making.
pub fn all_payers(conn: &mut Conn) -> Result<Vec<PayerAccountRow>, StoreError> {
    Ok(on!(conn, |conn| payer_accounts::table
        .order(payer_accounts::id)
        .select(PayerAccountRow::as_select())
        .load(conn))?)
}

/// The accounts a run may be paid from, in the order of their making.
pub fn payers(conn: &mut Conn) -> Result<Vec<PayerAccountRow>, StoreError> {
    let waiting = payer_proposals::table.filter(payer_proposals::confirmed_by.is_null());
    let waiting = waiting.select(payer_proposals::payer_account_id);
    let rows = payer_accounts::table.filter(payer_accounts::id.ne_all(waiting)).order(payer_accounts::id);
    Ok(on!(conn, |conn| rows.select(PayerAccountRow::as_select()).load(conn))?)
}

/// One account the house pays from.
pub fn payer(conn: &mut Conn, id: PayerAccountId) -> Result<PayerAccountRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(payer_accounts::table.find(id).select(PayerAccountRow::as_select())).get_result(conn))?)
}

/// Records a run in its initial state.
pub fn insert(tx: &mut Tx, row: &PaymentRunRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(payment_runs::table).values(row)).execute(conn))?;
    Ok(())
}

/// One run.
pub fn find(conn: &mut Conn, id: PaymentRunId) -> Result<PaymentRunRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(payment_runs::table.find(id).select(PaymentRunRow::as_select())).get_result(conn))?)
}

/// Several runs, in no order.
pub fn find_all(conn: &mut Conn, ids: &[PaymentRunId]) -> Result<Vec<PaymentRunRow>, StoreError> {
    let rows = payment_runs::table.filter(payment_runs::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(PaymentRunRow::as_select()).load(conn))?)
}

/// The run with this reference.
pub fn by_reference(conn: &mut Conn, reference: &str) -> Result<PaymentRunRow, StoreError> {
    let row = payment_runs::table.filter(payment_runs::reference.eq(reference));
    Ok(on!(conn, |conn| row.select(PaymentRunRow::as_select()).first(conn))?)
}

/// Whether a run pays a grant that is hidden from `reader`, or paid it before the bank sent the money back.
pub fn pays_hidden(conn: &mut Conn, id: PaymentRunId, reader: PersonId) -> Result<bool, StoreError> {
    let approved = payment_run_lines::table.inner_join(disbursements::table.inner_join(grants::table));
    let approved = approved.filter(payment_run_lines::payment_run_id.eq(id));
    let approved = approved.filter(grants::application_id.eq_any(hidden_from(reader)));
    let has_paid: bool = on!(conn, |conn| diesel::select(exists(approved)).get_result(conn))?;
    if has_paid {
        return Ok(true);
    }
    let lines = disbursements::table.inner_join(grants::table).filter(disbursements::payment_run_id.eq(id));
    let lines = lines.filter(grants::application_id.eq_any(hidden_from(reader)));
    Ok(on!(conn, |conn| diesel::select(exists(lines)).get_result(conn))?)
}

/// The runs that pay a grant hidden from a reader.
macro_rules! paying_hidden {
    ($reader:expr) => {
        disbursements::table
            .inner_join(grants::table)
            .filter(grants::application_id.eq_any(hidden_from($reader)))
            .filter(disbursements::payment_run_id.is_not_null())
            .select(disbursements::payment_run_id.assume_not_null())
    };
}

/// The runs before `key`, newest first; none that pays a grant hidden from `reader`.
pub fn page(
    conn: &mut Conn,
    reader: Option<PersonId>,
    key: Option<PaymentRunId>,
    limit: i64,
) -> Result<Vec<PaymentRunRow>, StoreError> {
    let query = payment_runs::table.order(payment_runs::id.desc()).limit(limit);
    let mut query = query.select(PaymentRunRow::as_select()).into_boxed();
    if let Some(reader) = reader {
        query = query.filter(payment_runs::id.ne_all(paying_hidden!(reader)));
    }
    if let Some(reader) = reader {
        let hidden = payment_run_lines::table.inner_join(disbursements::table.inner_join(grants::table));
        let hidden = hidden.filter(grants::application_id.eq_any(hidden_from(reader)));
        query = query.filter(payment_runs::id.ne_all(hidden.select(payment_run_lines::payment_run_id)));
    }
    if let Some(key) = key {
        query = query.filter(payment_runs::id.lt(key));
    }
    Ok(query.load(conn)?)
}

/// The runs with a payment that this person authorised.
macro_rules! authorised_by {
    ($reader:expr) => {
        disbursements::table
            .filter(disbursements::authorised_by.eq($reader))
            .filter(disbursements::state.eq(DisbursementState::InRun))
            .filter(disbursements::payment_run_id.is_not_null())
            .select(disbursements::payment_run_id.assume_not_null())
    };
}

/// The runs that pay into an account which this person verified.
macro_rules! verified_by {
    ($reader:expr) => {
        disbursements::table
            .inner_join(bank_accounts::table)
            .filter(bank_accounts::verified_by.eq($reader))
            .filter(disbursements::state.eq(DisbursementState::InRun))
            .filter(disbursements::payment_run_id.is_not_null())
            .select(disbursements::payment_run_id.assume_not_null())
    };
}

/// The runs that this person cannot approve: theirs in one way or another.
macro_rules! is_own {
    ($reader:expr) => {
        payment_runs::prepared_by
            .eq($reader)
            .or(payment_runs::id.eq_any(authorised_by!($reader)))
            .or(payment_runs::id.eq_any(verified_by!($reader)))
    };
}

/// The runs before `key` that wait for the approval of this person, newest first: none that they prepared, with a payment
/// they authorised or an account they verified, and none that pays a grant hidden from them.
pub fn waiting(
    conn: &mut Conn,
    reader: PersonId,
    key: Option<PaymentRunId>,
    limit: i64,
) -> Result<Vec<PaymentRunRow>, StoreError> {
    let query = payment_runs::table.filter(payment_runs::state.eq(PaymentRunState::Open));
    let query = query.filter(payment_runs::prepared_by.ne(reader)).order(payment_runs::id.desc()).limit(limit);
    let mut query = query.select(PaymentRunRow::as_select()).into_boxed();
    query = query.filter(payment_runs::id.ne_all(paying_hidden!(reader)));
    query = query.filter(payment_runs::id.ne_all(authorised_by!(reader)));
    query = query.filter(payment_runs::id.ne_all(verified_by!(reader)));
    if let Some(key) = key {
        query = query.filter(payment_runs::id.lt(key));
    }
    Ok(query.load(conn)?)
}

/// The runs before `key` that wait for the approval of somebody else, because this person had a hand in them, newest first.
pub fn waiting_for_others(
    conn: &mut Conn,
    reader: PersonId,
    key: Option<PaymentRunId>,
    limit: i64,
) -> Result<Vec<PaymentRunRow>, StoreError> {
    let query = payment_runs::table.filter(payment_runs::state.eq(PaymentRunState::Open));
    let query = query.filter(is_own!(reader)).order(payment_runs::id.desc()).limit(limit);
    let mut query = query.select(PaymentRunRow::as_select()).into_boxed();
    query = query.filter(payment_runs::id.ne_all(paying_hidden!(reader)));
    if let Some(key) = key {
        query = query.filter(payment_runs::id.lt(key));
    }
    Ok(query.load(conn)?)
}

/// How many runs wait for the approval of somebody else.
pub fn count_waiting_for_others(conn: &mut Conn, reader: PersonId) -> Result<i64, StoreError> {
    let runs = payment_runs::table.filter(payment_runs::state.eq(PaymentRunState::Open));
    let runs = runs.filter(is_own!(reader)).filter(payment_runs::id.ne_all(paying_hidden!(reader)));
    Ok(on!(conn, |conn| runs.count().get_result(conn))?)
}

/// How many runs have a reference that begins so.
pub fn count_referenced(conn: &mut Conn, beginning: &str) -> Result<i64, StoreError> {
    let rows = payment_runs::table.filter(payment_runs::reference.like(format!("{beginning}%")));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Records who approved.
pub fn set_approved(tx: &mut Tx, id: PaymentRunId, by: PersonId, at: Moment) -> Result<(), StoreError> {
    let row = diesel::update(payment_runs::table.find(id));
    one(on!(tx.conn(), |conn| row
        .set((payment_runs::approved_by.eq(by), payment_runs::approved_at.eq(at)))
        .execute(conn))?)
}

/// Records when the file was made, and the day on which it asks the bank to pay.
pub fn set_exported(tx: &mut Tx, id: PaymentRunId, execution_on: NaiveDate, at: Moment) -> Result<(), StoreError> {
    let changes = (payment_runs::exported_at.eq(at), payment_runs::execution_on.eq(execution_on));
    one(on!(tx.conn(), |conn| kept(diesel::update(payment_runs::table.find(id)).set(changes)).execute(conn))?)
}

/// Writes why the next change happens.
pub fn set_reason(tx: &mut Tx, id: PaymentRunId, reason: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(payment_runs::table.find(id)).set(payment_runs::reason.eq(reason))
    )
    .execute(conn))?)
}

/// Keeps the bank file of a run; there is never a second one.
pub fn insert_file(tx: &mut Tx, row: &PaymentFileRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(payment_files::table).values(row)).execute(conn))?;
    Ok(())
}

/// The bank file of a run, once made.
pub fn file(conn: &mut Conn, id: PaymentRunId) -> Result<Option<PaymentFileRow>, StoreError> {
    Ok(on!(conn, |conn| fixed!(payment_files::table.find(id).select(PaymentFileRow::as_select())).get_result(conn))
        .optional()?)
}
