//! Disbursement schedules: from a template to dated amounts that add up.

use super::{
    codes::codes,
    definitions::values::{amount_option, rate},
    disbursements::{Condition, DisbursementKind, Piece, PlannedPayment},
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

codes! {
    /// A schedule that a call may begin with.
    pub enum ScheduleModel {
        Whole => "whole",
        EightyTwenty => "80_20",
        SeventyFiveTwentyFive => "75_25",
        FiftyFortyTen => "50_40_10",
    }
}

impl ScheduleModel {
    /// Up to this amount a grant is paid at once in every model.
    const SINGLE_UP_TO: Euros = Euros::whole(1_000);

    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            ScheduleModel::Whole => "Tout après l’accord",
            ScheduleModel::EightyTwenty => "80\u{a0}% après l’accord, 20\u{a0}% après le bilan final",
            ScheduleModel::SeventyFiveTwentyFive => "75\u{a0}% après l’accord, 25\u{a0}% après le bilan final",
            ScheduleModel::FiftyFortyTen => {
                "50\u{a0}% après l’accord, 40\u{a0}% après le bilan intermédiaire, 10\u{a0}% après le bilan final"
            }
        }
    }

    /// The payments it gives.
    pub fn schedule(self) -> ScheduleTemplate {
        let start = |percent| (percent, PaidAfter::Agreement, DueRule::DaysAfterAcceptance(15));
        let end = |percent| (percent, PaidAfter::FinalReport, DueRule::MonthsAfterEnd(3));
        let parts = match self {
            ScheduleModel::Whole => vec![start(100)],
            ScheduleModel::EightyTwenty => vec![start(80), end(20)],
            ScheduleModel::SeventyFiveTwentyFive => vec![start(75), end(25)],
            ScheduleModel::FiftyFortyTen => {
                vec![start(50), (40, PaidAfter::InterimReport, DueRule::HalfWay), end(10)]
            }
        };
        let step = |(percent, after, due): (i32, PaidAfter, DueRule)| ScheduleStep {
            share: Rate::percent(percent),
            after,
            due,
            not_before: None,
            piece: None,
        };
        let single_up_to = (self != ScheduleModel::Whole).then_some(Self::SINGLE_UP_TO);
        ScheduleTemplate { single_up_to, steps: parts.into_iter().map(step).collect() }
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
    /// The name of a paper that the grantee provides first, and an officer accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub piece: Option<String>,
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

impl GrantDates {
    /// The days of a grant accepted on this day; a project without dates starts when it is accepted, for a year.
    pub fn of(accepted_on: NaiveDate, starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Self {
        let starts_on = starts_on.unwrap_or(accepted_on);
        let ends_on = ends_on.or_else(|| starts_on.checked_add_months(Months::new(12))).unwrap_or(starts_on);
        GrantDates { accepted_on, starts_on, ends_on }
    }
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

impl ScheduleTemplate {
    /// The payments of a grant: they add up to the award to the cent, and none is of nothing. Letters promise what is
    /// planned here.
    pub fn plan(&self, award: Euros, dates: &GrantDates) -> Vec<PlannedPayment> {
        if let Some(first) = self.steps.first().filter(|_| self.single_up_to.is_some_and(|most| award <= most)) {
            let whole = ScheduleStep { share: Rate::WHOLE, after: PaidAfter::Agreement, ..first.clone() };
            return vec![whole.planned(0, award, dates)];
        }
        let shares: Vec<i64> = self.steps.iter().map(|step| i64::from(step.share.basis_points())).collect();
        let steps = self.steps.iter().zip(share(award, &shares)).enumerate();
        let payments = steps.filter(|(_, (_, part))| part.is_positive());
        payments.map(|(place, (step, part))| step.planned(place, part, dates)).collect()
    }
}

impl ScheduleStep {
    /// The payment of the step at this place, from 0: the first before the project spends is an advance, those after it
    /// are instalments.
    fn planned(&self, place: usize, amount: Euros, dates: &GrantDates) -> PlannedPayment {
        let mut conditions = Vec::new();
        conditions.extend(self.not_before.map(|rule| Condition::DateReached(rule.day(dates))));
        conditions.push(Condition::AgreementSettled);
        let kind = match self.after {
            PaidAfter::Agreement if place == 0 => DisbursementKind::Advance,
            PaidAfter::Agreement => DisbursementKind::Instalment,
            PaidAfter::InterimReport => {
                conditions.push(Condition::ReportAccepted(ReportKind::Interim));
                DisbursementKind::Instalment
            }
            PaidAfter::FinalReport => {
                conditions.push(Condition::ReportAccepted(ReportKind::Final));
                DisbursementKind::Balance
            }
        };
        conditions.extend(self.piece.as_deref().map(|label| Condition::PieceAccepted(Piece::named(label))));
        PlannedPayment { kind, amount, due_on: self.due.day(dates), conditions }
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
            piece: None,
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

    fn amounts(plan: &[PlannedPayment]) -> Vec<i64> {
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
    fn the_models_share_to_the_cent_and_pay_a_thousand_euros_at_once() {
        let beyond = Euros::from_cents(100_001);
        for (model, expected) in [
            (ScheduleModel::Whole, vec![100_001]),
            (ScheduleModel::EightyTwenty, vec![80_001, 20_000]),
            (ScheduleModel::SeventyFiveTwentyFive, vec![75_001, 25_000]),
            (ScheduleModel::FiftyFortyTen, vec![50_001, 40_000, 10_000]),
        ] {
            let schedule = model.schedule();
            assert_eq!(amounts(&schedule.plan(beyond, &dates())), expected, "{model}");
            assert_eq!(amounts(&schedule.plan(Euros::whole(1_000), &dates())), [100_000], "{model}");
            let whole: i32 = schedule.steps.iter().map(|step| step.share.basis_points()).sum();
            assert_eq!(whole, Rate::WHOLE.basis_points(), "{model}");
        }
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
        let waited = [Condition::DateReached(day("2027-03-02")), Condition::AgreementSettled];
        assert_eq!(plan[0].conditions, waited);
        // Paid at once, it still waits for that day.
        assert_eq!(template.plan(Euros::whole(900), &dates())[0].conditions, waited);
    }

    #[test]
    fn a_payment_may_wait_for_a_paper_and_says_so() {
        let mut template = in_two(80);
        template.steps[0].piece = Some("Attestation d’assurance".into());
        let plan = template.plan(Euros::whole(2_000), &dates());
        let paper = Condition::PieceAccepted(Piece::named("Attestation d’assurance"));
        assert_eq!(plan[0].conditions, [Condition::AgreementSettled, paper.clone()]);
        assert!(!plan[1].conditions.contains(&paper));
        assert!(
            template.plan(Euros::whole(900), &dates())[0].conditions.contains(&paper),
            "paid at once, it still waits"
        );
    }

    #[test]
    fn only_the_first_payment_after_the_agreement_is_an_advance() {
        let after = PaidAfter::Agreement;
        let halves = [(50, after, DueRule::DaysAfterAcceptance(30)), (50, after, DueRule::HalfWay)];
        let plan = template(None, &halves).plan(Euros::whole(2_000), &dates());
        let kinds: Vec<DisbursementKind> = plan.iter().map(|payment| payment.kind).collect();
        assert_eq!(kinds, [DisbursementKind::Advance, DisbursementKind::Instalment]);
    }

    #[test]
    fn a_project_without_dates_lasts_a_year_from_its_acceptance() {
        let accepted_on = day("2027-03-20");
        let dates = GrantDates::of(accepted_on, None, None);
        assert_eq!((dates.starts_on, dates.ends_on), (accepted_on, day("2028-03-20")));
    }

    #[test]
    fn a_plan_says_in_words_what_each_payment_waits_for() {
        use crate::domain::disbursements::conditions_of_grant;
        let mut template = in_three();
        template.steps[1].not_before = Some(DueRule::HalfWay);
        let plan = template.plan(Euros::whole(4_000), &dates());
        assert_eq!(conditions_of_grant(&plan[0].conditions, true), "convention signée");
        assert_eq!(conditions_of_grant(&plan[0].conditions, false), "subvention acceptée");
        let half_way = conditions_of_grant(&plan[1].conditions, true);
        assert_eq!(half_way, "bilan intermédiaire accepté, à partir du 16\u{a0}juin 2027");
        assert_eq!(conditions_of_grant(&plan[2].conditions, true), "bilan final accepté");
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
