//! What can be said of a call to somebody who has not written a file yet: never a promise, never a closed door unheard.

use super::{Facts, Rule, Verdict, judge};
use crate::domain::codes::codes;

codes! {
    /// What a person can tell of their organisation and their project before any file.
    pub enum Topic {
        LegalForm => "legal_form",
        Founding => "founding",
        Seat => "seat",
        AnnualBudget => "annual_budget",
        ProjectPlace => "project_place",
        ProjectCountry => "project_country",
        Amount => "amount",
        Dates => "dates",
        Markers => "markers",
    }

    /// How a call looks from here.
    pub enum Chance {
        /// Nothing said so far stands against it.
        Good => "good",
        /// The project, not the organisation, is outside the rules: it can still change.
        IfAdjusted => "if_adjusted",
        /// The organisation itself is outside the rules.
        OutOfReach => "out_of_reach",
    }
}

impl Topic {
    /// Whether the project can be changed to meet the rule; what an organisation is cannot.
    const fn is_adjustable(self) -> bool {
        matches!(self, Topic::ProjectPlace | Topic::ProjectCountry | Topic::Amount | Topic::Dates | Topic::Markers)
    }
}

impl Rule {
    /// What one must know to judge the rule before a file exists; nothing when only the file shows it.
    pub const fn topic(&self) -> Option<Topic> {
        Some(match self {
            Rule::LegalForms { .. } => Topic::LegalForm,
            Rule::MinimumAge { .. } => Topic::Founding,
            Rule::SeatInDepartments { .. } | Rule::SeatInCommunes { .. } => Topic::Seat,
            Rule::AnnualBudgetBetween { .. } => Topic::AnnualBudget,
            Rule::ProjectInCommunes { .. } => Topic::ProjectPlace,
            Rule::ProjectInCountries { .. } => Topic::ProjectCountry,
            Rule::AmountBetween { .. } => Topic::Amount,
            Rule::DurationMonths { .. } | Rule::StartsFrom { .. } | Rule::EndsBy { .. } => Topic::Dates,
            Rule::MarkerAtLeast { .. } => Topic::Markers,
            Rule::MaximumRate { .. }
            | Rule::NoOverdueReport
            | Rule::OncePerProgramme
            | Rule::OncePerFunder { .. }
            | Rule::FilesPerCall { .. }
            | Rule::FilesPerProgramme { .. }
            | Rule::PairComplete
            | Rule::GoalsAmong { .. }
            | Rule::DocumentsPresent
            | Rule::RepublicanContract { .. }
            | Rule::Judgement { .. } => return None,
        })
    }

    /// Whether somebody thinking of applying should hear of it before they start.
    const fn is_worth_saying(&self) -> bool {
        let is_of_the_file =
            matches!(self, Rule::MaximumRate { .. } | Rule::DocumentsPresent | Rule::RepublicanContract { .. });
        !is_of_the_file
    }
}

/// How a call looks, with the French sentences that say why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    pub chance: Chance,
    /// What stands against it for good.
    pub against: Vec<String>,
    /// What the project would have to change.
    pub to_adjust: Vec<String>,
    /// What is met.
    pub met: Vec<String>,
    /// What nobody knows yet, or only a person can tell.
    pub to_check: Vec<String>,
}

/// How the rules of a call look in the light of what is known.
pub fn outlook(rules: &[Rule], facts: &Facts) -> Outlook {
    let mut outlook = Outlook {
        chance: Chance::Good,
        against: Vec::new(),
        to_adjust: Vec::new(),
        met: Vec::new(),
        to_check: Vec::new(),
    };
    for rule in rules.iter().filter(|rule| rule.is_worth_saying()) {
        let finding = judge(rule, facts);
        let list = match finding.verdict {
            Verdict::Met => &mut outlook.met,
            Verdict::ToJudge => &mut outlook.to_check,
            Verdict::NotMet if rule.topic().is_some_and(Topic::is_adjustable) => &mut outlook.to_adjust,
            Verdict::NotMet => &mut outlook.against,
        };
        // Several rules may miss the same fact: it is said once.
        if !list.contains(&finding.sentence) {
            list.push(finding.sentence);
        }
    }
    outlook.chance = match (outlook.against.is_empty(), outlook.to_adjust.is_empty()) {
        (false, _) => Chance::OutOfReach,
        (true, false) => Chance::IfAdjusted,
        (true, true) => Chance::Good,
    };
    outlook
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organisations::LegalForm;

    fn rules() -> Vec<Rule> {
        vec![
            Rule::LegalForms { forms: vec![LegalForm::Association] },
            Rule::AmountBetween { floor: "500".parse().unwrap(), ceiling: "5 000".parse().unwrap() },
            Rule::StartsFrom { day: "2027-04-01".parse().unwrap() },
            Rule::EndsBy { day: "2027-12-31".parse().unwrap() },
            Rule::DocumentsPresent,
        ]
    }

    #[test]
    fn what_an_organisation_is_closes_the_door_and_what_a_project_asks_does_not() {
        let asked = |form, amount: &str| {
            let facts = Facts { legal_form: Some(form), requested: Some(amount.parse().unwrap()), ..Facts::default() };
            outlook(&rules(), &facts)
        };
        assert_eq!(asked(LegalForm::Association, "3 000").chance, Chance::Good);
        assert_eq!(asked(LegalForm::Association, "9 000").chance, Chance::IfAdjusted);
        assert_eq!(asked(LegalForm::Company, "3 000").chance, Chance::OutOfReach);
    }

    #[test]
    fn a_fact_that_several_rules_miss_is_asked_for_once_and_the_file_is_not_asked_for_at_all() {
        let outlook = outlook(&rules(), &Facts { legal_form: Some(LegalForm::Association), ..Facts::default() });
        let dates = outlook.to_check.iter().filter(|sentence| sentence.contains("dates")).count();
        assert_eq!((dates, outlook.to_check.len(), outlook.met.len()), (1, 2, 1));
    }
}
