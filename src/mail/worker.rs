//! The outbox worker: renders what was issued, sends what is owed, and wakes the clock. Nothing here holds a
//! transaction open while it talks to a server.

use super::{
    alarms::Alarm,
    checking,
    composing::{Attached, Parcel},
    erasing,
    packing::{self, Binder},
    quarantine, releasing, rendering, scanning,
    threads::apart,
    transport::{CONVERSATIONS, SendError, Transport},
};
use crate::{
    domain::{ids::DocumentId, letters::Letter, messages::MessageKind, time::Moment},
    store::{
        Conn, Db, Files, StoreError, StoredFile, Tx,
        documents::{self, DocumentRow},
        messages as rows,
        scanner::Scanner,
    },
    usecases::{
        Outcome, UseCaseError,
        clock::{self, Clock},
        documents as letters,
        messages::{self, Claimed, Failure},
        settings::{self, Settings},
        slots,
    },
};
use futures_util::{StreamExt, stream};
use lettre::message::Mailbox;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, watch};

/// Mails taken at a time.
const BATCH: i64 = 64;
/// Letters rendered at the same time, about the cores of a small machine.
const PRESSES: usize = 2;
/// A mail is not begun when its lease ends sooner than this: a conversation may take a while.
const MARGIN_SECONDS: i64 = 180;
/// How often an unreachable server is asked again, in seconds.
const PROBE_SECONDS: i64 = 60;
/// The work of a night begins so many minutes after midnight in Paris.
const NIGHT_MINUTES: i64 = 180;
/// A letter that cannot be rendered is tried again after this many minutes.
const STUBBORN_MINUTES: i64 = 10;

/// What makes a PDF of a letter; the error is for the log.
pub type Press = fn(&Letter) -> Result<Vec<u8>, String>;

/// What one round of work did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub rendered: usize,
    pub sent: usize,
    pub failed: usize,
    /// Changes of state that the clock brought about.
    pub clock: usize,
}

/// One worker. Several may run at once, in one process or in several.
pub struct Worker {
    office: Office,
    bell: Arc<Notify>,
    /// Since when the server has not been reachable, and when it is asked again.
    outage: Option<(Moment, Moment)>,
    /// Letters that could not be rendered, and when they are tried again.
    stubborn: HashMap<DocumentId, Moment>,
    clock_due: Option<Moment>,
    /// What scans attached files, where there is one, and when it is asked again after a silence.
    scanner: Option<Scanner>,
    scan_due: Option<Moment>,
    /// What binds evidence packs, where they are made.
    binder: Option<Binder>,
    /// When the work of the next night begins; the first look does that of the last one, whatever kept it from being done.
    night_due: Option<Moment>,
    alarm: Alarm,
}

/// What the work needs.
pub(super) struct Office {
    pub(super) db: Db,
    clock: Clock,
    pub(super) files: Files,
    transport: Transport,
    from: Mailbox,
    press: Press,
}

impl Worker {
    /// A worker over this database, sending as `from` (`Lianes coopération <fonds@example.org>`).
    pub fn new(db: Db, clock: Clock, files: Files, transport: Transport, from: Mailbox, press: Press) -> Self {
        let office = Office { db, clock, files, transport, from, press };
        let (bell, stubborn) = (Arc::default(), HashMap::new());
        let (outage, clock_due, scanner, scan_due, night_due) = (None, None, None, None, None);
        let alarm = Alarm::default();
        Worker { office, bell, outage, stubborn, clock_due, scanner, scan_due, binder: None, night_due, alarm }
    }

    /// The same, scanning attached files.
    pub fn with_scanner(self, scanner: Scanner) -> Self {
        Worker { scanner: Some(scanner), ..self }
    }

    /// The same, making evidence packs.
    pub fn with_binder(self, binder: Binder) -> Self {
        Worker { binder: Some(binder), ..self }
    }

