//! Parts of the money marked for an axis or a fund (fléchage): no award goes beyond a ceiling, nor takes what is still
//! reserved for others, unless the call lets whoever decides say why.

use super::{Outcome, definitions, journal};
use crate::{
    domain::{
        definitions::{CallDefinition, Earmark, EarmarkLimit, FundingSourceDefinition, marked_fund},
        forms::TagKind,
        ids::{ApplicationId, CallId, FundingSourceId},
        journal::Stage,
        lifecycles::applications::AxisCeiling,
        money::Euros,
        references::axis,
        time::french_date,
    },
    store::{
        Conn, answers as rows,
        applications::ApplicationRow,
        calls,
        earmark_overrides::{self as overrides, OF_CALL, OverrideRow, RESERVE},
        funding_sources::{self, FundingSourceRow},
        funds,
        integrity::Tally,
        journal::{self as ledger, Scope},
        people, recusals,
    },
    usecases::Actor,
};
use std::collections::BTreeMap;

fn ceilings(earmarks: &[Earmark], whole: Euros) -> Vec<Earmark> {
    let mut found = Earmark::in_euros(earmarks, whole);
    found.retain(|earmark| earmark.limit == EarmarkLimit::Ceiling);
    found
}

/// Money of which parts are marked, who marked them, and what an award would take from it. Without a source it is the
/// envelope of the call.
struct Pot {
    /// In euros.
    earmarks: Vec<Earmark>,
    set_by: String,
    source: Option<FundingSourceId>,
    wanted: Euros,
}

impl Pot {
    fn scope(&self, call: CallId) -> Scope {
        self.source.map_or(Scope::Call(call), Scope::Source)
    }

    /// What is promised to nobody yet.
    fn left(&self, conn: &mut Conn, call: CallId) -> Outcome<Euros> {
        let envelopes = ledger::balance(conn, Stage::Envelope, self.scope(call))?;
        Ok(match self.source {
            Some(source) => envelopes + journal::source_left(conn, source)?,
            None => envelopes,
        })
    }

    /// What limits an award to a file under the marks for which `is_its` holds.
    fn limits(&self, conn: &mut Conn, call: CallId, is_its: &dyn Fn(&str) -> bool) -> Outcome<Vec<AxisCeiling>> {
        let limit = |limit, (axis, code): (String, String), left| AxisCeiling {
            axis,
            is_fund: marked_fund(&code).is_some(),
            code,
            limit,
            set_by: self.set_by.clone(),
            source: self.source,
            wanted: self.wanted,
            left,
            is_overridden: false,
        };
        let (mut found, mut others, mut reserved) = (Vec::new(), Vec::new(), Euros::ZERO);
        for earmark in &self.earmarks {
            let is_ceiling = earmark.limit == EarmarkLimit::Ceiling;
            if is_ceiling != is_its(&earmark.axis) {
                continue;
            }
            let left = earmark.amount - ledger::promised_under(conn, &earmark.axis, self.scope(call))?;
            if is_ceiling {
                let label = label(conn, &earmark.axis)?;
                found.push(limit(EarmarkLimit::Ceiling, (label, earmark.axis.clone()), left));
            } else if left.is_positive() {
                reserved += left;
                others.push(earmark.axis.as_str());
            }
        }
        if let Some(first) = others.first().filter(|_| self.wanted.is_positive()) {
            let labels = others.iter().map(|code| label(conn, code)).collect::<Outcome<Vec<_>>>()?;
            let axes = (labels.join("\u{a0}», «\u{a0}"), (*first).to_owned());
            let free = self.left(conn, call)? - reserved;
            found.push(limit(EarmarkLimit::Reserved, axes, free));
        }
        Ok(found)
    }
}

/// The money an award of this amount would come from, where parts of it are marked.
fn pots(conn: &mut Conn, call: CallId, definition: &CallDefinition, amount: Euros) -> Outcome<Vec<Pot>> {
    let mut pots = Vec::new();
    if !definition.earmarks.is_empty() {
        let earmarks = Earmark::in_euros(&definition.earmarks, definition.envelope);
        pots.push(Pot { earmarks, set_by: "l’appel".to_owned(), source: None, wanted: amount });
    }
    let mut parts = None;
    for (source, _) in funding_sources::of_call(conn, call)? {
        let definition: FundingSourceDefinition = serde_json::from_str(&source.settings)?;
        if definition.earmarks.is_empty() && definition.fund_earmarks.is_empty() {
            continue;
        }
        let parts = match &mut parts {
            Some(parts) => parts,
            none => none.insert(journal::foreseen_parts(conn, call, amount)?),
        };
        let wanted = parts.iter().find(|part| part.source == source.id).map_or(Euros::ZERO, |part| part.amount);
        let whole = journal::received(conn, source.id)?;
        let set_by = format!("la convention {}", source.reference);
        // Axes and funds both mark the whole of it.
        for marks in [definition.earmarks.clone(), definition.fund_marks()] {
            let (earmarks, set_by) = (Earmark::in_euros(&marks, whole), set_by.clone());
            pots.push(Pot { earmarks, set_by, source: Some(source.id), wanted });
        }
    }
    Ok(pots)
}

