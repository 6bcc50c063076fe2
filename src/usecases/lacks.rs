//! What keeps an application from being filed, or its complement from being sent, with the place to put it right.

use super::{
    answers::Content,
    pairings,
    project_rules::{broken_rules, read_by},
};
use crate::domain::{complements::Opening, eligibility::Rule, forms::Form};

/// The field of the declaration of ties, which belongs to no section.
pub const TIES: &str = "liens";
const UNDECLARED: &str = "Dites si une personne de l’organisation a un lien avec le réseau";

/// Something that keeps an application from being filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// A French sentence.
    pub sentence: String,
    /// The code of the section where it is put right, and the name of the field; often nothing.
    pub section: Option<String>,
    pub field: Option<String>,
}

impl Content {
    /// What keeps it from being filed, each a French sentence.
    pub fn missing(&self) -> Vec<String> {
        self.lacks().into_iter().map(|lack| lack.sentence).collect()
    }

    /// What keeps it from being filed, with the place where it is put right.
    pub fn lacks(&self) -> Vec<Lack> {
        let obstacles = Form::of_call(&self.definition).obstacles(&self.filled());
        let mut lacks: Vec<Lack> = obstacles
            .into_iter()
            .map(|problem| Lack {
                field: problem.field().map(ToOwned::to_owned),
                section: Some(problem.section),
                sentence: problem.message,
            })
            .collect();
        // The amount is already held against the budget.
        let broken = broken_rules(self).into_iter().filter(|(rule, _)| !matches!(rule, Rule::AmountBetween { .. }));
        lacks.extend(broken.map(|(rule, sentence)| {
            let place = read_by(&rule, self);
            Lack {
                section: place.map(|(section, _)| section.code.clone()),
                field: place.map(|(_, question)| question.code.clone()),
                sentence,
            }
        }));
        lacks.extend(self.lacks_of_pair().into_iter().map(|sentence| Lack { sentence, section: None, field: None }));
        let undeclared = self.ties.is_none().then(|| Lack {
            sentence: UNDECLARED.to_owned(),
            section: None,
            field: Some(TIES.to_owned()),
        });
        lacks.extend(undeclared);
        lacks
    }

    /// The answers that seem to name pupils, each with its place. They keep nothing from being filed: no machine is sure.
    pub fn pupils_named(&self) -> Vec<Lack> {
        let form = Form::of_call(&self.definition);
        let asked = self.definition.questions().filter(|(section, question)| {
            form.shows_section(section, &self.answers) && form.shows(question, &self.answers)
        });
        let named = asked.filter_map(|(section, question)| {
            let said = pairings::named_pupils(&self.definition, question, &self.answers)?;
            Some(Lack {
                sentence: format!("«\u{a0}{}\u{a0}». {}", question.label, said.message),
                section: Some(section.code.clone()),
                field: Some(said.field),
            })
        });
        named.collect()
    }

    /// What the pair still lacks: its other half, and an organisation that may be paid.
    fn lacks_of_pair(&self) -> Vec<String> {
        let Some(pair) = &self.definition.pair else { return Vec::new() };
        let mut lacks = Vec::new();
        if self.partner.is_none() {
            lacks.push(format!("{} n’a pas encore rejoint le dossier", pair.partner_label));
        }
        if !pair.pays(self.organisation.legal_form) {
            let (name, forms) = (&self.organisation.name, pair.payees().join(", "));
            lacks.push(format!("{name} ne peut pas recevoir la subvention\u{a0}: il faut dans le binôme {forms}"));
        }
        lacks
    }

    /// What keeps a complement from being sent, each a French sentence: of what it reopened alone.
    pub fn missing_of_complement(&self) -> Vec<String> {
        if self.opening == Opening::Everything {
            return Vec::new();
        }
        let problems = self.problems().into_iter().filter(|problem| self.opening.concerns(&self.definition, problem));
        let mut missing: Vec<_> = problems.map(|problem| problem.message).collect();
        let is_open = |rule: &Rule| {
            let mut reading = self.definition.questions().filter(|(_, question)| rule.reads(question));
            reading.any(|(_, question)| self.opening.opens_question(&question.code))
        };
        let broken = broken_rules(self).into_iter().filter(|(rule, _)| is_open(rule));
        missing.extend(broken.map(|(_, sentence)| sentence));
        missing
    }
}
