//! Reading a report: planned beside actual, what would be owed, accepted or sent back.

use super::waivers;
use crate::{
    domain::{
        ids::ReportId,
        lifecycles::reports::{Report, ReportEvent, ReportState},
        money::Euros,
        reports::ReportKind,
        text::nbsp,
        time::french_date,
    },
    store::entropy,
    usecases::{
        UseCaseError,
        advance::Object,
        reports::{self, Balance, ReportPaper},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Staff,
        flashes::see_other_saying,
        grants::report_badge,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Fact, Stepper},
        reports::{self as words, ComparedPart},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/report.html")]
struct ReportPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    badge: Badge,
    stepper: Stepper,
    facts: Vec<Fact>,
    narrative: Vec<(String, Vec<(String, String)>)>,
    compared: Vec<ComparedPart>,
    documents: Vec<(String, String, String)>,
    may_judge: bool,
    may_waive: bool,
    /// The cost proposed or typed, without its sign.
    cost: String,
    /// The same as it is said on the button.
    cost_in_words: String,
    balance: Vec<(String, String)>,
    verdict: String,
    version: i32,
    token: String,
    typed: String,
    errors: FieldErrors,
}

/// The cost to compute the balance with.
#[derive(Debug, serde::Deserialize)]
pub struct Tried {
    retenu: Option<String>,
}

fn facts(paper: &ReportPaper) -> Vec<Fact> {
    let row = &paper.report;
    let mut facts = vec![
        Fact::new("Organisation", &paper.grant.holder.name),
        Fact::linked("Subvention", &paper.grant.grant.reference, format!("/suivi/{}", row.grant_id)),
        Fact::new("Attendu le", french_date(row.due_on)),
        Fact::new("Déposé le", row.submitted_at.map_or("pas encore".into(), |at| at.french())),
        Fact::new("Dépenses réalisées", paper.spent()),
        Fact::new("Dont éligibles", paper.eligible()),
    ];
    facts.extend(row.accepted_cost_cents.map(|cost| Fact::new("Dépenses retenues", cost)));
    facts
}

/// The computation, line by line.
fn lines(balance: &Balance) -> Vec<(String, String)> {
    vec![
        ("Dépenses retenues".into(), balance.cost.to_string()),
        (format!("× taux de la subvention, {}", balance.rate), balance.share.to_string()),
        ("Montant accordé".into(), balance.award.to_string()),
        ("Montant définitif\u{a0}: le plus petit des deux".into(), balance.due.to_string()),
        ("− déjà versé".into(), balance.paid.to_string()),
        ("= solde".into(), balance.owed.to_string()),
    ]
}

fn verdict(balance: &Balance) -> String {
    let over = -balance.owed;
    if balance.owed.is_positive() {
        format!("Il restera {} à verser.", balance.owed)
    } else if balance.owed == Euros::ZERO {
        "Tout est déjà versé\u{a0}: rien à payer ni à reverser.".into()
    } else if balance.to_return.is_positive() {
        format!("{over} ont été versés de trop ; {} seront demandés au porteur.", balance.to_return)
    } else {
        format!("{over} ont été versés de trop ; le règlement de l’appel les laisse au porteur.")
    }
}

