//! Telling decisions: everything the letters of a call need is read once, then each file costs a few statements.

use super::{
    Actor, Outcome,
    advance::{Cause, advance},
    committees::{CallFile, call_file, require},
    documents::{Recipient, issue_and_send},
    messages::queue,
    release_plans,
    settings::{self, Settings},
    terms,
};
use crate::{
    domain::{
        correspondence::decisions::{self as words, DecidedFile, Instalment, Offer},
        decisions::DecisionPace,
        definitions::{MergeField, MergeValues, MergedText},
        disbursements::conditions_of_grant,
        ids::{ApplicationId, CallId, DocumentId, OrganisationId},
        letters::{Fund, Letter, LetterKind},
        lifecycle::Refusal,
        lifecycles::{
            applications::ApplicationState,
            calls::{Call, CallEvent},
        },
        messages::MessageKind,
        money::Euros,
        organisations::envelope,
        references,
        roles::Role,
        schedules::GrantDates,
        text::unprintable,
        time::{Moment, french_date},
    },
    store::{
        Conn, StoreError, Tx,
        decisions::{self, DecidedRow, Of, OfferedRow},
        documents, messages, recusals, reviews,
    },
};
use chrono::{Duration, NaiveDate};
use std::collections::BTreeMap;

/// The decisions of a call, or one of them, with everything their letters say.
#[derive(Debug)]
pub(super) struct Release {
    file: CallFile,
    settings: Settings,
    rows: Vec<DecidedRow>,
    offers: BTreeMap<ApplicationId, OfferedRow>,
    axes: BTreeMap<ApplicationId, Vec<String>>,
    heard: BTreeMap<ApplicationId, Moment>,
    recipients: BTreeMap<OrganisationId, Vec<Recipient>>,
}

impl Release {
    /// Reads them all, in a number of statements that does not depend on how many they are.
    pub(super) fn load(conn: &mut Conn, call: CallId, of: Of) -> Outcome<Release> {
        let mut axes: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (application, code) in decisions::axes(conn, of)? {
            let label = references::axis(&code).map_or(code.clone(), |axis| axis.label.to_string());
            axes.entry(application).or_default().push(label);
        }
        let mut recipients: BTreeMap<_, Vec<Recipient>> = BTreeMap::new();
        for (organisation, person, address, name) in decisions::recipients(conn, of)? {
            let recipient = Recipient { person: Some(person), address, name };
            recipients.entry(organisation).or_default().push(recipient);
        }
        Ok(Release {
            file: call_file(conn, call)?,
            settings: settings::load(conn)?,
            rows: decisions::list(conn, of)?,
            offers: decisions::offers(conn, of)?.into_iter().map(|offer| (offer.application_id, offer)).collect(),
            axes,
            heard: decisions::heard_at(conn, of)?.into_iter().collect(),
            recipients,
        })
    }

    /// The decisions that an announcement would tell: none where each was told as it was taken.
    fn untold(&self) -> &[DecidedRow] {
        if self.file.definition.decisions == DecisionPace::Rolling { &[] } else { &self.rows }
    }

    /// Issues the letters and queues the mails; none of them when one lacks something.
    pub(super) fn send(&self, tx: &mut Tx, cause: &Cause) -> Outcome<()> {
        for row in &self.rows {
            if let Some(sentence) = self.lacks(row, &self.decided(row, cause.now)).into_iter().next() {
                return Err(Refusal::because(format!("Dossier {}\u{a0}: {sentence}", row.reference)).into());
            }
        }
        for row in &self.rows {
            // Each letter and mail is about its own file, though one announcement causes them all.
            let cause = Cause { subject_id: row.id.to_string(), ..cause.clone() };
            self.send_one(tx, &cause, row)?;
        }
        Ok(())
    }

