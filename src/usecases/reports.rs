//! Reports: narrative, planned and actual budget, acceptance.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    attachments, cost_marks, disbursements, grants, planned_budgets, reasons, report_changes, report_extensions,
    report_lacks, scans,
    sealed_numbers::{self, asks_number},
    settlements, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        balances::Balance,
        budgets::{RateBase, Side, left_of},
        complements::{BudgetTable, Item, Opening},
        definitions::{CallDefinition, QuestionKind, ReportTemplate},
        forms::{Answers, Filled, Form, Gravity},
        ids::{ApplicationId, AttachmentId, GrantId, ReportId},
        lifecycle::Refusal,
        lifecycles::reports::{Report, ReportEvent, ReportFacts, ReportState},
        money::Euros,
        organisations::Right,
        references::budget_account,
        report_changes::table_of,
        reports::ReportKind,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, amendments as store_amendments,
        attachments::AttachmentRow,
        checklists,
        digests::sha256,
        grants::{self as store_grants, GrantFile, GrantRow},
        report_judgements::{self as judgements, AcceptedLineRow},
        reports::{self, ReportAnswerRow, ReportFile, ReportLineRow, ReportRow},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

impl Object for Report {
    type Id = ReportId;

    fn look(conn: &mut Conn, id: ReportId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = reports::find(conn, id)?;
        let file = store_grants::file(conn, row.grant_id)?;
        let roles = grants::visible_to(conn, actor, &file)?;
        let facts = ReportFacts {
            missing: report_lacks::missing(conn, &row)?,
            is_cost_accepted: row.accepted_cost_cents.is_some(),
            reason: row.reason.clone(),
        };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.reason.unwrap_or_default() })
    }
}

/// Whether the house has said its word on it.
pub(super) fn is_judged(state: ReportState) -> bool {
    matches!(state, ReportState::Accepted | ReportState::Waived)
}

/// Whether its author may still change it.
pub fn is_open(state: ReportState) -> bool {
    matches!(state, ReportState::Draft | ReportState::ChangesRequested)
}

/// Brings the reports a grant owes into being.
pub(super) fn expect_all(tx: &mut Tx, grant: &GrantRow, accepted_on: NaiveDate, now: Moment) -> Outcome<()> {
    let terms = terms::of_call(tx.conn(), grant.call_id)?;
    let owed = &terms.call.reports;
    let dates = disbursements::dates(grant, accepted_on);
    let interim = owed.interim.as_ref().map(|template| (ReportKind::Interim, template.due.day(&dates)));
    let last = (ReportKind::Final, owed.last.due.day(&dates));
    for (kind, due_on) in interim.into_iter().chain([last]) {
        let id: ReportId = tx.mint(now)?;
        let row = ReportRow {
            id,
            grant_id: grant.id,
            call_id: grant.call_id,
            kind,
            due_on,
            submitted_by: None,
            submitted_at: None,
            accepted_cost_cents: None,
            reason: None,
            state: ReportState::Expected,
            version: 0,
            state_at: now,
            created_at: now,
        };
        reports::insert(tx, &row)?;
        let system = Actor::system();
        record_birth::<Report>(tx, &system, &system.roles, id, now)?;
    }
    Ok(())
}

/// A report with everything its page shows.
#[derive(Debug, Clone)]
pub struct ReportPaper {
    pub report: ReportRow,
    pub grant: GrantFile,
    pub call: std::sync::Arc<CallDefinition>,
    pub template: ReportTemplate,
    pub answers: Vec<ReportAnswerRow>,
    pub lines: Vec<ReportLineRow>,
    pub attachments: Vec<AttachmentRow>,
    /// Those of them that the antivirus refused: they count as missing.
    pub refused: BTreeSet<AttachmentId>,
    /// What the application answered to the questions that are asked again.
    pub planned: Answers,
    /// What the house accepts of each line; empty until it judges line by line.
    pub accepted: Vec<AcceptedLineRow>,
    /// What an officer wants corrected, each with a note.
    pub changes: Vec<(Item, String)>,
}

