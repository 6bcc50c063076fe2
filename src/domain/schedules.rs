//! Disbursement schedules: from a template to dated amounts that add up.

use super::{
    codes::codes,
    definitions::values::{amount_option, rate},
    disbursements::{Condition, DisbursementKind},
    money::{Euros, Rate, share},
    reports::ReportKind,
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

/// One disbursement to plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub kind: DisbursementKind,
    pub amount: Euros,
    /// All must be met before it is authorised; the bank account is checked at every payment.
    pub conditions: Vec<Condition>,
    /// When it is expected.
    pub due_on: NaiveDate,
}

impl ScheduleTemplate {
    /// The payments of a grant: they add up to the award to the cent, and none is of nothing.
    pub fn plan(&self, award: Euros, dates: &GrantDates) -> Vec<Planned> {
        if let Some(first) = self.steps.first().filter(|_| self.single_up_to.is_some_and(|most| award <= most)) {
            let whole = ScheduleStep { share: Rate::WHOLE, after: PaidAfter::Agreement, ..*first };
            return vec![whole.planned(award, dates)];
        }
        let shares: Vec<i64> = self.steps.iter().map(|step| i64::from(step.share.basis_points())).collect();
        let payments = self.steps.iter().zip(share(award, &shares));
        payments.filter(|(_, part)| part.is_positive()).map(|(step, part)| step.planned(part, dates)).collect()
    }
}

impl ScheduleStep {
    fn planned(&self, amount: Euros, dates: &GrantDates) -> Planned {
        let mut conditions = vec![Condition::AgreementSettled];
        let kind = match self.after {
            PaidAfter::Agreement => DisbursementKind::Advance,
            PaidAfter::InterimReport => {
                conditions.push(Condition::ReportAccepted(ReportKind::Interim));
                DisbursementKind::Instalment
            }
            PaidAfter::FinalReport => {
                conditions.push(Condition::ReportAccepted(ReportKind::Final));
                DisbursementKind::Balance
            }
        };
        conditions.extend(self.not_before.map(|rule| Condition::DateReached(rule.day(dates))));
        Planned { kind, amount, conditions, due_on: self.due.day(dates) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn dates() -> GrantDates {
        let (accepted_on, starts_on, ends_on) = (day("2027-03-20"), day("2027-04-01"), day("2027-08-31"));
        GrantDates { accepted_on, starts_on, ends_on }
    }

    fn template(single_up_to: Option<Euros>, steps: &[(i32, PaidAfter, DueRule)]) -> ScheduleTemplate {
        let step = |&(percent, after, due): &(i32, PaidAfter, DueRule)| ScheduleStep {
            share: Rate::percent(percent),
            after,
            due,
            not_before: None,
        };
        ScheduleTemplate { single_up_to, steps: steps.iter().map(step).collect() }
    }

    fn in_two(first: i32) -> ScheduleTemplate {
        let start = (first, PaidAfter::Agreement, DueRule::DaysAfterAcceptance(30));
        let end = (100 - first, PaidAfter::FinalReport, DueRule::MonthsAfterEnd(3));
        template(Some(Euros::whole(1_000)), &[start, end])
    }

    fn in_three() -> ScheduleTemplate {
        let start = (50, PaidAfter::Agreement, DueRule::DaysAfterAcceptance(30));
        let middle = (40, PaidAfter::InterimReport, DueRule::HalfWay);
        template(None, &[start, middle, (10, PaidAfter::FinalReport, DueRule::DaysAfterEnd(60))])
    }

    fn amounts(plan: &[Planned]) -> Vec<i64> {
        plan.iter().map(|payment| payment.amount.cents()).collect()
    }

    #[test]
    fn a_small_grant_is_paid_at_once_and_the_next_euro_in_two() {
        let single = in_two(80).plan(Euros::whole(1_000), &dates());
        assert_eq!(amounts(&single), [100_000]);
        assert_eq!((single[0].kind, single[0].due_on), (DisbursementKind::Advance, day("2027-04-19")));
        assert_eq!(amounts(&in_two(80).plan(Euros::from_cents(100_001), &dates())), [80_001, 20_000]);
        assert_eq!(amounts(&in_two(75).plan(Euros::whole(5_000), &dates())), [375_000, 125_000]);
    }

    #[test]
    fn each_payment_waits_for_what_it_comes_after() {
        let plan = in_three().plan(Euros::whole(4_000), &dates());
        assert_eq!(amounts(&plan), [200_000, 160_000, 40_000]);
        let kinds: Vec<DisbursementKind> = plan.iter().map(|payment| payment.kind).collect();
        assert_eq!(kinds, [DisbursementKind::Advance, DisbursementKind::Instalment, DisbursementKind::Balance]);
        assert_eq!(plan[0].conditions, [Condition::AgreementSettled]);
        assert_eq!(plan[1].conditions[1], Condition::ReportAccepted(ReportKind::Interim));
        assert_eq!(plan[2].conditions[1], Condition::ReportAccepted(ReportKind::Final));
        assert_eq!((plan[1].due_on, plan[2].due_on), (day("2027-06-16"), day("2027-10-30")));
    }

    #[test]
    fn a_payment_may_wait_for_a_day() {
        let mut template = in_two(80);
        template.steps[0].not_before = Some(DueRule::DaysAfterStart(-30));
        let plan = template.plan(Euros::whole(2_000), &dates());
        assert_eq!(plan[0].conditions, [Condition::AgreementSettled, Condition::DateReached(day("2027-03-02"))]);
    }

    #[test]
    fn rules_of_days_follow_the_calendar() {
        for (rule, expected) in [
            (DueRule::On(day("2027-09-30")), "2027-09-30"),
            (DueRule::DaysAfterStart(10), "2027-04-11"),
            (DueRule::MonthsAfterEnd(6), "2028-02-29"),
            (DueRule::DaysAfterEnd(i64::MAX), "2027-08-31"),
        ] {
            assert_eq!(rule.day(&dates()), day(expected), "{rule:?}");
        }
    }

    proptest! {
        #[test]
        fn payments_always_add_up(cents in 1i64..10_000_000, first in 1i32..100) {
            for template in [in_two(first), in_three()] {
                let plan = template.plan(Euros::from_cents(cents), &dates());
                prop_assert_eq!(plan.iter().map(|payment| payment.amount).sum::<Euros>(), Euros::from_cents(cents));
                prop_assert!(plan.iter().all(|payment| payment.amount.is_positive()));
            }
        }
    }
}
