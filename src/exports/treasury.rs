//! What has to leave, and what comes in and leaves each month, as the pages show them: the rows of two lists, in words for
//! people and in codes for programs.

use super::sheets::{Cell, Form};
use crate::{
    domain::{blockers::Blocker, money::Euros},
    usecases::payables::{Cash, Flow, Payable, SourceCash},
};

/// A disbursement that has to leave.
pub fn payable(line: &Payable, form: Form) -> Vec<Cell> {
    let row = &line.file.disbursement;
    let is_french = form == Form::French;
    let all = |of: fn(Blocker, bool) -> &'static str| {
        let mut words: Vec<&'static str> = Vec::new();
        for word in line.blockers.iter().map(|blocker| of(*blocker, is_french)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(if is_french { ", " } else { "|" })
    };
    vec![
        Cell::Text(line.file.holder.name.clone()),
        Cell::Text(line.file.grant.grant_reference.clone()),
        Cell::Text(line.file.call.call_title.clone()),
        Cell::Text(if is_french { row.kind.label() } else { row.kind.code() }.to_owned()),
        Cell::Integer(row.number.into()),
        Cell::Text(if is_french { row.state.label() } else { row.state.code() }.to_owned()),
        row.due_on.map_or(Cell::Empty, Cell::Date),
        line.not_before.map_or(Cell::Empty, Cell::Date),
        Cell::Text(all(|blocker, is_french| if is_french { blocker.label() } else { blocker.code() })),
        Cell::Text(all(|blocker, is_french| if is_french { blocker.turn().label() } else { blocker.turn().code() })),
        Cell::Money(row.amount_cents),
    ]
}

/// What comes in and leaves: a line for each source and month, one for all the months before and one for all those after.
pub fn cash(found: &Cash, form: Form) -> Vec<Vec<Cell>> {
    found.sources.iter().flat_map(|source| months(found, source, form)).collect()
}

fn months(found: &Cash, source: &SourceCash, form: Form) -> Vec<Vec<Cell>> {
    let line = |month: String, flow: &Flow, (left, in_hand): (Euros, Euros)| {
        let sums = [flow.paid, flow.in_run, flow.due, flow.planned, left].map(Cell::Money);
        let coming = flow.coming;
        let coming = [coming.received, coming.returned, coming.late, coming.awaited, coming.asked_back, in_hand];
        let coming = coming.map(Cell::Money);
        let names = [source.funder.clone(), source.reference.clone(), month].map(Cell::Text);
        names.into_iter().chain(sums).chain(coming).collect::<Vec<_>>()
    };
    let (before, after) = if form == Form::French { ("avant", "après") } else { ("before", "after") };
    let begun = (source.given - source.before.total(), source.before.net());
    let mut lines = vec![line(before.to_owned(), &source.before, begun)];
    let left = source.left().into_iter().zip(source.in_hand());
    for ((month, flow), left) in found.months.iter().zip(&source.months).zip(left) {
        lines.push(line(month.format("%Y-%m").to_string(), flow, left));
    }
    let whole = source.whole();
    lines.push(line(after.to_owned(), &source.after, (source.given - whole.total(), whole.net())));
    lines
}
