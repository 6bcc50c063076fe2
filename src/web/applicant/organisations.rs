//! My organisations: written once, used in every application.

use super::errors_of;
use crate::{
    domain::{
        identity::{Email, faults},
        ids::{OrganisationId, PersonId},
        organisations::{LegalForm, MemberSeat, Right, SIRET_OWED},
        references::{Commune, commune, search_communes},
        time::Moment,
    },
    store::{communes, organisations as rows},
    usecases::{
        UseCaseError,
        organisations::{self, OrganisationForm},
        profiles,
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
#[template(path = "applicant/organisations.html")]
struct OrganisationsPage {
    chrome: Chrome,
    lines: Vec<Line>,
}

/// One organisation of the list.
struct Line {
    href: String,
    name: String,
    city: String,
    is_siret_owed: bool,
    is_commune_unknown: bool,
}

#[derive(Template)]
#[template(path = "applicant/organisation.html")]
struct OrganisationPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    form: OrganisationForm,
    forms: Vec<Choice>,
    countries: Vec<Choice>,
    errors: FieldErrors,
    /// When the card was last written, as the page read it; empty for a new one.
    read_at: String,
    id: String,
    /// What is to be put right about who leads it and where it is.
    remarks: Vec<String>,
    /// The communes that fit what was typed, once they were looked for.
    found: Option<Vec<Choice>>,
    /// What is to be said of a missing SIRET; empty where nothing is.
    siret_owed: &'static str,
    members: Vec<MemberShown>,
    /// What the reader may do here.
    may_edit: bool,
    may_invite: bool,
    reads_vault: bool,
    guest: (String, String),
    /// The seats a guest may be given.
    seats: Vec<Choice>,
}

/// Somebody who acts for the organisation.
struct MemberShown {
    name: String,
    email: String,
    seat: &'static str,
    /// Where their seat is changed; nothing for the reader's own.
    href: Option<String>,
    seats: Vec<Choice>,
}

/// The list.
pub async fn list(app: Data<App>, who: Applicant) -> Reply {
    let actor = who.actor.clone();
    let rows = app.read(move |conn| organisations::mine(conn, &actor)).await?;
    let line = |row: rows::OrganisationRow| Line {
        href: format!("/organisations/{}", row.id),
        is_siret_owed: !row.may_be_paid(),
        is_commune_unknown: organisations::unknown_commune(&row).is_some(),
        name: row.name,
        city: row.city,
    };
    Ok(render(&OrganisationsPage { chrome: who.chrome(), lines: rows.into_iter().map(line).collect() }))
}

/// Communes found at once: who looks for one writes a little more of its name.
const MOST: usize = 20;

/// The name of the commune that was chosen among those found, as its field understands it; nothing once the field says
/// something else than what was looked for, or looks for something anew.
fn chosen_commune(fields: &Fields) -> Option<String> {
    let is_of_field = fields.text("suite") != SEARCH && fields.text("ville") == fields.text("ville-cherchee");
    let code = fields.filled("commune-trouvee").filter(|_| is_of_field)?;
    commune(code).map(Commune::shown)
}

/// The communes that fit what was typed, the only one chosen already.
fn communes_found(typed: &str) -> Vec<Choice> {
    let found = search_communes(typed, MOST);
    let choice = |commune: &&Commune| Choice {
        value: commune.insee.clone(),
        label: commune.shown(),
        help: commune.postcodes.join(", "),
        checked: found.len() == 1,
    };
    found.iter().map(choice).collect()
}

/// The page again with the communes that fit, everything typed still there; nothing when another button was pressed.
async fn looked_up(app: &App, who: &Applicant, id: Option<OrganisationId>, fields: &Fields) -> Option<Reply> {
    if fields.text("suite") != SEARCH {
        return None;
    }
    let found = communes_found(fields.text("ville"));
    let page = page(app, who, id, form_of(fields), FieldErrors::none()).await;
    Some(page.map(|page| render(&OrganisationPage { found: Some(found), ..page })))
}

/// What the button beside the commune sends.
const SEARCH: &str = "commune";

fn form_of(fields: &Fields) -> OrganisationForm {
    let text = |name: &str| fields.text(name).to_owned();
    OrganisationForm {
        nom: text("nom"),
        forme: text("forme"),
        siret: text("siret"),
        rna: text("rna"),
        uai: text("uai"),
        rue: text("rue"),
        code_postal: text("code_postal"),
        ville: chosen_commune(fields).unwrap_or_else(|| text("ville")),
        pays: text("pays"),
        creation: text("creation"),
        budget_annuel: text("budget_annuel"),
        courriel: text("courriel"),
        telephone: text("telephone"),
        site: text("site"),
        representant: text("representant"),
        qualite: text("qualite"),
    }
}

/// Every seat with what it allows, one of them chosen.
fn seats(chosen: MemberSeat) -> Vec<Choice> {
    let choice = |seat: &MemberSeat| Choice {
        value: seat.code().into(),
        label: crate::web::grants::capitalised(seat.label()),
        help: seat.help().into(),
        checked: *seat == chosen,
    };
    MemberSeat::ALL.iter().map(choice).collect()
}

async fn page(
    app: &App,
    who: &Applicant,
    id: Option<OrganisationId>,
    form: OrganisationForm,
    errors: FieldErrors,
) -> Result<OrganisationPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (countries, current, members, seat, remarks) = app
        .read(move |conn| {
            let countries = communes::countries(conn)?;
            let Some(id) = id else { return Ok((countries, None, Vec::new(), Some(MemberSeat::Manager), Vec::new())) };
            let profile = profiles::find(conn, &actor, id)?;
            let seat = organisations::seat(conn, &actor, id)?;
            let mut remarks = profile.identity().remarks(now.paris_date());
            remarks.extend(organisations::unknown_commune(&profile.card));
            Ok((countries, Some(profile.card), rows::members(conn, id)?, seat, remarks))
        })
        .await?;
    let may = |right: Right| seat.is_some_and(|seat| seat.may(right));
    let country = if form.pays.is_empty() { "FR" } else { &form.pays };
    let countries = Choice::list(countries.into_iter().map(|row| (row.code, row.name)), &[country]);
    let forms = Choice::list(LegalForm::ALL.iter().map(|f| (f.code(), f.label())), &[&form.forme]);
    let member = |(person, name, email, seat): (PersonId, String, Email, MemberSeat)| MemberShown {
        name,
        email: email.to_string(),
        seat: seat.label(),
        href: id.filter(|_| person != who.id).map(|id| format!("/organisations/{id}/membres/{person}")),
        seats: seats(seat),
    };
    Ok(OrganisationPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/organisations", "Mes organisations")],
        title: current.as_ref().map_or("Ajouter une organisation".into(), |row| row.name.clone()),
        forms,
        countries,
        errors,
        read_at: current.as_ref().map(|row| row.updated_at.unix_seconds().to_string()).unwrap_or_default(),
        id: id.map(|id| id.to_string()).unwrap_or_default(),
        siret_owed: current.as_ref().filter(|row| !row.may_be_paid()).map_or("", |_| SIRET_OWED),
        remarks,
        found: None,
        members: members.into_iter().map(member).collect(),
        may_edit: may(Right::Write),
        may_invite: may(Right::Invite),
        reads_vault: may(Right::Read),
        seats: seats(MemberSeat::Member),
        guest: Default::default(),
        form,
    })
}

