//! Accounting entries: the accounts they go to, what waits, and the files made of them. A movement of the journal becomes one
//! entry, once, in words that never change. Whoever is recused from a file finds none of its movements among what waits, takes
//! none of them away, and does not find a file that holds one: it is whole, for the accountant.

mod entries;
mod files;
mod pieces;
mod tellings;

pub(super) use files::digest;
pub use files::{AccountingFile, made, open};

use self::tellings::Tellings;
use super::{Actor, FieldError, Outcome, UseCaseError, access};
use crate::{
    domain::{
        accounting::{
            self, Entry, Posting,
            charts::{self, Chart},
        },
        ids::AccountingExportId,
        journal::TransferKind,
        lifecycle::Refusal,
        money::Euros,
        roles::Role,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        accounting::{self as rows, AccountingExportRow, Wanted},
        books, digests, settings,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

const READERS: [Role; 4] = [Role::Finance, Role::Director, Role::Auditor, Role::System];
const MAKERS: [Role; 2] = [Role::Finance, Role::System];
/// Movements read at a time.
const CHUNK: i64 = 1000;
/// Entries shown before they leave.
const SHOWN: i64 = 20;

/// The fields of the form, each with what was set or its usual value.
pub type Fields = BTreeMap<String, String>;

fn setting(field: &str) -> String {
    format!("accounting-{field}")
}

/// The accounts and journals as they are set.
pub fn fields(conn: &mut Conn, actor: &Actor) -> Outcome<Fields> {
    access::require(actor, &READERS)?;
    let mut set = settings::all(conn)?;
    let field = |(name, usual): (String, String)| {
        let value = set.remove(&setting(&name)).unwrap_or(usual);
        (name, value)
    };
    Ok(charts::usual().into_iter().map(field).collect())
}

/// Sets the accounts and journals; entries that have left keep theirs.
pub fn set(tx: &mut Tx, actor: &Actor, typed: &Fields) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    if let Err(wrong) = charts::judge(typed) {
        let wrong = wrong.into_iter().map(|(field, sentence)| FieldError::new(field, sentence));
        return Err(UseCaseError::Invalid(wrong.collect()));
    }
    for (name, _) in charts::usual() {
        let value = typed.get(&name).map(|value| value.trim()).unwrap_or_default();
        settings::set(tx, &setting(&name), value)?;
    }
    Ok(())
}

/// The chart, once nothing of it is missing.
fn chart(conn: &mut Conn, actor: &Actor) -> Outcome<Chart> {
    let fields = fields(conn, actor)?;
    let missing = "Les réglages comptables sont à compléter\u{a0}: le SIREN, les comptes et les journaux.";
    charts::judge(&fields).map_err(|_| Refusal::because(missing).into())
}

/// What waits of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub kind: TransferKind,
    pub posting: Posting,
    pub entries: i64,
    pub amount: Euros,
}

/// What a file made now would hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The first day that no file holds; nothing before the first file.
    pub begins: Option<NaiveDate>,
    pub waiting: Vec<Waiting>,
    /// The first of them, in the order of the journal; none while the chart lacks something.
    pub first: Vec<Entry>,
    /// What the chart lacks, in words.
    pub refusal: Option<Refusal>,
}

/// What waits to the end of a day in Paris, as far as it exists for the reader.
pub fn preview(conn: &mut Conn, actor: &Actor, until: NaiveDate) -> Outcome<Preview> {
    access::require(actor, &READERS)?;
    let begins = rows::last(conn)?.and_then(|last| last.until_on.succ_opt());
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let (kinds, tellings) = (accounting::entered(), Tellings::load(conn)?);
    let quiet = tellings.quiet(until);
    let wanted = Wanted { kinds: &kinds, until: Moment::end_of_day(until), hidden: &hidden, quiet: &quiet };
    let mut totals = rows::pending_totals(conn, wanted)?;
    totals.sort_by_key(|(kind, ..)| *kind);
    let waiting = totals.into_iter().filter_map(|(kind, entries, amount)| {
        Some(Waiting { kind, posting: accounting::posting(kind)?, entries, amount })
    });
    let waiting = waiting.collect();
    let (first, refusal) = match chart(conn, actor) {
        Ok(chart) => {
            let moved = rows::pending(conn, wanted, (0, SHOWN))?;
            (entries::of(conn, &chart, (begins, &tellings), moved)?.into_iter().map(|(_, entry)| entry).collect(), None)
        }
        Err(UseCaseError::Refused(refusal)) => (Vec::new(), Some(refusal)),
        Err(error) => return Err(error),
    };
    Ok(Preview { begins, waiting, first, refusal })
}

