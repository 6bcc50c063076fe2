//! The accounts the house pays from: proposed on one side of the table, confirmed on the other.

use super::{bank_accounts::told_reading, once, places};
use crate::{
    domain::{ids::PayerAccountId, roles::Role},
    store::entropy,
    usecases::{
        UseCaseError,
        payers::{self, Payer, PayerForm},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, Payer as PayingPerson, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Press, Weight},
    },
};
use actix_web::{
    http::{StatusCode, header},
    web::{Data, Path},
};
use askama::Template;

pub(super) const LIST: &str = "/finances/comptes-payeurs";

#[derive(Template)]
#[template(path = "finance/payers.html")]
struct PayersPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    lines: Vec<Line>,
    /// Whether this person proposes accounts.
    can_propose: bool,
    form: PayerForm,
    token: String,
    errors: FieldErrors,
}

struct Line {
    holder: String,
    iban: String,
    badge: Badge,
    said: String,
    /// Who had the whole number shown, a sentence each.
    readings: Vec<String>,
    /// Where the whole number is asked for, by whoever may read it.
    reveal: Option<String>,
    actions: Vec<Action>,
}

fn line(payer: Payer, is_paying: bool, shown: Option<&Shown>) -> Line {
    let account = payer.account;
    let said = match (payer.proposed_by, payer.confirmed) {
        (None, _) => "Ouvert avec la plateforme".to_owned(),
        (Some(by), None) => format!("Proposé par {by}"),
        (Some(by), Some((second, at))) => format!("Proposé par {by}, confirmé par {second} le {}", at.french()),
    };
    let badge = match payer.confirmation {
        Some(_) => Badge { tone: Tone::Warning, label: "à confirmer".into() },
        None => Badge { tone: Tone::Success, label: "utilisable".into() },
    };
    let confirm = payer.confirmation.filter(|_| is_paying).map(|judged| Action {
        label: "Confirmer le compte".into(),
        href: format!("{LIST}/{}/confirmation", account.id),
        weight: Weight::Primary,
        refusal: judged.err().map(|refusal| refusal.to_string()),
        press: Press::Acts,
    });
    let number = shown.filter(|(id, _)| *id == account.id).map(|(_, number)| number.replace('\u{a0}', " "));
    Line {
        reveal: (is_paying && number.is_none()).then(|| format!("{LIST}/{}/numero", account.id)),
        readings: payer.readings.into_iter().map(told_reading).collect(),
        iban: number.unwrap_or_else(|| account.iban.masked()),
        holder: account.holder,
        badge,
        said,
        actions: confirm.into_iter().collect(),
    }
}

/// An account whose whole number was just asked for.
type Shown = (PayerAccountId, String);

async fn page(
    app: &App,
    who: &SignedIn,
    shown: Option<Shown>,
    form: PayerForm,
    errors: FieldErrors,
) -> Result<PayersPage, Failure> {
    let actor = who.actor.clone();
    let found = app.read(move |conn| payers::list(conn, &actor)).await?;
    let is_paying = who.actor.is(Role::Finance) || who.actor.is(Role::Director);
    Ok(PayersPage {
        chrome: who.chrome(),
        places: places(who, LIST),
        lines: found.into_iter().map(|payer| line(payer, is_paying, shown.as_ref())).collect(),
        can_propose: who.actor.is(Role::Finance),
        form,
        token: entropy::form_token()?,
        errors,
    })
}

fn typed(form: &Fields) -> PayerForm {
    let text = |name| form.text(name).to_owned();
    PayerForm { holder: text("titulaire"), iban: text("iban"), bic: text("bic") }
}

/// The accounts, and the form that proposes one.
pub async fn list(app: Data<App>, who: Books) -> Reply {
    Ok(render(&page(&app, &who, None, typed(&Fields::default()), FieldErrors::none()).await?))
}

/// Proposes an account.
pub async fn propose(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), typed(&form));
    let act = move |tx: &mut crate::store::Tx| {
        payers::propose(tx, &actor, &wanted, now)?;
        Ok(LIST.to_owned())
    };
    match once(&app, &who, &form, LIST.to_owned(), act).await {
        Ok(to) => {
            let said = "Le compte est proposé. Une autre personne doit le confirmer avant tout virement.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, None, typed(&form), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Shows the whole number, once, and records that it was read: whoever confirms an account compares every digit.
pub async fn reveal(app: Data<App>, who: PayingPerson, id: Path<PayerAccountId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let iban = app.write(move |tx| payers::reveal(tx, &actor, id, now)).await?;
    let shown = Some((id, iban.grouped()));
    let mut response = render(&page(&app, &who, shown, typed(&Fields::default()), FieldErrors::none()).await?);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// Confirms an account, as the second person.
pub async fn confirm(app: Data<App>, who: PayingPerson, id: Path<PayerAccountId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let act = move |tx: &mut crate::store::Tx| {
        payers::confirm(tx, &actor, id, now)?;
        Ok(LIST.to_owned())
    };
    let to = once(&app, &who, &form, format!("{LIST}/{id}/confirmation"), act).await?;
    Ok(see_other_saying(to, &Flash::success("Le compte est confirmé\u{a0}: un lot peut s’en servir.")))
}
