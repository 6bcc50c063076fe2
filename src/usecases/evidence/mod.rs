//! What proves to a funder where its money went: gathered for a period and a reader, as everything stands. Before the
//! results of a call are announced its grants are left out, and whoever is recused from a file reads as if it had never been.

mod papers;

use super::{Outcome, definitions, grants, journal, settings, terms};
use crate::{
    domain::{
        evidence_packs::{BudgetFacts, Evidence, GrantFacts, PaymentFacts, ReportFacts, SourceFacts, by_class},
        forms::{Answers, Form, told_outside},
        ids::{ApplicationId, BankAccountId, DisbursementId, FunderId, FundingSourceId, GrantId, PersonId, ReportId},
        journal::Stage,
        lifecycles::{
            disbursements::DisbursementState,
            reports::{ReportState, is_over, standing},
        },
        money::Euros,
        text::legible,
        time::Moment,
    },
    store::{
        Conn, bank_accounts,
        disbursements::{self, DisbursementRow},
        evidence_facts as facts, exports,
        funder_books::{self as figures, Wanted},
        funding_dues as dues,
        funding_sources::{self, FunderRow, FundingSourceRow},
        grants::{self as grant_rows, GrantFile, GrantRow},
        journal as ledger, money_sources, public_accountants, recusals,
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
    One(GrantId),
}

/// Grants told one by one, by reference.
#[derive(Debug, Clone)]
pub struct ToldGrants {
    pub grants: Vec<GrantFacts>,
    /// Whether every letter they speak of has been printed, and every file looked at.
    pub is_printed: bool,
    /// The last one, when others follow.
    pub next: Option<String>,
}

/// What was gathered.
#[derive(Debug, Clone)]
pub struct Gathered {
    pub evidence: Evidence,
    /// Whether every letter it speaks of has been printed, and every file looked at.
    pub is_printed: bool,
    /// The last grant that is told, when others follow.
    pub next: Option<String>,
}

/// What lies of one grant at one stage of one source.
type Lies = (GrantId, Stage, FundingSourceId, Euros);

/// Everything read of grants, before it is put together.
struct Read {
    files: Vec<GrantFile>,
    lying: Vec<Lies>,
    payments: BTreeMap<GrantId, Vec<PaymentFacts>>,
    /// The payments of the period, by grant, in their order.
    paid: BTreeMap<GrantId, Vec<DisbursementRow>>,
    reports: Vec<ReportRow>,
}

/// Gathers what `reader` may know of the money of a funder. Only the grants that are told are read; the figures of the
/// agreements are added up by the database.
pub fn gather(
    conn: &mut Conn,
    funder: &FunderRow,
    period: Period,
    (reader, told): (Option<PersonId>, Told<'_>),
    now: Moment,
) -> Outcome<Gathered> {
    let sources = sources_of(conn, funder)?;
    let sources = source_facts(conn, &sources, &wanted(funder, period, reader))?;
    let found = grants_told(conn, funder, period, (reader, told))?;
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
        sources,
        grants: found.grants,
        removals: Vec::new(),
    };
    Ok(Gathered { evidence, is_printed: found.is_printed, next: found.next })
}

/// The grants of a period alone, as far as they exist for the reader.
pub fn grants_told(
    conn: &mut Conn,
    funder: &FunderRow,
    period: Period,
    (reader, told): (Option<PersonId>, Told<'_>),
) -> Outcome<ToldGrants> {
    let (one, after, most) = match told {
        Told::Every => (None, "", None),
        Told::After(reference, most) => (None, reference, Some(most)),
        Told::One(id) => (Some(id), "", None),
    };
    // One more than is told says whether others follow.
    let limit = most.map_or(i64::MAX, |most| most as i64 + 1);
    let mut rows = figures::told(conn, &wanted(funder, period, reader), one, (after, limit))?;
    let more = most.is_some_and(|most| rows.len() > most);
    rows.truncate(most.unwrap_or(rows.len()));
    let next = rows.last().filter(|_| more).map(|row| row.reference.clone());
    let ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
    let sources = sources_of(conn, funder)?;
    let read = read(conn, &sources, &ids, period)?;
    let (grants, is_printed) = grant_facts(conn, &read)?;
    Ok(ToldGrants { grants, is_printed, next })
}

fn wanted(funder: &FunderRow, period: Period, reader: Option<PersonId>) -> Wanted {
    Wanted { funder: funder.id, reader, from: period.from, until: period.until }
}

fn sources_of(conn: &mut Conn, funder: &FunderRow) -> Outcome<Vec<FundingSourceRow>> {
    let mut sources = funding_sources::all(conn)?;
    sources.retain(|source| source.funder_id == funder.id);
    Ok(sources)
}

/// Everything that is read of these grants.
fn read(conn: &mut Conn, sources: &[FundingSourceRow], ids: &[GrantId], period: Period) -> Outcome<Read> {
    let mut lying = exports::lying(conn, ids)?;
    lying.retain(|(_, _, id, _)| sources.iter().any(|source| source.id == *id));
    let (payments, paid) = payments(conn, sources, ids, period)?;
    Ok(Read { files: grant_rows::files_of(conn, ids)?, lying, payments, paid, reports: reports::of_grants(conn, ids)? })
}

/// Every grant that the figures of a funder count for a reader, told one by one or not, and whether none is hidden from
/// them.
pub fn counted(conn: &mut Conn, funder: &FunderRow, reader: Option<PersonId>) -> Outcome<(Vec<GrantId>, bool)> {
    let sources: Vec<_> = sources_of(conn, funder)?.iter().map(|source| source.id).collect();
    let granted = facts::granted(conn, &sources)?;
    let mut files = grant_rows::files_of(conn, &granted)?;
    files.retain(grants::is_announced);
    let applications: Vec<ApplicationId> = files.iter().map(|file| file.grant.application_id).collect();
    let hidden = match reader {
        Some(reader) => recusals::among(conn, reader, &applications)?,
        None => Vec::new(),
    };
    files.retain(|file| !hidden.contains(&file.grant.application_id));
    Ok((files.iter().map(|file| file.grant.id).collect(), hidden.is_empty()))
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
    let mut kept_back: BTreeMap<DisbursementId, Euros> = BTreeMap::new();
    for (id, amount) in ledger::kept_back(conn, &paid)? {
        *kept_back.entry(id).or_default() += amount;
    }
    let banks: BTreeMap<_, _> = facts::bank_references(conn, &paid)?.into_iter().collect();
    let payees = payees(conn, &rows)?;
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
                left_bank: Some(row.amount_cents - kept_back.get(&row.id).copied().unwrap_or_default()),
                paid_on,
                end_to_end_id: row.end_to_end_id.clone().unwrap_or_default(),
                run: row.payment_run_id.and_then(|id| runs.get(&id).cloned()).unwrap_or_default(),
                bank_reference: banks.get(&row.id).cloned().flatten().map_or(String::new(), |text| legible(&text)),
                is_eligible: *from <= paid_on && paid_on <= *until,
                payee: row.bank_account_id.and_then(|id| payees.get(&id).cloned()).unwrap_or_default(),
            });
        }
        if told.contains_key(&row.grant_id) {
            of_grants.entry(row.grant_id).or_default().push(row);
        }
    }
    Ok((told, of_grants))
}

