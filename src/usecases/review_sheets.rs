//! The sheet of one reader for one file: everything the screen shows, and what the screen sends back.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    answers::{self, Content},
    blinds, calls,
    committees::require,
    reviews::{self as verbs, Opened, TypedMark},
};
use crate::{
    domain::{
        definitions::FundDefinition,
        ids::{PersonId, ReviewId},
        lifecycle::Refusal,
        lifecycles::reviews::{ReviewEvent, ReviewState},
        roles::Role,
        scoring::{Criterion, Score},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        own_reviews::{self, Shelf, Tally},
        recusals,
        reviews::{self, OwnReview, ReviewRow, ScoreRow},
    },
};

/// A file before its reader.
#[derive(Debug)]
pub struct Sheet {
    pub row: ReviewRow,
    pub content: Content,
    pub fund: std::sync::Arc<FundDefinition>,
    pub scores: Vec<ScoreRow>,
    /// Changes whenever anything of the review does: a page that shows another one is out of date.
    pub stamp: String,
    pub offered: Vec<(ReviewEvent, Result<(), Refusal>)>,
    pub before: Option<ReviewId>,
    pub after: Option<ReviewId>,
    /// Files of the call the reader has handed in, and has been entrusted.
    pub progress: (i64, i64),
    /// What the others say: nothing before one's own review is in.
    pub others: Option<Others>,
}

/// The other submitted reviews of a file.
#[derive(Debug)]
pub struct Others {
    /// Of all submitted reviews, one's own included; nothing while it is the only one.
    pub mean: Option<Score>,
    pub readers: Vec<OtherReview>,
}

/// One of them.
#[derive(Debug)]
pub struct OtherReview {
    pub name: String,
    pub total: Option<Score>,
    pub opinion: String,
    pub scores: Vec<ScoreRow>,
}

/// The reader's own review; given up, recused from or somebody else's, it does not exist.
fn own(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<(PersonId, ReviewRow)> {
    let person = require(actor, Role::Reviewer)?;
    let row = reviews::find(conn, id)?;
    let is_given_up = matches!(row.state, ReviewState::Recused | ReviewState::Declined);
    if row.person_id != person || is_given_up || recusals::is_recused(conn, person, row.application_id)? {
        return Err(StoreError::NotFound.into());
    }
    Ok((person, row))
}

/// Everything the screen of one file shows.
pub fn find(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<Sheet> {
    let (person, row) = own(conn, actor, id)?;
    let content = answers::find(conn, actor, row.application_id)?;
    let content = blinds::content(conn, actor, content)?;
    let Opened { row, scores, standing, .. } = Opened::read(conn, row, actor)?;
    let (before, after) = own_reviews::neighbours(conn, person, row.call_id, &content.row.reference)?;
    let others = match row.state {
        ReviewState::Submitted => Some(others(conn, &row, &content)?),
        _ => None,
    };
    Ok(Sheet {
        fund: calls::fund_of(conn, &content.call)?,
        stamp: stamp(&row, &scores)?,
        offered: standing.offered(),
        before,
        after,
        progress: own_reviews::progress(conn, person, row.call_id)?,
        others,
        scores,
        content,
        row,
    })
}

fn stamp(row: &ReviewRow, scores: &[ScoreRow]) -> Outcome<String> {
    let said: Vec<_> = scores.iter().map(|score| (&score.criterion, score.points, &score.comment)).collect();
    Ok(sha256(serde_json::to_vec(&(row.version, &row.opinion, said))?))
}

fn others(conn: &mut Conn, own: &ReviewRow, content: &Content) -> Outcome<Others> {
    let scores = reviews::submitted_scores(conn, own.application_id)?;
    let submitted = reviews::of_application(conn, own.application_id)?.into_iter();
    let submitted = submitted.filter(|review| review.state == ReviewState::Submitted && review.id != own.id);
    let reader = |review: reviews::NamedReview| OtherReview {
        scores: scores.iter().filter(|score| score.review_id == review.id).cloned().collect(),
        total: review.total.map(Score::from_hundredths),
        name: review.name,
        opinion: review.opinion,
    };
    let readers: Vec<_> = submitted.map(reader).collect();
    let mean = (!readers.is_empty()).then(|| Score::from_hundredths(content.row.score_mean));
    Ok(Others { mean, readers })
}

/// What the reader's screen sends back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The stamp of the sheet that was on the screen.
    pub stamp: String,
    pub marks: Vec<TypedMark>,
    pub opinion: String,
    pub wish: Wish,
}

/// What the reader wants done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Keep,
    HandIn,
}

