//! The room of a session for one of its members: the file before the committee, and what the proposals leave.

use super::owes_session;
use crate::{
    domain::{
        ids::{ApplicationId, ReviewId, SessionId},
        money::Euros,
        sessions::quorum_words,
    },
    usecases::{
        agendas,
        rooms::{self, Current, CutLine, Floor, Line},
    },
    web::{
        App, Failure, Reply,
        audiences::Reviewer,
        bells,
        meters::Gauged,
        officer::rooms::words,
        pages::{Chrome, NavLink, render, see_other},
        parts::Fact,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "committee/room.html")]
struct RoomPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    /// Whether the member has to leave the room for the file before the committee.
    is_out: bool,
    current: Option<Before>,
    /// The voices there are, beside the quorum.
    voices: String,
    gauges: Vec<Gauged>,
    sources: Vec<Gauged>,
    lines: Vec<Shown>,
}

struct Before {
    title: String,
    /// The member's own review; empty without one.
    review: String,
    conflict: String,
    facts: Vec<Fact>,
}

struct Shown {
    title: String,
    about: String,
    requested: String,
    proposed: String,
    is_current: bool,
}

/// What is said of a file: its decision, its proposal, or nothing.
fn said(line: &Line) -> String {
    match line.candidate.proposal.filter(|_| !line.candidate.is_decided) {
        Some(proposal) => words(proposal),
        None if line.candidate.is_decided => {
            let amount = line.row.decided.map(|amount: Euros| format!(", {amount}")).unwrap_or_default();
            format!("{}{amount}", line.row.state.label())
        }
        None => String::new(),
    }
}

fn before(
    cut: &CutLine,
    (current, floor): (Current, Floor),
    own: &BTreeMap<ApplicationId, ReviewId>,
) -> Option<Before> {
    let Current::File(id) = current else { return None };
    let line = cut.line(id)?;
    let vote = floor.tally.map(|tally| Fact::new("Vote", tally.words()));
    Some(Before {
        title: line.row.title.clone(),
        review: own.get(&id).map(|review| format!("/comite/evaluations/{review}")).unwrap_or_default(),
        conflict: format!("/comite/dossiers/{id}/deport"),
        facts: [
            Fact::new("Organisation", &line.row.organisation),
            Fact::new("Numéro", &line.row.reference),
            Fact::new("Demandé", line.row.requested),
            Fact::new(
                "Proposé",
                match said(line) {
                    text if text.is_empty() => "rien encore".to_owned(),
                    text => text,
                },
            ),
        ]
        .into_iter()
        .chain(vote)
        .collect(),
    })
}

/// The room.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<SessionId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    if owes_session(&app, &who, id).await? {
        return Ok(see_other(format!("/comite/seances/{id}/declaration")));
    }
    let ((cut, current), sources, floor, own) = app
        .read(move |conn| {
            let seen = rooms::for_member(conn, &actor, id)?;
            let floor = rooms::floor(conn, &actor, id, seen.1)?;
            let sources = rooms::sources_for_member(conn, &actor, &seen.0)?;
            Ok((seen, sources, floor, agendas::own_reviews(conn, &actor, id)?))
        })
        .await?;
    let shown = |line: &Line| Shown {
        title: line.row.title.clone(),
        about: format!("{} – {}", line.row.reference, line.row.organisation),
        requested: line.row.requested.to_string(),
        proposed: said(line),
        is_current: current == Current::File(line.row.id),
    };
    Ok(render(&RoomPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/comite", "Mes évaluations"),
            NavLink::new(format!("/comite/seances/{id}"), &cut.session.title),
        ],
        id: id.to_string(),
        title: cut.session.title.clone(),
        is_out: current == Current::OutOfRoom,
        current: before(&cut, (current, floor), &own),
        voices: quorum_words(floor.voices, cut.session.quorum),
        gauges: cut.gauges.iter().map(Gauged::from).collect(),
        sources: sources.iter().map(Gauged::from).collect(),
        lines: cut.lines.iter().map(shown).collect(),
    }))
}

/// The changes of the room, as they happen.
pub async fn follow(app: Data<App>, who: Reviewer, id: Path<SessionId>) -> Reply {
    let id = id.into_inner();
    if owes_session(&app, &who, id).await? {
        return Err(Failure::NotFound);
    }
    bells::follow(app, &who, id).await
}