/// In whose name the accounts of these payments are that a public accountant holds, and why.
fn payees(conn: &mut Conn, rows: &[DisbursementRow]) -> Outcome<BTreeMap<BankAccountId, String>> {
    let ids: BTreeSet<BankAccountId> = rows.iter().filter_map(|row| row.bank_account_id).collect();
    let written = public_accountants::latest_of(conn, &ids.into_iter().collect::<Vec<_>>())?;
    let held: Vec<_> = written.keys().copied().collect();
    let mut told = BTreeMap::new();
    for account in bank_accounts::find_all(conn, &held)? {
        if let Some(row) = written.get(&account.id) {
            let said = format!("payé à {}, comptable public\u{a0}: {}", account.holder, row.reason);
            told.insert(account.id, legible(&said));
        }
    }
    Ok(told)
}

/// The agreements with their figures.
fn source_facts(conn: &mut Conn, sources: &[FundingSourceRow], wanted: &Wanted) -> Outcome<Vec<SourceFacts>> {
    let ids: Vec<_> = sources.iter().map(|source| source.id).collect();
    let instalments = dues::instalments(conn, &ids)?;
    let lying: BTreeMap<_, _> =
        figures::lying(conn, wanted)?.into_iter().map(|(source, stage, amount)| ((source, stage), amount)).collect();
    let paid: BTreeMap<_, _> = figures::paid(conn, wanted)?.into_iter().collect();
    let mut told = Vec::with_capacity(sources.len());
    for source in sources {
        let lies = |stage: Stage| lying.get(&(source.id, stage)).copied().unwrap_or_default();
        let theirs = || instalments.iter().filter(|row| row.funding_source_id == source.id);
        let definition = definitions::source(&source.settings)?;
        let (eligible_from, eligible_until) = definition.eligible_days();
        let recovered = lies(Stage::Recovered);
        // No instalment says what donations have brought: the journal does.
        let given = if definition.kind.is_agreement() { None } else { Some(journal::received(conn, source.id)?) };
        let expected: Euros =
            theirs().filter(|row| row.expected_on <= wanted.until).map(|row| row.expected_cents).sum();
        // As what is paid out: whatever the period, so that one can be taken from the other.
        let received: Euros = theirs().filter_map(|row| row.received_cents).sum();
        told.push(SourceFacts {
            id: source.id,
            reference: source.reference.clone(),
            title: legible(&source.title),
            amount: given.unwrap_or(source.amount_cents),
            starts_on: source.starts_on,
            ends_on: source.ends_on,
            eligible_from,
            eligible_until,
            clause: source.regranting_clause.as_deref().map(legible),
            ceiling: source.beneficiary_ceiling_cents,
            expected: given.unwrap_or(expected),
            received: given.unwrap_or(received),
            committed: lies(Stage::Committed),
            authorised: lies(Stage::Authorised),
            paid: lies(Stage::Paid) + recovered,
            recovered,
            paid_in_period: paid.get(&source.id).copied().unwrap_or_default(),
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
            reports: reports.iter().map(|row| report_facts(grant, row, &said)).collect(),
            proofs: papers.of(read, file),
        });
    }
    Ok((told, papers.is_printed))
}

