//! The ranking of a call, for the team and for the members of its committee.

use super::{Actor, Outcome};
use crate::{
    domain::{ids::CallId, roles::Role},
    store::{
        Conn, StoreError,
        rankings::{self, Key, RankedRow},
        seats,
    },
};

/// Files on one page of the ranking.
const PAGE: usize = 50;

/// A page of the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// Each file with its rank; files with the same mean share one, a file nobody has scored has none.
    pub rows: Vec<(Option<i64>, RankedRow)>,
    /// Where the next page begins.
    pub next: Option<Key>,
}

/// The files of a call after `after`, best first. Files the actor is recused from take part in nothing: neither line
/// nor count nor rank.
pub fn of_call(conn: &mut Conn, actor: &Actor, call: CallId, after: Option<&Key>) -> Outcome<Ranking> {
    let reader = actor.person.ok_or(StoreError::NotFound)?;
    let is_staff = [Role::Officer, Role::Director, Role::Auditor].iter().any(|role| actor.is(*role));
    if !is_staff && seats::held(conn, call, reader)?.is_none() {
        return Err(StoreError::NotFound.into());
    }
    let mut rows = rankings::page(conn, call, reader, after, PAGE as i64 + 1)?;
    let next = rows.get(PAGE).is_some();
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| next).map(|row| (row.score_mean, row.reference.clone()));
    let before = match rows.first() {
        Some(first) => rankings::count_better(conn, call, reader, first.score_mean)?,
        None => 0,
    };
    // On a later page the first file may share its mean with files of the page before.
    let skipped = match (rows.first(), after) {
        (Some(first), Some((mean, reference))) if first.score_mean == *mean => {
            rankings::count_same_up_to(conn, call, reader, *mean, reference)?
        }
        _ => 0,
    };
    Ok(Ranking { rows: ranked(rows, before, skipped), next })
}

fn ranked(rows: Vec<RankedRow>, before: i64, skipped: i64) -> Vec<(Option<i64>, RankedRow)> {
    let (mut rank, mut last) = (before + 1, rows.first().map(|row| row.score_mean));
    let mut ranked = Vec::with_capacity(rows.len());
    for (seen, row) in (before + skipped..).zip(rows) {
        if last != Some(row.score_mean) {
            rank = seen + 1;
            last = Some(row.score_mean);
        }
        ranked.push(((row.score_count > 0).then_some(rank), row));
    }
    ranked
}
