//! What a decision says on the page of its people: why, what is offered after a refusal, and when it was first opened.

use super::{
    Actor, Outcome, access,
    answers::{self, Content},
    calls,
    eligibility::{self, Prospect},
    grants,
    organisations::acts_for,
    slots,
};
use crate::{
    domain::{
        decisions::{DECIDED, is_announced},
        definitions::{DecisionReceipt, FundDefinition},
        eligibility::{Chance, Facts},
        identity::Email,
        ids::{ApplicationId, CallId, GrantId},
        lifecycles::applications::ApplicationState,
        supports::{NextCall, Support},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers as rows,
        decision_readings::{self, ReadingRow},
        slots::{self as slot_rows, SlotRow},
    },
};

/// The first of these calls that an organisation may think of, other than the one it has just applied to.
pub(super) fn next_call(prospects: &[Prospect], not: CallId, facts: &Facts, axes: &[String]) -> Option<NextCall> {
    let fits = |prospect: &&Prospect| {
        let shares = axes.is_empty() || prospect.definition.axes.iter().any(|axis| axes.contains(axis));
        prospect.call.id != not && shares && prospect.outlook(facts).chance != Chance::OutOfReach
    };
    prospects.iter().find(fits).map(|prospect| NextCall {
        reference: prospect.call.reference.clone(),
        title: prospect.call.title.clone(),
        opens_on: prospect.call.opens_at.paris_date(),
        closes_on: prospect.call.closes_at.plus_minutes(-1).paris_date(),
    })
}

/// What the people of a decided file read of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Why, when the project is not retained.
    pub motive: String,
    /// What is offered then, a phrase each; the address of the next call apart.
    pub offers: Vec<String>,
    pub next: Option<NextCall>,
    /// The meeting that is booked, in words.
    pub meeting: Option<String>,
    /// Whether there are slots to book.
    pub has_slots: bool,
    /// Whether the fund notes when its decisions are opened, and when this one was.
    pub is_noted: bool,
    pub opened_at: Option<Moment>,
}

/// What is offered to the people of a refused file.
pub(super) struct Offered {
    pub support: Support,
    /// The slots they may book; none once they have booked one.
    pub slots: Vec<SlotRow>,
    /// The one they have booked, in words.
    pub meeting: Option<String>,
}

/// What is offered with the refusal of a file.
pub(super) fn offered(conn: &mut Conn, content: &Content, fund: &FundDefinition, now: Moment) -> Outcome<Offered> {
    let (call, organisation) = (&content.call, &content.organisation);
    let tags = rows::tags_of(conn, content.row.id)?;
    let axes: Vec<_> = tags.into_iter().filter(|tag| tag.kind == "axis").map(|tag| tag.code).collect();
    let facts = eligibility::facts_of_organisation(organisation);
    let away = slot_rows::away(conn, &[content.row.id])?;
    let away: Vec<Email> = away.into_iter().map(|(_, email)| email).collect();
    let mut support = Support::of(fund, &organisation.department, &axes, now.paris_date()).without(&away);
    support.next = next_call(&eligibility::prospects(conn, now)?, call.id, &facts, &axes);
    let booked = slot_rows::of_application(conn, content.row.id)?.map(|(_, slot)| slots::in_words(&slot));
    let slots = match &booked {
        Some(_) => Vec::new(),
        None => slots::bookable(&support, &slots::free(conn, call.fund_id, now)?, &away),
    };
    support.slots = slots.iter().map(slots::in_words).collect();
    Ok(Offered { support, slots, meeting: booked })
}

fn is_noted(fund: &FundDefinition) -> bool {
    fund.decision_receipt == Some(DecisionReceipt::FirstOpening)
}

/// What is told of the decision on a file; nothing before it is.
pub fn told(conn: &mut Conn, content: &Content, now: Moment) -> Outcome<Option<Told>> {
    let (row, call) = (&content.row, &content.call);
    if !DECIDED.contains(&row.state) || !is_announced(call.state, call.decision_pace) {
        return Ok(None);
    }
    let fund = calls::fund_of(conn, call)?;
    let opened_at = decision_readings::find(conn, row.id)?.map(|reading| reading.opened_at);
    let mut told = Told {
        motive: String::new(),
        offers: Vec::new(),
        next: None,
        meeting: None,
        has_slots: false,
        is_noted: is_noted(&fund),
        opened_at,
    };
    if row.state == ApplicationState::Rejected {
        let offered = offered(conn, content, &fund, now)?;
        told.motive = row.motive.clone().unwrap_or_default();
        (told.meeting, told.has_slots) = (offered.meeting, !offered.slots.is_empty());
        (told.offers, told.next) = (offered.support.phrases(), offered.support.next);
    }
    Ok(Some(told))
}

/// Whether opening the decision now is to be noted.
pub fn is_to_note(told: Option<&Told>) -> bool {
    told.is_some_and(|told| told.is_noted && told.opened_at.is_none())
}

/// Notes that somebody of its organisations opened the decision on a file, once.
pub fn note_opening(tx: &mut Tx, actor: &Actor, content: &Content, now: Moment) -> Outcome<()> {
    if !acts_for(tx.conn(), actor, &content.parties())? {
        return Err(StoreError::NotFound.into());
    }
    let told = told(tx.conn(), content, now)?;
    if !is_to_note(told.as_ref()) {
        return Ok(());
    }
    let row = ReadingRow { application_id: content.row.id, opened_by: access::person(actor)?, opened_at: now };
    Ok(decision_readings::insert(tx, &row)?)
}

/// The file of a grant whose decision somebody is about to open for the first time through the page of the grant.
pub fn file_to_note(conn: &mut Conn, actor: &Actor, id: GrantId, now: Moment) -> Outcome<Option<Content>> {
    let application = grants::file(conn, actor, id)?.grant.application_id;
    if decision_readings::find(conn, application)?.is_some() {
        return Ok(None);
    }
    let content = answers::find(conn, actor, application)?;
    let is_due = is_to_note(told(conn, &content, now)?.as_ref());
    Ok(Some(content).filter(|_| is_due))
}

/// Whether and when the people of a told decision first opened it, and who did, in words for the team; nothing where the
/// fund notes none.
pub fn opening(conn: &mut Conn, content: &Content, fund: &FundDefinition) -> Outcome<Option<String>> {
    if !DECIDED.contains(&content.row.state) || !content.call.is_announced() || !is_noted(fund) {
        return Ok(None);
    }
    let said = match decision_readings::named(conn, content.row.id)? {
        Some((at, by)) => format!("ouverte pour la première fois le {}, par {by}", at.french()),
        None => "pas encore ouverte".to_owned(),
    };
    Ok(Some(said))
}

/// What the people of a file read about that, in a sentence; empty while nothing is noted.
pub fn noted(opened_at: Option<Moment>) -> String {
    opened_at.map_or(String::new(), |at| {
        format!("L’équipe du fonds voit que cette décision a été ouverte pour la première fois le {}.", at.french())
    })
}

/// The same for the page of a grant.
pub fn noted_of(conn: &mut Conn, id: ApplicationId) -> Outcome<String> {
    Ok(noted(decision_readings::find(conn, id)?.map(|reading| reading.opened_at)))
}
