//! A scoring grid as a page shows it: each criterion with its scale and room for a comment.

use super::parts::Choice;

/// One criterion to score. `field` carries the score, `comment_field` the comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreCriterion {
    pub field: String,
    pub label: String,
    pub help: String,
    /// « coefficient 3 », or nothing.
    pub weight: String,
    pub scale: Vec<Choice>,
    pub comment_field: String,
    pub comment: String,
}

/// One criterion with the score given, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreShown {
    pub label: String,
    /// « 4 sur 5 ».
    pub score: String,
    pub comment: String,
}
