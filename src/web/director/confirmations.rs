//! What awaits my confirmation: decisions of sessions, payment runs.

use crate::{
    domain::{
        ids::{PaymentRunId, PromotionId, SessionId},
        lifecycles::sessions::SessionEvent,
        money::Euros,
        scoring::Score,
        sessions::{Presence, Seat, quorum_words},
        time::{Moment, french_date},
    },
    store::{
        Conn, entropy,
        payment_runs::PaymentRunRow,
        sessions::{Item, SessionLine},
    },
    usecases::{
        Outcome, UseCaseError,
        agendas::{self, Room},
        form_tokens, minutes, promotions,
        release_plans::Plan,
        run_queues, sessions,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Director,
        flashes::see_other_saying,
        meters::Meter,
        minutes::{VersionShown, shown},
        officer::{sessions::meter, tone},
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Badge, Fact, Pager, Press, Stepper, Weight},
        session_stages::{Reader, is_unsigned, stepper},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "director/confirmations.html")]
struct ConfirmationsPage {
    chrome: Chrome,
    sessions: Waiting,
    promotions: Waiting,
    runs: Waiting,
    /// Runs in which the reader had a hand, and how many there are in all.
    others: Waiting,
    others_count: i64,
}

/// Cards of one kind on one page: address, title, note.
struct Waiting {
    cards: Vec<(String, String, String)>,
    pager: Pager,
}

/// Things of one kind on one page.
const PAGE: usize = 24;
/// One more than a page: whether others follow.
const ASKED: i64 = 25;

/// Where each list goes on.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct After {
    /// When the last session met, in seconds, and its identifier.
    seances: Option<String>,
    propositions: Option<PromotionId>,
    lots: Option<PaymentRunId>,
    autres: Option<PaymentRunId>,
}

impl After {
    fn session(&self) -> Option<(Moment, SessionId)> {
        let (at, id) = self.seances.as_deref()?.split_once('.')?;
        Some((Moment::from_unix_seconds(at.parse().ok()?), id.parse().ok()?))
    }
}

/// A page of what was read; `key` is where the list goes on after a thing.
fn page_of<T>(
    rows: &[T],
    (list, is_later): (&str, bool),
    key: impl Fn(&T) -> String,
    card: impl Fn(&T) -> (String, String, String),
) -> Waiting {
    let shown = rows.get(..PAGE).unwrap_or(rows);
    let last = shown.last().filter(|_| rows.len() > PAGE);
    let next = last.map(|row| format!("/direction?{list}={}", key(row)));
    Waiting {
        cards: shown.iter().map(card).collect(),
        pager: Pager { first: is_later.then(|| "/direction".to_owned()), next },
    }
}

/// Everything that waits for me.
pub async fn list(app: Data<App>, who: Director, after: Query<After>) -> Reply {
    let (actor, after) = (who.actor.clone(), after.into_inner());
    let from = after.clone();
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let minuted = agendas::to_confirm(conn, &actor, from.session(), ASKED)?;
        let proposed = promotions::to_confirm(conn, &actor, from.propositions, ASKED)?;
        let runs = run_queues::to_approve(conn, &actor, from.lots, ASKED)?;
        Ok((minuted, proposed, runs, run_queues::for_others(conn, &actor, from.autres, ASKED)?))
    };
    let (minuted, proposed, runs, (others, others_count)) = app.read(load).await?;
    let proposal = |(id, title, reference, amount): &(PromotionId, String, String, Euros)| {
        (format!("/direction/promotions/{id}"), title.clone(), format!("{reference}, {amount}"))
    };
    let session = |row: &SessionLine| {
        let note = format!("{}, {}", row.call_title, row.meets_at.french());
        (format!("/direction/seances/{}", row.id), row.title.clone(), note)
    };
    let run = |run: &PaymentRunRow| {
        let note = format!("à exécuter le {}", french_date(run.execution_on));
        (format!("/finances/lots/{}", run.id), run.reference.clone(), note)
    };
    let met = |row: &SessionLine| format!("{}.{}", row.meets_at.unix_seconds(), row.id);
    Ok(render(&ConfirmationsPage {
        chrome: who.chrome(),
        sessions: page_of(&minuted, ("seances", after.seances.is_some()), met, session),
        promotions: page_of(
            &proposed,
            ("propositions", after.propositions.is_some()),
            |proposal| proposal.0.to_string(),
            proposal,
        ),
        runs: page_of(&runs, ("lots", after.lots.is_some()), |run| run.id.to_string(), run),
        others: page_of(&others, ("autres", after.autres.is_some()), |run| run.id.to_string(), run),
        others_count,
    }))
}

