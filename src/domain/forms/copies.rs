//! What of an earlier file serves again in another call, and what does not, in words.

use super::{Answers, Form, chosen, groups, reading};
use crate::domain::definitions::{CallDefinition, ProjectField, Question, QuestionKind, SectionContent};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An earlier file, as far as it may serve again.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    pub call: &'a CallDefinition,
    pub answers: &'a Answers,
    /// The codes of the documents attached, and of the questions answered with a file.
    pub attached: &'a [String],
    pub has_budget: bool,
    pub has_partners: bool,
    /// Whether another organisation was the other half of a pair.
    pub is_paired: bool,
}

/// What goes over into the new file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    pub answers: Answers,
    /// The codes of the documents.
    pub documents: Vec<String>,
    /// The codes of the questions whose file goes over with the answer.
    pub files: Vec<String>,
    pub budget: bool,
    pub partners: bool,
    pub left: Vec<NotCarried>,
}

/// Something that does not go over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCarried {
    /// What it is called in the earlier file.
    pub what: String,
    /// A French sentence.
    pub why: String,
}

const NOT_ASKED: &str = "Cet appel ne le demande pas.";

impl Carried {
    fn leave(&mut self, what: &str, why: impl Into<String>) {
        self.left.push(NotCarried { what: what.to_owned(), why: why.into() });
    }
}

/// What of an earlier file the form of this call can take. Answers go over by the code of their question, when it is
/// asked in the same way; a text that has become too long goes over too, its writer will shorten it.
pub fn carry(earlier: &Earlier, call: &CallDefinition, today: NaiveDate) -> Carried {
    let mut carried = Carried::default();
    for (section, question) in earlier.call.questions() {
        let Some(typed) = earlier.answers.get(&question.code).map(|typed| typed.trim()) else { continue };
        let form = Form::of_call(earlier.call);
        let was_asked = form.shows_section(section, earlier.answers) && form.shows(question, earlier.answers);
        if typed.is_empty() || !was_asked {
            continue;
        }
        if question.kind == QuestionKind::File && !earlier.attached.contains(&question.code) {
            carried.leave(&question.label, "L’antivirus a refusé ce fichier.");
            continue;
        }
        carry_answer(&mut carried, question, call, typed, today);
    }
    let has = |content: SectionContent| call.sections.iter().any(|section| section.content == content);
    carried.budget = earlier.has_budget && has(SectionContent::Budget);
    carried.partners = earlier.has_partners && has(SectionContent::Partners);
    if earlier.has_budget && !carried.budget {
        carried.leave("Le budget", NOT_ASKED);
    }
    if earlier.has_partners && !carried.partners {
        carried.leave("Les partenaires", NOT_ASKED);
    }
    if let Some(pair) = call.pair.as_ref().filter(|_| earlier.is_paired) {
        carried.leave(&pair.partner_label, "Le binôme se forme à nouveau pour chaque dossier.");
    }
    for document in earlier.call.documents.iter().filter(|document| earlier.attached.contains(&document.code)) {
        match call.document(&document.code) {
            Some(_) => carried.documents.push(document.code.clone()),
            None => carried.leave(&document.label, NOT_ASKED),
        }
    }
    carried
}

fn carry_answer(carried: &mut Carried, old: &Question, call: &CallDefinition, typed: &str, today: NaiveDate) {
    let Some(new) = call.question(&old.code) else {
        // A statement of another call is not missed.
        if old.kind != QuestionKind::Statement {
            carried.leave(&old.label, NOT_ASKED);
        }
        return;
    };
    if new.kind != old.kind {
        return carried
            .leave(&old.label, format!("Cet appel le demande autrement\u{a0}: «\u{a0}{}\u{a0}».", new.label));
    }
    let is_date_of_project = matches!(new.fills, Some(ProjectField::StartsOn | ProjectField::EndsOn));
    let reads = |typed: &str| reading::read(new, &call.axes, typed);
    match new.kind {
        QuestionKind::Statement => {
            return carried.leave(&old.label, "Une déclaration se relit et se coche pour chaque dossier.");
        }
        QuestionKind::Date if is_date_of_project && reading::day(typed).is_some_and(|day| day < today) => {
            return carried.leave(&old.label, "Cette date est passée.");
        }
        QuestionKind::File => carried.files.push(old.code.clone()),
        QuestionKind::Choices => return carry_choices(carried, old, new, typed),
        kind if kind.has_rows() => return carry_rows(carried, (old, new), call, typed),
        QuestionKind::Choice if reads(typed).is_err() => {
            return carried.leave(&old.label, format!("{} n’est plus proposé.", named(old, typed)));
        }
        QuestionKind::Themes if reads(typed).is_err() => {
            return carried.leave(&old.label, "Ces sous-thèmes ne sont pas tous ouverts dans cet appel.");
        }
        QuestionKind::Axis if reads(typed).is_err() => {
            return carried.leave(&old.label, "Cet axe n’est pas ouvert dans cet appel.");
        }
        _ => {}
    }
    carried.answers.insert(old.code.clone(), typed.to_owned());
}

