//! The bank account of my organisation: entered with its RIB, changed with care, never shown in full again.

use super::errors_of;
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        identity::{Bic, Iban, faults},
        ids::OrganisationId,
        lifecycles::bank_accounts::BankAccountState,
        organisations::Right,
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{StoreError, bank_accounts::BankAccountRow, entropy},
    usecases::{
        UseCaseError, attachments,
        bank_accounts::{self, AccountForm},
        organisations,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        grants::account_badge,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Stepper},
        sendings::Sent,
        standings, uploads,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/bank_account.html")]
struct BankAccountPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    organisation: String,
    accounts: Vec<Shown>,
    /// Where the account stands that is to be verified, or else the one in use.
    stepper: Option<Stepper>,
    /// Whether a verified account is about to be replaced.
    is_change: bool,
    /// Whether the reader keeps the money of the organisation.
    may_enter: bool,
    typed: Typed,
    /// The RIB received with a form that was refused.
    kept: String,
    limit: &'static str,
    token: String,
    errors: FieldErrors,
}

#[derive(Default)]
struct Typed {
    holder: String,
    iban: String,
    bic: String,
    bank: String,
    is_confirmed: bool,
}

struct Shown {
    iban: String,
    holder: String,
    bank: String,
    badge: Badge,
    next: String,
    rib: Option<String>,
}

/// What becomes of an account, in a sentence.
fn next(row: &BankAccountRow, is_rib_refused: bool, now: Moment) -> String {
    let said = match (row.state, row.quarantined_until) {
        (BankAccountState::Unverified | BankAccountState::Quarantined, _) if is_rib_refused => {
            "L’antivirus a refusé ce RIB : personne ne peut l’ouvrir. Saisissez de nouveau le compte avec un autre RIB."
                .to_owned()
        }
        (BankAccountState::Verified, _) => "Les versements partent sur ce compte.".to_owned(),
        (BankAccountState::Quarantined, Some(until)) if until > now => format!(
            "Par prudence, ce nouveau compte attend jusqu’au {}. Vos contacts sont prévenus et peuvent s’y opposer ; \
             ensuite la gestion financière le vérifie.",
            french_date(until.paris_date())
        ),
        (BankAccountState::Unverified | BankAccountState::Quarantined, _) => {
            "La gestion financière compare le titulaire au nom de l’organisation. Rien à faire de votre côté.".into()
        }
        (BankAccountState::Closed, _) => "Ce compte n’est plus utilisé.".into(),
    };
    nbsp(&said)
}

fn shown(row: &BankAccountRow, is_rib_refused: bool, now: Moment) -> Shown {
    Shown {
        iban: row.iban.masked(),
        holder: row.holder.clone(),
        bank: row.bank_name.clone(),
        badge: account_badge(row.state),
        next: next(row, is_rib_refused, now),
        rib: row.rib_attachment_id.filter(|_| !is_rib_refused).map(|id| format!("/pieces/{id}")),
    }
}

async fn page(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    typed: Typed,
    errors: FieldErrors,
) -> Result<BankAccountPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (organisation, rows, refused, kept, may_enter) = app
        .read(move |conn| {
            if !organisations::acts_for(conn, &actor, &[id])? {
                return Err(StoreError::NotFound.into());
            }
            let organisation = organisations::find(conn, &actor, id)?;
            let rows = bank_accounts::of_organisation(conn, &actor, id)?;
            let may_enter = organisations::may(conn, &actor, &[id], Right::Money)?;
            let refused = bank_accounts::refused_ribs(conn, &rows)?;
            Ok((organisation, rows, refused, bank_accounts::kept_rib(conn, &actor, id)?, may_enter))
        })
        .await?;
    let moving = rows.iter().find(|row| row.state != BankAccountState::Verified).or_else(|| rows.first());
    let is_verified = |row: &BankAccountRow| row.state == BankAccountState::Verified;
    Ok(BankAccountPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/organisations", "Mes organisations"),
            NavLink::new(format!("/organisations/{id}"), &organisation.name),
        ],
        id: id.to_string(),
        organisation: organisation.name,
        accounts: rows.iter().map(|row| shown(row, refused.contains(&row.id), now)).collect(),
        stepper: moving.map(|row| standings::of_account(row, now)),
        is_change: rows.iter().any(is_verified),
        may_enter,
        typed,
        kept: kept.map(|file| file.file_name).unwrap_or_default(),
        limit: LARGEST_IN_WORDS,
        token: entropy::form_token()?,
        errors,
    })
}

/// The account, and the form to enter one.
pub async fn show(app: Data<App>, who: Applicant, id: Path<OrganisationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), Typed::default(), FieldErrors::none()).await?))
}