/// Whether awards that do not exist for the actor may be in what an envelope or a ceiling has left: a figure of it would
/// tell of them.
pub(super) fn hides_left(conn: &mut Conn, actor: &Actor) -> Outcome<bool> {
    match actor.person {
        Some(person) => Ok(recusals::has_any(conn, person)?),
        None => Ok(false),
    }
}

/// What the amount decided for an application would take from each ceiling on its axis and from what is still reserved for
/// other axes, in its call and in the agreements the call draws from.
pub(super) fn ceilings_before(
    conn: &mut Conn,
    row: &ApplicationRow,
    definition: &CallDefinition,
) -> Outcome<Vec<AxisCeiling>> {
    let call = row.call_id;
    let pots = pots(conn, call, definition, row.decided_cents.unwrap_or_default())?;
    if pots.is_empty() {
        return Ok(Vec::new());
    }
    let known = match definition.beyond_ceiling.is_refused() {
        true => Vec::new(),
        false => overrides::of_application(conn, row.id)?,
    };
    let tags = rows::tags_of(conn, row.id)?;
    let fund = match pots.iter().flat_map(|pot| &pot.earmarks).any(|earmark| marked_fund(&earmark.axis).is_some()) {
        true => Some(fund_of(conn, call)?),
        false => None,
    };
    let is_its = |code: &str| match marked_fund(code) {
        Some(marked) => fund.as_deref() == Some(marked),
        None => tags.iter().any(|tag| tag.kind == TagKind::Axis.code() && tag.code == code),
    };
    let mut found = Vec::new();
    for pot in pots {
        found.extend(pot.limits(conn, call, &is_its)?);
    }
    for limit in &mut found {
        let key = scope_key(limit);
        limit.is_overridden = known.iter().any(|row| row.axis == limit.code && row.scope_key == key);
    }
    Ok(found)
}

/// Under what an award beyond a limit is kept. What goes beyond no ceiling is never counted as if it did.
pub(super) fn scope_key(limit: &AxisCeiling) -> String {
    let set_by = limit.source.map_or_else(|| OF_CALL.to_owned(), |source| source.to_string());
    match limit.limit {
        EarmarkLimit::Ceiling => set_by,
        EarmarkLimit::Reserved => format!("{RESERVE}{set_by}"),
    }
}

/// The code of the fund of a call.
fn fund_of(conn: &mut Conn, call: CallId) -> Outcome<String> {
    let row = calls::find(conn, call)?;
    Ok(funds::find(conn, row.fund_id)?.code)
}

/// The axis or the fund of a mark, in words.
pub(super) fn label(conn: &mut Conn, mark: &str) -> Outcome<String> {
    let Some(code) = marked_fund(mark) else {
        return Ok(axis(mark).map_or(mark.to_owned(), |axis| axis.label.clone()));
    };
    let name = funds::by_code(conn, code)?.map_or_else(|| code.to_owned(), |fund| fund.name);
    Ok(name.strip_prefix("Fonds ").map_or(name.clone(), str::to_owned))
}

/// What is said of awards beyond a ceiling: by how much, who decided so, when and why.
fn sentences(conn: &mut Conn, found: Vec<OverrideRow>) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let mut told: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    if found.is_empty() {
        return Ok(told);
    }
    let deciders: Vec<_> = found.iter().map(|row| row.decided_by).collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &deciders)?.into_iter().map(|row| (row.id, row.name)).collect();
    let sources: BTreeMap<_, _> = match found.iter().any(|row| row.funding_source_id.is_some()) {
        true => funding_sources::all(conn)?.into_iter().map(|row| (row.id, row.reference)).collect(),
        false => BTreeMap::new(),
    };
    for row in found {
        let set_by = match row.funding_source_id.and_then(|id| sources.get(&id)) {
            Some(reference) => format!("la convention {reference}"),
            None => "l’appel".to_owned(),
        };
        let label = label(conn, &row.axis)?;
        let (of, to) = match marked_fund(&row.axis) {
            Some(_) => ("du fonds", "au fonds"),
            None => ("de l’axe", "à l’axe"),
        };
        let beyond = match row.scope_key.starts_with(RESERVE) {
            true => format!("pris sur ce que {set_by} réserve {to} «\u{a0}{label}\u{a0}»"),
            false => format!("au-delà du plafond {of} «\u{a0}{label}\u{a0}» fixé par {set_by}"),
        };
        let how = if row.amendment_id.is_some() { ", par avenant" } else { "" };
        let said = format!(
            "{} {beyond}{how}, décidé par {} le {}\u{a0}: {}",
            row.over_cents,
            names.get(&row.decided_by).map_or("", String::as_str),
            french_date(row.decided_at.paris_date()),
            row.reason
        );
        told.entry(row.application_id).or_default().push(said);
    }
    Ok(told)
}

