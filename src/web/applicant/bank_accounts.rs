//! The bank account of my organisation: entered with its RIB, changed with care, never shown in full again.

use super::errors_of;
use crate::{
    domain::{
        account_holders::AccountHolder,
        attachments::LARGEST_IN_WORDS,
        identity::{Bic, Iban, faults},
        ids::{OrganisationId, PersonId},
        lifecycles::bank_accounts::BankAccountState,
        one_time_codes::CodeFault,
        organisations::{LegalForm, Right},
        signing::masked,
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{StoreError, Tx, bank_accounts::BankAccountRow, entropy},
    usecases::{
        Actor, Outcome, UseCaseError,
        account_changes::{self, Asked, Proof},
        attachments,
        bank_accounts::{self, AccountForm},
        organisations,
    },
    web::{
        App, Failure, Fields, Reply,
        account::{source_of, typed_passwords},
        audiences::Applicant,
        flashes::see_other_saying,
        grants::account_badge,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Stepper},
        sendings::{Sent, send},
        standings, uploads,
    },
};
use actix_web::{
    HttpRequest,
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
    /// What is asked of whoever gives another account; nothing for the first one.
    asking: Option<Asking>,
    /// Whether the code is asked for now.
    wants_code: bool,
    holder_help: &'static str,
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

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Typed {
            holder: text("titulaire"),
            iban: text("iban"),
            bic: text("bic"),
            bank: text("banque"),
            is_confirmed: fields.has("confirmation"),
        }
    }
}

/// What confirms a change, and where its code goes.
struct Asking {
    asked: Asked,
    /// The address of the reader, masked.
    mailbox: String,
    /// Whether a number that waits may be given again with another RIB, which takes no code.
    has_refused_rib: bool,
}

struct Shown {
    iban: String,
    holder: String,
    bank: String,
    badge: Badge,
    next: String,
    /// In whose name it is, where that is the public accountant's.
    accountant: &'static str,
    rib: Option<String>,
}

/// What is written in the field of the holder: a public body is paid on the account of its public accountant.
const fn holder_help(form: LegalForm) -> &'static str {
    if form.has_public_accountant() {
        "Exactement comme sur le RIB. Si votre organisation est payée par un comptable public (service de gestion \
         comptable, trésorerie, agent comptable, direction des finances publiques), c’est son nom qui y figure\u{a0}: \
         recopiez-le. La gestion financière s’assurera que ce compte est le vôtre."
    } else {
        "Exactement comme sur le RIB. Ce doit être votre organisation, pas une personne."
    }
}

/// What is said of an account in another name than that of a public body; nothing of the others.
fn accountant(row: &BankAccountRow, name: &str, form: LegalForm) -> &'static str {
    match (AccountHolder::of(&row.holder, name, form), row.state) {
        (AccountHolder::PublicAccountant, BankAccountState::Verified) => {
            "C’est le compte de votre comptable public\u{a0}: il reçoit les versements pour vous."
        }
        (AccountHolder::PublicAccountant, _) => {
            "Le titulaire n’est pas votre organisation\u{a0}: la gestion financière s’assure d’abord que c’est bien votre \
             comptable public."
        }
        _ => "",
    }
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

