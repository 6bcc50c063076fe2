//! The list of my applications: each with its state and whoever acts next.

use super::{
    applications::{badge, named},
    stages,
};
use crate::{
    domain::{
        decisions::shown_to_applicants,
        ids::ApplicationId,
        lifecycles::{applications::ApplicationState, grants::GrantState},
    },
    store::{
        applications::{self as rows, Filter},
        grants::GrantFile,
    },
    usecases::{Outcome, grants},
    web::{
        App, Reply,
        audiences::Applicant,
        pages::{Chrome, render},
        parts::{Badge, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;

const PAGE: i64 = 30;

#[derive(Template)]
#[template(path = "applicant/applications.html")]
struct ApplicationsPage {
    chrome: Chrome,
    lines: Vec<Line>,
    pager: Pager,
}

struct Line {
    href: String,
    title: String,
    reference: String,
    call: String,
    badge: Badge,
    /// Who acts next.
    next: &'static str,
}

/// Where a list goes on.
#[derive(Debug, serde::Deserialize)]
pub struct After {
    apres: Option<ApplicationId>,
}

/// The state of a file as its applicant may know it.
fn shown(row: &rows::ApplicationLine) -> ApplicationState {
    shown_to_applicants(row.state, row.call_state, row.decision_pace)
}

/// Who acts next on a file that was awarded: its page leads to what follows.
fn after_award(id: ApplicationId, grants: &[GrantFile]) -> &'static str {
    match grants.iter().find(|file| file.grant.application_id == id) {
        Some(file) if file.grant.state == GrantState::Offered => "Vous",
        Some(_) => "Voir la subvention",
        None => stages::FOLLOWERS,
    }
}

/// The applications of my organisations.
pub async fn list(app: Data<App>, who: Applicant, after: Query<After>) -> Reply {
    let sight = rows::Sight { person: Some(who.id), reach: rows::Reach::Own };
    let after = after.into_inner().apres;
    let actor = who.actor.clone();
    let load = move |conn: &mut crate::store::Conn| -> Outcome<_> {
        let found = rows::page(conn, sight, &Filter::default(), after, PAGE + 1)?;
        let awarded = found.iter().filter(|row| shown(row) == ApplicationState::Awarded);
        let awarded: Vec<_> = awarded.map(|row| row.id).collect();
        let granted = if awarded.is_empty() { Vec::new() } else { grants::mine_of(conn, &actor, &awarded)? };
        Ok((found, granted))
    };
    let (found, granted) = app.read(load).await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    let lines: Vec<_> = found.into_iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX)).collect();
    let pager = Pager {
        first: after.map(|_| "/dossiers".into()),
        next: lines.last().filter(|_| more).map(|line| format!("/dossiers?apres={}", line.id)),
    };
    let line = |row: rows::ApplicationLine| {
        let state = shown(&row);
        Line {
            href: format!("/dossiers/{}", row.id),
            title: named(&row.title),
            reference: row.reference,
            call: row.call_title,
            badge: badge(state),
            next: match state {
                ApplicationState::Awarded => after_award(row.id, &granted),
                _ => stages::actor(state.stage().acts),
            },
        }
    };
    Ok(render(&ApplicationsPage { chrome: who.chrome(), lines: lines.into_iter().map(line).collect(), pager }))
}
