//! The receipt of a filed application, and the mails that follow it from one hand to the next.

use super::{
    Actor, Outcome,
    advance::Cause,
    answers::{self, Content},
    complements, definitions,
    documents::{Recipient, issue_and_send},
    messages, owed_documents, passes,
    settings::{self, Settings},
    signatures,
};
use crate::{
    domain::{
        correspondence::{
            applications::{self as words, FiledFile},
            papers::Paper,
        },
        definitions::{MergeField, MergedText, SectionContent},
        ids::ApplicationId,
        letters::Fund,
        lifecycles::applications::ApplicationState,
        messages::Mail,
        organisations::{MemberSeat, Right, envelope},
        reminders::how_soon,
        roles::Role,
        text::legible,
        ties,
        time::Moment,
    },
    store::{Conn, Tx, attachments::AttachmentRow, funds, organisations, owed_documents::OwedRow, people, recusals},
};
use chrono::NaiveDate;

/// The applicants: everybody who acts for either organisation and may read the whole file, of which mails tell.
pub(super) fn applicants(conn: &mut Conn, content: &Content) -> Outcome<Vec<Recipient>> {
    seated(conn, content, |seat| seat.may(Right::Read))
}

/// Those who keep the money of either organisation and know nothing but the budget of the file.
fn money_keepers(conn: &mut Conn, content: &Content) -> Outcome<Vec<Recipient>> {
    let readers = applicants(conn, content)?;
    let mut found = seated(conn, content, |seat| !seat.may(Right::Read))?;
    found.retain(|keeper| readers.iter().all(|reader| reader.person != keeper.person));
    Ok(found)
}

fn seated(conn: &mut Conn, content: &Content, is_told: fn(MemberSeat) -> bool) -> Outcome<Vec<Recipient>> {
    let mut found: Vec<Recipient> = Vec::new();
    for organisation in [Some(content.row.organisation_id), content.row.partner_organisation_id].into_iter().flatten() {
        for (id, name, email, seat) in organisations::members(conn, organisation)? {
            if is_told(seat) && !found.iter().any(|known| known.person == Some(id)) {
                found.push(Recipient { person: Some(id), address: email.to_string(), name });
            }
        }
    }
    Ok(found)
}

/// The programme officers who may know of the application: nobody recused from it, nobody who acts for its applicants.
pub(super) fn officers(conn: &mut Conn, content: &Content) -> Outcome<Vec<Recipient>> {
    let parties: Vec<_> =
        [Some(content.row.organisation_id), content.row.partner_organisation_id].into_iter().flatten().collect();
    let mut away = organisations::members_of_any(conn, &parties)?;
    away.extend(recusals::of_application(conn, content.row.id)?.into_iter().map(|(person, ..)| person));
    let mut rows = people::with_role(conn, Role::Officer)?;
    rows.retain(|row| !away.contains(&row.id));
    let recipient =
        |row: people::PersonRow| Recipient { person: Some(row.id), address: row.email.to_string(), name: row.name };
    Ok(rows.into_iter().map(recipient).collect())
}

/// Whom to write to about an application.
pub(super) fn contact(conn: &mut Conn, content: &Content) -> Outcome<String> {
    Ok(definitions::fund(&funds::find(conn, content.call.fund_id)?.settings)?.contact.email.to_string())
}

/// The files attached to an application, as its receipt and the whole file list them.
pub fn papers(content: &Content) -> Vec<Paper> {
    let paper = |file: &AttachmentRow| Paper {
        label: content.definition.paper_label(&file.document_code),
        file_name: file.file_name.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
    };
    content.attachments.iter().map(paper).collect()
}