    fn send_one(&self, tx: &mut Tx, cause: &Cause, row: &DecidedRow) -> Outcome<()> {
        let file = self.decided(row, cause.now);
        let to = self.recipients_of(row);
        match row.state {
            ApplicationState::Awarded => {
                let offered = self.offers.get(&row.id).ok_or(StoreError::NotFound)?;
                let offer = self.offer(row, offered, cause.now);
                if let Some(day) = offer.confirm_by {
                    decisions::set_confirm_by(tx, offered.id, day)?;
                }
                let (letter, mail) = (words::award_letter(&file, &offer), words::award_mail(&file, &offer));
                issue_and_send(tx, cause, &self.settings, letter, &to, &mail)?;
            }
            ApplicationState::Rejected => {
                let (letter, mail) = (self.refusal(&file, row), words::refusal_mail(&file));
                issue_and_send(tx, cause, &self.settings, letter, &to, &mail)?;
            }
            ApplicationState::ReserveListed => {
                let mail = words::reserve_mail(&file);
                to.iter().try_for_each(|recipient| queue(tx, cause, recipient, &mail, None))?;
            }
            ApplicationState::Deferred => {
                let mail = words::deferral_mail(&file);
                to.iter().try_for_each(|recipient| queue(tx, cause, recipient, &mail, None))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn refusal(&self, file: &DecidedFile, row: &DecidedRow) -> Letter {
        let (texts, values) = (&self.file.definition.letters, self.values(row, file.issued_at));
        words::refusal_letter(file, &values.fill(&texts.refusal_intro), &values.fill(&texts.refusal_advice))
    }

    /// The texts of the call that a decision is told with.
    const fn kinds(state: ApplicationState) -> &'static [MergedText] {
        match state {
            ApplicationState::Awarded => &[MergedText::AwardIntro, MergedText::Commitments, MergedText::AwardMail],
            ApplicationState::Rejected => {
                &[MergedText::RefusalIntro, MergedText::RefusalAdvice, MergedText::RefusalMail]
            }
            ApplicationState::ReserveListed => &[MergedText::ReserveMail],
            _ => &[],
        }
    }

    /// What a decided file has for the merge fields.
    fn values(&self, row: &DecidedRow, now: Moment) -> MergeValues {
        let fund = &self.file.fund;
        let day = |day: Option<NaiveDate>| day.map(french_date).unwrap_or_default();
        let values = MergeValues::default()
            .with(MergeField::Organisation, &row.applicant.name)
            .with(MergeField::Project, &row.title)
            .with(MergeField::Application, &row.reference)
            .with(MergeField::Call, &self.file.row.title)
            .with(MergeField::Fund, &fund.name)
            .with(MergeField::Requested, row.requested)
            .with(MergeField::Axis, self.axes.get(&row.id).map(|axes| axes.join(", ")).unwrap_or_default())
            .with(MergeField::Committee, day(self.heard.get(&row.id).map(|at| at.paris_date())))
            .with(MergeField::Contact, &fund.contact.email)
            .with(MergeField::StartsOn, day(row.starts_on))
            .with(MergeField::EndsOn, day(row.ends_on))
            .with(MergeField::Conditions, row.conditions.as_deref().unwrap_or_default());
        match self.offers.get(&row.id) {
            Some(offered) => values
                .with(MergeField::Amount, offered.amount)
                .with(MergeField::Grant, &offered.reference)
                .with(MergeField::Rate, offered.rate)
                .with(MergeField::AnswerBy, french_date(self.answer_by(now))),
            None => values,
        }
    }

    /// What the texts of the call name and this file does not have, one French sentence each.
    fn unnamed(&self, row: &DecidedRow, now: Moment) -> Vec<String> {
        let (values, kinds) = (self.values(row, now), Self::kinds(row.state));
        let mut sentences = Vec::new();
        for (_, kind, text) in
            self.file.definition.letters.texts().into_iter().filter(|(_, kind, _)| kinds.contains(kind))
        {
            let missing = values.missing(text).into_iter();
            sentences.extend(missing.map(|field| {
                format!(
                    "Le texte «\u{a0}{}\u{a0}» nomme {}, et ce dossier n’en a pas ({}).",
                    kind.label(),
                    field.written(),
                    field.meaning()
                )
            }));
        }
        sentences
    }

    /// The members of the organisations behind a file, each once.
    fn recipients_of(&self, row: &DecidedRow) -> Vec<Recipient> {
        let parties = std::iter::once(row.organisation_id).chain(row.partner_organisation_id);
        let mut to: Vec<Recipient> = Vec::new();
        for recipient in parties.filter_map(|party| self.recipients.get(&party)).flatten() {
            if !to.iter().any(|known| known.address == recipient.address) {
                to.push(recipient.clone());
            }
        }
        to
    }

    fn decided(&self, row: &DecidedRow, now: Moment) -> DecidedFile {
        let (fund, applicant) = (&self.file.fund, &row.applicant);
        DecidedFile {
            fund: Fund { name: fund.name.clone(), logo: fund.logo, mention: fund.mention.clone(), emblem: fund.emblem },
            issuer: self.settings.issuer(),
            signature: terms::signature(&self.settings, Some(fund)),
            city: self.settings.issuer_city.clone(),
            recipient: envelope(
                &applicant.name,
                (&applicant.representative_name, &applicant.representative_title),
                &applicant.street,
                (&applicant.postcode, &applicant.city),
            ),
            reference: row.reference.clone(),
            title: row.title.clone(),
            organisation: applicant.name.clone(),
            call_title: self.file.row.title.clone(),
            axes: self.axes.get(&row.id).cloned().unwrap_or_default(),
            requested: row.requested,
            motive: row.motive.clone().unwrap_or_default(),
            conditions: row.conditions.clone(),
            heard_on: self.heard.get(&row.id).map(|at| at.paris_date()),
            sender: vec![fund.contact.name.clone()],
            contact: fund.contact.email.to_string(),
            note: self.note(row, now),
            path: format!("/dossiers/{}", row.id),
            issued_at: now,
        }
    }

    /// What the mail of a decision says beside it.
    fn note(&self, row: &DecidedRow, now: Moment) -> String {
        let texts = &self.file.definition.letters;
        let text = match row.state {
            ApplicationState::Awarded => &texts.award_mail,
            ApplicationState::Rejected => &texts.refusal_mail,
            ApplicationState::ReserveListed => &texts.reserve_mail,
            _ => return String::new(),
        };
        self.values(row, now).fill(text)
    }

    /// The last day to accept a grant offered now.
    fn answer_by(&self, now: Moment) -> NaiveDate {
        let today = now.paris_date();
        let wait = Duration::try_days(self.file.definition.delays.confirmation_days).unwrap_or_default();
        today.checked_add_signed(wait).unwrap_or(today)
    }

    fn offer(&self, row: &DecidedRow, offered: &OfferedRow, now: Moment) -> Offer {
        let (texts, values) = (&self.file.definition.letters, self.values(row, now));
        let confirm_by = self.answer_by(now);
        Offer {
            grant_reference: offered.reference.clone(),
            amount: offered.amount,
            rate: offered.rate,
            schedule: self.schedule(offered, confirm_by),
            confirm_by: Some(confirm_by),
            is_agreement_required: offered.is_agreement_required,
            intro: values.fill(&texts.award_intro),
            commitments: texts.commitments_for(&values),
            path: format!("/subventions/{}", offered.id),
        }
    }

    /// The payments as they would be planned if the offer were accepted on its last day.
    fn schedule(&self, offered: &OfferedRow, accepted_on: NaiveDate) -> Vec<Instalment> {
        let starts_on = offered.starts_on.unwrap_or(accepted_on);
        let dates = GrantDates { accepted_on, starts_on, ends_on: offered.ends_on.unwrap_or(starts_on) };
        let plan = self.definition_schedule().plan(offered.amount, &dates);
        let line = |payment: crate::domain::schedules::Planned| Instalment {
            label: capitalised(payment.kind.label()),
            condition: conditions_of_grant(&payment.conditions, offered.is_agreement_required),
            amount: payment.amount,
        };
        plan.into_iter().map(line).collect()
    }

    fn definition_schedule(&self) -> &crate::domain::schedules::ScheduleTemplate {
        &self.file.definition.schedule
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

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
    let release = Release::load(conn, call, Of::Application(application))?;
    let row = release.rows.first().ok_or(StoreError::NotFound)?;
    let file = release.decided(row, now);
    Ok(match row.state {
        ApplicationState::Rejected => Some(release.refusal(&file, row)),
        ApplicationState::Awarded => {
            release.offers.get(&row.id).map(|offered| words::award_letter(&file, &release.offer(row, offered, now)))
        }
        _ => None,
    })
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
    /// What keeps it from leaving, one French sentence each.
    pub lacks: Vec<String>,
}

impl Release {
    fn outgoing(&self, row: &DecidedRow, now: Moment) -> Outgoing {
        let file = self.decided(row, now);
        let offer = self.offers.get(&row.id).map(|offered| self.offer(row, offered, now));
        let mail = match (row.state, &offer) {
            (ApplicationState::Awarded, Some(offer)) => Some(words::award_mail(&file, offer)),
            (ApplicationState::Rejected, _) => Some(words::refusal_mail(&file)),
            (ApplicationState::ReserveListed, _) => Some(words::reserve_mail(&file)),
            (ApplicationState::Deferred, _) => Some(words::deferral_mail(&file)),
            _ => None,
        };
        Outgoing {
            id: row.id,
            reference: row.reference.clone(),
            title: row.title.clone(),
            organisation: row.applicant.name.clone(),
            state: row.state,
            amount: offer.map(|offer| offer.amount),
            subject: mail.map(|mail| mail.subject).unwrap_or_default(),
            recipients: self.recipients_of(row).into_iter().map(|to| to.name).collect(),
            has_letter: has_letter(row.state),
            lacks: self.lacks(row, &file),
        }
    }

    /// What keeps a decision from leaving as `file` says it, one French sentence each.
    fn lacks(&self, row: &DecidedRow, file: &DecidedFile) -> Vec<String> {
        let (fund, applicant, has_letter) = (&self.file.fund, &row.applicant, has_letter(row.state));
        let is_empty = |text: &str| text.trim().is_empty();
        let no_address = is_empty(&applicant.street) || is_empty(&applicant.postcode) || is_empty(&applicant.city);
        let no_grant = row.state == ApplicationState::Awarded && !self.offers.contains_key(&row.id);
        let nobody = self.recipients_of(row).is_empty();
        let checks = [
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

/// Whether this decision is told by a letter too.
const fn has_letter(state: ApplicationState) -> bool {
    matches!(state, ApplicationState::Awarded | ApplicationState::Rejected)
}

/// Whether every word that people typed of the file can stand in its letter.
fn is_printable(file: &DecidedFile) -> bool {
    let texts =
        [&file.title, &file.organisation, &file.motive].into_iter().chain(&file.recipient).chain(&file.conditions);
    texts.into_iter().all(|text| unprintable(text).is_empty())
}

/// Everything that would leave if the results of a call were announced now, by reference. An officer who is recused
/// from a file does not find it here.
pub fn outgoing(conn: &mut Conn, officer: &Actor, call: CallId, now: Moment) -> Outcome<Vec<Outgoing>> {
    let reader = require(officer, Role::Officer)?;
    let hidden: Vec<ApplicationId> = recusals::of_call(conn, call)?
        .into_iter()
        .filter(|(_, person, _)| *person == reader)
        .map(|(application, ..)| application)
        .collect();
    let now = release_plans::leaving_at(conn, call, now)?;
    let release = Release::load(conn, call, Of::Call(call))?;
    let shown = release.rows.iter().filter(|row| !hidden.contains(&row.id));
    Ok(shown.map(|row| release.outgoing(row, now)).collect())
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

/// Announces the results of a call whose page showed `version`: every letter and mail leaves, unless one of them lacks
/// something.
pub fn announce(tx: &mut Tx, officer: &Actor, call: CallId, version: i32, now: Moment) -> Outcome<()> {
    require(officer, Role::Officer)?;
    all_there(tx.conn(), call, now)?;
    advance::<Call>(tx, officer, call, version, CallEvent::Announce, now)?;
    Ok(())
}

/// Refuses when a letter or mail of the call lacks something, without naming its file.
pub(super) fn all_there(conn: &mut Conn, call: CallId, now: Moment) -> Outcome<()> {
    let release = Release::load(conn, call, Of::Call(call))?;
    if release.untold().iter().any(|row| !release.lacks(row, &release.decided(row, now)).is_empty()) {
        let reason = "Il manque quelque chose à une lettre au moins\u{a0}: rien n’est parti.";
        return Err(Refusal::because(reason).into());
    }
    Ok(())
}
