//! Accounts that a public accountant (comptable public) holds for an organisation: none is verified without the reason that
//! makes it the organisation's.

use super::Outcome;
use crate::{
    domain::account_holders::is_same_holder,
    store::{
        Conn,
        account_checks::{self, AccountCheckRow},
        bank_accounts::{self, VerifiedOnce},
        former_names,
        integrity::Tally,
        public_accountants::{self, PublicAccountantRow},
    },
};

/// Accounts read at a time.
const PAGE: i64 = 500;

/// Every account is in a name its organisation has or had, or else somebody wrote of a public body why it is its own:
/// another person than the one who entered it. As it was verified last; before checks were kept nothing tells.
pub(super) fn unexplained(conn: &mut Conn) -> Outcome<Tally> {
    let (mut tally, mut last) = (Tally::default(), None);
    loop {
        let page = bank_accounts::verified_once(conn, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(tally) };
        last = Some(end.id);
        let ids: Vec<_> = page.iter().map(|account| account.id).collect();
        let organisations: Vec<_> = page.iter().map(|account| account.organisation_id).collect();
        let checks = account_checks::latest_of(conn, &ids)?;
        let written = public_accountants::latest_of(conn, &ids)?;
        let former = former_names::of_organisations(conn, &organisations)?;
        for account in &page {
            let Some(check) = checks.get(&account.id) else { continue };
            let theirs = former.iter().filter(|row| row.organisation_id == account.organisation_id && !row.is_person);
            let mut names = theirs.map(|row| row.name.as_str()).chain([account.organisation.as_str()]);
            let is_own = names.any(|name| is_same_holder(&account.holder, name));
            tally.checked += 1;
            if let Some(fault) = fault(account, check, written.get(&account.id), is_own) {
                tally.blame(account.id, fault);
            }
        }
    }
}

fn fault(
    account: &VerifiedOnce,
    check: &AccountCheckRow,
    written: Option<&PublicAccountantRow>,
    is_own: bool,
) -> Option<&'static str> {
    match written.filter(|row| row.account_version == check.account_version) {
        None if is_own => None,
        None => Some("was verified in another name than its organisation's, and nothing says why"),
        Some(row) if !row.legal_form.has_public_accountant() => Some("is in another name for no public body"),
        Some(row) if row.reason.trim().is_empty() => Some("is in another name without a reason"),
        Some(row) if row.written_by == account.entered_by => Some("was entered and explained by one person"),
        Some(_) => None,
    }
}
