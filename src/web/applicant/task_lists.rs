//! The task list of an application: its sections with their state, and what a complement wants corrected in each.

use crate::{
    domain::{
        complements::Item,
        definitions::{Section, SectionContent},
        forms::{Gravity, Problem, SectionState},
        ids::OrganisationId,
    },
    usecases::{
        answers::Content,
        authors,
        complements::Waiting,
        lacks::{Lack, TIES},
    },
};

/// One section of the list.
pub(super) struct SectionLine {
    /// Empty when there is nothing for the reader to do in it.
    pub href: String,
    pub title: String,
    pub state: &'static str,
    pub tone: &'static str,
    /// The other half of the pair, when it is theirs to fill in; often nobody.
    pub by: String,
    /// What a complement wants corrected here; often nothing.
    pub items: Vec<ItemLine>,
}

/// One thing to correct, with the officer's words.
pub(super) struct ItemLine {
    pub href: String,
    pub label: String,
    pub note: String,
    pub is_changed: bool,
}

/// The sections of the form, each with its state: those that are the reader's, and, while it is a draft, those in which
/// nothing is asked or which the other half of the pair fills in. `mine` are the reader's organisations.
pub(super) fn sections(
    content: &Content,
    waiting: Option<&Waiting>,
    mine: &[OrganisationId],
    is_mine: impl Fn(&Section) -> bool,
) -> Vec<SectionLine> {
    let states = content.states();
    let is_draft = waiting.is_none();
    let waiting = waiting.filter(|waiting| !waiting.request.items.is_empty());
    let shown = content.definition.sections.iter().filter_map(|section| {
        let known = states.get(&section.code).copied()?;
        let other = authors::other_half(content, mine, section);
        if known == SectionState::NotNeeded || !is_mine(section) {
            let is_told = is_draft && (known == SectionState::NotNeeded || other.is_some());
            return is_told.then(|| not_needed(section, other));
        }
        let href = format!("/dossiers/{}/rubriques/{}", content.row.id, section.code);
        let items = waiting.map(|waiting| items(content, waiting, section, &href)).unwrap_or_default();
        let (state, tone) = match waiting {
            Some(_) => corrected(content, section, &items),
            None => (known.label(), tone(known)),
        };
        Some(SectionLine { href, title: section.title.clone(), state, tone, by: String::new(), items })
    });
    let shown: Vec<_> = shown.collect();
    // Whoever only reads has no list of what to do.
    if shown.iter().all(|line| line.href.is_empty()) { Vec::new() } else { shown }
}

/// A section in which the reader has nothing to do.
fn not_needed(section: &Section, other: Option<String>) -> SectionLine {
    let state = SectionState::NotNeeded;
    SectionLine {
        href: String::new(),
        title: section.title.clone(),
        state: state.label(),
        tone: tone(state),
        by: other.unwrap_or_default(),
        items: Vec::new(),
    }
}

/// The colour of a section's state.
pub(super) const fn tone(state: SectionState) -> &'static str {
    match state {
        SectionState::Complete => "success",
        SectionState::Started => "warning",
        _ => "neutral",
    }
}

/// A section while a complement is asked for: to correct, corrected, or closed.
fn corrected(content: &Content, section: &Section, items: &[ItemLine]) -> (&'static str, &'static str) {
    if !content.opening.opens_section(&content.definition, section) {
        ("tel que déposé", "neutral")
    } else if !items.is_empty() && items.iter().all(|item| item.is_changed) {
        ("modifié", "success")
    } else if items.is_empty() {
        ("rouvert", "neutral")
    } else {
        ("à corriger", "warning")
    }
}

fn items(content: &Content, waiting: &Waiting, section: &Section, href: &str) -> Vec<ItemLine> {
    let own: Vec<Item> = Item::of_section(&content.definition, section);
    let asked = waiting.request.items.iter().zip(&waiting.changed).filter(|((item, _), _)| own.contains(item));
    let line = |((item, note), is_changed): (&(Item, String), &bool)| ItemLine {
        href: item.field().map_or(href.to_owned(), |field| format!("{href}#champ-{field}")),
        label: item.label(&content.definition).unwrap_or_default(),
        note: note.clone(),
        is_changed: *is_changed,
    };
    asked.map(line).collect()
}

/// Something that keeps the file from being filed, and where it is put right.
pub(super) struct LackLine {
    pub sentence: String,
    /// Empty when nothing of the form does it.
    pub href: String,
}

/// What would help the file and keeps it from nothing, each with a link to its field in the sections that are the reader's.
pub(super) fn advice(content: &Content, is_mine: impl Fn(&Section) -> bool) -> Vec<LackLine> {
    let advice = content.problems().into_iter().filter(|problem| problem.gravity == Gravity::Advice);
    let lack = |problem: Problem| Lack {
        field: problem.field().map(ToOwned::to_owned),
        section: Some(problem.section),
        sentence: problem.message,
    };
    placed(content, advice.map(lack), is_mine)
}

/// What keeps the file from being filed, each with a link to its field in the sections that are the reader's.
pub(super) fn lacks(content: &Content, is_mine: impl Fn(&Section) -> bool) -> Vec<LackLine> {
    placed(content, content.lacks().into_iter(), is_mine)
}

/// The answers that seem to name pupils, each with a link to its field in the sections that are the reader's.
pub(super) fn pupils(content: &Content, is_mine: impl Fn(&Section) -> bool) -> Vec<LackLine> {
    placed(content, content.pupils_named().into_iter(), is_mine)
}

fn placed(content: &Content, lacks: impl Iterator<Item = Lack>, is_mine: impl Fn(&Section) -> bool) -> Vec<LackLine> {
    let href = |lack: &Lack| {
        let id = content.row.id;
        if lack.section.is_none() && lack.field.as_deref() == Some(TIES) {
            return Some(format!("/dossiers/{id}/liens"));
        }
        // The other half of a pair is looked for on the page of the file.
        let Some(code) = lack.section.as_deref() else { return Some(format!("/dossiers/{id}#binome")) };
        let section = content.definition.sections.iter().find(|section| section.code == code)?;
        let page = Some(format!("/dossiers/{id}/rubriques/{code}")).filter(|_| is_mine(section))?;
        let Some(field) = lack.field.as_deref() else { return Some(page) };
        let is_paper = section.content == SectionContent::Documents && content.definition.document(field).is_some();
        Some(format!("{page}#{}-{field}", if is_paper { "piece" } else { "champ" }))
    };
    lacks.map(|lack| LackLine { href: href(&lack).unwrap_or_default(), sentence: lack.sentence }).collect()
}
