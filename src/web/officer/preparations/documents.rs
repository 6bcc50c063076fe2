//! The papers to attach and the statements made on one's honour.

use super::inputs::{Group, Input, Reading};
use crate::domain::{
    definitions::{Author, CallDefinition, DocumentDefinition, DocumentNeed, StatementDefinition, code_from},
    forms::REPUBLICAN_CONTRACT,
};

/// Who fills in or attaches something; asked only where two organisations apply together.
pub(super) fn author(call: &CallDefinition, known: Author) -> Option<Input> {
    let authors = Author::ALL.iter().map(|author| (author.code(), author.label()));
    call.pair.as_ref().map(|_| Input::choose("radios", "author", "Par", authors, &[known.code()]))
}

pub(super) fn read_author(call: &CallDefinition, reading: &mut Reading<'_>) -> Author {
    match call.pair {
        Some(_) => reading.code("author").unwrap_or(Author::Lead),
        None => Author::Lead,
    }
}

pub(super) fn document_groups(call: &CallDefinition, document: Option<&DocumentDefinition>) -> Vec<Group> {
    let needs = DocumentNeed::ALL.iter().map(|need| (need.code(), need.label()));
    let need = document.map_or(DocumentNeed::Required, |document| document.need);
    let text = |read: fn(&DocumentDefinition) -> &String| document.map_or("", |document| read(document).as_str());
    let mut inputs = vec![
        Input::text("label", "Nom de la pièce", text(|document| &document.label)),
        Input::area("help", "Aide", text(|document| &document.help)).rows(3).optional(),
        Input::choose("radios", "need", "Quand elle est due", needs, &[need.code()]),
        Input::date("due_on", "Si elle peut suivre, au plus tard le", document.and_then(|document| document.due_on))
            .help("Sans date, c’est le jour de l’annonce.")
            .optional(),
        Input::tick("anonymous", "Elle ne dit aucun nom", document.is_some_and(|document| document.anonymous))
            .help("Dans une lecture à l’aveugle, les membres peuvent alors la lire avant d’avoir noté."),
    ];
    inputs.extend(author(call, document.map_or(Author::Lead, |document| document.author)));
    vec![Group::new("", inputs)]
}

pub(super) fn read_document(
    call: &CallDefinition,
    reading: &mut Reading<'_>,
    code: Option<&str>,
    taken: &[String],
) -> DocumentDefinition {
    let label = reading.needed("label", 200, "Nommez cette pièce.");
    let need = reading.code("need").unwrap_or(DocumentNeed::Optional);
    let due_on = reading.date_option("due_on");
    DocumentDefinition {
        code: code.map_or_else(|| code_from(&label, taken), ToOwned::to_owned),
        label,
        help: reading.text("help"),
        need,
        due_on: due_on.filter(|_| need == DocumentNeed::Later),
        anonymous: reading.has("anonymous"),
        author: read_author(call, reading),
    }
}

pub(super) fn statement_groups(call: &CallDefinition, statement: Option<&StatementDefinition>) -> Vec<Group> {
    let text = |read: fn(&StatementDefinition) -> &String| statement.map_or("", |statement| read(statement).as_str());
    let mut inputs = vec![
        Input::text("title", "Titre", text(|statement| &statement.title)),
        Input::area("text", "Texte", text(|statement| &statement.text))
            .rows(7)
            .help("Il est montré en entier avant d’être accepté, et gardé avec le dossier."),
    ];
    if statement.is_none() && call.statement(REPUBLICAN_CONTRACT).is_none() {
        inputs.push(Input::tick(
            "contract",
            "C’est le contrat d’engagement républicain, demandé aux associations et fondations",
            false,
        ));
    }
    vec![Group::new("", inputs)]
}

pub(super) fn read_statement(reading: &mut Reading<'_>, code: Option<&str>, taken: &[String]) -> StatementDefinition {
    let title = reading.needed("title", 200, "Donnez un titre à cette attestation.");
    let made = if reading.has("contract") { REPUBLICAN_CONTRACT.to_owned() } else { code_from(&title, taken) };
    StatementDefinition {
        code: code.map_or(made, ToOwned::to_owned),
        title,
        text: reading.needed("text", 5_000, "Écrivez le texte de cette attestation."),
    }
}
