//! Every call for projects, by what is going on in it.

use super::calls::{LIST, badge, is_funded, meter, state_counts};
use crate::{
    domain::{lifecycles::calls::CallState, roles::Role, time::Moment},
    store::{
        calls::{self as rows, CallLine, Key},
        queues as counts,
    },
    usecases::{Outcome, envelopes},
    web::{
        App, Reply,
        audiences::Staff,
        meters::Meter,
        pages::{Chrome, render},
        parts::{Badge, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;

/// Calls of one group on one page.
const PAGE: usize = 24;
/// One more: whether others follow.
const ASKED: i64 = 25;

#[derive(Template)]
#[template(path = "officer/calls.html")]
struct CallsPage {
    chrome: Chrome,
    groups: Vec<Group>,
    may_open: bool,
}

struct Group {
    title: &'static str,
    /// What the way on is called, for whoever does not see where it stands.
    way_on: String,
    cards: Vec<CallCard>,
    pager: Pager,
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

/// Code in addresses, title, states.
type Kind = (&'static str, &'static str, &'static [CallState]);

const GROUPS: &[Kind] = &[
    ("en-cours", "En cours", &[CallState::Published, CallState::InReview, CallState::Deliberated]),
    ("en-preparation", "En préparation", &[CallState::Draft]),
    ("annonces", "Résultats annoncés", &[CallState::Announced]),
    ("termines", "Terminés", &[CallState::Archived, CallState::Cancelled]),
];

/// Where the list goes on: within one group, which is then shown alone.
#[derive(Debug, Default, serde::Deserialize)]
pub struct After {
    #[serde(default)]
    groupe: String,
    #[serde(default)]
    apres: String,
}

impl After {
    fn key(&self) -> Option<Key> {
        let (at, id) = self.apres.split_once('.')?;
        Some((Moment::from_unix_seconds(at.parse().ok()?), id.parse().ok()?))
    }

    /// The groups that are shown.
    fn kinds(&self) -> Vec<Kind> {
        let one: Vec<_> = GROUPS.iter().copied().filter(|(code, ..)| *code == self.groupe).collect();
        if one.is_empty() { GROUPS.to_vec() } else { one }
    }
}

fn pager((code, ..): Kind, lines: &[CallLine], is_later: bool) -> Pager {
    let last = lines.get(..PAGE).and_then(<[CallLine]>::last).filter(|_| lines.len() > PAGE);
    Pager {
        first: is_later.then(|| LIST.to_owned()),
        next: last.map(|line| format!("{LIST}?groupe={code}&apres={}.{}", line.closes_at.unix_seconds(), line.id)),
    }
}

fn window(opens: Moment, closes: Moment, now: Moment) -> String {
    let last = closes.plus_minutes(-1).french();
    match (now < opens, now < closes) {
        (true, _) => format!("Ouvre le {}, ferme le {last}", opens.french()),
        (false, true) => format!("Ouvert jusqu’au {last}"),
        (false, false) => format!("Dépôt fermé depuis le {last}"),
    }
}

/// Every call with its numbers, group by group.
pub async fn list(app: Data<App>, who: Staff, after: Query<After>) -> Reply {
    let (now, person) = (app.now(), who.id);
    let (kinds, key) = (after.kinds(), after.key());
    let read = kinds.clone();
    let (found, counts, envelopes) = app
        .read(move |conn| {
            let mut found = Vec::new();
            for (.., states) in read {
                found.push(rows::page(conn, states, key, ASKED)?);
            }
            let shown = || found.iter().flat_map(|lines: &Vec<CallLine>| lines.iter().take(PAGE));
            let funded = shown().filter(|line| is_funded(line.state)).map(|line| (line.id, line.envelope));
            let envelopes = envelopes::of_calls(conn, person, &funded.collect::<Vec<_>>())?;
            let ids: Vec<_> = shown().map(|line| line.id).collect();
            let counts = counts::count_by_call(conn, person, &ids)?;
            Outcome::Ok((found, counts, envelopes))
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
    let group = |(kind, lines): (Kind, &Vec<CallLine>)| Group {
        title: kind.1,
        way_on: format!("Suite des appels\u{a0}: {}", kind.1),
        cards: lines.iter().take(PAGE).map(card).collect(),
        pager: pager(kind, lines, key.is_some()),
    };
    let groups = kinds.into_iter().zip(&found).map(group).filter(|group| !group.cards.is_empty()).collect();
    Ok(render(&CallsPage { chrome: who.chrome(), groups, may_open: who.actor.is(Role::Officer) }))
}
