//! The meeting offered after a refusal: its slots, the one that is booked, and the way to call it off.

use super::{applications::named, errors_of, next_step};
use crate::{
    domain::{
        ids::{ApplicationId, SlotId},
        slots::MeetingMeans,
        time::Moment,
    },
    store::{entropy, slots::SlotRow},
    usecases::{
        UseCaseError,
        slots::{self, Offer},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Choice, Fact, Stepper},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/meeting.html")]
struct MeetingPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    stepper: Stepper,
    /// Whom one meets, and how.
    with: String,
    slots: Vec<Choice>,
    booked: Vec<Fact>,
    may_cancel: bool,
    writes: bool,
    token: String,
    errors: FieldErrors,
}

fn facts(slot: &SlotRow) -> Vec<Fact> {
    let place = match slot.means {
        MeetingMeans::OnSite => Fact::new("Lieu", &slot.place),
        MeetingMeans::Phone => Fact::new("Téléphone", &slot.place),
        MeetingMeans::Video => Fact::linked("Lien", &slot.place, &slot.place),
    };
    let length = format!("{}\u{a0}minutes, {}", slot.minutes, slot.means.label());
    vec![
        Fact::new("Date", slot.starts_at.french()),
        Fact::new("Durée", length),
        place,
        Fact::new("Avec", format!("{}, {}", slot.adviser_name, slot.adviser_email)),
    ]
}

fn page(
    who: &Applicant,
    offer: &Offer,
    chosen: &str,
    errors: FieldErrors,
    now: Moment,
) -> Result<MeetingPage, Failure> {
    let row = &offer.content.row;
    let home = format!("/dossiers/{}", row.id);
    let slot = |slot: &SlotRow| (slot.id.to_string(), slots::in_words(slot));
    let booked = offer.booked.as_ref().map(|(_, slot)| slot);
    Ok(MeetingPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/dossiers", "Mes dossiers"), NavLink::new(&home, named(&row.title))],
        href: format!("{home}/rendez-vous"),
        title: named(&row.title),
        stepper: next_step(&offer.content, None, now),
        with: offer.with.clone(),
        slots: Choice::list(offer.slots.iter().map(slot), &[chosen]),
        may_cancel: offer.writes && booked.is_some_and(|slot| slot.starts_at > now),
        booked: booked.map(facts).unwrap_or_default(),
        writes: offer.writes,
        token: entropy::form_token()?,
        errors,
    })
}

async fn shown(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    chosen: &str,
    errors: FieldErrors,
) -> Result<MeetingPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let offer = app.read(move |conn| slots::offer(conn, &actor, id, now)).await?;
    page(who, &offer, chosen, errors, now)
}

/// The slots, or the one that is booked.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    Ok(render(&shown(&app, &who, id.into_inner(), "", FieldErrors::none()).await?))
}

/// Books a slot; whoever comes second reads so beside those that are left.
pub async fn book(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (href, chosen) = (format!("/dossiers/{id}/rendez-vous"), form.text("creneau").to_owned());
    let slot: Option<SlotId> = chosen.parse().ok();
    let sent = Sent::new(&app, &who, &form, &href, &href);
    match send(&app, sent, move |tx| slots::book(tx, &actor, id, slot, now)).await {
        Ok(to) => {
            let said = "Votre rendez-vous est réservé. L’invitation part par courriel.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = shown(&app, &who, id, &chosen, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Calls the meeting off.
pub async fn cancel(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let home = format!("/dossiers/{id}/rendez-vous");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/fin"), &home);
    let to = send(&app, sent, move |tx| slots::cancel(tx, &actor, id, now)).await?;
    Ok(see_other_saying(to, &Flash::success("Votre rendez-vous est annulé. Le créneau servira à quelqu’un d’autre.")))
}
