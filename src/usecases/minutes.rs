//! The minutes of a session (procès-verbal): written from what happened, signed by its chair, corrected by new versions.
//!
//! Whoever is recused from a file reads the minutes without it: no line, no sum, no free text that may name it. Members are
//! given copies alone, made for each of them, so that a copy says nothing of what it leaves out; the sealed document goes
//! to the team, and there too only to somebody to whom every file exists.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, advance},
    committees::{call_file, require},
    documents, earmarks, rooms,
    sessions::write_attendance,
    settings,
    votes::{self, VoteForm},
};
use crate::{
    domain::{
        correspondence::minutes::{self as words, Paper, Signed},
        definitions::DecisionAuthority,
        ids::{ApplicationId, CallId, PersonId, SessionId},
        letters::{Fund, Letter},
        lifecycle::Refusal,
        lifecycles::sessions::{Session, SessionEvent, SessionFacts, SessionState},
        minutes::{Item, Minutes},
        roles::Role,
        sessions::{Attended, Roll, Seat},
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, attendance, calls,
        digests::sha256,
        documents::{self as document_rows, DocumentRow},
        history,
        minutes::{self as rows, MinutesRow, SignatureRow, Unsigned},
        recusals, seats,
        sessions::{self, SessionRow},
        votes as vote_rows,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What the guards of a session read of its minutes.
pub(super) fn tell(conn: &mut Conn, row: &SessionRow, actor: &Actor, facts: &mut SessionFacts) -> Outcome<()> {
    if row.state == SessionState::InSession {
        let roll = attendance::roll(conn, row)?;
        facts.lacks_chair = !row.chair_id.and_then(|chair| roll.seat(chair)).is_some_and(Seat::is_there);
    }
    facts.is_chair = row.chair_id.is_some() && actor.person == row.chair_id;
    let Some(last) = rows::last(conn, row.id)? else { return Ok(()) };
    facts.has_minutes = true;
    facts.is_unsigned = !rows::signatures(conn, row.id)?.iter().any(|(signed, _)| signed.number == last.number);
    Ok(())
}

/// The day on which the minutes were first written, in Paris.
pub(super) fn written_on(conn: &mut Conn, id: SessionId) -> Outcome<Option<NaiveDate>> {
    Ok(rows::of_session(conn, id)?.first().map(|(row, _)| row.written_at.paris_date()))
}

/// The title of a session of the call whose minutes wait for this person's signature, if there is one.
pub(super) fn unsigned_in(conn: &mut Conn, call: CallId, person: PersonId) -> Outcome<Option<String>> {
    let waiting = rows::unsigned(conn, person)?.into_iter().find(|unsigned| unsigned.call == call);
    Ok(waiting.map(|unsigned| unsigned.title))
}

fn read(row: &MinutesRow) -> Outcome<Minutes> {
    Ok(serde_json::from_str(&row.facts)?)
}

/// What happened, as the database knows it at the end of the session.
fn compose(conn: &mut Conn, row: &SessionRow) -> Outcome<Minutes> {
    let call = calls::find(conn, row.call_id)?;
    let mut out: BTreeMap<ApplicationId, Vec<(PersonId, String)>> = BTreeMap::new();
    for (application, person, name) in recusals::of_call(conn, row.call_id)? {
        out.entry(application).or_default().push((person, name));
    }
    let counted = vote_rows::of_session(conn, row.id)?;
    let mut beyond = earmarks::told_of_call(conn, row.call_id)?;
    let item = |item: sessions::Item| Item {
        beyond: beyond.remove(&item.application_id).unwrap_or_default(),
        out: out.remove(&item.application_id).unwrap_or_default(),
        tally: counted.get(&item.application_id).map(|row| row.tally()),
        application: item.application_id,
        reference: item.reference,
        title: item.title,
        organisation: item.organisation,
        requested: item.requested_cents,
        state: item.state,
        amount: item.decided_cents,
        motive: item.motive.unwrap_or_default(),
        conditions: item.conditions.unwrap_or_default(),
        mean: item.score_mean,
    };
    let items = sessions::items(conn, row.id, None)?.into_iter().map(item).collect();
    let lived = history::of_subject(conn, row.id.as_str())?;
    let at = |event: SessionEvent| lived.iter().find(|line| line.event == event.code()).map(|line| line.at);
    let decided_by = call_file(conn, row.call_id)?.definition.decided_by;
    Ok(Minutes {
        title: row.title.clone(),
        call_title: call.title,
        call_reference: call.reference,
        place: row.place.clone(),
        meets_at: row.meets_at,
        opened_at: at(SessionEvent::Open),
        closed_at: at(SessionEvent::Minute),
        chair: row.chair_id,
        quorum: row.quorum,
        roll: attendance::roll(conn, row)?,
        envelope: call.envelope_cents,
        is_board_required: decided_by == DecisionAuthority::Board,
        items,
        observations: String::new(),
    })
}

fn append(tx: &mut Tx, id: SessionId, number: i32, reason: &str, what: (&Minutes, PersonId, Moment)) -> Outcome<()> {
    let (minutes, written_by, written_at) = what;
    let facts = serde_json::to_string(minutes)?;
    let digest = sha256(&facts);
    let row = MinutesRow { session_id: id, number, reason: reason.to_owned(), facts, digest, written_by, written_at };
    Ok(rows::append(tx, &row)?)
}

/// Writes the minutes of a session that has just ended.
pub(super) fn write_minutes(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let by = access::person(&cause.actor)?;
    let row = sessions::find(tx.conn(), cause.subject()?)?;
    let minutes = compose(tx.conn(), &row)?;
    append(tx, row.id, 1, "", (&minutes, by, cause.now))
}

/// The files of a session's minutes that do not exist for a reader; every version is about the same files.
fn hidden_from(conn: &mut Conn, row: &MinutesRow, reader: PersonId) -> Outcome<Vec<ApplicationId>> {
    let items = read(row)?.items.iter().map(|item| item.application).collect::<Vec<_>>();
    Ok(recusals::among(conn, reader, &items)?)
}

/// What a reader is shown of one version, and its digest: over everything, or over what is left for them.
fn shown(row: &MinutesRow, hidden: &[ApplicationId]) -> Outcome<(Minutes, String)> {
    let minutes = read(row)?;
    if hidden.is_empty() {
        return Ok((minutes, row.digest.clone()));
    }
    let seen = minutes.without(hidden);
    let digest = sha256(serde_json::to_string(&seen)?);
    Ok((seen, digest))
}

/// The same for a reader who is yet to be asked about.
fn shown_to(conn: &mut Conn, row: &MinutesRow, reader: PersonId) -> Outcome<(Minutes, String, Vec<ApplicationId>)> {
    let hidden = hidden_from(conn, row, reader)?;
    let (minutes, digest) = shown(row, &hidden)?;
    Ok((minutes, digest, hidden))
}

fn paper(conn: &mut Conn, session: &SessionRow, row: &MinutesRow, minutes: Minutes) -> Outcome<Paper> {
    let settings = settings::load(conn)?;
    let fund = call_file(conn, session.call_id)?.fund;
    Ok(Paper {
        issuer: settings.issuer(),
        city: settings.issuer_city.clone(),
        fund: Fund { name: fund.name.clone(), logo: fund.logo, mention: fund.mention.clone(), emblem: fund.emblem },
        minutes,
        number: row.number,
        reason: row.reason.clone(),
        written_at: row.written_at,
        signed: None,
        confirmed_on: None,
    })
}

/// Seals the last version under the signature of whoever signs it.
pub(super) fn seal_minutes(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let by = access::person(&cause.actor)?;
    let session = sessions::find(tx.conn(), cause.subject()?)?;
    let row = rows::last(tx.conn(), session.id)?.ok_or(StoreError::NotFound)?;
    let (_, digest, hidden) = shown_to(tx.conn(), &row, by)?;
    let minutes = read(&row)?;
    let name = minutes.roll.seat(by).map(|seat| seat.name.clone()).unwrap_or_default();
    let mut paper = paper(tx.conn(), &session, &row, minutes)?;
    paper.signed = Some(Signed { name, at: cause.now, digest: digest.clone(), is_whole: hidden.is_empty() });
    let settings = settings::load(tx.conn())?;
    let document_id = documents::issue(tx, cause, &settings, words::sealed(&paper))?;
    let signature = SignatureRow {
        session_id: session.id,
        number: row.number,
        person_id: by,
        digest,
        signed_at: cause.now,
        document_id,
    };
    Ok(rows::sign(tx, &signature)?)
}

/// Signs the last version, whose page showed `version` of the session and this digest of what was read.
pub fn sign(tx: &mut Tx, chair: &Actor, id: SessionId, version: i32, digest: &str, now: Moment) -> Outcome<()> {
    let person = member(tx.conn(), chair, id)?;
    if let Some(row) = rows::last(tx.conn(), id)?
        && shown_to(tx.conn(), &row, person)?.1 != digest
    {
        return Err(StoreError::Stale.into());
    }
    advance::<Session>(tx, chair, id, version, SessionEvent::Sign, now)?;
    rooms::stir(tx, id)
}

/// Signs the last version as its chair, who has just read it, unless it is signed: for stories and rehearsals.
pub fn sign_read(tx: &mut Tx, id: SessionId, now: Moment) -> Outcome<()> {
    let row = sessions::find(tx.conn(), id)?;
    let (Some(chair), Some(last)) = (row.chair_id, rows::last(tx.conn(), id)?) else { return Ok(()) };
    if rows::signatures(tx.conn(), id)?.iter().any(|(signed, _)| signed.number == last.number) {
        return Ok(());
    }
    let digest = shown_to(tx.conn(), &last, chair)?.1;
    sign(tx, &Actor::person(chair, vec![Role::Reviewer]), id, row.version, &digest, now)
}

/// The person, if they sit in the committee of a session whose minutes are made.
fn member(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<PersonId> {
    let person = require(actor, Role::Reviewer)?;
    let session = sessions::find(conn, id)?;
    // Whoever presided signs what they presided, even after leaving the committee.
    match session.chair_id == Some(person) || seats::held(conn, session.call_id, person)?.is_some() {
        true => Ok(person),
        false => Err(StoreError::NotFound.into()),
    }
}

/// One version, as its list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: i32,
    /// Why it replaces the one before; empty for the first, and for whoever must not read what it may name.
    pub reason: String,
    pub written_by: String,
    pub written_at: Moment,
    /// Who signed it, and when.
    pub signed: Option<(String, Moment)>,
    /// The number of the sealed document; empty for a member.
    pub sealed: String,
    /// Over what the reader may see of it.
    pub digest: String,
}

fn versions(conn: &mut Conn, id: SessionId, reader: PersonId, is_team: bool) -> Outcome<Vec<Version>> {
    let signed = rows::signatures(conn, id)?;
    let issued = document_rows::of_subject(conn, id.as_str())?;
    let written = rows::of_session(conn, id)?;
    let hidden = written.first().map(|(row, _)| hidden_from(conn, row, reader)).transpose()?.unwrap_or_default();
    let is_whole = hidden.is_empty();
    let mut found = Vec::new();
    for (row, written_by) in written {
        let signature = signed.iter().find(|(signature, _)| signature.number == row.number);
        let document = signature.and_then(|(signature, _)| issued.iter().find(|row| row.id == signature.document_id));
        let digest = shown(&row, &hidden)?.1;
        found.push(Version {
            number: row.number,
            reason: if is_whole { row.reason } else { String::new() },
            written_by,
            written_at: row.written_at,
            signed: signature.map(|(signature, name)| (name.clone(), signature.signed_at)),
            // The number says what is sealed, and of no file: it stands there for whoever may not open it too.
            sealed: document.filter(|_| is_team).map(|row| row.reference.clone()).unwrap_or_default(),
            digest,
        });
    }
    found.reverse();
    Ok(found)
}

const TEAM: &[Role] = &[Role::Officer, Role::Director, Role::Auditor];

/// The versions of a session's minutes for the team, the last first.
pub fn for_team(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<Vec<Version>> {
    access::require(actor, TEAM)?;
    let reader = access::person(actor)?;
    sessions::find(conn, id)?;
    versions(conn, id, reader, true)
}

/// The minutes for a member of the committee.
#[derive(Debug)]
pub struct Reading {
    pub session: SessionRow,
    /// The last version, as the reader may see it.
    pub minutes: Minutes,
    /// The last first.
    pub versions: Vec<Version>,
    /// Whether it waits for the reader's signature.
    pub may_sign: bool,
}

/// The same for a member of the committee, once the minutes are made.
pub fn for_member(conn: &mut Conn, actor: &Actor, id: SessionId, now: Moment) -> Outcome<Reading> {
    let reader = member(conn, actor, id)?;
    let last = rows::last(conn, id)?.ok_or(StoreError::NotFound)?;
    let offered = Session::look(conn, id, actor, now)?.offered();
    Ok(Reading {
        session: sessions::find(conn, id)?,
        minutes: shown_to(conn, &last, reader)?.0,
        versions: versions(conn, id, reader, false)?,
        may_sign: offered.iter().any(|(event, judged)| *event == SessionEvent::Sign && judged.is_ok()),
    })
}

/// What a reader is given to keep.
#[derive(Debug)]
pub enum Sheet {
    /// The sealed document.
    Sealed(Box<DocumentRow>),
    /// A copy made for this reader.
    Copy(Box<Letter>),
}

/// One version for the team to keep: what was sealed, if every file exists for the reader; else a copy.
pub fn sheet(conn: &mut Conn, actor: &Actor, id: SessionId, number: i32) -> Outcome<Sheet> {
    access::require(actor, TEAM)?;
    let reader = access::person(actor)?;
    let (row, signature) = version(conn, id, number)?;
    let hidden = hidden_from(conn, &row, reader)?;
    match signature {
        Some((signed, _)) if hidden.is_empty() => {
            Ok(Sheet::Sealed(Box::new(document_rows::find(conn, signed.document_id)?)))
        }
        signature => copied(conn, id, (row, signature), &hidden),
    }
}

/// One version for a member of the committee to keep.
pub fn copy(conn: &mut Conn, actor: &Actor, id: SessionId, number: i32) -> Outcome<Sheet> {
    let reader = member(conn, actor, id)?;
    let (row, signature) = version(conn, id, number)?;
    let hidden = hidden_from(conn, &row, reader)?;
    copied(conn, id, (row, signature), &hidden)
}

type Signature = Option<(SignatureRow, String)>;

fn version(conn: &mut Conn, id: SessionId, number: i32) -> Outcome<(MinutesRow, Signature)> {
    let found = rows::of_session(conn, id)?.into_iter().find(|(row, _)| row.number == number);
    let (row, _) = found.ok_or(StoreError::NotFound)?;
    let signature = rows::signatures(conn, id)?.into_iter().find(|(signed, _)| signed.number == number);
    Ok((row, signature))
}

fn copied(
    conn: &mut Conn,
    id: SessionId,
    (mut row, signature): (MinutesRow, Signature),
    hidden: &[ApplicationId],
) -> Outcome<Sheet> {
    let session = sessions::find(conn, id)?;
    let (minutes, _) = shown(&row, hidden)?;
    if !hidden.is_empty() {
        row.reason.clear();
    }
    let mut paper = paper(conn, &session, &row, minutes)?;
    // No digest: it may be over more than the copy says.
    paper.signed =
        signature.map(|(signed, name)| Signed { name, at: signed.signed_at, digest: String::new(), is_whole: true });
    paper.confirmed_on = session.confirmed_on.filter(|_| session.state == SessionState::Confirmed);
    Ok(Sheet::Copy(Box::new(words::copy(&paper))))
}

/// What waits for the actor's signature.
pub fn to_sign(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<Unsigned>> {
    Ok(rows::unsigned(conn, require(actor, Role::Reviewer)?)?)
}

/// What was typed to correct the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    pub reason: String,
    pub observations: String,
    pub attendance: Vec<Attended>,
    pub chair: Option<PersonId>,
    /// The counts of the files that were voted on.
    pub votes: Vec<(ApplicationId, VoteForm)>,
}

/// The longest reason and the longest observations, in characters.
const LONGEST: (usize, usize) = (500, 2_000);

impl Correction {
    fn faults(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if self.reason.trim().is_empty() {
            let said = "Dites pourquoi le procès-verbal change\u{a0}: la version d’avant reste lisible.";
            wrong.push(FieldError::new("motif", said));
        }
        for (field, text, most) in [("motif", &self.reason, LONGEST.0), ("observations", &self.observations, LONGEST.1)]
        {
            if text.chars().count() > most {
                wrong.push(FieldError::new(field, format!("Au plus {most} caractères.")));
            }
            wrong.extend(unprintable_sentence(text).map(|sentence| FieldError::new(field, sentence)));
        }
        wrong
    }
}

/// The last version of the minutes as an officer may correct it.
#[derive(Debug)]
pub struct Draft {
    pub session: SessionRow,
    /// What the officer may see of it.
    pub minutes: Minutes,
}

/// The last version, for whoever is about to correct it.
pub fn draft(conn: &mut Conn, officer: &Actor, id: SessionId) -> Outcome<Draft> {
    let reader = require(officer, Role::Officer)?;
    let session = sessions::find(conn, id)?;
    let last = rows::last(conn, id)?;
    let row = last.ok_or_else(|| Refusal::because("Cette séance n’a pas de procès-verbal à corriger."))?;
    Ok(Draft { minutes: shown_to(conn, &row, reader)?.0, session })
}

/// Writes a new version, with its reason: who was there, who presided, the counts of the votes, observations. Decisions stay
/// as they were taken.
pub fn correct(
    tx: &mut Tx,
    officer: &Actor,
    id: SessionId,
    version: i32,
    form: &Correction,
    now: Moment,
) -> Outcome<()> {
    let by = require(officer, Role::Officer)?;
    let draft = draft(tx.conn(), officer, id)?;
    let last = rows::last(tx.conn(), id)?.ok_or(StoreError::NotFound)?;
    let was = read(&last)?;
    let faults = form.faults();
    if !faults.is_empty() {
        return Err(UseCaseError::Invalid(faults));
    }
    // Who sat then is who is corrected: seats given or left since change nothing of it.
    let (roll, chair) = write_attendance(tx, &draft.session, was.roll.clone(), &form.attendance, form.chair)?;
    if !chair.and_then(|chair| roll.seat(chair)).is_some_and(Seat::is_there) {
        return Err(UseCaseError::Invalid(vec![FieldError::new("presidence", "Dites qui a présidé la séance.")]));
    }
    recount(tx, &draft, (&roll, form), last.number + 1, (by, now))?;
    let mut minutes = was.clone();
    (minutes.chair, minutes.roll) = (chair, roll);
    let counted = vote_rows::of_session(tx.conn(), id)?;
    for item in &mut minutes.items {
        item.tally = counted.get(&item.application).map(|row| row.tally());
    }
    // Observations that an officer does not see are not theirs to change.
    if draft.minutes.items.len() == was.items.len() {
        minutes.observations = form.observations.trim().to_owned();
    }
    if minutes == was {
        let said = "Rien n’a changé\u{a0}: corrigez ce qui est faux, ou ajoutez une observation.";
        return Err(UseCaseError::Invalid(vec![FieldError::new("observations", said)]));
    }
    append(tx, id, last.number + 1, form.reason.trim(), (&minutes, by, now))?;
    advance::<Session>(tx, officer, id, version, SessionEvent::Correct, now)?;
    rooms::stir(tx, id)
}

/// Counts again the votes whose numbers have changed, among those who had a voice then.
fn recount(
    tx: &mut Tx,
    draft: &Draft,
    (roll, form): (&Roll, &Correction),
    version: i32,
    (by, now): (PersonId, Moment),
) -> Outcome<()> {
    let session = draft.session.id;
    let counted = vote_rows::of_session(tx.conn(), session)?;
    let mut wrong = Vec::new();
    for item in &draft.minutes.items {
        let Some(held) = item.tally else { continue };
        let Some((_, typed)) = form.votes.iter().find(|(id, _)| *id == item.application) else { continue };
        let voices = roll.voices(&item.out_ids());
        // The reason of the correction may name a file that a reader of this count must not know.
        let typed = VoteForm { reason: format!("Correction du procès-verbal, version {version}."), ..typed.clone() };
        match typed.read_anew(held, voices) {
            Ok(None) => {}
            Ok(Some(tally)) => {
                let number = counted.get(&item.application).map_or(0, |row| row.number) + 1;
                votes::append(tx, (session, item.application), (number, voices), (tally, &typed.reason), (by, now))?;
            }
            Err(faults) => {
                let at =
                    |fault: FieldError| FieldError::new(format!("{}-{}", fault.field, item.application), fault.message);
                wrong.extend(faults.into_iter().map(at));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(wrong)) }
}
