//! More time for a report: asked for by its people with a reason, given or refused by an officer, or given at once.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access, messages, organisations, reasons,
    report_letters::{officers_told, path},
    reports::paper,
    terms,
};
use crate::{
    domain::{
        correspondence::due_dates as letters,
        ids::{PersonId, ReportId},
        lifecycle::Refusal,
        lifecycles::reports::{is_owed, standing},
        organisations::Right,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        report_extensions::{self as rows, ExtensionRow},
        reports::{self, ReportRow},
    },
};
use chrono::NaiveDate;

/// Most days a report may be put off at once.
const MOST_DAYS: i64 = 366;

/// What is typed: the new last day, `2027-02-25`, and why.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    pub until: &'a str,
    pub reason: &'a str,
}

/// What an officer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Grant,
    Refuse,
}

/// The extensions of a report, oldest first, for those who may see it.
pub fn of_report(conn: &mut Conn, actor: &Actor, id: ReportId) -> Outcome<Vec<ExtensionRow>> {
    paper(conn, actor, id)?;
    Ok(rows::of_report(conn, id)?)
}

fn day(until: &str, due_on: NaiveDate, now: Moment) -> Result<NaiveDate, FieldError> {
    let wrong = |sentence: &str| FieldError::new("jusqu_au", sentence);
    let day: NaiveDate = until.trim().parse().map_err(|_| wrong("Indiquez une date."))?;
    let today = now.paris_date();
    let ahead = (day - due_on.max(today)).num_days();
    if day <= due_on {
        Err(wrong("Cette date n’est pas après l’échéance actuelle."))
    } else if day < today {
        Err(wrong("Cette date est passée\u{a0}: donnez-en une à venir."))
    } else if ahead > MOST_DAYS {
        Err(wrong("Cette date est trop lointaine\u{a0}: un an au plus."))
    } else {
        Ok(day)
    }
}

/// The day and the reason that were typed, or what is wrong with both.
fn read(wish: &Wish, due_on: NaiveDate, now: Moment) -> Outcome<(NaiveDate, String)> {
    match (day(wish.until, due_on, now), reasons::written(wish.reason)) {
        (Ok(day), Ok(reason)) => Ok((day, reason)),
        (Err(wrong), Err(UseCaseError::Invalid(mut more))) => {
            more.insert(0, wrong);
            Err(UseCaseError::Invalid(more))
        }
        (Err(wrong), Ok(_)) => Err(UseCaseError::Invalid(vec![wrong])),
        (_, Err(error)) => Err(error),
    }
}

/// A report that is still owed.
fn owed(conn: &mut Conn, actor: &Actor, id: ReportId) -> Outcome<(ReportRow, Vec<ExtensionRow>)> {
    let paper = paper(conn, actor, id)?;
    let (row, grant) = (paper.report, paper.grant.grant.state);
    if !is_owed(row.state, grant) {
        return Err(Refusal::NotFromHere(standing(row.state, grant)).into());
    }
    let known = rows::of_report(conn, id)?;
    Ok((row, known))
}

fn next(known: &[ExtensionRow]) -> i32 {
    known.last().map_or(1, |last| last.number + 1)
}

/// Asks for more time; one request waits at a time.
pub fn ask(tx: &mut Tx, actor: &Actor, id: ReportId, wish: &Wish, now: Moment) -> Outcome<()> {
    let parties = paper(tx.conn(), actor, id)?.grant.parties();
    organisations::require(tx.conn(), actor, &parties, Right::Write)?;
    let (row, known) = owed(tx.conn(), actor, id)?;
    if known.iter().any(|known| known.decided_at.is_none()) {
        return Err(Refusal::because("Un délai est déjà demandé\u{a0}: nous vous répondons.").into());
    }
    let (wanted_on, reason) = read(wish, row.due_on, now)?;
    let person = access::person(actor)?;
    let asked = ExtensionRow {
        report_id: id,
        number: next(&known),
        former_on: row.due_on,
        wanted_on,
        reason,
        asked_by: person,
        asked_at: now,
        granted_on: None,
        motive: String::new(),
        decided_by: None,
        decided_at: None,
    };
    rows::insert(tx, &asked)?;
    let about = terms::subject(tx.conn(), row.grant_id, now)?;
    let page = format!("/suivi/bilans/{id}");
    let mail = letters::extension_asked_mail(&about.project, row.kind, (wanted_on, &asked.reason), &page);
    let act = format!("{id}:{}", asked.number);
    for to in officers_told(tx, about.file.grant.application_id, &about.recipients)? {
        messages::queue_wished(tx, (id.as_str(), &act), person, &to, &mail, now)?;
    }
    Ok(())
}

