//! Tax receipts: issued under the next number of their year, in the transaction that says so, and void without losing it.

use super::{
    Outcome, access,
    advance::Cause,
    calls,
    documents::{self, Recipient},
    messages, receipt_rights, settings, terms,
};
use crate::{
    domain::{
        correspondence::donations::{self as words, Body, Gift, TaxReceipt},
        definitions::FundDefinition,
        donations::{TaxArticle, receipt_number},
        ids::{DocumentId, DonationId},
        letters::Signature,
        messages::Mail,
        organisations::postal_line,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        donations::{self as rows, DonationRow, ReceiptRow},
    },
    usecases::settings::Settings,
};
use chrono::Datelike;

/// Who signs a receipt: whom the fund of the gift names, else whom the installation names, else the one person whom the
/// funds agree on.
fn signature(conn: &mut Conn, row: &DonationRow, settings: &Settings) -> Outcome<Signature> {
    let mut funds = calls::funds(conn)?;
    funds.retain(|(_, fund)| fund.signatory.is_some());
    let name = |fund: &FundDefinition| fund.signatory.as_ref().map(|signatory| signatory.name.clone());
    let wished = funds.iter().find(|(id, _)| Some(*id) == row.fund_id);
    let is_agreed = funds.windows(2).all(|two| matches!(two, [(_, one), (_, other)] if name(one) == name(other)));
    let any = funds.first().filter(|_| is_agreed && settings.signatory_name.trim().is_empty());
    Ok(terms::signature(settings, wished.or(any).map(|(_, fund)| &**fund)))
}

/// Everything a receipt says.
fn receipt(
    conn: &mut Conn,
    row: &DonationRow,
    settings: &Settings,
    (number, articles, issued_at): (String, Vec<TaxArticle>, Moment),
) -> Outcome<TaxReceipt> {
    let rights = receipt_rights::load(conn)?;
    let body = Body {
        issuer: settings.issuer(),
        number: rights.number,
        object: rights.object,
        quality: rights.quality,
        signature: signature(conn, row, settings)?,
        city: settings.issuer_city.clone(),
    };
    let gift = Gift {
        kind: row.donor_kind,
        name: row.name.clone(),
        first_names: row.first_names.clone(),
        legal_form: row.legal_form.clone(),
        siren: row.siren.clone(),
        street: row.street.clone(),
        town: postal_line(&row.postcode, &row.city),
        amount: row.amount_cents,
        given_on: row.given_on,
        means: row.means,
        form: row.gift_form,
    };
    Ok(TaxReceipt { body, gift, number, replaces: None, articles, issued_at })
}

/// The donor, when they left an address for mails. Whoever keeps the outbox reads the number of the gift, not their name.
fn recipients(row: &DonationRow) -> Vec<Recipient> {
    let address = Some(row.email.clone()).filter(|address| !address.is_empty());
    let name = format!("Don {}", row.reference);
    address.map(|address| Recipient { person: None, address, name }).into_iter().collect()
}

fn tell(tx: &mut Tx, cause: &Cause, row: &DonationRow, mail: &Mail, document: DocumentId) -> Outcome<()> {
    recipients(row).iter().try_for_each(|to| messages::queue(tx, cause, to, mail, Some(document)))
}

/// Issues the receipt of a donation and sends it.
pub(super) fn send(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = rows::find(tx.conn(), cause.subject::<DonationId>()?)?;
    let settings = settings::load(tx.conn())?;
    let articles = receipt_rights::load(tx.conn())?.articles_for(row.donor_kind);
    let year = cause.now.paris_date().year();
    // Read and taken in one serialisable transaction: whoever comes second reads again.
    let number = rows::last_receipt_number(tx.conn(), year)? + 1;
    let reference = receipt_number(year, number);
    let kept = receipt_rights::codes(&articles);
    let void = rows::receipts_of(tx.conn(), row.id)?.pop();
    let receipt = receipt(tx.conn(), &row, &settings, (reference.clone(), articles, cause.now))?;
    let receipt = TaxReceipt { replaces: void.map(|void| void.reference), ..receipt };
    let document_id = documents::issue(tx, cause, &settings, words::receipt_letter(&receipt))?;
    let issued = ReceiptRow {
        id: tx.mint(cause.now)?,
        donation_id: row.id,
        live_key: Some(row.id.to_string()),
        year,
        number,
        reference,
        amount_cents: row.amount_cents,
        articles: kept,
        document_id,
        issued_by: access::person(&cause.actor)?,
        issued_at: cause.now,
        cancelled_at: None,
        cancel_reason: String::new(),
        void_document_id: None,
    };
    rows::insert_receipt(tx, &issued)?;
    tell(tx, cause, &row, &words::receipt_mail(&receipt), document_id)
}

/// Says that the receipt of a donation is void; its number stays taken.
pub(super) fn void(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = rows::find(tx.conn(), cause.subject::<DonationId>()?)?;
    let live = rows::receipts_of(tx.conn(), row.id)?.into_iter().find(|receipt| receipt.live_key.is_some());
    let live = live.ok_or(StoreError::NotFound)?;
    let settings = settings::load(tx.conn())?;
    let said = (live.reference.clone(), receipt_rights::articles(&live.articles), live.issued_at);
    let receipt = receipt(tx.conn(), &row, &settings, said)?;
    let reason = row.reason.clone().unwrap_or_default();
    let letter = words::void_letter(&receipt, &reason, cause.now);
    let document = documents::issue(tx, cause, &settings, letter)?;
    rows::void_receipt(tx, live.id, &reason, document, cause.now)?;
    tell(tx, cause, &row, &words::void_mail(&receipt, &reason), document)
}
