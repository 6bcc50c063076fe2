//! Applications: from the draft to the filed, complete and admissible file.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::{Cause, Object, Standing, advance, record_birth, step},
    answers::{self, Content},
    copies, definitions, earmarks, eligibility, filed_counts, filings, interests, journal,
    judgements::Line,
    organisations::{require, seats},
    owed_documents, pairings, receipts, signatures,
};
use crate::{
    domain::{
        decisions::{DECIDED, DecisionPace, shown_to_applicants},
        definitions::{ApplicationsPerHolder, CallDefinition},
        ids::{ApplicationId, CallId, OrganisationId},
        lifecycle::Refusal,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationFacts, ApplicationState},
            sessions::SessionState,
        },
        organisations::Right,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::{self, ApplicationRow, Reach, Sight},
        calls::{self, CallRow},
        complement_requests::{self, ComplementRequestRow},
        history, promotions, reviews, sessions,
    },
};
use std::borrow::Cow;

/// Through whose eyes the actor looks at applications.
pub fn sight(actor: &Actor) -> Sight {
    let filed = [Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin];
    let reach = if actor.person.is_none() && actor.is(Role::System) {
        Reach::Everything
    } else if filed.into_iter().any(|role| actor.is(role)) {
        Reach::Filed
    } else if actor.is(Role::Reviewer) {
        Reach::Assigned
    } else {
        Reach::Own
    };
    Sight { person: actor.person, reach }
}

/// One application; it does not exist for whoever may not see it.
pub fn find(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<ApplicationRow> {
    Ok(applications::find(conn, sight(actor), id)?)
}

impl Object for Application {
    type Id = ApplicationId;

    fn look(conn: &mut Conn, id: ApplicationId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = find(conn, actor, id)?;
        let call = calls::find(conn, row.call_id)?;
        let definition = definitions::call(&call.settings)?;
        File { row: &row, call: &call, definition: &definition, content: None, checklist: None }
            .standing(conn, actor, now)
    }
}

/// Where an application whose content has just been read stands.
pub fn standing(conn: &mut Conn, actor: &Actor, content: &Content, now: Moment) -> Outcome<Standing<Application>> {
    let Content { row, call, definition, .. } = content;
    File { row, call, definition, content: Some(content), checklist: None }.standing(conn, actor, now)
}

/// The same where the checklist has been worked out for this actor too.
pub(super) fn standing_with(
    conn: &mut Conn,
    actor: &Actor,
    (content, checklist): (&Content, &[Line]),
    now: Moment,
) -> Outcome<Standing<Application>> {
    let Content { row, call, definition, .. } = content;
    let (content, checklist) = (Some(content), Some(checklist));
    File { row, call, definition, content, checklist }.standing(conn, actor, now)
}

/// Why a draft behind the common file of its pair is not filed.
const RESTS: &str = "Ce brouillon est réuni avec le dossier commun de votre binôme\u{a0}: c’est lui qui se dépose";

/// An application and its call. What it says is read only where a rule asks for it.
struct File<'a> {
    row: &'a ApplicationRow,
    call: &'a CallRow,
    definition: &'a CallDefinition,
    content: Option<&'a Content>,
    checklist: Option<&'a [Line]>,
}

