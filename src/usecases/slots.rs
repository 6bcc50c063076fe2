//! Meeting slots: the team opens them, the people of a refused file book one, either may call it off.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    answers::{self, Content},
    calls, definitions,
    documents::Recipient,
    instants::TypedInstant,
    messages, organisations, reasons, receipts, supports,
};
use crate::{
    domain::{
        correspondence::slots::{self as words, CalledOff, Meeting},
        definitions::FundDefinition,
        identity::Email,
        ids::{ApplicationId, BookingId, FundId, MessageId, SlotId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        messages::Mail,
        organisations::Right,
        roles::Role,
        slots::{self, CalendarEntry, LONGEST, MOST_AT_ONCE, MeetingMeans, SHORTEST},
        supports::Support,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, funds,
        slots::{self as rows, BookedLine, BookingRow, InvitationRow, SlotRow},
    },
};

/// How far ahead slots are opened, in days.
const MOST_DAYS: i64 = 183;
/// Free slots of a fund that are looked at.
const MOST_FREE: i64 = 200;
/// Most characters of a place, a number or a link.
const LONGEST_PLACE: usize = 200;
/// Slots on one page of the team.
const PAGE: usize = 50;

/// A slot in words.
pub fn in_words(slot: &SlotRow) -> String {
    slots::in_words(slot.starts_at, slot.minutes, slot.means)
}

/// The slots of a fund that can still be booked, whoever is met.
pub(super) fn free(conn: &mut Conn, fund: FundId, now: Moment) -> Outcome<Vec<SlotRow>> {
    Ok(rows::free(conn, fund, now, MOST_FREE)?)
}

/// Those of them with whoever this support makes one meet, unless that person must know nothing of the file.
pub(super) fn bookable(support: &Support, free: &[SlotRow], away: &[Email]) -> Vec<SlotRow> {
    let is_met = |slot: &&SlotRow| slot.adviser_email.as_str() == support.meets();
    free.iter().filter(is_met).filter(|slot| !away.contains(&slot.adviser_email)).cloned().collect()
}

/// What the people of a refused file find on the page of its meeting.
#[derive(Debug)]
pub struct Offer {
    pub content: Content,
    /// Whom one meets, and how, in a phrase.
    pub with: String,
    pub slots: Vec<SlotRow>,
    pub booked: Option<(BookingRow, SlotRow)>,
    /// Whether the reader's seat lets them book.
    pub writes: bool,
}

/// The slots offered to the people of a file; nothing exists there before its refusal is told.
pub fn offer(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<Offer> {
    let content = answers::find(conn, actor, id)?;
    let parties = content.parties();
    let is_told = supports::told(conn, &content, now)?.is_some();
    if !organisations::may(conn, actor, &parties, Right::Read)?
        || !is_told
        || content.row.state != ApplicationState::Rejected
    {
        return Err(StoreError::NotFound.into());
    }
    let fund = calls::fund_of(conn, &content.call)?;
    let offered = supports::offered(conn, &content, &fund, now)?;
    Ok(Offer {
        with: offered.support.phrases().into_iter().next().unwrap_or_default(),
        slots: offered.slots,
        booked: rows::of_application(conn, id)?,
        writes: organisations::may(conn, actor, &parties, Right::Write)?,
        content,
    })
}

fn wrong(field: &str, sentence: impl Into<String>) -> UseCaseError {
    UseCaseError::Invalid(vec![FieldError::new(field, sentence)])
}

fn gone() -> UseCaseError {
    wrong("creneau", "Ce créneau vient d’être pris, ou n’est plus proposé\u{a0}: choisissez-en un autre.")
}

/// Books a slot for a refused file, one at a time; whoever comes second is told so.
pub fn book(tx: &mut Tx, actor: &Actor, id: ApplicationId, slot: Option<SlotId>, now: Moment) -> Outcome<()> {
    let offer = offer(tx.conn(), actor, id, now)?;
    organisations::require(tx.conn(), actor, &offer.content.parties(), Right::Write)?;
    if let Some((_, held)) = &offer.booked {
        let said =
            format!("Vous avez déjà un rendez-vous\u{a0}: {}. Annulez-le pour en choisir un autre.", in_words(held));
        return Err(Refusal::because(said).into());
    }
    let Some(wanted) = slot else { return Err(wrong("creneau", "Choisissez un créneau.")) };
    let slot = offer.slots.into_iter().find(|slot| slot.id == wanted).ok_or_else(gone)?;
    let booking = BookingRow {
        id: tx.mint(now)?,
        slot_id: slot.id,
        application_id: id,
        live_slot: Some(slot.id.to_string()),
        live_file: Some(id.to_string()),
        booked_by: access::person(actor)?,
        booked_at: now,
        ended_by: None,
        ended_at: None,
        end_reason: String::new(),
    };
    match rows::book(tx, &booking) {
        Err(StoreError::Taken) => return Err(gone()),
        done => done?,
    }
    tell(tx, actor, (&booking, &slot), None, now)
}

/// Calls off the meeting of a file, by its people.
pub fn cancel(tx: &mut Tx, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<()> {
    let offer = offer(tx.conn(), actor, id, now)?;
    organisations::require(tx.conn(), actor, &offer.content.parties(), Right::Write)?;
    let (booking, slot) = offer.booked.ok_or(StoreError::NotFound)?;
    if slot.starts_at <= now {
        return Err(Refusal::because("Ce rendez-vous a commencé\u{a0}: il ne s’annule plus ici.").into());
    }
    rows::end(tx, booking.id, access::person(actor)?, "", now)?;
    tell(tx, actor, (&booking, &slot), Some(CalledOff::ByApplicant), now)
}

fn meeting(content: &Content, slot: &SlotRow, fund: &FundDefinition) -> Meeting {
    Meeting {
        reference: content.row.reference.clone(),
        title: content.row.title.clone(),
        organisation: content.organisation.name.clone(),
        adviser: slot.adviser_name.clone(),
        starts_at: slot.starts_at,
        minutes: slot.minutes,
        means: slot.means,
        place: slot.place.clone(),
        contact: fund.contact.email.to_string(),
        path: format!("/dossiers/{}/rendez-vous", content.row.id),
    }
}

/// Queues the mails of a booking, or of its end, each with its calendar entry: to the people of the file, and to whoever
/// meets them unless that person must know nothing of it by now.
fn tell(
    tx: &mut Tx,
    by: &Actor,
    (booking, slot): (&BookingRow, &SlotRow),
    off: Option<CalledOff<'_>>,
    now: Moment,
) -> Outcome<()> {
    let content = answers::find(tx.conn(), &Actor::system(), booking.application_id)?;
    let fund = calls::fund_of(tx.conn(), &content.call)?;
    let meeting = meeting(&content, slot, &fund);
    let (theirs, adviser): (Mail, Mail) = match off {
        None => (words::booked(&meeting), words::booked_with(&meeting)),
        Some(off) => (words::called_off(&meeting, off), words::called_off_with(&meeting, off)),
    };
    let mut owed: Vec<(Recipient, Mail)> = Vec::new();
    for to in receipts::applicants(tx.conn(), &content)? {
        owed.push((to, theirs.clone()));
    }
    let is_away = rows::away(tx.conn(), &[content.row.id])?.iter().any(|(_, address)| *address == slot.adviser_email);
    if !is_away {
        let (address, name) = (slot.adviser_email.to_string(), slot.adviser_name.clone());
        owed.push((Recipient { person: None, address, name }, adviser));
    }
    let (about, act, by) = (content.row.id.to_string(), booking.id.to_string(), access::person(by)?);
    for (to, mail) in owed {
        let sent = messages::queue_invitation(tx, (&about, &act), by, &to, &mail, now)?;
        if let Some(message_id) = sent {
            let sequence = i32::from(off.is_some());
            rows::invite(tx, &InvitationRow { message_id, booking_id: booking.id, sequence })?;
        }
    }
    Ok(())
}

/// The calendar entry that goes with a mail, if one does. `host` is the domain that makes its name unique in the world.
pub fn entry(conn: &mut Conn, mail: MessageId, host: &str) -> Outcome<Option<CalendarEntry>> {
    let Some((sequence, booking, slot)) = rows::invitation(conn, mail)? else { return Ok(None) };
    let content = answers::find(conn, &Actor::system(), booking.application_id)?;
    let fund = calls::fund_of(conn, &content.call)?;
    let meeting = meeting(&content, &slot, &fund);
    let ended_at = booking.ended_at.filter(|_| sequence > 0);
    Ok(Some(CalendarEntry {
        uid: uid(booking.id, host),
        sequence,
        is_cancelled: sequence > 0,
        changed_at: ended_at.unwrap_or(booking.booked_at),
        starts_at: slot.starts_at,
        ends_at: slot.starts_at.plus_minutes(i64::from(slot.minutes)),
        summary: meeting.summary(),
        location: meeting.place.clone(),
        description: meeting.description(),
        organiser_name: slot.adviser_name,
        organiser_email: slot.adviser_email.to_string(),
    }))
}

/// What a calendar knows a booking by.
fn uid(booking: BookingId, host: &str) -> String {
    format!("{booking}@{host}")
}

/// Somebody who meets the people of refused files: a fund, a name, an address, the departments they follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adviser {
    pub fund: FundId,
    pub fund_name: String,
    pub name: String,
    pub email: Email,
    /// Codes; empty for the contact of a fund, who meets everybody nobody else follows.
    pub departments: Vec<String>,
}

impl Adviser {
    /// What a form calls it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.fund, self.email)
    }
}

/// Everybody who may have slots: the advisers of each fund, and its contact.
pub fn advisers(conn: &mut Conn) -> Outcome<Vec<Adviser>> {
    let mut found: Vec<Adviser> = Vec::new();
    for row in funds::all(conn)? {
        let fund = definitions::fund(&row.settings)?;
        let named = fund.advisers.iter().map(|one| (&one.name, &one.email, one.departments.clone()));
        for (name, email, departments) in named.chain([(&fund.contact.name, &fund.contact.email, Vec::new())]) {
            if found.iter().any(|known| known.fund == row.id && known.email == *email) {
                continue;
            }
            let (name, email, fund_name) = (name.clone(), email.clone(), fund.name.clone());
            found.push(Adviser { fund: row.id, fund_name, name, email, departments });
        }
    }
    Ok(found)
}

/// Slots as they are typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlotForm {
    /// See [`Adviser::key`].
    pub adviser: String,
    /// `2027-03-03`.
    pub day: String,
    /// `14:00`, on the Paris wall clock.
    pub hour: String,
    /// Of each slot.
    pub minutes: String,
    /// How many, one after the other.
    pub count: String,
    pub means: String,
    pub place: String,
}

