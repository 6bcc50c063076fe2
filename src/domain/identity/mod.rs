//! Identity numbers and addresses of people and organisations, parsed and checked. What parses is stored in one
//! canonical form; nothing here asks a register whether the number exists.

mod banks;
mod contacts;
pub mod faults;
pub mod look_alikes;
pub mod made_up;
mod organisations;
mod seals;

pub use banks::{Bic, Iban, is_in_sepa, masked_account};
pub use contacts::{Email, Phone};
pub use organisations::{Rna, Siren, Siret, Uai};
pub use seals::{
    ANSWER_TOKEN, IbanMark, SEALED, SealedIban, answer_token, is_token_right, shown_by_token, without_accounts,
};

/// Why a text is not the number or address it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Wrong length or wrong characters.
    #[error("not of the expected form")]
    Shape,
    /// The right form, but its check digits disagree: most often one mistyped character.
    #[error("the check digits disagree")]
    Key,
}

/// The canonical text of a value, and serde by way of that text and its parser.
macro_rules! by_text {
    ($($name:ident),+) => { $(
        impl $name {
            /// The canonical text, as stored: without any spacing.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+ };
}
use by_text;

/// Upper-cased, without spaces of any kind, zero-width characters and the dots and hyphens people put between groups.
fn compact(text: &str) -> String {
    let spacing =
        |c: &char| c.is_whitespace() || matches!(c, '.' | '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    text.chars().filter(|c| !spacing(c)).map(|c| c.to_ascii_uppercase()).collect()
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// `text` cut at these lengths, joined by no-break spaces; what remains is the last group.
fn grouped(text: &str, sizes: impl IntoIterator<Item = usize>) -> String {
    let mut groups = Vec::new();
    let mut rest = text;
    for size in sizes {
        let Some((group, after)) = rest.split_at_checked(size) else { break };
        groups.push(group);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    if !rest.is_empty() {
        groups.push(rest);
    }
    groups.join("\u{a0}")
}
