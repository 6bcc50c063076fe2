//! When decisions were told. One that its people do not know binds nobody and is no debt yet: it is entered on the day the
//! results of its call are announced, and nothing that leaves the house tells it before.

use crate::{
    domain::{decisions::DecisionPace, ids::CallId, lifecycles::calls::CallState},
    store::{Conn, exports, history},
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The calls whose decisions are told together, each with the day in Paris; nothing before.
pub(super) struct Tellings(BTreeMap<CallId, Option<NaiveDate>>);

impl Tellings {
    pub(super) fn load(conn: &mut Conn) -> Outcome<Tellings> {
        let mut calls = exports::calls(conn, None)?;
        calls.retain(|call| call.decision_pace == DecisionPace::Together);
        let subjects: Vec<String> = calls.iter().map(|call| call.id.to_string()).collect();
        let mut announced = BTreeMap::new();
        for row in history::of_subjects(conn, &subjects)? {
            if row.to_state == CallState::Announced.code() {
                announced.insert(row.subject_id, row.at.paris_date());
            }
        }
        let mut told = BTreeMap::new();
        for call in calls {
            let day = announced.get(call.id.as_str()).copied();
            // One whose announcement nobody recorded was told before anything was.
            if day.is_some() || !call.is_announced() {
                told.insert(call.id, day);
            }
        }
        Ok(Tellings(told))
    }

    /// The calls whose decisions are not told by the end of a day.
    pub(super) fn quiet(&self, until: NaiveDate) -> Vec<CallId> {
        let is_quiet = |day: Option<NaiveDate>| day.is_none_or(|day| day > until);
        self.0.iter().filter(|(_, day)| is_quiet(**day)).map(|(call, _)| *call).collect()
    }

    /// The day from which something on a file of a call counts: that of the movement, or the one on which it is told.
    pub(super) fn counts_on(&self, call: Option<CallId>, moved_on: NaiveDate) -> NaiveDate {
        let told_on = call.and_then(|call| self.0.get(&call).copied().flatten());
        told_on.map_or(moved_on, |day| moved_on.max(day))
    }
}
