//! Applications whose time is over: which are due, what goes with them, and the note that stays of it.

use super::{
    Conn, StoreError, Tx,
    applications::{Reach, Sight, visible_to},
    doomed_files, one,
    schema::{accounts, applications, calls, erasures, grants, keepings, organisations},
};
use crate::domain::{
    ids::{ApplicationId, CallId, FundingSourceId, PersonId},
    journal::Stage,
    lifecycles::{applications::ApplicationState, calls::CallState, grants::GrantState},
    retention::ErasureGround,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    QueryableByName,
    connection::SimpleConnection,
    dsl::auto_type,
    prelude::*,
    sql_query,
    sql_types::{Integer, Text, Timestamp},
};

/// What is noted of one application. `files` counts the papers that went; warnings alone have no `erased_at`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasures, treat_none_as_default_value = false)]
pub struct ErasureRow {
    pub application_id: ApplicationId,
    pub call_id: CallId,
    pub ground: ErasureGround,
    pub warned_at: Option<Moment>,
    /// When its people were told once more.
    pub reminded_at: Option<Moment>,
    pub erased_at: Option<Moment>,
    pub files: i32,
}

/// What an officer decided to keep longer: until a day, included, for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = keepings)]
pub struct KeepingRow {
    pub application_id: ApplicationId,
    pub kept_at: Moment,
    pub until_on: NaiveDate,
    pub reason: String,
    pub kept_by: PersonId,
}

/// Which applications are asked for: over on this ground before an instant, in these calls (in all when none is named),
/// and not kept on this day.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub ground: ErasureGround,
    pub calls: Option<&'a [CallId]>,
    /// Agreements that still ask for the papers of the grants they paid: these are not asked for.
    pub held: &'a [FundingSourceId],
    pub before: Moment,
    pub today: NaiveDate,
}

/// An application that is due, with its call.
pub type Due = (ApplicationId, CallId);

/// An application on a list of what goes: its number, who applied, its call.
pub type DueLine = (ApplicationId, String, String, String);

/// An application on the list of what went.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ErasedLine {
    pub id: ApplicationId,
    pub reference: String,
    pub call_title: String,
    pub ground: ErasureGround,
    pub erased_at: Option<Moment>,
    pub files: i32,
}

/// States in which an application got nothing and will get nothing.
const NOT_FUNDED: [ApplicationState; 5] = [
    ApplicationState::Rejected,
    ApplicationState::Ineligible,
    ApplicationState::Withdrawn,
    ApplicationState::Deferred,
    ApplicationState::ReserveListed,
];

/// States in which a grant is over.
const OVER: [GrantState; 3] = [GrantState::Closed, GrantState::Declined, GrantState::Terminated];

/// The applications that were erased: `applications::id.ne_all(erased())`.
#[auto_type]
fn erased() -> _ {
    erasures::table.filter(erasures::erased_at.is_not_null()).select(erasures::application_id)
}

type Boxed<'a> = applications::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// Through the eyes of the clock.
const EVERYTHING: Sight = Sight { person: None, reach: Reach::Everything };