#[derive(Template)]
#[template(path = "director/session.html")]
struct SessionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    stepper: Stepper,
    facts: Vec<Fact>,
    meter: Meter,
    lines: Vec<Line>,
    versions: Vec<VersionShown>,
    /// Where the confirmation is sent.
    path: String,
    may_confirm: bool,
    /// The button that stands dead; none when it is alive.
    actions: Vec<Action>,
    /// When the results leave by the clock, in a sentence; empty when no hour is fixed.
    release: String,
    /// When the board met, as typed.
    day: String,
    version: i32,
    token: String,
    errors: FieldErrors,
}

struct Line {
    reference: String,
    title: String,
    organisation: String,
    mean: String,
    requested: String,
    decided: String,
    badge: Badge,
    motive: String,
    out: String,
}

fn line(room: &Room, item: &Item) -> Line {
    Line {
        reference: item.reference.clone(),
        title: item.title.clone(),
        organisation: item.organisation.clone(),
        mean: if item.score_count > 0 { Score::from_hundredths(item.score_mean).to_string() } else { String::new() },
        requested: item.requested_cents.to_string(),
        decided: item.decided_cents.map(|amount| amount.to_string()).unwrap_or_default(),
        badge: Badge { tone: tone(item.state), label: item.state.label().to_owned() },
        motive: item.motive.clone().unwrap_or_default(),
        out: room.recused.get(&item.application_id).map(|names| names.join(", ")).unwrap_or_default(),
    }
}

/// The one button of the page.
fn confirmation(room: &Room) -> Option<Action> {
    let (event, judged) = room.offered.iter().find(|(event, _)| *event == SessionEvent::Confirm)?;
    Some(Action {
        label: event.label().into(),
        href: format!("/direction/seances/{}", room.session.id),
        weight: Weight::Primary,
        refusal: judged.as_ref().err().map(ToString::to_string),
        press: Press::Acts,
    })
}

fn facts(room: &Room) -> Vec<Fact> {
    let there = |seat: &&Seat| seat.presence.is_some_and(Presence::is_there) || room.roll.bearer(seat).is_some();
    let there: Vec<&str> = room.roll.0.iter().filter(there).map(|seat| seat.name.as_str()).collect();
    vec![
        Fact::new("Appel", &room.call.title),
        Fact::new("Séance", format!("{}, {}", room.session.meets_at.french(), room.session.place)),
        Fact::new("État", room.session.state.label()),
        Fact::new("Présent·es ou représenté·es", there.join(", ")),
        Fact::new("Quorum", quorum_words(room.roll.voices(&[]), room.session.quorum)),
    ]
}

async fn build(
    app: &App,
    who: &Director,
    id: SessionId,
    day: Option<String>,
    errors: FieldErrors,
) -> Result<SessionPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (room, versions) =
        app.read(move |conn| Ok((agendas::room(conn, &actor, id, now)?, minutes::for_team(conn, &actor, id)?))).await?;
    let actions: Vec<Action> = confirmation(&room).into_iter().collect();
    Ok(SessionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/direction", "À confirmer")],
        title: room.session.title.clone(),
        stepper: stepper(Reader::Director, (&room.session, room.call.decision_pace), is_unsigned(&versions), now),
        facts: facts(&room),
        meter: meter(&room),
        lines: room.items.iter().map(|item| line(&room, item)).collect(),
        release: room.release.as_ref().map(Plan::words).unwrap_or_default(),
        versions: shown(&versions, &format!("/seances/{id}/proces-verbal")),
        path: format!("/direction/seances/{id}"),
        may_confirm: actions.iter().any(|action| action.refusal.is_none()),
        actions: actions.into_iter().filter(|action| action.refusal.is_some()).collect(),
        day: day.unwrap_or_else(|| now.paris_date().to_string()),
        version: room.session.version,
        token: entropy::form_token()?,
        errors,
    })
}

/// The decisions of one session, to be confirmed.
pub async fn show(app: Data<App>, who: Director, id: Path<SessionId>) -> Reply {
    Ok(render(&build(&app, &who, id.into_inner(), None, FieldErrors::none()).await?))
}

/// Confirms them, on the day the board met.
pub async fn confirm(app: Data<App>, who: Director, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (version, token, route) = (form.version(), form.token().to_owned(), format!("/direction/seances/{id}"));
    let day = form.text("reunion").to_owned();
    let typed = day.clone();
    let written = app.write(move |tx| {
        let body = format!("{version}\n{day}");
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            sessions::confirm(tx, &actor, id, version, &day, now)?;
            Ok("/direction".into())
        })
    });
    match written.await {
        Ok(to) => {
            app.bells().ring(id);
            let said = "Les décisions sont confirmées. L’équipe peut préparer l’annonce.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = build(&app, &who, id, Some(typed), errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
