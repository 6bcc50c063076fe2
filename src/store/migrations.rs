//! One portable set of migrations, run on either database.

use super::{Conn, StoreError};
use diesel::{backend::Backend, pg::Pg, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(format!("migration: {error}"))
}

/// Runs what has not been run yet; `told` hears before each how many are left, it among them.
pub fn up(conn: &mut Conn, told: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => one_by_one::<Sqlite, _>(conn, told),
        Conn::Pg(conn) => one_by_one::<Pg, _>(conn, told),
    }
}

fn one_by_one<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    told: &mut dyn FnMut(usize),
) -> Result<(), StoreError> {
    let waiting = conn.pending_migrations(MIGRATIONS).map_err(failed)?;
    for (place, migration) in waiting.iter().enumerate() {
        told(waiting.len() - place);
        conn.run_migration(migration.as_ref()).map_err(failed)?;
    }
    Ok(())
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
