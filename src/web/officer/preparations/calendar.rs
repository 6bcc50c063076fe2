//! When a call opens, closes and answers, and who has the last word.

use super::inputs::{Group, Input, Reading, Typed};
use crate::domain::{
    decisions::DecisionPace,
    definitions::{CalendarDate, CallDefinition, DecisionAuthority},
    reminders::{MOST, MOST_DAYS},
    time::{Moment, Window},
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What telling each decision as it is taken means for the team.
const PACE: &str = "Au fur et à mesure, un dossier déposé peut être jugé recevable, lu, mis en séance et décidé sans \
    attendre la date limite\u{a0}; la lettre part dès que la décision est écrite. La réunion du comité et l’annonce sont \
    alors les dernières dates possibles, et les décisions valent telles quelles. Cela ne change plus une fois l’appel publié.";

/// The day and the time that say an instant, the time left out where the day alone says it.
fn said(at: Moment, day: NaiveDate, whole_day: fn(NaiveDate) -> Moment) -> (NaiveDate, String) {
    if whole_day(day) == at { (day, String::new()) } else { (at.paris_date(), at.paris().format("%H:%M").to_string()) }
}

pub(super) fn window_inputs(window: &Window) -> Vec<Input> {
    let last_day = window.closes.plus_seconds(-1).paris_date();
    let (opens, opens_at) = said(window.opens, window.opens.paris_date(), Moment::start_of_day);
    let (closes, closes_at) = said(window.closes, last_day, Moment::end_of_day);
    vec![
        Input::date("window.opens", "Ouverture", Some(opens)),
        Input::new("time", "opens_at", "Heure d’ouverture", opens_at)
            .help("À l’heure de Paris. Sans heure, dès le début du jour.")
            .optional(),
        Input::date("window.closes", "Date limite", Some(closes)),
        Input::new("time", "closes_at", "Heure limite", closes_at)
            .help("À l’heure de Paris. Sans heure, jusqu’à la fin du jour.")
            .optional(),
    ]
}

pub(super) fn read_window(reading: &mut Reading<'_>) -> Window {
    Window {
        opens: reading.moment("window.opens", "opens_at", Moment::start_of_day),
        closes: reading.moment("window.closes", "closes_at", Moment::end_of_day),
    }
}

pub(super) fn groups(call: &CallDefinition, typed: Typed<'_>) -> Vec<Group> {
    let calendar = &call.calendar;
    let (board, committee) = (DecisionAuthority::Board.code(), DecisionAuthority::Committee.code());
    let authorities = [(board, "Le conseil d’administration les confirme"), (committee, "Elles valent telles quelles")];
    let paces = DecisionPace::ALL.iter().map(|pace| (pace.code(), pace.label()));
    let mut others = Vec::new();
    for i in 0..typed.rows("calendar.others", calendar.others.len(), 2) {
        let other = calendar.others.get(i);
        let label = other.map_or("", |other| other.label.as_str());
        others.push(Input::text(format!("calendar.others.{i}.label"), "Ce qui a lieu", label).optional());
        others.push(Input::date(format!("calendar.others.{i}.on"), "Le", other.map(|other| other.on)).optional());
    }
    let days = |name: &str, label: &str, days: i64| {
        Input::number(format!("delays.{name}"), label, Some(days)).help("En jours, de 1 à 365.")
    };
    vec![
        Group::new("Dépôt des dossiers", window_inputs(&call.window)).paired(),
        Group::new(
            "Décision",
            vec![
                Input::date("calendar.committee_on", "Réunion du comité", Some(calendar.committee_on)),
                Input::date("calendar.announcement_on", "Annonce des résultats", Some(calendar.announcement_on)),
                Input::choose("radios", "decisions", "Les décisions sont dites", paces, &[call.decisions.code()]).help(PACE),
                Input::choose("radios", "decided_by", "Décisions du comité", authorities, &[call.decided_by.code()]),
            ],
        ),
        Group::new(
            "Délais pour répondre",
            vec![
                days("complement_days", "Pour compléter un dossier", call.delays.complement_days),
                days("confirmation_days", "Pour accepter une subvention", call.delays.confirmation_days),
                days("appeal_days", "Pour demander un réexamen", call.delays.appeal_days),
                Input::text("delays.reminder_days", "Rappels avant la date limite", &list(&call.delays.reminder_days))
                    .help("En jours, séparés par des virgules\u{a0}: «\u{a0}7, 2\u{a0}». Aux brouillons seulement. Vide, aucun rappel.")
                    .optional(),
            ],
        )
        .paired(),
        Group::new("Autres dates", others)
            .paired()
            .help("Réunion d’information, journée de formation… Effacez une date pour la retirer."),
    ]
}

fn list(days: &[i64]) -> String {
    days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The days before the deadline on which reminders leave, the earliest first.
fn read_reminders(reading: &mut Reading<'_>) -> Vec<i64> {
    let typed = reading.text("delays.reminder_days");
    let words = typed.split([',', ';', ' ', '\u{a0}']).filter(|word| !word.is_empty());
    let days: Option<BTreeSet<i64>> =
        words.map(|word| word.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))).collect();
    let days = days.filter(|days| days.len() <= MOST);
    if days.is_none() {
        let sentence = format!("Indiquez {MOST} nombres au plus, de 1 à {MOST_DAYS}, par exemple 7, 2.");
        reading.errors.add("delays.reminder_days", sentence);
    }
    days.unwrap_or_default().into_iter().rev().collect()
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    call.window = read_window(reading);
    call.calendar.committee_on = reading.date("calendar.committee_on");
    call.calendar.announcement_on = reading.date("calendar.announcement_on");
    call.decisions = reading.code("decisions").unwrap_or(call.decisions);
    call.decided_by = reading.code("decided_by").unwrap_or(call.decided_by);
    call.delays.complement_days = reading.number("delays.complement_days", 1..=365);
    call.delays.confirmation_days = reading.number("delays.confirmation_days", 1..=365);
    call.delays.appeal_days = reading.number("delays.appeal_days", 1..=365);
    call.delays.reminder_days = read_reminders(reading);
    let mut others = Vec::new();
    for i in reading.rows("calendar.others") {
        let (label_field, day_field) = (format!("calendar.others.{i}.label"), format!("calendar.others.{i}.on"));
        let (label, on) = (reading.text(&label_field), reading.date_option(&day_field));
        match (label.is_empty(), on) {
            (false, Some(on)) => others.push(CalendarDate { label, on }),
            (true, Some(_)) => reading.errors.add(label_field, "Dites ce qui a lieu ce jour-là."),
            (false, None) => reading.errors.add(day_field, "Indiquez la date, ou effacez ce qui a lieu."),
            (true, None) => {}
        }
    }
    call.calendar.others = others;
}
