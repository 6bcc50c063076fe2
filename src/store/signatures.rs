//! Signatures under what is to be filed: asked of an organisation, given by one of its people.

use super::{Conn, StoreError, Tx, one, schema::filing_signatures};
use crate::domain::{
    ids::{ApplicationId, OrganisationId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// The signature of one organisation. `content_hash` is over what was read and signed; empty fields until then.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = filing_signatures, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SignatureRow {
    pub application_id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub asked_at: Option<Moment>,
    pub person_id: Option<PersonId>,
    pub content_hash: Option<String>,
    pub signed_at: Option<Moment>,
}

/// The signatures asked of or given to an application.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<SignatureRow>, StoreError> {
    let rows = filing_signatures::table.filter(filing_signatures::application_id.eq(id));
    Ok(on!(conn, |conn| rows.order(filing_signatures::organisation_id).select(SignatureRow::as_select()).load(conn))?)
}

/// Adds what is asked of an organisation, or given by it.
pub fn insert(tx: &mut Tx, row: &SignatureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(filing_signatures::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes it again.
pub fn change(tx: &mut Tx, row: &SignatureRow) -> Result<(), StoreError> {
    let known = filing_signatures::table.find((row.application_id, row.organisation_id));
    one(on!(tx.conn(), |conn| diesel::update(known).set(row).execute(conn))?)
}
