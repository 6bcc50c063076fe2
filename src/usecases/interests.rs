//! Declarations of interests: each member of a committee makes one a year, and confirms it before each session. From a
//! declared tie on, the files of that organisation do not exist for the member, those that are still to come included.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    answers::Content,
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
        interests::{
            self, Bond, Interest, Likeness, MOST, Sought, number, reason, stands, stands_until, telling_words,
        },
        lifecycles::sessions::SessionState,
        roles::Role,
        text::unprintable_sentence,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        calls::{self, CallRow},
        conflicts as conflict_rows,
        interests::{self as rows, DeclarationRow, InterestRow, KnownOrganisation},
        organisations,
        seats::{self, Member},
        sessions::{self, SessionRow},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The longest name of an organisation and the longest detail of a tie, in characters.
const LONGEST_NAME: usize = 160;
const LONGEST_DETAIL: usize = 300;

/// One line of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedInterest {
    pub organisation: String,
    pub number: String,
    pub bond: String,
    pub detail: String,
}

impl From<&Interest> for TypedInterest {
    fn from(interest: &Interest) -> Self {
        TypedInterest {
            organisation: interest.organisation.clone(),
            number: interest.number.clone(),
            bond: interest.bond.code().to_owned(),
            detail: interest.detail.clone(),
        }
    }
}

impl TypedInterest {
    fn is_blank(&self) -> bool {
        [&self.organisation, &self.number, &self.bond, &self.detail].iter().all(|text| text.trim().is_empty())
    }

    fn read(&self, place: usize, errors: &mut Vec<FieldError>) -> Option<Interest> {
        let field = |name: &str| format!("{name}-{place}");
        let before = errors.len();
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (organisation, detail) = (squeezed(&self.organisation), squeezed(&self.detail));
        if organisation.is_empty() {
            errors.push(FieldError::new(field("organisation"), "Écrivez le nom de l’organisation."));
        }
        for (name, text, most) in [("organisation", &organisation, LONGEST_NAME), ("detail", &detail, LONGEST_DETAIL)] {
            if text.chars().count() > most {
                let sentence = format!("C’est trop long\u{a0}: {most} caractères au plus.");
                errors.push(FieldError::new(field(name), sentence));
            } else if let Some(sentence) = unprintable_sentence(text) {
                errors.push(FieldError::new(field(name), sentence));
            }
        }
        let known = Some(self.number.trim()).filter(|typed| !typed.is_empty()).map(number);
        if known == Some(None) {
            let sentence =
                "Écrivez un SIREN (9 chiffres), un SIRET (14 chiffres) ou un RNA (W et 9 chiffres), ou laissez vide.";
            errors.push(FieldError::new(field("numero"), sentence));
        }
        let bond = self.bond.parse::<Bond>();
        if bond.is_err() {
            errors.push(FieldError::new(field("lien"), "Choisissez le lien."));
        }
        let number = known.flatten().unwrap_or_default();
        bond.ok().filter(|_| errors.len() == before).map(|bond| Interest { organisation, number, bond, detail })
    }
}

/// The answer of whoever has nothing to declare.
pub const NOTHING: &str = "rien";

/// A declaration as typed: [`NOTHING`] or `liens`, and the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterestsForm {
    pub answer: String,
    pub lines: Vec<TypedInterest>,
}

impl InterestsForm {
    fn read(&self) -> Outcome<Vec<Interest>> {
        let wrong = |field: &str, sentence: &str| UseCaseError::Invalid(vec![FieldError::new(field, sentence)]);
        match self.answer.as_str() {
            NOTHING => return Ok(Vec::new()),
            "liens" => {}
            _ => return Err(wrong("declaration", "Choisissez l’une des deux réponses.")),
        }
        let mut errors = Vec::new();
        let begun = self.lines.iter().enumerate().take(MOST).filter(|(_, line)| !line.is_blank());
        let ties: Vec<_> = begun.filter_map(|(place, line)| line.read(place, &mut errors)).collect();
        if !errors.is_empty() {
            return Err(UseCaseError::Invalid(errors));
        }
        if ties.is_empty() {
            return Err(wrong("organisation-0", "Citez au moins une organisation, ou choisissez l’autre réponse."));
        }
        Ok(ties)
    }
}

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

/// What each of these people has declared; nobody is left out.
pub(super) fn of_people(conn: &mut Conn, people: &[PersonId]) -> Outcome<BTreeMap<PersonId, Declared>> {
    let mut found: BTreeMap<PersonId, Vec<_>> = people.iter().map(|person| (*person, Vec::new())).collect();
    for (row, ties) in rows::of_people(conn, people)? {
        found.entry(row.person_id).or_default().push((row, ties));
    }
    Ok(found.into_iter().map(|(person, declarations)| (person, Declared::of(declarations))).collect())
}

/// What the actor has declared.
pub fn own(conn: &mut Conn, actor: &Actor) -> Outcome<Declared> {
    let person = require(actor, Role::Reviewer)?;
    Ok(of_people(conn, &[person])?.remove(&person).unwrap_or_default())
}

/// Whether the actor sits in a committee and owes the yearly declaration.
pub fn is_owed(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<bool> {
    let person = require(actor, Role::Reviewer)?;
    let last = rows::last_yearly(conn, &[person])?.pop();
    if last.is_some_and(|(_, at)| stands(at.paris_date(), now.paris_date())) {
        return Ok(false);
    }
    Ok(rows::sits(conn, person)?)
}

/// A session of a committee in which the actor sits, and whether they still have to declare for it.
pub fn of_session(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<(SessionRow, bool)> {
    let session = sessions::find(conn, id)?;
    let person = member_of(conn, actor, session.call_id)?;
    let is_owed = !rows::has_declared(conn, person, id)?;
    Ok((session, is_owed))
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
    if let Some(session) = session {
        of_session(tx.conn(), actor, session)?;
    }
    let ties = form.read()?;
    let known = of_people(tx.conn(), &[person])?.remove(&person).unwrap_or_default().ties;
    let known: Vec<_> = known.iter().map(|(tie, _)| TypedInterest::from(tie)).collect();
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
    let declared = of_people(tx.conn(), &[person])?.remove(&person).unwrap_or_default();
    let (sought, own) = (declared.sought(), organisations::of_person(tx.conn(), person)?);
    if sought.is_empty() && own.is_empty() {
        return Ok(());
    }
    for (file, names) in files(tx.conn(), person, &calls)? {
        let acts = file.parties().any(|party| own.iter().any(|row| row.id == party));
        let tie = naming(&sought, &names).map(|tie| reason(&tie.interest, tie.declared_on));
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
    for (person, declared) in of_people(tx.conn(), &members)? {
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
    let declarations = rows::of_people(conn, &people)?;
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
