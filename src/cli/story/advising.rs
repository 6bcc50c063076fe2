//! Whoever advises is met: the officer opens slots that the people of a refused project may book.

use super::cast::Cast;
use crate::{
    domain::{slots::MeetingMeans, time::Moment},
    store::Tx,
    usecases::{
        Outcome,
        slots::{self, SlotForm},
    },
};
use chrono::{Datelike, NaiveDate};

/// Opens three slots of everybody who advises, each on a working day of their own, from next week on.
pub(crate) fn open_slots(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<()> {
    let mut day = now.plus_days(6).paris_date();
    for adviser in slots::advisers(tx.conn())? {
        day = next_working_day(day);
        let form = SlotForm {
            adviser: adviser.key(),
            day: day.to_string(),
            hour: "14:00".into(),
            minutes: "30".into(),
            count: "3".into(),
            means: MeetingMeans::Video.code().into(),
            place: "https://visio.lianescooperation.example/conseil".into(),
        };
        slots::open(tx, &cast.officer.actor(), &form, now)?;
    }
    Ok(())
}

fn next_working_day(day: NaiveDate) -> NaiveDate {
    let mut next = day.succ_opt().unwrap_or(day);
    while next.weekday().number_from_monday() > 5 {
        next = next.succ_opt().unwrap_or(day);
    }
    next
}
