//! The task list of an application: its sections with their state, and what a complement wants corrected in each.

use crate::{
    domain::{
        complements::Item,
        definitions::{Section, SectionContent},
        forms::{Gravity, Problem, SectionState},
    },
    usecases::{
        answers::Content,
        complements::Waiting,
        lacks::{Lack, TIES},
    },
};

/// One section of the list.
pub(super) struct SectionLine {
    pub href: String,
    pub title: String,
    pub state: &'static str,
    pub tone: &'static str,
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

/// The sections that are asked and that are the reader's, each with its state.
pub(super) fn sections(
    content: &Content,
    waiting: Option<&Waiting>,
    is_mine: impl Fn(&Section) -> bool,
) -> Vec<SectionLine> {
    let states = content.states();
    let waiting = waiting.filter(|waiting| !waiting.request.items.is_empty());
    let shown = content.definition.sections.iter().filter(|&section| is_mine(section)).filter_map(|section| {
        let state = states.get(&section.code).copied().filter(|state| *state != SectionState::NotNeeded)?;
        let href = format!("/dossiers/{}/rubriques/{}", content.row.id, section.code);
        let items = waiting.map(|waiting| items(content, waiting, section, &href)).unwrap_or_default();
        let (state, tone) = match waiting {
            Some(_) => corrected(content, section, &items),
            None => (state.label(), tone(state)),
        };
        Some(SectionLine { href, title: section.title.clone(), state, tone, items })
    });
    shown.collect()
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