/// Everything that letters and mails about an application say.
fn filed_file(conn: &mut Conn, now: Moment, content: &Content, settings: &Settings) -> Outcome<FiledFile> {
    let fund = definitions::fund(&funds::find(conn, content.call.fund_id)?.settings)?;
    let request = complements::of_application(conn, content.row.id)?.pop();
    let items = request.as_ref().map(|request| request.named(&content.definition)).unwrap_or_default();
    let request = request.map(|request| request.row);
    let organisation = &content.organisation;
    Ok(FiledFile {
        issuer: settings.issuer(),
        city: settings.issuer_city.clone(),
        fund: Fund { name: fund.name.clone(), logo: fund.logo, mention: fund.mention.clone(), emblem: fund.emblem },
        recipient: envelope(
            &organisation.name,
            (&organisation.representative_name, &organisation.representative_title),
            &organisation.street,
            (&organisation.postcode, &organisation.city),
        ),
        reference: content.row.reference.clone(),
        title: content.row.title.clone(),
        organisation: organisation.name.clone(),
        call_title: content.call.title.clone(),
        requested: content.row.requested_cents,
        documents: papers(content),
        owed: owed_documents::of_content(content).into_iter().map(|owed| (owed.label, owed.due_on)).collect(),
        signatures: signed(conn, content)?,
        ties: ties::in_words(&content.ties),
        content_hash: content.row.content_hash.clone().unwrap_or_default(),
        announcement_on: content.definition.calendar.announcement_on,
        decisions: content.call.decision_pace,
        closes_at: content.call.closes_at,
        wanted: request.as_ref().map(|request| request.wanted.clone()),
        wanted_items: items,
        wanted_by: request.as_ref().map(|request| request.due_at),
        answer: request.and_then(|request| request.answer),
        motive: content.row.motive.clone(),
        appeal: content.row.appeal.clone(),
        appeal_by: super::applications::appeal_due(content),
        contact: fund.contact.email.to_string(),
        lateness: passes::lateness(conn, &content.row, &content.call)?,
        pass: passes::last(conn, content.row.id)?.map(|pass| (pass.until_at, pass.reason)),
        path: format!("/dossiers/{}", content.row.id),
        at: now,
        texts: content.definition.letters.clone(),
    })
}

/// Who signed what was filed, and when.
fn signed(conn: &mut Conn, content: &Content) -> Outcome<Vec<(String, Moment)>> {
    Ok(signatures::parties(conn, content)?.into_iter().filter_map(|party| party.signed).collect())
}

fn load(conn: &mut Conn, cause: &Cause) -> Outcome<(Content, FiledFile, Settings)> {
    let id: ApplicationId = cause.subject()?;
    let content = answers::find(conn, &Actor::system(), id)?;
    let settings = settings::load(conn)?;
    let file = filed_file(conn, cause.now, &content, &settings)?;
    Ok((content, file, settings))
}

/// Issues the receipt and mails it to the applicants.
pub(super) fn acknowledge(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let (content, file, settings) = load(tx.conn(), cause)?;
    let to = applicants(tx.conn(), &content)?;
    issue_and_send(tx, cause, &settings, words::receipt_letter(&file), &to, &words::receipt(&file))?;
    Ok(())
}

/// Mails the applicants.
pub(super) fn tell_applicants(tx: &mut Tx, cause: &Cause, mail: fn(&FiledFile) -> Mail) -> Outcome<()> {
    let (content, file, _) = load(tx.conn(), cause)?;
    for to in applicants(tx.conn(), &content)? {
        messages::queue(tx, cause, &to, &mail(&file), None)?;
    }
    Ok(())
}

/// Reminds the applicants of documents they owe. `key` tells one reminder from the next.
pub(super) fn remind(
    tx: &mut Tx,
    id: ApplicationId,
    owed: &[OwedRow],
    (key, is_late): (&str, bool),
    now: Moment,
) -> Outcome<()> {
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let settings = settings::load(tx.conn())?;
    let mut file = filed_file(tx.conn(), now, &content, &settings)?;
    file.owed = owed.iter().map(|row| (content.definition.paper_label(&row.document_code), row.due_on)).collect();
    let mail = if is_late { words::document_late(&file) } else { words::document_due(&file) };
    for to in applicants(tx.conn(), &content)? {
        messages::queue_reminder(tx, (key, id.as_str()), &to, &mail, now)?;
    }
    Ok(())
}

/// Reminds the people of a draft that its call is about to close. `key` tells one reminder from the next.
pub(super) fn remind_of_closing(tx: &mut Tx, id: ApplicationId, key: &str, now: Moment) -> Outcome<()> {
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let settings = settings::load(tx.conn())?;
    let file = filed_file(tx.conn(), now, &content, &settings)?;
    let mut missing = content.missing();
    missing.extend(signatures::unsigned(tx.conn(), &content)?);
    let soon = how_soon(content.call.closes_at, now);
    let deadline = content.call.window().deadline();
    let mail = words::closing_soon(&file, &soon, &deadline, &missing);
    for to in applicants(tx.conn(), &content)? {
        messages::queue_reminder(tx, (key, id.as_str()), &to, &mail, now)?;
    }
    let missing = missing_of_budget(&content);
    if missing.is_empty() {
        return Ok(());
    }
    let mail = words::budget_wanted_soon(&file, &soon, &deadline, &missing);
    for to in money_keepers(tx.conn(), &content)? {
        messages::queue_reminder(tx, (key, id.as_str()), &to, &mail, now)?;
    }
    Ok(())
}

