//! Issuing documents: the facts are written with the transition, the bytes are rendered after the commit.

use super::{Outcome, advance::Cause};
use crate::{
    domain::{
        ids::{DocumentId, PersonId},
        letters::Letter,
        messages::Mail,
    },
    store::{
        Tx,
        documents::{self, DocumentRow},
    },
    usecases::{messages, settings::Settings},
};

/// Records a letter as issued. Its check code and address are filled in here.
pub fn issue(tx: &mut Tx, cause: &Cause, settings: &Settings, mut letter: Letter) -> Outcome<DocumentId> {
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
