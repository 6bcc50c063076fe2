//! The money journal: every movement, every account and what lay on it any evening. Nothing of it can be changed from here.

use super::{
    exports::{answer_name, day_of_form, streamed},
    places,
};
use crate::{
    domain::{
        ids::{AccountId, FunderId},
        journal::Stage,
    },
    exports::movements::{BALANCES, MOVEMENTS},
    store::{Conn, books::AccountWords, exports, funding_sources},
    usecases::{
        Outcome, UseCaseError,
        books::{self, AccountBalance, Movement, MovementFilter, WantedAccounts},
    },
    web::{
        App, Failure, Reply,
        applicant::errors_of,
        audiences::{Books, SignedIn},
        filters,
        pages::{Chrome, FieldErrors, NavLink, render, render_as},
        parts::{Choice, Pager},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

/// Lines on one page.
const PAGE: usize = 50;
/// Rows read at a time for a file.
const CHUNK: i64 = 1000;
const LIST: &str = "/finances/journal";
const ACCOUNTS: &str = "/finances/journal/comptes";

#[derive(Template)]
#[template(path = "finance/journal.html")]
struct JournalPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    asked: Asked,
    funders: Vec<Choice>,
    /// The account whose movements are shown, in words, and the way to those of every account.
    account: Option<(String, String)>,
    lines: Vec<Line>,
    /// Where the same list is as a file; what form follows.
    file: String,
    pager: Pager,
    errors: FieldErrors,
}

/// One movement as the page shows it.
struct Line {
    movement: Movement,
    from: String,
    to: String,
}

/// An account in a few words: « engagé · SUB-2027-0004 · AFD-2026 ».
fn words(account: &AccountWords) -> String {
    let owner = account.grant.as_ref().or(account.call.as_ref());
    let owner = owner.map(|reference| format!(" · {reference}")).unwrap_or_default();
    format!("{}{owner} · {}", account.stage.label(), account.source)
}

/// Which movements are asked for, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    compte: String,
    subvention: String,
    bailleur: String,
    du: String,
    au: String,
    avant: String,
    format: String,
}

/// The address of a list with these choices; those that say nothing are left out.
fn address(path: &str, choices: &[(&str, &str)]) -> String {
    let said: Vec<_> = choices.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_html_form::to_string(said) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// An address that ends where the form of a file may follow.
fn before_form(address: String) -> String {
    let sign = if address.contains('?') { "&" } else { "?" };
    address + sign
}

impl Asked {
    /// The same list at another place or in another form.
    fn at(&self, path: &str, (name, value): (&str, &str)) -> String {
        let choices = [
            ("compte", self.compte.as_str()),
            ("subvention", self.subvention.trim()),
            ("bailleur", self.bailleur.as_str()),
            ("du", self.du.as_str()),
            ("au", self.au.as_str()),
            (name, value),
        ];
        address(path, &choices)
    }

    /// What is asked for, understood.
    fn filter(&self) -> Result<MovementFilter, FieldErrors> {
        let mut errors = FieldErrors::none();
        let (from, to) = (day_of_form(&mut errors, "du", &self.du), day_of_form(&mut errors, "au", &self.au));
        let reference = self.subvention.trim();
        let filter = MovementFilter {
            account: self.compte.parse().ok(),
            grant: Some(reference.to_owned()).filter(|text| !text.is_empty()),
            funder: self.bailleur.parse::<FunderId>().ok(),
            from,
            to,
        };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

/// The movements, the newest first.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let asked = asked.into_inner();
    let found = match asked.filter() {
        Ok(filter) => load(&app, &who, &asked, filter).await,
        Err(errors) => Ok(Err(errors)),
    }?;
    let (mut found, account, errors) = match found {
        Ok((found, account)) => (found, account, FieldErrors::none()),
        Err(errors) => (Vec::new(), None, errors),
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|last| last.row.seq.to_string());
    let line = |movement: Movement| Line { from: words(&movement.from), to: words(&movement.to), movement };
    let elsewhere = Asked { compte: String::new(), ..asked.clone() };
    let funders = app.read(|conn| Ok(funding_sources::funders(conn)?)).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = JournalPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        funders: Choice::list(funders.into_iter().map(|row| (row.id.to_string(), row.name)), &[&asked.bailleur]),
        account: account.map(|account| (words(&account), elsewhere.at(LIST, ("", "")))),
        lines: found.into_iter().map(line).collect(),
        file: before_form(asked.at("/finances/journal/fichier", ("", ""))),
        pager: Pager {
            first: Some(asked.at(LIST, ("", ""))).filter(|_| !asked.avant.is_empty()),
            next: last.map(|seq| asked.at(LIST, ("avant", &seq))),
        },
        asked,
        errors,
    };
    Ok(render_as(status, &page))
}

type Found = (Vec<Movement>, Option<AccountWords>);

/// A page of movements and one more, with the account they are of; or what is wrong with what was asked for.
async fn load(
    app: &App,
    who: &SignedIn,
    asked: &Asked,
    filter: MovementFilter,
) -> Result<Result<Found, FieldErrors>, Failure> {
    let (actor, key) = (who.actor.clone(), asked.avant.parse().ok());
    let found = app.read(move |conn| {
        let found = books::begin_movements(conn, &actor, &filter, key)?.next(conn, PAGE as i64 + 1)?;
        let account = match filter.account {
            Some(id) => Some(books::account(conn, &actor, id)?),
            None => None,
        };
        Ok((found, account))
    });
    judged(found.await)
}

/// What was read, or the sentences beside the fields.
fn judged<T>(read: Result<T, Failure>) -> Result<Result<T, FieldErrors>, Failure> {
    match read {
        Ok(found) => Ok(Ok(found)),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => Ok(Err(errors_of(fields))),
        Err(failure) => Err(failure),
    }
}

/// The movements as a file: the same ones, in the same order.
pub async fn download(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let asked = asked.into_inner();
    let begun = match asked.filter() {
        Ok(filter) => {
            let actor = who.actor.clone();
            judged(app.read(move |conn| books::begin_movements(conn, &actor, &filter, None)).await)?
        }
        Err(errors) => Err(errors),
    };
    // The page says beside the fields what is wrong.
    let Ok(mut movements) = begun else { return list(app, who, Query(asked)).await };
    let name = answer_name(&["journal", &asked.subvention, &asked.du, &asked.au], &asked.format);
    streamed(&app, MOVEMENTS, move |conn: &mut Conn| movements.next(conn, CHUNK), &asked.format, name).await
}

#[derive(Template)]
#[template(path = "finance/accounts.html")]
struct AccountsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    calls: Vec<Choice>,
    stages: Vec<Choice>,
    on: String,
    /// Whether accounts on which nothing lies are shown.
    zeros: bool,
    accounts: Vec<AccountBalance>,
    /// Where the same list is as a file; what form follows.
    file: String,
    pager: Pager,
    errors: FieldErrors,
}

