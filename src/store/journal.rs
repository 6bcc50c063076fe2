//! The money journal: append-only transfers between accounts. Every balance is a query.

use super::{
    Conn, StoreError, Tx, kept_if_few,
    recusals::hidden_from,
    schema::{accounts, application_tags, calls, funders, funding_sources, funds, grants, transfers},
};
use crate::domain::{
    definitions::marked_fund,
    ids::{AccountId, CallId, DisbursementId, FundingSourceId, GrantId, OrganisationId, PersonId},
    journal::{Stage, TransferKind},
    money::Euros,
    time::Moment,
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};
use std::collections::BTreeMap;

/// An account: one stage of one funding source, for one call or one grant from some stage on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub id: AccountId,
    pub account_key: String,
    pub stage: Stage,
    pub funding_source_id: FundingSourceId,
    pub call_id: Option<CallId>,
    pub grant_id: Option<GrantId>,
    /// By funder, agreement, stage, call and grant.
    pub sort_key: String,
}

/// One movement of money. A correction is a new row that names the one it reverses.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfers, treat_none_as_default_value = false)]
pub struct TransferRow {
    pub seq: i64,
    pub from_account: AccountId,
    pub to_account: AccountId,
    pub amount_cents: Euros,
    pub kind: TransferKind,
    pub disbursement_id: Option<DisbursementId>,
    pub reverses_seq: Option<i64>,
    pub transition_seq: Option<i64>,
    pub at: Moment,
}

/// What a transfer says beside its accounts and amount.
#[derive(Debug, Clone, Copy)]
pub struct Voucher {
    pub kind: TransferKind,
    pub disbursement: Option<DisbursementId>,
    pub reverses: Option<i64>,
    pub cause: Option<i64>,
    pub at: Moment,
}

/// The account of this stage, source, call and grant; opened at its first use.
pub fn account(
    tx: &mut Tx,
    stage: Stage,
    source: FundingSourceId,
    call: Option<CallId>,
    grant: Option<GrantId>,
    now: Moment,
) -> Result<AccountId, StoreError> {
    let part = |id: Option<String>| id.unwrap_or_default();
    let key = format!("{stage}:{source}:{}:{}", part(call.map(|c| c.to_string())), part(grant.map(|g| g.to_string())));
    let known = accounts::table.filter(accounts::account_key.eq(&key)).select(accounts::id);
    if let Some(id) = on!(tx.conn(), |conn| fixed!(known).get_result(conn)).optional()? {
        return Ok(id);
    }
    let id = tx.mint(now)?;
    let sort_key = sort_key(tx.conn(), (stage, source), call, grant)?;
    let row =
        AccountRow { id, account_key: key, stage, funding_source_id: source, call_id: call, grant_id: grant, sort_key };
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(accounts::table).values(&row)).execute(conn))?;
    Ok(id)
}

/// The place of an account in a list of them; what it is made of never changes.
fn sort_key(
    conn: &mut Conn,
    (stage, source): (Stage, FundingSourceId),
    call: Option<CallId>,
    grant: Option<GrantId>,
) -> Result<String, StoreError> {
    let rank = Stage::ALL.iter().position(|one| *one == stage).unwrap_or_default();
    let agreement = funding_sources::table.inner_join(funders::table).filter(funding_sources::id.eq(source));
    let (funder, reference): (String, String) =
        on!(conn, |conn| agreement.select((funders::code, funding_sources::reference)).first(conn))?;
    let call: Option<String> = match call {
        Some(id) => Some(on!(conn, |conn| calls::table.find(id).select(calls::reference).first(conn))?),
        None => None,
    };
    let grant: Option<String> = match grant {
        Some(id) => Some(on!(conn, |conn| grants::table.find(id).select(grants::reference).first(conn))?),
        None => None,
    };
    Ok(format!("{funder} {reference} {rank} {} {}", call.unwrap_or_default(), grant.unwrap_or_default()))
}

/// Appends a transfer of a positive amount.
pub fn transfer(
    tx: &mut Tx,
    from: AccountId,
    to: AccountId,
    amount: Euros,
    voucher: Voucher,
) -> Result<i64, StoreError> {
    let last: Option<i64> =
        on!(tx.conn(), |conn| fixed!(transfers::table.select(diesel::dsl::max(transfers::seq))).get_result(conn))?;
    let row = TransferRow {
        seq: last.unwrap_or_default() + 1,
        from_account: from,
        to_account: to,
        amount_cents: amount,
        kind: voucher.kind,
        disbursement_id: voucher.disbursement,
        reverses_seq: voucher.reverses,
        transition_seq: voucher.cause,
        at: voucher.at,
    };
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(transfers::table).values(&row)).execute(conn))?;
    Ok(row.seq)
}

