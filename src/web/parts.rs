//! The values that the shared template parts print: steps, choices, actions, meters, events, pagers.

use super::{deadlines::Deadline, pages::Tone};

/// Who acts where nothing is expected of anybody.
pub const NOBODY: &str = "Personne";

/// Where an object stands, who acts next and by when: shown identically for every object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stepper {
    /// « Où en est le dossier », « Où en est la subvention ».
    pub title: String,
    pub steps: Vec<Step>,
    pub who_acts: String,
    pub by_when: Option<Deadline>,
    /// One sentence that says the present state and what it means for the reader.
    pub sentence: String,
}

impl Stepper {
    /// Whether nobody acts and nothing is waited for.
    pub fn rests(&self) -> bool {
        self.who_acts == NOBODY && self.by_when.is_none()
    }

    /// Who acts next, for a line of a list; empty when nobody does.
    pub fn turn(self) -> String {
        if self.rests() { String::new() } else { self.who_acts }
    }
}

/// One step of the way, with its date when it is past or planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: String,
    pub state: StepState,
    pub date: Option<String>,
}

/// Whether a step is past, present or to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    Next,
}

impl StepState {
    /// The class name in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            StepState::Done => "done",
            StepState::Current => "current",
            StepState::Next => "next",
        }
    }

    /// The state in words, for those who do not see the colours.
    pub const fn words(self) -> &'static str {
        match self {
            StepState::Done => "étape faite",
            StepState::Current => "étape en cours",
            StepState::Next => "étape à venir",
        }
    }

    /// Whether this is where the object stands.
    pub const fn is_current(self) -> bool {
        matches!(self, StepState::Current)
    }
}

impl Step {
    /// The steps of a way of which the one numbered `current` (from 0) is the present one.
    pub fn along<'a>(labels: impl IntoIterator<Item = &'a str>, current: usize) -> Vec<Step> {
        let state = |i: usize| match i.cmp(&current) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::Next,
        };
        let step = |(i, label): (usize, &str)| Step { label: label.to_owned(), state: state(i), date: None };
        labels.into_iter().enumerate().map(step).collect()
    }
}

/// One option of a select, of radios or of checkboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub help: String,
    pub checked: bool,
}

impl Choice {
    /// Options of which those whose value is among `chosen` are checked.
    pub fn list<V: Into<String>, L: Into<String>>(
        options: impl IntoIterator<Item = (V, L)>,
        chosen: &[&str],
    ) -> Vec<Choice> {
        let choice = |(value, label): (V, L)| {
            let value = value.into();
            Choice { checked: chosen.contains(&value.as_str()), value, label: label.into(), help: String::new() }
        };
        options.into_iter().map(choice).collect()
    }
}

/// A button that posts to `href`, or stands dead with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub label: String,
    pub href: String,
    pub weight: Weight,
    pub refusal: Option<String>,
    pub press: Press,
}

/// What pressing a button does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Press {
    /// It acts at once.
    #[default]
    Acts,
    /// It leads to a page that says what is lost; the button there acts.
    Asks,
}

impl Action {
    /// Whether a page stands between the button and what it does.
    pub fn asks(&self) -> bool {
        self.press == Press::Asks
    }
}

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Primary,
    Secondary,
    Danger,
}

impl Weight {
    /// The class name in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Weight::Primary => "primary",
            Weight::Secondary => "secondary",
            Weight::Danger => "danger",
        }
    }
}

/// A label and its value in a definition list; an empty value reads « Non renseigné ».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    pub href: String,
}

impl Fact {
    /// A plain fact.
    pub fn new(label: impl Into<String>, value: impl ToString) -> Self {
        Fact { label: label.into(), value: value.to_string(), href: String::new() }
    }

    /// A fact that leads to a page.
    pub fn linked(label: impl Into<String>, value: impl ToString, href: impl Into<String>) -> Self {
        Fact { label: label.into(), value: value.to_string(), href: href.into() }
    }
}

/// The state of an object as a small label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub tone: Tone,
    pub label: String,
}

/// Something that happened to an object, for its timeline: `at` and `who` in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEvent {
    pub at: String,
    pub what: String,
    pub who: String,
    pub note: String,
}

/// The way through a list by key: no page numbers, no counting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pager {
    /// Address of the beginning, when the page is not the beginning.
    pub first: Option<String>,
    /// Address of what follows, when something follows.
    pub next: Option<String>,
}

impl Pager {
    /// Whether there is anywhere to go.
    pub fn is_needed(&self) -> bool {
        self.first.is_some() || self.next.is_some()
    }
}

/// Until when something may be sent, in words; the page's script counts down to it, from the server's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countdown {
    pub words: String,
    /// Seconds until then; 0 when nothing may be sent now.
    pub left: i64,
}
