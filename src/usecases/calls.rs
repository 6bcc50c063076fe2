//! Calls for projects: loaded from definitions, published when covered, and read back as definitions.

use super::{
    Actor, Outcome, UseCaseError,
    advance::{Object, Standing, advance, record_birth},
    definitions, earmarks, journal, preparations, reasons, release_plans, revisions, settings,
};
use crate::{
    domain::{
        correspondence::call_rules::{self, CallRules},
        decisions::DecisionPace,
        definitions::{CallDefinition, Definition, FundDefinition, FunderDefinition, FundingSourceDefinition, Remark},
        ids::{CallId, FundId, FunderId},
        journal::Stage,
        letters::Letter,
        lifecycle::Refusal,
        lifecycles::calls::{Call, CallEvent, CallFacts, CallState},
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, SharedText, StoreError, Tx,
        calls::{self, CallRow},
        funding_sources::{self, FunderRow, FundingSourceRow},
        funds::{self, FundRow},
        journal::{Scope, balance},
        money_sources::{self, CallSourceRow},
    },
};
use chrono::NaiveDate;
use std::sync::Arc;

/// The definition of a call as it stands.
pub fn definition(conn: &mut Conn, id: CallId) -> Outcome<Arc<CallDefinition>> {
    parse(&calls::find(conn, id)?)
}

/// The definition that a row carries.
pub fn parse(row: &CallRow) -> Outcome<Arc<CallDefinition>> {
    definitions::call(&row.settings)
}

/// The definition as it was at a revision: what a filed application was asked.
pub fn definition_at(conn: &mut Conn, id: CallId, revision: i32) -> Outcome<Arc<CallDefinition>> {
    definitions::call(&calls::settings_at(conn, id, revision)?)
}

/// The fund of a call, as its definition describes it.
pub fn fund_of(conn: &mut Conn, call: &CallRow) -> Outcome<Arc<FundDefinition>> {
    definitions::fund(&funds::find(conn, call.fund_id)?.settings)
}

/// The call with this reference, whatever its state.
pub fn by_reference(conn: &mut Conn, reference: &str) -> Outcome<CallRow> {
    Ok(calls::by_reference(conn, reference)?.ok_or(StoreError::NotFound)?)
}

impl Object for Call {
    type Id = CallId;

    fn look(conn: &mut Conn, id: CallId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = calls::find(conn, id)?;
        let readers = [Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin, Role::System];
        let roles: Vec<_> = readers.into_iter().filter(|role| actor.is(*role)).collect();
        if roles.is_empty() {
            return Err(StoreError::NotFound.into());
        }
        let facts = facts_of(conn, &row, now)?;
        let reason = row.reason.clone().unwrap_or_default();
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason })
    }
}

fn facts_of(conn: &mut Conn, row: &CallRow, now: Moment) -> Outcome<CallFacts> {
    let sources = funding_sources::of_call(conn, row.id)?;
    let mut is_covered = sources.iter().map(|(_, amount)| *amount).sum::<Euros>() == row.envelope_cents;
    if row.state == CallState::Draft {
        for (source, amount) in &sources {
            is_covered &= *amount <= balance(conn, Stage::Source, Scope::Source(source.id))?;
        }
    }
    let forbidding = sources.iter().find(|(source, _)| source.regranting_clause.is_none());
    let lacking = match row.state {
        CallState::Draft => preparations::lacking(conn, row)?,
        _ => Vec::new(),
    };
    let plan = release_plans::of_call(conn, row.id)?;
    Ok(CallFacts {
        lacking,
        has_revision: revisions::is_prepared(conn, row.id)?,
        source_without_regranting: forbidding.map(|(source, _)| source.reference.clone()),
        is_covered,
        is_window_over: row.closes_at <= now,
        undecided: calls::count_applications(conn, row.id, calls::UNDECIDED)?,
        filed: calls::count_applications(conn, row.id, calls::FILED)?,
        is_release_planned: plan.is_some(),
        is_release_to_come: plan.is_some_and(|plan| now < plan.release_at),
        unconfirmed_sessions: calls::count_unconfirmed_sessions(conn, row.id)?,
        open_grants: calls::count_open_grants(conn, row.id)?,
    })
}

