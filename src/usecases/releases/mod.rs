//! Telling decisions: everything the letters of a call need is read once, then each file costs a few statements.

mod edits;
mod leaving;
mod words;

pub use edits::*;
pub use leaving::*;

use super::{
    Actor, Outcome,
    advance::{Cause, advance},
    committees::{CallFile, call_file, require},
    documents::{Recipient, issue_and_send},
    eligibility::{self, Prospect},
    messages::queue,
    settings::{self, Settings},
    slots,
    supports::next_call,
    terms,
};
use crate::{
    domain::{
        correspondence::decisions::{DecidedFile, Instalment, Offer},
        decisions::{DecisionPace, DecisionWay},
        disbursements::{PlannedPayment, conditions_of_grant},
        eligibility::Facts,
        identity::Email,
        ids::{ApplicationId, CallId, OrganisationId},
        letters::Fund,
        lifecycle::Refusal,
        lifecycles::{
            applications::ApplicationState,
            calls::{Call, CallEvent},
        },
        organisations::envelope,
        references,
        roles::Role,
        schedules::GrantDates,
        supports::Support,
        time::Moment,
    },
    store::{
        Conn, Tx, calls,
        decisions::{self, DecidedRow, Of, OfferedRow},
        letter_edits::{self, EditRow},
        promotions,
        slots::{self as slot_rows, SlotRow},
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
    /// The codes of the axes of each project.
    axes: BTreeMap<ApplicationId, Vec<String>>,
    heard: BTreeMap<ApplicationId, Moment>,
    /// Those that were promoted from the reserve list.
    promoted: Vec<ApplicationId>,
    recipients: BTreeMap<OrganisationId, Vec<Recipient>>,
    /// The last version of each letter that somebody wrote anew.
    edits: BTreeMap<ApplicationId, EditRow>,
    /// The calls to come, for those whose project is not retained.
    prospects: Vec<Prospect>,
    /// The slots they may book, and the addresses of whoever must know nothing of a file.
    free: Vec<SlotRow>,
    away: BTreeMap<ApplicationId, Vec<Email>>,
}

impl Release {
    /// Reads them all, in a number of statements that does not depend on how many they are.
    pub(super) fn load(conn: &mut Conn, call: CallId, of: Of, now: Moment) -> Outcome<Release> {
        let mut axes: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (application, code) in decisions::axes(conn, of)? {
            axes.entry(application).or_default().push(code);
        }
        let mut recipients: BTreeMap<_, Vec<Recipient>> = BTreeMap::new();
        for (organisation, person, address, name) in decisions::recipients(conn, of)? {
            let recipient = Recipient { person: Some(person), address, name };
            recipients.entry(organisation).or_default().push(recipient);
        }
        let rows = decisions::list(conn, of)?;
        let refused = rows.iter().filter(|row| row.state == ApplicationState::Rejected).map(|row| row.id);
        let refused: Vec<_> = refused.collect();
        let is_refused = !refused.is_empty();
        let mut away: BTreeMap<_, Vec<Email>> = BTreeMap::new();
        for (application, address) in if is_refused { slot_rows::away(conn, &refused)? } else { Vec::new() } {
            away.entry(application).or_default().push(address);
        }
        let fund = calls::find(conn, call)?.fund_id;
        let free = if is_refused { slots::free(conn, fund, now)? } else { Vec::new() };
        Ok(Release {
            free,
            away,
            file: call_file(conn, call)?,
            settings: settings::load(conn)?,
            prospects: if is_refused { eligibility::prospects(conn, now)? } else { Vec::new() },
            rows,
            offers: decisions::offers(conn, of)?.into_iter().map(|offer| (offer.application_id, offer)).collect(),
            axes,
            heard: decisions::heard_at(conn, of)?.into_iter().collect(),
            promoted: promotions::confirmed(conn, of)?,
            recipients,
            // The last version of each comes last, and stays.
            edits: letter_edits::list(conn, of)?.into_iter().map(|row| (row.application_id, row)).collect(),
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
        let to = self.recipients_of(row);
        let Some(mail) = self.mail(row, cause.now) else { return Ok(()) };
        if let Some(offered) = self.offers.get(&row.id).filter(|_| row.state == ApplicationState::Awarded) {
            decisions::set_confirm_by(tx, offered.id, self.answer_by(cause.now))?;
        }
        match self.letter(row, cause.now) {
            Some(letter) => issue_and_send(tx, cause, &self.settings, letter, &to, &mail).map(drop),
            None => to.iter().try_for_each(|recipient| queue(tx, cause, recipient, &mail, None)),
        }
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
            axes: self.axis_labels(row),
            requested: row.requested,
            way: self.way(row),
            motive: row.motive.clone().unwrap_or_default(),
            conditions: row.conditions.clone(),
            sender: vec![fund.contact.name.clone()],
            contact: fund.contact.email.to_string(),
            note: self.note(row, now),
            support: self.support(row, now).map(|support| support.phrases()).unwrap_or_default(),
            path: format!("/dossiers/{}", row.id),
            issued_at: now,
        }
    }

    /// How the decision on a file came about.
    fn way(&self, row: &DecidedRow) -> DecisionWay {
        if row.state == ApplicationState::Awarded && self.promoted.contains(&row.id) {
            DecisionWay::Promotion
        } else if self.heard.contains_key(&row.id) {
            DecisionWay::Session
        } else {
            DecisionWay::Unheard
        }
    }

    fn axis_labels(&self, row: &DecidedRow) -> Vec<String> {
        let codes = self.axes.get(&row.id).into_iter().flatten();
        codes.map(|code| references::axis(code).map_or(code.clone(), |axis| axis.label.to_string())).collect()
    }

    /// What is offered to those whose project is not retained.
    fn support(&self, row: &DecidedRow, now: Moment) -> Option<Support> {
        if row.state != ApplicationState::Rejected {
            return None;
        }
        let (applicant, axes) = (&row.applicant, self.axes.get(&row.id).map(Vec::as_slice).unwrap_or_default());
        let facts = Facts {
            legal_form: Some(applicant.legal_form),
            founded_on: applicant.founded_on,
            department: Some(applicant.department.clone()).filter(|code| !code.is_empty()),
            seat_commune: applicant.commune_code.clone(),
            annual_budget: applicant.annual_budget,
            ..Facts::default()
        };
        let away = self.away.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let support = Support::of(&self.file.fund, &applicant.department, axes, now.paris_date());
        let mut support = support.without(away);
        support.slots = slots::bookable(&support, &self.free, away).iter().map(slots::in_words).collect();
        support.next = next_call(&self.prospects, self.file.row.id, &facts, axes);
        Some(support)
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
            commitments: texts.commitments_for(&values),
            path: format!("/subventions/{}", offered.id),
        }
    }

    /// The payments as they would be planned if the offer were accepted on its last day.
    fn schedule(&self, offered: &OfferedRow, accepted_on: NaiveDate) -> Vec<Instalment> {
        let dates = GrantDates::of(accepted_on, offered.starts_on, offered.ends_on);
        let plan = self.definition_schedule().plan(offered.amount, &dates);
        let line = |payment: PlannedPayment| Instalment {
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
    let release = Release::load(conn, call, Of::Call(call), now)?;
    if release.untold().iter().any(|row| !release.lacks(row, &release.decided(row, now)).is_empty()) {
        let reason = "Il manque quelque chose à une lettre au moins\u{a0}: rien n’est parti.";
        return Err(Refusal::because(reason).into());
    }
    Ok(())
}
