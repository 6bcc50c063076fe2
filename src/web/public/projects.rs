//! Funded projects.

use crate::{
    domain::ids::GrantId,
    store::funded_projects::{self, FundedProject},
    web::{
        App, Reply,
        audiences::Public,
        filters,
        pages::{Chrome, render},
        parts::Pager,
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

const PER_PAGE: usize = 30;

#[derive(Template)]
#[template(path = "public/projects.html")]
struct ProjectsPage {
    chrome: Chrome,
    projects: Vec<FundedProject>,
    pager: Pager,
}

/// Where a page of the list begins.
#[derive(Debug, Deserialize)]
pub struct From {
    apres: Option<GrantId>,
}

/// The funded projects, newest first.
pub async fn list(app: Data<App>, visitor: Public, from: Query<From>) -> Reply {
    let after = from.apres;
    let mut projects = app.read(move |conn| Ok(funded_projects::page(conn, after, PER_PAGE as i64 + 1)?)).await?;
    let has_more = projects.len() > PER_PAGE;
    projects.truncate(PER_PAGE);
    let next = projects.last().filter(|_| has_more).map(|last| format!("/projets?apres={}", last.id));
    let pager = Pager { first: after.map(|_| "/projets".to_owned()), next };
    Ok(render(&ProjectsPage { chrome: visitor.chrome(), projects, pager }))
}
