//! The reserve list after the committee: money that came free, the next file in order, and its promotion, proposed by an
//! officer and confirmed by the management where the call has its decisions confirmed.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, advance},
    agendas::Envelope,
    answers::{self, Content},
    applications, calls, decisions as committee, earmark_overrides, earmarks, messages, reasons,
    releases::{self, Sending},
    terms,
};
use crate::{
    domain::{
        correspondence::calls as words,
        decisions::Verdict,
        definitions::DecisionAuthority,
        ids::{ApplicationId, CallId, PersonId, PromotionId},
        lifecycle::{Refusal, decide},
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            grants::GrantState,
        },
        money::Euros,
        promotions::PromotionOutcome,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::ApplicationRow,
        calls::CallRow,
        decisions,
        digests::sha256,
        promotions::{self as rows, GrantLine, PromotionRow, ReserveRow},
    },
};

/// A file of the reserve list, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// From 1.
    pub place: usize,
    pub row: ReserveRow,
    /// The proposal that waits for an answer, and who made it.
    pub proposal: Option<(PromotionRow, String)>,
    /// Whether it is the first that nobody has proposed yet.
    pub is_next: bool,
}

/// The reserve list of a call and the money there is for it.
#[derive(Debug)]
pub struct Reserve {
    pub call: CallRow,
    pub envelope: Envelope,
    /// What the proposals that wait would take of what is left.
    pub proposed: Euros,
    /// The grants that gave money back, each with how much.
    pub freed: Vec<(GrantLine, Euros)>,
    /// The offers whose answer did not come by its day.
    pub overdue: Vec<GrantLine>,
    pub files: Vec<Reserved>,
    /// Whether the management confirms a promotion.
    pub is_confirmed: bool,
    /// Whether a file may go beyond a ceiling on its axis for a reason.
    pub may_exceed: bool,
}

impl Reserve {
    /// What may still be promised.
    pub fn left(&self) -> Euros {
        // A proposal about a file that is hidden from the reader is no sum of theirs.
        let seen = self.files.iter().filter_map(|file| file.proposal.as_ref());
        self.envelope.left - seen.map(|(row, _)| row.amount_cents).sum::<Euros>()
    }
}

fn confirmed_by_management(call: &CallRow) -> Outcome<bool> {
    Ok(calls::parse(call)?.decided_by == DecisionAuthority::Board)
}

/// The reserve list of the call with this reference, as this officer may see it.
pub fn reserve(conn: &mut Conn, officer: &Actor, reference: &str, now: Moment) -> Outcome<Reserve> {
    access::require(officer, &[Role::Officer])?;
    let call = calls::by_reference(conn, reference)?;
    of_call(conn, access::person(officer)?, call, now)
}

fn of_call(conn: &mut Conn, reader: PersonId, call: CallRow, now: Moment) -> Outcome<Reserve> {
    let list = rows::reserve(conn, call.id, reader)?;
    let waiting = rows::waiting_of(conn, call.id)?;
    let over = [GrantState::Declined, GrantState::Terminated, GrantState::Closed];
    let released = rows::released(conn, call.id)?;
    let of_grant = |line: &GrantLine| released.iter().find(|(grant, _)| *grant == line.id).map(|(_, amount)| *amount);
    let freed = rows::grants_of(conn, call.id, reader, &over)?.into_iter();
    let freed = freed.filter_map(|line| of_grant(&line).map(|amount| (line, amount))).collect();
    let today = now.paris_date();
    let mut overdue = rows::grants_of(conn, call.id, reader, &[GrantState::Offered])?;
    overdue.retain(|line| line.confirm_by.is_some_and(|day| day < today));
    let mut files: Vec<_> = (1..)
        .zip(list)
        .map(|(place, row)| {
            let proposal = waiting.iter().find(|(known, _)| known.application_id == row.id).cloned();
            Reserved { place, row, proposal, is_next: false }
        })
        .collect();
    if let Some(next) = files.iter_mut().find(|file| file.proposal.is_none()) {
        next.is_next = true;
    }
    Ok(Reserve {
        envelope: Envelope::seen_by(conn, &call, reader)?,
        proposed: waiting.iter().map(|(row, _)| row.amount_cents).sum(),
        is_confirmed: confirmed_by_management(&call)?,
        may_exceed: !calls::parse(&call)?.beyond_ceiling.is_refused(),
        freed,
        overdue,
        files,
        call,
    })
}

/// What an officer types to promote a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromotionForm {
    /// As typed.
    pub amount: String,
    pub motive: String,
    pub conditions: String,
    /// Why files before it on the list are passed over; needed when there are any.
    pub skipping: String,
    /// Why it goes beyond a ceiling on its axis, where the call lets it; often empty.
    pub beyond: String,
}

impl PromotionForm {
    /// The digest of what is typed about a file whose page showed `version`: who has read what it sends carries it back.
    pub fn digest(&self, version: i32) -> String {
        sha256(format!("{version}\n{self:?}"))
    }
}

/// Which file is promoted: its call, itself, and the version of it the page showed.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub reference: &'a str,
    pub id: ApplicationId,
    pub version: i32,
}

