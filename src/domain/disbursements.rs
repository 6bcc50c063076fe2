//! What a disbursement (versement) is for and what it waits for. When it is due is derived here, never a state.

use super::{
    codes::codes,
    money::{Euros, share},
    reports::ReportKind,
    schedules::{GrantDates, PaidAfter, ScheduleStep, ScheduleTemplate},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

codes! {
    /// What a disbursement is within its grant.
    pub enum DisbursementKind {
        /// Paid before the project spends (avance).
        Advance => "advance",
        /// Paid while it spends (acompte).
        Instalment => "instalment",
        /// Paid once the accepted cost is known (solde).
        Balance => "balance",
    }
}

impl DisbursementKind {
    /// The French word shown on screen and in letters.
    pub fn label(self) -> &'static str {
        match self {
            DisbursementKind::Advance => "avance",
            DisbursementKind::Instalment => "acompte",
            DisbursementKind::Balance => "solde",
        }
    }
}

/// One thing that must have happened before the money leaves; kept as JSON with the disbursement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The agreement is signed by both, or the acceptance replaces it.
    AgreementSettled,
    /// This day has come.
    DateReached(NaiveDate),
    /// The report of this kind is accepted, or its author is exempted from it.
    ReportAccepted(ReportKind),
}

/// What is known of a grant when one asks whether a payment is due.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Whether the agreement is signed, where one is required.
    pub is_agreement_settled: bool,
    /// Kinds of reports accepted or waived.
    pub judged_reports: Vec<ReportKind>,
    /// Today in Paris.
    pub today: NaiveDate,
}

/// The conditions not met yet, each a short French phrase that says who must act.
pub fn waits_for(conditions: &[Condition], progress: &Progress) -> Vec<String> {
    conditions.iter().filter_map(|condition| obstacle(*condition, progress)).collect()
}

fn obstacle(condition: Condition, progress: &Progress) -> Option<String> {
    match condition {
        Condition::AgreementSettled if progress.is_agreement_settled => None,
        Condition::AgreementSettled => Some("la signature de la convention".into()),
        Condition::DateReached(day) if day <= progress.today => None,
        Condition::DateReached(day) => Some(format!("le {}", super::time::french_date(day))),
        Condition::ReportAccepted(kind) if progress.judged_reports.contains(&kind) => None,
        Condition::ReportAccepted(kind) => Some(format!("l’acceptation du {}", kind.label())),
    }
}

/// One payment of a grant's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPayment {
    pub kind: DisbursementKind,
    pub amount: Euros,
    /// The day it is expected; not a condition.
    pub due_on: NaiveDate,
    /// A date, if there is one, comes first.
    pub conditions: Vec<Condition>,
}

/// The payments of a grant, from the template of its call. They add up to the amount to the cent; a step whose share is
/// too small to be a cent is left out.
pub fn plan(template: &ScheduleTemplate, amount: Euros, dates: &GrantDates) -> Vec<PlannedPayment> {
    if template.single_up_to.is_some_and(|most| amount <= most) {
        let due = template.steps.first().map_or(dates.accepted_on, |step| step.due.day(dates));
        let conditions = vec![Condition::AgreementSettled];
        return vec![PlannedPayment { kind: DisbursementKind::Advance, amount, due_on: due, conditions }];
    }
    let weights: Vec<i64> = template.steps.iter().map(|step| i64::from(step.share.basis_points())).collect();
    let amounts = share(amount, &weights);
    let steps = template.steps.iter().zip(amounts).enumerate().filter(|(_, (_, amount))| amount.is_positive());
    steps.map(|(place, (step, amount))| step_payment(step, place, amount, dates)).collect()
}

fn step_payment(step: &ScheduleStep, place: usize, amount: Euros, dates: &GrantDates) -> PlannedPayment {
    let mut conditions = Vec::new();
    conditions.extend(step.not_before.map(|rule| Condition::DateReached(rule.day(dates))));
    conditions.push(Condition::AgreementSettled);
    let kind = match step.after {
        PaidAfter::Agreement if place == 0 => DisbursementKind::Advance,
        PaidAfter::Agreement | PaidAfter::InterimReport => DisbursementKind::Instalment,
        PaidAfter::FinalReport => DisbursementKind::Balance,
    };
    match step.after {
        PaidAfter::Agreement => {}
        PaidAfter::InterimReport => conditions.push(Condition::ReportAccepted(ReportKind::Interim)),
        PaidAfter::FinalReport => conditions.push(Condition::ReportAccepted(ReportKind::Final)),
    }
    PlannedPayment { kind, amount, due_on: step.due.day(dates), conditions }
}