impl File<'_> {
    fn content(&self, conn: &mut Conn) -> Outcome<Cow<'_, Content>> {
        match self.content {
            Some(content) => Ok(Cow::Borrowed(content)),
            None => Ok(Cow::Owned(answers::content_in(conn, self.row.clone(), self.call.clone())?)),
        }
    }

    fn standing(&self, conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Standing<Application>> {
        let (roles, is_party) = roles_on(conn, actor, self.row)?;
        let (state, version) = (self.row.state, self.row.version);
        let shown = shown_to_applicants(state, self.call.state, self.call.decision_pace);
        if is_party && shown != state {
            return embargoed(conn, self.row.id, shown, version, roles);
        }
        let requests = complement_requests::of_application(conn, self.row.id)?;
        let facts = self.facts(conn, actor, &requests, now)?;
        let reason = reason_of(self.row, requests.last());
        Ok(Standing { state, version, roles, facts, reason })
    }

    fn facts(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        requests: &[ComplementRequestRow],
        now: Moment,
    ) -> Outcome<ApplicationFacts> {
        let (row, call, last) = (self.row, self.call, requests.last());
        let mut facts = ApplicationFacts {
            is_open: call.is_open_until(row.pass_until, now),
            is_before_deadline: call.is_open(now),
            has_pass: row.pass_until.is_some_and(|until| now < until),
            is_paired: row.partner_organisation_id.is_some(),
            deadline: call.window().deadline(),
            is_complement_asked: last.is_some_and(|request| request.answer.is_none() && now < request.due_at),
            is_complement_answered: last.is_some_and(|request| request.answer.is_some()),
            is_complement_overdue: last.is_some_and(|request| request.answer.is_none() && request.due_at <= now),
            motive: row.motive.clone(),
            appeal: row.appeal.clone(),
            decided_amount: row.decided_cents,
            requested: row.requested_cents,
            floor: self.definition.amount.floor,
            ceiling: self.definition.amount.ceiling,
            ..ApplicationFacts::default()
        };
        match row.state {
            ApplicationState::Draft => {
                let content = self.content(conn)?;
                facts.missing = match pairings::rests(conn, self.definition, row.id)? {
                    true => vec![RESTS.to_owned()],
                    false => content.missing(),
                };
                facts.unsigned = signatures::unsigned(conn, &content)?;
                facts.has_rival = has_rival(conn, row, self.definition)?;
                facts.too_many = filed_counts::why_full(conn, call, self.definition, row)?;
            }
            ApplicationState::ComplementRequested => {
                facts.complement_missing = self.content(conn)?.missing_of_complement();
            }
            ApplicationState::Submitted => {
                facts.unmet_rules = match self.checklist {
                    Some(lines) => eligibility::unmet_of(lines),
                    None => {
                        let content = self.content(conn)?;
                        eligibility::unmet_of(&eligibility::lines(conn, &content, actor, now)?)
                    }
                };
            }
            ApplicationState::Eligible | ApplicationState::InReview | ApplicationState::ReserveListed => {
                facts.reviewers = reviews::count_live(conn, row.id)?;
                let hearing = sessions::states_hearing(conn, row.id)?;
                let heard = [SessionState::InSession, SessionState::Minuted, SessionState::Confirmed];
                facts.is_heard = hearing.iter().any(|state| heard.contains(state));
                let is_told = call.is_announced() && call.decision_pace == DecisionPace::Together;
                facts.is_sitting = !is_told && hearing.contains(&SessionState::InSession);
                facts.is_promoted =
                    row.state == ApplicationState::ReserveListed && promotions::is_confirmed(conn, row.id)?;
                facts.envelope_left = journal::envelope_left(conn, row.call_id)?;
                facts.is_left_hidden = earmarks::hides_left(conn, actor)?;
                let left = eligibility::beneficiaries_left(conn, row.call_id, &[row.organisation_id], None)?;
                facts.beneficiary_left = left.get(&row.organisation_id).copied();
                facts.axis_ceilings = earmarks::ceilings_before(conn, row, self.definition)?;
            }
            _ => {}
        }
        Ok(facts)
    }
}

/// A decided file as its applicant may know it: in the hands of the committee, as it was the moment before. Nothing can
/// be done with it, and what is refused is refused in the same words.
fn embargoed(
    conn: &mut Conn,
    id: ApplicationId,
    shown: ApplicationState,
    version: i32,
    roles: Vec<Role>,
) -> Outcome<Standing<Application>> {
    let is_decision = |row: &history::TransitionRow| {
        row.to_state.parse::<ApplicationState>().is_ok_and(|state| DECIDED.contains(&state))
    };
    let decisions = history::of_subject(conn, id.as_str())?.iter().filter(|row| is_decision(row)).count();
    let facts = ApplicationFacts { is_heard: true, ..ApplicationFacts::default() };
    let version = version - i32::try_from(decisions).unwrap_or_default();
    Ok(Standing { state: shown, version, roles, facts, reason: String::new() })
}

