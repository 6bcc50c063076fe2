//! Reports: narrative, planned and actual budget, acceptance.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    attachments, cost_marks, disbursements,
    documents::{self, Recipient},
    grants, planned_budgets, reasons, settlements, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        budgets::{Side, left_of},
        correspondence::reports::{self as letters, Settlement},
        definitions::{CallDefinition, DocumentNeed, ReportTemplate, SectionContent},
        forms::{Answers, Filled, Form, Gravity, Problem},
        ids::{ApplicationId, AttachmentId, GrantId, ReportId},
        lifecycle::Refusal,
        lifecycles::reports::{Report, ReportEvent, ReportFacts, ReportState},
        money::{Euros, Rate},
        organisations::Right,
        references::budget_account,
        reports::{ReportKind, needs_explanation},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, amendments as store_amendments,
        attachments::AttachmentRow,
        digests::sha256,
        grants::{self as store_grants, GrantFile, GrantRow},
        reports::{self, ReportAnswerRow, ReportFile, ReportLineRow, ReportRow},
    },
};
use chrono::NaiveDate;

impl Object for Report {
    type Id = ReportId;

    fn look(conn: &mut Conn, id: ReportId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = reports::find(conn, id)?;
        let file = store_grants::file(conn, row.grant_id)?;
        let roles = grants::visible_to(conn, actor, &file)?;
        let facts = ReportFacts {
            missing: missing(conn, &row)?,
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
}

impl ReportPaper {
    /// The digest of what is saved: who has read the same has the same one.
    pub fn digest(&self) -> Outcome<String> {
        let answers: Vec<_> = self.answers.iter().map(|row| (&row.question, &row.value)).collect();
        let line = |row: &ReportLineRow| (row.position, row.actual_cents.cents(), row.explanation.clone());
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        Ok(sha256(serde_json::to_vec(&(answers, lines))?))
    }

    /// Its answers, by question.
    pub fn answered(&self) -> Answers {
        self.answers.iter().map(|row| (row.question.clone(), row.value.clone())).collect()
    }

    /// What was spent, over the lines of expense in money.
    pub fn spent(&self) -> Euros {
        actual_total(&self.lines, |line| line.side == EXPENSE && !line.account.starts_with("86"))
    }

    /// The part of it the fund may share in: what the officer is proposed to retain.
    pub fn eligible(&self) -> Euros {
        let counts =
            |line: &&ReportLineRow| line.side == EXPENSE && line.is_eligible && !line.account.starts_with("86");
        self.lines.iter().filter(counts).map(|line| left_of(line.actual_cents, line.ineligible_cents)).sum()
    }
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
    let template = template_of(&call, report.kind);
    let (answers, lines) = (reports::answers(conn, id)?, reports::lines(conn, id)?);
    let attachments = crate::store::attachments::of_owner(conn, id.as_str())?;
    Ok(ReportPaper { grant, call, template, answers, lines, attachments, report })
}

fn template(conn: &mut Conn, row: &ReportRow) -> Outcome<ReportTemplate> {
    Ok(template_of(&terms::of_call(conn, row.call_id)?.call, row.kind))
}

fn template_of(call: &CallDefinition, kind: ReportKind) -> ReportTemplate {
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

/// What keeps a report from being filed, each a French sentence.
pub fn missing(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<String>> {
    Ok(obstacles(conn, row)?.into_iter().map(|field| field.message).collect())
}

/// The same by field: of a question or a document its code, of a cell of a group its own, of a line `depense` or `explication` and its position.
pub fn obstacles(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<FieldError>> {
    if !is_open(row.state) {
        return Ok(Vec::new());
    }
    let template = template(conn, row)?;
    let answers: Answers = reports::answers(conn, row.id)?.into_iter().map(|a| (a.question, a.value)).collect();
    let files = crate::store::attachments::of_owner(conn, row.id.as_str())?;
    let attached: Vec<_> = files.into_iter().map(|file| file.document_code).collect();
    let filled = Filled { answers: &answers, attached: &attached, budget: None, partners: 0, legal_form: None };
    let found = Form::of_report(&template).obstacles(&filled).into_iter();
    let mut obstacles: Vec<_> = found.map(beside).collect();
    obstacles.extend(line_obstacles(&reports::lines(conn, row.id)?));
    let is_asked = template.sections.iter().any(|section| section.content == SectionContent::Documents);
    let absent = template
        .documents
        .iter()
        .filter(|document| !is_asked && document.need == DocumentNeed::Required && !attached.contains(&document.code));
    obstacles.extend(absent.map(|document| {
        let message = format!("Joignez le document «\u{a0}{}\u{a0}».", document.label);
        FieldError::new(document.code.clone(), message)
    }));
    Ok(obstacles)
}

/// A problem beside the cell, the question or the section it is about.
fn beside(problem: Problem) -> FieldError {
    let field = problem.cell.or(problem.question).unwrap_or(problem.section);
    FieldError::new(field, problem.message)
}

fn line_obstacles(lines: &[ReportLineRow]) -> Vec<FieldError> {
    let spends = |line: &&ReportLineRow| line.side == EXPENSE;
    let mut obstacles = Vec::new();
    if !lines.iter().any(|line| line.side == EXPENSE && line.actual_cents.is_positive()) {
        let field =
            lines.iter().find(spends).map_or("ajout-compte".into(), |line| format!("depense-{}", line.position));
        obstacles.push(FieldError::new(field, "Indiquez les dépenses réalisées."));
        // Until then every line differs: nothing is worth a word yet.
        return obstacles;
    }
    let is_unexplained = |line: &&ReportLineRow| {
        line.explanation.trim().is_empty() && needs_explanation(line.planned_cents, line.actual_cents)
    };
    obstacles.extend(lines.iter().filter(is_unexplained).map(|line| {
        let message = format!("Expliquez l’écart de la ligne «\u{a0}{}\u{a0}».", name(line));
        FieldError::new(format!("explication-{}", line.position), message)
    }));
    obstacles
}

/// What a line of the table is called: in the holder's words, or as the Cerfa says.
pub fn name(line: &ReportLineRow) -> &str {
    if line.label.trim().is_empty() { planned_budgets::account_label(&line.account) } else { &line.label }
}

/// Starts a report; its table begins with the budget of the application, as amendments in force have shifted it.
pub fn start(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    let report = reports::find(tx.conn(), id)?;
    let grant = grants::file(tx.conn(), actor, report.grant_id)?.grant;
    let mut planned = reports::planned_lines(tx.conn(), grant.application_id)?;
    for shift in store_amendments::agreed_lines(tx.conn(), grant.id)? {
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
        let filled = Filled { answers: &answers, attached: &[], budget: None, partners: 0, legal_form: None };
        let problems = Form::of_report(&paper.template).check(&filled).into_iter();
        let wrong = problems.filter(|problem| problem.gravity == Gravity::Wrong);
        wrong.map(beside).collect()
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

/// Saves what was typed, however incomplete.
pub fn save(tx: &mut Tx, actor: &Actor, id: ReportId, form: &ReportForm) -> Outcome<()> {
    let paper = writable(tx.conn(), actor, id)?;
    let codes: Vec<_> = paper.template.sections.iter().flat_map(|s| &s.questions).map(|q| q.code.as_str()).collect();
    let known = form.answers.iter().filter(|(code, value)| codes.contains(&code.as_str()) && !value.is_empty());
    let answer = |(question, value): &(String, String)| ReportAnswerRow {
        report_id: id,
        question: question.clone(),
        value: value.clone(),
    };
    let answers: Vec<_> = known.map(answer).collect();
    reports::set_answers(tx, id, &answers)?;
    let mut lines = paper.lines;
    for line in &mut lines {
        if let Some((_, actual, explanation)) = form.lines.iter().find(|(position, ..)| *position == line.position) {
            line.actual_cents = *actual;
            line.explanation.clone_from(explanation);
        }
    }
    for (account, actual, explanation) in &form.added {
        let Some(account) = budget_account(account).filter(|account| account.is_open) else { continue };
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
    let paper = writable(tx.conn(), actor, id)?;
    if paper.template.documents.iter().all(|wanted| wanted.code != document) {
        return Err(StoreError::NotFound.into());
    }
    attachments::attach(tx, actor, (AttachmentOwner::Report, id.as_str()), document, file, now)
}

/// Files the report.
pub fn submit(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    reports::set_submitted(tx, id, access::person(actor)?, now)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Submit, now)
}

/// What a final report would give with this cost retained, line by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub cost: Euros,
    pub rate: Rate,
    /// The rate applied to the cost.
    pub share: Euros,
    pub award: Euros,
    /// What the grant finally amounts to: the smaller of share and award.
    pub due: Euros,
    pub paid: Euros,
    /// What is still owed; negative when too much was paid.
    pub owed: Euros,
    /// What would be asked back, under the call's rule.
    pub to_return: Euros,
}

/// Computes it as [`settlements::settle_balance`] will.
pub fn balance(conn: &mut Conn, paper: &ReportPaper, cost: Euros) -> Outcome<Balance> {
    let grant = &paper.grant.grant;
    let paid = settlements::kept(conn, grant.id)?;
    let (owed, share) = (settlements::owed(grant, Some(cost), paid), cost.at(grant.rate_points));
    let award = grant.amount_cents;
    let to_return = if owed < Euros::ZERO { paper.call.surplus.to_return(award, -owed) } else { Euros::ZERO };
    Ok(Balance { cost, rate: grant.rate_points, share, award, due: share.min(award), paid, owed, to_return })
}

/// Accepts the report and retains this much of what was spent.
pub fn accept(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, cost: Euros, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer])?;
    let spent = actual_total(&paper(tx.conn(), actor, id)?.lines, |line| line.side == EXPENSE);
    if cost < Euros::ZERO || cost > spent {
        let message = format!("Entre 0 et {spent}, le total des dépenses du bilan.");
        return Err(UseCaseError::Invalid(vec![FieldError::new("depenses_retenues", message)]));
    }
    reports::set_accepted_cost(tx, id, cost)?;
    reports::set_reason(tx, id, None)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Accept, now)
}

/// Asks for corrections (officer) or waives the report (management), for a reason.
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
    reports::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    advance::<Report>(tx, actor, id, version, event, now)
}

/// The report's page below that of its grant.
fn path(id: ReportId) -> String {
    format!("/bilans/{id}")
}

pub(super) fn tell_report_filed(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let mail = letters::filed_mail(&about.project, row.kind, &path(row.id));
    terms::tell(tx, cause, &about.recipients, &mail)?;
    let officers = officers_told(tx, about.file.grant.application_id, &about.recipients)?;
    let mail = letters::filed_mail_to_team(&about.project, row.kind, &format!("/suivi/bilans/{}", row.id));
    terms::tell(tx, cause, &officers, &mail)
}

/// The programme officers who may know of a file and have not been told as its holders.
fn officers_told(tx: &mut Tx, application: ApplicationId, told: &[Recipient]) -> Outcome<Vec<Recipient>> {
    let mut officers = terms::staff_told_of(tx.conn(), Role::Officer, application)?;
    officers.retain(|officer| told.iter().all(|known| known.address != officer.address));
    Ok(officers)
}

pub(super) fn ask_report_changes(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let wanted = row.reason.as_deref().unwrap_or_default();
    let mail = letters::changes_mail(&about.project, row.kind, wanted, &path(row.id));
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_report_accepted(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let grant = &about.file.grant;
    let paid = settlements::kept(tx.conn(), grant.id)?;
    let settled = Settlement {
        kind: row.kind,
        accepted_cost: row.accepted_cost_cents.unwrap_or_default(),
        award: grant.amount_cents,
        rate: grant.rate_points,
        paid,
        balance: settlements::owed(grant, row.accepted_cost_cents, paid),
    };
    let mail = letters::accepted_mail(&about.project, &settled);
    if row.kind == ReportKind::Interim {
        return terms::tell(tx, cause, &about.recipients, &mail);
    }
    let letter = letters::accepted_letter(&about.project, &settled);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}
