//! The minutes of a session for its members: what was decided, a copy to keep, and the signature of whoever presided.

use super::read_declared;
use crate::{
    domain::{
        ids::SessionId,
        lifecycles::applications::ApplicationState,
        minutes::{Item, Minutes},
        sessions::quorum_words,
    },
    store::entropy,
    usecases::{
        committee_mandates::About,
        form_tokens,
        minutes::{self as verbs, Reading},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Reviewer,
        flashes::see_other_saying,
        minutes::{self, VersionShown},
        pages::{Chrome, Flash, NavLink, render},
        parts::Fact,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "committee/minutes.html")]
struct MinutesPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    path: String,
    facts: Vec<Fact>,
    lines: Vec<Line>,
    versions: Vec<VersionShown>,
    /// What the reader signs; empty when they have nothing to sign.
    digest: String,
    version: i32,
    token: String,
}

struct Line {
    title: String,
    about: String,
    decided: String,
    vote: String,
}

fn line(item: &Item) -> Line {
    let amount = item.amount.filter(|_| item.state == ApplicationState::Awarded);
    let amount = amount.map(|amount| format!(", {amount}")).unwrap_or_default();
    Line {
        title: item.title.clone(),
        about: format!("{} – {}", item.reference, item.organisation),
        decided: format!("{}{amount}", item.state.label()),
        vote: item.tally.map(|tally| tally.words()).unwrap_or_default(),
    }
}

fn facts(minutes: &Minutes) -> Vec<Fact> {
    let chair = minutes.chair().map(|seat| seat.name.clone()).unwrap_or_default();
    vec![
        Fact::new("Séance", &minutes.title),
        Fact::new("Date", minutes.opened_at.unwrap_or(minutes.meets_at).french()),
        Fact::new("Lieu", &minutes.place),
        Fact::new("Présidence", chair),
        Fact::new("Quorum", quorum_words(minutes.roll.voices(&[]), minutes.quorum)),
        Fact::new("Accordé par la séance", minutes.granted()),
    ]
}

fn page(who: &Reviewer, reading: &Reading) -> Result<MinutesPage, Failure> {
    let session = &reading.session;
    let path = format!("/comite/seances/{}/proces-verbal", session.id);
    let digest = reading.versions.first().filter(|_| reading.may_sign).map(|last| last.digest.clone());
    Ok(MinutesPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/comite", "Mes évaluations"),
            NavLink::new(format!("/comite/seances/{}", session.id), &session.title),
        ],
        facts: facts(&reading.minutes),
        lines: reading.minutes.items.iter().map(line).collect(),
        versions: minutes::shown(&reading.versions, &path),
        path,
        digest: digest.unwrap_or_default(),
        version: session.version,
        token: entropy::form_token()?,
    })
}

/// The minutes.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<SessionId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let back = format!("/comite/seances/{id}/proces-verbal");
    let reading =
        read_declared(&app, &who, (back, About::Session(id)), move |conn| verbs::for_member(conn, &actor, id, now))
            .await?;
    Ok(render(&page(&who, &reading)?))
}

/// One version as a PDF.
pub async fn sheet(app: Data<App>, who: Reviewer, place: Path<(SessionId, String)>) -> Reply {
    let ((id, number), actor) = (place.into_inner(), who.actor.clone());
    let number: i32 = number.parse().map_err(|_| Failure::NotFound)?;
    let back = format!("/comite/seances/{id}/proces-verbal");
    let sheet =
        read_declared(&app, &who, (back, About::Session(id)), move |conn| verbs::copy(conn, &actor, id, number))
            .await?;
    minutes::download(&app, sheet).await
}

/// Signs the last version.
pub async fn sign(app: Data<App>, who: Reviewer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (version, token, digest) = (form.version(), form.token().to_owned(), form.text("empreinte").to_owned());
    let route = format!("/comite/seances/{id}/proces-verbal");
    let to = app
        .write(move |tx| {
            let sending = form_tokens::Sending { person, token: &token, route: &route, body: digest.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                verbs::sign(tx, &actor, id, version, &digest, now)?;
                Ok(route.clone())
            })
        })
        .await?;
    app.bells().ring(id);
    Ok(see_other_saying(to, &Flash::success("Vous avez signé le procès-verbal.")))
}
