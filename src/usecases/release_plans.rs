//! The announcement of results at a chosen time: fixed, moved or dropped by an officer, carried out by the clock.

use super::{
    Actor, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, step},
    calls,
    instants::TypedInstant,
    releases, terms,
};
use crate::{
    domain::{
        correspondence::calls as words,
        decisions::DecisionPace,
        ids::CallId,
        lifecycle::{Refusal, decide},
        lifecycles::calls::{Call, CallEvent},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, calls as call_rows,
        release_plans::{self as rows, PlanRow},
    },
};

/// Most days between the fixing of an hour and the hour itself.
const MOST_DAYS: i64 = 180;

/// When the results of a call leave by the clock, as the team reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub release_at: Moment,
    /// Who fixed it, by name.
    pub fixed_by: String,
    pub fixed_at: Moment,
    /// When the clock was refused; the page says why.
    pub halted_at: Option<Moment>,
}

impl Plan {
    /// Who fixed it and when, in one French sentence.
    pub fn author(&self) -> String {
        format!("Heure fixée par {}, le {}.", self.fixed_by, self.fixed_at.french())
    }

    /// The plan in one French sentence.
    pub fn words(&self) -> String {
        let (at, by, fixed) = (self.release_at.french(), &self.fixed_by, self.fixed_at.french());
        match self.halted_at {
            None => format!("Annonce prévue le {at} (heure de Paris). Fixée par {by}, le {fixed}."),
            Some(halted) => {
                format!("Annonce prévue le {at} par {by}, arrêtée le {}\u{a0}: rien n’est parti.", halted.french())
            }
        }
    }
}

/// The plan of a call, if it has one.
pub fn of_call(conn: &mut Conn, call: CallId) -> Outcome<Option<Plan>> {
    let plan = |(row, fixed_by): (PlanRow, String)| Plan {
        release_at: row.release_at,
        fixed_by,
        fixed_at: row.fixed_at,
        halted_at: row.halted_at,
    };
    Ok(rows::of_call(conn, call)?.map(plan))
}

/// The instant that letters read before they leave are written for: the hour that is fixed, or now.
pub(super) fn leaving_at(conn: &mut Conn, call: CallId, now: Moment) -> Outcome<Moment> {
    let plan = of_call(conn, call)?.filter(|plan| plan.halted_at.is_none());
    Ok(plan.map_or(now, |plan| plan.release_at.max(now)))
}

/// The call whose page showed `version`, as this officer may change it.
fn standing(conn: &mut Conn, officer: &Actor, call: CallId, version: i32, now: Moment) -> Outcome<Standing<Call>> {
    access::require(officer, &[Role::Officer])?;
    let standing = Call::look(conn, call, officer, now)?;
    if standing.version == version { Ok(standing) } else { Err(StoreError::Stale.into()) }
}

/// Fixes the instant at which the results of a call whose page showed `version` are told, in place of another one.
pub fn fix(
    tx: &mut Tx,
    officer: &Actor,
    call: CallId,
    version: i32,
    typed: TypedInstant<'_>,
    now: Moment,
) -> Outcome<Moment> {
    standing(tx.conn(), officer, call, version, now)?;
    if call_rows::find(tx.conn(), call)?.decision_pace == DecisionPace::Rolling {
        let reason = "Cet appel dit ses décisions au fur et à mesure\u{a0}: il n’y a pas d’heure à fixer.";
        return Err(Refusal::because(reason).into());
    }
    let release_at = typed.to_come(MOST_DAYS, now)?;
    let fixed_by = access::person(officer)?;
    rows::set(tx, &PlanRow { call_id: call, release_at, fixed_by, fixed_at: now, halted_at: None })?;
    let mut standing = standing(tx.conn(), officer, call, version, now)?;
    standing.reason = format!("Annonce prévue le {}", release_at.french());
    step::<Call>(tx, officer, call, standing, CallEvent::PlanRelease, now)?;
    Ok(release_at)
}

/// Drops the hour: the results wait for somebody's hand again.
pub fn drop_plan(tx: &mut Tx, officer: &Actor, call: CallId, version: i32, now: Moment) -> Outcome<()> {
    let mut standing = standing(tx.conn(), officer, call, version, now)?;
    let plan = of_call(tx.conn(), call)?;
    standing.reason = plan.map(|plan| format!("Elle était prévue le {}", plan.release_at.french())).unwrap_or_default();
    step::<Call>(tx, officer, call, standing, CallEvent::DropRelease, now)?;
    Ok(rows::remove(tx, call)?)
}

/// The calls whose hour has come.
pub fn due(conn: &mut Conn, now: Moment) -> Outcome<Vec<CallId>> {
    Ok(rows::due(conn, now)?)
}

/// Announces a call whose hour has come, as the button would. When anything is lacking nothing leaves at all, and the
/// team is told. Asked again, or by a second worker, it does nothing. Whether it did something.
pub fn carry_out(tx: &mut Tx, call: CallId, now: Moment) -> Outcome<bool> {
    if !rows::due(tx.conn(), now)?.contains(&call) {
        return Ok(false);
    }
    let system = Actor::system();
    let mut standing = Call::look(tx.conn(), call, &system, now)?;
    let judged = decide::<Call>(standing.state, CallEvent::Announce, &standing.roles, &standing.facts);
    let judged = judged.map(drop).map_err(UseCaseError::from);
    match judged.and_then(|()| releases::all_there(tx.conn(), call, now)) {
        Ok(()) => {
            let plan = of_call(tx.conn(), call)?;
            standing.reason = plan.map(|plan| plan.author()).unwrap_or_default();
            step::<Call>(tx, &system, call, standing, CallEvent::Announce, now)?;
        }
        Err(UseCaseError::Refused(why)) => {
            standing.reason = why.to_string();
            step::<Call>(tx, &system, call, standing, CallEvent::HaltRelease, now)?;
            rows::halt(tx, call, now)?;
        }
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Tells every officer that nothing left at the fixed hour. No file is named: somebody may be recused from it.
pub(super) fn tell_halted(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let call: CallId = cause.subject()?;
    let row = call_rows::find(tx.conn(), call)?;
    let contact = calls::fund_of(tx.conn(), &row)?.contact.email.to_string();
    let planned = of_call(tx.conn(), call)?.map_or(cause.now, |plan| plan.release_at);
    let mail = words::release_halted(&row.title, &row.reference, planned, &contact);
    let officers = terms::staff(tx.conn(), Role::Officer)?;
    terms::tell(tx, cause, &officers, &mail)
}
