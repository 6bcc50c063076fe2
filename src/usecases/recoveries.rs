//! Recoveries of what was paid too much.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn tell_recovery_settled(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