async fn page(
    app: &App,
    who: &Staff,
    id: ReportId,
    (tried, typed, errors): (Option<&str>, String, FieldErrors),
) -> Result<ReportPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let wanted = tried.and_then(|text| text.parse::<Euros>().ok());
    let (paper, offered, balance) = app
        .read(move |conn| {
            let paper = reports::paper(conn, &actor, id)?;
            let offered = Report::look(conn, id, &actor, now)?.offered();
            let balance = reports::balance(conn, &paper, wanted.unwrap_or(paper.eligible()))?;
            Ok((paper, offered, balance))
        })
        .await?;
    let row = &paper.report;
    let may = |event: ReportEvent| offered.iter().any(|(known, _)| *known == event);
    let is_final = row.kind == ReportKind::Final && row.state == ReportState::Submitted;
    let label = |code: &str| {
        let wanted = paper.template.documents.iter().find(|document| document.code == code);
        wanted.map_or(code.to_owned(), |document| document.label.clone())
    };
    let files = paper.attachments.iter();
    let is_filed = !matches!(row.state, ReportState::Expected | ReportState::Draft);
    Ok(ReportPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/suivi", "Suivi des subventions"),
            NavLink::new(format!("/suivi/{}", row.grant_id), &paper.grant.project.title),
        ],
        href: format!("/suivi/bilans/{id}"),
        title: words::title(row),
        badge: report_badge(row, now.paris_date()),
        stepper: words::stepper(row, "L’organisation", now.paris_date()),
        facts: facts(&paper),
        // A draft is its author's own business.
        narrative: if is_filed { words::narrative(&paper) } else { Vec::new() },
        compared: if is_filed { words::compared(&paper.lines) } else { Vec::new() },
        documents: files.map(|f| (label(&f.document_code), f.file_name.clone(), format!("/pieces/{}", f.id))).collect(),
        may_judge: may(ReportEvent::Accept),
        may_waive: may(ReportEvent::Waive),
        cost_in_words: wanted.unwrap_or(paper.eligible()).to_string(),
        cost: tried.map_or_else(|| paper.eligible().plain(), str::to_owned),
        balance: if is_final { lines(&balance) } else { Vec::new() },
        verdict: nbsp(&verdict(&balance)),
        version: row.version,
        token: entropy::form_token()?,
        typed,
        errors,
    })
}

/// One report, with the balance that a cost would give.
pub async fn show(app: Data<App>, who: Staff, id: Path<ReportId>, tried: Query<Tried>) -> Reply {
    let tried = tried.into_inner().retenu.filter(|text| !text.trim().is_empty());
    let mut errors = FieldErrors::none();
    if tried.as_deref().is_some_and(|text| text.parse::<Euros>().is_err()) {
        errors.add("retenu", "Indiquez un montant en euros, par exemple 1\u{202f}250,50.");
        let page = page(&app, &who, id.into_inner(), (tried.as_deref(), String::new(), errors)).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    Ok(render(&page(&app, &who, id.into_inner(), (tried.as_deref(), String::new(), errors)).await?))
}

/// Accepts the report with the cost retained.
pub async fn accept(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let typed = form.text("retenu").to_owned();
    let home = format!("/suivi/bilans/{id}");
    let Ok(cost) = typed.parse::<Euros>() else {
        let errors = [("retenu", "Indiquez un montant en euros, par exemple 1\u{202f}250,50.")].into_iter().collect();
        let page = page(&app, &who, id, (Some(&typed), String::new(), errors)).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let sent = Sent::new(&app, &who, &form, &format!("{home}/acceptation"), &home);
    let done = send(&app, sent, move |tx| reports::accept(tx, &actor, id, version, cost, now).map(drop)).await;
    match done {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le bilan est accepté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| ("retenu", field.message)).collect();
            let page = page(&app, &who, id, (Some(&typed), String::new(), errors)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Asks for corrections, or exempts the holder from the report.
pub async fn send_back(app: Data<App>, who: Staff, path: Path<(ReportId, String)>, form: Fields) -> Reply {
    let ((id, code), actor, version, now) = (path.into_inner(), who.actor.clone(), form.version(), app.now());
    let event = match code.as_str() {
        "corrections" => ReportEvent::RequestChanges,
        "dispense" => ReportEvent::Waive,
        _ => return Err(Failure::NotFound),
    };
    let (home, motive) = (format!("/suivi/bilans/{id}"), form.text("motif").to_owned());
    let (typed, sent) = (motive.clone(), Sent::new(&app, &who, &form, &format!("{home}/{code}"), &home));
    let done =
        send(&app, sent, move |tx| reports::send_back(tx, &actor, id, version, (event, &motive), now).map(drop)).await;
    match done {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) if event == ReportEvent::Waive => {
            Ok(waivers::question(&app, &who, id).await?.refused(&typed, errors_of(wrong)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(&app, &who, id, (None, typed, errors)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
