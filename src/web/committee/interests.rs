//! The declaration of interests of a member: once a year, and before the room of each session opens to them. What a tie
//! keeps from them is not said: it does not exist for them.

use super::errors_of;
use crate::{
    domain::{
        ids::{CommitteeMandateId, SessionId},
        interests::{Bond, MOST},
        time::{Moment, french_date},
    },
    store::{Conn, Tx, entropy, sessions::SessionRow},
    usecases::{
        FieldError, Outcome, UseCaseError, form_tokens,
        interests::{self, Declared, InterestsForm, NOTHING, OwnMandate, TypedInterest},
        login_links::own_path,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Reviewer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

/// Empty lines shown after those that are written.
const SPARE: usize = 2;
const HOME: &str = "/comite";

#[derive(Template)]
#[template(path = "committee/interests.html")]
struct InterestsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    /// The session it is asked for; empty when it is for the year.
    session: String,
    action: String,
    next: String,
    token: String,
    /// The committees it is made for, when the member sits in several.
    mandates: Vec<Choice>,
    /// Where each of them stands, in words.
    standings: Vec<String>,
    /// Until when the last one stands, in words; empty when one is owed.
    until: String,
    /// What is declared already, each in a line.
    known: Vec<String>,
    choices: Vec<Choice>,
    lines: Vec<Line>,
    errors: FieldErrors,
}

/// One line of the form, with the names of its fields.
struct Line {
    place: usize,
    organisation: String,
    number: String,
    bonds: Vec<Choice>,
    detail: String,
}

impl Line {
    fn field(&self, name: &str) -> String {
        format!("{name}-{}", self.place)
    }
}

fn lines(typed: &[TypedInterest]) -> Vec<Line> {
    let blank = TypedInterest::default();
    let written = typed.iter().rposition(|line| *line != blank).map_or(0, |at| at + 1);
    let line = |place: usize| {
        let line = typed.get(place).unwrap_or(&blank);
        let bonds = Bond::ALL.iter().map(|bond| (bond.code(), bond.label()));
        Line {
            place,
            organisation: line.organisation.clone(),
            number: line.number.clone(),
            bonds: Choice::list(bonds, &[&line.bond]),
            detail: line.detail.clone(),
        }
    };
    (0..(written + SPARE).min(MOST)).map(line).collect()
}

fn typed(form: &Fields) -> InterestsForm {
    let text = |name: &str, place: usize| form.text(&format!("{name}-{place}")).to_owned();
    let line = |place| TypedInterest {
        organisation: text("organisation", place),
        number: text("numero", place),
        bond: text("lien", place),
        detail: text("detail", place),
    };
    let mut mandates: Vec<String> = form.all("mandats").map(str::to_owned).collect();
    if mandates.is_empty() && form.filled("plusieurs").is_some() {
        // None is ticked where several are offered: the answer is no mandate's.
        mandates.push(String::new());
    }
    InterestsForm { answer: form.text("declaration").to_owned(), lines: (0..MOST).map(line).collect(), mandates }
}

/// The form as first shown: for the year it holds what stands, for a session it adds to it.
fn first(declared: &Declared, session: Option<&SessionRow>) -> InterestsForm {
    let lines: Vec<_> = declared.ties.iter().map(|(tie, _)| TypedInterest::from(tie)).collect();
    let answer = if lines.is_empty() { "" } else { "liens" };
    match session {
        Some(_) => InterestsForm::default(),
        None => InterestsForm { answer: answer.to_owned(), lines, ..InterestsForm::default() },
    }
}

/// What a page of declarations reads.
struct Known {
    mandates: Vec<OwnMandate>,
    /// What the page is for: the session, else the first mandate that owes a declaration, else the first.
    declared: Declared,
    shown: Option<CommitteeMandateId>,
    session: Option<SessionRow>,
}

/// What was typed, and what is wrong with it.
type Again = Option<(InterestsForm, FieldErrors)>;

fn load(conn: &mut Conn, who: &Reviewer, session: Option<SessionId>, now: Moment) -> Outcome<Known> {
    let session = session.map(|id| interests::of_session(conn, &who.actor, id)).transpose()?.map(|(row, _)| row);
    if let Some(row) = session {
        let declared = interests::own_in(conn, &who.actor, row.call_id)?;
        return Ok(Known { mandates: Vec::new(), declared, shown: None, session: Some(row) });
    }
    let mandates = interests::own_mandates(conn, &who.actor)?;
    let owing = mandates.iter().find(|own| own.declared.until(now).is_none());
    let (shown, declared) = match owing.or(mandates.first()) {
        Some(own) => (Some(own.mandate.id), own.declared.clone()),
        None => (None, interests::own(conn, &who.actor)?),
    };
    Ok(Known { mandates, declared, shown, session: None })
}

/// Where the declaration for a mandate stands.
fn standing(own: &OwnMandate, now: Moment) -> String {
    let fund = &own.mandate.fund_name;
    match own.declared.until(now) {
        Some(until) => format!("{fund}\u{a0}: faite, vaut jusqu’au {}", french_date(until)),
        None => format!("{fund}\u{a0}: à faire"),
    }
}

async fn page(
    app: &App,
    who: &Reviewer,
    session: Option<SessionId>,
    next: &str,
    again: Again,
) -> Result<InterestsPage, Failure> {
    let (now, reader) = (app.now(), who.clone());
    let Known { mandates, declared, shown, session } = app.read(move |conn| load(conn, &reader, session, now)).await?;
    let (form, errors) = again.unwrap_or_else(|| (first(&declared, session.as_ref()), FieldErrors::none()));
    let ticked: Vec<String> = match form.mandates.is_empty() {
        true => shown.iter().map(ToString::to_string).collect(),
        false => form.mandates.clone(),
    };
    let ticked: Vec<&str> = ticked.iter().map(String::as_str).collect();
    let several = if mandates.len() > 1 { mandates } else { Vec::new() };
    let offered = several.iter().map(|own| (own.mandate.id.to_string(), own.mandate.fund_name.clone()));
    let home = NavLink::new(HOME, "Mes évaluations");
    let (way, title, choices) = match &session {
        None => (
            vec![home],
            "Mes liens d’intérêts".to_owned(),
            [("rien", "Rien à déclarer"), ("liens", "J’ai un lien avec une ou plusieurs organisations")],
        ),
        Some(row) => (
            vec![home, NavLink::new(format!("/comite/seances/{}", row.id), &row.title)],
            "Avant la séance".to_owned(),
            [("rien", "Rien à ajouter à ma déclaration"), ("liens", "J’ai un lien à ajouter")],
        ),
    };
    Ok(InterestsPage {
        chrome: who.chrome(),
        way,
        title,
        action: address(session.as_ref().map(|row| row.id)),
        session: session.map(|row| row.title).unwrap_or_default(),
        next: next.to_owned(),
        token: entropy::form_token()?,
        mandates: Choice::list(offered, &ticked),
        standings: several.iter().map(|own| standing(own, now)).collect(),
        until: declared.until(now).map(french_date).unwrap_or_default(),
        known: declared.ties.iter().map(|(tie, _)| format!("{}\u{a0}: {}", tie.organisation, tie.words())).collect(),
        choices: Choice::list(choices, &[&form.answer]),
        lines: lines(&form.lines),
        errors,
    })
}

fn address(session: Option<SessionId>) -> String {
    match session {
        None => "/comite/declaration".to_owned(),
        Some(id) => format!("/comite/seances/{id}/declaration"),
    }
}

/// Where one goes afterwards.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    suite: String,
}

