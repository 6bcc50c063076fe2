//! Recoveries (trop-perçus à reverser): what is asked back, and how it ends.

use super::{capital, day_of, once, places, questions, told};
use crate::{
    domain::{
        ids::RecoveryId,
        lifecycle::Machine,
        lifecycles::recoveries::{Recovery, RecoveryEvent, RecoveryState},
        money::Euros,
        roles::Role,
        time::{Moment, french_date},
    },
    exports::{lists::RECOVERIES, sheets::Cell},
    store::{
        Conn, Tx, entropy,
        recoveries::{RecoveryFile, RecoveryRow},
    },
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        advance::Object,
        recoveries::{self, Unclaimed},
        recovery_delays::{self, Delay},
        recovery_parts::{self, Part},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Director, Finance, SignedIn},
        deadlines::lateness,
        flashes::see_other_saying,
        lists::{self, Format},
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Pager, Press, Stepper, TimelineEvent, Weight},
        standings,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

/// Recoveries on one page.
const PAGE: usize = 50;
pub(super) const LIST: &str = "/finances/trop-percus";

fn badge(state: RecoveryState) -> Badge {
    let tone = match state {
        RecoveryState::Requested => Tone::Warning,
        RecoveryState::Received => Tone::Success,
        RecoveryState::Offset => Tone::Info,
        RecoveryState::WrittenOff => Tone::Neutral,
    };
    Badge { tone, label: state.label().to_owned() }
}

#[derive(Template)]
#[template(path = "finance/recoveries.html")]
struct RecoveriesPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    states: Vec<Choice>,
    lines: Vec<Line>,
    /// Of every page.
    sum: Euros,
    pager: Pager,
    /// Where the list leaves as a file.
    file: String,
    /// Terminated grants of which nothing was asked back yet: address, name, amount.
    unclaimed: Vec<(String, String, Euros)>,
}

struct Line {
    href: String,
    holder: String,
    grant: String,
    amount: Euros,
    requested: String,
    due: String,
    is_late: bool,
}

/// Which recoveries are asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etat: String,
    apres: Option<RecoveryId>,
}

/// The same list as a file.
pub async fn export(app: Data<App>, who: Books, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let state = asked.etat.parse().unwrap_or(RecoveryState::Requested);
    let page = move |conn: &mut Conn, key: Option<RecoveryId>| -> Outcome<_> {
        let found = recoveries::in_state(conn, &actor, state, key, lists::CHUNK as i64)?;
        Ok(lists::paged(found, |file: &RecoveryFile| file.recovery.id))
    };
    lists::give(&app, RECOVERIES, format.into_inner(), lists::pages(page, cells)).await
}

fn cells(file: &RecoveryFile) -> Vec<Cell> {
    let row = &file.recovery;
    let mut cells = vec![
        Cell::Text(file.holder.name.clone()),
        Cell::Text(file.grant.grant_reference.clone()),
        Cell::Money(row.amount_cents),
        Cell::Date(row.requested_on),
        Cell::Date(row.due_on),
    ];
    cells.extend(lists::status(row.state.code(), row.state.label()));
    cells
}

/// The recoveries in one state, by due date.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let (actor, today) = (who.actor.clone(), app.now().paris_date());
    let state = asked.etat.parse().unwrap_or(RecoveryState::Requested);
    let key = asked.apres;
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let found = recoveries::in_state(conn, &actor, state, key, PAGE as i64 + 1)?;
        let sum = recoveries::total_in_state(conn, &actor, state)?;
        Ok((found, sum, recoveries::unclaimed(conn, &actor, PAGE as i64)?))
    };
    let (mut found, sum, unclaimed) = app.read(load).await?;
    let ended =
        |one: Unclaimed| (format!("/suivi/{}", one.grant), format!("{}, {}", one.holder, one.reference), one.amount);
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let here = format!("{LIST}?etat={state}");
    let next = found.last().filter(|_| more).map(|last| format!("{here}&apres={}", last.recovery.id));
    let line = |file: &RecoveryFile| Line {
        href: format!("{LIST}/{}", file.recovery.id),
        holder: file.holder.name.clone(),
        grant: file.grant.grant_reference.clone(),
        amount: file.recovery.amount_cents,
        requested: french_date(file.recovery.requested_on),
        due: french_date(file.recovery.due_on),
        is_late: state == RecoveryState::Requested && file.recovery.due_on < today,
    };
    let named = RecoveryState::ALL.iter().map(|state| (state.code(), capital(state.label())));
    let page = RecoveriesPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        states: Choice::list(named, &[state.code()]),
        lines: found.iter().map(line).collect(),
        sum,
        file: format!("{LIST}/fichier?etat={state}&"),
        unclaimed: unclaimed.into_iter().map(ended).collect(),
        pager: Pager { first: key.map(|_| here), next },
    };
    Ok(render(&page))
}

