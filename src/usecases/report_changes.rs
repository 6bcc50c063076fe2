//! Corrections: an officer ticks what reopens of a filed report, its people correct that and nothing else.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, advance},
    complements, reasons, report_extensions,
    report_lacks::asked_of,
    reports::{ReportPaper, paper, table},
    terms,
};
use crate::{
    domain::{
        complements::{BudgetTable, Item, Opening},
        definitions::ReportTemplate,
        forms::Form,
        ids::ReportId,
        lifecycles::reports::{Report, ReportEvent, ReportState},
        report_changes as domain,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Tx,
        report_judgements::{self as rows, ReportChangeRow},
        reports::{self, ReportRow},
    },
};

/// A request for corrections as it is typed.
#[derive(Debug, Clone, Default)]
pub struct Asking<'a> {
    /// What is wanted, in the officer's words.
    pub wanted: &'a str,
    /// What reopens, each with what the officer says of it; often nothing.
    pub items: Vec<(Item, &'a str)>,
}

/// What an officer last wanted corrected in a report, each with a note.
pub(super) fn of_report(conn: &mut Conn, id: ReportId) -> Outcome<Vec<(Item, String)>> {
    let rows = rows::changes(conn, id)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.item.parse().ok()?, row.note))).collect())
}

/// How much of a report its people may write in, once they may write in it at all. Corrections without anything ticked
/// open everything.
pub(super) fn opening(state: ReportState, template: &ReportTemplate, changes: &[(Item, String)]) -> Opening {
    if state != ReportState::ChangesRequested || changes.is_empty() {
        return Opening::Everything;
    }
    domain::opening(template, changes.iter().map(|(item, _)| item.clone()))
}

/// The names of what is to be corrected.
pub(super) fn named(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<String>> {
    let call = terms::of_call(conn, row.call_id)?.call;
    let template = asked_of(conn, &call, row)?;
    let changes = of_report(conn, row.id)?;
    Ok(changes.iter().filter_map(|(item, _)| domain::label(&template, item)).collect())
}

/// What a report asks for now, under its headings: what an officer may tick, each with its name.
pub fn offered(paper: &ReportPaper) -> Vec<(String, Vec<(Item, String)>)> {
    let has = |wanted: &BudgetTable| paper.lines.iter().any(|line| table(line) == *wanted);
    let tables: Vec<_> = BudgetTable::ALL.iter().copied().filter(has).collect();
    let (form, answers) = (Form::of_report(&paper.template, &paper.call.axes), paper.answered());
    let is_asked = |item: &Item| match item {
        Item::Question(code) => paper.template.sections.iter().any(|section| {
            let mut known = section.questions.iter().filter(|question| question.code == *code);
            known.any(|question| form.shows_section(section, &answers) && form.shows(question, &answers))
        }),
        _ => true,
    };
    let named = |item: Item| domain::label(&paper.template, &item).map(|label| (item, label));
    let groups = domain::items(&paper.template, &tables).into_iter().map(|(title, items)| {
        let items: Vec<_> = items.into_iter().filter(|item| is_asked(item)).filter_map(named).collect();
        (title, items)
    });
    groups.filter(|(_, items)| !items.is_empty()).collect()
}

/// Asks for corrections of what is ticked; the rest of the report stays shut.
pub fn request(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, asking: &Asking, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer])?;
    let paper = paper(tx.conn(), actor, id)?;
    let order = offered(&paper).into_iter().flat_map(|(_, items)| items);
    let ticked = order.filter_map(|(item, _)| {
        let note = asking.items.iter().find(|(ticked, _)| *ticked == item)?.1;
        Some((item, note.trim().to_owned()))
    });
    let ticked: Vec<(Item, String)> = ticked.collect();
    let mut wrong = Vec::new();
    if ticked.is_empty() {
        wrong.push(FieldError::new("element", "Cochez au moins un élément à corriger."));
    }
    for (item, note) in ticked.iter().filter(|(_, note)| note.chars().count() > complements::LONGEST_NOTE) {
        let most = complements::LONGEST_NOTE;
        let long = note.chars().count();
        let sentence = format!("Cette précision est trop longue\u{a0}: {long} caractères pour {most} au plus.");
        wrong.push(FieldError::new(format!("note-{item}"), sentence));
    }
    let reason = match reasons::written(asking.wanted) {
        Ok(reason) => reason,
        Err(UseCaseError::Invalid(more)) => {
            wrong.extend(more);
            String::new()
        }
        Err(error) => return Err(error),
    };
    if !wrong.is_empty() {
        return Err(UseCaseError::Invalid(wrong));
    }
    let row = |(i, (item, note)): (usize, (Item, String))| ReportChangeRow {
        report_id: id,
        position: i32::try_from(i).unwrap_or(i32::MAX),
        item: item.to_string(),
        note,
    };
    let changes: Vec<_> = ticked.into_iter().enumerate().map(row).collect();
    rows::set_changes(tx, id, &changes)?;
    reports::set_reason(tx, id, Some(&reason))?;
    // Whoever is asked for something has the time a complement has.
    let until = complements::proposed_day(&paper.call, now);
    if until > paper.report.due_on {
        report_extensions::prolong(tx, actor, &paper.report, (until, "Pour les corrections demandées."), now)?;
    }
    advance::<Report>(tx, actor, id, version, ReportEvent::RequestChanges, now)
}
