//! Reserve lists: their files in order, the money that came free, and the proposals to award one of them.

use super::{
    Conn, StoreError, Tx,
    decisions::Of,
    one,
    recusals::hidden_from,
    schema::{accounts, applications, grants, organisations, people, promotions, transfers},
};
use crate::domain::{
    ids::{ApplicationId, CallId, GrantId, PersonId, PromotionId},
    journal::TransferKind,
    lifecycles::{applications::ApplicationState, grants::GrantState},
    money::Euros,
    promotions::PromotionOutcome,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// A file on the reserve list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ReserveRow {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub requested: Euros,
    /// In hundredths of a point out of 100.
    pub score_mean: i64,
    pub score_count: i32,
    pub version: i32,
}

/// A grant whose money came back to the envelope, or that still waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct GrantLine {
    pub id: GrantId,
    pub reference: String,
    pub organisation: String,
    pub amount: Euros,
    pub state: GrantState,
    pub state_at: Moment,
    pub confirm_by: Option<NaiveDate>,
}

/// A proposal. `live_key` is its application while it waits; `skipping` says why files before it are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = promotions, treat_none_as_default_value = false)]
pub struct PromotionRow {
    pub id: PromotionId,
    pub call_id: CallId,
    pub application_id: ApplicationId,
    pub live_key: Option<String>,
    pub amount_cents: Euros,
    pub motive: String,
    pub conditions: String,
    pub skipping: String,
    pub proposed_by: PersonId,
    pub proposed_at: Moment,
    pub outcome: Option<PromotionOutcome>,
    pub answer: String,
    pub answered_by: Option<PersonId>,
    pub answered_at: Option<Moment>,
    /// Why it goes beyond ceilings; empty where it needs no reason.
    pub beyond: String,
}

/// The reserve list of a call as this person may see it: the best mean first, then by reference.
pub fn reserve(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<ReserveRow>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::ReserveListed))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order((applications::score_mean.desc(), applications::reference))
        .select((
            applications::id,
            applications::reference,
            applications::title,
            organisations::name,
            applications::requested_cents,
            applications::score_mean,
            applications::score_count,
            applications::version,
        ));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// The grants of a call in these states, the last to change first; those of files this person must not know are left out.
pub fn grants_of(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    states: &[GrantState],
) -> Result<Vec<GrantLine>, StoreError> {
    let rows = grants::table
        .inner_join(organisations::table.on(organisations::id.eq(grants::organisation_id)))
        .filter(grants::call_id.eq(call))
        .filter(grants::state.eq_any(states))
        .filter(grants::application_id.ne_all(hidden_from(reader)))
        .order((grants::state_at.desc(), grants::id))
        .select((
            grants::id,
            grants::reference,
            organisations::name,
            grants::amount_cents,
            grants::state,
            grants::state_at,
            grants::confirm_by,
        ));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// What each grant of a call gave back to its envelope.
pub fn released(conn: &mut Conn, call: CallId) -> Result<Vec<(GrantId, Euros)>, StoreError> {
    let rows = transfers::table
        .inner_join(accounts::table.on(accounts::id.eq(transfers::from_account)))
        .filter(transfers::kind.eq(TransferKind::Release))
        .filter(accounts::call_id.eq(call))
        .filter(accounts::grant_id.is_not_null())
        .group_by(accounts::grant_id)
        .select((accounts::grant_id, sql::<Nullable<BigInt>>("CAST(SUM(transfers.amount_cents) AS BIGINT)")));
    let sums: Vec<(Option<GrantId>, Option<i64>)> = on!(conn, |conn| rows.load(conn))?;
    Ok(sums.into_iter().filter_map(|(grant, cents)| Some((grant?, Euros::from_cents(cents?)))).collect())
}

/// Adds a proposal; `Taken` when its file has one already.
pub fn insert(tx: &mut Tx, row: &PromotionRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(promotions::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes how a waiting proposal ended.
pub fn answer(
    tx: &mut Tx,
    id: PromotionId,
    outcome: PromotionOutcome,
    answer: &str,
    (by, at): (PersonId, Moment),
) -> Result<(), StoreError> {
    let waiting = promotions::table.find(id).filter(promotions::outcome.is_null());
    let values = (
        promotions::live_key.eq(None::<String>),
        promotions::outcome.eq(Some(outcome)),
        promotions::answer.eq(answer),
        promotions::answered_by.eq(Some(by)),
        promotions::answered_at.eq(Some(at)),
    );
    one(on!(tx.conn(), |conn| diesel::update(waiting).set(values).execute(conn))?)
}

/// One proposal.
pub fn find(conn: &mut Conn, id: PromotionId) -> Result<PromotionRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(promotions::table.find(id).select(PromotionRow::as_select())).get_result(conn))?)
}

