//! Guests of a committee (invité·es): they read its files and sit in its sessions; they neither score nor vote.

use super::{
    Actor, Outcome,
    answers::{self, Content},
    blinds::{self, Veil},
    committee_mandates,
    committees::require,
};
use crate::{
    domain::{
        decisions::LISTED_FOR_GUESTS,
        definitions::FundDefinition,
        ids::{ApplicationId, PersonId},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, calls,
        reviews::{self, FileRow},
        seats,
    },
};
use std::sync::Arc;

/// The files of one call, for a guest of its committee.
#[derive(Debug)]
pub struct GuestCall {
    pub title: String,
    pub files: Vec<FileRow>,
}

fn guest(actor: &Actor) -> Outcome<PersonId> {
    require(actor, Role::Reviewer)
}

/// Whether the actor is a guest of a committee.
pub fn is_guest(conn: &mut Conn, actor: &Actor) -> Outcome<bool> {
    let person = guest(actor)?;
    Ok(!seats::as_guest(conn, person)?.is_empty())
}

/// What a guest may read, by call; what they are recused from is not there.
/// What waits for a declaration is not there either.
pub fn list(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Vec<GuestCall>> {
    let person = guest(actor)?;
    let mut found = Vec::new();
    let mut open = seats::as_guest(conn, person)?;
    let closed = committee_mandates::closed_calls(conn, actor, &open, now)?;
    open.retain(|call| !closed.contains(call));
    for call in open {
        let mut files = reviews::files(conn, person, call, LISTED_FOR_GUESTS)?;
        let (call, ids) = (calls::find(conn, call)?, files.iter().map(|file| file.id).collect::<Vec<_>>());
        let veil = Veil::of_call(conn, actor, &call, &ids)?;
        for file in &mut files {
            veil.title(file.id, &mut file.title);
        }
        found.push(GuestCall { title: call.title, files });
    }
    Ok(found)
}

/// One file for a guest; to a member who scores it is on a sheet instead.
pub fn find(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<(Content, Arc<FundDefinition>)> {
    let person = guest(actor)?;
    let file = reviews::file(conn, Some(person), id)?;
    if !seats::held(conn, file.call_id, person)?.is_some_and(|seat| seat.is_guest) {
        return Err(StoreError::NotFound.into());
    }
    let content = answers::find(conn, actor, id)?;
    let fund = super::calls::fund_of(conn, &content.call)?;
    Ok((blinds::content(conn, actor, content)?, fund))
}
