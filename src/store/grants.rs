//! Grants (subventions), alone or with the project, the grantee, the call and the fund they belong to.

use super::{
    Conn, SharedText, StoreError, Tx, kept_if_few, one,
    recusals::hidden_from,
    schema::{applications, calls, funds, grants, organisations},
};
use crate::domain::{
    decisions::DecisionPace,
    identity::{Email, Rna, Siret, Uai},
    ids::{ApplicationId, CallId, FundId, GrantId, OrganisationId, PersonId},
    lifecycles::{calls::CallState, grants::GrantState},
    money::{Euros, Rate},
    organisations::LegalForm,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// A grant. `amount_cents` is what is promised; once the balance is settled, what has been and will be paid.
/// `rate_points` is the part of the accepted cost the grant may cover, in basis points.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub id: GrantId,
    pub application_id: ApplicationId,
    pub call_id: CallId,
    pub organisation_id: OrganisationId,
    pub reference: String,
    pub amount_cents: Euros,
    pub rate_points: Rate,
    pub accepted_cost_cents: Option<Euros>,
    pub decided_on: NaiveDate,
    pub confirm_by: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub is_agreement_required: bool,
    pub accepted_by: Option<PersonId>,
    pub accepted_at: Option<Moment>,
    pub holder_signed_by: Option<PersonId>,
    pub holder_signed_at: Option<Moment>,
    pub issuer_signed_by: Option<PersonId>,
    pub issuer_signed_at: Option<Moment>,
    pub reason: Option<String>,
    pub state: GrantState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// What a grant says of its application.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct ProjectPart {
    #[diesel(column_name = reference)]
    pub application_reference: String,
    pub title: String,
    pub partner_organisation_id: Option<OrganisationId>,
    #[diesel(column_name = requested_cents)]
    pub requested: Euros,
    pub conditions: Option<String>,
}

/// What a grant says of its grantee.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct HolderPart {
    pub name: String,
    pub legal_form: LegalForm,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub uai: Option<Uai>,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub country_code: String,
    pub email: Option<Email>,
    pub representative_name: String,
    pub representative_title: String,
}

/// What a grant says of its call.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = calls)]
pub struct CallPart {
    #[diesel(column_name = reference)]
    pub call_reference: String,
    #[diesel(column_name = title)]
    pub call_title: String,
    #[diesel(column_name = state)]
    pub call_state: CallState,
    pub decision_pace: DecisionPace,
    pub fund_id: FundId,
}

/// What a grant says of its fund.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = funds)]
pub struct FundPart {
    #[diesel(column_name = code)]
    pub fund_code: String,
    #[diesel(column_name = name)]
    pub fund_name: String,
}

/// A grant with everything a page or a letter says around it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct GrantFile {
    #[diesel(embed)]
    pub grant: GrantRow,
    #[diesel(embed)]
    pub project: ProjectPart,
    #[diesel(embed)]
    pub holder: HolderPart,
    #[diesel(embed)]
    pub call: CallPart,
    #[diesel(embed)]
    pub fund: FundPart,
}

impl GrantFile {
    /// The organisations whose members may act for the grantee.
    pub fn parties(&self) -> Vec<OrganisationId> {
        std::iter::once(self.grant.organisation_id).chain(self.project.partner_organisation_id).collect()
    }
}

/// Records a grant in its initial state.
pub fn insert(tx: &mut Tx, row: &GrantRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(grants::table).values(row)).execute(conn))?;
    Ok(())
}

/// One grant.
pub fn find(conn: &mut Conn, id: GrantId) -> Result<GrantRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(grants::table.find(id).select(GrantRow::as_select())).get_result(conn))?)
}

/// Several grants, in no order.
pub fn of_ids(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<GrantRow>, StoreError> {
    Ok(on!(conn, |conn| grants::table.filter(grants::id.eq_any(ids)).select(GrantRow::as_select()).load(conn))?)
}

/// The grant born from an application, if there is one.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Option<GrantRow>, StoreError> {
    let rows = grants::table.filter(grants::application_id.eq(id));
    Ok(on!(conn, |conn| rows.select(GrantRow::as_select()).first(conn)).optional()?)
}

