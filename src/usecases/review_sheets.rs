//! The sheet of one reader for one file: everything the screen shows, and what the screen sends back.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    answers::{self, Content, Typed},
    blinds, calls, committee_mandates,
    committees::require,
    edits::{self, Fate, Seen, seen_field},
    review_saves::{self, SheetField},
    reviews::{self as verbs, Opened, TypedMark},
};
use crate::{
    domain::{
        decisions::is_announced,
        definitions::FundDefinition,
        ids::{CallId, PersonId, ReviewId},
        lifecycle::Refusal,
        lifecycles::{
            grants::GrantState,
            reviews::{ReviewEvent, ReviewState},
        },
        money::Euros,
        paces::Sitting,
        reviews::Confidence,
        roles::Role,
        scoring::{Criterion, Grid, Score},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        grants,
        own_reviews::{self, Shelf, Tally},
        recusals, review_confidences, review_saves as saves,
        reviews::{self, OwnReview, ReviewRow, ScoreRow},
    },
};
use chrono::NaiveDate;

/// A file before its reader.
#[derive(Debug)]
pub struct Sheet {
    pub row: ReviewRow,
    pub content: Content,
    pub fund: std::sync::Arc<FundDefinition>,
    pub scores: Vec<ScoreRow>,
    /// How sure the reader says they are.
    pub confidence: Option<Confidence>,
    /// Changes whenever anything of the review does: a page that shows another one is out of date.
    pub stamp: String,
    /// The mark of each field as it is stored, by the name under which the page sends it back.
    pub seen: Vec<(String, String)>,
    pub offered: Vec<(ReviewEvent, Result<(), Refusal>)>,
    /// Why nothing of the review may change now, if so.
    pub closed: Option<Refusal>,
    pub before: Option<ReviewId>,
    pub after: Option<ReviewId>,
    /// Files of the call the reader has handed in, and has been entrusted.
    pub progress: (i64, i64),
    /// How long the reader had each handed-in file of the call in hand.
    pub sittings: Vec<Sitting>,
    /// What its organisations were granted before, newest first, as far as this reader may know it; `None` where the
    /// reader does not know who applies.
    pub past: Option<Vec<PastGrant>>,
    /// What the others say: nothing before one's own review is in.
    pub others: Option<Others>,
}

/// A grant that an organisation of the file has had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastGrant {
    pub decided_on: NaiveDate,
    pub fund: String,
    pub amount: Euros,
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
    pub confidence: Option<Confidence>,
    pub scores: Vec<ScoreRow>,
}