/// What is said of an application whose award went beyond a ceiling; often nothing.
pub(super) fn told_of(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<String>> {
    let found = overrides::of_application(conn, id)?;
    Ok(sentences(conn, found)?.remove(&id).unwrap_or_default())
}

/// The same for every application of a call.
pub(super) fn told_of_call(conn: &mut Conn, id: CallId) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let found = overrides::of_call(conn, id)?;
    sentences(conn, found)
}

/// Why a source may not be worth so much less: more would be promised under a ceiling that is a share of it than what it
/// lets. A French sentence; nothing where it may.
pub(super) fn exceeded_without(conn: &mut Conn, id: FundingSourceId, less: Euros) -> Outcome<Option<String>> {
    let definition = definitions::source(&funding_sources::find(conn, id)?.settings)?;
    let whole = journal::received(conn, id)? - less;
    let mut marks = all_ceilings(&definition, whole);
    marks.retain(|mark| mark.share.is_some());
    let exceeded = first_exceeded(conn, id, marks)?;
    Ok(exceeded.map(|label| {
        format!(
            "Sans cet argent, le plafond de «\u{a0}{label}\u{a0}», une part du total reçu, serait dépassé par ce qui est promis."
        )
    }))
}

/// Why a source may not say this from now on: a ceiling would be below what is promised. A French sentence; nothing where
/// it may.
pub(super) fn exceeded_by(
    conn: &mut Conn,
    known: &FundingSourceRow,
    wanted: &FundingSourceDefinition,
) -> Outcome<Option<String>> {
    let whole = journal::received(conn, known.id)? + wanted.amount - known.amount_cents;
    let exceeded = first_exceeded(conn, known.id, all_ceilings(wanted, whole))?;
    Ok(exceeded.map(|label| {
        format!(
            "La convention {}\u{a0}: plus que le plafond de «\u{a0}{label}\u{a0}» est déjà promis à des projets.",
            known.reference
        )
    }))
}

/// The ceilings a source sets on axes and on funds, worked out of `whole`.
fn all_ceilings(definition: &FundingSourceDefinition, whole: Euros) -> Vec<Earmark> {
    let mut marks = ceilings(&definition.earmarks, whole);
    marks.extend(ceilings(&definition.fund_marks(), whole));
    marks
}

/// The axis or the fund of the first of these ceilings that awards would be beyond without a reason kept for it.
fn first_exceeded(conn: &mut Conn, id: FundingSourceId, marks: Vec<Earmark>) -> Outcome<Option<String>> {
    for mark in marks {
        let promised = ledger::promised_under(conn, &mark.axis, Scope::Source(id))?;
        if promised > mark.amount + overrides::total_of_source(conn, id, &mark.axis)? {
            return Ok(Some(label(conn, &mark.axis)?));
        }
    }
    Ok(None)
}

/// Every ceiling on an axis, and those that awards have gone beyond without a reason kept for it.
pub(super) fn exceeded(conn: &mut Conn) -> Outcome<Tally> {
    let mut marked: Vec<(String, Scope, Earmark)> = Vec::new();
    for (id, reference, settings) in calls::all_settings(conn)? {
        let definition = definitions::call(&settings)?;
        let found = ceilings(&definition.earmarks, definition.envelope);
        marked.extend(found.into_iter().map(|earmark| (reference.clone(), Scope::Call(id), earmark)));
    }
    for source in funding_sources::all(conn)? {
        let definition: FundingSourceDefinition = serde_json::from_str(&source.settings)?;
        if definition.earmarks.is_empty() && definition.fund_earmarks.is_empty() {
            continue;
        }
        let whole = journal::received(conn, source.id)?;
        let found = all_ceilings(&definition, whole);
        let scope = Scope::Source(source.id);
        marked.extend(found.into_iter().map(|earmark| (source.reference.clone(), scope, earmark)));
    }
    let mut tally = Tally { checked: marked.len() as i64, ..Tally::default() };
    for (reference, scope, earmark) in marked {
        let promised = ledger::promised_under(conn, &earmark.axis, scope)?;
        if promised <= earmark.amount {
            continue;
        }
        let let_through = match scope {
            Scope::Call(id) => overrides::total_of_call(conn, id, &earmark.axis)?,
            Scope::Source(id) => overrides::total_of_source(conn, id, &earmark.axis)?,
            _ => Euros::ZERO,
        };
        if promised > earmark.amount + let_through {
            let (code, most) = (&earmark.axis, earmark.amount);
            tally.blame(reference, format!("{code} may take {most}, {promised} are promised to it"));
        }
    }
    Ok(tally)
}