fn total() -> diesel::expression::SqlLiteral<Nullable<BigInt>> {
    sql::<Nullable<BigInt>>("CAST(SUM(amount_cents) AS BIGINT)")
}

/// Which accounts a balance adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Call(CallId),
    Grant(GrantId),
    Source(FundingSourceId),
    /// One call's share of one source.
    CallSource(CallId, FundingSourceId),
    /// One grant's share of one source.
    GrantSource(GrantId, FundingSourceId),
}

fn accounts_of(conn: &mut Conn, stage: Stage, scope: Scope) -> Result<Vec<AccountId>, StoreError> {
    let rows = accounts::table.select(accounts::id).filter(accounts::stage.eq(stage));
    Ok(match scope {
        Scope::Call(id) => on!(conn, |conn| rows.filter(accounts::call_id.eq(id)).load(conn)),
        Scope::Grant(id) => on!(conn, |conn| rows.filter(accounts::grant_id.eq(id)).load(conn)),
        Scope::Source(id) => on!(conn, |conn| rows.filter(accounts::funding_source_id.eq(id)).load(conn)),
        Scope::CallSource(call, source) => {
            let rows = rows.filter(accounts::call_id.eq(call)).filter(accounts::funding_source_id.eq(source));
            on!(conn, |conn| rows.load(conn))
        }
        Scope::GrantSource(grant, source) => {
            let rows = rows.filter(accounts::grant_id.eq(grant)).filter(accounts::funding_source_id.eq(source));
            on!(conn, |conn| rows.load(conn))
        }
    }?)
}

/// What lies on the accounts of one stage: what came in less what went out.
pub fn balance(conn: &mut Conn, stage: Stage, scope: Scope) -> Result<Euros, StoreError> {
    let ids = accounts_of(conn, stage, scope)?;
    let into = transfers::table.filter(transfers::to_account.eq_any(&ids)).select(total());
    let out = transfers::table.filter(transfers::from_account.eq_any(&ids)).select(total());
    let (into, out): (Option<i64>, Option<i64>) = (
        on!(conn, |conn| kept_if_few(ids.len(), into).get_result(conn))?,
        on!(conn, |conn| kept_if_few(ids.len(), out).get_result(conn))?,
    );
    Ok(Euros::from_cents(into.unwrap_or_default() - out.unwrap_or_default()))
}

/// What lies on every account of a grant, by source and stage.
pub fn of_grant(conn: &mut Conn, id: GrantId) -> Result<Vec<(FundingSourceId, Stage, Euros)>, StoreError> {
    let theirs = accounts::table.filter(accounts::grant_id.eq(id)).order(accounts::id);
    let theirs: Vec<AccountRow> = on!(conn, |conn| theirs.select(AccountRow::as_select()).load(conn))?;
    let ids: Vec<_> = theirs.iter().map(|row| row.id).collect();
    let into = transfers::table.filter(transfers::to_account.eq_any(&ids));
    let into: Vec<(AccountId, Euros)> =
        on!(conn, |conn| kept_if_few(ids.len(), into.select((transfers::to_account, transfers::amount_cents)))
            .load(conn))?;
    let out = transfers::table.filter(transfers::from_account.eq_any(&ids));
    let out: Vec<(AccountId, Euros)> =
        on!(conn, |conn| kept_if_few(ids.len(), out.select((transfers::from_account, transfers::amount_cents)))
            .load(conn))?;
    let sum = |moves: &[(AccountId, Euros)], id| moves.iter().filter(|(at, _)| *at == id).map(|(_, sum)| *sum).sum();
    let lies = |row: AccountRow| {
        let (came, went): (Euros, Euros) = (sum(&into, row.id), sum(&out, row.id));
        (row.funding_source_id, row.stage, came - went)
    };
    Ok(theirs.into_iter().map(lies).collect())
}

/// What was promised to grants under one mark, the code of an axis or the mark of a fund, and not given back, in a call or
/// from a source.
pub fn promised_under(conn: &mut Conn, mark: &str, scope: Scope) -> Result<Euros, StoreError> {
    let of_scope = accounts_of(conn, Stage::Committed, scope)?;
    let theirs = accounts::table.filter(accounts::id.eq_any(&of_scope));
    let ids: Vec<AccountId> = match marked_fund(mark) {
        Some(code) => {
            let of_fund = calls::table.inner_join(funds::table).filter(funds::code.eq(code)).select(calls::id);
            let its_grants = grants::table.filter(grants::call_id.eq_any(of_fund)).select(grants::id.nullable());
            let theirs = theirs.filter(accounts::grant_id.eq_any(its_grants));
            on!(conn, |conn| theirs.select(accounts::id).load(conn))?
        }
        None => {
            let of_axis = application_tags::table
                .filter(application_tags::kind.eq("axis").and(application_tags::code.eq(mark)))
                .select(application_tags::application_id);
            let its_grants = grants::table.filter(grants::application_id.eq_any(of_axis)).select(grants::id.nullable());
            let theirs = theirs.filter(accounts::grant_id.eq_any(its_grants));
            on!(conn, |conn| theirs.select(accounts::id).load(conn))?
        }
    };
    promised_on(conn, &ids)
}

