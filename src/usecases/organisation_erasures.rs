//! Organisations for which no application and no grant is kept and for whom nobody has come for two years: told, then erased
//! with their vault.

use super::{
    Outcome,
    documents::Recipient,
    messages, pack_erasures, retention,
    settings::{self, Settings},
};
use crate::{
    domain::{
        correspondence::people as words,
        identity::Iban,
        ids::OrganisationId,
        text::{fold, sort_key},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, erasure_failures, organisation_erasures as rows,
        organisations::{self, OrganisationRow},
    },
};

/// Organisations treated in one transaction; the rest follow in the next one.
const AT_ONCE: i64 = 25;
/// What stands where the name of an organisation stood.
const ERASED_ORGANISATION: &str = "Organisation effacée";
/// A number that is well formed and that no bank gives: what stands where the number of an erased account stood.
const NOBODY: &str = "FR7600000000000000000000097";

/// Tells the people of idle organisations that these will be erased; gives how many organisations.
pub fn warn(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let found = rows::unwarned(tx, retention::idle_by_end_of_notice(now), AT_ONCE)?;
    if found.is_empty() {
        return Ok(0);
    }
    let settings = settings::load(tx.conn())?;
    for row in organisations::of_ids(tx.conn(), &found)? {
        rows::set_warned(tx, row.id, now)?;
        tell(tx, &row, &settings, now)?;
    }
    Ok(found.len())
}

fn tell(tx: &mut Tx, row: &OrganisationRow, settings: &Settings, now: Moment) -> Outcome<()> {
    let (gone_on, key) = (retention::end_of_notice(now), now.paris_date().to_string());
    let mail = words::organisation_to_be_erased(&settings.issuer_name, &row.name, gone_on, &settings.issuer_contact);
    let mut told: Vec<Recipient> = Vec::new();
    for (id, name, address, _) in organisations::members(tx.conn(), row.id)? {
        told.push(Recipient { person: Some(id), address: address.to_string(), name });
    }
    // Whoever acted for it may be gone: its own address stays.
    if let Some(address) = row.email.as_ref().map(|address| address.to_string())
        && told.iter().all(|known| known.address != address)
    {
        told.push(Recipient { person: None, address, name: row.name.clone() });
    }
    for to in &told {
        messages::queue_reminder(tx, (&key, row.id.as_str()), to, &mail, now)?;
    }
    Ok(())
}

/// Organisations that were told and for whom nobody came, so many of them after this one, by identifier.
pub fn due(conn: &mut Conn, last: Option<OrganisationId>, now: Moment) -> Outcome<Vec<OrganisationId>> {
    Ok(rows::warned(conn, retention::account_terms(now), last, AT_ONCE)?)
}

/// Erases one organisation with its vault, unless somebody came for it.
pub fn erase(tx: &mut Tx, id: OrganisationId, now: Moment) -> Outcome<()> {
    if !rows::is_warned(tx.conn(), retention::account_terms(now), id)? {
        return Ok(());
    }
    let nobody: Iban = NOBODY.parse().map_err(|_| StoreError::Sealed("the number of nobody is none".to_owned()))?;
    let (sorted, searched) = (sort_key(ERASED_ORGANISATION), fold(ERASED_ORGANISATION));
    rows::clear(tx, id, (ERASED_ORGANISATION, (&sorted, &searched)), &nobody, now)?;
    // They were found by its name too.
    for (application, reference, title) in rows::applications_of(tx.conn(), id)? {
        rows::set_search_key(tx, application, &fold(&format!("{title} {reference}")))?;
    }
    pack_erasures::forget_organisation(tx, id, ERASED_ORGANISATION, now)?;
    Ok(erasure_failures::forget(tx, id.as_str())?)
}
