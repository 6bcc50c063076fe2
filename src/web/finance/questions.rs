//! What finance and management are asked once more before it happens: a run cancelled, an account closed, a debt set off
//! or given up.

use super::{bank_accounts, capital, payment_runs, recoveries};
use crate::{
    domain::{
        ids::{BankAccountId, PaymentRunId, RecoveryId},
        lifecycles::{
            bank_accounts::{BankAccount, BankAccountEvent},
            payment_runs::{PaymentRun, PaymentRunEvent},
            recoveries::{Recovery, RecoveryEvent},
        },
    },
    usecases::{
        advance::Object,
        bank_accounts as accounts, payment_runs as runs,
        recoveries::{self as debts, Offset},
    },
    web::{
        App, Failure, Reply,
        audiences::{Director, Finance, Payer, SignedIn},
        confirming::{Confirmation, Stands},
        pages::NavLink,
    },
};
use actix_web::web::{Data, Path};

/// Before a run is cancelled.
pub(super) async fn cancelled_run(app: &App, who: &SignedIn, id: PaymentRunId) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (file, standing) = app
        .read(move |conn| {
            let mut standing = PaymentRun::look(conn, id, &actor, now)?;
            standing.facts.reason = Some(String::new());
            Ok((runs::file(conn, &actor, id)?, standing))
        })
        .await?;
    let stands = Stands::before(&standing, PaymentRunEvent::Cancel)?;
    let home = format!("{}/{id}", payment_runs::LIST);
    let way =
        vec![NavLink::new(payment_runs::LIST, "Lots de virements"), NavLink::new(&home, file.run.reference.as_str())];
    let page = Confirmation::about(who.chrome(), way, PaymentRunEvent::Cancel, stands, format!("{home}/annulation"))?;
    let lead = format!("{}, {} de virements.", file.run.reference, file.total());
    let said = ["Le lot ne partira pas à la banque.", "Ses versements restent autorisés et attendent un autre lot."];
    Ok(page.saying(lead, &said).with_motive("Il reste dans l’historique du lot."))
}

/// Before an account is closed.
pub(super) async fn closed_account(app: &App, who: &SignedIn, id: BankAccountId) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (waiting, standing) = app
        .read(move |conn| Ok((accounts::find(conn, &actor, id)?, BankAccount::look(conn, id, &actor, now)?)))
        .await?;
    let stands = Stands::before(&standing, BankAccountEvent::Close)?;
    let (list, home) = (bank_accounts::LIST, format!("{}/{id}", bank_accounts::LIST));
    let way = vec![NavLink::new(list, "Comptes bancaires"), NavLink::new(&home, &waiting.organisation)];
    let page = Confirmation::about(who.chrome(), way, BankAccountEvent::Close, stands, format!("{home}/fermeture"))?;
    let lead = format!("{}, {}.", waiting.organisation, waiting.account.iban.masked());
    let said = [
        "Ce compte ne resservira pas. Les versements prévus attendent un autre RIB.",
        "Pour un simple doute, la quarantaine suffit\u{a0}: elle se lève.",
    ];
    Ok(page.saying(lead, &said).with_motive("Il reste dans l’historique du compte."))
}

/// Before a debt is set off or given up.
pub(super) async fn settled_debt(
    app: &App,
    who: &SignedIn,
    id: RecoveryId,
    event: RecoveryEvent,
) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (file, standing, from) = app
        .read(move |conn| {
            let mut standing = Recovery::look(conn, id, &actor, now)?;
            standing.facts.reason = Some(String::new());
            let from = match event {
                RecoveryEvent::OffsetAgainst => debts::offset_of(conn, &actor, id)?,
                _ => None,
            };
            Ok((debts::file(conn, &actor, id)?, standing, from))
        })
        .await?;
    let stands = Stands::before(&standing, event)?;
    let home = format!("{}/{id}", recoveries::LIST);
    let title = format!("Trop-perçu de {}", file.holder.name);
    let way = vec![NavLink::new(recoveries::LIST, "Trop-perçus"), NavLink::new(&home, title)];
    let lead = format!("{}, trop-perçu de {}.", file.holder.name, file.recovery.amount_cents);
    let mut said = match event {
        RecoveryEvent::WriteOff => vec![
            "La somme n’est plus demandée à l’organisation, qui est prévenue par courriel.".to_owned(),
            "Elle reste à la charge du fonds.".to_owned(),
        ],
        _ => vec!["Un versement autorisé d’une autre subvention de l’organisation est diminué d’autant.".to_owned()],
    };
    if let Some(from) = &from {
        said.extend(kept_back(from));
    }
    let help = match event {
        RecoveryEvent::WriteOff => "La direction dit pourquoi elle renonce à cette somme.",
        _ => "Écrivez quelle somme due est diminuée, et pourquoi.",
    };
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let page = Confirmation::about(who.chrome(), way, event, stands, format!("{home}/{}", recoveries::path(event)))?;
    Ok(page.saying(lead, &said).with_motive(help))
}

/// Which payment becomes smaller, and whose money stays here.
fn kept_back(from: &Offset) -> [String; 3] {
    let (row, grant) = (&from.payment.disbursement, &from.payment.grant.grant_reference);
    let what = format!("{} nº\u{a0}{} de {grant}", capital(row.kind.label()), row.number);
    let (pays, regains) = (from.pays.join(", "), from.regains.join(", "));
    [
        format!("{what}\u{a0}: {} partent au lieu de {}.", from.after, from.before),
        format!("Ce versement reste entier dans les comptes de {pays}. La somme gardée revient à {regains}."),
        "L’organisation est prévenue par courriel.".to_owned(),
    ]
}

/// Asks before a run is cancelled.
pub async fn ask_cancel(app: Data<App>, who: Payer, id: Path<PaymentRunId>) -> Reply {
    Ok(cancelled_run(&app, &who, id.into_inner()).await?.shown())
}

/// Asks before an account is closed.
pub async fn ask_close(app: Data<App>, who: Finance, id: Path<BankAccountId>) -> Reply {
    Ok(closed_account(&app, &who, id.into_inner()).await?.shown())
}

/// Asks before a debt is set off.
pub async fn ask_offset(app: Data<App>, who: Finance, id: Path<RecoveryId>) -> Reply {
    Ok(settled_debt(&app, &who, id.into_inner(), RecoveryEvent::OffsetAgainst).await?.shown())
}

/// Asks before a debt is given up.
pub async fn ask_write_off(app: Data<App>, who: Director, id: Path<RecoveryId>) -> Reply {
    Ok(settled_debt(&app, &who, id.into_inner(), RecoveryEvent::WriteOff).await?.shown())
}