/// The same for the files that do not exist for `reader`, under one mark or all: it is taken out of every sum they read.
pub fn promised_unseen(
    conn: &mut Conn,
    reader: PersonId,
    mark: Option<&str>,
    scope: Scope,
) -> Result<Euros, StoreError> {
    let hidden = grants::table.filter(grants::application_id.eq_any(hidden_from(reader)));
    let unseen: Vec<GrantId> = match mark.map(|mark| (mark, marked_fund(mark))) {
        None => on!(conn, |conn| hidden.select(grants::id).load(conn))?,
        Some((_, Some(code))) => {
            let of_fund = calls::table.inner_join(funds::table).filter(funds::code.eq(code)).select(calls::id);
            let hidden = hidden.filter(grants::call_id.eq_any(of_fund));
            on!(conn, |conn| hidden.select(grants::id).load(conn))?
        }
        Some((axis, None)) => {
            let of_axis = application_tags::table
                .filter(application_tags::kind.eq("axis").and(application_tags::code.eq(axis)))
                .select(application_tags::application_id);
            let hidden = hidden.filter(grants::application_id.eq_any(of_axis));
            on!(conn, |conn| hidden.select(grants::id).load(conn))?
        }
    };
    if unseen.is_empty() {
        return Ok(Euros::ZERO);
    }
    let of_scope = accounts_of(conn, Stage::Committed, scope)?;
    let theirs = accounts::table.filter(accounts::id.eq_any(&of_scope)).filter(accounts::grant_id.eq_any(unseen));
    let ids: Vec<AccountId> = on!(conn, |conn| theirs.select(accounts::id).load(conn))?;
    promised_on(conn, &ids)
}

/// What a call has set aside from a source and not given back, whatever was promised of it since.
pub fn set_aside(conn: &mut Conn, call: CallId, source: FundingSourceId) -> Result<Euros, StoreError> {
    let ids = accounts_of(conn, Stage::Envelope, Scope::CallSource(call, source))?;
    moved(conn, &ids, (TransferKind::Fund, TransferKind::Unfund))
}

/// What was committed to these accounts and not released from them.
fn promised_on(conn: &mut Conn, ids: &[AccountId]) -> Result<Euros, StoreError> {
    moved(conn, ids, (TransferKind::Commit, TransferKind::Release))
}

/// What came to these accounts by one kind of transfer, less what left them by the other.
fn moved(conn: &mut Conn, ids: &[AccountId], (came, left): (TransferKind, TransferKind)) -> Result<Euros, StoreError> {
    let of_kind = |kind: TransferKind| transfers::table.filter(transfers::kind.eq(kind)).select(total());
    let into = of_kind(came).filter(transfers::to_account.eq_any(ids));
    let out = of_kind(left).filter(transfers::from_account.eq_any(ids));
    let (into, out): (Option<i64>, Option<i64>) =
        (on!(conn, |conn| into.first(conn))?, on!(conn, |conn| out.first(conn))?);
    Ok(Euros::from_cents(into.unwrap_or_default() - out.unwrap_or_default()))
}

/// The transfers of one disbursement, oldest first.
pub fn of_disbursement(conn: &mut Conn, id: DisbursementId) -> Result<Vec<TransferRow>, StoreError> {
    let rows = transfers::table.filter(transfers::disbursement_id.eq(id)).order(transfers::seq);
    Ok(on!(conn, |conn| rows.select(TransferRow::as_select()).load(conn))?)
}

