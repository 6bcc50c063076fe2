//! Where a call stands: its steps, who acts now, and by when.

use crate::{
    domain::{
        decisions::DecisionPace,
        definitions::CallDefinition,
        lifecycles::calls::CallState,
        time::{Moment, french_date},
    },
    store::calls::CallRow,
    web::{
        deadlines::Deadline,
        parts::{NOBODY, Step, Stepper},
    },
};

/// The life of a call as its stepper shows it.
pub(super) fn stepper(row: &CallRow, definition: &CallDefinition, now: Moment) -> Stepper {
    let calendar = &definition.calendar;
    let officer = "Chargé·e de mission";
    let opening =
        |at: Moment| if now < at { at.french().into() } else { Deadline::on(at.paris_date(), now.paris_date()) };
    let on = |day| Some(Deadline::on(day, now.paris_date()));
    let deadline = row.closes_at.plus_minutes(-1).french().into();
    let (current, who_acts, by_when, sentence) = match row.state {
        CallState::Draft => {
            (0, officer, Some(opening(row.opens_at)), "L’appel n’est pas encore publié\u{a0}: personne ne le voit.")
        }
        CallState::Published if now < row.opens_at => {
            (1, NOBODY, Some(row.opens_at.french().into()), "L’appel est publié. Il ouvrira de lui-même.")
        }
        CallState::Published if now < row.closes_at && row.decision_pace == DecisionPace::Rolling => (
            1,
            "Les porteur·ses de projet, l’équipe et le comité",
            Some(deadline),
            "L’appel est ouvert\u{a0}: les dossiers arrivent, et se décident au fur et à mesure.",
        ),
        CallState::Published if now < row.closes_at => {
            (1, "Les porteur·ses de projet", Some(deadline), "L’appel est ouvert\u{a0}: les dossiers arrivent.")
        }
        CallState::Published => {
            (1, officer, on(calendar.committee_on), "Le dépôt est fermé\u{a0}: l’instruction peut commencer.")
        }
        CallState::InReview => (
            2,
            "Chargé·e de mission et comité",
            on(calendar.committee_on),
            "Les dossiers sont vérifiés, lus et décidés.",
        ),
        CallState::Deliberated => {
            (3, officer, on(calendar.announcement_on), "Tout est décidé\u{a0}: les résultats sont à annoncer.")
        }
        CallState::Announced => (
            4,
            "Les structures retenues, puis les finances",
            None,
            "Les résultats sont annoncés, les subventions vivent leur vie.",
        ),
        CallState::Archived => (5, NOBODY, None, "L’appel est terminé et soldé."),
        CallState::Cancelled => (0, NOBODY, None, "L’appel est annulé."),
    };
    let labels = ["En préparation", "Publié", "Instruction", "Délibéré", "Annoncé", "Archivé"];
    let mut steps = Step::along(labels, current);
    let dates = [(1, row.opens_at.paris_date()), (3, calendar.committee_on), (4, calendar.announcement_on)];
    for (i, day) in dates {
        if let Some(step) = steps.get_mut(i) {
            step.date = Some(french_date(day));
        }
    }
    Stepper {
        title: "Où en est l’appel".into(), steps, who_acts: who_acts.into(), by_when, sentence: sentence.into()
    }
}
