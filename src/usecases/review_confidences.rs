//! How sure a reader is of what they think of a file: said if they like, shown beside their note, weighed by nothing.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    review_sheets::own,
    reviews::{Opened, writable},
};
use crate::{
    domain::{ids::ReviewId, reviews::Confidence},
    store::{Tx, review_confidences as rows},
};

/// The name of its field on the sheet.
pub const CONFIDENCE: &str = "confiance";

/// Keeps what a reader says of it while their review may still change; a sheet that comes too late says why by itself.
pub fn note(tx: &mut Tx, reader: &Actor, id: ReviewId, typed: &str) -> Outcome<()> {
    let (_, row) = own(tx.conn(), reader, id)?;
    let opened = Opened::read(tx.conn(), row, reader)?;
    if writable(&opened.standing).is_err() {
        return Ok(());
    }
    let wrong = || UseCaseError::Invalid(vec![FieldError::new(CONFIDENCE, "Choisissez parmi les réponses.")]);
    let said = Some(typed.trim()).filter(|typed| !typed.is_empty());
    let said = said.map(|code| code.parse::<Confidence>().map_err(|_| wrong())).transpose()?;
    if rows::find(tx.conn(), id)? != said {
        rows::set(tx, id, said)?;
    }
    Ok(())
}
