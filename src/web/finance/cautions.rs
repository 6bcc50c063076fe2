//! What deserves a second look before money leaves for an account: a change shortly before a payment, an account kept
//! abroad, or a holder the bank does not know, is how orders are diverted. And a day that its funder does not pay for.

use crate::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        account_holders::doubt_of_number,
        ids::{BankAccountId, DisbursementId},
        lifecycles::{bank_accounts::BankAccountState, grants::GrantState},
        time::{Moment, french_date},
    },
    store::{
        Conn,
        account_checks::{self, AccountCheckRow},
        bank_accounts::{self, BankAccountRow},
        disbursements::DisbursementFile,
        public_accountants::{self, PublicAccountantRow},
    },
    usecases::{
        Outcome,
        eligible_days::{self, Outside},
        payment_runs::RunFile,
        renamings,
    },
};
use std::collections::BTreeMap;

/// Days during which an account that replaced another is said to be new.
const NEW_DAYS: i64 = 30;

/// What is known of the accounts that a run pays into, and of the days its payments are eligible on.
pub(super) struct Known {
    pub accounts: BTreeMap<BankAccountId, BankAccountRow>,
    checks: BTreeMap<BankAccountId, AccountCheckRow>,
    accountants: BTreeMap<BankAccountId, PublicAccountantRow>,
    /// Why the number of its organisation does not show that it is a public body.
    doubts: BTreeMap<BankAccountId, &'static str>,
    renamed: BTreeMap<BankAccountId, String>,
    outside: Outside,
}

impl Known {
    pub(super) fn load(conn: &mut Conn, file: &RunFile, now: Moment) -> Outcome<Self> {
        let payments: Vec<_> = file.lines.iter().map(|line| line.disbursement.id).collect();
        let ids: Vec<_> = file.lines.iter().filter_map(|line| line.disbursement.bank_account_id).collect();
        let doubted = file.lines.iter().filter_map(|line| {
            Some((line.disbursement.bank_account_id?, doubt_of_number(line.holder.siret.as_ref())?))
        });
        let accounts = bank_accounts::find_all(conn, &ids)?;
        let checks = account_checks::latest_of(conn, &ids)?;
        Ok(Known {
            renamed: renamings::of_accounts(conn, &accounts.iter().collect::<Vec<_>>(), &checks)?,
            accounts: accounts.into_iter().map(|row| (row.id, row)).collect(),
            checks,
            doubts: doubted.collect(),
            accountants: public_accountants::latest_of(conn, &ids)?,
            outside: eligible_days::of_run(conn, &file.run, &payments, now.paris_date())?,
        })
    }

    /// Sentences about a payment to an account: those of the account, and the agreements under which it is not eligible on
    /// its day. Often none.
    pub(super) fn cautions(
        &self,
        account: Option<&BankAccountRow>,
        payment: DisbursementId,
        now: Moment,
    ) -> Vec<String> {
        let mut said = account.map(|account| self.of_account(account, now)).unwrap_or_default();
        said.extend(eligible_days::cautions(&self.outside, payment));
        said
    }

    fn of_account(&self, account: &BankAccountRow, now: Moment) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(written) = self.accountants.get(&account.id) {
            said.push(accountant(account, written));
            said.extend(self.doubts.get(&account.id).map(|doubt| (*doubt).to_owned()));
        }
        said.extend(self.renamed.get(&account.id).cloned());
        if account.replaces_id.is_some() && now < account.created_at.plus_days(NEW_DAYS) {
            said.push(format!("Remplace un autre compte depuis le {}.", french_date(account.created_at.paris_date())));
        }
        said.extend(abroad(account));
        said.extend(self.checks.get(&account.id).into_iter().flat_map(|check| doubts(account, check)));
        said
    }
}

/// In whose name an account is, and why it is the organisation's all the same.
pub(super) fn accountant(account: &BankAccountRow, written: &PublicAccountantRow) -> String {
    format!("Compte au nom de «\u{a0}{}\u{a0}», comptable public\u{a0}: {}", account.holder, written.reason)
}

/// That a transfer the bank was asked for may have to be stopped: its account is blocked, or another one waits to replace it
/// among the open accounts of its organisation.
pub(super) fn to_stop(account: &BankAccountRow, open: &[BankAccountRow]) -> Option<String> {
    let is_waiting = |row: &BankAccountRow| row.state != BankAccountState::Verified;
    let mut theirs = open.iter().filter(|row| row.organisation_id == account.organisation_id);
    let said =
        "Compte bloqué ou en cours de changement\u{a0}: ce virement est peut-être à arrêter auprès de la banque.";
    (is_waiting(account) || theirs.any(is_waiting)).then(|| said.to_owned())
}

/// The same because its grant is suspended.
pub(super) fn suspended(file: &DisbursementFile) -> Option<String> {
    let said = "Subvention suspendue\u{a0}: ce virement est peut-être à arrêter auprès de la banque.";
    (file.grant.grant_state == GrantState::Suspended).then(|| said.to_owned())
}

/// What the last verification of an account left in doubt; often nothing.
pub(super) fn doubts(account: &BankAccountRow, check: &AccountCheckRow) -> Vec<String> {
    let mut said = Vec::new();
    match check.answer {
        PayeeAnswer::NoMatch => said.push("La banque n’a pas reconnu le titulaire de ce compte.".to_owned()),
        PayeeAnswer::CloseMatch => {
            said.push(format!(
                "La banque connaît le titulaire de ce compte sous un autre nom\u{a0}: {}.",
                check.name_given
            ));
        }
        PayeeAnswer::Match | PayeeAnswer::NotPossible | PayeeAnswer::NotAsked => {}
    }
    if account.replaces_id.is_some() && check.confirmation == Confirmation::Mail {
        said.push("Changement confirmé par courriel seulement.".to_owned());
    }
    said
}

/// That the account is kept abroad, with the two letters of the country; nothing for one kept in France.
pub(super) fn abroad(account: &BankAccountRow) -> Option<String> {
    let masked = account.iban.masked();
    let country = masked.get(..2).filter(|country| *country != "FR")?;
    Some(format!("Compte tenu hors de France ({country})."))
}
