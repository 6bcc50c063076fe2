//! What awaits my confirmation: decisions of sessions, payment runs.

use crate::{
    domain::{
        ids::SessionId,
        lifecycles::{payment_runs::PaymentRunState, sessions::SessionEvent},
        scoring::Score,
        sessions::{Presence, Seat, quorum_words},
        time::french_date,
    },
    store::{entropy, sessions::Item},
    usecases::{
        agendas::{self, Room},
        form_tokens, payment_runs,
        release_plans::Plan,
        sessions,
    },
    web::{
        App, Fields, Reply,
        audiences::Director,
        flashes::see_other_saying,
        meters::Meter,
        officer::{sessions::meter, tone},
        pages::{Chrome, Flash, NavLink, render},
        parts::{Action, Badge, Fact, Press, Weight},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "director/confirmations.html")]
struct ConfirmationsPage {
    chrome: Chrome,
    sessions: Vec<(String, String, String)>,
    runs: Vec<(String, String, String)>,
}

/// Runs looked through for those that wait.
const MOST_RUNS: i64 = 200;

/// Everything that waits for me.
pub async fn list(app: Data<App>, who: Director) -> Reply {
    let actor = who.actor.clone();
    let (minuted, runs) = app
        .read(move |conn| Ok((agendas::to_confirm(conn, &actor)?, payment_runs::page(conn, &actor, None, MOST_RUNS)?)))
        .await?;
    let runs = runs.into_iter().filter(|run| run.state == PaymentRunState::Open && run.prepared_by != who.id);
    let session = |row: crate::store::sessions::SessionLine| {
        (format!("/direction/seances/{}", row.id), row.title, format!("{}, {}", row.call_title, row.meets_at.french()))
    };
    Ok(render(&ConfirmationsPage {
        chrome: who.chrome(),
        sessions: minuted.into_iter().map(session).collect(),
        runs: runs
            .map(|run| {
                (
                    format!("/finances/lots/{}", run.id),
                    run.reference,
                    format!("à exécuter le {}", french_date(run.execution_on)),
                )
            })
            .collect(),
    }))
}

#[derive(Template)]
#[template(path = "director/session.html")]
struct SessionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    facts: Vec<Fact>,
    meter: Meter,
    lines: Vec<Line>,
    actions: Vec<Action>,
    /// When the results leave by the clock, in a sentence; empty when no hour is fixed.
    release: String,
    version: i32,
    token: String,
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

/// The decisions of one session, to be confirmed.
pub async fn show(app: Data<App>, who: Director, id: Path<SessionId>) -> Reply {
    let (actor, now, id) = (who.actor.clone(), app.now(), id.into_inner());
    let room = app.read(move |conn| agendas::room(conn, &actor, id, now)).await?;
    Ok(render(&SessionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/direction", "À confirmer")],
        title: room.session.title.clone(),
        facts: facts(&room),
        meter: meter(&room),
        lines: room.items.iter().map(|item| line(&room, item)).collect(),
        release: room.release.as_ref().map(Plan::words).unwrap_or_default(),
        actions: confirmation(&room).into_iter().collect(),
        version: room.session.version,
        token: entropy::form_token()?,
    }))
}

/// Confirms them.
pub async fn confirm(app: Data<App>, who: Director, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (version, token, route) = (form.version(), form.token().to_owned(), format!("/direction/seances/{id}"));
    let to = app
        .write(move |tx| {
            let body = version.to_string();
            let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                sessions::step(tx, &actor, id, version, SessionEvent::Confirm, now)?;
                Ok("/direction".into())
            })
        })
        .await?;
    Ok(see_other_saying(to, &Flash::success("Les décisions sont confirmées. L’équipe peut préparer l’annonce.")))
}
