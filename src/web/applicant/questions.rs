//! How each kind of question is asked and what is read back from the form.

use super::{
    communes,
    groups::{self, RowAsked},
};
use crate::{
    domain::{
        definitions::{CallDefinition, Need, Question, QuestionKind},
        forms::{self, chosen},
        identity::shown_by_token,
        references::{Axis, Country, Goal, Marker, MarkerLevel, axis, countries, goals, targets_of},
    },
    usecases::{answers::Typed, edits::seen_field},
    web::{
        Fields,
        answers::{self, AnswerShown},
        parts::Choice,
    },
};

/// One question ready to be printed. `widget` names the macro of the form.
pub(in crate::web) struct Asked {
    pub widget: &'static str,
    pub name: String,
    pub label: String,
    pub help: String,
    pub value: String,
    pub(super) words: usize,
    pub is_optional: bool,
    /// What the button sends that leads to the page where a commune is looked up; nothing where there is none.
    pub search: String,
    pub is_checked: bool,
    pub choices: Vec<Choice>,
    /// Of a statement, the text agreed to; of markers, one selection each.
    pub text: String,
    pub levels: Vec<(String, String, String, Vec<Choice>)>,
    /// Of targets and themes, a list of choices for each goal or axis.
    pub lists: Vec<ChoiceList>,
    /// Of a group, its rows with a field a cell.
    pub rows: Vec<RowAsked>,
    /// Why no row can be added; empty when one can.
    pub full: String,
    /// What a row is called, and whether there is never more than one.
    pub row_name: &'static str,
    pub is_single: bool,
    /// Of a file, what is there; nothing while the question is only tried out.
    pub file: Option<FileAsked>,
    /// What somebody else has answered meanwhile, in words; often nothing.
    pub other: String,
    /// What a complement wants corrected here, in the officer's words; often nothing.
    pub note: String,
    /// The answer as it was filed, when a complement does not reopen it; it is then no field.
    pub filed: Option<AnswerShown>,
}

/// The file of a question, as its page shows it.
pub(in crate::web) struct FileAsked {
    /// Of its part of the page.
    pub id: String,
    /// Where it goes alone.
    pub action: String,
    pub current: String,
    pub href: String,
    /// What the antivirus says of it; often nothing.
    pub scan: &'static str,
    /// The largest file, in bytes.
    pub most: usize,
}

/// Choices under a heading that opens.
pub(in crate::web) struct ChoiceList {
    pub title: String,
    pub choices: Vec<Choice>,
}

impl ChoiceList {
    /// Whether something of it is chosen.
    pub fn is_open(&self) -> bool {
        self.choices.iter().any(|choice| choice.checked)
    }
}

impl Asked {
    /// The same, as it was filed and is no field.
    pub(super) fn with_filed(self, filed: AnswerShown) -> Self {
        Asked { filed: Some(filed), ..self }
    }

    /// The same, with the way to the page where a commune is looked up.
    pub(super) fn with_search(self) -> Self {
        let search = if self.widget == "commune" { communes::button(&self.name) } else { String::new() };
        Asked { search, ..self }
    }

    /// The same, with what an officer wants corrected.
    pub(super) fn with_note(self, note: String) -> Self {
        Asked { note, ..self }
    }

    /// Whether its cells hold names and sentences, which want room.
    pub(in crate::web) fn is_wide(&self) -> bool {
        self.row_name == "Organisation"
    }

    /// What each level of a marker means, from none to the most.
    pub(in crate::web) fn scale(&self) -> impl Iterator<Item = (String, &'static str)> + use<> {
        MarkerLevel::ALL.iter().map(|level| (format!("{} – {}", level.code(), level.label()), level.explanation()))
    }

    /// The most words of a text; 0 without a limit.
    pub(in crate::web) fn words(&self) -> usize {
        self.words
    }
}