/// What loading a definition did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// References of calls that are new, as drafts.
    pub created: Vec<String>,
    /// References of drafts that were written again.
    pub changed: Vec<String>,
    /// References of calls that already say all this.
    pub unchanged: Vec<String>,
}

/// Takes in a definition: funders, agreements, the fund and its calls as drafts. Loading it again changes nothing.
///
/// A published call is immutable: a definition that says something else of it is refused, and nothing is loaded.
pub fn load(tx: &mut Tx, actor: &Actor, definition: &Definition, now: Moment) -> Outcome<Loaded> {
    for funder in &definition.funders {
        let row = |id: FunderId| FunderRow {
            id,
            code: funder.code.clone(),
            name: funder.name.clone(),
            mention: funder.mention.clone(),
        };
        match funding_sources::funder_by_code(tx.conn(), &funder.code)? {
            Some(known) => funding_sources::update_funder(tx, &row(known.id))?,
            None => {
                let new = row(tx.mint(now)?);
                funding_sources::insert_funder(tx, &new)?;
            }
        }
    }
    for source in &definition.funding_sources {
        judge_source(tx.conn(), source)?;
        load_source(tx, source, now)?;
    }
    let fund = load_fund(tx, &definition.fund, now)?;
    let mut loaded = Loaded::default();
    for call in &definition.calls {
        load_call(tx, actor, fund, call, &mut loaded, now)?;
    }
    Ok(loaded)
}

/// A file changes nothing in an agreement that is refused on screen: published calls keep its clause, and what is promised
/// stays under its ceilings.
fn judge_source(conn: &mut Conn, wanted: &FundingSourceDefinition) -> Outcome<()> {
    let Some(known) = funding_sources::by_reference(conn, &wanted.reference)? else { return Ok(()) };
    if known.settings == serde_json::to_string(wanted)? {
        return Ok(());
    }
    if wanted.regranting.is_none() && known.regranting_clause.is_some() {
        let calls = funding_sources::published_calls(conn, known.id)?;
        if !calls.is_empty() {
            let (reference, calls) = (&known.reference, calls.join(", "));
            let reason = format!(
                "Des appels publiés prennent sur la convention {reference} ({calls})\u{a0}: sa clause de reversement reste."
            );
            return Err(Refusal::because(reason).into());
        }
    }
    match earmarks::exceeded_by(conn, &known, wanted)? {
        Some(reason) => Err(Refusal::because(reason).into()),
        None => Ok(()),
    }
}

/// Writes what an agreement says; what it brings more than before is recorded in the journal.
pub(super) fn load_source(tx: &mut Tx, source: &FundingSourceDefinition, now: Moment) -> Outcome<()> {
    let unknown = || UseCaseError::Unreadable(format!("funder {} is not defined", source.funder));
    let funder = funding_sources::funder_by_code(tx.conn(), &source.funder)?.ok_or_else(unknown)?;
    let known = funding_sources::by_reference(tx.conn(), &source.reference)?;
    let id = match &known {
        Some(row) => row.id,
        None => tx.mint(now)?,
    };
    let row = FundingSourceRow {
        id,
        funder_id: funder.id,
        reference: source.reference.clone(),
        title: source.title.clone(),
        amount_cents: source.amount,
        starts_on: source.starts_on,
        ends_on: source.ends_on,
        regranting_clause: source.regranting.as_ref().map(|regranting| regranting.clause.clone()),
        beneficiary_ceiling_cents: source.regranting.as_ref().and_then(|regranting| regranting.ceiling_per_beneficiary),
        retention_years: source.retention_years,
        settings: serde_json::to_string(source)?,
    };
    let Some(known) = known else {
        funding_sources::insert(tx, &row)?;
        return journal::record_source(tx, id, source.amount, now);
    };
    if source.amount < known.amount_cents {
        let reason =
            format!("La convention {} ne peut pas diminuer\u{a0}: son argent est déjà inscrit.", source.reference);
        return Err(Refusal::because(reason).into());
    }
    funding_sources::update(tx, &row)?;
    journal::record_source(tx, id, source.amount - known.amount_cents, now)
}