#[derive(Template)]
#[template(path = "finance/recovery.html")]
struct RecoveryPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    badge: Badge,
    stepper: Stepper,
    amount: Euros,
    facts: Vec<Fact>,
    /// What is received, with its day; other ends are asked about on their own pages.
    receipt: Option<Action>,
    actions: Vec<Action>,
    id: RecoveryId,
    version: i32,
    token: String,
    events: Vec<TimelineEvent>,
    typed: Typed,
    /// Whether its day may be put off.
    may_postpone: bool,
    errors: FieldErrors,
}

/// What came, as it is typed: on which day, how much, and by when the rest is expected; or until when there is more time.
#[derive(Debug, Clone, Default)]
struct Typed {
    day: String,
    amount: String,
    rest: String,
    until: String,
    why: String,
}

impl Typed {
    fn of(form: &Fields) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Typed {
            day: text("recu_le"),
            amount: text("montant"),
            rest: text("reste_le"),
            until: text("jusqu_au"),
            why: text("motif"),
        }
    }

    fn part(&self) -> Outcome<Part> {
        let received_on = day_of("recu_le", self.day.parse().ok())?;
        let wrong = |field: &str, sentence: &str| UseCaseError::Invalid(vec![FieldError::new(field, sentence)]);
        let amount = match self.amount.trim() {
            "" => None,
            typed => {
                let sentence = "Indiquez un montant en euros, par exemple 1\u{202f}250,50.";
                Some(typed.parse::<Euros>().map_err(|_| wrong("montant", sentence))?)
            }
        };
        let rest_due_on = match self.rest.trim() {
            "" => None,
            typed => Some(typed.parse::<NaiveDate>().map_err(|_| wrong("reste_le", "Indiquez une date."))?),
        };
        Ok(Part { amount, received_on, rest_due_on })
    }
}

/// Where an end of a debt is asked about and done, below its own address.
pub(super) const fn path(event: RecoveryEvent) -> &'static str {
    match event {
        RecoveryEvent::Receive => "reception",
        RecoveryEvent::OffsetAgainst => "compensation",
        RecoveryEvent::WriteOff => "abandon",
        RecoveryEvent::Postpone => "delai",
        // Not for a person to press: it comes with the payment.
        RecoveryEvent::Reopen => "reouverture",
    }
}

fn button(id: RecoveryId, event: RecoveryEvent, refusal: Option<String>) -> Action {
    let (weight, press) = match event {
        RecoveryEvent::Receive => (Weight::Primary, Press::Acts),
        RecoveryEvent::OffsetAgainst | RecoveryEvent::Postpone | RecoveryEvent::Reopen => {
            (Weight::Secondary, Press::Asks)
        }
        RecoveryEvent::WriteOff => (Weight::Danger, Press::Asks),
    };
    let path = path(event);
    Action { label: event.label().to_owned(), href: format!("{LIST}/{id}/{path}"), weight, refusal, press }
}

fn facts(file: &RecoveryFile, others: &[RecoveryRow], today: NaiveDate) -> Vec<Fact> {
    let row = &file.recovery;
    let is_late = row.state == RecoveryState::Requested && row.due_on < today;
    let late = if is_late { format!(", {}", lateness(row.due_on, today)) } else { String::new() };
    let mut facts = vec![
        Fact::new("Organisation", &file.holder.name),
        // Its balance, line by line, and the letter that asks for the money.
        Fact::linked("Subvention", &file.grant.grant_reference, format!("/suivi/{}", row.grant_id)),
        Fact::new("Demandé le", french_date(row.requested_on)),
        Fact::new("Date limite", format!("{}{late}", french_date(row.due_on))),
    ];
    if let Some(day) = row.received_on {
        facts.push(Fact::new("Reçu le", french_date(day)));
    }
    let why =
        if matches!(row.state, RecoveryState::Requested | RecoveryState::Received) { "À savoir" } else { "Motif" };
    facts.extend(row.reason.as_ref().map(|reason| Fact::new(why, reason)));
    let other = |row: &RecoveryRow| {
        let said = format!("{} pour le {}", row.amount_cents, french_date(row.due_on));
        Fact::linked("Encore demandé", said, format!("{LIST}/{}", row.id))
    };
    facts.extend(others.iter().map(other));
    facts
}

type View = (RecoveryFile, Vec<RecoveryRow>, Vec<Action>, Vec<TimelineEvent>);

fn load(conn: &mut Conn, actor: &Actor, id: RecoveryId, now: Moment) -> Outcome<View> {
    let file = recoveries::file(conn, actor, id)?;
    // Buttons are judged as they will be once the words beside them are written.
    let mut standing = Recovery::look(conn, id, actor, now)?;
    standing.facts.reason = Some(String::new());
    standing.facts.is_received_on_known = true;
    // More time is asked for by a form of its own.
    let offered = standing.offered().into_iter().filter(|(event, _)| *event != RecoveryEvent::Postpone);
    let actions = offered.map(|(event, judged)| button(id, event, judged.err().map(|refusal| refusal.to_string())));
    let others = recoveries::asked_besides(conn, &file.recovery)?;
    Ok((file, others, actions.collect(), told(conn, Machine::Recovery, id.as_str())?))
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: RecoveryId,
    typed: Typed,
    errors: FieldErrors,
) -> Result<RecoveryPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (file, others, mut actions, events) = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let may = who.actor.is(Role::Finance) || who.actor.is(Role::Director);
    actions.retain(|_| may);
    let at = actions.iter().position(|action| !action.asks() && action.refusal.is_none());
    let receipt = at.map(|at| actions.remove(at));
    Ok(RecoveryPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Trop-perçus")],
        title: format!("Trop-perçu de {}", file.holder.name),
        badge: badge(file.recovery.state),
        stepper: standings::of_recovery(&file.recovery, now.paris_date()),
        amount: file.recovery.amount_cents,
        facts: facts(&file, &others, now.paris_date()),
        receipt,
        actions,
        id,
        version: file.recovery.version,
        token: entropy::form_token()?,
        events,
        typed,
        may_postpone: who.actor.is(Role::Finance) && file.recovery.state == RecoveryState::Requested,
        errors,
    })
}

