//! Reminders of offers to be answered, of reports and papers that are owed and of money to be paid back, before their day and
//! after, and of what is to be signed. A day that moves has its reminders anew; a worker that was down sends the latest one alone.

use super::{
    Outcome, amendments::is_open, disbursements, documents::Recipient, grant_pieces, messages, report_letters::path,
    signatures, signing, terms,
};
use crate::{
    domain::{
        correspondence::{due_dates as letters, evidence, grant_pieces as piece_letters},
        definitions::MergeField,
        disbursements::Condition,
        letters::LetterKind,
        lifecycles::{grants::GrantState, recoveries::RecoveryState, reports::is_awaited},
        messages::{Mail, MessageKind},
        roles::Role,
        signing::{SigningSide, sent_on, sign_by},
        time::{Moment, french_date},
    },
    store::{
        Conn, StoreError, Tx, disbursements as payments, documents,
        due_reminders::{self as rows, DueReminderRow},
        grants,
        messages::MessageRow,
        recoveries,
        reports::{self, ReportRow},
        signing::{self as papers, PaperRow},
    },
};
use chrono::{Duration, NaiveDate};
use std::str::FromStr;

/// The days after the due date on which one is reminded; before it, negative. In order.
const OF_OFFERS: [i64; 3] = [-7, -2, 1];
const OF_REPORTS: [i64; 5] = [-30, -7, 1, 15, 45];
const OF_RECOVERIES: [i64; 4] = [-7, 1, 15, 30];
/// Of papers, counted from the day on which the payment that waits for them is expected.
const OF_PIECES: [i64; 4] = [-14, 0, 7, 30];
/// Of agreements and amendments, counted for the holder from the day on which it was sent, for the house from the day on
/// which the holder has signed.
const OF_SIGNATURES: [i64; 2] = [7, 21];
/// Reminders the holder may have had of a paper before the house is reminded of it.
const HOLDER_STAGES: i32 = 2;
/// Days in which nobody is reminded of a paper: since its payment was planned, and since another one was asked for.
const PIECE_QUIET_DAYS: i64 = 3;
/// Reminders sent at one look at the clock, for each of them.
const AT_ONCE: i64 = 50;

/// The reminders in turn, the latest first: its number from 1, and the last due date of which its day has come.
fn stages(days: &[i64], today: NaiveDate) -> Vec<(i32, NaiveDate)> {
    let stage = |(number, after): (i32, &i64)| {
        let wait = Duration::try_days(*after)?;
        Some((number, today.checked_sub_signed(wait)?))
    };
    let mut stages: Vec<_> = (1..).zip(days).filter_map(stage).collect();
    stages.reverse();
    stages
}

/// Whether more may be due at this stage than one look takes: until they are told, an earlier stage would tell them twice.
fn is_full<T>(found: &[T]) -> bool {
    i64::try_from(found.len()).is_ok_and(|found| found >= AT_ONCE)
}

/// Queues the reminders that are due.
pub(super) fn remind_due(tx: &mut Tx, now: Moment) -> Outcome<()> {
    remind_of_offers(tx, now)?;
    remind_of_reports(tx, now)?;
    remind_of_pieces(tx, now)?;
    for side in SigningSide::ALL {
        remind_of_signatures(tx, *side, now)?;
    }
    remind_of_recoveries(tx, now)
}

/// Whether a reminder so many days after the last one is worth a mail where `given` are given to answer: nobody is reminded
/// in the first half of them.
fn is_worth_saying(after: i64, given: i64) -> bool {
    after > 0 || -after * 2 <= given
}

