//! Where an application stands, who acts next and by when: the words of its states, with the dates of the file.

use super::shown_state;
use crate::{
    domain::{
        lifecycles::applications::ApplicationState::{self, *},
        roles::Role,
        time::Moment,
    },
    usecases::{answers::Content, applications, complements::Waiting},
    web::{
        deadlines::Deadline,
        parts::{NOBODY, Step, Stepper},
    },
};

/// Who acts on a file that was awarded: what came of it has a page that says so.
const AFTER_AWARD: &str = "La page de la subvention le dit";

/// The same to whoever keeps the money alone, for whom that page does not exist.
pub(super) const FOLLOWERS: &str = "Les personnes qui suivent la subvention";

/// Who acts next, as applicants read it.
pub(super) const fn actor(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Applicant) => "Vous",
        Some(Role::Reviewer) => "Le comité",
        Some(_) => "L’équipe du fonds",
        None => NOBODY,
    }
}

/// The same on the other pages of an application: what it waits for, from whom and by when.
pub(in crate::web) fn next_step(content: &Content, waiting: Option<&Waiting>, now: Moment) -> Stepper {
    stepper(content, shown_state(content), waiting, now)
}

/// Of an application in this state, as its applicant may know it.
pub(super) fn stepper(content: &Content, state: ApplicationState, waiting: Option<&Waiting>, now: Moment) -> Stepper {
    let until = |at: Moment| Deadline::until(at, now);
    let announced = || Deadline::on(content.definition.calendar.announcement_on, now.paris_date());
    let appeal_due = applications::appeal_due(content);
    let window = content.call.window().extended(content.row.pass_until);
    let stage = state.stage();
    let usual = (actor(stage.acts), None, stage.sentence);
    let (who_acts, by_when, sentence) = match state {
        Draft if now >= window.closes => {
            (NOBODY, None, "Brouillon, non déposé\u{a0}: l’appel est fermé, il ne peut plus être déposé.")
        }
        Draft => (usual.0, Some(window.deadline().into()), usual.2),
        ComplementRequested => (usual.0, waiting.map(|waiting| until(waiting.request.row.due_at)), usual.2),
        Eligible | InReview => (usual.0, Some(announced()), usual.2),
        Ineligible if now < appeal_due => ("Vous, si vous voulez un réexamen", Some(until(appeal_due)), usual.2),
        Ineligible => (NOBODY, None, usual.2),
        Awarded => (AFTER_AWARD, None, usual.2),
        _ => usual,
    };
    Stepper {
        title: "Où en est le dossier".into(),
        steps: Step::along(["Brouillon", "Déposé", "Recevable", "Évalué", "Décidé"], stage.step),
        who_acts: who_acts.into(),
        by_when,
        sentence: sentence.into(),
    }
}