/// One recovery.
pub async fn show(app: Data<App>, who: Books, id: Path<RecoveryId>) -> Reply {
    let typed = Typed { day: app.now().paris_date().to_string(), ..Typed::default() };
    Ok(render(&page(&app, &who, id.into_inner(), typed, FieldErrors::none()).await?))
}

/// What came with a verb.
struct Said {
    version: i32,
    reason: String,
    typed: Typed,
    now: Moment,
}

type Verb = fn(&mut Tx, &Actor, RecoveryId, &Said) -> Outcome<()>;

/// Runs a verb once per form; gives where it leads.
async fn run(
    app: &App,
    who: &SignedIn,
    id: RecoveryId,
    form: &Fields,
    (event, verb): (RecoveryEvent, Verb),
) -> Result<String, Failure> {
    let actor = who.actor.clone();
    let said =
        Said { version: form.version(), reason: form.text("motif").to_owned(), typed: Typed::of(form), now: app.now() };
    let run = move |tx: &mut Tx| {
        recoveries::file(tx.conn(), &actor, id)?;
        verb(tx, &actor, id, &said)?;
        Ok(format!("{LIST}/{id}"))
    };
    once(app, who, form, format!("{LIST}/{id}/{}", path(event)), run).await
}

/// Records that the money came back, or part of it.
pub async fn receive(app: Data<App>, who: Finance, id: Path<RecoveryId>, form: Fields) -> Reply {
    let id = id.into_inner();
    let verb: Verb = |tx, actor, id, said| {
        let part = said.typed.part()?;
        recovery_parts::receive(tx, actor, id, said.version, &part, said.now).map(drop)
    };
    match run(&app, &who, id, &form, (RecoveryEvent::Receive, verb)).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success("La somme est reçue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let page = page(&app, &who, id, Typed::of(&form), errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Puts its day off.
pub async fn postpone(app: Data<App>, who: Finance, id: Path<RecoveryId>, form: Fields) -> Reply {
    let id = id.into_inner();
    let verb: Verb = |tx, actor, id, said| {
        let delay = Delay { until: &said.typed.until, reason: &said.reason };
        recovery_delays::postpone(tx, actor, id, said.version, &delay, said.now).map(drop)
    };
    match run(&app, &who, id, &form, (RecoveryEvent::Postpone, verb)).await {
        Ok(answer) => {
            Ok(see_other_saying(answer, &Flash::success("L’échéance est reportée. L’organisation est prévenue.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let typed = Typed { day: app.now().paris_date().to_string(), ..Typed::of(&form) };
            let page = page(&app, &who, id, typed, errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Ends a debt otherwise, with the reason; a missing one is asked for again.
async fn give_up(app: &App, who: &SignedIn, id: RecoveryId, form: &Fields, event: RecoveryEvent) -> Reply {
    let (verb, sentence): (Verb, _) = match event {
        RecoveryEvent::WriteOff => (
            |tx, actor, id, said| {
                recoveries::give_up(tx, actor, id, said.version, (RecoveryEvent::WriteOff, &said.reason), said.now)
                    .map(drop)
            },
            "La créance est abandonnée.",
        ),
        _ => (
            |tx, actor, id, said| {
                recoveries::give_up(tx, actor, id, said.version, (RecoveryEvent::OffsetAgainst, &said.reason), said.now)
                    .map(drop)
            },
            "Le trop-perçu est compensé.",
        ),
    };
    match run(app, who, id, form, (event, verb)).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success(sentence))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let question = questions::settled_debt(app, who, id, event).await?;
            Ok(question.refused(form.text("motif"), errors_of(wrong)))
        }
        Err(failure) => Err(failure),
    }
}

/// Offsets it against something else that is due.
pub async fn offset(app: Data<App>, who: Finance, id: Path<RecoveryId>, form: Fields) -> Reply {
    give_up(&app, &who, id.into_inner(), &form, RecoveryEvent::OffsetAgainst).await
}

/// Gives it up; management alone may.
pub async fn write_off(app: Data<App>, who: Director, id: Path<RecoveryId>, form: Fields) -> Reply {
    give_up(&app, &who, id.into_inner(), &form, RecoveryEvent::WriteOff).await
}
