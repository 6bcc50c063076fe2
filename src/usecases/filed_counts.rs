//! How many files an organisation files where a call takes only so many: told before the first word, judged when a file is
//! filed and when it is found admissible.

use super::{Outcome, calls as parsed};
use crate::{
    domain::{
        definitions::CallDefinition,
        eligibility::{Facts, Rule, Verdict, judge},
        ids::{ApplicationId, OrganisationId},
        lifecycles::applications::ApplicationState,
        time::Moment,
    },
    store::{
        Conn,
        applications::ApplicationRow,
        calls::CallRow,
        filed_counts::{self as rows, FiledLine},
    },
};
use std::collections::BTreeMap;

/// The rules of the call that count files.
fn rules(definition: &CallDefinition) -> Vec<&Rule> {
    let counts = |rule: &&Rule| matches!(rule, Rule::FilesPerCall { .. } | Rule::FilesPerProgramme { .. });
    definition.eligibility.iter().filter(counts).collect()
}

/// Whose files are counted, and which ones came before.
#[derive(Clone, Copy)]
struct Holder {
    organisation: OrganisationId,
    /// The file at hand, and since when it is filed: only those filed before it count. All others do while it is a draft.
    own: Option<(ApplicationId, Option<Moment>)>,
}

impl Holder {
    fn of(row: &ApplicationRow) -> Self {
        let since = row.submitted_at.filter(|_| row.state != ApplicationState::Draft);
        Holder { organisation: row.organisation_id, own: Some((row.id, since)) }
    }

    fn counts(&self, line: &FiledLine) -> bool {
        let is_theirs = line.organisation_id == self.organisation
            || line.partner_organisation_id.is_some_and(|partner| partner == self.organisation);
        let came_before = match self.own {
            None => true,
            Some((id, None)) => line.id != id,
            Some((id, since)) => line.id != id && (line.submitted_at, line.id) < (since, id),
        };
        is_theirs && came_before
    }
}

fn facts(rules: &[&Rule], call: &CallRow, holder: Holder, lines: &[FiledLine]) -> Facts {
    let count = |is_in: &dyn Fn(&FiledLine) -> bool| {
        let found = lines.iter().filter(|line| holder.counts(line) && is_in(line)).count();
        Some(u32::try_from(found).unwrap_or(u32::MAX))
    };
    let mut facts = Facts::default();
    for rule in rules {
        match rule {
            Rule::FilesPerCall { .. } => facts.filed_in_call = count(&|line| line.call_id == call.id),
            Rule::FilesPerProgramme { since, until, .. } => {
                let is_in = |line: &FiledLine| {
                    let day = line.submitted_at.map(Moment::paris_date);
                    day.is_some_and(|day| {
                        since.is_none_or(|since| day >= since) && until.is_none_or(|until| day <= until)
                    })
                };
                facts.filed_in_programme = count(&is_in);
            }
            _ => {}
        }
    }
    facts
}

/// Adds to what is known of a file how many were filed before it, these hidden ones left out; nothing is read where no rule
/// asks.
pub(super) fn add(
    conn: &mut Conn,
    known: Facts,
    (call, definition): (&CallRow, &CallDefinition),
    row: &ApplicationRow,
    hidden: &[ApplicationId],
) -> Outcome<Facts> {
    let mut lines = lines(conn, call, [definition], &[row.organisation_id])?;
    lines.retain(|line| !hidden.contains(&line.id));
    Ok(with(known, &lines, call, definition, row))
}

/// What these organisations filed with the fund; nothing is read where no rule of these revisions asks.
pub(super) fn lines<'a>(
    conn: &mut Conn,
    call: &CallRow,
    revisions: impl IntoIterator<Item = &'a CallDefinition>,
    organisations: &[OrganisationId],
) -> Outcome<Vec<FiledLine>> {
    if revisions.into_iter().all(|definition| rules(definition).is_empty()) {
        return Ok(Vec::new());
    }
    Ok(rows::of_organisations(conn, organisations, call.fund_id)?)
}

/// Adds how many of these lines were filed before a file, where a rule asks.
pub(super) fn with(
    known: Facts,
    lines: &[FiledLine],
    call: &CallRow,
    definition: &CallDefinition,
    row: &ApplicationRow,
) -> Facts {
    let rules = rules(definition);
    if rules.is_empty() {
        return known;
    }
    let Facts { filed_in_call, filed_in_programme, .. } = facts(&rules, call, Holder::of(row), lines);
    Facts { filed_in_call, filed_in_programme, ..known }
}

/// Why each of these organisations may file no more, a French sentence; those that may are left out.
fn full_of(
    conn: &mut Conn,
    call: &CallRow,
    definition: &CallDefinition,
    holders: &[Holder],
) -> Outcome<BTreeMap<OrganisationId, String>> {
    let rules = rules(definition);
    if rules.is_empty() {
        return Ok(BTreeMap::new());
    }
    let organisations: Vec<_> = holders.iter().map(|holder| holder.organisation).collect();
    let lines = rows::of_organisations(conn, &organisations, call.fund_id)?;
    let why = |holder: &Holder| {
        let facts = facts(&rules, call, *holder, &lines);
        let findings = rules.iter().map(|rule| judge(rule, &facts));
        let broken = findings.into_iter().find(|finding| finding.verdict == Verdict::NotMet);
        Some((holder.organisation, broken?.sentence))
    };
    Ok(holders.iter().filter_map(why).collect())
}

/// Why an organisation with a file at hand may not file it, counting every other one.
pub(super) fn why_full(
    conn: &mut Conn,
    call: &CallRow,
    definition: &CallDefinition,
    row: &ApplicationRow,
) -> Outcome<Option<String>> {
    let holder = Holder { organisation: row.organisation_id, own: Some((row.id, None)) };
    Ok(full_of(conn, call, definition, &[holder])?.remove(&row.organisation_id))
}

/// Why each of these organisations may begin no more file of this call; those that may are left out.
pub fn full(
    conn: &mut Conn,
    call: &CallRow,
    organisations: &[OrganisationId],
) -> Outcome<BTreeMap<OrganisationId, String>> {
    let definition = parsed::parse(call)?;
    let holders: Vec<_> = organisations.iter().map(|id| Holder { organisation: *id, own: None }).collect();
    full_of(conn, call, &definition, &holders)
}
