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
    /// The answers that it looks at.
    pub answers: Vec<Glimpse>,
    /// The mark and the comment that were saved elsewhere meanwhile; often nothing.
    pub other: String,
    pub other_comment: String,
}

/// An answer of the file beside the criterion it serves, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glimpse {
    pub label: String,
    pub text: String,
    /// Where the whole of it stands.
    pub href: String,
}

/// One criterion with the score given, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreShown {
    pub label: String,
    /// « 4 sur 5 ».
    pub score: String,
    pub comment: String,
}
