//! What lies in clear, or under an older key, is sealed with the key of today: at a start, in one transaction.

use super::{
    Conn, StoreError, Tx,
    digests::sha256,
    one,
    schema::{answers, bank_accounts, documents, payer_accounts, payment_files, report_answers, sealed_answers},
    seals::{Place, Seals},
};
use crate::domain::{
    bank_files::{account_reference, veiled},
    identity::{ANSWER_TOKEN, Iban, SEALED, SealedIban},
    ids::{ApplicationId, BankAccountId, PayerAccountId, PaymentRunId, ReportId},
    letters::LetterKind,
};
use diesel::{QueryableByName, prelude::*, sql_query, sql_types::Text};
use std::collections::BTreeMap;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The names of the keys under which anything lies sealed.
pub fn key_names(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT SUBSTR(iban, 4, 8) AS name FROM bank_accounts WHERE iban LIKE 'v1.%'
        UNION SELECT DISTINCT SUBSTR(iban, 4, 8) FROM payer_accounts WHERE iban LIKE 'v1.%'
        UNION SELECT DISTINCT SUBSTR(sealed, 4, 8) FROM sealed_answers";
    Ok(on!(conn, |conn| sql_query(sql).load::<Name>(conn))?.into_iter().map(|row| row.name).collect())
}

/// Whether there is any account number at all, sealed or not.
pub fn has_numbers(conn: &mut Conn) -> Result<bool, StoreError> {
    let theirs: i64 = on!(conn, |conn| bank_accounts::table.count().get_result(conn))?;
    let ours: i64 = on!(conn, |conn| payer_accounts::table.count().get_result(conn))?;
    let answered: i64 = on!(conn, |conn| sealed_answers::table.count().get_result(conn))?;
    Ok(theirs + ours + answered > 0)
}

/// What everything sealed with the key of today begins with, as a pattern.
fn today(seals: &Seals) -> String {
    format!("{SEALED}{}.%", seals.key_name())
}

/// The number of a row, sealed or clear; nothing where it is no number.
fn number(seals: &Seals, place: &Place, text: &str) -> Result<Option<Iban>, StoreError> {
    match text.parse::<SealedIban>() {
        Ok(sealed) => Ok(Some(seals.open(place, &sealed)?)),
        Err(_) => Ok(text.parse().ok()),
    }
}

/// Seals the numbers of beneficiaries; tells how many.
pub fn seal_accounts(tx: &mut Tx) -> Result<usize, StoreError> {
    let seals = tx.seals()?;
    let rows = bank_accounts::table.filter(bank_accounts::iban.not_like(today(seals)));
    let rows = rows.select((bank_accounts::id, bank_accounts::iban));
    let rows: Vec<(BankAccountId, String)> = on!(tx.conn(), |conn| rows.load(conn))?;
    let mut sealed = 0;
    for (id, text) in rows {
        let place = Place::bank_account(id);
        let Some(iban) = number(seals, &place, &text)? else { continue };
        let values =
            (bank_accounts::iban.eq(seals.seal(&place, &iban)?), bank_accounts::iban_mark.eq(seals.mark(&iban)));
        one(on!(tx.conn(), |conn| diesel::update(bank_accounts::table.find(id)).set(values).execute(conn))?)?;
        sealed += 1;
    }
    Ok(sealed)
}

/// Seals the numbers of the house; tells how many.
pub fn seal_payers(tx: &mut Tx) -> Result<usize, StoreError> {
    let seals = tx.seals()?;
    let rows = payer_accounts::table.filter(payer_accounts::iban.not_like(today(seals)));
    let rows = rows.select((payer_accounts::id, payer_accounts::iban));
    let rows: Vec<(PayerAccountId, String)> = on!(tx.conn(), |conn| rows.load(conn))?;
    let mut sealed = 0;
    for (id, text) in rows {
        let place = Place::payer(id);
        let Some(iban) = number(seals, &place, &text)? else { continue };
        let values =
            (payer_accounts::iban.eq(seals.seal(&place, &iban)?), payer_accounts::iban_mark.eq(seals.mark(&iban)));
        one(on!(tx.conn(), |conn| diesel::update(payer_accounts::table.find(id)).set(values).execute(conn))?)?;
        sealed += 1;
    }
    Ok(sealed)
}

