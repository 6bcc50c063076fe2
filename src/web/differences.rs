//! What changed from one revision of a call to the next, in words.

use crate::{
    domain::{definitions::Difference, lifecycles::applications::ApplicationState},
    store::Conn,
    usecases::{Outcome, answers::Content, revisions},
};

/// Labels between quotation marks.
pub(super) fn quoted(labels: &[String]) -> String {
    labels.iter().map(|label| format!("«\u{a0}{label}\u{a0}»")).collect::<Vec<_>>().join(", ")
}

/// What differs, a sentence each.
pub(super) fn said(changes: &Difference) -> Vec<String> {
    let lists = [
        ("Question ajoutée", "Questions ajoutées", &changes.added),
        ("Question retirée", "Questions retirées", &changes.removed),
        ("Question changée", "Questions changées", &changes.changed),
        ("Pièce demandée en plus", "Pièces demandées en plus", &changes.papers_added),
        ("Pièce qui n’est plus demandée", "Pièces qui ne sont plus demandées", &changes.papers_removed),
    ];
    let filled = lists.into_iter().filter(|(.., labels)| !labels.is_empty());
    let sentence = |(one, many, labels): (&str, &str, &Vec<String>)| {
        format!("{}\u{a0}: {}.", if labels.len() == 1 { one } else { many }, quoted(labels))
    };
    filled.map(sentence).collect()
}

/// What the call has changed in the form of a draft since it was started, a sentence each; nothing of one that keeps its
/// form.
pub(super) fn told(conn: &mut Conn, content: &Content) -> Outcome<Vec<String>> {
    if content.row.state != ApplicationState::Draft || content.revision != content.call.revision {
        return Ok(Vec::new());
    }
    let changes = revisions::told(conn, &content.call, content.row.revision)?;
    Ok(changes.map(|changes| said(&changes)).unwrap_or_default())
}
