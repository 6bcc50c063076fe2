//! One portable set of migrations, run on either database.

use super::{Conn, StoreError};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(format!("migration: {error}"))
}

/// Runs what has not been run yet.
pub fn up(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(failed),
        Conn::Pg(conn) => conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(failed),
    }
}

/// Takes everything down again.
pub fn down(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => conn.revert_all_migrations(MIGRATIONS).map(drop).map_err(failed),
        Conn::Pg(conn) => conn.revert_all_migrations(MIGRATIONS).map(drop).map_err(failed),
    }
}

/// Whether migrations wait to be run.
pub fn are_pending(conn: &mut Conn) -> Result<bool, StoreError> {
    match conn {
        Conn::Sqlite(conn) => conn.has_pending_migration(MIGRATIONS).map_err(failed),
        Conn::Pg(conn) => conn.has_pending_migration(MIGRATIONS).map_err(failed),
    }
}
