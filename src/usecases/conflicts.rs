//! Conflicts of interests that the vault of organisations points at, computed for a whole call at once and shown to its
//! officer alone: accepted, the member is recused; dismissed, the reason is kept. Until then no reading of such a file is
//! proposed to them.

use super::{
    Actor, FieldError, Outcome, UseCaseError, calls,
    committees::require,
    interests::{self, Declared},
    recusals,
};
use crate::{
    domain::{
        conflicts::{
            Clue, Employer, MemberFacts, Name, OrganisationFacts, OwnOrganisation, clues, mandate_in_words,
            telling_domain,
        },
        ids::{ApplicationId, CallId, OrganisationId, PersonId},
        interests::{Sought, telling_words},
        profiles::{Mandate, person_words},
        roles::Role,
        text::fold,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        calls::CallRow,
        conflicts::{self as rows, AnswerRow, Card, FiledFile},
        digests::sha256,
        interests as interest_rows, profiles, recusals as recusal_rows, seat_origins,
        seats::{self, Member},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// What a member and an organisation seem to have in common.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub person: PersonId,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// Facts nobody has answered yet.
    pub open: Vec<(Clue, String)>,
    /// What was answered before.
    pub answered: Vec<AnswerRow>,
    /// Its files that wait for their decision.
    pub files: Vec<FiledFile>,
    /// Whether the member is recused from all of them.
    pub is_recused: bool,
}

impl Suggestion {
    /// Whether somebody has still to answer.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty() && !self.is_recused
    }

    /// Changes whenever the open facts do.
    pub fn mark(&self) -> String {
        let facts: Vec<_> = self.open.iter().map(|(clue, fact)| format!("{clue}:{fact}")).collect();
        sha256(facts.join("\n"))
    }
}

/// Everything the facts point at in a call, by member.
#[derive(Debug)]
pub struct Board {
    pub call: CallRow,
    pub members: Vec<(Member, Vec<Suggestion>)>,
}

/// The clues of a call, for its officer; about files the officer is recused from there are none.
pub fn board(conn: &mut Conn, officer: &Actor, reference: &str) -> Outcome<Board> {
    let reader = require(officer, Role::Officer)?;
    let call = calls::by_reference(conn, reference)?;
    let members = seats::members(conn, call.id)?;
    let mut found: BTreeMap<PersonId, Vec<Suggestion>> = BTreeMap::new();
    for suggestion in suggestions(conn, call.id, reader, &members)? {
        found.entry(suggestion.person).or_default().push(suggestion);
    }
    let of = |member: Member| {
        let own = found.remove(&member.person_id).unwrap_or_default();
        (member, own)
    };
    let members = members.into_iter().map(of).collect();
    Ok(Board { call, members })
}

/// Everybody whom an open clue or a found conflict keeps from an organisation's files.
pub(super) fn keeping(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    members: &[Member],
) -> Outcome<BTreeSet<(PersonId, OrganisationId)>> {
    let found = suggestions(conn, call, reader, members)?.into_iter();
    let keeps = found.filter(|found| found.is_open() || found.answered.iter().any(|answer| answer.is_conflict));
    Ok(keeps.map(|found| (found.person, found.organisation)).collect())
}

/// How many suggestions of a call wait for an answer.
pub fn count_open(conn: &mut Conn, officer: &Actor, call: CallId, members: &[Member]) -> Outcome<usize> {
    let reader = require(officer, Role::Officer)?;
    Ok(suggestions(conn, call, reader, members)?.iter().filter(|found| found.is_open()).count())
}

fn suggestions(conn: &mut Conn, call: CallId, reader: PersonId, members: &[Member]) -> Outcome<Vec<Suggestion>> {
    let files = rows::files(conn, call, reader)?;
    let mut of_organisation: BTreeMap<OrganisationId, Vec<FiledFile>> = BTreeMap::new();
    for file in &files {
        for party in file.parties() {
            of_organisation.entry(party).or_default().push(file.clone());
        }
    }
    let ids: Vec<_> = of_organisation.keys().copied().collect();
    let organisations = organisations(conn, (call, reader), &ids, &files)?;
    let known_members = member_facts(conn, call, members)?;
    let people: Vec<_> = members.iter().map(|member| member.person_id).collect();
    let mut answers: BTreeMap<(PersonId, OrganisationId), Vec<AnswerRow>> = BTreeMap::new();
    for answer in rows::answers(conn, &people)? {
        answers.entry((answer.person_id, answer.organisation_id)).or_default().push(answer);
    }
    let recused = recusal_rows::of_call(conn, call)?.into_iter();
    let recused: BTreeSet<(ApplicationId, PersonId)> = recused.map(|(file, person, _)| (file, person)).collect();
    let mut found = Vec::new();
    for member in &known_members {
        for (id, facts) in &organisations {
            let answered = answers.remove(&(member.person, *id)).unwrap_or_default();
            let is_new =
                |clue: &(Clue, String)| !answered.iter().any(|known| (known.clue, &known.fact) == (clue.0, &clue.1));
            let open: Vec<_> = clues(member, facts).into_iter().filter(is_new).collect();
            if open.is_empty() && answered.is_empty() {
                continue;
            }
            let files = of_organisation.get(id).cloned().unwrap_or_default();
            found.push(Suggestion {
                person: member.person,
                organisation: *id,
                organisation_name: facts.name.text.clone(),
                is_recused: files.iter().all(|file| recused.contains(&(file.id, member.person))),
                open,
                answered,
                files,
            });
        }
    }
    Ok(found)
}

