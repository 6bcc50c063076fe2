//! Conflicts of interests that facts point at: beside each member, what was read, to accept or to dismiss.

use crate::{
    domain::{
        ids::{OrganisationId, PersonId},
        text::counted,
        time::french_date,
    },
    store::{Tx, conflicts::AnswerRow, entropy, seats::Member},
    usecases::{
        FieldError, UseCaseError,
        conflicts::{self, Board, Judged, Suggestion},
        form_tokens,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/conflicts.html")]
struct ConflictsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call: String,
    token: String,
    open: usize,
    members: Vec<Shown>,
    errors: FieldErrors,
}

struct Shown {
    name: String,
    institution: String,
    open: Vec<Open>,
    /// Answered before, each in a line.
    answered: Vec<String>,
}

struct Open {
    action: String,
    organisation: String,
    files: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    mark: String,
    /// The name of the field of the reason, one of its own for each form of the page.
    field: String,
    typed: String,
}

/// What was typed into one of the forms.
struct Typed {
    field: String,
    reason: String,
    errors: FieldErrors,
}

fn field(person: PersonId, organisation: OrganisationId) -> String {
    format!("motif-{person}-{organisation}")
}

fn open(found: &Suggestion, reference: &str, typed: Option<&Typed>) -> Open {
    let (person, organisation) = (found.person, found.organisation);
    let field = field(person, organisation);
    Open {
        action: format!("{}/{person}/{organisation}", address(reference)),
        organisation: found.organisation_name.clone(),
        files: found.files.iter().map(|file| (format!("/instruction/{}", file.id), file.reference.clone())).collect(),
        facts: found.open.iter().map(|(clue, fact)| (clue.label(), fact.clone())).collect(),
        mark: found.mark(),
        typed: typed.filter(|typed| typed.field == field).map(|typed| typed.reason.clone()).unwrap_or_default(),
        field,
    }
}

fn answered(found: &Suggestion) -> Vec<String> {
    let said = |answer: &AnswerRow| {
        let verdict = if answer.is_conflict { "déport" } else { "sans suite" };
        let day = french_date(answer.answered_at.paris_date());
        format!("{} – {} {verdict} le {day}\u{a0}: {}", found.organisation_name, answer.fact, answer.reason)
    };
    found.answered.iter().map(said).collect()
}

fn shown((member, found): &(Member, Vec<Suggestion>), reference: &str, typed: Option<&Typed>) -> Shown {
    Shown {
        name: member.name.clone(),
        institution: member.institution.clone(),
        open: found.iter().filter(|found| found.is_open()).map(|found| open(found, reference, typed)).collect(),
        answered: found.iter().flat_map(answered).collect(),
    }
}

fn address(reference: &str) -> String {
    format!("/appels-a-projets/{reference}/conflits")
}

async fn page(app: &App, who: &Officer, reference: &str, typed: Option<Typed>) -> Result<ConflictsPage, Failure> {
    let (actor, wanted) = (who.actor.clone(), reference.to_owned());
    let Board { call, members } = app.read(move |conn| conflicts::board(conn, &actor, &wanted)).await?;
    Ok(ConflictsPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(format!("/appels-a-projets/{reference}"), &call.title),
        ],
        token: entropy::form_token()?,
        open: members.iter().flat_map(|(_, found)| found).filter(|found| found.is_open()).count(),
        members: members.iter().map(|member| shown(member, reference, typed.as_ref())).collect(),
        call: call.title,
        errors: typed.map(|typed| typed.errors).unwrap_or_default(),
    })
}

/// What the facts point at, member by member.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    Ok(render(&page(&app, &who, &reference, None).await?))
}

/// Accepts or dismisses what a member and an organisation seem to have in common.
pub async fn answer(
    app: Data<App>,
    who: Officer,
    path: Path<(String, PersonId, OrganisationId)>,
    form: Fields,
) -> Reply {
    let ((reference, member, organisation), actor, person) = (path.into_inner(), who.actor.clone(), who.id);
    let (now, home, field, sent) = (app.now(), address(&reference), field(member, organisation), form.clone());
    let (wanted, route, named) = (reference.clone(), format!("{home}/{member}/{organisation}"), field.clone());
    let judged = if form.text("suite") == "deport" { Judged::Conflict } else { Judged::Nothing };
    let write = move |tx: &mut Tx| {
        let body = format!("{sent:?}");
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let about = (member, organisation, sent.text("vu"));
            conflicts::answer(tx, &actor, &wanted, about, (judged, sent.text(&named)), now)?;
            Ok(address(&wanted))
        })
    };
    let said = match judged {
        Judged::Conflict => "Le déport est enregistré\u{a0}: ces dossiers n’existent plus pour cette personne.",
        Judged::Nothing => "C’est noté, avec votre raison. Ce lien ne sera plus signalé.",
    };
    match app.write(write).await {
        Ok(to) => {
            app.bells().ring_all();
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            refused(&app, &who, &reference, (field, &form), wrong).await
        }
        Err(failure) => Err(failure),
    }
}

async fn refused(
    app: &App,
    who: &Officer,
    reference: &str,
    (field, form): (String, &Fields),
    wrong: Vec<FieldError>,
) -> Reply {
    let errors = wrong.into_iter().map(|error| (field.clone(), error.message)).collect();
    let typed = Typed { reason: form.text(&field).to_owned(), field, errors };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(app, who, reference, Some(typed)).await?))
}

impl ConflictsPage {
    fn open_in_words(&self) -> String {
        counted(i64::try_from(self.open).unwrap_or(i64::MAX), "lien possible", "liens possibles")
    }
}
