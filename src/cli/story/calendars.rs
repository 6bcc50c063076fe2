//! The same calls at other times.

use crate::domain::definitions::Definition;

/// The definition with its calls moved by so many days, and the years of their names with them.
pub(crate) fn moved(definition: &Definition, days: i64) -> Definition {
    let calls = definition.calls.iter().map(|call| call.edition_after(days)).collect();
    Definition { calls, ..definition.clone() }
}
