//! Grants: offer, acceptance, agreement, balance.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn open_grant(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn activate_if_settled(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn settle_balance(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn close_after_final_report(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn close_grant_when_settled(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_accepted(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_declined(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn send_agreement(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_active(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_suspended(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_terminated(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_grant_closed(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
