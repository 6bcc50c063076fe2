//! Issuing documents: the facts are written with the transition, the bytes are rendered after the commit.

use super::{Outcome, advance::Cause};
use crate::{
    domain::{
        bank_files::around_reference,
        iban_readings::ReadingPurpose,
        ids::{DocumentId, PayerAccountId, PersonId},
        letters::{Letter, LetterKind},
        messages::Mail,
        time::Moment,
    },
    store::{
        StoreError, Tx,
        documents::{self, DocumentRow},
        iban_readings::{self, Reading},
        payment_runs,
    },
    usecases::{messages, settings::Settings},
};

/// Records a letter as issued. Its check code and address are filled in here; when its number is taken by a former one
/// of its kind (an application filed again), it gets the next: `…-R-2`.
pub fn issue(tx: &mut Tx, cause: &Cause, settings: &Settings, letter: Letter) -> Outcome<DocumentId> {
    let number = free(tx, &letter.reference)?;
    let mut letter = letter.numbered(number);
    let code = tx.short_code()?;
    letter.check_url = format!("{}/verifier/{code}", settings.base_url);
    letter.check_code = code.clone();
    let id = tx.mint(cause.now)?;
    let row = DocumentRow {
        id,
        kind: letter.kind,
        subject_id: cause.subject_id.clone(),
        reference: letter.reference.clone(),
        title: letter.title.clone(),
        check_code: code,
        facts: serde_json::to_string(&letter)?,
        sha256: None,
        size: None,
        issued_at: cause.now,
        transition_seq: cause.seq,
    };
    documents::insert(tx, &row)?;
    Ok(id)
}

/// The number, or the first after it that no document has.
fn free(tx: &mut Tx, number: &str) -> Outcome<String> {
    let (mut free, mut place) = (number.to_owned(), 1);
    while documents::is_taken(tx.conn(), &free)? {
        place += 1;
        free = format!("{number}-{place}");
    }
    Ok(free)
}

/// A person to whom mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub person: Option<PersonId>,
    pub address: String,
    pub name: String,
}

/// Issues a letter and queues one mail with it for each recipient.
pub fn issue_and_send(
    tx: &mut Tx,
    cause: &Cause,
    settings: &Settings,
    letter: Letter,
    recipients: &[Recipient],
    mail: &Mail,
) -> Outcome<DocumentId> {
    let document = issue(tx, cause, settings, letter)?;
    for recipient in recipients {
        messages::queue(tx, cause, recipient, mail, Some(document))?;
    }
    Ok(document)
}

/// Whether a letter can be printed only once the number it leaves out is opened.
pub fn has_number(row: &DocumentRow) -> bool {
    row.kind == LetterKind::RecoveryRequest && around_reference(&row.facts).is_some()
}

/// A letter with the number of the house in its place, as it is printed; that the number was read is written down.
pub fn whole(tx: &mut Tx, row: &DocumentRow, by: Option<PersonId>, now: Moment) -> Outcome<DocumentRow> {
    let mut whole = row.clone();
    if let Some((before, id, after)) = around_reference(&row.facts).filter(|_| has_number(row)) {
        let id: PayerAccountId = id.parse().map_err(|_| StoreError::NotFound)?;
        let payer = payment_runs::payer(tx.conn(), id)?;
        let reading = Reading { person: by, purpose: ReadingPurpose::Letter, detail: &row.reference, at: now };
        whole.facts = format!("{before}{}{after}", iban_readings::open_payer(tx, &payer, reading)?.grouped());
    }
    Ok(whole)
}
