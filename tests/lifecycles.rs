//! Every machine: each state with each event, allowed or refused, and the shape of the tables.

use std::collections::BTreeSet;
use tisserand::domain::{
    lifecycle::{Coded, Lifecycle, Machine, Refusal, decide, lines, offered},
    lifecycles::*,
    roles::Role,
};

/// One line per state and event of a machine, as `check` saw it.
fn walk<L: Lifecycle>(facts: &L::Facts) {
    let table = lines::<L>();
    for state in L::State::ALL {
        for event in L::Event::ALL {
            let edges: Vec<_> =
                table.iter().filter(|line| line.from == state.code() && line.event == event.code()).collect();
            assert!(edges.len() <= 1, "{}: two edges for {} in {}", L::MACHINE, event.code(), state.code());
            let judged = decide::<L>(*state, *event, Role::ALL, facts);
            match (edges.first(), judged) {
                (None, judged) => assert_eq!(judged, Err(Refusal::NotFromHere(state.label()))),
                (Some(edge), Ok(decision)) => {
                    assert_eq!((decision.from(), decision.to()), (edge.from, edge.to));
                    assert_eq!(decision.edge_id(), format!("{}:{}:{}", L::MACHINE, edge.from, edge.event));
                }
                (Some(_), Err(Refusal::Unmet(reason))) => assert!(reason.ends_with(['.', '…']), "{reason}"),
                (Some(_), Err(other)) => panic!("{}: {other:?}", L::MACHINE),
            }
            if let Some(edge) = edges.first() {
                let others: Vec<_> = Role::ALL.iter().copied().filter(|role| !edge.by.contains(role)).collect();
                assert_eq!(decide::<L>(*state, *event, &others, facts), Err(Refusal::NotYours));
                assert_eq!(decide::<L>(*state, *event, &[], facts), Err(Refusal::NotYours));
            }
        }
        let buttons: BTreeSet<_> =
            offered::<L>(*state, Role::ALL, facts).iter().map(|(event, _)| event.code()).collect();
        let edges: BTreeSet<_> = table.iter().filter(|line| line.from == state.code()).map(|line| line.event).collect();
        assert_eq!(buttons, edges, "page and table of {} disagree", L::MACHINE);
    }
    let reached: BTreeSet<_> = table.iter().map(|line| line.to).collect();
    let states: BTreeSet<_> = L::State::ALL.iter().map(|state| state.code()).collect();
    assert_eq!(reached, states, "{}: a state nobody reaches", L::MACHINE);
    let used: BTreeSet<_> = table.iter().map(|line| line.event).filter(|event| *event != "create").collect();
    let events: BTreeSet<_> = L::Event::ALL.iter().map(|event| event.code()).collect();
    assert_eq!(used, events, "{}: an event without an edge", L::MACHINE);
}

#[test]
fn every_state_and_event_of_every_machine_is_judged_by_the_table() {
    walk::<calls::Call>(&Default::default());
    walk::<applications::Application>(&Default::default());
    walk::<reviews::Review>(&Default::default());
    walk::<sessions::Session>(&Default::default());
    walk::<grants::Grant>(&Default::default());
    walk::<amendments::Amendment>(&Default::default());
    walk::<disbursements::Disbursement>(&Default::default());
    walk::<payment_runs::PaymentRun>(&Default::default());
    walk::<reports::Report>(&Default::default());
    walk::<recoveries::Recovery>(&Default::default());
    walk::<bank_accounts::BankAccount>(&Default::default());
    walk::<messages::Message>(&Default::default());
    walk::<donations::Donation>(&Default::default());
}

#[test]
fn no_administrator_moves_money_or_scores() {
    let guarded = [
        Machine::Grant,
        Machine::Disbursement,
        Machine::PaymentRun,
        Machine::Recovery,
        Machine::Review,
        Machine::Donation,
    ];
    for line in all_lines().iter().filter(|line| guarded.contains(&line.machine)) {
        assert!(!line.by.contains(&Role::Admin), "{line:?}");
    }
}

#[test]
fn readers_change_nothing() {
    for line in all_lines() {
        assert!(!line.by.contains(&Role::Funder) && !line.by.contains(&Role::Auditor), "{line:?}");
    }
}
