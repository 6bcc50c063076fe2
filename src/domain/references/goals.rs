//! The seventeen sustainable development goals (objectifs de développement durable) and their targets.

use super::rows;
use crate::domain::text::printed;
use serde::Deserialize;
use std::sync::LazyLock;

/// One goal of the Agenda 2030.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Goal {
    /// 1 to 17.
    #[serde(rename = "code")]
    pub number: u8,
    #[serde(rename = "titre_court_fr")]
    pub title: String,
    #[serde(rename = "intitule_fr")]
    pub wording: String,
}

/// One target of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Target {
    /// Such as `4.7`.
    pub code: String,
    #[serde(rename = "odd")]
    pub goal: u8,
    #[serde(rename = "intitule_fr")]
    pub wording: String,
}

static GOALS: LazyLock<Vec<Goal>> = LazyLock::new(|| {
    let goals: Vec<Goal> = rows(include_str!("../../../fixtures/standards/odd/odd-objectifs.csv"));
    let typeset = |goal: Goal| Goal { title: printed(&goal.title), wording: printed(&goal.wording), ..goal };
    goals.into_iter().map(typeset).collect()
});
static TARGETS: LazyLock<Vec<Target>> =
    LazyLock::new(|| rows(include_str!("../../../fixtures/standards/odd/odd-cibles.csv")));

/// The goals by number.
pub fn goals() -> &'static [Goal] {
    &GOALS
}

/// The goal with this number.
pub fn goal(number: u8) -> Option<&'static Goal> {
    GOALS.iter().find(|goal| goal.number == number)
}

/// The targets of a goal.
pub fn targets_of(goal: u8) -> impl Iterator<Item = &'static Target> {
    TARGETS.iter().filter(move |target| target.goal == goal)
}

/// The target with this code.
pub fn target(code: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goals_and_their_targets_are_whole() {
        assert!(goals().iter().map(|goal| goal.number).eq(1..=17));
        assert_eq!(goal(5).map(|goal| goal.title.as_str()), Some("Égalité entre les sexes"));
        assert_eq!(goal(18), None);
        assert_eq!(TARGETS.len(), 169);
        assert!(goals().iter().all(|goal| targets_of(goal.number).count() >= 5));
    }
}
