//! A file of a reserve list proposed for money that came free: read, confirmed or refused.

use crate::{
    domain::{ids::PromotionId, lifecycles::applications::ApplicationEvent},
    store::entropy,
    usecases::{
        UseCaseError,
        promotions::{self, Sheet},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Director,
        flashes::see_other_saying,
        meters::Meter,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Fact, Press, Weight},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "director/promotion.html")]
struct PromotionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    action: String,
    title: String,
    facts: Vec<Fact>,
    meter: Meter,
    /// The files before it on the list that nobody proposed, and why.
    passed: Vec<String>,
    skipping: String,
    actions: Vec<Action>,
    reason: String,
    version: i32,
    token: String,
    errors: FieldErrors,
}

fn facts(sheet: &Sheet) -> Vec<Fact> {
    let (row, file) = (&sheet.row, &sheet.file);
    let mut facts = vec![
        Fact::new("Appel", &file.call.title),
        Fact::linked("Dossier", &file.row.reference, format!("/instruction/{}", file.row.id)),
        Fact::new("Organisation", &file.organisation.name),
        Fact::new("Demandé", file.row.requested_cents),
        Fact::new("Montant proposé", row.amount_cents),
        Fact::new("Motif", &row.motive),
        Fact::new("Conditions", if row.conditions.is_empty() { "Aucune" } else { row.conditions.as_str() }),
        Fact::new("Proposé par", format!("{}, le {}", sheet.proposed_by, row.proposed_at.french())),
    ];
    if !row.beyond.is_empty() {
        facts.push(Fact::new("Au-delà du plafond", &row.beyond));
    }
    facts
}

async fn page(
    app: &App,
    who: &Director,
    id: PromotionId,
    reason: &str,
    errors: FieldErrors,
) -> Result<PromotionPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let sheet = app.read(move |conn| promotions::sheet(conn, &actor, id, now)).await?;
    let action = format!("/direction/promotions/{id}");
    let parts =
        [("Accordé", "committed", sheet.envelope.committed()), ("Proposé ici", "reserved", sheet.row.amount_cents)];
    Ok(PromotionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/direction", "À confirmer")],
        title: sheet.file.row.title.clone(),
        facts: facts(&sheet),
        meter: Meter::new("Enveloppe", sheet.envelope.total, &parts),
        passed: sheet.passed.iter().map(|row| format!("{}, {}", row.reference, row.organisation)).collect(),
        skipping: sheet.row.skipping.clone(),
        actions: vec![Action {
            label: ApplicationEvent::Award.label().into(),
            href: action.clone(),
            weight: Weight::Primary,
            refusal: sheet.refusal.as_ref().map(ToString::to_string),
            press: Press::Acts,
        }],
        action,
        reason: reason.to_owned(),
        version: sheet.file.row.version,
        token: entropy::form_token()?,
        errors,
    })
}

/// One proposal.
pub async fn show(app: Data<App>, who: Director, id: Path<PromotionId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), "", FieldErrors::none()).await?))
}

/// Confirms it: the file is awarded, and its letter leaves.
pub async fn confirm(app: Data<App>, who: Director, id: Path<PromotionId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let sent = Sent::new(&app, &who, &form, &format!("/direction/promotions/{id}"), "/direction");
    let to = send(&app, sent, move |tx| promotions::confirm(tx, &actor, id, version, now)).await?;
    Ok(see_other_saying(to, &Flash::success("Le dossier est retenu. Sa lettre part par courriel.")))
}

/// Refuses it, with the reason.
pub async fn refuse(app: Data<App>, who: Director, id: Path<PromotionId>, form: Fields) -> Reply {
    let (id, actor, now, reason) = (id.into_inner(), who.actor.clone(), app.now(), form.text("motif").to_owned());
    let sent = Sent::new(&app, &who, &form, &format!("/direction/promotions/{id}/refus"), "/direction");
    match send(&app, sent, move |tx| promotions::refuse(tx, &actor, id, &reason, now)).await {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("La proposition est refusée\u{a0}: le dossier reste en attente.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, id, form.text("motif"), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
