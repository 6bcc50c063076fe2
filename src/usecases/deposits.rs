//! Copies of an agreement or an amendment signed on paper that the holder sent by post: an officer deposits them, and says
//! who signed and on which day.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    attachments::{self, FitFile},
    messages, scans,
    signing::{self, Paper},
    terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::evidence,
        ids::{DocumentId, GrantId},
        lifecycle::Refusal,
        roles::Role,
        signing::{SigningSide, SigningWay},
        text::{nbsp, unprintable_sentence},
        time::{Moment, french_date},
    },
    store::{StoreError, Tx, people, signing::SignatureRow},
};
use chrono::NaiveDate;

/// The longest name of whoever signed, in characters.
const LONGEST: usize = 200;

/// What an officer reads on a copy that came by post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositForm {
    /// Who signed it by hand.
    pub signed_by: String,
    /// The day written on it, as typed.
    pub signed_on: String,
}

impl DepositForm {
    fn day(&self) -> Option<NaiveDate> {
        self.signed_on.trim().parse().ok()
    }

    /// What is wrong with it whatever the paper.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.signed_by.trim().is_empty() {
            errors.push(FieldError::new("signataire", "Indiquez qui a signé l’exemplaire."));
        }
        if self.signed_by.chars().count() > LONGEST {
            errors.push(FieldError::new("signataire", format!("Au plus {LONGEST} caractères.")));
        }
        errors.extend(unprintable_sentence(&self.signed_by).map(|said| FieldError::new("signataire", said)));
        if self.day().is_none() {
            errors.push(FieldError::new("signe_le", "Indiquez le jour où l’exemplaire a été signé."));
        }
        errors
    }

    /// Who signed and when, in a time when there was something to sign.
    fn read(&self, paper: &Paper, today: NaiveDate) -> Outcome<(String, NaiveDate)> {
        let mut errors = self.faults();
        let sent = paper.document.issued_at.paris_date();
        if let Some(day) = self.day() {
            if day < sent {
                let said =
                    nbsp(&format!("Le document est parti le {} : il n’a pas été signé avant.", french_date(sent)));
                errors.push(FieldError::new("signe_le", said));
            } else if day > today {
                errors.push(FieldError::new("signe_le", "Ce jour n’est pas encore venu."));
            }
        }
        match self.day().filter(|_| errors.is_empty()) {
            Some(day) => Ok((self.signed_by.trim().to_owned(), day)),
            None => Err(UseCaseError::Invalid(errors)),
        }
    }
}

/// Takes a copy that came by post as the signature of the holder, who is told.
pub fn deposit(
    tx: &mut Tx,
    actor: &Actor,
    at: (GrantId, DocumentId),
    (scan, session): (&FitFile, &str),
    form: &DepositForm,
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &[Role::Officer])?;
    let (file, paper) = signing::paper_of(tx.conn(), actor, at, now)?;
    if !paper.deposits {
        return match paper.of(SigningSide::Holder) {
            Some(_) => Err(StoreError::Stale.into()),
            None => Err(Refusal::NotYours.into()),
        };
    }
    let (signed_by, signed_on) = form.read(&paper, now.paris_date())?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    let owner = (AttachmentOwner::Grant, file.grant.id.as_str());
    let code = format!("{}-{}", paper.row.document_id, SigningSide::Holder);
    scans::check(tx.conn(), &scan.sha256)?;
    let attachment = attachments::attach(tx, actor, owner, &code, scan, now)?;
    let row = SignatureRow {
        attachment_id: Some(attachment),
        scan_sha256: Some(scan.sha256.clone()),
        signed_by: Some(signed_by.clone()),
        signed_on: Some(signed_on),
        ..signing::given(&paper, SigningSide::Holder, &person, SigningWay::Scan, (session, now))
    };
    signing::record(tx, actor, (&file, &paper), row)?;
    let about = terms::subject(tx.conn(), file.grant.id, now)?;
    let mail = evidence::deposited_mail(&about.project, paper.what(), (&signed_by, signed_on));
    let act = format!("deposited:{}", paper.row.document_id);
    for to in &about.recipients {
        messages::queue_wished(tx, (file.grant.id.as_str(), &act), person.id, to, &mail, now)?;
    }
    Ok(())
}