/// What lies at each stage of these calls, by funding source: what came in less what went out. What lies with grants that
/// are hidden from `reader` is left out.
pub fn by_call(
    conn: &mut Conn,
    calls: &[CallId],
    reader: PersonId,
) -> Result<BTreeMap<(CallId, FundingSourceId, Stage), Euros>, StoreError> {
    type Sum = (Option<CallId>, FundingSourceId, Stage, Option<i64>);
    let columns = (accounts::call_id, accounts::funding_source_id, accounts::stage);
    let unseen = || grants::table.filter(grants::application_id.eq_any(hidden_from(reader))).select(grants::id);
    let seen = || accounts::grant_id.is_null().or(accounts::grant_id.assume_not_null().ne_all(unseen()));
    let sums = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let into = transfers::table.inner_join(accounts::table.on(accounts::id.eq(transfers::to_account)));
    let into = on!(conn, |conn| into
        .filter(accounts::call_id.eq_any(calls))
        .filter(seen())
        .group_by(columns)
        .select(sums)
        .load::<Sum>(conn))?;
    let sums = (accounts::call_id, accounts::funding_source_id, accounts::stage, total());
    let out = transfers::table.inner_join(accounts::table.on(accounts::id.eq(transfers::from_account)));
    let out = on!(conn, |conn| out
        .filter(accounts::call_id.eq_any(calls))
        .filter(seen())
        .group_by(columns)
        .select(sums)
        .load::<Sum>(conn))?;
    let signed = into.into_iter().map(|sum| (sum, 1)).chain(out.into_iter().map(|sum| (sum, -1)));
    let mut balances = BTreeMap::new();
    for ((call, source, stage, cents), sign) in signed {
        let Some(call) = call else { continue };
        *balances.entry((call, source, stage)).or_default() += Euros::from_cents(sign * cents.unwrap_or_default());
    }
    Ok(balances)
}

/// The kinds by which something is kept back from a payment, and is no more.
pub(super) const KEPT_BACK: [TransferKind; 2] = [TransferKind::Recover, TransferKind::Reopen];

/// What such a transfer adds to what is kept back.
pub(super) fn signed(kind: TransferKind, amount: Euros) -> Euros {
    if kind == TransferKind::Reopen { -amount } else { amount }
}

/// What is kept back from these disbursements, because their grantee owes it from elsewhere: to be added up, what is owed
/// again as less than nothing.
pub fn kept_back(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<(DisbursementId, Euros)>, StoreError> {
    let rows = transfers::table.filter(transfers::disbursement_id.assume_not_null().eq_any(ids));
    let rows = rows.filter(transfers::kind.eq_any(KEPT_BACK));
    let columns = (transfers::disbursement_id.assume_not_null(), transfers::kind, transfers::amount_cents);
    let found: Vec<(DisbursementId, TransferKind, Euros)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    Ok(found.into_iter().map(|(id, kind, amount)| (id, signed(kind, amount))).collect())
}

/// The transfers by which one change of state counted money as come back to a grant.
pub fn recovered_by(conn: &mut Conn, grant: GrantId, cause: i64) -> Result<Vec<TransferRow>, StoreError> {
    let ids = accounts_of(conn, Stage::Recovered, Scope::Grant(grant))?;
    let rows = transfers::table.filter(transfers::to_account.eq_any(ids)).filter(transfers::transition_seq.eq(cause));
    let rows = rows.filter(transfers::kind.eq(TransferKind::Recover)).order(transfers::seq);
    Ok(on!(conn, |conn| rows.select(TransferRow::as_select()).load(conn))?)
}

/// What each of these organisations was granted from a funding source: the share that source has in their grants. One
/// without a grant is left out. A declined grant has given its share back; a terminated one keeps what it was paid. What a
/// `reader` is recused from is not counted.
pub fn granted_from(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    source: FundingSourceId,
    reader: Option<PersonId>,
) -> Result<BTreeMap<OrganisationId, Euros>, StoreError> {
    let rows = accounts::table.inner_join(grants::table).filter(accounts::funding_source_id.eq(source));
    let rows = rows.filter(grants::organisation_id.eq_any(organisations));
    let owned: Vec<(AccountId, OrganisationId)> = match reader {
        None => on!(conn, |conn| rows.select((accounts::id, grants::organisation_id)).load(conn))?,
        Some(reader) => {
            let seen = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
            on!(conn, |conn| seen.select((accounts::id, grants::organisation_id)).load(conn))?
        }
    };
    let ids: Vec<AccountId> = owned.iter().map(|(id, _)| *id).collect();
    let owners: BTreeMap<AccountId, OrganisationId> = owned.into_iter().collect();
    let into = transfers::table.filter(transfers::to_account.eq_any(&ids));
    let into: Vec<(AccountId, Euros)> =
        on!(conn, |conn| into.select((transfers::to_account, transfers::amount_cents)).load(conn))?;
    let out = transfers::table.filter(transfers::from_account.eq_any(&ids));
    let out: Vec<(AccountId, Euros)> =
        on!(conn, |conn| out.select((transfers::from_account, transfers::amount_cents)).load(conn))?;
    let out = out.into_iter().map(|(account, amount)| (account, -amount));
    let mut granted: BTreeMap<OrganisationId, Euros> = BTreeMap::new();
    for (account, amount) in into.into_iter().chain(out) {
        let Some(organisation) = owners.get(&account) else { continue };
        *granted.entry(*organisation).or_insert(Euros::ZERO) += amount;
    }
    Ok(granted)
}
