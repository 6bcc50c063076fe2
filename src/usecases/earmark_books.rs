//! What is left of each part of the money marked for an axis, as a reader may know it: what was promised to files that do
//! not exist for them counts as left.

use super::{Actor, Outcome, access, books, definitions, journal};
use crate::{
    domain::{
        definitions::{Earmark, EarmarkLimit, FundingSourceDefinition},
        ids::{CallId, FundingSourceId, PersonId},
        money::Euros,
        references::axis,
    },
    store::{
        Conn, calls, funding_sources,
        journal::{self as ledger, Scope},
    },
};

/// A part of the money marked for an axis, and how much of it is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarmarkBooks {
    /// The axis, in words.
    pub axis: String,
    pub limit: EarmarkLimit,
    /// « 30 % », when it is a share.
    pub share: Option<String>,
    /// What is marked.
    pub amount: Euros,
    /// What is promised to grants under the axis.
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

fn in_books(
    conn: &mut Conn,
    reader: Option<PersonId>,
    scope: Scope,
    (earmarks, whole): (&[Earmark], Euros),
) -> Outcome<Vec<EarmarkBooks>> {
    let mut found = Vec::with_capacity(earmarks.len());
    for earmark in Earmark::in_euros(earmarks, whole) {
        let promised = ledger::promised_to_axis(conn, &earmark.axis, scope)?;
        let unseen = match reader {
            Some(reader) => ledger::promised_unseen(conn, reader, Some(&earmark.axis), scope)?,
            None => Euros::ZERO,
        };
        found.push(EarmarkBooks {
            axis: axis(&earmark.axis).map_or(earmark.axis.clone(), |axis| axis.label.clone()),
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
    if definition.earmarks.is_empty() {
        return Ok(Vec::new());
    }
    let whole = journal::received(conn, id)?;
    in_books(conn, reader, Scope::Source(id), (&definition.earmarks, whole))
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