/// Answers a request for more time: a day, the one wanted or another, or no and why.
pub fn decide(
    tx: &mut Tx,
    actor: &Actor,
    id: ReportId,
    (number, answer): (i32, Answer),
    wish: &Wish,
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &[Role::Officer])?;
    let (row, known) = owed(tx.conn(), actor, id)?;
    let open = known.into_iter().find(|known| known.number == number && known.decided_at.is_none());
    let open = open.ok_or(StoreError::Stale)?;
    let decided = match answer {
        Answer::Grant => {
            let day = day(wish.until, row.due_on, now).map_err(|wrong| UseCaseError::Invalid(vec![wrong]))?;
            let motive = match wish.reason.trim() {
                "" => String::new(),
                said => reasons::written(said)?,
            };
            ExtensionRow { granted_on: Some(day), motive, ..open }
        }
        Answer::Refuse => ExtensionRow { granted_on: None, motive: reasons::written(wish.reason)?, ..open },
    };
    let person = access::person(actor)?;
    let decided = ExtensionRow { decided_by: Some(person), decided_at: Some(now), ..decided };
    rows::decide(tx, &decided)?;
    if let Some(day) = decided.granted_on {
        reports::set_due_on(tx, id, day)?;
    }
    tell(tx, actor, &row, &decided, now)
}

/// Gives more time without being asked, for a reason.
pub fn give(tx: &mut Tx, actor: &Actor, id: ReportId, wish: &Wish, now: Moment) -> Outcome<()> {
    access::require(actor, &[Role::Officer])?;
    let (row, _) = owed(tx.conn(), actor, id)?;
    let (day, reason) = read(wish, row.due_on, now)?;
    let given = prolong(tx, actor, &row, (day, &reason), now)?;
    tell(tx, actor, &row, &given, now)
}

/// Puts a report off and keeps why; nobody is told.
pub(super) fn prolong(
    tx: &mut Tx,
    actor: &Actor,
    row: &ReportRow,
    (day, reason): (NaiveDate, &str),
    now: Moment,
) -> Outcome<ExtensionRow> {
    let person = access::person(actor)?;
    let given = ExtensionRow {
        report_id: row.id,
        number: next(&rows::of_report(tx.conn(), row.id)?),
        former_on: row.due_on,
        wanted_on: day,
        reason: reason.to_owned(),
        asked_by: person,
        asked_at: now,
        granted_on: Some(day),
        motive: String::new(),
        decided_by: Some(person),
        decided_at: Some(now),
    };
    rows::insert(tx, &given)?;
    reports::set_due_on(tx, row.id, day)?;
    Ok(given)
}

/// Lets a request that waits fall away: the report was filed first, or is not asked for any more.
pub(super) fn drop_open(tx: &mut Tx, id: ReportId, by: PersonId, now: Moment) -> Outcome<()> {
    let open = rows::of_report(tx.conn(), id)?.into_iter().find(|known| known.decided_at.is_none());
    match open {
        Some(open) => Ok(rows::decide(tx, &ExtensionRow { decided_by: Some(by), decided_at: Some(now), ..open })?),
        None => Ok(()),
    }
}

/// Tells the people of a report what was decided.
fn tell(tx: &mut Tx, actor: &Actor, row: &ReportRow, decided: &ExtensionRow, now: Moment) -> Outcome<()> {
    let about = terms::subject(tx.conn(), row.grant_id, now)?;
    let is_given = decided.decided_at == Some(decided.asked_at) && decided.decided_by == Some(decided.asked_by);
    let motive = if is_given { &decided.reason } else { &decided.motive };
    let told = (decided.granted_on, row.due_on, motive.as_str());
    let mail = letters::extension_decided_mail(&about.project, row.kind, told, &path(row.id));
    let act = format!("{}:{}:decided", row.id, decided.number);
    let person = access::person(actor)?;
    for to in &about.recipients {
        messages::queue_wished(tx, (row.id.as_str(), &act), person, to, &mail, now)?;
    }
    Ok(())
}
