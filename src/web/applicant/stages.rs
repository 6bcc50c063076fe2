//! Where an application stands, who acts next and by when.

use crate::{
    domain::{lifecycles::applications::ApplicationState, time::Moment},
    usecases::{answers::Content, applications, complements::Waiting},
    web::{
        deadlines::Deadline,
        parts::{Step, Stepper},
    },
};

/// Of an application in this state, as its applicant may know it.
pub(super) fn stepper(content: &Content, state: ApplicationState, waiting: Option<&Waiting>, now: Moment) -> Stepper {
    use ApplicationState::*;
    let until = |at: Moment| Deadline::until(at, now);
    let announced = Deadline::on(content.definition.calendar.announcement_on, now.paris_date());
    let appeal_due = applications::appeal_due(content);
    let window = content.call.window().extended(content.row.pass_until);
    let is_over = now >= window.closes;
    let (step, who_acts, by_when, sentence) = match state {
        Draft if is_over => {
            (0, "Personne", None, "Brouillon, non déposé\u{a0}: l’appel est fermé, il ne peut plus être déposé.")
        }
        Draft => (0, "Vous", Some(window.deadline().into()), "Brouillon, non déposé\u{a0}: nous ne le voyons pas."),
        Submitted => (1, "L’équipe du fonds", None, "Votre dossier est déposé. Nous vérifions qu’il est recevable."),
        ComplementRequested => {
            (1, "Vous", waiting.map(|w| until(w.request.row.due_at)), "Un complément vous est demandé.")
        }
        Eligible => (2, "L’équipe du fonds", Some(announced), "Votre dossier est recevable\u{a0}: il part au comité."),
        Ineligible if now < appeal_due => {
            (2, "Vous, si vous voulez un réexamen", Some(until(appeal_due)), "Votre dossier n’est pas recevable.")
        }
        Ineligible => (2, "Personne", None, "Votre dossier n’est pas recevable."),
        InReview => (3, "Le comité", Some(announced), "Le comité évalue votre dossier."),
        Awarded => (4, "Vous", None, "Votre projet est retenu."),
        ReserveListed => (4, "L’équipe du fonds", None, "Votre projet est sur liste d’attente."),
        Rejected => (4, "Personne", None, "Votre projet n’est pas retenu cette fois."),
        Deferred => (4, "L’équipe du fonds", None, "La décision est reportée."),
        Withdrawn => (1, "Personne", None, "Vous avez retiré ce dossier."),
    };
    Stepper {
        title: "Où en est le dossier".into(),
        steps: Step::along(["Brouillon", "Déposé", "Recevable", "Évalué", "Décidé"], step),
        who_acts: who_acts.into(),
        by_when,
        sentence: sentence.into(),
    }
}
