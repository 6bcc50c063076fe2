//! What organisations, and whoever represented them in law, were called before: a file written then says it still.

use super::{Conn, StoreError, Tx, schema::former_names};
use crate::domain::{ids::OrganisationId, time::Moment};
use diesel::prelude::*;

/// A name that is no longer on the card of an organisation; of a person when it is that of whoever represented it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = former_names)]
pub struct FormerNameRow {
    pub organisation_id: OrganisationId,
    pub name: String,
    pub is_person: bool,
    pub until_at: Moment,
}

/// Keeps a name that an organisation had until now.
pub fn keep(tx: &mut Tx, row: &FormerNameRow) -> Result<(), StoreError> {
    let known = former_names::table.find((row.organisation_id, &row.name));
    on!(tx.conn(), |conn| diesel::delete(known).execute(conn))?;
    on!(tx.conn(), |conn| diesel::insert_into(former_names::table).values(row).execute(conn))?;
    Ok(())
}

/// The former names of these organisations, in no order.
pub fn of_organisations(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<FormerNameRow>, StoreError> {
    let rows = former_names::table.filter(former_names::organisation_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(FormerNameRow::as_select()).load(conn))?)
}
