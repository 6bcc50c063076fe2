//! What an officer finds ineligible of the expenses of a filed budget, in whole or in part: what is filed stays as it is,
//! the rate on the eligible cost counts what is left.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    answers::{self, Content},
    applications,
    committees::require,
    planned_budgets,
};
use crate::{
    domain::{
        budgets::{Budget, BudgetLine, Side, Stage, part_too_great},
        definitions::CallDefinition,
        eligibility::{Rule, rules_of},
        ids::ApplicationId,
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, checklists,
        cost_marks::{self as rows, CostMarkRow},
    },
};
use std::collections::BTreeMap;

/// Most characters of a reason.
pub const LONGEST_REASON: usize = 500;

/// What is marked of the lines of one file: by account, how much of each is not eligible.
pub type Marks = BTreeMap<String, Euros>;

/// What counts of the marks of these files, for each of them.
pub(super) fn of_files(conn: &mut Conn, ids: &[ApplicationId]) -> Outcome<BTreeMap<ApplicationId, Marks>> {
    let mut marks: BTreeMap<ApplicationId, Marks> = BTreeMap::new();
    // The last mark of a line comes last, and stays.
    for row in rows::of_applications(conn, ids)? {
        marks.entry(row.application_id).or_default().insert(row.account, row.ineligible_cents);
    }
    Ok(marks)
}

/// The most that the rate of the call gives each of these files whose expenses were marked; nothing is said of the others.
pub(super) fn most_by_rate(
    conn: &mut Conn,
    call: &CallDefinition,
    ids: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, Euros>> {
    let marks = of_files(conn, ids)?;
    let marked: Vec<ApplicationId> = marks.keys().copied().collect();
    if marked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut budgets: BTreeMap<ApplicationId, Budget> = BTreeMap::new();
    for line in checklists::budgets(conn, &marked)? {
        let empty = || Budget { grant: Euros::ZERO, lines: Vec::new() };
        let budget = budgets.entry(line.application_id).or_insert_with(empty);
        budget.lines.extend(planned_budgets::line(&line));
    }
    let declared = |rule: &Rule| if let Rule::MaximumRate { rate } = rule { Some(*rate) } else { None };
    let rate = rules_of(call).iter().find_map(declared).unwrap_or(call.amount.rate);
    let most = |(id, marks): (ApplicationId, Marks)| {
        let cost = budgets.get(&id)?.marked(&marks).eligible_cost(Stage::Planned, call.amount.base);
        Some((id, cost.at(rate)))
    };
    Ok(marks.into_iter().filter_map(most).collect())
}

/// A mark as it is typed.
#[derive(Debug, Clone, Default)]
pub struct Marking<'a> {
    pub account: &'a str,
    /// How much of the line, as typed; zero when all of it is eligible.
    pub amount: &'a str,
    pub reason: &'a str,
}

/// The expenses of a file that may be marked.
pub fn lines(content: &Content) -> impl Iterator<Item = &BudgetLine> {
    content.budget.lines.iter().filter(|line| line.side == Side::Expense && line.planned.is_positive())
}

/// Whether the budget of a file in this state may still be marked: nothing is decided.
pub const fn is_open(state: ApplicationState) -> bool {
    use ApplicationState::{ComplementRequested, Eligible, InReview, Submitted};
    matches!(state, Submitted | ComplementRequested | Eligible | InReview)
}

impl Marking<'_> {
    fn read(&self, content: &Content) -> Outcome<(String, Euros, String)> {
        let (reason, mut wrong) = (self.reason.trim().to_owned(), Vec::new());
        let line = lines(content).find(|line| line.account == self.account);
        if line.is_none() {
            wrong.push(FieldError::new("poste", "Choisissez une dépense du budget."));
        }
        let amount = self.amount.trim().parse::<Euros>().ok().filter(|amount| *amount >= Euros::ZERO);
        match (amount, line) {
            (None, _) => wrong.push(FieldError::new("part", "Indiquez un montant, par exemple 300,00, ou 0.")),
            (Some(amount), Some(line)) if amount > line.planned => {
                wrong.push(FieldError::new("part", part_too_great(line.planned)));
            }
            _ => {}
        }
        if reason.is_empty() {
            wrong.push(FieldError::new("pourquoi", "Dites en quelques mots pourquoi."));
        } else if reason.chars().count() > LONGEST_REASON {
            let sentence = format!("C’est trop long\u{a0}: {LONGEST_REASON} caractères au plus.");
            wrong.push(FieldError::new("pourquoi", sentence));
        }
        match (line, amount) {
            (Some(line), Some(amount)) if wrong.is_empty() => Ok((line.account.clone(), amount, reason)),
            _ => Err(UseCaseError::Invalid(wrong)),
        }
    }
}

/// Marks a line of the budget of a file whose page showed `version`.
pub fn mark(
    tx: &mut Tx,
    officer: &Actor,
    id: ApplicationId,
    version: i32,
    marking: &Marking<'_>,
    now: Moment,
) -> Outcome<()> {
    require(officer, Role::Officer)?;
    let content = answers::find(tx.conn(), officer, id)?;
    if content.row.state == ApplicationState::Draft {
        return Err(StoreError::NotFound.into());
    }
    let standing = applications::standing(tx.conn(), officer, &content, now)?;
    if !standing.roles.contains(&Role::Officer) {
        return Err(Refusal::NotYours.into());
    }
    if !is_open(content.row.state) {
        return Err(Refusal::because("Ce dossier est décidé\u{a0}: ses dépenses ne se reprennent plus.").into());
    }
    if standing.version != version {
        return Err(StoreError::Stale.into());
    }
    let (account, ineligible_cents, reason) = marking.read(&content)?;
    let known = rows::of_applications(tx.conn(), &[id])?;
    let last = known.iter().filter(|row| row.account == account).map(|row| row.number).max();
    let row = CostMarkRow {
        application_id: id,
        account,
        number: last.unwrap_or_default() + 1,
        ineligible_cents,
        reason,
        marked_by: access::person(officer)?,
        marked_at: now,
    };
    Ok(rows::append(tx, &row)?)
}

/// Every mark of a file with its author, oldest first for each line.
pub(super) fn of_file(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<(CostMarkRow, String)>> {
    Ok(rows::named(conn, id)?)
}
