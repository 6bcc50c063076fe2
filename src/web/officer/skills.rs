//! One member of a committee for its officer: where they come from, what they know well, and with whom they do not read.

use crate::{
    domain::{
        ids::PersonId,
        references::{DEPARTMENTS, axis, department_name},
    },
    store::{Conn, Tx},
    usecases::{
        Outcome, UseCaseError,
        seat_origins::{self, OriginForm},
        skills::{self, SeatCard, SkillsForm},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
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
#[template(path = "officer/seat.html")]
struct SeatPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    name: String,
    detail: String,
    is_guest: bool,
    action: String,
    colleges: Vec<Choice>,
    origin: OriginForm,
    axes: Vec<Choice>,
    departments: Vec<Choice>,
    apart: Vec<Choice>,
    errors: FieldErrors,
}

/// What is said of a seat: what its holder knows, and where they come from.
type Typed = (SkillsForm, OriginForm);

fn typed(form: &Fields) -> Typed {
    let all = |name: &str| form.all(name).map(str::to_owned).collect();
    let text = |name: &str| form.text(name).to_owned();
    let origin = OriginForm {
        college: text("college"),
        employer: text("employeur"),
        number: text("employeur_numero"),
        domain: text("employeur_domaine"),
    };
    (SkillsForm { axes: all("axes"), departments: all("departements"), apart: all("separes") }, origin)
}

fn kept(card: &SeatCard) -> SkillsForm {
    SkillsForm {
        axes: card.axes.iter().cloned().collect(),
        departments: card.departments.iter().cloned().collect(),
        apart: card.apart.iter().map(ToString::to_string).collect(),
    }
}

fn choices(options: impl Iterator<Item = (String, String)>, chosen: &[String]) -> Vec<Choice> {
    Choice::list(options, &chosen.iter().map(String::as_str).collect::<Vec<_>>())
}

fn page(who: &Officer, reference: &str, card: &SeatCard, typed: &Typed, errors: FieldErrors) -> SeatPage {
    let (form, origin) = typed;
    let call = &card.call;
    let axes = call.definition.axes.iter();
    let axes = axes.map(|code| (code.clone(), axis(code).map_or(code.clone(), |axis| axis.label.clone())));
    let places = DEPARTMENTS.iter();
    let places = places.map(|code| ((*code).to_owned(), department_name(code).unwrap_or(code).to_owned()));
    let others = card.others.iter().map(|member| (member.person_id.to_string(), member.name.clone()));
    let colleges = call.fund.committee.colleges.iter().map(|college| (college.code.clone(), college.label.clone()));
    let of = if card.member.institution.is_empty() { "en son nom propre" } else { &card.member.institution };
    SeatPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(format!("/appels-a-projets/{reference}"), &call.row.title),
        ],
        name: card.member.name.clone(),
        detail: format!("{of}, {}", super::committees::vote_in_words(&card.member)),
        is_guest: card.member.is_guest,
        action: format!("/appels-a-projets/{reference}/comite/{}", card.member.person_id),
        colleges: Choice::list(colleges, &[&origin.college]),
        origin: origin.clone(),
        axes: choices(axes, &form.axes),
        departments: choices(places, &form.departments),
        apart: choices(others, &form.apart),
        errors,
    }
}

/// What is known of a member's reading.
pub async fn show(app: Data<App>, who: Officer, path: Path<(String, PersonId)>) -> Reply {
    let ((reference, person), actor) = (path.into_inner(), who.actor.clone());
    let wanted = reference.clone();
    let find = move |conn: &mut Conn| -> Outcome<(SeatCard, OriginForm)> {
        let card = skills::find(conn, &actor, &wanted, person)?;
        Ok((card, seat_origins::find(conn, &actor, &wanted, person)?))
    };
    let (card, origin) = app.read(find).await?;
    Ok(render(&page(&who, &reference, &card, &(kept(&card), origin), FieldErrors::none())))
}

/// Keeps what was ticked.
pub async fn save(app: Data<App>, who: Officer, path: Path<(String, PersonId)>, form: Fields) -> Reply {
    let ((reference, person), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let (wanted, form) = (reference.clone(), typed(&form));
    let sent = form.clone();
    let (again, asked) = (actor.clone(), reference.clone());
    let write = move |tx: &mut Tx| {
        let (skills, origin) = &sent;
        skills::save(tx, &actor, &wanted, person, skills, now)?;
        seat_origins::save(tx, &actor, &wanted, person, origin)
    };
    match app.write(write).await {
        Ok(()) => {
            let said = Flash::success("C’est noté. La prochaine proposition de lectures en tient compte.");
            Ok(see_other_saying(format!("/appels-a-projets/{reference}"), &said))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let card = app.read(move |conn| skills::find(conn, &again, &asked, person)).await?;
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(&who, &reference, &card, &form, errors);
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
