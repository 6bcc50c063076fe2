//! The papers that payments of a grant wait for: asked by the schedule of the call, provided by the grantee, judged by an
//! officer.

use super::{
    Actor, Outcome, access, attachments, attachments::FitFile, disbursements, grants, messages, reasons,
    report_letters, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::grant_pieces as letters,
        disbursements::{Condition, Piece, PieceOutcome},
        ids::{AttachmentId, GrantId, PersonId},
        lifecycle::Refusal,
        lifecycles::{disbursements::DisbursementState, grants::GrantState},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        disbursements::DisbursementRow,
        grant_pieces::{self as rows, GrantPieceRow},
    },
};

/// What the code of the file of a paper begins with.
pub const PIECE: &str = "piece-";

/// A paper that a payment waits for, and what was provided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedPiece {
    pub piece: Piece,
    pub given: Option<GrantPieceRow>,
}

impl AskedPiece {
    /// Whether another file may still be provided.
    pub fn is_open(&self) -> bool {
        self.outcome() != Some(PieceOutcome::Accepted)
    }

    /// What is said of what was provided.
    pub fn outcome(&self) -> Option<PieceOutcome> {
        self.given.as_ref().map(|row| row.outcome)
    }
}

/// The papers these payments of one grant wait for, each once.
pub(super) fn asked(payments: &[DisbursementRow], given: &[GrantPieceRow]) -> Outcome<Vec<AskedPiece>> {
    let mut asked: Vec<AskedPiece> = Vec::new();
    for payment in payments.iter().filter(|row| row.state != DisbursementState::Cancelled) {
        for condition in disbursements::conditions(payment)? {
            let Condition::PieceAccepted(piece) = condition else { continue };
            if asked.iter().all(|known| known.piece.code != piece.code) {
                let of = |row: &&GrantPieceRow| row.grant_id == payment.grant_id && row.code == piece.code;
                let given = given.iter().find(of).cloned();
                asked.push(AskedPiece { piece, given });
            }
        }
    }
    Ok(asked)
}

fn find(conn: &mut Conn, id: GrantId, code: &str) -> Outcome<AskedPiece> {
    let payments = crate::store::disbursements::of_grant(conn, id)?;
    let given = rows::of_grants(conn, &[id])?;
    let found = asked(&payments, &given)?.into_iter().find(|asked| asked.piece.code == code);
    found.ok_or_else(|| StoreError::NotFound.into())
}

/// The codes of the papers that payments of a grant wait for and that are not accepted.
pub(super) fn owed(conn: &mut Conn, id: GrantId) -> Outcome<Vec<String>> {
    let payments = crate::store::disbursements::of_grant(conn, id)?;
    let given = rows::of_grants(conn, &[id])?;
    let open = asked(&payments, &given)?.into_iter().filter(AskedPiece::is_open);
    Ok(open.map(|asked| asked.piece.code).collect())
}

/// Lets on only whoever is this to the grant, while it is not over.
fn require(conn: &mut Conn, actor: &Actor, id: GrantId, role: Role) -> Outcome<()> {
    let file = grants::file(conn, actor, id)?;
    if !grants::visible_to(conn, actor, &file)?.contains(&role) {
        return Err(StoreError::NotFound.into());
    }
    match file.grant.state {
        GrantState::Closed | GrantState::Declined | GrantState::Terminated => {
            Err(Refusal::NotFromHere(file.grant.state.label()).into())
        }
        _ => Ok(()),
    }
}

/// Provides a paper, or another one in its place until it is accepted.
pub fn provide(
    tx: &mut Tx,
    actor: &Actor,
    (id, code): (GrantId, &str),
    file: &FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    require(tx.conn(), actor, id, Role::Applicant)?;
    let asked = find(tx.conn(), id, code)?;
    if !asked.is_open() {
        return Err(Refusal::because("Cette pièce est déjà acceptée.").into());
    }
    let owner = (AttachmentOwner::Grant, id.as_str());
    let attachment = attachments::attach(tx, actor, owner, &format!("{PIECE}{code}"), file, now)?;
    let row = GrantPieceRow {
        grant_id: id,
        code: asked.piece.code,
        label: asked.piece.label,
        attachment_id: attachment,
        outcome: PieceOutcome::Provided,
        motive: String::new(),
        provided_by: access::person(actor)?,
        provided_at: now,
        judged_by: None,
        judged_at: None,
    };
    rows::set(tx, &row)?;
    tell_provided(tx, &row, now)?;
    Ok(attachment)
}

/// Accepts the paper that was read, or refuses it with a motive its holder reads.
pub fn judge(
    tx: &mut Tx,
    actor: &Actor,
    (id, code, read): (GrantId, &str, AttachmentId),
    (is_accepted, motive): (bool, &str),
    now: Moment,
) -> Outcome<()> {
    require(tx.conn(), actor, id, Role::Officer)?;
    let asked = find(tx.conn(), id, code)?;
    let said = match is_accepted {
        true => (PieceOutcome::Accepted, String::new()),
        false => (PieceOutcome::Refused, reasons::written(motive)?),
    };
    let by = access::person(actor)?;
    rows::judge(tx, (id, code, read), (said.0, &said.1), (by, now))?;
    tell_judged(tx, (id, &asked.piece.label, read), (is_accepted, &said.1), by, now)
}

/// Mails the officers who may know of the file: they read the paper next.
fn tell_provided(tx: &mut Tx, row: &GrantPieceRow, now: Moment) -> Outcome<()> {
    let about = terms::subject(tx.conn(), row.grant_id, now)?;
    let officers = report_letters::officers_told(tx, about.file.grant.application_id, &about.recipients)?;
    let mail = letters::provided_mail(&about.project, &row.label);
    let act = row.attachment_id.to_string();
    for to in &officers {
        messages::queue_wished(tx, (row.grant_id.as_str(), &act), row.provided_by, to, &mail, now)?;
    }
    Ok(())
}

/// Mails the people of the grantee what is said of the paper that was read.
fn tell_judged(
    tx: &mut Tx,
    (id, label, read): (GrantId, &str, AttachmentId),
    (is_accepted, motive): (bool, &str),
    by: PersonId,
    now: Moment,
) -> Outcome<()> {
    let about = terms::subject(tx.conn(), id, now)?;
    let mail = match is_accepted {
        true => letters::accepted_mail(&about.project, label),
        false => letters::refused_mail(&about.project, label, motive),
    };
    let act = read.to_string();
    for to in &about.recipients {
        messages::queue_wished(tx, (id.as_str(), &act), by, to, &mail, now)?;
    }
    Ok(())
}
