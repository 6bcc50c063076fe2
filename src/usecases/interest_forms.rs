//! A declaration of interests as it is typed, and what is wrong with it.

use super::{FieldError, Outcome, UseCaseError};
use crate::domain::{
    interests::{Bond, Interest, MOST, number},
    text::unprintable_sentence,
};

/// The longest name of an organisation and the longest detail of a tie, in characters.
const LONGEST_NAME: usize = 160;
const LONGEST_DETAIL: usize = 300;

/// One line of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedInterest {
    pub organisation: String,
    pub number: String,
    pub bond: String,
    pub detail: String,
}

impl From<&Interest> for TypedInterest {
    fn from(interest: &Interest) -> Self {
        TypedInterest {
            organisation: interest.organisation.clone(),
            number: interest.number.clone(),
            bond: interest.bond.code().to_owned(),
            detail: interest.detail.clone(),
        }
    }
}

impl TypedInterest {
    pub(super) fn is_blank(&self) -> bool {
        [&self.organisation, &self.number, &self.bond, &self.detail].iter().all(|text| text.trim().is_empty())
    }

    fn read(&self, place: usize, errors: &mut Vec<FieldError>) -> Option<Interest> {
        let field = |name: &str| format!("{name}-{place}");
        let before = errors.len();
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (organisation, detail) = (squeezed(&self.organisation), squeezed(&self.detail));
        if organisation.is_empty() {
            errors.push(FieldError::new(field("organisation"), "Écrivez le nom de l’organisation."));
        }
        for (name, text, most) in [("organisation", &organisation, LONGEST_NAME), ("detail", &detail, LONGEST_DETAIL)] {
            if text.chars().count() > most {
                let sentence = format!("C’est trop long\u{a0}: {most} caractères au plus.");
                errors.push(FieldError::new(field(name), sentence));
            } else if let Some(sentence) = unprintable_sentence(text) {
                errors.push(FieldError::new(field(name), sentence));
            }
        }
        let known = Some(self.number.trim()).filter(|typed| !typed.is_empty()).map(number);
        if known == Some(None) {
            let sentence =
                "Écrivez un SIREN (9 chiffres), un SIRET (14 chiffres) ou un RNA (W et 9 chiffres), ou laissez vide.";
            errors.push(FieldError::new(field("numero"), sentence));
        }
        let bond = self.bond.parse::<Bond>();
        if bond.is_err() {
            errors.push(FieldError::new(field("lien"), "Choisissez le lien."));
        }
        let number = known.flatten().unwrap_or_default();
        bond.ok().filter(|_| errors.len() == before).map(|bond| Interest { organisation, number, bond, detail })
    }
}

/// The answer of whoever has nothing to declare.
pub const NOTHING: &str = "rien";

/// A declaration as typed: [`NOTHING`] or `liens`, and the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterestsForm {
    pub answer: String,
    pub lines: Vec<TypedInterest>,
    /// For which mandates it is made, by identifier; for all of them where none is named.
    pub mandates: Vec<String>,
}

impl InterestsForm {
    pub(super) fn read(&self) -> Outcome<Vec<Interest>> {
        let wrong = |field: &str, sentence: &str| UseCaseError::Invalid(vec![FieldError::new(field, sentence)]);
        match self.answer.as_str() {
            NOTHING => return Ok(Vec::new()),
            "liens" => {}
            _ => return Err(wrong("declaration", "Choisissez l’une des deux réponses.")),
        }
        let mut errors = Vec::new();
        let begun = self.lines.iter().enumerate().take(MOST).filter(|(_, line)| !line.is_blank());
        let ties: Vec<_> = begun.filter_map(|(place, line)| line.read(place, &mut errors)).collect();
        if !errors.is_empty() {
            return Err(UseCaseError::Invalid(errors));
        }
        if ties.is_empty() {
            return Err(wrong("organisation-0", "Citez au moins une organisation, ou choisissez l’autre réponse."));
        }
        Ok(ties)
    }
}
