//! Passes: a draft opened just before the deadline may be filed a little after it, and an officer may give one
//! application more time.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, step},
    answers::{self, Content},
    applications, calls,
    instants::TypedInstant,
    organisations::{acts_for, may},
};
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycle::Refusal,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            calls::CallState,
        },
        organisations::Right,
        passes::{PassKind, filed_under, grace_until},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::{self as files, ApplicationRow},
        calls::CallRow,
        passes::{self as rows, NamedPass, PassRow},
        recusals,
    },
};

/// Most characters of a reason.
pub const LONGEST_REASON: usize = 1_000;
/// Most days given.
const MOST_DAYS: i64 = 60;
/// Passes on one page.
const PAGE: i64 = 100;

/// Until when opening this draft now would let it be filed, if its call is open and that gives it a minute more at least.
/// What may still be missing does not matter: these minutes are for it, and filing judges it.
fn due(content: &Content, now: Moment) -> Option<Moment> {
    let is_draft = content.row.state == ApplicationState::Draft;
    let until = grace_until(content.call.window(), now).filter(|_| is_draft && content.call.is_open(now))?;
    content.row.pass_until.is_none_or(|held| held.plus_minutes(1) <= until).then_some(until)
}

/// Whether opening the page of this draft now is to be recorded.
pub fn is_due(content: &Content, now: Moment) -> bool {
    due(content, now).is_some()
}

/// Records that the draft was opened in time. Opened again a minute later, it holds that much longer.
pub fn open_grace(tx: &mut Tx, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<()> {
    let content = answers::find(tx.conn(), actor, id)?;
    let parties: Vec<_> =
        [Some(content.row.organisation_id), content.row.partner_organisation_id].into_iter().flatten().collect();
    if !acts_for(tx.conn(), actor, &parties)? {
        return Err(StoreError::NotFound.into());
    }
    // Who only reads the file does not begin its time.
    let writes = may(tx.conn(), actor, &parties, Right::Write)?;
    let Some(until_at) = due(&content, now).filter(|_| writes) else { return Ok(()) };
    let row = PassRow {
        application_id: id,
        kind: PassKind::Grace,
        opened_at: now,
        until_at,
        opened_by: access::person(actor)?,
        reason: String::new(),
    };
    rows::append(tx, &row)?;
    Ok(files::set_pass(tx, id, Some(until_at))?)
}

/// The last pass of an application, if it has any.
pub fn last(conn: &mut Conn, id: ApplicationId) -> Outcome<Option<PassRow>> {
    Ok(rows::of_application(conn, id)?.pop())
}

/// What is said of an application that was filed after its call had closed.
pub fn lateness(conn: &mut Conn, row: &ApplicationRow, call: &CallRow) -> Outcome<Option<String>> {
    let Some(at) = row.submitted_at.filter(|at| *at >= call.closes_at) else { return Ok(None) };
    let passes = rows::of_application(conn, row.id)?;
    let pass = passes.iter().rev().find(|pass| pass.opened_at <= at && at < pass.until_at);
    Ok(pass.map(|pass| filed_under(pass.kind, pass.opened_at, pass.until_at)))
}

/// More time for one application, as it is typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct LatePass<'a> {
    /// The number of the application: the team does not see drafts, its people tell it.
    pub reference: &'a str,
    /// `2027-04-03`.
    pub day: &'a str,
    /// `18:00`, on the Paris wall clock.
    pub hour: &'a str,
    pub reason: &'a str,
}

/// The passes officers gave in a call, the newest first.
pub fn late_of_call(conn: &mut Conn, actor: &Actor, call: &CallRow) -> Outcome<Vec<NamedPass>> {
    access::require(actor, &[Role::Officer])?;
    let mut found = rows::of_call(conn, call.id, PassKind::Late, PAGE)?;
    let person = access::person(actor)?;
    let hidden = recusals::of_call(conn, call.id)?;
    found.retain(|(pass, ..)| !hidden.iter().any(|(id, who, _)| *id == pass.application_id && *who == person));
    Ok(found)
}

fn reason(typed: &str) -> Result<String, FieldError> {
    match typed.trim() {
        "" => Err(FieldError::new(
            "motif",
            "Dites pourquoi\u{a0}: le motif est écrit dans l’historique et dans le courriel.",
        )),
        text if text.chars().count() > LONGEST_REASON => {
            let sentence = format!("Ce motif est trop long\u{a0}: {LONGEST_REASON} caractères au plus.");
            Err(FieldError::new("motif", sentence))
        }
        text => Ok(text.to_owned()),
    }
}

/// The draft of this number in a call, unless this officer is recused from it.
fn draft(conn: &mut Conn, actor: &Actor, call: &CallRow, reference: &str) -> Outcome<Option<ApplicationRow>> {
    let Some(id) = files::by_reference(conn, call.id, reference.trim())? else { return Ok(None) };
    let row = applications::find(conn, &Actor::system(), id)?;
    let is_recused = recusals::is_recused(conn, access::person(actor)?, id)?;
    Ok(Some(row).filter(|row| row.state == ApplicationState::Draft && !is_recused))
}

/// Whether one draft of a call may be given more time now: only once it has closed, and before its files are decided on.
pub fn may_open_late(call: &CallRow, now: Moment) -> Result<(), Refusal> {
    if call.is_open(now) {
        return Err(Refusal::because("L’appel est encore ouvert\u{a0}: il n’y a pas de délai à accorder."));
    }
    match call.state {
        CallState::Published | CallState::InReview if call.opens_at <= now => Ok(()),
        state => Err(Refusal::NotFromHere(state.label())),
    }
}

/// Lets one draft of a closed call be filed until a given instant. It is told to its people and kept in the history.
pub fn open_late(tx: &mut Tx, actor: &Actor, reference: &str, pass: &LatePass, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer])?;
    let call = calls::by_reference(tx.conn(), reference)?;
    may_open_late(&call, now)?;
    let found = draft(tx.conn(), actor, &call, pass.reference)?;
    let file = found.as_ref().ok_or_else(|| {
        FieldError::new(
            "numero",
            "Aucun brouillon de cet appel ne porte ce numéro. La structure le lit en haut de son dossier.",
        )
    });
    let until = TypedInstant { day: pass.day, hour: pass.hour }.to_come(MOST_DAYS, now);
    let (file, row) = match (file, until, reason(pass.reason)) {
        (Ok(file), Ok(until_at), Ok(reason)) => {
            let (id, opened_by) = (file.id, access::person(actor)?);
            (file, PassRow { application_id: id, kind: PassKind::Late, opened_at: now, until_at, opened_by, reason })
        }
        (file, until, reason) => {
            let wrong = file.err().into_iter().chain(until.err().unwrap_or_default()).chain(reason.err());
            return Err(UseCaseError::Invalid(wrong.collect()));
        }
    };
    rows::append(tx, &row)?;
    files::set_pass(tx, file.id, Some(row.until_at))?;
    let content = answers::find(tx.conn(), &Actor::system(), file.id)?;
    let mut standing = applications::standing(tx.conn(), actor, &content, now)?;
    standing.reason = row.reason;
    step::<Application>(tx, actor, file.id, standing, ApplicationEvent::OpenLate, now)
}
