//! Lonely files that look for the other half of a pair, and the pairs that were formed of two of them.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{answers, applications, organisations, pairing_wishes, pairings},
};
use crate::domain::{
    ids::{ApplicationId, CallId, OrganisationId, PersonId},
    lifecycles::applications::ApplicationState,
    organisations::LegalForm,
    time::Moment,
};
use diesel::{dsl, prelude::*};

/// What a lonely file says of the other half it looks for; `ended_at` when it was found or is no longer looked for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pairing_wishes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct WishRow {
    pub application_id: ApplicationId,
    pub call_id: CallId,
    pub wish: String,
    pub asked_by: PersonId,
    pub asked_at: Moment,
    pub ended_at: Option<Moment>,
}

/// Two files made one: `other_id` rests while the pair lasts. `carried` are the questions whose answers went over, one a
/// line; empty fields at the end until it is separated.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pairings, treat_none_as_default_value = false)]
pub struct PairingRow {
    pub application_id: ApplicationId,
    pub other_id: ApplicationId,
    pub carried: String,
    pub paired_by: PersonId,
    pub paired_at: Moment,
    pub ended_by: Option<PersonId>,
    pub ended_at: Option<Moment>,
    pub reason: String,
}

/// A lonely file on the officer's list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LonelyLine {
    pub id: ApplicationId,
    pub version: i32,
    pub reference: String,
    pub title: String,
    pub commune_code: Option<String>,
    pub organisation_id: OrganisationId,
    pub organisation: String,
    pub legal_form: LegalForm,
    pub city: String,
    pub department: String,
    pub seat_commune: Option<String>,
    pub wish: String,
    pub asked_at: Moment,
}

/// What a file looks for, if it ever said so.
pub fn wish(conn: &mut Conn, id: ApplicationId) -> Result<Option<WishRow>, StoreError> {
    let row = pairing_wishes::table.find(id);
    Ok(on!(conn, |conn| row.select(WishRow::as_select()).first(conn)).optional()?)
}

/// Writes what a file looks for.
pub fn set_wish(tx: &mut Tx, row: &WishRow) -> Result<(), StoreError> {
    match wish(tx.conn(), row.application_id)? {
        None => on!(tx.conn(), |conn| fixed!(diesel::insert_into(pairing_wishes::table).values(row)).execute(conn))?,
        Some(_) => on!(tx.conn(), |conn| diesel::update(pairing_wishes::table.find(row.application_id))
            .set(row)
            .execute(conn))?,
    };
    Ok(())
}

/// The drafts of a call that look for their other half, the oldest wish first, unless this person must not see them.
pub fn lonely(conn: &mut Conn, call: CallId, reader: PersonId, limit: i64) -> Result<Vec<LonelyLine>, StoreError> {
    let rows = pairing_wishes::table
        .inner_join(applications::table)
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(pairing_wishes::call_id.eq(call))
        .filter(pairing_wishes::ended_at.is_null())
        .filter(applications::state.eq(ApplicationState::Draft))
        .filter(applications::partner_organisation_id.is_null())
        .filter(applications::id.ne_all(resting()))
        .order((pairing_wishes::asked_at, pairing_wishes::application_id))
        .limit(limit);
    let columns = (
        applications::id,
        applications::version,
        applications::reference,
        applications::title,
        applications::commune_code,
        organisations::id,
        organisations::name,
        organisations::legal_form,
        organisations::city,
        organisations::department,
        organisations::commune_code,
        pairing_wishes::wish,
        pairing_wishes::asked_at,
    );
    Ok(on!(conn, |conn| rows.filter(applications::id.ne_all(hidden_from(reader))).select(columns).load(conn))?)
}

/// What these files answer to these questions.
pub fn said(
    conn: &mut Conn,
    ids: &[ApplicationId],
    questions: &[&str],
) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = answers::table.filter(answers::application_id.eq_any(ids)).filter(answers::question.eq_any(questions));
    Ok(on!(conn, |conn| rows.select((answers::application_id, answers::question, answers::value)).load(conn))?)
}

/// The drafts that rest behind the common file of their pair: `applications::id.ne_all(resting())`.
#[dsl::auto_type]
pub fn resting() -> _ {
    pairings::table.filter(pairings::ended_at.is_null()).select(pairings::other_id)
}

/// The common file behind which a draft rests, if it does.
pub fn common_of(conn: &mut Conn, id: ApplicationId) -> Result<Option<ApplicationId>, StoreError> {
    let rows = pairings::table.filter(pairings::other_id.eq(id)).filter(pairings::ended_at.is_null());
    Ok(on!(conn, |conn| kept(rows.select(pairings::application_id)).get_result(conn)).optional()?)
}

/// The pair a file is in now, from either side.
pub fn current(conn: &mut Conn, id: ApplicationId) -> Result<Option<PairingRow>, StoreError> {
    let rows = pairings::table.filter(pairings::ended_at.is_null());
    let rows = rows.filter(pairings::application_id.eq(id).or(pairings::other_id.eq(id)));
    Ok(on!(conn, |conn| rows.select(PairingRow::as_select()).first(conn)).optional()?)
}

/// A pair of a call: its row, the reference of the common file, its version, its state, and the organisations.
pub type NamedPairing = (PairingRow, String, i32, ApplicationState, OrganisationId, Option<OrganisationId>);

/// The pairs of a call that the team has formed and not separated, the newest first, unless this person must not see them.
pub fn of_call(conn: &mut Conn, call: CallId, reader: PersonId, limit: i64) -> Result<Vec<NamedPairing>, StoreError> {
    let rows = pairings::table.inner_join(applications::table.on(applications::id.eq(pairings::application_id)));
    let rows = rows.filter(applications::call_id.eq(call)).filter(pairings::ended_at.is_null());
    let rows = rows.order((pairings::paired_at.desc(), pairings::application_id)).limit(limit);
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader)));
    Ok(on!(conn, |conn| rows
        .select((
            PairingRow::as_select(),
            applications::reference,
            applications::version,
            applications::state,
            applications::organisation_id,
            applications::partner_organisation_id,
        ))
        .load(conn))?)
}

/// Adds a pair.
pub fn insert(tx: &mut Tx, row: &PairingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(pairings::table).values(row)).execute(conn))?;
    Ok(())
}

/// Ends a pair.
pub fn end(tx: &mut Tx, row: &PairingRow, by: PersonId, reason: &str, now: Moment) -> Result<(), StoreError> {
    let known = pairings::table.find((row.application_id, row.other_id, row.paired_at));
    let values = (pairings::ended_by.eq(by), pairings::ended_at.eq(now), pairings::reason.eq(reason));
    one(on!(tx.conn(), |conn| diesel::update(known).set(values).execute(conn))?)
}
