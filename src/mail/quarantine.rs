//! A copy that nobody has let act sends nothing: its mails wait.

use super::worker::Office;
use crate::usecases::{Outcome, instances};

/// Whether mails wait because this is a copy; it is asked again each time, so that being let go needs no restart.
pub(super) async fn holds(office: &Office) -> Outcome<bool> {
    let Some(mark) = office.db.quarantined() else { return Ok(false) };
    let may_act = office.read(move |conn| instances::may_act(conn, &mark)).await?;
    if may_act {
        office.db.release();
    }
    Ok(!may_act)
}