fn remind_of_offers(tx: &mut Tx, now: Moment) -> Outcome<()> {
    let today = now.paris_date();
    for (stage, last_day) in stages(&OF_OFFERS, today) {
        let due = rows::offers_due(tx.conn(), last_day, stage, AT_ONCE)?;
        let is_last = is_full(&due);
        let after = usize::try_from(stage - 1).ok().and_then(|at| OF_OFFERS.get(at)).copied().unwrap_or_default();
        for (id, due_on) in due {
            let about = terms::subject(tx.conn(), id, now)?;
            let key = note(tx, id.as_str(), (due_on, stage), now)?;
            if !is_worth_saying(after, about.terms.call.delays.confirmation_days) {
                continue;
            }
            let mail = letters::offer_mail(&about.project, about.file.grant.amount_cents, (due_on, today));
            for to in &about.recipients {
                messages::queue_reminder(tx, (&key, id.as_str()), to, &mail, now)?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

fn remind_of_reports(tx: &mut Tx, now: Moment) -> Outcome<()> {
    let today = now.paris_date();
    for (stage, last_day) in stages(&OF_REPORTS, today) {
        let due = rows::reports_due(tx.conn(), last_day, stage, AT_ONCE)?;
        let is_last = is_full(&due);
        for id in due {
            let row = reports::find(tx.conn(), id)?;
            let (recipients, mail) = of_report(tx.conn(), &row, now)?;
            let key = note(tx, id.as_str(), (row.due_on, stage), now)?;
            for to in &recipients {
                messages::queue_reminder(tx, (&key, id.as_str()), to, &mail, now)?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// The reminder of a report as it leaves now, and to whom.
pub(super) fn of_report(conn: &mut Conn, row: &ReportRow, now: Moment) -> Outcome<(Vec<Recipient>, Mail)> {
    let about = terms::subject(conn, row.grant_id, now)?;
    let values = about.terms.values(&about.file).with(MergeField::Due, french_date(row.due_on));
    let note = values.fill_whole(&about.terms.call.letters.report_mail);
    let days = (row.due_on, now.paris_date());
    let mail = letters::report_mail(&about.project, row.kind, days, &path(row.id)).with_note(&note);
    Ok((about.recipients, mail))
}

fn remind_of_pieces(tx: &mut Tx, now: Moment) -> Outcome<()> {
    let (today, quiet_since) = (now.paris_date(), now.plus_days(-PIECE_QUIET_DAYS));
    // Several payments may wait for one paper.
    let mut told = Vec::new();
    for (stage, last_day) in stages(&OF_PIECES, today) {
        let due = rows::pieces_due(tx.conn(), (last_day, quiet_since), stage, AT_ONCE)?;
        let is_last = is_full(&due);
        for id in due {
            let row = payments::find(tx.conn(), id)?;
            let Some(due_on) = row.due_on else { continue };
            let key = note(tx, id.as_str(), (due_on, stage), now)?;
            if row.created_at > quiet_since {
                continue;
            }
            let about = terms::subject(tx.conn(), row.grant_id, now)?;
            for condition in disbursements::conditions(&row)? {
                let Condition::PieceAccepted(piece) = condition else { continue };
                let paper = (row.grant_id, piece.code);
                if told.contains(&paper) {
                    continue;
                }
                told.push(paper);
                let said = (piece.label.as_str(), row.amount_cents);
                let mail = piece_letters::due_mail(&about.project, said, (due_on, today));
                let key = format!("{}:{key}", row.number);
                for to in &about.recipients {
                    messages::queue_reminder(tx, (&key, row.grant_id.as_str()), to, &mail, now)?;
                }
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// Reminds one side of what it has still to sign. The house waits for the holder, so its reminders come after.
fn remind_of_signatures(tx: &mut Tx, side: SigningSide, now: Moment) -> Outcome<()> {
    for (stage, last_day) in stages(&OF_SIGNATURES, now.paris_date()) {
        let (due, stage) = match side {
            SigningSide::Holder => (rows::unsigned_by_holder(tx.conn(), sign_by(last_day), stage, AT_ONCE)?, stage),
            SigningSide::Issuer => {
                let since = Moment::end_of_day(last_day);
                let stage = stage + HOLDER_STAGES;
                (rows::unsigned_by_house(tx.conn(), since, stage, AT_ONCE)?, stage)
            }
        };
        let is_last = is_full(&due);
        for paper in due {
            let (recipients, mail) = of_signature(tx.conn(), &paper, side, now)?;
            let key = note(tx, paper.document_id.as_str(), (paper.sign_by, stage), now)?;
            let key = format!("{}:{side}:{key}", paper.document_id);
            for to in &recipients {
                messages::queue_reminder(tx, (&key, paper.grant_id.as_str()), to, &mail, now)?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// The reminder to sign a paper, and to whom: those who sign for the holder, or the management.
fn of_signature(conn: &mut Conn, paper: &PaperRow, side: SigningSide, now: Moment) -> Outcome<(Vec<Recipient>, Mail)> {
    let about = terms::subject(conn, paper.grant_id, now)?;
    let kind = match documents::find(conn, paper.document_id) {
        // Erased once its time was over.
        Err(StoreError::NotFound) => LetterKind::Agreement,
        found => found?.kind,
    };
    let (what, today) = (signing::what(kind), now.paris_date());
    if side == SigningSide::Holder {
        let days = (sent_on(paper.sign_by), paper.sign_by);
        let signers = signatures::signers(conn, about.file.grant.organisation_id)?;
        let mut to = about.recipients.clone();
        to.retain(|one| signers.iter().any(|(person, _)| one.person == Some(*person)));
        return Ok((to, evidence::unsigned_mail(&about.project, what, days, today)));
    }
    let given = papers::signatures_under(conn, &[paper.document_id])?;
    let signed = given.iter().find(|one| one.side == SigningSide::Holder);
    let days = (signed.map_or(today, |one| one.signed_at.paris_date()), paper.sign_by);
    let to = terms::staff_told_of(conn, Role::Director, about.file.grant.application_id)?;
    Ok((to, evidence::uncountersigned_mail(&about.project, what, days, today)))
}

/// Whether a reminder to sign still holds: its paper is the one to sign, and the side it reminds has not signed.
fn is_still_to_sign(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    let grant = match grants::file(conn, about(row)?) {
        Err(StoreError::NotFound) => return Ok(false),
        found => found?.grant,
    };
    let open = papers::papers_of(conn, grant.id)?;
    let named = open.iter().find(|paper| row.dedupe_key.contains(paper.document_id.as_str()));
    let Some(paper) = named.filter(|_| is_open(grant.state)) else { return Ok(false) };
    let given = papers::signatures_under(conn, &[paper.document_id])?;
    let reminded = SigningSide::ALL.iter().find(|side| row.dedupe_key.contains(&format!(":{side}:")));
    Ok(reminded.is_some_and(|side| given.iter().all(|one| one.side != *side)))
}

fn remind_of_recoveries(tx: &mut Tx, now: Moment) -> Outcome<()> {
    let today = now.paris_date();
    for (stage, last_day) in stages(&OF_RECOVERIES, today) {
        let due = rows::recoveries_due(tx.conn(), last_day, stage, AT_ONCE)?;
        let is_last = is_full(&due);
        for id in due {
            let row = recoveries::find(tx.conn(), id)?;
            let about = terms::subject(tx.conn(), row.grant_id, now)?;
            let mail = letters::recovery_mail(&about.project, row.amount_cents, (row.due_on, today));
            let key = note(tx, id.as_str(), (row.due_on, stage), now)?;
            for to in &about.recipients {
                messages::queue_reminder(tx, (&key, id.as_str()), to, &mail, now)?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// Lets the reminders of what comes out of something else go on where those have come to.
pub(super) fn follow(tx: &mut Tx, from: &str, to: &str) -> Outcome<()> {
    if let Some(row) = rows::find(tx.conn(), from)? {
        rows::set(tx, &DueReminderRow { subject_id: to.to_owned(), ..row })?;
    }
    Ok(())
}

/// Whether a reminder that has not left yet still holds: an offer may have been answered meanwhile, a paper, a report or the
/// money have come, or the day have moved. Nothing reminds of what was erased.
pub(super) fn holds(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    let says = |day: NaiveDate| row.dedupe_key.contains(&day.to_string());
    let held = match row.kind {
        MessageKind::PieceDue => return grant_pieces::is_awaited(conn, about(row)?),
        MessageKind::SignatureDue => return is_still_to_sign(conn, row),
        MessageKind::AnswerDue => return Ok(grants::file(conn, about(row)?)?.grant.state == GrantState::Offered),
        MessageKind::ReportDue => {
            let report = reports::find(conn, about(row)?);
            report.and_then(|report| {
                let grant = grants::find(conn, report.grant_id)?;
                Ok(is_awaited(report.state, grant.state) && says(report.due_on))
            })
        }
        MessageKind::RecoveryDue => {
            recoveries::find(conn, about(row)?).map(|debt| debt.state == RecoveryState::Requested && says(debt.due_on))
        }
        _ => return Ok(true),
    };
    match held {
        Err(StoreError::NotFound) => Ok(false),
        held => Ok(held?),
    }
}

/// What a mail is about.
fn about<I: FromStr>(row: &MessageRow) -> Outcome<I> {
    row.about_id.parse().map_err(|_| StoreError::NotFound.into())
}

/// Notes how far the reminders of a day have gone; what tells this one from the others.
fn note(tx: &mut Tx, subject: &str, (due_on, stage): (NaiveDate, i32), now: Moment) -> Outcome<String> {
    rows::set(tx, &DueReminderRow { subject_id: subject.to_owned(), due_on, stage, sent_at: now })?;
    Ok(format!("{due_on}:{stage}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_reminder_comes_first_and_each_by_its_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = stages(&OF_REPORTS, day("2027-06-30"));
        assert_eq!(found.first(), Some(&(5, day("2027-05-16"))));
        assert_eq!(found.last(), Some(&(1, day("2027-07-30"))));
        assert_eq!(found.get(2), Some(&(3, day("2027-06-29"))), "one day late at least");
    }

    #[test]
    fn nobody_is_reminded_of_an_offer_they_have_just_had() {
        assert!(is_worth_saying(-7, 14) && is_worth_saying(-2, 5) && is_worth_saying(1, 0));
        assert!(!is_worth_saying(-7, 13) && !is_worth_saying(-2, 3));
    }

    #[test]
    fn a_full_look_leaves_the_earlier_reminders_for_the_next_one() {
        assert!(is_full(&[(); 50]) && !is_full(&[(); 49]));
    }
}
