//! The rules of a call on the amount, the dates and the country of a project, read against what is written.

use super::{FieldError, answers::Content};
use crate::domain::{
    definitions::{ProjectField, Section},
    eligibility::{Facts, Rule, Verdict, judge, rules_of},
};

/// What the rules of the call say against the amount, the dates and the country that a section asks for, beside the field each rule
/// reads. They are kept all the same: a draft may be wrong.
pub fn outside_rules(content: &Content, section: &Section) -> Vec<FieldError> {
    let said = broken_rules(content).into_iter().filter_map(|(_, field, sentence)| {
        let question = section.questions.iter().find(|question| question.fills == Some(field))?;
        Some(FieldError::new(&question.code, sentence))
    });
    said.collect()
}

/// The rules on amount, dates and country that what is written breaks, with the field each one reads.
pub(super) fn broken_rules(content: &Content) -> Vec<(Rule, ProjectField, String)> {
    let row = &content.row;
    let facts = Facts {
        requested: Some(row.requested_cents).filter(|amount| amount.is_positive()),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        project_country: row.country_code.clone(),
        ..Facts::default()
    };
    let broken = rules_of(&content.definition).into_iter().filter_map(|rule| {
        let field = match rule {
            Rule::AmountBetween { .. } => ProjectField::Requested,
            Rule::StartsFrom { .. } => ProjectField::StartsOn,
            Rule::EndsBy { .. } | Rule::DurationMonths { .. } => ProjectField::EndsOn,
            Rule::ProjectInCountries { .. } => ProjectField::Country,
            _ => return None,
        };
        let finding = judge(&rule, &facts);
        (finding.verdict == Verdict::NotMet).then_some((rule, field, finding.sentence))
    });
    broken.collect()
}
