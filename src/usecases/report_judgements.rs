//! The cost of a report judged line by line: what is accepted of each, and why it is not what was proposed.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::Cause,
    reports::{self, ReportPaper, proposed},
};
use crate::{
    domain::{
        ids::ReportId, lifecycle::Refusal, lifecycles::reports::ReportState, money::Euros, roles::Role,
        text::unprintable_sentence, time::Moment,
    },
    store::{
        Tx,
        report_judgements::{self as rows, AcceptedLineRow},
    },
};

/// Most characters of the reason of one line.
const LONGEST_REASON: usize = 500;

/// What is typed of one line, by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineForm {
    pub position: i32,
    pub accepted: Euros,
    pub reason: String,
}

fn wrong(paper: &ReportPaper, forms: &[LineForm]) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    for line in paper.lines.iter().filter(|line| paper.counts(line)) {
        let Some(form) = forms.iter().find(|form| form.position == line.position) else { continue };
        if form.accepted < Euros::ZERO || form.accepted > line.actual_cents {
            let sentence = format!("Entre 0 et {}, ce que le bilan dit de cette ligne.", line.actual_cents);
            wrong.push(FieldError::new(format!("retenu-{}", line.position), sentence));
        } else if form.accepted != proposed(line) && form.reason.trim().is_empty() {
            let sentence = format!("Dites pourquoi\u{a0}: {} étaient proposés.", proposed(line));
            wrong.push(FieldError::new(format!("motif-{}", line.position), sentence));
        }
        let long = form.reason.chars().count();
        if long > LONGEST_REASON {
            let sentence = format!("Ce motif est trop long\u{a0}: {long} caractères pour {LONGEST_REASON} au plus.");
            wrong.push(FieldError::new(format!("motif-{}", line.position), sentence));
        } else if let Some(sentence) = unprintable_sentence(&form.reason) {
            wrong.push(FieldError::new(format!("motif-{}", line.position), sentence));
        }
    }
    wrong
}

/// Keeps what an officer accepts of each line of a filed report; a line that is not named is accepted as proposed.
/// Gives the cost they come to.
pub fn judge(tx: &mut Tx, actor: &Actor, id: ReportId, forms: &[LineForm]) -> Outcome<Euros> {
    access::require(actor, &[Role::Officer])?;
    let paper = reports::paper(tx.conn(), actor, id)?;
    if paper.report.state != ReportState::Submitted {
        return Err(Refusal::NotFromHere(paper.report.state.label()).into());
    }
    let wrong = wrong(&paper, forms);
    if !wrong.is_empty() {
        return Err(UseCaseError::Invalid(wrong));
    }
    let counted = paper.lines.iter().filter(|line| paper.counts(line));
    let judged: Vec<_> = counted
        .map(|line| {
            let form = forms.iter().find(|form| form.position == line.position);
            AcceptedLineRow {
                report_id: id,
                position: line.position,
                accepted_cents: form.map_or_else(|| proposed(line), |form| form.accepted),
                reason: form.map_or_else(String::new, |form| form.reason.trim().to_owned()),
            }
        })
        .collect();
    rows::set_lines(tx, id, &judged)?;
    Ok(judged.iter().map(|row| row.accepted_cents).sum())
}

/// Accepts a report with what is accepted of its lines.
pub fn accept(
    tx: &mut Tx,
    actor: &Actor,
    id: ReportId,
    version: i32,
    forms: &[LineForm],
    now: Moment,
) -> Outcome<Cause> {
    let cost = judge(tx, actor, id, forms)?;
    reports::accept(tx, actor, id, version, cost, now)
}
