//! Two people writing in one section: what one of them changed is never overwritten unseen by the other.
//!
//! A page sends back, beside each field, a mark of what it showed there. A field whose value still has that mark was not
//! touched; a stored value that no longer has it was changed by somebody else meanwhile. A page that saves field by field
//! also names itself, so that what it has saved itself is never taken for somebody else's.

use super::{FieldError, Outcome, answers::Typed};
use crate::{
    domain::ids::ApplicationId,
    store::{Conn, answers::PartnerRow, digests::sha256, field_saves},
};

/// What is said beside a field that two people changed.
pub const TAKEN: &str = "Une autre personne a changé cette réponse pendant que vous écriviez. Rien n’est perdu\u{a0}: gardez \
    votre texte ou reprenez le sien, puis enregistrez à nouveau.";

/// The field under which the partners are compared, all of them together.
pub const PARTNERS: &str = "partenaires";

/// The field in which a page that saves by itself gives the name it gave itself.
pub const PAGE: &str = "envoi-page";

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

/// What one page sends back: what was typed, the marks of what it had shown, and what it saved by itself before.
pub(super) struct Seen<'a> {
    typed: &'a Typed,
    /// Fields with the marks of what was saved of them.
    saved: Vec<(String, String)>,
}

impl<'a> Seen<'a> {
    /// By a whole page; one that saves by itself gives its name in the field `page`.
    pub(super) fn by(conn: &mut Conn, id: ApplicationId, typed: &'a Typed) -> Outcome<Self> {
        let saved = match typed.get(PAGE).filter(|page| !page.is_empty()) {
            Some(page) => field_saves::of_page(conn, id, page)?,
            None => Vec::new(),
        };
        Ok(Seen::knowing(typed, saved.into_iter().map(|save| (save.field, save.mark)).collect()))
    }

    /// By a page that saved these fields itself before, each with the mark of what it saved.
    pub(super) fn knowing(typed: &'a Typed, saved: Vec<(String, String)>) -> Self {
        Seen { typed, saved }
    }

    /// Everything typed.
    pub(super) fn typed(&self) -> &'a Typed {
        self.typed
    }

    /// Compares what was typed with what is stored and with what the page showed; without a mark what is typed holds.
    pub(super) fn fate(&self, field: &str, value: &str, stored: &str) -> Fate {
        let Some(seen) = self.typed.get(&seen_field(field)) else { return Fate::Written };
        let stored_mark = mark(stored);
        let is_own = || self.saved.iter().any(|(of, mark)| of == field && *mark == stored_mark);
        if value == stored || (mark(value) == *seen && !is_own()) {
            Fate::Kept
        } else if stored_mark == *seen || is_own() {
            Fate::Written
        } else {
            Fate::Contested
        }
    }
}

/// The sentence beside a contested amount, which tells the other one.
pub(super) fn taken_amount(field: &str, theirs: &str) -> FieldError {
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

    fn judged(seen: &str, value: &str, stored: &str, own: Option<&str>) -> Fate {
        let typed = Typed::from([(seen_field("titre"), mark(seen))]);
        let saved = own.map(|saved| ("titre".to_owned(), mark(saved))).into_iter().collect();
        Seen::knowing(&typed, saved).fate("titre", value, stored)
    }

    #[test]
    fn only_what_two_people_changed_is_contested() {
        assert_eq!(judged("a", "b", "a", None), Fate::Written);
        assert_eq!(judged("a", "a", "a", None), Fate::Kept);
        assert_eq!(judged("a", "a", "c", None), Fate::Kept, "left as it was, while somebody else wrote");
        assert_eq!(judged("a", "c", "c", None), Fate::Kept, "both wrote the same");
        assert_eq!(judged("a", "b", "c", None), Fate::Contested);
        assert_eq!(judged("", "b", "c", None), Fate::Contested);
        assert_eq!(judged("a", "", "c", None), Fate::Contested, "emptied by one, rewritten by the other");
        assert_eq!(Seen::knowing(&Typed::new(), Vec::new()).fate("titre", "b", "c"), Fate::Written);
    }

    #[test]
    fn what_a_page_saved_itself_is_not_somebody_elses() {
        assert_eq!(judged("a", "abc", "ab", Some("ab")), Fate::Written, "its own save, the answer to which was lost");
        assert_eq!(judged("a", "a", "ab", Some("ab")), Fate::Written, "it took its own change back");
        assert_eq!(judged("a", "abc", "x", Some("ab")), Fate::Contested, "somebody else wrote after it");
    }
}
