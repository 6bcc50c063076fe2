//! Bank accounts of organisations. A row is never edited: another account is another row.

use super::{
    Conn, StoreError, Tx, one,
    schema::{bank_accounts, organisation_erasures, organisations},
};
use crate::domain::{
    identity::{Bic, IbanMark, SealedIban, Siret},
    ids::{AttachmentId, BankAccountId, OrganisationId, PersonId},
    lifecycles::bank_accounts::BankAccountState,
    organisations::LegalForm,
    time::Moment,
};
use diesel::prelude::*;

/// A bank account; `replaces_id` is the verified account it is to stand in for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bank_accounts, treat_none_as_default_value = false)]
pub struct BankAccountRow {
    pub id: BankAccountId,
    pub organisation_id: OrganisationId,
    pub holder: String,
    pub iban: SealedIban,
    pub bic: Option<Bic>,
    pub bank_name: String,
    pub rib_attachment_id: Option<AttachmentId>,
    pub replaces_id: Option<BankAccountId>,
    pub quarantined_until: Option<Moment>,
    pub entered_by: PersonId,
    pub verified_by: Option<PersonId>,
    pub state: BankAccountState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
    pub reason: Option<String>,
    /// By what the same number is found again.
    pub iban_mark: IbanMark,
}

/// An account with the name, the legal form and the number of its organisation.
pub type OwnedAccount = (BankAccountRow, String, LegalForm, Option<Siret>);

/// Records an account in its initial state.
pub fn insert(tx: &mut Tx, row: &BankAccountRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(bank_accounts::table).values(row)).execute(conn))?;
    Ok(())
}

/// One account.
pub fn find(conn: &mut Conn, id: BankAccountId) -> Result<BankAccountRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(bank_accounts::table.find(id).select(BankAccountRow::as_select())).get_result(conn))?)
}

/// Several accounts, in no order.
pub fn find_all(conn: &mut Conn, ids: &[BankAccountId]) -> Result<Vec<BankAccountRow>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(BankAccountRow::as_select()).load(conn))?)
}

/// The accounts whose number has one of these marks, in no order.
pub fn marked(conn: &mut Conn, marks: &[IbanMark]) -> Result<Vec<(IbanMark, BankAccountId)>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::iban_mark.eq_any(marks));
    Ok(on!(conn, |conn| rows.select((bank_accounts::iban_mark, bank_accounts::id)).load(conn))?)
}

/// Whether an organisation ever gave an account, closed ones included.
pub fn was_given(conn: &mut Conn, organisation: OrganisationId) -> Result<bool, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq(organisation));
    Ok(on!(conn, |conn| rows.count().get_result::<i64>(conn))? > 0)
}

/// Whether an organisation had given an account before an instant, closed ones included.
pub fn was_given_before(conn: &mut Conn, organisation: OrganisationId, at: Moment) -> Result<bool, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq(organisation));
    let rows = rows.filter(bank_accounts::created_at.lt(at));
    Ok(on!(conn, |conn| rows.count().get_result::<i64>(conn))? > 0)
}

/// The accounts of an organisation that are not closed, oldest first.
pub fn open_of(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<BankAccountRow>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq(organisation));
    let rows = rows.filter(bank_accounts::state.ne(BankAccountState::Closed)).order(bank_accounts::id);
    Ok(on!(conn, |conn| rows.select(BankAccountRow::as_select()).load(conn))?)
}

/// The same for several organisations at once.
pub fn open_of_all(conn: &mut Conn, organisations: &[OrganisationId]) -> Result<Vec<BankAccountRow>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq_any(organisations));
    let rows = rows.filter(bank_accounts::state.ne(BankAccountState::Closed)).order(bank_accounts::id);
    Ok(on!(conn, |conn| rows.select(BankAccountRow::as_select()).load(conn))?)
}

