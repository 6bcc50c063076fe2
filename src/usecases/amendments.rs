//! Amendments to a grant.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn apply_amendment(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_amendment_decided(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
