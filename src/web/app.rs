//! What every handler works with: the database behind a gate, and the clock.

use super::{bells::Bells, failures::Failure};
use crate::{
    domain::time::Moment,
    store::{Conn, Db, Files, Tx},
    usecases::{Outcome, clock::Clock},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that read at the same time: as many as the pool has readers, so that none waits for a connection.
const READS: usize = 4;
/// Requests that write at the same time; on SQLite they share commits, so waiting together is what makes them fast.
const WRITES: usize = 64;
/// Passwords hashed at the same time: each takes 19 MiB and a core.
const HASHES: usize = 2;
/// Documents printed at the same time: each takes a core. Whoever prints does not keep others from signing in.
const PRINTS: usize = 2;
/// Tables that leave at the same time: each holds a thread for as long as its reader is slow.
const EXPORTS: usize = 4;

/// The application as handlers see it; cheap to clone.
#[derive(Clone)]
pub struct App {
    db: Db,
    clock: Clock,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    hashes: Arc<Semaphore>,
    prints: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    bells: Arc<Bells>,
    mailbox: Option<Arc<Path>>,
    files: Option<Files>,
    /// Whether the site is reached by HTTPS, so that cookies travel by nothing else.
    pub is_https: bool,
}

impl App {
    /// Over this database and clock.
    pub fn new(db: Db, clock: Clock, is_https: bool) -> Self {
        let gate = |permits| Arc::new(Semaphore::new(permits));
        App {
            db,
            clock,
            reads: gate(READS),
            writes: gate(WRITES),
            hashes: gate(HASHES),
            prints: gate(PRINTS),
            exports: gate(EXPORTS),
            bells: Arc::default(),
            mailbox: None,
            files: None,
            is_https,
        }
    }

    /// The same with the mailbox of the demo: everybody may read the mails kept in this folder.
    pub fn with_mailbox(self, folder: PathBuf) -> Self {
        App { mailbox: Some(folder.into()), ..self }
    }

    /// The same, keeping attachments here.
    pub fn with_files(self, files: Files) -> Self {
        App { files: Some(files), ..self }
    }

    /// Where attachments are kept.
    pub fn files(&self) -> Result<&Files, Failure> {
        self.files.as_ref().ok_or_else(|| Failure::Broken("no folder for files".into()))
    }

    /// The folder of the demo's mailbox; `None` everywhere else.
    pub fn mailbox(&self) -> Option<&Path> {
        self.mailbox.as_deref()
    }

    /// What tells the pages that follow a session of its changes.
    pub(in crate::web) fn bells(&self) -> &Bells {
        &self.bells
    }

    /// The present instant (UTC).
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Reads, off the threads that talk to browsers.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.db.clone();
        apart(&self.reads, move || db.read(work)).await?.map_err(Failure::from)
    }

    /// Reads from one frozen view of the database, so that what is counted twice agrees.
    pub async fn read_frozen<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.db.clone();
        apart(&self.reads, move || db.read_frozen(work)).await?.map_err(Failure::from)
    }

    /// Writes in one transaction, durably. `work` may be run again.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.db.clone();
        apart(&self.writes, move || db.write(work)).await?.map_err(Failure::from)
    }

    /// Plays something in a transaction of which nothing stays. `work` may be run again.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.db.clone();
        apart(&self.writes, move || db.rehearse(work)).await?.map_err(Failure::from)
    }

    /// Hashes or checks a password, a few at a time.
    pub async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        apart(&self.hashes, work).await
    }

    /// Prints a document, a few at a time.
    pub async fn print<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        apart(&self.prints, work).await
    }

    /// A place among the tables that leave; given back when dropped.
    pub async fn export_place(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let place = self.exports.clone().acquire_owned().await;
        place.map_err(|error| Failure::Broken(error.to_string()))
    }

    /// The database itself, for what streams longer than one read.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

async fn apart<T: Send + 'static>(gate: &Semaphore, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
    let _permit = gate.acquire().await.map_err(|error| broken(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| broken(&error))
}
