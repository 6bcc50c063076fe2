//! What the legal notice promises, carried out each night: what is over is told, then taken away; what must stay stays.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
    applications::sight,
    documents::Recipient,
    messages,
    pack_erasures::{self, Names},
    reasons, receipts,
    settings::{self, Settings},
};
use crate::{
    domain::{
        correspondence::people as words,
        donations::KEPT_YEARS,
        ids::{ApplicationId, CallId, DonationId, FundingSourceId, PersonId},
        retention::{
            ACCOUNT_MONTHS, ErasureGround, NOTES_MONTHS, NOTICE_DAYS, TRACE_DAYS, due_on, is_held, over_before,
        },
        roles::Role,
        text::{fold, sort_key},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, account_erasures,
        applications::{self, ApplicationRow},
        calls, donations, donor_erasures, doomed_files, erasure_failures,
        erasures::{self as rows, Asked, Due, DueLine, ErasedLine, ErasureRow, KeepingRow},
        form_tokens, funding_dues,
        funding_sources::{self, FundingSourceRow},
        organisation_erasures, pairings, people, traces,
    },
};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::BTreeMap;

/// Objects treated in one transaction; the rest follow in the next one.
const AT_ONCE: i64 = 25;
/// Lines on one page, and files of each ground named among those that go soon.
const PAGE: usize = 50;
/// Minutes during which bytes that are being removed cannot be attached again.
const LEAVING_MINUTES: i64 = 10;
/// Days after which an attempt to sign in, or what a page saved of a field, means nothing any more.
const MARK_DAYS: i64 = 2;
/// Days after the first word about a draft at which a second one is due, a week before it goes.
const REMINDER_DAYS: u64 = NOTICE_DAYS - 7;
/// Months for which an officer may keep a file longer, each time.
const KEPT_MONTHS: u32 = 12;
/// What stands where the title of an application stood.
const ERASED_TITLE: &str = "Contenu effacé";
/// What stands where the name of a person stood.
const ERASED_NAME: &str = "Personne effacée";
/// What stands where the name of a donor stood.
const ERASED_DONOR: &str = "Donateur effacé";

/// The last day of a notice given now.
pub(super) fn end_of_notice(now: Moment) -> NaiveDate {
    let today = now.paris_date();
    today.checked_add_days(Days::new(NOTICE_DAYS)).unwrap_or(today)
}

/// A notice given before this instant has run out.
fn notice_over(now: Moment) -> Moment {
    let today = now.paris_date();
    Moment::end_of_day(today.checked_sub_days(Days::new(NOTICE_DAYS)).unwrap_or_default())
}

/// A ground, the calls it is asked for (every call when there are none), the months for which their files are kept, and the
/// agreements that ask for them longer.
struct Term {
    ground: ErasureGround,
    calls: Option<Vec<CallId>>,
    months: u32,
    held: Vec<FundingSourceId>,
}

/// The terms of every ground but the drafts on a day: agreements ask for more years or fewer.
fn terms(conn: &mut Conn, day: NaiveDate) -> Outcome<Vec<Term>> {
    let mut by_months: BTreeMap<u32, Vec<CallId>> = BTreeMap::new();
    for (call, years) in rows::agreed_years(conn)? {
        by_months.entry(ErasureGround::Funded.months(years)).or_default().push(call);
    }
    let (ground, held) = (ErasureGround::Funded, held(conn, day)?);
    let funded = by_months.into_iter();
    let funded = funded.map(|(months, calls)| Term { ground, calls: Some(calls), months, held: held.clone() });
    let mut terms: Vec<_> = funded.collect();
    let ground = ErasureGround::NotFunded;
    terms.push(Term { ground, calls: None, months: ground.months(0), held: Vec::new() });
    Ok(terms)
}

/// The agreements that on a day still ask for the papers of what they paid.
fn held(conn: &mut Conn, day: NaiveDate) -> Outcome<Vec<FundingSourceId>> {
    let sources = funding_sources::all(conn)?;
    let ids: Vec<_> = sources.iter().map(|source| source.id).collect();
    let mut last: BTreeMap<FundingSourceId, NaiveDate> = BTreeMap::new();
    for row in funding_dues::instalments(conn, &ids)? {
        let came = row.received_on.unwrap_or(row.expected_on);
        let known = last.entry(row.funding_source_id).or_insert(came);
        *known = came.max(*known);
    }
    let holds =
        |source: &FundingSourceRow| is_held(source.ends_on, last.get(&source.id).copied(), source.retention_years, day);
    Ok(sources.iter().filter(|source| holds(source)).map(|source| source.id).collect())
}

