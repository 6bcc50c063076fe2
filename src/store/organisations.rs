//! Organisations and the people who act for them.

use super::{
    Conn, StoreError, Tx, kept, kept_if_few, one,
    schema::{organisation_members, organisations, people},
};
use crate::domain::{
    identity::{Email, Phone, Rna, Siret, Uai},
    ids::{OrganisationId, PersonId},
    money::Euros,
    organisations::{LegalForm, MemberSeat, may_be_paid},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// An organisation. `department` is empty outside France. Whether it is a member of the network, its profile says.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub name: String,
    pub legal_form: LegalForm,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub uai: Option<Uai>,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub commune_code: Option<String>,
    pub department: String,
    pub country_code: String,
    pub founded_on: Option<NaiveDate>,
    pub annual_budget_cents: Option<Euros>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub website: Option<String>,
    pub representative_name: String,
    pub representative_title: String,
    pub sort_key: String,
    pub search_key: String,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl OrganisationRow {
    /// Whether it may receive money.
    pub fn may_be_paid(&self) -> bool {
        may_be_paid(&self.country_code, self.siret.as_ref())
    }
}

/// A person who acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = organisation_members)]
pub struct MemberRow {
    pub organisation_id: OrganisationId,
    pub person_id: PersonId,
    pub seat: MemberSeat,
    pub since: Moment,
}

/// One organisation.
pub fn find(conn: &mut Conn, id: OrganisationId) -> Result<OrganisationRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(organisations::table.find(id).select(OrganisationRow::as_select())).get_result(conn))?)
}

/// These organisations, by name.
pub fn of_ids(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<OrganisationRow>, StoreError> {
    let rows = organisations::table.filter(organisations::id.eq_any(ids));
    Ok(on!(conn, |conn| rows
        .order((organisations::sort_key, organisations::id))
        .select(OrganisationRow::as_select())
        .load(conn))?)
}

/// The oldest organisation with this SIRET.
pub fn by_siret(conn: &mut Conn, siret: &Siret) -> Result<Option<OrganisationRow>, StoreError> {
    let row = organisations::table.filter(organisations::siret.eq(siret.clone())).order(organisations::id);
    Ok(on!(conn, |conn| row.select(OrganisationRow::as_select()).first(conn)).optional()?)
}

/// The oldest organisation with this number in the register of associations.
pub fn by_rna(conn: &mut Conn, rna: &Rna) -> Result<Option<OrganisationRow>, StoreError> {
    let row = organisations::table.filter(organisations::rna.eq(rna.clone())).order(organisations::id);
    Ok(on!(conn, |conn| row.select(OrganisationRow::as_select()).first(conn)).optional()?)
}

/// The oldest school with this number.
pub fn by_uai(conn: &mut Conn, uai: &Uai) -> Result<Option<OrganisationRow>, StoreError> {
    let row = organisations::table.filter(organisations::uai.eq(uai.clone())).order(organisations::id);
    Ok(on!(conn, |conn| row.select(OrganisationRow::as_select()).first(conn)).optional()?)
}

/// The organisations a person acts for, by name.
pub fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<OrganisationRow>, StoreError> {
    let rows = organisations::table.inner_join(organisation_members::table);
    let rows = rows.filter(organisation_members::person_id.eq(person));
    Ok(on!(conn, |conn| rows
        .order((organisations::sort_key, organisations::id))
        .select(OrganisationRow::as_select())
        .load(conn))?)
}

/// Organisations after the last one shown, by name; only those whose name or number contains the folded `search`.
pub fn page(
    conn: &mut Conn,
    search: &str,
    after: Option<(&str, OrganisationId)>,
    limit: i64,
) -> Result<Vec<OrganisationRow>, StoreError> {
    let mut rows = organisations::table.order((organisations::sort_key, organisations::id)).limit(limit).into_boxed();
    if !search.is_empty() {
        rows = rows.filter(organisations::search_key.like(format!("%{search}%")));
    }
    if let Some((key, id)) = after {
        let further = organisations::sort_key.eq(key).and(organisations::id.gt(id));
        rows = rows.filter(organisations::sort_key.gt(key).or(further));
    }
    Ok(rows.select(OrganisationRow::as_select()).load(conn)?)
}

/// What a person is in an organisation, if anything.
pub fn seat_of(
    conn: &mut Conn,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<MemberSeat>, StoreError> {
    let row = organisation_members::table.find((organisation, person)).select(organisation_members::seat);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// Since when a person has been seated in an organisation, if they are.
pub fn seated_since(
    conn: &mut Conn,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<Moment>, StoreError> {
    let row = organisation_members::table.find((organisation, person)).select(organisation_members::since);
    Ok(on!(conn, |conn| row.first(conn)).optional()?)
}

/// What a person is in each of these organisations.
pub fn seats_of(conn: &mut Conn, person: PersonId, ids: &[OrganisationId]) -> Result<Vec<MemberSeat>, StoreError> {
    let rows = organisation_members::table
        .filter(organisation_members::person_id.eq(person))
        .filter(organisation_members::organisation_id.eq_any(ids));
    let rows = rows.select(organisation_members::seat);
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows).load(conn))?)
}

/// What a person is in every organisation they act for.
pub fn seats_by_organisation(
    conn: &mut Conn,
    person: PersonId,
) -> Result<Vec<(OrganisationId, MemberSeat)>, StoreError> {
    let rows = organisation_members::table.filter(organisation_members::person_id.eq(person));
    let rows = rows.order(organisation_members::organisation_id);
    let columns = (organisation_members::organisation_id, organisation_members::seat);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Gives a person another seat.
pub fn set_seat(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    seat: MemberSeat,
) -> Result<(), StoreError> {
    let row = organisation_members::table.find((organisation, person));
    one(on!(tx.conn(), |conn| diesel::update(row).set(organisation_members::seat.eq(seat)).execute(conn))?)
}

/// Whether a person acts for any of these organisations.
pub fn is_member_of_any(conn: &mut Conn, person: PersonId, ids: &[OrganisationId]) -> Result<bool, StoreError> {
    let rows = organisation_members::table
        .filter(organisation_members::person_id.eq(person))
        .filter(organisation_members::organisation_id.eq_any(ids));
    Ok(on!(conn, |conn| kept_if_few(ids.len(), diesel::select(diesel::dsl::exists(rows))).get_result(conn))?)
}

/// The people who act for any of these organisations.
pub fn members_of_any(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<PersonId>, StoreError> {
    let rows = organisation_members::table.filter(organisation_members::organisation_id.eq_any(ids));
    let rows = rows.select(organisation_members::person_id);
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows).load(conn))?)
}

