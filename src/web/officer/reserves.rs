//! The reserve list of a call: the money that came free, the next file in order, and its promotion.

use super::letters::Foreseen;
use crate::{
    domain::{ids::ApplicationId, scoring::Score, time::french_date},
    store::{StoreError, entropy},
    usecases::{
        UseCaseError,
        promotions::{self, Candidate, PromotionForm, Reserve, Reserved},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        flashes::see_other_saying,
        meters::Meter,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/reserves.html")]
struct ReservePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call_title: String,
    left: String,
    meter: Meter,
    freed: Vec<GrantShown>,
    overdue: Vec<GrantShown>,
    files: Vec<Line>,
    is_confirmed: bool,
}

struct GrantShown {
    href: String,
    reference: String,
    organisation: String,
    amount: String,
    state: &'static str,
    when: String,
}

struct Line {
    href: String,
    place: usize,
    title: String,
    reference: String,
    organisation: String,
    requested: String,
    mean: String,
    /// What is proposed, in a sentence; empty while nothing is.
    proposal: String,
    is_next: bool,
}

fn line(reference: &str, file: &Reserved) -> Line {
    let row = &file.row;
    let said = file.proposal.as_ref().map(|(known, by)| {
        format!("{} proposés par {by}, le {}", known.amount_cents, french_date(known.proposed_at.paris_date()))
    });
    Line {
        href: format!("/appels-a-projets/{reference}/reserve/{}", row.id),
        place: file.place,
        title: row.title.clone(),
        reference: row.reference.clone(),
        organisation: row.organisation.clone(),
        requested: row.requested.to_string(),
        mean: if row.score_count > 0 { Score::from_hundredths(row.score_mean).to_string() } else { String::new() },
        proposal: said.unwrap_or_default(),
        is_next: file.is_next,
    }
}

fn meter(reserve: &Reserve) -> Meter {
    let waiting = reserve.envelope.left - reserve.left();
    let parts = [("Accordé", "committed", reserve.envelope.committed()), ("Proposé", "reserved", waiting)];
    Meter::new("Enveloppe", reserve.envelope.total, &parts)
}

fn way(reserve: &Reserve) -> Vec<NavLink> {
    let home = format!("/appels-a-projets/{}", reserve.call.reference);
    vec![NavLink::new("/appels-a-projets", "Appels à projets"), NavLink::new(home, &reserve.call.title)]
}

/// The list in order, with what there is for it.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let reserve = app.read(move |conn| promotions::reserve(conn, &actor, &reference, now)).await?;
    let grant = |line: &crate::store::promotions::GrantLine, amount, when| GrantShown {
        href: format!("/suivi/{}", line.id),
        reference: line.reference.clone(),
        organisation: line.organisation.clone(),
        amount,
        state: line.state.label(),
        when,
    };
    let freed = reserve.freed.iter().map(|(line, amount)| grant(line, amount.to_string(), line.state_at.french()));
    let overdue = reserve
        .overdue
        .iter()
        .map(|line| grant(line, line.amount.to_string(), line.confirm_by.map(french_date).unwrap_or_default()));
    Ok(render(&ReservePage {
        chrome: who.chrome(),
        way: way(&reserve),
        call_title: reserve.call.title.clone(),
        left: reserve.left().to_string(),
        meter: meter(&reserve),
        freed: freed.collect(),
        overdue: overdue.collect(),
        files: reserve.files.iter().map(|file| line(&reserve.call.reference, file)).collect(),
        is_confirmed: reserve.is_confirmed,
    }))
}

#[derive(Template)]
#[template(path = "officer/promotion.html")]
struct PromotionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    line: Line,
    left: String,
    /// The files before it that nobody proposed.
    passed: Vec<String>,
    /// Whether it may go beyond a ceiling on its axis for a reason.
    may_exceed: bool,
    button: &'static str,
    /// What it sends at once, to be read before it leaves.
    foreseen: Option<Foreseen>,
    form: PromotionForm,
    version: i32,
    token: String,
    notice: String,
    errors: FieldErrors,
}

/// Whether a promotion is told as soon as it is written.
fn leaves_at_once(reserve: &Reserve) -> bool {
    !reserve.is_confirmed && reserve.call.is_announced()
}

type Where = (String, ApplicationId);

#[derive(Default)]
struct Again {
    typed: Option<PromotionForm>,
    notice: String,
    foreseen: Option<Foreseen>,
    errors: FieldErrors,
}

