//! Who reads which file: one by one, or a balanced proposal for a whole call.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::advance_now,
    committees::{CallFile, call_file, require},
    documents::Recipient,
    reviews::{give, recipient},
};
use crate::{
    domain::{
        ids::{ApplicationId, CallId, PersonId, ReviewId},
        lifecycle::Refusal,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            reviews::ReviewState,
        },
        reviews::{FileToRead, propose},
        roles::Role,
        ties::naming,
        time::Moment,
    },
    store::{
        Conn, Tx, organisations, recusals,
        reviews::{self, FileRow},
        seats::{self, Member},
        ties as declared,
    },
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

const READABLE: &[ApplicationState] = &[ApplicationState::Eligible, ApplicationState::InReview];

/// Entrusts a file to a member of the committee.
pub fn assign(
    tx: &mut Tx,
    officer: &Actor,
    application: ApplicationId,
    person: PersonId,
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<ReviewId> {
    require(officer, Role::Officer)?;
    let application = reviews::file(tx.conn(), officer.person, application)?;
    if !READABLE.contains(&application.state) {
        return Err(Refusal::NotFromHere(application.state.label()).into());
    }
    let refuse = |sentence: &str| Err(UseCaseError::Invalid(vec![FieldError::new("personne", sentence)]));
    if seats::held(tx.conn(), application.call_id, person)?.is_none() {
        return refuse("Cette personne ne siège pas au comité de cet appel.");
    }
    if recusals::is_recused(tx.conn(), person, application.id)? {
        return refuse("Cette personne s’est déportée de ce dossier.");
    }
    if organisations::is_member_of_any(tx.conn(), person, &application.parties())? {
        return refuse("Cette personne est membre de la structure qui dépose le dossier\u{a0}: enregistrez un déport.");
    }
    if let Some(review) = reviews::of(tx.conn(), application.id, person)? {
        return refuse(match review.state {
            ReviewState::Declined => "Cette personne a décliné ce dossier.",
            _ => "Ce dossier est déjà confié à cette personne.",
        });
    }
    let file = call_file(tx.conn(), application.call_id)?;
    let reader = recipient(tx, person)?;
    give(tx, officer, &file, &application, &reader, due_on, now)
}

/// Entrusts every file of a call that lacks readers, as evenly as possible and never to somebody recused from it, a
/// member of the applicant, or named by a tie it declares. Gives how many reviews were added.
pub fn assign_proposed(
    tx: &mut Tx,
    officer: &Actor,
    call: CallId,
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<usize> {
    let by = require(officer, Role::Officer)?;
    let file = call_file(tx.conn(), call)?;
    let applications = reviews::files(tx.conn(), by, call, READABLE)?;
    let members = seats::members(tx.conn(), call)?;
    let wanted = proposal(tx.conn(), &file, &applications, &members)?;
    let rows: BTreeMap<ApplicationId, &FileRow> = applications.iter().map(|row| (row.id, row)).collect();
    let readers: BTreeMap<PersonId, Recipient> = members.into_iter().map(|m| (m.person_id, to_member(m))).collect();
    for (application, person) in &wanted {
        if let (Some(application), Some(reader)) = (rows.get(application), readers.get(person)) {
            give(tx, officer, &file, application, reader, due_on, now)?;
        }
    }
    Ok(wanted.len())
}

/// Hands every admissible file of a call that has readers to the committee. Gives how many files that were; one that
/// the officer may not judge stays where it is.
pub fn hand_over(tx: &mut Tx, officer: &Actor, call: CallId, now: Moment) -> Outcome<usize> {
    let by = require(officer, Role::Officer)?;
    let files = reviews::files(tx.conn(), by, call, &[ApplicationState::Eligible])?;
    let pairs = reviews::pairs_of_call(tx.conn(), call)?.into_iter();
    let live = pairs.filter(|(.., state)| !matches!(state, ReviewState::Declined | ReviewState::Recused));
    let read: BTreeSet<_> = live.map(|(application, ..)| application).collect();
    let mut handed = 0;
    for file in files.iter().filter(|file| read.contains(&file.id)) {
        match advance_now::<Application>(tx, officer, file.id, ApplicationEvent::StartReview, now) {
            Ok(_) => handed += 1,
            Err(UseCaseError::Refused(Refusal::NotYours)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(handed)
}

fn to_member(member: Member) -> Recipient {
    Recipient { person: Some(member.person_id), address: member.email, name: member.name }
}

fn proposal(
    conn: &mut Conn,
    file: &CallFile,
    applications: &[FileRow],
    members: &[Member],
) -> Outcome<Vec<(ApplicationId, PersonId)>> {
    let (mut readers, mut excluded) = (BTreeMap::new(), BTreeMap::new());
    for (application, person, state) in reviews::pairs_of_call(conn, file.row.id)? {
        let given_up = matches!(state, ReviewState::Declined | ReviewState::Recused);
        let side: &mut BTreeMap<_, BTreeSet<_>> = if given_up { &mut excluded } else { &mut readers };
        side.entry(application).or_default().insert(person);
    }
    for (application, person, _) in recusals::of_call(conn, file.row.id)? {
        excluded.entry(application).or_default().insert(person);
    }
    let ids: Vec<_> = applications.iter().map(|application| application.id).collect();
    for (application, tie) in declared::of_applications(conn, &ids)? {
        let declared = Some(vec![tie]);
        let named = members.iter().filter(|member| naming(&declared, &member.name).is_some());
        excluded.entry(application).or_default().extend(named.map(|member| member.person_id));
    }
    let mut ties = Vec::new();
    for member in members {
        for organisation in organisations::of_person(conn, member.person_id)? {
            ties.push((organisation.id, member.person_id));
        }
    }
    let files: Vec<FileToRead> = applications
        .iter()
        .map(|application| {
            let parties = application.parties();
            let tied =
                ties.iter().filter(|(organisation, _)| parties.contains(organisation)).map(|(_, person)| *person);
            let mut excluded = excluded.remove(&application.id).unwrap_or_default();
            excluded.extend(tied);
            FileToRead { id: application.id, readers: readers.remove(&application.id).unwrap_or_default(), excluded }
        })
        .collect();
    let people: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
    Ok(propose(&files, &people, usize::try_from(file.fund.committee.readers).unwrap_or_default()))
}
