//! Revisions of a published call: prepared beside it, weighed against the files already begun, then published with a
//! reason. Files that are filed keep the revision they were filed with.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Object, Standing, advance},
    calls, definitions, eligibility,
    preparations::{self, Preparation},
    reasons, recounts,
};
use crate::{
    domain::{
        definitions::{
            CallDefinition, CallPart, Difference, DraftsThen, FileEffect, PartState, SectionContent, difference,
            effect, forbidden, leaning, unasked,
        },
        forms::Answers,
        ids::{ApplicationId, CallId},
        journal::Stage,
        lifecycle::Refusal,
        lifecycles::calls::{Call, CallEvent, CallState},
        money::Euros,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, attachments,
        calls::{self as rows, CallRow},
        draft_revisions::{self, Begun, DraftRevisionRow},
        funding_sources,
        journal::{Scope, balance},
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// The revision of a call that is being prepared, as far as something has been changed.
pub(super) fn prepared(conn: &mut Conn, call: CallId) -> Outcome<Option<DraftRevisionRow>> {
    Ok(draft_revisions::find(conn, call)?.filter(|row| !row.settings.is_empty()))
}

/// Whether a change of a published call is being prepared.
pub fn is_prepared(conn: &mut Conn, call: CallId) -> Outcome<bool> {
    Ok(prepared(conn, call)?.is_some())
}

/// Writes what a published call is to say next. Refused with what may not change any more.
pub(super) fn write(
    tx: &mut Tx,
    actor: &Actor,
    known: &Preparation,
    changed: &CallDefinition,
    settings: String,
    now: Moment,
) -> Outcome<()> {
    let refused = refused(tx.conn(), &known.row, changed, now)?;
    if !refused.is_empty() {
        return Err(UseCaseError::Invalid(refused));
    }
    put(tx, actor, known.row.id, settings, now)
}

/// Writes the text of the revision, or none, under the next number.
fn put(tx: &mut Tx, actor: &Actor, call_id: CallId, settings: String, now: Moment) -> Outcome<()> {
    let changed_by = access::person(actor)?;
    let known = draft_revisions::find(tx.conn(), call_id)?;
    let number = known.as_ref().map_or(1, |row| row.number + 1);
    let row = DraftRevisionRow { call_id, number, settings: settings.into(), changed_by, changed_at: now };
    match known {
        Some(known) => draft_revisions::change(tx, &row, known.number)?,
        None => draft_revisions::insert(tx, &row)?,
    }
    Ok(())
}

/// Why a call whose files are being scored changes in nothing but its grid.
const SCORING: &str = "L’appel est en instruction\u{a0}: seule sa grille d’évaluation peut encore changer.";

/// What the change may not do, beside the field it concerns.
fn refused(conn: &mut Conn, row: &CallRow, changed: &CallDefinition, now: Moment) -> Outcome<Vec<FieldError>> {
    let published = calls::parse(row)?;
    let refused = forbidden(&published, changed).into_iter();
    let mut refused: Vec<_> = refused.map(|(field, sentence)| FieldError::new(field, sentence)).collect();
    if published.window.opens <= now && published.window.opens != changed.window.opens {
        refused.push(FieldError::new("window.opens", "L’appel est déjà ouvert\u{a0}: son ouverture ne change plus."));
    }
    if row.state == CallState::InReview {
        let others = difference(&published, changed).parts.into_iter().filter(|part| *part != CallPart::Grid);
        let fields = others.filter_map(|part| part.fields().first());
        refused.extend(fields.map(|field| FieldError::new(*field, SCORING)));
    }
    refused.extend(recounts::refused(conn, row, &published.grid, &changed.grid)?);
    for (old, new) in published.sources.iter().zip(&changed.sources) {
        let growth = new.amount - old.amount;
        if old.reference != new.reference || !growth.is_positive() {
            continue;
        }
        let source = funding_sources::by_reference(conn, &new.reference)?.ok_or(StoreError::NotFound)?;
        let left = balance(conn, Stage::Source, Scope::Source(source.id))?;
        if growth > left {
            let sentence = format!("La convention {} n’a plus que {left} de disponible.", new.reference);
            refused.push(FieldError::new(format!("sources.{}", new.reference), sentence));
        }
    }
    Ok(refused)
}

/// A draft that the revision does something to, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    pub file: Begun,
    pub effect: FileEffect,
}

/// What publishing the revision will do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    pub changes: Difference,
    /// Drafts that follow the call, if nobody lets them keep their form.
    pub drafts: usize,
    /// Drafts that keep an earlier form already.
    pub apart: i64,
    /// Drafts that keep every answer.
    pub keeping: usize,
    /// Those that lose an answer, are asked something more, or meet a condition no more.
    pub concerned: Vec<Concerned>,
    /// The new questions and papers that must be given, each with how many drafts will be asked it.
    pub asked_of: BTreeMap<String, usize>,
    /// These conditions, each with how many drafts it turns away.
    pub outside_of: BTreeMap<String, usize>,
    /// Files that are filed, and keep the revision they were filed with.
    pub filed: i64,
    /// What still leans on something that is not asked any more.
    pub leaning: Vec<String>,
    /// The criteria that will count otherwise in reviews already handed in, French phrases.
    pub reweighed: Vec<String>,
    /// By how much the envelope grows.
    pub growth: Euros,
    /// Parts that are not whole or not right, which keep the revision from being published.
    pub unfinished: Vec<CallPart>,
}

