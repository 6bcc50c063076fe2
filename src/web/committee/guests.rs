//! What a guest of a committee reads: its files, without a grid.

use super::read_declared;
use crate::{
    domain::{ids::ApplicationId, time::french_date},
    store::Conn,
    usecases::{
        answers::Content,
        committee_mandates::About,
        dossiers::communes_of,
        guests::{self, GuestCall},
    },
    web::{
        App, Reply,
        answers::{self, SectionShown},
        audiences::Reviewer,
        filters,
        pages::{Chrome, NavLink, render},
        parts::Fact,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

const LIST: &str = "/comite/lectures";

#[derive(Template)]
#[template(path = "committee/guest_files.html")]
struct FilesPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    calls: Vec<(String, Vec<Line>)>,
}

struct Line {
    href: String,
    title: String,
    reference: String,
}

#[derive(Template)]
#[template(path = "committee/guest_file.html")]
struct FilePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    fund: String,
    title: String,
    reference: String,
    organisation: String,
    conflict: String,
    facts: Vec<Fact>,
    sections: Vec<SectionShown>,
}

fn way() -> Vec<NavLink> {
    vec![NavLink::new("/comite", "Mes évaluations")]
}

/// The files there are to read.
pub async fn list(app: Data<App>, who: Reviewer) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let at = (LIST.to_owned(), About::All);
    let found = read_declared(&app, &who, at, move |conn| guests::list(conn, &actor, now)).await?;
    let line = |file: crate::store::reviews::FileRow| Line {
        href: format!("{LIST}/{}", file.id),
        title: file.title,
        reference: file.reference,
    };
    let calls = found.into_iter().map(|GuestCall { title, files }| (title, files.into_iter().map(line).collect()));
    Ok(render(&FilesPage { chrome: who.chrome(), way: way(), calls: calls.collect() }))
}

fn facts(content: &Content) -> Vec<Fact> {
    let row = &content.row;
    let period = match (row.starts_on, row.ends_on) {
        (Some(start), Some(end)) => format!("du {} au {}", french_date(start), french_date(end)),
        _ => String::new(),
    };
    vec![
        Fact::new("Montant demandé", row.requested_cents),
        Fact::new("Période", period),
        Fact::new("Partenaires", content.partners.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
    ]
}

/// One file, read without a grid.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<ApplicationId>) -> Reply {
    let (actor, id) = (who.actor.clone(), id.into_inner());
    let load = move |conn: &mut Conn| {
        let (content, fund) = guests::find(conn, &actor, id)?;
        let places = communes_of(conn, &content)?;
        Ok((content, fund, places))
    };
    let (content, fund, places) = read_declared(&app, &who, (format!("{LIST}/{id}"), About::File(id)), load).await?;
    let cards = std::iter::once(&content.organisation).chain(&content.partner);
    let mut way = way();
    way.push(NavLink::new(LIST, "Dossiers à lire"));
    Ok(render(&FilePage {
        chrome: who.chrome(),
        way,
        fund: fund.code.clone(),
        title: content.row.title.clone(),
        reference: content.row.reference.clone(),
        organisation: cards.map(|card| card.name.as_str()).collect::<Vec<_>>().join(" et "),
        conflict: format!("/comite/dossiers/{id}/deport"),
        facts: facts(&content),
        sections: answers::sections(&content, &places),
    }))
}