/// The empty form.
pub async fn blank(app: Data<App>, who: Applicant) -> Reply {
    let page = page(&app, &who, None, OrganisationForm::default(), FieldErrors::none()).await?;
    Ok(render(&page))
}

/// Adds an organisation.
pub async fn create(app: Data<App>, who: Applicant, fields: Fields) -> Reply {
    if let Some(page) = looked_up(&app, &who, None, &fields).await {
        return page;
    }
    let (form, actor, now) = (form_of(&fields), who.actor.clone(), app.now());
    let typed = form.clone();
    match app.write(move |tx| organisations::create(tx, &actor, &typed, now)).await {
        Ok(_) => {
            let flash = Flash::success("L’organisation est enregistrée. Elle servira pour tous vos dossiers.");
            Ok(see_other_saying("/organisations", &flash))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, None, form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// One organisation's card.
pub async fn show(app: Data<App>, who: Applicant, id: Path<OrganisationId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let row = app.read(move |conn| organisations::find(conn, &actor, id)).await?;
    Ok(render(&page(&app, &who, Some(id), OrganisationForm::from(&row), FieldErrors::none()).await?))
}

/// Writes the card again.
pub async fn edit(app: Data<App>, who: Applicant, id: Path<OrganisationId>, fields: Fields) -> Reply {
    let id = id.into_inner();
    if let Some(page) = looked_up(&app, &who, Some(id), &fields).await {
        return page;
    }
    let (form, actor, now) = (form_of(&fields), who.actor.clone(), app.now());
    let (typed, read_at) = (form.clone(), fields.text("lu").parse().unwrap_or(0));
    let read_at = Moment::from_unix_seconds(read_at);
    match app.write(move |tx| organisations::edit(tx, &actor, id, &typed, read_at, now)).await {
        Ok(()) => Ok(see_other_saying(format!("/organisations/{id}"), &Flash::success("C’est enregistré."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, Some(id), form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Seats a colleague in the organisation.
pub async fn invite(app: Data<App>, who: Applicant, id: Path<OrganisationId>, fields: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let mut errors = FieldErrors::none();
    let sentence = "Cette adresse n’a pas la bonne forme. Exemple\u{a0}: prenom@asso.fr.";
    let sentence = faults::email(fields.text("invite_courriel"), sentence);
    let email = errors.note("invite_courriel", fields.text("invite_courriel").parse::<Email>(), &sentence);
    let name = fields.text("invite_nom").to_owned();
    if name.is_empty() {
        errors.add("invite_nom", "Indiquez le nom de la personne.");
    }
    let seat = form_seat(&fields);
    if let (Some(email), true) = (email, errors.is_empty()) {
        app.write(move |tx| organisations::invite(tx, &actor, id, (&email, &name), seat, now)).await?;
        let flash = Flash::success("L’invitation part par courriel\u{a0}: cette personne verra vos dossiers.");
        return Ok(see_other_saying(format!("/organisations/{id}"), &flash));
    }
    let row = app.read(move |conn| organisations::find(conn, &actor, id)).await?;
    let mut page = page(&app, &who, Some(id), OrganisationForm::from(&row), errors).await?;
    page.seats = seats(seat);
    page.guest = (name, fields.text("invite_courriel").to_owned());
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// The seat that a form gives; without a word, that of a colleague.
fn form_seat(fields: &Fields) -> MemberSeat {
    fields.text("siege").parse().unwrap_or(MemberSeat::Member)
}

/// Gives somebody of the organisation another seat, or takes it away.
pub async fn reseat(app: Data<App>, who: Applicant, path: Path<(OrganisationId, PersonId)>, fields: Fields) -> Reply {
    let ((id, person), actor) = (path.into_inner(), who.actor.clone());
    let is_gone = fields.text("siege") == "retrait";
    let seat = if is_gone { None } else { Some(fields.text("siege").parse().map_err(|_| Failure::NotFound)?) };
    app.write(move |tx| organisations::reseat(tx, &actor, id, person, seat)).await?;
    let said = if is_gone { "Cette personne n’agit plus pour l’organisation." } else { "C’est enregistré." };
    Ok(see_other_saying(format!("/organisations/{id}"), &Flash::success(said)))
}
