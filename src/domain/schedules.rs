//! Disbursement schedules: from a template to dated amounts that add up.

use super::{
    codes::codes,
    definitions::values::{amount_option, rate},
    money::{Euros, Rate},
};
use chrono::{Duration, Months, NaiveDate};
use serde::{Deserialize, Serialize};

codes! {
    /// What a payment comes after.
    pub enum PaidAfter {
        /// The acceptance, and the agreement where one is signed.
        Agreement => "agreement",
        /// The interim report is accepted.
        InterimReport => "interim_report",
        /// The final report is accepted: the amount follows the accepted cost.
        FinalReport => "final_report",
    }
}

/// In how many payments a grant is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleTemplate {
    /// Up to this amount everything is paid at once, after the agreement.
    #[serde(with = "amount_option", default)]
    pub single_up_to: Option<Euros>,
    #[serde(rename = "step")]
    pub steps: Vec<ScheduleStep>,
}

/// One payment of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleStep {
    #[serde(with = "rate")]
    pub share: Rate,
    pub after: PaidAfter,
    /// The day it is expected, for the plan; not a condition.
    pub due: DueRule,
    /// A day before which it is not paid, whatever else has happened.
    #[serde(default)]
    pub not_before: Option<DueRule>,
}

/// A day that depends on the life of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueRule {
    DaysAfterAcceptance(i64),
    DaysAfterStart(i64),
    /// The day in the middle of the project.
    HalfWay,
    DaysAfterEnd(i64),
    /// So many calendar months after the end.
    MonthsAfterEnd(u32),
    On(NaiveDate),
}

/// The days of a grant from which others follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantDates {
    /// The day the holder accepted it.
    pub accepted_on: NaiveDate,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

impl DueRule {
    /// The day itself.
    pub fn day(self, dates: &GrantDates) -> NaiveDate {
        let later = |day: NaiveDate, days: i64| {
            Duration::try_days(days).and_then(|wait| day.checked_add_signed(wait)).unwrap_or(day)
        };
        match self {
            DueRule::DaysAfterAcceptance(days) => later(dates.accepted_on, days),
            DueRule::DaysAfterStart(days) => later(dates.starts_on, days),
            DueRule::HalfWay => later(dates.starts_on, (dates.ends_on - dates.starts_on).num_days() / 2),
            DueRule::DaysAfterEnd(days) => later(dates.ends_on, days),
            DueRule::MonthsAfterEnd(months) => {
                dates.ends_on.checked_add_months(Months::new(months)).unwrap_or(dates.ends_on)
            }
            DueRule::On(day) => day,
        }
    }
}
