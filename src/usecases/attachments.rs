//! Attachments: a file is judged and stored first, then a row says what it belongs to.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    access::TEAM,
    authors, bank_accounts, blinds,
    committee_mandates::{self, About},
    organisations, retention, scans,
};
use crate::{
    domain::{
        attachments::{self as rules, AttachmentOwner},
        ids::{ApplicationId, AttachmentId},
        lifecycle::Refusal,
        organisations::Right,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        attachments::{self, AttachmentRow},
    },
};
use std::str::FromStr;

/// A file that may be attached, with the digest under which its bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitFile {
    pub file_name: String,
    pub content_type: &'static str,
    pub size: i64,
    pub sha256: String,
}

impl TryFrom<AttachmentRow> for FitFile {
    type Error = UseCaseError;

    /// A file judged before, to be attached to something else.
    fn try_from(row: AttachmentRow) -> Outcome<Self> {
        let kind = rules::kind_of(&row.content_type);
        let kind = kind.ok_or_else(|| UseCaseError::Unreadable(row.content_type.clone()))?;
        let content_type = kind.content_type();
        Ok(FitFile { file_name: row.file_name, content_type, size: row.size, sha256: row.sha256 })
    }
}

/// Judges a file before its bytes are kept; the sentence goes beside `field`.
pub fn judge(field: &str, file_name: &str, bytes: &[u8]) -> Outcome<FitFile> {
    let file_name = rules::clean_name(file_name);
    match rules::judge(&file_name, bytes) {
        Ok(kind) => Ok(FitFile {
            file_name: rules::named(&file_name, kind).unwrap_or(file_name),
            content_type: kind.content_type(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: crate::store::digests::sha256(bytes),
        }),
        Err(unfit) => Err(UseCaseError::Invalid(vec![FieldError::new(field, unfit.sentence())])),
    }
}

/// Writes down that a file belongs to something, in place of the former file for that document. The caller has
/// checked that the actor may change it.
pub fn attach(
    tx: &mut Tx,
    actor: &Actor,
    (owner_kind, owner_id): (AttachmentOwner, &str),
    document_code: &str,
    file: &FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    attachments::remove_document(tx, owner_id, document_code, now)?;
    add(tx, actor, (owner_kind, owner_id), document_code, file, now)
}

/// The same in place of what the actor sent for that document: what somebody else sent stays.
pub(super) fn attach_own(
    tx: &mut Tx,
    actor: &Actor,
    (owner_kind, owner_id): (AttachmentOwner, &str),
    document_code: &str,
    file: &FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    let by = actor.person.ok_or(StoreError::NotFound)?;
    attachments::remove_document_of(tx, (owner_id, document_code), by, now)?;
    add(tx, actor, (owner_kind, owner_id), document_code, file, now)
}

fn add(
    tx: &mut Tx,
    actor: &Actor,
    (owner_kind, owner_id): (AttachmentOwner, &str),
    document_code: &str,
    file: &FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    if retention::is_leaving(tx.conn(), &file.sha256, now)? {
        let sentence = "Ce fichier vient d’être effacé de nos serveurs\u{a0}: renvoyez-le dans un quart d’heure.";
        return Err(Refusal::because(sentence).into());
    }
    let row = AttachmentRow {
        id: tx.mint(now)?,
        owner_kind,
        owner_id: owner_id.to_owned(),
        document_code: document_code.to_owned(),
        file_name: file.file_name.clone(),
        content_type: file.content_type.to_owned(),
        size: file.size,
        sha256: file.sha256.clone(),
        uploaded_by: actor.person.ok_or(StoreError::NotFound)?,
        uploaded_at: now,
        removed_at: None,
    };
    attachments::insert(tx, &row)?;
    scans::ask(tx, &row.sha256, now)?;
    Ok(row.id)
}

fn id<I: FromStr>(row: &AttachmentRow) -> Outcome<I> {
    row.owner_id.parse().map_err(|_| UseCaseError::Unreadable(row.owner_id.clone()))
}

/// Whether the team compares this file, replaced since, with the one that came after it: it was filed once.
fn is_compared(conn: &mut Conn, row: &AttachmentRow, is_team: bool) -> Outcome<bool> {
    let is_application = row.owner_kind == AttachmentOwner::Application;
    Ok(is_team && is_application && super::filings::ever_held(conn, id::<ApplicationId>(row)?, &row.sha256)?)
}

/// An attachment somebody wants to read; it does not exist for whoever may not see what it belongs to.
pub fn find(conn: &mut Conn, actor: &Actor, attachment: AttachmentId) -> Outcome<AttachmentRow> {
    let mut row = attachments::find_kept(conn, attachment)?;
    let staff = |roles: &[Role]| roles.iter().any(|role| actor.is(*role));
    if row.removed_at.is_some() && !is_compared(conn, &row, staff(TEAM))? {
        return Err(StoreError::NotFound.into());
    }
    let payers = [Role::Finance, Role::Director, Role::Auditor];
    let may_see = match row.owner_kind {
        AttachmentOwner::Application => {
            let application = super::applications::find(conn, actor, id::<ApplicationId>(&row)?)?;
            authors::refuse_money_keeper(conn, actor, &application)?;
            row = blinds::paper(conn, actor, &application, row)?;
            true
        }
        AttachmentOwner::Report => {
            super::reports::paper(conn, actor, id(&row)?)?;
            true
        }
        AttachmentOwner::Grant => {
            super::grants::file(conn, actor, id(&row)?)?;
            true
        }
        AttachmentOwner::Organisation => organisations::may(conn, actor, &[id(&row)?], Right::Read)?,
        AttachmentOwner::BankAccount => {
            let organisation = attachments::organisation_of_bank_account(conn, id(&row)?)?;
            staff(&payers) || bank_accounts::reads_rib(conn, actor, organisation, row.uploaded_by)?
        }
        AttachmentOwner::Exchange => super::exchanges::may_read(conn, actor, id(&row)?)?,
    };
    if !may_see {
        return Err(StoreError::NotFound.into());
    }
    scans::check(conn, &row.sha256)?;
    Ok(row)
}

/// The same for whoever reads it as a member of a committee, whose yearly declaration of interests comes first: nothing
/// while it is owed. Their own organisations' papers, and the team's, wait for no declaration.
pub fn find_declared(
    conn: &mut Conn,
    actor: &Actor,
    attachment: AttachmentId,
    now: Moment,
) -> Outcome<Option<AttachmentRow>> {
    let row = find(conn, actor, attachment)?;
    let is_member = actor.is(Role::Reviewer) && !TEAM.iter().any(|role| actor.is(*role));
    if row.owner_kind != AttachmentOwner::Application || !is_member {
        return Ok(Some(row));
    }
    let parties = super::applications::find(conn, actor, id::<ApplicationId>(&row)?)?.parties();
    if organisations::acts_for(conn, actor, &parties)? {
        return Ok(Some(row));
    }
    let about = About::File(id(&row)?);
    Ok((!committee_mandates::bars(conn, actor, &about, now)?).then_some(row))
}