/// The question with its present answer.
pub(super) fn asked(call: &CallDefinition, question: &Question, value: &str) -> Asked {
    let lines: Vec<&str> = chosen(value).collect();
    // Of a number that lies sealed, its ends; sent back as they are, they change nothing.
    let shown = if question.kind == QuestionKind::Iban { shown_by_token(value) } else { None };
    let statement = question.statement.as_deref().and_then(|code| call.statement(code));
    let mut asked = Asked {
        widget: widget(question.kind),
        name: question.code.clone(),
        label: question.label.clone(),
        help: help_of(question),
        value: shown.unwrap_or(value).to_owned(),
        words: question.words.unwrap_or_default(),
        is_optional: question.need != Need::Required,
        search: String::new(),
        is_checked: value == "oui",
        choices: choices(call, question, &lines),
        text: statement.map(|found| found.text.clone()).unwrap_or_default(),
        levels: Vec::new(),
        lists: lists(call, question, &lines),
        rows: Vec::new(),
        full: String::new(),
        row_name: if question.kind == QuestionKind::Organisation { "Organisation" } else { "Ligne" },
        is_single: question.kind.has_rows() && forms::most(question) == 1,
        file: None,
        other: String::new(),
        note: String::new(),
        filed: None,
    };
    if question.kind == QuestionKind::Markers {
        asked.levels = Marker::ALL.iter().map(|marker| level(&question.code, *marker, &lines)).collect();
    }
    if question.kind.has_rows() {
        asked = groups::with_rows(asked, call, question, 1);
    }
    asked
}

/// The help, and an example where there is one.
fn help_of(question: &Question) -> String {
    let example = match question.example.is_empty() {
        true => String::new(),
        false => format!("Exemple\u{a0}: {}", question.example),
    };
    let advice = match question.need {
        Need::Recommended => "Y répondre aide le comité.",
        Need::Required | Need::Optional => "",
    };
    // A long text has a counter below it.
    let words = question.words.filter(|_| question.kind == QuestionKind::ShortText);
    let words = words.map(|most| format!("{most}\u{a0}mots au plus.")).unwrap_or_default();
    let said =
        [question.help.as_str(), words.as_str(), example.as_str(), advice].into_iter().filter(|part| !part.is_empty());
    said.collect::<Vec<_>>().join(" ")
}

fn widget(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::LongText => "textarea",
        QuestionKind::Euros => "money",
        QuestionKind::Date => "date",
        QuestionKind::YesNo | QuestionKind::Choice | QuestionKind::Axis => "radios",
        QuestionKind::Choices | QuestionKind::Goals => "checkboxes",
        QuestionKind::Targets | QuestionKind::Themes => "lists",
        QuestionKind::Country => "select",
        QuestionKind::Markers => "markers",
        QuestionKind::Statement => "statement",
        QuestionKind::Number | QuestionKind::Siret => "digits",
        QuestionKind::Email => "email",
        QuestionKind::Phone => "tel",
        QuestionKind::Group | QuestionKind::Organisation => "group",
        QuestionKind::File => "file",
        QuestionKind::Commune => "commune",
        QuestionKind::Computed => "computed",
        QuestionKind::ShortText | QuestionKind::Rna | QuestionKind::Uai | QuestionKind::Iban => "text",
    }
}

fn choices(call: &CallDefinition, question: &Question, chosen: &[&str]) -> Vec<Choice> {
    match question.kind {
        QuestionKind::YesNo => Choice::list([("oui", "Oui"), ("non", "Non")], chosen),
        QuestionKind::Axis => {
            let label = |code: &String| axis(code).map_or(code.clone(), |axis| axis.label.clone());
            Choice::list(call.axes.iter().map(|code| (code.clone(), label(code))), chosen)
        }
        QuestionKind::Goals => {
            let name = |number: u8, title: &str| (number.to_string(), format!("{number}. {title}"));
            Choice::list(goals().iter().map(|goal| name(goal.number, &goal.title)), chosen)
        }
        QuestionKind::Country => {
            // A country chosen before the list was narrowed stays in sight until another one takes its place.
            let is_shown = |country: &&Country| question.offers(country) || chosen.contains(&country.code.as_str());
            let shown = countries().iter().filter(is_shown);
            Choice::list(shown.map(|country| (country.code.clone(), country.name.clone())), chosen)
        }
        _ => Choice::list(question.choices.iter().map(|c| (c.code.clone(), c.label.clone())), chosen),
    }
}

/// The targets of each goal, or the themes of each axis of the call.
fn lists(call: &CallDefinition, question: &Question, chosen: &[&str]) -> Vec<ChoiceList> {
    match question.kind {
        QuestionKind::Targets => {
            let of_goal = |goal: &Goal| {
                let targets = targets_of(goal.number).map(|t| (t.code.clone(), format!("{} {}", t.code, t.wording)));
                let title = format!("{}. {}", goal.number, goal.title);
                ChoiceList { title, choices: Choice::list(targets, chosen) }
            };
            goals().iter().map(of_goal).collect()
        }
        QuestionKind::Themes => {
            let of_axis = |axis: &'static Axis| {
                let themes =
                    axis.themes.iter().zip(1..).map(|(theme, at)| (format!("{}.{at}", axis.code), theme.clone()));
                ChoiceList { title: axis.label.clone(), choices: Choice::list(themes, chosen) }
            };
            call.axes.iter().filter_map(|code| axis(code)).map(of_axis).collect()
        }
        _ => Vec::new(),
    }
}

