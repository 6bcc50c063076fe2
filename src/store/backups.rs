//! A copy of the embedded database, taken while people work on it.

use super::{Conn, StoreError};
use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use std::path::Path;

/// Writes a whole, compact copy of the SQLite database to a file that does not exist yet.
pub fn copy_to(conn: &mut Conn, file: &Path) -> Result<(), StoreError> {
    sql_query("VACUUM INTO $1").bind::<Text, _>(file.to_string_lossy()).execute(conn)?;
    Ok(())
}