macro_rules! files {
    () => {
        grants::table
            .inner_join(applications::table)
            .inner_join(organisations::table)
            .inner_join(calls::table.inner_join(funds::table))
    };
}

/// One grant with what surrounds it.
pub fn file(conn: &mut Conn, id: GrantId) -> Result<GrantFile, StoreError> {
    Ok(on!(conn, |conn| fixed!(files!().filter(grants::id.eq(id)).select(GrantFile::as_select())).get_result(conn))?)
}

/// Several grants with what surrounds them, by reference.
pub fn files_of(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<GrantFile>, StoreError> {
    let rows = files!().filter(grants::id.eq_any(ids)).order(grants::reference);
    Ok(on!(conn, |conn| rows.select(GrantFile::as_select()).load(conn))?)
}

/// What came of these files, by reference.
pub fn files_of_applications(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<GrantFile>, StoreError> {
    let rows = files!().filter(grants::application_id.eq_any(ids)).order(grants::reference);
    Ok(on!(conn, |conn| rows.select(GrantFile::as_select()).load(conn))?)
}

/// Which grants a list shows. What is `None` does not restrict it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub fund: Option<&'a str>,
    pub call: Option<CallId>,
    pub state: Option<GrantState>,
    pub decided_from: Option<NaiveDate>,
    pub decided_to: Option<NaiveDate>,
}

/// The grants before `key` (their identifier), newest first; none that is hidden from `reader`.
pub fn page(
    conn: &mut Conn,
    (filter, reader): (Filter<'_>, Option<PersonId>),
    key: Option<GrantId>,
    limit: i64,
) -> Result<Vec<GrantFile>, StoreError> {
    let mut query = files!().order(grants::id.desc()).limit(limit).select(GrantFile::as_select()).into_boxed();
    if let Some(reader) = reader {
        query = query.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    if let Some(code) = filter.fund {
        query = query.filter(funds::code.eq(code.to_owned()));
    }
    if let Some(call) = filter.call {
        query = query.filter(grants::call_id.eq(call));
    }
    if let Some(state) = filter.state {
        query = query.filter(grants::state.eq(state));
    }
    if let Some(day) = filter.decided_from {
        query = query.filter(grants::decided_on.ge(day));
    }
    if let Some(day) = filter.decided_to {
        query = query.filter(grants::decided_on.le(day));
    }
    if let Some(key) = key {
        query = query.filter(grants::id.lt(key));
    }
    Ok(query.load(conn)?)
}

/// The texts of the definitions of a call and of its fund.
pub fn definitions(conn: &mut Conn, call: CallId) -> Result<(SharedText, SharedText), StoreError> {
    let row = calls::table.inner_join(funds::table).filter(calls::id.eq(call));
    Ok(on!(conn, |conn| row.select((calls::settings, funds::settings)).first(conn))?)
}

/// What a grant takes over from the application it is born of.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct AwardedPart {
    pub call_id: CallId,
    pub organisation_id: OrganisationId,
    pub reference: String,
    pub decided_cents: Option<Euros>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// The application a grant is about to be born of.
pub fn awarded(conn: &mut Conn, id: ApplicationId) -> Result<AwardedPart, StoreError> {
    Ok(on!(conn, |conn| fixed!(applications::table.find(id).select(AwardedPart::as_select())).get_result(conn))?)
}

/// What an organisation has accepted of the decisions from one day to another, both included: its grants with their amounts
/// and states.
pub fn accepted_between(
    conn: &mut Conn,
    id: OrganisationId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(GrantId, Euros, GrantState)>, StoreError> {
    let rows = grants::table.filter(grants::organisation_id.eq(id)).filter(grants::accepted_at.is_not_null());
    let rows = rows.filter(grants::decided_on.ge(from)).filter(grants::decided_on.le(to));
    let columns = (grants::id, grants::amount_cents, grants::state);
    Ok(on!(conn, |conn| fixed!(rows.select(columns)).load(conn))?)
}

/// The grants of these organisations, newest first.
pub fn of_organisations(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<GrantFile>, StoreError> {
    let joined = applications::table.filter(applications::partner_organisation_id.assume_not_null().eq_any(ids));
    let joined: Vec<ApplicationId> =
        on!(conn, |conn| kept_if_few(ids.len(), joined.select(applications::id)).load(conn))?;
    // Most have had none: that is a small question beside reading everything of one.
    let own = grants::table.filter(grants::organisation_id.eq_any(ids)).select(grants::id).limit(1);
    let own: Vec<GrantId> = on!(conn, |conn| kept_if_few(ids.len(), own).load(conn))?;
    if own.is_empty() && joined.is_empty() {
        return Ok(Vec::new());
    }
    let length = ids.len() + joined.len();
    // Each side of the choice has its index; a condition over two tables would read every grant.
    let theirs = grants::organisation_id.eq_any(ids).or(grants::application_id.eq_any(joined));
    let rows = files!().filter(theirs).order(grants::id.desc());
    Ok(on!(conn, |conn| kept_if_few(length, rows.select(GrantFile::as_select())).load(conn))?)
}

/// Records who accepted.
pub fn set_accepted(tx: &mut Tx, id: GrantId, by: PersonId, at: Moment) -> Result<(), StoreError> {
    let row = diesel::update(grants::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set((grants::accepted_by.eq(by), grants::accepted_at.eq(at)))).execute(conn))?)
}

/// Makes a grant wait for a signed agreement.
pub fn require_agreement(tx: &mut Tx, id: GrantId) -> Result<(), StoreError> {
    let row = diesel::update(grants::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set(grants::is_agreement_required.eq(true))).execute(conn))?)
}

/// Records the signature of the grantee; it is given once.
pub fn set_holder_signed(tx: &mut Tx, id: GrantId, by: PersonId, at: Moment) -> Result<(), StoreError> {
    let row = diesel::update(grants::table.find(id).filter(grants::holder_signed_at.is_null()));
    one(on!(tx.conn(), |conn| row
        .set((grants::holder_signed_by.eq(by), grants::holder_signed_at.eq(at)))
        .execute(conn))?)
}

/// Records the signature of the issuer; it is given once.
pub fn set_issuer_signed(tx: &mut Tx, id: GrantId, by: PersonId, at: Moment) -> Result<(), StoreError> {
    let row = diesel::update(grants::table.find(id).filter(grants::issuer_signed_at.is_null()));
    one(on!(tx.conn(), |conn| row
        .set((grants::issuer_signed_by.eq(by), grants::issuer_signed_at.eq(at)))
        .execute(conn))?)
}

/// Takes the signatures back: what was signed is not what is agreed any more.
pub fn clear_signatures(tx: &mut Tx, id: GrantId) -> Result<(), StoreError> {
    let row = diesel::update(grants::table.find(id));
    let none = (
        grants::holder_signed_by.eq(None::<PersonId>),
        grants::holder_signed_at.eq(None::<Moment>),
        grants::issuer_signed_by.eq(None::<PersonId>),
        grants::issuer_signed_at.eq(None::<Moment>),
    );
    one(on!(tx.conn(), |conn| fixed!(row.set(none)).execute(conn))?)
}

/// Writes why the next change happens, or clears it.
pub fn set_reason(tx: &mut Tx, id: GrantId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(grants::table.find(id)).set(grants::reason.eq(reason)))
        .execute(conn))?)
}

/// Writes the cost accepted in the final report.
pub fn set_accepted_cost(tx: &mut Tx, id: GrantId, cost: Option<Euros>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(grants::table.find(id)).set(grants::accepted_cost_cents.eq(cost))
    )
    .execute(conn))?)
}

/// Writes the amount anew.
pub fn set_amount(tx: &mut Tx, id: GrantId, amount: Euros) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(grants::table.find(id)).set(grants::amount_cents.eq(amount)))
        .execute(conn))?)
}

/// Writes until when the project runs.
pub fn set_ends_on(tx: &mut Tx, id: GrantId, ends_on: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(grants::table.find(id)).set(grants::ends_on.eq(ends_on)))
        .execute(conn))?)
}
