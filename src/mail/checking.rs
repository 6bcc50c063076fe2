//! The promises asked once a night, and kept with what was found.

use super::worker::Office;
use crate::{
    store::Conn,
    usecases::{Outcome, integrity, integrity_runs},
};
use tokio::runtime::Handle;

/// Asks them unless another worker has since midnight; of the issued documents some are read each night.
pub(super) async fn check(office: &Office) -> Outcome<()> {
    let now = office.now();
    if !office.read(move |conn| integrity_runs::is_owed(conn, now)).await? {
        return Ok(());
    }
    let (files, on) = (office.files.clone(), Handle::current());
    let ask = move |conn: &mut Conn| {
        let is_whole = |sha256: &str| on.block_on(files.get(sha256)).map(drop);
        integrity::check_tonight(conn, &is_whole)
    };
    let (found, read) = office.read_frozen(ask).await?;
    office.write(move |tx| integrity_runs::record_nightly(tx, &found, &read, now).map(drop)).await
}
