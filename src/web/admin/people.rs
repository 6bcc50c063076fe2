//! People and what they may do here. Nobody changes their own rights.

use crate::{
    domain::{identity::look_alikes::like_the_team, ids::PersonId, labels, roles::Role, text::fold},
    store::{
        Conn, StoreError,
        people::{self as rows, PersonRow},
    },
    usecases::{Outcome, UseCaseError, funding_sources, look_alikes, messages, people},
    web::{
        App, Failure, Fields, Reply,
        audiences::Admin,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Choice, Fact, Pager, Press, Weight},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

/// People on one page.
const PAGE: usize = 50;
const LIST: &str = "/administration";

/// One person of the list.
struct Line {
    row: PersonRow,
    roles: String,
    /// That the address looks like one of the team's; often nothing.
    caution: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct PeoplePage {
    chrome: Chrome,
    /// That mails do not leave; empty while they do.
    alarm: String,
    search: String,
    people: Vec<Line>,
    pager: Pager,
    typed_name: String,
    typed_email: String,
    roles: Vec<Choice>,
    errors: FieldErrors,
}

/// Which people are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    apres: String,
}

/// The roles a person can have.
fn given_roles() -> impl Iterator<Item = Role> {
    Role::ALL.iter().copied().filter(|role| *role != Role::System)
}

fn choices(roles: impl Iterator<Item = Role>, chosen: &str) -> Vec<Choice> {
    Choice::list(roles.map(|role| (role.code(), labels::role(role))), &[chosen])
}

/// People, and every role each of them has.
type Found = (Vec<PersonRow>, Vec<(PersonId, Role)>);

fn page_of(conn: &mut Conn, asked: &Asked) -> Outcome<Found> {
    let after = asked.apres.parse().ok().map(|id: PersonId| rows::find(conn, id)).transpose()?;
    let after = after.as_ref().map(|row| (row.sort_key.as_str(), row.id));
    let people = rows::page(conn, &fold(&asked.q), after, PAGE as i64 + 1)?;
    let ids: Vec<_> = people.iter().map(|row| row.id).collect();
    Ok((people, rows::roles_of_all(conn, &ids)?))
}

async fn page(app: &App, who: &Admin, asked: Asked, form: &Fields, errors: FieldErrors) -> Result<PeoplePage, Failure> {
    let (search, later) = (asked.q.clone(), !asked.apres.is_empty());
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let team = look_alikes::of_team(conn, &actor)?;
        Ok((page_of(conn, &asked)?, team, messages::overdue_since(conn, &actor, now)?))
    };
    let ((mut people, roles), team, since) = app.read(load).await?;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    let query = serde_html_form::to_string([("q", &search)]).unwrap_or_default();
    let next = people.last().filter(|_| more).map(|last| format!("{LIST}?{query}&apres={}", last.id));
    let pager = Pager { first: later.then(|| format!("{LIST}?{query}")), next };
    let line = |row: PersonRow| {
        let mine = roles.iter().filter(|(id, _)| *id == row.id).map(|(_, role)| labels::role(*role));
        Line { roles: mine.collect::<Vec<_>>().join(", "), caution: like_the_team(row.email.as_str(), &team), row }
    };
    Ok(PeoplePage {
        chrome: who.chrome(),
        alarm: super::messages::alarm(since),
        search,
        people: people.into_iter().map(line).collect(),
        pager,
        typed_name: form.text("nom").to_owned(),
        typed_email: form.text("email").to_owned(),
        roles: choices(given_roles(), form.text("role")),
        errors,
    })
}

/// Everybody, by name.
pub async fn list(app: Data<App>, who: Admin, asked: Query<Asked>) -> Reply {
    Ok(render(&page(&app, &who, asked.into_inner(), &Fields::default(), FieldErrors::none()).await?))
}

