//! Pages of those who pay and of those who check the paying.

pub mod accounting;
pub mod accounting_settings;
pub mod approvals;
pub mod bank_accounts;
mod cautions;
pub mod disbursements;
pub mod donations;
pub mod evidence_packs;
pub mod exports;
pub mod funding_sources;
pub mod house_lists;
pub mod journal;
pub mod line_lists;
pub mod money_lists;
pub mod new_donations;
pub mod new_runs;
pub mod new_statements;
pub mod overview;
pub mod payables;
pub mod payers;
mod payment_buttons;
pub mod payment_lists;
pub mod payment_runs;
pub mod questions;
pub mod receipt_rights;
pub mod recoveries;
pub mod run_lists;
pub mod source_dues;
pub mod source_forms;
pub mod statement_lists;
pub mod statements;
pub mod treasury;

use crate::{
    domain::{
        ids::DisbursementId,
        lifecycle::Machine,
        lifecycles::{disbursements::DisbursementState, done::done_label},
        money::Euros,
        roles::Role,
    },
    store::{self, Conn, Tx, history, money_sources::SplitRow, people},
    usecases::{FieldError, Outcome, UseCaseError, form_tokens},
    web::{
        App, Failure, Fields,
        audiences::SignedIn,
        pages::{NavLink, Tone},
        parts::TimelineEvent,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The pages of the money by what they are for: the name of each group, then its pages. The overview stands alone.
const GROUPS: [(&str, &[(&str, &str)]); 5] = [
    ("Vue d’ensemble", &[("/finances", "Vue d’ensemble")]),
    (
        "Payer",
        &[
            ("/finances/a-verser", "À verser"),
            ("/finances/versements", "Versements"),
            ("/finances/lots", "Lots de virements"),
            ("/finances/releves", "Relevés de banque"),
            ("/finances/trop-percus", "Trop-perçus"),
        ],
    ),
    ("Comptes", &[("/finances/comptes", "Comptes bancaires"), ("/finances/comptes-payeurs", "Comptes payeurs")]),
    (
        "Bailleurs et dons",
        &[
            ("/finances/bailleurs", "Bailleurs"),
            ("/finances/preuves", "Preuves"),
            ("/finances/dons", "Dons"),
            ("/finances/recus-fiscaux", "Reçus fiscaux"),
        ],
    ),
    (
        "Livres",
        &[
            ("/finances/tresorerie", "Trésorerie"),
            ("/finances/journal", "Journal"),
            ("/finances/comptabilite", "Comptabilité"),
            ("/finances/exports", "Exports"),
        ],
    ),
];

/// The pages of the money, as far as the person may open them; `here` is the present one. The group one is in shows its
/// pages, the others lead to their first: all of them would fill the screen of a phone.
fn places(who: &SignedIn, here: &str) -> Vec<NavLink> {
    let keeps_books = [Role::Finance, Role::Director, Role::Auditor].into_iter().any(|role| who.actor.is(role));
    let is_checking = who.actor.is(Role::Finance) || who.actor.is(Role::Auditor);
    let may = |href: &str| match href {
        "/finances/comptes" | "/finances/dons" => is_checking,
        // An administrator reads the agreements and nothing of the books.
        "/finances/bailleurs" => true,
        _ => keeps_books,
    };
    let mut links = Vec::new();
    for (name, pages) in GROUPS {
        let is_open = pages.iter().any(|(href, _)| *href == here);
        let mut allowed = pages.iter().filter(|(href, _)| may(href));
        if is_open {
            links
                .extend(allowed.map(|(href, label)| NavLink { current: *href == here, ..NavLink::new(*href, *label) }));
        } else if let Some((href, _)) = allowed.next() {
            links.push(NavLink::new(*href, name));
        }
    }
    links
}

/// Runs a verb once per form: a second click gets the answer of the first.
async fn once(
    app: &App,
    who: &SignedIn,
    form: &Fields,
    route: String,
    mut act: impl FnMut(&mut Tx) -> Outcome<String> + Send + 'static,
) -> Result<String, Failure> {
    let (person, now, token) = (who.id, app.now(), form.token().to_owned());
    let sent = form.iter().filter(|(name, _)| *name != "token");
    let body: String = sent.map(|(name, value)| format!("{name}={value}\n")).collect();
    app.write(move |tx| {
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, &mut act)
    })
    .await
}

/// How the state of a payment is to be felt.
fn tone(state: DisbursementState) -> Tone {
    match state {
        DisbursementState::Planned | DisbursementState::Cancelled => Tone::Neutral,
        DisbursementState::Authorised | DisbursementState::InRun => Tone::Info,
        DisbursementState::Paid => Tone::Success,
        DisbursementState::Returned => Tone::Error,
        DisbursementState::Withheld => Tone::Warning,
    }
}

/// With a capital, as a cell or a heading begins.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What happened to an object, the newest first.
fn told(conn: &mut Conn, machine: Machine, id: &str) -> Outcome<Vec<TimelineEvent>> {
    let rows = history::of_subject(conn, id)?;
    let authors: Vec<_> = rows.iter().filter_map(|row| row.actor_id).collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &authors)?.into_iter().map(|row| (row.id, row.name)).collect();
    let event = |row: &history::TransitionRow| TimelineEvent {
        at: row.at.french(),
        what: done_label(machine, &row.event).to_owned(),
        who: row.actor_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        note: row.reason.clone(),
    };
    Ok(rows.iter().rev().map(event).collect())
}

