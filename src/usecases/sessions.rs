//! Committee sessions: agenda, attendance, minutes.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::{Cause, Object, Standing, advance, record_birth},
    committees::{call_file, require},
    documents::Recipient,
    messages, minutes, rooms, terms,
};
use crate::{
    domain::{
        correspondence::sessions::{Attending, Meeting, convocation},
        decisions::UNDECIDED,
        definitions::DecisionAuthority,
        ids::{ApplicationId, CallId, PersonId, SessionId},
        lifecycle::Refusal,
        lifecycles::{
            applications::ApplicationState,
            sessions::{Session, SessionEvent, SessionFacts, SessionState},
        },
        roles::Role,
        sessions::{Attended, Presence, Roll},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, attendance, recusals, seats,
        sessions::{self, SessionRow},
    },
};
use chrono::{NaiveDate, NaiveTime};

impl Object for Session {
    type Id = SessionId;

    fn look(conn: &mut Conn, id: SessionId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = sessions::find(conn, id)?;
        let roles = roles_on(conn, &row, actor)?;
        let (items, undecided) = sessions::count_items(conn, id, &[ApplicationState::InReview])?;
        let decided_by = call_file(conn, row.call_id)?.definition.decided_by;
        let mut facts = SessionFacts {
            items,
            undecided,
            present: attendance::roll(conn, &row)?.voices(&[]),
            quorum: i64::from(row.quorum),
            is_board_required: decided_by == DecisionAuthority::Board,
            ..SessionFacts::default()
        };
        minutes::tell(conn, &row, actor, &mut facts)?;
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: String::new() })
    }
}

const STAFF: &[Role] = &[Role::System, Role::Officer, Role::Director, Role::Auditor];

/// What somebody is to a session: the team, or a member of this committee.
fn roles_on(conn: &mut Conn, row: &SessionRow, actor: &Actor) -> Outcome<Vec<Role>> {
    let mut roles: Vec<Role> = STAFF.iter().copied().filter(|role| actor.is(*role)).collect();
    if let Some(person) = actor.person
        && seats::held(conn, row.call_id, person)?.is_some()
    {
        roles.push(Role::Reviewer);
    }
    if roles.is_empty() { Err(StoreError::NotFound.into()) } else { Ok(roles) }
}

/// What was typed to plan a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionForm {
    pub title: String,
    /// `2027-05-03`.
    pub date: String,
    /// `14:30`, on the Paris clock.
    pub time: String,
    pub place: String,
}

impl SessionForm {
    fn when(&self) -> (Option<NaiveDate>, Option<NaiveTime>) {
        (self.date.trim().parse().ok(), NaiveTime::parse_from_str(self.time.trim(), "%H:%M").ok())
    }

    /// Everything that is wrong with it, in the order of the form.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let ((date, time), title, place) = (self.when(), self.title.trim(), self.place.trim());
        if title.is_empty() || title.chars().count() > 120 {
            errors.push(FieldError::new("titre", "Donnez un titre de 120 caractères au plus."));
        }
        if date.is_none() {
            errors.push(FieldError::new("date", "Indiquez une date."));
        }
        if time.is_none() {
            errors.push(FieldError::new("heure", "Indiquez une heure, par exemple 14:30."));
        }
        if place.is_empty() || place.chars().count() > 200 {
            errors.push(FieldError::new(
                "lieu",
                "Indiquez où la séance se tient, ou son lien, en 200 caractères au plus.",
            ));
        }
        errors
    }

    fn read(&self) -> Result<(String, Moment, String), UseCaseError> {
        let faults = self.faults();
        match self.when() {
            (Some(date), Some(time)) if faults.is_empty() => {
                Ok((self.title.trim().to_owned(), Moment::from_paris(date, time), self.place.trim().to_owned()))
            }
            _ => Err(UseCaseError::Invalid(faults)),
        }
    }
}

/// Plans a session of the committee of a call; the fund says the quorum.
pub fn plan(tx: &mut Tx, officer: &Actor, call: CallId, form: &SessionForm, now: Moment) -> Outcome<SessionId> {
    require(officer, Role::Officer)?;
    let (title, meets_at, place) = form.read()?;
    let file = call_file(tx.conn(), call)?;
    let row = SessionRow {
        id: tx.mint(now)?,
        call_id: call,
        title,
        meets_at,
        place,
        chair_id: None,
        quorum: file.fund.committee.quorum,
        confirmed_on: None,
        state: SessionState::Planned,
        version: 0,
        state_at: now,
        created_at: now,
    };
    sessions::insert(tx, &row)?;
    record_birth::<Session>(tx, officer, &[Role::Officer], row.id, now)?;
    Ok(row.id)
}

/// Changes when and where a session meets, until it begins.
pub fn move_meeting(tx: &mut Tx, officer: &Actor, id: SessionId, form: &SessionForm) -> Outcome<()> {
    require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, &[SessionState::Planned, SessionState::Convened])?;
    let (title, meets_at, place) = form.read()?;
    Ok(sessions::set_meeting(tx, id, &title, meets_at, &place)?)
}

