//! Disbursements: planned from the schedule, authorised when due.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn plan_disbursements(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn cancel_disbursements(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn notice_payment(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_payment_returned(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