/// What publishing the revision that is being prepared will do; `None` when nothing has been changed.
pub fn impact(conn: &mut Conn, known: &Preparation) -> Outcome<Option<Impact>> {
    let Some(published) = known.published.clone().filter(|published| **published != *known.definition) else {
        return Ok(None);
    };
    let (old, new) = (&*published, &*known.definition);
    let mut answers: BTreeMap<ApplicationId, Answers> = BTreeMap::new();
    for (file, question, answer) in draft_revisions::answers_begun(conn, known.row.id)? {
        answers.entry(file).or_default().insert(question, answer);
    }
    let files = draft_revisions::begun(conn, known.row.id)?;
    let papers = papers(conn, &files)?;
    let budgets = draft_revisions::budgets_begun(conn, known.row.id)?;
    let partners = draft_revisions::partners_begun(conn, known.row.id)?;
    let mut found = Impact {
        changes: difference(old, new),
        drafts: files.len(),
        apart: draft_revisions::count_keeping(conn, known.row.id)?,
        filed: rows::count_applications(conn, known.row.id, rows::FILED)?,
        leaning: leaning(old, new),
        reweighed: recounts::reweighed(conn, &known.row, &old.grid, &new.grid)?,
        growth: new.envelope - old.envelope,
        unfinished: unfinished(known),
        ..Impact::default()
    };
    let (nothing, none) = (Answers::new(), Vec::new());
    for file in files {
        let organisation = eligibility::facts_of_organisation(&file.organisation);
        let said = (answers.get(&file.id).unwrap_or(&nothing), papers.get(&file.id).unwrap_or(&none).as_slice());
        let mut effect = effect(old, new, said, &organisation);
        let filled = [
            (SectionContent::Budget, budgets.contains(&file.id)),
            (SectionContent::Partners, partners.contains(&file.id)),
            (SectionContent::Documents, old.documents.iter().any(|document| said.1.contains(&document.code))),
        ];
        let filled: Vec<_> =
            filled.into_iter().filter(|(_, is_filled)| *is_filled).map(|(content, _)| content).collect();
        effect.lost.extend(unasked(old, new, said.0, &filled));
        for label in &effect.asked {
            *found.asked_of.entry(label.clone()).or_default() += 1;
        }
        for condition in &effect.outside {
            *found.outside_of.entry(condition.clone()).or_default() += 1;
        }
        found.keeping += usize::from(effect.lost.is_empty());
        if effect != FileEffect::default() {
            found.concerned.push(Concerned { file, effect });
        }
    }
    Ok(Some(found))
}

