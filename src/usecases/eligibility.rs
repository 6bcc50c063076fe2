//! What a file's facts say about the rules of its call.

use super::{
    Actor, Outcome, answers,
    answers::Content,
    calls, filed_counts, journal as money_journal,
    judgements::{Judgements, Line},
};
use crate::{
    domain::{
        budgets::{Budget, Stage},
        definitions::{CallDefinition, DocumentNeed, QuestionKind},
        eligibility::{Facts, Finding, Outlook, Rule, Verdict, judge, outlook, rules_of},
        forms::Answers,
        ids::{ApplicationId, CallId, OrganisationId, PersonId},
        lifecycles::{applications::ApplicationState, calls::CallState},
        money::{Euros, most_within},
        references::{Marker, MarkerLevel},
        time::Moment,
    },
    store::{
        Conn,
        answers::{self as rows, TagRow},
        applications::ApplicationRow,
        calls::{self as call_rows, CallRow},
        checklists::{self, GivenRow},
        funding_sources::{self, FundingSourceRow},
        journal,
        organisations::OrganisationRow,
        recusals,
    },
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// Every rule of the call with what it finds in this application: the officer's checklist.
pub fn checklist(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<Vec<(Rule, Finding)>> {
    let content = answers::find(conn, actor, id)?;
    Ok(lines(conn, &content, actor, now)?.into_iter().map(|line| (line.rule, line.finding)).collect())
}

/// The same for content that has been read, with what people judged where no fact settles it. No other file that the reader
/// is recused from is counted.
pub(super) fn lines(conn: &mut Conn, content: &Content, reader: &Actor, now: Moment) -> Outcome<Vec<Line>> {
    let facts = facts_of(conn, content, reader, now)?;
    let judged = Judgements::read(conn, &[content.row.id])?;
    let line = |rule: Rule| judged.line(&content.row, &content.organisation, rule, &facts);
    rules_of(&content.definition).into_iter().map(line).collect()
}

/// The rules of a checklist judged not met, each a French sentence.
pub(super) fn unmet_of(lines: &[Line]) -> Vec<String> {
    let unmet = lines.iter().filter(|line| line.finding.verdict == Verdict::NotMet);
    unmet.map(|line| line.finding.sentence.clone()).collect()
}

/// What an organisation says of itself, as rules read it.
pub(super) fn facts_of_organisation(organisation: &OrganisationRow) -> Facts {
    Facts {
        legal_form: Some(organisation.legal_form),
        founded_on: organisation.founded_on,
        department: Some(organisation.department.clone()).filter(|code| !code.is_empty()),
        seat_commune: organisation.commune_code.clone(),
        annual_budget: organisation.annual_budget_cents,
        ..Facts::default()
    }
}

/// What organisations owe and have been given, on which file. Only what a rule asks for is read.
#[derive(Default)]
pub(super) struct Past {
    overdue: Vec<(OrganisationId, ApplicationId)>,
    grants: Vec<GivenRow>,
    of_funders: Vec<GivenRow>,
}

/// Which grants are read: those an applicant knows of, or those under embargo too, which the team judges by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Told,
    Decided,
}

impl Given {
    /// A draft is read by its applicants alone; what is filed is judged by the team.
    fn to(row: &ApplicationRow) -> Given {
        if row.state == ApplicationState::Draft { Given::Told } else { Given::Decided }
    }

    fn holds(self, grant: &GivenRow) -> bool {
        self == Given::Decided || grant.is_told()
    }
}

impl Past {
    pub fn read(
        conn: &mut Conn,
        call: &CallRow,
        rules: &[Rule],
        (organisations, given): (&[OrganisationId], Given),
        now: Moment,
    ) -> Outcome<Self> {
        let mut past = Past::default();
        let asks = |is_it: fn(&Rule) -> bool| rules.iter().any(is_it);
        if asks(|rule| matches!(rule, Rule::NoOverdueReport)) {
            past.overdue = checklists::overdue_reports(conn, organisations, now.paris_date())?;
        }
        if asks(|rule| matches!(rule, Rule::OncePerProgramme)) {
            past.grants = checklists::grants_of_fund(conn, organisations, call.fund_id)?;
        }
        if asks(|rule| matches!(rule, Rule::OncePerFunder { .. })) {
            let funders = funding_sources::funders_of_call(conn, call.id)?;
            let funders: Vec<_> = funders.iter().map(|funder| funder.id).collect();
            past.of_funders = checklists::grants_of_funders(conn, organisations, &funders)?;
        }
        past.grants.retain(|grant| given.holds(grant));
        past.of_funders.retain(|grant| given.holds(grant));
        Ok(past)
    }

    /// The same without what came of these files.
    pub fn without(mut self, hidden: &[ApplicationId]) -> Self {
        self.overdue.retain(|(_, file)| !hidden.contains(file));
        self.grants.retain(|grant| !hidden.contains(&grant.application_id));
        self.of_funders.retain(|grant| !hidden.contains(&grant.application_id));
        self
    }

    /// What these rules read of it for a file of these organisations, what is of the file itself left out. A report that
    /// either half of a pair owes stands against both; the grant is that of the organisation that applies.
    pub fn add(&self, known: Facts, rules: &[Rule], parties: &[OrganisationId], own: Option<ApplicationId>) -> Facts {
        let count = |number: usize| Some(u32::try_from(number).unwrap_or(u32::MAX));
        let is_other = |holders: &[OrganisationId], holder: &OrganisationId, file: &ApplicationId| {
            holders.contains(holder) && Some(*file) != own
        };
        let holder = &parties[..parties.len().min(1)];
        let mut facts = known;
        for rule in rules {
            match rule {
                Rule::NoOverdueReport => {
                    let owed = self.overdue.iter().filter(|(of, file)| is_other(parties, of, file));
                    facts.overdue_reports = count(owed.count());
                }
                Rule::OncePerProgramme => {
                    let granted = self.grants.iter();
                    let granted = granted.filter(|of| is_other(holder, &of.organisation_id, &of.application_id));
                    facts.earlier_grants = count(granted.count());
                }
                Rule::OncePerFunder { since, until } => {
                    let is_in = |day: &NaiveDate| {
                        since.is_none_or(|since| *day >= since) && until.is_none_or(|until| *day <= until)
                    };
                    let granted = self.of_funders.iter();
                    let granted = granted.filter(|of| is_other(holder, &of.organisation_id, &of.application_id));
                    let granted = granted.filter(|of| is_in(&of.decided_on));
                    facts.earlier_funder_grants = count(granted.count());
                }
                _ => {}
            }
        }
        facts
    }
}

/// Why each of these organisations stands outside the rules of a call, by what it is and has been given, each a French
/// sentence; those that do not are left out. A person may still judge otherwise: nothing is refused here.
pub fn against_organisations(
    conn: &mut Conn,
    call: &CallRow,
    organisations: &[&OrganisationRow],
    own: Option<ApplicationId>,
    now: Moment,
) -> Outcome<BTreeMap<OrganisationId, Vec<String>>> {
    let ids: Vec<_> = organisations.iter().map(|row| row.id).collect();
    let definition = calls::parse(call)?;
    let rules = OrganisationRules::read(conn, call, &definition, &ids, now)?;
    let against = organisations.iter().map(|row| (row.id, rules.against(row, &[row.id], own)));
    Ok(against.filter(|(_, against)| !against.is_empty()).collect())
}

/// The rules of a call on what an organisation is and has been given, with what they read.
struct OrganisationRules {
    rules: Vec<Rule>,
    past: Past,
    deadline_on: NaiveDate,
}

impl OrganisationRules {
    fn read(
        conn: &mut Conn,
        call: &CallRow,
        definition: &CallDefinition,
        organisations: &[OrganisationId],
        now: Moment,
    ) -> Outcome<Self> {
        let rules: Vec<Rule> = rules_of(definition).into_iter().filter(Rule::is_of_organisation).collect();
        let past = Past::read(conn, call, &rules, (organisations, Given::Told), now)?;
        Ok(OrganisationRules { rules, past, deadline_on: call.closes_at.plus_minutes(-1).paris_date() })
    }

    /// What they say against the organisation that applies, among those of its file.
    fn against(&self, row: &OrganisationRow, parties: &[OrganisationId], own: Option<ApplicationId>) -> Vec<String> {
        let known = Facts { deadline_on: Some(self.deadline_on), ..facts_of_organisation(row) };
        let facts = self.past.add(known, &self.rules, parties, own);
        let findings = self.rules.iter().map(|rule| judge(rule, &facts));
        findings.filter(|finding| finding.verdict == Verdict::NotMet).map(|finding| finding.sentence).collect()
    }
}

/// What the rules say against the organisations of a draft; nothing of what is filed, which a person judges. Of the other
/// half of a pair only the reports it owes count.
pub fn against(conn: &mut Conn, content: &Content, now: Moment) -> Outcome<Vec<String>> {
    if content.row.state != ApplicationState::Draft {
        return Ok(Vec::new());
    }
    let parties = content.parties();
    let rules = OrganisationRules::read(conn, &content.call, &content.definition, &parties, now)?;
    Ok(rules.against(&content.organisation, &parties, Some(content.row.id)))
}

/// The files that must not be counted for a reader of the team; none is looked for where no rule counts other files.
pub(super) fn uncounted(conn: &mut Conn, rules: &[Rule], reader: Option<PersonId>) -> Outcome<Vec<ApplicationId>> {
    let counts = |rule: &Rule| {
        matches!(
            rule,
            Rule::NoOverdueReport
                | Rule::OncePerProgramme
                | Rule::OncePerFunder { .. }
                | Rule::FilesPerCall { .. }
                | Rule::FilesPerProgramme { .. }
        )
    };
    match reader.filter(|_| rules.iter().any(counts)) {
        Some(reader) => Ok(recusals::of_person(conn, reader)?),
        None => Ok(Vec::new()),
    }
}

fn facts_of(conn: &mut Conn, content: &Content, reader: &Actor, now: Moment) -> Outcome<Facts> {
    let row = &content.row;
    let (tags, budget) = (rows::tags_of(conn, row.id)?, content.retained_budget());
    let read = Read {
        row,
        call: &content.call,
        definition: &content.definition,
        organisation: &content.organisation,
        budget: &budget,
        tags: &tags,
        attached: content.attachments.iter().map(|file| file.document_code.as_str()).collect(),
        answers: Some(&content.answers),
    };
    let (rules, parties) = (rules_of(&content.definition), content.parties());
    // A draft is its people's alone, whatever else they are.
    let hidden = uncounted(conn, &rules, reader.person.filter(|_| row.state != ApplicationState::Draft))?;
    let past = Past::read(conn, &content.call, &rules, (&parties, Given::to(row)), now)?.without(&hidden);
    let facts = past.add(read.facts(), &rules, &parties, Some(row.id));
    filed_counts::add(conn, facts, (&content.call, &content.definition), row, &hidden)
}

/// What the rules read of a file, but for what its organisations owe, were given and have filed before it.
pub(super) struct Read<'a> {
    pub row: &'a ApplicationRow,
    pub call: &'a CallRow,
    pub definition: &'a CallDefinition,
    pub organisation: &'a OrganisationRow,
    pub budget: &'a Budget,
    pub tags: &'a [TagRow],
    /// The documents there are, by code.
    pub attached: Vec<&'a str>,
    pub answers: Option<&'a Answers>,
}

