//! The amendments of a grant in the words of a page, the same for its holder and for the team.

use super::{
    deadlines::Deadline,
    grants::{Reader, capitalised},
    pages::Tone,
    parts::{Badge, Stepper},
    standings,
};
use crate::{
    domain::{lifecycles::amendments::AmendmentState, signing::SigningSide, time::french_date},
    store::amendments::AmendmentRow,
    usecases::{amendments::is_open, grant_papers::GrantPaper},
};
use chrono::NaiveDate;

/// The state of an amendment as a small label.
fn badge(state: AmendmentState) -> Badge {
    let tone = match state {
        AmendmentState::Requested => Tone::Info,
        AmendmentState::ToSign => Tone::Warning,
        AmendmentState::Approved => Tone::Success,
        AmendmentState::Refused => Tone::Error,
    };
    Badge { tone, label: state.label().to_owned() }
}

/// An amendment as both sides read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentLine {
    pub id: String,
    pub version: i32,
    pub kind: String,
    pub asked_on: String,
    pub wanted: String,
    pub new_end: Option<String>,
    pub new_amount: Option<String>,
    pub new_partner: Option<String>,
    /// What it changes once granted: what, before, after.
    pub changes: Vec<(String, String, String)>,
    pub reason: String,
    pub motive: String,
    pub badge: Badge,
    pub stepper: Stepper,
    pub is_open: bool,
    /// Whether it may still be refused, though it was granted.
    pub is_to_sign: bool,
    /// Whether its amount may go beyond a ceiling for a reason of whoever grants it.
    pub may_exceed: bool,
    /// What whoever decides it should know, each a sentence.
    pub cautions: Vec<String>,
}

/// Who is expected to sign an amendment next, and until when.
fn signs(paper: &GrantPaper, row: &AmendmentRow, reader: Reader, today: NaiveDate) -> Option<(&'static str, Deadline)> {
    let mine = paper.signing.iter().find(|one| one.row.amendment_id == Some(row.id))?;
    let who = match (mine.next()?, reader) {
        (SigningSide::Holder, Reader::Holder) => "Vous",
        (SigningSide::Holder, Reader::Team) => "L’organisation",
        (SigningSide::Issuer, _) => "La direction",
    };
    Some((who, Deadline::before(mine.row.sign_by, today)))
}

/// The amendments asked for, newest first.
pub fn lines(paper: &GrantPaper, reader: Reader, today: NaiveDate) -> Vec<AmendmentLine> {
    let is_grant_open = is_open(paper.file.grant.state);
    let changes = |row: &AmendmentRow| {
        let mine = paper.changes.iter().filter(|change| change.amendment_id == row.id);
        mine.map(|change| (change.label.clone(), change.was.clone(), change.becomes.clone())).collect::<Vec<_>>()
    };
    let cautions = |row: &AmendmentRow| {
        let mine = paper.cautions.iter().filter(|(id, _)| *id == row.id && reader == Reader::Team);
        mine.map(|(_, said)| said.clone()).collect::<Vec<_>>()
    };
    let line = |row: &AmendmentRow| AmendmentLine {
        id: row.id.to_string(),
        version: row.version,
        kind: capitalised(row.kind.label()),
        asked_on: french_date(row.created_at.paris_date()),
        wanted: row.wanted.clone(),
        new_end: row.new_ends_on.map(french_date),
        new_amount: row.new_amount_cents.map(|amount| amount.to_string()),
        new_partner: row.new_partner.clone(),
        changes: changes(row),
        reason: row.reason.clone(),
        motive: row.motive.clone().unwrap_or_default(),
        badge: badge(row.state),
        stepper: standings::of_amendment(row.state, is_grant_open, signs(paper, row, reader, today)),
        is_open: row.state == AmendmentState::Requested,
        is_to_sign: row.state == AmendmentState::ToSign,
        may_exceed: row.state == AmendmentState::Requested
            && row.new_amount_cents.is_some_and(|new| new > paper.file.grant.amount_cents)
            && !paper.terms.call.beyond_ceiling.is_refused(),
        cautions: cautions(row),
    };
    paper.amendments.iter().rev().map(line).collect()
}
