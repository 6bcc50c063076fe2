//! What deserves a second look before money leaves for an account: a change shortly before a payment, or an account kept
//! abroad, is how orders are diverted.

use crate::{
    domain::time::{Moment, french_date},
    store::bank_accounts::BankAccountRow,
};

/// Days during which an account that replaced another is said to be new.
const NEW_DAYS: i64 = 30;

/// Sentences about an account; often none.
pub(super) fn cautions(account: &BankAccountRow, now: Moment) -> Vec<String> {
    let mut said = Vec::new();
    if account.replaces_id.is_some() && now < account.created_at.plus_days(NEW_DAYS) {
        said.push(format!("Remplace un autre compte depuis le {}.", french_date(account.created_at.paris_date())));
    }
    said.extend(abroad(account));
    said
}

/// That the account is kept abroad, with the two letters of the country; nothing for one kept in France.
pub(super) fn abroad(account: &BankAccountRow) -> Option<String> {
    let masked = account.iban.masked();
    let country = masked.get(..2).filter(|country| *country != "FR")?;
    Some(format!("Compte tenu hors de France ({country})."))
}
