//! The books: what the money journal says, for those who pay and those who check. Whoever is recused from a file reads
//! them as if it had never been: its movements are left out, so that the sums and the tables of one reader agree. The
//! journal itself and the promises that `check` asks are whole.

use super::{Actor, Outcome, access};
use crate::{
    domain::{
        ids::{AccountId, CallId},
        journal::Stage,
        money::Euros,
        roles::Role,
    },
    store::{
        Conn,
        books::{self, AccountWords},
        exports,
        journal::TransferRow,
    },
};
use std::collections::BTreeMap;

const READERS: [Role; 3] = [Role::Finance, Role::Director, Role::Auditor];

/// How far the money of a call or of one of its sources has gone. Each figure contains the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Set aside for the call.
    pub envelope: Euros,
    /// Promised to grants.
    pub committed: Euros,
    /// Released for payment.
    pub authorised: Euros,
    /// Left the bank and not come back.
    pub paid: Euros,
    /// Paid back by grantees; part of the envelope alone.
    pub recovered: Euros,
}

impl Progress {
    /// Counts an amount that lies at a stage.
    pub(super) fn add(&mut self, stage: Stage, amount: Euros) {
        let goes_to: &mut [&mut Euros] = match stage {
            Stage::Funder | Stage::Source => &mut [],
            Stage::Envelope => &mut [&mut self.envelope],
            Stage::Committed => &mut [&mut self.envelope, &mut self.committed],
            Stage::Authorised => &mut [&mut self.envelope, &mut self.committed, &mut self.authorised],
            Stage::Paid => &mut [&mut self.envelope, &mut self.committed, &mut self.authorised, &mut self.paid],
            Stage::Recovered => &mut [&mut self.envelope, &mut self.recovered],
        };
        goes_to.iter_mut().for_each(|figure| **figure += amount);
    }

    /// What can still be promised.
    pub fn left(&self) -> Euros {
        self.envelope - self.committed - self.recovered
    }
}

/// The money of one call.
#[derive(Debug, Clone)]
pub struct CallBooks {
    pub id: CallId,
    pub reference: String,
    pub title: String,
    pub fund_code: String,
    pub fund_name: String,
    pub progress: Progress,
    /// Source by source: reference and funder.
    pub sources: Vec<(String, String, Progress)>,
}

/// The money of every call that has some, by fund and reference.
pub fn overview(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<CallBooks>> {
    access::require(actor, &READERS)?;
    let sources: BTreeMap<_, _> =
        exports::sources(conn)?.into_iter().map(|(id, reference, funder)| (id, (reference, funder))).collect();
    let mut found: BTreeMap<CallId, BTreeMap<_, Progress>> = BTreeMap::new();
    let hidden = books::hidden_accounts(conn, actor.person)?;
    for (call, source, stage, amount) in books::by_call_and_source(conn, &hidden)? {
        found.entry(call).or_default().entry(source).or_default().add(stage, amount);
    }
    let calls = exports::calls(conn, None)?.into_iter().filter_map(|call| {
        let by_source = found.remove(&call.id)?;
        let mut books = CallBooks {
            id: call.id,
            reference: call.reference,
            title: call.title,
            fund_code: call.fund_code,
            fund_name: call.fund_name,
            progress: Progress::default(),
            sources: Vec::with_capacity(by_source.len()),
        };
        for (source, part) in by_source {
            books.progress = sum(books.progress, part);
            let (reference, funder) = sources.get(&source).cloned().unwrap_or_default();
            books.sources.push((reference, funder, part));
        }
        Some(books)
    });
    Ok(calls.collect())
}

/// Figure by figure.
pub fn sum(one: Progress, other: Progress) -> Progress {
    Progress {
        envelope: one.envelope + other.envelope,
        committed: one.committed + other.committed,
        authorised: one.authorised + other.authorised,
        paid: one.paid + other.paid,
        recovered: one.recovered + other.recovered,
    }
}

/// A transfer with its two accounts in words.
#[derive(Debug, Clone)]
pub struct Movement {
    pub row: TransferRow,
    pub from: AccountWords,
    pub to: AccountWords,
}

/// The transfers before `key`, newest first.
pub fn movements(conn: &mut Conn, actor: &Actor, key: Option<i64>, limit: i64) -> Outcome<Vec<Movement>> {
    access::require(actor, &READERS)?;
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let rows = books::page(conn, key, &hidden, limit)?;
    let mut ids: Vec<_> = rows.iter().flat_map(|row| [row.from_account, row.to_account]).collect();
    ids.sort_unstable();
    ids.dedup();
    let words: BTreeMap<_, _> = books::accounts_in_words(conn, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let told = |row: TransferRow| {
        let (from, to) = (words.get(&row.from_account)?.clone(), words.get(&row.to_account)?.clone());
        Some(Movement { row, from, to })
    };
    Ok(rows.into_iter().filter_map(told).collect())
}

/// The accounts of one stage and one call, or of all, after `key`, each with its balance.
pub fn accounts(
    conn: &mut Conn,
    actor: &Actor,
    wanted: (Option<Stage>, Option<CallId>),
    key: Option<AccountId>,
    limit: i64,
) -> Outcome<Vec<(AccountWords, Euros)>> {
    access::require(actor, &READERS)?;
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let ids = books::account_page(conn, wanted, (key, &hidden), limit)?;
    let balances = books::balances(conn, &ids, &hidden)?;
    let words = books::accounts_in_words(conn, &ids)?;
    let balance = |row: AccountWords| {
        let balance = balances.get(&row.id).copied().unwrap_or_default();
        (row, balance)
    };
    Ok(words.into_iter().map(balance).collect())
}
