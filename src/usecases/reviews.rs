//! Reviews: assignment, scores, and the stored mean that follows them.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::{Cause, Object, Standing, advance, advance_now, step},
    calls,
    committees::{CallFile, call_file, require},
    documents::Recipient,
    messages, review_notices, terms,
};
use crate::{
    domain::{
        correspondence::reviews::{self as words, ReviewedFile},
        definitions::CallDefinition,
        ids::{ApplicationId, PersonId, ReviewId},
        lifecycle::Refusal,
        lifecycles::{
            reviews::{Review, ReviewEvent, ReviewFacts, ReviewState},
            sessions::SessionState,
        },
        roles::Role,
        scoring::{Criterion, Grid, Marks, mean},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, people, rankings, recusals, review_confidences, review_saves,
        reviews::{self, FileRow, ReviewRow, ScoreRow},
        sessions,
    },
};
use std::{str::FromStr, sync::Arc};

impl Object for Review {
    type Id = ReviewId;

    fn look(conn: &mut Conn, id: ReviewId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = reviews::find(conn, id)?;
        Ok(Opened::read(conn, row, actor)?.standing)
    }
}

/// A review with its marks, its grid and where it stands.
pub(super) struct Opened {
    pub row: ReviewRow,
    pub scores: Vec<ScoreRow>,
    pub definition: Arc<CallDefinition>,
    pub standing: Standing<Review>,
}

impl Opened {
    /// The rest of a review whose row has just been read.
    pub fn read(conn: &mut Conn, row: ReviewRow, actor: &Actor) -> Outcome<Opened> {
        if let Some(person) = actor.person
            && recusals::is_recused(conn, person, row.application_id)?
        {
            return Err(StoreError::NotFound.into());
        }
        let definition = calls::definition(conn, row.call_id)?;
        Opened::of_reader(conn, row, actor, definition)
    }

    /// The same of a review that was just found to be its reader's, under the rules of its call.
    pub fn of_reader(
        conn: &mut Conn,
        row: ReviewRow,
        actor: &Actor,
        definition: Arc<CallDefinition>,
    ) -> Outcome<Opened> {
        let roles = roles_on(&row, actor)?;
        let scores = reviews::scores(conn, row.id)?;
        let unscored = definition.grid.unmarked(&given(&scores)).into_iter();
        let facts = ReviewFacts {
            unscored: unscored.map(|criterion| criterion.label.clone()).collect(),
            is_minuted: is_minuted(conn, row.application_id)?,
            reason: row.reason.clone().filter(|reason| !reason.trim().is_empty()),
        };
        let reason = facts.reason.clone().unwrap_or_default();
        let standing = Standing { state: row.state, version: row.version, roles, facts, reason };
        Ok(Opened { row, scores, definition, standing })
    }
}

/// What somebody who is not recused from its file is to a review; to anybody else it does not exist.
fn roles_on(row: &ReviewRow, actor: &Actor) -> Outcome<Vec<Role>> {
    let is_own = actor.person == Some(row.person_id) && actor.is(Role::Reviewer);
    let own = is_own.then_some(Role::Reviewer);
    let staff = [Role::System, Role::Officer].into_iter().filter(|role| actor.is(*role));
    let roles: Vec<Role> = own.into_iter().chain(staff).collect();
    if roles.is_empty() { Err(StoreError::NotFound.into()) } else { Ok(roles) }
}

/// Whether the last session that heard the file is over: its scores no longer change.
fn is_minuted(conn: &mut Conn, application: ApplicationId) -> Outcome<bool> {
    let states = sessions::states_hearing(conn, application)?;
    Ok(matches!(states.last(), Some(SessionState::Minuted | SessionState::Confirmed)))
}

/// The marks of a review by criterion.
pub fn marks_of(conn: &mut Conn, id: ReviewId) -> Outcome<Marks> {
    Ok(given(&reviews::scores(conn, id)?))
}

/// The marks among these scores, by criterion.
fn given(scores: &[ScoreRow]) -> Marks {
    scores.iter().filter_map(|row| Some((row.criterion.clone(), row.points?))).collect()
}

/// What was typed beside one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedMark {
    pub criterion: String,
    /// As typed; empty when nothing is given yet.
    pub points: String,
    pub comment: String,
}

/// The longest comment or opinion, in characters.
const LONGEST: usize = 5_000;

/// Keeps scores and opinion; begins the review when it had not begun. Marks may be missing until it is handed in.
pub fn save_scores(
    tx: &mut Tx,
    reviewer: &Actor,
    id: ReviewId,
    typed: &[TypedMark],
    opinion: &str,
    now: Moment,
) -> Outcome<()> {
    let row = reviews::find(tx.conn(), id)?;
    let opened = Opened::read(tx.conn(), row, reviewer)?;
    write_scores(tx, reviewer, opened, typed, opinion, now)?;
    Ok(())
}

