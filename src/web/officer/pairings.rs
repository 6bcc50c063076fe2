//! Who looks for the other half of a pair, and the pairs the team forms and separates.

use super::{named, since};
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycles::applications::ApplicationEvent,
        time::{Moment, french_date},
    },
    store::Tx,
    usecases::{
        UseCaseError,
        answers::Content,
        form_tokens,
        pairings::{self, Formed, LONGEST_REASON, Lonely},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        confirming::{Confirmation, Stands},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/pairings.html")]
struct PairingsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    call: String,
    payees: Vec<Card>,
    others: Vec<Card>,
    proposals: Vec<Proposal>,
    pairs: Vec<Line>,
}

struct Card {
    id: String,
    title: String,
    reference: String,
    organisation: String,
    place: String,
    details: Vec<(String, String)>,
    wish: String,
    since: String,
}

struct Proposal {
    href: String,
    one: String,
    other: String,
    reasons: String,
}

struct Line {
    href: String,
    reference: String,
    lead: String,
    partner: String,
    since: String,
    refusal: String,
}

fn card(file: &Lonely, now: Moment) -> Card {
    let mut details = Vec::new();
    if !file.axis.is_empty() {
        details.push(("Axe".to_owned(), file.axis.clone()));
    }
    details.extend(file.details.iter().cloned());
    Card {
        id: file.line.id.to_string(),
        title: named(&file.line.title),
        reference: file.line.reference.clone(),
        organisation: file.line.organisation.clone(),
        place: format!("{} – {}", file.line.legal_form.label(), file.commune),
        details,
        wish: file.line.wish.clone(),
        since: since(file.line.asked_at, now),
    }
}

fn line(pair: Formed, href: &str) -> Line {
    Line {
        href: format!("{href}/{}/fin", pair.id),
        reference: pair.reference,
        lead: pair.lead,
        partner: pair.partner,
        since: french_date(pair.paired_at.paris_date()),
        refusal: pair.refusal.map(|why| why.to_string()).unwrap_or_default(),
    }
}

fn address(reference: &str) -> String {
    format!("/appels-a-projets/{reference}/binomes")
}

fn way(reference: &str, call: &str) -> Vec<NavLink> {
    vec![
        NavLink::new("/appels-a-projets", "Appels à projets"),
        NavLink::new(format!("/appels-a-projets/{reference}"), call),
    ]
}

/// Who looks for whom, what might fit, and the pairs there are.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, now, reference) = (who.actor.clone(), app.now(), reference.into_inner());
    let wanted = reference.clone();
    let board = app.read(move |conn| pairings::board(conn, &actor, &wanted)).await?;
    let href = address(&reference);
    let proposal = |(other, payee, reasons): &(usize, usize, Vec<&str>)| {
        let (other, payee) = (&board.others[*other], &board.payees[*payee]);
        Proposal {
            href: format!("{href}/question?un={}&autre={}", payee.line.id, other.line.id),
            one: payee.line.organisation.clone(),
            other: other.line.organisation.clone(),
            reasons: reasons.join(", "),
        }
    };
    Ok(render(&PairingsPage {
        chrome: who.chrome(),
        way: way(&reference, &board.call.title),
        proposals: board.proposals.iter().map(proposal).collect(),
        payees: board.payees.iter().map(|file| card(file, now)).collect(),
        others: board.others.iter().map(|file| card(file, now)).collect(),
        pairs: board.pairs.into_iter().map(|pair| line(pair, &href)).collect(),
        call: board.call.title,
        href,
    }))
}

/// The two files asked about.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    un: String,
    #[serde(default)]
    autre: String,
}

fn two(one: &str, other: &str) -> Result<(ApplicationId, ApplicationId), Failure> {
    let id = |text: &str| text.parse::<ApplicationId>().map_err(|_| Failure::NotFound);
    Ok((id(one)?, id(other)?))
}

fn said(file: &Content) -> String {
    let place = &file.organisation.city;
    format!("{} ({place}), «\u{a0}{}\u{a0}»", file.organisation.name, named(&file.row.title))
}