    /// Rung to say that something was queued; without it the worker looks every second.
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Works until `stop` says so, and ends between two mails.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let bell = self.bell();
        while !*stop.borrow_and_update() {
            if let Err(error) = self.work_off(&stop).await {
                tracing::error!(%error, "the outbox worker failed a round");
            }
            tokio::select! {
                () = bell.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Does everything that is due now, and returns.
    pub async fn drain(&mut self) -> Outcome<Tally> {
        let (_never, stop) = watch::channel(false);
        self.work_off(&stop).await
    }

    async fn work_off(&mut self, stop: &watch::Receiver<bool>) -> Outcome<Tally> {
        let woken = self.wake_the_clock().await.unwrap_or_else(|error| {
            // Mails do not wait for the clock.
            tracing::error!(%error, "the clock failed a round");
            0
        });
        let mut tally = Tally { clock: woken, ..Tally::default() };
        tally.rendered = self.render_documents(stop).await?;
        self.scan(stop).await;
        packing::pack(&self.office, self.binder, stop).await;
        self.erase(stop).await;
        if quarantine::holds(&self.office).await? || !self.may_send().await? {
            return Ok(tally);
        }
        while !*stop.borrow() {
            let claimed = self.office.claim().await?;
            if claimed.is_empty() {
                break;
            }
            let (sent, failed, lost_line) = self.office.send_all(claimed, stop).await?;
            tally.sent += sent;
            tally.failed += failed;
            if lost_line && !self.office.transport.is_reachable().await {
                let now = self.office.clock.now();
                tracing::warn!("the mail server cannot be reached; mails wait");
                self.outage = Some((now, now.plus_seconds(PROBE_SECONDS)));
                break;
            }
        }
        Ok(tally)
    }

    /// Has attached files scanned; mails never wait for it.
    async fn scan(&mut self, stop: &watch::Receiver<bool>) {
        let now = self.office.now();
        let Some(scanner) = self.scanner.as_ref().filter(|_| self.scan_due.is_none_or(|due| due <= now)) else {
            return;
        };
        let answers = scanning::scan_files(&self.office, scanner, stop).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the files could not be scanned");
            false
        });
        self.scan_due = (!answers).then(|| now.plus_minutes(1));
    }

    /// Does the work of a night once it has come; neither mails nor the clock wait for it.
    async fn erase(&mut self, stop: &watch::Receiver<bool>) {
        let now = self.office.now();
        if self.night_due.is_some_and(|due| now < due) {
            return;
        }
        self.night_due = Some(Moment::end_of_day(now.paris_date()).plus_minutes(NIGHT_MINUTES));
        if let Err(error) = self.office.count_rows().await {
            tracing::warn!(%error, "the rows could not be counted; queries may be slower until the next night");
        }
        if let Err(error) = erasing::erase(&self.office, stop).await {
            tracing::error!(%error, "what is over could not be erased; it is tried again the next night");
        }
        if let Err(error) = checking::check(&self.office).await {
            tracing::error!(%error, "the promises could not be asked; they are asked again the next night");
        }
    }

    /// Lets the clock act: results leave at the second that was fixed, everything else once a minute.
    async fn wake_the_clock(&mut self) -> Outcome<usize> {
        let now = self.office.clock.now();
        let released = releasing::release_planned(&self.office, now).await?;
        if self.clock_due.is_some_and(|due| now < due) {
            return Ok(released);
        }
        self.clock_due = Some(now.plus_minutes(1));
        Ok(released + self.office.write(move |tx| clock::run_due(tx, now)).await?)
    }

    /// Whether the server can be reached as far as is known. While it cannot, nothing is attempted and nothing piles
    /// up; when it answers again, what failed meanwhile is due at once.
    async fn may_send(&mut self) -> Outcome<bool> {
        self.alarm.look(&self.office).await;
        let Some((since, probe_at)) = self.outage else { return Ok(true) };
        let now = self.office.clock.now();
        if now < probe_at {
            return Ok(false);
        }
        if !self.office.transport.is_reachable().await {
            self.outage = Some((since, now.plus_seconds(PROBE_SECONDS)));
            return Ok(false);
        }
        self.outage = None;
        let brought = self.office.write(move |tx| Ok(rows::bring_forward(tx, since, now)?)).await?;
        tracing::info!(brought, "the mail server answers again");
        Ok(true)
    }

    /// Renders every issued letter that has no bytes yet.
    async fn render_documents(&mut self, stop: &watch::Receiver<bool>) -> Outcome<usize> {
        let now = self.office.clock.now();
        self.stubborn.retain(|_, again_at| now < *again_at);
        let (mut last, mut rendered) = (None, 0);
        while !*stop.borrow() {
            let page = self.office.read(move |conn| Ok(documents::unrendered(conn, last, BATCH)?)).await?;
            let Some(row) = page.last() else { break };
            last = Some(row.id);
            let page: Vec<_> = page.into_iter().filter(|row| !self.stubborn.contains_key(&row.id)).collect();
            let office = &self.office;
            let results = stream::iter(page).map(|row| office.print(row)).buffer_unordered(PRESSES);
            let mut done = Vec::new();
            for (id, result) in results.collect::<Vec<_>>().await {
                match result {
                    Ok(file) => done.push((id, file)),
                    Err(error) => {
                        tracing::error!(document = %id, error, "a document cannot be rendered");
                        self.stubborn.insert(id, now.plus_minutes(STUBBORN_MINUTES));
                    }
                }
            }
            rendered += done.len();
            self.office.record_rendered(done).await?;
        }
        Ok(rendered)
    }
}