fn person(text: &str) -> Name {
    Name { text: text.to_owned(), words: person_words(text) }
}

fn named(text: &str) -> Name {
    Name { text: text.to_owned(), words: telling_words(text) }
}

/// A place folded, and as it is written; both empty unless the street is known.
fn address(card: &Card) -> (String, String) {
    if card.street.trim().is_empty() {
        return Default::default();
    }
    let written = format!("{}, {} {}", card.street, card.postcode, card.city);
    (fold(&written), written)
}

type Known = BTreeMap<OrganisationId, OrganisationFacts>;

fn organisations(
    conn: &mut Conn,
    (call, reader): (CallId, PersonId),
    ids: &[OrganisationId],
    files: &[FiledFile],
) -> Outcome<Known> {
    let mut known: Known = rows::cards(conn, ids)?.into_iter().map(|card| (card.id, on_card(&card))).collect();
    for row in profiles::mandates(conn, ids)? {
        if let Some(facts) = known.get_mut(&row.organisation_id) {
            let what = mandate_in_words(row.duty, &Mandate::from(&row).days());
            facts.officers.push((person(&row.name), what));
        }
    }
    for (id, who, email) in rows::people_of(conn, ids)? {
        if let Some(facts) = known.get_mut(&id) {
            facts.people.insert(who);
            facts.domains.extend(telling_domain(&email));
        }
    }
    for (id, holder) in rows::holders(conn, ids)? {
        if let Some(facts) = known.get_mut(&id) {
            facts.bank_holders.push(named(&holder));
        }
    }
    for (one, other, reference) in rows::awarded_pairs(conn, reader, ids)? {
        for (id, with) in [(one, other), (other, one)] {
            if let Some(facts) = known.get_mut(&id) {
                facts.awarded_with.insert(with, reference.clone());
            }
        }
    }
    for (id, partner, reference) in rows::awarded_partners(conn, reader, ids)? {
        if let Some(facts) = known.get_mut(&id) {
            facts.awarded_with_named.push((named(&partner), reference));
        }
    }
    let parties: BTreeMap<ApplicationId, Vec<OrganisationId>> =
        files.iter().map(|file| (file.id, file.parties().collect())).collect();
    for (file, who, nature) in rows::declared_in(conn, call)? {
        for id in parties.get(&file).into_iter().flatten() {
            if let Some(facts) = known.get_mut(id) {
                facts.ties.push((person(&who), fold(&nature), nature.clone()));
            }
        }
    }
    Ok(known)
}

fn on_card(card: &Card) -> OrganisationFacts {
    let represents = match card.representative_title.trim() {
        "" => "représente l’organisation".to_owned(),
        title => format!("{title}, représente l’organisation"),
    };
    let siren = card.siret.as_ref().map(|siret| siret.siren().to_owned());
    let mail = card.email.as_ref().and_then(|email| telling_domain(email.as_str()));
    let site = card.website.as_deref().and_then(telling_domain);
    OrganisationFacts {
        name: named(&card.name),
        numbers: siren.into_iter().chain(card.rna.as_ref().map(|rna| rna.as_str().to_owned())).collect(),
        address: address(card),
        domains: mail.into_iter().chain(site).collect(),
        officers: vec![(person(&card.representative_name), represents)],
        ..OrganisationFacts::default()
    }
}

