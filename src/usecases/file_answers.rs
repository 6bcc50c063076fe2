//! Files given as answers to questions: kept as documents are, under the code of their question; the answer is their name.

use super::{
    Actor, Outcome,
    answers::{self, Content},
    attachments::{self as attached, FitFile},
    scans,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        complements::Item,
        definitions::{CallDefinition, QuestionKind, Section},
        forms::Form,
        ids::{ApplicationId, AttachmentId},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, applications as rows,
        attachments::{self as files, AttachmentRow},
    },
};

/// The section that asks for a file by this question; `None` when no question of this code does.
pub fn section_of<'a>(call: &'a CallDefinition, code: &str) -> Option<&'a Section> {
    let mut questions = call.questions();
    let found = questions.find(|(_, question)| question.code == code && question.kind == QuestionKind::File);
    found.map(|(section, _)| section)
}

/// The questions that are asked and want a file, by their codes.
pub fn asked(content: &Content) -> Vec<String> {
    content.definition.sections.iter().flat_map(|section| asked_in(content, &section.code)).collect()
}

/// The same in one section.
pub fn asked_in(content: &Content, section: &str) -> Vec<String> {
    let Some(section) = content.section(section) else { return Vec::new() };
    let form = Form::of_call(&content.definition);
    let files = section.questions.iter().filter(|question| question.kind == QuestionKind::File);
    files.filter(|question| form.shows(question, &content.answers)).map(|question| question.code.clone()).collect()
}

/// An application whose question the actor may answer with a file now.
fn open(conn: &mut Conn, actor: &Actor, id: ApplicationId, code: &str) -> Outcome<Content> {
    let known = answers::find(conn, actor, id)?;
    let section = section_of(&known.definition, code).ok_or(StoreError::NotFound)?.code.clone();
    let content = answers::to_write_in(conn, actor, id, &section)?;
    must_open(&content, code)?;
    Ok(content)
}

fn must_open(content: &Content, code: &str) -> Outcome<()> {
    let item = Item::Question(code.to_owned());
    if content.opening.opens(&item) { Ok(()) } else { Err(answers::closed(&content.definition, &item)) }
}

/// Answers a question with a file, in place of the former one.
pub fn attach(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    code: &str,
    file: &FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    let mut content = open(tx.conn(), actor, id, code)?;
    put(tx, actor, &mut content, (code, file), now)
}

/// The same in an application that has just been read to write in the section of the question.
pub fn put(
    tx: &mut Tx,
    actor: &Actor,
    content: &mut Content,
    (code, file): (&str, &FitFile),
    now: Moment,
) -> Outcome<AttachmentId> {
    must_open(content, code)?;
    let id = content.row.id;
    let row = attached::attach(tx, actor, (AttachmentOwner::Application, id.as_str()), code, file, now)?;
    answers::write_answer(tx, id, &mut content.answers, (code, &file.file_name), now)?;
    touch(tx, content, now)?;
    scans::refuse_known(tx, row, now)?;
    Ok(row)
}

/// Takes the file of an answer away.
pub fn remove(tx: &mut Tx, actor: &Actor, id: ApplicationId, code: &str, now: Moment) -> Outcome<()> {
    let mut content = open(tx.conn(), actor, id, code)?;
    take_away(tx, &mut content, code, now)
}

/// The same in an application that has just been read to write in the section of the question.
pub fn take_away(tx: &mut Tx, content: &mut Content, code: &str, now: Moment) -> Outcome<()> {
    must_open(content, code)?;
    let id = content.row.id;
    files::remove_document(tx, id.as_str(), code, now)?;
    answers::write_answer(tx, id, &mut content.answers, (code, ""), now)?;
    touch(tx, content, now)
}

fn touch(tx: &mut Tx, content: &mut Content, now: Moment) -> Outcome<()> {
    if content.row.updated_at != now {
        rows::touch(tx, content.row.id, now)?;
        content.row.updated_at = now;
    }
    Ok(())
}

/// Gives the files that answer these questions to another application, each as it came.
pub(super) fn hand_over<'a>(
    tx: &mut Tx,
    from: &Content,
    codes: impl Iterator<Item = &'a str>,
    to: ApplicationId,
    now: Moment,
) -> Outcome<()> {
    for code in codes.filter(|code| section_of(&from.definition, code).is_some()) {
        files::remove_document(tx, to.as_str(), code, now)?;
        let Some(file) = from.attachments.iter().find(|file| file.document_code == code) else { continue };
        let row = AttachmentRow { id: tx.mint(now)?, owner_id: to.to_string(), uploaded_at: now, ..file.clone() };
        files::insert(tx, &row)?;
    }
    Ok(())
}
