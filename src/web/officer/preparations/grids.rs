//! The grid by which a committee scores.

use super::inputs::{Group, Input, Reading};
use crate::domain::{
    definitions::{CallDefinition, QuestionKind, code_from},
    scoring::Criterion,
};
use std::collections::BTreeSet;

pub(super) fn groups(call: &CallDefinition) -> Vec<Group> {
    let grid = &call.grid;
    vec![Group::new(
        "Repères",
        vec![
            Input::number("grid.pass_mark", "Moyenne à atteindre, sur 100", grid.pass_mark)
                .help("En dessous, le dossier n’est pas proposé au comité.")
                .optional(),
            Input::number("grid.spread_alert", "Écart entre deux lectures qui alerte, sur 100", grid.spread_alert)
                .optional(),
        ],
    )]
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    call.grid.pass_mark = reading.number_option("grid.pass_mark", 0..=100);
    call.grid.spread_alert = reading.number_option("grid.spread_alert", 0..=100);
}

pub(super) fn criterion_groups(call: &CallDefinition, criterion: Option<&Criterion>) -> Vec<Group> {
    let text = |read: fn(&Criterion) -> &String| criterion.map_or("", |criterion| read(criterion).as_str());
    let descriptors = criterion.map(|criterion| criterion.descriptors.join("\n")).unwrap_or_default();
    let questions = call.questions().filter(|(_, question)| question.kind != QuestionKind::Statement);
    let questions = questions.map(|(_, question)| (question.code.clone(), question.label.clone()));
    let looked_at: Vec<&str> = criterion.iter().flat_map(|known| &known.answers).map(String::as_str).collect();
    vec![Group::new(
        "",
        vec![
            Input::text("label", "Critère", text(|criterion| &criterion.label)),
            Input::area("help", "Aide pour qui évalue", text(|criterion| &criterion.help)).rows(3).optional(),
            Input::number("weight", "Coefficient", Some(criterion.map_or(1, |criterion| criterion.weight))),
            Input::number("most", "Note maximum", Some(criterion.map_or(5, |criterion| criterion.most)))
                .help("Les notes vont de 0 à ce nombre."),
            Input::area("descriptors", "Ce que veut dire chaque note", &descriptors)
                .rows(7)
                .help("Une ligne par note, de 0 à la note maximum\u{202f}; ou rien.")
                .optional(),
            Input::number(
                "eliminatory_below",
                "Note éliminatoire",
                criterion.and_then(|criterion| criterion.eliminatory_below),
            )
            .help("Une moyenne plus basse écarte le dossier.")
            .optional(),
            Input::choose("checkboxes", "answers", "Réponses à montrer à côté de la note", questions, &looked_at)
                .help("Qui évalue les lit sans chercher dans le dossier.")
                .optional(),
        ],
    )]
}

pub(super) fn read_criterion(reading: &mut Reading<'_>, code: Option<&str>, taken: &[String]) -> Criterion {
    let label = reading.needed("label", 200, "Nommez ce critère.");
    let descriptors = reading.text("descriptors");
    let descriptors = descriptors.lines().map(str::trim).filter(|line| !line.is_empty());
    Criterion {
        code: code.map_or_else(|| code_from(&label, taken), ToOwned::to_owned),
        label,
        help: reading.text("help"),
        weight: reading.number("weight", 0..=100),
        most: reading.number("most", 1..=100),
        descriptors: descriptors.map(ToOwned::to_owned).collect(),
        eliminatory_below: reading.number_option("eliminatory_below", 1..=100),
        answers: reading.codes("answers"),
    }
}

/// Lets no criterion look at an answer that is no longer asked for.
pub(super) fn look_away(call: &mut CallDefinition) {
    let asked: BTreeSet<String> = call.questions().map(|(_, question)| question.code.clone()).collect();
    for criterion in &mut call.grid.criteria {
        criterion.answers.retain(|code| asked.contains(code));
    }
}
