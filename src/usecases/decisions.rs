//! Decisions: taken in session, under embargo until the call is announced.

use super::{Outcome, advance::Cause, releases::Release};
use crate::{
    domain::{
        decisions::is_announced,
        ids::{ApplicationId, CallId},
    },
    store::{
        Tx,
        decisions::{self, Of},
        seats,
    },
};

/// Sends every decision of an announced call, each with its letter.
pub(super) fn release_decisions(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let call: CallId = cause.subject()?;
    Release::load(tx.conn(), call, Of::Call(call))?.send(tx, cause)
}

/// Sends one decision, taken when the results were already announced; earlier it waits for them.
pub(super) fn release_decision(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let application: ApplicationId = cause.subject()?;
    let call = decisions::call_of(tx.conn(), application)?;
    if !is_announced(seats::call(tx.conn(), call)?.state) {
        return Ok(());
    }
    Release::load(tx.conn(), call, Of::Application(application))?.send(tx, cause)
}
