//! A dossier in short: where it stands, what it asks for, what happened to it.

use crate::{
    domain::{
        budgets::Stage,
        decisions::DECIDED,
        definitions::{CallDefinition, FundDefinition},
        exchanges::ExchangeSide,
        lifecycle::Machine,
        lifecycles::{
            applications::{ApplicationEvent, ApplicationState},
            done::done_label,
            grants::GrantState,
        },
        money::Euros,
        references::{Marker, MarkerLevel, axis, country, goal},
        reminders,
        roles::Role,
        text::counted,
        time::{Moment, french_date},
    },
    store::calls::CallRow,
    usecases::{applications, dossiers::Dossier},
    web::{
        deadlines::Deadline,
        exchanges,
        parts::{Fact, NOBODY, Step, Stepper, TimelineEvent},
    },
};

/// Where the dossier stands, who acts next and by when, for the team.
pub(super) fn stepper(dossier: &Dossier, now: Moment) -> Stepper {
    use ApplicationState::*;
    let (content, calendar) = (&dossier.content, &dossier.content.definition.calendar);
    let (until, today) = (|at: Moment| Deadline::until(at, now), now.paris_date());
    let due =
        dossier.requests.last().map(|request| &request.row).filter(|row| row.answer.is_none()).map(|row| row.due_at);
    let committee = || {
        Some(match calendar.committee_on {
            day if day < today => Deadline::on(day, today),
            day => format!("avant le comité du {}", french_date(day)).into(),
        })
    };
    let announcement = || {
        let planned = dossier.release.as_ref().map(|plan| plan.words().into());
        planned.or_else(|| Some(Deadline::on(calendar.announcement_on, today)))
    };
    let officer = "Chargé·e de mission";
    let (who_acts, by_when, sentence) = match content.row.state {
        Submitted if content.row.appeal.is_some() => {
            (officer, committee(), "Un réexamen est demandé\u{a0}: la recevabilité est à revoir.")
        }
        Submitted => (officer, committee(), "Le dossier est déposé\u{a0}: sa recevabilité est à vérifier."),
        ComplementRequested if due.is_some_and(|due| due <= now) => {
            (officer, due.map(until), "Le complément n’est pas arrivé dans le délai.")
        }
        ComplementRequested => ("La structure qui dépose", due.map(until), "Un complément est demandé."),
        Eligible => (officer, committee(), "Le dossier est recevable\u{a0}: il est à confier au comité."),
        Ineligible if now < applications::appeal_due(content) => (
            "La structure, si elle veut un réexamen",
            Some(until(applications::appeal_due(content))),
            "Le dossier n’est pas recevable.",
        ),
        Ineligible => (NOBODY, None, "Le dossier n’est pas recevable."),
        InReview => ("Le comité", Some(Deadline::on(calendar.committee_on, today)), "Le comité évalue le dossier."),
        state if DECIDED.contains(&state) && !content.call.is_announced() => (
            officer,
            announcement(),
            "La décision est prise. La structure ne la connaîtra qu’à l’annonce des résultats.",
        ),
        Awarded => ("La structure", None, "Le projet est retenu\u{a0}: la subvention lui est proposée."),
        ReserveListed => (officer, None, "Le projet est sur liste d’attente."),
        Rejected => (NOBODY, None, "Le projet n’est pas retenu."),
        Deferred => (officer, None, "La décision est reportée."),
        Withdrawn | Draft => (NOBODY, None, "La structure a retiré ce dossier."),
    };
    Stepper {
        title: "Où en est le dossier".into(),
        steps: steps(dossier),
        who_acts: who_acts.into(),
        by_when,
        sentence: sentence.into(),
    }
}

fn steps(dossier: &Dossier) -> Vec<Step> {
    use ApplicationState::*;
    let state = dossier.content.row.state;
    let current = match state {
        Draft => 0,
        Submitted | ComplementRequested | Withdrawn => 1,
        Eligible | Ineligible => 2,
        InReview => 3,
        Awarded | ReserveListed | Rejected | Deferred => 4,
    };
    let mut steps = Step::along(["Brouillon", "Déposé", "Recevabilité", "Évaluation", "Décision"], current);
    let reached: [&[ApplicationState]; 5] = [&[Draft], &[Submitted], &[Eligible, Ineligible], &[InReview], DECIDED];
    for (step, states) in steps.iter_mut().zip(reached).take(current + 1) {
        let is_of = |code: &str| states.iter().any(|state| state.code() == code);
        let row = dossier.history.iter().rfind(|row| is_of(&row.to_state));
        step.date = row.map(|row| french_date(row.at.paris_date()));
    }
    steps
}

