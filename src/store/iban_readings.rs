//! The only way to a whole account number: it is opened and the reading is written down, in one transaction.

use super::{
    Conn, StoreError, Tx,
    bank_accounts::BankAccountRow,
    payment_runs::PayerAccountRow,
    schema::{iban_readings, people},
    sealed_answers,
    seals::Place,
};
use crate::domain::{
    iban_readings::ReadingPurpose,
    identity::Iban,
    ids::{PersonId, ReadingId},
    time::Moment,
};
use diesel::prelude::*;

/// Who reads a number, when and why; nobody for what the program does by itself. `detail` names the run, the letter or
/// the question.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub person: Option<PersonId>,
    pub purpose: ReadingPurpose,
    pub detail: &'a str,
    pub at: Moment,
}

/// A reading as it is kept; `subject_id` is an account, or the application or report that holds the answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = iban_readings, treat_none_as_default_value = false)]
pub struct ReadingRow {
    pub id: ReadingId,
    pub subject_id: String,
    pub person_id: Option<PersonId>,
    pub purpose: ReadingPurpose,
    pub detail: String,
    pub read_at: Moment,
}

/// Opens the number of a beneficiary's account.
pub fn open_account(tx: &mut Tx, row: &BankAccountRow, reading: Reading<'_>) -> Result<Iban, StoreError> {
    let iban = tx.seals()?.open(&Place::bank_account(row.id), &row.iban)?;
    note(tx, row.id.as_str(), reading)?;
    Ok(iban)
}

/// Opens the number of an account the house pays from.
pub fn open_payer(tx: &mut Tx, row: &PayerAccountRow, reading: Reading<'_>) -> Result<Iban, StoreError> {
    let iban = tx.seals()?.open(&Place::payer(row.id), &row.iban)?;
    note(tx, row.id.as_str(), reading)?;
    Ok(iban)
}

/// Opens what was typed in place of an answer.
pub fn open_answer(tx: &mut Tx, (subject_id, token): (&str, &str), reading: Reading<'_>) -> Result<String, StoreError> {
    let sealed = sealed_answers::find(tx.conn(), token)?;
    let typed = tx.seals()?.open_text(&Place::answer(token), &sealed)?;
    note(tx, subject_id, reading)?;
    Ok(typed)
}

fn note(tx: &mut Tx, subject_id: &str, reading: Reading<'_>) -> Result<(), StoreError> {
    let row = ReadingRow {
        id: tx.mint(reading.at)?,
        subject_id: subject_id.to_owned(),
        person_id: reading.person,
        purpose: reading.purpose,
        detail: reading.detail.to_owned(),
        read_at: reading.at,
    };
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(iban_readings::table).values(&row)).execute(conn))?;
    Ok(())
}

/// The readings of these subjects for these reasons, newest first, each with the name of the reader.
pub fn of_subjects(
    conn: &mut Conn,
    subject_ids: &[String],
    purposes: &[ReadingPurpose],
    limit: i64,
) -> Result<Vec<(ReadingRow, Option<String>)>, StoreError> {
    let rows = iban_readings::table.left_join(people::table).filter(iban_readings::subject_id.eq_any(subject_ids));
    let rows = rows.filter(iban_readings::purpose.eq_any(purposes));
    let rows = rows.order((iban_readings::read_at.desc(), iban_readings::id.desc())).limit(limit);
    Ok(on!(conn, |conn| rows.select((ReadingRow::as_select(), people::name.nullable())).load(conn))?)
}