/// What comes of bringing these two together.
pub async fn ask(app: Data<App>, who: Officer, reference: Path<String>, asked: Query<Asked>) -> Reply {
    if asked.un.is_empty() || asked.autre.is_empty() {
        let flash = Flash::error("Choisissez un dossier de chaque côté.");
        return Ok(see_other_saying(address(&reference), &flash));
    }
    let (files, actor, now, wanted) = (two(&asked.un, &asked.autre)?, who.actor.clone(), app.now(), reference.clone());
    let (lead, other) = app.read(move |conn| pairings::fitting(conn, &actor, &wanted, files, now)).await?;
    let mut way = way(&reference, &lead.call.title);
    way.push(NavLink::new(address(&reference), "Binômes"));
    let standing = Stands { version: lead.row.version, is_final: false };
    let page = Confirmation::about(who.chrome(), way, ApplicationEvent::Pair, standing, address(&reference))?;
    let paid = format!("La subvention sera versée à {}.", lead.organisation.name);
    let common = format!("{} devient le dossier commun. Il reste un brouillon.", lead.row.reference);
    let rests = format!(
        "{} est mis en sommeil\u{a0}: ses réponses complètent le dossier commun là où il ne dit rien encore. Le budget et les pièces n’y passent pas.",
        other.row.reference
    );
    let mut page = page.saying(
        format!("{} et {}.", said(&lead), said(&other)),
        &[&paid, &common, &rests, "Les deux organisations l’apprennent par courriel, avec l’adresse de l’autre."],
    );
    page.hidden = vec![("un", lead.row.id.to_string()), ("autre", other.row.id.to_string())];
    Ok(page.shown())
}

/// Brings two lonely files together; a second click lands where the first one did.
pub async fn pair(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (files, reference) = (two(form.text("un"), form.text("autre"))?, reference.into_inner());
    let (actor, person, now, route) = (who.actor.clone(), who.id, app.now(), address(&reference));
    let write = move |tx: &mut Tx| {
        let body = format!("{form:?}");
        let sending = form_tokens::Sending { person, token: form.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            pairings::pair(tx, &actor, &reference, files, form.version(), now)?;
            Ok(route.clone())
        })
    };
    let answer = app.write(write).await?;
    Ok(see_other_saying(
        answer,
        &Flash::success("Le binôme est formé. Les deux organisations l’apprennent par courriel."),
    ))
}

async fn question(app: &App, who: &Officer, reference: &str, id: ApplicationId) -> Result<Confirmation, Failure> {
    let (actor, wanted) = (who.actor.clone(), reference.to_owned());
    let (common, other) = app.read(move |conn| pairings::formed_pair(conn, &actor, &wanted, id)).await?;
    let mut way = way(reference, &common.call.title);
    way.push(NavLink::new(address(reference), "Binômes"));
    let standing = Stands { version: common.row.version, is_final: false };
    let action = format!("{}/{id}/fin", address(reference));
    let page = Confirmation::about(who.chrome(), way, ApplicationEvent::Unpair, standing, action)?;
    let own = format!(
        "{} retrouve son dossier {}, avec ce que ses rubriques disent aujourd’hui.",
        other.organisation.name, other.row.reference
    );
    let page = page.saying(
        format!("{} et {}.", common.organisation.name, other.organisation.name),
        &[
            &own,
            "Le dossier commun ne garde ni ces rubriques, ni ce qui venait de ce dossier et n’a pas changé depuis.",
            "Les deux dossiers redeviennent «\u{a0}à apparier\u{a0}». Les deux organisations lisent votre motif.",
        ],
    );
    Ok(page.with_motive(&format!("Les deux organisations le liront. {LONGEST_REASON} caractères au plus.")))
}

/// What comes of separating a pair.
pub async fn ask_separate(app: Data<App>, who: Officer, path: Path<(String, ApplicationId)>) -> Reply {
    let (reference, id) = path.into_inner();
    Ok(question(&app, &who, &reference, id).await?.shown())
}

/// Separates a pair, for a reason; a second click lands where the first one did.
pub async fn separate(app: Data<App>, who: Officer, path: Path<(String, ApplicationId)>, form: Fields) -> Reply {
    let ((reference, id), actor, person, now) = (path.into_inner(), who.actor.clone(), who.id, app.now());
    let (wanted, home, typed) = (reference.clone(), address(&reference), form.text("motif").to_owned());
    let write = move |tx: &mut Tx| {
        let (route, body) = (format!("{home}/{id}/fin"), format!("{form:?}"));
        let sending = form_tokens::Sending { person, token: form.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            pairings::separate(tx, &actor, &wanted, id, (form.text("motif"), form.version()), now)?;
            Ok(home.clone())
        })
    };
    match app.write(write).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success("Le binôme est séparé."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors: FieldErrors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            Ok(question(&app, &who, &reference, id).await?.refused(&typed, errors))
        }
        Err(failure) => Err(failure),
    }
}