/// The fields in the order of the form: that of the sentences about them.
const ORDER: [&str; 6] = ["titulaire", "iban", "bic", "banque", "rib", "confirmation"];

/// Number and code as typed, once the whole form is right; else everything that is wrong with it is noted.
async fn read(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    fields: &Fields,
    errors: &mut FieldErrors,
) -> Result<Option<(Iban, Option<Bic>)>, Failure> {
    let iban = fields.text("iban").parse::<Iban>();
    if let Some(sentence) = faults::iban(fields.text("iban")) {
        errors.add("iban", sentence);
    }
    let bic = fields.filled("bic").map(str::parse::<Bic>).transpose();
    if bic.is_err() {
        errors.add("bic", "Un BIC compte 8 ou 11 caractères. Il est écrit sur le RIB.");
    }
    if errors.is_empty() {
        // The rest is judged where the account is written, after the form's token: a second click finds the first one's.
        return Ok(iban.ok().zip(bic.ok()));
    }
    let (actor, holder, known) = (who.actor.clone(), fields.text("titulaire").to_owned(), iban.ok());
    let wrong = app.write(move |tx| bank_accounts::faults(tx, &actor, id, (holder.as_str(), known.as_ref()))).await?;
    wrong.into_iter().for_each(|field| errors.add(field.field, field.message));
    *errors = ORDER.into_iter().filter_map(|field| Some((field, errors.get(field)?.to_owned()))).collect();
    Ok(None)
}

/// Enters an account. What was refused comes back as typed, the RIB with it.
pub async fn enter(app: Data<App>, who: Applicant, id: Path<OrganisationId>, form: uploads::Parts) -> Reply {
    let id = id.into_inner();
    // Nothing is read from somebody who may not see the page.
    let is_change = page(&app, &who, id, Typed::default(), FieldErrors::none()).await?.is_change;
    let upload = uploads::read(form).await?;
    let mut errors = FieldErrors::none();
    keep_rib(&app, &who, id, upload.file, &mut errors).await?;
    let fields = upload.fields;
    if is_change && !fields.has("confirmation") {
        errors.add("confirmation", "Cochez la case pour confirmer le changement de compte.");
    }
    if let Some((iban, bic)) = read(&app, &who, id, &fields, &mut errors).await? {
        match write(&app, &who, id, &fields, (iban, bic)).await {
            Ok(to) => {
                let said = "Le compte est enregistré. La gestion financière le vérifie avant tout versement.";
                return Ok(see_other_saying(to, &Flash::success(said)));
            }
            Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => errors = errors_of(wrong),
            Err(failure) => return Err(failure),
        }
    }
    let typed = Typed {
        holder: fields.text("titulaire").to_owned(),
        iban: fields.text("iban").to_owned(),
        bic: fields.text("bic").to_owned(),
        bank: fields.text("banque").to_owned(),
        is_confirmed: fields.has("confirmation"),
    };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &who, id, typed, errors).await?))
}

/// Keeps the RIB until the rest of the form is right, so that it is chosen once.
async fn keep_rib(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    file: Option<(String, Vec<u8>)>,
    errors: &mut FieldErrors,
) -> Result<(), Failure> {
    let Some((name, bytes)) = file else { return Ok(()) };
    match attachments::judge("rib", &name, &bytes) {
        Ok(fit) => {
            app.files()?.put(bytes).await?;
            let (actor, now) = (who.actor.clone(), app.now());
            app.write(move |tx| bank_accounts::keep_rib(tx, &actor, id, &fit, now)).await
        }
        Err(UseCaseError::Invalid(wrong)) => {
            wrong.into_iter().for_each(|field| errors.add(field.field, field.message));
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn write(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    fields: &Fields,
    (iban, bic): (Iban, Option<Bic>),
) -> Result<String, Failure> {
    let (actor, now, path) = (who.actor.clone(), app.now(), format!("/organisations/{id}/compte"));
    let sent = Sent::new(app, who, fields, &path, &path);
    let (holder, bank_name) = (fields.text("titulaire").to_owned(), fields.text("banque").to_owned());
    app.write(move |tx| {
        sent.once(tx, |tx| {
            let rib = bank_accounts::kept_rib(tx.conn(), &actor, id)?;
            let (iban, bic) = (iban.clone(), bic.clone());
            let form = AccountForm { holder: holder.clone(), iban, bic, bank_name: bank_name.clone(), rib };
            bank_accounts::enter(tx, &actor, id, &form, now)?;
            bank_accounts::drop_kept_rib(tx, id, now)
        })
    })
    .await
}
