//! The meeting slots of the advisers: opened by the team, with who booked them.

use crate::{
    domain::{ids::SlotId, slots::MeetingMeans, time::Moment},
    store::{
        Conn, entropy,
        slots::{BookedLine, SlotRow},
    },
    usecases::{
        Outcome, UseCaseError,
        slots::{self, Adviser, Agenda, SlotForm},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Choice, Pager},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

const LIST: &str = "/rendez-vous";

#[derive(Template)]
#[template(path = "officer/slots.html")]
struct SlotsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    lines: Vec<Line>,
    pager: Pager,
    advisers: Vec<Choice>,
    means: Vec<Choice>,
    form: SlotForm,
    token: String,
    errors: FieldErrors,
}

struct Line {
    at: String,
    how: String,
    place: String,
    adviser: String,
    /// Who booked it, and for which file; empty while it is free.
    booked: String,
    reference: String,
    file: String,
    close: String,
}

/// Where the list goes on.
#[derive(Debug, serde::Deserialize)]
pub struct After {
    #[serde(default)]
    apres: String,
}

impl After {
    fn key(&self) -> Option<(Moment, SlotId)> {
        let (at, id) = self.apres.split_once('.')?;
        Some((Moment::from_unix_seconds(at.parse().ok()?), id.parse().ok()?))
    }
}

fn line((slot, booked): (SlotRow, Option<BookedLine>)) -> Line {
    let close = format!("{LIST}/{}/annulation", slot.id);
    let how = format!("{}\u{a0}minutes, {}", slot.minutes, slot.means.label());
    let line = Line {
        at: slot.starts_at.french(),
        how,
        place: slot.place,
        adviser: slot.adviser_name,
        booked: String::new(),
        reference: String::new(),
        file: String::new(),
        close,
    };
    match booked {
        Some(by) => Line {
            booked: format!("{}, par {}", by.organisation, by.booked_by),
            reference: by.reference,
            file: format!("/instruction/{}", by.application_id),
            ..line
        },
        None => line,
    }
}

fn adviser(one: Adviser, chosen: &str) -> Choice {
    let territory = match one.departments.as_slice() {
        [] => "contact du fonds".to_owned(),
        codes => format!("départements {}", codes.join(", ")),
    };
    let value = one.key();
    let label = format!("{} – {}, {territory}", one.fund_name, one.name);
    Choice { checked: value == chosen, value, label, help: String::new() }
}

fn first_form() -> SlotForm {
    SlotForm { minutes: "30".into(), count: "1".into(), ..SlotForm::default() }
}

async fn page(
    app: &App,
    who: &Officer,
    after: Option<(Moment, SlotId)>,
    form: SlotForm,
    errors: FieldErrors,
) -> Result<SlotsPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<(Agenda, Vec<Adviser>)> {
        Ok((slots::agenda(conn, &actor, after, now)?, slots::advisers(conn)?))
    };
    let (agenda, advisers) = app.read(load).await?;
    let next = agenda.next.map(|(at, id)| format!("{LIST}?apres={}.{id}", at.unix_seconds()));
    let means = MeetingMeans::ALL.iter().map(|means| (means.code(), means.label()));
    Ok(SlotsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction")],
        lines: agenda.slots.into_iter().map(line).collect(),
        pager: Pager { first: after.map(|_| LIST.to_owned()), next },
        advisers: advisers.into_iter().map(|one| adviser(one, &form.adviser)).collect(),
        means: Choice::list(means, &[form.means.as_str()]),
        form,
        token: entropy::form_token()?,
        errors,
    })
}

/// The slots to come, and a form for more.
pub async fn list(app: Data<App>, who: Officer, after: Query<After>) -> Reply {
    Ok(render(&page(&app, &who, after.key(), first_form(), FieldErrors::none()).await?))
}

fn typed(form: &Fields) -> SlotForm {
    let text = |name| form.text(name).to_owned();
    SlotForm {
        adviser: text("conseil"),
        day: text("jour"),
        hour: text("heure"),
        minutes: text("duree"),
        count: text("nombre"),
        means: text("moyen"),
        place: text("lieu"),
    }
}

/// Opens slots; what was typed stays when they cannot be.
pub async fn open(app: Data<App>, who: Officer, form: Fields) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), typed(&form));
    let sent = Sent::new(&app, &who, &form, LIST, LIST);
    match send(&app, sent, move |tx| slots::open(tx, &actor, &wanted, now)).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Les créneaux sont ouverts."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, None, typed(&form), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Template)]
#[template(path = "officer/slot_end.html")]
struct SlotEndPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    line: Line,
    reason: String,
    token: String,
    errors: FieldErrors,
}

async fn ending(
    app: &App,
    who: &Officer,
    id: SlotId,
    reason: &str,
    errors: FieldErrors,
) -> Result<SlotEndPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let found = app.read(move |conn| slots::closing(conn, &actor, id, now)).await?;
    Ok(SlotEndPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction"), NavLink::new(LIST, "Rendez-vous")],
        href: format!("{LIST}/{id}/annulation"),
        line: line(found),
        reason: reason.to_owned(),
        token: entropy::form_token()?,
        errors,
    })
}

/// Asks once more before a slot goes, and why when somebody booked it.
pub async fn ask_close(app: Data<App>, who: Officer, id: Path<SlotId>) -> Reply {
    Ok(render(&ending(&app, &who, id.into_inner(), "", FieldErrors::none()).await?))
}

/// Takes a slot away; whoever booked it is told.
pub async fn close(app: Data<App>, who: Officer, id: Path<SlotId>, form: Fields) -> Reply {
    let (id, actor, now, reason) = (id.into_inner(), who.actor.clone(), app.now(), form.text("motif").to_owned());
    let sent = Sent::new(&app, &who, &form, &format!("{LIST}/{id}/annulation"), LIST);
    let why = reason.clone();
    match send(&app, sent, move |tx| slots::close(tx, &actor, id, &why, now)).await {
        Ok(to) => {
            let said = "Le créneau est annulé. Si quelqu’un l’avait réservé, un courriel part.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = ending(&app, &who, id, &reason, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