/// The addresses of the people who act for these organisations, in no order.
pub fn member_addresses(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<(OrganisationId, Email)>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table);
    let rows = rows.filter(organisation_members::organisation_id.eq_any(ids)).filter(people::disabled_at.is_null());
    Ok(on!(conn, |conn| rows.select((organisation_members::organisation_id, people::email)).load(conn))?)
}

/// The people who act for an organisation: name, address and seat.
pub fn members(conn: &mut Conn, id: OrganisationId) -> Result<Vec<(PersonId, String, Email, MemberSeat)>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table);
    let rows = rows.filter(organisation_members::organisation_id.eq(id)).filter(people::disabled_at.is_null());
    let columns = (people::id, people::name, people::email, organisation_members::seat);
    Ok(on!(conn, |conn| rows.order((people::sort_key, people::id)).select(columns).load(conn))?)
}

/// Adds an organisation.
pub fn insert(tx: &mut Tx, row: &OrganisationRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(organisations::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes an organisation again, unless somebody did since `read_at`.
pub fn update(tx: &mut Tx, row: &OrganisationRow, read_at: Moment) -> Result<(), StoreError> {
    let known = organisations::table.find(row.id).filter(organisations::updated_at.eq(read_at));
    one(on!(tx.conn(), |conn| kept(diesel::update(known).set(row)).execute(conn))?)
}

/// Seats a person in an organisation.
pub fn insert_member(tx: &mut Tx, row: &MemberRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(organisation_members::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes a person's seat away.
pub fn delete_member(tx: &mut Tx, organisation: OrganisationId, person: PersonId) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::delete(organisation_members::table.find((organisation, person))).execute(conn))?)
}
