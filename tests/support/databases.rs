//! A fresh, migrated database for each test: a copied file on SQLite, a copied database on PostgreSQL.

use std::fs;
use std::ops::Deref;
use std::path::Path;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use tempfile::TempDir;
use tisserand::domain::{sign_ins::Limits, time::Moment};
use tisserand::store::seals::{KEY_BYTES, Seals};
use tisserand::store::{Db, Entropy, StoreError};
use tisserand::usecases::sign_ins;

use super::postgres_url;

/// A database of one test's own; it goes away with the test. Use it as the `Db` it is.
pub struct TestDb {
    db: Option<Db>,
    url: String,
    room: Room,
}

/// What is removed after the test.
enum Room {
    Folder { _kept: TempDir },
    Database { server: String, name: String },
}

impl TestDb {
    /// The address, to open the same database a second time or to hand it to the program.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Takes the database away from whoever uses it: a server that stops, a disk that is unplugged.
    pub fn goes_away(&self) {
        match &self.room {
            Room::Folder { .. } => fs::rename(self.file(), self.file().with_extension("away")).unwrap(),
            Room::Database { server, name } => {
                on_server(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
                let hang_up =
                    format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
                on_server(server, &hang_up).unwrap();
            }
        }
    }

    /// Gives it back, as it was.
    pub fn comes_back(&self) {
        match &self.room {
            Room::Folder { .. } => fs::rename(self.file().with_extension("away"), self.file()).unwrap(),
            Room::Database { server, name } => {
                on_server(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
            }
        }
    }

    fn file(&self) -> &Path {
        Path::new(self.url.strip_prefix("sqlite:").unwrap())
    }

    fn open(url: String, room: Room) -> Self {
        Self::drawing(Entropy::System, url, room)
    }

    fn drawing(entropy: Entropy, url: String, room: Room) -> Self {
        let db = Db::open(&url, entropy).unwrap();
        db.hold(seals());
        Self { db: Some(db), url, room }
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db.as_ref().unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db = None;
        match &self.room {
            Room::Folder { .. } => {}
            Room::Database { server, name } => {
                on_server(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
            }
        }
    }
}

/// The key that every test's account numbers are sealed with.
pub const IBAN_KEY: [u8; KEY_BYTES] = [7; KEY_BYTES];

/// What seals the account numbers of the tests.
pub fn seals() -> Seals {
    Seals::new(&IBAN_KEY, &[]).unwrap()
}

/// Two weeks without a visit: tests move the clock by days and go on with the cookie they have. Those of sign-ins
/// themselves say `sign_ins::limit(tx, Limits::USUAL, now)`.
const LONG: Limits = Limits { staff_idle_minutes: 20_160, applicant_idle_minutes: 20_160, sign_in_hours: 2_160 };

fn migrate(db: &Db) {
    db.migrate().unwrap();
    db.write(|tx| sign_ins::limit(tx, LONG, Moment::from_unix_seconds(0))).unwrap();
}

/// A fresh SQLite database.
pub fn sqlite() -> TestDb {
    fresh(Entropy::System)
}

/// The same, in which what is made at one instant is listed in the order of its making, so that two can be compared.
pub fn sqlite_in_order() -> TestDb {
    fresh(Entropy::growing())
}

fn fresh(entropy: Entropy) -> TestDb {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let copy = folder.path().join("copy.db");
        let db = Db::open(&format!("sqlite:{}", folder.path().join("first.db").display()), Entropy::System).unwrap();
        migrate(&db);
        // Unlike the file itself, the copy is whole: nothing of it waits in the write-ahead log.
        let vacuum = format!("VACUUM INTO '{}'", copy.display());
        db.read(|conn| conn.batch_execute(&vacuum).map_err(StoreError::from)).unwrap();
        fs::read(copy).unwrap()
    });
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    fs::write(&file, template).unwrap();
    TestDb::drawing(entropy, format!("sqlite:{}", file.display()), Room::Folder { _kept: folder })
}

/// A fresh PostgreSQL database, or nothing where there is no server; the tests on PostgreSQL are then left out.
pub fn postgres() -> Option<TestDb> {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = postgres_url()?;
    let process = process::id();
    let template = TEMPLATE.get_or_init(|| {
        let name = format!("template_{process}");
        on_server(&server, &format!("CREATE DATABASE {name}")).unwrap();
        migrate(&Db::open(&with_database(&server, &name), Entropy::System).unwrap());
        // A database can be copied only while nobody is connected to it.
        on_server(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
        let hang_up = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        on_server(&server, &hang_up).unwrap();
        name
    });
    let name = format!("test_{process}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    on_server(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).unwrap();
    let url = with_database(&server, &name);
    Some(TestDb::open(url, Room::Database { server, name }))
}

/// A fresh database of each kind this machine has: SQLite always, PostgreSQL where there is a server.
pub fn each_database() -> Vec<TestDb> {
    [Some(sqlite()), postgres()].into_iter().flatten().collect()
}

/// Counts the statements of a database opened with it.
pub fn counter() -> tisserand::store::connection::QueryCounter {
    Default::default()
}

fn on_server(server: &str, sql: &str) -> Result<(), StoreError> {
    let mut conn = PgConnection::establish(server).map_err(|error| StoreError::Pool(error.to_string()))?;
    Ok(conn.batch_execute(sql)?)
}

/// The address of the database `name` on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, String::new()), |(a, q)| (a, format!("?{q}")));
    let (scheme, rest) = address.split_once("://").unwrap();
    let authority = rest.split('/').next().unwrap();
    format!("{scheme}://{authority}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_an_address_is_replaced() {
        let changed = |server| with_database(server, "test_1");
        assert_eq!(changed("postgres:///postgres?host=/tmp/x&user=app"), "postgres:///test_1?host=/tmp/x&user=app");
        assert_eq!(changed("postgresql://a:b@[::1]:5433/main"), "postgresql://a:b@[::1]:5433/test_1");
        assert_eq!(changed("postgres://host"), "postgres://host/test_1");
    }

    #[test]
    fn two_tests_never_share_a_database() {
        for (one, other) in each_database().iter().zip(each_database().iter()) {
            let mark =
                |db: &Db| db.read(|conn| conn.batch_execute("CREATE TABLE mark (a INTEGER)").map_err(StoreError::from));
            mark(one).unwrap();
            mark(other).unwrap();
            mark(one).unwrap_err();
            assert_ne!(one.url(), other.url());
        }
    }

    #[test]
    fn a_database_goes_away_with_its_test() {
        for db in each_database() {
            let url = db.url().to_owned();
            drop(db);
            match url.strip_prefix("sqlite:") {
                Some(file) => assert!(!fs::exists(file).unwrap()),
                None => drop(on_server(&url, "SELECT 1").unwrap_err()),
            }
        }
    }
}
