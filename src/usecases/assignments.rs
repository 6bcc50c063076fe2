//! Who reads which file: one by one, or a balanced proposal for a whole call, shown before it is applied.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::advance_now,
    calls,
    committees::{CallFile, call_file, require},
    conflicts,
    documents::Recipient,
    entrustments::give,
    reviews::recipient,
};
use crate::{
    domain::{
        ids::{ApplicationId, CallId, PersonId, ReviewId},
        interests::{Likeness, likeness, telling_words},
        lifecycle::Refusal,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            reviews::ReviewState,
        },
        reviews::{Apart, FileToRead, Proposed, Quota, Reader, Skill, Why, propose},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers, conflicts as vault, interests, recusals,
        reviews::{self, FileRow},
        seat_origins::{self, OriginRow},
        seats::{self, Member},
        skills,
    },
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

const READABLE: &[ApplicationState] = &[ApplicationState::Eligible, ApplicationState::InReview];

/// Why a member is not given a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Recused,
    ActsFor,
    /// They sit for a partner of the project, or work for it.
    Partner,
    Declined,
    /// A fact points at a conflict, and nobody has answered it.
    Possible,
}

impl Kept {
    /// In two or three French words.
    pub const fn words(self) -> &'static str {
        match self {
            Kept::Recused => "déport",
            Kept::ActsFor => "membre de l’organisation",
            Kept::Partner => "siège ou travaille pour un partenaire",
            Kept::Declined => "a décliné",
            Kept::Possible => "lien possible à examiner",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Kept::Recused => "Cette personne s’est déportée de ce dossier.",
            Kept::ActsFor => {
                "Cette personne est membre de la structure qui dépose le dossier\u{a0}: enregistrez un déport."
            }
            Kept::Partner => {
                "L’institution ou l’employeur de cette personne est partenaire du projet\u{a0}: confiez-le à quelqu’un d’autre."
            }
            Kept::Declined => "Cette personne a décliné ce dossier.",
            Kept::Possible => {
                "Un lien possible avec ce dossier attend votre réponse\u{a0}: voyez «\u{a0}Liens possibles\u{a0}» sur la \
                 page de l’appel."
            }
        }
    }
}

/// What a proposal is made of.
struct Facts {
    files: Vec<FileToRead>,
    kept: BTreeMap<(ApplicationId, PersonId), Kept>,
    readers: Vec<Reader>,
    apart: Apart,
    quota: Quota,
}

impl Facts {
    /// Why a member may not be given a file beside those who read it, a French sentence.
    fn refusal(&self, file: &FileToRead, person: PersonId, others: &BTreeSet<PersonId>) -> Option<&'static str> {
        if let Some(kept) = self.kept.get(&(file.id, person)) {
            return Some(kept.sentence());
        }
        if others.contains(&person) {
            return Some("Ce dossier est déjà confié à cette personne.");
        }
        self.apart.parts(person, others).then_some(
            "Vous avez demandé que cette personne ne lise pas les mêmes dossiers qu’une autre qui lit celui-ci.",
        )
    }
}

/// Reads for a whole call what is known of these files and members; the questions asked are as many for one as for all.
fn facts(conn: &mut Conn, call: &CallFile, by: PersonId, rows: &[FileRow], members: &[Member]) -> Outcome<Facts> {
    let id = call.row.id;
    let mut reading: BTreeMap<ApplicationId, BTreeSet<PersonId>> = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for (file, person, _) in recusals::of_call(conn, id)? {
        kept.insert((file, person), Kept::Recused);
    }
    for (file, person, state) in reviews::pairs_of_call(conn, id)? {
        match state {
            ReviewState::Recused => {
                kept.entry((file, person)).or_insert(Kept::Recused);
            }
            ReviewState::Declined => {
                kept.entry((file, person)).or_insert(Kept::Declined);
            }
            _ => {
                reading.entry(file).or_default().insert(person);
            }
        }
    }
    let own: BTreeSet<_> = vault::own_of_members(conn, id)?.into_iter().collect();
    let possible = conflicts::keeping(conn, id, by, members)?;
    for row in rows {
        for (member, party) in members.iter().flat_map(|member| row.parties().into_iter().map(move |p| (member, p))) {
            let (person, pair) = (member.person_id, (member.person_id, party));
            if own.contains(&pair) {
                kept.entry((row.id, person)).or_insert(Kept::ActsFor);
            } else if possible.contains(&pair) {
                kept.entry((row.id, person)).or_insert(Kept::Possible);
            }
        }
    }
    let origins: BTreeMap<PersonId, OriginRow> = seat_origins::of_call(conn, id)?.into_iter().collect();
    for (file, person) in for_partners(conn, id, members, &origins)? {
        kept.entry((file, person)).or_insert(Kept::Partner);
    }
    let files = files_to_read(conn, id, rows, (reading, &kept))?;
    let readers = readers(conn, id, (members, &origins))?;
    Ok(Facts { files, kept, readers, apart: Apart::new(skills::apart(conn, id)?), quota: quota(call) })
}

