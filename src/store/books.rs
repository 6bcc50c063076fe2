//! The books: the money journal added up and read page by page.

use super::{
    Conn, StoreError,
    journal::TransferRow,
    recusals::hidden_from,
    schema::{account_days, accounts, calls, funding_sources, grants, transfers},
};
use crate::domain::{
    ids::{AccountId, CallId, FunderId, FundingSourceId, PersonId},
    journal::Stage,
    money::Euros,
    time::Moment,
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};
use std::collections::BTreeMap;

fn total() -> diesel::expression::SqlLiteral<Nullable<BigInt>> {
    sql::<Nullable<BigInt>>("CAST(SUM(amount_cents) AS BIGINT)")
}

/// The same of the days that are kept.
fn kept() -> diesel::expression::SqlLiteral<Nullable<BigInt>> {
    sql::<Nullable<BigInt>>("CAST(SUM(into_cents - out_cents) AS BIGINT)")
}

/// The accounts of the grants that are hidden from `reader`. A journal read without them is that of a house in which their
/// files never were: what they were promised lies in the envelopes again.
pub fn hidden_accounts(conn: &mut Conn, reader: Option<PersonId>) -> Result<Vec<AccountId>, StoreError> {
    let Some(reader) = reader else { return Ok(Vec::new()) };
    let rows = accounts::table.inner_join(grants::table);
    let rows = rows.filter(grants::application_id.eq_any(hidden_from(reader))).order(accounts::id);
    Ok(on!(conn, |conn| rows.select(accounts::id).load(conn))?)
}

/// Whether a transfer touches none of these accounts.
macro_rules! untouched {
    ($hidden:expr) => {
        transfers::from_account.ne_all($hidden).and(transfers::to_account.ne_all($hidden))
    };
}

/// What lies at each stage of each call and source, over the whole journal but for the movements of `hidden` accounts. Days
/// are kept added up; only what was exchanged with hidden accounts is added up here.
pub fn by_call_and_source(
    conn: &mut Conn,
    hidden: &[AccountId],
) -> Result<Vec<(CallId, FundingSourceId, Stage, Euros)>, StoreError> {
    type Sum = (Option<CallId>, FundingSourceId, Stage, Option<i64>);
    let key = (accounts::call_id, accounts::funding_source_id, accounts::stage);
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, kept());
    let days = accounts::table.inner_join(account_days::table.on(account_days::account_id.eq(accounts::id)));
    let days = days.filter(accounts::call_id.is_not_null()).filter(accounts::id.ne_all(hidden));
    let mut sums: Vec<(Sum, i64)> = Vec::new();
    let found: Vec<Sum> = on!(conn, |conn| days.group_by(key).select(columns).load(conn))?;
    sums.extend(found.into_iter().map(|sum| (sum, 1)));
    if !hidden.is_empty() {
        let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
        let into = accounts::table.inner_join(transfers::table.on(transfers::to_account.eq(accounts::id)));
        let into = into.filter(transfers::from_account.eq_any(hidden)).filter(accounts::id.ne_all(hidden));
        let into = into.filter(accounts::call_id.is_not_null());
        let into: Vec<Sum> = on!(conn, |conn| into.group_by(key).select(columns).load(conn))?;
        let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
        let out = accounts::table.inner_join(transfers::table.on(transfers::from_account.eq(accounts::id)));
        let out = out.filter(transfers::to_account.eq_any(hidden)).filter(accounts::id.ne_all(hidden));
        let out = out.filter(accounts::call_id.is_not_null());
        let out: Vec<Sum> = on!(conn, |conn| out.group_by(key).select(columns).load(conn))?;
        sums.extend(with_signs(into, out).map(|(sum, sign)| (sum, -sign)));
    }
    let mut lying = BTreeMap::new();
    for ((call, source, stage, cents), sign) in sums {
        let Some(call) = call else { continue };
        *lying.entry((call, source, stage)).or_insert(0) += sign * cents.unwrap_or_default();
    }
    Ok(lying
        .into_iter()
        .map(|((call, source, stage), cents)| (call, source, stage, Euros::from_cents(cents)))
        .collect())
}

fn with_signs<T>(into: Vec<T>, out: Vec<T>) -> impl Iterator<Item = (T, i64)> {
    into.into_iter().map(|row| (row, 1)).chain(out.into_iter().map(|row| (row, -1)))
}

/// An account in words: its source, its call and its grant by their references.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AccountWords {
    pub id: AccountId,
    pub stage: Stage,
    pub source: String,
    pub call: Option<String>,
    pub grant: Option<String>,
}

