//! What a rehearsed call writes to its made-up applicants: each mail as it would leave, with the letter that goes with it.

use super::{DeadEnd, Outcome, Rehearsal, UseCaseError, walks::Walk};
use crate::{
    domain::{
        definitions::CallPart,
        ids::PersonId,
        letters::Letter,
        messages::{Mail, MessageKind},
        time::Moment,
    },
    store::{StoreError, documents, grants as grant_rows, messages},
    usecases::{Actor, due_reminders, receipts, releases, reports},
};

/// A mail as it would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub mail: Mail,
    /// The letter joined to it; often none.
    pub letter: Option<Letter>,
    /// To whom, by name.
    pub to: String,
}

/// How long before their day the reminders are shown.
const DAYS_BEFORE: i64 = 7;

impl Walk<'_, '_> {
    /// Each mail that the applicants got, once of each kind, then those that the walk gave no occasion for. A field that
    /// keeps such a text out of its mail is a dead end.
    pub(super) fn written(&mut self, met: &mut Rehearsal) -> Outcome<Vec<Written>> {
        let mut written = self.sent()?;
        self.held(&mut written)?;
        let Some(dossier) = self.dossiers.first() else { return Ok(written) };
        let (id, name) = (dossier.id, dossier.name.clone());
        let alone = |mail: Mail| Written { mail, letter: None, to: name.clone() };
        let foreseen = receipts::foreseen(self.tx.conn(), id, self.now)?;
        written.extend(foreseen.mails.into_iter().map(alone));
        for (text, field) in foreseen.lacking {
            let (label, named, meaning) = (text.label(), field.written(), field.meaning());
            let said = format!(
                "Un courriel partirait sans son texte\u{a0}: Le texte «\u{a0}{label}\u{a0}» nomme {named}, et ce dossier \
                 n’en a pas ({meaning})."
            );
            met.meet(DeadEnd::new(CallPart::Letters, said));
        }
        let Some(grant) = grant_rows::of_application(self.tx.conn(), id)? else { return Ok(written) };
        // Where the walk stopped before the announcement its holder knows of no grant yet.
        if let Some(report) = reports::of_grant(self.tx.conn(), &Actor::system(), grant.id)?.first() {
            let before = Moment::start_of_day(report.due_on).plus_days(-DAYS_BEFORE);
            let (_, mail) = due_reminders::of_report(self.tx.conn(), report, before)?;
            written.push(alone(mail));
        }
        Ok(written)
    }

    /// What is in the outbox for the applicants, with the letters that were issued.
    fn sent(&mut self) -> Outcome<Vec<Written>> {
        let people: Vec<PersonId> = self.dossiers.iter().filter_map(|dossier| dossier.holder.person).collect();
        let mut written: Vec<Written> = Vec::new();
        for row in messages::of_people(self.tx.conn(), &people)? {
            if written.iter().any(|known| known.mail.kind == row.kind) {
                continue;
            }
            let letter: Option<Letter> = match row.document_id {
                Some(document) => Some(serde_json::from_str(&documents::find(self.tx.conn(), document)?.facts)?),
                None => None,
            };
            written.push(Written { mail: serde_json::from_str(&row.facts)?, letter, to: row.recipient_name });
        }
        Ok(written)
    }

    /// Decisions that could not leave, holes and all, and what a file on the reserve list would read.
    fn held(&mut self, written: &mut Vec<Written>) -> Outcome<()> {
        for dossier in &self.dossiers {
            let sending = match releases::sending(self.tx.conn(), dossier.id, self.now) {
                Ok(sending) => sending,
                // Nothing was decided.
                Err(UseCaseError::Store(StoreError::NotFound)) => continue,
                Err(error) => return Err(error),
            };
            if let Some(mail) = sending.mail
                && written.iter().all(|known| known.mail.kind != mail.kind)
            {
                written.push(Written { mail, letter: sending.letter, to: dossier.name.clone() });
            }
            let reserve = releases::reserve_mail(self.tx.conn(), dossier.id, self.now)?;
            if let Some(mail) = reserve
                && written.iter().all(|known| known.mail.kind != MessageKind::ReserveList)
            {
                written.push(Written { mail, letter: None, to: dossier.name.clone() });
            }
        }
        Ok(())
    }
}