/// What was read of a form, or every fault beside its field.
fn read(form: &PromotionForm, passed: &[String]) -> Outcome<Euros> {
    let typed = committee::DecisionForm {
        verdict: Verdict::Award,
        amount: form.amount.clone(),
        motive: form.motive.clone(),
        conditions: form.conditions.clone(),
    };
    let mut wrong = typed.faults();
    if !passed.is_empty() && form.skipping.trim().is_empty() {
        let sentence = format!("Dites pourquoi ce dossier passe avant {}.", passed.join(", "));
        wrong.push(FieldError::new("ordre", sentence));
    }
    let amount = form.amount.trim().parse::<Euros>().ok();
    match amount.filter(|_| wrong.is_empty()) {
        Some(amount) => Ok(amount),
        None => Err(UseCaseError::Invalid(wrong)),
    }
}

/// A file as it would be were it awarded this amount.
fn wished(file: &Content, amount: Euros) -> ApplicationRow {
    ApplicationRow { decided_cents: Some(amount), ..file.row.clone() }
}

/// Judges an award of this amount as the table would, with what other proposals would take set aside. Where it is written
/// why it goes beyond ceilings, they do not hold it back.
fn judge(
    conn: &mut Conn,
    officer: &Actor,
    file: &Content,
    (amount, beyond): (Euros, &str),
    others: Euros,
    now: Moment,
) -> Outcome<()> {
    let mut standing = applications::standing(conn, officer, file, now)?;
    let facts = &mut standing.facts;
    facts.axis_ceilings = earmarks::ceilings_before(conn, &wished(file, amount), &file.definition)?;
    if !beyond.is_empty() {
        facts.axis_ceilings.iter_mut().for_each(|ceiling| ceiling.is_overridden = true);
    }
    facts.envelope_left -= others;
    (facts.decided_amount, facts.is_promoted) = (Some(amount), true);
    facts.motive.get_or_insert_default();
    decide::<Application>(standing.state, ApplicationEvent::Award, &standing.roles, &standing.facts)?;
    Ok(())
}

/// Proposes a file of the reserve list for the money that is left; where nobody confirms the decisions of the call, it is
/// awarded at once. Whether it waits for the management.
pub fn propose(tx: &mut Tx, officer: &Actor, file: Candidate<'_>, form: &PromotionForm, now: Moment) -> Outcome<bool> {
    let reserve = reserve(tx.conn(), officer, file.reference, now)?;
    let place = reserve.files.iter().find(|known| known.row.id == file.id).ok_or(StoreError::NotFound)?;
    if place.row.version != file.version {
        return Err(StoreError::Stale.into());
    }
    if place.proposal.is_some() {
        return Err(Refusal::because("Ce dossier est déjà proposé\u{a0}: la direction doit répondre.").into());
    }
    let before = reserve.files.iter().filter(|known| known.place < place.place && known.proposal.is_none());
    let passed: Vec<_> = before.map(|known| known.row.reference.clone()).collect();
    let amount = read(form, &passed)?;
    let content = answers::find(tx.conn(), officer, file.id)?;
    let said = (form.beyond.as_str(), officer);
    let beyond = earmark_overrides::of_promotion(tx.conn(), &wished(&content, amount), &content.definition, said)?;
    judge(tx.conn(), officer, &content, (amount, &beyond), reserve.proposed, now)?;
    let row = PromotionRow {
        id: tx.mint(now)?,
        call_id: reserve.call.id,
        application_id: file.id,
        live_key: Some(file.id.to_string()),
        amount_cents: amount,
        motive: form.motive.trim().to_owned(),
        conditions: form.conditions.trim().to_owned(),
        skipping: if passed.is_empty() { String::new() } else { form.skipping.trim().to_owned() },
        proposed_by: access::person(officer)?,
        proposed_at: now,
        outcome: None,
        answer: String::new(),
        answered_by: None,
        answered_at: None,
        beyond,
    };
    rows::insert(tx, &row)?;
    if reserve.is_confirmed {
        tell_management(tx, &row, &reserve.call, now)?;
    } else {
        award(tx, officer, &row, file.version, now)?;
    }
    Ok(reserve.is_confirmed)
}

/// What a promotion that nobody confirms would send; nothing of one that waits for the management. To be run in a
/// transaction that is taken back: see [`crate::store::Db::rehearse`].
pub fn foresee(
    tx: &mut Tx,
    officer: &Actor,
    file: Candidate<'_>,
    form: &PromotionForm,
    now: Moment,
) -> Outcome<Option<Sending>> {
    if propose(tx, officer, file, form, now)? {
        return Ok(None);
    }
    releases::sending(tx.conn(), file.id, now).map(Some)
}

fn tell_management(tx: &mut Tx, row: &PromotionRow, call: &CallRow, now: Moment) -> Outcome<()> {
    let contact = calls::fund_of(tx.conn(), call)?.contact.email.to_string();
    let mail = words::promotion_to_confirm(&call.title, row.amount_cents, row.id, &contact);
    let directors = terms::staff_told_of(tx.conn(), Role::Director, row.application_id)?;
    let (about, act) = (row.application_id.to_string(), row.id.to_string());
    directors.iter().try_for_each(|to| messages::queue_wished(tx, (&about, &act), row.proposed_by, to, &mail, now))
}

