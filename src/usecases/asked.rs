//! In which form an application is asked: a call may be revised while its drafts are written and its files read.

use super::{Outcome, definitions};
use crate::{
    domain::{definitions::CallDefinition, lifecycles::applications::ApplicationState},
    store::{
        Conn,
        applications::ApplicationRow,
        calls::{self, CallRow},
        draft_revisions,
    },
};
use std::sync::Arc;

/// The revision of the form in which an application is asked: a draft follows its call or keeps the form it was let keep,
/// what is filed keeps the revision it was filed with.
pub(super) fn form_of(conn: &mut Conn, row: &ApplicationRow, call: &CallRow) -> Outcome<i32> {
    match row.state {
        // A draft that was begun with the form as it stands has none to keep.
        ApplicationState::Draft if row.revision == call.revision => Ok(call.revision),
        ApplicationState::Draft => Ok(draft_revisions::kept_form(conn, row.id)?.unwrap_or(call.revision)),
        _ => Ok(row.revision),
    }
}

/// What an application is asked; see [`form_of`].
pub(super) fn of(conn: &mut Conn, row: &ApplicationRow, call: &CallRow) -> Outcome<Arc<CallDefinition>> {
    let form = form_of(conn, row, call)?;
    definition(conn, call, form)
}

/// A call as of a revision. The grid is the committee's, always that of the call as it stands.
pub(super) fn definition(conn: &mut Conn, call: &CallRow, form: i32) -> Outcome<Arc<CallDefinition>> {
    let now = definitions::call(&call.settings)?;
    if form == call.revision {
        return Ok(now);
    }
    let asked = definitions::call(&calls::settings_at(conn, call.id, form)?)?;
    if asked.grid == now.grid {
        return Ok(asked);
    }
    Ok(Arc::new(CallDefinition { grid: now.grid.clone(), ..CallDefinition::clone(&asked) }))
}