/// How many readers the fund of a call gives a file.
fn quota(call: &CallFile) -> Quota {
    let count = |readers: i32| usize::try_from(readers).unwrap_or_default();
    let rules = &call.fund.committee;
    let colleges = rules.colleges.iter().filter(|college| college.readers > 0);
    let colleges = colleges.map(|college| (college.code.clone(), (college.label.clone(), count(college.readers))));
    Quota { per_file: count(rules.readers), colleges: colleges.collect() }
}

/// The files in which the institution or the employer of a member is named as a partner.
fn for_partners(
    conn: &mut Conn,
    call: CallId,
    members: &[Member],
    origins: &BTreeMap<PersonId, OriginRow>,
) -> Outcome<Vec<(ApplicationId, PersonId)>> {
    let house = |member: &Member| {
        let employer = origins.get(&member.person_id).map_or("", |origin| origin.employer.as_str());
        let names = [member.institution.as_str(), employer].into_iter().filter(|name| !name.trim().is_empty());
        (member.person_id, names.map(telling_words).collect::<Vec<_>>())
    };
    let houses: Vec<_> = members.iter().map(house).collect();
    let mut found = Vec::new();
    for (file, partner) in interests::partner_names(conn, &[call])? {
        let words = telling_words(&partner);
        let is_theirs = |own: &Vec<String>| likeness(own, &words) == Likeness::Same;
        let theirs = houses.iter().filter(|(_, own)| own.iter().any(is_theirs));
        found.extend(theirs.map(|(person, _)| (file, *person)));
    }
    Ok(found)
}

type Reading = BTreeMap<ApplicationId, BTreeSet<PersonId>>;

fn files_to_read(
    conn: &mut Conn,
    call: CallId,
    rows: &[FileRow],
    (mut reading, kept): (Reading, &BTreeMap<(ApplicationId, PersonId), Kept>),
) -> Outcome<Vec<FileToRead>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut axes: BTreeMap<ApplicationId, BTreeSet<String>> = BTreeMap::new();
    for tag in answers::tags_of_all(conn, &ids)?.into_iter().filter(|tag| tag.kind == "axis") {
        axes.entry(tag.application_id).or_default().insert(tag.code);
    }
    let mut places: BTreeMap<ApplicationId, BTreeSet<String>> = BTreeMap::new();
    for (file, seat, project) in skills::places(conn, call)? {
        let known = std::iter::once(seat).chain(project).filter(|code| !code.is_empty());
        places.entry(file).or_default().extend(known);
    }
    let mut excluded: BTreeMap<ApplicationId, BTreeSet<PersonId>> = BTreeMap::new();
    for (file, person) in kept.keys() {
        excluded.entry(*file).or_default().insert(*person);
    }
    let file = |id: &ApplicationId| FileToRead {
        id: *id,
        readers: reading.remove(id).unwrap_or_default(),
        excluded: excluded.remove(id).unwrap_or_default(),
        axes: axes.remove(id).unwrap_or_default(),
        departments: places.remove(id).unwrap_or_default(),
    };
    Ok(ids.iter().map(file).collect())
}

/// The members who score, with what they know well.
fn readers(
    conn: &mut Conn,
    call: CallId,
    (members, origins): (&[Member], &BTreeMap<PersonId, OriginRow>),
) -> Outcome<Vec<Reader>> {
    let known = skills::of_call(conn, call)?;
    let of = |person: PersonId, wanted: Skill| {
        let own = known.iter().filter(|(who, kind, _)| *who == person && *kind == wanted);
        own.map(|(_, _, code)| code.clone()).collect()
    };
    let reader = |member: &Member| Reader {
        person: member.person_id,
        institution: member.institution.clone(),
        college: origins.get(&member.person_id).map(|origin| origin.college.clone()).unwrap_or_default(),
        axes: of(member.person_id, Skill::Axis),
        departments: of(member.person_id, Skill::Department),
    };
    Ok(members.iter().filter(|member| !member.is_guest).map(reader).collect())
}