/// What a term makes due on a day, unless it is kept today.
fn due_by(term: &Term, day: NaiveDate, now: Moment) -> Asked<'_> {
    let (before, today) = (over_before(day, term.months), now.paris_date());
    Asked { ground: term.ground, calls: term.calls.as_deref(), held: &term.held, before, today }
}

/// The drafts due on a day.
fn drafts_by(day: NaiveDate, now: Moment) -> Asked<'static> {
    let before = over_before(day, ErasureGround::Draft.months(0));
    Asked { ground: ErasureGround::Draft, calls: None, held: &[], before, today: now.paris_date() }
}

/// The day on which a draft goes whose people were told at this instant: when its time is over and the notice has run out.
fn goes_on(conn: &mut Conn, call: CallId, told_at: Moment) -> Outcome<NaiveDate> {
    let closed = calls::find(conn, call)?.closes_at;
    Ok(due_on(closed, ErasureGround::Draft.months(0)).max(end_of_notice(told_at)))
}

/// Tells the people of drafts that these will be erased, a month before; gives how many drafts.
pub fn warn_drafts(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let asked = drafts_by(end_of_notice(now), now);
    rows::forget_warnings(tx, asked.before)?;
    let found = rows::unwarned(tx.conn(), asked, AT_ONCE)?;
    for (id, call) in &found {
        let (application_id, call_id, ground) = (*id, *call, ErasureGround::Draft);
        let (warned_at, reminded_at, erased_at) = (Some(now), None, None);
        let row = ErasureRow { application_id, call_id, ground, warned_at, reminded_at, erased_at, files: 0 };
        rows::insert(tx, &row)?;
        // What rests behind a common file lives on in it.
        if pairings::common_of(tx.conn(), *id)?.is_none() {
            let day = goes_on(tx.conn(), *call, now)?;
            receipts::warn_of_erasure(tx, *id, ("first", day), now)?;
        }
    }
    Ok(found.len())
}

/// Tells them once more, a week before; gives how many drafts.
pub fn remind_drafts(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let today = now.paris_date();
    let told_before = Moment::end_of_day(today.checked_sub_days(Days::new(REMINDER_DAYS)).unwrap_or_default());
    let found = rows::unreminded(tx.conn(), drafts_by(end_of_notice(now), now), told_before, AT_ONCE)?;
    for (id, call) in &found {
        let told_at = rows::find(tx.conn(), *id)?.and_then(|row| row.warned_at).unwrap_or(now);
        rows::set_reminded(tx, *id, now)?;
        let day = goes_on(tx.conn(), *call, told_at)?;
        // A worker that slept until that day has nothing to announce.
        if day > today && pairings::common_of(tx.conn(), *id)?.is_none() {
            receipts::warn_of_erasure(tx, *id, ("last", day), now)?;
        }
    }
    Ok(found.len())
}