/// The papers attached to these drafts, by code.
fn papers(conn: &mut Conn, files: &[Begun]) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let owners: Vec<_> = files.iter().map(|file| file.id.to_string()).collect();
    let mut papers: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    for attached in attachments::of_owners(conn, &owners)? {
        if let Ok(id) = attached.owner_id.parse() {
            papers.entry(id).or_default().push(attached.document_code);
        }
    }
    Ok(papers)
}

fn unfinished(known: &Preparation) -> Vec<CallPart> {
    let is_unfinished = |part: &&CallPart| part.state(&known.definition, &known.faults) != PartState::Complete;
    CallPart::ALL.iter().filter(is_unfinished).copied().collect()
}

/// The call and how it stands, for the page that asks before its revision is published.
pub fn standing(
    conn: &mut Conn,
    actor: &Actor,
    reference: &str,
    now: Moment,
) -> Outcome<(Preparation, Standing<Call>)> {
    let known = preparations::find(conn, actor, reference)?;
    let standing = Call::look(conn, known.row.id, actor, now)?;
    Ok((known, standing))
}

/// What the page that asks before a revision is published showed.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The version of the call.
    pub version: i32,
    /// The number of the writing of its revision.
    pub stamp: i32,
    pub reason: &'a str,
    pub drafts: DraftsThen,
}

/// Publishes the revision: drafts follow it from now on or keep the form they have, what is filed stays as it is.
pub fn publish(tx: &mut Tx, actor: &Actor, reference: &str, shown: Shown<'_>, now: Moment) -> Outcome<()> {
    let known = preparations::to_write(tx.conn(), actor, reference, shown.stamp)?;
    if !known.is_changed() {
        return Err(Refusal::because("Aucune modification n’est préparée pour cet appel.").into());
    }
    let parts: Vec<_> = unfinished(&known).into_iter().map(CallPart::phrase).collect();
    if !parts.is_empty() {
        return Err(Refusal::because(format!("Il reste à revoir\u{a0}: {}.", parts.join(", "))).into());
    }
    let refused = refused(tx.conn(), &known.row, &known.definition, now)?;
    if let Some(first) = refused.into_iter().next() {
        return Err(Refusal::because(first.message).into());
    }
    let (id, mut reason) = (known.row.id, reasons::written(shown.reason)?);
    rows::set_reason(tx, id, &reason)?;
    if shown.drafts == DraftsThen::Keep {
        draft_revisions::keep_form(tx, id, known.row.revision)?;
    }
    let (settings, definition) = (serde_json::to_string(&*known.definition)?, Arc::clone(&known.definition));
    if let Some(published) = &known.published {
        reason += &recounts::recount(tx, actor, &known.row, (&published.grid, &definition.grid), now)?;
    }
    rows::set_reason(tx, id, &reason)?;
    calls::rewrite(tx, known.row, &definition, settings, now)?;
    advance::<Call>(tx, actor, id, shown.version, CallEvent::Revise, now)?;
    put(tx, actor, id, String::new(), now)
}

/// Gives the revision up: the call goes on as it is published.
pub fn give_up(tx: &mut Tx, actor: &Actor, reference: &str, stamp: i32, now: Moment) -> Outcome<()> {
    let known = preparations::to_write(tx.conn(), actor, reference, stamp)?;
    if known.published.is_none() {
        return Err(StoreError::NotFound.into());
    }
    put(tx, actor, known.row.id, String::new(), now)
}

/// What has changed in the form of a draft since it was started or last filed, for its holder; `None` when nothing has.
pub fn told(conn: &mut Conn, call: &CallRow, revision: i32) -> Outcome<Option<Difference>> {
    if revision == call.revision || call.state == CallState::Draft {
        return Ok(None);
    }
    let (old, new) = (calls::definition_at(conn, call.id, revision)?, definitions::call(&call.settings)?);
    let changes = difference(&old, &new);
    Ok((changes != Difference::default()).then_some(changes))
}