/// Whether a file may be made to this day, from the day after the last one.
fn judge_period(until: NaiveDate, last: Option<&AccountingExportRow>, now: Moment) -> Outcome<()> {
    let wrong = if until > now.paris_date() {
        Some("Ce jour n’est pas encore venu.".to_owned())
    } else {
        let last = last.filter(|last| until <= last.until_on);
        last.map(|last| format!("Les écritures sont déjà exportées jusqu’au {}.", french_date(last.until_on)))
    };
    match wrong {
        Some(sentence) => Err(UseCaseError::Invalid(vec![FieldError::new("au", sentence)])),
        None => Ok(()),
    }
}

/// Makes a file of everything that waits to the end of a day in Paris. What moved on a day that an earlier file holds comes
/// with it, on the first day that is open.
pub fn export(tx: &mut Tx, actor: &Actor, until: NaiveDate, now: Moment) -> Outcome<AccountingExportId> {
    access::require(actor, &MAKERS)?;
    let chart = chart(tx.conn(), actor)?;
    let last = rows::last(tx.conn())?;
    judge_period(until, last.as_ref(), now)?;
    let begins = last.as_ref().and_then(|last| last.until_on.succ_opt());
    let mut entries = waiting_entries(tx.conn(), actor, &chart, begins, until)?;
    let Some(earliest) = entries.first().map(|(_, entry)| entry.entry_on) else {
        let nothing = FieldError::new("au", "Aucune écriture n’attend jusqu’à ce jour.");
        return Err(UseCaseError::Invalid(vec![nothing]));
    };
    let first_entry = last.as_ref().map_or(1, |last| last.first_entry + last.entry_count);
    let (mut sum, mut total) = (digests::Summing::default(), Euros::ZERO);
    sum.add(&accounting::fec::heading());
    for ((_, entry), number) in entries.iter_mut().zip(first_entry..) {
        entry.number = number;
        total += entry.amount;
        sum.add(&accounting::fec::lines(entry, now.paris_date()));
    }
    let id: AccountingExportId = tx.mint(now)?;
    let row = AccountingExportRow {
        id,
        number: last.as_ref().map_or(1, |last| last.number + 1),
        file_name: accounting::fec::file_name(&chart.siren, until),
        from_on: begins.unwrap_or(earliest),
        until_on: until,
        first_entry,
        entry_count: entries.len() as i64,
        total_cents: total,
        sha256: sum.end(),
        made_by: actor.person,
        made_at: now,
    };
    rows::insert_export(tx, &row)?;
    for (seq, entry) in entries {
        rows::insert_entry(tx, &entries::row(id, seq, entry))?;
    }
    Ok(id)
}

/// Every entry that waits, by the day it counts for and its place in the journal; not numbered yet.
fn waiting_entries(
    conn: &mut Conn,
    actor: &Actor,
    chart: &Chart,
    begins: Option<NaiveDate>,
    until: NaiveDate,
) -> Outcome<Vec<(i64, Entry)>> {
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let (kinds, tellings) = (accounting::entered(), Tellings::load(conn)?);
    let quiet = tellings.quiet(until);
    let wanted = Wanted { kinds: &kinds, until: Moment::end_of_day(until), hidden: &hidden, quiet: &quiet };
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let moved = rows::pending(conn, wanted, (after, CHUNK))?;
        let Some(last) = moved.last().map(|row| row.seq) else { break };
        after = last;
        found.extend(entries::of(conn, chart, (begins, &tellings), moved)?);
    }
    found.sort_by_key(|(seq, entry)| (entry.entry_on, *seq));
    Ok(found)
}
