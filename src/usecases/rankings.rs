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
        scoring::{Grid, Score, mark_mean},
    },
    store::{
        Conn, StoreError,
        calls::CallRow,
        rankings::{self, Key, RankedRow},
        recounts::{self, RecountRow},
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
    /// The means of the criteria that stand apart.
    pub apart: Vec<Apart>,
    /// Its mean before the last time the totals were worked out again, where that changed it.
    pub before_recount: Option<Score>,
}

/// The mean of a criterion that is marked and never summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    pub label: String,
    /// In hundredths of the scale of the criterion.
    pub mean: Score,
    pub most: i32,
}

impl Apart {
    /// « 3,50 sur 5 ».
    pub fn words(&self) -> String {
        format!("{} sur {}", self.mean, self.most)
    }
}

/// The means of the criteria that stand apart, by file, in the order of the grid; one that nobody has marked is left out.
pub(super) fn apart(
    conn: &mut Conn,
    grid: &Grid,
    ids: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, Vec<Apart>>> {
    let codes: Vec<String> = grid.independent().map(|criterion| criterion.code.clone()).collect();
    let mut found: BTreeMap<ApplicationId, Vec<Apart>> = BTreeMap::new();
    if codes.is_empty() || ids.is_empty() {
        return Ok(found);
    }
    let sums = rankings::mark_sums(conn, ids, &codes)?;
    for criterion in grid.independent() {
        for (application, _, sum, count) in sums.iter().filter(|(_, code, ..)| *code == criterion.code) {
            let Some(mean) = mark_mean(*sum, *count) else { continue };
            let one = Apart { label: criterion.label.clone(), mean, most: criterion.most };
            found.entry(*application).or_default().push(one);
        }
    }
    Ok(found)
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
    /// The last time the totals were worked out again, and by whom.
    pub recount: Option<(RecountRow, String)>,
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
    let mut apart = apart(conn, &verbs::parse(&call)?.grid, &ids)?;
    let recount = recounts::last(conn, call.id)?;
    let mut means_before = BTreeMap::new();
    if let Some((row, _)) = &recount {
        let lines = recounts::lines(conn, row.revision, &ids)?.into_iter();
        means_before.extend(lines.map(|line| (line.application_id, Score::from_hundredths(line.mean_before))));
    }
    let mut cumulative = before;
    let file = |(rank, row): (Option<i64>, RankedRow)| {
        cumulative += row.requested;
        let (reviews, extremes) = standings.remove(&row.application_id).unwrap_or_default();
        let apart = apart.remove(&row.application_id).unwrap_or_default();
        let before_recount = means_before.remove(&row.application_id);
        RankedFile { rank, row, reviews, extremes, cumulative, apart, before_recount }
    };
    let files = ranking.rows.into_iter().map(file).collect();
    let envelope = Envelope::seen_by(conn, &call, reader)?;
    Ok(Table { envelope, files, next: ranking.next, before, recount, call })
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