fn shown(row: &BankAccountRow, (name, form): (&str, LegalForm), is_rib_refused: bool, now: Moment) -> Shown {
    Shown {
        iban: row.iban.masked(),
        holder: row.holder.clone(),
        bank: row.bank_name.clone(),
        badge: account_badge(row.state),
        next: next(row, is_rib_refused, now),
        accountant: accountant(row, name, form),
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
    let (organisation, (rows, refused), kept, (may_enter, asked)) = app
        .read(move |conn| {
            if !organisations::acts_for(conn, &actor, &[id])? {
                return Err(StoreError::NotFound.into());
            }
            let organisation = organisations::find(conn, &actor, id)?;
            let mut rows = bank_accounts::of_organisation(conn, &actor, id)?;
            let may_enter = organisations::may(conn, &actor, &[id], Right::Money)?;
            let refused = bank_accounts::refused_ribs(conn, &rows)?;
            for row in &mut rows {
                // No link leads to a paper that does not exist for the reader.
                if !bank_accounts::reads_rib(conn, &actor, id, row.entered_by)? {
                    row.rib_attachment_id = None;
                }
            }
            let asked = account_changes::asked(conn, &actor, id, now)?;
            Ok((organisation, (rows, refused), bank_accounts::kept_rib(conn, &actor, id)?, (may_enter, asked)))
        })
        .await?;
    let moving = rows.iter().find(|row| row.state != BankAccountState::Verified).or_else(|| rows.first());
    let is_verified = |row: &BankAccountRow| row.state == BankAccountState::Verified;
    let has_refused_rib = rows.iter().any(|row| !is_verified(row) && refused.contains(&row.id));
    let is_wrong = |field: &&str| errors.get(field).is_some();
    Ok(BankAccountPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/organisations", "Mes organisations"),
            NavLink::new(format!("/organisations/{id}"), &organisation.name),
        ],
        id: id.to_string(),
        accounts: rows
            .iter()
            .map(|row| shown(row, (&organisation.name, organisation.legal_form), refused.contains(&row.id), now))
            .collect(),
        holder_help: holder_help(organisation.legal_form),
        organisation: organisation.name,
        stepper: moving.map(|row| standings::of_account(row, now)),
        is_change: rows.iter().any(is_verified),
        may_enter,
        wants_code: asked.is_some_and(|asked| asked.has_code) || ["code", PASSWORD].iter().any(is_wrong),
        asking: asked.map(|asked| Asking { asked, mailbox: masked(&who.email), has_refused_rib }),
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
const ORDER: [&str; 8] = ["titulaire", "iban", "bic", "banque", "rib", "confirmation", "code", PASSWORD];
/// The field of the password.
const PASSWORD: &str = "mot_de_passe";

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

/// A form as it came, with what is wrong with it so far; its RIB is kept already.
struct Came {
    fields: Fields,
    errors: FieldErrors,
}

async fn receive(app: &App, who: &Applicant, id: OrganisationId, form: uploads::Parts) -> Result<Came, Failure> {
    // Nothing is read from somebody who may not see the page.
    let is_change = page(app, who, id, Typed::default(), FieldErrors::none()).await?.is_change;
    let upload = uploads::read(form).await?;
    let mut errors = FieldErrors::none();
    keep_rib(app, who, id, upload.file, &mut errors).await?;
    if is_change && !upload.fields.has("confirmation") {
        errors.add("confirmation", "Cochez la case pour confirmer le changement de compte.");
    }
    Ok(Came { fields: upload.fields, errors })
}

/// The page as it was typed, with what is wrong with it.
async fn again(app: &App, who: &Applicant, id: OrganisationId, fields: &Fields, errors: FieldErrors) -> Reply {
    let page = page(app, who, id, Typed::of(fields), errors.in_order(&ORDER)).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Sends a code for the change that was typed. The page answers itself: a number is kept nowhere before it is confirmed.
pub async fn send_code(app: Data<App>, who: Applicant, id: Path<OrganisationId>, form: uploads::Parts) -> Reply {
    let id = id.into_inner();
    let Came { fields, mut errors } = receive(&app, &who, id, form).await?;
    if let Some(numbers) = read(&app, &who, id, &fields, &mut errors).await? {
        match ask(&app, &who, id, &fields, numbers).await {
            Ok(_) => return Ok(render(&page(&app, &who, id, Typed::of(&fields), FieldErrors::none()).await?)),
            Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => errors = errors_of(wrong),
            Err(Failure::UseCase(UseCaseError::Refused(reason))) => errors.add("code", reason.to_string()),
            Err(failure) => return Err(failure),
        }
    }
    again(&app, &who, id, &fields, errors).await
}

/// Enters an account. What was refused comes back as typed, the RIB with it.
pub async fn enter(
    app: Data<App>,
    who: Applicant,
    id: Path<OrganisationId>,
    request: HttpRequest,
    form: uploads::Parts,
) -> Reply {
    let id = id.into_inner();
    let Came { fields, mut errors } = receive(&app, &who, id, form).await?;
    if let Some(numbers) = read(&app, &who, id, &fields, &mut errors).await? {
        let opened = opened(&app, &who, &source_of(&request), (&fields, &mut errors)).await?;
        if !errors.is_empty() {
            return again(&app, &who, id, &fields, errors).await;
        }
        match write(&app, &who, id, &fields, (numbers, opened)).await {
            Ok(to) => match to.split_once("?refus=").map(|(_, fault)| fault.parse::<CodeFault>()) {
                Some(Ok(fault)) => errors.add("code", fault.sentence()),
                _ => {
                    let said = "Le compte est enregistré. La gestion financière le vérifie avant tout versement.";
                    return Ok(see_other_saying(to, &Flash::success(said)));
                }
            },
            Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => errors = errors_of(wrong),
            Err(failure) => return Err(failure),
        }
    }
    again(&app, &who, id, &fields, errors).await
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

/// Number and code of the bank, as typed.
type Numbers = (Iban, Option<Bic>);

/// The account of the form, with the RIB that waits for it.
fn account(
    tx: &mut Tx,
    (actor, id): (&Actor, OrganisationId),
    fields: &Fields,
    (iban, bic): &Numbers,
) -> Outcome<AccountForm> {
    Ok(AccountForm {
        holder: fields.text("titulaire").to_owned(),
        iban: iban.clone(),
        bic: bic.clone(),
        bank_name: fields.text("banque").to_owned(),
        rib: bank_accounts::kept_rib(tx.conn(), actor, id)?,
    })
}

/// What was sent but the password: no trace of it is kept.
fn without_password(fields: &Fields) -> Fields {
    Fields::of(fields.iter().filter(|(name, _)| *name != PASSWORD))
}

async fn ask(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    fields: &Fields,
    numbers: Numbers,
) -> Result<String, Failure> {
    let (actor, now, path) = (who.actor.clone(), app.now(), format!("/organisations/{id}/compte"));
    let fields = without_password(fields);
    let sent = Sent::new(app, who, &fields, &format!("{path}/code"), &path);
    let act = move |tx: &mut Tx| {
        let form = account(tx, (&actor, id), &fields, &numbers)?;
        account_changes::ask(tx, &actor, id, &form, now).map(drop)
    };
    send(app, sent, act).await
}

/// Whose password was typed; nobody's when none was or when it is wrong.
async fn opened(
    app: &App,
    who: &Applicant,
    source: &str,
    (fields, errors): (&Fields, &mut FieldErrors),
) -> Result<Option<PersonId>, Failure> {
    let typed = fields.iter().find(|(name, typed)| *name == PASSWORD && !typed.is_empty());
    let Some(typed) = typed.map(|(_, typed)| typed.to_owned()) else { return Ok(None) };
    match typed_passwords::opened(app, who, source, typed).await? {
        Ok(person) => Ok(person),
        Err(braked) => {
            errors.add(PASSWORD, braked);
            Ok(None)
        }
    }
}

async fn write(
    app: &App,
    who: &Applicant,
    id: OrganisationId,
    fields: &Fields,
    (numbers, opened): (Numbers, Option<PersonId>),
) -> Result<String, Failure> {
    let (actor, now, path) = (who.actor.clone(), app.now(), format!("/organisations/{id}/compte"));
    let fields = without_password(fields);
    let sent = Sent::new(app, who, &fields, &path, &path);
    let proof = Proof { code: fields.text("code").to_owned(), opened };
    app.write(move |tx| {
        sent.answered(tx, |tx| {
            let form = account(tx, (&actor, id), &fields, &numbers)?;
            if let Err(fault) = account_changes::give(tx, &actor, id, (&form, &proof), now)? {
                return Ok(format!("{path}?refus={fault}"));
            }
            bank_accounts::drop_kept_rib(tx, &actor, id, now)?;
            Ok(path.clone())
        })
    })
    .await
}
