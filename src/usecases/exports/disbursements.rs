//! Disbursements (versements), one row for each, with where its money comes from.

use super::{Call, Exported, FunderShare, Origin, Project, Scope, last_key, once, projects};
use crate::{
    domain::{
        identity::SealedIban,
        ids::{BankAccountId, DisbursementId, GrantId, PaymentRunId},
        money::Euros,
    },
    store::{
        Conn,
        exports::{self as rows, AccountLine, DisbursementLine},
    },
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// One disbursement as it leaves the house.
#[derive(Debug, Clone)]
pub struct DisbursementRow {
    pub origin: Arc<Origin>,
    pub project: Arc<Project>,
    /// Code of the kind (advance, instalment, balance) and its French label.
    pub kind: &'static str,
    pub kind_label: &'static str,
    /// Its place in the schedule of the grant, from 1.
    pub sequence: i64,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    pub amount: Euros,
    pub due_on: Option<NaiveDate>,
    pub authorised_on: Option<NaiveDate>,
    pub paid_on: Option<NaiveDate>,
    /// Reference of the payment run, once in one.
    pub payment_run: Arc<str>,
    /// What the bank gives back with the payment.
    pub end_to_end_id: String,
    /// Where it goes; the number is written masked.
    pub account: Option<Arc<Account>>,
    /// Adds up to `amount`.
    pub funder_split: Vec<FunderShare>,
}

/// The account money goes to.
#[derive(Debug, Clone)]
pub struct Account {
    pub iban: SealedIban,
    pub holder: String,
}

/// What is remembered of grants and accounts, at most: some megabytes, whatever the table.
const REMEMBERED: usize = 4_000;

/// The disbursements. What was met once is remembered: a run has many lines, and the instalments of a grant come in several
/// chunks of its call.
#[derive(Debug, Default)]
pub struct Disbursements {
    runs: BTreeMap<PaymentRunId, Arc<str>>,
    /// Nothing under a grant that does not exist for the reader.
    projects: BTreeMap<GrantId, Option<Arc<Project>>>,
    accounts: BTreeMap<BankAccountId, Arc<Account>>,
}

impl Exported for Disbursements {
    type Row = DisbursementRow;
    type Key = DisbursementId;

    const TELLS_DECISIONS: bool = true;

    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<DisbursementId>,
    ) -> Outcome<(Vec<DisbursementRow>, Option<DisbursementId>)> {
        let lines = rows::disbursements(conn, call.row.id, scope.days, after, super::CHUNK as i64)?;
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok((Vec::new(), None)) };
        let splits = rows::splits_between(conn, call.row.id, (first.id, last.id))?;
        self.learn_projects(conn, scope, &lines)?;
        self.learn_accounts(conn, &lines)?;
        self.learn_runs(conn, &lines)?;
        let next = last_key(&lines, |line| line.id);
        let mut splits = splits.into_iter().peekable();
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            // Both come in the order of the identifiers; a filter of days may have left lines out between these.
            while splits.next_if(|(id, ..)| *id < line.id).is_some() {}
            let mut funder_split = Vec::new();
            while let Some((_, source, amount)) = splits.next_if(|(id, ..)| *id == line.id) {
                funder_split.push(scope.share(source, amount));
            }
            let Some(Some(project)) = self.projects.get(&line.grant_id) else { continue };
            let account = line.bank_account_id.and_then(|id| self.accounts.get(&id).cloned());
            let payment_run = line.payment_run_id.and_then(|id| self.runs.get(&id).cloned()).unwrap_or_default();
            found.push(row(line, call, project, account, payment_run, funder_split));
        }
        Ok((found, next))
    }
}

impl Disbursements {
    fn learn_projects(&mut self, conn: &mut Conn, scope: &Scope, lines: &[DisbursementLine]) -> Outcome<()> {
        if self.projects.len() > REMEMBERED {
            self.projects.clear();
        }
        let unknown = lines.iter().map(|line| line.grant_id).filter(|id| !self.projects.contains_key(id));
        let unknown = once(unknown);
        if !unknown.is_empty() {
            let grants = rows::grants_of(conn, &unknown)?;
            let mut found = projects(conn, scope, &grants)?;
            self.projects.extend(unknown.into_iter().map(|id| (id, found.remove(&id))));
        }
        Ok(())
    }

    fn learn_accounts(&mut self, conn: &mut Conn, lines: &[DisbursementLine]) -> Outcome<()> {
        if self.accounts.len() > REMEMBERED {
            self.accounts.clear();
        }
        let unknown = lines.iter().filter_map(|line| line.bank_account_id).filter(|id| !self.accounts.contains_key(id));
        let unknown = once(unknown);
        if !unknown.is_empty() {
            let account = |row: AccountLine| (row.id, Arc::new(Account { iban: row.iban, holder: row.holder }));
            self.accounts.extend(rows::accounts_of(conn, &unknown)?.into_iter().map(account));
        }
        Ok(())
    }

    fn learn_runs(&mut self, conn: &mut Conn, lines: &[DisbursementLine]) -> Outcome<()> {
        let unknown = lines.iter().filter_map(|line| line.payment_run_id).filter(|id| !self.runs.contains_key(id));
        let unknown = once(unknown);
        if !unknown.is_empty() {
            let found = rows::run_references(conn, &unknown)?;
            self.runs.extend(found.into_iter().map(|(id, reference)| (id, reference.into())));
        }
        Ok(())
    }
}

fn row(
    line: DisbursementLine,
    call: &Call,
    project: &Arc<Project>,
    account: Option<Arc<Account>>,
    payment_run: Arc<str>,
    funder_split: Vec<FunderShare>,
) -> DisbursementRow {
    DisbursementRow {
        origin: call.origin.clone(),
        project: project.clone(),
        kind: line.kind.code(),
        kind_label: line.kind.label(),
        sequence: line.number.into(),
        status: line.state.code(),
        status_label: line.state.label(),
        amount: line.amount_cents,
        due_on: line.due_on.map(NaiveDate::from),
        authorised_on: line.authorised_on.map(NaiveDate::from),
        paid_on: line.paid_on.map(NaiveDate::from),
        payment_run,
        end_to_end_id: line.end_to_end_id.unwrap_or_default(),
        account,
        funder_split,
    }
}