/// Keeps what was typed and, if wished and every criterion is marked, hands it in. Gives the sentences beside the
/// criteria that still lack a mark; what was typed is kept all the same.
///
/// `StoreError::Stale` when the review changed since the page was shown. A second click finds what the first one did.
pub fn save(tx: &mut Tx, reader: &Actor, id: ReviewId, sent: &Sent, now: Moment) -> Outcome<Vec<FieldError>> {
    let (_, row) = own(tx.conn(), reader, id)?;
    let opened = Opened::read(tx.conn(), row, reader)?;
    let (row, scores) = (&opened.row, &opened.scores);
    let is_known = says_the_same(row, scores, sent);
    if is_known && row.state == ReviewState::Submitted {
        return Ok(Vec::new());
    }
    if !is_known && sent.stamp != stamp(row, scores)? {
        return Err(StoreError::Stale.into());
    }
    let unmarked = verbs::write_scores(tx, reader, opened, &sent.marks, &sent.opinion, now)?;
    if sent.wish == Wish::HandIn && unmarked.is_empty() {
        verbs::submit_now(tx, reader, id, now)?;
    }
    let missing = unmarked.iter().filter(|_| sent.wish == Wish::HandIn).map(missing);
    Ok(missing.collect())
}

fn missing(criterion: &Criterion) -> FieldError {
    let label = &criterion.label;
    let sentence = format!("Donnez une note à «\u{a0}{label}\u{a0}» pour remettre l’évaluation.");
    FieldError::new(format!("note-{}", criterion.code), sentence)
}

fn says_the_same(row: &ReviewRow, scores: &[ScoreRow], sent: &Sent) -> bool {
    let kept = |code: &str| scores.iter().find(|score| score.criterion == code);
    let is_same = |mark: &TypedMark| match kept(&mark.criterion) {
        Some(score) => {
            let points = score.points.map(|points| points.to_string()).unwrap_or_default();
            points == mark.points.trim() && score.comment == mark.comment.trim()
        }
        None => mark.points.trim().is_empty() && mark.comment.trim().is_empty(),
    };
    row.opinion == sent.opinion.trim() && sent.marks.iter().all(is_same)
}

/// Gives a file up without a conflict; from here on it is no longer among the reader's files.
pub fn decline(tx: &mut Tx, reader: &Actor, id: ReviewId, reason: &str, now: Moment) -> Outcome<()> {
    let (_, row) = own(tx.conn(), reader, id)?;
    if reason.trim().is_empty() {
        return Err(UseCaseError::Invalid(vec![FieldError::new("motif", "Dites en quelques mots pourquoi.")]));
    }
    verbs::decline(tx, reader, id, row.version, reason, now)
}

/// Files on one page of a reader's list.
const PAGE: usize = 50;

/// A page of a reader's list.
#[derive(Debug)]
pub struct OwnList {
    pub tallies: Vec<Tally>,
    pub rows: Vec<OwnReview>,
    /// The reference after which the next page begins.
    pub next: Option<String>,
}

/// The reader's files after the one with this reference.
pub fn list(conn: &mut Conn, actor: &Actor, shelf: Shelf, after: &str) -> Outcome<OwnList> {
    let person = require(actor, Role::Reviewer)?;
    let tallies = own_reviews::tallies(conn, person, shelf)?;
    let mut of_calls: Vec<_> = tallies.iter().map(|tally| tally.call_id).collect();
    of_calls.dedup();
    let mut rows = own_reviews::page(conn, person, &of_calls, after, PAGE as i64 + 1)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.reference.clone());
    blinds::own(conn, actor, &mut rows)?;
    Ok(OwnList { tallies, rows, next })
}

/// The first file of a call that waits for the reader.
pub fn first_waiting(conn: &mut Conn, actor: &Actor, call: &str) -> Outcome<Option<ReviewId>> {
    let person = require(actor, Role::Reviewer)?;
    Ok(own_reviews::first_waiting(conn, person, call)?)
}