/// The same for a review just read in this transaction; gives the marks it has now and the criteria that lack one.
pub(super) fn write_scores(
    tx: &mut Tx,
    reviewer: &Actor,
    opened: Opened,
    typed: &[TypedMark],
    opinion: &str,
    now: Moment,
) -> Outcome<Vec<Criterion>> {
    let Opened { row, scores: known, definition, standing } = opened;
    if !standing.roles.contains(&Role::Reviewer) {
        return Err(StoreError::NotFound.into());
    }
    writable(&standing)?;
    let (grid, id, opinion) = (&definition.grid, row.id, opinion.trim());
    let scores = read_marks(grid, id, typed, opinion)?;
    if standing.state == ReviewState::Assigned {
        drop(step(tx, reviewer, id, standing, ReviewEvent::Start, now)?);
    }
    reviews::change_scores(tx, id, &known, &scores)?;
    let marks = given(&scores);
    let total = grid.total(&marks).map(|score| score.hundredths());
    if (row.opinion.as_str(), row.total) != (opinion, total) {
        reviews::set_opinion(tx, id, opinion, total)?;
    }
    Ok(grid.unmarked(&marks).into_iter().cloned().collect())
}

/// Whether marks, comments and opinion may change now; the reason why not.
pub(super) fn writable(standing: &Standing<Review>) -> Result<(), Refusal> {
    if standing.facts.is_minuted {
        return Err(Refusal::because("La séance est terminée\u{a0}: les évaluations ne changent plus."));
    }
    match standing.state {
        ReviewState::Assigned | ReviewState::InProgress | ReviewState::Reopened => Ok(()),
        ReviewState::Submitted | ReviewState::Recused | ReviewState::Declined => {
            Err(Refusal::NotFromHere(standing.state.label()))
        }
    }
}

/// Notes that a sheet was open at `at`, of which the earliest is kept; never before it was entrusted.
pub(super) fn note_opening(tx: &mut Tx, row: &ReviewRow, at: Moment) -> Outcome<()> {
    let at = at.max(row.created_at);
    match row.opened_at {
        Some(known) if known <= at => Ok(()),
        _ => Ok(reviews::set_opened_at(tx, row.id, at)?),
    }
}

/// What these scores say of each criterion of the grid, as it is typed.
pub fn typed_marks(grid: &Grid, scores: &[ScoreRow]) -> Vec<TypedMark> {
    let mark = |criterion: &Criterion| {
        let kept = scores.iter().find(|score| score.criterion == criterion.code);
        TypedMark {
            criterion: criterion.code.clone(),
            points: kept.and_then(|score| score.points).map(|points| points.to_string()).unwrap_or_default(),
            comment: kept.map(|score| score.comment.clone()).unwrap_or_default(),
        }
    };
    grid.criteria.iter().map(mark).collect()
}

