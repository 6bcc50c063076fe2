//! A call whose files are decided, its deliberations closed and its minutes made: what announcements begin with.

use crate::support::{
    databases::TestDb,
    programme::{Programme, closed, id},
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::CallDefinition,
        ids::{ApplicationId, SessionId},
        lifecycles::{
            calls::{CallEvent, CallState},
            sessions::SessionEvent,
        },
        messages::MessageKind,
        time::Moment,
    },
    store::{Db, Tx, documents, messages, recusals::RecusalRow},
    usecases::{
        Actor, Outcome,
        decisions::{self, DecisionForm},
        instants::TypedInstant,
        release_plans, releases,
    },
};

/// The call with its files, one for each verdict.
pub struct Decided {
    pub world: Programme,
    pub applicants: Vec<Actor>,
    pub files: Vec<ApplicationId>,
    pub session: SessionId,
}

pub const VERDICTS: [Verdict; 4] = [Verdict::Award, Verdict::ReserveList, Verdict::Reject, Verdict::Defer];
/// The mails that tell them.
pub const TOLD: [MessageKind; 4] =
    [MessageKind::Award, MessageKind::ReserveList, MessageKind::Refusal, MessageKind::Deferral];

impl Decided {
    pub fn on(db: TestDb) -> Self {
        Self::with(db, |_| {}, &VERDICTS)
    }

    /// The same with other verdicts, its call changed before it is published. The minutes are not confirmed.
    pub fn with(db: TestDb, change: impl FnOnce(&mut CallDefinition), verdicts: &[Verdict]) -> Self {
        let world = Programme::with(db, change);
        let filed: Vec<_> = (1..).zip(verdicts).map(|(number, _)| world.in_review(number, 3_000)).collect();
        let session = world.session();
        for ((_, file, _), verdict) in filed.iter().zip(verdicts) {
            let form = DecisionForm {
                verdict: *verdict,
                amount: "2 500".into(),
                motive: "Un partenariat construit avec les habitant·es.".into(),
                conditions: String::new(),
            };
            let version = world.application(*file).version;
            world.db.write(|tx| decisions::decide(tx, &world.officer, *file, &form, version, closed())).unwrap();
        }
        world.advance_call(CallEvent::StartReview).unwrap();
        world.advance_call(CallEvent::Deliberate).unwrap();
        world.step(session, SessionEvent::Minute);
        let (applicants, files) = filed.into_iter().map(|(who, file, _)| (who, file)).unzip();
        Decided { world, applicants, files, session }
    }

    pub fn confirmed(self) -> Self {
        self.world.try_step(&self.world.director, self.session, SessionEvent::Confirm).unwrap();
        self
    }

    pub fn fix(&self, day: &str, hour: &str) -> Outcome<Moment> {
        let (world, version) = (&self.world, self.world.call_row().version);
        let typed = TypedInstant { day, hour };
        world.db.write(|tx| release_plans::fix(tx, &world.officer, world.call, version, typed, closed()))
    }

    pub fn wake(&self, now: Moment) -> bool {
        wake(&self.world.db, &self.world, now)
    }

    pub fn try_announce(&self) -> Outcome<()> {
        let (world, version) = (&self.world, self.world.call_row().version);
        world.db.write(|tx| releases::announce(tx, &world.officer, world.call, version, closed()))
    }

    pub fn announce(&self) {
        self.try_announce().unwrap();
    }

    /// Recuses a person from a file, whatever they are.
    pub fn recuse(&self, who: &Actor, file: ApplicationId) {
        let recuse = |tx: &mut Tx| {
            let row = RecusalRow {
                id: tx.mint(closed())?,
                person_id: id(who),
                application_id: file,
                reason: "Un proche y travaille.".into(),
                declared_by: id(who),
                declared_at: closed(),
            };
            tisserand::store::recusals::insert(tx, &row)
        };
        self.world.db.write(recuse).unwrap();
    }

    /// The decision mails about each file.
    pub fn told(&self) -> Vec<Vec<MessageKind>> {
        let about = |file: &ApplicationId| {
            let mails = self.world.db.read(|conn| messages::about_any(conn, &[file.to_string()], &TOLD)).unwrap();
            let mut kinds: Vec<_> = mails.into_iter().map(|mail| mail.kind).collect();
            // Two mails of the same instant are in no order.
            kinds.sort_by_key(|kind| TOLD.iter().position(|told| told == kind));
            kinds
        };
        self.files.iter().map(about).collect()
    }

    /// How many letters were issued, receipts apart.
    pub fn letters(&self) -> usize {
        let of = |file: &ApplicationId| self.world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap();
        self.files.iter().map(|file| of(file).len() - 1).sum()
    }

    pub fn state(&self) -> CallState {
        self.world.call_row().state
    }
}

/// Lets the clock act on the call, through this connection.
pub fn wake(db: &Db, world: &Programme, now: Moment) -> bool {
    db.write(|tx| release_plans::carry_out(tx, world.call, now)).unwrap()
}
