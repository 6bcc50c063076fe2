//! Decisions: what is written of them on the application, and everything their letters need, read for a whole call.

use super::{
    Conn, StoreError, Tx, one,
    schema::{
        application_tags, applications, grants, organisation_members, organisations, people, session_items, sessions,
    },
};
use crate::domain::{
    decisions::DECIDED,
    ids::{ApplicationId, CallId, GrantId, OrganisationId, PersonId},
    lifecycles::{applications::ApplicationState, sessions::SessionState},
    money::{Euros, Rate},
    organisations::{LegalForm, MemberSeat},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl, prelude::*};

/// A decided application with its applicant, as a letter needs them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct DecidedRow {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    #[diesel(column_name = requested_cents)]
    pub requested: Euros,
    pub motive: Option<String>,
    pub conditions: Option<String>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub state: ApplicationState,
    #[diesel(embed)]
    pub applicant: ApplicantPart,
}

/// The postal side of an organisation, and what calls ask of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct ApplicantPart {
    pub name: String,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub representative_name: String,
    pub representative_title: String,
    pub department: String,
    pub legal_form: LegalForm,
    pub founded_on: Option<NaiveDate>,
    pub commune_code: Option<String>,
    #[diesel(column_name = annual_budget_cents)]
    pub annual_budget: Option<Euros>,
}

/// The grant of an awarded application.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct OfferedRow {
    pub id: GrantId,
    pub application_id: ApplicationId,
    pub reference: String,
    #[diesel(column_name = amount_cents)]
    pub amount: Euros,
    #[diesel(column_name = rate_points)]
    pub rate: Rate,
    pub is_agreement_required: bool,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// Which decisions are read: those of a whole call, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Call(CallId),
    Application(ApplicationId),
}

#[dsl::auto_type]
fn applications_of_call(call: CallId) -> _ {
    let decided: Vec<ApplicationState> = DECIDED.to_vec();
    applications::table.filter(applications::call_id.eq(call)).filter(applications::state.eq_any(decided))
}

/// Writes the amount, the motive and the conditions of a decision about to be taken.
pub fn set(
    tx: &mut Tx,
    id: ApplicationId,
    amount: Option<Euros>,
    motive: Option<&str>,
    conditions: Option<&str>,
) -> Result<(), StoreError> {
    let changes = (
        applications::decided_cents.eq(amount),
        applications::motive.eq(motive),
        applications::conditions.eq(conditions),
    );
    one(on!(tx.conn(), |conn| fixed!(diesel::update(applications::table.find(id)).set(changes)).execute(conn))?)
}

/// Decided applications in the order of their references.
pub fn list(conn: &mut Conn, of: Of) -> Result<Vec<DecidedRow>, StoreError> {
    let rows =
        applications::table.inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)));
    let rows = rows.filter(applications::state.eq_any(DECIDED)).order(applications::reference);
    let rows = rows.select(DecidedRow::as_select()).into_boxed();
    let rows = match of {
        Of::Call(call) => rows.filter(applications::call_id.eq(call)),
        Of::Application(id) => rows.filter(applications::id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// The grants of decided applications.
pub fn offers(conn: &mut Conn, of: Of) -> Result<Vec<OfferedRow>, StoreError> {
    let rows = grants::table.select(OfferedRow::as_select()).order(grants::id).into_boxed();
    let rows = match of {
        Of::Call(call) => rows.filter(grants::call_id.eq(call)),
        Of::Application(id) => rows.filter(grants::application_id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// Writes until when an offer may be accepted (date in Paris, included).
pub fn set_confirm_by(tx: &mut Tx, id: GrantId, day: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(grants::table.find(id)).set(grants::confirm_by.eq(day)))
        .execute(conn))?)
}

/// The codes of the axes of decided applications.
pub fn axes(conn: &mut Conn, of: Of) -> Result<Vec<(ApplicationId, String)>, StoreError> {
    let rows = application_tags::table.filter(application_tags::kind.eq("axis"));
    let rows = rows.order((application_tags::application_id, application_tags::level, application_tags::code));
    let rows = rows.select((application_tags::application_id, application_tags::code)).into_boxed();
    let rows = match of {
        Of::Call(call) => {
            rows.filter(application_tags::application_id.eq_any(applications_of_call(call).select(applications::id)))
        }
        Of::Application(id) => rows.filter(application_tags::application_id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// The members with access of the organisations behind decided applications, but for those who keep the money alone:
/// organisation, person, address, name.
pub fn recipients(conn: &mut Conn, of: Of) -> Result<Vec<(OrganisationId, PersonId, String, String)>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table).filter(people::disabled_at.is_null());
    let rows = rows.filter(organisation_members::seat.ne(MemberSeat::Treasurer));
    let rows = rows.order((organisation_members::organisation_id, people::sort_key, people::id));
    let rows =
        rows.select((organisation_members::organisation_id, people::id, people::email, people::name)).into_boxed();
    let organisation = organisation_members::organisation_id;
    let rows = match of {
        Of::Call(call) => {
            let leads = applications_of_call(call).select(applications::organisation_id);
            let partners = applications_of_call(call).filter(applications::partner_organisation_id.is_not_null());
            let partners = partners.select(applications::partner_organisation_id.assume_not_null());
            rows.filter(organisation.eq_any(leads).or(organisation.eq_any(partners)))
        }
        Of::Application(id) => {
            let both = applications::table.find(id);
            let both = both.select((applications::organisation_id, applications::partner_organisation_id));
            let (lead, partner): (OrganisationId, Option<OrganisationId>) = on!(conn, |conn| both.first(conn))?;
            let parties: Vec<_> = std::iter::once(lead).chain(partner).collect();
            rows.filter(organisation.eq_any(parties))
        }
    };
    Ok(rows.load(conn)?)
}

/// When the sessions met that heard decided applications, oldest first.
pub fn heard_at(conn: &mut Conn, of: Of) -> Result<Vec<(ApplicationId, Moment)>, StoreError> {
    let rows = session_items::table.inner_join(sessions::table).order((sessions::meets_at, sessions::id));
    let rows = rows.filter(sessions::state.ne_all([SessionState::Planned, SessionState::Convened]));
    let rows = rows.select((session_items::application_id, sessions::meets_at)).into_boxed();
    let rows = match of {
        Of::Call(call) => rows.filter(sessions::call_id.eq(call)),
        Of::Application(id) => rows.filter(session_items::application_id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// The call of an application and where it stands.
pub fn call_of(conn: &mut Conn, id: ApplicationId) -> Result<CallId, StoreError> {
    Ok(on!(conn, |conn| applications::table.find(id).select(applications::call_id).first(conn))?)
}

/// How many applications of a call stand in each decided state, and the money decided for them.
pub fn count_by_state(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationState, i64, Euros)>, StoreError> {
    let rows = applications_of_call(call).group_by(applications::state);
    let total = dsl::sql::<diesel::sql_types::BigInt>("COALESCE(CAST(SUM(decided_cents) AS BIGINT), 0)");
    Ok(on!(conn, |conn| rows.select((applications::state, dsl::count_star(), total)).load(conn))?)
}