fn number(field: &str, typed: &str, (least, most): (i32, i32)) -> Result<i32, FieldError> {
    let fits = typed.trim().parse::<i32>().ok().filter(|number| (least..=most).contains(number));
    fits.ok_or_else(|| FieldError::new(field, format!("Donnez un nombre entre {least} et {most}.")))
}

fn place(means: Option<MeetingMeans>, typed: &str) -> Result<String, FieldError> {
    let sentence = match (typed.trim(), means) {
        ("", Some(MeetingMeans::Phone)) => "Donnez le numéro à composer, ou dites qui appelle.",
        ("", _) => "Dites où l’on se retrouve.",
        (text, _) if text.chars().count() > LONGEST_PLACE => "C’est trop long\u{a0}: 200 caractères au plus.",
        (text, Some(MeetingMeans::Video)) if !text.starts_with("https://") => {
            "Donnez le lien de la visioconférence, qui commence par https://."
        }
        (text, _) => return Ok(text.to_owned()),
    };
    Err(FieldError::new("lieu", sentence))
}

/// What is right of a form, with its adviser; every fault beside its field otherwise.
fn read(conn: &mut Conn, form: &SlotForm, now: Moment) -> Outcome<(Adviser, Vec<Moment>, i32, MeetingMeans, String)> {
    let adviser = advisers(conn)?.into_iter().find(|one| one.key() == form.adviser);
    let adviser = adviser.ok_or_else(|| FieldError::new("conseil", "Choisissez qui reçoit."));
    let minutes = number("duree", &form.minutes, (SHORTEST, LONGEST));
    let count = number("nombre", &form.count, (1, MOST_AT_ONCE));
    let means =
        form.means.parse::<MeetingMeans>().map_err(|_| FieldError::new("moyen", "Choisissez comment on se voit."));
    let place = place(means.as_ref().ok().copied(), &form.place);
    let at = TypedInstant { day: &form.day, hour: &form.hour }.to_come(MOST_DAYS, now);
    match (adviser, at, minutes, count, means, place) {
        (Ok(adviser), Ok(at), Ok(minutes), Ok(count), Ok(means), Ok(place)) => {
            let starts = (0..count).map(|nth| at.plus_minutes(i64::from(nth * minutes))).collect();
            Ok((adviser, starts, minutes, means, place))
        }
        (adviser, at, minutes, count, means, place) => {
            let mut faults: Vec<FieldError> = adviser.err().into_iter().collect();
            faults.extend(at.err().unwrap_or_default());
            faults.extend([minutes.err(), count.err(), means.err(), place.err()].into_iter().flatten());
            Err(UseCaseError::Invalid(faults))
        }
    }
}

