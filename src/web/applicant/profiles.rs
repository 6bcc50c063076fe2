//! The profile of an organisation: what it says of itself for every file, and who leads it. Each part has its own form.

use super::errors_of;
use crate::{
    domain::{
        ids::{MandateId, OrganisationId},
        organisations::Right,
        profiles::{Duty, Mandate, Membership, StaffBand},
        time::Moment,
    },
    store::profiles::MandateRow,
    usecases::{
        FieldError, UseCaseError, organisations,
        profiles::{self, MandateForm, Profile, ProfileForm},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/profile.html")]
struct ProfilePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    may_edit: bool,
    form: ProfileForm,
    osim: Vec<Choice>,
    staff: Vec<Choice>,
    membership: Vec<Choice>,
    /// When the profile was last written, as the page read it.
    read_at: i64,
    representative: String,
    remarks: Vec<String>,
    mandates: Vec<MandateShown>,
    /// The form of one more.
    blank: MandateForm,
    duties: Vec<Choice>,
    errors: FieldErrors,
}

/// Somebody who leads the organisation, or led it, with the form that changes it.
struct MandateShown {
    id: String,
    name: String,
    duty: &'static str,
    days: String,
    is_over: bool,
    form: MandateForm,
    duties: Vec<Choice>,
    read_at: i64,
    errors: FieldErrors,
}

/// What was typed into one of the forms of the page, and what is wrong with it.
#[derive(Default)]
struct Typed {
    profile: Option<ProfileForm>,
    /// A new mandate, or one to change.
    mandate: Option<(Option<MandateId>, MandateForm)>,
    wrong: Vec<FieldError>,
}

fn duties(chosen: &str) -> Vec<Choice> {
    Choice::list(Duty::ALL.iter().map(|duty| (duty.code(), duty.label())), &[chosen])
}

fn shown(row: &MandateRow, typed: &Typed, now: Moment) -> MandateShown {
    let mandate = Mandate::from(row);
    let again = typed.mandate.as_ref().filter(|(id, _)| *id == Some(row.id));
    let form = again.map_or_else(|| MandateForm::from(row), |(_, form)| form.clone());
    MandateShown {
        id: row.id.to_string(),
        name: row.name.clone(),
        duty: row.duty.label(),
        days: mandate.days(),
        is_over: mandate.is_over(now.paris_date()),
        duties: duties(&form.fonction),
        form,
        read_at: row.updated_at.unix_seconds(),
        errors: again.map_or_else(FieldErrors::none, |_| {
            // Each row has its own fields.
            typed.wrong.iter().map(|wrong| (format!("{}-{}", wrong.field, row.id), wrong.message.clone())).collect()
        }),
    }
}

async fn page(app: &App, who: &Applicant, id: OrganisationId, typed: Typed) -> Result<ProfilePage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut crate::store::Conn| {
        let profile: Profile = profiles::find(conn, &actor, id)?;
        Ok((profile, organisations::may(conn, &actor, &[id], Right::Write)?))
    };
    let (profile, may_edit) = app.read(load).await?;
    let kept = || profile.row.as_ref().map(ProfileForm::from).unwrap_or_default();
    let form = typed.profile.clone().unwrap_or_else(kept);
    let blank = typed.mandate.as_ref().filter(|(of, _)| of.is_none()).map(|(_, form)| form.clone());
    let mut mandates: Vec<_> = profile.mandates.iter().map(|row| shown(row, &typed, now)).collect();
    // Those who lead today come first.
    mandates.sort_by_key(|mandate| mandate.is_over);
    let is_of_row = typed.mandate.as_ref().is_some_and(|(of, _)| of.is_some());
    let blank = blank.unwrap_or_default();
    Ok(ProfilePage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/organisations", "Mes organisations"),
            NavLink::new(format!("/organisations/{id}"), &profile.card.name),
        ],
        id: id.to_string(),
        may_edit,
        osim: Choice::list([("oui", "Oui"), ("non", "Non")], &[&form.osim]),
        staff: Choice::list(StaffBand::ALL.iter().map(|band| (band.code(), band.label())), &[&form.effectif]),
        membership: Choice::list(Membership::ALL.iter().map(|m| (m.code(), m.label())), &[&form.reseau]),
        form,
        read_at: profile.row.as_ref().map_or(0, |row| row.updated_at.unix_seconds()),
        representative: format!("{}, {}", profile.card.representative_name, profile.card.representative_title),
        remarks: profile.identity().remarks(now.paris_date()),
        mandates,
        duties: duties(&blank.fonction),
        blank,
        errors: if is_of_row { FieldErrors::none() } else { errors_of(typed.wrong) },
    })
}

