//! A new application begun from an earlier one of the same organisation.

use super::{
    Actor, FieldError, Outcome, UseCaseError, answers, applications, attachments, attachments::FitFile, organisations,
    projects, sealed_numbers::asks_number,
};
use crate::{
    domain::{
        attachments::{AttachmentOwner, ScanVerdict},
        forms::{self, Carried, Earlier, NotCarried},
        ids::{ApplicationId, CallId, OrganisationId},
        lifecycles::{applications::ApplicationState, calls::CallState},
        organisations::Right,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers as rows,
        application_copies::{self as copies, CopyRow},
        applications::{self as files, SourceLine},
        attachments::AttachmentRow,
        calls::{self, CallRow},
        sealed_answers,
    },
};
use serde::{Deserialize, Serialize};

/// Most earlier files offered at once, the latest first.
const MOST: i64 = 20;

/// What became of a wish to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    pub id: ApplicationId,
    /// Whether the organisation had a live file already, which is then opened as it is.
    pub was_there: bool,
}

/// What went over into a file when it began, and what did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The reference of the earlier file.
    pub source: String,
    pub answers: usize,
    pub budget: bool,
    pub partners: usize,
    pub documents: usize,
    pub left: Vec<NotCarried>,
}

/// The files that the actor's organisations may begin again from.
pub fn sources(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<SourceLine>> {
    let mine: Vec<_> = organisations::mine(conn, actor)?.into_iter().map(|row| row.id).collect();
    Ok(files::of_organisations(conn, &mine, MOST)?)
}

/// The open calls in which a file that is no longer being written may serve again, for somebody of its organisation.
pub fn open_calls(conn: &mut Conn, actor: &Actor, content: &answers::Content, now: Moment) -> Outcome<Vec<CallRow>> {
    use ApplicationState::{ComplementRequested, Draft, Ineligible, Withdrawn};
    let is_written = match content.row.state {
        Draft => content.call.is_open(now) || content.row.pass_until.is_some_and(|until| now < until),
        state => state == ComplementRequested,
    };
    if is_written || !organisations::may(conn, actor, &[content.row.organisation_id], Right::Write)? {
        return Ok(Vec::new());
    }
    let is_over = matches!(content.row.state, Withdrawn | Ineligible);
    let open = calls::to_come(conn, CallState::Published, now)?.into_iter().filter(|call| call.is_open(now));
    Ok(open.filter(|call| is_over || call.id != content.call.id).collect())
}

/// Starts an application with what an earlier one of the same organisation said, or opens the live one there is.
pub fn start(
    tx: &mut Tx,
    actor: &Actor,
    call: CallId,
    organisation: OrganisationId,
    source: Option<ApplicationId>,
    now: Moment,
) -> Outcome<Started> {
    let source = source.map(|source| source_of(tx.conn(), actor, organisation, source)).transpose()?;
    let was_there = applications::live(tx.conn(), call, organisation)?.is_some();
    let id = applications::start(tx, actor, call, organisation, now)?;
    if let Some(source) = source.filter(|_| !was_there) {
        copy(tx, actor, id, &source, now)?;
    }
    Ok(Started { id, was_there })
}

fn source_of(
    conn: &mut Conn,
    actor: &Actor,
    organisation: OrganisationId,
    source: ApplicationId,
) -> Outcome<answers::Content> {
    let content = answers::find(conn, actor, source)?;
    if !organisations::may(conn, actor, &[content.row.organisation_id], Right::Read)? {
        return Err(StoreError::NotFound.into());
    }
    if content.row.organisation_id != organisation {
        let sentence =
            format!("Ce dossier est celui de {}\u{a0}: choisissez cette organisation.", content.organisation.name);
        return Err(UseCaseError::Invalid(vec![FieldError::new("copie", sentence)]));
    }
    Ok(content)
}

fn copy(tx: &mut Tx, actor: &Actor, id: ApplicationId, source: &answers::Content, now: Moment) -> Outcome<()> {
    let mut target = answers::to_write(tx.conn(), actor, id)?;
    let refused = |file: &&AttachmentRow| source.verdict(file) == Some(ScanVerdict::Refused);
    let usable: Vec<_> = source.attachments.iter().filter(|file| !refused(file)).collect();
    let attached: Vec<_> = usable.iter().map(|file| file.document_code.clone()).collect();
    let earlier = Earlier {
        call: &source.definition,
        answers: &source.answers,
        attached: &attached,
        has_budget: !source.budget.lines.is_empty(),
        has_partners: !source.partners.is_empty(),
        is_paired: source.partner.is_some(),
    };
    let carried = forms::carry(&earlier, &target.definition, now.paris_date());
    for (question, value) in &carried.answers {
        rows::insert(tx, id, question, value, now)?;
        if target.definition.question(question).is_some_and(asks_number) {
            sealed_answers::copy(tx, (id.as_str(), value))?;
        }
    }
    if carried.budget {
        let mut lines = rows::budget_of(tx.conn(), source.row.id)?;
        lines.iter_mut().for_each(|line| line.application_id = id);
        rows::set_budget(tx, id, &lines)?;
    }
    if carried.partners {
        let mut partners = source.partners.clone();
        partners.iter_mut().for_each(|partner| partner.application_id = id);
        rows::set_partners(tx, id, &partners)?;
    }
    let goes = |code: &String| carried.documents.contains(code) || carried.files.contains(code);
    for file in usable.iter().filter(|file| goes(&file.document_code)) {
        let fit = FitFile::try_from((*file).clone())?;
        let owner = (AttachmentOwner::Application, id.as_str());
        attachments::attach(tx, actor, owner, &file.document_code, &fit, now)?;
    }
    let definition = target.definition.clone();
    projects::write(tx, &mut target.row, &definition, &carried.answers, &target.organisation.name, now)?;
    note(tx, id, source, carried, now)
}

fn note(tx: &mut Tx, id: ApplicationId, source: &answers::Content, carried: Carried, now: Moment) -> Outcome<()> {
    let copied = Copied {
        source: source.row.reference.clone(),
        answers: carried.answers.len(),
        budget: carried.budget,
        partners: if carried.partners { source.partners.len() } else { 0 },
        documents: carried.documents.len(),
        left: carried.left,
    };
    let row = CopyRow {
        application_id: id,
        source_id: source.row.id,
        carried: serde_json::to_string(&copied)?,
        copied_at: now,
        dismissed_at: None,
    };
    Ok(copies::insert(tx, &row)?)
}

/// What is still to be read about the beginning of a file; whether the reader may see it has been judged.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Outcome<Option<Copied>> {
    let row = copies::of_application(conn, id)?;
    Ok(row.map(|row| serde_json::from_str(&row.carried)).transpose()?)
}

/// Notes that somebody of the organisation has read it; a second time changes nothing.
pub fn dismiss(tx: &mut Tx, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<()> {
    answers::writable(tx.conn(), actor, id)?;
    read(tx, id, now)
}

/// A file that is filed has been read through.
pub(super) fn read(tx: &mut Tx, id: ApplicationId, now: Moment) -> Outcome<()> {
    if copies::of_application(tx.conn(), id)?.is_some() {
        copies::dismiss(tx, id, now)?;
    }
    Ok(())
}