/// What is asked for, as far as it exists for this reader and is not erased. A draft is over when its call, and its pass
/// where it has one, is.
fn over(sight: Sight, asked: Asked<'_>) -> Boxed<'_> {
    let before = asked.before;
    let rows = applications::table.filter(visible_to(sight)).into_boxed();
    let kept = keepings::table.filter(keepings::until_on.ge(asked.today)).select(keepings::application_id);
    let rows = rows.filter(applications::id.ne_all(erased())).filter(applications::id.ne_all(kept));
    let rows = match asked.calls {
        Some(calls) => rows.filter(applications::call_id.eq_any(calls)),
        None => rows,
    };
    match asked.ground {
        ErasureGround::Draft => {
            let closed = calls::table.filter(calls::closes_at.lt(before)).select(calls::id);
            let pass = applications::pass_until.is_null().or(applications::pass_until.assume_not_null().lt(before));
            let rows = rows.filter(applications::state.eq(ApplicationState::Draft));
            rows.filter(applications::call_id.eq_any(closed)).filter(pass)
        }
        ErasureGround::NotFunded => {
            let dropped = calls::table.filter(calls::state.eq(CallState::Cancelled));
            let dropped = dropped.filter(calls::state_at.lt(before)).select(calls::id);
            let is_decided = applications::state.eq_any(NOT_FUNDED).and(applications::state_at.lt(before));
            let is_filed = applications::state.ne_all([ApplicationState::Draft, ApplicationState::Awarded]);
            rows.filter(is_decided.or(applications::call_id.eq_any(dropped).and(is_filed)))
        }
        ErasureGround::Funded => {
            let paid = accounts::table.filter(accounts::stage.eq(Stage::Paid));
            let paid =
                paid.filter(accounts::funding_source_id.eq_any(asked.held)).filter(accounts::grant_id.is_not_null());
            let granted = grants::table.filter(grants::state.eq_any(OVER)).filter(grants::state_at.lt(before));
            let granted = granted.filter(grants::id.ne_all(paid.select(accounts::grant_id.assume_not_null())));
            rows.filter(applications::id.eq_any(granted.select(grants::application_id)))
        }
    }
}

/// The rest of a list by identifier.
fn after(rows: Boxed<'_>, id: Option<ApplicationId>) -> Boxed<'_> {
    match id {
        Some(id) => rows.filter(applications::id.gt(id)),
        None => rows,
    }
}

/// So many of what is asked for, after this one.
pub fn due(
    conn: &mut Conn,
    asked: Asked<'_>,
    last: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = after(over(EVERYTHING, asked), last).order(applications::id).limit(limit);
    Ok(rows.select(applications::id).load(conn)?)
}

/// The call of an application, if it is asked for.
pub fn due_in(conn: &mut Conn, asked: Asked<'_>, id: ApplicationId) -> Result<Option<CallId>, StoreError> {
    let row = over(EVERYTHING, asked).filter(applications::id.eq(id)).select(applications::call_id);
    Ok(row.first(conn).optional()?)
}

/// So many of what is asked for whose people were not told yet.
pub fn unwarned(conn: &mut Conn, asked: Asked<'_>, limit: i64) -> Result<Vec<Due>, StoreError> {
    let told = erasures::table.filter(erasures::warned_at.is_not_null()).select(erasures::application_id);
    let rows = over(EVERYTHING, asked).filter(applications::id.ne_all(told));
    let rows = rows.order(applications::id).limit(limit);
    Ok(rows.select((applications::id, applications::call_id)).load(conn)?)
}

/// So many of what is asked for whose people were told before an instant, after this one.
pub fn warned(
    conn: &mut Conn,
    asked: Asked<'_>,
    told_before: Moment,
    last: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<ApplicationId>, StoreError> {
    let told = erasures::table.filter(erasures::warned_at.lt(told_before)).select(erasures::application_id);
    let rows = over(EVERYTHING, asked).filter(applications::id.eq_any(told));
    let rows = after(rows, last).order(applications::id).limit(limit);
    Ok(rows.select(applications::id).load(conn)?)
}

/// So many of what is asked for whose people were told before an instant, and not once more.
pub fn unreminded(conn: &mut Conn, asked: Asked<'_>, told_before: Moment, limit: i64) -> Result<Vec<Due>, StoreError> {
    let told = erasures::table.filter(erasures::warned_at.lt(told_before)).filter(erasures::reminded_at.is_null());
    let rows = over(EVERYTHING, asked).filter(applications::id.eq_any(told.select(erasures::application_id)));
    let rows = rows.order(applications::id).limit(limit);
    Ok(rows.select((applications::id, applications::call_id)).load(conn)?)
}

/// Notes that the people of a draft were told once more.
pub fn set_reminded(tx: &mut Tx, id: ApplicationId, now: Moment) -> Result<(), StoreError> {
    let told = erasures::reminded_at.eq(now);
    one(on!(tx.conn(), |conn| diesel::update(erasures::table.find(id)).set(told).execute(conn))?)
}

/// How much is asked for, whoever may see it.
pub fn count(conn: &mut Conn, asked: Asked<'_>) -> Result<i64, StoreError> {
    Ok(over(EVERYTHING, asked).count().get_result(conn)?)
}

/// Whether this application is asked for and exists for this reader.
pub fn holds(conn: &mut Conn, sight: Sight, asked: Asked<'_>, id: ApplicationId) -> Result<bool, StoreError> {
    let row = over(sight, asked).filter(applications::id.eq(id)).select(applications::id);
    Ok(row.first::<ApplicationId>(conn).optional()?.is_some())
}

/// So many of what is asked for that exist for this reader, with what situates them.
pub fn due_lines(conn: &mut Conn, sight: Sight, asked: Asked<'_>, limit: i64) -> Result<Vec<DueLine>, StoreError> {
    let ids = over(sight, asked).order(applications::id).limit(limit);
    let ids: Vec<ApplicationId> = ids.select(applications::id).load(conn)?;
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(calls::table)
        .filter(applications::id.eq_any(ids))
        .order(applications::id)
        .select((applications::id, applications::reference, organisations::name, calls::title));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Notes that an application is kept longer.
pub fn keep(tx: &mut Tx, row: &KeepingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(keepings::table).values(row).execute(conn))?;
    Ok(())
}

/// The erased applications that exist for this reader, the newest first, after the one shown last.
pub fn page(
    conn: &mut Conn,
    sight: Sight,
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<ErasedLine>, StoreError> {
    let ids = applications::table.filter(visible_to(sight)).into_boxed();
    let mut ids = ids.filter(applications::id.eq_any(erased())).order(applications::id.desc()).limit(limit);
    if let Some(id) = after {
        ids = ids.filter(applications::id.lt(id));
    }
    let ids: Vec<ApplicationId> = ids.select(applications::id).load(conn)?;
    let rows = erasures::table
        .inner_join(applications::table)
        .inner_join(calls::table.on(calls::id.eq(erasures::call_id)))
        .filter(erasures::application_id.eq_any(ids))
        .order(erasures::application_id.desc());
    let columns = (
        applications::id,
        applications::reference,
        calls::title,
        erasures::ground,
        erasures::erased_at,
        erasures::files,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// How many drafts were erased since an instant.
pub fn count_erased_drafts(conn: &mut Conn, since: Moment) -> Result<i64, StoreError> {
    let rows = erasures::table.filter(erasures::ground.eq(ErasureGround::Draft)).filter(erasures::erased_at.ge(since));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

#[derive(QueryableByName)]
struct Agreed {
    #[diesel(sql_type = Text)]
    call_id: CallId,
    #[diesel(sql_type = Integer)]
    years: i32,
}

/// For how many years the agreements that a call draws from, or that a grant of it has money of, ask for its papers.
pub fn agreed_years(conn: &mut Conn) -> Result<Vec<(CallId, i32)>, StoreError> {
    let sql = "SELECT call_id, MAX(retention_years) AS years FROM (
          SELECT c.call_id, s.retention_years FROM call_sources c JOIN funding_sources s ON s.id = c.funding_source_id
          UNION ALL SELECT g.call_id, s.retention_years FROM accounts a JOIN grants g ON g.id = a.grant_id
            JOIN funding_sources s ON s.id = a.funding_source_id) agreed
        GROUP BY call_id";
    let found: Vec<Agreed> = on!(conn, |conn| sql_query(sql).load(conn))?;
    Ok(found.into_iter().map(|row| (row.call_id, row.years)).collect())
}

/// What is noted of an application, if anything is.
pub fn find(conn: &mut Conn, id: ApplicationId) -> Result<Option<ErasureRow>, StoreError> {
    Ok(on!(conn, |conn| erasures::table.find(id).select(ErasureRow::as_select()).first(conn)).optional()?)
}

/// Notes something of an application.
pub fn insert(tx: &mut Tx, row: &ErasureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(erasures::table).values(row).execute(conn))?;
    Ok(())
}

/// Forgets the warnings about drafts that are not over before an instant: their call closes later than it did, or they
/// were filed, withdrawn or given more time.
pub fn forget_warnings(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    let sql = "DELETE FROM erasures WHERE erased_at IS NULL AND application_id IN (
        SELECT a.id FROM applications a JOIN calls c ON c.id = a.call_id
        WHERE a.state <> 'draft' OR c.closes_at >= $1 OR (a.pass_until IS NOT NULL AND a.pass_until >= $1))";
    Ok(on!(tx.conn(), |conn| sql_query(sql).bind::<Timestamp, _>(before).execute(conn))?)
}

/// Notes that an application is erased, before what it said goes: the guards of what is only appended ask for it.
pub fn mark(tx: &mut Tx, (id, call): Due, ground: ErasureGround, now: Moment) -> Result<(), StoreError> {
    let (warned_at, reminded_at) = find(tx.conn(), id)?.map_or((None, None), |row| (row.warned_at, row.reminded_at));
    on!(tx.conn(), |conn| diesel::delete(erasures::table.find(id)).execute(conn))?;
    let (application_id, call_id, erased_at) = (id, call, Some(now));
    insert(tx, &ErasureRow { application_id, call_id, ground, warned_at, reminded_at, erased_at, files: 0 })
}

/// Files that belong to an application, its messages, its grant and its reports.
const PAPERS: &str = "(owner_id = $1 OR owner_id IN (SELECT id FROM exchanges WHERE application_id = $1)
    OR owner_id IN (SELECT id FROM grants WHERE application_id = $1)
    OR owner_id IN (SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1))";

/// What followed from the award of an application: its grant, payments, reports, amendments and recoveries.
macro_rules! following {
    () => {
        "(SELECT g.id FROM grants g WHERE g.application_id = $1
          UNION SELECT d.id FROM disbursements d JOIN grants g ON g.id = d.grant_id WHERE g.application_id = $1
          UNION SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1
          UNION SELECT m.id FROM amendments m JOIN grants g ON g.id = m.grant_id WHERE g.application_id = $1
          UNION SELECT c.id FROM recoveries c JOIN grants g ON g.id = c.grant_id WHERE g.application_id = $1)"
    };
}

/// Documents about an application that say nothing but what it said, and what was agreed and written after its decision.
const LETTERS: &str =
    concat!("facts <> '' AND ((subject_id = $1 AND kind = 'receipt') OR subject_id IN ", following!(), ")");

/// What goes of an application whatever the ground, in an order the keys of the tables allow. Its number, its
/// organisation, its amounts, its tags, its decision with its letter, and the history stay.
const WORDS: &[&str] = &[
    "UPDATE grant_pieces SET motive = '' WHERE grant_id IN (SELECT id FROM grants WHERE application_id = $1)",
    "UPDATE former_pieces SET motive = '' WHERE grant_id IN (SELECT id FROM grants WHERE application_id = $1)",
    "DELETE FROM exchanges WHERE application_id = $1",
    "DELETE FROM exchange_threads WHERE application_id = $1",
    "DELETE FROM complement_items WHERE request_id IN (SELECT id FROM complement_requests WHERE application_id = $1)",
    "UPDATE complement_requests SET wanted = '', answer = CASE WHEN answer IS NULL THEN NULL ELSE '' END,
       filing_before = NULL, filing_after = NULL WHERE application_id = $1",
    "DELETE FROM filings WHERE application_id = $1",
    "DELETE FROM filing_signatures WHERE application_id = $1",
    "DELETE FROM field_saves WHERE application_id = $1",
    "DELETE FROM answers WHERE application_id = $1",
    "DELETE FROM sealed_answers WHERE subject_id = $1",
    "DELETE FROM sealed_answers WHERE subject_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "DELETE FROM budget_lines WHERE application_id = $1",
    "DELETE FROM application_partners WHERE application_id = $1",
    "DELETE FROM application_copies WHERE application_id = $1",
    "DELETE FROM declared_ties WHERE application_id = $1",
    "DELETE FROM tie_declarations WHERE application_id = $1",
    "DELETE FROM owed_documents WHERE application_id = $1",
    "DELETE FROM pairing_wishes WHERE application_id = $1",
    "DELETE FROM invitations WHERE booking_id IN (SELECT id FROM slot_bookings WHERE application_id = $1)",
    "DELETE FROM slot_bookings WHERE application_id = $1",
    "DELETE FROM review_scores WHERE review_id IN (SELECT id FROM reviews WHERE application_id = $1)",
    "UPDATE reviews SET opinion = '' WHERE application_id = $1 AND opinion <> ''",
    "DELETE FROM report_answers WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "UPDATE report_lines SET explanation = '' WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "UPDATE accepted_lines SET reason = '' WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "DELETE FROM report_changes WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "DELETE FROM report_signatures WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "UPDATE report_extensions SET reason = '', motive = '' WHERE report_id IN (
       SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.application_id = $1)",
    "DELETE FROM paper_signatures WHERE document_id IN (
       SELECT s.document_id FROM signing_papers s JOIN grants g ON g.id = s.grant_id WHERE g.application_id = $1)",
    "DELETE FROM amendment_changes WHERE amendment_id IN (
       SELECT m.id FROM amendments m JOIN grants g ON g.id = m.grant_id WHERE g.application_id = $1)",
    "UPDATE amendments SET wanted = '', reason = '', new_partner = NULL,
       motive = CASE WHEN motive IS NULL THEN NULL ELSE '' END
       WHERE grant_id IN (SELECT id FROM grants WHERE application_id = $1)",
    // A mail says what the file said, and to whom.
    concat!(
        "UPDATE messages SET recipient_id = NULL, recipient_name = '', recipient_address = id || '@erased.invalid',
       dedupe_key = 'erased:' || id, subject_line = '', last_error = NULL, document_id = NULL,
       facts = '{\"kind\":\"' || kind || '\",\"subject\":\"\",\"paragraphs\":[],\"facts\":[],\"action\":null,\"contact\":\"\"}'
       WHERE (about_id = $1 OR about_id IN ",
        following!(),
        ") AND state IN ('sent', 'cancelled')"
    ),
    // One whose own words list files is about the first it gives; later ones are about their call, and name none.
    "UPDATE messages SET recipient_id = NULL, recipient_name = '', recipient_address = id || '@erased.invalid',
       dedupe_key = 'erased:' || id, subject_line = '', last_error = NULL, document_id = NULL,
       facts = '{\"kind\":\"' || kind || '\",\"subject\":\"\",\"paragraphs\":[],\"facts\":[],\"action\":null,\"contact\":\"\"}'
       WHERE kind = 'review_assigned' AND state IN ('sent', 'cancelled') AND about_id NOT IN (SELECT id FROM calls)
       AND id IN (SELECT n.message_id FROM review_notices n JOIN reviews r ON r.id = n.review_id
         WHERE r.application_id = $1)",
];

/// Whether what is deleted on the embedded database is overwritten, page by page, and not only given free.
pub(super) fn overwrite(tx: &mut Tx, is_on: &str) -> Result<(), StoreError> {
    if tx.conn().is_sqlite() {
        tx.conn().batch_execute(&format!("PRAGMA secure_delete = {is_on}"))?;
    }
    Ok(())
}

/// Takes away what an application said, and notes which bytes nobody may need any more; gives how many papers went.
/// Nothing is left to take away the second time.
pub fn clear(tx: &mut Tx, id: ApplicationId, now: Moment) -> Result<usize, StoreError> {
    let run = |tx: &mut Tx, sql: &str| {
        Ok::<_, StoreError>(on!(tx.conn(), |conn| sql_query(sql).bind::<Text, _>(id.as_str()).execute(conn))?)
    };
    overwrite(tx, "ON")?;
    for (table, which) in [("attachments", PAPERS), ("documents", LETTERS)] {
        doomed_files::doom(tx, table, which, id.as_str(), now)?;
    }
    let files = run(tx, &format!("DELETE FROM attachments WHERE {PAPERS}"))?;
    run(tx, &format!("UPDATE documents SET facts = '' WHERE {LETTERS}"))?;
    for sql in WORDS {
        run(tx, sql)?;
    }
    overwrite(tx, "OFF")?;
    let counted = erasures::files.eq(i32::try_from(files).unwrap_or(i32::MAX));
    one(on!(tx.conn(), |conn| diesel::update(erasures::table.find(id)).set(counted).execute(conn))?)?;
    Ok(files)
}

/// Puts these words in place of the title of an application that got nothing.
pub fn untitle(tx: &mut Tx, id: ApplicationId, title: &str, keys: (&str, &str)) -> Result<(), StoreError> {
    let words = (
        applications::title.eq(title),
        applications::sort_key.eq(keys.0),
        applications::search_key.eq(keys.1),
        applications::appeal.eq(None::<String>),
    );
    one(on!(tx.conn(), |conn| diesel::update(applications::table.find(id)).set(words).execute(conn))?)
}
