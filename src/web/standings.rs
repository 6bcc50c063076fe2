//! Where a thing stands, who acts next and by when, for the machines whose pages have nothing of their own to say: the
//! steps are states of the table, one after the other as its edges lead.

use super::{
    deadlines::Deadline,
    grants::capitalised,
    parts::{NOBODY, Step, Stepper},
};
use crate::{
    domain::{
        blockers::Blocker,
        lifecycle::{Coded, Lifecycle, is_end},
        lifecycles::{
            amendments::{Amendment, AmendmentState},
            bank_accounts::{BankAccount, BankAccountState},
            disbursements::{Disbursement, DisbursementState},
            donations::{Donation, DonationState},
            messages::{Message, MessageState},
            recoveries::{Recovery, RecoveryState},
            reviews::{Review, ReviewState},
        },
        time::Moment,
    },
    store::{
        bank_accounts::BankAccountRow, disbursements::DisbursementRow, messages::MessageRow, recoveries::RecoveryRow,
        reviews::ReviewRow,
    },
};
use chrono::NaiveDate;

const FINANCE: &str = "La gestion financière";
const PLATFORM: &str = "La plateforme, seule";

/// Whose turn it is, until when, and what the state means for whoever reads.
struct Turn {
    who: &'static str,
    by: Option<Deadline>,
    sentence: &'static str,
}

/// Nobody, for ever or until something happens.
const fn rests(sentence: &'static str) -> Turn {
    Turn { who: NOBODY, by: None, sentence }
}

const fn acts(who: &'static str, sentence: &'static str) -> Turn {
    Turn { who, by: None, sentence }
}

/// The stepper of one thing. Where the table ends nobody acts any more, whatever is said.
fn stepper<L: Lifecycle>(title: &str, way: &[L::State], state: L::State, turn: Turn) -> Stepper {
    let labels: Vec<String> = way.iter().map(|step| capitalised(step.label())).collect();
    let current = way.iter().position(|step| *step == state).unwrap_or_default();
    let is_over = is_end::<L>(state);
    Stepper {
        title: title.to_owned(),
        steps: Step::along(labels.iter().map(String::as_str), current),
        who_acts: if is_over { NOBODY } else { turn.who }.to_owned(),
        by_when: turn.by.filter(|_| !is_over),
        sentence: turn.sentence.to_owned(),
    }
}

fn way_of_disbursement(state: DisbursementState) -> &'static [DisbursementState] {
    use DisbursementState::{Authorised, Cancelled, InRun, Paid, Planned, Returned, Withheld};
    match state {
        Planned | Authorised | InRun | Paid => &[Planned, Authorised, InRun, Paid],
        Returned => &[Planned, Authorised, InRun, Paid, Returned],
        Withheld => &[Planned, Withheld],
        Cancelled => &[Planned, Cancelled],
    }
}

/// A payment: what it waits for first says whose turn it is. `leaves_on` is the day of its run.
pub(in crate::web) fn of_disbursement(
    row: &DisbursementRow,
    blockers: &[Blocker],
    leaves_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Stepper {
    let sentence = match row.state {
        DisbursementState::Planned if blockers.iter().any(|one| *one != Blocker::ToAuthorise) => {
            "Ce versement est prévu\u{a0}: quelque chose manque encore avant qu’il puisse partir."
        }
        DisbursementState::Planned => "Rien ne manque\u{a0}: ce versement peut être autorisé.",
        DisbursementState::Authorised => "Ce versement est autorisé\u{a0}: il attend un lot de virements.",
        DisbursementState::InRun => "Ce versement est dans un lot de virements.",
        DisbursementState::Paid => "L’argent a quitté la banque.",
        DisbursementState::Returned => "La banque a rejeté ce virement\u{a0}: il est à autoriser de nouveau.",
        DisbursementState::Withheld => {
            "Ce versement est retenu\u{a0}: il ne part pas tant que la retenue n’est pas levée."
        }
        DisbursementState::Cancelled => "Ce versement n’aura pas lieu.",
    };
    let who = blockers.first().map_or(NOBODY, |first| first.turn().label());
    let expected = leaves_on.or(row.due_on).filter(|_| row.state != DisbursementState::Paid);
    let turn = Turn { who, by: expected.map(|day| Deadline::on(day, today)), sentence };
    stepper::<Disbursement>("Où en est le versement", way_of_disbursement(row.state), row.state, turn)
}

fn way_of_recovery(state: RecoveryState) -> &'static [RecoveryState] {
    use RecoveryState::{Offset, Received, Requested, WrittenOff};
    match state {
        Requested | Received => &[Requested, Received],
        Offset => &[Requested, Offset],
        WrittenOff => &[Requested, WrittenOff],
    }
}