/// Seals anew the answers that lie under an older key; tells how many.
pub fn renew_answers(tx: &mut Tx) -> Result<usize, StoreError> {
    let seals = tx.seals()?;
    let rows = sealed_answers::table.filter(sealed_answers::sealed.not_like(today(seals)));
    let rows = rows.select((sealed_answers::subject_id, sealed_answers::token, sealed_answers::sealed));
    let rows: Vec<(String, String, String)> = on!(tx.conn(), |conn| rows.load(conn))?;
    for (subject_id, token, sealed) in &rows {
        let place = Place::answer(token);
        let typed = seals.open_text(&place, sealed)?;
        let anew = seals.seal_text(&place, &typed)?;
        let row = sealed_answers::table.find((token, subject_id));
        one(on!(tx.conn(), |conn| diesel::update(row).set(sealed_answers::sealed.eq(anew)).execute(conn))?)?;
    }
    Ok(rows.len())
}

/// Takes the numbers out of the bank files that still hold them; tells how many files.
pub fn veil_files(tx: &mut Tx) -> Result<usize, StoreError> {
    let seals = tx.seals()?;
    let rows = payment_files::table.filter(payment_files::kept_sha256.eq(""));
    let rows = rows.select((payment_files::payment_run_id, payment_files::content));
    let rows: Vec<(PaymentRunId, String)> = on!(tx.conn(), |conn| rows.load(conn))?;
    if rows.is_empty() {
        return Ok(0);
    }
    let theirs = bank_accounts::table.select((bank_accounts::iban_mark, bank_accounts::id));
    let theirs: Vec<(String, BankAccountId)> = on!(tx.conn(), |conn| theirs.load(conn))?;
    let ours = payer_accounts::table.select((payer_accounts::iban_mark, payer_accounts::id));
    let ours: Vec<(String, PayerAccountId)> = on!(tx.conn(), |conn| ours.load(conn))?;
    let theirs = theirs.into_iter().map(|(mark, id)| (mark, account_reference(id.as_str())));
    let ours = ours.into_iter().map(|(mark, id)| (mark, account_reference(id.as_str())));
    let references: BTreeMap<String, String> = theirs.chain(ours).collect();
    let known = |text: &str| {
        let mark = seals.mark(&text.parse::<Iban>().ok()?);
        references.get(mark.as_str()).cloned()
    };
    for (id, content) in &rows {
        let kept = veiled(content, known);
        let values = (payment_files::kept_sha256.eq(sha256(&kept)), payment_files::content.eq(&kept));
        one(on!(tx.conn(), |conn| diesel::update(payment_files::table.find(*id)).set(values).execute(conn))?)?;
    }
    Ok(rows.len())
}

/// Takes the number of the house out of the letters that ask for money back; tells how many letters.
pub fn veil_letters(tx: &mut Tx) -> Result<usize, StoreError> {
    let seals = tx.seals()?;
    let payers = payer_accounts::table.select((payer_accounts::id, payer_accounts::iban));
    let payers: Vec<(PayerAccountId, SealedIban)> = on!(tx.conn(), |conn| payers.load(conn))?;
    let mut veiled = 0;
    for (id, sealed) in payers {
        let grouped = seals.open(&Place::payer(id), &sealed)?.grouped();
        let rows = documents::table.filter(documents::kind.eq(LetterKind::RecoveryRequest));
        let rows = rows.filter(documents::facts.like(format!("%{grouped}%")));
        let rows: Vec<(crate::domain::ids::DocumentId, String)> =
            on!(tx.conn(), |conn| rows.select((documents::id, documents::facts)).load(conn))?;
        for (document, facts) in rows {
            let facts = facts.replace(&grouped, &account_reference(id.as_str()));
            let row = diesel::update(documents::table.find(document));
            one(on!(tx.conn(), |conn| row.set(documents::facts.eq(facts)).execute(conn))?)?;
            veiled += 1;
        }
    }
    Ok(veiled)
}

/// The answers to one of these questions that lie in clear: application, question, what was typed.
pub fn clear_answers(
    conn: &mut Conn,
    questions: &[String],
) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = answers::table.filter(answers::question.eq_any(questions));
    let rows = rows.filter(answers::value.not_like(format!("{ANSWER_TOKEN}%")));
    Ok(on!(conn, |conn| rows.select((answers::application_id, answers::question, answers::value)).load(conn))?)
}

/// The same of reports.
pub fn clear_report_answers(
    conn: &mut Conn,
    questions: &[String],
) -> Result<Vec<(ReportId, String, String)>, StoreError> {
    let rows = report_answers::table.filter(report_answers::question.eq_any(questions));
    let rows = rows.filter(report_answers::value.not_like(format!("{ANSWER_TOKEN}%")));
    let columns = (report_answers::report_id, report_answers::question, report_answers::value);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Writes the token in place of an answer of a report.
pub fn set_report_answer(tx: &mut Tx, id: ReportId, question: &str, token: &str) -> Result<(), StoreError> {
    let row = diesel::update(report_answers::table.find((id, question)));
    one(on!(tx.conn(), |conn| row.set(report_answers::value.eq(token)).execute(conn))?)
}
