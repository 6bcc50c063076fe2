//! Payments of a grant that is suspended, and of an organisation whose account changes or comes into doubt: those that are
//! still here leave their run; of those the bank has been asked for, whoever can telephone it hears at once.

use super::{
    Outcome,
    advance::Cause,
    payment_runs, settings,
    terms::{self, staff_in},
};
use crate::{
    domain::{
        correspondence::payment_runs::{GoneTransfer, StopCause, stop_mail},
        ids::{ApplicationId, DisbursementId, GrantId},
        lifecycle::Machine,
        lifecycles::{bank_accounts::BankAccountState, disbursements::DisbursementState},
        money::Euros,
        roles::Role,
    },
    store::{
        Conn, Tx,
        bank_accounts::{self, BankAccountRow},
        disbursements::{self, DisbursementRow},
        grants, journal, organisations, payment_runs as runs, recusals,
    },
};

/// Takes the open payments of a grant that is suspended, or of an organisation whose account changes, out of their runs; and
/// tells of those that are out of reach.
pub(super) fn pull_open_payments(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    if cause.machine == Machine::Grant {
        return pull_of_grant(tx, cause);
    }
    let account = bank_accounts::find(tx.conn(), cause.subject()?)?;
    let in_run = disbursements::in_run_of_organisation(tx.conn(), account.organisation_id)?;
    let mut left = pull(tx, in_run, cause)?;
    left.retain(|payment| is_alarming(&account, payment, cause));
    let gone = gone_transfers(tx.conn(), &ids_of(left))?;
    let is_new = gone.iter().all(|(_, transfer)| transfer.account != account.iban.masked());
    let why = if is_new { StopCause::OtherAccount } else { StopCause::Doubt };
    let organisation = organisations::find(tx.conn(), account.organisation_id)?.name;
    tell_payers(tx, cause, (&organisation, why), &gone)
}

/// The same of a grant that is suspended.
fn pull_of_grant(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let id: GrantId = cause.subject()?;
    let payments = disbursements::of_grant(tx.conn(), id)?;
    let in_run = payments.into_iter().filter(|payment| payment.state == DisbursementState::InRun).collect();
    let left = pull(tx, in_run, cause)?;
    let gone = gone_transfers(tx.conn(), &ids_of(left))?;
    let file = grants::file(tx.conn(), id)?;
    tell_payers(tx, cause, (&file.holder.name, StopCause::Suspension(&file.grant.reference)), &gone)
}

fn ids_of(payments: Vec<DisbursementRow>) -> Vec<DisbursementId> {
    payments.into_iter().map(|payment| payment.id).collect()
}

/// Takes these payments out of their runs; gives back those whose file has left, which cannot be called back from here.
fn pull(tx: &mut Tx, in_run: Vec<DisbursementRow>, cause: &Cause) -> Outcome<Vec<DisbursementRow>> {
    let mut left = Vec::new();
    for payment in in_run {
        let Some(run) = payment.payment_run_id else { continue };
        if runs::find(tx.conn(), run)?.exported_at.is_some() {
            left.push(payment);
        } else {
            payment_runs::pull(tx, payment.id, cause.now)?;
        }
    }
    Ok(left)
}

/// Whether the bank may have to stop a payment because of what happens to this account. An account that closes because
/// another one took its place was told of when that one came.
fn is_alarming(account: &BankAccountRow, payment: &DisbursementRow, cause: &Cause) -> bool {
    match account.state {
        BankAccountState::Quarantined => true,
        BankAccountState::Closed => cause.actor.person.is_some() && payment.bank_account_id == Some(account.id),
        BankAccountState::Unverified | BankAccountState::Verified => false,
    }
}

/// A payment the bank has been asked for, and the file it comes from.
type Gone = (ApplicationId, GoneTransfer);

fn gone_transfers(conn: &mut Conn, ids: &[DisbursementId]) -> Outcome<Vec<Gone>> {
    let mut files = disbursements::files_of(conn, ids)?;
    files.sort_by_key(|file| file.disbursement.id);
    let accounts: Vec<_> = files.iter().filter_map(|file| file.disbursement.bank_account_id).collect();
    let accounts = bank_accounts::find_all(conn, &accounts)?;
    let kept_back = journal::kept_back(conn, ids)?;
    let mut gone = Vec::with_capacity(files.len());
    for file in files {
        let row = file.disbursement;
        let run = row.payment_run_id.map(|id| runs::find(conn, id)).transpose()?;
        let account = accounts.iter().find(|account| Some(account.id) == row.bank_account_id);
        let kept: Euros = kept_back.iter().filter(|(id, _)| *id == row.id).map(|(_, amount)| *amount).sum();
        let transfer = GoneTransfer {
            id: row.id,
            reference: row.end_to_end_id.unwrap_or_default(),
            run_reference: run.map(|run| run.reference).unwrap_or_default(),
            account: account.map(|account| account.iban.masked()).unwrap_or_default(),
            amount: row.amount_cents - kept,
        };
        gone.push((file.grant.application_id, transfer));
    }
    Ok(gone)
}

/// One mail for each person who pays, with the payments that exist for them; none for whoever did it.
fn tell_payers(tx: &mut Tx, cause: &Cause, (organisation, why): (&str, StopCause<'_>), gone: &[Gone]) -> Outcome<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let applications: Vec<_> = gone.iter().map(|(application, _)| *application).collect();
    let contact = settings::load(tx.conn())?.issuer_contact;
    for one in staff_in(tx.conn(), &[Role::Finance, Role::Director])? {
        let Some(person) = one.person.filter(|person| cause.actor.person != Some(*person)) else { continue };
        let hidden = recusals::among(tx.conn(), person, &applications)?;
        let told: Vec<_> = gone.iter().filter(|(id, _)| !hidden.contains(id)).map(|(_, transfer)| transfer).collect();
        if let Some(mail) = stop_mail(organisation, why, &told, &contact) {
            terms::tell(tx, cause, &[one], &mail)?;
        }
    }
    Ok(())
}
