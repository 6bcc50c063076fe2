//! Reports: narrative, figures, acceptance.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn tell_report_filed(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn ask_report_changes(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_report_accepted(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