/// What a payment waits for, as one phrase of a schedule: a report implies the agreement before it, a date comes last.
/// Whether there is an agreement to sign depends on the grant.
pub fn conditions_of_grant(conditions: &[Condition], is_agreement_required: bool) -> String {
    let has_report = conditions.iter().any(|condition| matches!(condition, Condition::ReportAccepted(_)));
    let is_date = |condition: &&Condition| matches!(condition, Condition::DateReached(_));
    let shown = conditions.iter().filter(|condition| !has_report || **condition != Condition::AgreementSettled);
    let (dates, others): (Vec<_>, Vec<_>) = shown.partition(is_date);
    let label = |condition: &Condition| match condition {
        Condition::AgreementSettled if is_agreement_required => "convention signée".to_owned(),
        Condition::AgreementSettled => "subvention acceptée".to_owned(),
        Condition::DateReached(day) => format!("à partir du {}", super::time::french_date(*day)),
        Condition::ReportAccepted(kind) => format!("{} accepté", kind.label()),
    };
    others.into_iter().chain(dates).map(label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_payment_waits_for_each_condition_in_turn() {
        let conditions = [
            Condition::AgreementSettled,
            Condition::DateReached(day("2027-06-01")),
            Condition::ReportAccepted(ReportKind::Final),
        ];
        let mut progress = Progress { today: day("2027-05-31"), ..Progress::default() };
        let first = ["la signature de la convention", "le 1er\u{a0}juin 2027", "l’acceptation du bilan final"];
        assert_eq!(waits_for(&conditions, &progress), first);
        progress.is_agreement_settled = true;
        progress.today = day("2027-06-01");
        assert_eq!(waits_for(&conditions, &progress), ["l’acceptation du bilan final"]);
        progress.judged_reports = vec![ReportKind::Final];
        assert!(waits_for(&conditions, &progress).is_empty());
    }

    fn template(steps: &[(i32, PaidAfter)], single_up_to: Option<Euros>) -> ScheduleTemplate {
        use crate::domain::{money::Rate, schedules::DueRule};
        let step = |(percent, after): &(i32, PaidAfter)| ScheduleStep {
            share: Rate::percent(*percent),
            after: *after,
            due: DueRule::DaysAfterAcceptance(15),
            not_before: (*after == PaidAfter::InterimReport).then_some(DueRule::HalfWay),
        };
        ScheduleTemplate { single_up_to, steps: steps.iter().map(step).collect() }
    }

    fn dates() -> GrantDates {
        GrantDates { accepted_on: day("2027-04-02"), starts_on: day("2027-05-01"), ends_on: day("2027-05-31") }
    }

    #[test]
    fn a_plan_adds_up_to_the_cent_and_a_date_comes_first() {
        let thirds = [(34, PaidAfter::Agreement), (33, PaidAfter::InterimReport), (33, PaidAfter::FinalReport)];
        let plan = plan(&template(&thirds, None), Euros::from_cents(100_001), &dates());
        assert_eq!(plan.iter().map(|payment| payment.amount).sum::<Euros>(), Euros::from_cents(100_001));
        let kinds: Vec<_> = plan.iter().map(|payment| payment.kind.code()).collect();
        assert_eq!(kinds, ["advance", "instalment", "balance"]);
        assert_eq!(plan[0].due_on, day("2027-04-17"));
        assert_eq!(plan[1].conditions[0], Condition::DateReached(day("2027-05-16")));
        assert_eq!(conditions_of_grant(&plan[0].conditions, true), "convention signée");
        assert_eq!(conditions_of_grant(&plan[0].conditions, false), "subvention acceptée");
        let half_way = conditions_of_grant(&plan[1].conditions, true);
        assert_eq!(half_way, "bilan intermédiaire accepté, à partir du 16\u{a0}mai 2027");
        assert_eq!(conditions_of_grant(&plan[2].conditions, true), "bilan final accepté");
    }

    #[test]
    fn a_small_grant_is_paid_at_once() {
        let halves = [(50, PaidAfter::Agreement), (50, PaidAfter::FinalReport)];
        let template = template(&halves, Some(Euros::whole(1_000)));
        assert_eq!(plan(&template, Euros::whole(1_000), &dates()).len(), 1);
        assert_eq!(plan(&template, Euros::from_cents(100_001), &dates()).len(), 2);
        assert_eq!(plan(&template, Euros::from_cents(100_001), &dates())[0].amount, Euros::from_cents(50_001));
    }

    #[test]
    fn conditions_survive_json() {
        let conditions = vec![Condition::AgreementSettled, Condition::ReportAccepted(ReportKind::Interim)];
        let json = serde_json::to_string(&conditions).unwrap();
        assert_eq!(json, r#"["agreement_settled",{"report_accepted":"interim"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Condition>>(&json).unwrap(), conditions);
    }
}
