//! The parts of a call's definition, one page each, and how far each is.

use super::{CallDefinition, Fault};
use crate::domain::codes::codes;

codes! {
    /// A part of a call's definition. Its code stands in addresses.
    pub enum CallPart {
        Presentation => "presentation",
        Calendar => "calendrier",
        Money => "argent",
        Holders => "axes",
        Eligibility => "eligibilite",
        Form => "formulaire",
        Documents => "pieces",
        Grid => "grille",
        Reports => "bilans",
        Letters => "lettres",
    }

    /// How far a part is.
    pub enum PartState {
        Complete => "complete",
        /// Something is not there yet.
        Lacking => "lacking",
        /// Something is there that cannot be right.
        Faulty => "faulty",
    }
}

impl PartState {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            PartState::Complete => "complet",
            PartState::Lacking => "à remplir",
            PartState::Faulty => "à corriger",
        }
    }
}

impl CallPart {
    /// The French name of its page.
    pub const fn label(self) -> &'static str {
        match self {
            CallPart::Presentation => "Présentation et règlement",
            CallPart::Calendar => "Calendrier et délais",
            CallPart::Money => "Argent",
            CallPart::Holders => "Axes et organisations",
            CallPart::Eligibility => "Règles d’éligibilité",
            CallPart::Form => "Formulaire",
            CallPart::Documents => "Pièces et attestations",
            CallPart::Grid => "Grille d’évaluation",
            CallPart::Reports => "Bilans",
            CallPart::Letters => "Textes des lettres",
        }
    }

    /// What it is within a sentence: « il manque encore les bilans ».
    pub const fn phrase(self) -> &'static str {
        match self {
            CallPart::Presentation => "le règlement",
            CallPart::Calendar => "le calendrier",
            CallPart::Money => "les sources de financement et l’échéancier",
            CallPart::Holders => "les axes ouverts",
            CallPart::Eligibility => "les règles d’éligibilité",
            CallPart::Form => "le formulaire",
            CallPart::Documents => "la liste des pièces",
            CallPart::Grid => "la grille d’évaluation",
            CallPart::Reports => "les bilans",
            CallPart::Letters => "les textes des lettres",
        }
    }

    /// The fields of the definition it holds.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            CallPart::Presentation => &["reference", "title", "copied_from", "summary", "rules"],
            CallPart::Calendar => &["window", "calendar", "delays", "decided_by", "decisions"],
            CallPart::Money => &[
                "envelope",
                "sources",
                "earmarks",
                "beyond_ceiling",
                "amount",
                "surplus",
                "agreement_threshold",
                "schedule",
            ],
            CallPart::Holders => &["axes", "applications", "filing_signature", "pair"],
            CallPart::Eligibility => &["eligibility"],
            CallPart::Form => &["sections"],
            CallPart::Documents => &["documents", "statements"],
            CallPart::Grid => &["grid"],
            CallPart::Reports => &["reports"],
            CallPart::Letters => &["letters"],
        }
    }

    /// The part that holds what a path below the call names.
    pub fn of(path: &str) -> Option<CallPart> {
        let holds = |part: &&CallPart| part.fields().iter().any(|field| is_below(path, field));
        CallPart::ALL.iter().find(holds).copied()
    }

    /// How far it is, given the faults of the call.
    pub fn state(self, call: &CallDefinition, faults: &[Fault]) -> PartState {
        if self.is_blank(call) {
            return PartState::Lacking;
        }
        let mine: Vec<_> = faults.iter().filter(|fault| CallPart::of(&fault.path) == Some(self)).collect();
        match mine.iter().all(|fault| is_lack(&fault.path)) {
            _ if mine.is_empty() => PartState::Complete,
            true => PartState::Lacking,
            false => PartState::Faulty,
        }
    }

    fn is_blank(self, call: &CallDefinition) -> bool {
        let blank = |text: &str| text.trim().is_empty();
        match self {
            CallPart::Presentation => call.rules.is_empty() || blank(&call.title) || blank(&call.summary),
            CallPart::Money => call.sources.is_empty() || call.schedule.steps.is_empty(),
            CallPart::Holders => call.axes.is_empty(),
            CallPart::Form => call.sections.is_empty(),
            CallPart::Documents => call.documents.is_empty(),
            CallPart::Grid => call.grid.criteria.is_empty(),
            CallPart::Reports => call.reports.last.sections.is_empty(),
            CallPart::Letters => {
                let letters = &call.letters;
                [&letters.award_intro, &letters.refusal_intro, &letters.refusal_advice, &letters.agreement_intro]
                    .into_iter()
                    .any(|text| blank(text))
            }
            CallPart::Calendar | CallPart::Eligibility => false,
        }
    }
}

/// Whether a path names `field` or something in it.
pub fn is_below(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a fault at this path says that a list is not whole yet, which it cannot be while it is being made.
pub fn is_lack(path: &str) -> bool {
    const LISTS: [&str; 5] =
        ["sections", "axes", "grid.criterion", "reports.final.sections", "reports.interim.sections"];
    LISTS.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions::{FilingSignature, parse};

    #[test]
    fn every_field_of_a_call_belongs_to_one_part() {
        let mut call = parse(include_str!("../../../fixtures/tandems.toml")).unwrap().calls.remove(0);
        call.filing_signature = Some(FilingSignature::Representative);
        let fields = serde_json::to_value(&call).unwrap();
        for field in fields.as_object().unwrap().keys() {
            let parts = CallPart::ALL.iter().filter(|part| part.fields().contains(&field.as_str())).count();
            assert_eq!(parts, 1, "{field}");
        }
    }

    #[test]
    fn a_part_is_lacking_before_it_is_faulty() {
        let mut call = parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0);
        let fault = |path: &str| Fault { path: path.into(), message: String::new() };
        assert_eq!(CallPart::Form.state(&call, &[]), PartState::Complete);
        assert_eq!(CallPart::Form.state(&call, &[fault("sections")]), PartState::Lacking);
        assert_eq!(CallPart::Form.state(&call, &[fault("sections.0.question.1.kind")]), PartState::Faulty);
        assert_eq!(CallPart::Grid.state(&call, &[fault("sections")]), PartState::Complete);
        call.grid.criteria.clear();
        assert_eq!(CallPart::Grid.state(&call, &[]), PartState::Lacking);
    }
}
