//! The list of my applications: each with its state and whoever acts next.

use super::{
    applications::{badge, named},
    stages,
};
use crate::{
    domain::{decisions::shown_to_applicants, ids::ApplicationId, lifecycles::applications::ApplicationState},
    store::applications::{self as rows, Filter},
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

/// The applications of my organisations.
pub async fn list(app: Data<App>, who: Applicant, after: Query<After>) -> Reply {
    let sight = rows::Sight { person: Some(who.id), reach: rows::Reach::Own };
    let after = after.into_inner().apres;
    let found = app.read(move |conn| Ok(rows::page(conn, sight, &Filter::default(), after, PAGE + 1)?)).await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    let shown: Vec<_> = found.into_iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX)).collect();
    let pager = Pager {
        first: after.map(|_| "/dossiers".into()),
        next: shown.last().filter(|_| more).map(|line| format!("/dossiers?apres={}", line.id)),
    };
    let line = |row: rows::ApplicationLine| {
        let state = shown_to_applicants(row.state, row.call_state, row.decision_pace);
        Line {
            href: format!("/dossiers/{}", row.id),
            title: named(&row.title),
            reference: row.reference,
            call: row.call_title,
            badge: badge(state),
            next: match state {
                // Its grant says whose turn it is.
                ApplicationState::Awarded => "Voir la subvention",
                state => stages::actor(state.stage().acts),
            },
        }
    };
    Ok(render(&ApplicationsPage { chrome: who.chrome(), lines: shown.into_iter().map(line).collect(), pager }))
}