fn report_facts(grant: &GrantRow, row: &ReportRow, said: &BTreeMap<ReportId, Vec<(String, String)>>) -> ReportFacts {
    ReportFacts {
        kind: row.kind.label().to_owned(),
        due_on: row.due_on,
        filed_on: row.submitted_at.map(Moment::paris_date),
        state: standing(row.state, grant.state).to_owned(),
        is_owed: !matches!(row.state, ReportState::Accepted | ReportState::Waived) && !is_over(grant.state),
        path: papers::path(&grant.reference, papers::REPORTS, 0, &format!("{}.pdf", row.kind.label())),
        said: if is_filed(row) { said.get(&row.id).cloned().unwrap_or_default() } else { Vec::new() },
    }
}

/// Whether the house has it: a draft is its writer's alone.
fn is_filed(row: &ReportRow) -> bool {
    matches!(row.state, ReportState::Submitted | ReportState::Accepted)
}

/// What the reports that are filed say, question and answer, in the order of the form; nothing that reaches a person.
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
        let mut lines = Vec::new();
        for question in template.sections.iter().flat_map(|section| &section.questions) {
            let answer = form.answer(question, answers);
            let words = told_outside(&call, question, &answer);
            if !words.is_empty() {
                lines.push((legible(&question.label), legible(&words)));
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