/// Of several choices, those that are still offered go over.
fn carry_choices(carried: &mut Carried, old: &Question, new: &Question, typed: &str) {
    let offered = |code: &&str| new.choices.iter().any(|choice| choice.code == *code);
    let (kept, gone): (Vec<_>, Vec<_>) = chosen(typed).partition(offered);
    if !kept.is_empty() {
        carried.answers.insert(old.code.clone(), kept.join("\n"));
    }
    if !gone.is_empty() {
        let gone: Vec<_> = gone.into_iter().map(|code| named(old, code)).collect();
        let no_longer = if gone.len() > 1 { "ne sont plus proposés" } else { "n’est plus proposé" };
        carried.leave(&old.label, format!("{} {no_longer}.", gone.join(", ")));
    }
}

/// Of a group, the columns that are still asked go over.
fn carry_rows(carried: &mut Carried, (old, new): (&Question, &Question), call: &CallDefinition, typed: &str) {
    let kept = groups::kept(new, &call.axes, typed);
    if kept != groups::packed(typed) {
        carried.leave(&old.label, "Ce tableau a changé\u{a0}: relisez ses lignes, certaines cases n’ont pas suivi.");
    }
    if !kept.is_empty() {
        carried.answers.insert(old.code.clone(), kept);
    }
}

/// A choice by its label.
fn named(question: &Question, code: &str) -> String {
    let label = question.choices.iter().find(|choice| choice.code == code).map_or(code, |choice| &choice.label);
    format!("«\u{a0}{label}\u{a0}»")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions::{self, AnswerChoice};

    fn call() -> CallDefinition {
        definitions::parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0)
    }

    fn question<'a>(call: &'a mut CallDefinition, code: &str) -> &'a mut Question {
        let mut questions = call.sections.iter_mut().flat_map(|section| &mut section.questions);
        questions.find(|question| question.code == code).unwrap()
    }

    fn carried(old: &CallDefinition, new: &CallDefinition, answers: &[(&str, &str)]) -> Carried {
        let answers: Answers = answers.iter().map(|(code, value)| (code.to_string(), value.to_string())).collect();
        let attached = ["statuts".to_owned()];
        let earlier = Earlier {
            call: old,
            answers: &answers,
            attached: &attached,
            has_budget: true,
            has_partners: true,
            is_paired: false,
        };
        carry(&earlier, new, "2026-12-01".parse().unwrap())
    }

    #[test]
    fn the_same_form_takes_everything_but_past_dates_and_statements() {
        let call = call();
        let statement = call.questions().find(|(_, q)| q.kind == QuestionKind::Statement).unwrap().1.code.clone();
        let answers = [("titre", "Lacs"), ("debut", "2026-04-01"), ("fin", "2027-04-01"), (statement.as_str(), "oui")];
        let carried = carried(&call, &call, &answers);
        assert_eq!(carried.answers.keys().collect::<Vec<_>>(), ["fin", "titre"]);
        assert!(carried.budget && carried.partners && carried.documents == ["statuts"]);
        let whys: Vec<_> = carried.left.iter().map(|left| left.why.as_str()).collect();
        assert_eq!(
            whys,
            ["Cette date est passée.", "Une déclaration se relit et se coche pour chaque dossier."],
            "{:?}",
            carried.left
        );
    }

    #[test]
    fn of_several_choices_those_still_offered_go_over() {
        let (mut old, new) = (call(), call());
        let code = new.questions().find(|(_, q)| q.kind == QuestionKind::Choices).unwrap().1.code.clone();
        let known = new.question(&code).unwrap().choices[0].code.clone();
        question(&mut old, &code).choices.push(AnswerChoice { code: "cirque".into(), label: "Cirque".into() });
        let carried = carried(&old, &new, &[(&code, &format!("{known}\ncirque"))]);
        assert_eq!(carried.answers[&code], known);
        assert_eq!(carried.left[0].why, "«\u{a0}Cirque\u{a0}» n’est plus proposé.");
    }
}