impl Next {
    fn path(&self) -> &str {
        match own_path(&self.suite) {
            "/" => HOME,
            path => path,
        }
    }
}

/// What stands, and the form of the yearly declaration.
pub async fn ask(app: Data<App>, who: Reviewer, next: Query<Next>) -> Reply {
    Ok(render(&page(&app, &who, None, next.path(), None).await?))
}

/// The question asked before the room of a session.
pub async fn ask_session(app: Data<App>, who: Reviewer, id: Path<SessionId>) -> Reply {
    let id = id.into_inner();
    Ok(render(&page(&app, &who, Some(id), &format!("/comite/seances/{id}/salle"), None).await?))
}

/// Declares for the year.
pub async fn declare(app: Data<App>, who: Reviewer, form: Fields) -> Reply {
    let next = Next { suite: form.text("suite").to_owned() };
    keep(&app, &who, None, next.path(), form).await
}

/// Declares for a session, which opens its room.
pub async fn declare_session(app: Data<App>, who: Reviewer, id: Path<SessionId>, form: Fields) -> Reply {
    let id = id.into_inner();
    keep(&app, &who, Some(id), &format!("/comite/seances/{id}/salle"), form).await
}

/// What is said of a declaration that was kept.
fn kept(form: &InterestsForm) -> &'static str {
    match form.answer.as_str() {
        NOTHING => "Votre déclaration est enregistrée.",
        _ => {
            "Votre déclaration est enregistrée. Les dossiers des organisations citées, présents et à venir, sont traités \
             sans vous."
        }
    }
}

async fn keep(app: &App, who: &Reviewer, session: Option<SessionId>, next: &str, form: Fields) -> Reply {
    let (actor, person, now, route, to) = (who.actor.clone(), who.id, app.now(), address(session), next.to_owned());
    let (said, again) = (typed(&form), typed(&form));
    let write = move |tx: &mut Tx| {
        let body = format!("{form:?}");
        let sending = form_tokens::Sending { person, token: form.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            interests::declare(tx, &actor, &said, session, now)?;
            Ok(to.clone())
        })
    };
    match app.write(write).await {
        Ok(to) => {
            app.bells().ring_all();
            Ok(see_other_saying(to, &Flash::success(kept(&again))))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(app, who, (session, next), again, wrong).await,
        Err(failure) => Err(failure),
    }
}

async fn refused(
    app: &App,
    who: &Reviewer,
    (session, next): (Option<SessionId>, &str),
    form: InterestsForm,
    wrong: Vec<FieldError>,
) -> Reply {
    let page = page(app, who, session, next, Some((form, errors_of(wrong)))).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