/// Awards the file of a proposal: letter and mail follow, as after any decision.
fn award(tx: &mut Tx, by: &Actor, row: &PromotionRow, version: i32, now: Moment) -> Outcome<Cause> {
    let person = access::person(by)?;
    rows::answer(tx, row.id, PromotionOutcome::Confirmed, "", (person, now))?;
    let conditions = Some(row.conditions.as_str()).filter(|text| !text.is_empty());
    decisions::set(tx, row.application_id, Some(row.amount_cents), Some(&row.motive), conditions)?;
    if !row.beyond.is_empty() {
        let file = applications::find(tx.conn(), by, row.application_id)?;
        earmark_overrides::keep_promotion(tx, &file, (&row.beyond, row.proposed_by), now)?;
    }
    advance::<Application>(tx, by, row.application_id, version, ApplicationEvent::Award, now)
}

/// A proposal as the management reads it.
#[derive(Debug)]
pub struct Sheet {
    pub row: PromotionRow,
    pub proposed_by: String,
    pub file: Content,
    pub envelope: Envelope,
    /// The files before it on the list that nobody proposed.
    pub passed: Vec<ReserveRow>,
    /// Why it cannot be confirmed now.
    pub refusal: Option<Refusal>,
}

/// One proposal that waits.
pub fn sheet(conn: &mut Conn, director: &Actor, id: PromotionId, now: Moment) -> Outcome<Sheet> {
    access::require(director, &[Role::Director])?;
    let row = rows::find(conn, id)?;
    let file = answers::find(conn, director, row.application_id)?;
    if row.outcome.is_some() || file.row.state != ApplicationState::ReserveListed {
        return Err(StoreError::NotFound.into());
    }
    let reserve = of_call(conn, access::person(director)?, file.call.clone(), now)?;
    let names: Vec<_> = reserve.files.iter().filter_map(|known| known.proposal.clone()).collect();
    let proposed_by = names.into_iter().find(|(known, _)| known.id == id).map(|(_, name)| name).unwrap_or_default();
    let before = reserve.files.into_iter().take_while(|known| known.row.id != row.application_id);
    let passed = before.filter(|known| known.proposal.is_none()).map(|known| known.row).collect();
    let judged = two_people(&row, director);
    let judged = judged.and_then(|()| judge(conn, director, &file, (row.amount_cents, &row.beyond), Euros::ZERO, now));
    let refusal = match judged {
        Ok(()) => None,
        Err(UseCaseError::Refused(why)) => Some(why),
        Err(error) => return Err(error),
    };
    Ok(Sheet { envelope: reserve.envelope, row, proposed_by, file, passed, refusal })
}

/// Nobody confirms what they proposed.
fn two_people(row: &PromotionRow, director: &Actor) -> Outcome<()> {
    if Some(row.proposed_by) == director.person {
        return Err(Refusal::because("Une autre personne que celle qui propose doit confirmer.").into());
    }
    Ok(())
}

/// The proposals that wait for the management.
pub fn to_confirm(
    conn: &mut Conn,
    director: &Actor,
    key: Option<PromotionId>,
    limit: i64,
) -> Outcome<Vec<(PromotionId, String, String, Euros)>> {
    access::require(director, &[Role::Director])?;
    Ok(rows::waiting(conn, access::person(director)?, key, limit)?)
}

/// Confirms a proposal whose page showed `version` of its file.
pub fn confirm(tx: &mut Tx, director: &Actor, id: PromotionId, version: i32, now: Moment) -> Outcome<()> {
    let sheet = sheet(tx.conn(), director, id, now)?;
    two_people(&sheet.row, director)?;
    award(tx, director, &sheet.row, version, now).map(drop)
}

/// Refuses a proposal, and says why; the file stays on the list.
pub fn refuse(tx: &mut Tx, director: &Actor, id: PromotionId, reason: &str, now: Moment) -> Outcome<()> {
    let sheet = sheet(tx.conn(), director, id, now)?;
    let reason = reasons::written(reason)?;
    let by = (access::person(director)?, now);
    Ok(rows::answer(tx, sheet.row.id, PromotionOutcome::Refused, &reason, by)?)
}

/// The proposals of a call that were answered, the newest first, as this officer may read them.
pub fn answered(conn: &mut Conn, officer: &Actor, call: CallId) -> Outcome<Vec<(PromotionRow, String)>> {
    access::require(officer, &[Role::Officer])?;
    let reader = access::person(officer)?;
    let mut found = rows::of_call(conn, call)?;
    let files: Vec<_> = found.iter().map(|(row, _)| row.application_id).collect();
    let hidden = crate::store::recusals::among(conn, reader, &files)?;
    found.retain(|(row, _)| row.outcome.is_some() && !hidden.contains(&row.application_id));
    Ok(found)
}
