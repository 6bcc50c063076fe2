//! What a call says of itself: its title, its summary and its guidelines by chapter.

use super::inputs::{Group, Input, Reading, Typed};
use crate::domain::definitions::{CallDefinition, RuleChapter};

pub(super) fn groups(call: &CallDefinition, typed: Typed<'_>) -> Vec<Group> {
    let mut groups = vec![Group::new(
        "Présentation",
        vec![
            Input::text("title", "Titre", &call.title),
            Input::area("summary", "En quelques phrases", &call.summary)
                .help("Deux ou trois phrases, pour la liste des appels ouverts."),
        ],
    )];
    for i in 0..typed.rows("rules", call.rules.len(), 1) {
        let (title, text) = call.rules.get(i).map_or(("", ""), |chapter| (&chapter.title, &chapter.text));
        let inputs = vec![
            Input::text(format!("rules.{i}.title"), "Titre du chapitre", title).optional(),
            Input::area(format!("rules.{i}.text"), "Texte", text).rows(7).optional(),
        ];
        let group = match i < call.rules.len() {
            true => Group::new(&format!("Règlement, chapitre {}", i + 1), inputs),
            false => Group::new("Règlement, nouveau chapitre", inputs).help(
                "Une ligne vide sépare deux paragraphes\u{202f}; une ligne qui commence par un tiret est une puce.",
            ),
        };
        groups.push(group);
    }
    groups
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    call.title = reading.needed("title", 200, "Donnez un titre à l’appel.");
    call.summary = reading.needed("summary", 2_000, "Présentez l’appel en quelques phrases.");
    let mut rules = Vec::new();
    for i in reading.rows("rules") {
        let (title, text) = (reading.text(&format!("rules.{i}.title")), reading.text(&format!("rules.{i}.text")));
        match (title.is_empty(), text.is_empty()) {
            (true, true) => {}
            (true, false) => reading.errors.add(format!("rules.{i}.title"), "Donnez un titre à ce chapitre."),
            (false, true) => reading.errors.add(
                format!("rules.{i}.text"),
                "Écrivez le texte de ce chapitre, ou effacez son titre pour le retirer.",
            ),
            (false, false) => rules.push(RuleChapter { title, text }),
        }
    }
    call.rules = rules;
}
