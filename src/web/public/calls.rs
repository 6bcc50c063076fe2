//! Calls for projects as the public reads them.

use crate::{
    documents as press,
    domain::{
        correspondence::call_rules::{calendar_words, decision_pace},
        definitions::{CallDefinition, DocumentNeed, FundDefinition},
        eligibility::conditions,
        lifecycles::calls::CallState,
        references,
        roles::Role,
        time::{Moment, french_date},
    },
    store::{
        StoreError,
        calls::{self, CallRow},
    },
    usecases::{Outcome, calls as verbs},
    web::{
        App, Failure, Reply,
        audiences::Public,
        downloads, filters,
        pages::{Chrome, Tone, render},
        parts::{Badge, Fact},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;
use std::sync::Arc;

/// Past calls shown; those one may still apply to are all shown.
const MOST_OVER: i64 = 9;

/// A call as a card on the home page.
struct CallCard {
    reference: String,
    title: String,
    summary: String,
    fund_code: String,
    fund_name: String,
    badge: Badge,
    amounts: String,
    deadline: String,
}

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    chrome: Chrome,
    open: Vec<CallCard>,
    coming: Vec<CallCard>,
    past: Vec<CallCard>,
}

fn badge_of(row: &CallRow, now: Moment) -> Badge {
    let (tone, label) = match row.state {
        CallState::Published if row.is_open(now) => (Tone::Success, "Ouvert"),
        CallState::Published if now < row.opens_at => (Tone::Info, "Bientôt"),
        CallState::Published | CallState::InReview | CallState::Deliberated => (Tone::Neutral, "Dépôt terminé"),
        CallState::Announced | CallState::Archived => (Tone::Neutral, "Résultats annoncés"),
        CallState::Cancelled => (Tone::Error, "Annulé"),
        CallState::Draft => (Tone::Warning, "En préparation"),
    };
    Badge { tone, label: label.to_owned() }
}

fn card(row: &CallRow, call: &CallDefinition, fund: &FundDefinition, now: Moment) -> CallCard {
    let deadline = match row.opens_at <= now {
        true => format!("Jusqu’au {}", row.window().deadline()),
        false => format!("Ouvre le {}", row.opens_at.french()),
    };
    CallCard {
        reference: call.reference.clone(),
        title: call.title.clone(),
        summary: call.summary.clone(),
        fund_code: fund.code.clone(),
        fund_name: fund.name.clone(),
        badge: badge_of(row, now),
        amounts: format!("De {} à {}", call.amount.floor, call.amount.ceiling),
        deadline,
    }
}

/// The home page: open calls first.
pub async fn home(app: Data<App>, visitor: Public) -> Reply {
    let now = app.now();
    let states = [CallState::Published, CallState::InReview, CallState::Deliberated, CallState::Announced];
    let cards = app
        .read(move |conn| {
            let mut rows = calls::to_come(conn, CallState::Published, now)?;
            rows.extend(calls::over(conn, &states, now, MOST_OVER)?);
            let funds = verbs::funds(conn)?;
            let known = |row: &CallRow| -> Outcome<Arc<FundDefinition>> {
                let fund = funds.iter().find(|(id, _)| *id == row.fund_id).map(|(_, fund)| Arc::clone(fund));
                Ok(fund.ok_or(StoreError::NotFound)?)
            };
            rows.into_iter()
                .map(|row| {
                    Ok((row.is_open(now), now < row.opens_at, card(&row, &*verbs::parse(&row)?, &*known(&row)?, now)))
                })
                .collect::<Outcome<Vec<_>>>()
        })
        .await?;
    let (mut open, mut coming, mut past) = (Vec::new(), Vec::new(), Vec::new());
    for (is_open, is_coming, card) in cards {
        match (is_open, is_coming) {
            (true, _) => open.push(card),
            (false, true) => coming.push(card),
            (false, false) => past.push(card),
        }
    }
    Ok(render(&HomePage { chrome: visitor.chrome(), open, coming, past }))
}

struct Piece {
    label: String,
    help: String,
    need: &'static str,
}

#[derive(Template)]
#[template(path = "public/call.html")]
struct CallPage {
    chrome: Chrome,
    call: Arc<CallDefinition>,
    fund: Arc<FundDefinition>,
    badge: Badge,
    is_open: bool,
    is_open_soon: bool,
    /// Whether the reader may start a file: whoever is signed in to do something else may not.
    may_start: bool,
    facts: Vec<Fact>,
    calendar: Vec<Fact>,
    axes: Vec<(&'static str, String)>,
    conditions: Vec<String>,
    pieces: Vec<Piece>,
    criteria: Vec<(String, String)>,
}

fn need_words(need: DocumentNeed) -> &'static str {
    match need {
        DocumentNeed::Required => "à joindre au dossier",
        DocumentNeed::Later => "peut suivre",
        DocumentNeed::Optional => "facultatif",
    }
}

fn calendar_of(row: &CallRow, call: &CallDefinition) -> Vec<Fact> {
    let (calendar, last_day) = (&call.calendar, row.closes_at.plus_minutes(-1).paris_date());
    let (committee, announcement) = calendar_words(call);
    let mut dates = vec![
        (row.opens_at.paris_date(), Fact::new("Ouverture", row.opens_at.french())),
        (last_day, Fact::new("Date limite", row.window().deadline())),
        (calendar.committee_on, Fact::new(committee, french_date(calendar.committee_on))),
        (calendar.announcement_on, Fact::new(announcement, french_date(calendar.announcement_on))),
    ];
    dates.extend(calendar.others.iter().map(|other| (other.on, Fact::new(&other.label, french_date(other.on)))));
    dates.sort_by_key(|(day, _)| *day);
    dates.into_iter().map(|(_, fact)| fact).collect()
}

/// The rules of a call as a PDF. The same call gives the same bytes.
pub async fn rules(app: Data<App>, _: Public, reference: Path<String>) -> Reply {
    let letter = app.read(move |conn| verbs::rules(conn, &reference)).await?;
    let name = format!("{}.pdf", letter.reference);
    let bytes = app.print(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await?;
    Ok(downloads::file(&name, "application/pdf", bytes?))
}

/// One call: rules, calendar, axes, documents, whom to ask.
pub async fn show(app: Data<App>, visitor: Public, reference: Path<String>) -> Reply {
    let now = app.now();
    let (row, call, fund) = app
        .read(move |conn| {
            let row = verbs::by_reference(conn, &reference)?;
            let (call, fund) = (verbs::parse(&row)?, verbs::fund_of(conn, &row)?);
            Ok((row, call, fund))
        })
        .await?;
    // A call in preparation is the team's own business.
    if row.state == CallState::Draft {
        return Err(Failure::NotFound);
    }
    let facts = vec![
        Fact::new("Montant", format!("de {} à {}", call.amount.floor, call.amount.ceiling)),
        Fact::new("Taux", format!("{} des dépenses éligibles au plus", call.amount.rate)),
        Fact::new("Enveloppe", call.envelope),
        Fact::new("Date limite", row.window().deadline()),
    ];
    let pace = decision_pace(&call).map(|words| Fact::new("Décisions", words));
    let facts = facts.into_iter().chain(pace).collect();
    let axes = call.axes.iter().filter_map(|code| references::axis(code));
    let axes = axes.map(|axis| (axis.label.as_str(), axis.themes.join(", "))).collect();
    let piece = |document: &crate::domain::definitions::DocumentDefinition| Piece {
        label: document.label.clone(),
        help: document.help.clone(),
        need: need_words(document.need),
    };
    let page = CallPage {
        chrome: visitor.chrome(),
        badge: badge_of(&row, now),
        may_start: visitor.signed_in.as_ref().is_none_or(|who| who.actor.is(Role::Applicant)),
        is_open: row.is_open(now),
        is_open_soon: row.state == CallState::Published && now < row.opens_at,
        facts,
        calendar: calendar_of(&row, &call),
        axes,
        conditions: conditions(&call),
        pieces: call.documents.iter().map(piece).collect(),
        criteria: call.grid.criteria.iter().map(|c| (c.label.clone(), c.help.clone())).collect(),
        call,
        fund,
    };
    Ok(render(&page))
}