impl ReportPaper {
    /// The digest of what is saved: who has read the same has the same one.
    pub fn digest(&self) -> Outcome<String> {
        let answers: Vec<_> = self.answers.iter().map(|row| (&row.question, &row.value)).collect();
        let line = |row: &ReportLineRow| (row.position, row.actual_cents.cents(), row.explanation.clone());
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        Ok(sha256(serde_json::to_vec(&(answers, lines))?))
    }

    /// Its answers, by question; that of a file is its name.
    pub fn answered(&self) -> Answers {
        answers_with(&self.template, self.answers.clone(), &self.attachments)
    }

    /// Whether its author may give a file under this code now.
    fn takes(&self, code: &str) -> bool {
        let (opening, template) = (self.opening(), &self.template);
        let is_document = template.documents.iter().any(|wanted| wanted.code == code);
        let is_answer = template.file_questions().any(|asked| asked.code == code);
        is_open(self.report.state)
            && ((is_document && opening.opens(&Item::Document(code.to_owned())))
                || (is_answer && opening.opens_question(code)))
    }

    /// The name of one of its files, and that nobody can open it where the antivirus refused it.
    pub fn named(&self, file: &AttachmentRow) -> String {
        match (self.refused.contains(&file.id), self.takes(&file.document_code)) {
            (true, true) => format!("{} (refusé par l’antivirus, à remplacer)", file.file_name),
            (true, false) => format!("{} (refusé par l’antivirus)", file.file_name),
            (false, _) => file.file_name.clone(),
        }
    }

    /// Everything that a signature is under: what is saved, and the papers.
    pub(super) fn content_digest(&self) -> Outcome<String> {
        let papers: Vec<_> = self.attachments.iter().map(|file| (&file.document_code, &file.sha256)).collect();
        Ok(sha256(serde_json::to_vec(&(self.digest()?, papers))?))
    }

    /// How much of it its people may write in, once they may write in it at all.
    pub fn opening(&self) -> Opening {
        report_changes::opening(self.report.state, &self.template, &self.changes)
    }

    /// What was spent, over the lines of expense in money.
    pub fn spent(&self) -> Euros {
        actual_total(&self.lines, |line| line.side == EXPENSE && !line.account.starts_with("86"))
    }

    /// Whether a line is a cost in which the fund may share; of what is given without money, where the call counts it.
    pub fn counts(&self, line: &ReportLineRow) -> bool {
        let is_counted = self.call.amount.base == RateBase::WithValuations || !line.account.starts_with("86");
        line.side == EXPENSE && is_counted
    }

    /// The part of all lines the fund may share in: what the officer is proposed to retain.
    pub fn eligible(&self) -> Euros {
        self.lines.iter().filter(|line| self.counts(line)).map(proposed).sum()
    }

    /// What is retained as the lines are judged so far.
    pub fn retained(&self) -> Euros {
        self.lines.iter().filter(|line| self.counts(line)).map(|line| self.accepted_of(line).0).sum()
    }

    /// What is accepted of a line and why, or what is proposed until somebody has judged it.
    pub fn accepted_of(&self, line: &ReportLineRow) -> (Euros, &str) {
        let judged = self.accepted.iter().find(|row| row.position == line.position);
        judged.map_or((proposed(line), ""), |row| (row.accepted_cents.min(line.actual_cents), row.reason.as_str()))
    }
}

/// Answers by question, with the names of the files that answer one.
pub(super) fn answers_with(
    template: &ReportTemplate,
    rows: Vec<ReportAnswerRow>,
    attached: &[AttachmentRow],
) -> Answers {
    let mut answers: Answers = rows.into_iter().map(|row| (row.question, row.value)).collect();
    for question in template.file_questions() {
        let file = attached.iter().find(|file| file.document_code == question.code);
        answers.insert(question.code.clone(), file.map_or(String::new(), |file| file.file_name.clone()));
    }
    answers
}

/// What of a line the officer is proposed to accept.
pub fn proposed(line: &ReportLineRow) -> Euros {
    if line.is_eligible { left_of(line.actual_cents, line.ineligible_cents) } else { Euros::ZERO }
}

/// The table in which a line stands.
pub fn table(line: &ReportLineRow) -> BudgetTable {
    table_of(if line.side == EXPENSE { Side::Expense } else { Side::Income }, &line.account)
}

/// The code of the side on which a project spends.
pub const EXPENSE: &str = "expense";

