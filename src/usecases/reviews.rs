//! Reviews: assignment, scores, recusals.

use super::{Outcome, advance::Cause};
use crate::store::Tx;

pub(super) fn refresh_score(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn record_recusal(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_review_reopened(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}

pub(super) fn tell_review_given_up(_: &mut Tx, _: &Cause) -> Outcome<()> {
    Ok(())
}