/// The accounts that wait for finance after `key`, oldest first.
pub fn to_verify(conn: &mut Conn, key: Option<BankAccountId>, limit: i64) -> Result<Vec<OwnedAccount>, StoreError> {
    let waiting = [BankAccountState::Unverified, BankAccountState::Quarantined];
    let gone = organisation_erasures::table.filter(organisation_erasures::erased_at.is_not_null());
    let gone = gone.select(organisation_erasures::organisation_id);
    let rows = bank_accounts::table.inner_join(organisations::table);
    let rows = rows.filter(bank_accounts::organisation_id.ne_all(gone));
    let rows = rows.filter(bank_accounts::state.eq_any(waiting)).order(bank_accounts::id).limit(limit);
    let rows = rows.select((
        BankAccountRow::as_select(),
        organisations::name,
        organisations::legal_form,
        organisations::siret,
    ));
    let mut rows = rows.into_boxed();
    if let Some(key) = key {
        rows = rows.filter(bank_accounts::id.gt(key));
    }
    Ok(rows.load(conn)?)
}

/// An account that was verified once, without its number: whose it is, in whose name and who entered it; then the name
/// of its organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct VerifiedOnce {
    pub id: BankAccountId,
    pub organisation_id: OrganisationId,
    pub holder: String,
    pub entered_by: PersonId,
    pub organisation: String,
}

/// The accounts after `key` that were verified once, oldest first; none of an organisation that was erased.
pub fn verified_once(conn: &mut Conn, key: Option<BankAccountId>, limit: i64) -> Result<Vec<VerifiedOnce>, StoreError> {
    let gone = organisation_erasures::table.filter(organisation_erasures::erased_at.is_not_null());
    let gone = gone.select(organisation_erasures::organisation_id);
    let rows = bank_accounts::table.inner_join(organisations::table);
    let rows = rows.filter(bank_accounts::organisation_id.ne_all(gone));
    let rows = rows.filter(bank_accounts::verified_by.is_not_null()).order(bank_accounts::id).limit(limit);
    let rows = rows.select((
        bank_accounts::id,
        bank_accounts::organisation_id,
        bank_accounts::holder,
        bank_accounts::entered_by,
        organisations::name,
    ));
    let mut rows = rows.into_boxed();
    if let Some(key) = key {
        rows = rows.filter(bank_accounts::id.gt(key));
    }
    Ok(rows.load(conn)?)
}

/// The organisations with an open account whose number has one of these marks: the same number twice is a sign of fraud,
/// or of a common treasurer.
pub fn holders_of(conn: &mut Conn, marks: &[IbanMark]) -> Result<Vec<(IbanMark, OrganisationId, String)>, StoreError> {
    let rows = bank_accounts::table.inner_join(organisations::table).filter(bank_accounts::iban_mark.eq_any(marks));
    let rows = rows.filter(bank_accounts::state.ne(BankAccountState::Closed)).order(organisations::sort_key);
    Ok(on!(conn, |conn| rows.select((bank_accounts::iban_mark, organisations::id, organisations::name)).load(conn))?)
}

/// Writes a number in place of the one of an account.
pub fn set_number(tx: &mut Tx, id: BankAccountId, iban: &SealedIban, mark: &IbanMark) -> Result<(), StoreError> {
    let values = (bank_accounts::iban.eq(iban), bank_accounts::iban_mark.eq(mark));
    let row = diesel::update(bank_accounts::table.find(id));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

/// Records who verified.
pub fn set_verified_by(tx: &mut Tx, id: BankAccountId, by: PersonId) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(bank_accounts::table.find(id)).set(bank_accounts::verified_by.eq(by))
    )
    .execute(conn))?)
}

/// Writes until when the account is in quarantine.
pub fn set_quarantined_until(tx: &mut Tx, id: BankAccountId, until: Moment) -> Result<(), StoreError> {
    let row = diesel::update(bank_accounts::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set(bank_accounts::quarantined_until.eq(until))).execute(conn))?)
}

/// Writes why the next change happens, or clears it.
pub fn set_reason(tx: &mut Tx, id: BankAccountId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(bank_accounts::table.find(id)).set(bank_accounts::reason.eq(reason))
    )
    .execute(conn))?)
}
