//! The list of a payment run, as it is printed and signed.

use super::{Actor, Outcome, payment_runs, settings};
use crate::{
    domain::{
        correspondence::run_lists::{self, RunList, RunListLine},
        ids::{PaymentRunId, PersonId},
        letters::Letter,
        money::Euros,
    },
    store::{Conn, bank_accounts as accounts, people},
};
use std::collections::BTreeMap;

/// The list of a run, for those who read its page: its transfers as they were approved, as they are prepared before.
pub fn letter(conn: &mut Conn, actor: &Actor, id: PaymentRunId) -> Outcome<Letter> {
    let file = payment_runs::file(conn, actor, id)?;
    let (run, settings) = (&file.run, settings::load(conn)?);
    let account_ids: Vec<_> = file.leaving().filter_map(|line| line.disbursement.bank_account_id).collect();
    let known: BTreeMap<_, _> = accounts::find_all(conn, &account_ids)?.into_iter().map(|row| (row.id, row)).collect();
    let signers: Vec<_> = [Some(run.prepared_by), run.approved_by].into_iter().flatten().collect();
    let people = people::of_ids(conn, &signers)?;
    let name = |id: PersonId| people.iter().find(|row| row.id == id).map(|row| row.name.clone()).unwrap_or_default();
    let mut funds: BTreeMap<String, Euros> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in file.leaving() {
        let (row, fund) = (&line.disbursement, &line.fund.fund_name);
        let amount = file.net(row);
        *funds.entry(fund.clone()).or_insert(Euros::ZERO) += amount;
        let account = row.bank_account_id.and_then(|id| known.get(&id));
        lines.push(RunListLine {
            beneficiary: line.holder.name.clone(),
            reference: row.end_to_end_id.clone().unwrap_or_default(),
            account: account.map(|account| (account.iban.masked(), account.holder.clone())).unwrap_or_default(),
            label: format!("{fund} {} {}", line.grant.grant_reference, row.kind.label()),
            amount,
            kept_back: row.amount_cents - amount,
        });
    }
    let list = RunList {
        issuer: settings.issuer(),
        city: settings.issuer_city.clone(),
        reference: run.reference.clone(),
        state: run.state.label().to_owned(),
        execution_on: run.execution_on,
        payer: (file.payer.holder.clone(), file.payer.iban.masked()),
        funds: funds.into_iter().collect(),
        withdrawn: file.lines.len() as i64 - lines.len() as i64,
        lines,
        prepared: (name(run.prepared_by), run.created_at),
        approved: run.approved_by.zip(run.approved_at).map(|(by, at)| (name(by), at)),
        at: run.state_at,
    };
    Ok(run_lists::letter(&list))
}
