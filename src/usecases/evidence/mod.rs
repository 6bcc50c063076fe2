//! What proves to a funder where its money went: gathered for a period and a reader, as everything stands. Before the
//! results of a call are announced its grants are left out, and whoever is recused from a file reads as if it had never been.

mod papers;

use super::{Outcome, definitions, grants, settings, terms};
use crate::{
    domain::{
        evidence_packs::{BudgetFacts, Evidence, GrantFacts, PaymentFacts, ReportFacts, SourceFacts, by_class},
        forms::{Answers, Form, chosen, in_words},
        ids::{ApplicationId, DisbursementId, FunderId, FundingSourceId, GrantId, PersonId, ReportId},
        journal::Stage,
        lifecycles::{disbursements::DisbursementState, grants::GrantState, reports::ReportState},
        money::Euros,
        text::legible,
        time::Moment,
    },
    store::{
        Conn,
        disbursements::{self, DisbursementRow},
        evidence_facts as facts, exports, funding_dues as dues,
        funding_sources::{self, FunderRow, FundingSourceRow},
        grants::{self as grant_rows, GrantFile},
        money_sources, recusals,
        reports::{self, ReportRow},
    },
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

/// Days in Paris, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Period {
    fn has(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Which of the grants of a period are told one by one; the figures of the agreements are always of all of them.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    Every,
    /// So many, whose reference comes after this one.
    After(&'a str, usize),
    /// One alone; the figures of the agreements are then its own.
    One(GrantId),
}

impl Told<'_> {
    /// Leaves the grants that are told, by reference; gives the last one when others follow it.
    fn keep(self, files: &mut Vec<GrantFile>) -> Option<String> {
        match self {
            Told::Every => None,
            Told::One(id) => {
                files.retain(|file| file.grant.id == id);
                None
            }
            Told::After(reference, most) => {
                files.sort_by(|one, other| one.grant.reference.cmp(&other.grant.reference));
                files.retain(|file| file.grant.reference.as_str() > reference);
                let more = files.len() > most;
                files.truncate(most);
                files.last().filter(|_| more).map(|file| file.grant.reference.clone())
            }
        }
    }
}

/// What was gathered, and whether nothing of it was hidden from the reader.
#[derive(Debug, Clone)]
pub struct Gathered {
    pub evidence: Evidence,
    pub is_whole: bool,
    /// Every grant that is counted in it, told by itself or not.
    pub counted: Vec<GrantId>,
    /// Whether every letter it speaks of has been printed.
    pub is_printed: bool,
    /// The last grant that is told, when others follow.
    pub next: Option<String>,
}

/// What lies of one grant at one stage of one source.
type Lies = (GrantId, Stage, FundingSourceId, Euros);

/// Everything read for a period, before it is put together.
struct Read {
    period: Period,
    sources: Vec<FundingSourceRow>,
    files: Vec<GrantFile>,
    lying: Vec<Lies>,
    payments: BTreeMap<GrantId, Vec<PaymentFacts>>,
    /// The payments of the period, by grant, in their order.
    paid: BTreeMap<GrantId, Vec<DisbursementRow>>,
    reports: Vec<ReportRow>,
}

/// Gathers what `reader` may know of the money of a funder.
pub fn gather(
    conn: &mut Conn,
    funder: &FunderRow,
    period: Period,
    (reader, told): (Option<PersonId>, Told<'_>),
    now: Moment,
) -> Outcome<Gathered> {
    let mut sources = funding_sources::all(conn)?;
    sources.retain(|source| source.funder_id == funder.id);
    let (files, is_whole) = visible(conn, &sources, (reader, told))?;
    let ids: Vec<_> = files.iter().map(|file| file.grant.id).collect();
    let source_ids: BTreeSet<_> = sources.iter().map(|source| source.id).collect();
    let mut lying = exports::lying(conn, &ids)?;
    lying.retain(|(_, _, source, _)| source_ids.contains(source));
    let (payments, paid) = payments(conn, &sources, &ids, period)?;
    let reports = reports::of_grants(conn, &ids)?;
    let mut read = Read { period, sources, files, lying, payments, paid, reports };
    let source_facts = source_facts(conn, &read)?;
    let Read { files, lying, payments, reports, .. } = &mut read;
    files.retain(|file| is_told(file, lying, payments.contains_key(&file.grant.id), period));
    let next = told.keep(files);
    let kept: BTreeSet<_> = files.iter().map(|file| file.grant.id).collect();
    reports.retain(|row| kept.contains(&row.grant_id));
    let (grants, is_printed) = grant_facts(conn, &read)?;
    let settings = settings::load(conn)?;
    let evidence = Evidence {
        issuer: settings.issuer(),
        city: settings.issuer_city,
        funder_code: funder.code.clone(),
        funder: legible(&funder.name),
        mention: legible(&funder.mention),
        from: period.from,
        until: period.until,
        as_of: now,
        sources: source_facts,
        grants,
        removals: Vec::new(),
    };
    Ok(Gathered { evidence, is_whole, counted: ids, is_printed, next })
}

/// The grants that these sources ever paid for or were to pay for, as far as they exist for the reader, and whether that is
/// all of them.
fn visible(
    conn: &mut Conn,
    sources: &[FundingSourceRow],
    (reader, told): (Option<PersonId>, Told<'_>),
) -> Outcome<(Vec<GrantFile>, bool)> {
    let ids: Vec<_> = sources.iter().map(|source| source.id).collect();
    let mut granted = facts::granted(conn, &ids)?;
    if let Told::One(id) = told {
        // Nothing is read of the others: the figures of the agreements are then those of this grant.
        granted.retain(|one| *one == id);
    }
    let mut files = grant_rows::files_of(conn, &granted)?;
    files.retain(grants::is_announced);
    let Some(reader) = reader else { return Ok((files, true)) };
    let applications: Vec<ApplicationId> = files.iter().map(|file| file.grant.application_id).collect();
    let hidden = recusals::among(conn, reader, &applications)?;
    files.retain(|file| !hidden.contains(&file.grant.application_id));
    Ok((files, hidden.is_empty()))
}

/// Whether a grant belongs into the period: decided by its end, with something of this funder's, and not over before it.
fn is_told(file: &GrantFile, lying: &[Lies], is_paid: bool, period: Period) -> bool {
    let grant = &file.grant;
    let is_over = matches!(grant.state, GrantState::Closed | GrantState::Declined | GrantState::Terminated);
    let is_over_before = is_over && grant.state_at.paris_date() < period.from;
    let has_money = lying.iter().any(|(id, _, _, amount)| *id == grant.id && amount.is_positive());
    is_paid || (has_money && grant.decided_on <= period.until && !is_over_before)
}

type Payments = (BTreeMap<GrantId, Vec<PaymentFacts>>, BTreeMap<GrantId, Vec<DisbursementRow>>);

/// The parts that these sources have in the payments of the period.
fn payments(conn: &mut Conn, sources: &[FundingSourceRow], ids: &[GrantId], period: Period) -> Outcome<Payments> {
    let mut rows = disbursements::of_grants(conn, ids)?;
    rows.retain(|row| row.state == DisbursementState::Paid && row.paid_on.is_some_and(|day| period.has(day)));
    let paid: Vec<DisbursementId> = rows.iter().map(|row| row.id).collect();
    let mut splits: BTreeMap<DisbursementId, Vec<(FundingSourceId, Euros)>> = BTreeMap::new();
    for row in money_sources::splits_of(conn, &paid)? {
        splits.entry(row.disbursement_id).or_default().push((row.funding_source_id, row.amount_cents));
    }
    let mut runs: Vec<_> = rows.iter().filter_map(|row| row.payment_run_id).collect();
    runs.sort_unstable();
    runs.dedup();
    let runs: BTreeMap<_, _> = exports::run_references(conn, &runs)?.into_iter().collect();
    let banks: BTreeMap<_, _> = facts::bank_references(conn, &paid)?.into_iter().collect();
    let mut eligible = BTreeMap::new();
    for source in sources {
        eligible.insert(source.id, (source.reference.clone(), definitions::source(&source.settings)?.eligible_days()));
    }
    let (mut told, mut of_grants): Payments = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let Some(paid_on) = row.paid_on else { continue };
        for (source, amount) in splits.remove(&row.id).unwrap_or_default() {
            let Some((reference, (from, until))) = eligible.get(&source).filter(|_| amount.is_positive()) else {
                continue;
            };
            told.entry(row.grant_id).or_default().push(PaymentFacts {
                number: row.number,
                kind: row.kind.label().to_owned(),
                source: reference.clone(),
                amount,
                whole: row.amount_cents,
                paid_on,
                end_to_end_id: row.end_to_end_id.clone().unwrap_or_default(),
                run: row.payment_run_id.and_then(|id| runs.get(&id).cloned()).unwrap_or_default(),
                bank_reference: banks.get(&row.id).cloned().flatten().map_or(String::new(), |text| legible(&text)),
                is_eligible: *from <= paid_on && paid_on <= *until,
            });
        }
        if told.contains_key(&row.grant_id) {
            of_grants.entry(row.grant_id).or_default().push(row);
        }
    }
    Ok((told, of_grants))
}

fn source_facts(conn: &mut Conn, read: &Read) -> Outcome<Vec<SourceFacts>> {
    let ids: Vec<_> = read.sources.iter().map(|source| source.id).collect();
    let instalments = dues::instalments(conn, &ids)?;
    let mut told = Vec::with_capacity(read.sources.len());
    for source in &read.sources {
        let lies = |stage: Stage| -> Euros {
            let theirs = read.lying.iter().filter(|(_, at, of, _)| *at == stage && *of == source.id);
            theirs.map(|(.., amount)| *amount).sum()
        };
        let theirs = || instalments.iter().filter(|row| row.funding_source_id == source.id);
        let payments = read.payments.values().flatten().filter(|payment| payment.source == source.reference);
        let (eligible_from, eligible_until) = definitions::source(&source.settings)?.eligible_days();
        let recovered = lies(Stage::Recovered);
        told.push(SourceFacts {
            id: source.id,
            reference: source.reference.clone(),
            title: legible(&source.title),
            amount: source.amount_cents,
            starts_on: source.starts_on,
            ends_on: source.ends_on,
            eligible_from,
            eligible_until,
            clause: source.regranting_clause.as_deref().map(legible),
            ceiling: source.beneficiary_ceiling_cents,
            expected: theirs().filter(|row| row.expected_on <= read.period.until).map(|row| row.expected_cents).sum(),
            received: theirs()
                .filter(|row| row.received_on.is_some_and(|day| day <= read.period.until))
                .filter_map(|row| row.received_cents)
                .sum(),
            committed: lies(Stage::Committed),
            authorised: lies(Stage::Authorised),
            paid: lies(Stage::Paid) + recovered,
            recovered,
            paid_in_period: payments.map(|payment| payment.amount).sum(),
        });
    }
    Ok(told)
}

/// Lines of budgets by whose they are.
fn by_owner<I: Ord + Copy>(lines: Vec<facts::Line<I>>) -> BTreeMap<I, Vec<BudgetFacts>> {
    let mut found: BTreeMap<I, Vec<BudgetFacts>> = BTreeMap::new();
    for (owner, account, side, amount) in lines {
        let is_expense = side == super::reports::EXPENSE;
        found.entry(owner).or_default().push(BudgetFacts { account, is_expense, amount });
    }
    found
}

/// The grants of the period, and whether every letter about them has been printed.
fn grant_facts(conn: &mut Conn, read: &Read) -> Outcome<(Vec<GrantFacts>, bool)> {
    let ids: Vec<_> = read.files.iter().map(|file| file.grant.id).collect();
    let applications: Vec<_> = read.files.iter().map(|file| file.grant.application_id).collect();
    let planned = by_owner(facts::planned(conn, &applications)?);
    let spent = by_owner(facts::spent(conn, &ids)?);
    let said = said(conn, read)?;
    let papers = papers::read(conn, read)?;
    let mut told = Vec::with_capacity(read.files.len());
    for file in &read.files {
        let grant = &file.grant;
        let reports: Vec<&ReportRow> = read.reports.iter().filter(|row| row.grant_id == grant.id).collect();
        let accepted = reports.iter().rev().find(|row| row.state == ReportState::Accepted);
        let actual = accepted.and_then(|row| spent.get(&row.id));
        let lies = |wanted: &[Stage]| -> Euros {
            let theirs = read.lying.iter().filter(|(id, stage, ..)| *id == grant.id && wanted.contains(stage));
            theirs.map(|(.., amount)| *amount).sum()
        };
        let signed = grant.holder_signed_at.zip(grant.issuer_signed_at).map(|(one, other)| one.max(other));
        let agreed = if grant.is_agreement_required { signed } else { grant.accepted_at };
        told.push(GrantFacts {
            id: grant.id,
            reference: grant.reference.clone(),
            application: file.project.application_reference.clone(),
            call: file.call.call_title.clone(),
            fund: file.fund.fund_name.clone(),
            project: legible(&file.project.title),
            beneficiary: legible(&file.holder.name),
            siret: file.holder.siret.as_ref().map_or(String::new(), |siret| siret.as_str().to_owned()),
            city: legible(&file.holder.city),
            decided_on: grant.decided_on,
            agreed_on: agreed.map(Moment::paris_date),
            needs_agreement: grant.is_agreement_required,
            state: grant.state.label().to_owned(),
            awarded: lies(&[Stage::Committed, Stage::Authorised, Stage::Paid, Stage::Recovered]),
            recovered: lies(&[Stage::Recovered]),
            payments: read.payments.get(&grant.id).cloned().unwrap_or_default(),
            classes: by_class(
                planned.get(&grant.application_id).map(Vec::as_slice).unwrap_or_default(),
                actual.map(Vec::as_slice),
            ),
            reports: reports.iter().map(|row| report_facts(grant.reference.as_str(), row, &said)).collect(),
            proofs: papers.of(read, file),
        });
    }
    Ok((told, papers.is_printed))
}

fn report_facts(grant: &str, row: &ReportRow, said: &BTreeMap<ReportId, Vec<(String, String)>>) -> ReportFacts {
    ReportFacts {
        kind: row.kind.label().to_owned(),
        due_on: row.due_on,
        filed_on: row.submitted_at.map(Moment::paris_date),
        state: row.state.label().to_owned(),
        is_owed: !matches!(row.state, ReportState::Accepted | ReportState::Waived),
        path: papers::path(grant, papers::REPORTS, 0, &format!("{}.pdf", row.kind.label())),
        said: if is_filed(row) { said.get(&row.id).cloned().unwrap_or_default() } else { Vec::new() },
    }
}

/// Whether the house has it: a draft is its writer's alone.
fn is_filed(row: &ReportRow) -> bool {
    matches!(row.state, ReportState::Submitted | ReportState::Accepted)
}

/// What the reports that are filed say, question and answer, in the order of the form.
fn said(conn: &mut Conn, read: &Read) -> Outcome<BTreeMap<ReportId, Vec<(String, String)>>> {
    let told: BTreeSet<_> = read.files.iter().map(|file| file.grant.id).collect();
    let rows: Vec<_> = read.reports.iter().filter(|row| is_filed(row) && told.contains(&row.grant_id)).collect();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut answers: BTreeMap<ReportId, Answers> = BTreeMap::new();
    for row in facts::answers(conn, &ids)? {
        answers.entry(row.report_id).or_default().insert(row.question, row.value);
    }
    let mut known = BTreeMap::new();
    let mut said = BTreeMap::new();
    for row in rows {
        let call = match known.entry(row.call_id) {
            Entry::Occupied(found) => Arc::clone(found.get()),
            Entry::Vacant(place) => Arc::clone(place.insert(terms::of_call(conn, row.call_id)?.call)),
        };
        let Some(answers) = answers.get(&row.id) else { continue };
        let template = super::reports::template_of(&call, row.kind);
        let form = Form::of_report(&template, &call.axes);
        let places = BTreeMap::new();
        let mut lines = Vec::new();
        for question in template.sections.iter().flat_map(|section| &section.questions) {
            let answer = form.answer(question, answers);
            let words: Vec<_> = chosen(&answer).map(|line| in_words(&call, question, line, &places)).collect();
            if !words.is_empty() {
                lines.push((legible(&question.label), legible(&words.join("\n"))));
            }
        }
        said.insert(row.id, lines);
    }
    Ok(said)
}

/// The funder with this identifier.
pub fn funder(conn: &mut Conn, id: FunderId) -> Outcome<FunderRow> {
    let all = funding_sources::funders(conn)?;
    all.into_iter().find(|row| row.id == id).ok_or_else(|| crate::store::StoreError::NotFound.into())
}
