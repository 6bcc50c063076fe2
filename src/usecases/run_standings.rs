//! What a payment run is to whoever looks at it, and the facts it is approved and sent by.

use super::{
    Actor, Outcome,
    advance::{Object, Standing},
    eligible_days,
    payment_runs::find,
};
use crate::{
    domain::{
        holidays::day_to_ask,
        ids::PaymentRunId,
        lifecycles::{
            bank_accounts::BankAccountState,
            disbursements::DisbursementState,
            payment_runs::{PaymentRun, PaymentRunFacts, PaymentRunState},
        },
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        bank_accounts::{self as accounts, BankAccountRow},
        disbursements::{self, DisbursementFile},
        payment_runs,
    },
};
use std::collections::BTreeSet;

impl Object for PaymentRun {
    type Id = PaymentRunId;

    fn look(conn: &mut Conn, id: PaymentRunId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = find(conn, actor, id)?;
        let readers = [Role::Finance, Role::Director, Role::System, Role::Auditor];
        let roles: Vec<_> = readers.into_iter().filter(|role| actor.is(*role)).collect();
        if roles.is_empty() {
            return Err(StoreError::NotFound.into());
        }
        let lines = disbursements::of_run(conn, id)?;
        let is_theirs = |line: &DisbursementFile| line.disbursement.authorised_by == actor.person;
        let accounts = waiting_accounts(conn, &lines)?;
        let facts = PaymentRunFacts {
            lines: lines.len() as i64,
            unpaid: lines.iter().filter(|line| line.disbursement.state == DisbursementState::InRun).count() as i64,
            unverified: unverified(&lines, &accounts),
            is_asker_preparer: actor.person.is_some()
                && (actor.person == Some(row.prepared_by) || lines.iter().any(is_theirs)),
            is_asker_verifier: actor.person.is_some()
                && accounts.iter().any(|account| account.verified_by == actor.person),
            outside_days: match row.state {
                PaymentRunState::Open | PaymentRunState::Approved => {
                    let waiting: Vec<_> = lines.iter().filter(is_waiting).map(|line| line.disbursement.id).collect();
                    eligible_days::refusal(conn, &waiting, day_to_ask(row.execution_on, now.paris_date()))?
                }
                _ => None,
            },
            has_file: payment_runs::file(conn, id)?.is_some(),
            reason: row.reason.clone(),
        };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.reason.unwrap_or_default() })
    }
}

fn is_waiting(line: &&DisbursementFile) -> bool {
    line.disbursement.state == DisbursementState::InRun
}

/// The accounts of lines not yet paid.
fn waiting_accounts(conn: &mut Conn, lines: &[DisbursementFile]) -> Outcome<Vec<BankAccountRow>> {
    let ids: Vec<_> = lines.iter().filter(is_waiting).filter_map(|line| line.disbursement.bank_account_id).collect();
    Ok(accounts::find_all(conn, &ids)?)
}

/// Beneficiaries of lines not yet paid whose account, among these, is not verified.
fn unverified(lines: &[DisbursementFile], accounts: &[BankAccountRow]) -> Vec<String> {
    let verified = accounts.iter().filter(|account| account.state == BankAccountState::Verified);
    let verified: BTreeSet<_> = verified.map(|account| account.id).collect();
    let is_verified =
        |line: &&DisbursementFile| line.disbursement.bank_account_id.is_some_and(|id| verified.contains(&id));
    let left = lines.iter().filter(is_waiting).filter(|line| !is_verified(line));
    left.map(|line| line.holder.name.clone()).collect()
}