fn load_fund(tx: &mut Tx, fund: &FundDefinition, now: Moment) -> Outcome<FundId> {
    let settings = serde_json::to_string(fund)?.into();
    let row = |id| FundRow { id, code: fund.code.clone(), name: fund.name.clone(), settings };
    match funds::by_code(tx.conn(), &fund.code)? {
        Some(known) => {
            funds::update(tx, &row(known.id))?;
            Ok(known.id)
        }
        None => {
            let new = row(tx.mint(now)?);
            funds::insert(tx, &new)?;
            Ok(new.id)
        }
    }
}

fn load_call(
    tx: &mut Tx,
    actor: &Actor,
    fund: FundId,
    call: &CallDefinition,
    loaded: &mut Loaded,
    now: Moment,
) -> Outcome<()> {
    let settings = serde_json::to_string(call)?;
    match calls::by_reference(tx.conn(), &call.reference)? {
        Some(known) if *known.settings == *settings => loaded.unchanged.push(call.reference.clone()),
        Some(known) if known.state != CallState::Draft => {
            let reason = format!(
                "L’appel {} est publié\u{a0}: un fichier ne le change plus. Préparez une révision à l’écran, sur sa page.",
                known.reference
            );
            return Err(Refusal::because(reason).into());
        }
        Some(known) => {
            rewrite(tx, known, call, settings, now)?;
            loaded.changed.push(call.reference.clone());
        }
        None => {
            open_draft(tx, actor, fund, call, now)?;
            loaded.created.push(call.reference.clone());
        }
    }
    Ok(())
}

/// Opens a call as a draft.
pub(super) fn open_draft(tx: &mut Tx, actor: &Actor, fund: FundId, call: &CallDefinition, now: Moment) -> Outcome<()> {
    let row = row_of(call, serde_json::to_string(call)?.into(), blank(tx, fund, now)?);
    calls::insert(tx, &row)?;
    calls::insert_revision(tx, row.id, row.revision, &row.settings, now)?;
    draw_from_sources(tx, row.id, call)?;
    record_birth::<Call>(tx, actor, &actor.roles, row.id, now)?;
    Ok(())
}

/// Writes what a call says again, as its next revision.
pub(super) fn rewrite(
    tx: &mut Tx,
    known: CallRow,
    call: &CallDefinition,
    settings: String,
    now: Moment,
) -> Outcome<()> {
    let row = row_of(call, settings.into(), CallRow { revision: known.revision + 1, ..known });
    calls::redefine(tx, &row)?;
    calls::insert_revision(tx, row.id, row.revision, &row.settings, now)?;
    calls::clear_sources(tx, row.id)?;
    draw_from_sources(tx, row.id, call)
}

/// A new draft that says nothing yet.
fn blank(tx: &Tx, fund_id: FundId, now: Moment) -> Outcome<CallRow> {
    Ok(CallRow {
        id: tx.mint(now)?,
        fund_id,
        reference: String::new(),
        title: String::new(),
        opens_at: now,
        closes_at: now,
        envelope_cents: Euros::ZERO,
        revision: 1,
        settings: String::new().into(),
        next_number: 1,
        state: CallState::Draft,
        version: 0,
        state_at: now,
        created_at: now,
        reason: None,
        decision_pace: DecisionPace::Together,
    })
}

/// The row with everything the definition says.
fn row_of(call: &CallDefinition, settings: SharedText, row: CallRow) -> CallRow {
    CallRow {
        reference: call.reference.clone(),
        title: call.title.clone(),
        opens_at: call.window.opens,
        closes_at: call.window.closes,
        envelope_cents: call.envelope,
        decision_pace: call.decisions,
        settings,
        ..row
    }
}

