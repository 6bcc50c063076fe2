//! One connection type over both databases, and the manager that opens it by the scheme of its address.

use super::StoreError;
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection,
    connection::{InstrumentationEvent, SimpleConnection},
    r2d2::ManageConnection,
    sql_types::{Integer, Text},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// An open connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

/// Runs a query on the database that is behind a connection: `on!(conn, |conn| rows.load(conn))`. A query given to
/// [`Conn`] itself is written out as text up to three times before it runs, even when its statement is kept; given to
/// the database behind it, not once.
macro_rules! on {
    ($on:expr, |$conn:ident| $run:expr) => {
        match $on {
            $crate::store::Conn::Sqlite($conn) => $run,
            $crate::store::Conn::Pg($conn) => $run,
        }
    };
}

impl Conn {
    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Conn::Sqlite(_))
    }
}

/// Which database, read from an address: `sqlite:PATH` or `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Sqlite(PathBuf),
    Postgres(String),
}

impl std::str::FromStr for Address {
    type Err = StoreError;
    fn from_str(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Address::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Address::Postgres(url.to_owned()));
        }
        Err(StoreError::Pool("the address of a database starts with sqlite: or postgres://".into()))
    }
}

/// Counts the statements sent to the database.
pub type QueryCounter = Arc<AtomicU64>;

/// Opens connections for the pool.
#[derive(Debug)]
pub struct Manager {
    pub address: Address,
    pub counter: Option<QueryCounter>,
}

impl Manager {
    /// A fresh connection, with the settings on which durability and integrity rest.
    pub fn open(&self) -> Result<Conn, StoreError> {
        let mut conn = match &self.address {
            Address::Sqlite(path) => Conn::Sqlite(open_sqlite(path)?),
            Address::Postgres(url) => Conn::Pg(open_postgres(url)?),
        };
        if let Some(counter) = self.counter.clone() {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Ok(conn)
    }
}

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = Integer)]
    value: i32,
}

fn open_sqlite(path: &std::path::Path) -> Result<SqliteConnection, StoreError> {
    let pool = |error: &dyn std::fmt::Display| StoreError::Pool(error.to_string());
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| pool(&e))?;
    for pragma in ["busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-2000"] {
        conn.batch_execute(&format!("PRAGMA {pragma}")).map_err(|e| pool(&e))?;
    }
    let read = |conn: &mut SqliteConnection, sql: &str| {
        diesel::sql_query(sql).get_result::<Number>(conn).map(|row| row.value).map_err(|e| pool(&e))
    };
    // FULL is 2: with less, a power cut takes acknowledged writes with it.
    if read(&mut conn, "SELECT synchronous AS value FROM pragma_synchronous")? != 2 {
        return Err(StoreError::Pool("SQLite does not honour synchronous=FULL".into()));
    }
    if read(&mut conn, "SELECT foreign_keys AS value FROM pragma_foreign_keys")? != 1 {
        return Err(StoreError::Pool("SQLite does not honour foreign_keys=ON".into()));
    }
    // SQLite stays in another mode, without a word, where the file system cannot share memory.
    let journal =
        diesel::sql_query("SELECT journal_mode AS value FROM pragma_journal_mode").get_result::<Setting>(&mut conn);
    if !journal.map_err(|e| pool(&e))?.value.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Pool("SQLite does not honour journal_mode=WAL".into()));
    }
    let version = diesel::sql_query("SELECT sqlite_version() AS value").get_result::<Setting>(&mut conn);
    let version = version.map_err(|e| pool(&e))?.value;
    let number = |text: &str| text.split('.').map(|part| part.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    // Before 3.51.3 two connections in WAL mode could corrupt the file.
    if number(&version) < number("3.51.3") {
        return Err(StoreError::Pool(format!("SQLite {version} is too old: 3.51.3 is needed")));
    }
    Ok(conn)
}

fn open_postgres(url: &str) -> Result<PgConnection, StoreError> {
    let pool = |error: &dyn std::fmt::Display| StoreError::Pool(error.to_string());
    let mut conn = PgConnection::establish(url).map_err(|e| pool(&e))?;
    let settings = "SET TIME ZONE 'UTC'; SET statement_timeout = '60s'; SET client_min_messages = warning";
    conn.batch_execute(settings).map_err(|e| pool(&e))?;
    Ok(conn)
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        self.open()
    }
    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        // An embedded database cannot have gone away.
        if conn.is_sqlite() { Ok(()) } else { Ok(conn.batch_execute("SELECT 1")?) }
    }
    fn has_broken(&self, _: &mut Conn) -> bool {
        std::thread::panicking()
    }
}
