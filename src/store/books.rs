//! The books: the money journal added up and read page by page.

use super::{
    Conn, StoreError,
    journal::TransferRow,
    recusals::hidden_from,
    schema::{accounts, calls, funding_sources, grants, transfers},
};
use crate::domain::{
    ids::{AccountId, CallId, FundingSourceId, PersonId},
    journal::Stage,
    money::Euros,
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

/// What lies at each stage of each call and source, over the whole journal but for the movements of `hidden` accounts.
pub fn by_call_and_source(
    conn: &mut Conn,
    hidden: &[AccountId],
) -> Result<Vec<(CallId, FundingSourceId, Stage, Euros)>, StoreError> {
    type Sum = (Option<CallId>, FundingSourceId, Stage, Option<i64>);
    let key = (accounts::call_id, accounts::funding_source_id, accounts::stage);
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let into = accounts::table.inner_join(transfers::table.on(transfers::to_account.eq(accounts::id)));
    let into = into.filter(accounts::call_id.is_not_null()).filter(untouched!(hidden));
    let into: Vec<Sum> = on!(conn, |conn| into.group_by(key).select(columns).load(conn))?;
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let out = accounts::table.inner_join(transfers::table.on(transfers::from_account.eq(accounts::id)));
    let out = out.filter(accounts::call_id.is_not_null()).filter(untouched!(hidden));
    let out: Vec<Sum> = on!(conn, |conn| out.group_by(key).select(columns).load(conn))?;
    let mut lying = BTreeMap::new();
    for ((call, source, stage, cents), sign) in with_signs(into, out) {
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

/// The accounts of one stage or of all after `key`, in the order of their opening, without the `hidden` ones.
pub fn account_page(
    conn: &mut Conn,
    (stage, call): (Option<Stage>, Option<CallId>),
    (key, hidden): (Option<AccountId>, &[AccountId]),
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let rows = accounts::table.order(accounts::id).limit(limit).select(accounts::id);
    let mut rows = rows.filter(accounts::id.ne_all(hidden)).into_boxed();
    if let Some(stage) = stage {
        rows = rows.filter(accounts::stage.eq(stage));
    }
    if let Some(call) = call {
        rows = rows.filter(accounts::call_id.eq(call));
    }
    if let Some(key) = key {
        rows = rows.filter(accounts::id.gt(key));
    }
    Ok(rows.load(conn)?)
}

/// What came into each of these accounts less what went out, but for the movements of `hidden` accounts.
pub fn balances(
    conn: &mut Conn,
    ids: &[AccountId],
    hidden: &[AccountId],
) -> Result<BTreeMap<AccountId, Euros>, StoreError> {
    let into = transfers::table.filter(transfers::to_account.eq_any(ids)).filter(untouched!(hidden));
    let into = into.group_by(transfers::to_account);
    let into: Vec<(AccountId, Option<i64>)> =
        on!(conn, |conn| into.select((transfers::to_account, total())).load(conn))?;
    let out = transfers::table.filter(transfers::from_account.eq_any(ids)).filter(untouched!(hidden));
    let out = out.group_by(transfers::from_account);
    let out: Vec<(AccountId, Option<i64>)> =
        on!(conn, |conn| out.select((transfers::from_account, total())).load(conn))?;
    let mut balances = BTreeMap::new();
    for ((account, cents), sign) in with_signs(into, out) {
        *balances.entry(account).or_insert(Euros::ZERO) += Euros::from_cents(sign * cents.unwrap_or_default());
    }
    Ok(balances)
}

/// The transfers before `key`, newest first, without those of `hidden` accounts.
pub fn page(
    conn: &mut Conn,
    key: Option<i64>,
    hidden: &[AccountId],
    limit: i64,
) -> Result<Vec<TransferRow>, StoreError> {
    let rows = transfers::table.order(transfers::seq.desc()).limit(limit).select(TransferRow::as_select());
    let mut rows = rows.filter(untouched!(hidden)).into_boxed();
    if let Some(key) = key {
        rows = rows.filter(transfers::seq.lt(key));
    }
    Ok(rows.load(conn)?)
}
