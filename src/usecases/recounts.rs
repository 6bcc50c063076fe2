//! Totals worked out again when the grid of a published call comes to count otherwise after scoring has begun.

use super::{Actor, FieldError, Outcome, access};
use crate::{
    domain::{
        decisions::DECIDED,
        ids::{ApplicationId, ReviewId},
        lifecycles::{reviews::ReviewState, sessions::SessionState},
        scoring::{Grid, Marks, mean},
        time::Moment,
    },
    store::{
        Conn, Tx,
        calls::{self, CallRow},
        rankings,
        recounts::{self as rows, RecountLine, RecountRow},
        sessions,
    },
};
use std::collections::BTreeMap;

/// What counts otherwise in `new`, French phrases; nothing as long as no review is handed in.
pub(super) fn reweighed(conn: &mut Conn, row: &CallRow, old: &Grid, new: &Grid) -> Outcome<Vec<String>> {
    let phrases: Vec<String> = old.reweighed(new).into_iter().map(|(_, phrase)| phrase).collect();
    if phrases.is_empty() || rows::count_submitted(conn, row.id)? == 0 {
        return Ok(Vec::new());
    }
    Ok(phrases)
}

/// What of a changed grid the reviews already handed in do not allow, beside the field it concerns.
pub(super) fn refused(conn: &mut Conn, row: &CallRow, old: &Grid, new: &Grid) -> Outcome<Vec<FieldError>> {
    let (reweighed, unfollowed) = (old.reweighed(new), old.unfollowed(new));
    if (reweighed.is_empty() && unfollowed.is_empty()) || rows::count_submitted(conn, row.id)? == 0 {
        return Ok(Vec::new());
    }
    let mut refused: Vec<_> = unfollowed.into_iter().map(|(field, said)| FieldError::new(field, said)).collect();
    if let Some((place, _)) = reweighed.first()
        && let Some(sentence) = settled(conn, row)?
    {
        refused.push(FieldError::new(format!("grid.criterion.{place}.weight"), sentence));
    }
    Ok(refused)
}

/// Why the ranking of a call stays as it is; nothing while it may still change.
fn settled(conn: &mut Conn, row: &CallRow) -> Outcome<Option<&'static str>> {
    let is_over = |state: SessionState| matches!(state, SessionState::Minuted | SessionState::Confirmed);
    if sessions::of_call(conn, row.id)?.iter().any(|session| is_over(session.state)) {
        return Ok(Some("Le procès-verbal d’une séance est établi\u{a0}: les coefficients ne changent plus."));
    }
    if row.is_announced() && calls::count_applications(conn, row.id, DECIDED)? > 0 {
        return Ok(Some("Des décisions sont déjà dites\u{a0}: les coefficients ne changent plus."));
    }
    Ok(None)
}

/// Works every total of a call out again by its `new` grid, in the write that changes it, and keeps what each mean was
/// before. Gives what the history is to say of it; nothing when no total that was handed in can differ.
pub(super) fn recount(
    tx: &mut Tx,
    actor: &Actor,
    call: &CallRow,
    (old, new): (&Grid, &Grid),
    now: Moment,
) -> Outcome<String> {
    if old.reweighed(new).is_empty() && old.criteria == new.criteria {
        return Ok(String::new());
    }
    let phrases = reweighed(tx.conn(), call, old, new)?;
    let sums = rewrite_totals(tx, call, new)?;
    if phrases.is_empty() {
        return Ok(String::new());
    }
    let lines = rewrite_means(tx, call, &sums)?;
    let weights = phrases.join(", ");
    let said = format!(" Coefficients\u{a0}: {weights}. Les notes remises sont recalculées.");
    let row = RecountRow {
        call_id: call.id,
        revision: call.revision + 1,
        weights,
        recounted_by: access::person(actor)?,
        recounted_at: now,
    };
    rows::append(tx, &row, &lines)?;
    Ok(said)
}

/// Sum and number of the totals handed in, by file.
type Sums = BTreeMap<ApplicationId, (i64, i32)>;

fn rewrite_totals(tx: &mut Tx, call: &CallRow, grid: &Grid) -> Outcome<Sums> {
    let mut marks: BTreeMap<ReviewId, Marks> = BTreeMap::new();
    for (review, criterion, points) in rows::marks_of(tx.conn(), call.id)? {
        marks.entry(review).or_default().insert(criterion, points);
    }
    let (mut sums, none) = (Sums::new(), Marks::new());
    for (review, application, state, known) in rows::reviews_of(tx.conn(), call.id)? {
        let total = grid.total(marks.get(&review).unwrap_or(&none)).map(|score| score.hundredths());
        if total != known {
            rows::set_total(tx, review, total)?;
        }
        if state == ReviewState::Submitted {
            let (sum, count) = sums.entry(application).or_default();
            *sum += total.unwrap_or_default();
            *count += 1;
        }
    }
    Ok(sums)
}

fn rewrite_means(tx: &mut Tx, call: &CallRow, sums: &Sums) -> Outcome<Vec<RecountLine>> {
    let mut lines = Vec::new();
    for (application, before) in rows::means_of(tx.conn(), call.id)? {
        let (sum, count) = sums.get(&application).copied().unwrap_or_default();
        let after = mean(sum, count).map(|score| score.hundredths()).unwrap_or_default();
        rankings::set_score(tx, application, sum, count, after)?;
        if after != before {
            let (application_id, revision) = (application, call.revision + 1);
            lines.push(RecountLine { application_id, revision, mean_before: before, mean_after: after });
        }
    }
    Ok(lines)
}
