//! The books: what the money journal says, for those who pay and those who check. Whoever is recused from a file reads
//! them as if it had never been: its movements are left out, so that the sums and the tables of one reader agree. The
//! journal itself and the promises that `check` asks are whole.

use super::{Actor, FieldError, Outcome, UseCaseError, access};
use crate::{
    domain::{
        ids::{AccountId, CallId, FunderId, FundingSourceId},
        journal::Stage,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        books::{self, AccountWords, Wanted},
        exports,
        journal::TransferRow,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) const READERS: [Role; 3] = [Role::Finance, Role::Director, Role::Auditor];

/// Accounts looked at together for those on which something lies.
const AT_ONCE: i64 = 500;

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

/// Which movements are asked for. Days are days in Paris, both included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovementFilter {
    pub account: Option<AccountId>,
    /// Reference of a grant.
    pub grant: Option<String>,
    pub funder: Option<FunderId>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// A list of movements under way: what narrows it, and where it goes on.
#[derive(Debug)]
pub struct Movements {
    wanted: Wanted,
    hidden: Vec<AccountId>,
    key: Option<(Moment, i64)>,
    is_over: bool,
}

/// Begins a list of movements, from the newest or from the one before `key`. A grant that does not exist for the reader is
/// a reference nobody knows.
pub fn begin_movements(
    conn: &mut Conn,
    actor: &Actor,
    filter: &MovementFilter,
    key: Option<i64>,
) -> Outcome<Movements> {
    access::require(actor, &READERS)?;
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let wanted = wanted(conn, filter, &hidden)?;
    let key = match key {
        Some(seq) => books::moment_of(conn, seq)?.map(|at| (at, seq)),
        None => None,
    };
    Ok(Movements { wanted, hidden, key, is_over: false })
}

fn wanted(conn: &mut Conn, filter: &MovementFilter, hidden: &[AccountId]) -> Outcome<Wanted> {
    let mut errors = Vec::new();
    let of_grant = match &filter.grant {
        None => None,
        Some(reference) => {
            let found = books::accounts_of_grant(conn, reference, hidden)?;
            if found.is_empty() {
                let sentence = format!("Aucune subvention n’a la référence «\u{a0}{reference}\u{a0}».");
                errors.push(FieldError::new("subvention", sentence));
            }
            Some(found)
        }
    };
    if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
        errors.push(FieldError::new("au", "La fin de la période précède son début."));
    }
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    let sources = match filter.funder {
        Some(funder) => Some(books::sources_of_funder(conn, funder)?),
        None => None,
    };
    let one = match filter.account {
        Some(id) => Some(seen_account(conn, id, hidden)?),
        None => None,
    };
    let named = match (one, of_grant) {
        (Some(one), Some(of_grant)) => Some(of_grant.into_iter().filter(|pair| pair.0 == one.0).collect()),
        (Some(one), None) => Some(vec![one]),
        (None, of_grant) => of_grant,
    };
    let is_wanted = |source: &FundingSourceId| sources.as_ref().is_none_or(|wanted| wanted.contains(source));
    let accounts = named.map(|found: Vec<_>| {
        let kept = found.into_iter().filter(|(_, source)| is_wanted(source));
        kept.map(|(id, _)| id).collect()
    });
    let (from, until) = (filter.from.map(Moment::start_of_day), filter.to.map(Moment::end_of_day));
    Ok(Wanted { accounts, sources, from, until })
}

/// The account with its source, for whom it exists.
fn seen_account(conn: &mut Conn, id: AccountId, hidden: &[AccountId]) -> Outcome<(AccountId, FundingSourceId)> {
    if hidden.contains(&id) {
        return Err(StoreError::NotFound.into());
    }
    let source = books::source_of(conn, id)?.ok_or(StoreError::NotFound)?;
    Ok((id, source))
}

impl Movements {
    /// The next movements, `limit` of them while there are as many; none when the list is over.
    pub fn next(&mut self, conn: &mut Conn, limit: i64) -> Outcome<Vec<Movement>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let rows = books::page(conn, &self.wanted, self.key, &self.hidden, limit)?;
        self.key = rows.last().map(|row| (row.at, row.seq));
        self.is_over = (rows.len() as i64) < limit;
        in_words(conn, rows)
    }
}

fn in_words(conn: &mut Conn, rows: Vec<TransferRow>) -> Outcome<Vec<Movement>> {
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

/// One account in words; one that does not exist for the reader is not found.
pub fn account(conn: &mut Conn, actor: &Actor, id: AccountId) -> Outcome<AccountWords> {
    access::require(actor, &READERS)?;
    let hidden = books::hidden_accounts(conn, actor.person)?;
    seen_account(conn, id, &hidden)?;
    books::accounts_in_words(conn, &[id])?.pop().ok_or_else(|| StoreError::NotFound.into())
}

/// An account and what lay on it at the end of a day in Paris.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalance {
    pub account: AccountWords,
    pub on: NaiveDate,
    pub balance: Euros,
}

/// Which accounts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedAccounts {
    /// Those of one stage and of one call; of all without.
    pub stage: Option<Stage>,
    pub call: Option<CallId>,
    /// Whether those on which nothing lies are among them.
    pub zeros: bool,
}

/// The wanted accounts after `key`, by funder, stage and grant, each with its balance at the end of a day in Paris.
pub fn accounts(
    conn: &mut Conn,
    actor: &Actor,
    wanted: WantedAccounts,
    on: NaiveDate,
    (key, limit): (Option<AccountId>, i64),
) -> Outcome<Vec<AccountBalance>> {
    access::require(actor, &READERS)?;
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let mut place = match key {
        Some(id) => books::account_place(conn, id)?,
        None => None,
    };
    // Most accounts that money has left are empty: they are looked at many at a time.
    let at_once = if wanted.zeros { limit } else { limit.max(AT_ONCE) };
    let mut found: Vec<(AccountId, Euros)> = Vec::new();
    loop {
        let rows = books::account_page(conn, (wanted.stage, wanted.call), (place.take(), &hidden), at_once)?;
        let ids: Vec<_> = rows.iter().map(|(_, id)| *id).collect();
        let balances = books::balances(conn, &ids, &hidden, Moment::end_of_day(on))?;
        let balance = |id: AccountId| (id, balances.get(&id).copied().unwrap_or_default());
        found.extend(ids.into_iter().map(balance).filter(|(_, sum)| wanted.zeros || *sum != Euros::ZERO));
        if (rows.len() as i64) < at_once || found.len() as i64 >= limit {
            break;
        }
        place = rows.into_iter().next_back();
    }
    found.truncate(limit as usize);
    let ids: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    let words = books::accounts_in_words(conn, &ids)?.into_iter().map(|words| (words.id, words));
    let mut words: BTreeMap<AccountId, AccountWords> = words.collect();
    let line = |(id, balance): (AccountId, Euros)| Some(AccountBalance { account: words.remove(&id)?, on, balance });
    Ok(found.into_iter().filter_map(line).collect())
}
