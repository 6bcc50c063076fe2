//! Files that enter the house: bank statements as ISO 20022 messages and as tables, the sheets of offline packs.

pub mod camt;
mod encodings;
pub mod score_sheets;
pub mod tables;

use crate::domain::statements::Statement;

/// Why a file cannot be read, as a French sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    fn because(sentence: impl Into<String>) -> Self {
        Unreadable(sentence.into())
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A camt.053 message: it says everything by itself.
    Message(Statement),
    /// A table, whose columns somebody has to name.
    Table(tables::Table),
}

/// A file as text, whatever its encoding (UTF-8, UTF-16 or Windows-1252), with plain line ends and nothing around it.
pub fn text_of(bytes: &[u8]) -> String {
    encodings::decode(bytes).trim().to_owned()
}

/// Reads a file: a message when it is XML, otherwise a table.
pub fn read(text: &str) -> Result<Content, Unreadable> {
    if text.trim_start().starts_with('<') {
        camt::read(text).map(Content::Message)
    } else {
        tables::Table::read(text).map(Content::Table)
    }
}
