//! Two people writing in one section: what one of them changed is never overwritten unseen by the other.
//!
//! A page sends back, beside each field, a mark of what it showed there. A field whose value still has that mark was not
//! touched; a stored value that no longer has it was changed by somebody else meanwhile.

use super::{FieldError, answers::Typed};
use crate::store::{answers::PartnerRow, digests::sha256};

/// What is said beside a field that two people changed.
pub const TAKEN: &str = "Une autre personne a changé cette réponse pendant que vous écriviez. Rien n’est perdu\u{a0}: gardez \
    votre texte ou reprenez le sien, puis enregistrez à nouveau.";

/// The field under which the partners are compared, all of them together.
pub const PARTNERS: &str = "partenaires";

/// The name of the field that sends back the mark of what was shown in another one.
pub fn seen_field(field: &str) -> String {
    format!("vu-{field}")
}

/// A short mark by which two values are told apart.
pub fn mark(value: &str) -> String {
    sha256(value).chars().take(16).collect()
}

/// What becomes of a value that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Written,
    /// It is already there, or the person left it as it was shown.
    Kept,
    /// Both changed it: nothing is written.
    Contested,
}

/// Compares what was typed with what is stored and with what the page showed; without a mark what is typed holds.
pub(super) fn fate(typed: &Typed, field: &str, value: &str, stored: &str) -> Fate {
    let Some(seen) = typed.get(&seen_field(field)) else { return Fate::Written };
    if value == stored || mark(value) == *seen {
        Fate::Kept
    } else if mark(stored) == *seen {
        Fate::Written
    } else {
        Fate::Contested
    }
}

/// The sentence beside a contested amount, which tells the other one.
pub(super) fn taken_amount(field: &str, stored: &str) -> FieldError {
    let theirs = if stored.is_empty() { "rien".to_owned() } else { format!("{stored}\u{a0}€") };
    let sentence = format!(
        "Une autre personne vient d’écrire {theirs} ici. Vérifiez le montant, puis enregistrez à nouveau pour garder le vôtre."
    );
    FieldError::new(field, sentence)
}

/// The partners as one text, one per line.
pub fn partners_text(rows: &[PartnerRow]) -> String {
    let line = |row: &PartnerRow| {
        let parts = [&row.name, &row.part, &row.country_code, row.email.as_ref().unwrap_or(&String::new())]
            .map(|part| part.replace('\n', " "));
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(seen: &str, value: &str, stored: &str) -> Fate {
        fate(&Typed::from([(seen_field("titre"), mark(seen))]), "titre", value, stored)
    }

    #[test]
    fn only_what_two_people_changed_is_contested() {
        assert_eq!(judged("a", "b", "a"), Fate::Written);
        assert_eq!(judged("a", "a", "a"), Fate::Kept);
        assert_eq!(judged("a", "a", "c"), Fate::Kept, "left as it was, while somebody else wrote");
        assert_eq!(judged("a", "c", "c"), Fate::Kept, "both wrote the same");
        assert_eq!(judged("a", "b", "c"), Fate::Contested);
        assert_eq!(judged("", "b", "c"), Fate::Contested);
        assert_eq!(judged("a", "", "c"), Fate::Contested, "emptied by one, rewritten by the other");
        assert_eq!(fate(&Typed::new(), "titre", "b", "c"), Fate::Written);
    }
}
