//! The papers that payments of a grant wait for: asked by the schedule of the call, provided by the grantee, judged by an
//! officer.

use super::{
    Actor, Outcome, access, attachments, attachments::FitFile, disbursements, grants, messages, reasons, refused_files,
    report_letters, scans, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::{
            grant_pieces as letters,
            refused_files::{self as refusals, RefusedFile},
        },
        disbursements::{Condition, Piece, PieceOutcome},
        ids::{AttachmentId, GrantId, PersonId},
        lifecycle::Refusal,
        lifecycles::{disbursements::DisbursementState, grants::GrantState},
        roles::Role,
        text::legible,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        attachments::{self as files, AttachmentRow},
        disbursements::DisbursementRow,
        grant_pieces::{self as rows, FormerPieceRow, GrantPieceRow},
        people,
    },
};

/// What the code of the file of a paper begins with.
pub const PIECE: &str = "piece-";
/// Why a paper is asked for anew that the antivirus refused.
const INFECTED: &str = "L’antivirus a refusé ce fichier\u{a0}: personne ne peut l’ouvrir.";

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

/// What was once said of a paper that a payment waits for, or still is: who gave it, and who judged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceVersion {
    pub said: FormerPieceRow,
    pub file_name: String,
    pub provided_by: String,
    /// Nobody of what nobody has judged, and of what the antivirus refused.
    pub judged_by: String,
}

/// Everything that was provided for the payments of a grant and what was said of it, oldest first.
pub(super) fn versions(conn: &mut Conn, id: GrantId, given: &[GrantPieceRow]) -> Outcome<Vec<PieceVersion>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let mut said = rows::former_of(conn, id)?;
    said.extend(given.iter().cloned().map(FormerPieceRow::from));
    let files = files::ever_of_owner(conn, id.as_str())?;
    let known: Vec<PersonId> = said.iter().flat_map(|row| [Some(row.provided_by), row.judged_by]).flatten().collect();
    let known = people::of_ids(conn, &known)?;
    let name = |id: PersonId| known.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default();
    let version = |said: FormerPieceRow| PieceVersion {
        file_name: files
            .iter()
            .find(|file| file.id == said.attachment_id)
            .map(|file| legible(&file.file_name))
            .unwrap_or_default(),
        provided_by: name(said.provided_by),
        judged_by: said.judged_by.map(&name).unwrap_or_default(),
        said,
    };
    Ok(said.into_iter().map(version).collect())
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

/// Whether a payment of a grant waits for a paper that its holder has to provide.
pub(super) fn is_awaited(conn: &mut Conn, id: GrantId) -> Outcome<bool> {
    let grant = crate::store::grants::find(conn, id)?;
    let payments = crate::store::disbursements::of_grant(conn, id)?;
    let given = rows::of_grants(conn, &[id])?;
    let is_with_holder = |asked: &AskedPiece| asked.is_open() && asked.outcome() != Some(PieceOutcome::Provided);
    Ok(!is_over(grant.state) && asked(&payments, &given)?.iter().any(is_with_holder))
}

/// Whether nothing is provided for a grant any more.
fn is_over(state: GrantState) -> bool {
    matches!(state, GrantState::Closed | GrantState::Declined | GrantState::Terminated)
}

/// Lets on only whoever is this to the grant, while it is not over.
fn require(conn: &mut Conn, actor: &Actor, id: GrantId, role: Role) -> Outcome<()> {
    let file = grants::file(conn, actor, id)?;
    if !grants::visible_to(conn, actor, &file)?.contains(&role) {
        return Err(StoreError::NotFound.into());
    }
    match is_over(file.grant.state) {
        true => Err(Refusal::NotFromHere(file.grant.state.label()).into()),
        false => Ok(()),
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
    if !scans::refuse_known(tx, attachment, now)? {
        tell_provided(tx, &row, now)?;
    }
    Ok(attachment)
}

/// Whether money has left, or is about to, because this paper was accepted.
fn has_served(conn: &mut Conn, row: &GrantPieceRow) -> Outcome<bool> {
    use DisbursementState::{Authorised, InRun, Paid, Returned};
    for payment in crate::store::disbursements::of_grant(conn, row.grant_id)? {
        let is_it =
            |condition: &Condition| matches!(condition, Condition::PieceAccepted(piece) if piece.code == row.code);
        let is_gone = matches!(payment.state, Authorised | InRun | Paid | Returned);
        if is_gone && disbursements::conditions(&payment)?.iter().any(is_it) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks for a paper anew that the antivirus refused. One on whose faith money has left stays accepted, and the officers are
/// told of it; they are also when it was accepted and is to be judged again.
pub(super) fn infect(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let id: GrantId = refused_files::owner(file)?;
    let given = rows::of_grants(tx.conn(), &[id])?;
    let Some(row) = given.into_iter().find(|row| row.attachment_id == file.id) else { return Ok(()) };
    let was_accepted = match row.outcome {
        PieceOutcome::Provided => false,
        PieceOutcome::Accepted => true,
        // Another one is asked for already.
        PieceOutcome::Refused | PieceOutcome::Infected => return Ok(()),
    };
    let has_served = was_accepted && has_served(tx.conn(), &row)?;
    if !has_served {
        if was_accepted {
            rows::keep_former(tx, row.clone())?;
        }
        rows::infect(tx, &row, INFECTED, now)?;
    }
    let about = terms::subject(tx.conn(), id, now)?;
    if is_over(about.file.grant.state) {
        return Ok(());
    }
    let name = legible(&file.file_name);
    let refused = RefusedFile { label: &row.label, name: &name };
    if !has_served {
        let mail = refusals::piece_mail(&about.project, refused);
        refused_files::tell(tx, file, (id.as_str(), &about.recipients), &mail, now)?;
    }
    if was_accepted {
        let next = match has_served {
            true => {
                "Elle reste acceptée : un versement est parti, ou va partir, sur sa foi. Demandez-en une autre s’il le faut."
            }
            false => "Elle n’est plus acceptée : l’organisation est invitée à en déposer une autre.",
        };
        let officers = report_letters::officers_told(tx, about.file.grant.application_id, &about.recipients)?;
        let mail = refusals::team_mail(&about.project, refused, next, &about.project.team_path);
        refused_files::tell(tx, file, (id.as_str(), &officers), &mail, now)?;
    }
    Ok(())
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
