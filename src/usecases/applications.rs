//! Applications: from the draft to the filed, complete and admissible file.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn acknowledge_receipt(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_taken_back(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn ask_complement(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_complement_answered(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_eligible(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_ineligible(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_appeal(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_withdrawn(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
