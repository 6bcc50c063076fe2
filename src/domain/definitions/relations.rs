//! How the answers of a form hold together: values computed from others, and rules between them.

use super::ShowIf;
use crate::domain::codes::codes;
use serde::{Deserialize, Serialize};

codes! {
    /// How a value is computed.
    pub enum Operation {
        /// All of them together.
        Sum => "sum",
        /// The first one without the others.
        Difference => "difference",
        /// What the first one is of the second, in per cent.
        Share => "share",
    }

    /// What an answer must be.
    pub enum Comparison {
        /// Given at all.
        Filled => "filled",
        Equal => "equal",
        Different => "different",
        AtLeast => "at_least",
        AtMost => "at_most",
        More => "more",
        Less => "less",
    }
}

impl Operation {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Operation::Sum => "La somme",
            Operation::Difference => "La première moins les autres",
            Operation::Share => "La part de la première dans la deuxième, en %",
        }
    }
}

impl Comparison {
    /// The French words shown on screen, after « la réponse doit ».
    pub const fn label(self) -> &'static str {
        match self {
            Comparison::Filled => "être donnée",
            Comparison::Equal => "être égale à",
            Comparison::Different => "être différente de",
            Comparison::AtLeast => "être au moins égale à, ou ne pas précéder",
            Comparison::AtMost => "être au plus égale à, ou ne pas suivre",
            Comparison::More => "dépasser, ou suivre",
            Comparison::Less => "être inférieure à, ou précéder",
        }
    }

    /// Whether it compares an answer with something.
    pub const fn compares(self) -> bool {
        !matches!(self, Comparison::Filled)
    }

    /// Whether one answer must be able to come before another.
    pub const fn is_ordering(self) -> bool {
        !matches!(self, Comparison::Filled | Comparison::Equal | Comparison::Different)
    }
}

/// How a value is computed from other answers: numbers, amounts, other computed values, and the sum of a column of a
/// group, written `group.column`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    pub operation: Operation,
    pub of: Vec<String>,
}

/// What an answer must be in the light of another one, or of a value. It is judged once both are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    pub is: Comparison,
    /// The other answer: a question, `group.column` for the sum of a column, a column of the same group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A value, written as one would answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Only after these answers to another question; without answers, after any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ShowIf>,
    /// What is said beside the answer that breaks it.
    pub sentence: String,
}

impl AnswerRule {
    /// The questions it leans on besides its own.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let when = self.when.as_ref().map(|when| when.question.as_str());
        self.to.as_deref().map(head).into_iter().chain(when)
    }
}

impl Formula {
    /// The questions it leans on.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.of.iter().map(|path| head(path))
    }
}

/// The question that a path names: `group` of `group.column`.
fn head(path: &str) -> &str {
    path.split_once('.').map_or(path, |(group, _)| group)
}
