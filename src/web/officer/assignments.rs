//! Who is proposed to read what, with the reason of each: shown, changed by hand, then applied.

use super::named;
use crate::{
    domain::{
        ids::{ApplicationId, PersonId},
        time::Moment,
    },
    store::{Tx, entropy, seats::Member},
    usecases::{
        FieldError, Outcome, UseCaseError,
        assignments::{self, Plan, PlannedFile, field, in_words},
        form_tokens,
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
use chrono::NaiveDate;

/// Files shown at once; the others come once these have their readers.
const MOST_FILES: usize = 60;

#[derive(Template)]
#[template(path = "officer/assignments.html")]
struct PlanPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call: String,
    href: String,
    conflicts: String,
    token: String,
    due: String,
    /// How many readers of each college a file has at least; empty when the fund does not say.
    colleges: String,
    files: Vec<FileShown>,
    is_cut: bool,
    errors: FieldErrors,
}

struct FileShown {
    href: String,
    title: String,
    reference: String,
    /// Who reads it already.
    readers: String,
    places: Vec<Place>,
    /// Who is kept away from it, each with the reason.
    kept: String,
}

/// A reader that is missing.
struct Place {
    field: String,
    label: String,
    choices: Vec<Choice>,
    why: String,
}

fn place(plan: &Plan, file: &PlannedFile, number: usize, form: Option<&Fields>) -> Place {
    let field = field(file.row.id, number);
    let proposed = file.proposed.get(number);
    let chosen = match form {
        Some(form) => form.text(&field).to_owned(),
        None => proposed.map(|(person, _)| person.to_string()).unwrap_or_default(),
    };
    let is_kept = |person: PersonId| file.kept.iter().any(|(kept, _)| *kept == person);
    let may_read =
        |member: &&Member| !member.is_guest && !is_kept(member.person_id) && !file.readers.contains(&member.person_id);
    let option = |member: &Member| {
        let of = if member.institution.is_empty() { String::new() } else { format!(" ({})", member.institution) };
        (member.person_id.to_string(), format!("{}{of}", member.name))
    };
    let members = plan.members.iter().filter(may_read).map(option);
    Place {
        label: format!("Lecteur·rice {}", file.readers.len() + number + 1),
        choices: Choice::list(members, &[&chosen]),
        why: proposed
            .map(|(person, why)| format!("{}\u{a0}: {}", plan.name(*person), in_words(why)))
            .unwrap_or_default(),
        field,
    }
}

fn file_shown(plan: &Plan, file: &PlannedFile, form: Option<&Fields>) -> FileShown {
    let names = file.readers.iter().map(|person| plan.name(*person)).filter(|name| !name.is_empty());
    let kept = file.kept.iter().map(|(person, kept)| format!("{} ({})", plan.name(*person), kept.words()));
    FileShown {
        href: format!("/instruction/{}", file.row.id),
        title: named(&file.row.title),
        reference: file.row.reference.clone(),
        readers: names.collect::<Vec<_>>().join(", "),
        places: (0..file.lacks).map(|number| place(plan, file, number, form)).collect(),
        kept: kept.collect::<Vec<_>>().join(", "),
    }
}

fn colleges(plan: &Plan) -> String {
    let wanted = plan.call.fund.committee.colleges.iter().filter(|college| college.readers > 0);
    let wanted = wanted.map(|college| format!("{}\u{a0}: {}", college.label, college.readers));
    wanted.collect::<Vec<_>>().join(", ")
}

fn address(reference: &str) -> String {
    format!("/appels-a-projets/{reference}/repartition")
}

async fn page(
    app: &App,
    who: &Officer,
    reference: &str,
    again: Option<(&Fields, FieldErrors)>,
) -> Result<PlanPage, Failure> {
    let (actor, wanted, today) = (who.actor.clone(), reference.to_owned(), app.now().paris_date());
    let plan = app.read(move |conn| assignments::plan(conn, &actor, &wanted)).await?;
    let (form, errors) = again.map_or((None, FieldErrors::none()), |(form, errors)| (Some(form), errors));
    let committee_on = plan.call.definition.calendar.committee_on;
    let due = if committee_on > today { committee_on.to_string() } else { String::new() };
    let title = &plan.call.row.title;
    Ok(PlanPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(format!("/appels-a-projets/{reference}"), title),
        ],
        call: title.clone(),
        href: address(reference),
        conflicts: format!("/appels-a-projets/{reference}/conflits"),
        token: entropy::form_token()?,
        due: form.map_or(due, |form| form.text("echeance").to_owned()),
        colleges: colleges(&plan),
        files: plan.files.iter().take(MOST_FILES).map(|file| file_shown(&plan, file, form)).collect(),
        is_cut: plan.files.len() > MOST_FILES,
        errors,
    })
}

/// What is proposed.
pub async fn show(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    Ok(render(&page(&app, &who, &reference, None).await?))
}

/// The choices of the form: field, file and person.
fn chosen(form: &Fields) -> Outcome<Vec<(String, ApplicationId, PersonId)>> {
    let wrong = |name: &str| UseCaseError::Invalid(vec![FieldError::new(name, "Choisissez une personne de la liste.")]);
    let filled = form.iter().filter(|(name, value)| name.starts_with("lecteur-") && !value.trim().is_empty());
    let read = filled.map(|(name, value)| {
        let file = name.strip_prefix("lecteur-").and_then(|rest| rest.rsplit_once('-')).map(|(file, _)| file);
        let file = file.and_then(|file| file.parse().ok()).ok_or_else(|| wrong(name))?;
        Ok((name.to_owned(), file, value.trim().parse().map_err(|_| wrong(name))?))
    });
    read.collect()
}

fn due(form: &Fields, now: Moment) -> Outcome<NaiveDate> {
    let wrong = |sentence: &str| UseCaseError::Invalid(vec![FieldError::new("echeance", sentence)]);
    let day = form.filled("echeance").ok_or_else(|| wrong("Donnez la date pour laquelle rendre les évaluations."))?;
    let day: NaiveDate = day.parse().map_err(|_| wrong("Cette date n’existe pas."))?;
    if day < now.paris_date() {
        return Err(wrong("Cette date est passée\u{a0}: donnez-en une à venir."));
    }
    Ok(day)
}

fn said(given: usize) -> String {
    match given {
        0 => "Personne n’était choisi\u{a0}: rien n’est confié.".to_owned(),
        1 => "Une évaluation est confiée. Un courriel l’annonce dans les dix minutes, avec ce qui l’aura été d’ici là."
            .to_owned(),
        n => format!(
            "{n} évaluations sont confiées. Chaque personne en reçoit la liste dans les dix minutes, en un seul courriel."
        ),
    }
}

/// Entrusts what was chosen.
pub async fn apply(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (actor, person, now, reference) = (who.actor.clone(), who.id, app.now(), reference.into_inner());
    let (wanted, sent) = (reference.clone(), form.clone());
    let write = move |tx: &mut Tx| {
        let (route, body) = (address(&wanted), format!("{sent:?}"));
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let (due, chosen) = (due(&sent, now)?, chosen(&sent)?);
            Ok(said(assignments::apply(tx, &actor, &wanted, &chosen, Some(due), now)?))
        })
    };
    match app.write(write).await {
        Ok(said) => Ok(see_other_saying(format!("/appels-a-projets/{reference}"), &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(&app, &who, &reference, Some((&form, errors))).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
