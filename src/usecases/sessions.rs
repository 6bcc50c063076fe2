//! Committee sessions: agenda, attendance, minutes.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn convene_members(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
