//! The vault of an organisation: papers kept once, used again in each file.

use super::{
    Actor, Outcome, answers,
    answers::Content,
    attachments,
    attachments::FitFile,
    organisations::{self, require},
    scans,
};
use crate::{
    domain::{
        attachments::{AttachmentOwner, ScanVerdict},
        ids::{ApplicationId, AttachmentId, OrganisationId},
        organisations::Right,
        time::Moment,
        vaults::{Freshness, VaultPaper},
    },
    store::{
        Conn, StoreError, Tx,
        attachments::{self as files, AttachmentRow},
        vaults::{self, PaperRow},
    },
};
use chrono::NaiveDate;

/// A paper of the vault.
#[derive(Debug, Clone)]
pub struct Paper {
    pub file: AttachmentRow,
    pub expires_on: Option<NaiveDate>,
    /// What the antivirus says of it, where there is one.
    pub verdict: Option<ScanVerdict>,
}

impl Paper {
    /// How it stands now.
    pub fn freshness(&self, now: Moment) -> Freshness {
        Freshness::on(now.paris_date(), self.expires_on)
    }
}

/// The papers that an organisation keeps, for those whose seat lets them read its files.
pub fn papers(conn: &mut Conn, actor: &Actor, organisation: OrganisationId) -> Outcome<Vec<Paper>> {
    require_reader(conn, actor, organisation)?;
    of_organisations(conn, &[organisation])
}

/// To a stranger, and to whoever keeps the money of an organisation alone, it has no vault.
fn require_reader(conn: &mut Conn, actor: &Actor, organisation: OrganisationId) -> Outcome<()> {
    if organisations::may(conn, actor, &[organisation], Right::Read)? {
        Ok(())
    } else {
        Err(StoreError::NotFound.into())
    }
}

fn of_organisations(conn: &mut Conn, ids: &[OrganisationId]) -> Outcome<Vec<Paper>> {
    let rows = vaults::of_organisations(conn, ids)?;
    let hashes: Vec<_> = rows.iter().map(|(file, _)| file.sha256.clone()).collect();
    let verdicts = scans::verdicts(conn, &hashes)?;
    let paper = |(file, row): (AttachmentRow, PaperRow)| Paper {
        verdict: verdicts.get(&file.sha256).copied(),
        expires_on: row.expires_on,
        file,
    };
    Ok(rows.into_iter().map(paper).collect())
}

/// Keeps a paper, in place of the former one of its kind.
pub fn keep(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    (paper, expires_on): (VaultPaper, Option<NaiveDate>),
    file: &FitFile,
    now: Moment,
) -> Outcome<()> {
    require_reader(tx.conn(), actor, organisation)?;
    require(tx.conn(), actor, &[organisation], Right::Write)?;
    let owner = (AttachmentOwner::Organisation, organisation.as_str());
    let attachment_id = attachments::attach(tx, actor, owner, paper.code(), file, now)?;
    vaults::insert(tx, &PaperRow { attachment_id, organisation_id: organisation, expires_on })?;
    scans::refuse_known(tx, attachment_id, now).map(drop)
}

/// Takes a paper out of the vault; the files that used it keep theirs.
pub fn remove(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    attachment: AttachmentId,
    now: Moment,
) -> Outcome<()> {
    require_reader(tx.conn(), actor, organisation)?;
    require(tx.conn(), actor, &[organisation], Right::Write)?;
    let file = files::find(tx.conn(), attachment)?;
    if file.owner_kind != AttachmentOwner::Organisation || file.owner_id != organisation.as_str() {
        return Err(StoreError::NotFound.into());
    }
    Ok(files::remove(tx, attachment, now)?)
}

/// The papers that may serve as documents of a file: those of the organisations whose files its writer reads, by
/// code.
pub fn offers(conn: &mut Conn, actor: &Actor, content: &Content) -> Outcome<Vec<Paper>> {
    let mut mine = Vec::new();
    for organisation in content.parties() {
        if organisations::may(conn, actor, &[organisation], Right::Read)? {
            mine.push(organisation);
        }
    }
    let mut papers = of_organisations(conn, &mine)?;
    papers.retain(|paper| {
        paper.verdict != Some(ScanVerdict::Refused) && content.definition.document(&paper.file.document_code).is_some()
    });
    Ok(papers)
}

/// Attaches a paper of the vault as a document of a file, in one click.
pub fn reuse(tx: &mut Tx, actor: &Actor, id: ApplicationId, document: &str, now: Moment) -> Outcome<()> {
    let content = answers::find(tx.conn(), actor, id)?;
    let mut papers = offers(tx.conn(), actor, &content)?;
    papers.retain(|paper| paper.file.document_code == document);
    let paper = papers.into_iter().next().ok_or(StoreError::NotFound)?;
    let file = FitFile::try_from(paper.file)?;
    answers::attach(tx, actor, id, document, &file, now).map(drop)
}
