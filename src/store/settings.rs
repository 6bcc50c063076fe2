//! Named settings of the installation, as texts.

use super::{Conn, StoreError, Tx, kept, schema::settings};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Every setting by its name.
pub fn all(conn: &mut Conn) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = settings::table.select((settings::name, settings::value));
    let rows = on!(conn, |conn| rows.load::<(String, String)>(conn))?;
    Ok(rows.into_iter().collect())
}

/// Writes one setting.
pub fn set(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    let known = on!(tx.conn(), |conn| kept(diesel::update(settings::table.find(name)).set(settings::value.eq(value)))
        .execute(conn))?;
    if known == 0 {
        let row = (settings::name.eq(name), settings::value.eq(value));
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(settings::table).values(row)).execute(conn))?;
    }
    Ok(())
}
