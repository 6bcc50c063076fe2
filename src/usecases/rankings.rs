//! The ranking of a call, for the team and for the members of its committee.

use super::{
    Actor, Outcome,
    agendas::Envelope,
    answers::{self, Content},
    calls as verbs,
    committees::require,
};
use crate::{
    domain::{
        ids::{ApplicationId, CallId},
        lifecycles::reviews::ReviewState,
        money::Euros,
        roles::Role,
        scoring::Score,
    },
    store::{
        Conn, StoreError,
        calls::CallRow,
        rankings::{self, Key, RankedRow},
        reviews::{self, NamedReview, ScoreRow},
        seats,
    },
};
use std::collections::BTreeMap;

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

/// One line of the ranking as the team reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedFile {
    pub rank: Option<i64>,
    pub row: RankedRow,
    /// Reviews handed in, and entrusted.
    pub reviews: (i64, i64),
    /// The least and the most a reader gave.
    pub extremes: Option<(Score, Score)>,
    /// What the files down to this one ask for together.
    pub cumulative: Euros,
}

/// A page of the ranking of a call against its envelope.
#[derive(Debug)]
pub struct Table {
    pub call: CallRow,
    pub envelope: Envelope,
    pub files: Vec<RankedFile>,
    pub next: Option<Key>,
    /// What the files of the pages before ask for together.
    pub before: Euros,
}

/// The ranking of the call with this reference, for the team.
pub fn table(conn: &mut Conn, officer: &Actor, reference: &str, after: Option<&Key>) -> Outcome<Table> {
    let reader = require(officer, Role::Officer)?;
    let call = verbs::by_reference(conn, reference)?;
    let ranking = of_call(conn, officer, call.id, after)?;
    let before = match after {
        Some(key) => rankings::requested_up_to(conn, call.id, reader, key)?,
        None => Euros::ZERO,
    };
    let ids: Vec<ApplicationId> = ranking.rows.iter().map(|(_, row)| row.application_id).collect();
    /// Reviews handed in and reviews in all, then the least and the most of their totals.
    type Standing = ((i64, i64), Option<(Score, Score)>);
    let mut standings: BTreeMap<ApplicationId, Standing> = BTreeMap::new();
    for (application, state, count, least, most) in reviews::standings(conn, &ids)? {
        let (reviews, extremes) = standings.entry(application).or_default();
        reviews.1 += count;
        if state == ReviewState::Submitted {
            reviews.0 += count;
            *extremes = least.zip(most).map(|(a, b)| (Score::from_hundredths(a), Score::from_hundredths(b)));
        }
    }
    let mut cumulative = before;
    let file = |(rank, row): (Option<i64>, RankedRow)| {
        cumulative += row.requested;
        let (reviews, extremes) = standings.remove(&row.application_id).unwrap_or_default();
        RankedFile { rank, row, reviews, extremes, cumulative }
    };
    let files = ranking.rows.into_iter().map(file).collect();
    Ok(Table { envelope: Envelope::seen_by(conn, &call, reader)?, files, next: ranking.next, before, call })
}

/// The reviews of one file, mark by mark.
#[derive(Debug)]
pub struct FileReviews {
    pub content: Content,
    pub reviews: Vec<NamedReview>,
    pub scores: Vec<ScoreRow>,
}

/// Every review of one file, for the team.
pub fn reviews_of(conn: &mut Conn, officer: &Actor, application: ApplicationId) -> Outcome<FileReviews> {
    require(officer, Role::Officer)?;
    let content = answers::find(conn, officer, application)?;
    Ok(FileReviews {
        reviews: reviews::of_application(conn, application)?,
        scores: reviews::submitted_scores(conn, application)?,
        content,
    })
}
