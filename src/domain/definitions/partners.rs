//! What is asked of an organisation that is the answer to a question.

use super::{AnswerChoice, Need, Question, QuestionKind};
use std::sync::LazyLock;

/// What an organisation may be, in France or abroad: code and French label.
const NATURES: [(&str, &str); 6] = [
    ("association", "Association ou ONG"),
    ("enseignement", "Établissement d’enseignement ou de recherche"),
    ("collectivite", "Collectivité territoriale"),
    ("public", "Autre organisme public"),
    ("entreprise", "Entreprise ou coopérative"),
    ("autre", "Autre"),
];

/// The column of whom to reach.
pub(super) const CONTACT: &str = "contact";

/// The columns under which an organisation is kept. Their codes never change: answers are kept under them.
pub(super) fn organisation_columns() -> &'static [Question] {
    static COLUMNS: LazyLock<Vec<Question>> = LazyLock::new(|| {
        let column = |code: &str, label: &str, kind, need| Question {
            label: label.to_owned(),
            need,
            ..Question::blank(code.to_owned(), kind)
        };
        let nature = |(code, label): &(&str, &str)| AnswerChoice { code: (*code).into(), label: (*label).into() };
        vec![
            column("nom", "Nom de l’organisation", QuestionKind::ShortText, Need::Required),
            column("pays", "Pays", QuestionKind::Country, Need::Required),
            Question {
                choices: NATURES.iter().map(nature).collect(),
                ..column("nature", "Nature", QuestionKind::Choice, Need::Required)
            },
            column("role", "Son rôle dans le projet", QuestionKind::ShortText, Need::Required),
            column(CONTACT, "Personne à contacter", QuestionKind::ShortText, Need::Optional),
            column("courriel", "Adresse électronique", QuestionKind::Email, Need::Optional),
        ]
    });
    &COLUMNS
}