async fn page(app: &App, who: &Officer, place: &Where, again: Again) -> Result<PromotionPage, Failure> {
    let (actor, now, (reference, id)) = (who.actor.clone(), app.now(), place.clone());
    let reserve = app.read(move |conn| promotions::reserve(conn, &actor, &reference, now)).await?;
    let file = reserve.files.iter().find(|file| file.row.id == id).ok_or(Failure::NotFound)?;
    let before = reserve.files.iter().filter(|known| known.place < file.place && known.proposal.is_none());
    let mut way = way(&reserve);
    way.push(NavLink::new(format!("/appels-a-projets/{}/reserve", reserve.call.reference), "Liste d’attente"));
    let first = PromotionForm { amount: file.row.requested.min(reserve.left()).grouped(), ..PromotionForm::default() };
    Ok(PromotionPage {
        chrome: who.chrome(),
        way,
        line: line(&reserve.call.reference, file),
        left: reserve.left().to_string(),
        passed: before.map(|known| format!("{} ({})", known.row.reference, known.row.organisation)).collect(),
        may_exceed: reserve.may_exceed,
        button: match (reserve.is_confirmed, &again.foreseen) {
            (true, _) => "Proposer à la direction",
            (false, None) if leaves_at_once(&reserve) => "Relire avant d’envoyer",
            (false, None) => "Retenir ce dossier",
            (false, Some(_)) => "Retenir ce dossier et envoyer",
        },
        foreseen: again.foreseen,
        form: again.typed.unwrap_or(first),
        version: file.row.version,
        token: entropy::form_token()?,
        notice: again.notice,
        errors: again.errors,
    })
}

/// One file of the list, to be promoted.
pub async fn ask(app: Data<App>, who: Officer, place: Path<Where>) -> Reply {
    Ok(render(&page(&app, &who, &place, Again::default()).await?))
}

fn typed(form: &Fields) -> PromotionForm {
    let text = |name| form.text(name).to_owned();
    PromotionForm {
        amount: text("montant"),
        motive: text("motif"),
        conditions: text("conditions"),
        skipping: text("ordre"),
        beyond: text("derogation"),
    }
}

/// What the promotion would send at once, until it has been read; nothing where the management confirms it.
async fn foreseen(app: &App, who: &Officer, place: &Where, form: &Fields) -> Result<Option<Foreseen>, Failure> {
    let (actor, now, wanted, version) = (who.actor.clone(), app.now(), typed(form), form.version());
    let ((reference, id), read) = (place.clone(), wanted.digest(version));
    if form.text("lu") == read {
        return Ok(None);
    }
    let (reader, of) = (actor.clone(), reference.clone());
    if !leaves_at_once(&app.read(move |conn| promotions::reserve(conn, &reader, &of, now)).await?) {
        return Ok(None);
    }
    let sending = app
        .rehearse(move |tx| {
            promotions::foresee(tx, &actor, Candidate { reference: &reference, id, version }, &wanted, now)
        })
        .await?;
    Ok(sending.map(|sending| Foreseen::of(sending, read)))
}

/// Proposes it, once; gives where it leads.
async fn proposed(app: &App, who: &Officer, place: &Where, form: &Fields) -> Result<String, Failure> {
    let (actor, now, wanted, version) = (who.actor.clone(), app.now(), typed(form), form.version());
    let (reference, id) = place.clone();
    let home = format!("/appels-a-projets/{reference}/reserve");
    let sent = Sent::new(app, who, form, &format!("{home}/{id}"), &home);
    send(app, sent, move |tx| {
        promotions::propose(tx, &actor, Candidate { reference: &reference, id, version }, &wanted, now).map(drop)
    })
    .await
}

/// Proposes it; what leaves at once is shown first, and what was typed stays when it cannot be.
pub async fn propose(app: Data<App>, who: Officer, place: Path<Where>, form: Fields) -> Reply {
    let place = place.into_inner();
    let kept = || Again { typed: Some(typed(&form)), ..Again::default() };
    let done = match foreseen(&app, &who, &place, &form).await {
        Ok(Some(foreseen)) => {
            let shown = Again { foreseen: Some(foreseen), ..kept() };
            return Ok(render(&page(&app, &who, &place, shown).await?));
        }
        Ok(None) => proposed(&app, &who, &place, &form).await,
        Err(failure) => Err(failure),
    };
    match done {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté\u{a0}: la liste dit où en est ce dossier."))),
        Err(failure) => {
            let (status, again) = failed(failure, kept())?;
            Ok(render_as(status, &page(&app, &who, &place, again).await?))
        }
    }
}

/// How the page is shown again after a refusal; any other failure is none of it.
fn failed(failure: Failure, typed: Again) -> Result<(StatusCode, Again), Failure> {
    match failure {
        Failure::UseCase(UseCaseError::Invalid(wrong)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Again { errors: errors_of(wrong), ..typed }))
        }
        Failure::UseCase(UseCaseError::Refused(why)) => {
            Ok((StatusCode::CONFLICT, Again { notice: why.to_string(), ..typed }))
        }
        Failure::UseCase(UseCaseError::Store(StoreError::Stale | StoreError::Taken)) => {
            let said = "Ce dossier a changé depuis que vous avez ouvert la page. Voici où il en est.";
            Ok((StatusCode::CONFLICT, Again { notice: said.to_owned(), ..typed }))
        }
        failure => Err(failure),
    }
}
