//! The calls whose results leave at an hour that was fixed.

use super::worker::Office;
use crate::{
    domain::time::Moment,
    usecases::{Outcome, release_plans},
};

/// Announces the calls whose hour has come, each by itself: one that fails holds up no other.
pub(super) async fn release_planned(office: &Office, now: Moment) -> Outcome<usize> {
    let mut done = 0;
    for call in office.read(move |conn| release_plans::due(conn, now)).await? {
        match office.write(move |tx| release_plans::carry_out(tx, call, now)).await {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(%call, %error, "the results of a call could not be announced"),
        }
    }
    Ok(done)
}
