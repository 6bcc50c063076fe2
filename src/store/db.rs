//! The database: readers from a small pool, and `write`, the only way to change anything.

use super::{
    Conn, Entropy, MayConflict, StoreError, applications,
    connection::{Address, Manager, QueryCounter},
    group_commit::Writer,
    guards,
    instances::InstanceMark,
    migrations,
    seals::Seals,
    whereabouts::Whereabouts,
};
use crate::domain::{ids::Minted, text::hexadecimal, time::Moment};
use diesel::{connection::SimpleConnection, r2d2::Pool};
use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Connections that read at the same time: about the cores of a small machine.
const READERS: u32 = 4;
/// Attempts of a transaction that keeps losing against rivals.
const ATTEMPTS: u32 = 12;
/// How long somebody waits at most for a connection, or for a rival to let go, before being told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// Applications from which on an embedded database is counted.
const COUNTED_FROM: i64 = 100;
/// The key of the lock that queues PostgreSQL's writers: the history is one chain, so they would conflict anyway.
const WRITERS: i64 = 0x7469_7373;

/// A handle to the database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    address: Address,
    file: Whereabouts,
    pool: Pool<Manager>,
    writer: Option<Writer>,
    entropy: Mutex<Entropy>,
    seals: OnceLock<Seals>,
    /// What this place is, when the database does not know it.
    stranger: OnceLock<InstanceMark>,
    is_held_back: AtomicBool,
}

/// An open transaction. Whatever writes asks for `&mut Tx`, so nothing can be written outside one.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    entropy: &'c Mutex<Entropy>,
    seals: Option<&'c Seals>,
    /// Whether this is a copy that nobody has let act.
    is_copy: bool,
    /// Number and hash of the last row of the history this transaction has written: nobody else can add one meanwhile.
    head: Option<(i64, String)>,
}

impl<'c> Tx<'c> {
    /// What seals account numbers.
    pub fn seals(&self) -> Result<&'c Seals, StoreError> {
        self.seals.ok_or_else(|| StoreError::Sealed("the key of the account numbers was not given".to_owned()))
    }

    /// Whether this is a copy of the database that must not pay.
    pub fn is_copy(&self) -> bool {
        self.is_copy
    }

    /// The connection, for queries inside the transaction.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    pub(super) fn take_head(&mut self) -> Option<(i64, String)> {
        self.head.take()
    }

    pub(super) fn set_head(&mut self, seq: i64, hash: String) {
        self.head = Some((seq, hash));
    }

    fn draw(&self) -> Result<[u8; 32], StoreError> {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner).draw()
    }

    /// A new identifier.
    pub fn mint<I: Minted>(&self, now: Moment) -> Result<I, StoreError> {
        let mut random = [0; 10];
        random.copy_from_slice(&self.draw()?[..10]);
        Ok(I::mint(now, random))
    }

    /// A new secret of 256 bits as 64 hexadecimal characters.
    pub fn secret(&self) -> Result<String, StoreError> {
        Ok(hexadecimal(&self.draw()?))
    }

    /// A new short code to be typed by people: ten characters without 0, O, 1, I or L.
    pub fn short_code(&self) -> Result<String, StoreError> {
        const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
        Ok(self.draw()?.iter().take(10).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
    }
}

