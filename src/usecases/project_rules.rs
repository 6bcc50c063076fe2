//! The rules of a call on what a project is, read against what is written.

use super::{FieldError, answers::Content};
use crate::domain::{
    definitions::{Question, QuestionKind, Section},
    eligibility::{Facts, Rule, Verdict, judge, rules_of},
    forms::Form,
};

/// What the rules of the call say against what a section asks for, beside the field each rule reads. It is kept all the
/// same: a draft may be wrong.
pub fn outside_rules(content: &Content, section: &Section) -> Vec<FieldError> {
    let facts = Facts::default().with_project(&content.definition, &content.answers);
    let said = broken(content, &facts).into_iter().filter_map(|(rule, sentence)| {
        let question = section.questions.iter().find(|question| rule.reads(question))?;
        Some(FieldError::new(&question.code, sentence))
    });
    said.collect()
}

/// The rules on the amount, the dates, the place, the markers and the goals that a file breaks if it stays as it is: what
/// is asked and not answered is then none of the markers, none of the goals.
pub(super) fn broken_rules(content: &Content) -> Vec<(Rule, String)> {
    let mut facts = Facts::default().with_project(&content.definition, &content.answers);
    let form = Form::of_call(&content.definition);
    let is_asked = |kind: QuestionKind| {
        let mut of_kind = content.definition.questions().filter(|(_, question)| question.kind == kind);
        of_kind.any(|(section, question)| {
            form.shows_section(section, &content.answers) && form.shows(question, &content.answers)
        })
    };
    facts.markers = facts.markers.or_else(|| is_asked(QuestionKind::Markers).then(Vec::new));
    facts.goals = facts.goals.or_else(|| is_asked(QuestionKind::Goals).then(Vec::new));
    broken(content, &facts)
}

fn broken(content: &Content, facts: &Facts) -> Vec<(Rule, String)> {
    let broken = rules_of(&content.definition).into_iter().filter_map(|rule| {
        read_by(&rule, content)?;
        let finding = judge(&rule, facts);
        (finding.verdict == Verdict::NotMet).then_some((rule, finding.sentence))
    });
    broken.collect()
}

/// The question that a rule on the project reads, with its section.
pub(super) fn read_by<'a>(rule: &Rule, content: &'a Content) -> Option<(&'a Section, &'a Question)> {
    // A sworn statement that is not signed is a missing answer already.
    let is_of_project = !matches!(rule, Rule::RepublicanContract { .. });
    content.definition.questions().find(|(_, question)| is_of_project && rule.reads(question))
}
