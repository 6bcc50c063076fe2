//! One file per machine, five parts in the same order: states, events, edges, facts, guards.

use super::lifecycle::{Line, Machine, lines};

pub mod amendments;
pub mod applications;
pub mod bank_accounts;
pub mod calls;
pub mod disbursements;
pub mod donations;
pub mod done;
pub mod grants;
pub mod messages;
pub mod names;
pub mod payment_runs;
pub mod recoveries;
pub mod reports;
pub mod reviews;
pub mod sessions;

/// The lines of one machine's table.
pub fn lines_of(machine: Machine) -> Vec<Line> {
    match machine {
        Machine::Call => lines::<calls::Call>(),
        Machine::Application => lines::<applications::Application>(),
        Machine::Review => lines::<reviews::Review>(),
        Machine::Session => lines::<sessions::Session>(),
        Machine::Grant => lines::<grants::Grant>(),
        Machine::Amendment => lines::<amendments::Amendment>(),
        Machine::Disbursement => lines::<disbursements::Disbursement>(),
        Machine::PaymentRun => lines::<payment_runs::PaymentRun>(),
        Machine::Report => lines::<reports::Report>(),
        Machine::Recovery => lines::<recoveries::Recovery>(),
        Machine::BankAccount => lines::<bank_accounts::BankAccount>(),
        Machine::Message => lines::<messages::Message>(),
        Machine::Donation => lines::<donations::Donation>(),
    }
}

/// The lines of every machine.
pub fn all_lines() -> Vec<Line> {
    Machine::ALL.iter().flat_map(|machine| lines_of(*machine)).collect()
}

/// Declares a machine's states or events with their French labels.
macro_rules! coded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident => $code:literal, $label:literal;)+ }) => {
        $crate::domain::codes::codes! { $(#[$meta])* $vis enum $name { $($(#[$vmeta])* $variant => $code),+ } }
        impl $crate::domain::lifecycle::Coded for $name {
            const ALL: &'static [$name] = $name::ALL;
            fn code(self) -> &'static str { $name::code(self) }
            fn label(self) -> &'static str { match self { $($name::$variant => $label),+ } }
        }
        impl $name {
            /// The French words shown on screen.
            pub fn label(self) -> &'static str { $crate::domain::lifecycle::Coded::label(self) }
        }
    };
}
pub(crate) use coded;

/// Agrees when nothing is missing; else says how much is, and the first of it. Each is a French sentence.
fn all_there(missing: &[String]) -> Result<(), super::lifecycle::Refusal> {
    let said = match missing {
        [] => return Ok(()),
        [one] => format!("Il manque encore un élément. {one}"),
        many => {
            let shown = many.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" ");
            let rest = if many.len() > 3 { " …" } else { "" };
            format!("Il manque encore {} éléments. {shown}{rest}", many.len())
        }
    };
    Err(super::lifecycle::Refusal::because(said))
}

/// Agrees when `fact` holds; else gives the reason.
fn require(fact: bool, reason: &str) -> Result<(), super::lifecycle::Refusal> {
    if fact { Ok(()) } else { Err(super::lifecycle::Refusal::because(reason)) }
}
