//! Parts of the money marked for an axis (fléchage): where one is a ceiling, no award goes beyond it.

use super::{Outcome, definitions, journal};
use crate::{
    domain::{
        definitions::{CallDefinition, Earmark, EarmarkLimit, FundingSourceDefinition},
        forms::TagKind,
        lifecycles::applications::AxisCeiling,
        money::Euros,
        references::axis,
    },
    store::{
        Conn, answers as rows,
        applications::ApplicationRow,
        calls, funding_sources,
        integrity::Tally,
        journal::{self as ledger, Scope},
    },
};

fn ceilings(earmarks: &[Earmark]) -> impl Iterator<Item = &Earmark> {
    earmarks.iter().filter(|earmark| earmark.limit == EarmarkLimit::Ceiling)
}

/// What the amount decided for an application would take from each ceiling on its axis, in its call and in the
/// agreements the call draws from.
pub(super) fn ceilings_before(
    conn: &mut Conn,
    row: &ApplicationRow,
    definition: &CallDefinition,
) -> Outcome<Vec<AxisCeiling>> {
    let mut marked: Vec<(String, Scope, Euros, Earmark)> = Vec::new();
    let (call, amount) = (row.call_id, row.decided_cents.unwrap_or_default());
    for earmark in ceilings(&definition.earmarks) {
        marked.push(("l’appel".to_owned(), Scope::Call(call), amount, earmark.clone()));
    }
    let mut parts = None;
    for (source, _) in funding_sources::of_call(conn, call)? {
        let definition: FundingSourceDefinition = serde_json::from_str(&source.settings)?;
        for earmark in ceilings(&definition.earmarks) {
            let parts = match &mut parts {
                Some(parts) => parts,
                none => none.insert(journal::foreseen_parts(conn, call, amount)?),
            };
            let drawn = parts.iter().find(|part| part.source == source.id).map_or(Euros::ZERO, |part| part.amount);
            let set_by = format!("la convention {}", source.reference);
            marked.push((set_by, Scope::Source(source.id), drawn, earmark.clone()));
        }
    }
    if marked.is_empty() {
        return Ok(Vec::new());
    }
    let tags = rows::tags_of(conn, row.id)?;
    let is_its_axis = |code: &str| tags.iter().any(|tag| tag.kind == TagKind::Axis.code() && tag.code == code);
    let mut found = Vec::new();
    for (set_by, scope, wanted, earmark) in marked.into_iter().filter(|(.., earmark)| is_its_axis(&earmark.axis)) {
        let left = earmark.amount - ledger::promised_to_axis(conn, &earmark.axis, scope)?;
        found.push(AxisCeiling { axis: label(&earmark.axis), set_by, wanted, left });
    }
    Ok(found)
}

fn label(code: &str) -> String {
    axis(code).map_or(code.to_owned(), |axis| axis.label.clone())
}

/// Every ceiling on an axis, and those that awards have gone beyond.
pub(super) fn exceeded(conn: &mut Conn) -> Outcome<Tally> {
    let mut marked: Vec<(String, Scope, Earmark)> = Vec::new();
    for (id, reference, settings) in calls::all_settings(conn)? {
        let definition = definitions::call(&settings)?;
        marked.extend(ceilings(&definition.earmarks).map(|e| (reference.clone(), Scope::Call(id), e.clone())));
    }
    for source in funding_sources::all(conn)? {
        let definition: FundingSourceDefinition = serde_json::from_str(&source.settings)?;
        let scope = Scope::Source(source.id);
        marked.extend(ceilings(&definition.earmarks).map(|e| (source.reference.clone(), scope, e.clone())));
    }
    let mut tally = Tally { checked: marked.len() as i64, ..Tally::default() };
    for (reference, scope, earmark) in marked {
        let promised = ledger::promised_to_axis(conn, &earmark.axis, scope)?;
        if promised > earmark.amount {
            let (code, most) = (&earmark.axis, earmark.amount);
            tally.blame(reference, format!("{code} may take {most}, {promised} are promised to it"));
        }
    }
    Ok(tally)
}
