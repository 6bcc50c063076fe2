//! The money journal: every movement, every account and what lies on it. Nothing of it can be changed from here.

use super::places;
use crate::{
    domain::{
        ids::{AccountId, CallId},
        journal::Stage,
        money::Euros,
    },
    store::{books::AccountWords, exports},
    usecases::books::{self, Movement},
    web::{
        App, Reply,
        audiences::Books,
        filters,
        pages::{Chrome, NavLink, render},
        parts::{Choice, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

/// Lines on one page.
const PAGE: usize = 50;
const LIST: &str = "/finances/journal";
const ACCOUNTS: &str = "/finances/journal/comptes";

#[derive(Template)]
#[template(path = "finance/journal.html")]
struct JournalPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    lines: Vec<Line>,
    pager: Pager,
}

/// One movement as the page shows it.
struct Line {
    movement: Movement,
    from: String,
    to: String,
}

/// An account in a few words: « engagé · SUB-2027-0004 · AFD-2026 ».
pub(super) fn words(account: &AccountWords) -> String {
    let owner = account.grant.as_ref().or(account.call.as_ref());
    let owner = owner.map(|reference| format!(" · {reference}")).unwrap_or_default();
    format!("{}{owner} · {}", account.stage.label(), account.source)
}

/// Where a list goes on.
#[derive(Debug, Deserialize)]
pub struct Before {
    avant: Option<i64>,
}

/// The movements, the newest first.
pub async fn list(app: Data<App>, who: Books, asked: Query<Before>) -> Reply {
    let (actor, key) = (who.actor.clone(), asked.avant);
    let mut found = app.read(move |conn| books::movements(conn, &actor, key, PAGE as i64 + 1)).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| format!("{LIST}?avant={}", last.row.seq));
    let line = |movement: Movement| Line { from: words(&movement.from), to: words(&movement.to), movement };
    let page = JournalPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        lines: found.into_iter().map(line).collect(),
        pager: Pager { first: key.map(|_| LIST.into()), next },
    };
    Ok(render(&page))
}

#[derive(Template)]
#[template(path = "finance/accounts.html")]
struct AccountsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    calls: Vec<Choice>,
    stages: Vec<Choice>,
    accounts: Vec<(AccountWords, Euros)>,
    pager: Pager,
    /// Where the list leaves as a file.
    file: String,
}

/// Which accounts are asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub(super) appel: String,
    #[serde(default)]
    pub(super) etape: String,
    #[serde(default)]
    apres: String,
}

/// The accounts, each with its balance.
pub async fn accounts(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let actor = who.actor.clone();
    let (call, stage) = (asked.appel.parse::<CallId>().ok(), asked.etape.parse::<Stage>().ok());
    let key = asked.apres.parse::<AccountId>().ok();
    let (calls, mut found) = app
        .read(move |conn| {
            let found = books::accounts(conn, &actor, (stage, call), key, PAGE as i64 + 1)?;
            Ok((exports::calls(conn, None)?, found))
        })
        .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let first = format!("{ACCOUNTS}?appel={}&etape={}", asked.appel, asked.etape);
    let next = found.last().filter(|_| more).map(|(last, _)| format!("{first}&apres={}", last.id));
    let call = call.map(|id| id.to_string()).unwrap_or_default();
    let page = AccountsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Journal")],
        calls: Choice::list(calls.into_iter().map(|row| (row.id.to_string(), row.title)), &[&call]),
        stages: Choice::list(
            Stage::ALL.iter().map(|stage| (stage.code(), super::capital(stage.label()))),
            &[stage.map_or("", Stage::code)],
        ),
        accounts: found,
        file: first.replacen(ACCOUNTS, "/finances/journal/comptes/fichier", 1) + "&",
        pager: Pager { first: key.map(|_| first), next },
    };
    Ok(render(&page))
}
