//! What would leave if the results were announced now, and what has left.

use super::{Release, words::letter_kind};
use crate::{
    domain::{
        correspondence::decisions::{self as words, DecidedFile},
        ids::{ApplicationId, CallId, DocumentId, PersonId},
        letters::{Letter, LetterKind},
        lifecycles::applications::ApplicationState,
        messages::{Mail, MessageKind},
        money::Euros,
        roles::Role,
        text::unprintable,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        decisions::{self, DecidedRow, Of},
        documents, messages, recusals, reviews,
    },
    usecases::{Actor, Outcome, committees::require, release_plans, terms},
};
use std::collections::BTreeMap;

/// The letter a decided file would get today; nothing for a decision told by mail alone.
pub fn letter_preview(
    conn: &mut Conn,
    officer: &Actor,
    application: ApplicationId,
    now: Moment,
) -> Outcome<Option<Letter>> {
    require(officer, Role::Officer)?;
    let call = reviews::file(conn, officer.person, application)?.call_id;
    let now = release_plans::leaving_at(conn, call, now)?;
    let release = Release::load(conn, call, Of::Application(application), now)?;
    let row = release.rows.first().ok_or(StoreError::NotFound)?;
    Ok(release.letter(row, now))
}

/// One decision as it would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub state: ApplicationState,
    pub amount: Option<Euros>,
    /// The subject of the mail.
    pub subject: String,
    /// Who gets it: names.
    pub recipients: Vec<String>,
    /// Whether a letter goes with the mail.
    pub has_letter: bool,
    /// Whether somebody wrote it in place of the model.
    pub is_edited: bool,
    /// What keeps it from leaving, one French sentence each.
    pub lacks: Vec<String>,
}

impl Release {
    /// The letter of a decision as it would leave now.
    pub(super) fn letter(&self, row: &DecidedRow, now: Moment) -> Option<Letter> {
        let (file, said) = (self.decided(row, now), self.words(row, now));
        match row.state {
            ApplicationState::Rejected => Some(words::refusal_letter(&file, &said)),
            ApplicationState::Awarded => {
                let offered = self.offers.get(&row.id)?;
                Some(words::award_letter(&file, &self.offer(row, offered, now), &said))
            }
            _ => None,
        }
    }

    /// The mail of a decision as it would leave now.
    pub(super) fn mail(&self, row: &DecidedRow, now: Moment) -> Option<Mail> {
        let file = self.decided(row, now);
        match row.state {
            ApplicationState::Awarded => {
                let offered = self.offers.get(&row.id)?;
                Some(words::award_mail(&file, &self.offer(row, offered, now)))
            }
            ApplicationState::Rejected => Some(words::refusal_mail(&file)),
            ApplicationState::ReserveListed => Some(words::reserve_mail(&file)),
            ApplicationState::Deferred => Some(words::deferral_mail(&file)),
            _ => None,
        }
    }

    pub(super) fn outgoing(&self, row: &DecidedRow, now: Moment) -> Outgoing {
        Outgoing {
            id: row.id,
            reference: row.reference.clone(),
            title: row.title.clone(),
            organisation: row.applicant.name.clone(),
            state: row.state,
            amount: self.offers.get(&row.id).map(|offered| offered.amount),
            subject: self.mail(row, now).map(|mail| mail.subject).unwrap_or_default(),
            recipients: self.recipients_of(row).into_iter().map(|to| to.name).collect(),
            has_letter: letter_kind(row.state).is_some(),
            is_edited: self.edited(row).is_some(),
            lacks: self.lacks(row, &self.decided(row, now)),
        }
    }

    /// What keeps a decision from leaving as `file` says it, one French sentence each.
    pub(super) fn lacks(&self, row: &DecidedRow, file: &DecidedFile) -> Vec<String> {
        let (fund, applicant, has_letter) = (&self.file.fund, &row.applicant, letter_kind(row.state).is_some());
        let is_empty = |text: &str| text.trim().is_empty();
        let no_address = is_empty(&applicant.street) || is_empty(&applicant.postcode) || is_empty(&applicant.city);
        let no_grant = row.state == ApplicationState::Awarded && !self.offers.contains_key(&row.id);
        let nobody = self.recipients_of(row).is_empty();
        let checks = [
            (self.is_stale(row), "La décision a changé depuis que la lettre a été retouchée\u{a0}: elle est à relire."),
            (nobody, "Personne n’a accès à cette organisation\u{a0}: aucun courriel ne partirait."),
            (no_grant, "La subvention de ce dossier n’est pas ouverte."),
            (file.motive.trim().is_empty(), "Le motif manque."),
            (has_letter && no_address, "L’adresse postale de l’organisation est incomplète."),
            (
                has_letter && !terms::names_signatory(&self.settings, fund),
                "La définition du fonds ne dit pas qui signe pour lui (nom et qualité).",
            ),
            (is_empty(&fund.contact.name), "Le fonds n’a pas de contact."),
            (
                has_letter && !is_printable(file),
                "Un nom ou un texte est dans une écriture que nos courriers n’impriment pas.",
            ),
        ];
        let lacking = checks.into_iter().filter(|(is_lacking, _)| *is_lacking).map(|(_, why)| why.to_owned());
        lacking.chain(self.unnamed(row, file.issued_at)).collect()
    }
}

