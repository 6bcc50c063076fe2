//! Payment runs: prepared by one person, approved by another, one bank file.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn empty_run(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn settle_run_when_paid(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
