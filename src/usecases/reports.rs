//! Reports: narrative, planned and actual budget, acceptance.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    disbursements, documents, grants, reasons, settlements, terms,
};
use crate::{
    domain::{
        correspondence::reports::{self as letters, Settlement},
        definitions::{Need, ReportTemplate, SectionContent},
        ids::{GrantId, ReportId},
        lifecycle::Refusal,
        lifecycles::reports::{Report, ReportEvent, ReportFacts, ReportState},
        money::Euros,
        reports::{ReportKind, needs_explanation},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
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
    pub template: ReportTemplate,
    pub answers: Vec<ReportAnswerRow>,
    pub lines: Vec<ReportLineRow>,
}

impl ReportPaper {
    /// What was spent, over the lines of expense in money.
    pub fn spent(&self) -> Euros {
        actual_total(&self.lines, |line| line.side == EXPENSE && !line.account.starts_with("86"))
    }

    /// The part of it the fund may share in: what the officer is proposed to retain.
    pub fn eligible(&self) -> Euros {
        actual_total(&self.lines, |line| line.side == EXPENSE && line.is_eligible && !line.account.starts_with("86"))
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
    let template = template(conn, &report)?;
    Ok(ReportPaper { grant, template, answers: reports::answers(conn, id)?, lines: reports::lines(conn, id)?, report })
}

fn template(conn: &mut Conn, row: &ReportRow) -> Outcome<ReportTemplate> {
    let terms = terms::of_call(conn, row.call_id)?;
    let owed = &terms.call.reports;
    Ok(match row.kind {
        ReportKind::Interim => owed.interim.as_ref().unwrap_or(&owed.last).clone(),
        ReportKind::Final => owed.last.clone(),
    })
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
    Ok(reports::in_state(conn, state, key, limit)?)
}

/// What keeps a report from being filed, each a short French phrase.
pub fn missing(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<String>> {
    if !is_open(row.state) {
        return Ok(Vec::new());
    }
    let template = template(conn, row)?;
    let answers = reports::answers(conn, row.id)?;
    let is_answered = |code: &str| answers.iter().any(|a| a.question == code && !a.value.trim().is_empty());
    let sections = template.sections.iter().filter(|section| section.content == SectionContent::Questions);
    let questions = sections.flat_map(|section| &section.questions);
    let unanswered = questions.filter(|question| question.need == Need::Required && !is_answered(&question.code));
    let mut missing: Vec<_> = unanswered.map(|question| format!("«\u{a0}{}\u{a0}»", question.label)).collect();
    let lines = reports::lines(conn, row.id)?;
    if !actual_total(&lines, |line| line.side == EXPENSE).is_positive() {
        missing.push("les dépenses réalisées".into());
    }
    let is_unexplained = |line: &&ReportLineRow| {
        line.explanation.trim().is_empty() && needs_explanation(line.planned_cents, line.actual_cents)
    };
    missing.extend(
        lines
            .iter()
            .filter(is_unexplained)
            .map(|line| format!("l’explication de l’écart «\u{a0}{}\u{a0}»", line.label)),
    );
    Ok(missing)
}

/// Starts a report; its table begins with the budget of the application.
pub fn start(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    let report = reports::find(tx.conn(), id)?;
    let grant = grants::file(tx.conn(), actor, report.grant_id)?.grant;
    let planned = reports::planned_lines(tx.conn(), grant.application_id)?;
    let line = |line: reports::PlannedLine| ReportLineRow {
        report_id: id,
        position: line.position,
        account: line.account,
        side: line.side,
        label: line.label,
        planned_cents: line.planned_cents,
        actual_cents: Euros::ZERO,
        is_eligible: line.is_eligible,
        explanation: String::new(),
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
}

/// Saves what was typed, however incomplete.
pub fn save(tx: &mut Tx, actor: &Actor, id: ReportId, form: &ReportForm) -> Outcome<()> {
    let paper = paper(tx.conn(), actor, id)?;
    let parties = paper.grant.parties();
    if !super::organisations::acts_for(tx.conn(), actor, &parties)? {
        return Err(StoreError::NotFound.into());
    }
    if !is_open(paper.report.state) {
        return Err(Refusal::NotFromHere(paper.report.state.label()).into());
    }
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
    Ok(reports::set_lines(tx, id, &lines)?)
}

/// Files the report.
pub fn submit(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, now: Moment) -> Outcome<Cause> {
    reports::set_submitted(tx, id, access::person(actor)?, now)?;
    advance::<Report>(tx, actor, id, version, ReportEvent::Submit, now)
}

/// Accepts the report and retains this much of what was spent.
pub fn accept(tx: &mut Tx, actor: &Actor, id: ReportId, version: i32, cost: Euros, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer])?;
    let spent = actual_total(&reports::lines(tx.conn(), id)?, |line| line.side == EXPENSE);
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
    reports::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    advance::<Report>(tx, actor, id, version, event, now)
}

fn path(id: ReportId) -> String {
    format!("/bilans/{id}")
}

pub(super) fn tell_report_filed(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let mail = letters::filed_mail(&about.project, row.kind, &path(row.id));
    terms::tell(tx, cause, &about.recipients, &mail)
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