fn member_facts(conn: &mut Conn, call: CallId, members: &[Member]) -> Outcome<Vec<MemberFacts>> {
    let people: Vec<_> = members.iter().map(|member| member.person_id).collect();
    let mut declared = interests::of_people(conn, call, &people)?;
    let own = rows::own_of_members(conn, call)?;
    let ids: Vec<_> = own.iter().map(|(_, id)| *id).collect();
    let cards: BTreeMap<_, _> = rows::cards(conn, &ids)?.into_iter().map(|card| (card.id, card)).collect();
    let organisation = |id: &OrganisationId| {
        let card = cards.get(id)?;
        Some(OwnOrganisation { id: *id, name: named(&card.name), address: address(card).0 })
    };
    let mut origins: BTreeMap<PersonId, _> = seat_origins::of_call(conn, call)?.into_iter().collect();
    let mut employer = |person: PersonId| {
        let origin = origins.remove(&person)?;
        Some(Employer {
            name: named(&origin.employer),
            number: origin.employer_number,
            domain: telling_domain(&origin.employer_domain).unwrap_or_default(),
        })
    };
    let facts = |member: &Member| {
        let Declared { ties, .. } = declared.remove(&member.person_id).unwrap_or_default();
        let theirs = own.iter().filter(|(person, _)| *person == member.person_id);
        MemberFacts {
            person: member.person_id,
            name: person(&member.name),
            domain: telling_domain(&member.email).unwrap_or_default(),
            institution: named(&member.institution),
            employer: employer(member.person_id).unwrap_or_default(),
            ties: ties.into_iter().map(|(tie, on)| Sought::new(tie, on)).collect(),
            organisations: theirs.filter_map(|(_, id)| organisation(id)).collect(),
        }
    };
    Ok(members.iter().map(facts).collect())
}

/// What the officer makes of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Conflict,
    Nothing,
}

/// Answers every open fact between a member and an organisation. A conflict recuses the member from its files, those to
/// come included; `StoreError::Stale` when the facts are no longer those the page showed.
pub fn answer(
    tx: &mut Tx,
    officer: &Actor,
    reference: &str,
    (member, organisation, mark): (PersonId, OrganisationId, &str),
    (judged, reason): (Judged, &str),
    now: Moment,
) -> Outcome<()> {
    let by = require(officer, Role::Officer)?;
    let board = board(tx.conn(), officer, reference)?;
    let mut all = board.members.into_iter().flat_map(|(_, found)| found);
    let found = all.find(|found| (found.person, found.organisation) == (member, organisation) && found.is_open());
    let found = found.ok_or(StoreError::Stale)?;
    if found.mark() != mark {
        return Err(StoreError::Stale.into());
    }
    let reason = read_reason(judged, reason)?;
    for (clue, fact) in &found.open {
        let row = AnswerRow {
            id: tx.mint(now)?,
            person_id: member,
            organisation_id: organisation,
            clue: *clue,
            fact: fact.clone(),
            is_conflict: judged == Judged::Conflict,
            reason: reason.clone(),
            answered_by: by,
            answered_at: now,
        };
        rows::insert(tx, &row)?;
    }
    if judged == Judged::Conflict { keep_away(tx, member, now) } else { Ok(()) }
}

fn read_reason(judged: Judged, typed: &str) -> Outcome<String> {
    let reason = typed.trim();
    let wrong = |sentence: String| Err(UseCaseError::Invalid(vec![FieldError::new("motif", sentence)]));
    match (reason, judged) {
        ("", Judged::Conflict) => wrong("Écrivez le motif du déport\u{a0}: il sera au procès-verbal.".into()),
        ("", Judged::Nothing) => wrong("Dites pourquoi ce n’est pas un conflit\u{a0}: la réponse est gardée.".into()),
        _ if reason.chars().count() > LONGEST_REASON => {
            wrong(format!("C’est trop long\u{a0}: {LONGEST_REASON} caractères au plus."))
        }
        _ => Ok(reason.to_owned()),
    }
}

/// Recuses a person from every undecided file of organisations with which a conflict was found.
pub(super) fn keep_away(tx: &mut Tx, person: PersonId, now: Moment) -> Outcome<()> {
    let found: Vec<_> = rows::answers(tx.conn(), &[person])?.into_iter().filter(|answer| answer.is_conflict).collect();
    if found.is_empty() {
        return Ok(());
    }
    let calls = interest_rows::calls_of(tx.conn(), person)?;
    for file in interest_rows::pending(tx.conn(), person, &calls)? {
        let is_about = |answer: &&AnswerRow| file.parties().any(|party| party == answer.organisation_id);
        if let Some(answer) = found.iter().find(is_about) {
            recuse(tx, answer, file.id, now)?;
        }
    }
    Ok(())
}

/// Recuses from a file that was just filed every member of its committee with whose organisations a conflict was found.
pub(super) fn keep_from(
    tx: &mut Tx,
    (call, file): (CallId, ApplicationId),
    parties: &[OrganisationId],
    now: Moment,
) -> Outcome<()> {
    let members = interest_rows::untouched_members(tx.conn(), call, file)?;
    let mut told = BTreeSet::new();
    for answer in rows::found(tx.conn(), &members, parties)? {
        if told.insert(answer.person_id) {
            recuse(tx, &answer, file, now)?;
        }
    }
    Ok(())
}

/// The officer who found the conflict is who recuses.
fn recuse(tx: &mut Tx, answer: &AnswerRow, file: ApplicationId, now: Moment) -> Outcome<()> {
    let officer = Actor::person(answer.answered_by, vec![Role::Officer]);
    let reason = format!("{} {}", answer.reason, answer.fact);
    recusals::give_up(tx, &officer, answer.person_id, file, &reason, now)
}
