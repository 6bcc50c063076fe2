//! Asking for a change of a grant.

use super::grants::mine;
use crate::{
    domain::{amendments::AmendmentKind, ids::GrantId, money::Euros, time::french_date},
    store::{Conn, entropy},
    usecases::{
        Outcome, UseCaseError,
        amendments::{self, AmendmentForm},
        organisations,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        grants::capitalised,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

/// What is asked for here: another account is entered on its own page.
const KINDS: [AmendmentKind; 4] =
    [AmendmentKind::Duration, AmendmentKind::Budget, AmendmentKind::Amount, AmendmentKind::Partner];

#[derive(Template)]
#[template(path = "applicant/amendment.html")]
struct AmendmentPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    token: String,
    kinds: Vec<Choice>,
    wanted: String,
    new_end: String,
    ends_on: String,
    new_amount: String,
    amount: String,
    new_partner: String,
    lines: Vec<Line>,
    reason: String,
    /// Where its own account is changed; nothing for those who do not act for the grantee.
    account: Option<String>,
    errors: FieldErrors,
}

/// A line of the expenses, as agreed or as typed.
struct Line {
    field: String,
    label: String,
    amount: String,
}

fn field_of(position: i32) -> String {
    format!("ligne-{position}")
}

async fn page(
    app: &App,
    who: &Applicant,
    id: GrantId,
    form: &Fields,
    errors: FieldErrors,
) -> Result<AmendmentPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let file = mine(conn, &actor, id, now)?.file;
        let is_holder = organisations::acts_for(conn, &actor, &[file.grant.organisation_id])?;
        Ok((file, is_holder, amendments::agreed_expenses(conn, &actor, id)?))
    };
    let (file, is_holder, expenses) = app.read(load).await?;
    let line = |(position, label, agreed): (i32, String, Euros)| {
        let field = field_of(position);
        let shown = agreed.to_string();
        let amount = form.filled(&field).unwrap_or_else(|| shown.trim_end_matches('€').trim()).to_owned();
        Line { field, label, amount }
    };
    let kinds = KINDS.iter().map(|kind| (kind.code(), capitalised(kind.label())));
    Ok(AmendmentPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/subventions", "Mes subventions"),
            NavLink::new(format!("/subventions/{id}"), file.project.title),
        ],
        id: id.to_string(),
        token: entropy::form_token()?,
        kinds: Choice::list(kinds, &[form.text("nature")]),
        wanted: form.text("demande").to_owned(),
        new_end: form.text("nouvelle_fin").to_owned(),
        ends_on: file.grant.ends_on.map_or("non fixée".into(), french_date),
        new_amount: form.text("nouveau_montant").to_owned(),
        amount: file.grant.amount_cents.to_string(),
        new_partner: form.text("nouveau_partenaire").to_owned(),
        lines: expenses.into_iter().map(line).collect(),
        reason: form.text("motif").to_owned(),
        account: is_holder.then(|| format!("/organisations/{}/compte", file.grant.organisation_id)),
        errors,
    })
}

/// The empty form.
pub async fn ask(app: Data<App>, who: Applicant, id: Path<GrantId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), &Fields::default(), FieldErrors::none()).await?))
}

/// Asks for the amendment.
pub async fn request(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let home = format!("/subventions/{id}");
    let Ok(kind) = form.text("nature").parse::<AmendmentKind>() else {
        let mut errors: FieldErrors = [("nature", "Choisissez ce qui change.")].into_iter().collect();
        let unsaid = amendments::unsaid(form.text("demande"), form.text("motif"));
        unsaid.into_iter().for_each(|field| errors.add(field.field, field.message));
        let page = page(&app, &who, id, &form, errors).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let mut errors = FieldErrors::none();
    let asked = AmendmentForm {
        new_ends_on: form.text("nouvelle_fin").parse().ok(),
        new_amount: form.text("nouveau_montant").parse().ok(),
        new_partner: form.text("nouveau_partenaire").to_owned(),
        lines: match kind {
            AmendmentKind::Budget => lines_of(&form, &mut errors),
            _ => Vec::new(),
        },
        ..AmendmentForm::new(kind, form.text("demande"), form.text("motif"))
    };
    if !errors.is_empty() {
        let page = page(&app, &who, id, &form, errors).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let sent = Sent::new(&app, &who, &form, &format!("{home}/avenants"), &home);
    let done = send(&app, sent, move |tx| {
        mine(tx.conn(), &actor, id, now)?;
        amendments::request(tx, &actor, id, &asked, now).map(drop)
    });
    match done.await {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("Votre demande est envoyée. Nous vous répondons par courriel.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, id, &form, super::errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// The lines of the budget as typed; what is no amount is noted.
fn lines_of(form: &Fields, errors: &mut FieldErrors) -> Vec<(i32, Euros)> {
    let mut lines = Vec::new();
    for (name, value) in form.iter() {
        let position = name.strip_prefix("ligne-").and_then(|position| position.parse::<i32>().ok());
        match (position, value.parse::<Euros>()) {
            (Some(position), Ok(amount)) => lines.push((position, amount)),
            (Some(_), Err(_)) => errors.add(name, "Écrivez un montant en euros, par exemple 1\u{202f}250,50."),
            (None, _) => {}
        }
    }
    lines
}