fn actual_total(lines: &[ReportLineRow], is_counted: impl Fn(&ReportLineRow) -> bool) -> Euros {
    lines.iter().filter(|line| is_counted(line)).map(|line| line.actual_cents).sum()
}

/// One report, for those who may see its grant.
pub fn paper(conn: &mut Conn, actor: &Actor, id: ReportId) -> Outcome<ReportPaper> {
    let report = reports::find(conn, id)?;
    let grant = grants::file(conn, actor, report.grant_id)?;
    let call = terms::of_call(conn, report.call_id)?.call;
    let template = report_lacks::asked_of(conn, &call, &report)?;
    let (answers, lines) = (reports::answers(conn, id)?, reports::lines(conn, id)?);
    let attachments = crate::store::attachments::of_owner(conn, id.as_str())?;
    let refused = scans::refused(conn, &attachments)?;
    let planned = planned(conn, grant.grant.application_id, &call, &template)?;
    let (accepted, changes) = (judgements::lines(conn, id)?, report_changes::of_report(conn, id)?);
    Ok(ReportPaper { grant, call, template, answers, lines, attachments, refused, planned, accepted, changes, report })
}

/// What an application answered to the questions that a report asks again: those of the same code and kind.
fn planned(
    conn: &mut Conn,
    application: ApplicationId,
    call: &CallDefinition,
    template: &ReportTemplate,
) -> Outcome<Answers> {
    let asked = template.sections.iter().flat_map(|section| &section.questions).filter(|asked| asked.is_typed());
    let again = asked.filter(|asked| call.question(&asked.code).is_some_and(|known| known.kind == asked.kind));
    let codes: Vec<&str> = again.map(|asked| asked.code.as_str()).collect();
    if codes.is_empty() {
        return Ok(Answers::new());
    }
    let rows = checklists::answers_of(conn, &[application], &codes)?;
    Ok(rows.into_iter().map(|(_, question, value)| (question, value)).collect())
}

/// Whether the answer planned is where a report begins; a number is counted anew, and a text written anew.
const fn begins_as_planned(kind: QuestionKind) -> bool {
    use QuestionKind::{Choice, Choices, Commune, Country, Goals, Markers, Targets};
    matches!(kind, Goals | Targets | Markers | Choice | Choices | Commune | Country)
}

/// What a report of this kind asks in a call.
pub(super) fn template_of(call: &CallDefinition, kind: ReportKind) -> ReportTemplate {
    let owed = &call.reports;
    let interim = owed.interim.as_ref().filter(|_| kind == ReportKind::Interim);
    interim.unwrap_or(&owed.last).clone()
}

/// The reports of a grant, for those who may see it.
pub fn of_grant(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<Vec<ReportRow>> {
    grants::file(conn, actor, id)?;
    Ok(reports::of_grant(conn, id)?)
}

/// The reports in one state after `key`, by due date, for the staff.
pub fn in_state(
    conn: &mut Conn,
    actor: &Actor,
    state: ReportState,
    key: Option<(NaiveDate, ReportId)>,
    limit: i64,
) -> Outcome<Vec<ReportFile>> {
    access::require(actor, &[Role::Officer, Role::Finance, Role::Director, Role::Auditor])?;
    Ok(reports::in_state(conn, (state, actor.person), key, limit)?)
}

/// What a line of the table is called: in the holder's words, or as the Cerfa says.
pub fn name(line: &ReportLineRow) -> &str {
    if line.label.trim().is_empty() { planned_budgets::account_label(&line.account) } else { &line.label }
}

/// Starts a report; its table begins with the budget of the application as amendments in force have shifted it, and what is
/// chosen from lists with its answers.
pub fn start(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    let paper = paper(tx.conn(), actor, id)?;
    let grant = &paper.grant.grant;
    let mut planned = reports::planned_lines(tx.conn(), grant.application_id)?;
    for shift in store_amendments::agreed_lines(tx.conn(), paper.report.grant_id)? {
        if let Some(line) = planned.iter_mut().find(|line| line.position == shift.position) {
            line.planned_cents = shift.planned_cents;
        }
    }
    let marks = cost_marks::of_files(tx.conn(), &[grant.application_id])?.remove(&grant.application_id);
    let marked = |line: &reports::PlannedLine| {
        let part = marks.as_ref().and_then(|marks| marks.get(&line.account)).filter(|_| line.side == EXPENSE);
        match part.copied() {
            Some(part) if part < line.planned_cents => (true, part),
            Some(_) => (false, Euros::ZERO),
            None => (line.is_eligible, line.ineligible_cents),
        }
    };
    let line = |line: reports::PlannedLine| {
        let (is_eligible, ineligible_cents) = marked(&line);
        ReportLineRow {
            report_id: id,
            position: line.position,
            account: line.account,
            side: line.side,
            label: line.label,
            planned_cents: line.planned_cents,
            actual_cents: Euros::ZERO,
            is_eligible,
            explanation: String::new(),
            ineligible_cents,
        }
    };
    let lines: Vec<_> = planned.into_iter().map(line).collect();
    reports::set_lines(tx, id, &lines)?;
    let asked = paper.template.sections.iter().flat_map(|section| &section.questions);
    let begun = asked.filter(|asked| begins_as_planned(asked.kind)).filter_map(|asked| {
        let value = paper.planned.get(&asked.code).filter(|value| !value.is_empty())?;
        Some(ReportAnswerRow { report_id: id, question: asked.code.clone(), value: value.clone() })
    });
    let begun: Vec<_> = begun.collect();
    reports::set_answers(tx, id, &begun)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Start, now)
}

