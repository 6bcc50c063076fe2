//! A session as its pages show it: to the team, with attendance, money and recusals; to a member, the files they may see.

use super::{
    Actor, Outcome,
    advance::Object,
    answers::Content,
    blinds::Veil,
    committees::{member_of, require},
    definitions, earmarks,
    rankings::{self, Apart, FileReviews},
    release_plans::{self, Plan},
    votes::{self, Ballot},
};
use crate::{
    domain::{
        decisions::{DecisionPace, UNDECIDED},
        ids::{ApplicationId, CallId, PersonId, ReviewId, SessionId},
        journal::Stage,
        lifecycle::Refusal,
        lifecycles::{
            applications::{Application, ApplicationEvent},
            sessions::{Session, SessionEvent, SessionState},
        },
        money::Euros,
        point_amounts::{self, Computed},
        roles::Role,
        scoring::Score,
        sessions::Roll,
        time::Moment,
    },
    store::{
        Conn, StoreError, attendance,
        calls::{self, CallRow},
        journal::{Scope, balance, promised_unseen},
        own_reviews, recusals,
        reviews::{self, FileRow, NamedReview, ScoreRow},
        seats,
        sessions::{self, Item, SessionLine, SessionRow},
    },
};
use std::collections::BTreeMap;

/// What a member sees of a session.
#[derive(Debug)]
pub struct MemberAgenda {
    pub session: SessionRow,
    pub call_reference: String,
    pub call_title: String,
    /// The files, each with the member's own review of it.
    pub items: Vec<(Item, Option<ReviewId>)>,
    /// Whether they stand by reference: an agenda begins with the best files, which says too much to whoever has still
    /// to review one of them.
    pub is_by_reference: bool,
    /// How the decisions of its call leave.
    pub pace: DecisionPace,
    /// Whether its minutes wait for the signature of whoever presided.
    pub is_unsigned: bool,
}

/// A session for one member of its committee: what they are recused from is not on it.
pub fn for_member(conn: &mut Conn, actor: &Actor, id: SessionId, now: Moment) -> Outcome<MemberAgenda> {
    let session = sessions::find(conn, id)?;
    let person = member_of(conn, actor, session.call_id)?;
    let own = own_reviews(conn, actor, id)?;
    let (mut items, call) = (sessions::items(conn, id, Some(person))?, calls::find(conn, session.call_id)?);
    let unread = own_reviews::unread(conn, person, session.call_id)?;
    let is_by_reference = items.iter().any(|item| unread.contains(&item.application_id));
    if is_by_reference {
        items.sort_by(|a, b| a.reference.cmp(&b.reference));
    }
    let files: Vec<_> = items.iter().map(|item| item.application_id).collect();
    let veil = Veil::of_call(conn, actor, &call, &files)?;
    for item in &mut items {
        veil.line(item.application_id, &mut item.title, &mut item.organisation);
    }
    Ok(MemberAgenda {
        pace: call.decision_pace,
        is_unsigned: Session::look(conn, id, actor, now)?.facts.is_unsigned,
        call_reference: call.reference,
        call_title: call.title,
        is_by_reference,
        items: items
            .into_iter()
            .map(|item| (own.get(&item.application_id).copied(), item))
            .map(|(own, item)| (item, own))
            .collect(),
        session,
    })
}

