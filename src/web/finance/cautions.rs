//! What deserves a second look before money leaves for an account: a change shortly before a payment, an account kept
//! abroad, or a holder the bank does not know, is how orders are diverted. And a day that its funder does not pay for.

use crate::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        ids::{BankAccountId, DisbursementId},
        lifecycles::bank_accounts::BankAccountState,
        time::{Moment, french_date},
    },
    store::{account_checks::AccountCheckRow, bank_accounts::BankAccountRow},
    usecases::eligible_days::{self, Outside},
};
use std::collections::BTreeMap;

/// Days during which an account that replaced another is said to be new.
const NEW_DAYS: i64 = 30;

/// Sentences about an account; often none.
fn cautions(account: &BankAccountRow, check: Option<&AccountCheckRow>, now: Moment) -> Vec<String> {
    let mut said = Vec::new();
    if account.replaces_id.is_some() && now < account.created_at.plus_days(NEW_DAYS) {
        said.push(format!("Remplace un autre compte depuis le {}.", french_date(account.created_at.paris_date())));
    }
    said.extend(abroad(account));
    said.extend(check.into_iter().flat_map(|check| doubts(account, check)));
    said
}

/// The same about a payment: its account, and the agreements under which it is not eligible on its day.
pub(super) fn all_cautions(
    account: Option<&BankAccountRow>,
    (checks, outside): (&BTreeMap<BankAccountId, AccountCheckRow>, &Outside),
    payment: DisbursementId,
    now: Moment,
) -> Vec<String> {
    let mut said = account.map(|row| cautions(row, checks.get(&row.id), now)).unwrap_or_default();
    said.extend(eligible_days::cautions(outside, payment));
    said
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