fn draw_from_sources(tx: &mut Tx, call_id: CallId, call: &CallDefinition) -> Outcome<()> {
    for (position, drawn) in (0..).zip(&call.sources) {
        let unknown = || UseCaseError::Unreadable(format!("funding source {} is not defined", drawn.reference));
        let source = funding_sources::by_reference(tx.conn(), &drawn.reference)?.ok_or_else(unknown)?;
        let row = CallSourceRow { call_id, funding_source_id: source.id, position, amount_cents: drawn.amount };
        money_sources::insert_of_call(tx, &row)?;
    }
    Ok(())
}

/// Lets something happen to a call whose page showed `version`.
pub fn step(tx: &mut Tx, actor: &Actor, id: CallId, version: i32, event: CallEvent, now: Moment) -> Outcome<()> {
    advance::<Call>(tx, actor, id, version, event, now).map(drop)
}

/// Cancels a call, and says why.
pub fn cancel(tx: &mut Tx, actor: &Actor, id: CallId, version: i32, reason: &str, now: Moment) -> Outcome<()> {
    Call::look(tx.conn(), id, actor, now)?;
    calls::set_reason(tx, id, &reasons::written(reason)?)?;
    step(tx, actor, id, version, CallEvent::Cancel, now)
}

/// The definition file that would make this call and what it draws from: what next year's call begins with.
pub fn template(conn: &mut Conn, reference: &str) -> Outcome<String> {
    written(&definition_file(conn, reference)?)
}

/// The same for its next edition, every date moved by the whole weeks that lie nearest to `opens_on`, and what is left
/// to look at.
pub fn next_edition(conn: &mut Conn, reference: &str, opens_on: NaiveDate) -> Outcome<(String, Vec<Remark>)> {
    let mut file = definition_file(conn, reference)?;
    let mut remarks = Vec::new();
    for call in &mut file.calls {
        let next = CallDefinition { copied_from: Some(call.reference.clone()), ..call.edition_opening(opens_on) };
        remarks.extend(next.remarks_after(call));
        *call = next;
    }
    Ok((written(&file)?, remarks))
}

fn written(file: &Definition) -> Outcome<String> {
    crate::domain::definitions::write(file).map_err(UseCaseError::Unreadable)
}

fn definition_file(conn: &mut Conn, reference: &str) -> Outcome<Definition> {
    let row = by_reference(conn, reference)?;
    let sources = funding_sources::of_call(conn, row.id)?;
    let funders = funding_sources::funders_of_call(conn, row.id)?;
    let funder = |row: FunderRow| FunderDefinition { code: row.code, name: row.name, mention: row.mention };
    let read = |(row, _): &(FundingSourceRow, Euros)| serde_json::from_str(&row.settings);
    Ok(Definition {
        fund: FundDefinition::clone(&*fund_of(conn, &row)?),
        funders: funders.into_iter().map(funder).collect(),
        funding_sources: sources.iter().map(read).collect::<Result<Vec<FundingSourceDefinition>, _>>()?,
        calls: vec![CallDefinition::clone(&*parse(&row)?)],
    })
}

/// The rules of a call as a document for anybody; a call in preparation has none yet.
pub fn rules(conn: &mut Conn, reference: &str) -> Outcome<Letter> {
    let row = by_reference(conn, reference)?;
    if row.state == CallState::Draft {
        return Err(StoreError::NotFound.into());
    }
    let (call, fund, settings) = (parse(&row)?, fund_of(conn, &row)?, settings::load(conn)?);
    let since = calls::revised_at(conn, row.id, row.revision)?;
    let (issuer, city) = (settings.issuer(), settings.issuer_city);
    Ok(call_rules::letter(&CallRules { issuer, city, fund: &fund, call: &call, since }))
}

/// Every fund with its definition.
pub fn funds(conn: &mut Conn) -> Outcome<Vec<(FundId, Arc<FundDefinition>)>> {
    funds::all(conn)?.into_iter().map(|row| Ok((row.id, definitions::fund(&row.settings)?))).collect()
}
