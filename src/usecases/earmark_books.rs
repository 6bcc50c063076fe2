//! What is left of each part of the money marked for an axis or a fund, as a reader may know it: what was promised to files that do
//! not exist for them counts as left.

use super::{Actor, Outcome, access, books, definitions, earmarks, journal};
use crate::{
    domain::{
        cut_lines::Gauge,
        definitions::{Earmark, EarmarkLimit, FundingSourceDefinition, fund_mark, marked_fund},
        ids::{CallId, FundingSourceId, PersonId},
        money::Euros,
    },
    store::{
        Conn,
        calls::{self, CallRow},
        funding_sources, funds,
        journal::{self as ledger, Scope},
    },
};

/// A part of the money marked for an axis or a fund, and how much of it is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarmarkBooks {
    /// The axis or the fund, in words.
    pub axis: String,
    pub limit: EarmarkLimit,
    /// « 30 % », when it is a share.
    pub share: Option<String>,
    /// What is marked.
    pub amount: Euros,
    /// What is promised to grants under it.
    pub committed: Euros,
}

impl EarmarkBooks {
    /// What is still reserved for the axis, or what it may still take; nothing where it took more.
    pub fn left(&self) -> Euros {
        (self.amount - self.committed).max(Euros::ZERO)
    }

    /// How it binds: « réservé, 30 % ».
    pub fn words(&self) -> String {
        let word = match self.limit {
            EarmarkLimit::Reserved => "réservé",
            EarmarkLimit::Ceiling => "au plus",
        };
        self.share.as_ref().map_or(word.to_owned(), |share| format!("{word}, {share}"))
    }
}

/// « Solidarités », or « Fonds « Récital » ».
fn words_of(conn: &mut Conn, mark: &str) -> Outcome<String> {
    let label = earmarks::label(conn, mark)?;
    Ok(if marked_fund(mark).is_some() { format!("Fonds «\u{a0}{label}\u{a0}»") } else { label })
}

fn in_books(
    conn: &mut Conn,
    reader: Option<PersonId>,
    scope: Scope,
    (earmarks, whole): (&[Earmark], Euros),
) -> Outcome<Vec<EarmarkBooks>> {
    let mut found = Vec::with_capacity(earmarks.len());
    for earmark in Earmark::in_euros(earmarks, whole) {
        let promised = ledger::promised_under(conn, &earmark.axis, scope)?;
        let unseen = match reader {
            Some(reader) => ledger::promised_unseen(conn, reader, Some(&earmark.axis), scope)?,
            None => Euros::ZERO,
        };
        found.push(EarmarkBooks {
            axis: words_of(conn, &earmark.axis)?,
            limit: earmark.limit,
            share: earmark.share_words(),
            amount: earmark.amount,
            committed: promised - unseen,
        });
    }
    Ok(found)
}

/// The earmarks of an agreement, over all the calls that draw from it.
pub(super) fn of_source(
    conn: &mut Conn,
    reader: Option<PersonId>,
    id: FundingSourceId,
    definition: &FundingSourceDefinition,
) -> Outcome<Vec<EarmarkBooks>> {
    if definition.earmarks.is_empty() && definition.fund_earmarks.is_empty() {
        return Ok(Vec::new());
    }
    let (whole, scope) = (journal::received(conn, id)?, Scope::Source(id));
    let mut found = in_books(conn, reader, scope, (&definition.earmarks, whole))?;
    found.extend(in_books(conn, reader, scope, (&definition.fund_marks(), whole))?);
    Ok(found)
}

/// What the agreements of a call mark for its axes and for its fund, as gauges beside those of the call itself.
pub(super) fn of_agreements(conn: &mut Conn, reader: PersonId, call: &CallRow) -> Outcome<Vec<Gauge>> {
    let mut found = Vec::new();
    let mut its = definitions::call(&call.settings)?.axes.clone();
    its.push(fund_mark(&funds::find(conn, call.fund_id)?.code));
    for (source, _) in funding_sources::of_call(conn, call.id)? {
        let definition = definitions::source(&source.settings)?;
        // Axes and funds both mark the whole of it.
        for marks in [definition.earmarks.clone(), definition.fund_marks()] {
            if !marks.iter().any(|mark| its.contains(&mark.axis)) {
                continue;
            }
            let whole = journal::received(conn, source.id)?;
            let told = in_books(conn, Some(reader), Scope::Source(source.id), (&marks, whole))?;
            let told = marks.iter().zip(told).filter(|(mark, _)| its.contains(&mark.axis));
            found.extend(told.map(|(mark, one)| gauge(&source.reference, mark, &one)));
        }
    }
    Ok(found)
}

/// « Axe « Jeunesses », convention AFD-2026 (réservé) ».
fn gauge(reference: &str, mark: &Earmark, one: &EarmarkBooks) -> Gauge {
    let whose = match marked_fund(&mark.axis) {
        Some(_) => one.axis.clone(),
        None => format!("Axe «\u{a0}{}\u{a0}»", one.axis),
    };
    Gauge {
        label: format!("{whose}, convention {reference} ({})", one.words()),
        total: one.amount,
        committed: one.committed,
        proposed: Euros::ZERO,
        warning: String::new(),
    }
}

/// Every earmark of the agreements and of these calls, each with who set it: « Convention AFD-2026 », « Appel REC-2026 ».
pub fn overview(conn: &mut Conn, actor: &Actor, funded: &[CallId]) -> Outcome<Vec<(String, EarmarkBooks)>> {
    access::require(actor, &books::READERS)?;
    let mut found = Vec::new();
    for source in funding_sources::all(conn)? {
        let definition = definitions::source(&source.settings)?;
        let marked = of_source(conn, actor.person, source.id, &definition)?;
        found.extend(marked.into_iter().map(|one| (format!("Convention {}", source.reference), one)));
    }
    for (id, reference, settings) in calls::all_settings(conn)? {
        if !funded.contains(&id) {
            continue;
        }
        let definition = definitions::call(&settings)?;
        let marked = in_books(conn, actor.person, Scope::Call(id), (&definition.earmarks, definition.envelope))?;
        found.extend(marked.into_iter().map(|one| (format!("Appel {reference}"), one)));
    }
    Ok(found)
}
