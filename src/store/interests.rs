//! What members of committees declare of their interests: append-only, the last yearly declaration and what was added
//! since being in force. And the files that a tie may touch.

use super::{
    Conn, StoreError, Tx,
    recusals::hidden_from,
    schema::{
        answers, application_partners, applications, calls, committee_seats, interest_declarations, interests,
        organisations, recusals,
    },
};
use crate::domain::{
    decisions::TO_BE_HEARD,
    identity::{Rna, Siret},
    ids::{ApplicationId, CallId, DeclarationId, OrganisationId, PersonId, SessionId},
    interests::{Bond, Interest},
    lifecycles::calls::CallState,
    time::Moment,
};
use diesel::{dsl, prelude::*};

/// That somebody declared: for the year, or for one session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = interest_declarations, treat_none_as_default_value = false)]
pub struct DeclarationRow {
    pub id: DeclarationId,
    pub person_id: PersonId,
    pub session_id: Option<SessionId>,
    pub declared_at: Moment,
}

/// One declared tie.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = interests)]
pub struct InterestRow {
    pub declaration_id: DeclarationId,
    pub position: i32,
    pub organisation: String,
    pub number: String,
    pub bond: Bond,
    pub detail: String,
}

impl From<InterestRow> for Interest {
    fn from(row: InterestRow) -> Self {
        Interest { organisation: row.organisation, number: row.number, bond: row.bond, detail: row.detail }
    }
}

/// Calls whose committee has nothing more to read.
const OVER: [CallState; 3] = [CallState::Announced, CallState::Archived, CallState::Cancelled];

/// Whether the person declared for this session.
pub fn has_declared(conn: &mut Conn, person: PersonId, session: SessionId) -> Result<bool, StoreError> {
    let rows = interest_declarations::table.filter(interest_declarations::session_id.eq(session));
    let rows = rows.filter(interest_declarations::person_id.eq(person));
    Ok(on!(conn, |conn| diesel::select(dsl::exists(rows)).get_result(conn))?)
}

/// Everything these people ever declared, oldest first, each declaration with its ties.
pub fn of_people(conn: &mut Conn, people: &[PersonId]) -> Result<Vec<(DeclarationRow, Vec<InterestRow>)>, StoreError> {
    let rows = interest_declarations::table.filter(interest_declarations::person_id.eq_any(people));
    let rows = rows.order((interest_declarations::declared_at, interest_declarations::id));
    let declarations: Vec<DeclarationRow> = on!(conn, |conn| rows.select(DeclarationRow::as_select()).load(conn))?;
    let theirs = interest_declarations::table.filter(interest_declarations::person_id.eq_any(people));
    let rows = interests::table.filter(interests::declaration_id.eq_any(theirs.select(interest_declarations::id)));
    let rows = rows.order((interests::declaration_id, interests::position));
    let ties: Vec<InterestRow> = on!(conn, |conn| rows.select(InterestRow::as_select()).load(conn))?;
    let with = |row: DeclarationRow| {
        let own = ties.iter().filter(|tie| tie.declaration_id == row.id).cloned().collect();
        (row, own)
    };
    Ok(declarations.into_iter().map(with).collect())
}

/// Records a declaration.
pub fn insert(tx: &mut Tx, row: &DeclarationRow, ties: &[Interest]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(interest_declarations::table).values(row)).execute(conn))?;
    for (position, tie) in (0..).zip(ties.iter().cloned()) {
        let Interest { organisation, number, bond, detail } = tie;
        let row = InterestRow { declaration_id: row.id, position, organisation, number, bond, detail };
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(interests::table).values(&row)).execute(conn))?;
    }
    Ok(())
}

/// A file that may still be heard, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PendingFile {
    pub id: ApplicationId,
    pub call_id: CallId,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
}

impl PendingFile {
    /// The organisations that have filed it.
    pub fn parties(&self) -> impl Iterator<Item = OrganisationId> + use<> {
        std::iter::once(self.organisation_id).chain(self.partner_organisation_id)
    }
}