/// The marks that were given; a sentence beside each one that the grid does not allow.
fn read_marks(grid: &Grid, id: ReviewId, typed: &[TypedMark], opinion: &str) -> Outcome<Vec<ScoreRow>> {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for criterion in &grid.criteria {
        let Some(mark) = typed.iter().find(|mark| mark.criterion == criterion.code) else { continue };
        if mark.comment.chars().count() > LONGEST {
            let field = format!("commentaire-{}", criterion.code);
            errors.push(FieldError::new(field, format!("Au plus {LONGEST} caractères.")));
        }
        let (points, comment) = (mark.points.trim(), mark.comment.trim().to_owned());
        let read = i32::from_str(points).ok().filter(|points| (0..=criterion.most).contains(points));
        if read.is_none() && !points.is_empty() {
            let message = format!("La note va de 0 à {}, sans décimale.", criterion.most);
            errors.push(FieldError::new(format!("note-{}", criterion.code), message));
        } else if read.is_some() || !comment.is_empty() {
            rows.push(ScoreRow { review_id: id, criterion: criterion.code.clone(), points: read, comment });
        }
    }
    if opinion.chars().count() > LONGEST {
        errors.push(FieldError::new("avis", format!("Au plus {LONGEST} caractères.")));
    }
    if errors.is_empty() { Ok(rows) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Hands a review in (remise): from here on it counts in the mean.
pub fn submit(tx: &mut Tx, reviewer: &Actor, id: ReviewId, version: i32, now: Moment) -> Outcome<()> {
    advance::<Review>(tx, reviewer, id, version, ReviewEvent::Submit, now)?;
    Ok(reviews::set_submitted_at(tx, id, now)?)
}

/// Saves what was typed and hands the review in at once.
pub fn save_and_submit(
    tx: &mut Tx,
    reviewer: &Actor,
    id: ReviewId,
    typed: &[TypedMark],
    opinion: &str,
    now: Moment,
) -> Outcome<()> {
    save_scores(tx, reviewer, id, typed, opinion, now)?;
    submit_now(tx, reviewer, id, now)
}

/// Hands in a review that has just been saved in this transaction.
pub(super) fn submit_now(tx: &mut Tx, reviewer: &Actor, id: ReviewId, now: Moment) -> Outcome<()> {
    advance_now::<Review>(tx, reviewer, id, ReviewEvent::Submit, now)?;
    Ok(reviews::set_submitted_at(tx, id, now)?)
}

/// Gives a review back to its author, with the reason.
pub fn reopen(tx: &mut Tx, officer: &Actor, id: ReviewId, version: i32, reason: &str, now: Moment) -> Outcome<()> {
    require(officer, Role::Officer)?;
    if reason.trim().is_empty() {
        let error = FieldError::new("motif", "Dites à la personne ce qu’elle doit revoir.");
        return Err(UseCaseError::Invalid(vec![error]));
    }
    reviews::set_reason(tx, id, reason.trim())?;
    advance::<Review>(tx, officer, id, version, ReviewEvent::Reopen, now)?;
    Ok(())
}

/// A member gives a file up without a conflict: no time, no competence.
pub fn decline(tx: &mut Tx, reviewer: &Actor, id: ReviewId, version: i32, reason: &str, now: Moment) -> Outcome<()> {
    Review::look(tx.conn(), id, reviewer, now)?;
    reviews::set_reason(tx, id, reason.trim())?;
    advance::<Review>(tx, reviewer, id, version, ReviewEvent::Decline, now)?;
    Ok(())
}

pub(super) fn reviewed_file(file: &CallFile, application: &FileRow, path: String) -> ReviewedFile {
    ReviewedFile {
        reference: application.reference.clone(),
        title: application.title.clone(),
        call_title: file.row.title.clone(),
        contact: file.contact(),
        path,
    }
}

/// The review, its application and its call, for a consequence.
fn subject(tx: &mut Tx, cause: &Cause) -> Outcome<(ReviewRow, FileRow, CallFile)> {
    let row = reviews::find(tx.conn(), cause.subject()?)?;
    let application = reviews::file(tx.conn(), None, row.application_id)?;
    let file = call_file(tx.conn(), row.call_id)?;
    Ok((row, application, file))
}

/// Keeps sum, number and mean of the submitted reviews with the application, so that ranking adds nothing up.
pub(super) fn refresh_score(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reviews::find(tx.conn(), cause.subject()?)?;
    let (sum, count) = reviews::sum_of_totals(tx.conn(), row.application_id)?;
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let mean = mean(sum, count).map(|score| score.hundredths()).unwrap_or_default();
    Ok(rankings::set_score(tx, row.application_id, sum, count, mean)?)
}

/// From here on the file does not exist for the member; what they had written of it goes.
pub(super) fn record_recusal(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reviews::find(tx.conn(), cause.subject()?)?;
    reviews::clear_scores(tx, row.id)?;
    review_saves::clear(tx, row.id)?;
    review_confidences::set(tx, row.id, None)?;
    reviews::set_opinion(tx, row.id, "", None)?;
    let reason = row.reason.clone().unwrap_or_default();
    let declared_by = cause.actor.person.unwrap_or(row.person_id);
    super::recusals::record(tx, row.person_id, row.application_id, &reason, declared_by, cause.now)
}

pub(super) fn tell_review_reopened(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let (row, application, file) = subject(tx, cause)?;
    let mail = words::reopened(&reviewed_file(&file, &application, format!("/comite/evaluations/{}", row.id)));
    let reader = recipient(tx, row.person_id)?;
    messages::queue(tx, cause, &reader, &mail, None)
}

pub(super) fn tell_review_given_up(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let (row, application, file) = subject(tx, cause)?;
    // An officer who is recused must not hear of the file either.
    for officer in terms::staff_told_of(tx.conn(), Role::Officer, application.id)? {
        review_notices::give_back(tx, &file, &officer, row.id, cause.now)?;
    }
    Ok(())
}

/// A person as a recipient of mail.
pub(super) fn recipient(tx: &mut Tx, id: PersonId) -> Outcome<Recipient> {
    let person = people::find(tx.conn(), id)?;
    Ok(Recipient { person: Some(id), address: person.email.to_string(), name: person.name })
}