/// These accounts in words, by their identifiers.
pub fn accounts_in_words(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountWords>, StoreError> {
    let rows = accounts::table.inner_join(funding_sources::table).left_join(calls::table).left_join(grants::table);
    let rows = rows.filter(accounts::id.eq_any(ids)).order(accounts::id);
    let columns = (
        accounts::id,
        accounts::stage,
        funding_sources::reference,
        calls::reference.nullable(),
        grants::reference.nullable(),
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The place of an account among all of them: by funder, agreement, stage, call and grant, then itself.
pub type AccountPlace = (String, AccountId);

/// Where an account stands; nothing when there is none.
pub fn account_place(conn: &mut Conn, id: AccountId) -> Result<Option<AccountPlace>, StoreError> {
    let row = accounts::table.find(id).select((accounts::sort_key, accounts::id));
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// The accounts of one stage and one call or of all after `key`, in their order, without the `hidden` ones.
pub fn account_page(
    conn: &mut Conn,
    (stage, call): (Option<Stage>, Option<CallId>),
    (key, hidden): (Option<AccountPlace>, &[AccountId]),
    limit: i64,
) -> Result<Vec<AccountPlace>, StoreError> {
    let rows = accounts::table.order((accounts::sort_key, accounts::id)).limit(limit);
    let rows = rows.select((accounts::sort_key, accounts::id));
    let mut rows = rows.filter(accounts::id.ne_all(hidden)).into_boxed();
    if let Some(stage) = stage {
        rows = rows.filter(accounts::stage.eq(stage));
    }
    if let Some(call) = call {
        rows = rows.filter(accounts::call_id.eq(call));
    }
    if let Some((place, id)) = key {
        let same = accounts::sort_key.eq(place.clone()).and(accounts::id.gt(id));
        // The first bound says nothing more, but PostgreSQL begins reading the index there.
        rows = rows.filter(accounts::sort_key.ge(place.clone())).filter(accounts::sort_key.gt(place).or(same));
    }
    Ok(rows.load(conn)?)
}

/// What moved on an account, in cents.
type Sum = (AccountId, Option<i64>);

/// The transfers from one moment on and before another.
macro_rules! moved {
    ($from:expr, $until:expr) => {
        transfers::table.filter(transfers::at.ge($from)).filter(transfers::at.lt($until))
    };
}

/// What came into each of these accounts before `until` less what went out, but for the movements of `hidden` accounts,
/// of which none is asked for. Whole days in UTC are kept added up; the hours of the last one are added to them.
pub fn balances(
    conn: &mut Conn,
    ids: &[AccountId],
    hidden: &[AccountId],
    until: Moment,
) -> Result<BTreeMap<AccountId, Euros>, StoreError> {
    let day = until.utc().date();
    let days = account_days::table.filter(account_days::account_id.eq_any(ids));
    let days = days.filter(account_days::day.lt(day.to_string())).group_by(account_days::account_id);
    let whole: Vec<Sum> = on!(conn, |conn| days.select((account_days::account_id, kept())).load(conn))?;
    let midnight = Moment::from_utc(day.and_time(chrono::NaiveTime::MIN));
    let into = moved!(midnight, until).filter(transfers::to_account.eq_any(ids)).group_by(transfers::to_account);
    let into: Vec<Sum> = on!(conn, |conn| into.select((transfers::to_account, total())).load(conn))?;
    let out = moved!(midnight, until).filter(transfers::from_account.eq_any(ids)).group_by(transfers::from_account);
    let out: Vec<Sum> = on!(conn, |conn| out.select((transfers::from_account, total())).load(conn))?;
    let mut balances = BTreeMap::new();
    for ((account, cents), sign) in whole.into_iter().map(|row| (row, 1)).chain(with_signs(into, out)) {
        *balances.entry(account).or_insert(Euros::ZERO) += Euros::from_cents(sign * cents.unwrap_or_default());
    }
    if !hidden.is_empty() {
        let (into, out) = exchanged(conn, ids, hidden, until)?;
        for ((account, cents), sign) in with_signs(into, out) {
            *balances.entry(account).or_insert(Euros::ZERO) -= Euros::from_cents(sign * cents.unwrap_or_default());
        }
    }
    Ok(balances)
}

/// What came into these accounts from the hidden ones before `until`, and what went from them there.
fn exchanged(
    conn: &mut Conn,
    ids: &[AccountId],
    hidden: &[AccountId],
    until: Moment,
) -> Result<(Vec<Sum>, Vec<Sum>), StoreError> {
    let into = transfers::table.filter(transfers::from_account.eq_any(hidden)).filter(transfers::at.lt(until));
    let into = into.filter(transfers::to_account.eq_any(ids)).group_by(transfers::to_account);
    let into: Vec<Sum> = on!(conn, |conn| into.select((transfers::to_account, total())).load(conn))?;
    let out = transfers::table.filter(transfers::to_account.eq_any(hidden)).filter(transfers::at.lt(until));
    let out = out.filter(transfers::from_account.eq_any(ids)).group_by(transfers::from_account);
    let out: Vec<Sum> = on!(conn, |conn| out.select((transfers::from_account, total())).load(conn))?;
    Ok((into, out))
}

/// The accounts of the grant with this reference, without the `hidden` ones; none when there is no such grant.
pub fn accounts_of_grant(
    conn: &mut Conn,
    reference: &str,
    hidden: &[AccountId],
) -> Result<Vec<(AccountId, FundingSourceId)>, StoreError> {
    let rows = accounts::table.inner_join(grants::table).filter(grants::reference.eq(reference));
    let rows = rows.filter(accounts::id.ne_all(hidden)).order(accounts::id);
    Ok(on!(conn, |conn| rows.select((accounts::id, accounts::funding_source_id)).load(conn))?)
}

/// The source of an account; nothing when there is no such account.
pub fn source_of(conn: &mut Conn, id: AccountId) -> Result<Option<FundingSourceId>, StoreError> {
    let row = accounts::table.find(id).select(accounts::funding_source_id);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// The sources of a funder.
pub fn sources_of_funder(conn: &mut Conn, id: FunderId) -> Result<Vec<FundingSourceId>, StoreError> {
    let rows = funding_sources::table.filter(funding_sources::funder_id.eq(id)).order(funding_sources::id);
    Ok(on!(conn, |conn| rows.select(funding_sources::id).load(conn))?)
}

/// Which transfers are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Those that touch one of these accounts; every account without it.
    pub accounts: Option<Vec<AccountId>>,
    /// Those of these sources; every source without it.
    pub sources: Option<Vec<FundingSourceId>>,
    /// At this moment or later.
    pub from: Option<Moment>,
    /// Before this moment.
    pub until: Option<Moment>,
}

/// When a transfer was made; nothing when there is none of this number.
pub fn moment_of(conn: &mut Conn, seq: i64) -> Result<Option<Moment>, StoreError> {
    let row = transfers::table.find(seq).select(transfers::at);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// The wanted transfers before `key`, newest first, without those of `hidden` accounts.
pub fn page(
    conn: &mut Conn,
    wanted: &Wanted,
    key: Option<(Moment, i64)>,
    hidden: &[AccountId],
    limit: i64,
) -> Result<Vec<TransferRow>, StoreError> {
    macro_rules! narrowed {
        () => {{
            let rows = transfers::table.order((transfers::at.desc(), transfers::seq.desc())).limit(limit);
            let mut rows = rows.select(TransferRow::as_select()).filter(untouched!(hidden)).into_boxed();
            if let Some(from) = wanted.from {
                rows = rows.filter(transfers::at.ge(from));
            }
            if let Some(until) = wanted.until {
                rows = rows.filter(transfers::at.lt(until));
            }
            if let Some((at, seq)) = key {
                rows = rows.filter(transfers::at.le(at)).filter(transfers::at.lt(at).or(transfers::seq.lt(seq)));
            }
            rows
        }};
    }
    if let Some(ids) = &wanted.accounts {
        // Each half follows an index; a movement between two of them stands in both.
        let mut rows: Vec<TransferRow> = narrowed!().filter(transfers::to_account.eq_any(ids)).load(conn)?;
        rows.extend(narrowed!().filter(transfers::from_account.eq_any(ids)).load::<TransferRow>(conn)?);
        rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.seq)));
        rows.dedup_by_key(|row| row.seq);
        rows.truncate(usize::try_from(limit).unwrap_or_default());
        return Ok(rows);
    }
    let mut rows = narrowed!();
    if let Some(sources) = &wanted.sources {
        // Both ends of a movement are of one source.
        let theirs = accounts::table.filter(accounts::funding_source_id.eq_any(sources)).select(accounts::id);
        rows = rows.filter(transfers::from_account.eq_any(theirs));
    }
    Ok(rows.load(conn)?)
}