/// The member's own reviews of the files of the call that a session is about.
pub fn own_reviews(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<BTreeMap<ApplicationId, ReviewId>> {
    let person = require(actor, Role::Reviewer)?;
    let call = sessions::find(conn, id)?.call_id;
    Ok(own_reviews::of_call(conn, person, call)?.into_iter().collect())
}

/// Most sessions shown to a member at once.
const MOST_INVITED: i64 = 20;

/// The sessions a member is invited to and that are not over, the first to meet first.
pub fn invited(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<SessionLine>> {
    let person = require(actor, Role::Reviewer)?;
    let calls = seats::calls_of(conn, person)?;
    let states = [SessionState::Convened, SessionState::InSession];
    Ok(sessions::lines_of_calls(conn, &calls, &states, MOST_INVITED)?)
}

/// The money of a call: its envelope, and what is not committed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    pub total: Euros,
    pub left: Euros,
}

impl Envelope {
    /// Of one call, now, as a reader may know it: what was promised to files that do not exist for them is no sum of theirs.
    /// Guards judge by the journal alone.
    pub fn seen_by(conn: &mut Conn, call: &CallRow, reader: PersonId) -> Outcome<Envelope> {
        let scope = Scope::Call(call.id);
        let left = balance(conn, Stage::Envelope, scope)? + promised_unseen(conn, reader, None, scope)?;
        Ok(Envelope { total: call.envelope_cents, left })
    }

    /// What is committed.
    pub fn committed(self) -> Euros {
        self.total - self.left
    }
}

/// What the team sees of a session.
#[derive(Debug)]
pub struct Room {
    pub session: SessionRow,
    pub call: CallRow,
    pub items: Vec<Item>,
    /// Who is out of the room (hors séance) for a file, by name.
    pub recused: BTreeMap<ApplicationId, Vec<String>>,
    pub roll: Roll,
    pub offered: Vec<(SessionEvent, Result<(), Refusal>)>,
    pub envelope: Envelope,
    /// When the results of the call leave by the clock; nothing once they have left.
    pub release: Option<Plan>,
    /// Files of the call that wait for a decision, or stand on the reserve list, and are on no open agenda.
    pub addable: Vec<FileRow>,
}

/// A session for the team. An officer who is recused from a file does not find it here.
pub fn room(conn: &mut Conn, actor: &Actor, id: SessionId, now: Moment) -> Outcome<Room> {
    super::access::require(actor, &[Role::Officer, Role::Director])?;
    let standing = Session::look(conn, id, actor, now)?;
    let session = sessions::find(conn, id)?;
    let call = calls::find(conn, session.call_id)?;
    let mut recused: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (application, _, name) in recusals::of_call(conn, call.id)? {
        recused.entry(application).or_default().push(name);
    }
    Ok(Room {
        items: items(conn, actor, &session)?,
        roll: attendance::roll(conn, &session)?,
        offered: standing.offered(),
        envelope: Envelope::seen_by(conn, &call, super::access::person(actor)?)?,
        release: release_plans::of_call(conn, call.id)?.filter(|_| !call.is_announced()),
        addable: addable(conn, actor, call.id)?,
        recused,
        session,
        call,
    })
}

/// The agenda, without the mean of a file that the actor has still to review.
fn items(conn: &mut Conn, actor: &Actor, session: &SessionRow) -> Outcome<Vec<Item>> {
    let mut items = sessions::items(conn, session.id, actor.person)?;
    if let Some(person) = actor.person {
        let unread = own_reviews::unread(conn, person, session.call_id)?;
        items.iter_mut().filter(|item| unread.contains(&item.application_id)).for_each(|item| item.score_count = 0);
    }
    Ok(items)
}

fn addable(conn: &mut Conn, actor: &Actor, call: CallId) -> Outcome<Vec<FileRow>> {
    let Some(reader) = actor.person else { return Ok(Vec::new()) };
    let free = sessions::unplanned(conn, call, UNDECIDED)?;
    let files = reviews::files(conn, reader, call, UNDECIDED)?;
    Ok(files.into_iter().filter(|file| free.contains(&file.id)).collect())
}

/// Sessions on one page of the list.
const PAGE: usize = 30;

/// The sessions planned before `key`, the last planned first, and the key of the next page.
pub fn list(conn: &mut Conn, actor: &Actor, key: Option<SessionId>) -> Outcome<(Vec<SessionLine>, Option<SessionId>)> {
    super::access::require(actor, &[Role::Officer, Role::Director])?;
    let mut rows = sessions::page(conn, key, PAGE as i64 + 1)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// The sessions whose minutes wait for the confirmation of the board.
pub fn to_confirm(
    conn: &mut Conn,
    director: &Actor,
    key: Option<(Moment, SessionId)>,
    limit: i64,
) -> Outcome<Vec<SessionLine>> {
    super::access::require(director, &[Role::Director])?;
    Ok(sessions::lines_in(conn, SessionState::Minuted, key, limit)?)
}

/// One file in session.
#[derive(Debug)]
pub struct Hearing {
    pub session: SessionRow,
    pub content: Content,
    pub envelope: Envelope,
    pub reviews: Vec<NamedReview>,
    pub scores: Vec<ScoreRow>,
    /// Whether the officer has still to review it: what others think of it is away.
    pub is_unread: bool,
    /// Who is out of the room.
    pub recused: Vec<String>,
    pub ballot: Ballot,
    pub offered: Vec<(ApplicationEvent, Result<(), Refusal>)>,
    /// What its points open, where they set the amount.
    pub computed: Option<Computed>,
    /// The means of the criteria that stand apart.
    pub apart: Vec<Apart>,
    /// Whether an award may go beyond a ceiling on its axis for a reason.
    pub may_exceed: bool,
    /// What is said of an award that did; often nothing.
    pub beyond: Vec<String>,
    /// The file before this one on the agenda, and the next.
    pub before: Option<ApplicationId>,
    pub after: Option<ApplicationId>,
}

/// One file of the agenda, for whoever writes the decision down.
pub fn hearing(
    conn: &mut Conn,
    officer: &Actor,
    session: SessionId,
    application: ApplicationId,
    now: Moment,
) -> Outcome<Hearing> {
    let reader = require(officer, Role::Officer)?;
    let items = sessions::items(conn, session, Some(reader))?;
    let place = items.iter().position(|item| item.application_id == application).ok_or(StoreError::NotFound)?;
    let neighbour = |at: Option<usize>| at.and_then(|at| items.get(at)).map(|item| item.application_id);
    let FileReviews { content, reviews, scores, is_unread } = rankings::reviews_of(conn, officer, application)?;
    let recused = recusals::of_application(conn, application)?;
    let session = sessions::find(conn, session)?;
    let call = definitions::call(&content.call.settings)?;
    let (row, mut apart) = (&content.row, rankings::apart(conn, &call.grid, &[application])?);
    let mean = (row.score_count > 0).then(|| Score::from_hundredths(row.score_mean));
    Ok(Hearing {
        computed: point_amounts::of_call(&call, mean, row.requested_cents),
        apart: apart.remove(&application).unwrap_or_default(),
        ballot: votes::ballot(conn, &session, application)?,
        session,
        envelope: Envelope::seen_by(conn, &content.call, reader)?,
        reviews,
        scores,
        is_unread,
        recused: recused.into_iter().map(|(_, name, _)| name).collect(),
        offered: Application::look(conn, application, officer, now)?.offered(),
        may_exceed: !call.beyond_ceiling.is_refused(),
        beyond: if call.beyond_ceiling.is_refused() { Vec::new() } else { earmarks::told_of(conn, application)? },
        before: neighbour(place.checked_sub(1)),
        after: neighbour(Some(place + 1)),
        content,
    })
}
