//! What finance may do to one payment: buttons, and short forms where a word or a day goes with them.

use super::disbursements::LIST;
use crate::{
    domain::{ids::DisbursementId, lifecycle::Refusal, lifecycles::disbursements::DisbursementEvent},
    web::parts::{Action, Press, Weight},
};

/// A button that needs a word or a day with it.
pub(super) struct Ask {
    pub(super) action: Action,
    pub(super) is_day: bool,
    /// What comes of it, said beside the word; often nothing.
    pub(super) help: &'static str,
}

/// The address of a verb, and whether a word (`false`) or a day (`true`) goes with it.
fn verb(event: DisbursementEvent) -> Option<(&'static str, Weight, Option<bool>)> {
    Some(match event {
        DisbursementEvent::Authorise | DisbursementEvent::AuthoriseAgain => ("autorisation", Weight::Primary, None),
        DisbursementEvent::LeaveRun => ("sortie-du-lot", Weight::Secondary, None),
        DisbursementEvent::Restore => ("reprise", Weight::Primary, None),
        DisbursementEvent::MarkPaid => ("paiement", Weight::Primary, Some(true)),
        DisbursementEvent::Revoke => ("retrait", Weight::Danger, Some(false)),
        DisbursementEvent::Withhold => ("retenue", Weight::Danger, Some(false)),
        DisbursementEvent::MarkReturned => ("rejet", Weight::Danger, Some(false)),
        DisbursementEvent::PutInRun | DisbursementEvent::Cancel => return None,
    })
}

fn help(event: DisbursementEvent) -> &'static str {
    match event {
        DisbursementEvent::Revoke => {
            "Le versement redevient prévu et quitte son lot. La somme reste promise à l’organisation. Un trop-perçu qui en \
             était déduit est de nouveau à reverser. Ces mots restent dans l’historique."
        }
        _ => "",
    }
}

/// What is offered, with the reason where it is refused: alone, or as a form once nothing stands in its way.
pub(super) fn buttons(
    id: DisbursementId,
    offered: &[(DisbursementEvent, Result<(), Refusal>)],
) -> (Vec<Action>, Vec<Ask>) {
    let (mut actions, mut asks) = (Vec::new(), Vec::new());
    for (event, judged) in offered {
        let Some((path, weight, asked)) = verb(*event) else { continue };
        let refusal = judged.as_ref().err().map(ToString::to_string);
        let href = format!("{LIST}/{id}/{path}");
        let action = Action { label: event.label().to_owned(), href, weight, refusal, press: Press::Acts };
        match asked {
            Some(is_day) if action.refusal.is_none() => asks.push(Ask { action, is_day, help: help(*event) }),
            _ => actions.push(action),
        }
    }
    (actions, asks)
}
