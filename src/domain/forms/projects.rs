//! What the answers say of the project itself: the columns and tags by which files are found, counted and exported.

use super::{Answers, Form, chosen, reading};
use crate::domain::{
    codes::codes,
    definitions::{CallDefinition, ProjectField, Question, QuestionKind},
    money::Euros,
    references::{MarkerLevel, goal},
};
use chrono::NaiveDate;

codes! {
    /// What a tag of an application is.
    pub enum TagKind {
        Axis => "axis",
        Goal => "goal",
        Marker => "marker",
    }
}

/// One tag of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub kind: TagKind,
    /// The code of the axis or marker, the number of the goal.
    pub code: String,
    /// The level of a marker; 1 for the others.
    pub level: i32,
}

/// What an application is about. Nothing of it is there before it is answered well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Project {
    pub title: Option<String>,
    pub requested: Option<Euros>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// The INSEE code of the commune where it happens.
    pub commune: Option<String>,
    /// The two letters of the country.
    pub country: Option<String>,
}

/// The answers that are asked for and read well, with their questions.
fn good_answers<'a>(call: &'a CallDefinition, answers: &'a Answers) -> impl Iterator<Item = (&'a Question, &'a str)> {
    let form = Form::of_call(call);
    call.questions().filter_map(move |(section, question)| {
        let typed = answers.get(&question.code)?.trim();
        let is_asked = form.shows_section(section, answers) && form.shows(question, answers);
        (is_asked && !typed.is_empty() && reading::read(question, &call.axes, typed).is_ok())
            .then_some((question, typed))
    })
}

/// What the answers say of the project.
pub fn project(call: &CallDefinition, answers: &Answers) -> Project {
    let mut project = Project::default();
    for (question, typed) in good_answers(call, answers) {
        match question.fills {
            Some(ProjectField::Title) => project.title = Some(typed.to_owned()),
            Some(ProjectField::Requested) => project.requested = typed.parse().ok(),
            Some(ProjectField::StartsOn) => project.starts_on = reading::day(typed),
            Some(ProjectField::EndsOn) => project.ends_on = reading::day(typed),
            Some(ProjectField::Commune) => project.commune = Some(typed.to_owned()),
            Some(ProjectField::Country) => project.country = Some(typed.to_owned()),
            None => {}
        }
    }
    project
}

/// The tags the answers give: axis, goals, and markers aimed at. Each at most once, in the order of the form.
pub fn tags(call: &CallDefinition, answers: &Answers) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for (question, typed) in good_answers(call, answers) {
        match question.kind {
            QuestionKind::Axis => tags.push(Tag { kind: TagKind::Axis, code: typed.to_owned(), level: 1 }),
            QuestionKind::Goals => {
                let goals = chosen(typed).filter_map(|line| goal(line.parse().ok()?));
                tags.extend(goals.map(|goal| Tag { kind: TagKind::Goal, code: goal.number.to_string(), level: 1 }));
            }
            QuestionKind::Markers => {
                let aimed_at =
                    chosen(typed).filter_map(reading::marker).filter(|(_, level)| *level != MarkerLevel::NotTargeted);
                tags.extend(aimed_at.map(|(marker, level)| Tag {
                    kind: TagKind::Marker,
                    code: marker.code().to_owned(),
                    level: level.number(),
                }));
            }
            _ => {}
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert((tag.kind, tag.code.clone())));
    tags
}
