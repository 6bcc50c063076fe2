//! Applications: from the draft to the filed, complete and admissible file.

use super::{Outcome, advance::Cause};
use crate::{
    domain::{ids::ApplicationId, roles::Role},
    store::{
        Conn, Tx,
        applications::{self, ApplicationRow, Reach, Sight},
    },
};

/// Through whose eyes the actor looks at applications.
pub fn sight(actor: &super::Actor) -> Sight {
    let filed = [Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin];
    let reach = if actor.person.is_none() && actor.is(Role::System) {
        Reach::Everything
    } else if filed.into_iter().any(|role| actor.is(role)) {
        Reach::Filed
    } else if actor.is(Role::Reviewer) {
        Reach::Assigned
    } else {
        Reach::Own
    };
    Sight { person: actor.person, reach }
}

/// One application; it does not exist for whoever may not see it.
pub fn find(conn: &mut Conn, actor: &super::Actor, id: ApplicationId) -> Outcome<ApplicationRow> {
    Ok(applications::find(conn, sight(actor), id)?)
}

pub(super) fn acknowledge_receipt(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_taken_back(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn ask_complement(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_complement_answered(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_eligible(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_ineligible(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_appeal(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_withdrawn(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
