//! Declarations of interests: each member of a committee makes one a year for each mandate, and confirms it before each
//! session. From a declared tie on, the files of that organisation which the mandate opens do not exist for the member,
//! those that are still to come included.

pub use super::interest_forms::{InterestsForm, NOTHING, TypedInterest};
use super::{
    Actor, FieldError, Outcome, UseCaseError,
    answers::Content,
    committee_mandates,
    committees::{call_file, member_of, require},
    conflicts,
    documents::Recipient,
    messages, recusals,
};
use crate::{
    domain::{
        correspondence::interests as words,
        definitions::{CallDefinition, QuestionKind},
        forms,
        ids::{ApplicationId, CallId, OrganisationId, PersonId, SessionId},
        interests::{self, Interest, Likeness, MOST, Sought, reason, stands, stands_until, telling_words},
        lifecycles::sessions::SessionState,
        roles::Role,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        calls::{self, CallRow},
        committee_mandates::{self as mandates, Running},
        conflicts as conflict_rows,
        interests::{self as rows, DeclarationRow, InterestRow, KnownOrganisation},
        organisations,
        seats::{self, Member},
        sessions::{self, SessionRow},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What somebody has declared, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// When the last yearly declaration was made.
    pub last: Option<Moment>,
    /// Ties in force, each with the day it was declared.
    pub ties: Vec<(Interest, NaiveDate)>,
}

impl Declared {
    fn of(declarations: Vec<(DeclarationRow, Vec<InterestRow>)>) -> Declared {
        let mut declared = Declared::default();
        for (row, ties) in declarations {
            if row.session_id.is_none() {
                declared = Declared { last: Some(row.declared_at), ties: Vec::new() };
            }
            let on = row.declared_at.paris_date();
            for tie in ties.into_iter().map(Interest::from) {
                if !declared.ties.iter().any(|(known, _)| *known == tie) {
                    declared.ties.push((tie, on));
                }
            }
        }
        declared
    }

    /// The last day of the yearly declaration, if one stands.
    pub fn until(&self, now: Moment) -> Option<NaiveDate> {
        let on = self.last?.paris_date();
        stands(on, now.paris_date()).then(|| stands_until(on))
    }

    fn sought(&self) -> Vec<Sought> {
        self.ties.iter().map(|(tie, on)| Sought::new(tie.clone(), *on)).collect()
    }
}

/// What each of these people has declared for their mandate in the committee of a call; nobody is left out.
pub(super) fn of_people(conn: &mut Conn, call: CallId, people: &[PersonId]) -> Outcome<BTreeMap<PersonId, Declared>> {
    let mut found: BTreeMap<PersonId, Vec<_>> = people.iter().map(|person| (*person, Vec::new())).collect();
    for (row, ties) in declared_in(conn, call, people)? {
        found.entry(row.person_id).or_default().push((row, ties));
    }
    Ok(found.into_iter().map(|(person, declarations)| (person, Declared::of(declarations))).collect())
}

/// The declarations that these people made for their mandates in the committee of a call, the oldest first.
fn declared_in(conn: &mut Conn, call: CallId, people: &[PersonId]) -> Outcome<Vec<(DeclarationRow, Vec<InterestRow>)>> {
    let fund = mandates::fund_of(conn, call)?;
    let said = mandates::said_in(conn, fund, people)?;
    let mut found = rows::of_people(conn, people)?;
    found.retain(|(row, _)| said.contains(&row.id));
    Ok(found)
}

/// What the actor has declared for one of their mandates.
#[derive(Debug, Clone)]
pub struct OwnMandate {
    pub mandate: Running,
    pub declared: Declared,
}

/// The mandates of the actor that run, with what they declared for each.
pub fn own_mandates(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<OwnMandate>> {
    let person = require(actor, Role::Reviewer)?;
    let all = rows::of_people(conn, &[person])?;
    let mut found = Vec::new();
    for mandate in mandates::running(conn, person)? {
        let said = mandates::said_in(conn, mandate.fund_id, &[person])?;
        let declared = all.iter().filter(|(row, _)| said.contains(&row.id)).cloned().collect();
        found.push(OwnMandate { mandate, declared: Declared::of(declared) });
    }
    Ok(found)
}

/// What the actor has declared for their mandate in the committee of a call.
pub fn own_in(conn: &mut Conn, actor: &Actor, call: CallId) -> Outcome<Declared> {
    let person = require(actor, Role::Reviewer)?;
    Ok(of_people(conn, call, &[person])?.remove(&person).unwrap_or_default())
}

/// What the actor has declared, for whatever mandate.
pub fn own(conn: &mut Conn, actor: &Actor) -> Outcome<Declared> {
    let person = require(actor, Role::Reviewer)?;
    Ok(Declared::of(rows::of_people(conn, &[person])?))
}

/// Whether the actor owes the yearly declaration for one of their mandates.
pub fn is_owed(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<bool> {
    Ok(!committee_mandates::owed(conn, actor, now)?.0.is_empty())
}

/// A session of a committee in which the actor sits, and whether they still have to declare for it.
pub fn of_session(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<(SessionRow, bool)> {
    let session = sessions::find(conn, id)?;
    let person = member_of(conn, actor, session.call_id)?;
    let is_owed = !rows::has_declared(conn, person, id)?;
    Ok((session, is_owed))
}

/// The mandates a declaration is made for: those that were chosen, or the one of a session.
fn declared_for(
    conn: &mut Conn,
    person: PersonId,
    form: &InterestsForm,
    session: Option<&SessionRow>,
) -> Outcome<Vec<Running>> {
    let mut running = mandates::running(conn, person)?;
    if let Some(session) = session {
        let fund = mandates::fund_of(conn, session.call_id)?;
        running.retain(|mandate| mandate.fund_id == fund);
    } else if !form.mandates.is_empty() {
        running.retain(|mandate| form.mandates.iter().any(|id| id == mandate.id.as_str()));
        if running.len() != form.mandates.len() {
            let sentence = "Choisissez pour quels comités vous faites cette déclaration.";
            return Err(UseCaseError::Invalid(vec![FieldError::new("mandats", sentence)]));
        }
    }
    Ok(running)
}

/// The ties in force for what a declaration is made for.
fn standing(
    conn: &mut Conn,
    actor: &Actor,
    chosen: &[Running],
    session: Option<&SessionRow>,
) -> Outcome<Vec<Interest>> {
    let declared = match session {
        Some(session) => vec![own_in(conn, actor, session.call_id)?],
        None if chosen.is_empty() => vec![own(conn, actor)?],
        None => {
            let own = own_mandates(conn, actor)?.into_iter();
            let is_chosen = |own: &OwnMandate| chosen.iter().any(|mandate| mandate.id == own.mandate.id);
            own.filter(is_chosen).map(|own| own.declared).collect()
        }
    };
    Ok(declared.into_iter().flat_map(|declared| declared.ties).map(|(tie, _)| tie).collect())
}

/// Declares, for the year or for one session, and keeps the actor away from every file that a tie names.
pub fn declare(
    tx: &mut Tx,
    actor: &Actor,
    form: &InterestsForm,
    session: Option<SessionId>,
    now: Moment,
) -> Outcome<()> {
    let person = require(actor, Role::Reviewer)?;
    let met = session.map(|id| of_session(tx.conn(), actor, id)).transpose()?.map(|(row, _)| row);
    let ties = form.read()?;
    let chosen = declared_for(tx.conn(), person, form, met.as_ref())?;
    let known = standing(tx.conn(), actor, &chosen, met.as_ref())?;
    let known: Vec<_> = known.iter().map(TypedInterest::from).collect();
    // For the year the form holds what stands, and « rien » takes it back; for a session it holds nothing.
    let is_shown = |line: &&TypedInterest| session.is_none() && known.contains(line);
    let written = form.lines.iter().find(|line| !line.is_blank() && !is_shown(line));
    let wrong = |sentence: String| UseCaseError::Invalid(vec![FieldError::new("declaration", sentence)]);
    if form.answer == NOTHING && written.is_some() {
        return Err(wrong("Vous citez une organisation\u{a0}: choisissez l’autre réponse, ou effacez-la.".to_owned()));
    }
    let standing = if session.is_some() { known.len() } else { 0 };
    if standing + ties.len() > MOST {
        return Err(wrong(format!("Une déclaration compte {MOST} liens au plus\u{a0}: écrivez-nous pour les autres.")));
    }
    let row = DeclarationRow { id: tx.mint(now)?, person_id: person, session_id: session, declared_at: now };
    rows::insert(tx, &row, &ties)?;
    for mandate in &chosen {
        mandates::attach(tx, mandate.id, row.id)?;
    }
    keep_away(tx, person, now)
}

/// The organisations of a file: numbers and telling words of each.
type Names = Vec<(Vec<String>, Vec<String>)>;

/// The first tie in force that names one of them.
fn naming<'a>(sought: &'a [Sought], names: &Names) -> Option<&'a Sought> {
    let is_named = |tie: &Sought| names.iter().any(|(numbers, words)| tie.names(numbers, words) == Likeness::Same);
    sought.iter().find(|tie| is_named(tie))
}

/// Why somebody is kept from the file of an organisation they act for.
const ACTS_FOR_IT: &str = "Agit pour une organisation qui porte ce dossier.";

/// Recuses a person from every file of their committees that may still be heard, and that a tie of theirs names or an
/// organisation they act for has filed.
pub(super) fn keep_away(tx: &mut Tx, person: PersonId, now: Moment) -> Outcome<()> {
    let calls = rows::calls_of(tx.conn(), person)?;
    if calls.is_empty() {
        return Ok(());
    }
    let own = organisations::of_person(tx.conn(), person)?;
    // A tie declared for one mandate keeps away from what that mandate opens.
    let mut sought: BTreeMap<CallId, Vec<Sought>> = BTreeMap::new();
    for call in &calls {
        let declared = of_people(tx.conn(), *call, &[person])?.remove(&person).unwrap_or_default();
        sought.insert(*call, declared.sought());
    }
    if sought.values().all(Vec::is_empty) && own.is_empty() {
        return Ok(());
    }
    for (file, names) in files(tx.conn(), person, &calls)? {
        let acts = file.parties().any(|party| own.iter().any(|row| row.id == party));
        let ties = sought.get(&file.call_id).map_or(&[][..], Vec::as_slice);
        let tie = naming(ties, &names).map(|tie| reason(&tie.interest, tie.declared_on));
        if let Some(why) = acts.then(|| ACTS_FOR_IT.to_owned()).or(tie) {
            recusals::follow(tx, person, file.id, &why, now)?;
        }
    }
    Ok(())
}

/// The files of these calls that may still be heard and exist for a person, with everybody who takes part in them.
fn files(conn: &mut Conn, person: PersonId, calls_: &[CallId]) -> Outcome<Vec<(rows::PendingFile, Names)>> {
    let known = rows::applying(conn, calls_)?;
    let known: BTreeMap<OrganisationId, _> = known.iter().map(|row| (row.id, named(row))).collect();
    let mut partners: BTreeMap<ApplicationId, Names> = BTreeMap::new();
    let mut said = rows::partner_names(conn, calls_)?;
    for call in calls_ {
        let definition = super::definitions::call(&calls::find(conn, *call)?.settings)?;
        let questions = organisation_questions(&definition);
        for (file, answer) in rows::answers_of(conn, *call, &questions)? {
            said.extend(answered(&answer).map(|name| (file, name)));
        }
    }
    for (file, name) in said {
        partners.entry(file).or_default().push((Vec::new(), telling_words(&name)));
    }
    let with_names = |file: rows::PendingFile| {
        let mut names: Names = file.parties().filter_map(|id| known.get(&id).cloned()).collect();
        names.extend(partners.remove(&file.id).unwrap_or_default());
        (file, names)
    };
    Ok(rows::pending(conn, person, calls_)?.into_iter().map(with_names).collect())
}

fn named(row: &KnownOrganisation) -> (Vec<String>, Vec<String>) {
    (row.numbers(), telling_words(&row.name))
}

fn organisation_questions(definition: &CallDefinition) -> Vec<&str> {
    let asked = definition.questions().filter(|(_, question)| question.kind == QuestionKind::Organisation);
    asked.map(|(_, question)| question.code.as_str()).collect()
}

/// The names of the organisations in an answer.
fn answered(answer: &str) -> impl Iterator<Item = String> + use<> {
    forms::rows(answer).into_iter().filter_map(|mut row| row.remove("nom"))
}

/// Recuses from a file that was just filed, or completed, every member of its committee who acts for an organisation that
/// has filed it, or whose ties name somebody who takes part in it.
pub(super) fn keep_from(tx: &mut Tx, content: &Content, now: Moment) -> Outcome<()> {
    let id = content.row.id;
    conflicts::keep_from(tx, (content.row.call_id, id), &content.parties(), now)?;
    let mut members = rows::untouched_members(tx.conn(), content.row.call_id, id)?;
    for person in conflict_rows::acting(tx.conn(), &members, &content.parties())? {
        recusals::follow(tx, person, id, ACTS_FOR_IT, now)?;
        members.retain(|member| *member != person);
    }
    if members.is_empty() {
        return Ok(());
    }
    let cards = std::iter::once(&content.organisation).chain(&content.partner);
    let mut names: Names = cards
        .map(|card| {
            let siren = card.siret.as_ref().map(|siret| siret.siren().to_owned());
            let rna = card.rna.as_ref().map(|rna| rna.as_str().to_owned());
            (siren.into_iter().chain(rna).collect(), telling_words(&card.name))
        })
        .collect();
    let questions = organisation_questions(&content.definition).into_iter();
    let said = questions.filter_map(|code| content.answers.get(code)).flat_map(|answer| answered(answer));
    let said = content.partners.iter().map(|partner| partner.name.clone()).chain(said);
    names.extend(said.map(|name| (Vec::new(), telling_words(&name))));
    for (person, declared) in of_people(tx.conn(), content.row.call_id, &members)? {
        let sought = declared.sought();
        if let Some(tie) = naming(&sought, &names) {
            recusals::follow(tx, person, id, &reason(&tie.interest, tie.declared_on), now)?;
        }
    }
    Ok(())
}

/// One member of a committee, as the officer sees what they declared.
#[derive(Debug, Clone)]
pub struct MemberLine {
    pub member: Member,
    pub declared: Declared,
    /// Whether the yearly declaration is owed.
    pub is_owed: bool,
    /// For each session of the board, when it was confirmed.
    pub confirmed: Vec<Option<Moment>>,
}

/// Who declared what in the committee of a call.
#[derive(Debug)]
pub struct Board {
    pub call: CallRow,
    /// Sessions convened or under way.
    pub sessions: Vec<SessionRow>,
    pub members: Vec<MemberLine>,
}

impl Board {
    /// Members who owe the yearly declaration, or that of a session.
    pub fn owing(&self) -> impl Iterator<Item = &MemberLine> {
        self.members.iter().filter(|line| line.is_owed || line.confirmed.iter().any(Option::is_none))
    }
}

/// The declarations of the committee of a call, for its officer.
pub fn board(conn: &mut Conn, officer: &Actor, reference: &str, now: Moment) -> Outcome<Board> {
    require(officer, Role::Officer)?;
    let call = super::calls::by_reference(conn, reference)?;
    let mut sessions = sessions::of_call(conn, call.id)?;
    sessions.retain(|row| matches!(row.state, SessionState::Convened | SessionState::InSession));
    let members = seats::members(conn, call.id)?;
    let people: Vec<_> = members.iter().map(|member| member.person_id).collect();
    let declarations = declared_in(conn, call.id, &people)?;
    let first = |person: PersonId, session: SessionId| {
        let own = declarations.iter().map(|(row, _)| row);
        own.filter(|row| row.person_id == person && row.session_id == Some(session)).map(|row| row.declared_at).min()
    };
    let line = |member: Member| {
        let person = member.person_id;
        let own = declarations.iter().filter(|(row, _)| row.person_id == person).cloned().collect();
        let declared = Declared::of(own);
        MemberLine {
            is_owed: declared.until(now).is_none(),
            confirmed: sessions.iter().map(|session| first(person, session.id)).collect(),
            declared,
            member,
        }
    };
    let members = members.into_iter().map(line).collect();
    Ok(Board { call, sessions, members })
}

/// Reminds everybody who owes a declaration, at most once a day each; how many they are.
pub fn remind(tx: &mut Tx, officer: &Actor, reference: &str, now: Moment) -> Outcome<usize> {
    let by = require(officer, Role::Officer)?;
    let board = board(tx.conn(), officer, reference, now)?;
    let file = call_file(tx.conn(), board.call.id)?;
    let act = format!("{}:{}", board.call.id, now.paris_date());
    let mut count = 0;
    for line in board.owing() {
        let (path, paragraph) = owed_in_words(&board, line);
        let mail = words::owed(&board.call.title, &file.contact(), &path, &paragraph);
        let to = Recipient {
            person: Some(line.member.person_id),
            address: line.member.email.clone(),
            name: line.member.name.clone(),
        };
        messages::queue_wished(tx, (board.call.id.as_str(), &act), by, &to, &mail, now)?;
        count += 1;
    }
    Ok(count)
}

/// Where a member declares what they owe, and the sentence that asks for it.
fn owed_in_words(board: &Board, line: &MemberLine) -> (String, String) {
    let session = board.sessions.iter().zip(&line.confirmed).find(|(_, confirmed)| confirmed.is_none());
    match (line.is_owed, session) {
        (false, Some((session, _))) => (
            format!("/comite/seances/{}/declaration", session.id),
            format!(
                "La séance « {} » se tient le {}. Avant d’y entrer, confirmez votre déclaration d’intérêts ou ajoutez-y un lien.",
                session.title,
                session.meets_at.french()
            ),
        ),
        _ => {
            let since = match line.declared.last {
                None => "Vous siégez à ce comité et n’avez pas encore déclaré vos liens d’intérêts.".to_owned(),
                Some(at) => {
                    let until = interests::stands_until(at.paris_date());
                    format!("Votre déclaration d’intérêts valait jusqu’au {}.", french_date(until))
                }
            };
            ("/comite/declaration".to_owned(), format!("{since} Elle se fait une fois par an."))
        }
    }
}