/// Opens slots of an adviser, one after the other; none of them when one would take the minutes of another.
pub fn open(tx: &mut Tx, officer: &Actor, form: &SlotForm, now: Moment) -> Outcome<()> {
    access::require(officer, &[Role::Officer])?;
    let (adviser, starts, minutes, means, place) = read(tx.conn(), form, now)?;
    let around = i64::from(LONGEST);
    let (Some(first), Some(last)) = (starts.first().copied(), starts.last().copied()) else { return Ok(()) };
    let known = (first.plus_minutes(-around), last.plus_minutes(around));
    for slot in rows::taken(tx.conn(), &adviser.email, known)? {
        if starts.iter().any(|start| slots::overlap((*start, minutes), slot)) {
            let said = format!("{} a déjà un créneau le {}.", adviser.name, slot.0.french());
            return Err(wrong("heure", said));
        }
    }
    for starts_at in starts {
        let row = SlotRow {
            id: tx.mint(now)?,
            fund_id: adviser.fund,
            adviser_name: adviser.name.clone(),
            adviser_email: adviser.email.clone(),
            starts_at,
            minutes,
            means,
            place: place.clone(),
            opened_by: access::person(officer)?,
            opened_at: now,
            closed_by: None,
            closed_at: None,
        };
        rows::insert(tx, &row)?;
    }
    Ok(())
}

