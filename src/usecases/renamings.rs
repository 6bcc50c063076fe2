//! Organisations that changed their name shortly before they gave a bank account in the new one: told to whoever verifies
//! the account, and to whoever approves a payment on it.

use super::Outcome;
use crate::{
    domain::{account_holders::renamed_for, ids::BankAccountId, time::Moment},
    store::{
        Conn,
        account_checks::AccountCheckRow,
        bank_accounts::BankAccountRow,
        former_names::{self, FormerNameRow},
        organisations,
    },
};
use std::collections::BTreeMap;

/// What is to be read of these accounts, of which `checks` tells how they were verified; often nothing.
pub fn of_accounts(
    conn: &mut Conn,
    accounts: &[&BankAccountRow],
    checks: &BTreeMap<BankAccountId, AccountCheckRow>,
) -> Outcome<BTreeMap<BankAccountId, String>> {
    let ids: Vec<_> = accounts.iter().map(|account| account.organisation_id).collect();
    let former: Vec<FormerNameRow> =
        former_names::of_organisations(conn, &ids)?.into_iter().filter(|row| !row.is_person).collect();
    let ids: Vec<_> = former.iter().map(|row| row.organisation_id).collect();
    let renamed = organisations::of_ids(conn, &ids)?;
    let mut told = BTreeMap::new();
    for account in accounts {
        let Some(organisation) = renamed.iter().find(|row| row.id == account.organisation_id) else { continue };
        let theirs = former.iter().filter(|row| row.organisation_id == organisation.id);
        let mut known: Vec<(&str, Option<Moment>)> =
            theirs.map(|row| (row.name.as_str(), Some(row.until_at))).collect();
        known.push((organisation.name.as_str(), None));
        let checked_at = checks.get(&account.id).map(|check| check.checked_at);
        if let Some(said) = renamed_for((account.holder.as_str(), account.created_at), checked_at, &known) {
            told.insert(account.id, said);
        }
    }
    Ok(told)
}
