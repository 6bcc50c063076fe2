//! A change that hurts somebody is explained in words that are kept.

use super::{FieldError, Outcome, UseCaseError};

/// The longest reason, in characters.
const LONGEST: usize = 2_000;

/// A reason as typed, trimmed; refused when there is none.
pub(super) fn written(reason: &str) -> Outcome<String> {
    let reason = reason.trim();
    let message = match reason.chars().count() {
        0 => "Écrivez le motif\u{a0}: une phrase suffit.",
        long if long > LONGEST => "Le motif est trop long\u{a0}: 2\u{202f}000 caractères au plus.",
        _ => return Ok(reason.to_owned()),
    };
    Err(UseCaseError::Invalid(vec![FieldError::new("motif", message)]))
}