fn within(row: &SessionRow, states: &[SessionState]) -> Outcome<()> {
    if states.contains(&row.state) { Ok(()) } else { Err(Refusal::NotFromHere(row.state.label()).into()) }
}

/// The states in which agenda, attendance and proposals may still change.
pub(super) const AGENDA_OPEN: &[SessionState] =
    &[SessionState::Planned, SessionState::Convened, SessionState::InSession];

/// Puts every file of the call that waits for a decision on the agenda, best ranked first. Gives how many were added of
/// those that exist for the officer.
pub fn fill_agenda(tx: &mut Tx, officer: &Actor, id: SessionId) -> Outcome<usize> {
    let reader = require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, AGENDA_OPEN)?;
    let waiting = sessions::unplanned(tx.conn(), row.call_id, &[ApplicationState::InReview])?;
    let mut position = sessions::last_position(tx.conn(), id)?;
    for application in &waiting {
        position += 1;
        sessions::add_item(tx, id, *application, position)?;
    }
    rooms::stir(tx, id)?;
    let hidden = recusals::among(tx.conn(), reader, &waiting)?.len();
    Ok(waiting.len().saturating_sub(hidden))
}

/// Puts one file on the agenda, after the others: a file of the reserve list that is to be seen again, for instance.
pub fn add_item(tx: &mut Tx, officer: &Actor, id: SessionId, application: ApplicationId) -> Outcome<()> {
    require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, AGENDA_OPEN)?;
    let file = crate::store::reviews::file(tx.conn(), officer.person, application)?;
    if file.call_id != row.call_id || !UNDECIDED.contains(&file.state) {
        return Err(Refusal::NotFromHere(file.state.label()).into());
    }
    let position = sessions::last_position(tx.conn(), id)? + 1;
    sessions::add_item(tx, id, application, position)?;
    rooms::stir_file(tx, id, application)
}

/// Takes a file off the agenda before the session begins; one that is hidden from the officer does not exist.
pub fn remove_item(tx: &mut Tx, officer: &Actor, id: SessionId, application: ApplicationId) -> Outcome<()> {
    let reader = require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, &[SessionState::Planned, SessionState::Convened])?;
    if !sessions::items(tx.conn(), id, Some(reader))?.iter().any(|item| item.application_id == application) {
        return Err(StoreError::NotFound.into());
    }
    sessions::remove_item(tx, id, application)?;
    rooms::stir_file(tx, id, application)
}

/// Moves a file one place up or down in the order of discussion, past the next one that exists for the officer; at the end
/// of the agenda it stays.
pub fn move_item(tx: &mut Tx, officer: &Actor, id: SessionId, application: ApplicationId, is_up: bool) -> Outcome<()> {
    let reader = require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, AGENDA_OPEN)?;
    let items = sessions::items(tx.conn(), id, Some(reader))?;
    let place = items.iter().position(|item| item.application_id == application).ok_or(StoreError::NotFound)?;
    let other = if is_up { place.checked_sub(1) } else { place.checked_add(1) };
    let (Some(item), Some(other)) = (items.get(place), other.and_then(|other| items.get(other))) else { return Ok(()) };
    sessions::set_position(tx, id, item.application_id, other.position)?;
    sessions::set_position(tx, id, other.application_id, item.position)?;
    rooms::stir(tx, id)
}

/// Records who took part, until the minutes are made. Only members of the committee count, and proxies keep to its rules.
pub fn record_attendance<A: Copy + Into<Attended>>(
    tx: &mut Tx,
    officer: &Actor,
    id: SessionId,
    attendance: &[A],
    chair: Option<PersonId>,
) -> Outcome<()> {
    let attendance: Vec<Attended> = attendance.iter().map(|one| (*one).into()).collect();
    note_attendance(tx, officer, id, &attendance, Some(chair))
}

/// The same of these members alone, and of the chair where it is told: what is noted of the others stays.
pub fn note_attendance(
    tx: &mut Tx,
    officer: &Actor,
    id: SessionId,
    noted: &[Attended],
    chair: Option<Option<PersonId>>,
) -> Outcome<()> {
    require(officer, Role::Officer)?;
    let row = sessions::find(tx.conn(), id)?;
    within(&row, AGENDA_OPEN)?;
    let roll = attendance::roll(tx.conn(), &row)?;
    write_attendance(tx, &row, roll, noted, chair.unwrap_or(row.chair_id))?;
    rooms::stir(tx, id)
}