/// Which accounts are asked for, and at the end of which day.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AskedAccounts {
    appel: String,
    etape: String,
    au: String,
    /// Whether accounts on which nothing lies are wanted: « oui ».
    nuls: String,
    apres: String,
    format: String,
}

impl AskedAccounts {
    fn at(&self, path: &str, (name, value): (&str, &str)) -> String {
        let (call, stage, on) = (self.appel.as_str(), self.etape.as_str(), self.au.as_str());
        address(path, &[("appel", call), ("etape", stage), ("au", on), ("nuls", self.nuls.as_str()), (name, value)])
    }

    fn wanted(&self) -> WantedAccounts {
        WantedAccounts { stage: self.etape.parse().ok(), call: self.appel.parse().ok(), zeros: self.nuls == "oui" }
    }
}

/// The accounts, each with its balance at the end of the day asked for, or of this one.
pub async fn accounts(app: Data<App>, who: Books, asked: Query<AskedAccounts>) -> Reply {
    let (actor, asked) = (who.actor.clone(), asked.into_inner());
    let mut errors = FieldErrors::none();
    let on = day_of_form(&mut errors, "au", &asked.au).unwrap_or_else(|| app.now().paris_date());
    let (wanted, key) = (asked.wanted(), asked.apres.parse::<AccountId>().ok());
    let is_known = errors.is_empty();
    let (calls, mut found) = app
        .read(move |conn| {
            let calls = exports::calls(conn, None)?;
            if !is_known {
                return Ok((calls, Vec::new()));
            }
            Ok((calls, books::accounts(conn, &actor, wanted, on, (key, PAGE as i64 + 1))?))
        })
        .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|last| last.account.id.to_string());
    let call = wanted.call.map(|id| id.to_string()).unwrap_or_default();
    let page = AccountsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Journal")],
        calls: Choice::list(calls.into_iter().map(|row| (row.id.to_string(), row.named())), &[&call]),
        stages: Choice::list(
            Stage::ALL.iter().map(|stage| (stage.code(), super::capital(stage.label()))),
            &[wanted.stage.map_or("", Stage::code)],
        ),
        on: if is_known { on.to_string() } else { asked.au.clone() },
        zeros: wanted.zeros,
        accounts: found,
        file: before_form(asked.at("/finances/journal/comptes/fichier", ("", ""))),
        pager: Pager {
            first: key.map(|_| asked.at(ACCOUNTS, ("", ""))),
            next: last.map(|id| asked.at(ACCOUNTS, ("apres", &id))),
        },
        errors,
    };
    Ok(if is_known { render(&page) } else { render_as(StatusCode::UNPROCESSABLE_ENTITY, &page) })
}

/// The accounts as a file.
pub async fn download_accounts(app: Data<App>, who: Books, asked: Query<AskedAccounts>) -> Reply {
    let mut errors = FieldErrors::none();
    let on = day_of_form(&mut errors, "au", &asked.au).unwrap_or_else(|| app.now().paris_date());
    if !errors.is_empty() {
        return accounts(app, who, asked).await;
    }
    let (actor, wanted, mut key, mut is_over) = (who.actor.clone(), asked.wanted(), None, false);
    let next = move |conn: &mut Conn| -> Outcome<Vec<AccountBalance>> {
        if is_over {
            return Ok(Vec::new());
        }
        let found = books::accounts(conn, &actor, wanted, on, (key, CHUNK))?;
        key = found.last().map(|last| last.account.id);
        is_over = (found.len() as i64) < CHUNK;
        Ok(found)
    };
    let name = answer_name(&["soldes", &asked.etape, &on.to_string()], &asked.format);
    streamed(&app, BALANCES, next, &asked.format, name).await
}