/// Whether every word that people typed of the file can stand in its letter.
fn is_printable(file: &DecidedFile) -> bool {
    let texts =
        [&file.title, &file.organisation, &file.motive].into_iter().chain(&file.recipient).chain(&file.conditions);
    texts.into_iter().all(|text| unprintable(text).is_empty())
}

impl Release {
    /// Its files that exist for a reader, in its order.
    pub(super) fn seen_by(&self, conn: &mut Conn, reader: PersonId) -> Outcome<Vec<ApplicationId>> {
        let mut files: Vec<_> = self.rows.iter().map(|row| row.id).collect();
        let hidden = recusals::among(conn, reader, &files)?;
        files.retain(|file| !hidden.contains(file));
        Ok(files)
    }
}

/// Everything that would leave if the results of a call were announced now, by reference. An officer who is recused
/// from a file does not find it here.
pub fn outgoing(conn: &mut Conn, officer: &Actor, call: CallId, now: Moment) -> Outcome<Vec<Outgoing>> {
    let reader = require(officer, Role::Officer)?;
    let now = release_plans::leaving_at(conn, call, now)?;
    let release = Release::load(conn, call, Of::Call(call), now)?;
    let seen = release.seen_by(conn, reader)?;
    let shown = release.rows.iter().filter(|row| seen.contains(&row.id));
    Ok(shown.map(|row| release.outgoing(row, now)).collect())
}

/// What the texts that tell a decision of another kind name and that this file would not have, one French sentence each;
/// nothing of a file that is not decided.
pub fn unnamed_if(
    conn: &mut Conn,
    officer: &Actor,
    id: ApplicationId,
    state: ApplicationState,
    now: Moment,
) -> Outcome<Vec<String>> {
    require(officer, Role::Officer)?;
    let call = reviews::file(conn, officer.person, id)?.call_id;
    let release = Release::load(conn, call, Of::Application(id), now)?;
    let rows = release.rows.iter();
    Ok(rows.flat_map(|row| release.unnamed(&DecidedRow { state, ..row.clone() }, now)).collect())
}

/// What one decision sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub mail: Option<Mail>,
    /// Nothing for a decision told by mail alone.
    pub letter: Option<Letter>,
    /// Who gets it: names.
    pub recipients: Vec<String>,
}

/// What the decision on a file sends, as it is written.
pub(in crate::usecases) fn sending(conn: &mut Conn, id: ApplicationId, now: Moment) -> Outcome<Sending> {
    let call = decisions::call_of(conn, id)?;
    let release = Release::load(conn, call, Of::Application(id), now)?;
    let row = release.rows.first().ok_or(StoreError::NotFound)?;
    let recipients = release.recipients_of(row).into_iter().map(|to| to.name).collect();
    Ok(Sending { mail: release.mail(row, now), letter: release.letter(row, now), recipients })
}

/// What a decided file would be told if it were on the reserve list instead; nothing of one that is not decided.
pub(in crate::usecases) fn reserve_mail(conn: &mut Conn, id: ApplicationId, now: Moment) -> Outcome<Option<Mail>> {
    let call = decisions::call_of(conn, id)?;
    let release = Release::load(conn, call, Of::Application(id), now)?;
    let reserved = release.rows.first().map(|row| DecidedRow { state: ApplicationState::ReserveListed, ..row.clone() });
    Ok(reserved.and_then(|row| release.mail(&row, now)))
}

/// What one decision left behind when the results were announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The subject of the mail, as it was written then.
    pub subject: String,
    /// Who was written to, and when the mail left; `None` while it waits.
    pub recipients: Vec<(String, Option<Moment>)>,
    /// The letter that was issued, if one was.
    pub letter: Option<DocumentId>,
}

const DECISION_MAILS: &[MessageKind] =
    &[MessageKind::Award, MessageKind::Refusal, MessageKind::ReserveList, MessageKind::Deferral];

/// What was sent about these files when their results were announced: what is kept, not what would be written today.
pub fn told(conn: &mut Conn, officer: &Actor, files: &[ApplicationId]) -> Outcome<BTreeMap<ApplicationId, Told>> {
    require(officer, Role::Officer)?;
    let ids: Vec<String> = files.iter().map(ToString::to_string).collect();
    let mails = messages::about_any(conn, &ids, DECISION_MAILS)?;
    let letters = documents::of_subjects(conn, &ids)?;
    let told = |id: &ApplicationId| {
        let about = mails.iter().filter(|mail| mail.about_id == id.as_str());
        // A file of the reserve list may have been told twice: the last word counts.
        let last = about.clone().next_back().map(|mail| mail.kind);
        let own = about.filter(|mail| Some(mail.kind) == last);
        let letter = letters
            .iter()
            .find(|row| row.subject_id == id.as_str() && matches!(row.kind, LetterKind::Award | LetterKind::Refusal));
        let told = Told {
            subject: own.clone().next().map(|mail| mail.subject_line.clone()).unwrap_or_default(),
            recipients: own.map(|mail| (mail.recipient_name.clone(), mail.sent_at)).collect(),
            letter: letter.map(|row| row.id),
        };
        (*id, told)
    };
    Ok(files.iter().map(told).collect())
}
