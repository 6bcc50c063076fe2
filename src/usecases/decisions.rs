//! Decisions: taken in session, under embargo until the call is announced.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn release_decisions(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn release_decision(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
