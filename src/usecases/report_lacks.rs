//! What keeps a report from being filed: what it asks and does not have, and the word of the representative.

use super::{
    FieldError, Outcome, definitions, report_changes, report_signatures,
    reports::{EXPENSE, answers_with, is_open, name, table, template_of},
    scans, terms,
};
use crate::{
    domain::{
        complements::{BudgetTable, Item, Opening},
        definitions::{CallDefinition, DocumentNeed, ReportTemplate, SectionContent},
        forms::{Filled, Form, Problem},
        report_changes::concerns,
        reports::GapRule,
    },
    store::{
        Conn, attachments, books,
        funding_sources::{self, FundingSourceRow},
        grants,
        reports::{self, ReportLineRow, ReportRow},
    },
};

/// What keeps a report from being filed, the word of the representative included, each a French sentence.
pub fn missing(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<String>> {
    let mut missing: Vec<String> = obstacles(conn, row)?.into_iter().map(|field| field.message).collect();
    if is_open(row.state) {
        missing.extend(report_signatures::unsigned(conn, row)?);
    }
    Ok(missing)
}

/// The same by field: of a question or a document its code, of a cell of a group its own, of a line `depense` or `explication` and its position.
pub fn obstacles(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<FieldError>> {
    if !is_open(row.state) {
        return Ok(Vec::new());
    }
    let call = terms::of_call(conn, row.call_id)?.call;
    let template = asked_of(conn, &call, row)?;
    let opening = report_changes::opening(row.state, &template, &report_changes::of_report(conn, row.id)?);
    let mut files = attachments::of_owner(conn, row.id.as_str())?;
    // What the antivirus refused is as good as not attached.
    let refused = scans::refused(conn, &files)?;
    files.retain(|file| !refused.contains(&file.id));
    let answers = answers_with(&template, reports::answers(conn, row.id)?, &files);
    let attached: Vec<_> = files.into_iter().map(|file| file.document_code).collect();
    let filled = Filled { answers: &answers, attached: &attached, budget: None, partners: 0, legal_form: None };
    let found = Form::of_report(&template, &call.axes).obstacles(&filled).into_iter();
    let mut obstacles: Vec<_> = found.filter(|problem| concerns(&opening, problem)).map(beside).collect();
    obstacles.extend(line_obstacles(&reports::lines(conn, row.id)?, &opening, call.reports.explain));
    let is_asked = template.sections.iter().any(|section| section.content == SectionContent::Documents);
    let absent = template
        .documents
        .iter()
        .filter(|document| !is_asked && document.need == DocumentNeed::Required && !attached.contains(&document.code))
        .filter(|document| opening.opens(&Item::Document(document.code.clone())));
    obstacles.extend(absent.map(|document| {
        let message = format!("Joignez le document «\u{a0}{}\u{a0}».", document.label);
        FieldError::new(document.code.clone(), message)
    }));
    let mut papers = template.documents.iter();
    let is_open = |code: &str| opening.opens(&Item::Document(code.to_owned()));
    let has_paper = template.documents.iter().any(|document| attached.contains(&document.code));
    if let Some(first) = papers.find(|document| is_open(&document.code)).filter(|_| !has_paper)
        && let Some(source) = demanding_receipts(conn, row)?
        && obstacles.iter().all(|known| known.field != first.code)
    {
        let message = format!("Joignez au moins un justificatif\u{a0}: la convention {source} le demande.");
        obstacles.push(FieldError::new(first.code.clone(), message));
    }
    Ok(obstacles)
}

/// What a report asks, with a place for the receipts that its money wants.
pub(super) fn asked_of(conn: &mut Conn, call: &CallDefinition, row: &ReportRow) -> Outcome<ReportTemplate> {
    let template = template_of(call, row.kind);
    if !template.documents.is_empty() || demanding_receipts(conn, row)?.is_none() {
        return Ok(template);
    }
    Ok(template.with_receipts())
}

/// The agreement the grant of a report draws on that wants receipts with it, by its number.
fn demanding_receipts(conn: &mut Conn, row: &ReportRow) -> Outcome<Option<String>> {
    let mut demanding = Vec::new();
    for (source, _) in funding_sources::of_call(conn, row.call_id)? {
        if definitions::source(&source.settings)?.receipts {
            demanding.push(source);
        }
    }
    if demanding.is_empty() {
        return Ok(None);
    }
    let grant = grants::find(conn, row.grant_id)?;
    let drawn = books::accounts_of_grant(conn, &grant.reference, &[])?;
    let is_drawn_on = |source: &FundingSourceRow| drawn.iter().any(|(_, id)| *id == source.id);
    Ok(demanding.into_iter().find(is_drawn_on).map(|source| source.reference))
}

/// A problem beside the cell, the question or the section it is about.
pub(super) fn beside(problem: Problem) -> FieldError {
    let field = problem.cell.or(problem.question).unwrap_or(problem.section);
    FieldError::new(field, problem.message)
}

fn line_obstacles(lines: &[ReportLineRow], opening: &Opening, rule: GapRule) -> Vec<FieldError> {
    let spends = |line: &&ReportLineRow| line.side == EXPENSE;
    let mut obstacles = Vec::new();
    let is_spent = lines.iter().any(|line| line.side == EXPENSE && line.actual_cents.is_positive());
    if !is_spent && opening.opens(&Item::Budget(BudgetTable::Expense)) {
        let field =
            lines.iter().find(spends).map_or("ajout-compte".into(), |line| format!("depense-{}", line.position));
        obstacles.push(FieldError::new(field, "Indiquez les dépenses réalisées."));
        // Until then every line differs: nothing is worth a word yet.
        return obstacles;
    }
    let is_unexplained =
        |line: &&ReportLineRow| line.explanation.trim().is_empty() && rule.asks(line.planned_cents, line.actual_cents);
    let is_asked = |line: &&ReportLineRow| opening.opens(&Item::Budget(table(line)));
    obstacles.extend(
        lines
            .iter()
            .filter(is_asked)
            .filter(is_unexplained)
            .map(|line| FieldError::new(format!("explication-{}", line.position), unexplained(line, lines))),
    );
    obstacles
}

/// What a line lacks, in a sentence: one left at nothing is perhaps only forgotten. Lines of the same name are told apart by
/// their accounts.
fn unexplained(line: &ReportLineRow, lines: &[ReportLineRow]) -> String {
    let twins = lines.iter().filter(|other| name(other) == name(line)).count();
    let account = if twins > 1 { format!(" ({})", line.account) } else { String::new() };
    let said = format!("«\u{a0}{}\u{a0}»{account}", name(line));
    match line.actual_cents.is_positive() {
        true => format!("Expliquez l’écart de la ligne {said}."),
        false => format!("Donnez le montant réalisé de la ligne {said}, ou expliquez pourquoi il n’y en a pas."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Euros;

    fn line(position: i32, account: &str, actual: i64) -> ReportLineRow {
        ReportLineRow {
            report_id: "019b8ea6-9340-7138-a7cb-6b633543dc47".parse().unwrap(),
            position,
            account: account.into(),
            side: EXPENSE.into(),
            label: "Bénévolat".into(),
            planned_cents: Euros::whole(900),
            actual_cents: Euros::whole(actual),
            is_eligible: true,
            explanation: String::new(),
            ineligible_cents: Euros::ZERO,
        }
    }

    #[test]
    fn a_line_left_at_nothing_asks_for_its_amount_first() {
        let lines = [line(0, "864", 300), line(1, "870", 0)];
        let said: Vec<_> = lines.iter().map(|line| unexplained(line, &lines)).collect();
        assert_eq!(said[0], "Expliquez l’écart de la ligne «\u{a0}Bénévolat\u{a0}» (864).");
        assert!(said[1].starts_with("Donnez le montant réalisé de la ligne «\u{a0}Bénévolat\u{a0}» (870)"), "{said:?}");
        assert!(!unexplained(&lines[0], &lines[..1]).contains("864"));
    }
}