impl Office {
    /// The present instant.
    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The bytes of a file.
    pub(super) async fn bytes(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        self.files.get(sha256).await
    }

    /// Keeps the bytes of a file.
    pub(super) async fn keep(&self, bytes: Vec<u8>) -> Result<StoredFile, StoreError> {
        self.files.put(bytes).await
    }

    /// What makes a PDF of a letter.
    pub(super) fn press(&self) -> Press {
        self.press
    }

    /// Forgets the bytes of a file.
    pub(super) async fn forget(&self, sha256: &str) -> Result<(), StoreError> {
        self.files.remove(sha256).await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let db = self.db.clone();
        apart(move || db.read(work)).await?
    }

    /// The same from one frozen view of the database.
    pub(super) async fn read_frozen<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let db = self.db.clone();
        apart(move || db.read_frozen(work)).await?
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let db = self.db.clone();
        apart(move || db.write(work)).await?
    }

    /// Lets the embedded database know how large its tables have become.
    async fn count_rows(&self) -> Outcome<()> {
        let db = self.db.clone();
        Ok(apart(move || db.refresh_statistics()).await??)
    }

    /// A letter with everything that is printed on it.
    async fn whole(&self, row: DocumentRow) -> Outcome<DocumentRow> {
        if !letters::has_number(&row) {
            return Ok(row);
        }
        let now = self.now();
        self.write(move |tx| letters::whole(tx, &row, None, now)).await
    }

    /// The bytes of one letter, on disk before any row speaks of them.
    async fn print(&self, row: DocumentRow) -> (DocumentId, Result<StoredFile, String>) {
        let (id, press) = (row.id, self.press);
        let row = match self.whole(row).await {
            Ok(row) => row,
            Err(error) => return (id, Err(error.to_string())),
        };
        let render = move || {
            let letter: Letter = serde_json::from_str(&row.facts).map_err(|error| error.to_string())?;
            press(&letter)
        };
        let result = match apart(render).await {
            Ok(Ok(bytes)) => self.files.put(bytes).await.map_err(|error| error.to_string()),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(error.to_string()),
        };
        (id, result)
    }

    async fn record_rendered(&self, done: Vec<(DocumentId, StoredFile)>) -> Outcome<()> {
        if done.is_empty() {
            return Ok(());
        }
        self.write(move |tx| {
            for (id, file) in &done {
                match documents::set_rendered(tx, *id, &file.sha256, file.size) {
                    // Another worker was faster: the same facts gave it the same bytes.
                    Ok(()) | Err(StoreError::Stale) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        })
        .await
    }

    /// Takes a batch, after a look that writes nothing.
    async fn claim(&self) -> Outcome<Vec<Claimed>> {
        let now = self.clock.now();
        let is_idle =
            move |conn: &mut Conn| Ok(rows::due(conn, now, 1)?.is_empty() && rows::abandoned(conn, now, 1)?.is_empty());
        if self.read(is_idle).await? {
            return Ok(Vec::new());
        }
        self.write(move |tx| messages::claim(tx, now, BATCH)).await
    }

    /// Sends a batch, one mail after the other for each person: how many went, how many failed, and whether the line
    /// to the server was lost.
    async fn send_all(&self, claimed: Vec<Claimed>, stop: &watch::Receiver<bool>) -> Outcome<(usize, usize, bool)> {
        let settings = self.read(settings::load).await?;
        let mut by_person: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
        for one in claimed {
            by_person.entry(one.row.recipient_address.clone()).or_default().push(one);
        }
        let lost_line = AtomicBool::new(false);
        let (settings, lost) = (&settings, &lost_line);
        let lanes = stream::iter(by_person.into_values()).map(|mails| async move {
            let (mut sent, mut failed) = (0, 0);
            for one in mails {
                if *stop.borrow() || lost.load(Ordering::Relaxed) {
                    self.put_back(one).await?;
                    continue;
                }
                match self.send(one, settings).await? {
                    Some(Ok(())) => sent += 1,
                    Some(Err(error)) => {
                        failed += 1;
                        lost.fetch_or(matches!(error, SendError::Unreachable(_)), Ordering::Relaxed);
                    }
                    None => {}
                }
            }
            Ok::<_, UseCaseError>((sent, failed))
        });
        let lanes = lanes.buffer_unordered(usize::try_from(CONVERSATIONS).unwrap_or(1)).collect::<Vec<_>>().await;
        let (mut sent, mut failed) = (0, 0);
        for lane in lanes {
            let (went, stayed) = lane?;
            sent += went;
            failed += stayed;
        }
        Ok((sent, failed, lost_line.load(Ordering::Relaxed)))
    }

    async fn put_back(&self, one: Claimed) -> Outcome<()> {
        let (id, version, now) = (one.row.id, one.version, self.clock.now());
        unless_taken(self.write(move |tx| messages::give_back(tx, id, version, now)).await)
    }

    /// Sends one mail and records the outcome before anything else is sent to this person.
    async fn send(&self, one: Claimed, settings: &Settings) -> Outcome<Option<Result<(), SendError>>> {
        // A worker that slept through its lease sends nothing: the mail may be another's by now.
        if self.clock.now().plus_seconds(MARGIN_SECONDS) >= one.leased_until {
            return Ok(None);
        }
        let result = self.hand_over(&one, settings).await;
        let (id, version, now) = (one.row.id, one.version, self.clock.now());
        match result.clone() {
            Ok(()) => unless_taken(self.write(move |tx| messages::record_sent(tx, id, version, now)).await)?,
            Err(error) => {
                tracing::warn!(message = %id, %error, "a mail did not leave");
                let lasting = matches!(error, SendError::Refused(_));
                let failure = if lasting { Failure::Lasting } else { Failure::Passing };
                let error = error.to_string();
                let record = move |tx: &mut Tx| messages::record_failed(tx, &one, failure, &error, now);
                unless_taken(self.write(record).await)?;
            }
        }
        Ok(Some(result))
    }

    async fn hand_over(&self, one: &Claimed, settings: &Settings) -> Result<(), SendError> {
        let attached = self.attached_to(one).await.map_err(|error| SendError::Postponed(error.to_string()))?;
        let ours = |error: &dyn std::fmt::Display| SendError::Refused(error.to_string());
        let row = &one.row;
        // What stands for the name of a donor is a number, for whoever keeps the outbox: nobody is greeted by it.
        let greeted = if row.kind.is_to_donor() { "" } else { row.recipient_name.as_str() };
        let rendered = rendering::render(&one.mail, settings, greeted).map_err(|error| ours(&error))?;
        let parcel = Parcel {
            id: row.id,
            kind: row.kind,
            from: &self.from,
            to_name: &row.recipient_name,
            to_address: &row.recipient_address,
            owed_at: row.created_at,
            at: self.clock.now(),
            rendered: &rendered,
            attached,
        };
        let file_name = parcel.file_name();
        let message = parcel.compose().map_err(|error| ours(&error))?;
        self.transport.send(message, &file_name).await
    }

    /// What goes with a mail: its letter, or the entry of a calendar.
    async fn attached_to(&self, one: &Claimed) -> Outcome<Option<Attached>> {
        let Some(id) = one.row.document_id else { return self.entry_of(one).await };
        let row = self.read(move |conn| Ok(documents::find(conn, id)?)).await?;
        let sha256 = row.sha256.ok_or(StoreError::NotFound)?;
        Ok(Some(Attached::letter(&row.reference, self.files.get(&sha256).await?)))
    }

    async fn entry_of(&self, one: &Claimed) -> Outcome<Option<Attached>> {
        if !matches!(one.row.kind, MessageKind::SlotBooked | MessageKind::SlotCancelled) {
            return Ok(None);
        }
        let (id, host) = (one.row.id, self.from.email.domain().to_owned());
        let entry = self.read(move |conn| slots::entry(conn, id, &host)).await?;
        Ok(entry.as_ref().map(Attached::entry))
    }
}

/// An outcome that comes after the lease went to another worker is that worker's to record.
fn unless_taken(recorded: Outcome<()>) -> Outcome<()> {
    match recorded {
        Err(UseCaseError::Store(StoreError::Stale)) => Ok(()),
        recorded => recorded,
    }
}