/// A sum that is asked back.
pub(in crate::web) fn of_recovery(row: &RecoveryRow, today: NaiveDate) -> Stepper {
    let turn = match row.state {
        RecoveryState::Requested => Turn {
            who: "L’organisation, puis la gestion financière qui constate la réception",
            by: Some(Deadline::before(row.due_on, today)),
            sentence: "L’organisation doit reverser cette somme.",
        },
        RecoveryState::Received => rests("La somme est revenue sur le compte."),
        RecoveryState::Offset => rests("La somme est déduite d’un autre versement."),
        RecoveryState::WrittenOff => rests("La créance est abandonnée\u{a0}: plus rien n’est demandé."),
    };
    stepper::<Recovery>("Où en est le trop-perçu", way_of_recovery(row.state), row.state, turn)
}

fn way_of_account(state: BankAccountState) -> &'static [BankAccountState] {
    use BankAccountState::{Closed, Quarantined, Unverified, Verified};
    match state {
        Unverified | Verified => &[Unverified, Verified],
        Quarantined => &[Unverified, Quarantined, Verified],
        Closed => &[Unverified, Closed],
    }
}

/// A bank account. During its quarantine nobody can do anything but wait.
pub(in crate::web) fn of_account(row: &BankAccountRow, now: Moment) -> Stepper {
    let until = row.quarantined_until.filter(|until| *until > now);
    let turn = match (row.state, until) {
        (BankAccountState::Unverified, _) => {
            acts(FINANCE, "Le titulaire du RIB est à comparer au nom de l’organisation.")
        }
        (BankAccountState::Quarantined, Some(until)) => Turn {
            who: "Personne avant la fin de la quarantaine, puis la gestion financière",
            by: Some(Deadline::until(until, now)),
            sentence: "Par prudence, ce compte attend\u{a0}: les contacts de l’organisation peuvent s’y opposer.",
        },
        (BankAccountState::Quarantined, None) => {
            acts(FINANCE, "La quarantaine est finie\u{a0}: le compte est à vérifier ou à fermer.")
        }
        (BankAccountState::Verified, _) => rests("Les versements partent sur ce compte."),
        (BankAccountState::Closed, _) => rests("Ce compte n’est plus utilisé."),
    };
    stepper::<BankAccount>("Où en est le compte", way_of_account(row.state), row.state, turn)
}

fn way_of_donation(state: DonationState) -> &'static [DonationState] {
    use DonationState::{Cancelled, Receipted, Recorded};
    match state {
        Recorded | Receipted => &[Recorded, Receipted],
        Cancelled => &[Recorded, Cancelled],
    }
}

/// A donation.
pub(in crate::web) fn of_donation(state: DonationState) -> Stepper {
    let turn = match state {
        DonationState::Recorded => acts(FINANCE, "Le don est enregistré\u{a0}: son reçu fiscal n’est pas émis."),
        DonationState::Receipted => rests("Le reçu fiscal est émis\u{a0}: il n’y a plus rien à faire."),
        DonationState::Cancelled => rests("Ce don est annulé."),
    };
    stepper::<Donation>("Où en est le don", way_of_donation(state), state, turn)
}

fn way_of_message(state: MessageState) -> &'static [MessageState] {
    use MessageState::{Cancelled, Failed, Held, Queued, Sending, Sent};
    match state {
        Queued | Sending | Sent => &[Queued, Sending, Sent],
        Failed => &[Queued, Sending, Failed],
        Held => &[Queued, Held],
        Cancelled => &[Queued, Cancelled],
    }
}

/// A mail of the outbox.
pub(in crate::web) fn of_message(row: &MessageRow) -> Stepper {
    let next = || Some(Deadline::from(row.next_attempt_at.french()));
    let turn = match row.state {
        MessageState::Queued => Turn { who: PLATFORM, by: next(), sentence: "Ce courriel part bientôt." },
        MessageState::Sending => acts(PLATFORM, "Ce courriel est en train de partir."),
        MessageState::Sent => rests("Ce courriel est parti."),
        MessageState::Failed => Turn {
            who: "La plateforme réessaie seule\u{a0}; l’administration peut agir avant",
            by: next(),
            sentence: "Le dernier envoi a échoué.",
        },
        MessageState::Held => acts("L’administration", "Ce courriel ne part pas tant qu’il n’est pas libéré."),
        MessageState::Cancelled => rests("Ce courriel ne partira pas."),
    };
    stepper::<Message>("Où en est le courriel", way_of_message(row.state), row.state, turn)
}