fn level(code: &str, marker: Marker, lines: &[&str]) -> (String, String, String, Vec<Choice>) {
    let known = lines.iter().find_map(|line| line.split_once(':').filter(|(name, _)| *name == marker.code()));
    let value = known.map_or("", |(_, level)| level);
    let levels = MarkerLevel::ALL.iter().map(|level| (level.code(), format!("{} – {}", level.code(), level.label())));
    (
        format!("{code}-{marker}"),
        marker.label().to_owned(),
        marker.explanation().to_owned(),
        Choice::list(levels, &[value]),
    )
}

/// The same question when somebody else has answered it meanwhile: it keeps what was typed, and shows theirs.
pub(super) fn contested(call: &CallDefinition, question: &Question, typed: &str, theirs: &str) -> Asked {
    Asked { other: words(call, question, theirs), ..asked(call, question, typed) }
}

/// An answer in the words of its form.
pub(super) fn words(call: &CallDefinition, question: &Question, answer: &str) -> String {
    if question.kind.has_rows() {
        return said_or_erased(answers::lines(call, question, answer).join("\n"));
    }
    let other = asked(call, question, answer);
    let ticked = |choices: &[Choice]| {
        let labels = choices.iter().filter(|choice| choice.checked).map(|choice| choice.label.clone());
        labels.collect::<Vec<_>>().join("\n")
    };
    let of_levels = other.levels.iter().map(|(_, label, _, levels)| (label, ticked(levels)));
    let levels: Vec<_> =
        of_levels.filter(|(_, said)| !said.is_empty()).map(|(l, said)| format!("{l}\u{a0}: {said}")).collect();
    let listed: Vec<_> = other.lists.iter().map(|list| ticked(&list.choices)).filter(|said| !said.is_empty()).collect();
    if !listed.is_empty() {
        return listed.join("\n");
    }
    let words = match ticked(&other.choices) {
        none if none.is_empty() && levels.is_empty() => answer.to_owned(),
        none if none.is_empty() => levels.join("\n"),
        labels => labels,
    };
    said_or_erased(words)
}

fn said_or_erased(words: String) -> String {
    if words.is_empty() { "(réponse effacée)".to_owned() } else { words }
}

/// The fields of the form that say an answer, each with its value.
pub(super) fn fields(question: &Question, answer: &str) -> Vec<(String, String)> {
    let field = |value: &str| (question.code.clone(), value.to_owned());
    match question.kind {
        QuestionKind::Choices | QuestionKind::Goals | QuestionKind::Targets | QuestionKind::Themes => {
            chosen(answer).map(field).collect()
        }
        QuestionKind::Markers => {
            let levels = chosen(answer).filter_map(|line| line.split_once(':'));
            levels.map(|(marker, level)| (format!("{}-{marker}", question.code), level.to_owned())).collect()
        }
        QuestionKind::Group | QuestionKind::Organisation => groups::fields(question, answer),
        QuestionKind::Computed | QuestionKind::File => Vec::new(),
        _ => vec![field(answer)],
    }
}

/// What the form says in answer to a question.
fn answer(question: &Question, form: &Fields) -> String {
    match question.kind {
        QuestionKind::Choices | QuestionKind::Goals | QuestionKind::Targets | QuestionKind::Themes => {
            form.all(&question.code).collect::<Vec<_>>().join("\n")
        }
        QuestionKind::Markers => {
            let line = |marker: &Marker| {
                let level = form.filled(&format!("{}-{marker}", question.code))?;
                Some(format!("{marker}:{level}"))
            };
            Marker::ALL.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
        QuestionKind::Group | QuestionKind::Organisation => forms::rows_text(&groups::typed(question, form)),
        QuestionKind::Computed | QuestionKind::File => String::new(),
        _ => form.text(&question.code).to_owned(),
    }
}

/// Everything typed into a section: its questions put together, everything else as it is. A question the page did not
/// ask, because of another answer, is left out.
pub(super) fn typed(questions: &[Question], form: &Fields) -> Typed {
    let mut typed: Typed = form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for question in questions {
        if !question.is_typed() {
            typed.remove(&question.code);
            continue;
        }
        let answer = answer(question, form);
        if form.has(&seen_field(&question.code)) || !answer.is_empty() {
            typed.insert(question.code.clone(), answer);
        }
    }
    typed
}