/// What the form of a report posts: answers by question, and by line its actual amount and explanation.
#[derive(Debug, Clone, Default)]
pub struct ReportForm {
    pub answers: Vec<(String, String)>,
    pub lines: Vec<(i32, Euros, String)>,
    /// What was spent or received and not planned: Cerfa account, amount, explanation.
    pub added: Vec<(String, Euros, String)>,
}

/// Saves what was typed if nobody saved anything else since the page showed `seen`, see [`ReportPaper::digest`];
/// `StoreError::Stale` otherwise. Gives what is wrong with it; it is kept all the same.
pub fn save_seen(tx: &mut Tx, actor: &Actor, id: ReportId, form: &ReportForm, seen: &str) -> Outcome<Vec<FieldError>> {
    if paper(tx.conn(), actor, id)?.digest()? != seen {
        return Err(StoreError::Stale.into());
    }
    save(tx, actor, id, form)?;
    let wrong = |paper: &ReportPaper| -> Vec<FieldError> {
        let answers = paper.answered();
        let attached: Vec<_> = paper.attachments.iter().map(|file| file.document_code.clone()).collect();
        let filled = Filled { answers: &answers, attached: &attached, budget: None, partners: 0, legal_form: None };
        let problems = Form::of_report(&paper.template, &paper.call.axes).check(&filled).into_iter();
        let wrong = problems.filter(|problem| problem.gravity == Gravity::Wrong);
        wrong.map(report_lacks::beside).collect()
    };
    Ok(wrong(&paper(tx.conn(), actor, id)?))
}

/// A report its reader may write in now.
fn writable(conn: &mut Conn, actor: &Actor, id: ReportId) -> Outcome<ReportPaper> {
    let paper = paper(conn, actor, id)?;
    super::organisations::require(conn, actor, &paper.grant.parties(), Right::Write)?;
    if !is_open(paper.report.state) {
        return Err(Refusal::NotFromHere(paper.report.state.label()).into());
    }
    Ok(paper)
}