/// The calls, not over, in whose committee the person sits.
pub fn calls_of(conn: &mut Conn, person: PersonId) -> Result<Vec<CallId>, StoreError> {
    let rows = committee_seats::table.inner_join(calls::table).filter(committee_seats::person_id.eq(person));
    let rows = rows.filter(committee_seats::ended_at.is_null()).filter(calls::state.ne_all(OVER));
    Ok(on!(conn, |conn| rows.order(calls::id).select(calls::id).load(conn))?)
}

/// The undecided files of these calls that `person` is not recused from.
pub fn pending(conn: &mut Conn, person: PersonId, calls: &[CallId]) -> Result<Vec<PendingFile>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq_any(calls));
    let rows =
        rows.filter(applications::state.eq_any(TO_BE_HEARD)).filter(applications::id.ne_all(hidden_from(person)));
    let columns =
        (applications::id, applications::call_id, applications::organisation_id, applications::partner_organisation_id);
    Ok(on!(conn, |conn| rows.order(applications::id).select(columns).load(conn))?)
}

/// An organisation as it may be known: its name and its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct KnownOrganisation {
    pub id: OrganisationId,
    pub name: String,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
}

impl KnownOrganisation {
    /// Its SIREN and its RNA number, those it has.
    pub fn numbers(&self) -> Vec<String> {
        let siren = self.siret.as_ref().map(|siret| siret.siren().to_owned());
        siren.into_iter().chain(self.rna.as_ref().map(|rna| rna.as_str().to_owned())).collect()
    }
}

/// The organisations that apply to these calls, as either half of a pair.
pub fn applying(conn: &mut Conn, calls: &[CallId]) -> Result<Vec<KnownOrganisation>, StoreError> {
    let files = || applications::table.filter(applications::call_id.eq_any(calls));
    let first = files().select(applications::organisation_id);
    let second = files().filter(applications::partner_organisation_id.is_not_null());
    let second = second.select(applications::partner_organisation_id.assume_not_null());
    let rows = organisations::table.filter(organisations::id.eq_any(first).or(organisations::id.eq_any(second)));
    let columns = (organisations::id, organisations::name, organisations::siret, organisations::rna);
    Ok(on!(conn, |conn| rows.order(organisations::id).select(columns).load(conn))?)
}

/// The names of the partners of the files of these calls.
pub fn partner_names(conn: &mut Conn, calls: &[CallId]) -> Result<Vec<(ApplicationId, String)>, StoreError> {
    let files = applications::table.filter(applications::call_id.eq_any(calls)).select(applications::id);
    let rows = application_partners::table.filter(application_partners::application_id.eq_any(files));
    let rows = rows.order((application_partners::application_id, application_partners::position));
    let columns = (application_partners::application_id, application_partners::name);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// What the files of a call answer to these questions.
pub fn answers_of(
    conn: &mut Conn,
    call: CallId,
    questions: &[&str],
) -> Result<Vec<(ApplicationId, String)>, StoreError> {
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let files = applications::table.filter(applications::call_id.eq(call)).select(applications::id);
    let rows = answers::table.filter(answers::application_id.eq_any(files));
    let rows = rows.filter(answers::question.eq_any(questions));
    let rows = rows.order((answers::application_id, answers::question));
    Ok(on!(conn, |conn| rows.select((answers::application_id, answers::value)).load(conn))?)
}

/// The people who sit in the committee of a call and are not recused from one of its files.
pub fn untouched_members(
    conn: &mut Conn,
    call: CallId,
    application: ApplicationId,
) -> Result<Vec<PersonId>, StoreError> {
    let recused = recusals::table.filter(recusals::application_id.eq(application)).select(recusals::person_id);
    let rows = committee_seats::table.filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::ended_at.is_null()).filter(committee_seats::person_id.ne_all(recused));
    Ok(on!(conn, |conn| rows.order(committee_seats::person_id).select(committee_seats::person_id).load(conn))?)
}
