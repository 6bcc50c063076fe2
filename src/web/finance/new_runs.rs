//! A payment run prepared from the authorised payments, with its totals by funder.

use super::{Sources, capital, disbursements::chosen, kept_back_words, once, payment_runs::LIST};
use crate::{
    domain::{
        holidays::bank_day,
        ids::{DisbursementId, PayerAccountId},
        lifecycles::disbursements::DisbursementState,
        money::Euros,
        time::Moment,
    },
    store::{
        Conn, Tx, entropy, journal,
        money_sources::{self, SplitRow},
        payment_runs::PayerAccountRow,
    },
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        disbursements::{self, ToPay},
        payment_runs::{self, Preparation},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Finance, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
    },
};
use actix_web::{http::StatusCode, web::Data};
use askama::Template;
use chrono::NaiveDate;

/// Payments offered for one run.
const MOST_LINES: i64 = 500;

#[derive(Template)]
#[template(path = "finance/new_run.html")]
struct NewRunPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    lines: Vec<NewLine>,
    totals: Vec<(String, Euros)>,
    sum: Euros,
    payers: Vec<Choice>,
    execution: String,
    token: String,
    errors: FieldErrors,
}

struct NewLine {
    value: String,
    is_ticked: bool,
    holder: String,
    what: String,
    fund: String,
    split: String,
    amount: Euros,
    /// Why it cannot leave; empty when it can.
    blocked: String,
    /// What deserves a second look; often nothing.
    cautions: Vec<String>,
}

/// What may leave and where from, with what is kept back from it.
struct Ready {
    payments: Vec<ToPay>,
    splits: Vec<SplitRow>,
    kept_back: Vec<(DisbursementId, Euros)>,
    sources: Sources,
    payers: Vec<PayerAccountRow>,
}

impl Ready {
    fn kept_back(&self, id: DisbursementId) -> Euros {
        self.kept_back.iter().filter(|(of, _)| *of == id).map(|(_, amount)| *amount).sum()
    }
}

fn load_ready(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Ready> {
    let payments = disbursements::to_pay(conn, actor, (DisbursementState::Authorised, None, MOST_LINES), now)?;
    let ids: Vec<_> = payments.iter().map(|payment| payment.file.disbursement.id).collect();
    Ok(Ready {
        payments,
        splits: money_sources::splits_of(conn, &ids)?,
        kept_back: journal::kept_back(conn, &ids)?,
        sources: Sources::load(conn)?,
        payers: payment_runs::payers(conn)?,
    })
}

/// What was typed into the form of a new run; nothing when it is first shown.
struct TypedRun {
    ticked: Option<Vec<String>>,
    payer: String,
    execution: String,
}

async fn new_page(app: &App, who: &SignedIn, typed: TypedRun, errors: FieldErrors) -> Result<NewRunPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let ready = app.read(move |conn| load_ready(conn, &actor, now)).await?;
    let (sources, payers) = (&ready.sources, &ready.payers);
    let can_leave = |payment: &ToPay| payment.obstacles.is_empty();
    let free = ready.payments.iter().filter(|payment| can_leave(payment));
    let free: Vec<_> = free.map(|payment| &payment.file.disbursement).collect();
    let whole: Euros = free.iter().map(|row| row.amount_cents).sum();
    let kept_back: Euros = free.iter().map(|row| ready.kept_back(row.id)).sum();
    let splits_free = ready.splits.iter().filter(|split| free.iter().any(|row| row.id == split.disbursement_id));
    let line = |payment: &ToPay| {
        let (file, row) = (&payment.file, &payment.file.disbursement);
        let value = format!("{}:{}", row.id, row.version);
        let kept_back = ready.kept_back(row.id);
        let reduced = kept_back_words(row.amount_cents, kept_back);
        NewLine {
            is_ticked: can_leave(payment) && typed.ticked.as_ref().is_none_or(|ticked| ticked.contains(&value)),
            blocked: payment.obstacles.join(", "),
            cautions: payment.cautions.clone(),
            value,
            holder: file.holder.name.clone(),
            what: format!(
                "{} nº\u{a0}{}, {}{reduced}",
                capital(row.kind.label()),
                row.number,
                file.grant.grant_reference
            ),
            fund: file.fund.fund_name.clone(),
            split: sources.split(ready.splits.iter().filter(|split| split.disbursement_id == row.id)),
            amount: row.amount_cents - kept_back,
        }
    };
    let payer = |row: &PayerAccountRow| (row.id.to_string(), format!("{}, {}", row.holder, row.iban.masked()));
    let only = if payers.len() == 1 { payers[0].id.to_string() } else { typed.payer };
    Ok(NewRunPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Lots de virements")],
        lines: ready.payments.iter().map(line).collect(),
        totals: sources.totals(splits_free, kept_back),
        sum: whole - kept_back,
        payers: Choice::list(payers.iter().map(payer), &[&only]),
        execution: typed.execution,
        token: entropy::form_token()?,
        errors,
    })
}

/// The authorised payments, to choose from.
pub async fn blank(app: Data<App>, who: Finance) -> Reply {
    let execution = bank_day(app.now().plus_days(1).paris_date()).to_string();
    let typed = TypedRun { ticked: None, payer: String::new(), execution };
    Ok(render(&new_page(&app, &who, typed, FieldErrors::none()).await?))
}

fn wanted(form: &Fields) -> Outcome<Preparation> {
    let mut errors = Vec::new();
    let mut missing = |field: &str, sentence: &str| errors.push(FieldError::new(field, sentence));
    let payer = form.text("payeur").parse::<PayerAccountId>();
    if payer.is_err() {
        missing("payeur", "Choisissez le compte qui paie.");
    }
    let execution_on = form.text("execution").parse::<NaiveDate>();
    if execution_on.is_err() {
        missing("execution", "Indiquez la date à laquelle la banque doit payer.");
    }
    match (payer, execution_on) {
        (Ok(payer), Ok(execution_on)) => Ok(Preparation { lines: chosen(form, "ligne"), payer, execution_on }),
        _ => Err(UseCaseError::Invalid(errors)),
    }
}

/// Prepares a run of the ticked payments.
pub async fn prepare(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let done = match wanted(&form) {
        Ok(wanted) => {
            let act = move |tx: &mut Tx| Ok(format!("{LIST}/{}", payment_runs::prepare(tx, &actor, &wanted, now)?));
            once(&app, &who, &form, LIST.to_owned(), act).await
        }
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(answer) => {
            let sentence = "Le lot est prêt. Une autre personne doit maintenant l’approuver.";
            Ok(see_other_saying(answer, &Flash::success(sentence)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let ticked = form.all("ligne").map(str::to_owned).collect();
            let (payer, execution) = (form.text("payeur").to_owned(), form.text("execution").to_owned());
            let typed = TypedRun { ticked: Some(ticked), payer, execution };
            let page = new_page(&app, &who, typed, errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}