/// Writes on the roll who took part, and who chaired; gives both, or says beside each field what is wrong with it.
pub(super) fn write_attendance(
    tx: &mut Tx,
    row: &SessionRow,
    mut roll: Roll,
    noted: &[Attended],
    chair: Option<PersonId>,
) -> Outcome<(Roll, Option<PersonId>)> {
    noted.iter().for_each(|attended| roll.note(*attended));
    let most = call_file(tx.conn(), row.call_id)?.fund.committee.proxies;
    let of_seat = |(person, said)| FieldError::new(format!("presence-{person}"), said);
    let mut wrong: Vec<FieldError> = roll.faults(most).into_iter().map(of_seat).collect();
    let chair = chair.and_then(|chair| roll.seat(chair));
    if let Some(seat) = chair
        && seat.presence.is_some_and(|presence| !presence.is_there())
    {
        let said = format!("{} n’est pas dans la salle et ne peut pas présider.", seat.name);
        wrong.push(FieldError::new("presidence", said));
    }
    if !wrong.is_empty() {
        return Err(UseCaseError::Invalid(wrong));
    }
    for attended in noted.iter().filter(|attended| roll.seat(attended.person).is_some()) {
        attendance::note(tx, row.id, *attended)?;
    }
    let chair = chair.map(|seat| seat.person);
    sessions::set_chair(tx, row.id, chair)?;
    Ok((roll, chair))
}

/// Why a seat may not change now: its holder takes part in a session under way, or has minutes to sign. Nothing when it may.
pub(super) fn sitting(conn: &mut Conn, call: CallId, person: PersonId) -> Outcome<Option<Refusal>> {
    if let Some(waiting) = minutes::unsigned_in(conn, call, person)? {
        let reason =
            format!("Le procès-verbal de la séance «\u{a0}{waiting}\u{a0}» attend la signature de cette personne.");
        return Ok(Some(Refusal::because(reason)));
    }
    for row in sessions::of_call(conn, call)?.iter().filter(|row| row.state == SessionState::InSession) {
        let roll = attendance::roll(conn, row)?;
        let takes_part = |presence: Presence| presence.is_there() || presence == Presence::Represented;
        let Some(seat) = roll.seat(person).filter(|seat| seat.presence.is_some_and(takes_part)) else { continue };
        let (name, title) = (&seat.name, &row.title);
        return Ok(Some(Refusal::because(format!(
            "{name} prend part à la séance «\u{a0}{title}\u{a0}», qui se tient en ce moment\u{a0}: notez d’abord son \
             départ dans les présences, ou attendez le procès-verbal."
        ))));
    }
    Ok(None)
}

/// Convenes, opens, minutes or closes a session; a confirmation is of today.
pub fn step(tx: &mut Tx, actor: &Actor, id: SessionId, version: i32, event: SessionEvent, now: Moment) -> Outcome<()> {
    if matches!(event, SessionEvent::Confirm | SessionEvent::CloseWithoutBoard) {
        Session::look(tx.conn(), id, actor, now)?;
        sessions::set_confirmed_on(tx, id, now.paris_date())?;
    }
    advance::<Session>(tx, actor, id, version, event, now)?;
    rooms::stir(tx, id)
}

/// Confirms the decisions on the day the board met: not before the minutes were first written, not ahead of time.
pub fn confirm(tx: &mut Tx, director: &Actor, id: SessionId, version: i32, day: &str, now: Moment) -> Outcome<()> {
    Session::look(tx.conn(), id, director, now)?;
    let wrong = |said: &str| UseCaseError::Invalid(vec![FieldError::new("reunion", said)]);
    let day: NaiveDate = day.trim().parse().map_err(|_| wrong("Indiquez le jour où le conseil s’est réuni."))?;
    if day > now.paris_date() {
        return Err(wrong("Ce jour n’est pas encore venu."));
    }
    if minutes::written_on(tx.conn(), id)?.is_some_and(|written| day < written) {
        return Err(wrong("Le procès-verbal n’était pas encore établi ce jour-là."));
    }
    sessions::set_confirmed_on(tx, id, day)?;
    advance::<Session>(tx, director, id, version, SessionEvent::Confirm, now)?;
    rooms::stir(tx, id)
}

/// Convenes everybody who attends: the members with a vote and without, the guests, and the team. No mail says anything of
/// a file, nor how many there are: each reads on the page those that exist for them.
pub(super) fn convene_members(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = sessions::find(tx.conn(), cause.subject()?)?;
    let file = call_file(tx.conn(), row.call_id)?;
    let convene = |tx: &mut Tx, to: &Recipient, attending: Attending, path: String| {
        let meeting = Meeting {
            title: row.title.clone(),
            call_title: file.row.title.clone(),
            meets_at: row.meets_at,
            place: row.place.clone(),
            contact: file.contact(),
            path,
        };
        messages::queue(tx, cause, to, &convocation(&meeting, attending), None)
    };
    // Who has a seat and works for the fund is convened to the seat: a mail goes to an address once.
    for member in seats::members(tx.conn(), row.call_id)? {
        let attending = match (member.is_guest, member.is_voting) {
            (true, _) => Attending::Guest,
            (false, true) => Attending::Voting,
            (false, false) => Attending::Advisory,
        };
        let to = Recipient { person: Some(member.person_id), address: member.email, name: member.name };
        convene(tx, &to, attending, format!("/comite/seances/{}", row.id))?;
    }
    for to in terms::staff(tx.conn(), Role::Officer)? {
        convene(tx, &to, Attending::Team, format!("/seances/{}", row.id))?;
    }
    for to in terms::staff(tx.conn(), Role::Director)? {
        convene(tx, &to, Attending::Team, String::new())?;
    }
    Ok(())
}
