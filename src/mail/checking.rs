//! The promises asked once a night, and kept with what was found.

use super::worker::Office;
use crate::usecases::{Outcome, integrity, integrity_runs};

/// Asks them unless another worker has since midnight.
pub(super) async fn check(office: &Office) -> Outcome<()> {
    let now = office.now();
    if !office.read(move |conn| integrity_runs::is_owed(conn, now)).await? {
        return Ok(());
    }
    let found = office.read_frozen(|conn| integrity::check(conn, None, &mut |_| {})).await?;
    office.write(move |tx| integrity_runs::record_nightly(tx, &found, now).map(drop)).await
}