impl Read<'_> {
    /// The facts.
    pub fn facts(&self) -> Facts {
        let (row, organisation, definition) = (self.row, self.organisation, self.definition);
        let level = |number: i32| MarkerLevel::ALL.iter().copied().find(|level| level.number() == number);
        let markers = self.tags.iter().filter(|tag| tag.kind == "marker");
        let markers = markers.filter_map(|tag| Some((tag.code.parse::<Marker>().ok()?, level(tag.level)?)));
        let required = definition.documents.iter().filter(|document| document.need == DocumentNeed::Required);
        let absent = required.filter(|document| !self.attached.contains(&document.code.as_str()));
        let agreed = definition.questions().filter(|(_, question)| question.kind == QuestionKind::Statement);
        let says_yes = |code: &str| self.answers.and_then(|said| said.get(code)).is_some_and(|said| said == "oui");
        let agreed = agreed.filter(|(_, question)| says_yes(&question.code));
        Facts {
            deadline_on: Some(self.call.closes_at.plus_minutes(-1).paris_date()),
            project_commune: row.commune_code.clone(),
            project_country: row.country_code.clone(),
            requested: Some(row.requested_cents),
            eligible_cost: Some(self.budget.eligible_cost(Stage::Planned, definition.amount.base)),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            is_pair_complete: definition.pair.as_ref().map(|_| row.partner_organisation_id.is_some()),
            goals: Some(self.goals()),
            markers: Some(markers.collect()),
            missing_documents: Some(absent.map(|document| document.label.clone()).collect()),
            statements: Some(agreed.filter_map(|(_, question)| question.statement.clone()).collect()),
            ..facts_of_organisation(organisation)
        }
    }

    fn goals<T: FromIterator<u8>>(&self) -> T {
        self.tags.iter().filter(|tag| tag.kind == "goal").filter_map(|tag| tag.code.parse().ok()).collect()
    }
}

