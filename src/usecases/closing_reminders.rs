//! Reminders that a call is about to close, to the people of its drafts and to nobody else.

use super::{Outcome, definitions, receipts};
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        messages::MessageKind,
        reminders::{MOST_DAYS, due},
        time::{Moment, Window},
    },
    store::{
        Conn, Tx,
        applications::{self, Reach, Sight},
        calls,
        closing_reminders::{self as rows, ReminderRow},
        messages::MessageRow,
        pairings,
    },
};

/// Drafts told at one look at the clock, of all calls together; the rest follow at the next look.
const AT_ONCE: usize = 50;

/// Queues the reminders that are due; how many drafts were told.
pub(super) fn remind_due(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let mut told = 0;
    // One day more: a deadline late in the evening is further away than its morning.
    for (call, opens, closes, settings) in rows::closing(tx.conn(), now, now.plus_days(MOST_DAYS + 1))? {
        let days = &definitions::call(&settings)?.delays.reminder_days;
        let Some(days) = due(Window { opens, closes }, days, now) else { continue };
        if told == AT_ONCE {
            break;
        }
        let days_before = i32::try_from(days).unwrap_or(i32::MAX);
        let begun = rows::find(tx.conn(), call, closes, days_before)?;
        let row = match begun {
            Some(row) => row,
            None => {
                let row = ReminderRow {
                    call_id: call,
                    closes_at: closes,
                    days_before,
                    last_application_id: String::new(),
                    done_at: None,
                };
                rows::insert(tx, &row)?;
                row
            }
        };
        if row.done_at.is_none() {
            told += go_on(tx, row, AT_ONCE - told, now)?;
        }
    }
    Ok(told)
}

/// Tells the next drafts of a call, `most` of them.
fn go_on(tx: &mut Tx, mut row: ReminderRow, most: usize, now: Moment) -> Outcome<usize> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let drafts = rows::drafts(tx.conn(), row.call_id, &row.last_application_id, limit)?;
    let key = format!("{}:{}", row.closes_at, row.days_before);
    for id in &drafts {
        receipts::remind_of_closing(tx, *id, &key, now)?;
    }
    if let Some(last) = drafts.last() {
        row.last_application_id = last.to_string();
    }
    row.done_at = (drafts.len() < most).then_some(now);
    rows::change(tx, &row)?;
    Ok(drafts.len())
}

/// Whether a mail that has not left yet may still leave: a reminder of a deadline speaks of a draft that does not rest
/// behind the common file of a pair, and of an open call that has not been given a later last day meanwhile.
pub(super) fn holds(conn: &mut Conn, mail: &MessageRow, now: Moment) -> Outcome<bool> {
    let Ok(id) = mail.about_id.parse::<ApplicationId>() else { return Ok(true) };
    if mail.kind != MessageKind::ClosingSoon {
        return Ok(true);
    }
    let row = applications::find(conn, Sight { person: None, reach: Reach::Everything }, id)?;
    let call = calls::find(conn, row.call_id)?;
    // One that somebody sends again says what they have read.
    let is_again = mail.dedupe_key.starts_with("again:");
    let is_current = is_again || mail.dedupe_key.contains(&format!(":{}:", call.closes_at));
    Ok(is_current
        && call.is_open(now)
        && row.state == ApplicationState::Draft
        && pairings::common_of(conn, id)?.is_none())
}
