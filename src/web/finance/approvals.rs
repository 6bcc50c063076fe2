//! Approving a payment run: its reader reads what leaves, asks for a code, and types it.

use super::{capital, cautions::Known, once, payment_runs::LIST};
use crate::{
    domain::{
        ids::PaymentRunId,
        lifecycles::payment_runs::PaymentRunEvent,
        money::Euros,
        one_time_codes::{CodeFault, MOST_TRIES},
        time::{Moment, french_date},
    },
    store::{Conn, Tx, disbursements::DisbursementFile, entropy},
    usecases::{
        Outcome,
        approvals::{self, Approval},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Payer, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Fact,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "finance/approval.html")]
struct ApprovalPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    home: String,
    button: &'static str,
    facts: Vec<Fact>,
    /// Whose transfer deserves a second look, with its amount, and why.
    cautions: Vec<(String, String)>,
    lines: Vec<Line>,
    sum: Euros,
    version: i32,
    token: String,
    /// A second form has a token of its own.
    other_token: String,
    /// What is known of the code that was sent; nothing when none waits.
    sent: Option<String>,
    errors: FieldErrors,
}

struct Line {
    holder: String,
    what: String,
    account: String,
    /// What deserves a second look; often nothing.
    cautions: Vec<String>,
    amount: Euros,
}

struct View {
    approval: Approval,
    known: Known,
}

fn line(file: &DisbursementFile, view: &View, now: Moment) -> Line {
    let row = &file.disbursement;
    let account = row.bank_account_id.and_then(|id| view.known.accounts.get(&id));
    Line {
        holder: file.holder.name.clone(),
        what: format!("{} nº\u{a0}{}, {}", capital(row.kind.label()), row.number, file.grant.grant_reference),
        account: account.map(|row| row.iban.masked()).unwrap_or_default(),
        cautions: view.known.cautions(account, row.id, now),
        amount: view.approval.file.net(row),
    }
}

/// What of a transfer deserves a second look: who and how much, and why.
fn cautions(line: &Line) -> Vec<(String, String)> {
    let who = format!("{}, {}", line.holder, line.amount);
    line.cautions.iter().map(|words| (who.clone(), words.clone())).collect()
}

/// Until when the code that was sent is valid, and how often it may still be typed.
fn sent(approval: &Approval, now: Moment) -> Option<String> {
    let code = approval.code.as_ref()?;
    if !approval.is_same {
        return Some(CodeFault::Changed.sentence().to_owned());
    }
    if code.expires_at <= now {
        return Some(CodeFault::Expired.sentence().to_owned());
    }
    let left = (MOST_TRIES - code.tries).max(0);
    let tries = match left {
        0 => return Some(CodeFault::Exhausted.sentence().to_owned()),
        1 => "il reste un essai".to_owned(),
        left => format!("il reste {left} essais"),
    };
    let until = code.expires_at.french();
    Some(format!("Un code vous a été envoyé par courriel. Il est valable jusqu’au {until}\u{202f}; {tries}."))
}

async fn page(app: &App, who: &SignedIn, id: PaymentRunId, errors: FieldErrors) -> Result<ApprovalPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<View> {
        let approval = approvals::find(conn, &actor, id, now)?;
        let known = Known::load(conn, &approval.file, now)?;
        Ok(View { approval, known })
    };
    let view = app.read(load).await?;
    let (file, home) = (&view.approval.file, format!("{LIST}/{id}"));
    let lines: Vec<Line> = file.lines.iter().map(|file| line(file, &view, now)).collect();
    let payer = format!("{}, {}", file.payer.holder, file.payer.iban.masked());
    Ok(ApprovalPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Lots de virements"), NavLink::new(&home, file.run.reference.as_str())],
        home,
        button: PaymentRunEvent::Approve.label(),
        facts: vec![
            Fact::new("Compte qui paie", payer),
            Fact::new("Exécution demandée", french_date(file.run.execution_on)),
            Fact::new("Virements", file.lines.len()),
            Fact::new("Total", file.total()),
        ],
        cautions: lines.iter().flat_map(cautions).collect(),
        lines,
        sum: file.total(),
        version: file.run.version,
        token: entropy::form_token()?,
        other_token: entropy::form_token()?,
        sent: sent(&view.approval, now),
        errors,
    })
}

/// What is approved, and the field for the code.
pub async fn ask(app: Data<App>, who: Payer, id: Path<PaymentRunId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), FieldErrors::none()).await?))
}

/// Sends a code to whoever asks.
pub async fn send_code(app: Data<App>, who: Payer, id: Path<PaymentRunId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let home = format!("{LIST}/{id}/approbation");
    let act = move |tx: &mut Tx| {
        approvals::ask_code(tx, &actor, id, now)?;
        Ok(format!("{LIST}/{id}/approbation"))
    };
    let to = once(&app, &who, &form, format!("{home}/code"), act).await?;
    Ok(see_other_saying(to, &Flash::success("Le code part par courriel. Il est valable un quart d’heure.")))
}

/// Approves it with the code that was typed. The answer to a wrong one is kept with its form as any other, so that a
/// second click is no second try.
pub async fn approve(app: Data<App>, who: Payer, id: Path<PaymentRunId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (version, said) = (form.version(), form.text("code").to_owned());
    let act = move |tx: &mut Tx| {
        Ok(match approvals::approve(tx, &actor, (id, version), &said, now)? {
            Ok(_) => format!("{LIST}/{id}"),
            Err(fault) => format!("{LIST}/{id}/approbation?refus={fault}"),
        })
    };
    let to = once(&app, &who, &form, format!("{LIST}/{id}/approbation"), act).await?;
    let fault = to.split_once("?refus=").and_then(|(_, fault)| fault.parse::<CodeFault>().ok());
    let Some(fault) = fault else {
        let said = "Le lot est approuvé. La gestion financière peut générer le fichier bancaire.";
        return Ok(see_other_saying(to, &Flash::success(said)));
    };
    let mut errors = FieldErrors::none();
    errors.add("code", fault.sentence());
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &who, id, errors).await?))
}