/// What the organisation says of itself.
pub async fn show(app: Data<App>, who: Applicant, id: Path<OrganisationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), Typed::default()).await?))
}

/// The answer to a form of the page: back to it, or the page again with what was typed.
async fn answer(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    done: Result<(), Failure>,
    (said, mut typed): (&str, Typed),
) -> Reply {
    match done {
        Ok(()) => Ok(see_other_saying(format!("/organisations/{id}/profil"), &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            typed.wrong = wrong;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(app, who, id, typed).await?))
        }
        Err(failure) => Err(failure),
    }
}

fn read_at(fields: &Fields) -> Moment {
    Moment::from_unix_seconds(fields.text("lu").parse().unwrap_or(0))
}

/// Writes the profile again.
pub async fn save(app: Data<App>, who: Applicant, id: Path<OrganisationId>, fields: Fields) -> Reply {
    let (id, actor, now, seen) = (id.into_inner(), who.actor.clone(), app.now(), read_at(&fields));
    let text = |name: &str| fields.text(name).to_owned();
    let form = ProfileForm {
        osim: text("osim"),
        effectif: text("effectif"),
        benevoles: text("benevoles"),
        adherents: text("adherents"),
        reseau: text("reseau"),
        delegation: text("delegation"),
    };
    let typed = Typed { profile: Some(form.clone()), ..Typed::default() };
    let done = app.write(move |tx| profiles::save(tx, &actor, id, &form, seen, now)).await;
    answer(&app, &who, id, done, ("Le profil est enregistré. Il servira pour tous vos dossiers.", typed)).await
}

fn mandate_of(fields: &Fields) -> MandateForm {
    let text = |name: &str| fields.text(name).to_owned();
    MandateForm { nom: text("nom"), fonction: text("fonction"), debut: text("debut"), fin: text("fin") }
}

/// Adds somebody who leads the organisation.
pub async fn add(app: Data<App>, who: Applicant, id: Path<OrganisationId>, fields: Fields) -> Reply {
    let (id, actor, now, form) = (id.into_inner(), who.actor.clone(), app.now(), mandate_of(&fields));
    let typed = Typed { mandate: Some((None, form.clone())), ..Typed::default() };
    let done = app.write(move |tx| profiles::add_mandate(tx, &actor, id, &form, now)).await;
    answer(&app, &who, id, done, ("Cette personne est dans la liste.", typed)).await
}

/// Writes a mandate again.
pub async fn change(app: Data<App>, who: Applicant, path: Path<(OrganisationId, MandateId)>, fields: Fields) -> Reply {
    let ((id, mandate), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let (form, seen) = (mandate_of(&fields), read_at(&fields));
    let typed = Typed { mandate: Some((Some(mandate), form.clone())), ..Typed::default() };
    let done = app.write(move |tx| profiles::change_mandate(tx, &actor, (id, mandate), &form, seen, now)).await;
    answer(&app, &who, id, done, ("C’est enregistré.", typed)).await
}

/// Takes away a mandate written by mistake.
pub async fn remove(app: Data<App>, who: Applicant, path: Path<(OrganisationId, MandateId)>) -> Reply {
    let ((id, mandate), actor) = (path.into_inner(), who.actor.clone());
    app.write(move |tx| profiles::remove_mandate(tx, &actor, id, mandate)).await?;
    Ok(see_other_saying(format!("/organisations/{id}/profil"), &Flash::success("Cette ligne est retirée.")))
}
