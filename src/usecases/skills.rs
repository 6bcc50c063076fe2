//! What a member of a committee knows well, and with whom they do not read: set by the officer, weighed when readers are
//! proposed.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    committees::{CallFile, call_file, require},
};
use crate::{
    domain::{ids::PersonId, references::DEPARTMENTS, reviews::Skill, roles::Role, time::Moment},
    store::{
        Conn, StoreError, Tx,
        seats::{self, Member},
        skills as rows,
    },
};
use std::collections::BTreeSet;

/// One member with what is known of their reading.
#[derive(Debug)]
pub struct SeatCard {
    pub call: CallFile,
    pub member: Member,
    pub axes: BTreeSet<String>,
    pub departments: BTreeSet<String>,
    /// With whom they do not read.
    pub apart: BTreeSet<PersonId>,
    /// The other members who score.
    pub others: Vec<Member>,
}

/// A seat of the committee of a call, for its officer.
pub fn find(conn: &mut Conn, officer: &Actor, reference: &str, person: PersonId) -> Outcome<SeatCard> {
    require(officer, Role::Officer)?;
    let id = super::calls::by_reference(conn, reference)?.id;
    let call = call_file(conn, id)?;
    let (mut own, others): (Vec<_>, Vec<_>) =
        seats::members(conn, id)?.into_iter().partition(|member| member.person_id == person);
    let member = own.pop().ok_or(StoreError::NotFound)?;
    let skills = rows::of_call(conn, id)?;
    let of = |wanted: Skill| {
        let own = skills.iter().filter(|(who, kind, _)| *who == person && *kind == wanted);
        own.map(|(_, _, code)| code.clone()).collect()
    };
    let pairs = rows::apart(conn, id)?.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]);
    Ok(SeatCard {
        axes: of(Skill::Axis),
        departments: of(Skill::Department),
        apart: pairs.filter(|(one, _)| *one == person).map(|(_, other)| other).collect(),
        others: others.into_iter().filter(|member| !member.is_guest).collect(),
        call,
        member,
    })
}

/// What was ticked: codes of axes, departments, people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SkillsForm {
    pub axes: Vec<String>,
    pub departments: Vec<String>,
    pub apart: Vec<String>,
}

/// Writes what a member knows well, and with whom they do not read.
pub fn save(
    tx: &mut Tx,
    officer: &Actor,
    reference: &str,
    person: PersonId,
    form: &SkillsForm,
    now: Moment,
) -> Outcome<()> {
    let by = require(officer, Role::Officer)?;
    let card = find(tx.conn(), officer, reference, person)?;
    let wrong = |field: &str| UseCaseError::Invalid(vec![FieldError::new(field, "Choisissez parmi les réponses.")]);
    let offered = &card.call.definition.axes;
    if !form.axes.iter().all(|code| offered.contains(code)) {
        return Err(wrong("axes"));
    }
    if !form.departments.iter().all(|code| DEPARTMENTS.contains(&code.as_str())) {
        return Err(wrong("departements"));
    }
    let others: BTreeSet<_> = form.apart.iter().map(|id| id.parse::<PersonId>().ok()).collect();
    let others: Option<Vec<PersonId>> = others.into_iter().collect();
    let is_member = |id: &PersonId| card.others.iter().any(|member| member.person_id == *id);
    let others = others.filter(|ids| ids.iter().all(is_member)).ok_or_else(|| wrong("separes"))?;
    let axes = form.axes.iter().cloned().collect::<BTreeSet<_>>().into_iter().map(|code| (Skill::Axis, code));
    let places = form.departments.iter().cloned().collect::<BTreeSet<_>>().into_iter();
    let skills: Vec<_> = axes.chain(places.map(|code| (Skill::Department, code))).collect();
    rows::set(tx, card.member.seat_id, &skills)?;
    Ok(rows::set_apart(tx, card.call.row.id, person, &others, (by, now))?)
}