/// The slots to come, with who booked them as far as the reader may know.
#[derive(Debug)]
pub struct Agenda {
    pub slots: Vec<(SlotRow, Option<BookedLine>)>,
    /// The last one of the page, when more follow.
    pub next: Option<(Moment, SlotId)>,
}

/// The slots to come of every adviser, the first ones first.
pub fn agenda(conn: &mut Conn, officer: &Actor, after: Option<(Moment, SlotId)>, now: Moment) -> Outcome<Agenda> {
    access::require(officer, &[Role::Officer])?;
    let (at, id) = after.map_or((now, String::new()), |(at, id)| (at, id.to_string()));
    let mut found = rows::page(conn, (at, &id), i64::try_from(PAGE + 1).unwrap_or(i64::MAX))?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| has_more).map(|slot| (slot.starts_at, slot.id));
    let ids: Vec<SlotId> = found.iter().map(|slot| slot.id).collect();
    let mut lines = rows::booked(conn, &ids, access::person(officer)?)?;
    let slots = found.into_iter().map(|slot| {
        let place = lines.iter().position(|line| line.slot_id == slot.id);
        let line = place.map(|place| lines.swap_remove(place));
        (slot, line)
    });
    Ok(Agenda { slots: slots.collect(), next })
}

/// A slot to come that is still open, with who booked it as far as the reader may know.
pub fn closing(conn: &mut Conn, officer: &Actor, id: SlotId, now: Moment) -> Outcome<(SlotRow, Option<BookedLine>)> {
    access::require(officer, &[Role::Officer])?;
    let slot = rows::find(conn, id)?;
    if slot.closed_at.is_some() || slot.starts_at <= now {
        return Err(StoreError::NotFound.into());
    }
    let line = rows::booked(conn, &[id], access::person(officer)?)?.pop();
    Ok((slot, line))
}

/// Takes a slot away. Whoever booked it is told, with the reason, which must be given where the reader knows of them.
pub fn close(tx: &mut Tx, officer: &Actor, id: SlotId, reason: &str, now: Moment) -> Outcome<()> {
    let (slot, line) = closing(tx.conn(), officer, id, now)?;
    let person = access::person(officer)?;
    let reason = if line.is_some() { reasons::written(reason)? } else { String::new() };
    rows::close(tx, id, person, now)?;
    let Some(booking) = rows::of_slot(tx.conn(), id)? else { return Ok(()) };
    rows::end(tx, booking.id, person, &reason, now)?;
    tell(tx, officer, (&booking, &slot), Some(CalledOff::ByTeam(&reason)), now)
}
