//! Awards beyond a ceiling on their axis or fund, or into what is reserved for others, where the call lets whoever decides say
//! why: at a decision, at a promotion from the reserve list, at an amendment that raises a grant.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access, applications,
    earmarks::{ceilings_before, hides_left, scope_key},
    terms,
};
use crate::{
    domain::{
        definitions::CallDefinition,
        ids::{AmendmentId, PersonId},
        lifecycles::applications::AxisCeiling,
        money::Euros,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, Tx,
        amendments::AmendmentRow,
        applications::ApplicationRow,
        earmark_overrides::{self as rows, OverrideRow, ReasonRow},
        grants::GrantRow,
    },
};

/// The longest reason to go beyond a ceiling, in characters.
const LONGEST: usize = 1_000;
/// What is asked of whoever decides in the room, and of whoever decides alone.
const BY_THE_COMMITTEE: &str = "Écrivez pourquoi le comité passe outre.";
const BY_THE_TEAM: &str = "Écrivez pourquoi passer outre.";

/// Why an award goes beyond ceilings, and who said so.
struct Reason<'a> {
    text: &'a str,
    by: PersonId,
    /// The amendment that raises it; nothing for the award itself.
    amendment: Option<AmendmentId>,
    at: Moment,
}

/// What the amount decided for an application goes beyond.
fn exceeded(conn: &mut Conn, row: &ApplicationRow, definition: &CallDefinition) -> Outcome<Vec<AxisCeiling>> {
    let mut found = ceilings_before(conn, row, definition)?;
    found.retain(AxisCeiling::is_exceeded);
    Ok(found)
}

/// The reason to go beyond these, or what is wrong with it; nothing where nobody needs one.
fn written<'a>(
    conn: &mut Conn,
    over: &[AxisCeiling],
    reason: &'a str,
    (by, ask): (&Actor, &str),
) -> Outcome<Option<&'a str>> {
    let Some(first) = over.first() else { return Ok(None) };
    let wrong = |sentence: String| UseCaseError::Invalid(vec![FieldError::new("derogation", sentence)]);
    let reason = reason.trim();
    if reason.is_empty() {
        let excess = first.excess(hides_left(conn, by)?);
        return Err(wrong(format!("{excess} {ask}")));
    }
    if reason.chars().count() > LONGEST {
        return Err(wrong(format!("Au plus {LONGEST} caractères.")));
    }
    match unprintable_sentence(reason) {
        Some(sentence) => Err(wrong(sentence)),
        None => Ok(Some(reason)),
    }
}

/// Keeps how far an award goes beyond each of these.
fn keep(tx: &mut Tx, row: &ApplicationRow, over: Vec<AxisCeiling>, reason: &Reason<'_>) -> Outcome<()> {
    let known = rows::of_application(tx.conn(), row.id)?;
    for ceiling in over {
        let (over_cents, scope_key) = (ceiling.over(), scope_key(&ceiling));
        let earlier = known.iter().filter(|one| one.axis == ceiling.code && one.scope_key == scope_key);
        let kept = OverrideRow {
            application_id: row.id,
            number: earlier.map(|one| one.number).max().unwrap_or_default() + 1,
            axis: ceiling.code,
            scope_key,
            call_id: row.call_id,
            funding_source_id: ceiling.source,
            amendment_id: reason.amendment,
            over_cents,
            reason: reason.text.to_owned(),
            decided_by: reason.by,
            decided_at: reason.at,
        };
        rows::insert(tx, &kept)?;
    }
    Ok(())
}

/// Keeps why the amount decided for an application goes beyond the ceilings on its axis, where its call lets it; asks for
/// the reason when there is none. Nothing is kept of a reason nobody needs.
pub(super) fn override_ceilings(
    tx: &mut Tx,
    row: &ApplicationRow,
    definition: &CallDefinition,
    reason: &str,
    by: &Actor,
    now: Moment,
) -> Outcome<()> {
    if definition.beyond_ceiling.is_refused() {
        return Ok(());
    }
    let mut over = exceeded(tx.conn(), row, definition)?;
    over.retain(|ceiling| !ceiling.is_overridden);
    let Some(text) = written(tx.conn(), &over, reason, (by, BY_THE_COMMITTEE))? else { return Ok(()) };
    let reason = Reason { text, by: access::person(by)?, amendment: None, at: now };
    keep(tx, row, over, &reason)
}