/// Saves what was typed, however incomplete, as far as it is open.
pub fn save(tx: &mut Tx, actor: &Actor, id: ReportId, form: &ReportForm) -> Outcome<()> {
    let paper = writable(tx.conn(), actor, id)?;
    let opening = paper.opening();
    let asked = paper.template.sections.iter().flat_map(|s| &s.questions).map(|q| q.code.as_str());
    let codes: Vec<_> = asked.filter(|code| opening.opens_question(code)).collect();
    let known = form.answers.iter().filter(|(code, value)| codes.contains(&code.as_str()) && !value.is_empty());
    let (numbers, said) = (paper.template.sections.iter().flat_map(|s| &s.questions), paper.answered());
    let numbers: Vec<_> = numbers.filter(|q| asks_number(q)).map(|q| q.code.as_str()).collect();
    let mut answers = Vec::new();
    for (question, value) in known {
        let stored = said.get(question).map_or("", String::as_str);
        let value = match numbers.contains(&question.as_str()) {
            true => sealed_numbers::said(tx, id.as_str(), (value, stored))?,
            false => value.clone(),
        };
        answers.push(ReportAnswerRow { report_id: id, question: question.clone(), value });
    }
    answers.extend(paper.answers.into_iter().filter(|row| !opening.opens_question(&row.question)));
    reports::set_answers(tx, id, &answers)?;
    let mut lines = paper.lines;
    for line in lines.iter_mut().filter(|line| opening.opens(&Item::Budget(table(line)))) {
        if let Some((_, actual, explanation)) = form.lines.iter().find(|(position, ..)| *position == line.position) {
            line.actual_cents = *actual;
            line.explanation.clone_from(explanation);
        }
    }
    for (account, actual, explanation) in &form.added {
        let Some(account) = budget_account(account).filter(|account| account.is_open) else { continue };
        if !opening.opens_account(account) {
            continue;
        }
        lines.push(ReportLineRow {
            report_id: id,
            position: lines.iter().map(|line| line.position).max().unwrap_or_default() + 1,
            account: account.code.clone(),
            side: account.side.code().to_owned(),
            label: account.label.clone(),
            planned_cents: Euros::ZERO,
            actual_cents: *actual,
            is_eligible: account.side == Side::Expense,
            explanation: explanation.clone(),
            ineligible_cents: Euros::ZERO,
        });
    }
    Ok(reports::set_lines(tx, id, &lines)?)
}

/// Attaches a document of the report's list, in place of the former one.
pub fn attach(
    tx: &mut Tx,
    actor: &Actor,
    id: ReportId,
    document: &str,
    file: &attachments::FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    if !writable(tx.conn(), actor, id)?.takes(document) {
        return Err(StoreError::NotFound.into());
    }
    let attached = attachments::attach(tx, actor, (AttachmentOwner::Report, id.as_str()), document, file, now)?;
    scans::refuse_known(tx, attached, now)?;
    Ok(attached)
}

/// Files the report.
pub fn submit(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    let person = access::person(actor)?;
    reports::set_submitted(tx, id, person, now)?;
    report_extensions::drop_open(tx, id, person, now)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Submit, now)
}

/// What a final report would give with this cost retained, as [`settlements::settle_balance`] will.
pub fn balance(conn: &mut Conn, paper: &ReportPaper, cost: Euros) -> Outcome<Balance> {
    settlements::balance_with(conn, &paper.grant.grant, &paper.call, cost)
}

/// How the balance came about, once a final report is accepted.
pub fn settled(conn: &mut Conn, paper: &ReportPaper) -> Outcome<Option<Balance>> {
    match (paper.report.kind, paper.report.state) {
        (ReportKind::Final, ReportState::Accepted) => settlements::computed(conn, paper.report.grant_id),
        _ => Ok(None),
    }
}

/// Accepts the report and retains this much of what was spent.
pub fn accept(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, cost: Euros, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer])?;
    let paper = paper(tx.conn(), actor, id)?;
    let spent = actual_total(&paper.lines, |line| line.side == EXPENSE);
    if cost < Euros::ZERO || cost > spent {
        let message = format!("Entre 0 et {spent}, le total des dépenses du bilan.");
        return Err(UseCaseError::Invalid(vec![FieldError::new("depenses_retenues", message)]));
    }
    if cost != paper.retained() {
        // Accepted in one sum: lines that say another one say nothing.
        judgements::set_lines(tx, id, &[])?;
    }
    reports::set_accepted_cost(tx, id, cost)?;
    reports::set_reason(tx, id, None)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Accept, now)
}

/// Asks for corrections anywhere in the report (officer) or waives it (management), for a reason; see [`report_changes`]
/// for corrections of what is ticked alone.
pub fn send_back(
    tx: &mut Tx,
    actor: &Actor,
    id: ReportId,
    version: i32,
    (event, reason): (ReportEvent, &str),
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer, Role::Director])?;
    paper(tx.conn(), actor, id)?;
    judgements::set_changes(tx, id, &[])?;
    reports::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    if event == ReportEvent::Waive {
        report_extensions::drop_open(tx, id, access::person(actor)?, now)?;
    }
    advance::<Report>(tx, actor, id, version, event, now)
}