/// What the project is and asks for.
pub(super) fn facts(dossier: &Dossier) -> Vec<Fact> {
    let content = &dossier.content;
    let (row, budget) = (&content.row, &content.budget);
    let of_kind = |kind: &'static str| dossier.tags.iter().filter(move |tag| tag.kind == kind);
    let axes = of_kind("axis").map(|tag| axis(&tag.code).map_or(tag.code.clone(), |axis| axis.label.clone()));
    let mut numbers: Vec<u8> = of_kind("goal").filter_map(|tag| tag.code.parse().ok()).collect();
    numbers.sort_unstable();
    let goals = numbers.into_iter().filter_map(goal).map(|goal| format!("{}. {}", goal.number, goal.title));
    let markers = of_kind("marker").map(|tag| {
        let label = tag.code.parse::<Marker>().map_or(tag.code.clone(), |marker| marker.label().to_owned());
        let level = MarkerLevel::ALL.iter().find(|level| level.number() == tag.level);
        format!("{label}\u{a0}: {}", level.map_or("", |level| level.label()))
    });
    let rate = content.retained_budget().granted_rate(Stage::Planned, content.definition.amount.base);
    let asked = match rate {
        Some(rate) => format!("{}, soit {rate} du coût éligible", row.requested_cents),
        None => row.requested_cents.to_string(),
    };
    let others: Euros = budget.income(Stage::Planned) - budget.grant;
    let dates = row.starts_on.zip(row.ends_on);
    let place = row.country_code.as_deref().and_then(country).map(|country| country.name.clone());
    let commune = row.commune_code.as_ref().and_then(|code| dossier.communes.get(code).cloned());
    let mut facts = vec![
        Fact::new("Montant demandé", asked),
        Fact::new("Coût du projet", budget.project_cost(Stage::Planned)),
        Fact::new("Autres financements", others),
        Fact::new("Axe", axes.collect::<Vec<_>>().join(", ")),
        Fact::new("Objectifs (ODD)", goals.collect::<Vec<_>>().join(", ")),
        Fact::new("Marqueurs", markers.collect::<Vec<_>>().join(", ")),
        Fact::new("Lieu", commune.into_iter().chain(place).collect::<Vec<_>>().join(", ")),
        Fact::new(
            "Dates",
            dates.map_or(String::new(), |(from, to)| format!("{} – {}", french_date(from), french_date(to))),
        ),
    ];
    if let Some(lateness) = &dossier.lateness {
        facts.insert(0, Fact::new("Dépôt", lateness));
    }
    if let Some(decided) = row.decided_cents {
        facts.insert(1, Fact::new("Montant accordé", decided));
    }
    facts.extend(dossier.beyond.iter().map(|said| Fact::new("Au-delà du plafond", said)));
    facts.extend(dossier.opening.iter().map(|said| Fact::new("Lecture de la décision", said)));
    facts
}

/// Other grants of the organisations, each in one line.
pub(super) fn past_grants(dossier: &Dossier) -> Vec<(String, String)> {
    let line = |file: &crate::store::grants::GrantFile| {
        let over = matches!(file.grant.state, GrantState::Declined | GrantState::Terminated);
        let state = if over { format!(" ({})", file.grant.state.label()) } else { String::new() };
        (format!("{} – {}", file.call.call_title, file.grant.reference), format!("{}{state}", file.grant.amount_cents))
    };
    dossier.past.iter().map(line).collect()
}

/// What happened, the newest first.
pub(super) fn events(dossier: &Dossier) -> Vec<TimelineEvent> {
    let event = |row: &crate::store::history::TransitionRow| {
        let name = row.actor_id.and_then(|id| dossier.names.get(&id).cloned());
        let who = match row.role {
            Role::System => "l’échéance".to_owned(),
            role => format!("{} ({})", name.unwrap_or_default(), crate::domain::labels::role(role)),
        };
        let what = done_label(Machine::Application, &row.event);
        let mut note = row.reason.clone();
        for said in dossier.beyond.iter().filter(|_| row.event == ApplicationEvent::Award.code()) {
            note = format!("{note} {said}").trim().to_owned();
        }
        (row.at, TimelineEvent { at: row.at.french(), what: what.to_owned(), who, note })
    };
    let events = dossier.history.iter().rev().map(event).chain(super::judgements::events(dossier)).collect();
    exchanges::woven(events, &dossier.written, ExchangeSide::Team)
}

/// The dates of a call.
pub(super) fn milestones(row: &CallRow, call: &CallDefinition) -> Vec<Fact> {
    let calendar = &call.calendar;
    let mut facts = vec![
        Fact::new("Ouverture", row.opens_at.french()),
        Fact::new("Date limite", row.window().deadline()),
        Fact::new("Comité", french_date(calendar.committee_on)),
        Fact::new("Annonce", french_date(calendar.announcement_on)),
    ];
    facts.extend(calendar.others.iter().map(|other| Fact::new(&other.label, french_date(other.on))));
    facts
}

/// The rules of a call in short.
pub(super) fn rules(call: &CallDefinition, fund: &FundDefinition) -> Vec<Fact> {
    vec![
        Fact::new("Montants", format!("de {} à {}", call.amount.floor, call.amount.ceiling)),
        Fact::new("Taux maximum", call.amount.rate),
        Fact::new("Pour compléter un dossier", counted(call.delays.complement_days, "jour", "jours")),
        Fact::new("Pour demander un réexamen", counted(call.delays.appeal_days, "jour", "jours")),
        Fact::new("Rappels avant la date limite", reminders::words(&call.delays.reminder_days)),
        Fact::new("Lecteur·rices par dossier", fund.committee.readers),
        Fact::new("Quorum du comité", fund.committee.quorum),
        Fact::new("Pouvoirs par membre, au plus", fund.committee.proxies),
    ]
}
