//! Who an actor is to one object, and who they are at all.

use super::{Actor, Outcome, organisations};
use crate::{
    domain::{
        ids::{ApplicationId, OrganisationId, PersonId},
        organisations::Right,
        roles::Role,
    },
    store::{Conn, StoreError, recusals},
};

/// The team: every role that reads the files of others, but the committee and funders, who read some of them.
pub const TEAM: &[Role] = &[Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin];
/// Roles that see every grant, payment and report.
const STAFF: [Role; 5] = [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::System];

/// What the actor is to something of these organisations: staff by their roles, an applicant by a seat that gives this
/// right. Another seat reads and is nothing else; to anybody else the thing does not exist.
pub(super) fn roles_on(conn: &mut Conn, actor: &Actor, parties: &[OrganisationId], right: Right) -> Outcome<Vec<Role>> {
    let mut roles = staff_roles(actor);
    let seats = organisations::seats(conn, actor, parties)?;
    if seats.iter().any(|seat| seat.may(right)) {
        roles.push(Role::Applicant);
    }
    if roles.is_empty() && seats.is_empty() {
        return Err(StoreError::NotFound.into());
    }
    Ok(roles)
}

/// The roles of an actor that see everything of the paying side; often none.
pub(super) fn staff_roles(actor: &Actor) -> Vec<Role> {
    STAFF.into_iter().filter(|role| actor.is(*role)).collect()
}

/// The same on what came of an application. Whoever is recused from it is no staff there, whatever their roles: nothing
/// of its grant, its payments or its reports exists for them but what a seat in its organisations gives.
pub(super) fn staff_roles_on(conn: &mut Conn, actor: &Actor, application: ApplicationId) -> Outcome<Vec<Role>> {
    match actor.person {
        Some(person) if recusals::is_recused(conn, person, application)? => Ok(Vec::new()),
        _ => Ok(staff_roles(actor)),
    }
}

/// Lets on only whoever is not recused from the application something came of.
pub(super) fn require_unrecused(conn: &mut Conn, actor: &Actor, application: ApplicationId) -> Outcome<()> {
    match actor.person {
        Some(person) if recusals::is_recused(conn, person, application)? => Err(StoreError::NotFound.into()),
        _ => Ok(()),
    }
}

/// The person behind the actor; for the clock, what it asks does not exist.
pub(super) fn person(actor: &Actor) -> Outcome<PersonId> {
    actor.person.ok_or_else(|| StoreError::NotFound.into())
}

/// Lets only these roles read on.
pub fn require(actor: &Actor, roles: &[Role]) -> Outcome<()> {
    if roles.iter().any(|role| actor.is(*role)) { Ok(()) } else { Err(StoreError::NotFound.into()) }
}