/// What the actor is to this very application, and whether it is their own.
fn roles_on(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<(Vec<Role>, bool)> {
    let global = [Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin, Role::System];
    let seats = seats(conn, actor, &row.parties())?;
    // Nobody judges the application of their own organisation.
    if seats.is_empty() {
        return Ok((global.into_iter().filter(|role| actor.is(*role)).collect(), false));
    }
    let writes = seats.iter().any(|seat| seat.may(Right::Write));
    Ok((if writes { vec![Role::Applicant] } else { Vec::new() }, true))
}

/// What the history keeps as the reason of the next change.
fn reason_of(row: &ApplicationRow, request: Option<&ComplementRequestRow>) -> String {
    match row.state {
        ApplicationState::Submitted | ApplicationState::ComplementRequested => {
            let open = request.filter(|request| request.answer.is_none()).map(|request| request.wanted.clone());
            open.or_else(|| row.motive.clone()).unwrap_or_default()
        }
        ApplicationState::Ineligible => row.appeal.clone().unwrap_or_default(),
        ApplicationState::InReview | ApplicationState::ReserveListed => row.motive.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The key that only one live application of an organisation to a call may carry.
pub(super) fn live_key(definition: &CallDefinition, call: CallId, organisation: OrganisationId) -> Option<String> {
    (definition.applications == ApplicationsPerHolder::One).then(|| format!("{call}:{organisation}"))
}

fn has_rival(conn: &mut Conn, row: &ApplicationRow, definition: &CallDefinition) -> Outcome<bool> {
    let Some(key) = live_key(definition, row.call_id, row.organisation_id) else { return Ok(false) };
    Ok(applications::by_live_key(conn, &key)?.is_some_and(|other| other != row.id))
}

/// The live application of an organisation to a call, where only one is allowed.
pub(super) fn live(conn: &mut Conn, call: CallId, organisation: OrganisationId) -> Outcome<Option<ApplicationId>> {
    let definition = definitions::call(&calls::find(conn, call)?.settings)?;
    let key = live_key(&definition, call, organisation);
    Ok(key.map(|key| applications::by_live_key(conn, &key)).transpose()?.flatten())
}

/// Starts an application, or opens the live one that the organisation already has.
pub fn start(
    tx: &mut Tx,
    actor: &Actor,
    call: CallId,
    organisation: OrganisationId,
    now: Moment,
) -> Outcome<ApplicationId> {
    let person = actor.person.ok_or(StoreError::NotFound)?;
    require(tx.conn(), actor, &[organisation], Right::Write)?;
    let call = calls::find(tx.conn(), call)?;
    let definition = definitions::call(&call.settings)?;
    let key = live_key(&definition, call.id, organisation);
    if let Some(key) = &key
        && let Some(known) = applications::by_live_key(tx.conn(), key)?
    {
        return Ok(known);
    }
    if !call.is_open(now) {
        let window = call.window();
        let reason = if now < window.opens {
            format!("L’appel ouvre le {}.", window.opens.french())
        } else {
            format!("L’appel est fermé\u{a0}: la date limite était le {}.", window.deadline())
        };
        return Err(Refusal::because(reason).into());
    }
    if let Some(sentence) = filed_counts::full(tx.conn(), &call, &[organisation])?.remove(&organisation) {
        return Err(UseCaseError::Invalid(vec![FieldError::new("organisation", sentence)]));
    }
    let number = calls::draw_number(tx, call.id)?;
    let id = tx.mint(now)?;
    let mut row = blank(id, &call, organisation, person, now);
    row.reference = format!("{}-{number:04}", call.reference);
    row.search_key = crate::domain::text::fold(&row.reference);
    row.live_key = key;
    applications::insert(tx, &row)?;
    record_birth::<Application>(tx, actor, &[Role::Applicant], id, now)?;
    Ok(id)
}

fn blank(
    id: ApplicationId,
    call: &CallRow,
    organisation: OrganisationId,
    person: crate::domain::ids::PersonId,
    now: Moment,
) -> ApplicationRow {
    ApplicationRow {
        id,
        call_id: call.id,
        organisation_id: organisation,
        partner_organisation_id: None,
        reference: String::new(),
        title: String::new(),
        requested_cents: Default::default(),
        starts_on: None,
        ends_on: None,
        commune_code: None,
        country_code: None,
        revision: call.revision,
        live_key: None,
        pass_until: None,
        created_by: person,
        submitted_by: None,
        submitted_at: None,
        content_hash: None,
        appeal: None,
        decided_cents: None,
        motive: None,
        conditions: None,
        score_sum: 0,
        score_count: 0,
        score_mean: 0,
        sort_key: String::new(),
        search_key: String::new(),
        state: ApplicationState::Draft,
        version: 0,
        state_at: now,
        created_at: now,
        updated_at: now,
    }
}

/// What is missing before filing, each a short French sentence.
pub fn missing(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<Vec<String>> {
    Ok(answers::find(conn, actor, id)?.missing())
}

/// Files an application: complete and on time, judged here and now.
pub fn submit(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    let person = actor.person.ok_or(StoreError::NotFound)?;
    let mut content = answers::find(tx.conn(), actor, id)?;
    content.row.revision = content.form;
    applications::set_submission(tx, id, (person, now), content.row.revision, &content.digest()?)?;
    copies::read(tx, id, now)?;
    owed_documents::note_filing(tx, &content, person, now)?;
    let standing = standing(tx.conn(), actor, &content, now)?;
    if standing.version != version {
        return Err(StoreError::Stale.into());
    }
    let cause = step::<Application>(tx, actor, id, standing, ApplicationEvent::Submit, now)?;
    filings::keep(tx, &content, now)?;
    interests::keep_from(tx, &content, now)?;
    Ok(cause)
}

/// Takes a filed application back into draft, before the deadline.
pub fn take_back(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    advance::<Application>(tx, actor, id, version, ApplicationEvent::TakeBack, now)
}

/// Refuses to withdraw a draft that rests behind the common file of its pair.
pub fn must_not_rest(conn: &mut Conn, id: ApplicationId) -> Outcome<()> {
    match pairings::common_of(conn, id)? {
        Some(_) => Err(Refusal::because(format!("{RESTS}.")).into()),
        None => Ok(()),
    }
}

/// Withdraws an application; the organisation may then start another one.
pub fn withdraw(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    find(tx.conn(), actor, id)?;
    must_not_rest(tx.conn(), id)?;
    let cause = advance::<Application>(tx, actor, id, version, ApplicationEvent::Withdraw, now)?;
    applications::set_live_key(tx, id, None)?;
    pairings::dissolve(tx, actor, &cause, now)?;
    Ok(cause)
}

/// Declares an application admissible.
pub fn declare_eligible(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    advance::<Application>(tx, actor, id, version, ApplicationEvent::DeclareEligible, now)
}

/// Declares an application inadmissible, and says why.
pub fn declare_ineligible(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    motive: &str,
    now: Moment,
) -> Outcome<Cause> {
    find(tx.conn(), actor, id)?;
    let motive = needed("motif", motive, "Un motif est nécessaire\u{a0}: la personne doit savoir pourquoi.")?;
    applications::set_motive(tx, id, Some(&motive))?;
    let cause = advance::<Application>(tx, actor, id, version, ApplicationEvent::DeclareIneligible, now)?;
    applications::set_live_key(tx, id, None)?;
    Ok(cause)
}

/// Hands an admissible application to its readers.
pub fn start_review(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    advance::<Application>(tx, actor, id, version, ApplicationEvent::StartReview, now)
}

/// Asks for a second look at an application declared inadmissible, within the call's delay.
pub fn appeal(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, why: &str, now: Moment) -> Outcome<Cause> {
    let content = answers::find(tx.conn(), actor, id)?;
    let why = needed("motif", why, "Expliquez pourquoi la décision devrait être revue.")?;
    let due = appeal_due(&content);
    if due <= now {
        let reason = format!("Le délai pour demander un réexamen s’est terminé le {}.", due.plus_minutes(-1).french());
        return Err(Refusal::because(reason).into());
    }
    applications::set_appeal(tx, id, Some(&why))?;
    let cause = advance::<Application>(tx, actor, id, version, ApplicationEvent::Appeal, now)?;
    if has_rival(tx.conn(), &content.row, &content.definition)? {
        return Err(Refusal::because("Votre organisation a déjà un autre dossier pour cet appel.").into());
    }
    if let Some(sentence) = filed_counts::why_full(tx.conn(), &content.call, &content.definition, &content.row)? {
        return Err(Refusal::because(sentence).into());
    }
    let key = live_key(&content.definition, content.row.call_id, content.row.organisation_id);
    applications::set_live_key(tx, id, key.as_deref())?;
    Ok(cause)
}

/// Until when a second look may be asked for.
pub fn appeal_due(content: &Content) -> Moment {
    let days = chrono::Duration::try_days(content.definition.delays.appeal_days).unwrap_or_default();
    Moment::end_of_day(content.row.state_at.paris_date() + days)
}

fn needed(field: &str, typed: &str, sentence: &str) -> Outcome<String> {
    match typed.trim() {
        "" => Err(UseCaseError::Invalid(vec![FieldError::new(field, sentence)])),
        text => Ok(text.to_owned()),
    }
}

pub(super) fn acknowledge_receipt(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::acknowledge(tx, cause)
}

pub(super) fn tell_taken_back(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_applicants(tx, cause, crate::domain::correspondence::applications::taken_back)
}

pub(super) fn tell_late_pass(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_applicants(tx, cause, crate::domain::correspondence::applications::late_pass)
}

pub(super) fn ask_complement(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_applicants(tx, cause, crate::domain::correspondence::applications::complement_asked)
}

pub(super) fn tell_complement_answered(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_officers(tx, cause, crate::domain::correspondence::applications::complement_answered)
}

pub(super) fn tell_eligible(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_applicants(tx, cause, crate::domain::correspondence::applications::eligible)
}

pub(super) fn tell_ineligible(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_applicants(tx, cause, crate::domain::correspondence::applications::ineligible)
}

pub(super) fn tell_appeal(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_officers(tx, cause, crate::domain::correspondence::applications::appeal)
}

pub(super) fn tell_withdrawn(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    receipts::tell_officers(tx, cause, crate::domain::correspondence::applications::withdrawn)
}