/// The reader's own review; given up, recused from or somebody else's, it does not exist.
pub(super) fn own(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<(PersonId, ReviewRow)> {
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
    let rules = calls::parse(&content.call)?;
    let Opened { row, scores, standing, .. } = Opened::of_reader(conn, row, actor, rules)?;
    let (before, after) = own_reviews::neighbours(conn, person, row.call_id, &content.row.reference)?;
    let others = match row.state {
        ReviewState::Submitted => Some(others(conn, &row, &content)?),
        _ => None,
    };
    Ok(Sheet {
        fund: calls::fund_of(conn, &content.call)?,
        stamp: stamp(&row, &scores)?,
        seen: review_saves::seen(&content.definition.grid, &scores, &row.opinion),
        sittings: sittings_of(own_reviews::sittings(conn, person, &[row.call_id])?, row.call_id),
        past: past(conn, person, &content)?,
        offered: standing.offered(),
        closed: verbs::writable(&standing).err(),
        before,
        after,
        progress: own_reviews::progress(conn, person, row.call_id)?,
        others,
        confidence: review_confidences::find(conn, row.id)?,
        scores,
        content,
        row,
    })
}

/// Past grants that a sheet shows at most.
const MOST_PAST: usize = 10;

/// What the organisations of a file were granted before: nothing that is under embargo, nor of a file that must not exist
/// for the reader.
fn past(conn: &mut Conn, reader: PersonId, content: &Content) -> Outcome<Option<Vec<PastGrant>>> {
    use GrantState::{Declined, Offered, Terminated};
    if content.identities.is_empty() {
        return Ok(None);
    }
    let mut files = grants::of_organisations(conn, &content.parties())?;
    files.retain(|file| {
        file.grant.application_id != content.row.id
            && is_announced(file.call.call_state, file.call.decision_pace)
            && !matches!(file.grant.state, Offered | Declined | Terminated)
    });
    let applications: Vec<_> = files.iter().map(|file| file.grant.application_id).collect();
    if applications.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let hidden = recusals::among(conn, reader, &applications)?;
    let known = files.into_iter().filter(|file| !hidden.contains(&file.grant.application_id)).take(MOST_PAST);
    let past = known.map(|file| PastGrant {
        decided_on: file.grant.decided_on,
        fund: file.fund.fund_name,
        amount: file.grant.amount_cents,
    });
    Ok(Some(past.collect()))
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
        confidence: review.confidence,
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
    /// The mark of each field that was on the screen, and the name the page gave itself; for a sheet whose stamp is no
    /// longer the same they tell which fields are. Often empty where a whole sheet is sent at once.
    pub seen: Typed,
    /// When the screen was opened, as far as it says so.
    pub opened_at: Option<Moment>,
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
/// `StoreError::Stale` when a field was changed here and elsewhere since the page was shown; what was changed elsewhere
/// only stays as it is. A second click finds what the first one did.
pub fn save(tx: &mut Tx, reader: &Actor, id: ReviewId, sent: &Sent, now: Moment) -> Outcome<Vec<FieldError>> {
    let (_, row) = own(tx.conn(), reader, id)?;
    let rules = calls::definition(tx.conn(), row.call_id)?;
    let opened = Opened::of_reader(tx.conn(), row, reader, rules)?;
    let row = opened.row.clone();
    if says_the_same(&row, &opened.scores, sent) && row.state == ReviewState::Submitted {
        return Ok(Vec::new());
    }
    verbs::writable(&opened.standing)?;
    let (marks, opinion) = merged(tx.conn(), &opened, sent)?.ok_or(StoreError::Stale)?;
    let unmarked = verbs::write_scores(tx, reader, opened, &marks, &opinion, now)?;
    verbs::note_opening(tx, &row, sent.opened_at.map_or(now, |at| at.min(now)))?;
    if sent.wish == Wish::HandIn && unmarked.is_empty() {
        verbs::submit_now(tx, reader, id, now)?;
    }
    let missing = unmarked.iter().filter(|_| sent.wish == Wish::HandIn).map(missing);
    Ok(missing.collect())
}

/// What a sheet comes to: what was typed, with what was changed elsewhere meanwhile and not here. Nothing where both
/// changed the same field.
fn merged(conn: &mut Conn, opened: &Opened, sent: &Sent) -> Outcome<Option<(Vec<TypedMark>, String)>> {
    let (row, scores, grid) = (&opened.row, &opened.scores, &opened.definition.grid);
    if says_the_same(row, scores, sent) || sent.stamp == stamp(row, scores)? {
        return Ok(Some((sent.marks.clone(), sent.opinion.clone())));
    }
    let own = match sent.seen.get(edits::PAGE).filter(|page| !page.is_empty()) {
        Some(page) => saves::of_page(conn, row.id, page)?,
        None => Vec::new(),
    };
    let own = own.into_iter().map(|save| (save.field, save.mark)).collect();
    let Reconciled { marks, opinion, contested } = reconcile(grid, scores, &row.opinion, sent, own);
    Ok(contested.is_empty().then_some((marks, opinion)))
}

/// A sheet that was typed while another device of its reader wrote in it.
#[derive(Debug)]
pub struct Reconciled {
    pub marks: Vec<TypedMark>,
    pub opinion: String,
    /// The fields that both changed, by name, each with what is stored in words: here they say what was typed.
    pub contested: Vec<(String, String)>,
}

/// Each field as it was typed here if it was changed here, as it is stored if not. `own` are the marks of what the page
/// itself saved, by field.
pub fn reconcile(
    grid: &Grid,
    scores: &[ScoreRow],
    opinion: &str,
    sent: &Sent,
    own: Vec<(String, String)>,
) -> Reconciled {
    let seen = Seen::knowing(&sent.seen, own);
    let (stored_marks, stored_opinion) = review_saves::said(grid, scores, opinion);
    let (mut marks, mut opinion) = (stored_marks.clone(), stored_opinion.clone());
    let mut contested = Vec::new();
    for field in SheetField::all(grid) {
        let name = field.name();
        let (value, stored) = (field.value(&sent.marks, &sent.opinion), field.value(&stored_marks, &stored_opinion));
        if value == stored {
            continue;
        }
        // Of a field whose mark did not come nothing is known but that the two differ.
        let is_told = sent.seen.contains_key(&seen_field(&name));
        let fate = if is_told { seen.fate(&name, value, stored) } else { Fate::Contested };
        if fate != Fate::Kept {
            field.put(&mut marks, &mut opinion, value);
        }
        if fate == Fate::Contested {
            contested.push((name, field.words(stored)));
        }
    }
    Reconciled { marks, opinion, contested }
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
    /// By call, how long the reader had each handed-in file in hand.
    pub sittings: Vec<(CallId, Sitting)>,
    pub rows: Vec<OwnReview>,
    /// The reference after which the next page begins.
    pub next: Option<String>,
}

/// The reader's files after the one with this reference; those of a call that waits for a declaration are not there.
pub fn list(conn: &mut Conn, actor: &Actor, shelf: Shelf, after: &str, now: Moment) -> Outcome<OwnList> {
    let person = require(actor, Role::Reviewer)?;
    let mut tallies = own_reviews::tallies(conn, person, shelf)?;
    let mut of_calls: Vec<_> = tallies.iter().map(|tally| tally.call_id).collect();
    of_calls.dedup();
    let closed = committee_mandates::closed_calls(conn, actor, &of_calls, now)?;
    of_calls.retain(|call| !closed.contains(call));
    tallies.retain(|tally| !closed.contains(&tally.call_id));
    let mut rows = own_reviews::page(conn, person, &of_calls, after, PAGE as i64 + 1)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.reference.clone());
    blinds::own(conn, actor, &mut rows)?;
    let sittings = own_reviews::sittings(conn, person, &of_calls)?;
    Ok(OwnList { tallies, sittings, rows, next })
}

/// Those of one call.
pub fn sittings_of(all: Vec<(CallId, Sitting)>, call: CallId) -> Vec<Sitting> {
    all.into_iter().filter(|(of, _)| *of == call).map(|(_, sitting)| sitting).collect()
}

/// The file of the same call to go on with after this one: the next that waits for the reader, or the first.
pub fn next_waiting(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<Option<ReviewId>> {
    let (person, row) = own(conn, actor, id)?;
    let reference = reviews::file(conn, Some(person), row.application_id)?.reference;
    Ok(own_reviews::next_waiting(conn, person, row.call_id, &reference)?)
}

/// The first file of a call that waits for the reader.
pub fn first_waiting(conn: &mut Conn, actor: &Actor, call: &str) -> Outcome<Option<ReviewId>> {
    let person = require(actor, Role::Reviewer)?;
    Ok(own_reviews::first_waiting(conn, person, call)?)
}