/// What the budget alone lacks, each a French sentence.
fn missing_of_budget(content: &Content) -> Vec<String> {
    let sections = &content.definition.sections;
    let is_budget =
        |code: &str| sections.iter().any(|section| section.code == code && section.content == SectionContent::Budget);
    let lacks = content.lacks().into_iter();
    lacks.filter(|lack| lack.section.as_deref().is_some_and(is_budget)).map(|lack| lack.sentence).collect()
}

/// Mails about a file as they would leave, though nothing has happened for them to.
pub(super) struct Foreseen {
    pub mails: Vec<Mail>,
    /// Texts of the call that stay out of their mail, each with the field that has no value.
    pub lacking: Vec<(MergedText, MergeField)>,
}

/// The reminder a week before the deadline and a request for a complement; what all mails about the file lack.
pub(super) fn foreseen(conn: &mut Conn, id: ApplicationId, now: Moment) -> Outcome<Foreseen> {
    let content = answers::find(conn, &Actor::system(), id)?;
    let settings = settings::load(conn)?;
    let mut file = filed_file(conn, now, &content, &settings)?;
    let (call, deadline) = (&content.call, content.call.window().deadline());
    let reminder = words::closing_soon(&file, &how_soon(call.closes_at, call.closes_at.plus_days(-7)), &deadline, &[]);
    file.wanted = Some("(Ici, ce que vous demanderez.)".to_owned());
    file.wanted_by = Some(now.plus_days(content.definition.delays.complement_days));
    let mails = vec![reminder, words::complement_asked(&file)];
    Ok(Foreseen { mails, lacking: file.lacking() })
}

/// Tells the people of a draft that it will be erased on this day. `turn` tells the first word from the last one.
pub(super) fn warn_of_erasure(
    tx: &mut Tx,
    id: ApplicationId,
    (turn, gone_on): (&str, NaiveDate),
    now: Moment,
) -> Outcome<()> {
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let settings = settings::load(tx.conn())?;
    let file = filed_file(tx.conn(), now, &content, &settings)?;
    let (mail, key) = (words::draft_to_be_erased(&file, gone_on), format!("{turn}:{gone_on}"));
    for to in applicants(tx.conn(), &content)? {
        messages::queue_reminder(tx, (&key, id.as_str()), &to, &mail, now)?;
    }
    Ok(())
}

/// Tells the people of an application that the antivirus refused one of its files; once for each file.
pub(super) fn tell_refused_file(tx: &mut Tx, id: ApplicationId, refused: &AttachmentRow, now: Moment) -> Outcome<()> {
    use ApplicationState::{ComplementRequested, Draft, Withdrawn};
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    if content.row.state == Withdrawn {
        return Ok(());
    }
    let settings = settings::load(tx.conn())?;
    let file = filed_file(tx.conn(), now, &content, &settings)?;
    let code = &refused.document_code;
    let label = content.definition.paper_label(code);
    let is_owed = content.owed.iter().any(|row| row.document_code == *code);
    let may_replace = is_owed || matches!(content.row.state, Draft | ComplementRequested);
    let mail = words::file_refused(&file, &label, &legible(&refused.file_name), may_replace);
    for to in applicants(tx.conn(), &content)? {
        messages::queue_reminder(tx, (refused.id.as_str(), id.as_str()), &to, &mail, now)?;
    }
    Ok(())
}

/// Mails the programme officers, who act next.
pub(super) fn tell_officers(tx: &mut Tx, cause: &Cause, mail: fn(&FiledFile) -> Mail) -> Outcome<()> {
    let (content, mut file, _) = load(tx.conn(), cause)?;
    file.path = format!("/instruction/{}", cause.subject_id);
    for to in officers(tx.conn(), &content)? {
        messages::queue(tx, cause, &to, &mail(&file), None)?;
    }
    Ok(())
}
