//! What the texts around a decision say: the call's, or those somebody wrote for one letter, with their fields filled in.

use super::Release;
use crate::{
    domain::{
        correspondence::wordings::Wording,
        definitions::{MergeField, MergeValues, MergedText},
        letters::LetterKind,
        lifecycles::applications::ApplicationState,
        time::{Moment, french_date},
    },
    store::{decisions::DecidedRow, digests::sha256, letter_edits::EditRow},
};
use chrono::NaiveDate;

/// The letter that tells this decision; none where a mail alone does.
pub(super) const fn letter_kind(state: ApplicationState) -> Option<LetterKind> {
    match state {
        ApplicationState::Awarded => Some(LetterKind::Award),
        ApplicationState::Rejected => Some(LetterKind::Refusal),
        _ => None,
    }
}

/// The texts of the call that are replaced as a whole when somebody writes a letter anew.
const REWRITTEN: &[MergedText] = &[MergedText::AwardIntro, MergedText::RefusalIntro, MergedText::RefusalAdvice];

/// The texts of the call that a decision is told with.
const fn texts_of(state: ApplicationState) -> &'static [MergedText] {
    match state {
        ApplicationState::Awarded => &[MergedText::AwardIntro, MergedText::Commitments, MergedText::AwardMail],
        ApplicationState::Rejected => &[MergedText::RefusalIntro, MergedText::RefusalAdvice, MergedText::RefusalMail],
        ApplicationState::ReserveListed => &[MergedText::ReserveMail],
        _ => &[],
    }
}

impl Release {
    /// What a decided file has for the merge fields.
    pub(super) fn values(&self, row: &DecidedRow, now: Moment) -> MergeValues {
        let fund = &self.file.fund;
        let day = |day: Option<NaiveDate>| day.map(french_date).unwrap_or_default();
        let values = MergeValues::default()
            .with(MergeField::Organisation, &row.applicant.name)
            .with(MergeField::Project, &row.title)
            .with(MergeField::Application, &row.reference)
            .with(MergeField::Call, &self.file.row.title)
            .with(MergeField::Fund, &fund.name)
            .with(MergeField::Requested, row.requested)
            .with(MergeField::Axis, self.axis_labels(row).join(", "))
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

    /// The words of the model for this file; none where no letter goes.
    pub(super) fn model(&self, row: &DecidedRow) -> Option<Wording> {
        Wording::model(letter_kind(row.state)?, &self.file.definition.letters, self.way(row))
    }

    /// The version somebody wrote of this letter, as long as it has not gone back to the model.
    pub(super) fn edited(&self, row: &DecidedRow) -> Option<&EditRow> {
        let last = self.edits.get(&row.id)?;
        (!last.is_model && Some(last.kind) == letter_kind(row.state)).then_some(last)
    }

    /// The words of a letter with their fields between braces.
    pub(super) fn wording(&self, row: &DecidedRow) -> Wording {
        match self.edited(row) {
            Some(EditRow { subject, opening, ending, .. }) => {
                Wording { subject: subject.clone(), opening: opening.clone(), ending: ending.clone() }
            }
            None => self.model(row).unwrap_or_default(),
        }
    }

    /// The words of a letter as it would leave now.
    pub(super) fn words(&self, row: &DecidedRow, now: Moment) -> Wording {
        self.wording(row).filled(&self.values(row, now))
    }

    /// What the decision says that a letter was written for: it changes when the decision does.
    pub(super) fn basis(&self, row: &DecidedRow) -> String {
        let mut said = vec![row.state.to_string()];
        said.extend([&row.motive, &row.conditions].map(|text| text.clone().unwrap_or_default()));
        if let Some(offer) = self.offers.get(&row.id) {
            said.extend([offer.amount.to_string(), offer.rate.to_string(), offer.is_agreement_required.to_string()]);
            // Always the same day: only the plan counts, not when it is read.
            let plan = self.schedule(offer, offer.starts_on.unwrap_or_default());
            said.extend(plan.into_iter().flat_map(|line| [line.label, line.condition, line.amount.to_string()]));
        }
        sha256(said.join("\u{1f}"))
    }

    /// Whether the decision changed after its letter was written anew.
    pub(super) fn is_stale(&self, row: &DecidedRow) -> bool {
        self.edited(row).is_some_and(|edit| edit.basis != self.basis(row))
    }

    /// What the texts of this file name and what it does not have, one French sentence each.
    pub(super) fn unnamed(&self, row: &DecidedRow, now: Moment) -> Vec<String> {
        let (values, kinds, edited) = (self.values(row, now), texts_of(row.state), self.edited(row).is_some());
        let of_call = self.file.definition.letters.texts().into_iter();
        let of_call = of_call.filter(|(_, kind, _)| kinds.contains(kind) && !(edited && REWRITTEN.contains(kind)));
        let own = self.wording(row);
        let own = if edited { own.parts().map(|(_, text)| ("Lettre retouchée", text)).to_vec() } else { Vec::new() };
        let texts = of_call.map(|(_, kind, text)| (kind.label(), text)).chain(own);
        let sentence = |label: &str, field: MergeField| {
            let (written, meaning) = (field.written(), field.meaning());
            format!("Le texte «\u{a0}{label}\u{a0}» nomme {written}, et ce dossier n’en a pas ({meaning}).")
        };
        texts
            .flat_map(|(label, text)| values.missing(text).into_iter().map(move |field| (label, field)))
            .map(|(label, field)| sentence(label, field))
            .collect()
    }

    /// What the mail of a decision says beside it.
    pub(super) fn note(&self, row: &DecidedRow, now: Moment) -> String {
        let texts = &self.file.definition.letters;
        let text = match row.state {
            ApplicationState::Awarded => &texts.award_mail,
            ApplicationState::Rejected => &texts.refusal_mail,
            ApplicationState::ReserveListed => &texts.reserve_mail,
            _ => return String::new(),
        };
        self.values(row, now).fill(text)
    }
}
