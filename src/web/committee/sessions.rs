//! A session as its members see it: when, where, and the files they will discuss.

use super::{read_declared, statistics};
use crate::{
    domain::{ids::SessionId, lifecycles::sessions::SessionState},
    usecases::{agendas, committee_mandates::About},
    web::{
        App, Reply,
        audiences::Reviewer,
        pages::{Chrome, NavLink, render},
        parts::{Fact, Stepper},
        session_stages::{Reader, stepper},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "committee/session.html")]
struct SessionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    stepper: Stepper,
    facts: Vec<Fact>,
    room: String,
    /// Where the minutes are; empty until they are made.
    minutes: String,
    statistics: String,
    /// Over the table: one may step aside until the minutes are made.
    heads: Vec<&'static str>,
    items: Vec<Item>,
    is_by_reference: bool,
}

struct Item {
    href: String,
    conflict_href: String,
    reference: String,
    title: String,
    organisation: String,
    requested: String,
}

/// One session, for a member of its committee.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<SessionId>) -> Reply {
    let (actor, id, now) = (who.actor.clone(), id.into_inner(), app.now());
    let back = format!("/comite/seances/{id}");
    let at = (back, About::Session(id));
    let agenda = read_declared(&app, &who, at, move |conn| agendas::for_member(conn, &actor, id, now)).await?;
    let item = |(item, review): (crate::store::sessions::Item, Option<crate::domain::ids::ReviewId>)| Item {
        href: review.map(|review| format!("/comite/evaluations/{review}")).unwrap_or_default(),
        conflict_href: format!("/comite/dossiers/{}/deport", item.application_id),
        reference: item.reference,
        title: item.title,
        organisation: item.organisation,
        requested: item.requested_cents.to_string(),
    };
    let is_minuted = matches!(agenda.session.state, SessionState::Minuted | SessionState::Confirmed);
    let mut heads = vec!["Dossier", "Organisation", "Demandé"];
    if !is_minuted {
        heads.push("Déport");
    }
    Ok(render(&SessionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        stepper: stepper(Reader::Member, (&agenda.session, agenda.pace), agenda.is_unsigned, now),
        facts: vec![
            Fact::new("Date", agenda.session.meets_at.french()),
            Fact::new("Lieu", &agenda.session.place),
            Fact::new("Appel", &agenda.call_title),
        ],
        room: format!("/comite/seances/{}/salle", agenda.session.id),
        minutes: match is_minuted {
            true => format!("/comite/seances/{}/proces-verbal", agenda.session.id),
            false => String::new(),
        },
        heads,
        statistics: statistics::address(&agenda.call_reference),
        title: agenda.session.title,
        is_by_reference: agenda.is_by_reference,
        items: agenda.items.into_iter().map(item).collect(),
    }))
}
