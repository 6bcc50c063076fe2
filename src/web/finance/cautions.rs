//! What deserves a second look before money leaves for an account: a change shortly before a payment, an account kept
//! abroad, or a holder the bank does not know, is how orders are diverted.

use crate::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        lifecycles::bank_accounts::BankAccountState,
        time::{Moment, french_date},
    },
    store::{account_checks::AccountCheckRow, bank_accounts::BankAccountRow},
};

/// Days during which an account that replaced another is said to be new.
const NEW_DAYS: i64 = 30;

/// Sentences about an account; often none.
pub(super) fn cautions(account: &BankAccountRow, check: Option<&AccountCheckRow>, now: Moment) -> Vec<String> {
    let mut said = Vec::new();
    if account.replaces_id.is_some() && now < account.created_at.plus_days(NEW_DAYS) {
        said.push(format!("Remplace un autre compte depuis le {}.", french_date(account.created_at.paris_date())));
    }
    said.extend(abroad(account));
    said.extend(check.into_iter().flat_map(|check| doubts(account, check)));
    said
}

/// The same for a transfer on the page of its run. Once the bank was asked for it, an account that is blocked, or that another
/// one waits to replace among the open accounts of its organisation, may mean that it is to be stopped.
pub(super) fn of_transfer(
    account: &BankAccountRow,
    check: Option<&AccountCheckRow>,
    (open, is_gone): (&[BankAccountRow], bool),
    now: Moment,
) -> Vec<String> {
    let is_waiting = |row: &BankAccountRow| row.state != BankAccountState::Verified;
    let mut theirs = open.iter().filter(|row| row.organisation_id == account.organisation_id);
    let mut said = cautions(account, check, now);
    if is_gone && (is_waiting(account) || theirs.any(is_waiting)) {
        said.push(
            "Compte bloqué ou en cours de changement\u{a0}: ce virement est peut-être à arrêter auprès de la banque."
                .to_owned(),
        );
    }
    said
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
