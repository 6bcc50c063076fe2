//! Scenarios of a session: sets of proposals kept under a name, worked out or as they stood, to be compared side by side.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    committees::require,
    rooms::{self, CutLine},
};
use crate::{
    domain::{
        cut_lines::{Proposal, Strategy},
        decisions::Verdict,
        ids::{ApplicationId, PersonId, ScenarioId, SessionId},
        lifecycle::Refusal,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        StoreError, Tx,
        rooms::{self as rows, ScenarioRow},
    },
};
use std::collections::BTreeMap;

/// Most scenarios a session keeps: what can be read side by side.
const MOST: i64 = 8;
/// Most characters of a name.
const LONGEST: usize = 60;

fn opened(tx: &mut Tx, officer: &Actor, id: SessionId) -> Outcome<(PersonId, CutLine)> {
    let reader = require(officer, Role::Officer)?;
    let cut = rooms::load(tx.conn(), id, reader)?;
    if !cut.is_open() {
        return Err(Refusal::NotFromHere(cut.session.state.label()).into());
    }
    Ok((reader, cut))
}

fn keep(
    tx: &mut Tx,
    (session, by): (SessionId, PersonId),
    name: &str,
    lines: &[(ApplicationId, Proposal)],
    now: Moment,
) -> Outcome<()> {
    if rows::count_scenarios(tx.conn(), session)? >= MOST {
        let sentence = format!("Une séance garde {MOST} scénarios au plus\u{a0}: supprimez-en un.");
        return Err(Refusal::because(sentence).into());
    }
    let row =
        ScenarioRow { id: tx.mint(now)?, session_id: session, name: name.to_owned(), created_by: by, created_at: now };
    Ok(rows::keep(tx, &row, lines)?)
}

/// Keeps what is proposed now under a name.
pub fn save(tx: &mut Tx, officer: &Actor, session: SessionId, name: &str, now: Moment) -> Outcome<()> {
    let (by, cut) = opened(tx, officer, session)?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST {
        let sentence = format!("Donnez un nom de {LONGEST} caractères au plus.");
        return Err(UseCaseError::Invalid(vec![FieldError::new("nom", sentence)]));
    }
    let open = cut.lines.iter().filter(|line| !line.candidate.is_decided);
    let lines: Vec<_> = open.filter_map(|line| Some((line.row.id, line.candidate.proposal?))).collect();
    keep(tx, (session, by), &name, &lines, now)
}

/// Works a scenario out from the ranking and keeps it.
pub fn work_out(tx: &mut Tx, officer: &Actor, session: SessionId, strategy: Strategy, now: Moment) -> Outcome<()> {
    let (by, cut) = opened(tx, officer, session)?;
    let lines = strategy.work_out(&cut.purse, &cut.candidates());
    keep(tx, (session, by), strategy.label(), &lines, now)
}

/// Makes a scenario what is proposed, for every file that still waits.
pub fn adopt(tx: &mut Tx, officer: &Actor, session: SessionId, id: ScenarioId) -> Outcome<()> {
    let (_, cut) = opened(tx, officer, session)?;
    if !rows::scenarios(tx.conn(), session)?.iter().any(|row| row.id == id) {
        return Err(StoreError::NotFound.into());
    }
    let lines = rows::scenario_lines(tx.conn(), session)?.remove(&id).unwrap_or_default();
    for line in cut.lines.iter().filter(|line| !line.candidate.is_decided) {
        let wanted = lines.get(&line.row.id).copied();
        if wanted != line.candidate.proposal {
            rows::propose(tx, session, line.row.id, wanted)?;
            rooms::stir_file(tx, session, line.row.id)?;
        }
    }
    Ok(())
}

/// Throws a scenario away.
pub fn drop(tx: &mut Tx, officer: &Actor, session: SessionId, id: ScenarioId) -> Outcome<()> {
    opened(tx, officer, session)?;
    Ok(rows::drop_scenario(tx, session, id)?)
}

/// One column of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `None` for what is proposed now.
    pub scenario: Option<ScenarioRow>,
    pub proposals: BTreeMap<ApplicationId, Proposal>,
    /// Files it retains, and what for in all.
    pub count: usize,
    pub amount: Euros,
    /// What the envelope would have left.
    pub left: Euros,
    /// How much each department would get, by its code; the empty one is elsewhere.
    pub departments: BTreeMap<String, Euros>,
}

/// What is proposed now beside every scenario of the session.
pub fn compare(conn: &mut crate::store::Conn, officer: &Actor, session: SessionId) -> Outcome<(CutLine, Vec<Column>)> {
    let reader = require(officer, Role::Officer)?;
    let cut = rooms::load(conn, session, reader)?;
    let mut lines = rows::scenario_lines(conn, session)?;
    let now = cut.lines.iter().filter_map(|line| Some((line.row.id, line.candidate.proposal?))).collect();
    let mut columns = vec![column(&cut, None, now)];
    for row in rows::scenarios(conn, session)? {
        let proposals = lines.remove(&row.id).unwrap_or_default();
        columns.push(column(&cut, Some(row), proposals));
    }
    Ok((cut, columns))
}

fn column(cut: &CutLine, scenario: Option<ScenarioRow>, proposals: BTreeMap<ApplicationId, Proposal>) -> Column {
    let (mut count, mut amount, mut departments) = (0, Euros::ZERO, BTreeMap::new());
    for line in cut.lines.iter().filter(|line| !line.candidate.is_decided) {
        let Some(proposal) = proposals.get(&line.row.id).filter(|p| p.verdict == Verdict::Award) else { continue };
        count += 1;
        amount += proposal.amount;
        *departments.entry(line.row.department.clone()).or_insert(Euros::ZERO) += proposal.amount;
    }
    Column { scenario, proposals, count, amount, left: cut.purse.left - amount, departments }
}
