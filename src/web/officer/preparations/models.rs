//! Ready-made questions that an officer adds and then changes as any other.

use super::relations;
use crate::domain::definitions::{Question, QuestionKind};

/// The word by which an address asks for the table of beneficiaries.
pub(super) const BENEFICIARIES: &str = "beneficiaires";

/// Who a project reaches, by category, sex and age.
pub(super) fn beneficiaries() -> Question {
    let column = |code: &str, label: &str, kind| Question { label: label.into(), ..Question::blank(code.into(), kind) };
    let choice = |code: &str, label: &str, labels: &[&str]| Question {
        choices: relations::read_choices(&labels.join("\n"), None),
        ..column(code, label, QuestionKind::Choice)
    };
    let columns = vec![
        choice(
            "categorie",
            "Public",
            &[
                "Élèves et jeunes",
                "Étudiant·es",
                "Habitant·es et familles",
                "Bénévoles et membres d’associations",
                "Professionnel·les",
                "Élu·es et agents publics",
                "Autre public",
            ],
        ),
        choice("sexe", "Femmes ou hommes", &["Femmes et filles", "Hommes et garçons", "Sans distinction"]),
        choice(
            "age",
            "Âge",
            &[
                "Moins de 6 ans",
                "6 à 10 ans",
                "11 à 14 ans",
                "15 à 17 ans",
                "18 à 29 ans",
                "30 à 59 ans",
                "60 ans et plus",
                "Tous les âges",
            ],
        ),
        column("nombre", "Nombre de personnes", QuestionKind::Number),
    ];
    Question {
        label: "Bénéficiaires du projet".into(),
        help: "Une ligne par public, avec une estimation. Ne donnez aucun nom.".into(),
        columns,
        ..Question::blank(String::new(), QuestionKind::Group)
    }
}
