//! Who takes part in a session, as the page of the session asks for it: one list for each seat, proxies among its options.

use crate::{
    domain::{
        ids::{PersonId, SessionId},
        sessions::{Attended, Presence, Roll, Seat},
    },
    usecases::{UseCaseError, sessions as verbs},
    web::{
        App, Failure, Fields, Reply, audiences::Officer, flashes::see_other_saying, officer::sessions, pages::Flash,
        parts::Choice,
    },
};
use actix_web::web::{Data, Path};

/// One seat of the form.
pub(super) struct SeatShown {
    pub field: String,
    pub label: String,
    pub choices: Vec<Choice>,
    /// What is noted, as the form writes it.
    pub before: String,
    /// What is noted, in words.
    pub said: String,
}

/// What a presence is to the form: its code, and who carries the proxy.
fn written(presence: Presence, holder: Option<PersonId>) -> String {
    match holder {
        Some(holder) => format!("{presence}:{holder}"),
        None => presence.code().to_owned(),
    }
}

fn read_one(person: &str, value: &str) -> Option<Attended> {
    let person = person.strip_prefix("presence-")?.parse().ok()?;
    let (presence, holder) = match value.split_once(':') {
        Some((presence, holder)) => (presence, Some(holder.parse().ok()?)),
        None => (value, None),
    };
    Some(Attended { person, presence: presence.parse().ok()?, holder })
}

/// Whether a field says something else than the page showed of it: what somebody else noted since is left alone.
fn is_changed(form: &Fields, name: &str, value: &str) -> bool {
    let before = format!("avant-{name}");
    !form.iter().any(|(known, shown)| known == before && shown == value)
}

/// What the form says of each seat, and of the chair.
pub(super) fn read(form: &Fields) -> (Vec<Attended>, Option<PersonId>) {
    let changed = form.iter().filter(|(name, value)| is_changed(form, name, value));
    let noted = changed.filter_map(|(name, value)| read_one(name, value)).collect();
    (noted, form.text("presidence").parse().ok())
}

fn choices(roll: &Roll, seat: &Seat, chosen: &str) -> Vec<Choice> {
    let plain = |presence: Presence| (presence.code().to_owned(), presence.label().to_owned());
    let carries = |other: &&Seat| seat.is_voting && other.is_voting && other.person != seat.person;
    let proxies = roll.0.iter().filter(carries).map(|other| {
        (written(Presence::Represented, Some(other.person)), format!("représenté·e, pouvoir à {}", other.name))
    });
    let options = [Presence::Present, Presence::Late].map(plain).into_iter().chain(proxies);
    Choice::list(options.chain([Presence::Excused, Presence::Absent].map(plain)), &[chosen])
}

fn said(roll: &Roll, seat: &Seat) -> String {
    let holder = seat.holder.and_then(|holder| roll.seat(holder));
    match (seat.presence, holder) {
        (Some(presence), Some(holder)) => format!("{}, pouvoir à {}", presence.label(), holder.name),
        (Some(presence), None) => presence.label().to_owned(),
        (None, _) => "présence non notée".to_owned(),
    }
}

/// The seats, with what was typed where the form came back.
pub(super) fn seats(roll: &Roll, typed: Option<&Fields>) -> Vec<SeatShown> {
    let shown = |seat: &Seat| {
        let field = format!("presence-{}", seat.person);
        let noted = seat.presence.map(|presence| written(presence, seat.holder)).unwrap_or_default();
        let chosen = typed.map_or(noted.clone(), |form| form.text(&field).to_owned());
        let vote = if seat.is_voting { "vote" } else { "sans vote" };
        let about = [seat.name.as_str(), seat.institution.as_str()].into_iter().filter(|text| !text.is_empty());
        SeatShown {
            label: format!("{} ({vote})", about.collect::<Vec<_>>().join(", ")),
            choices: choices(roll, seat, &chosen),
            said: said(roll, seat),
            before: noted,
            field,
        }
    };
    roll.0.iter().map(shown).collect()
}

/// Who may preside.
pub(super) fn chairs(roll: &Roll, chair: Option<PersonId>, typed: Option<&Fields>) -> Vec<Choice> {
    let noted = chair.map(|id| id.to_string()).unwrap_or_default();
    let chosen = typed.map_or(noted, |form| form.text("presidence").to_owned());
    Choice::list(roll.0.iter().map(|seat| (seat.person.to_string(), seat.name.clone())), &[&chosen])
}

/// Writes down who is there.
pub async fn attend(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let (noted, chair) = read(&form);
    let chair = is_changed(&form, "presidence", form.text("presidence")).then_some(chair);
    match app.write(move |tx| verbs::note_attendance(tx, &actor, id, &noted, chair)).await {
        Ok(()) => {
            app.bells().ring(id);
            let to = format!("/seances/{id}#presences");
            Ok(see_other_saying(to, &Flash::success("Les présences sont notées.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => sessions::misnoted(&app, &who, id, form, wrong).await,
        Err(failure) => Err(failure),
    }
}