/// The proposals of a call, the newest first, with the name of who proposed each.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(PromotionRow, String)>, StoreError> {
    let rows = promotions::table.inner_join(people::table.on(people::id.eq(promotions::proposed_by)));
    let rows = rows.filter(promotions::call_id.eq(call)).order((promotions::proposed_at.desc(), promotions::id));
    Ok(on!(conn, |conn| rows.select((PromotionRow::as_select(), people::name)).load(conn))?)
}

/// The proposals of a call that wait for an answer about a file still on the list, with the name of who made each.
pub fn waiting_of(conn: &mut Conn, call: CallId) -> Result<Vec<(PromotionRow, String)>, StoreError> {
    let rows = promotions::table.inner_join(people::table.on(people::id.eq(promotions::proposed_by)));
    let rows = rows.inner_join(applications::table.on(applications::id.eq(promotions::application_id)));
    let rows = rows.filter(promotions::call_id.eq(call)).filter(promotions::live_key.is_not_null());
    let rows = rows.filter(applications::state.eq(ApplicationState::ReserveListed));
    let rows = rows.order((promotions::proposed_at, promotions::id));
    Ok(on!(conn, |conn| rows.select((PromotionRow::as_select(), people::name)).load(conn))?)
}

/// The applications whose promotion was confirmed.
pub fn confirmed(conn: &mut Conn, of: Of) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = promotions::table.filter(promotions::outcome.eq(Some(PromotionOutcome::Confirmed)));
    let rows = rows.order(promotions::application_id).select(promotions::application_id).into_boxed();
    let rows = match of {
        Of::Call(call) => rows.filter(promotions::call_id.eq(call)),
        Of::Application(id) => rows.filter(promotions::application_id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// Whether the last proposal of an application was confirmed.
pub fn is_confirmed(conn: &mut Conn, id: ApplicationId) -> Result<bool, StoreError> {
    let rows = promotions::table.filter(promotions::application_id.eq(id));
    let rows = rows.order((promotions::proposed_at.desc(), promotions::id.desc())).select(promotions::outcome);
    let last: Option<Option<PromotionOutcome>> = on!(conn, |conn| rows.first(conn)).optional()?;
    Ok(last.flatten() == Some(PromotionOutcome::Confirmed))
}

/// The proposals that wait for an answer after `key`, oldest first: identifier, title of the file, its number, amount.
pub fn waiting(
    conn: &mut Conn,
    reader: PersonId,
    key: Option<PromotionId>,
    limit: i64,
) -> Result<Vec<(PromotionId, String, String, Euros)>, StoreError> {
    let rows = promotions::table
        .inner_join(applications::table.on(applications::id.eq(promotions::application_id)))
        .filter(promotions::live_key.is_not_null())
        .filter(applications::state.eq(ApplicationState::ReserveListed))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order(promotions::id)
        .limit(limit)
        .select((promotions::id, applications::title, applications::reference, promotions::amount_cents))
        .into_boxed();
    match key {
        Some(key) => Ok(rows.filter(promotions::id.gt(key)).load(conn)?),
        None => Ok(rows.load(conn)?),
    }
}
