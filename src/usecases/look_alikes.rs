//! Mail addresses that could be taken for somebody else's, told to the team wherever it decides whom to believe.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
};
use crate::{
    domain::{
        identity::{Email, look_alikes},
        ids::OrganisationId,
    },
    store::{Conn, organisations, people},
};
use std::collections::BTreeMap;

/// The addresses of the team.
pub fn of_team(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<Email>> {
    access::require(actor, TEAM)?;
    Ok(people::addresses_with(conn, TEAM)?)
}

/// What is to be looked at among the addresses of these organisations and of whoever acts for them; often nothing.
pub fn of_organisations(conn: &mut Conn, actor: &Actor, ids: &[OrganisationId]) -> Outcome<Vec<String>> {
    let team = of_team(conn, actor)?;
    let mut contacts: BTreeMap<OrganisationId, Vec<Email>> = BTreeMap::new();
    for (organisation, address) in organisations::member_addresses(conn, ids)? {
        contacts.entry(organisation).or_default().push(address);
    }
    for row in organisations::of_ids(conn, ids)? {
        contacts.entry(row.id).or_default().extend(row.email);
    }
    Ok(contacts.values().flat_map(|known| look_alikes::cautions(known, &team)).collect())
}
