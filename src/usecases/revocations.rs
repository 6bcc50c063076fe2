//! Authorisations taken back before the bank is asked: the payment is planned again, and its money promised and no more.

use super::{
    Actor, Outcome, access,
    advance::{Cause, advance, advance_now},
    approved_lines, journal, reasons, settlements, undone_offsets,
};
use crate::{
    domain::{
        ids::{DisbursementId, GrantId},
        lifecycles::disbursements::{Disbursement, DisbursementEvent, DisbursementState},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Tx,
        disbursements::{self, DisbursementRow},
        payment_runs,
    },
};

/// Takes the authorisation of a payment back, for a reason. Where its grant has ended it is cancelled at once.
pub fn revoke(
    tx: &mut Tx,
    actor: &Actor,
    id: DisbursementId,
    version: i32,
    reason: &str,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    disbursements::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    let cause = advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::Revoke, now)?;
    settlements::drop_of_ended(tx, &cause, id)?;
    Ok(cause)
}

/// Takes back, for this reason, all that is authorised of a grant that ends.
pub(super) fn revoke_all(tx: &mut Tx, grant: GrantId, reason: Option<&str>, now: Moment) -> Outcome<()> {
    for row in disbursements::of_grant(tx.conn(), grant)? {
        if row.state.is_under_way() {
            disbursements::set_reason(tx, row.id, reason)?;
            advance_now::<Disbursement>(tx, &Actor::system(), row.id, DisbursementEvent::Revoke, now)?;
        }
    }
    Ok(())
}

/// Gives the money back to the commitment. What was kept back from the payment is owed again, the payment leaves its run,
/// and nobody has authorised it any more: the history keeps who had, and why it was taken back.
pub(super) fn revoke_money(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    undone_offsets::undo_all(tx, cause)?;
    journal::revoke_money(tx, cause)?;
    let id: DisbursementId = cause.subject()?;
    approved_lines::left(tx, id)?;
    Ok(disbursements::clear_authorised(tx, id)?)
}

/// Why one of these payments can no longer be taken back, in a French sentence that says what comes first.
pub(super) fn out_of_reach(conn: &mut Conn, payments: &[DisbursementRow]) -> Outcome<Option<String>> {
    for row in payments.iter().filter(|row| row.state.is_under_way()) {
        let number = row.number;
        if let (DisbursementState::InRun, Some(run)) = (row.state, row.payment_run_id) {
            let run = payment_runs::find(conn, run)?;
            if run.exported_at.is_some() {
                return Ok(Some(format!(
                    "Le versement nº\u{a0}{number} est dans le lot {}, dont le fichier bancaire est fait\u{a0}: la gestion \
                     financière constate d’abord si la banque l’a payé ou rejeté.",
                    run.reference
                )));
            }
        }
    }
    Ok(None)
}
