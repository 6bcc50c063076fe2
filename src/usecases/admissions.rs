//! Admissibility in bulk: the files whose whole checklist is met, declared admissible together, each by itself.

use super::{
    Actor, Outcome, UseCaseError, applications, asked, calls,
    committees::require,
    cost_marks,
    eligibility::{Given, Past, Read, uncounted},
    filed_counts,
    judgements::Judgements,
};
use crate::{
    domain::{
        budgets::Budget,
        definitions::{CallDefinition, QuestionKind},
        eligibility::{Finding, Rule, Verdict, rules_of},
        ids::{ApplicationId, CallId, OrganisationId, PersonId},
        lifecycles::applications::ApplicationState,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers,
        applications::ApplicationRow,
        attachments,
        calls::CallRow,
        checklists as rows,
        organisations::{self, OrganisationRow},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

/// The most files looked at together; the others come once these are decided.
pub const MOST: usize = 100;

/// A file with its whole checklist.
#[derive(Debug, Clone)]
pub struct Checked {
    pub row: ApplicationRow,
    pub organisation: String,
    pub call_title: String,
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether every line of it is met, by the facts or by what an officer judged; nothing is left to judge.
    pub fn is_green(&self) -> bool {
        self.findings.iter().all(|finding| finding.verdict == Verdict::Met)
    }
}

/// The files that wait for the decision on their admissibility, each with its checklist, whoever waits longest first.
/// As many questions are asked for one as for all of a call.
pub fn waiting(conn: &mut Conn, officer: &Actor, reference: Option<&str>, now: Moment) -> Outcome<Vec<Checked>> {
    let reader = require(officer, Role::Officer)?;
    let call = reference.map(|reference| calls::by_reference(conn, reference)).transpose()?.map(|row| row.id);
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let found = rows::to_check(conn, applications::sight(officer), call, limit)?;
    let mut of_call: BTreeMap<CallId, Vec<ApplicationRow>> = BTreeMap::new();
    for row in &found {
        of_call.entry(row.call_id).or_default().push(row.clone());
    }
    let mut checked: BTreeMap<ApplicationId, Checked> = BTreeMap::new();
    for (call, files) in of_call {
        let call = crate::store::calls::find(conn, call)?;
        for one in check(conn, &call, files, (reader, now))? {
            checked.insert(one.row.id, one);
        }
    }
    Ok(found.iter().filter_map(|row| checked.remove(&row.id)).collect())
}

/// Everything the rules read of these files of one call.
struct Gathered {
    organisations: BTreeMap<OrganisationId, OrganisationRow>,
    budgets: BTreeMap<ApplicationId, Budget>,
    tags: BTreeMap<ApplicationId, Vec<answers::TagRow>>,
    attached: BTreeMap<ApplicationId, Vec<String>>,
    answers: BTreeMap<ApplicationId, BTreeMap<String, String>>,
    past: Past,
    judgements: Judgements,
    /// The files that must not be counted for the reader.
    hidden: Vec<ApplicationId>,
}

/// The revisions of the form under which files were filed.
type Revisions = BTreeMap<i32, Arc<CallDefinition>>;

fn gather(
    conn: &mut Conn,
    call: &CallRow,
    revisions: &Revisions,
    files: &[ApplicationRow],
    (reader, now): (PersonId, Moment),
) -> Outcome<Gathered> {
    let rules: Vec<Rule> = revisions.values().flat_map(|asked| rules_of(asked)).collect();
    let hidden = uncounted(conn, &rules, Some(reader))?;
    let ids: Vec<_> = files.iter().map(|row| row.id).collect();
    let applicants: Vec<_> = files.iter().map(|row| row.organisation_id).collect();
    let parties: Vec<_> = files.iter().flat_map(ApplicationRow::parties).collect();
    let mut tags: BTreeMap<ApplicationId, Vec<_>> = BTreeMap::new();
    for tag in answers::tags_of_all(conn, &ids)? {
        tags.entry(tag.application_id).or_default().push(tag);
    }
    let mut budgets: BTreeMap<ApplicationId, Budget> =
        files.iter().map(|row| (row.id, Budget { grant: row.requested_cents, lines: Vec::new() })).collect();
    for line in rows::budgets(conn, &ids)? {
        if let Some(budget) = budgets.get_mut(&line.application_id) {
            budget.lines.extend(super::planned_budgets::line(&line));
        }
    }
    for (id, marks) in cost_marks::of_files(conn, &ids)? {
        if let Some(budget) = budgets.get_mut(&id) {
            *budget = budget.marked(&marks);
        }
    }
    let mut attached: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    let owners: Vec<_> = ids.iter().map(ToString::to_string).collect();
    for file in attachments::of_owners(conn, &owners)? {
        if let Ok(id) = file.owner_id.parse() {
            attached.entry(id).or_default().push(file.document_code);
        }
    }
    Ok(Gathered {
        organisations: organisations::of_ids(conn, &applicants)?.into_iter().map(|row| (row.id, row)).collect(),
        answers: statements(conn, revisions, &ids)?,
        past: Past::read(conn, call, &rules, (&parties, Given::Decided), now)?.without(&hidden),
        judgements: Judgements::read(conn, &ids)?,
        hidden,
        budgets,
        tags,
        attached,
    })
}

/// What these files answer to the statements of any of their revisions.
fn statements(
    conn: &mut Conn,
    revisions: &Revisions,
    ids: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, BTreeMap<String, String>>> {
    let asked = revisions.values().flat_map(|asked| asked.questions());
    let asked = asked.filter(|(_, question)| question.kind == QuestionKind::Statement);
    let codes: BTreeSet<&str> = asked.map(|(_, question)| question.code.as_str()).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    let mut said: BTreeMap<ApplicationId, BTreeMap<String, String>> = BTreeMap::new();
    for (file, question, answer) in rows::answers_of(conn, ids, &codes)? {
        said.entry(file).or_default().insert(question, answer);
    }
    Ok(said)
}

fn check(
    conn: &mut Conn,
    call: &CallRow,
    files: Vec<ApplicationRow>,
    (reader, now): (PersonId, Moment),
) -> Outcome<Vec<Checked>> {
    let mut revisions = Revisions::new();
    for row in &files {
        if let Entry::Vacant(place) = revisions.entry(row.revision) {
            place.insert(asked::of(conn, row, call)?);
        }
    }
    let (found, blank) = (gather(conn, call, &revisions, &files, (reader, now))?, Budget::default());
    let applicants: Vec<_> = files.iter().map(|row| row.organisation_id).collect();
    let mut counted = filed_counts::lines(conn, call, revisions.values().map(|asked| &**asked), &applicants)?;
    counted.retain(|line| !found.hidden.contains(&line.id));
    let mut checked = Vec::with_capacity(files.len());
    for row in files {
        let (id, asked) = (row.id, revisions.get(&row.revision).ok_or(StoreError::NotFound)?);
        let organisation = found.organisations.get(&row.organisation_id).ok_or(StoreError::NotFound)?;
        let read = Read {
            row: &row,
            call,
            definition: asked,
            organisation,
            budget: found.budgets.get(&id).unwrap_or(&blank),
            tags: found.tags.get(&id).map(Vec::as_slice).unwrap_or_default(),
            attached: found.attached.get(&id).into_iter().flatten().map(String::as_str).collect(),
            answers: found.answers.get(&id),
        };
        let facts = found.past.add(read.facts(), &rules_of(asked), &row.parties(), Some(id));
        let facts = filed_counts::with(facts, &counted, call, asked, &row);
        let rules = rules_of(asked).into_iter();
        let lines = rules.map(|rule| found.judgements.line(&row, organisation, rule, &facts).map(|line| line.finding));
        let findings = lines.collect::<Outcome<Vec<_>>>()?;
        let (organisation, call_title) = (organisation.name.clone(), call.title.clone());
        checked.push(Checked { findings, organisation, call_title, row });
    }
    Ok(checked)
}

/// A file that was to be admitted, with the version the page showed.
pub type Wanted = (ApplicationId, i32);

/// What came of admitting several files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admitted {
    pub done: usize,
    /// Files that stay where they are: number, and why in a French sentence.
    pub refused: Vec<(String, String)>,
}

/// Declares these files admissible, each through its lifecycle: one that is refused stays where it is and says why, the
/// others are done.
pub fn admit(
    tx: &mut Tx,
    officer: &Actor,
    reference: Option<&str>,
    wanted: &[Wanted],
    now: Moment,
) -> Outcome<Admitted> {
    let checked = waiting(tx.conn(), officer, reference, now)?;
    let mut admitted = Admitted::default();
    for (id, version) in wanted {
        let known = checked.iter().find(|checked| checked.row.id == *id);
        match known.map(|checked| (checked.is_green(), checked.row.reference.clone())) {
            Some((true, number)) => match applications::declare_eligible(tx, officer, *id, *version, now) {
                Ok(_) => admitted.done += 1,
                Err(UseCaseError::Refused(refusal)) => admitted.refused.push((number, refusal.to_string())),
                Err(UseCaseError::Store(StoreError::Stale)) => {
                    admitted.refused.push((number, "il a changé depuis que la page s’est affichée.".into()));
                }
                Err(error) => return Err(error),
            },
            Some((false, number)) => admitted.refused.push((number, "un point de sa liste est à examiner.".into())),
            None => match applications::find(tx.conn(), officer, *id) {
                Ok(row) => admitted.refused.push((row.reference.clone(), why_not(&row))),
                // Recused from it meanwhile: nothing of it is said, and the others are done all the same.
                Err(UseCaseError::Store(StoreError::NotFound)) => {
                    admitted.refused.push(("Un dossier".into(), "il ne vous est plus accessible.".into()));
                }
                Err(error) => return Err(error),
            },
        }
    }
    Ok(admitted)
}

fn why_not(row: &ApplicationRow) -> String {
    match row.state {
        ApplicationState::Submitted if row.appeal.is_some() => {
            "un réexamen est demandé\u{a0}: il se décide à part.".to_owned()
        }
        ApplicationState::Submitted => {
            format!("il attend derrière les {MOST} premiers\u{a0}: revenez-y une fois ceux-là décidés.")
        }
        state => format!("il n’attend plus cette décision (« {} »).", state.label()),
    }
}
