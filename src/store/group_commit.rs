//! SQLite's one writer: rivals run one after the other, each in its savepoint, and share one durable commit.
//! The first of a batch needs none: if it fails, nothing else is lost with it.
//!
//! Whoever finds nobody waiting behind commits for all; the others sleep until that commit is on disk. Nobody is
//! told "done" before.

use super::{Conn, StoreError};
use diesel::connection::SimpleConnection;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Works that may share one commit; beyond, the batch is closed even if more are waiting.
const LONGEST_BATCH: usize = 128;

pub(super) struct Writer {
    /// Nobody is overtaken for long: this lock goes to who has waited most, again and again within a millisecond. A panic
    /// in a work leaves nothing half written behind it: its batch is rolled back by `Turn`.
    lane: Mutex<Lane>,
    waiting: AtomicUsize,
    finished: Mutex<Finished>,
    settled: Condvar,
}

struct Lane {
    conn: Conn,
    /// Number of the batch whose transaction is open.
    open: Option<u64>,
    works: usize,
    last: u64,
}

#[derive(Default)]
struct Finished {
    up_to: u64,
    failed: BTreeSet<u64>,
}

/// Rolls the whole batch back if the work panics.
struct Turn<'w> {
    writer: &'w Writer,
    lane: MutexGuard<'w, Lane>,
    is_over: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.writer.settle(&mut self.lane, "ROLLBACK").ok();
        }
    }
}

impl Writer {
    pub(super) fn new(conn: Conn) -> Self {
        let lane = Lane { conn, open: None, works: 0, last: 0 };
        let (waiting, settled) = (AtomicUsize::new(0), Condvar::new());
        Writer { lane: Mutex::new(lane), waiting, finished: Mutex::default(), settled }
    }

    /// Runs `work` alone and returns when what it wrote is on disk.
    pub(super) fn run<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let lane = self.lane.lock();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let mut turn = Turn { writer: self, lane, is_over: false };
        let begun = turn.lane.begin();
        let batch = match begun {
            Ok(batch) => batch,
            Err(error) => {
                turn.is_over = true;
                return Err(error.into());
            }
        };
        let result = work(&mut turn.lane.conn);
        if let Err(error) = turn.lane.end(result.is_ok()) {
            // The failure took the whole transaction with it, a full disk for one.
            self.settle(&mut turn.lane, "ROLLBACK").ok();
            turn.is_over = true;
            return result.and(Err(error.into()));
        }
        turn.lane.works += 1;
        turn.is_over = true;
        if self.waiting.load(Ordering::SeqCst) == 0 || turn.lane.works >= LONGEST_BATCH {
            let committed = self.settle(&mut turn.lane, "COMMIT");
            return result.and_then(|value| committed.map(|()| value).map_err(E::from));
        }
        drop(turn);
        let value = result?;
        self.wait_for(batch)?;
        Ok(value)
    }

    fn settle(&self, lane: &mut Lane, statement: &str) -> Result<(), StoreError> {
        let Some(batch) = lane.open.take() else { return Ok(()) };
        let outcome = lane.conn.batch_execute(statement).map_err(StoreError::from);
        if outcome.is_err() {
            lane.conn.batch_execute("ROLLBACK").ok();
        }
        let mut finished = self.finished.lock();
        finished.up_to = batch;
        if outcome.is_err() || statement != "COMMIT" {
            finished.failed.insert(batch);
        }
        self.settled.notify_all();
        outcome
    }

    fn wait_for(&self, batch: u64) -> Result<(), StoreError> {
        let mut finished = self.finished.lock();
        self.settled.wait_while(&mut finished, |finished| finished.up_to < batch);
        if finished.failed.contains(&batch) {
            return Err(StoreError::Away("the shared commit failed".into()));
        }
        Ok(())
    }
}

impl Lane {
    /// Opens a batch, or the savepoint of one more work in the batch that is open.
    fn begin(&mut self) -> Result<u64, StoreError> {
        if let Some(batch) = self.open {
            self.conn.batch_execute("SAVEPOINT work")?;
            return Ok(batch);
        }
        // IMMEDIATE: a plain BEGIN that reads first cannot become a writer once a rival has committed.
        self.conn.batch_execute("BEGIN IMMEDIATE")?;
        self.last += 1;
        self.works = 0;
        self.open = Some(self.last);
        Ok(self.last)
    }

    /// Keeps what a work wrote, or takes it back; the batch stays open.
    fn end(&mut self, is_kept: bool) -> Result<(), StoreError> {
        let closing = match (self.works, is_kept) {
            (0, true) => return Ok(()),
            (0, false) => "ROLLBACK; BEGIN IMMEDIATE",
            (_, true) => "RELEASE work",
            (_, false) => "ROLLBACK TO work; RELEASE work",
        };
        Ok(self.conn.batch_execute(closing)?)
    }
}