/// Adds a person with a first role.
pub async fn add(app: Data<App>, who: Admin, form: Fields) -> Reply {
    let (actor, typed, now) = (who.actor.clone(), form.clone(), app.now());
    let work = move |tx: &mut crate::store::Tx| {
        people::invite(tx, &actor, typed.text("nom"), typed.text("email"), typed.text("role"), now)
    };
    match app.write(work).await {
        Ok(id) => Ok(see_other_saying(format!("{LIST}/personnes/{id}"), &Flash::success("La personne est ajoutée."))),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let errors = fields.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(&app, &who, Asked::default(), &form, errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// A role somebody has, with its button.
struct Held {
    label: &'static str,
    code: &'static str,
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    chrome: Chrome,
    links: Vec<NavLink>,
    person: PersonRow,
    facts: Vec<Fact>,
    held: Vec<Held>,
    other_roles: Vec<Choice>,
    /// For which funder the person reads; nothing for whoever reads for none.
    funders: Option<Vec<Choice>>,
    access: Vec<Action>,
    is_self: bool,
    errors: FieldErrors,
}

const OWN_RIGHTS: &str = "Personne ne change ses propres droits\u{a0}: demandez à un·e collègue.";

fn access(person: &PersonRow, is_self: bool) -> Action {
    let (label, word, weight) = match person.disabled_at {
        None => ("Fermer l’accès", "fermer", Weight::Danger),
        Some(_) => ("Rouvrir l’accès", "rouvrir", Weight::Secondary),
    };
    let href = format!("{LIST}/personnes/{}/{word}", person.id);
    Action { label: label.into(), href, weight, refusal: is_self.then(|| OWN_RIGHTS.to_owned()), press: Press::Acts }
}

/// One person.
pub async fn show(app: Data<App>, who: Admin, id: Path<PersonId>) -> Reply {
    let id = id.into_inner();
    let actor = who.actor.clone();
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let (person, roles) = (rows::find(conn, id)?, rows::roles_of(conn, id)?);
        Ok((person, roles, funding_sources::seats(conn, &actor, id)?))
    };
    let (person, roles, (funders, seat)) = app.read(load).await?;
    let seat = seat.and_then(|seat| funders.iter().find(|row| row.id == seat)).map(|row| row.code.clone());
    let funders = Choice::list(funders.into_iter().map(|row| (row.code, row.name)), &[seat.as_deref().unwrap_or("")]);
    let is_self = person.id == who.id;
    let facts = vec![
        Fact::new("Adresse électronique", &person.email),
        Fact::new("Téléphone", person.phone.as_ref().map(ToString::to_string).unwrap_or_default()),
        Fact::new("Depuis le", person.created_at.french()),
        Fact::new("Accès", if person.disabled_at.is_some() { "fermé" } else { "ouvert" }),
    ];
    let page = PersonPage {
        chrome: who.chrome(),
        links: vec![NavLink::new(LIST, "Personnes et rôles")],
        facts,
        held: roles.iter().map(|role| Held { label: labels::role(*role), code: role.code() }).collect(),
        other_roles: choices(given_roles().filter(|role| !roles.contains(role)), ""),
        funders: roles.contains(&Role::Funder).then_some(funders),
        access: vec![access(&person, is_self)],
        person,
        is_self,
        errors: FieldErrors::none(),
    };
    Ok(render(&page))
}

/// Changes what a person may do: `donner` and `retirer` a role, `fermer` and `rouvrir` the access; `bailleur` says for
/// which funder the person reads.
pub async fn change(app: Data<App>, who: Admin, path: Path<(PersonId, String)>, form: Fields) -> Reply {
    let (id, word) = path.into_inner();
    let (actor, now) = (who.actor.clone(), app.now());
    let role = form.text("role").parse::<Role>().ok();
    let funder = form.text("bailleur").to_owned();
    let page = format!("{LIST}/personnes/{id}");
    let sentence = match (word.as_str(), role) {
        ("donner", Some(role)) => format!("Rôle donné\u{a0}: {}.", labels::role(role)),
        ("retirer", Some(role)) => format!("Rôle retiré\u{a0}: {}.", labels::role(role)),
        ("donner" | "retirer", None) => {
            return Ok(see_other_saying(page, &Flash::error("Choisissez un rôle dans la liste.")));
        }
        ("fermer", _) => "L’accès est fermé\u{a0}: la personne est déconnectée partout.".to_owned(),
        ("rouvrir", _) => "L’accès est rouvert.".to_owned(),
        ("bailleur", _) if funder.is_empty() => "La personne ne lit plus pour aucun bailleur.".to_owned(),
        ("bailleur", _) => "La personne lit désormais les conventions de ce bailleur.".to_owned(),
        _ => return Err(StoreError::NotFound.into()),
    };
    app.write(move |tx| match (word.as_str(), role) {
        ("donner", Some(role)) => people::add_role(tx, &actor, id, role, now),
        ("retirer", Some(role)) => people::remove_role(tx, &actor, id, role, now),
        ("fermer", _) => people::disable(tx, &actor, id, now),
        ("bailleur", _) => funding_sources::seat(tx, &actor, id, &funder, now),
        _ => people::enable(tx, &actor, id),
    })
    .await?;
    Ok(see_other_saying(page, &Flash::success(sentence)))
}
