//! The same calls at other times: every date of a definition moved by whole weeks.

use crate::domain::{
    definitions::{CallDefinition, Definition},
    eligibility::Rule,
    schedules::DueRule,
    time::Moment,
};
use chrono::{Datelike, Duration, NaiveDate};

/// The definition with every date of its calls moved by so many days, and the years of their names with them.
pub(crate) fn moved(definition: &Definition, days: i64) -> Definition {
    let mut definition = definition.clone();
    for call in &mut definition.calls {
        move_call(call, days);
    }
    definition
}

fn day(date: NaiveDate, days: i64) -> NaiveDate {
    Duration::try_days(days).and_then(|wait| date.checked_add_signed(wait)).unwrap_or(date)
}

/// So many days later at the same hour of the Paris wall clock.
fn hour(at: Moment, days: i64) -> Moment {
    let wall = at.paris();
    Moment::from_paris(day(wall.date_naive(), days), wall.time())
}

fn move_due(due: &mut DueRule, days: i64) {
    if let DueRule::On(date) = due {
        *date = day(*date, days);
    }
}

fn move_call(call: &mut CallDefinition, days: i64) {
    let year = call.calendar.announcement_on.year();
    call.window.opens = hour(call.window.opens, days);
    call.window.closes = hour(call.window.closes, days);
    call.calendar.committee_on = day(call.calendar.committee_on, days);
    call.calendar.announcement_on = day(call.calendar.announcement_on, days);
    for other in &mut call.calendar.others {
        other.on = day(other.on, days);
    }
    for rule in &mut call.eligibility {
        if let Rule::StartsFrom { day: date } | Rule::EndsBy { day: date } = rule {
            *date = day(*date, days);
        }
    }
    for step in &mut call.schedule.steps {
        move_due(&mut step.due, days);
    }
    move_due(&mut call.reports.last.due, days);
    if let Some(interim) = &mut call.reports.interim {
        move_due(&mut interim.due, days);
    }
    let to = call.calendar.announcement_on.year();
    let mut years = [(year, to), (year - 1, to - 1)];
    // Back in time the earlier year first: « 2026-2027 » becomes « 2025-2026 », not « 2025-2025 ».
    if to < year {
        years.reverse();
    }
    for (from, to) in years {
        call.reference = call.reference.replace(&from.to_string(), &to.to_string());
        call.title = call.title.replace(&from.to_string(), &to.to_string());
    }
}
