//! The ranking of a call, for the team: the figures of each file, and the reviews behind them. Whoever of the team has
//! still to review a file finds it without a mark: theirs comes first.

use super::{
    Actor, Outcome,
    agendas::Envelope,
    answers::{self, Content},
    calls as verbs,
    committees::require,
};
use crate::{
    domain::{
        definitions::CallDefinition,
        ids::{ApplicationId, CallId, PersonId},
        lifecycles::reviews::ReviewState,
        rankings::{self, Contender, Order, Place, Ranked},
        roles::Role,
        scoring::{Grid, Marks, Score, mark_mean},
        severity::{self, Adjusted, Lack, Leaning, Reading},
    },
    store::{
        Conn,
        calls::CallRow,
        own_reviews, people,
        rankings::{self as rows, CandidateRow, RankedRow},
        recounts::{self, RecountRow},
        reviews::{self, NamedReview, ScoreRow},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Files on one page of the ranking.
const PAGE: usize = 50;

/// The ranking of a whole call for one reader. Files they are recused from take part in nothing; those they have still to
/// review stand last, without a figure, and weigh nothing on the others.
#[derive(Debug)]
pub(super) struct Whole {
    /// In the order asked for.
    pub ranked: Vec<Ranked>,
    pub adjusted: Adjusted,
    pub unread: BTreeSet<ApplicationId>,
}

pub(super) fn whole(conn: &mut Conn, call: CallId, reader: PersonId, order: Order) -> Outcome<Whole> {
    let unread: BTreeSet<_> = own_reviews::unread(conn, reader, call)?.into_iter().collect();
    let contender = |row: CandidateRow| {
        let is_scored = row.score_count > 0 && !unread.contains(&row.id);
        let mean = is_scored.then_some(Score::from_hundredths(row.score_mean));
        let (reference, requested) = (row.reference, row.requested);
        (row.id, Contender { id: row.id, reference, requested, mean, totals: Vec::new() })
    };
    let candidates = rows::candidates(conn, call, reader)?.into_iter();
    let mut contenders: BTreeMap<ApplicationId, Contender> = candidates.map(contender).collect();
    let mut readings = Vec::new();
    for (file, reader, total) in rows::totals(conn, call)? {
        let contender = contenders.get_mut(&file).filter(|contender| contender.mean.is_some());
        if let (Some(contender), Some(total)) = (contender, total.map(Score::from_hundredths)) {
            contender.totals.push(total);
            readings.push(Reading { file, reader, total });
        }
    }
    let adjusted = severity::adjust(&readings);
    let mut ranked = rankings::ranking(contenders.into_values().collect(), &adjusted);
    if order != Order::Mean {
        rankings::sort(&mut ranked, order);
    }
    Ok(Whole { ranked, adjusted, unread })
}

/// The criteria whose mean rules a file out, by file: their labels, in the order of the grid.
pub(super) fn eliminated(
    conn: &mut Conn,
    grid: &Grid,
    ids: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let criteria = grid.criteria.iter().filter(|criterion| criterion.eliminatory_below.is_some());
    let criteria: Vec<&str> = criteria.map(|criterion| criterion.code.as_str()).collect();
    if criteria.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut given: BTreeMap<ApplicationId, BTreeMap<_, Marks>> = BTreeMap::new();
    for (file, review, criterion, points) in rows::marks(conn, ids, &criteria)? {
        let marks = given.entry(file).or_default().entry(review).or_default();
        marks.extend(points.map(|points| (criterion, points)));
    }
    let below = |marks: BTreeMap<_, Marks>| {
        let marks: Vec<Marks> = marks.into_values().collect();
        grid.eliminating(&marks).into_iter().map(|criterion| criterion.label.clone()).collect()
    };
    Ok(given.into_iter().map(|(file, marks)| (file, below(marks))).collect())
}

/// One line of the ranking as the team reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedFile {
    pub ranked: Ranked,
    pub row: RankedRow,
    /// Reviews handed in, and entrusted.
    pub reviews: (i64, i64),
    /// Labels of the criteria whose mean rules the file out.
    pub eliminated: Vec<String>,
    /// Whether the reader of the page has still to review it.
    pub is_unread: bool,
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
    let sums = rows::mark_sums(conn, ids, &codes)?;
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
    pub definition: Arc<CallDefinition>,
    pub envelope: Envelope,
    pub files: Vec<RankedFile>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// Why no score is adjusted.
    pub lack: Option<Lack>,
    /// Who marks how, by name.
    pub readers: Vec<(String, Leaning)>,
    /// The last time the totals were worked out again, and by whom.
    pub recount: Option<(RecountRow, String)>,
}

/// The ranking of the call with this reference in this order, after the file that stood at `after`.
pub fn table(conn: &mut Conn, officer: &Actor, reference: &str, order: Order, after: Option<&Place>) -> Outcome<Table> {
    let reader = require(officer, Role::Officer)?;
    let call = verbs::by_reference(conn, reference)?;
    let definition = verbs::parse(&call)?;
    let whole = whole(conn, call.id, reader, order)?;
    let rest = after.map_or(whole.ranked.as_slice(), |place| rankings::after(&whole.ranked, order, place));
    let shown: Vec<Ranked> = rest.iter().take(PAGE).cloned().collect();
    let next = shown.last().filter(|_| rest.len() > PAGE).map(|last| last.place(order));
    let recount = recounts::last(conn, call.id)?;
    Ok(Table {
        envelope: Envelope::seen_by(conn, &call, reader)?,
        files: files(conn, &definition.grid, shown, &whole.unread, recount.as_ref().map(|(row, _)| row))?,
        readers: named(conn, whole.adjusted.readers)?,
        lack: whole.adjusted.lack,
        next,
        recount,
        definition,
        call,
    })
}

fn files(
    conn: &mut Conn,
    grid: &Grid,
    shown: Vec<Ranked>,
    unread: &BTreeSet<ApplicationId>,
    recount: Option<&RecountRow>,
) -> Outcome<Vec<RankedFile>> {
    let ids: Vec<ApplicationId> = shown.iter().map(|file| file.id).collect();
    let mut counts: BTreeMap<ApplicationId, (i64, i64)> = BTreeMap::new();
    for (application, state, count, ..) in reviews::standings(conn, &ids)? {
        let (done, all) = counts.entry(application).or_default();
        *all += count;
        *done += if state == ReviewState::Submitted { count } else { 0 };
    }
    let read: Vec<ApplicationId> = ids.iter().copied().filter(|id| !unread.contains(id)).collect();
    let mut eliminated = eliminated(conn, grid, &read)?;
    let mut apart = apart(conn, grid, &read)?;
    let mut before = match recount {
        Some(recount) => means_before(conn, recount, &read)?,
        None => BTreeMap::new(),
    };
    let mut known: BTreeMap<_, _> = rows::rows(conn, &ids)?.into_iter().map(|row| (row.application_id, row)).collect();
    let file = |ranked: Ranked| {
        let id = ranked.id;
        Some(RankedFile {
            row: known.remove(&id)?,
            reviews: counts.get(&id).copied().unwrap_or_default(),
            eliminated: eliminated.remove(&id).unwrap_or_default(),
            apart: apart.remove(&id).unwrap_or_default(),
            before_recount: before.remove(&id),
            is_unread: unread.contains(&id),
            ranked,
        })
    };
    Ok(shown.into_iter().filter_map(file).collect())
}

/// The means of these files before their totals were last worked out again, where that changed them.
fn means_before(
    conn: &mut Conn,
    recount: &RecountRow,
    ids: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, Score>> {
    let lines = recounts::lines(conn, recount.revision, ids)?.into_iter();
    Ok(lines.map(|line| (line.application_id, Score::from_hundredths(line.mean_before))).collect())
}

fn named(conn: &mut Conn, mut readers: BTreeMap<PersonId, Leaning>) -> Outcome<Vec<(String, Leaning)>> {
    let ids: Vec<PersonId> = readers.keys().copied().collect();
    let known = people::of_ids(conn, &ids)?.into_iter();
    Ok(known.filter_map(|person| Some((person.name, readers.remove(&person.id)?))).collect())
}

/// The reviews of one file, mark by mark.
#[derive(Debug)]
pub struct FileReviews {
    pub content: Content,
    /// Totals and opinions are away while the reader of the page has still to review the file.
    pub reviews: Vec<NamedReview>,
    pub scores: Vec<ScoreRow>,
    pub is_unread: bool,
}

/// Every review of one file, for the team.
pub fn reviews_of(conn: &mut Conn, officer: &Actor, application: ApplicationId) -> Outcome<FileReviews> {
    let reader = require(officer, Role::Officer)?;
    let mut content = answers::find(conn, officer, application)?;
    let mut reviews = reviews::of_application(conn, application)?;
    let mut scores = reviews::submitted_scores(conn, application)?;
    let is_unread = own_reviews::is_unread(conn, reader, application)?;
    if is_unread {
        content.row.score_count = 0;
        reviews.iter_mut().for_each(NamedReview::hide);
        scores.clear();
    }
    Ok(FileReviews { content, reviews, scores, is_unread })
}
