//! What the answers say of the project, kept in the columns and tags that lists and rules read.

use super::Outcome;
use crate::{
    domain::{
        definitions::{CallDefinition, Question, QuestionKind},
        forms::{self, Answers},
        text::{fold, sort_key},
        time::Moment,
    },
    store::{
        Tx,
        answers::{self, TagRow},
        applications::{self as rows, ApplicationRow, ProjectColumns},
    },
};

/// Writes the columns and tags that have changed, and that something was saved `now`; `row` is then as stored.
pub(super) fn write(
    tx: &mut Tx,
    row: &mut ApplicationRow,
    definition: &CallDefinition,
    answers: &Answers,
    organisation: &str,
    now: Moment,
) -> Outcome<()> {
    let project = forms::project(definition, answers);
    let title = project.title.unwrap_or_default();
    let columns = ProjectColumns {
        requested_cents: project.requested.unwrap_or_default(),
        starts_on: project.starts_on,
        ends_on: project.ends_on,
        commune_code: project.commune,
        country_code: project.country,
        sort_key: sort_key(&title),
        search_key: fold(&format!("{title} {} {organisation}", row.reference)),
        title,
    };
    rows::save_project(tx, row.id, &columns, now)?;
    (row.requested_cents, row.starts_on, row.ends_on) = (columns.requested_cents, columns.starts_on, columns.ends_on);
    (row.commune_code, row.country_code) = (columns.commune_code, columns.country_code);
    (row.title, row.sort_key, row.search_key) = (columns.title, columns.sort_key, columns.search_key);
    row.updated_at = now;
    let tags = forms::tags(definition, answers);
    let known = answers::tags_of(tx.conn(), row.id)?;
    for kind in forms::TagKind::ALL {
        let of_kind = tags.iter().filter(|tag| tag.kind == *kind).map(|tag| TagRow {
            application_id: row.id,
            kind: kind.code().to_owned(),
            code: tag.code.clone(),
            level: tag.level,
        });
        let mut of_kind: Vec<_> = of_kind.collect();
        of_kind.sort();
        if !known.iter().filter(|tag| tag.kind == kind.code()).eq(&of_kind) {
            answers::set_tags(tx, row.id, kind.code(), &of_kind)?;
        }
    }
    Ok(())
}

/// Whether the answer to this question changes what is said of the project: by itself, or by what is asked after it.
pub(super) fn depends_on(definition: &CallDefinition, question: &Question) -> bool {
    question.fills.is_some()
        || matches!(question.kind, QuestionKind::Axis | QuestionKind::Goals | QuestionKind::Markers)
        || is_condition(definition, question)
}

/// Whether something of the form is asked or not by the answer to this question.
pub(super) fn is_condition(definition: &CallDefinition, question: &Question) -> bool {
    let sections = definition.sections.iter();
    let mut conditions = sections.flat_map(|s| s.questions.iter().map(|q| &q.show_if).chain([&s.show_if])).flatten();
    conditions.any(|condition| condition.question == question.code)
}