/// The funder and the reference of every source.
struct Sources(BTreeMap<crate::domain::ids::FundingSourceId, (String, String)>);

impl Sources {
    fn load(conn: &mut Conn) -> Outcome<Self> {
        let funders: BTreeMap<_, _> =
            store::funding_sources::funders(conn)?.into_iter().map(|row| (row.id, row.name)).collect();
        let rows = store::funding_sources::all(conn)?.into_iter();
        let named = rows.map(|row| (row.id, (funders.get(&row.funder_id).cloned().unwrap_or_default(), row.reference)));
        Ok(Sources(named.collect()))
    }

    fn funder(&self, id: crate::domain::ids::FundingSourceId) -> &str {
        self.0.get(&id).map_or("", |(funder, _)| funder)
    }

    fn reference(&self, id: crate::domain::ids::FundingSourceId) -> &str {
        self.0.get(&id).map_or("", |(_, reference)| reference)
    }

    /// « AFD 2 400,00 € ; Région 600,00 € ».
    fn split<'a>(&self, parts: impl Iterator<Item = &'a SplitRow>) -> String {
        let part = |row: &SplitRow| format!("{}\u{a0}: {}", self.funder(row.funding_source_id), row.amount_cents);
        parts.map(part).collect::<Vec<_>>().join("\u{a0}; ")
    }

    /// Lines of disbursements, each with its shares in words.
    fn beside<T>(&self, lines: Vec<T>, rows: &[SplitRow], id: impl Fn(&T) -> DisbursementId) -> Vec<(T, String)> {
        let mut of: BTreeMap<DisbursementId, Vec<&SplitRow>> = BTreeMap::new();
        rows.iter().for_each(|row| of.entry(row.disbursement_id).or_default().push(row));
        let with = |line: T| {
            let split = self.split(of.get(&id(&line)).into_iter().flatten().copied());
            (line, split)
        };
        lines.into_iter().map(with).collect()
    }

    /// What each funder gives of these parts, in the order of the sources; then what is kept back from them, so that all
    /// adds up to what leaves the bank.
    fn totals<'a>(&self, parts: impl Iterator<Item = &'a SplitRow>, kept_back: Euros) -> Vec<(String, Euros)> {
        let mut totals: BTreeMap<_, Euros> = BTreeMap::new();
        parts.for_each(|row| *totals.entry(row.funding_source_id).or_default() += row.amount_cents);
        let named = |(id, amount)| (format!("{} ({})", self.funder(id), self.reference(id)), amount);
        let kept_back = kept_back.is_positive().then(|| ("Trop-perçus déduits".to_owned(), -kept_back));
        totals.into_iter().map(named).chain(kept_back).collect()
    }
}

/// What a payment is reduced by before it leaves, in words; nothing when it leaves whole.
fn kept_back_words(whole: Euros, kept_back: Euros) -> String {
    match kept_back {
        Euros::ZERO => String::new(),
        kept_back => format!(", {whole} moins {kept_back} de trop-perçu"),
    }
}

/// The day of the bank's operation, or a sentence beside the field.
fn day_of(field: &str, day: Option<NaiveDate>) -> Outcome<NaiveDate> {
    let missing = || FieldError::new(field, "Indiquez la date du relevé de banque.");
    day.ok_or_else(|| UseCaseError::Invalid(vec![missing()]))
}