/// What the sources of a call give of each award, by their weights: what they have left, or what the call draws from them
/// where that is nothing, or where it could tell a reader of what is hidden from them.
fn weights(
    conn: &mut Conn,
    call: CallId,
    drawn: &[(FundingSourceRow, Euros)],
    reader: Option<PersonId>,
) -> Outcome<Vec<i64>> {
    let left: Vec<i64> = match reader {
        None => {
            let parts = money_journal::envelope_parts(conn, call)?;
            parts.into_iter().map(|part| part.amount.cents().max(0)).collect()
        }
        Some(_) => Vec::new(),
    };
    Ok(match left.iter().any(|weight| *weight > 0) {
        true => left,
        false => drawn.iter().map(|(_, amount)| amount.cents()).collect(),
    })
}

/// What may still be awarded to each of these beneficiaries under the ceilings per third party of the call's agreements,
/// each counting its share of an award and of what was granted, as far as a `reader` may know of it; nobody is named when
/// none sets one.
pub fn beneficiaries_left(
    conn: &mut Conn,
    call: CallId,
    organisations: &[OrganisationId],
    reader: Option<PersonId>,
) -> Outcome<BTreeMap<OrganisationId, Euros>> {
    let mut left: BTreeMap<OrganisationId, Euros> = BTreeMap::new();
    let drawn = funding_sources::of_call(conn, call)?;
    if drawn.iter().all(|(source, _)| source.beneficiary_ceiling_cents.is_none()) {
        return Ok(left);
    }
    let weights = weights(conn, call, &drawn, reader)?;
    let whole: i64 = weights.iter().sum();
    for ((source, _), weight) in drawn.iter().zip(&weights) {
        let Some(ceiling) = source.beneficiary_ceiling_cents else { continue };
        let granted = journal::granted_from(conn, organisations, source.id, reader)?;
        for organisation in organisations {
            let rest = ceiling - granted.get(organisation).copied().unwrap_or_default();
            let Some(rest) = most_within(rest, *weight, whole) else { continue };
            left.entry(*organisation).and_modify(|known| *known = rest.min(*known)).or_insert(rest);
        }
    }
    Ok(left)
}

/// A call one may apply to now or soon, with every rule that bears on it.
#[derive(Debug, Clone)]
pub struct Prospect {
    pub call: CallRow,
    pub definition: Arc<CallDefinition>,
    pub rules: Vec<Rule>,
}

impl Prospect {
    /// How the call looks to somebody who says this much of themselves.
    pub fn outlook(&self, facts: &Facts) -> Outlook {
        let deadline = self.call.closes_at.plus_minutes(-1).paris_date();
        outlook(&self.rules, &Facts { deadline_on: Some(deadline), ..facts.clone() })
    }
}

/// The published calls whose deadline is to come, soonest first: what somebody without a file may think of.
pub fn prospects(conn: &mut Conn, now: Moment) -> Outcome<Vec<Prospect>> {
    let rows = call_rows::to_come(conn, CallState::Published, now)?;
    let prospect = |call: CallRow| {
        let definition = calls::parse(&call)?;
        Ok(Prospect { rules: rules_of(&definition), definition, call })
    };
    rows.into_iter().map(prospect).collect()
}