/// The reason why a proposal from the reserve list goes beyond ceilings, to be kept with it; empty where it needs none or
/// its call lets nobody.
pub(super) fn of_promotion(
    conn: &mut Conn,
    wished: &ApplicationRow,
    definition: &CallDefinition,
    (reason, by): (&str, &Actor),
) -> Outcome<String> {
    if definition.beyond_ceiling.is_refused() {
        return Ok(String::new());
    }
    let over = exceeded(conn, wished, definition)?;
    Ok(written(conn, &over, reason, (by, BY_THE_TEAM))?.unwrap_or_default().to_owned())
}

/// Keeps how far a file of the reserve list goes beyond ceilings as it is awarded, for the reason of its proposal.
pub(super) fn keep_promotion(
    tx: &mut Tx,
    row: &ApplicationRow,
    (text, by): (&str, PersonId),
    now: Moment,
) -> Outcome<()> {
    let definition = terms::of_call(tx.conn(), row.call_id)?.call;
    let over = exceeded(tx.conn(), row, &definition)?;
    keep(tx, row, over, &Reason { text, by, amendment: None, at: now })
}

/// What an amendment that raises a grant to `new` asks for as an award would, and what that goes beyond.
fn exceeded_by_raise(
    conn: &mut Conn,
    (grant, new): (&GrantRow, Euros),
    definition: &CallDefinition,
) -> Outcome<(ApplicationRow, Vec<AxisCeiling>)> {
    let application = applications::find(conn, &Actor::system(), grant.application_id)?;
    let asking = ApplicationRow { decided_cents: Some(new - grant.amount_cents), ..application };
    let over = exceeded(conn, &asking, definition)?;
    Ok((asking, over))
}

/// What keeps an amendment from raising a grant to `new`; nothing once it is written why it may go beyond.
pub(super) fn limit_of_raise(
    conn: &mut Conn,
    amendment: AmendmentId,
    raise: (&GrantRow, Euros),
    definition: &CallDefinition,
) -> Outcome<Option<AxisCeiling>> {
    let (_, over) = exceeded_by_raise(conn, raise, definition)?;
    let Some(first) = over.into_iter().next() else { return Ok(None) };
    let is_reasoned = !definition.beyond_ceiling.is_refused() && rows::reason_of(conn, amendment)?.is_some();
    Ok(Some(first).filter(|_| !is_reasoned))
}

/// Writes down why an amendment that is being granted may go beyond ceilings, where its call lets it; asks for the reason
/// when there is none.
pub(super) fn reason_amendment(
    tx: &mut Tx,
    by: &Actor,
    (row, grant): (&AmendmentRow, &GrantRow),
    reason: &str,
    now: Moment,
) -> Outcome<()> {
    let raised = row.new_amount_cents.filter(|new| *new > grant.amount_cents);
    let definition = terms::of_call(tx.conn(), grant.call_id)?.call;
    let Some(new) = raised.filter(|_| !definition.beyond_ceiling.is_refused()) else { return Ok(()) };
    let (_, over) = exceeded_by_raise(tx.conn(), (grant, new), &definition)?;
    let Some(text) = written(tx.conn(), &over, reason, (by, BY_THE_TEAM))? else { return Ok(()) };
    let kept =
        ReasonRow { amendment_id: row.id, reason: text.to_owned(), decided_by: access::person(by)?, decided_at: now };
    Ok(rows::insert_reason(tx, &kept)?)
}

/// Keeps how far an amendment goes beyond ceilings as it takes effect.
pub(super) fn keep_raise(
    tx: &mut Tx,
    amendment: AmendmentId,
    (grant, new): (&GrantRow, Euros),
    now: Moment,
) -> Outcome<()> {
    let Some(why) = rows::reason_of(tx.conn(), amendment)?.filter(|_| new > grant.amount_cents) else { return Ok(()) };
    let definition = terms::of_call(tx.conn(), grant.call_id)?.call;
    let (asking, over) = exceeded_by_raise(tx.conn(), (grant, new), &definition)?;
    keep(tx, &asking, over, &Reason { text: &why.reason, by: why.decided_by, amendment: Some(amendment), at: now })
}