fn way_of_review(state: ReviewState) -> &'static [ReviewState] {
    use ReviewState::{Assigned, Declined, InProgress, Recused, Reopened, Submitted};
    match state {
        Assigned | InProgress | Submitted => &[Assigned, InProgress, Submitted],
        Reopened => &[Assigned, InProgress, Submitted, Reopened],
        Recused => &[Assigned, Recused],
        Declined => &[Assigned, Declined],
    }
}

/// A review as its reader sees it. `is_open` says whether marks may still be given.
pub(in crate::web) fn of_review(row: &ReviewRow, is_open: bool, today: NaiveDate) -> Stepper {
    let by = row.due_on.map(|day| Deadline::before(day, today));
    let turn = match row.state {
        ReviewState::Assigned if is_open => Turn { who: "Vous", by, sentence: "Ce dossier attend votre évaluation." },
        ReviewState::InProgress if is_open => {
            Turn {
                who: "Vous", by, sentence: "Votre évaluation est commencée\u{a0}: elle n’est pas encore remise."
            }
        }
        ReviewState::Reopened if is_open => {
            Turn { who: "Vous", by, sentence: "Votre évaluation est rouverte\u{a0}: remettez-la de nouveau." }
        }
        ReviewState::Assigned | ReviewState::InProgress | ReviewState::Reopened => {
            rests("Cette évaluation ne peut plus être remise.")
        }
        ReviewState::Submitted => rests("Votre évaluation est remise."),
        ReviewState::Recused => rests("Vous vous êtes déporté·e de ce dossier."),
        ReviewState::Declined => rests("Vous avez décliné cette évaluation."),
    };
    stepper::<Review>("Où en est votre évaluation", way_of_review(row.state), row.state, turn)
}

fn way_of_amendment(state: AmendmentState) -> &'static [AmendmentState] {
    use AmendmentState::{Approved, Refused, Requested, ToSign};
    match state {
        Requested | Approved => &[Requested, Approved],
        ToSign => &[Requested, ToSign, Approved],
        Refused => &[Requested, Refused],
    }
}

/// An amendment of a grant that can still change or not. `signs` is who is expected to sign it, and until when.
pub(in crate::web) fn of_amendment(
    state: AmendmentState,
    is_grant_open: bool,
    signs: Option<(&'static str, Deadline)>,
) -> Stepper {
    let turn = match (state, is_grant_open, signs) {
        (AmendmentState::Approved, ..) => rests("Cet avenant est accordé et s’applique."),
        (AmendmentState::Refused, ..) => rests("Cet avenant est refusé\u{a0}: rien ne change."),
        (_, false, _) => rests("La subvention ne change plus\u{a0}: cet avenant reste sans suite."),
        (AmendmentState::ToSign, true, Some((who, by))) => Turn {
            who,
            by: Some(by),
            sentence: "Cet avenant est accordé\u{a0}: il s’applique dès que les deux parties ont signé.",
        },
        (AmendmentState::ToSign, true, None) => {
            acts("L’équipe du fonds", "Cet avenant est accordé\u{a0}: son texte est à signer.")
        }
        (AmendmentState::Requested, true, _) => {
            acts("L’équipe du fonds ou la direction", "Cet avenant est demandé\u{a0}: rien ne change avant la réponse.")
        }
    };
    stepper::<Amendment>("Où en est l’avenant", way_of_amendment(state), state, turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each way begins where the table begins, holds the state it is of, and goes from step to step along edges.
    fn follows<L: Lifecycle>(way_of: fn(L::State) -> &'static [L::State]) {
        for state in L::State::ALL {
            let way = way_of(*state);
            assert!(way.first() == Some(&L::INITIAL) && way.contains(state), "{state:?}: {way:?}");
            for (from, to) in way.iter().zip(way.iter().skip(1)) {
                let leads = |edge: &crate::domain::lifecycle::Edge<L>| edge.from.contains(from) && edge.to == *to;
                assert!(L::EDGES.iter().any(leads), "no edge from {from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn the_steps_that_are_shown_are_those_of_the_tables() {
        follows::<Disbursement>(way_of_disbursement);
        follows::<Recovery>(way_of_recovery);
        follows::<BankAccount>(way_of_account);
        follows::<Donation>(way_of_donation);
        follows::<Message>(way_of_message);
        follows::<Review>(way_of_review);
        follows::<Amendment>(way_of_amendment);
    }

    #[test]
    fn where_the_table_ends_nobody_acts() {
        let shown = stepper::<Donation>(
            "Où en est le don",
            way_of_donation(DonationState::Cancelled),
            DonationState::Cancelled,
            Turn { who: FINANCE, by: Some("demain".into()), sentence: "Ce don est annulé." },
        );
        assert_eq!((shown.who_acts.as_str(), shown.by_when), (NOBODY, None));
        assert!(shown.steps.last().is_some_and(|step| step.state.is_current()));
    }
}
