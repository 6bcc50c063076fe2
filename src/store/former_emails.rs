//! General addresses that organisations had until lately.

use super::{Conn, StoreError, Tx, schema::former_emails};
use crate::domain::{identity::Email, ids::OrganisationId, time::Moment};
use diesel::prelude::*;

/// An address that is no longer on the card of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = former_emails)]
pub struct FormerEmailRow {
    pub organisation_id: OrganisationId,
    pub email: Email,
    pub until_at: Moment,
}

/// Keeps an address that an organisation had until now, and none that it gave up before `since`.
pub fn keep(tx: &mut Tx, row: &FormerEmailRow, since: Moment) -> Result<(), StoreError> {
    let known = former_emails::table.find((row.organisation_id, &row.email));
    on!(tx.conn(), |conn| diesel::delete(known).execute(conn))?;
    let old = former_emails::table.filter(former_emails::organisation_id.eq(row.organisation_id));
    let old = old.filter(former_emails::until_at.lt(since));
    on!(tx.conn(), |conn| diesel::delete(old).execute(conn))?;
    on!(tx.conn(), |conn| diesel::insert_into(former_emails::table).values(row).execute(conn))?;
    Ok(())
}

/// The addresses that an organisation gave up since this moment.
pub fn given_up(conn: &mut Conn, id: OrganisationId, since: Moment) -> Result<Vec<Email>, StoreError> {
    let rows = former_emails::table.filter(former_emails::organisation_id.eq(id));
    let rows = rows.filter(former_emails::until_at.ge(since)).order(former_emails::email);
    Ok(on!(conn, |conn| rows.select(former_emails::email).load(conn))?)
}
