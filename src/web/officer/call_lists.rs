//! Every call for projects, by what is going on in it.

use super::calls::{LIST, badge, is_funded, meter, state_counts};
use crate::{
    domain::{lifecycles::calls::CallState, roles::Role, time::Moment},
    store::{
        calls::{self as rows, CallLine},
        queues as counts,
    },
    usecases::{Outcome, envelopes},
    web::{
        App, Reply,
        audiences::Staff,
        meters::Meter,
        pages::{Chrome, render},
        parts::Badge,
    },
};
use actix_web::web::Data;
use askama::Template;

/// More calls than the house ever has.
const MOST: i64 = 300;

#[derive(Template)]
#[template(path = "officer/calls.html")]
struct CallsPage {
    chrome: Chrome,
    groups: Vec<(&'static str, Vec<CallCard>)>,
    may_open: bool,
}

struct CallCard {
    href: String,
    title: String,
    reference: String,
    fund_code: String,
    badge: Badge,
    window: String,
    counts: Vec<(&'static str, i64)>,
    meter: Option<Meter>,
}

const GROUPS: &[(&str, &[CallState])] = &[
    ("En cours", &[CallState::Published, CallState::InReview, CallState::Deliberated]),
    ("En préparation", &[CallState::Draft]),
    ("Résultats annoncés", &[CallState::Announced]),
    ("Terminés", &[CallState::Archived, CallState::Cancelled]),
];

fn window(opens: Moment, closes: Moment, now: Moment) -> String {
    let last = closes.plus_minutes(-1).french();
    match (now < opens, now < closes) {
        (true, _) => format!("Ouvre le {}, ferme le {last}", opens.french()),
        (false, true) => format!("Ouvert jusqu’au {last}"),
        (false, false) => format!("Dépôt fermé depuis le {last}"),
    }
}

/// Every call with its numbers.
pub async fn list(app: Data<App>, who: Staff) -> Reply {
    let (now, person) = (app.now(), who.id);
    let (lines, counts, envelopes) = app
        .read(move |conn| {
            let lines = rows::in_states(conn, CallState::ALL, MOST)?;
            let funded = lines.iter().filter(|line| is_funded(line.state)).map(|line| (line.id, line.envelope));
            let envelopes = envelopes::of_calls(conn, person, &funded.collect::<Vec<_>>())?;
            Outcome::Ok((lines, counts::count_by_call(conn, person)?, envelopes))
        })
        .await?;
    let card = |line: &CallLine| CallCard {
        href: format!("{LIST}/{}", line.reference),
        title: line.title.clone(),
        reference: line.reference.clone(),
        fund_code: line.fund_code.clone(),
        badge: badge(line.state),
        window: window(line.opens_at, line.closes_at, now),
        counts: state_counts(counts.iter().filter(|(call, ..)| *call == line.id).map(|(_, state, n)| (*state, *n))),
        meter: envelopes.get(&line.id).map(meter),
    };
    let group = |(title, states): &(&'static str, &[CallState])| {
        (*title, lines.iter().rev().filter(|line| states.contains(&line.state)).map(card).collect::<Vec<_>>())
    };
    let groups = GROUPS.iter().map(group).filter(|(_, cards)| !cards.is_empty()).collect();
    Ok(render(&CallsPage { chrome: who.chrome(), groups, may_open: who.actor.is(Role::Officer) }))
}
