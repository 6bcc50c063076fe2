//! The mailbox of the demo: every mail that would have left, with links that can be followed. It exists only where
//! the site was started with it.

use super::{
    App, Failure, Reply,
    audiences::Public,
    filters,
    pages::{Chrome, NavLink, render},
    parts::Pager,
};
use crate::{
    domain::time::Moment,
    mail::mailbox::{self, Received},
};
use actix_web::{
    HttpResponse,
    http::header::{ContentDisposition, DispositionParam, DispositionType},
    web::{self, Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use std::path::PathBuf;

/// Mails on one page.
const PAGE: usize = 50;
const LIST: &str = "/boite-aux-lettres";

#[derive(Template)]
#[template(path = "mailbox/list.html")]
struct MailboxPage {
    chrome: Chrome,
    mails: Vec<Received>,
    pager: Pager,
}

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct Asked {
    apres: Option<String>,
}

fn folder(app: &App) -> Result<PathBuf, Failure> {
    app.mailbox().map(PathBuf::from).ok_or(Failure::NotFound)
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    web::block(work).await.map_err(|error| Failure::Broken(error.to_string()))
}

/// The mails, the newest first.
pub async fn list(app: Data<App>, visitor: Public, asked: Query<Asked>) -> Reply {
    let (folder, after) = (folder(&app)?, asked.into_inner().apres);
    let is_later = after.is_some();
    let mails = apart(move || mailbox::list(&folder, after.as_deref(), PAGE + 1)).await?;
    let mut mails = mails.map_err(|error| Failure::Broken(error.to_string()))?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let next = mails.last().filter(|_| more).map(|last| format!("{LIST}?apres={}", last.file));
    let pager = Pager { first: is_later.then(|| LIST.to_owned()), next };
    Ok(render(&MailboxPage { chrome: visitor.chrome(), mails, pager }))
}

/// A piece of a line of text.
enum Piece {
    Words(String),
    Link(String),
}

#[derive(Template)]
#[template(path = "mailbox/mail.html")]
struct MailPage {
    chrome: Chrome,
    links: Vec<NavLink>,
    mail: Received,
    at: Moment,
    paragraphs: Vec<Vec<Vec<Piece>>>,
}

/// The text by paragraphs and lines, its addresses as links.
fn paragraphs(text: &str) -> Vec<Vec<Vec<Piece>>> {
    let piece = |word: &str| match word.starts_with("http://") || word.starts_with("https://") {
        true => Piece::Link(word.to_owned()),
        false => Piece::Words(word.to_owned()),
    };
    let line = |line: &str| line.split(' ').map(piece).collect();
    let paragraph = |part: &str| part.trim().lines().map(line).collect();
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(paragraph).collect()
}

/// One mail.
pub async fn show(app: Data<App>, visitor: Public, file: Path<String>) -> Reply {
    let folder = folder(&app)?;
    let mail = apart(move || mailbox::read(&folder, &file)).await?.ok_or(Failure::NotFound)?;
    let page = MailPage {
        chrome: visitor.chrome(),
        links: vec![NavLink::new(LIST, "Boîte aux lettres")],
        at: Moment::from_unix_seconds(mail.at),
        paragraphs: paragraphs(&mail.text),
        mail,
    };
    Ok(render(&page))
}

/// What is attached to a mail.
pub async fn attachment(app: Data<App>, path: Path<(String, usize)>) -> Reply {
    let (folder, (file, index)) = (folder(&app)?, path.into_inner());
    let found = apart(move || mailbox::attachment(&folder, &file, index)).await?;
    let (name, bytes) = found.ok_or(Failure::NotFound)?;
    let content_type = if name.ends_with(".ics") { "text/calendar; charset=utf-8" } else { "application/pdf" };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok().content_type(content_type).insert_header(disposition).body(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_lines_stay() {
        let found = paragraphs("Bonjour Zoé,\n\n\nConfirmer :\nhttps://fonds.example.org/a?b=c\n");
        assert_eq!(found.len(), 2);
        assert!(matches!(&found[1][1][0], Piece::Link(href) if href == "https://fonds.example.org/a?b=c"));
        assert!(matches!(&found[1][0][0], Piece::Words(word) if word == "Confirmer"));
    }
}
