//! The French words of a machine, a state or an event that is known by its code: for the pages of the history.

use super::*;
use crate::domain::lifecycle::{BIRTH, Coded, Lifecycle};

/// What an object of this machine is called.
pub const fn machine_label(machine: Machine) -> &'static str {
    match machine {
        Machine::Call => "Appel à projets",
        Machine::Application => "Dossier",
        Machine::Review => "Évaluation",
        Machine::Session => "Séance",
        Machine::Grant => "Subvention",
        Machine::Amendment => "Avenant",
        Machine::Disbursement => "Versement",
        Machine::PaymentRun => "Lot de virements",
        Machine::Report => "Bilan",
        Machine::Recovery => "Trop-perçu",
        Machine::BankAccount => "Compte bancaire",
        Machine::Message => "Courriel",
        Machine::Donation => "Don",
    }
}

fn label_in<C: Coded>(code: &str) -> &'static str {
    C::ALL.iter().find(|known| known.code() == code).map_or("", |known| known.label())
}

/// Calls `label_in` on the states or the events of a machine.
macro_rules! of_machine {
    ($machine:expr, $part:ident, $code:expr) => {
        match $machine {
            Machine::Call => label_in::<<calls::Call as Lifecycle>::$part>($code),
            Machine::Application => label_in::<<applications::Application as Lifecycle>::$part>($code),
            Machine::Review => label_in::<<reviews::Review as Lifecycle>::$part>($code),
            Machine::Session => label_in::<<sessions::Session as Lifecycle>::$part>($code),
            Machine::Grant => label_in::<<grants::Grant as Lifecycle>::$part>($code),
            Machine::Amendment => label_in::<<amendments::Amendment as Lifecycle>::$part>($code),
            Machine::Disbursement => label_in::<<disbursements::Disbursement as Lifecycle>::$part>($code),
            Machine::PaymentRun => label_in::<<payment_runs::PaymentRun as Lifecycle>::$part>($code),
            Machine::Report => label_in::<<reports::Report as Lifecycle>::$part>($code),
            Machine::Recovery => label_in::<<recoveries::Recovery as Lifecycle>::$part>($code),
            Machine::BankAccount => label_in::<<bank_accounts::BankAccount as Lifecycle>::$part>($code),
            Machine::Message => label_in::<<messages::Message as Lifecycle>::$part>($code),
            Machine::Donation => label_in::<<donations::Donation as Lifecycle>::$part>($code),
        }
    };
}

/// The words of a state; empty for a code the machine does not have.
pub fn state_label(machine: Machine, code: &str) -> &'static str {
    of_machine!(machine, State, code)
}

/// The words of an event, birth included; empty for a code the machine does not have.
pub fn event_label(machine: Machine, code: &str) -> &'static str {
    if code == BIRTH { "Créer" } else { of_machine!(machine, Event, code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_table_has_words() {
        for line in all_lines() {
            let words = [state_label(line.machine, line.to), event_label(line.machine, line.event)];
            assert!(words.iter().all(|words| !words.is_empty()), "{line:?}");
        }
        assert_eq!(state_label(Machine::Grant, "no_such_state"), "");
    }
}