/// Applications whose time is over, so many of them after this one, by identifier.
pub fn due_applications(conn: &mut Conn, last: Option<ApplicationId>, now: Moment) -> Outcome<Vec<ApplicationId>> {
    let today = now.paris_date();
    let mut found = rows::warned(conn, drafts_by(today, now), notice_over(now), last, AT_ONCE)?;
    for term in terms(conn, today)? {
        found.extend(rows::due(conn, due_by(&term, today, now), last, AT_ONCE)?);
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(usize::try_from(AT_ONCE).unwrap_or(usize::MAX));
    Ok(found)
}

/// Why an application goes today, with its call; nothing when it does not go any more.
fn ground_of(conn: &mut Conn, id: ApplicationId, now: Moment) -> Outcome<Option<(Due, ErasureGround)>> {
    let today = now.paris_date();
    if let Some(call) = rows::due_in(conn, drafts_by(today, now), id)? {
        let told = rows::find(conn, id)?.and_then(|row| row.warned_at);
        return Ok(told.is_some_and(|told| told < notice_over(now)).then_some(((id, call), ErasureGround::Draft)));
    }
    for term in terms(conn, today)? {
        if let Some(call) = rows::due_in(conn, due_by(&term, today, now), id)? {
            return Ok(Some(((id, call), term.ground)));
        }
    }
    Ok(None)
}

/// Erases what one application said, unless its time is not over any more.
pub fn erase_application(tx: &mut Tx, id: ApplicationId, now: Moment) -> Outcome<()> {
    let Some((due, ground)) = ground_of(tx.conn(), id, now)? else { return Ok(()) };
    rows::mark(tx, due, ground, now)?;
    rows::clear(tx, id, now)?;
    let mut names = Names::default();
    // The title of what was funded is public.
    if ground != ErasureGround::Funded {
        rows::untitle(tx, id, ERASED_TITLE, (&sort_key(ERASED_TITLE), &fold(ERASED_TITLE)))?;
        names.project = Some(ERASED_TITLE);
    }
    pack_erasures::forget_application(tx, id, names, now)?;
    Ok(erasure_failures::forget(tx, id.as_str())?)
}

/// Notes that an application or an account could not be erased; it stays due, and is tried again the next night.
pub fn note_failure(tx: &mut Tx, subject: &str, error: &str, now: Moment) -> Outcome<()> {
    Ok(erasure_failures::note(tx, subject, error, now)?)
}

/// Forgets the failures of what was not due in the night that began at this instant, once the night is over: it is kept
/// longer, or its owner has come back.
pub fn forget_failures(tx: &mut Tx, night: Moment) -> Outcome<()> {
    Ok(erasure_failures::forget_before(tx, night)?)
}

/// Tells people whom nobody has seen for two years that their account will be erased; gives how many.
pub fn warn_accounts(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let found = account_erasures::unwarned(tx, idle_by_end_of_notice(now), AT_ONCE)?;
    if found.is_empty() {
        return Ok(0);
    }
    let Settings { issuer_name, issuer_contact, .. } = settings::load(tx.conn())?;
    let key = now.paris_date().to_string();
    for row in people::of_ids(tx.conn(), &found)? {
        account_erasures::set_warned(tx, row.id, now)?;
        // Nobody reads what goes to an account that is shut.
        if row.disabled_at.is_none() {
            let mail = words::account_to_be_erased(&issuer_name, end_of_notice(now), &issuer_contact);
            let to = Recipient { person: Some(row.id), address: row.email.to_string(), name: row.name };
            messages::queue_reminder(tx, (&key, row.id.as_str()), &to, &mail, now)?;
        }
    }
    Ok(found.len())
}

/// Whoever has not come since this instant is told today.
pub(super) fn idle_by_end_of_notice(now: Moment) -> Moment {
    over_before(end_of_notice(now), ACCOUNT_MONTHS)
}

/// The terms of accounts and organisations: idle since an instant, told before another one.
pub(super) fn account_terms(now: Moment) -> (Moment, Moment) {
    (over_before(now.paris_date(), ACCOUNT_MONTHS), notice_over(now))
}

/// Accounts of people who were told and have not come, so many of them after this one, by identifier.
pub fn due_accounts(conn: &mut Conn, last: Option<PersonId>, now: Moment) -> Outcome<Vec<PersonId>> {
    Ok(account_erasures::warned(conn, account_terms(now), last, AT_ONCE)?)
}

/// Erases one account, unless its owner has come back.
pub fn erase_account(tx: &mut Tx, id: PersonId, now: Moment) -> Outcome<()> {
    if !account_erasures::is_warned(tx.conn(), account_terms(now), id)? {
        return Ok(());
    }
    account_erasures::clear(tx, id, ERASED_NAME, (&sort_key(ERASED_NAME), &fold(ERASED_NAME)), now)?;
    Ok(erasure_failures::forget(tx, id.as_str())?)
}

/// The terms of donors: the day before which they gave, and the first year whose receipts keep them.
fn donor_terms(now: Moment) -> (NaiveDate, i32) {
    let year = now.paris_date().year() - KEPT_YEARS;
    (NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default(), year)
}

/// Donations whose receipts nobody need show any more, so many of them after this one, by identifier.
pub fn due_donors(conn: &mut Conn, last: Option<DonationId>, now: Moment) -> Outcome<Vec<DonationId>> {
    Ok(donor_erasures::due(conn, donor_terms(now), last, AT_ONCE)?)
}

/// Erases who gave, unless a receipt keeps it.
pub fn erase_donor(tx: &mut Tx, id: DonationId, now: Moment) -> Outcome<()> {
    if !donor_erasures::is_due(tx.conn(), donor_terms(now), id)? {
        return Ok(());
    }
    let reference = donations::find(tx.conn(), id)?.reference;
    donor_erasures::clear(tx, id, ERASED_DONOR, &fold(&reference), now)?;
    Ok(erasure_failures::forget(tx, id.as_str())?)
}

/// Forgets what use has left behind: links, sign-ins, attempts, marks of forms and fields, notes of readers.
pub fn forget_traces(tx: &mut Tx, now: Moment) -> Outcome<()> {
    let (traces_end, marks_end) = (now.plus_days(-TRACE_DAYS), now.plus_days(-MARK_DAYS));
    traces::forget_links(tx, traces_end)?;
    traces::forget_codes(tx, traces_end)?;
    traces::forget_sign_ins(tx, traces_end)?;
    traces::forget_attempts(tx, marks_end)?;
    traces::forget_field_saves(tx, marks_end)?;
    traces::forget_notes(tx, over_before(now.paris_date(), NOTES_MONTHS))?;
    form_tokens::forget(tx, traces_end)?;
    doomed_files::forget(tx, now.plus_minutes(-LEAVING_MINUTES))?;
    Ok(())
}

/// Dooms those of these bytes that no row names.
pub fn doom_unnamed(tx: &mut Tx, hashes: &[String], now: Moment) -> Outcome<()> {
    Ok(doomed_files::doom_unnamed(tx, hashes, now)?)
}

/// The bytes that nothing needs any more, to be removed from the files after this transaction.
pub fn claim_files(tx: &mut Tx, now: Moment) -> Outcome<Vec<String>> {
    Ok(doomed_files::claim(tx, now, AT_ONCE)?)
}

/// Notes that they have left.
pub fn files_removed(tx: &mut Tx, hashes: &[String], now: Moment) -> Outcome<()> {
    Ok(doomed_files::set_removed(tx, hashes, now)?)
}

/// Whether these bytes are leaving right now, so that nothing may be attached that counts on them.
pub(super) fn is_leaving(conn: &mut Conn, sha256: &str, now: Moment) -> Outcome<bool> {
    Ok(doomed_files::is_leaving(conn, sha256, now.plus_minutes(-LEAVING_MINUTES))?)
}

/// What goes on one ground by the end of the notice: how many files, and those the reader may know of.
#[derive(Debug, Clone)]
pub struct Going {
    pub ground: ErasureGround,
    pub count: i64,
    pub lines: Vec<DueLine>,
}

/// What goes soon, and what went.
#[derive(Debug, Clone)]
pub struct Erasures {
    /// The last day of what goes soon.
    pub until: NaiveDate,
    pub going: Vec<Going>,
    /// Of the last twelve months; a draft is its people's own business, so they are counted only.
    pub erased_drafts: i64,
    /// Of the last twelve months.
    pub erased_organisations: i64,
    /// How much could not be erased and is tried again, as far as the reader may know, and when it was tried last.
    pub failed: (i64, Option<Moment>),
    pub erased: Vec<ErasedLine>,
    /// The last line of the page, when more follow.
    pub next: Option<ApplicationId>,
}

/// What goes by the end of the notice and what went, for the team.
pub fn list(conn: &mut Conn, actor: &Actor, after: Option<ApplicationId>, now: Moment) -> Outcome<Erasures> {
    access::require(actor, TEAM)?;
    let (until, sight) = (end_of_notice(now), sight(actor));
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let mut going = Vec::new();
    let count = rows::count(conn, drafts_by(until, now))?;
    going.push(Going { ground: ErasureGround::Draft, count, lines: Vec::new() });
    for term in terms(conn, until)? {
        let asked = due_by(&term, until, now);
        let count = rows::count(conn, asked)?;
        let lines = rows::due_lines(conn, sight, asked, most)?;
        match going.iter_mut().find(|group| group.ground == asked.ground) {
            // Agreements that ask for more years have their files apart.
            Some(group) => {
                group.count += count;
                group.lines.extend(lines);
            }
            None => going.push(Going { ground: asked.ground, count, lines }),
        }
    }
    going.retain(|group| group.count > 0);
    let mut erased = rows::page(conn, sight, after, most + 1)?;
    let next = erased.get(PAGE).and_then(|_| erased.get(PAGE - 1)).map(|line| line.id);
    erased.truncate(PAGE);
    let erased_drafts = rows::count_erased_drafts(conn, over_before(now.paris_date(), 12))?;
    let erased_organisations = organisation_erasures::count_erased(conn, over_before(now.paris_date(), 12))?;
    let failed = erasure_failures::waiting(conn, access::person(actor)?)?;
    Ok(Erasures { until, going, erased_drafts, erased_organisations, failed, erased, next })
}

/// A file that goes by the end of the notice, for an officer who may keep it longer.
pub fn going(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<ApplicationRow> {
    access::require(actor, &[Role::Officer])?;
    let (until, sight) = (end_of_notice(now), sight(actor));
    for term in terms(conn, until)? {
        if rows::holds(conn, sight, due_by(&term, until, now), id)? {
            return Ok(applications::find(conn, sight, id)?);
        }
    }
    Err(StoreError::NotFound.into())
}

/// Keeps a file that was about to go for a year more, for a reason that is kept: a dispute, a control.
pub fn keep(tx: &mut Tx, actor: &Actor, id: ApplicationId, reason: &str, now: Moment) -> Outcome<()> {
    let row = going(tx.conn(), actor, id, now)?;
    let (reason, today) = (reasons::written(reason)?, now.paris_date());
    let until_on = today.checked_add_months(Months::new(KEPT_MONTHS)).unwrap_or(today);
    let kept_by = access::person(actor)?;
    Ok(rows::keep(tx, &KeepingRow { application_id: row.id, kept_at: now, until_on, reason, kept_by })?)
}
