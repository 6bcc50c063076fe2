//! The books: the money journal added up and read page by page.

use super::{
    Conn, StoreError,
    journal::TransferRow,
    schema::{accounts, calls, funding_sources, grants, transfers},
};
use crate::domain::{
    ids::{AccountId, CallId, FundingSourceId},
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

/// What lies at each stage of each call and source, over the whole journal.
pub fn by_call_and_source(conn: &mut Conn) -> Result<Vec<(CallId, FundingSourceId, Stage, Euros)>, StoreError> {
    type Sum = (Option<CallId>, FundingSourceId, Stage, Option<i64>);
    let key = (accounts::call_id, accounts::funding_source_id, accounts::stage);
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let into = accounts::table.inner_join(transfers::table.on(transfers::to_account.eq(accounts::id)));
    let into: Vec<Sum> =
        on!(conn, |conn| into.filter(accounts::call_id.is_not_null()).group_by(key).select(columns).load(conn))?;
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let out = accounts::table.inner_join(transfers::table.on(transfers::from_account.eq(accounts::id)));
    let out: Vec<Sum> =
        on!(conn, |conn| out.filter(accounts::call_id.is_not_null()).group_by(key).select(columns).load(conn))?;
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

/// The accounts of one stage or of all after `key`, in the order of their opening.
pub fn account_page(
    conn: &mut Conn,
    (stage, call): (Option<Stage>, Option<CallId>),
    key: Option<AccountId>,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let mut rows = accounts::table.order(accounts::id).limit(limit).select(accounts::id).into_boxed();
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

/// What came into each of these accounts less what went out.
pub fn balances(conn: &mut Conn, ids: &[AccountId]) -> Result<BTreeMap<AccountId, Euros>, StoreError> {
    let into = transfers::table.filter(transfers::to_account.eq_any(ids)).group_by(transfers::to_account);
    let into: Vec<(AccountId, Option<i64>)> =
        on!(conn, |conn| into.select((transfers::to_account, total())).load(conn))?;
    let out = transfers::table.filter(transfers::from_account.eq_any(ids)).group_by(transfers::from_account);
    let out: Vec<(AccountId, Option<i64>)> =
        on!(conn, |conn| out.select((transfers::from_account, total())).load(conn))?;
    let mut balances = BTreeMap::new();
    for ((account, cents), sign) in with_signs(into, out) {
        *balances.entry(account).or_insert(Euros::ZERO) += Euros::from_cents(sign * cents.unwrap_or_default());
    }
    Ok(balances)
}

/// The transfers before `key`, newest first.
pub fn page(conn: &mut Conn, key: Option<i64>, limit: i64) -> Result<Vec<TransferRow>, StoreError> {
    let mut rows =
        transfers::table.order(transfers::seq.desc()).limit(limit).select(TransferRow::as_select()).into_boxed();
    if let Some(key) = key {
        rows = rows.filter(transfers::seq.lt(key));
    }
    Ok(rows.load(conn)?)
}
