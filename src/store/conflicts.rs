//! What the vault of organisations knows that may point at a conflict of interests, read for a whole call at once; and
//! what was answered, append-only.

use super::{
    Conn, StoreError, Tx,
    recusals::hidden_from,
    schema::{
        application_partners, applications, bank_accounts, committee_seats, conflict_answers, declared_ties,
        organisation_members, organisations, people,
    },
};
use crate::domain::{
    conflicts::Clue,
    decisions::TO_BE_HEARD,
    identity::{Email, Rna, Siret},
    ids::{AnswerId, ApplicationId, CallId, OrganisationId, PersonId},
    lifecycles::{applications::ApplicationState, bank_accounts::BankAccountState},
    time::Moment,
};
use diesel::prelude::*;

/// What an officer answered to one fact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = conflict_answers)]
pub struct AnswerRow {
    pub id: AnswerId,
    pub person_id: PersonId,
    pub organisation_id: OrganisationId,
    pub clue: Clue,
    /// The sentence that was answered.
    pub fact: String,
    pub is_conflict: bool,
    pub reason: String,
    pub answered_by: PersonId,
    pub answered_at: Moment,
}

/// A filed application with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct FiledFile {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    pub state: ApplicationState,
}

impl FiledFile {
    /// The organisations that apply.
    pub fn parties(&self) -> impl Iterator<Item = OrganisationId> + use<> {
        std::iter::once(self.organisation_id).chain(self.partner_organisation_id)
    }
}

/// The files of a call that may still be heard, by reference, without those `reader` is recused from.
pub fn files(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<FiledFile>, StoreError> {
    let rows =
        applications::table.filter(applications::call_id.eq(call)).filter(applications::state.eq_any(TO_BE_HEARD));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader))).order(applications::reference);
    let columns = (
        applications::id,
        applications::reference,
        applications::title,
        applications::organisation_id,
        applications::partner_organisation_id,
        applications::state,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// An organisation as clues read it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Card {
    pub id: OrganisationId,
    pub name: String,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub email: Option<Email>,
    pub website: Option<String>,
    pub representative_name: String,
    pub representative_title: String,
}

/// These organisations.
pub fn cards(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<Card>, StoreError> {
    let columns = (
        organisations::id,
        organisations::name,
        organisations::siret,
        organisations::rna,
        organisations::street,
        organisations::postcode,
        organisations::city,
        organisations::email,
        organisations::website,
        organisations::representative_name,
        organisations::representative_title,
    );
    let rows = organisations::table.filter(organisations::id.eq_any(ids)).order(organisations::id);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Who acts for these organisations, with the address of each.
pub fn people_of(
    conn: &mut Conn,
    ids: &[OrganisationId],
) -> Result<Vec<(OrganisationId, PersonId, String)>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table);
    let rows = rows.filter(organisation_members::organisation_id.eq_any(ids));
    let rows = rows.order((organisation_members::organisation_id, organisation_members::person_id));
    let columns = (organisation_members::organisation_id, organisation_members::person_id, people::email);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The organisations that the members of the committee of a call act for.
pub fn own_of_members(conn: &mut Conn, call: CallId) -> Result<Vec<(PersonId, OrganisationId)>, StoreError> {
    let members = committee_seats::table.filter(committee_seats::call_id.eq(call));
    let members = members.filter(committee_seats::ended_at.is_null()).select(committee_seats::person_id);
    let rows = organisation_members::table.filter(organisation_members::person_id.eq_any(members));
    let rows = rows.order((organisation_members::person_id, organisation_members::organisation_id));
    let columns = (organisation_members::person_id, organisation_members::organisation_id);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Those of these people who act for one of these organisations.
pub fn acting(conn: &mut Conn, people: &[PersonId], ids: &[OrganisationId]) -> Result<Vec<PersonId>, StoreError> {
    let rows = organisation_members::table.filter(organisation_members::person_id.eq_any(people));
    let rows = rows.filter(organisation_members::organisation_id.eq_any(ids));
    let rows = rows.order(organisation_members::person_id).select(organisation_members::person_id).distinct();
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// In whose name the accounts of these organisations are.
pub fn holders(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<(OrganisationId, String)>, StoreError> {
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq_any(ids));
    let rows = rows.filter(bank_accounts::state.ne(BankAccountState::Closed));
    let rows = rows.order((bank_accounts::organisation_id, bank_accounts::id));
    Ok(on!(conn, |conn| rows.select((bank_accounts::organisation_id, bank_accounts::holder)).load(conn))?)
}

/// The ties that the files of a call declare: of which file, whom they name, what it is.
pub fn declared_in(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let files = applications::table.filter(applications::call_id.eq(call)).select(applications::id);
    let rows = declared_ties::table.filter(declared_ties::application_id.eq_any(files));
    let rows = rows.order((declared_ties::application_id, declared_ties::position));
    let columns = (declared_ties::application_id, declared_ties::name, declared_ties::nature);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The pairs that were awarded a grant in which one of these organisations has a part: both halves and the number. What
/// `reader` is recused from is left out.
pub fn awarded_pairs(
    conn: &mut Conn,
    reader: PersonId,
    ids: &[OrganisationId],
) -> Result<Vec<(OrganisationId, OrganisationId, String)>, StoreError> {
    let partner = applications::partner_organisation_id.assume_not_null();
    let rows = applications::table.filter(applications::state.eq(ApplicationState::Awarded));
    let rows = rows.filter(applications::partner_organisation_id.is_not_null());
    let rows = rows.filter(applications::organisation_id.eq_any(ids).or(partner.eq_any(ids)));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader))).order(applications::reference);
    Ok(on!(conn, |conn| rows.select((applications::organisation_id, partner, applications::reference)).load(conn))?)
}

/// The partners named in the awarded files of these organisations: whose file, the name, the number of the file. What
/// `reader` is recused from is left out.
pub fn awarded_partners(
    conn: &mut Conn,
    reader: PersonId,
    ids: &[OrganisationId],
) -> Result<Vec<(OrganisationId, String, String)>, StoreError> {
    let rows = application_partners::table.inner_join(applications::table);
    let rows = rows.filter(applications::state.eq(ApplicationState::Awarded));
    let rows = rows.filter(applications::organisation_id.eq_any(ids));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader)));
    let rows = rows.order((applications::reference, application_partners::position));
    let columns = (applications::organisation_id, application_partners::name, applications::reference);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// What was answered about these people, oldest first.
pub fn answers(conn: &mut Conn, people: &[PersonId]) -> Result<Vec<AnswerRow>, StoreError> {
    let rows = conflict_answers::table.filter(conflict_answers::person_id.eq_any(people)).order(conflict_answers::id);
    Ok(on!(conn, |conn| rows.select(AnswerRow::as_select()).load(conn))?)
}

/// The conflicts that were found between these people and these organisations, oldest first.
pub fn found(
    conn: &mut Conn,
    people: &[PersonId],
    organisations: &[OrganisationId],
) -> Result<Vec<AnswerRow>, StoreError> {
    let rows = conflict_answers::table.filter(conflict_answers::person_id.eq_any(people));
    let rows = rows.filter(conflict_answers::organisation_id.eq_any(organisations));
    let rows = rows.filter(conflict_answers::is_conflict.eq(true)).order(conflict_answers::id);
    Ok(on!(conn, |conn| rows.select(AnswerRow::as_select()).load(conn))?)
}

/// Keeps an answer.
pub fn insert(tx: &mut Tx, row: &AnswerRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(conflict_answers::table).values(row)).execute(conn))?;
    Ok(())
}