/// A file that lacks readers, with who is proposed.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    pub row: FileRow,
    /// Who reads it already; those who have left the committee are not named.
    pub readers: Vec<PersonId>,
    pub proposed: Vec<(PersonId, Vec<Why>)>,
    /// How many readers it lacks.
    pub lacks: usize,
    pub kept: Vec<(PersonId, Kept)>,
}

/// A proposal for a whole call, which nobody has applied.
#[derive(Debug)]
pub struct Plan {
    pub call: CallFile,
    pub members: Vec<Member>,
    /// Files that lack readers, by reference.
    pub files: Vec<PlannedFile>,
}

impl Plan {
    /// The name of a member.
    pub fn name(&self, person: PersonId) -> &str {
        self.members.iter().find(|member| member.person_id == person).map_or("", |member| member.name.as_str())
    }
}

fn make(conn: &mut Conn, call: CallFile, by: PersonId) -> Outcome<Plan> {
    let rows = reviews::files(conn, by, call.row.id, READABLE)?;
    let members = seats::members(conn, call.row.id)?;
    let facts = facts(conn, &call, by, &rows, &members)?;
    let mut proposed: BTreeMap<ApplicationId, Vec<(PersonId, Vec<Why>)>> = BTreeMap::new();
    for Proposed { file, reader, why } in propose(&facts.files, &facts.readers, &facts.apart, &facts.quota) {
        proposed.entry(file).or_default().push((reader, why));
    }
    let planned = |(row, file): (FileRow, &FileToRead)| PlannedFile {
        readers: file.readers.iter().copied().collect(),
        proposed: proposed.remove(&row.id).unwrap_or_default(),
        lacks: facts.quota.per_file.saturating_sub(file.readers.len()),
        kept: members.iter().filter_map(|m| Some((m.person_id, *facts.kept.get(&(row.id, m.person_id))?))).collect(),
        row,
    };
    let files = rows.into_iter().zip(&facts.files).map(planned).filter(|file| file.lacks > 0).collect();
    Ok(Plan { call, members, files })
}

/// What would be proposed now, for the officer. The same facts give the same proposal; a reading that was given up is in
/// it again, for somebody else.
pub fn plan(conn: &mut Conn, officer: &Actor, reference: &str) -> Outcome<Plan> {
    let by = require(officer, Role::Officer)?;
    let id = calls::by_reference(conn, reference)?.id;
    let call = call_file(conn, id)?;
    make(conn, call, by)
}

/// Who would be proposed next for each file of a call that lacks a reader, and why, as this officer may know it.
pub(super) fn next_readers(
    conn: &mut Conn,
    call: &CallFile,
    officer: PersonId,
) -> Outcome<BTreeMap<ApplicationId, (String, String)>> {
    let plan = make(conn, call.clone(), officer)?;
    let next = |planned: &PlannedFile| {
        let (person, why) = planned.proposed.first()?;
        Some((planned.row.id, (plan.name(*person).to_owned(), in_words(why))))
    };
    Ok(plan.files.iter().filter_map(next).collect())
}

/// The reasons of a proposal, in one line.
pub fn in_words(why: &[Why]) -> String {
    why.iter().map(Why::words).collect::<Vec<_>>().join(", ")
}

