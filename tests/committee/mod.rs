//! The committee's work: readers, scores, recusals, sessions, decisions under embargo.

mod decisions;
mod reviews;