impl Db {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`).
    pub fn open(url: &str, entropy: Entropy) -> Result<Db, StoreError> {
        Self::open_with(url, entropy, None)
    }

    /// The same, with every statement of every connection counted.
    pub fn open_counting(url: &str, counter: QueryCounter) -> Result<Db, StoreError> {
        Self::open_with(url, Entropy::System, Some(counter))
    }

    fn open_with(url: &str, entropy: Entropy, counter: Option<QueryCounter>) -> Result<Db, StoreError> {
        let address: Address = url.parse()?;
        let manager = Manager { address: address.clone(), counter: counter.clone() };
        let writer = match &address {
            Address::Sqlite(_) => {
                let mut conn = manager.open()?;
                // The writer touches pages all over the file: with readers' 2 MiB it would read them again and again. Pages
                // saved in case a statement fails stay in memory: on disk they cost more writes than what is kept.
                conn.batch_execute("PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY")?;
                Some(Writer::new(conn))
            }
            Address::Postgres(_) => None,
        };
        let size = if writer.is_some() { READERS } else { READERS * 2 };
        let pool = Pool::builder().max_size(size).min_idle(Some(1)).test_on_check_out(writer.is_none());
        let pool = pool.connection_timeout(PATIENCE).build(manager);
        let pool = pool.map_err(|error| StoreError::Pool(error.to_string()))?;
        let (file, entropy) = (Whereabouts::of(&address), Mutex::new(entropy));
        let (seals, stranger, is_held_back) = (OnceLock::new(), OnceLock::new(), AtomicBool::new(false));
        Ok(Db(Arc::new(Inner { address, file, pool, writer, entropy, seals, stranger, is_held_back })))
    }

    /// Which database this is.
    pub fn address(&self) -> &Address {
        &self.0.address
    }

    /// Takes the keys of the account numbers, once.
    pub fn hold(&self, seals: Seals) {
        self.0.seals.set(seals).ok();
    }

    /// Holds mails and payments back: this place is not one that the database knows.
    pub fn hold_back(&self, mark: InstanceMark) {
        self.0.stranger.set(mark).ok();
        self.0.is_held_back.store(true, Ordering::Relaxed);
    }

    /// What this place is, while mails and payments are held back.
    pub fn quarantined(&self) -> Option<InstanceMark> {
        let is_held_back = self.0.is_held_back.load(Ordering::Relaxed);
        is_held_back.then(|| self.0.stranger.get().cloned()).flatten()
    }

    /// Lets mails and payments go: the database knows this place now.
    pub fn release(&self) {
        self.0.is_held_back.store(false, Ordering::Relaxed);
    }

    fn reader(&self) -> Result<diesel::r2d2::PooledConnection<Manager>, StoreError> {
        self.0.file.check()?;
        self.0.pool.get().map_err(|error| StoreError::Pool(error.to_string()))
    }

    /// Brings the schema up to date and lays the guards that only the database can hold.
    pub fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_telling(&mut |_| {})
    }

    /// The same; `told` hears before each migration how many are left, it among them.
    pub fn migrate_telling(&self, told: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
        let mut conn = Manager { address: self.0.address.clone(), counter: None }.open()?;
        migrations::up(&mut conn, told)?;
        guards::lay(&mut conn)
    }

    /// Counts the rows again where they have changed much, so that SQLite chooses the right index on large tables;
    /// PostgreSQL does it by itself. Another process that writes at this moment is not waited for. A database that has
    /// just begun is not counted: a table without a row has no figure, and SQLite would take it for a large one beside
    /// those that have theirs, long after it is not. Readers follow with their next connection, within half an hour.
    pub fn refresh_statistics(&self) -> Result<(), StoreError> {
        let Some(writer) = &self.0.writer else { return Ok(()) };
        let mut conn = Manager { address: self.0.address.clone(), counter: None }.open()?;
        if applications::are_fewer_than(&mut conn, COUNTED_FROM)? {
            return Ok(());
        }
        // 0x10002 looks at every table, also those this connection has not read (SQLite, PRAGMA optimize).
        conn.batch_execute("PRAGMA busy_timeout=0; PRAGMA analysis_limit=1000; PRAGMA optimize=0x10002")
            .or_else(|error| if error.to_string().contains("locked") { Ok(()) } else { Err(error) })?;
        // Reads the new figures, which only the connection that counted knows.
        writer.run(|conn| Ok(conn.batch_execute("ANALYZE sqlite_schema")?))
    }

    /// Writes the embedded database anew without what was deleted or overwritten. PostgreSQL does it by itself, in time.
    pub fn compact(&self) -> Result<(), StoreError> {
        if let Address::Sqlite(_) = self.0.address {
            let mut conn = Manager { address: self.0.address.clone(), counter: None }.open()?;
            conn.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Ok(())
    }

    /// Gives the embedded database's writer room for a load of many rows: a quarter of a gigabyte of pages, and a longer
    /// log before it is carried into the file.
    pub fn make_room(&self) -> Result<(), StoreError> {
        match self.0.writer {
            Some(_) => self.write(|tx| {
                Ok(tx.conn().batch_execute("PRAGMA cache_size=-262144; PRAGMA wal_autocheckpoint=64000")?)
            }),
            None => Ok(()),
        }
    }

    /// Takes the schema all the way down again, the data with it.
    pub fn unmigrate(&self) -> Result<(), StoreError> {
        let mut conn = Manager { address: self.0.address.clone(), counter: None }.open()?;
        guards::lift(&mut conn)?;
        migrations::down(&mut conn)
    }

    /// Reads, outside any transaction.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        work(&mut *self.reader()?)
    }

    /// Reads from one frozen view of the database, so that figures on one page agree.
    pub fn read_frozen<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.reader()?;
        let begin = if conn.is_sqlite() { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        conn.batch_execute(begin).map_err(StoreError::from)?;
        let result = work(&mut conn);
        conn.batch_execute("ROLLBACK").map_err(StoreError::from)?;
        result
    }

    /// Runs `work` as if alone, durably. It may be run again, so it touches nothing but the transaction.
    pub fn write<T, E: From<StoreError> + MayConflict>(
        &self,
        mut work: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (began, mut attempt) = (Instant::now(), 0);
        loop {
            let result = self.attempt(&mut work);
            attempt += 1;
            match result {
                Err(error) if error.is_conflict() && attempt < ATTEMPTS && began.elapsed() < PATIENCE => {
                    self.back_off(attempt);
                }
                result => return result,
            }
        }
    }

    /// Runs `work` as [`Db::write`] does, then takes back everything it wrote: what it gives is all that is left of it.
    /// Nobody else ever sees any of it.
    pub fn rehearse<T, E: From<StoreError> + MayConflict>(
        &self,
        mut work: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut played = None;
        let undone = self.write(|tx| -> Result<Infallible, Undone<E>> {
            played = Some(work(tx).map_err(Undone::Failed)?);
            Err(Undone::AsMeant)
        });
        match (undone, played) {
            (Err(Undone::AsMeant), Some(played)) => Ok(played),
            (Err(Undone::Failed(error)), _) => Err(error),
            (_, None) => Err(StoreError::Database("nothing was rehearsed".into()).into()),
        }
    }

    fn attempt<T, E: From<StoreError> + MayConflict>(
        &self,
        work: &mut impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (entropy, seals) = (&self.0.entropy, self.0.seals.get());
        let is_copy = self.quarantined().is_some();
        match &self.0.writer {
            Some(writer) => {
                self.0.file.check()?;
                writer.run(|conn| work(&mut Tx { conn, entropy, seals, is_copy, head: None }))
            }
            None => {
                let mut conn = self.reader()?;
                conn.batch_execute(&format!("SELECT pg_advisory_lock({WRITERS})")).map_err(StoreError::from)?;
                let result =
                    serializable(&mut conn, |conn| work(&mut Tx { conn, entropy, seals, is_copy, head: None }));
                conn.batch_execute(&format!("SELECT pg_advisory_unlock({WRITERS})")).map_err(StoreError::from)?;
                result
            }
        }
    }

    /// Sleeps a little longer with each attempt, never as long as a rival.
    fn back_off(&self, attempt: u32) {
        let drawn = self.0.entropy.lock().unwrap_or_else(PoisonError::into_inner).draw();
        let jitter = drawn.map_or(1, |bytes| u64::from(bytes[0]));
        std::thread::sleep(Duration::from_millis((1 << attempt.min(7)) + jitter / 8));
    }
}

/// Why a rehearsal leaves nothing.
enum Undone<E> {
    /// It went to its end.
    AsMeant,
    Failed(E),
}

impl<E: From<StoreError>> From<StoreError> for Undone<E> {
    fn from(error: StoreError) -> Self {
        Undone::Failed(error.into())
    }
}

impl<E: MayConflict> MayConflict for Undone<E> {
    fn is_conflict(&self) -> bool {
        matches!(self, Undone::Failed(error) if error.is_conflict())
    }
}

fn serializable<T, E: From<StoreError>>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    conn.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE").map_err(StoreError::from)?;
    let committed = work(conn).and_then(|value| {
        conn.batch_execute("COMMIT").map_err(StoreError::from)?;
        Ok(value)
    });
    if committed.is_err() {
        conn.batch_execute("ROLLBACK").ok();
    }
    committed
}
