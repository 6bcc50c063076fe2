//! What a form said, kept beside its request until it is answered: when it cannot be taken, the page that says so carries it.

use super::{Fields, uploads::SentFile};
use crate::usecases::edits;

/// Name of each field of files and of the files that were chosen there: no page can carry one.
pub type Files = Vec<(String, Vec<String>)>;

/// Everything a form said, without the bytes of its files.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub fields: Fields,
    pub files: Files,
    /// Whether its address takes files, and so no other form.
    pub takes_files: bool,
}

impl Typed {
    /// What a form without files said.
    pub fn plain(fields: &Fields) -> Self {
        Typed { fields: fields.clone(), ..Typed::default() }
    }

    /// What a form with files said.
    pub fn with_files(fields: &Fields, sent: &[SentFile]) -> Self {
        let mut files = Files::new();
        for file in sent {
            match files.iter_mut().find(|(field, _)| *field == file.field) {
                Some((_, names)) => names.push(file.name.clone()),
                None => files.push((file.field.clone(), vec![file.name.clone()])),
            }
        }
        Typed { fields: fields.clone(), files, takes_files: true }
    }

    /// Whether a person wrote or chose anything: a button alone is pressed again on its page.
    pub fn is_worth_keeping(&self) -> bool {
        !self.files.is_empty() || self.fields.iter().any(|(name, value)| is_typed(name, value))
    }

    /// Every field as it was, to be sent again; passwords are typed again by hand.
    pub fn sent_again(&self) -> Vec<(String, String)> {
        let kept = self.fields.iter().filter(|(name, _)| !is_secret(name));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What a person typed: name of the field in words, and text.
    pub fn in_words(&self) -> Vec<(String, String)> {
        let typed = self.fields.iter().filter(|(name, value)| is_typed(name, value));
        typed.map(|(name, value)| (words(name), value.to_owned())).collect()
    }
}

fn is_secret(name: &str) -> bool {
    name.contains("mot_de_passe")
}

/// Whether a person wrote this, and not the page.
fn is_typed(name: &str, value: &str) -> bool {
    let is_of_page = matches!(name, "version" | "token" | "lu" | "suite")
        || name.starts_with("envoi-")
        || name.starts_with(&edits::seen_field(""));
    // The country of a partner is chosen beforehand: alone it says nothing.
    let is_default = name.starts_with("partenaire-") && name.ends_with("-pays");
    !is_of_page && !is_default && !is_secret(name) && !value.trim().is_empty()
}

/// `motif_du_refus` as it is read: « Motif du refus »; rows, counted from 0 in a form, are counted from 1.
fn words(name: &str) -> String {
    let row = name.split('-').nth(1).and_then(|number| number.parse::<usize>().ok());
    if let (Some(row), Some((first, rest))) = (row, name.split_once('-')) {
        let part = rest.split_once('-').map(|(_, part)| format!(", {part}")).unwrap_or_default();
        return super::grants::capitalised(&format!("{first} {}{part}", row + 1));
    }
    super::grants::capitalised(&name.replace(['_', '-', '.'], " "))
}
