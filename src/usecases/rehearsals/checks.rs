//! What can be seen of a call without playing it.

use super::{DeadEnd, Outcome, Thing};
use crate::{
    domain::{
        definitions::{
            Author, CallDefinition, CallPart, DocumentNeed, MergeField, MergeValues, MergedText, PartState,
            ProjectField, Question, QuestionKind, Section, SectionContent, ShowIf,
        },
        journal::Stage,
        lifecycles::calls::CallState,
        money::Euros,
        schedules::DueRule,
        time::{Moment, french_date},
    },
    store::{
        Conn, funding_sources,
        journal::{Scope, balance},
    },
    usecases::{
        definitions::source as source_definition,
        preparations::{Preparation, sentence},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that leads nowhere, in the order of the parts of a call.
pub(super) fn dead_ends(conn: &mut Conn, known: &Preparation, now: Moment) -> Outcome<Vec<DeadEnd>> {
    let call = &*known.definition;
    let mut found: Vec<DeadEnd> = known
        .faults
        .iter()
        .map(|fault| DeadEnd::new(CallPart::of(&fault.path).unwrap_or(CallPart::Presentation), sentence(fault)))
        .collect();
    for part in CallPart::ALL {
        let is_said = known.faults.iter().any(|fault| CallPart::of(&fault.path) == Some(*part));
        if part.state(call, &known.faults) == PartState::Lacking && !is_said {
            found.push(DeadEnd::new(*part, format!("Il manque encore\u{a0}: {}.", part.phrase())));
        }
    }
    if known.row.state == CallState::Draft && call.window.closes <= now {
        let deadline = call.window.deadline();
        let said = format!("La date limite, le {deadline}, est déjà passée\u{a0}: personne ne pourrait déposer.");
        found.push(DeadEnd::new(CallPart::Calendar, said));
    }
    money(conn, known, &mut found)?;
    authors(call, &mut found);
    documents(call, &mut found);
    unreachable(call, &mut found);
    unnamed(call, &mut found);
    found.sort_by_key(|dead_end| CallPart::ALL.iter().position(|part| *part == dead_end.part));
    Ok(found)
}

/// What the published call holds already of a source; nothing for a draft.
pub(super) fn held(known: &Preparation, source: &str) -> Euros {
    let drawn = known.published.iter().flat_map(|published| &published.sources);
    drawn.filter(|drawn| drawn.reference == source).map(|drawn| drawn.amount).sum()
}

fn money(conn: &mut Conn, known: &Preparation, found: &mut Vec<DeadEnd>) -> Outcome<()> {
    let call = &*known.definition;
    for drawn in &call.sources {
        let Some(source) = funding_sources::by_reference(conn, &drawn.reference)? else { continue };
        if source.regranting_clause.is_none() {
            let said = format!(
                "La convention {} n’autorise pas le reversement\u{a0}: indiquez-y sa clause.",
                source.reference
            );
            found.push(DeadEnd::new(CallPart::Money, said));
        }
        let left = balance(conn, Stage::Source, Scope::Source(source.id))? + held(known, &drawn.reference);
        if drawn.amount > left {
            let said = format!(
                "L’enveloppe n’est pas couverte\u{a0}: la convention {} n’a plus que {left}, et l’appel y prend {}.",
                drawn.reference, drawn.amount
            );
            found.push(DeadEnd::new(CallPart::Money, said));
        }
        if source.ends_on < call.calendar.announcement_on {
            let said = format!(
                "La convention {} finit le {}, avant l’annonce des résultats\u{a0}: rien ne pourrait être accordé.",
                drawn.reference,
                french_date(source.ends_on)
            );
            found.push(DeadEnd::new(CallPart::Money, said));
        }
        // A payment must be eligible on its day, which may be after the agreement itself is over.
        let (_, until) = source_definition(&source.settings)?.eligible_days();
        for step in &call.schedule.steps {
            let Some(DueRule::On(day)) = step.not_before else { continue };
            if day > until {
                let said = format!(
                    "Un versement ne peut pas partir avant le {}, et la convention {} finit le {}.",
                    french_date(day),
                    drawn.reference,
                    french_date(until)
                );
                found.push(DeadEnd::new(CallPart::Money, said));
            }
        }
    }
    Ok(())
}

/// What the other half of a pair is to fill in, in a call without pairs.
fn authors(call: &CallDefinition, found: &mut Vec<DeadEnd>) {
    if call.pair.is_some() {
        return;
    }
    for section in call.sections.iter().filter(|section| section.author != Author::Lead) {
        let said = format!(
            "La rubrique «\u{a0}{}\u{a0}» est à remplir par l’autre organisation d’un binôme, et l’appel ne demande pas de binôme.",
            section.title
        );
        found.push(DeadEnd::new(CallPart::Form, said).at(Thing::Section(section.code.clone())));
    }
    for document in call.documents.iter().filter(|document| document.author != Author::Lead) {
        let said = format!(
            "La pièce «\u{a0}{}\u{a0}» est à joindre par l’autre organisation d’un binôme, et l’appel ne demande pas de binôme.",
            document.label
        );
        found.push(DeadEnd::new(CallPart::Documents, said).at(Thing::Document(document.code.clone())));
    }
}

/// Papers without which no file is admissible, asked only of some.
fn documents(call: &CallDefinition, found: &mut Vec<DeadEnd>) {
    let mut places = call.sections.iter().filter(|section| section.content == SectionContent::Documents).peekable();
    let Some(place) = places.peek().copied() else { return };
    if places.any(|section| section.show_if.is_none()) {
        return;
    }
    for document in call.documents.iter().filter(|document| document.need == DocumentNeed::Required) {
        let said = format!(
            "La pièce «\u{a0}{}\u{a0}» est obligatoire, mais la rubrique «\u{a0}{}\u{a0}» qui la demande ne s’affiche qu’après \
             certaines réponses\u{a0}: sans elles, personne ne peut la joindre.",
            document.label, place.title
        );
        found.push(DeadEnd::new(CallPart::Documents, said).at(Thing::Section(place.code.clone())));
    }
}

/// What letters and mails name of a project and what a file may well not say: nobody made up leaves it out.
fn unnamed(call: &CallDefinition, found: &mut Vec<DeadEnd>) {
    for (_, kind, text) in call.letters.texts() {
        let is_agreement = kind == MergedText::Agreement;
        for field in MergeValues::default().missing(text) {
            let filled = match field {
                MergeField::Project => ProjectField::Title,
                MergeField::Requested => ProjectField::Requested,
                // An agreement says its dates only where there are some.
                MergeField::StartsOn if !is_agreement => ProjectField::StartsOn,
                MergeField::EndsOn if !is_agreement => ProjectField::EndsOn,
                _ => continue,
            };
            let asked = call.questions().find(|(_, question)| question.fills == Some(filled));
            let Some((section, question)) = asked else { continue };
            if question.is_required() && question.show_if.is_none() && section.show_if.is_none() {
                continue;
            }
            let then = match kind.is_decision() {
                true => "la décision d’un tel dossier ne pourrait pas partir",
                false => "le courriel d’un tel dossier partirait sans ce texte",
            };
            let said = format!(
                "Le texte «\u{a0}{}\u{a0}» nomme {}, et la question «\u{a0}{}\u{a0}» peut rester sans réponse\u{a0}: {then}.",
                kind.label(),
                field.written(),
                question.label
            );
            found.push(DeadEnd::new(CallPart::Letters, said));
        }
    }
}

/// Questions and sections whose conditions contradict each other.
fn unreachable(call: &CallDefinition, found: &mut Vec<DeadEnd>) {
    for section in &call.sections {
        if !can_hold(call, &[section.show_if.as_ref()]) {
            let said = format!(
                "La rubrique «\u{a0}{}\u{a0}» ne peut s’afficher pour personne\u{a0}: ses conditions se contredisent.",
                section.title
            );
            found.push(DeadEnd::new(CallPart::Form, said).at(Thing::Section(section.code.clone())));
            continue;
        }
        for question in &section.questions {
            if !can_hold(call, &[section.show_if.as_ref(), question.show_if.as_ref()]) {
                let said = format!(
                    "La question «\u{a0}{}\u{a0}» ne peut être posée à personne\u{a0}: ses conditions se contredisent.",
                    question.label
                );
                found.push(DeadEnd::new(CallPart::Form, said).at(Thing::Question(question.code.clone())));
            }
        }
    }
}

/// Whether some answers fulfil all these conditions and those they rest on. Of a question with several answers nothing
/// is excluded.
fn can_hold(call: &CallDefinition, conditions: &[Option<&ShowIf>]) -> bool {
    let (mut wanted, mut left): (BTreeMap<&str, BTreeSet<&str>>, Vec<&ShowIf>) =
        (BTreeMap::new(), conditions.iter().copied().flatten().collect());
    let mut seen = BTreeSet::new();
    while let Some(condition) = left.pop() {
        let asked: Option<(&Section, &Question)> = call.questions().find(|(_, q)| q.code == condition.question);
        let Some((section, question)) = asked else { return false };
        let given: BTreeSet<&str> = condition.any_of.iter().map(String::as_str).collect();
        if matches!(question.kind, QuestionKind::Choice | QuestionKind::YesNo | QuestionKind::Axis) {
            let allowed = wanted.entry(question.code.as_str()).or_insert_with(|| given.clone());
            allowed.retain(|answer| given.contains(answer));
            if allowed.is_empty() {
                return false;
            }
        }
        if seen.insert(question.code.as_str()) {
            left.extend(section.show_if.iter().chain(&question.show_if));
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions::parse;

    #[test]
    fn conditions_that_contradict_each_other_are_found_through_the_questions_they_rest_on() {
        let mut call = parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0);
        let mut found = Vec::new();
        unreachable(&call, &mut found);
        assert_eq!(found, []);
        let only = |question: &str, answer: &str| ShowIf { question: question.into(), any_of: vec![answer.into()] };
        let place = call.sections.iter().position(|section| section.code == "sens").unwrap();
        call.sections[place].show_if = Some(only("eloigne", "non"));
        call.sections[place].questions[3].show_if = Some(only("comment_eloigne", "beaucoup"));
        unreachable(&call, &mut found);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].thing, Some(Thing::Question("environnement".into())));
    }
}