/// Entrusts a file to a member of the committee.
pub fn assign(
    tx: &mut Tx,
    officer: &Actor,
    application: ApplicationId,
    person: PersonId,
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<ReviewId> {
    let by = require(officer, Role::Officer)?;
    let application = reviews::file(tx.conn(), Some(by), application)?;
    if !READABLE.contains(&application.state) {
        return Err(Refusal::NotFromHere(application.state.label()).into());
    }
    let refuse = |sentence: &str| Err(UseCaseError::Invalid(vec![FieldError::new("personne", sentence)]));
    let file = call_file(tx.conn(), application.call_id)?;
    let members = seats::members(tx.conn(), application.call_id)?;
    if let Some(sentence) = unseated(&members, person) {
        return refuse(sentence);
    }
    let facts = facts(tx.conn(), &file, by, std::slice::from_ref(&application), &members)?;
    let known = facts.files.first().ok_or(StoreError::NotFound)?;
    if let Some(sentence) = facts.refusal(known, person, &known.readers) {
        return refuse(sentence);
    }
    let reader = recipient(tx, person)?;
    let given = give(tx, officer, &file, &[(&application, &reader)], due_on, now)?;
    Ok(given.into_iter().next().ok_or(StoreError::NotFound)?)
}

/// Why somebody is not one of those who score, a French sentence.
fn unseated(members: &[Member], person: PersonId) -> Option<&'static str> {
    match members.iter().find(|member| member.person_id == person) {
        None => Some("Cette personne ne siège pas au comité de cet appel."),
        Some(member) if member.is_guest => Some("Cette personne est invitée\u{a0}: elle lit sans noter."),
        Some(_) => None,
    }
}

/// The field of a reader of a file, numbered from 0.
pub fn field(file: ApplicationId, place: usize) -> String {
    format!("lecteur-{file}-{place}")
}

/// Entrusts these files as the officer settled it: each choice with the field it stands in. Nothing is entrusted unless
/// everything may be. Gives how many reviews were added.
pub fn apply(
    tx: &mut Tx,
    officer: &Actor,
    reference: &str,
    chosen: &[(String, ApplicationId, PersonId)],
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<usize> {
    let by = require(officer, Role::Officer)?;
    let id = calls::by_reference(tx.conn(), reference)?.id;
    let call = call_file(tx.conn(), id)?;
    let rows = reviews::files(tx.conn(), by, id, READABLE)?;
    let members = seats::members(tx.conn(), id)?;
    let facts = facts(tx.conn(), &call, by, &rows, &members)?;
    let mut reading: Reading = facts.files.iter().map(|file| (file.id, file.readers.clone())).collect();
    let mut errors = Vec::new();
    for (field, file, person) in chosen {
        let known = facts.files.iter().find(|known| known.id == *file).ok_or(StoreError::NotFound)?;
        let others = reading.entry(*file).or_default();
        let refusal = unseated(&members, *person).or_else(|| facts.refusal(known, *person, others));
        errors.extend(refusal.map(|sentence| FieldError::new(field.clone(), sentence)));
        others.insert(*person);
    }
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    let pairs = chosen.iter().map(|(_, file, person)| (*file, *person));
    entrust(tx, officer, &call, (&rows, members), pairs, (due_on, now))
}

/// Entrusts every file of a call that lacks readers as it is proposed. Gives how many reviews were added.
pub fn assign_proposed(
    tx: &mut Tx,
    officer: &Actor,
    call: CallId,
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<usize> {
    let by = require(officer, Role::Officer)?;
    let file = call_file(tx.conn(), call)?;
    let plan = make(tx.conn(), file, by)?;
    let proposed = plan.files.iter().flat_map(|file| file.proposed.iter().map(|(person, _)| (file.row.id, *person)));
    let (pairs, rows): (Vec<_>, Vec<_>) =
        (proposed.collect(), plan.files.iter().map(|file| file.row.clone()).collect());
    entrust(tx, officer, &plan.call, (&rows, plan.members), pairs.into_iter(), (due_on, now))
}

fn entrust(
    tx: &mut Tx,
    officer: &Actor,
    call: &CallFile,
    (rows, members): (&[FileRow], Vec<Member>),
    pairs: impl Iterator<Item = (ApplicationId, PersonId)>,
    (due_on, now): (Option<NaiveDate>, Moment),
) -> Outcome<usize> {
    let rows: BTreeMap<ApplicationId, &FileRow> = rows.iter().map(|row| (row.id, row)).collect();
    let readers: BTreeMap<PersonId, Recipient> = members.into_iter().map(|m| (m.person_id, to_member(m))).collect();
    let known = |(file, person): (ApplicationId, PersonId)| Some((*rows.get(&file)?, readers.get(&person)?));
    let pairs: Vec<(&FileRow, &Recipient)> = pairs.filter_map(known).collect();
    Ok(give(tx, officer, call, &pairs, due_on, now)?.len())
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
